"""The answer for a professional: decisions first, then what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.evaluate.answer import (
    Conflict,
    Question,
    Recommendation,
    RuleVerdict,
    Side,
    Verdict,
)
from b12guide.graph.model import Decision
from b12guide.show.advice import advice_text
from b12guide.show.decided import decision_items, rules_named
from b12guide.show.grounds import (
    citation_items,
    citation_numbers,
    definition_details,
    grounds_details,
    sources_of,
)
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import particulars
from b12guide.show.wording import (
    EDUCATION_NOTICE,
    capitalised,
    decision_text,
    fact_text,
    listing,
)

__all__ = ["professional_page"]


def professional_page(recommendation: Recommendation) -> Page:
    """The whole answer with strength, certainty, statements and citations."""
    sections = (
        ("What it says", decision_items(recommendation)),
        ("Notices", _notices(recommendation)),
        ("Conflicts in the guideline", _conflicts(recommendation)),
        ("Worth asking, most useful first", _questions(recommendation)),
        ("Reasons", _reasons(recommendation)),
        ("Gave way or left open", _given_way(recommendation)),
        ("Not addressed by the guideline", _silences(recommendation)),
        ("Assumptions of this reading", _assumptions(recommendation)),
        ("Challenged by other evidence", _challenges(recommendation)),
        ("Citations", _citations(recommendation)),
    )
    return Page(
        title=recommendation.graph.title,
        particulars=tuple(particulars(recommendation)),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=title, items=items)
            for title, section in sections
            if (items := tuple(section))
        ),
    )


def _notices(recommendation: Recommendation) -> Iterator[Item]:
    for notice in recommendation.notices:
        names = [notice.rule] if notice.rule else []
        rules = rules_named(recommendation, names)
        yield Item(
            text=capitalised(notice.text),
            details=grounds_details(recommendation.graph, rules),
        )


def _conflicts(recommendation: Recommendation) -> Iterator[Item]:
    for conflict in recommendation.conflicts:
        yield Item(
            label=decision_text(conflict.decision),
            text=_conflict_text(conflict, recommendation),
            tone=Tone.CAUTION,
            items=tuple(_side(side, recommendation) for side in conflict.sides),
        )


def _conflict_text(conflict: Conflict, recommendation: Recommendation) -> str:
    text = "These cannot all be followed"
    if not conflict.certain:
        text = "These may contradict each other"
    if conflict.facts:
        graph = recommendation.graph
        text += f", depending on {listing(fact_text(graph, f) for f in conflict.facts)}"
    sentences = [text]
    if conflict.expected:
        sentences.append("The source itself leaves it open")
    if conflict.note:
        sentences.append(capitalised(conflict.note.rstrip(".")))
    return "".join(f"{sentence}. " for sentence in sentences).strip()


def _side(side: Side, recommendation: Recommendation) -> Item:
    rules = rules_named(recommendation, side.rules)
    return Item(
        text=advice_text(side.advice, recommendation.graph),
        details=(
            *grounds_details(recommendation.graph, rules),
            ", ".join(side.rules),
        ),
    )


def _questions(recommendation: Recommendation) -> Iterator[Item]:
    return (_question(q, recommendation) for q in recommendation.questions)


def _question(question: Question, recommendation: Recommendation) -> Item:
    decides = listing(decision_text(d).lower() for d in question.decides)
    details = [f"decides {decides}"] if question.decides else []
    if question.behind:
        labels = [fact_text(recommendation.graph, fact) for fact in question.behind]
        details.append(f"any of: {', '.join(labels)}")
    return Item(text=f"{capitalised(question.label)}?", details=tuple(details))


def _reasons(recommendation: Recommendation) -> Iterator[Item]:
    """Why each rule that applies says what it says; remarks are among the notices."""
    for verdict in recommendation.rules:
        rule = verdict.rule
        if verdict.verdict is not Verdict.APPLIES or rule.decision is Decision.NOTE:
            continue
        if rule.grounds.because:
            yield Item(
                text=capitalised(rule.grounds.because),
                details=(
                    rule.name,
                    *definition_details(recommendation.graph, rule.grounds),
                ),
            )


def _given_way(recommendation: Recommendation) -> Iterator[Item]:
    for verdict in recommendation.rules:
        match verdict:
            case RuleVerdict(verdict=Verdict.OVERRIDDEN):
                text = (
                    f"{verdict.rule.name} gives way to {listing(verdict.overridden_by)}"
                )
            case RuleVerdict(verdict=Verdict.INDETERMINATE):
                text = f"{verdict.rule.name}: the source's own threshold leaves it open"
            case _:
                continue
        details = definition_details(recommendation.graph, verdict.rule.grounds)
        yield Item(text=text, details=details)


def _silences(recommendation: Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for silence in recommendation.silences:
        topics = capitalised(listing(fact_text(graph, t) for t in silence.topics))
        text = f"{topics}: {silence.text}" if silence.text else topics
        yield Item(text=text, details=silence.noted_as)


def _assumptions(recommendation: Recommendation) -> Iterator[Item]:
    for assumption in recommendation.assumptions:
        yield Item(label=assumption.name, text=assumption.text)


def _challenges(recommendation: Recommendation) -> Iterator[Item]:
    graph = recommendation.graph
    for challenge in recommendation.challenges:
        yield Item(
            label=challenge.name,
            text=challenge.text,
            details=tuple(citation_numbers(graph, challenge.by)),
        )


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
