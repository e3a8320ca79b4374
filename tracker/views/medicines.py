"""The patient's own medicines and doses. No name of a medicine stands in an address, a log line or a message."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backspasm.form_ids import new_form_id
from education import publishing
from education.pages import CardView, SignView
from tracker import emergencies, episodes, medicine_words, medicines, safety
from tracker.access import patient_view, seen_other
from tracker.form_base import posted
from tracker.forms.emergency import EmergencyForm
from tracker.forms.medicines import DoseForm, MedicineForm, initial_of
from tracker.medicine_words import Sentence
from tracker.medicines import AgainstLabel, LabelWords, OnTheShelf, Shelf
from tracker.models import AntiInflammatory, Dose, Medicine, Patient


@dataclass(frozen=True)
class Row:
    """One medicine on the screen."""

    medicine: Medicine
    gap: str
    sentences: tuple[Sentence, ...]
    last_at: datetime | None
    is_to_be_avoided: bool
    form: DoseForm


@dataclass(frozen=True)
class JustTaken:
    """The dose that was logged a moment ago: what there was to say, and the sign that is asked after it.

    ``view`` is the emergency card, which a yes or not sure shows at once.
    """

    dose: Dose
    name: str
    sentences: tuple[Sentence, ...]
    form: EmergencyForm
    view: CardView


@require_http_methods(["GET", "HEAD"])
@patient_view
def list_medicines(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Show the list with what there is to say before each dose, and the doses of the last days."""
    now = timezone.now()
    shelf = medicines.shelf(patient.user, now)
    # Pregnant patients are told to ask their maternity team beside the list; the review itself is hidden to them.
    episode = None if patient.is_pregnant else episodes.open_episode(patient.user)
    shown = {
        "patient": patient,
        "rows": [_row(patient, item, shelf, now) for item in shelf.in_use],
        "put_away": shelf.put_away,
        "doses": [(dose, shelf.names.get(dose.medicine_id, "")) for dose in shelf.doses],
        "just_taken": _just_taken(request, patient, shelf, now),
        "is_review_due": episode is not None and medicines.is_review_due(episode, now),
        "review_id": new_form_id(patient.user),
    }
    return render(request, "tracker/medicines/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def add(request: HttpRequest, patient: Patient) -> HttpResponseBase:
    """Ask what the label of a new medicine says."""
    form = MedicineForm(posted(request), user=patient.user)
    if form.is_valid():
        medicines.add(patient=patient, label=form.label, form_id=form.receipt, now=timezone.now())
        messages.success(request, _("The medicine is on your list."))
        return seen_other(_after_saving(form.label))
    shown = {"form": form, "patient": patient}
    return render(request, "tracker/medicines/add.html", shown, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def edit(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Change what the patient typed of a label; show what it said before."""
    medicine = get_object_or_404(Medicine.objects.of(patient.user), pk=pk)
    initial = initial_of(medicines.label_of(medicine))
    form = MedicineForm(posted(request), user=patient.user, initial=initial)
    if form.is_valid():
        medicines.change(medicine=medicine, label=form.label, now=timezone.now())
        messages.success(request, _("What you changed is saved."))
        return seen_other(_after_saving(form.label))
    past = [_past(changed_at, label) for changed_at, label in medicines.history(medicine)]
    shown = {"form": form, "medicine": medicine, "history": past}
    return render(request, "tracker/medicines/edit.html", shown, status=400 if form.is_bound else 200)


@require_http_methods(["POST"])
@patient_view
def put_away(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Take a medicine off the list, or with ``take_out`` put it back."""
    medicine = get_object_or_404(Medicine.objects.of(patient.user), pk=pk)
    if "take_out" in request.POST:
        medicines.take_out(medicine=medicine)
        messages.success(request, _("The medicine is back on your list."))
    else:
        medicines.put_away(medicine=medicine, now=timezone.now())
        messages.success(request, _("The medicine is put away. What you logged of it stays."))
    return seen_other(reverse("tracker:medicines"))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def dose(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Log one dose, now or at the time that was typed; ask first where it is against the label."""
    now = timezone.now()
    medicine = get_object_or_404(Medicine.objects.of(patient.user), pk=pk)
    form = DoseForm(posted(request), patient=patient, now=now)
    if not form.is_valid():
        shown: dict[str, Any] = {"form": form, "medicine": medicine}
        return render(request, "tracker/medicines/dose.html", shown, status=400 if form.is_bound else 200)
    typed_at = form.cleaned_data["taken_at"]
    try:
        taken = medicines.take(
            patient=patient,
            medicine=medicine,
            taken_at=typed_at or now,
            form_id=form.receipt,
            is_confirmed=form.cleaned_data["is_confirmed"],
            now=now,
        )
    except AgainstLabel as asked:
        return _ask_first(request, patient, medicine, asked, typed_at=typed_at, now=now)
    return seen_other(f"{reverse('tracker:medicines')}?{urlencode({'dose': str(taken.pk)})}")


@require_http_methods(["POST"])
@patient_view
def undo_dose(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponseBase:
    """Remove a dose that was logged by mistake."""
    medicines.undo(dose=get_object_or_404(Dose.objects.of(patient.user), pk=pk))
    messages.success(request, _("The dose is removed."))
    return seen_other(reverse("tracker:medicines"))


def _after_saving(label: LabelWords) -> str:
    return emergencies.after_naming(label.name, label.ingredient, otherwise=reverse("tracker:medicines"))


def _row(patient: Patient, item: OnTheShelf, shelf: Shelf, now: datetime) -> Row:
    medicine = item.medicine
    may_be = medicine.is_anti_inflammatory != AntiInflammatory.NO
    return Row(
        medicine=medicine,
        gap=medicine_words.duration(medicine.gap_minutes) if medicine.gap_minutes else "",
        sentences=medicine_words.before(item.findings, shelf.names, zone=patient.zone, now=now),
        last_at=item.last_at,
        is_to_be_avoided=bool(patient.avoids_anti_inflammatories) and may_be,
        form=DoseForm(patient=patient, now=now, auto_id=f"dose_{medicine.pk}_%s"),
    )


def _just_taken(request: HttpRequest, patient: Patient, shelf: Shelf, now: datetime) -> JustTaken | None:
    """Return the dose that the address names, if it is one of the patient's."""
    try:
        key = uuid.UUID(request.GET.get("dose", ""))
    except ValueError:
        return None
    taken = Dose.objects.of(patient.user).filter(pk=key).select_related("medicine").first()
    if taken is None:
        return None
    found = medicines.findings(patient.user, taken.medicine, taken.taken_at, without=taken)
    card = publishing.live(now).emergency_card
    signs = [sign for sign in card.signs if sign.code == safety.MEDICINE_CODE]
    return JustTaken(
        dose=taken,
        name=taken.medicine.name,
        sentences=medicine_words.about(found, shelf.names),
        form=EmergencyForm(user=patient.user, signs=signs, auto_id="after_%s"),
        view=CardView(card, tuple(SignView(sign, ()) for sign in card.signs)),
    )


def _ask_first(
    request: HttpRequest,
    patient: Patient,
    medicine: Medicine,
    asked: AgainstLabel,
    *,
    typed_at: datetime | None,
    now: datetime,
) -> HttpResponse:
    names = {row.pk: row.name for row in Medicine.objects.of(patient.user)}
    if typed_at is None:
        sentences = medicine_words.before(asked.findings, names, zone=patient.zone, now=now)
    else:
        sentences = medicine_words.about(asked.findings, names)
    # Only what was sent comes back: the form id, so that one answer makes one row, and the time.
    sent = {name: request.POST.get(name, "") for name in ("form_id", "taken_at_day", "taken_at_time")}
    shown = {"medicine": medicine, "sentences": sentences, "typed_at": typed_at, "sent": sent}
    return render(request, "tracker/medicines/confirm.html", shown)


def _past(changed_at: datetime, label: LabelWords) -> dict[str, Any]:
    return {
        "changed_at": changed_at,
        "label": label,
        "gap": medicine_words.duration(label.gap_minutes) if label.gap_minutes else "",
        "is_anti_inflammatory": AntiInflammatory(label.is_anti_inflammatory).label,
    }
