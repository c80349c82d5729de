"""What audits share: none of it shows, whoever was audited before."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from typing import Any

import b12guide
from b12guide.audit.finding import Finding

ON = dt.date(2025, 6, 1)
WRONG: dict[str, Any] = {
    "on": "2025-01-06",
    "dose": "cyanocobalamin",
    "amount": "5 mg",
    "route": "intramuscular",
    "site": "gluteal",
}
UNDATED = {"b12_deficiency": True, "severe_deficiency": True}
FOLIC = [{"on": f"2025-0{month}-06", "start": "folic_acid"} for month in (1, 4)]
LATER = [{**WRONG, "on": day} for day in ("2025-04-10", "2025-04-12")]
CASES: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (UNDATED, [WRONG]),
    ({name: {"value": True, "on": "2020-01-01"} for name in UNDATED}, [WRONG]),
    (UNDATED, [{**WRONG, "on": "2025-02-03", "site": "deltoid"}, WRONG]),
    (UNDATED, [FOLIC[0], *LATER]),
    (UNDATED, [FOLIC[1], *LATER]),
    ({**UNDATED, "b12_repleted": False}, [FOLIC[0], *LATER]),
    ({**UNDATED, "b12_repleted": False}, [FOLIC[1], *LATER]),
]


def audited(guideline: b12guide.Guideline, number: int) -> tuple[Finding, ...]:
    facts, rows = CASES[number]
    told = {"facts": facts, "otherwise": "absent"}
    return guideline.audit(told, rows, on=ON).findings


def fresh() -> b12guide.Guideline:
    """The guideline with nothing that it remembers."""
    found = b12guide.load("mecobalamin_im")
    found.evaluator.memory.rulings.clear()
    found.evaluator.memory.weights.clear()
    found.evaluator.memory.undated.clear()
    return found


def test_an_audit_is_the_same_whoever_was_audited_before() -> None:
    alone = [audited(fresh(), number) for number in range(len(CASES))]
    for first, second in permutations(range(len(CASES)), 2):
        guideline = fresh()
        audited(guideline, first)

        assert audited(guideline, second) == alone[second]


def test_a_fact_with_a_day_is_never_among_those_without() -> None:
    guideline = fresh()
    undated, dated = audited(guideline, 0), audited(guideline, 1)

    assert any(finding.undated for finding in undated)
    assert not any(finding.undated for finding in dated)


def test_what_lies_long_before_treatment_is_another_matter() -> None:
    long_before, shortly = (audited(fresh(), number) for number in (3, 4))
    missing = [
        {m.text for f in found for m in f.missing} for found in (long_before, shortly)
    ]

    assert any("has no date" in text for text in missing[0])
    assert not any("has no date" in text for text in missing[1])
