"""Run as a program, in a process of its own: publishes on the site that the environment names.

``publish_elsewhere.py word WORD`` gives a term a new meaning; ``many COUNT`` publishes as often as that;
``broken`` breaks a publish at each of its statements in turn and prints how many there were.
"""

import sys

import django
import msgspec
from django.utils import timezone

django.setup()

from education import publishing  # noqa: E402  # apps must be loaded first
from tests.education.failing_statements import Cut, power_cut_at, publish_three  # noqa: E402


def publish_word(meaning: str) -> None:
    """Publish one new meaning."""
    live = publishing.read_edition(timezone.now())
    term = msgspec.structs.replace(live.terms["disc"].content, meaning=meaning)
    publishing.publish([publishing.Proposal(term, "Plainer.")], now=timezone.now(), summary=meaning)


def publish_broken() -> int:
    """Break a publish at every statement. Raises AssertionError where one leaves a trace."""
    before = publishing.read_edition(timezone.now())
    for number in range(1, 1000):
        try:
            with power_cut_at(number):
                publish_three(before, timezone.now())
        except Cut:
            assert publishing.read_edition(timezone.now()) == before, number
        else:
            return number - 1
    raise AssertionError("a publish takes more than 999 statements")


def main(task: str, word: str = "") -> None:
    """Do one task."""
    if task == "word":
        publish_word(word)
    elif task == "many":
        for number in range(int(word)):
            publish_word(f"Meaning {number}.")
    else:
        sys.stdout.write(str(publish_broken()))


if __name__ == "__main__":
    main(*sys.argv[1:])
