"""A form sent after sign-out: kept sealed, and sent once more by the person it belongs to after signing in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from backspasm import field_encryption, form_ids, shared_cache
from backspasm.models import User

KEPT_FOR: Final = timedelta(minutes=30)
BYTES_AT_MOST: Final = 100_000
FROM_ONE_ADDRESS: Final = (
    30  # kept forms in half an hour: enough for a clinic behind one address, too few to fill a disk
)
PREFIX: Final = "/tracker/"
SEND_FIELD: Final = "send_kept_form"
_SESSION_KEY: Final = "kept_form"
_CONTEXT: Final = "session.kept_form"


@dataclass(frozen=True)
class KeptForm:
    """One form as it was sent: where to, when, and its fields."""

    path: str
    query: str
    fields: str
    kept_at: datetime

    def data(self) -> QueryDict:
        """Return the fields as a view reads them."""
        return QueryDict(self.fields)

    def sealed(self, context: str = _CONTEXT) -> str:
        """Return the form as text that nobody can read in the session table."""
        values = [self.path, self.query, self.fields, int(self.kept_at.timestamp())]
        return str(field_encryption.seal(json.dumps(values), context=context))

    def put_into(self, request: HttpRequest) -> None:
        """Let ``request`` carry these fields in place of its own."""
        request.GET = QueryDict(self.query)
        request.POST = self.data()  # type: ignore[assignment]  # a plain attribute for Django, not for its stubs
        request._files = MultiValueDict()  # type: ignore[attr-defined]  # noqa: SLF001  # as Django's own setter needs


def of_request(request: HttpRequest, *, now: datetime) -> KeptForm | None:
    """Return the form that ``request`` sends, or None where it sends files or more than can be kept."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    encoded = fields.urlencode()
    if request.FILES or len(encoded) > BYTES_AT_MOST:
        return None
    return KeptForm(request.path, request.GET.urlencode(), encoded, now)


def unsealed(text: str, context: str = _CONTEXT) -> KeptForm | None:
    """Return the form sealed in ``text``, or None where it cannot be opened any more."""
    try:
        path, query, fields, kept_at = json.loads(field_encryption.unseal(text, context=context))
    except field_encryption.CannotUnseal:
        return None
    return KeptForm(path, query, fields, datetime.fromtimestamp(kept_at, UTC))


def keep(request: HttpRequest, *, now: datetime) -> bool:
    """Keep the form a signed-out person has sent, if it is one of the tracker's. Return whether it was kept."""
    if request.method != "POST" or not request.path.startswith(PREFIX) or form_ids.FIELD_NAME not in request.POST:
        return False
    form = of_request(request, now=now)
    if form is None or not _may_keep(request):
        return False
    request.session[_SESSION_KEY] = form.sealed()
    request.session.set_expiry(int(KEPT_FOR.total_seconds()))
    return True


def _may_keep(request: HttpRequest) -> bool:
    """Whether this network address may fill some more of the session table. Fails closed."""
    address = truncate_ip(get_adapter().get_client_ip(request))
    key = f"kept-form-{salted_hmac(_SESSION_KEY, address).hexdigest()}"  # the address itself is not stored
    try:
        return shared_cache.take_place(key, places=FROM_ONE_ADDRESS, seconds=int(KEPT_FOR.total_seconds()))
    except shared_cache.CounterUnavailable:
        return False


def is_waiting(session: SessionBase) -> bool:
    """Whether a form waits in this session; whose it is, is asked when it is shown."""
    return _SESSION_KEY in session


def waiting(session: SessionBase, user: User | AnonymousUser, *, now: datetime) -> KeptForm | None:
    """Return the form that waits for ``user``. One that is too old or another person's is thrown away."""
    if _SESSION_KEY not in session:
        return None
    form = unsealed(session[_SESSION_KEY])
    is_fresh = form is not None and now - form.kept_at < KEPT_FOR
    if form is None or not is_fresh or form_ids.read_form_id(_form_id(form), user) is None:
        throw_away(session)
        return None
    return form


def _form_id(form: KeptForm) -> str:
    return str(form.data().get(form_ids.FIELD_NAME, ""))


def throw_away(session: SessionBase) -> None:
    """Forget the form."""
    session.pop(_SESSION_KEY, None)


class SendsKeptForm:
    """Middleware: 'Save it now' posts to the form's own address, and here the kept fields take its place.

    So the view, and every rule before it, meets the form as if it had just been sent. Its CSRF token has been checked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        """Swap the fields, once; where no form waits for this address any more, lead to the tracker."""
        if request.method != "POST" or not request.path.startswith(PREFIX) or SEND_FIELD not in request.POST:
            return None
        form = waiting(request.session, request.user, now=timezone.now())
        if form is None or form.path != request.path:
            return HttpResponseRedirect(reverse(settings.LOGIN_REDIRECT_URL), status=303)
        throw_away(request.session)
        form.put_into(request)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def kept_form(request: HttpRequest) -> HttpResponse:
    """Say that a form waits, never what is in it; POST throws it away."""
    form = waiting(request.session, request.user, now=timezone.now())
    if request.method == "POST":
        throw_away(request.session)
    if request.method == "POST" or form is None:
        return HttpResponseRedirect(reverse(settings.LOGIN_REDIRECT_URL), status=303)
    return render(request, "account/kept_form.html", {"path": form.path, "send_field": SEND_FIELD})
