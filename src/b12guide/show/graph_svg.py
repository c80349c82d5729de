"""A rule graph as a picture (SVG): a panel for each decision, what is read beside what reads it.

Where things stand comes first: what is read on the left, rules on the right, a rule beneath
the rules that give way to it, lanes for the exceptions. Then the shapes: shapes and words
carry the meaning, colour only repeats it. Then the panels and the whole picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import Record
from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import brief_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.advice import value_text
from b12guide.say.names import decision_text
from b12guide.say.words import capitalised, listing
from b12guide.show.citations import definition_details
from b12guide.show.drawing import colour_of
from b12guide.show.palette import DATA, theme_style
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.terminal import columns, one_line, wrapped

BETWEEN_PARTS = 10
_LANE_APART = 14


@frozen(kw_only=True, repr=False)
class Part(Record):
    """Something to be drawn.

    Attributes:
        reads: The names of what it reads, on the left.
        gives_way: The names of the parts that give way to it, among its neighbours.
    """

    name: str
    height: int
    reads: tuple[str, ...] = ()
    gives_way: tuple[str, ...] = ()


@frozen(repr=False)
class GraphBox(Record):
    """How far down something begins, and how high it is."""

    top: float
    height: int

    @property
    def middle(self) -> float:
        """Half way down the box."""
        return self.top + self.height / 2


@frozen(kw_only=True, repr=False)
class ExceptionLane(Record):
    """A line on the right, from the exceptions to the one part that gives way to them."""

    offset: int
    end: str
    starts: tuple[str, ...]


@frozen(kw_only=True, repr=False)
class Layout(Record):
    """Everything in its place.

    Attributes:
        left: What is read, by name.
        right: What reads, by name, from top to bottom.
        room: How far the lanes reach to the right.
    """

    left: Mapping[str, GraphBox]
    right: Mapping[str, GraphBox]
    lanes: tuple[ExceptionLane, ...]
    height: float
    room: int


def lay_out(parts: Sequence[Part], height_of: Callable[[str], int]) -> Layout:
    """The layout of `parts`; `height_of` says how high each thing is that they read."""
    ordered = tuple(_exceptions_beneath(parts))
    right: dict[str, GraphBox] = {}
    top = 0.0
    for part in ordered:
        right[part.name] = GraphBox(top, part.height)
        top += part.height + BETWEEN_PARTS
    bottom = max(top - BETWEEN_PARTS, 0.0)
    left = _level(ordered, right, height_of)
    lowest = max((box.top + box.height for box in left.values()), default=0.0)
    lanes = tuple(_lanes_of(ordered, right))
    return Layout(
        left=left,
        right=right,
        lanes=lanes,
        height=max(bottom, lowest),
        room=max((lane.offset for lane in lanes), default=0),
    )


def _exceptions_beneath(parts: Sequence[Part]) -> Iterable[Part]:
    """The parts in their order, each followed by its exceptions, once."""
    known = {part.name: part for part in parts}
    beneath: dict[str, list[Part]] = {}
    for part in parts:
        for parent in part.gives_way:
            beneath.setdefault(parent, []).append(part)
    roots = [p for p in parts if not any(name in known for name in p.gives_way)]
    placed: dict[str, Part] = {}
    waiting = [*reversed(parts), *reversed(roots)]
    while waiting:
        part = waiting.pop()
        if part.name not in placed:
            placed[part.name] = part
            waiting += reversed(beneath.get(part.name, ()))
    return placed.values()


def _level(
    parts: Sequence[Part],
    right: Mapping[str, GraphBox],
    height_of: Callable[[str], int],
) -> dict[str, GraphBox]:
    """What is read, each level with the middle of its readers as far as there is room."""
    readers: dict[str, list[float]] = {}
    for part in parts:
        for name in part.reads:
            readers.setdefault(name, []).append(right[part.name].middle)
    middles = {name: sum(ys) / len(ys) for name, ys in readers.items()}
    heights = {name: height_of(name) for name in middles}
    order = sorted(middles, key=lambda name: (middles[name], name))
    tops: list[float] = []
    end = 0.0
    for name in order:
        tops.append(max(middles[name] - heights[name] / 2, end))
        end = tops[-1] + heights[name] + BETWEEN_PARTS
    limit = max((box.top + box.height for box in right.values()), default=0.0)
    for index in reversed(range(len(order))):
        height = heights[order[index]]
        lowest = max(limit - height, _needed(order[:index], heights))
        tops[index] = min(tops[index], lowest)
        limit = tops[index] - BETWEEN_PARTS
    return {
        name: GraphBox(top, heights[name])
        for name, top in zip(order, tops, strict=True)
    }


def _needed(names: Iterable[str], heights: Mapping[str, int]) -> float:
    """The room that the boxes of `names` take at least."""
    return sum(heights[name] + BETWEEN_PARTS for name in names)


def _lanes_of(
    parts: Sequence[Part], right: Mapping[str, GraphBox]
) -> Iterable[ExceptionLane]:
    """A lane for each part that gives way, as far to the left as no other one crosses it."""
    taken: list[list[tuple[float, float]]] = []
    for parent in parts:
        starts = tuple(p.name for p in parts if parent.name in p.gives_way)
        if not starts:
            continue
        ys = [right[name].middle for name in (parent.name, *starts)]
        low, high = min(ys), max(ys)
        free = (
            n
            for n, others in enumerate(taken)
            if all(high < start or end < low for start, end in others)
        )
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
        yield ExceptionLane(
            offset=_LANE_APART * (number + 1) + BETWEEN_PARTS,
            end=parent.name,
            starts=starts,
        )


Link: TypeAlias = Callable[[str], "str | None"]
"""From the name of a rule, fact or definition to the address that its box leads to."""

_LEFT, _BETWEEN, _RIGHT, EDGE = 176, 72, 372, 14
_FACT_COLUMNS, _RULE_COLUMNS, _NAME_COLUMNS = 25, 58, 48
LINE, _CARD_PADDING = 15, 8
_MOST_LINES = 3


@frozen
class RuleCard:
    """What a box on the right says.

    Attributes:
        small: The line of small print.
        look: Its classes in the style.
        whole: What the box says in full.
    """

    name: str
    lines: tuple[str, ...]
    small: str
    look: str
    whole: str

    @property
    def height(self) -> int:
        """How high the box is."""
        count = 1 + len(self.lines) + bool(self.small)
        return count * LINE + 2 * _CARD_PADDING


def card_lines(text: str) -> tuple[str, ...]:
    """The text in a few lines; what does not fit is for the page and the tooltip."""
    lines = list(wrapped(one_line(text), _RULE_COLUMNS))
    if len(lines) > _MOST_LINES:
        lines = lines[:_MOST_LINES]
        lines[-1] = _cut(lines[-1] + " …", _RULE_COLUMNS, always=True)
    return tuple(lines)


def _cut(said: str, room: int, *, always: bool = False) -> str:
    said = one_line(said)
    if columns(said) <= room and not always:
        return said
    while columns(said) > room - 1:
        said = said[:-1]
    return said.rstrip(" …,;") + "…"


def width_of(layout: Layout) -> int:
    """How wide a picture with this layout is."""
    return 2 * EDGE + _LEFT + _BETWEEN + _RIGHT + max(layout.room + 8, 0)


def draw_document(
    body: list[str], width: int, height: float, title: str, said: Iterable[str]
) -> str:
    """A whole picture around `body`; `said` is what it shows, in words."""
    title, description = escape(one_line(title)), escape(one_line(" ".join(said)))
    size = f"{width} {round(height)}"
    # What holds links is no image: those who have it read out would never hear of them.
    role = "group" if any("<a " in part for part in body) else "img"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="b12guide-graph" '
        f'viewBox="0 0 {size}" width="{width}" height="{round(height)}" '
        f'role="{role}" aria-label="{title}" font-family="system-ui, sans-serif" '
        'font-size="12">'
    )
    return "\n".join(
        [
            opening,
            f"<title>{title}</title>",
            f"<desc>{description}</desc>",
            _graph_style(),
            f'<rect class="paper" width="{width}" height="{round(height)}" rx="6"/>',
            *body,
            "</svg>\n",
        ]
    )


def _fact_lines(graph: RuleGraph, name: str) -> list[str]:
    lines = list(wrapped(one_line(brief_text(graph, name)), _FACT_COLUMNS))
    return [_cut(line, _FACT_COLUMNS + 2) for line in lines]


def fact_height(graph: RuleGraph, name: str) -> int:
    """How high the box of a fact or definition is."""
    return len(_fact_lines(graph, name)) * LINE + _CARD_PADDING


def draw_fact(graph: RuleGraph, name: str, box: GraphBox, link: Link) -> str:
    """What is read, on the left: a fact, or a definition with pointed ends."""
    left, top, bottom = EDGE, box.top, box.top + box.height
    if name in graph.definitions:
        middle, right = box.middle, EDGE + _LEFT
        points = (
            f"{left},{middle} {left + 9},{top} {right - 9},{top} "
            f"{right},{middle} {right - 9},{bottom} {left + 9},{bottom}"
        )
        shape = f'<polygon class="defined" points="{points}"/>'
    else:
        shape = (
            f'<rect class="fact" x="{left}" y="{top}" width="{_LEFT}" '
            f'height="{box.height}" rx="{min(box.height / 2, 14)}"/>'
        )
    lines = (
        draw_text(left + _LEFT / 2, top + 15 + LINE * n, line, "ink", anchor="middle")
        for n, line in enumerate(_fact_lines(graph, name))
    )
    return _linked(link(name), f"<title>{escape(name)}</title>{shape}{''.join(lines)}")


def draw_card(card: RuleCard, place: GraphBox, link: Link) -> str:
    """What reads, on the right."""
    left = EDGE + _LEFT + _BETWEEN
    frame = (
        f'<rect class="{card.look}" x="{left}" y="{place.top}" width="{_RIGHT}" '
        f'height="{place.height}" rx="4"/>'
    )
    lines = [f"<title>{escape(one_line(card.whole))}</title>", frame]
    y = place.top + _CARD_PADDING + 11
    lines.append(draw_text(left + 10, y, _cut(card.name, _NAME_COLUMNS), "ink name"))
    for line in card.lines:
        y += LINE
        lines.append(draw_text(left + 10, y, line, "ink"))
    if card.small:
        small = _cut(card.small, _RULE_COLUMNS + 4)
        lines.append(draw_text(left + 10, y + LINE, small, "quiet small"))
    return _linked(link(card.name), "".join(lines))


def _linked(address: str | None, inner: str) -> str:
    """The shape as a link for the mouse; others find the links in the words of the page."""
    if address is None:
        return f"<g>{inner}</g>"
    return f'<a href="{escape(address)}" tabindex="-1">{inner}</a>'


def draw_reading(layout: Layout, part: Part) -> str:
    """The lines from what a part reads to the part, the last part of them spread out."""
    start, end = EDGE + _LEFT, EDGE + _LEFT + _BETWEEN
    half = (start + end) / 2
    box = layout.right[part.name]
    sources = sorted(layout.left[name].middle for name in part.reads)
    step = min(9.0, (box.height - 12) / max(len(sources), 1))
    first = box.middle - step * (len(sources) - 1) / 2
    return "".join(
        f'<path class="reads" d="M{start} {y} C{half} {y} {half} {first + step * n:.1f} '
        f'{end} {first + step * n:.1f}"/>'
        for n, y in enumerate(sources)
    )


def draw_lane(layout: Layout, lane: ExceptionLane) -> Iterator[str]:
    """The exceptions to one part, with the tip at the part that gives way."""
    right = EDGE + _LEFT + _BETWEEN + _RIGHT
    x = right + lane.offset
    end = layout.right[lane.end].middle - 6
    for name in lane.starts:
        y = layout.right[name].middle + 6
        yield f'<path class="excepts" d="M{right} {y} H{x} V{end} H{right + 8}"/>'
    yield (
        f'<polygon class="tip" points="{right},{end} {right + 9},{end - 5} '
        f'{right + 9},{end + 5}"/>'
    )


def draw_legend(y: float, body: Iterable[str]) -> Iterator[str]:
    """What the shapes in `body` mean."""
    x, drawn = float(EDGE), "".join(body)
    for look, words in (
        ("fact", "a fact"),
        ("defined", "a definition"),
        ("rule", "a rule"),
        ("rule option", "an option"),
        ("excepts", "exception: points at what it overrides"),
    ):
        if f'class="{look}"' not in drawn:
            continue
        if look == "excepts":
            shape = (
                f'<path class="excepts" d="M{x + 8} {y - 4} H{x + 26}"/>'
                f'<polygon class="tip" points="{x},{y - 4} {x + 9},{y - 9} '
                f'{x + 9},{y + 1}"/>'
            )
        elif look == "defined":
            shape = (
                f'<polygon class="defined" points="{x},{y - 4} {x + 5},{y - 10} '
                f'{x + 21},{y - 10} {x + 26},{y - 4} {x + 21},{y + 2} {x + 5},{y + 2}"/>'
            )
        else:
            radius = 6 if look == "fact" else 2
            shape = (
                f'<rect class="{look}" x="{x}" y="{y - 10}" width="26" height="12" '
                f'rx="{radius}"/>'
            )
        yield shape + draw_text(x + 32, y, words, "quiet")
        x += 52 + 6.2 * len(words)


def draw_note(y: float, width: int) -> Iterator[str]:
    """The notice that every reader is to see."""
    for number, line in enumerate(wrapped(EDUCATION_NOTICE, int((width - 28) / 6.2))):
        yield draw_text(EDGE, y + LINE * number, line, "quiet")


def draw_text(  # noqa: PLR0913 -- a text needs its place and its pen
    x: float, y: float, text: str, look: str, *, size: int = 0, anchor: str = ""
) -> str:
    """A line of text."""
    style = f' style="font-size:{size}px"' if size else ""
    middle = f' text-anchor="{anchor}"' if anchor else ""
    said = escape(one_line(text))
    return f'<text class="{look}" x="{x}" y="{y}"{middle}{style}>{said}</text>'


_PLAIN = (
    "{0}{{font-family:system-ui,sans-serif;font-size:12px}}"
    "{0} path{{fill:none;stroke-width:1.2}}{0} .name{{font-weight:600}}"
    "{0} .excepts{{stroke-width:1.6}}{0} .option{{stroke-dasharray:4 3}}"
    "{0} .small{{font-size:11px}}"
    "{0} a{{text-decoration:none}}{0} a:hover .ink{{text-decoration:underline}}"
)


_COLOURS = {
    ".paper": "fill:paper",
    ".ink": "fill:ink",
    ".quiet": "fill:quiet",
    ".fact": "fill:paper;stroke:blue",
    ".defined": "fill:paper;stroke:purple",
    ".rule": "fill:band;stroke:quiet",
    ".reads": "stroke:quiet",
    ".excepts": "stroke:orange",
    ".tip": "fill:orange",
}
"""What each kind of shape is drawn in; shapes and words carry the meaning, colour repeats it."""


def _graph_style() -> str:
    me = ".b12guide-graph"

    def coloured(colour_of: Callable[[str], str]) -> str:
        looks = (
            (kind, (pair.split(":") for pair in look.split(";")))
            for kind, look in _COLOURS.items()
        )
        return "".join(
            f"{me} {kind}{{{';'.join(f'{way}:{colour_of(name)}' for way, name in pairs)}}}"
            for kind, pairs in looks
        )

    inks = coloured(lambda name: DATA.get(name) or f"var(--b12-{name})")
    return (
        f"<style>{_PLAIN.format(me)}{coloured(colour_of)}"
        f"@supports (fill:var(--b12-ink)){{{theme_style(me)}{inks}}}</style>"
    )


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
    note = list(draw_note(top + 44, width))
    foot = [*draw_legend(top + 16, body), *note]
    height = top + 44 + LINE * (len(note) + 1)
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
        *draw_legend(height - EDGE, panel.body),
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
        RuleCard(d.name, card_lines(capitalised(d.label)), "", "defined", d.label)
        for d in definitions
    ]
    parts = [
        Part(name=d.name, height=card.height, reads=reads(d.condition))
        for d, card in zip(definitions, cards, strict=True)
    ]
    return _panel(graph, cards, parts, link)


def _rule_card(rule: Rule, graph: RuleGraph, decision: Decision) -> RuleCard:
    said = value_text(rule.value, graph)
    small = " · ".join(definition_details(graph, rule.grounds))
    elsewhere = decision_text(rule.decision).lower()
    if rule.decision is not decision:
        said = f"on {elsewhere}: {said}"
    look = "rule option" if rule.optional else "rule"
    return RuleCard(rule.name, card_lines(said), small, look, f"{rule.title}: {said}")


def _panel(
    graph: RuleGraph, cards: list[RuleCard], parts: list[Part], link: Link
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
    graph: RuleGraph, parts: list[Part], cards: dict[str, RuleCard]
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
