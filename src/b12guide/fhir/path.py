"""A condition as FHIRPath over `%facts`: true, false, or empty where it is not known.

`%facts` stands for the answers to the `Questionnaire` of the guideline, a `QuestionnaireResponse`
in which what follows from the answers is filled in. FHIRPath has three values as the guideline has:
`and`, `or` and `not()` are those of Kleene, with the empty collection for what is not known. An
engine that is not given `%facts` has to stop: no condition is true or false by accident.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from attrs import frozen

from b12guide.fhir.quantities import ucum
from b12guide.graph import condition as c
from b12guide.graph.model import RuleGraph
from b12guide.say.numbers import exact_text
from b12guide.values.term import Kind, Operator

_EMPTY = "{}"
_EITHER = "where(code = 'Y' or code = 'N').select(code = 'Y')"


def path_of(condition: c.Condition, graph: RuleGraph) -> str:
    """The condition as a FHIRPath expression.

    Args:
        condition: What is asked.
        graph: The guideline.
    """
    return _Writer(graph).path(condition)


@frozen
class _Writer:
    graph: RuleGraph

    def path(self, condition: c.Condition) -> str:
        match condition:
            case c.Has(fact=fact):
                return f"{_answer(fact)}.{_EITHER}"
            case c.Compare(fact=fact, operator=operator, low=low, high=high):
                value = self._number(fact)
                ends = [_compared(value, operator, end) for end in (low, high)]
                if low == high:
                    return ends[0]
                # What holds for one end of a bound that is a range is open (M11).
                return f"iif(({ends[0]}) = ({ends[1]}), {ends[0]}, {_EMPTY})"
            case c.OneOf(fact=fact, values=values):
                each = " or ".join(f"code = '{fact}.{value}'" for value in values)
                return f"{_known(fact)}.select({each})"
            case c.HasValue(fact=fact):
                return f"iif({self._value(fact)}.exists(), true, {_EMPTY})"
            case c.Defined(name=name):
                return self._defined(name)
            case c.Established(operand=operand):
                return f"iif({self.path(operand)}, true, false)"
            case c.Recorded(operand=operand):
                return f"({self.path(operand)}).exists()"
            case c.Not(operand=operand):
                return f"({self.path(operand)}).not()"
            case c.AllOf(operands=operands):
                return self._joined(operands, " and ") or "true"
            case c.AnyOf(operands=operands):
                return self._joined(operands, " or ") or "false"
            case c.AtLeast(count=count, operands=operands):
                return self._counted(count, operands)
            case c.Resting(operand=operand):
                return self.path(operand)
            case _:
                assert_never(condition)

    def _joined(self, operands: tuple[c.Condition, ...], word: str) -> str:
        parts = [self.path(operand) for operand in operands]
        return parts[0] if len(parts) == 1 else word.join(f"({p})" for p in parts)

    def _counted(self, count: int, operands: tuple[c.Condition, ...]) -> str:
        """So many are true, or so many are false that the rest cannot suffice, or it is open."""
        paths = [self.path(operand) for operand in operands]
        true = " + ".join(f"iif({path}, 1, 0)" for path in paths)
        false = " + ".join(f"iif(({path}).not(), 1, 0)" for path in paths)
        most = len(operands) - count
        return f"iif({true} >= {count}, true, iif({false} > {most}, false, {_EMPTY}))"

    def _defined(self, name: str) -> str:
        """What was answered of the whole; else what its condition comes to."""
        definition = self.graph.definitions[name]
        meant = self.path(definition.condition)
        if not definition.is_written:
            return f"({meant})"
        answered = f"{_answer(name)}.{_EITHER}"
        return f"iif({answered}.exists(), {answered}, {meant})"

    def _value(self, fact: str) -> str:
        known = self.graph.vocabulary.facts[fact]
        is_choice = known.kind is Kind.CHOICE
        return _known(fact) if is_choice else self._number(fact)

    def _number(self, fact: str) -> str:
        """The number of a measure in its own unit; nothing where it stands in another one."""
        unit = self.graph.vocabulary.facts[fact].unit
        if unit is None:
            return _answer(fact)
        code = ucum(unit)
        where = f"unit = '{unit}'" if code is None else f"code = '{code}'"
        return f"{_answer(fact)}.where({where}).value"


def _answer(fact: str) -> str:
    return f"%facts.item.where(linkId = '{fact}').answer.value"


def _known(fact: str) -> str:
    return f"{_answer(fact)}.where(code != 'unknown')"


def _compared(value: str, operator: Operator, bound: Fraction) -> str:
    return f"{value} {operator.value} {exact_text(bound)}"
