"""Two guidelines as one, so that one search goes through the patients of both.

`X is established` becomes a fact of its own that implies X: who has X without it is a patient of
whom X was not recorded. So does `X is recorded`, and says nothing about X.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from b12guide.graph.condition import (
    AllOf,
    Condition,
    Defined,
    Established,
    Has,
    Recorded,
    Resting,
    atoms,
    rebuilt,
)
from b12guide.graph.model import Definition, Implication, Rule, RuleGraph, Vocabulary
from b12guide.prove.on_record import (
    RecordFacts,
    Shadow,
    is_recorded,
    rewritten,
    shadow_of,
    with_shadows,
    without_claims,
)

OLD, NEW = "old ", "new "
"""What the names of rules and definitions of either guideline begin with."""

SCOPE = "scope"


@frozen(kw_only=True)
class Joint:
    """Two guidelines as one.

    Attributes:
        graph: The rules of both, each under its prefix.
        on_record: What the facts about the record mean.
    """

    graph: RuleGraph
    on_record: RecordFacts


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
    return apart(
        evolve(
            old,
            scope=AllOf(()),
            vocabulary=_vocabulary(old, new),
            implications=implications,
            definitions={n: d for graph in sides for n, d in graph.definitions.items()},
            rules={n: rule for graph in sides for n, rule in graph.rules.items()},
            silences=(),
            conflicts=(),
        ),
        _shadow_of_either,
    )


def apart(graph: RuleGraph, named: Shadow = shadow_of) -> Joint:
    """One guideline with a fact of its own for whatever is asked of the record."""
    on_record = RecordFacts.of(graph, named, ())

    def shadowed(condition: Condition) -> Condition:
        return without_claims(condition, fact_of)

    def fact_of(claim: Established | Recorded) -> Condition:
        shadow, operand = named(claim.operand), shadowed(claim.operand)
        if isinstance(claim, Recorded):
            return is_recorded(shadow, operand)
        if shadow in on_record.whichever:
            return AllOf((Has(shadow), operand))
        return Has(shadow)

    found = with_shadows(rewritten(graph, shadowed), on_record.about)
    implied = (
        Implication(name=name, premise=Has(name), conclusion=shadowed(one))
        for name, operands in on_record.about.items()
        if name not in on_record.whichever
        for one in operands
    )
    return Joint(
        graph=evolve(found, implications=(*graph.implications, *implied)),
        on_record=on_record,
    )


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
    """The condition with its definitions renamed, without its assumptions."""
    match condition:
        case Defined(name=name):
            return Defined(named(name))
        case Resting(operand=operand):
            return _renamed_condition(operand, named)
        case _:
            return rebuilt(condition, lambda part: _renamed_condition(part, named))


def _shadow_of_either(operand: Condition) -> str:
    """The fact that something is on record, whichever of the guidelines asks for it."""
    if isinstance(operand, Defined):
        name = operand.name.removeprefix(OLD).removeprefix(NEW)
        return shadow_of(Defined(name))
    return shadow_of(operand)
