"""When the back is calm: the exercise plan, what was done, and the weekly check-in."""

from datetime import datetime
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from backspasm.form_ids import new_form_id
from education import publishing
from education.edition import LiveEdition
from tracker import emergencies, patients, prevention, prevention_reading, training
from tracker.access import patient_view, seen_other
from tracker.forms.episodes import TapForm
from tracker.forms.prevention import LEVEL_HINTS, LEVEL_NAMES, PlanForm, WeekForm, refusal_words
from tracker.models import Patient, PreventionPlan, WeeklyCheckIn
from tracker.prevention import Standing

STUDIES: Final = ("R12", "R14")
THANKS: Final[dict[str, Promise]] = {
    WeeklyCheckIn.Kept.YES: gettext_lazy("Thank you. You kept it up, and that is what counts."),
    WeeklyCheckIn.Kept.SOME: gettext_lazy("Thank you. Every bit counts."),
    WeeklyCheckIn.Kept.NOT_THIS_WEEK: gettext_lazy("Weeks like that happen. Start again with the easiest one."),
}


@require_safe
@patient_view
def home(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show the plan, the steps to keep up and the weekly check-in, or why they wait."""
    now = timezone.now()
    live = publishing.live(now)
    standing = prevention.standing(patient.user)
    context = _frame(standing)
    plan = prevention.current_plan(patient.user)
    if plan is not None:
        context |= _of_plan(plan, patient, live)
    if not standing.is_stopped:
        steps = prevention_reading.steps(patient=patient, live=live, now=now)
        context["steps"] = [(step, new_form_id(patient.user)) for step in steps]
    last = prevention.last_week(patient.user)
    context |= {
        "plan": plan,
        "may_answer": prevention.may_answer(last, now),
        "next_week_at": last.at + prevention.WEEK if last is not None else None,
        "sources": [live.sources[key].content for key in STUDIES if key in live.sources],
    }
    return render(request, "tracker/prevention/home.html", context)


def _of_plan(plan: PreventionPlan, patient: Patient, live: LiveEdition) -> dict[str, Any]:
    chosen = prevention.chosen(plan, live, patients.circumstances(patient))
    above = training.next_level(cast(training.Level, plan.level))
    minutes = training.walking_minutes_next(plan.walking_minutes)
    return {
        "level_name": LEVEL_NAMES[plan.level],
        "next_level_name": LEVEL_NAMES[above] if above else "",
        "next_level_hint": LEVEL_HINTS[above] if above else "",
        "chosen": chosen,
        "notes": tuple(dict.fromkeys(note for _one, shown in chosen.exercises for note in shown.notes)),
        "errors": [refusal_words(code, plan.level) for code in chosen.errors],
        "next_walk": minutes if minutes > plan.walking_minutes else None,
        "up_id": new_form_id(patient.user),
        "walk_id": new_form_id(patient.user),
    }


def _frame(standing: Standing) -> dict[str, Any]:
    """Return what the page knows of what stands in the way; the tab bar leads here only between episodes."""
    episode = standing.episode
    is_open = episode is not None and episode.is_open
    return {
        "standing": standing,
        "tracker_nav": {
            "here": "more" if is_open else "check_in",
            "episode_id": episode.pk if is_open and episode is not None else "",
        },
    }


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def plan(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Choose or change the plan; go up a level or walk more, only ever because the patient says so."""
    now = timezone.now()
    try:
        if "next_level" in request.POST:
            return _go_up(request, patient, now)
        if "walk_more" in request.POST:
            return _walk_more(request, patient, now)
        return _choose(request, patient, now)
    except prevention.Stopped:
        return seen_other(reverse("tracker:prevention"))


def _choose(request: HttpRequest, patient: Patient, now: datetime) -> HttpResponse:
    standing = prevention.standing(patient.user)
    if standing.is_stopped:
        return seen_other(reverse("tracker:prevention"))
    live = publishing.live(now)
    offered = prevention_reading.offered(
        (published.content for published in live.exercises.values()), patients.circumstances(patient)
    )
    plan = prevention.current_plan(patient.user)
    form = PlanForm(request.POST or None, patient=patient, plan=plan, offered=offered)
    if form.is_valid():
        try:
            prevention.choose(
                patient=patient,
                level=form.cleaned_data["level"],
                exercises=form.chosen,
                walking_minutes=form.cleaned_data["walking_minutes"],
                edition=live.number,
                form_id=form.receipt,
                now=now,
            )
        except prevention.NotAPlan as error:
            # Another phone changed the plan since this page was made.
            for code in error.codes:
                form.add_error("exercises", refusal_words(code, form.cleaned_data["level"]))
        else:
            messages.success(request, _("Your plan is saved."))
            return seen_other(reverse("tracker:prevention"))
    context = {"form": form, "standing": standing, "offered": offered}
    return render(request, "tracker/prevention/plan.html", context, status=400 if form.is_bound else 200)


def _go_up(request: HttpRequest, patient: Patient, now: datetime) -> HttpResponse:
    form = TapForm(request.POST, user=patient.user)
    form.is_valid()
    plan = prevention.go_up(patient=patient, form_id=form.receipt, now=now)
    if plan is not None:
        words = _("Your plan is now at the level “{level}”. Add exercises if you like.")
        messages.success(request, words.format(level=LEVEL_NAMES[plan.level]))
    return seen_other(reverse("tracker:prevention_plan"))


def _walk_more(request: HttpRequest, patient: Patient, now: datetime) -> HttpResponse:
    form = TapForm(request.POST, user=patient.user)
    form.is_valid()
    plan = prevention.walk_more(patient=patient, form_id=form.receipt, now=now)
    if plan is not None:
        messages.success(request, _("A walk is now {count} minutes in your plan.").format(count=plan.walking_minutes))
    return seen_other(reverse("tracker:prevention"))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def weekly(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ask the weekly questions, at most once a week; what is sent is kept in any case."""
    now = timezone.now()
    form = WeekForm(request.POST or None, user=patient.user)
    if form.is_valid():
        return _keep_week(request, patient, form, now)
    standing = prevention.standing(patient.user)
    if standing.hold is not None and not form.is_bound:
        return seen_other(reverse("tracker:prevention"))
    last = prevention.last_week(patient.user)
    context = {
        **_frame(standing),
        "form": form,
        "last": last,
        "next_week_at": last.at + prevention.WEEK if last is not None else None,
        "asks": form.is_bound or (prevention.may_answer(last, now) and not standing.is_for_later),
    }
    return render(request, "tracker/prevention/weekly.html", context, status=400 if form.is_bound else 200)


def _keep_week(request: HttpRequest, patient: Patient, form: WeekForm, now: datetime) -> HttpResponse:
    said = form.cleaned_data
    prevention.record_week(
        patient=patient,
        kept=said["kept"],
        walking_minutes=said["walking_minutes"],
        yesterday=said["yesterday"],
        note=said["note"],
        form_id=form.receipt,
        now=now,
    )
    messages.success(request, str(THANKS[said["kept"]]))
    address = emergencies.after_saving(said["note"], user=patient.user, otherwise=reverse("tracker:prevention"))
    return seen_other(address)
