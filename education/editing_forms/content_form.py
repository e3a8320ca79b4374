"""The form of a whole content: its own fields and its rows. Made from a content structure, gives one."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Self

import msgspec
from django import forms
from django.forms.widgets import Script
from django.http import QueryDict
from django.utils.functional import cached_property

from education import content_files, structure
from education.editing_forms import problems
from education.editing_forms.choices import Choices
from education.editing_forms.fields import Text
from education.editing_forms.main_form import MainForm
from education.editing_forms.problems import FieldError
from education.editing_forms.rows import NO_MORE_ROWS, ROWS_IN_ALL_AT_MOST, TOO_MANY_ROWS, Rows, rows_in

ADD: Final = "_add-"
KIND: Final = "_kind-"
_STYLES: Final[Any] = {"all": ["admin/css/forms.css", "css/editor.css"]}
_SCRIPTS: Final = ("row_list", "key_picker", "draft_keeper", "clear_drafts")
# These ask about a content that has been saved before.
_SCRIPTS_OF_SAVED: Final = ("live_checks", "preview_panel")


class ContentForm:
    """Base: one for each kind of content. Asks no database and saves nothing.

    Without ``data`` it shows ``content``; with ``data`` it shows and checks what was posted. What no field shows (a
    page's reviewer, an existing key) is carried over from ``content``.
    """

    main_form: ClassVar[type[MainForm]]
    rows_form: ClassVar[type[Rows] | None] = None
    rows_name: ClassVar[str] = ""
    rows_heading: ClassVar[Text] = ""
    type_: ClassVar[type[structure.Publishable]]

    def __init__(
        self,
        content: structure.Publishable | None,
        choices: Choices,
        data: QueryDict | None = None,
        *,
        is_new: bool = False,
    ) -> None:
        self.base, self.choices, self.data = content, choices, data
        self.is_new = is_new or content is None
        initial = msgspec.structs.asdict(content) if content is not None else {}
        self.main = self.main_form(
            data, initial=self.main_initial(initial), base=content, choices=choices, is_new=self.is_new
        )
        self.rows = self._make_rows(data, initial)

    def _make_rows(self, data: QueryDict | None, initial: Mapping[str, Any]) -> Rows | None:
        if self.rows_form is None:
            return None
        too_many = data is not None and rows_in(data) > ROWS_IN_ALL_AT_MOST
        # Posted rows stand for themselves: the content may have other rows by now than when the form was made.
        posted = None if too_many else data
        shown = [self.row_initial(row) for row in initial.get(self.rows_name, ())] if posted is None else None
        rows = self.rows_form(posted, prefix=self.rows_name, initial=shown, form_kwargs={"choices": self.choices})
        rows.trouble = str(TOO_MANY_ROWS) if too_many else ""
        return rows

    @property
    def is_bound(self) -> bool:
        """Whether the form shows what was posted."""
        return self.data is not None

    def main_initial(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the main fields begin with, from the fields of the structure."""
        return values

    def row_initial(self, row: Any) -> dict[str, Any]:
        """Return what the form of a row begins with."""
        values: dict[str, Any] = msgspec.structs.asdict(row)
        return values

    def is_valid(self) -> bool:
        """Whether everything that was posted can be saved."""
        are_rows_valid = self.rows is None or self.rows.is_valid()
        return self.main.is_valid() and are_rows_valid

    def content(self) -> structure.Publishable:
        """Return the content that the form says, cleaned and tidied; the same one at each call.

        Raises ValueError for a form that is not valid.
        """
        if not self.is_valid():
            raise ValueError("the form is not valid")
        return self._content

    @cached_property
    def _content(self) -> structure.Publishable:
        carried = msgspec.structs.asdict(self.base) if self.base is not None else {}
        values = {**carried, **self.main.values()}
        if self.rows is not None:
            values[self.rows_name] = self.rows.contents()
        return content_files.tidy(self.type_(**values))

    def has_changed(self) -> bool:
        """Whether the form says, or tries to say, something else than the content it was made with."""
        if self.data is None:
            return False
        return not self.is_valid() or self.base is None or self.content() != content_files.tidy(self.base)

    @property
    def errors(self) -> list[FieldError]:
        """Everything that is wrong, in the order it is shown."""
        return list(self._problems())

    def _problems(self) -> Iterator[FieldError]:
        yield from problems.of_form(self.main, target="editor")
        if self.rows is not None:
            yield from self.rows.problems()

    @property
    def unseen_errors(self) -> list[str]:
        """The messages of the main fields that no field shows."""
        return problems.unseen(self.main)

    @property
    def media(self) -> forms.Media:
        """The scripts and styles of the screen and of all widgets."""
        names = _SCRIPTS if self.is_new else (*_SCRIPTS, *_SCRIPTS_OF_SAVED)
        scripts: Any = [Script(f"js/editor/{name}.js", type="module") for name in names]
        rows = self.rows.media if self.rows is not None else forms.Media()
        return forms.Media(css=_STYLES, js=scripts) + self.main.media + rows

    @property
    def lists(self) -> dict[str, Mapping[str, str]]:
        """What the inputs for keys offer: a name, and keys with their labels."""
        return {
            "sources": self.choices.sources,
            "exercises": self.choices.exercises,
            "articles": self.choices.articles,
        }

    def with_added(self, prefix: str, kind: str = "") -> Self:
        """Return this posted form with one more empty row in the list ``prefix``, or itself if it has no such list.

        ``kind`` may be left out where rows are of one kind.
        """
        rows = next((rows for rows in self._lists() if rows.prefix == prefix), None)
        if rows is None or self.data is None:
            return self
        kind = kind or next(iter(rows.addable))
        if kind not in rows.addable:
            return self
        data = self.data.copy()
        if rows_in(data) >= ROWS_IN_ALL_AT_MOST:
            return self._without_more(data)
        for name, value in rows.added(kind).items():
            data[name] = value
        return type(self)(self.base, self.choices, data, is_new=self.is_new)

    def _without_more(self, data: QueryDict) -> Self:
        full = type(self)(self.base, self.choices, data, is_new=self.is_new)
        if full.rows is not None:
            full.rows.trouble = full.rows.trouble or str(NO_MORE_ROWS)
        return full

    def _lists(self) -> Iterator[Rows]:
        if self.rows is not None:
            yield from self.rows.lists()


def wanted_row(data: QueryDict) -> tuple[str, str] | None:
    """Return the list and the kind of row that a pressed 'Add' button asks for, as ``with_added`` takes them."""
    prefix = next((name.removeprefix(ADD) for name in data if name.startswith(ADD)), None)
    return None if prefix is None else (prefix, data.get(f"{KIND}{prefix}", ""))
