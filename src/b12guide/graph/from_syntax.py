"""Lowers a checked draft to the rule graph: names resolved, numbers in one unit, edges drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from b12guide.graph.condition import (
    ALWAYS,
    Condition,
    Established,
    Not,
)
from b12guide.graph.condition_from_syntax import (
    conjunction,
    lower_condition,
    truth_of,
)
from b12guide.graph.digest import digest_of
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Decision,
    Definition,
    ExpectedConflict,
    Grounds,
    Place,
    Rule,
    RuleGraph,
    Silence,
    Source,
    Status,
)
from b12guide.graph.query import assumptions_behind
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.graph.vocabulary_from_syntax import (
    as_title,
    lower_implications,
    lower_vocabulary,
    prose,
)
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope
from b12guide.semantics.statements import statement_range
from b12guide.syntax import ast
from b12guide.values.term import Strength

__all__ = ["OPTIONAL_STRENGTHS", "lower", "lower_facts"]

OPTIONAL_STRENGTHS = frozenset(
    {Strength.MAY, Strength.ACCEPTABLE_ALTERNATIVE, Strength.SHOULD_CONSIDER}
)
"""Strengths that offer something beside the default."""


def lower(draft: Draft, scope: Scope) -> RuleGraph:
    """The rule graph of a draft that passed its checks."""
    header = draft.header
    if header is None:
        message = "a draft without a guideline cannot be lowered"
        raise ValueError(message)
    rules = {rule.name: rule for rule in _rules(draft, scope)}
    definitions = {d.name: d for d in _definitions(draft, scope)}
    given_scope = (
        ALWAYS if header.scope is None else lower_condition(header.scope, scope)
    )
    graph = RuleGraph(
        name=header.name.text,
        title=prose(header.title) or as_title(header.name.text),
        version=header.version or "0.0.0",
        revised=header.revised,
        status=Status.SUBMITTED if header.status is None else Status(header.status),
        approved_by=header.approval.by if header.approval else None,
        approved_on=header.approval.on if header.approval else None,
        scope=given_scope,
        scope_assumptions=assumptions_behind(given_scope, definitions),
        vocabulary=lower_vocabulary(draft),
        implications=tuple(lower_implications(draft, scope)),
        definitions=definitions,
        rules=_with_edges(rules, definitions),
        sources={s.name: s for s in _sources(draft)},
        assumptions={
            a.name.text: Assumption(name=a.name.text, text=a.text.text)
            for _, a in draft.each(ast.Assumption)
        },
        challenges={
            c.name.text: Challenge(
                name=c.name.text, text=c.text.text, by=tuple(n.text for n in c.by)
            )
            for _, c in draft.each(ast.Challenge)
        },
        silences=tuple(_silences(draft, scope)),
        conflicts=tuple(_conflicts(draft, scope)),
        statements=statement_range(header),
    )
    return evolve(graph, digest=digest_of(graph))


def lower_facts(draft: Draft, scope: Scope) -> RuleGraph:
    """The facts, definitions and implications alone, of a vocabulary or a part, too."""
    return RuleGraph(
        name=draft.main.text.name,
        title="",
        version="",
        vocabulary=lower_vocabulary(draft),
        implications=tuple(lower_implications(draft, scope)),
        definitions={d.name: d for d in _definitions(draft, scope)},
    )


def _names(
    namespace: Namespace, names: Iterable[ast.Name], scope: Scope
) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope.name(namespace, n.text) for n in names))


# --------------------------------------------------------------------------- rules


def _grounds(grounds: ast.Grounds, scope: Scope) -> Grounds:
    return Grounds(
        strength=grounds.strength,
        statements=tuple(dict.fromkeys(name.text for name in grounds.states)),
        sources=_names(Namespace.SOURCE, grounds.cites, scope),
        section=prose(grounds.section),
        because=prose(grounds.because),
        patient=prose(grounds.patient),
        assumptions=_names(Namespace.ASSUMPTION, grounds.assumes, scope),
        challenges=_names(Namespace.CHALLENGE, grounds.challenged, scope),
    )


def _definitions(draft: Draft, scope: Scope) -> Iterator[Definition]:
    for text, item in draft.each(ast.Definition):
        name = item.name.text
        yield Definition(
            name=name,
            label=prose(item.title) or as_title(name),
            asks=prose(item.asks),
            condition=lower_condition(item.condition, scope),
            grounds=_grounds(item.grounds, scope),
            place=Place(text=text, span=item.name.span),
        )


def _rules(draft: Draft, scope: Scope) -> Iterator[Rule]:
    for text, item in draft.each(ast.Rule):
        (action,) = item.actions
        grounds = _grounds(item.grounds, scope)
        offered = getattr(action, "optional", False)
        if offered and grounds.strength is None:
            grounds = evolve(grounds, strength=Strength.MAY)
        yield Rule(
            name=item.name.text,
            title=prose(item.title) or as_title(item.name.text),
            decision=decision_of(action),
            condition=_rule_condition(item, action, scope),
            value=lower_action(action, scope),
            optional=offered or grounds.strength in OPTIONAL_STRENGTHS,
            exception_to=_names(Namespace.RULE, item.exception_to, scope),
            outside_scope=item.outside_scope,
            grounds=grounds,
            place=Place(text=text, span=item.span),
        )


def _rule_condition(rule: ast.Rule, action: ast.Action, scope: Scope) -> Condition:
    """The rule's condition; it ends with what a prohibition (M39) or a visit (M43) waits for."""
    written = tuple(lower_condition(c, scope) for c in rule.conditions)
    ends: tuple[ast.Name | None, ...] = ()
    match action:
        case ast.Withhold(until=until, unless=unless):
            ends = (until, unless)
        case ast.Check(until=until):
            ends = (until,)
        case _:
            pass
    over = (Established(truth_of(n, scope)) for n in ends if n is not None)
    return conjunction((*written, *(Not(one) for one in over)))


def _with_edges(
    rules: Mapping[str, Rule], definitions: Mapping[str, Definition]
) -> dict[str, Rule]:
    exceptions: dict[str, list[str]] = {name: [] for name in rules}
    for rule in rules.values():
        for parent in rule.exception_to:
            exceptions[parent].append(rule.name)
    return {
        name: evolve(
            rule,
            exceptions=tuple(sorted(exceptions[name])),
            assumptions=tuple(
                dict.fromkeys(
                    (
                        *rule.grounds.assumptions,
                        *assumptions_behind(rule.condition, definitions),
                    )
                )
            ),
        )
        for name, rule in rules.items()
    }


# --------------------------------------------------------------------- other items


def _sources(draft: Draft) -> Iterator[Source]:
    for _, item in draft.each(ast.Source):
        yield Source(
            name=item.name.text,
            title=item.title.text,
            authors=item.authors,
            year=item.year,
            kind=None if item.kind is None else item.kind.text,
            printed=item.printed,
            inferred=item.inferred,
            missing=item.missing,
            link=item.link,
        )


def _silences(draft: Draft, scope: Scope) -> Iterator[Silence]:
    for _, item in draft.each(ast.Silent):
        conditions = tuple(lower_condition(c, scope) for c in item.conditions)
        named = tuple(_topic(name.text, scope) for name in item.topics)
        decisions = _decisions_among(named, scope)
        beside = {decision.value for decision in decisions}
        yield Silence(
            topics=tuple(name for name in named if name not in beside) or named,
            decisions=decisions,
            noted_as=tuple(name.text for name in item.noted_as),
            text=prose(item.text) or "",
            condition=conjunction(conditions) if conditions else None,
            grounds=_grounds(item.grounds, scope),
        )


_WORDS = (
    Namespace.FACT,
    Namespace.DRUG,
    Namespace.TEST,
    Namespace.ROUTE,
    Namespace.SITE,
)


def _topic(word: str, scope: Scope) -> str:
    """The name of a topic, whatever kind of word it is."""
    found = (scope.find(namespace, word) for namespace in Namespace)
    return next((entry.name for entry in found if entry is not None), word)


def _decisions_among(topics: Iterable[str], scope: Scope) -> tuple[Decision, ...]:
    """The decisions that are named among the topics of a silence; a word of that name wins."""
    return tuple(
        decision
        for decision in Decision
        if decision.value in topics
        and not any(scope.find(space, decision.value) for space in _WORDS)
    )


def _conflicts(draft: Draft, scope: Scope) -> Iterator[ExpectedConflict]:
    for _, item in draft.each(ast.ExpectedConflict):
        yield ExpectedConflict(
            first=scope.name(Namespace.RULE, item.first.text),
            second=scope.name(Namespace.RULE, item.second.text),
            noted_as=tuple(name.text for name in item.noted_as),
            because=prose(item.because) or "",
        )
