from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest

from b12guide import load
from b12guide.course.model_misfit import misfit
from b12guide.course.notice import SERUM_IS_NOT_STORE
from b12guide.course.of_cohort import CohortCourses
from b12guide.errors import ArgumentError, UnknownNameError

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
