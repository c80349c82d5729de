"""A guideline as a document: the page of `b12guide doc`, with a place for each thing it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes

from b12guide.graph.model import Decision, Fact, Grounds, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.show.number import range_text
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.wording import Audience, decision_text, measured
from b12guide.sphinxext.links import kinds_of, linked, reference
from b12guide.sphinxext.place import Places

__all__ = ["NAMES", "fact_section", "item_list", "named", "page_nodes"]

_NAMES = {
    "For whom it is written": "scope",
    "Definitions": "definitions",
    "Where the guideline contradicts itself": "conflicts",
    "Not addressed by the guideline": "silences",
    "What follows from the words alone": "implications",
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
    page: Page, places: Places, audience: Audience, sections: Iterable[str]
) -> Iterator[Any]:
    """The notice and what identifies the guideline, then the sections that are asked for."""
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
            yield _section(section, name, places)


def _section(section: Section, name: str, places: Places) -> Any:
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
        rule = _rule_of(item, places.graph) if name in decisions else ""
        if rule:
            node += _rule(item, rule, places)
        else:
            plain.append(item)
    if plain:
        node += item_list(plain, places, name)
    return node


def _rule_of(item: Item, graph: RuleGraph) -> str:
    """The name of the rule that an item tells of, where it tells the name."""
    names = item.items[0].details[:1] if item.items else ()
    return next((name for name in names if name in graph.rules), "")


def _rule(item: Item, name: str, places: Places) -> Any:
    rule = places.graph.rules[name]
    signature = addnodes.desc_signature(
        "",
        "",
        addnodes.desc_name(name, name),
        addnodes.desc_sig_space(),
        addnodes.desc_annotation("", item.text),
    )
    places.mark(signature, "rule", name, item.text, _strength(rule.grounds))
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
    return grounds.strength.value if grounds.strength else ""


def item_list(items: Iterable[Item], places: Places, section: str) -> Any:
    """The items as a list, those inside an item as a list inside."""
    found = nodes.bullet_list(bullet="*")
    for item in items:
        entry = nodes.list_item(
            "", nodes.paragraph("", "", *_line(item, places, section))
        )
        _declare(entry, item, places, section)
        if item.items:
            entry += item_list(item.items, places, section)
        found += entry
    return found


def _declare(entry: Any, item: Item, places: Places, section: str) -> None:
    graph = places.graph
    if (
        section == "definitions"
        and item.details[:1]
        and item.details[0] in graph.definitions
    ):
        definition = graph.definitions[item.details[0]]
        note = _strength(definition.grounds)
        places.mark(entry, "definition", definition.name, definition.label, note)
    elif section in _DECLARED and item.label in kinds_of(graph):
        fact = graph.vocabulary.facts.get(item.label)
        title = fact.label if fact and section == "facts" else ""
        places.mark(entry, _DECLARED[section], item.label, title)


def _line(item: Item, places: Places, section: str) -> Iterator[Any]:
    graph = places.graph
    if item.label:
        name = section in _DECLARED and item.label in kinds_of(graph)
        yield nodes.literal("", item.label) if name else nodes.strong("", item.label)
        yield nodes.Text(": ")
    match item:
        case Item(label="Goes before" | "Gives way to"):
            yield from _titles(item.text, graph)
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


def _titles(text: str, graph: RuleGraph) -> Iterator[Any]:
    """Titles of rules as references to the rules."""
    by_title = {rule.title: rule.name for rule in graph.rules.values()}
    for number, title in enumerate(text.split("; ")):
        if number:
            yield nodes.Text("; ")
        name = by_title.get(title)
        yield reference(graph, "rule", name, title) if name else nodes.Text(title)


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
                text=_stated(graph.vocabulary.facts[name]),
                items=(Item(label="Read by", text=", ".join(readers[name])),),
            )
            for name in sorted(readers)
        ),
    )


def _stated(fact: Fact) -> str:
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
