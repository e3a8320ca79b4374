"""Says in plain words what reminders are, when they come, and what became of them. Nobody is blamed for anything."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.local_time import local_day
from tracker.medicine_words import duration
from tracker.models import Recurrence, Reminder, ReminderKind

DAYS_IN_A_WEEK: Final = 7
_HOUR_MINUTES: Final = 60
_MINUTE: Final = timedelta(minutes=1)

_OUR_FAULT: Final = gettext_lazy("Something is wrong on our side.")
_MAIL_AWAY: Final = gettext_lazy("Our mail server could not be reached.")
_LINE_BROKE: Final = gettext_lazy("The line broke while it was on its way. We cannot tell if it arrived.")
_DEVICE_GONE: Final = gettext_lazy("The device no longer takes our messages.")

# Why nothing came, by the code that the rules or a channel gave.
REASONS: Final[Mapping[str, Promise]] = {
    "ended": gettext_lazy("You had ended this reminder."),
    "no_consent": gettext_lazy("You had taken your consent back."),
    "held": gettext_lazy("Reminders had stopped after your emergency answer."),
    "paused": gettext_lazy("You had paused your reminders."),
    "quiet": gettext_lazy("It fell into your quiet hours."),
    "not_today": gettext_lazy("You had said: not today."),
    "episode_over": gettext_lazy("The episode was closed."),
    "phase_over": gettext_lazy("The care plan had moved on to other steps."),
    "step_gone": gettext_lazy("This step is no longer in the care plan."),
    "hidden": gettext_lazy("Your answers in Settings hide this step."),
    "signs_pause": gettext_lazy("Exercises wait until you have been seen."),
    "limit_reached": gettext_lazy("You had done as much as one day allows."),
    "already_done": gettext_lazy("You had done it already."),
    "rest_day": gettext_lazy("It was a day of rest after strength moves."),
    "heat_chosen": gettext_lazy("You had chosen heat, so ice waits."),
    "thermal_too_soon": gettext_lazy("It was less than an hour since other ice or heat."),
    "gap_not_over": gettext_lazy("The gap on your label was not over yet."),
    "not_due": gettext_lazy("No check-in was due."),
    "off": gettext_lazy("You had switched this reminder off."),
    "newer_one": gettext_lazy("A newer one took its place."),
    "too_late": gettext_lazy("We were too late for it to be of use."),
    "no_address": gettext_lazy("There was nowhere to send it."),
    "stopped": gettext_lazy("Emails to you had stopped."),
    "no_way_out": gettext_lazy("We tried, and could not get it out in time."),
    "unknown": _LINE_BROKE,
    "later": gettext_lazy("It could not be sent just now."),
    "gone": _DEVICE_GONE,
    "not_known": gettext_lazy("We cannot tell if it arrived, so we did not send it twice."),
    "imported": gettext_lazy("It still waited in the file that you brought back."),
    "refused": gettext_lazy("It was refused where it should arrive."),
    # Of the channels.
    "mail_server_away": _MAIL_AWAY,
    "mail_sign_in": _MAIL_AWAY,
    "mail_put_off": gettext_lazy("Your mail provider asked us to wait."),
    "mail_line_broke": _LINE_BROKE,
    "mail_refused": gettext_lazy("Your mail provider refused it."),
    "mail_address": gettext_lazy("Your mail provider does not know your address."),
    "mail_header": _OUR_FAULT,
    "push_not_set_up": gettext_lazy("Messages on a device are not set up on this site."),
    "push_host": gettext_lazy("This site does not send to the message service of your browser."),
    "push_service_away": gettext_lazy("The message service of your browser could not be reached."),
    "push_put_off": gettext_lazy("The message service of your browser asked us to wait."),
    "push_line_broke": _LINE_BROKE,
    "push_gone": _DEVICE_GONE,
    "push_keys": _DEVICE_GONE,
    "push_key": _OUR_FAULT,
    "push_too_large": _OUR_FAULT,
}
_NOT_KEPT: Final = gettext_lazy("We did not keep why.")

CHANNELS: Final[Mapping[str, Promise]] = {
    "app": gettext_lazy("In the app"),
    "email": gettext_lazy("Email"),
    "webpush": gettext_lazy("Phone or computer"),
}
_BY: Final[Mapping[str, Promise]] = {
    "app": gettext_lazy("in the app"),
    "email": gettext_lazy("by email"),
    "webpush": gettext_lazy("on your phone or computer"),
}


def reason(code: str) -> str:
    """Return the sentence for a reason code; an unknown one gets an honest sentence too, and "" none."""
    return str(REASONS.get(code, _NOT_KEPT)) if code else ""


def channel(key: str) -> str:
    """Return what a channel is called."""
    return str(CHANNELS.get(key, key))


def by(key: str) -> str:
    """Return how a channel brings a reminder: "by email"."""
    return str(_BY.get(key, key))


def lateness(due_at: datetime, sent_at: datetime) -> str:
    """Return how late a message was: "on time" up to a whole minute, "3 minutes late", or why it was early."""
    if due_at - sent_at >= _MINUTE:
        return _("a little early, with another one")
    minutes = (sent_at - due_at) // _MINUTE
    return _("{time} late").format(time=duration(minutes)) if minutes > 0 else _("on time")


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Return the time on clocks in ``zone``: "14:00"."""
    return date_format(at.astimezone(zone), "H:i")


def day(on: date, today: date) -> str:
    """Return "today", "tomorrow", "yesterday", a day of the week within a week ahead, or the date."""
    ahead = (on - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if ahead in near:
        return near[ahead]
    if 0 < ahead < DAYS_IN_A_WEEK:
        return date_format(on, "l")
    return date_format(on, "l j F") if on.year == today.year else date_format(on, "l j F Y")


def moment(at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """Return a moment on the patient's clock: "today at 14:00"."""
    said = _("{day} at {time}")
    return said.format(day=day(local_day(at, zone), local_day(now, zone)), time=clock(at, zone))


def name(reminder: Reminder, titles: Mapping[str, str]) -> str:
    """Return what to call a reminder: the patient's words, the step's title of ``titles`` (by key), or its kind."""
    if reminder.kind == ReminderKind.TIMER_END:
        return _("Time is up: {step}").format(step=titles.get(reminder.step_key, "")).rstrip(": ")
    if reminder.label:
        return str(reminder.label)
    if reminder.medicine is not None:
        return str(reminder.medicine.name)
    return titles.get(reminder.step_key) or str(ReminderKind(reminder.kind).label)


def also(reminder: Reminder, titles: Mapping[str, str]) -> str:
    """Return "With: Raise your legs and Gentle walk" for the steps in the same message, or nothing."""
    found = [titles[key] for key in reminder.also_step_keys if key in titles]
    return _("With: {steps}").format(steps=get_text_list(found, _("and"))) if found else ""


def recurrence(reminder: Reminder) -> str:
    """Return how often it comes: "Every 2 hours", "At 08:00 and 18:00 on Monday", "Once, on Friday 22 November"."""
    if reminder.recurrence == Recurrence.EVERY:
        return _every(reminder.every_minutes or 0)
    times = get_text_list(reminder.times, _("and"))
    if reminder.recurrence == Recurrence.ONCE and reminder.on is not None:
        return _("Once, on {day} at {times}").format(day=date_format(reminder.on, "l j F"), times=times)
    if not reminder.weekdays:
        return _("Every day at {times}").format(times=times)
    days = get_text_list([str(WEEKDAYS[number]) for number in sorted(reminder.weekdays)], _("and"))
    return _("At {times} on {days}").format(times=times, days=days)


def _every(minutes: int) -> str:
    if minutes == _HOUR_MINUTES:
        return _("Every hour, while you are awake")
    return _("Every {time}, while you are awake").format(time=duration(minutes))


def snooze(code: str, at: str) -> str:
    """Return the words of one way to be told later; ``at`` is its clock time, where it has one."""
    said = {
        "15_minutes": _("In 15 minutes, at {time}"),
        "1_hour": _("In an hour, at {time}"),
        "after_this": _("After what I am doing, at {time}"),
        "not_today": _("Not today"),
    }
    return said[code].format(time=at)
