"""What regimens cost: worked out by hand, and not known where a price is missing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from attrs import evolve

from b12guide import load
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.regimen.burden import CountRange
from b12guide.regimen.model import Regimen
from b12guide.regimens import UnitCosts, compare, published_costs
from b12guide.regimens.comparison import ComparedRegimen

PATIENTS = pa.table({"b12_deficiency": [True]})
MINE: dict[str, Any] = {
    "currency": "EUR",
    "year": 2026,
    "source": "a test",
    "per_dose": {"intramuscular": (4, 5)},
    "per_visit": 10,
}


def one(english: str, **how: Any) -> ComparedRegimen:
    return compare([english], **how).regimens[0]


def span(low: float, high: float) -> CountRange:
    return CountRange(Fraction(str(low)), Fraction(str(high)))


def test_doses_and_visits_are_paid() -> None:
    found = one("1 mg IM every 3 months", cost=MINE, years=2)

    assert found.total.cost == span(8 * 14, 8 * 15)
    assert [year.cost for year in found.years] == [span(4 * 14, 4 * 15)] * 2


def test_a_range_of_doses_is_a_range_of_costs() -> None:
    found = one("1 mg IM every 2 to 3 months", cost=MINE, years=1)

    assert found.total.cost == span(4 * 14, 6 * 15)


def test_what_has_no_price_has_no_cost_and_says_which() -> None:
    found = one("1 mg cyanocobalamin orally daily", cost=MINE)

    assert found.total.cost is None
    assert all(year.cost is None for year in found.years)
    assert found.missing == ("the price of cyanocobalamin (oral)",)


def test_a_visit_without_a_price_is_not_for_nothing() -> None:
    costs = {**MINE, "per_visit": None}

    assert one("1 mg IM monthly", cost=costs).missing == ("the cost of a visit",)
    assert one("1 mg IM monthly", cost={**costs, "per_visit": 0}).missing == ()


def test_the_most_particular_price_counts() -> None:
    costs = {
        **MINE,
        "per_dose": {"oral": 1, "cyanocobalamin": 2, "cyanocobalamin/oral": 3},
    }
    once = "cyanocobalamin 1 mg orally once"

    assert one(once, cost=costs).total.cost == span(3, 3)
    assert one("1 mg orally once", cost=costs).total.cost == span(1, 1)


def test_a_price_for_each_milligram_goes_by_the_amount() -> None:
    costs = {**MINE, "per_dose": {}, "per_mg": {"oral": 0.5}}
    found = one("500 to 2000 µg orally once", cost=costs)

    assert found.total.cost == span(0.25, 1)


def test_the_price_of_a_year_holds_however_often_a_dose_is_given() -> None:
    often, rarely = (
        one(f"1 mg IM every {months} months", cost="uk_2006", years=3)
        for months in (1, 3)
    )

    assert often.total.cost == rarely.total.cost == span(167.97, 299.97)


def test_the_price_of_a_year_is_not_divided_into_loading_and_maintenance() -> None:
    found = one(
        "1 mg IM every 3 months",
        loading="1 mg IM weekly for 4 doses",
        cost="ontario_1996",
        years=1,
    )

    assert found.total.cost == span(145.88, 145.88)


def test_the_year_after_the_last_dose_costs_nothing() -> None:
    found = one("1 mg IM weekly for 4 doses", cost="ontario_1996", years=2)

    assert [year.cost for year in found.years] == [span(145.88, 145.88), span(0, 0)]


def test_costs_are_discounted_from_the_second_year_on() -> None:
    found = one("1 mg IM every 3 months", cost=MINE, years=2, discount=(0, 0.25))

    assert found.total.cost == span(8 * 14, 8 * 15)
    # At 25 % the second year counts for four fifths; at 0 % it counts in full.
    assert found.total.discounted == span(100.8, 120)
    assert found.total.injections == span(8, 8)


def test_published_costs_are_dated_and_cited() -> None:
    found = published_costs()

    assert set(found) == {"ontario_2013", "ontario_1996", "uk_2006"}
    assert all(one.year and one.source and one.seen for one in found.values())
    assert "145.88" in str(float(found["ontario_1996"].per_year["intramuscular"].low))
    text = " ".join(compare(["1 mg IM monthly"]).to_text().split())
    assert found["ontario_2013"].source in text


def test_tablets_have_no_price_in_the_costs_that_are_taken_by_default() -> None:
    assert one("1 mg orally daily").missing == ("the price of a dose (oral)",)
    assert one("1 mg IM every 3 months", years=1).total.cost == span(
        4 * (0.674 + 6.75), 4 * (0.674 + 37.59)
    )


def test_costs_may_be_left_out() -> None:
    found = compare(["1 mg IM monthly"], cost=False)

    assert found.costs is None
    assert found.regimens[0].total.cost is None
    assert "cost" not in found.to_text()


def test_costs_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'currency = "EUR"\nsource = "us"\nper_visit = [1, 2]\n[per_dose]\nintramuscular = 3\n',
        encoding="utf-8",
    )

    assert one("1 mg IM once", cost=file).total.cost == span(4, 5)
    assert one("1 mg IM once", cost=str(file)).total.cost == span(4, 5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"currency": "euro"}, "three capital letters"),
        ({"source": "  "}, "where the prices are from"),
        ({"year": 26}, "the year of the prices"),
        ({"per_visit": -1}, "none below 0"),
        ({"per_visit": (3, 2)}, "lowest and the highest"),
        ({"per_visit": "3"}, "a price"),
        ({"per_dose": 3}, "a mapping of drugs"),
        ({"per_dose": {"oral": float("nan")}}, "a price"),
        ({"per_year": {"intramuscular": 3}}, "each stands once"),
        ({"note": 3}, "text"),
    ],
)
def test_costs_that_make_no_sense_are_refused(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        UnitCosts(**{**MINE, **change})


@pytest.mark.parametrize(
    ("cost", "kind"),
    [
        ("ontario", UnknownNameError),
        ({**MINE, "per_does": {}}, UnknownNameError),
        ({"currency": "EUR"}, ArgumentError),
        (3, ArgumentError),
        ("missing.toml", ArgumentError),
    ],
)
def test_costs_that_are_not_there_are_refused(cost: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        compare(["1 mg IM monthly"], cost=cost)


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("currency = ", encoding="utf-8")

    with pytest.raises(ArgumentError, match="a file of TOML "):
        compare(["1 mg IM monthly"], cost=file)


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({"per_dose": {"im": 4}}, "`per_dose`, `im`; did you mean `intramuscular`$"),
        ({"per_mg": {"orl": 4}}, "`per_mg`, `orl`; did you mean `oral`$"),
        ({"per_year": {"Methylcobalamin": 4}}, "did you mean `mecobalamin`$"),
        ({"per_dose": {"oral/mecobalamin": 4}}, "there is no drug or route"),
        ({"per_dose": {"mecobalamin/orl": 4}}, "there is no drug or route"),
        ({"per_dose": {"water": 4}}, "known: .*`mecobalamin`.*`oral`"),
    ],
)
def test_a_price_that_nobody_would_pay_is_refused(
    prices: dict[str, Any], said: str
) -> None:
    with pytest.raises(UnknownNameError, match=said):
        one("1 mg IM monthly", cost={**MINE, **prices})
    with pytest.raises(UnknownNameError, match=said):
        load("mecobalamin_im").study(PATIENTS).regimens(cost={**MINE, **prices})


def test_a_price_may_be_of_a_drug_and_a_route_that_no_regimen_has() -> None:
    costs = {**MINE, "per_year": {"mecobalamin/oral": 3}}

    assert one("1 mg IM monthly", cost=costs).total.cost is not None


def test_a_drug_outside_the_vocabulary_may_have_a_price() -> None:
    (phase,) = regimen_from_english("1 mg IM monthly").phases
    regimen = Regimen((evolve(phase, drugs=("otherocobalamin",)),))
    costs = {**MINE, "per_dose": {"otherocobalamin": 2}}

    assert compare({"other": regimen}, cost=costs).regimens[0].total.cost is not None


def test_costs_that_are_not_there_are_told_with_those_that_are() -> None:
    with pytest.raises(UnknownNameError, match=r"no TOML file, `nope`; .*`uk_2006`"):
        one("1 mg IM monthly", cost="nope")
    missing = r"TOML file that is there, or .*`uk_2006`.*the text `nope\.toml`$"
    with pytest.raises(ArgumentError, match=missing):
        one("1 mg IM monthly", cost="nope.toml")
