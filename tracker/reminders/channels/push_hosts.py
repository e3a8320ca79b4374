"""Where a push message may go: hosts of the settings, by https, at public addresses. Nothing else is ever posted to."""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NewConnectionError

_LONGEST: Final = 2000
_SERVICES: Final = 8


def is_allowed(address: str) -> bool:
    """Say whether ``address`` belongs to a push service of the settings: https, its own port, no sign-in in it."""
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "\\" in address or parts.fragment or not parts.hostname:
        return False
    if not settings.PUSH_MAY_BE_PRIVATE and (parts.scheme != "https" or port not in {None, 443}):
        return False
    return parts.scheme in {"https", "http"} and any(_is_of(parts.hostname, host) for host in settings.PUSH_HOSTS)


def _is_of(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) and host != pattern[2:] if pattern.startswith("*.") else host == pattern


def is_public(address: str) -> bool:
    """Say whether an IP address may be posted to: none of this machine, of a private network or of a cloud's inside."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


class _PublicConnection(HTTPSConnection):
    """Refuses a private address after connecting and before a byte is said, so no second look at DNS can differ."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if not is_public(made.getpeername()[0]):
            made.close()
            raise NewConnectionError(self, "a private address")
        return made


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


@dataclass(frozen=True)
class Answer:
    """What pywebpush reads of an answer."""

    status_code: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class PushLine:
    """Connections to push services, kept as long as a batch. It follows no redirect and believes no proxy.

    Takes the place of a requests session, which costs more time than all the rest of a message.
    """

    def __init__(self) -> None:
        self._pools = PoolManager(num_pools=_SERVICES, maxsize=1, retries=False)
        if not settings.PUSH_MAY_BE_PRIVATE:
            self._pools.pool_classes_by_scheme = {"https": _PublicPool}

    def post(self, address: str, *, data: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        """Post once. Raises urllib3's HTTPError."""
        answer = self._pools.request("POST", address, body=data, headers=headers, timeout=timeout, redirect=False)
        return Answer(answer.status)

    def close(self) -> None:
        """Let go of every connection."""
        self._pools.clear()
