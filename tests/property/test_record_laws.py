"""What was written down is read back, whatever the patient, history, day and options."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import Recommendation, load
from b12guide.answers import Answer
from b12guide.audit.finding import Audit, Family
from b12guide.errors import B12GuideError, PatientError
from b12guide.evaluate.facts import Reading
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Patient
from b12guide.strategies import histories, patients
from b12guide.timeline.model import Timeline
from b12guide.values.term import Kind

GUIDELINE = load("mecobalamin_im")
GRAPH = GUIDELINE.graph
TARGETS = (*GRAPH.rules, "form", "loading", "maintenance", "monitoring")
EVENTS = [n for n, f in GRAPH.vocabulary.facts.items() if f.kind is Kind.EVENT]
FEWER = max(30, settings().max_examples // 3)
"""Each is answered three times, written down and read back."""

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
MOMENTS = st.one_of(
    DAYS,
    DAYS.map(dt.date.isoformat),
    st.tuples(DAYS, st.times()).map(lambda both: dt.datetime.combine(*both)),
)


@st.composite
def as_recorded(draw: st.DrawFn, value: Any, name: str) -> Any:
    """A value in any way in which an application may hand it over."""
    fact = GRAPH.vocabulary.facts[name]
    ways = [value]
    if fact.kind is Kind.MEASURE and isinstance(value, str):
        number, _, unit = value.partition(" ")
        exact = Fraction(number)
        ways += [
            exact,
            Decimal(number),
            float(number),
            exact + Fraction(1, 3 * 10**9),
            Decimal(number) + Decimal("0.0000000000000000001"),
            {"value": float(number), "unit": unit or None},
            {"value": value, "on": draw(MOMENTS)},
        ]
    way = draw(st.sampled_from(ways))
    if draw(st.integers(0, 3)):
        return way
    dated = way if isinstance(way, Mapping) else {"value": way}
    days = draw(st.lists(DAYS, min_size=1, max_size=3, unique=True))
    return [{**dated, "on": day} for day in days]


@st.composite
def recorded(draw: st.DrawFn) -> Patient:
    drawn = draw(patients())
    facts = {}
    for name, value in drawn.facts.items():
        synonyms = GRAPH.vocabulary.facts[name].synonyms
        key = draw(st.sampled_from((name, name, *synonyms[:1])))
        facts[key] = draw(as_recorded(value, name))
    return patient_from({"facts": facts, "otherwise": drawn.otherwise.value})


def assert_kept(answer: Answer) -> None:
    """The record of an answer is read back as the answer, and comes out the same."""
    plain = answer.to_dict()
    written = json.loads(answer.to_json())
    assert written == plain

    back = type(answer).from_dict(written)
    assert back.to_dict() == plain
    assert back == answer or not isinstance(answer, Recommendation)
    assert back.replay().to_dict() == plain


@settings(max_examples=FEWER)
@given(patient=recorded(), on=st.none() | DAYS, reading=st.sampled_from(Reading))
def test_a_recommendation_is_read_back(
    patient: Patient, on: dt.date | None, reading: Reading
) -> None:
    try:
        answer = GUIDELINE.recommend(patient, on=on, fuzzy_threshold=reading)
    except PatientError:  # values a little off may contradict each other
        return
    assert_kept(answer)


@settings(max_examples=FEWER)
@given(
    patient=st.none() | recorded(), target=st.sampled_from(TARGETS), on=st.none() | DAYS
)
def test_an_explanation_is_read_back(
    patient: Patient | None, target: str, on: dt.date | None
) -> None:
    try:
        explanation = GUIDELINE.explain(target, patient, on=on)
    except PatientError:
        return
    assert_kept(explanation)


@settings(max_examples=FEWER)
@given(
    patient=recorded(),
    start=DAYS,
    length=st.none() | st.integers(0, 800),
    events=st.dictionaries(st.sampled_from(EVENTS), st.integers(0, 300), max_size=2),
)
def test_a_timeline_is_read_back(
    patient: Patient, start: dt.date, length: int | None, events: dict[str, int]
) -> None:
    until = None if length is None else start + dt.timedelta(days=length)
    days = {name: start + dt.timedelta(days=n) for name, n in events.items()}
    try:
        timeline = GUIDELINE.timeline(patient, start, until=until, events=days)
    except B12GuideError:
        return
    assert isinstance(timeline, Timeline)
    assert_kept(timeline)


@settings(max_examples=FEWER)
@given(
    patient=recorded(),
    history=histories(),
    on=DAYS,
    families=st.none() | st.sets(st.sampled_from(Family), min_size=1),
    tolerance=st.sampled_from(("usual", "strict", "doses=3, loading=2, early=1")),
    twice=st.booleans(),
)
def test_an_audit_is_read_back(  # noqa: PLR0913, PLR0917 -- all that an audit can be told
    patient: Patient,
    history: list[dict[str, Any]],
    on: dt.date,
    families: set[Family] | None,
    tolerance: str,
    twice: bool,
) -> None:
    rows = [*history, *history[:1]] if twice else history
    try:
        audit = GUIDELINE.audit(
            patient, rows, on=on, families=families, tolerance=tolerance
        )
    except PatientError:
        return
    assert isinstance(audit, Audit)
    assert_kept(audit)
