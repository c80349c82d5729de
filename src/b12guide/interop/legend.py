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

from b12guide.frozen import frozen_map
from b12guide.interop.dosage import (
    Amount,
    AmountRange,
    Concept,
    Dosage,
    Ratio,
    Unit,
)
from b12guide.record import Record
from b12guide.regimen.names import spaced

__all__ = ["NOUN_FORMS", "PLAIN_UNIT", "Legend", "concepts_of", "units_of"]

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
    units: Mapping[str, Unit] = field(factory=dict, converter=frozen_map)

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

    def unit_text(self, unit: Unit, *, single: bool) -> str:
        """What a unit is called, of one or of several; unusual words stand in quotes."""
        words = _found(self.units, unit) or _unit_words(unit)
        if words in _PLURALS:
            return words if single else _PLURALS[words]
        is_plain = re.fullmatch(PLAIN_UNIT, words) and words.lower() not in _RESERVED
        return words if is_plain and words not in NOUN_FORMS else f'"{words}"'

    def concept_of(self, words: str) -> Concept:
        """The concept of these words; one without a code where the legend lacks it."""
        return self.concepts.get(words) or Concept(text=words)

    def unit_of(self, words: str) -> Unit:
        """The unit of these words; one without a code where the legend lacks it."""
        return self.units.get(words) or Unit(text=words)


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


def _unit_words(unit: Unit) -> str:
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


def units_of(dosage: Dosage) -> Iterator[Unit]:
    """Every unit that the instruction measures in."""
    amounts = [dosage.per_period, dosage.per_administration, dosage.per_lifetime]
    for amount in (*amounts, *(a for d in dosage.doses for a in (d.dose, d.rate))):
        match amount:
            case Amount(unit=unit) | AmountRange(unit=unit):
                yield unit
            case Ratio(numerator=numerator, denominator=denominator):
                yield numerator.unit
                yield denominator.unit
            case None:
                pass
