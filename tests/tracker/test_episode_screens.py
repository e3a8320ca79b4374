"""Starting an episode in three taps, adding to it, closing and deleting it: the screens."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backspasm.form_ids import new_form_id
from tests.tracker import make
from tracker import check_ins, emergencies
from tracker.models import Activity, AskedBecause, CheckIn, Episode, PainSpan, Patient

START = "/tracker/start/"


def _answer(patient: Patient, now: datetime) -> None:
    emergencies.answer(
        user=patient.user,
        episode=None,
        because=AskedBecause.START,
        answers={},
        rest_is_no=True,
        form_id=uuid.uuid4(),
        edition=1,
        now=now,
    )


def _address(name: str, episode: Episode) -> str:
    return reverse(f"tracker:{name}", args=[episode.pk])


def _details(client: Client, episode: Episode, **fields: Any) -> Any:
    return client.post(_address("episode_details", episode), fields)


def _moment(field: str, day: datetime, time: str) -> dict[str, str]:
    return {f"{field}_day": f"{day:%Y-%m-%d}", f"{field}_time": time}


@pytest.mark.parametrize(("method", "status"), [("get", 302), ("post", 303)])
def test_the_emergency_questions_come_before_the_start(patient_client: Client, method: str, status: int) -> None:
    answer = getattr(patient_client, method)(START)

    assert answer.status_code == status
    assert answer["Location"] == "/tracker/emergency/?because=start&next=start"
    assert not Episode.objects.exists()


def test_three_taps_start_an_episode(patient_client: Client, patient: Patient, now: datetime) -> None:
    _answer(patient, now)

    first = patient_client.post(START, {"form_id": new_form_id(patient.user)})
    second = patient_client.post(first["Location"], {"places": ["low_back_left", "buttock_left"]})

    episode = Episode.objects.get()
    assert (first.status_code, second.status_code, second["Location"]) == (303, 303, "/tracker/")
    assert (episode.began_at, episode.places) == (now, ["low_back_left", "buttock_left"])


def test_the_start_is_one_big_button(patient_client: Client, patient: Patient, now: datetime) -> None:
    _answer(patient, now)

    html = patient_client.get(START).content.decode()

    assert html.count('<button class="btn big wide" type="submit">Start</button>') == 1


def test_places_can_be_skipped(patient_client: Client, episode: Episode) -> None:
    html = patient_client.get(_address("episode_where", episode)).content.decode()

    assert '<a class="btn big alt" href="/tracker/">Skip</a>' in html


def test_where_it_is_is_shown_as_a_question_once(patient_client: Client, episode: Episode) -> None:
    html = patient_client.get(_address("episode_where", episode)).content.decode()

    assert html.count("<h1>Where is it?</h1>") == 1
    assert '<legend class="vh">Where is it?' in html


def test_a_place_that_is_none_is_refused(patient_client: Client, episode: Episode) -> None:
    answer = patient_client.post(_address("episode_where", episode), {"places": ["elbow"]})

    assert answer.status_code == 400
    assert Episode.objects.get().places == []


def test_the_same_start_sent_twice_makes_one_episode(patient_client: Client, patient: Patient, now: datetime) -> None:
    _answer(patient, now)
    form = {"form_id": new_form_id(patient.user)}

    first, second = (patient_client.post(START, form) for _time in range(2))

    assert first["Location"] == second["Location"]
    assert Episode.objects.count() == 1


def test_a_second_phone_sees_the_episode_of_the_first(patient_client: Client, patient: Patient, now: datetime) -> None:
    _answer(patient, now)

    for _phone in range(2):
        answer = patient_client.post(START, {"form_id": new_form_id(patient.user)})

    assert (answer.status_code, answer["Location"]) == (303, "/tracker/")
    assert Episode.objects.count() == 1


def test_an_open_episode_offers_it_got_worse_or_closing(patient_client: Client, episode: Episode) -> None:
    html = patient_client.get(START).content.decode()

    assert "/tracker/emergency/?because=worse" in html
    assert _address("close", episode) in html


def test_same_as_last_time_is_one_tap(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    last = make.make_episode(
        patient, began_at=now - timedelta(days=60), ended_at=now - timedelta(days=50), places=["neck"]
    )
    make.make_activity(last, "Turning my head")

    answer = patient_client.post(_address("episode_where", episode), {"same": "1"})

    assert (answer.status_code, answer["Location"]) == (303, _address("episode_details", episode))
    episode.refresh_from_db()
    assert (episode.places, episode.activities.get().name) == (["neck"], "Turning my head")


def test_function_is_asked_before_pain(patient_client: Client, episode: Episode) -> None:
    html = patient_client.get(_address("episode_details", episode)).content.decode()

    assert html.index("How well can you do it now?") < html.index("How bad is the pain right now?")


def test_details_are_kept(patient_client: Client, episode: Episode) -> None:
    answer = _details(
        patient_client,
        episode,
        triggers=["lifting", "stress"],
        trigger_words="a piano",
        activity_1="Putting on socks",
        ability_1="0",
        pain="7",
        note="😖 again",
    )

    assert (answer.status_code, answer["Location"]) == (303, "/tracker/")
    kept, check_in = Episode.objects.get(), CheckIn.objects.get()
    assert (kept.triggers, kept.trigger_words, kept.note) == (["lifting", "stress"], "a piano", "😖 again")
    assert (check_in.pain, check_in.ratings.get().score) == (7, 0)
    assert Activity.objects.get().name == "Putting on socks"


def test_nothing_has_to_be_filled_in(patient_client: Client, episode: Episode) -> None:
    answer = _details(patient_client, episode)

    assert answer.status_code == 303
    assert not CheckIn.objects.exists()


def test_a_pain_corrected_on_the_page_before_is_kept_with_what_it_said_first(
    patient_client: Client, patient: Patient, episode: Episode
) -> None:
    page = {"form_id": new_form_id(patient.user), "activity_1": "Socks"}
    _details(patient_client, episode, **page, pain="5", ability_1="2")

    _details(patient_client, episode, **page, pain="8", ability_1="6")

    check_in = CheckIn.objects.get()
    assert (check_in.pain, check_in.pain_span, check_in.ratings.get().score) == (8, PainSpan.NOW, 6)
    assert [old.pain for old in check_ins.history(check_in)] == [5]


def _page(client: Client, episode: Episode) -> dict[str, str]:
    """What a page that was opened sends of itself."""
    form = client.get(_address("episode_details", episode)).context["form"]
    return {name: form[name].value() for name in ("form_id", "page_version")}


def test_two_phones_at_once_lose_no_details(patient_client: Client, episode: Episode) -> None:
    first, second = (_page(patient_client, episode) for _phone in range(2))
    _details(patient_client, episode, **first, note="first phone", activity_1="Socks", triggers=["lifting"])

    answer = _details(patient_client, episode, **second, note="second phone", trigger_words="a piano")

    html = answer.content.decode()
    kept = Episode.objects.get()
    assert answer.status_code == 409
    assert (kept.note, kept.trigger_words, kept.activities.get().name) == ("first phone", "", "Socks")
    assert "These details were changed on another device." in html
    own, stored = html.split("What is saved now</h2>")
    assert "second phone" in own
    assert "a piano" in own
    assert all(words in stored for words in ("first phone", "Socks", "Lifting"))


def test_details_of_the_older_page_take_their_place_when_they_are_saved_again(
    patient_client: Client, episode: Episode
) -> None:
    first, second = (_page(patient_client, episode) for _phone in range(2))
    _details(patient_client, episode, **first, note="first phone")
    refused = _details(patient_client, episode, **second, note="second phone")
    newer = refused.context["form"]["page_version"].value()

    answer = _details(patient_client, episode, **{**second, "page_version": newer}, note="second phone")

    assert answer.status_code == 303
    assert Episode.objects.get().note == "second phone"


def test_a_beginning_that_another_phone_has_said_is_not_put_back_unseen(
    patient_client: Client, episode: Episode
) -> None:
    first, second = (_page(patient_client, episode) for _phone in range(2))
    _details(patient_client, episode, **first, when="last_hour")

    answer = _details(patient_client, episode, **second, **_moment("began_at", episode.began_at, "06:00"))

    assert answer.status_code == 409
    assert Episode.objects.get().began_at == episode.began_at - timedelta(minutes=30)


def test_the_same_details_sent_twice_are_no_conflict(patient_client: Client, episode: Episode) -> None:
    page = {**_page(patient_client, episode), "note": "one", "activity_1": "Socks", "ability_1": "3", "pain": "4"}

    answers = [_details(patient_client, episode, **page) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (Episode.objects.get().note, CheckIn.objects.get().pain) == ("one", 4)


@pytest.mark.parametrize("fields", [{"note": "first"}, {"activity_1": "Socks"}, {"when": "last_hour"}])
def test_a_page_that_does_not_say_what_it_knew_replaces_nothing(
    patient_client: Client, episode: Episode, fields: dict[str, str]
) -> None:
    first = _details(patient_client, episode, **fields)
    before = Episode.objects.get()

    second = _details(patient_client, episode, note="second", page_version="")

    kept = Episode.objects.get()
    assert (first.status_code, second.status_code) == (303, 409)
    assert (kept.note, kept.began_at, kept.activities.count()) == (
        before.note,
        before.began_at,
        before.activities.count(),
    )


def test_what_a_page_knew_cannot_be_read_in_it(patient_client: Client, episode: Episode) -> None:
    empty = _page(patient_client, episode)["page_version"]
    _details(patient_client, episode, note="deadbeef")

    told = _page(patient_client, episode)["page_version"]

    assert (len(empty), len(told)) == (64, 64)
    assert told != empty
    assert "deadbeef" not in told


def test_pain_is_not_asked_again_once_there_is_a_check_in(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    make.make_check_in(episode, now)

    html = patient_client.get(_address("episode_details", episode)).content.decode()

    assert "How bad is the pain right now?" not in html


@pytest.mark.parametrize(
    ("chosen", "day", "time", "hours_later"),
    [
        ("just_now", None, "", 0),
        ("last_hour", None, "", -0.5),
        ("earlier_today", 0, "02:15", -3.75),
        ("another_time", -2, "20:00", -34),
        ("", 0, "06:00", 0),
        ("", 0, "07:00", 1),
    ],
)
def test_when_it_began_can_be_said_in_four_ways(
    patient_client: Client, episode: Episode, chosen: str, day: int | None, time: str, hours_later: float
) -> None:
    # It began at 06:00 in Paris.
    moment = {} if day is None else _moment("began_at", episode.began_at + timedelta(days=day), time)

    answer = _details(patient_client, episode, when=chosen, **moment)

    assert answer.status_code == 303
    assert Episode.objects.get().began_at == episode.began_at + timedelta(hours=hours_later)


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        (make.NOW + timedelta(days=1), "09:00", "lies in the future"),
        (datetime(2026, 3, 29, tzinfo=UTC), "02:30", "this time never was"),  # the clocks went forward at 02:00
        (make.NOW - timedelta(days=8), "", "Enter the day and"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    patient_client: Client, episode: Episode, day: datetime, time: str, words: str
) -> None:
    answer = _details(patient_client, episode, when="another_time", **_moment("began_at", day, time))

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Episode.objects.get().began_at == episode.began_at


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"when": "earlier_today"}, "Enter the day and about what time."),
        ({"when": "another_time", "began_at_day": "yesterday", "began_at_time": "09:00"}, "Enter a valid date."),
        ({"pain": "11"}, "less than or equal to 10"),
        ({"pain": "-1"}, "greater than or equal to 0"),
        ({"ability_1": "5"}, "Name what is hard"),
        ({"triggers": ["ghosts"]}, "Select a valid choice"),
        ({"note": "x" * 10_000}, "at most 2000 characters"),
        ({"activity_2": "x" * 101}, "at most 100 characters"),
        ({"trigger_words": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    patient_client: Client, episode: Episode, fields: dict[str, Any], words: str
) -> None:
    answer = _details(patient_client, episode, **{"note": "kept as typed", **fields})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert words in html
    assert fields.get("note", "kept as typed") in html
    assert Episode.objects.get().note == ""
    assert not CheckIn.objects.exists()


def test_a_beginning_before_the_end_of_the_last_episode_is_refused(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=5))

    answer = _details(patient_client, episode, when="another_time", began_at_day="2026-11-11", began_at_time="09:00")

    assert answer.status_code == 400
    assert "Your last episode was not over yet." in answer.content.decode()


def test_control_characters_are_left_out_and_marks_of_direction_stay(patient_client: Client, episode: Episode) -> None:
    _details(patient_client, episode, note="one\x00\x07\r\ntwo \u202eback\u202c 👩‍🦽")

    assert Episode.objects.get().note == "one\ntwo \u202eback\u202c 👩‍🦽"


def test_a_watched_word_asks_the_emergency_questions_after_saving(patient_client: Client, episode: Episode) -> None:
    answer = _details(patient_client, episode, note="My foot is numb")

    assert (answer.status_code, answer["Location"]) == (303, "/tracker/emergency/?because=words")
    assert Episode.objects.get().note == "My foot is numb"


@pytest.mark.parametrize("field", ["activity_1", "trigger_words"])
def test_every_text_is_watched(patient_client: Client, episode: Episode, field: str) -> None:
    answer = _details(patient_client, episode, **{field: "holding my pee"})

    assert answer["Location"] == "/tracker/emergency/?because=words"


def test_closing_takes_now_if_nothing_is_typed(patient_client: Client, episode: Episode, now: datetime) -> None:
    answer = patient_client.post(_address("close", episode), {"days_lost": "2"})

    kept = Episode.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, "/tracker/")
    assert (kept.ended_at, kept.days_lost) == (now, 2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (_moment("ended_at", make.NOW - timedelta(days=2), "09:00"), "This lies before the episode began."),
        (_moment("ended_at", make.NOW + timedelta(days=2), "09:00"), "lies in the future"),
        ({"days_lost": "367"}, "less than or equal to 366"),
        ({"days_lost": "-1"}, "greater than or equal to 0"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    patient_client: Client, episode: Episode, fields: dict[str, str], words: str
) -> None:
    answer = patient_client.post(_address("close", episode), fields)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Episode.objects.get().is_open


def test_an_end_of_this_minute_is_now_and_does_not_lie_before_the_last_check_in(
    patient_client: Client, episode: Episode, now: datetime
) -> None:
    with time_machine.travel(now + timedelta(seconds=50), tick=False):
        check_in = make.make_check_in(episode, now + timedelta(seconds=40))
        patient_client.post(_address("close", episode), _moment("ended_at", now, "13:00"))

    assert Episode.objects.get().ended_at == now + timedelta(seconds=50) > check_in.at


def test_an_end_in_the_repeated_hour_that_was_left_as_it_stood_stays(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    began_at = datetime(2030, 10, 27, 1, 20, tzinfo=UTC)  # 02:20 in Paris, for the second time on that day
    episode = make.make_episode(patient, began_at, ended_at=began_at + timedelta(minutes=20, seconds=7))

    answer = patient_client.post(
        _address("close", episode), {**_moment("ended_at", began_at, "02:40"), "days_lost": "1"}
    )

    kept = Episode.objects.get()
    assert (answer.status_code, kept.days_lost, kept.ended_at) == (303, 1, episode.ended_at)


def test_a_closed_episode_can_be_opened_again(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, ended_at=now)

    answer = patient_client.post(_address("reopen", episode))

    assert answer.status_code == 303
    assert Episode.objects.get().is_open


def test_it_is_not_opened_beside_another_one(
    patient_client: Client, patient: Patient, episode: Episode, now: datetime
) -> None:
    old = make.make_episode(patient, began_at=now - timedelta(days=9), ended_at=now - timedelta(days=8))

    answer = patient_client.post(_address("reopen", old))

    assert answer.status_code == 409
    assert "Another episode is open." in answer.content.decode()


def test_deleting_asks_first(patient_client: Client, episode: Episode) -> None:
    page = patient_client.get(_address("episode_delete", episode))
    assert "This cannot be undone." in page.content.decode()
    assert Episode.objects.exists()

    answer = patient_client.post(_address("episode_delete", episode))

    assert (answer.status_code, answer["Location"]) == (303, "/tracker/episodes/")
    assert not Episode.objects.exists()


@pytest.mark.parametrize("name", ["move_on", "recovered"])
def test_an_answer_that_comes_too_early_is_refused(patient_client: Client, episode: Episode, name: str) -> None:
    answer = patient_client.post(_address(name, episode))

    assert answer.status_code == 409
    kept = Episode.objects.get()
    assert (kept.moved_on_at, kept.recovered_at) == (None, None)


def test_a_slip_is_taken_back(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, began_at=now - timedelta(days=5), recovered_at=now)

    patient_client.post(_address("recovered", episode), {"undo": "1"})

    assert Episode.objects.get().recovered_at is None


@pytest.mark.parametrize(
    "name", ["episode_where", "episode_details", "move_on", "recovered", "close", "reopen", "episode_delete"]
)
def test_a_stranger_finds_none_of_it(stranger_client: Client, episode: Episode, name: str) -> None:
    answer = stranger_client.post(_address(name, episode), {"places": ["neck"], "note": "mine"})

    assert answer.status_code == 404
    kept = Episode.objects.get()
    assert (kept.places, kept.note, kept.is_open) == ([], "", True)


def test_a_form_of_another_person_makes_no_double(
    patient_client: Client, patient: Patient, stranger: Patient, now: datetime
) -> None:
    _answer(patient, now)

    patient_client.post(START, {"form_id": new_form_id(stranger.user)})

    assert Episode.objects.get().user == patient.user
