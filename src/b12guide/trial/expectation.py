"""Whether an answer is what an example expects, and whether it could be anything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from attrs import evolve

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.evaluate.composition_parts import drugs_of
from b12guide.graph import model
from b12guide.graph.derived import behind
from b12guide.graph.model import Advice
from b12guide.graph.query import regimens_in
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.regimen.model import Regimen
from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax import ast
from b12guide.trial.result import Answered, NamedThings
from b12guide.truth import Truth

Piece = model.Value | Regimen | model.Instruction
"""Something that is looked for by itself."""


def pieces(value: model.Value) -> tuple[Piece, ...]:
    """The parts of a value that are looked for one by one."""
    match value:
        case model.Regimens(regimens=regimens):
            return regimens
        case model.Technique(instructions=instructions):
            return instructions
        case model.Routes(routes=routes):
            return tuple(model.Routes(routes=(route,)) for route in routes)
        case model.Monitoring(tests=tests):
            return tuple(evolve(value, tests=(test,)) for test in tests)
        case model.Prohibition(drugs=drugs):
            return tuple(evolve(value, drugs=(drug,)) for drug in drugs)
        case model.NotChecked(tests=tests):
            return tuple(model.NotChecked(tests=(test,)) for test in tests)
        case model.FormChoice(drugs=drugs, excluded=excluded):
            return (
                *(model.FormChoice(drugs=(drug,)) for drug in drugs),
                *(model.Exclusion(drugs=(drug,), outright=False) for drug in excluded),
            )
        case model.Change(to=model.Regimens(regimens=regimens)):
            return tuple(map(value.with_regimen, regimens))
        case model.Change(to=model.Routes(routes=routes)):
            several = [model.Routes(routes=(route,)) for route in routes]
            return tuple(evolve(value, to=one) for one in several)
        case model.Change(to=model.FormChoice(drugs=drugs)):
            choices = [model.FormChoice(drugs=(drug,)) for drug in drugs]
            return tuple(evolve(value, to=one) for one in choices)
        case model.Referral(services=services):
            return tuple(model.Referral(services=(one,)) for one in services)
        case model.Exclusion(drugs=drugs, outright=outright):
            return tuple(model.Exclusion(drugs=(d,), outright=outright) for d in drugs)
        case _:
            return (value,)


def is_told(advice: Advice, wanted: Piece) -> bool:
    """Whether `advice` says `wanted`, and perhaps more."""
    match advice, wanted:
        case Regimen(phases=phases), Regimen(phases=others):
            # A drug or route that is not named may be any.
            return len(phases) == len(others) and all(
                {*wanted_phase.drugs} <= {*phase.drugs}
                and wanted_phase.route in {None, phase.route}
                and wanted_phase.dose == phase.dose
                and wanted_phase.frequency == phase.frequency
                and wanted_phase.bound == phase.bound
                and wanted_phase.spacing == phase.spacing
                and wanted_phase.as_needed is phase.as_needed
                and wanted_phase.with_food is phase.with_food
                and wanted_phase.after == phase.after
                for phase, wanted_phase in zip(phases, others, strict=True)
            )
        case model.FormChoice(drugs=drugs), model.FormChoice(drugs=others):
            return {*others} <= {*drugs}
        case model.Exclusion(), model.Exclusion():
            is_strict = advice.outright or not wanted.outright
            return {*wanted.drugs} <= {*advice.drugs} and is_strict
        case model.Routes(routes=routes), model.Routes(routes=others):
            return {*others} <= {*routes}
        case model.Prohibition(), model.Prohibition():
            return (
                {*wanted.drugs} <= {*advice.drugs}
                and wanted.until in {None, advice.until}
                and wanted.unless in {None, advice.unless}
            )
        case model.Monitoring(), model.Monitoring():
            # The test is checked at least as often, and under what is asked for at least.
            return (
                {*wanted.tests} <= {*advice.tests}
                and {*wanted.at} <= {*advice.at}
                and all(any(t in w for t in advice.times) for w in wanted.windows)
                and _recurs(advice.recurring, wanted.recurring)
                and {*wanted.companions} <= {*advice.companions}
                and advice.once >= wanted.once
                and advice.before_next_dose >= wanted.before_next_dose
                and advice.never_alone >= wanted.never_alone
                and wanted.after in {None, advice.after}
                and wanted.until in {None, advice.until}
                and wanted.during in {None, advice.during}
            )
        case model.NotChecked(tests=tests), model.NotChecked(tests=others):
            return {*others} <= {*tests}
        case model.Referral(services=services), model.Referral(services=others):
            return {*others} <= {*services}
        case model.Change(), model.Change() if advice.of is wanted.of:
            match advice.to, wanted.to:
                case (
                    model.Regimens(regimens=(one,)),
                    model.Regimens(regimens=(another,)),
                ):
                    return is_told(one, another)
                case (
                    model.FormChoice() | model.Routes() as said,
                    model.FormChoice() | model.Routes() as asked,
                ):
                    return is_told(said, asked)
                case _:
                    return False
        case model.Continuation(), model.Continuation():
            is_long = advice.for_life or not wanted.for_life
            return advice.treatment == wanted.treatment and is_long
        case model.Concluded(), model.Concluded():
            return advice == wanted
        case (
            (model.Instruction(), model.Instruction())
            | (model.Target(), model.Target())
            | (model.Stop(), model.Stop())
        ):
            return advice == wanted
        case _:
            return False


def _recurs(
    advice: Sequence[model.Recurrence], wanted: Sequence[model.Recurrence]
) -> bool:
    """Whether a test recurs as is wanted, each interval for as long, if anything is wanted."""
    return not wanted or (
        len(advice) == len(wanted)
        and all(
            one.every == other.every
            and one.lasts == other.lasts
            and one.at_least >= other.at_least
            for one, other in zip(advice, wanted, strict=True)
        )
    )


def is_told_of_any_drug(advice: Advice, wanted: Piece) -> bool:
    """The same, where a schedule that leaves its drug to the form may be of any drug."""
    if isinstance(advice, model.Change) and isinstance(wanted, model.Change):
        match advice.regimens, wanted.regimens:
            case (one,), (other,):
                return advice.of is wanted.of and is_told_of_any_drug(one, other)
            case _:
                return is_told(advice, wanted)
    if isinstance(advice, Regimen) and isinstance(wanted, Regimen):
        is_open = all(not phase.drugs for phase in advice.phases)
        if is_open:
            wanted = Regimen(tuple(evolve(phase, drugs=()) for phase in wanted.phases))
    return is_told(advice, wanted)


def waits(piece: Piece) -> bool:
    """Whether it names what comes first, so that it may be told before it is to be given."""
    phases = (p for regimen in regimens_in(piece) for p in regimen.phases)
    return any(phase.after for phase in phases)


_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def _with_facts_behind(names: Iterable[str], answer: Recommendation) -> set[str]:
    """The names, and the facts of whose days they ask."""
    found = set(names)
    facts = {behind(answer.graph, name) for name in found}
    return found | {fact for fact in facts if fact is not None}


def instead(
    expectation: ast.Expectation, answer: Recommendation, scope: Scope
) -> Answered | None:
    """What `answer` says instead of what is expected; None when it says that."""
    match expectation:
        case ast.ExpectAction():
            return _instead_of_action(expectation, answer, scope)
        case ast.ExpectRule(rule=rule, verdict=verdict):
            verdicts = {one.rule.name: one for one in answer.rules}
            found = verdicts.get(rule.text)
            if found is None:  # a mutant has lost it
                return NamedThings("rules", tuple(verdicts))
            return None if found.verdict.value == verdict else found
        case ast.ExpectDecision(decision=name, outcome=outcome, facts=facts):
            decided = answer.decisions[model.Decision(name.text)]
            named = {scope.name(Namespace.FACT, fact.text) for fact in facts}
            is_so = decided.outcome.value == outcome.removesuffix(" on")
            open_ = _with_facts_behind(decided.depends_on, answer)
            return None if is_so and named <= open_ else decided
        case ast.ExpectReasons(decision=name, rules=rules):
            decided = answer.decisions[model.Decision(name.text)]
            is_so = {rule.text for rule in rules} <= {*decided.rules}
            return None if is_so else decided
        case ast.ExpectQuestion(fact=fact, negated=negated):
            asked = tuple(question.fact for question in answer.questions)
            behind = (
                b
                for question in answer.questions
                for b in (*question.behind, *question.instead)
            )
            told = _with_facts_behind((*asked, *behind), answer)
            is_asked = scope.name(Namespace.FACT, fact.text) in told
            return NamedThings("questions", asked) if is_asked is negated else None
        case ast.ExpectMention(kind=kind, name=name):
            match kind:
                case "assumption":
                    said = (a.name for a in answer.assumptions)
                    mentioned = NamedThings("assumptions", tuple(said))
                case "challenge":
                    said = (c.name for c in answer.challenges)
                    mentioned = NamedThings("challenges", tuple(said))
                case _:
                    said = (topic for s in answer.silences for topic in s.topics)
                    mentioned = NamedThings("silent on", tuple(said))
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


# ------------------------------------------------------------------------- actions


def _instead_of_action(
    expectation: ast.ExpectAction, answer: Recommendation, scope: Scope
) -> Answered | None:
    action, negated = expectation.action, expectation.negated
    value = lower_action(action, scope)
    if isinstance(value, model.Remark):
        notices = tuple(notice.text for notice in answer.notices)
        is_so = (value.text in notices) is not negated
        return None if is_so else NamedThings("notices", notices)
    decided = answer.decisions[decision_of(action)]
    optional = bool(getattr(action, "optional", False))
    if negated:
        is_said = is_anywhere(value, decided, optional=optional)
        is_said |= not optional and is_one_side(value, decided, answer)
        return decided if is_said else None
    return None if offers(decided, value, optional=optional) else decided


def offers(decided: Decided, value: model.Value, *, optional: bool = False) -> bool:
    """Whether the decision says all of `value`; `optional`, whether as an alternative."""
    match value:
        case model.NotNeeded():
            return decided.outcome is Outcome.NOT_NEEDED
        case model.FormChoice(drugs=drugs, excluded=excluded):
            named = {*decided.acceptable}
            if not optional:
                named |= {*decided.preferred}
            return {*drugs} <= named and {*excluded} <= {*decided.excluded}
        case model.Exclusion():
            options = [option for option in decided.options if option.certain]
            return all(_says(part, options) for part in pieces(value))
        case _:
            # Where the decision is determined only what is certain counts.
            is_open = decided.outcome is Outcome.DEPENDS
            options = [
                option
                for option in decided.options
                if option.alternative is optional and (is_open or option.certain)
            ]
            return all(_says(part, options) for part in pieces(value))


def is_anywhere(value: model.Value, decided: Decided, *, optional: bool) -> bool:
    """Whether any option, certain or not, says any part of `value`."""
    if isinstance(value, model.NotNeeded):
        return decided.outcome is Outcome.NOT_NEEDED
    options = [o for o in decided.options if o.alternative or not optional]
    if optional and isinstance(value, model.FormChoice):
        # A drug that is preferred is no mere alternative, though a rule may offer it too.
        options = [
            o for o in options if not {*drugs_of(o.advice)} & {*decided.preferred}
        ]
    return any(_says(part, options) for part in pieces(value))


def is_lacking(value: model.Value, decided: Decided, *, optional: bool) -> bool:
    """Whether no option, certain or not, says some part of `value`."""
    if isinstance(value, model.NotNeeded):
        return decided.outcome is not Outcome.NOT_NEEDED
    options = [o for o in decided.options if o.alternative or not optional]
    return not all(_says(part, options) for part in pieces(value))


def is_one_side(value: model.Value, decided: Decided, answer: Recommendation) -> bool:
    """Whether any part of `value` is one side of a conflict about the decision."""
    return any(
        is_told(side.advice, part)
        for conflict in answer.conflicts
        if conflict.decision is decided.decision
        for side in conflict.sides
        for part in pieces(value)
    )


def _says(wanted: Piece, options: Iterable[Option]) -> bool:
    """Whether an option says it; what is withheld counts only with what it waits for."""
    return any(
        is_told(option.advice, wanted) and (waits(wanted) or not option.withheld)
        for option in options
    )


def is_vacuous(
    expectation: ast.Expectation, graph: model.RuleGraph, scope: Scope
) -> bool:
    """Whether it expects that something is not said which no rule could say to anybody.

    Only what rules say counts, not to whom: what a condition keeps from this patient is worth
    expecting.
    """
    if not isinstance(expectation, ast.ExpectAction) or not expectation.negated:
        return False
    wanted = lower_action(expectation.action, scope)
    decision = decision_of(expectation.action)
    said = [rule.value for rule in graph.rules.values() if rule.decision is decision]
    if isinstance(wanted, model.NotNeeded | model.Remark):
        return wanted not in said
    return not any(_could_say(value, wanted) for value in said)


def _could_say(said: model.Value, wanted: model.Value) -> bool:
    """Whether a rule that says `said` may be behind an answer that says any of `wanted`."""
    if isinstance(said, model.Target) and isinstance(wanted, model.Target):
        # Rules on one measure are answered by the tightest bounds, each from another rule.
        return said.measure == wanted.measure
    parts: list[Piece] = []
    for piece in pieces(wanted):
        # What one rule has to say of a piece, where other rules may add the rest (M43).
        match piece:
            case model.Monitoring(at=at, windows=windows):
                bare = evolve(
                    piece,
                    at=(),
                    windows=(),
                    companions=(),
                    before_next_dose=False,
                    never_alone=False,
                )
                single = [evolve(bare, at=(time,)) for time in at]
                single += [evolve(bare, windows=(window,)) for window in windows]
                parts += single or [bare]
            case _:
                parts.append(piece)
    return any(
        is_told_of_any_drug(advice, part)
        for advice in pieces(said)
        if not isinstance(advice, model.Remark | model.Regimens | model.Technique)
        for part in parts
    )
