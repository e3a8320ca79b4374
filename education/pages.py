"""Joins one page from the publications of one edition: sections, numbered references, terms, dates.

Pure: a LiveEdition and a day go in, plain values come out; templates only print them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from education import histories, rendering, step_facts, structure
from education.edition import Change, LiveEdition, Published

EVIDENCE_LABELS: Final = {
    "good": _("Good evidence."),
    "some": _("Some evidence."),
    "little": _("Little evidence, low risk."),
    "against": _("Evidence is against this."),
    "general": _("General knowledge, no study cited."),
}

_T = TypeVar("_T", bound=structure.Content)


@dataclass(frozen=True)
class Reference:
    """A source as it is numbered on one page, in order of first use."""

    number: int
    source: structure.Source


@dataclass(frozen=True)
class StatementView:
    """A statement ready to print: its evidence sentence and reference marks stand at the end of ``html``."""

    html: SafeString
    lead: str
    anchor: str
    claims: str  # "S29 S30", for data-claim


@dataclass(frozen=True)
class SignView:
    """A sign of a care card with its reference numbers."""

    sign: structure.Sign
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class CardView:
    """A care card as it stands on a page."""

    card: structure.CareCard
    signs: tuple[SignView, ...]


@dataclass(frozen=True)
class StepView:
    """A care step with its numbers in words and its evidence sentence."""

    step: structure.CareStep
    facts: tuple[tuple[str, str], ...]  # label, value: ("How long", "20 minutes at most")
    evidence_html: SafeString
    claims: str
    told_in: str = ""  # the anchor of an earlier section of the page that tells the whole step
    same_care_as: structure.CareStep | None = None  # an earlier step of the page that says all its cautions


@dataclass(frozen=True)
class SectionView:
    """One section of a page; only the fields of its kind are filled."""

    kind: str
    anchor: str
    heading: str
    intro: SafeString
    statements: tuple[StatementView, ...] = ()
    card: CardView | None = None
    phase: str = ""
    steps: tuple[StepView, ...] = ()
    exercises: tuple[structure.Exercise, ...] = ()
    figure: structure.FigureSection | None = None


@dataclass(frozen=True)
class ReviewStatus:
    """What the page says of its review: by whom and when, or that nobody has; when the next is due, or overdue."""

    reviewed_on: date | None
    reviewer: str
    reviewer_role: str
    due_on: date | None
    is_overdue: bool
    published_alone: bool


@dataclass(frozen=True)
class Missing:
    """What a page names and the edition does not have: only words not published yet can. ``kind`` may be "phase"."""

    kind: str
    key: str


@dataclass(frozen=True)
class PageView:
    """A whole page, ready for its template. What is ``missing`` is left out; a published page misses nothing."""

    article: structure.Article
    sections: tuple[SectionView, ...]
    references: tuple[Reference, ...]
    terms: tuple[structure.Term, ...]  # used on the page, for the meanings that open in place
    related: tuple[structure.Article, ...]
    review: ReviewStatus
    history: tuple[Change, ...]
    edition_number: int
    missing: tuple[Missing, ...] = ()

    @property
    def needs_library(self) -> bool:
        """Whether a section needs the sheet of care cards, steps, figures and exercises."""
        return any(section.kind in {"card", "steps", "figure", "exercises"} for section in self.sections)

    @property
    def has_timer(self) -> bool:
        """Whether a step of ice or heat stands on the page."""
        return any(view.step.kind in {"ice", "heat"} for section in self.sections for view in section.steps)


@dataclass
class Numbering:
    """Gives sources their numbers in order of first use."""

    sources: dict[str, structure.Source]
    used: dict[str, Reference] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)  # in order of first use

    def references(self, keys: Iterable[str]) -> tuple[Reference, ...]:
        """Return the references for ``keys``; a key that is not live is left out."""
        found = []
        for key in keys:
            if key in self.sources:
                self.used.setdefault(key, Reference(len(self.used) + 1, self.sources[key]))
                found.append(self.used[key])
            else:
                self.unknown[key] = None
        return tuple(found)

    def numbers(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers for ``keys``."""
        return tuple(reference.number for reference in self.references(keys))


class _Joiner:
    """Joins the sections of one page; keeps the numbering and the terms as it goes."""

    def __init__(self, live: LiveEdition) -> None:
        self.live = live
        self.numbering = Numbering({key: item.content for key, item in live.sources.items()})
        self.linker = rendering.TermLinker(item.content for item in live.terms.values())
        self.steps_told: dict[str, str] = {}
        self.cautioned: list[structure.CareStep] = []
        self._missing: dict[Missing, None] = {}

    @property
    def missing(self) -> tuple[Missing, ...]:
        return (*self._missing, *(Missing("source", key) for key in self.numbering.unknown))

    def section(self, section: structure.Section) -> SectionView:
        self.linker.begin_section()
        fields = {
            "kind": structure.kind_of(section),
            "anchor": section.anchor,
            "heading": section.heading,
            "intro": rendering.rich(section.intro, self.linker),
        }
        return SectionView(**{**fields, **self._own_fields(section)})

    def _own_fields(self, section: structure.Section) -> dict[str, Any]:
        match section:
            case structure.StatementsSection() | structure.StepsSection() | structure.FaqSection():
                statements = enumerate(section.statements, start=1)
                return {"statements": tuple(self._statement(section.anchor, *item) for item in statements)}
            case structure.CardSection():
                card = self._found("care_card", section.card, self.live.cards)
                return {"card": self.card(card)} if card else {"kind": "text"}  # its heading and intro remain
            case structure.ProtocolSection():
                steps = [step for step in self.live.protocol.steps if section.phase in step.phases]
                if not steps:
                    self._missing[Missing("phase", section.phase)] = None
                return {"phase": section.phase, "steps": tuple(self._step(section.anchor, step) for step in steps)}
            case structure.ExercisesSection():
                found = (self._found("exercise", key, self.live.exercises) for key in section.exercises)
                return {"exercises": tuple(exercise for exercise in found if exercise)}
            case structure.FigureSection():
                return {"figure": section}
        return {}

    def _found(self, kind: str, key: str, shelf: Mapping[str, Published[_T]]) -> _T | None:
        if key in shelf:
            return shelf[key].content
        self._missing[Missing(kind, key)] = None
        return None

    def related(self, article: structure.Article) -> tuple[structure.Article, ...]:
        for key in article.related:
            self._found("article", key, self.live.articles)
        return tuple(item.content for key, item in self.live.articles.items() if key in article.related)

    def _statement(self, anchor: str, number: int, statement: structure.Statement) -> StatementView:
        label = str(EVIDENCE_LABELS[statement.evidence]) if statement.evidence else ""
        numbers = self.numbering.numbers(statement.sources)
        return StatementView(
            html=rendering.supported(statement.body, label, numbers, self.linker),
            lead=statement.lead,
            anchor=f"{anchor}-{number}",
            claims=" ".join(statement.claims),
        )

    def card(self, card: structure.CareCard) -> CardView:
        return CardView(card, tuple(SignView(sign, self.numbering.references(sign.sources)) for sign in card.signs))

    def _step(self, anchor: str, step: structure.CareStep) -> StepView:
        label = str(EVIDENCE_LABELS[step.evidence]) if step.evidence else ""
        told_in = self.steps_told.setdefault(step.key, anchor)
        return StepView(
            step=step,
            facts=step_facts.facts(step),
            evidence_html=rendering.evidence_sentence(label, self.numbering.numbers(step.sources), step.nuance),
            claims=" ".join(step.claims),
            told_in="" if told_in == anchor else told_in,
            same_care_as=self._same_care(step),
        )

    def _same_care(self, step: structure.CareStep) -> structure.CareStep | None:
        told = (other for other in self.cautioned if other.key != step.key)
        found = next((other for other in told if step.cautions and set(step.cautions) <= set(other.cautions)), None)
        if found is None:
            self.cautioned.append(step)
        return found


def page(live: LiveEdition, key: str, today: date) -> PageView:
    """Return the page ``key`` as it stands in an edition on a day. Raises KeyError where no such page is live."""
    published = live.articles[key]
    article = published.content
    joiner = _Joiner(live)
    sections = tuple(joiner.section(section) for section in article.sections)
    related = joiner.related(article)
    return PageView(
        article=article,
        sections=sections,
        references=tuple(joiner.numbering.used.values()),
        terms=tuple(joiner.linker.used.values()),
        related=related,
        review=review_status(published, today, histories.parts(live, article)),
        history=histories.of_page(live, key),
        edition_number=live.number,
        missing=joiner.missing,
    )


def emergency_card(live: LiveEdition) -> CardView:
    """Return the emergency card with sources numbered by themselves, for pages that are not articles."""
    return _Joiner(live).card(live.emergency_card)


def references(live: LiveEdition, keys: Iterable[str]) -> tuple[Reference, ...]:
    """Return sources numbered in the order given."""
    return Numbering({key: item.content for key, item in live.sources.items()}).references(keys)


def review_status(
    published: Published[structure.Article], today: date, parts: Iterable[Published[Any]] = ()
) -> ReviewStatus:
    """Return what a page says of its review on a day; a review is overdue from the day after it was due.

    ``parts`` is what the page is joined from besides its own words: one of them may have been published alone.
    """
    article = published.content
    return ReviewStatus(
        reviewed_on=article.reviewed_on,
        reviewer=article.reviewer,
        reviewer_role=article.reviewer_role,
        due_on=article.review_due_on,
        is_overdue=article.review_due_on is not None and today > article.review_due_on,
        published_alone=any(each.published_alone for each in (published, *parts)),
    )
