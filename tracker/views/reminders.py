"""One reminder: made, shown, changed, kept after a change of the advice, ended. Nothing typed stands in an address."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from education import publishing
from education.edition import PROTOCOL_KEY, LiveEdition
from education.structure import CareStep
from tracker import emergencies, episodes, patients
from tracker.access import patient_view, seen_other
from tracker.circumstances import applies
from tracker.form_base import posted
from tracker.forms.reminder_initials import initial_of, initial_of_medicine, initial_of_step
from tracker.forms.reminders import ReminderForm
from tracker.forms.suggested_reminders import SuggestedForm
from tracker.models import Medicine, Patient, Reminder, ReminderKind
from tracker.reminders import previews, reminder_pages, suggestions, wishes
from tracker.reminders.previews import Preview
from tracker.reminders.ways import ways_of

_FORMS: Final = ["GET", "HEAD", "POST"]
NEW: Final = "tracker/reminders/form.html"


@require_http_methods(_FORMS)
@patient_view
def new(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ask for a reminder: freely, of a step of the care plan, or of a medicine; show what it would do; save it."""
    if emergencies.is_held(patient.user):
        return _held(request)
    live = publishing.live(timezone.now())
    step = live.protocol.step(request.GET.get("step", ""))
    medicine = _medicine(request, patient)
    episode = episodes.open_episode(patient.user)
    initial: dict[str, Any] = {}
    if step is not None:
        initial = initial_of_step(step, episode)
    elif medicine is not None:
        initial = initial_of_medicine(medicine)
    return _ask(request, patient, live, initial=initial, step=step)


@require_http_methods(_FORMS)
@patient_view
def edit(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Change a reminder, in the same two steps."""
    reminder = get_object_or_404(wishes.standing(patient.user), pk=pk)
    if emergencies.is_held(patient.user):
        return _held(request)
    live = publishing.live(timezone.now())
    return _ask(
        request,
        patient,
        live,
        initial=initial_of(reminder),
        step=wishes.step_of(reminder, live),
        reminder=reminder,
    )


def _ask(
    request: HttpRequest,
    patient: Patient,
    live: LiveEdition,
    *,
    initial: dict[str, Any],
    step: CareStep | None,
    reminder: Reminder | None = None,
) -> HttpResponse:
    now = timezone.now()
    ways = ways_of(patient)
    form = ReminderForm(
        posted(request),
        patient=patient,
        live=live,
        episode=episodes.open_episode(patient.user),
        ways=ways,
        now=now,
        reminder=reminder,
        initial=initial,
    )
    shown = {
        "form": form,
        "ways": ways,
        "reminder": reminder,
        "about": _about(step, patient),
        "same": wishes.same_step(patient.user, step) if reminder is None and not form.is_bound else None,
    }
    if not form.is_valid() or "back" in request.POST:
        return render(request, NEW, shown, status=400 if form.errors else 200)
    preview = previews.preview(patient=patient, wish=form.wish, now=now, instead_of=reminder)
    if not preview.moments:
        form.add_error(None, ValidationError(reminder_pages.why_nothing_comes(preview), code="nothing_comes"))
        return render(request, NEW, shown, status=400)
    wants_many = "wants_many" in request.POST
    if "save" not in request.POST or (preview.total.is_many and not wants_many):
        return _show_preview(request, patient, live, form, preview, reminder)
    try:
        saved = _save(patient, live, form, reminder)
    except wishes.TooMany:
        form.add_error(None, ValidationError(reminder_pages.too_many(), code="too_many"))
        return render(request, NEW, shown, status=400)
    return _saved(request, patient, saved)


def _saved(request: HttpRequest, patient: Patient, saved: Reminder) -> HttpResponse:
    messages.success(request, _("Your reminder is saved."))
    otherwise = reverse("tracker:reminder", args=[saved.pk])
    return seen_other(emergencies.after_saving(saved.label, user=patient.user, otherwise=otherwise))


def _save(patient: Patient, live: LiveEdition, form: ReminderForm, reminder: Reminder | None) -> Reminder:
    now, number = timezone.now(), live.protocols[PROTOCOL_KEY].number
    if reminder is None:
        return wishes.create(
            patient=patient,
            wish=form.wish,
            edition=live.number,
            protocol_number=number,
            form_id=form.receipt,
            now=now,
        )
    return wishes.change(
        patient=patient, reminder=reminder, wish=form.wish, edition=live.number, protocol_number=number, now=now
    )


def _show_preview(
    request: HttpRequest,
    patient: Patient,
    live: LiveEdition,
    form: ReminderForm,
    preview: Preview,
    reminder: Reminder | None,
) -> HttpResponse:
    is_refused = "save" in request.POST
    context = {
        "form": form,
        "preview": preview,
        "reminder": reminder,
        "name": reminder_pages.name_of(preview.reminder, live),
        "how_often": reminder_pages.how_often(preview.reminder),
        "where": reminder_pages.where(preview.reminder),
        "waits_for": reminder_pages.waits_for_phase(preview.reminder, patient, live, timezone.now()),
        "is_refused": is_refused,
    }
    return render(request, "tracker/reminders/preview.html", context, status=400 if is_refused else 200)


@require_http_methods(_FORMS)
@patient_view
def suggested(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what the care plan suggests for now; save what the patient says yes to, all at once."""
    if emergencies.is_held(patient.user):
        return _held(request)
    now = timezone.now()
    live = publishing.live(now)
    episode = episodes.open_episode(patient.user)
    found = suggestions.suggest(patient=patient, episode=episode, live=live, now=now)
    ways = ways_of(patient)
    form = SuggestedForm(posted(request), patient=patient, live=live, found=found, ways=ways, now=now)
    is_valid = form.is_valid()
    if form.was_saved():
        return seen_other(reverse("tracker:reminders"))
    if is_valid:
        try:
            saved = form.save()
        except wishes.TooMany:
            form.add_error(None, ValidationError(reminder_pages.too_many(), code="too_many"))
        else:
            messages.success(request, reminder_pages.saved(len(saved)))
            return seen_other(reverse("tracker:reminders"))
    phase = suggestions.phase_of(episode, now)
    shown = {"form": form, "ways": ways, "phase": phase, "episode": episode}
    return render(request, "tracker/reminders/suggested.html", shown, status=400 if form.is_bound else 200)


@require_safe
@patient_view
def show(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Show one reminder: what it is, what the care plan says of it, when it comes next."""
    reminder = _own(patient, pk)
    if emergencies.is_held(patient.user):
        return _held(request)
    now = timezone.now()
    page = reminder_pages.read(patient=patient, reminder=reminder, live=publishing.live(now), now=now)
    return render(request, "tracker/reminders/show.html", {"page": page})


@require_POST
@patient_view
def switch(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Switch a reminder on or off."""
    reminder = get_object_or_404(wishes.standing(patient.user), pk=pk)
    is_on = request.POST.get("is_on") == "1"
    wishes.switch(patient=patient, reminder=reminder, is_on=is_on, now=timezone.now())
    messages.success(request, _("The reminder is on.") if is_on else _("The reminder is off. You can switch it on."))
    stays = "stay" in request.POST
    return seen_other(reverse("tracker:reminder", args=[reminder.pk]) if stays else reverse("tracker:reminders"))


@require_POST
@patient_view
def keep(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Keep a reminder as it is after the advice behind it changed."""
    reminder = get_object_or_404(wishes.standing(patient.user), pk=pk)
    try:
        wishes.keep(reminder=reminder, live=publishing.live(timezone.now()))
    except wishes.BelowThePlan:
        return seen_other(reverse("tracker:reminder_edit", args=[reminder.pk]))
    messages.success(request, _("The reminder stays as it is."))
    return seen_other(reverse("tracker:reminder", args=[reminder.pk]))


@require_http_methods(_FORMS)
@patient_view
def end(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Ask, then end a reminder for good."""
    reminder = _own(patient, pk)
    if request.method == "POST":
        wishes.end(reminder=reminder, now=timezone.now())
        messages.success(request, _("The reminder has ended."))
        return seen_other(reverse("tracker:reminders"))
    name = reminder_pages.name_of(reminder, publishing.live(timezone.now()))
    return render(request, "tracker/reminders/end.html", {"reminder": reminder, "name": name})


def _own(patient: Patient, pk: uuid.UUID) -> Reminder:
    own = Reminder.objects.of(patient.user).exclude(kind=ReminderKind.TIMER_END)
    reminder: Reminder = get_object_or_404(own.select_related("medicine", "episode"), pk=pk)
    return reminder


def _medicine(request: HttpRequest, patient: Patient) -> Medicine | None:
    """Return the patient's own medicine that the address names; what is no id names none."""
    try:
        key = uuid.UUID(request.GET.get("medicine", ""))
    except ValueError:
        return None
    medicine: Medicine = get_object_or_404(Medicine.objects.of(patient.user), pk=key)
    return medicine


def _about(step: CareStep | None, patient: Patient) -> reminder_pages.About | None:
    return None if step is None else reminder_pages.about(applies(step, patients.circumstances(patient)))


def _held(request: HttpRequest) -> HttpResponse:
    return render(request, "tracker/reminders/stopped.html")
