"""What the codes of a vocabulary stand for: a fact, or one value of a choice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import FrozenMap, Record
from b12guide.graph.model import Code, Fact, RuleGraph, Word
from b12guide.values.code_system import canonical, system_of
from b12guide.values.term import Kind

__all__ = ["Coded", "Pair", "denies", "facts_by_code", "spellings", "words_by_code"]

Pair: TypeAlias = tuple[str, str]
"""A terminology in one spelling, and a code of it."""


@frozen(repr=False)
class Coded(Record):
    """A fact that a code stands for.

    Attributes:
        value: Of a choice, the value for which the code stands, if it names only one.
        of: Of a finding or event, what else than the fact itself has the code: the substance of an
            `allergy`, a `medication`, a `procedure`.
    """

    fact: Fact
    value: str | None = None
    of: str | None = None

    @classmethod
    def by(cls, code: Code, fact: Fact) -> Coded:
        """What a code says of a fact that declares it."""
        if fact.kind is Kind.CHOICE:
            return cls(fact, code.value)
        return cls(fact, of=code.value)


def spellings(code: Code) -> Iterator[Pair]:
    """The pairs under which a declared code is found."""
    yield canonical(code.system), code.code
    system = system_of(code.system)
    if system is not None and system.within is not None:
        yield system.within, code.code


def facts_by_code(graph: RuleGraph) -> Mapping[Pair, tuple[Coded, ...]]:
    """The facts that each code stands for."""
    found: dict[Pair, tuple[Coded, ...]] = {}
    for fact in graph.vocabulary.facts.values():
        for code in fact.codes:
            for pair in spellings(code):
                one = Coded.by(code, fact)
                if one not in found.get(pair, ()):
                    found[pair] = (*found.get(pair, ()), one)
    return FrozenMap(found)


def denies(told: Collection[Pair], one: Coded) -> bool:
    """Whether a fact is not so where that for which these codes stand is not so.

    A fact may have codes of several kinds of it, such as one for each cause of a deficiency, and
    that there is none of one kind denies no other. The first code that the vocabulary has for a
    finding is that of the finding itself, and so is one that is alone in its terminology. Of a fact
    that the codes of substances stand for, such as an allergy to any of them, none denies it.
    """
    own = [code for code in one.fact.codes if code.value == one.of]
    meant = [code for code in own if any(pair in told for pair in spellings(code))]
    return any(
        len([c for c in own if canonical(c.system) == canonical(code.system)]) == 1
        or (code is own[0] and one.of is None)
        for code in meant
    )


def words_by_code(words: Iterable[Word]) -> Mapping[Pair, tuple[Word, ...]]:
    """The drugs, tests, routes or sites that each code stands for."""
    found: dict[Pair, tuple[Word, ...]] = {}
    for word in words:
        for code in word.codes:
            for pair in spellings(code):
                if word not in found.get(pair, ()):
                    found[pair] = (*found.get(pair, ()), word)
    return FrozenMap(found)
