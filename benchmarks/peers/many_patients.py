"""A cohort in memory: all verdicts, by b12guide's kernel and by the engines that take columns.

On one thread each. The patients are drawn, with replacement, from some who do not contradict
themselves; once with a column for 17 of the facts and once for all that the guideline reads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from attrs import frozen
from cohort import FINDINGS, MEASURES
from cohort_verdicts import as_booleans
from contest import NotInstalledError, Plain, expected, facts_of, plain
from in_frames import PolarsWords, sql_of, staged
from in_openfisca import vectors
from one_patient import patients_of
from timing import Aim, aims, asked_alone, medians, peak, sized, table

import b12guide
from b12guide.cohort.batch import Batch, verdict_column, verdicts
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import Options
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.implications import implied_facts
from b12guide.interop.export import Dialect, export_verdicts
from b12guide.patient.model import Otherwise, Stated
from b12guide.values.term import Kind

ROWS = sized(1_000_000, 500)
ROWS_OF_A_BATCH = 1 << 17
ROWS_OF_OPENFISCA = sized(20_000, 100)
ROUNDS = 5
SEED = 4
KIND = {0: 0, 1: 1, 2: 2, 3: 3, 4: 3}
"""The codes of the verdicts of a column; a verdict that is indeterminate is open, too."""
SOME, ALL = "17 columns", "all columns"
OWN = "b12guide, nullable Booleans"


@frozen
class Runner:
    """An engine with its cohort.

    Attributes:
        answer: The codes of the drawn patients, or whether each rule applies, None for unknown.
        run: Answers the whole cohort of `rows`.
    """

    name: str
    answer: Callable[[], Any]
    run: Callable[[], object]
    rows: int = ROWS


def main() -> None:
    """Print the tables."""
    alone = asked_alone()
    if alone is not None:
        _run_alone(alone)
        return
    lines, found = [], []
    for columns in (SOME, ALL):
        wanted, runners = cohort_of(columns)
        kept = list(runners)
        for one in kept:
            if not is_equal(one.answer(), wanted):
                message = f"{one.name} gives other answers"
                raise SystemExit(message)
        turns = {one.name: one.run for one in kept}
        times = {
            one.name: time / one.rows
            for one, time in zip(
                kept, medians(turns, rounds=ROUNDS).values(), strict=True
            )
        }
        own = times[OWN]
        least = peak(f"nothing, {columns}")
        lines += [
            (
                f"{name}, {columns}",
                f"{1 / time:,.2f}",
                f"{time / own:,.2f}",
                f"{max(peak(f'{name}, {columns}') - least, 0):,.0f}",
            )
            for name, time in times.items()
        ]
        for peer, ratio in (("Polars", 2), ("DuckDB", 15)):
            quickest = min(time for name, time in times.items() if peer in name)
            what = (
                f"the quickest form of {peer}, {columns}: its time, of ours as Booleans"
            )
            found.append(Aim(what, ratio, quickest / own, "x", is_most=False))
    head = ("all verdicts of a cohort", "million/s", "time, of the first", "MB more")
    print(table(head, lines))
    print()
    print(aims(found))


def _run_alone(asked: str) -> None:
    """Make the cohort and, unless nothing is asked, what one engine needs; run it once."""
    name, _, columns = asked.rpartition(", ")
    _, runners = cohort_of(columns)
    if name == "nothing":
        return
    for one in runners:
        if one.name == name:
            if one.name.startswith("DuckDB, `"):
                one.answer()  # fills its table
            one.run()
            return


def cohort_of(columns: str) -> tuple[Any, Iterator[Runner]]:
    """The codes of the drawn patients, and the engines that are to find them."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    names = (*FINDINGS, *MEASURES) if columns == SOME else facts_of(evaluator)
    drawn = list(_with(evaluator, names))
    patients = plain(evaluator, drawn)
    wanted = np.array([list(one) for one in expected(evaluator, drawn)], np.uint8)
    random = Random(SEED)  # noqa: S311 - nothing secret
    chosen = np.array([random.randrange(len(patients)) for _ in range(ROWS)])
    few = _table(names, patients)
    many = few.take(pa.array(chosen)).combine_chunks()
    return wanted, contestants(evaluator, few, many, patients)


def _with(evaluator: Evaluator, names: Sequence[str]) -> Iterator[Facts]:
    """The patients of whom only these facts are known, and from whose nothing more follows."""
    for one in patients_of(evaluator):
        values = {n: value for n, value in one.values.items() if n in names}
        stated = Stated(values=values, otherwise=Otherwise.UNKNOWN)
        try:
            found = implied_facts(stated, evaluator.graph, evaluator.program)
        except PatientError:
            continue
        if not found.definitions and not found.possible and found.values == values:
            yield found


def is_equal(found: Any, wanted: Any) -> bool:
    """Whether these are the verdicts, told as codes or as Booleans.

    A Boolean may be false where the verdict is open, but a rule that is overridden in any case.
    """
    if found.dtype != object:
        return bool(np.array_equal(found, wanted))
    applies, none = found == True, np.equal(found, None)  # noqa: E712 - of an array
    is_open = wanted == 3
    return bool(np.array_equal(applies, wanted == 1) and not np.any(none & ~is_open))


def contestants(
    evaluator: Evaluator, few: pa.Table, many: pa.Table, patients: Sequence[Plain]
) -> Iterator[Runner]:
    """The engines that take columns."""
    asked = kernel(evaluator, many.schema, Options(), "cohort")
    batches = many.to_batches(max_chunksize=ROWS_OF_A_BATCH)
    yield Runner(OWN, lambda: _told(asked, few), lambda: _booleans(asked, batches))
    yield Runner(
        "b12guide, sets of patients",
        lambda: _codes(asked, few),
        lambda: _sets(asked, batches),
    )
    yield Runner(
        "b12guide, columns of words",
        lambda: _codes(asked, few),
        lambda: _columns(asked, batches),
    )
    names = few.column_names
    work, small = (
        PolarsWords().run(staged(evaluator, names, PolarsWords())),
        _frame(few),
    )
    large = _frame(many)
    yield Runner(
        "Polars, leanest expressions",
        lambda: np.array(work(small).rows(), object),
        lambda: work(large),
    )
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("few", few)
    connection.execute("CREATE TABLE many AS SELECT * FROM many")
    queries = {name: sql_of(evaluator, names, name) for name in ("few", "many")}
    yield Runner(
        "DuckDB, leanest query",
        lambda: np.array(connection.execute(queries["few"]).fetchall(), object),
        lambda: connection.sql(queries["many"]).to_arrow_table(),
    )
    yield from _exported(evaluator, small, large, connection)
    try:
        run_vectors = vectors(evaluator)
    except NotInstalledError as error:
        print(f"left out: {error}\n")
        return
    repeated = [patients[i % len(patients)] for i in range(ROWS_OF_OPENFISCA)]
    yield Runner(
        "OpenFisca, vectors",
        lambda: np.stack(run_vectors(patients), axis=1),
        lambda: run_vectors(repeated),
        len(repeated),
    )


def _frame(patients: pa.Table) -> pl.DataFrame:
    found = pl.from_arrow(patients)
    assert isinstance(found, pl.DataFrame)  # noqa: S101 - of a table it is one
    return found


def _exported(
    evaluator: Evaluator,
    small: pl.DataFrame,
    large: pl.DataFrame,
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[Runner]:
    """What `b12guide export` writes, which wants a column for each fact."""
    facts = evaluator.graph.vocabulary.facts
    kinds = {Kind.CHOICE: pl.String(), Kind.MEASURE: pl.Float64()}
    wanted = {n: kinds.get(facts[n].kind, pl.Boolean()) for n in facts_of(evaluator)}

    def whole(frame: pl.DataFrame) -> pl.DataFrame:
        missing = [n for n in wanted if n not in frame.columns]
        filled = frame.with_columns(pl.lit(None).alias(name) for name in missing)
        return filled.select(pl.col(name).cast(kind) for name, kind in wanted.items())

    few, many = whole(small), whole(large)
    script = export_verdicts(evaluator, Dialect.POLARS)
    home: dict[str, Any] = {}
    exec(compile(script.text, "verdicts.py", "exec"), home)  # noqa: S102 - our own text
    rules = [f"rule.{name}" for name in script.rules]
    yield Runner(
        "Polars, `b12guide export`",
        lambda: np.array(home["verdicts"](few).select(rules).rows(), object),
        lambda: home["verdicts"](many),
    )
    query = export_verdicts(evaluator, Dialect.SQL).text

    def answer() -> Any:
        connection.register("patients", few.to_arrow())
        columns = ", ".join(f'"{name}"' for name in rules)
        found = connection.sql(query).select(columns).fetchall()
        connection.unregister("patients")
        connection.register("whole", many.to_arrow())
        connection.execute("CREATE TABLE patients AS SELECT * FROM whole")
        return np.array(found, object)

    yield Runner(
        "DuckDB, `b12guide export`",
        answer,
        lambda: connection.sql(query).to_arrow_table(),
    )


def _table(names: Sequence[str], patients: Sequence[Mapping[str, Any]]) -> pa.Table:
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


def _told(asked: Kernel, patients: pa.Table) -> Any:
    (batch,) = patients.combine_chunks().to_batches()
    found = as_booleans(asked.answers.question, batch)
    return np.array([one.to_pylist() for one in found], object).T


def _booleans(asked: Kernel, batches: Sequence[pa.RecordBatch]) -> None:
    for batch in batches:
        as_booleans(asked.answers.question, batch)


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
