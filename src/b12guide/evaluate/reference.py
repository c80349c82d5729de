"""The meaning of a guideline, written once more: slowly, to be read beside docs/meaning.md.

`answer` goes through every completion of what is unknown of a patient, asks every rule in each, and
puts together what the rules that apply say. It keeps nothing for later and shares nothing with the
engine but the graph; engine, cohort columns, proofs and conformance kit are held to it.

Its other chapters are `reference_facts` (what is known, what is true), `reference_lines` (advice in
plain values), `reference_composition` (several rules at once), `reference_questions` (what to ask).
Each function names the rules that it writes down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from attrs import evolve, frozen

from b12guide.evaluate.reference_composition import Said, compose, followed
from b12guide.evaluate.reference_facts import View, completions, record_of, truth
from b12guide.evaluate.reference_lines import NOBODY, NOT_NEEDED, Line, Names
from b12guide.graph import condition as c
from b12guide.graph.model import Decision, Rule, RuleGraph, Silence
from b12guide.patient.model import Stated
from b12guide.truth import Truth, any_of
from b12guide.values.term import Kind

DECISIONS = tuple(decision for decision in Decision if decision is not Decision.NOTE)


class Option(NamedTuple):
    """A line of a decision (M23)."""

    line: Line
    is_beside: bool
    is_certain: bool
    rules: Names


@frozen(kw_only=True)
class Decided:
    """A decision over all completions; a conflict is given by its rules (M23, M24)."""

    outcome: str
    options: frozenset[Option]
    conflicts: frozenset[Names]
    not_offered: frozenset[tuple[Line, Names, Names]]


@frozen(kw_only=True)
class Answer:
    """What a guideline says about a patient; `cases` has what is said in each completion."""

    scope: str
    verdicts: Mapping[str, str]
    decisions: Mapping[Decision, Decided]
    silences: frozenset[Names]
    cases: Sequence[tuple[View, Mapping[Decision, Said]]]


def answer(graph: RuleGraph, stated: Stated) -> Answer | None:
    """The answer about a patient (M16, M22); None for somebody who cannot be (M5)."""
    worlds = completions(graph, stated)
    if not worlds:
        return None
    record = record_of(worlds, stated)
    scope = truth(graph.scope, record)
    inside = [rule for rule in graph.rules.values() if not rule.outside_scope]
    said: dict[Names, Mapping[Decision, Said]] = {}
    cases = []
    for world in (evolve(world, record=record) for world in worlds):
        applying = [
            x
            for x in inside
            if scope is not Truth.FALSE and stands(x, world) == "applies"
        ]
        names = frozenset(rule.name for rule in applying)
        if names not in said:  # the same rules say the same
            said[names] = {one: compose(one, applying) for one in DECISIONS}
        cases.append((world, said[names]))
    decisions = {
        one: decided(one, [found[one] for found in said.values()]) for one in DECISIONS
    }
    return Answer(
        scope=scope.value,
        verdicts={name: verdict(rule, record) for name, rule in graph.rules.items()},
        decisions={
            one: with_drugs(found, decisions[Decision.FORM])
            for one, found in decisions.items()
        },
        silences=frozenset() if scope is Truth.FALSE else silences(record),
        cases=cases,
    )


# ---- verdicts


def stands(rule: Rule, view: View) -> str:
    """The verdict of a rule, scope aside (M17, M18)."""
    own = truth(rule.condition, view)
    exceptions = (view.graph.rules[name].condition for name in rule.exceptions)
    excepted = any_of(truth(condition, view) for condition in exceptions)
    if own is Truth.FALSE:
        return "does not apply"
    if own is Truth.UNKNOWN or excepted is Truth.UNKNOWN:
        return "unknown"
    return "overridden" if excepted is Truth.TRUE else "applies"


def verdict(rule: Rule, record: View) -> str:
    """The verdict of a rule; an open one is indeterminate if each reading settles it (M16-M19)."""
    is_outside = truth(record.graph.scope, record) is Truth.FALSE
    if rule.outside_scope is not is_outside:
        return "does not apply"
    found = stands(rule, record)
    readings = [stands(rule, read(record, upper)) for upper in (False, True)]
    return (
        "indeterminate" if found == "unknown" and "unknown" not in readings else found
    )


def read(record: View, upper: bool) -> View:
    """The record, with each bound that is printed as a range read at one of its ends (M19)."""
    possible = {
        name: frozenset(s for s in found if s[1] is upper or (s[0], upper) not in found)
        for name, found in record.possible.items()
    }
    return evolve(record, possible=possible)


# ---- decisions


def decided(decision: Decision, cases: Sequence[Said]) -> Decided:
    """A decision on which each completion has its say (M23, M24).

    A line is certain if each completion advises it, or something within which it lies.
    """
    outcomes = {(said.outcome, frozenset(said.default)) for said in cases}
    conflicts = {frozenset(said.sides) for said in cases} - {NOBODY}
    options = set[Option]()
    for is_beside in (False, True):
        found = [said.beside if is_beside else said.default for said in cases]
        for line, rules in behind(pair for some in found for pair in some.items()):
            # That nothing is needed is an outcome, and not a line that others lie within.
            advised = [
                ({*said.default} - {NOT_NEEDED}).union(said.beside if is_beside else ())
                for said in cases
            ]
            is_certain = all(
                any(followed([line, x], decision) == [line] for x in some)
                for some in advised
            )
            if is_beside or line != NOT_NEEDED:
                options.add(Option(line, is_beside, is_certain, rules))
    lost = behind(
        ((x, drugs), by) for said in cases for x, drugs, by in said.not_offered
    )
    return Decided(
        outcome=outcomes.pop()[0] if len(outcomes) == 1 else "depends",
        options=frozenset(options),
        conflicts=frozenset(x for x in conflicts if not any(y < x for y in conflicts)),
        not_offered=frozenset((line, drugs, by) for (line, drugs), by in lost),
    )


def behind(pairs: Iterable[tuple[Any, Names]]) -> list[tuple[Any, Names]]:
    """Each thing with the rules that say it wherever it is said, or all where there are none."""
    found: dict[Any, list[Names]] = {}
    for thing, rules in pairs:
        found.setdefault(thing, []).append(rules)
    return [
        (x, frozenset.intersection(*by) or NOBODY.union(*by)) for x, by in found.items()
    ]


def with_drugs(found: Decided, form: Decided) -> Decided:
    """A decision whose doses all name their drugs: their own, else those of the form (M49).

    Those are the drugs of which the form is certain; where it is of none, all that it may come to.
    """
    named = [(option, dict(option.line).get((0, "form"))) for option in form.options]
    offered = [(option.is_certain, drugs) for option, drugs in named if drugs]
    is_certain = any(certain for certain, _ in offered)
    drugs = NOBODY.union(
        *(some for certain, some in offered if certain or not is_certain)
    )
    options = set[Option]()
    for option in found.options:
        slots = dict(option.line)
        _, _, phases = slots.get((0, "phases"), ("phases", 0, 0))
        for i in range(1, phases + 1 if drugs else 0):
            slots.setdefault((i, "drugs"), drugs)
        options.add(option._replace(line=frozenset(slots.items())))
    return evolve(found, options=frozenset(options))


# ---- silences


def silences(record: View) -> frozenset[Names]:
    """The topics on which nothing is said, of those that this patient brings up (M54)."""
    return frozenset(topics(one, record) for one in record.graph.silences) - {NOBODY}


def topics(silence: Silence, record: View) -> Names:
    """All topics where the condition of the silence holds; without one, those the patient has."""
    if silence.condition is None:
        return frozenset(name for name in silence.topics if is_had(name, record))
    is_so = truth(silence.condition, record) is Truth.TRUE
    return frozenset(silence.topics if is_so else ())


def is_had(name: str, record: View) -> bool:
    """Whether a patient is known to have something of a topic; nobody has a drug or a test."""
    fact, values = record.graph.vocabulary.facts.get(name), record.values(name)
    if name in record.graph.definitions:
        return truth(c.Defined(name), record) is Truth.TRUE
    if fact is None or not values:
        return False
    if fact.kind is Kind.MEASURE:
        return len(values) == 1 and fact.absent not in values
    return not values & {False, "none", ""}
