"""The course on screen: the list, and one episode beside the published course; no more is said than is known."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tracker import make
from tests.tracker.test_prevention import hold
from tests.tracker.test_prevention_screens import text_of
from tracker.models import Episode, PainSpan, Patient

pytestmark = pytest.mark.django_db

LIST = reverse("tracker:episodes")
DAY = timedelta(days=1)
FORBIDDEN: Final = re.compile(r"\b(behind|abnormal|failing|percentile|predict\w*|you will recover)\b", re.IGNORECASE)


def address_of(episode: Episode) -> str:
    return reverse("tracker:episode", args=[episode.pk])


def past_episodes(patient: Patient, count: int, **fields: Any) -> list[Episode]:
    """Closed episodes of ten days, thirty days from onset to onset, the last one over ten days ago."""
    begins = [make.NOW - (20 + 30 * place) * DAY for place in reversed(range(count))]
    return [make.make_episode(patient, began, ended_at=began + 10 * DAY, **fields) for began in begins]


def queries_for(client: Client, address: str) -> int:
    """The queries of a page, without those that a process asks once."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


# --- the list


def test_an_empty_list_says_how_to_begin(patient_client: Client) -> None:
    page = patient_client.get(LIST)

    assert "No episode yet" in text_of(page)
    assert '<svg class="chart' not in page.content.decode()


def test_the_open_episode_stands_first_then_the_newest(patient: Patient, patient_client: Client) -> None:
    old, new = past_episodes(patient, 2, days_lost=1, triggers=["long_drive"], places=["neck"])
    current = make.make_episode(patient, make.NOW - 40 * DAY, created_at=make.NOW)

    page = patient_client.get(LIST)

    links = re.findall(rf'class="ep" href="{LIST}([0-9a-f-]+)/"', page.content.decode())
    assert links == [str(current.pk), str(new.pk), str(old.pk)]
    for words in ("Long drive", "Neck.", "10 days", "1 day lost", "open"):
        assert words in text_of(page)


def test_under_five_episodes_nothing_is_said_of_gaps(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 4)

    words = text_of(patient_client.get(LIST))

    assert "There are too few episodes to say anything about gaps." in words
    assert "median)" not in words
    assert "Calm for" not in words


def test_from_five_episodes_on_gaps_and_their_median_stand_there(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 5)

    words = text_of(patient_client.get(LIST))

    assert "The gap in the middle 3 weeks" in words
    assert words.count("Calm for 3 weeks before it.") == 4


def test_the_chart_of_lengths_has_a_table_twin(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 2, days_lost=3)

    page = patient_client.get(LIST).content.decode()

    assert page.count('<svg class="chart') == 2
    assert page.count('class="bar-c"') == 4
    assert re.search(
        r'<tr><th scope="row">31 October 2030</th><td>10 November 2030</td><td>10</td><td></td><td>3</td>', page
    )


def test_the_list_is_paged_and_costs_the_same_at_any_history(patient: Patient, patient_client: Client) -> None:
    past_episodes(patient, 3, triggers=["sport"], trigger_words="My words")
    few = queries_for(patient_client, LIST)
    past_episodes(patient, 45, triggers=["sport"], trigger_words="My words")

    pages = [patient_client.get(f"{LIST}?page={number}").content.decode() for number in (1, 2, 3, 99, "x")]

    assert queries_for(patient_client, LIST) == few
    assert [page.count('class="ep"') for page in pages] == [20, 20, 8, 8, 20]
    assert "Page 2 of 3" in pages[1]


# --- one episode


def test_an_episode_shows_what_its_owner_wrote_as_text(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(
        patient,
        triggers=["lifting"],
        trigger_words="<b>sofa</b> \u202e",
        places=["neck", "calf_left"],
        note="On stairs",
    )

    page = patient_client.get(address_of(episode)).content.decode()

    assert "<bdi>&lt;b&gt;sofa&lt;/b&gt; \u202e</bdi>" in page
    assert "Marked: Neck; Left calf." in page
    assert "On stairs" in page


def test_right_now_and_the_average_are_two_lines_never_joined(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient, make.NOW - 4 * DAY)
    for place, (score, span) in enumerate([(8, "now"), (7, "average_24h"), (6, "now"), (4, "average_24h")]):
        make.make_check_in(episode, make.NOW - (4 - place) * DAY, score, pain_span=span)

    page = patient_client.get(address_of(episode)).content.decode()

    paths = re.findall(r'<path class="ln-p( now)?" d="([^"]+)"', page)
    own = [path for path in paths if path[1] != "M2 9h28"]
    assert len(own) == 8  # two lines, at two widths, in two charts
    assert all(path.count("L") == 1 for _kind, path in own)
    assert "Pain right now fell from 8 to 6 out of 10 in 2 days." in page
    assert "Average pain of 24 hours fell from 7 to 4 out of 10 in 2 days." in page


def test_a_replaced_activity_starts_a_new_line(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient, make.NOW - 4 * DAY)
    socks = make.make_activity(episode)
    stairs = make.make_activity(episode, "Climbing stairs", position=2)
    for day, activity, score in ((4, socks, 2), (3, socks, 4), (2, stairs, 5), (1, stairs, 6)):
        make.make_check_in(episode, make.NOW - day * DAY, 5, ratings={activity: score})

    page = patient_client.get(address_of(episode))

    paths = re.findall(r'<path class="ln-f" d="([^"]+)"', page.content.decode())
    assert len([path for path in paths if path != "M2 9h28"]) == 4
    assert "a new line begins" in text_of(page)
    assert "With the latest activities: What you can do rose from 5 to 6 out of 10 in 24 hours." in text_of(page)
    assert "A higher number is better" in text_of(page)


def test_the_published_course_comes_with_all_its_sentences_and_sources(
    patient: Patient, patient_client: Client
) -> None:
    episode = make.make_episode(patient, make.NOW - 10 * DAY)
    make.make_check_in(episode, make.NOW - 9 * DAY, 6)

    page = patient_client.get(address_of(episode))

    words = text_of(page)
    for sentence in (
        "This is the average of many people. Your own course may be quicker or slower and still be normal.",
        "no data points here",
        "It is not the range of single people, who vary far more.",
        "The two reviews differ.",
        "They had gone to a clinician or joined a study, and many were treated.",
        "not spasm alone",
        "Left: your scale, 0 to 10. Right: the scale of the studies, 0 to 100.",
    ):
        assert sentence in words
    assert 'href="/sources/#r17"' in page.content.decode()
    assert 'href="/sources/#r18"' in page.content.decode()
    assert not FORBIDDEN.search(words)


@pytest.mark.parametrize(("weeks", "lasts", "cohorts"), [(2, None, 1), (13, None, 2), (60, 3, 1)])
def test_lines_of_long_pain_only_for_an_episode_that_lasted_so_long(
    patient: Patient, patient_client: Client, weeks: int, lasts: int | None, cohorts: int
) -> None:
    began = make.NOW - 7 * weeks * DAY
    episode = make.make_episode(patient, began, ended_at=began + 7 * lasts * DAY if lasts else None)
    make.make_check_in(episode, began + DAY, 6)

    words = text_of(patient_client.get(address_of(episode)))

    assert ("12 to under 52 weeks" in words) == (cohorts == 2)
    assert ("They rated that of line C as very low." in words) == (cohorts == 2)


@pytest.mark.parametrize(("latest", "is_open", "is_said"), [(6, True, True), (4, True, False), (6, False, False)])
def test_after_six_weeks_the_neutral_sentence_is_said_while_the_episode_is_open(
    patient: Patient, patient_client: Client, latest: int, is_open: bool, is_said: bool
) -> None:
    episode = make.make_episode(patient, make.NOW - 43 * DAY, ended_at=None if is_open else make.NOW)
    make.make_check_in(episode, make.NOW - 42 * DAY, 7)
    make.make_check_in(episode, make.NOW - DAY, latest)

    words = text_of(patient_client.get(address_of(episode)))

    assert ("Many people are still recovering. It is a good time to see a clinician." in words) == is_said


def test_steps_are_counted_and_check_ins_can_be_edited(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient)
    check_in = make.make_check_in(episode, make.NOW, 8, pain_span=PainSpan.NOW)
    for hours in (1, 4):
        make.make_step_log(patient, "ice_on_back", make.NOW - timedelta(hours=hours), episode=episode)

    page = patient_client.get(address_of(episode))

    assert "Ice 2 times" in text_of(page)
    assert reverse("tracker:check_in_edit", args=[check_in.pk]) in page.content.decode()
    assert reverse("tracker:episode_delete", args=[episode.pk]) in page.content.decode()


def test_one_episode_costs_the_same_however_often_it_was_told_of(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient, make.NOW - 10 * DAY)
    activity = make.make_activity(episode)
    make.make_check_in(episode, make.NOW - 9 * DAY, 5, ratings={activity: 3})
    few = queries_for(patient_client, address_of(episode))

    for hours in range(30):
        make.make_check_in(episode, make.NOW - timedelta(hours=hours), 5, ratings={activity: 3}, note="Told")

    assert queries_for(patient_client, address_of(episode)) == few
    assert few <= 12


@pytest.mark.parametrize("where", ["list", "episode"])
def test_while_an_emergency_answer_is_open_no_chart_is_shown(
    patient: Patient, patient_client: Client, where: str
) -> None:
    (episode,) = past_episodes(patient, 1)
    make.make_check_in(episode, episode.began_at + DAY, 5)
    address = LIST if where == "list" else address_of(episode)
    before = patient_client.get(address).content.decode()
    hold(patient)

    page = patient_client.get(address).content.decode()

    assert '<svg class="chart' in before
    assert '<svg class="chart' not in page
    assert reverse("tracker:hold") in page


def test_a_strangers_episode_is_not_found(episode: Episode, stranger: Patient, stranger_client: Client) -> None:
    assert stranger_client.get(address_of(episode)).status_code == 404
    assert str(episode.pk) not in stranger_client.get(LIST).content.decode()


def test_what_you_can_do_stands_before_the_pain(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient)
    socks = make.make_activity(episode)
    for hours in (10, 20):
        make.make_check_in(episode, episode.began_at + timedelta(hours=hours), ratings={socks: 5})

    page = patient_client.get(reverse("tracker:episode", args=[episode.pk])).content.decode()

    assert page.index("What you can do, 0 to 10") < page.index("Pain, 0 to 10")
