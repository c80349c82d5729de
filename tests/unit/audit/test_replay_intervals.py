"""The interval of a day is found again without going through all doses before it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide.audit import event as happened
from b12guide.audit.history import history_from
from b12guide.audit.replay import Replay
from b12guide.audit.run import replay_of
from b12guide.audit.targets import regimens_of
from b12guide.evaluate.answer import Verdict
from b12guide.graph.model import Decision
from b12guide.regimen.model import Every
from b12guide.values.duration import DurationRange

GUIDELINE = b12guide.load("mecobalamin_im")
FIRST = dt.date(2020, 1, 1)
ON = FIRST + dt.timedelta(1000)
DAYS = st.integers(0, 1000).map(lambda days: FIRST + dt.timedelta(days))
FACTS = st.fixed_dictionaries(
    {"b12_deficiency": st.just(True)},
    optional={
        name: st.booleans()
        for name in ("paresthesia", "loading_complete", "persistent_symptoms")
    },
)


def replayed(
    facts: dict[str, Any], doses: list[dt.date], tests: list[dt.date]
) -> Replay:
    """The replay of a history of doses and tests."""
    rows: list[dict[str, Any]] = [
        {"on": day, "dose": "hydroxocobalamin", "route": "intramuscular"}
        for day in doses
    ]
    rows += [{"on": day, "test": "serum_b12"} for day in tests]
    rows += [{"on": day, "test": "ferritin"} for day in tests[::2]]
    patient = b12guide.patient_from({"facts": facts, "otherwise": "absent"})
    history = history_from(rows, GUIDELINE.graph)
    return replay_of(GUIDELINE.evaluator, patient, history, ON)


def interval(replay: Replay, day: dt.date) -> DurationRange | None:
    """The interval by the phase in which a dose on `day` would lie, all doses gone through."""
    mine = [dose.on for dose in replay.doses if dose.row not in replay.loading_rows]
    for verdict in replay.binding(Decision.MAINTENANCE, day):
        if verdict.verdict is Verdict.APPLIES:
            for regimen in regimens_of(verdict.rule):
                stage = regimen.phase_on(day, mine, replay.happened)
                frequency = None if stage is None else stage.phase.frequency
                if isinstance(frequency, Every):
                    return frequency.interval
    return None


@given(FACTS, st.lists(DAYS, max_size=8, unique=True), st.lists(DAYS, max_size=3))
def test_each_day_has_the_interval_of_its_phase(
    facts: dict[str, Any], doses: list[dt.date], tests: list[dt.date]
) -> None:
    replay = replayed(facts, doses, list(dict.fromkeys(tests)))
    around = [day + dt.timedelta(n) for day in (*doses, *tests) for n in (-1, 0, 1)]
    for day in (*around, ON):
        assert replay.interval_on(day) == interval(replay, day)


@given(st.lists(DAYS, max_size=4, unique=True))
def test_each_day_has_its_tests(tests: list[dt.date]) -> None:
    replay = replayed({"b12_deficiency": True}, [FIRST], tests)
    done = [event for event in replay.events if isinstance(event, happened.Tested)]

    assert set(replay.tests_by_day) == set(tests)
    for day in tests:
        assert replay.tests_by_day[day] == {e.test for e in done if e.on == day}


TWO_PHASES = """\
language 1
guideline two_phases "Two phases"
    version    1.0.0
    revised    2026-01-01
    uses       b12

source page "A page"
    by         "Nobody", 2026
    printed as 1

rule first "The drug"
    when     b12_deficiency
    form     hydroxocobalamin
    strength required
    cites    page

rule deficient "Deficiency"
    when     b12_deficiency
    maintain 1000 µg IM every month for 3 doses then 1000 µg IM every 6 months for life
    strength required
    cites    page
"""


def test_a_dose_of_the_day_itself_does_not_end_a_phase(tmp_path: Path) -> None:
    file = tmp_path / "two_phases.gdl"
    file.write_text(TWO_PHASES, encoding="utf-8")
    guideline = b12guide.load(file)
    doses = ["2021-01-10", "2021-02-10", "2021-03-10"]
    rows = [{"on": day, "dose": "hydroxocobalamin"} for day in doses]
    patient = b12guide.patient_from({"facts": {"b12_deficiency": True}})
    history = history_from(rows, guideline.graph)
    replay = replay_of(guideline.evaluator, patient, history, ON)
    asked = (*doses, "2021-03-11")
    found = [replay.interval_on(dt.date.fromisoformat(day)) for day in asked]
    months = [None if one is None else int(one.low) for one in found]

    assert months == [1, 1, 1, 6]
