"""A FHIR R4 `Dosage` element read and written; what is not known here is refused, never dropped.

Numbers have to be exact: read the JSON with `parse_float=Decimal`, or `0.1` is not a tenth. A
float is taken for the decimal that it prints as.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from b12guide.diagnostics import Diagnostic
from b12guide.errors import DosageError
from b12guide.interop import dosage as d
from b12guide.regimen.model import Every, ForTime, Frequency, Times
from b12guide.values.duration import DurationRange, TimeUnit

__all__ = ["TIME_UNITS", "UCUM", "dosage_from_fhir", "dosage_to_fhir"]


T = TypeVar("T")


class ElementReader:
    """An object of the JSON; it notes what nobody asked for and what cannot be taken.

    Attributes:
        problems: Shared by all readers of one instruction.
    """

    def __init__(self, path: str, value: Any, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.rest: dict[str, Any] = {}
        if isinstance(value, Mapping):
            self.rest = {str(key): each for key, each in value.items()}
        else:
            self.problem(f"`{path}` is not an object")

    def problem(self, text: str) -> None:
        """Note what is wrong."""
        self.problems.append(text)

    def take(self, key: str, read: Callable[[Any], T]) -> T | None:
        """What stands under `key`, read; None where nothing does."""
        value = self.rest.pop(key, None)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            shown = error.args[0] if error.args else value
            self.problem(f"`{self.path}.{key}` cannot be {shown!r}")
            return None

    def object(self, key: str, read: Callable[[ElementReader], T]) -> T | None:
        """The object under `key`, read to its end."""
        if self.rest.get(key) is None:
            self.rest.pop(key, None)
            return None
        return self._inner(f"{self.path}.{key}", self.rest.pop(key), read)

    def each(self, key: str, read: Callable[[ElementReader], T]) -> tuple[T, ...]:
        """The objects of the list under `key`."""
        values = self.take(key, items) or []
        paths = (f"{self.path}.{key}[{index}]" for index in range(len(values)))
        return tuple(
            self._inner(path, value, read)
            for path, value in zip(paths, values, strict=True)
        )

    def all(self, key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        """The plain values of the list under `key`."""
        return self.take(key, lambda v: tuple(read(each) for each in items(v))) or ()

    def _inner(self, path: str, value: Any, read: Callable[[ElementReader], T]) -> T:
        reader = ElementReader(path, value, self.problems)
        found = read(reader)
        reader.finish()
        return found

    def finish(self) -> None:
        """Note what nobody asked for; `id` names an element and says nothing."""
        for key in sorted(self.rest.keys() - {"id"}):
            self.problem(f"`{self.path}.{key}` is not understood")


# ---------------------------------------------------------------------- plain values
# Each gives the value, or raises `ValueError`, which the reader notes with its place.


def items(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    return value


def words(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value


_MOST_DIGITS = 30


def not_negative(value: Any) -> Fraction:
    """A number from zero up."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    decimal = Decimal(str(value))
    if not decimal.is_finite() or abs(decimal.adjusted()) > _MOST_DIGITS:
        raise ValueError(value)
    if decimal < 0:
        raise ValueError(value)
    return Fraction(decimal)


def positive(value: Any) -> Fraction:
    """A number above zero."""
    found = not_negative(value)
    if not found:
        raise ValueError(value)
    return found


def offset(value: Any) -> int:
    """A whole number from zero up."""
    found = not_negative(value)
    if found.denominator != 1:
        raise ValueError(value)
    return int(found)


def whole(value: Any) -> int:
    """A whole number from one up."""
    found = offset(value)
    if not found:
        raise ValueError(value)
    return found


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    return value


def like(pattern: str) -> Callable[[Any], str]:
    """A text of this pattern."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(value)
        return value

    return read


def one_of(known: Iterable[str]) -> Callable[[Any], str]:
    """One of these codes."""
    codes = frozenset(known)

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise ValueError(value)
        return value

    return read


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


def dosage_from_fhir(element: Mapping[str, Any]) -> d.Dosage:
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


def _coding(reader: ElementReader) -> d.Coding:
    return d.Coding(
        system=reader.take("system", words),
        code=reader.take("code", words),
        display=reader.take("display", words),
    )


def _concept(reader: ElementReader) -> d.Concept:
    concept = d.Concept(
        codings=reader.each("coding", _coding), text=reader.take("text", words)
    )
    if not concept.words:
        reader.problem(f"`{reader.path}` says nothing")
    return concept


def _amount(reader: ElementReader) -> d.FhirQuantity:
    value = reader.take("value", not_negative)
    code = reader.take("code", words)
    unit = d.FhirUnit(
        text=reader.take("unit", words) or code,
        system=reader.take("system", words),
        code=code,
    )
    if value is None:
        reader.problem(f"`{reader.path}.value` is missing")
    return d.FhirQuantity(Fraction(0) if value is None else value, unit)


def _range(reader: ElementReader) -> d.FhirQuantity | d.FhirRange:
    low, high = reader.object("low", _amount), reader.object("high", _amount)
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        reader.problem(f"`{reader.path}` has no end")
        return d.FhirRange(None, None)
    unit = ends[0].unit
    if any(end.unit != unit for end in ends):
        reader.problem(f"`{reader.path}` has ends of different units")
    if low is not None and high is not None:
        if low.value > high.value:
            reader.problem(f"`{reader.path}` runs backwards")
        if low.value == high.value:
            return low
    return d.FhirRange(
        None if low is None else low.value, None if high is None else high.value, unit
    )


def _ratio(reader: ElementReader) -> d.Ratio:
    numerator = reader.object("numerator", _amount)
    denominator = reader.object("denominator", _amount)
    if numerator is None or denominator is None:
        reader.problem(f"`{reader.path}` lacks one of its halves")
    nothing = d.FhirQuantity(Fraction(1))
    return d.Ratio(numerator or nothing, denominator or nothing)


# ------------------------------------------------------------------------ the parts


def _dosage(reader: ElementReader) -> d.Dosage:
    for prose in ("text", "patientInstruction"):
        reader.take(prose, words)
    needed_for = reader.object("asNeededCodeableConcept", _concept)
    needed = reader.take("asNeededBoolean", flag)
    if needed is not None and needed_for is not None:
        reader.problem("`dosage` states twice whether it is taken as needed")
    dosage = d.Dosage(
        sequence=reader.take("sequence", offset),
        doses=reader.each("doseAndRate", _dose),
        timing=reader.object("timing", _timing) or d.Timing(),
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


def _dose(reader: ElementReader) -> d.DoseAndRate:
    doses = (reader.object("doseQuantity", _amount), reader.object("doseRange", _range))
    rates = (
        reader.object("rateQuantity", _amount),
        reader.object("rateRange", _range),
        reader.object("rateRatio", _ratio),
    )
    for several in (doses, rates):
        if sum(one is not None for one in several) > 1:
            reader.problem(f"`{reader.path}` states the same thing twice")
    return d.DoseAndRate(
        kind=reader.object("type", _concept),
        dose=next((dose for dose in doses if dose is not None), None),
        rate=next((rate for rate in rates if rate is not None), None),
    )


def _timing(reader: ElementReader) -> d.Timing:
    timing = reader.object("repeat", _repeat) or d.Timing()
    return d.Timing(
        events=reader.all("event", like(d.DATE)),
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


def _repeat(reader: ElementReader) -> d.Timing:
    count, most = reader.take("count", whole), reader.take("countMax", whole)
    if count is None and most is not None:
        reader.problem(f"`{reader.path}.countMax` stands without a count")
    counts = None if count is None else (count, most or count)
    if counts is not None and counts[0] > counts[1]:
        reader.problem(f"`{reader.path}.count` runs backwards")
    period = reader.object("boundsPeriod", _period)
    lengths = (
        reader.object("boundsDuration", _amount),
        reader.object("boundsRange", _range),
    )
    found: list[d.Bounds] = [] if period is None else [period]
    for amount in lengths:
        if amount is not None:
            found += _bound(amount, reader)
    if len(found) > 1:
        reader.problem(f"`{reader.path}` has more than one bound")
    bounds = found[0] if found else None
    return d.Timing(
        frequency=_frequency(reader),
        bounds=bounds,
        count=counts,
        duration=_length(reader, "duration"),
        days=reader.all("dayOfWeek", one_of(d.DAYS)),
        times=reader.all("timeOfDay", like(d.CLOCK)),
        when=reader.all("when", one_of(d.WHEN)),
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


def _period(reader: ElementReader) -> d.FhirPeriod:
    period = d.FhirPeriod(
        reader.take("start", like(d.DATE)), reader.take("end", like(d.DATE))
    )
    if period == d.FhirPeriod():
        reader.problem(f"`{reader.path}` has no end")
    return period


def _bound(
    amount: d.FhirQuantity | d.FhirRange, reader: ElementReader
) -> list[d.Bounds]:
    unit = TIME_UNITS.get(amount.unit.code or "")
    match amount:
        case d.FhirQuantity(value=low):
            high = low
        case d.FhirRange(low=Fraction() as low, high=Fraction() as high):
            pass
        case _:
            reader.problem(f"`{reader.path}.boundsRange` has an open end")
            return []
    if unit is None or amount.unit.system not in {UCUM, None}:
        reader.problem(f"`{reader.path}.bounds` is not a length of time")
        return []
    return [ForTime(DurationRange(low, high, unit))]


_CODES = {unit: code for code, unit in TIME_UNITS.items()}


def dosage_to_fhir(dosage: d.Dosage) -> dict[str, Any]:
    """The element; keys that would say nothing are left out."""
    needed = dosage.as_needed
    timing = dosage.timing
    count = timing.count
    repeat = _element(
        **_bounds_element(timing),
        count=None if count is None else count[0],
        countMax=None if count is None or count[0] == count[1] else count[1],
        **_length_element("duration", timing.duration),
        **_frequency_element(timing),
        dayOfWeek=list(timing.days),
        timeOfDay=list(timing.times),
        when=list(timing.when),
        offset=timing.offset,
    )
    code = _concept_element(timing.code)
    timing_element = _element(event=list(timing.events), repeat=repeat, code=code)
    return _element(
        sequence=dosage.sequence,
        additionalInstruction=[_concept_element(each) for each in dosage.instructions],
        timing=timing_element,
        asNeededBoolean=needed if isinstance(needed, bool) else None,
        asNeededCodeableConcept=(
            _concept_element(needed) if isinstance(needed, d.Concept) else None
        ),
        site=_concept_element(dosage.site),
        route=_concept_element(dosage.route),
        method=_concept_element(dosage.method),
        doseAndRate=[_dose_element(each) for each in dosage.doses],
        maxDosePerPeriod=_ratio_element(dosage.per_period),
        maxDosePerAdministration=_amount_element(dosage.per_administration),
        maxDosePerLifetime=_amount_element(dosage.per_lifetime),
    )


def _element(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None and v not in ([], {})}


def _number(number: Fraction) -> int | Decimal:
    if number.denominator == 1:
        return number.numerator
    return Decimal(number.numerator) / Decimal(number.denominator)


def _concept_element(concept: d.Concept | None) -> dict[str, Any] | None:
    if concept is None:
        return None
    codings = [_coding_element(coding) for coding in concept.codings]
    return _element(coding=codings, text=concept.text)


def _coding_element(coding: d.Coding) -> dict[str, Any]:
    return _element(system=coding.system, code=coding.code, display=coding.display)


def _amount_element(amount: d.FhirQuantity | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    unit_element = _element(
        unit=amount.unit.text, system=amount.unit.system, code=amount.unit.code
    )
    return {"value": _number(amount.value), **unit_element}


def _range_element(amount: d.FhirRange) -> dict[str, Any]:
    ends = (
        None if end is None else _amount_element(d.FhirQuantity(end, amount.unit))
        for end in (amount.low, amount.high)
    )
    low, high = ends
    return _element(low=low, high=high)


def _ratio_element(ratio: d.Ratio | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    numerator, denominator = (
        _amount_element(ratio.numerator),
        _amount_element(ratio.denominator),
    )
    return _element(numerator=numerator, denominator=denominator)


def _dose_element(dose: d.DoseAndRate) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": _concept_element(dose.kind)}
    for name, value in (("dose", dose.dose), ("rate", dose.rate)):
        match value:
            case d.FhirQuantity():
                fields[f"{name}Quantity"] = _amount_element(value)
            case d.FhirRange():
                fields[f"{name}Range"] = _range_element(value)
            case d.Ratio():
                fields[f"{name}Ratio"] = _ratio_element(value)
            case None:
                pass
    return _element(**fields)


def _length_element(name: str, length: DurationRange | None) -> dict[str, Any]:
    if length is None:
        return {}
    high = None if length.high == length.low else _number(length.high)
    return {
        name: _number(length.low),
        f"{name}Max": high,
        f"{name}Unit": _CODES[length.unit],
    }


def _frequency_element(timing: d.Timing) -> dict[str, Any]:
    match timing.frequency:
        case Every(interval=interval):
            return {"frequency": 1, **_length_element("period", interval)}
        case Times(low=low, high=high, per=per):
            most = None if high == low else high
            frequency = {"frequency": low, "frequencyMax": most}
            return frequency | _length_element("period", per)
        case None:
            return {}


def _bounds_element(timing: d.Timing) -> dict[str, Any]:
    match timing.bounds:
        case d.FhirPeriod(start=start, end=end):
            return {"boundsPeriod": _element(start=start, end=end)}
        case ForTime(length=length):
            code = _CODES[length.unit]
            unit = d.FhirUnit(text=code, system=UCUM, code=code)
            if length.low == length.high:
                return {
                    "boundsDuration": _amount_element(d.FhirQuantity(length.low, unit))
                }
            return {
                "boundsRange": _range_element(
                    d.FhirRange(length.low, length.high, unit)
                )
            }
        case None:
            return {}
