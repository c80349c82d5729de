"""Every name that an item refers to, and what the name is expected to be there.

The topics of `silent on` are left out: they may be words of any kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from attrs import frozen

from b12guide.syntax import ast
from b12guide.syntax.ast import Name

__all__ = ["Reference", "Use", "in_condition", "in_header", "in_item"]


class Use(Enum):
    """What a name is used as; the value is what a person calls it."""

    TRUTH = "a finding, event or definition"
    MEASURE = "a measure"
    CHOICE = "a choice"
    VALUE = "a value"
    FACT = "a fact"
    ON_RECORD = "a fact or definition"
    TREATMENT = "a finding, event or drug"
    ORDER = "an event or a drug"
    DRUG = "a drug"
    TEST = "a test"
    ROUTE = "a route"
    SITE = "a site"
    SOURCE = "a source"
    ASSUMPTION = "an assumption"
    CHALLENGE = "a challenge"
    RULE = "a rule"
    DECISION = "a decision"


@frozen
class Reference:
    """A name, used as something; `of` is the choice that a value belongs to."""

    use: Use
    name: Name
    of: Name | None = None


def _all(use: Use, names: Iterable[Name | None]) -> Iterator[Reference]:
    return (Reference(use, name) for name in names if name is not None)


def in_header(header: ast.Header) -> Iterator[Reference]:
    """The names in the head of a file."""
    if header.scope is not None:
        yield from in_condition(header.scope)


def in_item(item: ast.Item) -> Iterator[Reference]:
    """The names in an item, in the order written as far as the tree tells."""
    match item:
        case ast.Rule():
            yield from _all(Use.RULE, item.exception_to)
            for condition in item.conditions:
                yield from in_condition(condition)
            for action in item.actions:
                yield from in_action(action)
            yield from _in_grounds(item.grounds)
        case ast.Definition():
            yield from in_condition(item.condition)
            yield from _in_grounds(item.grounds)
        case ast.Silent():
            for condition in item.conditions:
                yield from in_condition(condition)
            yield from _in_grounds(item.grounds)
        case ast.Implication():
            yield from in_condition(item.premise)
            yield from in_condition(item.conclusion)
        case ast.Declaration():
            for code in item.codes:
                if code.value is not None:
                    yield Reference(Use.VALUE, code.value, item.name)
            for condition in item.implies:
                yield from in_condition(condition)
        case ast.ExpectedConflict():
            yield from _all(Use.RULE, (item.first, item.second))
        case ast.Invariant():
            yield from _in_claim(item.claim)
        case ast.Example():
            yield from _in_example(item)
        case ast.Challenge():
            yield from _all(Use.SOURCE, item.by)
        case ast.Source() | ast.Assumption():
            return


def in_condition(condition: ast.Condition) -> Iterator[Reference]:
    """The names in a condition, assumptions included."""
    match condition:
        case ast.Reference():
            yield Reference(Use.TRUTH, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.OnRecord():
            yield Reference(Use.ON_RECORD, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Comparison() | ast.Between():
            yield Reference(Use.MEASURE, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Is():
            yield Reference(Use.CHOICE, condition.name)
            for value in condition.values:
                yield Reference(Use.VALUE, value, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Not():
            yield from in_condition(condition.operand)
        case ast.And() | ast.Or() | ast.Listed():
            for operand in condition.operands:
                yield from in_condition(operand)
        case ast.Group():
            yield from in_condition(condition.operand)
            yield from _all(Use.ASSUMPTION, condition.assuming)


def in_action(action: ast.Action) -> Iterator[Reference]:
    """The names in what a rule does."""
    match action:
        case ast.Load(plan=plan) | ast.Maintain(plan=plan) | ast.Give(plan=plan):
            for regimen in plan.regimens:
                for phase in regimen.phases:
                    yield from _in_phase(phase)
        case ast.Form():
            yield from _all(Use.DRUG, (*action.drugs, *action.excluded))
        case ast.Exclude():
            yield from _all(Use.DRUG, action.drugs)
        case ast.Route():
            yield from _all(Use.ROUTE, action.routes)
        case ast.Withhold():
            yield from _all(Use.DRUG, action.drugs)
            yield from _all(Use.TRUTH, (action.until, action.unless))
        case ast.Check():
            yield from _all(Use.TEST, (*action.tests, *action.companions))
            yield from _all(Use.TRUTH, (action.after, action.until))
        case ast.Inject():
            for instruction in action.instructions:
                if isinstance(instruction, ast.AtSite | ast.NotAtSite):
                    yield Reference(Use.SITE, instruction.site)
        case ast.Target():
            yield Reference(Use.MEASURE, action.measure)
        case ast.Continue():
            yield Reference(Use.TREATMENT, action.treatment)
        case ast.NotNeeded() | ast.Note():
            return


def _in_phase(phase: ast.Phase) -> Iterator[Reference]:
    yield from _all(Use.DRUG, (phase.drug,))
    yield from _all(Use.ROUTE, (phase.route,))
    if isinstance(phase.bound, ast.Until):
        yield Reference(Use.TRUTH, phase.bound.event)
    yield from _all(Use.TRUTH, phase.after)


def _in_grounds(grounds: ast.Grounds) -> Iterator[Reference]:
    yield from _all(Use.SOURCE, grounds.cites)
    yield from _all(Use.ASSUMPTION, grounds.assumes)
    yield from _all(Use.CHALLENGE, grounds.challenged)


def _in_claim(claim: ast.Never | ast.Always | ast.NeverBefore) -> Iterator[Reference]:
    match claim:
        case ast.NeverBefore():
            yield Reference(Use.DRUG, claim.target)
            yield Reference(Use.ORDER, claim.before)
        case ast.Never() | ast.Always():
            match claim.target:
                case Name():
                    yield Reference(Use.DRUG, claim.target)
                case action:
                    yield from in_action(action)
            if claim.when is not None:
                yield from in_condition(claim.when)
            if isinstance(claim, ast.Never) and claim.unless is not None:
                yield from in_condition(claim.unless)


def _in_example(example: ast.Example) -> Iterator[Reference]:
    for given in example.given:
        match given:
            case ast.Given(value=Name() as value):
                yield Reference(Use.CHOICE, given.name)
                yield Reference(Use.VALUE, value, given.name)
            case ast.Given(value=ast.Quantity()):
                yield Reference(Use.MEASURE, given.name)
            case ast.Given(value=ast.Presence.UNKNOWN):
                yield Reference(Use.FACT, given.name)
            case ast.Given():
                yield Reference(Use.TRUTH, given.name)
            case ast.Otherwise():
                pass
    for expectation in example.expectations:
        yield from _in_expectation(expectation)


_MENTIONS = {"assumption": Use.ASSUMPTION, "challenge": Use.CHALLENGE}


def _in_expectation(expectation: ast.Expectation) -> Iterator[Reference]:
    match expectation:
        case ast.ExpectAction():
            yield from in_action(expectation.action)
        case ast.ExpectRule():
            yield Reference(Use.RULE, expectation.rule)
        case ast.ExpectDecision():
            yield Reference(Use.DECISION, expectation.decision)
            yield from _all(Use.FACT, expectation.facts)
        case ast.ExpectReasons():
            yield Reference(Use.DECISION, expectation.decision)
            yield from _all(Use.RULE, expectation.rules)
        case ast.ExpectQuestion():
            yield Reference(Use.FACT, expectation.fact)
        case ast.ExpectMention(kind=kind):
            if kind in _MENTIONS:
                yield Reference(_MENTIONS[kind], expectation.name)
        case ast.ExpectConflict():
            yield from _all(Use.RULE, (expectation.first, expectation.second))
        case ast.ExpectScope():
            return
