"""The Atom feed of what changed on the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from backspasm.site import absolute
from education import histories
from education.addresses import page_path
from education.edition import Change, LiveEdition
from education.richtext.reader import visible

ENTRIES: Final = 50


@dataclass(frozen=True)
class Entry:
    """One publication of one page."""

    key: str
    title: str
    change: Change


class ChangesFeed(Feed):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """What changed, newest first. Addresses come from the site's own setting."""

    feed_type = Atom1Feed
    title = _("Backspasm: what changed")
    description = _("New and changed pages.")
    author_name = "Backspasm"

    def __init__(self, live: LiveEdition) -> None:
        self.live = live

    def link(self) -> str:
        """The home page."""
        return absolute(page_path("home"))

    def feed_url(self) -> str:
        """The feed's own address."""
        return absolute(reverse("education:changes"))

    def feed_guid(self) -> str:
        """The same for ever."""
        return self.feed_url()

    def items(self) -> list[Entry]:
        """The last changes of all pages."""
        return sorted(self._entries(), key=lambda entry: (entry.change.published_at, entry.key), reverse=True)[:ENTRIES]

    def _entries(self) -> Iterable[Entry]:
        for key, item in self.live.articles.items():
            for change in histories.of_page(self.live, key):
                yield Entry(key, item.content.title, change)

    def item_title(self, item: Any) -> str:
        """The page's title, without what XML cannot hold."""
        return visible(str(item.title))

    def item_description(self, item: Any) -> str:
        """What changed, in the editor's words."""
        return visible(str(item.change.changes))

    def item_link(self, item: Any) -> str:
        """The page."""
        return absolute(page_path(item.key))

    def item_guid(self, item: Any) -> str:
        """One publication of one page."""
        return f"{self.item_link(item)}#{item.change.published_at:%Y%m%dT%H%M%S.%fZ}"

    def item_pubdate(self, item: Any) -> datetime:
        """When it was published."""
        return item.change.published_at  # type: ignore[no-any-return]

    def item_updateddate(self, item: Any) -> datetime:
        """A publication never changes."""
        return self.item_pubdate(item)
