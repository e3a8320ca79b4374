"""The patient: age, consent, what changes the plan, and the end of an account."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from pytest_django.fixtures import Settings

from backspasm.models import AuditEvent, User
from education.edition import LiveEdition
from education.models import Picture
from education.structure import STEP_KINDS, CareStep, StepKind
from tests.tracker import make
from tracker import patients
from tracker.circumstances import Circumstances, applies, exercise_notes
from tracker.models import Consent, Episode, Patient, VisitLink

pytestmark = pytest.mark.django_db

NOTHING: Final[set[str]] = set()
# What each row of the brief says of each kind of step: hidden or not, and the notes. Kinds not named are untouched.
ROWS: Final[dict[str, dict[str, tuple[bool, set[str]]]]] = {
    "is_pregnant": {
        "medicine_talk": (True, {"ask_maternity_team"}),
        "ice": (False, {"ask_before_ice_or_heat", "not_flat_long"}),
        "heat": (False, {"no_hot_bath"}),
        "positioning": (False, {"not_flat_long"}),
        "stretch": (False, {"ask_before_exercise", "not_flat_long", "no_face_down"}),
        "strength": (False, {"ask_before_exercise", "not_flat_long", "no_face_down"}),
    },
    "has_reduced_feeling": {
        "ice": (True, {"ask_before_ice_or_heat"}),
        "heat": (True, {"ask_before_ice_or_heat"}),
    },
    "avoids_exercise": {
        "stretch": (False, {"ask_before_exercise"}),
        "strength": (False, {"ask_before_exercise"}),
        "aerobic": (False, {"ask_before_exercise"}),
    },
    "avoids_anti_inflammatories": {"medicine_talk": (False, {"ask_before_medicine"})},
    "has_weak_bones": {
        "stretch": (False, {"no_rounding_under_load"}),
        "strength": (False, {"no_rounding_under_load", "advice_first"}),
    },
}
CLASSES: Final = "optional_class_gym_sport"  # aerobic by kind, with work on the floor


def steps_of(live: LiveEdition, kind: StepKind) -> list[CareStep]:
    return [step for step in live.protocol.steps if step.kind == kind and step.key != CLASSES]


@pytest.mark.parametrize("kind", STEP_KINDS)
@pytest.mark.parametrize("item", ROWS)
def test_each_answer_changes_the_steps_it_should_and_no_other(
    live: LiveEdition, item: str, kind: StepKind, patient: Patient
) -> None:
    setattr(patient, item, True)
    steps = steps_of(live, kind)

    shown = [applies(step, patients.circumstances(patient)) for step in steps]

    is_hidden, notes = ROWS[item].get(kind, (False, NOTHING))
    assert steps
    assert all(step.is_hidden == is_hidden for step in shown)
    assert all(set(step.notes) == notes for step in shown)


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_who_answers_no_to_everything_gets_the_protocol_as_it_stands(
    live: LiveEdition, kind: StepKind, patient: Patient
) -> None:
    shown = [applies(step, patients.circumstances(patient)) for step in steps_of(live, kind)]

    assert shown
    assert not any(step.is_hidden or step.notes for step in shown)


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_age_over_70_changes_the_same_steps_as_weak_bones(live: LiveEdition, kind: StepKind, patient: Patient) -> None:
    by_bones = Circumstances(is_fragile=True)
    patient.age_band = "over_70"

    by_age = patients.circumstances(patient)

    assert by_age == by_bones
    assert [applies(step, by_age) for step in steps_of(live, kind)] == [
        applies(step, by_bones) for step in steps_of(live, kind)
    ]


@pytest.mark.parametrize(
    ("answers", "hidden"),
    [
        ({"is_pregnant": True}, {"X9"}),
        ({"has_weak_bones": True}, {"X3", "X4"}),
        ({"age_band": "over_70"}, {"X3", "X4"}),
        ({"avoids_exercise": True}, set()),
        ({"has_reduced_feeling": True}, set()),
    ],
)
def test_exercises_that_are_not_for_this_person_are_hidden(
    live: LiveEdition, answers: dict[str, Any], hidden: set[str]
) -> None:
    patient = make.make_patient(**answers)
    codes = [exercise.content.code for exercise in live.exercises.values()]

    shown = [exercise_notes(code, patients.circumstances(patient)) for code in codes]

    assert {exercise.code for exercise in shown if exercise.is_hidden} == hidden


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({}, ()),
        ({"is_pregnant": True}, ("C10",)),
        ({"has_weak_bones": True}, ("C8",)),
        ({"age_band": "over_70", "is_pregnant": True}, ("C8", "C10")),
    ],
)
def test_own_signs_stand_first(db: None, answers: dict[str, Any], codes: tuple[str, ...]) -> None:
    patient = make.make_patient(**answers)

    assert patients.first_signs(patient) == codes


def test_16_or_17_is_young_and_nothing_else(patient: Patient) -> None:
    patient.age_band = "16_17"

    assert patients.circumstances(patient) == Circumstances(is_young=True)


@pytest.mark.parametrize(("band", "from_16", "is_old_enough"), [
    ("under_16", True, False),
    ("under_16", False, False),
    ("16_17", True, True),
    ("16_17", False, False),
    ("18_54", False, True),
    ("over_70", False, True),
    ("nonsense", True, False),
])  # fmt: skip
def test_the_tracker_begins_at_18_or_where_the_law_lets_it_at_16(
    settings: Settings, band: str, from_16: bool, is_old_enough: bool
) -> None:
    settings.TRACKER_FROM_16 = from_16

    assert patients.is_old_enough(band) == is_old_enough


def test_the_age_is_kept_and_can_be_mended_before_consent(db: None, now: datetime) -> None:
    user = User.objects.create_user("new@example.org")
    patients.answer_age(user=user, band="18_54", now=now)

    patient = patients.answer_age(user=user, band="55_70", now=now)

    assert patient is not None
    assert Patient.objects.get(user=user).age_band == "55_70"


def test_an_age_that_is_none_is_refused_and_deletes_nothing(db: None, now: datetime) -> None:
    user = User.objects.create_user("new@example.org")

    with pytest.raises(ValueError, match="age band"):
        patients.answer_age(user=user, band="12", now=now)

    assert User.objects.filter(pk=user.pk).exists()


def test_consent_comes_after_the_age(db: None, now: datetime) -> None:
    user = User.objects.create_user("new@example.org")

    with pytest.raises(patients.AgeNotAnswered):
        patients.give_consent(user=user, now=now)

    assert not Consent.objects.of(user).exists()


def test_consent_keeps_the_version_of_its_words(db: None, now: datetime) -> None:
    user = User.objects.create_user("new@example.org")
    patients.answer_age(user=user, band="18_54", now=now)

    consent = patients.give_consent(user=user, now=now)

    assert (consent.version, consent.given_at) == (patients.CONSENT_VERSION, now)
    assert Patient.objects.get(user=user).consent == consent
    assert AuditEvent.objects.get(event="consent.given").object_id == str(consent.pk)


def test_agreeing_twice_makes_one_consent(patient: Patient, now: datetime) -> None:
    first = patients.give_consent(user=patient.user, now=now)

    again = patients.give_consent(user=patient.user, now=now)

    assert again == first
    assert Consent.objects.of(patient.user).count() == 1


def test_withdrawing_ends_the_consent_and_the_visit_links_and_keeps_the_entries(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    link = VisitLink.objects.create(
        user=patient.user, token_hash="x", created_at=now, expires_at=now + timedelta(hours=24)
    )

    patients.withdraw_consent(user=patient.user, now=now)

    link.refresh_from_db()
    patient.refresh_from_db()
    assert patient.consent is None
    assert link.revoked_at == now
    assert patients.has_withdrawn(patient.user)
    assert Episode.objects.of(patient.user).count() == 1
    assert AuditEvent.objects.filter(event="consent.withdrawn", subject=patient.user_id).count() == 1


def test_withdrawing_twice_is_one_withdrawal(patient: Patient, now: datetime) -> None:
    patients.withdraw_consent(user=patient.user, now=now)

    patients.withdraw_consent(user=patient.user, now=now + timedelta(hours=1))

    assert Consent.objects.get(user=patient.user).withdrawn_at == now
    assert AuditEvent.objects.filter(event="consent.withdrawn").count() == 1


def test_agreeing_again_is_a_new_consent(patient: Patient, now: datetime) -> None:
    patients.withdraw_consent(user=patient.user, now=now)

    consent = patients.give_consent(user=patient.user, now=now + timedelta(days=1))

    patient.refresh_from_db()
    assert patient.consent == consent
    assert not patients.has_withdrawn(patient.user)
    assert Consent.objects.of(patient.user).count() == 2


def test_withdrawing_touches_nobody_else(patient: Patient, stranger: Patient, now: datetime) -> None:
    patients.withdraw_consent(user=patient.user, now=now)

    stranger.refresh_from_db()
    assert stranger.consent is not None
    assert not patients.has_withdrawn(stranger.user)


def answers(**changes: Any) -> dict[str, Any]:
    return {**dict.fromkeys(ROWS, False), "time_zone": "Europe/Paris", **changes}


def test_answers_are_kept_and_the_set_up_is_over(db: None, now: datetime) -> None:
    unanswered: dict[str, Any] = dict.fromkeys(ROWS)
    patient = make.make_patient("new@example.org", set_up_at=None, **unanswered)

    patients.answer_set_up(patient=patient, now=now, **answers(is_pregnant=True, time_zone="Asia/Tokyo"))

    patient.refresh_from_db()
    assert (patient.is_pregnant, patient.has_weak_bones) == (True, False)
    assert (patient.zone.key, patient.set_up_at) == ("Asia/Tokyo", now)


def test_later_changes_keep_the_day_of_the_set_up_and_leave_no_value_in_the_log(
    patient: Patient, now: datetime
) -> None:
    set_up_at = patient.set_up_at

    patients.answer_set_up(patient=patient, now=now, age_band="over_70", **answers(has_weak_bones=True))

    patient.refresh_from_db()
    event = AuditEvent.objects.get(event="settings.changed")
    assert (patient.age_band, patient.set_up_at) == ("over_70", set_up_at)
    assert (event.kind, event.object_id, event.result) == ("patient", str(patient.pk), "ok")


@pytest.mark.parametrize("changes", [{"time_zone": "Mars/Base"}, {"age_band": "under_16"}, {"age_band": "16_17"}])
def test_impossible_answers_are_refused_and_change_nothing(
    patient: Patient, now: datetime, changes: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"zone|age"):
        patients.answer_set_up(patient=patient, now=now, **answers(is_pregnant=True, **changes))

    assert Patient.objects.get(pk=patient.pk).is_pregnant is False


def test_a_new_zone_is_kept(patient: Patient, now: datetime) -> None:
    patients.set_time_zone(patient=patient, time_zone="Pacific/Auckland", now=now)

    assert Patient.objects.get(pk=patient.pk).time_zone == "Pacific/Auckland"


def test_an_unknown_zone_is_refused(patient: Patient, now: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        patients.set_time_zone(patient=patient, time_zone="../etc/passwd", now=now)


def test_deleting_an_account_leaves_one_pseudonymous_event(
    patient: Patient, stranger: Patient, episode: Episode, now: datetime
) -> None:
    user_id = patient.user_id
    session = SessionStore()
    session["_auth_user_id"] = str(user_id)
    session.save()

    patients.delete_account(user=patient.user, now=now)

    event = AuditEvent.objects.get(event="account.deleted")
    assert (event.actor, event.subject, event.kind, event.object_id) == (user_id, user_id, "", "")
    assert not User.objects.filter(pk=user_id).exists()
    assert not Episode.objects.exists()
    assert not Session.objects.exists()
    assert Patient.objects.get() == stranger


def test_an_author_of_published_pages_keeps_a_place_in_their_history_and_nothing_else(
    patient: Patient, episode: Episode, now: datetime
) -> None:
    author = patient.user
    author.is_staff = True
    author.save()
    EmailAddress.objects.create(user=author, email=author.email, verified=True)
    picture = Picture.objects.create(
        added_by=author, added_at=now, digest="x", name="x", data=b"x", width=1, height=1, byte_count=1
    )

    patients.delete_account(user=author, now=now)

    picture.refresh_from_db()
    left = User.objects.get(pk=author.pk)
    assert picture.added_by == left
    assert "alice" not in left.email
    assert (left.is_active, left.is_staff, left.has_usable_password()) == (False, False, False)
    assert not EmailAddress.objects.exists()
    assert not Episode.objects.exists()
    assert not Patient.objects.exists()
