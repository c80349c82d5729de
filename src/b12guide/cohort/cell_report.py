"""What is implausible in a cohort: which cells, how many of them, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.batch import Batch
from b12guide.cohort.bits import groups_of, rows_of, size_of
from b12guide.cohort.column_values import bad_values, mistake
from b12guide.cohort.columns import Column
from b12guide.cohort.options import DECIMAL, TRUTHS, has_comma
from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.errors import PatientError
from b12guide.evaluate.implications import UNSETTLED, implied_facts, listed
from b12guide.frozen import Record, frozen_map
from b12guide.patient.model import Stated
from b12guide.patient.notation import shown
from b12guide.text import shortened
from b12guide.values.term import Kind

__all__ = ["BadCells", "CellReport", "by_row", "report_of"]


_MOST_EXAMPLES = 3
_MOST_LIKELY = 10
_MOST_VALUES = 1000
"""Different values of a column that are remembered, to be counted over all batches."""


@frozen(kw_only=True, repr=False)
class BadCells(Record):
    """Implausible cells of one column, or rows whose facts contradict each other.

    Attributes:
        about: The fact, or the facts that contradict each other.
        rows: How many rows are concerned.
        values: What stands in implausible cells: in how many rows, and in which first,
            counted from 0. Of very many values some.
        examples: The first rows whose facts contradict each other, with what a single patient
            would be told.
        column: The column, and how it is read; None where facts contradict each other.
        whose: What stands in a kept column, by the number of a row that is named.
        place: The column's name among the names of all columns.
    """

    about: tuple[str, ...]
    rows: int
    values: Mapping[Any, tuple[int, int]] = field(factory=dict, converter=frozen_map)
    examples: tuple[tuple[int, Diagnostic], ...] = ()
    column: Column | None = None
    whose: Mapping[int, str] = field(factory=dict)
    place: Label | None = field(default=None, eq=False, repr=False)

    @property
    def named(self) -> tuple[int, ...]:
        """The numbers of the rows that are named."""
        return (
            *(row for row, _ in self.examples),
            *(at for _, at in self.values.values()),
        )

    def __add__(self, other: BadCells) -> BadCells:
        """What is to be said of two parts of a cohort together."""
        values = dict(self.values)
        for value, (rows, first) in other.values.items():
            known, at = values.get(value, (0, first))
            values[value] = (known + rows, min(at, first))
        found = evolve(
            self,
            rows=self.rows + other.rows,
            values=_most(values),
            examples=(self.examples + other.examples)[:_MOST_EXAMPLES],
        )
        whose = {**self.whose, **other.whose}
        return evolve(found, whose={n: whose[n] for n in found.named if n in whose})

    @property
    def told(self) -> Iterator[tuple[str, Diagnostic]]:
        """The most frequent mistakes, each with the rows where it is met."""
        for row, why in self.examples:
            yield self._row(row), why
        for value, (rows, first) in [*self.values.items()][:_MOST_EXAMPLES]:
            found = mistake(self.column, value) if self.column else None
            if found is not None:
                more = f" and {rows - 1:,} more" if rows > 1 else ""
                yield f"{self._row(first)}{more}", found

    def diagnostic(self, of: int, severity: Severity) -> Diagnostic:
        """What is to be said of these cells, in a cohort of so many rows."""
        rows = f"{self.rows} of {of} row{'' if of == 1 else 's'}"
        names = ", ".join(f"`{name}`" for name in self.about)
        single = len(self.about) == 1
        what = "is implausible" if single else "contradict each other"
        told = tuple(self.told)
        notes = [f"{where}: {why.message}" for where, why in told]
        others = len(self.values) - len(told)
        if others > 0 and single:
            many = "at least " if len(self.values) >= _MOST_VALUES else ""
            notes.append(f"{many}{others:,} other value{'' if others == 1 else 's'}")
        helps = [h.message for _, why in told[:1] for h in why.help[:1] if single]
        if self.column is not None:  # what can be declared, so that its cells are read
            texts = [value for value in self.values if isinstance(value, str)]
            kind = getattr(self.column.subject, "kind", None)
            if kind not in {Kind.CHOICE, Kind.MEASURE}:
                words = [shown(value) for value in self.values]
                declared = _truths(self.column, words)
                helps.append(f"say which words mean yes and no: {declared}")
            elif kind is Kind.MEASURE and any(map(has_comma, texts)):
                helps.append(f"a decimal comma can be declared: {DECIMAL}")
        return Diagnostic(
            code="GDL731" if single else "GDL790",
            severity=severity,
            message=f"{names} {what} in {rows}",
            labels=() if self.place is None else (self.place,),
            notes=tuple(notes),
            help=tuple(Help(message=text) for text in helps),
        )

    def _row(self, row: int) -> str:
        whose = f" ({self.whose[row]})" if row in self.whose else ""
        return f"row {row + 1}{whose}"


def _most(values: Mapping[Any, tuple[int, int]]) -> dict[Any, tuple[int, int]]:
    """The values that stand in most rows, those that are met first before others."""
    ordered = sorted(values.items(), key=lambda item: (-item[1][0], item[1][1]))
    return dict(ordered[:_MOST_VALUES])


@frozen(repr=False)
class CellReport(Record):
    """What is implausible in some rows of a cohort.

    Attributes:
        rows: How many rows there are.
        bad: The cells, and contradictions.
        unsettled: Of how many rows more may follow than could be worked out, by the facts.
    """

    rows: int = 0
    bad: tuple[BadCells, ...] = ()
    unsettled: Mapping[tuple[str, ...], int] = field(factory=dict, converter=frozen_map)

    def __add__(self, other: CellReport) -> CellReport:
        """What is to be said of two parts of a cohort together."""
        found = {one.about: one for one in self.bad}
        for one in other.bad:
            known = found.get(one.about)
            found[one.about] = one if known is None else known + one
        unsettled = Counter(self.unsettled)
        unsettled.update(other.unsettled)
        return CellReport(self.rows + other.rows, tuple(found.values()), unsettled)

    def named_by(self, column: str, cells: Any, start: int) -> CellReport:
        """The same, each row that is named with what `cells` say, whose first is row `start`."""

        def name(row: int) -> str:
            return shortened(f"{column} {cells[row - start].as_py()}")

        bad = [evolve(b, whose={row: name(row) for row in b.named}) for b in self.bad]
        return evolve(self, bad=tuple(bad))

    def diagnostics(
        self, severity: Severity = Severity.ERROR
    ) -> tuple[Diagnostic, ...]:
        """One diagnostic for each column and each contradiction, and a warning for what is open."""
        return (*(one.diagnostic(self.rows, severity) for one in self.bad), *self.open)

    @property
    def open(self) -> tuple[Diagnostic, ...]:
        """The rows of whose facts more may follow than could be worked out (GDL791)."""
        return tuple(
            Diagnostic(
                code="GDL791",
                severity=Severity.WARNING,
                message=f"{UNSETTLED.format(facts=listed(facts))}:"
                f" {rows} of {self.rows} row{'' if self.rows == 1 else 's'}",
            )
            for facts, rows in self.unsettled.items()
        )

    def refuse(self, name: str) -> None:
        """Raise what is implausible in the cohort called `name`.

        Raises:
            PatientError: There is something.
        """
        if self.bad:
            message = f"{name} has implausible cells"
            raise PatientError(message, self.diagnostics())


def _truths(column: Column, words: Sequence[str]) -> str:
    """The declaration of these words where the meaning of all is likely; else an example."""
    likely: dict[str, list[str]] = {"true": [], "false": []}
    for word in words[:_MOST_LIKELY]:
        why = mistake(column, word)
        for truth, meaning in likely.items():
            if why and any(h.message == f"did you mean `{truth}`?" for h in why.help):
                meaning.append(word)
    likely = {truth: meaning for truth, meaning in likely.items() if meaning}
    if sum(map(len, likely.values())) < len(words):
        return TRUTHS
    said = {word: truth == "true" for truth in likely for word in likely[truth]}
    options = " ".join(f"--{truth} {','.join(likely[truth])}" for truth in likely)
    return f"`truths={said}` (`{options}`)"


def report_of(batch: Batch, start: int) -> CellReport:
    """What is implausible in a batch whose first row is row `start` of the cohort."""
    question = batch.question
    bad = [
        BadCells(
            about=(name,),
            rows=size_of(cells.bad),
            values=_most(
                {
                    value: (rows, start + first)
                    for value, (rows, first) in bad_values(cells).items()
                }
            ),
            column=cells.column,
            place=cells.column.place,
        )
        for name, cells in batch.cells.items()
        if cells.bad.any()
    ]
    for names, wrong in batch.implied.contradictory.items():
        found = []
        for row in rows_of(wrong, batch.rows)[:_MOST_EXAMPLES].tolist():
            values = {name: batch.cells[name].value(row) for name in names}
            stated = Stated(values=values, otherwise=question.otherwise)
            try:
                implied_facts(
                    stated, question.evaluator.graph, question.evaluator.program
                )
            except PatientError as error:
                found += [(start + row, why) for why in error.diagnostics]
        bad.append(
            BadCells(
                about=names,
                rows=size_of(wrong),
                examples=tuple(found),
                place=batch.cells[names[0]].column.place,
            )
        )
    unsettled = batch.implied.unsettled.items()
    return CellReport(
        batch.rows, tuple(bad), {names: size_of(rows) for names, rows in unsettled}
    )


def by_row(batch: Batch) -> tuple[tuple[tuple[str, ...], ...], NDArray[Any]]:
    """The different lists of facts that were set aside, and which of them each row has."""
    planes = {name: c.bad for name, c in batch.cells.items() if c.bad.any()}
    for names, wrong in batch.implied.contradictory.items():
        for name in names:
            stated = wrong & batch.cells[name].known
            planes[name] = planes[name] | stated if name in planes else stated
    known = tuple(planes)
    members, groups = groups_of(tuple(planes.values()), batch.rows)
    return tuple(tuple(known[n] for n in one) for one in members), groups.group
