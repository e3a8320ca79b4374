"""The screens of a check-in, without a script."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backspasm.form_ids import new_form_id
from tests.tracker import make
from tracker.models import Activity, CheckIn, CheckInRevision, EmergencyCheck, Episode, PainSpan, Patient

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOME = "/tracker/"
WORSE = "/tracker/emergency/?because=worse"


def parsed(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document: Element = parser.parse(html)
    return document


def checked(document: Element) -> list[tuple[str | None, str | None]]:
    return [
        (element.get("name"), element.get("value"))
        for element in document.iter("input")
        if element.get("checked") is not None
    ]


def address(episode: Episode) -> str:
    return reverse("tracker:check_in", args=[episode.pk])


def edit_address(check_in: CheckIn) -> str:
    return reverse("tracker:check_in_edit", args=[check_in.pk])


def rated(activity: Activity) -> str:
    return f"function_{activity.pk}"


def questions_answered(patient: Patient, episode: Episode, at: datetime) -> None:
    """The emergency questions are not due, unless it gets worse."""
    EmergencyCheck.objects.create(
        user=patient.user,
        episode=episode,
        because="due",
        codes=list(make.START_CODES),
        answers=make.NO_TO_ALL,
        edition=1,
        asked_at=at,
        answered_at=at,
    )


# --- What is asked ------------------------------------------------------------------------------------------


def test_function_is_asked_before_pain_and_nothing_is_preset(patient_client: Client, episode: Episode) -> None:
    activity = make.make_activity(episode, "Putting on socks")

    html = patient_client.get(address(episode)).content.decode()

    assert checked(parsed(html)) == []
    assert html.index("Putting on socks") < html.index("average pain in the past 24 hours")
    assert f'name="{rated(activity)}"' in html
    assert 'name="overall_change"' not in html


def test_overall_change_is_asked_after_a_week_between_pain_and_the_note(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    episode = make.make_episode(patient, now - 8 * DAY)

    html = patient_client.get(address(episode)).content.decode()

    assert html.index('name="pain"') < html.index('name="overall_change"') < html.index('name="note"')


def test_function_can_be_answered_when_it_is_not_asked(patient_client: Client, episode: Episode, now: datetime) -> None:
    activity = make.make_activity(episode)
    make.make_check_in(episode, now - 20 * HOUR, ratings={activity: 3})

    html = patient_client.get(address(episode)).content.decode()

    assert "We do not ask this today" in html
    assert f'name="{rated(activity)}"' in html


def test_an_activity_that_was_replaced_is_not_asked(patient_client: Client, episode: Episode, now: datetime) -> None:
    activity = make.make_activity(episode, "Old one")
    Activity.objects.filter(pk=activity.pk).update(retired_at=now)

    html = patient_client.get(address(episode)).content.decode()

    assert "Old one" not in html


def test_words_of_the_patient_are_never_markup(patient_client: Client, episode: Episode) -> None:
    make.make_activity(episode, "<b>socks</b> \u202e & shoes")

    html = patient_client.get(address(episode)).content.decode()

    assert "<b>socks" not in html
    parsed(html)


def test_a_closed_episode_takes_no_new_check_in(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 9 * DAY, ended_at=now - DAY)

    answer = patient_client.post(address(episode), {"pain": "3"})

    assert answer.status_code == 302
    assert not CheckIn.objects.exists()


# --- Saving -------------------------------------------------------------------------------------------------


def test_a_check_in_is_saved_and_leads_to_now(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    questions_answered(patient, episode, now - HOUR)
    activity = make.make_activity(episode)

    answer = patient_client.post(address(episode), {rated(activity): "6", "pain": "4", "note": "Better in bed"})

    assert (answer.status_code, answer["Location"]) == (303, HOME)
    saved = CheckIn.objects.get()
    assert (saved.pain, saved.note, saved.at, saved.is_complete) == (4, "Better in bed", now, True)
    assert [rating.score for rating in saved.ratings.all()] == [6]


def test_saving_costs_at_most_12_queries(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 20 * DAY)
    questions_answered(patient, episode, now - HOUR)
    activities = [make.make_activity(episode, f"Activity {position}", position) for position in (1, 2, 3)]
    for day in range(15, 1, -1):
        make.make_check_in(episode, now - day * DAY, 4, ratings=dict.fromkeys(activities, 5))
    said = {rated(activity): "6" for activity in activities}

    with CaptureQueriesContext(connection) as asked:
        patient_client.post(address(episode), {**said, "pain": "4", "overall_change": "3", "note": "Calm"})

    # Session and user are counted too; only where a transaction begins and ends is not a query.
    queries = [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(queries) <= 12, queries
    assert CheckIn.objects.get(at=now).ratings.count() == 3


def test_the_same_form_sent_twice_makes_one_row(patient_client: Client, patient: Patient, episode: Episode) -> None:
    said = {"pain": "4", "form_id": new_form_id(patient.user)}

    patient_client.post(address(episode), said)
    patient_client.post(address(episode), said)

    assert CheckIn.objects.count() == 1


def test_questions_left_open_leave_it_half_filled_and_offered(patient_client: Client, episode: Episode) -> None:
    make.make_activity(episode)
    patient_client.post(address(episode), {"pain": "4"})

    html = patient_client.get(address(episode)).content.decode()

    half = CheckIn.objects.get()
    assert not half.is_complete
    assert edit_address(half) in html
    assert "Finish it" in html


def test_that_is_all_closes_a_check_in_with_open_questions(patient_client: Client, episode: Episode) -> None:
    make.make_activity(episode)

    patient_client.post(address(episode), {"pain": "4", "all": "1"})

    assert CheckIn.objects.get().is_complete


def test_pain_alone_is_complete_when_function_is_not_asked(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    activity = make.make_activity(episode)
    make.make_check_in(episode, now - 20 * HOUR, ratings={activity: 3})

    patient_client.post(address(episode), {"pain": "4"})

    assert CheckIn.objects.get(at=now).is_complete


def test_a_half_filled_check_in_is_finished_on_its_own_page(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    activity = make.make_activity(episode)
    half = make.make_check_in(episode, now - HOUR, 4, is_complete=False)

    patient_client.post(edit_address(half), {"pain": "4", rated(activity): "7"})

    stored = CheckIn.objects.get()
    assert (stored.is_complete, stored.at, stored.ratings.get().score) == (True, now - HOUR, 7)


def test_same_as_last_time_is_one_tap_and_says_no_answer_in_its_message(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    activity = make.make_activity(episode, "Putting on socks")
    make.make_check_in(episode, now - 20 * HOUR, 4, ratings={activity: 3})
    questions_answered(patient, episode, now - HOUR)

    answer = patient_client.post(address(episode), {"same": "1", "form_id": new_form_id(patient.user)}, follow=True)

    saved = CheckIn.objects.get(at=now)
    assert (saved.pain, saved.ratings.get().score) == (4, 3)
    assert answer.redirect_chain == [(HOME, 303)]
    said = [str(message) for message in answer.context["messages"]]
    assert said == ["Saved: the same as last time."]


def test_same_as_last_time_says_beforehand_what_it_would_store(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    assert "Same as last time" not in patient_client.get(address(episode)).content.decode()
    make.make_check_in(episode, now - 20 * HOUR, 4, ratings={make.make_activity(episode): 3})

    html = patient_client.get(address(episode)).content.decode()

    assert "Same as last time" in html
    assert "4 out of 10" in html
    assert "3 out of 10, higher is better" in html


# --- Bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pain", ["11", "-1", "bad", "3.5", "1e1", "٣٣"])
def test_a_pain_that_is_no_number_from_0_to_10_is_refused_at_its_field(
    patient_client: Client, episode: Episode, pain: str
) -> None:
    answer = patient_client.post(address(episode), {"pain": pain, "note": "kept words"})

    assert answer.status_code == 400
    assert "pain" in answer.context["form"].errors
    assert "kept words" in answer.content.decode()
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("field", ["function", "overall_change"])
def test_other_numbers_out_of_range_are_refused_at_their_field(
    patient_client: Client, patient: Patient, now: datetime, field: str
) -> None:
    episode = make.make_episode(patient, now - 8 * DAY)
    activity = make.make_activity(episode)
    name = rated(activity) if field == "function" else field

    answer = patient_client.post(address(episode), {"pain": "4", name: "11"})

    assert list(answer.context["form"].errors) == [name]
    assert not CheckIn.objects.exists()


def test_a_note_of_10_kilobytes_is_refused_and_kept_on_the_page(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(address(episode), {"pain": "4", "note": "n" * 10_240})

    assert "note" in answer.context["form"].errors
    assert not CheckIn.objects.exists()


def test_an_empty_form_is_told_that_any_one_answer_is_enough(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(address(episode), {})

    assert "Any one answer is enough" in answer.content.decode()
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        ("2030-11-20", "13:30", "future"),
        ("2030-11-18", "23:00", "before the episode began"),
        ("2030-11-20", "", "Enter the day and the time"),
        ("yesterday", "09:00", "Enter a valid date"),
    ],
)
def test_an_impossible_time_is_refused_at_its_field(
    patient_client: Client, episode: Episode, day: str, time: str, words: str
) -> None:
    answer = patient_client.post(address(episode), {"pain": "4", "at_day": day, "at_time": time})

    assert words in str(answer.context["form"].errors["at"])
    parsed(answer.content.decode())
    assert not CheckIn.objects.exists()


def test_a_time_that_the_clocks_skipped_is_refused(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 300 * DAY)

    answer = patient_client.post(address(episode), {"pain": "4", "at_day": "2030-03-31", "at_time": "02:30"})

    assert "this time never was" in str(answer.context["form"].errors["at"])


def test_an_earlier_time_is_stored_on_the_patients_clock(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    patient_client.post(address(episode), {"pain": "4", "at_day": "2030-11-20", "at_time": "08:15"})

    assert CheckIn.objects.get().at == now.replace(hour=7, minute=15)


def test_the_minute_in_which_the_episode_began_is_inside_it(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    began_at = now - 2 * HOUR + timedelta(seconds=40)
    episode = make.make_episode(patient, began_at)

    patient_client.post(address(episode), {"pain": "4", "at_day": "2030-11-20", "at_time": "11:00"})

    assert CheckIn.objects.get().at == began_at


def test_a_time_of_the_repeated_hour_that_was_left_as_it_stood_stays(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    began_at = datetime(2030, 10, 27, 1, 20, tzinfo=UTC)  # 02:20 in Paris, for the second time on that day
    check_in = make.make_check_in(make.make_episode(patient, began_at), began_at + timedelta(minutes=10, seconds=7))

    answer = patient_client.post(
        edit_address(check_in), {"pain": "4", "at_day": "2030-10-27", "at_time": "02:30", "note": "More"}
    )

    stored = CheckIn.objects.get()
    assert (answer.status_code, stored.note, stored.at) == (303, "More", check_in.at)


def test_control_characters_are_left_out_of_a_note(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(address(episode), {"pain": "4", "note": "one\x00\x07\r\ntwo"})

    assert (answer.status_code, CheckIn.objects.get().note) == (303, "one\ntwo")


# --- After saving -------------------------------------------------------------------------------------------


def test_much_worse_leads_to_the_emergency_questions(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 8 * DAY)
    questions_answered(patient, episode, now - HOUR)

    answer = patient_client.post(address(episode), {"pain": "5", "overall_change": "6"})

    assert answer["Location"] == WORSE


def test_pain_of_9_on_two_days_leads_to_the_emergency_questions(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    questions_answered(patient, episode, now - HOUR)
    make.make_check_in(episode, now - 20 * HOUR, 9)

    answer = patient_client.post(address(episode), {"pain": "10"})

    assert answer["Location"] == WORSE


def test_a_watched_word_leads_to_the_questions_and_is_saved_but_not_in_the_address(
    patient_client: Client, episode: Episode
) -> None:
    answer = patient_client.post(address(episode), {"pain": "5", "note": "My left foot feels numb"})

    assert answer["Location"] == "/tracker/emergency/?because=words"
    assert CheckIn.objects.get().note == "My left foot feels numb"


def test_self_harm_leads_to_crisis_help(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(address(episode), {"note": "I want to die"})

    assert answer["Location"] == reverse("tracker:crisis")
    assert CheckIn.objects.exists()


def test_an_old_word_in_a_note_does_not_ask_again_when_the_pain_is_changed(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 5, note="numb")
    questions_answered(patient, episode, now)

    answer = patient_client.post(edit_address(check_in), {"pain": "4", "note": "numb"})

    assert answer["Location"] == HOME


def test_the_third_calm_day_notes_the_offer_to_close(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 9 * DAY)
    make.make_check_in(episode, now - 2 * DAY, 1)
    make.make_check_in(episode, now - DAY, 0)

    patient_client.post(address(episode), {"pain": "1"})

    assert Episode.objects.get().close_offered_at == now


# --- Changing and deleting ----------------------------------------------------------------------------------


def test_a_change_is_shown_with_what_it_said_before(patient_client: Client, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7, note="After the stairs")

    patient_client.post(edit_address(check_in), {"pain": "5", "note": "After a walk"})

    html = patient_client.get(edit_address(check_in)).content.decode()
    document = parsed(html)
    assert ("pain", "5") in checked(document)
    assert "7 out of 10" in html
    assert "After the stairs" in html
    assert CheckInRevision.objects.count() == 1


def test_pain_right_now_keeps_its_own_question(patient_client: Client, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7, pain_span=PainSpan.NOW)

    html = patient_client.get(edit_address(check_in)).content.decode()

    assert "how bad was the pain at that moment" in html
    assert "past 24 hours" not in html
    patient_client.post(edit_address(check_in), {"pain": "6"})
    assert CheckIn.objects.get().pain_span == PainSpan.NOW


def test_in_the_first_24_hours_the_first_score_is_of_right_now(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    episode = make.make_episode(patient, now - 2 * HOUR)

    html = patient_client.get(address(episode)).content.decode()
    patient_client.post(address(episode), {"pain": "7"})

    assert "how bad is the pain right now?" in html
    assert "average pain in the past 24 hours" not in html
    assert CheckIn.objects.get().pain_span == PainSpan.NOW


@pytest.mark.parametrize(("hours", "has_score"), [(2, True), (24, False)])
def test_later_scores_are_of_the_last_24_hours(
    patient_client: Client, patient: Patient, now: datetime, hours: int, has_score: bool
) -> None:
    episode = make.make_episode(patient, now - hours * HOUR)
    if has_score:
        make.make_check_in(episode, now - HOUR, 6, pain_span=PainSpan.NOW)

    html = patient_client.get(address(episode)).content.decode()
    patient_client.post(address(episode), {"pain": "7"})

    assert "average pain in the past 24 hours" in html
    assert CheckIn.objects.get(pain=7).pain_span == PainSpan.AVERAGE_24H


def test_a_score_is_stored_as_its_page_asked_for_it(patient_client: Client, episode: Episode) -> None:
    patient_client.post(address(episode), {"pain": "7", "pain_span": "now"})
    patient_client.post(address(episode), {"pain": "3", "pain_span": "worst"})

    assert CheckIn.objects.get(pain=7).pain_span == PainSpan.NOW
    assert CheckIn.objects.get(pain=3).pain_span == PainSpan.AVERAGE_24H


def test_two_phones_at_once_lose_nothing(patient_client: Client, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7)
    page = patient_client.get(edit_address(check_in)).context["form"]["page_version"].value()
    patient_client.post(edit_address(check_in), {"pain": "5", "note": "first phone", "page_version": page})

    answer = patient_client.post(edit_address(check_in), {"pain": "3", "note": "second phone", "page_version": page})

    html = answer.content.decode()
    assert CheckIn.objects.get().pain == 5
    assert "changed on another device" in html
    assert "first phone" in html
    assert "second phone" in html
    newer = answer.context["form"]["page_version"].value()
    patient_client.post(edit_address(check_in), {"pain": "3", "note": "second phone", "page_version": newer})
    assert (CheckIn.objects.get().pain, CheckInRevision.objects.count()) == (3, 2)


def test_a_check_in_is_deleted_only_after_a_question(patient_client: Client, episode: Episode, now: datetime) -> None:
    check_in = make.make_check_in(episode, now - HOUR)
    page = reverse("tracker:check_in_delete", args=[check_in.pk])

    parsed(patient_client.get(page).content.decode())
    assert CheckIn.objects.exists()
    answer = patient_client.post(page)

    assert (answer.status_code, answer["Location"]) == (303, reverse("tracker:episode", args=[episode.pk]))
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("name", ["check_in_edit", "check_in_delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_check_in_of_another(
    stranger_client: Client, episode: Episode, now: datetime, name: str, method: str
) -> None:
    check_in = make.make_check_in(episode, now - HOUR, 7)

    answer = getattr(stranger_client, method)(reverse(f"tracker:{name}", args=[check_in.pk]), {"pain": "1"})

    assert answer.status_code == 404
    assert CheckIn.objects.get().pain == 7


def test_a_strangers_activity_in_a_form_is_ignored(
    stranger_client: Client, stranger: Patient, episode: Episode
) -> None:
    activity = make.make_activity(episode)
    own = make.make_episode(stranger)

    stranger_client.post(address(own), {"pain": "2", rated(activity): "9"})

    assert not activity.ratings.exists()
    assert stranger_client.get(reverse("tracker:check_in", args=[uuid4()])).status_code == 404
