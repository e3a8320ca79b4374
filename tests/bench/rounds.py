"""Measures several kinds of answer in alternating rounds, so that a busy moment of the machine meets them all."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.load import Client, request_bytes
from tests.bench.servers import Server

ROUNDS: Final = 7
ATTEMPTS: Final = 4
# Two workers share the connections as chance has it; above this share of the CPU time the round says little.
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
    """One round of one case. ``busiest_share`` is the part of the CPU time that one worker used."""

    cpu_ms_per_request: float
    requests_per_second: float
    busiest_share: float


@dataclass
class Series:
    """All rounds of one case, and how many were repeated because one worker did nearly everything."""

    samples: list[Sample] = field(default_factory=list)
    repeated: int = 0

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


def measure(case: Case) -> Sample:
    """Return one round: the CPU time of the workers only, after a warm-up on the same connections."""
    request = request_bytes(case.server.port, case.path, case.headers)
    with Client(case.server.port, request, case.status) as client:
        client.ask(case.requests // 10)
        before = case.server.workers_cpu_seconds()
        seconds = client.ask(case.requests)
        used = [now - then for now, then in zip(case.server.workers_cpu_seconds(), before, strict=True)]
    return Sample(1000 * sum(used) / case.requests, case.requests / seconds, max(used) / sum(used))


def run(cases: Sequence[Case]) -> dict[str, Series]:
    """Return all rounds of all cases. Each round begins with another case."""
    found = {case.name: Series() for case in cases}
    for number in range(ROUNDS):
        for case in [*cases[number % len(cases) :], *cases[: number % len(cases)]]:
            series = found[case.name]
            sample = measure(case)
            for _ in range(ATTEMPTS - 1):
                if sample.busiest_share <= LOPSIDED:
                    break
                series.repeated += 1
                sample = measure(case)
            series.samples.append(sample)
    return found
