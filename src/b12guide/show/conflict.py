"""Conflicts of the guideline with itself, as few as tell the whole story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from b12guide.evaluate.answer import Advice, Conflict, Recommendation, Side
from b12guide.graph.model import Decision
from b12guide.show.advice import advice_text
from b12guide.show.grounds import grounds_details, rules_named
from b12guide.show.page import Item, Tone
from b12guide.show.wording import brief_text, capitalised, decision_text, listing

__all__ = ["conflict_items", "side_items", "sides_of"]


def conflict_items(recommendation: Recommendation) -> Iterator[Item]:
    """Each certain conflict with its sides; those that may come true together, per decision."""
    for conflict in recommendation.conflicts:
        if conflict.certain:
            yield _item([conflict], recommendation)
    possible = _smallest([c for c in recommendation.conflicts if not c.certain])
    for _, group in groupby(possible, key=lambda c: c.decision):
        yield _item(list(group), recommendation)


def _smallest(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """The conflicts that do not merely contain another one."""
    order = list(Decision)
    rules = {id(c): frozenset(r for s in c.sides for r in s.rules) for c in conflicts}
    kept = [
        conflict
        for conflict in conflicts
        if not any(
            other.decision is conflict.decision
            and rules[id(other)] < rules[id(conflict)]
            for other in conflicts
        )
    ]
    return sorted(kept, key=lambda c: order.index(c.decision))


def _item(conflicts: Sequence[Conflict], recommendation: Recommendation) -> Item:
    return Item(
        label=decision_text(conflicts[0].decision),
        text=_text(conflicts, recommendation),
        tone=Tone.CAUTION,
        items=tuple(side_items(conflicts, recommendation)),
    )


def _text(conflicts: Sequence[Conflict], recommendation: Recommendation) -> str:
    graph = recommendation.graph
    facts = dict.fromkeys(fact for conflict in conflicts for fact in conflict.facts)
    certain = all(conflict.certain for conflict in conflicts)
    sentence = "these cannot be followed together" if certain else "these may collide"
    if facts:
        sentence += f", depending on {listing(brief_text(graph, f) for f in facts)}"
    sentences = [sentence]
    if all(conflict.expected for conflict in conflicts):
        sentences.append("the source itself leaves it open")
    if certain:
        sentences += [c.note.rstrip(".") for c in conflicts if c.note]
    return " ".join(f"{capitalised(sentence)}." for sentence in sentences)


def side_items(
    conflicts: Iterable[Conflict], recommendation: Recommendation
) -> Iterator[Item]:
    """The sides of some conflicts on one decision, each with its own authority."""
    for rules, advice in sides_of(side for one in conflicts for side in one.sides):
        yield _side(rules, advice, recommendation)


def sides_of(
    sides: Iterable[Side],
) -> tuple[tuple[tuple[str, ...], tuple[Advice, ...]], ...]:
    """The rules of each side with everything that they offer to choose from."""
    found: dict[tuple[str, ...], dict[Advice, None]] = {}
    for side in sides:
        found.setdefault(side.rules, {})[side.advice] = None
    return tuple((rules, tuple(advice)) for rules, advice in found.items())


def _side(
    rules: tuple[str, ...], advice: Sequence[Advice], recommendation: Recommendation
) -> Item:
    graph = recommendation.graph
    behind = rules_named(graph, rules)
    strengths = (rule.grounds.strength for rule in behind)
    return Item(
        text=" or ".join(advice_text(one, graph) for one in advice),
        details=(
            ", ".join(rules),
            *dict.fromkeys(strength.value for strength in strengths if strength),
            *grounds_details(graph, behind),
        ),
    )
