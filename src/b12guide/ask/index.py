"""The index of a guideline: how much each word and each thing counts in each document.

It is plain data of whole numbers, so that a page in a browser searches it and comes to the same.
The numbers are those of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework",
2009) over words that count more where they stand in a title, each worked out beforehand: what a
question scores is a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

from attrs import field, frozen

from b12guide.ask.concepts import Dictionary, Phrase, dictionary_of
from b12guide.ask.documents import Document, documents_of
from b12guide.ask.measures import Measured, measures_of
from b12guide.ask.wording import content_of, spoken, words_data
from b12guide.frozen import frozen_map
from b12guide.graph.model import RuleGraph

_SATURATION = 1.2
"""How soon it counts no more that a word is said again."""
_LENGTH = 0.4
"""How much a long document is held to have more words by its length alone."""
_UNIT = 4
"""The words that count so much are one word: those of what a rule advises."""
SCALE = 1000
"""What a score is multiplied by, to be a whole number."""
_CORRECTED = 5
"""Letters from which on a word may be misspelled."""


@frozen(kw_only=True, repr=False, slots=False, eq=False)
class AskIndex:
    """A guideline, ready for questions.

    Attributes:
        documents: What can be found.
        dictionary: The things that questions may speak of.
        weights: By stem, or by the key of a concept: each document with how much it counts there.
        rarity: By the same, how much it tells that a document has it; the most for what none has.
        rarest: The rarity of what is in one document only.
        measures: The measures that questions may tell.
        spellings: The words of the guideline that may be misspelled, longest first.
    """

    documents: tuple[Document, ...]
    dictionary: Dictionary
    weights: Mapping[str, tuple[tuple[int, int], ...]] = field(converter=frozen_map)
    rarity: Mapping[str, int] = field(converter=frozen_map)
    rarest: int
    measures: Mapping[str, Measured] = field(converter=frozen_map)
    spellings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The index as plain data, with the English words that searching it takes."""
        known = self.dictionary
        return {
            "documents": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "statements": list(one.statements),
                    "falls_away": one.falls_away,
                }
                for one in self.documents
            ],
            "concepts": {
                key: [one.kind, one.name, one.label, one.value]
                for key, one in known.concepts.items()
            },
            "phrases": [_listed(phrase) for phrase in known.phrases],
            "ways": [_listed(phrase) for phrase in known.ways],
            "sayings": [_listed(phrase) for phrase in known.sayings],
            "weights": {
                token: [number for pair in pairs for number in pair]
                for token, pairs in self.weights.items()
            },
            "rarity": dict(self.rarity),
            "rarest": self.rarest,
            "measures": {name: one.to_list() for name, one in self.measures.items()},
            "spellings": list(self.spellings),
            "words": words_data(),
        }


def _listed(phrase: Phrase) -> list[Any]:
    return [list(phrase.stems), list(phrase.concepts), phrase.is_whole]


def index_of(graph: RuleGraph) -> AskIndex:
    """The index of a guideline.

    Raises:
        MissingExtraError: The extra `ask` is not installed.
    """
    dictionary = dictionary_of(graph)
    documents = documents_of(graph)
    counted = [_counted(one, dictionary) for one in documents]
    rarity, rarest = _rarities(counted)
    lengths = [_length(one) for one in counted]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    weights: dict[str, list[tuple[int, int]]] = {}
    for number, tokens in enumerate(counted):
        stretch = 1 - _LENGTH + _LENGTH * lengths[number] / average
        for token, count in tokens.items():
            often = count / _UNIT
            full = often * (_SATURATION + 1) / (often + _SATURATION * stretch)
            score = round(rarity[token] * full)
            if score:
                weights.setdefault(token, []).append((number, score))
    return AskIndex(
        documents=documents,
        dictionary=dictionary,
        weights={token: tuple(weights[token]) for token in sorted(weights)},
        rarity={token: rarity[token] for token in sorted(rarity)},
        rarest=rarest,
        measures=measures_of(graph),
        spellings=_spellings(graph, documents),
    )


def _counted(document: Document, dictionary: Dictionary) -> dict[str, int]:
    """How much each word and each thing counts in a document, before rarity is weighed in."""
    found: dict[str, int] = dict(document.concepts)
    for weight, text in document.texts:
        words = spoken(text)
        for word in words:
            if not word.is_function:
                found[word.stem] = found.get(word.stem, 0) + weight
        for mention in dictionary.mentions(words):
            for key in mention.concepts:
                found[key] = found.get(key, 0) + weight
    return found


def _length(counted: Mapping[str, int]) -> int:
    return sum(count for token, count in counted.items() if ":" not in token)


def _rarities(counted: list[dict[str, int]]) -> tuple[dict[str, int], int]:
    """How much each word or thing tells, and how much one that is in one document only."""
    total = len(counted)
    holding: dict[str, int] = {}
    for tokens in counted:
        for token in tokens:
            holding[token] = holding.get(token, 0) + 1

    def rarity(count: int) -> int:
        return round(SCALE * log(1 + (total - count + 0.5) / (count + 0.5)))

    return {token: rarity(count) for token, count in holding.items()}, rarity(1)


def _spellings(graph: RuleGraph, documents: tuple[Document, ...]) -> tuple[str, ...]:
    """The words that a misspelled one may have been meant to be."""
    known = graph.vocabulary
    texts = [text for one in documents for _, text in one.texts]
    for group in (known.facts, known.drugs, known.tests, known.routes, known.sites):
        for word in group.values():
            texts += [
                word.name.replace("_", " "),
                word.label,
                *word.synonyms,
                *word.lay,
            ]
    found = {
        word.text
        for text in texts
        for word in content_of(spoken(text))
        if len(word.text) >= _CORRECTED
    }
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
