"""The unsaved form as the real page, in a frame of the editing screen: nothing of it is kept."""

import re
from datetime import UTC, datetime

import msgspec
from django.apps import apps
from django.http import HttpResponse
from django.test import Client

from education import editing, publishing, structure
from education.admin import preview_screens
from education.editing_forms import FieldError
from education.edition import LiveEdition
from tests.education.editing.people import person
from tests.education.editing.previews import anybody


def overview(live: LiveEdition, title: str) -> structure.Publishable:
    return msgspec.structs.replace(live.articles["overview"].content, title=title)


def unsaved(content: structure.Publishable) -> HttpResponse:
    return preview_screens.unsaved(anybody(), content)


def test_nothing_of_an_unsaved_form_is_ever_kept(live: LiveEdition) -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model._default_manager.count() for model in apps.get_models()}

    before = rows()
    page = unsaved(overview(live, "Nobody saved this title")).content.decode()

    assert "Nobody saved this title" in page
    assert rows() == before
    assert publishing.live(datetime.now(UTC)).articles["overview"] == live.articles["overview"]


def test_it_stands_in_a_frame_of_this_site_and_nobody_keeps_it(live: LiveEdition) -> None:
    response = unsaved(live.articles["overview"].content)

    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Cache-Control"] == "no-store"


def test_in_the_frame_links_open_elsewhere_and_places_of_the_page_do_not(live: LiveEdition) -> None:
    page = unsaved(live.articles["overview"].content).content.decode()

    away = re.findall(r'<a [^>]*href="[^#"][^>]*>', page)
    near = re.findall(r'<a [^>]*href="#[^>]*>', page)
    assert away
    assert all('target="_blank"' in link for link in away)
    assert near
    assert not any("target" in link for link in near)


def test_a_form_with_mistakes_says_what_to_mend(db: None) -> None:
    response = preview_screens.cannot_show(anybody(), [FieldError("<Too long.>", "Title", "id_title")])

    assert response.status_code == 400
    assert "Title: &lt;Too long.&gt;" in response.content.decode()
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_page_of_an_earlier_edition_says_which(live: LiveEdition) -> None:
    page = preview_screens.as_it_stood(anybody(), live, "treatment").content.decode()

    assert "The page as it stood in edition 1." in page


def test_an_editor_previews_what_is_typed_and_not_what_is_saved(live: LiveEdition) -> None:
    """By way of the whole screen: the form's own fields are posted."""
    client = Client()
    client.force_login(person("ann", "Author"))
    row = editing.row_of("term", "acute")
    assert row is not None

    response = client.post(
        f"/admin/education/term/{row.pk}/preview/",
        {"name": "Acute", "meaning": "A meaning that was only typed.", "forms": "acute", "also": ""},
    )

    assert "A meaning that was only typed." in response.content.decode()
    assert response.headers["Content-Security-Policy"].count("frame-ancestors 'self'") == 1
