"""Links in messages: GET shows a page with buttons and changes nothing, for mail scanners follow every link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from education import publishing
from education.structure import CareStep
from tracker import step_logs
from tracker.models import Delivery, Patient, Stopped
from tracker.reminders import answers, capabilities, mail_stops, message_reading, wishes, words
from tracker.reminders.answers import SnoozeChoice

_GONE = "tracker/reminders/message_gone.html"


@dataclass(frozen=True)
class Outcome:
    """What an answer did: "done", "later" (``at``: its clock time), "not_today", "quiet" (none comes) or "refused".

    ``code``: of step_logs.Refused, and the ``step`` that was refused.
    """

    delivery: Delivery
    what: str
    at: str = ""
    code: str = ""
    step: CareStep | None = None


@login_not_required
@csrf_exempt  # needs no session: whoever knows the address may answer, and nobody else gains by a forged tap
@require_http_methods(["GET", "HEAD", "POST"])
def open_message(request: HttpRequest, token: str) -> HttpResponse:
    """Show a message with its buttons; POST answers it: ``action`` done or snooze, ``choice``, ``delivery``.

    404, always the same page, for a link that is unknown or over, or of somebody who no longer agrees or is gone. 409
    where nothing could be kept.
    """
    now = timezone.now()
    if request.method != "POST":
        found = capabilities.message_deliveries(token, now=now)
        patient = _patient_of(found)
        if found is None or patient is None:
            return _page(request, _GONE, status=HTTPStatus.NOT_FOUND)
        with timezone.override(patient.zone):
            return _page(request, "tracker/reminders/message.html", _shown(request, found, patient, now))
    # The patient's row first: whoever withdraws the consent or deletes the account at this moment takes turns with us.
    with transaction.atomic():
        found = capabilities.message_deliveries(token, now=now)
        patient = _patient_of(found, is_locked=True)
        found = capabilities.message_deliveries(token, now=now) if patient is not None else None
        chosen = _chosen(request, found)
        if not found or not chosen or patient is None:
            return _page(request, _GONE, status=HTTPStatus.NOT_FOUND)
        outcomes = _answer(request, chosen, patient, now)
        found = capabilities.message_deliveries(token, now=now) or found
        status = HTTPStatus.CONFLICT if all(one.what == "refused" for one in outcomes) else HTTPStatus.OK
        with timezone.override(patient.zone):
            shown = {**_shown(request, found, patient, now), "outcomes": outcomes}
            return _page(request, "tracker/reminders/message_answered.html", shown, status=status)


@login_not_required
@csrf_exempt  # mail providers post without cookies (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; POST, whatever its body, stops the reminders by e-mail at once. 200 for any token."""
    if request.method != "POST":
        return _page(request, "tracker/reminders/mail_stop.html")
    user = capabilities.user_of_stop(token)
    if user is not None:
        mail_stops.stop_email(user, because=Stopped.UNSUBSCRIBED, now=timezone.now())
    return _page(request, "tracker/reminders/mail_stopped.html")


def _patient_of(found: Sequence[Delivery] | None, *, is_locked: bool = False) -> Patient | None:
    if not found:
        return None
    user = found[0].user
    rows = Patient.objects.of(user).exclude(set_up_at=None)
    patient: Patient | None = (rows.select_for_update() if is_locked else rows).first()
    if patient is not None:
        patient.user = user
    return patient


def _chosen(request: HttpRequest, found: Sequence[Delivery] | None) -> list[Delivery]:
    """Return what is answered: the one that is named, or all of the message."""
    wanted = request.POST.get("delivery", "")
    return [delivery for delivery in found or () if not wanted or str(delivery.pk) == wanted]


def _answer(request: HttpRequest, chosen: Sequence[Delivery], patient: Patient, now: datetime) -> list[Outcome]:
    action, choice = request.POST.get("action"), request.POST.get("choice", answers.SNOOZE_CHOICES[0])
    if action == "done":
        return [_done(delivery, patient, now) for delivery in chosen]
    if action != "snooze" or choice not in answers.SNOOZE_CHOICES:
        raise BadRequest
    return [_snoozed(delivery, choice, patient, now) for delivery in chosen]


def _done(delivery: Delivery, patient: Patient, now: datetime) -> Outcome:
    try:
        return Outcome(answers.done(delivery, patient=patient, now=now).delivery, "done")
    except step_logs.Refused as error:
        step = wishes.step_of(delivery.reminder, publishing.live(now))
        return Outcome(delivery, "refused", code=error.code, step=step)


def _snoozed(delivery: Delivery, choice: SnoozeChoice, patient: Patient, now: datetime) -> Outcome:
    at = answers.snooze(delivery, choice=choice, now=now)
    if at is not None:
        return Outcome(delivery, "later", at=words.clock(at, patient.zone))
    return Outcome(delivery, "not_today" if choice == "not_today" else "quiet")


def _shown(request: HttpRequest, found: Sequence[Delivery], patient: Patient, now: datetime) -> dict[str, Any]:
    page = message_reading.read(found, patient=patient, is_owner=request.user.pk == patient.user_id, now=now)
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    return {"page": page, "sign_in": sign_in, "action": request.path}


def _page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    answer = render(request, template, context or {}, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
