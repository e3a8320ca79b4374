"""What surrounds every private screen, and the pieces that screens are put together from."""

from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client

from tracker.widgets import BACK_REGIONS

SCREEN = "{% extends 'tracker/base.html' %}{% block content %}<h1>Now</h1>{% endblock %}"
FORM_SCREEN = SCREEN + "{% block bar %}{% endblock %}"
PARTIALS = "tracker/partials/"
ICONS = "bed bell check chart clock down heat ice lock mail menu phone pill plus print right undo walk warn".split()


def screen(template: str = SCREEN, **context: Any) -> Element:
    """Return a whole private screen, parsed; raises where its HTML is not well formed."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document: Element = parser.parse(engines["django"].from_string(template).render(context))
    return document


def piece(partial: str, /, **context: Any) -> Element:
    """Return one partial, parsed; raises where its HTML is not well formed."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document: Element = parser.parse(f"<!doctype html><title>t</title>{render_to_string(PARTIALS + partial, context)}")
    return document


def places(document: Element) -> dict[str, str | None]:
    """Return the words and addresses of the tab bar."""
    bar = next(element for element in document.iter("nav") if element.get("class") == "bar")
    return {words(element): element.get("href") for element in bar.iter("a")}


def words(element: Element) -> str:
    """Return the text of an element and all in it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def by_class(document: Element, name: str) -> list[Element]:
    """Return the elements with a class."""
    return [element for element in document.iter() if name in element.get("class", "").split()]


def pictures(document: Element) -> list[Element]:
    """Return all drawings; their tags carry the namespace of SVG."""
    return [element for element in document.iter() if element.tag.endswith("}svg")]


def test_a_private_screen_is_kept_out_of_search() -> None:
    metas = {element.get("name"): element.get("content") for element in screen().iter("meta")}

    assert metas["robots"] == "noindex"


def test_help_is_one_tap_away_on_every_screen() -> None:
    header = next(iter(screen(FORM_SCREEN).iter("header")))

    assert "/get-help/" in {element.get("href") for element in header.iter("a")}


def test_the_bar_starts_an_episode_when_none_is_open() -> None:
    assert places(screen(tracker_nav={"here": "now", "episode_id": ""})) == {
        "Now": "/tracker/",
        "Check in": "/tracker/prevention/",
        "Start": "/tracker/start/",
        "Course": "/tracker/episodes/",
        "More": "/tracker/more/",
    }


def test_the_bar_leads_into_the_open_episode() -> None:
    bar = places(screen(tracker_nav={"here": "now", "episode_id": "abc"}))

    assert bar["Check in"] == "/tracker/episodes/abc/check-in/"
    assert bar["I’ve done it"] == "/tracker/#done"
    assert "Start" not in bar


@pytest.mark.parametrize("here", ["now", "check_in", "log", "course", "more"])
def test_the_bar_marks_one_place(here: str) -> None:
    bar = by_class(screen(tracker_nav={"here": here, "episode_id": ""}), "bar")[0]

    assert len([element for element in bar.iter("a") if element.get("aria-current") == "page"]) == 1


def test_the_bar_works_where_nothing_is_known() -> None:
    assert len(places(screen())) == 5


def test_a_screen_that_is_one_form_has_no_bar() -> None:
    assert by_class(screen(FORM_SCREEN), "bar") == []


def test_what_has_just_happened_is_announced() -> None:
    told = by_class(screen(messages=["Saved."]), "msgs")[0]

    assert (told.get("role"), words(told)) == ("status", "Saved.")


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_and_silent(name: str) -> None:
    icon = pictures(piece("icon.html", name=name))[0]

    assert icon.get("aria-hidden") == "true"
    assert len(icon) > 0


def test_undo_is_a_form() -> None:
    toast = piece("toast.html", words="Saved.", undo_url="/undo/", csrf_token="token", name="step", value="7")

    form = next(iter(toast.iter("form")))

    assert (form.get("method"), form.get("action")) == ("post", "/undo/")
    assert {element.get("name"): element.get("value") for element in form.iter("input")} == {
        "csrfmiddlewaretoken": "token",
        "step": "7",
    }


@pytest.mark.parametrize(
    ("hour", "phase", "said"),
    [
        (0, "first_72h", "Hour 0. You are in the first 72 hours."),
        (31, "first_72h", "Hour 31. You are in the first 72 hours."),
        (80, "after_72h", "Hour 80. The first 72 hours are over."),
    ],
)
def test_the_strip_says_where_the_episode_is(hour: int, phase: str, said: str) -> None:
    strip = pictures(piece("phase_strip.html", hour=hour, phase=phase))[0]

    assert (strip.get("role"), strip.get("aria-label")) == ("img", said)


def test_the_strip_is_filled_up_to_the_hour_and_never_beyond_its_end() -> None:
    widths = [
        by_class(piece("phase_strip.html", hour=hour, phase="first_72h"), "st-done")[0].get("width")
        for hour in (0, 31, 72, 90)
    ]

    assert widths == ["0", "31", "72", "72"]


def test_the_ring_shows_the_minutes_left() -> None:
    ring = piece("care_ring.html", minutes_left=12, total=20, kind="ice")

    arc = by_class(ring, "tm-i")[0]

    assert (arc.get("pathLength"), arc.get("stroke-dasharray")) == ("20", "12 20")
    assert pictures(ring)[0].get("aria-label") == "12 of 20 minutes left."


def chart(**more: Any) -> SimpleNamespace:
    """Return a small chart."""
    parts: dict[str, Any] = {
        "width": 540,
        "height": 290,
        "gridlines": [SimpleNamespace(y=18, label="10"), SimpleNamespace(y=228.5, label="0")],
        "bands": [SimpleNamespace(points="1,2 3,4 5,6", css_class="range", label="")],
        "lines": [SimpleNamespace(css_class="ln-p", path="M30 60L50.5 81")],
        "points": [SimpleNamespace(x=30, y=60, label="0", css_class="pt end")],
        "marks": [SimpleNamespace(x=40, y=248, css_class="mk-w")],
        "x_labels": [SimpleNamespace(x=30, label="Sat", anchor="start")],
    }
    return SimpleNamespace(**{**parts, **more})


def drawn(**more: Any) -> Element:
    """Return the chart partial with its table."""
    return piece(
        "chart.html",
        chart=chart(),
        title="Pain",
        summary="Pain fell.",
        columns=["When", "Pain"],
        rows=[["Sat", 8], ["Sun", 4]],
        legend=[("ln-p", "Pain"), ("mk-w", "Walk")],
        **more,
    )


def test_a_chart_says_in_words_what_it_shows() -> None:
    figure = next(iter(drawn().iter("figure")))

    picture = by_class(figure, "chart")[0]

    assert (picture.get("role"), picture.get("aria-label")) == ("img", "Pain fell.")
    assert words(figure[0]) == "Pain"
    assert "Pain fell." in [words(element) for element in figure.iter("p")]


def test_a_chart_has_a_table_with_the_same_numbers() -> None:
    table = next(iter(drawn().iter("table")))

    assert [[words(cell) for cell in row] for row in table.iter("tr")] == [["When", "Pain"], ["Sat", "8"], ["Sun", "4"]]
    assert [element.get("scope") for element in table.iter("th")] == ["col", "col", "row", "row"]


def test_a_chart_draws_what_it_is_given_and_also_a_label_of_zero() -> None:
    picture = by_class(drawn(), "chart")[0]

    assert [element.get("d") for element in by_class(picture, "ln-p")] == ["M30 60L50.5 81"]
    assert [words(element) for element in by_class(picture, "v")] == ["0"]
    assert len(by_class(picture, "g")) == 2


def test_a_second_drawing_serves_phones() -> None:
    sizes = [element.get("class") for element in by_class(drawn(narrow=chart(width=320)), "chart")]

    assert sizes == ["chart only-w", "chart only-n"]


def test_a_picture_of_the_back_names_what_is_marked() -> None:
    picture = piece("back_picture.html", places=["neck"], words="neck", id="where")

    marked = [element.get("class") for element in by_class(picture, "on")]

    assert marked == ["r-neck on"]
    assert pictures(picture)[0].get("aria-label") == "Back of the body. Marked: neck."


def test_a_picture_of_the_back_can_mark_every_region() -> None:
    picture = piece("back_picture.html", places=[code for code, _label in BACK_REGIONS], words="all", id="where")

    assert len(by_class(picture, "on")) == len(BACK_REGIONS)


def test_nobody_is_said_to_watch() -> None:
    line = words(next(iter(piece("nobody_watches.html").iter("p"))))

    assert line.startswith("Nobody monitors what you enter.")


def test_a_place_without_entries_offers_a_start() -> None:
    empty = piece("empty.html", title="Nothing yet", text="One tap starts.", url="/tracker/start/", action="Start")

    assert [element.get("href") for element in by_class(empty, "btn")] == ["/tracker/start/"]
    assert words(next(iter(empty.iter("h2")))) == "Nothing yet"


def test_a_signed_in_person_is_offered_to_sign_out_and_not_in(patient_client: Client) -> None:
    html = patient_client.get("/tracker/more/").content.decode()

    assert 'href="/accounts/logout/"' in html
    assert 'href="/accounts/login/"' not in html
