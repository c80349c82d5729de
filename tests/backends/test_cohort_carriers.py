"""One corpus through every carrier of cohorts: the same advice as its patients are given alone."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from b12guide import CohortError, PatientError, load

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.strategies.cohorts import alone

GUIDELINE = load("mecobalamin_im")

CORPUS: list[dict[str, Any]] = [
    {"b12_deficiency": True, "age": 40.0, "egfr": 35.0},
    {"b12_deficiency": True, "age": 17.5, "egfr": 50.0},
    {"b12_deficiency": True, "age": 18.0, "egfr": 49.999999999999996},
    {"b12_deficiency": None, "age": None, "egfr": None},
    {"bariatric_procedure": "roux_en_y", "age": 50.0, "paresthesia": True},
    {"bariatric_surgery": True, "bariatric_procedure": None, "age": 50.0},
    {"crohns_disease": True, "ileal_involvement": 45.0, "age": 60.0},
    {"crohns_disease": True, "ileal_involvement": 60.0, "age": 60.0},
    {"severe_deficiency": True, "age": 70.0, "numbness": False},
    {"folate_deficiency": True, "b12_deficiency": True, "age": 33.0},
    {"platelets": 25.0, "age": 33.0, "cobalamin_gene": "MMACHC"},
    {"paresthesia": False, "numbness": True, "age": 90.0, "b12_deficiency": True},
    {"b12_deficiency": True, "age": 30.0, "egfr": 90.0, "pregnancy": True},
    {"b12_deficiency": True, "age": 9.0, "pregnancy": True},
]
NAMES = tuple(dict.fromkeys(name for row in CORPUS for name in row))
ROWS = [{name: row.get(name) for name in NAMES} for row in CORPUS]
IDS = [f"p{number:02}" for number in range(len(ROWS))]


def corpus() -> Any:
    return pa.Table.from_pylist(ROWS).append_column("id", pa.array(IDS))


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    evaluator = GUIDELINE.evaluator
    stated = [state(Patient(facts=row), evaluator.graph) for row in ROWS]
    found = [alone(evaluator, one) for one in stated]
    return [{"id": name, **row} for name, row in zip(IDS, found, strict=True)]


def by_pandas(table: Any) -> Any:
    frame = table.to_pandas().set_index("id", drop=False)
    advice = GUIDELINE.cohort(frame, keep=["id"])
    assert list(advice.index) == list(frame.index)
    return pa.Table.from_pandas(advice, preserve_index=False)


def by_polars(table: Any) -> Any:
    frame = pytest.importorskip("polars").from_arrow(table)
    return GUIDELINE.cohort(frame, keep=["id"]).to_arrow()


def by_lazy_polars(table: Any) -> Any:
    frame = pytest.importorskip("polars").from_arrow(table).lazy()
    return GUIDELINE.cohort(frame, keep=["id"]).collect().to_arrow()


def by_duckdb(table: Any) -> Any:
    relation = pytest.importorskip("duckdb").from_arrow(table)
    return GUIDELINE.cohort(relation, keep=["id"]).to_arrow_table()


def by_table(table: Any) -> Any:
    return GUIDELINE.cohort(table, keep=["id"])


def by_batch(table: Any) -> Any:
    advice = GUIDELINE.cohort(table.to_batches()[0], keep=["id"])
    return pa.Table.from_batches([advice])


def by_reader(table: Any) -> Any:
    reader = table.to_reader(max_chunksize=5)
    return GUIDELINE.cohort(reader, keep=["id"]).read_all()


def by_sliced_table(table: Any) -> Any:
    """From the middle of buffers that begin with other patients, in several chunks."""
    padded = pa.concat_tables([table.slice(1, 3), table]).combine_chunks()
    pieces = [padded.slice(3, 4), padded.slice(7)]
    return GUIDELINE.cohort(pa.concat_tables(pieces), keep=["id"])


CARRIERS = [
    by_pandas,
    by_polars,
    by_lazy_polars,
    by_duckdb,
    by_table,
    by_batch,
    by_reader,
    by_sliced_table,
]


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.__name__)
def test_a_carrier_gives_everybody_what_they_are_given_alone(
    carrier: Callable[[Any], Any], expected: list[dict[str, Any]]
) -> None:
    assert carrier(corpus()).to_pylist() == expected


def write(table: Any, file: Path) -> None:
    match file.suffix:
        case ".parquet":
            pa.parquet.write_table(table, file, row_group_size=5)
        case ".arrow":
            pa.feather.write_feather(table, file)
        case _:
            pa.csv.write_csv(table, file)


def read(file: Path) -> list[dict[str, Any]]:
    match file.suffix:
        case ".parquet":
            found = pa.parquet.read_table(file)
        case ".arrow":
            found = pa.feather.read_table(file)
        case _:
            texts = pa.csv.ConvertOptions(strings_can_be_null=True, null_values=[""])
            found = pa.csv.read_csv(file, convert_options=texts)
    rows: list[dict[str, Any]] = found.to_pylist()
    for row in rows:
        if not isinstance(row["questions"], list):
            row["questions"] = (row["questions"] or "").split()
    return rows


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".csv"])
def test_a_file_gives_everybody_what_they_are_given_alone(
    suffix: str, tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    patients, advice = tmp_path / f"patients{suffix}", tmp_path / f"advice{suffix}"
    write(corpus(), patients)
    options = Options(keep=["id"])
    summary, _ = advise_file(GUIDELINE.evaluator, patients, advice, options)

    assert read(advice) == expected
    assert summary.patients == len(ROWS)
    beside = [advice.with_name("advice.csv-metadata.json")] if suffix == ".csv" else []
    assert sorted(tmp_path.iterdir()) == sorted([patients, advice, *beside])


def test_a_file_is_left_alone_when_a_cell_cannot_be_believed(tmp_path: Path) -> None:
    patients, advice = tmp_path / "patients.csv", tmp_path / "advice.csv"
    patients.write_text("egfr\n35\n9999\n", encoding="utf-8")
    advice.write_text("as it was\n", encoding="utf-8")
    with pytest.raises(PatientError, match="GDL731"):
        advise_file(GUIDELINE.evaluator, patients, advice, Options())

    assert advice.read_text("utf-8") == "as it was\n"
    assert sorted(tmp_path.iterdir()) == sorted([patients, advice])


def test_a_kind_of_frame_that_is_not_taken_is_refused() -> None:
    with pytest.raises(CohortError, match="a frame with"):
        GUIDELINE.cohort({"egfr": [35.0]})


@pytest.fixture(scope="module")
def session() -> Any:
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install b12guide[spark]")
    if shutil.which("java") is None:
        pytest.skip("there is no Java, which Spark needs")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # as who runs the workers
    sql = pytest.importorskip("pyspark.sql")
    found = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield found
    found.stop()


@pytest.mark.filterwarnings("ignore")
def test_spark_gives_everybody_what_they_are_given_alone(
    session: Any, tmp_path: Path, expected: list[dict[str, Any]]
) -> None:
    file = tmp_path / "patients.parquet"
    pa.parquet.write_table(corpus(), file)
    frame = session.read.parquet(str(file)).repartition(3)
    advice = GUIDELINE.cohort(frame, keep=["id"]).toArrow().to_pylist()

    assert sorted(advice, key=lambda row: row["id"]) == expected


@pytest.mark.filterwarnings("ignore")
def test_columns_without_dots_can_be_asked_for_in_sql(
    session: Any, expected: list[dict[str, Any]]
) -> None:
    frame = session.createDataFrame(corpus().to_pandas())
    GUIDELINE.cohort(
        frame, keep=["id"], names="_", decisions=["form"], questions=False
    ).createOrReplaceTempView("advice")
    found = session.sql("SELECT id, form_value, rule_renal_form FROM advice").toArrow()

    assert sorted(found.to_pylist(), key=lambda row: row["id"]) == [
        {
            "id": row["id"],
            "form_value": row["form.value"],
            "rule_renal_form": row["rule.renal_form"],
        }
        for row in expected
    ]


@pytest.mark.filterwarnings("ignore")
def test_spark_names_the_patient_whose_cell_cannot_be_believed(session: Any) -> None:
    rows = [("p1", 35.0), ("p2", 9999.0), ("p3", 90.0)]
    frame = session.createDataFrame(rows, "id string, egfr double").repartition(2)
    with pytest.raises(Exception, match=r"row \d \(id p2\)"):
        GUIDELINE.cohort(frame, keep=["id"]).collect()


def test_whoever_needs_all_rows_on_one_machine_refuses_spark(session: Any) -> None:
    frame = session.createDataFrame([("p1", 35.0)], "id string, egfr double")
    with pytest.raises(CohortError, match="toArrow"):
        GUIDELINE.study(frame, patient="id")
    with pytest.raises(CohortError, match="progress"):
        GUIDELINE.cohort(frame, keep=["id"], progress=print)

    assert GUIDELINE.study(frame.toArrow(), patient="id").advice.rows == 1
