"""The reference evaluator, asked by hand; docs/meaning.md has more cases."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from b12guide import written
from b12guide.evaluate import reference
from b12guide.evaluate.reference import ReferenceAnswer, questions
from b12guide.evaluate.reference_composition import Line, schedule, shared_lines
from b12guide.graph.model import Decision, Regimens, RuleGraph
from b12guide.library import Library, SourceFile
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.stated import state

HEAD = """language 1
guideline small "Small"
    version 0.1.0
    revised 2026-01-01
    uses b12
source s "S" by "A", 2024
"""


def graph_of(rules: str) -> RuleGraph:
    checked = written.check(Library(SourceFile("small.gdl", (HEAD + rules).encode())))
    return written.compiled(checked).graph


def ask(rules: str, **facts: object) -> ReferenceAnswer | None:
    graph = graph_of(rules)
    patient = patient_from({"facts": facts})
    return reference.answer(graph, state(patient, graph))


CHAIN = """
rule base
    when b12_deficiency
    form hydroxocobalamin
    strength should
    cites s
rule first
    exception to base
    when diabetes
    form mecobalamin
    strength should
    cites s
rule second
    exception to first
    when nephropathy
    form cyanocobalamin
    strength should
    cites s
"""


def test_an_exception_that_is_overridden_has_spoken() -> None:
    told = ask(CHAIN, b12_deficiency=True, diabetes=True, nephropathy=True)

    assert told is not None
    assert told.verdicts == {
        "base": "overridden",
        "first": "overridden",
        "second": "applies",
    }


def test_an_open_exception_leaves_the_decision_open_and_is_asked_for() -> None:
    told = ask(CHAIN, b12_deficiency=True, nephropathy=False)

    assert told is not None
    assert told.verdicts["base"] == "unknown"
    assert told.decisions[Decision.FORM].outcome == "depends"
    assert questions(told, Decision.FORM) == {frozenset({"diabetes"})}


def test_facts_that_contradict_each_other_have_no_answer() -> None:
    rules = CHAIN.replace("when diabetes", "when bariatric_surgery")

    told = ask(rules, bariatric_procedure="roux_en_y", bariatric_surgery=False)

    assert told is None


CONTRAINDICATED = """
rule allergy
    when cobalamin_hypersensitivity
    contraindicated hydroxocobalamin
    strength do not
    cites s
rule course
    when b12_deficiency
    load hydroxocobalamin 1000 µg IM daily for 7 doses
    strength required
    cites s
"""


@pytest.mark.parametrize(
    ("allergic", "outcome"),
    [(True, "silent"), (False, "determined"), (None, "depends")],
)
def test_a_contraindicated_dose_is_not_offered(
    allergic: bool | None, outcome: str
) -> None:
    told = ask(
        CONTRAINDICATED, b12_deficiency=True, cobalamin_hypersensitivity=allergic
    )

    assert told is not None
    loading = told.decisions[Decision.LOADING]
    assert loading.outcome == outcome
    assert bool(loading.not_offered) is (allergic is not False)


def regimen_of(text: str) -> Line:
    rule = f"rule one\n    load {text}\n    strength should\n    cites s\n"
    value = graph_of(rule).rules["one"].value

    assert isinstance(value, Regimens)
    (regimen,) = value.regimens
    return schedule(regimen)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1000 µg IM daily for 7 doses", "1 mg IM once daily for 1 week"),
        (
            "1000 µg 3 times per week for 6 doses",
            "1000 µg 3 times per week for 14 days",
        ),
        ("1000 µg every 12 months for life", "1000 µg yearly indefinitely"),
    ],
)
def test_what_is_said_in_two_ways_is_one_line(one: str, two: str) -> None:
    assert regimen_of(one) == regimen_of(two)


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ("1000 µg weekly", "500 to 1000 µg IM every 1 to 2 weeks", "1000 µg IM weekly"),
        (
            "1000 µg daily for 1 to 3 weeks",
            "1 mg daily for 7 doses",
            "1000 µg daily for 1 week",
        ),
        ("1000 µg daily for 1 month", "1000 µg daily for 4 weeks", None),
        ("1000 µg daily until loading_complete", "1000 µg daily for life", None),
        ("1000 µg daily then 1000 µg weekly", "1000 µg daily", None),
    ],
)
def test_regimens_meet_in_what_follows_both(
    one: str, two: str, both: str | None
) -> None:
    found = shared_lines([regimen_of(one), regimen_of(two)])

    assert found == ([] if both is None else [regimen_of(both)])
    assert shared_lines([regimen_of(two), regimen_of(one)]) == found


def test_the_reference_shares_nothing_with_the_engine(root: Path) -> None:
    chapters = sorted((root / "src/b12guide/evaluate").glob("reference*.py"))
    imported = set()
    for chapter in chapters:
        text = chapter.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module:
                inside = node.module == "b12guide.evaluate"  # which of its rooms?
                imported |= {
                    f"{node.module}.{name.name}" if inside else node.module
                    for name in node.names
                }

        assert "intersection(" not in text.replace("frozenset.intersection(", "")
        assert len(text.splitlines()) < 640
    ours = {f"b12guide.evaluate.{chapter.stem}" for chapter in chapters}
    data = {"b12guide.graph", "b12guide.graph.condition", "b12guide.graph.model"}
    data |= {"b12guide.patient.model", "b12guide.regimen", "b12guide.truth"}
    data |= {"b12guide.values.duration", "b12guide.values.term"}

    assert len(chapters) == 2
    assert {name for name in imported if "b12guide" in name} <= ours | data
