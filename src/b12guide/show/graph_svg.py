"""A rule graph as a picture (SVG): a panel for each decision, what is read beside what reads it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.show.advice import value_text
from b12guide.show.graph_drawing import (
    EDGE,
    LINE,
    Card,
    Link,
    card_lines,
    draw_card,
    draw_document,
    draw_fact,
    draw_lane,
    draw_legend,
    draw_note,
    draw_reading,
    draw_text,
    fact_height,
    width_of,
)
from b12guide.show.graph_layout import Layout, Part, lay_out
from b12guide.show.grounds import definition_details
from b12guide.show.stated import guideline_particulars
from b12guide.show.wording import (
    EDUCATION_NOTICE,
    brief_text,
    capitalised,
    decision_text,
    listing,
)

__all__ = [
    "decision_to_svg",
    "definitions_to_svg",
    "graph_to_svg",
    "reads",
    "rules_drawn",
]

_HEADING, _GAP = 34, 18


def graph_to_svg(graph: RuleGraph) -> str:
    """Every decision under its name, then the definitions, as the text of an `.svg` file."""
    panels = [
        *(
            (decision_text(d), _decision(graph, d, _nowhere))
            for d in Decision
            if any(rule.decision is d for rule in graph.rules.values())
        ),
        ("Definitions", _definitions(graph, _nowhere)),
    ]
    body: list[str] = []
    width, top = width_of(Layout(left={}, right={}, lanes=(), height=0, room=0)), 66.0
    for title, panel in panels:
        if not panel.layout.right:
            continue
        body.append(draw_text(EDGE, top + 22, title, "ink name", size=15))
        body.append(f'<g transform="translate(0 {top + _HEADING})">')
        body += [*panel.body, "</g>"]
        width = max(width, width_of(panel.layout))
        top += _HEADING + panel.layout.height + _GAP
    about = "; ".join(f"{label} {text}" for label, text in guideline_particulars(graph))
    said = [f"{about}. {EDUCATION_NOTICE}", *(p.words for _, p in panels)]
    head = [
        draw_text(EDGE, 26, graph.title, "ink name", size=16),
        draw_text(EDGE, 46, about, "quiet"),
    ]
    foot = [*draw_legend(top + 16), *draw_note(top + 44, width)]
    height = top + 44 + LINE * len(foot)
    return draw_document(
        [*head, *body, *foot], width, height, f"Rules of {graph.title}", said
    )


def decision_to_svg(
    graph: RuleGraph, decision: Decision, link: Link | None = None
) -> str:
    """The rules on one decision, for a page that has the heading and the notice already."""
    panel = _decision(graph, decision, link or _nowhere)
    title = f"Rules on: {decision_text(decision).lower()}"
    return _alone(panel, title)


def definitions_to_svg(graph: RuleGraph, link: Link | None = None) -> str:
    """The definitions with what they read, for such a page."""
    return _alone(_definitions(graph, link or _nowhere), "Definitions")


def rules_drawn(graph: RuleGraph, decision: Decision) -> tuple[Rule, ...]:
    """The rules on a decision, and those on others that give way to them or the reverse."""
    own = [rule for rule in graph.rules.values() if rule.decision is decision]
    others = [
        graph.rules[name]
        for rule in own
        for name in (*rule.exception_to, *rule.exceptions)
    ]
    return tuple({rule.name: rule for rule in (*own, *others)}.values())


def reads(condition: Condition) -> tuple[str, ...]:
    """The facts and definitions that a condition names, each once."""
    names = (a.name if isinstance(a, Defined) else a.fact for a in atoms(condition))
    return tuple(dict.fromkeys(names))


def _nowhere(_: str) -> None:
    return None


# --------------------------------------------------------------------------- panels


@frozen
class _Panel:
    layout: Layout
    body: tuple[str, ...]
    words: str


def _alone(panel: _Panel, title: str) -> str:
    height = panel.layout.height + 2 * EDGE + LINE + _GAP
    inner = [
        f'<g transform="translate(0 {EDGE})">',
        *panel.body,
        "</g>",
        *draw_legend(height - EDGE),
    ]
    return draw_document(inner, width_of(panel.layout), height, title, [panel.words])


def _decision(graph: RuleGraph, decision: Decision, link: Link) -> _Panel:
    rules = rules_drawn(graph, decision)
    cards = [_rule_card(rule, graph, decision) for rule in rules]
    parts = [
        Part(
            name=rule.name,
            height=card.height,
            reads=reads(rule.condition),
            gives_way=rule.exception_to,
        )
        for rule, card in zip(rules, cards, strict=True)
    ]
    return _panel(graph, cards, parts, link)


def _definitions(graph: RuleGraph, link: Link) -> _Panel:
    definitions = graph.definitions.values()
    cards = [
        Card(d.name, card_lines(capitalised(d.label)), "", "defined", d.label)
        for d in definitions
    ]
    parts = [
        Part(name=d.name, height=card.height, reads=reads(d.condition))
        for d, card in zip(definitions, cards, strict=True)
    ]
    return _panel(graph, cards, parts, link)


def _rule_card(rule: Rule, graph: RuleGraph, decision: Decision) -> Card:
    said = value_text(rule.value, graph)
    small = " · ".join(definition_details(graph, rule.grounds))
    elsewhere = decision_text(rule.decision).lower()
    if rule.decision is not decision:
        said = f"on {elsewhere}: {said}"
    look = "rule option" if rule.optional else "rule"
    return Card(rule.name, card_lines(said), small, look, f"{rule.title}: {said}")


def _panel(
    graph: RuleGraph, cards: list[Card], parts: list[Part], link: Link
) -> _Panel:
    layout = lay_out(parts, lambda name: fact_height(graph, name))
    by_name = {card.name: card for card in cards}
    body = [
        *(draw_reading(layout, part) for part in parts),
        *(line for lane in layout.lanes for line in draw_lane(layout, lane)),
        *(draw_fact(graph, name, box, link) for name, box in layout.left.items()),
        *(draw_card(by_name[name], box, link) for name, box in layout.right.items()),
    ]
    return _Panel(layout, tuple(body), " ".join(_words(graph, parts, by_name)))


def _words(
    graph: RuleGraph, parts: list[Part], cards: dict[str, Card]
) -> Iterable[str]:
    """The panel for those who do not see it."""
    for part in parts:
        named = (
            listing(brief_text(graph, name) for name in part.reads)
            if part.reads
            else ""
        )
        read = f" Reads {named}." if named else ""
        way = f" Exception to {listing(part.gives_way)}." if part.gives_way else ""
        yield f"{part.name}: {cards[part.name].whole.rstrip('.')}.{read}{way}"
