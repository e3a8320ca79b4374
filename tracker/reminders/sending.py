"""One message to every address of one patient on one channel, and what came of it. Knows no model."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tracker.reminders.channels.message import Address, Batch, DeliveryError, Message, Trouble

_log = logging.getLogger(__name__)

# What is known least counts most: a device that may have taken it must not get it again as if nothing had happened.
_WORST_FIRST: Final[tuple[Trouble, ...]] = ("unknown", "later", "refused", "gone")
# One server serves all patients of such a channel: the others need not try it now.
SERVER_AWAY: Final = frozenset({"mail_server_away", "mail_sign_in"})


@dataclass
class Result:
    """``reached`` and ``gone`` are ids of addresses. ``trouble`` is '' if one was reached, else what came of all."""

    reached: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    troubles: dict[Trouble, str] = field(default_factory=dict)

    @property
    def trouble(self) -> Trouble | Literal[""]:
        """Return the trouble that decides."""
        return "" if self.reached else next((one for one in _WORST_FIRST if one in self.troubles), "gone")

    @property
    def code(self) -> str:
        """Return the channel's code for it, or the trouble itself."""
        trouble = self.trouble
        return trouble and (self.troubles.get(trouble) or trouble)


def send_to_all(
    batch: Batch,
    message: Message,
    addresses: Mapping[str, Address],
    *,
    reached: Sequence[str] = (),
    keep: Callable[[list[str]], bool] | None = None,
) -> Result:
    """Send to each address that is not among ``reached``.

    ``keep`` is asked before each further address whether the sending still is ours.
    """
    result = Result(reached=list(reached))
    for position, (key, address) in enumerate(addresses.items()):
        if key in result.reached:
            continue
        if position and keep is not None and not keep(result.reached):
            break
        try:
            batch.send(message, address)
        except DeliveryError as error:
            result.troubles.setdefault(error.trouble, error.code)
            if error.trouble == "gone":
                result.gone.append(key)
        except Exception as error:  # noqa: BLE001 - a channel that breaks may have sent before
            _log.error("a channel broke (%s); the message may have been taken", type(error).__name__)
            result.troubles.setdefault("unknown", "")
        else:
            result.reached.append(key)
    return result
