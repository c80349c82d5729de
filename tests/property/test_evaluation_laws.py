"""Laws of evaluation: program and interpreter agree, and certainty is exact."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Advice, Outcome, Recommendation, Verdict
from b12guide.evaluate.closure import close
from b12guide.evaluate.composed import Composed
from b12guide.evaluate.composition import compose
from b12guide.evaluate.explanation import explain_rule, replay
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Known
from b12guide.evaluate.quick import verdicts as quick_verdicts
from b12guide.evaluate.recommend import Evaluator, recommend
from b12guide.evaluate.verdicts import verdict_of
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import FactValue, Stated
from b12guide.regimen.model import Regimen
from tests.strategies import graphs as make

BRUTE_FORCE = max(20, settings().max_examples // 5)
"""Examples of laws that enumerate every completion in the slow, obvious way."""
GRAPHS = max(50, settings().max_examples * 2)
"""Graphs on which program and interpreter are compared, each with 40 patients."""


def completed(facts: Facts) -> Iterator[tuple[dict[str, FactValue], Facts]]:
    """Every completion of `facts` that the implications allow, by brute force."""
    cuts = sorted(make.THRESHOLDS)
    between = [(a + b) / 2 for a, b in pairwise(cuts)]
    near = sorted({cuts[0] - 1, *cuts, *between, cuts[-1] + 1})
    options: dict[str, list[FactValue]] = {}
    for name in (*make.FINDINGS, *make.MEASURES, "c0"):
        if name in facts.values:
            options[name] = [facts.values[name]]
        elif name in make.FINDINGS:
            options[name] = [False, True]
        else:
            options[name] = list(near) if name in make.MEASURES else list(make.CHOICES)
    for values in product(*options.values()):
        world = dict(zip(options, values, strict=True))
        if world["f0"] == (world["c0"] != "none"):
            for reading in (Reading.LOWER, Reading.UPPER):
                yield world, Facts(values=world, reading=reading)


def composed(decision: Decision, graph: RuleGraph, facts: Facts) -> Composed:
    """What the interpreter's verdicts make of a decision in one completion."""
    applying = [
        rule
        for rule in sorted(graph.rules.values(), key=lambda r: r.name)
        if rule.decision is decision
        and interpreter.verdict(rule, graph, facts) is Verdict.APPLIES
    ]
    return compose(decision, applying)


@settings(max_examples=GRAPHS)
@given(make.graphs(max_rules=8), st.lists(make.patients(), min_size=40, max_size=40))
def test_program_and_interpreter_give_the_same_verdicts(
    graph: RuleGraph, patients: list[Stated]
) -> None:
    evaluator = Evaluator.of(graph)
    for stated in patients:
        facts = close(stated, graph, evaluator.program)
        patient = Known.of(evaluator, facts)
        quick = quick_verdicts(evaluator, facts)
        for rule in graph.rules.values():
            found = verdict_of(rule, patient)

            assert found.verdict is interpreter.verdict(rule, graph, facts)
            assert found.verdict is quick[rule.name]
            assert (found.verdict is Verdict.UNKNOWN) == bool(found.needs)
            if found.verdict in {Verdict.APPLIES, Verdict.OVERRIDDEN}:
                explanation = explain_rule(found, graph, facts)
                assert replay(explanation.condition) is explanation.condition.truth


@settings(max_examples=BRUTE_FORCE)
@given(make.graphs(max_rules=4), make.patients(unknown=30))
def test_certainty_is_agreement_of_all_completions(
    graph: RuleGraph, stated: Stated
) -> None:
    evaluator = Evaluator.of(graph)
    facts = close(stated, graph, evaluator.program)
    if sum(name not in facts.values for name in make.MEASURES) > 1:
        facts = evolve(facts, values={**facts.values, "m1": make.THRESHOLDS[0]})
        stated = Stated(values=dict(facts.values), otherwise=stated.otherwise)
    answer = recommend(evaluator, stated)
    worlds = list(completed(facts))
    for decision in make.DECISIONS:
        decided = answer.decisions[decision]
        found = [(world, composed(decision, graph, f)) for world, f in worlds]
        kinds = {one.advice for _, one in found}

        assert (decided.outcome is Outcome.DEPENDS) == (len(kinds) > 1)
        certain = [o.advice for o in decided.options if o.certain and not o.alternative]
        for _, one in found:
            for advice in certain:
                if decided.outcome is Outcome.DETERMINED:
                    assert advice in {entry.advice for entry in one.default}


@settings(max_examples=BRUTE_FORCE)
@given(make.graphs(max_rules=4), make.patients(unknown=30))
def test_the_facts_named_settle_an_answer_and_none_is_superfluous(
    graph: RuleGraph, stated: Stated
) -> None:
    evaluator = Evaluator.of(graph)
    facts = close(stated, graph, evaluator.program)
    answer = recommend(evaluator, stated, reading=Reading.LOWER)
    worlds = [(w, f) for w, f in completed(facts) if f.reading is Reading.LOWER]
    for decision in make.DECISIONS:
        named = answer.decisions[decision].depends_on
        found = [(w, f, composed(decision, graph, f)) for w, f in worlds]

        assert is_settled(found, graph, named)
        for name in named:
            rest = tuple(other for other in named if other != name)
            assert not is_settled(found, graph, rest)


def is_settled(
    found: list[tuple[dict[str, FactValue], Facts, Composed]],
    graph: RuleGraph,
    names: tuple[str, ...],
) -> bool:
    """Whether completions that agree on `names` are answered alike."""
    answers: dict[tuple[object, ...], set[object]] = {}
    for world, facts, one in found:
        key = tuple(answer_to(name, world, facts, graph) for name in names)
        answers.setdefault(key, set()).add((one.everything, frozenset(one.sides)))
    return all(len(different) == 1 for different in answers.values())


def answer_to(
    name: str, world: dict[str, FactValue], facts: Facts, graph: RuleGraph
) -> object:
    """What one would learn by asking for `name`."""
    if name in graph.definitions:
        return interpreter.truth(graph.definitions[name].condition, graph, facts)
    return world[name]


@given(make.graphs(), make.patients(unknown=70), st.data())
def test_learning_a_fact_never_overturns_a_determined_answer(
    graph: RuleGraph, stated: Stated, data: st.DataObject
) -> None:
    evaluator = Evaluator.of(graph)
    before = recommend(evaluator, stated)
    facts = close(stated, graph, evaluator.program)
    unknown = [n for n in (*make.FINDINGS, *make.MEASURES) if n not in facts.values]
    if not unknown:
        return
    name = data.draw(st.sampled_from(unknown))
    values = {**stated.values, name: data.draw(make.fact_values(name))}
    if name == "f0" and not _is_consistent(values):
        return
    after = recommend(evaluator, evolve(stated, values=values))

    for decision in make.DECISIONS:
        assert is_kept(before, after, decision)
    for old, new in zip(before.rules, after.rules, strict=True):
        if old.verdict is not Verdict.UNKNOWN:
            assert new.verdict is old.verdict


def is_kept(before: Recommendation, after: Recommendation, decision: Decision) -> bool:
    """Whether what was settled still stands."""
    old, new = before.decisions[decision], after.decisions[decision]
    if old.outcome is Outcome.DEPENDS:
        return True
    defaults = [
        {without_drugs(o.advice) for o in decided.options if not o.alternative}
        for decided in (old, new)
    ]
    return old.outcome is new.outcome and (
        defaults[0] == defaults[1] or decision is Decision.FORM
    )


def without_drugs(advice: Advice) -> Advice:
    """A regimen before the form decision, which may still be open, filled in its drugs."""
    if not isinstance(advice, Regimen):
        return advice
    return Regimen(tuple(evolve(phase, drugs=()) for phase in advice.phases))


def _is_consistent(values: dict[str, FactValue | None]) -> bool:
    choice = values.get("c0")
    return choice is None or values["f0"] == (choice != "none")


@given(make.graphs(), make.patients(), st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_nothing(
    graph: RuleGraph, stated: Stated, random: Random
) -> None:
    names = sorted(graph.rules)
    random.shuffle(names)
    other = evolve(graph, rules={name: graph.rules[name] for name in names})
    one = recommend(Evaluator.of(graph), stated)
    two = recommend(Evaluator.of(other), stated)

    assert one.decisions == two.decisions
    assert one.questions == two.questions
    assert one.conflicts == two.conflicts
    assert {v.rule.name: v.verdict for v in one.rules} == {
        v.rule.name: v.verdict for v in two.rules
    }
