"""How far a working copy is on its way to readers: what is live, what was handed in, who approved, who may not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from education import contents, edition_reading, roles, structure, working_copy
from education.editing.working_copies import every_content, row_of
from education.models import Approval, Protocol, Publication, Publishable, Revision, Submission
from education.plans import Name, Plan, plans
from education.proposals import safety_among

_A_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Standing:
    """One working copy.

    ``published`` holds the words that readers see last as far as anything is set, a retirement apart: what was set for
    later and taken back does not count. ``changers`` have saved the working copy since, so they cannot approve it.
    """

    kind: str
    key: str
    content: structure.Publishable
    content_hash: str
    published: Publication | None
    submission: Submission | None  # of just these words, not sent back; the newest
    submitters: frozenset[UUID]  # whoever handed in just these words, as often as it was done
    approvals: tuple[Approval, ...]  # of just these words, by clinical reviewers who may
    changers: frozenset[UUID]
    counts_from: datetime | None  # what was handed in or approved before was for an earlier publication, or sent back
    was_safety: bool  # readers see, saw last or are going to see safety content

    @property
    def title(self) -> str:
        """What editors know it by."""
        return title_of(self.content)

    @property
    def is_changed(self) -> bool:
        """Whether the words differ from those published last."""
        return self.published is None or self.published.content_hash != self.content_hash

    @property
    def is_safety(self) -> bool:
        """Whether a second person must approve: also where the words cease to be safety content."""
        return contents.is_safety(self.content) or self.was_safety

    @property
    def is_handed_in(self) -> bool:
        """Whether these words wait for somebody else."""
        return self.is_changed and self.submission is not None

    @property
    def needs_approval(self) -> bool:
        """Whether these words wait for a reviewer."""
        return self.is_handed_in and self.is_safety and not self.approvals

    def may_be_approved_by(self, user_id: UUID) -> bool:
        """Return whether this person, being a reviewer, may approve: not a changer, not who ever handed it in."""
        return self.is_handed_in and user_id not in self.changers | self.submitters

    def not_before(self, now: datetime) -> datetime:
        """Return the moment to write beside what somebody does now, so that it counts although a clock went back."""
        return max(now, self.counts_from or now)


def title_of(content: structure.Publishable) -> str:
    """Return what editors know a content by."""
    if isinstance(content, structure.Protocol):
        return str(Protocol._meta.verbose_name)  # noqa: SLF001  # public, whatever its name
    return str(getattr(content, "name", "") or getattr(content, "title", "") or content.key)


def standing_of(kind: str, key: str, now: datetime | None = None) -> Standing | None:
    """Return the standing of one working copy, or None where there is none. ``now`` is aware UTC, else the clock's."""
    row = row_of(kind, key)
    return _standings([working_copy.content_of(row)], now)[0] if row else None


def standings_of(rows: Sequence[Publishable]) -> list[Standing]:
    """Return the standings of working copies of one kind, in their order."""
    return _standings(working_copy.contents_of(rows))


def standings(now: datetime | None = None) -> list[Standing]:
    """Return the standing of every working copy. ``now`` is aware UTC, else the clock's."""
    return _standings(every_content(), now)


def _standings(every: Iterable[structure.Publishable], now: datetime | None = None) -> list[Standing]:
    every = list(every)
    one = (contents.kind_of(every[0]), every[0].key) if len(every) == 1 else None  # else all rows: a few hundred
    its_plans = plans(edition_reading.entries(name=one))
    published = _published(its_plans)
    relied_on = {name: plan.relied_on(now or timezone.now()) for name, plan in its_plans.items()}
    safety = safety_among(frozenset().union(*relied_on.values()))
    changers = _changers(published, one)
    submissions, approvals, returned = _submissions(one), _approvals(one), _returned(one)
    found = []
    for content in every:
        name = contents.kind_of(content), content.key
        words = (*name, contents.content_hash(content))
        row = published.get(name)
        ended = [moment for moment in (row.published_at if row else None, returned.get(words)) if moment]
        counts_from = max(ended) + _A_MOMENT if ended else None
        handed_in = [one for one in submissions[words] if counts_from is None or one.submitted_at >= counts_from]
        submitters = frozenset(one.submitted_by_id for one in handed_in)
        found.append(
            Standing(
                kind=name[0],
                key=name[1],
                content=content,
                content_hash=words[2],
                published=row,
                submission=handed_in[-1] if handed_in else None,
                submitters=submitters,
                approvals=_counting(approvals[words], changers[name] | submitters, counts_from),
                changers=changers[name],
                counts_from=counts_from,
                was_safety=bool(relied_on.get(name, frozenset()) & safety),
            )
        )
    return found


def _counting(
    approvals: Iterable[Approval], barred: frozenset[UUID], counts_from: datetime | None
) -> tuple[Approval, ...]:
    recent = (approval for approval in approvals if counts_from is None or approval.approved_at >= counts_from)
    return tuple(approval for approval in recent if approval.approved_by_id not in barred)


def _published(its_plans: Mapping[Name, Plan]) -> dict[Name, Publication]:
    last = {name: plan.seen_last() for name, plan in its_plans.items()}
    rows = Publication.objects.defer("content").in_bulk([entry.publication for entry in last.values() if entry])
    return {name: rows[entry.publication] for name, entry in last.items() if entry}


def _changers(last: dict[Name, Publication], one: Name | None) -> dict[Name, frozenset[UUID]]:
    rows = Revision.objects.filter(is_review=False)
    if one:
        rows = rows.filter(kind=one[0], key=one[1])
    found: dict[Name, set[UUID]] = defaultdict(set)
    for kind, key, after, by in rows.values_list("kind", "key", "after_publication", "saved_by_id"):
        published = last.get((kind, key))
        if after >= (published.number if published else 0):
            found[kind, key].add(by)
    return defaultdict(frozenset, {name: frozenset(people) for name, people in found.items()})


def _submissions(one: Name | None) -> dict[tuple[str, str, str], list[Submission]]:
    """Return every handing in of each wording, newest last."""
    rows = Submission.objects.filter(returned_at=None).order_by("submitted_at", "pk").select_related("submitted_by")
    if one:
        rows = rows.filter(kind=one[0], key=one[1])
    found: dict[tuple[str, str, str], list[Submission]] = defaultdict(list)
    for row in rows:
        found[row.kind, row.key, row.content_hash].append(row)
    return found


def _returned(one: Name | None) -> dict[tuple[str, str, str], datetime]:
    """Return when each wording was sent back last."""
    rows = Submission.objects.filter(returned_at__isnull=False).order_by("returned_at")
    if one:
        rows = rows.filter(kind=one[0], key=one[1])
    moments = rows.values_list("kind", "key", "content_hash", "returned_at")
    return {(kind, key, content_hash): moment for kind, key, content_hash, moment in moments if moment}


def _approvals(one: Name | None) -> dict[tuple[str, str, str], list[Approval]]:
    """Return the approvals of each wording by people who are clinical reviewers today, newest last."""
    # The names of groups are unique, so nothing comes twice.
    rows = Approval.objects.filter(approved_by__is_active=True, approved_by__groups__name=roles.CLINICAL_REVIEWER)
    rows = rows.order_by("approved_at").select_related("approved_by")
    if one:
        rows = rows.filter(kind=one[0], key=one[1])
    found: dict[tuple[str, str, str], list[Approval]] = defaultdict(list)
    for row in rows:
        found[row.kind, row.key, row.content_hash].append(row)
    return found
