"""Signs that hold, words that ask again, when the app asks and when it falls silent."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from education import content_files
from education.structure import Phase
from tracker import safety
from tracker.safety import Answer, CheckInFacts

LONDON = ZoneInfo("Europe/London")
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CARDS = content_files.read().cards
ANSWERS = st.sampled_from(get_args(Answer))
MOMENTS = st.integers(0, 40 * 24 * 60).map(lambda minutes: BEGAN + timedelta(minutes=minutes))
CHECK_INS = st.builds(
    CheckInFacts,
    at=MOMENTS,
    pain=st.none() | st.integers(0, 10),
    is_average=st.booleans(),
    overall_change=st.none() | st.integers(1, 7),
    function=st.none() | st.floats(0, 10),
)


def check_in(
    days: float, pain: int | None = None, *, now: bool = False, change: int | None = None, function: float | None = None
) -> CheckInFacts:
    return CheckInFacts(BEGAN + days * DAY, pain, is_average=not now, overall_change=change, function=function)


# --- Signs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
@pytest.mark.parametrize("code", safety.EMERGENCY_CODES)
def test_each_emergency_sign_holds_by_itself(code: str, answer: Answer) -> None:
    answers: dict[str, Answer] = {**dict.fromkeys(safety.EMERGENCY_CODES, "no"), code: answer}

    assert safety.signs_that_hold(answers) == (code,)


@given(st.dictionaries(st.sampled_from(safety.EMERGENCY_CODES), ANSWERS))
def test_nothing_holds_only_if_all_that_was_answered_is_no(answers: dict[str, Answer]) -> None:
    held = safety.signs_that_hold(answers)

    assert set(held) == {code for code, answer in answers.items() if answer != "no"}
    assert list(held) == sorted(held, key=safety.EMERGENCY_CODES.index)


def test_an_emergency_sign_that_editors_add_holds_too() -> None:
    assert safety.signs_that_hold({"E12": "not_sure", "E2": "yes", "C1": "yes"}) == ("E2", "E12")


def test_the_codes_are_those_of_the_published_cards() -> None:
    codes = {key: {sign.code for sign in card.signs} for key, card in CARDS.items()}

    assert codes == {"emergency": set(safety.EMERGENCY_CODES), "urgent": safety.URGENT, "soon": safety.SOON}


def test_no_to_all_the_others_changes_no_answer() -> None:
    answers = safety.with_rest_no({"E2": "not_sure", "E3": "no"}, safety.START_CODES)

    assert answers["E2"] == "not_sure"
    assert {answer for code, answer in answers.items() if code != "E2"} == {"no"}
    assert set(answers) == set(safety.START_CODES)


def test_what_has_no_answer_is_told_in_the_order_of_the_list() -> None:
    left = safety.unanswered({"E1": "no", "E3": "no"}, safety.START_CODES)

    assert left == ("E2", "E4", "E5", "E6", "E7", "E8", "E9", "E10")


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
def test_only_four_of_the_other_signs_never_pause_exercise(answer: Answer) -> None:
    pausing = {code for code in safety.SEE_SOMEBODY_CODES if safety.exercise_pausing_signs({code: answer})}

    assert set(safety.SEE_SOMEBODY_CODES) - pausing == {"C6", "C14", "C15", "C16"}


def test_a_no_pauses_nothing_and_an_emergency_sign_is_no_other_sign() -> None:
    assert safety.exercise_pausing_signs({"C1": "no", "E1": "yes"}) == ()


def test_signs_are_shown_in_the_order_of_their_numbers() -> None:
    assert safety.signs_to_show({"C10": "yes", "C16": "no", "C2": "not_sure"}) == ("C2", "C10")


def test_each_other_sign_has_its_own_urgency() -> None:
    today = {code for code in safety.SEE_SOMEBODY_CODES if safety.urgency(code) == "today"}
    soon = {code for code in safety.SEE_SOMEBODY_CODES if safety.urgency(code) == "soon"}

    assert today == {"C1", "C8", "C10", "C11"}
    assert soon == {"C6", "C9", "C12", "C13", "C14", "C15", "C16"}


def test_a_sign_that_editors_add_is_urgent() -> None:
    assert safety.urgency("C17") == "today_or_tomorrow"


# --- Words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("My bottom is NUMB", ("numb",)),
        ("numbness, numbed", ("numb",)),
        ("I peed myself; peeing hurts", ("pee",)),
        ("I can\u2019t wee", ("wee",)),
        ("weeing all night", ("wee",)),
        ("I weed myself in bed", ("wee",)),
        ("blood in my urine", ("urine",)),
        ("when urinating", ("urine",)),
        ("bowels", ("bowel",)),
        ("incontinent since Monday", ("incontinence",)),
        ("Both-legs tingle", ("both legs",)),
        ("both\u2011legs", ("both legs",)),
        ("both \n legs", ("both legs",)),
        ("f\u00e9ver", ("fever",)),
        ("feverish after an ACCIDENT", ("fever", "accident")),
        ("(chest) pain", ("chest",)),
        ("nu\u00admb", ("numb",)),
        ("nu\u200bmb", ("numb",)),
        ("\uff4e\uff55\uff4d\uff42", ("numb",)),
        ("suicidal", ("suicide",)),
    ],
)
def test_a_word_of_the_list_is_found_in_every_spelling(text: str, words: tuple[str, ...]) -> None:
    assert safety.watched_words(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all week, at the weekend, weekly",
        "weeding the garden, weeds",
        "a number of steps, numbers, numbered",
        "peeling potatoes with my peers, peeking and peeping",
        "weeping",
        "horse chestnuts",
        "one leg",
        "Manchester, orchestra, purine, elbowel",
        "suspended",
        "both arms, legs",
    ],
)
def test_a_word_that_only_looks_alike_is_not_found(text: str) -> None:
    assert safety.watched_words(text) == ()


@given(st.text(), st.sampled_from(list(safety._WATCHED)), st.text())
def test_a_word_is_found_whatever_stands_around_it(before: str, word: str, after: str) -> None:
    assert word in safety.watched_words(f"{before} {word} {after}")


@pytest.mark.parametrize(
    "text",
    [
        "thoughts of suicide",
        "I feel suicidal",
        "I want to kill myself",
        "killing myself",
        "I might HARM  myself",
        "hurting myself on purpose",
        "end my life",
        "ending it all",
        "self-harm",
        "self harming",
        "self\u2010harm",
        "I don\u2019t want to live",
        "dont want to live",
        "better off dead",
    ],
)
def test_a_mention_of_self_harm_is_noticed(text: str) -> None:
    assert safety.mentions_self_harm(text)


@pytest.mark.parametrize(
    "text", ["", "my back is killing me", "it hurts", "the end of my shift", "myself", "shelf harm"]
)
def test_everyday_words_are_no_mention_of_self_harm(text: str) -> None:
    assert not safety.mentions_self_harm(text)


@pytest.mark.parametrize(
    "word",
    [
        "suicide",
        "suicidal",
        "kill myself",
        "end my life",
        "want to die",
        "don't want to live",
        "better off dead",
        "end it all",
        "ending it all",
        "harm myself",
        "hurt myself",
        "self-harm",
        "self harm",
    ],
)
def test_the_phrases_are_those_of_the_published_emergency_card(word: str) -> None:
    assert word in CARDS["emergency"].words
    assert safety.mentions_self_harm(word)


# --- Asking the emergency questions again -------------------------------------------------------------------


@pytest.mark.parametrize(("change", "why"), [(5, None), (6, "overall_change"), (7, "overall_change")])
def test_much_worse_asks_again(change: int, why: str | None) -> None:
    check_ins = [check_in(1, 3, change=2), check_in(8, 3, change=change)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == why


def test_much_worse_asks_again_only_while_it_is_the_latest() -> None:
    check_ins = [check_in(14, 2, change=2), check_in(7, 3, change=7)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) is None


@pytest.mark.parametrize(
    ("pains", "why"),
    [
        ([9, 9], "very_strong_pain"),
        ([5, 9, 9], "very_strong_pain"),
        ([9, 9, 5], None),
        ([10, 9], "very_strong_pain"),
        ([9, 8], None),
        ([8, 9], None),
    ],
)
def test_very_strong_pain_on_two_days_asks_again(pains: list[int], why: str | None) -> None:
    check_ins = [check_in(day, pain) for day, pain in enumerate(pains)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == why


def test_pain_right_now_counts_for_very_strong_pain() -> None:
    check_ins = [check_in(0, 9, now=True), check_in(1, 9)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == "very_strong_pain"


def test_very_strong_pain_twice_on_one_day_does_not_ask_again() -> None:
    check_ins = [check_in(0, 9), check_in(0.2, 10)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) is None


def test_days_are_those_of_the_patient() -> None:
    # 23:30 and 00:30 in London in summer are 22:30 and 23:30 UTC of one day.
    moments = [datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 1, 23, 30, tzinfo=UTC)]
    check_ins = [CheckInFacts(at, 9, is_average=True, overall_change=None, function=None) for at in moments]

    assert safety.why_ask_again(check_ins, began_at=moments[0], zone=LONDON) == "very_strong_pain"
    assert safety.why_ask_again(check_ins, began_at=moments[0], zone=ZoneInfo("UTC")) is None


def test_a_day_without_a_score_is_not_read_as_a_calm_one() -> None:
    check_ins = [check_in(4, 9), check_in(5), check_in(7, 9)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == "very_strong_pain"


@pytest.mark.parametrize(
    ("pains", "why"), [([5, 5], "pain_rises"), ([5, 4], None), ([4, 5], None), ([6, 5], "pain_rises")]
)
def test_a_rise_of_two_points_on_two_days_after_day_3_asks_again(pains: list[int], why: str | None) -> None:
    check_ins = [check_in(2, 3), check_in(4, pains[0]), check_in(5, pains[1])]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == why


def test_a_rise_within_the_first_three_days_does_not_ask_again() -> None:
    check_ins = [check_in(0, 3), check_in(2, 6), check_in(3, 6)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) is None


def test_day_4_is_the_first_day_after_day_3() -> None:
    check_ins = [check_in(0, 3), check_in(3, 5), check_in(4, 5)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) == "pain_rises"


def test_a_rise_is_never_measured_from_pain_right_now() -> None:
    check_ins = [check_in(0, 1, now=True), check_in(4, 5), check_in(5, 5)]

    assert safety.why_ask_again(check_ins, began_at=BEGAN, zone=LONDON) is None


@given(st.lists(CHECK_INS, max_size=8))
def test_a_calm_latest_day_never_asks_again(check_ins: list[CheckInFacts]) -> None:
    calm = check_in(60, 0, change=1)

    assert safety.why_ask_again([*check_ins, calm], began_at=BEGAN, zone=LONDON) is None


@given(st.lists(CHECK_INS, max_size=8))
def test_the_order_in_which_check_ins_are_given_does_not_matter(check_ins: list[CheckInFacts]) -> None:
    unique = list({check_in.at: check_in for check_in in check_ins}.values())
    turned = unique[::-1]

    first, second = (safety.why_ask_again(some, began_at=BEGAN, zone=LONDON) for some in (unique, turned))

    assert first == second


# --- When the app asks --------------------------------------------------------------------------------------


def due(hours_since_check: float, phase: Phase, age: timedelta) -> bool:
    now = BEGAN + age
    return safety.emergency_check_due(
        last_checked_at=now - hours_since_check * HOUR, began_at=BEGAN, phase=phase, now=now
    )


def test_the_emergency_questions_are_due_at_the_start() -> None:
    assert safety.emergency_check_due(last_checked_at=None, began_at=BEGAN, phase="first_72h", now=BEGAN)


@pytest.mark.parametrize(
    ("hours", "phase", "age", "is_due"),
    [
        (23.9, "first_72h", 2 * DAY, False),
        (24, "first_72h", 2 * DAY, True),
        (24, "after_72h", 2.5 * DAY, True),  # moved on to heat at hour 48: still daily
        (24, "after_72h", 3 * DAY, False),
        (24, "after_72h", 5 * DAY, False),
        (7 * 24, "after_72h", 20 * DAY, True),
        (7 * 24 - 1, "recovered", 20 * DAY, False),
        (7 * 24, "recovered", 20 * DAY, True),
    ],
)
def test_the_emergency_questions_are_due_daily_then_weekly(
    hours: float, phase: Phase, age: timedelta, is_due: bool
) -> None:
    assert due(hours, phase, age) is is_due


@pytest.mark.parametrize(
    ("last", "then"),
    [
        (timedelta(0), DAY),
        (2 * DAY, 3 * DAY),
        (48.5 * HOUR, 48.5 * HOUR + 3 * DAY),
        (3 * DAY, 6 * DAY),
        (11 * DAY, 14 * DAY),
        (12 * DAY, 19 * DAY),
        (40 * DAY, 47 * DAY),
    ],
)
def test_check_ins_are_asked_daily_then_every_three_days_then_weekly(last: timedelta, then: timedelta) -> None:
    moment = BEGAN + last

    assert safety.check_in_due(last_at=moment, began_at=BEGAN, now=moment) == BEGAN + then


def test_a_check_in_that_was_passed_over_is_due_now() -> None:
    now = BEGAN + 30 * DAY

    assert safety.check_in_due(last_at=BEGAN, began_at=BEGAN, now=now) == now
    assert safety.check_in_due(last_at=None, began_at=BEGAN, now=now) == now


@given(MOMENTS, MOMENTS)
def test_check_ins_are_never_asked_more_than_daily(last: datetime, now: datetime) -> None:
    due_at = safety.check_in_due(last_at=last, began_at=BEGAN, now=now)

    assert due_at >= now
    assert due_at - last >= DAY


def test_a_month_is_asked_about_nine_times() -> None:
    asked = [BEGAN]
    while asked[-1] < BEGAN + 28 * DAY:
        asked.append(safety.check_in_due(last_at=asked[-1], began_at=BEGAN, now=asked[-1]))

    assert [(moment - BEGAN).days for moment in asked] == [0, 1, 2, 3, 6, 9, 12, 19, 26, 33]


@pytest.mark.parametrize(
    ("last", "age", "is_asked"),
    [
        (None, 0, True),
        (0, 1, False),
        (0, 2.49, False),
        (0, 2.5, True),
        (3, 6, True),
        (9, 14, True),
        (14, 18, False),
        (14, 21, True),
    ],
)
def test_function_is_asked_at_the_start_every_three_days_and_then_weekly(
    last: int | None, age: float, is_asked: bool
) -> None:
    last_at = None if last is None else BEGAN + last * DAY

    assert safety.asks_function(last_at=last_at, began_at=BEGAN, now=BEGAN + age * DAY) is is_asked


@pytest.mark.parametrize(
    ("last", "age", "is_asked"),
    [(None, 0, False), (None, 6, False), (None, 6.5, True), (None, 7, True), (7, 10, False), (7, 14, True)],
)
def test_overall_change_is_asked_weekly_from_week_1(last: int | None, age: float, is_asked: bool) -> None:
    last_at = None if last is None else BEGAN + last * DAY

    assert safety.asks_overall_change(last_at=last_at, began_at=BEGAN, now=BEGAN + age * DAY) is is_asked


# --- Falling silent -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pain", "function", "before", "is_it"),
    [(0, 8, 8, True), (1, None, 8, True), (1, 8, None, True), (2, 8, 8, False), (1, 7, 8, False), (None, 9, 8, False)],
)
def test_calm_is_pain_0_or_1_and_function_no_worse(
    pain: int | None, function: float | None, before: float | None, is_it: bool
) -> None:
    previous = check_in(1, 3, function=before)

    assert safety.is_calm(check_in(4, pain, function=function), previous) is is_it


def test_no_pain_right_now_is_not_calm_yet() -> None:
    assert not safety.is_calm(check_in(0, 0, now=True), None)


def offers(check_ins: list[CheckInFacts], offered: float | None = None, now: float = 30) -> bool:
    offered_at = None if offered is None else BEGAN + offered * DAY
    return safety.offers_to_close(check_ins, zone=LONDON, offered_at=offered_at, now=BEGAN + now * DAY)


def test_three_calm_check_ins_on_three_days_offer_to_close() -> None:
    assert offers([check_in(1, 5), check_in(6, 1), check_in(9, 0), check_in(12, 1)])


def test_two_calm_days_or_three_check_ins_on_two_days_offer_nothing() -> None:
    assert not offers([check_in(6, 1), check_in(9, 0)])
    assert not offers([check_in(6, 1), check_in(9, 0), check_in(9.1, 0)])


def test_a_check_in_that_is_not_calm_begins_the_count_anew() -> None:
    assert not offers([check_in(3, 0), check_in(6, 1), check_in(9, 4), check_in(12, 1)])


def test_worse_function_begins_the_count_anew_even_after_a_check_in_without_function() -> None:
    calm = [check_in(3, 0, function=8), check_in(6, 0)]

    assert not offers([*calm, check_in(9, 0, function=7)])
    assert offers([*calm, check_in(9, 0, function=8)])


def test_a_half_filled_check_in_neither_counts_nor_breaks_the_row() -> None:
    assert offers([check_in(3, 0), check_in(6, 0), check_in(9, 0), check_in(10)])
    assert not offers([check_in(3, 0), check_in(6, 0), check_in(10)])


@pytest.mark.parametrize(("offered", "is_offered"), [(29, False), (23.1, False), (23, True)])
def test_the_offer_comes_again_only_after_a_week(offered: float, is_offered: bool) -> None:
    calm = [check_in(3, 0), check_in(6, 0), check_in(9, 0)]

    assert offers(calm, offered) is is_offered


@given(st.lists(CHECK_INS, max_size=8))
def test_nothing_is_offered_without_three_days_of_little_pain(check_ins: list[CheckInFacts]) -> None:
    little = {c.at.astimezone(LONDON).date() for c in check_ins if c.is_average and c.pain is not None and c.pain <= 1}

    assert not offers(check_ins, now=50) or len(little) >= 3
