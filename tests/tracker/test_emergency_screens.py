"""The emergency questions, the hold, crisis help and the signs as a patient meets them, without JavaScript."""

from datetime import datetime
from html import unescape
from typing import Any, Final

import html5lib
import msgspec
import pytest
from django.test import Client
from django.urls import reverse

from backspasm.form_ids import new_form_id
from education import publishing
from education.edition import LiveEdition
from education.models import Publication
from tests.tracker import make
from tracker import emergencies, safety
from tracker.models import ClinicianCheck, EmergencyCheck, Episode, Hold, Lifted, Patient

pytestmark = pytest.mark.django_db

QUESTIONS: Final = reverse("tracker:emergency")
HOLD: Final = reverse("tracker:hold")
HOME: Final = reverse("tracker:home")
REST: Final = {"rest_is_no": "1"}


def html(response: Any) -> str:
    page: str = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert " style=" not in page
    return unescape(page)


def because(reason: str, then: str = "") -> str:
    return f"{QUESTIONS}?because={reason}" + (f"&next={then}" if then else "")


def lift_form(patient: Patient, why: str) -> dict[str, str]:
    hold = emergencies.open_hold(patient.user)
    assert hold is not None
    return {"because": why, "shown": emergencies.mark(hold)}


def publish_numbers(live: LiveEdition, **numbers: str) -> None:
    card = msgspec.structs.replace(live.emergency_card, **numbers)
    from_files = publishing.Proposal(card, "Numbers.", origin=Publication.Origin.FILES)
    publishing.publish([from_files], now=make.NOW, summary="Numbers")
    publishing.forget()  # the clock stands still, so the second after which readers look again never passes


def test_every_sign_of_the_card_is_one_line_without_a_preset_answer(patient_client: Client, live: LiveEdition) -> None:
    page = html(patient_client.get(because("start")))

    for sign in live.emergency_card.signs:
        assert page.count(f'name="{sign.code}"') == (0 if sign.code == "E11" else 3)
        assert sign.text in page
    assert "checked" not in page
    assert page.index("Nobody monitors what you enter") < page.index('name="E1"')


def test_after_a_medicine_only_its_own_sign_is_asked(patient_client: Client) -> None:
    page = html(patient_client.get(because("medicine")))

    assert 'name="E11"' in page
    assert 'name="E1"' not in page


def test_asking_changes_nothing(patient_client: Client) -> None:
    patient_client.get(because("start"))

    assert not EmergencyCheck.objects.exists()


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize("code", safety.EMERGENCY_CODES)
def test_one_answer_shows_the_whole_card_at_once(
    patient_client: Client, patient: Patient, live: LiveEdition, code: str, said: str
) -> None:
    reason = "medicine" if code == "E11" else "start"

    response = patient_client.post(because(reason), {code: said}, follow=True)

    page = html(response)
    assert response.redirect_chain[0][1] == 303
    assert response.redirect_chain[0][0].startswith(HOLD)
    assert "Call your local emergency number" in page
    assert all(sign.text in page for sign in live.emergency_card.signs)
    assert Hold.objects.get(user=patient.user).codes == [code]


@pytest.mark.parametrize("said", ["yes", "not_sure"])
@pytest.mark.parametrize("code", safety.EMERGENCY_CODES)
def test_the_answer_a_script_sends_sets_the_hold(
    patient_client: Client, patient: Patient, code: str, said: str
) -> None:
    reason = "medicine" if code == "E11" else "due"
    address = f"{reverse('tracker:emergency_answer')}?because={reason}"

    response = patient_client.post(address, {code: said, "form_id": new_form_id(patient.user)})

    assert response.status_code == 303
    assert emergencies.is_held(patient.user)


def test_the_script_and_then_the_form_make_one_round(patient_client: Client, patient: Patient) -> None:
    form_id = new_form_id(patient.user)
    patient_client.post(f"{reverse('tracker:emergency_answer')}?because=start", {"E2": "yes", "form_id": form_id})

    patient_client.post(because("start"), {"E2": "yes", "form_id": form_id, **REST})

    check = EmergencyCheck.objects.get()
    assert check.answers == {**dict.fromkeys(safety.START_CODES, "no"), "E2": "yes"}
    assert check.rest_is_no
    assert Hold.objects.count() == 1


def test_the_card_is_in_the_page_before_any_answer_so_that_it_shows_without_a_network(patient_client: Client) -> None:
    page = html(patient_client.get(because("start")))

    hidden = page[page.index('id="emergency-now" hidden') :]
    assert "Get help now" in hidden
    assert "Call your local emergency number" in hidden


def test_a_form_sent_twice_is_one_round_and_still_holds(patient_client: Client, patient: Patient) -> None:
    data = {"E7": "not_sure", "form_id": new_form_id(patient.user), **REST}
    patient_client.post(because("start"), data)

    patient_client.post(because("start"), data)

    assert EmergencyCheck.objects.count() == 1
    assert Hold.objects.count() == 1
    assert emergencies.is_held(patient.user)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (because("start"), "start"),
        (because("due"), "home"),
        (because("due", "check_in"), "home"),  # without an open episode
        (because("due", "medicines"), "medicines"),
        (because("words", "//evil.example"), "home"),
        (QUESTIONS, "home"),
        (f"{QUESTIONS}?because=nonsense&next=nonsense", "home"),
    ],
)
def test_no_to_everything_goes_on_to_one_of_a_few_screens(
    patient_client: Client, now: datetime, address: str, name: str
) -> None:
    response = patient_client.post(address, REST)

    check = EmergencyCheck.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, reverse(f"tracker:{name}"))
    assert (check.answered_at, check.rest_is_no) == (now, True)


def test_the_way_may_lead_to_the_check_in_of_the_open_episode(patient_client: Client, episode: Episode) -> None:
    response = patient_client.post(because("worse", "check_in"), REST)

    assert response.headers["Location"] == reverse("tracker:check_in", args=[episode.pk])
    assert EmergencyCheck.objects.get().episode == episode


def test_after_a_medicine_no_leads_back_to_the_medicines(patient_client: Client) -> None:
    response = patient_client.post(because("medicine"), {"E11": "no"})

    assert response.headers["Location"] == reverse("tracker:medicines")


def test_ten_answers_need_no_button_for_the_rest(patient_client: Client) -> None:
    patient_client.post(because("start"), make.NO_TO_ALL)

    check = EmergencyCheck.objects.get()
    assert check.answers == make.NO_TO_ALL
    assert not check.rest_is_no


def test_open_lines_are_named_and_what_was_answered_is_kept(patient_client: Client) -> None:
    response = patient_client.post(because("start"), {"E1": "no", "E2": "no"})

    page = html(response)
    assert response.status_code == 200
    assert page.count("checked") == 2
    assert set(response.context["form"].errors) == set(safety.START_CODES) - {"E1", "E2"}
    assert "Not answered yet." in page
    assert not EmergencyCheck.objects.exists()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"E1": "maybe"}, "Choose yes, not sure or no."),
        ({"E1": "YES"}, "Choose yes, not sure or no."),
        ({"E11": "yes"}, "belongs to no question here"),
        ({"E99": "yes"}, "belongs to no question here"),
        ({"C3": "no"}, "belongs to no question here"),
    ],
)
def test_answers_that_are_none_are_said_to_be_wrong_and_not_kept(
    patient_client: Client, data: dict[str, str], error: str
) -> None:
    response = patient_client.post(because("start"), {**data, **REST})

    assert error in html(response)
    assert not EmergencyCheck.objects.exists()


def test_a_yes_beside_a_wrong_answer_still_holds(patient_client: Client, patient: Patient) -> None:
    patient_client.post(because("start"), {"E1": "maybe", "E2": "yes", **REST})

    assert emergencies.is_held(patient.user)
    assert EmergencyCheck.objects.get().answers == {"E2": "yes"}


def test_a_form_id_of_another_person_does_not_touch_their_round(
    patient_client: Client, stranger_client: Client, patient: Patient, stranger: Patient
) -> None:
    form_id = new_form_id(patient.user)
    patient_client.post(because("start"), {**make.NO_TO_ALL, "form_id": form_id})

    stranger_client.post(because("start"), {"E1": "yes", "form_id": form_id})

    assert EmergencyCheck.objects.get(user=patient.user).answers == make.NO_TO_ALL
    assert emergencies.is_held(stranger.user)
    assert not emergencies.is_held(patient.user)


def test_while_held_the_questions_show_the_card(patient_client: Client) -> None:
    patient_client.post(because("start"), {"E1": "yes"})

    response = patient_client.get(because("start"))

    assert response.headers["Location"] == f"{HOLD}?next=start"


def test_answers_from_another_phone_are_kept_while_held(patient_client: Client, patient: Patient) -> None:
    patient_client.post(because("start"), {"E1": "yes"})

    response = patient_client.post(because("due"), REST)

    assert response.headers["Location"].startswith(HOLD)
    assert EmergencyCheck.objects.count() == 2
    assert emergencies.is_held(patient.user)


def test_the_hold_names_the_sign_that_was_answered(patient_client: Client, live: LiveEdition) -> None:
    response = patient_client.post(because("start"), {"E5": "not_sure"}, follow=True)

    page = html(response)
    sign = next(sign for sign in live.emergency_card.signs if sign.code == "E5")
    assert page.count(sign.text) == 2
    assert "I have been seen" in page
    assert "The answer was a mistake" in page


def test_without_a_published_number_there_is_no_call_button(patient_client: Client) -> None:
    page = html(patient_client.post(because("start"), {"E1": "yes"}, follow=True))

    assert "Call your local emergency number" in page
    assert "tel:" not in page


def test_a_published_number_is_a_call_button(patient_client: Client, live: LiveEdition) -> None:
    publish_numbers(live, emergency_number="1 2 3")

    page = html(patient_client.post(because("start"), {"E1": "yes"}, follow=True))

    assert 'href="tel:123"' in page
    assert "Call 1 2 3" in page


def test_without_a_hold_there_is_nothing_to_show(patient_client: Client) -> None:
    response = patient_client.get(f"{HOLD}?next=medicines")

    assert response.headers["Location"] == reverse("tracker:medicines")


def test_looking_at_the_hold_does_not_lift_it(patient_client: Client, patient: Patient) -> None:
    patient_client.post(because("start"), {"E1": "yes"})

    patient_client.get(HOLD)

    assert emergencies.is_held(patient.user)


def test_i_have_been_seen_lifts_the_hold(patient_client: Client, patient: Patient, now: datetime) -> None:
    patient_client.post(because("start"), {"E1": "yes", **REST})

    response = patient_client.post(f"{HOLD}?next=start", lift_form(patient, "seen"))

    hold = Hold.objects.get()
    assert response.headers["Location"] == reverse("tracker:start")
    assert (hold.lifted_because, hold.lifted_at) == (Lifted.SEEN, now)
    assert emergencies.is_ready_to_start(patient.user, now)


@pytest.mark.parametrize("rest", [{}, REST])
def test_a_mistake_leads_back_to_the_questions_with_the_other_answers_kept(
    patient_client: Client, patient: Patient, rest: dict[str, str]
) -> None:
    patient_client.post(because("start"), {"E1": "no", "E2": "yes", **rest})

    response = patient_client.post(f"{HOLD}?next=start", lift_form(patient, "mistake"), follow=True)

    form = response.context["form"]
    assert response.redirect_chain[-1][0] == because("start", "start")
    assert form["E1"].value() == "no"
    assert form["E2"].value() is None
    assert Hold.objects.get().lifted_because == Lifted.MISTAKE


@pytest.mark.parametrize("data", [{}, {"because": "bored"}, {"because": ""}])
def test_any_other_word_lifts_nothing(patient_client: Client, patient: Patient, data: dict[str, str]) -> None:
    patient_client.post(because("start"), {"E1": "yes"})

    response = patient_client.post(HOLD, {**lift_form(patient, "seen"), "because": "", **data})

    assert "Choose one of the two answers below." in html(response)
    assert emergencies.is_held(patient.user)


def test_what_another_phone_answered_meanwhile_is_not_lifted(patient_client: Client, patient: Patient) -> None:
    patient_client.post(because("start"), {"E1": "yes"})
    form_on_the_first_phone = lift_form(patient, "mistake")
    patient_client.post(because("due"), {"E8": "yes"})

    response = patient_client.post(HOLD, form_on_the_first_phone, follow=True)

    assert "Another answer came in." in html(response)
    assert Hold.objects.get(lifted_at=None).codes == ["E1", "E8"]


def test_a_stranger_lifts_only_their_own(
    patient_client: Client, stranger_client: Client, patient: Patient, stranger: Patient
) -> None:
    patient_client.post(because("start"), {"E1": "yes"})
    stranger_client.post(because("start"), {"E1": "yes"})

    stranger_client.post(HOLD, lift_form(patient, "seen"))
    stranger_client.post(HOLD, lift_form(stranger, "seen"))

    assert emergencies.is_held(patient.user)
    assert not emergencies.is_held(stranger.user)


def test_crisis_help_asks_nothing_and_shows_the_emergency_card(patient_client: Client, live: LiveEdition) -> None:
    page = html(patient_client.get(reverse("tracker:crisis")))

    main = page[page.index("<main") : page.index("</main>")]
    assert "If you think of harming yourself" in main
    assert "Call your local emergency number" in main
    assert live.emergency_card.signs[0].text in main
    assert "<form" not in main
    assert "tel:" not in main


def test_a_published_crisis_line_comes_first(patient_client: Client, live: LiveEdition) -> None:
    publish_numbers(live, crisis_line="116 123", emergency_number="112")

    page = html(patient_client.get(reverse("tracker:crisis")))

    assert page.index('href="tel:116123"') < page.index('href="tel:112"')


def signs_address(episode: Episode, suffix: str = "") -> str:
    return reverse("tracker:signs", args=[episode.pk]) + suffix


def test_signs_to_see_somebody_about_can_wait(patient_client: Client, episode: Episode) -> None:
    response = patient_client.get(signs_address(episode))

    page = html(response)
    assert "Later" in page
    assert "checked" not in page
    assert set(response.context["form"].codes) == set(safety.SEE_SOMEBODY_CODES) - {"C10"}


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        ({"is_pregnant": True}, ("C10",)),
        ({"has_weak_bones": True}, ("C8",)),
        ({"age_band": "over_70"}, ("C8",)),
        ({"age_band": "over_70", "is_pregnant": True}, ("C8", "C10")),
    ],
)
def test_own_signs_come_first(
    patient_client: Client, patient: Patient, episode: Episode, answers: dict[str, Any], first: tuple[str, ...]
) -> None:
    Patient.objects.filter(pk=patient.pk).update(**answers)

    response = patient_client.get(signs_address(episode))

    assert response.context["form"].codes[: len(first)] == first


@pytest.mark.parametrize("code", sorted(set(safety.SEE_SOMEBODY_CODES) - {"C10"}))
def test_each_sign_says_afterwards_how_soon(
    patient_client: Client, episode: Episode, live: LiveEdition, code: str
) -> None:
    response = patient_client.post(signs_address(episode), {code: "not_sure", **REST}, follow=True)

    page = html(response)
    signs = {sign.code: sign for key in ("urgent", "soon") for sign in live.cards[key].content.signs}
    assert f"{signs[code].when}." in page
    assert [code for code, sign in signs.items() if sign.text in page] == [code]
    assert ("wait" in page) == (code not in safety.NEVER_PAUSE)


def test_no_to_all_signs_rules_nothing_out(patient_client: Client, episode: Episode) -> None:
    response = patient_client.post(signs_address(episode), REST, follow=True)

    page = html(response)
    assert "You do not need to be sure." in page
    assert set(ClinicianCheck.objects.get().answers.values()) == {"no"}


def test_signs_can_be_answered_again(patient_client: Client, episode: Episode) -> None:
    patient_client.post(signs_address(episode), REST)

    response = patient_client.get(signs_address(episode, "?again=1"))

    assert "form" in response.context
    assert "checked" not in html(response)


def test_open_signs_are_named(patient_client: Client, episode: Episode) -> None:
    response = patient_client.post(signs_address(episode), {"C1": "yes"})

    assert "Not answered yet." in html(response)
    assert not ClinicianCheck.objects.exists()


def test_i_have_been_seen_opens_the_exercises_again(patient_client: Client, episode: Episode, now: datetime) -> None:
    patient_client.post(signs_address(episode), {"C4": "yes", **REST})

    response = patient_client.post(reverse("tracker:signs_seen", args=[episode.pk]))

    assert response.headers["Location"] == HOME
    assert ClinicianCheck.objects.get().seen_at == now


@pytest.mark.parametrize("name", ["signs", "signs_seen"])
def test_a_strangers_episode_is_not_there(
    stranger_client: Client, patient_client: Client, episode: Episode, name: str
) -> None:
    patient_client.post(signs_address(episode), {"C4": "yes", **REST})

    response = stranger_client.post(reverse(f"tracker:{name}", args=[episode.pk]), REST)

    assert response.status_code == 404
    assert ClinicianCheck.objects.count() == 1
    assert ClinicianCheck.objects.get().seen_at is None
