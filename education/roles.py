"""The roles of editors and what each may do. Constants only; the rows are made by a migration.

An administrator gives the roles to people; they add up. Reading is open to all three.
"""

from collections.abc import Mapping
from typing import Final

AUTHOR: Final = "Author"
CLINICAL_REVIEWER: Final = "Clinical reviewer"
PUBLISHER: Final = "Publisher"

# As `user.has_perm` takes them.
MAY_PUBLISH: Final = "education.publish_publication"
MAY_APPROVE: Final = "education.approve_publication"
MAY_REVIEW: Final = "education.review_article"

_WORKING_COPIES: Final = ("article", "carecard", "protocol", "exercise", "term", "source")
_VIEWED: Final = (
    *_WORKING_COPIES,
    *("publication", "edition", "draft", "revision", "feedback", "picture", "previewlink"),
)


def _codenames(action: str, models: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"{action}_{model}" for model in models)


_READING: Final = _codenames("view", _VIEWED)

# Codenames of permissions of the education app, by the name of the group.
ROLES: Final[Mapping[str, frozenset[str]]] = {
    AUTHOR: _READING
    | _codenames("add", (*_WORKING_COPIES, "picture", "previewlink"))
    | _codenames("change", _WORKING_COPIES),
    CLINICAL_REVIEWER: _READING | {"approve_publication", "review_article", "add_previewlink"},
    PUBLISHER: _READING | {"publish_publication", "delete_feedback"},
}
