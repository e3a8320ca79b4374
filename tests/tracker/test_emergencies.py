"""Answers to the emergency questions, the hold they set, and the signs to see somebody about."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.tracker import make
from tracker import emergencies, safety
from tracker.models import AskedBecause, ClinicianCheck, EmergencyCheck, Episode, Hold, Lifted, Patient
from tracker.safety import Answer

pytestmark = pytest.mark.django_db

HOUR: Final = timedelta(hours=1)
NO: Final[dict[str, Answer]] = dict.fromkeys(safety.START_CODES, "no")
SEE_SOMEBODY: Final[dict[str, Answer]] = dict.fromkeys(safety.SEE_SOMEBODY_CODES, "no")


def answer(patient: Patient, answers: dict[str, Answer], **changes: Any) -> EmergencyCheck:
    values: dict[str, Any] = {
        "episode": None,
        "because": AskedBecause.START,
        "rest_is_no": False,
        "form_id": uuid.uuid4(),
        "edition": 1,
        "now": make.NOW,
        **changes,
    }
    return emergencies.answer(user=patient.user, answers=answers, **values)


def lift(patient: Patient, because: Lifted) -> bool:
    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    return emergencies.lift(hold=hold, because=because, now=make.NOW)


def answer_signs(episode: Episode, answers: dict[str, Answer], **changes: Any) -> ClinicianCheck:
    values: dict[str, Any] = {"form_id": uuid.uuid4(), "edition": 1, "now": make.NOW, **changes}
    return emergencies.answer_signs(
        user=episode.user, episode=episode, answers=answers, codes=tuple(SEE_SOMEBODY), **values
    )


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize("code", safety.EMERGENCY_CODES)
def test_one_answer_is_enough_to_hold(patient: Patient, code: str, said: Answer) -> None:
    because = AskedBecause.MEDICINE if code == "E11" else AskedBecause.START

    answer(patient, {code: said}, because=because)

    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    assert hold.codes == [code]
    assert emergencies.is_held(patient.user)


def test_no_to_everything_holds_nothing_and_says_when_it_was_answered(patient: Patient, now: datetime) -> None:
    check = answer(patient, NO)

    assert check.answered_at == now
    assert check.codes == list(safety.START_CODES)
    assert not emergencies.is_held(patient.user)


def test_no_to_all_the_others_fills_what_is_open_and_is_recorded(patient: Patient, now: datetime) -> None:
    check = answer(patient, {"E3": "no"}, rest_is_no=True)

    assert check.answers == NO
    assert check.rest_is_no
    assert check.answered_at == now


def test_no_to_all_the_others_never_overrides_an_answer_kept_before(patient: Patient) -> None:
    form_id = uuid.uuid4()
    answer(patient, {"E4": "not_sure"}, form_id=form_id)

    check = answer(patient, {}, form_id=form_id, rest_is_no=True)

    assert check.answers == {**NO, "E4": "not_sure"}
    assert emergencies.is_held(patient.user)


def test_a_round_with_open_questions_is_not_answered(patient: Patient) -> None:
    check = answer(patient, {"E1": "no", "E2": "yes"})

    assert check.answered_at is None


def test_the_same_form_sent_twice_is_one_round_and_one_hold(patient: Patient) -> None:
    form_id = uuid.uuid4()
    first = answer(patient, {"E1": "yes"}, form_id=form_id)

    again = answer(patient, {"E1": "yes"}, form_id=form_id)

    assert again.pk == first.pk
    assert EmergencyCheck.objects.count() == 1
    assert Hold.objects.count() == 1


def test_the_same_form_sent_again_with_a_yes_holds(patient: Patient) -> None:
    form_id = uuid.uuid4()
    answer(patient, NO, form_id=form_id)

    answer(patient, {**NO, "E8": "yes"}, form_id=form_id)

    assert emergencies.is_held(patient.user)


def test_a_later_no_in_the_same_form_does_not_lift_the_hold(patient: Patient) -> None:
    form_id = uuid.uuid4()
    answer(patient, {"E1": "yes"}, form_id=form_id)

    answer(patient, NO, form_id=form_id)

    assert emergencies.is_held(patient.user)


def test_two_phones_make_one_hold_with_both_answers(patient: Patient) -> None:
    answer(patient, {"E1": "yes"})

    answer(patient, {"E9": "not_sure"})

    assert [hold.codes for hold in Hold.objects.all()] == [["E1", "E9"]]


def test_a_second_open_hold_is_refused_by_the_database(patient: Patient) -> None:
    check = answer(patient, {"E1": "yes"})

    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(user=patient.user, check_made=check, codes=["E2"], set_at=make.NOW)

    assert Hold.objects.count() == 1


@pytest.mark.parametrize("second", [{"E9": "yes"}, {"E1": "yes"}])
def test_a_phone_that_shows_an_older_answer_cannot_lift_a_newer_one(
    patient: Patient, second: dict[str, Answer]
) -> None:
    answer(patient, {"E1": "yes"})
    shown = emergencies.open_hold(patient.user)
    assert shown is not None
    answer(patient, second)

    is_lifted = emergencies.lift(hold=shown, because=Lifted.SEEN, now=make.NOW)

    assert not is_lifted
    assert emergencies.is_held(patient.user)


def test_lifting_keeps_when_and_why(patient: Patient, now: datetime) -> None:
    answer(patient, {"E1": "yes"})

    is_lifted = lift(patient, Lifted.SEEN)

    hold = Hold.objects.get()
    assert is_lifted
    assert (hold.lifted_at, hold.lifted_because) == (now, "seen")
    assert not emergencies.is_held(patient.user)


def test_a_hold_is_lifted_once(patient: Patient) -> None:
    answer(patient, {"E1": "yes"})
    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    emergencies.lift(hold=hold, because=Lifted.SEEN, now=make.NOW)

    again = emergencies.lift(hold=hold, because=Lifted.MISTAKE, now=make.NOW + HOUR)

    assert not again
    assert Hold.objects.get().lifted_because == "seen"


def test_after_a_hold_was_lifted_a_new_round_holds_again(patient: Patient) -> None:
    answer(patient, {"E1": "yes"}, rest_is_no=True)
    lift(patient, Lifted.SEEN)

    answer(patient, {"E1": "yes"}, rest_is_no=True)

    assert emergencies.is_held(patient.user)
    assert Hold.objects.count() == 2


@pytest.mark.parametrize(
    "answers", [{"E99": "yes"}, {"C1": "yes"}, {"E11": "yes"}, {"E1": "maybe"}, {"E1": ""}, {"E1": True}]
)
def test_answers_that_are_none_are_refused_and_nothing_is_kept(patient: Patient, answers: dict[str, Any]) -> None:
    with pytest.raises(emergencies.UnknownAnswer):
        answer(patient, {"E2": "no", **answers})

    assert not EmergencyCheck.objects.exists()


def test_after_a_mistake_the_round_goes_on_with_the_other_answers(patient: Patient, now: datetime) -> None:
    check = answer(patient, {"E1": "no", "E2": "yes"})
    lift(patient, Lifted.MISTAKE)

    broken_off = emergencies.unfinished(patient.user, AskedBecause.START, now)

    assert broken_off == check
    assert emergencies.answers_to_keep(check) == {"E1": "no"}


def test_the_same_round_is_finished_after_a_mistake(patient: Patient, now: datetime) -> None:
    answer(patient, {"E2": "yes"})
    lift(patient, Lifted.MISTAKE)

    check = answer(patient, NO)

    assert EmergencyCheck.objects.get() == check
    assert check.answered_at == now
    assert emergencies.is_ready_to_start(patient.user, now)


def test_no_to_all_the_others_answers_a_mistake_too(patient: Patient) -> None:
    answer(patient, {"E2": "not_sure", "E3": "no"})
    lift(patient, Lifted.MISTAKE)

    check = answer(patient, {"E3": "no"}, rest_is_no=True)

    assert check.answers == NO
    assert not emergencies.is_held(patient.user)


def test_who_was_seen_finishes_the_round_without_a_second_hold(patient: Patient, now: datetime) -> None:
    answer(patient, {"E2": "yes"})
    lift(patient, Lifted.SEEN)

    answer(patient, {"E2": "yes"}, rest_is_no=True)

    assert not emergencies.is_held(patient.user)
    assert emergencies.is_ready_to_start(patient.user, now)


def test_another_sign_holds_in_a_round_whose_first_sign_was_seen(patient: Patient) -> None:
    answer(patient, {"E2": "yes"})
    lift(patient, Lifted.SEEN)

    answer(patient, {"E2": "yes", "E5": "not_sure"})

    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    assert hold.codes == ["E5"]


def test_a_round_is_not_gone_on_with_while_held_or_after_an_hour(patient: Patient, now: datetime) -> None:
    answer(patient, {"E2": "yes"})
    while_held = emergencies.unfinished(patient.user, AskedBecause.START, now)
    lift(patient, Lifted.MISTAKE)

    later = emergencies.unfinished(patient.user, AskedBecause.START, now + HOUR)

    assert while_held is None
    assert later is None


def test_no_episode_begins_without_answers(patient: Patient, now: datetime) -> None:
    assert not emergencies.is_ready_to_start(patient.user, now)


@pytest.mark.parametrize(("minutes", "is_ready"), [(0, True), (59, True), (60, False), (-1, False)])
def test_answers_count_for_an_hour(patient: Patient, now: datetime, minutes: int, is_ready: bool) -> None:
    answer(patient, NO, now=now - timedelta(minutes=minutes))

    assert emergencies.is_ready_to_start(patient.user, now) == is_ready


def test_no_episode_begins_while_held_or_on_answers_that_were_a_mistake(patient: Patient, now: datetime) -> None:
    answer(patient, {"E1": "yes"}, rest_is_no=True)
    while_held = emergencies.is_ready_to_start(patient.user, now)
    lift(patient, Lifted.MISTAKE)

    after_a_mistake = emergencies.is_ready_to_start(patient.user, now)

    assert not while_held
    assert not after_a_mistake


def test_an_episode_may_begin_after_the_patient_was_seen(patient: Patient, now: datetime) -> None:
    answer(patient, {"E1": "yes"}, rest_is_no=True)
    lift(patient, Lifted.SEEN)

    assert emergencies.is_ready_to_start(patient.user, now)


def test_answers_open_the_way_to_one_episode(patient: Patient, now: datetime) -> None:
    answer(patient, NO, now=now - timedelta(minutes=10))
    make.make_episode(patient, now - HOUR, created_at=now - timedelta(minutes=5), ended_at=now)

    assert not emergencies.is_ready_to_start(patient.user, now)


def test_the_question_after_a_medicine_opens_no_way(patient: Patient, now: datetime) -> None:
    answer(patient, {"E11": "no"}, because=AskedBecause.MEDICINE)

    assert not emergencies.is_ready_to_start(patient.user, now)


def test_one_persons_answers_are_not_anothers(patient: Patient, stranger: Patient, now: datetime) -> None:
    answer(patient, {"E1": "yes"})
    answer(stranger, NO)

    assert not emergencies.is_held(stranger.user)
    assert not emergencies.is_ready_to_start(patient.user, now)


@pytest.mark.parametrize(
    ("hours_ago", "began_hours_ago", "due"),
    [(23, 40, None), (24, 40, AskedBecause.DUE), (25, 100, None), (167, 300, None), (168, 300, AskedBecause.DUE)],
)
def test_questions_are_due_daily_in_the_first_72_hours_then_weekly(
    patient: Patient, now: datetime, hours_ago: int, began_hours_ago: int, due: AskedBecause | None
) -> None:
    episode = make.make_episode(patient, now - began_hours_ago * HOUR)
    answer(patient, NO, now=now - hours_ago * HOUR, episode=episode)

    assert emergencies.questions_due(patient=patient, episode=episode, now=now) == due


def test_questions_never_answered_are_due(patient: Patient, episode: Episode, now: datetime) -> None:
    assert emergencies.questions_due(patient=patient, episode=episode, now=now) == AskedBecause.DUE


def test_without_an_open_episode_nothing_is_due(patient: Patient, now: datetime) -> None:
    over = make.make_episode(patient, now - 90 * HOUR, ended_at=now - HOUR)

    assert emergencies.questions_due(patient=patient, episode=None, now=now) is None
    assert emergencies.questions_due(patient=patient, episode=over, now=now) is None


def test_a_check_in_that_is_much_worse_asks_again_until_answered(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    answer(patient, NO, now=now - 2 * HOUR)
    make.make_check_in(episode, now - HOUR, 6, overall_change=6)
    before = emergencies.questions_due(patient=patient, episode=episode, now=now)

    answer(patient, NO, because=AskedBecause.WORSE, episode=episode)

    assert before == AskedBecause.WORSE
    assert emergencies.questions_due(patient=patient, episode=episode, now=now) is None


def test_a_check_in_made_worse_afterwards_asks_again(patient: Patient, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - 3 * HOUR, 6, overall_change=4)
    answer(patient, NO, now=now - 2 * HOUR)
    check_in.overall_change = 7
    check_in.changed_at = now - HOUR
    check_in.save()

    assert emergencies.questions_due(patient=patient, episode=episode, now=now) == AskedBecause.WORSE


def test_asking_what_is_due_costs_the_same_at_any_history(patient: Patient, episode: Episode, now: datetime) -> None:
    answer(patient, NO, now=now - 5 * HOUR)
    make.make_check_in(episode, now - HOUR, 6)
    with CaptureQueriesContext(connection) as few:
        emergencies.questions_due(patient=patient, episode=episode, now=now)
    for hours in range(2, 30):
        make.make_check_in(episode, now - hours * HOUR, 6)

    with CaptureQueriesContext(connection) as many:
        emergencies.questions_due(patient=patient, episode=episode, now=now)

    assert len(many) == len(few) == 3


@pytest.mark.parametrize(
    ("texts", "address"),
    [
        (("a stiff back", ""), "/tracker/check-in-address/"),
        (("fine", "I feel numb"), "/tracker/emergency/?because=words"),
        (("numb", "I want to die"), "/tracker/emergency/crisis/"),
        ((), "/tracker/check-in-address/"),
    ],
)
def test_watched_words_only_ever_change_where_to_go_next(
    patient: Patient, texts: tuple[str, ...], address: str
) -> None:
    assert emergencies.after_saving(*texts, user=patient.user, otherwise="/tracker/check-in-address/") == address


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize("code", safety.SEE_SOMEBODY_CODES)
def test_signs_to_see_somebody_about_pause_exercises_and_never_hold(
    patient: Patient, episode: Episode, code: str, said: Answer
) -> None:
    answer_signs(episode, {**SEE_SOMEBODY, code: said})

    is_paused = emergencies.exercise_pause(episode) is not None
    assert is_paused == (code not in {"C6", "C14", "C15", "C16"})
    assert not emergencies.is_held(patient.user)


def test_a_pause_lasts_until_the_patient_was_seen_whatever_is_answered_later(episode: Episode, now: datetime) -> None:
    answer_signs(episode, {**SEE_SOMEBODY, "C3": "yes"})
    answer_signs(episode, SEE_SOMEBODY, now=now + HOUR)
    before = emergencies.exercise_pause(episode)

    emergencies.signs_seen(episode=episode, now=now + 2 * HOUR)

    assert before is not None
    assert before.answers["C3"] == "yes"
    assert emergencies.exercise_pause(episode) is None


def test_a_new_episode_does_not_end_a_pause(patient: Patient, episode: Episode, now: datetime) -> None:
    answer_signs(episode, {**SEE_SOMEBODY, "C2": "yes"})
    Episode.objects.filter(pk=episode.pk).update(ended_at=now)
    newer = make.make_episode(patient, began_at=now)

    before = emergencies.exercise_pause(newer)
    emergencies.signs_seen(episode=newer, now=now + HOUR)

    assert before is not None
    assert emergencies.exercise_pause(newer) is None


def test_signs_sent_twice_are_one_row(episode: Episode) -> None:
    form_id = uuid.uuid4()
    first = answer_signs(episode, {**SEE_SOMEBODY, "C1": "yes"}, form_id=form_id)

    again = answer_signs(episode, {**SEE_SOMEBODY, "C1": "yes"}, form_id=form_id)

    assert again == first
    assert ClinicianCheck.objects.count() == 1


def test_a_sign_that_is_none_is_refused(episode: Episode) -> None:
    with pytest.raises(emergencies.UnknownAnswer):
        answer_signs(episode, {"C17": "yes"})

    assert emergencies.latest_signs(episode) is None


def test_answers_given_during_an_episode_do_not_open_the_way_to_the_next(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient)
    answer(patient, NO, episode=episode)
    episode.ended_at = now
    episode.save()

    assert not emergencies.is_ready_to_start(patient.user, now)
