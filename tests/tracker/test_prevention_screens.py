"""Prevention on screen: a plan kept with its errors, reasons for a pause, a week that is praised and never scolded."""

import re
import uuid
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.tracker import make
from tests.tracker.test_prevention import choose, hold, pause, week
from tracker.models import Patient, PreventionPlan, StepLog, WeeklyCheckIn
from tracker.views.prevention import THANKS

pytestmark = pytest.mark.django_db

HOME = reverse("tracker:prevention")
PLAN = reverse("tracker:prevention_plan")
WEEK = reverse("tracker:weekly_check_in")
DAY = timedelta(days=1)


def text_of(response: Any) -> str:
    """The words of a page, without marks and doubled spaces."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def form_id_of(response: Any) -> str:
    found = re.search(r'name="form_id" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def post_plan(client: Client, *keys: str, level: int = 2, **fields: Any) -> HttpResponse:
    return client.post(PLAN, {"level": level, "exercises": keys, "walking_minutes": 12, **fields})  # type: ignore[return-value]


def client_of(patient: Patient) -> Client:
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(patient.user)
    return client


# --- the plan


def test_a_first_plan_offers_three_levels_and_presets_none(patient_client: Client) -> None:
    page = patient_client.get(PLAN).content.decode()

    assert len(re.findall(r'name="level"', page)) == 3
    assert "checked" not in page.split('name="level"', 1)[1].split('name="walking_minutes"')[0]
    assert "Side plank on knees" in page


def test_a_plan_is_saved_and_shown_with_its_drawings(patient: Patient, patient_client: Client) -> None:
    answer = post_plan(patient_client, "bridge", "heel-taps")

    page = patient_client.get(HOME).content.decode()
    assert (answer.status_code, answer["Location"]) == (303, HOME)
    assert "Your plan: Build up" in page
    assert "#bridge" in page
    assert "#heel-taps" in page
    assert PreventionPlan.objects.of(patient.user).get().walking_minutes == 12


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("bridge",), "Add one for the tummy"),
        (("side-plank-on-knees",), "Add one for the back"),
        ((), "Choose at least one exercise"),
        (("bridge", "bird-dog", "heel-taps"), "has one for the back and one for the tummy"),
    ],
)
def test_a_plan_that_does_not_pair_is_refused_and_kept_on_the_page(
    patient_client: Client, keys: tuple[str, ...], words: str
) -> None:
    answer = post_plan(patient_client, *keys, walking_minutes=17)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in text_of(answer)
    for key in keys:
        assert re.search(rf'<input[^>]*value="{key}"[^>]*checked', page)
    assert re.search(r'<input[^>]*name="walking_minutes"[^>]*value="17"|value="17"[^>]*name="walking_minutes"', page)
    assert not PreventionPlan.objects.exists()


@pytest.mark.parametrize("minutes", ["0", "181", "-3", "ten", ""])
def test_impossible_minutes_are_refused(patient_client: Client, minutes: str) -> None:
    answer = post_plan(patient_client, "knee-rolls", level=1, walking_minutes=minutes)

    assert answer.status_code == 400
    assert not PreventionPlan.objects.exists()


def test_an_unknown_exercise_or_level_is_refused(patient_client: Client) -> None:
    answers = [post_plan(patient_client, "handstand", level=1), post_plan(patient_client, "knee-rolls", level=4)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert not PreventionPlan.objects.exists()


def test_the_next_level_comes_only_by_its_button(patient: Patient, patient_client: Client) -> None:
    choose(patient, "knee-rolls", level=1, now=make.NOW - 90 * DAY)
    before = patient_client.get(HOME)

    offered = patient_client.get(PLAN).content.decode()
    patient_client.post(PLAN, {"next_level": "1", "form_id": form_id_of(before)})

    assert "Your plan: Gentle start" in text_of(before)
    assert len(re.findall(r'name="level"', offered)) == 1
    assert "Your plan: Build up" in text_of(patient_client.get(HOME))


def test_the_walk_grows_by_the_patients_own_tap(patient: Patient, patient_client: Client) -> None:
    choose(patient, "knee-rolls", level=1, walking_minutes=20)

    patient_client.post(PLAN, {"walk_more": "1"})

    assert "A walk is 22 minutes in your plan" in text_of(patient_client.get(HOME))


# --- circumstances, signs, an episode


@pytest.mark.parametrize(
    ("answers", "hidden", "reason"),
    [
        ({"is_pregnant": True}, ["small-chest-lift"], "No face-down exercise in pregnancy."),
        ({"has_weak_bones": True}, ["cat-and-cow", "childs-pose"], "Do not round your back under load."),
    ],
)
def test_what_a_circumstance_hides_is_not_offered_and_says_why(
    db: None, now: datetime, answers: Any, hidden: list[str], reason: str
) -> None:
    client = client_of(make.make_patient(**answers))

    page = client.get(PLAN)

    assert reason in text_of(page)
    assert not any(f'value="{key}"' in page.content.decode() for key in hidden)
    assert 'value="pelvic-tilt"' in page.content.decode()


def test_who_was_told_to_avoid_exercise_reads_it_once_above_all(db: None, now: datetime) -> None:
    page = client_of(make.make_patient(avoids_exercise=True)).get(PLAN)

    assert text_of(page).count("Ask a clinician before you exercise.") == 1


@pytest.mark.parametrize("stop", ["hold", "pause"])
def test_a_hold_and_a_sign_stop_exercises_with_the_reason(patient: Patient, patient_client: Client, stop: str) -> None:
    choose(patient, "bridge", "heel-taps")
    if stop == "hold":
        hold(patient)
    else:
        pause(make.make_episode(patient, ended_at=make.NOW), {"C1": "not_sure"})

    page = patient_client.get(HOME)
    answer = post_plan(patient_client, "knee-rolls", level=1)

    assert "#bridge" not in page.content.decode()
    assert "I did it" not in page.content.decode()
    assert ("Exercises have stopped" if stop == "hold" else "You named a sign") in text_of(page)
    assert (answer.status_code, PreventionPlan.objects.count()) == (303, 1)


def test_during_an_episode_it_can_be_read_but_is_for_afterwards(patient: Patient, patient_client: Client) -> None:
    choose(patient, "bridge", "heel-taps")
    make.make_episode(patient)

    page = patient_client.get(HOME)

    assert "This is for afterwards" in text_of(page)
    assert "#bridge" in page.content.decode()
    assert "I did it" not in page.content.decode()


def test_what_was_done_is_logged_and_the_daily_limit_says_so(patient: Patient, patient_client: Client) -> None:
    address = reverse("tracker:log_step", args=["strength_back_and_abdomen"])
    assert address in patient_client.get(HOME).content.decode()

    patient_client.post(address, {})

    page = patient_client.get(HOME)
    assert StepLog.objects.of(patient.user).get().kind == "strength"
    assert f'action="{address}"' not in page.content.decode()
    assert "You have done this today, the most for one day." in text_of(page)


# --- the week


@pytest.mark.parametrize("kept", WeeklyCheckIn.Kept.values)
def test_every_answer_of_the_week_is_thanked_for(patient: Patient, patient_client: Client, kept: str) -> None:
    answer = patient_client.post(
        WEEK, {"kept": kept, "walking_minutes": "15", "yesterday": ["sport", "long_drive"]}, follow=True
    )

    row = WeeklyCheckIn.objects.of(patient.user).get()
    assert (row.kept, row.walking_minutes, row.yesterday) == (kept, 15, ["sport", "long_drive"])
    assert str(THANKS[kept]) in text_of(answer)


def test_no_sentence_of_the_screens_scolds(patient: Patient, patient_client: Client) -> None:
    choose(patient, "bridge", "heel-taps", now=make.NOW - 30 * DAY)

    words = " ".join([*map(text_of, map(patient_client.get, (HOME, PLAN, WEEK))), *map(str, THANKS.values())])

    assert not re.search(r"\b(failed|missed out|streak|behind|lazy|should have|overdue|too late)\b|!", words)


def test_none_of_these_is_a_calm_day_with_none_of_them(patient: Patient, patient_client: Client) -> None:
    patient_client.post(WEEK, {"kept": "yes", "yesterday": ["none_of_these"]})

    assert WeeklyCheckIn.objects.of(patient.user).get().yesterday == []


@pytest.mark.parametrize("codes", [[], ["none_of_these", "sport"], ["woke_with_it"], ["nothing_special"]])
def test_an_answer_about_yesterday_that_cannot_be_is_refused(patient_client: Client, codes: list[str]) -> None:
    answer = patient_client.post(WEEK, {"kept": "yes", "yesterday": codes, "note": "Kept on the page"})

    assert answer.status_code == 400
    assert "Kept on the page" in answer.content.decode()
    assert not WeeklyCheckIn.objects.exists()


def test_the_week_is_shown_at_most_once_a_week(patient: Patient, patient_client: Client) -> None:
    week(patient, make.NOW - 6 * DAY)
    within = patient_client.get(WEEK).content.decode()

    WeeklyCheckIn.objects.all().delete()
    week(patient, make.NOW - 7 * DAY)

    assert 'name="kept"' not in within
    assert 'name="kept"' in patient_client.get(WEEK).content.decode()


def test_the_week_is_offered_only_where_there_is_a_plan(patient: Patient, patient_client: Client) -> None:
    without = patient_client.get(HOME).content.decode()

    choose(patient, "bridge", "heel-taps", form_id=uuid.uuid4())

    assert WEEK not in without
    assert WEEK in patient_client.get(HOME).content.decode()


def test_the_week_is_not_asked_while_an_episode_goes_on(patient: Patient, patient_client: Client) -> None:
    make.make_episode(patient)

    page = patient_client.get(WEEK)

    assert 'name="kept"' not in page.content.decode()
    assert "This is for afterwards" in text_of(page)


def test_a_week_sent_twice_is_one_row(patient_client: Client) -> None:
    sent = {"kept": "yes", "yesterday": ["stress"], "form_id": form_id_of(patient_client.get(WEEK))}

    answers = [patient_client.post(WEEK, sent) for _tap in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert WeeklyCheckIn.objects.count() == 1


@pytest.mark.parametrize(
    ("note", "name"), [("My legs feel numb", "tracker:emergency"), ("I want to kill myself", "tracker:crisis")]
)
def test_watched_words_are_saved_and_lead_to_the_questions(patient_client: Client, note: str, name: str) -> None:
    answer = patient_client.post(WEEK, {"kept": "yes", "yesterday": ["stress"], "note": note})

    assert WeeklyCheckIn.objects.get().note == note
    assert answer["Location"].split("?")[0] == reverse(name)


def test_a_hold_leads_from_the_week_to_the_reason(patient: Patient, patient_client: Client) -> None:
    hold(patient)

    assert patient_client.get(WEEK)["Location"] == HOME


def test_a_stranger_sees_nothing_of_the_plan_or_the_week(
    patient: Patient, stranger: Patient, stranger_client: Client
) -> None:
    choose(patient, "bridge", "heel-taps", form_id=uuid.uuid4())
    week(patient, make.NOW, note="Only mine")

    pages = [stranger_client.get(address).content.decode() for address in (HOME, PLAN, WEEK)]

    assert "Choose a plan" in pages[0]
    assert not any("Only mine" in page for page in pages)
    assert 'name="kept"' in pages[2]


@pytest.mark.parametrize("name", ["prevention", "prevention_plan"])
def test_the_emergency_line_stands_before_the_first_exercise(patient_client: Client, name: str) -> None:
    page = patient_client.get(reverse(f"tracker:{name}")).content.decode()

    assert page.index("Numb between the legs") < page.index({"prevention": "step-", "prevention_plan": "pick-ex"}[name])
