"""One batch of patients before a guideline: their cells, and what these make of each condition."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.cohort.assumed import NOTHING, Assumed
from b12guide.cohort.bits import Bits, everybody, nobody
from b12guide.cohort.cells import Cells, Choices, Measures, Rails, Truths, read
from b12guide.cohort.closing import Closed, Tied, follow, ties, unstated
from b12guide.cohort.columns import Column
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.meet import meet
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.program import run
from b12guide.graph.condition import Compare, HasValue, OneOf
from b12guide.patient.model import Otherwise, Stated
from b12guide.truth import Truth

__all__ = ["Batch", "Question"]


@frozen(kw_only=True, eq=False, repr=False)
class Question:
    """A guideline that is asked about a frame.

    Attributes:
        columns: The columns that hold facts.
        otherwise: What holds of the facts that have no column.
        assumed: What is assumed of patients of whom it is not known, with or without a column.
        tied: The facts that implications tie together.
        unstated: What is known of every patient, of facts that have no column.
        read: Texts that earlier batches held, by column.
    """

    evaluator: Evaluator
    columns: tuple[Column, ...]
    otherwise: Otherwise
    assumed: Assumed = NOTHING
    tied: tuple[Tied, ...] = field(init=False)
    unstated: Facts = field(init=False)
    read: dict[str, dict[str, object]] = field(init=False, factory=dict)

    @tied.default
    def _tied(self) -> tuple[Tied, ...]:
        return ties(self.evaluator, self.names)

    @unstated.default
    def _unstated(self) -> Facts:
        return unstated(self.evaluator, self.names, self.otherwise)

    @property
    def names(self) -> tuple[str, ...]:
        """The facts and definitions that have a column."""
        return tuple(column.subject.name for column in (*self.columns, *self.added))

    @property
    def added(self) -> tuple[Column, ...]:
        """The facts that have no column, and of which something is assumed."""
        there = {column.subject.name for column in self.columns}
        return tuple(c for c in self.assumed.columns if c.subject.name not in there)


@frozen(kw_only=True, eq=False, repr=False)
class Batch:
    """Some patients, and what is known of them.

    Attributes:
        cells: The columns as they are, by the name of the fact.
        closed: What is known: the cells without those that contradict each other, and what follows.
        rails: Of every node of the program, who makes it true and who makes it false.
        readings: The same under either reading of the source's thresholds, where some patient
            lies inside one that is a range.
    """

    question: Question
    cells: Mapping[str, Cells]
    closed: Closed
    rails: Mapping[int, Rails]
    readings: tuple[Mapping[int, Rails], ...]

    @classmethod
    def of(cls, question: Question, batch: pa.RecordBatch) -> Batch:
        """The patients of a record batch, cells that cannot be believed being unknown."""
        stated = {
            column.subject.name: read(column, batch.column(column.name), question.read)
            for column in question.columns
        }
        for column in question.added:
            nothing = pa.nulls(batch.num_rows)
            stated[column.subject.name] = read(column, nothing, question.read)
        cells = _filled(question, stated, batch.num_rows, {})
        closed = _closed(question, cells, batch.num_rows)
        if closed.contradictory and question.assumed.values:
            # What is stated comes first: there the assumptions are not made.
            cells = _filled(question, stated, batch.num_rows, closed.contradictory)
            closed = _closed(question, cells, batch.num_rows)
        if closed.contradictory:
            wrong = closed.contradictory
            closed = _closed(question, _without(cells, wrong), batch.num_rows)
            closed.contradictory.update(wrong)
        return cls(
            question=question,
            cells=cells,
            closed=closed,
            rails=_worked_out(question.evaluator, closed, closed.leaves),
            readings=_readings(question.evaluator, closed),
        )

    @property
    def rows(self) -> int:
        """The number of patients."""
        return self.closed.rows

    @property
    def mask(self) -> Bits:
        """All patients."""
        return self.closed.mask

    def known(self, row: int) -> Known:
        """A single patient, as if asked about alone."""
        values = {name: column.value(row) for name, column in self.closed.cells.items()}
        stated = Stated(values=values, otherwise=self.question.otherwise)
        return meet(self.question.evaluator, stated)


def _closed(question: Question, cells: Mapping[str, Cells], rows: int) -> Closed:
    evaluator, mask = question.evaluator, everybody(rows)
    zero = nobody(rows)
    constant = {
        Truth.TRUE: (mask, zero),
        Truth.FALSE: (zero, mask),
        Truth.UNKNOWN: (zero, zero),
    }
    views = [
        evolve(question.unstated, reading=reading)
        for reading in (Reading.REPORT, Reading.LOWER, Reading.UPPER)
    ]
    leaves: dict[int, Rails] = {}
    ends: dict[int, tuple[Rails, Rails]] = {}
    for step, node in enumerate(evaluator.program.nodes):
        leaf = node.leaf
        if leaf is None:
            continue
        match cells.get(leaf.fact), leaf:
            case Truths() as column, _:
                leaves[step] = column.rails
            case Choices() as column, OneOf():
                leaves[step] = column.rails(leaf)
            case (Choices() | Measures()) as column, HasValue():
                leaves[step] = (column.known, zero)
            case Measures() as column, Compare():
                at_low, at_high = column.ends(leaf)
                either = at_low if at_low is at_high else at_low | at_high
                leaves[step] = (at_low & at_high, column.known & ~either)
                lower = (at_low, column.known & ~at_low)
                upper = (at_high, column.known & ~at_high)
            case _:
                leaves[step], lower, upper = (constant[holds(leaf, v)] for v in views)
        if isinstance(leaf, Compare) and leaf.low != leaf.high:
            ends[step] = (lower, upper)
    definitions = {
        evaluator.program.definitions[name]: constant[Truth.of(truth)]
        for name, truth in question.unstated.definitions.items()
    }
    definitions |= {
        evaluator.program.definitions[name]: column.rails
        for name, column in cells.items()
        if name in evaluator.graph.definitions and isinstance(column, Truths)
    }
    closed = Closed(
        cells=cells,
        rows=rows,
        mask=mask,
        leaves=leaves,
        ends=ends,
        definitions=definitions,
    )
    follow(evaluator, question.tied, closed, question.otherwise)
    return closed


def _filled(
    question: Question,
    cells: Mapping[str, Cells],
    rows: int,
    contradictory: Mapping[tuple[str, ...], Bits],
) -> dict[str, Cells]:
    """The cells with what is assumed where nothing was written, unless that contradicts the rest.

    A cell that cannot be believed was written, so nothing is assumed in its place.
    """
    found = dict(cells)
    for name, value in question.assumed.values.items():
        where = everybody(rows) & ~found[name].known & ~found[name].bad
        for names, wrong in contradictory.items():
            if name in names:
                where &= ~wrong
        found[name] = found[name].filled(value, where)
    return found


def _without(
    cells: Mapping[str, Cells], contradictory: Mapping[tuple[str, ...], Bits]
) -> dict[str, Cells]:
    """The cells without those that contradict each other."""
    found = dict(cells)
    for names, wrong in contradictory.items():
        for name in names:
            found[name] = found[name].without(wrong)
    return found


def _worked_out(
    evaluator: Evaluator, closed: Closed, leaves: Mapping[int, Rails]
) -> dict[int, Rails]:
    """The rails of every node; where a definition is stated, its conditions do not count."""
    program = evaluator.program
    rails = dict(leaves)
    start = 0
    for step, (true, false) in sorted(closed.definitions.items()):
        run(program, range(start, step + 1), rails, closed.mask)
        own_true, own_false = rails[step]
        rails[step] = (true | (own_true & ~false), false | (own_false & ~true))
        start = step + 1
    return run(program, range(start, len(program.nodes)), rails, closed.mask)


def _readings(evaluator: Evaluator, closed: Closed) -> tuple[dict[int, Rails], ...]:
    """The rails under the lower and the upper reading, where that makes a difference."""
    lower = closed.leaves | {step: low for step, (low, _) in closed.ends.items()}
    upper = closed.leaves | {step: high for step, (_, high) in closed.ends.items()}
    if not any((low[0] ^ high[0]).any() for low, high in closed.ends.values()):
        return ()
    return tuple(_worked_out(evaluator, closed, leaves) for leaves in (lower, upper))
