"""What follows in a cohort, where definitions have a column and facts are tied together."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.errors import PatientError
from b12guide.evaluate import search
from b12guide.evaluate.evaluator import Evaluator
from tests.unit.semantics.writing import checked

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.options import Options
from tests.strategies.cohorts import one_by_one, together

TEXT = """\
language 1
guideline tied "Tied"
    version 1.0.0
    revised 2026-01-01
finding a "a"
finding b "b"
finding s "s"
choice c "c"
    values none, p, q
measure size "size"
    unit cm
    plausible 0 to 300 cm
    absent 45 cm
measure other "other"
    unit cm
    plausible 0 to 300 cm
drug d1
drug d2
drug d3
drug d4
define some as any of a, b
implication surgery
    when s
    then c is not none
implication nothing
    when c is none
    then other = 45 cm
rule one
    when some
    form d1 or d2 or d3 or d4
rule two
    when c is p or c is q
    form d1 or d2
rule three
    when size > 30 to 60 cm
    form d1 or d3
rule four
    when other > 30 to 60 cm and not b
    form d1 or d4
test t
rule seven
    when other > 30 to 60 cm
    check t every year
"""

ANYHOW = """
define anyhow as c is any of none, p, q
implication same
    when anyhow and b
    then some
rule five
    when anyhow
    form d1 or d2 or d3
"""

ONE_OF = """
finding x "x"
finding y "y"
finding z "z"
implication one_of
    when not x
    then any of y, z
rule six
    when y or z
    form d2 or d3
"""


def evaluator(more: str = "") -> Evaluator:
    graph = checked(TEXT + more).graph
    assert graph is not None
    return Evaluator.of(graph)


@pytest.mark.parametrize("more", ["", ANYHOW, ONE_OF], ids=["", "anyhow", "one of"])
@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
@pytest.mark.parametrize(
    "rows",
    [
        [{"some": some, "a": a} for some in (True, False, None) for a in (True, None)],
        [{"some": some, "b": b} for some in (True, False, None) for b in (False, None)],
        [{"some": some} for some in (True, False, None)],
        [{"s": s, "c": c} for s in (True, False, None) for c in ("p", "none", None)],
        [{"s": s} for s in (True, False, None)],
        [
            {"c": c, "other": other}
            for c in ("p", "none", None)
            for other in (0.0, None)
        ],
        [
            {"c": c, "other": other, "a": True}
            for c in ("p", None)
            for other in (5.0, 99.0)
        ],
        [{"c": c, "b": False} for c in ("none", "p", None)],
        [
            {"s": s, "b": False, "other": other}
            for s in (False, None)
            for other in (45.0, None)
        ],
        [{"other": other, "a": True} for other in (0.0, 5.0, 99.0, None)],
        [{"size": size} for size in (10.0, 45.0, 100.0, None)],
        [{"a": True}],
        [{"b": False}, {"b": True}, {"b": None}],
        [],
    ],
)
def test_every_row_is_told_what_it_would_be_told_alone(
    rows: list[dict[str, Any]], otherwise: str, more: str
) -> None:
    asked = evaluator(more)
    fine = [row for row in rows if not contradicts(asked, row, otherwise)]

    assert len(fine) >= len(rows) - 2
    assert together(asked, fine or [{}], otherwise) == one_by_one(
        asked, fine or [{}], otherwise
    )


def contradicts(asked: Evaluator, row: dict[str, Any], otherwise: str) -> bool:
    try:
        one_by_one(asked, [row], otherwise)
    except PatientError:
        return True
    return False


def test_a_contradiction_of_a_definition_is_told_with_its_row() -> None:
    table = pa.table({"some": [True, False], "a": [False, True], "b": [None, False]})
    with pytest.raises(PatientError) as raised:
        advise_frame(table, evaluator(), Options())
    (found,) = raised.value.diagnostics

    assert found.code == "GDL790"
    assert found.notes == (
        "row 2: these facts cannot all be so: `a` (true), `some` (false)",
    )


def test_what_cannot_be_worked_out_of_a_row_is_warned_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "LIMIT", 1)
    monkeypatch.setattr(search, "MOST_WORK", -1)
    table = pa.table({"some": [True, None, True], "a": [None, None, True]})
    with pytest.warns(UserWarning, match="are tied together in more ways.*1 of 3"):
        advise_frame(table, evaluator(), Options())
