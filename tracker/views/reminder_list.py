"""Reminders: the list, the log, where they go, quiet hours, pause and travel; and the answers to what is due."""

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backspasm.form_ids import new_form_id
from education import publishing
from tracker import step_logs
from tracker.access import patient_view, seen_other, waiting_patient_view
from tracker.form_base import posted
from tracker.forms.reminder_settings import MOVE, PauseForm, QuietHoursForm, TravelForm
from tracker.models import Delivery, Patient
from tracker.reminders import (
    answers,
    calendar_links,
    delivering,
    due_reading,
    heartbeat,
    list_reading,
    log_reading,
    mail_stops,
    preferences,
    push_devices,
    timing,
    travelling,
    wishes,
    words,
)
from tracker.reminders.channels import CHANNELS
from tracker.reports import hourly

_FORMS: Final = ["GET", "HEAD", "POST"]
REFUSED: Final = 409
LONGEST_PAGE: Final = 5  # digits


@require_safe
@patient_view
def home(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Show all reminders, and what is due now."""
    now = timezone.now()
    screen = list_reading.read(patient=patient, live=publishing.live(now), now=now)
    context: dict[str, Any] = {"screen": screen}
    if screen.settings is not None and screen.groups:
        context["travel"] = travel_facts(patient, screen.settings.kept_zone)
    return render(request, "tracker/reminders/home.html", context)


def travel_facts(patient: Patient, kept_zone: str) -> dict[str, str]:
    """Return what travel.js compares with the clock of the device."""
    return {"zone": patient.time_zone, "kept": kept_zone}


@require_safe
@patient_view
def due(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Answer with the list of what is due now alone, for a page that stays open."""
    now = timezone.now()
    shown = due_reading.due_now(patient=patient, live=publishing.live(now), now=now)
    back = "now" if request.GET.get("back") == "now" else ""
    answer = render(request, "tracker/reminders/due.html", {"due": shown, "back": back})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
@patient_view
def log(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Show what became of every due moment, a page at a time."""
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdecimal() or len(number) > LONGEST_PAGE or int(number) < 1:
        raise Http404
    now = timezone.now()
    page = log_reading.read(patient=patient, live=publishing.live(now), number=int(number), now=now)
    context = {"page": page, "is_delayed": heartbeat.is_delayed(now)}
    return render(request, "tracker/reminders/log.html", context)


@require_http_methods(_FORMS)
@patient_view
def settings(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Change quiet hours and the ring of timers; let e-mails go out again."""
    now = timezone.now()
    if "resume_email" in request.POST:
        mail_stops.resume_email(patient.user, now=now)
        messages.success(request, _("Reminders go out by email again."))
        return seen_other(reverse("tracker:reminder_where"))
    form = QuietHoursForm(posted(request), user=patient.user, settings=timing.settings_of(patient.user))
    if not form.is_valid():
        return _settings_screen(request, patient, form, PauseForm(patient=patient, now=now), now)
    preferences.change(patient=patient, now=now, **form.choices)
    has_none = form.choices["quiet_from"] == form.choices["quiet_to"]
    messages.success(request, _("Saved. You have no quiet hours now.") if has_none else _("Saved."))
    return seen_other(reverse("tracker:reminder_settings"))


def _settings_screen(
    request: HttpRequest, patient: Patient, form: QuietHoursForm, pause_form: PauseForm, now: datetime
) -> HttpResponse:
    chosen = timing.settings_of(patient.user)
    context = {
        "form": form,
        "pause_form": pause_form,
        "paused_until_at": list_reading.paused_until(chosen, now),
        "settings": chosen,
        "zone": patient.time_zone.replace("_", " "),
    }
    has_errors = bool(form.errors or pause_form.errors)
    return render(request, "tracker/reminders/settings.html", context, status=400 if has_errors else 200)


@require_POST
@patient_view
def pause(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Pause all reminders for a day or until a date, or start them again."""
    now = timezone.now()
    if "resume" in request.POST:
        preferences.resume(patient=patient, now=now)
        messages.success(request, _("Your reminders are on again."))
        return seen_other(reverse("tracker:reminders"))
    form = PauseForm(request.POST, patient=patient, now=now)
    if request.POST.get("for") == "day":
        until_at = preferences.pause_for_a_day(patient=patient, now=now)
    elif form.is_valid():
        until_at = preferences.pause(patient=patient, until_on=form.cleaned_data["until_on"], now=now)
    else:
        quiet_form = QuietHoursForm(user=patient.user, settings=timing.settings_of(patient.user))
        return _settings_screen(request, patient, quiet_form, form, now)
    moment = date_format(timezone.localtime(until_at), "l j F, H:i")
    messages.success(request, _("All reminders are paused until {moment}.").format(moment=moment))
    return seen_other(reverse("tracker:reminders"))


@require_safe
@patient_view
def where(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Show each way a reminder can take, whether it works, and a button to try it."""
    now = timezone.now()
    addresses = EmailAddress.objects.filter(user=patient.user, email__iexact=patient.user.email, verified=True)
    context = {
        "email": patient.user.email,
        "is_email_verified": addresses.exists(),
        "is_email_set_up": mail_stops.is_set_up(),
        "is_delayed": heartbeat.is_delayed(now),
        "settings": timing.settings_of(patient.user),
        "devices": push_devices.listed(patient.user),
        "calendar": calendar_links.box(patient.user),
    }
    return render(request, "tracker/reminders/where.html", context)


@require_POST
@waiting_patient_view
def test_now(request: HttpRequest, patient: Patient, channel: str) -> HttpResponseBase:
    """Send a test on one channel. 429 after five on it in an hour."""
    if channel not in CHANNELS:
        raise Http404
    if not hourly.may_test(patient.user.pk, channel, now=timezone.now()):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    code = delivering.send_test(patient=patient, channel=channel, clock=timezone.now)
    if code:
        messages.error(request, _("The test did not go out. {why}").format(why=words.reason(code)))
    elif channel == "app":
        messages.success(request, _("This is the test: in the app you are told here, on the site itself."))
    else:
        messages.success(request, _("A test is on its way {where}.").format(where=words.by(channel)))
    return seen_other(reverse("tracker:reminder_where"))


@require_http_methods(_FORMS)
@patient_view
def travel(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Ask once whether to keep home time or move, and keep the answer. Reading changes nothing."""
    now = timezone.now()
    if request.method == "POST":
        form = TravelForm(request.POST, user=patient.user)
        if not form.is_valid():
            raise BadRequest
        return _travelled(request, patient, form, now)
    zone = request.GET.get("zone", "")
    if not travelling.is_known(zone):
        raise Http404
    if zone == patient.time_zone:
        return seen_other(reverse("tracker:reminders"))
    context = {
        "zone": zone,
        "home": patient.time_zone.replace("_", " "),
        "away": zone.replace("_", " "),
        "home_clock": words.clock(now, patient.zone),
        "away_clock": words.clock(now, ZoneInfo(zone)),
        "form_id": new_form_id(patient.user),
    }
    return render(request, "tracker/reminders/travel.html", context)


def _travelled(request: HttpRequest, patient: Patient, form: TravelForm, now: datetime) -> HttpResponse:
    zone = form.cleaned_data["zone"]
    if form.cleaned_data["answer"] == MOVE:
        travelling.move(patient=patient, zone=zone, now=now)
        messages.success(request, _("Your reminders and your days follow this clock now."))
    else:
        travelling.keep(patient=patient, zone=zone, now=now)
        messages.success(request, _("Your reminders stay on home time."))
    return seen_other(reverse("tracker:reminders"))


def _own(patient: Patient, pk: uuid.UUID) -> Delivery:
    rows = Delivery.objects.of(patient.user).select_related("reminder")
    delivery: Delivery = get_object_or_404(rows, pk=pk)
    delivery.user = patient.user
    return delivery


@require_POST
@patient_view
def done(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Keep 'Done' for what is due, and log its step."""
    now, delivery = timezone.now(), _own(patient, pk)
    try:
        answer = answers.done(delivery, patient=patient, now=now)
    except step_logs.Refused as error:
        step = wishes.step_of(delivery.reminder, publishing.live(now))
        return render(request, "tracker/now/refused.html", {"code": error.code, "step": step}, status=REFUSED)
    if answer.leads_to == "medicines":
        return seen_other(reverse("tracker:medicines"))
    if answer.leads_to == "check_in":
        episode_id = answer.delivery.reminder.episode_id
        return seen_other(reverse("tracker:check_in", args=[episode_id]) if episode_id else reverse("tracker:home"))
    messages.success(request, _("Saved: it is done."))
    return seen_other(_back(request))


@require_POST
@patient_view
def snooze(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Tell it again later, or not today."""
    delivery, choice = _own(patient, pk), request.POST.get("choice", "")
    if choice not in answers.SNOOZE_CHOICES:
        raise BadRequest
    at = answers.snooze(delivery, choice=choice, now=timezone.now())
    if at is not None:
        said = _("You will be told again at {time}.").format(time=words.clock(at, patient.zone))
    elif choice == "not_today":
        said = _("Nothing more of this comes today.")
    else:
        said = _("It does not come again: it is switched off, or that falls into your quiet hours or a pause.")
    messages.success(request, said)
    return seen_other(_back(request))


def _back(request: HttpRequest) -> str:
    return reverse("tracker:home" if request.POST.get("back") == "now" else "tracker:reminders")
