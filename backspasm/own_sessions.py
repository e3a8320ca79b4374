"""Where I am signed in: what is kept of each session, and how a person ends them."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backspasm.models import User
from backspasm.session_policy import LAST_SEEN_AT

_IPV4_PREFIX: Final = 24
_IPV6_PREFIX: Final = 56
# The first that stands in what a browser says of itself: Edge and Opera also call themselves Chrome, and Chrome Safari.
_BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"))
_MORE_BROWSERS: Final = (("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: Final = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"))
_MORE_SYSTEMS: Final = (("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"))


@dataclass(frozen=True)
class OwnSession:
    """One session as its owner sees it. ``device`` is empty where the browser did not say what it is."""

    id: int
    device: str
    network: str
    began_at: datetime
    last_seen_at: datetime | None
    is_this_one: bool


def network(address: str) -> str:
    """Return the network an address is in: /24, for IPv6 /56. It tells places apart and no single household."""
    parsed = ipaddress.ip_address(address)
    prefix = _IPV6_PREFIX if isinstance(parsed, ipaddress.IPv6Address) else _IPV4_PREFIX
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False).network_address)


def device(user_agent: str) -> str:
    """Return browser and system, such as 'Firefox, Android', and nothing that makes a device unique.

    Its own answer is answered with itself: a row may be stored again.
    """
    found = (_first(_BROWSERS + _MORE_BROWSERS, user_agent), _first(_SYSTEMS + _MORE_SYSTEMS, user_agent))
    return ", ".join(name for name in found if name)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if sign in user_agent or name in user_agent), "")


def keep_little(sender: Any, instance: UserSession, **kwargs: Any) -> None:
    """Shorten what the library is about to store of a session: no full network address, no fingerprint."""
    instance.ip = network(instance.ip)
    instance.user_agent = device(instance.user_agent)


def forget(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Delete what was kept of a session when its person signs out; called before the session itself goes."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def of(user: User, *, session_key: str | None) -> list[OwnSession]:
    """Return where ``user`` is signed in, newest first; sessions that have ended are forgotten on the way."""
    rows: list[UserSession] = UserSession.objects.purge_and_list(user)
    return [_own(row, session_key) for row in sorted(rows, key=lambda row: row.created_at, reverse=True)]


def _own(row: UserSession, session_key: str | None) -> OwnSession:
    stored = Session.objects.filter(session_key=row.session_key).first()
    seen_at = stored.get_decoded().get(LAST_SEEN_AT) if stored else None
    return OwnSession(
        id=row.pk,
        device=row.user_agent,
        network=row.ip,
        began_at=row.created_at,
        last_seen_at=datetime.fromtimestamp(seen_at, UTC) if seen_at else None,
        is_this_one=row.session_key == session_key,
    )


def end_all(user: User) -> int:
    """End every session of ``user``, also those the list does not know. Return how many there were."""
    own = [row for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=[row.pk for row in own]).delete()
    UserSession.objects.filter(user=user).delete()
    return len(own)


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List where I am signed in; POST ends one session (``session``) or all but this one."""
    if request.method == "POST":
        _end(request)
        return HttpResponseRedirect(reverse("usersessions_list"), status=303)
    rows = of(_signed_in(request), session_key=request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


def _end(request: HttpRequest) -> None:
    """End what is asked for, among the person's own. Raises Http404 for any other."""
    this_one = request.session.session_key
    others = list(UserSession.objects.filter(user=_signed_in(request)).exclude(session_key=this_one))
    wanted = request.POST.get("session")
    if wanted is not None:
        others = [row for row in others if str(row.pk) == wanted]
        if not others:
            raise Http404
    for row in others:
        row.end()
    messages.success(request, _("Signed out there."))


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
