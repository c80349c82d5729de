"""The author's own claims: `never`, `always`, and `never ... before`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import evolve, frozen

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import answer
from b12guide.graph.condition import ALWAYS, AllOf, Condition, Not
from b12guide.graph.condition_from_syntax import lower_condition
from b12guide.graph.model import Decision, Place, Rule, RuleGraph, Value
from b12guide.graph.used import words_in
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.patient.model import Stated
from b12guide.prove.advised import (
    given_today,
    is_given_today,
    rules_naming,
    saying,
    truth_of,
)
from b12guide.prove.by_worlds import Cone, Search
from b12guide.prove.claim import Claim, Kind, Proof
from b12guide.prove.replay import Test, facts_of
from b12guide.prove.rules import settled_by
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope, scope_of
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.expectation import is_anywhere, is_one_side, offers
from b12guide.truth import Truth

__all__ = ["Required", "invariant_proofs", "required"]


@frozen(kw_only=True)
class Advised:
    """An action that is required or ruled out.

    Attributes:
        optional: Whether it is meant as an alternative.
    """

    decision: Decision
    value: Value
    optional: bool


@frozen(kw_only=True)
class Required:
    """An invariant with its names resolved.

    Attributes:
        never: Whether the target is ruled out rather than required.
        target: A drug, or an action.
        when: For whom it is claimed.
        second: A drug that the first must not come before.
        written: The target as the author wrote it.
    """

    name: str
    text: str
    place: Place
    never: bool
    target: str | Advised
    when: Condition
    second: str | None
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
        target=_target(target, scope),
        when=AllOf(tuple(conditions)) if conditions else ALWAYS,
        second=second,
        written=" ".join(text.slice(target.span).split()),
    )


def _target(target: ast.Name | ast.Action, scope: Scope) -> str | Advised:
    if isinstance(target, ast.Name):
        return scope.name(Namespace.DRUG, target.text)
    return Advised(
        decision=decision_of(target),
        value=lower_action(target, scope),
        optional=bool(getattr(target, "optional", False)),
    )


def invariant_proofs(
    invariants: tuple[Required, ...], search: Search
) -> Iterator[Proof]:
    """The proof of each invariant; `search` knows their conditions by name."""
    for invariant in invariants:
        yield _proof(invariant, search)


def _proof(invariant: Required, search: Search) -> Proof:
    claim = Claim(
        kind=Kind.INVARIANT,
        name=invariant.name,
        text=invariant.text,
        rules=tuple(sorted(r.name for r in _rules(invariant, search.graph))),
        place=invariant.place,
    )
    names = [name for name in search.evaluator.program.definitions if " " in name]
    wanted = [n for n in names if n == invariant.condition or n.startswith("after ")]
    cone = search.cone_of(_rules(invariant, search.graph), wanted)
    classes = 0 if cone is None else _breaking(invariant, search, cone)
    proof = settled_by(claim, search, cone, classes, _breaks(invariant, search))
    return _told(proof, invariant, search)


def _rules(invariant: Required, graph: RuleGraph) -> tuple[Rule, ...]:
    """The rules on which the invariant can depend."""
    match invariant.target:
        case str(drug):
            second = invariant.second
            more = () if second is None else rules_naming(second, graph)
            return (*rules_naming(drug, graph), *more)
        case Advised(decision=decision, value=value):
            decisions = {decision}
            if words_in(value).drugs:
                decisions.add(Decision.FORM)
            return tuple(r for r in graph.rules.values() if r.decision in decisions)
        case _:
            assert_never(invariant.target)


def _breaking(invariant: Required, search: Search, cone: Cone) -> int:
    """The classes of patients who break the invariant."""
    step = search.evaluator.program.definitions[invariant.condition]
    claimed = search.in_scope(cone) & cone.true(step)
    match invariant.target:
        case str(drug):
            given = given_today(drug, search, cone)
            if invariant.second is not None:
                given &= given_today(invariant.second, search, cone)
            return claimed & given
        case Advised(decision=decision, value=value, optional=optional):
            said = saying(
                value,
                decision,
                search,
                cone,
                optional=optional,
                wholly=not invariant.never,
            )
            return claimed & (said if invariant.never else ~said)
        case _:
            assert_never(invariant.target)


def _breaks(invariant: Required, search: Search) -> Test:
    """Whether the answer about a patient breaks the invariant for certain."""
    evaluator, graph = search.original, search.graph

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        is_claimed = interpreter.truth(invariant.when, graph, facts) is Truth.TRUE
        if not is_claimed or interpreter.scope(graph, facts) is Truth.FALSE:
            return False
        said = answer(evaluator, stated, facts)
        match invariant.target:
            case str(drug):
                drugs = (
                    (drug,) if invariant.second is None else (drug, invariant.second)
                )
                return all(is_given_today(each, said, facts) for each in drugs)
            case Advised(decision=decision, value=value, optional=optional):
                decided = said.decisions[decision]
                if invariant.never:
                    return (
                        offers(decided, value, optional=optional)
                        or (not optional and offers(decided, value, optional=True))
                        or (not optional and is_one_side(value, decided, said))
                    )
                return not is_anywhere(value, decided, optional=optional)
            case _:
                assert_never(invariant.target)

    return test


def _told(proof: Proof, invariant: Required, search: Search) -> Proof:
    """The proof with the rules behind the breach and what an example should expect."""
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    facts = facts_of(stated, reading, search.original)
    said = answer(search.original, stated, facts)
    applies = {v.rule.name for v in said.rules if v.verdict is Verdict.APPLIES}
    behind = tuple(name for name in proof.claim.rules if name in applies)
    return evolve(proof, rules=behind, expected=(_expected(invariant, search.graph),))


def _expected(invariant: Required, graph: RuleGraph) -> str:
    if not invariant.never:
        return invariant.written
    if isinstance(invariant.target, Advised):
        return f"no {invariant.written}"
    drug = invariant.target
    rules = rules_naming(drug, graph)
    is_form = any(rule.decision is Decision.FORM for rule in rules)
    return f"no form {drug}" if is_form else f"withhold {drug}"
