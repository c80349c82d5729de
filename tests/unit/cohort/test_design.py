"""How sure shares are because of how people were drawn: by hand, and by R's package `survey`."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from b12guide.cohort.design import (
    Design,
    DesignColumns,
    Lonely,
    WeightedCodes,
    design_of,
)
from b12guide.cohort.shares import Coded, Sample, Share
from b12guide.errors import CohortError

Rows = list[dict[str, Any]]


def design(rows: Rows, **columns: Any) -> Design:
    chosen = DesignColumns(**columns)
    read = {
        name: pa.chunked_array([pa.array([row[name] for row in rows])])
        for name in chosen.names
    }
    return design_of(chosen, read, len(rows))


def share_in(sample: Sample, truths: list[bool]) -> Share:
    codes = np.array(truths, np.int64)
    ((share,),) = sample.shares([Coded(codes=codes, kinds=2, answers=((1,),))])
    return share


# ------------------------------------------------------------------------------ by hand


def test_a_small_design_by_hand() -> None:
    """Two strata of two units each, small enough for pencil and paper.

    Weights 1 to 4 in the units of which everybody is sick in the first of each stratum. The share
    is 4/10; what each unit adds is weight * (sick - 0.4) / 10: 0.06, -0.08; 0.18, -0.16. Around
    the means of their strata (-0.01, 0.01) that is ±0.07 and ±0.17, so the variance is
    2 * 2 * 0.07² + 2 * 2 * 0.17² = 0.1352.
    """
    rows = [
        {"w": 1, "s": "a", "u": 1, "sick": True},
        {"w": 2, "s": "a", "u": 2, "sick": False},
        {"w": 3, "s": "b", "u": 1, "sick": True},
        {"w": 4, "s": "b", "u": 2, "sick": False},
    ]
    sample = Sample.of(4, design(rows, weights="w", strata="s", psu="u"), 0.95)
    found = share_in(sample, [bool(row["sick"]) for row in rows])

    assert sample.freedom == 2
    assert found.share == 0.4
    assert found.standard_error == pytest.approx(0.1352**0.5, rel=1e-9)
    # Four drawn one by one would have a variance of 0.4 * 0.6 / 3.
    assert found.design_effect == pytest.approx(0.1352 / 0.08, rel=1e-9)


def test_rows_that_are_their_own_units_are_summed_in_the_same_way() -> None:
    random = Random(5)  # noqa: S311 -- alike each time
    rows = [
        {"w": random.uniform(1, 9), "s": random.randrange(3), "u": number}
        for number in range(60)
    ]
    codes = np.array([random.randrange(4) for _ in rows])
    inside = np.array([random.random() < 0.7 for _ in rows])
    singles = design(rows, weights="w", strata="s")
    clusters = design(rows, weights="w", strata="s", psu="u")

    for chosen in ((0,), (1, 2), (0, 1, 3)):
        mine, theirs = (
            WeightedCodes.of(one, codes, 4, inside).variance(chosen, 0.3)
            for one in (singles, clusters)
        )
        assert mine == pytest.approx(theirs, rel=1e-12)


def test_a_subgroup_keeps_the_units_in_which_nobody_belongs_to_it() -> None:
    rows = [{"u": unit, "g": unit < 3} for unit in range(6) for _ in range(4)]
    sick = [number % 4 == 0 or row["u"] == 1 for number, row in enumerate(rows)]
    whole = Sample.of(len(rows), design(rows, psu="u"), 0.95)
    group = whole.within(np.array([row["g"] for row in rows]))
    alone = [row for row in rows if row["g"]]
    cut = Sample.of(len(alone), design(alone, psu="u"), 0.95)
    told = share_in(group, sick)
    cut_told = share_in(cut, sick[:12])

    assert told.share == cut_told.share == 0.5
    assert (told.of, group.freedom, cut.freedom) == (12, 2, 2)
    # Six units of which three add nothing: 6/5 of the squares instead of 3/2.
    assert told.standard_error == pytest.approx(
        float(cut_told.standard_error or 0) * (6 / 5 / (3 / 2)) ** 0.5
    )


def test_a_unit_alone_in_its_stratum_is_an_error_until_something_is_said() -> None:
    rows = [
        {"s": "north", "u": 1},
        {"s": "north", "u": 1},
        {"s": "south", "u": 1},
        {"s": "south", "u": 2},
    ]

    with pytest.raises(CohortError, match="`north` has a single first-stage unit"):
        design(rows, strata="s", psu="u")
    with pytest.raises(CohortError, match='say `lonely="certainty"`'):
        design(rows[:2], psu="u")
    for lonely in (Lonely.CERTAINTY, Lonely.ADJUST):
        assert design(rows, strata="s", psu="u", lonely=lonely).sizes.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            [1.0, None, 2.0],
            "row 2 has no number in `w`, which is given as `weights`; give 0",
        ),
        ([1.0, float("nan"), None], "rows 2 and 3 have no number"),
        ([1.0, float("inf"), 1.0], "row 2 has no number"),
        ([1.0, -2.0, 2.0], "row 2 has a weight of -2 in `w`"),
        ([0, 0, 0], "all weights in `w` are 0"),
        (["1", "two", "3"], "`w` is given as `weights`, and holds no numbers: .*two"),
        ([True, True, False], "holds no numbers"),
        ([[1.0], [2.0], [3.0]], "holds no numbers"),
    ],
)
def test_weights_that_are_none_are_refused(weights: list[Any], said: str) -> None:
    with pytest.raises(CohortError, match=said):
        design([{"w": one} for one in weights], weights="w")


def test_numbers_as_text_and_decimals_are_weights() -> None:
    found = design([{"w": "1.5"}, {"w": "2"}], weights="w")

    assert found.weights.tolist() == [1.5, 2.0]


def test_a_row_without_stratum_or_unit_is_refused() -> None:
    rows: Rows = [{"s": "a", "u": 1.0}, {"s": None, "u": float("nan")}]

    with pytest.raises(CohortError, match="row 2 has nothing in `s`"):
        design(rows, strata="s")
    with pytest.raises(CohortError, match="row 2 has nothing in `u`"):
        design(rows, psu="u")


def test_units_are_counted_of_those_that_there_are() -> None:
    rows: Rows = [{"s": "a", "u": one, "n": 4} for one in (1, 1, 2, 2)]

    assert design(rows, strata="s", psu="u", fpc="n").drawn.tolist() == [0.5]
    shares = [{**row, "n": 0.25} for row in rows]
    assert design(shares, strata="s", psu="u", fpc="n").drawn.tolist() == [0.25]
    with pytest.raises(CohortError, match="fewer first-stage units than were drawn"):
        design([{**row, "n": 1.5} for row in rows], strata="s", psu="u", fpc="n")
    with pytest.raises(CohortError, match="do not agree in `n`"):
        design([*rows[:3], {**rows[3], "n": 5}], strata="s", psu="u", fpc="n")


def test_where_everybody_was_asked_chance_has_no_part() -> None:
    rows = [{"n": 4} for _ in range(4)]
    sample = Sample.of(4, design(rows, fpc="n"), 0.95)

    assert share_in(sample, [True, False, True, True]).standard_error == 0


# ----------------------------------------------------------------------- R's own package

TWO_STAGES = (
    "svydesign(~unit, strata = ~stratum, weights = ~weight, nest = TRUE, data = people)"
)
DESIGNS: dict[str, tuple[str, dict[str, Any]]] = {
    "two stages": (
        TWO_STAGES,
        {"weights": "weight", "strata": "stratum", "psu": "unit"},
    ),
    "strata": (
        "svydesign(~1, strata = ~stratum, weights = ~weight, data = people)",
        {"weights": "weight", "strata": "stratum"},
    ),
    "weights": (
        "svydesign(~1, weights = ~weight, data = people)",
        {"weights": "weight"},
    ),
    "few of few": (
        TWO_STAGES.replace("data", "fpc = ~whole, data"),
        {"weights": "weight", "strata": "stratum", "psu": "unit", "fpc": "whole"},
    ),
}


@pytest.fixture(scope="module")
def survey() -> Path:
    """The script, where R and its package can be run."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("there is no R here")
    asked = subprocess.run(
        [rscript, "-e", "suppressPackageStartupMessages(library(survey))"],
        capture_output=True,
        check=False,
        timeout=300,
    )
    if asked.returncode:
        pytest.skip("R is here without its package survey")
    return Path(__file__).parent / "survey.R"


def people(*, is_lonely: bool) -> Rows:
    """Sick and well people in strata of two to four units, some of whom weigh nothing."""
    random = Random(29)  # noqa: S311 -- alike each time
    found: Rows = []
    for stratum in range(5):
        units = 1 if is_lonely and stratum == 4 else random.randint(2, 4)
        for unit in range(units):
            often = random.uniform(0.05, 0.5)
            for _ in range(random.randint(8, 25)):
                is_drawn = random.random() < 0.9
                found.append(
                    {
                        "stratum": stratum,
                        "unit": unit + 1,
                        "weight": random.uniform(10, 300) if is_drawn else 0,
                        "whole": 6 + stratum,
                        "sick": int(random.random() < often),
                        "value": random.gauss(often * 10, 2),
                        "group": int(random.random() < 0.4 and unit != 1),
                    }
                )
    return found


def told_by_r(survey: Path, rows: Rows, folder: Path, call: str, lonely: str) -> Any:
    table = folder / "people.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = subprocess.run(
        [str(shutil.which("Rscript")), str(survey), str(table), call, lonely],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return {name: [float(one) for one in numbers] for name, *numbers in lines}


def held_against(found: Any, sample: Sample, rows: Rows, name: str) -> None:
    """What R says of a sample, and what we say."""
    mine = share_in(sample, [bool(row["sick"]) for row in rows])
    numbers = {
        "share": mine.share,
        "error": mine.standard_error,
        "effect": mine.design_effect,
        "freedom": sample.freedom,
    }
    for what, number in numbers.items():
        assert number == pytest.approx(found[f"{name}.{what}"][0], rel=1e-8), what
    if (mine.design_effect or 0) > 1.1:  # below, R lets people count for more than one
        assert [mine.low, mine.high] == pytest.approx(found[f"{name}.beta"], rel=1e-6)
    assert sample.design is not None
    values = np.array([row["value"] for row in rows])[sample.inside]
    mean = float(np.average(values, weights=sample.weights))
    error = sample.design.variance_of_mean(values, sample.inside, mean) ** 0.5
    assert mean == pytest.approx(found[f"{name}.mean"][0], rel=1e-10)
    assert error == pytest.approx(found[f"{name}.mean_error"][0], rel=1e-8)


@pytest.mark.parametrize("kind", DESIGNS)
def test_r_says_the_same(survey: Path, tmp_path: Path, kind: str) -> None:
    call, columns = DESIGNS[kind]
    rows = people(is_lonely=False)
    found = told_by_r(survey, rows, tmp_path, call, "fail")
    sample = Sample.of(len(rows), design(rows, **columns), 0.95)

    held_against(found, sample, rows, "all")
    group = np.array([row["group"] == 1 for row in rows])
    held_against(found, sample.within(group), rows, "group")


@pytest.mark.parametrize("lonely", ["certainty", "adjust"])
def test_r_says_the_same_of_units_that_are_alone(
    survey: Path, tmp_path: Path, lonely: str
) -> None:
    call, columns = DESIGNS["two stages"]
    rows = people(is_lonely=True)
    found = told_by_r(survey, rows, tmp_path, call, lonely)
    chosen = design(rows, **columns, lonely=Lonely(lonely))
    sample = Sample.of(len(rows), chosen, 0.95)

    held_against(found, sample, rows, "all")
    group = np.array([row["group"] == 1 for row in rows])
    held_against(found, sample.within(group), rows, "group")


def test_of_many_rows_without_a_number_some_are_named() -> None:
    rows: Rows = [{"w": None} for _ in range(5)]

    with pytest.raises(CohortError, match="rows 1, 2, 3 and 2 more have no number"):
        design(rows, weights="w")
