"""The rules, the statements and the examples of a guideline as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from docutils import nodes

from b12guide.graph.coverage import statement_coverage
from b12guide.graph.dictionary import dictionary
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.show.dictionary import described
from b12guide.show.grounds import citation_items
from b12guide.show.rule_text import rule_sentence
from b12guide.show.wording import decision_text
from b12guide.sphinxext.document import item_list
from b12guide.sphinxext.links import linked, reference
from b12guide.sphinxext.place import Places
from b12guide.syntax.ast import Example, ExpectReasons, ExpectRule
from b12guide.text import Text

__all__ = ["example_table", "fact_table", "rule_tables", "statement_table"]

_LONG = 30
"""Beyond so many rows a table is broken over the pages of a book."""


def _table(
    title: str, heads: Sequence[str], widths: Sequence[int], rows: list[Any]
) -> Any:
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec("", colwidth=width) for width in widths]
    group += nodes.thead("", _row([[nodes.paragraph("", head)] for head in heads]))
    group += nodes.tbody("", *rows)
    table = nodes.table("", group, classes=["b12guide-table", "colwidths-given"])
    if title:
        table.insert(0, nodes.title("", title))
    if len(rows) > _LONG:
        table["classes"].append("longtable")
    return table


def _row(cells: Iterable[Iterable[Any]]) -> Any:
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def _paragraph(*parts: Any) -> list[Any]:
    return [nodes.paragraph("", "", *parts)]


# ---------------------------------------------------------------------------- rules


def rule_tables(places: Places, decisions: Iterable[Decision]) -> Iterator[Any]:
    """A table for each decision, then the sources that its rules cite."""
    graph = places.graph
    cited: list[str] = []
    for decision in decisions:
        rules = [rule for rule in graph.rules.values() if rule.decision is decision]
        if rules:
            cited += [source for rule in rules for source in rule.grounds.sources]
            yield _table(
                decision_text(decision),
                ("Rule", "What it says", "Strength", "Statements", "Cites"),
                (26, 44, 12, 9, 9),
                [_rule_row(rule, places) for rule in rules],
            )
    if cited:
        yield nodes.rubric("", "Sources")
        yield item_list(citation_items(graph, cited), places, "")


def _rule_row(rule: Rule, places: Places) -> Any:
    graph = places.graph
    name = nodes.paragraph("", "", reference(graph, "rule", rule.name))
    strength = rule.grounds.strength
    row = _row(
        (
            [name, nodes.paragraph("", rule.title)],
            [nodes.paragraph("", rule_sentence(rule, graph))],
            [nodes.paragraph("", strength.value if strength else "")],
            _paragraph(
                *linked(graph, " ".join(rule.grounds.statements), ("statement",))
            ),
            [_citation(graph, source) for source in rule.grounds.sources],
        )
    )
    note = strength.value if strength else ""
    places.mark(row.children[0], "rule", rule.name, rule.title, note)
    return row


def _citation(graph: RuleGraph, name: str) -> Any:
    source = graph.sources[name]
    shown = f"[{name if source.printed is None else source.printed}]"
    if source.resolves:
        return nodes.paragraph("", shown)
    doubt = nodes.inline("", "does not resolve", classes=["b12guide-caution"])
    return nodes.paragraph("", f"{shown} ", doubt)


# ----------------------------------------------------------------------- statements


def statement_table(places: Places) -> Any:
    """Each statement of the source with what encodes it."""
    rows = []
    for each in statement_coverage(places.graph):
        encoded = [
            nodes.paragraph(
                "", f"{how.value} ", *linked(places.graph, name, ("rule", "fact"))
            )
            for how, name in each.encoded
        ]
        missing = nodes.inline("", "missing", classes=["b12guide-caution"])
        row = _row(
            (
                [nodes.paragraph("", each.statement)],
                encoded or _paragraph(missing),
            )
        )
        places.mark(row.children[0], "statement", each.statement)
        rows.append(row)
    return _table("", ("Statement", "Encoded in"), (15, 85), rows)


# ---------------------------------------------------------------------------- facts


def fact_table(places: Places) -> Any:
    """Every fact that may be stated: what it is, how it is written, its codes, its readers."""
    graph = places.graph
    rows = []
    for fact in dictionary(graph).values():
        about = [
            nodes.paragraph("", f"{label}: {text}")
            for label, text in described(fact)
            if label != "Read by"
        ]
        readers = linked(graph, ", ".join(fact.read_by) or "no rule", ("rule",))
        name = nodes.paragraph("", "", nodes.literal("", fact.name))
        label = nodes.paragraph("", f"{fact.label} ({fact.kind})")
        rows.append(_row(([name, label], about, _paragraph(*readers))))
    return _table("", ("Fact", "How it is written", "Read by"), (26, 42, 32), rows)


# ------------------------------------------------------------------------- examples


def example_table(
    places: Places, examples: Iterable[tuple[Text, Example]], rule: str
) -> Any:
    """The examples, or those that speak of a rule: the patient, and what is expected."""
    rows = [
        _example_row(places.graph, text, example)
        for text, example in examples
        if not rule or rule in _rules_of(example)
    ]
    heads = ("Example", "The patient", "What is expected")
    return _table("", heads, (28, 36, 36), rows)


def _rules_of(example: Example) -> Iterator[str]:
    for expectation in example.expectations:
        match expectation:
            case ExpectRule(rule=name):
                yield name.text
            case ExpectReasons(rules=names):
                yield from (name.text for name in names)
            case _:
                pass


def _example_row(graph: RuleGraph, text: Text, example: Example) -> Any:
    given = [" ".join(text.slice(entry.span).split()) for entry in example.given]
    patient: list[Any] = []
    for number, entry in enumerate(given):
        patient += [nodes.Text(", ")] if number else []
        patient += linked(graph, entry, ("fact",))
    kinds = ("rule", "fact", "assumption", "challenge")
    expected = [
        nodes.paragraph(
            "", "", *linked(graph, " ".join(text.slice(one.span).split()), kinds)
        )
        for one in example.expectations
    ]
    return _row(
        ([nodes.paragraph("", example.title.text)], _paragraph(*patient), expected)
    )
