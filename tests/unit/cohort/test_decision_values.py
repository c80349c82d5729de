"""One advice has one spelling, whichever rule it comes from, in whatever words and order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from b12guide import Guideline, load

HEAD = """language 1
guideline small "Small"
    version 1.0.0
    uses b12
"""


def guideline(tmp_path: Path, *rules: str) -> Guideline:
    """A guideline of rules such as `numbness: load 1 mg IM daily`, with the order they come in."""
    text = HEAD
    for number, rule in enumerate(rules):
        condition, _, rest = rule.partition(": ")
        strength = "may" if rest.startswith("may ") else "should"
        text += f"rule r{number}\n    when {condition}\n    {rest}\n    strength {strength}\n"
    file = tmp_path / "small.gdl"
    file.write_text(text, encoding="utf-8")
    return load(str(file))


def told(asked: Guideline, decision: str, *findings: str) -> list[str | None]:
    """What each patient who has one of the findings, and no other, is told."""
    columns = {
        name: [name == one for one in findings]
        for name in ("numbness", "paresthesia", "glossitis", "diabetes")
    }
    found: list[str | None] = asked.cohort(pa.table(columns))[
        f"{decision}.value"
    ].to_pylist()
    return found


EQUAL = [
    ("load 1000 µg IM daily for 1 week", "load 1 mg IM daily for 1 week", "1 mg"),
    ("load 500 µg IM daily", "load 0.5 mg IM daily", "500 µg"),
    ("load 1 mg IM daily for 7 doses", "load 1 mg IM daily for 1 week", "for 1 week"),
    ("load 1 mg IM every 7 days", "load 1 mg IM weekly", "every week"),
    ("load 1 mg IM every 12 months", "load 1 mg IM every year", "every year"),
    (
        "maintain 1 mg IM every month indefinitely",
        "maintain 1 mg IM every month for life",
        "for life",
    ),
    ("check ferritin every 12 months", "check ferritin every year", "every year"),
    ("check ferritin at 12 months", "check ferritin at 1 year", "at 1 year"),
    (
        "check ferritin at 3 months with thiamine and calcium",
        "check ferritin at 3 months with calcium and thiamine",
        "with calcium and thiamine",
    ),
    ("route oral or intramuscular", "route intramuscular or oral", "intramuscular or"),
]
DECISIONS = {"load": "loading", "maintain": "maintenance", "check": "monitoring"}


@pytest.mark.parametrize(("one", "two", "said"), EQUAL)
def test_what_is_written_in_two_ways_is_spelled_in_one(
    tmp_path: Path, one: str, two: str, said: str
) -> None:
    decision = DECISIONS.get(one.partition(" ")[0], "route")
    for rules in ((one, two), (two, one)):
        asked = guideline(tmp_path, f"numbness: {rules[0]}", f"glossitis: {rules[1]}")
        first, second = told(asked, decision, "numbness", "glossitis")

        assert first == second
        assert first is not None
        assert said in first


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "load 1000 µg IM daily for 7 doses",
            "1000 µg intramuscular every day for 7 doses",
        ),
        ("load 1 mg IM every 14 days", "1 mg intramuscular every 14 days"),
        ("load 1 mg IM every 1 to 2 weeks", "1 mg intramuscular every 1 to 2 weeks"),
        ("check ferritin every 12 months", "ferritin every 12 months"),
        (
            "maintain 1 mg IM every month indefinitely",
            "1 mg intramuscular every month indefinitely",
        ),
    ],
)
def test_what_is_written_in_one_way_is_spelled_so(
    tmp_path: Path, rule: str, said: str
) -> None:
    asked = guideline(tmp_path, f"numbness: {rule}")

    assert told(asked, DECISIONS[rule.partition(" ")[0]], "numbness") == [said]


def test_a_dose_that_others_meet_in_is_in_their_unit(tmp_path: Path) -> None:
    asked = guideline(
        tmp_path,
        "numbness: load 500 to 1000 µg IM daily",
        "numbness: load 800 to 2000 µg IM daily",
    )

    assert told(asked, "loading", "numbness") == [
        "800 to 1000 µg intramuscular every day"
    ]


CHECKS = ("vitamin_a", "ferritin", "thiamine", "calcium", "vitamin_d", "serum_b12")


def test_parts_stand_in_an_order_of_their_own(tmp_path: Path) -> None:
    rules = [f"numbness: check {test} every year" for test in CHECKS]
    rules += [
        "numbness: check calcium at 10 months",
        "numbness: check calcium at 9 days",
    ]
    wanted = "; ".join(
        [
            "calcium at 9 days and 10 months",
            *(f"{test} every year" for test in sorted(CHECKS)),
        ]
    )

    for order in (rules, rules[::-1]):
        assert told(guideline(tmp_path, *order), "monitoring", "numbness") == [wanted]


def test_the_hash_seed_plays_no_part(tmp_path: Path) -> None:
    guideline(tmp_path, *[f"numbness: check {test} every year" for test in CHECKS])
    program = (
        "import sys, pyarrow, b12guide\n"
        "found = b12guide.load(sys.argv[1]).cohort(pyarrow.table({'numbness': [True, None]}))\n"
        "print(found['monitoring.value'].to_pylist())\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "small.gdl")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(said) == 1


def test_what_may_not_be_needed_is_said(tmp_path: Path) -> None:
    asked = guideline(
        tmp_path,
        "numbness: load 1 mg IM daily",
        "not numbness: load not needed",
        "paresthesia: may load 2 mg IM daily",
    )
    found = asked.cohort(pa.table({"numbness": [True, False, None]}))

    assert found["loading.outcome"].to_pylist() == [
        "determined",
        "not needed",
        "depends",
    ]
    assert found["loading.value"].to_pylist() == [
        "1 mg intramuscular every day",
        "not needed",
        "1 mg intramuscular every day | not needed",
    ]


def test_what_stands_in_spite_of_a_conflict_is_said_first(tmp_path: Path) -> None:
    asked = guideline(
        tmp_path,
        "numbness: give folic_acid 5 mg oral daily for 4 weeks",
        "numbness: give folic_acid 1 mg oral daily for 4 weeks",
        "numbness: give hydroxocobalamin 1 mg IM daily for 4 weeks",
    )

    folic = "folic_acid {} mg oral every day for 4 weeks"
    other = "hydroxocobalamin 1 mg intramuscular every day for 4 weeks"
    said = f"{other}; {folic.format(1)} | {folic.format(5)}"

    assert told(asked, "adjunct", "numbness") == [said]


def test_preferred_drugs_are_told_apart_from_others_in_a_comparison(
    tmp_path: Path,
) -> None:
    both = guideline(tmp_path, "numbness: form hydroxocobalamin or mecobalamin")
    one = guideline(
        tmp_path, "numbness: form hydroxocobalamin", "numbness: may form mecobalamin"
    )
    (cell,) = (
        cell
        for cell in both.study(pa.table({"numbness": [True]})).compare(one).cells
        if cell.decision == "form"
    )

    assert not cell.same
    assert cell.first_value == (
        "hydroxocobalamin or mecobalamin (preferred: hydroxocobalamin or mecobalamin)"
    )
    assert cell.second_value == (
        "hydroxocobalamin or mecobalamin (preferred: hydroxocobalamin)"
    )


def test_a_form_that_only_excludes_is_not_silent(tmp_path: Path) -> None:
    asked = guideline(
        tmp_path, "numbness: avoid cyanocobalamin", "paresthesia: may form mecobalamin"
    )
    found = asked.cohort(
        pa.table({"numbness": [True, False, None], "paresthesia": [True, True, False]})
    )

    assert found["form.outcome"].to_pylist() == ["determined", "silent", "depends"]
    assert found["form.value"].to_pylist() == [
        "mecobalamin, not cyanocobalamin",
        None,
        "not cyanocobalamin",
    ]
    assert found["form.certain"].to_pylist() == [True, True, False]


def test_where_some_drug_is_excluded_and_not_which_both_are_told(
    tmp_path: Path,
) -> None:
    asked = guideline(
        tmp_path, "numbness: avoid cyanocobalamin", "not numbness: avoid mecobalamin"
    )
    found = asked.cohort(pa.table({"numbness": [True, False, None]}))

    assert found["form.outcome"].to_pylist() == ["determined"] * 3
    assert found["form.value"].to_pylist() == [
        "not cyanocobalamin",
        "not mecobalamin",
        "not cyanocobalamin or mecobalamin",
    ]
    assert found["form.certain"].to_pylist() == [True, True, False]
