"""An audit sees an age on the day on which it turns (M83, M84)."""

from __future__ import annotations

import datetime as dt

import pytest

from b12guide import written
from b12guide.audit.history import history_from
from b12guide.audit.knowledge import Knowledge
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.library import Library, SourceFile
from b12guide.patient.model import Patient
from b12guide.patient.stated import state

WRITTEN = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
finding numbness "numbness"
event surgery "surgery was done"
rule long
    when     numbness for more than 4 weeks or surgery within 2 months
    note     "Long."
    strength claim
rule short
    when     numbness within 1 month
    note     "Short."
    strength claim
"""
GRAPH = written.compiled(
    written.check(Library(SourceFile("ages.gdl", WRITTEN.encode())))
).graph
NAMES = tuple(GRAPH.ages)


def known(facts: dict[str, object], rows: list[dict[str, object]]) -> Knowledge:
    events = history_from(rows, GRAPH).events
    return Knowledge.of(Evaluator.of(GRAPH), Patient(facts=facts), events)


def test_each_day_is_the_day_asked_for() -> None:
    facts = {
        "numbness": [
            {"value": True, "on": "2026-01-31"},
            {"value": None, "on": "2026-03-10"},
            {"value": True, "on": "2026-03-20"},
            {"value": False, "on": "2026-06-01"},
            {"value": True, "on": "2026-06-10"},
        ],
        "surgery": [
            {"value": True, "on": "2026-02-10"},
            {"value": True, "on": "2026-05-10"},
        ],
    }
    knowledge = known(facts, [])

    for number in range(250):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        wanted = state(Patient(facts=facts), GRAPH, day).values
        found = knowledge.on(day).stated.values
        assert {n: found.get(n) for n in NAMES} == {n: wanted.get(n) for n in NAMES}


def test_the_day_of_the_change_is_a_day_on_which_something_is_known() -> None:
    knowledge = known({"numbness": {"value": True, "on": "2026-01-01"}}, [])

    days = [dt.date(2026, 1, 1), dt.date(2026, 1, 30), dt.date(2026, 2, 2)]
    assert list(knowledge.days) == days
    since = knowledge.since(GRAPH.rules["long"], dt.date(2026, 3, 1))
    assert since == dt.date(2026, 1, 30)


def test_what_the_history_notes_counts_with_its_day() -> None:
    knowledge = known({}, [{"on": "2026-01-01", "event": "numbness"}])

    assert knowledge.on(dt.date(2026, 1, 30)).stated.values[NAMES[0]] is True


def test_what_was_so_before_may_be_older() -> None:
    knowledge = known({"numbness": True}, [{"on": "2026-01-01", "event": "numbness"}])

    before = knowledge.on(dt.date(2026, 1, 29)).stated.values
    after = knowledge.on(dt.date(2026, 1, 30)).stated.values
    assert before[NAMES[0]] is None
    assert after[NAMES[0]] is True


def test_an_age_is_no_event_of_a_history() -> None:
    row = {"on": "2026-01-01", "event": "numbness.for_more_than_4_weeks"}

    with pytest.raises(PatientError) as caught:
        history_from([row], GRAPH)

    (found,) = caught.value.diagnostics
    assert found.code == "GDL722"
