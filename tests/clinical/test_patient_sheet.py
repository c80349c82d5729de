"""The sheet for the patient: what is usual comes first, and nothing is false of its reader."""

from __future__ import annotations

import pytest
from hypothesis import given

from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.say.names import PATIENT_NOTICE, Audience, decision_text
from b12guide.say.words import capitalised
from b12guide.show.for_patient import CONFLICT, NOTHING_USUAL
from b12guide.show.page import Item, Page
from b12guide.show.papers import recommendation_page
from b12guide.show.to_text import to_text
from tests.clinical.asking import ADULT, Json
from tests.clinical.people import people
from tests.clinical.test_authority import recommended
from tests.unit.semantics.writing import checked

OTHERS = ("Alternative: ", "Worth considering: ")


def sheet(answer: Recommendation) -> Page:
    return recommendation_page(answer, Audience.PATIENT)


def row(page: Page, decision: Decision) -> tuple[Item, ...]:
    title = decision_text(decision, Audience.PATIENT)
    return next((s.items for s in page.sections if s.title == title), ())


def text(facts: Json, otherwise: str = "absent") -> str:
    return " ".join(to_text(sheet(recommended(facts, otherwise))).split())


@given(people())
def test_another_possibility_never_comes_before_what_is_usual(facts: Json) -> None:
    answer = recommended(facts)
    page = sheet(answer)

    for decision, decided in answer.decisions.items():
        items = row(page, decision)
        if any(item.text.startswith(OTHERS) for item in items):
            assert not items[0].text.startswith(OTHERS)
            if all(option.alternative for option in decided.options):
                assert items[0].text in {NOTHING_USUAL, CONFLICT}


@given(people())
def test_what_is_said_outright_is_said_by_a_rule_that_applies(facts: Json) -> None:
    answer = recommended(facts)
    page = sheet(answer)

    said = {item.text for section in page.sections for item in section.items}
    applying: set[str] = set()
    others: set[str] = set()
    for verdict in answer.rules:
        words = capitalised(verdict.rule.grounds.patient or "")
        applies = verdict.verdict is Verdict.APPLIES
        (applying if applies else others).add(words)
    assert not said & (others - applying)


@given(people())
def test_a_default_is_always_told(facts: Json) -> None:
    answer = recommended(facts)
    page = sheet(answer)

    for decision, decided in answer.decisions.items():
        if any(not option.alternative for option in decided.options):
            assert row(page, decision)


@given(people())
def test_every_sheet_has_the_notice_and_the_review_status(facts: Json) -> None:
    page = sheet(recommended(facts))

    assert page.notice == PATIENT_NOTICE
    assert dict(page.particulars)["Status"] == "under review, not approved"


def test_an_uncertain_default_is_told_before_the_tablet() -> None:
    said = text({**ADULT, "ileal_resection": None, "loading_complete": True})

    usual = said.index("Usually: After the first phase you get an injection every two")
    assert "it depends on length of ileum resected" in said[usual:]
    assert usual < said.index("a tablet each day may be an option")


def test_two_rules_that_meet_are_told_as_what_is_left() -> None:
    facts = {"age": "50 years", "egfr": "35 mL/min"}
    said = text({**facts, "bariatric_procedure": "sleeve_gastrectomy"})

    assert "as an injection into a muscle every 3 months" in said
    assert "or a tablet every day" not in said


def test_the_sides_of_a_conflict_stand_where_it_is_told() -> None:
    facts = {**ADULT, "numbness": True, "ileal_resection": "25 cm"}
    items = row(sheet(recommended(facts, "absent")), Decision.MAINTENANCE)

    assert "do not fit together" in items[0].text
    sides = " ".join(item.text for item in items[0].items)
    assert "every two months" in sides
    assert "every month" in sides


def test_a_child_is_sent_to_a_childrens_doctor() -> None:
    said = text({"age": "9 years", "vegan_diet": True})

    assert "A children's doctor should advise you." in said
    assert "not meant for you" not in said


def test_nobody_is_told_not_to_stop_what_they_do_not_take() -> None:
    assert "stop vitamin B12" not in text({"age": "40 years", "egfr": "90 mL/min"})


@pytest.mark.parametrize(
    ("unknown", "question"),
    [
        ("neurological_plateau", "Have your nerve symptoms stopped getting better?"),
        ("platelets", "What is your platelet count?"),
        ("bariatric_procedure", "Which surgery to lose weight have you had?"),
        ("diabetes", "Do you have diabetes?"),
    ],
)
def test_questions_are_questions(unknown: str, question: str) -> None:
    facts = {**ADULT, "nephropathy": True, unknown: None}
    if unknown == "bariatric_procedure":
        facts["bariatric_surgery"] = True
    said = text(facts)

    assert question in said
    assert "b12" not in said.replace("b12guide", "")


ALLERGY = """
rule loaded "First weeks"
    when b12_deficiency
    load hydroxocobalamin 1000 µg IM daily for 1 week
    strength should
    patient "You get injections every day for a week."
rule allergic "Allergy"
    when cobalamin_hypersensitivity
    contraindicated hydroxocobalamin
    strength do not
    patient "You are allergic to it."
"""


@pytest.mark.parametrize(
    ("allergic", "said", "unsaid"),
    [
        (True, "Not for you: hydroxocobalamin. You are allergic", "every day for"),
        (None, "Perhaps not for you: hydroxocobalamin.", "You are allergic"),
        (False, "You get injections every day for a week.", "You are allergic"),
    ],
)
def test_what_is_contraindicated_is_not_told_as_advice(
    allergic: bool | None, said: str, unsaid: str
) -> None:
    graph = checked(ALLERGY).graph
    assert graph is not None
    patient = Patient(
        facts={"b12_deficiency": True, "cobalamin_hypersensitivity": allergic}
    )
    answer = recommend(Evaluator.of(graph), state(patient, graph, None))
    shown = " ".join(to_text(sheet(answer)).split())

    assert said in shown
    assert unsaid not in shown
