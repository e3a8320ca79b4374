"""Reads the content files into structures, all of them or none, and says where each mistake stands.

The format is described in docs/content-files.md. Writes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from education import checks, picture_files, structure
from education.content_sections import Mistake, Reader, keyed, sections
from education.natural import natural

PICTURES: Final = "pictures"
CONTENT_DIR: Final = Path(__file__).resolve().parent / "content"

# The safe loader in C, many times quicker, where PyYAML was built with it.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_T = TypeVar("_T", bound=structure.Publishable)
_PATH_ITEM: Final = re.compile(r"\[(\d+)\]|\.([a-z_]+)")


class ContentError(Exception):
    """The files cannot be loaded. Holds every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def read(folder: Path = CONTENT_DIR) -> checks.Library:
    """Return all contents of ``folder``. Raises ContentError naming file and line of every mistake."""
    reader = Reader()
    library = checks.Library(
        articles=_articles(reader, folder / "articles"),
        cards=_items(reader, folder / "cards.yaml", "cards", structure.CareCard),
        protocols=_protocols(reader, folder / "protocol.yaml"),
        exercises=_items(reader, folder / "exercises.yaml", "exercises", structure.Exercise),
        terms=_items(reader, folder / "terms.yaml", "terms", structure.Term),
        sources=_items(reader, folder / "sources.yaml", "sources", structure.Source),
        pictures=_pictures(reader, folder / PICTURES),
    )
    if not reader.mistakes:
        for problem in [*checks.errors(library), *_missing_pictures(library)]:
            file, line = _where(reader, problem)
            reader.wrong(file, line, problem.message)
    if reader.mistakes:
        raise ContentError(reader.mistakes)
    return library


def _pictures(reader: Reader, folder: Path) -> dict[str, picture_files.Picture]:
    found = {}
    for path in sorted(folder.glob("*.webp")):
        try:
            found[path.stem] = picture_files.verify(path.read_bytes(), path.stem)
        except picture_files.PictureRefused as refused:
            reader.wrong(f"{PICTURES}/{path.name}", 1, str(refused))
    return found


def _missing_pictures(library: checks.Library) -> list[checks.Problem]:
    return [
        checks.Problem("article", article.key, section.anchor, f"the picture {section.picture} is not in the folder")
        for article in library.articles.values()
        for section in article.sections
        if isinstance(section, structure.FigureSection) and section.picture and section.picture not in library.pictures
    ]


def _where(reader: Reader, problem: checks.Problem) -> tuple[str, int]:
    for place in (problem.place, problem.place.partition(".")[0], ""):
        if found := reader.places.get((problem.kind, problem.key, place)):
            return found
    return problem.key, 1


# --- YAML ---------------------------------------------------------------------------------------------------


def _yaml(reader: Reader, path: Path) -> tuple[Any, yaml.Node | None]:
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


def _converted(reader: Reader, file: str, value: Any, node: yaml.Node | None, type_: type[_T]) -> _T | None:
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        reader.wrong(file, _line(node, path.strip("`")), message)
        return None


def _items(reader: Reader, path: Path, name: str, type_: type[_T]) -> dict[str, _T]:
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


def _protocols(reader: Reader, path: Path) -> dict[str, structure.Protocol]:
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


def _note_places(reader: Reader, file: str, content: structure.Publishable, node: yaml.Node | None) -> None:
    kind = checks.KINDS[type(content)]
    reader.place(kind, content.key, "", file, _line(node))
    if isinstance(content, structure.CareCard):
        for index, sign in enumerate(content.signs):
            reader.place(kind, content.key, sign.code, file, _line(node, f"$.signs[{index}]"))
    if isinstance(content, structure.Protocol):
        for index, step in enumerate(content.steps):
            reader.place(kind, content.key, step.key, file, _line(node, f"$.steps[{index}]"))


def tidy(content: _T) -> _T:
    """Put sources in their one order, give statements their keys and take stray white space out.

    So the same words give the same hash.
    """
    return msgspec.convert(_tidied(msgspec.to_builtins(content)), type(content))


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {name: _tidied_field(name, item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tidied(item) for item in value]
    return value


def _tidied_field(name: str, value: Any) -> Any:
    match name:
        case "sources" | "related":
            return sorted(value, key=natural)
        case "statements":
            return keyed(_tidied(value))
    return _tidied(value)


# --- Markdown -----------------------------------------------------------------------------------------------


def _articles(reader: Reader, folder: Path) -> dict[str, structure.Article]:
    if not folder.is_dir():
        reader.wrong(folder.name, 1, "the folder is missing")
        return {}
    found = (_article(reader, path) for path in sorted(folder.glob("*.md")))
    return {article.key: article for article in found if article}


def _article(reader: Reader, path: Path) -> structure.Article | None:
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
    found = sections(reader, file, path.stem, rows, end + 1)
    if len(reader.mistakes) > before:
        return None
    whole = {**value, "key": path.stem, "sections": found}
    article = _converted(reader, file, whole, node, structure.Article)
    return tidy(article) if article else None
