"""Rows of no weight are counted nowhere in a study, and stay in its design."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from b12guide import Guideline, load
from b12guide.cohort.study import Study
from b12guide.resources import read

# People of whom the first six were examined. The last four were interviewed only: they would
# change every count.
ROWS: list[dict[str, Any]] = [
    {"id": "a", "age": 40, "egfr": 40.0, "paresthesia": False, "ward": "east", "w": 10},
    {"id": "b", "age": 50, "egfr": 90.0, "paresthesia": True, "ward": "east", "w": 20},
    {"id": "c", "age": 60, "egfr": None, "paresthesia": False, "ward": "east", "w": 30},
    {"id": "d", "age": 70, "egfr": 45.0, "paresthesia": True, "ward": "west", "w": 40},
    {"id": "e", "age": 30, "egfr": 80.0, "paresthesia": None, "ward": "west", "w": 50},
    {"id": "f", "age": 20, "egfr": 70.0, "paresthesia": False, "ward": "west", "w": 60},
    {"id": "g", "age": 45, "egfr": 30.0, "paresthesia": False, "ward": "east", "w": 0},
    {"id": "h", "age": 55, "egfr": None, "paresthesia": None, "ward": "west", "w": 0},
    {"id": "i", "age": 47, "egfr": 20.0, "paresthesia": True, "ward": "east", "w": 0},
    {"id": "j", "age": None, "egfr": 95.0, "paresthesia": None, "ward": None, "w": 0},
]
UNITS = ("1", "2", "1", "2", "1", "2", "1", "2", "1", "2")
KNOWN = {
    "b12_deficiency": True,
    "ileal_resection": 0.0,
    "ileal_involvement": 0.0,
    "platelets": 200.0,
}


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def study(guideline: Guideline, rows: int = 10, units: Any = UNITS) -> Study:
    people = [
        {**KNOWN, **row, "unit": unit}
        for row, unit in zip(ROWS[:rows], units[:rows], strict=True)
    ]
    return guideline.study(
        pa.Table.from_pylist(people),
        patient="id",
        keep="ward",
        weights="w",
        psu="unit",
        otherwise="absent",
    )


def rule(counts: Any, name: str = "renal_form") -> Any:
    return next(one for one in counts if one.rule == name)


def test_prevalence_counts_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).prevalence
    renal = rule(found.rules)
    form = next(one for one in found.decisions if one.decision == "form")

    assert found.patients == 6
    assert (renal.applies, renal.does_not_apply, renal.unknown) == (2, 3, 1)
    assert renal.shares["applies"].of == 6
    assert renal.shares["applies"].share == pytest.approx(50 / 210)
    assert form.determined + form.depends + form.silent == 6
    assert sum(v.patients for v in found.values if v.decision == "form") == 6
    assert (found.sampling.rows, found.sampling.weightless) == (6, 4)


def test_parts_count_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).by("ward")
    told = {
        one.group[0]: (renal.applies, renal.unknown, renal.shares["applies"].of)
        for one in found.groups
        for renal in [rule(one.prevalence.rules)]
    }

    # The part of which only somebody without weight is stays, and nobody is in it.
    assert told == {"east": (1, 1, 3), "west": (1, 0, 3), None: (0, 0, 0)}
    assert [one.prevalence.patients for one in found.groups] == [3, 3, 0]
    assert (found.patients, found.weightless) == (6, 4)
    assert "4 rows of no weight left out" in " ".join(found.to_text().split())


def test_measures_and_cutoffs_count_those_who_weigh_something(
    guideline: Guideline,
) -> None:
    found = study(guideline).measures({"egfr": "< 60 mL/min"})
    egfr = next(one for one in found.measures if one.fact == "egfr")
    own = next(one for one in found.cutoffs if one.cutoff == "egfr < 60 mL/min")

    assert (found.patients, egfr.patients, egfr.unknown) == (6, 6, 1)
    assert egfr.distribution.known == 5
    assert egfr.distribution.least == 40  # and not 20
    assert (own.yes, own.no, own.unknown, own.between) == (2, 3, 1, 0)
    assert (own.share.patients, own.share.of) == (2, 6)
    assert (own.among_known.patients, own.among_known.of) == (2, 5)
    for one in found.cutoffs:
        assert one.yes + one.no + one.unknown + one.between == one.share.of
    by_ward = study(guideline).measures({"egfr": "< 60 mL/min"}, by="ward")
    assert [
        (one.group[0], one.yes, one.no, one.unknown)
        for one in by_ward.cutoffs
        if one.cutoff == "egfr < 60 mL/min"
    ] == [("east", 1, 1, 1), ("west", 1, 2, 0), (None, 0, 0, 0)]
    assert [one.patients for one in by_ward.measures if one.fact == "egfr"] == [3, 3, 0]


def test_table_one_counts_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).table_one(["age", "egfr", "ward"], by="ward")

    assert found.patients == 6
    assert [one.patients for one in found.groups] == [6, 3, 3, 0]
    assert [one.weight for one in found.groups] == [210, 60, 150, 0]
    # Age and ward are not known of rows without weight alone, which make no line.
    assert [one.column for one in found.lines if one.is_unknown] == ["egfr"]


def test_hinges_count_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).hinges

    assert found.patients == 6
    assert {one.fact: (one.hinges, one.alone) for one in found.facts} == {
        "egfr": (1, 1),  # c
        "paresthesia": (1, 1),  # e
    }
    assert (found.settled, found.order[-1].settled) == (4, 6)
    assert sum(found.asked.values()) == 6
    assert "4 rows of no weight left out" in " ".join(found.to_text().split())


def test_burden_counts_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).burden

    assert found.patients == 6
    assert (found.settled, found.open, found.without) == (5, 1, 0)  # e is open
    assert sum(one.patients for one in found.groups) == 6
    assert "4 rows of no weight left out" in " ".join(found.to_text().split())


def test_regimens_and_courses_count_those_who_weigh_something(
    guideline: Guideline,
) -> None:
    asked = study(guideline)
    given = guideline.regimens["maintenance_standard"]
    found = asked.regimens({"given": given}, years=1)
    cohort, standing = found.cohort, found.regimens[0].standing
    courses = asked.simulate(years=1, people=5)

    assert (cohort.patients, cohort.settled, cohort.open) == (6, 5, 1)
    assert sum(getattr(standing, n) for n in ("advised", "other", "open")) == 6
    assert courses.patients == sum(one.patients for one in courses.groups) == 6
    for said in (found.to_text(), courses.to_text()):
        assert "not weighted; 4 rows of no weight left out" in " ".join(said.split())


def test_comparisons_count_those_who_weigh_something(guideline: Guideline) -> None:
    found = study(guideline).what_if({"egfr < 50 mL/min": "egfr < 42 mL/min"})
    every = study(guideline).what_if({"egfr < 50 mL/min": "egfr < 25 mL/min"})

    assert (found.patients, found.differing) == (6, 1)  # d
    assert (every.patients, every.differing) == (6, 2)  # a and d, and neither g
    assert every.patients_frame()["id"].to_pylist() == ["a", "d"]
    assert {name for c in every.cells for name in c.witnesses} == {"a", "d"}
    for decision in found.changed:
        assert sum(c.patients for c in found.cells if c.decision == decision) == 6
    assert "4 rows of no weight left out" in " ".join(found.to_text().split())


def test_what_differs_is_a_share_of_the_people(guideline: Guideline) -> None:
    """a and d, 10 and 40 of 210, whose units add what the rule below 50 adds: by hand 5/21."""
    asked = study(guideline)
    found = asked.what_if({"egfr < 50 mL/min": "egfr < 25 mL/min"})
    applies = evolve(
        rule(asked.prevalence.rules).shares["applies"], most=None, most_high=None
    )
    cells = [cell for cell in found.cells if cell.decision == "form"]

    assert found.differing_share == found.changed_shares["form"] == applies
    assert applies.share == pytest.approx(5 / 21)
    assert found.changed_shares["loading"].share == 0
    weights = {row["id"]: row["w"] for row in ROWS}
    for cell in cells:
        assert cell.share is not None
        assert (cell.share.patients, cell.share.of) == (cell.patients, 6)
        if not cell.same:
            told = sum(weights[name] for name in cell.witnesses)
            assert cell.share.share == pytest.approx(told / 210)
    for decision in found.changed:
        every = [c.share for c in found.cells if c.decision == decision]
        assert sum(one.share or 0 for one in every if one) == pytest.approx(1)
    frame = found.to_frame()
    assert frame.column_names[-3:] == ["share", "low", "high"]
    assert frame["share"].to_pylist() == [
        c.share and c.share.share for c in found.cells
    ]
    said = " ".join(found.to_text().split())
    assert "for 2 of 6 (23.8%, 95% interval" in said
    assert "of the people for whom 6 rows stand, 210 by their weights" in said


def test_what_answers_hinge_on_is_a_share_of_the_people(guideline: Guideline) -> None:
    """Of c, with 30 of 210, the filtration rate is asked for; of e, with 50, the symptoms."""
    found = study(guideline).hinges
    facts = {one.fact: one for one in found.facts}
    egfr, symptoms = facts["egfr"], facts["paresthesia"]
    first, second = (30 - 90 / 7) / 210, -120 / 7 / 210

    for one in (egfr.hinges_share, egfr.alone_share):
        assert one is not None
        assert (one.patients, one.of) == (1, 6)
        assert one.share == pytest.approx(30 / 210)
        assert one.standard_error == pytest.approx((2 * (first**2 + second**2)) ** 0.5)
    assert symptoms.hinges_share is not None
    assert symptoms.hinges_share.share == pytest.approx(50 / 210)
    assert found.settled_share is not None
    assert found.settled_share.share == pytest.approx(130 / 210)
    # One row each: what is best goes by the people for whom they stand.
    assert [
        (one.fact, one.more, one.settled, one.settled_share and one.settled_share.share)
        for one in found.order
    ] == [("paresthesia", 1, 5, pytest.approx(180 / 210)), ("egfr", 1, 6, 1)]
    assert [one.fact for one in found.facts] == ["paresthesia", "egfr"]
    of = found.of("form")
    assert [(one.fact, one.alone) for one in of.facts] == [("egfr", 1)]
    assert of.facts[0].alone_share == egfr.alone_share
    assert found.settled_shares["form"] == of.settled_share
    assert found.to_frame().column_names[4:] == [
        *("hinges_share", "hinges_low", "hinges_high"),
        *("alone_share", "alone_low", "alone_high"),
    ]
    assert found.order_frame()["settled_share"].to_pylist()[-1] == 1
    said = " ".join(found.to_text().split())
    assert "settles 1 more, 5 of 6 so far (85.7%, 95% interval" in said
    assert found.decisions_frame().column_names[-2:] == ["hinges", "alone"]
    back = type(found).from_dict(found.to_dict())
    assert back.of("loading").to_dict()["order"] == [
        {"fact": "paresthesia", "more": 1, "settled": 6}
    ]
    assert [one.fact for one in back.order] == ["paresthesia", "egfr"]


def test_burden_is_a_share_and_a_mean_of_the_people(guideline: Guideline) -> None:
    """a, c and f have the standard loading, b and d that of nerves, and e is open: 50 of 210."""
    found = study(guideline).burden
    weights = {row["id"]: row["w"] for row in ROWS}
    settled = {"standard": 10 + 30 + 60, "nerves": 20 + 40}

    assert {name: one.share for name, one in found.shares.items()} == {
        "settled": pytest.approx(160 / 210),
        "open": pytest.approx(weights["e"] / 210),
        "without": 0,
    }
    assert {one.patients: one.share and one.share.share for one in found.groups} == {
        1: pytest.approx(50 / 210),
        2: pytest.approx(60 / 210),
        3: pytest.approx(100 / 210),
    }
    by_size = {one.patients: one.burden for one in found.groups}
    standard, nerves = by_size[3], by_size[2]
    assert standard is not None
    assert nerves is not None
    assert found.mean_first is not None
    low = settled["standard"] * standard.first.injections.low
    low += settled["nerves"] * nerves.first.injections.low
    assert float(found.mean_first.injections.low) == pytest.approx(
        float(low / 160), rel=1e-3
    )
    assert standard.first.injections.low != nerves.first.injections.low
    # The sums are of rows, as they are without a design.
    assert found.first.injections.low == (
        3 * standard.first.injections.low + 2 * nerves.first.injections.low
    )
    shares = found.to_frame()["patients_share"].to_pylist()
    assert shares[0] == pytest.approx(100 / 210)
    said = " ".join(found.to_text().split())
    assert "Settled 5 (76.2%, 95% interval" in said.replace(":", "")
    assert "One of the settled people on average" in said


def test_nobody_who_is_settled_has_no_mean(guideline: Guideline) -> None:
    people = pa.Table.from_pylist([{**KNOWN, **ROWS[4]}, {**KNOWN, **ROWS[4]}])
    asked = guideline.study(
        people, weights="w", ignore=["ward", "id"], otherwise="absent"
    )
    told = asked.burden.to_dict()

    assert (asked.burden.open, asked.burden.mean_first) == (2, None)
    assert type(asked.burden).from_dict(told).to_dict() == told


def test_simply_counted_rows_have_no_shares_beside_what_differs(
    guideline: Guideline,
) -> None:
    people = pa.Table.from_pylist([{**KNOWN, **row} for row in ROWS])
    asked = guideline.study(people, ignore=["w", "ward", "id"], otherwise="absent")
    found = asked.what_if({"egfr < 50 mL/min": "egfr < 25 mL/min"})

    assert (found.differing, found.differing_share) == (3, None)
    assert found.to_frame().column_names[-1] == "witnesses"
    assert not {"sampling", "differing_share", "changed_shares"} & set(found.to_dict())
    assert all("share" not in cell for cell in found.to_dict()["cells"])
    assert asked.hinges.to_frame().column_names == ["fact", "label", "hinges", "alone"]
    assert "share" not in asked.hinges.to_json()
    assert "share" not in asked.burden.to_json()
    assert "patients_share" not in asked.burden.to_frame().column_names


def answers(asked: Study) -> dict[str, Any]:
    """Every answer of a study, without what is said of rows that are left out."""
    given = load("mecobalamin_im").regimens["maintenance_standard"]
    several = {
        "prevalence": asked.prevalence,
        "by": asked.by(["ward", "age"], cuts={"age": [18, 50]}),
        "measures": asked.measures({"egfr": "< 60 mL/min"}),
        "measures by": asked.measures(by="ward"),
        "table one": asked.table_one(by="ward"),
        "hinges": asked.hinges,
        "hinges of": asked.hinges.of("loading"),
        "burden": asked.burden,
        "compared": asked.compare(load("mecobalamin_im")),
        "what if": asked.what_if({"egfr < 50 mL/min": "egfr < 60 mL/min"}),
        "regimens": asked.regimens({"given": given}, years=2),
    }
    return {name: without(one.to_dict()) for name, one in several.items()}


@pytest.mark.parametrize("name", ["hinges", "burden", "what_if", "regimens"])
def test_answers_about_rows_that_were_drawn_are_read_back(
    guideline: Guideline, name: str
) -> None:
    asked = study(guideline)
    given = guideline.regimens["maintenance_standard"]
    several: dict[str, Callable[[], Any]] = {
        "hinges": lambda: asked.hinges,
        "burden": lambda: asked.burden,
        "what_if": lambda: asked.what_if({"egfr < 50 mL/min": "egfr < 42 mL/min"}),
        "regimens": lambda: asked.regimens({"given": given}, years=1),
    }
    found = several[name]()
    schema = {"what_if": "comparison"}.get(name, name)
    told = found.to_dict()

    Draft202012Validator(json.loads(read("schema", f"{schema}.schema.json"))).validate(
        told
    )
    back = type(found).from_dict(told)
    assert back.to_dict() == told
    assert back == found
    for frame in ("to_frame", "order_frame", "decisions_frame"):
        if hasattr(found, frame):
            assert getattr(back, frame)().equals(getattr(found, frame)())


def without(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in {"weightless", "counted"}}
        return {k: without(v) for k, v in kept.items()}
    return [without(one) for one in value] if isinstance(value, list) else value


def test_rows_of_no_weight_change_no_answer(guideline: Guideline) -> None:
    """Where each unit has somebody who weighs something, not even an interval."""
    assert answers(study(guideline, 9)) == answers(study(guideline, 6))


def test_they_stay_in_the_design(guideline: Guideline) -> None:
    """A third unit of which nobody was examined is one more that adds nothing."""
    units = (*UNITS[:6], "3", "3", "3", "3")
    with_it = rule(study(guideline, units=units).prevalence.rules).shares["applies"]
    leaving_it = rule(study(guideline, 6).prevalence.rules).shares["applies"]
    # What each unit adds: of its people by weight, those below 50 less 5/21 of all, over 210.
    first, second = (10 - 90 * 5 / 21) / 210, (40 - 120 * 5 / 21) / 210

    assert with_it.share == leaving_it.share == pytest.approx(5 / 21)
    assert leaving_it.standard_error == pytest.approx(
        (2 * (first**2 + second**2)) ** 0.5
    )
    assert with_it.standard_error == pytest.approx(
        (3 / 2 * (first**2 + second**2)) ** 0.5
    )
