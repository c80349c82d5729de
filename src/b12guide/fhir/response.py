"""The answer as a whole as a GuidanceResponse, with what is still needed as data requirements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from b12guide.evaluate.answer import Outcome, Question, Recommendation
from b12guide.fhir.canonical import Element, element, extension
from b12guide.fhir.dosages import concept
from b12guide.fhir.sheet import Sheet
from b12guide.graph.model import Decision, Fact
from b12guide.say.names import decision_text, decisions_read
from b12guide.say.words import capitalised
from b12guide.truth import Truth
from b12guide.values.code_system import uri_of
from b12guide.values.term import Kind

_KINDS = {
    Kind.FINDING: "Condition",
    Kind.MEASURE: "Observation",
    Kind.CHOICE: "Observation",
    Kind.EVENT: "Procedure",
}
"""The resource in which a fact of a kind is looked for first."""


def response_of(
    recommendation: Recommendation, sheet: Sheet, result: str | None
) -> Element:
    """The GuidanceResponse; `result` is the full URL of the drafts, where there are any."""
    lines = list(_lines(recommendation))
    return sheet.resource(
        "GuidanceResponse",
        [lines, result],
        moduleCanonical=sheet.canonical,
        status=status_of(recommendation),
        subject=dict(sheet.subject),
        occurrenceDateTime=sheet.day,
        note=sheet.notes((), *lines),
        result=None if result is None else {"reference": result},
        dataRequirement=[
            requirement
            for question in recommendation.questions
            for requirement in _requirements(question, sheet)
        ],
    )


def status_of(recommendation: Recommendation) -> str:
    """Whether more has to be known, might be known, or nothing that matters is open."""
    is_open = recommendation.scope is Truth.UNKNOWN or any(
        one.outcome is Outcome.DEPENDS for one in recommendation.decisions.values()
    )
    if is_open:
        return "data-required"
    return "data-requested" if recommendation.questions else "success"


def _lines(recommendation: Recommendation) -> Iterator[str]:
    """What the answer says, in lines: every decision, every remark, what it rests on."""
    for decision in decisions_read():
        decided = recommendation.decisions.get(decision)
        if decided is not None and not decided.is_silent and decision is not _REMARK:
            yield f"{decision_text(decision)}: {decided.text}."
    for notice in recommendation.notices:
        yield capitalised(notice.text)
    for silence in recommendation.silences:
        yield f"Not addressed by the guideline: {silence.text}"
    for assumption in recommendation.assumptions:
        yield f"Assuming ({assumption.name}): {assumption.text}"
    for challenge in recommendation.challenges:
        yield f"Challenged by other evidence ({challenge.name}): {challenge.text}"


_REMARK = Decision.NOTE


def _requirements(question: Question, sheet: Sheet) -> Iterator[Element]:
    """What would answer a question: the fact, or the unknown ones behind a definition."""
    graph = sheet.graph
    names: Iterable[str] = (
        (question.fact,) if question.fact in graph.vocabulary.facts else question.behind
    )
    for name in names or (question.fact,):
        yield _requirement(name, question, sheet)


def _requirement(name: str, question: Question, sheet: Sheet) -> Element:
    fact = sheet.graph.vocabulary.facts.get(name)
    kind = "Observation" if fact is None else _KINDS.get(fact.kind, "Observation")
    decides = ", ".join(decision_text(one) for one in question.decides)
    return element(
        extension=[
            extension("fact", valueCodeableConcept=concept(sheet.wording.fact(name))),
            *(
                [extension("asks", valueString=fact.asks)]
                if fact is not None and fact.asks
                else []
            ),
            *([extension("decides", valueString=decides)] if decides else []),
        ],
        type=kind,
        codeFilter=_codes(fact),
    )


def _codes(fact: Fact | None) -> list[Element]:
    """The codes by which the fact may be found: any of them will do."""
    codes = [] if fact is None else fact.codes
    found = [{"system": uri_of(c.system) or c.system, "code": c.code} for c in codes]
    return [{"path": "code", "code": found}] if found else []
