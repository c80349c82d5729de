"""A second opinion by the solver z3, which shares no code with the search by worlds.

It is asked for claims that come down to one question: is there a patient with this condition?
Measures are real numbers within what is plausible; a bound that is a range is read at one end or
the other, the same way for all conditions on one measure.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any, assert_never

import z3
from attrs import define, field, frozen

from b12guide.evaluate.composition import compose, heard
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.graph import condition as logic
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.on_record import RecordFacts, shadow_of
from b12guide.values.term import Kind, Operator

MOST_OTHERS = 8
"""The rules that may bear on a pair before there are too many cases to write out."""


@frozen
class ConditionAsked:
    """Whether there is such a patient, and whether there should be."""

    condition: logic.Condition
    expected: bool


def asked_by(claim: Claim, graph: RuleGraph) -> ConditionAsked | None:
    """What a claim asks; None where it does not come down to one condition."""
    rules = [graph.rules[name] for name in claim.rules]
    match claim.kind:
        case ClaimKind.DEAD:
            (rule,) = rules
            inside = logic.Not(graph.scope) if rule.outside_scope else graph.scope
            return ConditionAsked(
                logic.AllOf((inside, _applies(rule, graph))), expected=True
            )
        case ClaimKind.REDUNDANT:
            exception, parent = rules
            others = [e for e in parent.exceptions if e != exception.name]
            return ConditionAsked(
                logic.AllOf(
                    (
                        graph.scope,
                        parent.condition,
                        exception.condition,
                        logic.Not(_any_of(others, graph)),
                    )
                ),
                expected=True,
            )
        case ClaimKind.FORBIDDEN:
            one, two = rules
            both: logic.Condition | None = logic.AllOf(
                tuple(_applies(r, graph) for r in rules)
            )
            if one.decision is two.decision:
                both = _in_conflict(one, two, graph)
            return (
                None
                if both is None
                else ConditionAsked(logic.AllOf((graph.scope, both)), expected=False)
            )
        case ClaimKind.CONFLICT:
            # Two rules on the decision clash, and no declaration says that they may.
            declared = {frozenset({c.first, c.second}) for c in graph.conflicts}
            decision = Decision(claim.name)
            speaking = (
                rule
                for rule in graph.rules.values()
                if rule.decision is decision
                and not rule.optional
                and not rule.outside_scope
            )
            pairs = [
                _in_conflict(one, two, graph)
                for one, two in combinations(speaking, 2)
                if frozenset({one.name, two.name}) not in declared
            ]
            known = tuple(pair for pair in pairs if pair is not None)
            if len(known) < len(pairs):
                return None
            clash = logic.AllOf((graph.scope, logic.AnyOf(known)))
            return ConditionAsked(clash, expected=False)
        case _:
            return None


def _applies(rule: Rule, graph: RuleGraph) -> logic.Condition:
    return logic.AllOf((rule.condition, logic.Not(_any_of(rule.exceptions, graph))))


def _any_of(names: tuple[str, ...] | list[str], graph: RuleGraph) -> logic.Condition:
    return logic.AnyOf(tuple(graph.rules[name].condition for name in names))


def _in_conflict(one: Rule, two: Rule, graph: RuleGraph) -> logic.Condition | None:
    """For which patients two rules are in conflict; a contraindication may resolve it (M46)."""
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
                logic.AllOf(
                    tuple(
                        _applies(r, graph) if applies else logic.Not(_applies(r, graph))
                        for r, applies in zip(others, applying, strict=True)
                    )
                )
            )
    return logic.AllOf(
        (_applies(one, graph), _applies(two, graph), logic.AnyOf(tuple(found)))
    )


def is_possible(condition: logic.Condition, graph: RuleGraph) -> bool:
    """Whether there is a patient about whom everything is known and `condition` holds."""
    world = _World(graph, RecordFacts.of(graph, shadow_of, condition).whichever)
    solver = z3.Solver()
    solver.add(world.formula(condition))
    for implication in graph.implications:
        premise = world.formula(implication.premise)
        solver.add(z3.Implies(premise, world.formula(implication.conclusion)))
    solver.add(*world.domains)
    return bool(solver.check() == z3.sat)


def disagreements(proofs: Iterable[Proof], graph: RuleGraph) -> Iterator[Proof]:
    """The proofs of which z3 thinks otherwise; claims of other kinds are passed over."""
    for proof in proofs:
        asked = asked_by(proof.claim, graph)
        if asked is not None and proof.settled in {
            ProofOutcome.PROVED,
            ProofOutcome.BROKEN,
        }:
            is_kept = is_possible(asked.condition, graph) is asked.expected
            if is_kept is not (proof.settled is ProofOutcome.PROVED):
                yield proof


@define(eq=False)
class _World:
    """The facts of one patient as variables of z3, with what their values may be."""

    graph: RuleGraph
    recorded: frozenset[str]
    variables: dict[str, Any] = field(factory=dict)
    domains: list[Any] = field(factory=list)
    definitions: dict[str, Any] = field(factory=dict)

    def formula(self, condition: logic.Condition) -> Any:
        """The condition over the variables."""
        match condition:
            case logic.Has(fact=name):
                return self._variable(name)
            case logic.Compare(fact=name, operator=compared):
                variable, is_so = self._variable(name), _AS_IN_PYTHON[compared]
                low, high = _real(condition.low), _real(condition.high)
                is_low = z3.Bool(f"{name} is read at the lower end")
                return z3.If(is_low, is_so(variable, low), is_so(variable, high))
            case logic.OneOf(fact=name, values=values):
                variable = self._variable(name)
                known = self._values(name)
                return z3.Or([variable == known.index(v) for v in values if v in known])
            case logic.Defined(name=name):
                if name not in self.definitions:
                    meaning = self.graph.definitions[name].condition
                    self.definitions[name] = self.formula(meaning)
                return self.definitions[name]
            case logic.HasValue():
                return z3.BoolVal(True)
            case logic.Established(operand=operand):
                so = self.formula(operand)
                name = shadow_of(operand)
                return z3.And(so, z3.Bool(name)) if name in self.recorded else so
            case logic.Recorded(operand=operand):
                return z3.Bool(shadow_of(operand))
            case logic.Resting(operand=operand):
                return self.formula(operand)
            case logic.Not(operand=operand):
                return z3.Not(self.formula(operand))
            case logic.AllOf(operands=operands):
                return z3.And([self.formula(each) for each in operands])
            case logic.AnyOf(operands=operands):
                return z3.Or([self.formula(each) for each in operands])
            case logic.AtLeast(count=count, operands=operands):
                so = [z3.If(self.formula(each), 1, 0) for each in operands]
                return z3.Sum(so) >= count
            case _:
                assert_never(condition)

    def _values(self, name: str) -> list[str]:
        """The values of a choice, and one for "none of them"."""
        values = list(self.graph.vocabulary.facts[name].values)
        return values if "none" in values else [*values, ""]

    def _variable(self, name: str) -> Any:
        if name not in self.variables:
            fact = self.graph.vocabulary.facts[name]
            match fact.kind:
                case Kind.CHOICE:
                    variable = z3.Int(name)
                    self.domains.extend(
                        (variable >= 0, variable < len(self._values(name)))
                    )
                case Kind.MEASURE:
                    variable = z3.Real(name)
                    if fact.plausible is not None:
                        low, high = map(_real, fact.plausible)
                        self.domains.extend((variable >= low, variable <= high))
                case _:
                    variable = z3.Bool(name)
            self.variables[name] = variable
        return self.variables[name]


def _real(number: Fraction) -> Any:
    return z3.RealVal(f"{number.numerator}/{number.denominator}")


_AS_IN_PYTHON: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}
