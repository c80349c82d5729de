"""Whether an answer is what an example expects.

An action is expected of the default where the decision is determined, and of any of its options
where it depends on what is unknown. `may` asks for an alternative. `no` means that nobody like
this patient is told so: not by default, not as an alternative, whatever the unknown turns out
to be. A test may be checked more closely than expected, never less.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from b12guide.evaluate.answer import (
    Decided,
    Option,
    Outcome,
    Recommendation,
    RuleVerdict,
)
from b12guide.evaluate.composed import drugs_of
from b12guide.graph.model import (
    Decision,
    Exclusion,
    FormChoice,
    NotNeeded,
    Remark,
    Value,
)
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax import ast
from b12guide.trial.advice import Piece, is_told, pieces, waits
from b12guide.trial.result import Answered, Names
from b12guide.truth import Truth

__all__ = ["instead", "is_anywhere", "is_lacking", "is_one_side", "offers"]

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def instead(
    expectation: ast.Expectation, answer: Recommendation, scope: Scope
) -> Answered | None:
    """What `answer` says instead of what is expected; None when it says that."""
    match expectation:
        case ast.ExpectAction():
            return _instead_of_action(expectation, answer, scope)
        case ast.ExpectRule(rule=rule, verdict=verdict):
            found = _verdict(answer, rule.text)
            return None if found.verdict.value == verdict else found
        case ast.ExpectDecision(decision=name, outcome=outcome, facts=facts):
            decided = answer.decisions[Decision(name.text)]
            named = {scope.name(Namespace.FACT, fact.text) for fact in facts}
            is_so = decided.outcome.value == outcome.removesuffix(" on")
            return None if is_so and named <= {*decided.depends_on} else decided
        case ast.ExpectReasons(decision=name, rules=rules):
            decided = answer.decisions[Decision(name.text)]
            is_so = {rule.text for rule in rules} <= {*decided.rules}
            return None if is_so else decided
        case ast.ExpectQuestion(fact=fact, negated=negated):
            asked = tuple(question.fact for question in answer.questions)
            behind = (b for question in answer.questions for b in question.behind)
            is_asked = scope.name(Namespace.FACT, fact.text) in {*asked, *behind}
            return Names("questions", asked) if is_asked is negated else None
        case ast.ExpectMention(kind=kind, name=name):
            mentioned = _mentioned(kind, answer)
            spellings = {scope.name(space, name.text) for space in Namespace}
            return None if spellings & {*mentioned.names} else mentioned
        case ast.ExpectConflict(first=first, second=second):
            both = {first.text, second.text}
            sides = ({r for s in c.sides for r in s.rules} for c in answer.conflicts)
            return None if any(both <= rules for rules in sides) else answer.conflicts
        case ast.ExpectScope(verdict=verdict):
            return None if _SCOPE[answer.scope] == verdict else answer.scope
        case _:
            assert_never(expectation)


def _verdict(answer: Recommendation, name: str) -> RuleVerdict:
    return next(found for found in answer.rules if found.rule.name == name)


def _mentioned(kind: str, answer: Recommendation) -> Names:
    match kind:
        case "assumption":
            return Names("assumptions", tuple(a.name for a in answer.assumptions))
        case "challenge":
            return Names("challenges", tuple(c.name for c in answer.challenges))
        case _:
            topics = tuple(topic for s in answer.silences for topic in s.topics)
            return Names("silent on", topics)


# ------------------------------------------------------------------------- actions


def _instead_of_action(
    expectation: ast.ExpectAction, answer: Recommendation, scope: Scope
) -> Answered | None:
    action, negated = expectation.action, expectation.negated
    value = lower_action(action, scope)
    if isinstance(value, Remark):
        notices = tuple(notice.text for notice in answer.notices)
        return Names("notices", notices) if (value.text in notices) is negated else None
    decided = answer.decisions[decision_of(action)]
    optional = bool(getattr(action, "optional", False))
    if negated:
        is_said = is_anywhere(value, decided, optional=optional)
        is_said |= not optional and is_one_side(value, decided, answer)
        return decided if is_said else None
    return None if offers(decided, value, optional=optional) else decided


def offers(decided: Decided, value: Value, *, optional: bool = False) -> bool:
    """Whether the decision says all of `value`; `optional`, whether as an alternative."""
    match value:
        case NotNeeded():
            return decided.outcome is Outcome.NOT_NEEDED
        case FormChoice(drugs=drugs, excluded=excluded):
            named = {*decided.acceptable}
            if not optional:
                named |= {*decided.preferred}
            return {*drugs} <= named and {*excluded} <= {*decided.excluded}
        case Exclusion():
            return all(_says(part, _certain(decided)) for part in pieces(value))
        case _:
            options = _options(decided, optional=optional)
            return all(_says(part, options) for part in pieces(value))


def is_anywhere(value: Value, decided: Decided, *, optional: bool) -> bool:
    """Whether any option, certain or not, says any part of `value`."""
    if isinstance(value, NotNeeded):
        return decided.outcome is Outcome.NOT_NEEDED
    options = [o for o in decided.options if o.alternative or not optional]
    if optional and isinstance(value, FormChoice):
        # A drug that is preferred is no mere alternative, though a rule may offer it too.
        options = [
            o for o in options if not {*drugs_of(o.advice)} & {*decided.preferred}
        ]
    return any(_says(part, options) for part in pieces(value))


def is_lacking(value: Value, decided: Decided, *, optional: bool) -> bool:
    """Whether no option, certain or not, says some part of `value`."""
    if isinstance(value, NotNeeded):
        return decided.outcome is not Outcome.NOT_NEEDED
    options = [o for o in decided.options if o.alternative or not optional]
    return not all(_says(part, options) for part in pieces(value))


def is_one_side(value: Value, decided: Decided, answer: Recommendation) -> bool:
    """Whether any part of `value` is one side of a conflict about the decision."""
    return any(
        is_told(side.advice, part)
        for conflict in answer.conflicts
        if conflict.decision is decided.decision
        for side in conflict.sides
        for part in pieces(value)
    )


def _options(decided: Decided, *, optional: bool) -> list[Option]:
    """The options that count: the certain ones where the decision is determined."""
    options = [o for o in decided.options if o.alternative is optional]
    if decided.outcome is Outcome.DEPENDS:
        return options
    return [option for option in options if option.certain]


def _certain(decided: Decided) -> list[Option]:
    return [option for option in decided.options if option.certain]


def _says(wanted: Piece, options: Iterable[Option]) -> bool:
    """Whether an option says it; what is withheld counts only with what it waits for."""
    return any(
        is_told(option.advice, wanted) and (waits(wanted) or not option.withheld)
        for option in options
    )
