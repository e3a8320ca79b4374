"""A stand-in for the editing screen: the markup its scripts expect, under the real site's address, files and policy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from django.template import Context, Template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from playwright.sync_api import Page, Route

from education.rich_text_widget import RichTextWidget
from tests.site_process import SiteProcess

SCRIPTS: Final = (
    "js/editor/rich_text.js",
    "js/editor/row_list.js",
    "js/editor/key_picker.js",
    "js/editor/draft_keeper.js",
    "js/editor/clear_drafts.js",
    "js/editor/live_checks.js",
    "js/editor/preview_panel.js",
    "js/editor/zone.js",
)
ADDRESS: Final = "/admin/education/harness/"
_SCREEN: Final = Path(__file__).with_name("editor_harness.html")

# Tools, plain fields and title of one row; its own fields and perhaps an inner list follow.
_ROW: Final = """<li data-row>
<div class="row-head"><span data-row-title>{title}</span>
<span class="row-tools" data-tools hidden>
<button type="button" data-drag aria-hidden="true" tabindex="-1"></button>
<button type="button" data-up>Move up</button><button type="button" data-down>Move down</button>
<button type="button" data-remove aria-pressed="false">Remove</button></span></div>
<div data-plain><label for="id_{prefix}-ORDER">Place</label>
<input type="number" id="id_{prefix}-ORDER" name="{prefix}-ORDER" value="{order}">
<label for="id_{prefix}-DELETE">Remove</label>
<input type="checkbox" id="id_{prefix}-DELETE" name="{prefix}-DELETE"></div>
{fields}</li>"""
_SECTION_FIELDS: Final = """<p><label for="id_{prefix}-heading">Heading</label>
<input id="id_{prefix}-heading" name="{prefix}-heading" value="{heading}"></p>
<row-list data-prefix="{prefix}-statements">
<input type="hidden" name="{prefix}-statements-TOTAL_FORMS" value="{total}">
<ol data-rows>{statements}</ol>
<div class="row-add" data-add-tools hidden><button type="button" data-add="statement">Add a statement</button>
<template data-row-template="statement">{empty}</template><p class="vh" role="status" data-said></p></div>
</row-list>"""
_STATEMENT_FIELDS: Final = """<div><label for="id_{prefix}-body">Text</label>{body}</div>
<div><label for="id_{prefix}-sources">Sources</label>
<key-picker data-list="sources"><input id="id_{prefix}-sources" name="{prefix}-sources" value="{sources}"></key-picker>
</div>"""


def statement_row(prefix: str, number: int | str, body: str = "", sources: str = "") -> SafeString:
    """Return the row of one statement; ``number`` counts from 0 or is ``__prefix__``."""
    prefix = f"{prefix}-{number}"
    area = RichTextWidget().render(f"{prefix}-body", body, {"id": f"id_{prefix}-body", "rows": 4})
    fields = format_html(_STATEMENT_FIELDS, prefix=prefix, body=area, sources=sources)
    title = f"Statement {number + 1}" if isinstance(number, int) else "New statement"
    return format_html(_ROW, title=title, prefix=prefix, order=_order(number), fields=fields)


def section_row(number: int | str, heading: str = "", bodies: Sequence[str] = ()) -> SafeString:
    """Return the row of one section with one statement for each body, each supported by two sources."""
    prefix = f"sections-{number}"
    inner = f"{prefix}-statements"
    rows = [statement_row(inner, place, body, "R6 R7") for place, body in enumerate(bodies)]
    fields = format_html(
        _SECTION_FIELDS,
        prefix=prefix,
        heading=heading,
        total=len(rows),
        statements=SafeString("".join(rows)),
        empty=statement_row(inner, "__prefix__"),
    )
    return format_html(_ROW, title=heading or "New section", prefix=prefix, order=_order(number), fields=fields)


def _order(number: int | str) -> int | str:
    return number + 1 if isinstance(number, int) else ""


def screen(sections: Sequence[tuple[str, Sequence[str]]], summary: str = "<p>Ice first.</p>", **values: Any) -> str:
    """Return the whole page: a title, a summary, and ``sections`` of (heading, statements)."""
    hinted = {"id": "id_summary", "aria-describedby": "id_summary_help"}
    context = {
        "title": "Treatment",
        "base": "a1",
        "scripts": SCRIPTS,
        "summary": RichTextWidget().render("summary", summary, hinted),
        "sections": [section_row(number, *section) for number, section in enumerate(sections)],
        "empty_section": section_row("__prefix__"),
        **values,
    }
    return Template(_SCREEN.read_text()).render(Context(context))


@dataclass
class EditingScreen:
    """Answers the browser's requests for the editing screen; everything else comes from the site itself."""

    page: Page
    site: SiteProcess
    html: str = ""
    checks: tuple[int, str] = (200, "<h2>Checks</h2><p>Nothing to say.</p>")
    preview: str = "<!DOCTYPE html><html lang=en><title>Preview</title><h1>As readers see it</h1>"
    posts: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        headers = self.site.get(ADDRESS)[1]
        self._policy = headers["Content-Security-Policy"]
        self.page.route(f"**{ADDRESS}**", self._answer)

    def open(self, *sections: tuple[str, Sequence[str]], **values: Any) -> None:
        """Show the screen; it is answered to every later GET and POST of the address too."""
        self.html = screen(sections, **values)
        self.page.goto(ADDRESS)

    def posted(self, place: str = "") -> list[tuple[str, str]]:
        """Return the fields last sent to the screen, or to its ``checks/`` or ``preview/``."""
        return [fields for path, fields in self.posts if path == f"{ADDRESS}{place}"][-1]

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(self.site.url)
        if request.method == "POST":
            self.posts.append((path, _fields(request.post_data or "", request.headers["content-type"])))
        status, body, policy, frame = 200, self.html, self._policy, "DENY"
        if path.endswith("checks/"):
            status, body = self.checks
        elif path.endswith("preview/"):
            body, frame = self.preview, "SAMEORIGIN"
            policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        headers = {"Content-Security-Policy": policy, "X-Frame-Options": frame, "Content-Type": "text/html"}
        route.fulfill(status=status, body=body, headers=headers)


def _fields(body: str, kind: str) -> list[tuple[str, str]]:
    if "boundary=" not in kind:
        return parse_qsl(body, keep_blank_values=True)
    parts = body.split(f"--{kind.partition('boundary=')[2]}")[1:-1]
    pairs = (part.strip("\r\n").partition("\r\n\r\n") for part in parts)
    return [(head.partition('name="')[2].partition('"')[0], value) for head, _, value in pairs]
