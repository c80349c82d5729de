"""Records of plain values say the same, looked up or read anew."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from enum import Enum
from fractions import Fraction
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


class Said(Enum):
    """An enumeration of a caller."""

    YES = True


DAY = dt.date(2026, 3, 1)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -1, 10**30, 0.0, -0.0, 1.0, 0.5, 35.1, 1e300),
    *(float("nan"), float("inf"), "", "yes", "35", "35 mL/min", "0.58 mL/s", "12 ug"),
    *(Decimal("1.0"), Decimal("1.00"), Fraction(1, 3), [], [35], [True, False], {}, ()),
    *({"value": 35, "on": "2026-01-05"}, {"value": 35, "unit": "mL/min"}, b"x"),
    *("renal", "x" * 500, dt.date(2026, 1, 1), Said.YES),
)
NAMES: tuple[Any, ...] = (
    *("facts", "resourceType", "otherwise", "nobody", "", "EGFR", " egfr", 7, None),
)


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


def draw_record(random: Random, graph: RuleGraph) -> dict[Any, Any]:
    facts = graph.vocabulary.facts
    known: list[Any] = [*facts, *graph.definitions]
    known += [synonym for fact in facts.values() for synonym in fact.synonyms]
    found: dict[Any, Any] = {}
    for name in random.sample(known, min(len(known), random.randrange(12))):
        fact = facts.get(name)
        if fact is None or random.random() < 0.1:
            found[name] = random.choice(ODD)
        elif fact.kind is Kind.MEASURE:
            found[name] = random.choice((1, 2, 2.5, 40, 40.0, 60, 1000, "40", None))
        elif fact.kind is Kind.CHOICE:
            found[name] = random.choice((*fact.values, None))
        else:
            found[name] = random.choice((True, False, None))
    if random.random() < 0.1:
        found[random.choice(NAMES)] = random.choice(ODD)
    return found


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
