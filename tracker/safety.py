"""Which answers and words need help, when to ask again, when to fall silent. Pure: knows no Django and no clock.

Answers are kept by the code of the sign on the published care cards: E1-E11 (emergency) and C1-C16 (see somebody).
Moments are aware UTC; a day is a calendar day in the patient's own zone.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Final, Literal
from zoneinfo import ZoneInfo

from education.structure import Phase

Answer = Literal["yes", "no", "not_sure"]
Urgency = Literal["today", "today_or_tomorrow", "soon"]
WhyAskAgain = Literal["overall_change", "very_strong_pain", "pain_rises"]

START_CODES: Final = tuple(f"E{number}" for number in range(1, 11))
MEDICINE_CODE: Final = "E11"
EMERGENCY_CODES: Final = (*START_CODES, MEDICINE_CODE)
SEE_SOMEBODY_CODES: Final = tuple(f"C{number}" for number in range(1, 17))
TODAY: Final = frozenset({"C1", "C8", "C10", "C11"})
URGENT: Final = TODAY | {"C2", "C3", "C4", "C5", "C7"}
SOON: Final = frozenset(SEE_SOMEBODY_CODES) - URGENT
NEVER_PAUSE: Final = frozenset({"C6", "C14", "C15", "C16"})

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
FIRST_72_HOURS: Final = timedelta(hours=72)
TWO_WEEKS: Final = timedelta(days=14)
EVERY_THREE_DAYS: Final = timedelta(days=3)
# Nobody answers at the same minute every time: half a day early still counts as the day.
EARLY: Final = timedelta(hours=12)
HIGHEST_CALM_PAIN: Final = 1
VERY_STRONG_PAIN: Final = 9
MUCH_WORSE: Final = 6
A_RISE: Final = 2
CALM_DAYS: Final = 3


@dataclass(frozen=True)
class CheckInFacts:
    """What one check-in says. ``None`` is a question left open.

    ``pain`` is 0-10: the average of the last 24 hours, or 'right now' where ``is_average`` is false (at the start).
    ``overall_change`` is 1 (very much improved) to 7 (very much worse). ``function`` is 0-10, higher is better.
    """

    at: datetime
    pain: int | None
    is_average: bool
    overall_change: int | None
    function: float | None


def signs_that_hold(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the emergency signs answered yes or not sure, in the order of their numbers. One is enough to hold.

    An emergency sign that editors add later (E12 ...) holds like the others; an unanswered one does not.
    """
    return _answered_yes(answers, "E")


def signs_to_show(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the see-somebody signs (C1 ...) answered yes; not sure counts as yes, to be cautious."""
    return _answered_yes(answers, "C")


def urgency(code: str) -> Urgency:
    """Return how soon a see-somebody sign needs advice. A sign that is not known here needs it today or tomorrow."""
    if code in TODAY:
        return "today"
    return "soon" if code in SOON else "today_or_tomorrow"


def exercise_pausing_signs(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the see-somebody signs that pause stretch and strength steps until the patient was seen, in order.

    Not sure counts as yes here too: the brief asks for care, and a pause is soon lifted.
    """
    return tuple(code for code in signs_to_show(answers) if code not in NEVER_PAUSE)


def unanswered(answers: Mapping[str, Answer], codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``codes`` that have no answer yet, in their order."""
    return tuple(code for code in codes if code not in answers)


def with_rest_no(answers: Mapping[str, Answer], codes: Iterable[str]) -> dict[str, Answer]:
    """Return the answers after 'No to all the others': what was unanswered is no, what was answered stays."""
    rest: dict[str, Answer] = dict.fromkeys(unanswered(answers, codes), "no")
    return {**answers, **rest}


def _answered_yes(answers: Mapping[str, Answer], letter: str) -> tuple[str, ...]:
    codes = (code for code, answer in answers.items() if code.startswith(letter) and answer in {"yes", "not_sure"})
    return tuple(sorted(codes, key=lambda code: (len(code), code)))


# The words of the brief (7A.6) and the beginnings by which both their forms are found.
_WATCHED: Final = {
    "numb": "numb",
    "pee": "pee",
    "wee": "wee",
    "urine": "urin",
    "bowel": "bowel",
    "incontinence": "incontinen",
    "both legs": "both legs",
    "fever": "fever",
    "accident": "accident",
    "chest": "chest",
    "suicide": "suicid",
}
# Everyday words that only begin alike. 'I weed myself' is not gardening.
_EVERYDAY: Final = r"week|weed(?! myself)|weep|number|peel|peer|peek|peep|chestnut"
_WORD_START: Final = rf"(?<![^\W\d_])(?!{_EVERYDAY})"
_WATCHED_PATTERNS: Final = {word: re.compile(_WORD_START + start) for word, start in _WATCHED.items()}
# 7A.8, with the phrases that the published emergency card lists for the same need.
_SELF_HARM: Final = re.compile(
    r"(?<![^\W\d_])(?:suicid"
    r"|(?:kill|harm|hurt)(?:ing|ed)? myself"
    r"|end(?:ing|ed)? my life|end(?:ing)? it all"
    r"|self ?harm"
    r"|want to die|(?:don'?t|do not) want to live|better off dead)"
)


def watched_words(text: str) -> tuple[str, ...]:
    """Return which words of the brief's list begin a word of ``text``, as listed there and in its order.

    Case, accents, hyphens, curly apostrophes and invisible characters make no difference. The words only ever add
    the emergency questions; that none is found means nothing.
    """
    plain = _plain(text)
    return tuple(word for word, pattern in _WATCHED_PATTERNS.items() if pattern.search(plain))


def mentions_self_harm(text: str) -> bool:
    """Say whether ``text`` may speak of self-harm: then crisis help is shown at once, without any score."""
    return _SELF_HARM.search(_plain(text)) is not None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # Mn are accents, Cf invisible characters (soft hyphen, bidi marks, zero-width joiners).
    kept = "".join(mark for mark in decomposed if unicodedata.category(mark) not in {"Mn", "Cf"})
    apostrophes = re.sub("[\u2018\u2019\u02bc\u2032`\u00b4]", "'", kept)
    return " ".join(re.sub(r"[-\u2010-\u2015\u2212_]", " ", apostrophes).split())


def why_ask_again(check_ins: Sequence[CheckInFacts], *, began_at: datetime, zone: ZoneInfo) -> WhyAskAgain | None:
    """Return why the emergency questions are to be asked again after the latest check-in, or None.

    * ``overall_change``: the latest check-in says much worse or very much worse (6 or 7).
    * ``very_strong_pain``: 9 or 10 on two successive days. 'Right now' counts here as well: each score is held
      against a fixed number, not against another score.
    * ``pain_rises``: on two successive days after day 3, 2 or more points above the lowest of this episode. Only
      averages of 24 hours are compared with each other. The day the pain began is day 1.

    Two days are successive when no day with a score lies between them: the app itself asks only every third day and
    later weekly, and a day without an answer must not read as a calm one. The highest score of a day counts.
    """
    ordered = sorted(check_ins, key=lambda check_in: check_in.at)
    if ordered and (ordered[-1].overall_change or 0) >= MUCH_WORSE:
        return "overall_change"
    if _last_two_reach(highest_pain_by_day(ordered, zone), VERY_STRONG_PAIN):
        return "very_strong_pain"
    averages = [check_in for check_in in ordered if check_in.is_average]
    lowest = min((check_in.pain for check_in in averages if check_in.pain is not None), default=None)
    if lowest is None:
        return None
    fourth_day = began_at.astimezone(zone).date() + timedelta(days=3)
    after_day_3 = {day: pain for day, pain in highest_pain_by_day(averages, zone).items() if day >= fourth_day}
    return "pain_rises" if _last_two_reach(after_day_3, lowest + A_RISE) else None


def highest_pain_by_day(check_ins: Iterable[CheckInFacts], zone: ZoneInfo) -> dict[date, int]:
    """Return the highest pain of each calendar day in ``zone`` on which one was given."""
    highest: dict[date, int] = {}
    for check_in in check_ins:
        if check_in.pain is not None:
            day = check_in.at.astimezone(zone).date()
            highest[day] = max(check_in.pain, highest.get(day, 0))
    return highest


def _last_two_reach(pain_by_day: Mapping[date, int], limit: int) -> bool:
    last_two = sorted(pain_by_day)[-2:]
    return len(last_two) > 1 and all(pain_by_day[day] >= limit for day in last_two)


def emergency_check_due(*, last_checked_at: datetime | None, began_at: datetime, phase: Phase, now: datetime) -> bool:
    """Say whether the emergency questions are due: at the start, daily in the first 72 hours, then weekly.

    Moving on to heat at hour 48 does not thin out the daily questions. Worsening is asked by ``why_ask_again``.
    """
    if last_checked_at is None:
        return True
    is_daily = phase == "first_72h" or now - began_at < FIRST_72_HOURS
    return now - last_checked_at >= (DAY if is_daily else WEEK)


def check_in_due(*, last_at: datetime | None, began_at: datetime, now: datetime) -> datetime:
    """Return the next moment at which the app asks for a check-in: ``now`` if it is due, else a later one.

    Daily in the first 72 hours, every three days to day 14, then weekly. The app asks no oftener, because those who
    were asked to keep a daily pain diary recovered less often; writing one down is possible at any time.
    """
    if last_at is None:
        return now
    for pause, until in ((DAY, FIRST_72_HOURS), (EVERY_THREE_DAYS, TWO_WEEKS)):
        if last_at + pause <= began_at + until:
            return max(now, last_at + pause)
    return max(now, last_at + WEEK)


def asks_function(*, last_at: datetime | None, began_at: datetime, now: datetime) -> bool:
    """Say whether a check-in asks the function scale: at the start, every three days to day 14, then weekly.

    ``last_at`` is when it was last answered.
    """
    if last_at is None:
        return True
    pause = EVERY_THREE_DAYS if now - began_at <= TWO_WEEKS else WEEK
    return now - last_at >= pause - EARLY


def asks_overall_change(*, last_at: datetime | None, began_at: datetime, now: datetime) -> bool:
    """Say whether a check-in asks the overall change: weekly from week 1. ``last_at`` is when it was last answered."""
    return now - (last_at or began_at) >= WEEK - EARLY


def is_calm(check_in: CheckInFacts, previous: CheckInFacts | None) -> bool:
    """Say whether a check-in is calm: average pain 0 or 1, and function no worse than in ``previous``.

    ``previous`` is the last check-in before it that has a function score. Where either has none, pain alone decides.
    'Pain right now' at the start is not calm whatever it is: it says nothing of a day.
    """
    if check_in.pain is None or not check_in.is_average or check_in.pain > HIGHEST_CALM_PAIN:
        return False
    if previous is None or previous.function is None or check_in.function is None:
        return True
    return check_in.function >= previous.function


def offers_to_close(
    check_ins: Collection[CheckInFacts], *, zone: ZoneInfo, offered_at: datetime | None, now: datetime
) -> bool:
    """Say whether to offer closing the episode: the latest check-ins are calm, on three different days or more.

    Offered once, and again only a week after ``offered_at``. A check-in without a pain score neither counts nor
    breaks the row.
    """
    if offered_at is not None and now - offered_at < WEEK:
        return False
    ordered = sorted(check_ins, key=lambda check_in: check_in.at)
    calm = [(check_in, is_calm(check_in, before)) for check_in, before in _with_previous(ordered)]
    scored = ((check_in, is_it) for check_in, is_it in reversed(calm) if check_in.pain is not None)
    days = {check_in.at.astimezone(zone).date() for check_in, _ in takewhile(lambda pair: pair[1], scored)}
    return len(days) >= CALM_DAYS


def _with_previous(ordered: Sequence[CheckInFacts]) -> Iterable[tuple[CheckInFacts, CheckInFacts | None]]:
    """Yield each check-in with the last one before it that has a function score."""
    previous: CheckInFacts | None = None
    for check_in in ordered:
        yield check_in, previous
        previous = check_in if check_in.function is not None else previous
