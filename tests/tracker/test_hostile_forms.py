"""Every form that takes something typed or chosen, attacked field by field as its own page prints them."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from backspasm.form_ids import new_form_id
from education import publishing
from tests.tracker import hostile_forms as hostile
from tests.tracker import make
from tests.tracker.hostile_forms import Attack, Control
from tracker import emergencies, episodes, urls
from tracker.consent_words import CONSENT_VERSION
from tracker.models import AskedBecause, CheckIn, Consent, Episode, Patient, PatientRow
from tracker.reports import json_reading
from tracker.safety import Answer

pytestmark = pytest.mark.django_db

Prepare = Callable[[Patient], str]
Values = dict[str, list[str]]


@dataclass(frozen=True)
class Case:
    """A form: how its page comes about, what an honest browser sends, and where words typed into it are shown."""

    name: str
    prepare: Prepare
    fields: frozenset[str]
    honest: Callable[[dict[str, Control]], Values]
    shows: tuple[str, ...] = ()
    rows: int = 0  # how many rows an honest form makes
    post_to: str = ""
    answers_itself: bool = False  # the answer to an accepted form is a page, as 'shown once' needs it
    too_early: tuple[str, ...] = ()  # fields whose moment must not lie before the episode


def episode_of(patient: Patient, **fields: Any) -> Episode:
    episode = make.make_episode(patient, **fields)
    make.make_activity(episode)
    return episode


def at(name: str, *, make_row: Callable[[Patient], PatientRow] | None = None, query: str = "") -> Prepare:
    """Return what makes the row of an address and gives the address."""

    def prepare(patient: Patient) -> str:
        arguments = [make_row(patient).pk] if make_row else []
        return reverse(f"tracker:{name}", args=arguments) + query

    return prepare


def before_consent(patient: Patient) -> None:
    Patient.objects.of(patient.user).update(consent=None, set_up_at=None)
    Consent.objects.of(patient.user).delete()


def without_age(patient: Patient) -> str:
    before_consent(patient)
    patient.delete()
    return reverse("tracker:setup")


def without_consent(patient: Patient) -> str:
    before_consent(patient)
    return reverse("tracker:consent")


def without_answers(patient: Patient) -> str:
    Patient.objects.of(patient.user).update(set_up_at=None)
    return reverse("tracker:about_you")


def answered(patient: Patient, answer: Answer) -> None:
    answers: dict[str, Answer] = {**dict.fromkeys(make.START_CODES, "no"), "E1": answer}
    emergencies.answer(
        user=patient.user,
        episode=None,
        because=AskedBecause.START,
        answers=answers,
        rest_is_no=False,
        form_id=uuid.uuid4(),
        edition=publishing.live(make.NOW).number,
        now=make.NOW - timedelta(minutes=1),
    )


def held(patient: Patient) -> str:
    answered(patient, "yes")
    return reverse("tracker:hold")


def ready_to_start(patient: Patient) -> str:
    answered(patient, "no")
    return reverse("tracker:start")


def step_address(patient: Patient) -> str:
    episode_of(patient)
    return reverse("tracker:log_step", args=["ice_on_back"])


def calm(name: str) -> Prepare:
    def prepare(patient: Patient) -> str:
        began_at = make.NOW - timedelta(days=60)
        make.make_episode(patient, began_at, ended_at=began_at + timedelta(days=7))
        return reverse(f"tracker:{name}")

    return prepare


def check_in_of(patient: Patient) -> PatientRow:
    episode = episode_of(patient)
    ratings = dict.fromkeys(episode.activities.all(), 3)
    return make.make_check_in(episode, make.NOW - timedelta(hours=3), ratings=ratings, overall_change=4)


def closed_episode(patient: Patient) -> Episode:
    began_at = make.NOW - timedelta(days=60)
    return episode_of(patient, began_at=began_at, ended_at=began_at + timedelta(days=7))


def sending(**values: str | list[str]) -> Callable[[dict[str, Control]], Values]:
    """Return what an honest browser sends: the page as it stands, with these answers."""

    def honest(controls: dict[str, Control]) -> Values:
        sent: Values = {}
        for control in controls.values():
            sent |= hostile.as_sent(control, control.value)
        return {**sent, **{key: [value] if isinstance(value, str) else value for key, value in values.items()}}

    return honest


def no_to_all(controls: dict[str, Control]) -> Values:
    return sending(**{name: "no" for name, control in controls.items() if control.kind == "choice"})(controls)


def rated(controls: dict[str, Control]) -> Values:
    function = {name: "4" for name in controls if name.startswith("function_")}
    return sending(pain="5", overall_change="4", note="Slept", **function)(controls)


def a_plan(controls: dict[str, Control]) -> Values:
    return sending(level="1", exercises=controls["exercises"].options[:1], walking_minutes="10")(controls)


def fields(names: str) -> frozenset[str]:
    return frozenset({"form_id", *names.split()})


ABOUT: Final = "is_pregnant has_reduced_feeling avoids_exercise avoids_anti_inflammatories has_weak_bones time_zone"
NO_TO_FIVE: Final = {**dict.fromkeys(ABOUT.split(), "no"), "time_zone": "Europe/Paris"}
LABEL: Final = "name ingredient gap_hours gap_minutes most_in_24_hours is_anti_inflammatory"
A_LABEL: Final = {"name": "Blue", "ingredient": "Sky", "gap_hours": "4", "gap_minutes": "0", "most_in_24_hours": "3"}
AN_ANSWER: Final = {"is_anti_inflammatory": "no"}
ACTIVITIES: Final = "activity_1 activity_2 activity_3 ability_1 ability_2 ability_3"
CHECK_IN: Final = "function pain note at page_version"
E: Final = " ".join(make.START_CODES)
C: Final = " ".join(f"C{number}" for number in range(1, 17) if number != 10)
A_STORY: Final = {
    "when": "another_time",
    "began_at_day": "2030-11-18",
    "began_at_time": "12:00",
    "pain": "5",
    "activity_2": "Stairs",
    "activity_3": "Driving",
    "ability_1": "4",
    "ability_2": "5",
    "ability_3": "6",
}
QUESTIONS: Final = {f"question_{number}": "When can I lift?" for number in (1, 2, 3)}
HISTORY: Final = ("home", "episodes", "report")

CASES: Final = (
    Case("setup", without_age, fields("age_band"), sending(age_band="18_54"), rows=1),
    Case("consent", without_consent, fields("agree version"), sending(agree="on", version=CONSENT_VERSION), rows=1),
    Case("about_you", without_answers, fields(ABOUT), sending(**NO_TO_FIVE)),
    Case("settings", at("settings"), fields(f"age_band {ABOUT}"), sending()),
    Case("emergency", at("emergency", query="?because=start"), fields(f"{E} rest_is_no"), no_to_all, rows=1),
    Case("emergency_answer", at("emergency"), fields(f"{E} rest_is_no"), no_to_all, rows=1, post_to="emergency_answer"),
    Case("emergency after a medicine", at("emergency", query="?because=medicine"), fields("E11"), no_to_all, rows=1),
    Case("hold", held, fields("shown because"), sending(because="seen")),
    Case("start", ready_to_start, fields(""), sending(), rows=1),
    Case("episode_where", at("episode_where", make_row=episode_of), fields("places"), sending(places=["neck"])),
    Case(
        "episode_details",
        at("episode_details", make_row=episode_of),
        fields(f"when triggers trigger_words pain note began_at page_version {ACTIVITIES}"),
        sending(**A_STORY),
        shows=("itself",),
        rows=6,
    ),
    Case("close", at("close", make_row=episode_of), fields("ended_at days_lost"), sending(), too_early=("ended_at",)),
    Case(
        "close again",
        at("close", make_row=closed_episode),
        fields("ended_at days_lost"),
        sending(days_lost="3"),
        too_early=("ended_at",),
    ),
    Case(
        "check_in",
        at("check_in", make_row=episode_of),
        fields(f"{CHECK_IN} all pain_span"),
        rated,
        shows=("latest",),
        rows=2,
        too_early=("at",),
    ),
    Case(
        "check_in_edit",
        at("check_in_edit", make_row=check_in_of),
        fields(f"{CHECK_IN} overall_change"),
        rated,
        shows=("itself",),
        rows=1,
        too_early=("at",),
    ),
    Case("medicine_add", at("medicine_add"), fields(LABEL), sending(**A_LABEL, **AN_ANSWER), ("medicines",), rows=1),
    Case(
        "medicine_edit",
        at("medicine_edit", make_row=make.make_medicine),
        fields(LABEL),
        sending(**A_LABEL),
        shows=("medicines", "itself"),
        rows=1,
    ),
    Case("dose", at("dose", make_row=make.make_medicine), fields("taken_at is_confirmed"), sending(), rows=1),
    Case("log_step", step_address, fields("minutes started_at"), sending(), rows=1),
    Case("signs", at("signs", make_row=episode_of), fields(f"{C} rest_is_no"), no_to_all, rows=1),
    Case(
        "report_questions",
        at("report_questions"),
        fields("question_1 question_2 question_3 version"),
        sending(**QUESTIONS),
        shows=("report", "report_questions"),
        rows=3,
    ),
    Case("visit_links", at("visit_links"), fields("hours"), sending(), rows=1, answers_itself=True),
    Case("prevention_plan", calm("prevention_plan"), fields("level exercises walking_minutes"), a_plan, rows=1),
    Case(
        "weekly_check_in",
        calm("weekly_check_in"),
        fields("kept walking_minutes yesterday note"),
        sending(kept="some", walking_minutes="10", yesterday=["none_of_these"], note="Rain"),
        rows=1,
    ),
)
# Addresses that take a form of buttons only, and the import, which has attacks of its own.
BUTTONS: Final = frozenset(
    "start_step stop_step undo_step plan_seen move_on recovered reopen episode_delete signs_seen check_in_delete "
    "medicine_put_away undo_dose visit_link_revoke delete_account withdraw reminder_switch reminder_keep reminder_end "
    "reminder_test delivery_done delivery_snooze push_remove calendar_make calendar_end".split()
)
# Times of day, days ahead and two steps: tests/tracker/reminders/test_hostile_reminder_forms.py and its neighbours.
REMINDERS: Final = frozenset(
    "reminder_new reminder_edit reminder_suggested reminder_settings reminder_pause travel push".split()
)
ELSEWHERE: Final = frozenset({"import", "export_file"}) | REMINDERS


@dataclass
class Attacked:
    """A form with its page open, and all that went wrong with it."""

    case: Case
    client: Client
    log: pytest.LogCaptureFixture
    page: str
    controls: dict[str, Control]
    honest: Values
    faults: list[str]

    @property
    def address(self) -> str:
        return reverse(f"tracker:{self.case.post_to}") if self.case.post_to else self.page

    def send(self, values: Values) -> Any:
        return hostile.post(self.client, self.address, values)

    def is_accepted(self, response: Any) -> bool:
        is_address = self.case.answers_itself and "/visit/" in response.content.decode()
        return response.status_code == 303 or is_address

    def fault(self, attack: Attack, words: str) -> None:
        self.faults.append(f"{attack.control.name} / {attack.name}: {words}")


def sign_in_freshly(client: Client) -> None:
    """Let the session show a sign-in of this moment, as a sensitive form asks for."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def attacked(
    request: pytest.FixtureRequest, patient: Patient, patient_client: Client, caplog: pytest.LogCaptureFixture
) -> Attacked:
    """Each form in turn, in front of somebody who has just signed in."""
    case: Case = request.param
    sign_in_freshly(patient_client)
    page = case.prepare(patient)
    named = case.fields - {"form_id", "function"}
    html = patient_client.get(page).content.decode()
    controls = hostile.controls_of(html, "form_id", *sorted(named)[:1])
    caplog.set_level(logging.DEBUG)
    return Attacked(case, patient_client, caplog, page, controls, case.honest(controls), [])


def test_the_page_prints_the_fields_that_are_named_here(attacked: Attacked) -> None:
    printed = {re.sub(r"^function_.*", "function", name) for name in attacked.controls}

    assert printed == attacked.case.fields


def test_an_honest_form_is_accepted_and_sent_twice_makes_no_second_row(attacked: Attacked) -> None:
    before = hostile.counted(hostile.everything_stored())

    first = attacked.send(attacked.honest)
    once = hostile.counted(hostile.everything_stored())
    second = attacked.send(attacked.honest)
    twice = hostile.counted(hostile.everything_stored())

    assert attacked.is_accepted(first)
    assert sum(once.values()) - sum(before.values()) == attacked.case.rows
    assert attacked.is_accepted(second)
    assert twice == once


def test_no_field_takes_what_it_must_not(attacked: Attacked) -> None:
    stored = hostile.everything_stored()

    for attack in attacks(attacked):
        judge(attacked, attack, stored)

    assert attacked.faults == []


def test_columns_that_no_form_asks_for_are_not_written(attacked: Attacked, stranger: Patient) -> None:
    extras = {name: [str(hostile.EXTRA_ID)] for name in hostile.EXTRA_IDS}
    extras |= {name: [hostile.EXTRA_TEXT] for name in hostile.EXTRA_TEXTS}
    before = hostile.everything_stored()
    honest = {name: value for name, value in extras.items() if name not in attacked.controls} | attacked.honest

    response = attacked.send({**honest, "user": [str(stranger.user.pk)], "user_id": [str(stranger.user.pk)]})

    after = hostile.everything_stored()
    assert attacked.is_accepted(response)
    assert sum(hostile.counted(after).values()) - sum(hostile.counted(before).values()) == attacked.case.rows
    assert str(hostile.EXTRA_ID) not in repr(after)
    assert "1999" not in repr(after)
    assert rows_of(stranger, after) == rows_of(stranger, before)


def rows_of(patient: Patient, stored: dict[str, list[Any]]) -> list[Any]:
    return [row for rows in stored.values() for row in rows if patient.user.pk in row]


def test_a_form_id_made_for_somebody_else_is_not_stored(attacked: Attacked, stranger: Patient) -> None:
    form_id = new_form_id(stranger.user)

    response = attacked.send({**attacked.honest, "form_id": [form_id]})

    assert attacked.is_accepted(response)
    assert form_id.partition(".")[0] not in repr(hostile.everything_stored())


def attacks(attacked: Attacked) -> Iterator[Attack]:
    """Every attack on the form: on each field, and on the moments that lie before its episode."""
    yield from hostile.attacks_on_all(attacked.controls.values())
    for name in attacked.case.too_early:
        control = attacked.controls[name]
        yield Attack("before the episode began", control, hostile.as_sent(control, ("2020-02-02", "12:00")), "refused")


def judge(attacked: Attacked, attack: Attack, stored: dict[str, list[Any]]) -> None:
    """Send one attack, note what is wrong with the answer, and undo what it did."""
    attacked.log.clear()
    cookies = dict(attacked.client.cookies)
    with transaction.atomic():
        response = attacked.send({**attacked.honest, **attack.sent})
        look_at_any_answer(attacked, attack, response)
        if attacked.is_accepted(response):
            look_at_acceptance(attacked, attack)
        else:
            look_at_refusal(attacked, attack, response, stored)
        transaction.set_rollback(True)
    for name in set(attacked.client.cookies) - set(cookies):
        del attacked.client.cookies[name]


def look_at_any_answer(attacked: Attacked, attack: Attack, response: Any) -> None:
    if response.status_code not in {200, 303, 400, 409}:
        attacked.fault(attack, f"status {response.status_code}")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        attacked.fault(attack, "may be stored")
    said = [str(message) for message in get_messages(response.wsgi_request)]
    session = repr(dict(attacked.client.session))
    logged = [record.getMessage() for record in attacked.log.records]
    for place, text in {"Location": response.headers.get("Location", ""), "session": session}.items():
        if hostile.MARK in text:
            attacked.fault(attack, f"typed words in the {place}")
    if any(hostile.MARK in text for text in said):
        attacked.fault(attack, "typed words in a message")
    if any(hostile.MARK in text for text in logged):
        attacked.fault(attack, "typed words in the log")
    if hostile.SCRIPT in response.content.decode():
        attacked.fault(attack, "typed HTML is not escaped")


def look_at_acceptance(attacked: Attacked, attack: Attack) -> None:
    if attack.expected == "refused":
        attacked.fault(attack, "accepted")
    if attack.name != "html" or not attacked.case.shows:
        return
    pages = [attacked.client.get(address).content.decode() for address in shown_at(attacked)]
    if any(hostile.SCRIPT in page for page in pages):
        attacked.fault(attack, "typed HTML is not escaped where it is shown")
    if not any(hostile.keeps(page, attack.sent[attack.control.name][0]) for page in pages):
        attacked.fault(attack, "is not kept as it was typed")


def look_at_refusal(attacked: Attacked, attack: Attack, response: Any, stored: dict[str, list[Any]]) -> None:
    if hostile.everything_stored() != stored:
        attacked.fault(attack, "refused, but something was saved")
    if attack.expected == "accepted":
        attacked.fault(attack, "refused")
    html = response.content.decode()
    if response.status_code != 409:
        for control in (attack.control, *attack.beside):
            if not hostile.names_the_field(html, control):
                words = f"refused with {response.status_code}, but the page does not say that {control.name} is wrong"
                attacked.fault(attack, words)
    typed = "".join(attack.sent.get(attack.control.name, [])[-1:])
    if attack.control.kind == "text" and not hostile.keeps(html, typed):
        attacked.fault(attack, "what was typed is lost")


def shown_at(attacked: Attacked) -> list[str]:
    """The addresses at which words of the form come back."""
    addresses = {"itself": lambda: attacked.page, "latest": latest_check_in}
    return [addresses.get(name, lambda name=name: reverse(f"tracker:{name}"))() for name in attacked.case.shows]


def latest_check_in() -> str:
    return reverse("tracker:check_in_edit", args=[CheckIn.objects.latest("created_at").pk])


# What somebody changes who goes back to a page that was saved, and sends it again.
CHANGED: Final[dict[str, Values]] = {
    "emergency": {"E1": ["not_sure"]},
    "episode_details": {"pain": ["9"]},
    "check_in": {"pain": ["9"]},
    "medicine_add": {"gap_hours": ["8"]},
    "signs": {"C1": ["yes"]},
    "prevention_plan": {"walking_minutes": ["12"]},
    "weekly_check_in": {"note": ["Sun"]},
}


@pytest.mark.parametrize(
    "attacked", [case for case in CASES if case.name in CHANGED], ids=lambda case: case.name, indirect=True
)
def test_a_page_sent_again_with_another_answer_keeps_it_or_says_that_it_did_not(attacked: Attacked) -> None:
    attacked.send(attacked.honest)
    once = hostile.everything_stored()

    second = attacked.send({**attacked.honest, **CHANGED[attacked.case.name]})

    is_said = not attacked.is_accepted(second) or any(
        message.level != messages.SUCCESS for message in get_messages(second.wsgi_request)
    )
    assert is_said or hostile.everything_stored() != once


@pytest.mark.parametrize("name", ["check_in", "episode_details"])
def test_a_form_id_of_an_earlier_episode_leaves_that_episode_alone(
    patient: Patient, patient_client: Client, name: str
) -> None:
    form_id = new_form_id(patient.user)
    used = uuid.UUID(form_id.partition(".")[0])
    earlier = make.make_check_in(closed_episode(patient), make.NOW - timedelta(days=55), form_id=used)
    episode = episode_of(patient)
    activity = episode.activities.get()
    rating = {"activity_1": [activity.name], "ability_1": ["1"], f"function_{activity.pk}": ["1"]}

    response = hostile.post(
        patient_client, reverse(f"tracker:{name}", args=[episode.pk]), {**rating, "pain": ["9"], "form_id": [form_id]}
    )

    earlier.refresh_from_db()
    assert response.status_code == 303
    assert (earlier.pain, earlier.ratings.count()) == (5, 0)
    assert CheckIn.objects.get(episode=episode).pain == 9


def test_an_hour_that_was_shown_twice_means_the_first(patient: Patient, patient_client: Client) -> None:
    episode = make.make_episode(patient)
    sent = {"when": ["another_time"], "began_at_day": ["2030-10-27"], "began_at_time": ["02:30"]}

    response = hostile.post(patient_client, reverse("tracker:episode_details", args=[episode.pk]), sent)

    episode.refresh_from_db()
    assert response.status_code == 303
    assert episode.began_at == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


def test_every_address_takes_no_form_or_is_attacked_or_has_buttons_only(patient_client: Client) -> None:
    names = {str(pattern.name): pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    known = {case.post_to or case.name.partition(" ")[0] for case in CASES} | BUTTONS | ELSEWHERE
    others = {name: names[name].pattern.converters for name in names.keys() - known}

    answers = {
        name: patient_client.post(reverse(f"tracker:{name}", args=[uuid.uuid4()] if "pk" in converters else []))
        for name, converters in others.items()
    }

    assert known <= names.keys()
    assert {name for name, answer in answers.items() if answer.status_code != 405} == set()


SCREENS: Final = (
    "home more episodes patterns medicines prevention prevention_plan weekly_check_in report report_questions "
    "report_pdf visit_links my_data export settings reminders reminder_log reminder_new".split()
)
NASTY: Final = (
    f"{hostile.MARK}\x01\x08\x0b\x1b\x7f\x85\ufffe\uffff{hostile.SCRIPT}",
    f"\u202e{hostile.MARK}\u2066👩🏽‍⚕️\u200b\ufeff e\u0301 نص 中文 \U000e0001",
    f'=HYPERLINK("x";"{hostile.MARK}")\r\n\u2028]]>&#0;&amp;<!--',
)


@pytest.mark.parametrize("words", NASTY, ids=("control characters", "marks", "formula and entities"))
def test_after_hostile_words_every_screen_and_file_still_opens(
    patient: Patient, patient_client: Client, words: str
) -> None:
    sign_in_freshly(patient_client)
    addresses = filled_with(words, patient, patient_client)

    answers = {address: patient_client.get(address) for address in addresses}
    files = {kind: file_of(patient_client, kind) for kind in ("json", "csv", "csv-semicolon", "fhir")}

    pages = {address: answer for address, answer in answers.items() if not address.endswith(".pdf")}
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 200} == {}
    assert [address for address, page in pages.items() if hostile.SCRIPT in page.content.decode()] == []
    assert any(hostile.MARK in page.content.decode() for page in pages.values())
    assert control_characters(json.loads(files["fhir"])) == set()
    assert json_reading.read(files["json"], now=make.NOW)


def filled_with(words: str, patient: Patient, client: Client) -> list[str]:
    """Type the words into every field that takes text; return every address that may show them."""
    row = check_in_of(patient)
    episode = Episode.objects.get()
    medicine = make.make_medicine(patient)
    texts = ("note", "trigger_words", "name", "ingredient", *ACTIVITIES.split()[:3], *QUESTIONS)
    own = {
        "episode_details": [episode.pk],
        "check_in": [episode.pk],
        "check_in_edit": [row.pk],
        "medicine_edit": [medicine.pk],
    }
    forms = {**own, "medicine_add": [], "report_questions": [], "weekly_check_in": []}
    honest = {**A_LABEL, **AN_ANSWER, "pain": "6", "kept": "some", "yesterday": "none_of_these"}
    for name, arguments in forms.items():
        sent = {**honest, **dict.fromkeys(texts, words), "form_id": new_form_id(patient.user)}
        if name == "episode_details":
            sent["page_version"] = episodes.version(episode)
        response = hostile.post(
            client, reverse(f"tracker:{name}", args=arguments), {key: [value] for key, value in sent.items()}
        )
        assert response.status_code == 303, name
    shown = {**own, "episode": [episode.pk], "close": [episode.pk], "dose": [medicine.pk]}
    return [
        reverse(f"tracker:{name}", args=arguments)
        for name, arguments in [*shown.items(), *((screen, []) for screen in SCREENS)]
    ]


def file_of(client: Client, kind: str) -> bytes:
    response = client.post(reverse("tracker:export_file", args=[kind]))
    assert response.status_code == 200, kind
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def control_characters(found: Any) -> set[str]:
    """Return what no text of a FHIR resource may hold."""
    if isinstance(found, dict):
        return set().union(*(control_characters(value) for value in found.values()))
    if isinstance(found, list):
        return set().union(*(control_characters(value) for value in found))
    return {mark for mark in str(found) if mark < " " and mark not in "\t\r\n"}
