"""Plain rows read by looking them up say what the rows of a file say."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from b12guide import Limits, PatientError, load
from b12guide.audit.history import history_from_records, history_from_text
from b12guide.audit.plain_history import KnownRows, plainly_read
from b12guide.graph.model import RuleGraph
from b12guide.limits import USUAL
from b12guide.text import Text
from tests.unit.audit.test_history_mappings import as_text, reading

MOMENTS: list[dict[str, Any]] = [
    {"on": "2020-01-01"},
    {"on": "2020-01-02"},
    {"on": dt.date(2020, 1, 2)},
    {"on": "2020-01-02T08:30"},
    {"on": "2020-01-02", "time": "08:30"},
    {"on": "2020-01-01T23:30-02:00"},
    {"on": "2020-01-02T01:30Z"},
]
WRONG: list[dict[str, Any]] = [
    {"on": "2020-W01-1"},
    {"on": "2020-02-30"},
    {"on": "1020-01-01"},
    {"on": 7},
    {"on": None},
    {"on": "2020-01-02", "time": None},
    {},
]
SAYING: list[dict[str, Any]] = [
    {"dose": "hydroxocobalamin", "amount": "1000 µg", "route": "intramuscular"},
    {"dose": "OHCbl", "amount": 1000, "unit": "µg", "site": "deltoid"},
    {"dose": "hydroxocobalamin", "amount": 1000.0, "unit": "µg", "note": "x" * 400},
    {"dose": "hydroxocobalamin", "needle": 23, "pressure": "2 min"},
    {"dose": "hydroxocobalamin", "needle": "23 G", "amount": None},
    {"start": "folic_acid", "amount": "5 mg", "frequency": "daily"},
    {"stop": "folic_acid"},
    {"test": "ferritin"},
    {"test": "serum_b12", "value": "400 pg/mL"},
    {"test": "serum_b12", "value": 400},
    {"test": "serum_b12", "value": 400.5},
    {"test": "serum_b12", "value": 1},
    {"test": "serum_b12", "value": 1.0},
    {"test": "serum_b12", "value": float("nan")},
    {"event": "loading_complete"},
    {"event": "loading_complete", "value": False},
    {"event": "egfr", "value": 35},
]
MISTAKEN: list[dict[str, Any]] = [
    {"test": "serum_b12", "value": True},
    {"event": "egfr"},
    {"dose": "nothing"},
    {"dose": ["hydroxocobalamin"]},
    {"colour": "red"},
]


@pytest.fixture(scope="module")
def graph() -> RuleGraph:
    return load("mecobalamin_im").graph


def drawn(random: Random) -> list[dict[str, Any]]:
    """Rows of which most are right and, one time in three, some are not."""
    is_wrong = random.random() < 0.33
    rows = []
    for _ in range(random.randrange(8)):
        moment, said = random.choice(MOMENTS), random.choice(SAYING)
        if is_wrong and random.random() < 0.2:
            moment = random.choice(WRONG)
        if is_wrong and random.random() < 0.2:
            said = random.choice(MISTAKEN)
        parts = [*moment.items(), *said.items()]
        random.shuffle(parts)
        rows.append(dict(parts))
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_rows_say_the_same_however_they_are_read(seed: int, graph: RuleGraph) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    known: KnownRows = {}
    plain = 0
    for _ in range(300):
        rows = drawn(random)
        text = Text("history", as_text(rows))
        wanted = reading(lambda text=text: history_from_text(text, ".json", graph))
        for _ in range(2):  # read anew, then looked up
            found = reading(lambda rows=rows: history_from_records(rows, graph, known))
            assert found == wanted
        plain += plainly_read(rows, graph, known, USUAL) is not None
    assert plain > 80


def test_rows_beyond_the_limit_are_refused_however_they_are_read(
    graph: RuleGraph,
) -> None:
    random = Random(7)  # noqa: S311 -- nothing secret
    known: KnownRows = {}
    refused = 0
    for _ in range(100):
        rows = [dict(random.choice(MOMENTS), **random.choice(SAYING)) for _ in "abcd"]
        for size in range(1, 1200, 13):
            limits = Limits(bytes=size)
            try:
                limits.admit(tuple(rows), "history")
            except PatientError:
                refused += 1
                assert plainly_read(rows, graph, known, limits) is None
    assert refused > 1000


def test_what_is_kept_has_a_bound(
    graph: RuleGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("b12guide.audit.plain_history._MOST", 10)
    known: KnownRows = {}
    for number in range(50):
        value = f"{200 + number} pg/mL"
        rows = [{"on": "2020-01-01", "test": "serum_b12", "value": value}]
        assert plainly_read(rows, graph, known, USUAL) is not None
        assert 0 < len(known) <= 10
    long = [{"on": "2020-01-01", "test": "ferritin", "note": "x" * 400}]
    before = len(known)
    assert plainly_read(long, graph, known, USUAL) is not None
    assert len(known) == before
