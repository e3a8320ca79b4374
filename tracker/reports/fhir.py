"""The diary as a FHIR R4 Bundle, resource by resource: what the patient said, coded only where a code says just that.

Self-reported: every condition is 'unconfirmed'. The Patient has no name and no birth date. Emergency answers and notes
on exercise plans are not in it; the lossless file has them.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from tracker.models import (
    Activity,
    ActivityRating,
    CheckIn,
    Dose,
    Episode,
    Medicine,
    PainSpan,
    Patient,
    Place,
    StepLog,
    Trigger,
)
from tracker.reports import words
from tracker.reports.fhir_codes import (
    CLINICAL_STATUS,
    CONDITION_CATEGORY,
    ICD_10_CM,
    LOCAL_CODES,
    LOINC,
    OBSERVATION_CATEGORY,
    UCUM,
    VERIFICATION,
    coded,
    concept,
    reference,
)

ROWS_AT_ONCE: Final = 200
Resource = dict[str, Any]
_LOW_BACK: Final = frozenset({Place.LOW_BACK_LEFT, Place.LOW_BACK_CENTRE, Place.LOW_BACK_RIGHT})


def chunks(*, patient: Patient, site_address: str, now: datetime) -> Iterator[str]:
    """Yield the Bundle in pieces of one resource each; times carry the offset of the patient's zone."""
    made = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head = {"resourceType": "Bundle", "id": str(uuid5(patient.pk, made)), "type": "collection", "timestamp": made}
    yield json.dumps(head)[:-1] + ',"entry":['
    before = "\n"
    for resource in _Writer(patient, site_address, now).resources():
        entry = {"fullUrl": _url(resource["id"]), "resource": resource}
        yield before + json.dumps(entry, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _url(id_: object) -> str:
    return f"urn:uuid:{id_}"


def _made_of(row_id: UUID, what: str) -> UUID:
    """Return the id of a resource that is one part of a row: the same every time."""
    return uuid5(row_id, what)


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _scores(check_ins: list[CheckIn]) -> dict[UUID, dict[UUID, int]]:
    # Not prefetch_related: what it leaves on each row keeps the row in memory until Python tidies up.
    found: dict[UUID, dict[UUID, int]] = {}
    ratings = ActivityRating.objects.filter(check_in__in=[row.pk for row in check_ins], user=check_ins[0].user_id)
    for check_in, activity, score in ratings.values_list("check_in_id", "activity_id", "score"):
        found.setdefault(check_in, {})[activity] = score
    return found


class _Writer:
    """Makes the resources of one patient."""

    def __init__(self, patient: Patient, site_address: str, now: datetime) -> None:
        self._patient = patient
        self._zone = patient.zone
        self._me = reference(_url(patient.pk))
        self._system = f"{site_address}/fhir/CodeSystem/backspasm"
        self._now = now
        self._activities: dict[UUID, list[Activity]] = {}

    def resources(self) -> Iterator[Resource]:
        user = self._patient.user
        # At most a few for each episode; the rows of every other table are read a few hundred at a time.
        for activity in Activity.objects.of(user).order_by("position", "named_at", "pk"):
            self._activities.setdefault(activity.episode_id, []).append(activity)
        yield {"resourceType": "Patient", "id": str(self._patient.pk)}
        for episode in Episode.objects.of(user).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
            yield from self._episode(episode)
        check_ins = CheckIn.objects.of(user).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE)
        while some := list(islice(check_ins, ROWS_AT_ONCE)):
            scores = _scores(some)
            for check_in in some:
                yield from self._check_in(check_in, scores.get(check_in.pk, {}))
        steps = StepLog.objects.of(user).exclude(kind="gate").order_by("pk")
        for step in steps.iterator(chunk_size=ROWS_AT_ONCE):
            yield self._step(step)
        medicines = {medicine.pk: medicine for medicine in Medicine.objects.of(user)}
        for dose in Dose.objects.of(user).order_by("pk").iterator(chunk_size=ROWS_AT_ONCE):
            if dose.medicine_id in medicines:
                yield self._dose(dose, medicines[dose.medicine_id])

    def _episode(self, row: Episode) -> Iterator[Resource]:
        is_back = not row.places or not _LOW_BACK.isdisjoint(row.places)
        name = concept("Back muscle spasm (self-reported)", *([ICD_10_CM, "M62.830", "Muscle spasm of back"] * is_back))
        condition: Resource = {
            "resourceType": "Condition",
            "id": str(row.pk),
            "clinicalStatus": coded(CLINICAL_STATUS, "active" if row.is_open else "resolved"),
            "verificationStatus": coded(VERIFICATION, "unconfirmed"),
            "category": [coded(CONDITION_CATEGORY, "problem-list-item")],
            "code": name,
            "subject": self._me,
            "onsetDateTime": _time(row.began_at, self._zone),
            "recordedDate": _time(row.created_at, self._zone),
            "asserter": self._me,
        }
        if row.places:
            condition["bodySite"] = [{"text": str(Place(code).label)} for code in row.places]
        if row.ended_at is not None:
            condition["abatementDateTime"] = _time(row.ended_at, self._zone)
        triggers = ", ".join(str(Trigger(code).label) for code in row.triggers)
        if notes := [text for text in (triggers, row.trigger_words, row.note) if text.strip()]:
            condition["note"] = [{"text": text} for text in notes]
        yield condition
        if row.pk in self._activities:
            yield self._questionnaire(row)

    def _questionnaire(self, episode: Episode) -> Resource:
        """The patient's own activities; no text of anybody else's instrument."""
        id_ = _made_of(episode.pk, "questionnaire")
        return {
            "resourceType": "Questionnaire",
            "id": str(id_),
            "url": _url(id_),
            "version": self._version(episode.pk),
            "title": "Own activities: 0 cannot do it, 10 as before the pain",
            "status": "active",
            "subjectType": ["Patient"],
            "item": [
                {"linkId": str(activity.pk), "text": activity.name, "type": "integer"}
                for activity in self._activities[episode.pk]
            ],
        }

    def _version(self, episode_id: UUID) -> str:
        return str(len(self._activities[episode_id]))

    def _check_in(self, row: CheckIn, scores: Mapping[UUID, int]) -> Iterator[Resource]:
        rated = [activity for activity in self._activities.get(row.episode_id, []) if activity.pk in scores]
        if rated:
            response = self._response(row, [(activity, scores[activity.pk]) for activity in rated])
            yield response
            mean = round(sum(scores[activity.pk] for activity in rated) / len(rated), 2)
            local = self._local("psfs-mean")
            yield {**self._observation(row, "function", local, mean), "derivedFrom": [reference(_url(response["id"]))]}
        if row.pain is not None:
            yield self._observation(row, "pain", self._pain(row), row.pain)
        if row.overall_change is not None:
            yield self._observation(row, "overall-change", self._local("overall-change"), row.overall_change)

    def _pain(self, row: CheckIn) -> Resource:
        """LOINC's code is for the pain a person reports; an average over a day is another thing and has our own."""
        if row.pain_span == PainSpan.NOW:
            display = "Pain severity - 0-10 verbal numeric rating [Score] - Reported"
            return concept(LOCAL_CODES["pain-now"], LOINC, "72514-3", display)
        return self._local("pain-average-24h")

    def _local(self, code: str) -> Resource:
        return concept(LOCAL_CODES[code], self._system, code)

    def _response(self, row: CheckIn, rated: list[tuple[Activity, int]]) -> Resource:
        questionnaire = _url(_made_of(row.episode_id, "questionnaire"))
        status = "completed" if row.is_complete else "in-progress"
        return {
            "resourceType": "QuestionnaireResponse",
            "id": str(_made_of(row.pk, "response")),
            "questionnaire": f"{questionnaire}|{self._version(row.episode_id)}",
            "status": "amended" if row.changed_at is not None else status,
            "subject": self._me,
            "authored": _time(row.at, self._zone),
            "author": self._me,
            "item": [
                {"linkId": str(activity.pk), "text": activity.name, "answer": [{"valueInteger": score}]}
                for activity, score in rated
            ],
        }

    def _observation(self, row: CheckIn, part: str, code: Resource, value: float) -> Resource:
        return {
            "resourceType": "Observation",
            "id": str(_made_of(row.pk, part)),
            "status": "amended" if row.changed_at is not None else "final",
            "category": [coded(OBSERVATION_CATEGORY, "survey")],
            "code": code,
            "subject": self._me,
            "focus": [reference(_url(row.episode_id))],
            "effectiveDateTime": _time(row.at, self._zone),
            "performer": [self._me],
            "valueQuantity": {"value": value, "unit": "{score}", "system": UCUM, "code": "{score}"},
        }

    def _step(self, row: StepLog) -> Resource:
        ends_at = row.started_at + timedelta(minutes=row.duration_minutes)
        is_over = ends_at <= self._now
        period = {"start": _time(row.started_at, self._zone)}
        if is_over:
            period["end"] = _time(ends_at, self._zone)
        return {
            "resourceType": "Procedure",
            "id": str(row.pk),
            "status": "completed" if is_over else "in-progress",
            "category": concept("Self-care"),
            "code": concept(str(words.KINDS.get(row.kind, row.kind))),
            "subject": self._me,
            "performedPeriod": period,
            "performer": [{"actor": self._me}],
            **self._because_of(row.episode_id),
        }

    def _dose(self, row: Dose, medicine: Medicine) -> Resource:
        names = filter(None, (medicine.name.strip(), medicine.ingredient.strip()))
        return {
            "resourceType": "MedicationStatement",
            "id": str(row.pk),
            "status": "completed",
            "medicationCodeableConcept": concept(", ".join(names)),
            "subject": self._me,
            "effectiveDateTime": _time(row.taken_at, self._zone),
            "informationSource": self._me,
            "dosage": [{"text": "One dose, as the patient's own label means it; no amount was recorded"}],
            **self._because_of(row.episode_id),
        }

    def _because_of(self, episode_id: UUID | None) -> Resource:
        return {} if episode_id is None else {"reasonReference": [reference(_url(episode_id))]}
