"""The examples that stand in the shipped guideline hold, and each rule has one."""

from __future__ import annotations

from functools import cache

import pytest

from b12guide import written
from b12guide.evaluate.recommend import Evaluator
from b12guide.show.trial_diagnostic import example_diagnostics
from b12guide.syntax.ast import ExpectRule
from b12guide.trial.coverage import Coverage, coverage
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_examples


@cache
def shipped() -> written.Written:
    return written.read("mecobalamin_im")


@cache
def tried() -> tuple[ExampleResult, ...]:
    return run_examples(Evaluator.of(shipped().graph), shipped().draft)


@cache
def reached() -> Coverage:
    return coverage(shipped().graph, shipped().draft, tried())


def expected(*verdicts: str) -> set[str]:
    return {
        expectation.rule.text
        for result in tried()
        for expectation in result.example.expectations
        if isinstance(expectation, ExpectRule) and expectation.verdict in verdicts
    }


@pytest.mark.parametrize("result", tried(), ids=lambda result: result.title)
def test_an_example_of_the_guideline_holds(result: ExampleResult) -> None:
    diagnostics = tuple(example_diagnostics(result, shipped().graph))

    assert diagnostics == ()
    assert result.trial is Trial.PASSED


def test_every_rule_is_expected_to_apply_in_an_example() -> None:
    assert {*shipped().graph.rules} - expected("applies") == set()


def test_every_rule_is_decisive_in_an_example() -> None:
    assert [rule.name for rule in reached().rules if not rule.decisive_in] == []


def test_every_exception_overrides_its_rule_in_an_example() -> None:
    assert [
        (rule.name, exception)
        for rule in reached().rules
        for exception, titles in rule.exceptions
        if not titles
    ] == []


def test_every_conditional_rule_is_expected_not_to_apply_in_an_example() -> None:
    always = {
        "buttock_direction",
        "buttock_quadrant",
        "no_routine_buttock",
        "no_stopping",
    }
    found = expected("does not apply", "unknown", "indeterminate", "overridden")

    assert {*shipped().graph.rules} - found == always
