"""Claims that come down to one question: is there a patient of whom a condition holds?

The search by worlds does not go this way, so whoever decides the question by other means gives a
second opinion.
"""

from __future__ import annotations

from itertools import combinations

from attrs import frozen

from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.conflicts import are_incompatible
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.prove.claim import Claim, Kind

__all__ = ["Asked", "asked_by"]


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
            both = tuple(_applies(rule, graph) for rule in rules)
            return Asked(AllOf((graph.scope, *both)), expected=False)
        case Kind.CONFLICT:
            return _clash(claim, graph)
        case _:
            return None


def _applies(rule: Rule, graph: RuleGraph) -> Condition:
    return AllOf((rule.condition, Not(_any_of(rule.exceptions, graph))))


def _any_of(names: tuple[str, ...] | list[str], graph: RuleGraph) -> Condition:
    return AnyOf(tuple(graph.rules[name].condition for name in names))


def _clash(claim: Claim, graph: RuleGraph) -> Asked:
    """Whether two rules on the decision clash and no declaration says that they may."""
    declared = {frozenset({c.first, c.second}) for c in graph.conflicts}
    rules = [
        rule
        for rule in graph.rules.values()
        if rule.decision is Decision(claim.name)
        and not rule.optional
        and not rule.outside_scope
    ]
    pairs = tuple(
        AllOf((_applies(one, graph), _applies(two, graph)))
        for one, two in combinations(rules, 2)
        if frozenset({one.name, two.name}) not in declared
        and are_incompatible(one.value, two.value)
    )
    return Asked(AllOf((graph.scope, AnyOf(pairs))), expected=False)
