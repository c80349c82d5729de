"""Lanes over days: legends, crowds, open ends, and everything inside the frame."""

from __future__ import annotations

import datetime as dt

import pytest

from b12guide.show.drawing import (
    NARROW,
    WIDE,
    Box,
    Fill,
    Mark,
    Part,
    Shape,
    Strokes,
    Words,
    room_of,
)
from b12guide.show.lanes import Lane, Panel, Row, Thing, in_panels, zoomed

FIRST = dt.date(2026, 1, 5)


def day(number: int, meaning: str = "dose", **how: object) -> Thing:
    on = FIRST + dt.timedelta(number)
    return Thing(first=on, last=on, meaning=meaning, colour="green", **how)  # type: ignore[arg-type]


def lane(*things: Thing, goes_on: str = "", note: str = "") -> Lane:
    return Lane("A lane", "green", (Row("a row", things, goes_on, note),))


def drawn(*lanes: Lane, days: int = 365, width: float = WIDE) -> tuple[Part, ...]:
    last = FIRST + dt.timedelta(days)
    parts, _ = in_panels((Panel("", FIRST, last, lanes),), width)
    return parts


def words(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts if isinstance(part, Words)]


def test_the_legend_has_what_is_drawn_and_nothing_else() -> None:
    parts = drawn(lane(day(0), day(90), day(180, "test", shape=Shape.CROSS)))

    assert {"dose", "test"} <= set(words(parts))
    assert "goes on" not in words(parts)
    assert not any("close together" in word for word in words(parts))


def test_a_meaning_of_several_colours_is_grey_in_the_legend() -> None:
    blue = Lane("Another", "blue", (Row("", (day(0),)),))
    parts = drawn(lane(day(0)), blue, days=30)
    both = drawn(
        lane(day(0)),
        Lane(
            "Another",
            "blue",
            (
                Row(
                    "", (Thing(first=FIRST, last=FIRST, meaning="dose", colour="blue"),)
                ),
            ),
        ),
    )

    assert [p.colour for p in parts if isinstance(p, Mark)][-1] == "green"
    assert [p.colour for p in both if isinstance(p, Mark)][-1] == "quiet"


def test_only_days_that_touch_become_a_bar() -> None:
    parts = drawn(lane(*(day(2 * n) for n in range(12)), day(200), day(300)))
    bars = [p for p in parts if isinstance(p, Box) and p.colour == "green"]
    long = [bar for bar in bars if bar.width > 20]

    assert len(long) == 1
    assert "12 from 2026-01-05 to 2026-01-27" in long[0].said
    assert long[0].width < 60
    assert sum(isinstance(p, Mark) for p in parts) == 3  # two, and one in the legend


@pytest.mark.parametrize("is_open", [True, False])
def test_an_open_end_is_drawn_open(*, is_open: bool) -> None:
    parts = drawn(lane(day(0), day(90), goes_on="goes on for life" if is_open else ""))
    arrows = [p for p in parts if isinstance(p, Mark) and p.shape is Shape.ARROW]
    dashes = [p for p in parts if isinstance(p, Strokes) and p.dashed]

    assert bool(arrows) is is_open
    assert bool(dashes) is is_open
    assert not is_open or arrows[0].said == "goes on for life"


def test_a_row_without_a_day_says_why_and_needs_no_days() -> None:
    parts = drawn(lane(note="no day yet: waits until loading is complete"))

    assert "no day yet: waits until loading is complete" in words(parts)
    assert not any("2026" in word for word in words(parts))


def test_a_crowded_first_month_is_shown_again() -> None:
    crowded = lane(*(day(2 * n) for n in range(6)), day(100), day(200))
    sparse = lane(day(0), day(90), day(180))
    last = FIRST + dt.timedelta(300)

    assert [p.title for p in zoomed((crowded,), FIRST, last)] == [
        "The first month",
        "The whole time",
    ]
    assert len(zoomed((sparse,), FIRST, last)) == 1


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_everything_lies_inside_the_frame(width: float) -> None:
    long = (
        "hydroxocobalamin (first choice) or mecobalamin by intramuscular injection " * 3
    )
    things = (day(0), day(364), day(400), day(-40), day(3, "a " * 90, fill=Fill.HOLLOW))
    parts = drawn(
        Lane(long, "green", (Row(long, things, "for life"), Row("", note=long))),
        width=width,
    )

    for part in parts:
        if isinstance(part, Words):
            assert part.x + room_of(part.text, part.size) * 0.9 <= width + 1
        if isinstance(part, Box):
            assert part.x >= 0
            assert part.x + part.width <= width + 0.1
        if isinstance(part, Mark):
            assert 0 <= part.x <= width
