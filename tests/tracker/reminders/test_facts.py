"""What is read for the rules: everything they need, of the right patient, in a fixed number of queries."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.tracker import make
from tests.tracker.make import NOW
from tests.tracker.reminders.reminder_rows import make_delivery, make_reminder
from tracker.models import (
    ClinicianCheck,
    DeliveryStatus,
    EmergencyCheck,
    Episode,
    Hold,
    Medicine,
    Patient,
    Recurrence,
    Reminder,
    ReminderKind,
    ReminderSettings,
    WeeklyCheckIn,
)
from tracker.reminder_facts import Facts
from tracker.reminder_rules import verdict
from tracker.reminders import facts

EVERY_KIND = {
    ReminderKind.ICE: "ice_on_back",
    ReminderKind.POSITION: "legs_raised",
    ReminderKind.STRETCH: "first_stretches",
    ReminderKind.MEDICINE: "",
    ReminderKind.CHECK_IN: "",
    ReminderKind.OWN: "",
}


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def load_one(reminder: Reminder) -> Facts:
    stored = Reminder.objects.get(pk=reminder.pk)
    return facts.load([stored], now=NOW)[reminder.pk]


def hold(patient: Patient) -> None:
    check = EmergencyCheck.objects.create(user=patient.user, because="start", edition=1, asked_at=NOW)
    Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=NOW)


def sign(episode: Episode, **fields: Any) -> None:
    values = {"answers": {"C1": "yes"}, "edition": 1, "answered_at": NOW - hours(2), **fields}
    ClinicianCheck.objects.create(user=episode.user, episode=episode, **values)


# --- The number of queries ----------------------------------------------------------------------------------


def a_full_patient(name: str) -> list[Reminder]:
    """One of each kind, with rows for each of them to look at."""
    patient = make.make_patient(f"{name}@example.org")
    episode = make.make_episode(patient)
    make.make_check_in(episode, NOW - hours(20))
    make.make_step_log(patient, "ice_on_back", NOW - hours(3), episode=episode)
    medicine = make.make_medicine(patient, ingredient="ibuprofen")
    make.make_dose(medicine, NOW - hours(6))
    ReminderSettings.objects.create(user=patient.user)
    sign(episode)
    made = [
        make_reminder(
            patient, kind=kind, step_key=key, episode=episode, medicine=medicine if kind == "medicine" else None
        )
        for kind, key in EVERY_KIND.items()
    ]
    make_delivery(made[0], due_at=NOW - hours(0.5))
    return made


def test_fifty_patients_take_as_many_queries_as_one(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reminders = [one for count in range(50) for one in a_full_patient(f"patient{count}")]
    one, every = (list(Reminder.objects.filter(pk__in=[row.pk for row in rows])) for rows in (reminders[:6], reminders))
    facts.load(one, now=NOW)  # the live edition is kept from now on
    with CaptureQueriesContext(connection) as queries:
        facts.load(one, now=NOW)

    with django_assert_max_num_queries(len(queries)):
        loaded = facts.load(every, now=NOW)

    assert len(loaded) == 300
    assert len(queries) <= 12


def test_an_own_reminder_asks_for_the_patient_the_choices_the_hold_and_the_answers(
    patient: Patient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reminders = [Reminder.objects.get(pk=make_reminder(patient).pk)]

    with django_assert_max_num_queries(4) as queries:
        facts.load(reminders, now=NOW)

    asked = " ".join(query["sql"] for query in queries)
    assert "tracker_medicine" not in asked
    assert "tracker_dose" not in asked
    assert "tracker_steplog" not in asked


def test_what_the_sender_does_not_read_is_not_read_here_either(
    patient: Patient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_reminder(patient, label="My own words")
    deferred = list(Reminder.objects.defer("label", "ended_at", "form_id", "created_at", "changed_at"))

    with django_assert_max_num_queries(4):
        facts.load(deferred, now=NOW)


def test_nothing_is_asked_for_no_reminders() -> None:
    assert facts.load([], now=NOW) == {}  # without a database at hand


# --- The patient --------------------------------------------------------------------------------------------


def test_a_reminder_of_a_patient_who_agreed_may_go_out(patient: Patient) -> None:
    assert verdict(load_one(make_reminder(patient)), due_at=NOW, now=NOW) == ""


def test_a_withdrawn_consent_is_seen(patient: Patient) -> None:
    reminder = make_reminder(patient)
    Patient.objects.of(patient.user).update(consent=None)

    assert not load_one(reminder).patient.has_consent


def test_an_account_without_a_patient_has_no_consent(patient: Patient) -> None:
    reminder = make_reminder(patient)
    Patient.objects.of(patient.user).delete()

    assert verdict(load_one(reminder), due_at=NOW, now=NOW) == "no_consent"


def test_an_open_hold_is_seen_and_a_lifted_one_is_not(patient: Patient) -> None:
    reminder = make_reminder(patient)
    hold(patient)
    assert load_one(reminder).patient.is_held

    Hold.objects.update(lifted_at=NOW, lifted_because="seen")

    assert not load_one(reminder).patient.is_held


def test_the_rows_of_a_stranger_change_nothing(patient: Patient, stranger: Patient) -> None:
    theirs = make.make_episode(stranger)
    hold(stranger)
    sign(theirs)
    ReminderSettings.objects.create(user=stranger.user, quiet_from=time(12), paused_until_at=NOW + hours(9))
    make.make_step_log(stranger, "first_stretches", NOW - hours(1), kind="stretch")
    mine = make_reminder(patient, kind=ReminderKind.STRETCH, step_key="first_stretches")
    make_reminder(stranger, kind=ReminderKind.STRETCH, step_key="first_stretches")

    known = facts.load(list(Reminder.objects.all()), now=NOW)[mine.pk]

    assert not known.patient.is_held
    assert not known.patient.is_paused_by_signs
    assert known.patient.paused_until_at is None
    assert known.patient.quiet.starts == time(22)
    assert known.patient.done == known.done_at == ()
    assert known.episode is None


def test_quiet_hours_pause_and_circumstances_come_from_the_patients_answers(db: None) -> None:
    patient = make.make_patient(is_pregnant=True, time_zone="America/New_York")
    ReminderSettings.objects.create(user=patient.user, quiet_from=time(21), paused_until_at=NOW + hours(1))

    known = load_one(make_reminder(patient)).patient

    assert (known.quiet.starts, known.quiet.zone.key, known.zone.key) == (
        time(21),
        "America/New_York",
        "America/New_York",
    )
    assert known.paused_until_at == NOW + hours(1)
    assert known.circumstances.is_pregnant


# --- Episode, step, sessions --------------------------------------------------------------------------------


def test_a_tied_reminder_knows_its_own_episode_and_another_the_open_one(patient: Patient) -> None:
    closed = make.make_episode(patient, NOW - hours(900), ended_at=NOW - hours(400))
    opened = make.make_episode(patient)
    tied = load_one(make_reminder(patient, episode=closed))
    free = load_one(make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back"))

    assert tied.episode is not None
    assert free.episode is not None
    assert (tied.is_tied, tied.episode.is_open) == (True, False)
    assert (free.is_tied, free.episode.began_at) == (False, opened.began_at)


def test_the_live_step_is_found_and_one_that_is_gone_is_not(patient: Patient) -> None:
    live = load_one(make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back"))
    gone = load_one(make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_toe"))

    assert live.step is not None
    assert live.step.key == "ice_on_back"
    assert (gone.has_step, gone.step) == (True, None)


def test_sessions_of_the_step_are_when_it_was_done(patient: Patient) -> None:
    make.make_step_log(patient, "ice_on_back", NOW - hours(5))
    make.make_step_log(patient, "ice_on_back", NOW - hours(2))
    make.make_step_log(patient, "moist_heat", NOW - hours(1), kind="heat")
    make.make_step_log(patient, "ice_on_back", NOW - hours(73))

    known = load_one(make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back"))

    assert known.done_at == (NOW - hours(5), NOW - hours(2))
    assert known.last_done_at == NOW - hours(2)
    assert [session.kind for session in known.patient.done] == ["ice", "ice", "heat"]


def test_an_answer_counts_once_however_many_channels_its_moment_had(patient: Patient) -> None:
    reminder = make_reminder(patient)
    for channel in ("app", "email"):
        make_delivery(
            reminder,
            channel=channel,
            due_at=NOW - hours(2),
            status=DeliveryStatus.SENT,
            sent_at=NOW - hours(2),
            done_at=NOW - hours(1),
        )

    assert load_one(reminder).done_at == (NOW - hours(1),)


@pytest.mark.parametrize(
    ("seen_ago", "answers", "is_paused"),
    [
        pytest.param(None, {"C1": "yes"}, True, id="a sign"),
        pytest.param(None, {"C1": "not_sure"}, True, id="not sure"),
        pytest.param(1, {"C1": "yes"}, False, id="seen since"),
        pytest.param(None, {"C6": "yes"}, False, id="a sign that pauses nothing"),
    ],
)
def test_signs_pause_exercises_until_the_patient_was_seen(
    episode: Episode, patient: Patient, seen_ago: int | None, answers: dict[str, str], is_paused: bool
) -> None:
    sign(episode, answers=answers, seen_at=None if seen_ago is None else NOW - hours(seen_ago))

    known = load_one(make_reminder(patient, kind=ReminderKind.STRETCH, step_key="first_stretches"))

    assert known.patient.is_paused_by_signs is is_paused


# --- Ice and heat, medicines, check-ins ---------------------------------------------------------------------


def test_messages_about_ice_and_heat_that_were_sent_or_wait_are_known(patient: Patient) -> None:
    ice = make_reminder(patient, kind=ReminderKind.ICE, step_key="ice_on_back")
    heat = make_reminder(patient, kind=ReminderKind.HEAT, step_key="moist_heat")
    make_delivery(heat, due_at=NOW - hours(0.5), status=DeliveryStatus.SENT, sent_at=NOW - hours(0.4))
    make_delivery(heat, due_at=NOW - hours(0.1))
    make_delivery(heat, due_at=NOW - hours(0.2), status=DeliveryStatus.SKIPPED, reason="quiet")
    make_delivery(make_reminder(patient), due_at=NOW - hours(0.3))

    messages = load_one(ice).patient.thermal_messages

    assert sorted((one.due_at, one.sent_at) for one in messages if one.sent_at) == [
        (NOW - hours(0.5), NOW - hours(0.4))
    ]
    assert [one.due_at for one in messages if one.sent_at is None] == [NOW - hours(0.1)]
    assert verdict(load_one(ice), due_at=NOW, now=NOW) == "thermal_too_soon"


def test_a_dose_within_the_typed_gap_keeps_a_label_reminder_silent(patient: Patient) -> None:
    medicine = make.make_medicine(patient, gap_minutes=240, ingredient="ibuprofen")
    other = make.make_medicine(patient, "Red tablets", gap_minutes=480, ingredient="Ibuprofen")
    make.make_dose(other, NOW - hours(6))
    reminder = make_reminder(
        patient,
        kind=ReminderKind.MEDICINE,
        medicine=medicine,
        recurrence=Recurrence.AT_TIMES,
        times=["13:00"],
    )

    known = load_one(reminder)

    assert verdict(known, due_at=NOW, now=NOW) == "gap_not_over"
    assert verdict(known, due_at=NOW + hours(2), now=NOW + hours(2)) == ""


def test_doses_are_when_a_medicine_was_done(patient: Patient) -> None:
    medicine, other = make.make_medicine(patient), make.make_medicine(patient, "Red tablets")
    make.make_dose(medicine, NOW - hours(5))
    make.make_dose(other, NOW - hours(1))

    known = load_one(make_reminder(patient, kind=ReminderKind.MEDICINE, medicine=medicine))

    assert known.done_at == (NOW - hours(5),)
    assert set(known.patient.labels) == set(Medicine.objects.values_list("pk", flat=True))


def test_a_medicine_that_was_put_away_keeps_its_reminder_silent_and_its_doses_in_count(patient: Patient) -> None:
    medicine = make.make_medicine(patient, put_away_at=NOW - hours(9))
    make.make_dose(medicine, NOW - hours(10))

    known = load_one(make_reminder(patient, kind=ReminderKind.MEDICINE, medicine=medicine))

    assert verdict(known, due_at=NOW, now=NOW) == "off"
    assert set(known.patient.labels) == {medicine.pk}


def test_the_latest_check_in_of_the_episode_is_known(episode: Episode, patient: Patient) -> None:
    make.make_check_in(episode, NOW - hours(20))
    make.make_check_in(episode, NOW - hours(3))

    known = load_one(make_reminder(patient, kind=ReminderKind.CHECK_IN, episode=episode))

    assert known.episode is not None
    assert known.episode.checked_in_at == NOW - hours(3)
    assert known.done_at == (NOW - hours(3),)


def test_between_episodes_the_weekly_check_in_is_known(patient: Patient) -> None:
    WeeklyCheckIn.objects.create(user=patient.user, at=NOW - hours(48), kept="yes")
    reminder = make_reminder(
        patient, kind=ReminderKind.CHECK_IN, recurrence=Recurrence.AT_TIMES, times=["13:00"], step_key="weekly_check_in"
    )

    assert verdict(load_one(reminder), due_at=NOW, now=NOW) == "not_due"


# --- What cannot be read ------------------------------------------------------------------------------------


def test_a_reminder_that_says_no_time_is_left_out_and_the_others_are_not(patient: Patient) -> None:
    poisoned = make_reminder(patient, recurrence=Recurrence.AT_TIMES, times=["noon"])
    nowhere = make_reminder(patient, recurrence=Recurrence.AT_TIMES, times=["08:00"], time_zone="Atlantis")
    sound = make_reminder(patient)

    assert set(facts.load(list(Reminder.objects.all()), now=NOW)) == {sound.pk}
    assert {poisoned.pk, nowhere.pk}.isdisjoint(facts.load([poisoned, nowhere], now=NOW))


def test_a_reminder_that_is_over_says_so(patient: Patient) -> None:
    ended = make_reminder(patient, is_active=False, ended_at=NOW - hours(1))
    off = make_reminder(patient, is_active=False)

    assert [verdict(load_one(one), due_at=NOW, now=NOW) for one in (ended, off)] == ["ended", "off"]
