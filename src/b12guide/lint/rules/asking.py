"""Whether people who ask in their own words reach what a guideline says."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.conclusions import written
from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import WordsUsed, words_in
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.say.words import listing
from b12guide.syntax import ast

_UNREACHED = "rules and silences are reached by no word that people use"
_MOST = 4


@lint_rule("GDL559", Level.INFO, needs_review=True, of_many=_UNREACHED)
def unreached_by_lay_words(material: Material) -> Iterator[Diagnostic]:
    """What a guideline says is found by words that people use when they ask."""
    graph = material.graph
    if graph is None:
        return
    reached = _with_words(graph)
    for text, rule in material.each(ast.Rule):
        meant = graph.rules.get(rule.name.text)
        if meant is None or meant.grounds.lay:
            continue
        topics = {*_named(words_in(meant.value))}
        topics |= {*_asked(meant.condition)}
        if topics and reached.isdisjoint(topics):
            yield finding(
                f"the rule `{rule.name.text}` is about {_listed(topics)}, for which"
                " there are no words that people use",
                (text, rule.name),
                'write what people call them, or ask for it by: `lay "..."`',
            )
    for text, silent in material.each(ast.Silent):
        if silent.grounds.lay:
            continue
        topics = {topic.text for topic in silent.topics}
        if reached.isdisjoint(topics):
            yield finding(
                f"the silence is on {_listed(topics)}, for which there are no words"
                " that people use",
                (text, silent.topics[0]),
                'write what people call it, or ask for it by: `lay "..."`',
            )


def _listed(topics: set[str]) -> str:
    names = [f"`{name}`" for name in sorted(topics)]
    return listing(names[:_MOST])


def _named(used: WordsUsed) -> Iterator[str]:
    for names in (used.facts, used.drugs, used.tests, used.routes, used.sites):
        yield from names
    yield from (*used.services, *used.conclusions)


def _asked(condition: Condition) -> Iterator[str]:
    """The facts and definitions that a condition asks for."""
    for atom in atoms(condition):
        yield atom.name if isinstance(atom, Defined) else atom.fact


def _with_words(graph: RuleGraph) -> frozenset[str]:
    """The things with words of people beside name and label; definitions that ask for one."""
    known = graph.vocabulary
    definitions = written(graph.definitions)
    found = {name for name, fact in known.facts.items() if fact.lay_for}
    groups = (known.facts, known.drugs, known.tests, known.routes, known.sites)
    for group in (*groups, known.services, known.conclusions):
        found |= {name for name, word in group.items() if word.lay or word.synonyms}
    found |= {name for name, one in definitions.items() if one.grounds.lay}
    asked_by: dict[str, list[str]] = {}
    for name, one in definitions.items():
        for asked in _asked(one.condition):
            asked_by.setdefault(asked, []).append(name)
    waiting = list(found)
    while waiting:
        for name in asked_by.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
