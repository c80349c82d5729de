"""What the codes of resources mean in the words of a guideline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.graph.model import Code, Fact, RuleGraph, Word
from b12guide.values.code_system import canonical, system_of

__all__ = ["Coded", "Codes", "codings", "said"]

Pair = tuple[str, str]


@frozen(repr=False)
class Coded(Record):
    """A fact that a code stands for, and of a choice perhaps the value."""

    fact: Fact
    value: str | None = None


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
        facts: dict[Pair, tuple[Coded, ...]] = {}
        for fact in words.facts.values():
            for code in fact.codes:
                for pair in _pairs(code):
                    one = Coded(fact, code.value)
                    facts[pair] = (*facts.get(pair, ()), one)
        return cls(
            facts=facts,
            drugs=_by_code(words.drugs.values()),
            tests=_by_code(words.tests.values()),
            routes=_by_code(words.routes.values()),
            sites=_by_code(words.sites.values()),
        )

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


def _pairs(code: Code) -> Iterator[Pair]:
    """The spellings under which a declared code is found."""
    yield canonical(code.system), code.code
    system = system_of(code.system)
    if system is not None and system.within is not None:
        yield system.within, code.code


def _by_code(words: Iterable[Word]) -> Mapping[Pair, tuple[Word, ...]]:
    found: dict[Pair, tuple[Word, ...]] = {}
    for word in words:
        for code in word.codes:
            for pair in _pairs(code):
                found[pair] = (*found.get(pair, ()), word)
    return FrozenMap(found)


def codings(concept: Any) -> Iterator[Pair]:
    """The terminology and code of each Coding that has both."""
    for coding in concept.get("coding", ()) if isinstance(concept, Mapping) else ():
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
