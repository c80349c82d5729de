"""Shares of verdicts, outcomes and values: their intervals, bounds and weights."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from b12guide import ArgumentError, Guideline, UnknownNameError, load
from b12guide.cohort.prevalence import Prevalence, RuleCount
from b12guide.cohort.source import opened
from b12guide.errors import CohortError

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")

ROWS = 40
OPTIONS: Any = {"otherwise": "absent"}


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def table() -> Any:
    """Forty people in four counties; of ten of them no filtration rate is known."""
    return pa.table(
        {
            "b12_deficiency": [True] * ROWS,
            "egfr": [None if n % 4 == 3 else 30.0 + n for n in range(ROWS)],
            "people": [float(100 + 10 * n) if n else 0.0 for n in range(ROWS)],
            "region": ["north" if n < 20 else "south" for n in range(ROWS)],
            "county": [n // 10 % 2 + 1 for n in range(ROWS)],
        }
    )


SURVEY: Any = {"weights": "people", "strata": "region", "psu": "county"}
DESIGN_ONLY = ("people", "region", "county")


def renal(found: Prevalence) -> RuleCount:
    (rule,) = (one for one in found.rules if one.rule == "renal_form")
    return rule


def test_simple_counts_have_wilsons_interval_and_bounds(guideline: Guideline) -> None:
    found = guideline.study(table(), ignore=DESIGN_ONLY, **OPTIONS).prevalence
    rule = renal(found)
    share = rule.shares["applies"]

    assert (rule.applies, rule.unknown, rule.does_not_apply) == (15, 10, 15)
    assert (share.patients, share.of, share.share) == (15, 40, 0.375)
    assert share.bounds == (0.375, 25 / 40)
    # Wilson's limits of 15 and of 25 in 40, from its formula by hand.
    assert share.bounds_interval == pytest.approx((0.2422, 0.7578), abs=5e-5)
    assert share.design_effect is None
    assert rule.shares["unknown"].most is None
    assert rule.shares["does_not_apply"].most == 25 / 40
    assert found.sampling.interval == "Wilson"
    assert found.sampling.plain()["weight"] is None


def test_not_known_is_never_a_no(guideline: Guideline) -> None:
    """The bounds of `applies` and `does not apply` meet over those who are not known."""
    found = guideline.study(table(), ignore=DESIGN_ONLY, **OPTIONS).prevalence
    for rule in found.rules:
        known = rule.shares["applies"].share, rule.shares["does_not_apply"].most
        rest = rule.overridden / found.patients

        assert known[0] is not None
        if rule.unknown or rule.indeterminate:
            assert known[1] == pytest.approx(1 - known[0] - rest)
        else:
            assert known[1] == rule.does_not_apply / found.patients


def test_weights_count_people(guideline: Guideline) -> None:
    found = guideline.study(table(), **SURVEY, **OPTIONS).prevalence
    rule = renal(found)
    weights = np.array(table()["people"])
    low = np.array([n < 20 and n % 4 != 3 for n in range(ROWS)])
    open_ = np.array([n % 4 == 3 for n in range(ROWS)])
    share = rule.shares["applies"]

    assert rule.applies == 14  # the first, of the fifteen below 50, stands for nobody
    assert (share.patients, share.of) == (14, 39)
    assert found.patients == 39
    assert share.share == pytest.approx(weights[low].sum() / weights.sum())
    assert share.most == pytest.approx(weights[low | open_].sum() / weights.sum())
    assert share.low is not None
    assert share.low < float(share.share or 0) < float(share.high or 0)
    assert share.design_effect is not None
    sampling = found.sampling
    assert sampling.interval == "Korn-Graubard"
    assert (sampling.rows, sampling.weightless) == (39, 1)
    assert (sampling.strata_count, sampling.psu_count, sampling.freedom) == (2, 4, 2)
    assert sampling.weight == weights.sum()
    said = found.to_text()
    assert "weights in people, strata in region and first-stage units in county" in (
        " ".join(said.split())
    )


def test_shares_of_outcomes_and_values(guideline: Guideline) -> None:
    found = guideline.study(table(), ignore=DESIGN_ONLY, **OPTIONS).prevalence
    for row in found.decisions:
        outcomes = ("determined", "depends", "conflict", "silent", "not_needed")

        assert set(row.shares) == {*outcomes, "certain", "settled"}
        for name, share in row.shares.items():
            assert share.patients == getattr(row, name)
            is_open = name in outcomes and name != "depends"
            wanted = (share.patients + row.depends) / ROWS if is_open else None
            assert share.most == wanted
    for value in found.values:  # noqa: PD011 -- no frame
        assert value.share.patients == value.patients
        assert (value.share.most is None) is (value.outcome == "depends")


def frames() -> dict[str, Any]:
    whole = table()
    return {
        "arrow": whole,
        "pandas": whole.to_pandas(),
        "pandas, odd index": whole.to_pandas().set_index(pd.Index(range(ROWS, 0, -1))),
        "polars": pl.from_arrow(whole),
        "lazy": pl.DataFrame(pl.from_arrow(whole)).lazy(),
        "batches": whole.to_reader(),
        "categories": whole.to_pandas().astype({"region": "category"}),
        "dictionary": whole.set_column(
            3, "region", whole["region"].dictionary_encode()
        ),
        "duckdb": duckdb.from_arrow(whole),
    }


@pytest.mark.parametrize("kind", frames())
def test_a_design_is_read_from_every_kind_of_frame(
    guideline: Guideline, kind: str
) -> None:
    wanted = guideline.study(table(), **SURVEY, **OPTIONS).prevalence
    study = guideline.study(frames()[kind], **SURVEY, **OPTIONS)

    assert study.prevalence == wanted
    carried = pickle.loads(pickle.dumps(study))  # noqa: S301 -- our own bytes
    assert carried.prevalence == wanted


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_design_is_read_from_files(
    guideline: Guideline, tmp_path: Any, suffix: str
) -> None:
    wanted = guideline.study(table(), **SURVEY, **OPTIONS).prevalence
    file = tmp_path / f"people.{suffix}"
    if suffix == "csv":
        table().to_pandas().to_csv(file, index=False)
    else:
        pq.write_table(table(), file)
    from b12guide.cohort.options import Options  # noqa: PLC0415 -- beside its use

    source = opened(file, guideline.graph, Options(keep=DESIGN_ONLY))
    found = guideline.study(source, **SURVEY, **OPTIONS).prevalence

    assert found.to_dict() == wanted.to_dict()


def test_frames_have_the_numbers_beside_the_counts(guideline: Guideline) -> None:
    found = guideline.study(pl.from_arrow(table()), **SURVEY, **OPTIONS).prevalence
    numbers = ["of", "share", "standard_error", "low", "high", "design_effect"]
    numbers += ["most", "most_high"]
    every = found.shares_frame()

    for frame in (found.to_frame(), found.decisions_frame(), found.values_frame()):
        assert isinstance(frame, pl.DataFrame)
        assert frame.columns[-8:] == numbers
    assert every.columns == ["of_what", "name", "answer", "patients", *numbers]
    assert len(every) == 5 * len(found.rules) + 7 * len(found.decisions) + len(
        found.values
    )
    row = every.filter(name="renal_form", answer="applies").row(0, named=True)
    assert row["share"] == renal(found).shares["applies"].share


def test_nobody_has_no_share(guideline: Guideline) -> None:
    nobody = table().slice(0, 0)
    for found in (
        guideline.study(nobody, ignore=DESIGN_ONLY, **OPTIONS).prevalence,
        guideline.study(nobody, **SURVEY, **OPTIONS).prevalence,
    ):
        share = renal(found).shares["applies"]

        assert (share.of, share.share, share.low, share.most) == (0, None, None, None)
        assert "of nobody" in found.to_text()
        assert Prevalence.from_json(found.to_json()).to_dict() == found.to_dict()


def test_a_design_without_freedom_gives_no_interval(guideline: Guideline) -> None:
    one = table().filter(pa.compute.equal(table()["county"], 1))
    study = guideline.study(one, **SURVEY, lonely="certainty", **OPTIONS)
    share = renal(study.prevalence).shares["applies"]

    assert study.prevalence.sampling.freedom == 0
    assert share.share is not None
    assert (share.low, share.high) == (None, None)
    said = " ".join(study.prevalence.to_text().split())
    assert "of which the design gives no interval" in said


def test_what_is_no_design_is_refused(guideline: Guideline) -> None:
    def study(**design: Any) -> Any:
        return guideline.study(table(), ignore=DESIGN_ONLY, **design)

    with pytest.raises(UnknownNameError, match="no column of the cohort `peple`"):
        study(weights="peple")
    with pytest.raises(CohortError, match="holds no numbers"):
        study(weights="region")
    with pytest.raises(ArgumentError, match="`strata`"):
        study(strata=["region"])
    with pytest.raises(ArgumentError, match="`level`"):
        study(level=95)
    with pytest.raises(UnknownNameError, match="`lonely`"):
        study(lonely="average")


def test_a_wider_level_is_a_wider_interval(guideline: Guideline) -> None:
    shares = [
        renal(guideline.study(table(), level=level, **SURVEY, **OPTIONS).prevalence)
        for level in (0.5, 0.95, 0.99)
    ]
    widths = [
        float(one.shares["applies"].high or 0) - float(one.shares["applies"].low or 0)
        for one in shares
    ]

    assert widths == sorted(widths)
    assert len(set(widths)) == 3
