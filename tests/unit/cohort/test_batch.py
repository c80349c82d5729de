"""What a guideline does not address is told of everybody in a cohort whom it concerns."""

from __future__ import annotations

import pytest

from b12guide import load

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

GUIDELINE = load("mecobalamin_im")


def test_topics_are_told_row_by_row() -> None:
    patients = pa.table(
        {
            "age": [30.0, 30.0, 9.0],
            "platelets": [18.0, 200.0, 18.0],
            "pregnancy": [False, True, True],
        }
    )
    silent = GUIDELINE.cohort(patients)["silent"].to_pylist()

    assert silent[0].split("; ") == ["platelets", "subcutaneous"]
    assert silent[1].split("; ") == ["folic_acid", "pregnancy"]
    assert silent[2] is None  # a child: nothing at all is addressed


def test_a_surgery_that_follows_from_its_procedure_brings_up_its_topics() -> None:
    patients = pa.table(
        {"bariatric_procedure": ["roux_en_y", None], "pregnancy": [True, True]}
    )
    one, other = GUIDELINE.cohort(patients)["silent"].to_pylist()

    assert one.split("; ") == [
        "folic_acid",
        "deltoid",
        "thigh",
        "homocysteine",
        "pregnancy",
    ]
    assert other.split("; ") == ["folic_acid", "pregnancy"]


def test_a_column_without_a_value_says_as_little_as_none() -> None:
    few = pa.table({"b12_deficiency": [True, False, None], "egfr": [35.0, None, 80.0]})
    with_nulls = few
    for name, fact in GUIDELINE.graph.vocabulary.facts.items():
        if name not in few.column_names:
            kind = {"measure": pa.float64(), "choice": pa.string()}
            nulls = pa.nulls(3, kind.get(fact.kind.value, pa.bool_()))
            if fact.kind.value == "choice":
                nulls = nulls.dictionary_encode()
            with_nulls = with_nulls.append_column(name, nulls)

    assert GUIDELINE.cohort(with_nulls).equals(GUIDELINE.cohort(few))
