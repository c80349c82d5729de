"""The specification: what a condition and a rule mean for one patient, in strong Kleene logic.

It is written to be read aloud. Everything faster is tested against it.
"""

from __future__ import annotations

from typing import assert_never

from attrs import evolve

from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import Rule, RuleGraph
from b12guide.truth import Truth, all_of, any_of

__all__ = ["exception_truth", "scope", "truth", "verdict"]


def truth(
    condition: Condition,
    graph: RuleGraph,
    facts: Facts,
    known: dict[str, Truth] | None = None,
) -> Truth:
    """The truth of `condition`; unknown where a fact is unknown or the source leaves it open.

    A definition is worked out once, however often it is named: `known` has those worked out so far.
    """
    known = {} if known is None else known
    match condition:
        case Has() | Compare() | OneOf() | HasValue():
            return holds(condition, facts)
        case Defined(name=name):
            if name in facts.definitions:
                return Truth.of(facts.definitions[name])
            if name not in known:
                meaning = graph.definitions[name].condition
                known[name] = truth(meaning, graph, facts, known)
            return known[name]
        case Established(operand=operand):
            return Truth.of(truth(operand, graph, facts, known) is Truth.TRUE)
        case Recorded(operand=operand):
            return Truth.of(truth(operand, graph, facts, known) is not Truth.UNKNOWN)
        case Resting(operand=operand):
            return truth(operand, graph, facts, known)
        case Not(operand=operand):
            return ~truth(operand, graph, facts, known)
        case AllOf(operands=operands):
            return all_of([truth(one, graph, facts, known) for one in operands])
        case AnyOf(operands=operands):
            return any_of([truth(one, graph, facts, known) for one in operands])
        case _:
            assert_never(condition)


def exception_truth(rule: Rule, graph: RuleGraph, facts: Facts) -> Truth:
    """Whether the condition of one of the rule's exceptions holds."""
    return any_of(
        truth(graph.rules[name].condition, graph, facts) for name in rule.exceptions
    )


def verdict(rule: Rule, graph: RuleGraph, facts: Facts) -> Verdict:
    """The verdict of `rule`, scope included."""
    inside = scope(graph, facts)
    if rule.outside_scope is not (inside is Truth.FALSE):
        return Verdict.DOES_NOT_APPLY
    settled = _settled(rule, graph, facts)
    return _undecided(rule, graph, facts) if settled is None else settled


def scope(graph: RuleGraph, facts: Facts) -> Truth:
    """Whether the guideline is written for this patient."""
    return truth(graph.scope, graph, facts)


def _settled(rule: Rule, graph: RuleGraph, facts: Facts) -> Verdict | None:
    """The verdict where condition and exceptions are decided."""
    own = truth(rule.condition, graph, facts)
    exception = exception_truth(rule, graph, facts)
    if own is Truth.FALSE:
        return Verdict.DOES_NOT_APPLY
    if own is Truth.UNKNOWN or exception is Truth.UNKNOWN:
        return None
    return Verdict.OVERRIDDEN if exception is Truth.TRUE else Verdict.APPLIES


def _undecided(rule: Rule, graph: RuleGraph, facts: Facts) -> Verdict:
    """Indeterminate when each reading of the source's thresholds would settle the rule."""
    for reading in (Reading.LOWER, Reading.UPPER):
        if _settled(rule, graph, evolve(facts, reading=reading)) is None:
            return Verdict.UNKNOWN
    return Verdict.INDETERMINATE
