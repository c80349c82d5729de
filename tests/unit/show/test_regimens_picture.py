"""The picture of regimens: every number stands beside its bar, and in words."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.regimens import RegimenComparison, compare
from b12guide.show import drawing as d
from b12guide.show.papers import picture_of
from b12guide.show.regimens_picture import comparison_drawing, comparison_to_svg

REGIMENS = {
    "often": "1 mg IM every 2 to 3 months",
    "as needed": "1 mg IM as needed",
    "tablets": "at least 1 mg orally daily",
}


def made(**how: Any) -> RegimenComparison:
    return compare(REGIMENS, years=3, **how)


def texts(drawing: d.Drawing) -> list[str]:
    return [part.text for part in drawing.parts if isinstance(part, d.Words)]


def boxes(drawing: d.Drawing, fill: d.Fill) -> list[d.Box]:
    found = [part for part in drawing.parts if isinstance(part, d.Box)]
    return [box for box in found if box.fill is fill]


def test_a_range_is_filled_to_the_fewest_and_hollow_to_the_most() -> None:
    drawing = comparison_drawing(made(cost=False))
    filled = next(b for b in boxes(drawing, d.Fill.SOLID) if "year 1: 4 to 6" in b.said)
    hollow = next(
        b for b in boxes(drawing, d.Fill.HOLLOW) if "year 1: 4 to 6" in b.said
    )

    assert filled.x + filled.width == pytest.approx(hollow.x)
    assert filled.width / hollow.width == pytest.approx(2)


def test_the_years_have_one_scale() -> None:
    found = compare(["1 mg IM monthly"], loading="1 mg IM weekly for 12 doses", years=2)
    first, later, *_ = boxes(comparison_drawing(found), d.Fill.SOLID)

    assert first.width > later.width


def test_a_cost_that_is_not_known_has_words_and_no_bar() -> None:
    drawing = comparison_drawing(made())

    assert "not known" in texts(drawing)
    assert not [
        b for b in drawing.parts if isinstance(b, d.Box) and "tablets, Cost" in b.said
    ]
    assert "The cost of “tablets” is not known" in " ".join(drawing.about)


def test_everything_is_said_in_words() -> None:
    drawing = comparison_drawing(made(adherence={"missed": 0.1}, people=20, cost=False))

    assert "Injections, 3 years: often 12 to 18" in drawing.words
    assert "Days that no dose covers" in drawing.words
    marks = [part for part in drawing.parts if isinstance(part, d.Mark)]
    assert len(marks) >= 3


def test_it_is_svg_with_the_notice() -> None:
    svg = comparison_to_svg(made())

    assert svg.startswith("<svg")
    assert "For education and research" in svg


def test_a_page_has_it_for_desks_and_phones() -> None:
    picture = picture_of(made())
    assert picture is not None

    assert 'class="wide"' in picture.body
    assert 'class="narrow"' in picture.body


def test_no_regimen_no_picture_of_them() -> None:
    pa = pytest.importorskip("pyarrow")
    study = b12guide.load("mecobalamin_im").study(pa.table({"b12_deficiency": [True]}))

    assert picture_of(study.regimens(years=1)) is None


def test_a_cohort_shows_how_each_stands() -> None:
    pa = pytest.importorskip("pyarrow")
    patients = pa.table({"b12_deficiency": [True, False]})
    study = b12guide.load("mecobalamin_im").study(patients, otherwise="absent")
    drawing = comparison_drawing(study.regimens({"tablets": "1 mg orally daily"}))

    assert "the guideline is silent 1" in drawing.words
    assert "under review" in " ".join(drawing.about)
