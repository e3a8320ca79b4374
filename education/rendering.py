"""Writes what rich text must never store: evidence sentences, reference marks, glossary links.

Rich text is cleaned once more here, so that nothing unsafe can be printed even if it was stored.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from education import richtext, structure

_TAG: Final = re.compile(r"(<[^>]*>)")
_CLOSING_PARAGRAPH: Final = "</p>"


class TermLinker:
    """Links the first use of each term in a section; remembers which terms a page used."""

    def __init__(self, terms: Iterable[structure.Term]) -> None:
        self._by_form: dict[str, structure.Term] = {}
        for term in terms:
            for form in term.forms:
                self._by_form[form.casefold()] = term
        # Longest first: "cauda equina syndrome" before "cauda equina".
        forms = sorted(self._by_form, key=len, reverse=True)
        self._pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, forms)) + r")\b", re.IGNORECASE)
        self._is_empty = not forms
        self._seen: set[str] = set()
        self.used: dict[str, structure.Term] = {}

    def begin_section(self) -> None:
        """Forget which terms have been linked: the next use of each counts as a first use again."""
        self._seen.clear()

    def link(self, html: str) -> str:
        """Return cleaned HTML with glossary links; text in links and headings is left alone."""
        if self._is_empty:
            return html
        closed_by = ""
        parts = _TAG.split(html)
        for index, part in enumerate(parts):
            if part.startswith("<"):
                if closed_by:
                    closed_by = "" if part == closed_by else closed_by
                elif part.startswith(("<a ", "<h3", "<h4")):
                    closed_by = f"</{part[1:3].strip()}>"
            elif not closed_by:
                parts[index] = self._pattern.sub(self._linked, part)
        return "".join(parts)

    def _linked(self, found: re.Match[str]) -> str:
        # Ignoring case, the pattern also finds a dotless i, which is no form's letter.
        term = self._by_form.get(found[0].casefold())
        if term is None or term.key in self._seen:
            return found[0]
        self._seen.add(term.key)
        self.used[term.key] = term
        return str(format_html('<a class="term" href="/glossary/#{}">{}</a>', term.key, mark_safe(found[0])))


def marks(numbers: Sequence[int]) -> SafeString:
    """Return reference marks that link to the numbered list at the foot of the page."""
    if not numbers:
        return SafeString()
    links = format_html_join(", ", '<a href="#ref-{}">{}</a>', ((number, number) for number in numbers))
    return format_html("<sup>{}</sup>", links)


def rich(html: str, linker: TermLinker) -> SafeString:
    """Return rich text ready to print."""
    return mark_safe(linker.link(richtext.clean(html)))


def supported(html: str, label: str, numbers: Sequence[int], linker: TermLinker) -> SafeString:
    """Return a statement's text with its evidence sentence and reference marks in the flow of its last paragraph."""
    body = linker.link(richtext.clean(html))
    sentence = evidence_sentence(label, numbers)
    if body.endswith(_CLOSING_PARAGRAPH):
        return mark_safe(f"{body.removesuffix(_CLOSING_PARAGRAPH)} {sentence}{_CLOSING_PARAGRAPH}")
    return mark_safe(f"{body}<p>{sentence}</p>")


def evidence_sentence(label: str, numbers: Sequence[int], nuance: str = "") -> SafeString:
    """Return the house words for the strength of the evidence, the nuance if any, and the reference marks."""
    words = format_html('<span class="ev">{}</span>', label) if label else SafeString()
    more = format_html(" {}", nuance) if nuance else SafeString()
    return format_html("{}{}{}", words, more, marks(numbers))
