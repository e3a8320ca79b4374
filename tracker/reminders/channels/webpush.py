"""Web push (RFC 8030, 8291, 8292) over one session for a whole batch. Knows a Message and no model."""

import base64
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from tracker.reminders.channels.message import Address, Batch, DeliveryError, Message, PushAddress
from tracker.reminders.channels.push_hosts import Answer, PushLine, is_allowed

_log = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 10
# Every payload has this length, so its size says nothing. A service need take no more than 4,096 bytes, sealed.
PAYLOAD_BYTES: Final = 1024
LARGEST_BYTES: Final = 3993
_TOPIC_LENGTH: Final = 32
# A signature holds for 24 hours at most; one that is renewed every hour and holds for twelve is never over.
_SIGNED_SECONDS: Final = 12 * 3600
_RENEWED_SECONDS: Final = 3600
_DECLARATIVE: Final = 8030  # RFC 8030: says to Safari that it may show the message without our script

_GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# What only we can have done wrong: the key, its claims, the headers, the size. The device is kept.
_OUR_FAULT: Final = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}

_NEVER_STOOD: Final = (NewConnectionError, ConnectTimeoutError, SSLError)


class WebPushChannel:
    """Posts to push services what only the patient's browser can open."""

    def __init__(self) -> None:
        self._signatures: dict[tuple[str, ...], tuple[float, str]] = {}

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Stand ready; connections are made and kept as messages need them."""
        line = PushLine()
        try:
            yield _Posts(line, self._signature)
        finally:
            line.close()

    def _signature(self, audience: str) -> str:
        """Return the Authorization header for one push service, signed anew every hour."""
        key = settings.PUSH_KEY
        if key is None:
            raise DeliveryError("later", "push_not_set_up")
        now = time.time()
        known = (audience, key.public, settings.PUSH_CONTACT)
        signed_at, header = self._signatures.get(known, (0.0, ""))
        if not 0 <= now - signed_at < _RENEWED_SECONDS:
            claims = {"aud": audience, "sub": settings.PUSH_CONTACT, "exp": int(now) + _SIGNED_SECONDS}
            header = Vapid02.from_string(key.private).sign(claims)["Authorization"]
            self._signatures[known] = (now, header)
        return header


class _Posts:
    """One batch: its connections, and what it has learnt of the services."""

    def __init__(self, line: PushLine, signature: Callable[[str], str]) -> None:
        self._line = line
        self._signature = signature
        self._is_down: set[str] = set()
        self._was_logged = False

    def send(self, message: Message, address: Address) -> None:
        """Send one push message. Raises DeliveryError."""
        if not isinstance(address, PushAddress) or not is_allowed(address.endpoint):
            # It was allowed when it was added: the settings have changed since, and may change again.
            raise DeliveryError("later", "push_host")
        parts = urlsplit(address.endpoint)
        audience = f"{parts.scheme}://{parts.netloc.lower()}"
        if audience in self._is_down:
            # It hung or did not answer a moment ago: the rest of the batch need not wait for it too.
            raise DeliveryError("later", "push_service_away")
        status = self._post(message, address, audience)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._trouble(status)

    def _post(self, message: Message, address: PushAddress, audience: str) -> int:
        headers = {
            "Authorization": self._signature(audience),
            "Urgency": "normal",
            "Topic": topic_of(message.key),
            "Content-Type": "application/octet-stream",
        }
        keys = {"p256dh": address.public_key, "auth": address.auth_secret}
        try:
            pusher = WebPusher({"endpoint": address.endpoint, "keys": keys}, requests_session=self._line)
            answer = pusher.send(payload_of(message), headers, ttl=message.useful_seconds, timeout=TIMEOUT_SECONDS)
        except HTTPError as error:
            raise self._broken(error, audience) from None  # its text names the address, which is a secret
        except (ValueError, WebPushException):
            raise DeliveryError("gone", "push_keys") from None  # no browser can open it
        return cast(Answer, answer).status_code

    def _broken(self, error: HTTPError, audience: str) -> DeliveryError:
        """Say what a broken line leaves: surely not taken before the connection stood, else not known."""
        never_stood = isinstance(error, _NEVER_STOOD)
        if never_stood or isinstance(error, ReadTimeoutError):
            self._is_down.add(audience)
        if never_stood:
            return DeliveryError("later", "push_service_away")
        return DeliveryError("unknown", "push_line_broke")

    def _trouble(self, status: int) -> DeliveryError:
        if status in _GONE:
            return DeliveryError("gone", "push_gone")
        if status not in _OUR_FAULT:
            return DeliveryError("later", "push_put_off")
        if not self._was_logged:
            self._was_logged = True
            _log.error("A push service refuses our key or our request: status %s. No device was removed.", status)
        return DeliveryError("later", "push_key")


def topic_of(key: str) -> str:
    """Return what a push service tells messages apart by: a repeated one takes the place of the first."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).decode()[:_TOPIC_LENGTH]


def payload_of(message: Message) -> bytes:
    """Return what the browser gets: for our service worker, and for Safari, which can show it without one."""
    notification = {"title": message.title, "body": message.body, "navigate": message.page, "tag": message.key}
    said: dict[str, Any] = {
        "web_push": _DECLARATIVE,
        "notification": notification,
        "id": message.key,
        "title": message.title,
        "body": message.body,
        "page": message.page,
        "actions": _actions() if message.can_be_done else [],
    }
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    # Blanks after the last bracket are no part of what JSON says.
    padded = written.ljust(PAYLOAD_BYTES)
    if len(padded) > LARGEST_BYTES:
        raise DeliveryError("later", "push_too_large")
    return padded


def _actions() -> list[dict[str, str]]:
    return [{"action": "done", "title": _("Done")}, {"action": "snooze", "title": _("Snooze")}]
