"""The codes and addresses of the FHIR file, and the allow-lists that tests check it against. Pure."""

from typing import Any, Final

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
CLINICAL_STATUS: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
OBSERVATION_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
CONDITION_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/condition-category"
ICD_10_CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"

# What this file may say, by kind of resource. A status outside these is a mistake of ours.
STATUSES: Final = {
    "Observation": frozenset({"final", "amended"}),
    "Procedure": frozenset({"completed", "in-progress"}),
    "MedicationStatement": frozenset({"completed"}),
    "Questionnaire": frozenset({"active"}),
    "QuestionnaireResponse": frozenset({"completed", "in-progress", "amended"}),
}
CODES: Final = {
    CLINICAL_STATUS: frozenset({"active", "resolved"}),
    VERIFICATION: frozenset({"unconfirmed"}),
    CONDITION_CATEGORY: frozenset({"problem-list-item"}),
    OBSERVATION_CATEGORY: frozenset({"survey"}),
    ICD_10_CM: frozenset({"M62.830"}),
    LOINC: frozenset({"72514-3"}),
}
LOCAL_CODES: Final = {
    "psfs-mean": "Mean of the patient's own activities, 0 to 10, higher is better",
    "overall-change": "Overall change since the episode began, 1 to 7, lower is better",
    "pain-average-24h": "Pain, average of the last 24 hours, 0 to 10",
    "pain-now": "Pain right now, 0 to 10",
}


def concept(text: str, system: str = "", code: str = "", display: str = "") -> dict[str, Any]:
    """Return a CodeableConcept: words, and a code only where one says just this."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], "text": text} if code else {"text": text}


def coded(system: str, code: str) -> dict[str, Any]:
    """Return a CodeableConcept of one code and no words."""
    return {"coding": [{"system": system, "code": code}]}


def reference(full_url: str) -> dict[str, str]:
    """Return a reference to a resource of the same file."""
    return {"reference": full_url}
