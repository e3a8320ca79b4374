"""Push: this browser joins and leaves, and the worker that shows its messages."""

import uuid
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.access import patient_view, seen_other
from tracker.models import Patient
from tracker.reminders import push_devices
from tracker.reminders.channels.message import PushAddress

_LARGEST_BYTES: Final = 8_000
_WHY: Final[dict[str, Promise]] = {
    "not_set_up": _("Messages on a device are not set up on this site."),
    "address": _("This site does not know your browser's message service. Email and the calendar work."),
    "keys": _("Your browser sent something we cannot read. Try again, or use email."),
    "too_many": _("You have 10 devices already. Remove one first."),
}


class _Keys(msgspec.Struct):
    p256dh: str
    auth: str


class _Sent(msgspec.Struct):
    """A subscription as browsers write it, or one that ends (``leaving``: its address), or one in place of another."""

    endpoint: str = ""
    keys: _Keys | None = None
    leaving: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view
def subscribe(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Take what our scripts send of this browser; to a GET, tell the worker what it needs to subscribe anew.

    Answers in JSON; ``words`` says what went wrong, with 400 for what cannot be read and 409 for what is not taken.
    """
    if request.method != "POST":
        return JsonResponse({"key": push_devices.server_key(), "token": get_token(request)})
    sent = _read(request)
    if sent is None or not (sent.leaving or (sent.endpoint and sent.keys)):
        return _refused("keys", HTTPStatus.BAD_REQUEST)
    if sent.leaving:
        push_devices.remove_address(user=patient.user, endpoint=sent.leaving)
    if not sent.endpoint or sent.keys is None:
        return JsonResponse({})
    address = PushAddress(endpoint=sent.endpoint, public_key=sent.keys.p256dh, auth_secret=sent.keys.auth)
    agent = request.headers.get("User-Agent", "")
    try:
        push_devices.add(user=patient.user, address=address, user_agent=agent, now=timezone.now())
    except push_devices.Refused as refusal:
        return _refused(refusal.code, HTTPStatus.CONFLICT)
    return JsonResponse({}, status=HTTPStatus.CREATED)


@require_POST
@patient_view
def remove(request: HttpRequest, patient: Patient, pk: uuid.UUID) -> HttpResponse:
    """Forget one device. Its browser notices when it next opens the page."""
    if not push_devices.remove(user=patient.user, pk=pk):
        raise Http404
    return seen_other(reverse("tracker:reminder_where"))


@login_not_required  # a browser asks for it whoever is signed in; the same bytes for everybody
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker from the root, so that its scope is the site. It caches nothing."""
    answer = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@cache
def _worker() -> bytes:
    storage: Any = staticfiles_storage
    with storage.open(storage.stored_name("js/push_worker.js")) as file:
        script: bytes = file.read()
    return script


def _read(request: HttpRequest) -> _Sent | None:
    if request.content_type != "application/json" or len(request.body) > _LARGEST_BYTES:
        return None
    try:
        return msgspec.json.decode(request.body, type=_Sent)
    except msgspec.MsgspecError:
        return None


def _refused(code: str, status: HTTPStatus) -> HttpResponse:
    return JsonResponse({"words": str(_WHY[code])}, status=status)
