"""Measures the site on this machine: `make bench`. Loopback only; prints figures, fails nothing.

The site takes about two minutes, reminders about ten. ``python -m tests.bench reminders`` (or ``site``) measures only
that part.
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.bench import first_view, reminders, report, rounds
from tests.bench.applications import BODY, HEADERS
from tests.bench.rounds import Case
from tests.bench.servers import WORKERS, Server
from tests.site_process import SiteProcess, free_port

ARTICLE: Final = "/treatment/"
NOT_PART_OF_A_PAGE: Final = frozenset({"date", "server", "connection"})
TARGETS: Final = (
    report.Target("cached article", "bare WSGI", 1.10),
    report.Target("cached article", "bare WSGI, all its headers", 1.10),
    report.Target("304 of it", "bare WSGI", 1.0),
    report.Target("uncached article", "cached article", 8.0, at_least=True),
)


@contextmanager
def servers(site: SiteProcess, folder: Path) -> Iterator[dict[str, Server]]:
    """Serve the site, and beside it every application it is compared with."""
    with ExitStack() as stack:
        served = Server("backspasm.wsgi", site.port, site.environment, folder / "site.log")
        running = {"site": stack.enter_context(served)}
        environment = {**site.environment, **article_files(site, folder)}
        for name in ("bare", "bare_with_all_headers", "django_view", "static_file"):
            application = f"tests.bench.applications:{name}()"
            server = Server(application, free_port(), environment, folder / f"{name}.log")
            running[name] = stack.enter_context(server)
        yield running


def article_files(site: SiteProcess, folder: Path) -> Mapping[str, str]:
    """Write the article's bytes and headers for the others to repeat; return the variables that name the files."""
    _, headers, body = site.get(ARTICLE, {"Accept-Encoding": "br"})
    kept = [(name, value) for name, value in headers.items() if name.lower() not in NOT_PART_OF_A_PAGE]
    files = folder / "files"
    files.mkdir()
    (files / "article.html").write_bytes(body)
    (folder / "headers.json").write_text(json.dumps(kept))
    return {BODY: str(files / "article.html"), HEADERS: str(folder / "headers.json")}


def cases(site: SiteProcess, running: Mapping[str, Server]) -> list[Case]:
    """Return what is asked of whom."""
    _, headers, _ = site.get(ARTICLE, {"Accept-Encoding": "br"})
    _, _, html = site.get(ARTICLE)
    sheet = next(address for address in first_view.needed(html.decode()) if address.endswith(".css"))
    return [
        Case("bare WSGI", running["bare"], "/", 1000),
        Case("cached article", running["site"], ARTICLE, 1000),
        Case("304 of it", running["site"], ARTICLE, 1000, 304, {"If-None-Match": headers["ETag"]}),
        Case("bare WSGI, all its headers", running["bare_with_all_headers"], "/", 1000),
        Case("minimal Django view", running["django_view"], "/", 700),
        Case("WhiteNoise, a static file", running["static_file"], "/files/article.html", 1000),
        Case("a style sheet of the site", running["site"], sheet, 700),
        Case("uncached article", running["site"], f"{ARTICLE}?bench", 20),
    ]


def section(title: str, lines: Iterable[str]) -> None:
    """Print a heading and its lines."""
    print(f"\n{title}\n{'-' * len(title)}", flush=True)
    for line in lines:
        print(line, flush=True)


def measure_site(folder: Path) -> None:
    """Prepare a site of its own, measure, print."""
    site = SiteProcess(folder / "site", workers=WORKERS)
    site.data_dir.mkdir()
    site.manage("prepare")
    print(f"{WORKERS} workers; medians of {rounds.ROUNDS} alternating rounds", flush=True)
    with servers(site, folder) as running:
        section("First view, bytes", report.first_views(first_view.sizes(lambda path: site.get(path)[2])))
        found = rounds.run(cases(site, running))
    section("Serving", report.serving(found))
    section("Targets (medians of the rounds' own ratios)", (target.line(found) for target in TARGETS))
    inside = site.manage("shell", "--no-imports", "--command", "from tests.bench import inside; inside.main()")
    section("In the process", inside.splitlines())
    diary = site.manage("shell", "--no-imports", "--command", "from tests.bench import diary; diary.main()")
    section("A patient with ten years of history", diary.splitlines())


def main(parts: Sequence[str]) -> None:
    """Measure the parts named, or all."""
    print(f"Python {platform.python_version()}, gunicorn {version('gunicorn')}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as name:
        if "site" in parts or not parts:
            measure_site(Path(name))
        if "reminders" in parts or not parts:
            reminders.show(section, Path(name))


if __name__ == "__main__":
    main(sys.argv[1:])
