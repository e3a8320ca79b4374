"""Races between two phones that call the tracker's services; each returns what it found, one dict for each meeting."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.services import tracker_scenes as scenes
from tests.services.tracker_meetings import PHONES, Found, codes, each_meeting, once
from tests.services.tracker_phones import Meeting, Task, at_once
from tests.services.tracker_scenes import LATER
from tests.tracker import make
from tests.tracker.make import NOW
from tracker import check_ins, emergencies, episodes, patients, plan, step_logs
from tracker.models import (
    CheckIn,
    CheckInRevision,
    Consent,
    Dose,
    Episode,
    Hold,
    Lifted,
    Patient,
    StepLog,
)

# --- limits and timers ----------------------------------------------------------------------------------------


def _ice(stored: int, phones: int) -> dict[str, Any]:
    patient = scenes.new_patient()
    episode = make.make_episode(patient)
    scenes.ice_of_today(patient, episode, stored)
    outcomes = at_once(*(once(scenes.done(patient, episode)) for _ in range(phones)))
    return {"stored": StepLog.objects.of(patient.user).count(), "outcomes": codes(outcomes)}


def eighth_ice() -> Found:
    """Two phones log the eighth."""
    return [_ice(7, 2) for _ in range(3)]


def ninth_ice() -> Found:
    """Two phones log the ninth."""
    return [_ice(8, 2) for _ in range(2)]


def seventh_ice_on_eight_phones() -> Found:
    """Eight phones log the seventh: two of them may."""
    return [_ice(6, PHONES) for _ in range(2)]


def eighth_ice_between_statements() -> Found:
    """One phone comes between any two statements of the other."""

    def scene() -> Any:
        patient = scenes.new_patient()
        episode = make.make_episode(patient)
        scenes.ice_of_today(patient, episode, 7)
        phone = scenes.done(patient, episode)
        rows = StepLog.objects.of(patient.user)
        return once(phone), once(phone), lambda met: {"stored": rows.count(), "outcomes": sorted(met.outcomes)}

    return each_meeting(scene)


def _timers(key: str) -> Found:
    def scene() -> Any:
        patient = scenes.new_patient()
        phone = scenes.timer(patient, make.make_episode(patient), key)
        rows = StepLog.objects.of(patient.user)

        def found(met: Meeting) -> dict[str, Any]:
            return {
                "running": sum(step_logs.is_running(row, NOW) for row in rows.all()),
                "outcomes": sorted(met.outcomes),
            }

        return once(phone), once(phone), found

    return each_meeting(scene)


def two_walks() -> Found:
    """Two phones start the timer of a walk."""
    return _timers(scenes.WALK)


def two_ices() -> Found:
    """Two phones start the timer of ice."""
    return _timers(scenes.ICE)


def second_tablet() -> Found:
    """Two phones log the last dose of the label."""

    def scene() -> Any:
        patient = scenes.new_patient()
        medicine = make.make_medicine(patient, gap_minutes=None, most_in_24_hours=1)
        phone = scenes.dose(patient, medicine)
        rows = Dose.objects.of(patient.user)
        return once(phone), once(phone), lambda met: {"stored": rows.count(), "outcomes": sorted(met.outcomes)}

    return each_meeting(scene)


# --- episodes -------------------------------------------------------------------------------------------------


def two_starts() -> Found:
    """Two phones start an episode; ``got`` counts the episodes that both were told of."""

    def scene() -> Any:
        patient = scenes.new_patient()
        scenes.ready_to_start(patient)
        phone = scenes.start(patient)

        def found(met: Meeting) -> dict[str, Any]:
            told = [outcome.value or getattr(outcome.error, "episode", None) for outcome in (met.first, met.second)]
            stored = list(Episode.objects.of(patient.user))
            return {"stored": len(stored), "told": told == stored * 2, "outcomes": sorted(met.outcomes)}

        return once(phone), once(phone), found

    return each_meeting(scene)


def move_on_while_describing() -> Found:
    """One phone keeps a note, as its page had it, while the other says 'I move on to heat'."""

    def scene() -> Any:
        patient = scenes.new_patient()
        episode = make.make_episode(patient, NOW - plan.MAY_MOVE_ON * 1.2)
        note = once(scenes.describe(patient, episode))
        moves = partial(episodes.move_on, episode=Episode.objects.get(pk=episode.pk), now=NOW)

        def found(met: Meeting) -> dict[str, Any]:
            kept = Episode.objects.get(pk=episode.pk)
            return {"moved_on": kept.moved_on_at == NOW, "note": bool(kept.note), "outcomes": met.outcomes}

        return note, moves, found

    return each_meeting(scene)


# --- the hold -------------------------------------------------------------------------------------------------


def two_signs() -> Found:
    """Two phones answer yes to different signs."""

    def scene() -> Any:
        patient = scenes.new_patient()
        first, second = (once(scenes.answers(patient, {code: "yes"})) for code in ("E1", "E2"))
        return first, second, partial(_holds, patient)

    return each_meeting(scene)


def _holds(patient: Patient, met: Meeting) -> dict[str, Any]:
    holds = Hold.objects.of(patient.user).filter(lifted_at=None)
    return {"open": [sorted(hold.codes) for hold in holds], "outcomes": met.outcomes}


def _lift_and_sign(*, lift_comes_first: bool) -> Found:
    def scene() -> Any:
        patient = scenes.new_patient()
        once(scenes.answers(patient, {"E1": "yes"}))()
        hold = emergencies.open_hold(patient.user)
        assert hold is not None
        tasks = [
            partial(emergencies.lift, hold=hold, because=Lifted.SEEN, now=LATER),
            once(scenes.answers(patient, {"E2": "not_sure"})),
        ]
        first, second = tasks if lift_comes_first else reversed(tasks)
        return first, second, partial(_holds, patient)

    return each_meeting(scene)


def sign_while_lifting() -> Found:
    """A new sign comes in while the other phone lifts the hold."""
    return _lift_and_sign(lift_comes_first=True)


def lift_while_answering() -> Found:
    """The hold is lifted while the other phone adds a sign."""
    return _lift_and_sign(lift_comes_first=False)


# --- edits ----------------------------------------------------------------------------------------------------


def _edits(*, with_version: bool) -> Found:
    def scene() -> Any:
        patient = scenes.new_patient()
        episode = make.make_episode(patient)
        activity = make.make_activity(episode)
        stored = make.make_check_in(episode, episode.began_at, pain=1, note="first words", ratings={activity: 1})
        version = check_ins.version(stored) if with_version else None
        tasks = [
            once(scenes.check_in(patient, episode, pain=pain, note=note, stored=stored, page_version=version, now=at))
            for pain, note, at in ((2, "words of one phone", NOW), (3, "words of the other", LATER))
        ]
        return *tasks, partial(_all_said, stored)

    return each_meeting(scene)


def _all_said(stored: CheckIn, met: Meeting) -> dict[str, Any]:
    """Every pain, note and rating that the check-in has or had."""
    row = CheckIn.objects.get(pk=stored.pk)
    old = [json.loads(revision.old_values) for revision in CheckInRevision.objects.filter(check_in=row)]
    said = [(was["pain"], was["note"], list(was["ratings"].values())) for was in old]
    said.append((row.pain, row.note, [rating.score for rating in row.ratings.all()]))
    return {"said": sorted(said), "outcomes": sorted(met.outcomes)}


def two_edits() -> Found:
    """Two phones change a check-in, neither knowing what the other had read."""
    return _edits(with_version=False)


def two_edits_of_pages() -> Found:
    """Two phones change a check-in, each by a page that it had loaded before."""
    return _edits(with_version=True)


def settings_while_withdrawing() -> Found:
    """One phone saves the settings, as it had read them, while the other withdraws the consent."""

    def scene() -> Any:
        patient = scenes.new_patient()
        answers = dict.fromkeys(
            "is_pregnant has_reduced_feeling avoids_exercise avoids_anti_inflammatories has_weak_bones".split(), False
        )
        saves: Task = partial(patients.answer_set_up, patient=patient, time_zone="Europe/Rome", now=NOW, **answers)  # type: ignore[arg-type]
        withdraws = partial(patients.withdraw_consent, user=patient.user, now=NOW)

        def found(met: Meeting) -> dict[str, Any]:
            kept = Patient.objects.get(pk=patient.pk)
            standing = Consent.objects.of(patient.user).filter(withdrawn_at=None).count()
            return {"consent": kept.consent_id is not None or standing > 0, "outcomes": met.outcomes}

        return withdraws, saves, found

    return each_meeting(scene)


RACES: Final[dict[str, Callable[[], Found]]] = {
    race.__name__: race
    for race in (
        eighth_ice,
        ninth_ice,
        seventh_ice_on_eight_phones,
        eighth_ice_between_statements,
        two_walks,
        two_ices,
        second_tablet,
        two_starts,
        move_on_while_describing,
        two_signs,
        sign_while_lifting,
        lift_while_answering,
        two_edits,
        two_edits_of_pages,
        settings_while_withdrawing,
    )
}
