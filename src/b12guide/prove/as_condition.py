"""Claims that come down to one question: is there a patient of whom a condition holds?

The search by worlds does not go this way, so whoever decides the question by other means gives a
second opinion.
"""

from __future__ import annotations

from itertools import combinations, product

from attrs import frozen

from b12guide.evaluate.composed import Kind as CompositionKind
from b12guide.evaluate.composition import compose, heard
from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.prove.claim import Claim, Kind

__all__ = ["Asked", "asked_by"]

MOST_OTHERS = 8
"""The rules that may bear on a pair before there are too many cases to write out."""


@frozen
class Asked:
    """Whether there is such a patient, and whether there should be."""

    condition: Condition
    expected: bool


def asked_by(claim: Claim, graph: RuleGraph) -> Asked | None:
    """What a claim asks; None where it does not come down to one condition."""
    rules = [graph.rules[name] for name in claim.rules]
    match claim.kind:
        case Kind.DEAD:
            (rule,) = rules
            inside = Not(graph.scope) if rule.outside_scope else graph.scope
            return Asked(AllOf((inside, _applies(rule, graph))), expected=True)
        case Kind.REDUNDANT:
            exception, parent = rules
            others = [e for e in parent.exceptions if e != exception.name]
            return Asked(
                AllOf(
                    (
                        graph.scope,
                        parent.condition,
                        exception.condition,
                        Not(_any_of(others, graph)),
                    )
                ),
                expected=True,
            )
        case Kind.FORBIDDEN:
            one, two = rules
            both: Condition | None = AllOf(tuple(_applies(r, graph) for r in rules))
            if one.decision is two.decision:
                both = _in_conflict(one, two, graph)
            return (
                None
                if both is None
                else Asked(AllOf((graph.scope, both)), expected=False)
            )
        case Kind.CONFLICT:
            return _clash(claim, graph)
        case _:
            return None


def _applies(rule: Rule, graph: RuleGraph) -> Condition:
    return AllOf((rule.condition, Not(_any_of(rule.exceptions, graph))))


def _any_of(names: tuple[str, ...] | list[str], graph: RuleGraph) -> Condition:
    return AnyOf(tuple(graph.rules[name].condition for name in names))


def _in_conflict(one: Rule, two: Rule, graph: RuleGraph) -> Condition | None:
    """Of whom two rules make a conflict; what is contraindicated may take it away (M46)."""
    decision = one.decision
    inside = (r for r in graph.rules.values() if not r.outside_scope)
    bearing = heard(
        decision, (one, two, *(r for r in inside if r.decision is not decision))
    )
    others = bearing[2:]
    if len(others) > MOST_OTHERS:
        return None
    found = []
    for applying in product((False, True), repeat=len(others)):
        some = tuple(r for r, applies in zip(others, applying, strict=True) if applies)
        if compose(decision, (one, two, *some)).kind is CompositionKind.CONFLICT:
            found.append(
                AllOf(
                    tuple(
                        _applies(r, graph) if applies else Not(_applies(r, graph))
                        for r, applies in zip(others, applying, strict=True)
                    )
                )
            )
    return AllOf((_applies(one, graph), _applies(two, graph), AnyOf(tuple(found))))


def _clash(claim: Claim, graph: RuleGraph) -> Asked | None:
    """Whether two rules on the decision clash and no declaration says that they may."""
    declared = {frozenset({c.first, c.second}) for c in graph.conflicts}
    rules = [
        rule
        for rule in graph.rules.values()
        if rule.decision is Decision(claim.name)
        and not rule.optional
        and not rule.outside_scope
    ]
    pairs = [
        _in_conflict(one, two, graph)
        for one, two in combinations(rules, 2)
        if frozenset({one.name, two.name}) not in declared
    ]
    known = tuple(pair for pair in pairs if pair is not None)
    if len(known) < len(pairs):
        return None
    return Asked(AllOf((graph.scope, AnyOf(known))), expected=False)
