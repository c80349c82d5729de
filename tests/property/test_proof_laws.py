"""Laws of proofs: the search for a patient misses nobody and invents nobody."""

from __future__ import annotations

from itertools import combinations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.evaluate import reference
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.evaluate.reference import DECISIONS, View, completions, truth
from b12guide.evaluate.reference_composition import compose
from b12guide.graph.condition import Compare, atoms
from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.search import Nobody, Search
from b12guide.prove.search import applying as replayed
from b12guide.prove.witness import Witness
from b12guide.truth import Truth
from tests.strategies import graphs as make
from tests.strategies.everybody import NOBODY, applying, everybody
from tests.strategies.sought import together

BRUTE_FORCE = max(10, settings().max_examples // 4)
"""Examples of laws that go through every patient."""


@settings(max_examples=BRUTE_FORCE)
@given(make.graphs(most=4))
def test_a_patient_is_found_if_anybody_is_such_a_patient(graph: RuleGraph) -> None:
    search = Search.of(graph)
    inside = [rule for rule in graph.rules.values() if not rule.outside_scope]
    pairs = {
        frozenset((one.name, two.name)): together(one, two, search)
        for one, two in combinations(inside, 2)
    }
    seen: set[frozenset[str]] = set()
    for record, _ in everybody(graph):
        if truth(graph.scope, record) is Truth.TRUE:
            seen.add(applying(graph, record))
    for pair, found in pairs.items():
        if any(pair <= names for names in seen):
            assert found is not Nobody.POSSIBLE, pair


@given(make.graphs(most=5, claims=0))
def test_a_patient_who_is_found_is_one_and_no_fact_can_be_left_out(
    graph: RuleGraph,
) -> None:
    """Facts are left out before the number of a measure is chosen, which may imply others."""
    search, evaluator = Search.of(graph), Evaluator.of(graph)
    ends = [end for x in graph.implications for end in atoms(x.conclusion)]
    is_tied = any(isinstance(end, Compare) for end in ends)
    for one, two in combinations(graph.rules.values(), 2):
        found = together(one, two, search)
        if not isinstance(found, Witness):
            continue
        told = reference.answer(graph, found.stated)

        assert told is not None
        assert {told.verdicts[one.name], told.verdicts[two.name]} <= (
            {"applies"}
            if found.reading.value == "report"
            else {"applies", "indeterminate", "unknown"}
        )
        is_so = replayed((one.name, two.name), evaluator)
        for name in () if is_tied else found.values:
            left = {n: v for n, v in found.values.items() if n != name}
            assert not is_so(evolve(found.stated, values=left), found.reading)


@given(make.graphs(most=4), st.data())
def test_the_order_of_the_rules_plays_no_part(
    graph: RuleGraph, data: st.DataObject
) -> None:
    names = data.draw(st.permutations(list(graph.rules)))
    shuffled = evolve(graph, rules={name: graph.rules[name] for name in names})
    for one, two in combinations(sorted(graph.rules), 2):
        first = together(graph.rules[one], graph.rules[two], Search.of(graph))
        second = together(shuffled.rules[one], shuffled.rules[two], Search.of(shuffled))

        assert first == second


@settings(max_examples=BRUTE_FORCE)
@given(make.pairs())
def test_guidelines_are_the_same_if_and_only_if_everybody_is_told_the_same(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    old, new = both
    comparison = TwoGuidelines.of(old, new)
    worlds = completions(joint(old, new), NOBODY)
    for decision in DECISIONS:
        differs = any(said(old, x, decision) != said(new, x, decision) for x in worlds)
        wanted = Sameness.DIFFERENT if differs else Sameness.SAME

        assert comparison.decision(decision).sameness is wanted, decision


def joint(old: RuleGraph, new: RuleGraph) -> RuleGraph:
    """A guideline that tells apart whom either tells apart."""
    return evolve(
        old, rules={**old.rules, **{f"new {n}": x for n, x in new.rules.items()}}
    )


def said(graph: RuleGraph, world: View, decision: Decision) -> object:
    """What a guideline says in a completion."""
    seen = evolve(world, graph=graph)
    is_outside = truth(graph.scope, seen) is Truth.FALSE
    rules = [
        rule
        for name, rule in graph.rules.items()
        if name in applying(graph, seen) and rule.outside_scope is is_outside
    ]
    return compose(decision, rules).everything


@given(make.pairs())
def test_whoever_is_shown_is_told_something_else(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    comparison = TwoGuidelines.of(*both)
    for decision in DECISIONS:
        witness = comparison.decision(decision).witness
        if witness is not None and witness.reading.value == "report":
            answers = [
                recommend(Evaluator.of(graph), witness.stated).decisions[decision]
                for graph in both
            ]

            assert answers[0] != answers[1]


@given(make.graphs())
def test_a_guideline_is_proved_to_be_itself(graph: RuleGraph) -> None:
    comparison = TwoGuidelines.of(graph, graph)

    assert {comparison.decision(d).sameness for d in Decision} == {Sameness.SAME}
    assert comparison.scope().sameness is Sameness.SAME
