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
