"""Rows of events that say the same are read once, and what they say is what a file would say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

import b12guide
from b12guide.audit.history import history_of
from b12guide.audit.plain_history import plainly_joined
from b12guide.cohort.histories import TableEvents, events_of, histories_of
from b12guide.evaluate.evaluator import Evaluator

GUIDELINE = b12guide.load("mecobalamin_im")
GIVEN = {"dose": "hydroxocobalamin", "amount": "1000 µg", "route": "intramuscular"}
DAY = dt.date(2024, 3, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "alike": [{"on": DAY + dt.timedelta(n), **GIVEN} for n in (30, 0, 60)],
    "of a day": [
        {"on": DAY, "test": "serum_b12", "value": "300 pg/mL"},
        {"on": DAY, "test": "ferritin"},
        {"on": DAY, **GIVEN},
    ],
    "numbers": [{"on": DAY, "test": "serum_b12", "value": 300.5}],
    "text for days": [{"on": " 2024-03-01 ", **GIVEN}],
    "midnight": [{"on": dt.datetime(2024, 3, 1), **GIVEN}],  # noqa: DTZ001
    "empty": [{"on": DAY, **GIVEN, "route": " ", "site": None}],
}
NOT_PLAIN: dict[str, list[dict[str, Any]]] = {
    "a time": [{"on": DAY, "time": "08:30", **GIVEN}],
    "a time in the day": [{"on": "2024-03-01T08:30", **GIVEN}],
    "no day": [{"on": None, **GIVEN}],
    "told twice": [{"on": DAY, **GIVEN}, {"on": DAY, **GIVEN}],
    "two values": [
        {"on": DAY, "test": "serum_b12", "value": f"{n} pg/mL"} for n in (300, 400)
    ],
    "an unknown word": [{"on": DAY, "dose": "water"}],
}


def chunk_of(rows: list[dict[str, Any]]) -> TableEvents:
    names = dict.fromkeys(name for row in rows for name in row)
    events = [{"id": 7, **dict.fromkeys(names), **row} for row in rows]
    patients = pa.Table.from_pylist([{"id": 7}])
    found = histories_of(patients, pa.Table.from_pylist(events), "id")
    (chunk,) = found.chunks(10)
    return events_of(chunk.events, "id")[0]


def evaluator() -> Evaluator:
    return GUIDELINE.evaluator


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_plain_rows_are_read_at_once_as_a_file_would_be(
    rows: list[dict[str, Any]],
) -> None:
    events, graph = chunk_of(rows), evaluator().graph
    plain = events.at_once(graph, {})

    assert plain is not None
    assert plainly_joined(plain) == history_of(events.rows(), graph, "h").events


@pytest.mark.parametrize("rows", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_whatever_is_otherwise_takes_a_closer_look(rows: list[dict[str, Any]]) -> None:
    plain = chunk_of(rows).at_once(evaluator().graph, {})

    assert plain is None or plainly_joined(plain) is None


def test_rows_that_say_the_same_are_one_row() -> None:
    first, *others = chunk_of(ROWS["alike"]).at_once(evaluator().graph, {}) or ()

    assert all(row is first[1] for _, row, _ in others)
    assert [number for _, _, number in (first, *others)] == [1, 2, 3]
