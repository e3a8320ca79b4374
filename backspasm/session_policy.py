"""How long a sign-in lasts: a person's own phone, a shared device, and staff."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib import auth, messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from backspasm.models import User


@dataclass(frozen=True)
class Policy:
    """How long a session lasts without use, how long in all, and whether its cookie outlives the browser."""

    idle: timedelta
    at_most: timedelta
    is_kept: bool


OWN_PHONE: Final = Policy(idle=timedelta(days=7), at_most=timedelta(days=30), is_kept=True)
SHARED_DEVICE: Final = Policy(idle=timedelta(minutes=30), at_most=timedelta(hours=12), is_kept=False)
STAFF: Final = SHARED_DEVICE
STAMP_EVERY: Final = timedelta(minutes=5)

_LOGIN_AT: Final = "login_at"
LAST_SEEN_AT: Final = "last_seen_at"
_IS_SHARED: Final = "is_shared_device"


class _Stamps(NamedTuple):
    login_at: datetime
    last_seen_at: datetime


def is_over(policy: Policy, login_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session has ended by ``now``; all moments are aware UTC. The boundary itself is too late."""
    return now - last_seen_at >= policy.idle or now - login_at >= policy.at_most


def policy_of(user: User | AnonymousUser, session: SessionBase) -> Policy:
    """Return the rule for this session. Staff have theirs, whatever they ticked."""
    if user.is_staff:
        return STAFF
    return SHARED_DEVICE if session.get(_IS_SHARED) else OWN_PHONE


def choose(session: SessionBase, *, is_shared: bool) -> None:
    """Note, before or after signing in, whether other people use the device. Unsaid, it is the person's own."""
    session[_IS_SHARED] = is_shared


def begin(session: SessionBase, user: User, *, now: datetime) -> None:
    """Start counting at a sign-in, whatever its way."""
    session[_LOGIN_AT] = int(now.timestamp())
    _stamp(session, policy_of(user, session), login_at=now, now=now)


def refit(session: SessionBase, user: User, *, now: datetime) -> None:
    """Give the cookie the life of the session once more, where something else has set it."""
    stamps = _stamps(session)
    if stamps is not None:
        _fit_cookie(session, policy_of(user, session), login_at=stamps.login_at, now=now)


def goes_on(session: SessionBase, user: User, *, now: datetime) -> bool:
    """Whether the session still counts; one that does is stamped, at most once in five minutes.

    A session that knows no sign-in counts from now.
    """
    stamps = _stamps(session)
    if stamps is None:
        begin(session, user, now=now)
        return True
    policy = policy_of(user, session)
    if is_over(policy, stamps.login_at, stamps.last_seen_at, now):
        return False
    if now - stamps.last_seen_at >= STAMP_EVERY:
        _stamp(session, policy, login_at=stamps.login_at, now=now)
    return True


def _stamps(session: SessionBase) -> _Stamps | None:
    login_at, last_seen_at = session.get(_LOGIN_AT), session.get(LAST_SEEN_AT)
    if login_at is None or last_seen_at is None:
        return None
    return _Stamps(datetime.fromtimestamp(login_at, UTC), datetime.fromtimestamp(last_seen_at, UTC))


def _stamp(session: SessionBase, policy: Policy, *, login_at: datetime, now: datetime) -> None:
    session[LAST_SEEN_AT] = int(now.timestamp())
    _fit_cookie(session, policy, login_at=login_at, now=now)


def _fit_cookie(session: SessionBase, policy: Policy, *, login_at: datetime, now: datetime) -> None:
    left = min(policy.idle, login_at + policy.at_most - now)
    session.set_expiry(max(1, int(left.total_seconds())) if policy.is_kept else 0)


class SessionPolicy:
    """Middleware: whose session is over is nobody. Public pages, which ask for no user, cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]  # as Django's own does
        return self.get_response(request)


def _user(request: HttpRequest) -> User | AnonymousUser:
    user = auth.get_user(request)
    if not isinstance(user, User):
        return AnonymousUser()
    if goes_on(request.session, user, now=timezone.now()):
        return user
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    messages.info(request, _("You were signed out after a time without use."), fail_silently=True)
    return AnonymousUser()
