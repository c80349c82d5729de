"""The measures of a guideline as a question may tell them: which units, and what can be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from b12guide.ask.wording import wordbook
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Fact, RuleGraph
from b12guide.values.term import Kind
from b12guide.values.unit import convert, parse_unit


@frozen(kw_only=True, repr=False)
class Measured(Record):
    """A measure.

    Attributes:
        units: By the unit as people write it ("" for none): how the library spells it, and what a
            number in it is multiplied by, to be in the measure's own.
        plausible: The least and the greatest plausible value.
    """

    units: Mapping[str, tuple[str, Fraction]] = field(converter=frozen_map)
    plausible: tuple[Fraction, Fraction] | None = None

    def allows(self, value: Fraction) -> bool:
        """Whether the value can be true."""
        return self.plausible is None or (
            self.plausible[0] <= value <= self.plausible[1]
        )

    def to_list(self) -> list[Any]:
        """The measure as plain data: its units, its least and its greatest value."""
        units = {
            said: [text, str(factor)] for said, (text, factor) in self.units.items()
        }
        return [units, *(str(end) for end in self.plausible or ())]


def measures_of(graph: RuleGraph) -> dict[str, Measured]:
    """The measures of a guideline."""
    return {
        fact.name: Measured(units=dict(_units_of(fact)), plausible=fact.plausible)
        for fact in graph.vocabulary.facts.values()
        if fact.kind is Kind.MEASURE and "." not in fact.name
    }


def _units_of(fact: Fact) -> Iterator[tuple[str, tuple[str, Fraction]]]:
    """Each unit in which people may tell it; the own unit last, which counts."""
    own = () if fact.unit is None else (fact.unit, *fact.also_written)
    known = [unit for unit in map(parse_unit, own) if unit is not None]
    for said in wordbook().units:
        unit = parse_unit(_SPELLED.get(said, said))
        if unit is None:
            continue
        for each in known:
            factor = convert(Fraction(1), unit, each, fact.molar_mass)
            if factor is not None:
                yield said, (unit.text, factor)
                break
    for spelled in own:
        yield spelled.lower().replace("µ", "u"), (spelled, Fraction(1))
    yield "", (fact.unit or "", Fraction(1))


_SPELLED = {
    **dict.fromkeys(("yrs", "yr", "yo", "year"), "years"),
    **dict.fromkeys(("centimetres", "centimeters"), "cm"),
    **dict.fromkeys(("x 10^9/l", "10^9/l", "x10*9/l", "x10e9/l", "k/ul"), "x10^9/L"),
    "ml/minute": "mL/min",
    "percent": "%",
    "mcg/l": "ug/L",
}
"""Units as people write them that the library spells in another way."""
