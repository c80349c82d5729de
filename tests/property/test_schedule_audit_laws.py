"""Laws of audits on schedules of every shape: whoever follows a timeline is found to follow it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from b12guide.audit.finding import STRICT, USUAL, Audit, Gravity, Tolerance
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import NotNeeded, Regimens, RuleGraph
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.regimen.interval import counted
from b12guide.regimen.model import Every, ForDoses, ForLife, ForTime, Phase, Regimen
from b12guide.regimen.phase import most_per_day
from b12guide.timeline.model import Timeline
from b12guide.timeline.plan import Pick, as_history, plan
from b12guide.values.duration import TimeUnit
from tests.strategies import schedules

Rows = list[dict[str, Any]]

DEFICIENT = Patient(facts={"b12_deficiency": True}, otherwise=Otherwise.ABSENT)
FOUND = {Gravity.VIOLATION, Gravity.WARNING, Gravity.UNRESOLVED}


@cache
def template() -> RuleGraph:
    return load(Path(__file__).with_name("any_schedule.gdl")).graph


def guideline(
    loading: tuple[Regimen, ...], maintenance: tuple[Regimen, ...]
) -> Evaluator:
    """The guideline with these regimens to choose from; none is "not needed"."""
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


def timeline(
    asked: Evaluator, start: dt.date, until: dt.date, events: Mapping[str, dt.date]
) -> Timeline:
    answer = recommend(asked, state(DEFICIENT, asked.graph))
    return plan(answer, start, until=until, events=events)


def audited(
    asked: Evaluator, rows: Rows, on: dt.date, tolerance: Tolerance = USUAL
) -> Audit:
    history = history_from(rows, asked.graph)
    return audit(asked, DEFICIENT, history, on, tolerance=tolerance)


def found(answer: Audit) -> list[tuple[Any, ...]]:
    return [(f.on, f.gravity, f.text) for f in answer.findings if f.gravity in FOUND]


def choices() -> st.SearchStrategy[tuple[Regimen, ...]]:
    """Regimens to choose from: one with ranges, up to two without any, or none."""

    def some(*, exact: bool, most: int) -> st.SearchStrategy[tuple[Regimen, ...]]:
        one = schedules.regimens(exact=exact).map(alike).filter(is_ordinary)
        return st.lists(one.filter(ends_on_a_day), max_size=most).map(tuple)

    return some(exact=False, most=1) | some(exact=True, most=2)


def alike(regimen: Regimen) -> Regimen:
    """The regimen with a dose that a history of this drug can hold."""
    dose = schedules.DOSES[0]
    return Regimen(tuple(evolve(phase, dose=dose) for phase in regimen.phases))


def ends_on_a_day(regimen: Regimen) -> bool:
    """Whether no phase takes "3 to 4 months": its optional doses and the next phase's earliest
    ones cannot both be taken, and a history that is picked from windows takes both.
    """
    lengths = [p.bound.length for p in regimen.phases if isinstance(p.bound, ForTime)]
    return all(length.low == length.high for length in lengths)


def is_ordinary(regimen: Regimen) -> bool:
    """Whether no day has more doses than a history can tell apart, and it is no series."""
    is_series = all(counted(phase) for phase in regimen.phases)
    return not is_series and all(_doses_a_day(p) <= 1 for p in regimen.phases)


def _doses_a_day(phase: Phase) -> Any:
    return 0 if phase.frequency is None else most_per_day(phase.frequency)


@given(
    choices(),
    choices(),
    schedules.days,
    st.data(),
    st.integers(0, 900),
    st.sampled_from(Pick),
    st.sampled_from((USUAL, STRICT)),
)
def test_whoever_follows_a_timeline_is_found_to_follow_it(  # noqa: PLR0913, PLR0917
    loading: tuple[Regimen, ...],
    maintenance: tuple[Regimen, ...],
    start: dt.date,
    data: st.DataObject,
    length: int,
    pick: Pick,
    tolerance: Tolerance,
) -> None:
    events = schedules.to_come(data.draw(schedules.happenings(start)), start)
    asked = guideline(loading, maintenance)
    until = start + dt.timedelta(days=length)
    rows = as_history(timeline(asked, start, until, events), pick)

    assert found(audited(asked, rows, until, tolerance)) == []


def intervals() -> st.SearchStrategy[Regimen]:
    """One phase with an interval, long enough for a dose to be left out in the middle."""
    every = st.builds(Every, schedules.lengths(4, exact=True)).filter(
        lambda found: found.interval.unit is not TimeUnit.YEAR
    )
    return st.builds(
        lambda frequency, bound: Regimen(
            (Phase(dose=schedules.DOSES[0], frequency=frequency, bound=bound),)
        ),
        every,
        st.sampled_from([ForDoses(6), ForLife(), None]),
    )


@given(
    intervals(),
    st.sampled_from(("loading", "maintenance")),
    schedules.days,
    st.integers(1, 4),
    st.sampled_from((USUAL, STRICT)),
)
def test_whoever_leaves_out_a_dose_is_found_to_have_done_so(
    regimen: Regimen, decision: str, start: dt.date, which: int, tolerance: Tolerance
) -> None:
    is_loading = decision == "loading"
    asked = guideline(*(((regimen,), ()) if is_loading else ((), (regimen,))))
    until = start + dt.timedelta(days=900)
    rows = as_history(timeline(asked, start, until, {}))
    doses = [row for row in rows if "dose" in row]
    left = [row for row in rows if row is not doses[which]]

    assert found(audited(asked, rows, until, tolerance)) == []
    assert found(audited(asked, left, until, tolerance)) != []
