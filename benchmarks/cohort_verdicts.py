"""Verdicts of cohorts: Booleans and words, 17 columns and all of them, and from Parquet.

Everything on one thread, in processor time, contestants taking turns:
`python benchmarks/cohort_verdicts.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cohort import GUIDELINE, cohort
from timing import Aim, aims, sized, table

from b12guide.cohort.batch import Batch, Prepared, verdict_column, verdicts
from b12guide.cohort.bits import to_arrow
from b12guide.cohort.columns import match_columns
from b12guide.cohort.options import Options
from b12guide.graph.condition import Compare
from b12guide.patient.model import Otherwise
from b12guide.values.term import Kind

ROWS = 1 << 18
"""The rows of a batch at which one thread is quickest."""
UNKNOWN = 0.1
ROUNDS = sized(7, 1)


def every_column(rows: int, *, is_text: bool) -> pa.Table:
    """A column for each fact, measures near their thresholds; some rows contradict themselves."""
    random = np.random.default_rng(21)
    bounds: dict[str, set[float]] = {}
    for node in GUIDELINE.evaluator.program.nodes:
        if isinstance(node.leaf, Compare):
            ends = {float(node.leaf.low), float(node.leaf.high)}
            bounds.setdefault(node.leaf.fact, set()).update(ends)
    columns = {}
    for name, fact in GUIDELINE.graph.vocabulary.facts.items():
        missing = random.random(rows) < UNKNOWN
        if fact.kind is Kind.MEASURE:
            low, high = map(float, fact.plausible or (0, 1000))
            near = np.array(sorted(bounds.get(name, {low, high})))
            found = random.choice(near, rows) + random.integers(-5, 6, rows)
            columns[name] = pa.array(np.clip(found, low, high), mask=missing)
        elif fact.kind is Kind.CHOICE:
            codes = random.integers(0, len(fact.values), rows).astype(np.int32)
            words = pa.DictionaryArray.from_arrays(
                pa.array(codes, mask=missing), pa.array(fact.values)
            )
            columns[name] = words.dictionary_decode() if is_text else words
        else:
            columns[name] = pa.array(random.random(rows) < 0.3, mask=missing)
    return pa.table(columns)


def prepared(schema: pa.Schema) -> Prepared:
    """The guideline, asked about frames with these columns."""
    columns = match_columns(schema, GUIDELINE.graph, Options()).columns
    return Prepared(
        evaluator=GUIDELINE.evaluator, columns=columns, otherwise=Otherwise.UNKNOWN
    )


def as_booleans(question: Prepared, part: pa.RecordBatch) -> list[pa.Array]:
    """The verdicts of a batch, true, false or null."""
    batch = Batch.of(question, part)
    return [
        to_arrow(v.applies, batch.rows, batch.mask & ~(v.unknown | v.indeterminate))
        for v in verdicts(batch).values()
    ]


def as_words(question: Prepared, part: pa.RecordBatch) -> list[pa.Array]:
    """The verdicts of a batch in words."""
    batch = Batch.of(question, part)
    return [verdict_column(found, batch.rows) for found in verdicts(batch).values()]


def of_all(way: Any, question: Prepared, frame: pa.Table) -> None:
    """The verdicts of a frame, batch after batch."""
    for part in frame.to_batches(max_chunksize=ROWS):
        way(question, part)


def medians(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median processor time of each, taken in turns after a round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(ROUNDS + 1):
        for name, work in works.items():
            start = process_time()
            work()
            if number:
                times[name].append(process_time() - start)
    return {name: median(found) for name, found in times.items()}


def in_memory(rows: int) -> tuple[str, list[Aim]]:
    """Nanoseconds for each rule and patient."""
    frames = {
        "17 columns": cohort(rows),
        "all columns, choices as dictionaries": every_column(rows, is_text=False),
        "all columns, choices as text": every_column(rows, is_text=True),
    }
    ways = {"Booleans": as_booleans, "words": as_words}
    works = {
        f"{name}, {told}": partial(of_all, way, prepared(frame.schema), frame)
        for name, frame in frames.items()
        for told, way in ways.items()
    }
    rules = len(GUIDELINE.graph.rules)
    each = {n: took / rows / rules * 1e9 for n, took in medians(works).items()}
    lines = [(n, f"{1e3 / rules / ns:.1f}", f"{ns:.2f}") for n, ns in each.items()]
    found = [
        Aim(
            f"all verdicts, {name}, per rule and patient", 0.2 if few else 0.8, ns, "ns"
        )
        for name, ns in each.items()
        if name.endswith("Booleans")
        for few in [name.startswith("17")]
    ]
    head = (f"{rows:,} rows in memory", "million/s", "ns per rule and patient")
    return table(head, lines), found


def from_parquet(rows: int) -> tuple[str, list[Aim]]:
    """The share of a bare scan by the same reader, on one thread."""
    lines, found = [], []
    frames = {
        "17 columns": cohort(rows),
        "all columns": every_column(rows, is_text=False),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in frames.items():
            patients = Path(folder) / "patients.parquet"
            pq.write_table(frame, patients, row_group_size=ROWS)
            choices = [f.name for f in frame.schema if pa.types.is_dictionary(f.type)]
            question = prepared(frame.schema)

            def scan(
                then: Callable[[pa.RecordBatch], object],
                patients: Path = patients,
                choices: list[str] = choices,
            ) -> None:
                file = pq.ParquetFile(patients, read_dictionary=choices)
                for part in file.iter_batches(ROWS, use_threads=False):
                    then(part)

            took = medians(
                {
                    "scan": partial(scan, len),
                    "verdicts": partial(scan, partial(as_booleans, question)),
                }
            )
            speeds = [f"{rows / one / 1e6:.1f}" for one in took.values()]
            share = 100 * took["scan"] / took["verdicts"]
            lines.append((name, *speeds, f"{share:.0f} %"))
            what = f"verdicts from Parquet, {name}, of a bare scan"
            found.append(Aim(what, 85, share, "%", is_most=False))
    head = (f"{rows:,} rows of Parquet", "scan, million/s", "with verdicts", "share")
    return table(head, lines), found


def main(rows: int) -> None:
    """Print the tables."""
    text, found = in_memory(rows)
    print(text, flush=True)
    text, more = from_parquet(rows)
    print(f"\n{text}\n")
    print(aims(found + more))


if __name__ == "__main__":
    main(sized(1 << 20, 2_048))
