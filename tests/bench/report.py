"""What the bench prints. Figures are for reading: nothing here fails."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.first_view import LIMIT_BYTES
from tests.bench.rounds import Series


@dataclass(frozen=True)
class Target:
    """A ratio of CPU times that ought to be at most, or at least, a number."""

    case: str
    other: str
    limit: float
    at_least: bool = False

    def line(self, found: Mapping[str, Series]) -> str:
        """Return the ratio and whether the target is met."""
        ratio = found[self.case].over(found[self.other])
        is_met = ratio >= self.limit if self.at_least else ratio <= self.limit
        wanted = f"at {'least' if self.at_least else 'most'} {self.limit:.2f}"
        return f"{self.case} / {self.other}: {ratio:.2f} ({wanted}: {'met' if is_met else 'missed'})"


def serving(found: Mapping[str, Series]) -> Iterator[str]:
    """Yield the table of CPU time and throughput."""
    yield f"{'':32}{'CPU ms a request':>24}{'requests/s':>12}{'lopsided':>10}"
    for name, series in found.items():
        times = [sample.cpu_ms_per_request for sample in series.samples]
        spread = f"{series.cpu_ms:.3f} ({min(times):.3f}-{max(times):.3f})"
        yield f"{name:32}{spread:>24}{series.per_second:>12.0f}{series.lopsided:>10}"


def first_views(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the bytes of each first view."""
    for path, size in sizes.items():
        yield f"{path:40}{size:>8}{'' if size <= LIMIT_BYTES else '  above the limit'}"
    kept = sum(size <= LIMIT_BYTES for size in sizes.values())
    yield f"{kept} of {len(sizes)} pages within {LIMIT_BYTES} bytes: {'met' if kept == len(sizes) else 'missed'}"
