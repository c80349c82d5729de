"""Rows with codes, as warehouses hold them, made into one row of facts for each patient.

A row says something of a patient: a diagnosis, a result, a drug. What it means is looked up by its
code. A patient without such a row is not known to be without the thing: that is only so for facts
whose rows the caller calls complete. Every row that is not read is counted, with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import define, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.code_map import CodeMap, code_map, key_of
from b12guide.cohort.coded_rows import (
    NO_DAY,
    NOT_SAID,
    Ints,
    People,
    RowColumns,
    Texts,
    joined,
    people_of,
    row_columns,
)
from b12guide.cohort.frames import arrow_of, kind_of, native, unusable
from b12guide.diagnostics import Label
from b12guide.frozen import Record
from b12guide.graph.coded import Coded, Pair
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import Units
from b12guide.patient.reading import conversion
from b12guide.say.words import plural
from b12guide.text import Span, Text
from b12guide.values.calendar import add
from b12guide.values.term import Kind


@frozen(kw_only=True, repr=False)
class CodedRows(Record):
    """How many rows have one code, and what became of them.

    Attributes:
        system: The terminology, by its short name if it has one.
        code: As it is written.
        rows: How many rows.
        patients: Of how many patients.
        fact: The fact that they state; None where they were not read.
        reason: Why they were not read; None where they were.
        seen_in: The publication in which the code was seen with this meaning.
    """

    system: str
    code: str
    rows: int
    patients: int
    fact: str | None = None
    reason: str | None = None
    seen_in: str | None = None

    @property
    def text(self) -> str:
        """The same in one line."""
        said = (
            f"state {self.fact}" if self.reason is None else f"not read: {self.reason}"
        )
        rows, whose = _counted(self.rows, "row"), _counted(self.patients, "patient")
        return f"{self.system} {self.code}: {rows} of {whose} {said}"


def _counted(number: int, noun: str) -> str:
    return plural(f"{number:,}", noun)


@frozen(kw_only=True, eq=False, repr=False)
class DecodedPatients:
    """One row for each patient, and what became of the rows with codes.

    Attributes:
        frame: The column that names patients, then a column for each fact, for
            `Guideline.cohort`; of the same kind as the rows.
        patient: The name of that column.
        read: The rows that were read, by code, the most frequent first.
        unread: Those that were not, likewise.
    """

    frame: Any
    patient: str
    read: tuple[CodedRows, ...]
    unread: tuple[CodedRows, ...]


def decoded(  # noqa: PLR0913 -- rows, whose they are, and how they are read
    graph: RuleGraph,
    rows: Any,
    *,
    on: dt.date,
    patients: Any = None,
    patient: str | None = None,
    complete: Iterable[str] = (),
    codes: Iterable[str | Path] = (),
    source: str | None = None,
    units: Units = Units.REQUIRED,
) -> DecodedPatients:
    """What rows with codes say of each patient.

    Args:
        graph: The guideline.
        rows: One frame, or several.
        on: The day for which the facts hold; later rows do not count.
        patients: A frame with a row for each patient, and facts of its own such as `age`. Without
            it, patients are those who have a row.
        patient: The column that names patients, in all frames.
        complete: Findings, events and choices of which every case has a row: without one they are
            absent.
        codes: Mapping files beside the one that ships.
        source: The terminology of the columns `*_source_value` of OMOP; they are passed over
            without it.
        units: What becomes of numbers without a unit.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: The columns cannot be used, a fact is none, or a mapping file is wrong.
    """
    known = code_map(graph, codes)
    listed = list(rows) if isinstance(rows, list | tuple) else [rows]
    if not listed:
        raise unusable([("there are no rows", "give a frame, or several")])
    tables = [
        row_columns(arrow_of(frame, "rows"), patient, source, known) for frame in listed
    ]
    people = people_of(tables, patients, patient)
    decoding = _Decoding(graph, known, on, units, people)
    for table in tables:
        decoding.add(table)
    columns = decoding.columns([*_complete(complete, graph)])
    frame = joined(people, columns)
    read, unread = decoding.told()
    return DecodedPatients(
        frame=native(frame, kind_of(listed[0])),
        patient=people.name,
        read=read,
        unread=unread,
    )


def _complete(names: Iterable[str], graph: RuleGraph) -> Iterator[Fact]:
    """The facts that are absent without a row."""
    mistakes = []
    for name in names:
        fact = graph.vocabulary.facts.get(name)
        if fact is None:
            mistakes.append(
                (f"there is no fact `{name}`", "`b12guide facts` lists all")
            )
        elif fact.kind is Kind.MEASURE or (
            fact.kind is Kind.CHOICE and "none" not in fact.values
        ):
            remedy = "leave it out of those that are complete"
            mistakes.append((f"without a row, `{name}` has no value", remedy))
        else:
            yield fact
    if mistakes:
        raise unusable(mistakes)


# -------------------------------------------------------------------------- decoding

_NOWHERE = Label(text=Text("rows", ""), span=Span(0, 0))
_UNKNOWN = "no fact has this code"


@frozen(eq=False)
class _Measured:
    """Some numbers of one measure: whose, of which day, how much."""

    positions: Ints
    days: Ints
    values: Texts


@define(eq=False)
class _Decoding:
    """What the rows so far come to; it is filled while they are gone through."""

    graph: RuleGraph
    known: CodeMap
    on: dt.date
    units: Units
    people: People
    _present: dict[str, list[Ints]] = field(factory=dict)
    _chosen: dict[str, list[tuple[str, Ints]]] = field(factory=dict)
    _measured: dict[str, list[_Measured]] = field(factory=dict)
    _touched: dict[str, list[Ints]] = field(factory=dict)
    _told: dict[tuple[str, str, str | None, str | None], list[Ints]] = field(
        factory=dict
    )

    def add(self, rows: RowColumns) -> None:
        """Take in the rows of a table."""
        positions = self.people.positions(rows.ids)
        is_read = np.zeros(len(positions), dtype=bool)
        columns = [rows.codes] if rows.others is None else [rows.others, rows.codes]
        for number, keys in enumerate(columns, start=1):
            for key, places in _grouped(keys):
                pair, coded, reason = self._meant(key)
                if reason is None:
                    is_read[places] = True
                elif number == len(columns):
                    # A row whose other code was read has said what it says.
                    rest = places[~is_read[places]]
                    if len(rest):
                        self._tell(pair, None, reason, positions[rest])
                for one in coded:
                    self._claim(pair, one, rows, positions, places)
                for fact in self._near(pair) if reason is not None else ():
                    whose = positions[places]
                    self._touched.setdefault(fact, []).append(whose[whose >= 0])

    def _near(self, pair: Pair) -> Iterator[str]:
        """The facts that have other codes of the same three-character category of ICD-10.

        Who has a code that is less exact, or more, is not without the disease.
        """
        system, code = key_of(*pair)
        if system.startswith("icd10"):
            for (other, known), coded in self.known.facts.items():
                if other.startswith("icd10") and known[:3] == code[:3]:
                    yield from (one.fact.name for one in coded)

    def _meant(self, key: str) -> tuple[Pair, tuple[Coded, ...], str | None]:
        """What a code states, given of what it is a code; else why it states nothing."""
        system, code, role = key.split("\x1f")
        pair = key_of(system, code)
        coded = self.known.facts.get(pair, ())
        told = (pair[0], code.strip())
        if role == NOT_SAID:  # nobody says of what it is a code
            roles = {one.of for one in coded}
            if len(roles) > 1 and "allergy" in roles:
                return told, (), "say in a column `for` whether it is an allergy"
            fitting = coded
        elif role in {"", "procedure"}:
            fitting = tuple(one for one in coded if one.of in {None, role or None})
        else:
            fitting = tuple(one for one in coded if one.of == role)
        return told, fitting, None if fitting else _UNKNOWN

    def _claim(
        self, pair: Pair, coded: Coded, rows: RowColumns, positions: Ints, places: Ints
    ) -> None:
        """Take in the rows of one code that state one fact."""
        fact, whose = coded.fact, positions[places]
        left = np.ones(len(places), dtype=bool)
        self._touched.setdefault(fact.name, []).append(whose[whose >= 0])
        for reason, is_so in self._reasons(coded, rows, places):
            wrong = left & is_so
            if wrong.any():
                self._tell(pair, None, reason, whose[wrong])
                left &= ~wrong
        stray = left & (whose < 0)
        if stray.any():
            self._tell(
                pair, None, "the table of patients lacks the patient", whose[stray]
            )
            left &= ~stray
        if not left.any():
            return
        self._tell(pair, fact.name, None, whose[left])
        kept = places[left]
        match fact.kind:
            case Kind.MEASURE:
                self._measure(fact, rows, positions, kept)
            case Kind.CHOICE:
                value = coded.value or ""
                self._chosen.setdefault(fact.name, []).append((value, positions[kept]))
            case _:
                self._present.setdefault(fact.name, []).append(positions[kept])

    def _reasons(
        self, coded: Coded, rows: RowColumns, places: Ints
    ) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Why rows of one code do not count, with the rows of which it is so."""
        fact, on = coded.fact, _since_1970(self.on)
        if rows.days is not None:
            days = rows.days[places]
            yield "it has no day", days == NO_DAY
            yield "it is after the day asked for", days > on
            oldest = self._oldest(fact)
            if oldest is not None:
                yield "it is too old to count", days < oldest
        ends = np.full(len(places), NO_DAY) if rows.ends is None else rows.ends[places]
        if coded.of == "medication":
            yield "it does not say until when the drug was taken", ends == NO_DAY
        if fact.kind is Kind.FINDING and coded.of != "procedure":
            has_ended = (ends != NO_DAY) & (ends < on)
            yield "it ended before the day asked for", has_ended
        has_number = np.array(
            [value is not None for value in rows.values[places]], bool
        )
        if fact.kind is Kind.MEASURE:
            yield "it has no number", ~has_number
            yield "its number is a bound of the value", rows.is_bound[places]
            yield from self._units_refused(fact, rows.units[places])
            return
        if coded.of is None:
            yield "it has a value of its own", has_number | rows.is_worded[places]
        if fact.kind is Kind.CHOICE and coded.value is None:
            yield "it does not say which value", np.ones(len(places), dtype=bool)

    def _oldest(self, fact: Fact) -> int | None:
        """The first day of which a value still counts; None where all of them do."""
        currency = self.graph.currencies.get(fact.name)
        if currency is None:
            return None
        day = _since_1970(self.on)
        # A value counts for so long after its day: the day before which none does lies back by
        # that length, give or take what months differ in.
        while day > _FIRST:
            until = add(_day(day), currency.length)
            if until is not None and until < self.on:
                return day + 1
            day -= 1
        return None

    def _units_refused(
        self, fact: Fact, units: Texts
    ) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        for unit in dict.fromkeys(units):
            is_so = np.array([one == unit for one in units], dtype=bool)
            if unit is None:
                if fact.unit is not None and self.units is Units.REQUIRED:
                    yield "it has no unit", is_so
            elif not isinstance(conversion(fact, unit, _NOWHERE), Fraction):
                yield f"`{unit}` is no unit of `{fact.name}`", is_so

    def _measure(
        self, fact: Fact, rows: RowColumns, positions: Ints, places: Ints
    ) -> None:
        unit = fact.unit or ""
        texts = [
            f"{rows.values[place]} {rows.units[place] or unit}".strip()
            for place in places
        ]
        days = (
            np.zeros(len(places), np.int64) if rows.days is None else rows.days[places]
        )
        found = _Measured(positions[places], days, np.array(texts, dtype=object))
        self._measured.setdefault(fact.name, []).append(found)

    def _tell(
        self, pair: Pair, fact: str | None, reason: str | None, whose: Ints
    ) -> None:
        self._told.setdefault((*pair, fact, reason), []).append(whose)

    # ---------------------------------------------------------------------- results

    def columns(self, complete: Sequence[Fact]) -> dict[str, Any]:
        """A column for each fact that a row states, or that is complete."""
        absent = {fact.name for fact in complete}
        count = len(self.people.ids)
        found = {}
        for name, fact in self.graph.vocabulary.facts.items():
            cells = np.full(count, None, dtype=object)
            is_stated = True
            if name in self._present:
                cells[np.concatenate(self._present[name])] = True
            elif name in self._chosen:
                self._choose(name, cells)
            elif name in self._measured:
                self._latest(name, cells)
            else:
                is_stated = False
            if name in absent:
                touched = self._touched.get(name, [])
                is_open = np.ones(count, dtype=bool)
                is_open[np.concatenate([*touched, np.array([], np.int64)])] = False
                cells[is_open] = "none" if fact.kind is Kind.CHOICE else False
            if is_stated or name in absent:
                is_truth = fact.kind in {Kind.FINDING, Kind.EVENT}
                kind = pa.bool_() if is_truth else pa.string()
                found[name] = pa.array(cells.tolist(), type=kind)
        return found

    def _choose(self, name: str, cells: Texts) -> None:
        """The value of a choice; none where rows state several."""
        values: dict[int, set[str]] = {}
        for value, whose in self._chosen[name]:
            for position in whose.tolist():
                values.setdefault(position, set()).add(value)
        several = [place for place, found in values.items() if len(found) > 1]
        for place, found in values.items():
            cells[place] = next(iter(found)) if len(found) == 1 else None
        if several:
            reason = "they state several values of it"
            self._tell(("several codes", name), None, reason, np.array(several))

    def _latest(self, name: str, cells: Texts) -> None:
        """The latest value of a measure; none where its latest day has several."""
        parts = self._measured[name]
        whose = np.concatenate([part.positions for part in parts])
        days = np.concatenate([part.days for part in parts])
        values = np.concatenate([part.values for part in parts])
        latest: dict[int, tuple[int, set[str]]] = {}
        for place, day, value in zip(
            whose.tolist(), days.tolist(), values, strict=True
        ):
            before = latest.get(place)
            if before is None or day > before[0]:
                latest[place] = (day, {value})
            elif day == before[0]:
                before[1].add(value)
        several = [place for place, (_, found) in latest.items() if len(found) > 1]
        for place, (_, found) in latest.items():
            cells[place] = next(iter(found)) if len(found) == 1 else None
        if several:
            reason = "they state several values of its latest day"
            self._tell(("several rows", name), None, reason, np.array(several))

    def told(self) -> tuple[tuple[CodedRows, ...], tuple[CodedRows, ...]]:
        """What was read and what was not, the most frequent first."""
        read: list[CodedRows] = []
        unread: list[CodedRows] = []
        for (system, code, fact, reason), parts in self._told.items():
            whose = np.concatenate(parts)
            one = CodedRows(
                system=system,
                code=code,
                rows=len(whose),
                patients=len(np.unique(whose[whose >= 0])),
                fact=fact,
                reason=reason,
                seen_in=None
                if fact is None
                else self.known.seen.get(key_of(system, code)),
            )
            (unread if fact is None else read).append(one)

        def order(one: CodedRows) -> tuple[int, str, str, str]:
            return (-one.rows, one.system, one.code, one.reason or one.fact or "")

        return tuple(sorted(read, key=order)), tuple(sorted(unread, key=order))


_EPOCH = dt.date(1970, 1, 1)
_FIRST = (dt.date(1, 1, 2) - _EPOCH).days


def _since_1970(day: dt.date) -> int:
    return (day - _EPOCH).days


def _day(number: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=number)


def _grouped(keys: Texts) -> Iterator[tuple[str, Ints]]:
    """Each key with the places at which it stands."""
    if not len(keys):
        return
    found = pa.array(keys, type=pa.string()).dictionary_encode()
    numbers = np.asarray(found.indices, dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    ends = np.flatnonzero(np.diff(numbers[order])) + 1
    for places in np.split(order, ends):
        yield str(found.dictionary[int(numbers[places[0]])]), places
