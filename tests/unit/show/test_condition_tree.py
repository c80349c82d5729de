"""The parts of a condition are told with the truth that they have for the patient."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.explanation import (
    DecisionExplanation,
    Explainer,
    RuleExplanation,
    explain_rule,
)
from b12guide.evaluate.facts import Facts
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import Decision
from b12guide.show.condition_tree import condition_item
from b12guide.show.explanation import explanation_page, explanation_to_json
from b12guide.show.page import Item
from b12guide.show.to_text import to_text
from b12guide.values.term import Operator
from tests.unit.show.handmade import DECISIONS, GRAPH, RECOMMENDATION

FACTS = Facts(
    values={
        "paresthesia": True,
        "numbness": False,
        "egfr": Fraction(35),
        "platelets": Fraction(40),
        "bariatric_procedure": "none",
    }
)
P, N, U = Has("paresthesia"), Has("numbness"), Has("b12_deficiency")
BELOW_50 = Compare("egfr", Operator.LESS, Fraction(50), Fraction(50))


def lines(item: Item, margin: str = "") -> list[str]:
    """The item and its parts, indented."""
    details = f" ({', '.join(item.details)})" if item.details else ""
    inner = [line for part in item.items for line in lines(part, margin + "  ")]
    return [f"{margin}{item.text}{details}", *inner]


def told(
    condition: Condition, facts: Facts = FACTS, *, asked: bool = True
) -> list[str]:
    explainer = Explainer.of(GRAPH, facts)
    found = explainer.explanation(explainer.outlines.of(condition))
    return lines(condition_item(found, GRAPH, asked=asked))


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (P, "paresthesia: true"),
        (N, "numbness: false"),
        (U, "vitamin B12 deficiency: unknown"),
        (BELOW_50, "eGFR 35 mL/min < 50 mL/min: true"),
        (
            Compare("platelets", Operator.MORE, Fraction(30), Fraction(60)),
            (
                "platelets 40 \u00d710⁹/L > 30 to 60 \u00d710⁹/L: "
                "left open by the source's own threshold"
            ),
        ),
        (
            OneOf("bariatric_procedure", ("roux_en_y",)),
            "bariatric procedure (none) is Roux-en-Y gastric bypass: false",
        ),
        (Not(P), "not: paresthesia (true): false"),
        (Established(U), "established: vitamin B12 deficiency (unknown): false"),
        (
            Not(Established(U)),
            "not established: vitamin B12 deficiency (unknown): true",
        ),
        (Recorded(U), "recorded: vitamin B12 deficiency (unknown): false"),
        (Not(Recorded(P)), "not recorded: paresthesia (true): false"),
        (Recorded(HasValue("platelets")), "measured: platelets (40 \u00d710⁹/L): true"),
        (
            Recorded(HasValue("bariatric_procedure")),
            "recorded: bariatric procedure (none): true",
        ),
        (ALWAYS, "always: true"),
    ],
)
def test_a_single_fact_is_one_line(condition: Condition, text: str) -> None:
    assert told(condition) == [text]


def test_a_measure_without_a_value_is_not_measured() -> None:
    condition = Not(Recorded(HasValue("platelets")))

    assert told(condition, Facts()) == ["not measured: platelets (not known): true"]


def test_without_a_patient_no_truth_is_told() -> None:
    condition = AllOf((BELOW_50, Not(P)))

    assert told(condition, Facts(), asked=False) == [
        "all of these",
        "  eGFR < 50 mL/min",
        "  not: paresthesia",
    ]


def test_a_fact_without_a_value_is_unknown_and_not_false() -> None:
    assert told(BELOW_50, Facts()) == ["eGFR < 50 mL/min: unknown"]


def test_parts_stand_beneath_the_whole() -> None:
    assert told(AllOf((P, AnyOf((N, U))))) == [
        "all of these: unknown",
        "  paresthesia: true",
        "  any of these: unknown",
        "    numbness: false",
        "    vitamin B12 deficiency: unknown",
    ]


def test_so_many_of_a_list_are_told_with_their_number() -> None:
    assert told(AtLeast(2, (P, N, U))) == [
        "at least 2 of these: unknown",
        "  paresthesia: true",
        "  numbness: false",
        "  vitamin B12 deficiency: unknown",
    ]


def test_alike_facts_of_a_long_list_are_told_together() -> None:
    others = (Has("b12_repleted"), Has("nitrous_oxide"))
    condition = AnyOf((P, N, U, *others, AllOf((P, N))))

    assert told(condition) == [
        "any of these: true",
        "  paresthesia: true",
        "  unknown: vitamin B12 deficiency; vitamin B12 is repleted; nitrous oxide",
        "  numbness: false",
        "  all of these: false",
        "    paresthesia: true",
        "    numbness: false",
    ]


def test_assumptions_are_named_beside_what_rests_on_them() -> None:
    condition = AllOf((Resting(P, ("T08",)), U))

    assert told(condition)[1] == "  paresthesia: true (assuming T08)"


def test_a_definition_is_taken_apart_unless_it_was_stated() -> None:
    condition = Defined("neurological_symptoms")
    stated = Facts(definitions={"neurological_symptoms": True})

    assert told(condition) == [
        "neurological symptoms (defined): true",
        "  paresthesia: true",
    ]
    assert told(condition, stated) == ["neurological symptoms (stated): true"]


def test_a_negated_list_keeps_its_parts() -> None:
    assert told(Not(AnyOf((P, N)))) == [
        "not: false",
        "  any of these: true",
        "    paresthesia: true",
        "    numbness: false",
    ]


# -------------------------------------------------------------------- whole pages


def rule_explanation(
    name: str, verdict: Verdict, **further: tuple[str, ...]
) -> RuleExplanation:
    found = RuleVerdict(rule=GRAPH.rules[name], verdict=verdict, **further)
    return explain_rule(found, Explainer.of(GRAPH, FACTS))


def page_text(
    explanation: RuleExplanation | DecisionExplanation, *, asked: bool = True
) -> str:
    page = explanation_page(explanation, RECOMMENDATION, asked=asked)
    return " ".join(to_text(page).split())


def test_a_rule_tells_its_verdict_condition_and_grounds() -> None:
    text = page_text(rule_explanation("renal_form", Verdict.APPLIES))

    assert "Form in renal dysfunction (renal_form)" in text
    assert "Verdict applies" in text
    assert "eGFR 35 mL/min < 50 mL/min: true" in text


def test_a_rule_that_is_overridden_says_by_which() -> None:
    explanation = rule_explanation(
        "loading_standard", Verdict.OVERRIDDEN, overridden_by=("loading_neurological",)
    )
    text = page_text(explanation)

    assert "Verdict overridden by loading_neurological" in text
    assert "Overridden by - loading_neurological" in text


def test_a_rule_that_waits_says_for_what() -> None:
    text = page_text(rule_explanation("renal_form", Verdict.UNKNOWN, needs=("egfr",)))

    assert "Verdict unknown; it depends on eGFR" in text


def test_an_indeterminate_rule_says_whose_threshold_it_is() -> None:
    text = page_text(rule_explanation("fine_needle", Verdict.INDETERMINATE))

    assert (
        "indeterminate: undetermined, because the source's own threshold is a range"
        in text
    )


def test_an_exception_names_the_rules_that_it_goes_before() -> None:
    text = page_text(rule_explanation("loading_neurological", Verdict.APPLIES))

    assert "Overrides - loading_standard" in text
    assert "For the patient an injection every other day" in text


LOADING = DecisionExplanation(
    decided=DECISIONS[Decision.LOADING],
    rules=(
        rule_explanation("loading_neurological", Verdict.APPLIES),
        rule_explanation(
            "loading_standard",
            Verdict.OVERRIDDEN,
            overridden_by=("loading_neurological",),
        ),
        rule_explanation("renal_form", Verdict.UNKNOWN, needs=("egfr",)),
    ),
)


def test_a_decision_sorts_its_rules_by_verdict_and_says_why() -> None:
    text = page_text(LOADING)

    assert text.index("Rules that apply") < text.index("Overridden rules")
    assert "overridden by loading_neurological" in text
    assert "depends on eGFR" in text


def test_a_decision_without_a_patient_lists_its_rules() -> None:
    text = page_text(LOADING, asked=False)

    assert "Rules that speak to it" in text
    assert "What it says" not in text


def test_as_json_a_decision_has_its_rules_and_their_conditions() -> None:
    answer = explanation_to_json(LOADING, RECOMMENDATION, asked=True)

    assert answer["target"] == {"kind": "decision", "name": "loading"}
    assert answer["decision"]["outcome"] == "determined"
    assert answer["rules"][1]["exceptions"][0]["rule"] == "loading_neurological"
    assert answer["rules"][2]["condition"] == {
        "kind": "comparison",
        "text": "egfr < 50 mL/min",
        "truth": "true",
        "value": "35 mL/min",
        "indeterminate": False,
        "assumptions": [],
        "parts": [],
    }
