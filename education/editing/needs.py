"""What must go live with a content because it names it, and readers do not know it yet."""

from collections.abc import Collection

from education import usage
from education.editing.standing import Standing
from education.editing.working_copies import SHELVES, with_contents
from education.edition import LiveEdition
from education.library import Library
from education.plans import Name


def needed_with(wanted: Collection[Name], changed: Collection[Standing], live: LiveEdition) -> frozenset[Name]:
    """Return ``wanted`` and, of the changed working copies, those it names and readers do not know, and what they name.

    Terms are not among them: a text that uses a word does not need its meaning.
    """
    contents_of = {(item.kind, item.key): item.content for item in changed}
    unknown = {name for name in contents_of if name[1] not in getattr(live, SHELVES[name[0]])}
    found = set(wanted)
    to_read = [name for name in wanted if name in contents_of]
    while to_read:
        alone = with_contents(Library(), [contents_of[to_read.pop()]])
        new = {name for name in unknown - found if usage.uses(alone, *name)}
        found |= new
        to_read += new
    return frozenset(found)
