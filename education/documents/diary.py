"""Makes the paper diary: two A4 sides with the fields the tracker has, asked in the same rhythm. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from education import step_facts, structure
from education.documents.model import (
    Card,
    Cell,
    Document,
    Element,
    Field,
    Fields,
    FillIn,
    FillRow,
    Heading,
    NewPage,
    Paragraph,
    Run,
)
from education.documents.parts import SiteFacts, care_card, day_text, disclaimer

# Once a day for three days, every third day to day 14, then weekly: seldom on purpose.
CHECK_IN_DAYS: Final = (1, 2, 3, 6, 9, 12, 19, 26, 33, 40)
FUNCTION_DAYS: Final = frozenset(CHECK_IN_DAYS) - {2}
CHANGE_DAYS: Final = frozenset({6, 12, 19, 26, 33, 40})
LOG_DAYS: Final = 14
LOGGED_STEPS: Final = ("ice_on_back", "moist_heat", "legs_raised", "gentle_walk")
BOXES_WITHOUT_LIMIT: Final = 4
MEDICINE_ROWS: Final = 3
OWN_ACTIVITIES: Final = 3


def diary(
    *, emergency: structure.CareCard, protocol: structure.Protocol, site: SiteFacts, made_at: datetime
) -> Document:
    """Return the diary of one episode; the boxes of a day are as many as ``protocol`` allows.

    ``made_at`` (aware) is when the protocol was published. A step that it no longer has gets no boxes.
    """
    steps = {step.key: step for step in protocol.steps}
    logged = tuple(steps[key] for key in LOGGED_STEPS if key in steps)
    return Document(
        title=_("Back spasm diary"),
        header=_("Paper diary for one episode"),
        footer=(
            _("Nobody sees this diary unless you show it."),
            _("Not yet reviewed by a clinician. Protocol of {day}. {address}").format(
                day=day_text(made_at), address=f"{site.address}/diary.pdf"
            ),
        ),
        opening=(
            _emergency_card(emergency, site),
            *_beginning(),
            *_check_ins(),
            NewPage(),
            *_care_log(logged),
            *_medicines(),
            *_questions(),
            disclaimer(),
        ),
        made_at=made_at,
        author=site.operator,
        is_landscape=True,
        font_sizes_pt=(9.5, 9, 8.5),
        max_pages=2,
    )


def _emergency_card(card: structure.CareCard, site: SiteFacts) -> Card:
    sources = _("Sources and more: {address}").format(address=f"{site.address}/get-help/")
    return msgspec.structs.replace(care_card(card, {}, columns=3), closing=(), sources=sources)


def _text(text: str) -> Paragraph:
    return Paragraph((Run(text),))


def _beginning() -> Iterator[Element]:
    yield Heading(_("This episode"))
    yield Fields(
        (
            Field(_("Began on"), 1.2),
            Field(_("Time"), 0.8),
            Field(_("Where it hurts"), 1.8),
            Field(_("What set it off"), 1.8),
        )
    )
    yield Fields(
        tuple(Field(_("Hard to do ({number})").format(number=number)) for number in range(1, OWN_ACTIVITIES + 1))
    )


def _check_ins() -> Iterator[Element]:
    yield Heading(_("Check-ins"))
    yield _text(
        _(
            "Name up to three things that your back makes hard, in your own words. Day 1 is the day it began. "
            "Fill in only the days shown: a diary should not keep your mind on pain. Gaps do not matter. "
            "After three check-ins on three days with pain 0 or 1, and doing no less than before, "
            "you can stop. Print a new diary for a new episode."
        )
    )
    yield FillIn(
        headers=(_("Day"), *map(str, CHECK_IN_DAYS)),
        rows=tuple(_check_in_rows()),
        widths=(4.6, *(1.0 for _day in CHECK_IN_DAYS)),
        row_mm=6.4,
    )
    yield Paragraph(
        (
            Run(
                _(
                    "Overall change, in one number. Since this episode began, my back is overall: "
                    "1 very much improved; 2 much improved; 3 minimally improved; 4 no change; 5 minimally worse; "
                    "6 much worse; 7 very much worse. At 6 or 7, and whenever you get worse, read the emergency "
                    "signs again."
                )
            ),
        ),
        look="note",
    )


def _every_day(_day: int) -> bool:
    return True


def _check_in_rows() -> Iterator[FillRow]:
    yield _check_in_row(_("Date"), _every_day)
    yield _check_in_row(_("I have no emergency sign (tick)"), _every_day)
    for number in range(1, OWN_ACTIVITIES + 1):
        label = _("Activity {number}: 0 cannot do it, 10 as before the pain").format(number=number)
        yield _check_in_row(label, FUNCTION_DAYS.__contains__)
    yield _check_in_row(_("Pain right now, 0 none to 10 worst you can imagine"), lambda day: day == 1)
    yield _check_in_row(_("Average pain in the past 24 hours, 0 to 10"), lambda day: day > 1)
    yield _check_in_row(_("Overall change, 1 to 7 (see below)"), CHANGE_DAYS.__contains__)


def _check_in_row(label: str, is_asked: Callable[[int], bool]) -> FillRow:
    return FillRow(label, tuple(Cell(is_asked=is_asked(day)) for day in CHECK_IN_DAYS))


def _care_log(steps: tuple[structure.CareStep, ...]) -> Iterator[Element]:
    yield Heading(_("What I did, day by day"))
    yield _text(
        _(
            "One box each time: write the minutes. Empty boxes are fine. If your skin feels less than it should or "
            "your blood flow is poor, ask a clinician before you use ice or heat. If you are pregnant, ask your "
            "maternity team first."
        )
    )
    boxes = tuple(step.limit_per_day or BOXES_WITHOUT_LIMIT for step in steps)
    yield FillIn(
        headers=(_("Day and date"), *map(_step_header, steps), _("Medicine and time"), _("What helped")),
        rows=tuple(FillRow(str(day), (*map(Cell, boxes), Cell(), Cell())) for day in range(1, LOG_DAYS + 1)),
        widths=(3, *(max(count, 4) for count in boxes), 7, 6),
        row_mm=6,
    )


def _step_header(step: structure.CareStep) -> str:
    return _("{step} ({duration})").format(step=step.title, duration=step_facts.duration(step))


def _medicines() -> Iterator[Element]:
    yield Heading(_("My medicines, as their labels say"))
    yield _text(
        _(
            "Copy from the label or from what your doctor or pharmacist told you. This diary gives no doses. "
            "Never take two anti-inflammatory medicines together; if you are not sure, ask a pharmacist."
        )
    )
    choices = (_("yes"), _("no"), _("not sure"))
    yield FillIn(
        headers=(
            _("Name on the pack"),
            _("Ingredient"),
            _("Least time between two"),
            _("Most in 24 hours"),
            _("Is it an anti-inflammatory?"),
        ),
        rows=tuple(FillRow("", (Cell(), Cell(), Cell(), Cell(choices=choices))) for _row in range(MEDICINE_ROWS)),
        widths=(3, 3, 2, 2, 3),
        row_mm=6.5,
    )


def _questions() -> Iterator[Element]:
    yield Heading(_("Questions for the clinician"))
    yield Fields(tuple(Field(f"{number}.") for number in range(1, 4)))
