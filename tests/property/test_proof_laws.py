"""Laws of proofs: the search for a patient misses nobody and invents nobody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.composition import compose
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import FactValue
from b12guide.prove.by_worlds import Nobody, Search, together
from b12guide.prove.comparison import Comparison, Sameness
from b12guide.prove.replay import applying
from b12guide.prove.smallest import Witness
from b12guide.prove.told import said
from tests.strategies import graphs as make

BRUTE_FORCE = max(8, settings().max_examples // 6)
"""Examples of laws that go through every patient."""

NEAR = sorted({t + d for t in make.THRESHOLDS for d in (-1, 0, 1)})


def everybody() -> Iterator[Facts]:
    """Every patient that the generated guidelines can tell apart, of one measure only."""
    options: list[list[FactValue]] = [[False, True] for _ in make.FINDINGS]
    for values in product(*options, NEAR, make.CHOICES):
        world = dict(zip((*make.FINDINGS, "m0", "c0"), values, strict=True))
        if world["f0"] == (world["c0"] != "none"):
            yield Facts(values={**world, "m1": NEAR[0]}, reading=Reading.LOWER)


@settings(max_examples=BRUTE_FORCE)
@given(make.graphs(max_rules=4))
def test_a_patient_is_found_if_anybody_is_such_a_patient(graph: RuleGraph) -> None:
    search = Search.of(graph)
    pairs = list(combinations(graph.rules.values(), 2))
    found = {(a.name, b.name): together(a, b, search) for a, b in pairs}
    for facts in everybody():
        applies = {
            name
            for name, rule in graph.rules.items()
            if interpreter.verdict(rule, graph, facts) is Verdict.APPLIES
        }
        for one, two in combinations(graph.rules, 2):
            if {one, two} <= applies:
                assert found[one, two] is not Nobody.POSSIBLE


@given(make.graphs(max_rules=5))
def test_a_patient_who_is_found_is_one_and_no_fact_can_be_left_out(
    graph: RuleGraph,
) -> None:
    search, evaluator = Search.of(graph), Evaluator.of(graph)
    for one, two in combinations(graph.rules.values(), 2):
        found = together(one, two, search)
        if not isinstance(found, Witness):
            continue
        is_so = applying((one.name, two.name), evaluator)

        assert is_so(found.stated, found.reading)
        for name in found.values:
            left = {n: v for n, v in found.values.items() if n != name}
            assert not is_so(evolve(found.stated, values=left), found.reading)


@given(make.graphs(max_rules=4), st.data())
def test_the_order_of_the_rules_plays_no_part(
    graph: RuleGraph, data: st.DataObject
) -> None:
    names = data.draw(st.permutations(list(graph.rules)))
    shuffled = evolve(graph, rules={name: graph.rules[name] for name in names})
    for one, two in combinations(sorted(graph.rules), 2):
        first = together(graph.rules[one], graph.rules[two], Search.of(graph))
        second = together(shuffled.rules[one], shuffled.rules[two], Search.of(shuffled))

        assert first == second


def advised(graph: RuleGraph, facts: Facts, decision: Decision) -> object:
    """What the interpreter's verdicts make of a decision."""
    applying_rules = [
        rule
        for rule in graph.rules.values()
        if rule.decision is decision
        and interpreter.verdict(rule, graph, facts) is Verdict.APPLIES
    ]
    return said(compose(decision, applying_rules))


@settings(max_examples=BRUTE_FORCE)
@given(make.graphs(max_rules=3), make.graphs(max_rules=3))
def test_guidelines_are_the_same_only_if_everybody_is_told_the_same(
    old: RuleGraph, new: RuleGraph
) -> None:
    comparison = Comparison.of(old, new)
    found = {d: comparison.decision(d).sameness for d in make.DECISIONS}
    for facts in everybody():
        for decision, sameness in found.items():
            if advised(old, facts, decision) != advised(new, facts, decision):
                assert sameness is Sameness.DIFFERENT


@given(make.graphs(max_rules=4), make.graphs(max_rules=4))
def test_whoever_is_shown_is_told_something_else(
    old: RuleGraph, new: RuleGraph
) -> None:
    comparison = Comparison.of(old, new)
    for decision in make.DECISIONS:
        witness = comparison.decision(decision).witness
        if witness is not None and witness.reading is not Reading.REPORT:
            continue
        if witness is not None:
            answers = [
                recommend(Evaluator.of(graph), witness.stated).decisions[decision]
                for graph in (old, new)
            ]

            assert answers[0] != answers[1]


@given(make.graphs())
def test_a_guideline_is_proved_to_be_itself(graph: RuleGraph) -> None:
    comparison = Comparison.of(graph, graph)

    assert {comparison.decision(d).sameness for d in Decision} == {Sameness.SAME}
    assert comparison.scope().sameness is Sameness.SAME
