"""The examples that stand in the shipped guideline hold, and they reach all of it."""

from __future__ import annotations

import pytest

from b12guide.pipeline import check
from b12guide.semantics.scope import scope_of
from b12guide.show.trial import coverage_text
from b12guide.syntax.ast import Example
from b12guide.text import Text
from b12guide.trial.report import coverage
from b12guide.trial.result import Trial
from b12guide.trial.run import run_example, run_examples
from tests.clinical.asking import shipped

DRAFT = check("mecobalamin_im").draft
NAMES = scope_of(DRAFT)
EXAMPLES = tuple(DRAFT.each(Example))


@pytest.mark.parametrize(
    ("text", "example"), EXAMPLES, ids=[example.title.text for _, example in EXAMPLES]
)
def test_an_example_of_the_guideline_holds(text: Text, example: Example) -> None:
    _, evaluator = shipped()

    result = run_example(evaluator, example, text, NAMES)

    assert result.unmet == ()
    assert result.trial is Trial.PASSED


def test_no_two_examples_have_one_title() -> None:
    titles = [example.title.text for _, example in EXAMPLES]

    assert len({*titles}) == len(titles)


def test_the_examples_reach_every_rule_exception_and_truth_value() -> None:
    loaded, evaluator = shipped()

    reached = coverage(loaded.graph, DRAFT, run_examples(evaluator, DRAFT))

    assert coverage_text(reached).count("\n") == 3  # the totals, nothing missing
    for seen, all_there_are in (reached.decisive, reached.overriding, reached.values):
        assert seen == all_there_are
