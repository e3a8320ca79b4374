"""The screens of medicines: they quote the patient, and give no dose."""

import re
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from backspasm.form_ids import new_form_id
from tests.tracker import make
from tracker.models import AntiInflammatory, Dose, EmergencyCheck, Hold, Medicine, Patient

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIST = "/tracker/medicines/"
LABEL = {
    "name": "Blue tablets",
    "ingredient": "Alpha",
    "gap_hours": "4",
    "gap_minutes": "30",
    "most_in_24_hours": "3",
    "is_anti_inflammatory": "not_sure",
}


def parsed(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document: Element = parser.parse(html)
    return document


def page(client: Client, address: str = LIST) -> str:
    html: str = client.get(address).content.decode()
    parsed(html)
    return " ".join(html.split())


def dose_address(medicine: Medicine) -> str:
    return reverse("tracker:dose", args=[medicine.pk])


def after(answer: Any) -> str:
    """Return where a logged dose leads."""
    assert answer.status_code == 303
    location: str = answer["Location"]
    assert re.fullmatch(r"/tracker/medicines/\?dose=[0-9a-f-]{36}", location)
    return location


# --- The list -----------------------------------------------------------------------------------------------


def test_the_page_says_first_what_it_is(patient_client: Client, patient: Patient) -> None:
    make.make_medicine(patient)

    html = page(patient_client)

    compares = "This page compares only what you typed. It gives no dose and does not know your health."
    watches = "Nobody monitors what you enter."
    asks = "Ask a pharmacist or doctor before the first dose."
    assert html.index(compares) < html.index(watches) < html.index(asks) < html.index("Blue tablets")
    assert 'href="/medicines/"' in html


def test_pregnant_people_are_sent_to_their_maternity_team_only(patient_client: Client, patient: Patient) -> None:
    patient.is_pregnant = True
    patient.save()

    html = page(patient_client)

    assert "Ask your maternity team." in html
    assert "before the first dose" not in html
    assert "before the first dose" not in page(patient_client, LIST + "add/")


@pytest.mark.parametrize(("kind", "is_noted"), [("yes", True), ("not_sure", True), ("no", False)])
def test_who_was_told_to_avoid_anti_inflammatories_reads_it_beside_them(
    patient_client: Client, patient: Patient, kind: str, is_noted: bool
) -> None:
    patient.avoids_anti_inflammatories = True
    patient.save()
    make.make_medicine(patient, is_anti_inflammatory=kind)

    assert ("told to avoid anti-inflammatory medicines" in page(patient_client)) is is_noted


def test_a_medicine_is_added_with_its_own_label(patient_client: Client, patient: Patient) -> None:
    answer = patient_client.post(LIST + "add/", {**LABEL, "form_id": new_form_id(patient.user)})

    assert (answer.status_code, answer["Location"]) == (303, LIST)
    stored = Medicine.objects.get()
    assert (stored.name, stored.ingredient, stored.gap_minutes, stored.most_in_24_hours) == (
        "Blue tablets",
        "Alpha",
        270,
        3,
    )
    assert stored.is_anti_inflammatory == AntiInflammatory.NOT_SURE
    assert "at least 4 hours and 30 minutes between doses; at most 3 in 24 hours" in page(patient_client)


def test_control_characters_are_left_out_of_a_label(patient_client: Client) -> None:
    words = {"name": "Blue\x00\x07 tablets", "ingredient": "\x1bsomething", "is_anti_inflammatory": "no"}

    answer = patient_client.post(reverse("tracker:medicine_add"), words)

    medicine = Medicine.objects.get()
    assert (answer.status_code, medicine.name, medicine.ingredient) == (303, "Blue tablets", "something")


def test_a_label_may_have_no_numbers(patient_client: Client) -> None:
    patient_client.post(LIST + "add/", {"name": "Gel", "is_anti_inflammatory": "yes", "gap_hours": "0"})

    assert (Medicine.objects.get().gap_minutes, Medicine.objects.get().most_in_24_hours) == (None, None)
    assert "there is nothing to compare" in page(patient_client)


def test_nothing_is_preset_about_anti_inflammatories(patient_client: Client) -> None:
    radios = [
        element
        for element in parsed(patient_client.get(LIST + "add/").content.decode()).iter("input")
        if element.get("type") == "radio"
    ]

    assert [element.get("value") for element in radios] == ["yes", "no", "not_sure"]
    assert not any(element.get("checked") is not None for element in radios)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 10_240),
        ("gap_hours", "-1"),
        ("gap_hours", "169"),
        ("gap_minutes", "60"),
        ("most_in_24_hours", "0"),
        ("most_in_24_hours", "49"),
        ("most_in_24_hours", "two"),
        ("is_anti_inflammatory", "maybe"),
        ("is_anti_inflammatory", ""),
    ],
)
def test_an_impossible_label_is_refused_at_its_field(patient_client: Client, field: str, value: str) -> None:
    answer = patient_client.post(LIST + "add/", {**LABEL, field: value})

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    parsed(answer.content.decode())
    assert not Medicine.objects.exists()


def test_a_gap_of_more_than_a_week_is_refused(patient_client: Client) -> None:
    answer = patient_client.post(LIST + "add/", {**LABEL, "gap_hours": "168", "gap_minutes": "1"})

    assert list(answer.context["form"].errors) == ["gap_hours"]


def test_a_changed_label_shows_what_it_said_before(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient, "Blue tablets", gap_minutes=240)
    address = reverse("tracker:medicine_edit", args=[medicine.pk])

    patient_client.post(address, {**LABEL, "name": "Red tablets"})

    html = page(patient_client, address)
    assert Medicine.objects.get().name == "Red tablets"
    assert html.index("What you entered before") < html.index("Blue tablets") < html.rindex("4 hours")


def test_a_medicine_is_put_away_and_taken_out_again(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient)
    address = reverse("tracker:medicine_put_away", args=[medicine.pk])

    patient_client.post(address)
    assert "I took one now" not in page(patient_client)
    assert "Take out again" in page(patient_client)

    patient_client.post(address, {"take_out": "1"})
    assert "I took one now" in page(patient_client)


def test_typed_words_are_never_markup(patient_client: Client, patient: Patient, now: datetime) -> None:
    first = make.make_medicine(patient, "<i>one</i>", ingredient="<u>Alpha</u>", is_anti_inflammatory="yes")
    make.make_medicine(patient, "<i>two</i>", ingredient="<u>Alpha</u>", is_anti_inflammatory="yes")
    dose = make.make_dose(first, now - HOUR)

    html = page(patient_client, f"{LIST}?dose={dose.pk}")

    assert "<i>one" not in html
    assert "<u>Alpha" not in html


# --- A dose -------------------------------------------------------------------------------------------------


def test_one_tap_logs_a_dose_of_now(patient_client: Client, patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient)

    answer = patient_client.post(dose_address(medicine), {"form_id": new_form_id(patient.user)})

    html = page(patient_client, after(answer))
    assert Dose.objects.get().taken_at == now
    assert "Saved: Blue tablets, Wednesday 20 November, 13:00." in html
    assert "You entered: at most 3 in 24 hours. This is number 1." in html


def test_a_double_tap_logs_one_dose(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient)
    sent = {"form_id": new_form_id(patient.user)}

    first = patient_client.post(dose_address(medicine), sent)
    second = patient_client.post(dose_address(medicine), sent)

    assert first["Location"] == second["Location"]
    assert Dose.objects.count() == 1


def test_the_list_warns_before_a_dose_is_logged(patient_client: Client, patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient, gap_minutes=240, most_in_24_hours=3)
    make.make_dose(medicine, now - timedelta(hours=2, minutes=10))
    make.make_dose(medicine, now - 9 * HOUR)

    html = page(patient_client)

    assert "You entered: at most 3 in 24 hours. The next one would be number 3, the last." in html
    assert (
        "You entered: at least 4 hours between doses. The last one was 2 hours and 10 minutes ago. "
        "Your label’s gap ends at 14:50."
    ) in html


def test_a_dose_too_soon_is_asked_about_once_and_then_saved(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - HOUR)
    sent = {"form_id": new_form_id(patient.user)}

    asked = patient_client.post(dose_address(medicine), sent)

    html = asked.content.decode()
    document = parsed(html)
    assert "Did you take it?" in html
    assert "The last one was 1 hour ago" in html
    assert Dose.objects.count() == 1
    hidden = {
        str(element.get("name")): str(element.get("value"))
        for element in document.iter("input")
        if element.get("type") == "hidden"
    }
    after(patient_client.post(dose_address(medicine), hidden))
    after(patient_client.post(dose_address(medicine), hidden))
    assert Dose.objects.count() == 2


def test_the_confirming_question_keeps_the_time_that_was_typed(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - HOUR)
    sent = {"taken_at_day": "2030-11-20", "taken_at_time": "11:30"}

    html = patient_client.post(dose_address(medicine), sent).content.decode()

    assert 'name="taken_at_time" value="11:30"' in html
    assert "Wednesday 20 November, 11:30" in html
    patient_client.post(dose_address(medicine), {**sent, "is_confirmed": "1"})
    assert Dose.objects.order_by("taken_at")[0].taken_at == now.replace(hour=10, minute=30)


def test_a_dose_can_be_logged_at_another_time(patient_client: Client, patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient)
    html = page(patient_client, dose_address(medicine))

    patient_client.post(dose_address(medicine), {"taken_at_day": "2030-11-19", "taken_at_time": "22:05"})

    assert 'name="taken_at_day"' in html
    assert Dose.objects.get().taken_at == now - DAY + timedelta(hours=9, minutes=5)


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [("2030-11-20", "13:30", "future"), ("2030-03-31", "02:30", "this time never was"), ("", "09:00", "Enter the day")],
)
def test_an_impossible_time_is_refused_at_its_field(
    patient_client: Client, patient: Patient, day: str, time: str, words: str
) -> None:
    medicine = make.make_medicine(patient)

    answer = patient_client.post(dose_address(medicine), {"taken_at_day": day, "taken_at_time": time})

    assert answer.status_code == 400
    assert words in str(answer.context["form"].errors["taken_at"])
    assert not Dose.objects.exists()


def test_a_dose_can_be_undone(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient)
    patient_client.post(dose_address(medicine))

    answer = patient_client.post(reverse("tracker:undo_dose", args=[Dose.objects.get().pk]))

    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert not Dose.objects.exists()


def test_two_anti_inflammatories_are_told_to_ask_a_pharmacist(
    patient_client: Client, patient: Patient, now: datetime
) -> None:
    make.make_dose(make.make_medicine(patient, "Red", is_anti_inflammatory="yes"), now - 20 * HOUR)
    other = make.make_medicine(patient, "Green", is_anti_inflammatory="not_sure")

    words = "Never take two anti-inflammatory medicines together. Ask a pharmacist."

    assert words in page(patient_client)
    assert words in patient_client.post(dose_address(other)).content.decode()
    assert Dose.objects.count() == 1


# --- The sign after a medicine, and day 10 ------------------------------------------------------------------


def test_the_sign_after_a_medicine_is_asked_and_nothing_is_preset(patient_client: Client, patient: Patient) -> None:
    medicine = make.make_medicine(patient)
    assert 'name="E11"' not in page(patient_client)

    document = parsed(patient_client.post(dose_address(medicine), follow=True).content.decode())

    answers = [element for element in document.iter("input") if element.get("name") == "E11"]
    assert [element.get("value") for element in answers] == ["yes", "not_sure", "no"]
    assert not any(element.get("checked") is not None for element in answers)


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
def test_the_sign_after_a_medicine_sets_the_hold(patient_client: Client, patient: Patient, answer: str) -> None:
    medicine = make.make_medicine(patient)
    document = parsed(patient_client.post(dose_address(medicine), follow=True).content.decode())
    form = next(form for form in document.iter("form") if "emergency" in str(form.get("action")))
    hidden = {str(one.get("name")): str(one.get("value")) for one in form.iter("input") if one.get("type") == "hidden"}

    patient_client.post(str(form.get("action")), {**hidden, "E11": answer})

    assert Hold.objects.get().codes == ["E11"]


def test_a_no_after_a_medicine_leads_back_to_the_list(patient_client: Client) -> None:
    answer = patient_client.post("/tracker/emergency/?because=medicine&next=medicines", {"E11": "no"})

    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert EmergencyCheck.objects.get().answers == {"E11": "no"}


def test_day_10_asks_to_see_a_pharmacist_or_doctor(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 12 * DAY)
    medicine = make.make_medicine(patient)
    make.make_dose(medicine, now - DAY, episode=episode)
    assert "Day 10" not in page(patient_client)

    make.make_dose(medicine, now - 10 * DAY, episode=episode)

    html = page(patient_client)
    assert "more than 10 days, ask a pharmacist or doctor" in html
    assert 'href="/get-help/#e11"' in html


def test_having_asked_ends_the_review_of_day_10(patient_client: Client, patient: Patient, now: datetime) -> None:
    episode = make.make_episode(patient, now - 12 * DAY)
    medicine = make.make_medicine(patient)
    for days in (1, 10):
        make.make_dose(medicine, now - days * DAY, episode=episode)
    button = re.search(
        r'action="([^"]+day_10_medicine_review[^"]+)".*?name="form_id" value="([^"]+)"', page(patient_client)
    )
    assert button is not None

    answer = patient_client.post(button[1], {"form_id": button[2]})

    assert answer.status_code == 303
    assert "Day 10" not in page(patient_client)


def test_no_review_is_due_in_pregnancy(patient_client: Client, patient: Patient, now: datetime) -> None:
    patient.is_pregnant = True
    patient.save()
    episode = make.make_episode(patient, now - 12 * DAY)
    medicine = make.make_medicine(patient)
    for days in (1, 10):
        make.make_dose(medicine, now - days * DAY, episode=episode)

    html = page(patient_client)

    assert "Day 10" not in html
    assert "Ask your maternity team" in html


@pytest.mark.parametrize("field", ["name", "ingredient"])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_name_that_speaks_of_self_harm_is_saved_and_leads_to_crisis_help(
    patient_client: Client, patient: Patient, field: str, is_new: bool
) -> None:
    address = (
        reverse("tracker:medicine_add")
        if is_new
        else reverse("tracker:medicine_edit", args=[make.make_medicine(patient).pk])
    )
    sent = {"name": "Blue tablets", "ingredient": "", "is_anti_inflammatory": "no", field: "I want to kill myself"}

    answer = patient_client.post(address, sent)

    assert answer.headers["Location"] == reverse("tracker:crisis")
    assert getattr(Medicine.objects.get(), field) == "I want to kill myself"


# --- Privacy ------------------------------------------------------------------------------------------------


def test_no_typed_word_is_in_an_address_a_log_line_or_the_session(
    patient_client: Client, patient: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    patient_client.post(LIST + "add/", {**LABEL, "name": "Zorblax", "ingredient": "Quuxine"})
    medicine = Medicine.objects.get()
    edited = patient_client.post(
        reverse("tracker:medicine_edit", args=[medicine.pk]), {**LABEL, "name": "Zorblax", "ingredient": "Quuxin"}
    )
    logged = patient_client.post(dose_address(medicine))
    patient_client.post(reverse("tracker:medicine_put_away", args=[medicine.pk]))

    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    for text in (edited["Location"], logged["Location"], caplog.text, *kept):
        assert "Zorblax" not in text
        assert "Quuxin" not in text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["medicine_edit", "dose", "medicine_put_away", "undo_dose"])
def test_a_stranger_finds_nothing_of_another(
    stranger_client: Client, patient: Patient, now: datetime, name: str, method: str
) -> None:
    medicine = make.make_medicine(patient)
    dose = make.make_dose(medicine, now - HOUR)
    key = dose.pk if name == "undo_dose" else medicine.pk

    answer = getattr(stranger_client, method)(reverse(f"tracker:{name}", args=[key]), LABEL)

    assert answer.status_code in {404, 405}
    assert "Blue" not in answer.content.decode()
    assert Dose.objects.count() == 1
    assert Medicine.objects.get().put_away_at is None


@pytest.mark.parametrize("key", ["", "bad", "49ef6a31-9b34-4c69-976e-ac751bacc934"])
def test_a_dose_that_is_not_there_shows_the_list_alone(patient_client: Client, patient: Patient, key: str) -> None:
    make.make_medicine(patient)

    assert "Saved:" not in page(patient_client, f"{LIST}?dose={key}")


def test_a_strangers_dose_in_the_address_shows_nothing(
    stranger_client: Client, patient: Patient, now: datetime
) -> None:
    dose = make.make_dose(make.make_medicine(patient), now - HOUR)

    assert "Blue" not in page(stranger_client, f"{LIST}?dose={dose.pk}")


def test_the_screens_name_no_amount(patient_client: Client, patient: Patient, now: datetime) -> None:
    medicine = make.make_medicine(patient)
    dose = make.make_dose(medicine, now - HOUR)

    for address in (LIST, f"{LIST}?dose={dose.pk}", LIST + "add/", dose_address(medicine)):
        words = re.sub(r"<[^>]+>", " ", page(patient_client, address))  # the tokens in attributes are any letters
        assert not re.search(r"\d\s?(mg|milligram|microgram|ml)\b", words, re.IGNORECASE)


def test_the_emergency_card_is_in_the_page_before_the_sign_is_answered(
    patient_client: Client, patient: Patient
) -> None:
    medicine = make.make_medicine(patient)

    page = patient_client.post(reverse("tracker:dose", args=[medicine.pk]), follow=True).content.decode()

    assert 'id="emergency-now" hidden' in page
    assert "data-emergency" in page
    assert "js/emergency" in page
