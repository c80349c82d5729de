"""Patients for the benchmarks: drawn at random, the same at every run."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from random import Random

from b12guide.errors import PatientError
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.program import Program
from b12guide.graph.condition import Compare
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.values.term import Kind

SEED = 12


def relevant(graph: RuleGraph, program: Program) -> tuple[Fact, ...]:
    """The facts that the guideline reads."""
    read = {node.leaf.fact for node in program.nodes if node.leaf is not None}
    return tuple(fact for name, fact in graph.vocabulary.facts.items() if name in read)


def people(
    graph: RuleGraph, program: Program, count: int, unknown: float = 0.1
) -> list[Facts]:
    """Patients who do not contradict themselves; a fact is unknown that often."""
    random = Random(SEED)  # noqa: S311 -- nothing secret
    offered = {fact.name: values_of(fact, program) for fact in relevant(graph, program)}
    # A measure that is only asked to be on record is compared with nothing: it has no threshold.
    offered = {name: values for name, values in offered.items() if values}
    found: list[Facts] = []
    while len(found) < count:
        values = {
            name: random.choice(values)
            for name, values in offered.items()
            if random.random() >= unknown
        }
        stated = Stated(values=values, otherwise=Otherwise.UNKNOWN)
        with suppress(PatientError):
            found.append(implied_facts(stated, graph, program))
    return found


def values_of(fact: Fact, program: Program) -> tuple[FactValue, ...]:
    """Values of `fact`; a finding is there one time in four, a measure near a threshold."""
    if fact.name == "age":
        return (17, 18, 30, 50, 70, 90)
    if fact.kind is Kind.CHOICE:
        return fact.values
    if fact.kind is not Kind.MEASURE:
        return (True, False, False, False)
    cuts = {
        cut
        for node in program.nodes
        if isinstance(node.leaf, Compare) and node.leaf.fact == fact.name
        for cut in (node.leaf.low, node.leaf.high)
    }
    near = {cut + step for cut in cuts for step in (-10, 0, 10)} - {Fraction(-10)}
    return tuple(int(v) if v.denominator == 1 else v for v in sorted(near))
