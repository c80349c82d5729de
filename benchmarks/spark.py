"""Whole advice in Spark, on one core, beside the same frame without Spark.

Run on a quiet machine with `b12guide[spark]` and Java: `python benchmarks/spark.py`.

Spark is paid for twice, and both are told: the rows go to Python and the advice comes back as
texts, which costs the same whoever works it out (`mapInArrow` with columns that are ready), and
the guideline is prepared in a process of Python, which the first job waits for.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cohort import cohort
from pyspark.sql import DataFrame, SparkSession
from timing import Aim, aims, sized, table

import b12guide

GUIDELINE = b12guide.load("mecobalamin_im")
PARTITIONS = 8


def job(frame: DataFrame) -> Callable[[], None]:
    """A job that needs every column of every row, and keeps none."""
    return lambda: frame.write.format("noop").mode("overwrite").save()


def same_texts(advice: pa.Table) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Answers without working anything out: as many rows and columns as advice has."""
    columns = [
        one.dictionary_decode() if pa.types.is_dictionary(one.type) else one
        for one in advice.combine_chunks().to_batches()[0].columns
    ]
    ready = pa.Table.from_arrays(columns, names=advice.column_names)

    def answer(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            for start in range(0, batch.num_rows, ready.num_rows):
                part = ready.slice(0, min(ready.num_rows, batch.num_rows - start))
                yield from part.to_batches()

    return answer


def seconds(work: Callable[[], object]) -> float:
    """How long it takes; Spark works in processes of its own, so this is no processor time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(rows: int) -> None:
    """Print the table."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.files.openCostInBytes", "1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    patients = cohort(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = -(-rows // PARTITIONS)
        for number in range(PARTITIONS):
            part = patients.slice(number * size, size)
            pq.write_table(part, folder / f"{number}.parquet")
        frame = session.read.parquet(name).repartition(PARTITIONS).cache()
        frame.count()
        took = {"without Spark, first": seconds(lambda: GUIDELINE.cohort(patients))}
        took["without Spark, again"] = seconds(lambda: GUIDELINE.cohort(patients))
        advice = GUIDELINE.cohort(frame)
        some = GUIDELINE.cohort(patients.slice(0, 1_000))
        ready = frame.mapInArrow(same_texts(some), advice.schema)
        job(ready)()  # starts a process of Python, and Java's own first time
        took["Spark, advice that is ready"] = seconds(job(ready))
        took["Spark, first job"] = seconds(job(advice))
        took["Spark, second job"] = seconds(job(GUIDELINE.cohort(frame)))
    session.stop()
    local = took["without Spark, again"]
    lines = [
        (name, f"{one:.2f}", f"{rows / one / 1e6:.3f}", f"{local / one:.2f}")
        for name, one in took.items()
    ]
    head = (f"{rows:,} rows in {PARTITIONS} parts", "s", "million/s", "of local")
    print(table(head, lines))
    print()
    cold, warm = (local / took[f"Spark, {job} job"] for job in ("first", "second"))
    print(
        aims(
            [
                Aim(
                    "Spark on one core, first job, of local",
                    0.5,
                    cold,
                    "x",
                    is_most=False,
                ),
                Aim(
                    "Spark on one core, second job, of local",
                    0.8,
                    warm,
                    "x",
                    is_most=False,
                ),
            ]
        )
    )


if __name__ == "__main__":
    main(sized(200_000, 800))
