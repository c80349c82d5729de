"""The guideline in OpenFisca: vectors, with two variables for each condition.

OpenFisca knows no unknown, so that each fact is two inputs: whether it is known, and its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contest import Contestant, NotInstalledError, Plain, timed

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf
from b12guide.values.term import Operator

__all__ = ["contestants", "vectors"]

PERIOD = "2026-01"


def contestants(
    evaluator: Evaluator, patients: Sequence[Plain]
) -> Iterator[Contestant]:
    """One simulation for each patient."""
    vectors_of = vectors(evaluator)

    def ask(patient: Plain) -> list[int]:
        return [int(column[0]) for column in vectors_of([patient])]

    some = patients[:20]  # it is slow; the table says how long one patient takes
    yield timed("OpenFisca, one person", lambda: [ask(patient) for patient in some])


def vectors(evaluator: Evaluator) -> Callable[[Sequence[Plain]], list[Any]]:
    """From patients to one vector of codes for each rule."""
    try:
        import numpy as np  # noqa: PLC0415 - only where it is installed
        from openfisca_core import entities, taxbenefitsystems, variables  # noqa: PLC0415
        from openfisca_core.periods import DateUnit  # noqa: PLC0415
        from openfisca_core.simulations import SimulationBuilder  # noqa: PLC0415
    except ImportError as error:
        message = "OpenFisca: pip install openfisca-core"
        raise NotInstalledError(message) from error

    person = entities.Entity("person", "people", "A person", "")
    system = taxbenefitsystems.TaxBenefitSystem([person])
    program = evaluator.program

    def add(name: str, kind: type, formula: Any = None) -> None:
        body = {
            "value_type": kind,
            "entity": person,
            "definition_period": DateUnit.MONTH,
            "label": name,
        }
        if formula is not None:
            body["formula"] = formula
        system.add_variable(type(name, (variables.Variable,), body))

    leaves = [node.leaf for node in program.nodes if node.leaf is not None]
    kinds: dict[str, type] = {}
    for leaf in leaves:
        match leaf:
            case Has():
                kinds[leaf.fact] = bool
            case OneOf():
                kinds[leaf.fact] = str
            case Compare():
                kinds[leaf.fact] = float
            case HasValue():
                kinds.setdefault(leaf.fact, float)
    for fact, kind in kinds.items():
        add(f"known_{fact}", bool)
        add(f"value_{fact}", kind)
    for step, node in enumerate(program.nodes):
        true, false = _formulas(node.op, node.leaf, node.operands, np)
        add(f"true_{step}", bool, true)
        add(f"false_{step}", bool, false)
    for number, (name, rule) in enumerate(evaluator.graph.rules.items()):
        own, excepted = program.conditions[name], program.exceptions[name]
        formula = _code(own, excepted, program.scope, rule.outside_scope, np)
        add(f"rule_{number}", int, formula)
    names = [f"rule_{number}" for number in range(len(evaluator.graph.rules))]

    def run(patients: Sequence[Plain]) -> list[Any]:
        built = SimulationBuilder().build_default_simulation(system, len(patients))
        for fact, kind in kinds.items():
            column = [patient[fact] for patient in patients]
            known = np.array([value is not None for value in column])
            filled = [kind() if value is None else value for value in column]
            built.set_input(f"known_{fact}", PERIOD, known)
            built.set_input(f"value_{fact}", PERIOD, np.array(filled))
        return [built.calculate(name, PERIOD) for name in names]

    return run


def _formulas(op: Op, leaf: Leaf | None, operands: Sequence[int], np: Any) -> Any:
    """The formulas for certainly true and certainly false."""

    def all_of(rail: str) -> Any:
        def formula(people: Any, period: Any) -> Any:
            found = np.ones(people.count, dtype=bool)
            for operand in operands:
                found &= people(f"{rail}_{operand}", period)
            return found

        return formula

    def any_of(rail: str) -> Any:
        def formula(people: Any, period: Any) -> Any:
            found = np.zeros(people.count, dtype=bool)
            for operand in operands:
                found |= people(f"{rail}_{operand}", period)
            return found

        return formula

    match op:
        case Op.LEAF if leaf is not None:
            return _leaf(leaf, np)
        case Op.NOT:
            return all_of("false"), all_of("true")
        case Op.DEFINED:
            return all_of("true"), all_of("false")
        case Op.ESTABLISHED:
            return all_of(
                "true"
            ), lambda people, period: ~people(f"true_{operands[0]}", period)
        case Op.RECORDED:

            def known(people: Any, period: Any) -> Any:
                only = operands[0]
                return people(f"true_{only}", period) | people(f"false_{only}", period)

            return known, lambda people, period: ~known(people, period)
        case Op.ANY:
            return any_of("true"), all_of("false")
        case _:
            return all_of("true"), any_of("false")


def _leaf(leaf: Leaf, np: Any) -> Any:
    compare = {
        Operator.LESS: np.less,
        Operator.AT_MOST: np.less_equal,
        Operator.MORE: np.greater,
        Operator.AT_LEAST: np.greater_equal,
        Operator.EQUAL: np.equal,
    }

    def holds(value: Any, *, low: bool) -> Any:
        match leaf:
            case Has():
                return value
            case HasValue():
                return np.full(len(value), fill_value=True)
            case OneOf(values=values):
                return np.isin(value, values)
            case Compare(operator=operator):
                end = leaf.low if low else leaf.high
                return compare[operator](value, float(end))

    def true(people: Any, period: Any) -> Any:
        known = people(f"known_{leaf.fact}", period)
        value = people(f"value_{leaf.fact}", period)
        return known & holds(value, low=True) & holds(value, low=False)

    def false(people: Any, period: Any) -> Any:
        known = people(f"known_{leaf.fact}", period)
        value = people(f"value_{leaf.fact}", period)
        return known & ~holds(value, low=True) & ~holds(value, low=False)

    return true, false


def _code(own: int, excepted: int, scope: int, outside: bool, np: Any) -> Any:
    def formula(people: Any, period: Any) -> Any:
        unheard = people(f"false_{scope}", period)
        if outside:
            unheard = ~unheard
        true, false = people(f"true_{own}", period), people(f"false_{own}", period)
        applies = true & people(f"false_{excepted}", period)
        overridden = true & people(f"true_{excepted}", period)
        return np.select([unheard | false, applies, overridden], [0, 1, 2], default=3)

    return formula
