"""What was counted in a cohort shows itself: numbers, what stands behind them, who is unknown."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

import b12guide
from b12guide.frozen import Shown
from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.papers import page_of
from b12guide.show.to_text import to_text
from tests.unit.show.test_notebook import outline

pa = pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

GUIDELINE = b12guide.load("mecobalamin_im")
PATIENTS = {
    "patient": ["a", "b", "c", "d"],
    "age": [50, 50, 50, 50],
    "b12_deficiency": [True, True, True, True],
    "paresthesia": [False, None, True, False],
    "egfr": [45.0, 80.0, None, 48.0],
    "ileal_resection": [0.0, 0.0, 0.0, 35.0],
    "platelets": [200.0, 200.0, 200.0, 200.0],
}
EVENTS = {
    "patient": ["a", "a", "d"],
    "on": ["2025-01-06", "2025-08-01", "2025-01-06"],
    "dose": ["cyanocobalamin", "hydroxocobalamin", "cyanocobalamin"],
    "amount": ["1000 µg"] * 3,
    "route": ["intramuscular"] * 3,
}


@cache
def counted() -> dict[str, Any]:
    patients = pa.table(PATIENTS)
    study = GUIDELINE.study(patients, patient="patient", otherwise="absent")
    other = b12guide.load("mecobalamin_im").evaluator
    return {
        "audit": GUIDELINE.audit_cohort(
            patients,
            pa.table(EVENTS),
            on=dt.date(2026, 1, 1),
            otherwise="absent",
            workers=1,
        ),
        "prevalence": study.prevalence,
        "hinges": study.hinges,
        "what if": study.what_if({"egfr < 50 mL/min": "egfr < 47 mL/min"}),
        "compared": study.compare(other),
        "burden": study.burden,
    }


NAMES = ("audit", "prevalence", "hinges", "what if", "compared", "burden")
PICTURED = {"audit", "prevalence"}


def text_of(name: str) -> str:
    shown: Shown = counted()[name]
    return " ".join(shown._repr_mimebundle_()["text/plain"].split())


@pytest.mark.parametrize("name", NAMES)
def test_every_form_tells_what_it_is_for_and_how_far_it_was_reviewed(name: str) -> None:
    found = counted()[name]._repr_mimebundle_()
    kinds = {"text/plain", "text/markdown", "text/html"}

    assert set(found) == (kinds | {"image/svg+xml"} if name in PICTURED else kinds)
    assert outline(found["text/html"]).open == []
    assert "<script" not in found["text/html"]
    for content in found.values():
        assert EDUCATION_NOTICE in " ".join(content.split())
        assert "under review" in content


@pytest.mark.parametrize("name", sorted(PICTURED))
def test_a_picture_of_counts_says_them_in_words(name: str) -> None:
    picture = counted()[name]._repr_mimebundle_()["image/svg+xml"]
    root = ET.fromstring(picture)  # noqa: S314 -- our own picture
    said = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    right = float(root.attrib["width"])

    assert "no record to judge by 4" in said or "determined 4" in said
    for bar in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(bar.attrib.get("x", 0)) + float(bar.attrib["width"]) <= right


def test_an_audit_tells_rule_by_rule_how_it_was_kept() -> None:
    said = text_of("audit")

    assert "2 patients: violation 2" in said
    assert "renal_form · should · S05 · [1]" in said
    assert "not known whether it applied to 1" in said


def test_a_rule_that_applied_to_nobody_stands_apart() -> None:
    audit = counted()["audit"]
    first, *rest = audit.adherence
    nobody = evolve(
        first,
        applied=0,
        violation=0,
        warning=0,
        unresolved=0,
        info=0,
        none=0,
        no_record=0,
        open=4,
    )
    shown = evolve(audit, adherence=(nobody, *rest))._repr_mimebundle_()
    said = " ".join(shown["text/plain"].split())

    assert "Rules not known to apply to any patient" in said
    assert "0 patients; not known whether it applied to 4" in said
    assert f">{first.title}<" not in shown["image/svg+xml"]


def test_prevalence_never_takes_unknown_for_an_answer() -> None:
    said = text_of("prevalence")

    assert (
        "Form determined for 4 of 4, 100%, 95% interval 51.0% to 100%; nothing is open for 3"
        in said
    )
    assert "not known of 1" in said
    assert "S05" in said


def test_hinges_are_told_in_the_order_of_asking() -> None:
    said = text_of("hinges")

    assert "Nothing to ask 2 of 4" in said
    assert "tingling or pins and needles: settles 1 more" in said


def test_a_change_tells_for_whom_the_advice_differs() -> None:
    said = text_of("what if")

    assert "egfr < 47 mL/min instead of egfr < 50 mL/min" in said
    assert "Advice differs for 1 of 4" in said
    assert "(patient d)" in said or "rows d" in said


def test_the_same_guideline_differs_for_nobody() -> None:
    said = text_of("compared")

    assert "Advice differs for 0 of 4" in said
    assert "Nothing differs in - form, loading, maintenance" in said


def test_a_notebook_and_the_command_line_have_one_page_of_an_answer() -> None:
    for answer in counted().values():
        page = page_of(answer)
        shown = answer._repr_mimebundle_()

        assert shown["text/plain"] == to_text(page).rstrip()
        assert shown["text/markdown"] == answer.to_markdown()


def test_burden_is_told_by_year_and_open_ones_stand_apart() -> None:
    said = text_of("burden")

    assert "First year injections" in said
    assert "Each later year" in said
    assert "not settled" in said


def test_a_cohort_of_nobody_has_no_picture() -> None:
    prevalence = evolve(counted()["prevalence"], patients=0)
    audit = evolve(counted()["audit"], adherence=(), skipped=())

    for shown in (prevalence, audit):
        assert "image/svg+xml" not in shown._repr_mimebundle_()


def test_a_long_list_says_how_much_more_there_is() -> None:
    burden = counted()["burden"]
    many = evolve(burden, groups=burden.groups * 9)
    said = many._repr_mimebundle_()["text/plain"]

    assert f"and {len(burden.groups) * 9 - 12} more" in said
