"""What was concluded, as a fact of later rules.

`deficiency is confirmed` asks whether a rule concludes it, and a rule applies or not by its
condition and those of its exceptions. So it becomes a definition, `deficiency.confirmed`, whose
name no author can write, and whose condition is made of those of the rules that conclude the value:
engines, proofs and diagrams know definitions, and nothing of conclusions (M90).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from b12guide.graph.condition import AllOf, AnyOf, Condition, Defined, Not
from b12guide.graph.model import (
    Concluded,
    Conclusion,
    Definition,
    Grounds,
    Rule,
    RuleGraph,
)


def name_of(conclusion: str, value: str) -> str:
    """The name of the definition that stands for a value, which no author can write."""
    return f"{conclusion}.{value}"


def is_any_of(conclusion: str, values: Iterable[str]) -> Condition:
    """Whether one of the values was concluded."""
    asked = tuple(Defined(name_of(conclusion, value)) for value in values)
    return asked[0] if len(asked) == 1 else AnyOf(asked)


def written(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """The definitions that an author wrote."""
    return {n: one for n, one in definitions.items() if one.is_written}


def concluded(
    conclusions: Iterable[Conclusion], rules: Mapping[str, Rule]
) -> Iterator[Definition]:
    """A definition for each value of each conclusion.

    It holds where a rule that concludes the value, and does more than offer it, applies (M17).
    """
    by: dict[Concluded, list[Rule]] = {}
    for rule in rules.values():
        if isinstance(rule.value, Concluded) and not rule.optional:
            by.setdefault(rule.value, []).append(rule)
    for conclusion in conclusions:
        for value in conclusion.values:
            what = Concluded(conclusion=conclusion.name, value=value)
            behind = by.get(what, [])
            ways = tuple(_applies(rule, rules) for rule in behind)
            assumed = (name for rule in behind for name in rule.grounds.assumptions)
            yield Definition(
                name=name_of(conclusion.name, value),
                label=f"{conclusion.label} is {conclusion.value_label(value)}",
                condition=ways[0] if len(ways) == 1 else AnyOf(ways),
                concluded=what,
                grounds=Grounds(assumptions=tuple(dict.fromkeys(assumed))),
            )


def _applies(rule: Rule, rules: Mapping[str, Rule]) -> Condition:
    denied = tuple(Not(rules[name].condition) for name in rule.exceptions)
    return AllOf((rule.condition, *denied)) if denied else rule.condition


def with_conclusions(graph: RuleGraph) -> RuleGraph:
    """The graph with what its rules, which may have been changed, conclude."""
    conclusions = graph.vocabulary.conclusions
    if not conclusions:
        return graph
    own = {one.name: one for one in concluded(conclusions.values(), graph.rules)}
    return evolve(graph, definitions={**written(graph.definitions), **own})
