"""Two phones at once on a real PostgreSQL and a real SQLite: nothing is lost, no limit is passed, nobody sees a fault.

Every race is played as often as there are places in which the second phone can come between statements of the first.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.conf import settings

from tests.environment import ROOT
from tests.services.test_postgres import Database

pytestmark = pytest.mark.services

Found = list[dict[str, Any]]
Race = Callable[[str], Found]

# Every service that takes the id of a form, but the link: it is shown once.
FORMS: Final = "start check_in describe done timer dose medicine plan week emergency signs".split()
# Forms that are on their way while an account or a consent ends.
SAVED: Final = ("check_in", "emergency", "start")
# Sign in, set up, 'cannot be understood', not there, or saved: never a fault of ours, never 'the database is away'.
CLEAR: Final = {302, 303, 400, 404}


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A new, empty database; dropped afterwards. Skips where no PostgreSQL answers."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('races') / 'backspasm.sqlite3'}"
        return
    made = Database(f"backspasm_test_{secrets.token_hex(4)}")
    try:
        made.administer(f"CREATE DATABASE {made.name}")
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at 127.0.0.1:5432")
    yield made.url
    made.administer(f"DROP DATABASE {made.name} WITH (FORCE)")


@pytest.fixture(scope="module")
def race(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    """Play a race by its name, in a process of its own on that database; return what each meeting found."""
    folder: Path = tmp_path_factory.mktemp("race")
    (folder / "static").symlink_to(settings.STATIC_ROOT)
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.tracker_races"],
            cwd=ROOT,
            env={**os.environ, "BACKSPASM_DATA_DIR": str(folder), "DATABASE_URL": database_url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    asked, told = process.stdin, process.stdout

    def play(name: str) -> Found:
        asked.write(f"{name}\n")
        asked.flush()
        line = told.readline()
        assert line, (folder / "errors.txt").read_text()
        found: Found = json.loads(line)
        assert found
        return found

    yield play
    asked.close()
    process.wait(timeout=30)
    told.close()


def each(found: Found, **expected: Any) -> Found:
    """Return the meetings that found something else."""
    return [one for one in found if any(one[name] != value for name, value in expected.items())]


def test_of_two_phones_that_log_the_eighth_ice_one_is_stored_and_one_is_told(race: Race) -> None:
    found = race("eighth_ice") + race("eighth_ice_between_statements")

    assert each(found, stored=8, outcomes=["Refused:limit", "ok"]) == []


def test_the_ninth_ice_is_refused_on_both_phones(race: Race) -> None:
    assert each(race("ninth_ice"), stored=8, outcomes=["Refused:limit", "Refused:limit"]) == []


def test_of_eight_phones_that_log_the_seventh_ice_two_are_stored_and_six_are_told(race: Race) -> None:
    found = race("seventh_ice_on_eight_phones")

    assert each(found, stored=8, outcomes=["Refused:limit"] * 6 + ["ok"] * 2) == []


@pytest.mark.parametrize("name", ["two_walks", "two_ices"])
def test_of_two_timers_one_runs_and_the_other_phone_is_told(race: Race, name: str) -> None:
    assert each(race(name), running=1, outcomes=["Refused:running", "ok"]) == []


def test_of_two_last_doses_one_is_stored_and_the_other_phone_is_asked(race: Race) -> None:
    assert each(race("second_tablet"), stored=1, outcomes=["AgainstLabel", "ok"]) == []


def test_two_phones_that_start_an_episode_both_get_the_one_that_is_open(race: Race) -> None:
    assert each(race("two_starts"), stored=1, told=True, outcomes=["AlreadyOpen", "ok"]) == []


def test_moving_on_is_not_undone_by_a_note_from_the_other_phone(race: Race) -> None:
    assert each(race("move_on_while_describing"), moved_on=True, note=True, outcomes=["ok", "ok"]) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_eight_times_at_once_makes_one_row_and_no_fault(race: Race, form: str) -> None:
    assert each(race(f"eight_times_{form}"), made=1, outcomes=["ok"]) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_again_between_any_two_statements_makes_one_row_and_no_fault(race: Race, form: str) -> None:
    assert each(race(f"twice_{form}"), made=1, outcomes=["ok"]) == []


def test_a_visit_link_asked_for_eight_times_is_made_and_shown_once(race: Race) -> None:
    found = race("eight_times_link") + race("twice_link")

    assert each(found, made=1, outcomes=["AlreadyMade", "ok"]) == []


def test_two_phones_that_answer_yes_to_two_signs_set_one_hold_with_both(race: Race) -> None:
    assert each(race("two_signs"), open=[["E1", "E2"]], outcomes=["ok", "ok"]) == []


@pytest.mark.parametrize("name", ["sign_while_lifting", "lift_while_answering"])
def test_a_sign_that_comes_while_the_hold_is_lifted_still_holds(race: Race, name: str) -> None:
    found = race(name)

    assert [one for one in found if len(one["open"]) != 1 or "E2" not in one["open"][0]] == []
    assert each(found, outcomes=["ok", "ok"]) == []


def test_of_two_edits_of_a_check_in_every_value_is_kept(race: Race) -> None:
    said = [[1, "first words", [1]], [2, "words of one phone", [2]], [3, "words of the other", [3]]]

    assert each(race("two_edits"), said=said, outcomes=["ok", "ok"]) == []


def test_of_two_edits_by_pages_loaded_before_the_later_is_told_and_overwrites_nothing(race: Race) -> None:
    first, one, other = [1, "first words", [1]], [2, "words of one phone", [2]], [3, "words of the other", [3]]

    found = race("two_edits_of_pages")

    assert each(found, outcomes=["Stale", "ok"]) == []
    assert [meeting for meeting in found if meeting["said"] not in ([first, one], [first, other])] == []


def test_settings_saved_on_one_phone_never_bring_a_withdrawn_consent_back(race: Race) -> None:
    assert each(race("settings_while_withdrawing"), consent=False, outcomes=["ok", "ok"]) == []


@pytest.mark.parametrize("form", SAVED)
def test_a_form_on_its_way_while_the_account_is_deleted_leaves_nothing_and_is_no_fault(race: Race, form: str) -> None:
    found = race(f"deleted_{form}")

    assert [one for one in found if one["came_to"][0] not in CLEAR] == []
    assert [one for one in found if one["came_to"][1] != "deleted"] == []
    assert each(found, left=0) == []


def test_a_form_that_comes_while_an_account_is_being_deleted_stops_no_deletion(race: Race) -> None:
    found = race("saved_meanwhile")

    assert [one for one in found if one["came_to"][0] != "deleted"] == []
    assert [one for one in found if one["came_to"][1] not in CLEAR] == []
    assert each(found, left=0) == []


def test_an_account_deleted_on_two_phones_is_gone_and_no_fault(race: Race) -> None:
    assert each(race("deleted_twice"), came_to=["deleted", "deleted"], left=0) == []


@pytest.mark.parametrize("form", SAVED)
def test_nothing_is_stored_after_the_consent_was_withdrawn(race: Race, form: str) -> None:
    found = race(f"withdrawn_{form}")

    assert [one for one in found if one["came_to"] not in CLEAR] == []
    assert each(found, is_withdrawn=True, late=0) == []


@pytest.mark.parametrize("name", ["note_while_rotating", "rotation_while_writing"])
def test_words_written_while_the_keys_are_rotated_stay_and_so_do_the_old_ones(race: Race, name: str) -> None:
    found = race(name)

    assert each(found, note="words from meanwhile", before=["words from before the rotation"]) == []
    assert each(found, is_sealed_anew=True, outcomes=["ok", "ok"]) == []
