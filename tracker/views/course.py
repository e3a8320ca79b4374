"""The course: all episodes, one episode beside the published course, and what came before flares."""

import uuid
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from education import publishing
from education.structure import Source
from tracker import beside_reading, course, course_reading, course_words, emergencies, patterns_reading
from tracker.access import patient_view
from tracker.models import Episode, Patient

EPISODES_ON_A_PAGE: Final = 20
# Sources of the two published courses, of what people notice, and of how often an episode comes again.
COURSE_SOURCES: Final = ("R18", "R17")
CHANGE_SOURCES: Final = ("R54", "R55")
AGAIN_SOURCES: Final = ("R15", "R16")


@require_safe
@patient_view
def episodes(request: HttpRequest, patient: Patient) -> HttpResponse:
    """List the episodes, newest first, with what can be said of gaps and lengths."""
    history = course_reading.history(patient)
    context = {
        "history": history,
        "page": Paginator(history.lines, EPISODES_ON_A_PAGE).get_page(request.GET.get("page")),
        "is_held": emergencies.is_held(patient.user),
        "fewest": course.FEWEST_EPISODES,
        "sources": _sources(AGAIN_SOURCES),
    }
    return render(request, "tracker/course/episodes.html", context)


@require_safe
@patient_view
def episode(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Show one episode: where, how it went, beside the published course, and what was done."""
    now = timezone.now()
    one = get_object_or_404(Episode.objects.of(patient.user), pk=pk)
    read = course_reading.one_episode(patient, one, now)
    context = {
        "episode": one,
        "course": read,
        "beside": beside_reading.beside(one, read.readings, now),
        "places": course_words.place_labels(one.places),
        "triggers": course_words.trigger_labels(one.triggers),
        "length": course_words.span_words(course.span_between(one.began_at, one.ended_at or max(now, one.began_at))),
        "is_held": emergencies.is_held(patient.user),
        "course_sources": _sources(COURSE_SOURCES),
        "change_sources": _sources(CHANGE_SOURCES),
    }
    return render(request, "tracker/course/episode.html", context)


@require_safe
@patient_view
def patterns(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what came before flares, always beside calm days."""
    context = {"patterns": patterns_reading.what_came_before(patient), "fewest": course.FEWEST_EPISODES}
    return render(request, "tracker/course/patterns.html", context)


def _sources(keys: tuple[str, ...]) -> list[Source]:
    """Return live sources by their keys; one that was retired is not named."""
    published = publishing.live(timezone.now()).sources
    return [published[key].content for key in keys if key in published]
