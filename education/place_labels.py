"""What editors call the places of a content, by their paths. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from education import structure
from education.editor_words import WORDS
from education.rows import Row, RowList, fields, inner, named, row_list, rows
from education.tokens import row_title


def labels(content: structure.Publishable, words: Mapping[str, str] = WORDS) -> dict[str, str]:
    """Return the label of each path (as in ``education.merging``): fields, rows, and the order of rows.

    For example 'Section "Ice in the first days", statement 3, text' and 'Order of the sections'.
    """
    return {path: joined(label) for path, label in _labels("", (), content, words)}


def joined(label: Sequence[str]) -> str:
    """Return the parts of a label as one, with a capital letter."""
    text = ", ".join(label)
    return text[:1].upper() + text[1:]


def row_label(found: RowList, row: Row, number: int, words: Mapping[str, str]) -> str:
    """Return what a row is called among its neighbours; ``number`` counts them from 1."""
    match row:
        case structure.Statement():
            name = str(number)
        case structure.Sign(code=code):
            name = code
        case _:
            name = row_title(row)
    return words[f"row.{found.noun}"].format(name=name)


def _labels(
    path: str, where: tuple[str, ...], content: structure.Content, words: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    found = row_list(content)
    for name in fields(content):
        place, word = inner(path, name), words[f"field.{name}"]
        if not found or name != found.field:
            yield place, (*where, word)
            continue
        yield place, (*where, words["order"].format(name=word))
        for number, (key, row) in enumerate(named(found, rows(content)).items(), start=1):
            label = (*where, row_label(found, row, number, words))
            yield f"{place}[{key}]", label
            yield from _labels(f"{place}[{key}]", label, row, words)
