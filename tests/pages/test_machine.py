"""What machines read agrees with what people read."""

import json
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings
from django.test import Client

from education.edition import LiveEdition

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_the_api_lists_every_page(site_client: Client, live: LiveEdition) -> None:
    listed = json.loads(site_client.get("/api/pages/").content)

    assert [item["slug"] for item in listed["pages"]] == list(live.articles)


def test_the_api_gives_statements_with_labels_and_sources(site_client: Client, live: LiveEdition) -> None:
    page = json.loads(site_client.get("/api/pages/treatment/").content)
    sections = [section for section in page["sections"] if section["kind"] == "statements"]
    statements = [statement for section in sections for statement in section["statements"]]

    assert {claim for statement in statements for claim in statement["claims"]} >= {f"S{n}" for n in range(29, 43)}
    assert all(statement["evidence_label"] and statement["sources"] for statement in statements)


def test_the_api_gives_the_protocol_as_it_was_published(site_client: Client, live: LiveEdition) -> None:
    page = json.loads(site_client.get("/api/pages/treatment/").content)
    steps = {step["key"]: step for section in page["sections"] for step in section.get("steps", [])}

    assert steps["ice_on_back"]["interval_minutes"] == 120
    assert set(steps) == {step.key for step in live.protocol.steps}


def test_the_api_gives_the_red_flags_on_every_page(site_client: Client, live: LiveEdition) -> None:
    for key in live.articles:
        page = json.loads(site_client.get(f"/api/pages/{key}/").content)

        assert [sign["code"] for sign in page["red_flags"]["signs"]] == [f"E{n}" for n in range(1, 12)]


def test_the_api_names_no_reviewer_before_there_is_one(site_client: Client) -> None:
    review = json.loads(site_client.get("/api/pages/treatment/").content)["review"]

    assert (review["reviewed_on"], review["reviewer"], review["due_on"]) == (None, None, "2027-11-22")


def test_the_api_does_not_know_other_pages(site_client: Client) -> None:
    assert site_client.get("/api/pages/nothing/").status_code == 404


def test_the_feed_is_atom_without_faults_and_names_every_page(site_client: Client, live: LiveEdition) -> None:
    feed = feedparser.parse(site_client.get("/changes.atom").content)

    assert (feed.bozo, feed.version) == (False, "atom10")
    assert {entry.title for entry in feed.entries} == {item.content.title for item in live.articles.values()}
    assert all(entry.link.startswith(str(settings.SITE_URL)) for entry in feed.entries)


def test_the_sitemap_holds_every_article_and_exercise(site_client: Client, live: LiveEdition) -> None:
    root = ElementTree.fromstring(site_client.get("/sitemap.xml").content)
    addresses = {str(item.text) for item in root.iter(f"{SITEMAP}loc")}

    assert len(addresses) == len(live.articles) + len(live.exercises)
    assert f"{settings.SITE_URL}/exercises/bridge/" in addresses


def test_addresses_come_from_the_setting_and_never_from_the_request(site_client: Client) -> None:
    assert site_client.get("/sitemap.xml", headers={"host": "evil.example"}).status_code == 400


def test_robots_keep_to_the_public_half(site_client: Client) -> None:
    text = site_client.get("/robots.txt").content.decode()

    assert "Disallow: /tracker/" in text
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text


def test_security_txt_does_not_exist_without_a_contact(site_client: Client) -> None:
    assert site_client.get("/.well-known/security.txt").status_code == 404

    settings.OPERATOR_CONTACT = "security@back.example.org"

    text = site_client.get("/.well-known/security.txt").content.decode()
    fields = dict(line.split(": ", 1) for line in text.splitlines())

    assert fields["Contact"] == "mailto:security@back.example.org"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)


def test_open_graph_says_what_the_page_says(site_client: Client, live: LiveEdition) -> None:
    html = site_client.get("/treatment/").content.decode()

    assert f'<meta property="og:title" content="{live.articles["treatment"].content.title}">' in html
    assert f'<link rel="canonical" href="{settings.SITE_URL}/treatment/">' in html
