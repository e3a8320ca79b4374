"""Makes the leaflet of a page: the emergency card first, then its words with evidence and numbered sources. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import takewhile
from typing import Final

from django.utils.translation import gettext as _

from education import structure
from education.documents.model import (
    Document,
    Element,
    Heading,
    Paragraph,
    ReferenceLine,
    References,
    Run,
    Runs,
)
from education.documents.parts import SiteFacts, care_card, day_text, disclaimer, elements
from education.pages import EVIDENCE_LABELS, CardView, PageView, Reference, ReviewStatus, SectionView, StepView
from education.richtext import to_blocks

FONT_SIZES_PT: Final = (10, 9.5, 9.25, 9)  # the largest that fits is taken; below 9 pt it is too small to read
MAX_PAGES: Final[Mapping[str, int]] = {"treatment": 2, "get-help": 2}


def leaflet(page: PageView, *, emergency: CardView, site: SiteFacts, made_at: datetime) -> Document:
    """Return the leaflet of ``page``; ``made_at`` (aware) is when its edition was published.

    Sources keep the numbers they have on the page; those that only ``emergency`` cites follow. What paper cannot
    use is left out: drawings, and care steps that are check-ins. A leaflet of at most two sides only names the
    steps for when the bout is over, and gives the evidence of a care step without its nuance.
    """
    references = _all_references(page, emergency)
    numbers = {reference.source.key: reference.number for reference in references}
    writer = _Writer(numbers, site.address, is_short=page.article.key in MAX_PAGES)
    cards = tuple(_opening_cards(page, emergency))
    sections = tuple(writer.sections(page, {card.key for card in cards}))
    cited = writer.cited.union(*(sign.sources for card in cards for sign in card.signs))
    sources = tuple(_reference_line(reference) for reference in references if reference.source.key in cited)
    article = page.article
    status = _status(page.review)
    return Document(
        title=article.title,
        header=_("Leaflet"),
        footer=(status, f"{site.address}/{article.key}/"),
        opening=tuple(care_card(card, numbers, columns=2) for card in cards),
        body=(
            Paragraph((Run(article.summary),), look="lead"),
            Paragraph((Run(_dates(page, status)),), look="note"),
            *sections,
            References(_("Sources"), sources),
            disclaimer(),
        ),
        made_at=made_at,
        author=site.operator,
        columns=2,
        font_sizes_pt=FONT_SIZES_PT,
        max_pages=MAX_PAGES.get(article.key),
    )


def _opening_cards(page: PageView, emergency: CardView) -> Iterator[structure.CareCard]:
    """Yield the emergency card, then those that the page itself opens with."""
    yield emergency.card
    views = {view.anchor: view.card for view in page.sections}
    for section in takewhile(lambda section: isinstance(section, structure.CardSection), page.article.sections):
        view = views[section.anchor]
        if view and view.card.key != emergency.card.key:
            yield view.card


def _all_references(page: PageView, emergency: CardView) -> tuple[Reference, ...]:
    known = {reference.source.key for reference in page.references}
    cited = (reference.source for sign in emergency.signs for reference in sign.references)
    missing = {source.key: source for source in cited if source.key not in known}
    first = len(page.references) + 1
    return (*page.references, *(Reference(number, source) for number, source in enumerate(missing.values(), first)))


def _status(review: ReviewStatus) -> str:
    if review.reviewed_on is None:
        return _("Not yet reviewed by a clinician")
    by = ", ".join(filter(None, (review.reviewer, review.reviewer_role)))
    reviewed = _("Last reviewed {day}").format(day=day_text(review.reviewed_on))
    return _("{reviewed} by {reviewer}").format(reviewed=reviewed, reviewer=by) if by else reviewed


def _dates(page: PageView, status: str) -> str:
    review = page.review
    facts = [status]
    if review.due_on and review.is_overdue:
        facts.append(_("Review overdue since {day}").format(day=day_text(review.due_on)))
    elif review.due_on:
        facts.append(_("Next review due {day}").format(day=day_text(review.due_on)))
    if page.history:
        facts.append(_("This text is of {day}").format(day=day_text(page.history[0].published_at)))
    return ". ".join(facts) + "."


def _reference_line(reference: Reference) -> ReferenceLine:
    source = reference.source
    year = str(source.year or "")
    place = ", ".join(filter(None, (source.publication, "" if year in source.publication else year)))
    text = " ".join(_sentence(part) for part in (source.organisation, source.title, place) if part)
    return ReferenceLine(reference.number, text, f"https://doi.org/{source.doi}" if source.doi else source.url)


class _Writer:
    """Writes the sections of one leaflet, and remembers in ``cited`` the keys of the sources it gave."""

    def __init__(self, numbers: Mapping[str, int], address: str, *, is_short: bool) -> None:
        self.cited: set[str] = set()
        self._numbers = numbers  # by source key
        self._address = address
        self._is_short = is_short
        self._steps_written: set[str] = set()
        self._cautions_written: dict[str, str] = {}  # caution: title of the step that gave it

    def sections(self, page: PageView, cards_shown: AbstractSet[str]) -> Iterator[Element]:
        """Yield all sections but drawings, whose key says nothing without them, and cards already shown."""
        views = {view.anchor: view for view in page.sections}
        for section in page.article.sections:
            is_shown = isinstance(section, structure.CardSection) and section.card in cards_shown
            if isinstance(section, structure.FigureSection) or (is_shown and not section.intro):
                continue
            yield Heading(section.heading)
            yield from elements(to_blocks(section.intro), self._address)
            if not is_shown:
                yield from self._content(section, views[section.anchor])

    def _content(self, section: structure.Section, view: SectionView) -> Iterator[Element]:
        match section:
            case structure.StatementsSection():
                for statement in section.statements:
                    yield from self._statement(statement)
            case structure.StepsSection():
                for number, statement in enumerate(section.statements, 1):
                    lead = Run(f"{number}. {_sentence(statement.lead)} ", strong=True)
                    yield from self._statement(statement, opening=(lead,))
            case structure.FaqSection():
                for statement in section.statements:
                    yield Heading(statement.lead, level=3)
                    yield from self._statement(statement)
            case structure.ProtocolSection():
                yield from self._steps(section.phase, view.steps)
            case structure.ExercisesSection():
                for exercise in view.exercises:
                    yield from self._exercise(exercise)
            case structure.CardSection() if view.card:
                yield care_card(view.card.card, self._numbers)
                self.cited.update(key for sign in view.card.card.signs for key in sign.sources)

    def _statement(self, statement: structure.Statement, opening: Runs = ()) -> Iterator[Element]:
        ending = self._support(statement.evidence, statement.sources)
        yield from elements(to_blocks(statement.body), self._address, opening=opening, ending=ending)

    def _steps(self, phase: structure.Phase, views: tuple[StepView, ...]) -> Iterator[Element]:
        """Write each step once in a leaflet; a later phase only names those that go on."""
        steps = [view for view in views if view.step.kind != "gate"]
        if self._is_short and phase == "recovered":
            yield Paragraph((Run(_listed(steps)),))
            return
        again = [view for view in steps if view.step.key in self._steps_written]
        yield from (self._step(view) for view in steps if view not in again)
        self._steps_written |= {view.step.key for view in steps}
        if again:
            yield Paragraph((Run(_("As before: {steps}").format(steps=_listed(again))),))

    def _step(self, view: StepView) -> Paragraph:
        step = view.step
        facts = () if step.kind == "medicine_talk" else view.facts
        details = (f"{label}: {_sentence(value)}" for label, value in facts)
        words = " ".join((step.instruction, *details, *self._new_cautions(step)))
        support = self._support(step.evidence, step.sources, "" if self._is_short else step.nuance)
        return Paragraph((Run(f"{_sentence(step.title)} ", strong=True), Run(words), *support))

    def _new_cautions(self, step: structure.CareStep) -> Iterator[str]:
        """Yield the cautions of a step; those that an earlier step gave word for word are named by that step."""
        given_by = [self._cautions_written[caution] for caution in step.cautions if caution in self._cautions_written]
        for title in dict.fromkeys(given_by):
            yield _("Take the same care as with '{step}'.").format(step=title)
        for caution in step.cautions:
            if self._cautions_written.setdefault(caution, step.title) == step.title:
                yield caution

    def _exercise(self, exercise: structure.Exercise) -> Iterator[Element]:
        yield Heading(exercise.name, level=3)
        steps = " ".join(map(_sentence, exercise.steps))
        facts = (
            (_("Hold"), exercise.hold),
            (_("How many"), exercise.repetitions),
            (_("Days a week"), exercise.days_per_week),
            (_("Stop if"), exercise.stop_when),
            (_("Not if"), exercise.not_if),
        )
        text = " ".join(f"{label}: {_sentence(value)}" for label, value in facts if value)
        yield Paragraph((Run(f"{_sentence(exercise.position)} {steps}"),))
        yield Paragraph((Run(text), *self._support(None, exercise.sources)))

    def _support(self, evidence: structure.Evidence | None, sources: tuple[str, ...], nuance: str = "") -> Runs:
        label = str(EVIDENCE_LABELS[evidence]) if evidence else ""
        said = " ".join(filter(None, (label, nuance)))
        cited = sorted(self._numbers[key] for key in sources if key in self._numbers)
        self.cited.update(sources)
        runs = [Run(f" {said}", em=True)] if said else []
        if cited:
            runs.append(Run(f" [{', '.join(map(str, cited))}]", is_mark=True))
        return tuple(runs)


def _listed(views: Sequence[StepView]) -> str:
    return _sentence("; ".join(view.step.title for view in views))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."
