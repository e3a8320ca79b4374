"""What a password may not be, in plain words; and one spelling of it, however a keyboard has put it together."""

import unicodedata
from collections.abc import Iterable
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backspasm.models import User

LONG_UNIT: Final = 15  # as long as a password must be: one written twice is as good as one written once
RUN: Final = 4  # so many neighbouring keys are no chance
WORD: Final = 4  # shorter words stand inside too many others
UNKNOWN_AT_LEAST: Final = 8  # characters beside what anybody could guess
START: Final = 10  # letters in which a sentence can be known again
LONGEST_JOINED: Final = 200  # nobody joins three words to more
COMMON_AT_MOST: Final = 3  # so many well-known words in a row are still a well-known password

_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyzabc",
    "01234567890123456789",
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p"),
    *("qawsedrftgyhujikolp", "!@#$%^&*()", '!"£$%^&*()', "1a2b3c4d5e6f7g8h9i"),
)
_STRANDS: Final = tuple(strand for row in _ROWS for strand in (row, row[::-1]))
_STARTS: Final = (
    *("the quick brown fox jumps over the lazy dog", "lorem ipsum dolor sit amet consectetur", "once upon a time"),
    *("to be or not to be that is the question", "four score and seven years ago", "it was a dark and stormy night"),
    *("it was the best of times it was the worst of times", "in the beginning god created the heaven"),
    *("correct horse battery staple", "twinkle twinkle little star", "happy birthday to you", "mary had a little lamb"),
    *(
        "now is the time for all good men",
        "i love you so much",
        "i love my",
        "i hate my",
        "let me in please",
        "let me in",
    ),
    *("this is my password", "my password is", "this is a password", "this is not a password", "password for"),
    *("i cant remember my password", "i forgot my password", "what is my password", "i dont know my password"),
    *("open sesame", "trust no one", "may the force be with you", "all work and no play makes jack a dull boy"),
    *("our father who art in heaven", "god save the king", "god save the queen", "we the people of the united states"),
)
_LEET: Final = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})


def one_spelling(password: str) -> str:
    """Return the password in one spelling of its characters (NFKC): 'é' is the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


class NormalisingArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 of the one spelling. Both ways in, setting and checking, pass through here."""

    def encode(self, password: str, salt: str) -> str:
        """Return the hash to store."""
        return super().encode(one_spelling(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password is the one that was stored."""
        return super().verify(one_spelling(password), encoded)


class _Refusal:
    """A validator that refuses with one message."""

    message: Any = ""
    code = ""

    def refuses(self, password: str, user: User | None) -> bool:
        """Whether the folded password is one of these."""
        raise NotImplementedError

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError, whose text does not hold the password."""
        if self.refuses(_folded(password), user):
            raise ValidationError(self.message, code=self.code)

    def get_help_text(self) -> str:
        """Return what a form may print; the site's forms have their own hint."""
        return str(self.message)


class RepeatedPasswordValidator(_Refusal):
    """Refuses one short password written again and again."""

    message = _("This is one short piece written again and again. Choose a few different words.")
    code = "password_is_repeated"

    def refuses(self, password: str, user: User | None) -> bool:
        """Whether a piece of less than 15 characters is repeated from the first character to the last."""
        longest = min(LONG_UNIT - 1, len(password) // 2)
        return any(password[unit:] == password[:-unit] for unit in range(1, longest + 1))


class KeyboardWalkValidator(_Refusal):
    """Refuses neighbouring keys, the alphabet, counting, and one key held down."""

    message = _("This follows the keys, the alphabet or the numbers in order. Choose a few different words.")
    code = "password_is_a_walk"

    def refuses(self, password: str, user: User | None) -> bool:
        """Whether less than 8 characters stand outside such runs."""
        walked = unknown = 0
        at = 0
        while at < len(password):
            run = _run_length(password, at)
            walked += run if run >= RUN else 0
            unknown += 0 if run >= RUN else 1
            at += run if run >= RUN else 1
        return walked > unknown and unknown < UNKNOWN_AT_LEAST


class ContextWordValidator(_Refusal):
    """Refuses what anybody who knows the site or the address would try first."""

    message = _("This is mostly your email address or the name of this site. Add more words of your own.")
    code = "password_is_context"

    def refuses(self, password: str, user: User | None) -> bool:
        """Whether less than 8 characters are left without the names of the site and the parts of the address."""
        words = {"backspasm", "spasm", *_parts(settings.SITE_URL.host)}
        if user is not None and user.email:
            words |= {*_parts(user.email), user.email.casefold()}
        return any(_is_little_beside(text, words) for text in _spellings(password))


class SentenceStartValidator(_Refusal):
    """Refuses the first words of sentences that everybody knows."""

    message = _("These are words that many people know by heart. Choose words that only you would put together.")
    code = "password_is_a_sentence"

    def refuses(self, password: str, user: User | None) -> bool:
        """Whether the password is such a sentence, its beginning, or one with less than 8 characters added."""
        return any(_is_start(_letters(text), start) for text in _spellings(password) for start in _SQUEEZED_STARTS)


class CommonWordsValidator(CommonPasswordValidator):
    """Refuses what Django's list of common passwords gives by itself or joined: 'dragon-monkey-2024'."""

    message: Any = _("This is put together from passwords that many people use. Four or more words are better.")

    @cached_property
    def longest(self) -> int:
        """Characters of the longest entry."""
        return max(map(len, self.passwords))

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for one to three entries, with digits and signs before, between and after."""
        folded = _folded(password)
        if folded.strip() in self.passwords or self._is_joined(folded, folded.translate(_LEET)):
            raise ValidationError(self.message, code="password_too_common")

    def get_help_text(self) -> str:
        """Return what a form may print."""
        return str(self.message)

    def _is_joined(self, text: str, read_as_letters: str) -> bool:
        if len(text) > LONGEST_JOINED:
            return False
        # For each place: with how many entries it is reached, and how few single digits that takes beside them.
        reached: list[dict[int, int]] = [{0: 0}]
        for end in range(1, len(text) + 1):
            here: dict[int, int] = {}
            for entries, digits in self._ways_to(text, read_as_letters, end, reached):
                here[entries] = min(digits, here.get(entries, digits))
            reached.append(here)
        return any(entries > 0 and digits <= UNKNOWN_AT_LEAST for entries, digits in reached[-1].items())

    def _ways_to(
        self, text: str, read_as_letters: str, end: int, reached: list[dict[int, int]]
    ) -> Iterable[tuple[int, int]]:
        last = text[end - 1]
        if not last.isalpha():  # a letter is never left over
            yield from ((entries, digits + last.isdigit()) for entries, digits in reached[end - 1].items())
        for start in range(max(0, end - self.longest), end - WORD + 1):
            if reached[start] and not self.passwords.isdisjoint((text[start:end], read_as_letters[start:end])):
                yield from ((n + 1, digits) for n, digits in reached[start].items() if n < COMMON_AT_MOST)


def _folded(password: str) -> str:
    return one_spelling(password).casefold()


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


_SQUEEZED_STARTS: Final = tuple(_letters(start) for start in _STARTS)


def _spellings(password: str) -> tuple[str, str]:
    """Return the password as it is, and with signs read as the letters they stand for."""
    return password, password.translate(_LEET)


def _run_length(password: str, at: int) -> int:
    """Return how many characters from ``at`` follow a row of keys, or are the same."""
    longest = 1
    while at + longest < len(password) and password[at + longest] == password[at]:
        longest += 1
    for strand in _STRANDS:
        length = longest + 1
        while at + length <= len(password) and password[at : at + length] in strand:
            longest = length
            length += 1
    return longest


def _parts(name: str) -> set[str]:
    """Return the words of an address or a host."""
    separated = "".join(character if character.isalnum() else " " for character in name.casefold())
    return {word for word in separated.split() if len(word) >= WORD}


def _is_little_beside(text: str, words: Iterable[str]) -> bool:
    """Whether one of ``words`` stands in the text, and less than 8 letters and digits beside them all."""
    left = text
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != text and len(_letters(left)) < UNKNOWN_AT_LEAST


def _is_start(text: str, sentence: str) -> bool:
    """Whether ``text`` begins as the sentence does, and less than 8 characters follow that are its own."""
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(text, sentence, strict=False))))
    return shared >= min(START, len(sentence)) and len(text) - shared < UNKNOWN_AT_LEAST
