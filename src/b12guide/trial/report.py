"""What came of the examples of a guideline, all together."""

from __future__ import annotations

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import RuleGraph
from b12guide.semantics.draft import Draft
from b12guide.trial.coverage import Coverage, coverage
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_examples

__all__ = ["TrialReport", "trial_of"]


@frozen(kw_only=True)
class TrialReport(Answer):
    """The examples of a guideline, tried in the order written.

    Attributes:
        draft: The files in which the examples stand.
        titled: Only examples with this in their title were tried.
        reached: What the examples reach together; None where only some were tried.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    results: tuple[ExampleResult, ...] = field(repr=False)
    titled: str = ""
    reached: Coverage | None = field(default=None, repr=False)

    @property
    def is_fine(self) -> bool:
        """Whether every example passed, or expects nothing."""
        bad = {Trial.FAILED, Trial.UNUSABLE}
        return not any(result.trial in bad for result in self.results)

    @property
    def coverage(self) -> Coverage:
        """What these examples reach, even if only some were tried."""
        return self.reached or coverage(self.graph, self.draft, self.results)


def trial_of(graph: RuleGraph, draft: Draft, titled: str = "") -> TrialReport:
    """The examples of a guideline with `titled` in their title, tried."""
    results = run_examples(Evaluator.of(graph), draft, titled)
    return TrialReport(
        graph=graph,
        draft=draft,
        results=results,
        titled=titled,
        reached=None if titled else coverage(graph, draft, results),
    )
