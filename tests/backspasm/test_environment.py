"""One switch between laptop and production: the address of the site, its secrets, its cookies."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from backspasm import environment, security
from tests.environment import ROOT

PRODUCTION = {
    "BACKSPASM_SITE_URL": "https://back.example.org",
    "BACKSPASM_SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "BACKSPASM_FIELD_KEYS": f"k1:{'A' * 43}=",
    "BACKSPASM_OPERATOR_NAME": "Example Clinic",
    "BACKSPASM_OPERATOR_CONTACT": "editors@example.org",
    "BACKSPASM_OPERATOR_COUNTRY": "United Kingdom",
    "EMAIL_HOST": "mail.example.org",
}
PRINT_SETTINGS = (
    "from django.conf import settings as s; "
    "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
    "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.ALLOWED_HOSTS, s.DEBUG)"
)


def manage(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py in a process of its own, with nothing set but what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BACKSPASM_")}
    own.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env={**own, "BACKSPASM_DATA_DIR": str(data_dir), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


# --- The address ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000",
        "http://192.168.1.20:8000",
        "http://10.0.0.7",
        "http://172.16.4.4:81",
        "http://[fd00::7]",
        "https://back.example.org",
        "https://back.example.org:8443",
        "https://192.0.2.1",
    ],
)
def test_an_address_that_can_be_served_safely_is_taken_as_it_is(text: str) -> None:
    assert str(environment.site_url(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://back.example.org",
        "http://8.8.8.8",
        "http://8.8.8.8:8000",
        "http://[2001:4860:4860::8888]",
        "http://172.32.0.1",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
    ],
)
def test_plain_http_on_a_public_address_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="without encryption"):
        environment.site_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "back.example.org",
        "//back.example.org",
        "ftp://back.example.org",
        "https://",
        "https:///path",
        "https://back.example.org/site",
        "https://back.example.org?x=1",
        "https://back.example.org#top",
        "https://me:secret@back.example.org",
        "https://back.example.org:port",
        "https://back.example.org:99999",
        "https://[::1",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="BACKSPASM_SITE_URL"):
        environment.site_url(text)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://back.example.org:443", "https://back.example.org"),
        ("https://BACK.example.org/", "https://back.example.org"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ],
)
def test_the_address_is_written_as_browsers_write_it(text: str, origin: str) -> None:
    assert str(environment.site_url(text)) == origin


# --- Secrets ----------------------------------------------------------------------------------------------------


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "secret_key"

    first, second = environment.made_once(path), environment.made_once(path)

    assert first == second == path.read_text()
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_two_data_folders_have_two_secrets(tmp_path: Path) -> None:
    assert environment.made_once(tmp_path / "a") != environment.made_once(tmp_path / "b")


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    start, secrets = threading.Barrier(8), []

    def read() -> None:
        start.wait()
        secrets.append(environment.made_once(tmp_path / "secret_key"))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(secrets) == 8
    assert set(secrets) == {(tmp_path / "secret_key").read_text()}


def test_a_variable_that_https_needs_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKSPASM_SECRET_KEY", raising=False)

    with pytest.raises(ImproperlyConfigured, match="BACKSPASM_SECRET_KEY is not set"):
        environment.required("BACKSPASM_SECRET_KEY", "Why.")


def test_an_https_site_without_a_secret_refuses_to_start_and_makes_none(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", BACKSPASM_SITE_URL="https://back.example.org")

    assert done.returncode != 0
    assert "BACKSPASM_SECRET_KEY is not set" in done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_a_public_site_without_encryption_refuses_to_start(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", BACKSPASM_SITE_URL="http://back.example.org")

    assert done.returncode != 0
    assert "without encryption" in done.stderr


# --- Settings ---------------------------------------------------------------------------------------------------


def test_an_https_site_with_its_operator_named_passes_the_deployment_check(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr


def test_the_deployment_check_names_what_the_operator_has_not_given(tmp_path: Path) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name.endswith(("URL", "KEY", "KEYS"))}

    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **given)

    assert done.returncode != 0
    for name in ("BACKSPASM_OPERATOR_NAME", "BACKSPASM_OPERATOR_CONTACT", "BACKSPASM_OPERATOR_COUNTRY", "EMAIL_HOST"):
        assert name in done.stderr


def test_https_makes_everything_strict(tmp_path: Path) -> None:
    done = manage(tmp_path, "shell", "--verbosity", "0", "-c", PRINT_SETTINGS, **PRODUCTION)

    assert done.stdout.strip() == (
        "__Host-sessionid __Host-csrftoken True True True 31536000 ['back.example.org'] False"
    )


def test_with_only_a_data_folder_the_site_is_plain_and_still_not_in_debug(tmp_path: Path) -> None:
    done = manage(tmp_path, "shell", "--verbosity", "0", "-c", PRINT_SETTINGS)

    assert done.stdout.strip() == "sessionid csrftoken False False False 0 ['127.0.0.1'] False"
    assert (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("is_https", [True, False])
def test_cookies_are_bound_to_the_host_over_https_only(is_https: bool) -> None:
    cookies = security.cookies(is_https)

    assert cookies.is_secure is is_https
    assert cookies.session_name.startswith("__Host-") is is_https
    assert cookies.csrf_name.startswith("__Host-") is is_https
