"""The columns of doses: what is advised as one phase, everything else as lists."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

import b12guide
from b12guide.errors import CohortError, PatientError, UnknownNameError

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv, feather

from b12guide.cohort import carriers
from b12guide.cohort.advised_phases import AdvisedPhase
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.cohort.regimen_columns import COLUMNS
from b12guide.interop.regimens_of_value import regimens_of_value
from b12guide.patient.model import Otherwise
from b12guide.regimen.model import Regimen
from tests.strategies.cohorts import doses
from tests.strategies.columns import everything

GUIDELINE = b12guide.load("mecobalamin_im")
PATIENTS = pa.table(
    {
        "id": ["a", "b", "c", "d"],
        "b12_deficiency": [True, True, True, False],
        "paresthesia": [True, False, None, False],
        "loading_complete": [True, True, False, None],
    }
)
HOW: dict[str, Any] = {"keep": ["id"], "otherwise": "absent"}
PARTS = [name for name in COLUMNS if name != "regimens"]


def told(advice: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = advice.to_pylist()
    return rows


def test_a_regimen_of_one_phase_has_its_parts_in_columns() -> None:
    first, *_ = told(GUIDELINE.cohort(PATIENTS, **HOW))

    assert first["maintenance.value"] == "1000 µg intramuscular every 2 months for life"
    assert {name: first[f"maintenance.{name}"] for name in PARTS} == {
        "drug": None,  # the form decides, and nothing is copied from there
        "dose_low": 1000.0,
        "dose_high": 1000.0,
        "dose_unit": "µg",
        "route": "intramuscular",
        "interval_low_days": 2 * 365.2425 / 12,
        "interval_high_days": 2 * 365.2425 / 12,
        "phase": 1,
        "until": "life",
    }


SEVERAL = ("bnf_2021", "eisai_mecobalamin", "fda_cyanocobalamin", "mecobalamin_im")


@pytest.mark.parametrize("name", [*SEVERAL, "uk_smpc"])
@pytest.mark.parametrize("otherwise", list(Otherwise))
def test_columns_and_lists_are_what_the_text_says(
    name: str, otherwise: Otherwise
) -> None:
    guideline = b12guide.load(name)
    random = Random(4)  # noqa: S311 -- to be the same each time
    table = everything(random, guideline.evaluator, 400, 0.05)
    advice = guideline.cohort(
        table, on_bad="unknown", otherwise=otherwise, regimens="lists"
    )
    several = 0
    for row in told(advice):
        for decision in ("loading", "maintenance"):
            text, certain = row[f"{decision}.value"], row[f"{decision}.certain"]
            expected = doses(text if certain else None, guideline.graph)
            found = {one: row[f"{decision}.{one}"] for one in PARTS}
            assert found == expected, text
            records = row[f"{decision}.regimens"]
            assert listed(records) == listed_in(text), text
            several += len(records) > 1

    assert several


def listed(records: list[dict[str, Any]]) -> list[list[tuple[Any, ...]]]:
    """The phases of each regimen that lists have, as far as texts show them."""
    found: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for one in records:
        phases = found.setdefault((one["part"], one["option"]), [])
        if not one["not_needed"]:
            phases.append((one["dose_low"], one["dose_high"], one["route"]))
    return sorted(found.values())


def listed_in(text: str | None) -> list[list[tuple[Any, ...]]]:
    if text is None:
        return []
    read = regimens_of_value(text)
    nothing: list[list[tuple[Any, ...]]] = [[] for p in read.parts if p.not_needed]
    return sorted([*map(amounts, read.regimens), *nothing])


def amounts(regimen: Regimen) -> list[tuple[Any, ...]]:
    return [(p.dose.low, p.dose.high, p.route) for p in regimen.phases]


def test_what_depends_is_in_no_column_and_null_is_never_no() -> None:
    *_, third, fourth = told(GUIDELINE.cohort(PATIENTS, **HOW, regimens="lists"))

    assert (third["loading.certain"], "|" in third["loading.value"]) == (False, True)
    assert {third[f"loading.{name}"] for name in PARTS} == {None}
    assert {one["kind"] for one in third["loading.regimens"]} == {"possible"}
    assert (fourth["loading.outcome"], fourth["loading.regimens"]) == ("silent", [])


def test_lists_are_made_on_demand_and_columns_may_be_left_out() -> None:
    bare = GUIDELINE.cohort(PATIENTS, **HOW, regimens=False)
    plain = GUIDELINE.cohort(PATIENTS, **HOW)
    lists = GUIDELINE.cohort(PATIENTS, **HOW, regimens="lists")
    ours = {f"{d}.{n}" for d in ("loading", "maintenance") for n in COLUMNS}

    assert ours & set(bare.column_names) == set()
    assert ours - set(plain.column_names) == {
        "loading.regimens",
        "maintenance.regimens",
    }
    assert ours <= set(lists.column_names)
    assert plain.select(bare.column_names).equals(bare)
    assert lists.select(plain.column_names).equals(plain)
    assert GUIDELINE.cohort(PATIENTS, **HOW, regimens=True).equals(plain)


def test_only_decisions_that_are_told_have_them() -> None:
    form = GUIDELINE.cohort(PATIENTS, **HOW, decisions="form")
    loading = GUIDELINE.cohort(PATIENTS, **HOW, decisions="loading", names="_")
    verdicts = GUIDELINE.cohort(PATIENTS, **HOW, verdicts_only=True)
    long = GUIDELINE.cohort(PATIENTS, **HOW, long=True)

    assert [n for n in loading.column_names if n.startswith("loading_")] == [
        f"loading_{name}" for name in ("outcome", "value", "certain", *PARTS)
    ]
    for one in (form, verdicts, long):
        assert not [n for n in one.column_names if n.endswith(".route")]


def test_every_kind_of_frame_says_the_same() -> None:
    how: dict[str, Any] = {**HOW, "regimens": "lists", "questions": False}
    arrow = told(GUIDELINE.cohort(PATIENTS, **how))
    polars = GUIDELINE.cohort(pl.DataFrame(PATIENTS), **how)
    lazy = GUIDELINE.cohort(pl.DataFrame(PATIENTS).lazy(), **how).collect()
    pandas = GUIDELINE.cohort(PATIENTS.to_pandas(), **how)
    relation = GUIDELINE.cohort(duckdb.from_arrow(PATIENTS), **how)
    reader = GUIDELINE.cohort(PATIENTS.to_reader(max_chunksize=1), **how).read_all()

    assert polars.to_dicts() == arrow
    assert lazy.to_dicts() == arrow
    assert told(reader) == arrow
    again = pa.RecordBatchReader.from_stream(relation).read_all()
    assert told(again) == arrow
    assert str(pandas["maintenance.interval_low_days"].dtype) == "float64"
    assert [list(one) for one in pandas["loading.regimens"]] == [
        row["loading.regimens"] for row in arrow
    ]
    grouped = relation.aggregate(
        '"maintenance.interval_low_days" as days, count(*) as n',
        '"maintenance.interval_low_days"',
    )
    assert sum(n for _, n in grouped.fetchall()) == 4


def test_several_processes_say_what_one_does() -> None:
    random = Random(5)  # noqa: S311 -- to be the same each time
    guideline = b12guide.load("fda_cyanocobalamin")
    few = everything(random, guideline.evaluator, 200, 0.1)
    patients = pa.concat_tables([few] * 1500)
    how: dict[str, Any] = {"on_bad": "unknown", "questions": False}
    how |= {"regimens": "lists", "decisions": ["loading", "maintenance"]}
    one, two = (guideline.cohort(patients, **how, workers=n) for n in (1, 2))

    assert one.equals(two)


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv"])
def test_files_have_lists_and_csv_has_them_as_json(suffix: str, tmp_path: Path) -> None:
    patients, advice = tmp_path / "patients.parquet", tmp_path / f"advice.{suffix}"
    pq.write_table(PATIENTS, patients)
    options = Options(**HOW, regimens="lists")
    advise_file(GUIDELINE.evaluator, patients, advice, options)
    read: Any = {"parquet": pq, "arrow": feather, "csv": csv}[suffix]
    rows = told(getattr(read, f"read_{'csv' if suffix == 'csv' else 'table'}")(advice))
    expected = told(GUIDELINE.cohort(PATIENTS, **HOW, regimens="lists"))
    for row, wanted in zip(rows, expected, strict=True):
        assert row["maintenance.dose_low"] == wanted["maintenance.dose_low"]
        for name in ("loading.regimens", "maintenance.regimens"):
            lists = wanted[name]
            if suffix == "csv":
                lists = [
                    {n: v for n, v in one.items() if v is not None} for one in lists
                ]
                assert json.loads(row[name]) == lists
                assert all(AdvisedPhase(**one) for one in json.loads(row[name]))
            else:
                assert row[name] == lists


def test_spark_is_told_the_types_of_all_columns() -> None:
    kinds = {name: carriers._for_spark(kind) for name, kind in COLUMNS.items()}

    assert kinds["drug"] == "string"
    assert kinds["dose_low"] == "double"
    assert kinds["phase"] == "int"
    assert kinds["regimens"].startswith(
        "array<struct<part: int, option: int, kind: string, not_needed: boolean,"
    )


def test_an_earlier_run_is_not_taken_for_patients() -> None:
    with pytest.raises(PatientError, match="GDL737"):
        GUIDELINE.cohort(
            pa.table({"b12_deficiency": [True], "loading.drug": ["x"]}), ignore="*"
        )
    with pytest.raises(PatientError, match="GDL737"):
        GUIDELINE.cohort(
            PATIENTS.rename_columns(["maintenance.until", *PATIENTS.column_names[1:]]),
            keep=["maintenance.until"],
        )


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="regimens"):
        GUIDELINE.cohort(PATIENTS, regimens="list")  # type: ignore[arg-type]
    sides = [GUIDELINE.evaluator, b12guide.load("bnf_2021").evaluator]
    with pytest.raises(CohortError, match="leave out `regimens`"):
        carriers.advise_frame(PATIENTS, sides, Options(keep="id", regimens="lists"))
