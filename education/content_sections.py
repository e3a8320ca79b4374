"""Reads the sections of an article's Markdown file. The format is described in docs/content-files.md."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any, Final

from education import richtext, structure
from education.natural import natural

_HEADING: Final = re.compile(r"^## (?P<heading>.+?)\s*\{#(?P<anchor>[A-Za-z0-9_-]+) (?P<kind>[a-z]+)\}\s*$")
_ITEM: Final = re.compile(r"^### (?P<lead>.+?)\s*$")
_TAG: Final = re.compile(r"^\{(?P<fields>[a-z]+:.*)\}\s*$")
# A field ends at the next semicolon, unless its whole value stands in quotes.
_FIELD: Final = re.compile(
    r'(?:^|;)(?P<name>[^:;]*)(?::\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"\s*(?=;|$)|(?P<bare>[^;]*)))?'
)
_SIZE: Final = re.compile(r"(?P<width>\d{1,4})x(?P<height>\d{1,4})")
_INTRO_END: Final = re.compile(r"^\{ends: intro\}\s*$")


@dataclass(frozen=True)
class Mistake:
    """One thing wrong in a content file; ``line`` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class Reader:
    """Collects contents, their mistakes, and the line of every place in them."""

    mistakes: list[Mistake] = field(default_factory=list)
    places: dict[tuple[str, str, str], tuple[str, int]] = field(default_factory=dict)

    def wrong(self, file: str, line: int, message: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(file, line, message))

    def place(self, kind: str, key: str, place: str, file: str, line: int) -> None:
        """Note where a place of a content stands: its anchor, code or key; the first note counts."""
        self.places.setdefault((kind, key, place), (file, line))


def sections(reader: Reader, file: str, key: str, rows: list[str], start: int) -> list[dict[str, Any]]:
    """Return the fields of every section from row ``start`` on; mistakes go to ``reader``."""
    heads = [index for index in range(start, len(rows)) if rows[index].startswith("## ")]
    first = heads[0] if heads else len(rows)
    for index in range(start, first):
        if rows[index].strip():
            reader.wrong(file, index + 1, "text before the first section")
            break
    found_sections = []
    for index, following in pairwise([*heads, len(rows)]):
        found = _HEADING.match(rows[index])
        if not found or found["kind"] not in structure.SECTION_KINDS:
            reader.wrong(file, index + 1, "a section heading reads '## Heading {#anchor kind}'")
            continue
        reader.place("article", key, found["anchor"], file, index + 1)
        body = _Body(reader, file, key, found["anchor"], found["kind"], index + 2, rows[index + 1 : following])
        found_sections.append(
            {"kind": found["kind"], "anchor": found["anchor"], "heading": found["heading"], **body.read()}
        )
    return found_sections


def keyed(statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the statements of one section, each with a key: its own, or its place in the section if that is free."""
    taken = {statement["key"] for statement in statements if statement.get("key")}
    found = []
    for place, statement in enumerate(statements, start=1):
        key = statement.get("key") or next(str(n) for n in count(place) if str(n) not in taken)
        taken.add(key)
        found.append({**statement, "key": key})
    return found


_TAGS_OF: Final[Mapping[str, frozenset[str]]] = {
    "card": frozenset({"card"}),
    "protocol": frozenset({"phase"}),
    "exercises": frozenset({"exercises", "plan"}),
    "figure": frozenset({"drawing", "picture", "size", "decorative", "alt", "caption"}),
}
_INTRO_IS_ALL_TEXT: Final = frozenset({"card", "protocol", "exercises"})
_STATEMENT_TAGS: Final = frozenset({"claims", "evidence", "sources", "key"})
# Where '###' opens an item it holds the lead; among running statements a lead is rare, and stands in the braces.
_RUNNING_STATEMENT_TAGS: Final = _STATEMENT_TAGS | {"lead"}


@dataclass
class _Body:
    """The lines under one section heading; ``line`` is the number of the first."""

    reader: Reader
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
                return {**self._picture(values), "intro": intro, "labels": labels}
        return {"intro": richtext.from_markdown(text), **values}

    def _picture(self, values: dict[str, str]) -> dict[str, Any]:
        """Return the line of a figure with its size ("800x600" pixels) as two numbers and its decoration as a flag."""
        size, decorative = values.pop("size", ""), values.pop("decorative", "")
        found = _SIZE.fullmatch(size)
        if size and not found:
            self.reader.wrong(self.file, self.line - 1, f"the size of a picture reads '800x600', not {size!r}")
        width, height = (int(found["width"]), int(found["height"])) if found else (0, 0)
        return {**values, "picture_width": width, "picture_height": height, "is_decorative": decorative == "yes"}

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
        return {"intro": intro, "statements": keyed(found)}

    def _statement(self, lead: str, text: list[str], tag: Mapping[str, str]) -> dict[str, Any]:
        return {
            "key": tag.get("key", ""),
            "lead": lead or tag.get("lead", ""),
            "body": richtext.from_markdown("\n".join(text)),
            "claims": tag.get("claims", "").split(),
            "sources": sorted(tag.get("sources", "").split(), key=natural),
            "evidence": tag.get("evidence") or None,
        }
