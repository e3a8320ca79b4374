"""Screens of an episode: three taps to start one, all the rest later."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from education import publishing
from education.edition import PROTOCOL_KEY
from tracker import course_words, emergencies, episodes
from tracker.access import patient_view, seen_other
from tracker.form_base import posted
from tracker.forms.episodes import IMPOSSIBLE, CloseForm, DetailsForm, TapForm, WhereForm
from tracker.models import AskedBecause, Episode, Patient
from tracker.reminders import timers, wishes

SKIP: Final = "skip"
SAME: Final = "same"
UNDO: Final = "undo"


def _own(patient: Patient, pk: uuid.UUID) -> Episode:
    """Return one of the patient's own episodes; anybody else's is 404."""
    episode: Episode = get_object_or_404(Episode.objects.of(patient.user), pk=pk)
    return episode


def _home() -> HttpResponse:
    return seen_other(reverse("tracker:home"))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def start(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Begin an episode; the emergency questions come first."""
    now = timezone.now()
    running = episodes.open_episode(patient.user)
    if request.method != "POST":
        if running is not None:
            return render(request, "tracker/episodes/already_open.html", {"episode": running})
        if not emergencies.is_ready_to_start(patient.user, now):
            return _ask_first(request)
        return render(request, "tracker/episodes/start.html", {"form": TapForm(user=patient.user)})
    form = TapForm(request.POST, user=patient.user)
    form.is_valid()
    try:
        episode = episodes.start(
            patient=patient,
            form_id=form.receipt,
            now=now,
            protocol_number=publishing.live(now).protocols[PROTOCOL_KEY].number,
        )
    except episodes.AlreadyOpen:
        messages.info(request, _("An episode is open already. Here it is."))
        return _home()
    except episodes.NotReady:
        return _ask_first(request)
    return seen_other(reverse("tracker:episode_where", args=[episode.pk]))


def _ask_first(request: HttpRequest) -> HttpResponse:
    query = urlencode({"because": AskedBecause.START.value, "next": "start"})
    return HttpResponseRedirect(
        f"{reverse('tracker:emergency')}?{query}", status=303 if request.method == "POST" else 302
    )


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def where(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Ask where it is; 'same as last time' copies the places, the triggers and the names of activities."""
    episode = _own(patient, pk)
    if SAME in request.POST:
        return _same_as_last_time(request, episode)
    form = WhereForm(posted(request), user=patient.user, initial={"places": episode.places})
    if form.is_valid():
        episodes.say_where(episode=episode, places=form.cleaned_data["places"])
        return _after(episode)
    last = episodes.previous(episode)
    context = {"form": form, "episode": episode, "has_last": last is not None, "after": _address_after(episode)}
    return render(request, "tracker/episodes/where.html", context, status=400 if form.is_bound else 200)


def _address_after(episode: Episode) -> str:
    return reverse("tracker:home") if episode.is_open else reverse("tracker:episode", args=[episode.pk])


def _after(episode: Episode) -> HttpResponse:
    return seen_other(_address_after(episode))


def _same_as_last_time(request: HttpRequest, episode: Episode) -> HttpResponse:
    if episodes.same_as_last_time(episode=episode, now=timezone.now()):
        messages.success(request, _("Copied from your last episode. Change what is different."))
    else:
        messages.info(request, _("There is no earlier episode to copy from."))
    return seen_other(reverse("tracker:episode_details", args=[episode.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def details(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Ask for all the rest; watched words in what was typed lead to the emergency questions, after it was saved."""
    episode = _own(patient, pk)
    if SAME in request.POST:
        return _same_as_last_time(request, episode)
    now = timezone.now()
    form = _details_form(request, posted(request), patient, episode, now)
    stored = None
    if form.is_valid():
        description = form.description
        try:
            episodes.describe(
                patient=patient,
                episode=episode,
                description=description,
                form_id=form.receipt,
                now=now,
                page_version=form.cleaned_data["page_version"],
            )
        except episodes.Stale:
            stored = _stored_details(episode)
            form = _form_with_both(request, patient, episode, now)
        except episodes.Impossible as error:
            form.add_error("began_at", str(IMPOSSIBLE[error.code]))
        else:
            texts = [description.trigger_words, description.note, *(one.name for one in description.activities)]
            return seen_other(emergencies.after_saving(*texts, user=patient.user, otherwise=_address_after(episode)))
    has_last = episodes.previous(episode) is not None
    context = {"form": form, "episode": episode, "has_last": has_last, "after": _address_after(episode)}
    status = (400 if form.is_bound else 200) if stored is None else 409
    return render(request, "tracker/episodes/details.html", {**context, "stored": stored}, status=status)


def _details_form(
    request: HttpRequest, data: QueryDict | None, patient: Patient, episode: Episode, now: datetime
) -> DetailsForm:
    asks_pain = episode.is_open and not episodes.has_check_in(episode)
    return DetailsForm(data, patient=patient, episode=episode, asks_pain=asks_pain or _has_scores(request), now=now)


def _form_with_both(request: HttpRequest, patient: Patient, episode: Episode, now: datetime) -> DetailsForm:
    """Return the form with what was typed, which may now take the place of what another device has saved."""
    data = request.POST.copy()
    data["page_version"] = episodes.version(episode)
    form = _details_form(request, data, patient, episode, now)
    words = _(
        "These details were changed on another device. What is saved now stands below your own. "
        "Save again to put yours in its place."
    )
    form.add_error(None, words)
    return form


def _stored_details(episode: Episode) -> dict[str, Any]:
    """Return what is saved now, for people to read beside what they typed."""
    return {
        "began_at": episode.began_at,
        "triggers": course_words.trigger_labels(episode.triggers),
        "trigger_words": episode.trigger_words,
        "activities": list(episodes.names(episode).values()),
        "note": episode.note,
    }


def _has_scores(request: HttpRequest) -> bool:
    """Say whether the page that was sent still asked for the pain: a form sent twice must read the same."""
    return "pain" in request.POST or any(name.startswith("ability_") for name in request.POST)


@require_POST
@patient_view
def move_on(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Keep 'I move on to heat', or take it back."""
    return _say(request, _own(patient, pk), "moved_on_at", _("You have moved on to heat."))


@require_POST
@patient_view
def recovered(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Keep 'I feel recovered', or take it back."""
    words = _("Good to hear. From now on you see the steps that lower the chance of another spasm.")
    return _say(request, _own(patient, pk), "recovered_at", words)


def _say(request: HttpRequest, episode: Episode, field: str, words: str) -> HttpResponse:
    now = timezone.now()
    keep = episodes.move_on if field == "moved_on_at" else episodes.feel_recovered
    try:
        if UNDO in request.POST:
            episodes.take_back(episode=episode, field=field, now=now)
            words = _("Taken back.")
        else:
            keep(episode=episode, now=now)
    except episodes.Impossible as error:
        return render(request, "tracker/episodes/impossible.html", {"words": IMPOSSIBLE[error.code]}, status=409)
    messages.success(request, words)
    return _home()


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def close(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """End an episode, or change its end."""
    episode = _own(patient, pk)
    now = timezone.now()
    was_open = episode.is_open
    form = CloseForm(posted(request), patient=patient, episode=episode, now=now)
    if form.is_valid():
        days_lost = form.cleaned_data["days_lost"]
        try:
            episodes.close(episode=episode, ended_at=form.ended_at, days_lost=days_lost, now=now)
        except episodes.Impossible as error:
            form.add_error("ended_at", str(IMPOSSIBLE[error.code]))
        else:
            timers.after_close(patient=patient, now=now)
            if not was_open:
                messages.success(request, _("Saved."))
                return seen_other(reverse("tracker:episode", args=[episode.pk]))
            messages.success(request, _("This episode is closed."))
            return _home()
    context = {"form": form, "episode": episode, "was_open": was_open}
    return render(request, "tracker/episodes/close.html", context, status=400 if form.is_bound else 200)


@require_POST
@patient_view
def reopen(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Let a closed episode go on."""
    try:
        episodes.reopen(episode=_own(patient, pk))
    except episodes.AlreadyOpen:
        words = _("Another episode is open. Close that one first.")
        return render(request, "tracker/episodes/impossible.html", {"words": words}, status=409)
    except episodes.Impossible as error:
        return render(request, "tracker/episodes/impossible.html", {"words": IMPOSSIBLE[error.code]}, status=409)
    wishes.reschedule(user=patient.user, now=timezone.now())
    messages.success(request, _("The episode goes on."))
    return _home()


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def delete(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Ask, then delete an episode with all that belongs to it."""
    episode = _own(patient, pk)
    if request.method != "POST":
        return render(request, "tracker/episodes/delete.html", {"episode": episode})
    episodes.delete(episode=episode)
    messages.success(request, _("The episode is deleted."))
    return seen_other(reverse("tracker:episodes"))
