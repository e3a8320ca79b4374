"""A person's own data: what is kept, taking it away, bringing it back, and deleting the account.

All but bringing it back work without consent too: whoever has withdrawn it must be able to leave with everything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backspasm import audit, site
from backspasm.reauthentication import sensitive_post
from tracker import patients
from tracker.access import patient_of, seen_other, signed_in
from tracker.forms.own_data import ImportForm
from tracker.local_time import local_day
from tracker.models import Patient, Reminder
from tracker.reports import csv_export, fhir, hourly, json_export, json_import, json_reading
from tracker.reports import stored as kept

_READ: Final = ["GET", "HEAD"]
_FORMS: Final = ["GET", "HEAD", "POST"]
_PIECE: Final = 16_384  # letters of a file that go out at once
# Everything the browser keeps of this site; the page that says goodbye is not stored anyway.
_CLEAR: Final = '"cache", "cookies", "storage"'


@dataclass(frozen=True)
class Kind:
    """One kind of file: its type, the end of its name, and what makes it."""

    content_type: str
    ending: str
    chunks: Callable[[Patient, datetime], Iterator[str]]


def _json(patient: Patient, now: datetime) -> Iterator[str]:
    return json_export.chunks(user=patient.user, now=now)


def _csv(patient: Patient, _now: datetime) -> Iterator[str]:
    return csv_export.chunks(patient=patient, separator=",")


def _csv_with_semicolons(patient: Patient, _now: datetime) -> Iterator[str]:
    return csv_export.chunks(patient=patient, separator=";")


def _fhir(patient: Patient, now: datetime) -> Iterator[str]:
    return fhir.chunks(patient=patient, site_address=site.current().url, now=now)


_CSV_TYPE: Final = "text/csv; charset=utf-8; header=present"
KINDS: Final = {
    "json": Kind("application/json", "json", _json),
    "csv": Kind(_CSV_TYPE, "csv", _csv),
    "csv-semicolon": Kind(_CSV_TYPE, "csv", _csv_with_semicolons),
    "fhir": Kind("application/fhir+json; fhirVersion=4.0", "fhir.json", _fhir),
}


def _patient(request: HttpRequest) -> Patient:
    """Return the patient, or one that is not stored for an account that never got that far: its files are empty."""
    return patient_of(request) or Patient(user=signed_in(request))


@require_http_methods(_READ)
def stored(request: HttpRequest) -> HttpResponse:
    """Say what is kept and why, and what happened to it in the last 90 days."""
    patient = _patient(request)
    with timezone.override(patient.zone):
        context = {
            "account": kept.ACCOUNT,
            "diary": kept.DIARY,
            "events": kept.recent_events(patient.user, now=timezone.now()),
        }
        return render(request, "tracker/own_data/stored.html", context)


@require_http_methods(_READ)
def export(request: HttpRequest) -> HttpResponse:
    """Offer the files."""
    return render(request, "tracker/own_data/export.html")


@require_http_methods(["POST"])
@sensitive_post
def export_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Stream one file. 429 after ten files in an hour."""
    if kind not in KINDS:
        raise Http404
    now = timezone.now()
    patient = _patient(request)
    if not hourly.may_export(patient.user.pk, now=now):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    audit.record(event="data.exported", now=now, actor=patient.user.pk, subject=patient.user.pk, kind=kind)
    made = KINDS[kind]
    name = f"back-diary-{local_day(now, patient.zone):%Y-%m-%d}.{made.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(_pieces(made.chunks(patient, now)), content_type=made.content_type, headers=headers)


def _pieces(chunks: Iterator[str]) -> Iterator[bytes]:
    """Yield the same text in pieces worth sending."""
    waiting: list[str] = []
    letters = 0
    for chunk in chunks:
        waiting.append(chunk)
        letters += len(chunk)
        if letters >= _PIECE:
            yield "".join(waiting).encode()
            waiting, letters = [], 0
    yield "".join(waiting).encode()


@require_http_methods(_FORMS)
def import_file(request: HttpRequest) -> HttpResponseBase:
    """Bring a file into an empty diary; needs the consent to keep one. 429 after ten files in an hour."""
    patient = patient_of(request)
    if patient is None or patient.consent_id is None:
        return seen_other(reverse("tracker:setup"))
    form = ImportForm(request.POST or None, request.FILES or None, user=patient.user)
    problems: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not hourly.may_import(patient.user.pk, now=now):
            return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        try:
            count = _bring_in(patient, form, now)
        except json_reading.Refused as refused:
            problems = refused.problems
        except json_import.NotEmpty:
            problems = (_("There are entries here already. A file can only be brought into an empty diary."),)
        else:
            sentence = ngettext("{count} entry is back.", "{count} entries are back.", count)
            messages.success(request, f"{sentence.format(count=count)} {_off(patient)}".rstrip())
            return seen_other(reverse("tracker:home"))
    context = {"form": form, "problems": problems, "is_empty": json_import.is_empty(patient.user)}
    is_wrong = bool(problems) or (request.method == "POST" and not form.is_valid())
    status = HTTPStatus.BAD_REQUEST if is_wrong else HTTPStatus.OK
    return render(request, "tracker/own_data/import.html", context, status=status)


def _off(patient: Patient) -> str:
    if not Reminder.objects.of(patient.user).standing().exists():
        return ""
    return _("Your reminders came back switched off. Switch on those that you want.")


def _bring_in(patient: Patient, form: ImportForm, now: datetime) -> int:
    if not json_import.is_empty(patient.user):
        raise json_import.NotEmpty  # before the work of reading the file
    tables = json_reading.read(form.cleaned_data["file"].read(), now=now)
    return json_import.bring_in(patient=patient, tables=tables, now=now)


@require_http_methods(_FORMS)
@sensitive_post
def delete_account(request: HttpRequest) -> HttpResponse:
    """Delete the account in two steps; the first offers the files and says what goes."""
    user = signed_in(request)
    if request.method != "POST":
        return render(request, "tracker/own_data/delete.html", {"diary": kept.DIARY})
    if request.POST.get("step") != "delete":
        return render(request, "tracker/own_data/delete_now.html")
    address = user.email
    patients.delete_account(user=user, now=timezone.now())
    logout(request)
    _say_goodbye_by_mail(address)
    answer = render(request, "tracker/own_data/goodbye.html")
    answer.headers["Clear-Site-Data"] = _CLEAR
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _say_goodbye_by_mail(address: str) -> None:
    get_adapter().send_mail("tracker/own_data/mail/account_deleted", address, {})
