"""A `manage.py shell` that stays open beside a running site, so that a test can look at rows and change them."""

import json
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from tests.site_process import ROOT, SiteProcess

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

# Runs inside the site's own process: one line in names a function of a module, one line out holds what it returned.
_LOOP: Final = """
import importlib, json, sys, traceback
for line in sys.stdin:
    module, name, args, kwargs = json.loads(line)
    try:
        answer = {"is": getattr(importlib.import_module(module), name)(*args, **kwargs)}
    except Exception:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
"""


class SiteShell:
    """Calls functions of the tests inside the site's settings, database and keys."""

    def __init__(self, site: SiteProcess) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", _LOOP],
            cwd=ROOT,
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, function: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """Return what ``function`` returns there; arguments and answer are plain JSON. Raises RuntimeError."""
        assert self._process.stdin
        assert self._process.stdout
        line = json.dumps([function.__module__, function.__name__, args, kwargs])
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        said: Answer = answer["is"]
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=20)
