"""Whatever a content names by its key must exist, once."""

from collections import Counter
from collections.abc import Iterator

from education import structure
from education.checks.problem import Problem
from education.library import Library, statements


def named_sources(library: Library) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, key and place of each content that names a source, and the source's key."""
    for article in library.articles.values():
        for place, statement in statements(article):
            yield from (("article", article.key, place, key) for key in statement.sources)
    for card in library.cards.values():
        yield from (("care_card", card.key, sign.code, key) for sign in card.signs for key in sign.sources)
    for protocol in library.protocols.values():
        yield from (("protocol", protocol.key, step.key, key) for step in protocol.steps for key in step.sources)
    for exercise in library.exercises.values():
        yield from (("exercise", exercise.key, "", key) for key in exercise.sources)


def sources_exist(library: Library) -> Iterator[Problem]:
    """Yield each use of a source that does not exist."""
    for kind, key, place, source in named_sources(library):
        if source not in library.sources:
            yield Problem(kind, key, place, f"source {source} does not exist")


def sources_stand_on_the_web(library: Library) -> Iterator[Problem]:
    """Yield each source whose address is none that a reader can follow."""
    for source in library.sources.values():
        if source.url and not source.url.startswith(("https://", "http://")):
            yield Problem("source", source.key, "", "the address of a source begins with https:// or http://")


def contents_exist(library: Library) -> Iterator[Problem]:
    """Yield each section that shows a care card or an exercise that does not exist."""
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.CardSection) and section.card not in library.cards:
                yield Problem("article", article.key, section.anchor, f"care card {section.card!r} does not exist")
            if isinstance(section, structure.ExercisesSection):
                for key in sorted(set(section.exercises) - set(library.exercises)):
                    yield Problem("article", article.key, section.anchor, f"exercise {key!r} does not exist")


def related_pages_exist(library: Library) -> Iterator[Problem]:
    """Yield each related page that does not exist or is the page itself."""
    for article in library.articles.values():
        for key in article.related:
            if key not in library.articles or key == article.key:
                yield Problem("article", article.key, "", f"related page {key} does not exist or is the page itself")


def anchors_are_unique(library: Library) -> Iterator[Problem]:
    """Yield each anchor that more than one section of a page has."""
    for article in library.articles.values():
        for anchor, count in Counter(section.anchor for section in article.sections).items():
            if count > 1:
                yield Problem("article", article.key, anchor, f"anchor #{anchor} stands twice on the page")


def statement_keys_are_unique(library: Library) -> Iterator[Problem]:
    """Yield each statement whose key an earlier one of its section has; a missing key meets no other."""
    for article in library.articles.values():
        seen: set[tuple[str, str]] = set()
        for place, statement in statements(article):
            found = (place.rpartition(".")[0], statement.key)
            if statement.key and found in seen:
                message = f"statement key {statement.key} stands twice in the section"
                yield Problem("article", article.key, place, message)
            seen.add(found)
