"""A dose schedule in English, without losing a range or an end.

This is the only place that words a schedule; `b12guide.interop.regimen_from_english` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import assert_never

from attrs import field, frozen

from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Currency, RuleGraph
from b12guide.graph.query import fact_text
from b12guide.regimen import model as r
from b12guide.say import numbers
from b12guide.say.names import Audience, drug_text, route_text
from b12guide.say.words import choice_text, plural, spaced
from b12guide.values.duration import Duration, DurationRange, TimeUnit

__all__ = ["Names", "dose_count", "regimen_to_english"]


def length_text(
    length: DurationRange | Duration, spelling: numbers.Spelling = numbers.range_text
) -> str:
    """A length of time: "2 weeks", "2 to 3 months"."""
    if isinstance(length, Duration):
        length = DurationRange(length.value, length.value, length.unit)
    return plural(spelling(length.low, length.high), length.unit.value)


def currency_text(currency: Currency) -> str:
    """How long a value counts, and on which reading: "12 months (A20)"."""
    resting = f" ({', '.join(currency.assumptions)})" if currency.assumptions else ""
    return length_text(currency.length) + resting


_SINGLE = {
    TimeUnit.DAY: "daily",
    TimeUnit.WEEK: "weekly",
    TimeUnit.MONTH: "monthly",
    TimeUnit.YEAR: "yearly",
}


def every_text(
    interval: DurationRange, spelling: numbers.Spelling = numbers.range_text
) -> str:
    """A recurring interval: "monthly", "on alternate days", "every 2 to 3 months"."""
    match (interval.low, interval.high, interval.unit):
        case (1, 1, unit) if unit in _SINGLE:
            return _SINGLE[unit]
        case (2, 2, TimeUnit.DAY):
            return "on alternate days"
        case (1, 1, unit):
            return f"every {unit.value}"
        case _:
            return f"every {length_text(interval, spelling)}"


def frequency_text(
    frequency: r.Frequency, spelling: numbers.Spelling = numbers.range_text
) -> str:
    """How often: "every 2 months", "3 times per week", "1 to 2 times every 2 weeks"."""
    match frequency:
        case r.Every(interval=interval):
            return every_text(interval, spelling)
        case r.Times(low=low, high=high, per=per):
            times = times_text(low, high)
            if per.low == per.high == 1:
                return f"{times} per {per.unit.value}"
            return f"{times} every {length_text(per, spelling)}"
        case _:
            assert_never(frequency)


def times_text(low: int, high: int) -> str:
    """How many times: "once", "twice", "3 times", "1 to 2 times"."""
    times = numbers.range_text(low, high)
    return {"1": "once", "2": "twice"}.get(times, f"{times} times")


def amount_text(dose: r.Dose, spelling: numbers.Spelling = numbers.range_text) -> str:
    """The number of a dose without its unit: "1000", "1000 to 2000", "at least 1"."""
    number = spelling(dose.stated[0], dose.stated[-1])
    if dose.high is None:
        return f"at least {number}"
    return f"at most {number}" if dose.low is None else number


def dose_text(dose: r.Dose) -> str:
    """A dose: "1000 µg", "1000 to 2000 µg", "at least 1 mg", "15 mg/kg, at most 1000 mg"."""
    text = numbers.measured(amount_text(dose), dose.unit)
    if dose.limit is not None:
        text += f", at most {dose_text(dose.limit)}"
    if dose.weight is not None:
        weight = numbers.quantity_text(dose.weight, "kg")
        text += f" (for {weight}: {dose_text(dose.given)})"
    return text


def apart_text(apart: Duration, spelling: numbers.Spelling = numbers.range_text) -> str:
    """How far apart doses lie at least: "at least 3 days apart"."""
    return f"at least {length_text(apart, spelling)} apart"


@frozen(kw_only=True, repr=False)
class Names(Record):
    """The words that stand for names in one wording; a name without a word stands for itself.

    Attributes:
        drugs: Labels of drugs by name.
        routes: How a drug gets into the body by route, such as "by mouth".
        events: Labels of events by name, as they follow "until" and "after".
        units: Units that go by a word, in its plural: "micrograms" for "µg".
        for_life: How a bound for life is reported.
        indefinitely: How a bound is reported for which the source says "indefinitely".
    """

    drugs: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    routes: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    events: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    units: Mapping[str, str] = field(factory=dict, converter=frozen_map)
    for_life: str = "for life"
    indefinitely: str = "indefinitely"

    def drug(self, name: str) -> str:
        """What a drug is called."""
        return _word(self.drugs, name)

    def event(self, name: str) -> str:
        """What an event is called."""
        return _word(self.events, name)

    def route(self, name: str) -> str:
        """How a drug gets into the body."""
        known = self.routes.get(name)
        return spaced(known) if known else f"by the {name.replace('_', ' ')} route"

    def unit(self, name: str, *, single: bool) -> str:
        """What a unit is called, of one or of several."""
        word = self.units.get(name)
        if word is None:
            return name
        return word.removesuffix("s") if single else word

    @property
    def ambiguous(self) -> tuple[str, ...]:
        """The words that stand for several names of one kind, and so cannot be read."""
        kinds = (self.drugs, self.routes, self.events)
        return tuple(word for kind in kinds for word in _repeated(kind.values()))


def _word(words: Mapping[str, str], name: str) -> str:
    return spaced(words.get(name, "")) or name.replace("_", " ")


def _repeated(words: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found = []
    for word in map(spaced, words):
        key = word.casefold()
        if key and key in seen:
            found.append(word)
        seen.add(key)
    return found


def regimen_to_english(
    regimen: r.Regimen,
    names: Names,
    spelling: numbers.Spelling = numbers.exact_range_text,
    *,
    with_drugs: bool = True,
) -> str:
    """The regimen as one English phrase, phase after phase, which can be read back."""
    return ", then ".join(
        _phase(phase, names, spelling, with_drugs=with_drugs)
        for phase in regimen.phases
    )


def _phase(
    phase: r.Phase, names: Names, spelling: numbers.Spelling, *, with_drugs: bool
) -> str:
    parts = []
    if with_drugs and phase.drugs:
        parts.append(choice_text(tuple(map(names.drug, phase.drugs))))
    dose = phase.dose
    unit = names.unit(dose.unit, single=set(dose.stated) == {1})
    parts.append(
        f"{amount_text(dose, spelling)} {unit}{_by_weight(dose, names, spelling)}"
    )
    if phase.route is not None:
        parts.append(names.route(phase.route))
    if phase.frequency is not None:
        parts.append(frequency_text(phase.frequency, spelling))
    if phase.bound is not None:
        is_single = phase.is_single_dose and phase.apart is None
        parts.append("once" if is_single else _bound(phase.bound, names, spelling))
    if phase.apart is not None:
        parts.append(apart_text(phase.apart, spelling))
    doses = dose_count(phase)
    if doses is not None:
        parts.append(f"({plural(doses, 'dose')})")
    if phase.as_needed:
        parts.append("as needed")
    if phase.with_food:
        parts.append("with food")
    text = " ".join(parts)
    if phase.after:
        text += f", after {' and after '.join(map(names.event, phase.after))}"
    return text


def _by_weight(dose: r.Dose, names: Names, spelling: numbers.Spelling) -> str:
    """What limits a dose by weight, and what it comes to: ", at most 1000 mg (for 72 kg: ...)"."""
    if not dose.is_by_weight:
        return ""
    text = ""
    if dose.limit is not None:
        limit = names.unit(dose.limit.unit, single=set(dose.limit.stated) == {1})
        text = f", at most {amount_text(dose.limit, spelling)} {limit}"
    if dose.weight is not None:
        given = dose.given
        unit = names.unit(given.unit, single=set(given.stated) == {1})
        weight = numbers.range_text(dose.weight, dose.weight)
        text += f" (for {weight} kg: {amount_text(given, spelling)} {unit})"
    return text


def _bound(bound: r.Bound, names: Names, spelling: numbers.Spelling) -> str:
    match bound:
        case r.ForTime(length=length):
            return f"for {length_text(length, spelling)}"
        case r.ForDoses(count=count, within=within):
            inside = f" within {length_text(within, spelling)}" if within else ""
            return f"for {plural(count, 'dose')}{inside}"
        case r.ForLife(indefinitely=indefinitely):
            return names.indefinitely if indefinitely else names.for_life
        case r.Until(event=event):
            return f"until {names.event(event)}"
        case _:
            assert_never(bound)


def dose_count(phase: r.Phase) -> int | None:
    """How many doses a phase has, where its words fix the number."""
    if phase.as_needed:
        return None
    match phase.frequency, phase.bound:
        case r.Times(low=low, high=high, per=per), r.ForTime(length=length) if (
            low == high
        ):
            count = low
        case r.Every(interval=per), r.ForTime(length=length):
            count = 1
        case _:
            return None
    is_fixed = per.low == per.high and length.low == length.high
    if not is_fixed or not per.is_comparable_with(length):
        return None
    doses: Fraction = count * length.smallest[0] / per.smallest[0]
    return int(doses) if doses.denominator == 1 else None


def schedule_text(
    regimen: r.Regimen,
    graph: RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
    *,
    with_drugs: bool = True,
) -> str:
    """The regimen as one English phrase, phase after phase."""
    names = names_of(graph, audience)
    return regimen_to_english(regimen, names, numbers.range_text, with_drugs=with_drugs)


def names_of(graph: RuleGraph, audience: Audience = Audience.PROFESSIONAL) -> Names:
    """The words for schedules: those of the vocabulary, and plain ones for patients."""
    words = graph.vocabulary
    plain = audience is Audience.PATIENT
    return Names(
        drugs={name: drug_text(graph, name) for name in words.drugs},
        routes={name: route_text(graph, name, audience) for name in words.routes},
        events={
            name: fact_text(graph, name) for name in (*words.facts, *graph.definitions)
        },
        units=numbers.PLAIN_UNITS if plain else {},
        for_life="for the rest of your life" if plain else "for life",
        indefinitely="without an end" if plain else "indefinitely",
    )
