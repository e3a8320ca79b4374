"""Makes every PDF of an edition: the leaflets of the pages that have one, and the paper diary."""

from collections.abc import Iterator

from django.conf import settings

from education import histories, pages
from education.documents import DocumentError, SiteFacts, diary, leaflet, page_count, render
from education.edition import EMERGENCY_CARD_KEY, PROTOCOL_KEY, LiveEdition

DIARY_KEY = "diary"


class CannotRender(ValueError):
    """A PDF is too long or not accessible; ``key`` is that of its page."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        super().__init__(reason)


def render_all(live: LiveEdition) -> Iterator[tuple[str, bytes]]:
    """Yield key and PDF of each. Raises CannotRender where one cannot be PDF/UA-1 or is too long."""
    for key, published in live.articles.items():
        if published.content.has_leaflet:
            yield key, render_page(live, key)
    yield DIARY_KEY, _diary(live)


def render_page(live: LiveEdition, key: str) -> bytes:
    """Return the leaflet of a page that has one. Raises CannotRender."""
    card_changed_at = live.cards[EMERGENCY_CARD_KEY].published_at
    made_at = max(card_changed_at, histories.changed_at(live, key))
    page = pages.page(live, key, made_at.date())
    try:
        return render(leaflet(page, emergency=pages.emergency_card(live), site=_site(), made_at=made_at))
    except DocumentError as error:
        raise CannotRender(key, str(error)) from error


def sides(pdf: bytes) -> int:
    """Return how many A4 sides a PDF has."""
    return page_count(pdf)


def _diary(live: LiveEdition) -> bytes:
    emergency = pages.emergency_card(live).card
    made_at = max(live.cards[EMERGENCY_CARD_KEY].published_at, live.protocols[PROTOCOL_KEY].published_at)
    try:
        return render(diary(emergency=emergency, protocol=live.protocol, site=_site(), made_at=made_at))
    except DocumentError as error:
        raise CannotRender(DIARY_KEY, str(error)) from error


def _site() -> SiteFacts:
    return SiteFacts(address=str(settings.SITE_URL), operator=settings.OPERATOR_NAME)
