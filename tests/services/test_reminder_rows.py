"""The statements of reminders that are written out, on each database: they read and write what the models say."""

import psycopg
import pytest

from tests.services.reminder_faults import Stage
from tests.services.test_postgres import SERVER
from tracker.reminders.stored_values import array

pytestmark = pytest.mark.services


def test_a_claim_reads_each_row_as_its_models_say(stage: Stage) -> None:
    stage.play("remind_of_everything")

    assert stage.play("differences") == []


def test_words_moments_and_blanks_come_back_from_an_array() -> None:
    words = ['say "no"', "back\\slash", "a,b", "{}", "", "NULL", None, "naïve"]

    with psycopg.connect(f"{SERVER}/postgres") as connection:
        row = connection.execute("SELECT %s::text[]", [array(words)]).fetchone()

    assert row == (words,)
