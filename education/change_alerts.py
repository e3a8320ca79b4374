"""What an editor must not overlook in a change. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from education import structure
from education.rows import Row
from education.tokens import UNITS_OF_DOSE
from education.word_changes import Part

_ORDER: Final = ("red flag", "dose", "number", "negation", "evidence")
_DOSE: Final = re.compile(rf"(?<![^\W\d_])(?:{UNITS_OF_DOSE})(?!\w)", re.IGNORECASE)
_NEGATION: Final = re.compile(
    r"(?<!\w)(?:no|not|never|none|nor|neither|without|unless|except|avoid|cannot|\w+n['’]t)(?!\w)", re.IGNORECASE
)
# Signs and how to act on them: on the card itself, and which card a page shows.
_RED_FLAGS: Final[Mapping[type[structure.Content], frozenset[str]]] = {
    structure.Sign: frozenset({"text", "when", "why", "words", "sources"}),
    structure.CareCard: frozenset({"emergency_number", "crisis_line", "urgency"}),
    structure.CardSection: frozenset({"card"}),
}


def of_field(name: str, sides: Sequence[structure.Content]) -> Iterator[str]:
    """Yield what a change of this field means whatever its words, in the structures that have the field."""
    if any(name in _RED_FLAGS.get(type(side), ()) for side in sides):
        yield "red flag"
    if name == "evidence":
        yield "evidence"


def of_row(row: Row) -> Iterator[str]:
    """Yield what it means that this row came, went or moved."""
    if isinstance(row, structure.Sign | structure.CardSection):
        yield "red flag"


def of_parts(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what the words mean that changed: a dose, a number, a 'not' or 'never' that came or went."""
    removed, added = ([part for part in parts if part.op == op] for op in ("removed", "added"))
    if any(_DOSE.search(part.text) for part in (*removed, *added)):
        yield "dose"
    if any(part.is_number for part in (*removed, *added)):
        yield "number"
    if _negations(removed) != _negations(added):
        yield "negation"


def _negations(parts: Sequence[Part]) -> Counter[str]:
    return Counter(word.lower() for part in parts for word in _NEGATION.findall(part.text))


def in_order(alerts: Collection[str]) -> tuple[str, ...]:
    """Return each alert once, the gravest first."""
    return (*(alert for alert in _ORDER if alert in alerts), *sorted(set(alerts) - set(_ORDER)))
