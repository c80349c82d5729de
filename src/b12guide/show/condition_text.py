"""A condition as an English phrase that follows "given", whatever the patient.

Every fact becomes a noun: findings by their label, events as "that ...", measures with their
bound in words. Groups inside a group stand in brackets, so that "and" and "or" cannot be misread.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Has,
    Known,
    Not,
    OneOf,
    Resting,
)
from b12guide.graph.model import RuleGraph
from b12guide.show.number import range_text
from b12guide.show.wording import (
    Audience,
    fact_text,
    listing,
    measured,
    value_label,
)
from b12guide.values.term import Kind, Operator

__all__ = ["bounded", "condition_text"]

_WORDS = {
    Operator.LESS: "below",
    Operator.AT_MOST: "of at most",
    Operator.MORE: "above",
    Operator.AT_LEAST: "of at least",
    Operator.EQUAL: "of exactly",
}


def condition_text(
    condition: Condition, graph: RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """The condition as a noun phrase; "every patient" where there is none.

    A patient is spared the names of the assumptions.
    """
    match condition:
        case AllOf(operands=()):
            return "every patient"
        case AllOf(operands=(only,)) | AnyOf(operands=(only,)):
            return condition_text(only, graph, audience)
        case AllOf(operands=operands):
            return _all_of(operands, graph, audience)
        case AnyOf(operands=operands) if operands:
            return _joined((_part(o, graph, audience) for o in operands), "or")
        case _:
            return _part(condition, graph, audience)


def _all_of(
    operands: tuple[Condition, ...], graph: RuleGraph, audience: Audience
) -> str:
    between = _between(operands, graph)
    return between or _joined((_part(o, graph, audience) for o in operands), "and")


def _joined(parts: Iterable[str], word: str) -> str:
    """The parts with the word between them, after a comma unless there are two short ones."""
    texts = list(parts)
    plain = len(texts) == 2 and not any("," in text or "(" in text for text in texts)
    return (f" {word} " if plain else f", {word} ").join(texts)


def _part(condition: Condition, graph: RuleGraph, audience: Audience) -> str:
    """A condition as part of another one."""
    match condition:
        case Has(fact=fact):
            return _that(fact, graph)
        case Defined(name=name):
            return fact_text(graph, name)
        case Compare(fact=fact):
            return f"{fact_text(graph, fact)} {_bound(condition, graph)}"
        case OneOf(fact=fact, values=values):
            return f"{fact_text(graph, fact)} stated as {_values(fact, values, graph)}"
        case Known(operand=operand):
            return f"the knowledge {_of(operand, graph, audience)}"
        case Not(operand=operand):
            return _denied(operand, graph, audience)
        case Resting(operand=operand, assumptions=assumptions):
            return _part(operand, graph, audience) + _assuming(assumptions, audience)
        case AllOf(operands=operands) if between := _between(operands, graph):
            return between
        case AllOf(operands=()):
            return "every patient"
        case AnyOf(operands=()):
            return "no patient at all"
        case AllOf() | AnyOf():
            return f"({condition_text(condition, graph, audience)})"
        case _:
            assert_never(condition)


def _denied(operand: Condition, graph: RuleGraph, audience: Audience) -> str:
    """The opposite of a condition: known not to be so, never just unknown."""
    match operand:
        case Has(fact=fact) if _is_event(fact, graph):
            return f"that it is not so {_that(fact, graph)}"
        case Has() | Defined():
            return f"no {_part(operand, graph, audience)}"
        case Compare(fact=fact):
            return f"{fact_text(graph, fact)} not {_bound(operand, graph)}"
        case OneOf(fact=fact, values=values):
            return f"{fact_text(graph, fact)} other than {_values(fact, values, graph)}"
        case Known(operand=inner):
            return f"no knowledge {_of(inner, graph, audience)}"
        case Not(operand=inner):
            return _part(inner, graph, audience)
        case Resting(operand=inner, assumptions=assumptions):
            return _denied(inner, graph, audience) + _assuming(assumptions, audience)
        case AnyOf(operands=operands):
            return f"none of ({'; '.join(_part(o, graph, audience) for o in operands)})"
        case AllOf(operands=operands):
            return (
                f"not all of ({'; '.join(_part(o, graph, audience) for o in operands)})"
            )
        case _:
            assert_never(operand)


def _assuming(assumptions: tuple[str, ...], audience: Audience) -> str:
    if audience is Audience.PATIENT:
        return ""
    return f" (assuming {listing(assumptions)})"


def _is_event(fact: str, graph: RuleGraph) -> bool:
    known = graph.vocabulary.facts.get(fact)
    return known is not None and known.kind is Kind.EVENT


def _that(fact: str, graph: RuleGraph) -> str:
    label = fact_text(graph, fact)
    return f"that {label}" if _is_event(fact, graph) else label


def _of(operand: Condition, graph: RuleGraph, audience: Audience) -> str:
    """What is known: "that ..." of an event, "of ..." of anything else."""
    text = _part(operand, graph, audience)
    return text if text.startswith("that ") else f"of {text}"


def _values(fact: str, values: tuple[str, ...], graph: RuleGraph) -> str:
    return listing((f'"{value_label(graph, fact, v)}"' for v in values), "or")


def _bound(compare: Compare, graph: RuleGraph) -> str:
    fact = graph.vocabulary.facts.get(compare.fact)
    unit = fact.unit if fact else None
    return bounded(compare.operator, compare.low, compare.high, unit)


def bounded(operator: Operator, low: Fraction, high: Fraction, unit: str | None) -> str:
    """The bound of a measure in words: "below 50 mL/min"."""
    number = measured(range_text(low, high), unit)
    if low != high:
        number = f"a bound that the source prints as {number}"
    return f"{_WORDS[operator]} {number}"


def _between(operands: tuple[Condition, ...], graph: RuleGraph) -> str | None:
    """Both ends of a range of one measure, where the operands are just these."""
    match operands:
        case (
            Compare(fact=fact, operator=Operator.AT_LEAST) as least,
            Compare(operator=Operator.AT_MOST) as most,
        ) if most.fact == fact and least.low == least.high and most.low == most.high:
            known = graph.vocabulary.facts.get(fact)
            ends = range_text(least.low, most.high)
            number = measured(ends, known.unit if known else None)
            return f"{fact_text(graph, fact)} from {number}, both included"
        case _:
            return None
