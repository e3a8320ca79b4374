"""An error as the checks tell it, and the names of the kinds of content."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from education import structure

KINDS: Final[Mapping[type[structure.Publishable], str]] = {
    structure.Source: "source",
    structure.Term: "term",
    structure.Exercise: "exercise",
    structure.CareCard: "care_card",
    structure.Protocol: "protocol",
    structure.Article: "article",
}


@dataclass(frozen=True)
class Problem:
    """Something that stops a publish: which publishable, where in it (an anchor, a code, a key), and what."""

    kind: str
    key: str
    place: str
    message: str
