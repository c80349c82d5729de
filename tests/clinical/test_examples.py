"""The examples that stand in the shipped guideline hold, and each rule has one."""

from __future__ import annotations

import pytest

from b12guide.evaluate.recommend import recommend
from b12guide.patient.resolve import state
from b12guide.pipeline import check
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast
from tests.clinical.asking import shipped
from tests.clinical.expectation import disappointments, patient_of

DRAFT = check("mecobalamin_im").draft
NAMES = scope_of(DRAFT)
EXAMPLES = tuple(example for _, example in DRAFT.each(ast.Example))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.title.text)
def test_an_example_of_the_guideline_holds(example: ast.Example) -> None:
    loaded, evaluator = shipped()

    answer = recommend(evaluator, state(patient_of(example), loaded.graph))

    assert disappointments(example, answer, NAMES) == ()


def test_every_rule_is_seen_to_apply_in_an_example() -> None:
    expected = {
        expectation.rule.text
        for example in EXAMPLES
        for expectation in example.expectations
        if isinstance(expectation, ast.ExpectRule) and expectation.verdict == "applies"
    }

    assert {*shipped()[0].graph.rules} - expected == set()


def test_every_conditional_rule_is_seen_not_to_apply_in_an_example() -> None:
    expected = {
        expectation.rule.text
        for example in EXAMPLES
        for expectation in example.expectations
        if isinstance(expectation, ast.ExpectRule) and expectation.verdict != "applies"
    }
    always = {
        "buttock_direction",
        "buttock_quadrant",
        "no_routine_buttock",
        "no_stopping",
    }

    assert {*shipped()[0].graph.rules} - expected == always
