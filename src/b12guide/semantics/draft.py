"""A guideline as it was written: its files, read but not yet understood, and their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import TypeGuard, TypeVar, assert_never

from attrs import field, frozen

from b12guide.syntax import ast
from b12guide.syntax.ast import File, Header, Item, Name, Node, descendants
from b12guide.text import Text


class Use(Enum):
    """What a name is used as; the value is what a person calls it."""

    TRUTH = "a finding, event or definition"
    MEASURE = "a measure"
    CHOICE = "a choice"
    VALUED = "a choice or conclusion"
    CONCLUSION = "a conclusion"
    VALUE = "a value"
    FACT = "a fact"
    ON_RECORD = "a fact or definition"
    TREATMENT = "a finding, event or drug"
    ORDER = "an event or a drug"
    DRUG = "a drug"
    TEST = "a test"
    ROUTE = "a route"
    SITE = "a site"
    SERVICE = "a service"
    SOURCE = "a source"
    ASSUMPTION = "an assumption"
    CHALLENGE = "a challenge"
    RULE = "a rule"
    DECISION = "a decision"


@frozen
class NameUse:
    """A name, used as something; `of` is the choice or conclusion whose value it is."""

    use: Use
    name: Name
    of: Name | None = None


_ASSUMING = {"assuming": Use.ASSUMPTION}
_USES: Mapping[type[Node], Mapping[str, Use]] = {
    # conditions
    ast.Reference: {"name": Use.TRUTH} | _ASSUMING,
    ast.OnRecord: {"name": Use.ON_RECORD} | _ASSUMING,
    ast.Comparison: {"name": Use.MEASURE} | _ASSUMING,
    ast.Between: {"name": Use.MEASURE} | _ASSUMING,
    ast.Aged: {"name": Use.TRUTH} | _ASSUMING,
    ast.LastValues: {"name": Use.MEASURE} | _ASSUMING,
    ast.RoseOrFell: {"name": Use.MEASURE} | _ASSUMING,
    ast.Is: {"name": Use.VALUED, "values": Use.VALUE} | _ASSUMING,
    ast.Group: _ASSUMING,
    # what a rule does
    ast.Phase: {"drug": Use.DRUG, "route": Use.ROUTE, "after": Use.TRUTH},
    ast.Until: {"event": Use.TRUTH},
    ast.Form: {"drugs": Use.DRUG, "excluded": Use.DRUG},
    ast.Exclude: {"drugs": Use.DRUG},
    ast.Route: {"routes": Use.ROUTE},
    ast.Withhold: {"drugs": Use.DRUG, "until": Use.TRUTH, "unless": Use.TRUTH},
    ast.Check: {
        "tests": Use.TEST,
        "companions": Use.TEST,
        "after": Use.TRUTH,
        "until": Use.TRUTH,
    },
    ast.DoNotCheck: {"tests": Use.TEST},
    ast.AtSite: {"site": Use.SITE},
    ast.NotAtSite: {"site": Use.SITE},
    ast.Target: {"measure": Use.MEASURE},
    ast.Continue: {"treatment": Use.TREATMENT},
    ast.Stop: {"treatment": Use.TREATMENT},
    ast.Refer: {"services": Use.SERVICE},
    ast.Conclude: {"name": Use.CONCLUSION, "value": Use.VALUE},
    # items
    ast.Rule: {"exception_to": Use.RULE},
    ast.Grounds: {
        "cites": Use.SOURCE,
        "assumes": Use.ASSUMPTION,
        "challenged": Use.CHALLENGE,
    },
    ast.Challenge: {"by": Use.SOURCE},
    ast.Currency: {"facts": Use.FACT} | _ASSUMING,
    ast.Derivation: {"measure": Use.FACT, "parts": Use.FACT} | _ASSUMING,
    ast.ExpectedConflict: {"first": Use.RULE, "second": Use.RULE},
    ast.NeverBefore: {"target": Use.DRUG, "before": Use.ORDER},
    ast.Never: {"target": Use.DRUG},
    ast.Always: {"target": Use.DRUG},
    # examples
    ast.ExpectRule: {"rule": Use.RULE},
    ast.ExpectDecision: {"decision": Use.DECISION, "facts": Use.FACT},
    ast.ExpectReasons: {"decision": Use.DECISION, "rules": Use.RULE},
    ast.ExpectQuestion: {"fact": Use.FACT},
    ast.ExpectConflict: {"first": Use.RULE, "second": Use.RULE},
}
"""What the fields of a node use names as, where the kind of node tells."""


def names_used(node: Node) -> Iterator[NameUse]:
    """The names that an item, or a part of one, uses, in the order of the tree."""
    yield from _names_used_in((node, *descendants(node)))


def _names_used_in(nodes: Iterable[Node]) -> Iterator[NameUse]:
    for part in nodes:
        uses = _USES.get(type(part))
        if uses is not None:
            for field_, use in uses.items():
                found = getattr(part, field_)
                for name in found if isinstance(found, tuple) else (found,):
                    if isinstance(name, Name):
                        of = (
                            part.name
                            if isinstance(part, ast.Is | ast.Conclude)
                            else None
                        )
                        yield NameUse(use, name, of if use is Use.VALUE else None)
        if isinstance(part, ast.Given | ast.ExpectMention | ast.Declaration):
            yield from _by_value(part)


def _by_value(
    node: ast.Given | ast.ExpectMention | ast.Declaration,
) -> Iterator[NameUse]:
    """The names in a node of which more than the kind tells what they are."""
    match node:
        case ast.Given(value=Name() as value):
            yield NameUse(Use.CHOICE, node.name)
            yield NameUse(Use.VALUE, value, node.name)
        case ast.Given(value=ast.Quantity()):
            yield NameUse(Use.MEASURE, node.name)
        case ast.Given(value=ast.Presence.UNKNOWN):
            yield NameUse(Use.FACT, node.name)
        case ast.Given():
            yield NameUse(Use.TRUTH, node.name)
        case ast.ExpectMention(kind="assumption"):
            yield NameUse(Use.ASSUMPTION, node.name)
        case ast.ExpectMention(kind="challenge"):
            yield NameUse(Use.CHALLENGE, node.name)
        case ast.ExpectMention():
            pass
        case ast.Declaration():
            for code in node.codes:
                if code.value is not None:
                    yield NameUse(Use.VALUE, code.value, node.name)
            for called in node.lay_for:
                yield NameUse(Use.VALUE, called.value, node.name)


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


# The order in which files use one another changes no verdict, no digest and no message.
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
        return tuple(
            (text, use, around)
            for text, around, inside in self._trees
            for use in _names_used_in((around, *inside))
        )

    @cached_property
    def _trees(self) -> tuple[tuple[Text, Header | Item, tuple[Node, ...]], ...]:
        """Every head and item with the text it stands in and all nodes inside it."""
        return tuple(
            (text, around, tuple(descendants(around)))
            for text, around in (*self.headers(), *self.each_item())
        )

    @cached_property
    def _nodes(self) -> Mapping[type[Node], list[tuple[Text, Node]]]:
        found: dict[type[Node], list[tuple[Text, Node]]] = {}
        for text, _, inside in self._trees:
            for node in inside:
                found.setdefault(type(node), []).append((text, node))
        return found

    def ages_asked(self) -> Iterator[tuple[Text, ast.Aged]]:
        """Every age that a condition asks for; those of the patients of examples are none."""
        for text, around, inside in self._trees if ast.Aged in self._nodes else ():
            if not isinstance(around, ast.Example):
                for node in inside:
                    if isinstance(node, ast.Aged):
                        yield text, node

    def over_time_asked(self) -> Iterator[tuple[Text, ast.OverTime]]:
        """Every condition on several values of a measure; those that examples give are none."""
        kinds = (ast.LastValues, ast.RoseOrFell)
        for text, around, inside in (
            self._trees if self._nodes.keys() & {*kinds} else ()
        ):
            if not isinstance(around, ast.Example):
                for node in inside:
                    if isinstance(node, kinds):
                        yield text, node

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
        case ast.Between() | ast.Aged() | ast.LastValues():
            return ()
        case ast.RoseOrFell() | ast.Is():
            return ()
        case ast.Not(operand=operand) | ast.Group(operand=operand):
            return (operand,)
        case ast.And() | ast.Or() | ast.Listed():
            return condition.operands
        case _:
            assert_never(condition)


def is_counted(node: ast.Node) -> TypeGuard[ast.Listed]:
    """Whether it is a list of which so many are to be so."""
    return isinstance(node, ast.Listed) and node.quantifier is ast.Quantifier.AT_LEAST


def every_part(condition: ast.Condition) -> Iterator[ast.Condition]:
    """The condition and what is inside it at any depth, each before its own parts."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(parts(part))
