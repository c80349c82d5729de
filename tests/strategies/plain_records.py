"""Records of plain values, some of them strange or wrong, for any guideline."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from random import Random
from typing import Any

from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind


class Said(Enum):
    """An enumeration of a caller."""

    YES = True


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


def written(value: FactValue | None, random: Random) -> Any:
    """A value as somebody writes it down, in one of several ways."""
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return value
    ways: list[Any] = [str(float(value)), float(value)]
    if value == int(value):
        ways += [int(value)] * 4
    exact = [way for way in ways if Fraction(str(way)) == value]
    return random.choice(exact or [value])


def spoilt(record: dict[str, Any], random: Random) -> dict[str, Any]:
    """The record with some of its facts left out, denied, unknown, or stated strangely."""
    found = dict(record)
    for name, value in record.items():
        chance = random.random()
        if chance < 0.1:
            del found[name]
        elif chance < 0.2:
            found[name] = None
        elif chance < 0.3 and isinstance(value, bool):
            found[name] = not value
    if random.random() < 0.1:
        name = random.choice([*record, *NAMES])
        found[name] = random.choice(ODD)
    return found
