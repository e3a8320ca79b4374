"""Every text of a content with its place: what checks, advice and searches for a use read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from education import richtext, structure
from education.library import statements

# Fields that hold keys, codes, addresses and choices, not words.
_NOT_WORDS: Final = frozenset(
    "anchor card claims code doi drawing evidence exercises group key kind phase phases picture purpose reading "
    "related row sources urgency url".split()
)
_RICH: Final = frozenset({"body", "intro"})


@dataclass(frozen=True)
class Text:
    """One text as it is stored.

    ``place`` is a section's anchor, with a statement's number after a dot, a sign's code or a care step's key; empty
    for the content itself. ``name`` is that of the field.
    """

    place: str
    name: str
    stored: str

    @property
    def is_rich(self) -> bool:
        """Whether it is stored as HTML."""
        return self.name in _RICH

    @property
    def words(self) -> str:
        """The words alone; of rich text, one block a line, each ended as a sentence is."""
        return richtext.plain(self.stored) if self.is_rich else self.stored

    @property
    def blocks(self) -> tuple[str, ...]:
        """The words of each paragraph, heading and list item, as they stand."""
        return tuple(block.text for block in richtext.to_blocks(self.stored)) if self.is_rich else (self.stored,)


def texts(content: structure.Publishable) -> Iterator[Text]:
    """Yield every text that is not empty, in the order of the page."""
    yield from _own(content, "")
    match content:
        case structure.Article():
            yield from _sections(content)
        case structure.CareCard():
            for sign in content.signs:
                yield from _own(sign, sign.code)
        case structure.Protocol():
            for step in content.steps:
                yield from _own(step, step.key)


def rich_texts(article: structure.Article) -> Iterator[Text]:
    """Yield the texts of a page that may hold links, headings and lists."""
    return (text for text in _sections(article) if text.is_rich)


def _sections(article: structure.Article) -> Iterator[Text]:
    said: dict[str, list[tuple[str, structure.Statement]]] = {}
    for place, statement in statements(article):
        said.setdefault(place.rpartition(".")[0], []).append((place, statement))
    for section in article.sections:
        yield from _own(section, section.anchor)
        # Where an anchor stands twice by mistake, the first of the two takes the statements of both.
        for place, statement in said.pop(section.anchor, ()):
            yield from _own(statement, place)


def _own(content: structure.Content, place: str) -> Iterator[Text]:
    for name in content.__struct_fields__:
        value = getattr(content, name)
        if name not in _NOT_WORDS and isinstance(value, str | tuple):
            stored = (value,) if isinstance(value, str) else value
            yield from (Text(place, name, item) for item in stored if isinstance(item, str) and item)
