"""What an expectation means: each is met by what it asks for and by nothing less."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from b12guide.evaluate.evaluator import Evaluator
from b12guide.show.trial import trial_to_junit
from b12guide.trial.report import coverage, trial_of
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_examples
from b12guide.truth import Truth
from tests.unit.prove.writing import read

RULES = """
assumption T01 "An assumption"
silent on metformin "Nothing is said of metformin."
rule form
    when      b12_deficiency
    form      hydroxocobalamin or mecobalamin
    ...
rule kidneys
    when      egfr < 50 mL/min
    form      hydroxocobalamin, not cyanocobalamin
    ...
rule loading
    when      b12_deficiency and not numbness
    load      1000 µg IM 3 times per week for 2 weeks
    ...
rule no_loading
    exception to loading
    when      b12_deficiency and loading_complete is known
    load      not needed
    ...
rule maintenance
    when      b12_deficiency
    maintain  1000 µg IM every 2 to 3 months for life
    ...
rule resection
    when      ileal_resection > 20 cm
    maintain  1000 µg IM every 6 months for life
    assumes   T01
    ...
rule monthly
    when      b12_deficiency
    may       maintain 1000 µg IM every month for life
    strength may
    cites page
rule gate
    withhold  folic_acid until b12_repleted
    ...
rule visits
    when      b12_deficiency
    check     serum_b12 at 3, 6 and 12 months, before the next dose
    ...
"""
DEFICIENT = "b12_deficiency, egfr 90 mL/min, ileal_resection 0 cm, otherwise absent"
OPEN = "b12_deficiency, egfr 90 mL/min, ileal_resection 0 cm, numbness unknown"
TORN = (
    "b12_deficiency, egfr 90 mL/min, ileal_resection 30 cm, metformin, otherwise absent"
)
LOAD = "load 1000 µg IM 3 times per week for 2 weeks"

MET = [
    (DEFICIENT, "form hydroxocobalamin or mecobalamin"),
    (DEFICIENT, "no form cyanocobalamin"),
    (DEFICIENT, LOAD),
    (DEFICIENT, "no load not needed"),
    (DEFICIENT, "maintain 1000 µg IM every 2 to 3 months for life"),
    (DEFICIENT, "may maintain 1000 µg IM every month for life"),
    (DEFICIENT, "no maintain 1000 µg IM every 6 months for life"),
    (DEFICIENT, "withhold folic_acid until b12_repleted"),
    (DEFICIENT, "check serum_b12 at 3 and 6 months"),
    (DEFICIENT, "check serum_b12 at 12 months, before the next dose"),
    (DEFICIENT, "rule loading applies"),
    (DEFICIENT, "decision loading determined"),
    (DEFICIENT, "decision loading because loading"),
    (DEFICIENT, "no question numbness"),
    (OPEN, LOAD),
    (OPEN, "decision loading depends on numbness"),
    (OPEN, "question numbness"),
    (OPEN, "rule loading unknown"),
    (TORN, "decision maintenance conflict"),
    (TORN, "conflict between maintenance and resection"),
    (TORN, "assumption T01"),
    (TORN, "silent on metformin"),
    ("b12_deficiency, egfr 40 mL/min, otherwise absent", "avoid cyanocobalamin"),
    ("b12_deficiency, loading_complete, otherwise absent", "load not needed"),
    ("b12_deficiency, loading_complete, otherwise absent", "rule loading overridden"),
    ("otherwise absent", "scope applies"),
]
UNMET = [
    (DEFICIENT, "form cyanocobalamin"),
    (DEFICIENT, "form hydroxocobalamin, not cyanocobalamin"),
    (DEFICIENT, "no form mecobalamin"),
    (DEFICIENT, "no " + LOAD),
    (DEFICIENT, "load 1000 µg IM 3 times per week for 3 weeks"),
    (DEFICIENT, "load 500 µg IM 3 times per week for 2 weeks"),
    (DEFICIENT, "load not needed"),
    (DEFICIENT, "maintain 1000 µg IM every month for life"),
    (DEFICIENT, "may maintain 1000 µg IM every 2 to 3 months for life"),
    (DEFICIENT, "withhold folic_acid until loading_complete"),
    (DEFICIENT, "check serum_b12 at 9 months"),
    (DEFICIENT, "check ferritin at 3 months"),
    (DEFICIENT, "avoid cyanocobalamin"),
    (DEFICIENT, "rule loading does not apply"),
    (DEFICIENT, "decision loading silent"),
    (DEFICIENT, "decision loading because monthly"),
    (DEFICIENT, "question numbness"),
    (DEFICIENT, "assumption T01"),
    (DEFICIENT, "silent on metformin"),
    (DEFICIENT, "conflict between maintenance and resection"),
    (OPEN, "no " + LOAD),
    (OPEN, "decision loading depends on egfr"),
    (OPEN, "no question numbness"),
    (TORN, "maintain 1000 µg IM every 6 months for life"),
    (TORN, "no maintain 1000 µg IM every 6 months for life"),
    ("otherwise absent", "scope does not apply"),
]


def tried(given: str, expected: str) -> ExampleResult:
    text = f'{RULES}example "one"\n    given  {given}\n    expect {expected}\n'
    found = read(text)
    (result,) = run_examples(Evaluator.of(found.graph), found.draft)
    return result


@pytest.mark.parametrize(("given", "expected"), MET)
def test_an_expectation_is_met(given: str, expected: str) -> None:
    assert tried(given, expected).trial is Trial.PASSED


@pytest.mark.parametrize(("given", "expected"), UNMET)
def test_an_expectation_is_not_met(given: str, expected: str) -> None:
    result = tried(given, expected)

    assert result.trial is Trial.FAILED
    assert [unmet.expected for unmet in result.unmet] == [expected]


def test_a_patient_who_contradicts_the_vocabulary_is_unusable() -> None:
    result = tried("severe_deficiency, not b12_deficiency", "rule loading applies")

    assert result.trial is Trial.UNUSABLE
    assert [d.code for d in result.diagnostics] == ["GDL790"]


def test_coverage_has_three_values() -> None:
    found = read(
        RULES
        + f'example "one"\n    given  {DEFICIENT}\n    expect rule loading applies\n'
        + f'example "two"\n    given  {OPEN}\n    expect rule loading unknown\n'
    )
    results = run_examples(Evaluator.of(found.graph), found.draft)
    reached = coverage(found.graph, found.draft, results)
    (loading,) = (c for c in reached.conditions if c.name == "loading")

    assert [atom.written for atom in loading.atoms] == ["b12_deficiency", "numbness"]
    assert loading.atoms[1].missing == (Truth.TRUE,)
    assert {r.name for r in reached.rules if not r.decisive_in} == {
        "kidneys",
        "no_loading",
        "resection",
    }


VACUOUS = [
    "no form cyanocobalamin",
    "no load 100 µg IM 3 times per week for 2 weeks",
    "no maintain not needed",
    "no check ferritin at 3 months",
]
GUARDING = [
    "no load not needed",
    "no avoid cyanocobalamin",
    "no maintain 1000 µg IM every 6 months for life",
    "form hydroxocobalamin",
]


@pytest.mark.parametrize("expected", VACUOUS)
def test_what_no_rule_could_give_is_vacuous_and_passes(expected: str) -> None:
    result = tried(DEFICIENT, expected)

    assert result.trial is Trial.PASSED
    assert [one.expected for one in result.vacuous] == [expected]


@pytest.mark.parametrize("expected", GUARDING)
def test_what_a_rule_could_give_to_somebody_is_not_vacuous(expected: str) -> None:
    result = tried(DEFICIENT, expected)

    assert result.trial is Trial.PASSED
    assert not result.vacuous


@pytest.mark.parametrize("show", ["text", "json", "markdown", "junit"])
def test_a_vacuous_expectation_is_marked(show: str) -> None:
    found = read(
        RULES + f'example "one"\n    given  {DEFICIENT}\n    expect {VACUOUS[0]}\n'
    )
    report = trial_of(found.graph, found.draft)
    ways: dict[str, Callable[[], str]] = {
        "text": report.to_text,
        "json": report.to_json,
        "markdown": report.to_markdown,
        "junit": lambda: trial_to_junit(report.results, found.graph),
    }
    shown = ways[show]()

    assert "vacuous: nothing here could give this" in " ".join(shown.split())
    assert "<failure" not in shown
