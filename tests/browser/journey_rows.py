"""What the journeys ask of the database, run inside the site by ``SiteShell``: plain values in, plain values out."""

import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backspasm.models import User
from education import publishing
from education.edition import PROTOCOL_KEY
from tests.tracker.make import NO_TO_ALL, START_CODES, make_activity, make_check_in
from tracker import consent_words, demo
from tracker.models import (
    AgeBand,
    CheckIn,
    Consent,
    Dose,
    EmergencyCheck,
    Episode,
    Hold,
    Medicine,
    Patient,
    StepLog,
    VisitLink,
)

PASSWORD: Final = "seven quiet otters nap"
Cookie = dict[str, Any]
_ONE_O_CLOCK: Final = 13


def daytime_zone() -> str:
    """Return a zone in which it is about one o'clock: no test meets the night, in which no ice is offered."""
    ahead = _ONE_O_CLOCK - timezone.now().astimezone(UTC).hour
    # The sign of these names is the other way round.
    return "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"


def _user(email: str, password: str) -> User:
    user = User.objects.create_user(email, password or None)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _cookie(user: User) -> Cookie:
    client = Client()
    client.force_login(user)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def _protocol_number(now: datetime) -> int:
    return publishing.live(now).protocols[PROTOCOL_KEY].number


def make_patient(email: str, hours_ago: float | None = 31, password: str = "") -> Cookie:
    """Make a patient with an episode that began so long ago (None: without one); return their sign-in."""
    now = timezone.now()
    user = _user(email, password)
    long_ago = now - timedelta(days=30)
    patient = Patient.objects.create(
        user=user,
        consent=Consent.objects.create(user=user, version=consent_words.CONSENT_VERSION, given_at=long_ago),
        time_zone=daytime_zone(),
        age_band=AgeBand.FROM_18,
        is_pregnant=False,
        has_reduced_feeling=False,
        avoids_exercise=False,
        avoids_anti_inflammatories=False,
        has_weak_bones=False,
        set_up_at=long_ago,
    )
    if hours_ago is not None:
        began_at = now - timedelta(hours=hours_ago)
        patient.protocol_number = _protocol_number(now)
        patient.save()
        episode = Episode.objects.create(user=user, began_at=began_at, created_at=began_at)
        _say_no(user, episode, max(began_at, now - timedelta(hours=2)))
    return _cookie(user)


def _say_no(user: User, episode: Episode, at: datetime) -> None:
    EmergencyCheck.objects.create(
        user=user,
        episode=episode,
        because="start",
        codes=list(START_CODES),
        answers=NO_TO_ALL,
        rest_is_no=True,
        edition=1,
        asked_at=at,
        answered_at=at,
    )


def make_demo(email: str) -> Cookie:
    """Make the patient of the demo under another address, without the sessions of the open episode; sign them in."""
    now = timezone.now()
    user = _user(email, "")
    demo.make_patient(
        user=user,
        edition=publishing.live(now).number,
        protocol_number=_protocol_number(now),
        time_zone=daytime_zone(),
        now=now,
    )
    StepLog.objects.of(user).filter(episode__ended_at=None).delete()
    return _cookie(user)


def _of(email: str) -> User:
    return User.objects.get(email=email)


def sign_in(email: str) -> Cookie:
    """Return another sign-in of this person."""
    return _cookie(_of(email))


def open_episode(email: str) -> str:
    """Return the id of the open episode, or nothing."""
    episode = Episode.objects.of(_of(email)).filter(ended_at=None).first()
    return str(episode.pk) if episode else ""


def episode_facts(email: str) -> dict[str, Any]:
    """Return how many episodes there are, and of the newest: places and whether it is open."""
    episodes = Episode.objects.of(_of(email)).order_by("-began_at")
    newest = episodes[0]
    return {"count": episodes.count(), "places": newest.places, "is_open": newest.is_open}


def fill_ice(email: str, sessions: int) -> None:
    """Log so many ice sessions of today, the last one two hours ago."""
    user, now = _of(email), timezone.now()
    for number in range(sessions):
        at = now - timedelta(hours=2, minutes=35 * number)
        _log(user, "ice_on_back", "ice", at)


def _log(user: User, key: str, kind: str, at: datetime) -> None:
    StepLog.objects.create(
        user=user,
        episode=Episode.objects.of(user).get(ended_at=None),
        step_key=key,
        kind=kind,
        edition=1,
        started_at=at,
        created_at=at,
        duration_minutes=20,
    )


def logs(email: str) -> list[list[Any]]:
    """Return key, minutes and whether a timer was or is running, of every session of the open episode."""
    rows = StepLog.objects.of(_of(email)).filter(episode__ended_at=None).order_by("created_at")
    return [[log.step_key, log.duration_minutes, log.is_timed] for log in rows]


def begin_earlier(email: str, seconds: float) -> None:
    """Move the beginning of the session that was started last into the past."""
    log = StepLog.objects.of(_of(email)).filter(is_timed=True).latest("started_at")
    log.started_at -= timedelta(seconds=seconds)
    log.created_at = log.started_at
    log.save()


def holds(email: str) -> list[list[Any]]:
    """Return the codes of every hold and why it was lifted (nothing: it is open)."""
    rows = Hold.objects.of(_of(email)).order_by("pk")
    return [[list(hold.codes), str(hold.lifted_because or "")] for hold in rows]


def checks(email: str) -> list[list[Any]]:
    """Return the answers of every round of questions, whether the rest was said to be no, and whether it is whole."""
    rows = EmergencyCheck.objects.of(_of(email)).order_by("asked_at")
    return [[dict(row.answers), row.rest_is_no, row.answered_at is not None] for row in rows]


def check_ins(email: str) -> list[list[Any]]:
    """Return pain, scores and whether it is complete, of every check-in, oldest first."""
    rows = CheckIn.objects.of(_of(email)).order_by("at", "created_at")
    return [
        [row.pain, [rating.score for rating in row.ratings.order_by("activity__position")], row.is_complete]
        for row in rows
    ]


def name_activity(email: str, name: str, check_in_hours_ago: float | None = None, pain: int = 6) -> None:
    """Name one thing that is hard; with hours also a complete check-in then: 4 for it, and this pain."""
    episode = Episode.objects.of(_of(email)).get(ended_at=None)
    activity = make_activity(episode, name)
    if check_in_hours_ago is not None:
        make_check_in(episode, timezone.now() - timedelta(hours=check_in_hours_ago), pain, ratings={activity: 4})


def doses(email: str) -> int:
    """Return how many doses are kept."""
    count: int = Dose.objects.of(_of(email)).count()
    return count


def make_medicine(email: str, name: str) -> None:
    """Put a medicine on the list, with a gap of four hours and at most three in a day."""
    Medicine.objects.create(
        user=_of(email),
        name=name,
        gap_minutes=240,
        most_in_24_hours=3,
        is_anti_inflammatory="no",
        created_at=timezone.now(),
        form_id=uuid.uuid4(),
    )


def link_facts(email: str) -> list[list[Any]]:
    """Return for every visit link how often it was opened and whether it was revoked."""
    rows = VisitLink.objects.of(_of(email)).order_by("created_at")
    return [[link.openings.count(), link.revoked_at is not None] for link in rows]


def end_sessions(email: str) -> None:
    """Delete every session of this person, as if it had run out."""
    wanted = str(_of(email).pk)
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") == wanted:
            session.delete()


def latest_mail() -> str:
    """Return the newest mail."""
    out = StringIO()
    call_command("latest_mail", stdout=out)
    return out.getvalue()


def people(email: str) -> int:
    """Return how many accounts have this address: one or none."""
    return User.objects.filter(email=email).count()
