"""Which of many guidelines have nothing to say to a patient, told without asking them.

What every rule of a guideline needs are its *leads*: parts of its scope, and findings with which
its rules begin. Where a lead is certainly not so, no rule can apply, however the unknown turns out,
and the guideline is *idle*. Unknown is not "no": who may have something to say is asked.

Guidelines that share a vocabulary know the same of a patient. What is known, and what follows from
it, is worked out once for all of them, and each lead is looked at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from attrs import evolve, field, frozen

from b12guide.errors import PatientError
from b12guide.evaluate import explanation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.graph.condition import AllOf, Condition
from b12guide.graph.model import RuleGraph
from b12guide.patient.fact_names import FactNames
from b12guide.patient.model import Stated
from b12guide.truth import Truth

__all__ = ["Shared", "guidelines_by_words", "leads_of"]

MOST_LEADS = 8
"""A guideline whose rules begin with more findings than these is always asked."""

Leads: TypeAlias = tuple[Condition, ...]
"""Where all of these are certainly not so, no rule of a guideline applies."""


def leads_of(graph: RuleGraph) -> tuple[Leads, ...]:
    """The leads of a guideline, each of which is enough to tell that it is idle."""
    rules = [_needed_by(graph, name) for name in graph.rules]
    if not rules:
        return ()
    common = [part for part in rules[0] if all(part in others for others in rules[1:])]
    if common:
        return tuple((part,) for part in common)
    found: list[Condition] = []
    if not all(rules):
        return ()  # a rule for everybody needs nothing
    while rules and len(found) < MOST_LEADS:
        often = Counter(part for needed in rules for part in needed)
        lead, _ = max(often.items(), key=lambda one: one[1])
        found.append(lead)
        rules = [needed for needed in rules if lead not in needed]
    return () if rules else (tuple(found),)


def _needed_by(graph: RuleGraph, name: str) -> dict[Condition, None]:
    """What has to be so for a rule to apply."""
    rule = graph.rules[name]
    scope = () if rule.outside_scope else _parts(graph.scope)
    return dict.fromkeys((*scope, *_parts(rule.condition)))


def _parts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, AllOf):
        for one in condition.operands:
            yield from _parts(one)
    else:
        yield condition


@frozen(slots=False, eq=False, repr=False)
class Shared:
    """Guidelines that share their words, and all that these imply.

    Attributes:
        places: Their places among all guidelines.
        graph: One of them, without its rules.
        leads: Of each set of leads, the guidelines for which it is enough.
    """

    places: tuple[int, ...]
    graph: RuleGraph
    leads: Mapping[Leads, tuple[int, ...]] = field(repr=False)

    @cached_property
    def names(self) -> FactNames:
        """The names that they know."""
        return FactNames(self.graph)

    @cached_property
    def evaluator(self) -> Evaluator:
        """What follows from what is stated."""
        return Evaluator.of(self.graph)

    def known(self, stated: Stated, reading: Reading) -> Facts | None:
        """What is known of a patient; None where they will refuse the patient."""
        try:
            return implied_facts(stated, self.graph, self.evaluator.program, reading)
        except PatientError:
            return None

    def idle(self, stated: Stated, reading: Reading) -> frozenset[int]:
        """The places of those guidelines of which no rule can apply to a patient."""
        facts = self.known(stated, reading) if self.leads else None
        if facts is None:
            return frozenset()
        truths: dict[Condition, bool] = {}
        found: set[int] = set()
        for leads, places in self.leads.items():
            for lead in leads:
                if lead not in truths:
                    truth = explanation.truth(lead, self.graph, facts)
                    truths[lead] = truth is Truth.FALSE
                if not truths[lead]:
                    break
            else:
                found.update(places)
        return frozenset(found)


def guidelines_by_words(graphs: Sequence[RuleGraph]) -> tuple[Shared, ...]:
    """The guidelines, those together that share their words and what these imply."""
    kinds: list[tuple[RuleGraph, list[int]]] = []
    likely: dict[object, list[int]] = {}
    for place, graph in enumerate(graphs):
        bare = evolve(graph, rules={}, silences=(), conflicts=())
        some = likely.setdefault(_sketch(graph), [])
        same = next((n for n in some if _are_alike(kinds[n][0], bare)), None)
        if same is None:
            some.append(len(kinds))
            kinds.append((bare, [place]))
        else:
            kinds[same][1].append(place)
    return tuple(
        Shared(places=tuple(places), graph=bare, leads=_leads(graphs, places))
        for bare, places in kinds
    )


def _leads(
    graphs: Sequence[RuleGraph], places: Iterable[int]
) -> Mapping[Leads, tuple[int, ...]]:
    found: dict[Leads, list[int]] = {}
    for place in places:
        for leads in leads_of(graphs[place]):
            found.setdefault(leads, []).append(place)
    return {leads: tuple(some) for leads, some in found.items()}


def _sketch(graph: RuleGraph) -> object:
    """What guidelines that share their words have in common, and few others."""
    return (*graph.vocabulary.facts,), (*graph.definitions,), len(graph.implications)


def _are_alike(one: RuleGraph, other: RuleGraph) -> bool:
    return (
        one.vocabulary.facts == other.vocabulary.facts
        and one.definitions == other.definitions
        and one.implications == other.implications
        and one.ages == other.ages
        and one.currencies == other.currencies
    )
