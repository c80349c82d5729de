"""The answer for a professional: decisions first, then what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate import answer
from b12guide.graph.model import Decision
from b12guide.graph.query import brief_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.derived_text import equation_text
from b12guide.say.names import asked_as, decision_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, listing
from b12guide.show import citations
from b12guide.show.decision_lines import barred_rules, decision_items, spoken_of
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import HEADING, particulars, unaddressed

_MOST_QUESTIONS = 8
_EXPLAINED = {
    Decision.FORM,
    Decision.LOADING,
    Decision.MAINTENANCE,
    Decision.ADJUNCT,
    Decision.PERMISSION,
    Decision.CONTINUATION,
    Decision.CHANGE,
    Decision.REFERRAL,
}
"""Decisions on treatment; the grounds of the others are one `explain` away."""


def page_of(recommendation: answer.Recommendation) -> Page:
    """The whole answer with strength, certainty, statements and citations."""
    said = (
        (
            HEADING,
            unaddressed(
                recommendation.silences,
                recommendation.graph,
                own=recommendation.stated.own,
            ),
        ),
        ("What it says", decision_items(recommendation)),
        ("Notices", _notices(recommendation)),
        ("Conflicts in the guideline", citations.conflict_items(recommendation)),
        ("Ask, most useful first", _questions(recommendation)),
    )
    behind = (
        ("Reasons, in the words of this encoding", _reasons(recommendation)),
        ("Overridden or undetermined rules", _given_way(recommendation)),
        ("Assumptions of this reading", _assumptions(recommendation)),
        (
            "Challenged by other evidence",
            citations.challenge_items(recommendation.challenges, recommendation.graph),
        ),
        ("Citations", _citations(recommendation)),
    )
    return Page(
        title=recommendation.graph.title,
        warning=validity_text(recommendation.graph, recommendation.on),
        particulars=tuple(particulars(recommendation)),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=items, is_behind=is_behind)
            for is_behind, sections in ((False, said), (True, behind))
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _notices(recommendation: answer.Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for notice in recommendation.notices:
        rules = citations.rules_named(graph, [notice.rule] if notice.rule else [])
        assumed = ", ".join(name for rule in rules for name in rule.assumptions)
        details = (
            *citations.grounds_details(graph, rules),
            *([f"assuming {assumed}"] if assumed else []),
        )
        yield Item(text=capitalised(notice.text), details=details)


def _questions(recommendation: answer.Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for question in recommendation.questions[:_MOST_QUESTIONS]:
        yield _question(question, recommendation)
    further = recommendation.questions[_MOST_QUESTIONS:]
    if further:
        labels = listing(brief_text(graph, question.fact) for question in further)
        yield Item(text=f"Then: {labels}", tone=Tone.QUIET)


def _question(question: answer.Question, recommendation: answer.Recommendation) -> Item:
    decisions = spoken_of(question.decides, recommendation.graph)
    decides = listing(decision_text(d).lower() for d in decisions)
    details = [f"decides {decides}"] if decisions else []
    if question.behind:
        labels = [brief_text(recommendation.graph, fact) for fact in question.behind]
        details.append(f"any of: {', '.join(labels)}")
    if question.instead:
        graph = recommendation.graph
        parts = listing(brief_text(graph, fact) for fact in question.instead)
        details.append(f"or, by {equation_text(graph, question.fact)}: {parts}")
    asks = asked_as(question.fact, recommendation.graph)
    text = asks or f"{capitalised(question.label)}?"
    return Item(text=text, details=tuple(details))


def _reasons(recommendation: answer.Recommendation) -> Iterator[Item]:
    """Why the rules on treatment say what they say, what they merely permit left out.

    A reason is in the words of those who encoded the guideline. It goes with the name of its rule,
    and carries neither the number nor the strength of a statement: those stand beside the advice.
    """
    barred = {
        rule
        for decided in recommendation.decisions.values()
        for rule in barred_rules(decided)
    }
    for verdict in recommendation.rules:
        rule = verdict.rule
        speaks = verdict.verdict is answer.Verdict.APPLIES and not rule.optional
        speaks &= rule.name not in barred
        if speaks and rule.decision in _EXPLAINED and rule.grounds.because:
            yield Item(text=capitalised(rule.grounds.because), details=(rule.name,))


def _given_way(recommendation: answer.Recommendation) -> Iterator[Item]:
    for verdict in recommendation.rules:
        match verdict:
            case answer.RuleVerdict(verdict=answer.Verdict.OVERRIDDEN):
                others = listing(verdict.overridden_by)
                text = f"{verdict.rule.name} is overridden by {others}"
            case answer.RuleVerdict(verdict=answer.Verdict.INDETERMINATE):
                text = f"{verdict.rule.name}: undetermined: the threshold is a range"
            case _:
                continue
        details = citations.definition_details(
            recommendation.graph, verdict.rule.grounds
        )
        yield Item(text=text, details=details)


def _assumptions(recommendation: answer.Recommendation) -> Iterator[Item]:
    for assumption in recommendation.assumptions:
        yield Item(label=assumption.name, text=assumption.text)


def _citations(recommendation: answer.Recommendation) -> tuple[Item, ...]:
    """Everything cited by a rule that speaks in this answer, or that challenges one."""
    speaking = [
        verdict.rule
        for verdict in recommendation.rules
        if verdict.verdict is not answer.Verdict.DOES_NOT_APPLY
    ]
    names = [*citations.sources_of(speaking)]
    names += [name for c in recommendation.challenges for name in c.by]
    return citations.citation_items(recommendation.graph, names)
