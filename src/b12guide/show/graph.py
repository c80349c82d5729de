"""A rule graph for people: rules by decision, with what they give way to and what they read."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.show.advice import value_text
from b12guide.show.grounds import definition_details
from b12guide.show.page import Item, Page, Section
from b12guide.show.stated import guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE, decision_text, fact_text

__all__ = ["graph_page"]


def graph_page(graph: RuleGraph) -> Page:
    """The decisions with their rules, then definitions and facts with what reads them."""
    sections = [
        (decision_text(decision), tuple(_rules(graph, decision)))
        for decision in Decision
    ]
    sections.append(("Definitions", tuple(_definitions(graph))))
    sections.append(("Facts and the rules that read them", tuple(_facts(graph))))
    return Page(
        title=graph.title,
        particulars=(
            *guideline_particulars(graph),
            ("Digest", graph.digest),
            ("Size", f"{len(graph.rules)} rules, {len(graph.definitions)} definitions"),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=f"{title} ({len(items)})", items=items, is_behind=True)
            for title, items in sections
            if items
        ),
    )


def _rules(graph: RuleGraph, decision: Decision) -> Iterator[Item]:
    """The rules of a decision, each with the exceptions to it beneath it."""
    for rule in graph.rules.values():
        parents = [graph.rules[name] for name in rule.exception_to]
        if rule.decision is decision and not any(
            parent.decision is decision for parent in parents
        ):
            yield _rule(rule, graph, ())


def _rule(rule: Rule, graph: RuleGraph, above: tuple[str, ...]) -> Item:
    exceptions = [graph.rules[name] for name in rule.exceptions if name not in above]
    details = (*definition_details(graph, rule.grounds), _reads(rule.condition))
    return Item(
        text=f"{rule.name}: {value_text(rule.value, graph)}",
        details=details,
        items=tuple(
            _rule(exception, graph, (*above, rule.name))
            if exception.decision is rule.decision
            else Item(text=f"gives way to {exception.name}")
            for exception in exceptions
        ),
    )


def _definitions(graph: RuleGraph) -> Iterator[Item]:
    for definition in graph.definitions.values():
        yield Item(
            text=f"{definition.name}: {definition.label}",
            details=(_reads(definition.condition),),
        )


def _reads(condition: Condition) -> str:
    """The facts and definitions that a condition names."""
    names = dict.fromkeys(
        atom.name if isinstance(atom, Defined) else atom.fact
        for atom in atoms(condition)
    )
    return f"reads {', '.join(names)}" if names else "always"


def _facts(graph: RuleGraph) -> Iterator[Item]:
    readers: dict[str, list[str]] = {}
    for rule in graph.rules.values():
        for fact in facts_read_by(rule.condition, graph.definitions):
            readers.setdefault(fact, []).append(rule.name)
    for fact in sorted(readers):
        names = ", ".join(readers[fact])
        yield Item(text=f"{fact} ({fact_text(graph, fact)}): {names}")
