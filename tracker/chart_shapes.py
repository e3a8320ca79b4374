"""The shapes that charts are made of, in whole SVG units, and where a value stands in a drawing. No framework."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Literal, TypeVar

from tracker.course import Span

# Width and height of the desktop and the phone drawing.
WIDE: Final = (540, 290)
NARROW: Final = (320, 270)
TOP_SCORE: Final = 10
MOST_POINTS: Final = 120
# Two labels nearer than this would run into each other.
LABEL_WIDTH: Final = 22
LABEL_HEIGHT: Final = 24

Row = TypeVar("Row")
Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class GridLine:
    """A level line and its value."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A rectangle ('night', 'range', 'bar-c'), the polygon ``points``, or without height the label alone ('words')."""

    css_class: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    label: str = ""
    points: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as SVG path data."""

    css_class: str
    path: str


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a line; ``label`` is what to print above it, mostly nothing."""

    x: int
    y: int
    label: str
    css_class: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The middle of a small sign in a lane below the line."""

    x: int
    y: int
    css_class: str


@dataclass(frozen=True, slots=True)
class XLabel:
    """Words below the drawing."""

    x: int
    label: str
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing of one width."""

    width: int
    height: int
    gridlines: tuple[GridLine, ...]
    bands: tuple[Band, ...] = ()
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()
    marks: tuple[Mark, ...] = ()
    x_labels: tuple[XLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """First and last value of one measure, for a sentence; ``span`` is None for a single score."""

    measure: Literal["pain_now", "pain_average", "function"]
    first: float
    last: float
    count: int
    span: Span | None


@dataclass(frozen=True, slots=True)
class Figure(Generic[Row]):
    """A chart at two widths, its summary in parts, and everything for its table, oldest first.

    ``better`` says which way is good news. ``left_out`` counts rows that are in the table but not drawn.
    """

    wide: Chart
    narrow: Chart
    better: Better
    summaries: tuple[Summary, ...]
    rows: tuple[Row, ...]
    left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the patient has nothing to draw yet, so that the page says so in words."""
        return not self.rows


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawing's size and the rectangle inside it where values stand, ``top_value`` being its upper edge."""

    width: int
    height: int
    top_value: float
    right_margin: int = 16

    # Room for '10' before the gridlines, for a label above the highest point, for two lanes and the words below.
    left: ClassVar[int] = 30
    top: ClassVar[int] = 32
    below: ClassVar[int] = 62
    inset: ClassVar[int] = 8

    @property
    def bottom(self) -> int:
        """Where the value 0 stands."""
        return self.height - self.below

    @property
    def first_x(self) -> int:
        """Where the first value stands."""
        return self.left + self.inset

    @property
    def last_x(self) -> int:
        """Where the last value stands."""
        return self.width - self.right_margin - self.inset

    def x(self, share: float) -> int:
        """Return where a share of the whole time stands; below 0 and above 1 stand at the edge."""
        return round(self.first_x + min(max(share, 0), 1) * (self.last_x - self.first_x))

    def y(self, value: float) -> int:
        """Return where a value stands; what is below 0 or above the top value stands at the edge."""
        share = min(max(value / self.top_value, 0), 1)
        return round(self.bottom - share * (self.bottom - self.top))

    def gridlines(self, labels: Sequence[str]) -> tuple[GridLine, ...]:
        """Return the lines at nothing, half and the top value."""
        values = (0, self.top_value / 2, self.top_value)
        return tuple(GridLine(self.y(value), label) for value, label in zip(values, labels, strict=True))


@dataclass(frozen=True, slots=True)
class Dot:
    """A value to draw: its share of the whole time (0 to 1), and the line it is on."""

    share: float
    value: float
    line: int


def thinned(dots: Sequence[Dot], most: int = MOST_POINTS) -> list[Dot]:
    """Return at most ``most`` of the dots in their order: the first, the last, and the lows and highs between."""
    if len(dots) <= most:
        return list(dots)
    inner = range(1, len(dots) - 1)
    buckets = (most - 2) // 2
    kept = {0, len(dots) - 1}
    for bucket in range(buckets):
        part = inner[bucket * len(inner) // buckets : (bucket + 1) * len(inner) // buckets]
        kept |= {min(part, key=lambda i: dots[i].value), max(part, key=lambda i: dots[i].value)}
    return [dots[i] for i in sorted(kept)]


def words_at(x: int, baseline: int, words: str) -> Band:
    """Return words standing free: a band without height is not drawn, only its label, 20 units below its edge."""
    return Band("words", x - 14, baseline - 20, 28, 0, words)


def path_of(places: Iterable[tuple[int, int]]) -> str:
    """Return SVG path data through the places, or nothing for fewer than two."""
    corners = [f"{x} {y}" for x, y in places]
    return "M" + "L".join(corners) if len(corners) > 1 else ""


def number(value: float) -> str:
    """Return a score as it is printed on a chart: whole, or with one decimal."""
    rounded = round(value, 1)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def draw_lines(
    paper: Paper, dots: Sequence[Dot], kinds: Sequence[str], *, scale: int = 1
) -> tuple[tuple[Line, ...], tuple[Point, ...]]:
    """Return the lines and points of dots in order of time, the first and last value labelled.

    ``kinds`` gives each line what distinguishes it: '' for the average, 'now' or 'f'. Dots of two lines are never
    joined, even when they alternate. Labels print the value divided by ``scale``.
    """
    drawn = thinned(dots)
    lines = []
    for index, kind in enumerate(kinds):
        if path := path_of((paper.x(dot.share), paper.y(dot.value)) for dot in drawn if dot.line == index):
            lines.append(Line(_line_class(kind), path))
    return tuple(lines), tuple(_points(paper, drawn, kinds, scale))


def _line_class(kind: str) -> str:
    return "ln-f" if kind == "f" else f"ln-p {kind}".rstrip()


def _points(paper: Paper, drawn: Sequence[Dot], kinds: Sequence[str], scale: int) -> list[Point]:
    points = []
    for place, dot in enumerate(drawn):
        is_last = place == len(drawn) - 1
        css_class = " ".join(word for word in ("pt", kinds[dot.line], "end" if is_last else "") if word)
        label = number(dot.value / scale) if is_last or place == 0 else ""
        points.append(Point(paper.x(dot.share), paper.y(dot.value), label, css_class))
    if len(points) > 1 and labels_collide((points[0].x, points[0].y), (points[-1].x, points[-1].y)):
        points[0] = Point(points[0].x, points[0].y, "", points[0].css_class)
    return points


def labels_collide(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether labels above these two places would run into each other."""
    return abs(one[0] - other[0]) < LABEL_WIDTH and abs(one[1] - other[1]) < LABEL_HEIGHT


def spaced(places: Iterable[int], least: int) -> list[int]:
    """Return the places, in order, that stand at least so far apart; nearer ones are left out."""
    kept: list[int] = []
    for place in sorted(places):
        if not kept or place - kept[-1] >= least:
            kept.append(place)
    return kept
