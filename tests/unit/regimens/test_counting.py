"""Regimens counted over years, against counts made by hand."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.errors import ArgumentError, DosageError
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.regimen.burden import CountRange
from b12guide.regimens import compare
from b12guide.regimens.given import usual_words

LOADING = "1000 µg IM 3 times a week for 2 weeks"


def ends(count: CountRange) -> tuple[int, int | None]:
    return int(count.low), None if count.high is None else int(count.high)


@pytest.mark.parametrize(
    ("maintenance", "by_year", "together"),
    [
        # Six doses until 11 January; then from 11 March, April or February on.
        ("1000 µg IM every 2 months", [11, 6, 6, 6, 6], 35),
        ("1000 µg IM every 3 months", [9, 4, 4, 4, 4], 25),
        ("1000 µg IM monthly", [17, 12, 12, 12, 12], 65),
        ("1000 µg orally daily", [6, 0, 0, 0, 0], 6),
        # June and November of year 1; April and September of year 2; February, July, December.
        ("1000 µg IM every 5 months", [8, 2, 3, 2, 2], 17),
        # From 17 January on: 50, then 52; 53 in the third year, a leap year that begins with one.
        ("1000 µg IM weekly", [6 + 50, 52, 53, 52, 52], 6 + 259),
    ],
)
def test_six_regimens_are_counted_as_by_hand(
    maintenance: str, by_year: list[int], together: int
) -> None:
    (found,) = compare([maintenance], loading=LOADING).regimens

    assert [ends(year.injections) for year in found.years] == [(n, n) for n in by_year]
    assert ends(found.total.injections) == (together, together)
    assert found.total.visits == found.total.injections


def test_a_range_stays_a_range() -> None:
    (found,) = compare(["1000 µg IM every 2 to 3 months"], loading=LOADING).regimens

    assert [ends(year.injections) for year in found.years] == [(9, 11), *[(4, 6)] * 4]
    assert ends(found.total.injections) == (25, 35)
    assert dict(found.total.amounts)["µg"] == CountRange(25_000, 35_000)  # type: ignore[arg-type]


def test_all_years_together_may_be_narrower_than_the_sum_of_the_years() -> None:
    (found,) = compare(["1 mg IM every 4 to 5 weeks"], years=5).regimens
    lows = sum(int(year.injections.low) for year in found.years)

    # 1,826 days: one on each 35th or 28th from the first day on.
    assert ends(found.total.injections) == (53, 66)
    assert lows <= 53


def until_plateau() -> Any:
    """Alternate days until symptoms stop improving, as the guideline has it."""
    guideline = b12guide.load("mecobalamin_im")
    answer = guideline.recommend({"b12_deficiency": True, "paresthesia": True})
    return answer.loading.default


def test_loading_until_an_event_is_wide_and_says_so() -> None:
    loading = until_plateau()
    (found,) = compare([(loading, "1000 µg IM every 2 months")]).regimens

    assert found.until == loading.events
    assert ends(found.years[0].injections) == (6, 183)
    assert "whose day is not known" in compare([(loading, None)]).to_text()


def test_a_length_of_loading_narrows_it() -> None:
    found = compare(
        {"two months": (until_plateau(), "1000 µg IM every 2 months")},
        loading_weeks=(3, 12),
    )
    one = found["two months"]

    # 11 doses in 3 weeks, then 5 until the end of the year; 42 in 12 weeks, then 4.
    assert ends(one.years[0].injections) == (16, 46)
    assert (one.until, len(one.assumed)) == ((), 1)
    assert "was taken to last 3 to 12 weeks" in found.to_text()


def test_loading_that_says_no_end_is_given_one_or_told() -> None:
    pair = ("1000 µg IM every 2 days", "1000 µg IM every 2 months")
    (wide,) = compare([pair]).regimens
    told = compare([pair], loading_weeks=(3, 12))

    assert ends(wide.years[0].injections) == (6, 183)
    assert wide.until == ("the next phase",)
    # As where loading lasts until symptoms stop improving.
    assert ends(told.regimens[0].years[0].injections) == (16, 46)
    assert "Loading until the next phase was taken to last 3 to 12" in told.to_text()


def test_how_long_the_last_phase_goes_on_is_no_question_of_loading() -> None:
    found = compare(["1000 µg IM monthly"], loading_weeks=(3, 12)).regimens[0]

    assert ends(found.total.injections) == (60, 60)
    assert found.assumed == ()


def test_a_pair_has_a_loading_of_its_own() -> None:
    found = compare(
        {
            "none": (None, "1 mg IM monthly"),
            "own": ("1 mg IM daily for 5 doses", "1 mg IM monthly"),
            "given": "1 mg IM monthly",
        },
        loading="1 mg IM weekly for 4 doses",
        years=1,
    )

    assert [ends(one.total.injections)[0] for one in found.regimens] == [12, 16, 15]


def test_a_regimen_may_be_data() -> None:
    monthly = regimen_from_english("1 mg IM monthly for life", usual_words())
    (found,) = compare(monthly).regimens

    assert found.name == "1 mg by intramuscular injection monthly for life"
    assert ends(found.total.injections) == (60, 60)


@pytest.mark.parametrize(
    ("regimens", "said"),
    [
        ([], "at least one regimen"),
        (5, "one or several regimens"),
        ([None], "a pair of loading and maintenance"),
        ([("1 mg IM monthly",) * 3], "a pair of loading and maintenance"),
        ([(None, None), "1 mg IM monthly"], "a pair of loading and maintenance"),
        (["1 mg IM monthly"] * 2, "names of their own"),
        ({1: "1 mg IM monthly"}, "a mapping of names"),
    ],
)
def test_what_is_no_regimen_is_refused(regimens: Any, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        compare(regimens)


def test_english_that_cannot_be_read_says_where() -> None:
    with pytest.raises(DosageError, match="`sometimes` is not understood"):
        compare(["1 mg IM sometimes"])


@pytest.mark.parametrize(
    "how",
    [
        {"years": 0},
        {"years": 51},
        {"years": 2.5},
        {"years": True},
        {"loading_weeks": (12, 3)},
        {"loading_weeks": "three"},
        {"loading_weeks": (1, 2, 3)},
        {"loading_weeks": -1},
        {"discount": 3},
        {"discount": (0.1, 0.05)},
        {"discount": "3 %"},
        {"people": 10},
        {"people": -1},
        {"seed": -1},
        {"adherence": 0.9},
        {"guideline": "mecobalamin_im"},
        {"loading": 3},
    ],
)
def test_arguments_of_another_kind_are_refused(how: dict[str, Any]) -> None:
    (name,) = how

    with pytest.raises(ArgumentError, match=name):
        compare(["1 mg IM monthly"], **how)


def test_fifty_years_are_counted() -> None:
    (found,) = compare(["1 mg IM every 3 months"], years=50).regimens

    assert ends(found.total.injections) == (200, 200)


def test_the_package_is_opened_at_its_first_use() -> None:
    assert b12guide.regimens.compare is compare
