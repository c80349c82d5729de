"""What a study assumes of patients for whom it is not known.

`otherwise="absent"` leaves every measure unknown that has no `absent` of its own: nobody's
platelets are normal because they were not counted. A study may assume so all the same, and then
says so everywhere. What is assumed fills nulls and facts without a column alike. It gives way to
what is stated: a cell that is implausible stays unknown, and where facts imply otherwise
the assumption is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.cohort.columns import Column
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts, tied_components
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Definition, Fact, RuleGraph
from b12guide.patient.model import FactValue, Patient, Stated
from b12guide.patient.stated import state
from b12guide.text import Span, Text
from b12guide.values.quantity import format_quantity

_NAME = "what is assumed"


@frozen(kw_only=True, repr=False)
class Assumed(Record):
    """What is assumed, in the guideline's words and units.

    Attributes:
        columns: The same as columns of a table, for facts that have none.
    """

    values: Mapping[str, FactValue] = field(factory=dict, converter=frozen_map)
    columns: tuple[Column, ...] = field(default=(), repr=False)


NOTHING = Assumed()


def assumed(assume: Mapping[str, Any], evaluator: Evaluator) -> Assumed:
    """What the caller assumes, checked as a patient's facts are.

    Raises:
        PatientError: A fact is not known, a value has a wrong unit, is implausible or missing, or
            the values contradict each other.
    """
    if not assume:
        return NOTHING
    graph = evaluator.graph
    stated = state(Patient(facts=assume, name=_NAME), graph)
    values: dict[str, FactValue] = {}
    nothing = []
    for name, value in stated.recorded.items():
        if value is None:
            nothing.append(name)
        else:
            values[name] = value
    if nothing:
        missing = f"`{nothing[0]}` is to be assumed, but no value is given"
        remedy = f'such as `assume={{"{nothing[0]}": ...}}`, or leave it out'
        wrong = Diagnostic(code="GDL750", message=missing, help=(Help(message=remedy),))
        message = f"{_NAME} cannot be used"
        raise PatientError(message, [wrong])
    implied_facts(stated, graph, evaluator.program)
    return Assumed(values=values, columns=tuple(_columns(values, graph)))


def assumable(
    assumptions: Mapping[str, FactValue], stated: Stated, evaluator: Evaluator
) -> dict[str, FactValue]:
    """Those of the assumptions that can be made of a patient about whom some things are stated.

    What implications tie together is assumed together or not at all.
    """
    missing = {n: v for n, v in assumptions.items() if stated.values.get(n) is None}
    if _is_possible(stated, missing, evaluator):
        return missing
    asserted = tuple(
        sorted(n for n in evaluator.graph.definitions if n in stated.values)
    )
    place = tied_components(evaluator.program, evaluator.graph, asserted).place
    groups: dict[object, dict[str, FactValue]] = {}
    for name, value in missing.items():
        groups.setdefault(place.get(name, name), {})[name] = value
    found: dict[str, FactValue] = {}
    for group in groups.values():
        if _is_possible(stated, group, evaluator):
            found.update(group)
    return found


def _is_possible(
    stated: Stated, more: Mapping[str, FactValue], evaluator: Evaluator
) -> bool:
    values = {**stated.values, **more}
    try:
        implied_facts(evolve(stated, values=values), evaluator.graph, evaluator.program)
    except PatientError:
        return False
    return True


def _columns(values: Mapping[str, FactValue], graph: RuleGraph) -> Iterator[Column]:
    for name in values:
        subject: Fact | Definition = (
            graph.definitions.get(name) or graph.vocabulary.facts[name]
        )
        place = Label(text=Text(_NAME, name), span=Span(0, len(name)))
        yield Column(name=name, subject=subject, place=place)


# ------------------------------------------------------------------------------ words

WrittenValues: TypeAlias = Mapping[str, bool | str]
"""Assumptions by fact, as one writes them in a patient file."""


def written_values(
    assumptions: Mapping[str, FactValue], graph: RuleGraph
) -> WrittenValues:
    """What is assumed as one writes it in a patient file, each quantity with its unit."""
    found: dict[str, bool | str] = {}
    for name, value in assumptions.items():
        if isinstance(value, bool | str):
            found[name] = value
        else:
            unit = graph.vocabulary.facts[name].unit
            found[name] = format_quantity(Fraction(value), unit)
    return found
