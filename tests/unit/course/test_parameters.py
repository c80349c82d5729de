from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from b12guide.course.parameters import Grade, Spread, parameters, parameters_from
from b12guide.errors import ArgumentError, UnknownNameError

ROW = """
[volume]
low = "5.9 L"
high = "22.3 L"
spread = "log"
about = "how large"
source = "somewhere"
grade = "verified"
"""


def test_every_range_says_what_it_is_and_where_it_was_read() -> None:
    for row in parameters():
        assert row.about
        assert row.source
        assert 0 <= row.low <= row.high


def test_what_nobody_published_is_said_to_be_unknown() -> None:
    unknown = {row.name for row in parameters() if row.grade is Grade.UNKNOWN}

    assert unknown == {"mecobalamin_kept", "food", "serum_at_start"}
    assert parameters()["mecobalamin_kept"].ends == pytest.approx((0.2, 0.75))


def test_ends_are_counted_in_the_units_of_the_equations() -> None:
    found = parameters()

    assert found["store_loss"].ends == pytest.approx((0.00059, 0.002))
    assert found["slow_half_life"].ends == pytest.approx((24, 30))
    assert found["oral_peak"].ends == pytest.approx((0.15, 0.15))
    assert found["store_at_start"].ends == pytest.approx((300, 600))
    assert found["serum_at_start"].ends == pytest.approx((0.09, 0.18))


def test_a_range_may_be_replaced_by_another_in_any_unit() -> None:
    found = parameters().replaced(
        {
            "store_loss": ("0.1 %/d", 0.2),
            "oral_peak": "2 h",
            "serum_at_start": ("100 pmol/L", "0.2 ng/mL"),
            "food": 100,
        }
    )

    assert found["store_loss"].text == "0.1 to 0.2 %/d"
    assert found["store_loss"].source == "given by the caller"
    assert found["oral_peak"].low == found["oral_peak"].high == 2
    assert found["serum_at_start"].low == Fraction("135.54")
    assert found["serum_at_start"].high == 200
    assert found["food"].ends == pytest.approx((1, 1))
    assert parameters()["food"].low == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"store_loss": ("0.2 %/d", "0.1 %/d")}, "between nothing and"),
        ({"store_loss": "0.1 mg"}, "has to be a range such as"),
        ({"store_loss": "0.1 bananas"}, "has to be a range such as"),
        ({"store_loss": "much"}, "has to be a range such as"),
        ({"store_loss": (1, 2, 3)}, "has to be a range such as"),
        ({"store_loss": True}, "has to be a range such as"),
        ({"store_loss": float("nan")}, "has to be a range such as"),
        ({"store_loss": 0}, "more than nothing"),
        ({"food": 101}, "100 %"),
        (3, "ranges by name"),
    ],
)
def test_a_range_that_cannot_be_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        parameters().replaced(given)


def test_what_is_no_parameter_is_refused_with_the_nearest_that_is() -> None:
    with pytest.raises(UnknownNameError, match="did you mean `store_loss`"):
        parameters().replaced({"store_los": 1})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "somewhere"', "", "`source`"),
        ('about = "how large"', 'about = "how large"\nfit = "yes"', "`fit`"),
        ('"22.3 L"', '"22.3 mL"', "one unit"),
        ('"22.3 L"', '"2.3 L"', "between nothing"),
        ('"5.9 L"', '"0 L"', "more than nothing"),
        ('"5.9 L"', "5.9", "no table of texts"),
    ],
)
def test_a_file_with_a_row_that_is_no_range_is_refused(
    old: str, new: str, said: str
) -> None:
    assert parameters_from(ROW)["volume"].spread is Spread.LOG
    with pytest.raises(ValueError, match=said):
        parameters_from(ROW.replace(old, new))
