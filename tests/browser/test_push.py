"""Push in a real Chromium: DevTools delivers a message to our worker, which shows it and posts the answer to the site.

Headless Chromium draws no notification that could be tapped, so a tap is dispatched inside the worker, as an event with
the notification that was shown. Subscribing needs the vendor's servers, so the page has a push service of its own.
"""

import json
from typing import Any, Final

import pytest
from playwright.sync_api import CDPSession, Worker, expect

from tests.browser import journey_rows as rows
from tests.browser import push_rows
from tests.browser.conftest import NewContext
from tests.browser.journey_phone import Phone, open_phone
from tests.browser.journey_shell import SiteShell
from tests.browser.push_samples import ENDPOINT, SUBSCRIBES
from tests.site_process import SiteProcess

pytestmark = pytest.mark.browser

WHERE: Final = "/tracker/reminders/where/"
_SHOWN: Final = """async () => (await registration.getNotifications()).map(({ title, body, tag, actions, data }) => (
  { title, body, tag, actions: actions.map(({ action }) => action), data }))"""
# A constructed event has no life of its own: what it waits for is handed back instead.
_TAP: Final = """async (action) => {
  const [notification] = await registration.getNotifications();
  const event = new NotificationEvent("notificationclick", { notification, action });
  let waited;
  Object.defineProperty(event, "waitUntil", { value: (promise) => { waited = promise; } });
  dispatchEvent(event);
  await waited;
}"""


class Push:
    """A phone with our worker, and the line on which DevTools delivers."""

    def __init__(self, phone: Phone, site: SiteProcess) -> None:
        self.phone = phone
        self.site = site
        self.registrations: list[dict[str, Any]] = []
        self.line: CDPSession = phone.page.context.new_cdp_session(phone.page)
        self.line.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.line.send("ServiceWorker.enable")
        phone.open("/accounts/login/")
        phone.page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
        phone.soon(lambda: bool(self.registrations) and bool(phone.page.context.service_workers))

    def _note(self, event: dict[str, Any]) -> None:
        self.registrations = event["registrations"] or self.registrations

    @property
    def worker(self) -> Worker:
        """Our worker."""
        return self.phone.page.context.service_workers[0]

    def deliver(self, data: str) -> list[dict[str, Any]]:
        """Deliver a push message and return the notifications that are shown then."""
        registration = self.registrations[0]["registrationId"]
        self.line.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.site.url, "registrationId": registration, "data": data},
        )
        self.phone.soon(lambda: bool(self.shown()))
        return self.shown()

    def shown(self) -> list[dict[str, Any]]:
        """Return the notifications that are shown now."""
        found: list[dict[str, Any]] = self.worker.evaluate(_SHOWN)
        return found

    def tap(self, action: str) -> None:
        """Tap a button of the notification."""
        self.worker.evaluate(_TAP, action)


@pytest.fixture
def push(new_context: NewContext, site: SiteProcess) -> Push:
    """A phone of nobody that lets the site show messages."""
    phone = open_phone(new_context, site)
    phone.page.context.grant_permissions(["notifications"], origin=site.url)
    return Push(phone, site)


def test_a_message_is_shown_with_its_two_buttons_and_done_reaches_the_site(push: Push, shell: SiteShell) -> None:
    email = "push-done@example.org"
    shell.ask(rows.make_patient, email)
    data = shell.ask(push_rows.make_message, email)

    shown = push.deliver(data)

    said = json.loads(data)
    assert shown == [
        {
            "title": "Your reminder",
            "body": said["body"],
            "tag": said["id"],
            "actions": ["done", "snooze"],
            "data": {"page": said["page"]},
        }
    ]
    assert shell.ask(push_rows.answers, email) == [False, False]
    push.tap("done")
    assert shell.ask(push_rows.answers, email) == [True, False]
    assert push.shown() == []


def test_snooze_reaches_the_site(push: Push, shell: SiteShell) -> None:
    email = "push-snooze@example.org"
    shell.ask(rows.make_patient, email)
    push.deliver(shell.ask(push_rows.make_message, email))

    push.tap("snooze")

    assert shell.ask(push_rows.answers, email) == [False, True]
    assert push.shown() == []


def test_a_second_try_takes_the_place_of_the_first(push: Push, shell: SiteShell) -> None:
    email = "push-twice@example.org"
    shell.ask(rows.make_patient, email)
    data = shell.ask(push_rows.make_message, email)

    push.deliver(data)

    assert len(push.deliver(data)) == 1


@pytest.mark.parametrize("data", ["", "not JSON", "null", "[]", '{"page": "https://evil.example/"}'], ids=range(5))
def test_every_push_message_shows_something_and_leads_nowhere_else(push: Push, site: SiteProcess, data: str) -> None:
    shown = push.deliver(data)

    assert [(one["title"], one["data"]) for one in shown] == [
        ("Your reminder", {"page": f"{site.url}/tracker/reminders/"})
    ]


def test_an_answer_that_was_lost_is_said_to_be_lost(push: Push, site: SiteProcess) -> None:
    page = f"{site.url}/m/no-such-token/"
    push.deliver(json.dumps({"id": "a", "page": page, "actions": [{"action": "done", "title": "Done"}]}))

    push.tap("done")

    assert [(one["body"], one["actions"], one["data"]["page"]) for one in push.shown()] == [
        ("Your answer was not saved. Open it to try again.", [], page)
    ]


def test_the_worker_keeps_nothing_in_the_browser(push: Push, shell: SiteShell) -> None:
    email = "push-quiet@example.org"
    shell.ask(rows.make_patient, email)
    push.deliver(shell.ask(push_rows.make_message, email))

    kept = push.worker.evaluate("async () => [await caches.keys(), await indexedDB.databases()]")

    assert kept == [[], []]


def joined(new_context: NewContext, site: SiteProcess, shell: SiteShell, email: str) -> Phone:
    """A phone whose person has tapped 'Notify me on this device'."""
    phone = open_phone(new_context, site, shell.ask(rows.make_patient, email))
    phone.page.context.grant_permissions(["notifications"], origin=site.url)
    phone.page.add_init_script(SUBSCRIBES)
    phone.open(WHERE)
    phone.press("Notify me on this device")
    is_here(phone)
    return phone


def is_here(phone: Phone) -> None:
    """Wait until the page, loaded anew, says that this device gets reminders."""
    expect(phone.button("Stop on this device")).to_be_visible()
    phone.page.wait_for_load_state()


def test_a_phone_joins_and_leaves_with_a_tap(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    email = "push-join@example.org"
    phone = joined(new_context, site, shell, email)
    assert shell.ask(push_rows.devices, email) == [ENDPOINT]

    phone.press("Stop on this device")

    expect(phone.button("Notify me on this device")).to_be_visible()
    assert shell.ask(push_rows.devices, email) == []
    assert phone.faults() == []


def test_a_device_that_was_removed_elsewhere_forgets_its_subscription(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "push-removed@example.org"
    phone = joined(new_context, site, shell, email)
    shell.ask(push_rows.forget_devices, email)

    phone.open(WHERE)

    expect(phone.button("Notify me on this device")).to_be_visible()
    assert phone.page.evaluate("sessionStorage.subscription") is None


def test_a_device_of_an_older_key_subscribes_anew(new_context: NewContext, site: SiteProcess, shell: SiteShell) -> None:
    email = "push-key@example.org"
    phone = joined(new_context, site, shell, email)
    ours = json.loads(phone.page.evaluate("sessionStorage.subscription"))
    phone.page.evaluate("(kept) => { sessionStorage.subscription = kept }", json.dumps({**ours, "key": "BAAA"}))

    phone.open(WHERE)

    phone.soon(lambda: json.loads(phone.page.evaluate("sessionStorage.subscription ?? '{}'")).get("key") == ours["key"])
    is_here(phone)
    assert shell.ask(push_rows.devices, email) == [ENDPOINT]


def test_signing_out_takes_this_device_off_and_no_other(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    email = "push-out@example.org"
    phone = joined(new_context, site, shell, email)
    shell.ask(push_rows.make_device, email)

    phone.open("/accounts/logout/")
    phone.press("Sign out")

    phone.is_at("/accounts/login/")
    assert shell.ask(push_rows.devices, email) == [f"{ENDPOINT}-elsewhere"]
    assert phone.page.evaluate("sessionStorage.subscription") is None


def test_permission_is_asked_only_after_a_tap_and_a_failure_is_said(
    new_context: NewContext, site: SiteProcess, shell: SiteShell
) -> None:
    cookie = shell.ask(rows.make_patient, "push-denied@example.org")
    phone = open_phone(new_context, site, cookie)
    phone.page.add_init_script(
        "window.asked = 0; PushManager.prototype.subscribe = async () => { asked += 1; throw new Error('no'); };"
    )
    phone.open(WHERE)
    expect(phone.button("Notify me on this device")).to_be_visible()
    assert phone.page.evaluate("asked") == 0

    phone.press("Notify me on this device")

    expect(phone.page.locator("#push-box [role=status]")).to_contain_text("That did not work.")
    assert phone.page.evaluate("asked") == 1
