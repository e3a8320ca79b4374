"""What is suggested in each phase: numbers of the live care plan, nothing hidden, nothing twice, nothing on a hold."""

import uuid
from dataclasses import replace
from datetime import time, timedelta
from typing import Final

import pytest

from education.edition import PROTOCOL_KEY, LiveEdition
from tests.tracker import make
from tests.tracker.reminders.reminder_rows import hold, make_reminder
from tracker.models import ClinicianCheck, Episode, Patient
from tracker.reminders import suggestions, wishes
from tracker.reminders.suggestions import Suggestion
from tracker.safety import Answer

HOUR: Final = timedelta(hours=1)


def suggest(patient: Patient, live: LiveEdition, episode: Episode | None = None) -> dict[str, Suggestion]:
    found = suggestions.suggest(patient=patient, episode=episode, live=live, now=make.NOW)
    assert len({one.key for one in found}) == len(found)
    return {one.key: one for one in found}


def late(patient: Patient) -> Episode:
    """Return an open episode, 72 hours old to the minute."""
    return make.make_episode(patient, make.NOW - 72 * HOUR)


def with_ice_every(live: LiveEdition, minutes: int) -> LiveEdition:
    published = live.protocols[PROTOCOL_KEY]
    steps = [
        type(step)(**{**{name: getattr(step, name) for name in step.__struct_fields__}, "interval_minutes": minutes})
        if step.key == "ice_on_back"
        else step
        for step in published.content.steps
    ]
    content = type(published.content)(key=published.content.key, steps=tuple(steps))
    return replace(live, protocols={PROTOCOL_KEY: replace(published, content=content)})


# --- The first 72 hours -------------------------------------------------------------------------------------


def test_ice_every_two_hours_with_positions_and_walks_until_hour_72(
    patient: Patient, episode: Episode, live: LiveEdition
) -> None:
    found = suggest(patient, live, episode)

    assert list(found) == ["ice_on_back", "check_in"]
    ice = found["ice_on_back"].wish
    assert (ice.kind, ice.step_key, ice.every_minutes) == ("ice", "ice_on_back", 120)
    assert ice.also_step_keys == ("legs_raised", "gentle_walk")
    assert (ice.episode, ice.until_at) == (episode, episode.began_at + 72 * HOUR)
    assert (found["check_in"].wish.times, found["check_in"].wish.weekdays) == ((time(18),), frozenset())
    assert found["ice_on_back"].evidence == "Little evidence, low risk."


def test_one_minute_before_hour_72_it_is_still_the_first_phase(patient: Patient, live: LiveEdition) -> None:
    episode = make.make_episode(patient, make.NOW - 72 * HOUR + timedelta(minutes=1))

    assert suggest(patient, live, episode)["ice_on_back"].wish.kind == "ice"


def test_who_chose_heat_last_is_reminded_of_heat(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    make.make_step_log(patient, "ice_on_back", make.NOW - 5 * HOUR, episode=episode)
    make.make_step_log(patient, "heat_if_preferred", make.NOW - 2 * HOUR, kind="heat", episode=episode)

    heat = suggest(patient, live, episode)["heat_if_preferred"].wish

    assert (heat.kind, heat.step_key, heat.every_minutes) == ("heat", "heat_if_preferred", 180)


def test_the_interval_is_that_of_the_live_plan(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    assert suggest(patient, with_ice_every(live, 150), episode)["ice_on_back"].wish.every_minutes == 150


def test_without_ice_and_heat_positions_stand_alone(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    patient.has_reduced_feeling = True

    found = suggest(patient, live, episode)

    assert list(found) == ["legs_raised", "check_in"]
    assert (found["legs_raised"].wish.step_key, found["legs_raised"].wish.also_step_keys) == (
        "legs_raised",
        ("gentle_walk",),
    )


def test_a_note_for_this_patient_stands_beside_it(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    patient.is_pregnant = True

    assert suggest(patient, live, episode)["ice_on_back"].notes == ("ask_before_ice_or_heat", "not_flat_long")


# --- After 72 hours, and recovered --------------------------------------------------------------------------


def test_after_72_hours_walks_stretches_and_heat_if_liked(patient: Patient, live: LiveEdition) -> None:
    found = suggest(patient, live, late(patient))

    assert list(found) == ["build_up_walking", "first_stretches", "check_in", "moist_heat"]
    assert (found["build_up_walking"].wish.step_key, found["build_up_walking"].wish.every_minutes) == (
        "build_up_walking",
        360,
    )
    assert (found["first_stretches"].wish.step_key, found["first_stretches"].wish.times) == (
        "first_stretches",
        (time(10),),
    )
    assert found["moist_heat"].wish.step_key == "moist_heat"
    assert [key for key, one in found.items() if one.is_optional] == ["moist_heat"]
    assert all(one.wish.until_at is None for one in found.values())


def test_a_sign_that_pauses_exercises_leaves_stretches_out(patient: Patient, live: LiveEdition) -> None:
    episode = late(patient)
    ClinicianCheck.objects.create(
        user=patient.user, episode=episode, answers={"C1": "yes"}, edition=1, answered_at=make.NOW
    )

    assert list(suggest(patient, live, episode)) == ["build_up_walking", "check_in", "moist_heat"]


def test_recovered_has_strength_with_rest_between_walking_and_a_weekly_check_in(
    patient: Patient, live: LiveEdition
) -> None:
    found = suggest(patient, live)

    assert list(found) == ["strength_back_and_abdomen", "aerobic_you_enjoy", "check_in"]
    strength = found["strength_back_and_abdomen"].wish
    assert (strength.step_key, strength.weekdays) == ("strength_back_and_abdomen", frozenset({0, 2, 4}))
    assert (found["aerobic_you_enjoy"].wish.step_key, len(found["aerobic_you_enjoy"].wish.weekdays)) == (
        "aerobic_you_enjoy",
        5,
    )
    assert found["check_in"].wish.weekdays == frozenset({6})
    assert all(one.wish.episode is None for one in found.values())


def test_who_feels_recovered_in_an_open_episode_gets_the_plan_of_recovery(patient: Patient, live: LiveEdition) -> None:
    episode = make.make_episode(patient, make.NOW - 100 * HOUR, recovered_at=make.NOW - HOUR)

    assert list(suggest(patient, live, episode)) == ["strength_back_and_abdomen", "aerobic_you_enjoy", "check_in"]


# --- Nothing twice, nothing on a hold -----------------------------------------------------------------------


def test_what_stands_already_is_not_suggested_again(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    for one in suggest(patient, live, episode).values():
        wishes.create(patient=patient, wish=one.wish, edition=1, protocol_number=1, form_id=uuid.uuid4(), now=make.NOW)

    assert suggest(patient, live, episode) == {}


def test_what_is_off_is_suggested_again(patient: Patient, episode: Episode, live: LiveEdition) -> None:
    make_reminder(patient, kind="ice", step_key="ice_on_back", is_active=False, next_due_at=None)

    assert "ice_on_back" in suggest(patient, live, episode)


def test_reminders_of_somebody_else_do_not_count(
    patient: Patient, stranger: Patient, episode: Episode, live: LiveEdition
) -> None:
    make_reminder(stranger, kind="ice", step_key="ice_on_back")

    assert "ice_on_back" in suggest(patient, live, episode)


@pytest.mark.parametrize("said", ["yes", "not_sure"])
def test_nothing_is_suggested_while_an_emergency_answer_is_open(
    patient: Patient, episode: Episode, live: LiveEdition, said: Answer
) -> None:
    hold(patient, make.NOW, answer=said, episode=episode)

    assert suggest(patient, live, episode) == {}
