"""The answer for the patient: the guideline's own plain words, few of them, and what to ask."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate.answer import Outcome, Recommendation, Verdict
from b12guide.evaluate.silence import silences_about
from b12guide.graph.model import Decision
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import guideline_particulars
from b12guide.show.unaddressed import (
    PATIENT_HEADING,
    unaddressed,
    unaddressed_beside,
)
from b12guide.show.wording import (
    PATIENT_NOTICE,
    Audience,
    capitalised,
    decision_text,
    listing,
)
from b12guide.truth import Truth

__all__ = ["page_of"]


def page_of(recommendation: Recommendation) -> Page:
    """A short page in plain words."""
    graph = recommendation.graph
    sections = (
        ("About this guideline", _scope(recommendation)),
        (
            PATIENT_HEADING,
            unaddressed(recommendation.silences, graph, Audience.PATIENT),
        ),
        *(
            (
                decision_text(decision, Audience.PATIENT),
                _decision(recommendation, decision),
            )
            for decision in Decision
        ),
        ("Questions that would help", _questions(recommendation)),
    )
    return Page(
        title=recommendation.graph.title,
        particulars=tuple(guideline_particulars(recommendation.graph)),
        notice=PATIENT_NOTICE,
        sections=tuple(
            Section(title=title, items=items)
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _scope(recommendation: Recommendation) -> Iterator[Item]:
    if recommendation.scope is Truth.FALSE:
        text = "It was not written for someone in your situation."
        yield Item(text=text, tone=Tone.CAUTION)


def _decision(recommendation: Recommendation, decision: Decision) -> Iterator[Item]:
    """What the rules that apply say to the patient, each text once."""
    texts = dict.fromkeys(
        (verdict.rule.grounds.patient, verdict.rule.optional)
        for verdict in recommendation.rules
        if verdict.verdict is Verdict.APPLIES
        and verdict.rule.decision is decision
        and verdict.rule.grounds.patient
    )
    for text, optional in texts:
        before = "Another possibility: " if optional else ""
        yield Item(text=before + capitalised(text or ""))
    yield from unaddressed_beside(
        silences_about(recommendation, decision), recommendation.graph, Audience.PATIENT
    )
    decided = recommendation.decisions.get(decision)
    if decided is None:
        return
    if decided.outcome is Outcome.CONFLICT:
        text = (
            "The guideline says more than one thing here, and they do not fit together. "
            "Ask which of them is meant for you."
        )
        yield Item(text=text, tone=Tone.CAUTION)
    if decided.outcome is Outcome.DEPENDS:
        text = (
            "This depends on something that is not known yet; see the questions below."
        )
        yield Item(text=text, tone=Tone.QUIET)


def _questions(recommendation: Recommendation) -> Iterator[Item]:
    for question in recommendation.questions:
        titles = (decision_text(d, Audience.PATIENT) for d in question.decides)
        topics = listing(title.lower() for title in titles)
        details = (f"matters for: {topics}",) if question.decides else ()
        yield Item(text=f"{capitalised(question.label)}?", details=details)
