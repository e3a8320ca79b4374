"""What the rules of reminders need to know. Pure: no Django and no clock. Moments are aware UTC.

Structs, as thousands are made in a second.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from education.structure import CareStep, Phase
from tracker import plan
from tracker.circumstances import Circumstances
from tracker.limits import Done
from tracker.medicine_guard import Label, Taken
from tracker.schedule import Every, Quiet, Schedule


class EpisodeFacts(msgspec.Struct, frozen=True):
    """An episode, and when its latest check-in was."""

    began_at: datetime
    moved_on_at: datetime | None = None
    recovered_at: datetime | None = None
    is_open: bool = True
    checked_in_at: datetime | None = None

    def phase(self, now: datetime) -> Phase:
        """Return the phase of the episode at ``now``."""
        return plan.phase(began_at=self.began_at, moved_on_at=self.moved_on_at, recovered_at=self.recovered_at, now=now)


class ThermalMessage(msgspec.Struct, frozen=True):
    """A message about ice or heat that was sent, or that waits to be (``sent_at`` None).

    ``is_put_off``: its patient asked for the same again, later.
    """

    reminder_id: UUID
    due_at: datetime
    sent_at: datetime | None
    is_put_off: bool = False


class PatientFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need of a patient. ``done``: the sessions of the last three days.

    ``thermal_messages``: those of the last two hours. ``labels`` and ``taken`` are looked at for medicines only,
    ``is_paused_by_signs`` for exercises only.
    """

    zone: ZoneInfo
    quiet: Quiet
    has_consent: bool = True
    is_held: bool = False
    paused_until_at: datetime | None = None
    circumstances: Circumstances = msgspec.field(default_factory=Circumstances)
    is_paused_by_signs: bool = False
    done: tuple[Done, ...] = ()
    thermal_messages: tuple[ThermalMessage, ...] = ()
    labels: Mapping[UUID, Label] = msgspec.field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    weekly_check_in_at: datetime | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need of one reminder.

    ``step`` is the live step, None for one without a step or one that is gone (``has_step`` tells which). ``episode``
    is the one it is tied to (``is_tied``), else the open one. ``done_at``: when it was done, oldest first.
    ``is_put_away``: its medicine is off the patient's list.
    """

    reminder_id: UUID
    kind: str
    patient: PatientFacts
    schedule: Schedule
    is_active: bool = True
    is_ended: bool = False
    not_before_at: datetime | None = None
    has_step: bool = False
    step: CareStep | None = None
    is_tied: bool = False
    episode: EpisodeFacts | None = None
    medicine_id: UUID | None = None
    is_put_away: bool = False
    done_at: tuple[datetime, ...] = ()

    @property
    def last_done_at(self) -> datetime | None:
        """When it was done last, as far as the last days are known."""
        return self.done_at[-1] if self.done_at else None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its times of day; of the patient, where it has none."""
        rule = self.schedule.rule
        return self.patient.zone if isinstance(rule, Every) else rule.zone
