"""Makes every PDF of an edition: the leaflets of the pages that have one, and the paper diary."""

from collections.abc import Iterator

from django.conf import settings

from education import histories, pages
from education.documents import SiteFacts, diary, leaflet, render
from education.edition import EMERGENCY_CARD_KEY, PROTOCOL_KEY, LiveEdition

DIARY_KEY = "diary"


def render_all(live: LiveEdition) -> Iterator[tuple[str, bytes]]:
    """Yield key and PDF of each. Raises DocumentError where one cannot be PDF/UA-1 or is too long."""
    site = SiteFacts(address=str(settings.SITE_URL), operator=settings.OPERATOR_NAME)
    emergency = pages.emergency_card(live)
    card_changed_at = live.cards[EMERGENCY_CARD_KEY].published_at
    for key, published in live.articles.items():
        if published.content.has_leaflet:
            made_at = max(card_changed_at, histories.changed_at(live, key))
            page = pages.page(live, key, made_at.date())
            yield key, render(leaflet(page, emergency=emergency, site=site, made_at=made_at))
    made_at = max(card_changed_at, live.protocols[PROTOCOL_KEY].published_at)
    yield DIARY_KEY, render(diary(emergency=emergency.card, protocol=live.protocol, site=site, made_at=made_at))
