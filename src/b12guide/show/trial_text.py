"""The trial of a guideline's examples, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.show.diagnostic import to_terminal
from b12guide.show.trial_diagnostic import trial_diagnostics
from b12guide.show.wording import listing, plural
from b12guide.trial.coverage import Coverage
from b12guide.trial.report import TrialReport
from b12guide.trial.result import ExampleResult, Trial

__all__ = ["coverage_text", "summary_text", "trial_text"]


def trial_text(report: TrialReport, *, width: int = 80, colour: bool = False) -> str:
    """What failed with its source lines, then one line that sums up."""
    results, reached, graph = report.results, report.reached, report.graph
    diagnostics = trial_diagnostics(results, reached, graph)
    shown = [to_terminal(d, width=width, colour=colour) for d in diagnostics]
    lines = [summary_text(results)]
    if reached is not None:
        lines += _totals(reached)
    return "\n\n".join([*shown, "\n".join(lines)]) + "\n"


def summary_text(results: Sequence[ExampleResult]) -> str:
    """How many examples there are and how they went."""
    counts = [(t, sum(r.trial is t for r in results)) for t in Trial]
    words = [f"{count} {trial.value}" for trial, count in counts if count]
    expectations = plural(sum(r.expectations for r in results), "expectation")
    listed = ", ".join(words) or "none"
    return f"{plural(len(results), 'example')} with {expectations}: {listed}"


def _totals(reached: Coverage) -> Iterator[str]:
    yield "rules decisive in an example: {} of {}".format(*reached.decisive)
    yield "exceptions that override their rule: {} of {}".format(*reached.overriding)
    yield "truth values of conditions seen: {} of {}".format(*reached.values)


def coverage_text(reached: Coverage) -> str:
    """What the examples do not reach, condition by condition, then the totals."""
    lines = [
        f"{rule.name}: no example in which it is decisive"
        for rule in reached.rules
        if not rule.decisive_in
    ]
    lines += [
        f"{rule.name}: no example in which {exception} overrides it"
        for rule in reached.rules
        for exception, titles in rule.exceptions
        if not titles
    ]
    for condition in reached.conditions:
        for atom in condition.atoms:
            if atom.missing:
                missing = listing((t.value for t in atom.missing), "or")
                where = condition.name or "scope"
                lines.append(f"{where}: `{atom.written}` is never {missing}")
    return "\n".join([*lines, *_totals(reached)]) + "\n"
