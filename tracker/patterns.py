"""What came before flares, always beside what was there on calm days; counts only, and no framework and no clock.

The flares come from what a patient ticked at the start of an episode, the calm days from what the same patient
ticked at weekly check-ins. Remembering may differ between the two, so the words next to these numbers never speak
of a reason, only of how often.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tracker.course import FEWEST_EPISODES, EpisodeFacts

EXPOSURES: Final = (
    "lifting",
    "bending",
    "twisting",
    "long_sitting",
    "long_drive",
    "awkward_position",
    "sport",
    "sneeze_or_cough",
    "tired_or_slept_badly",
    "stress",
    "woke_with_it",
    "nothing_special",
)
# Answers that say when or that nothing was noticed: a calm day has no counterpart to compare them with.
COMPARED: Final = tuple(code for code in EXPOSURES if code not in {"woke_with_it", "nothing_special"})

# 'More often' may be wrong for one patient in twenty, over all exposures together.
CHANCE_OF_ERROR: Final = 0.05
# 'About the same' is said only when the shares surely differ by less than this.
SMALL_DIFFERENCE: Final = 0.1


class Certainty(StrEnum):
    """How much the counts of one exposure can carry."""

    NOTHING_TO_COMPARE = "nothing_to_compare"
    TOO_FEW = "too_few"
    ABOUT_THE_SAME = "about_the_same"
    MORE_OFTEN = "more_often"
    LESS_OFTEN = "less_often"


@dataclass(frozen=True, slots=True)
class CalmDay:
    """One day without an episode on which the patient said what it held; no exposure means 'none of these'."""

    on: date
    exposures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """'flares_with of flares flares after this exposure, also calm_with of calm_days calm days', and how sure."""

    exposure: str
    flares_with: int
    flares: int
    calm_with: int
    calm_days: int
    certainty: Certainty


def patterns(episodes: Iterable[EpisodeFacts], calm_days: Iterable[CalmDay]) -> tuple[Pattern, ...]:
    """Return one Pattern for each exposure ever ticked, the most frequent before flares first.

    Empty until five episodes say what came before them; episodes without that answer are not counted. Two answers for
    one calm day count as one day. A difference is named only if Fisher's exact test (two-sided) finds it at 5% divided
    by the number of exposures compared (Bonferroni), so that looking at many does not make one up.
    """
    flares = [episode.triggers for episode in episodes if episode.triggers]
    if len(flares) < FEWEST_EPISODES:
        return ()
    calm = _by_day(calm_days)
    counts = [(code, sum(code in flare for flare in flares), sum(code in day for day in calm)) for code in COMPARED]
    seen = [(code, flares_with, calm_with) for code, flares_with, calm_with in counts if flares_with or calm_with]
    found = []
    for code, flares_with, calm_with in seen:
        certainty = _certainty(flares_with, len(flares), calm_with, len(calm), compared=len(seen))
        found.append(Pattern(code, flares_with, len(flares), calm_with, len(calm), certainty))
    return tuple(sorted(found, key=lambda pattern: -pattern.flares_with))


def _by_day(calm_days: Iterable[CalmDay]) -> list[frozenset[str]]:
    days: dict[date, frozenset[str]] = {}
    for day in calm_days:
        days[day.on] = days.get(day.on, frozenset()) | day.exposures
    return list(days.values())


def _certainty(flares_with: int, flares: int, calm_with: int, calm: int, *, compared: int) -> Certainty:
    if not calm:
        return Certainty.NOTHING_TO_COMPARE
    if fisher_two_sided(flares_with, flares, calm_with, calm) * compared <= CHANCE_OF_ERROR:
        is_more = flares_with * calm > calm_with * flares
        return Certainty.MORE_OFTEN if is_more else Certainty.LESS_OFTEN
    low, high = difference_of_shares(flares_with, flares, calm_with, calm)
    if low >= -SMALL_DIFFERENCE and high <= SMALL_DIFFERENCE:
        return Certainty.ABOUT_THE_SAME
    return Certainty.TOO_FEW


def fisher_two_sided(a: int, of_a: int, b: int, of_b: int) -> float:
    """Return the p-value of Fisher's exact test for a of ``of_a`` against b of ``of_b``.

    Adds up all tables with these margins that are at most as likely as the one seen; whole numbers to the end, so no
    table is missed by rounding.
    """
    both, total = a + b, of_a + of_b
    first, last = max(0, both - of_b), min(both, of_a)
    ways = math.comb(of_a, first) * math.comb(of_b, both - first)
    all_ways = []
    for k in range(first, last + 1):
        all_ways.append(ways)
        ways = ways * (of_a - k) * (both - k) // ((k + 1) * (of_b - both + k + 1))
    return sum(each for each in all_ways if each <= all_ways[a - first]) / math.comb(total, both)


def difference_of_shares(a: int, of_a: int, b: int, of_b: int) -> tuple[float, float]:
    """Return the 95% interval of a/of_a - b/of_b by Agresti and Caffo: one 'yes' and one 'no' added to each side.

    The plain interval is far too narrow for a handful of episodes.
    """
    share_a, share_b = (a + 1) / (of_a + 2), (b + 1) / (of_b + 2)
    spread = 1.96 * math.sqrt(share_a * (1 - share_a) / (of_a + 2) + share_b * (1 - share_b) / (of_b + 2))
    return share_a - share_b - spread, share_a - share_b + spread
