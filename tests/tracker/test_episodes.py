"""Episodes: one open at a time, begun after the emergency questions, described in the patient's words."""

import uuid
from datetime import datetime, timedelta

import pytest

from tests.tracker import make
from tracker import emergencies, episodes
from tracker.episodes import Description, OwnActivity
from tracker.models import Activity, AskedBecause, CheckIn, EmergencyCheck, Episode, Hold, PainSpan, Patient, StepLog


def _answer(patient: Patient, now: datetime, **changed: str) -> EmergencyCheck:
    answers = {**make.NO_TO_ALL, **changed}
    return emergencies.answer(
        user=patient.user,
        episode=None,
        because=AskedBecause.START,
        answers=answers,  # type: ignore[arg-type]
        rest_is_no=False,
        form_id=uuid.uuid4(),
        edition=1,
        now=now,
    )


def _start(patient: Patient, now: datetime, form_id: uuid.UUID | None = None) -> Episode:
    return episodes.start(patient=patient, form_id=form_id or uuid.uuid4(), now=now)


def _describe(patient: Patient, episode: Episode, now: datetime, **fields: object) -> CheckIn | None:
    form_id = fields.pop("form_id", None) or uuid.uuid4()
    description = Description(**fields)  # type: ignore[arg-type]
    return episodes.describe(
        patient=patient,
        episode=episode,
        description=description,
        form_id=form_id,  # type: ignore[arg-type]
        now=now,
    )


def test_an_episode_begins_after_the_emergency_questions(patient: Patient, now: datetime) -> None:
    check = _answer(patient, now - timedelta(minutes=5))

    episode = _start(patient, now)

    check.refresh_from_db()
    assert (episode.began_at, episode.is_open) == (now, True)
    assert check.episode_id == episode.pk


def test_without_the_questions_none_begins(patient: Patient, now: datetime) -> None:
    with pytest.raises(episodes.NotReady):
        _start(patient, now)

    assert not Episode.objects.exists()


def test_answers_of_more_than_an_hour_ago_do_not_count(patient: Patient, now: datetime) -> None:
    _answer(patient, now - timedelta(minutes=61))

    with pytest.raises(episodes.NotReady):
        _start(patient, now)


@pytest.mark.parametrize("said", ["yes", "not_sure"])
def test_an_answer_that_holds_lets_none_begin(patient: Patient, now: datetime, said: str) -> None:
    _answer(patient, now, E4=said)

    with pytest.raises(episodes.NotReady):
        _start(patient, now)


def test_the_same_form_sent_twice_makes_one(patient: Patient, now: datetime) -> None:
    _answer(patient, now)
    form_id = uuid.uuid4()

    first = _start(patient, now, form_id)
    second = _start(patient, now, form_id)

    assert first == second
    assert Episode.objects.count() == 1


def test_a_second_phone_finds_the_episode_of_the_first(patient: Patient, now: datetime) -> None:
    _answer(patient, now)
    first = _start(patient, now)

    with pytest.raises(episodes.AlreadyOpen) as refused:
        _start(patient, now)

    assert refused.value.episode == first
    assert Episode.objects.count() == 1


def test_a_second_phone_that_was_a_moment_too_late_finds_it_too(
    patient: Patient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer(patient, now)
    looked = []

    def begins_meanwhile(user: object, at: datetime) -> bool:
        looked.append(make.make_episode(patient, began_at=now))
        return True

    monkeypatch.setattr(emergencies, "is_ready_to_start", begins_meanwhile)

    with pytest.raises(episodes.AlreadyOpen) as refused:
        _start(patient, now)

    assert [refused.value.episode] == looked


def test_two_people_have_an_open_episode_each(patient: Patient, stranger: Patient, now: datetime) -> None:
    for person in (patient, stranger):
        _answer(person, now)
        _start(person, now)

    assert Episode.objects.filter(ended_at=None).count() == 2


def test_a_new_onset_begins_at_hour_zero(patient: Patient, now: datetime) -> None:
    make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=1))
    _answer(patient, now)

    episode = _start(patient, now)

    assert (episode.began_at, episode.moved_on_at, episode.recovered_at) == (now, None, None)


def test_it_cannot_begin_in_the_future(patient: Patient, now: datetime) -> None:
    _answer(patient, now)

    with pytest.raises(episodes.Impossible, match="begins_in_future"):
        episodes.start(patient=patient, form_id=uuid.uuid4(), now=now, began_at=now + timedelta(minutes=1))


def test_the_first_start_notes_which_care_plan_was_seen(patient: Patient, now: datetime) -> None:
    _answer(patient, now)

    episodes.start(patient=patient, form_id=uuid.uuid4(), now=now, protocol_number=4)

    patient.refresh_from_db()
    assert patient.protocol_number == 4


def test_pain_right_now_and_ratings_become_the_first_check_in(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    socks = OwnActivity(name="Putting on socks", score=2)

    check_in = _describe(patient, episode, now, activities=[socks], pain=8)

    assert check_in is not None
    assert (check_in.pain, check_in.pain_span, check_in.is_complete) == (8, PainSpan.NOW, True)
    assert [(one.activity.name, one.score) for one in check_in.ratings.all()] == [("Putting on socks", 2)]


def test_details_sent_twice_make_one_check_in(patient: Patient, episode: Episode, now: datetime) -> None:
    form_id = uuid.uuid4()
    said = {"activities": [OwnActivity(name="Sitting", score=4)], "pain": 5, "form_id": form_id}

    _describe(patient, episode, now, **said)
    _describe(patient, episode, now, **said)

    assert (CheckIn.objects.count(), Activity.objects.count()) == (1, 1)


def test_the_pain_of_a_second_phones_page_is_kept_beside_the_first(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    first = make.make_check_in(episode, now - timedelta(hours=2))

    second = _describe(patient, episode, now, pain=9)

    assert second is not None
    assert (second.pain, second.pain_span, second.at) == (9, PainSpan.NOW, now)
    assert set(CheckIn.objects.of(patient.user)) == {first, second}


def test_words_are_kept_as_typed(patient: Patient, episode: Episode, now: datetime) -> None:
    note = "aïe 😖 \u200fيؤلم\u200e"

    _describe(patient, episode, now, note=note, trigger_words="the big box", triggers=["lifting"])

    kept = Episode.objects.get()
    assert (kept.note, kept.trigger_words, kept.triggers) == (note, "the big box", ["lifting"])


def test_a_rated_activity_is_retired_when_another_takes_its_place(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    _describe(patient, episode, now, activities=[OwnActivity(name="Sitting", score=4)])

    _describe(patient, episode, now, activities=[OwnActivity(name="Driving")])

    assert sorted((one.name, one.retired_at is None) for one in Activity.objects.all()) == [
        ("Driving", True),
        ("Sitting", False),
    ]


def test_an_activity_never_rated_is_renamed(patient: Patient, episode: Episode, now: datetime) -> None:
    _describe(patient, episode, now, activities=[OwnActivity(name="Siting")])

    _describe(patient, episode, now, activities=[OwnActivity(name="Sitting")])

    assert [one.name for one in Activity.objects.all()] == ["Sitting"]


def test_an_emptied_activity_goes(patient: Patient, episode: Episode, now: datetime) -> None:
    _describe(patient, episode, now, activities=[OwnActivity(name="Sitting")])

    _describe(patient, episode, now, activities=[OwnActivity(name="")])

    assert not Activity.objects.exists()


def test_the_beginning_can_be_moved(patient: Patient, episode: Episode, now: datetime) -> None:
    earlier = now - timedelta(hours=40)

    _describe(patient, episode, now, began_at=earlier)

    assert Episode.objects.get().began_at == earlier


def test_a_choice_that_came_before_hour_48_of_the_new_beginning_no_longer_counts(
    patient: Patient, now: datetime
) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=60), moved_on_at=now - timedelta(hours=2))

    _describe(patient, episode, now, began_at=now - timedelta(hours=20))

    assert Episode.objects.get().moved_on_at is None


@pytest.mark.parametrize(
    ("hours_ago", "ended", "recovered", "code"),
    [
        (-1, None, None, "begins_in_future"),
        (1, 5, None, "begins_after_end"),
        (1, None, 5, "begins_after_recovery"),
        (200, None, None, "begins_before_last_ended"),
    ],
)
def test_a_beginning_that_cannot_be_is_refused(
    patient: Patient, now: datetime, hours_ago: int, ended: int | None, recovered: int | None, code: str
) -> None:
    make.make_episode(patient, began_at=now - timedelta(hours=300), ended_at=now - timedelta(hours=100))
    episode = make.make_episode(
        patient,
        began_at=now - timedelta(hours=90),
        ended_at=ended and now - timedelta(hours=ended),
        recovered_at=recovered and now - timedelta(hours=recovered),
    )

    with pytest.raises(episodes.Impossible, match=code):
        _describe(patient, episode, now, began_at=now - timedelta(hours=hours_ago))


def test_same_as_last_time_copies_places_triggers_and_activities(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    last = make.make_episode(
        patient,
        began_at=now - timedelta(days=60),
        ended_at=now - timedelta(days=50),
        places=["neck"],
        triggers=["sport"],
    )
    make.make_activity(last, "Turning my head", position=2)

    found = episodes.same_as_last_time(episode=episode, now=now)

    assert found
    assert (episode.places, episode.triggers) == (["neck"], ["sport"])
    assert [(one.position, one.name) for one in episode.activities.all()] == [(2, "Turning my head")]


def test_same_as_last_time_keeps_what_is_filled_in(patient: Patient, episode: Episode, now: datetime) -> None:
    last = make.make_episode(
        patient, began_at=now - timedelta(days=60), ended_at=now - timedelta(days=50), places=["neck"]
    )
    make.make_activity(last, "Turning my head")
    make.make_activity(episode, "Sitting")
    episodes.say_where(episode=episode, places=["calf_left"])

    episodes.same_as_last_time(episode=episode, now=now)

    assert episode.places == ["calf_left"]
    assert [one.name for one in episode.activities.all()] == ["Sitting"]


def test_there_may_be_no_last_time(episode: Episode, now: datetime) -> None:
    assert not episodes.same_as_last_time(episode=episode, now=now)


@pytest.mark.parametrize("hours", [48, 71])
def test_the_patient_moves_on_to_heat_between_hours_48_and_72(patient: Patient, now: datetime, hours: int) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=hours))

    episodes.move_on(episode=episode, now=now)

    assert Episode.objects.get().moved_on_at == now


def test_nobody_moves_on_before_hour_48(episode: Episode, now: datetime) -> None:
    with pytest.raises(episodes.Impossible, match="too_early"):
        episodes.move_on(episode=episode, now=now)


def test_recovered_is_the_patients_own_answer_after_hour_72(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(hours=72))

    episodes.feel_recovered(episode=episode, now=now)

    assert Episode.objects.get().recovered_at == now


def test_recovered_is_not_asked_in_the_first_phase(episode: Episode, now: datetime) -> None:
    with pytest.raises(episodes.Impossible, match="too_early"):
        episodes.feel_recovered(episode=episode, now=now)


def test_a_slip_can_be_taken_back_for_15_minutes(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(days=5), recovered_at=now)

    with pytest.raises(episodes.Impossible, match="too_late"):
        episodes.take_back(episode=episode, field="recovered_at", now=now + timedelta(minutes=16))
    episodes.take_back(episode=episode, field="recovered_at", now=now + timedelta(minutes=15))

    assert Episode.objects.get().recovered_at is None


def test_closing_keeps_the_end_and_the_days_lost(episode: Episode, now: datetime) -> None:
    episodes.close(episode=episode, ended_at=now, days_lost=3, now=now)

    kept = Episode.objects.get()
    assert (kept.ended_at, kept.days_lost) == (now, 3)


def test_closing_stops_a_running_timer(patient: Patient, episode: Episode, now: datetime) -> None:
    make.make_step_log(patient, "ice_on_back", now - timedelta(minutes=3), episode=episode, is_timed=True)

    episodes.close(episode=episode, ended_at=now, days_lost=None, now=now)

    assert StepLog.objects.get().duration_minutes == 3


@pytest.mark.parametrize(("hours_ago", "code"), [(-1, "ends_in_future"), (32, "ends_before_begin")])
def test_an_end_that_cannot_be_is_refused(episode: Episode, now: datetime, hours_ago: int, code: str) -> None:
    with pytest.raises(episodes.Impossible, match=code):
        episodes.close(episode=episode, ended_at=now - timedelta(hours=hours_ago), days_lost=None, now=now)

    assert Episode.objects.get().is_open


def test_an_end_after_the_next_beginning_is_refused(patient: Patient, episode: Episode, now: datetime) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))

    with pytest.raises(episodes.Impossible, match="ends_after_next_began"):
        episodes.close(episode=old, ended_at=now - timedelta(hours=1), days_lost=None, now=now)


def test_a_closed_episode_can_go_on(patient: Patient, now: datetime) -> None:
    closed = make.make_episode(patient, ended_at=now)

    episodes.reopen(episode=closed)

    assert Episode.objects.get().is_open


def test_a_closed_one_stays_closed_beside_an_open_one(patient: Patient, episode: Episode, now: datetime) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))

    with pytest.raises(episodes.AlreadyOpen):
        episodes.reopen(episode=old)


def test_only_the_newest_can_go_on(patient: Patient, now: datetime) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))
    make.make_episode(patient, began_at=now - timedelta(days=3), ended_at=now - timedelta(days=2))

    with pytest.raises(episodes.Impossible, match="not_newest"):
        episodes.reopen(episode=old)


def test_deleting_takes_everything_along(patient: Patient, episode: Episode, now: datetime) -> None:
    make.make_check_in(episode, now, ratings={make.make_activity(episode): 3})
    make.make_step_log(patient, "ice_on_back", now, episode=episode)

    episodes.delete(episode=episode)

    assert [model.objects.count() for model in (Episode, CheckIn, Activity, StepLog)] == [0, 0, 0, 0]


def test_deleting_an_episode_does_not_lift_a_hold(patient: Patient, episode: Episode, now: datetime) -> None:
    check = _answer(patient, now, E1="yes")
    EmergencyCheck.objects.filter(pk=check.pk).update(episode=episode)

    episodes.delete(episode=episode)

    assert Hold.objects.get().lifted_at is None
