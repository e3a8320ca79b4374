"""What patients type is sealed: equal texts differ, a moved text cannot be opened, a dump shows nothing."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from backspasm import environment, field_rotation
from backspasm.field_encryption import CannotUnseal, Sealed, is_current, seal, unseal
from backspasm.sealed_fields import SealedTextField, context_of
from tests.tracker import make
from tracker.models import CheckIn, Episode, Medicine, Patient, PatientRow, Reminder, SenderBeat

MARKER = "Zq7-planted-marker"
NEW_KEYS = environment.field_keys(environment.new_field_key())


@given(st.text(), st.text())
def test_a_sealed_text_opens_in_its_own_context(text: str, context: str) -> None:
    assert unseal(seal(text, context=context), context=context) == text


def test_equal_texts_are_sealed_differently() -> None:
    assert seal("same", context="here") != seal("same", context="here")


@pytest.mark.parametrize(
    "change", [lambda text: text[:-4] + "AAA=", lambda text: text.replace("v1", "v2"), lambda _: ""]
)
def test_a_changed_text_does_not_open(change: Any) -> None:
    sealed = seal("text", context="here")

    with pytest.raises(CannotUnseal):
        unseal(change(sealed), context="here")


def test_a_text_does_not_open_elsewhere() -> None:
    with pytest.raises(CannotUnseal, match="stands where it was not sealed"):
        unseal(seal("text", context="row 1"), context="row 2")


def test_a_missing_key_is_named_and_the_text_is_not(settings: Settings) -> None:
    sealed = seal(MARKER, context="here")
    settings.FIELD_KEYS = NEW_KEYS

    with pytest.raises(CannotUnseal, match="is not in BACKSPASM_FIELD_KEYS") as raised:
        unseal(sealed, context="here")

    assert MARKER not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:short", "k1:" + "A" * 43, "!:" + "A" * 43 + "=", ",".join(["k:" + "A" * 43 + "="] * 2)]
)
def test_a_ring_that_cannot_be_read_is_refused_without_its_keys(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BACKSPASM_FIELD_KEYS") as raised:
        environment.field_keys(text)

    assert "AAAA" not in str(raised.value)


def test_the_ring_never_prints_a_key() -> None:
    ring = environment.field_keys("k1:" + "QUFB" * 10 + "QUE=")

    assert repr(ring) == "FieldKeys(k1)"


# --- Columns ------------------------------------------------------------------------------------------------------


def test_a_row_gives_back_what_was_typed(patient: Patient) -> None:
    episode = make.make_episode(patient, note=MARKER, trigger_words="")

    read = Episode.objects.get(pk=episode.pk)

    assert (read.note, read.trigger_words) == (MARKER, "")


def test_the_database_holds_no_word_of_it(patient: Patient) -> None:
    make.make_episode(patient, note=MARKER, trigger_words=MARKER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT note, trigger_words FROM tracker_episode")
        stored = cursor.fetchone()

    assert all(text.startswith("v1|") and MARKER not in text for text in stored)


def test_a_text_moved_to_another_row_does_not_open(patient: Patient) -> None:
    from_row = make.make_episode(patient, note=MARKER, ended_at=make.NOW)
    to_row = make.make_episode(patient, note="other")
    raw = Episode.objects.values_list("note", flat=True).get(pk=from_row.pk)
    Episode.objects.filter(pk=to_row.pk).update(note=raw)

    with pytest.raises(CannotUnseal):
        _ = Episode.objects.get(pk=to_row.pk).note


def test_a_text_moved_to_another_person_does_not_open(patient: Patient, stranger: Patient) -> None:
    episode = make.make_episode(patient, note=MARKER)
    Episode.objects.filter(pk=episode.pk).update(user=stranger.user)

    with pytest.raises(CannotUnseal):
        _ = Episode.objects.get(pk=episode.pk).note


def test_a_sealed_column_is_never_filtered_or_written_in_bulk(patient: Patient) -> None:
    make.make_episode(patient, note=MARKER)

    with pytest.raises(FieldError):
        Episode.objects.filter(note=MARKER).exists()
    with pytest.raises(FieldError):
        Episode.objects.update(note=MARKER)


def test_a_dump_of_the_database_holds_no_word_that_was_typed(patient: Patient) -> None:
    for model, names in field_rotation.sealed_columns():
        least = {"recurrence": "at_times"} if model is Reminder else {}
        row = model(**{"user": patient.user, **least, **dict.fromkeys(names, MARKER)})
        fill_what_is_missing(row, patient)
        row.save()

    with connection.cursor() as cursor:
        dump = "\n".join(cursor.connection.iterdump())

    assert patient.user.email in dump  # else this could not fail
    assert MARKER not in dump
    assert len(list(field_rotation.sealed_columns())) == 10


def fill_what_is_missing(row: Any, patient: Patient) -> None:
    """Give a row the least it needs: moments, numbers, and the rows it belongs to."""
    for field in row._meta.fields:
        if field.null or field.primary_key or getattr(row, field.attname) not in (None, ""):
            continue
        if isinstance(field, models.DateTimeField):
            setattr(row, field.name, make.NOW)
        elif isinstance(field, models.ForeignKey):
            setattr(row, field.name, parent(field.related_model, patient))
        elif isinstance(field, models.IntegerField):
            setattr(row, field.name, 1)
        elif field.choices:
            setattr(row, field.name, field.choices[0][0])


def parent(model: Any, patient: Patient) -> Any:
    found = model.objects.of(patient.user).first()
    if found is not None:
        return found
    if model is CheckIn:
        return make.make_check_in(parent(Episode, patient), make.NOW)
    return make.make_medicine(patient) if model is Medicine else make.make_episode(patient)


def patient_columns() -> "list[models.Field[Any, Any]]":
    own = [model for model in apps.get_models() if issubclass(model, PatientRow)]
    return [field for model in own for field in model._meta.get_fields() if isinstance(field, models.Field)]


# Codes of ours, never typed by a patient.
PLAIN_TEXTS = {
    "consent.version", "patient.time_zone", "patient.age_band", "episode.places", "episode.triggers",
    "checkin.pain_span", "emergencycheck.because", "emergencycheck.codes", "emergencycheck.answers", "hold.codes",
    "hold.lifted_because", "cliniciancheck.answers", "steplog.step_key", "steplog.kind", "preventionplan.exercises",
    "weeklycheckin.kept", "weeklycheckin.yesterday", "medicine.is_anti_inflammatory", "visitlink.token_hash",
    "reminder.kind", "reminder.step_key", "reminder.also_step_keys", "reminder.recurrence", "reminder.times",
    "reminder.weekdays", "reminder.time_zone", "reminder.channels", "delivery.kind", "delivery.channel",
    "delivery.status", "delivery.reason", "delivery.reached", "remindersettings.email_stopped_because",
    "remindersettings.kept_zone", "pushdevice.address_hash", "pushdevice.server_key", "pushdevice.name",
    "messagelink.token_hash", "stoplink.token_hash", "calendarfeed.token_hash",
}  # fmt: skip


def test_no_column_of_a_patient_holds_plain_text() -> None:
    plain = {
        f"{field.model._meta.model_name}.{field.name}"
        for field in patient_columns()
        if isinstance(field, models.CharField | models.TextField | models.JSONField | models.BinaryField)
        and not isinstance(field, SealedTextField)
    }

    assert plain == PLAIN_TEXTS


def test_every_model_of_the_tracker_is_a_patient_row() -> None:
    # The sender's heartbeat is one row for all.
    models = set(apps.get_app_config("tracker").get_models()) - {SenderBeat}

    assert [model for model in models if not issubclass(model, PatientRow)] == []


def test_a_fixture_is_never_written_in_the_clear(patient: Patient) -> None:
    make.make_episode(patient, note=MARKER)

    with pytest.raises(CommandError, match="copy the database"):
        call_command("dumpdata", "tracker.episode")


# --- Rotation -------------------------------------------------------------------------------------------------------


def with_new_key_first(settings: Settings) -> None:
    settings.FIELD_KEYS = replace(NEW_KEYS, keys=NEW_KEYS.keys + settings.FIELD_KEYS.keys)


def test_rotation_seals_every_column_anew(patient: Patient, settings: Settings) -> None:
    episode = make.make_episode(patient, note=MARKER)
    make.make_activity(episode, MARKER)
    with_new_key_first(settings)

    changed = field_rotation.rotate()
    settings.FIELD_KEYS = NEW_KEYS

    assert changed == 2
    assert Episode.objects.get(pk=episode.pk).note == MARKER


def test_rotation_twice_changes_nothing(patient: Patient, settings: Settings) -> None:
    make.make_episode(patient, note=MARKER)
    with_new_key_first(settings)
    field_rotation.rotate()

    assert field_rotation.rotate() == 0


def test_rotation_without_the_old_key_says_so(patient: Patient, settings: Settings) -> None:
    make.make_episode(patient, note=MARKER)
    settings.FIELD_KEYS = NEW_KEYS

    with pytest.raises(CommandError, match="Put the old keys back"):
        call_command("rotate_field_keys")


def test_the_context_names_table_column_row_and_user(episode: Episode) -> None:
    field = Episode._meta.get_field("note")

    context = context_of(field, pk=episode.pk, user_id=episode.user_id)

    assert context == f"tracker_episode|note|{episode.pk}|{episode.user_id}"


def test_a_sealed_text_says_which_key_sealed_it(settings: Settings) -> None:
    sealed = seal("text", context="here")

    assert isinstance(sealed, Sealed)
    assert sealed.key_id == settings.FIELD_KEYS.newest
    assert is_current(sealed)
