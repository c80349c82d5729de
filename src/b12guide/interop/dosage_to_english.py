"""The legend of dosage instructions in English: which words stand for which code.

English prints a concept by its words and leaves its code to the legend, as a printed table does.
No two concepts and no two units share their words: of several that would, the later ones are
numbered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from attrs import field, frozen

from b12guide.frozen import Record, frozen_map
from b12guide.interop.dosage import (
    DAYS,
    WHEN,
    Concept,
    Dosage,
    DoseAndRate,
    FhirPeriod,
    FhirQuantity,
    FhirRange,
    FhirUnit,
    Ratio,
    Timing,
)
from b12guide.regimen.model import ForTime
from b12guide.say.numbers import exact_range_text, exact_text
from b12guide.say.schedules import frequency_text, length_text
from b12guide.say.words import plural, spaced

__all__ = [
    "NOTHING",
    "NOUN_FORMS",
    "PLAIN_UNIT",
    "UNSTATED",
    "Legend",
    "concepts_of",
    "dosage_to_english",
    "units_of",
]


T = TypeVar("T")

_UCUM = "http://unitsofmeasure.org"
_FORM = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
_NOUNS: Mapping[tuple[str, str], str] = {
    (_FORM, "TAB"): "tablet",
    (_FORM, "CAP"): "capsule",
    (_FORM, "OPDROP"): "eye drop",
    (_FORM, "VAGTAB"): "vaginal tablet",
    (_FORM, "SUPP"): "suppository",
    (_UCUM, "min"): "minute",
    (_UCUM, "h"): "hour",
    (_UCUM, "d"): "day",
    (_UCUM, "wk"): "week",
    (_UCUM, "mo"): "month",
    (_UCUM, "a"): "year",
}
"""Codes whose English is plain; they take a plural."""

NOUN_FORMS: Mapping[str, str] = {
    **{noun: noun for noun in _NOUNS.values()},
    **{
        (noun[:-1] + "ies" if noun.endswith("y") else f"{noun}s"): noun
        for noun in _NOUNS.values()
    },
}
"""Singular and plural of each noun, with the noun."""

PLAIN_UNIT = r'(?:[^\W\d_]|[%{\[])[^\s",;:()]*(?<![.,;:])'
"""One word that does not begin with a digit, which as a unit needs no quotation marks."""

_PLURALS = {noun: form for form, noun in NOUN_FORMS.items() if form != noun}
_RESERVED = {"to", "or", "at", "by", "per", "for", "from", "x", "off", "times", "time"}
_RESERVED |= {"dose", "doses", "cycle", "cycles"}


@frozen(kw_only=True, repr=False)
class Legend(Record):
    """The words of concepts and units, and the way back."""

    concepts: Mapping[str, Concept] = field(factory=dict, converter=frozen_map)
    units: Mapping[str, FhirUnit] = field(factory=dict, converter=frozen_map)

    @classmethod
    def of(cls, dosages: Iterable[Dosage]) -> Legend:
        """A legend for all of these instructions."""
        known = tuple(dosages)
        concepts = (concept for dosage in known for concept in concepts_of(dosage))
        units = (unit for dosage in known for unit in units_of(dosage))
        return cls(
            concepts=_numbered((_words(c.words), c) for c in concepts),
            units=_numbered((_unit_words(u), u) for u in units),
        )

    def concept_words(self, concept: Concept) -> str:
        """What a concept is called; its own words where the legend lacks it."""
        return _found(self.concepts, concept) or _words(concept.words)

    def unit_text(self, unit: FhirUnit, *, single: bool) -> str:
        """What a unit is called, of one or of several; unusual words stand in quotes."""
        words = _found(self.units, unit) or _unit_words(unit)
        if words in _PLURALS:
            return words if single else _PLURALS[words]
        is_plain = re.fullmatch(PLAIN_UNIT, words) and words.lower() not in _RESERVED
        return words if is_plain and words not in NOUN_FORMS else f'"{words}"'

    def concept_of(self, words: str) -> Concept:
        """The concept of these words; one without a code where the legend lacks it."""
        return self.concepts.get(words) or Concept(text=words)

    def unit_of(self, words: str) -> FhirUnit:
        """The unit of these words; one without a code where the legend lacks it."""
        return self.units.get(words) or FhirUnit(text=words)


def _found(words: Mapping[str, T], wanted: T) -> str | None:
    return next((word for word, value in words.items() if value == wanted), None)


def _numbered(named: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for words, value in named:
        chosen, number = words, 2
        while chosen in found and found[chosen] != value:
            chosen, number = f"{words} [{number}]", number + 1
        found[chosen] = value
    return found


def _words(text: str) -> str:
    return spaced(text).replace('"', "'")


def _unit_words(unit: FhirUnit) -> str:
    noun = _NOUNS.get((unit.system or "", unit.code or ""))
    return noun or _words(unit.text or "") or "of no stated unit"


def concepts_of(dosage: Dosage) -> Iterator[Concept]:
    """Every concept that the instruction names."""
    single = (dosage.route, dosage.site, dosage.method, dosage.timing.code)
    needed = dosage.as_needed
    yield from (concept for concept in single if concept is not None)
    yield from (dose.kind for dose in dosage.doses if dose.kind is not None)
    yield from dosage.instructions
    if isinstance(needed, Concept):
        yield needed


def units_of(dosage: Dosage) -> Iterator[FhirUnit]:
    """Every unit that the instruction measures in."""
    amounts = [dosage.per_period, dosage.per_administration, dosage.per_lifetime]
    for amount in (*amounts, *(a for d in dosage.doses for a in (d.dose, d.rate))):
        match amount:
            case FhirQuantity(unit=unit) | FhirRange(unit=unit):
                yield unit
            case Ratio(numerator=numerator, denominator=denominator):
                yield numerator.unit
                yield denominator.unit
            case None:
                pass


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
        yield frequency_text(timing.frequency, exact_range_text)
    match timing.bounds:
        case ForTime(length=length):
            yield f"for {length_text(length, exact_range_text)}"
        case FhirPeriod(start=start, end=end):
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
        yield f"each lasting {length_text(timing.duration, exact_range_text)}"
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
        case FhirQuantity() | FhirRange():
            parts.append(f"at {_measured(dose.rate, legend)}")
        case None:
            pass
    if dose.kind is not None:
        parts.append(f"({_quoted(dose.kind, legend)})")
    return " ".join(parts)


def _measured(amount: FhirQuantity | FhirRange, legend: Legend) -> str:
    if isinstance(amount, FhirQuantity):
        return _amount(amount, legend)
    low, high, unit = amount.low, amount.high, amount.unit
    if low is not None and high is not None:
        return f"{exact_range_text(low, high)} {legend.unit_text(unit, single=False)}"
    if low is not None:
        return f"at least {_amount(FhirQuantity(low, unit), legend)}"
    if high is not None:
        return f"up to {_amount(FhirQuantity(high, unit), legend)}"
    return UNSTATED


def _amount(amount: FhirQuantity, legend: Legend) -> str:
    unit = legend.unit_text(amount.unit, single=amount.value == 1)
    return f"{exact_text(amount.value)} {unit}"


def _ratio(ratio: Ratio, legend: Legend) -> str:
    per = ratio.denominator
    below = _amount(per, legend)
    if per.value == 1:
        below = legend.unit_text(per.unit, single=True)
    return f"{_amount(ratio.numerator, legend)} per {below}"
