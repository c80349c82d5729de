"""An author's claim about every patient as an English sentence."""

from __future__ import annotations

from b12guide.graph.condition import ALWAYS
from b12guide.graph.model import RuleGraph
from b12guide.prove.invariants import Required
from b12guide.show.condition_text import condition_text
from b12guide.show.rule_text import action_text
from b12guide.show.wording import Audience, drug_text

__all__ = ["invariant_sentence"]


def invariant_sentence(
    invariant: Required, graph: RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """The claim, such as "Given eGFR below 50 mL/min: never cyanocobalamin."."""
    given = (
        "For every patient"
        if invariant.when == ALWAYS
        else f"Given {condition_text(invariant.when, graph, audience)}"
    )
    word = "never" if invariant.never else "always"
    text = f"{given}: {word} {_target(invariant, graph)}"
    if invariant.second is not None:
        text += f" before {drug_text(graph, invariant.second)}"
    return f"{text}."


def _target(invariant: Required, graph: RuleGraph) -> str:
    target = invariant.target
    if isinstance(target, str):
        return drug_text(graph, target)
    option = " as an option" if target.optional else ""
    return action_text(target.value, target.decision, graph) + option
