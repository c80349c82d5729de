"""Two guidelines as one, so that one search goes through the patients of both."""

from __future__ import annotations

from attrs import evolve

from b12guide.graph import series
from b12guide.graph.ages import ties
from b12guide.graph.condition import AllOf, Condition, Defined, atoms, rebuilt
from b12guide.graph.model import Definition, RuleGraph
from b12guide.prove.on_record import ForSearch, apart, shadow_of

OLD, NEW = "old ", "new "
"""What the names of rules and definitions of either guideline begin with."""

SCOPE = "scope"


def incomparable(old: RuleGraph, new: RuleGraph) -> frozenset[str]:
    """The facts that the guidelines share by name only: of another kind or unit."""
    mine, theirs = old.vocabulary.facts, new.vocabulary.facts
    return frozenset(
        name
        for name in mine.keys() & theirs.keys()
        if (mine[name].kind, mine[name].unit) != (theirs[name].kind, theirs[name].unit)
    )


def joined(old: RuleGraph, new: RuleGraph) -> ForSearch:
    """The two guidelines as one."""
    shared = _shared_definitions(old, new)
    sides = (_renamed(old, OLD, shared), _renamed(new, NEW, shared))
    facts = {**new.vocabulary.facts, **old.vocabulary.facts}
    for name, fact in new.vocabulary.facts.items():
        values = tuple(dict.fromkeys((*facts[name].values, *fact.values)))
        facts[name] = evolve(facts[name], values=values)
    # Without their names, implications that both have are one.
    implications = [evolve(i, name="") for side in sides for i in side.implications]
    ages, several = {**old.ages, **new.ages}, {**old.series, **new.series}
    # An age of the one may be longer than one of the other, a bound of the one above one of it.
    tied = (*ties(ages.values()), *series.ties(several.values()))
    implications += [evolve(tie, name="") for tie in tied]

    def shadow_of_either(operand: Condition) -> str:
        if isinstance(operand, Defined):
            operand = Defined(operand.name.removeprefix(OLD).removeprefix(NEW))
        return shadow_of(operand)

    both = evolve(
        old,
        scope=AllOf(()),
        vocabulary=evolve(old.vocabulary, facts=facts),
        implications=tuple(dict.fromkeys(implications)),
        ages=ages,
        series=several,
        definitions={n: d for graph in sides for n, d in graph.definitions.items()},
        rules={n: rule for graph in sides for n, rule in graph.rules.items()},
        silences=(),
        conflicts=(),
    )
    return apart(both, shadow_of_either)


# ------------------------------------------------------------------------ renaming


def _shared_definitions(old: RuleGraph, new: RuleGraph) -> frozenset[str]:
    """The definitions that mean the same in both, which keep their names.

    They are worked out once for both, and facts about the record that rest on them are shared.
    """
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
    """A guideline with its rules and definitions under a prefix, its scope being one of these."""

    def named(name: str) -> str:
        return name if name in shared else prefix + name

    def renamed(condition: Condition) -> Condition:
        match condition:
            case Defined(name=name):
                return Defined(named(name))
            case _:
                return rebuilt(condition, renamed)

    scope = Definition(
        name=prefix + SCOPE, label=prefix + SCOPE, condition=renamed(graph.scope)
    )
    return evolve(
        graph,
        definitions={
            scope.name: scope,
            **{
                named(name): evolve(
                    one, name=named(name), condition=renamed(one.condition)
                )
                for name, one in graph.definitions.items()
            },
        },
        rules={
            prefix + name: evolve(
                rule,
                name=prefix + name,
                condition=renamed(rule.condition),
                exception_to=tuple(prefix + each for each in rule.exception_to),
                exceptions=tuple(prefix + each for each in rule.exceptions),
            )
            for name, rule in graph.rules.items()
        },
        implications=tuple(
            evolve(
                one, premise=renamed(one.premise), conclusion=renamed(one.conclusion)
            )
            for one in graph.implications
        ),
    )
