"""The author's own claims: `never`, `always`, and `never ... before`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import evolve, frozen

from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.composition_parts import drugs_of
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import answer
from b12guide.graph.condition import ALWAYS, AllOf, Condition, Not
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import (
    Decision,
    FormChoice,
    Place,
    Prohibition,
    Rule,
    RuleGraph,
)
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.patient.model import Stated
from b12guide.prove import advised
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.rules import settled_by
from b12guide.prove.search import Cone, Search, Test, facts_of
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope, scope_of
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.expectation import is_anywhere, is_lacking, is_one_side
from b12guide.truth import Truth

__all__ = ["Required"]


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
    target: str | advised.WantedAdvice
    when: Condition
    second: str | None
    event: str | None
    written: str

    @property
    def condition(self) -> str:
        """The name under which a search knows for whom it is claimed."""
        return f"invariant {self.name}"

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that must not be given, together where there are two; none for an action."""
        if not isinstance(self.target, str):
            return ()
        return (self.target,) if self.second is None else (self.target, self.second)


def required(draft: Draft, graph: RuleGraph) -> tuple[Required, ...]:
    """The invariants of `draft`, resolved."""
    scope = scope_of(draft)
    return tuple(
        _resolved(text, invariant, scope, graph)
        for text, invariant in draft.each(ast.Invariant)
    )


def _resolved(
    text: Text, invariant: ast.Invariant, scope: Scope, graph: RuleGraph
) -> Required:
    claim = invariant.claim
    conditions: list[Condition] = []
    second: str | None = None
    event: str | None = None
    match claim:
        case ast.Never(when=when, unless=unless):
            if when is not None:
                conditions.append(lower_condition(when, scope))
            if unless is not None:
                conditions.append(Not(lower_condition(unless, scope)))
        case ast.Always(when=when):
            if when is not None:
                conditions.append(lower_condition(when, scope))
        case ast.NeverBefore(before=before):
            drug = scope.find(Namespace.DRUG, before.text)
            if drug is not None and scope.find(Namespace.FACT, before.text) is None:
                second = drug.name
            else:
                event = scope.name(Namespace.FACT, before.text)
                conditions.append(Not(advised.truth_of(event, graph)))
        case _:
            assert_never(claim)
    never = not isinstance(claim, ast.Always)
    target: str | advised.WantedAdvice
    if isinstance(claim.target, ast.Name):
        target = scope.name(Namespace.DRUG, claim.target.text)
    else:
        target = advised.WantedAdvice(
            decision=decision_of(claim.target),
            value=lower_action(claim.target, scope),
            optional=bool(getattr(claim.target, "optional", False)),
            wholly=not never,
        )
    return Required(
        name=invariant.name.text,
        text=" ".join(text.slice(claim.span).split()),
        place=Place(text=text, span=invariant.name.span),
        never=never,
        target=target,
        when=AllOf(tuple(conditions)) if conditions else ALWAYS,
        second=second,
        event=event,
        written=" ".join(text.slice(claim.target.span).split()),
    )


# ------------------------------------------------------------------------------ proofs


def invariant_proof(invariant: Required, search: Search) -> Proof:
    """The proof of an invariant; `search` knows its condition by name."""
    rules = dict.fromkeys(
        r for d in invariant.drugs for r in advised.rules_naming(d, search)
    )
    if isinstance(invariant.target, advised.WantedAdvice):
        rules = dict.fromkeys(advised.rules_saying(invariant.target, search))
    claim = Claim(
        kind=ClaimKind.INVARIANT,
        name=invariant.name,
        text=invariant.text,
        rules=tuple(sorted(rule.name for rule in rules)),
        place=invariant.place,
    )
    names = (*advised.event_conditions(search.graph), invariant.condition)
    cone = search.cone_of(rules, names)
    if cone is None:
        return Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
    step = search.evaluator.program.definitions[invariant.condition]
    claimed = search.in_scope(cone) & cone.true(step)
    breaking = claimed
    for drug in invariant.drugs:
        breaking &= advised.given_today(drug, search, cone)
    if isinstance(invariant.target, advised.WantedAdvice):
        said = advised.told(invariant.target, search, cone)
        breaking &= said if invariant.never else ~said
    if not breaking and (why := _why_vacuous(invariant, claimed, search, cone)):
        return Proof(claim=claim, settled=ProofOutcome.VACUOUS, remark=why)
    proof = settled_by(claim, search, cone, breaking, _breaks(invariant, search))
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    facts = facts_of(stated, reading, search.original)
    verdicts = answer(search.original, stated, facts).rules
    applies = {v.rule.name for v in verdicts if v.verdict is Verdict.APPLIES}
    behind = tuple(name for name in claim.rules if name in applies)
    expected = invariant.written  # as an example should expect it
    if invariant.drugs:
        drug = invariant.drugs[0]
        naming = advised.rules_naming(drug, search)
        is_form = any(rule.decision is Decision.FORM for rule in naming)
        expected = f"no form {drug}" if is_form else f"withhold {drug}"
    elif invariant.never:
        expected = f"no {invariant.written}"
    return evolve(proof, rules=behind, expected=(expected,))


def _why_vacuous(invariant: Required, claimed: int, search: Search, cone: Cone) -> str:
    """Why no patient could break the invariant, whatever it claims (M58); nothing if one could.

    It is about what rules could ever say to anybody in scope, whether or not it is of those that
    the invariant speaks of: a claim that keeps two things apart is worth having, a claim about
    what nothing offers is not.
    """
    inside = search.in_scope(cone)
    if invariant.event is not None and claimed == inside:
        return f"`{invariant.event}` can never come"
    if not claimed:
        return "no patient can meet its condition"
    if not invariant.never:
        return ""
    for drug in invariant.drugs:
        if not inside & advised.spoken_of(drug, search, cone):
            return f"no rule can ever offer `{drug}`"
    match invariant.target:
        case advised.WantedAdvice() as wanted if not inside & advised.ever_told(
            wanted, search, cone
        ):
            return "no rule can ever advise this, for any patient"
        case _:
            return ""


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
            case advised.WantedAdvice() as wanted if invariant.never:
                # Whether an answer says any of it in every completion of what
                # is unknown.
                decided, withheld = (
                    said.decisions[wanted.decision],
                    advised.may_be_withheld(said),
                )
                options = tuple(
                    evolve(
                        option,
                        withheld=not withheld.isdisjoint(drugs_of(option.advice)),
                    )
                    for option in decided.options
                    if option.certain
                )
                certain = evolve(decided, options=options)
                if is_anywhere(wanted.value, certain, optional=wanted.optional):
                    return True
                conflicts = tuple(
                    conflict for conflict in said.conflicts if conflict.certain
                )
                return not wanted.optional and is_one_side(
                    wanted.value, decided, evolve(said, conflicts=conflicts)
                )
            case advised.WantedAdvice(
                decision=decision, value=value, optional=optional
            ):
                return is_lacking(value, said.decisions[decision], optional=optional)
            case _:
                drugs = invariant.drugs
                return all(advised.is_given_today(each, said, facts) for each in drugs)

    return test


VISITS = 24


def withheld_proofs(search: Search) -> Iterator[Proof]:
    """One proof for each drug that a rule withholds: the `withhold` is respected on every visit.

    Between two visits facts may change in any way, except that an event that happened stays. What
    is offered on a visit depends on the facts of that visit alone. So a claim that holds of every
    patient on a single visit holds on a timeline of any length; `VISITS` is how many it speaks of.
    """
    withheld = (
        (rule, rule.value, drug)
        for rule in search.graph.rules.values()
        if isinstance(rule.value, Prohibition)
        for drug in rule.value.drugs
    )
    for rule, prohibition, drug in withheld:
        yield withheld_proof(rule, prohibition, drug, search)


def withheld_proof(
    rule: Rule, prohibition: Prohibition, drug: str, search: Search
) -> Proof:
    """The proof that a drug is not given while a rule withholds it."""
    ends = [f"until {prohibition.until}"] if prohibition.until else []
    ends += [f"unless {prohibition.unless}"] if prohibition.unless else []
    claim = Claim(
        kind=ClaimKind.WITHHELD,
        name=rule.name,
        text=f"{drug} is withheld {' '.join(ends)} on each of {VISITS} visits",
        rules=(rule.name,),
    )
    events = advised.event_conditions(search.graph)
    cone = search.cone_of((rule, *advised.rules_naming(drug, search)), events)
    classes = 0
    if cone is not None:
        condition = search.evaluator.program.conditions[rule.name]
        classes = search.in_scope(cone) & cone.true(condition)
        classes &= advised.given_today(drug, search, cone)
    evaluator, graph = search.original, search.graph

    def is_given(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, evaluator)
        holds = explanation.truth(rule.condition, graph, facts) is Truth.TRUE
        return holds and advised.is_given_today(
            drug, answer(evaluator, stated, facts), facts
        )

    proof = settled_by(claim, search, cone, classes, is_given)
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    said = answer(evaluator, stated, facts_of(stated, reading, evaluator))
    options = said.decisions[Decision.FORM].options
    named = {
        name
        for option in options
        if option.certain and isinstance(option.advice, FormChoice)
        if drug in option.advice.drugs
        for name in option.rules
    }
    if not named:
        return proof
    # The form names the drugs of every dose, and no form waits for anything (M49).
    rules = (rule.name, *sorted(named))
    return evolve(proof, rules=rules, expected=(f"no form {drug}",))
