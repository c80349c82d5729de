"""Beyond the limit nothing is called proved; what one visit keeps, a timeline keeps."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import AnyOf, Has
from b12guide.graph.model import Decision, Fact, Routes, Rule, RuleGraph, Vocabulary
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.prove.advised import is_given_today
from b12guide.prove.claim import ClaimKind as Claimed
from b12guide.prove.claim import ProofOutcome
from b12guide.prove.decisions import decision_proofs
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.invariants import VISITS
from b12guide.prove.search import Nobody, Search, facts_of
from b12guide.values.term import Kind
from tests.defects.drawer import SOUND
from tests.strategies.sought import find_patient, together
from tests.unit.prove.writing import read

FACTS = tuple(f"f{number}" for number in range(24))


def crowded() -> RuleGraph:
    """A guideline that tells more kinds of patients apart than can be gone through."""
    facts = {n: Fact(kind=Kind.FINDING, name=n, label=n) for n in FACTS}
    rules = {
        f"r{index}": Rule(
            name=f"r{index}",
            title="",
            decision=Decision.ROUTE,
            condition=AnyOf(tuple(Has(name) for name in FACTS[index:])),
            value=Routes(routes=("oral",)),
        )
        for index in range(2)
    }
    return RuleGraph(
        name="crowded",
        title="",
        version="1",
        vocabulary=Vocabulary(facts=facts),
        rules=rules,
    )


def test_too_many_kinds_of_patients_are_not_proved() -> None:
    search = Search.of(crowded())

    settled = {p.claim.kind: p.settled for p in decision_proofs(search)}
    assert settled[Claimed.CONFLICT] is ProofOutcome.NOT_PROVED
    one, two = search.graph.rules.values()
    assert together(one, two, search) is Nobody.TOO_MANY
    assert find_patient(one.condition, search.graph) is Nobody.TOO_MANY


def test_where_no_rule_has_an_exception_none_leaves_a_gap() -> None:
    """However many kinds of patients there are: nothing takes an answer away."""
    settled = {p.claim.kind: p.settled for p in decision_proofs(Search.of(crowded()))}

    assert settled[Claimed.GAP] is ProofOutcome.PROVED


def test_with_an_exception_too_many_kinds_of_patients_may_be_left_alone() -> None:
    graph = crowded()
    one, two = graph.rules.values()
    rules = {
        one.name: evolve(one, exceptions=(two.name,)),
        two.name: evolve(two, exception_to=(one.name,)),
    }
    search = Search.of(evolve(graph, rules=rules))

    settled = {p.claim.kind: p.settled for p in decision_proofs(search)}
    assert settled[Claimed.GAP] is ProofOutcome.NOT_PROVED


def test_too_many_kinds_of_patients_are_not_called_the_same() -> None:
    comparison = TwoGuidelines.of(crowded(), crowded())

    assert comparison.decision(Decision.ROUTE).sameness is Sameness.NOT_PROVED


EVENTS = ("loading_complete", "neurological_plateau", "b12_repleted")
FINDINGS = ("b12_deficiency", "numbness", "folate_deficiency")

visits = st.lists(
    st.tuples(st.sampled_from((*EVENTS, *FINDINGS)), st.booleans()),
    min_size=VISITS,
    max_size=VISITS,
)


@settings(max_examples=10)
@given(visits)
def test_folic_acid_is_given_on_no_visit_before_the_event(
    changes: list[tuple[str, bool]],
) -> None:
    graph = read(SOUND).graph
    evaluator = Evaluator.of(graph)
    known: dict[str, FactValue] = {"egfr": Fraction(90)}
    happened: set[str] = set()
    for name, is_present in changes:
        if name in EVENTS:
            happened.add(name)
        known[name] = name in happened or is_present
        stated = Stated(values=dict(known), otherwise=Otherwise.UNKNOWN)
        answer = recommend(evaluator, stated)
        facts = facts_of(stated, Reading.REPORT, evaluator)
        if is_given_today("folic_acid", answer, facts):
            assert "b12_repleted" in happened
