"""Table 1: lines, groups and standardized differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from b12guide import Guideline, UnknownNameError, load
from b12guide.cohort.table_one import TableOne

ROWS = 12
AGES = [20.0, 30, 40, 50, 60, 70, 25, 35, 45, 55, 65, None]


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def table() -> Any:
    return pa.table(
        {
            "age": AGES,
            "paresthesia": [[True, False, None][n % 3] for n in range(ROWS)],
            "arm": ["a"] * 6 + ["b"] * 6,
            "stage": [["I", "II", "III"][n // 2 % 3] for n in range(ROWS)],
            "people": [float(n + 1) for n in range(ROWS)],
        }
    )


def table_one(guideline: Guideline, *args: Any, **options: Any) -> TableOne:
    design = options.pop("design", {})
    told = guideline.study(table(), keep=("arm", "stage", "people"), **design)
    return told.table_one(*args, **options)


def lines(found: TableOne, column: str) -> list[Any]:
    return [one for one in found.lines if one.column == column]


def test_numbers_and_levels_have_lines_and_so_has_what_is_not_known(
    guideline: Guideline,
) -> None:
    found = table_one(guideline, ["age", "paresthesia", "stage"], by="arm")
    age, unknown = lines(found, "age")
    no, yes, open_ = lines(found, "paresthesia")

    assert [one.group for one in found.groups] == [(), ("a",), ("b",)]
    assert [cell.distribution.mean for cell in age.cells] == [45, 45, 45]
    assert [cell.share.patients for cell in unknown.cells] == [1, 0, 1]
    assert (no.level, yes.level, open_.level) == ("no", "yes", None)
    assert open_.is_unknown
    # Of those for whom it is known, and of all.
    assert [cell.share.of for cell in yes.cells] == [8, 4, 4]
    assert [cell.share.share for cell in yes.cells] == [0.5, 0.5, 0.5]
    assert [cell.share.of for cell in open_.cells] == [12, 6, 6]
    assert [one.level for one in lines(found, "stage")] == ["I", "II", "III"]


def test_standardized_differences_by_hand(guideline: Guideline) -> None:
    """Of numbers: means apart, in pooled deviations. Of two levels: Austin's formula."""
    found = table_one(guideline, ["people"], by="arm")
    first, second = np.arange(1.0, 7), np.arange(7.0, 13)
    pooled = ((first.var(ddof=1) + second.var(ddof=1)) / 2) ** 0.5

    assert lines(found, "people")[0].difference == pytest.approx(6 / pooled)
    cut = table_one(guideline, ["people"], by="stage", cuts={"people": [3, 9]})
    assert lines(cut, "people")[0].difference is not None


def test_two_levels_differ_as_austin_has_it(guideline: Guideline) -> None:
    frame = pa.table(
        {
            "b12_deficiency": [True] * 2 + [False] * 8 + [True] * 6 + [False] * 4,
            "arm": ["a"] * 10 + ["b"] * 10,
        }
    )
    found = guideline.study(frame, keep="arm").table_one("b12_deficiency", by="arm")
    wanted = 0.4 / ((0.2 * 0.8 + 0.6 * 0.4) / 2) ** 0.5

    assert found.lines[0].difference == pytest.approx(wanted)


def test_several_levels_differ_as_yang_and_dalton_have_it(guideline: Guideline) -> None:
    """Shares of 0.5, 0.3, 0.2 and 0.2, 0.3, 0.5; of all but the first, in their covariance."""
    frame = pa.table(
        {
            "stage": ["I"] * 5
            + ["II"] * 3
            + ["III"] * 2
            + ["I"] * 2
            + ["II"] * 3
            + ["III"] * 5,
            "arm": ["a"] * 10 + ["b"] * 10,
            "b12_deficiency": [True] * 20,
        }
    )
    found = guideline.study(frame, keep=("arm", "stage")).table_one("stage", by="arm")
    # The covariances are ((0.21, -0.06), (-0.06, 0.16)) and ((0.21, -0.15), (-0.15, 0.25)),
    # their mean ((0.21, -0.105), (-0.105, 0.205)), and the difference (0, -0.3).
    determinant = 0.21 * 0.205 - 0.105**2
    wanted = (0.3 * 0.3 * 0.21 / determinant) ** 0.5

    assert found.lines[0].difference == pytest.approx(wanted)


def test_weights_count_people(guideline: Guideline) -> None:
    found = table_one(
        guideline, ["age", "stage"], by="arm", design={"weights": "people"}
    )
    (age, _) = lines(found, "age")
    weights = np.arange(1.0, 12)

    assert found.groups[0].weight == 78
    wanted = np.average(np.array(AGES[:11], float), weights=weights)
    assert age.cells[0].distribution.mean == pytest.approx(wanted)
    (first, _, _) = lines(found, "stage")
    assert first.cells[0].share.share == pytest.approx((1 + 2 + 7 + 8) / 78)


def test_all_facts_without_a_choice(guideline: Guideline) -> None:
    told = guideline.study(table(), keep=("arm", "stage", "people")).table_one()

    assert {one.column for one in told.lines} == {"age", "paresthesia"}
    assert told.groups[0].patients == ROWS
    with pytest.raises(UnknownNameError, match="did you mean `age`"):
        table_one(guideline, "agee")


def test_it_is_a_table_on_every_paper(guideline: Guideline) -> None:
    found = table_one(guideline, ["age", "paresthesia", "stage"], by="arm")
    latex, text = found.to_latex(), found.to_text(width=100)

    assert "|  | everybody | a | b | difference |" in found.to_markdown()
    assert "| paresthesia" not in found.to_markdown()  # people have a name for it
    assert r"\toprule" in latex
    assert "4 (50.0\\%)" in latex
    assert "under review" in latex
    assert "education and research" in latex
    assert "mean (SD)" in text
    assert '<th scope="row">' in found.to_html()
    narrow = found.to_text(width=50)
    assert max(map(len, narrow.splitlines())) <= 50


def test_frames_have_the_numbers(guideline: Guideline) -> None:
    frame = pl.from_arrow(table())
    study = guideline.study(frame, keep=("arm", "stage", "people"))
    told = study.table_one(["age", "stage"], by="arm").to_frame()

    assert isinstance(told, pl.DataFrame)
    assert len(told) == (2 + 3) * 3
    everybody = told.filter(pl.col("is_everybody"))
    assert everybody["arm"].null_count() == 5
