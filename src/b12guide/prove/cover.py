"""The examples that are missing: few patients who together make every rule decisive."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.prove.by_worlds import Search
from b12guide.prove.given import given_text
from b12guide.prove.replay import applying
from b12guide.prove.smallest import Witness
from b12guide.trial.coverage import decisive_rules

__all__ = ["covering", "missing_examples"]


def covering(rules: Iterable[str], graph: RuleGraph) -> dict[Witness, tuple[str, ...]]:
    """Few patients, each with those of `rules` that they are the first to make decisive.

    A rule to which nobody can be found stays without a patient.
    """
    search = Search.of(graph)
    left = dict.fromkeys(rules)
    candidates = _candidates(left, search)
    found: dict[Witness, tuple[str, ...]] = {}
    while candidates:
        best = max(candidates, key=lambda w: sum(r in left for r in candidates[w]))
        reached = tuple(rule for rule in candidates.pop(best) if rule in left)
        if not reached:
            break
        found[best] = reached
        for rule in reached:
            del left[rule]
    return found


def _candidates(rules: Iterable[str], search: Search) -> dict[Witness, tuple[str, ...]]:
    """The smallest patient of each rule, with all the rules that they make decisive."""
    candidates: dict[Witness, tuple[str, ...]] = {}
    for name in rules:
        rule = search.graph.rules[name]
        cone = search.cone_of((rule,))
        if cone is None:
            continue
        inside = search.in_scope(cone)
        addressed = cone.everybody & ~inside if rule.outside_scope else inside
        test = applying((name,), search.original)
        found = search.witness(cone, addressed & cone.applies(name), test)
        if isinstance(found, Witness):
            answer = recommend(search.original, found.stated, reading=found.reading)
            decisive = decisive_rules(answer)
            candidates[found] = tuple(n for n in search.graph.rules if n in decisive)
    return candidates


def missing_examples(rules: Iterable[str], graph: RuleGraph) -> str:
    """A file of examples that make `rules` decisive, to be read over by the author."""
    blocks = [f"language 1\nexamples for {graph.name}\n"]
    for witness, reached in covering(rules, graph).items():
        lines = [
            f'example "{" and ".join(reached)}"',
            f"    given  {given_text(witness.values, graph)}",
            *(f"    expect rule {name} applies" for name in reached),
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)
