"""A cohort that several guidelines are asked about is told what each of its patients is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.several.called import known_to
from b12guide.several.clash import BothSpeaking
from b12guide.several.side_by_side import PanelAnswer, side_by_side
from b12guide.truth import Truth
from tests.strategies import graphs as make
from tests.strategies import shipped

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.decision_values import ValueWords
from b12guide.cohort.options import Options
from b12guide.cohort.panel_kernel import panel_cells
from tests.strategies.cohorts import table_of

Row = Mapping[str, FactValue | None]

FEWER = max(20, settings().max_examples // 2)

SCOPES = {Truth.TRUE: "in scope", Truth.FALSE: "out of scope", Truth.UNKNOWN: "unknown"}


class Alone:
    """Several guidelines, each patient of whom is asked about alone."""

    def __init__(self, graphs: Sequence[RuleGraph]) -> None:
        self.sides = [Evaluator.of(graph) for graph in graphs]
        self.words = [ValueWords.of(graph) for graph in graphs]
        self.pairs = {
            (one, two): BothSpeaking.of(self.sides[one], self.sides[two])
            for one, two in combinations(range(len(graphs)), 2)
        }

    def asked(self, row: Row, otherwise: Otherwise) -> PanelAnswer | None:
        """What they say to a patient; None where one of them refuses the patient."""
        stated = Stated(values=row, otherwise=otherwise)
        try:
            answers = [recommend(s, known_to(s.graph, stated)) for s in self.sides]
        except PatientError:
            return None
        return side_by_side(answers, self.pairs)

    def row(self, found: PanelAnswer) -> dict[str, Any]:
        """The same as a row of a table."""
        told: dict[str, Any] = {}
        for label, answer in zip(found.labels, found.answers, strict=True):
            told[f"scope.{label}"] = SCOPES[answer.scope]
            topics = dict.fromkeys(t for s in answer.silences for t in s.topics)
            told[f"silent.{label}"] = "; ".join(topics) or None
        for one in found.decisions:
            for parts, text in panel_cells(one, found.labels, self.words).items():
                told[".".join((one.decision.value, *parts))] = text
        return told


def differing(
    graphs: Sequence[RuleGraph],
    rows: Sequence[Row],
    otherwise: Otherwise,
    alone: Alone | None = None,
) -> list[tuple[Row, dict[str, tuple[Any, Any]]]]:
    """The patients to whom the cohort says something else, with both in the columns that differ."""
    alone = Alone(graphs) if alone is None else alone
    asked = [(row, alone.asked(row, otherwise)) for row in rows]
    able = [(row, alone.row(one)) for row, one in asked if one is not None]
    if not able:
        return []
    facts = {n: f for g in graphs for n, f in g.vocabulary.facts.items()}
    words = evolve(graphs[0], vocabulary=evolve(graphs[0].vocabulary, facts=facts))
    table = table_of(words, [row for row, _ in able])
    ignore = [name for name in table.column_names if name == "nothing"]
    options = Options(otherwise=otherwise.value, ignore=ignore)
    sides = [Evaluator.of(graph) for graph in graphs]
    together = advise_frame(table, sides, options).to_pylist()
    assert [one.keys() for _, one in able] == [one.keys() for one in together]
    found = []
    for (row, wanted), told in zip(able, together, strict=True):
        unlike = {n: (wanted[n], told[n]) for n in wanted if wanted[n] != told[n]}
        if unlike:
            found.append((row, unlike))
    return found


Drawn = tuple[tuple[RuleGraph, ...], tuple[Row, ...], Otherwise]

PATIENTS = 30
"""Enough for some to look the same to a guideline, and not the same to others."""


def draw_panel(random: Random, *drawn: RuleGraph) -> Drawn:
    """Guidelines with names of their own, and some patients of whom facts of all are mentioned."""
    graphs = tuple(evolve(g, name=f"g{place}") for place, g in enumerate(drawn))
    cohorts = [make.draw_cohort(random, graph, PATIENTS) for graph in graphs]
    told = [
        {name: value for one in several for name, value in one.items()}
        for several in zip(*(cohort.rows for cohort in cohorts), strict=True)
    ]
    every = dict.fromkeys(name for row in told for name in row)
    rows = tuple({name: row.get(name) for name in every} for row in told)
    return graphs, rows, cohorts[0].otherwise


@st.composite
def panels(draw: st.DrawFn) -> Drawn:
    """Guidelines over one vocabulary: two that are much alike, or three that are not."""
    random = draw(st.randoms(use_true_random=False))
    if draw(st.booleans()):
        return draw_panel(random, *draw(make.pairs(most=5)))
    return draw_panel(random, *(make.draw_graph(random, most=4) for _ in range(3)))


@settings(max_examples=FEWER)
@given(panels())
def test_a_cohort_is_told_what_its_patients_are_told(drawn: Drawn) -> None:
    assert differing(*drawn) == []


SHIPPED = [load(name).graph for name in ("mecobalamin_im", "bnf_2021", "nhg_2014")]


@cache
def shipped_alone() -> Alone:
    """The shipped ones, made ready once for all patients."""
    return Alone(SHIPPED)


@settings(max_examples=FEWER // 3)
@given(
    st.lists(
        shipped.patients(SHIPPED[0], otherwise=Otherwise.UNKNOWN),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(Otherwise),
)
def test_so_is_a_cohort_of_shipped_guidelines(
    patients: list[Stated], otherwise: Otherwise
) -> None:
    names = dict.fromkeys(name for patient in patients for name in patient.values)
    rows = [{name: p.values.get(name) for name in names} for p in patients]

    assert differing(SHIPPED, rows, otherwise, shipped_alone()) == []
