"""What a study assumes is checked like a patient's facts, fills what is not known, and is told."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from b12guide import Guideline, PatientError, UnknownNameError, load
from b12guide.cli.command import main
from b12guide.show.cohort_page import comparison_page
from b12guide.show.study_page import burden_page, hinges_page, prevalence_page

ASSUME = {"platelets": "250 x10^9/L", "ileal_resection": "0 cm"}
PEOPLE = pl.DataFrame(
    {
        "id": ["a", "b", "c"],
        "age": [50.0, 50.0, 50.0],
        "b12_deficiency": [True, True, True],
        "paresthesia": [False, False, False],
        "egfr": [80.0, 80.0, 80.0],
        "platelets": [None, 30.0, 1e9],
    }
)


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def test_nulls_and_facts_without_a_column_are_filled(guideline: Guideline) -> None:
    people = PEOPLE[:2].drop("id")
    found = guideline.cohort(people, assume=ASSUME)
    filled = people.with_columns(
        platelets=pl.Series([250.0, 30.0]), ileal_resection=pl.lit(0.0)
    )

    assert found.equals(guideline.cohort(filled))
    assert not found.equals(guideline.cohort(people))


def test_a_cell_that_cannot_be_believed_is_not_filled(guideline: Guideline) -> None:
    people = PEOPLE[2:].drop("id")
    found = guideline.cohort(people, assume=ASSUME, on_bad="unknown")

    assert found["bad"].to_list() == [["platelets"]]
    assert "platelets" in found["questions"].to_list()[0]


def test_what_is_stated_comes_before_what_is_assumed(guideline: Guideline) -> None:
    people = pa.table(
        {"bariatric_procedure": ["roux_en_y", None], "bariatric_surgery": [None, None]}
    )
    found = guideline.cohort(people, assume={"bariatric_surgery": False})
    wanted = guideline.cohort(
        pa.table(
            {
                "bariatric_procedure": ["roux_en_y", None],
                "bariatric_surgery": [True, False],
            }
        )
    )

    assert found.to_pylist() == wanted.to_pylist()


@pytest.mark.parametrize(
    ("assume", "message"),
    [
        ({"platlets": "250 x10^9/L"}, "platelets"),
        ({"platelets": "250 cm"}, "cm"),
        ({"platelets": "250000000 x10^9/L"}, "250000000"),
        ({"platelets": None}, "no value is given"),
        ({"diabetes": "maybe"}, "diabetes"),
        ({"bariatric_procedure": "bypass"}, "bypass"),
        (
            {"bariatric_procedure": "roux_en_y", "bariatric_surgery": False},
            "bariatric_surgery",
        ),
    ],
)
def test_an_assumption_is_checked_as_a_fact_is(
    guideline: Guideline, assume: dict[str, Any], message: str
) -> None:
    with pytest.raises(PatientError) as caught:
        guideline.cohort(PEOPLE[:2], keep="id", assume=assume)

    assert message in "\n".join(
        f"{d.message} {' '.join(h.message for h in d.help)}"
        for d in caught.value.diagnostics
    )


def test_every_page_and_every_result_of_a_study_tells_it(guideline: Guideline) -> None:
    options: dict[str, Any] = {"patient": "id", "otherwise": "absent"}
    options["assume"] = ASSUME
    study = guideline.study(PEOPLE[:2].drop("platelets"), **options)
    found = study.what_if({"egfr < 50 mL/min": "egfr < 45 mL/min"})
    told = "where it is not known: platelet count 250 x10^9/L; length of ileum resected 0 cm"

    for page in (
        prevalence_page(study.prevalence),
        hinges_page(study.hinges),
        burden_page(study.burden),
        comparison_page(found),
    ):
        assert dict(page.particulars)["Assumed"] == told
    results: list[Any] = [study.prevalence, study.hinges, study.burden, found]
    for one in results:
        assert one.to_dict()["assumed"] == ASSUME
    assert study.burden.settled == 2


def test_an_audit_assumes_it_too(guideline: Guideline) -> None:
    patients = PEOPLE[:2].rename({"id": "patient"})
    events = pl.DataFrame(
        {
            "patient": ["a", "a"],
            "on": [dt.date(2025, 1, 6), dt.date(2025, 9, 1)],
            "dose": ["hydroxocobalamin"] * 2,
            "amount": ["1000 µg"] * 2,
            "route": ["intramuscular"] * 2,
        }
    )
    options: dict[str, Any] = {"on": dt.date(2026, 1, 1), "workers": 1}
    found = guideline.audit_cohort(patients, events, assume=ASSUME, **options)
    filled = patients.with_columns(
        platelets=pl.Series([250.0, 30.0]), ileal_resection=pl.lit(0.0)
    )
    wanted = guideline.audit_cohort(filled, events, **options)
    without = guideline.audit_cohort(patients, events, **options)

    assert found.to_dict()["assumed"] == ASSUME
    assert found.table.equals(wanted.table)
    assert not found.table.equals(without.table)


def test_the_command_assumes_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.parquet"
    PEOPLE[:2].drop("id").write_parquet(file)
    args = ["cohort", str(file), "--assume", "platelets=250 x10^9/L"]
    codes = [main([*args, "--assume", "diabetes=false"])]
    text = capsys.readouterr().out
    codes.append(main([*args, "--format", "json"]))
    plain = json.loads(capsys.readouterr().out)
    codes.append(main(["cohort", str(file), "--assume", "platelets"]))

    assert codes == [0, 0, 2]
    assert (
        "Assumed: where it is not known: platelet count 250 x10^9/L; "
        "no diabetes mellitus\n" in text
    )
    assert plain["assumed"] == {"platelets": "250 x10^9/L"}


def test_a_reading_has_to_be_one(guideline: Guideline) -> None:
    with pytest.raises(UnknownNameError, match="did you mean `lower`"):
        guideline.cohort(PEOPLE[:2], keep="id", fuzzy_threshold="lowr")  # type: ignore[arg-type]


def test_thresholds_that_are_ranges_are_read_at_an_end(guideline: Guideline) -> None:
    people = pl.DataFrame(
        {"age": [50.0], "crohns_disease": [True], "ileal_involvement": [45.0]}
    )
    said = {
        reading: guideline.cohort(people, otherwise="absent", fuzzy_threshold=reading)[
            "rule.monthly_for_ileal_disease"
        ].to_list()
        for reading in ("report", "lower", "upper")
    }

    assert said == {
        "report": ["indeterminate"],
        "lower": ["applies"],
        "upper": ["does not apply"],
    }
