"""Records of plain values say the same, looked up or read anew."""

from __future__ import annotations

import datetime as dt
import pickle
from random import Random
from typing import Any

import pytest

from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Otherwise, Patient, Stated, Units
from b12guide.patient.plain_record import KnownValues, plainly_stated
from b12guide.patient.stated import state
from b12guide.values.term import Kind
from tests.strategies.plain_records import draw_record

DAY = dt.date(2026, 3, 1)


def slowly(
    record: Any, graph: RuleGraph, units: Units | None = None, limits: Limits = USUAL
) -> Stated | PatientError:
    try:
        return state(patient_from(record, limits=limits), graph, DAY, units)
    except PatientError as error:
        return error


def told(stated: Stated) -> tuple[Any, ...]:
    """Everything that is stated, also what two values compare without."""
    fields = (stated.values, stated.otherwise, stated.on, stated.units, stated.data)
    return (*map(repr, fields), dict(stated.places), repr([*stated.values.values()]))


@pytest.mark.parametrize("seed", range(8))
def test_a_record_says_the_same_however_it_is_read(seed: int, graph: RuleGraph) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    known: KnownValues = {}
    plain = 0
    for _ in range(400):
        record = draw_record(random, graph)
        units = random.choice((None, Units.ASSUME, Units.REQUIRED))
        limits = random.choice((USUAL, USUAL, Limits(bytes=random.randrange(1, 200))))
        slow = slowly(record, graph, units, limits)
        for _ in range(2):  # read anew, then looked up
            quick = plainly_stated(record, graph, known, DAY, units, limits)
            if quick is None:
                continue
            plain += 1
            assert isinstance(slow, Stated)
            assert told(quick) == told(slow)
            assert told(pickle.loads(pickle.dumps(quick))) == told(slow)  # noqa: S301
    assert plain > 100


def test_of_a_patient_name_otherwise_and_units_count(graph: RuleGraph) -> None:
    known: KnownValues = {}
    for units in Units:
        for record in ({"egfr": 40}, {"egfr": "40 mL/min"}, {"crohns": True}):
            patient = Patient(
                facts=record, otherwise=Otherwise.ABSENT, name="p1", units=units
            )
            slow = slowly(patient, graph)
            quick = plainly_stated(patient, graph, known, DAY, None, USUAL)
            if quick is None:
                assert isinstance(slow, PatientError)
            else:
                assert isinstance(slow, Stated)
                assert told(quick) == told(slow)
                assert [label.text.name for label in quick.places.values()][:1] == [
                    "p1"
                ]


def test_the_record_may_be_changed_afterwards(graph: RuleGraph) -> None:
    record: dict[str, Any] = {"egfr": 40}
    quick = plainly_stated(record, graph, {}, DAY, None, USUAL)
    assert quick is not None
    record["egfr"] = 90
    assert "40" in quick.places["egfr"].text.characters


def test_what_is_kept_has_a_bound(
    graph: RuleGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("b12guide.patient.plain_record._MOST", 10)
    known: KnownValues = {}
    for number in range(50):
        assert plainly_stated({"egfr": 20 + number}, graph, known, DAY, None, USUAL)
        assert len(known) <= 10


def test_zero_and_its_opposite_are_told_as_they_are_written(graph: RuleGraph) -> None:
    known: KnownValues = {}
    measure = next(
        fact.name
        for fact in graph.vocabulary.facts.values()
        if fact.kind is Kind.MEASURE and (not fact.plausible or fact.plausible[0] <= 0)
    )
    for zero in (0.0, -0.0, 0, 0.0):
        quick = plainly_stated({measure: zero}, graph, known, DAY, None, USUAL)
        slow = slowly({measure: zero}, graph)
        assert quick is not None
        assert isinstance(slow, Stated)
        assert told(quick) == told(slow)
