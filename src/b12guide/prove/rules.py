"""Claims about single rules: each can apply, and each exception makes a difference."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.graph.model import Decision, Exclusion, FormChoice, Regimens, Rule
from b12guide.graph.used import words_in
from b12guide.prove.by_worlds import Cone, Nobody, Search
from b12guide.prove.claim import Claim, Kind, Proof, Settled
from b12guide.prove.overlap import bearing_on, meeting, rule_pairs
from b12guide.prove.replay import Test, applying, clashing
from b12guide.prove.smallest import Witness

__all__ = ["rule_proofs", "settled_by"]


def rule_proofs(search: Search) -> Iterator[Proof]:
    """The proofs of every rule, every exception, and every pair that must not meet."""
    for rule in search.graph.rules.values():
        yield _is_alive(rule, search)
    for rule in search.graph.rules.values():
        for parent in rule.exception_to:
            yield _is_needed(search.graph.rules[parent], rule, search)
    for one, two in rule_pairs(search.graph):
        yield _never_clash(one, two, search)
    for one, two, text in _excluded_doses(search):
        yield _never_both(one, two, text, search)


def settled_by(
    claim: Claim, search: Search, cone: Cone | None, classes: int, broken: Test
) -> Proof:
    """The proof of a claim that nobody in `classes` is there; `broken` replays a witness."""
    if cone is None:
        return Proof(claim=claim, settled=Settled.NOT_PROVED)
    found = search.witness(cone, classes, broken)
    match found:
        case Nobody.POSSIBLE:
            return Proof(claim=claim, settled=Settled.PROVED)
        case Witness():
            return Proof(
                claim=claim, settled=Settled.BROKEN, witness=found, rules=claim.rules
            )
        case _:
            return Proof(
                claim=claim,
                settled=Settled.NOT_PROVED,
                remark="patients were found whom the interpreter does not confirm",
            )


def _is_alive(rule: Rule, search: Search) -> Proof:
    claim = Claim(
        kind=Kind.DEAD,
        name=rule.name,
        text=f"`{rule.name}` applies to somebody",
        rules=(rule.name,),
    )
    cone = search.cone_of((rule,))
    if cone is None:
        return Proof(claim=claim, settled=Settled.NOT_PROVED)
    inside = search.in_scope(cone)
    addressed = cone.everybody & ~inside if rule.outside_scope else inside
    classes = addressed & cone.applies(rule.name)
    if not classes:
        return Proof(claim=claim, settled=Settled.BROKEN, rules=claim.rules)
    if search.is_confirmed(cone, classes, applying(claim.rules, search.original)):
        return Proof(claim=claim, settled=Settled.PROVED)
    return Proof(claim=claim, settled=Settled.NOT_PROVED)


def _is_needed(parent: Rule, exception: Rule, search: Search) -> Proof:
    """Somebody has the parent's condition and this exception, and no other one."""
    claim = Claim(
        kind=Kind.REDUNDANT,
        name=exception.name,
        text=f"`{exception.name}` makes a difference to `{parent.name}`",
        rules=(exception.name, parent.name),
    )
    others = [search.graph.rules[n] for n in parent.exceptions if n != exception.name]
    cone = search.cone_of((parent, exception, *others))
    if cone is None:
        return Proof(claim=claim, settled=Settled.NOT_PROVED)
    conditions = search.evaluator.program.conditions
    classes = search.in_scope(cone)
    classes &= cone.true(conditions[parent.name])
    classes &= cone.true(conditions[exception.name])
    for other in others:
        classes &= ~cone.true(conditions[other.name])
    settled = Settled.PROVED if classes else Settled.BROKEN
    rules = () if classes else claim.rules
    return Proof(claim=claim, settled=settled, rules=rules)


# --------------------------------------------------------------------------- pairs


def _never_clash(one: Rule, two: Rule, search: Search) -> Proof:
    """Nobody is told both."""
    claim = Claim(
        kind=Kind.FORBIDDEN,
        name=one.name,
        text=f"`{one.name}` and `{two.name}` never meet",
        rules=(one.name, two.name),
    )
    rules = bearing_on(one, two, search)
    cone = search.cone_of(rules)
    classes = 0 if cone is None else meeting(rules, search, cone)
    is_so = clashing(claim.rules, rules, search.original)
    return settled_by(claim, search, cone, classes, is_so)


def _excluded_doses(search: Search) -> Iterator[tuple[Rule, Rule, str]]:
    """Doses of a drug that another rule advises against; what it forbids is never given (M46)."""
    rules = search.graph.rules.values()
    for excluding in rules:
        if excluding.decision is not Decision.FORM:
            continue
        for dosing in rules:
            if isinstance(dosing.value, Regimens):
                drugs = words_in(dosing.value).drugs & _excluded(excluding)
                for drug in sorted(drugs):
                    text = f"`{dosing.name}` never gives {drug} that `{excluding.name}` excludes"
                    yield dosing, excluding, text


def _excluded(rule: Rule) -> frozenset[str]:
    match rule.value:
        case FormChoice(excluded=drugs) | Exclusion(drugs=drugs, outright=False):
            return frozenset(drugs)
        case _:
            return frozenset()


def _never_both(one: Rule, two: Rule, text: str, search: Search) -> Proof:
    claim = Claim(
        kind=Kind.FORBIDDEN, name=one.name, text=text, rules=(one.name, two.name)
    )
    cone = search.cone_of((one, two))
    classes = 0
    if cone is not None:
        classes = search.in_scope(cone)
        classes &= cone.applies(one.name) & cone.applies(two.name)
    is_so = applying(claim.rules, search.original)
    return settled_by(claim, search, cone, classes, is_so)
