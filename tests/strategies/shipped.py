"""Patients for a shipped guideline: any facts of its vocabulary, close to its thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import strategies as st

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Not,
    Resting,
    atoms,
)
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.values.term import Kind


def thresholds(graph: RuleGraph, measure: str) -> Iterator[Fraction]:
    """The bounds with which the guideline compares `measure`."""
    conditions = [rule.condition for rule in graph.rules.values()]
    conditions += [one.condition for one in graph.definitions.values()]
    conditions.append(graph.scope)
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Compare) and atom.fact == measure:
                yield from (atom.low, atom.high)


def values(graph: RuleGraph, fact: Fact) -> st.SearchStrategy[FactValue]:
    """A value of `fact`; of a measure one at, below or above a threshold."""
    if fact.kind is Kind.CHOICE:
        return st.sampled_from(fact.values)
    if fact.kind is not Kind.MEASURE:
        return st.booleans()
    low, high = fact.plausible or (Fraction(0), Fraction(100))
    near = {t + d for t in thresholds(graph, fact.name) for d in (-1, 0, 1)}
    kept = sorted(value for value in near if low <= value <= high)
    return st.sampled_from(kept or [(low + high) / 2])


def relevant(graph: RuleGraph) -> tuple[str, ...]:
    """The facts that some condition reads."""
    conditions = [rule.condition for rule in graph.rules.values()]
    conditions += [one.condition for one in graph.definitions.values()]
    found = (a for c in conditions for a in atoms(c))
    read = {a.fact for a in found if not isinstance(a, Defined)}
    return tuple(sorted(read | {"age"}))


def recorded(condition: Condition) -> Iterator[str]:
    """The facts that count only once they are recorded (`EVENT is known`, `withhold`)."""
    match condition:
        case Established(operand=operand):
            yield from (a.fact for a in atoms(operand) if not isinstance(a, Defined))
        case Not(operand=operand) | Resting(operand=operand):
            yield from recorded(operand)
        case AllOf() | AnyOf() | AtLeast():
            for operand in condition.operands:
                yield from recorded(operand)
        case _:
            pass


@st.composite
def patients(
    draw: st.DrawFn, graph: RuleGraph, *, otherwise: Otherwise | None = None
) -> Stated:
    """A patient with some facts stated; implications are kept in mind, not enforced."""
    facts = graph.vocabulary.facts
    names = draw(st.lists(st.sampled_from(relevant(graph)), max_size=14, unique=True))
    stated: dict[str, FactValue | None] = {
        name: draw(
            st.one_of(st.none(), values(graph, facts[name]), values(graph, facts[name]))
        )
        for name in names
    }
    procedure = stated.get("bariatric_procedure")
    if procedure is not None and stated.get("bariatric_surgery") is not None:
        stated["bariatric_surgery"] = procedure != "none"
    if stated.get("severe_neurological_symptoms"):
        stated.pop("other_neurological_symptom", None)
    if stated.get("cobalamin_gene") is not None:
        stated.pop("inherited_cobalamin_defect", None)
    default = otherwise or draw(st.sampled_from(Otherwise))
    return Stated(values=stated, otherwise=default)
