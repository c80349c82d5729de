"""Whether an answer is what an `example` of a guideline expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import (
    Decision,
    Exclusion,
    FormChoice,
    Monitoring,
    NotNeeded,
    Regimens,
    Routes,
    Technique,
    Value,
)
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.patient.model import Otherwise, Patient
from b12guide.regimen.model import Regimen
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast
from b12guide.truth import Truth

__all__ = ["disappointments", "patient_of"]

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def patient_of(example: ast.Example) -> Patient:
    """The patient whom `example` gives."""
    facts: dict[str, object] = {}
    otherwise = Otherwise.UNKNOWN
    for given in example.given:
        match given:
            case ast.Otherwise(absent=absent):
                otherwise = Otherwise.ABSENT if absent else Otherwise.UNKNOWN
            case ast.Given(name=name, value=ast.Presence.PRESENT):
                facts[name.text] = True
            case ast.Given(name=name, value=ast.Presence.ABSENT):
                facts[name.text] = False
            case ast.Given(name=name, value=ast.Quantity(low=low, unit=unit)):
                facts[name.text] = f"{low} {unit or ''}".strip()
            case ast.Given(name=name, value=ast.Name(text=value)):
                facts[name.text] = value
            case ast.Given(name=name):
                facts[name.text] = None
    return Patient(facts=facts, otherwise=otherwise)


def disappointments(
    example: ast.Example, answer: Recommendation, scope: Scope
) -> tuple[str, ...]:
    """The expectations of `example` that `answer` does not meet, with what it says instead."""
    return tuple(
        f"{expectation}: {found}"
        for expectation in example.expectations
        for found in _instead(expectation, answer, scope)
    )


def _instead(
    expectation: ast.Expectation, answer: Recommendation, scope: Scope
) -> Iterator[object]:
    """What the answer says instead of what is expected; nothing when it says that."""
    said: object
    match expectation:
        case ast.ExpectAction(action=action, negated=negated):
            said = answer.decisions[decision_of(action)]
            if _offers(said, lower_action(action, scope), leniently=negated) is negated:
                yield said
        case ast.ExpectRule(rule=rule, verdict=verdict):
            said = {v.rule.name: v.verdict.value for v in answer.rules}[rule.text]
            if said != verdict:
                yield said
        case ast.ExpectDecision(decision=name, outcome=outcome, facts=facts):
            decided = answer.decisions[Decision(name.text)]
            if decided.outcome.value != outcome.removesuffix(" on"):
                yield decided
            if not {fact.text for fact in facts} <= {*decided.depends_on}:
                yield decided.depends_on
        case ast.ExpectReasons(decision=name, rules=rules):
            reasons = answer.decisions[Decision(name.text)].rules
            if not {rule.text for rule in rules} <= {*reasons}:
                yield reasons
        case ast.ExpectQuestion(fact=fact, negated=negated):
            asked = [question.fact for question in answer.questions]
            if (fact.text in asked) is negated:
                yield asked
        case ast.ExpectMention(kind=kind, name=name):
            mentions = _mentions(kind, answer)
            if name.text not in mentions:
                yield mentions
        case ast.ExpectConflict(first=first, second=second):
            if not any(
                {first.text, second.text} <= {r for s in c.sides for r in s.rules}
                for c in answer.conflicts
            ):
                yield answer.conflicts
        case ast.ExpectScope(verdict=verdict):
            if _SCOPE[answer.scope] != verdict:
                yield answer.scope


def _mentions(kind: str, answer: Recommendation) -> tuple[str, ...]:
    match kind:
        case "assumption":
            return tuple(assumption.name for assumption in answer.assumptions)
        case "challenge":
            return tuple(challenge.name for challenge in answer.challenges)
        case _:
            return tuple(topic for s in answer.silences for topic in s.topics)


def _offers(decided: Decided, value: Value, *, leniently: bool) -> bool:
    """Whether the decision says `value`; `leniently`, whether it says it of anybody like this."""
    options = tuple(o for o in decided.options if leniently or o.certain)
    advice = tuple(option.advice for option in options)
    match value:
        case NotNeeded():
            return decided.outcome is Outcome.NOT_NEEDED
        case FormChoice(drugs=drugs, excluded=excluded):
            named = {*decided.preferred, *decided.acceptable}
            return {*drugs} <= named and {*excluded} <= {*decided.excluded}
        case Routes(routes=routes):
            found = {r for a in advice if isinstance(a, Routes) for r in a.routes}
            return {*routes} <= found
        case Regimens(regimens=regimens):
            return all(any(_is(a, regimen) for a in advice) for regimen in regimens)
        case Technique(instructions=instructions):
            return all(instruction in advice for instruction in instructions)
        case Monitoring(tests=tests):
            return all(_is_checked(evolve(value, tests=(t,)), options) for t in tests)
        case Exclusion(drugs=drugs):
            return {*drugs} <= {*decided.excluded}
        case _:
            return value in advice


def _is(advice: object, regimen: Regimen) -> bool:
    """Whether both are one regimen; a drug that the regimen leaves open may be any."""
    if not isinstance(advice, Regimen):
        return False
    phases = advice.phases
    if all(not phase.drugs for phase in regimen.phases):
        phases = tuple(evolve(phase, drugs=()) for phase in phases)
    return phases == regimen.phases


def _is_checked(wanted: Monitoring, options: Iterable[Option]) -> bool:
    """Whether some option checks the test at least as `wanted` says."""
    return any(
        isinstance(found, Monitoring)
        and found.tests == wanted.tests
        and {*wanted.at} <= {*found.at}
        and wanted.every in {None, found.every}
        and {*wanted.companions} <= {*found.companions}
        and found.before_next_dose >= wanted.before_next_dose
        and found.never_alone >= wanted.never_alone
        and wanted.after in {None, found.after}
        for found in (option.advice for option in options)
    )
