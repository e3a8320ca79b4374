"""Reads the content files into structures, all of them or none, and says where each mistake stands.

The format is described in docs/content-files.md. Writes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from education import checks, richtext, structure
from education.natural import natural

CONTENT_DIR: Final = Path(__file__).resolve().parent / "content"

# The safe loader in C, many times quicker, where PyYAML was built with it.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_T = TypeVar("_T", bound=structure.Publishable)
_HEADING: Final = re.compile(r"^## (?P<heading>.+?)\s*\{#(?P<anchor>[A-Za-z0-9_-]+) (?P<kind>[a-z]+)\}\s*$")
_ITEM: Final = re.compile(r"^### (?P<lead>.+?)\s*$")
_TAG: Final = re.compile(r"^\{(?P<fields>[a-z]+:.*)\}\s*$")
# A field ends at the next semicolon, unless its whole value stands in quotes.
_FIELD: Final = re.compile(
    r'(?:^|;)(?P<name>[^:;]*)(?::\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"\s*(?=;|$)|(?P<bare>[^;]*)))?'
)
_INTRO_END: Final = re.compile(r"^\{ends: intro\}\s*$")
_PATH_ITEM: Final = re.compile(r"\[(\d+)\]|\.([a-z_]+)")


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in a content file; ``line`` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(Exception):
    """The files cannot be loaded. Holds every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


@dataclass
class _Reader:
    """Collects contents, their mistakes, and the line of every place in them."""

    mistakes: list[Mistake] = field(default_factory=list)
    places: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)

    def wrong(self, file: str, line: int, message: str) -> None:
        self.mistakes.append(Mistake(file, line, message))

    def place(self, kind: str, key: str, place: str, file: str, line: int) -> None:
        self.places.setdefault((kind, key, place), (file, line))


def read(folder: Path = CONTENT_DIR) -> checks.Library:
    """Return all contents of ``folder``. Raises ContentError naming file and line of every mistake."""
    reader = _Reader()
    library = checks.Library(
        articles=_articles(reader, folder / "articles"),
        cards=_items(reader, folder / "cards.yaml", "cards", structure.CareCard),
        protocols=_protocols(reader, folder / "protocol.yaml"),
        exercises=_items(reader, folder / "exercises.yaml", "exercises", structure.Exercise),
        terms=_items(reader, folder / "terms.yaml", "terms", structure.Term),
        sources=_items(reader, folder / "sources.yaml", "sources", structure.Source),
    )
    if not reader.mistakes:
        for problem in checks.errors(library):
            file, line = _where(reader, problem)
            reader.wrong(file, line, problem.message)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return library


def _where(reader: _Reader, problem: checks.Problem) -> tuple[str, int]:
    for place in (problem.place, problem.place.partition(".")[0], ""):
        if found := reader.places.get((problem.kind, problem.key, place)):
            return found
    return problem.key, 1


# --- YAML ---------------------------------------------------------------------------------------------------


def _yaml(reader: _Reader, path: Path) -> tuple[Any, yaml.Node | None]:
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, _Loader), yaml.compose(text, _Loader)  # noqa: S506 (a safe loader)
    except FileNotFoundError:
        reader.wrong(path.name, 1, "the file is missing")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reader.wrong(path.name, mark.line + 1 if mark else 1, f"not valid YAML: {error.problem}")
    return None, None


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return value  # type: ignore[no-any-return]  # PyYAML's stubs leave the pairs untyped
    return None


def _line(node: yaml.Node | None, path: str = "") -> int:
    """Return the line of ``path`` ("$.steps[3].kind") below ``node``, as near as it exists."""
    for number, name in _PATH_ITEM.findall(path):
        deeper = _child(node, int(number) if number else name)
        if deeper is None:
            break
        node = deeper
    return node.start_mark.line + 1 if node else 1


def _converted(reader: _Reader, file: str, value: Any, node: yaml.Node | None, type_: type[_T]) -> _T | None:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        reader.wrong(file, _line(node, path.strip("`")), message)
        return None


def _items(reader: _Reader, path: Path, name: str, type_: type[_T]) -> dict[str, _T]:
    value, node = _yaml(reader, path)
    if value is None:
        return {}
    if not isinstance(value, Mapping) or set(value) != {name} or not isinstance(value[name], list):
        reader.wrong(path.name, 1, f"the file must hold one list named {name!r}")
        return {}
    found: dict[str, _T] = {}
    for index, item in enumerate(value[name]):
        at = _child(_child(node, name), index)
        content = _converted(reader, path.name, item, at, type_)
        if content is None:
            continue
        if content.key in found:
            reader.wrong(path.name, _line(at), f"{content.key} stands twice")
        found[content.key] = tidy(content)
        _note_places(reader, path.name, content, at)
    return found


def _protocols(reader: _Reader, path: Path) -> dict[str, structure.Protocol]:
    value, node = _yaml(reader, path)
    if value is None:
        return {}
    if not isinstance(value, Mapping) or set(value) != {"protocol"}:
        reader.wrong(path.name, 1, "the file must hold one mapping named 'protocol'")
        return {}
    at = _child(node, "protocol")
    content = _converted(reader, path.name, value["protocol"], at, structure.Protocol)
    if content is None:
        return {}
    _note_places(reader, path.name, content, at)
    return {content.key: tidy(content)}


def _note_places(reader: _Reader, file: str, content: structure.Publishable, node: yaml.Node | None) -> None:
    kind = checks.KINDS[type(content)]
    reader.place(kind, content.key, "", file, _line(node))
    if isinstance(content, structure.CareCard):
        for index, sign in enumerate(content.signs):
            reader.place(kind, content.key, sign.code, file, _line(node, f"$.signs[{index}]"))
    if isinstance(content, structure.Protocol):
        for index, step in enumerate(content.steps):
            reader.place(kind, content.key, step.key, file, _line(node, f"$.steps[{index}]"))


def tidy(content: _T) -> _T:
    """Put sources in their one order and take stray white space out, so that the same words give the same hash."""
    return msgspec.convert(_tidied(msgspec.to_builtins(content)), type(content))


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {
            name: sorted(item, key=natural) if name in {"sources", "related"} else _tidied(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_tidied(item) for item in value]
    return value


# --- Markdown -----------------------------------------------------------------------------------------------


def _articles(reader: _Reader, folder: Path) -> dict[str, structure.Article]:
    if not folder.is_dir():
        reader.wrong(folder.name, 1, "the folder is missing")
        return {}
    found = (_article(reader, path) for path in sorted(folder.glob("*.md")))
    return {article.key: article for article in found if article}


def _article(reader: _Reader, path: Path) -> structure.Article | None:
    file = f"articles/{path.name}"
    rows = path.read_text(encoding="utf-8").splitlines()
    if not rows or rows[0] != "---" or "---" not in rows[1:]:
        reader.wrong(file, 1, "the file must begin with front matter between '---' lines")
        return None
    end = rows.index("---", 1)
    front = "\n".join(rows[1:end])
    try:
        value = yaml.load(front, _Loader) or {}  # noqa: S506 (a safe loader)
        # A line of the front matter is one further down in the file.
        node = yaml.compose("\n" + front, _Loader)
    except yaml.MarkedYAMLError as error:
        reader.wrong(file, (error.problem_mark.line if error.problem_mark else 0) + 2, f"not YAML: {error.problem}")
        return None
    reader.place("article", path.stem, "", file, 1)
    before = len(reader.mistakes)
    sections = _sections(reader, file, path.stem, rows, end + 1)
    if len(reader.mistakes) > before:
        return None
    whole = {**value, "key": path.stem, "sections": sections}
    article = _converted(reader, file, whole, node, structure.Article)
    return tidy(article) if article else None


def _sections(reader: _Reader, file: str, key: str, rows: list[str], start: int) -> list[dict[str, Any]]:
    heads = [index for index in range(start, len(rows)) if rows[index].startswith("## ")]
    first = heads[0] if heads else len(rows)
    for index in range(start, first):
        if rows[index].strip():
            reader.wrong(file, index + 1, "text before the first section")
            break
    sections = []
    for index, following in pairwise([*heads, len(rows)]):
        found = _HEADING.match(rows[index])
        if not found or found["kind"] not in structure.SECTION_KINDS:
            reader.wrong(file, index + 1, "a section heading reads '## Heading {#anchor kind}'")
            continue
        reader.place("article", key, found["anchor"], file, index + 1)
        body = _Body(reader, file, key, found["anchor"], found["kind"], index + 2, rows[index + 1 : following])
        sections.append({"kind": found["kind"], "anchor": found["anchor"], "heading": found["heading"], **body.read()})
    return sections


_TAGS_OF: Final[Mapping[str, frozenset[str]]] = {
    "card": frozenset({"card"}),
    "protocol": frozenset({"phase"}),
    "exercises": frozenset({"exercises", "plan"}),
    "figure": frozenset({"drawing", "alt", "caption"}),
}
_INTRO_IS_ALL_TEXT: Final = frozenset({"card", "protocol", "exercises"})
_STATEMENT_TAGS: Final = frozenset({"claims", "evidence", "sources"})
# Where '###' opens an item it holds the lead; among running statements a lead is rare, and stands in the braces.
_RUNNING_STATEMENT_TAGS: Final = _STATEMENT_TAGS | {"lead"}


@dataclass
class _Body:
    """The lines under one section heading; ``line`` is the number of the first."""

    reader: _Reader
    file: str
    key: str
    anchor: str
    kind: str
    line: int
    rows: list[str]

    def read(self) -> dict[str, Any]:
        """Return the section's own fields, besides kind, anchor and heading."""
        if self.kind == "text":
            return {"intro": richtext.from_markdown("\n".join(self.rows))}
        if self.kind in _TAGS_OF:
            return self._tagged()
        return self._statements()

    def _tag(self, row: str, line: int, allowed: frozenset[str]) -> dict[str, str] | None:
        found = _TAG.match(row)
        if not found:
            return None
        values = {}
        for part in _FIELD.finditer(found["fields"]):
            name, quoted = part["name"].strip(), part["quoted"]
            if name not in allowed:
                self.reader.wrong(self.file, line, f"unknown field {name!r}")
            values[name] = (part["bare"] or "").strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        return values

    def _intro(self) -> tuple[str, list[tuple[int, str]]]:
        """Return the intro, if its end is marked, and the lines that follow it with their numbers."""
        lines = list(enumerate(self.rows, start=self.line))
        first = next((place for place, row in enumerate(self.rows) if _TAG.match(row)), None)
        if first is None or not _INTRO_END.match(self.rows[first]) or self.kind in _INTRO_IS_ALL_TEXT:
            return "", lines
        return richtext.from_markdown("\n".join(self.rows[:first])), lines[first + 1 :]

    def _tagged(self) -> dict[str, Any]:
        rest, values = [], None
        intro, lines = self._intro()
        for line, row in lines:
            tag = self._tag(row, line, _TAGS_OF[self.kind])
            if tag is None:
                rest.append(row)
            else:
                values = tag
        if values is None:
            self.reader.wrong(self.file, self.line - 1, f"a section of kind {self.kind} needs its line in braces")
            return {}
        text = "\n".join(rest)
        match self.kind:
            case "exercises":
                return {
                    "intro": richtext.from_markdown(text),
                    "exercises": values.get("exercises", "").split(),
                    "is_plan": values.get("plan") == "yes",
                }
            case "figure":
                labels = [re.sub(r"^\s*\d+\.\s*", "", row).strip() for row in rest if row.strip()]
                return {**values, "intro": intro, "labels": labels}
        return {"intro": richtext.from_markdown(text), **values}

    def _statements(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        text: list[str] = []
        intro, lines = self._intro()
        lead, began = "", lines[0][0] if lines else self.line
        for line, row in lines:
            item = _ITEM.match(row) if self.kind in {"steps", "faq"} else None
            if item:
                if lead or any(part.strip() for part in text):
                    if found or lead or intro:
                        self.reader.wrong(self.file, began, "a statement has no line in braces at its end")
                    intro = richtext.from_markdown("\n".join(text))
                lead, text, began = item["lead"], [], line
                continue
            tag = self._tag(row, line, _RUNNING_STATEMENT_TAGS if self.kind == "statements" else _STATEMENT_TAGS)
            if tag is None:
                text.append(row)
                continue
            found.append(self._statement(lead, text, tag))
            self.reader.place("article", self.key, f"{self.anchor}.{len(found)}", self.file, line)
            lead, text, began = "", [], line + 1
        if any(part.strip() for part in text) or lead:
            self.reader.wrong(self.file, began, "a statement has no line in braces at its end")
        return {"intro": intro, "statements": found}

    def _statement(self, lead: str, text: list[str], tag: Mapping[str, str]) -> dict[str, Any]:
        return {
            "lead": lead or tag.get("lead", ""),
            "body": richtext.from_markdown("\n".join(text)),
            "claims": tag.get("claims", "").split(),
            "sources": sorted(tag.get("sources", "").split(), key=natural),
            "evidence": tag.get("evidence") or None,
        }
