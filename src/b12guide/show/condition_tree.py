"""A condition with the truth of its parts, in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from b12guide.evaluate.explanation import Explanation
from b12guide.graph import condition
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import fact_text
from b12guide.say.names import value_label
from b12guide.say.numbers import comparison_text, measured, quantity_text, range_text
from b12guide.say.words import listing
from b12guide.show.page import Item, Tone
from b12guide.truth import Truth
from b12guide.values.term import Kind

_FEW = 3
_TONES = {Truth.TRUE: Tone.STRONG, Truth.FALSE: Tone.QUIET, Truth.UNKNOWN: Tone.CAUTION}


def condition_item(explanation: Explanation, graph: RuleGraph, *, asked: bool) -> Item:
    """The condition as an item, its parts inside; truths only if a patient was asked about."""
    inner, assumptions = _unrested(explanation)
    text = _text(inner, graph, asked=asked)
    return Item(
        text=f"{text}: {_truth(inner)}" if asked else text,
        details=tuple(f"assuming {name}" for name in assumptions),
        tone=_TONES[inner.truth] if asked else Tone.PLAIN,
        items=tuple(_parts(inner, graph, asked=asked)),
    )


def _unrested(explanation: Explanation) -> tuple[Explanation, tuple[str, ...]]:
    """The condition itself, and the assumptions that its reading rests on."""
    assumptions: tuple[str, ...] = ()
    while isinstance(explanation.condition, condition.Resting):
        assumptions += explanation.assumptions
        (explanation,) = explanation.children
    return explanation, assumptions


def _parts(
    explanation: Explanation, graph: RuleGraph, *, asked: bool
) -> Iterator[Item]:
    """The parts, those of a long list together that are alike."""
    if _is_simple(explanation):
        return
    if isinstance(explanation.condition, condition.Defined):
        meaning, _ = _unrested(explanation.children[0])
        if isinstance(meaning.condition, condition.Joined):
            explanation = meaning
    parts = explanation.children
    if not asked or len(parts) <= _FEW:
        yield from (condition_item(part, graph, asked=asked) for part in parts)
        return
    for truth in (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE):
        alike = [part for part in parts if part.truth is truth and _is_simple(part)]
        if len(alike) > 1:
            texts = "; ".join(_text(_unrested(p)[0], graph, asked=False) for p in alike)
            yield Item(text=f"{truth.value}: {texts}", tone=_TONES[truth])
        else:
            yield from (condition_item(part, graph, asked=asked) for part in alike)
    for part in parts:
        if not _is_simple(part):
            yield condition_item(part, graph, asked=asked)


def _is_simple(explanation: Explanation) -> bool:
    """Whether it is one fact, perhaps denied or asked to be on record, that has a clear truth."""
    while isinstance(
        explanation.condition,
        condition.Not | condition.Established | condition.Recorded | condition.Resting,
    ):
        (explanation,) = explanation.children
    return not explanation.children and not explanation.indeterminate


def _truth(explanation: Explanation) -> str:
    if explanation.indeterminate:
        return "left open by the source's own threshold"
    return explanation.truth.value


def _text(explanation: Explanation, graph: RuleGraph, *, asked: bool) -> str:
    explanation, _ = _unrested(explanation)
    match explanation.condition:
        case (
            condition.Has()
            | condition.Compare()
            | condition.OneOf()
            | condition.HasValue()
        ):
            return leaf_text(explanation, graph, asked=asked)
        case condition.Defined(name=name):
            return f"{fact_text(graph, name)} ({_definition(explanation, graph)})"
        case condition.Established() | condition.Recorded():
            words = _on_record(explanation.condition, graph)
            return _wrapped(words, explanation, graph, asked=asked)
        case condition.Not():
            (inner,) = explanation.children
            if isinstance(inner.condition, condition.Established | condition.Recorded):
                words = f"not {_on_record(inner.condition, graph)}"
                return _wrapped(words, inner, graph, asked=asked)
            return _wrapped("not", explanation, graph, asked=asked)
        case condition.AllOf(operands=()):
            return "always"
        case condition.AllOf():
            return "all of these"
        case condition.AnyOf():
            return "any of these"
        case condition.AtLeast(count=count):
            return f"at least {count} of these"
        case _:
            return explanation.text


def _on_record(
    claim: condition.Established | condition.Recorded, graph: RuleGraph
) -> str:
    """What is asked of the record (M14)."""
    match claim:
        case condition.Established():
            return "established"
        case condition.Recorded(operand=condition.HasValue(fact=fact)):
            is_measure = graph.vocabulary.facts[fact].kind is Kind.MEASURE
            return "measured" if is_measure else "recorded"
        case _:
            return "recorded"


def _definition(explanation: Explanation, graph: RuleGraph) -> str:
    """Whether a definition was stated, or what it stands for."""
    if not explanation.children:
        return explanation.value or "stated"
    meaning, _ = _unrested(explanation.children[0])
    if isinstance(meaning.condition, condition.Joined):
        return f"defined as {_text(meaning, graph, asked=False)}"
    return "defined"


def _wrapped(
    words: str, explanation: Explanation, graph: RuleGraph, *, asked: bool
) -> str:
    """The words, and on the same line the fact that they are about, if it is a single one."""
    if not _is_simple(explanation):
        return words
    (inner,) = explanation.children
    is_told = asked and not isinstance(inner.condition, condition.HasValue)
    truth = f" ({inner.truth.value})" if is_told else ""
    return f"{words}: {_text(inner, graph, asked=asked)}{truth}"


def leaf_text(explanation: Explanation, graph: RuleGraph, *, asked: bool = True) -> str:
    """One fact with what the patient has, such as "eGFR 35 mL/min < 50 mL/min"."""
    match explanation.condition:
        case condition.Compare(fact=fact, operator=operator, low=low, high=high):
            unit = graph.vocabulary.facts[fact].unit
            bound = measured(range_text(low, high), unit)
            has = asked and explanation.value is not None
            value = f" {_value(explanation, graph)}" if has else ""
            return (
                f"{fact_text(graph, fact)}{value} {comparison_text(operator)} {bound}"
            )
        case condition.OneOf(fact=fact, values=values):
            labels = listing((value_label(graph, fact, v) for v in values), "or")
            has = asked and explanation.value is not None
            value = f" ({_value(explanation, graph)})" if has else ""
            return f"{fact_text(graph, fact)}{value} is {labels}"
        case condition.HasValue(fact=fact):
            label = fact_text(graph, fact)
            return f"{label} ({_value(explanation, graph)})" if asked else label
        case condition.Recorded():
            (inner,) = explanation.children
            words = _on_record(explanation.condition, graph)
            return f"{words}: {_text(inner, graph, asked=asked)}"
        case condition.Has(fact=fact):
            return fact_text(graph, fact)
        case _:
            return explanation.text


def _value(explanation: Explanation, graph: RuleGraph) -> str:
    """What the patient has of a choice or measure, in words."""
    match explanation.condition, explanation.value:
        case _, None:
            return "not known"
        case ((condition.OneOf(fact=fact) | condition.HasValue(fact=fact)), value) if (
            graph.vocabulary.facts[fact].kind is Kind.CHOICE
        ):
            return value_label(graph, fact, value)
        case _, value:
            number, _, unit = value.partition(" ")
            return quantity_text(Fraction(number), unit or None)


def reasons(leaves: Iterator[Explanation], graph: RuleGraph) -> Iterator[str]:
    """What the verdict rests on, fact by fact."""
    seen = set()
    for leaf in leaves:
        text = f"{leaf_text(leaf, graph)}: {_truth(leaf)}"
        if text not in seen:
            seen.add(text)
            yield text
