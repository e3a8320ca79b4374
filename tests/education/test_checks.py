"""Each error an editor can make is told at its place, and what only looks like one is not."""

from dataclasses import replace
from typing import Final

import pytest
from msgspec.structs import replace as changed

from education import checks, content_files, structure

STATEMENT: Final = structure.Statement(body="<p>Rest.</p>", evidence="general")
DOSE: Final = "a dose in milligrams is named"


@pytest.fixture(scope="module")
def first_edition() -> checks.Library:
    return content_files.read()


def page(*sections: structure.Section, key: str = "page") -> structure.Article:
    return structure.Article(key=key, title="A page", summary="x", description="x", group="living", sections=sections)


def text(html: str) -> structure.TextSection:
    return structure.TextSection(anchor="top", heading="Top", intro=html)


def problems(article: structure.Article) -> list[tuple[str, str]]:
    """Return place and message of every error of a page that stands alone."""
    library = checks.Library(articles={article.key: article})
    return [(found.place, found.message) for found in checks.of_content(library, "article", article.key)]


def doses(library: checks.Library) -> list[tuple[str, str]]:
    return [(problem.key, problem.place) for problem in checks.errors(library) if problem.message == DOSE]


@pytest.mark.parametrize(
    "words",
    "20 mg|500mg|1,000 mg|0.5 mg|400 mgs|500-mg|10\u2013 20 mg|5 mcg|5 \u00b5g|5 \u03bcg|50 ug|500\u00a0mg|500\u202fmg"
    "|\uff15\uff10\uff10 mg|5\u338e|200 micrograms|500 milligrammes|2 MG|two milligrams|one hundred mg"
    "|20 milli\u00adgrams|1 g|0.5 g|1g|1-2 g|1 gram|half a gram|two grams|181 mg|81 mg".split("|"),
)
def test_an_amount_of_medicine_is_a_dose_however_it_is_written(words: str) -> None:
    term = structure.Term(key="pill", name="Pill", meaning=f"Take {words} a day.")

    assert doses(checks.Library(terms={"pill": term})) == [("pill", "")]


@pytest.mark.parametrize(
    "words",
    "20 minutes|8 a day|E1 get help|sign C1 g|1 go|5 glasses|a 5G phone|vitamin B12 g|grams|a gram of sense"
    "|in milligrams|2 programs|magnesium|4 mgmt".split("|"),
)
def test_what_only_looks_like_a_dose_is_none(words: str) -> None:
    term = structure.Term(key="pill", name="Pill", meaning=f"It is {words}.")

    assert doses(checks.Library(terms={"pill": term})) == []


def test_a_dose_is_told_once_and_where_it_stands(first_edition: checks.Library) -> None:
    (protocol,) = first_edition.protocols.values()
    steps = (changed(protocol.steps[0], cautions=("Take 2 g.",)), *protocol.steps[1:])
    statement = changed(STATEMENT, body="<p>Take <strong>500</strong> mg.</p>")
    article = page(structure.StatementsSection(anchor="top", heading="Top", statements=(STATEMENT, statement)))

    library = replace(first_edition, articles={"page": article}, protocols={"x": changed(protocol, steps=steps)})

    assert sorted(doses(library)) == [("care-protocol", steps[0].key), ("page", "top.2")]


@pytest.mark.parametrize(
    ("key", "heading", "words", "is_allowed"),
    [
        ("medicines", "Pregnancy", "81 mg low-dose aspirin", True),
        ("medicines", "Pregnancy", "81\u00a0mg low-dose aspirin", True),
        ("medicines", "Pregnancy", "181 mg low-dose aspirin", False),
        ("medicines", "Pregnancy", "81 mg aspirin", False),
        ("medicines", "Pregnancy", "81 mg low-dose aspirin or 75 mg", False),
        ("medicines", "Aspirin", "81 mg low-dose aspirin", False),
        ("faq", "Pregnancy", "81 mg low-dose aspirin", False),
    ],
)
def test_the_one_allowed_dose_stands_in_the_pregnancy_warning_alone(
    key: str, heading: str, words: str, *, is_allowed: bool
) -> None:
    article = page(structure.TextSection(anchor="top", heading=heading, intro=f"<p>{words}</p>"), key=key)

    assert (doses(checks.Library(articles={key: article})) == []) is is_allowed


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"drawing": "spine", "alt": "A spine."}, ""),
        ({"picture": "0" * 64, "alt": "A spine."}, ""),
        ({"picture": "0" * 64, "is_decorative": True}, ""),
        ({"drawing": "spine", "alt": " "}, "a figure has no alternative text"),
        ({"picture": "0" * 64}, "a figure has no alternative text"),
        ({"drawing": "spine", "is_decorative": True, "alt": "A spine."}, "only decoration has alternative text"),
        ({"alt": "A spine."}, "a figure needs a drawing or a picture"),
        ({"drawing": "spine", "picture": "0" * 64, "alt": "A spine."}, "not both"),
    ],
)
def test_a_figure_shows_one_thing_and_says_what(fields: dict[str, str], message: str) -> None:
    figure = structure.FigureSection(anchor="fig", heading="A figure", **fields)  # type: ignore[arg-type]

    found = problems(page(figure))

    assert [place for place, _ in found] == ["fig"] * bool(message)
    assert all(message in said for _, said in found)


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<p><a href="">Help</a></p>', "link 'Help' leads nowhere"),
        ("<p><a>Help</a></p>", "link 'Help' leads nowhere"),
        ('<p><a href="#">Get <em>help</em></a></p>', "link 'Get help' leads nowhere"),
        ('<p><a href="treatment">Help</a></p>', "link 'Help' leads nowhere"),
        ('<p><a href="javascript:x()">Help</a></p>', "link 'Help' leads nowhere"),
        ('<p>Go <a href="/page/"></a> there.</p>', "link to /page/: it has no words"),
        ('<p><A HREF="/page/"> &nbsp;<em></em></A></p>', "link to /page/: it has no words"),
        ('<p><a href="/page/">\u2192</a></p>', "link to /page/: it has no words"),
        ('<p><a href="/nowhere/">Help</a></p>', "link to /nowhere/: there is no such page"),
        ('<p><a href="#nowhere">Help</a></p>', "link to #nowhere: there is no such place"),
    ],
)
def test_a_link_that_says_nothing_or_leads_nowhere_is_an_error(html: str, message: str) -> None:
    ((place, said),) = problems(page(text(html)))

    assert place == "top"
    assert said.startswith(message)


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="/page/#top">This page</a> and <a href="#top">its top</a></p>',
        '<p><a href="HTTPS://example.org/a b?c=1&amp;d=2">A site</a>, <a href="mailto:a@example.org">us</a></p>',
        "<p>Less than &lt;a&gt; link</p>",
    ],
)
def test_a_link_with_words_and_an_address_is_no_error(html: str) -> None:
    assert problems(page(text(html))) == []


def test_a_statement_key_stands_once_in_a_section() -> None:
    def section(anchor: str, *keys: str) -> structure.StepsSection:
        statements = tuple(changed(STATEMENT, key=key) for key in keys)
        return structure.StepsSection(anchor=anchor, heading="Steps", statements=statements)

    found = problems(page(section("one", "a", "b", "", ""), section("two", "a", "b", "a")))

    assert found == [("two.3", "statement key a stands twice in the section")]


FAQ: Final = structure.FaqSection
STATEMENTS: Final = structure.StatementsSection


@pytest.mark.parametrize(
    ("kind", "intro", "bodies", "places"),
    [
        (STATEMENTS, "", ("<h4>A</h4>",), ["top.1"]),
        (STATEMENTS, "<h4>A</h4>", (), ["top"]),
        (STATEMENTS, "<h3>A</h3>", ("<h4>B</h4>", "<h4>C</h4>"), []),
        (STATEMENTS, "", ("<h3>A</h3><h4>B</h4>",), []),
        (FAQ, "", ("<h4>A</h4>", "<h4>B</h4>"), []),
        (structure.StepsSection, "<h3>A</h3>", ("<h4>B</h4>",), ["top.1"]),
    ],
)
def test_a_heading_stands_one_level_below_the_one_before_it(
    kind: type[structure.StatementsSection], intro: str, bodies: tuple[str, ...], places: list[str]
) -> None:
    statements = tuple(changed(STATEMENT, body=body, lead="Why?") for body in bodies)

    found = problems(page(kind(anchor="top", heading="Top", intro=intro, statements=statements)))

    assert found == [(place, "a heading level is skipped") for place in places]


@pytest.mark.parametrize(
    ("key", "fields", "message"),
    [
        ("page", {}, "a statement has no evidence label"),
        ("page", {"evidence": "some"}, "a statement has no source"),
        ("page", {"evidence": "general"}, ""),
        ("treatment", {"evidence": "general"}, "a statement has no source"),
    ],
)
def test_a_statement_has_a_label_and_a_source(key: str, fields: dict[str, str], message: str) -> None:
    statement = structure.Statement(body="<p>Rest.</p>", **fields)  # type: ignore[arg-type]
    article = page(structure.StatementsSection(anchor="top", heading="Top", statements=(statement,)), key=key)

    said = [said for place, said in problems(article) if place == "top.1"]

    assert said == [message] * bool(message)


def test_discs_without_the_emergency_card_are_refused(first_edition: checks.Library) -> None:
    discs = first_edition.articles["disc-disorders"]
    sections = tuple(section for section in discs.sections if not isinstance(section, structure.CardSection))
    library = replace(first_edition, articles={**first_edition.articles, discs.key: changed(discs, sections=sections)})

    found = checks.of_content(library, "article", "disc-disorders")

    assert "the emergency card is missing" in [problem.message for problem in found]


def test_the_errors_of_a_content_are_its_own_alone(first_edition: checks.Library) -> None:
    causes = changed(first_edition.articles["causes"], related=("causes",))
    faq = changed(first_edition.articles["faq"], related=("nowhere",))
    library = replace(first_edition, articles={**first_edition.articles, "causes": causes, "faq": faq})

    found = checks.of_content(library, "article", "causes")

    assert [problem.message for problem in found] == ["related page causes does not exist or is the page itself"]


@pytest.mark.parametrize(
    ("url", "is_wrong"), [("javascript:alert(1)", True), ("https://example.org/a", False), ("", False)]
)
def test_the_address_of_a_source_must_be_one_that_a_reader_can_follow(url: str, is_wrong: bool) -> None:
    source = structure.Source(key="R1", organisation="A", title="B", reading="memory", url=url)

    found = checks.of_content(checks.Library(sources={"R1": source}), "source", "R1")

    assert bool(found) is is_wrong
