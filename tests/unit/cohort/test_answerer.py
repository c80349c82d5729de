"""A column may state a definition that asks what is on record: it counts as it is stated."""

from __future__ import annotations

import pytest

from b12guide.evaluate.evaluator import Evaluator
from tests.unit.semantics.writing import checked

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.strategies.cohorts import one_by_one, together

TEXT = """\
language 1
guideline told "Told"
    version 1.0.0
    revised 2026-01-01
finding a "a"
finding b "b"
measure size "size"
    unit cm
    plausible 0 to 300 cm
choice c "c"
    values none, p, q
test level "level"
drug d1
drug d2
define told as {definition}
rule one
    when told
    form d1 or d2
rule two
    when told and b
    avoid d1
rule three
    when not told
    check level every year
"""

DEFINITIONS = {
    "recorded": "a is recorded",
    "established": "a is established",
    "measured": "size is measured",
    "a choice": "c is recorded",
    "not recorded": "a is not recorded",
    "or a finding": "a is recorded or b",
    "and a finding": "size is measured and b",
}


def guideline(definition: str) -> Evaluator:
    graph = checked(TEXT.format(definition=definition)).graph
    assert graph is not None
    return Evaluator.of(graph)


@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_each_patient_is_told_what_they_are_told_alone(
    definition: str, otherwise: str
) -> None:
    rows = [{"told": told} for told in (True, None)]

    found = together(guideline(definition), rows, otherwise)

    assert found == one_by_one(guideline(definition), rows, otherwise)


def test_what_is_stated_counts_where_nothing_else_is_on_record() -> None:
    rows = [{"told": told, "b": False} for told in (True, False, None)]

    found = together(guideline("size is measured"), rows, "unknown")

    outcomes = [(row["form.outcome"], row["monitoring.outcome"]) for row in found]
    assert outcomes == [
        ("determined", "silent"),
        ("silent", "determined"),
        ("silent", "determined"),
    ]


def test_patients_whose_records_look_alike_are_told_apart_by_what_they_may_hold() -> (
    None
):
    """Neither has `a` established; of one it may be all the same."""
    text = TEXT.format(definition="(a is established and b) or f or g")
    text = text.replace('finding b "b"', 'finding b "b"\nfinding f "f"\nfinding g "g"')
    text += "rule four\n    when f or g\n    form d1\n"
    graph = checked(text).graph
    assert graph is not None
    rows = [{"told": True, "a": a} for a in (None, False)]

    found = together(Evaluator.of(graph), rows, "unknown")

    assert found == one_by_one(Evaluator.of(graph), rows, "unknown")
    assert found[0] != found[1]
