"""Dose schedules of every shape, and the words for them."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve
from hypothesis import strategies as st

from b12guide.regimen.model import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.say.schedules import Names
from b12guide.values.duration import Duration, DurationRange, TimeUnit

DRUGS = ("a_drug", "b_drug", "c_drug")
ROUTES = ("intramuscular", "oral", "nasal")
EVENTS = ("repleted", "plateau", "complete")
UNITS = ("µg", "mg", "g", "IU", "mg/kg", "mg/m²")

# Labels as a vocabulary may have them: some begin like another, or with what looks like a clause.
LABELS = (
    "zinc",
    "zinc acetate",
    "zinc (as acetate), slow",
    "B12",
    "vitamin B12",
    "vitamin B12 is replete",
    "Gr\u00f6\u00dfe",
    "for-life syndrome",
    "then-and-now sign",
    "daily-living score",
    "the doctor's word",
    "plateau, in the clinician's judgement",
)


@st.composite
def names(draw: st.DrawFn) -> Names:
    """Words for every name, the same label never for two of a kind."""
    labels = draw(st.permutations(LABELS))
    plain = draw(st.booleans())
    return Names(
        drugs=dict(zip(DRUGS, labels, strict=False)),
        routes={
            name: f"by way of {label}"
            for name, label in zip(ROUTES, labels[3:], strict=False)
        },
        events=dict(zip(EVENTS, labels[6:], strict=False)),
        units={"µg": "micrograms", "mg": "milligrams"} if plain else {},
        for_life="for the rest of your life" if plain else "for life",
        indefinitely="without an end" if plain else "indefinitely",
    )


numbers = st.builds(
    Fraction, st.integers(1, 10**6), st.sampled_from([1, 1, 1, 2, 3, 8, 1000])
)


@st.composite
def lengths(draw: st.DrawFn) -> DurationRange:
    low = draw(st.integers(1, 3).map(Fraction) | numbers)
    more = draw(st.just(Fraction(0)) | numbers)
    return DurationRange(low, low + more, draw(st.sampled_from(TimeUnit)))


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    low = draw(numbers)
    more = draw(st.just(Fraction(0)) | numbers)
    ends = draw(st.sampled_from([(low, low + more), (low, None), (None, low)]))
    unit = draw(st.sampled_from(UNITS))
    if not draw(st.booleans()) or unit not in {"µg", "mg", "g"}:
        return Dose(*ends, unit)
    if None in ends or draw(st.booleans()):
        return Dose(*ends, f"{unit}/kg")
    most = draw(numbers)
    return Dose(*ends, f"{unit}/kg", limit=Dose(most, most, unit))


def _times(low: int, more: int, per: DurationRange) -> Times:
    return Times(low, low + more, per)


frequencies: st.SearchStrategy[Frequency] = st.builds(Every, lengths()) | st.builds(
    _times, st.integers(1, 12), st.integers(0, 3), lengths()
)
bounds: st.SearchStrategy[Bound] = (
    st.builds(ForTime, lengths())
    | st.builds(ForDoses, st.integers(1, 100))
    | st.builds(ForLife, st.booleans())
    | st.builds(Until, st.sampled_from(EVENTS))
)
phases = st.builds(
    Phase,
    drugs=st.lists(st.sampled_from(DRUGS), max_size=3, unique=True).map(tuple),
    dose=doses(),
    route=st.none() | st.sampled_from(ROUTES),
    frequency=st.none() | frequencies,
    bound=st.none() | bounds,
    as_needed=st.booleans(),
    with_food=st.booleans(),
    apart=st.none() | st.builds(Duration, numbers, st.sampled_from(TimeUnit)),
    after=st.lists(st.sampled_from(EVENTS), max_size=2).map(tuple),
)
regimens = st.builds(Regimen, st.lists(phases, min_size=1, max_size=3).map(tuple))


# ---------------------------------------------------------------- numbers with an end


def with_decimals(regimen: Regimen) -> Regimen:
    """The regimen with a number that ends as a decimal in the place of each that does not."""
    return Regimen(tuple(map(_decimal_phase, regimen.phases)))


def _decimal_phase(phase: Phase) -> Phase:
    frequency, bound, apart = phase.frequency, phase.bound, phase.apart
    match frequency:
        case Every(interval=interval):
            frequency = Every(_decimal_length(interval))
        case Times(low=low, high=high, per=per):
            frequency = Times(low, high, _decimal_length(per))
        case None:
            pass
    if isinstance(bound, ForTime):
        bound = ForTime(_decimal_length(bound.length))
    if apart is not None:
        apart = Duration(_decimal(apart.value), apart.unit)
    return evolve(
        phase,
        dose=_decimal_dose(phase.dose),
        frequency=frequency,
        bound=bound,
        apart=apart,
    )


def _decimal_dose(dose: Dose) -> Dose:
    low, high = (
        None if end is None else _decimal(end) for end in (dose.low, dose.high)
    )
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    limit = None if dose.limit is None else _decimal_dose(dose.limit)
    return evolve(dose, low=low, high=high, limit=limit)


def _decimal_length(length: DurationRange) -> DurationRange:
    ends = sorted(map(_decimal, (length.low, length.high)))
    return DurationRange(ends[0], ends[1], length.unit)


def _decimal(number: Fraction) -> Fraction:
    return number * 3 if number.denominator % 3 == 0 else number


decimal_regimens = regimens.map(with_decimals)
