"""A comparison as frames and as a table for a paper."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.errors import UnknownNameError
from b12guide.regimens import RegimenComparison, compare


def made(**how: Any) -> RegimenComparison:
    regimens = {"a|b": "1 mg IM every 2 to 3 months", "tablets": "1 mg orally daily"}
    return compare(regimens, years=2, **how)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_frames_are_of_the_kind_that_was_asked_for(kind: str) -> None:
    found = made()

    for frame in (
        found.to_frame(kind),
        found.years_frame(kind),
        found.table().to_frame(kind),
    ):
        assert type(frame).__module__.partition(".")[0] == kind


def test_a_row_for_each_number() -> None:
    rows = made(adherence={"missed": 0.5}).to_frame().to_pylist()
    asked = {(r["regimen"], r["year"], r["quantity"]): r for r in rows}

    assert asked["a|b", 1, "injections"]["low"] == 4
    assert asked["a|b", None, "injections"]["high"] == 12
    assert asked["a|b", None, "cost"]["unit"] == "CAD"
    assert asked["tablets", 1, "cost"]["low"] is None
    assert asked["tablets", None, "amount"]["low"] == 730
    assert asked["tablets", None, "doses given"]["statistic"] == "expected"


def test_what_is_given_is_counted_and_costed_year_by_year_by_hand() -> None:
    costs = {
        "currency": "EUR",
        "source": "made up",
        "per_dose": {"intramuscular": 2},
        "per_visit": 10,
    }
    found = compare(
        "1000 µg hydroxocobalamin intramuscular every 3 months",
        years=2,
        cost=costs,
        discount=0.25,
        adherence={"missed": (0, 0.5)},
    )
    (one,) = found.regimens
    rows = [
        (r["year"], r["quantity"], r["low"], r["high"])
        for r in found.to_frame().to_pylist()
        if r["statistic"] == "expected"
    ]

    # Four injections a year at 12 each; with half of them missed, two. A quarter less in year 2.
    assert (1, "injections given", 2, 4) in rows
    assert (2, "cost given", 24, 48) in rows
    assert (2, "discounted cost given", 24 / 1.25, 48 / 1.25) in rows
    assert (None, "amount given", 4000, 8000) in rows
    assert (None, "discounted cost given", 24 + 24 / 1.25, 48 + 48 / 1.25) in rows
    assert one.adherence is not None
    assert one.given_total is not None
    assert one.given_total.doses == one.adherence.given


def test_injections_that_are_late_fall_into_later_years() -> None:
    found = compare(
        "1000 µg hydroxocobalamin intramuscular every 6 months",
        years=2,
        adherence={"late_days": 100, "from_given": True},
    )
    (one,) = found.regimens

    # Due on days 0, 181, 365 and 546; given on days 100, 381 and 665: one in year 1.
    assert [year.injections.low for year in one.given_years] == [1, 2]


def test_a_row_for_each_year() -> None:
    rows = made(discount=0.03).years_frame().to_pylist()

    assert [row["year"] for row in rows] == [1, 2, None] * 2
    assert rows[0]["injections_low"] == 4
    assert rows[0]["amount_mg_high"] == 6
    assert rows[1]["discounted_cost_low"] < rows[1]["cost_low"]
    assert rows[3]["cost_low"] is None


def test_no_such_kind_of_frame() -> None:
    with pytest.raises(UnknownNameError, match="did you mean `polars`"):
        made().to_frame("polar")


def test_the_table_for_a_paper_is_pinned() -> None:
    table = made(cost=False).table()

    assert table.to_markdown() == MARKDOWN
    assert table.to_latex().splitlines()[4:11] == [
        r"\toprule",
        (
            r"Regimen & Injections, year 1 & Injections, each later year & Injections, 2 years "
            r"& Visits, 2 years & Doses, 2 years & Amount, 2 years (mg) \\"
        ),
        r"\midrule",
        r"a|b & 4 to 6 & 4 to 6 & 8 to 12 & 8 to 12 & 8 to 12 & 8 to 12 \\",
        r"tablets & 0 & 0 & 0 & 0 & 730 & 730 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


MARKDOWN = """\
**2 regimens over 2 years**

| Regimen | Injections, year 1 | Injections, each later year | Injections, 2 years | Visits, 2 years | Doses, 2 years | Amount, 2 years (mg) |
| --- | --- | --- | --- | --- | --- | --- |
| a\\|b | 4 to 6 | 4 to 6 | 8 to 12 | 8 to 12 | 8 to 12 | 8 to 12 |
| tablets | 0 | 0 | 0 | 0 | 730 | 730 |

- Counted over 2 years from the first dose, for one person. A range goes from the regimen followed with the fewest doses to the most.
- For education and research. It does not replace clinical judgement: verify it against the primary literature before acting on it.
"""  # noqa: E501


def test_latex_has_no_sign_that_means_something_else() -> None:
    found = compare({"50 % & \\more_": "1000 µg IM monthly"}).table().to_latex()

    assert r"50 \% \& \textbackslash{}more\_" in found
    assert "µ" not in found
