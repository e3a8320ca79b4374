"""Everything a patient's tracker holds."""

from tracker.models.care import PreventionPlan, StepLog, WeeklyCheckIn
from tracker.models.check_in import ActivityRating, CheckIn, CheckInRevision, OverallChange, PainSpan
from tracker.models.episode import Activity, Episode, Place, Trigger
from tracker.models.medicine import AntiInflammatory, Dose, Medicine, MedicineRevision
from tracker.models.patient import AgeBand, Consent, Patient
from tracker.models.rows import PatientRow
from tracker.models.safety import AskedBecause, ClinicianCheck, EmergencyCheck, Hold, Lifted
from tracker.models.visit import VisitLink, VisitOpening, VisitQuestion

__all__ = [
    "Activity",
    "ActivityRating",
    "AgeBand",
    "AntiInflammatory",
    "AskedBecause",
    "CheckIn",
    "CheckInRevision",
    "ClinicianCheck",
    "Consent",
    "Dose",
    "EmergencyCheck",
    "Episode",
    "Hold",
    "Lifted",
    "Medicine",
    "MedicineRevision",
    "OverallChange",
    "PainSpan",
    "Patient",
    "PatientRow",
    "Place",
    "PreventionPlan",
    "StepLog",
    "Trigger",
    "VisitLink",
    "VisitOpening",
    "VisitQuestion",
    "WeeklyCheckIn",
]
