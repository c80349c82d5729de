"""A FHIR R4 `Dosage` element read; what this reading does not know is refused, never dropped.

Numbers have to be exact: read the JSON with `parse_float=Decimal`, or `0.1` is not a tenth. A
float is taken for the decimal that it prints as.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from b12guide.diagnostics import Diagnostic
from b12guide.errors import DosageError
from b12guide.interop.dosage import (
    Amount,
    AmountRange,
    Bounds,
    Coding,
    Concept,
    Dosage,
    DoseAndRate,
    Period,
    Ratio,
    Timing,
    Unit,
)
from b12guide.interop.event_timing import CLOCK, DATE, DAYS, WHEN
from b12guide.interop.fhir_element import (
    ElementReader,
    flag,
    like,
    not_negative,
    offset,
    one_of,
    positive,
    whole,
    words,
)
from b12guide.regimen.model import Every, ForTime, Frequency, Times
from b12guide.values.duration import DurationRange, TimeUnit

__all__ = ["TIME_UNITS", "UCUM", "dosage_from_fhir"]

UCUM = "http://unitsofmeasure.org"
TIME_UNITS: Mapping[str, TimeUnit] = {
    "s": TimeUnit.SECOND,
    "min": TimeUnit.MINUTE,
    "h": TimeUnit.HOUR,
    "d": TimeUnit.DAY,
    "wk": TimeUnit.WEEK,
    "mo": TimeUnit.MONTH,
    "a": TimeUnit.YEAR,
}


def dosage_from_fhir(element: Mapping[str, Any]) -> Dosage:
    """The dosage instruction in `element`, a decoded JSON object.

    Raises:
        DosageError: It says something that this reading does not know, or that makes no sense.
    """
    reader = ElementReader("dosage", element, [])
    dosage = _dosage(reader)
    if reader.problems:
        message = "the FHIR dosage cannot be read"
        found = (Diagnostic(code="DOS201", message=text) for text in reader.problems)
        raise DosageError(message, found)
    return dosage


# ------------------------------------------------------------------------ data types


def _coding(reader: ElementReader) -> Coding:
    return Coding(
        system=reader.take("system", words),
        code=reader.take("code", words),
        display=reader.take("display", words),
    )


def _concept(reader: ElementReader) -> Concept:
    concept = Concept(
        codings=reader.each("coding", _coding), text=reader.take("text", words)
    )
    if not concept.words:
        reader.problem(f"`{reader.path}` says nothing")
    return concept


def _amount(reader: ElementReader) -> Amount:
    value = reader.take("value", not_negative)
    code = reader.take("code", words)
    unit = Unit(
        text=reader.take("unit", words) or code,
        system=reader.take("system", words),
        code=code,
    )
    if value is None:
        reader.problem(f"`{reader.path}.value` is missing")
    return Amount(Fraction(0) if value is None else value, unit)


def _range(reader: ElementReader) -> Amount | AmountRange:
    low, high = reader.object("low", _amount), reader.object("high", _amount)
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        reader.problem(f"`{reader.path}` has no end")
        return AmountRange(None, None)
    unit = ends[0].unit
    if any(end.unit != unit for end in ends):
        reader.problem(f"`{reader.path}` has ends of different units")
    if low is not None and high is not None:
        if low.value > high.value:
            reader.problem(f"`{reader.path}` runs backwards")
        if low.value == high.value:
            return low
    return AmountRange(
        None if low is None else low.value, None if high is None else high.value, unit
    )


def _ratio(reader: ElementReader) -> Ratio:
    numerator = reader.object("numerator", _amount)
    denominator = reader.object("denominator", _amount)
    if numerator is None or denominator is None:
        reader.problem(f"`{reader.path}` lacks one of its halves")
    nothing = Amount(Fraction(1))
    return Ratio(numerator or nothing, denominator or nothing)


# ------------------------------------------------------------------------ the parts


def _dosage(reader: ElementReader) -> Dosage:
    for prose in ("text", "patientInstruction"):
        reader.take(prose, words)
    needed_for = reader.object("asNeededCodeableConcept", _concept)
    needed = reader.take("asNeededBoolean", flag)
    if needed is not None and needed_for is not None:
        reader.problem("`dosage` states twice whether it is taken as needed")
    dosage = Dosage(
        sequence=reader.take("sequence", offset),
        doses=reader.each("doseAndRate", _dose),
        timing=reader.object("timing", _timing) or Timing(),
        as_needed=needed if needed_for is None else needed_for,
        route=reader.object("route", _concept),
        site=reader.object("site", _concept),
        method=reader.object("method", _concept),
        instructions=reader.each("additionalInstruction", _concept),
        per_period=reader.object("maxDosePerPeriod", _ratio),
        per_administration=reader.object("maxDosePerAdministration", _amount),
        per_lifetime=reader.object("maxDosePerLifetime", _amount),
    )
    reader.finish()
    return dosage


def _dose(reader: ElementReader) -> DoseAndRate:
    doses = (reader.object("doseQuantity", _amount), reader.object("doseRange", _range))
    rates = (
        reader.object("rateQuantity", _amount),
        reader.object("rateRange", _range),
        reader.object("rateRatio", _ratio),
    )
    for several in (doses, rates):
        if sum(one is not None for one in several) > 1:
            reader.problem(f"`{reader.path}` states the same thing twice")
    return DoseAndRate(
        kind=reader.object("type", _concept),
        dose=next((dose for dose in doses if dose is not None), None),
        rate=next((rate for rate in rates if rate is not None), None),
    )


def _timing(reader: ElementReader) -> Timing:
    timing = reader.object("repeat", _repeat) or Timing()
    return Timing(
        events=reader.all("event", like(DATE)),
        code=reader.object("code", _concept),
        frequency=timing.frequency,
        bounds=timing.bounds,
        count=timing.count,
        duration=timing.duration,
        days=timing.days,
        times=timing.times,
        when=timing.when,
        offset=timing.offset,
    )


def _repeat(reader: ElementReader) -> Timing:
    count, most = reader.take("count", whole), reader.take("countMax", whole)
    if count is None and most is not None:
        reader.problem(f"`{reader.path}.countMax` stands without a count")
    counts = None if count is None else (count, most or count)
    if counts is not None and counts[0] > counts[1]:
        reader.problem(f"`{reader.path}.count` runs backwards")
    return Timing(
        frequency=_frequency(reader),
        bounds=_bounds(reader),
        count=counts,
        duration=_length(reader, "duration"),
        days=reader.all("dayOfWeek", one_of(DAYS)),
        times=reader.all("timeOfDay", like(CLOCK)),
        when=reader.all("when", one_of(WHEN)),
        offset=reader.take("offset", offset),
    )


def _length(reader: ElementReader, name: str) -> DurationRange | None:
    """The length in `name`, `nameMax` and `nameUnit`."""
    low, high = reader.take(name, positive), reader.take(f"{name}Max", positive)
    unit = reader.take(f"{name}Unit", one_of(TIME_UNITS))
    if low is None and high is None and unit is None:
        return None
    if low is None or unit is None or (high is not None and low > high):
        reader.problem(f"`{reader.path}.{name}` is not a whole length of time")
        return None
    return DurationRange(low, high or low, TIME_UNITS[unit])


def _frequency(reader: ElementReader) -> Frequency | None:
    """How often; a period without a frequency means once (R4, Timing.repeat.frequency)."""
    low, high = reader.take("frequency", whole), reader.take("frequencyMax", whole)
    per = _length(reader, "period")
    if per is None:
        if low is not None or high is not None:
            reader.problem(f"`{reader.path}.frequency` stands without a period")
        return None
    low = low or 1
    high = high or low
    if low > high:
        reader.problem(f"`{reader.path}.frequency` runs backwards")
    return Every(per) if low == high == 1 else Times(low, high, per)


def _bounds(reader: ElementReader) -> Bounds | None:
    period = reader.object("boundsPeriod", _period)
    lengths = (
        reader.object("boundsDuration", _amount),
        reader.object("boundsRange", _range),
    )
    found: list[Bounds] = [] if period is None else [period]
    for amount in lengths:
        if amount is not None:
            found += _bound(amount, reader)
    if len(found) > 1:
        reader.problem(f"`{reader.path}` has more than one bound")
    return found[0] if found else None


def _period(reader: ElementReader) -> Period:
    period = Period(reader.take("start", like(DATE)), reader.take("end", like(DATE)))
    if period == Period():
        reader.problem(f"`{reader.path}` has no end")
    return period


def _bound(amount: Amount | AmountRange, reader: ElementReader) -> list[Bounds]:
    unit = TIME_UNITS.get(amount.unit.code or "")
    match amount:
        case Amount(value=low):
            high = low
        case AmountRange(low=Fraction() as low, high=Fraction() as high):
            pass
        case _:
            reader.problem(f"`{reader.path}.boundsRange` has an open end")
            return []
    if unit is None or amount.unit.system not in {UCUM, None}:
        reader.problem(f"`{reader.path}.bounds` is not a length of time")
        return []
    return [ForTime(DurationRange(low, high, unit))]
