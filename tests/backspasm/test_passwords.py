"""Which passwords are taken and which are not, and that one spelling is enough."""

from typing import Final

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from backspasm import environment
from backspasm.models import User

ALICE: Final = "alice.wonder@example.org"


def refusal(password: str, email: str = ALICE) -> str:
    """The code of the refusal, or nothing where the password is taken."""
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        return str(error.error_list[0].code)
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "four calm words here",
        "Regal otter, seven umbrellas",
        "kitchen window opens at dusk",
        "tV9#qLw2!zXm7&pK",
        "∆ß∂ƒ©˙∆˚¬…æ≈ç√∫",
        "räksmörgås på bryggan",
        "%$&/()=?!§-_.:;#'+*~",
        "mike and the 12345678 biscuits",
        "backspasm is what my shed is called",
        "correct window under grey harbour",
        "x" * 3 + " four calm words here " * 8,
    ],
)
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    assert refusal(password) == ""


@pytest.mark.parametrize("length", [15, 64, 128, 1000])
def test_long_passwords_are_taken_whole(length: int) -> None:
    password = "".join(chr(0x4E00 + 37 * number % 5000) for number in range(length))

    assert refusal(password) == ""
    assert not check_password(password[:-1], make_password(password))


def test_fourteen_characters_are_too_few() -> None:
    assert refusal("tV9#qLw2!zXm7&") == "password_too_short"


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "abcabcabcabcabca",
        "kitten kitten kitten",
        "aaaaaaaaaaaaaaaa",
        "Zebra7Zebra7Zebra7",
        "--------------------",
    ],
)
def test_one_short_piece_again_and_again_is_refused(password: str) -> None:
    assert refusal(password) == "password_is_repeated"


def test_a_piece_as_long_as_a_password_may_be_written_twice() -> None:
    assert refusal("tV9#qLw2!zXm7&p" * 2) == ""


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiopasdfghjkl",
        "QWERTZUIOPqwertzuiop1",
        "abcdefghijklmnopq",
        "zyxwvutsrqponmlkj",
        "123456789012345",
        "9876543210987654",
        "1qaz2wsx3edc4rfv",
        "1q2w3e4r5t6y7u8i",
        "qwerty 12345 asdfg",
        "mike123456789012345",
        "!@#$%^&*()qwerty",
    ],
)
def test_neighbouring_keys_and_counting_are_refused(password: str) -> None:
    assert refusal(password) == "password_is_a_walk"


@pytest.mark.parametrize(
    "password",
    [
        "backspasm2026-yes",
        "B4ckspasm-202627",
        "alice.wonder@example.org",
        "wonder.alice.1970",
        "AliceWonder!2026",
        "example-wonder-99",
    ],
)
def test_the_name_of_the_site_and_the_own_address_are_refused(password: str) -> None:
    assert refusal(password) == "password_is_context"


def test_the_host_is_a_name_of_the_site(settings: Settings) -> None:
    settings.SITE_URL = environment.site_url("https://ruecken.klinikum.example")

    assert refusal("klinikum-ruecken-1") == "password_is_context"


@pytest.mark.parametrize(
    "password",
    [
        "The quick brown fox",
        "correcthorsebatterystaple",
        "to be or not to be",
        "tobeornottobe1!",
        "This is my password!",
        "0nce up0n a t1me 12",
        "once upon a time 2026",
    ],
)
def test_sentences_that_everybody_knows_are_refused(password: str) -> None:
    assert refusal(password) == "password_is_a_sentence"


@pytest.mark.parametrize(
    "password",
    [
        "dragon-monkey-2024",
        "Password12345678",
        "football sunshine",
        "p@ssw0rd-m0nkey!",
        "master.shadow.dragon",
        "2024_dragon_football",
        "superman         superwoman",
        "1234567890qwerty!sunshine",
    ],
)
def test_common_passwords_joined_are_refused(password: str) -> None:
    assert refusal(password) == "password_too_common"


def test_every_long_entry_of_the_list_is_refused() -> None:
    long = [entry for entry in CommonPasswordValidator().passwords if len(entry) >= 15]

    assert len(long) > 40
    assert [entry for entry in long if not refusal(entry)] == []


def test_a_refusal_is_kind_and_does_not_repeat_the_password(client: Client, db: None) -> None:
    answer = client.post(reverse("account_signup"), {"email": ALICE, "password1": "dragon-monkey-2024"})

    page = answer.content.decode()
    assert "This is put together from passwords that many people use." in page
    assert "dragon-monkey" not in page
    assert not User.objects.exists()


def test_sign_up_knows_the_address_that_stands_beside_the_password(client: Client, db: None) -> None:
    answer = client.post(reverse("account_signup"), {"email": ALICE, "password1": "AliceWonder!2026"})

    assert "This is mostly your email address" in answer.content.decode()


@pytest.mark.parametrize("algorithm", ["argon2"])
def test_one_character_in_two_spellings_is_one_password(algorithm: str) -> None:
    composed, decomposed, full_width = (
        "caf\u00e9 four calm words",
        "cafe\u0301 four calm words",
        "ｃafé four calm words",
    )

    stored = make_password(composed)

    assert stored.startswith(algorithm)
    assert check_password(decomposed, stored)
    assert check_password(full_width, stored)
    assert not check_password("cafe four calm words", stored)
