"""The key that signs push messages: made once on a local site, from the environment elsewhere, never shown."""

import base64
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from py_vapid import Vapid02

from backspasm import environment
from tests.environment import DATA_DIR


def test_the_command_prints_a_key_that_can_be_read_and_each_time_another() -> None:
    printed = []
    for _ in range(2):
        out = StringIO()
        call_command("new_push_key", stdout=out)
        printed.append(out.getvalue().strip())

    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", key) for key in printed)
    assert len({environment.push_key(key) for key in printed}) == 2


def test_the_public_half_is_what_browsers_and_the_signing_library_derive() -> None:
    key = environment.push_key(environment.new_push_key())

    assert key
    point = base64.urlsafe_b64decode(key.public + "=")
    assert (len(point), point[0]) == (65, 4)
    signed = Vapid02.from_string(key.private).sign({"aud": "https://push.example", "sub": "mailto:a@example.org"})
    assert signed["Authorization"].endswith(f",k={key.public}")


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_no_key_means_no_push(text: str) -> None:
    assert environment.push_key(text) is None


@pytest.mark.parametrize("text", ["short", "ü" * 43, "A" * 43, "A" * 86], ids=["short", "signs", "zero", "long"])
def test_a_key_that_cannot_be_read_stops_the_start_and_is_not_repeated(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BACKSPASM_PUSH_KEY") as error:
        environment.push_key(text)

    assert text not in str(error.value)


def test_the_private_half_stands_in_no_traceback() -> None:
    key = environment.push_key(environment.new_push_key())

    assert key
    assert key.private not in repr(key)


def test_a_local_site_makes_its_key_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "push_key"

    made, again = (environment.made_once(path, environment.new_push_key) for _ in range(2))

    assert made == again
    assert path.stat().st_mode & 0o777 == 0o600
    assert (DATA_DIR / "push_key").stat().st_mode & 0o777 == 0o600
