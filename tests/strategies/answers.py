"""Answers about patients, of drawn guidelines and of shipped ones."""

from __future__ import annotations

from attrs import evolve
from hypothesis import strategies as st

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Stated
from tests.strategies import graphs, shipped

SHIPPED = {
    name: b12guide.load(name)
    for name in ("mecobalamin_im", "bnf_2021", "nice_ng239", "aafp_2025", "uk_smpc")
}


@st.composite
def drawn_answers(draw: st.DrawFn) -> Recommendation:
    """An answer of a drawn guideline."""
    random = draw(st.randoms(use_true_random=False))
    graph = graphs.draw_graph(random)
    for stated in graphs.draw_cohort(random, graph, 8).stated():
        try:
            return recommend(Evaluator.of(graph), stated)
        except PatientError:
            continue
    return recommend(Evaluator.of(graph), Stated(values={}, otherwise=stated.otherwise))


@st.composite
def shipped_answers(draw: st.DrawFn) -> Recommendation:
    """An answer of a shipped guideline."""
    guideline = SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))]
    stated = draw(shipped.patients(guideline.graph))
    known = {"age": 40, "b12_deficiency": draw(st.sampled_from([True, True, None]))}
    values = {n: v for n, v in known.items() if n in guideline.graph.vocabulary.facts}
    for told in (evolve(stated, values={**values, **stated.values}), stated):
        try:
            return recommend(guideline.evaluator, told)
        except PatientError:
            continue
    return recommend(guideline.evaluator, evolve(stated, values=values))
