"""Questions about a rule graph: what reads a fact, what changes a decision, why a rule is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

from attrs import evolve, frozen

from b12guide.errors import UnknownNameError
from b12guide.graph import model as m
from b12guide.graph.condition import AllOf, Condition, Defined, Resting, atoms, children
from b12guide.regimen.model import Regimen, Until

# ----------------------------------------------------------------------- conditions


def assumptions_behind(
    condition: Condition, definitions: Mapping[str, m.Definition]
) -> tuple[str, ...]:
    """The assumptions that `condition` rests on, those of its definitions included."""
    found = list(_assumptions(condition))
    for name in _definitions_behind(condition, definitions):
        if name in definitions:
            found += _assumptions(definitions[name].condition)
            found += definitions[name].grounds.assumptions
    return tuple(dict.fromkeys(found))


def _assumptions(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Resting):
        yield from condition.assumptions
    for child in children(condition):
        yield from _assumptions(child)


def _definitions_behind(
    condition: Condition, definitions: Mapping[str, m.Definition]
) -> tuple[str, ...]:
    """Each definition that `condition` uses, in the order in which it is met."""
    found: dict[str, None] = {}
    waiting = [condition]
    while waiting:
        for atom in atoms(waiting.pop()):
            if isinstance(atom, Defined) and atom.name not in found:
                found[atom.name] = None
                if atom.name in definitions:
                    waiting.append(definitions[atom.name].condition)
    return tuple(found)


def definitions_in(
    condition: Condition, definitions: Mapping[str, m.Definition]
) -> frozenset[str]:
    """The definitions that `condition` uses, directly or through another."""
    return frozenset(_definitions_behind(condition, definitions))


def facts_read_by(
    condition: Condition, definitions: Mapping[str, m.Definition]
) -> frozenset[str]:
    """The facts that `condition` reads, directly or through definitions."""
    names = _definitions_behind(condition, definitions)
    known = (definitions[n].condition for n in names if n in definitions)
    return frozenset(
        atom.fact
        for each in (condition, *known)
        for atom in atoms(each)
        if not isinstance(atom, Defined)
    )


# ---------------------------------------------------------------------------- facts


@frozen(kw_only=True)
class Readers:
    """What reads a fact, directly or through definitions, in the order written."""

    rules: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    implications: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    scope: bool = False


def _reads(graph: m.RuleGraph, condition: Condition, name: str) -> bool:
    return name in facts_read_by(condition, graph.definitions) or (
        name in definitions_in(condition, graph.definitions)
    )


def part_of(
    graph: m.RuleGraph,
    *,
    decision: m.Decision | None = None,
    rule: str = "",
    fact: str = "",
) -> m.RuleGraph:
    """The graph with some rules only, those that give way to them or the reverse among them.

    Args:
        graph: A guideline.
        decision: Only rules on this decision.
        rule: Only this rule.
        fact: Only rules that read this fact or definition, directly or through others.

    Raises:
        UnknownNameError: There is no such rule, fact or definition.
    """
    known = {
        "rule": (rule, graph.rules),
        "fact or definition": (fact, {**graph.vocabulary.facts, **graph.definitions}),
    }
    for kind, (name, names) in known.items():
        if name and name not in names:
            raise UnknownNameError(kind, name, names)
    asked = [
        r
        for r in graph.rules.values()
        if decision in {None, r.decision}
        and rule in {"", r.name}
        and (not fact or _reads(graph, r.condition, fact))
    ]
    around = {n for r in asked for n in (r.name, *r.exception_to, *r.exceptions)}
    rules = {
        name: evolve(
            r,
            exception_to=tuple(n for n in r.exception_to if n in around),
            exceptions=tuple(n for n in r.exceptions if n in around),
        )
        for name, r in graph.rules.items()
        if name in around
    }
    used = {
        d
        for r in rules.values()
        for d in definitions_in(r.condition, graph.definitions)
    }
    definitions = {n: d for n, d in graph.definitions.items() if n in used}
    named = ", ".join(filter(None, (decision and decision.value, rule, fact)))
    title = f"{graph.title}: {named}" if named else graph.title
    return evolve(graph, title=title, rules=rules, definitions=definitions)


def readers_of(graph: m.RuleGraph, fact: str) -> Readers:
    """Everything that reads the fact or definition `fact`."""
    return Readers(
        rules=tuple(
            r.name for r in graph.rules.values() if _reads(graph, r.condition, fact)
        ),
        definitions=tuple(
            d.name
            for d in graph.definitions.values()
            if _reads(graph, d.condition, fact)
        ),
        implications=tuple(
            i.name
            for i in graph.implications
            if _reads(graph, i.premise, fact) or _reads(graph, i.conclusion, fact)
        ),
        silences=tuple(
            ", ".join(s.topics)
            for s in graph.silences
            if fact in s.topics
            or (s.condition is not None and _reads(graph, s.condition, fact))
        ),
        scope=_reads(graph, graph.scope, fact),
    )


def fact_text(graph: m.RuleGraph, name: str) -> str:
    """What a fact or a definition is called."""
    if fact := graph.vocabulary.facts.get(name):
        return fact.label
    if definition := graph.definitions.get(name):
        return definition.label
    return name.replace("_", " ")


def brief_text(graph: m.RuleGraph, name: str) -> str:
    """What a fact is called in passing: its label without what explains it.

    An abbreviation in brackets stands for the whole label.
    """
    label = fact_text(graph, name)
    head, _, rest = label.partition(" (")
    bracketed = rest.removesuffix(")")
    is_abbreviation = bracketed.isalnum() and not bracketed.islower()
    return bracketed if is_abbreviation else head.partition(",")[0]


def linked(graph: m.RuleGraph, facts: Iterable[str]) -> frozenset[str]:
    """`facts` and all that they say something about, or that say something about them."""
    groups: dict[str, list[frozenset[str]]] = {}
    for implication in graph.implications:
        group = facts_in(graph, implication)
        for fact in group:
            groups.setdefault(fact, []).append(group)
    for name, one in graph.series.items():
        own = frozenset((name, one.fact))
        for fact in own:
            groups.setdefault(fact, []).append(own)
    found: set[str] = set()
    waiting = list(facts)
    while waiting:
        fact = waiting.pop()
        if fact not in found:
            found.add(fact)
            for group in groups.get(fact, ()):
                waiting += group - found
    return frozenset(found)


def facts_in(graph: m.RuleGraph, implication: m.Implication) -> frozenset[str]:
    """The facts on both sides of an implication."""
    premise = facts_read_by(implication.premise, graph.definitions)
    return premise | facts_read_by(implication.conclusion, graph.definitions)


def decisions_changed_by(graph: m.RuleGraph, fact: str) -> tuple[m.Decision, ...]:
    """The decisions that the fact or definition `fact` can change, in reading order.

    A rule changes its own decision and those of the rules that give way to it; a fact also acts
    through what it implies.
    """
    start = (
        facts_read_by(Defined(fact), graph.definitions)
        if fact in graph.definitions
        else frozenset({fact})
    )
    reached = linked(graph, start)
    if facts_read_by(graph.scope, graph.definitions) & reached:
        changed = {rule.decision for rule in graph.rules.values()}
    else:
        changed = set()
        for rule in graph.rules.values():
            if facts_read_by(rule.condition, graph.definitions) & reached:
                changed.add(rule.decision)
                changed |= {graph.rules[p].decision for p in rule.exception_to}
    return tuple(decision for decision in m.Decision if decision in changed)


T = TypeVar("T")


@frozen(kw_only=True)
class WordsUsed:
    """Names, by what they name; a fact may also be a definition."""

    facts: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    conclusions: frozenset[str] = frozenset()


def _set(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name for name in names if name is not None)


_NO_WORDS = WordsUsed()


def words_in(value: m.Value) -> WordsUsed:
    """The words that a rule's value names."""
    match value:
        case m.FormChoice(drugs=drugs, excluded=excluded):
            return WordsUsed(drugs=_set((*drugs, *excluded)))
        case m.Exclusion(drugs=drugs):
            return WordsUsed(drugs=_set(drugs))
        case m.Regimens(regimens=regimens):
            phases = [phase for regimen in regimens for phase in regimen.phases]
            bounds = [p.bound.event for p in phases if isinstance(p.bound, Until)]
            return WordsUsed(
                facts=_set(
                    (
                        *(e for p in phases for e in p.after),
                        *bounds,
                        *(p.dose.measure for p in phases),
                    )
                ),
                drugs=_set(drug for p in phases for drug in p.drugs),
                routes=_set(p.route for p in phases),
            )
        case m.Routes(routes=routes):
            return WordsUsed(routes=_set(routes))
        case m.Prohibition(drugs=drugs, until=until, unless=unless):
            return WordsUsed(drugs=_set(drugs), facts=_set((until, unless)))
        case m.Monitoring(tests=tests, companions=companions, after=after, until=until):
            return WordsUsed(
                tests=_set((*tests, *companions)), facts=_set((after, until))
            )
        case m.NotChecked(tests=tests):
            return WordsUsed(tests=_set(tests))
        case m.Technique(instructions=instructions):
            return WordsUsed(sites=_set(i.site for i in instructions))
        case m.Target(measure=measure):
            return WordsUsed(facts=_set((measure,)))
        case m.Change(to=to):
            return words_in(to)
        case m.Referral(services=services):
            return WordsUsed(services=_set(services))
        case m.Continuation(treatment=treatment) | m.Stop(treatment=treatment):
            return WordsUsed(facts=_set((treatment,)), drugs=_set((treatment,)))
        case m.Concluded(conclusion=conclusion):
            return WordsUsed(conclusions=_set((conclusion,)))
        case m.NotNeeded() | m.Remark():
            return _NO_WORDS


def regimens_in(said: m.Value | m.Advice) -> tuple[Regimen, ...]:
    """The doses that are said, be it as what others are changed to (M92)."""
    match said:
        case Regimen():
            return (said,)
        case m.Regimens(regimens=regimens) | m.Change(regimens=regimens):
            return regimens
        case _:
            return ()


def facts_read(graph: m.RuleGraph) -> frozenset[str]:
    """The facts that rules, definitions, silences and the scope read or name."""
    conditions = (
        graph.scope,
        *(d.condition for d in graph.definitions.values()),
        *(r.condition for r in graph.rules.values()),
        *(s.condition for s in graph.silences if s.condition is not None),
    )
    named = [words_in(rule.value).facts for rule in graph.rules.values()]
    named += [frozenset(silence.topics) for silence in graph.silences]
    read = facts_read_by(AllOf(conditions), graph.definitions)
    return read.union(*named)


def facts_heeded(graph: m.RuleGraph) -> frozenset[str]:
    """The facts and definitions on which a rule depends, or the scope.

    A rule depends on what its condition reads, on the events that begin or end what it advises, and
    on whatever an implication ties to these. A target names a measure and reads no value of it.
    """
    rules = (rule.condition for rule in graph.rules.values())
    together = AllOf((graph.scope, *rules))
    heeded = {
        *facts_read_by(together, graph.definitions),
        *definitions_in(together, graph.definitions),
    }
    for rule in graph.rules.values():
        if not isinstance(rule.value, m.Target):
            heeded |= words_in(rule.value).facts
    for name in heeded & graph.definitions.keys():
        heeded |= facts_read_by(graph.definitions[name].condition, graph.definitions)
    return with_parts(graph, linked(graph, heeded))


def with_parts(graph: m.RuleGraph, facts: Iterable[str]) -> frozenset[str]:
    """The facts, and those from which one of them is worked out where it is not stated."""
    found = set(facts)
    for name, derivation in reversed(tuple(graph.derivations.items())):
        if name in found:
            found.update(derivation.parts)
    return frozenset(found)


def used_vocabulary(
    graph: m.RuleGraph,
) -> tuple[m.Vocabulary, tuple[m.Implication, ...]]:
    """The part of the vocabulary that can matter, with its implications."""
    read = facts_read(graph)
    # What a claim asks alone of days, and no rule, is no part of what the guideline says.
    unread = graph.derived - read
    facts = with_parts(graph, linked(graph, read)) - unread
    used = tuple(
        i
        for i in graph.implications
        if (tied := facts_in(graph, i)) & facts and not tied & unread
    )
    words = {words_in(rule.value) for rule in graph.rules.values()}
    vocabulary = graph.vocabulary
    return (
        m.Vocabulary(
            facts=_only(vocabulary.facts, facts),
            drugs=_only(vocabulary.drugs, *(w.drugs for w in words)),
            tests=_only(vocabulary.tests, *(w.tests for w in words)),
            routes=_only(vocabulary.routes, *(w.routes for w in words)),
            sites=_only(vocabulary.sites, *(w.sites for w in words)),
            services=_only(vocabulary.services, *(w.services for w in words)),
            conclusions=_only(
                vocabulary.conclusions,
                *(w.conclusions for w in words),
                conclusions_asked(graph),
            ),
        ),
        used,
    )


def _only(words: Mapping[str, T], *names: Iterable[str]) -> dict[str, T]:
    wanted = frozenset().union(*names)
    return {name: word for name, word in words.items() if name in wanted}


def conclusions_asked(graph: m.RuleGraph) -> frozenset[str]:
    """The conclusions that rules, definitions and silences ask for."""
    conditions = (
        *(r.condition for r in graph.rules.values()),
        *(s.condition for s in graph.silences if s.condition is not None),
    )
    used = definitions_in(AllOf(conditions), graph.definitions)
    known = [one for name in used if (one := graph.definitions.get(name))]
    return frozenset(one.concluded.conclusion for one in known if one.concluded)


class StatementEncoding(Enum):
    """How a statement of the source stands in the guideline."""

    RULE = "rule"
    NOTE = "note"
    DEFINITION = "definition"
    SILENCE = "silent on"


@frozen(kw_only=True)
class StatementCoverage:
    """One statement, and what encodes it.

    Attributes:
        encoded: How and by which name, in the order written; empty when nothing does.
    """

    statement: str
    encoded: tuple[tuple[StatementEncoding, str], ...] = ()


def statement_coverage(graph: m.RuleGraph) -> tuple[StatementCoverage, ...]:
    """Every statement of the source, in order."""
    found: dict[str, list[tuple[StatementEncoding, str]]] = {
        s: [] for s in graph.statements
    }
    for rule in graph.rules.values():
        how = (
            StatementEncoding.NOTE
            if rule.decision is m.Decision.NOTE
            else StatementEncoding.RULE
        )
        for statement in rule.grounds.statements:
            found.setdefault(statement, []).append((how, rule.name))
    for definition in graph.definitions.values():
        for statement in definition.grounds.statements:
            found.setdefault(statement, []).append(
                (StatementEncoding.DEFINITION, definition.name)
            )
    for silence in graph.silences:
        for statement in silence.grounds.statements:
            found.setdefault(statement, []).append(
                (StatementEncoding.SILENCE, ", ".join(silence.topics))
            )
    return tuple(
        StatementCoverage(statement=statement, encoded=tuple(encoded))
        for statement, encoded in found.items()
    )
