"""Screens of the set-up and the settings: age, consent, about you, and the ways out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backspasm.form_ids import FIELD_NAME
from tracker import patients
from tracker.access import patient_of, patient_view, seen_other, signed_in, with_step
from tracker.consent_words import CONSENT_VERSION, WORDS
from tracker.form_base import posted
from tracker.forms.setup import AboutYouForm, AgeForm, ConsentForm, SettingsForm
from tracker.models import Patient
from tracker.reminders import travelling

_FORMS = ["GET", "HEAD", "POST"]


@require_http_methods(_FORMS)
def setup(request: HttpRequest) -> HttpResponse:
    """Ask the age, alone; later lead to where the set-up was left, or to the ways out after a withdrawal."""
    user = signed_in(request)
    patient = patient_of(request)
    if patient is not None and patient.age_band:
        step = _next_step(patient)
        if step != "tracker:consent" or not patients.has_withdrawn(user):
            return _lead_to(request, step)
        return render(request, "tracker/setup/withdrawn.html")
    form = AgeForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        if patients.answer_age(user=user, band=form.cleaned_data["age_band"], now=timezone.now()) is None:
            return _too_young(request, form.cleaned_data["age_band"])
        return _lead_to(request, "tracker:consent")
    return render(request, "tracker/setup/age.html", {"form": form})


@require_http_methods(_FORMS)
def consent(request: HttpRequest) -> HttpResponse:
    """Ask whether health entries may be kept."""
    user = signed_in(request)
    patient = patient_of(request)
    step = _next_step(patient)
    if patient is None or step != "tracker:consent":
        return _lead_to(request, step)
    form = ConsentForm(posted(request), user=user)
    if request.method == "POST" and form.is_valid():
        patients.give_consent(user=user, now=timezone.now())
        return _lead_to(request, "tracker:home" if patient.set_up_at else "tracker:about_you")
    context = {"form": form, "words": WORDS, "version": CONSENT_VERSION}
    return render(request, "tracker/setup/consent.html", context)


@require_http_methods(_FORMS)
def about_you(request: HttpRequest) -> HttpResponse:
    """Ask what changes the care plan, and the time zone."""
    patient = patient_of(request)
    step = _next_step(patient)
    if patient is None or step != "tracker:about_you":
        return _lead_to(request, step)
    form = AboutYouForm(posted(request), user=patient.user)
    if request.method == "POST" and form.is_valid():
        patients.answer_set_up(patient=patient, now=timezone.now(), **_answers(form))
        return _lead_to(request, "tracker:home")
    return render(request, "tracker/setup/about_you.html", {"form": form})


@require_http_methods(_FORMS)
@patient_view
def settings(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Change the answers of the set-up, and find all that belongs to the account."""
    form = SettingsForm(posted(request), user=patient.user, patient=patient)
    if request.method == "POST" and form.is_valid():
        now, zone_before = timezone.now(), patient.time_zone
        patients.answer_set_up(patient=patient, now=now, **_answers(form))
        if patient.time_zone != zone_before:
            travelling.move_reminders(patient=patient, now=now)
        messages.success(request, _("Saved."))
        return seen_other(reverse("tracker:settings"))
    return render(request, "tracker/setup/settings.html", {"form": form, "consent": patient.consent})


@require_http_methods(_FORMS)
@patient_view
def withdraw(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Take back the consent; everything stops at once."""
    if request.method == "POST":
        patients.withdraw_consent(user=patient.user, now=timezone.now())
        return seen_other(reverse("tracker:setup"))
    return render(request, "tracker/setup/withdraw.html")


def _next_step(patient: Patient | None) -> str:
    """Return the name of the screen at which the set-up goes on."""
    if patient is None or not patient.age_band:
        return "tracker:setup"
    if patient.consent_id is None:
        return "tracker:consent"
    return "tracker:home" if patient.set_up_at else "tracker:about_you"


def _lead_to(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to a screen, with the step that 'Remind me' stood beside; at the end to the form of that reminder."""
    key = request.GET.get("step", "")
    address = with_step(reverse(name), key)
    if name == "tracker:home":
        address = with_step(reverse("tracker:reminder_new"), key) if "?" in address else reverse(name)
    return HttpResponseRedirect(address, status=303 if request.method == "POST" else 302)


def _answers(form: AboutYouForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.fields if name != FIELD_NAME}


def _too_young(request: HttpRequest, band: str) -> HttpResponse:
    """Say what comes instead. The account is gone; so is everything this browser holds of it."""
    request.session.flush()
    request.user = AnonymousUser()
    return render(request, "tracker/setup/too_young.html", {"is_under_16": band == patients.UNDER_16})
