"""Screens of the emergency questions, the hold, crisis help and the see-somebody signs."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from education import publishing
from education.pages import CardView, SignView
from education.structure import CareCard, Sign
from tracker import emergencies, episodes, patients, safety
from tracker.access import patient_view, seen_other
from tracker.form_base import posted
from tracker.forms.emergency import REST_IS_NO, EmergencyForm, LiftForm, SignsForm
from tracker.models import AskedBecause, ClinicianCheck, Episode, Hold, Lifted, Patient

_NEXT: Final = {"start": "tracker:start", "home": "tracker:home", "medicines": "tracker:medicines"}
_CHECK_IN: Final = "check_in"
_NEXT_BY_REASON: Final = {AskedBecause.START: "start", AskedBecause.MEDICINE: "medicines"}


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def questions(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ask the emergency questions, one line each, and go on where the patient was going."""
    now = timezone.now()
    because, then = _because(request), _then(request)
    if request.method == "POST":
        return _keep(request, patient, now) or seen_other(_after(patient, because, then))
    if emergencies.is_held(patient.user):
        return HttpResponseRedirect(_address("tracker:hold", next=then))
    broken_off = emergencies.unfinished(patient.user, because, now)
    form = EmergencyForm(
        user=patient.user,
        signs=_asked(publishing.live(now).emergency_card, because),
        initial=emergencies.answers_to_keep(broken_off) if broken_off else None,
    )
    return _ask(request, form, now)


@require_POST
@patient_view
def answer(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Keep what is answered so far, sent by the page while the patient already reads the card."""
    refusal = _keep(request, patient, timezone.now())
    return refusal or seen_other(_after(patient, _because(request), _then(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def hold(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show the emergency card until the patient says that they were seen, or that it was a mistake."""
    now = timezone.now()
    then = _then(request)
    current = emergencies.open_hold(patient.user)
    if current is None:
        return seen_other(_next_address(patient, then))
    form = LiftForm(posted(request), user=patient.user)
    if request.method == "POST" and form.is_valid():
        return seen_other(_lift(request, patient, current, form, now))
    card = publishing.live(now).emergency_card
    context = {
        "form": form,
        "view": _view(card, card.signs),
        "answered": [sign for sign in card.signs if sign.code in current.codes],
        "mark": emergencies.mark(current),
    }
    return render(request, "tracker/emergency/hold.html", context)


@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    """Show where to find help for thoughts of self-harm. It asks nothing and keeps nothing."""
    card = publishing.live(timezone.now()).emergency_card
    return render(request, "tracker/emergency/crisis.html", {"view": _view(card, card.signs), "card": card})


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def signs(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Ask the signs to see somebody about; afterwards say how soon."""
    now = timezone.now()
    episode = get_object_or_404(Episode.objects.of(patient.user), pk=pk)
    latest = emergencies.latest_signs(episode)
    if request.method != "POST" and latest is not None and "again" not in request.GET:
        return _answered_signs(request, episode, latest, now)
    form = SignsForm(posted(request), user=patient.user, signs=_signs_to_ask(patient, now))
    if request.method == "POST" and form.is_valid():
        emergencies.answer_signs(
            user=patient.user,
            episode=episode,
            answers=form.all_answers(),
            codes=form.codes,
            form_id=form.receipt,
            edition=publishing.live(now).number,
            now=now,
        )
        return seen_other(reverse("tracker:signs", args=[episode.pk]))
    return render(request, "tracker/emergency/signs.html", {"form": form, "rest": REST_IS_NO})


@require_POST
@patient_view
def signs_seen(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Keep 'I have been seen': exercises go on."""
    episode = get_object_or_404(Episode.objects.of(patient.user), pk=pk)
    emergencies.signs_seen(episode=episode, now=timezone.now())
    messages.success(request, _("Saved. Stretches and strength steps are open again."))
    return seen_other(reverse("tracker:home"))


def _keep(request: HttpRequest, patient: Patient, now: datetime) -> HttpResponse | None:
    """Keep the answers, or return the form again. What needs help is kept whatever is wrong with the rest."""
    because = _because(request)
    live = publishing.live(now)
    form = EmergencyForm(request.POST, user=patient.user, signs=_asked(live.emergency_card, because))
    if not form.is_valid() and not form.needs_help():
        return _ask(request, form, now)
    emergencies.answer(
        user=patient.user,
        episode=episodes.open_episode(patient.user),
        because=because,
        answers=form.answers,
        rest_is_no=form.rest_is_no and form.is_valid(),
        form_id=form.receipt,
        edition=live.number,
        now=now,
        codes=form.codes,
    )
    return None


def _ask(request: HttpRequest, form: EmergencyForm, now: datetime) -> HttpResponse:
    card = publishing.live(now).emergency_card
    because, then = _because(request), _then(request)
    context = {
        "form": form,
        "view": _view(card, card.signs),
        "rest": REST_IS_NO,
        "because": because.value,
        "here": _address("tracker:emergency", because=because.value, next=then),
        "answer_url": _address("tracker:emergency_answer", because=because.value, next=then),
        "hold_url": _address("tracker:hold", next=then),
    }
    return render(request, "tracker/emergency/questions.html", context)


def _lift(request: HttpRequest, patient: Patient, hold: Hold, form: LiftForm, now: datetime) -> str:
    """End the hold, and return where to go; back to the hold where another phone has answered since."""
    then = _then(request)
    because = Lifted(form.cleaned_data["because"])
    is_as_shown = form.cleaned_data["shown"] == emergencies.mark(hold)
    if not is_as_shown or not emergencies.lift(hold=hold, because=because, now=now):
        messages.warning(request, _("Another answer came in. Read the card again."))
        return _address("tracker:hold", next=then)
    asked_because = hold.check_made.because
    if emergencies.unfinished(patient.user, asked_because, now):
        return _address("tracker:emergency", because=asked_because, next=then)
    return _next_address(patient, then)


def _answered_signs(request: HttpRequest, episode: Episode, check: ClinicianCheck, now: datetime) -> HttpResponse:
    codes = safety.signs_to_show(check.answers)
    cards = publishing.live(now).cards
    views = [_view(cards[key].content, _only(cards[key].content, codes)) for key in ("urgent", "soon")]
    context = {
        "views": [view for view in views if view.signs],
        "episode": episode,
        "is_paused": emergencies.exercise_pause(episode) is not None,
        "again": f"{reverse('tracker:signs', args=[episode.pk])}?again=1",
    }
    return render(request, "tracker/emergency/signs_answered.html", context)


def _signs_to_ask(patient: Patient, now: datetime) -> list[Sign]:
    """Return the see-somebody signs as the cards have them; this patient's own come first, C10 only in pregnancy."""
    cards = publishing.live(now).cards
    first = patients.first_signs(patient)
    asked = [sign for key in ("urgent", "soon") for sign in cards[key].content.signs]
    asked = [sign for sign in asked if sign.code != "C10" or patient.is_pregnant]
    return sorted(asked, key=lambda sign: sign.code not in first)


def _asked(card: CareCard, because: str) -> list[Sign]:
    """Return the signs of the card to ask; one that editors added later is asked with the others."""
    is_medicine = because == AskedBecause.MEDICINE
    return [sign for sign in card.signs if (sign.code == safety.MEDICINE_CODE) == is_medicine]


def _only(card: CareCard, codes: Iterable[str]) -> list[Sign]:
    wanted = set(codes)
    return sorted(
        (sign for sign in card.signs if sign.code in wanted), key=lambda sign: safety.urgency(sign.code) != "today"
    )


def _view(card: CareCard, shown: Iterable[Sign]) -> CardView:
    return CardView(card, tuple(SignView(sign, ()) for sign in shown))


def _because(request: HttpRequest) -> AskedBecause:
    """Return why the questions are asked; who came without a reason asked for them."""
    given = request.GET.get("because", "")
    return AskedBecause(given) if given in AskedBecause.values else AskedBecause.PATIENT


def _then(request: HttpRequest) -> str:
    """Return the name of the screen to go on to: one of a few, never an address from outside."""
    given = request.GET.get("next", "")
    return given if given in _NEXT or given == _CHECK_IN else _NEXT_BY_REASON.get(_because(request), "home")


def _next_address(patient: Patient, then: str) -> str:
    if then != _CHECK_IN:
        return reverse(_NEXT[then])
    episode = episodes.open_episode(patient.user)
    return reverse("tracker:check_in", args=[episode.pk]) if episode else reverse("tracker:home")


def _after(patient: Patient, because: AskedBecause, then: str) -> str:
    is_held = emergencies.is_held(patient.user)
    return _address("tracker:hold", next=then) if is_held else _next_address(patient, then)


def _address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
