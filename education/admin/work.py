"""What waits for whom: reviews, approvals, publishing, wording from a release, sources to check, what readers said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backspasm.models import User
from education.admin.screen import address
from education.advice import YEAR
from education.editing import Standing, standings, waiting, working_copies
from education.models import Comment, Draft, Feedback, Publishable, Source

REVIEW_SOON: Final = timedelta(days=60)
RECENT: Final = timedelta(days=90)
LINES_AT_MOST: Final = 20
SOURCES_AT_MOST: Final = 5

Rows = Mapping[tuple[str, str], Publishable]


@dataclass(frozen=True)
class Line:
    """One thing to do, and where."""

    name: str
    note: str
    url: str


@dataclass(frozen=True)
class WorkList:
    """One list of things to do; ``more`` leads to the rest where there are more than twenty."""

    title: str
    lines: tuple[Line, ...]
    more: str = ""


def work_lists(user: User, now: datetime) -> list[WorkList]:
    """Return what waits for this person at ``now`` (aware UTC), what is due first; empty lists are left out."""
    rows = {(kind, row.key): row for kind in working_copies.WORKING_COPIES for row in working_copies.rows_of(kind)}
    every = [standing for standing in standings() if standing.is_changed]
    lists = [
        _approvals(every, rows, user),
        WorkList(_("Ready to publish"), tuple(_ready(every, rows)), reverse("admin:education_publish")),
        WorkList(_("Saved, not handed in"), tuple(_saved(every, rows))),
        WorkList(_("Reviews due"), tuple(_reviews(rows, now))),
        WorkList(_("New wording from a release"), tuple(_drafts(rows))),
        _sources(now),
        WorkList(_("What readers said in the last 90 days"), tuple(_feedback(now))),
        WorkList(_("Comments of the last 90 days"), tuple(_comments(rows, now))),
    ]
    return [WorkList(each.title, each.lines[:LINES_AT_MOST], each.more) for each in lists if each.lines]


def _address(row: Publishable, action: str = "change") -> str:
    return address(type(row), str(row.pk), action)


def _approvals(every: Iterable[Standing], rows: Rows, user: User) -> WorkList:
    found = waiting.for_approval(every, user)
    lines = (_line(item, rows, item.submission.changes if item.submission else "", "approve") for item in found)
    return WorkList(_("Waiting for your approval"), tuple(lines))


def _ready(every: Iterable[Standing], rows: Rows) -> Iterable[Line]:
    for item in every:
        if item.approvals:
            yield _line(item, rows, _("approved by %(name)s") % {"name": item.approvals[-1].approved_by})
        elif item.is_handed_in and not item.is_safety:
            yield _line(item, rows, item.submission.changes if item.submission else "")


def _saved(every: Iterable[Standing], rows: Rows) -> Iterable[Line]:
    for item in every:
        if item.submission is None and not item.approvals:
            row = rows[item.kind, item.key]
            yield _line(item, rows, date_format(row.changed_at, "j M Y, H:i") + " UTC")


def _line(item: Standing, rows: Rows, note: str, action: str = "change") -> Line:
    row = rows[item.kind, item.key]
    return Line(str(row), note, _address(row, action))


def _reviews(rows: Rows, now: datetime) -> Iterable[Line]:
    for row in waiting.reviews_due(rows.values(), now=now, ahead=REVIEW_SOON):
        due_on = row.review_due_on or now.date()  # each of them has one
        day = date_format(due_on, "j M Y")
        note = _("overdue since %(day)s") if due_on < now.date() else _("due on %(day)s")
        yield Line(row.title, note % {"day": day}, _address(row))


def _drafts(rows: Rows) -> Iterable[Line]:
    for draft in Draft.objects.filter(dismissed_at=None).defer("content").order_by("-loaded_at"):
        row = rows.get((draft.kind, draft.key))
        if row:
            note = _("came on %(day)s") % {"day": date_format(draft.loaded_at, "j M Y")}
            yield Line(str(row), note, _address(row, "history"))


def _sources(now: datetime) -> WorkList:
    due = Source.objects.exclude(confirmed_on__gte=now.date() - YEAR)
    lines = (
        Line(
            str(row),
            _("confirmed on %(day)s") % {"day": date_format(row.confirmed_on, "j M Y")}
            if row.confirmed_on
            else _("never confirmed"),
            _address(row),
        )
        for row in due.order_by("confirmed_on", "key")[:SOURCES_AT_MOST]
    )
    return WorkList(
        _("Sources to check again"), tuple(lines), f"{reverse('admin:education_source_changelist')}?confirmed=due"
    )


def _feedback(now: datetime) -> Iterable[Line]:
    given = Feedback.objects.filter(given_at__gte=now - RECENT).values("page", "edition")
    counted = given.annotate(yes=Count("pk", filter=Q(helped=True)), no=Count("pk", filter=Q(helped=False)))
    url = reverse("admin:education_feedback_changelist")
    for item in counted.order_by("-no", "page", "-edition"):
        numbers = {"yes": item["yes"], "no": item["no"], "edition": item["edition"]}
        note = _("edition %(edition)d: %(yes)d yes, %(no)d no") % numbers
        yield Line(item["page"], note, f"{url}?page={item['page']}")


def _comments(rows: Rows, now: datetime) -> Iterable[Line]:
    recent = Comment.objects.filter(made_at__gte=now - RECENT).values("kind", "key").annotate(count=Count("pk"))
    for item in recent.order_by("kind", "key"):
        row = rows.get((item["kind"], item["key"]))
        if row:
            note = ngettext("%(count)d comment", "%(count)d comments", item["count"]) % {"count": item["count"]}
            yield Line(str(row), note, _address(row, "links"))
