"""The documents' stems in tantivy: ranks documents for stems. Knows nothing of phrases and spelling."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import tantivy
from tantivy import Occur, Query

from education.search import words
from education.search.documents import Document, Kind

# How much a word counts in each field, and a document of each group.
FIELDS: Final = {"name": 7.0, "title": 3.0, "page_title": 0.6, "text": 1.0, "hidden": 0.6}
_GROUPS: Final = {"article": 1.0, "living": 1.0, "library": 0.9, "home": 0.8, "site": 0.4}
_KINDS: Final = {"page": 1.0, "section": 1.0, "figure": 0.8, "question": 0.75, "exercise": 0.9, "term": 0.6}
_TOGETHER: Final = 1.0  # words that stand side by side, as in the query
_WRITER_BYTES: Final = 15_000_000  # the least that tantivy accepts


class Store:
    """The documents' stems in tantivy. Written once, in memory, by one thread that has ended."""

    def __init__(self, every: Sequence[Document]) -> None:
        builder = tantivy.SchemaBuilder()
        for name in FIELDS:
            builder.add_text_field(name, tokenizer_name="whitespace")
        builder.add_integer_field("number", indexed=True, fast=True)
        self._schema = builder.build()
        self._kinds = [document.kind for document in every]
        fields = [{name: " ".join(words.stems(getattr(document, name))) for name in FIELDS} for document in every]
        self._said = [[(name, f" {of_one[name]} ") for name in ("title", "text")] for of_one in fields]
        self._factors = [_GROUPS[document.group] * _KINDS[document.kind] for document in every]
        index = tantivy.Index(self._schema)
        index.config_reader(reload_policy="manual")
        writer = index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for number, of_one in enumerate(fields):
            writer.add_document(tantivy.Document(number=number, **of_one))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def find(
        self, weights: Mapping[str, float], pairs: Iterable[tuple[str, str]], favoured: Mapping[int, float]
    ) -> list[int]:
        """Return the numbers of all documents with any of the stems, best first; ``favoured`` adds to their score."""
        parts = [self._word(name, stem, weight) for stem, weight in weights.items() for name in FIELDS]
        parts += [self._pair(name, pair) for pair in pairs for name in ("title", "text")]
        parts += [self._number(number, score) for number, score in favoured.items()]
        query = Query.boolean_query([(Occur.Should, part) for part in parts])
        hits = self._searcher.search(query, limit=max(1, len(self._factors)), count=False).hits
        values = self._searcher.fast_field_values("number", [address for _, address in hits])
        numbers = [int(value or 0) for value in values]
        scored = [(-score * self._factors[number], number) for (score, _), number in zip(hits, numbers, strict=True)]
        return [number for _, number in sorted(scored)]

    def says_most(self, phrases: Collection[Sequence[str]], kinds: Collection[Kind]) -> int | None:
        """Return the document of these kinds that holds the phrases most often, a title counting more, or None."""
        wanted = {f" {' '.join(phrase)} " for phrase in phrases}

        def count(number: int) -> float:
            return sum(text.count(phrase) * FIELDS[name] for phrase in wanted for name, text in self._said[number])

        counts = {number: count(number) for number, kind in enumerate(self._kinds) if kind in kinds}
        best = max(counts, key=counts.__getitem__, default=None)
        return best if best is not None and counts[best] else None

    def _word(self, field: str, stem: str, weight: float) -> Query:
        return Query.boost_query(Query.term_query(self._schema, field, stem, "freq"), weight * FIELDS[field])

    def _pair(self, field: str, pair: tuple[str, str]) -> Query:
        return Query.boost_query(Query.phrase_query(self._schema, field, list(pair)), _TOGETHER * FIELDS[field])

    def _number(self, number: int, score: float) -> Query:
        return Query.const_score_query(Query.term_query(self._schema, "number", number), score)
