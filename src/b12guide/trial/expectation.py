"""Whether an answer is what an example expects, and whether it could be anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from attrs import evolve

from b12guide.evaluate.answer import (
    Advice,
    Decided,
    Option,
    Outcome,
    Recommendation,
    RuleVerdict,
)
from b12guide.evaluate.composition_parts import drugs_of
from b12guide.graph.model import (
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Remark,
    Routes,
    RuleGraph,
    Target,
    Technique,
    Value,
)
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.regimen.model import Phase, Regimen
from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax import ast
from b12guide.trial.result import Answered, NamedThings
from b12guide.truth import Truth

Piece = Value | Regimen | Instruction
"""Something that is looked for by itself."""


def pieces(value: Value) -> tuple[Piece, ...]:
    """The parts of a value that are looked for one by one."""
    match value:
        case Regimens(regimens=regimens):
            return regimens
        case Technique(instructions=instructions):
            return instructions
        case Routes(routes=routes):
            return tuple(Routes(routes=(route,)) for route in routes)
        case Monitoring(tests=tests):
            return tuple(evolve(value, tests=(test,)) for test in tests)
        case FormChoice(drugs=drugs, excluded=excluded):
            return (
                *(FormChoice(drugs=(drug,)) for drug in drugs),
                *(Exclusion(drugs=(drug,), outright=False) for drug in excluded),
            )
        case Exclusion(drugs=drugs, outright=outright):
            return tuple(Exclusion(drugs=(d,), outright=outright) for d in drugs)
        case _:
            return (value,)


def is_told(advice: Advice, wanted: Piece) -> bool:
    """Whether whoever is told `advice` is told `wanted`."""
    match advice, wanted:
        case Regimen(phases=phases), Regimen(phases=others):
            return len(phases) == len(others) and all(map(_is_phase, phases, others))
        case FormChoice(drugs=drugs), FormChoice(drugs=others):
            return {*others} <= {*drugs}
        case Exclusion(), Exclusion():
            is_strict = advice.outright or not wanted.outright
            return {*wanted.drugs} <= {*advice.drugs} and is_strict
        case Routes(routes=routes), Routes(routes=others):
            return {*others} <= {*routes}
        case Prohibition(), Prohibition():
            return (
                {*wanted.drugs} <= {*advice.drugs}
                and wanted.until in {None, advice.until}
                and wanted.unless in {None, advice.unless}
            )
        case Monitoring(), Monitoring():
            return _is_checked(advice, wanted)
        case Continuation(), Continuation():
            is_long = advice.for_life or not wanted.for_life
            return advice.treatment == wanted.treatment and is_long
        case (Instruction(), Instruction()) | (Target(), Target()):
            return advice == wanted
        case _:
            return False


def is_told_of_any_drug(advice: Advice, wanted: Piece) -> bool:
    """The same, where a schedule that leaves its drug to the form may be of any drug."""
    if isinstance(advice, Regimen) and isinstance(wanted, Regimen):
        is_open = all(not phase.drugs for phase in advice.phases)
        if is_open:
            wanted = Regimen(tuple(evolve(phase, drugs=()) for phase in wanted.phases))
    return is_told(advice, wanted)


def waits(piece: Piece) -> bool:
    """Whether it names what comes first, so that it may be told before it is to be given."""
    return isinstance(piece, Regimen) and any(phase.after for phase in piece.phases)


def _is_phase(phase: Phase, wanted: Phase) -> bool:
    """Whether both are one phase; a drug or route that is not named may be any."""
    return (
        {*wanted.drugs} <= {*phase.drugs}
        and wanted.route in {None, phase.route}
        and wanted.dose == phase.dose
        and wanted.frequency == phase.frequency
        and wanted.bound == phase.bound
        and wanted.after == phase.after
    )


def _is_checked(found: Monitoring, wanted: Monitoring) -> bool:
    """Whether the test is checked at least as `wanted` says."""
    return (
        {*wanted.tests} <= {*found.tests}
        and {*wanted.at} <= {*found.at}
        and wanted.every in {None, found.every}
        and {*wanted.companions} <= {*found.companions}
        and found.at_least >= wanted.at_least
        and found.once >= wanted.once
        and found.before_next_dose >= wanted.before_next_dose
        and found.never_alone >= wanted.never_alone
        and wanted.after in {None, found.after}
        and wanted.until in {None, found.until}
    )


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
            return NamedThings("questions", asked) if is_asked is negated else None
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


def _mentioned(kind: str, answer: Recommendation) -> NamedThings:
    match kind:
        case "assumption":
            return NamedThings("assumptions", tuple(a.name for a in answer.assumptions))
        case "challenge":
            return NamedThings("challenges", tuple(c.name for c in answer.challenges))
        case _:
            topics = tuple(topic for s in answer.silences for topic in s.topics)
            return NamedThings("silent on", topics)


# ------------------------------------------------------------------------- actions


def _instead_of_action(
    expectation: ast.ExpectAction, answer: Recommendation, scope: Scope
) -> Answered | None:
    action, negated = expectation.action, expectation.negated
    value = lower_action(action, scope)
    if isinstance(value, Remark):
        notices = tuple(notice.text for notice in answer.notices)
        return (
            NamedThings("notices", notices)
            if (value.text in notices) is negated
            else None
        )
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


def is_vacuous(expectation: ast.Expectation, graph: RuleGraph, scope: Scope) -> bool:
    """Whether it expects that something is not said which no rule could say to anybody.

    Only what rules say counts, not to whom: what a condition keeps from this patient is worth
    expecting.
    """
    if not isinstance(expectation, ast.ExpectAction) or not expectation.negated:
        return False
    wanted = lower_action(expectation.action, scope)
    decision = decision_of(expectation.action)
    said = [rule.value for rule in graph.rules.values() if rule.decision is decision]
    if isinstance(wanted, NotNeeded | Remark):
        return wanted not in said
    return not any(_could_say(value, wanted) for value in said)


def _could_say(said: Value, wanted: Value) -> bool:
    """Whether a rule that says `said` may be behind an answer that says any of `wanted`."""
    if isinstance(said, Target) and isinstance(wanted, Target):
        # Rules on one measure are answered by the tightest bounds, each from another rule.
        return said.measure == wanted.measure
    parts = [part for piece in pieces(wanted) for part in _least(piece)]
    return any(
        is_told_of_any_drug(advice, part)
        for advice in pieces(said)
        if not isinstance(advice, Remark | Regimens | Technique)
        for part in parts
    )


def _least(piece: Piece) -> Iterator[Piece]:
    """What one rule has to say of a piece, where other rules may add the rest (M43)."""
    match piece:
        case Monitoring(at=at):
            bare = evolve(
                piece, at=(), companions=(), before_next_dose=False, never_alone=False
            )
            yield from ([evolve(bare, at=(time,)) for time in at] or [bare])
        case Prohibition(drugs=drugs):
            yield from (evolve(piece, drugs=(drug,)) for drug in drugs)
        case _:
            yield piece
