"""Shapes and words at their places, and how SVG has them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.cohort_pictures import Bar, Portion, bars_drawing
from b12guide.show.drawing import (
    NARROW,
    WIDE,
    Box,
    Drawing,
    Fill,
    Mark,
    Part,
    Shape,
    Strokes,
    Words,
    picture,
    to_svg,
)

SVG = "{http://www.w3.org/2000/svg}"
PARTS: tuple[Part, ...] = (
    Box(0, 0, 100, 20, "green", said="a <bar> & more"),
    Box(0, 30, 100, 20, "grey", Fill.HATCHED),
    Box(0, 60, 100, 20, "purple", Fill.HOLLOW),
    Box(0, 90, 100, 20, "blue", Fill.FAINT),
    *(Mark(10 + 20 * n, 130, 5, "red", shape) for n, shape in enumerate(Shape)),
    Strokes(((0, 150, 100, 150),), "orange", 2, dashed=True),
    Words(0, 170, "words", is_bold=True, anchor="middle", colour="inside"),
)
DRAWN = Drawing(
    title="A <title>",
    about=("about it",),
    words="all in words",
    width=WIDE,
    height=200,
    parts=PARTS,
)


def test_alone_it_says_what_it_is_and_on_a_page_the_page_does() -> None:
    alone, body = (ET.fromstring(to_svg(DRAWN, alone=way)) for way in (True, False))  # noqa: S314 -- our own picture
    said = [
        ["".join(t.itertext()) for t in one.iter(f"{SVG}text")] for one in (alone, body)
    ]

    assert {"A <title>", "about it", EDUCATION_NOTICE, "words"} <= set(said[0])
    assert said[1] == ["words"]
    for one in (alone, body):
        assert one.findtext(f"{SVG}title") == "A <title>"
        assert one.findtext(f"{SVG}desc") == "all in words"
        assert one.attrib["role"] == "img"


def test_a_picture_is_laid_out_for_a_desk_and_for_a_phone() -> None:
    widths: list[float] = []

    def draw(width: float) -> Drawing:
        widths.append(width)
        return DRAWN

    found = picture(draw)

    assert widths == [WIDE, NARROW]
    assert found.body.startswith('<div class="wide"><svg')
    assert '<div class="narrow"><svg' in found.body
    assert EDUCATION_NOTICE in found.alone
    assert EDUCATION_NOTICE not in found.body


def test_hatching_ends_at_the_edges_of_its_box() -> None:
    box = Box(10, 20, 57, 18, "grey", Fill.HATCHED)

    assert len(box.hatching()) > 5
    for x1, y1, x2, y2 in box.hatching():
        assert 10 <= x1 <= x2 <= 67
        assert 20 <= y2 <= y1 <= 38
    assert Box(0, 0, 9, 9, "grey").hatching() == ()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_part_too_small_for_its_number_has_it_below(width: float) -> None:
    portions = (
        Portion("kept", "green"),
        Portion("broken", "red"),
        Portion("none", "blue"),
    )
    drawn = bars_drawing("Bars", (), portions, [Bar("A rule", (997, 3, 0))], width)
    said = [part.text for part in drawn.parts if isinstance(part, Words)]

    assert "997" in said
    assert "broken 3" in said
    assert "none" not in said
    assert "kept 997, broken 3" in drawn.words


def test_a_long_name_is_told_in_full() -> None:
    name = (
        "The form of monthly injections in extensive ileal disease, and what else " * 3
    )
    drawn = bars_drawing("Bars", (), (Portion("kept", "green"),), [Bar(name, (1,))])
    lines = [part.text for part in drawn.parts if isinstance(part, Words)]

    assert " ".join(name.split()) in " ".join(lines)
