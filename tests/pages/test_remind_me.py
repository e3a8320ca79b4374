"""'Remind me' beside every care step: an ordinary link, the same for everybody."""

from typing import Final
from xml.etree.ElementTree import Element

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from education import publishing
from education.edition import PROTOCOL_KEY
from tests.pages.conftest import Pages, classes

pytestmark = pytest.mark.django_db

ADDRESS: Final = "/tracker/reminders/new/?step="


def reminder_links(cards: list[Element]) -> dict[str, str]:
    """Return the words of each link that makes a reminder, by the key in its address."""
    links = [link for card in cards for link in card.iter("a") if link.get("href", "").startswith(ADDRESS)]
    assert len({link.attrib["href"] for link in links}) == len(links)
    return {link.attrib["href"].removeprefix(ADDRESS): "".join(link.itertext()) for link in links}


def test_every_step_of_the_care_plan_has_one_link_that_names_it(pages: Pages) -> None:
    cards = [element for element in pages["/treatment/"].elements if "ph" in classes(element)]

    found = reminder_links(cards)

    steps = publishing.live(timezone.now()).protocols[PROTOCOL_KEY].content.steps
    assert found == {step.key: f"{step.title}: remind me" for step in steps}
    assert len(found) > 10


def test_somebody_signed_in_gets_the_same_page(pages: Pages, django_user_model: type) -> None:
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(django_user_model.objects.create_user("alice@example.org"))  # type: ignore[attr-defined]

    assert client.get("/treatment/").content.decode() == pages["/treatment/"].html


def test_who_is_not_signed_in_comes_back_to_the_step(site_client: Client) -> None:
    response = site_client.get(f"{ADDRESS}ice_on_back")

    assert response.status_code in {302, 303}
    assert response.headers["Location"].endswith("?next=/tracker/reminders/new/%3Fstep%3Dice_on_back")
