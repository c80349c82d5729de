"""The author's own claims: `never`, `always`, and `never ... before`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import evolve, frozen

from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.composition_parts import drugs_of
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import answer
from b12guide.graph.condition import ALWAYS, AllOf, Condition, Not
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Decision, Place, Prohibition, Rule, RuleGraph, Value
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.patient.model import Stated
from b12guide.prove.advised import (
    WantedAdvice,
    ever_told,
    given_today,
    is_given_today,
    may_be_withheld,
    rules_naming,
    rules_saying,
    spoken_of,
    told,
    truth_of,
)
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.rules import settled_by
from b12guide.prove.search import Cone, Search, Test, facts_of
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope, scope_of
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.expectation import is_anywhere, is_lacking, is_one_side
from b12guide.truth import Truth

__all__ = ["Required", "invariant_proofs", "required"]


@frozen(kw_only=True)
class Required:
    """An invariant with its names resolved.

    Attributes:
        never: Whether the target is ruled out rather than required.
        target: A drug, or an action.
        when: For whom it is claimed.
        second: A drug that the first must not come before.
        event: An event that it must not come before, likewise.
        written: The target as the author wrote it.
    """

    name: str
    text: str
    place: Place
    never: bool
    target: str | WantedAdvice
    when: Condition
    second: str | None
    event: str | None
    written: str

    @property
    def condition(self) -> str:
        """The name under which a search knows for whom it is claimed."""
        return f"invariant {self.name}"


def required(draft: Draft, graph: RuleGraph) -> tuple[Required, ...]:
    """The invariants of `draft`, resolved."""
    scope = scope_of(draft)
    return tuple(
        _required(text, invariant, scope, graph)
        for text, invariant in draft.each(ast.Invariant)
    )


def _required(
    text: Text, invariant: ast.Invariant, scope: Scope, graph: RuleGraph
) -> Required:
    claim = invariant.claim
    conditions: list[Condition] = []
    second: str | None = None
    event: str | None = None
    never = True
    match claim:
        case ast.Never(target=target, when=when, unless=unless):
            if when is not None:
                conditions.append(lower_condition(when, scope))
            if unless is not None:
                conditions.append(Not(lower_condition(unless, scope)))
        case ast.Always(target=target, when=when):
            never = False
            if when is not None:
                conditions.append(lower_condition(when, scope))
        case ast.NeverBefore(target=target, before=before):
            drug = scope.find(Namespace.DRUG, before.text)
            if drug is not None and scope.find(Namespace.FACT, before.text) is None:
                second = drug.name
            else:
                event = scope.name(Namespace.FACT, before.text)
                conditions.append(Not(truth_of(event, graph)))
        case _:
            assert_never(claim)
    return Required(
        name=invariant.name.text,
        text=" ".join(text.slice(claim.span).split()),
        place=Place(text=text, span=invariant.name.span),
        never=never,
        target=_target(target, scope, wholly=not never),
        when=AllOf(tuple(conditions)) if conditions else ALWAYS,
        second=second,
        event=event,
        written=" ".join(text.slice(target.span).split()),
    )


def _target(
    target: ast.Name | ast.Action, scope: Scope, *, wholly: bool
) -> str | WantedAdvice:
    if isinstance(target, ast.Name):
        return scope.name(Namespace.DRUG, target.text)
    return WantedAdvice(
        decision=decision_of(target),
        value=lower_action(target, scope),
        optional=bool(getattr(target, "optional", False)),
        wholly=wholly,
    )


def invariant_proofs(
    invariants: tuple[Required, ...], search: Search
) -> Iterator[Proof]:
    """The proof of each invariant; `search` knows their conditions by name."""
    for invariant in invariants:
        yield _proof(invariant, search)


def _proof(invariant: Required, search: Search) -> Proof:
    claim = Claim(
        kind=ClaimKind.INVARIANT,
        name=invariant.name,
        text=invariant.text,
        rules=tuple(sorted(r.name for r in _rules(invariant, search))),
        place=invariant.place,
    )
    names = [name for name in search.evaluator.program.definitions if " " in name]
    wanted = [n for n in names if n == invariant.condition or n.startswith("after ")]
    cone = search.cone_of(_rules(invariant, search), wanted)
    classes = 0 if cone is None else _breaking(invariant, search, cone)
    if cone is not None and not classes:
        vacuous = _why_vacuous(invariant, search, cone)
        if vacuous:
            return Proof(claim=claim, settled=ProofOutcome.VACUOUS, remark=vacuous)
    proof = settled_by(claim, search, cone, classes, _breaks(invariant, search))
    return _told(proof, invariant, search)


def _rules(invariant: Required, search: Search) -> tuple[Rule, ...]:
    """The rules on which the invariant can depend."""
    match invariant.target:
        case str(drug):
            second = invariant.second
            more = () if second is None else rules_naming(second, search)
            return tuple(dict.fromkeys((*rules_naming(drug, search), *more)))
        case WantedAdvice() as saying:
            return rules_saying(saying, search)
        case _:
            assert_never(invariant.target)


def _breaking(invariant: Required, search: Search, cone: Cone) -> int:
    """The classes of patients who break the invariant."""
    claimed = _claimed(invariant, search, cone)
    match invariant.target:
        case str(drug):
            given = given_today(drug, search, cone)
            if invariant.second is not None:
                given &= given_today(invariant.second, search, cone)
            return claimed & given
        case WantedAdvice() as saying:
            said = told(saying, search, cone)
            return claimed & (said if invariant.never else ~said)
        case _:
            assert_never(invariant.target)


def _claimed(invariant: Required, search: Search, cone: Cone) -> int:
    """The classes in scope of whom it is claimed."""
    step = search.evaluator.program.definitions[invariant.condition]
    return search.in_scope(cone) & cone.true(step)


def _why_vacuous(invariant: Required, search: Search, cone: Cone) -> str:
    """Why no patient could break the invariant, whatever it claims (M58); nothing if one could.

    It is about what rules could ever say to anybody in scope, whether or not it is of those that
    the invariant speaks of: a claim that keeps two things apart is worth having, a claim about
    what nothing offers is not.
    """
    inside, claimed = search.in_scope(cone), _claimed(invariant, search, cone)
    if invariant.event is not None and claimed == inside:
        return f"`{invariant.event}` can never come"
    if not claimed:
        return "nobody can be a patient of whom this is claimed"
    if not invariant.never:
        return ""
    match invariant.target:
        case str(drug):
            drugs = [drug] if invariant.second is None else [drug, invariant.second]
            unspoken = [d for d in drugs if not inside & spoken_of(d, search, cone)]
            return f"no rule can ever offer `{unspoken[0]}`" if unspoken else ""
        case WantedAdvice() as saying:
            is_said = inside & ever_told(saying, search, cone)
            return "" if is_said else "no rule can ever say so, to anybody"
        case _:
            assert_never(invariant.target)


def _breaks(invariant: Required, search: Search) -> Test:
    """Whether the answer about a patient breaks the invariant for certain."""
    evaluator, graph = search.original, search.graph

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        is_claimed = explanation.truth(invariant.when, graph, facts) is Truth.TRUE
        if not is_claimed or explanation.scope(graph, facts) is Truth.FALSE:
            return False
        said = answer(evaluator, stated, facts)
        match invariant.target:
            case str(drug):
                drugs = (
                    (drug,) if invariant.second is None else (drug, invariant.second)
                )
                return all(is_given_today(each, said, facts) for each in drugs)
            case WantedAdvice(decision=decision, value=value, optional=optional):
                decided = said.decisions[decision]
                if invariant.never:
                    return _is_certain(said, decision, value, optional=optional)
                return is_lacking(value, decided, optional=optional)
            case _:
                assert_never(invariant.target)

    return test


def _is_certain(
    said: Recommendation, decision: Decision, value: Value, *, optional: bool
) -> bool:
    """Whether an answer says any part of `value` in every completion of what is unknown."""
    decided = said.decisions[decision]
    withheld = may_be_withheld(said)
    options = tuple(
        evolve(option, withheld=not withheld.isdisjoint(drugs_of(option.advice)))
        for option in decided.options
        if option.certain
    )
    certain = evolve(decided, options=options)
    conflicts = tuple(conflict for conflict in said.conflicts if conflict.certain)
    return is_anywhere(value, certain, optional=optional) or (
        not optional and is_one_side(value, decided, evolve(said, conflicts=conflicts))
    )


def _told(proof: Proof, invariant: Required, search: Search) -> Proof:
    """The proof with the rules behind the breach and what an example should expect."""
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    facts = facts_of(stated, reading, search.original)
    said = answer(search.original, stated, facts)
    applies = {v.rule.name for v in said.rules if v.verdict is Verdict.APPLIES}
    behind = tuple(name for name in proof.claim.rules if name in applies)
    return evolve(proof, rules=behind, expected=(_expected(invariant, search),))


def _expected(invariant: Required, search: Search) -> str:
    if not invariant.never:
        return invariant.written
    if isinstance(invariant.target, WantedAdvice):
        return f"no {invariant.written}"
    drug = invariant.target
    rules = rules_naming(drug, search)
    is_form = any(rule.decision is Decision.FORM for rule in rules)
    return f"no form {drug}" if is_form else f"withhold {drug}"


VISITS = 24


def withheld_proofs(search: Search) -> Iterator[Proof]:
    """One proof for each drug that a rule withholds."""
    for rule in search.graph.rules.values():
        if isinstance(rule.value, Prohibition):
            for drug in rule.value.drugs:
                yield _is_respected(rule, rule.value, drug, search)


def _is_respected(
    rule: Rule, prohibition: Prohibition, drug: str, search: Search
) -> Proof:
    ends = [f"until {prohibition.until}"] if prohibition.until else []
    ends += [f"unless {prohibition.unless}"] if prohibition.unless else []
    claim = Claim(
        kind=ClaimKind.WITHHELD,
        name=rule.name,
        text=f"{drug} is withheld {' '.join(ends)} on each of {VISITS} visits",
        rules=(rule.name,),
    )
    events = [n for n in search.evaluator.program.definitions if n.startswith("after ")]
    cone = search.cone_of((rule, *rules_naming(drug, search)), events)
    classes = 0
    if cone is not None:
        condition = search.evaluator.program.conditions[rule.name]
        classes = search.in_scope(cone) & cone.true(condition)
        classes &= given_today(drug, search, cone)
    return settled_by(claim, search, cone, classes, _is_given(rule, drug, search))


def _is_given(rule: Rule, drug: str, search: Search) -> Test:
    """Whether the drug is offered today although the rule's condition holds."""
    evaluator, graph = search.original, search.graph

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        if explanation.truth(rule.condition, graph, facts) is not Truth.TRUE:
            return False
        return is_given_today(drug, answer(evaluator, stated, facts), facts)

    return test
