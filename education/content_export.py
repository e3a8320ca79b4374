"""Writes an edition as the content files that content_files.py reads. Pure, but for ``write``.

The format is described in docs/content-files.md.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from education import checks, content_files, richtext, structure
from education.edition import LiveEdition, Published
from education.natural import natural

_T = TypeVar("_T", bound=structure.Publishable)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_OPENS_ITEM: Final = re.compile(r"^### ", re.MULTILINE)
_OPENS_TAG: Final = re.compile(r"^\{", re.MULTILINE)


_NO_PICTURES: Final[Mapping[str, bytes]] = {}


class CannotExport(ValueError):
    """A content that the files have no way to say."""


def library(live: LiveEdition) -> checks.Library:
    """Return the contents of an edition just as reading its files gives them: white space folded, sources in order."""
    return checks.Library(
        articles=_tidied(live.articles),
        cards=_tidied(live.cards),
        protocols=_tidied(live.protocols),
        exercises=_tidied(live.exercises),
        terms=_tidied(live.terms),
        sources=_tidied(live.sources),
    )


def _tidied(shelf: Mapping[str, Published[_T]]) -> dict[str, _T]:
    return {key: content_files.tidy(published.content) for key, published in shelf.items()}


def files(live: LiveEdition) -> dict[str, str]:
    """Return the text of every file by its path below the folder. Raises CannotExport."""
    contents = library(live)
    if len(contents.protocols) != 1:
        raise CannotExport(f"The files hold one protocol; there are {len(contents.protocols)}.")
    (protocol,) = contents.protocols.values()
    cards = sorted(contents.cards.values(), key=lambda card: (structure.URGENCIES.index(card.urgency), card.key))
    exercises = sorted(contents.exercises.values(), key=lambda exercise: natural(exercise.code))
    return {
        **{_path(article): _article(article) for article in contents.articles.values()},
        "cards.yaml": _yaml({"cards": _plain(cards)}),
        "protocol.yaml": _yaml({"protocol": _plain(protocol)}),
        "exercises.yaml": _yaml({"exercises": _plain(exercises)}),
        "terms.yaml": _yaml({"terms": _plain(_by_key(contents.terms))}),
        "sources.yaml": _yaml({"sources": _plain(_by_key(contents.sources))}),
    }


def write(live: LiveEdition, folder: Path, pictures: Mapping[str, bytes] = _NO_PICTURES) -> tuple[str, ...]:
    """Write the files of ``files`` into ``folder``, made where it is missing; return their paths below it.

    ``pictures`` holds the bytes of every picture that a page names, by SHA-256. Articles and pictures in the folder
    that are not in the edition are removed: they would be loaded with the others.
    Nothing is written where CannotExport is raised. Raises OSError.
    """
    texts = files(live)
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    for path in (folder / "articles").glob("*.md"):
        if f"articles/{path.name}" not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return (*texts, *_write_pictures(folder / content_files.PICTURES, pictures))


def _write_pictures(folder: Path, pictures: Mapping[str, bytes]) -> list[str]:
    for path in folder.glob("*.webp"):
        if path.stem not in pictures:
            path.unlink()
    for digest, data in pictures.items():
        folder.mkdir(exist_ok=True)
        (folder / f"{digest}.webp").write_bytes(data)
    return [f"{content_files.PICTURES}/{digest}.webp" for digest in pictures]


# --- YAML ---------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """YAML for a diff: every item of a list on its own line, below its name; nothing said by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(value: Mapping[str, Any]) -> str:
    return str(
        yaml.dump(
            value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=sys.maxsize, default_flow_style=False
        )
    )


def _plain(content: structure.Content | Sequence[structure.Content]) -> Any:
    """Return mappings and lists in the order of the structures, without defaults, with dates as dates."""
    return msgspec.to_builtins(content, builtin_types=(date,))


def _by_key(shelf: Mapping[str, _T]) -> list[_T]:
    return sorted(shelf.values(), key=lambda content: natural(content.key))


# --- Markdown -----------------------------------------------------------------------------------------------


def _path(article: structure.Article) -> str:
    if not _KEY.fullmatch(article.key):
        raise CannotExport(f"The page {article.key!r} cannot be the name of a file.")
    return f"articles/{article.key}.md"


def _article(article: structure.Article) -> str:
    front = {name: value for name, value in _plain(article).items() if name not in {"key", "sections"}}
    blocks = [f"---\n{_yaml(front)}---", *(block for section in article.sections for block in _section(section))]
    return "\n\n".join(blocks) + "\n"


def _section(section: structure.Section) -> list[str]:
    """Return the heading, and the paragraphs and lines in braces that stand under it."""
    kind = structure.kind_of(section)
    heading = f"## {section.heading} {{#{section.anchor} {kind}}}"
    intro = [_markdown(section.intro)] if section.intro else []
    match section:
        case structure.CardSection():
            under = [*intro, _tag({"card": section.card})]
        case structure.ProtocolSection():
            under = [*intro, _tag({"phase": section.phase})]
        case structure.ExercisesSection():
            fields = {"exercises": _words(section.exercises), "plan": "yes" if section.is_plan else "no"}
            under = [*intro, _tag(fields)]
        case structure.FigureSection():
            under = [*_ended(intro), *_figure(section)]
        case structure.StatementsSection():
            named = _with_keys_to_write(section.statements)
            under = [*_ended(intro), *(block for each in named for block in _statement(each))]
        case structure.StepsSection() | structure.FaqSection():
            under = _items(section, intro)
        case _:
            under = intro
    return [heading, *under]


def _ended(intro: list[str]) -> list[str]:
    return [*intro, "{ends: intro}"] if intro else []


def _figure(section: structure.FigureSection) -> list[str]:
    labels = [f"{number}. {label}".rstrip() for number, label in enumerate(section.labels, start=1)]
    has_size = section.picture_width or section.picture_height
    fields = {
        "drawing": section.drawing or None,
        "picture": section.picture or None,
        "size": f"{section.picture_width}x{section.picture_height}" if has_size else None,
        "decorative": "yes" if section.is_decorative else None,
        "alt": section.alt,
        "caption": section.caption or None,
    }
    return ["\n".join(labels), _tag(fields)] if labels else [_tag(fields)]


def _items(section: structure.StepsSection | structure.FaqSection, intro: list[str]) -> list[str]:
    """Return steps or answers. In their texts an h3 moves off the start of its line, where it would open an item."""
    begins_with_lead = bool(section.statements and section.statements[0].lead)
    blocks = [_OPENS_ITEM.sub(" ### ", block) for block in intro]
    blocks = blocks if begins_with_lead else _ended(blocks)
    for statement in _with_keys_to_write(section.statements):
        if statement.lead:
            blocks.append(f"### {statement.lead}")
        without_lead = msgspec.structs.replace(statement, lead="")
        blocks += [_OPENS_ITEM.sub(" ### ", block) for block in _statement(without_lead)]
    return blocks


def _with_keys_to_write(statements: Sequence[structure.Statement]) -> Sequence[structure.Statement]:
    """Return the statements without their keys where reading gives each of them the same again."""
    if any(statement.key != str(place) for place, statement in enumerate(statements, start=1)):
        return statements
    return [msgspec.structs.replace(statement, key="") for statement in statements]


def _statement(statement: structure.Statement) -> list[str]:
    fields = {
        "key": statement.key or None,
        "lead": statement.lead or None,
        "claims": _words(statement.claims) or None,
        "evidence": statement.evidence or "",
        "sources": _words(statement.sources) or None,
    }
    return [*([_markdown(statement.body)] if statement.body else []), _tag(fields)]


def _markdown(html: str) -> str:
    """Return rich text as Markdown without a line that reads as one in braces."""
    return _OPENS_TAG.sub(r"\\{", richtext.to_markdown(html)).rstrip("\n")


def _words(items: Iterable[str]) -> str:
    items = tuple(items)
    for item in items:
        if not item or len(item.split()) != 1:
            raise CannotExport(f"{item!r} cannot stand in a list of words: it is empty or holds a space.")
    return " ".join(items)


def _tag(fields: Mapping[str, str | None]) -> str:
    """Return a line in braces with the fields that are not None."""
    given = (f"{name}: {_quoted(value)}".rstrip() for name, value in fields.items() if value is not None)
    return "{" + "; ".join(given) + "}"


def _quoted(value: str) -> str:
    if ";" not in value and not value.startswith('"'):
        return value
    return '"' + re.sub(r'["\\]', r"\\\g<0>", value) + '"'
