"""Claims about decisions: nothing missing, no undeclared conflict, nothing overturned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from attrs import evolve

from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.composed import Kind as Composition
from b12guide.evaluate.composition import clash
from b12guide.evaluate.decisions import Part
from b12guide.graph.model import Decision, Regimens, Rule
from b12guide.prove.advised import parts_of
from b12guide.prove.by_worlds import Cone, Search
from b12guide.prove.claim import Claim, Kind, Proof, Settled
from b12guide.prove.replay import applying, clashing, judged
from b12guide.prove.rules import settled_by

__all__ = ["DECISIONS", "decision_proofs"]

QUIET = {Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
"""Verdicts of rules that say nothing."""

DECISIONS = tuple(decision for decision in Decision if decision is not Decision.NOTE)


def decision_proofs(search: Search) -> Iterator[Proof]:
    """The proofs of every decision that the guideline speaks to."""
    for decision in DECISIONS:
        if search.evaluator.by_decision[decision]:
            cone = search.cone_of(search.evaluator.heard[decision])
            yield from _conflicts(decision, search, cone)
            yield _not_silenced(decision, search, cone)
    yield from _drug_and_dose(search)


# ----------------------------------------------------------------------- conflicts


def _conflicts(
    decision: Decision, search: Search, cone: Cone | None
) -> Iterator[Proof]:
    """One proof for all of a decision, or one for each set of rules that clash undeclared."""
    claim = Claim(
        kind=Kind.CONFLICT,
        name=decision.value,
        text=f"no two rules on `{decision.value}` clash, but for declared conflicts",
    )
    if cone is None:
        yield Proof(claim=claim, settled=Settled.NOT_PROVED)
        return
    found: dict[frozenset[str], int] = {}
    accepted: set[str] = set()
    pairs = _incompatible(decision, search)
    for part in _in_scope(parts_of(decision, search, cone), search, cone):
        if part.composed.kind is Composition.CONFLICT:
            names = {name for side in part.composed.sides for name in side.rules}
            for some in _undeclared(names, pairs, search, accepted):
                found[some] = found.get(some, 0) | part.worlds
    remark = ""
    if accepted:
        remark = f"accepted as declared: {', '.join(sorted(accepted))}"
    if not found:
        yield Proof(claim=claim, settled=Settled.PROVED, remark=remark)
    for some in sorted(found, key=sorted):
        one = evolve(claim, rules=tuple(sorted(some)))
        rules = tuple(
            rule
            for rule in search.evaluator.heard[decision]
            if rule.name in some or rule.decision is not decision
        )
        test = clashing(some, rules, search.original)
        proof = settled_by(one, search, cone, found[some], test)
        expected = (f"decision {decision.value} determined",)
        yield evolve(proof, expected=expected)


def _incompatible(decision: Decision, search: Search) -> tuple[frozenset[str], ...]:
    """The pairs of rules on a decision that nobody can follow together."""
    rules = sorted(search.evaluator.by_decision[decision], key=lambda rule: rule.name)
    return tuple(
        frozenset({one.name, two.name})
        for one, two in combinations(rules, 2)
        if clash(one, two)
    )


def _undeclared(
    names: set[str],
    incompatible: Iterable[frozenset[str]],
    search: Search,
    accepted: set[str],
) -> Iterator[frozenset[str]]:
    """The smallest sets of rules among `names` that clash without a declaration."""
    declared = {frozenset({c.first, c.second}) for c in search.graph.conflicts}
    pairs = [pair for pair in incompatible if pair <= names]
    known = [pair for pair in pairs if pair in declared]
    accepted.update(" and ".join(sorted(pair)) for pair in known)
    yield from (pair for pair in pairs if pair not in declared)
    if not pairs:
        yield frozenset(names)


def _in_scope(found: Iterable[Part], search: Search, cone: Cone) -> Iterator[Part]:
    inside = search.in_scope(cone)
    for part in found:
        if part.worlds & inside:
            yield Part(part.worlds & inside, part.composed)


# ---------------------------------------------------------------------------- gaps


def _not_silenced(decision: Decision, search: Search, cone: Cone | None) -> Proof:
    """Whoever a rule speaks to is told something, even where an exception overrides it."""
    claim = Claim(
        kind=Kind.GAP,
        name=decision.value,
        text=f"no exception leaves `{decision.value}` silent about anybody it speaks of",
    )
    if cone is None:
        return Proof(claim=claim, settled=Settled.NOT_PROVED)
    program = search.evaluator.program
    overridden = 0
    for rule in search.evaluator.by_decision[decision]:
        condition = cone.true(program.conditions[rule.name])
        overridden |= condition & cone.true(program.exceptions[rule.name])
    silent = 0
    for part in _in_scope(parts_of(decision, search, cone), search, cone):
        if part.composed.kind is Composition.SILENT and not part.composed.alternatives:
            silent |= part.worlds

    def is_so(verdicts: Mapping[str, Verdict]) -> bool:
        return {*verdicts.values()} <= QUIET and Verdict.OVERRIDDEN in verdicts.values()

    names = (rule.name for rule in search.evaluator.by_decision[decision])
    test = judged(names, is_so, search.original)
    return settled_by(claim, search, cone, overridden & silent, test)


def _drug_and_dose(search: Search) -> Iterator[Proof]:
    """Whoever is dosed is told the drug."""
    by = search.evaluator.by_decision
    dosing = [d for d in (Decision.LOADING, Decision.MAINTENANCE) if by[d]]
    open_rules = {d: tuple(r for r in by[d] if _leaves_drug_open(r)) for d in dosing}
    for decision in dosing:
        if open_rules[decision] and by[Decision.FORM]:
            yield _drug_for(decision, open_rules[decision], search)


def _leaves_drug_open(rule: Rule) -> bool:
    return isinstance(rule.value, Regimens) and any(
        not phase.drugs for regimen in rule.value.regimens for phase in regimen.phases
    )


def _drug_for(decision: Decision, rules: tuple[Rule, ...], search: Search) -> Proof:
    claim = Claim(
        kind=Kind.GAP,
        name=decision.value,
        text=f"`form` names a drug for everybody whom `{decision.value}` doses",
    )
    form = search.evaluator.by_decision[Decision.FORM]
    cone = search.cone_of((*rules, *form))
    classes = 0
    if cone is not None:
        for rule in rules:
            classes |= cone.applies(rule.name)
        classes &= _silent(Decision.FORM, search, cone) & search.in_scope(cone)

    def is_so(verdicts: Mapping[str, Verdict]) -> bool:
        doses = any(verdicts[rule.name] is Verdict.APPLIES for rule in rules)
        return doses and all(verdicts[rule.name] in QUIET for rule in form)

    names = (rule.name for rule in (*rules, *form))
    test = judged(names, is_so, search.original)
    proof = settled_by(claim, search, cone, classes, test)
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    dosing = tuple(
        rule.name
        for rule in rules
        if applying((rule.name,), search.original)(stated, reading)
    )
    expected = f"decision {Decision.FORM.value} determined"
    return evolve(proof, rules=dosing, expected=(expected,))


def _silent(decision: Decision, search: Search, cone: Cone) -> int:
    classes = 0
    for part in parts_of(decision, search, cone):
        if part.composed.kind is Composition.SILENT and not part.composed.alternatives:
            classes |= part.worlds
    return classes
