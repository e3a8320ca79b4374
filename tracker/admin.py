"""Patients in the admin: accounts and counts for administrators, never a note, a score or a medicine."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from backspasm.audit_admin import AdministratorsRead, looked
from tracker.models import CheckIn, Delivery, Episode, Patient, Reminder, StepLog
from tracker.reminder_admin import SenderBeatAdmin

__all__ = ["PatientAdmin", "SenderBeatAdmin"]


def _count(model: Any) -> Any:
    rows = model.objects.filter(user=OuterRef("user")).order_by().values("user").annotate(rows=Count("pk"))
    return Coalesce(Subquery(rows.values("rows")), 0)


@admin.register(Patient)
class PatientAdmin(AdministratorsRead):
    """An account is found by its whole address or id; its address stands on its own page alone."""

    list_display = ("account", "joined", "has_consent", "episodes", "check_ins", "steps", "reminders", "deliveries")
    fields: ClassVar[Any] = (
        "account",
        "address",
        "joined",
        "last_signed_in",
        "has_consent",
        "episodes",
        "check_ins",
        "steps",
        "reminders",
        "deliveries",
    )
    readonly_fields = fields
    search_fields = ("=user__email", "=user__id")
    search_help_text = _("The whole address, or the id of the account.")
    ordering: ClassVar[Any] = ("-user__joined_at",)
    list_select_related = ("user",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load what is shown and nothing else."""
        shown = ("id", "user", "consent", "user__email", "user__joined_at", "user__last_login")
        rows: QuerySet[Any] = super().get_queryset(request).only(*shown)
        counted: QuerySet[Any] = rows.annotate(
            episode_count=_count(Episode),
            check_in_count=_count(CheckIn),
            step_count=_count(StepLog),
            reminder_count=_count(Reminder),
            delivery_count=_count(Delivery),
        )
        return counted

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, and log that it was shown."""
        response = super().changelist_view(request, extra_context)
        looked(request, "admin.patients_listed")
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one account, and log whose."""
        response = super().change_view(request, object_id, form_url, extra_context)
        patient = self.get_object(request, object_id)
        if patient is not None:
            looked(request, "admin.patient_viewed", subject=patient.user_id, kind="patient", object_id=object_id)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what the admin did to an account, which is nothing, and log that it was looked for."""
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        patient = self.get_object(request, object_id)
        if patient is not None:
            looked(request, "admin.patient_viewed", subject=patient.user_id, kind="patient", object_id=object_id)
        return response

    @admin.display(description=_("account"))
    def account(self, patient: Patient) -> str:
        """Return the account's id: a list shows no address."""
        return str(patient.user_id)

    @admin.display(description=_("e-mail address"))
    def address(self, patient: Patient) -> str:
        """Return the address, on the page of one account."""
        return patient.user.email

    @admin.display(description=_("joined"), ordering="user__joined_at")
    def joined(self, patient: Patient) -> Any:
        """Return when the account was made."""
        return patient.user.joined_at

    @admin.display(description=_("last sign-in"))
    def last_signed_in(self, patient: Patient) -> Any:
        """Return the moment of the last sign-in, or None."""
        return patient.user.last_login

    @admin.display(description=_("consent stands"), boolean=True)
    def has_consent(self, patient: Patient) -> bool:
        """Whether health data may be kept."""
        return patient.consent_id is not None

    @admin.display(description=_("episodes"))
    def episodes(self, patient: Any) -> int:
        """Return how many episodes are logged. Needs a row of get_queryset()."""
        return int(patient.episode_count)

    @admin.display(description=_("check-ins"))
    def check_ins(self, patient: Any) -> int:
        """Return how many check-ins there are. Needs a row of get_queryset()."""
        return int(patient.check_in_count)

    @admin.display(description=_("steps done"))
    def steps(self, patient: Any) -> int:
        """Return how many steps are logged. Needs a row of get_queryset()."""
        return int(patient.step_count)

    @admin.display(description=_("reminders"))
    def reminders(self, patient: Any) -> int:
        """Return how many reminders there are, ended ones too. Needs a row of get_queryset()."""
        return int(patient.reminder_count)

    @admin.display(description=_("messages"))
    def deliveries(self, patient: Any) -> int:
        """Return how many due moments are in the log. Needs a row of get_queryset()."""
        return int(patient.delivery_count)
