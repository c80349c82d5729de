"""A second opinion by the solver z3, which shares no code with the search by worlds.

Measures are real numbers within what is plausible; a bound that is a range is read at one end or
the other, the same way for all conditions on one measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, assert_never

import z3
from attrs import field, frozen

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
from b12guide.graph.model import RuleGraph
from b12guide.prove.as_condition import asked_by
from b12guide.prove.claim import Proof, Settled
from b12guide.prove.on_record import OnRecord, shadow_of
from b12guide.values.term import Kind, Operator

__all__ = ["disagreements", "is_possible"]


def is_possible(condition: Condition, graph: RuleGraph) -> bool:
    """Whether there is a patient of whom everything is known and `condition` holds."""
    world = _World(graph, OnRecord.of(graph, shadow_of, (condition,)).whichever)
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
        if asked is not None and proof.settled in {Settled.PROVED, Settled.BROKEN}:
            is_kept = is_possible(asked.condition, graph) is asked.expected
            if is_kept is not (proof.settled is Settled.PROVED):
                yield proof


@frozen
class _World:
    """The facts of one patient as variables of z3, with what their values may be."""

    graph: RuleGraph
    recorded: frozenset[str]
    variables: dict[str, Any] = field(factory=dict)
    domains: list[Any] = field(factory=list)
    definitions: dict[str, Any] = field(factory=dict)

    def formula(self, condition: Condition) -> Any:
        """The condition over the variables."""
        match condition:
            case Has(fact=name):
                return self._variable(name)
            case Compare():
                return self._comparison(condition)
            case OneOf(fact=name, values=values):
                variable = self._variable(name)
                known = self._values(name)
                return z3.Or([variable == known.index(v) for v in values if v in known])
            case Defined(name=name):
                if name not in self.definitions:
                    meaning = self.graph.definitions[name].condition
                    self.definitions[name] = self.formula(meaning)
                return self.definitions[name]
            case HasValue():
                return z3.BoolVal(True)
            case Established(operand=operand):
                so = self.formula(operand)
                name = shadow_of(operand)
                return z3.And(so, z3.Bool(name)) if name in self.recorded else so
            case Recorded(operand=operand):
                return z3.Bool(shadow_of(operand))
            case Resting(operand=operand):
                return self.formula(operand)
            case Not(operand=operand):
                return z3.Not(self.formula(operand))
            case AllOf(operands=operands):
                return z3.And([self.formula(each) for each in operands])
            case AnyOf(operands=operands):
                return z3.Or([self.formula(each) for each in operands])
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

    def _comparison(self, condition: Compare) -> Any:
        variable = self._variable(condition.fact)
        low, high = (
            _compared(condition.operator, variable, _real(bound))
            for bound in (condition.low, condition.high)
        )
        is_low = z3.Bool(f"{condition.fact} is read at the lower end")
        return z3.If(is_low, low, high)


def _real(number: Fraction) -> Any:
    return z3.RealVal(f"{number.numerator}/{number.denominator}")


def _compared(operator: Operator, variable: Any, bound: Any) -> Any:
    match operator:
        case Operator.LESS:
            return variable < bound
        case Operator.AT_MOST:
            return variable <= bound
        case Operator.MORE:
            return variable > bound
        case Operator.AT_LEAST:
            return variable >= bound
        case Operator.EQUAL:
            return variable == bound
        case _:
            assert_never(operator)
