"""The kernel: a record batch of patients in, a record batch of advice out.

The advice of a patient is one row: the columns that were asked to be kept, the verdict of every
rule, outcome, value and certainty of every decision, and the questions worth asking. In the long
form it is one row for each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.answerer import Answerer
from b12guide.cohort.assumed import Assumed, assumed
from b12guide.cohort.batch import (
    VERDICTS,
    Batch,
    Prepared,
    unaddressed,
    verdict_column,
    verdicts,
)
from b12guide.cohort.bits import to_arrow
from b12guide.cohort.cell_report import CellReport, by_row, report_of
from b12guide.cohort.change import read_at
from b12guide.cohort.column_values import check_types
from b12guide.cohort.columns import Matched, kept_as_advice, match_columns
from b12guide.cohort.group_answer import OUTCOMES, Decisions
from b12guide.cohort.options import (
    Naming,
    OnBad,
    Options,
    VerdictForm,
    Wanted,
    metadata_of,
    wanted,
)
from b12guide.cohort.question_lists import askable_names
from b12guide.cohort.regimen_columns import TEXT, columns_of, regimen_columns, texts
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision, RuleGraph

_WORD = pa.dictionary(pa.int8(), pa.string())
_NAMES = pa.list_(TEXT)

Made = TypeVar("Made")
_OUTCOMES = pa.array([outcome.value for outcome in OUTCOMES])


@frozen(eq=False, repr=False)
class AdvisedBatch:
    """The advice about a batch, and what is implausible in it.

    Attributes:
        packed: The advice, with lists that many rows share held once; None where something was
            implausible and that is an error, or where something was made of it.
        report: What is implausible.
        decisions: The same decisions as values; None where there is no advice, or none about them.
        schema: The columns of the advice.
        made: What was made of the advice in the process that worked it out.
    """

    packed: pa.RecordBatch | None
    report: CellReport
    decisions: Decisions | None = None
    schema: pa.Schema | None = None
    made: Any = None

    @property
    def advice(self) -> pa.RecordBatch | None:
        """The advice, with a list of its own for each row."""
        if self.packed is None or self.schema is None:
            return None
        columns = [
            column
            if column.type == one.type
            else column.dictionary.take(column.indices)
            for column, one in zip(self.packed.columns, self.schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def made_by(self, make: Callable[[AdvisedBatch], Made]) -> Made | None:
        """What `make` makes of this, if it was not made elsewhere."""
        if self.made is None:
            return make(self)
        made: Made = self.made
        return made


@frozen(eq=False, repr=False)
class KernelRecipe:
    """What a kernel is made of, which can be sent to another process."""

    graph: RuleGraph
    schema: pa.Schema
    options: Options
    name: str
    is_text: bool

    def kernel(self) -> Kernel:
        """The kernel."""
        evaluator, is_text = Evaluator.of(self.graph), self.is_text
        return kernel(evaluator, self.schema, self.options, self.name, is_text=is_text)


class Advises(Protocol):
    """What advises batches of patients."""

    def advise(self, patients: pa.RecordBatch, start: int = 0) -> AdvisedBatch:
        """The advice about a batch of patients whose first is row `start` of all."""


class HasKernel(Protocol):
    """What such a thing is made of; it can be sent to another process."""

    def kernel(self) -> Advises:
        """The kernel."""


@frozen(eq=False, repr=False)
class AdviceTask:
    """What a process is for that advises batches: patients as a stream, and their first row.

    Attributes:
        decisions: Whether decisions are wanted as values too.
        make: What is made of the advice, which then stays where it was worked out.
    """

    recipe: HasKernel
    decisions: bool = False
    make: Callable[[AdvisedBatch], Any] | None = None

    def prepared(self) -> Callable[[tuple[Any, int]], AdvisedBatch]:
        """What advises."""
        asked = self.recipe.kernel()

        def answer(question: tuple[Any, int]) -> AdvisedBatch:
            stream, start = question
            (batch,) = pa.ipc.open_stream(stream)
            found = asked.advise(batch, start)
            if self.make is not None:
                found = evolve(found, packed=None, made=found.made_by(self.make))
            return found if self.decisions else evolve(found, decisions=None)

        return answer


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Kernel:
    """A guideline that is asked about frames of one schema.

    Attributes:
        schema: The columns of the frames.
        matched: What is done with each of them.
        options: What the caller said about them, and about the advice.
        provenance: The metadata of the advice.
        recipe: What it was made of.
        question: The guideline, with what is known of the columns.
        wanted: What is worked out.
        names: The facts and definitions, as the columns of lists name them.
    """

    schema: pa.Schema
    matched: Matched
    options: Options
    provenance: Mapping[str, str]
    recipe: KernelRecipe
    question: Prepared
    wanted: Wanted = field(init=False)
    answers: Answerer = field(init=False)
    names: pa.Array = field(init=False)

    @wanted.default
    def _wanted(self) -> Wanted:
        return wanted(self.evaluator.graph, self.options)

    @answers.default
    def _answers(self) -> Answerer:
        wanted = self.wanted
        return Answerer(self.question, wanted.decisions, asks=wanted.questions)

    @names.default
    def _names(self) -> pa.Array:
        return pa.array(askable_names(self.evaluator.graph), pa.string())

    @property
    def evaluator(self) -> Evaluator:
        """The guideline."""
        return self.question.evaluator

    @property
    def assumed(self) -> Assumed:
        """What is assumed of patients for whom it is not known."""
        return self.question.assumed

    @property
    def advice_schema(self) -> pa.Schema:
        """The columns of the advice."""
        kept = [self.schema.field(name) for name in self.matched.kept]
        if self.options.long:
            row = [] if kept else [pa.field("row", pa.int64())]
            words = [pa.field(n, _WORD) for n in ("rule", "decision", "verdict")]
            words[0] = pa.field("rule", TEXT)
            return pa.schema([*kept, *row, *words], self.provenance)
        named = self.options.column
        fields = []
        for name in self.wanted.rules:
            if self.options.verdicts is VerdictForm.WORDS:
                fields.append(pa.field(named("rule", name), _WORD))
                continue
            fields.append(pa.field(named("rule", name), pa.bool_()))
            if self.evaluator.graph.rules[name].exceptions:
                fields.append(pa.field(named("overridden", name), pa.bool_()))
        for decision in self.wanted.decisions:
            fields.append(pa.field(named(decision.value, "outcome"), _WORD))
            fields.append(pa.field(named(decision.value, "value"), TEXT))
            fields.append(pa.field(named(decision.value, "certain"), pa.bool_()))
            if decision in self.wanted.regimens:
                parts = columns_of(self.options.regimens).items()
                fields += [
                    pa.field(named(decision.value, n), kind) for n, kind in parts
                ]
        fields.append(pa.field("silent", TEXT))
        if self.wanted.questions:
            fields.append(pa.field("questions", _NAMES))
        if self.options.on_bad is OnBad.UNKNOWN:
            fields.append(pa.field("bad", _NAMES))
        return pa.schema([*kept, *fields], self.provenance)

    def advise(self, patients: pa.RecordBatch, start: int = 0) -> AdvisedBatch:
        """The advice about a batch of patients whose first is row `start` of all."""
        batch = Batch.of(self.question, patients)
        report = report_of(batch, start)
        if report.bad and self.matched.kept:
            first = self.matched.kept[0]
            report = report.named_by(first, patients.column(first), start)
        if report.bad and self.options.on_bad is OnBad.ERROR:
            return AdvisedBatch(None, report)
        kept = [patients.column(name) for name in self.matched.kept]
        decisions = self.answers.about(batch) if self.wanted.decisions else None
        if self.options.long:
            columns = self.long_columns(batch, kept, start)
        else:
            columns = [*kept, *self.wide_columns(batch, decisions)]
            if self.options.on_bad is OnBad.UNKNOWN:
                columns.append(self.bad_facts(batch))
        schema = self.advice_schema
        fields = [
            field.with_type(column.type)
            for field, column in zip(schema, columns, strict=True)
        ]
        packed = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
        return AdvisedBatch(packed, report, decisions, schema)

    def wide_columns(
        self, batch: Batch, decisions: Decisions | None
    ) -> Iterator[pa.Array]:
        """One row for each patient: verdicts, decisions, silences and questions."""
        for name, found in verdicts(batch, self.wanted.rules).items():
            if self.options.verdicts is VerdictForm.WORDS:
                yield verdict_column(found, batch.rows)
                continue
            settled = batch.mask & ~(found.unknown | found.indeterminate)
            yield to_arrow(found.applies, batch.rows, settled)
            if self.evaluator.graph.rules[name].exceptions:
                yield to_arrow(found.overridden, batch.rows, settled)
        told = {} if decisions is None else decisions.answers
        for decision, (answers, group) in told.items():
            numbers = [OUTCOMES.index(answer.outcome) for answer in answers]
            codes = np.array(numbers, np.int8)[group]
            yield pa.DictionaryArray.from_arrays(pa.array(codes), _OUTCOMES)
            yield texts([answer.value for answer in answers], group)
            yield pa.array(np.array([a.certain for a in answers], np.bool_)[group])
            if decision in self.wanted.regimens:
                phases = [one.phases for one in answers]
                yield from regimen_columns(phases, group, self.options.regimens)
        yield unaddressed(batch)
        if decisions is not None and self.wanted.questions:
            asked = decisions.asked
            yield self.lists(asked.ends, asked.facts, asked.group)

    def bad_facts(self, batch: Batch) -> pa.Array:
        """A column of the facts whose cell was set aside."""
        lists, group = by_row(batch)
        place = {name: place for place, name in enumerate(self.names.to_pylist())}
        facts = [place[name] for one in lists for name in one]
        ends = np.cumsum([0, *map(len, lists)], dtype=np.int32)
        return self.lists(ends, np.array(facts, np.int32), group)

    def lists(
        self, ends: NDArray[np.int32], facts: NDArray[np.int32], group: NDArray[Any]
    ) -> pa.Array:
        """A column of lists of facts, each list and each name held once."""
        words = pa.DictionaryArray.from_arrays(pa.array(facts), self.names)
        lists = pa.ListArray.from_arrays(pa.array(ends), words)
        places = pa.array(group.astype(np.int32))
        return pa.DictionaryArray.from_arrays(places, lists)

    def long_columns(
        self, batch: Batch, kept: Sequence[pa.Array], start: int
    ) -> list[pa.Array]:
        """One row for each patient and rule, with its verdict."""
        told = [self.evaluator.graph.rules[name] for name in self.wanted.rules]
        rows, rules = batch.rows, len(told)
        each = pa.array(np.repeat(np.arange(rows), rules))
        columns = [column.take(each) for column in kept]
        if not columns:
            columns.append(pa.array(np.repeat(np.arange(start, start + rows), rules)))
        names = pa.array(list(self.wanted.rules), pa.string())
        numbers = pa.array(np.tile(np.arange(rules, dtype=np.int32), rows))
        columns.append(pa.DictionaryArray.from_arrays(numbers, names))
        spoken = [decision.value for decision in (*DECISIONS, Decision.NOTE)]
        to = [spoken.index(rule.decision.value) for rule in told]
        codes = pa.array(np.tile(np.array(to, np.int8), rows))
        columns.append(pa.DictionaryArray.from_arrays(codes, pa.array(spoken)))
        found = [
            verdict_column(v, rows).indices.to_numpy()
            for v in verdicts(batch, self.wanted.rules).values()
        ]
        codes = pa.array(
            np.stack(found, axis=1).reshape(-1) if found else [], pa.int8()
        )
        words = pa.array([verdict.value for verdict in VERDICTS])
        columns.append(pa.DictionaryArray.from_arrays(codes, words))
        return columns


def kernel(
    evaluator: Evaluator,
    schema: pa.Schema,
    options: Options,
    name: str,
    *,
    is_text: bool = False,
) -> Kernel:
    """The kernel that asks a guideline about frames with the columns of `schema`.

    Args:
        evaluator: The guideline.
        schema: The columns.
        options: What the caller says about them.
        name: What diagnostics call the frame.
        is_text: Whether every cell is text, truths as well.

    Raises:
        PatientError: Some column cannot be used, or kept.
    """
    matched, question = prepared(evaluator, schema, options, name, is_text=is_text)
    found = Kernel(
        recipe=KernelRecipe(evaluator.graph, schema, options, name, is_text),
        question=question,
        schema=schema,
        matched=matched,
        options=options,
        provenance=metadata_of(evaluator.graph, options),
    )
    refuse_taken(found.advice_schema.names, matched, schema, options, name)
    return found


def prepared(
    evaluator: Evaluator,
    schema: pa.Schema,
    options: Options,
    name: str,
    *,
    is_text: bool,
) -> tuple[Matched, Prepared]:
    """What is done with each column, and a guideline that is ready to be asked about them.

    Raises:
        PatientError: Some column cannot be used.
    """
    matched = match_columns(schema, evaluator.graph, options, name)
    if not is_text:
        check_types(matched.columns, schema)
    if options.fuzzy_threshold is not Reading.REPORT:
        graph = read_at(evaluator.graph, options.fuzzy_threshold)
        evaluator = Evaluator.of(graph)
    question = Prepared(
        evaluator=evaluator,
        columns=matched.columns,
        otherwise=options.otherwise,
        assumed=assumed(options.assume, evaluator),
    )
    return matched, question


def refuse_taken(
    names: Sequence[str],
    matched: Matched,
    schema: pa.Schema,
    options: Options,
    name: str,
) -> None:
    """Refuse to keep columns under `names` that columns of the advice have.

    Raises:
        PatientError: There are some.
    """
    own = {_compared(one, options) for one in names[len(matched.kept) :]}
    taken = [one for one in matched.kept if _compared(one, options) in own]
    if taken:
        raise kept_as_advice(taken, schema, name)


def _compared(column: str, options: Options) -> str:
    """A name of a column as an engine of SQL compares it, for which names without dots are."""
    return column.casefold() if options.names is Naming.UNDERSCORE else column
