"""A FHIR dosage instruction in English, with everything that it states in structure.

Frequencies and lengths are worded as for a regimen. The prescriber's own concepts stand in
quotation marks, and a `Legend` holds their codes.
"""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.interop.dosage import (
    Amount,
    AmountRange,
    Concept,
    Dosage,
    DoseAndRate,
    Period,
    Ratio,
    Timing,
)
from b12guide.interop.event_timing import DAYS, WHEN
from b12guide.interop.legend import Legend
from b12guide.regimen.model import ForTime
from b12guide.regimen.phrase import (
    exact_text,
    frequency_text,
    length_text,
    plural,
    span_text,
)

__all__ = ["NOTHING", "UNSTATED", "dosage_to_english"]

NOTHING = "nothing is stated"
UNSTATED = "an unstated dose"


def dosage_to_english(dosage: Dosage, legend: Legend | None = None) -> str:
    """The instruction as one line; without a legend, concepts go by their own words."""
    known = legend or Legend.of([dosage])
    core = " ".join(_core(dosage, known))
    text = ", ".join(filter(None, (core, *_rest(dosage, known)))) or NOTHING
    return text if dosage.sequence is None else f"step {dosage.sequence}: {text}"


def _core(dosage: Dosage, legend: Legend) -> Iterator[str]:
    timing = dosage.timing
    if dosage.doses:
        yield " or ".join(_dose(dose, legend) for dose in dosage.doses)
    if dosage.route is not None:
        yield f"by route {_quoted(dosage.route, legend)}"
    if timing.frequency is not None:
        yield frequency_text(timing.frequency)
    match timing.bounds:
        case ForTime(length=length):
            yield f"for {length_text(length)}"
        case Period(start=start, end=end):
            yield from (f"from {start}",) if start else ()
            yield from (f"to {end}",) if end else ()
        case None:
            pass
    if timing.count is not None:
        low, high = timing.count
        count = str(low) if low == high else f"{low} to {high}"
        yield f"for {plural(count, 'dose')}"


def _rest(dosage: Dosage, legend: Legend) -> Iterator[str]:
    yield from _times(dosage.timing, legend)
    if dosage.site is not None:
        yield f"at the site {_quoted(dosage.site, legend)}"
    if dosage.method is not None:
        yield f"by the method {_quoted(dosage.method, legend)}"
    match dosage.as_needed:
        case True:
            yield "as needed"
        case False:
            yield "not only as needed"
        case Concept() as concept:
            yield f"as needed for {_quoted(concept, legend)}"
        case None:
            pass
    if dosage.per_period is not None:
        yield f"at most {_ratio(dosage.per_period, legend)}"
    if dosage.per_administration is not None:
        yield f"at most {_amount(dosage.per_administration, legend)} at a time"
    if dosage.per_lifetime is not None:
        yield f"at most {_amount(dosage.per_lifetime, legend)} in a lifetime"
    for instruction in dosage.instructions:
        yield f"with the instruction {_quoted(instruction, legend)}"


def _times(timing: Timing, legend: Legend) -> Iterator[str]:
    if timing.days:
        yield f"on {' and '.join(DAYS[day] for day in timing.days)}"
    if timing.times:
        yield f"at {' and '.join(timing.times)}"
    offset = "" if timing.offset is None else f"{plural(timing.offset, 'minute')} "
    if timing.when:
        yield offset + " and ".join(WHEN[code] for code in timing.when)
    elif offset:
        yield f"{offset}off"
    if timing.duration is not None:
        yield f"each lasting {length_text(timing.duration)}"
    if timing.events:
        yield f"on the date {' and '.join(timing.events)}"
    if timing.code is not None:
        yield f"on the schedule {_quoted(timing.code, legend)}"


def _quoted(concept: Concept, legend: Legend) -> str:
    return f'"{legend.concept_words(concept)}"'


def _dose(dose: DoseAndRate, legend: Legend) -> str:
    parts = [_measured(dose.dose, legend) if dose.dose else UNSTATED]
    match dose.rate:
        case Ratio():
            parts.append(f"at {_ratio(dose.rate, legend)}")
        case Amount() | AmountRange():
            parts.append(f"at {_measured(dose.rate, legend)}")
        case None:
            pass
    if dose.kind is not None:
        parts.append(f"({_quoted(dose.kind, legend)})")
    return " ".join(parts)


def _measured(amount: Amount | AmountRange, legend: Legend) -> str:
    if isinstance(amount, Amount):
        return _amount(amount, legend)
    low, high, unit = amount.low, amount.high, amount.unit
    if low is not None and high is not None:
        return f"{span_text(low, high)} {legend.unit_text(unit, single=False)}"
    if low is not None:
        return f"at least {_amount(Amount(low, unit), legend)}"
    if high is not None:
        return f"up to {_amount(Amount(high, unit), legend)}"
    return UNSTATED


def _amount(amount: Amount, legend: Legend) -> str:
    unit = legend.unit_text(amount.unit, single=amount.value == 1)
    return f"{exact_text(amount.value)} {unit}"


def _ratio(ratio: Ratio, legend: Legend) -> str:
    per = ratio.denominator
    below = _amount(per, legend)
    if per.value == 1:
        below = legend.unit_text(per.unit, single=True)
    return f"{_amount(ratio.numerator, legend)} per {below}"
