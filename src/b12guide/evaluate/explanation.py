"""What a condition and a rule mean for one patient in strong Kleene logic, and why.

`truth` and `verdict` are written to be read aloud; everything faster is tested against them.
`explain` finds truth and reasons in one pass, so an explanation cannot disagree with its verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Decided, Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.facts import Facts, Reading, holds, is_open_to_reading
from b12guide.frozen import Record
from b12guide.graph import condition as c
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.say.numbers import exact_range_text, exact_text
from b12guide.truth import Truth, all_of, any_of
from b12guide.values.term import Kind

__all__ = [
    "DecisionExplanation",
    "Explanation",
    "RuleExplanation",
    "blame",
    "explain",
    "explain_decision",
    "explain_rule",
    "replay",
    "resting_on",
]


def truth(
    condition: c.Condition,
    graph: RuleGraph,
    facts: Facts,
    known: dict[str, Truth] | None = None,
) -> Truth:
    """The truth of `condition`; unknown where a fact is unknown or the source leaves it open.

    A definition is worked out once, however often it is named: `known` has those worked out so far.
    """
    known = {} if known is None else known
    match condition:
        case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
            return holds(condition, facts)
        case c.Defined(name=name):
            if name in facts.definitions:
                return Truth.of(facts.definitions[name])
            if name not in known:
                meaning = graph.definitions[name].condition
                known[name] = truth(meaning, graph, facts, known)
            return known[name]
        case _:
            parts = c.children(condition)
            return kleene(condition, [truth(one, graph, facts, known) for one in parts])


def kleene(condition: c.Condition, parts: Sequence[Truth]) -> Truth:
    """What a condition comes to, given the truths of those directly inside it (Kleene 1952).

    Unknown spreads through `not`, `and` and `or` unless another part decides (M13). What is
    established or recorded is a question about the record, which always has an answer (M14).
    """
    match condition:
        case c.Established():
            return Truth.of(parts[0] is Truth.TRUE)
        case c.Recorded():
            return Truth.of(parts[0] is not Truth.UNKNOWN)
        case c.Not():
            return ~parts[0]
        case c.AllOf():
            return all_of(parts)
        case c.AnyOf():
            return any_of(parts)
        case _:  # a definition is what it stands for, a reading what it is a reading of
            return parts[0]


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
    if settled is not None:
        return settled
    # An open rule is left open by the source alone if each reading of its thresholds settles it.
    readings = (
        _settled(rule, graph, evolve(facts, reading=reading))
        for reading in (Reading.LOWER, Reading.UPPER)
    )
    return Verdict.UNKNOWN if None in readings else Verdict.INDETERMINATE


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


@frozen(kw_only=True, repr=False)
class Explanation(Record):
    """One part of a condition and its truth.

    Attributes:
        text: The part in words of the language, names resolved.
        value: What the patient has, of an atom, None where it is not known; of a definition without
            parts, that it is stated, or explained above.
        indeterminate: Whether the source's own threshold leaves an atom open.
        assumptions: What the reading of this part rests on.
    """

    condition: c.Condition
    truth: Truth
    text: str
    children: tuple[Explanation, ...] = ()
    value: str | None = None
    indeterminate: bool = False
    assumptions: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class RuleExplanation(Answer, Record):
    """A rule's verdict, its own condition and those of its exceptions.

    Attributes:
        answer: What it is a part of; None where it is explained on its own.
        asked: Whether somebody in particular was asked about.
    """

    verdict: RuleVerdict
    condition: Explanation
    exceptions: tuple[tuple[Rule, Explanation], ...]
    answer: Recommendation | None = field(default=None, eq=False, repr=False)
    asked: bool = field(default=True, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class DecisionExplanation(Answer, Record):
    """The state of a decision, and why each of its rules has its verdict.

    Attributes:
        answer: What it is a part of; None where it is explained on its own.
        asked: Whether somebody in particular was asked about.
    """

    decided: Decided
    rules: tuple[RuleExplanation, ...]
    answer: Recommendation | None = field(default=None, eq=False, repr=False)
    asked: bool = field(default=True, eq=False, repr=False)


def explain_decision(
    recommendation: Recommendation, decision: Decision, facts: Facts
) -> DecisionExplanation:
    """Why `decision` came out as it did."""
    graph = recommendation.graph
    return DecisionExplanation(
        decided=recommendation.decisions[decision],
        rules=tuple(
            explain_rule(verdict, graph, facts)
            for verdict in recommendation.rules
            if verdict.rule.decision is decision
        ),
    )


def explain_rule(
    verdict: RuleVerdict, graph: RuleGraph, facts: Facts
) -> RuleExplanation:
    """Why `verdict.rule` has its verdict."""
    rule = verdict.rule
    return RuleExplanation(
        verdict=verdict,
        condition=_readable(explain(rule.condition, graph, facts)),
        exceptions=tuple(
            (
                graph.rules[name],
                _readable(explain(graph.rules[name].condition, graph, facts)),
            )
            for name in rule.exceptions
        ),
    )


def explain(
    condition: c.Condition,
    graph: RuleGraph,
    facts: Facts,
    known: dict[str, Explanation] | None = None,
) -> Explanation:
    """The truth of `condition` with the truth of its parts.

    A definition is explained once, however often it is named: `known` has those explained so far.
    """
    known = {} if known is None else known
    match condition:
        case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
            return Explanation(
                condition=condition,
                truth=holds(condition, facts),
                text=_leaf_text(condition, graph),
                value=_value_text(condition, graph, facts),
                indeterminate=is_open_to_reading(condition, facts),
            )
        case c.Defined(name=name) if name in facts.definitions:
            # One that was stated, or follows, stands without its parts.
            stated = Truth.of(facts.definitions[name])
            return Explanation(
                condition=condition, truth=stated, text=name, value="stated"
            )
        case c.Defined(name=name):
            if name not in known:
                inner = explain(graph.definitions[name].condition, graph, facts, known)
                known[name] = Explanation(
                    condition=condition, truth=inner.truth, text=name, children=(inner,)
                )
            return known[name]
        case _:
            parts = [explain(one, graph, facts, known) for one in c.children(condition)]
            return Explanation(
                condition=condition,
                truth=kleene(condition, [part.truth for part in parts]),
                text=_joined_text(condition, parts, graph),
                children=tuple(parts),
                assumptions=(
                    condition.assumptions if isinstance(condition, c.Resting) else ()
                ),
            )


def _joined_text(
    condition: c.Condition, parts: Sequence[Explanation], graph: RuleGraph
) -> str:
    match condition:
        case c.AllOf():
            return " and ".join(map(_grouped, parts)) or "always"
        case c.AnyOf():
            return " or ".join(map(_grouped, parts)) or "never"
        case c.Not():
            return f"not {_grouped(parts[0])}"
        case c.Established():
            return f"{parts[0].text} is established"
        case c.Recorded(operand=c.HasValue(fact=fact)) if (
            graph.vocabulary.facts[fact].kind is Kind.MEASURE
        ):
            return f"{parts[0].text} is measured"
        case c.Recorded():
            return f"{parts[0].text} is recorded"
        case _:
            return parts[0].text


def replay(explanation: Explanation) -> Truth:
    """The truth of an explanation, worked out again from that of its leaves."""
    truths = [replay(child) for child in explanation.children]
    if isinstance(explanation.condition, c.AllOf | c.AnyOf) or truths:
        return kleene(explanation.condition, truths)
    return explanation.truth


def blame(explanation: Explanation) -> Iterator[Explanation]:
    """The leaves that make an explanation's truth what it is: for "why" and "why not"."""
    if not explanation.children or isinstance(explanation.condition, c.Recorded):
        yield explanation
        return
    if isinstance(explanation.condition, c.AllOf | c.AnyOf):
        for child in explanation.children:
            if child.truth is explanation.truth:
                yield from blame(child)
        return
    for child in explanation.children:
        yield from blame(child)


def resting_on(
    explanation: Explanation, graph: RuleGraph, seen: set[int] | None = None
) -> Iterator[str]:
    """The assumptions that an explanation's truth rests on; what was `seen` is left out.

    Only the parts that make it what it is count, and of these only those that do not fail: that
    glossitis is read as neurological is no assumption about somebody without glossitis.
    """
    condition = explanation.condition
    seen = set() if seen is None else seen
    if id(explanation) in seen:  # a definition that is named again
        return
    seen.add(id(explanation))
    if explanation.truth is not Truth.FALSE:
        yield from explanation.assumptions
        if isinstance(condition, c.Defined):
            yield from graph.definitions[condition.name].grounds.assumptions
    for child in explanation.children:
        telling = child.truth is explanation.truth
        if telling or not isinstance(condition, c.AllOf | c.AnyOf):
            yield from resting_on(child, graph, seen)


MOST_WRITTEN = 1000
"""The parts of an explanation in which each definition is explained wherever it is named."""

ABOVE = "explained above"
"""The value of a definition that is not explained again."""


def _readable(explanation: Explanation) -> Explanation:
    """The same, with each definition explained once where it would be too long otherwise."""
    sizes: dict[int, int] = {}
    return (
        _once(explanation, set())
        if _size(explanation, sizes) > MOST_WRITTEN
        else explanation
    )


def _size(explanation: Explanation, sizes: dict[int, int]) -> int:
    """The number of parts when everything is written out."""
    if id(explanation) not in sizes:
        inner = sum(_size(child, sizes) for child in explanation.children)
        sizes[id(explanation)] = 1 + inner
    return sizes[id(explanation)]


def _once(explanation: Explanation, explained: set[str]) -> Explanation:
    if isinstance(explanation.condition, c.Defined) and explanation.children:
        if explanation.text in explained:
            return evolve(explanation, children=(), value=ABOVE)
        explained.add(explanation.text)
    children = tuple([_once(child, explained) for child in explanation.children])
    return evolve(explanation, children=children)


def _grouped(part: Explanation) -> str:
    inner = part.condition
    while isinstance(inner, c.Resting):
        inner = inner.operand
    match inner:
        case c.AllOf(operands=parts) | c.AnyOf(operands=parts):
            several = len(parts) > 1
        case c.OneOf(values=values):
            several = len(values) > 1
        case _:
            several = False
    return f"({part.text})" if several else part.text


def _leaf_text(leaf: c.Leaf, graph: RuleGraph) -> str:
    match leaf:
        case c.Has(fact=fact) | c.HasValue(fact=fact):
            return fact
        case c.OneOf(fact=fact, values=values):
            several = "any of " if len(values) > 1 else ""
            return f"{fact} is {several}{', '.join(values)}"
        case c.Compare(fact=fact, operator=operator, low=low, high=high):
            bound = exact_range_text(low, high)
            unit = graph.vocabulary.facts[fact].unit
            return f"{fact} {operator.value} {bound}" + (f" {unit}" if unit else "")


def _value_text(leaf: c.Leaf, graph: RuleGraph, facts: Facts) -> str | None:
    value = facts.values.get(leaf.fact)
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    unit = graph.vocabulary.facts[leaf.fact].unit
    return exact_text(value) + (f" {unit}" if unit else "")
