"""Who may see a screen of the tracker: a signed-in patient who was set up and whose consent stands."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.validators import slug_re
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from backspasm.models import User
from tracker.models import Patient

P = ParamSpec("P")
PatientView = Callable[Concatenate[HttpRequest, Patient, P], HttpResponseBase]


def patient_view(view: PatientView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give ``view`` the signed-in patient, in their time zone; send others to the set-up, where they left it.

    The patient is also kept as ``request.patient`` for the navigation.
    """

    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return _answered(view, request, *args, **kwargs)
        # Phones of one patient take turns, also with the one that withdraws the consent or deletes the account.
        with transaction.atomic():
            return _answered(view, request, *args, **kwargs)

    named: Any = wraps(view)(inner)
    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], named)


def waiting_patient_view(view: PatientView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Do as ``patient_view``, without a transaction: for a view that waits for another machine, such as a mail server.

    Nothing is locked meanwhile.
    """

    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _answered(view, request, *args, **kwargs)

    named: Any = wraps(view)(inner)
    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], named)


def _answered(view: PatientView[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    patient = patient_of(request)
    if patient is None or patient.consent_id is None or patient.set_up_at is None:
        return HttpResponseRedirect(_setup_address(request), status=303 if request.method == "POST" else 302)
    with timezone.override(patient.zone):
        return view(request, patient, *args, **kwargs)


def _setup_address(request: HttpRequest) -> str:
    """Return where the set-up begins; 'Remind me' beside a step of a public page goes on there after it."""
    match = request.resolver_match
    is_reminder = match is not None and match.view_name == "tracker:reminder_new"
    return with_step(reverse("tracker:setup"), request.GET.get("step", "") if is_reminder else "")


def with_step(address: str, step_key: str) -> str:
    """Return an address of the set-up that carries the key of a step; what is no key is left out."""
    return f"{address}?{urlencode({'step': step_key})}" if slug_re.fullmatch(step_key) else address


def signed_in(request: HttpRequest) -> User:
    """Return the signed-in user; the site is closed by default, so there is one."""
    return cast(User, request.user)


def patient_of(request: HttpRequest) -> Patient | None:
    """Return the patient row of the signed-in user, or None. Asks the database once for each request.

    Inside a transaction the row is locked until its end.
    """
    if not hasattr(request, "patient"):
        user = signed_in(request)
        rows = Patient.objects.of(user)
        if transaction.get_connection().in_atomic_block:
            rows = rows.select_for_update()
        request.patient = rows.first()  # type: ignore[attr-defined]
        if request.patient is not None:  # type: ignore[attr-defined]
            request.patient.user = user  # type: ignore[attr-defined]
    return cast(Patient | None, request.patient)  # type: ignore[attr-defined]


def seen_other(address: str) -> HttpResponse:
    """Return the answer to a form that was saved: look at ``address`` now."""
    return HttpResponseRedirect(address, status=303)
