"""The patient of an example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, assert_never

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Label
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.program import compile_graph
from b12guide.evaluate.recommend import answer
from b12guide.graph.ages import age, age_text
from b12guide.graph.from_syntax import series_of
from b12guide.graph.model import Place, RuleGraph
from b12guide.graph.series import series_text
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, duration, meant, scope_of
from b12guide.syntax import ast
from b12guide.syntax.ast import Example
from b12guide.text import Text
from b12guide.trial.expectation import instead, is_vacuous
from b12guide.trial.result import ExampleResult, Trial, Unmet, Vacuous
from b12guide.values.calendar import parse_date
from b12guide.values.duration import Duration


def patient_of(example: ast.Example, text: Text, scope: Scope) -> Patient:
    """The patient whom `example`, which stands in `text`, gives."""
    facts: dict[str, Any] = {}
    places: dict[str, Label] = {}
    otherwise = Otherwise.UNKNOWN
    for entry in example.given:
        match entry:
            case ast.Otherwise(absent=absent):
                otherwise = Otherwise.ABSENT if absent else Otherwise.UNKNOWN
            case ast.Given(name=name):
                value = _value(entry)
                if entry.on is not None:
                    value = {"value": value, "on": entry.on}
                if name.text in facts:  # a measure may be given on several days
                    before = facts[name.text]
                    value = [*(before if isinstance(before, list) else [before]), value]
                facts[name.text] = value
                places[name.text] = Label(text=text, span=entry.span)
            case ast.GivenAge(age=asked, negated=negated):
                length = meant(duration(asked.length))
                whole = Duration(length.low, length.unit)
                key = age_text(age(asked.name.text, asked.operator, whole))
                facts[key] = not negated
                places[key] = Label(text=text, span=entry.span)
            case ast.GivenOverTime(asked=asked, negated=negated):
                key = series_text(series_of(asked, scope))
                facts[key] = not negated
                places[key] = Label(text=text, span=entry.span)
            case _:
                assert_never(entry)
    return Patient(
        facts=facts,
        otherwise=otherwise,
        name=f"the patient of `{example.title.text}`",
        places=places,
    )


def day_of(example: ast.Example) -> dt.date | None:
    """The day that `example` asks for, if it names one."""
    return None if example.asked is None else parse_date(example.asked)


def _value(given: ast.Given) -> Any:
    match given.value:
        case ast.Presence.PRESENT:
            return True
        case ast.Presence.ABSENT:
            return False
        case ast.Presence.UNKNOWN:
            return None
        case ast.Quantity(low=low, unit=unit):
            return f"{low} {unit}" if unit else f"{low}"
        case ast.Name(text=text):
            return text
        case _:
            assert_never(given.value)


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
    examples = tuple(draft.each(Example))
    if not examples:
        return
    program, scope = compile_graph(graph), scope_of(draft)
    for text, example in examples:
        try:
            stated = state(patient_of(example, text, scope), graph, day_of(example))
            implied_facts(stated, graph, program)
        except PatientError as error:
            yield from (_for_authors(found) for found in error.diagnostics)


def _for_authors(found: Diagnostic) -> Diagnostic:
    """What is said of a patient's file, said of `given`."""
    unknown = "`unknown` after its name"
    messages = (
        remedy.message.replace("give `null`", f"write {unknown}")
        for remedy in found.help
    )
    told = zip(found.help, messages, strict=True)
    return evolve(found, help=tuple(evolve(r, message=m) for r, m in told))


def run_example(
    evaluator: Evaluator, example: Example, text: Text, scope: Scope
) -> ExampleResult:
    """One example, tried."""
    place = Place(text=text, span=example.title.span)
    try:
        stated = state(
            patient_of(example, text, scope), evaluator.graph, day_of(example)
        )
        facts = implied_facts(stated, evaluator.graph, evaluator.program)
    except PatientError as error:
        return ExampleResult(
            example=example,
            place=place,
            trial=Trial.UNUSABLE,
            diagnostics=tuple(map(_for_authors, error.diagnostics)),
        )
    said = answer(evaluator, stated, facts)
    unmet: list[Unmet] = []
    vacuous: list[Vacuous] = []
    for expectation in example.expectations:
        where = Place(text=text, span=expectation.span)
        expected = " ".join(text.slice(expectation.span).split())
        answered = instead(expectation, said, scope)
        if answered is not None:
            unmet.append(Unmet(place=where, expected=expected, answered=answered))
        elif is_vacuous(expectation, evaluator.graph, scope):
            vacuous.append(Vacuous(place=where, expected=expected))
    passed = Trial.PASSED if example.expectations else Trial.EMPTY
    return ExampleResult(
        example=example,
        place=place,
        trial=Trial.FAILED if unmet else passed,
        unmet=tuple(unmet),
        vacuous=tuple(vacuous),
        facts=facts,
        answer=said,
    )
