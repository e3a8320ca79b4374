"""All contents that would be live together, by key. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from education import structure
from education.edition import LiveEdition
from education.picture_files import Picture


@dataclass(frozen=True)
class Library:
    """All contents that would be live together, by key."""

    articles: Mapping[str, structure.Article] = field(default_factory=dict)
    cards: Mapping[str, structure.CareCard] = field(default_factory=dict)
    protocols: Mapping[str, structure.Protocol] = field(default_factory=dict)
    exercises: Mapping[str, structure.Exercise] = field(default_factory=dict)
    terms: Mapping[str, structure.Term] = field(default_factory=dict)
    sources: Mapping[str, structure.Source] = field(default_factory=dict)
    # By SHA-256, for a library read from files; the others have their pictures in the database.
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    def everything(self) -> Iterator[structure.Publishable]:
        """Yield all contents, those that others name first."""
        for shelf in (self.sources, self.terms, self.exercises, self.cards, self.protocols, self.articles):
            yield from shelf.values()


def library_of(live: LiveEdition) -> Library:
    """Return the contents of an edition."""
    return Library(
        articles={key: item.content for key, item in live.articles.items()},
        cards={key: item.content for key, item in live.cards.items()},
        protocols={key: item.content for key, item in live.protocols.items()},
        exercises={key: item.content for key, item in live.exercises.items()},
        terms={key: item.content for key, item in live.terms.items()},
        sources={key: item.content for key, item in live.sources.items()},
    )


def statements(article: structure.Article) -> Iterator[tuple[str, structure.Statement]]:
    """Yield every statement of a page with its place: the section's anchor and its number in it."""
    for section in article.sections:
        if isinstance(section, structure.StatementsSection | structure.StepsSection | structure.FaqSection):
            for number, statement in enumerate(section.statements, start=1):
                yield f"{section.anchor}.{number}", statement


def pictures_named(library: Library) -> set[str]:
    """Return the SHA-256 of every picture that a page shows."""
    figures = (section for article in library.articles.values() for section in article.sections)
    return {section.picture for section in figures if isinstance(section, structure.FigureSection) and section.picture}
