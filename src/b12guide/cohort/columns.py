"""Matches the columns of a frame to facts, by their names and by nothing else.

A column is named as its fact is, or by a synonym that means one fact only, whatever its capitals,
and may have a unit in brackets: `egfr [mL/min]`. A unit can also stand in the metadata of the
column's field, or in the mapping that the caller gives. A column that is no fact is a mistake,
unless the caller says that it is to be kept or ignored: a slip in a name would otherwise make a
fact unknown for everybody. Tables often have hundreds of other columns, so these are one mistake
together; only those that are probably a slip are reported one by one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cached_property
from typing import Any

import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.cohort.advised_phases import REGIMEN_DECISIONS
from b12guide.cohort.options import PLAIN, Options, Spelling, in_schema
from b12guide.cohort.regimen_columns import COLUMNS
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.frozen import Record
from b12guide.graph.model import Decision, Definition, Fact, RuleGraph
from b12guide.patient.fact_names import FactNames, stated_twice, unknown_name
from b12guide.patient.model import Patient
from b12guide.patient.notation import shown
from b12guide.patient.reading import conversion
from b12guide.patient.shape import PatientPlaces, places_of
from b12guide.text import Span, Text
from b12guide.values.term import Kind

_BRACKETED = re.compile(r"(?P<name>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*")
_MOST_TOLD = 20
"""How many names are reported one by one, each with what was probably meant."""

_MOST_NAMED = 5
_SIGNS = (";", "\t", "|", ",")
_NAMES_PATIENTS = re.compile(
    r"(.*_)?(id|pid|patid|mrn|seqn|patient|person|subject)", re.IGNORECASE
)
"""Columns with names like these say whose row it is."""


@frozen(kw_only=True, repr=False)
class Column(Record):
    """A column that holds a fact.

    Attributes:
        name: The name that the column has in the frame.
        unit: The unit of its numbers; None where they are in the measure's own.
        factor: What a number of the column is to be multiplied by, to be in the measure's own unit.
        spelling: How its cells are written.
        is_one_kind: Whether it has the name of one kind of a finding, which no cell of it denies.
        place: The column's name among the names of all columns.
    """

    name: str
    subject: Fact | Definition
    unit: str | None = None
    factor: Fraction = Fraction(1)
    spelling: Spelling = PLAIN
    is_one_kind: bool = False
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


def subject_of(column: str, names: FactNames) -> Fact | Definition | None:
    """The fact that a column holds, by its name; None for no fact.

    The headings of tables are written as it pleases: `Age`, `eGFR`, `B12 deficiency`.
    """
    bracketed = _BRACKETED.fullmatch(column)
    name = bracketed["name"] if bracketed else column
    return names.find(name) or names.find_folded(name)


def left_out(graph: RuleGraph | None, options: Options) -> Callable[[str], bool]:
    """Which columns the caller said nobody is to look at, where `graph` is asked of patients.

    A pattern leaves out only what is no fact; and `*` no column of advice either, so that the
    output of an earlier run is not taken for patients about whom nothing is known.
    """
    names = None if graph is None else FactNames(graph)
    is_advice = _is_of_advice(graph)

    def is_so(column: str) -> bool:
        if column in options.keep:
            return False
        if column in options.ignore:
            return True
        if names is not None and subject_of(column, names) is not None:
            return False
        patterns = [p for p in options.ignore if p.strip("*") or not is_advice(column)]
        return any(fnmatchcase(column, pattern) for pattern in patterns)

    return is_so


def _is_of_advice(graph: RuleGraph | None) -> Callable[[str], bool]:
    """Whether a column has the name of one that this guideline, or another, gives advice in."""
    ends = ("outcome", "value", "certain", "accord")
    told = [(decision, end) for decision in Decision for end in ends]
    told += [(decision, end) for decision in REGIMEN_DECISIONS for end in COLUMNS]
    names = {f"{one.value}{sign}{end}" for one, end in told for sign in "._"}
    rules = () if graph is None else graph.rules
    names.update(
        f"{start}_{rule}" for rule in rules for start in ("rule", "overridden")
    )
    return lambda column: column in names or column.startswith(("rule.", "overridden."))


_LONG = ("rule", "decision", "verdict")
"""The columns of advice with a row for each rule."""


def kept_as_advice(
    columns: Sequence[str], schema: pa.Schema, name: str
) -> PatientError:
    """GDL737: columns cannot be kept under names that columns of the advice have."""
    places = _places(schema.names, name)
    message = f"{name} cannot be used"
    return PatientError(
        message,
        [
            Diagnostic(
                code="GDL737",
                message=f"the advice has a column `{column}` of its own beside the one to be kept",
                labels=(places.at(f"{column}:"),),
                help=(Help(message="give the column another name, or do not keep it"),),
            )
            for column in columns
        ],
    )


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
        PatientError: Some column cannot be used; all of them are reported at once.
    """
    return _Matching(schema, graph, options, name).matched()


@frozen(slots=False, eq=False, repr=False)
class _Matching:
    """The columns of one frame, and what the caller said about them."""

    schema: pa.Schema
    graph: RuleGraph
    options: Options
    name: str

    @cached_property
    def names(self) -> FactNames:
        return FactNames(self.graph)

    @cached_property
    def places(self) -> PatientPlaces:
        return _places(self.schema.names, self.name)

    @cached_property
    def is_left_out(self) -> Callable[[str], bool]:
        return left_out(self.graph, self.options)

    @cached_property
    def subjects(self) -> Mapping[str, Fact | Definition | None]:
        return {column: subject_of(column, self.names) for column in self.schema.names}

    def matched(self) -> Matched:
        found: dict[str, Column] = {}
        wrong: list[Diagnostic] = list(self.not_there())
        for number, column in enumerate(self.schema.names):
            subject = self.subjects[column]
            if column in self.options.ignore or subject is None:
                continue
            if subject.name in found:
                first = found[subject.name].name
                if first != column:  # else told already
                    wrong.append(stated_twice(subject, first, column, self.places))
                continue
            one = Column(
                name=column,
                subject=subject,
                spelling=self.options.spelling,
                is_one_kind=self.names.is_one_kind(column),
                place=self.places.at(f"{column}:"),
            )
            with_unit = self.with_unit(one, self.schema.field(number))
            if isinstance(with_unit, Diagnostic):
                wrong.append(with_unit)
                with_unit = one
            found[subject.name] = with_unit
        wrong += self.no_facts()
        if wrong:
            message = f"{self.name} cannot be used"
            raise PatientError(message, wrong)
        return Matched(columns=tuple(found.values()), kept=self.options.keep)

    def not_there(self) -> Iterator[Diagnostic]:
        """GDL733: a column that the caller names and the frame lacks, or has twice."""
        columns = self.schema.names
        for column, count in Counter(columns).items():
            if count > 1 and not self.is_left_out(column):
                yield Diagnostic(
                    code="GDL733",
                    message=f"there are {count} columns `{column}`",
                    labels=(self.places.at(f"{column}:"),),
                    help=(Help(message="give each column a name of its own"),),
                )
        patterns = [one for one in self.options.ignore if not _is_pattern(one)]
        for column in dict.fromkeys([*self.options.keep, *patterns]):
            if column not in self.subjects:
                yield _no_column(column, columns, self.name)
        subjects = set(self.subjects.values()) - {None}
        for column in self.options.units:
            if column in self.subjects:
                continue
            if subject_of(column, self.names) not in subjects:
                yield _no_column(column, columns, self.name)

    def no_facts(self) -> Iterator[Diagnostic]:
        """What is to be said of all columns that are no facts, and are not left out or kept."""
        strange = [
            column
            for column, subject in self.subjects.items()
            if subject is None and column not in self.options.keep
        ]
        known = _is_of_advice(self.graph)
        if in_schema(self.schema):  # whatever its columns are called
            advice = [c for c in strange if not self.is_meant(c)]
        else:
            advice = [c for c in strange if known(c) and not self.is_left_out(c)]
        if not advice and set(_LONG) <= {c for c in strange if not self.is_meant(c)}:
            advice = list(_LONG)
        if advice:
            yield self.is_advice(advice)
        open_, slips = [], set()
        for column in strange:
            if column in advice or self.is_meant(column):
                continue
            meant = self.names.slips(column)
            if meant:
                slips.add(column)
            # `*` leaves out what is no fact, and not the only column that was to be one.
            if not self.is_left_out(column) or not self.there.issuperset(meant):
                open_.append(column)
        few = len(open_) <= _MOST_TOLD and not self.seems_undivided
        told: list[str] = []
        for column in open_:
            found = None
            if few or (column in slips and len(told) < _MOST_TOLD):
                found = unknown_name(self.names, column, None, self.places)
                found = self.no_fact(column, found) if _is_telling(found) else None
            if found is not None:
                told.append(column)
                yield found
        rest = [column for column in open_ if column not in set(told)]
        if rest:
            yield self.no_facts_at_all(rest)

    @cached_property
    def there(self) -> frozenset[str]:
        """The facts that have a column."""
        return frozenset(s.name for s in self.subjects.values() if s is not None)

    @property
    def seems_undivided(self) -> bool:
        """Whether the names of all columns seem to have been taken for one."""
        columns = self.schema.names
        return len(columns) == 1 and any(sign in columns[0] for sign in _SIGNS)

    def is_meant(self, column: str) -> bool:
        """Whether a column is left out by its name, or by a pattern that is not just everything."""
        patterns = (one for one in self.options.ignore if one.strip("*"))
        return any(fnmatchcase(column, one) for one in patterns)

    def is_advice(self, columns: Sequence[str]) -> Diagnostic:
        """GDL737: an earlier run wrote this table."""
        by_name = [c for c in columns if _is_of_advice(self.graph)(c)]
        found = "is advice, as its metadata say"
        if by_name or not in_schema(self.schema):
            found = f"has columns of advice, {_some(by_name or columns)}"
        return Diagnostic(
            code="GDL737",
            message=f"{self.name} {found}: an earlier run wrote it, and its rows are no patients",
            labels=(self.places.at(f"{columns[0]}:"),),
            help=(
                Help(
                    message="name the table of patients; where they really have such columns, "
                    'leave these out by a pattern of their own (`ignore=["rule.*"]`, '
                    "`--ignore 'rule.*'`)"
                ),
            ),
        )

    def no_fact(self, column: str, found: Diagnostic) -> Diagnostic:
        """GDL707 or GDL708, with what else can be done about a column."""
        remedy = (
            f'keep it beside the advice (`keep=["{column}"]`, `--keep {column}`) or '
            f'leave it out (`ignore=["{column}"]`, `--ignore {column}`)'
        )
        return evolve(
            found,
            message=found.message.replace(
                "there is no fact", "there is no fact called"
            ),
            help=(*found.help, Help(message=remedy)),
        )

    def no_facts_at_all(self, columns: Sequence[str]) -> Diagnostic:
        """GDL707 for columns of which nothing more is to be said than that they are no facts."""
        first = columns[0]
        message = f"{len(columns):,} columns are no facts: {_some(columns)}"
        if len(columns) == 1:
            message = f"there is no fact called `{shown(first)}`"
        help_ = [
            Help(
                message="leave out whatever is no fact (`ignore=\"*\"`, `--ignore '*'`), or keep "
                f'a column beside the advice (`keep=["{first}"]`, `--keep {first}`)'
            )
        ]
        ids = [column for column in columns if _NAMES_PATIENTS.fullmatch(column)]
        if ids:
            said = (
                f"does `{ids[0]}` name the patients? a study and an audit take it as "
                f'`patient="{ids[0]}"` (`--id {ids[0]}` of `compare` and `audit`), and a cohort '
                f'keeps it beside the advice (`keep=["{ids[0]}"]`, `--keep {ids[0]}`)'
            )
            help_ = [Help(message=said), *help_]
        if self.seems_undivided:
            sign = next(sign for sign in _SIGNS if sign in first)
            named = "tab" if sign == "\t" else sign
            said = f"are the cells divided by another sign? (`--divider '{named}'`)"
            help_ = [Help(message=said)]
        return Diagnostic(
            code="GDL707",
            message=message,
            labels=(self.places.at(f"{first}:"),),
            help=tuple(help_),
        )

    def with_unit(self, column: Column, one: pa.Field) -> Column | Diagnostic:
        """`column` with its unit, where something names one."""
        bracketed = _BRACKETED.fullmatch(column.name)
        metadata = one.metadata or {}
        by_field = metadata.get(b"unit", b"").decode(errors="replace")
        by_mapping = next(
            (
                unit
                for key, unit in self.options.units.items()
                if key == column.name or subject_of(key, self.names) == column.subject
            ),
            "",
        )
        by_name = bracketed["unit"] if bracketed else ""
        told = dict.fromkeys(u for u in (by_mapping, by_name, by_field) if u)
        if not told:
            return column
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
        return evolve(column, unit=unit, factor=factor)


def _is_telling(found: Diagnostic) -> bool:
    """Whether more is known of a name than that it is no fact."""
    return found.code != "GDL707" or any(
        "did you mean" in h.message for h in found.help
    )


def _some(columns: Sequence[str]) -> str:
    listed = ", ".join(f"`{shown(column)}`" for column in columns[:_MOST_NAMED])
    more = len(columns) - _MOST_NAMED
    return f"{listed} and {more:,} more" if more > 0 else listed


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


def _places(columns: Sequence[str], name: str) -> PatientPlaces:
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
