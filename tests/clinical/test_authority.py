"""What is printed under a statement's number is what the statement says."""

from __future__ import annotations

import re

from hypothesis import given

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.show.papers import recommendation_page
from tests.clinical.asking import Json, answer, ask, shipped
from tests.clinical.people import known_people, people

GRAPH = shipped()[0].graph
STATEMENT = re.compile(r"\bS\d\d\b")


def recommended(facts: Json, otherwise: str = "unknown") -> Recommendation:
    loaded, evaluator = shipped()
    patient = Patient(facts=facts, otherwise=Otherwise(otherwise))
    return recommend(evaluator, state(patient, loaded.graph, None))


@given(people())
def test_a_reason_in_our_words_goes_without_the_number_of_a_statement(
    facts: Json,
) -> None:
    page = recommendation_page(recommended(facts))

    (reasons,) = [s for s in page.sections if s.title.startswith("Reasons")]
    assert "in the words of this encoding" in reasons.title
    assert not any(STATEMENT.search(d) for i in reasons.items for d in i.details)


def test_no_reason_speaks_of_what_the_source_does_not_say() -> None:
    outside = re.compile(
        r"stores|farthest|reaches the cells|bleeds|[Cc]lotting|short enough|childhood"
    )
    grounds = [r.grounds for r in GRAPH.rules.values()]
    grounds += [s.grounds for s in GRAPH.silences]
    texts = [s.text for s in GRAPH.silences]
    texts += [text for g in grounds for text in (g.because, g.patient) if text]

    assert [text for text in texts if outside.search(text)] == []


def test_the_second_reference_has_its_name() -> None:
    assert GRAPH.sources["b12_summary"].title == "Approach to Vitamin B12 Deficiency"


def test_the_forms_differ_in_the_words_of_the_source() -> None:
    (notice,) = [n for n in ask()["notices"] if n["rule"] == "forms_differ"]

    assert "unique renal-related risks" in notice["text"]
    assert notice["statements"] == ["S46"]


@given(known_people())
def test_two_statements_that_meet_after_mild_symptoms_are_told(facts: Json) -> None:
    said = answer(facts)

    speaking = {r["rule"] for r in said["rules"] if r["verdict"] == "applies"}
    both = {"maintenance_neurological", "oral_after_loading"} <= speaking
    assert ("T43" in {a["id"] for a in said["assumptions"]}) is both


def test_the_route_cites_no_statement_on_patients_of_another_kind() -> None:
    for symptoms, wanted, foreign in (
        ({"numbness": True}, {"S09", "S12"}, {"S13", "S14"}),
        ({}, {"S13", "S14"}, {"S09", "S12"}),
    ):
        (option,) = ask(**symptoms)["decisions"]["route"]["options"]
        assert wanted <= {*option["statements"]}
        assert not foreign & {*option["statements"]}


def test_a_pregnant_woman_is_not_asked_whether_she_plans_a_pregnancy() -> None:
    facts = {"bariatric_procedure": "roux_en_y", "pregnancy": True, "age": "30 years"}
    said = answer(facts, otherwise="unknown")

    assert "planning_pregnancy" not in {q["fact"] for q in said["questions"]}
    assert "before conception" not in str(said)


@given(people())
def test_professionals_read_the_default_before_what_may_be_done(facts: Json) -> None:
    answer_ = recommended(facts)
    page = recommendation_page(answer_)

    (said,) = [s for s in page.sections if s.title == "What it says"]
    for row in said.items:
        lines = [row, *row.items] if row.text else [*row.items]
        beside = [n for n, i in enumerate(lines) if i.text.startswith(("or ", "also "))]
        beside = [n for n in beside if not lines[n].text.startswith("also depends")]
        if beside:
            assert 0 not in beside
            assert beside[0] > 0


def test_a_statement_that_is_not_known_to_apply_is_not_cited_outright() -> None:
    facts = {"age": "50 years", "b12_deficiency": True}
    page = recommendation_page(recommended(facts))

    (said,) = [s for s in page.sections if s.title == "What it says"]
    (route,) = [row for row in said.items if row.label == "Route"]
    (severe,) = [line for line in route.items if "S50" in line.details]
    assert "perhaps" in severe.text
    assert "should consider" in severe.details
