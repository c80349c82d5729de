"""Who the patient is, in one line, and which guideline is speaking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import RuleGraph, Status
from b12guide.patient.model import FactValue, Otherwise
from b12guide.show.number import number_text
from b12guide.show.wording import (
    EDUCATION_NOTICE,
    brief_text,
    measured,
    value_label,
)
from b12guide.truth import Truth

__all__ = [
    "assumed_particulars",
    "guideline_particulars",
    "particulars",
    "reminder",
    "stated_value",
]

_SCOPE = {
    Truth.TRUE: "the guideline is written for this patient",
    Truth.FALSE: "the guideline is not written for this patient",
    Truth.UNKNOWN: "not known to be written for this patient; answered as if it were",
}


def guideline_particulars(graph: RuleGraph) -> Iterator[tuple[str, str]]:
    """Version and review status."""
    revised = f", revised {graph.revised}" if graph.revised else ""
    yield "Guideline", f"{graph.name} {graph.version}{revised}"
    if graph.status is Status.APPROVED:
        yield "Status", f"approved by {graph.approved_by} on {graph.approved_on}"
    else:
        yield "Status", f"{graph.status.value}, not approved"


def assumed_particulars(
    assumed: Mapping[str, bool | str], *graphs: RuleGraph
) -> Iterator[tuple[str, str]]:
    """What a study assumes of patients of whom it is not known; nothing where it assumes nothing.

    >>> from b12guide import load
    >>> graph = load("mecobalamin_im").graph
    >>> list(assumed_particulars({"platelets": "250 x10^9/L", "diabetes": False}, graph))
    [('Assumed', 'where it is not known: platelet count 250 x10^9/L; no diabetes mellitus')]
    """
    if not assumed:
        return
    labels: dict[str, str] = {}
    for graph in graphs:
        for fact in graph.vocabulary.facts.values():
            labels.setdefault(fact.name, fact.label)
        for name, definition in graph.definitions.items():
            labels.setdefault(name, definition.label)
    said = (_assumed(labels.get(name, name), value) for name, value in assumed.items())
    yield "Assumed", f"where it is not known: {'; '.join(said)}"


def _assumed(label: str, value: bool | str) -> str:
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {value.replace('_', ' ')}"


def reminder(graph: RuleGraph) -> str:
    """The education notice and the review status, where no head of a page tells them."""
    about = dict(guideline_particulars(graph))
    return f"{EDUCATION_NOTICE} {about['Guideline']}: {about['Status']}."


def particulars(recommendation: Recommendation) -> Iterator[tuple[str, str]]:
    """What identifies an answer: the guideline, the patient, the day, the scope."""
    yield from guideline_particulars(recommendation.graph)
    on = f" (on {recommendation.on.isoformat()})" if recommendation.on else ""
    yield "Patient", _stated_text(recommendation) + on
    yield "Scope", _SCOPE[recommendation.scope]


def _stated_text(recommendation: Recommendation) -> str:
    stated, graph = recommendation.stated, recommendation.graph
    present, absent, unknown = [], [], []
    for name, value in stated.values.items():
        if value is None:
            unknown.append(brief_text(graph, name))
        elif value is False:
            absent.append(brief_text(graph, name))
        else:
            present.append(stated_value(graph, name, value))
    if stated.otherwise is Otherwise.ABSENT:
        rest = "findings not mentioned are absent"
    else:
        rest = "anything not mentioned is unknown"
    assumed = [
        stated_value(graph, name, value)
        for name, value in recommendation.assumed_absent.items()
    ]
    groups = [
        ", ".join(present),
        absent and f"not: {', '.join(absent)}",
        unknown and f"unknown: {', '.join(unknown)}",
        rest,
        assumed and f"{', '.join(assumed)}, as not mentioned",
    ]
    return "; ".join(group for group in groups if group)


def stated_value(graph: RuleGraph, name: str, value: FactValue) -> str:
    """A fact with its value, such as "eGFR 35 mL/min"."""
    label = brief_text(graph, name)
    fact = graph.vocabulary.facts.get(name)
    match value:
        case True:
            return label
        case False:
            return f"no {label}"
        case Fraction() | int():
            unit = fact.unit if fact else None
            return f"{label} {measured(number_text(Fraction(value)), unit)}"
        case str():
            return f"{label}: {value_label(graph, name, value)}"
