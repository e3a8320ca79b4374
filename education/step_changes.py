"""When each step of the care protocol became what it is. Pure."""

from collections.abc import Iterable

from education.edition import Change
from education.structure import CareStep, Protocol


def step_changes(published: Iterable[tuple[Change, Protocol]]) -> dict[str, Change]:
    """Return, by the key of a step of the last protocol, the change that made the step what it is now.

    ``published``: what readers saw, oldest first. A step that went and came back is new when it comes back.
    """
    found: dict[str, Change] = {}
    before: dict[str, CareStep] = {}
    for change, protocol in published:
        steps = {step.key: step for step in protocol.steps}
        found |= {key: change for key, step in steps.items() if before.get(key) != step}
        before = steps
    return {key: found[key] for key in before}
