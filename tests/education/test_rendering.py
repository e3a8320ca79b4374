"""What the renderer adds to rich text: glossary links, evidence sentences, reference marks. Nothing unsafe passes."""

import pytest

from education import rendering, structure


@pytest.fixture
def linker() -> rendering.TermLinker:
    disc = structure.Term(key="disc", name="Disc", meaning="A cushion.", forms=("disc", "discs"))
    herniated = structure.Term(key="herniated-disc", name="Herniated disc", meaning="x", forms=("herniated disc",))
    return rendering.TermLinker([disc, herniated])


def test_only_the_first_use_in_a_section_is_linked(linker: rendering.TermLinker) -> None:
    html = linker.link("<p>A disc and two discs.</p>")

    assert html == '<p>A <a class="term" href="/glossary/#disc">disc</a> and two discs.</p>'


def test_the_next_section_links_its_first_use_again(linker: rendering.TermLinker) -> None:
    linker.link("<p>A disc.</p>")
    linker.begin_section()

    assert 'href="/glossary/#disc"' in linker.link("<p>A disc.</p>")


def test_the_longest_term_wins(linker: rendering.TermLinker) -> None:
    assert 'href="/glossary/#herniated-disc"' in linker.link("<p>A herniated disc.</p>")


@pytest.mark.parametrize(
    "html",
    ['<p><a href="/causes/">a disc</a></p>', "<h3>The disc</h3>", "<h4>The <em>disc</em></h4>", "<p>A discus.</p>"],
)
def test_links_headings_and_longer_words_are_left_alone(linker: rendering.TermLinker, html: str) -> None:
    assert linker.link(html) == html


def test_text_after_a_link_is_linked_again(linker: rendering.TermLinker) -> None:
    html = linker.link('<p><a href="/causes/">disc</a> disc</p>')

    assert html.count('href="/glossary/#disc"') == 1


def test_the_terms_used_are_remembered_for_the_page(linker: rendering.TermLinker) -> None:
    linker.link("<p>A disc.</p>")

    assert list(linker.used) == ["disc"]


def test_the_evidence_sentence_stands_in_the_flow_of_the_last_paragraph(linker: rendering.TermLinker) -> None:
    html = rendering.supported("<p>One.</p><p>Two.</p>", "Some evidence.", [3, 1], linker)

    marks = '<sup><a href="#ref-3">3</a>, <a href="#ref-1">1</a></sup>'
    assert html == f'<p>One.</p><p>Two. <span class="ev">Some evidence.</span>{marks}</p>'


def test_after_a_list_the_evidence_sentence_has_its_own_paragraph(linker: rendering.TermLinker) -> None:
    html = rendering.supported("<ul><li>One</li></ul>", "Good evidence.", [], linker)

    assert html.endswith('</ul><p><span class="ev">Good evidence.</span></p>')


def test_stored_markup_that_is_unsafe_is_cleaned_again(linker: rendering.TermLinker) -> None:
    html = rendering.rich('<p onclick="x()">A<script>alert(1)</script></p>', linker)

    assert html == "<p>A</p>"
