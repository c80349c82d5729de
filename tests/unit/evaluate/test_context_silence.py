"""What is not addressed, and the rows of an answer beside which that is said."""

from __future__ import annotations

import pytest

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.context import silences_about
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from tests.unit.semantics.writing import checked

RULES = """
rule first
    when b12_deficiency and numbness
    load 1000 µg IM once daily for 2 weeks
rule gate
    withhold folic_acid until b12_repleted
rule tested
    when b12_deficiency
    check serum_b12 every 3 months
"""


def asked(silent: str, *present: str) -> Recommendation:
    graph = checked(RULES + silent).graph
    assert graph is not None
    patient = Patient(facts=dict.fromkeys(present, True), otherwise=Otherwise("absent"))
    return recommend(Evaluator.of(graph), state(patient, graph, None))


def rows(silent: str, *present: str) -> list[str]:
    answer = asked(silent, *present)
    assert len(answer.silences) == 1
    return [d.value for d in Decision if silences_about(answer, d)]


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [
        ("folic_acid", ["permission"]),  # a drug that a rule names
        ("cyanocobalamin", ["form"]),  # one that none names
        ("serum_b12", ["monitoring"]),
        ("calcium", ["monitoring"]),
        ("intramuscular", ["loading"]),
        ("subcutaneous", ["route"]),
        ("thigh", ["technique"]),
        ("numbness", ["loading"]),  # a fact that a rule reads
        ("b12_repleted", ["permission"]),  # one that a rule waits for
        ("pregnancy", []),  # one that none reads
        ("tested", ["monitoring"]),  # a rule
        ("the_cost", []),  # no word at all
    ],
)
def test_a_silence_stands_beside_what_mentions_its_topic(
    topic: str, wanted: list[str]
) -> None:
    assert rows(f'silent on {topic} "?"\n    when pregnancy\n', "pregnancy") == wanted


def test_an_author_may_name_the_decisions_that_it_stands_beside() -> None:
    silent = 'silent on pregnancy, maintenance, form, loading "Nothing is said."\n'
    answer = asked(silent, "pregnancy")

    assert answer.silences[0].topics == ("pregnancy",)
    assert rows(silent, "pregnancy") == ["form", "loading", "maintenance"]


def test_a_silence_on_decisions_alone_is_about_them() -> None:
    answer = asked('silent on loading "?"\n    when pregnancy\n', "pregnancy")

    assert answer.silences[0].topics == ("loading",)
    assert [d for d in Decision if silences_about(answer, d)] == [Decision.LOADING]


def test_a_silence_is_found_by_its_topics() -> None:
    answer = asked('silent on folic_acid, thigh "?"\n    when pregnancy\n', "pregnancy")

    assert silences_about(answer, "folic_acid") == answer.silences
    assert silences_about(answer, "thigh") == answer.silences
    assert silences_about(answer, "pregnancy") == ()


def test_a_silence_concerns_the_rules_that_mention_it() -> None:
    answer = asked('silent on folic_acid "?"\n    when pregnancy\n', "pregnancy")

    concerned = [r for r in answer.graph.rules.values() if silences_about(answer, r)]
    assert [rule.name for rule in concerned] == ["gate"]


def test_what_the_patient_does_not_have_is_not_brought_up() -> None:
    assert asked('silent on pregnancy, loading "?"\n').silences == ()


@pytest.mark.parametrize(
    ("topic", "facts", "told"),
    [
        ("pregnancy", {"pregnancy": True}, True),
        ("pregnancy", {"pregnancy": None}, False),
        ("egfr", {"egfr": "50 mL/min"}, True),
        ("egfr", {"egfr": None}, False),
        ("bariatric_procedure", {"bariatric_procedure": "none"}, False),
        ("bariatric_procedure", {"bariatric_procedure": "gastric_band"}, True),
        # any procedure but `none`, whichever
        ("bariatric_procedure", {"bariatric_surgery": True}, True),
        ("nerves", {"numbness": True}, True),
        ("nerves", {"numbness": False}, False),
        ("mecobalamin", {}, False),
    ],
)
def test_without_a_condition_it_is_told_to_those_who_have_the_topic(
    topic: str, facts: dict[str, object], told: bool
) -> None:
    nerves = "define nerves as numbness and not pregnancy\n"
    graph = checked(f'{RULES}{nerves}silent on {topic} "?"\n').graph
    assert graph is not None
    patient = Patient(facts={"pregnancy": False, **facts})
    answer = recommend(Evaluator.of(graph), state(patient, graph, None))

    assert bool(answer.silences) is told
