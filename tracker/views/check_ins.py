"""Check-ins: make one, finish or change one, remove one. Nothing of what was said stands in an address."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker import check_ins, emergencies, safety
from tracker.access import patient_view, seen_other
from tracker.form_base import TrackerForm, posted
from tracker.forms.check_ins import CheckInForm, initial_of
from tracker.models import Activity, AskedBecause, CheckIn, Episode, PainSpan, Patient
from tracker.safety import CheckInFacts

NO_AVERAGE_YET: Final = timedelta(hours=24)
Facts = tuple[CheckInFacts, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def new(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Ask how it is, function first; save what was answered, or 'same as last time'."""
    now = timezone.now()
    episode = get_object_or_404(Episode.objects.of(patient.user), pk=pk)
    if not episode.is_open:
        return redirect("tracker:episode", pk=episode.pk)
    if "same" in request.POST:
        return _repeat(request, patient, episode, now)
    known = check_ins.facts(episode)
    asked = check_ins.asked(episode, known, now)
    form = CheckInForm(
        posted(request),
        patient=patient,
        episode=episode,
        activities=list(Activity.objects.of(patient.user).filter(episode=episode, retired_at=None)),
        asks_overall_change=asked.overall_change,
        pain_span=_span_asked(episode, known, now),
        now=now,
    )
    if form.is_valid():
        return _save(request, patient, form, known=known, asks_function=asked.function, now=now)
    shown = {"form": form, "episode": episode, "asked": asked, **_earlier(patient, episode, now)}
    return render(request, "tracker/check_ins/new.html", shown, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def edit(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Show a check-in with what it said before; save what was changed or finished."""
    now = timezone.now()
    check_in = get_object_or_404(CheckIn.objects.of(patient.user).select_related("episode"), pk=pk)
    known = check_ins.facts(check_in.episode, without=check_in)
    asked = check_ins.asked(check_in.episode, known, check_in.at)
    form = _edit_form(posted(request), patient, check_in, asks_change=asked.overall_change, now=now)
    stored = None
    if form.is_valid():
        try:
            return _save(request, patient, form, known=known, asks_function=asked.function, now=now, check_in=check_in)
        except check_ins.Stale:
            stored = check_in
            newer = request.POST.copy()
            newer["page_version"] = check_ins.version(check_in)
            form = _edit_form(newer, patient, check_in, asks_change=asked.overall_change, now=now)
            form.add_error(
                None, _("This check-in was changed on another device. Nothing is lost: both are on this page.")
            )
    shown = {
        "form": form,
        "check_in": check_in,
        "stored": stored,
        "stored_ratings": [] if stored is None else _rated(stored),
        "asked": asked,
        "history": check_ins.history(check_in),
    }
    return render(request, "tracker/check_ins/edit.html", shown, status=_status(form, is_stale=stored is not None))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def delete(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Ask once, then remove a check-in and its history."""
    check_in = get_object_or_404(CheckIn.objects.of(patient.user), pk=pk)
    if request.method == "POST":
        check_ins.delete(check_in=check_in)
        messages.success(request, _("The check-in is deleted."))
        return seen_other(reverse("tracker:episode", args=[check_in.episode_id]))
    return render(request, "tracker/check_ins/delete.html", {"check_in": check_in})


def _span_asked(episode: Episode, known: Facts, now: datetime) -> PainSpan:
    """Ask of the pain right now while there is no score and the episode is too young for an average of 24 hours."""
    is_first = all(fact.pain is None for fact in known)
    return PainSpan.NOW if is_first and now - episode.began_at < NO_AVERAGE_YET else PainSpan.AVERAGE_24H


def _status(form: CheckInForm, *, is_stale: bool) -> int:
    if is_stale:
        return 409
    return 400 if form.is_bound else 200


def _rated(check_in: CheckIn) -> list[tuple[Activity, int]]:
    return [(rating.activity, rating.score) for rating in check_in.ratings.select_related("activity")]


def _edit_form(data: Any, patient: Patient, check_in: CheckIn, *, asks_change: bool, now: datetime) -> CheckInForm:
    ratings = {rating.activity_id: rating.score for rating in check_in.ratings.all()}
    activities = Activity.objects.of(patient.user).filter(
        Q(retired_at=None) | Q(pk__in=list(ratings)), episode_id=check_in.episode_id
    )
    return CheckInForm(
        data,
        patient=patient,
        episode=check_in.episode,
        activities=list(activities),
        asks_overall_change=asks_change or check_in.overall_change is not None,
        now=now,
        check_in=check_in,
        initial=initial_of(check_in, ratings, page_version=check_ins.version(check_in)),
    )


def _save(
    request: HttpRequest,
    patient: Patient,
    form: CheckInForm,
    *,
    known: Facts,
    asks_function: bool,
    now: datetime,
    check_in: CheckIn | None = None,
) -> HttpResponse:
    said = form.cleaned_data
    old_note = check_in.note if check_in else ""
    was_complete = check_in is not None and check_in.is_complete
    saved = check_ins.record(
        patient=patient,
        episode=form.episode,
        check_in=check_in,
        ratings=form.ratings,
        pain=said["pain"],
        overall_change=said.get("overall_change"),
        note=said["note"],
        at=said["at"],
        is_complete=was_complete or "all" in request.POST or form.is_all_answered(asks_function=asks_function),
        form_id=form.receipt,
        page_version=(said["page_version"] or None) if check_in else None,
        pain_span=form.asked_span,
        now=now,
    )
    if saved.is_complete:
        messages.success(request, _("Your check-in is saved."))
    else:
        messages.success(request, _("Your check-in is saved. You can fill in the rest within 24 hours."))
    after = check_ins.facts_with(known, saved, form.ratings.values())
    check_ins.note_offer(episode=form.episode, known=after, zone=patient.zone, now=now)
    note = "" if said["note"] == old_note else said["note"]
    return seen_other(_where_next(patient, form.episode, note, after))


def _repeat(request: HttpRequest, patient: Patient, episode: Episode, now: datetime) -> HttpResponse:
    form = TrackerForm(request.POST, user=patient.user)
    form.is_valid()
    saved = check_ins.repeat(patient=patient, episode=episode, form_id=form.receipt, now=now)
    if saved is None:
        messages.info(request, _("There is no earlier check-in to repeat."))
        return seen_other(reverse("tracker:check_in", args=[episode.pk]))
    after = check_ins.facts(episode)
    check_ins.note_offer(episode=episode, known=after, zone=patient.zone, now=now)
    # A message may lie in the session in plain text: no answer stands in it.
    messages.success(request, _("Saved: the same as last time."))
    return seen_other(_where_next(patient, episode, "", after))


def _where_next(patient: Patient, episode: Episode, note: str, known: Facts) -> str:
    """Return the next address: help for words that ask for it, the emergency questions if it got worse, else Now."""
    home = reverse("tracker:home")
    address = emergencies.after_saving(note, user=patient.user, otherwise=home)
    if address == home and safety.why_ask_again(known, began_at=episode.began_at, zone=patient.zone) is not None:
        return f"{reverse('tracker:emergency')}?{urlencode({'because': AskedBecause.WORSE.value})}"
    return address


def _earlier(patient: Patient, episode: Episode, now: datetime) -> dict[str, Any]:
    """Return what the page says of earlier check-ins: the one to finish, and the one to repeat."""
    last = check_ins.last_complete(episode)
    return {
        "half_filled": check_ins.half_filled(episode, now),
        "last": last,
        "last_ratings": [] if last is None else list(check_ins.current_ratings(last).items()),
        "same_form": TrackerForm(user=patient.user, auto_id="same_%s"),
        "latest": check_ins.latest(episode),
    }
