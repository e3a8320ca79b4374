"""The set-up and the settings as a person meets them, without JavaScript."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import html5lib
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site_settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from backspasm.models import User
from tests.tracker import make
from tracker import patients
from tracker.forms.setup import ITEMS, zone_choices
from tracker.local_time import ZONES
from tracker.models import Consent, Patient

pytestmark = pytest.mark.django_db

ADDRESS: Final = "zebulon@example.org"
NO_TO_ALL: Final = dict.fromkeys(ITEMS, "no")


@pytest.fixture
def newcomer(db: None, now: datetime) -> User:
    """Somebody who has just signed up."""
    user = User.objects.create_user(ADDRESS, make.PASSWORD)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    return user


@pytest.fixture
def client(newcomer: User) -> Client:
    """The newcomer's browser, signed in by their password, so that the account library keeps what it keeps."""
    client = Client(headers={"host": site_settings.SITE_URL.netloc})
    client.post(reverse("account_login"), {"login": ADDRESS, "password": make.PASSWORD})
    assert client.session.get("_auth_user_id") == str(newcomer.pk)
    return client


def text_of_the_database() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield f"{table}: {row}"


def holding(word: str) -> list[str]:
    return [row.partition(":")[0] for row in text_of_the_database() if word in row.lower()]


def answer_age(client: Client, band: str) -> Any:
    return client.post(reverse("tracker:setup"), {"age_band": band})


def html(response: Any) -> str:
    page: str = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert " style=" not in page
    return page


def test_the_age_is_asked_first_and_alone(client: Client) -> None:
    page = html(client.get(reverse("tracker:setup")))

    assert page.count('name="age_band"') == 5
    assert "checked" not in page
    assert "pregnant" not in page


@pytest.mark.parametrize("name", ["home", "consent", "about_you", "settings", "withdraw", "emergency"])
def test_who_has_not_been_asked_for_the_age_is_led_there(client: Client, name: str) -> None:
    response = client.get(reverse(f"tracker:{name}"))

    assert response.headers["Location"] == reverse("tracker:setup")


def test_crisis_help_needs_no_set_up(client: Client) -> None:
    page = html(client.get(reverse("tracker:crisis")))

    assert "If you think of harming yourself" in page


def test_under_16_the_account_and_its_address_are_forgotten(client: Client, newcomer: User) -> None:
    assert holding("zebulon")

    response = answer_age(client, "under_16")

    assert response.status_code == 200
    assert "together with a parent or carer" in html(response)
    assert "your email address are deleted" in html(response)
    assert holding("zebulon") == []
    assert not Patient.objects.exists()


def test_an_account_that_edits_the_site_is_not_deleted_by_an_age(client: Client, newcomer: User) -> None:
    User.objects.filter(pk=newcomer.pk).update(is_staff=True)

    response = answer_age(client, "under_16")

    assert User.objects.filter(pk=newcomer.pk, email=ADDRESS).exists()
    assert "This account edits the site." in response.content.decode()
    assert not Patient.objects.exists()


def test_under_16_the_session_ends(client: Client) -> None:
    answer_age(client, "under_16")

    response = client.get(reverse("tracker:home"))

    assert response.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("from_16", "is_let_in"), [(False, False), (True, True)])
def test_16_or_17_is_let_in_only_where_the_site_says_so(
    client: Client, newcomer: User, settings: Settings, from_16: bool, is_let_in: bool
) -> None:
    settings.TRACKER_FROM_16 = from_16

    answer_age(client, "16_17")

    assert User.objects.filter(pk=newcomer.pk).exists() == is_let_in


def test_at_16_or_17_the_page_speaks_of_adults_and_not_of_parents(client: Client, settings: Settings) -> None:
    settings.TRACKER_FROM_16 = False

    page = html(answer_age(client, "16_17"))

    assert "This site’s tracker is for adults. You can still read every page." in page
    assert "your email address are deleted" in page
    assert "parent or carer" not in page


def test_what_happens_at_a_wrong_age_is_said_before_the_button(client: Client) -> None:
    page = html(client.get(reverse("tracker:setup")))

    said = page.index("If the tracker is not for your age, we delete the account at once.")
    assert said < page.index('<button class="btn big wide"')


@pytest.mark.parametrize("data", [{}, {"age_band": ""}, {"age_band": "17"}])
def test_no_age_is_asked_again_and_nothing_is_kept(client: Client, data: dict[str, str]) -> None:
    response = client.post(reverse("tracker:setup"), data)

    assert "Choose your age." in html(response)
    assert not Patient.objects.exists()


def test_an_age_leads_to_the_consent(client: Client, newcomer: User) -> None:
    response = answer_age(client, "18_54")

    assert (response.status_code, response.headers["Location"]) == (303, reverse("tracker:consent"))
    assert not Consent.objects.exists()


def test_a_second_answer_to_the_age_changes_nothing_later(patient_client: Client, patient: Patient) -> None:
    response = answer_age(patient_client, "under_16")

    assert response.headers["Location"] == reverse("tracker:home")
    assert Patient.objects.filter(pk=patient.pk).exists()


def test_the_box_of_the_consent_is_not_ticked_and_its_words_say_all(client: Client) -> None:
    answer_age(client, "18_54")

    page = html(client.get(reverse("tracker:consent")))

    assert "checked" not in page
    for words in ("What do we keep?", "Why?", "Nobody monitors what you enter", "Withdraw in Settings", "Version 2"):
        assert words in page
    assert reverse("tracker:delete_account") in page


def test_consent_without_a_tick_is_refused(client: Client, newcomer: User) -> None:
    answer_age(client, "18_54")

    response = client.post(reverse("tracker:consent"), {"version": patients.CONSENT_VERSION})

    assert "Tick the box if you agree." in html(response)
    assert 'role="alert"' in html(response)
    assert not Consent.objects.exists()


def test_consent_to_other_words_is_refused(client: Client) -> None:
    answer_age(client, "18_54")

    response = client.post(reverse("tracker:consent"), {"agree": "on", "version": "0"})

    assert "The words have changed." in html(response)
    assert not Consent.objects.exists()


def agree(client: Client) -> Any:
    return client.post(reverse("tracker:consent"), {"agree": "on", "version": patients.CONSENT_VERSION})


def test_without_consent_the_tracker_stays_shut(client: Client) -> None:
    answer_age(client, "18_54")

    response = client.get(reverse("tracker:home"), follow=True)

    assert response.redirect_chain[-1][0] == reverse("tracker:consent")


def test_the_whole_way_from_the_age_to_the_tracker(client: Client, newcomer: User) -> None:
    answer_age(client, "55_70")
    agreed = agree(client)

    response = client.post(
        agreed.headers["Location"],
        {**NO_TO_ALL, "has_weak_bones": "yes", "time_zone": "America/Argentina/Buenos_Aires"},
    )

    patient = Patient.objects.get(user=newcomer)
    assert (response.status_code, response.headers["Location"]) == (303, reverse("tracker:home"))
    assert (patient.age_band, patient.is_pregnant, patient.has_weak_bones) == ("55_70", False, True)
    assert patient.time_zone == "America/Argentina/Buenos_Aires"
    assert patient.consent is not None
    assert patient.consent.version == patients.CONSENT_VERSION


def test_a_second_visit_goes_on_where_the_set_up_was_left(client: Client) -> None:
    answer_age(client, "18_54")
    after_the_age = client.get(reverse("tracker:setup"))
    agree(client)

    after_the_consent = client.get(reverse("tracker:setup"))

    assert after_the_age.headers["Location"] == reverse("tracker:consent")
    assert after_the_consent.headers["Location"] == reverse("tracker:about_you")


def test_nothing_about_you_is_preset(client: Client) -> None:
    answer_age(client, "18_54")
    agree(client)

    page = html(client.get(reverse("tracker:about_you")))

    assert "checked" not in page
    assert page.count(" selected") == 1  # the empty choice of the time zone
    assert 'data-time-zone=""' in page


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"is_pregnant": ""}, "Choose yes or no."),
        ({"avoids_exercise": "perhaps"}, "Choose yes or no."),
        ({"time_zone": ""}, "Choose a place with your time."),
        ({"time_zone": "Mars/Base"}, "Choose a place from the list."),
    ],
)
def test_an_open_or_wrong_answer_comes_back_with_the_others_kept(
    client: Client, newcomer: User, changes: dict[str, str], error: str
) -> None:
    answer_age(client, "18_54")
    agree(client)

    response = client.post(
        reverse("tracker:about_you"), {**NO_TO_ALL, "has_weak_bones": "yes", "time_zone": "Europe/Paris", **changes}
    )

    assert error in html(response)
    assert response.context["form"]["has_weak_bones"].value() == "yes"
    assert Patient.objects.get(user=newcomer).set_up_at is None


def test_every_zone_can_be_chosen_by_hand() -> None:
    offered = [zone for _group, zones in zone_choices()[1:] for zone, _label in zones]

    assert sorted(offered) == sorted(ZONES)


def test_settings_show_the_answers_and_lead_to_everything(patient_client: Client, patient: Patient) -> None:
    page = html(patient_client.get(reverse("tracker:settings")))

    assert '<option value="Europe/Paris" selected>' in page
    assert page.count("checked") == len(ITEMS) + 1
    for name in ("my_data", "export", "delete_account", "withdraw"):
        assert f'href="{reverse(f"tracker:{name}")}"' in page
    for name in ("usersessions_list", "mfa_index"):
        assert f'href="{reverse(name)}"' in page


def test_settings_change_the_answers(patient_client: Client, patient: Patient) -> None:
    response = patient_client.post(
        reverse("tracker:settings"),
        {**NO_TO_ALL, "has_reduced_feeling": "yes", "age_band": "over_70", "time_zone": "Asia/Kolkata"},
    )

    patient.refresh_from_db()
    assert response.status_code == 303
    assert (patient.has_reduced_feeling, patient.age_band, patient.time_zone) == (True, "over_70", "Asia/Kolkata")


def test_settings_offer_no_age_without_a_tracker(patient_client: Client, patient: Patient) -> None:
    response = patient_client.post(
        reverse("tracker:settings"), {**NO_TO_ALL, "age_band": "16_17", "time_zone": "Europe/Paris"}
    )

    patient.refresh_from_db()
    assert "Choose your age." in html(response)
    assert patient.age_band == "18_54"


def test_looking_at_the_withdrawal_withdraws_nothing(patient_client: Client, patient: Patient) -> None:
    patient_client.get(reverse("tracker:withdraw"))

    patient.refresh_from_db()
    assert patient.consent is not None


def test_after_a_withdrawal_the_tracker_is_hidden_and_the_ways_out_are_offered(patient_client: Client) -> None:
    patient_client.post(reverse("tracker:withdraw"))

    response = patient_client.get(reverse("tracker:home"), follow=True)

    page = html(response)
    assert response.redirect_chain[-1][0] == reverse("tracker:setup")
    for name in ("export", "delete_account", "consent"):
        assert f'href="{reverse(f"tracker:{name}")}"' in page


def test_after_a_withdrawal_one_can_agree_again(patient_client: Client, patient: Patient) -> None:
    patient_client.post(reverse("tracker:withdraw"))

    response = agree(patient_client)

    patient.refresh_from_db()
    assert response.headers["Location"] == reverse("tracker:home")
    assert patient.consent is not None


def test_one_persons_settings_never_change_anothers(
    stranger_client: Client, patient: Patient, stranger: Patient
) -> None:
    stranger_client.post(
        reverse("tracker:settings"),
        {**NO_TO_ALL, "user": str(patient.user_id), "id": str(patient.pk), "age_band": "over_70", "time_zone": "UTC"},
    )

    patient.refresh_from_db()
    stranger.refresh_from_db()
    assert (patient.age_band, stranger.age_band) == ("18_54", "over_70")
