"""Counts of measures, and of those beyond cut-offs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from b12guide import ArgumentError, Guideline, GuidelineError, UnknownNameError, load
from b12guide.cohort.measured import MeasureCounts, distribution_of, quantiles
from b12guide.cohort.shares import Sample
from b12guide.errors import CohortError

B12 = [100.0, 200.0, 200.6, 299.5, 300.0, 400.0, None, 500.0]
AGES = [20, 30, 40, 50, 60, 70, 80, 90]


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def table() -> Any:
    return pa.table(
        {
            "age": AGES,
            "serum_b12": B12,
            "ileal_involvement": [0.0, 45.0, 70.0, None, 10.0, 30.0, 60.0, 31.0],
            "people": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.0],
        }
    )


def counts(guideline: Guideline, *args: Any, **options: Any) -> MeasureCounts:
    design = options.pop("design", {})
    ignore = () if design else "people"
    return guideline.study(table(), ignore=ignore, **design).measures(*args, **options)


def cutoff(found: MeasureCounts, text: str) -> Any:
    (one,) = (one for one in found.cutoffs if one.cutoff == text)
    return one


def test_a_measure_is_told_with_what_is_not_known(guideline: Guideline) -> None:
    found = counts(guideline)
    (b12,) = (one for one in found.measures if one.fact == "serum_b12")
    told = b12.distribution
    known = [one for one in B12 if one is not None]

    assert (b12.patients, b12.unknown, told.known) == (8, 1, 7)
    assert told.mean == pytest.approx(np.mean(known))
    assert told.deviation == pytest.approx(np.std(known, ddof=1))
    assert (told.least, told.median, told.most) == (100, 299.5, 500)
    assert told.lower_quartile == pytest.approx(200.3)
    # mean ± t(6) * sd / sqrt(7), t from a printed table
    half = 2.446912 * np.std(known, ddof=1) / 7**0.5
    assert told.high == pytest.approx(np.mean(known) + half, rel=1e-6)


def test_cutoffs_of_the_caller_are_converted_exactly(guideline: Guideline) -> None:
    """148 pmol/L are 200.6 pg/mL by the molar mass, less than a thousandth above 200.5."""
    texts = ["< 148 pmol/L", "148 to 221 pmol/L", "> 221 pmol/L", "<= 200 pg/mL"]
    found = counts(guideline, {"serum_b12": texts})
    low, between, high, bare = (
        cutoff(found, f"serum_b12 {text}")
        for text in (texts[0], f"from {texts[1]}", *texts[2:])
    )
    mass = guideline.graph.vocabulary.facts["serum_b12"].molar_mass
    assert mass is not None
    bounds = [float(148 * mass / 1000), float(221 * mass / 1000)]
    known = np.array([one for one in B12 if one is not None])

    assert low.yes == int((known < bounds[0]).sum())
    assert between.yes == int(((known >= bounds[0]) & (known <= bounds[1])).sum())
    assert high.yes == int((known > bounds[1]).sum())
    assert low.yes + between.yes + high.yes == 7
    assert (bare.yes, bare.no, bare.unknown) == (2, 5, 1)
    assert bare.rules == ()
    assert (bare.share.share, bare.share.most) == (2 / 8, 3 / 8)
    assert bare.among_known.share == pytest.approx(2 / 7)
    assert bare.among_known.most == bare.among_known.share


def test_the_guideline_has_cutoffs_of_its_own(guideline: Guideline) -> None:
    found = counts(guideline)
    one = cutoff(found, "ileal_involvement > 30 to 60 cm")

    assert one.rules
    # Above 60 for certain: 70. Not above 30: 0, 10 and 30. Between them: 45, 60 and 31.
    assert (one.yes, one.no, one.unknown, one.between) == (1, 3, 1, 3)
    assert (one.share.share, one.share.most) == (1 / 8, 5 / 8)
    assert one.among_known.most == pytest.approx(4 / 7)


def test_parts_of_a_cohort_have_measures_of_their_own(guideline: Guideline) -> None:
    found = counts(guideline, by="age", cuts={"age": [50]})
    b12 = {one.group[0]: one for one in found.measures if one.fact == "serum_b12"}

    assert {name: one.patients for name, one in b12.items()} == {
        "below 50 years": 3,
        "50 years and more": 5,
    }
    assert b12["50 years and more"].unknown == 1
    assert found.to_frame().column_names[0] == "age"


def test_weights_count_people(guideline: Guideline) -> None:
    found = counts(guideline, {"age": ">= 50 years"}, design={"weights": "people"})
    one = cutoff(found, "age >= 50 years")

    assert (one.yes, one.no) == (4, 3)
    assert one.share.share == pytest.approx(22 / 28)
    (age,) = (one for one in found.measures if one.fact == "age")
    weights = [1, 2, 3, 4, 5, 6, 7]
    assert age.distribution.mean == pytest.approx(np.average(AGES[:7], weights=weights))
    # 28 people: the 14th of them is 60 years old, the 7th 50 and the 21st 70.
    told = age.distribution
    assert (told.lower_quartile, told.median, told.upper_quartile) == (50, 60, 70)
    assert told.most == 80  # whoever is 90 stands for nobody


def test_quantiles_are_those_of_r() -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("there is no R here")
    values = np.array([3.0, 1.5, 9.0, 4.0, 4.0, 7.25])
    weights = np.array([2.0, 1.0, 3.0, 1.0, 2.0, 4.0])
    script = (
        'v <- c(3, 1.5, 9, 4, 4, 7.25); cat(quantile(v, 1:3 / 4), "\\n"); '
        'if (!requireNamespace("survey", quietly = TRUE)) quit(); library(survey); '
        "d <- svydesign(~1, weights = ~w, data = data.frame(v, w = c(2, 1, 3, 1, 2, 4))); "
        "cat(svyquantile(~v, d, 1:3 / 4)$v[, 1])"
    )
    done = subprocess.run(
        [rscript, "-e", script], capture_output=True, text=True, check=True, timeout=300
    )
    plain, *weighted = done.stdout.splitlines()

    assert quantiles(values, weights, False) == [float(one) for one in plain.split()]
    if weighted:
        told = [float(one) for one in weighted[-1].split()]
        assert quantiles(values, weights, True) == told


def test_one_value_has_no_spread() -> None:
    sample = Sample.of(3, None, 0.95)
    found = distribution_of(np.array([np.nan, 4.0, np.nan]), sample)

    assert (found.known, found.mean, found.deviation, found.low) == (1, 4, None, None)
    assert distribution_of(np.full(3, np.nan), sample).mean is None


def test_frames_and_records(guideline: Guideline) -> None:
    frame = pl.from_arrow(table())
    told = guideline.study(frame, ignore="people").measures({"age": [">= 65 years"]})
    frames = told.to_frame(), told.cutoffs_frame()

    assert all(isinstance(one, pl.DataFrame) for one in frames)
    assert len(frames[1]) == len(told.cutoffs)
    assert {"share", "most", "known_share"} <= set(frames[1].columns)
    assert MeasureCounts.from_json(told.to_json()).to_dict() == told.to_dict()


def test_what_is_no_cutoff_is_refused(guideline: Guideline, tmp_path: Path) -> None:
    def asked(cutoffs: Any) -> Any:
        return counts(guideline, cutoffs)

    with pytest.raises(UnknownNameError, match="did you mean `serum_b12`"):
        asked({"serum_b13": "< 148 pmol/L"})
    with pytest.raises(UnknownNameError, match="measure `paresthesia`"):
        asked({"paresthesia": "< 1"})
    with pytest.raises(CohortError, match="`low` is no cut-off for `serum_b12`"):
        asked({"serum_b12": ["low"]})
    with pytest.raises(CohortError, match="an empty text is no cut-off"):
        asked({"serum_b12": [" "]})
    wrong_unit = r'(?s)^`cutoffs\["serum_b12"\]` cannot.*note: .*`pg/mL`.*`pmol/L`'
    with pytest.raises(GuidelineError, match=wrong_unit):
        asked({"serum_b12": ["> 100 pg/mL", "< 148 kg"]})
    with pytest.raises(CohortError, match="nothing is known of `egfr` in this cohort"):
        asked({"egfr": "< 50 mL/min"})
    for wrong in (["< 148 pmol/L"], {"serum_b12": 148}, {"serum_b12": [148]}, {1: "<"}):
        with pytest.raises(ArgumentError, match="`cutoffs`"):
            asked(wrong)
    del tmp_path
