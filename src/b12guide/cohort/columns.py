"""Matches the columns of a frame to facts, by their names and by nothing else.

A column is named as its fact is, or by a synonym that means one fact only, and may have a unit in
brackets: `egfr [mL/min]`. A unit can also stand in the metadata of the column's field, or in the
mapping that the caller gives. A column that is no fact is a mistake, unless the caller says that it
is to be kept or ignored: a slip in a name would otherwise make a fact unknown for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any

import pyarrow as pa
from attrs import field, frozen

from b12guide.cohort.options import Options
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.graph.model import Definition, Fact, RuleGraph
from b12guide.patient.measure import conversion
from b12guide.patient.model import Patient
from b12guide.patient.name import Names
from b12guide.patient.name_mistake import stated_twice, unknown_name
from b12guide.patient.places import Places, places_of
from b12guide.record import Record
from b12guide.text import Span, Text
from b12guide.values.term import Kind

__all__ = ["Column", "Matched", "match_columns", "subject_of"]

_BRACKETED = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*")


@frozen(kw_only=True, repr=False)
class Column(Record):
    """A column that holds a fact.

    Attributes:
        name: The name that the column has in the frame.
        unit: The unit of its numbers; None where they are in the measure's own.
        factor: What a number of the column is to be multiplied by, to be in the measure's own unit.
        place: The column's name among the names of all columns.
    """

    name: str
    subject: Fact | Definition
    unit: str | None = None
    factor: Fraction = Fraction(1)
    place: Label = field(eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class Matched(Record):
    """What is done with the columns of a frame.

    Attributes:
        columns: Those that hold facts.
        kept: Those that are carried into the advice as they are.
    """

    columns: tuple[Column, ...]
    kept: tuple[str, ...]

    @property
    def read(self) -> tuple[str, ...]:
        """The names of all columns that are looked at, each once."""
        return tuple(dict.fromkeys([*self.kept, *(c.name for c in self.columns)]))


def subject_of(column: str, names: Names) -> Fact | Definition | None:
    """The fact that a column holds, by its name; None for no fact."""
    bracketed = _BRACKETED.fullmatch(column)
    return names.find(bracketed["name"] if bracketed else column)


def match_columns(
    schema: pa.Schema, graph: RuleGraph, options: Options, name: str = "the columns"
) -> Matched:
    """What each column of `schema` stands for when `graph` is asked.

    Args:
        schema: The columns.
        graph: The guideline to be asked.
        options: What the caller says about them. A pattern among those to ignore leaves out only
            columns that are no facts.
        name: What diagnostics call the frame.

    Raises:
        PatientError: Some column cannot be used; all of them are told at once.
    """
    return _Matching(schema, Names(graph), options, name).matched()


@frozen(eq=False, repr=False)
class _Matching:
    """The columns of one frame, and what the caller said about them."""

    schema: pa.Schema
    names: Names
    options: Options
    name: str

    def matched(self) -> Matched:
        places = _places(self.schema.names, self.name)
        found: dict[str, Column] = {}
        wrong: list[Diagnostic] = list(self.not_there())
        for number, column in enumerate(self.schema.names):
            if column in self.options.ignore:
                continue
            bracketed = _BRACKETED.fullmatch(column)
            subject = subject_of(column, self.names)
            if subject is None:
                if not self.is_left_out(column):
                    wrong.append(self.no_fact(column, places))
            elif subject.name in found:
                first = found[subject.name].name
                wrong.append(stated_twice(subject, first, column, places))
            else:
                one = Column(
                    name=column, subject=subject, place=places.at(f"{column}:")
                )
                found[subject.name] = one
                unit = self.unit_of(one, self.schema.field(number), bracketed)
                if isinstance(unit, Diagnostic):
                    wrong.append(unit)
                elif unit is not None:
                    found[subject.name] = unit
        if wrong:
            message = f"{self.name} cannot be used"
            raise PatientError(message, wrong)
        return Matched(columns=tuple(found.values()), kept=self.options.keep)

    def not_there(self) -> Iterator[Diagnostic]:
        """GDL733: a column that the caller names and the frame lacks, or has twice."""
        columns = self.schema.names
        for column in dict.fromkeys(columns):
            if columns.count(column) > 1:
                yield Diagnostic(
                    code="GDL733",
                    message=f"there are {columns.count(column)} columns `{column}`",
                    labels=(_places(columns, self.name).at(f"{column}:"),),
                    help=(Help(message="give each column a name of its own"),),
                )
        patterns = [one for one in self.options.ignore if not _is_pattern(one)]
        for column in dict.fromkeys([*self.options.keep, *patterns]):
            if column not in columns:
                yield _no_column(column, columns, self.name)
        subjects = {subject_of(column, self.names) for column in columns} - {None}
        for column in self.options.units:
            if column not in columns and self.names.find(column) not in subjects:
                yield _no_column(column, columns, self.name)

    def is_left_out(self, column: str) -> bool:
        return column in self.options.keep or any(
            fnmatchcase(column, p) for p in self.options.ignore
        )

    def no_fact(self, column: str, places: Places) -> Diagnostic:
        """GDL707 or GDL708, with what else can be done about a column."""
        found = unknown_name(self.names, column, None, places)
        remedy = (
            f'keep it beside the advice (`keep=["{column}"]`, `--keep {column}`) or '
            f'leave it out (`ignore=["{column}"]`, `--ignore {column}`)'
        )
        meant = tuple(h for h in found.help if "b12guide facts" not in h.message)
        return Diagnostic(
            code=found.code,
            message=found.message.replace(
                "there is no fact", "there is no fact called"
            ),
            labels=found.labels,
            notes=found.notes,
            help=(*meant, Help(message=remedy)),
        )

    def unit_of(
        self, column: Column, one: pa.Field, bracketed: re.Match[str] | None
    ) -> Column | Diagnostic | None:
        """`column` with its unit; None where nothing names one."""
        metadata = one.metadata or {}
        by_field = metadata.get(b"unit", b"").decode(errors="replace")
        by_mapping = next(
            (
                unit
                for key, unit in self.options.units.items()
                if key == column.name or self.names.find(key) == column.subject
            ),
            "",
        )
        by_name = bracketed["unit"] if bracketed else ""
        told = dict.fromkeys(u for u in (by_mapping, by_name, by_field) if u)
        if not told:
            return None
        if len(told) > 1:
            return Diagnostic(
                code="GDL732",
                message=f"column `{column.name}` is said to be in "
                + " and in ".join(f"`{unit}`" for unit in told),
                labels=(column.place,),
                help=(Help(message="name one unit only"),),
            )
        (unit,) = told
        subject = column.subject
        if isinstance(subject, Definition) or subject.kind is not Kind.MEASURE:
            return Diagnostic(
                code="GDL732",
                message=f"`{subject.name}` is no measure and has no unit `{unit}`",
                labels=(column.place,),
                help=(Help(message="leave the unit out"),),
            )
        factor = conversion(subject, unit, column.place)
        if isinstance(factor, Diagnostic):
            return factor
        return Column(
            name=column.name,
            subject=subject,
            unit=unit,
            factor=factor,
            place=column.place,
        )


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in "*?[")


def _no_column(column: str, columns: Sequence[str], name: str) -> Diagnostic:
    near = get_close_matches(column, columns, n=1)
    return Diagnostic(
        code="GDL733",
        message=f"there is no column `{column}`",
        labels=(_places(columns, name).at(),),
        help=tuple(Help(message=f"did you mean `{one}`?") for one in near),
    )


def _places(columns: Sequence[str], name: str) -> Places:
    """Where each column's name stands in one line of them all."""
    text = Text(name, ", ".join(columns))
    places: dict[str, Label] = {}
    start = 0
    for column in columns:
        span = Span(start, start + len(column))
        places.setdefault(f"{column}:", Label(text=text, span=span))
        start = span.end + len(", ")
    everything: Mapping[str, Any] = {}
    return places_of(Patient(facts=everything, name=name, places=places))
