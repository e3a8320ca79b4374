"""A patient's own medicines and doses. Every number here was typed by the patient; the site adds none."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Min, Q

from backspasm.models import User
from tracker import medicine_guard
from tracker.medicine_guard import Finding, Label, Taken
from tracker.models import Dose, Episode, Medicine, MedicineRevision, Patient, StepLog

# A gap may be a week long, so a dose of the last week counts against it; one day more for windows of 24 hours.
LOOKED_AT: Final = timedelta(days=8)
LISTED: Final = timedelta(days=7)
REVIEW_STEP: Final = "day_10_medicine_review"


@dataclass(frozen=True)
class LabelWords:
    """What the patient copied from one packet. Gap in minutes (1-10080), most 1-48 times; None: nothing typed."""

    name: str
    ingredient: str
    gap_minutes: int | None
    most_in_24_hours: int | None
    is_anti_inflammatory: str


@dataclass(frozen=True)
class OnTheShelf:
    """One medicine of the list: what there is to say before a dose now, and when the last one was."""

    medicine: Medicine
    findings: tuple[Finding, ...]
    last_at: datetime | None


@dataclass(frozen=True)
class Shelf:
    """All that the medicines screen shows. ``names`` has every medicine, put away or not, by its id."""

    in_use: tuple[OnTheShelf, ...]
    put_away: tuple[Medicine, ...]
    doses: tuple[Dose, ...]
    names: Mapping[uuid.UUID, str]


class AgainstLabel(Exception):
    """The dose is sooner or more than the patient typed, or a second anti-inflammatory; nothing was saved yet."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("A question is asked first.")
        self.findings = findings


def add(*, patient: Patient, label: LabelWords, form_id: uuid.UUID, now: datetime) -> Medicine:
    """Put a medicine on the list. The same form sent twice makes one row; with another label it changes that row."""
    with transaction.atomic():
        medicine: Medicine
        medicine, is_new = Medicine.objects.get_or_create(
            user=patient.user, form_id=form_id, defaults={**vars(label), "created_at": now}
        )
        if not is_new:
            change(medicine=medicine, label=label, now=now)
            medicine.refresh_from_db()
    return medicine


def change(*, medicine: Medicine, label: LabelWords, now: datetime) -> None:
    """Change what the label says; what it said before stays in the revisions. Nothing happens if nothing differs."""
    with transaction.atomic():
        stored = Medicine.objects.select_for_update().get(pk=medicine.pk)
        before = label_of(stored)
        if before == label:
            return
        MedicineRevision.objects.create(
            user_id=stored.user_id, medicine=stored, changed_at=now, old_values=json.dumps(vars(before))
        )
        for name, value in vars(label).items():
            setattr(stored, name, value)
        stored.save(update_fields=list(vars(label)))


def label_of(medicine: Medicine) -> LabelWords:
    """Return the label as it is stored."""
    return LabelWords(
        medicine.name,
        medicine.ingredient,
        medicine.gap_minutes,
        medicine.most_in_24_hours,
        medicine.is_anti_inflammatory,
    )


def history(medicine: Medicine) -> tuple[tuple[datetime, LabelWords], ...]:
    """Return what the label said before each change, the newest change first."""
    revisions = MedicineRevision.objects.filter(user_id=medicine.user_id, medicine=medicine).order_by("-changed_at")
    return tuple((revision.changed_at, LabelWords(**json.loads(revision.old_values))) for revision in revisions)


def put_away(*, medicine: Medicine, now: datetime) -> None:
    """Take a medicine off the list; it keeps its doses, which still count."""
    if medicine.put_away_at is None:
        medicine.put_away_at = now
        medicine.save(update_fields=["put_away_at"])


def take_out(*, medicine: Medicine) -> None:
    """Put a medicine back on the list."""
    medicine.put_away_at = None
    medicine.save(update_fields=["put_away_at"])


def take(
    *,
    patient: Patient,
    medicine: Medicine,
    taken_at: datetime,
    form_id: uuid.UUID,
    now: datetime,
    is_confirmed: bool = False,
) -> Dose:
    """Log one dose at ``taken_at`` (aware UTC, not after ``now``). The same form sent twice makes one row.

    Raises AgainstLabel unless ``is_confirmed`` where the patient is asked first: what was taken is a fact and is
    stored once they say so.
    """
    with transaction.atomic():
        # Two phones at once: the second sees the dose of the first.
        Patient.objects.of(patient.user).select_for_update().get()
        existing: Dose | None = Dose.objects.of(patient.user).filter(form_id=form_id).first()
        if existing is not None:
            return existing
        found = findings(patient.user, medicine, taken_at)
        if not is_confirmed and asks_first(found):
            raise AgainstLabel(found)
        return Dose.objects.create(
            user=patient.user,
            form_id=form_id,
            medicine=medicine,
            episode=_episode_at(patient.user, taken_at),
            taken_at=taken_at,
            created_at=now,
        )


def undo(*, dose: Dose) -> None:
    """Remove a dose that was logged by mistake."""
    dose.delete()


def asks_first(found: tuple[Finding, ...]) -> bool:
    """Say whether the patient is asked before the dose is stored: too soon, too many, or two anti-inflammatories."""
    is_second = any(isinstance(finding, medicine_guard.TwoAntiInflammatories) for finding in found)
    return is_second or medicine_guard.is_against_label(found)


def findings(user: User, medicine: Medicine, at: datetime, *, without: Dose | None = None) -> tuple[Finding, ...]:
    """Return what there is to say before a dose of ``medicine`` at ``at`` (aware UTC) is saved.

    With ``without``, a stored dose, it is what there was to say before that one.
    """
    near = Dose.objects.of(user).filter(taken_at__gt=at - LOOKED_AT, taken_at__lt=at + LOOKED_AT)
    taken = [Taken(dose.medicine_id, dose.taken_at) for dose in near if without is None or dose.pk != without.pk]
    return medicine_guard.look(_labels(Medicine.objects.of(user)), taken, medicine_id=medicine.pk, at=at)


def shelf(user: User, now: datetime) -> Shelf:
    """Return what the medicines screen shows, in two queries whatever was logged before."""
    medicines = list(Medicine.objects.of(user))
    doses = list(Dose.objects.of(user).filter(taken_at__gt=now - LOOKED_AT).order_by("-taken_at"))
    labels = _labels(medicines)
    taken = [Taken(dose.medicine_id, dose.taken_at) for dose in doses]
    last = {dose.medicine_id: dose.taken_at for dose in reversed(doses)}
    return Shelf(
        in_use=tuple(
            OnTheShelf(
                medicine, medicine_guard.look(labels, taken, medicine_id=medicine.pk, at=now), last.get(medicine.pk)
            )
            for medicine in medicines
            if medicine.put_away_at is None
        ),
        put_away=tuple(medicine for medicine in medicines if medicine.put_away_at is not None),
        doses=tuple(dose for dose in doses if dose.taken_at > now - LISTED),
        names={medicine.pk: medicine.name for medicine in medicines},
    )


def is_review_due(episode: Episode, now: datetime) -> bool:
    """Say whether the day-10 review of medicine is due: it is, until the patient logs that step of the care plan."""
    doses = Dose.objects.filter(user_id=episode.user_id, episode=episode)
    when = doses.aggregate(first=Min("taken_at"), latest=Max("taken_at"))
    if not medicine_guard.is_review_due(
        first_dose_at=when["first"], latest_dose_at=when["latest"], began_at=episode.began_at, now=now
    ):
        return False
    done = StepLog.objects.filter(user_id=episode.user_id, episode=episode, step_key=REVIEW_STEP)
    return not done.exists()


def _labels(medicines: Any) -> dict[uuid.UUID, Label]:
    return {
        medicine.pk: Label(
            medicine_id=medicine.pk,
            ingredient=medicine.ingredient,
            gap_minutes=medicine.gap_minutes,
            most_in_24_hours=medicine.most_in_24_hours,
            is_anti_inflammatory=medicine.is_anti_inflammatory,
        )
        for medicine in medicines
    }


def _episode_at(user: User, at: datetime) -> Episode | None:
    covers = Q(ended_at=None) | Q(ended_at__gte=at)
    return Episode.objects.of(user).filter(covers, began_at__lte=at).order_by("-began_at").first()
