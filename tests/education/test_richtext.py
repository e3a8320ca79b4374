"""Rich text: nothing unsafe comes out, one meaning has one spelling, and Markdown gives it back."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings

from education.richtext import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    Block,
    Run,
    clean,
    from_markdown,
    plain,
    to_blocks,
    to_markdown,
)
from tests.education.richtext_documents import DOCUMENTS, SOUP, TEXT, parsed, problems

HOSTILE: list[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("hostile_html.yaml").read_text("utf-8"))


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
@example("<p>a<strong>(b)</strong>c</p>")
@example("<p>a<em>b</em>c<strong>d<em>e</em></strong><em>f</em></p>")
@example("<p>!<a href='/'>a</a></p>")
@example("<p># a</p><p>> b</p><p>~~~</p><h3># c ##</h3>")
@example("<p><a href='/?a=1&amp;lt;'>a</a></p>")
@example("<ol><li>a<ul><li>1. b</li></ul><ol><li>- c</li></ol></li></ol>")
def test_every_clean_document_survives_markdown(document: str) -> None:
    document = clean(document)

    assert from_markdown(to_markdown(document)) == document


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS | SOUP)
def test_cleaning_twice_changes_nothing_more(html: str) -> None:
    once = clean(html)

    assert clean(once) == once


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS | SOUP)
def test_whatever_comes_in_a_clean_document_comes_out(html: str) -> None:
    assert problems(clean(html)) == []


@settings(max_examples=300, deadline=None)
@given(SOUP | TEXT)
def test_any_text_read_as_markdown_gives_a_clean_document(text: str) -> None:
    html = from_markdown(text)

    assert problems(html) == []
    assert clean(html) == html


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_blocks_hold_every_word_of_the_document_in_order(document: str) -> None:
    words = "".join(parsed(document).itertext())

    assert "".join(block.text for block in to_blocks(document)) == words


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_markdown_has_one_line_for_each_block(document: str) -> None:
    assume(document)
    lines = to_markdown(document).splitlines()

    assert len([line for line in lines if line]) == len(to_blocks(document))


# Hostile input


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["reason"])
def test_hostile_html_leaves_nothing_unsafe(case: dict[str, str]) -> None:
    html = clean(case["html"])

    assert problems(html) == []
    assert html == case.get("clean", html)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["reason"])
def test_hostile_html_is_cleaned_in_one_go_and_survives_markdown(case: dict[str, str]) -> None:
    html = clean(case["html"])

    assert clean(html) == html
    assert from_markdown(to_markdown(html)) == html


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["reason"])
def test_hostile_html_in_markdown_leaves_nothing_unsafe(case: dict[str, str]) -> None:
    assert problems(from_markdown(case["html"])) == []


def test_there_are_at_least_a_hundred_and_fifty_hostile_strings_each_with_its_reason() -> None:
    assert len({case["html"] for case in HOSTILE}) == len({case["reason"] for case in HOSTILE}) >= 150


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "x.html"]
)
def test_a_markdown_link_to_a_forbidden_address_keeps_only_its_words(address: str) -> None:
    assert from_markdown(f"[a](<{address}>)") == "<p>a</p>"


@pytest.mark.parametrize("opening", ["<ul><li>", "<b>", "<a href=/x><p>", "<b><p>", "<div>", "<svg>", "<table><td>"])
def test_the_deepest_nesting_that_fits_is_read_within_seconds(opening: str) -> None:
    began = time.process_time()

    clean(opening * (MAX_CHARACTERS // len(opening)))

    assert time.process_time() - began < 10


@pytest.mark.parametrize("opening", ["> ", "- ", "*a ", "[", "![", "**a _b ", "`", "<", "&", "[a]("])
def test_markdown_made_to_be_slow_is_read_within_seconds(opening: str) -> None:
    began = time.process_time()

    from_markdown(opening * (MAX_CHARACTERS // len(opening)))

    assert time.process_time() - began < 20


@pytest.mark.parametrize("function", [clean, from_markdown, to_markdown, to_blocks, plain])
def test_text_over_the_limit_is_refused(function: Any) -> None:
    with pytest.raises(ValueError, match="the most is"):
        function("a" * (MAX_CHARACTERS + 1))


# The one spelling


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        (" stray <b>text</b> ", "<p>stray <strong>text</strong></p>"),
        ("<p>a<br>b</p>", "<p>a b</p>"),
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<p>20&nbsp;minutes,\n then  rest</p>", "<p>20 minutes, then rest</p>"),
        ("<p>a<strong> b </strong>c</p>", "<p>a <strong>b</strong> c</p>"),
        ("<p><strong>a</strong><b>b</b></p>", "<p><strong>ab</strong></p>"),
        ("<p><strong>a</strong> <strong>b</strong></p>", "<p><strong>a</strong> <strong>b</strong></p>"),
        ("<strong>a <strong>b</strong></strong>", "<p><strong>a b</strong></p>"),
        ("<em>a <strong>b</strong></em>", "<p><em>a</em> <strong><em>b</em></strong></p>"),
        ("<strong><a href='/x'>a</a></strong>", '<p><a href="/x"><strong>a</strong></a></p>'),
        ("<p></p><h3> </h3><ul><li></li></ul><a href='/x'></a>", ""),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a b</li></ul>"),
        ("<ul><li>a<ol><li>b</li></ol>c</li></ul>", "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>"),
        ("<ul><li>a</li><li><ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ol><li><ul><li>a</li></ul></li></ol>", "<ol><li>a</li></ol>"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<h3>a<div>b</div></h3>c", "<h3>a b</h3><p>c</p>"),
        ("<p>&quot;5 &gt; 3 &amp; 2 &lt; 3&quot;</p>", '<p>"5 &gt; 3 &amp; 2 &lt; 3"</p>'),
    ],
)
def test_html_gets_its_one_spelling(html: str, expected: str) -> None:
    assert clean(html) == expected


def test_lists_below_the_greatest_depth_join_the_list_there() -> None:
    deep = "".join(f"<ol><li>{depth}" for depth in range(1, MAX_DEPTH + 3))

    assert [block.level for block in to_blocks(deep)] == [1, 2, 3, 4, 4, 4]


# Markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n\n### b\n\nc\nd", "<p>a</p><h3>b</h3><p>c d</p>"),
        ("> a\n> > b", "<p>a</p><p>b</p>"),
        ("a\n\n---\n\nb", "<p>a</p><p>b</p>"),
        ("```\na < b\n```\n\n    c `d`", "<p>a &lt; b</p><p>c `d`</p>"),
        ("a `b` c", "<p>a b c</p>"),
        ("![the *lower* <back>](x.png) hurts", "<p>the lower &lt;back&gt; hurts</p>"),
        ("| a | b |\n|---|---|\n| c | d |", "<p>| a | b | |---|---| | c | d |</p>"),
        ("<p onclick=x>a</p>", "<p>&lt;p onclick=x&gt;a&lt;/p&gt;</p>"),
        ("[a]: /x\n\n[a]", "<p>[a]: /x</p><p>[a]</p>"),
        ("<https://x.example/>", '<p><a href="https://x.example/">https://x.example/</a></p>'),
        ("- a\n\n  b\n\n- c", "<ul><li>a b</li><li>c</li></ul>"),
    ],
)
def test_markdown_gives_only_what_the_list_allows_and_keeps_the_words(text: str, expected: str) -> None:
    assert from_markdown(text) == expected


def test_markdown_reads_well_in_a_diff() -> None:
    html = (
        "<h3>Ice</h3><p>Use <strong>ice</strong>, <em>wrapped</em>. See <a href='/treatment/#ice'>treatment</a>.</p>"
        "<ol><li>Wrap it.<ul><li>A towel</li><li>A cloth</li></ul></li><li>Stop at 20 minutes.</li></ol><p>1.5 h</p>"
    )

    assert to_markdown(html) == (
        "### Ice\n\nUse **ice**, _wrapped_. See [treatment](/treatment/#ice).\n\n"
        "1. Wrap it.\n   - A towel\n   - A cloth\n2. Stop at 20 minutes.\n\n1.5 h\n"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<strong>(b)</strong>c</p>", "a&zwj;**(b)**&zwj;c\n"),
        ("<p>a<strong>b</strong>c</p>", "a**b**c\n"),
        ("<p>1. a</p>", "1\\. a\n"),
        ("<p>- a_b * [c] & &amp;lt;</p>", "\\- a\\_b \\* \\[c\\] & \\&lt;\n"),
        ("<p><a href='/x(y)'>a</a></p>", "[a](</x(y)>)\n"),
        ("<p>a!<a href='/x'>b</a></p>", "a\\![b](/x)\n"),
    ],
)
def test_markdown_escapes_what_would_mean_something_else(html: str, expected: str) -> None:
    assert to_markdown(html) == expected


# Blocks and plain text


def test_blocks_say_kind_level_number_and_look() -> None:
    html = "<h4>a</h4><ol><li>b</li><li><a href='/x'>c <strong>d</strong></a><ul><li><em>e</em></li></ul></li></ol>"

    assert to_blocks(html) == (
        Block("h4", (Run("a"),)),
        Block("li", (Run("b"),), level=1, ordered=True, number=1),
        Block("li", (Run("c ", href="/x"), Run("d", strong=True, href="/x")), level=1, ordered=True, number=2),
        Block("li", (Run("e", em=True),), level=2),
    )


def test_a_list_after_a_paragraph_counts_from_one_again() -> None:
    numbers = [block.number for block in to_blocks("<ol><li>a<li>b</ol><p>c</p><ol><li>d</ol>")]

    assert numbers == [1, 2, None, 1]


def test_plain_text_ends_every_block_as_a_sentence() -> None:
    html = "<h3>Ice</h3><p>Do this:</p><ul><li>Wrap it</li><li>Wait!</li></ul><p>(Ask \u201cwhy?\u201d)</p>"

    assert plain(html) == "Ice.\nDo this.\nWrap it.\nWait!\n(Ask \u201cwhy?\u201d)"
