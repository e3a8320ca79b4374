"""Turns working copies into content structures."""

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from django.db.models import Prefetch, prefetch_related_objects

from education import structure
from education.models import (
    Article,
    CareCard,
    CareStep,
    Exercise,
    Protocol,
    Publishable,
    Section,
    Source,
    Statement,
    Term,
)
from education.models.fields import lines, words
from education.natural import natural
from education.working_copy.fields import (
    ARTICLE_FIELDS,
    CARD_FIELDS,
    EXERCISE_FIELDS,
    SOURCE_FIELDS,
    STEP_FIELDS,
    fields,
)


def _source_keys(row: Any) -> tuple[str, ...]:
    return tuple(sorted((source.key for source in row.sources.all()), key=natural))


def _evidence(row: CareStep | Statement) -> structure.Evidence | None:
    # The database holds nothing else: see the constraints on both tables.
    return cast("structure.Evidence | None", row.evidence or None)


def content_of(row: Publishable) -> structure.Publishable:
    """Return what publishing this working copy now would publish."""
    return contents_of([row])[0]


def contents_of(rows: Sequence[Publishable]) -> list[structure.Publishable]:
    """Return what working copies of one kind say, in their order, with the same few queries however many there are."""
    if rows:
        prefetch_related_objects(rows, *_RELATED.get(type(rows[0]), ()))
    return [_READERS[type(row)](row) for row in rows]


def _source(row: Source) -> structure.Source:
    return structure.Source(key=row.key, **fields(row, SOURCE_FIELDS))


def _term(row: Term) -> structure.Term:
    return structure.Term(key=row.key, name=row.name, meaning=row.meaning, forms=lines(row.forms), also=lines(row.also))


def _exercise(row: Exercise) -> structure.Exercise:
    return structure.Exercise(
        key=row.key, steps=lines(row.steps), sources=_source_keys(row), **fields(row, EXERCISE_FIELDS)
    )


def _card(row: CareCard) -> structure.CareCard:
    signs = tuple(
        structure.Sign(
            code=sign.code,
            text=sign.text,
            when=sign.when,
            why=sign.why,
            words=lines(sign.words),
            sources=_source_keys(sign),
        )
        for sign in row.signs.all()
    )
    return structure.CareCard(
        key=row.key, signs=signs, after=lines(row.after), words=lines(row.words), **fields(row, CARD_FIELDS)
    )


def _step(row: CareStep) -> structure.CareStep:
    flags = (row.in_first_72h, row.in_after_72h, row.in_recovered)
    return structure.CareStep(
        phases=tuple(phase for phase, is_in in zip(structure.PHASES, flags, strict=True) if is_in),
        cautions=lines(row.cautions),
        evidence=_evidence(row),
        claims=words(row.claims),
        sources=_source_keys(row),
        **fields(row, STEP_FIELDS),
    )


def _protocol(row: Protocol) -> structure.Protocol:
    return structure.Protocol(key=row.key, steps=tuple(_step(step) for step in row.steps.all()))


def _statements(section: Section) -> tuple[structure.Statement, ...]:
    return tuple(
        structure.Statement(
            key=row.key,
            body=row.body,
            lead=row.lead,
            evidence=_evidence(row),
            claims=words(row.claims),
            sources=_source_keys(row),
        )
        for row in section.statements.all()
    )


def _section(row: Section) -> structure.Section:
    return _SECTIONS[row.kind](row, {"anchor": row.anchor, "heading": row.heading, "intro": row.intro})


def _exercises(row: Section, common: dict[str, Any]) -> structure.Section:
    keys = tuple(item.key for item in sorted(row.exercises.all(), key=lambda item: natural(item.code)))
    return structure.ExercisesSection(exercises=keys, is_plan=row.is_plan, **common)


def _figure(row: Section, common: dict[str, Any]) -> structure.Section:
    return structure.FigureSection(
        drawing=row.drawing,
        picture=row.picture.digest if row.picture else "",
        picture_width=row.picture.width if row.picture else 0,
        picture_height=row.picture.height if row.picture else 0,
        is_decorative=row.is_decorative,
        alt=row.alt,
        caption=row.caption,
        labels=lines(row.labels),
        **common,
    )


_SECTIONS: Final[dict[str, Callable[[Section, dict[str, Any]], structure.Section]]] = {
    "text": lambda _, common: structure.TextSection(**common),
    "statements": lambda row, common: structure.StatementsSection(statements=_statements(row), **common),
    "steps": lambda row, common: structure.StepsSection(statements=_statements(row), **common),
    "faq": lambda row, common: structure.FaqSection(statements=_statements(row), **common),
    "card": lambda row, common: structure.CardSection(card=row.card.key if row.card else "", **common),
    "protocol": lambda row, common: structure.ProtocolSection(phase=cast("structure.Phase", row.phase), **common),
    "exercises": _exercises,
    "figure": _figure,
}


def _article(row: Article) -> structure.Article:
    return structure.Article(
        key=row.key,
        related=tuple(sorted((page.key for page in row.related.all()), key=natural)),
        sections=tuple(_section(section) for section in row.sections.all()),
        **fields(row, ARTICLE_FIELDS),
    )


# A picture is named by its hash: its bytes are not read.
_SECTIONS_WITH_NAMES: Final = Prefetch(
    "sections", Section.objects.select_related("card", "picture").defer("picture__data")
)
_RELATED: Final[dict[type[Publishable], "tuple[str | Prefetch[str], ...]"]] = {
    Exercise: ("sources",),
    CareCard: ("signs__sources",),
    Protocol: ("steps__sources",),
    Article: (_SECTIONS_WITH_NAMES, "sections__exercises", "sections__statements__sources", "related"),
}

_READERS: Final[dict[type[Publishable], Callable[[Any], structure.Publishable]]] = {
    Source: _source,
    Term: _term,
    Exercise: _exercise,
    CareCard: _card,
    Protocol: _protocol,
    Article: _article,
}
