"""A guideline as it was written: its files, read but not yet understood, and their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import TypeVar, assert_never

from attrs import field, frozen

from b12guide.syntax import ast
from b12guide.syntax.ast import File, Header, Item, Name, Node, descendants
from b12guide.text import Text


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
class NameUse:
    """A name, used as something; `of` is the choice that a value belongs to."""

    use: Use
    name: Name
    of: Name | None = None


def _all(use: Use, names: Iterable[Name | None]) -> Iterator[NameUse]:
    return (NameUse(use, name) for name in names if name is not None)


def in_header(header: ast.Header) -> Iterator[NameUse]:
    """The names in the head of a file."""
    if header.scope is not None:
        yield from in_condition(header.scope)


def in_item(item: ast.Item) -> Iterator[NameUse]:
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
                    yield NameUse(Use.VALUE, code.value, item.name)
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


def in_condition(condition: ast.Condition) -> Iterator[NameUse]:
    """The names in a condition, assumptions included."""
    match condition:
        case ast.Reference():
            yield NameUse(Use.TRUTH, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.OnRecord():
            yield NameUse(Use.ON_RECORD, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Comparison() | ast.Between():
            yield NameUse(Use.MEASURE, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Is():
            yield NameUse(Use.CHOICE, condition.name)
            for value in condition.values:
                yield NameUse(Use.VALUE, value, condition.name)
            yield from _all(Use.ASSUMPTION, condition.assuming)
        case ast.Not():
            yield from in_condition(condition.operand)
        case ast.And() | ast.Or() | ast.Listed():
            for operand in condition.operands:
                yield from in_condition(operand)
        case ast.Group():
            yield from in_condition(condition.operand)
            yield from _all(Use.ASSUMPTION, condition.assuming)


def in_action(action: ast.Action) -> Iterator[NameUse]:
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
                    yield NameUse(Use.SITE, instruction.site)
        case ast.Target():
            yield NameUse(Use.MEASURE, action.measure)
        case ast.Continue():
            yield NameUse(Use.TREATMENT, action.treatment)
        case ast.NotNeeded() | ast.Note():
            return


def _in_phase(phase: ast.Phase) -> Iterator[NameUse]:
    yield from _all(Use.DRUG, (phase.drug,))
    yield from _all(Use.ROUTE, (phase.route,))
    if isinstance(phase.bound, ast.Until):
        yield NameUse(Use.TRUTH, phase.bound.event)
    yield from _all(Use.TRUTH, phase.after)


def _in_grounds(grounds: ast.Grounds) -> Iterator[NameUse]:
    yield from _all(Use.SOURCE, grounds.cites)
    yield from _all(Use.ASSUMPTION, grounds.assumes)
    yield from _all(Use.CHALLENGE, grounds.challenged)


def _in_claim(claim: ast.Never | ast.Always | ast.NeverBefore) -> Iterator[NameUse]:
    match claim:
        case ast.NeverBefore():
            yield NameUse(Use.DRUG, claim.target)
            yield NameUse(Use.ORDER, claim.before)
        case ast.Never() | ast.Always():
            match claim.target:
                case Name():
                    yield NameUse(Use.DRUG, claim.target)
                case action:
                    yield from in_action(action)
            if claim.when is not None:
                yield from in_condition(claim.when)
            if isinstance(claim, ast.Never) and claim.unless is not None:
                yield from in_condition(claim.unless)


def _in_example(example: ast.Example) -> Iterator[NameUse]:
    for given in example.given:
        match given:
            case ast.Given(value=Name() as value):
                yield NameUse(Use.CHOICE, given.name)
                yield NameUse(Use.VALUE, value, given.name)
            case ast.Given(value=ast.Quantity()):
                yield NameUse(Use.MEASURE, given.name)
            case ast.Given(value=ast.Presence.UNKNOWN):
                yield NameUse(Use.FACT, given.name)
            case ast.Given():
                yield NameUse(Use.TRUTH, given.name)
            case ast.Otherwise():
                pass
    for expectation in example.expectations:
        yield from _in_expectation(expectation)


_MENTIONS = {"assumption": Use.ASSUMPTION, "challenge": Use.CHALLENGE}


def _in_expectation(expectation: ast.Expectation) -> Iterator[NameUse]:
    match expectation:
        case ast.ExpectAction():
            yield from in_action(expectation.action)
        case ast.ExpectRule():
            yield NameUse(Use.RULE, expectation.rule)
        case ast.ExpectDecision():
            yield NameUse(Use.DECISION, expectation.decision)
            yield from _all(Use.FACT, expectation.facts)
        case ast.ExpectReasons():
            yield NameUse(Use.DECISION, expectation.decision)
            yield from _all(Use.RULE, expectation.rules)
        case ast.ExpectQuestion():
            yield NameUse(Use.FACT, expectation.fact)
        case ast.ExpectMention(kind=kind):
            if kind in _MENTIONS:
                yield NameUse(_MENTIONS[kind], expectation.name)
        case ast.ExpectConflict():
            yield from _all(Use.RULE, (expectation.first, expectation.second))
        case ast.ExpectScope():
            return


_ID = re.compile(r"(?P<stem>[A-Za-z_]*)(?P<number>[0-9]+)$")
_MOST = 10_000


def statement_range(header: Header | None) -> tuple[str, ...]:
    """Every id from the first to the last one; none when the header names no range."""
    if header is None or header.statements is None:
        return ()
    first, last = (_ID.match(name.text) for name in header.statements)
    if first is None or last is None or first["stem"] != last["stem"]:
        return ()
    width = len(first["number"]) if first["number"].startswith("0") else 0
    low, high = int(first["number"]), int(last["number"])
    if high - low >= _MOST:
        return ()
    return tuple(f"{first['stem']}{n:0{width}}" for n in range(low, high + 1))


def is_range(header: Header) -> bool:
    """Whether the header names a range of ids, if it names one at all."""
    return header.statements is None or bool(statement_range(header))


T = TypeVar("T")


def _by_name(files: tuple[File, ...]) -> tuple[File, ...]:
    return (*files[:1], *sorted(files[1:], key=lambda file: file.text.name))


@frozen(slots=False)  # so that the nodes are looked for once
class Draft:
    """The files of one guideline, the main one first."""

    files: tuple[File, ...] = field(converter=_by_name)

    @property
    def main(self) -> File:
        """The file that was asked for."""
        return self.files[0]

    @property
    def header(self) -> Header | None:
        """The head of the guideline; None when the main file is none."""
        return next((h for h in self.main.headers if h.kind == "guideline"), None)

    def each_item(self) -> Iterator[tuple[Text, Item]]:
        """Every item with the text it stands in."""
        for file in self.files:
            for item in file.items:
                yield file.text, item

    def each(self, kind: type[T]) -> Iterator[tuple[Text, T]]:
        """Every item of one kind with the text it stands in."""
        for text, item in self._items.get(kind, ()):
            if isinstance(item, kind):
                yield text, item

    @cached_property
    def _items(self) -> Mapping[type, list[tuple[Text, Item]]]:
        found: dict[type, list[tuple[Text, Item]]] = {}
        for text, item in self.each_item():
            found.setdefault(type(item), []).append((text, item))
        return found

    def each_node(self, *kinds: type[Node]) -> Iterator[tuple[Text, Node]]:
        """Every node of some kinds, at any depth, with the text it stands in."""
        for kind in kinds:
            yield from self._nodes.get(kind, ())

    def each_reference(self) -> Iterator[tuple[Text, NameUse, Header | Item]]:
        """Every use of a name with the text it stands in and the item around it."""
        yield from self._references

    @cached_property
    def _references(self) -> tuple[tuple[Text, NameUse, Header | Item], ...]:
        in_headers = (
            (text, reference, header)
            for text, header in self.headers()
            for reference in in_header(header)
        )
        in_items = (
            (text, reference, item)
            for text, item in self.each_item()
            for reference in in_item(item)
        )
        return (*in_headers, *in_items)

    @cached_property
    def _nodes(self) -> Mapping[type[Node], list[tuple[Text, Node]]]:
        found: dict[type[Node], list[tuple[Text, Node]]] = {}
        for text, outermost in (*self.headers(), *self.each_item()):
            for node in descendants(outermost):
                found.setdefault(type(node), []).append((text, node))
        return found

    def headers(self) -> Iterator[tuple[Text, Header]]:
        """Every header with the text it stands in."""
        for file in self.files:
            for header in file.headers:
                yield file.text, header


def parts(condition: ast.Condition) -> tuple[ast.Condition, ...]:
    """What a written condition joins or puts in brackets, one level down."""
    match condition:
        case ast.Reference() | ast.OnRecord() | ast.Comparison():
            return ()
        case ast.Between() | ast.Is():
            return ()
        case ast.Not(operand=operand) | ast.Group(operand=operand):
            return (operand,)
        case ast.And() | ast.Or() | ast.Listed():
            return condition.operands
        case _:
            assert_never(condition)


def every_part(condition: ast.Condition) -> Iterator[ast.Condition]:
    """The condition and what is inside it at any depth, each before its own parts."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(parts(part))
