"""Word by word, what was taken out of a text and what was put in. Pure: tokens in, parts out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

from education.tokens import Token, Tokens, text_of

Op = Literal["same", "removed", "added"]
# Below this share of words in common two lines are shown as one taken out and one put in: scattered 'the's help nobody.
_WORDS_IN_COMMON_AT_LEAST: Final = 0.25

# Two quite different lines of thousands of words would take half a minute; texts as people write them stay far below.
_PAIRS_AT_MOST: Final = 300_000


@dataclass(frozen=True)
class Part:
    """A piece of a text and what became of it. A changed number is a part of its own; no other part is a number."""

    op: Op
    text: str
    is_number: bool = False


@dataclass(frozen=True)
class _Step:
    """Tokens of the old text and those in their place in the new one; equal where nothing changed."""

    old: Tokens
    new: Tokens

    @property
    def is_same(self) -> bool:
        return self.old == self.new


def parts(old: Tokens, new: Tokens) -> tuple[Part, ...]:
    """Return both texts as one row of parts: same and removed ones make the old text, same and added ones the new."""
    return tuple(part for step in _joined(_steps(old, new)) for part in _parts(step))


def whole(op: Op, tokens: Tokens) -> tuple[Part, ...]:
    """Return a text that was put in or taken out as a whole."""
    runs = groupby(tokens, key=lambda token: (token.is_number, token if token.is_number else None))
    return tuple(Part(op, text_of(run), is_number) for (is_number, _), run in runs)


def _parts(step: _Step) -> tuple[Part, ...]:
    if step.is_same:
        return (Part("same", text_of(step.new)),)
    return (*whole("removed", step.old), *whole("added", step.new))


def _lines(tokens: Tokens) -> list[Tokens]:
    """Return the tokens line by line, each with the mark that ends it."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        lines[-1].append(token)
        if token.ends_line:
            lines.append([])
    return [tuple(line) for line in lines if line]


def _steps(old: Tokens, new: Tokens) -> Iterator[_Step]:
    """Match whole lines first, then the words of the lines between, so that equal words elsewhere do not mix in."""
    old_lines, new_lines = _lines(old), _lines(new)
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    for op, start, end, new_start, new_end in matcher.get_opcodes():
        before = tuple(token for line in old_lines[start:end] for token in line)
        after = tuple(token for line in new_lines[new_start:new_end] for token in line)
        if op == "replace":
            yield from _word_steps(before, after)
        else:
            yield _Step(before, after)


def _word_steps(old: Tokens, new: Tokens) -> list[_Step]:
    if _pairs(old, new) > _PAIRS_AT_MOST:
        return [_Step(old, new)]
    matcher = SequenceMatcher(lambda token: token.text.isspace(), old, new)
    steps = [_Step(old[start:end], new[a:b]) for _, start, end, a, b in matcher.get_opcodes()]
    in_common = sum(_words(step.old) for step in steps if step.is_same)
    if in_common < _WORDS_IN_COMMON_AT_LEAST * min(_words(old), _words(new)):
        return [_Step(old, new)]
    return steps


def _pairs(old: Tokens, new: Tokens) -> int:
    """Return how many pairs of equal tokens there are to look at, as the matcher does: without the frequent ones."""
    before, after = Counter(old), Counter(new)
    frequent = max(len(new) // 100 + 1, 3)
    return sum(number * before[token] for token, number in after.items() if number <= frequent)


def _words(tokens: Tokens) -> int:
    return sum(not token.is_mark and token.text[0].isalnum() for token in tokens)


def _joined(steps: Iterator[_Step]) -> list[_Step]:
    """Join neighbouring changes, and changes with nothing but a space or a sign between them."""
    found: list[_Step] = []
    for step in steps:
        if found and found[-1].is_same == step.is_same:
            found[-1] = _and(found[-1], step)
        elif len(found) > 1 and not step.is_same and _says_nothing(found[-1].new):
            between = found.pop()
            found[-1] = _and(found[-1], between, step)
        else:
            found.append(step)
    return found


def _says_nothing(tokens: Sequence[Token]) -> bool:
    return not any(token.is_mark or token.text[0].isalnum() for token in tokens)


def _and(*steps: _Step) -> _Step:
    return _Step(
        tuple(token for step in steps for token in step.old), tuple(token for step in steps for token in step.new)
    )
