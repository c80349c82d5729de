"""Columns that are kept come back just as they came, whatever they hold; nobody looks at them."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pandas.testing import assert_index_equal, assert_series_equal
from polars.testing import assert_series_equal as assert_polars_equal

from b12guide import Guideline, load

EGFR = [35.0, None, 90.0, 50.0]
LARGE = 2**53 + 1  # what a float cannot tell from its neighbour


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


PANDAS: dict[str, Any] = {
    "Int64 with a null": pd.array([LARGE, None, -1, 0], dtype="Int64"),
    "UInt64": pd.array([2**64 - 1, None, 1, 0], dtype="UInt64"),
    "Int8": pd.array([1, None, 3, 4], dtype="Int8"),
    "boolean with a null": pd.array([True, None, False, True], dtype="boolean"),
    "bool": [True, False, True, False],
    "Float32": pd.array([0.1, None, 3, 4], dtype="Float32"),
    "int64 of Arrow": pd.array([LARGE, None, 3, 4], dtype="int64[pyarrow]"),
    "dictionary of Arrow": pd.Series(
        ["a", None, "b", "a"],
        dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ).array,
    "string": pd.array(["a", None, "b", ""], dtype="string"),
    "object text": pd.Series(["a", None, float("nan"), ""], dtype=object).array,
    "object lists": pd.Series([[1, 2], None, [], [None]], dtype=object).array,
    "object dicts": pd.Series([{"a": 1}, {}, None, {"b": [1]}], dtype=object).array,
    "mixed ids": pd.Series([1, "one", 2.5, (3,)], dtype=object).array,
    "huge integers": pd.Series([10**40, None, -1, 0], dtype=object).array,
    "decimals": pd.Series(
        [decimal.Decimal("1.10"), None, decimal.Decimal(3), 4], dtype=object
    ).array,
    "uuids": pd.Series([uuid.UUID(int=n) for n in range(4)], dtype=object).array,
    "dates": pd.Series([dt.date(2024, 1, 1), None, dt.date.max, dt.date.min]).array,
    "complex": [1 + 2j, 0j, 3j, -1j],
    "categories": pd.Categorical(["b", None, "a", "b"], ["b", "a", "c"], ordered=True),
    "categories of numbers": pd.Categorical([3, 1, None, 3]),
    "moments with a zone": pd.to_datetime(
        ["2024-03-31 01:59:59.123456789", None, "2024-03-31 03:00", "1700-01-01"],
        format="ISO8601",
    ).tz_localize("Europe/Berlin"),
    "moments": pd.to_datetime(["2024-01-01", None, "2024-01-02", "2024-01-03"]),
    "differences": pd.to_timedelta(["1ns", None, "3D", "-4h"]),
    "periods": pd.PeriodIndex(["2024-01", None, "2024-03", "2024-04"], freq="M"),
    "intervals": pd.arrays.IntervalArray.from_breaks([0, 1, 2, 3, 4]),
    "sparse": pd.arrays.SparseArray([0, 0, 1, 0]),
}


@pytest.mark.parametrize("kind", PANDAS)
@pytest.mark.parametrize("long", [False, True])
def test_a_column_of_pandas_comes_back_as_it_came(
    guideline: Guideline, kind: str, long: bool
) -> None:
    frame = pd.DataFrame({"kept": PANDAS[kind], "egfr": EGFR})
    found = guideline.cohort(frame, keep="kept", long=long)
    each = len(guideline.graph.rules) if long else 1
    rows = [row for row in range(4) for _ in range(each)]

    assert found.columns[0] == "kept"
    assert_series_equal(
        found["kept"], frame["kept"].iloc[rows].reset_index(drop=True), check_index=True
    )


INDEXES: dict[str, Any] = {
    "names": pd.Index(list("wxyz"), name="who"),
    "twice the same": pd.Index([1, 1, 2, 2]),
    "two levels": pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["c", "n"]),
    "moments": pd.date_range("2024-01-01", periods=4, tz="UTC"),
    "categories": pd.CategoricalIndex(["x", "y", "x", "z"]),
    "a range": pd.RangeIndex(10, 2, -2),
    "nullable": pd.Index(pd.array([LARGE, None, 3, 4], dtype="Int64")),
}


@pytest.mark.parametrize("kind", INDEXES)
def test_an_index_is_kept(guideline: Guideline, kind: str) -> None:
    kept = pd.array([LARGE, None, 3, 4], dtype="Int64")
    frame = pd.DataFrame({"egfr": EGFR, "kept": kept}, index=INDEXES[kind])
    found = guideline.cohort(frame, keep=["kept"])

    assert_index_equal(found.index, frame.index, exact=True)
    assert_series_equal(found["kept"], frame["kept"])
    assert found["rule.renal_form"].tolist()[0] == "applies"


def test_what_is_kept_is_not_what_the_caller_goes_on_with(guideline: Guideline) -> None:
    frame = pd.DataFrame({"egfr": EGFR, "kept": [1, 2, 3, 4]})
    found = guideline.cohort(frame, keep=["kept"])
    found.loc[0, "kept"] = 9

    assert frame["kept"].tolist() == [1, 2, 3, 4]


def test_a_fact_can_be_kept_too(guideline: Guideline) -> None:
    column = pd.array([35, None, 90, 50], dtype="Int64")
    frame = pd.DataFrame({"egfr": column, "id": list("abcd")})
    found = guideline.cohort(frame, keep=["id", "egfr", "id"])

    assert list(found.columns[:3]) == ["id", "egfr", "rule.hydroxocobalamin_first"]
    assert_series_equal(found["egfr"], frame["egfr"])
    assert found["rule.renal_form"].tolist()[0] == "applies"


POLARS: dict[str, Any] = {
    "int64": pl.Series([LARGE, None, 3, 4]),
    "int128": pl.Series([2**100, None, 3, 4], dtype=pl.Int128),
    "uint8": pl.Series([1, None, 3, 4], dtype=pl.UInt8),
    "decimal": pl.Series(["1.10", None, "3", "4"]).cast(pl.Decimal(10, 2)),
    "categories": pl.Series(["a", None, "b", "a"], dtype=pl.Categorical),
    "enum": pl.Series(["a", None, "b", "a"], dtype=pl.Enum(["b", "a"])),
    "moments": pl.Series([1, None, 3, 4], dtype=pl.Datetime("ns", "Europe/Berlin")),
    "times": pl.Series([dt.time(1, 2, 3), None, None, None]),
    "lists": pl.Series([[1, 2], None, [], [None]]),
    "structs": pl.Series([{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}, None]),
    "arrays": pl.Series([[1, 2], [3, 4], None, [5, 6]], dtype=pl.Array(pl.Int8, 2)),
    "bytes": pl.Series([b"\xff", None, b"", b"a"]),
    "nulls": pl.Series([None] * 4),
    "objects": pl.Series([1, "two", (3,), {4}], dtype=pl.Object),
}


def _eager(guideline: Guideline, frame: pl.DataFrame, **options: Any) -> pl.DataFrame:
    found: pl.DataFrame = guideline.cohort(frame, **options)
    return found


def _lazy(guideline: Guideline, frame: pl.DataFrame, **options: Any) -> pl.DataFrame:
    found: pl.DataFrame = guideline.cohort(frame.lazy(), **options).collect()
    return found


@pytest.mark.parametrize("kind", POLARS)
@pytest.mark.parametrize("ask", [_eager, _lazy])
def test_a_column_of_polars_comes_back_as_it_came(
    guideline: Guideline, kind: str, ask: Callable[..., pl.DataFrame]
) -> None:
    frame = pl.DataFrame({"egfr": EGFR, "kept": POLARS[kind]})
    found = ask(guideline, frame, keep=["kept"])

    assert found.columns[0] == "kept"
    assert found["kept"].dtype == frame["kept"].dtype
    if frame["kept"].dtype == pl.Object:
        assert found["kept"].to_list() == frame["kept"].to_list()
    else:
        assert_polars_equal(found["kept"], frame["kept"])
        rows = guideline.cohort(frame, keep=["kept"], long=True)
        assert rows["kept"].dtype == frame["kept"].dtype
        assert_polars_equal(
            rows["kept"].gather_every(len(guideline.graph.rules)), frame["kept"]
        )


ARROW: dict[str, pa.Array] = {
    "int64": pa.array([LARGE, None, 3, 4]),
    "categories": pa.array(["a", None, "b", "a"]).dictionary_encode(),
    "lists of categories": pa.array([["a"], None, [], ["b"]]).cast(
        pa.list_(pa.dictionary(pa.int8(), pa.string()))
    ),
    "maps": pa.array([[("a", 1)], None, [], []], pa.map_(pa.string(), pa.int8())),
    "moments": pa.array([1, None, 3, 4], pa.timestamp("ns", "Europe/Berlin")),
    "views": pa.array(["a", None, "b", "c"], pa.string_view()),
}


@pytest.mark.parametrize("kind", ARROW)
def test_a_column_of_arrow_comes_back_as_it_came(
    guideline: Guideline, kind: str
) -> None:
    one = pa.field("kept", ARROW[kind].type, metadata={"unit": "none"})
    schema = pa.schema([("egfr", pa.float64()), one])
    table = pa.table([pa.array(EGFR), ARROW[kind]], schema=schema)
    found = guideline.cohort(table, keep=["kept"])

    assert found.schema.field("kept").equals(one, check_metadata=True)
    assert found.column("kept").equals(table.column("kept"))


DUCKDB = {
    "hugeint": "170141183460469231731687303715884105727::hugeint",
    "uuid": "'12345678-1234-5678-1234-567812345678'::uuid",
    "interval": "interval 3 month",
    "enum": "'b'::enum('b', 'a')",
    "zone": "timestamptz '2024-01-01 00:00:00+00'",
    "struct": "{'a': [1, 2]}",
    "map": "map {'a': 1}",
    'odd "name"': "1::utinyint",
}


@pytest.mark.parametrize("kind", DUCKDB)
def test_a_column_of_duckdb_comes_back_as_it_came(
    guideline: Guideline, kind: str
) -> None:
    quoted = '"' + kind.replace('"', '""') + '"'
    relation: Any = duckdb.sql(f"select 35.0 as egfr, {DUCKDB[kind]} as {quoted}")
    found = guideline.cohort(relation, keep=[kind])

    assert found.columns[0] == kind
    assert found.types[0] == relation.types[1]
    assert found.fetchall()[0][0] == relation.fetchall()[0][1]


def test_a_column_keeps_the_name_that_it_had(guideline: Guideline) -> None:
    frame = pd.DataFrame({0: [1], "egfr": [35.0]})

    assert guideline.cohort(frame, keep=["0"]).columns[0] == 0
