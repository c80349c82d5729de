"""Laws of what is due: an audit agrees, the order of rows is nothing, and unknown is never no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import b12guide
from b12guide import PatientError
from b12guide.audit.finding import STRICT, USUAL, Audit, Family, Gravity, Tolerance
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.due.model import Due, DueDose
from b12guide.due.run import due
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import NotNeeded, Regimens, RuleGraph
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.regimen.interval import counted
from b12guide.regimen.model import ForTime, Phase, Regimen
from b12guide.regimen.phase import most_per_day
from b12guide.timeline.plan import Pick, as_history, plan
from b12guide.truth import Truth
from tests.strategies import schedules

Rows = list[dict[str, Any]]

DAY = dt.timedelta(days=1)
DEFICIENT = Patient(facts={"b12_deficiency": True}, otherwise=Otherwise.ABSENT)
FOUND = {Gravity.VIOLATION, Gravity.WARNING, Gravity.UNRESOLVED}


@cache
def template() -> RuleGraph:
    return load(Path(__file__).with_name("any_schedule.gdl")).graph


def guideline(
    loading: tuple[Regimen, ...], maintenance: tuple[Regimen, ...]
) -> Evaluator:
    """The guideline with these regimens; none is "not needed"."""
    graph = template()
    values = {"loads": loading, "maintains": maintenance}
    rules = {
        name: evolve(
            rule, value=Regimens(regimens=values[name]) if values[name] else NotNeeded()
        )
        if name in values
        else rule
        for name, rule in graph.rules.items()
    }
    return Evaluator.of(evolve(graph, rules=rules, digest=""))


def choices() -> st.SearchStrategy[tuple[Regimen, ...]]:
    one = schedules.regimens().map(alike).filter(is_ordinary)
    return st.lists(one, max_size=1).map(tuple)


def alike(regimen: Regimen) -> Regimen:
    """The regimen with a dose that a history of this drug can hold."""
    dose = schedules.DOSES[0]
    return Regimen(tuple(evolve(phase, dose=dose) for phase in regimen.phases))


def is_ordinary(regimen: Regimen) -> bool:
    """Whether no day has more doses than one, it is no series, and no phase takes a range.

    Which doses of "for 3 to 4 months, then ..." belong to which phase, an audit reads in the way
    that suits the history best, so a dose may move others.
    """
    is_series = all(counted(phase) for phase in regimen.phases)
    lengths = [p.bound.length for p in regimen.phases if isinstance(p.bound, ForTime)]
    has_range = any(length.low != length.high for length in lengths)
    return not (is_series or has_range) and all(
        _doses_a_day(phase) <= 1 for phase in regimen.phases
    )


def _doses_a_day(phase: Phase) -> Any:
    return 0 if phase.frequency is None else most_per_day(phase.frequency)


def followed_history(
    asked: Evaluator,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
    pick: Pick,
) -> Rows:
    answer = recommend(asked, state(DEFICIENT, asked.graph))
    return as_history(plan(answer, start, until=until, events=events), pick)


def audited(asked: Evaluator, rows: Rows, on: dt.date, tolerance: Tolerance) -> Audit:
    history = history_from(rows, asked.graph)
    return audit(
        asked, DEFICIENT, history, on, families=[Family.INTERVAL], tolerance=tolerance
    )


def found(answer: Audit) -> list[tuple[Any, ...]]:
    return [(f.on, f.gravity, f.text) for f in answer.findings if f.gravity in FOUND]


def what_is_due(
    asked: Evaluator,
    rows: Rows,
    on: dt.date,
    tolerance: Tolerance = USUAL,
    patient: Patient = DEFICIENT,
) -> Due:
    return due(asked, patient, history_from(rows, asked.graph), on, tolerance=tolerance)


def row_of(dose: DueDose, on: dt.date) -> dict[str, Any]:
    row = {"on": on.isoformat(), "dose": dose.drugs[0], "amount": "1000 µg"}
    return row if dose.phase.route is None else {**row, "route": dose.phase.route}


def asked_for(answer: Due) -> list[DueDose]:
    """The doses that the guideline asks for, with days."""
    return [
        dose
        for dose in answer.doses
        if dose.days.latest is not None and not dose.is_optional
    ]


@settings(max_examples=20)  # each is some twenty audits
@given(
    choices(),
    choices(),
    schedules.days,
    st.data(),
    st.integers(0, 400),
    st.sampled_from(Pick),
    st.sampled_from((USUAL, STRICT)),
)
def test_a_dose_on_any_day_of_its_window_is_in_time_and_after_it_is_late(  # noqa: PLR0913, PLR0917
    loading: tuple[Regimen, ...],
    maintenance: tuple[Regimen, ...],
    start: dt.date,
    data: st.DataObject,
    length: int,
    pick: Pick,
    tolerance: Tolerance,
) -> None:
    asked = guideline(loading, maintenance)
    until = start + dt.timedelta(days=length)
    drawn = schedules.to_come(data.draw(schedules.happenings(start)), start)
    events = {name: day for name, day in drawn.items() if day <= until}
    rows = followed_history(asked, start, until, events, pick)
    on = max([until, *(dt.date.fromisoformat(row["on"]) for row in rows)])
    assume(any("dose" in row for row in rows))
    assume(found(audited(asked, rows, on, tolerance)) == [])

    for dose in asked_for(what_is_due(asked, rows, on, tolerance)):
        days = dose.days
        assert days.earliest is not None
        assert days.latest is not None
        assert days.accepted_from is not None
        assert days.accepted_until is not None
        assert days.accepted_from <= days.earliest
        assert days.earliest <= days.latest <= days.accepted_until
        first = max(days.earliest, on)
        if days.latest >= first:
            given_on = first + dt.timedelta(
                days=data.draw(st.integers(0, min((days.latest - first).days, 500)))
            )
            more = [*rows, row_of(dose, given_on)]
            assert found(audited(asked, more, given_on, tolerance)) == []
        last = days.accepted_until
        if last >= on:
            assert found(audited(asked, rows, last, tolerance)) == []
            assert what_is_due(asked, rows, last, tolerance).overdue is Truth.FALSE
        late = max(last, on) + DAY
        assert found(audited(asked, rows, late, tolerance)) != []
        assert what_is_due(asked, rows, late, tolerance).overdue is not Truth.FALSE


# ----------------------------------------------------------- a guideline as it is shipped

_FACTS: dict[str, tuple[Any, ...]] = {
    "b12_deficiency": (True, {"value": True, "on": "2025-12-01"}),
    "paresthesia": (True, False),
    "numbness": (False,),
    "age": ("50 years",),
    "egfr": ("30 mL/min", "80 mL/min"),
    "bariatric_surgery": (True, False),
    "bariatric_procedure": ("sleeve_gastrectomy", "none"),
    "ileal_resection": ("0 cm", "30 cm"),
    "crohns_disease": (False,),
    "pregnancy": (False,),
    "neurological_plateau": (False, {"value": True, "on": "2026-01-20"}),
    "loading_complete": (False, {"value": True, "on": "2026-01-25"}),
    "b12_treatment": (True, False),
}
_ROWS: tuple[dict[str, Any], ...] = (
    *(
        {"on": f"2026-01-{day:02}", "dose": "mecobalamin", "amount": "1000 µg"}
        for day in (5, 7, 9, 12, 14, 16)
    ),
    {"on": "2026-01-19", "dose": "hydroxocobalamin", "route": "IM"},
    {"on": "2026-03-10", "dose": "hydroxocobalamin", "amount": "1 mg", "route": "IM"},
    {"on": "2026-04-05", "test": "serum_b12"},
    {"on": "2026-01-22", "event": "neurological_plateau"},
    {"on": "2026-02-01", "start": "mecobalamin", "amount": "1000 µg", "route": "oral"},
    {"on": "2026-03-01", "stop": "mecobalamin"},
)
_DAYS = ("2026-01-08", "2026-01-18", "2026-02-10", "2026-04-20", "2026-07-15")


@cache
def shipped() -> b12guide.Guideline:
    return b12guide.load("mecobalamin_im")


@st.composite
def patients(draw: st.DrawFn) -> dict[str, Any]:
    """A patient about whom much, or little, is known."""
    names = draw(st.lists(st.sampled_from(sorted(_FACTS)), unique=True, min_size=1))
    return {name: draw(st.sampled_from(_FACTS[name])) for name in names}


def histories() -> st.SearchStrategy[Rows]:
    numbers = st.lists(st.integers(0, len(_ROWS) - 1), unique=True)
    return numbers.map(lambda some: [_ROWS[number] for number in some])


@settings(max_examples=60)
@given(
    patients(), histories(), st.sampled_from(_DAYS), st.randoms(use_true_random=False)
)
def test_the_order_of_the_rows_is_nothing(
    patient: dict[str, Any], rows: Rows, on: str, chance: Any
) -> None:
    other = list(rows)
    chance.shuffle(other)
    one, two = possible(patient, rows, on), possible(patient, other, on)

    assert (one is None) is (two is None)
    if one is not None and two is not None:
        assert (one.phases, one.doses, one.tests) == (two.phases, two.doses, two.tests)
        assert one.overdue is two.overdue
        assert [evolve(d, row=0) for d in one.given] == [
            evolve(d, row=0) for d in two.given
        ]


def possible(patient: dict[str, Any], rows: Rows, on: str) -> Due | None:
    """What is due, where the record does not contradict itself."""
    try:
        return shipped().due(patient, rows, on=on)
    except PatientError:
        return None


@settings(max_examples=80)
@given(patients(), histories(), st.sampled_from(_DAYS), st.data())
def test_a_fact_less_never_makes_what_is_overdue_not_overdue(
    patient: dict[str, Any], rows: Rows, on: str, data: st.DataObject
) -> None:
    left = data.draw(st.sampled_from(sorted(patient)))
    known = possible(patient, rows, on)
    less = possible({n: v for n, v in patient.items() if n != left}, rows, on)
    assume(known is not None and less is not None)
    assert known is not None
    assert less is not None

    if known.overdue is Truth.TRUE:
        assert less.overdue is not Truth.FALSE
    if known.doses:
        assert less.doses
