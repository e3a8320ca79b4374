"""Rows and lists of rows: sections, statements, signs, care steps. Django's formsets, with keys, kinds and order."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME, TOTAL_FORM_COUNT, BaseFormSet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from education.editing_forms import problems
from education.editing_forms.choices import Choices
from education.editing_forms.fields import Text
from education.editing_forms.from_models import EditorForm

PREFIX: Final = "__prefix__"
ROWS_AT_MOST: Final = 60  # three times what any list has
# Rows of all lists of a form together: eight times what the largest page has. Lists in lists would multiply.
ROWS_IN_ALL_AT_MOST: Final = 200
TOO_MANY_ROWS: Final = _(
    "There are too many rows: a page has 200 at most. The rows below are those you began with, not those you sent."
)
NO_MORE_ROWS: Final = _("No row was added: a page has 200 rows at most.")
_COUNT: Final = forms.IntegerField(required=False)  # reads a count just as Django's own management form does


def as_place(key: str) -> str:
    """Return a row's key as the name of its place, or nothing where what was posted cannot be one."""
    return key if slug_re.match(key) else ""


def rows_in(data: QueryDict) -> int:
    """Return how many rows of all lists together would be built of what was posted. Builds none."""
    names = (name for name in data if name.endswith(f"-{TOTAL_FORM_COUNT}"))
    return sum(_count(data.get(name)) for name in names)


def _count(posted: object) -> int:
    try:
        found: int = _COUNT.clean(posted) or 0
    except ValidationError:
        return 0  # the list says so itself
    return min(max(found, 0), ROWS_AT_MOST)


class RowForm(EditorForm):
    """One row. Its key, hidden once it has one, tells rows apart when the texts of two editors are merged.

    ``is_existing`` says that the row came with the content and not from a button.
    """

    template: ClassVar[str]
    key_name: ClassVar[str]
    # Fields that say nothing by themselves: a row with no other word in it is empty.
    silent: ClassVar[frozenset[str]] = frozenset({ORDERING_FIELD_NAME, DELETION_FIELD_NAME})

    def __init__(self, *args: Any, choices: Choices, kind: str = "", is_existing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.kind, self.is_existing = choices, kind, is_existing
        self.add(self.make_fields())
        self.nested = self.make_nested()
        self.place = ""  # where checks say a problem is; set by the list

    def make_fields(self) -> dict[str, forms.Field]:
        """Return the fields of this row."""
        raise NotImplementedError

    def make_nested(self) -> "Rows | None":
        """Return the list of rows inside this row, if there is one."""
        return None

    def content(self) -> Any:
        """Return the structure that this row says, of a valid row."""
        raise NotImplementedError

    @property
    def row_title(self) -> str:
        """What an editor knows the row by. Not ``title``: a template would take the field of that name."""
        raise NotImplementedError

    @property
    def row_id(self) -> str:
        """The id of the row's element."""
        return f"row-{self.prefix}"

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields to fill in, without order and removal."""
        return [field for field in self.visible_fields() if field.name not in RowForm.silent]

    @property
    def unseen_errors(self) -> list[str]:
        """The messages that no field shows."""
        return problems.unseen(self)

    @property
    def is_open(self) -> bool:
        """Whether the row is shown unfolded: it is new, or something is wrong in it."""
        return not self.is_existing or (self.is_bound and not self.is_valid())

    @property
    def is_removed(self) -> bool:
        """Whether the row is marked to be removed."""
        return self.is_bound and bool(self[DELETION_FIELD_NAME].data)

    @property
    def number(self) -> float:
        """The place that the form asks for; rows without one come last."""
        try:
            return int(self[ORDERING_FIELD_NAME].value())
        except (TypeError, ValueError):
            return float("inf")

    def typed(self, name: str) -> str:
        """Return what stands in a field, checked or not."""
        return str(self[name].value() or "") if name in self.fields else ""

    def is_valid(self) -> bool:
        """Whether this row and the rows inside it hold nothing wrong."""
        is_nested_valid = self.nested is None or self.nested.is_valid()
        return super().is_valid() and is_nested_valid

    def has_changed(self) -> bool:
        """Whether the row says anything that it did not say before."""
        said = set(self.changed_data) - self.silent
        return bool(said) or (self.nested is not None and self.nested.has_changed())

    def problems(self) -> Iterator[problems.FieldError]:
        """Yield what is wrong in this row and inside it."""
        yield from problems.of_form(self, target=self.row_id, row=self.row_title)
        if self.nested is not None:
            yield from self.nested.problems()


@dataclass(frozen=True)
class Blank:
    """An empty row to copy: which kind, the words of the button that adds it, and the row."""

    kind: str
    words: Text
    row: RowForm


class Rows(BaseFormSet):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """A list of rows, in the order that the ORDER fields say.

    A row marked for removal is not checked. A row that was added and left empty does not count.
    """

    form: Any
    prefix: str
    extra = 0
    can_order = can_delete = can_delete_extra = True
    min_num = 0
    max_num = absolute_max = ROWS_AT_MOST
    validate_min = False
    validate_max = True
    renderer = None
    trouble: str = ""  # what is wrong with the list besides what its rows show
    error_messages: dict[str, Any]
    default_error_messages: ClassVar[Any] = {
        "missing_management_form": _("This list did not arrive whole. Reload the page and try again."),
        "too_many_forms": ngettext_lazy(
            "There are too many rows: the most is %(num)d.", "There are too many rows: the most is %(num)d.", "num"
        ),
    }

    @property
    def addable(self) -> Mapping[str, Text]:
        """The kinds of row that can be added, each with the words of its button."""
        raise NotImplementedError

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Tell each row whether it came with the content."""
        is_existing = index is not None and index < self.initial_form_count()
        return {**super().get_form_kwargs(index), "is_existing": is_existing}

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the fields that move and remove a row."""
        super().add_fields(form, index)
        order, delete = form.fields[ORDERING_FIELD_NAME], form.fields[DELETION_FIELD_NAME]
        order.label, delete.label = _("Place in the list"), _("Remove this")
        order.widget.attrs["class"] = "vIntegerField"

    @property
    def list_id(self) -> str:
        """The id of the list's element."""
        return f"list-{self.prefix}"

    @property
    def is_blank(self) -> bool:
        """Whether the list stands in an empty row that is there to be copied."""
        return PREFIX in self.prefix

    @cached_property
    def in_order(self) -> list[RowForm]:
        """The rows as they are to be shown."""
        rows: list[RowForm] = sorted(self.forms, key=lambda row: row.number)
        kept = (row for row in rows if not row.is_removed)
        for count, row in enumerate(kept, start=1):
            row.place = self.place_of(row, count)
        return rows

    def place_of(self, row: RowForm, count: int) -> str:
        """Return where checks say a problem of this row is; ``count`` is its place among the rows that stay."""
        return as_place(row.typed(row.key_name))

    def blank(self, kind: str) -> RowForm:
        """Return an empty row of a kind, to be copied."""
        values = {
            **self.get_form_kwargs(None),
            "kind": kind,
            "auto_id": self.auto_id,
            "prefix": self.add_prefix(PREFIX),
            "empty_permitted": True,
            "use_required_attribute": False,
        }
        row: RowForm = self.form(**values)
        self.add_fields(row, None)
        return row

    @cached_property
    def blanks(self) -> list[Blank]:
        """An empty row of each kind."""
        return [Blank(kind, words, self.blank(kind)) for kind, words in self.addable.items()]

    @property
    def media(self) -> forms.Media:
        """What the widgets of any kind of row need."""
        return sum((blank.row.media for blank in self.blanks), forms.Media())

    def added(self, kind: str) -> dict[str, str]:
        """Return the form data that make one more, empty row."""
        index = self.total_form_count()
        values = {f"{self.prefix}-{TOTAL_FORM_COUNT}": str(index + 1)}
        row = self.form(**{**self.get_form_kwargs(None), "kind": kind, "prefix": self.add_prefix(index)})
        values |= {field.html_name: str(field.value() or "") for field in row.hidden_fields()}
        if row.nested is not None:
            form = row.nested.management_form
            values |= {field.html_name: str(field.value()) for field in form}
        return values

    def full_clean(self) -> None:
        """Check the rows, and name the trouble."""
        super().full_clean()
        if self.trouble:
            self.non_form_errors().append(self.trouble)

    def clean(self) -> None:
        """Refuse a list that lost rows on its way, and keys that stand twice."""
        if self.total_form_count() < self.initial_form_count():
            raise ValidationError(self.error_messages["missing_management_form"])
        self.refuse_twice(self.form.key_name)

    def refuse_twice(self, name: str) -> None:
        """Add an error to every row whose field ``name`` says what another row's says."""
        rows = [row for row in self.forms if not row.is_removed]
        count = Counter(row.cleaned_data.get(name, "") for row in rows)
        for row in rows:
            value = row.cleaned_data.get(name, "")
            if value and count[value] > 1:
                row.add_error(None, _("%(value)s stands twice in this list.") % {"value": value})

    def contents(self) -> tuple[Any, ...]:
        """Return the structures of the rows that stay, in order, of a valid list."""
        return tuple(row.content() for row in self.ordered_forms)

    def lists(self) -> Iterator["Rows"]:
        """Yield this list and every list inside its rows."""
        yield self
        for row in self.forms:
            if row.nested is not None:
                yield from row.nested.lists()

    def problems(self) -> Iterator[problems.FieldError]:
        """Yield what is wrong in this list, in the order it is shown."""
        for message in self.non_form_errors():
            yield problems.FieldError(str(message), "", self.list_id)
        for row in self.in_order:
            if not row.is_removed:
                yield from row.problems()
