"""Writes answers to the emergency questions and the see-somebody signs, and sets and lifts the hold."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from backspasm.models import User
from tracker import check_ins, plan, safety
from tracker.models import AskedBecause, CheckIn, ClinicianCheck, EmergencyCheck, Episode, Hold, Lifted, Patient
from tracker.safety import Answer

# Answers this old no longer open the way to a new episode, and a round left unfinished is no longer taken up.
ANSWERS_COUNT_FOR: Final = timedelta(minutes=60)
VALUES: Final = frozenset({"yes", "no", "not_sure"})


class UnknownAnswer(ValueError):
    """A code that was not asked, or a value that is no answer."""


def codes_for(because: str) -> tuple[str, ...]:
    """Return the codes asked for this reason: after a medicine its own sign, else all the others."""
    return (safety.MEDICINE_CODE,) if because == AskedBecause.MEDICINE else safety.START_CODES


def open_hold(user: User) -> Hold | None:
    """Return the hold that is open, or None."""
    hold: Hold | None = Hold.objects.of(user).filter(lifted_at=None).first()
    return hold


def is_held(user: User) -> bool:
    """Say whether a hold is open."""
    return open_hold(user) is not None


def mark(hold: Hold) -> str:
    """Return what changes whenever an answer adds to the hold; a screen sends it back to lift what it showed."""
    return f"{hold.check_made_id}.{len(hold.codes)}"


@transaction.atomic
def answer(
    *,
    user: User,
    episode: Episode | None,
    because: AskedBecause,
    answers: Mapping[str, Answer],
    rest_is_no: bool,
    form_id: uuid.UUID,
    edition: int,
    now: datetime,
    codes: Sequence[str] | None = None,
) -> EmergencyCheck:
    """Keep answers by code, some or all of them; the first yes or not sure sets the hold.

    The same form may send more answers later, the newest of each code counts. ``codes`` are those that were asked
    (default: by ``because``). The check is answered when none of them is open. Raises UnknownAnswer.
    """
    asked = tuple(codes or codes_for(because))
    _refuse_unknown(answers, asked)
    _lock(user.pk)
    check = _round(user, form_id, because, now) or EmergencyCheck(user=user, because=because, asked_at=now)
    check.form_id = form_id
    check.episode = episode
    check.edition = edition
    check.codes = list(dict.fromkeys([*check.codes, *asked]))
    said: dict[str, Answer] = {**check.answers, **answers}
    check.answers = safety.with_rest_no(said, asked) if rest_is_no else said
    check.rest_is_no = check.rest_is_no or rest_is_no
    if check.answered_at is None and not safety.unanswered(check.answers, asked):
        check.answered_at = now
    check.save()
    _hold(check, now)
    return check


def unfinished(user: User, because: str, now: datetime) -> EmergencyCheck | None:
    """Return the newest round of the last hour if a hold broke it off and was lifted since; it can be gone on with.

    Also one whose answers were all given, but one of them by mistake.
    """
    rounds = EmergencyCheck.objects.of(user).filter(because=because, asked_at__gt=now - ANSWERS_COUNT_FOR)
    newest: EmergencyCheck | None = rounds.order_by("-asked_at").first()
    if newest is None:
        return None
    holds = list(newest.holds.all())
    if not holds or any(hold.lifted_at is None for hold in holds):
        return None
    return newest if newest.answered_at is None or _signs_not_seen(newest) else None


def answers_to_keep(check: EmergencyCheck) -> dict[str, Answer]:
    """Return the answers of a round that stand after its hold was lifted: those that were a mistake do not."""
    mistaken = {code for hold in check.holds.filter(lifted_because=Lifted.MISTAKE) for code in hold.codes}
    return {code: said for code, said in check.answers.items() if code not in mistaken}


@transaction.atomic
def lift(*, hold: Hold, because: Lifted, now: datetime) -> bool:
    """End a hold. False, and nothing ended, where an answer was added since ``hold`` was read, or it has ended."""
    _lock(hold.user_id)
    current: Hold | None = Hold.objects.filter(pk=hold.pk, user_id=hold.user_id, lifted_at=None).first()
    if current is None or mark(current) != mark(hold):
        return False
    current.lifted_at = now
    current.lifted_because = because
    current.save(update_fields=["lifted_at", "lifted_because"])
    return True


def is_ready_to_start(user: User, now: datetime) -> bool:
    """Say whether a new episode may begin: all questions answered in the last hour, none of which still holds.

    Answers open the way to one episode. Those given during an earlier one, though it ended since, do not: the questions
    come before anything else at every start.
    """
    if is_held(user):
        return False
    newest: EmergencyCheck | None = (
        _of_the_back(user)
        .filter(episode=None, answered_at__gt=now - ANSWERS_COUNT_FOR, answered_at__lte=now)
        .order_by("-answered_at")
        .first()
    )
    if newest is None or _signs_not_seen(newest):
        return False
    return not bool(Episode.objects.of(user).filter(created_at__gt=newest.answered_at).exists())


def questions_due(
    *, patient: Patient, episode: Episode | None, now: datetime, facts: Sequence[safety.CheckInFacts] | None = None
) -> AskedBecause | None:
    """Return why the emergency questions are to be asked now, or None. Asks nothing without an open episode.

    ``facts`` are those of the episode's check-ins, where they are at hand.
    """
    if episode is None or not episode.is_open:
        return None
    last_at: datetime | None = _of_the_back(patient.user).aggregate(at=Max("answered_at"))["at"]
    phase = plan.phase(
        began_at=episode.began_at, moved_on_at=episode.moved_on_at, recovered_at=episode.recovered_at, now=now
    )
    if last_at is None or safety.emergency_check_due(
        last_checked_at=last_at, began_at=episode.began_at, phase=phase, now=now
    ):
        return AskedBecause.DUE
    if _is_unchanged_since(episode, last_at):
        return None
    known = check_ins.facts(episode) if facts is None else facts
    why = safety.why_ask_again(known, began_at=episode.began_at, zone=patient.zone)
    return AskedBecause.WORSE if why is not None else None


def after_saving(*texts: str, user: User, otherwise: str) -> str:
    """Return the address to go to after texts of the patient were saved; no word of them is in it.

    Self-harm: crisis help. A watched word: the emergency questions. Else ``otherwise``.
    """
    if any(safety.watched_words(text) for text in texts):
        otherwise = f"{reverse('tracker:emergency')}?{urlencode({'because': AskedBecause.WORDS.value})}"
    return after_naming(*texts, otherwise=otherwise)


def after_naming(*names: str, otherwise: str) -> str:
    """Return where to go after names were saved: crisis help where one speaks of self-harm, else ``otherwise``."""
    return reverse("tracker:crisis") if any(safety.mentions_self_harm(name) for name in names) else otherwise


@transaction.atomic
def answer_signs(
    *,
    user: User,
    episode: Episode,
    answers: Mapping[str, Answer],
    codes: Sequence[str],
    form_id: uuid.UUID,
    edition: int,
    now: datetime,
) -> ClinicianCheck:
    """Keep the answers to the see-somebody signs; the same form sent twice makes one row. Raises UnknownAnswer.

    A page that was gone back to and sent again with other answers makes a round of its own, so that none is lost.
    """
    _refuse_unknown(answers, codes)
    _lock(user.pk)
    values = {"episode": episode, "answers": dict(answers), "edition": edition, "answered_at": now}
    check: ClinicianCheck
    check, _is_new = ClinicianCheck.objects.get_or_create(user=user, form_id=form_id, defaults=values)
    if (check.episode_id, check.answers) == (episode.pk, values["answers"]):
        return check
    newest = latest_signs(episode)
    if newest is not None and newest.answers == values["answers"]:
        return newest
    changed: ClinicianCheck = ClinicianCheck.objects.create(user=user, **values)
    return changed


def latest_signs(episode: Episode) -> ClinicianCheck | None:
    """Return the newest answers to the see-somebody signs of an episode, or None."""
    return _signs_of(episode).first()


def signs_now(episode: Episode) -> tuple[bool, bool]:
    """Return whether the signs were answered for this episode, and whether one, of any episode, pauses exercises."""
    rounds = ClinicianCheck.objects.filter(Q(episode=episode) | Q(seen_at=None), user_id=episode.user_id)
    checks = list(rounds)
    return any(check.episode_id == episode.pk for check in checks), any(
        check.seen_at is None and safety.exercise_pausing_signs(check.answers) for check in checks
    )


def exercise_pause(episode: Episode) -> ClinicianCheck | None:
    """Return the newest answers whose signs pause stretches and strength until the patient was seen, or None.

    A new episode does not end a pause: those of the patient's earlier ones count too.
    """
    return next(iter(_pausing(episode)), None)


@transaction.atomic
def signs_seen(*, episode: Episode, now: datetime) -> None:
    """Keep 'I have been seen' for every sign that pauses exercises, of whichever episode."""
    _lock(episode.user_id)
    for check in _pausing(episode):
        check.seen_at = now
        check.save(update_fields=["seen_at"])


def _pausing(episode: Episode) -> list[ClinicianCheck]:
    unseen = ClinicianCheck.objects.filter(user_id=episode.user_id, seen_at=None).order_by("-answered_at")
    return [check for check in unseen if safety.exercise_pausing_signs(check.answers)]


def _signs_of(episode: Episode) -> QuerySet[ClinicianCheck]:
    signs: QuerySet[ClinicianCheck] = ClinicianCheck.objects.filter(user_id=episode.user_id, episode=episode)
    return signs.order_by("-answered_at")


def _of_the_back(user: User) -> QuerySet[EmergencyCheck]:
    """Rounds of the questions before an episode and during it; the one after a medicine asks something else."""
    checks: QuerySet[EmergencyCheck] = EmergencyCheck.objects.of(user).exclude(because=AskedBecause.MEDICINE)
    return checks


def _is_unchanged_since(episode: Episode, moment: datetime) -> bool:
    newest = CheckIn.objects.filter(user_id=episode.user_id, episode=episode).aggregate(
        made=Max("created_at"), changed=Max("changed_at")
    )
    return all(at is None or at <= moment for at in newest.values())


def _round(user: User, form_id: uuid.UUID, because: str, now: datetime) -> EmergencyCheck | None:
    """Return the round that this form began, or the one broken off by a hold that it goes on with."""
    begun: EmergencyCheck | None = EmergencyCheck.objects.of(user).filter(form_id=form_id).first()
    if begun is not None:
        return begun
    broken_off = unfinished(user, because, now)
    if broken_off is not None:
        broken_off.answers = answers_to_keep(broken_off)
    return broken_off


def _hold(check: EmergencyCheck, now: datetime) -> None:
    signs = _signs_not_seen(check)
    if not signs:
        return
    hold: Hold | None = Hold.objects.filter(user_id=check.user_id, lifted_at=None).first()
    if hold is None:
        Hold.objects.create(user_id=check.user_id, check_made=check, codes=list(signs), set_at=now)
        return
    # The newest answer becomes the one that the hold stands for: a screen that shows an older one cannot lift it.
    hold.check_made = check
    hold.codes = list(dict.fromkeys([*hold.codes, *signs]))
    hold.save(update_fields=["check_made", "codes"])


def _signs_not_seen(check: EmergencyCheck) -> tuple[str, ...]:
    """Return the signs that hold, without those the patient was seen for in this same round."""
    signs = safety.signs_that_hold(check.answers)
    if not signs:
        return ()
    seen = {code for hold in check.holds.filter(lifted_because=Lifted.SEEN) for code in hold.codes}
    return tuple(code for code in signs if code not in seen)


def _refuse_unknown(answers: Mapping[str, Answer], codes: Iterable[str]) -> None:
    if not set(answers) <= set(codes) or not set(answers.values()) <= VALUES:
        raise UnknownAnswer("Not a sign that was asked, or not an answer.")


def _lock(user_id: uuid.UUID) -> None:
    """Let one request at a time change what one patient answered."""
    Patient.objects.filter(user_id=user_id).select_for_update().first()
