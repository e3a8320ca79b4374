"""Measures several kinds of answer in alternating rounds, so that a busy moment of the machine meets them all."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.load import Client, request_bytes
from tests.bench.servers import Server

ROUNDS: Final = 21
ATTEMPTS: Final = 4
# Two workers share the connections as chance has it; above this share of the CPU time they are opened anew.
LOPSIDED: Final = 0.7


@dataclass(frozen=True)
class Case:
    """One kind of answer: whom to ask for what, and how often in a round."""

    name: str
    server: Server
    path: str
    requests: int
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One round of one case: the CPU time of the workers only. Lopsided: one worker had nearly all of it."""

    cpu_ms_per_request: float
    requests_per_second: float
    is_lopsided: bool


@dataclass
class Series:
    """All rounds of one case."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def lopsided(self) -> int:
        """How many rounds stayed lopsided after all attempts."""
        return sum(sample.is_lopsided for sample in self.samples)

    @property
    def cpu_ms(self) -> float:
        """The median CPU time of a request in milliseconds."""
        return statistics.median(sample.cpu_ms_per_request for sample in self.samples)

    @property
    def per_second(self) -> float:
        """The median of requests answered in a second."""
        return statistics.median(sample.requests_per_second for sample in self.samples)

    def over(self, other: "Series") -> float:
        """Return the median over the rounds of this CPU time divided by the other's in the same round."""
        pairs = zip(self.samples, other.samples, strict=True)
        return statistics.median(mine.cpu_ms_per_request / its.cpu_ms_per_request for mine, its in pairs)


def _used(server: Server, before: Sequence[float]) -> list[float]:
    return [now - then for now, then in zip(server.workers_cpu_seconds(), before, strict=True)]


def measure(case: Case, attempts: int = ATTEMPTS) -> Sample:
    """Return one round of a case. A warm-up on the same connections shows whether the workers share them."""
    request = request_bytes(case.server.port, case.path, case.headers)
    with Client(case.server.port, request, case.status) as client:
        before = case.server.workers_cpu_seconds()
        client.ask(case.requests // 10)
        warm_up = _used(case.server, before)
        is_lopsided = max(warm_up) > LOPSIDED * sum(warm_up)
        if not is_lopsided or attempts == 1:
            before = case.server.workers_cpu_seconds()
            seconds = client.ask(case.requests)
            used = sum(_used(case.server, before))
            return Sample(1000 * used / case.requests, case.requests / seconds, is_lopsided)
    return measure(case, attempts - 1)


def run(cases: Sequence[Case]) -> dict[str, Series]:
    """Return all rounds of all cases. Each round begins with another case."""
    found = {case.name: Series() for case in cases}
    for number in range(ROUNDS):
        for case in [*cases[number % len(cases) :], *cases[: number % len(cases)]]:
            found[case.name].samples.append(measure(case))
    return found
