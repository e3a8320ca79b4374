"""What the site is compared with; each is named to gunicorn as ``tests.bench.applications:<function>()``.

All answer with the same bytes, which the environment names, as the cached article has them.
"""

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from whitenoise import WhiteNoise

from backspasm.page_layer import Application, Headers, StartResponse

BODY: Final = "BENCH_BODY"
HEADERS: Final = "BENCH_HEADERS"
HTML: Final = "text/html; charset=utf-8"


@cache
def _body() -> bytes:
    return Path(os.environ[BODY]).read_bytes()


def _always(body: bytes, headers: Headers) -> Application:
    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return application


def bare() -> Application:
    """Return the least a WSGI application can do: the body, its type and its length."""
    body = _body()
    return _always(body, [("Content-Type", HTML), ("Content-Length", str(len(body)))])


def bare_with_all_headers() -> Application:
    """Return the same with every header of the cached article."""
    return _always(_body(), [(name, value) for name, value in json.loads(Path(os.environ[HEADERS]).read_text())])


def static_file() -> Application:
    """Return WhiteNoise alone, with one file that holds the body."""
    body = Path(os.environ[BODY])
    application: Application = WhiteNoise(bare(), root=str(body.parent), prefix="files/")
    return application


def _view(request: HttpRequest) -> HttpResponse:
    body = _body()
    return HttpResponse(body, content_type=HTML, headers={"Content-Length": str(len(body))})


urlpatterns = [path("", _view)]


def django_view() -> WSGIHandler:
    """Return Django with one view and no middleware."""
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], USE_I18N=False)
    return get_wsgi_application()
