"""One batch of patients before a guideline: their cells, and what these make of each condition."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve, field, frozen

from b12guide.cohort.assumed import NOTHING, Assumed
from b12guide.cohort.bits import Bits, everybody, keys_of, nobody, sort_rows
from b12guide.cohort.column_values import Cells, Choices, Measures, Rails, Truths, read
from b12guide.cohort.columns import Column
from b12guide.cohort.implications import Implied, TiedColumns, follow, ties, unstated
from b12guide.cohort.verdict_program import (
    VerdictProgram,
    given,
    settled_program,
    topic_program,
    verdict_program,
)
from b12guide.cohort.worked_out import columns_of_derived, with_derived
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.evaluate.patient_view import PatientView, view_of
from b12guide.evaluate.program import below, run
from b12guide.graph.condition import Compare, HasValue, OneOf
from b12guide.patient.model import Otherwise, Stated
from b12guide.truth import Truth

_MOST_PROGRAMS = 256


@define(kw_only=True, eq=False, repr=False)
class Prepared:
    """A guideline that is asked about a frame.

    Attributes:
        columns: The columns that hold facts.
        otherwise: What holds of the facts that have no column.
        assumed: What is assumed of patients for whom it is not known, with or without a column.
        tied: The facts that implications tie together.
        unstated: What is known of every patient, of facts that have no column.
        read: Texts that earlier batches held, by column.
        programs: What was made of the program for batches like earlier ones.
        ranges: Of each rule, whether it reads a threshold that the source prints as a range.
    """

    evaluator: Evaluator
    columns: tuple[Column, ...]
    otherwise: Otherwise
    assumed: Assumed = NOTHING
    tied: tuple[TiedColumns, ...] = field(init=False)
    unstated: Facts = field(init=False)
    read: dict[str, dict[str, object]] = field(init=False, factory=dict)
    programs: dict[Any, VerdictProgram] = field(init=False, factory=dict)
    ranges: Mapping[str, bool] = field(init=False)

    @tied.default
    def _tied(self) -> tuple[TiedColumns, ...]:
        return ties(self.evaluator, self.names)

    @unstated.default
    def _unstated(self) -> Facts:
        return unstated(self.evaluator, self.names, self.otherwise)

    @ranges.default
    def _ranges(self) -> Mapping[str, bool]:
        program = self.evaluator.program
        ranged = {
            step
            for step, node in enumerate(program.nodes)
            if isinstance(node.leaf, Compare) and node.leaf.low != node.leaf.high
        }
        roots = {
            n: (program.conditions[n], program.exceptions[n])
            for n in program.conditions
        }
        return {
            name: not ranged.isdisjoint(below(program, steps, frozenset()))
            for name, steps in roots.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The facts and definitions that have a column."""
        columns = (*self.columns, *self.added, *self.derived)
        return tuple(column.subject.name for column in columns)

    @property
    def states_record(self) -> bool:
        """Whether a column states a definition that asks what is on record."""
        program = self.evaluator.program
        stated = [program.definitions[n] for one in self.tied for n in one.definitions]
        return not program.record.isdisjoint(below(program, stated, frozenset()))

    @property
    def added(self) -> tuple[Column, ...]:
        """The facts that have no column, and of which something is assumed."""
        there = {column.subject.name for column in self.columns}
        return tuple(c for c in self.assumed.columns if c.subject.name not in there)

    @property
    def derived(self) -> tuple[Column, ...]:
        """The measures that have no column and can be worked out from others."""
        there = [column.subject.name for column in (*self.columns, *self.added)]
        return columns_of_derived(self.evaluator.graph, there)


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Batch:
    """Some patients, and what is known of them.

    Attributes:
        cells: The columns as they are, by the name of the fact.
        implied: The cells without those that contradict each other, and what follows.
        readings: What is known of the atoms under either reading of the source's thresholds, where
            some patient lies inside one that is a range.
    """

    question: Prepared
    cells: Mapping[str, Cells]
    implied: Implied
    readings: tuple[Mapping[int, Rails], ...]

    @classmethod
    def of(cls, question: Prepared, batch: pa.RecordBatch) -> Batch:
        """The patients of a record batch, implausible cells being unknown."""
        stated = {
            column.subject.name: read(column, batch.column(column.name), question.read)
            for column in question.columns
        }
        for column in (*question.added, *question.derived):
            nothing = pa.nulls(batch.num_rows)
            stated[column.subject.name] = read(column, nothing, question.read)
        cells = _filled(question, stated, batch.num_rows, {})
        implied = implied_by(question, cells, batch.num_rows)
        if implied.contradictory and question.assumed.values:
            # What is stated comes first: there the assumptions are not made.
            cells = _filled(question, stated, batch.num_rows, implied.contradictory)
            implied = implied_by(question, cells, batch.num_rows)
        if implied.contradictory:
            wrong = implied.contradictory
            sound = dict(cells)
            for names, rows in wrong.items():
                for name in names:
                    sound[name] = sound[name].without(rows)
            implied = implied_by(question, sound, batch.num_rows)
            implied.contradictory.update(wrong)
        ends = implied.ends.items()
        leaves: tuple[dict[int, Rails], ...] = ()
        if any((low[0] ^ high[0]).any() for _, (low, high) in ends):
            leaves = (
                implied.leaves | {step: low for step, (low, _) in ends},
                implied.leaves | {step: high for step, (_, high) in ends},
            )
        return cls(question=question, cells=cells, implied=implied, readings=leaves)

    @cached_property
    def rails(self) -> Mapping[int, Rails]:
        """Of every node of the program, who makes it true and who makes it false."""
        return _worked_out(self.question.evaluator, self.implied)

    @property
    def rows(self) -> int:
        """The number of patients."""
        return self.implied.rows

    @property
    def mask(self) -> Bits:
        """All patients."""
        return self.implied.mask

    def worked_out(
        self,
        make: Callable[..., VerdictProgram],
        *arguments: tuple[str, ...],
        leaves: Mapping[int, Rails] | None = None,
    ) -> list[Bits]:
        """The results of the program that `make` makes for what is given of this batch."""
        implied, programs = self.implied, self.question.programs
        read = implied.leaves if leaves is None else leaves
        none, mask = implied.nobody, implied.mask
        shape = (
            given(read, read, none, mask),
            given(implied.definitions, implied.definitions, none, mask),
        )
        key = (make, arguments, shape)
        if key not in programs:
            if len(programs) >= _MOST_PROGRAMS:
                programs.clear()
            programs[key] = make(self.question.evaluator, *shape, *arguments)
        return programs[key].run(read, implied.definitions, none, mask)

    def known(self, row: int, names: Container[str] | None = None) -> PatientView:
        """A single patient, as if asked about alone; with the columns `names` only, if given."""
        values = {
            name: column.value(row)
            for name, column in self.implied.cells.items()
            if names is None or name in names
        }
        stated = Stated(values=values, otherwise=self.question.otherwise)
        return view_of(self.question.evaluator, stated)


def implied_by(question: Prepared, cells: Mapping[str, Cells], rows: int) -> Implied:
    """What is known of so many patients, with all that follows from their cells."""
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
    # What nobody has is known before it is looked at: the program can leave it out.
    empty = {name for name, column in cells.items() if not column.known.any()}
    unknown = constant[Truth.UNKNOWN]
    for step, node in enumerate(evaluator.program.nodes):
        leaf = node.leaf
        if leaf is None:
            continue
        match cells.get(leaf.fact), leaf:
            case _ if leaf.fact in empty:
                leaves[step] = lower = upper = unknown
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
        evaluator.program.definitions[name]: unknown if name in empty else column.rails
        for name, column in cells.items()
        if name in evaluator.graph.definitions and isinstance(column, Truths)
    }
    implied = Implied(
        cells=cells,
        rows=rows,
        mask=mask,
        nobody=zero,
        leaves=leaves,
        ends=ends,
        definitions=definitions,
    )
    follow(evaluator, question.tied, implied, question.otherwise)
    return implied


def _filled(
    question: Prepared,
    cells: Mapping[str, Cells],
    rows: int,
    contradictory: Mapping[tuple[str, ...], Bits],
) -> dict[str, Cells]:
    """The cells with what is assumed where nothing was written, unless that contradicts the rest.

    A cell that is implausible was written, so nothing is assumed in its place. What can be worked
    out is not assumed; what is assumed may serve to work out something else.
    """
    graph = question.evaluator.graph
    found = with_derived(graph, cells, rows)
    for name, value in question.assumed.values.items():
        where = everybody(rows) & ~found[name].known & ~found[name].bad
        for names, wrong in contradictory.items():
            if name in names:
                where &= ~wrong
        found[name] = found[name].filled(value, where)
    return with_derived(graph, found, rows) if question.assumed.values else found


def _worked_out(evaluator: Evaluator, implied: Implied) -> dict[int, Rails]:
    """The rails of every node; where a definition is stated, its conditions do not count."""
    program = evaluator.program
    rails = dict(implied.leaves)
    start = 0
    for step, (true, false) in sorted(implied.definitions.items()):
        run(program, range(start, step + 1), rails, implied.mask)
        own_true, own_false = rails[step]
        rails[step] = (true | (own_true & ~false), false | (own_false & ~true))
        start = step + 1
    return run(program, range(start, len(program.nodes)), rails, implied.mask)


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
    question, zero = batch.question, batch.implied.nobody
    names = tuple(question.evaluator.graph.rules if rules is None else rules)
    sets = iter(batch.worked_out(verdict_program, names))
    found = {}
    for name in names:
        applies, overridden, unsettled = next(sets), next(sets), next(sets)
        found[name] = Verdicts(applies, overridden, unsettled, zero)
    if batch.readings:
        # Settled under either reading, though not in the same way: the source leaves it open.
        ranged = tuple(name for name in names if question.ranges[name])
        settled = [
            batch.worked_out(settled_program, ranged, leaves=leaves)
            for leaves in batch.readings
        ]
        for name, *either in zip(ranged, *settled, strict=True):
            open_ = found[name].unknown
            left = open_ & either[0] & either[1]
            found[name] = evolve(found[name], unknown=open_ & ~left, indeterminate=left)
    return found


# ------------------------------------------------------------------------- columns

_LOW, _HIGH = (
    half.reshape(-1, 1) >> np.arange(8) & 1
    for half in np.meshgrid(np.arange(256), np.arange(256))
)
_EIGHT = (_LOW + 2 * _HIGH).astype(np.uint8).view(np.uint64).reshape(-1)
"""The numbers of eight rows, by the eight low and the eight high bits of these numbers."""


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


def unaddressed(batch: Batch) -> pa.Array:
    """A column of the topics that are not addressed, null for no topic; each text is held once.

    Anyone who is outside the scope of the guideline has none: there it addresses nothing at all.
    """
    program = batch.question.evaluator.program
    every = [topics for parts in program.silences for topics, _ in parts]
    brought_up = zip(every, batch.worked_out(topic_program), strict=True)
    planes: list[tuple[str, Bits]] = []
    earlier: dict[str, Bits] = {}
    for topics, plane in brought_up:
        # Each is named once, where it comes up first.
        for topic in dict.fromkeys(topics):
            before = earlier.get(topic)
            planes.append((topic, plane if before is None else plane & ~before))
            earlier[topic] = plane if before is None else plane | before
    planes = [(topic, plane) for topic, plane in planes if plane.any()]
    if not planes:
        return pa.DictionaryArray.from_arrays(pa.nulls(batch.rows, pa.int32()), [""])
    keys = keys_of([plane for _, plane in planes], batch.rows)
    found = sort_rows(keys, batch.rows)
    # A few topics together make few texts, which are looked up: those of a patient who has others
    # before them in the upper half of a table, where they begin with a sign between the two.
    said = []
    has_more = np.zeros(found.count, np.bool_)
    for start in range(0, len(planes), _LOOKED_UP):
        texts = [""]
        for topic, _ in planes[start : start + _LOOKED_UP]:
            texts += [f"{text}; {topic}" if text else topic for text in texts]
        texts += ["", *(f"; {text}" for text in texts[1:])]
        word, shift = divmod(start, 64)
        key = keys[word][found.first]
        octet = (key >> key.dtype.type(shift)).astype(np.uint8)
        place = octet + np.uint16(len(texts) // 2) * has_more
        said.append(pa.array(texts).take(pa.array(place)))
        has_more |= octet != 0
    whole = said[0]
    if len(said) > 1:
        whole = pc.binary_join_element_wise(*said, "")
    codes = pa.array(found.group.astype(np.int32), mask=~has_more[found.group])
    return pa.DictionaryArray.from_arrays(codes, whole)


_LOOKED_UP = 8
"""Topics of which all texts are made beforehand: as many as an octet has bits."""
