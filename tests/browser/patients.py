"""The demo patient in a browser: signs in, and knows the addresses of the rows."""

import re
from typing import Final

from playwright.sync_api import Page

from tests.site_process import SiteProcess

EMAIL: Final = "patient@example.org"
PASSWORD: Final = "seven quiet otters nap"
_ACCOUNT: Final = """
from allauth.account.models import EmailAddress
from backspasm.models import User
user = User.objects.create_user({email!r}, {password!r})
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
"""

_IDS: Final = """
from tracker.models import *
from backspasm.models import User
user = User.objects.get(email="patient@example.org")
open_one = Episode.objects.of(user).get(ended_at=None)
for name, row in {
    "episode": open_one,
    "past_episode": Episode.objects.of(user).exclude(ended_at=None).latest("began_at"),
    "check_in": CheckIn.objects.of(user).filter(episode=open_one).latest("at"),
    "medicine": Medicine.objects.of(user).first(),
}.items():
    print(name, row.pk)
"""


def make_demo(site: SiteProcess) -> str:
    """Fill the site with the demo; return the patient's password."""
    printed = site.manage("demo")
    found = re.search(rf"{EMAIL} +(\S+)", printed)
    assert found, printed
    return found[1]


def row_ids(site: SiteProcess) -> dict[str, str]:
    """Return the ids of some of the patient's rows, by name."""
    printed = site.manage("shell", "-v", "0", "-c", _IDS)
    return dict(line.split(" ") for line in printed.splitlines() if " " in line)


def make_account(site: SiteProcess, email: str) -> None:
    """Make an account that was never set up."""
    site.manage("shell", "-v", "0", "-c", _ACCOUNT.format(email=email, password=PASSWORD))


def sign_in(page: Page, password: str, email: str = EMAIL) -> None:
    """Sign in, as the demo patient if nobody else is named."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/tracker/**")
