"""A plan pairs back and tummy, goes up only when asked, stops for a sign; the week is asked once."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from education import publishing
from education.structure import Exercise
from tests.tracker import make
from tracker import prevention
from tracker.models import ClinicianCheck, EmergencyCheck, Episode, Hold, Patient, PreventionPlan, WeeklyCheckIn
from tracker.patients import circumstances

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def exercises(*keys: str) -> list[Exercise]:
    published = publishing.live(make.NOW).exercises
    return [published[key].content for key in keys]


def choose(patient: Patient, *keys: str, level: int = 2, **fields: Any) -> PreventionPlan:
    values: dict[str, Any] = {"walking_minutes": 12, "edition": 1, "form_id": uuid.uuid4(), "now": make.NOW, **fields}
    return prevention.choose(patient=patient, level=level, exercises=exercises(*keys), **values)


def week(patient: Patient, at: datetime, **fields: Any) -> WeeklyCheckIn:
    values: dict[str, Any] = {"kept": "some", "walking_minutes": None, "yesterday": [], "note": "", **fields}
    return prevention.record_week(patient=patient, form_id=values.pop("form_id", uuid.uuid4()), now=at, **values)


def hold(patient: Patient) -> Hold:
    check = EmergencyCheck.objects.create(
        user=patient.user, because="patient", answers={"E1": "yes"}, edition=1, asked_at=make.NOW
    )
    return Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=make.NOW)


def pause(episode: Episode, answers: dict[str, str]) -> ClinicianCheck:
    return ClinicianCheck.objects.create(
        user=episode.user, episode=episode, answers=answers, edition=1, answered_at=make.NOW
    )


# --- the plan -------------------------------------------------------------------------------------------------------


def test_a_plan_is_kept_by_the_keys_of_its_exercises(patient: Patient) -> None:
    plan = choose(patient, "pelvic-tilt", "bridge")

    assert prevention.current_plan(patient.user) == plan
    assert (plan.exercises, plan.walking_minutes, plan.edition) == (["bridge", "pelvic-tilt"], 12, 1)


@pytest.mark.parametrize(
    ("keys", "level", "code"),
    [
        ((), 1, "nothing_chosen"),
        (("bridge",), 2, "back_without_abdomen"),
        (("bird-dog", "knee-rolls"), 3, "back_without_abdomen"),
        (("heel-taps",), 2, "abdomen_without_back"),
        (("bridge", "pelvic-tilt"), 1, "too_much_for_level"),
    ],
)
def test_what_is_no_plan_is_not_stored(patient: Patient, keys: tuple[str, ...], level: int, code: str) -> None:
    with pytest.raises(prevention.NotAPlan) as refused:
        choose(patient, *keys, level=level)

    assert code in refused.value.codes
    assert not PreventionPlan.objects.exists()


def test_a_form_sent_twice_makes_one_plan(patient: Patient) -> None:
    form_id = uuid.uuid4()

    first = choose(patient, "knee-rolls", level=1, form_id=form_id)
    second = choose(patient, "knee-rolls", level=1, form_id=form_id)

    assert first == second
    assert PreventionPlan.objects.count() == 1


def test_a_page_gone_back_to_and_sent_again_with_another_choice_counts(patient: Patient) -> None:
    form_id = uuid.uuid4()
    choose(patient, "knee-rolls", level=1, form_id=form_id)

    choose(patient, "figure-four", level=1, form_id=form_id)
    again = choose(patient, "figure-four", level=1, form_id=form_id)

    assert again.exercises == ["figure-four"]
    assert again.replaced_at is None
    assert PreventionPlan.objects.count() == 2


def test_a_new_plan_takes_the_place_of_the_old_one(patient: Patient) -> None:
    old = choose(patient, "knee-rolls", level=1)

    new = choose(patient, "figure-four", level=1, now=make.NOW + DAY)

    old.refresh_from_db()
    assert old.replaced_at == make.NOW + DAY
    assert prevention.current_plan(patient.user) == new


def test_a_plan_cannot_be_chosen_above_its_level(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1)

    with pytest.raises(prevention.NotAPlan) as refused:
        choose(patient, "bridge", "pelvic-tilt", level=2)

    assert refused.value.codes == ("level_not_asked_for",)


def test_the_next_level_comes_by_its_own_button_once(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1)
    form_id = uuid.uuid4()

    for _tap in range(2):
        prevention.go_up(patient=patient, form_id=form_id, now=make.NOW + DAY)

    plan = prevention.current_plan(patient.user)
    assert plan is not None
    assert (plan.level, plan.exercises) == (2, ["knee-rolls"])


def test_the_highest_level_stays(patient: Patient) -> None:
    plan = choose(patient, "bridge", "heel-taps", level=3)

    assert prevention.go_up(patient=patient, form_id=uuid.uuid4(), now=make.NOW) == plan


def test_a_walk_grows_by_a_tenth_when_asked_and_stops_at_thirty(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1, walking_minutes=29)

    for _week in range(2):
        prevention.walk_more(patient=patient, form_id=uuid.uuid4(), now=make.NOW)

    plan = prevention.current_plan(patient.user)
    assert plan is not None
    assert plan.walking_minutes == 30
    assert PreventionPlan.objects.count() == 2


def test_without_a_plan_there_is_nothing_to_raise(patient: Patient) -> None:
    assert prevention.go_up(patient=patient, form_id=uuid.uuid4(), now=make.NOW) is None
    assert prevention.walk_more(patient=patient, form_id=uuid.uuid4(), now=make.NOW) is None


# --- circumstances and signs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "key"),
    [
        ({"is_pregnant": True}, "small-chest-lift"),
        ({"has_weak_bones": True}, "cat-and-cow"),
        ({"age_band": "over_70"}, "childs-pose"),
    ],
)
def test_an_exercise_that_is_hidden_cannot_be_chosen(db: None, now: datetime, answers: Any, key: str) -> None:
    patient = make.make_patient(**answers)

    with pytest.raises(prevention.NotAPlan) as refused:
        choose(patient, "pelvic-tilt", key, level=2)

    assert "not_for_you" in refused.value.codes


def test_a_plan_made_before_says_what_is_hidden_gone_and_missing(patient: Patient) -> None:
    plan = choose(patient, "small-chest-lift", "heel-taps")
    plan.exercises = [*plan.exercises, "no-longer-published"]
    patient.is_pregnant = True

    found = prevention.chosen(plan, publishing.live(make.NOW), circumstances(patient))

    assert [exercise.key for exercise, _shown in found.exercises] == ["heel-taps"]
    assert [exercise.key for exercise, _shown in found.hidden] == ["small-chest-lift"]
    assert (found.gone, found.errors) == (1, ("abdomen_without_back",))


def test_an_open_hold_stops_every_change_of_the_plan(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1)
    hold(patient)

    for change in (prevention.go_up, prevention.walk_more):
        with pytest.raises(prevention.Stopped):
            change(patient=patient, form_id=uuid.uuid4(), now=make.NOW)
    with pytest.raises(prevention.Stopped):
        choose(patient, "figure-four", level=1)
    assert PreventionPlan.objects.count() == 1


@pytest.mark.parametrize("is_open", [True, False])
def test_a_sign_that_nobody_has_looked_at_stops_exercises_even_after_the_episode(
    patient: Patient, is_open: bool
) -> None:
    episode = make.make_episode(patient, ended_at=None if is_open else make.NOW)
    pause(episode, {"C1": "yes"})

    assert prevention.standing(patient.user).is_stopped


def test_a_sign_that_does_not_pause_stops_nothing(patient: Patient) -> None:
    pause(make.make_episode(patient, ended_at=make.NOW), {"C6": "yes"})

    assert not prevention.standing(patient.user).is_stopped


def test_prevention_waits_while_an_episode_goes_on_until_recovered(patient: Patient) -> None:
    episode = make.make_episode(patient)
    waits = prevention.standing(patient.user).is_for_later

    episode.recovered_at = make.NOW
    episode.save()

    assert waits
    assert not prevention.standing(patient.user).is_for_later


# --- the week -------------------------------------------------------------------------------------------------------


def test_a_week_sent_twice_is_one_row(patient: Patient) -> None:
    form_id = uuid.uuid4()

    for _tap in range(2):
        week(patient, make.NOW, yesterday=["sport"], note="Felt fine", form_id=form_id)

    (row,) = WeeklyCheckIn.objects.of(patient.user)
    assert (row.kept, row.yesterday, row.note) == ("some", ["sport"], "Felt fine")


def test_the_week_is_due_seven_days_after_the_plan_began_and_after_each_answer(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1)

    before = prevention.is_week_due(patient.user, make.NOW + 7 * DAY - timedelta(seconds=1))
    at_seven = prevention.is_week_due(patient.user, make.NOW + 7 * DAY)
    week(patient, make.NOW + 7 * DAY)
    answered = prevention.is_week_due(patient.user, make.NOW + 8 * DAY)
    again = prevention.is_week_due(patient.user, make.NOW + 14 * DAY)

    assert (before, at_seven, answered, again) == (False, True, False, True)


def test_a_changed_plan_does_not_put_off_the_week(patient: Patient) -> None:
    choose(patient, "knee-rolls", level=1, now=make.NOW - 8 * DAY)
    choose(patient, "figure-four", level=1, now=make.NOW - DAY)

    assert prevention.is_week_due(patient.user, make.NOW)


def test_the_week_is_silent_without_a_plan_in_an_episode_and_under_a_hold(patient: Patient) -> None:
    without_plan = prevention.is_week_due(patient.user, make.NOW)
    choose(patient, "knee-rolls", level=1, now=make.NOW - 8 * DAY)
    episode = make.make_episode(patient)
    in_episode = prevention.is_week_due(patient.user, make.NOW)
    episode.delete()
    hold(patient)

    assert (without_plan, in_episode, prevention.is_week_due(patient.user, make.NOW)) == (False, False, False)
