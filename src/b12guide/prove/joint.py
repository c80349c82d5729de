"""Two guidelines as one, so that one search goes through the patients of both.

`X is known` becomes a fact of its own that implies X: who has X without it is a patient of whom
X was not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from attrs import evolve, frozen

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Has,
    Known,
    Not,
    OneOf,
    Resting,
    atoms,
)
from b12guide.graph.model import (
    Definition,
    Fact,
    Implication,
    Rule,
    RuleGraph,
    Vocabulary,
)
from b12guide.values.term import Kind

__all__ = [
    "NEW",
    "OLD",
    "RECORDED",
    "SCOPE",
    "Joint",
    "incomparable",
    "joined",
    "recorded",
]

OLD, NEW = "old ", "new "
"""What the names of rules and definitions of either guideline begin with."""

RECORDED = "recorded "
"""What the name of the fact begins with that something was recorded."""

SCOPE = "scope"


@frozen(kw_only=True)
class Joint:
    """Two guidelines as one.

    Attributes:
        graph: The rules of both, each under its prefix.
        recorded: What each fact of being recorded is about.
    """

    graph: RuleGraph
    recorded: Mapping[str, tuple[Condition, ...]]


def incomparable(old: RuleGraph, new: RuleGraph) -> frozenset[str]:
    """The facts that the guidelines share by name only: of another kind or unit."""
    mine, theirs = old.vocabulary.facts, new.vocabulary.facts
    return frozenset(
        name
        for name in mine.keys() & theirs.keys()
        if (mine[name].kind, mine[name].unit) != (theirs[name].kind, theirs[name].unit)
    )


def joined(old: RuleGraph, new: RuleGraph) -> Joint:
    """The two guidelines as one."""
    shared = _shared(old, new)
    sides = (_renamed(old, OLD, shared), _renamed(new, NEW, shared))
    implications = tuple(
        dict.fromkeys(_bare(i) for graph in sides for i in graph.implications)
    )
    return recorded(
        evolve(
            old,
            scope=AllOf(()),
            vocabulary=_vocabulary(old, new),
            implications=implications,
            definitions={n: d for graph in sides for n, d in graph.definitions.items()},
            rules={n: rule for graph in sides for n, rule in graph.rules.items()},
            silences=(),
            conflicts=(),
        )
    )


def recorded(graph: RuleGraph) -> Joint:
    """One guideline with a fact of its own for each `X is known`."""
    about: dict[str, tuple[Condition, ...]] = {}
    for condition in _conditions(graph):
        for known in _known(condition):
            name, before = _name(known), about.get(_name(known), ())
            about[name] = tuple(dict.fromkeys((*before, known.operand)))
    shadows = {name: Fact(kind=Kind.FINDING, name=name, label=name) for name in about}
    apart = evolve(
        graph,
        scope=_shadowed(graph.scope),
        vocabulary=evolve(
            graph.vocabulary, facts={**graph.vocabulary.facts, **shadows}
        ),
        implications=(
            *graph.implications,
            *(
                Implication(name=name, premise=Has(name), conclusion=_shadowed(one))
                for name, operands in about.items()
                for one in operands
            ),
        ),
        definitions={
            name: evolve(one, condition=_shadowed(one.condition))
            for name, one in graph.definitions.items()
        },
        rules={
            name: evolve(rule, condition=_shadowed(rule.condition))
            for name, rule in graph.rules.items()
        },
        silences=(),
    )
    return Joint(graph=apart, recorded=about)


def _bare(implication: Implication) -> Implication:
    return evolve(implication, name="")


def _vocabulary(old: RuleGraph, new: RuleGraph) -> Vocabulary:
    facts = {**new.vocabulary.facts, **old.vocabulary.facts}
    for name, fact in new.vocabulary.facts.items():
        mine = facts[name]
        values = tuple(dict.fromkeys((*mine.values, *fact.values)))
        facts[name] = evolve(mine, values=values)
    return evolve(old.vocabulary, facts=facts)


# ------------------------------------------------------------------------ renaming


def _shared(old: RuleGraph, new: RuleGraph) -> frozenset[str]:
    """The definitions that mean the same in both, which keep their names."""
    shared = {
        name
        for name in old.definitions.keys() & new.definitions.keys()
        if old.definitions[name].condition == new.definitions[name].condition
    }
    while True:
        unlike = {
            name
            for name in shared
            if any(
                isinstance(atom, Defined) and atom.name not in shared
                for atom in atoms(old.definitions[name].condition)
            )
        }
        if not unlike:
            return frozenset(shared)
        shared -= unlike


def _renamed(graph: RuleGraph, prefix: str, shared: frozenset[str]) -> RuleGraph:
    def named(name: str) -> str:
        return name if name in shared else prefix + name

    def renamed(condition: Condition) -> Condition:
        return _renamed_condition(condition, named)

    definitions = {
        named(name): evolve(one, name=named(name), condition=renamed(one.condition))
        for name, one in graph.definitions.items()
    }
    scope = prefix + SCOPE
    definitions[scope] = Definition(
        name=scope, label=scope, condition=renamed(graph.scope)
    )
    return evolve(
        graph,
        definitions=definitions,
        rules={
            prefix + name: _renamed_rule(rule, prefix, renamed)
            for name, rule in graph.rules.items()
        },
        implications=tuple(
            evolve(
                one,
                premise=renamed(one.premise),
                conclusion=renamed(one.conclusion),
            )
            for one in graph.implications
        ),
    )


def _renamed_rule(
    rule: Rule, prefix: str, renamed: Callable[[Condition], Condition]
) -> Rule:
    return evolve(
        rule,
        name=prefix + rule.name,
        condition=renamed(rule.condition),
        exception_to=tuple(prefix + name for name in rule.exception_to),
        exceptions=tuple(prefix + name for name in rule.exceptions),
    )


def _renamed_condition(condition: Condition, named: Callable[[str], str]) -> Condition:
    """The condition with its definitions renamed."""
    match condition:
        case Has() | Compare() | OneOf():
            return condition
        case Defined(name=name):
            return Defined(named(name))
        case Known(operand=operand):
            return Known(_renamed_condition(operand, named))
        case Not(operand=operand):
            return Not(_renamed_condition(operand, named))
        case Resting(operand=operand):
            return _renamed_condition(operand, named)
        case AllOf(operands=operands):
            return AllOf(tuple(_renamed_condition(each, named) for each in operands))
        case AnyOf(operands=operands):
            return AnyOf(tuple(_renamed_condition(each, named) for each in operands))
        case _:
            assert_never(condition)


# ---------------------------------------------------------------------- `is known`


def _conditions(graph: RuleGraph) -> Iterator[Condition]:
    yield graph.scope
    for rule in graph.rules.values():
        yield rule.condition
    for definition in graph.definitions.values():
        yield definition.condition


def _known(condition: Condition) -> Iterator[Known]:
    match condition:
        case Has() | Compare() | OneOf() | Defined():
            return
        case Known():
            yield condition
        case Not(operand=operand) | Resting(operand=operand):
            yield from _known(operand)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from _known(operand)
        case _:
            assert_never(condition)


def _name(known: Known) -> str:
    match known.operand:
        case Has(fact=name):
            return RECORDED + name
        case Defined(name=name):
            return RECORDED + name.removeprefix(OLD).removeprefix(NEW)
        case operand:
            return f"{RECORDED}{operand}"


def _shadowed(condition: Condition) -> Condition:
    """The condition with the fact of being recorded for each `is known`."""
    match condition:
        case Has() | Compare() | OneOf() | Defined():
            return condition
        case Known():
            return Has(_name(condition))
        case Not(operand=operand):
            return Not(_shadowed(operand))
        case Resting(operand=operand):
            return _shadowed(operand)
        case AllOf(operands=operands):
            return AllOf(tuple(_shadowed(each) for each in operands))
        case AnyOf(operands=operands):
            return AnyOf(tuple(_shadowed(each) for each in operands))
        case _:
            assert_never(condition)
