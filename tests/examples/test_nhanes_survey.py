"""The survey with its design: what a study says of its people, R's package `survey` says too."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from b12guide import load

SCRIPT = """
suppressPackageStartupMessages(library(survey))
people <- read.csv(commandArgs(trailingOnly = TRUE)[1])
design <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = people)
adults <- subset(design, adult == 1 & !is.na(low))
found <- svymean(~low, adults)
ci <- attr(svyciprop(~low, adults, method = "beta"), "ci")
cat(sprintf("%.15g", c(coef(found), SE(found), ci, degf(adults))))
"""


@pytest.fixture(scope="module")
def adults(root: Path, third_party_data: Path) -> Any:
    """The facts, with the filtration rate of everybody of 18 and more, and the design."""
    spec = importlib.util.spec_from_file_location("nhanes", root / "examples/nhanes.py")
    assert spec is not None
    assert spec.loader is not None
    nhanes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(nhanes)
    table = pq.read_table(third_party_data / "nhanes" / "nhanes_b12.parquet")
    age = nhanes.numbers(table, "RIDAGEYR")
    is_woman = nhanes.numbers(table, "RIAGENDR") == nhanes.FEMALE
    rate = nhanes.egfr(nhanes.numbers(table, "LBXSCR"), age, is_woman)
    facts = table.select(["WTMEC2YR", "SDMVSTRA", "SDMVPSU"])
    return facts.append_column("age", [age]).append_column("egfr", [rate])


def low_rates(adults: Any) -> Any:
    study = load("mecobalamin_im").study(
        adults, weights="WTMEC2YR", strata="SDMVSTRA", psu="SDMVPSU", on_bad="unknown"
    )
    found = study.measures(by="age", cuts={"age": [18]})
    (one,) = (
        one
        for one in found.cutoffs
        if one.cutoff == "egfr < 50 mL/min" and one.group == ("18 years and more",)
    )
    return one


def test_low_rates_of_adults_weighted_and_not(adults: Any) -> None:
    one = low_rates(adults)
    known = one.yes + one.no

    assert (one.yes, known) == (659, 15_795)
    assert round(one.yes / known, 4) == 0.0417
    assert round(one.among_known.share, 4) == 0.0275
    assert one.share.share < one.among_known.share < one.share.most


def test_r_says_the_same_of_the_survey(adults: Any, tmp_path: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("there is no R here")
    check = subprocess.run(
        [rscript, "-e", "suppressPackageStartupMessages(library(survey))"],
        capture_output=True,
        check=False,
        timeout=300,
    )
    if check.returncode:
        pytest.skip("R is here without its package survey")
    people = adults.to_pandas()
    people["adult"] = (people["age"] >= 18).astype(int)
    people["low"] = np.where(people["egfr"].isna(), np.nan, people["egfr"] < 50)
    people.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "survey.R").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [rscript, str(tmp_path / "survey.R"), str(tmp_path / "people.csv")],
        capture_output=True,
        check=True,
        text=True,
        timeout=300,
    )
    share, error, low, high, _ = map(float, done.stdout.split())
    one = low_rates(adults).among_known

    assert one.share == pytest.approx(share, rel=1e-8)
    assert one.standard_error == pytest.approx(error, rel=1e-8)
    assert [one.low, one.high] == pytest.approx([low, high], rel=1e-6)
