"""Nobody reaches another person's rows: every private address and method, generated from the URLconf.

An address whose route names a row must say below which row it is: a new one without an entry fails here.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.tracker import make
from tests.tracker.reminders import reminder_rows
from tracker import urls
from tracker.models import (
    Activity,
    ActivityRating,
    CheckIn,
    ClinicianCheck,
    Delivery,
    Dose,
    EmergencyCheck,
    Episode,
    Hold,
    Medicine,
    Patient,
    PatientRow,
    PushDevice,
    Reminder,
    StepLog,
    VisitLink,
    VisitQuestion,
)

MARKER: Final = "Zq7-planted-marker"
METHODS: Final = ("get", "post", "put", "patch", "delete")

# Which row the id in an address names.
ROW_OF: Final[dict[str, type[PatientRow]]] = {
    "stop_step": StepLog,
    "undo_step": StepLog,
    "episode_where": Episode,
    "episode_details": Episode,
    "move_on": Episode,
    "recovered": Episode,
    "close": Episode,
    "reopen": Episode,
    "episode_delete": Episode,
    "signs": Episode,
    "signs_seen": Episode,
    "check_in": Episode,
    "episode": Episode,
    "check_in_edit": CheckIn,
    "check_in_delete": CheckIn,
    "medicine_edit": Medicine,
    "medicine_put_away": Medicine,
    "dose": Medicine,
    "undo_dose": Dose,
    "visit_link_revoke": VisitLink,
    "reminder": Reminder,
    "reminder_edit": Reminder,
    "reminder_switch": Reminder,
    "reminder_keep": Reminder,
    "reminder_end": Reminder,
    "delivery_done": Delivery,
    "delivery_snooze": Delivery,
    "push_remove": PushDevice,
}
PATTERNS: Final = {str(pattern.name): pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
OTHER_ARGUMENTS: Final = {"key": "ice_on_back", "kind": "json", "channel": "app"}


def names_a_row(pattern: URLPattern) -> bool:
    return "pk" in pattern.pattern.converters


@pytest.fixture
def alices(patient: Patient) -> dict[type[Model], Model]:
    """One row of Alice's for each kind, with the marker wherever she typed."""
    episode = make.make_episode(patient, note=MARKER, trigger_words=MARKER)
    activity = make.make_activity(episode, MARKER)
    check_in = make.make_check_in(episode, make.NOW, pain=7, note=MARKER, ratings={activity: 3})
    medicine = make.make_medicine(patient, MARKER, ingredient=MARKER)
    reminder = reminder_rows.make_reminder(patient, label=MARKER)
    check = EmergencyCheck.objects.create(
        user=patient.user, episode=episode, because="start", answers=make.NO_TO_ALL, edition=1, asked_at=make.NOW
    )
    rows: tuple[Model, ...] = (
        episode,
        activity,
        check_in,
        medicine,
        check,
        make.make_dose(medicine, make.NOW),
        make.make_step_log(patient, "ice_on_back", make.NOW, episode=episode),
        Hold.objects.create(user=patient.user, check_made=check, codes=["E1"], set_at=make.NOW),
        ClinicianCheck.objects.create(user=patient.user, episode=episode, edition=1, answered_at=make.NOW),
        VisitQuestion.objects.create(user=patient.user, position=1, text=MARKER, written_at=make.NOW),
        VisitLink.objects.create(
            user=patient.user, token_hash="a" * 64, created_at=make.NOW, expires_at=make.NOW.replace(year=2031)
        ),
        reminder,
        reminder_rows.make_delivery(reminder),
        make_device(patient),
    )
    return {type(row): row for row in rows}


def make_device(patient: Patient) -> PushDevice:
    return PushDevice.objects.create(
        user=patient.user,
        address=f"https://push.example.org/{MARKER}",
        public_key="key",
        auth_secret="secret",
        address_hash=patient.user.email,
        server_key="ours",
        name="Firefox, Linux",
        created_at=make.NOW,
    )


def stored_of(patient: Patient) -> str:
    """Everything the database holds of one person, as it stands there."""
    models = [model for model in PatientRow.__subclasses__() if not model._meta.abstract]
    found = [
        dict(row) for model in sorted(models, key=str) for row in model.objects.of(patient.user).order_by("pk").values()
    ]
    return repr(found)


def path_of(name: str, rows: dict[type[Model], Model]) -> str:
    converters = PATTERNS[name].pattern.converters
    arguments: dict[str, Any] = {key: OTHER_ARGUMENTS[key] for key in converters if key in OTHER_ARGUMENTS}
    if "pk" in converters:
        arguments["pk"] = rows[ROW_OF[name]].pk
    return reverse(f"tracker:{name}", kwargs=arguments)


def call(client: Client, method: str, path: str, data: dict[str, Any] | None = None) -> HttpResponse:
    caller: Callable[..., Any] = getattr(client, method)
    if method in {"get", "post"}:
        response: HttpResponse = caller(path, data or {})
    else:
        response = caller(path, data or {}, content_type="application/json")
    return response


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_every_address_that_names_a_row_says_which() -> None:
    assert {name for name, pattern in PATTERNS.items() if names_a_row(pattern)} == set(ROW_OF)


def test_no_address_takes_an_argument_unknown_here() -> None:
    known = {"pk", *OTHER_ARGUMENTS}

    assert {key for pattern in PATTERNS.values() for key in pattern.pattern.converters} <= known


def test_every_private_address_of_the_site_is_walked() -> None:
    routes = [str(pattern.pattern) for pattern in get_resolver().url_patterns]

    assert "tracker/" in routes
    assert [pattern for pattern in urls.urlpatterns if not isinstance(pattern, URLPattern)] == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(ROW_OF))
def test_a_strangers_id_is_not_found_and_changes_nothing(
    alices: dict[type[Model], Model], patient: Patient, stranger_client: Client, name: str, method: str
) -> None:
    before = stored_of(patient)

    response = call(stranger_client, method, path_of(name, alices))

    assert response.status_code in {404, 405}
    assert MARKER.encode() not in body(response)
    assert stored_of(patient) == before


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_nobody_signed_in_is_sent_to_sign_in(
    alices: dict[type[Model], Model], patient: Patient, site_client: Client, name: str, method: str
) -> None:
    before = stored_of(patient)

    response = call(site_client, method, path_of(name, alices))

    assert response.status_code in {302, 303}
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert stored_of(patient) == before


def ids_in_every_field(client: Client, path: str, rows: dict[type[Model], Model]) -> dict[str, Any]:
    """The fields of the page's own forms, each with an id of Alice's in its value and in its name."""
    html = body(client.get(path)).decode(errors="replace")
    names = set(re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', html))
    ids = [str(row.pk) for row in rows.values()]
    data: dict[str, Any] = dict.fromkeys(names - {"csrfmiddlewaretoken"}, ids)
    for name in names:
        for found in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", name):
            data |= {name.replace(found, one): "5" for one in ids}
    data |= {f"{prefix}{one}": "5" for one in ids for prefix in ("activity_", "rating_", "score_", "", "id_")}
    return data


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_another_persons_ids_inside_a_form_reach_nothing(
    alices: dict[type[Model], Model], patient: Patient, stranger: Patient, stranger_client: Client, name: str
) -> None:
    own_episode = make.make_episode(stranger)
    own_check_in = make.make_check_in(own_episode, make.NOW)
    own_medicine = make.make_medicine(stranger)
    own_reminder = reminder_rows.make_reminder(stranger)
    own: dict[type[Model], Model] = {
        Episode: own_episode,
        CheckIn: own_check_in,
        Medicine: own_medicine,
        Dose: make.make_dose(own_medicine, make.NOW),
        StepLog: make.make_step_log(stranger, "ice_on_back", make.NOW),
        VisitLink: VisitLink.objects.create(
            user=stranger.user, token_hash="b" * 64, created_at=make.NOW, expires_at=make.NOW.replace(year=2031)
        ),
        Reminder: own_reminder,
        Delivery: reminder_rows.make_delivery(own_reminder),
        PushDevice: make_device(stranger),
    }
    path = path_of(name, own)
    data = ids_in_every_field(stranger_client, path, alices)
    before = stored_of(patient)

    response = call(stranger_client, "post", path, data)

    assert response.status_code < 500
    assert MARKER.encode() not in body(response)
    assert stored_of(patient) == before
    assert not ActivityRating.objects.of(stranger.user).filter(activity__user=patient.user).exists()
    assert not Dose.objects.of(stranger.user).filter(medicine__user=patient.user).exists()
    assert not Activity.objects.of(stranger.user).filter(episode__user=patient.user).exists()
    assert not Reminder.objects.of(stranger.user).filter(episode__user=patient.user).exists()
    assert not Reminder.objects.of(stranger.user).filter(medicine__user=patient.user).exists()


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_every_private_answer_is_kept_by_nobody(
    alices: dict[type[Model], Model], patient_client: Client, name: str
) -> None:
    response = call(patient_client, "get", path_of(name, alices))

    assert response.headers["Cache-Control"] == "no-store"
    assert response.status_code < 500


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_get_changes_nothing(
    alices: dict[type[Model], Model], patient: Patient, patient_client: Client, name: str
) -> None:
    before = stored_of(patient)

    call(patient_client, "get", path_of(name, alices))

    assert stored_of(patient) == before


def test_rows_of_a_patient_can_be_compared_at_all(alices: dict[type[Model], Model], patient: Patient) -> None:
    before = stored_of(patient)

    Episode.objects.of(patient.user).update(days_lost=3)

    assert stored_of(patient) != before
