"""The Now screen, the care timer and what was done."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backspasm.form_ids import new_form_id
from education import publishing
from education.edition import PROTOCOL_KEY, LiveEdition
from education.pages import CardView, SignView
from education.structure import CareStep
from tracker import dashboard, episodes, patients, plan, step_logs
from tracker.access import patient_view, seen_other
from tracker.dashboard import Running, StepNow
from tracker.forms.episodes import TapForm
from tracker.forms.steps import StepDoneForm
from tracker.models import Patient, StepLog
from tracker.models.episode import Place
from tracker.reminders import due_reading, timers

REFUSED: Final = 409


@dataclass(frozen=True)
class StepCard:
    """A step with the ids that its two buttons send."""

    now: StepNow
    start_id: str
    done_id: str


@require_safe
@patient_view
def home(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what to do now, or that there is nothing to do."""
    now = timezone.now()
    live = publishing.live(now)
    screen = dashboard.read(patient=patient, live=live, now=now)
    # The frame would look for the open episode again.
    episode_id = screen.running.episode.pk if screen.running else ""
    context: dict[str, Any] = {"screen": screen, "tracker_nav": {"here": "now", "episode_id": episode_id}}
    if screen.hold is not None:
        return render(request, "tracker/now/held.html", {**context, "card": _emergency_card(live)})
    reminders = due_reading.glance(patient=patient, live=live, now=now)
    context["reminders"] = reminders
    if reminders.has_reminders:
        context["travel"] = {"zone": patient.time_zone, "kept": reminders.kept_zone}
    if screen.running is None:
        return render(request, "tracker/now/calm.html", context)
    return render(request, "tracker/now/running.html", {**context, **_running(patient, screen.running)})


def _running(patient: Patient, running: Running) -> dict[str, Any]:
    places = [str(Place(code).label) for code in running.episode.places if code in Place.values]
    return {
        "running": running,
        "places": places,
        "first": _card(running.first, patient) if running.first else None,
        "beside": [_card(step, patient) for step in running.beside],
        "others": [_card(step, patient) for step in running.others],
    }


def _card(step: StepNow, patient: Patient) -> StepCard:
    return StepCard(step, new_form_id(patient.user), new_form_id(patient.user))


def _emergency_card(live: LiveEdition) -> CardView:
    card = live.emergency_card
    return CardView(card, tuple(SignView(sign, ()) for sign in card.signs))


@require_safe
@patient_view
def more(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show where everything else is."""
    return render(request, "tracker/now/more.html")


def _step(live: LiveEdition, key: str) -> CareStep:
    """Return a step of the live care plan; a question is nothing to do."""
    step = live.protocol.step(key)
    if step is None or step.kind == "gate":
        raise Http404
    return step


@require_POST
@patient_view
def start_step(request: HttpRequest, patient: Patient, key: str) -> HttpResponse:
    """Start the timer of a step; it counts from now, by this server's clock."""
    now = timezone.now()
    live = publishing.live(now)
    step = _step(live, key)
    form = TapForm(request.POST, user=patient.user)
    form.is_valid()
    try:
        log = step_logs.start_timer(
            patient=patient,
            episode=episodes.open_episode(patient.user),
            step=step,
            edition=live.number,
            form_id=form.receipt,
            now=now,
        )
    except step_logs.Refused as error:
        return _refused(request, error, step)
    timers.after_start(patient=patient, log=log, now=now)
    return seen_other(reverse("tracker:home"))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def log_step(request: HttpRequest, patient: Patient, key: str) -> HttpResponse:
    """Keep a step that was done: by one tap, or with other minutes and another time."""
    now = timezone.now()
    live = publishing.live(now)
    step = _step(live, key)
    form = StepDoneForm(request.POST if request.method == "POST" else None, patient=patient, step=step, now=now)
    if not form.is_valid():
        context = {"form": form, "step": step, "longest": plan.longest_minutes(step)}
        return render(request, "tracker/now/log_step.html", context, status=400 if form.is_bound else 200)
    try:
        step_logs.log(
            patient=patient,
            episode=episodes.open_episode(patient.user),
            step=step,
            edition=live.number,
            minutes=form.cleaned_data["minutes"],
            started_at=form.cleaned_data["started_at"],
            form_id=form.receipt,
            now=now,
        )
    except step_logs.Refused as error:
        return _refused(request, error, step)
    return seen_other(reverse("tracker:home"))


def _refused(request: HttpRequest, error: step_logs.Refused, step: CareStep | None = None) -> HttpResponse:
    context = {"code": error.code, "step": step}
    return render(request, "tracker/now/refused.html", context, status=REFUSED)


def _own(patient: Patient, pk: uuid.UUID) -> StepLog:
    log: StepLog = get_object_or_404(StepLog.objects.of(patient.user), pk=pk)
    return log


@require_POST
@patient_view
def stop_step(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Stop a timer early; the minutes until now are kept."""
    now, log = timezone.now(), _own(patient, pk)
    step_logs.stop(log=log, now=now)
    timers.after_stop(log=log, now=now)
    return seen_other(reverse("tracker:home"))


@require_POST
@patient_view
def undo_step(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Delete what was logged by mistake."""
    now, log = timezone.now(), _own(patient, pk)
    timers.before_undo(log=log, now=now)
    try:
        step_logs.undo(log=log, now=now)
    except step_logs.Refused as error:
        return _refused(request, error)
    return seen_other(reverse("tracker:home"))


@require_POST
@patient_view
def plan_seen(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Keep 'Got it': the patient was told of the care plan as it is now."""
    live = publishing.live(timezone.now())
    patients.plan_seen(patient=patient, protocol_number=live.protocols[PROTOCOL_KEY].number)
    return seen_other(reverse("tracker:home"))
