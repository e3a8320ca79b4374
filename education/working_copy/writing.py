"""Makes working copies say what a content structure says."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from education import richtext, structure
from education.models import (
    Article,
    CareCard,
    CareStep,
    Exercise,
    Picture,
    Protocol,
    Publishable,
    Section,
    Sign,
    Source,
    Statement,
    Term,
)
from education.models.fields import joined
from education.working_copy.fields import (
    ARTICLE_FIELDS,
    CARD_FIELDS,
    EXERCISE_FIELDS,
    SOURCE_FIELDS,
    STEP_FIELDS,
    fields,
)


def write(content: structure.Publishable) -> Publishable:
    """Make the working copy of ``content`` say just that, and return it.

    Everything it names must have been written before. Run it in a transaction. Raises ObjectDoesNotExist
    for a key that names nothing.
    """
    return _WRITERS[type(content)](content)


def _source_rows(keys: Iterable[str]) -> list[Source]:
    return [Source.objects.get(key=key) for key in keys]


def _write_source(content: structure.Source) -> Source:
    values = fields(content, SOURCE_FIELDS)
    return Source.objects.update_or_create(key=content.key, defaults=values)[0]


def _write_term(content: structure.Term) -> Term:
    values = {
        "name": content.name,
        "meaning": content.meaning,
        "forms": joined(content.forms),
        "also": joined(content.also),
    }
    return Term.objects.update_or_create(key=content.key, defaults=values)[0]


def _write_exercise(content: structure.Exercise) -> Exercise:
    values = {**fields(content, EXERCISE_FIELDS), "steps": joined(content.steps)}
    row = Exercise.objects.update_or_create(key=content.key, defaults=values)[0]
    row.sources.set(_source_rows(content.sources))
    return row


def _write_card(content: structure.CareCard) -> CareCard:
    values = {**fields(content, CARD_FIELDS), "after": joined(content.after), "words": joined(content.words)}
    row = CareCard.objects.update_or_create(key=content.key, defaults=values)[0]
    row.signs.all().delete()
    for position, sign in enumerate(content.signs):
        made = Sign.objects.create(
            card=row,
            position=position,
            code=sign.code,
            text=sign.text,
            when=sign.when,
            why=sign.why,
            words=joined(sign.words),
        )
        made.sources.set(_source_rows(sign.sources))
    return row


def _write_protocol(content: structure.Protocol) -> Protocol:
    row = Protocol.objects.update_or_create(key=content.key)[0]
    row.steps.all().delete()
    for position, step in enumerate(content.steps):
        made = CareStep.objects.create(
            protocol=row,
            position=position,
            cautions=joined(step.cautions),
            evidence=step.evidence or "",
            claims=joined(step.claims, " "),
            **{f"in_{phase}": phase in step.phases for phase in structure.PHASES},
            **fields(step, STEP_FIELDS),
        )
        made.sources.set(_source_rows(step.sources))
    return row


def _write_statements(section: Section, statements: Iterable[structure.Statement]) -> None:
    for position, statement in enumerate(statements):
        made = Statement.objects.create(
            section=section,
            position=position,
            key=statement.key,
            lead=statement.lead,
            body=richtext.clean(statement.body),
            evidence=statement.evidence or "",
            claims=joined(statement.claims, " "),
        )
        made.sources.set(_source_rows(statement.sources))


def _write_section(article: Article, position: int, content: structure.Section) -> None:
    kind = structure.kind_of(content)
    row = Section(
        article=article,
        position=position,
        kind=kind,
        anchor=content.anchor,
        heading=content.heading,
        intro=richtext.clean(content.intro),
    )
    match content:
        case structure.CardSection():
            row.card = CareCard.objects.get(key=content.card)
        case structure.ProtocolSection():
            row.phase = content.phase
        case structure.FigureSection():
            row.drawing, row.alt, row.caption = content.drawing, content.alt, content.caption
            row.labels, row.is_decorative = joined(content.labels), content.is_decorative
            row.picture = Picture.objects.defer("data").get(digest=content.picture) if content.picture else None
        case structure.ExercisesSection():
            row.is_plan = content.is_plan
    row.save()
    match content:
        case structure.ExercisesSection():
            row.exercises.set([Exercise.objects.get(key=key) for key in content.exercises])
        case structure.StatementsSection() | structure.StepsSection() | structure.FaqSection():
            _write_statements(row, content.statements)


def _write_article(content: structure.Article) -> Article:
    row = Article.objects.update_or_create(key=content.key, defaults=fields(content, ARTICLE_FIELDS))[0]
    row.sections.all().delete()
    for position, section in enumerate(content.sections):
        _write_section(row, position, section)
    return row


def relate(content: structure.Article) -> None:
    """Set the related pages, once all pages have been written."""
    row = Article.objects.get(key=content.key)
    row.related.set([Article.objects.get(key=key) for key in content.related])


_WRITERS: Final[dict[type[structure.Publishable], Callable[[Any], Publishable]]] = {
    structure.Source: _write_source,
    structure.Term: _write_term,
    structure.Exercise: _write_exercise,
    structure.CareCard: _write_card,
    structure.Protocol: _write_protocol,
    structure.Article: _write_article,
}
