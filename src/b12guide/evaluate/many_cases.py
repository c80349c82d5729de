"""GDL426: decisions of which not every case can be compared where nothing is known.

They are answered all the same, as far as the known facts go, and the answer says so. Which they are
is found by asking about somebody of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log2

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.evaluate.completions import frontier
from b12guide.evaluate.decisions import MOST_PARTS
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.program import below, open_facts
from b12guide.evaluate.settle import DECISIONS, opened
from b12guide.evaluate.verdicts import verdicts_of
from b12guide.evaluate.worlds import domains
from b12guide.graph.model import Decision, RuleGraph
from b12guide.semantics.draft import Draft
from b12guide.syntax import ast

__all__ = ["many_cases"]

NOTE = (
    "where so much is unknown of a patient, an answer follows from the known facts alone,"
    " and says so"
)


def many_cases(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """A warning about each decision with too many cases."""
    if 1 << min(len(graph.rules), 64) <= MOST_PARTS and not graph.implications:
        return  # however their conditions turn out
    evaluator = Evaluator.of(graph)
    nobody = Known.of(evaluator, Facts())
    verdicts = verdicts_of(nobody)
    for decision in DECISIONS:
        heard = {rule.name for rule in evaluator.heard[decision]}
        if heard and not opened(decision, nobody, verdicts).exact:
            places = [
                Label(text=text, span=rule.name.span)
                for text, rule in draft.each(ast.Rule)
                if rule.name.text in heard
            ]
            yield _many(decision, _power(decision, nobody), places)


def _power(decision: Decision, nobody: Known) -> int:
    """The number of cases, as a power of two."""
    evaluator = nobody.evaluator
    program, known = evaluator.program, nobody.rails
    terms, _ = frontier(
        [r for r in evaluator.roots[decision] if known[r] == (0, 0)], nobody
    )
    facts = frozenset[str]().union(*(open_facts(program, t, known) for t in terms))
    steps = below(program, terms, nobody.closed)
    samples = domains(facts, evaluator.graph, program, nobody.facts, steps)
    return round(sum(log2(len(offered)) for offered in samples.values()))


def _many(decision: Decision, power: int, places: list[Label]) -> Diagnostic:
    return Diagnostic(
        code="GDL426",
        severity=Severity.WARNING,
        message=f"the {decision.value} decision has about 2^{power} cases, too many to compare",
        labels=tuple(places[:1]),
        notes=(NOTE,),
        help=(
            Help(message="let fewer rules speak of one thing, or say which gives way"),
            Help(message="or let them read one definition instead of many facts"),
        ),
    )
