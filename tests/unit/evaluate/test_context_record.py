"""What is asked of the record is never unknown, and every back end answers it alike (M14)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from b12guide.evaluate import explanation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, replay
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.patient_view import compiled_verdicts as quick
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import FactValue, Otherwise, Stated
from tests.unit.prove.writing import read

TEXT = """define nerves as any of paresthesia, numbness
define operated as bariatric_procedure is recorded
define low as serum_b12 < 200 to 300 pg/mL
rule numb_recorded when numbness is recorded note "n" ...
rule numb_unrecorded when numbness is not recorded note "n" ...
rule numb_established when numbness is established note "n" ...
rule numb_not_established when numbness is not established note "n" ...
rule plateau when neurological_plateau is recorded note "n" ...
rule measured when serum_b12 is measured note "n" ...
rule unmeasured when serum_b12 is not measured note "n" ...
rule measure_recorded when serum_b12 is recorded note "n" ...
rule procedure when bariatric_procedure is recorded note "n" ...
rule surgery when bariatric_surgery is recorded note "n" ...
rule named_procedure when operated note "n" ...
rule nerves_recorded when nerves is recorded note "n" ...
rule nerves_established when nerves is established note "n" ...
rule low_recorded when low is recorded note "n" ...
rule both when serum_b12 is measured and numbness is recorded note "n" ...
""".replace(" note", "\n    note").replace(" ...\n", "\n    ...\n")

EVALUATOR = Evaluator.of(read(TEXT).graph)
NOBODY = frozenset({"numb_unrecorded", "numb_not_established", "unmeasured"})
NUMB = frozenset({"numb_recorded", "numb_established", "unmeasured"})
MEASURED = (NOBODY - {"unmeasured"}) | {"measured", "measure_recorded"}

PATIENTS: list[tuple[Mapping[str, FactValue | None], frozenset[str]]] = [
    ({}, NOBODY),
    ({"numbness": True}, NUMB | {"nerves_recorded", "nerves_established"}),
    (
        {"numbness": False},
        frozenset({"numb_recorded", "numb_not_established", "unmeasured"}),
    ),
    (
        {"numbness": False, "paresthesia": False},
        frozenset(
            {"numb_recorded", "numb_not_established", "unmeasured", "nerves_recorded"}
        ),
    ),
    ({"neurological_plateau": False}, NOBODY | {"plateau"}),
    ({"serum_b12": Fraction(100)}, MEASURED | {"low_recorded"}),
    # The measure is known, and the source leaves open on which side of its range it lies.
    ({"serum_b12": Fraction(250)}, MEASURED),
    ({"serum_b12": None}, NOBODY),
    # What follows counts as recorded.
    (
        {"bariatric_procedure": "roux_en_y"},
        NOBODY | {"procedure", "surgery", "named_procedure"},
    ),
    (
        {"bariatric_surgery": False},
        NOBODY | {"procedure", "surgery", "named_procedure"},
    ),
    ({"bariatric_surgery": True}, NOBODY | {"surgery"}),
    # So does what is stated of a definition.
    (
        {"nerves": False},
        (NOBODY - {"numb_unrecorded"}) | {"nerves_recorded", "numb_recorded"},
    ),
    (
        {"numbness": True, "serum_b12": Fraction(400)},
        (NUMB - {"unmeasured"})
        | {"nerves_recorded", "nerves_established", "both", "low_recorded"}
        | {"measured", "measure_recorded"},
    ),
]


@pytest.mark.parametrize(("values", "applying"), PATIENTS)
def test_a_record_is_there_or_not(
    values: Mapping[str, FactValue | None], applying: frozenset[str]
) -> None:
    stated = Stated(values=values, otherwise=Otherwise.UNKNOWN)
    answer = recommend(EVALUATOR, stated)
    found = {v.rule.name: v.verdict.value for v in answer.rules}

    assert {name for name, verdict in found.items() if verdict == "applies"} == applying
    assert set(found.values()) <= {"applies", "does not apply"}
    assert answer.questions == ()


@pytest.mark.parametrize(("values", "applying"), PATIENTS)
def test_interpreter_program_and_function_agree(
    values: Mapping[str, FactValue | None], applying: frozenset[str]
) -> None:
    graph = EVALUATOR.graph
    facts = implied_facts(
        Stated(values=values, otherwise=Otherwise.UNKNOWN), graph, EVALUATOR.program
    )
    fast = quick(EVALUATOR, facts)

    for name, rule in graph.rules.items():
        truth = explanation.truth(rule.condition, graph, facts)
        told = Explainer.of(graph, facts).rule(name)

        assert explanation.verdict(rule, graph, facts) is fast[name]
        assert (fast[name].value == "applies") == (name in applying)
        assert replay(told) is told.truth is truth


@pytest.mark.parametrize("said", [True, False])
def test_what_is_said_of_a_record_says_nothing_of_the_patient(*, said: bool) -> None:
    values = {"operated": said, "bariatric_surgery": True}
    answer = recommend(EVALUATOR, Stated(values=values, otherwise=Otherwise.UNKNOWN))
    found = {v.rule.name for v in answer.rules if v.verdict.value == "applies"}

    assert found == NOBODY | {"surgery"} | ({"named_procedure"} if said else set())


def test_what_is_assumed_to_be_absent_counts_as_recorded() -> None:
    stated = Stated(values={"serum_b12": None}, otherwise=Otherwise.ABSENT)
    answer = recommend(EVALUATOR, stated)
    found = {v.rule.name for v in answer.rules if v.verdict.value == "applies"}

    assert found == (NOBODY - {"numb_unrecorded"}) | {
        *("numb_recorded", "plateau", "nerves_recorded"),
        *("procedure", "surgery", "named_procedure"),
    }


@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
def test_columns_answer_as_single_patients_do(otherwise: str) -> None:
    pytest.importorskip("pyarrow", reason="the extra cohort is not installed")
    from tests.strategies.cohorts import one_by_one, together  # noqa: PLC0415

    rows = [dict(values) for values, _ in PATIENTS]

    assert together(EVALUATOR, rows, otherwise) == one_by_one(
        EVALUATOR, rows, otherwise
    )
