"""One batch of patients before a guideline: their cells, and what these make of each condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.assumed import NOTHING, Assumed
from b12guide.cohort.bits import Bits, everybody, keys_of, nobody, sort_rows
from b12guide.cohort.column_values import Cells, Choices, Measures, Rails, Truths, read
from b12guide.cohort.columns import Column
from b12guide.cohort.implications import Implied, TiedColumns, follow, ties, unstated
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.evaluate.patient_view import PatientView, view_of
from b12guide.evaluate.program import Program, run
from b12guide.graph.condition import Compare, HasValue, OneOf
from b12guide.patient.model import Otherwise, Stated
from b12guide.truth import Truth


@frozen(kw_only=True, eq=False, repr=False)
class Prepared:
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
    tied: tuple[TiedColumns, ...] = field(init=False)
    unstated: Facts = field(init=False)
    read: dict[str, dict[str, object]] = field(init=False, factory=dict)

    @tied.default
    def _tied(self) -> tuple[TiedColumns, ...]:
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

    question: Prepared
    cells: Mapping[str, Cells]
    closed: Implied
    rails: Mapping[int, Rails]
    readings: tuple[Mapping[int, Rails], ...]

    @classmethod
    def of(cls, question: Prepared, batch: pa.RecordBatch) -> Batch:
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

    def known(self, row: int) -> PatientView:
        """A single patient, as if asked about alone."""
        values = {name: column.value(row) for name, column in self.closed.cells.items()}
        stated = Stated(values=values, otherwise=self.question.otherwise)
        return view_of(self.question.evaluator, stated)


def _closed(question: Prepared, cells: Mapping[str, Cells], rows: int) -> Implied:
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
    closed = Implied(
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
    question: Prepared,
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
    evaluator: Evaluator, closed: Implied, leaves: Mapping[int, Rails]
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


def _readings(evaluator: Evaluator, closed: Implied) -> tuple[dict[int, Rails], ...]:
    """The rails under the lower and the upper reading, where that makes a difference."""
    lower = closed.leaves | {step: low for step, (low, _) in closed.ends.items()}
    upper = closed.leaves | {step: high for step, (_, high) in closed.ends.items()}
    if not any((low[0] ^ high[0]).any() for low, high in closed.ends.values()):
        return ()
    return tuple(_worked_out(evaluator, closed, leaves) for leaves in (lower, upper))


VERDICTS = (
    Verdict.DOES_NOT_APPLY,
    Verdict.APPLIES,
    Verdict.OVERRIDDEN,
    Verdict.UNKNOWN,
    Verdict.INDETERMINATE,
)
"""The words of a column of verdicts, in the order of their numbers."""

_WORDS = pa.array([verdict.value for verdict in VERDICTS])


@frozen(eq=False, repr=False)
class Verdicts:
    """Of one rule, who has which verdict; everybody else has `does not apply`."""

    applies: Bits
    overridden: Bits
    unknown: Bits
    indeterminate: Bits

    def of(self, verdict: Verdict, mask: Bits) -> Bits:
        """Who has `verdict`."""
        match verdict:
            case Verdict.APPLIES:
                return self.applies
            case Verdict.OVERRIDDEN:
                return self.overridden
            case Verdict.UNKNOWN:
                return self.unknown
            case Verdict.INDETERMINATE:
                return self.indeterminate
            case Verdict.DOES_NOT_APPLY:
                others = self.applies | self.overridden | self.unknown
                return mask & ~(others | self.indeterminate)


def verdicts(batch: Batch, rules: Iterable[str] | None = None) -> dict[str, Verdicts]:
    """The verdicts of some rules, or of all in the order of the guideline."""
    evaluator = batch.question.evaluator
    program, rails = evaluator.program, batch.rails
    outside = rails[program.scope][1]
    zero = nobody(batch.rows)
    found = {}
    for name in evaluator.graph.rules if rules is None else rules:
        rule = evaluator.graph.rules[name]
        spoken_to = outside if rule.outside_scope else batch.mask & ~outside
        true, false = rails[program.conditions[name]]
        but, but_not = rails[program.exceptions[name]]
        unsettled = spoken_to & ~(false | (true & (but | but_not)))
        left = zero
        if batch.readings and unsettled.any():
            left = unsettled
            for reading in batch.readings:
                left = left & _settled(name, program, reading)
        true = true & spoken_to
        found[name] = Verdicts(true & but_not, true & but, unsettled & ~left, left)
    return found


def _settled(rule: str, program: Program, rails: Mapping[int, Rails]) -> Bits:
    true, false = rails[program.conditions[rule]]
    but, but_not = rails[program.exceptions[rule]]
    settled: Bits = false | (true & (but | but_not))
    return settled


# ------------------------------------------------------------------------- columns


def _eight_at_once() -> NDArray[np.uint64]:
    """The numbers of eight rows, by the eight low and the eight high bits of these numbers."""
    low, high = np.meshgrid(np.arange(256), np.arange(256))
    digits = (low.reshape(-1, 1) >> np.arange(8) & 1) + 2 * (
        high.reshape(-1, 1) >> np.arange(8) & 1
    )
    return digits.astype(np.uint8).view(np.uint64).reshape(-1)


_EIGHT = _eight_at_once()


def verdict_column(found: Verdicts, rows: int) -> pa.Array:
    """The verdicts of a rule as a column of words, each held once."""
    low = (found.applies | found.unknown).view(np.uint8).astype(np.uint16)
    high = (found.overridden | found.unknown).view(np.uint8).astype(np.uint16)
    numbers = _EIGHT.take(low | (high << 8)).view(np.int8)
    if found.indeterminate.any():
        octets = found.indeterminate.view(np.uint8)
        numbers[np.unpackbits(octets, bitorder="little").view(np.bool_)] = 4
    codes = pa.Array.from_buffers(pa.int8(), rows, [None, pa.py_buffer(numbers)])
    return pa.DictionaryArray.from_arrays(codes, _WORDS, safe=False)


_BETWEEN = "; "


def unaddressed(batch: Batch) -> tuple[list[str | None], NDArray[Any]]:
    """The different lists of topics, and which of them each patient has; None for no topic.

    Whoever is outside the scope of the guideline has none: there it addresses nothing at all.
    """
    program = batch.question.evaluator.program
    _, outside = batch.rails[program.scope]
    brought_up = [
        (topics, batch.rails[step][0] & ~outside)
        for parts in program.silences
        for topics, step in parts
    ]
    keys = keys_of([plane for _, plane in brought_up], batch.rows)
    rows = sort_rows(keys, batch.rows)
    texts = []
    for row in rows.first.tolist():
        bits = sum(int(key[row]) << 64 * i for i, key in enumerate(keys))
        named = [
            t
            for n, (topics, _) in enumerate(brought_up)
            if bits >> n & 1
            for t in topics
        ]
        texts.append(_BETWEEN.join(dict.fromkeys(named)) or None)
    return texts, rows.group
