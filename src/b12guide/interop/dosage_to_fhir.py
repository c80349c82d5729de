"""A dosage instruction as a FHIR R4 `Dosage` element, made of builtin values only."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from b12guide.interop.dosage import (
    Amount,
    AmountRange,
    Coding,
    Concept,
    Dosage,
    DoseAndRate,
    Period,
    Ratio,
    Timing,
    Unit,
)
from b12guide.interop.dosage_from_fhir import TIME_UNITS, UCUM
from b12guide.regimen.model import Every, ForTime, Times
from b12guide.values.duration import DurationRange

__all__ = ["dosage_to_fhir"]

_CODES = {unit: code for code, unit in TIME_UNITS.items()}


def dosage_to_fhir(dosage: Dosage) -> dict[str, Any]:
    """The element; keys that would say nothing are left out."""
    needed = dosage.as_needed
    return _filled(
        sequence=dosage.sequence,
        additionalInstruction=[_concept(each) for each in dosage.instructions],
        timing=_timing(dosage.timing),
        asNeededBoolean=needed if isinstance(needed, bool) else None,
        asNeededCodeableConcept=(
            _concept(needed) if isinstance(needed, Concept) else None
        ),
        site=_concept(dosage.site),
        route=_concept(dosage.route),
        method=_concept(dosage.method),
        doseAndRate=[_dose(each) for each in dosage.doses],
        maxDosePerPeriod=_ratio(dosage.per_period),
        maxDosePerAdministration=_amount(dosage.per_administration),
        maxDosePerLifetime=_amount(dosage.per_lifetime),
    )


def _filled(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None and v not in ([], {})}


def _number(number: Fraction) -> int | Decimal:
    if number.denominator == 1:
        return number.numerator
    return Decimal(number.numerator) / Decimal(number.denominator)


def _concept(concept: Concept | None) -> dict[str, Any] | None:
    if concept is None:
        return None
    codings = [_coding(coding) for coding in concept.codings]
    return _filled(coding=codings, text=concept.text)


def _coding(coding: Coding) -> dict[str, Any]:
    return _filled(system=coding.system, code=coding.code, display=coding.display)


def _unit(unit: Unit) -> dict[str, Any]:
    return _filled(unit=unit.text, system=unit.system, code=unit.code)


def _amount(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {"value": _number(amount.value), **_unit(amount.unit)}


def _range(amount: AmountRange) -> dict[str, Any]:
    ends = (
        None if end is None else _amount(Amount(end, amount.unit))
        for end in (amount.low, amount.high)
    )
    low, high = ends
    return _filled(low=low, high=high)


def _ratio(ratio: Ratio | None) -> dict[str, Any] | None:
    if ratio is None:
        return None
    numerator, denominator = _amount(ratio.numerator), _amount(ratio.denominator)
    return _filled(numerator=numerator, denominator=denominator)


def _dose(dose: DoseAndRate) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": _concept(dose.kind)}
    for name, value in (("dose", dose.dose), ("rate", dose.rate)):
        match value:
            case Amount():
                fields[f"{name}Quantity"] = _amount(value)
            case AmountRange():
                fields[f"{name}Range"] = _range(value)
            case Ratio():
                fields[f"{name}Ratio"] = _ratio(value)
            case None:
                pass
    return _filled(**fields)


def _timing(timing: Timing) -> dict[str, Any]:
    count = timing.count
    repeat = _filled(
        **_bounds(timing),
        count=None if count is None else count[0],
        countMax=None if count is None or count[0] == count[1] else count[1],
        **_length("duration", timing.duration),
        **_frequency(timing),
        dayOfWeek=list(timing.days),
        timeOfDay=list(timing.times),
        when=list(timing.when),
        offset=timing.offset,
    )
    code = _concept(timing.code)
    return _filled(event=list(timing.events), repeat=repeat, code=code)


def _length(name: str, length: DurationRange | None) -> dict[str, Any]:
    if length is None:
        return {}
    high = None if length.high == length.low else _number(length.high)
    return {
        name: _number(length.low),
        f"{name}Max": high,
        f"{name}Unit": _CODES[length.unit],
    }


def _frequency(timing: Timing) -> dict[str, Any]:
    match timing.frequency:
        case Every(interval=interval):
            return {"frequency": 1, **_length("period", interval)}
        case Times(low=low, high=high, per=per):
            most = None if high == low else high
            frequency = {"frequency": low, "frequencyMax": most}
            return frequency | _length("period", per)
        case None:
            return {}


def _bounds(timing: Timing) -> dict[str, Any]:
    match timing.bounds:
        case Period(start=start, end=end):
            return {"boundsPeriod": _filled(start=start, end=end)}
        case ForTime(length=length):
            code = _CODES[length.unit]
            unit = Unit(text=code, system=UCUM, code=code)
            if length.low == length.high:
                return {"boundsDuration": _amount(Amount(length.low, unit))}
            return {"boundsRange": _range(AmountRange(length.low, length.high, unit))}
        case None:
            return {}
