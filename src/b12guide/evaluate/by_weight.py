"""Doses that go by the weight of the patient: what they come to, and who is asked what they weigh.

Rules are composed as they stand (M95): two doses by weight are the same where they are so for every
weight. Only then is it worked out what a dose comes to for the patient, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import evolve

from b12guide.evaluate.answer import Conflict, Decided, NotOffered, Option, Side
from b12guide.evaluate.memory import once
from b12guide.graph.model import Decision, Regimens, RuleGraph
from b12guide.patient.model import FactValue
from b12guide.regimen.model import Phase, Regimen
from b12guide.values.unit import convert, parse_unit


def weights(
    graph: RuleGraph, known: Mapping[str, FactValue]
) -> Mapping[str, Fraction | None]:
    """What a patient weighs, in kilograms, by the measures that some dose goes by."""
    return {name: _kilograms(graph, name, known.get(name)) for name in measures(graph)}


@once
def measures(graph: RuleGraph) -> tuple[str, ...]:
    """The measures by which the doses of a guideline go."""
    found: dict[str, None] = {}
    for rule in graph.rules.values():
        if isinstance(rule.value, Regimens):
            found |= dict.fromkeys(_measures_of(rule.value.regimens))
    return tuple(found)


def _measures_of(regimens: Iterable[Regimen]) -> Iterator[str]:
    for regimen in regimens:
        for phase in regimen.phases:
            if phase.dose.measure is not None:
                yield phase.dose.measure


def _kilograms(graph: RuleGraph, name: str, value: FactValue | None) -> Fraction | None:
    unit = graph.vocabulary.facts[name].unit
    own, kilogram = parse_unit(unit or ""), parse_unit("kg")
    if (
        value is None
        or isinstance(value, bool | str)
        or own is None
        or kilogram is None
    ):
        return None
    return convert(Fraction(value), own, kilogram)


def weighed_phase(phase: Phase, known: Mapping[str, Fraction | None]) -> Phase:
    """The phase with the weight of the patient, where its dose goes by it."""
    measure = phase.dose.measure
    weight = None if measure is None else known.get(measure)
    if weight is None:
        return phase
    return evolve(phase, dose=evolve(phase.dose, weight=weight))


def weighed(regimen: Regimen, known: Mapping[str, Fraction | None]) -> Regimen:
    """The regimen with the weight of the patient, where a dose goes by it."""
    return Regimen(tuple(weighed_phase(phase, known) for phase in regimen.phases))


def with_weight(decided: Decided, known: Mapping[str, Fraction | None]) -> Decided:
    """A decision with what its doses come to for a patient."""

    def option(one: Option) -> Option:
        if not isinstance(one.advice, Regimen):
            return one
        return evolve(one, advice=weighed(one.advice, known))

    def not_offered(one: NotOffered) -> NotOffered:
        if not isinstance(one.advice, Regimen):
            return one
        return evolve(one, advice=weighed(one.advice, known))

    return evolve(
        decided,
        options=tuple(map(option, decided.options)),
        not_offered=tuple(map(not_offered, decided.not_offered)),
    )


def conflict_with_weight(
    conflict: Conflict, known: Mapping[str, Fraction | None]
) -> Conflict:
    """A conflict with what the doses of its sides come to for a patient."""

    def side(one: Side) -> Side:
        if not isinstance(one.advice, Regimen):
            return one
        return evolve(one, advice=weighed(one.advice, known))

    return evolve(conflict, sides=tuple(map(side, conflict.sides)))


def weights_in(decided: Decided) -> tuple[str, ...]:
    """The measures of weight by which some dose goes of which a decision speaks."""
    regimens = [o.advice for o in decided.options if isinstance(o.advice, Regimen)]
    return tuple(dict.fromkeys(_measures_of(regimens)))


def waiting_for_weight(
    decisions: Mapping[Decision, Decided], known: Mapping[str, Fraction | None]
) -> Mapping[str, tuple[Decision, ...]]:
    """The measures of weight that are not known, with the decisions whose doses go by them."""
    found: dict[str, dict[Decision, None]] = {}
    for decision, decided in decisions.items():
        for name in weights_in(decided):
            if known.get(name) is None:
                found.setdefault(name, {})[decision] = None
    return {name: tuple(decided) for name, decided in found.items()}
