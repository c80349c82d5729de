"""What is stated of a patient on one day: facts under the names of the guideline, in its units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from numbers import Rational
from typing import Any

from attrs import evolve, frozen

from b12guide.diagnostics import (
    MOST_ALIKE,
    Diagnostic,
    Help,
    Label,
    Severity,
    and_more,
    curtailed,
    in_order,
)
from b12guide.errors import PatientError
from b12guide.frozen import Record
from b12guide.graph.derived import behind, words_of
from b12guide.graph.model import Definition, Fact, RuleGraph, Series
from b12guide.patient.fact_names import FactNames, stated_twice, unknown_name
from b12guide.patient.model import Datum, FactValue, Patient, Stated, Units
from b12guide.patient.notation import Notation, as_text, shown
from b12guide.patient.over_time import (
    age_on,
    changes_of,
    ended,
    instant_of,
    latest_of_day,
    since_when,
    standing_on,
    turns_after,
    with_ends,
)
from b12guide.patient.reading import ReadValue, read_value
from b12guide.patient.series_on_day import SeriesOnDay, latest_first, series_on
from b12guide.patient.shape import PatientPlaces, places_of
from b12guide.patient.worked_out import with_derived
from b12guide.text import Span, Text
from b12guide.values.bound import ends_of
from b12guide.values.calendar import parse_moment
from b12guide.values.term import Kind


@frozen(repr=False)
class Entries(Record):
    """All values that a record has of one fact, and what is wrong with them."""

    entries: tuple[Datum, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


# ------------------------------------------------------------------------- reading


def read_entries(
    subject: Fact | Definition,
    raw: Any,
    written: PatientPlaces,
    key: str,
    units: Units = Units.ASSUME,
) -> Entries:
    """The values that `raw`, written under `key`, has of `subject`."""
    if not isinstance(raw, list | tuple):
        return _read_one(subject, raw, written, (key, None), units)
    if not raw:
        place = written.at(key)
        nothing = Notation.of(place.text).nothing("for what is not known")
        empty = Diagnostic(
            code="GDL717",
            message=f"the list of values of `{subject.name}` is empty",
            labels=(place,),
            help=(Help(message=f"write {nothing}"),),
        )
        return Entries((), (empty,))
    read = []
    for number, item in enumerate(raw):
        path = f"{key}[{number}]"
        if not isinstance(item, Mapping) or (len(raw) > 1 and "on" not in item):
            value = item.get("value") if isinstance(item, Mapping) else item
            place = written.at(path, key)
            dated = Notation.of(place.text).dated(shown_value(value))
            undated = Diagnostic(
                code="GDL717",
                message=f"a value in the list of `{subject.name}` has no date",
                labels=(place,),
                notes=(_LATEST_COUNTS,),
                help=(Help(message=f"write `{dated}`"),),
            )
            read.append(Entries((), (undated,)))
        else:
            read.append(_read_one(subject, item, written, (key, number), units))
    entries = tuple(entry for one in read for entry in one.entries)
    diagnostics = (d for one in read for d in one.diagnostics)
    disagreements = (
        Diagnostic(
            code="GDL718",
            message=f"`{subject.name}` has two values {told}",
            labels=(written.at(one.path, key), written.at(other.path, key)),
            notes=(NEITHER_LATER,),
            help=(
                Help(message="keep the value that counts, or give both their times"),
            ),
        )
        for one, other, told in disagreeing(entries)
    )
    return Entries(entries, (*diagnostics, *disagreements))


_LATEST_COUNTS = "of several values, the latest on or before the day asked for counts"


def _read_one(
    subject: Fact | Definition,
    raw: Any,
    written: PatientPlaces,
    where: tuple[str, int | None],
    units: Units,
) -> Entries:
    """One value, which stands under a key or at a place of the list under it."""
    key, index = where
    path = key if index is None else f"{key}[{index}]"
    if not isinstance(raw, Mapping):
        reading = _read_at(
            lambda place: read_value(subject, raw, place, units),
            lambda: written.at(path, key),
        )
        if reading.diagnostics:
            return Entries((), reading.diagnostics)
        return Entries((_datum(subject, reading, raw, path, where),))
    diagnostics = list(_misshapen(subject, raw, written, path, key))
    spelled, wrong = _units_of(subject, raw, written, path, key)
    diagnostics += wrong
    reading, bounded, value = ReadValue(), None, None
    if "value" in raw and not diagnostics:
        value, within = raw["value"], f"{path}.value"
        if raw.get("comparator") is not None:
            value = f"{raw['comparator']}{shown(value)}"
        bound = ends_of(value) if isinstance(value, str) else None
        if bound is not None and bound.is_empty:
            bound = None
        if not isinstance(subject, Fact) or subject.kind is not Kind.MEASURE:
            bound = None

        def read(one: Any) -> ReadValue:
            return _read_at(
                lambda place: read_value(subject, one, place, units, spelled),
                lambda: written.at(within, path, key),
            )

        readings = [read(one) for one in ((value,) if bound is None else bound.ends)]
        diagnostics += (d for one in readings for d in one.diagnostics)
        reading = readings[0]
        if bound is not None and not diagnostics:
            own = [Fraction(one.value or 0) for one in readings]
            bounded = bound.with_ends(own)
            reading = ReadValue(None, (), reading.assumed)
    moment: dt.date | None = None
    if "on" in raw:
        found = _moment(subject, raw["on"], written, path, key)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        else:
            moment = found
    if diagnostics:
        return Entries((), tuple(diagnostics))
    at = moment if isinstance(moment, dt.datetime) else None
    on = at.date() if at is not None else moment
    told = raw["value"] if bounded is None else value
    datum = _datum(subject, reading, told, f"{path}.value", where)
    unit = spelled[0] if spelled else None
    return Entries((evolve(datum, unit=unit, on=on, at=at, bound=bounded),))


def _datum(
    subject: Fact | Definition,
    reading: ReadValue,
    raw: Any,
    path: str,
    where: tuple[str, int | None],
) -> Datum:
    # What was stated, without the class that somebody made for it.
    stated: bool | int | float | Decimal | Fraction | str | None
    match raw:
        case None | bool() | Decimal():
            stated = raw
        case str():
            stated = str(raw)
        case Rational():
            exact = Fraction(int(raw.numerator), int(raw.denominator))
            stated = int(exact) if exact.denominator == 1 else exact
        case _:
            stated = float(raw)
    return Datum(
        fact=subject.name,
        key=where[0],
        index=where[1],
        stated=stated,
        value=reading.value,
        assumed=reading.assumed,
        path=path,
    )


_NOWHERE = Label(text=Text("", ""), span=Span(0, 0))


def _read_at(
    read: Callable[[Label], ReadValue], place: Callable[[], Label]
) -> ReadValue:
    """The reading of a value; its place, which takes time to find, only if it is needed."""
    reading = read(_NOWHERE)
    return read(place()) if reading.diagnostics else reading


_UCUM = "http://unitsofmeasure.org"
_KEYS = ("value", "unit", "code", "system", "comparator", "on")
"""A value with its unit and its day; `code`, `system` and `comparator` as FHIR's Quantity."""


def _units_of(
    subject: Fact | Definition,
    raw: Mapping[Any, Any],
    written: PatientPlaces,
    path: str,
    key: str,
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """The units that stand beside a value, the code first, which is meant for programs."""

    def refused(name: str, message: str, remedy: str) -> Diagnostic:
        return Diagnostic(
            code="GDL717",
            message=message,
            labels=(written.at(f"{path}.{name}", path, key),),
            help=(Help(message=remedy),),
        )

    found: list[str] = []
    wrong: list[Diagnostic] = []
    is_measure = isinstance(subject, Fact) and subject.kind is Kind.MEASURE
    for name in ("code", "unit", "system", "comparator"):
        text = raw.get(name)
        if text is None or (isinstance(text, str) and not text.strip()):
            continue
        if not isinstance(text, str):
            told = (
                f"the `{name}` of `{subject.name}` is text, and `{shown(text)}` is not"
            )
            wrong.append(refused(name, told, "write it like `mL/min`"))
        elif not is_measure:
            told = f"`{subject.name}` is no measure and has no `{name}`"
            wrong.append(refused(name, told, f"leave out `{name}`"))
        elif name == "system" and text != _UCUM:
            told = (
                f"the code of `{subject.name}` is none of UCUM, but of `{shown(text)}`"
            )
            remedy = f"write the unit under `unit`, or a code of UCUM (`{_UCUM}`)"
            wrong.append(refused(name, told, remedy))
        elif name in {"code", "unit"}:
            found.append(text.strip())
    return tuple(dict.fromkeys(found)), wrong


# ---------------------------------------------------------------------- diagnostics


def shown_value(value: Any) -> str:
    """`value` as it would stand in a JSON file, in short."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def _misshapen(
    subject: Fact | Definition,
    raw: Mapping[Any, Any],
    written: PatientPlaces,
    path: str,
    key: str,
) -> Iterator[Diagnostic]:
    """GDL717: other keys than those of a dated value or of a quantity, or no value."""
    for other in raw:
        if other in _KEYS:
            continue
        helps = [
            Help(message="a value with its day has the keys `value`, `unit`, `on`")
        ]
        near = get_close_matches(as_text(other), ("value", "unit", "on"), n=1)
        if other in {"date", "when", "at", "day", "time", "effective"}:
            helps.insert(0, Help(message="did you mean `on`?"))
        elif near:
            helps.insert(0, Help(message=f"did you mean `{near[0]}`?"))
        yield Diagnostic(
            code="GDL717",
            message=f"a value of `{subject.name}` has the unknown key `{shown(other)}`",
            labels=(written.at(f"{path}.{as_text(other)}:", path, key),),
            help=tuple(helps),
        )
    if "value" not in raw:
        place = written.at(path, key)
        yield Diagnostic(
            code="GDL717",
            message=f"a dated value of `{subject.name}` lacks its `value`",
            labels=(place,),
            help=(Help(message=f"write `{Notation.of(place.text).dated('...')}`"),),
        )


def read_moment(raw: Any) -> dt.date | dt.datetime | None:
    """The day, or the moment, that `raw` is or writes; None where it does neither.

    What comes back is of Python's own classes, with a fixed offset if it has one.
    """
    if isinstance(raw, str):
        return parse_moment(raw)
    if not isinstance(raw, dt.date):
        return None
    try:
        if not isinstance(raw, dt.datetime):
            return dt.date(raw.year, raw.month, raw.day)
        offset = raw.utcoffset()
        zone = None if offset is None else dt.timezone(offset)
        clock = dt.time(raw.hour, raw.minute, raw.second, raw.microsecond)
        day = dt.date(raw.year, raw.month, raw.day)
        return dt.datetime.combine(day, clock, zone)
    except (TypeError, ValueError):  # such as the NaT of pandas, which is no day at all
        return None


def _moment(
    subject: Fact | Definition, raw: Any, written: PatientPlaces, path: str, key: str
) -> dt.date | Diagnostic:
    """The day or moment that `raw` writes, or GDL716."""
    found = read_moment(raw)
    if found is not None:
        return found
    remedy = "write year-month-day, such as `2025-03-05` or `2025-03-05T08:30`"
    if isinstance(raw, str) and (meant := _date_meant(raw)) is not None:
        remedy = f"did you mean `{meant.isoformat()}`?"
    return Diagnostic(
        code="GDL716",
        message=f"`{shown(raw)}`, the day of a value of `{subject.name}`, is not a date",
        labels=(written.at(f"{path}.on", path, key),),
        help=(Help(message=remedy),),
    )


def _date_meant(written: str) -> dt.date | None:
    """The date that `written` can only mean: year first, or with a time of day."""
    pieces = written.strip().replace("/", "-").replace(".", "-").partition("T")[0]
    numbers = pieces.partition(" ")[0].split("-")
    if len(numbers) == 1 and len(pieces) == 8:
        numbers = [pieces[:4], pieces[4:6], pieces[6:]]
    if len(numbers) != 3 or len(numbers[0]) != 4:
        return None
    found = parse_moment("-".join([numbers[0], *(n.zfill(2) for n in numbers[1:])]))
    return None if isinstance(found, dt.datetime) else found


NEITHER_LATER = (
    "a value without a time, or with a time whose offset from UTC is not known, may be earlier or "
    "later than another of its day"
)


def disagreeing(entries: Iterable[Datum]) -> Iterator[tuple[Datum, Datum, str]]:
    """The pairs of values that disagree and of which neither is later, with when that is."""
    first: dict[object, Datum] = {}
    by_day: dict[dt.date | None, list[Datum]] = {}
    for entry in entries:
        by_day.setdefault(entry.on, []).append(entry)
        instant = instant_of(entry)
        moment = instant if instant is not None else entry.at or entry.on
        other = first.setdefault(moment, entry)
        if other.value != entry.value:
            yield entry, other, f"on {entry.on}{_clock(entry)}"
    for day, found in by_day.items():
        latest = latest_of_day(found)
        for entry in latest[1:]:
            if entry.value != latest[0].value:
                yield (
                    entry,
                    latest[0],
                    f"on {day}, and neither is known to be the later",
                )


def _clock(entry: Datum) -> str:
    return "" if entry.at is None else f" at {entry.at.time().isoformat('minutes')}"


def state(
    patient: Patient,
    graph: RuleGraph,
    on: dt.date | None = None,
    units: Units | None = None,
) -> Stated:
    """The facts that hold of `patient` on the day `on`, as `graph` understands them.

    Args:
        patient: The patient, as recorded.
        graph: The guideline to be asked.
        on: The day asked for; the latest value of each fact counts if there is none.
        units: Whether numbers may lack their unit; what the patient says of it if left out.

    Raises:
        PatientError: The record cannot be used; all its mistakes are reported at once.
    """
    names = FactNames(graph)
    written = places_of(patient)
    asked = patient.units if units is None else units
    values: dict[str, FactValue | None] = {}
    data: list[Datum] = []
    keys: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    unknown, derived = 0, graph.derived
    for key, given in patient.facts.items():
        subject, raw = _meant_by(names, key, given)
        if subject is None:
            unknown += 1
            if unknown <= MOST_ALIKE:  # to find what was meant takes long
                diagnostics.append(unknown_name(names, key, raw, written))
            continue
        if subject.name in keys:
            twice = stated_twice(subject, keys[subject.name], key, written)
            diagnostics.append(evolve(twice, fact=subject.name))
            continue
        keys[subject.name] = key
        entries = read_entries(subject, raw, written, key, asked)
        diagnostics += (evolve(d, fact=subject.name) for d in entries.diagnostics)
        if subject.name in derived:
            diagnostics += _dated_derived(subject.name, entries, graph, written, key)
        dated = with_ends(entries.entries, graph.currencies.get(subject.name))
        found, latest = standing_on(dated, on)
        data.extend(found)
        values[subject.name] = None if latest is None else latest.value
    turns: dict[str, dt.date] = {}
    deciding: dict[str, tuple[Datum, ...]] = {}
    follows: dict[str, bool] = {}
    if graph.ages and on is not None:
        follows, turns = _ages_on(on, data, values, graph)
    for name, one in graph.series.items():
        found_so = _series_on(on, data, one, graph)
        if found_so is not None and found_so.is_so is not None:
            follows[name] = found_so.is_so
            deciding[name] = found_so.values
            if found_so.turns is not None and name not in values:
                turns[name] = found_so.turns
    for name, is_so in follows.items():
        if values.get(name) in {None, is_so}:
            values[name] = is_so
        else:
            place = written.at(keys[name])
            diagnostics.append(_contradicted(name, data, graph, place))
    if diagnostics:
        message = f"{patient.name} cannot be used"
        told = curtailed(in_order(diagnostics))
        if unknown > MOST_ALIKE:
            told += (and_more("GDL707", Severity.ERROR, unknown - MOST_ALIKE),)
        raise PatientError(message, told)
    return with_derived(
        Stated(
            values=values,
            otherwise=patient.otherwise,
            on=on,
            units=asked,
            data=tuple(data),
            turns=turns,
            deciding=deciding,
            bounds={d.fact: d.bound for d in data if d.bound and d.counts},
            places=places_of(patient, {n: k for n, k in keys.items() if n != k}),
        ),
        graph,
    )


def _meant_by(
    names: FactNames, key: Any, raw: Any
) -> tuple[Fact | Definition | None, Any]:
    """The fact that a key means, and what the record says of it.

    A code may stand for one value of a choice: that it is true says which value it is. That it is
    false says one that it is not, which no record can say: it is left to be refused as no value of
    the choice. A code may stand for one kind of a finding: that it is false leaves the finding
    unknown.
    """
    subject = names.find(key)
    if not isinstance(key, str) or "|" not in key:
        return subject, raw
    coded = names.coded(key)
    meant: Mapping[Any, Any] = {}
    if coded is not None and coded.value is not None and subject is None:
        subject, meant = coded.fact, {True: coded.value}
    elif names.is_one_kind(key):
        meant = {False: None}

    def said(value: Any) -> Any:
        if isinstance(value, Mapping) and "value" in value:
            return {**value, "value": said(value["value"])}
        return meant.get(value, value) if isinstance(value, bool) else value

    return subject, tuple(map(said, raw)) if isinstance(raw, list | tuple) else said(
        raw
    )


# ---------------------------------------------------------------------------- ages


def _ages_on(
    day: dt.date,
    data: Sequence[Datum],
    values: Mapping[str, FactValue | None],
    graph: RuleGraph,
) -> tuple[dict[str, bool], dict[str, dt.date]]:
    """The facts that stand for ages, as far as the days of a record tell; and when they turn."""
    found: dict[str, bool] = {}
    turns: dict[str, dt.date] = {}
    for name, age in graph.ages.items():
        if values.get(age.fact) is not True:
            continue  # what is not so has no age, which the implications say
        own = [d for d in data if d.fact == age.fact and (d.on is None or d.on <= day)]
        changes = ended(changes_of(own), graph.currencies.get(age.fact))
        past = [(on, value) for on, value in changes if on <= day]
        since = since_when(past, is_event=age.is_ago)
        if since is None:
            continue
        is_so = age_on(age, since, day)
        if is_so is not None:
            found[name] = is_so
        turning = turns_after(age, since, day)
        if turning is not None and name not in values:
            turns[name] = turning
    return found, turns


def _series_on(
    day: dt.date | None, data: Sequence[Datum], one: Series, graph: RuleGraph
) -> SeriesOnDay[Datum] | None:
    """What the record says of several values of a measure at once; None without any."""
    own = [d for d in data if d.fact == one.fact]
    counted = [d for d in own if d.on is None or day is None or d.on <= day]
    back = latest_first(counted, day)
    if not back or back[0].on is None:
        return None  # nobody knows which came last
    values = tuple((d.on, d.value, d) for d in back if d.on is not None)
    return series_on(one, values, day, graph.currencies.get(one.fact))


def _dated_derived(
    name: str, entries: Entries, graph: RuleGraph, written: PatientPlaces, key: str
) -> Iterator[Diagnostic]:
    """GDL717: what follows from days is asked for one day, and has none itself."""
    of = behind(graph, name)
    if any(datum.on is not None for datum in entries.entries):
        place = written.at(key)
        if name in graph.series:
            yield Diagnostic(
                code="GDL717",
                message=f"`{key}` is about the day asked for, and has no day of its own",
                labels=(place,),
                help=(Help(message=f"give the values of `{of}`, each with its day"),),
            )
            return
        since = Notation.of(place.text).dated("true")
        yield Diagnostic(
            code="GDL717",
            message=f"`{key}` is about the day asked for, and has no day of its own",
            labels=(place,),
            help=(Help(message=f"give `{of}` the day since when: `{since}`"),),
        )


def _contradicted(
    name: str, data: Iterable[Datum], graph: RuleGraph, place: Label
) -> Diagnostic:
    """GDL718: what is stated of days is not what the days of the fact say."""
    of, words = behind(graph, name), words_of(graph, name)
    days = [d.on for d in data if d.fact == of and d.on is not None]
    told = ", ".join(map(str, days))
    what = "day" if name in graph.ages else "values"
    says = "says" if name in graph.ages else "say"
    return Diagnostic(
        code="GDL718",
        message=f"`{words}` is stated to be otherwise than the {what} of "
        f"`{of}` ({told}) {says}",
        labels=(place,),
        help=(Help(message=f"leave out `{words}`, or correct the {what}"),),
        fact=name,
    )
