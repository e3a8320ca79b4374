"""The shape of everything the site publishes: one typed structure for content files and publications.

Content files are read into these structures, working copies are turned into them, and a Publication
stores one of them as JSON. Unknown keys are refused. Pure: knows no Django and no clock.

Rich text fields (``body``, ``intro``) hold HTML cleaned by ``education.richtext``; all others are plain text.
Durations and intervals are whole minutes; days are dates without a zone.
"""

from datetime import date
from typing import Final, Literal, get_args

import msgspec

Evidence = Literal["good", "some", "little", "against", "general"]
Phase = Literal["first_72h", "after_72h", "recovered"]
Urgency = Literal["emergency", "urgent", "soon"]
StepKind = Literal[
    "gate",
    "ice",
    "heat",
    "positioning",
    "gentle_movement",
    "medicine_talk",
    "stretch",
    "aerobic",
    "strength",
]
Purpose = Literal["stretch", "strength_back", "strength_abdomen"]
Group = Literal["home", "article", "living", "library", "site"]
SourceReading = Literal["confirmed", "reproduction", "memory"]

EVIDENCES: Final[tuple[Evidence, ...]] = get_args(Evidence)
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
STEP_KINDS: Final[tuple[StepKind, ...]] = get_args(StepKind)
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
SOURCE_READINGS: Final[tuple[SourceReading, ...]] = get_args(SourceReading)
PHASES: Final[tuple[Phase, ...]] = get_args(Phase)
URGENCIES: Final[tuple[Urgency, ...]] = get_args(Urgency)


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every structure: immutable, strict about its keys, silent about its defaults."""


class Source(Content, frozen=True, kw_only=True):
    """One reference: how it was read, and the day it was last compared with the original."""

    key: str  # "R6"
    organisation: str  # authors or body
    title: str
    year: int | None = None
    publication: str = ""  # journal, volume and pages, or series
    doi: str = ""
    url: str = ""
    reading: SourceReading
    confirmed_on: date | None = None
    note: str = ""


class Term(Content, frozen=True, kw_only=True):
    """One glossary entry. ``forms`` are linked in the text; ``also`` are lay words that only the search knows."""

    key: str
    name: str
    meaning: str
    forms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Sign(Content, frozen=True, kw_only=True):
    """One sign on a care card: a line in 'you' wording, when to act, and the words people search for."""

    code: str  # E1-E11, C1-C16
    text: str
    when: str = ""
    why: str = ""
    words: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class CareCard(Content, frozen=True, kw_only=True):
    """An urgency card. The emergency card alone carries the two numbers; empty means none has been published."""

    key: str
    urgency: Urgency
    title: str
    lead: str = ""
    signs: tuple[Sign, ...]
    after: tuple[str, ...] = ()
    carers: str = ""
    emergency_number: str = ""
    crisis_line: str = ""
    words: tuple[str, ...] = ()  # searched for, though no sign names them


class CareStep(Content, frozen=True, kw_only=True):
    """One row of the care protocol. An interval counts from start to start; None means 'not timed'."""

    key: str  # "ice_on_back", stable for ever
    row: str  # "P1"
    phases: tuple[Phase, ...]
    kind: StepKind
    title: str
    instruction: str
    duration_minutes: int
    duration_from_minutes: int | None = None  # the low end of a range
    interval_minutes: int | None = None
    interval_to_minutes: int | None = None  # the high end of a range
    limit_per_day: int | None = None
    days_per_week: int | None = None
    timing: str = ""  # what numbers cannot say: "once an episode"
    cautions: tuple[str, ...] = ()
    evidence: Evidence | None = None
    nuance: str = ""  # one sentence after the evidence label
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    numbers_from: str = ""  # where the numbers come from: the article, published advice, a site limit


class Protocol(Content, frozen=True, kw_only=True):
    """All care steps, published as one."""

    key: str
    steps: tuple[CareStep, ...]

    def step(self, key: str) -> CareStep | None:
        """Return the step with this key, or None."""
        return next((step for step in self.steps if step.key == key), None)


class Exercise(Content, frozen=True, kw_only=True):
    """One exercise with its drawing and its cautions."""

    key: str  # slug in the address
    code: str  # "X1"
    name: str
    summary: str
    purpose: Purpose
    phase: Phase  # from which phase on
    phase_note: str = ""
    position: str
    steps: tuple[str, ...]
    hold: str
    repetitions: str
    days_per_week: str
    stop_when: str
    not_if: str
    drawing: str
    alt: str
    sources: tuple[str, ...] = ()


class Statement(Content, frozen=True, kw_only=True):
    """One thing the site says that needs support. ``lead`` is a question (FAQ) or an action (steps).

    ``key`` stays with it wherever it moves in its section, so that two editors' texts can be told apart.
    """

    body: str
    key: str = ""
    lead: str = ""
    evidence: Evidence | None = None
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class _Section(Content, frozen=True, kw_only=True):
    anchor: str
    heading: str
    intro: str = ""


class TextSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Rich text that claims nothing by itself (its words stand in ``intro``)."""


class StatementsSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="statements"):
    """Supported statements, read as running text."""

    statements: tuple[Statement, ...]


class StepsSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="steps"):
    """Numbered steps; each statement's lead is the action."""

    statements: tuple[Statement, ...]


class FaqSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="faq"):
    """Questions and answers; each statement's lead is the question."""

    statements: tuple[Statement, ...]


class CardSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="card"):
    """One care card, by its key."""

    card: str


class ProtocolSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="protocol"):
    """The care steps of one phase."""

    phase: Phase


class ExercisesSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="exercises"):
    """Exercises by key. A plan must pair back strength with abdominal strength (claim S56)."""

    exercises: tuple[str, ...]
    is_plan: bool = False


class FigureSection(_Section, frozen=True, kw_only=True, tag_field="kind", tag="figure"):
    """A drawing of the site or a picture of the library, its alternative text, and a numbered key in real text.

    ``picture`` is the SHA-256 of its bytes; its width and height are CSS pixels. A decorative one has no alternative
    text.
    """

    drawing: str = ""
    picture: str = ""
    picture_width: int = 0
    picture_height: int = 0
    is_decorative: bool = False
    alt: str = ""
    caption: str = ""
    labels: tuple[str, ...] = ()


Section = (
    TextSection
    | StatementsSection
    | StepsSection
    | FaqSection
    | CardSection
    | ProtocolSection
    | ExercisesSection
    | FigureSection
)


class Article(Content, frozen=True, kw_only=True):
    """One page. ``reviewed_on`` and the reviewer stay empty until a named clinician has reviewed the whole page."""

    key: str  # slug of the address
    title: str
    nav_title: str = ""
    summary: str
    description: str
    group: Group
    is_safety: bool = False
    has_leaflet: bool = False
    related: tuple[str, ...] = ()
    position: int = 0  # order in lists and in the navigation
    sections: tuple[Section, ...]
    written_on: date | None = None
    review_due_on: date | None = None
    reviewed_on: date | None = None
    reviewer: str = ""
    reviewer_role: str = ""


Publishable = Source | Term | Exercise | CareCard | Protocol | Article

SECTION_KINDS: Final = ("text", "statements", "steps", "faq", "card", "protocol", "exercises", "figure")


def kind_of(section: Section) -> str:
    """Return the kind of a section as it is written in files and stored."""
    return str(section.__struct_config__.tag)
