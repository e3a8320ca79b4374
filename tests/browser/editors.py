"""People who edit the real site, for browser tests: made once, signed in through the form."""

from typing import Final

from playwright.sync_api import Page

from tests.site_process import SiteProcess

PASSWORD: Final = "a long enough password 1"
_MAKE: Final = """
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from backspasm.models import User
for name, role in {people!r}.items():
    user, _ = User.objects.get_or_create(email=f"{{name}}@example.org", defaults={{"is_staff": True}})
    user.set_password({password!r})
    user.save()
    user.groups.set(Group.objects.filter(name=role))
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={{"verified": True, "primary": True}})
"""


def make_people(site: SiteProcess, people: dict[str, str]) -> None:
    """Make staff accounts, each with one role."""
    site.manage("shell", "-v", "0", "-c", _MAKE.format(people=people, password=PASSWORD))


def sign_in(page: Page, name: str) -> None:
    """Sign in through the form."""
    page.goto("/accounts/login/?next=/admin/")
    page.fill("input[name=login]", f"{name}@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def open_form(page: Page, model: str, title: str) -> None:
    """Go to the form of a content by its list."""
    page.goto(f"/admin/education/{model}/")
    page.get_by_role("link", name=title, exact=True).click()
    page.locator("#editor").wait_for()
    page.wait_for_load_state()  # its scripts listen from then on
