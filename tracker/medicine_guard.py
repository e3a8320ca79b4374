"""What the patient typed about a medicine, held against what they logged. Pure: knows no Django and no clock.

It compares only numbers that the patient typed and doses that they logged. It knows no medicine and gives no dose.
Windows are elapsed time in UTC and half-open, (t - 24 h, t]: a dose exactly 24 hours old no longer counts. Doses may
be entered in any order, so a dose is held against those after it as well as those before it.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

DAY: Final = timedelta(hours=24)
REVIEW_AFTER: Final = timedelta(days=9)  # then the tenth day of taking it begins
STILL_TAKEN: Final = timedelta(days=3)


@dataclass(frozen=True)
class Label:
    """What the patient copied from one product. ``None`` and an empty ingredient mean that nothing was typed."""

    medicine_id: UUID
    ingredient: str
    gap_minutes: int | None
    most_in_24_hours: int | None
    is_anti_inflammatory: Literal["yes", "no", "not_sure"]


@dataclass(frozen=True)
class Taken:
    """One dose that was logged, or is about to be."""

    medicine_id: UUID
    taken_at: datetime


@dataclass(frozen=True)
class ThisIsTheNth:
    """The dose is number ``n`` in 24 hours, below the most that was typed."""

    n: int
    most: int
    code: Literal["this_is_the_nth"] = "this_is_the_nth"


@dataclass(frozen=True)
class TheLastOne:
    """The dose is the last that fits the most that was typed (``n`` equals ``most``)."""

    n: int
    most: int
    code: Literal["the_last_one"] = "the_last_one"


@dataclass(frozen=True)
class OverTheMost:
    """With this dose there would be ``n`` in 24 hours, more than was typed."""

    n: int
    most: int
    code: Literal["over_the_most"] = "over_the_most"


@dataclass(frozen=True)
class TooSoon:
    """The nearest dose is closer than the gap that was typed.

    ``minutes_since_last`` is elapsed whole minutes, rounded down. ``next_at`` is when the typed gap is over; None if
    the most that was typed would then be passed, or if the near dose lies later than this one.
    """

    gap_minutes: int
    minutes_since_last: int
    next_at: datetime | None
    code: Literal["too_soon"] = "too_soon"


@dataclass(frozen=True)
class SameIngredient:
    """Other products with the same ingredient were logged near this dose and are counted with it."""

    other_ids: tuple[UUID, ...]
    code: Literal["same_ingredient"] = "same_ingredient"


@dataclass(frozen=True)
class StricterLabel:
    """A number that is used here was typed for another product with the same ingredient, because it is stricter."""

    gap_from: UUID | None
    most_from: UUID | None
    code: Literal["stricter_label"] = "stricter_label"


@dataclass(frozen=True)
class TwoAntiInflammatories:
    """Another product that is, or may be, an anti-inflammatory was logged within 24 hours of this one."""

    other_ids: tuple[UUID, ...]
    code: Literal["two_anti_inflammatories"] = "two_anti_inflammatories"


@dataclass(frozen=True)
class NothingTyped:
    """Neither a gap nor a most was typed, so there is nothing to compare with."""

    code: Literal["nothing_typed"] = "nothing_typed"


Finding = (
    ThisIsTheNth
    | TheLastOne
    | OverTheMost
    | TooSoon
    | SameIngredient
    | StricterLabel
    | TwoAntiInflammatories
    | NothingTyped
)


def look(
    label_of: Mapping[UUID, Label], taken: Sequence[Taken], *, medicine_id: UUID, at: datetime
) -> tuple[Finding, ...]:
    """Return what there is to say before a dose of ``medicine_id`` at ``at`` is saved. ``taken`` is without it.

    ``label_of`` holds the medicine itself and every other product on the patient's list; a dose of a product that is
    not in it is not counted. ``taken`` needs only the doses of the 24 hours before and after ``at``; more do no harm.
    Raises KeyError if ``medicine_id`` has no label.
    """
    own = label_of[medicine_id]
    group = [label for label in label_of.values() if _is_same(label, own)]
    ids = {label.medicine_id for label in group}
    near = [dose for dose in taken if abs(_utc(dose.taken_at) - _utc(at)) < DAY]
    moments = sorted(_utc(dose.taken_at) for dose in taken if dose.medicine_id in ids)
    most, gap = _strictest(group, own)
    findings = (
        _count(moments, most.most_in_24_hours, _utc(at)),
        _gap(moments, gap.gap_minutes, most.most_in_24_hours, _utc(at)),
        _same_ingredient(near, ids - {medicine_id}),
        _stricter(own, most, gap),
        _two_anti_inflammatories(near, label_of, own),
        NothingTyped() if most.most_in_24_hours is None and gap.gap_minutes is None else None,
    )
    return tuple(finding for finding in findings if finding is not None)


def is_against_label(findings: Iterable[Finding]) -> bool:
    """Say whether a dose would be more, or sooner, than the patient typed."""
    return any(isinstance(finding, OverTheMost | TooSoon) for finding in findings)


def is_review_due(
    first_dose_at: datetime | None, latest_dose_at: datetime | None, began_at: datetime, now: datetime
) -> bool:
    """Say whether the day-10 review is due: the tenth day of taking medicine in this episode, if it is still taken.

    The day of the first dose in the episode is day 1. 'Still' means a dose in the last three days (a choice of this
    site). That it is shown once is the caller's part.
    """
    if first_dose_at is None or latest_dose_at is None:
        return False
    return now - max(first_dose_at, began_at) >= REVIEW_AFTER and now - latest_dose_at <= STILL_TAKEN


def _utc(moment: datetime) -> datetime:
    # Two moments of one zone are compared and subtracted by their clock faces, which is wrong across a clock change.
    return moment.astimezone(UTC)


def _is_same(label: Label, own: Label) -> bool:
    name = _plain(own.ingredient)
    return label.medicine_id == own.medicine_id or bool(name and _plain(label.ingredient) == name)


def _plain(ingredient: str) -> str:
    """Return an ingredient without case, spaces, hyphens, accents and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", ingredient.casefold())
    return "".join(mark for mark in decomposed if mark.isalnum())


def _strictest(group: Sequence[Label], own: Label) -> tuple[Label, Label]:
    """Return the label with the smallest most and that with the longest gap; the medicine's own if equal."""
    own_first = sorted(group, key=lambda label: label.medicine_id != own.medicine_id)
    with_most = [label for label in own_first if label.most_in_24_hours is not None]
    with_gap = [label for label in own_first if label.gap_minutes is not None]
    return (
        min(with_most, key=lambda label: label.most_in_24_hours or 0, default=own),
        max(with_gap, key=lambda label: label.gap_minutes or 0, default=own),
    )


def _fullest_window(moments: Sequence[datetime], at: datetime) -> int:
    """Return the most doses in any 24 hours that hold ``at``, with the dose at ``at`` counted."""
    ends = [at, *(moment for moment in moments if at < moment < at + DAY)]
    return max(1 + sum(end - DAY < moment <= end for moment in moments) for end in ends)


def _count(moments: Sequence[datetime], most: int | None, at: datetime) -> Finding | None:
    if most is None:
        return None
    n = _fullest_window(moments, at)
    if n > most:
        return OverTheMost(n, most)
    return TheLastOne(n, most) if n == most else ThisIsTheNth(n, most)


def _gap(moments: Sequence[datetime], gap_minutes: int | None, most: int | None, at: datetime) -> TooSoon | None:
    if not moments or gap_minutes is None:
        return None
    nearest = min(moments, key=lambda moment: abs(moment - at))
    if abs(nearest - at) >= timedelta(minutes=gap_minutes):
        return None
    next_at = max(moments) + timedelta(minutes=gap_minutes)
    is_allowed_then = most is None or _fullest_window(moments, next_at) <= most
    minutes = int(abs(nearest - at) / timedelta(minutes=1))
    return TooSoon(gap_minutes, minutes, next_at if is_allowed_then and max(moments) <= at else None)


def _same_ingredient(near: Sequence[Taken], other_ids: set[UUID]) -> SameIngredient | None:
    ids = _ids(dose for dose in near if dose.medicine_id in other_ids)
    return SameIngredient(ids) if ids else None


def _stricter(own: Label, most: Label, gap: Label) -> StricterLabel | None:
    if most.medicine_id == gap.medicine_id == own.medicine_id:
        return None
    return StricterLabel(
        gap_from=None if gap.medicine_id == own.medicine_id else gap.medicine_id,
        most_from=None if most.medicine_id == own.medicine_id else most.medicine_id,
    )


def _two_anti_inflammatories(
    near: Sequence[Taken], label_of: Mapping[UUID, Label], own: Label
) -> TwoAntiInflammatories | None:
    """'Not sure' counts as yes: the sentence only says never to take two together and to ask a pharmacist."""
    if own.is_anti_inflammatory == "no":
        return None
    may_be = {label.medicine_id for label in label_of.values() if label.is_anti_inflammatory != "no"}
    ids = _ids(dose for dose in near if dose.medicine_id in may_be - {own.medicine_id})
    return TwoAntiInflammatories(ids) if ids else None


def _ids(doses: Iterable[Taken]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(dose.medicine_id for dose in doses))
