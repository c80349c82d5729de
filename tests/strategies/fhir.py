"""FHIR dosage instructions of every shape."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from b12guide.interop.dosage import (
    DAYS,
    WHEN,
    Coding,
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
from b12guide.regimen.model import Every, ForTime, Frequency, Times
from b12guide.values.duration import DurationRange, TimeUnit

FORM = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
UCUM = "http://unitsofmeasure.org"

_words = st.sampled_from(
    [
        "Oral Route",
        "oral route",
        'the "left" arm',
        "as needed for pain, daily",
        "[2]",
        "\u00e9",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
_codings = st.builds(
    Coding,
    system=st.none() | st.sampled_from(["http://snomed.info/sct", UCUM]),
    code=st.none() | st.sampled_from(["1", "2", "QD"]),
    display=st.none() | _words,
)
concepts = st.builds(
    Concept, codings=st.lists(_codings, max_size=2).map(tuple), text=st.none() | _words
).filter(lambda concept: bool(concept.words))
units = st.sampled_from(
    [
        FhirUnit(),
        FhirUnit(text="mg", system=UCUM, code="mg"),
        FhirUnit(text="mg"),
        FhirUnit(text="mg/m2", system=UCUM, code="mg/m2"),
        FhirUnit(text="TAB", system=FORM, code="TAB"),
        FhirUnit(text="tablet"),
        FhirUnit(text="tablets"),
        FhirUnit(text="{tbl}"),
        FhirUnit(text="10*9", system=UCUM, code="10*9"),
        FhirUnit(text="h", system=UCUM, code="h"),
        FhirUnit(text="hours", system=UCUM, code="h"),
        FhirUnit(text="to"),
        FhirUnit(text="times"),
        FhirUnit(text="two words"),
        FhirUnit(text='5" pipe'),
        FhirUnit(text="%"),
        FhirUnit(text="mL."),
    ]
)
# What has an end as a decimal, as every number of a JSON file has.
numbers = st.builds(
    Fraction, st.integers(1, 10**6), st.sampled_from([1, 1, 1, 2, 8, 1000])
)
amounts = st.builds(FhirQuantity, st.just(Fraction(0)) | numbers, units)


@st.composite
def ranges(draw: st.DrawFn) -> FhirRange:
    low, more = draw(numbers), draw(numbers)
    ends = draw(st.sampled_from([(low, low + more), (None, low), (low, None)]))
    return FhirRange(*ends, draw(units))


@st.composite
def lengths(draw: st.DrawFn) -> DurationRange:
    low, more = draw(numbers), draw(st.just(Fraction(0)) | numbers)
    return DurationRange(low, low + more, draw(st.sampled_from(TimeUnit)))


ratios = st.builds(Ratio, amounts, amounts)
doses = st.builds(
    DoseAndRate,
    kind=st.none() | concepts,
    dose=st.none() | amounts | ranges(),
    rate=st.none() | amounts | ranges() | ratios,
)
dates = st.sampled_from(
    [
        "2015",
        "2015-01",
        "2015-01-16",
        "2015-01-15T22:00:00+11:00",
        "2015-01-15T22:00:00Z",
    ]
)
periods = st.builds(FhirPeriod, dates, st.none() | dates) | st.builds(
    FhirPeriod, st.none(), dates
)


@st.composite
def frequencies(draw: st.DrawFn) -> Frequency:
    """Once in a time is `Every`, as the reading of FHIR has it."""
    low, more, per = draw(st.integers(1, 4)), draw(st.integers(0, 2)), draw(lengths())
    return Every(per) if low == 1 and more == 0 else Times(low, low + more, per)


def _some(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=2, unique=True).map(tuple)


timings = st.builds(
    Timing,
    events=_some(dates),
    frequency=st.none() | frequencies(),
    bounds=st.none() | periods | st.builds(ForTime, lengths()),
    count=st.none()
    | st.tuples(st.integers(1, 9), st.integers(0, 3)).map(lambda c: (c[0], sum(c))),
    duration=st.none() | lengths(),
    days=_some(st.sampled_from(sorted(DAYS))),
    times=_some(st.sampled_from(["09:00:00", "21:30", "23:59:59.5"])),
    when=_some(st.sampled_from(sorted(WHEN))),
    offset=st.none() | st.integers(0, 90),
    code=st.none() | concepts,
)
dosages = st.builds(
    Dosage,
    sequence=st.none() | st.integers(0, 9),
    doses=st.lists(doses, max_size=2).map(tuple),
    timing=timings,
    as_needed=st.none() | st.booleans() | concepts,
    route=st.none() | concepts,
    site=st.none() | concepts,
    method=st.none() | concepts,
    instructions=st.lists(concepts, max_size=2).map(tuple),
    per_period=st.none() | ratios,
    per_administration=st.none() | amounts,
    per_lifetime=st.none() | amounts,
)
