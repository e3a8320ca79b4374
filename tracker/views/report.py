"""The visit sheet: on screen, as a PDF, its questions, and the links that show it to somebody else."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backspasm import site
from backspasm.reauthentication import sensitive_post
from education import publishing
from education.documents import SiteFacts
from tracker import emergencies
from tracker.access import patient_view, seen_other
from tracker.forms.report import LinkForm, QuestionsForm
from tracker.local_time import local_day
from tracker.models import Patient, VisitLink
from tracker.reports import sheet_chart, visit_document, visit_links, visit_sheet

_READ = ["GET", "HEAD"]
_FORMS = ["GET", "HEAD", "POST"]


def shown(patient: Patient, now: datetime) -> dict[str, Any]:
    """Return what the sheet's template needs."""
    live = publishing.live(now)
    record = visit_sheet.record_of(patient, live, now)
    site_facts = SiteFacts(site.current().url)
    return {
        "sheet": visit_document.sheet_for_the_screen(record, visit_sheet.sign_texts(live), site_facts),
        "chart": sheet_chart.of_pain(record),
    }


@require_http_methods(_READ)
@patient_view
def sheet(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Show the sheet; no chart while a hold is open, so that nothing stands beside its message."""
    context = shown(patient, timezone.now())
    if emergencies.is_held(patient.user):
        context["chart"] = None
    return render(request, "tracker/report/sheet.html", context)


@require_http_methods(_FORMS)
@patient_view
def questions(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Ask for up to three questions to take along."""
    form = QuestionsForm(request.POST or None, user=patient.user)
    if request.method == "POST" and form.is_valid():
        form.save(now=timezone.now())
        messages.success(request, _("Your questions are on the sheet."))
        return seen_other(
            emergencies.after_saving(*form.texts(), user=patient.user, otherwise=reverse("tracker:report"))
        )
    return render(request, "tracker/report/questions.html", {"form": form})


@require_http_methods(_READ)
@patient_view
def pdf(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Hand out the sheet as a PDF of one A4 side."""
    now = timezone.now()
    live = publishing.live(now)
    record = visit_sheet.record_of(patient, live, now)
    document = visit_document.pdf(record, visit_sheet.sign_texts(live), SiteFacts(site.current().url))
    name = f"visit-sheet-{local_day(now, patient.zone):%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(document, content_type="application/pdf", headers=headers)


@require_http_methods(_FORMS)
@sensitive_post
@patient_view
def links(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """List the links and when they were opened; POST makes one and shows its address, once."""
    now = timezone.now()
    form = LinkForm(request.POST or None, user=patient.user)
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = visit_links.make(patient=patient, hours=form.cleaned_data["hours"], form_id=form.receipt, now=now)
        except visit_links.AlreadyMade:
            messages.info(request, _("This link was made already. Its address is shown only once."))
            return seen_other(reverse("tracker:visit_links"))
        except visit_links.TooMany:
            form.add_error(None, _("Five links work already. End one of them first."))
        else:
            # Answered here and not after a redirect: the token must stand in no session, message or address.
            address = site.absolute(reverse("visit", args=[token]))
            form = LinkForm(user=patient.user)
    found = visit_links.listed(patient.user, now=now)
    answer = render(request, "tracker/report/links.html", {"form": form, "links": found, "address": address})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["POST"])
@patient_view
def revoke(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """End a link at once."""
    link = get_object_or_404(VisitLink.objects.of(patient.user), pk=pk)
    if visit_links.revoke(user=patient.user, link=link, now=timezone.now()):
        messages.success(request, _("This link opens nothing any more."))
    return seen_other(reverse("tracker:visit_links"))
