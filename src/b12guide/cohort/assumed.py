"""What a study assumes of patients of whom it is not known.

`otherwise="absent"` leaves every measure unknown that has no `absent` of its own: nobody's
platelets are normal because they were not counted. A study may assume so all the same, and then
says so everywhere. What is assumed fills nulls and facts without a column alike. It gives way to
what is stated: a cell that cannot be believed stays unknown, and where facts imply otherwise
the assumption is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from b12guide.cohort.columns import Column
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.evaluate.closure import close
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Definition, Fact, RuleGraph
from b12guide.patient.model import FactValue, Patient
from b12guide.patient.resolve import state
from b12guide.record import Record
from b12guide.text import Span, Text
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

__all__ = ["NOTHING", "Assumed", "assumed", "assumptions_text", "written"]

_NAME = "what is assumed"


@frozen(kw_only=True, repr=False)
class Assumed(Record):
    """What is assumed, in the guideline's words and units.

    Attributes:
        columns: The same as columns of a table, for facts that have none.
    """

    values: Mapping[str, FactValue] = field(factory=dict)
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
    for name, value in stated.values.items():
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
    close(stated, graph, evaluator.program)
    return Assumed(values=values, columns=tuple(_columns(values, graph)))


def _columns(values: Mapping[str, FactValue], graph: RuleGraph) -> Iterator[Column]:
    for name in values:
        subject: Fact | Definition = (
            graph.definitions.get(name) or graph.vocabulary.facts[name]
        )
        place = Label(text=Text(_NAME, name), span=Span(0, len(name)))
        yield Column(name=name, subject=subject, place=place)


# ------------------------------------------------------------------------------ words


def written(assumptions: Mapping[str, FactValue], graph: RuleGraph) -> dict[str, Any]:
    """What is assumed as one writes it in a patient file."""
    return {
        name: value if isinstance(value, bool | str) else _quantity(name, value, graph)
        for name, value in assumptions.items()
    }


def assumptions_text(assumptions: Mapping[str, FactValue], graph: RuleGraph) -> str:
    """What is assumed in words; empty for nothing.

    >>> from b12guide import load
    >>> assumptions_text({"platelets": 250, "diabetes": False}, load("mecobalamin_im").graph)
    'platelet count 250 x10^9/L; not: diabetes mellitus'
    """
    return "; ".join(_text(name, v, graph) for name, v in assumptions.items())


def _text(name: str, value: FactValue, graph: RuleGraph) -> str:
    definition = graph.definitions.get(name)
    if definition is not None:
        return definition.label if value else f"not: {definition.label}"
    fact = graph.vocabulary.facts[name]
    if isinstance(value, bool):
        return fact.label if value else f"not: {fact.label}"
    if isinstance(value, str):
        return f"{fact.label}: {dict(zip(fact.values, fact.value_labels, strict=True))[value]}"
    return f"{fact.label} {_quantity(name, value, graph)}"


def _quantity(name: str, value: Any, graph: RuleGraph) -> str:
    fact = graph.vocabulary.facts[name]
    return format_quantity(value, fact.unit if fact.kind is Kind.MEASURE else None)
