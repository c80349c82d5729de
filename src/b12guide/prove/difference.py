"""What changed from one guideline to another: its rules, and how patients are treated."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.prove.comparison import Compared, Comparison, Sameness

__all__ = ["Change", "Difference", "Treated", "difference", "rule_changes"]


class Change(Enum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REWORDED = "reworded"


@frozen(kw_only=True)
class RuleChange:
    """One rule that is not the same in both.

    Attributes:
        parts: What of it differs, such as the condition.
    """

    name: str
    change: Change
    parts: tuple[str, ...] = ()


@frozen(kw_only=True)
class Treated:
    """One decision in both, with what either guideline answers about the witness."""

    compared: Compared
    old: Recommendation | None = None
    new: Recommendation | None = None


@frozen(kw_only=True)
class Difference(Answer):
    """Everything that differs between two guidelines."""

    old: RuleGraph = field(repr=False)
    new: RuleGraph = field(repr=False)
    rules: tuple[RuleChange, ...]
    treated: tuple[Treated, ...]

    @property
    def is_proved_same(self) -> bool:
        """Whether it is proved that nobody is treated differently."""
        return all(one.compared.sameness is Sameness.SAME for one in self.treated)


def difference(old: RuleGraph, new: RuleGraph) -> Difference:
    """What differs between two guidelines that share a vocabulary."""
    comparison = Comparison.of(old, new)
    sides = (Evaluator.of(old), Evaluator.of(new))
    compared = [
        comparison.scope(),
        *(comparison.decision(decision) for decision in Decision),
    ]
    return Difference(
        old=old,
        new=new,
        rules=tuple(rule_changes(old, new)),
        treated=tuple(_treated(one, *sides) for one in compared),
    )


def _treated(compared: Compared, old: Evaluator, new: Evaluator) -> Treated:
    witness = compared.witness
    if witness is None:
        return Treated(compared=compared)
    return Treated(
        compared=compared,
        old=recommend(old, witness.stated, reading=witness.reading),
        new=recommend(new, witness.stated, reading=witness.reading),
    )


# --------------------------------------------------------------------------- rules


def rule_changes(old: RuleGraph, new: RuleGraph) -> Iterator[RuleChange]:
    """The rules that are not the same, in the order of the new guideline."""
    for name in old.rules:
        if name not in new.rules:
            yield RuleChange(name=name, change=Change.REMOVED)
    for name, rule in new.rules.items():
        if name not in old.rules:
            yield RuleChange(name=name, change=Change.ADDED)
            continue
        meaning = tuple(_meaning(old.rules[name], rule))
        wording = tuple(_wording(old.rules[name], rule))
        if meaning:
            parts = (*meaning, *wording)
            yield RuleChange(name=name, change=Change.CHANGED, parts=parts)
        elif wording:
            yield RuleChange(name=name, change=Change.REWORDED, parts=wording)


def _meaning(old: Rule, new: Rule) -> Iterator[str]:
    if old.condition != new.condition:
        yield "condition"
    if (old.decision, old.value) != (new.decision, new.value):
        yield "advice"
    if old.optional is not new.optional:
        yield "option"
    if set(old.exception_to) != set(new.exception_to):
        yield "exception to"
    if old.outside_scope is not new.outside_scope:
        yield "outside scope"


def _wording(old: Rule, new: Rule) -> Iterator[str]:
    if old.title != new.title:
        yield "title"
    if old.grounds.strength is not new.grounds.strength:
        yield "strength"
    if (old.grounds.statements, old.grounds.sources, old.grounds.section) != (
        new.grounds.statements,
        new.grounds.sources,
        new.grounds.section,
    ):
        yield "citation"
    if (old.grounds.because, old.grounds.patient) != (
        new.grounds.because,
        new.grounds.patient,
    ):
        yield "explanation"
    if old.assumptions != new.assumptions:
        yield "assumptions"
    if old.grounds.challenges != new.grounds.challenges:
        yield "challenges"
