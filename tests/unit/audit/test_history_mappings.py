"""Mappings are read as their text would be, whichever way they are read."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide.audit.event import History
from b12guide.audit.history import history_from, history_from_text
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.pipeline import load
from b12guide.text import Text


@pytest.fixture(scope="module")
def graph() -> RuleGraph:
    return load("mecobalamin_im").graph


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2020, 3, 1))
AMOUNTS = st.sampled_from(
    ["1000 µg", "1 mg", "1 elephant", 1000, 1.5, 1e-7, 10**29, 10**30, -(10**31), None]
) | st.floats(allow_infinity=False)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_infinity=False),
    st.text(max_size=3),
    st.sampled_from(["\ud800", "400 pg/mL", ["list"], {"a": 1}, "true"]),
)
WORDS = st.sampled_from(["hydroxocobalamin", "Hydroxocobalamin", "nothing", 7, None])
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "on": DAYS | DAYS.map(str) | st.just("2020-02-30") | VALUES,
            "time": st.sampled_from(["08:30", "25:00", "08:30+02:00"]),
            "dose": WORDS,
            "amount": AMOUNTS,
            "unit": st.sampled_from(["µg", "mg", None, 5]),
            "amount [mg]": AMOUNTS,
            "route": st.sampled_from(["IM", "intramuscular", "telepathic"]),
            "note": VALUES,
            "colour": VALUES,
        },
    )
    | st.builds(
        lambda on, value: {"on": on, "test": "serum_b12", "value": value},
        DAYS,
        VALUES | st.just("400 pg/mL"),
    )
    | st.builds(lambda on: {"on": on, "dose": "hydroxocobalamin"}, DAYS),
    max_size=6,
)


def as_text(rows: list[dict[str, Any]]) -> str:
    """The rows as a file would have them."""

    def plain(value: Any) -> Any:
        match value:
            case float() if value != value:  # noqa: PLR0124 -- it is no number
                return None
            case float() if value.is_integer():
                return int(value)
            case int() if not isinstance(value, bool) and abs(value) >= 10**30:
                return str(value)
            case _:
                return value

    said = [{name: plain(value) for name, value in row.items()} for row in rows]
    return json.dumps(said, default=str, ensure_ascii=False, indent=1)


def reading(read: Any) -> tuple[Any, ...]:
    """A history as it was read, or why it was not."""
    try:
        found: History = read()
    except PatientError as error:
        return tuple(
            (d.code, d.message, [one.pointer for one in d.labels])
            for d in error.diagnostics
        )
    said = [d.message for d in found.warnings]
    return (repr(found.events), found.rows, repr(found.rows), said)


@given(ROWS)
def test_mappings_are_read_as_their_text(
    graph: RuleGraph, rows: list[dict[str, Any]]
) -> None:
    text = Text("history", as_text(rows))

    assert reading(lambda: history_from(rows, graph)) == reading(
        lambda: history_from_text(text, ".json", graph)
    )


@pytest.mark.parametrize(
    "value",
    [
        *(1e-7, 0.5, -0.0, 1e22, 10**29, -(10**29), 10**30, -(10**31), float("nan")),
        *("\ud800", "µ", "", True, None, ["list"], {"a": 1}, dt.date(2020, 1, 1)),
    ],
)
@pytest.mark.parametrize("is_name", [False, True])
def test_every_value_is_read_as_its_text(
    graph: RuleGraph, value: Any, *, is_name: bool
) -> None:
    row = {"on": "2020-01-01", "dose": "hydroxocobalamin", "note": value}
    if is_name and isinstance(value, str):
        row = {**row, value: 1}
    text = Text("history", as_text([row]))

    assert reading(lambda: history_from([row], graph)) == reading(
        lambda: history_from_text(text, ".json", graph)
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_events_of_one_moment_have_one_order(
    graph: RuleGraph, order: tuple[int, ...]
) -> None:
    rows = [
        {"on": "2020-01-01", "test": "ferritin"},
        {"on": "2020-01-01", "test": "serum_b12"},
        {"on": "2020-01-01", "test": "calcium"},
    ]
    found = history_from([rows[place] for place in order], graph)

    assert [getattr(event, "test", "") for event in found.events] == [
        "calcium",
        "ferritin",
        "serum_b12",
    ]


def test_what_was_told_twice_in_one_moment_counts_once(graph: RuleGraph) -> None:
    one = {"on": "2020-01-01", "test": "ferritin"}
    found = history_from([one, {"on": "2020-01-01", "test": "calcium"}, one], graph)

    assert [event.row for event in found.events] == [2, 1]
    assert [d.message for d in found.warnings] == [
        "row 3 says the same as row 1, and counts once"
    ]
