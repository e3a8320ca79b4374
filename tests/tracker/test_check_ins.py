"""Check-ins as they are kept."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.tracker import make
from tracker import check_ins
from tracker.models import Activity, ActivityRating, CheckIn, CheckInRevision, Episode, PainSpan, Patient

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")


def save(patient: Patient, episode: Episode, now: datetime, **said: Any) -> CheckIn:
    values: dict[str, Any] = {
        "ratings": {},
        "pain": 4,
        "overall_change": None,
        "note": "",
        "at": None,
        "is_complete": True,
        "form_id": uuid.uuid4(),
        **said,
    }
    saved = check_ins.record(patient=patient, episode=episode, now=now, **values)
    check_ins.note_offer(episode=episode, known=check_ins.facts(episode), zone=patient.zone, now=now)
    return saved


def scores(check_in: CheckIn) -> dict[uuid.UUID, int]:
    return {rating.activity_id: rating.score for rating in check_in.ratings.all()}


def calm_days(episode: Episode, now: datetime, days: int = 3) -> None:
    for day in range(days, 0, -1):
        make.make_check_in(episode, now - day * DAY + HOUR, 1)


def test_a_check_in_without_a_time_is_of_now(patient: Patient, episode: Episode, now: datetime) -> None:
    saved = save(patient, episode, now, pain=4, note="Slept well 🛏")

    stored = CheckIn.objects.get(pk=saved.pk)
    assert (stored.at, stored.created_at, stored.pain, stored.note) == (now, now, 4, "Slept well 🛏")
    assert stored.pain_span == PainSpan.AVERAGE_24H


def test_ratings_are_kept_only_of_activities_of_this_episode(
    patient: Patient, stranger: Patient, episode: Episode, now: datetime
) -> None:
    own = make.make_activity(episode)
    other = make.make_activity(make.make_episode(stranger))

    saved = save(patient, episode, now, ratings={own: 6, other: 3})

    assert scores(saved) == {own.pk: 6}


def test_an_activity_left_open_has_no_rating(patient: Patient, episode: Episode, now: datetime) -> None:
    own = make.make_activity(episode)

    saved = save(patient, episode, now, ratings={own: None})

    assert not saved.ratings.exists()


def test_the_same_form_twice_makes_one_row_and_no_history(patient: Patient, episode: Episode, now: datetime) -> None:
    form_id = uuid.uuid4()
    activity = make.make_activity(episode)

    first = save(patient, episode, now, form_id=form_id, ratings={activity: 5})
    second = save(patient, episode, now + timedelta(seconds=3), form_id=form_id, ratings={activity: 5})

    assert first == second
    assert CheckIn.objects.of(patient.user).count() == 1
    assert not CheckInRevision.objects.exists()


def test_the_same_form_with_other_answers_keeps_both(patient: Patient, episode: Episode, now: datetime) -> None:
    form_id = uuid.uuid4()
    save(patient, episode, now, form_id=form_id, pain=4)

    again = save(patient, episode, now, form_id=form_id, pain=6)

    assert CheckIn.objects.get().pain == 6
    assert [old.pain for old in check_ins.history(again)] == [4]


def test_one_form_id_of_two_people_makes_two_rows(
    patient: Patient, stranger: Patient, episode: Episode, now: datetime
) -> None:
    form_id = uuid.uuid4()
    save(patient, episode, now, form_id=form_id)

    save(stranger, make.make_episode(stranger), now, form_id=form_id)

    assert CheckIn.objects.filter(form_id=form_id).count() == 2


def test_a_change_keeps_every_old_value(patient: Patient, episode: Episode, now: datetime) -> None:
    activity = make.make_activity(episode)
    check_in = make.make_check_in(
        episode, now - HOUR, 7, ratings={activity: 2}, note="After the stairs", overall_change=5
    )

    save(patient, episode, now, check_in=check_in, pain=6, ratings={activity: 3}, note="After a walk")

    (old,) = check_ins.history(check_in)
    assert (old.changed_at, old.at, old.pain, old.note) == (now, now - HOUR, 7, "After the stairs")
    assert old.overall_change == "Minimally worse"
    assert old.ratings == ((activity, 2),)
    stored = CheckIn.objects.get()
    assert (stored.pain, stored.note, stored.changed_at, scores(stored)) == (6, "After a walk", now, {activity.pk: 3})


def test_old_values_are_sealed_in_the_database(patient: Patient, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7, note="After the stairs")

    save(patient, episode, now, check_in=check_in, note="Other")

    raw = CheckInRevision.objects.values_list("old_values", flat=True)[0]
    assert "stairs" not in raw
    assert json.loads(CheckInRevision.objects.get().old_values)["note"] == "After the stairs"


def test_saving_what_is_stored_already_makes_no_history(patient: Patient, episode: Episode, now: datetime) -> None:
    at = now - HOUR + timedelta(seconds=17)
    check_in = make.make_check_in(episode, at, 4)

    save(patient, episode, now, check_in=check_in, pain=4, at=at.replace(second=0))

    assert not CheckInRevision.objects.exists()
    assert CheckIn.objects.get().at == at


def test_a_page_made_before_another_phone_saved_changes_nothing(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7)
    page = check_ins.version(check_in)
    save(patient, episode, now, check_in=check_in, pain=5, page_version=page)

    with pytest.raises(check_ins.Stale):
        save(patient, episode, now + HOUR, check_in=check_in, pain=3, page_version=page)

    assert CheckIn.objects.get().pain == 5


def test_the_same_change_sent_twice_is_not_stale(patient: Patient, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7)
    page = check_ins.version(check_in)
    save(patient, episode, now, check_in=check_in, pain=5, page_version=page)

    save(patient, episode, now + HOUR, check_in=check_in, pain=5, page_version=page)

    assert CheckInRevision.objects.count() == 1


def test_same_as_last_time_copies_pain_and_ratings(patient: Patient, episode: Episode, now: datetime) -> None:
    activity = make.make_activity(episode)
    make.make_check_in(episode, now - 5 * HOUR, 6, ratings={activity: 4}, note="Long drive", overall_change=3)

    saved = check_ins.repeat(patient=patient, episode=episode, form_id=uuid.uuid4(), now=now)

    assert saved is not None
    assert (saved.at, saved.pain, saved.is_complete, scores(saved)) == (now, 6, True, {activity.pk: 4})
    assert (saved.note, saved.overall_change) == ("", None)


def test_same_as_last_time_leaves_out_an_activity_that_was_replaced(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    activity = make.make_activity(episode)
    make.make_check_in(episode, now - 5 * HOUR, 6, ratings={activity: 4})
    Activity.objects.filter(pk=activity.pk).update(retired_at=now - HOUR)

    saved = check_ins.repeat(patient=patient, episode=episode, form_id=uuid.uuid4(), now=now)

    assert saved is not None
    assert not saved.ratings.exists()


def test_same_as_last_time_never_copies_pain_right_now_or_a_half_filled_one(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    make.make_check_in(episode, now - 5 * HOUR, 6, pain_span=PainSpan.NOW)
    make.make_check_in(episode, now - 3 * HOUR, 5, is_complete=False)

    saved = check_ins.repeat(patient=patient, episode=episode, form_id=uuid.uuid4(), now=now)

    assert saved is None
    assert CheckIn.objects.count() == 2


@pytest.mark.parametrize(("age", "is_offered"), [(1 * HOUR, True), (24 * HOUR, True), (25 * HOUR, False)])
def test_a_half_filled_check_in_can_be_finished_for_a_day(
    episode: Episode, now: datetime, age: timedelta, is_offered: bool
) -> None:
    half = make.make_check_in(episode, now - age, None, is_complete=False)

    offered = check_ins.half_filled(episode, now)

    assert offered == (half if is_offered else None)


def test_facts_are_read_in_one_query_with_the_mean_of_the_ratings(
    episode: Episode, now: datetime, django_assert_num_queries: Any
) -> None:
    one, two = make.make_activity(episode), make.make_activity(episode, "Driving", 2)
    make.make_check_in(episode, now - 9 * HOUR, 6, pain_span=PainSpan.NOW)
    make.make_check_in(episode, now - 2 * HOUR, 5, ratings={one: 3, two: 6}, overall_change=4)

    with django_assert_num_queries(1):
        facts = check_ins.facts(episode)

    assert [(fact.pain, fact.is_average, fact.function, fact.overall_change) for fact in facts] == [
        (6, False, None, None),
        (5, True, 4.5, 4),
    ]


def test_the_next_check_in_is_due_a_day_after_the_last_in_the_first_72_hours(episode: Episode, now: datetime) -> None:
    make.make_check_in(episode, now - 5 * HOUR)

    assert check_ins.next_due(episode, now) == now + 19 * HOUR


def test_function_is_asked_again_three_days_after_it_was_answered(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 6 * DAY)
    activity = make.make_activity(episode)
    make.make_check_in(episode, now - 2 * DAY, 5, ratings={activity: 3})
    make.make_check_in(episode, now - 1 * DAY, 5)

    known = check_ins.facts(episode)
    assert not check_ins.asked(episode, known, now).function
    assert check_ins.asked(episode, known, now + 1 * DAY).function


def test_overall_change_is_asked_from_week_1_and_then_weekly(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 8 * DAY)
    make.make_check_in(episode, now - 1 * DAY, 5)

    assert check_ins.asked(episode, check_ins.facts(episode), now).overall_change
    make.make_check_in(episode, now - HOUR, 5, overall_change=2)
    assert not check_ins.asked(episode, check_ins.facts(episode), now).overall_change


def test_three_calm_check_ins_on_three_days_offer_to_close(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 20 * DAY)
    calm_days(episode, now, 2)

    save(patient, episode, now, pain=0)

    assert episode.close_offered_at == now
    assert check_ins.offers_to_close(Episode.objects.get(), PARIS, now)


def test_two_calm_days_offer_nothing(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 20 * DAY)
    calm_days(episode, now, 1)

    save(patient, episode, now, pain=0)

    assert not check_ins.offers_to_close(Episode.objects.get(), PARIS, now)


def test_closing_is_offered_again_only_a_week_later(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 20 * DAY, close_offered_at=now - 6 * DAY)
    calm_days(episode, now)

    save(patient, episode, now, pain=0)
    assert not check_ins.offers_to_close(episode, PARIS, now)

    later = now + 1 * DAY
    save(patient, episode, later, pain=0)
    assert check_ins.offers_to_close(episode, PARIS, later)


def test_the_offer_is_gone_when_a_day_is_no_longer_calm(patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 20 * DAY)
    calm_days(episode, now)
    save(patient, episode, now, pain=0)

    save(patient, episode, now + HOUR, pain=5)

    assert not check_ins.offers_to_close(episode, PARIS, now + HOUR)


def test_a_calm_dashboard_asks_the_database_nothing_about_an_offer(
    episode: Episode, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        is_offered = check_ins.offers_to_close(episode, PARIS, now)

    assert not is_offered


def test_a_deleted_check_in_takes_its_ratings_and_history_along(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 5, ratings={make.make_activity(episode): 3})
    save(patient, episode, now, check_in=check_in, pain=2)

    check_ins.delete(check_in=check_in)

    assert not CheckIn.objects.exists()
    assert not ActivityRating.objects.exists()
    assert not CheckInRevision.objects.exists()
