"""Laws of evaluation that need no second evaluator; `test_reference_laws` has the others."""

from __future__ import annotations

from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate import explanation, reference
from b12guide.evaluate.answer import Decided, Outcome, Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, explain_rule, replay
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.patient_view import PatientView, verdict_of
from b12guide.evaluate.patient_view import compiled_verdicts as quick_verdicts
from b12guide.evaluate.recommend import recommend
from b12guide.evaluate.verdict_blocks import BlockedGuideline
from b12guide.frozen import spelled
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import Otherwise, Stated
from tests.strategies import graphs as make
from tests.strategies.told import asked, line_of

GRAPHS = max(50, settings().max_examples * 2)
"""Graphs on which program, functions and interpreter are compared, each with several patients."""


@settings(max_examples=GRAPHS)
@given(make.cases(size=12))
def test_program_functions_and_interpreter_give_the_verdicts_of_the_reference(
    case: tuple[RuleGraph, make.Cohort],
) -> None:
    graph, cohort = case
    evaluator, in_blocks = Evaluator.of(graph), Evaluator.of(graph)
    vars(in_blocks)["function"] = BlockedGuideline(graph, in_blocks.program, 1).codes
    for stated in cohort.stated():
        wanted = reference.answer(graph, stated)
        if wanted is None:
            continue
        facts = implied_facts(stated, graph, evaluator.program)
        patient = PatientView.of(evaluator, facts)
        quick = quick_verdicts(evaluator, facts)
        assert quick_verdicts(in_blocks, facts) == quick
        for name, rule in graph.rules.items():
            found = verdict_of(rule, patient)

            assert found.verdict.value == wanted.verdicts[name]
            assert found.verdict is explanation.verdict(rule, graph, facts)
            assert found.verdict is quick[name]
            if found.verdict in {Verdict.APPLIES, Verdict.OVERRIDDEN}:
                explained = explain_rule(found, Explainer.of(graph, facts))
                assert replay(explained.condition) is explained.condition.truth


@given(make.cases(size=4), st.randoms(use_true_random=False))
def test_no_order_and_no_name_decides(
    case: tuple[RuleGraph, make.Cohort], random: Random
) -> None:
    """M36: rules shuffled and called otherwise give the same answer under their new names."""
    graph, cohort = case
    numbers = [f"n{number}" for number in range(len(graph.rules))]
    random.shuffle(numbers)
    new = dict(zip(graph.rules, numbers, strict=True))
    renamed = [
        evolve(
            rule,
            name=new[rule.name],
            exceptions=tuple(sorted(new[name] for name in rule.exceptions)),
            exception_to=tuple(new[name] for name in rule.exception_to),
        )
        for rule in graph.rules.values()
    ]
    random.shuffle(renamed)
    other = evolve(graph, rules={rule.name: rule for rule in renamed})
    for stated in cohort.stated():
        one, two = (asked(Evaluator.of(x), stated) for x in (graph, other))
        if one is None or two is None:
            assert one is two
            continue
        assert said(one, new) == said(two, {name: name for name in numbers})


def said(told: Recommendation, names: dict[str, str]) -> object:
    """All that an answer says, without an order, and with other names for its rules."""
    decisions = {
        decision: (
            decided.outcome,
            frozenset(
                (line_of(o.advice), o.alternative, o.certain, o.strength)
                for o in decided.options
            ),
            frozenset(decided.depends_on),
        )
        for decision, decided in told.decisions.items()
    }
    verdicts = {names[v.rule.name]: v.verdict for v in told.rules}
    return decisions, verdicts, {question.fact for question in told.questions}


@given(make.cases(size=6), st.randoms(use_true_random=False))
def test_learning_a_fact_never_overturns_a_determined_answer(
    case: tuple[RuleGraph, make.Cohort], random: Random
) -> None:
    """Unless the guideline asks what is recorded: what is learnt changes the record (M14)."""
    graph, cohort = case
    conditions = [rule.condition for rule in graph.rules.values()]
    if any(make.speaks_of_record(x, graph) for x in (graph.scope, *conditions)):
        return
    evaluator = Evaluator.of(graph)
    for stated in cohort.stated():
        wanted = reference.answer(graph, stated)
        unknown = [n for n in graph.vocabulary.facts if stated.values.get(n, 0) is None]
        if wanted is None or not unknown:
            continue
        fact, (world, _) = random.choice(unknown), random.choice(wanted.cases)
        (value,) = world.values(fact)
        if value != "":
            learnt = evolve(stated, values={**stated.values, fact: value})
            before, after = recommend(evaluator, stated), recommend(evaluator, learnt)

            assert_kept(before, after)


def assert_kept(before: Recommendation, after: Recommendation) -> None:
    """Whether what was settled still stands, for somebody for whom the guideline is written.

    Where the scope is open, the answer holds if the patient is in it (M16).
    """
    if after.scope is not before.scope:
        return
    for old, new in zip(before.rules, after.rules, strict=True):
        assert old.verdict is Verdict.UNKNOWN or new.verdict is old.verdict
    for decision, decided in before.decisions.items():
        later = after.decisions[decision]
        if decided.outcome is not Outcome.DEPENDS:
            assert later.outcome is decided.outcome
            assert decision is Decision.FORM or default_of(decided) == default_of(later)


def default_of(decided: Decided) -> frozenset[object]:
    """What is advised, before the form, which may still be open, fills in its drugs."""
    return frozenset(
        frozenset(slot for slot in line_of(o.advice) if slot[0][1] != "drugs")
        for o in decided.options
        if not o.alternative
    )


@settings(max_examples=GRAPHS)
@given(make.cases(size=6), st.randoms(use_true_random=False))
def test_what_is_remembered_of_some_patients_changes_no_answer_about_others(
    case: tuple[RuleGraph, make.Cohort], random: Random
) -> None:
    """Patients in several orders through one evaluator, and each through one of his own.

    The same facts come with both assumptions about the rest and every reading of thresholds, so
    that a memory which leaves these out of its keys is found out.
    """
    graph, cohort = case
    patients = [
        (evolve(stated, otherwise=otherwise), reading)
        for stated in cohort.stated()
        for otherwise in Otherwise
        for reading in Reading
    ]
    patients = random.sample(patients, min(len(patients), 12))
    fresh = [written(Evaluator.of(graph), *one) for one in patients]
    shared = Evaluator.of(graph)
    order = [*range(len(patients))] * 2
    for _ in range(2):
        random.shuffle(order)
        for number in order:
            assert written(shared, *patients[number]) == fresh[number]


def written(evaluator: Evaluator, stated: Stated, reading: Reading) -> str:
    """All that is answered, or why nothing is."""
    try:
        return spelled(recommend(evaluator, stated, reading=reading))
    except PatientError as refused:
        return str(refused)
