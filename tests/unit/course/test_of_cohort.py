from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pyarrow as pa
import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from b12guide import load
from b12guide.course.model_misfit import misfit
from b12guide.course.notice import SERUM_IS_NOT_STORE
from b12guide.course.of_cohort import CohortCourses
from b12guide.errors import ArgumentError, DosageError, UnknownNameError
from b12guide.notice import EDUCATION_NOTICE
from b12guide.resources import read
from b12guide.show.papers import written_of

GUIDELINE = load("mecobalamin_im")
PATIENTS = pa.table(
    {
        "b12_deficiency": [True, True, None, True, False],
        "severe_neurological_symptoms": [False, True, None, False, False],
    }
)


def simulate(**known: Any) -> CohortCourses:
    study = GUIDELINE.study(PATIENTS, otherwise="absent")
    found: CohortCourses = study.simulate(**({"years": 0.5, "people": 20} | known))
    return found


def test_each_group_that_is_advised_the_same_has_a_course() -> None:
    found = simulate(loading_weeks=(3, 12))
    courses = [one for one in found.groups if one.course is not None]

    assert [one.patients for one in courses] == [2, 1]
    assert found.simulated == 3
    assert found.left_out == 2
    assert found.patients == 5
    assert all(one.course and one.course.graph is GUIDELINE.graph for one in courses)


def test_what_is_open_is_not_simulated_and_says_why() -> None:
    found = simulate()
    reasons = {one.why for one in found.groups if one.course is None}

    assert "what is advised is not settled" in reasons
    assert any("say how many weeks" in why for why in reasons)
    assert any("no regimen" in why for why in reasons)


def test_the_frame_is_of_the_kind_of_the_cohort() -> None:
    frame = simulate().to_frame()

    assert isinstance(frame, pa.Table)
    assert set(frame["patients"].to_pylist()) == {2}
    assert {"advice", "group", "median"} <= set(frame.column_names)
    with pytest.raises(UnknownNameError):
        simulate().to_frame("excel")


def test_the_text_has_the_status_and_the_notices() -> None:
    text = simulate().to_text()

    assert "under review" in text
    assert max(map(len, text.splitlines())) <= 80
    assert not re.search(r"\de\+\d|neurological_", text)
    text = " ".join(text.split())
    assert SERUM_IS_NOT_STORE in text
    assert "For education and research" in text
    assert "not simulated: what is advised is not settled" in text
    assert misfit().text in text


def test_an_argument_that_cannot_be_is_refused() -> None:
    with pytest.raises(ArgumentError):
        simulate(years=0)


def test_the_page_says_what_comes_of_it_and_who_has_no_course() -> None:
    found = simulate(loading_weeks=(3, 12))
    page = found.to_html()
    text = " ".join(found.to_text(width=200).split())

    assert "under review" in page
    assert SERUM_IS_NOT_STORE in page
    assert EDUCATION_NOTICE in page
    assert "With a course 3" in text
    assert "Left out 2" in text
    assert text.count("Serum, day 182") == 2
    assert text.count("hydroxocobalamin kept") == 1


def test_what_the_study_assumes_is_named() -> None:
    study = GUIDELINE.study(PATIENTS, assume={"platelets": "250 x10^9/L"})
    found = study.simulate(years=0.1, people=5)

    assert dict(found.assumed) == {"platelets": "250 x10^9/L"}
    assert "platelet count 250 x10^9/L" in " ".join(found.to_text().split())


def test_each_row_of_the_table_has_the_notice() -> None:
    found = simulate()
    rows = list(csv.DictReader(io.StringIO(written_of(found, "csv"))))

    assert len(rows) == found.to_frame().num_rows
    assert {row["notice"] for row in rows} == {SERUM_IS_NOT_STORE}
    assert {row["patients"] for row in rows} == {"2"}


def test_of_many_groups_the_largest_are_told() -> None:
    found = simulate()
    (with_course,) = (one for one in found.groups if one.course is not None)
    many = evolve(found, groups=(with_course,) * 14)
    text = many.to_text()

    assert text.count("2 patients") == 12
    assert "and 2 more" in text


def test_the_schema_has_the_course_as_the_schema_of_a_course_has_it() -> None:
    one, several = (
        json.loads(read("schema", f"{name}.schema.json"))
        for name in ("course", "cohort-courses")
    )
    inner = several["$defs"]["course"]

    assert one["$defs"]["bands"] == several["$defs"]["bands"]
    assert inner["properties"].items() <= one["properties"].items()
    assert set(inner["properties"]) == set(inner["required"])
    assert set(one["required"]) - set(inner["required"]) == {
        *("schema", "guideline", "engine", "education")
    }


def test_of_a_survey_rows_are_counted_and_the_design_is_kept() -> None:
    drawn = PATIENTS.append_column("people", pa.array([10.0, 0.0, 5.0, 3.0, 8.0]))
    study = GUIDELINE.study(drawn, otherwise="absent", weights="people")
    found = study.simulate(years=0.1, people=5)
    back = CohortCourses.from_json(found.to_json())

    assert found.patients == sum(one.patients for one in found.groups) == 4
    assert back == found
    assert back.sampling is not None
    assert back.sampling.rows_text in " ".join(found.to_text(width=200).split())
    Draft202012Validator(
        json.loads(read("schema", "cohort-courses.schema.json"))
    ).validate(found.to_dict())


def test_a_form_that_was_mistyped_is_refused_at_once() -> None:
    frame = pa.table({"b12_deficiency": [True]})

    with pytest.raises(DosageError, match=r"did you mean `hydroxocobalamin`\?$"):
        load("mecobalamin_im").study(frame).simulate(drug="hydroxocobalmin")
