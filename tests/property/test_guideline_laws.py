"""What holds of the shipped guideline for every patient."""

from __future__ import annotations

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from b12guide import pipeline
from b12guide.errors import PatientError
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Option, Outcome, Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, explain_rule, replay
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, Prohibition
from b12guide.patient.model import Stated
from b12guide.regimen.model import Regimen
from tests.strategies import shipped as make

GRAPH = pipeline.load("mecobalamin_im").graph
EVALUATOR = Evaluator.of(GRAPH)
PATIENTS = make.patients(GRAPH)
RECORDED = {n for rule in GRAPH.rules.values() for n in make.recorded(rule.condition)}
"""Facts that end a phase or lift a prohibition from the day on which they are recorded."""


def answered(stated: Stated) -> Recommendation:
    """The recommendation; facts that contradict each other are no patient."""
    try:
        return recommend(EVALUATOR, stated)
    except PatientError:
        assume(condition=False)
        raise


def drugs(option: Option) -> set[str]:
    """The drugs of a regimen."""
    if not isinstance(option.advice, Regimen):
        return set()
    return {drug for phase in option.advice.phases for drug in phase.drugs}


@given(PATIENTS)
def test_folic_acid_is_never_offered_before_b12(stated: Stated) -> None:
    answer = answered(stated)
    if stated.values.get("b12_repleted") is True:
        return
    forbidden = {
        drug
        for option in answer.permission.options
        if option.certain and isinstance(option.advice, Prohibition)
        for drug in option.advice.drugs
    }
    if answer.scope.value != "false":
        assert "folic_acid" in forbidden
    for decided in answer.decisions.values():
        for option in decided.options:
            if "folic_acid" in drugs(option):
                assert isinstance(option.advice, Regimen)
                assert option.withheld
                assert option.advice.phases[0].after == ("b12_repleted",)


@given(PATIENTS)
def test_the_program_follows_the_specification(stated: Stated) -> None:
    answer = answered(stated)
    facts = implied_facts(stated, GRAPH, EVALUATOR.program)
    for found in answer.rules:
        assert found.verdict is explanation.verdict(found.rule, GRAPH, facts)
        explained = explain_rule(found, Explainer.of(GRAPH, facts))
        assert replay(explained.condition) is explained.condition.truth


@given(PATIENTS, st.data())
def test_learning_a_fact_overturns_nothing_that_was_settled(
    stated: Stated, data: st.DataObject
) -> None:
    before = answered(stated)
    asked = [q.fact for q in before.questions if q.fact in GRAPH.vocabulary.facts]
    asked = [name for name in asked if name not in RECORDED]
    assume(asked)
    name = data.draw(st.sampled_from(asked))
    value = data.draw(make.values(GRAPH, GRAPH.vocabulary.facts[name]))
    after = answered(evolve(stated, values={**stated.values, name: value}))
    if after.scope.value == "false":
        return
    for old, new in zip(before.rules, after.rules, strict=True):
        if old.verdict is not Verdict.UNKNOWN:
            assert new.verdict is old.verdict
    for decision, old_one in before.decisions.items():
        new_one = after.decisions[decision]
        if decision is Decision.PERMISSION or old_one.outcome is Outcome.DEPENDS:
            continue
        assert new_one.outcome is old_one.outcome
        if decision is Decision.FORM:
            assert new_one.preferred == old_one.preferred
            assert set(old_one.excluded) <= set(new_one.excluded)


@given(PATIENTS)
def test_every_line_of_advice_carries_its_rule_and_statement(stated: Stated) -> None:
    answer = answered(stated)
    for decided in answer.decisions.values():
        for option in decided.options:
            assert option.rules
            for name in option.rules:
                assert GRAPH.rules[name].grounds.statements


@given(PATIENTS)
def test_nobody_but_the_deficient_is_loaded(stated: Stated) -> None:
    answer = answered(stated)
    if stated.values.get("b12_deficiency") is False:
        assert not answer.loading.options
