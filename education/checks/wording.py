"""The outline of a page in headings, and pictures in words."""

from collections.abc import Iterator
from typing import Final

from education import richtext, structure
from education.checks.problem import Problem
from education.library import Library

_SECTION_LEVEL: Final = 2
_QUESTION_LEVEL: Final = 3  # the question of an answer is a heading of its own


def headings_are_in_order(library: Library) -> Iterator[Problem]:
    """Yield each heading that is more than one level below the heading before it."""
    for article in library.articles.values():
        for section in article.sections:
            level = _SECTION_LEVEL
            for place, html, level_before in _texts_in_order(section):
                level = level_before or level
                for block in richtext.to_blocks(html):
                    if block.kind in {"h3", "h4"}:
                        if int(block.kind[1]) > level + 1:
                            yield Problem("article", article.key, place, "a heading level is skipped")
                        level = int(block.kind[1])


def _texts_in_order(section: structure.Section) -> Iterator[tuple[str, str, int]]:
    """Yield the rich texts of a section with their places and the level of a heading right before, or 0."""
    yield section.anchor, section.intro, _SECTION_LEVEL
    if isinstance(section, structure.StatementsSection | structure.StepsSection | structure.FaqSection):
        level = {structure.FaqSection: _QUESTION_LEVEL, structure.StepsSection: _SECTION_LEVEL}.get(type(section), 0)
        for number, statement in enumerate(section.statements, start=1):
            yield f"{section.anchor}.{number}", statement.body, level


def figures_show_one_thing(library: Library) -> Iterator[Problem]:
    """Yield each figure that has neither a drawing nor a picture, or both."""
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.FigureSection) and bool(section.drawing) == bool(section.picture):
                message = "a figure needs a drawing or a picture" + (", not both" if section.drawing else "")
                yield Problem("article", article.key, section.anchor, message)


def drawings_have_words(library: Library) -> Iterator[Problem]:
    """Yield each figure and exercise whose drawing is not told in words, and each decoration that is."""
    for article in library.articles.values():
        for section in article.sections:
            if isinstance(section, structure.FigureSection) and (problem := _alternative_problem(section)):
                yield Problem("article", article.key, section.anchor, problem)
    for exercise in library.exercises.values():
        if not exercise.alt.strip():
            yield Problem("exercise", exercise.key, "", "the drawing has no alternative text")


def _alternative_problem(figure: structure.FigureSection) -> str:
    if figure.is_decorative and figure.alt.strip():
        return "a figure that is only decoration has alternative text: leave out one of the two"
    if not figure.is_decorative and not figure.alt.strip():
        return "a figure has no alternative text"
    return ""
