"""What is kept of a wish: its next moment, its changes, and nothing twice."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pytest

from education.edition import PROTOCOL_KEY, Change, LiveEdition
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import make_reminder
from tracker.models import Delivery, Episode, Patient, Reminder, ReminderKind, ReminderSettings
from tracker.reminders import previews, wishes
from tracker.reminders.wishes import Wish

HOUR: Final = timedelta(hours=1)
EVERY_TWO_HOURS: Final = Wish(kind="ice", step_key="ice_on_back", recurrence="every", every_minutes=120)
DAILY: Final = Wish(kind="own", label="Water the plants", recurrence="at_times", times=(time(9, 30),))


def create(patient: Patient, wish: Wish = DAILY, form_id: uuid.UUID | None = None) -> Reminder:
    return wishes.create(
        patient=patient, wish=wish, edition=1, protocol_number=1, form_id=form_id or uuid.uuid4(), now=make.NOW
    )


def change(patient: Patient, reminder: Reminder, wish: Wish, now: datetime = make.NOW + HOUR) -> Reminder:
    return wishes.change(patient=patient, reminder=reminder, wish=wish, edition=1, protocol_number=1, now=now)


def with_change(live: LiveEdition, number: int, step: str = "ice_on_back") -> LiveEdition:
    """Return the edition with a later publication of the care plan, in which one step changed."""
    published = live.protocols[PROTOCOL_KEY]
    newer = Change(number, make.NOW, "Ice every three hours.")
    plan = replace(published, number=number, history=(newer, *published.history))
    return replace(
        live, protocols={**live.protocols, PROTOCOL_KEY: plan}, step_changes={**live.step_changes, step: newer}
    )


# --- What has come by the time of a change ------------------------------------------------------------------

LATE: Final = make.NOW + 3 * HOUR


def _change_late(patient: Patient, reminder: Reminder) -> None:
    change(patient, reminder, replace(EVERY_TWO_HOURS, every_minutes=180), now=LATE)


def _switch_off_late(patient: Patient, reminder: Reminder) -> None:
    wishes.switch(patient=patient, reminder=reminder, is_on=False, now=LATE)


def _end_late(patient: Patient, reminder: Reminder) -> None:
    wishes.end(reminder=reminder, now=LATE)


@pytest.mark.parametrize("change_it", [_change_late, _switch_off_late, _end_late], ids=["changed", "off", "ended"])
def test_a_moment_that_no_sender_has_seen_is_told_all_the_same(
    patient: Patient, change_it: Callable[[Patient, Reminder], None]
) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    change_it(patient, made)

    row = Delivery.objects.get(reminder=made)
    assert (row.due_at, row.status, row.reason) == (make.NOW + 2 * HOUR, "missed", "too_late")
    made.refresh_from_db()
    assert made.next_due_at in {None, LATE + 3 * HOUR}


def test_what_is_due_just_now_still_goes_out_after_a_change(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    change(patient, made, replace(EVERY_TWO_HOURS, every_minutes=180), now=make.NOW + 2 * HOUR)

    assert Delivery.objects.get(reminder=made).status == "pending"


def test_one_that_cannot_be_worked_out_can_be_ended(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)
    Reminder.objects.update(time_zone="Nowhere/AtAll", times=["25:99"], recurrence="at_times", every_minutes=None)

    wishes.end(reminder=made, now=LATE)

    assert Reminder.objects.get().ended_at == LATE


# --- Made ---------------------------------------------------------------------------------------------------


def test_a_new_wish_knows_its_next_moment_on_the_patients_clock(patient: Patient) -> None:
    made = create(patient)

    assert made.next_due_at == datetime(2030, 11, 21, 8, 30, tzinfo=UTC)
    assert (made.time_zone, made.edition, made.protocol_number) == ("Europe/Paris", 1, 1)
    assert (made.created_at, made.changed_at, made.sequence) == (make.NOW, make.NOW, 0)


def test_every_two_hours_counts_from_now(patient: Patient) -> None:
    assert create(patient, EVERY_TWO_HOURS).next_due_at == make.NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("ago", "next_in"),
    [(timedelta(minutes=119), timedelta(minutes=1)), (timedelta(minutes=120), timedelta(minutes=120))],
    ids=["less than an interval ago", "an interval ago"],
)
def test_every_two_hours_counts_from_the_last_time_it_was_done(
    patient: Patient, ago: timedelta, next_in: timedelta
) -> None:
    make.make_step_log(patient, "ice_on_back", make.NOW - ago)

    assert create(patient, EVERY_TWO_HOURS).next_due_at == make.NOW + next_in


def test_the_same_form_makes_one_reminder(patient: Patient) -> None:
    form_id = uuid.uuid4()

    assert create(patient, form_id=form_id) == create(patient, form_id=form_id)
    assert Reminder.objects.count() == 1


def test_fifty_may_stand_and_ended_ones_and_rings_do_not_count(patient: Patient) -> None:
    make_reminder(patient, is_active=False, ended_at=make.NOW, next_due_at=None)
    make_reminder(patient, kind=ReminderKind.TIMER_END, is_active=False, next_due_at=None)
    for _number in range(49):
        make_reminder(patient, is_active=False, next_due_at=None)

    create(patient)

    with pytest.raises(wishes.TooMany):
        create(patient)
    assert wishes.standing(patient.user).count() == 50


def test_what_the_recurrence_does_not_use_is_not_kept(patient: Patient) -> None:
    made = create(patient, replace(EVERY_TWO_HOURS, times=(time(8),), weekdays=frozenset({1}), on=date(2030, 12, 1)))

    assert (made.times, made.weekdays, made.on) == ([], [], None)


# --- Changed ------------------------------------------------------------------------------------------------


def test_a_change_moves_the_next_moment_and_counts_up(patient: Patient) -> None:
    made = create(patient)

    changed = change(patient, made, replace(DAILY, times=(time(15), time(9, 30))))

    made.refresh_from_db()
    assert made.times == ["09:30", "15:00"]
    assert made.next_due_at == changed.next_due_at == datetime(2030, 11, 20, 14, 0, tzinfo=UTC)
    assert (made.sequence, made.changed_at) == (1, make.NOW + HOUR)


def test_the_same_wish_again_changes_nothing(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)
    before = Reminder.objects.values().get()

    change(patient, made, EVERY_TWO_HOURS)

    assert Reminder.objects.values().get() == before


def test_other_words_do_not_start_the_interval_again(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    changed = change(patient, made, replace(EVERY_TWO_HOURS, label="The blue pack"))

    assert (changed.counts_from_at, changed.next_due_at) == (make.NOW, make.NOW + 2 * HOUR)
    assert changed.sequence == 1


def test_another_interval_counts_from_the_change(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    changed = change(patient, made, replace(EVERY_TWO_HOURS, every_minutes=180))

    assert changed.next_due_at == make.NOW + HOUR + 3 * HOUR


def test_the_zone_of_the_times_stays_when_the_patient_has_moved(patient: Patient) -> None:
    made = create(patient)
    patient.time_zone = "Asia/Tokyo"
    patient.save()

    changed = change(patient, made, replace(DAILY, times=(time(10),)))

    assert changed.time_zone == "Europe/Paris"
    # 10:00 in Paris is 18:00 in Tokyo, outside the quiet hours there.
    assert changed.next_due_at == datetime(2030, 11, 21, 9, 0, tzinfo=UTC)


# --- Off, on and ended --------------------------------------------------------------------------------------


def test_switched_off_it_is_not_due_and_switched_on_it_counts_anew(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    wishes.switch(patient=patient, reminder=made, is_on=False, now=make.NOW + HOUR)
    made.refresh_from_db()
    off = (made.is_active, made.next_due_at, made.sequence)
    wishes.switch(patient=patient, reminder=made, is_on=True, now=make.NOW + 4 * HOUR)

    made.refresh_from_db()
    assert off == (False, None, 1)
    assert (made.is_active, made.next_due_at, made.sequence) == (True, make.NOW + 6 * HOUR, 2)


def test_switching_on_what_is_on_changes_nothing(patient: Patient) -> None:
    made = create(patient)

    wishes.switch(patient=patient, reminder=made, is_on=True, now=make.NOW + HOUR)

    made.refresh_from_db()
    assert (made.sequence, made.changed_at) == (0, make.NOW)


def test_an_ended_one_is_off_for_good(patient: Patient) -> None:
    made = create(patient)

    wishes.end(reminder=made, now=make.NOW + HOUR)
    wishes.switch(patient=patient, reminder=made, is_on=True, now=make.NOW + 2 * HOUR)
    wishes.end(reminder=made, now=make.NOW + 3 * HOUR)

    made.refresh_from_db()
    assert (made.is_active, made.next_due_at, made.ended_at) == (False, None, make.NOW + HOUR)
    assert made.sequence == 1


# --- Quiet hours and zones ----------------------------------------------------------------------------------


def test_other_quiet_hours_move_what_falls_into_them(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(14), quiet_to=time(16))

    moved = wishes.reschedule(user=patient.user, now=make.NOW)

    made.refresh_from_db()
    assert moved == 1
    assert made.next_due_at == datetime(2030, 11, 20, 15, 0, tzinfo=UTC)  # 16:00 in Paris
    assert made.sequence == 1


def test_what_does_not_move_is_left_alone(patient: Patient) -> None:
    made = create(patient)

    assert wishes.reschedule(user=patient.user, now=make.NOW) == 0
    made.refresh_from_db()
    assert made.sequence == 0


def test_a_moment_that_has_come_is_left_to_the_sender(patient: Patient) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    wishes.reschedule(user=patient.user, now=make.NOW + 2 * HOUR)

    made.refresh_from_db()
    assert made.next_due_at == make.NOW + 2 * HOUR


def test_reminders_of_somebody_else_stay(patient: Patient, stranger: Patient) -> None:
    theirs = create(stranger, EVERY_TWO_HOURS)
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(14), quiet_to=time(16))

    wishes.reschedule(user=patient.user, now=make.NOW)

    theirs.refresh_from_db()
    assert theirs.next_due_at == make.NOW + 2 * HOUR


# --- The day's total ----------------------------------------------------------------------------------------


def test_the_day_total_is_of_the_fullest_day(patient: Patient) -> None:
    saturday = replace(DAILY, weekdays=frozenset({5}), times=(time(9), time(12), time(15)))
    create(patient)

    total = previews.preview(patient=patient, wish=saturday, now=make.NOW).total

    assert (total.day, total.messages, total.is_many) == (date(2030, 11, 23), 4, False)


def test_what_comes_within_ten_minutes_is_one_message(patient: Patient) -> None:
    create(patient)

    total = previews.preview(patient=patient, wish=replace(DAILY, times=(time(9, 40),)), now=make.NOW).total

    assert total.messages == 1


@pytest.mark.parametrize(("count", "is_many"), [(6, False), (7, True)])
def test_seven_messages_are_many_and_six_are_not(patient: Patient, count: int, is_many: bool) -> None:
    wish = replace(DAILY, times=tuple(time(8 + number) for number in range(count)))

    total = previews.preview(patient=patient, wish=wish, now=make.NOW).total

    assert (total.messages, total.is_many) == (count, is_many)


def test_what_is_off_or_replaced_does_not_count(patient: Patient) -> None:
    make_reminder(patient, is_active=False, next_due_at=None)
    made = create(patient)

    total = previews.preview(
        patient=patient, wish=replace(DAILY, times=(time(11),)), now=make.NOW, instead_of=made
    ).total

    assert total.messages == 1


# --- The advice behind it -----------------------------------------------------------------------------------


def test_a_newer_care_plan_is_told_until_the_reminder_is_kept(patient: Patient, live: LiveEdition) -> None:
    made = create(patient, EVERY_TWO_HOURS)
    newer = with_change(live, 2)

    told = wishes.reminder_advice_change(made, newer)
    wishes.keep(reminder=made, live=newer)

    made.refresh_from_db()
    assert told is not None
    assert told.changes == "Ice every three hours."
    assert wishes.reminder_advice_change(made, newer) is None
    assert (made.protocol_number, made.sequence) == (2, 0)


def test_a_change_of_another_step_is_none_of_its_advice(patient: Patient, live: LiveEdition) -> None:
    made = create(patient, EVERY_TWO_HOURS)

    assert wishes.reminder_advice_change(made, with_change(live, 2, "gentle_walk")) is None


def test_what_has_no_step_has_no_advice_behind_it(patient: Patient, live: LiveEdition) -> None:
    assert wishes.reminder_advice_change(create(patient), with_change(live, 2)) is None


def test_ice_oftener_than_the_plan_now_has_it_cannot_be_kept(patient: Patient, live: LiveEdition) -> None:
    made = create(patient, replace(EVERY_TWO_HOURS, every_minutes=119))

    with pytest.raises(wishes.BelowThePlan):
        wishes.keep(reminder=made, live=with_change(live, 2))
    made.refresh_from_db()
    assert made.protocol_number == 1


def test_a_wish_tied_to_an_episode_goes_with_it(patient: Patient, episode: Episode) -> None:
    create(patient, replace(EVERY_TWO_HOURS, episode=episode))

    episode.delete()

    assert not Reminder.objects.exists()
