"""Advice says who advised it: the guideline, the engine, and how the patients were read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import b12guide
from b12guide.errors import CohortError
from b12guide.notice import EDUCATION_NOTICE

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
from pyarrow import csv

from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options

GUIDELINE = b12guide.load("mecobalamin_im")
TABLE = pa.table({"id": ["a", "b"], "egfr": [35.0, None]})


@pytest.fixture
def schema(root: Path) -> Any:
    return json.loads((root / "schema" / "provenance.schema.json").read_text("utf-8"))


def said(metadata: Any) -> Any:
    return json.loads(metadata[b"b12guide"])


def test_frames_of_arrow_say_it_in_their_schema(schema: Any) -> None:
    advice = GUIDELINE.cohort(
        TABLE, keep=["id"], otherwise="absent", units={"egfr": "mL/min"}
    )
    found = said(advice.schema.metadata)
    jsonschema.validate(found, schema)
    graph = GUIDELINE.graph

    assert found["guideline"] == {
        "name": "mecobalamin_im",
        "version": graph.version,
        "status": "under review",
        "digest": graph.digest,
    }
    assert found["engine"] == {"name": "b12guide", "version": b12guide.__version__}
    assert found["notice"] == EDUCATION_NOTICE
    assert found["options"]["otherwise"] == "absent"
    assert found["options"]["on_bad"] == "error"
    assert found["options"]["units"] == {"egfr": "mL/min"}
    assert found["options"]["keep"] == ["id"]


def test_every_kind_of_arrow_says_the_same() -> None:
    whole = said(GUIDELINE.cohort(TABLE, keep=["id"]).schema.metadata)
    batch = GUIDELINE.cohort(TABLE.to_batches()[0], keep=["id"])
    reader = GUIDELINE.cohort(TABLE.to_reader(), keep=["id"])

    assert said(batch.schema.metadata) == whole
    assert said(reader.schema.metadata) == whole
    assert said(reader.read_all().schema.metadata) == whole


@pytest.mark.parametrize("long", [False, True])
def test_frames_of_pandas_say_it_in_their_attributes(long: bool) -> None:
    advice = GUIDELINE.cohort(TABLE.to_pandas(), keep=["id"], long=long)
    arrow = GUIDELINE.cohort(TABLE, keep=["id"], long=long)

    assert advice.attrs == {"b12guide": said(arrow.schema.metadata)}


def test_attributes_survive_a_file_of_pandas(tmp_path: Path) -> None:
    advice = GUIDELINE.cohort(TABLE.to_pandas(), keep=["id"], questions=False)
    advice.to_parquet(tmp_path / "advice.parquet")
    again = pd.read_parquet(tmp_path / "advice.parquet")

    assert again.attrs == advice.attrs


def test_what_came_with_the_patients_is_not_passed_off_as_ours() -> None:
    table = TABLE.replace_schema_metadata({"author": "somebody"})

    assert set(GUIDELINE.cohort(table, keep=["id"]).schema.metadata) == {b"b12guide"}


def test_polars_has_no_place_for_it_and_works_all_the_same() -> None:
    assert GUIDELINE.cohort(pl.DataFrame(TABLE), keep=["id"]).shape[0] == 2


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "tsv"])
def test_files_say_it(suffix: str, tmp_path: Path, schema: Any) -> None:
    patients, advice = tmp_path / "patients.parquet", tmp_path / f"advice.{suffix}"
    pq.write_table(TABLE, patients)
    advise_file(GUIDELINE.evaluator, patients, advice, Options(keep=["id"]))
    beside = tmp_path / f"advice.{suffix}-metadata.json"
    match suffix:
        case "parquet":
            found = said(pq.read_schema(advice).metadata)
        case "arrow":
            found = said(pa.feather.read_table(advice).schema.metadata)
        case _:
            whole = json.loads(beside.read_text("utf-8"))
            (found,) = whole["notes"]
            assert whole["url"] == advice.name
            divider = csv.ParseOptions(delimiter=whole["dialect"]["delimiter"])
            read = csv.read_csv(advice, parse_options=divider)
            titles = [one["titles"] for one in whole["tableSchema"]["columns"]]
            assert read.column_names == titles
    jsonschema.validate(found, schema)

    assert found["guideline"]["digest"] == GUIDELINE.graph.digest
    assert beside.exists() == (suffix in {"csv", "tsv"})


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv"])
def test_the_same_again_is_the_same_to_the_byte(suffix: str, tmp_path: Path) -> None:
    patients = tmp_path / "patients.parquet"
    pq.write_table(TABLE, patients)
    advice = tmp_path / f"advice.{suffix}"
    found = []
    for _ in range(2):
        advise_file(GUIDELINE.evaluator, patients, advice, Options(keep=["id"]))
        files = sorted(tmp_path.iterdir())
        found.append([file.read_bytes() for file in files])

    assert found[0] == found[1]


def test_metadata_of_somebody_else_are_not_overwritten(tmp_path: Path) -> None:
    patients, advice = tmp_path / "patients.parquet", tmp_path / "advice.csv"
    pq.write_table(TABLE, patients)
    beside = tmp_path / "advice.csv-metadata.json"
    beside.write_text('{"url": "mine.csv"}', encoding="utf-8")
    with pytest.raises(CohortError, match="holds something else"):
        advise_file(GUIDELINE.evaluator, patients, advice, Options(keep=["id"]))

    assert beside.read_text("utf-8") == '{"url": "mine.csv"}'
    assert not advice.exists()


def test_metadata_are_as_whole_as_their_file(tmp_path: Path) -> None:
    patients, advice = tmp_path / "patients.csv", tmp_path / "advice.csv"
    patients.write_text("egfr\n35\n9999\n", encoding="utf-8")
    with pytest.raises(b12guide.PatientError):
        advise_file(GUIDELINE.evaluator, patients, advice, Options())

    assert sorted(tmp_path.iterdir()) == [patients]
