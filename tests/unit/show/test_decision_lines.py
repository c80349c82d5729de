"""Options that differ little are told together; nothing that differs is lost."""

from __future__ import annotations

from attrs import evolve

from b12guide.evaluate.answer import Conflict, Option, Side
from b12guide.graph.model import (
    Decision,
    Instruction,
    Monitoring,
    RuleGraph,
    Vocabulary,
    Word,
)
from b12guide.graph.query import (
    StatementCoverage,
    StatementEncoding,
    brief_text,
    fact_text,
)
from b12guide.say.names import (
    Audience,
    drug_text,
    route_text,
    site_text,
    test_text,
    topic_text,
)
from b12guide.say.numbers import measured, unit_text
from b12guide.show.citations import citation_items, conflict_items
from b12guide.show.coverage_text import coverage_json, coverage_text
from b12guide.show.decision_lines import joined
from b12guide.show.graph_page import graph_page, graph_to_json, graph_to_mermaid
from b12guide.show.to_text import to_text
from b12guide.values.duration import TimeUnit
from b12guide.values.term import Kind, Strength
from tests.unit.show.handmade import (
    GRAPH,
    MONTHLY,
    RECOMMENDATION,
    THRICE_WEEKLY,
    TWO_TO_THREE_MONTHS,
    length,
    option,
)

test_text.__test__ = False  # type: ignore[attr-defined]  # a function of that name, no test


def check(
    *tests: str, strength: Strength = Strength.REQUIRED, **timing: object
) -> Option:
    return Option(
        advice=Monitoring(tests=tests, **timing),  # type: ignore[arg-type]  # as there
        strength=strength,
        rules=("first_year",),
    )


def words(*options: Option) -> list[str]:
    return [text for _, text in joined(options, GRAPH)]


HALF_YEARLY = length(6, TimeUnit.MONTH)


def test_tests_with_one_timing_are_told_together() -> None:
    told = words(
        check("ferritin", every=HALF_YEARLY),
        check("transferrin_saturation", every=HALF_YEARLY),
    )

    assert told == ["ferritin and transferrin saturation every 6 months"]


def test_tests_of_another_strength_stay_apart() -> None:
    told = words(
        check("ferritin", every=HALF_YEARLY),
        check("transferrin_saturation", every=HALF_YEARLY, strength=Strength.SHOULD),
    )

    assert len(told) == 2


def test_what_goes_with_every_check_is_told_once() -> None:
    told = words(
        check("serum_b12", every=HALF_YEARLY, before_next_dose=True),
        check("serum_b12", once=True, before_next_dose=True),
    )

    assert told == [
        "serum B12 every 6 months, directly before the next dose",
        "serum B12 once; in the same way",
    ]


def test_checks_that_go_differently_are_told_in_full() -> None:
    told = words(
        check("serum_b12", every=HALF_YEARLY, before_next_dose=True),
        check("serum_b12", once=True),
    )

    assert told[1] == "serum B12 once"


def test_other_advice_is_left_alone() -> None:
    (gate,) = option("folate_gate")

    assert words(gate) == ["no folic acid until vitamin B12 is repleted"]


def test_instructions_for_one_site_are_told_together() -> None:
    quadrant = Instruction(site="buttock", quadrant="upper_outer")
    direction = Instruction(site="buttock", direction="anteriorly")
    options = [
        Option(advice=advice, strength=Strength.SHOULD, rules=(rule,))
        for advice, rule in ((quadrant, "buttock"), (direction, "fine_needle"))
    ]
    ((found, text),) = joined(options, GRAPH)

    assert found.rules == ("buttock", "fine_needle")
    assert text == (
        "if the buttock is used, only its upper outer quadrant and direct the needle "
        "anteriorly"
    )
    assert words(*option("fine_needle")) == [
        "needle of 25 to 27 G; press on the site for 5 to 10 minutes"
    ]


# ----------------------------------------------------------------------- conflicts


def conflict(*rules: str, certain: bool = False, note: str = "") -> Conflict:
    advice = {
        "maintenance_standard": TWO_TO_THREE_MONTHS,
        "monthly": MONTHLY,
        "loading_standard": THRICE_WEEKLY,
    }
    return Conflict(
        decision=Decision.MAINTENANCE,
        sides=tuple(Side(rules=(rule,), advice=advice[rule]) for rule in rules),
        certain=certain,
        note=note,
    )


def test_possible_conflicts_are_told_once_and_without_those_that_contain_them() -> None:
    recommendation = evolve(
        RECOMMENDATION,
        conflicts=(
            conflict("maintenance_standard", "monthly", note="unsaid"),
            conflict("maintenance_standard", "loading_standard"),
            conflict("maintenance_standard", "monthly", "loading_standard"),
        ),
    )
    (item,) = conflict_items(recommendation)

    assert item.text == "These may collide."
    assert len(item.items) == 3


def test_a_certain_conflict_tells_its_note_and_both_sides() -> None:
    recommendation = evolve(
        RECOMMENDATION,
        conflicts=(
            conflict(
                "maintenance_standard", "monthly", certain=True, note="both stand"
            ),
        ),
    )
    (item,) = conflict_items(recommendation)

    assert item.text == "These cannot be followed together. Both stand."
    assert [side.details[0] for side in item.items] == [
        "maintenance_standard",
        "monthly",
    ]


# ------------------------------------------------------------------ words and lists


def test_an_unknown_word_goes_by_its_name() -> None:
    assert drug_text(GRAPH, "new_drug") == "new drug"
    assert test_text(GRAPH, "new_test") == "new test"
    assert site_text(GRAPH, "left_arm") == "left arm"
    assert fact_text(GRAPH, "new_fact") == "new fact"
    assert topic_text(GRAPH, "new_topic") == "new topic"
    assert topic_text(GRAPH, "buttock") == "buttock"
    assert topic_text(GRAPH, "egfr") == "eGFR"
    assert route_text(GRAPH, "by_drip", Audience.PATIENT) == "by the by drip route"


def test_labels_are_short_in_passing() -> None:
    facts = {
        name: evolve(GRAPH.vocabulary.facts["egfr"], label=label)
        for name, label in (
            ("a", "filtration rate (eGFR)"),
            ("b", "nephropathy (albuminuria counts)"),
            ("c", "severe symptoms, in somebody's judgement"),
            ("d", "sore tongue (glossitis)"),
        )
    }
    graph: RuleGraph = evolve(GRAPH, vocabulary=Vocabulary(facts=facts))

    assert [brief_text(graph, name) for name in facts] == [
        "eGFR",
        "nephropathy",
        "severe symptoms",
        "sore tongue",
    ]


def test_units_are_printed_one_way() -> None:
    assert unit_text("\u03bcg") == "\u00b5g"
    assert measured("1", "year") == "1 year"
    assert measured("2", None) == "2"


def test_sources_are_listed_once_and_in_the_order_of_their_numbers() -> None:
    labels = [
        item.label
        for item in citation_items(GRAPH, ["trial", "gone", "review", "injections"] * 2)
    ]

    assert labels == ["[1]", "[3]", "[trial]", "[4]", "[1]"]


COVERAGE = (
    StatementCoverage(
        statement="S1",
        encoded=((StatementEncoding.RULE, "a"), (StatementEncoding.NOTE, "n")),
    ),
    StatementCoverage(statement="S2", encoded=((StatementEncoding.NOTE, "b"),)),
    StatementCoverage(statement="S3", encoded=((StatementEncoding.DEFINITION, "c"),)),
    StatementCoverage(statement="S4", encoded=((StatementEncoding.SILENCE, "d"),)),
    StatementCoverage(statement="S5"),
)


def test_coverage_says_what_is_no_rule_and_what_is_missing() -> None:
    assert coverage_text(COVERAGE).splitlines() == [
        "4 of 5 statements encoded",
        "  shown as notes: S2 (b)",
        "  used as definitions: S3 (c)",
        "  said not to be addressed: S4 (d)",
        "  missing: S5",
    ]
    assert coverage_json(COVERAGE)["missing"] == ["S5"]
    assert coverage_text(()) == ""


def test_long_coverage_is_wrapped() -> None:
    many = tuple(
        StatementCoverage(
            statement=f"S{n}", encoded=((StatementEncoding.NOTE, "name"),)
        )
        for n in range(9)
    )

    assert max(map(len, coverage_text(many, width=40).splitlines())) <= 40


# --------------------------------------------------------------------------- graph


def test_an_exception_stands_beneath_its_rule() -> None:
    text = to_text(graph_page(GRAPH))

    assert "  - loading_standard: " in text
    assert "    - loading_neurological: " in text
    assert "\n  - loading_neurological" not in text
    assert "reads neurological_symptoms" in " ".join(text.split())


def test_an_exception_of_another_decision_is_named() -> None:
    rules = dict(GRAPH.rules)
    rules["monthly"] = evolve(rules["monthly"], exceptions=("folate_gate",))
    text = to_text(graph_page(evolve(GRAPH, rules=rules)))

    assert "overridden by folate_gate" in text


def test_the_nodes_and_edges_tell_what_excepts_and_cites_what() -> None:
    edges = graph_to_json(GRAPH)["edges"]

    assert {
        "kind": "excepts",
        "from": "rule:loading_neurological",
        "to": "rule:loading_standard",
    } in edges
    assert {
        "kind": "assumes",
        "from": "rule:first_year",
        "to": "assumption:T35",
    } in edges
    assert {
        "kind": "derives",
        "from": "fact:paresthesia",
        "to": "definition:neurological_symptoms",
    } in edges


def test_mermaid_takes_no_quotation_mark_from_a_label() -> None:
    drugs = {
        **GRAPH.vocabulary.drugs,
        "folic_acid": Word(kind=Kind.DRUG, name="folic_acid", label='"<b>#1'),
    }
    flowchart = graph_to_mermaid(
        evolve(GRAPH, vocabulary=evolve(GRAPH.vocabulary, drugs=drugs))
    )

    assert "#quot;#lt;b#gt;#35;1" in flowchart
    assert "-. exception to .->" in flowchart
