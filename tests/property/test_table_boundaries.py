"""The table of shipped guidelines, beside patients who lie at the thresholds of both."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from random import Random

import pytest

from b12guide import load
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS, recommend
from b12guide.graph.condition import Compare, Condition, atoms
from b12guide.graph.model import Decision, Fact, RuleGraph
from b12guide.graph.query import facts_read
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.prove.difference import Sameness
from b12guide.several.called import known_to
from b12guide.several.table import Table, guideline_table
from b12guide.values.term import Kind

PAIRS = (("aafp_2017", "bomss_2020"), ("bnf_2021", "uk_smpc"))
PATIENTS = 150


@cache
def table_of(names: tuple[str, str]) -> Table:
    return guideline_table(load(name).graph for name in names)


def conditions(graph: RuleGraph) -> Iterator[Condition]:
    yield graph.scope
    yield from (rule.condition for rule in graph.rules.values())
    yield from (one.condition for one in graph.definitions.values())


def boundary(fact: Fact, graphs: tuple[RuleGraph, ...]) -> list[FactValue]:
    """The values of a fact that some guideline tells apart, and those just beside them."""
    if fact.kind is Kind.CHOICE:
        return [*fact.values]
    if fact.kind is not Kind.MEASURE:
        return [True, False]
    ends = {
        end
        for graph in graphs
        for condition in conditions(graph)
        for atom in atoms(condition)
        if isinstance(atom, Compare) and atom.fact == fact.name
        for end in (atom.low, atom.high)
    }
    low, high = fact.plausible or (Fraction(0), Fraction(1000))
    near = sorted({end + by for end in ends for by in (-1, 0, 1)})
    return [value for value in near if low <= value <= high] or [(low + high) / 2]


def boundary_patients(graphs: tuple[RuleGraph, ...]) -> Iterator[Stated]:
    """Patients of whom everything is known that either guideline reads."""
    random = Random(0)  # noqa: S311 -- nothing secret
    facts = {n: f for g in graphs for n, f in g.vocabulary.facts.items()}
    read = sorted({*facts_read(graphs[0]), *facts_read(graphs[1])} & facts.keys())
    values = {name: boundary(facts[name], graphs) for name in read}
    for number in range(PATIENTS):
        share = number / PATIENTS  # of findings that somebody has: few have all of them
        chosen: dict[str, FactValue] = {}
        for name in read:
            some = values[name]
            is_truth = some == [True, False]
            chosen[name] = random.random() < share if is_truth else random.choice(some)
        yield Stated(values=chosen, otherwise=Otherwise.UNKNOWN)


def said(answer: Recommendation, decision: Decision) -> object:
    """What is advised, by default and beside it, what clashes, and what is not offered."""
    one = answer.decisions[decision]
    return (
        one.outcome,
        frozenset((o.advice, o.alternative, o.certain) for o in one.options),
        frozenset((o.advice, frozenset(o.drugs)) for o in one.not_offered),
        frozenset(
            frozenset(side.advice for side in clash.sides)
            for clash in answer.conflicts
            if clash.decision is decision
        ),
    )


@pytest.mark.parametrize("names", PAIRS)
def test_nobody_at_a_threshold_breaks_what_was_proved_the_same(
    names: tuple[str, str],
) -> None:
    table = table_of(names)
    sides = [Evaluator.of(graph) for graph in table.guidelines]
    same = {cell.about for cell in table.cells if cell.sameness is Sameness.SAME} & {
        *DECISIONS
    }
    differing: set[Decision] = set()
    asked = 0
    for stated in boundary_patients(table.guidelines):
        try:
            first, second = (recommend(s, known_to(s.graph, stated)) for s in sides)
        except PatientError:  # nobody is so
            continue
        asked += 1
        differing |= {d for d in DECISIONS if said(first, d) != said(second, d)}

    assert asked >= PATIENTS // 10
    assert differing
    assert not differing & same


@pytest.mark.parametrize("names", PAIRS)
def test_the_patient_of_a_cell_is_told_different_things(names: tuple[str, str]) -> None:
    shown = [
        cell
        for cell in table_of(names).cells
        if cell.sameness is Sameness.DIFFERENT and cell.about in DECISIONS
    ]
    for cell in shown:
        first, second = cell.answers
        assert isinstance(cell.about, Decision)
        assert said(first, cell.about) != said(second, cell.about), cell.about
    assert shown
