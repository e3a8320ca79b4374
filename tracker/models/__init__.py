"""Everything a patient's tracker holds."""

from tracker.models.care import PreventionPlan, StepLog, WeeklyCheckIn
from tracker.models.check_in import ActivityRating, CheckIn, CheckInRevision, OverallChange, PainSpan
from tracker.models.episode import Activity, Episode, Place, Trigger
from tracker.models.medicine import AntiInflammatory, Dose, Medicine, MedicineRevision
from tracker.models.patient import AgeBand, Consent, Patient
from tracker.models.reminder import Delivery, DeliveryStatus, Recurrence, Reminder, ReminderKind
from tracker.models.reminder_way import (
    CalendarFeed,
    MessageLink,
    PushDevice,
    ReminderSettings,
    SenderBeat,
    StopLink,
    Stopped,
)
from tracker.models.rows import PatientRow
from tracker.models.safety import AskedBecause, ClinicianCheck, EmergencyCheck, Hold, Lifted
from tracker.models.visit import VisitLink, VisitOpening, VisitQuestion

__all__ = [
    "Activity",
    "ActivityRating",
    "AgeBand",
    "AntiInflammatory",
    "AskedBecause",
    "CalendarFeed",
    "CheckIn",
    "CheckInRevision",
    "ClinicianCheck",
    "Consent",
    "Delivery",
    "DeliveryStatus",
    "Dose",
    "EmergencyCheck",
    "Episode",
    "Hold",
    "Lifted",
    "Medicine",
    "MedicineRevision",
    "MessageLink",
    "OverallChange",
    "PainSpan",
    "Patient",
    "PatientRow",
    "Place",
    "PreventionPlan",
    "PushDevice",
    "Recurrence",
    "Reminder",
    "ReminderKind",
    "ReminderSettings",
    "SenderBeat",
    "StepLog",
    "StopLink",
    "Stopped",
    "Trigger",
    "VisitLink",
    "VisitOpening",
    "VisitQuestion",
    "WeeklyCheckIn",
]
