"""Parts of a cohort: who belongs to which, and what is counted in each."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from b12guide import ArgumentError, Guideline, GuidelineError, UnknownNameError, load
from b12guide.cohort.design import Design
from b12guide.cohort.row_values import cut_levels
from b12guide.cohort.study import Study
from b12guide.errors import CohortError

OPTIONS: Any = {"otherwise": "absent"}
ROWS = 30


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def table() -> Any:
    return pa.table(
        {
            "age": [18.0 + 3 * n for n in range(ROWS)],
            "b12_deficiency": [True] * ROWS,
            "paresthesia": [[True, False, None][n % 3] for n in range(ROWS)],
            "egfr": [None if n % 5 == 4 else 30.0 + 2 * n for n in range(ROWS)],
            "town": [["ash", "elm", None][n % 3] for n in range(ROWS)],
            "site": [n % 2 + 1 for n in range(ROWS)],
            "people": [float(10 + n) for n in range(ROWS)],
            "county": [n // 5 for n in range(ROWS)],
        }
    )


KEEP = ("town", "site", "people", "county")


def study(guideline: Guideline, frame: Any = None, **design: Any) -> Study:
    given = table() if frame is None else frame
    return guideline.study(given, keep=KEEP, **design, **OPTIONS)


def test_each_part_is_counted_as_if_it_stood_alone(guideline: Guideline) -> None:
    found = study(guideline).by("town")

    assert [one.group for one in found.groups] == [("ash",), ("elm",), (None,)]
    for one in found.groups:
        mask = pc.fill_null(pc.equal(table()["town"], one.group[0]), False)
        if one.group[0] is None:
            mask = pc.is_null(table()["town"])
        alone = study(guideline, table().filter(mask)).prevalence
        assert one.prevalence.to_dict() == alone.to_dict()


def test_what_is_not_known_is_a_part_of_its_own(guideline: Guideline) -> None:
    found = study(guideline).by(["paresthesia", "site"])

    assert [one.group for one in found.groups] == [
        *(("no", "1"), ("no", "2"), ("yes", "1"), ("yes", "2")),
        *((None, "1"), (None, "2")),
    ]
    assert sum(one.prevalence.patients for one in found.groups) == ROWS
    assert "not known, 1" in found.to_text(width=100)


def test_a_number_belongs_to_the_part_that_it_begins(guideline: Guideline) -> None:
    found = study(guideline).by("age", cuts={"age": [18, 30, 60]})

    assert {one.group[0]: one.prevalence.patients for one in found.groups} == {
        "18 to below 30 years": 4,  # 18, 21, 24, 27
        "30 to below 60 years": 10,
        "60 years and more": 16,
    }


def test_cuts_are_converted_exactly(guideline: Guideline) -> None:
    """48 mL/min is 0.8 mL/s, which no float is."""
    by_units = study(guideline).by("egfr", cuts={"egfr": ["0.8 mL/s", "60 mL/min"]})
    by_own = study(guideline).by("egfr", cuts={"egfr": [48, 60]})

    assert by_units.to_dict() == by_own.to_dict()
    assert [one.group[0] for one in by_own.groups] == [
        *("below 48 mL/min", "48 to below 60 mL/min", "60 mL/min and more", None)
    ]


def test_kept_numbers_are_cut_too(guideline: Guideline) -> None:
    found = study(guideline).by("people", cuts={"people": [20, 25.5]})

    assert {one.group[0]: one.prevalence.patients for one in found.groups} == {
        "below 20": 10,
        "20 to below 25.5": 6,
        "25.5 and more": 14,
    }


def test_a_domain_keeps_the_design(guideline: Guideline) -> None:
    """Six units, in all of which each part has people, with weights of their own."""
    design = {"weights": "people", "psu": "county"}
    found = study(guideline, **design).by("town")
    whole = study(guideline, **design)
    sample = whole.sample
    assert isinstance(sample.design, Design)
    for one in found.groups:
        sampling = one.prevalence.sampling
        assert sampling.psu_count == 6
        assert sampling.rows == 10
        told = next(r for r in one.prevalence.rules if r.rule == "renal_form")
        town = np.array(
            [value == one.group[0] for value in table()["town"].to_pylist()]
        )
        low = np.array([(value or 99) < 50 for value in table()["egfr"].to_pylist()])
        weights = np.array(table()["people"])
        wanted = weights[town & low].sum() / weights[town].sum()
        assert told.shares["applies"].share == pytest.approx(wanted)


def frames() -> dict[str, Any]:
    whole = table()
    return {
        "pandas": whole.to_pandas(),
        "categories": whole.to_pandas().astype({"town": "category"}),
        "polars": pl.from_arrow(whole),
        "lazy": pl.DataFrame(pl.from_arrow(whole)).lazy(),
        "batches": whole.to_reader(),
    }


@pytest.mark.parametrize("kind", frames())
def test_kept_columns_of_every_kind_of_frame(guideline: Guideline, kind: str) -> None:
    wanted = study(guideline).by(["town", "site"])
    told = study(guideline, frames()[kind])
    carried = pickle.loads(pickle.dumps(told))  # noqa: S301 -- our own bytes

    assert told.by(["town", "site"]) == wanted
    assert carried.by(["town", "site"]) == wanted


def test_frames_begin_with_the_parts(guideline: Guideline) -> None:
    found = study(guideline, pl.from_arrow(table())).by(["town", "site"])
    frames = (
        found.to_frame(),
        found.decisions_frame(),
        found.values_frame(),
        found.shares_frame(),
    )

    for frame in frames:
        assert isinstance(frame, pl.DataFrame)
        assert frame.columns[:2] == ["town", "site"]
        assert frame["town"].null_count() > 0
    assert len(found.to_frame()) == 6 * len(guideline.graph.rules)


def test_a_column_with_a_name_of_ours_stands_beside_ours(guideline: Guideline) -> None:
    frame = table().append_column("rule", pa.array(["x", "y"] * (ROWS // 2)))
    found = guideline.study(frame, keep=(*KEEP, "rule"), **OPTIONS).by("rule")

    assert found.to_frame().column_names[:2] == ["by.rule", "rule"]


def test_only_some_parts(guideline: Guideline) -> None:
    every = study(guideline).by(["town", "site"])
    found = every.only({"town": "elm"})

    assert [one.group for one in found.groups] == [("elm", "1"), ("elm", "2")]
    assert found.groups == every.groups[2:4]
    assert found.patients == 10
    assert [one.group for one in every.only({"town": None, "site": "2"}).groups] == [
        (None, "2")
    ]
    with pytest.raises(UnknownNameError, match="did you mean `town`"):
        every.only({"twon": "elm"})
    with pytest.raises(UnknownNameError, match="no part by `town` `elms`"):
        every.only({"town": "elms"})
    with pytest.raises(ArgumentError, match="`values`"):
        every.only("elm")  # type: ignore[arg-type]


def test_what_makes_no_parts_is_refused(guideline: Guideline) -> None:
    told = study(guideline)

    with pytest.raises(CohortError, match="say where it is to be cut"):
        told.by("age")
    with pytest.raises(CohortError, match="`people` is a number"):
        told.by("people")
    with pytest.raises(UnknownNameError, match="did you mean `town`"):
        told.by("townn")
    with pytest.raises(CohortError, match="names no column"):
        told.by([])
    with pytest.raises(CohortError, match="cut it at numbers"):
        told.by("people", cuts={"people": ["40 kg"]})
    with pytest.raises(CohortError, match="`town` holds no numbers"):
        told.by("town", cuts={"town": [1]})
    with pytest.raises(CohortError, match="no measure, so that it cannot be cut"):
        told.by("paresthesia", cuts={"paresthesia": [1]})
    with pytest.raises(GuidelineError, match="kg"):
        told.by("age", cuts={"age": ["40 kg"]})
    none: Any = [18]
    with pytest.raises(ArgumentError, match="`cuts` has to be a mapping"):
        told.by("age", cuts=none)


@pytest.mark.parametrize("column", ["egfr", "people"])
@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ([float("nan")], "of finite numbers, .* `nan`$"),
        ([30, float("inf")], "of finite numbers, .* `inf`$"),
        ([None], "of finite numbers, .* `None`$"),
        ([True], "of finite numbers, .* `True`$"),
        ([], "a list of rising numbers"),
        (18, "a list of rising numbers, .* `18`$"),
        ("18", "a list of rising numbers, .* the text `18`$"),
        ({18, 40}, "a list of rising numbers"),
        ([20, 60, 40, 30], "rise from each to the next; this is `60` to `40`$"),
        ([40, 40.0], "rise from each to the next; this is `40`$"),
    ],
)
def test_cuts_are_refused_with_their_column_and_value(
    guideline: Guideline, column: str, cuts: Any, said: str
) -> None:
    with pytest.raises(ArgumentError, match=rf'^`cuts\["{column}"\]` has .*{said}'):
        study(guideline).by(column, cuts={column: cuts})


def test_cuts_with_units_that_do_not_rise_are_told_as_written(
    guideline: Guideline,
) -> None:
    cuts = {"egfr": ["1 mL/s", "50 mL/min"]}

    with pytest.raises(ArgumentError, match=r"`1 mL/s` to the text `50 mL/min`$"):
        study(guideline).by("egfr", cuts=cuts)


def test_cuts_may_be_numbers_of_numpy(guideline: Guideline) -> None:
    told = study(guideline)
    cuts: Any = {"age": np.array([40, 65])}
    plain = told.by("age", cuts={"age": [40, 65]})

    assert told.by("age", cuts=cuts).to_dict() == plain.to_dict()


def test_a_wrong_unit_of_a_cut_is_told_with_column_and_units(
    guideline: Guideline,
) -> None:
    with pytest.raises(GuidelineError) as caught:
        study(guideline).by("egfr", cuts={"egfr": [30, "60 kg"]})
    said = str(caught.value)

    assert said.startswith('`cuts["egfr"]` cannot be read')
    assert 'cuts["egfr"]: GDL304' in said
    assert "note: `egfr` may be given in `mL/min`," in said
    assert "what_if" not in said


def test_cuts_of_a_column_that_nobody_asked_for_are_refused(
    guideline: Guideline,
) -> None:
    told = study(guideline)

    with pytest.raises(ArgumentError, match="asked for, `age`; did you mean `age`;"):
        told.by("age", cuts={"agee": [40]})
    with pytest.raises(ArgumentError, match=r"asked for, `town`; this is .*`age`$"):
        told.by("town", cuts={"age": [40]})
    with pytest.raises(ArgumentError, match=r"asked for, `egfr` and `town`; .*`age`$"):
        told.table_one("egfr", by="town", cuts={"age": [40]})
    with pytest.raises(ArgumentError, match=r"name it in `by`; this is .*`age`$"):
        told.measures(cuts={"age": [40]})


def test_too_many_values_are_no_parts(guideline: Guideline) -> None:
    frame = pd.DataFrame(
        {"b12_deficiency": [True] * 150, "who": [f"p{n}" for n in range(150)]}
    )
    told = guideline.study(frame, keep="who")

    with pytest.raises(CohortError, match="150 different values"):
        told.by("who")


def test_stretches_have_names() -> None:
    from fractions import Fraction  # noqa: PLC0415 -- beside its use

    assert cut_levels([Fraction(1, 2)], None) == ("below 0.5", "0.5 and more")


def test_of_nobody_there_are_the_columns_all_the_same(guideline: Guideline) -> None:
    some, nobody = study(guideline), study(guideline, table().slice(0, 0))
    for name in ("to_frame", "decisions_frame", "values_frame", "shares_frame"):
        told = getattr(some.by("town"), name)()
        found = getattr(nobody.by("town"), name)()

        assert found.num_rows == 0
        assert found.schema == told.schema
