"""The answer for a professional: decisions first, then what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate.answer import (
    Question,
    Recommendation,
    RuleVerdict,
    Verdict,
)
from b12guide.graph.model import Decision
from b12guide.graph.query import brief_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.names import decision_text
from b12guide.say.words import capitalised, listing
from b12guide.show.citations import (
    challenge_items,
    citation_items,
    conflict_items,
    definition_details,
    grounds_details,
    rules_named,
    sources_of,
)
from b12guide.show.decision_lines import barred_rules, decision_items
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
}
"""Decisions on treatment; the grounds of the others are one `explain` away."""


def page_of(recommendation: Recommendation) -> Page:
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
        ("Conflicts in the guideline", conflict_items(recommendation)),
        ("Ask, most useful first", _questions(recommendation)),
    )
    behind = (
        ("Reasons, in the words of this encoding", _reasons(recommendation)),
        ("Overridden or undetermined rules", _given_way(recommendation)),
        ("Assumptions of this reading", _assumptions(recommendation)),
        (
            "Challenged by other evidence",
            challenge_items(recommendation.challenges, recommendation.graph),
        ),
        ("Citations", _citations(recommendation)),
    )
    return Page(
        title=recommendation.graph.title,
        particulars=tuple(particulars(recommendation)),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=items, is_behind=is_behind)
            for is_behind, sections in ((False, said), (True, behind))
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _notices(recommendation: Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for notice in recommendation.notices:
        rules = rules_named(graph, [notice.rule] if notice.rule else [])
        assumed = ", ".join(name for rule in rules for name in rule.assumptions)
        details = (
            *grounds_details(graph, rules),
            *([f"assuming {assumed}"] if assumed else []),
        )
        yield Item(text=capitalised(notice.text), details=details)


def _questions(recommendation: Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for question in recommendation.questions[:_MOST_QUESTIONS]:
        yield _question(question, recommendation)
    further = recommendation.questions[_MOST_QUESTIONS:]
    if further:
        labels = listing(brief_text(graph, question.fact) for question in further)
        yield Item(text=f"Then: {labels}", tone=Tone.QUIET)


def _question(question: Question, recommendation: Recommendation) -> Item:
    decides = listing(decision_text(d).lower() for d in question.decides)
    details = [f"decides {decides}"] if question.decides else []
    if question.behind:
        labels = [brief_text(recommendation.graph, fact) for fact in question.behind]
        details.append(f"any of: {', '.join(labels)}")
    return Item(text=f"{capitalised(question.label)}?", details=tuple(details))


def _reasons(recommendation: Recommendation) -> Iterator[Item]:
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
        speaks = verdict.verdict is Verdict.APPLIES and not rule.optional
        speaks &= rule.name not in barred
        if speaks and rule.decision in _EXPLAINED and rule.grounds.because:
            yield Item(text=capitalised(rule.grounds.because), details=(rule.name,))


def _given_way(recommendation: Recommendation) -> Iterator[Item]:
    for verdict in recommendation.rules:
        match verdict:
            case RuleVerdict(verdict=Verdict.OVERRIDDEN):
                others = listing(verdict.overridden_by)
                text = f"{verdict.rule.name} is overridden by {others}"
            case RuleVerdict(verdict=Verdict.INDETERMINATE):
                text = f"{verdict.rule.name}: undetermined: the threshold is a range"
            case _:
                continue
        details = definition_details(recommendation.graph, verdict.rule.grounds)
        yield Item(text=text, details=details)


def _assumptions(recommendation: Recommendation) -> Iterator[Item]:
    for assumption in recommendation.assumptions:
        yield Item(label=assumption.name, text=assumption.text)


def _citations(recommendation: Recommendation) -> tuple[Item, ...]:
    """Everything cited by a rule that speaks in this answer, or that challenges one."""
    speaking = [
        verdict.rule
        for verdict in recommendation.rules
        if verdict.verdict is not Verdict.DOES_NOT_APPLY
    ]
    names = [*sources_of(speaking)]
    names += [name for c in recommendation.challenges for name in c.by]
    return citation_items(recommendation.graph, names)
