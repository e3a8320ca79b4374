"""What people do on a real site while something behind it is broken."""

import re
from typing import Final
from urllib.parse import urlencode

from tests.site_process import SiteProcess

COMMENT: Final = "Plain words, thank you."
IN_OUR_LOOK: Final = 'class="skip" href="#main"'

_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="(?P<token>[^"]+)"')
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def answer(site: SiteProcess) -> tuple[int, str]:
    """Answer 'Did this help?'; return status and page."""
    body = urlencode({"page": "treatment", "edition": "1", "helped": "yes", "comment": COMMENT})
    status, _, page = site.request("POST", "/feedback/", body, _FORM)
    return status, page.decode()


def sign_in(site: SiteProcess) -> tuple[int, str]:
    """Fill in the sign-in form of an account that does not exist; return status and page."""
    _, headers, page = site.get("/accounts/login/")
    found = _TOKEN.search(page.decode())
    token, cookie = (found["token"] if found else ""), headers["Set-Cookie"].split(";")[0]
    body = urlencode({"csrfmiddlewaretoken": token, "login": "alice@example.org", "password": "four calm words here"})
    status, _, page = site.request("POST", "/accounts/login/", body, {**_FORM, "Cookie": cookie, "Origin": site.url})
    return status, page.decode()


def keeps_the_words(status: int, page: str) -> bool:
    """Return whether an answer that could not be stored says so and still shows what was typed."""
    return status == 503 and "Nothing was lost" in page and COMMENT in page and IN_OUR_LOOK in page


def statuses(site: SiteProcess, *paths: str) -> list[int]:
    """Read these pages one after another."""
    return [site.get(path)[0] for path in paths]
