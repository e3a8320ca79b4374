"""The copy of the last edition: whole, or not there; used when the database is away at the start."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from education import edition_copy, publishing
from education.edition import LiveEdition
from tests.education.editions import edition_from_files


def test_what_was_kept_is_recalled_whole(tmp_path: Path) -> None:
    live = edition_from_files()

    edition_copy.keep(live, tmp_path)

    assert edition_copy.recall(tmp_path) == live
    assert [path.name for path in tmp_path.iterdir()] == [edition_copy.NAME]


def test_nothing_kept_is_nothing_recalled(tmp_path: Path) -> None:
    assert edition_copy.recall(tmp_path) is None


def test_a_copy_of_another_release_is_not_used(tmp_path: Path) -> None:
    (tmp_path / edition_copy.NAME).write_text('{"number": 1, "planet": "Mars"}')

    assert edition_copy.recall(tmp_path) is None


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    edition_copy.keep(edition_from_files(), tmp_path / "missing")

    assert "was not written" in caplog.text


@pytest.mark.django_db
def test_a_process_that_starts_without_a_database_shows_when_to_get_help(
    live: LiveEdition, site_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(now: object) -> LiveEdition:
        raise OperationalError

    edition_copy.keep(live, settings.DATA_DIR)
    publishing.forget()
    monkeypatch.setattr("education.edition_reading.read", away)

    response = site_client.get("/get-help/")

    assert response.status_code == 200
    assert live.emergency_card.signs[0].text in response.content.decode()
    assert publishing.live(timezone.now()).number == live.number
