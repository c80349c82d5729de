"""How several guidelines stand to each other about every row of a frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import evolve

from b12guide import load, panel
from b12guide.errors import CohortError, GuidelineError, PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph import model as m
from b12guide.graph.condition import ALWAYS, Condition, Has
from tests.unit.several.small import WEEKLY, guideline

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.files import panel_file
from b12guide.cohort.options import Options

DAILY = WEEKLY.replace("every week", "daily")
MONTHLY = """
rule follow_up
    when      egfr < 30 mL/min
    check     serum_b12 every month
    ...
"""
TOGETHER = panel(
    [
        guideline("weekly", WEEKLY),
        guideline("daily", DAILY),
        guideline("monthly", MONTHLY),
    ]
)
SIDES = [one.evaluator for one in TOGETHER.guidelines]

ROWS: dict[str, list[Any]] = {
    "id": ["a", "b", "c"],
    "b12_deficiency": [True, None, False],
    "egfr": [20.0, 20.0, None],
}


def test_what_is_shared_is_said_once_and_who_is_silent_is_named() -> None:
    told = TOGETHER.cohort(pa.table(ROWS), keep=["id"]).to_pylist()
    first, second, third = told

    assert [row["id"] for row in told] == ["a", "b", "c"]
    assert first["form.accord"] == "say the same"
    assert first["form.shared"] == "hydroxocobalamin"
    assert first["form.silent"] == "monthly"
    assert first["form.weekly.value"] is None
    assert first["loading.accord"] == "cannot all be followed"
    assert first["loading.clash"] == "weekly and daily"
    assert "every week" in first["loading.weekly.value"]
    assert first["monitoring.monthly.value"] == "serum_b12 every month"
    assert first["scope.monthly"] == "in scope"
    assert second["loading.clash"] == "perhaps weekly and daily"
    assert second["loading.weekly.value"].startswith("perhaps ")
    assert second["loading.weekly.outcome"] == "depends"
    assert third["loading.accord"] == "all are silent"
    assert third["loading.silent"] == "weekly; daily; monthly"


def test_of_several_decisions_only_those_named_are_told() -> None:
    found = TOGETHER.cohort(pa.table(ROWS), ignore="id", decisions="form", names="_")

    assert "form_weekly_value" in found.column_names
    assert not [name for name in found.column_names if name.startswith("loading")]


def test_a_frame_of_each_kind_comes_back_as_such() -> None:
    wanted = TOGETHER.cohort(pa.table(ROWS), keep=["id"]).to_pylist()
    of_pandas = TOGETHER.cohort(pd.DataFrame(ROWS, index=[5, 6, 7]), keep=["id"])
    of_polars = TOGETHER.cohort(pl.DataFrame(ROWS), keep=["id"])
    lazy = TOGETHER.cohort(pl.LazyFrame(ROWS), keep=["id"])

    assert list(of_pandas.index) == [5, 6, 7]
    assert of_polars.to_dicts() == wanted
    assert lazy.collect().to_dicts() == wanted
    assert (
        list(of_pandas["loading.clash"][:2]) == [r["loading.clash"] for r in wanted][:2]
    )


def test_nobody_gets_the_same_columns() -> None:
    nobody = pa.table(ROWS).slice(0, 0)

    found = TOGETHER.cohort(nobody, keep=["id"])

    assert found.num_rows == 0
    assert (
        found.column_names == TOGETHER.cohort(pa.table(ROWS), keep=["id"]).column_names
    )


def test_what_follows_for_both_together_tells_patients_apart() -> None:
    """What the first knows to follow, and does not read, is what the second reads."""
    tie = m.Implication(
        name="tie", premise=Has("paresthesia"), conclusion=Has("b12_deficiency")
    )
    conditions: tuple[Condition, ...] = (ALWAYS, Has("b12_deficiency"))
    graphs = []
    for one, condition, ties in zip(
        TOGETHER.guidelines, conditions, ((tie,), ()), strict=False
    ):
        rule = evolve(one.graph.rules["loading"], condition=condition)
        rules = {"loading": evolve(rule, exceptions=())}
        graphs.append(evolve(one.graph, rules=rules, implications=ties))
    table = pa.table({"paresthesia": [True, None]})

    told = advise_frame(table, [*map(Evaluator.of, graphs)], Options()).to_pylist()

    assert {row["loading.daily.outcome"] for row in told} == {"depends"}
    assert [row["loading.clash"] for row in told] == [
        "weekly and daily",
        "perhaps weekly and daily",
    ]


def test_an_implausible_cell_is_refused_or_named_once() -> None:
    bad = pa.table({"b12_deficiency": [True, True], "egfr": [20.0, -4.0]})

    with pytest.raises(PatientError, match="implausible") as refused:
        TOGETHER.cohort(bad)
    assert [one.code for one in refused.value.diagnostics] == ["GDL731"]

    told = TOGETHER.cohort(bad, on_bad="unknown").to_pylist()
    assert [row["bad"] for row in told] == [[], ["egfr"]]


def test_a_column_that_no_guideline_knows_is_refused() -> None:
    with pytest.raises(PatientError, match="cannot be used"):
        TOGETHER.cohort(pa.table(ROWS))


def test_what_is_told_of_one_guideline_only_cannot_be_asked_of_several() -> None:
    table = pa.table({"egfr": [20.0]})

    with pytest.raises(CohortError, match="leave out `long`"):
        advise_frame(table, SIDES, Options(long=True))
    with pytest.raises(GuidelineError, match="at least two"):
        advise_frame(table, SIDES[:1], Options())


def test_files_and_processes_say_what_a_frame_says(tmp_path: Path) -> None:
    table = pa.table({name: values * 40 for name, values in ROWS.items()})
    patients, advice = tmp_path / "patients.parquet", tmp_path / "advice.parquet"
    pq.write_table(table, patients)
    report = panel_file(SIDES, patients, advice, Options(keep="id"), workers=2)
    wanted = TOGETHER.cohort(table, keep=["id"])

    assert not report.bad
    assert pq.read_table(advice).to_pylist() == wanted.to_pylist()


def test_who_advises_stands_in_the_metadata() -> None:
    schema = Path(__file__).parents[3] / "schema" / "provenance.schema.json"
    together = panel(["mecobalamin_im", guideline("monthly", MONTHLY)])
    found = together.cohort(pa.table({"egfr": [20.0]}))

    told = json.loads(found.schema.metadata[b"b12guide"])
    jsonschema.validate(told, json.loads(schema.read_text("utf-8")))
    assert [one["name"] for one in told["guidelines"]] == ["mecobalamin_im", "monthly"]
    assert told["unknown_to"] == {"mecobalamin_im": [], "monthly": []}
    with pytest.raises(PatientError, match="cannot be used"):
        load("mecobalamin_im").cohort(found)
