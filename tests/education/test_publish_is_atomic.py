"""A publish that breaks off, at whichever of its statements, leaves readers with all of the old edition."""

import pytest
from django.db import transaction
from django.utils import timezone

from education import publishing
from education.edition import LiveEdition
from education.models import Edition, EditionEntry, Leaflet, Publication
from tests.education.failing_statements import SUMMARY, Cut, power_cut_at, publish_three

pytestmark = pytest.mark.django_db


def rows() -> tuple[int, int, int, int]:
    """How many rows a publish adds to."""
    models = (Edition, EditionEntry, Publication, Leaflet)
    first, second, third, fourth = (model.objects.count() for model in models)
    return first, second, third, fourth


@pytest.fixture
def statement_count(live: LiveEdition) -> int:
    """How many statements a publish that nothing breaks takes."""
    with transaction.atomic():
        with power_cut_at(0) as statements:
            publish_three(live, timezone.now())
        transaction.set_rollback(True)
    return statements.count


def test_a_publish_broken_at_any_statement_changes_nothing(live: LiveEdition, statement_count: int) -> None:
    before = rows()

    for number in range(1, statement_count + 1):
        with pytest.raises(Cut), power_cut_at(number):
            publish_three(live, timezone.now())
        assert publishing.read_edition(timezone.now()) == live, number
        assert rows() == before, number

    assert statement_count > 8
    assert not Edition.objects.filter(summary=SUMMARY).exists()


def test_after_a_broken_publish_the_next_one_works_and_takes_the_next_number(live: LiveEdition) -> None:
    with pytest.raises(Cut), power_cut_at(5):
        publish_three(live, timezone.now())

    made = publish_three(live, timezone.now())

    assert made.number == live.number + 1
    assert publishing.read_edition(timezone.now()) == made


def test_a_publish_whose_leaflet_cannot_be_made_changes_nothing(
    live: LiveEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows()

    def fail(*args: object) -> None:
        raise ValueError("too long for two sides")

    monkeypatch.setattr("education.edition_writing.leaflets.render_all", fail)

    with pytest.raises(ValueError, match="two sides"):
        publish_three(live, timezone.now())

    assert rows() == before
    assert publishing.read_edition(timezone.now()) == live
