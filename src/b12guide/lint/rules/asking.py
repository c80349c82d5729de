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
    for text, rule in material.each(ast.Rule):
        meant = graph.rules.get(rule.name.text)
        if meant is None or meant.grounds.lay:
            continue
        topics = {*_named(words_in(meant.value))}
        topics |= {*_asked(meant.condition)}
        if topics and not any(_has_words(name, graph) for name in topics):
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
        if not any(_has_words(name, graph) for name in topics):
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


def _has_words(name: str, graph: RuleGraph) -> bool:
    """Whether a thing has words of people beside its name and label."""
    known = graph.vocabulary
    definition = written(graph.definitions).get(name)
    if definition is not None:
        return bool(definition.grounds.lay) or any(
            _has_words(each, graph) for each in _asked(definition.condition)
        )
    fact = known.facts.get(name)
    if fact is not None and (fact.lay or fact.lay_for or fact.synonyms):
        return True
    groups = (known.drugs, known.tests, known.routes, known.sites, known.services)
    words = [group[name] for group in groups if name in group]
    conclusion = known.conclusions.get(name)
    return any(word.lay or word.synonyms for word in words) or (
        conclusion is not None and bool(conclusion.lay or conclusion.synonyms)
    )
