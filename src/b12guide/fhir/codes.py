"""What the codes of resources mean in the words of a guideline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.frozen import Record, frozen_map
from b12guide.graph.coded import Coded, Pair, facts_by_code, words_by_code
from b12guide.graph.model import Fact, RuleGraph, Word
from b12guide.values.code_system import canonical

__all__ = ["Coded", "Codes", "codings", "said"]


@frozen(repr=False)
class Codes(Record):
    """The meaning of codes in a guideline; each key is a terminology in one spelling and a code.

    Attributes:
        facts: The facts.
        drugs: The drugs.
        tests: The tests.
        routes: The routes.
        sites: The sites.
    """

    facts: Mapping[Pair, tuple[Coded, ...]] = field(converter=frozen_map)
    drugs: Mapping[Pair, tuple[Word, ...]] = field(converter=frozen_map)
    tests: Mapping[Pair, tuple[Word, ...]] = field(converter=frozen_map)
    routes: Mapping[Pair, tuple[Word, ...]] = field(converter=frozen_map)
    sites: Mapping[Pair, tuple[Word, ...]] = field(converter=frozen_map)

    @classmethod
    def of(cls, graph: RuleGraph) -> Codes:
        """The codes that the vocabulary of a guideline declares."""
        words = graph.vocabulary
        return cls(
            facts=facts_by_code(graph),
            drugs=words_by_code(words.drugs.values()),
            tests=words_by_code(words.tests.values()),
            routes=words_by_code(words.routes.values()),
            sites=words_by_code(words.sites.values()),
        )

    @property
    def coded(self) -> tuple[Fact, ...]:
        """The facts that have a code."""
        every = (one for found in self.facts.values() for one in found)
        return tuple({c.fact.name: c.fact for c in every}.values())

    def having(self, of: str) -> tuple[Fact, ...]:
        """The findings and events with the code of an `allergy`, `medication` or `procedure`."""
        every = (one for found in self.facts.values() for one in found)
        return tuple({c.fact.name: c.fact for c in every if c.of == of}.values())

    def facts_of(self, concept: Any) -> tuple[Coded, ...]:
        """The facts that a CodeableConcept stands for."""
        return _found(self.facts, concept)

    def drug_of(self, concept: Any) -> Word | None:
        """The one drug that a CodeableConcept stands for."""
        return _only(self.drugs, concept)

    def test_of(self, concept: Any) -> Word | None:
        """The one test that a CodeableConcept stands for."""
        return _only(self.tests, concept)

    def route_of(self, concept: Any) -> Word | None:
        """The one route that a CodeableConcept stands for."""
        return _only(self.routes, concept)

    def site_of(self, concept: Any) -> Word | None:
        """The one site that a CodeableConcept stands for."""
        return _only(self.sites, concept)


def codings(concept: Any) -> Iterator[Pair]:
    """The terminology and code of each Coding that has both."""
    found = concept.get("coding") if isinstance(concept, Mapping) else None
    for coding in found if isinstance(found, list | tuple) else ():
        if not isinstance(coding, Mapping):
            continue
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield canonical(system), code.strip()


def _found(meanings: Mapping[Pair, tuple[Any, ...]], concept: Any) -> tuple[Any, ...]:
    each = (one for pair in codings(concept) for one in meanings.get(pair, ()))
    return tuple(dict.fromkeys(each))


def _only(meanings: Mapping[Pair, tuple[Word, ...]], concept: Any) -> Word | None:
    found = _found(meanings, concept)
    return found[0] if len(found) == 1 else None


def said(concept: Any) -> str:
    """A CodeableConcept in short, for people: its codes, or its text."""
    told = [f"{system} {code}" for system, code in codings(concept)]
    if told:
        return ", ".join(told[:4])
    text = concept.get("text") if isinstance(concept, Mapping) else None
    return f'"{text[:60]}"' if isinstance(text, str) and text else "no code"
