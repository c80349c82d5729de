"""A condition with the truth of its parts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from b12guide.evaluate.explanation import Explanation
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Defined,
    Has,
    Known,
    Not,
    OneOf,
    Resting,
)
from b12guide.graph.model import RuleGraph
from b12guide.show.number import range_text
from b12guide.show.page import Item, Tone
from b12guide.show.wording import comparison_text, fact_text, listing, measured
from b12guide.truth import Truth

__all__ = ["condition_item", "leaf_text"]

_FEW = 3
_TONES = {
    Truth.TRUE: Tone.STRONG,
    Truth.FALSE: Tone.QUIET,
    Truth.UNKNOWN: Tone.CAUTION,
}


def condition_item(explanation: Explanation, graph: RuleGraph, *, asked: bool) -> Item:
    """The condition as an item, its parts inside; truths only if a patient was asked about."""
    assumptions: tuple[str, ...] = ()
    while isinstance(explanation.condition, Resting):
        assumptions += explanation.assumptions
        (explanation,) = explanation.children
    parts, omitted = _parts(explanation, asked=asked)
    items = [condition_item(part, graph, asked=asked) for part in parts]
    if omitted:
        truth = omitted[0].truth.value
        items.append(Item(text=f"and {len(omitted)} more: {truth}", tone=Tone.QUIET))
    text = _text(explanation, graph, asked=asked)
    return Item(
        text=f"{text}: {_truth(explanation)}" if asked else text,
        details=tuple(f"assuming {name}" for name in assumptions),
        tone=_TONES[explanation.truth] if asked else Tone.PLAIN,
        items=tuple(items),
    )


def _parts(
    explanation: Explanation, *, asked: bool
) -> tuple[tuple[Explanation, ...], tuple[Explanation, ...]]:
    """The parts worth showing, and those that play no role in a long list."""
    parts = explanation.children
    if (
        len(parts) <= _FEW
        or not asked
        or not isinstance(explanation.condition, AllOf | AnyOf)
    ):
        return parts, ()
    shown = tuple(part for part in parts if part.truth is explanation.truth)
    rest = tuple(part for part in parts if part.truth is not explanation.truth)
    if len(shown) == len(parts) and explanation.truth is Truth.FALSE:
        return parts[:1], parts[1:]
    open_ = tuple(part for part in rest if part.truth is Truth.UNKNOWN)
    if open_:
        return parts, ()
    return shown, rest


def _truth(explanation: Explanation) -> str:
    if explanation.indeterminate:
        return "left open by the source's own threshold"
    return explanation.truth.value


def _text(explanation: Explanation, graph: RuleGraph, *, asked: bool) -> str:
    match explanation.condition:
        case Has() | Compare() | OneOf():
            return leaf_text(explanation, graph, asked=asked)
        case Defined(name=name):
            stated = ", stated" if explanation.value else ""
            return f"{fact_text(graph, name)} (defined{stated})"
        case Known():
            return "known to be so (unknown counts as no)"
        case Not():
            return "not"
        case AllOf(operands=()):
            return "always"
        case AllOf():
            return "all of these"
        case AnyOf():
            return "any of these"
        case Resting():
            return explanation.text
        case _:
            assert_never(explanation.condition)


def leaf_text(explanation: Explanation, graph: RuleGraph, *, asked: bool = True) -> str:
    """One fact with what the patient has, such as "eGFR 35 mL/min < 50 mL/min"."""
    match explanation.condition:
        case Compare(fact=fact, operator=operator, low=low, high=high):
            unit = graph.vocabulary.facts[fact].unit
            bound = measured(range_text(low, high), unit)
            value = f" {explanation.value}" if asked and explanation.value else ""
            return (
                f"{fact_text(graph, fact)}{value} {comparison_text(operator)} {bound}"
            )
        case OneOf(fact=fact, values=values):
            labels = listing((_value_text(graph, fact, v) for v in values), "or")
            has = ""
            if asked and explanation.value:
                has = f" ({_value_text(graph, fact, explanation.value)})"
            return f"{fact_text(graph, fact)}{has} is {labels}"
        case Has(fact=fact):
            return fact_text(graph, fact)
        case _:
            return explanation.text


def _value_text(graph: RuleGraph, fact: str, value: str) -> str:
    choice = graph.vocabulary.facts[fact]
    labels = dict(zip(choice.values, choice.value_labels, strict=False))
    return labels.get(value) or value.replace("_", " ")


def reasons(leaves: Iterator[Explanation], graph: RuleGraph) -> Iterator[str]:
    """What the verdict rests on, fact by fact."""
    seen = set()
    for leaf in leaves:
        text = f"{leaf_text(leaf, graph)}: {_truth(leaf)}"
        if text not in seen:
            seen.add(text)
            yield text
