"""The advice about a frame as an Arrow table, whatever frame came in: what studies count."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.assumed import WrittenValues, assumable, written_values
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.columns import Column
from b12guide.cohort.design import Places
from b12guide.cohort.frames import Table
from b12guide.cohort.group_answer import Decisions
from b12guide.cohort.histories import value_in
from b12guide.cohort.kernel import AdviceTask, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.cohort.question_lists import AskedFacts
from b12guide.cohort.source import source_of
from b12guide.cohort.threads import Helpers, in_order
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision
from b12guide.patient.model import FactValue, Patient, Stated
from b12guide.patient.stated import state
from b12guide.patient.worked_out import with_derived

_NAME = "the cohort"


@frozen(eq=False, kw_only=True)
class CohortAdvice:
    """The advice about every row of a table.

    Attributes:
        columns: Those of `patients` that hold facts.
        asked: The different lists of questions.
        asked_of: Which of them each patient is asked.
        settled: Whether nothing is open in a decision about each patient, not even beside its
            default.
        assumed: What was assumed of patients for whom it is not known; `assumptions` as written.
    """

    patients: Table
    advice: Table
    columns: tuple[Column, ...]
    options: Options
    asked: tuple[AskedFacts, ...]
    asked_of: Places
    settled: Mapping[Decision, NDArray[np.bool_]] = field(converter=frozen_map)
    assumed: Mapping[str, FactValue] = field(factory=dict, converter=frozen_map)
    assumptions: WrittenValues = field(factory=dict, converter=frozen_map)

    @property
    def rows(self) -> int:
        """How many patients there are."""
        count: int = self.advice.num_rows
        return count

    def counts(self, *columns: str) -> Counter[tuple[Any, ...]]:
        """How many patients have which values in some columns."""
        return counts_of(self.advice, *columns)


def advice_of(table: Table, evaluator: Evaluator, options: Options) -> CohortAdvice:
    """The advice about each row of an Arrow table."""
    options = evolve(options, long=False, regimens=False)
    asking = kernel(evaluator, table.schema, options, _NAME)
    batches = source_of(table, _NAME).batches(asking.matched.read)
    report, found = CellReport(), []
    asked: dict[AskedFacts, int] = {}
    asked_of: list[Places] = [np.zeros(0, np.int64)]
    settled: dict[Decision, list[NDArray[np.bool_]]] = {d: [] for d in DECISIONS}
    task = AdviceTask(asking.recipe, decisions=True)
    helpers = Helpers(task=task, of=table.num_rows)
    told = in_order(asking.advise, batches, helpers=helpers)
    with closing(told) as answers:
        for one in answers:
            report += one.report
            advice = one.advice
            if advice is not None and one.decisions is not None:
                found.append(advice)
                mine = one.decisions.asked
                places = [asked.setdefault(some, len(asked)) for some in mine.open]
                asked_of.append(np.array(places, np.int64)[mine.group])
                for decision, rows in _settled(one.decisions):
                    settled[decision].append(rows)
    if options.on_bad is OnBad.ERROR:
        report.refuse(_NAME)
    for diagnostic in report.open:
        warnings.warn(diagnostic.message, stacklevel=2)
    advice = pa.Table.from_batches(found, asking.advice_schema).unify_dictionaries()
    return CohortAdvice(
        patients=table,
        advice=advice,
        columns=asking.matched.columns,
        options=options,
        asked=tuple(asked),
        asked_of=np.concatenate(asked_of),
        settled={d: np.concatenate(rows) for d, rows in settled.items() if rows},
        assumed=asking.assumed.values,
        assumptions=written_values(asking.assumed.values, evaluator.graph),
    )


def _settled(decisions: Decisions) -> Iterator[tuple[Decision, NDArray[np.bool_]]]:
    """Of which patients nothing is open in each decision, nor whether they are in scope."""
    asked = decisions.asked
    for decision, (answers, look) in decisions.answers.items():
        is_settled = np.array([one.settled for one in answers], np.bool_)[look]
        is_asked = asked.serving(decision)[asked.group]
        yield decision, is_settled & ~is_asked


def stated_in_row(found: CohortAdvice, row: int, evaluator: Evaluator) -> Stated:
    """What counted as stated of the patient of one row.

    What is implausible is unknown, and what is assumed fills what else is.
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
    return with_derived(evolve(stated, values=values), evaluator.graph)


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
