"""Everybody whom a small guideline can tell apart, by the reference evaluator (M58)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from attrs import evolve

from b12guide.evaluate.reference import (
    View,
    completions,
    facts_behind,
    record_of,
    stands,
)
from b12guide.graph.condition import Condition, record_claims
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Otherwise, Stated

NOBODY = Stated(values={}, otherwise=Otherwise.UNKNOWN)


def everybody(graph: RuleGraph) -> Iterator[tuple[View, list[View]]]:
    """Each record of a patient, with its completions.

    All facts are on record, but for those of which the guideline asks whether they are: these
    are on record or not.
    """
    worlds = completions(graph, NOBODY)
    claimed = sorted(claimed_facts(graph))
    for count in range(len(claimed) + 1):
        for missing in combinations(claimed, count):
            groups: dict[object, list[View]] = {}
            for world in worlds:
                known = [n for n in world.possible if n not in missing]
                values = [(name, *world.values(name)) for name in known]
                # "None of its values" is nothing that anybody could record.
                if not any(value == "" for _, value in values):
                    groups.setdefault(tuple(values), []).append(world)
            for group in groups.values():
                record = record_of(group, NOBODY)
                yield record, [evolve(world, record=record) for world in group]


def claimed_facts(graph: RuleGraph) -> set[str]:
    """The facts of which a guideline asks whether they are on record."""
    conditions: list[Condition] = [graph.scope]
    conditions += [rule.condition for rule in graph.rules.values()]
    conditions += [one.condition for one in graph.definitions.values()]
    claims = [claim for one in conditions for claim in record_claims(one)]
    return set[str]().union(*(facts_behind(one.operand, graph) for one in claims))


def applying(graph: RuleGraph, view: View) -> frozenset[str]:
    """The rules that apply, scope aside."""
    rules = graph.rules.items()
    return frozenset(name for name, rule in rules if stands(rule, view) == "applies")
