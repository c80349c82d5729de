"""A guideline as a document and as tables, with a place for each thing that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from docutils import nodes
from sphinx import addnodes

from b12guide.graph.dictionary import dictionary
from b12guide.graph.model import Decision, Fact, Grounds, Rule, RuleGraph
from b12guide.graph.query import facts_read_by, statement_coverage
from b12guide.say.names import Audience, decision_text
from b12guide.say.numbers import measured, range_text
from b12guide.show.citations import citation_items, evidence_details
from b12guide.show.facts_page import described
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.rule_text import rule_sentence
from b12guide.sphinxext.references import PagePlaces, kinds_of, linked, reference
from b12guide.syntax.ast import Example, ExpectReasons, ExpectRule
from b12guide.text import Text

_NAMES = {
    "Scope": "scope",
    "Definitions": "definitions",
    "Where the guideline contradicts itself": "conflicts",
    "Not addressed by the guideline": "silences",
    "What follows from the words alone": "implications",
    "How long a value counts": "currency",
    "What is worked out": "derived",
    "What never happens and always holds": "invariants",
    "Assumptions of this reading": "assumptions",
    "Challenged by other evidence": "challenges",
    "Facts that the rules read": "facts",
    "Sources": "sources",
    "Statements of the source": "statements",
}
NAMES = tuple(
    {**dict.fromkeys(d.value for d in Decision), **dict.fromkeys(_NAMES.values())}
)
"""The names of the sections."""

_DECLARED = {
    "assumptions": "assumption",
    "challenges": "challenge",
    "facts": "fact",
    "statements": "statement",
}
"""By section, what the labels of its items name."""

_ASSUMING = re.compile(r"(\(assuming [^)]*\))")
_EVERY_KIND = ("rule", "fact", "statement", "assumption", "challenge")


def named(section: Section, audience: Audience) -> str:
    """The name of a section of the page."""
    decisions = {decision_text(d, audience): d.value for d in Decision}
    return decisions.get(section.title) or _NAMES[section.title]


def page_nodes(
    page: Page, places: PagePlaces, audience: Audience, sections: Iterable[str]
) -> Iterator[Any]:
    """The notice and what identifies the guideline, then the sections that are asked for."""
    if page.warning:
        yield nodes.warning("", nodes.paragraph("", page.warning))
    yield nodes.important("", nodes.paragraph("", page.notice))
    particulars = nodes.field_list()
    for label, text in page.particulars:
        body = nodes.field_body("", nodes.paragraph("", text))
        particulars += nodes.field("", nodes.field_name("", label), body)
    yield particulars
    wanted = set(sections)
    for section in page.sections:
        name = named(section, audience)
        if name in wanted:
            yield section_node(section, name, places)


def section_node(section: Section, name: str, places: PagePlaces) -> Any:
    """A section with its rules and other items."""
    node = nodes.section("", nodes.title("", section.title))
    decisions = {decision.value for decision in Decision}
    if name in decisions:
        places.mark(node, "decision", name, section.title)
    document = places.directive.state.document
    if not node["ids"]:
        identity = nodes.make_id(f"{places.graph.name}-{name}")
        node["ids"] += [] if identity in document.ids else [identity]
        document.set_id(node)
    plain: list[Item] = []
    for item in section.items:
        # The first sentence of a rule tells its name in small print.
        told = item.items[0].details[:1] if item.items and name in decisions else ()
        if rules := [places.graph.rules[n] for n in told if n in places.graph.rules]:
            node += rule_node(item, rules[0], places)
        else:
            plain.append(item)
    if plain:
        node += item_list(plain, places, name)
    return node


def rule_node(item: Item, rule: Rule, places: PagePlaces) -> Any:
    """A rule as Sphinx describes an object: its name, and what there is to say of it."""
    signature = addnodes.desc_signature(
        "",
        "",
        addnodes.desc_name(rule.name, rule.name),
        addnodes.desc_sig_space(),
        addnodes.desc_annotation("", item.text),
    )
    places.mark(signature, "rule", rule.name, item.text, _strength(rule.grounds))
    sentence, *others = item.items
    content = addnodes.desc_content(
        "",
        nodes.paragraph("", "", *_words(sentence.text, places.graph)),
        nodes.paragraph("", "", *_small(sentence.details[1:], places.graph)),
    )
    if others:
        content += item_list(others, places, "")
    description = addnodes.desc("", signature, content, domain="b12guide")
    description["objtype"] = description["desctype"] = "rule"
    description["classes"] += ["b12guide", "rule"]
    return description


def _strength(grounds: Grounds) -> str:
    strength = (grounds.strength.value,) if grounds.strength else ()
    return ", ".join((*strength, *evidence_details(grounds)))


def item_list(items: Iterable[Item], places: PagePlaces, section: str) -> Any:
    """The items as a list, those inside an item as a list inside."""
    found, graph = nodes.bullet_list(bullet="*"), places.graph
    for item in items:
        entry = nodes.list_item(
            "", nodes.paragraph("", "", *line(item, graph, section))
        )
        told = item.details[0] if item.details else ""
        if section == "definitions" and told in graph.definitions:
            one = graph.definitions[told]
            note = _strength(one.grounds)
            places.mark(entry, "definition", one.name, one.label, note)
        elif section in _DECLARED and item.label in kinds_of(graph):
            fact = graph.vocabulary.facts.get(item.label)
            title = fact.label if fact and section == "facts" else ""
            places.mark(entry, _DECLARED[section], item.label, title)
        if item.items:
            entry += item_list(item.items, places, section)
        found += entry
    return found


def line(item: Item, graph: RuleGraph, section: str) -> Iterator[Any]:
    """The line of an item: its label, its text with references, its small print."""
    if item.label:
        is_name = section in _DECLARED and item.label in kinds_of(graph)
        yield (nodes.literal if is_name else nodes.strong)("", item.label)
        yield nodes.Text(": ")
    match item:
        case Item(label="Overrides" | "Overridden by"):
            by_title = {rule.title: rule.name for rule in graph.rules.values()}
            for number, title in enumerate(item.text.split("; ")):
                shown = nodes.Text(title)
                if name := by_title.get(title):
                    shown = reference(graph, "rule", name, title)
                yield from (nodes.Text("; "), shown) if number else (shown,)
        case Item(label="Rests on" | "Challenged by" | "Read by"):
            yield from linked(graph, item.text, _EVERY_KIND)
        case Item() if section == "statements" and item.label:
            yield from linked(graph, item.text, ("rule", "fact"))
        case Item(tone=Tone.STRONG):
            yield nodes.strong("", item.text)
        case Item(tone=Tone.QUIET):
            yield nodes.inline("", item.text, classes=["b12guide-quiet"])
        case _:
            yield from _words(item.text, graph)
    if item.details:
        yield nodes.Text(" ")
        yield from _small(item.details, graph)


def _words(text: str, graph: RuleGraph) -> Iterator[Any]:
    """A sentence, in which the assumptions are references."""
    for part in _ASSUMING.split(text):
        if _ASSUMING.fullmatch(part):
            yield from linked(graph, part, ("assumption",))
        elif part:
            yield nodes.Text(part)


def _small(details: Iterable[str], graph: RuleGraph) -> Iterator[Any]:
    """Small print, in which the parts that are names are references."""
    small = nodes.inline("", classes=["b12guide-small"])
    known = kinds_of(graph)
    for number, detail in enumerate(details):
        if number:
            small += nodes.Text(" · ")
        if all(word in known for word in detail.split()):
            small += list(linked(graph, detail, _EVERY_KIND))
        else:
            small += nodes.Text(detail)
    yield small


# ---------------------------------------------------------------------------- facts


def fact_section(graph: RuleGraph) -> Section:
    """The facts that rules read, with how they are stated and which rules read them."""
    readers: dict[str, list[str]] = {}
    for rule in graph.rules.values():
        for name in facts_read_by(rule.condition, graph.definitions):
            readers.setdefault(name, []).append(rule.name)
    return Section(
        title="Facts that the rules read",
        items=tuple(
            Item(
                label=name,
                text=fact_text(graph.vocabulary.facts[name]),
                items=(Item(label="Read by", text=", ".join(readers[name])),),
            )
            for name in sorted(readers)
        ),
    )


def fact_text(fact: Fact) -> str:
    """What a fact is called and how it is written."""
    text = f"{fact.label} ({fact.kind.value})"
    if fact.plausible:
        text += f", from {measured(range_text(*fact.plausible), fact.unit)}"
    elif fact.unit:
        text += f", in {fact.unit}"
    if fact.values:
        pairs = zip(fact.values, fact.value_labels or fact.values, strict=False)
        text += ": " + "; ".join(
            label or value.replace("_", " ") for value, label in pairs
        )
    return text


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


def rule_tables(places: PagePlaces, decisions: Iterable[Decision]) -> Iterator[Any]:
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
                [rule_row(rule, places) for rule in rules],
            )
    if cited:
        yield nodes.rubric("", "Sources")
        yield item_list(citation_items(graph, cited), places, "")


def rule_row(rule: Rule, places: PagePlaces) -> Any:
    """The row of a rule, which is the place that references to it lead to."""
    graph, strength = places.graph, _strength(rule.grounds)
    cited: list[Any] = []
    for source in (graph.sources[name] for name in rule.grounds.sources):
        shown = f"[{source.name if source.printed is None else source.printed}]"
        doubt = nodes.inline("", "does not resolve", classes=["b12guide-caution"])
        cited.append(
            nodes.paragraph("", shown)
            if source.resolves
            else nodes.paragraph("", f"{shown} ", doubt)
        )
    statements = linked(graph, " ".join(rule.grounds.statements), ("statement",))
    name = nodes.paragraph("", "", reference(graph, "rule", rule.name))
    row = _row(
        (
            [name, nodes.paragraph("", rule.title)],
            [nodes.paragraph("", rule_sentence(rule, graph))],
            [nodes.paragraph("", strength)],
            _paragraph(*statements),
            cited,
        )
    )
    places.mark(row.children[0], "rule", rule.name, rule.title, strength)
    return row


# ----------------------------------------------------------------------- statements


def statement_table(places: PagePlaces) -> Any:
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
            ([nodes.paragraph("", each.statement)], encoded or _paragraph(missing))
        )
        places.mark(row.children[0], "statement", each.statement)
        rows.append(row)
    return _table("", ("Statement", "Encoded in"), (15, 85), rows)


# ---------------------------------------------------------------------------- facts


def fact_table(places: PagePlaces) -> Any:
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
    places: PagePlaces, examples: Iterable[tuple[Text, Example]], rule: str
) -> Any:
    """The examples, or those that speak of a rule: the patient, and what is expected."""
    rows = []
    for text, example in examples:
        named: set[str] = set()
        for expectation in example.expectations:
            match expectation:
                case ExpectRule(rule=name):
                    named.add(name.text)
                case ExpectReasons(rules=names):
                    named |= {name.text for name in names}
                case _:
                    pass
        if not rule or rule in named:
            rows.append(example_row(places.graph, text, example))
    heads = ("Example", "The patient", "What is expected")
    return _table("", heads, (28, 36, 36), rows)


def example_row(graph: RuleGraph, text: Text, example: Example) -> Any:
    """The row of an example, in which what it names are references."""
    patient: list[Any] = []
    for number, entry in enumerate(example.given):
        patient += [nodes.Text(", ")] if number else []
        patient += linked(graph, " ".join(text.slice(entry.span).split()), ("fact",))
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
