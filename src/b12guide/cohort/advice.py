"""The advice about a frame as an Arrow table, whatever frame came in: what studies count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.assumed import Written, assumable, assumed, written
from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.columns import Column, match_columns
from b12guide.cohort.options import Options
from b12guide.cohort.rows import value_in
from b12guide.cohort.tables import Table
from b12guide.evaluate.known import Evaluator
from b12guide.patient.model import FactValue, Patient, Stated
from b12guide.patient.resolve import state

__all__ = [
    "Advice",
    "advice_of",
    "codes_of",
    "counts_of",
    "stated_in_row",
]


@frozen(eq=False)
class Advice:
    """The advice about every row of a table.

    Attributes:
        columns: Those of `patients` that hold facts.
        assumed: What was assumed of patients of whom it is not known; `assumptions` as written.
    """

    patients: Table
    advice: Table
    columns: tuple[Column, ...]
    options: Options
    assumed: Mapping[str, FactValue] = field(factory=dict)
    assumptions: Written = field(factory=dict)

    @property
    def rows(self) -> int:
        """How many patients there are."""
        count: int = self.advice.num_rows
        return count

    def counts(self, *columns: str) -> Counter[tuple[Any, ...]]:
        """How many patients have which values in some columns."""
        return counts_of(self.advice, *columns)

    def questions(self) -> Iterator[tuple[str, ...]]:
        """The questions about each patient."""
        for chunk in self.advice.column("questions").chunks:
            values = chunk.values.to_pylist()
            ends = chunk.offsets.to_pylist()
            for start, end in pairwise(ends):
                yield tuple(values[start:end])


def advice_of(table: Table, evaluator: Evaluator, options: Options) -> Advice:
    """The advice about each row of an Arrow table."""
    options = evolve(options, long=False)
    matched = match_columns(table.schema, evaluator.graph, options)
    found = advise_frame(table, evaluator, options)
    values = assumed(options.assume, evaluator).values
    told = written(values, evaluator.graph)
    return Advice(table, found, matched.columns, options, values, told)


def stated_in_row(found: Advice, row: int, evaluator: Evaluator) -> Stated:
    """What counted as stated of the patient of one row.

    What could not be believed is unknown, and what is assumed fills what else is.
    """
    bad: Sequence[str] = ()
    if "bad" in found.advice.column_names:
        bad = found.advice.column("bad")[row].as_py()
    facts = {}
    for column in found.columns:
        cell = found.patients.column(column.name)[row].as_py()
        name = column.subject.name
        facts[name] = None if name in bad else value_in(cell, column)
    patient = Patient(facts=facts, otherwise=found.options.otherwise)
    stated = state(patient, evaluator.graph)
    if not found.assumed:
        return stated
    able = {name: v for name, v in found.assumed.items() if name not in bad}
    values = {**stated.values, **assumable(able, stated, evaluator)}
    return evolve(stated, values=values)


def counts_of(advice: Table, *columns: str) -> Counter[tuple[Any, ...]]:
    """How many rows of a table of advice have which values in some columns."""
    values, codes = codes_of(advice, *columns)
    numbers = np.bincount(codes, minlength=len(values)).tolist()
    return Counter(dict(zip(values, numbers, strict=True)))


def codes_of(
    advice: Table, *columns: str
) -> tuple[list[tuple[Any, ...]], NDArray[np.int64]]:
    """The different values of some columns together, and which of them each row has."""
    values: list[tuple[Any, ...]] = [()]
    codes = np.zeros(advice.num_rows, np.int64)
    for name in columns:
        column = advice.column(name).unify_dictionaries().combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        words = column.dictionary.to_pylist()
        numbers = np.asarray(column.indices.fill_null(len(words)), np.int64)
        words.append(None)
        joint = codes * len(words) + numbers
        counted = np.bincount(joint, minlength=len(values) * len(words))
        present = np.flatnonzero(counted)
        places = np.zeros(len(counted), np.int64)
        places[present] = np.arange(len(present))
        codes = places[joint]
        values = [
            (*values[n // len(words)], words[n % len(words)]) for n in present.tolist()
        ]
    return values, codes
