"""What leaflets, diary and visit sheet share: site facts, care cards, dates in words, rich text as elements. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from education import richtext, structure
from education.documents.model import BulletList, Card, Element, Heading, NumberedList, Paragraph, Run, Runs

HEADING_LEVELS: Final[Mapping[str, Literal[3, 4]]] = {"h3": 3, "h4": 4}
URGENCY_WORDS: Final = {
    "emergency": gettext_lazy("Emergency"),
    "urgent": gettext_lazy("Urgent"),
    "soon": gettext_lazy("Soon"),
}


@dataclass(frozen=True)
class SiteFacts:
    """What a printed page says of its site: the address without a final slash, and who runs it (or nothing)."""

    address: str
    operator: str = ""


def day_text(day: date) -> str:
    """Return a day in words: "3 May 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def disclaimer() -> Paragraph:
    """Return what stands at the foot of everything printed."""
    return Paragraph(
        (
            Run(
                _(
                    "This is general information. It is not medical advice and does not replace a health "
                    "professional. In an emergency call your local emergency number."
                )
            ),
        ),
        look="note",
    )


def care_card(card: structure.CareCard, numbers: Mapping[str, int], *, columns: int = 1) -> Card:
    """Return ``card`` for paper; ``numbers`` are reference numbers by source key, sources without one are left out."""
    cited = sorted({numbers[key] for sign in card.signs for key in sign.sources if key in numbers})
    return Card(
        urgency=card.urgency,
        heading=f"{URGENCY_WORDS[card.urgency]}: {card.title}",
        action=_call_line(card),
        lead=card.lead,
        lines=tuple(map(_sign_line, card.signs)),
        closing=tuple(filter(None, (" ".join(card.after), _crisis_line(card), card.carers))),
        sources=_("Sources: {numbers}").format(numbers=", ".join(map(str, cited))) if cited else "",
        columns=columns,
    )


def _sign_line(sign: structure.Sign) -> Runs:
    line = (Run(f"{sign.code} ", is_mark=True), Run(sign.text))
    return (*line, Run(f" {sign.when}.", strong=True)) if sign.when else line


def _call_line(card: structure.CareCard) -> str:
    if card.urgency != "emergency":
        return ""
    if not card.emergency_number:
        return _("Call your local emergency number.")
    return _("Call {number}.").format(number=card.emergency_number)


def _crisis_line(card: structure.CareCard) -> str:
    return _("Crisis line: {number}.").format(number=card.crisis_line) if card.crisis_line else ""


def elements(
    blocks: Sequence[richtext.Block], address: str, *, opening: Runs = (), ending: Runs = ()
) -> Iterator[Element]:
    """Yield the elements of rich text, with ``opening`` before its first words and ``ending`` after its last.

    Links within the site become absolute by ``address``.
    """
    texts = [_runs(block.runs, address) for block in blocks]
    if not texts:
        if opening or ending:
            yield Paragraph((*opening, *ending))
        return
    texts[0] = (*opening, *texts[0])
    texts[-1] = (*texts[-1], *ending)
    for (kind, level, ordered), group in groupby(
        zip(blocks, texts, strict=True), key=lambda pair: (pair[0].kind, pair[0].level, pair[0].ordered)
    ):
        yield from _group(kind, level, ordered, list(group))


def _group(kind: str, level: int, ordered: bool, group: Sequence[tuple[richtext.Block, Runs]]) -> Iterator[Element]:
    items = tuple(text for _block, text in group)
    if kind == "li" and ordered:
        yield NumberedList(items, level=max(level, 1), start=group[0][0].number or 1)
    elif kind == "li":
        yield BulletList(items, level=max(level, 1))
    elif kind in HEADING_LEVELS:
        yield from (Heading("".join(run.text for run in item), level=HEADING_LEVELS[kind]) for item in items)
    else:
        yield from map(Paragraph, items)


def _runs(runs: Iterable[richtext.Run], address: str) -> Runs:
    return tuple(
        Run(run.text, run.strong, run.em, f"{address}{run.href}" if run.href.startswith("/") else run.href)
        for run in runs
    )
