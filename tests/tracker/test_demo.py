"""`manage.py demo`: a newcomer sees the whole product in a minute."""

import re
from datetime import datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from backspasm import environment
from backspasm.models import User
from tracker.models import Delivery, DeliveryStatus, Dose, Episode, Patient, Reminder, StepLog
from tracker.reminder_rules import useful_for

pytestmark = pytest.mark.django_db


def run(**options: bool) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def passwords(printed: str) -> dict[str, str]:
    return dict(re.findall(r"^ +(\S+@example\.org) +(\S+)$", printed, flags=re.MULTILINE))


def test_it_prints_three_accounts_that_can_sign_in(now: datetime) -> None:
    printed = passwords(run())

    assert set(printed) == {"patient@example.org", "author@example.org", "reviewer@example.org"}
    assert all(User.objects.get(email=email).check_password(password) for email, password in printed.items())
    assert all(len(password) >= 15 for password in printed.values())


def test_the_patient_has_two_years_and_eleven_episodes_with_one_open_at_hour_31(now: datetime) -> None:
    run()

    patient = Patient.objects.get(user__email="patient@example.org")
    episodes = Episode.objects.of(patient.user)
    assert episodes.count() == 11
    assert (now - episodes.get(ended_at=None).began_at).total_seconds() == 31 * 3600
    assert (now - episodes.earliest("began_at").began_at).days > 700


def test_no_step_is_logged_at_night_or_ahead(now: datetime) -> None:
    run()

    patient = Patient.objects.get(user__email="patient@example.org")
    logs = StepLog.objects.of(patient.user)
    assert {log.started_at.astimezone(patient.zone).hour for log in logs} <= set(range(7, 22))
    assert not logs.filter(started_at__gt=now).exists()
    assert not Dose.objects.of(patient.user).filter(taken_at__gt=now).exists()


def test_run_again_it_makes_them_anew_with_other_passwords(now: datetime) -> None:
    first, second = passwords(run()), passwords(run())

    assert first["patient@example.org"] != second["patient@example.org"]
    assert User.objects.filter(email="patient@example.org").count() == 1


def test_roles_are_those_of_an_author_and_a_reviewer(now: datetime) -> None:
    run()

    assert User.objects.get(email="author@example.org").has_perm("education.change_article")
    assert User.objects.get(email="reviewer@example.org").has_perm("education.approve_publication")
    assert not User.objects.get(email="patient@example.org").is_staff


def test_an_https_site_refuses_without_yes(settings: Settings) -> None:
    settings.SITE_URL = environment.site_url("https://back.example.org")

    with pytest.raises(CommandError, match="--yes"):
        run()

    assert not User.objects.filter(email="patient@example.org").exists()


@pytest.mark.parametrize("path", ["", "episodes/", "patterns/", "report/", "reminders/", "reminders/log/"])
def test_its_screens_open(now: datetime, path: str) -> None:
    run()
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(User.objects.get(email="patient@example.org"))

    assert client.get(f"/tracker/{path}").status_code == 200


def deliveries() -> list[Delivery]:
    return list(Delivery.objects.filter(user__email="patient@example.org").select_related("reminder"))


def test_there_are_reminders_of_the_plan_a_weekly_one_own_ones_and_one_that_is_over(now: datetime) -> None:
    run()

    rows = list(Reminder.objects.filter(user__email="patient@example.org"))
    standing = [row for row in rows if row.ended_at is None]
    assert {row.kind for row in standing} >= {"ice", "check_in", "strength", "own"}
    assert any(row.episode_id and row.also_step_keys for row in standing)
    assert [row.label for row in rows if row.ended_at is not None] == ["Ring the physio"]
    assert {tuple(row.channels) for row in rows} == {("app",), ("app", "email")}
    assert [row.kind for row in standing if row.next_due_at <= now] == []


def test_the_log_of_two_weeks_holds_every_outcome_and_nothing_waits(now: datetime) -> None:
    run()

    rows = deliveries()
    assert {row.status for row in rows} == {
        *(DeliveryStatus.SENT, DeliveryStatus.SKIPPED),
        DeliveryStatus.MISSED,
    }
    assert any(row.is_second_try for row in rows)
    assert any(row.sent_at and (row.sent_at - row.due_at).total_seconds() > 600 for row in rows)
    assert {"", "already_done", "too_late"} <= {row.reason for row in rows}
    assert (now - min(row.due_at for row in rows)).days >= 12


def test_the_log_tells_nothing_that_could_not_be(now: datetime) -> None:
    run()

    for row in deliveries():
        assert row.useful_until == row.due_at + useful_for(row.kind)
        assert row.due_at <= (row.sent_at or row.due_at) <= min(now, row.useful_until)
        assert row.reminder.created_at < row.due_at
        assert row.done_at is None or (row.sent_at is not None and row.done_at > row.sent_at)
