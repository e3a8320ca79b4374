"""'Is it you?': asked before a sensitive form is carried out, which is kept meanwhile and carried out after."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.forms import BaseConfirmCodeForm
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backspasm import kept_forms
from backspasm.models import User

STAYS_FRESH: Final = timedelta(minutes=10)
_CONTEXT: Final = "session.sensitive_form"
_CODE_KEY: Final = "reauthentication_code"
_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer", bound=HttpResponseBase)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown who they are in the last ten minutes: at sign-in or since."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < STAYS_FRESH.total_seconds()


def reauthentication_needed(request: HttpRequest) -> HttpResponse | None:
    """Return the way to 'Is it you?' where the last sign-in is too long ago, or None where the view may go on.

    A POST is kept, sealed, and carried out once the person has answered. One that cannot be kept has to be sent again.
    """
    if is_fresh(request):
        return None
    form = kept_forms.of_request(request, now=timezone.now()) if request.method == "POST" else None
    address = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    if form is None:
        request.session.pop(STATE_SESSION_KEY, None)
    else:
        callback = f"{resume.__module__}.{resume.__name__}"
        request.session[STATE_SESSION_KEY] = {"state": {"form": form.sealed(_CONTEXT)}, "callback": callback}
    return HttpResponseRedirect(f"{address}?{urlencode({REDIRECT_FIELD_NAME: request.path})}", status=303)


def sensitive_post(
    view: Callable[Concatenate[HttpRequest, _Parameters], _Answer],
) -> Callable[Concatenate[HttpRequest, _Parameters], _Answer | HttpResponse]:
    """Decorator: a POST to this view is carried out only for somebody who has just shown who they are."""

    @wraps(view)
    def guarded(
        request: HttpRequest, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Answer | HttpResponse:
        answer = reauthentication_needed(request) if request.method == "POST" else None
        return answer or view(request, *args, **kwargs)

    return guarded


def resume(request: HttpRequest, state: dict[str, str]) -> HttpResponse:
    """Carry out the kept form; the account library calls this when the person has answered.

    One that was given up is not carried out when another page asks 'Is it you?': the answer must be for its address.
    """
    form = kept_forms.unsealed(state["form"], _CONTEXT)
    wanted = get_next_redirect_url(request)
    is_old = form is None or timezone.now() - form.kept_at >= kept_forms.KEPT_FOR
    if form is None or is_old or form.path != wanted:
        return HttpResponseRedirect(wanted or reverse(settings.LOGIN_REDIRECT_URL), status=303)
    found = resolve(form.path)
    form.put_into(request)
    request.path = request.path_info = form.path
    request.resolver_match = found
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer


def _address_of(request: HttpRequest) -> str:
    """Return where a code for the signed-in person goes. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user.email


class MailedCode(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """A code sent to the address of the signed-in person; it stands in the session until it is used or too old."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            state=state,
            user=request.user,
        )

    @classmethod
    def of(cls, request: HttpRequest) -> "MailedCode | None":
        """Return the code that was sent in this session and still works."""
        state = request.session.get(_CODE_KEY)
        process: MailedCode | None = cls(request, state).abort_if_invalid() if state else None
        return process

    @classmethod
    def begin(cls, request: HttpRequest) -> None:
        """Send a new code; an older one works no more."""
        process = cls(request, cls.initial_state(user=request.user))
        process.send()
        process.persist()

    def send(self) -> None:
        """Send the code by mail."""
        self.state["code"] = get_adapter().generate_login_code()
        context = {"request": self.request, "code": self.state["code"]}
        get_adapter().send_mail("account/email/login_code", _address_of(self.request), context)

    def persist(self) -> None:
        """Keep the code and the number of tries."""
        self.request.session[_CODE_KEY] = self.state

    def abort(self) -> None:
        """Forget the code."""
        self.request.session.pop(_CODE_KEY, None)


class ReauthenticateByCodeForm(BaseConfirmCodeForm):  # type: ignore[misc]
    """The code once more."""


class ReauthenticateByCodeView(BaseReauthenticateView):  # type: ignore[misc]
    """'Is it you?' for somebody who has neither a password nor a second factor: a code by mail."""

    form_class = ReauthenticateByCodeForm
    template_name = "account/reauthenticate_by_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send a code where one is asked for; otherwise read the one that was typed."""
        if "send" not in request.POST and MailedCode.of(request) is not None:
            answer: HttpResponse = super().post(request, *args, **kwargs)
            return answer
        refusal: HttpResponse | None = ratelimit.consume_or_429(
            request, action="request_login_code", key=_address_of(request)
        )
        if refusal is None:
            MailedCode.begin(request)
            messages.info(request, _("A new code is on its way."))
            refusal = HttpResponseRedirect(request.get_full_path(), status=303)
        return refusal

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the code that was sent."""
        process = MailedCode.of(self.request)
        return {**super().get_form_kwargs(), "code": process.code if process else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the page whether a code is on its way."""
        return {**super().get_context_data(**kwargs), "is_sent": MailedCode.of(self.request) is not None}

    def form_invalid(self, form: ReauthenticateByCodeForm) -> HttpResponse:
        """Count the try."""
        process = MailedCode.of(self.request)
        if process is not None:
            process.record_invalid_attempt()
        answer: HttpResponse = super().form_invalid(form)
        return answer

    def form_valid(self, form: ReauthenticateByCodeForm) -> HttpResponse:
        """Note that it is the person, and go on with what they wanted."""
        process = MailedCode.of(self.request)
        if process is not None:
            process.abort()
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        answer: HttpResponse = super().form_valid(form)
        return answer


reauthenticate_by_code = ReauthenticateByCodeView.as_view()
