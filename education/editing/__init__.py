"""What editors do to a content before readers see it: save, hand in, approve, review, publish. Knows no request.

Every write is one transaction and takes ``by`` (who) and ``now`` (aware UTC).
"""

from education.editing.approving import approve, hand_in, send_back
from education.editing.going_live import publish_working_copies
from education.editing.history import content_at, past_contents
from education.editing.refused import Refused
from education.editing.reviewing import record_review
from education.editing.saving import ChangedMeanwhile, save
from education.editing.standing import Standing, standing_of, standings, standings_of
from education.editing.working_copies import WORKING_COPIES, library, live_with, not_live, row_of

__all__ = [
    "WORKING_COPIES",
    "ChangedMeanwhile",
    "Refused",
    "Standing",
    "approve",
    "content_at",
    "hand_in",
    "library",
    "live_with",
    "not_live",
    "past_contents",
    "publish_working_copies",
    "record_review",
    "row_of",
    "save",
    "send_back",
    "standing_of",
    "standings",
    "standings_of",
]
