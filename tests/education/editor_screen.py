"""Renders an editing screen and reads from it what a browser would post."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from xml.etree.ElementTree import Element

import html5lib
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory

from education import checks, content_files, structure
from education.contents import kind_of
from education.editing_forms import EDITORS, Choices, ContentForm
from education.models import Article

PICTURE: Final = "ab" * 32


def choices_of(contents: checks.Library, **others: Any) -> Choices:
    """Return what the forms may name if these contents are all there is."""
    values = {
        "sources": {key: f"{source.organisation}, {source.year}" for key, source in contents.sources.items()},
        "cards": {key: card.title for key, card in contents.cards.items()},
        "exercises": {key: exercise.name for key, exercise in contents.exercises.items()},
        "articles": {key: article.title for key, article in contents.articles.items()},
        "pictures": {PICTURE: ("A chair", 800, 600)},
        "drawings": {name: name.replace("-", " ") for name in _drawings(contents)},
        "reserved_slugs": frozenset({"search", "tracker", "admin"}),
    }
    return Choices(**{**values, **others})


def _drawings(contents: checks.Library) -> Iterator[str]:
    yield from (exercise.drawing for exercise in contents.exercises.values())
    for article in contents.articles.values():
        yield from (section.drawing for section in article.sections if isinstance(section, structure.FigureSection))


def form_of(content: structure.Publishable, choices: Choices, data: QueryDict | None = None) -> ContentForm:
    """Return the form of a content."""
    return EDITORS[kind_of(content)](content, choices, data)


def screen(form: ContentForm, **context: Any) -> str:
    """Return the whole editing screen of a form."""
    request = RequestFactory().get("/", headers={"host": settings.SITE_URL.netloc})
    request.user = AnonymousUser()
    values = {"form": form, "opts": Article._meta, "title": "Treatment", "draft_key": "article:x", "can_save": True}
    return render_to_string("admin/education/editor/form.html", {**values, **context}, request)


def tree(html: str) -> Element:
    """Return the document, strictly parsed."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    document: Element = parser.parse(html)
    return document


def posted(html: str) -> QueryDict:
    """Return what a browser posts when the form of the screen is sent as it is, without script."""
    form = next(element for element in tree(html).iter("form") if element.get("id") == "editor")
    data = QueryDict(mutable=True)
    for name, value in _entries(form):
        data.appendlist(name, value)
    return data


@cache
def library() -> checks.Library:
    """Return the first edition."""
    return content_files.read()


@cache
def _as_shown(kind: str, key: str) -> QueryDict:
    everything = library().everything()
    content = next(each for each in everything if (kind_of(each), each.key) == (kind, key))
    return posted(screen(form_of(content, choices_of(library()))))


def sent(content: structure.Publishable, changes: Mapping[str, str | None], **others: Any) -> ContentForm:
    """Return the form of a content of the first edition, posted as shown but for ``changes``; None takes a field out.

    ``others`` are fields of ``Choices``.
    """
    data = _as_shown(kind_of(content), content.key).copy()
    for name, value in changes.items():
        if value is None:
            del data[name]
        else:
            data[name] = value
    return form_of(content, choices_of(library(), **others), data)


def added_by_script(html: str, prefix: str, kind: str, index: int) -> QueryDict:
    """Return the fields of a row made from the template of the list, as the script makes it."""
    rows = next(element for element in tree(html).iter("row-list") if element.get("data-prefix") == prefix)
    templates = (element for element in rows.findall("div/template") if element.get("data-row-template") == kind)
    row = next(iter(next(templates)))
    data = QueryDict(mutable=True)
    for name, value in _entries(row):
        data[name.replace(f"{prefix}-__prefix__", f"{prefix}-{index}")] = value
    return data


def _entries(element: Element) -> Iterator[tuple[str, str]]:
    if element.tag == "template":
        return
    name = element.get("name")
    if name and element.get("disabled") is None:
        yield from ((name, value) for value in _values(element))
    for child in element:
        yield from _entries(child)


def _values(element: Element) -> Iterator[str]:
    match element.tag:
        case "input" if element.get("type") == "checkbox":
            if element.get("checked") is not None:
                yield element.get("value", "on")
        case "input":
            yield element.get("value", "")
        case "textarea":
            yield (element.text or "").replace("\n", "\r\n")
        case "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            yield (chosen or options)[0].get("value", "")
