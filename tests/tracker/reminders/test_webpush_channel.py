"""Web push: what a browser opens, what a push service may learn, and what each of its answers means."""

import base64
import json
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pytest_django import Settings
from urllib3.exceptions import NewConnectionError

from backspasm import environment
from tests.site_process import free_port
from tests.tracker.reminders.push_services import FakeBrowser, PushService, push_service
from tests.tracker.reminders.sample_messages import HEALTH_WORDS, PAGE, make_message
from tracker.reminders.channels import webpush
from tracker.reminders.channels.message import Address, DeliveryError, Message
from tracker.reminders.channels.push_hosts import PushLine, is_allowed, is_public
from tracker.reminders.channels.webpush import WebPushChannel, payload_of, topic_of

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]{32}")


@pytest.fixture
def on_loopback(settings: Settings) -> Settings:
    """Settings that let the stub on the loopback be a push service."""
    settings.PUSH_MAY_BE_PRIVATE = True
    settings.PUSH_HOSTS = ("127.0.0.1",)
    settings.PUSH_CONTACT = "mailto:admin@example.org"
    return settings


@pytest.fixture
def service(on_loopback: Settings) -> Iterator[PushService]:
    """A push service that takes everything."""
    with push_service() as running:
        yield running


@pytest.fixture(scope="module")
def phone() -> FakeBrowser:
    """The keys of one browser."""
    return FakeBrowser()


def trouble_of(*sends: tuple[Message, Address]) -> list[tuple[str, str]]:
    """What each of several messages of one batch met: trouble and code, or two empty strings."""
    met = []
    with WebPushChannel().batch() as batch:
        for message, address in sends:
            try:
                batch.send(message, address)
                met.append(("", ""))
            except DeliveryError as error:
                met.append((error.trouble, error.code))
    return met


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_browser_opens_what_was_sent(service: PushService, phone: FakeBrowser) -> None:
    met = trouble_of((make_message(key="k" * 32), phone.address(service.endpoint)))

    assert met == [("", "")]
    assert json.loads(phone.opened(service.bodies[0])) == {
        "web_push": 8030,
        "notification": {
            "title": "Your reminder",
            "body": "You asked us to remind you at 14:00. Open it to see what it is.",
            "navigate": PAGE,
            "tag": "k" * 32,
        },
        "id": "k" * 32,
        "title": "Your reminder",
        "body": "You asked us to remind you at 14:00. Open it to see what it is.",
        "page": PAGE,
        "actions": [{"action": "done", "title": "Done"}, {"action": "snooze", "title": "Snooze"}],
    }


def test_what_cannot_be_done_from_outside_has_no_buttons() -> None:
    assert json.loads(payload_of(make_message(can_be_done=False)))["actions"] == []


def test_no_word_of_health_stands_in_a_message() -> None:
    seen = payload_of(make_message()).decode().lower()

    assert [word for word in HEALTH_WORDS if re.search(rf"\b{word}", seen)] == []


def test_every_message_is_equally_long_and_small_enough(service: PushService, phone: FakeBrowser) -> None:
    short, long = make_message(body="Now."), make_message(body="You asked us to remind you. " * 5)

    trouble_of(*[(message, phone.address(service.endpoint)) for message in (short, long)])

    assert {len(body) for body in service.bodies} == {1024 + 103}


def test_a_message_that_would_be_too_large_is_not_sent(service: PushService, phone: FakeBrowser) -> None:
    met = trouble_of((make_message(body="ü" * 2000), phone.address(service.endpoint)))

    assert (met, service.bodies) == ([("later", "push_too_large")], [])


def test_the_headers_say_how_long_it_is_of_use_and_what_it_takes_the_place_of(
    service: PushService, phone: FakeBrowser
) -> None:
    trouble_of((make_message(useful_seconds=1200), phone.address(service.endpoint)))

    headers = service.headers[0]
    assert (headers["TTL"], headers["Urgency"], headers["Content-Encoding"]) == ("1200", "normal", "aes128gcm")
    assert headers["Topic"] == topic_of(make_message().key)
    assert _BASE64URL.fullmatch(headers["Topic"])


def test_a_second_try_has_the_topic_of_the_first() -> None:
    assert topic_of("a") == topic_of("a") != topic_of("b")


def test_a_batch_goes_over_one_connection(service: PushService, phone: FakeBrowser) -> None:
    trouble_of(*[(make_message(), phone.address(service.endpoint))] * 4)

    assert (len(service.bodies), len(service.connections)) == (4, 1)


def test_the_signature_names_the_service_and_holds_for_less_than_a_day(
    service: PushService, phone: FakeBrowser, on_loopback: Settings
) -> None:
    with time_machine.travel(datetime(2030, 11, 20, 12, tzinfo=UTC), tick=False):
        trouble_of((make_message(), phone.address(service.endpoint)))

    found = re.fullmatch(r"vapid t=([^.]+)\.([^.]+)\.([^,]+),k=(.+)", service.headers[0]["Authorization"])
    assert found
    head, claims, signature, key = found.groups()
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    noon = int(datetime(2030, 11, 20, 12, tzinfo=UTC).timestamp())
    assert json.loads(decoded(claims)) == {
        "aud": f"http://127.0.0.1:{service.port}",
        "sub": "mailto:admin@example.org",
        "exp": noon + 12 * 3600,
    }
    assert key == on_loopback.PUSH_KEY.public
    raw = decoded(signature)
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_two_services_get_a_signature_each_and_the_hour_renews_it(on_loopback: Settings) -> None:
    channel = WebPushChannel()
    with time_machine.travel(datetime(2030, 11, 20, 12, tzinfo=UTC), tick=False) as clock:
        first, again = channel._signature("https://one.example"), channel._signature("https://one.example")
        other = channel._signature("https://two.example")
        clock.shift(3601)
        renewed = channel._signature("https://one.example")

    assert first == again
    assert len({first, other, renewed}) == 3


@pytest.mark.parametrize(
    ("status", "met"),
    [
        (200, ("", "")),
        (201, ("", "")),
        (202, ("", "")),
        (301, ("later", "push_put_off")),
        (307, ("later", "push_put_off")),
        (400, ("later", "push_key")),
        (401, ("later", "push_key")),
        (403, ("later", "push_key")),
        (404, ("gone", "push_gone")),
        (410, ("gone", "push_gone")),
        (413, ("later", "push_key")),
        (429, ("later", "push_put_off")),
        (500, ("later", "push_put_off")),
        (503, ("later", "push_put_off")),
    ],
)
def test_each_answer_has_its_meaning(
    service: PushService, phone: FakeBrowser, status: int, met: tuple[str, str]
) -> None:
    service.statuses = [status]

    assert trouble_of((make_message(), phone.address(service.endpoint))) == [met]
    assert service.paths == ["/send/abc"]  # no redirect is followed, nothing is tried twice


def test_a_key_that_is_refused_is_said_once_a_batch_and_names_no_device(
    service: PushService, phone: FakeBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    service.statuses = [403, 403, 403]

    trouble_of(*[(make_message(), phone.address(service.endpoint))] * 3)

    assert [record.levelname for record in caplog.records if record.name == webpush.__name__] == ["ERROR"]
    assert service.endpoint not in caplog.text


def test_a_service_that_is_away_gets_it_later(on_loopback: Settings, phone: FakeBrowser) -> None:
    address = phone.address(f"http://127.0.0.1:{free_port()}/send/abc")

    assert trouble_of(*[(make_message(), address)] * 2) == [("later", "push_service_away")] * 2


def test_a_service_that_hangs_may_have_taken_it_and_holds_a_batch_once(
    on_loopback: Settings, phone: FakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpush, "TIMEOUT_SECONDS", 0.2)
    with push_service(hangs=1.0) as service:
        met = trouble_of(*[(make_message(), phone.address(service.endpoint))] * 3)

    assert met == [("unknown", "push_line_broke"), ("later", "push_service_away"), ("later", "push_service_away")]
    assert len(service.bodies) == 1


def test_a_line_that_drops_leaves_open_what_became_of_it(on_loopback: Settings, phone: FakeBrowser) -> None:
    with push_service(drops=True) as service:
        assert trouble_of((make_message(), phone.address(service.endpoint))) == [("unknown", "push_line_broke")]


def test_without_a_key_nothing_is_sent(service: PushService, phone: FakeBrowser, on_loopback: Settings) -> None:
    on_loopback.PUSH_KEY = None

    assert trouble_of((make_message(), phone.address(service.endpoint))) == [("later", "push_not_set_up")]
    assert service.bodies == []


GOOD: Final = (
    "https://fcm.googleapis.com/fcm/send/abc:def",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://web.push.apple.com/abc",
    "https://wns2-by3p.notify.windows.com/w/?token=abc",
    "https://fcm.googleapis.com:443/fcm/send/abc",
)
BAD: Final = (
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com:8443/fcm/send/abc",
    "https://fcm.googleapis.com@evil.example/",
    "https://user:word@fcm.googleapis.com/",
    "https://evil.example/",
    "https://evil.example/fcm.googleapis.com",
    "https://fcm.googleapis.com.evil.example/",
    "https://notfcm.googleapis.com/",
    "https://evilpush.apple.com/",
    "https://push.apple.com/",
    "https://169.254.169.254/",
    "http://169.254.169.254/latest/meta-data/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://localhost/",
    "https://fcm.googleapis.com\\@evil.example/",
    "https://fcm.googleapis.com/\r\nHost: evil.example",
    "https://fcm.googleapis.com/#part",
    "https://fcm.googleapis.com:x/",
    "file:///etc/passwd",
    "ftp://fcm.googleapis.com/",
    "//fcm.googleapis.com/",
    "fcm.googleapis.com",
    "",
    f"https://fcm.googleapis.com/{'x' * 2000}",
)


@pytest.mark.parametrize("address", GOOD, ids=[f"good{number}" for number in range(len(GOOD))])
def test_addresses_of_the_known_services_are_taken(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize("address", BAD, ids=[f"bad{number}" for number in range(len(BAD))])
def test_no_other_address_is_ever_posted_to(address: str, phone: FakeBrowser) -> None:
    assert not is_allowed(address)
    assert trouble_of((make_message(), phone.address(address))) == [("later", "push_host")]


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("142.250.74.42", True),
        ("2a00:1450:4001:82a::200a", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
    ],
)
def test_only_public_addresses_are_posted_to(address: str, is_ours: bool) -> None:
    assert is_public(address) is is_ours


def test_a_known_name_that_leads_to_this_machine_is_refused_before_a_byte_is_said(
    settings: Settings, phone: FakeBrowser
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.PUSH_HOSTS = ("localhost",)
        address = f"https://localhost:{listener.getsockname()[1]}/send"
        with pytest.raises(NewConnectionError):
            PushLine().post(address, data=b"secret", headers={}, timeout=5)
        listener.settimeout(5)
        line, _peer = listener.accept()
        with line:
            assert line.recv(10) == b""


def test_the_default_settings_allow_no_private_address(settings: Settings) -> None:
    allowed: Any = settings.PUSH_HOSTS

    assert settings.PUSH_MAY_BE_PRIVATE is False
    assert allowed == (
        "fcm.googleapis.com",
        "*.push.services.mozilla.com",
        "*.push.apple.com",
        "*.notify.windows.com",
    )
    assert isinstance(settings.PUSH_KEY, environment.PushKey)
