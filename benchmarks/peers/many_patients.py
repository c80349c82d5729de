"""A cohort in memory: all verdicts, by b12guide's kernel and by the engines that take columns.

`python benchmarks/peers/many_patients.py [ROWS]`, on one thread each. The patients are drawn, with
replacement, from some who do not contradict themselves.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from contest import NotInstalledError, Plain, expected, facts_of, plain
from in_frames import polars_codes, sql_codes
from in_openfisca import vectors
from one_patient import patients_of
from timing import table

import b12guide
from b12guide.cohort.batch import Batch, verdict_column, verdicts
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import Options
from b12guide.evaluate.evaluator import Evaluator

ROWS = 1_000_000
ROWS_OF_A_BATCH = 1 << 16
ROWS_OF_OPENFISCA = 20_000
ROUNDS = 5
SEED = 4
KIND = {0: 0, 1: 1, 2: 2, 3: 3, 4: 3}
"""The codes of the verdicts of a column; a verdict that is indeterminate is open, too."""


def main() -> None:
    """Print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    evaluator = b12guide.load("mecobalamin_im").evaluator
    drawn = patients_of(evaluator)
    patients = plain(evaluator, drawn)
    wanted = np.array([list(one) for one in expected(evaluator, drawn)], np.uint8)
    random = Random(SEED)  # noqa: S311 - nothing secret
    chosen = np.array([random.randrange(len(patients)) for _ in range(rows)])
    few = _table(evaluator, patients)
    many = few.take(pa.array(chosen)).combine_chunks()
    runs: dict[str, tuple[Callable[[], Any], int]] = {}
    for name, (answer, run, count) in contestants(evaluator, few, many, patients):
        if not np.array_equal(answer(), wanted):
            message = f"{name} gives other answers"
            raise SystemExit(message)
        runs[name] = run, count
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, count) in runs.items():
            start = perf_counter()
            run()
            times[name].append((perf_counter() - start) / count)
    medians = {name: median(found) for name, found in times.items()}
    best = medians["b12guide, bit sets"]
    print(f"{len(evaluator.graph.rules)} rules, {rows:,} patients, equal answers")
    lines = [
        (name, f"{1e-6 / time:,.2f}", f"{time / best:,.2f}")
        for name, time in medians.items()
    ]
    print(table(("all verdicts of a cohort", "million/s", "time, of the first"), lines))


def contestants(
    evaluator: Evaluator, few: pa.Table, many: pa.Table, patients: Sequence[Plain]
) -> Iterator[tuple[str, tuple[Callable[[], Any], Callable[[], Any], int]]]:
    """By name: the codes of the drawn patients, a run over the cohort, and its rows."""
    rows = many.num_rows
    asked = kernel(evaluator, many.schema, Options(), "cohort")
    batches = many.to_batches(max_chunksize=ROWS_OF_A_BATCH)
    yield (
        "b12guide, bit sets",
        (lambda: _codes(asked, few), lambda: _sets(asked, batches), rows),
    )
    yield (
        "b12guide, columns of words",
        (lambda: _codes(asked, few), lambda: _columns(asked, batches), rows),
    )
    expressions = polars_codes(evaluator)
    small, large = pl.from_arrow(few), pl.from_arrow(many)
    yield (
        "Polars expressions",
        (
            lambda: small.select(expressions).to_numpy(),
            lambda: large.select(expressions),
            rows,
        ),
    )
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("few", few)
    connection.execute("CREATE TABLE many AS SELECT * FROM many")
    answer, run = (sql_codes(evaluator, name) for name in ("few", "many"))
    yield (
        "DuckDB SQL",
        (
            lambda: np.array(connection.execute(answer).fetchall()),
            lambda: connection.sql(run).to_arrow_table(),
            rows,
        ),
    )
    try:
        run_vectors = vectors(evaluator)
    except NotInstalledError as error:
        print(f"left out: {error}")
        return
    repeated = [patients[i % len(patients)] for i in range(ROWS_OF_OPENFISCA)]
    yield (
        "OpenFisca, vectors",
        (
            lambda: np.stack(run_vectors(patients), axis=1),
            lambda: run_vectors(repeated),
            len(repeated),
        ),
    )


def _table(evaluator: Evaluator, patients: Sequence[Mapping[str, Any]]) -> pa.Table:
    names = facts_of(evaluator)
    columns = {name: [patient[name] for patient in patients] for name in names}
    return pa.table(
        {
            name: pa.array(column, pa.float64() if _is_measure(column) else None)
            for name, column in columns.items()
        }
    )


def _is_measure(column: Sequence[Any]) -> bool:
    return any(type(value) is int for value in column)


def _codes(asked: Kernel, patients: pa.Table) -> Any:
    (batch,) = patients.combine_chunks().to_batches()
    found = verdicts(Batch.of(asked.answers.question, batch)).values()
    numbers = [verdict_column(one, batch.num_rows).indices.to_numpy() for one in found]
    return np.vectorize(KIND.__getitem__)(np.stack(numbers, axis=1))


def _sets(asked: Kernel, batches: Sequence[pa.RecordBatch]) -> None:
    for batch in batches:
        verdicts(Batch.of(asked.answers.question, batch))


def _columns(asked: Kernel, batches: Sequence[pa.RecordBatch]) -> None:
    for batch in batches:
        found = verdicts(Batch.of(asked.answers.question, batch)).values()
        for one in found:
            verdict_column(one, batch.num_rows)


if __name__ == "__main__":
    main()
