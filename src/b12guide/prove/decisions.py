"""Claims about decisions: no undeclared conflict, and nothing missing (`b12guide.prove.gaps`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from attrs import evolve

from b12guide.evaluate.composed import Kind as CompositionKind
from b12guide.evaluate.composition import NEVER_APART, clash
from b12guide.evaluate.decisions import Part
from b12guide.graph.model import Decision
from b12guide.prove.advised import parts_of
from b12guide.prove.by_worlds import Cone, Search
from b12guide.prove.claim import Claim, Kind, Proof, Settled
from b12guide.prove.gaps import drug_proofs, unanswered_proof
from b12guide.prove.replay import clashing
from b12guide.prove.rules import settled_by

__all__ = ["DECISIONS", "decision_proofs"]

DECISIONS = tuple(decision for decision in Decision if decision is not Decision.NOTE)


def decision_proofs(search: Search) -> Iterator[Proof]:
    """The proofs of every decision that the guideline speaks to."""
    for decision in DECISIONS:
        if search.evaluator.by_decision[decision]:
            cone = search.cone_of(search.evaluator.heard[decision])
            yield from _conflicts(decision, search, cone)
            yield unanswered_proof(decision, search, cone)
    yield from drug_proofs(search)


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
    if decision in NEVER_APART:
        yield Proof(claim=claim, settled=Settled.PROVED)
        return
    if cone is None:
        yield Proof(claim=claim, settled=Settled.NOT_PROVED)
        return
    found: dict[frozenset[str], int] = {}
    accepted: set[str] = set()
    pairs = _incompatible(decision, search)
    for part in _in_scope(parts_of(decision, search, cone), search, cone):
        if part.composed.kind is CompositionKind.CONFLICT:
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
