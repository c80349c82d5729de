"""Runs the examples of a guideline."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.evaluate.closure import close
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.recommend import answer
from b12guide.graph.model import Place, RuleGraph
from b12guide.patient.resolve import state
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.syntax.ast import Example
from b12guide.text import Text
from b12guide.trial.expectation import instead
from b12guide.trial.given import patient_of
from b12guide.trial.result import ExampleResult, Trial, Unmet, Vacuous
from b12guide.trial.vacuous import is_vacuous

__all__ = ["impossible_examples", "run_example", "run_examples"]


def run_examples(
    evaluator: Evaluator, draft: Draft, titled: str = ""
) -> tuple[ExampleResult, ...]:
    """The examples of `draft`, tried in the order written.

    Args:
        evaluator: The guideline, which need not be that of the draft: a changed one can be
            tried on the examples of the original.
        draft: The files in which the examples stand.
        titled: Only examples with this in their title are tried, whatever the case.
    """
    scope = scope_of(draft)
    return tuple(
        run_example(evaluator, example, text, scope)
        for text, example in draft.each(Example)
        if titled.casefold() in example.title.text.casefold()
    )


def impossible_examples(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL790 and the like: the patients of examples who cannot be, in the words of examples."""
    evaluator = Evaluator.of(graph)
    for text, example in draft.each(Example):
        try:
            stated = state(patient_of(example, text), graph)
            close(stated, graph, evaluator.program)
        except PatientError as error:
            yield from (_for_authors(found) for found in error.diagnostics)


def _for_authors(found: Diagnostic) -> Diagnostic:
    """What is said of a patient's file, said of `given`."""
    unknown = "`unknown` after its name"
    help_ = tuple(
        evolve(
            remedy, message=remedy.message.replace("give `null`", f"write {unknown}")
        )
        for remedy in found.help
    )
    return evolve(found, help=help_)


def run_example(
    evaluator: Evaluator, example: Example, text: Text, scope: Scope
) -> ExampleResult:
    """One example, tried."""
    place = Place(text=text, span=example.title.span)
    try:
        stated = state(patient_of(example, text), evaluator.graph)
        facts = close(stated, evaluator.graph, evaluator.program)
    except PatientError as error:
        return ExampleResult(
            example=example,
            place=place,
            trial=Trial.UNUSABLE,
            diagnostics=tuple(map(_for_authors, error.diagnostics)),
        )
    said = answer(evaluator, stated, facts)
    unmet = tuple(
        Unmet(
            place=Place(text=text, span=expectation.span),
            expected=" ".join(text.slice(expectation.span).split()),
            answered=answered,
        )
        for expectation in example.expectations
        if (answered := instead(expectation, said, scope)) is not None
    )
    vacuous = tuple(
        Vacuous(
            place=Place(text=text, span=expectation.span),
            expected=" ".join(text.slice(expectation.span).split()),
        )
        for expectation in example.expectations
        if is_vacuous(expectation, evaluator.graph, scope)
        and instead(expectation, said, scope) is None
    )
    passed = Trial.PASSED if example.expectations else Trial.EMPTY
    return ExampleResult(
        example=example,
        place=place,
        trial=Trial.FAILED if unmet else passed,
        unmet=unmet,
        vacuous=vacuous,
        facts=facts,
        answer=said,
    )
