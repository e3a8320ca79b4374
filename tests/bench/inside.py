"""Times of what the site does in its own process: search, its index, leaflets, publishing.

Run by ``manage.py shell`` on a site made for the bench: it publishes, and what it published stays.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import yaml
from django.utils import timezone

from education import leaflets, publishing, search
from education.edition import LiveEdition
from education.models import Publication

GOLDEN_QUERIES: Final = Path(__file__).parent.parent / "education" / "golden_queries.yaml"
REPEATS: Final = 5


def golden_queries() -> list[str]:
    """Return the queries whose first hit the tests pin."""
    return [str(golden["query"]) for golden in yaml.safe_load(GOLDEN_QUERIES.read_text())["queries"]]


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started_at = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started_at)


def search_lines(live: LiveEdition) -> Iterator[str]:
    """Yield the time of building the index and of a search."""
    built = statistics.median(milliseconds(partial(search.build, live)) for _ in range(REPEATS))
    yield f"building the search index: {built:.1f} ms"
    index, queries = search.build(live), golden_queries()
    times = sorted(milliseconds(partial(index.search, query)) for _ in range(REPEATS) for query in queries)
    middle, nearly_all = statistics.median(times), times[len(times) * 95 // 100]
    yield f"a search: median {middle:.2f} ms, 95 % below {nearly_all:.2f} ms ({len(queries)} golden queries)"


def leaflet_times(live: LiveEdition) -> dict[str, float]:
    """Return the milliseconds that each PDF of an edition takes."""
    times: dict[str, float] = {}
    started_at = time.perf_counter()
    for key, _ in leaflets.render_all(live):
        done_at = time.perf_counter()
        times[key], started_at = 1000 * (done_at - started_at), done_at
    return times


def leaflet_lines(live: LiveEdition) -> Iterator[str]:
    """Yield the time of each PDF; the first pass reads the fonts and is not counted."""
    passes = [leaflet_times(live) for _ in range(REPEATS + 1)][1:]
    for key in passes[0]:
        yield f"the PDF of {key}: {statistics.median(times[key] for times in passes):.0f} ms"


def publish_lines(live: LiveEdition) -> Iterator[str]:
    """Yield the time of publishing one article, all PDFs of the edition included."""
    article = live.articles["treatment"].content

    def publish() -> object:
        proposal = publishing.Proposal(article, changes="Published by the bench.", origin=Publication.Origin.FILES)
        return publishing.publish([proposal], now=timezone.now(), summary="The bench.")

    yield f"publishing one article: {statistics.median(milliseconds(publish) for _ in range(REPEATS)):.0f} ms"


def main() -> None:
    """Print one line for each time."""
    live = publishing.live(timezone.now())
    for lines in (search_lines, leaflet_lines, publish_lines):
        for line in lines(live):
            print(line)
