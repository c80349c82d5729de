"""Levels beside regimens: those of the course, and never without what they cannot tell."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from b12guide.course import simulate
from b12guide.course.notice import LIMITS, SERUM_IS_NOT_STORE
from b12guide.errors import ArgumentError, DosageError, UnknownNameError
from b12guide.regimens import RegimenComparison, compare
from b12guide.show.regimens_picture import comparison_drawing

EVERY = "hydroxocobalamin 1000 µg IM every 2 months"
LOADING = "hydroxocobalamin 1 mg IM 3 times a week for 2 weeks"


def made(regimens: Any = EVERY, **levels: Any) -> RegimenComparison:
    return compare(
        regimens, loading=LOADING, years=2, levels={"people": 20, **levels}, seed=3
    )


FOUND = made()


def test_levels_are_those_of_the_course() -> None:
    course = simulate(EVERY, loading=LOADING, years=2, people=20, seed=3)
    levels = FOUND.regimens[0].levels
    assert levels is not None

    assert [one.year for one in levels.years] == [1, 2]
    for one, day in zip(levels.years, (365, 730), strict=True):
        moment = course.at(day)
        assert float(one.serum_median) == moment.serum.median
        assert float(one.store.low) == moment.store.p5
        assert one.store.high == Fraction(str(moment.store.p95))


def test_what_levels_cannot_tell_stands_beside_them() -> None:
    said = " ".join(FOUND.to_text(width=100).split())

    for sentence in (SERUM_IS_NOT_STORE, *LIMITS):
        assert sentence in said
        assert any(sentence in note for note in FOUND.table().notes)
    assert SERUM_IS_NOT_STORE in comparison_drawing(FOUND).about


def test_without_levels_nothing_is_said_of_them() -> None:
    found = compare(EVERY, years=1)

    assert found.regimens[0].levels is None
    assert SERUM_IS_NOT_STORE not in " ".join(found.to_text().split())


def test_a_form_that_is_not_named_has_no_levels_and_says_why() -> None:
    found = made({"any": "1 mg IM monthly"})
    levels = found.regimens[0].levels
    assert levels is not None

    assert (levels.years, levels.people) == ((), 0)
    assert "names no drug" in levels.missing
    assert "No levels of “any”" in " ".join(found.to_text().split())
    assert "not known" in comparison_drawing(found).words
    named = made({"any": "1 mg IM monthly"}, drug="cyanocobalamin").regimens[0].levels
    assert named is not None
    assert len(named.years) == 2


def test_what_is_not_known_of_the_people_is_noted() -> None:
    found = made("cyanocobalamin 1 mg orally daily")

    assert "intrinsic factor is not known" in " ".join(found.to_text().split())


def test_levels_are_rows_of_the_frame() -> None:
    rows = FOUND.to_frame().to_pylist()
    stores = [row for row in rows if row["quantity"] == "store"]

    assert [(row["year"], row["statistic"]) for row in stores] == [
        (1, "p5 to p95"),
        (1, "median"),
        (2, "p5 to p95"),
        (2, "median"),
    ]
    assert {row["unit"] for row in stores} == {"mg"}


def test_levels_are_columns_of_the_table() -> None:
    table = FOUND.table()
    store = next(n for n, name in enumerate(table.columns) if "Store after" in name)

    assert table.rows[0][store].endswith(")")


def test_levels_are_read_back() -> None:
    assert RegimenComparison.from_json(FOUND.to_json()) == FOUND


@pytest.mark.parametrize(
    ("levels", "kind"),
    [
        ("yes", ArgumentError),
        ({"drugs": "x"}, UnknownNameError),
        ({"people": 0}, ArgumentError),
        ({"serum": "high"}, ArgumentError),
        ({"drug": 3}, ArgumentError),
    ],
)
def test_options_that_make_no_sense_are_refused(
    levels: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        compare(EVERY, levels=levels, years=1)


def test_a_form_that_no_regimen_can_be_of_is_refused() -> None:
    with pytest.raises(DosageError, match=r"did you mean `hydroxocobalamin`\?$"):
        made({"any": "1 mg IM monthly"}, drug="hydroxocobalmin")
    named = "a form that a regimen leaves open; these are of hydroxocobalamin; "
    with pytest.raises(ArgumentError, match=f"{named}this is .*`cyanocobalamin`$"):
        made(EVERY, drug="cyanocobalamin")


def test_a_form_may_go_by_another_name() -> None:
    open_ = {"any": "hydroxocobalamin or cyanocobalamin 1 mg IM monthly"}
    found = made(open_, drug="OHCbl").regimens[0].levels
    assert found is not None

    assert found.drugs == ("hydroxocobalamin",)
