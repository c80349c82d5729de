"""Why a rule applies, what would change an answer, and what it is without an assumption."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, explain_rule
from b12guide.evaluate.patient_view import view_of
from b12guide.graph.model import RuleGraph
from b12guide.library import shipped
from b12guide.patient.model import Stated
from b12guide.pipeline import load
from b12guide.show.explanation import condition_json
from tests.conformance.generate import graph_of
from tests.page.asked import of_the_library, patient_of, program_of
from tests.page.in_node import in_node
from tests.strategies import graphs as make
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
FEW = 12
"""Patients of each guideline."""


@cache
def people_of(name: str) -> tuple[RuleGraph, list[Stated]]:
    """A guideline, and the same few patients every time."""
    graph = load(name).graph
    people: list[Stated] = []

    @settings(
        max_examples=FEW,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(patients(graph))
    def draw(stated: Stated) -> None:
        people.append(stated)

    draw()
    return graph, people


def without_words(part: Json) -> Json:
    """A part of a condition without the words that only a page has beside the text."""
    parts = [without_words(one) for one in part["parts"]]
    return {key: one for key, one in part.items() if key != "words"} | {"parts": parts}


EXPLAIN = """data => data.patients.map(patient => data.rules.map(
  rule => b12guide.explain(data.program, patient, rule)))"""


def explained_alike(graph: RuleGraph, people: list[Stated]) -> int:
    """How many rules the page explained as the library does."""
    data = {
        "program": program_of(graph),
        "patients": [patient_of(one) for one in people],
        "rules": list(graph.rules),
    }
    evaluator, count = Evaluator.of(graph), 0
    for stated, found in zip(people, in_node(EXPLAIN, data), strict=True):
        library = of_the_library(evaluator, stated)
        if library is None:
            assert all("contradiction" in one for one in found)
            continue
        facts = view_of(evaluator, stated).facts
        explainer = Explainer(outlines=evaluator.outlines, facts=facts)
        for verdict, page in zip(library.rules, found, strict=True):
            wanted = explain_rule(verdict, explainer)
            exceptions = [
                (one["rule"], without_words(one["condition"]))
                for one in page["exceptions"]
            ]

            assert page["verdict"] == verdict.verdict.value
            assert without_words(page["condition"]) == condition_json(wanted.condition)
            assert exceptions == [
                (rule.name, condition_json(one)) for rule, one in wanted.exceptions
            ]
            count += 1
    return count


@pytest.mark.parametrize("name", GUIDELINES)
def test_each_rule_of_a_shipped_guideline_is_explained_alike(name: str) -> None:
    graph, people = people_of(name)

    assert explained_alike(graph, people) >= FEW


@pytest.mark.parametrize("number", range(40))
def test_each_rule_of_a_guideline_drawn_at_random_is_explained_alike(
    number: int,
) -> None:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = make.draw_graph(random)
    people = list(make.draw_cohort(random, graph, 4).stated())

    explained_alike(graph, people)


# ----------------------------------------------------------------- what would change it

CHANGES = """data => data.patients.map(patient => ({
  now: b12guide.recommend(data.program, patient),
  changes: b12guide.whatChanges(data.program, patient, {}, 2),
}))"""


@pytest.mark.parametrize("name", ["mecobalamin_im", "nice_ng239", "uk_smpc"])
def test_each_answer_to_a_question_is_previewed_as_it_would_be(name: str) -> None:
    graph, people = people_of(name)
    asked = [patient_of(one) for one in people]
    found = in_node(CHANGES, {"program": program_of(graph), "patients": asked})
    followed: list[Json] = []
    for patient, one in zip(asked, found, strict=True):
        if "contradiction" in one["now"]:
            assert one["changes"] == []
            continue
        questions = [change["question"] for change in one["changes"]]
        assert questions == one["now"]["questions"][:2]
        for change in one["changes"]:
            outcomes = change["outcomes"]
            assert len({o["label"] for o in outcomes}) == len(outcomes)
            for outcome in outcomes:
                fact = {change["question"]["fact"]: outcome["value"]}
                whole = {**patient, "facts": {**patient["facts"], **fact}}
                followed.append({"patient": whole, "wanted": outcome["answer"]})
    data = {"program": program_of(graph), "patients": [f["patient"] for f in followed]}
    answers = in_node(
        "data => data.patients.map(p => b12guide.recommend(data.program, p))", data
    )

    assert len(followed) > FEW
    assert answers == [one["wanted"] for one in followed]


MATTERS = """data => data.patients.map(patient => {
  const now = b12guide.recommend(data.program, patient);
  if ("contradiction" in now) return null;
  const known = new Set(
    [...Object.keys(now.implied), ...now.absent, ...Object.keys(patient.facts)]);
  const idle = data.facts.filter(
    ({name}) => !known.has(name) && !now.matters.includes(name));
  const then = idle.flatMap(({name, values}) => values.map(value => {
    const facts = {...patient.facts, [name]: value};
    const answer = b12guide.recommend(data.program, {...patient, facts});
    return {name, value, decisions: answer.decisions ?? null};
  }));
  return {decisions: now.decisions, matters: now.matters, asked: now.questions, then};
})"""


def without_reasons(decisions: Json) -> Json:
    """What decisions come to, without what they wait for."""
    return {
        name: {key: one[key] for key in ("outcome", "options", "not_offered")}
        for name, one in decisions.items()
    }


@pytest.mark.parametrize("name", ["aafp_2017", "bomss_2020", "nhg_2014"])
def test_a_fact_that_does_not_matter_changes_no_decision(name: str) -> None:
    graph, people = people_of(name)
    facts = [
        {"name": fact.name, "values": [*fact.values] if fact.values else [True, False]}
        for fact in graph.vocabulary.facts.values()
        if fact.unit is None and fact.plausible is None
    ]
    data = {
        "program": program_of(graph),
        "patients": [patient_of(one) for one in people],
        "facts": facts,
    }
    tried = 0
    for found in in_node(MATTERS, data):
        if found is None:
            continue
        assert {one["fact"] for one in found["asked"]} <= set(found["matters"])
        for one in found["then"]:
            if one["decisions"] is None:
                continue  # it cannot be so
            tried += 1
            assert without_reasons(one["decisions"]) == without_reasons(
                found["decisions"]
            ), (one["name"], one["value"])
    assert tried > 100


# ------------------------------------------------------------------- without assumptions

ASSUMING = """language 1.1
vocabulary v
finding a "a"
finding b "b"
measure age "age"
    unit years
    plausible 0 to 130 years
test t "t"
test u "u"
test w "w"
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
assumption A1 "b is meant."
assumption A2 "Yearly will do."
rule either
    when     a or (b assuming A1)
    check    t yearly
    strength should
rule whole
    when     a
    assuming A2
    check    u yearly
    strength should
rule denied
    when     a and not (b assuming A1)
    check    w yearly
    strength should
"""


def test_without_an_assumption_what_rests_on_it_says_nothing() -> None:
    graph = graph_of(ASSUMING)
    people = [{"a": True, "b": False}, {"a": False, "b": True}]
    data = {
        "program": program_of(graph),
        "patients": [{"facts": one, "otherwise": "unknown"} for one in people],
        "off": [[], ["A1"], ["A2"], ["A1", "A2"]],
    }
    found = in_node(
        """data => data.patients.map(patient => data.off.map(assumptionsOff =>
          b12guide.recommend(data.program, patient, {assumptionsOff}).rules
            .filter(one => one.verdict === "applies").map(one => one.rule)))""",
        data,
    )

    with_a, with_b = found
    assert with_a == [
        ["either", "whole", "denied"],
        ["either", "whole"],
        ["either", "denied"],
        ["either"],
    ]
    assert with_b == [["either"], [], ["either"], []]


# ------------------------------------------------------------------------ exact numbers

NUMBERS = """language 1.1
vocabulary v
measure level "level"
    unit mg/dL
    plausible 0 to 10 mg/dL
test t "t"
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
rule low
    when     level < 0.3 mg/dL
    check    t yearly
    strength should
"""


def test_a_threshold_is_met_exactly_and_nonsense_is_refused() -> None:
    program = program_of(graph_of(NUMBERS))
    values = ["0.3", "0.29999999999999999999", "3/10", "0.1", "11", "much", True]
    found = in_node(
        """data => data.values.map(level => {
          const patient = {facts: {level}, otherwise: "unknown"};
          const answer = b12guide.recommend(data.program, patient);
          return answer.contradiction ?? answer.rules[0].verdict;
        })""",
        {"program": program, "values": values},
    )

    applies, falls = "applies", "does not apply"
    assert found[:4] == [falls, applies, falls, applies]
    assert [one["facts"] for one in found[4:]] == [["level"]] * 3
    assert (
        found[4]["text"]
        == "level 11 mg/dL is not plausible: it is from 0 mg/dL to 10 mg/dL"
    )
    assert found[5]["text"] == "`much` is no number for `level`"
