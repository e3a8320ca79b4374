"""The FHIR file: valid by the library, and by the rules the library does not know."""

import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from tests.tracker import make
from tests.tracker.reports import full
from tracker.models import CheckIn, PainSpan, Patient
from tracker.reports import fhir
from tracker.reports.fhir_codes import CODES, LOCAL_CODES, STATUSES

ADDRESS = "https://example.org"
LOCAL = f"{ADDRESS}/fhir/CodeSystem/backspasm"


def bundle_of(patient: Patient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(fhir.chunks(patient=patient, site_address=ADDRESS, now=make.NOW)))
    return found


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind or not kind]


def within(value: Any, key: str) -> Iterator[Any]:
    """Yield every value under ``key``, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from within(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from within(inner, key)


def test_the_library_accepts_it_and_gives_it_back_unchanged(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)

    bundle = Bundle.model_validate(data)

    assert json.loads(bundle.model_dump_json()) == data


def test_an_empty_diary_is_a_valid_bundle_of_the_patient_alone(patient: Patient) -> None:
    data = bundle_of(patient)

    Bundle.model_validate(data)

    assert [resource["resourceType"] for resource in resources(data)] == ["Patient"]


def test_every_kind_of_resource_is_there_and_each_once(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)

    counts = {kind: len(resources(data, kind)) for kind in {r["resourceType"] for r in resources(data)}}

    assert counts == {
        "Patient": 1,
        "Condition": 2,
        "Questionnaire": 1,
        "QuestionnaireResponse": 2,
        "Observation": 5,
        "Procedure": 2,
        "MedicationStatement": 2,
    }


def test_statuses_and_codes_are_those_we_allow(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)

    for resource in resources(data):
        allowed = STATUSES.get(resource["resourceType"], frozenset({None}))
        assert resource.get("status") in allowed
    for coding in (code for codings in within(data, "coding") for code in codings):
        known = LOCAL_CODES.keys() if coding["system"] == LOCAL else CODES[coding["system"]]
        assert coding["code"] in known


def test_the_bundle_keeps_the_rules_of_a_collection(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)
    urls = [entry["fullUrl"] for entry in data["entry"]]

    assert data["type"] == "collection"
    assert "total" not in data
    assert all(entry.keys() == {"fullUrl", "resource"} for entry in data["entry"])
    assert len(set(urls)) == len(urls)
    assert set(within(data, "reference")) <= set(urls)
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", id_) for id_ in within(data, "id"))
    assert [] not in list(within(data, "note"))


def test_the_questionnaire_is_the_patients_own_words_and_answers_follow_its_order(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)

    (questionnaire,) = resources(data, "Questionnaire")
    links = [item["linkId"] for item in questionnaire["item"]]
    assert [item["text"] for item in questionnaire["item"]] == [f"Putting on socks {full.MARKER}", "Climbing stairs"]
    for response in resources(data, "QuestionnaireResponse"):
        assert response["questionnaire"] == f"{questionnaire['url']}|{questionnaire['version']}"
        assert [item["linkId"] for item in response["item"]] == links


def test_only_pain_right_now_carries_the_code_of_loinc(patient: Patient) -> None:
    full.fill(patient)
    pains = {
        resource["valueQuantity"]["value"]: resource["code"]["coding"][0]
        for resource in resources(bundle_of(patient), "Observation")
        if "pain" in resource["code"]["text"].lower() and "activities" not in resource["code"]["text"]
    }

    assert (pains[8]["system"], pains[8]["code"]) == ("http://loinc.org", "72514-3")
    assert (pains[4]["system"], pains[4]["code"]) == (LOCAL, "pain-average-24h")


def test_times_carry_the_offset_of_the_patient_and_pain_is_a_whole_number(patient: Patient) -> None:
    full.fill(patient)
    data = bundle_of(patient)

    keys = ("onsetDateTime", "abatementDateTime", "recordedDate", "effectiveDateTime", "authored", "start", "end")
    moments = [moment for key in keys for moment in within(data, key)]
    assert moments
    assert all(
        datetime.fromisoformat(moment).utcoffset() in {timedelta(hours=1), timedelta(hours=2)} for moment in moments
    )
    pains = [r["valueQuantity"]["value"] for r in resources(data, "Observation") if "Pain" in r["code"]["text"]]
    assert all(isinstance(pain, int) and 0 <= pain <= 10 for pain in pains)


def test_a_condition_says_when_it_ended_only_if_it_did(patient: Patient) -> None:
    full.fill(patient)

    for condition in resources(bundle_of(patient), "Condition"):
        status = condition["clinicalStatus"]["coding"][0]["code"]
        assert ("abatementDateTime" in condition) is (status == "resolved")
        assert condition["verificationStatus"]["coding"][0]["code"] == "unconfirmed"


def test_pain_in_the_neck_alone_gets_no_code_of_the_back(patient: Patient) -> None:
    make.make_episode(patient, places=["neck"])

    (condition,) = resources(bundle_of(patient), "Condition")

    assert "coding" not in condition["code"]


def test_the_patient_has_no_name_and_nothing_of_the_account(patient: Patient) -> None:
    text = json.dumps(bundle_of(patient))

    assert patient.user.email not in text
    assert "name" not in text
    assert "birthDate" not in text


def test_nothing_of_another_person_is_in_it(patient: Patient, stranger: Patient) -> None:
    full.fill(patient)
    full.fill(stranger, marker="foreign-words")

    assert "foreign-words" not in json.dumps(bundle_of(patient))


def test_memory_stays_the_same_when_the_diary_is_four_times_as_long(patient: Patient) -> None:
    episode = make.make_episode(patient)

    def grow(count: int) -> None:
        CheckIn.objects.bulk_create(
            CheckIn(
                user=patient.user, episode=episode, at=make.NOW, created_at=make.NOW, pain=3, pain_span=PainSpan.NOW
            )
            for _number in range(count)
        )

    def peak() -> int:
        tracemalloc.start()
        for _chunk in fhir.chunks(patient=patient, site_address=ADDRESS, now=make.NOW):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    grow(500)
    peak()
    small = peak()
    grow(1500)

    assert peak() < 1.3 * small
