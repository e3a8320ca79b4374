"""The live edition as it would be with words that are not published yet. Knows no request, reads no row, no clock."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from education import contents, structure, usage
from education.checks.references import named_sources
from education.editing.working_copies import SHELVES, with_contents
from education.edition import Change, LiveEdition, Published
from education.edition_reading import HISTORY_LENGTH
from education.library import Library
from education.models import Kind
from education.pages import Missing
from education.plans import Name

_USUAL_PAGES: Final[Mapping[str, str]] = {
    Kind.CARE_CARD: "get-help",
    Kind.PROTOCOL: "treatment",
    Kind.TERM: "glossary",
    Kind.SOURCE: "sources",
}
_RETIRED: Final = {"articles": "retired_articles", "exercises": "retired_exercises"}
_HOME: Final = "home"  # never retired
_KEY: Final = re.compile(r"[-\w]+", re.ASCII)
_NO_KEY: Final = "not-named-yet"


@dataclass(frozen=True)
class Preview:
    """An edition that readers do not see, the page of it to show (as ``page_showing``), and what to know about it."""

    live: LiveEdition
    page: Name
    is_live: bool  # readers see just these words already
    notes: tuple[str, ...]


def preview_of(
    content: structure.Publishable, live: LiveEdition, others: Sequence[structure.Publishable], now: datetime
) -> Preview:
    """Return the preview of one content at ``now`` (aware UTC).

    ``others`` are the contents that are not live: those that this one needs go live with it.
    """
    content = _with_key(content)
    kind = contents.kind_of(content)
    edition = edition_with(live, [*needed(content, others, live), content], now=now)
    page = page_showing(kind, content.key, edition)
    notes: tuple[str, ...] = ()
    if not _is_shown(kind, content.key, page, edition):
        notes = (_("No page shows this yet."),)
        if isinstance(content, structure.CareCard):
            edition = _with_card_at_the_end(edition, page[1], content)
            notes = (_("No page shows this card yet. Here it stands at the end of a page."),)
    return Preview(edition, page, _is_live(content, live), notes)


def edition_with(
    live: LiveEdition, new: Iterable[structure.Publishable], *, now: datetime | None = None
) -> LiveEdition:
    """Return an edition as if ``new`` had gone live at ``now`` (aware UTC), or with the edition where that is None.

    Words that are live already stay as they are; all else stays too. What was retired is live again.
    """
    changed: dict[str, Any] = {name: dict(getattr(live, name)) for name in (*SHELVES.values(), *_RETIRED.values())}
    for content in new:
        name = SHELVES[contents.kind_of(content)]
        shelf = changed[name]
        shelf[content.key] = _published(content, shelf.get(content.key), now or live.published_at)
        if name in _RETIRED:
            changed[_RETIRED[name]].pop(content.key, None)
    changed["articles"] = dict(sorted(changed["articles"].items(), key=lambda item: item[1].content.position))
    return dataclasses.replace(live, **changed)


def _published(content: structure.Publishable, last: Published[Any] | None, now: datetime) -> Published[Any]:
    if last is not None and _says(last, content):
        return last
    number = last.number + 1 if last else 1
    change = Change(number, now, _("Not published yet."))
    return Published(
        content=content,
        number=number,
        published_at=now,
        origin="edited",
        published_alone=False,
        history=(change, *(last.history if last else ()))[:HISTORY_LENGTH],
    )


def _says(published: Published[Any], content: structure.Publishable) -> bool:
    return contents.content_hash(published.content) == contents.content_hash(content)


def _is_live(content: structure.Publishable, live: LiveEdition) -> bool:
    published = getattr(live, SHELVES[contents.kind_of(content)]).get(content.key)
    return published is not None and _says(published, content)


def _with_key(content: structure.Publishable) -> structure.Publishable:
    # No address can be made of a key that is empty or holds a space.
    return content if _KEY.fullmatch(content.key) else msgspec.structs.replace(content, key=_NO_KEY)


# --- What one content needs ---------------------------------------------------------------------------------


def needed(
    content: structure.Publishable, others: Iterable[structure.Publishable], live: LiveEdition
) -> list[structure.Publishable]:
    """Return those of ``others`` that are not live and that ``content`` names, and those that these name."""
    by_name = {(contents.kind_of(other), other.key): other for other in others if not _has_key(other, live)}
    found: dict[Name, structure.Publishable] = {}
    asked = [content]
    while asked:
        one = asked.pop()
        for name in _named(one, by_name.values()):
            if name in by_name and name not in found:
                found[name] = by_name[name]
                asked.append(by_name[name])
    return list(found.values())


def _has_key(content: structure.Publishable, live: LiveEdition) -> bool:
    return content.key in getattr(live, SHELVES[contents.kind_of(content)])


def _named(content: structure.Publishable, others: Iterable[structure.Publishable]) -> Iterator[Name]:
    """Yield what a content names by its key, and the terms among ``others`` that stand in its words."""
    yield from ((Kind.SOURCE, source) for *_place, source in named_sources(with_contents(Library(), [content])))
    if not isinstance(content, structure.Article):
        return
    for section in content.sections:
        if isinstance(section, structure.CardSection):
            yield Kind.CARE_CARD, section.card
        elif isinstance(section, structure.ExercisesSection):
            yield from ((Kind.EXERCISE, key) for key in section.exercises)
    for other in others:
        if isinstance(other, structure.Term) and _uses(content, other):
            yield Kind.TERM, other.key


def _uses(content: structure.Article, term: structure.Term) -> bool:
    return bool(usage.uses(with_contents(Library(), [content, term]), Kind.TERM, term.key))


# --- Where it is shown --------------------------------------------------------------------------------------


def page_showing(kind: str, key: str, live: LiveEdition) -> Name:
    """Return which page shows a content: "article" or "exercise", and its slug. Always a page of the edition.

    A card and the protocol stand on several pages: the usual one comes first.
    """
    if kind in {Kind.ARTICLE, Kind.EXERCISE}:
        return kind, key
    usual = _USUAL_PAGES[kind]
    places = [usual, *live.articles] if kind == Kind.CARE_CARD else [usual]
    shown = (slug for slug in places if _is_shown(kind, key, (Kind.ARTICLE, slug), live))
    fallback = usual if usual in live.articles else _HOME
    return Kind.ARTICLE.value, next(shown, fallback)


def _is_shown(kind: str, key: str, page: Name, live: LiveEdition) -> bool:
    if kind in {Kind.ARTICLE, Kind.EXERCISE}:
        return True
    if page[1] not in live.articles:
        return False
    if kind == Kind.CARE_CARD:
        sections = live.articles[page[1]].content.sections
        return any(isinstance(section, structure.CardSection) and section.card == key for section in sections)
    return page[1] == _USUAL_PAGES[kind]


def _with_card_at_the_end(live: LiveEdition, slug: str, card: structure.CareCard) -> LiveEdition:
    page = live.articles[slug]
    section = structure.CardSection(anchor=f"card-{card.key}", heading=card.title, card=card.key)
    content = msgspec.structs.replace(page.content, sections=(*page.content.sections, section))
    return dataclasses.replace(live, articles={**live.articles, slug: dataclasses.replace(page, content=content)})


# --- What it lacks ------------------------------------------------------------------------------------------


def sentence(missing: Missing) -> str:
    """Return what a page names and nobody has written, for the person who looks at it."""
    if missing.kind == "phase":
        return _("Left out: no care step is for the phase “%(key)s”.") % {"key": missing.key}
    names: Mapping[str, str] = {
        Kind.CARE_CARD: _("care card"),
        Kind.EXERCISE: _("exercise"),
        Kind.SOURCE: _("source"),
        Kind.ARTICLE: _("page"),
    }
    name = names[missing.kind]
    if not missing.key:
        return _("Left out: the %(name)s that has not been chosen.") % {"name": name}
    return _("Left out: the %(name)s “%(key)s”, which does not exist.") % {"name": name, "key": missing.key}
