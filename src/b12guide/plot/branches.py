"""How a cohort flows through the decisions, as a chart: a row of boxes for each decision.

A box holds those patients of whom a decision is determined, contradictory, not needed or not
stated; those of whom it depends on something unknown have a box of their own. Where the boxes lie
is worked out here, in pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import altair as alt
from attrs import frozen

from b12guide.cohort.cohort_advice import counts_of
from b12guide.cohort.frames import Table, arrow_of
from b12guide.errors import UnknownNameError
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.query import brief_text
from b12guide.plot.form import BLUE, BROWN, GREEN, GREY, RED, data, finished
from b12guide.say.names import decision_text, listing
from b12guide.say.numbers import plural
from b12guide.show.terminal import wrapped

_SPINE, _GAP, _LINE, _PAD, _SIZE = 150, 14, 14, 8, 11
_Column: TypeAlias = tuple[tuple[Outcome, ...], int]
_COLUMNS: tuple[_Column, ...] = (
    ((Outcome.DETERMINED,), 250),
    ((Outcome.DEPENDS,), 190),
    ((Outcome.CONFLICT,), 150),
    ((Outcome.NOT_NEEDED, Outcome.SILENT), 120),
)
_LOOKS = {
    Outcome.DETERMINED: ("Determined", GREEN),
    Outcome.DEPENDS: ("Depends on what is not known", BROWN),
    Outcome.CONFLICT: ("The guideline contradicts itself", RED),
    Outcome.NOT_NEEDED: ("Not needed", BLUE),
    Outcome.SILENT: ("Not stated", GREY),
}
_PAPER, _INK = "#f4f5f7", "#1b1f24"
"""Of a box, whatever the paper around it."""

_VALUES, _FACTS, _LINES = 2, 6, 3
"""How many values a box tells, how many facts are worth asking for, how many lines one takes."""

_PARTS = ("outcome", "value", "certain")


@frozen(kw_only=True)
class _Answers:
    """What one decision says of the cohort: of how many, and in how many the value is certain."""

    decision: Decision
    values: Counter[tuple[Outcome, str]]
    certain: int
    statements: tuple[str, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(n for (found, _), n in self.values.items() if found is outcome)


@frozen(kw_only=True)
class _Box:
    """Lines in a frame."""

    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    colour: str = GREY
    is_open: bool = False
    said: str = ""

    @property
    def height(self) -> float:
        return 2 * _PAD + _LINE * len(self.lines)


def branches_chart(advice: Any, graph: RuleGraph) -> alt.LayerChart:
    """The chart of what `Guideline.cohort` answered."""
    table = _table(advice, graph)
    total = table.num_rows
    first = _Box(x=0, y=0, width=_SPINE, lines=(plural(f"{total:,}", "patient"),))
    boxes, spine = [first], [first]
    top = first.height + 2 * _GAP
    answers = list(_answers(table, graph))
    columns = [
        (outcomes, width)
        for outcomes, width in _COLUMNS
        if any(one.count(outcome) for one in answers for outcome in outcomes)
    ]
    for one in answers:
        row = list(_row(one, columns, total, top))
        head, *_ = row
        boxes += row
        spine.append(head)
        top = max(box.y + box.height for box in row) + 2 * _GAP
    asked = _asked(table, graph)
    if asked:
        boxes.append(_last(asked, top))
        top = boxes[-1].y + boxes[-1].height + _GAP
    width = max(box.x + box.width for box in boxes)
    chart = alt.layer(
        *_links(boxes, spine),
        *(_frames(boxes, is_open=is_open) for is_open in (False, True)),
        *(_text(boxes, is_first=is_first) for is_first in (True, False)),
    ).properties(width=width, height=top)
    subtitle = [
        "A dashed box holds those of whom something that matters is not known.",
        "Determined is what is advised by default; alternatives and exclusions may be open.",
    ]
    if not total:
        subtitle.append("There is nobody in this cohort.")
    words = ". ".join(box.said or " ".join(box.lines) for box in boxes)
    return finished(chart, graph, "The cohort through the decisions", subtitle, words)


# ------------------------------------------------------------------------- counting


def _table(advice: Any, graph: RuleGraph) -> Table:
    """The advice as an Arrow table that has every column which is looked at.

    Raises:
        UnknownNameError: It lacks one; advice in the long form does.
    """
    table = arrow_of(advice, "the advice")
    needed = [f"rule.{name}" for name in graph.rules]
    needed += [f"{decision.value}.{part}" for decision in DECISIONS for part in _PARTS]
    dotted = {name.replace(".", "_"): name for name in needed}
    if not set(needed) & set(table.column_names):
        table = table.rename_columns([dotted.get(c, c) for c in table.column_names])
    for name in (*needed, "questions"):
        if name not in table.column_names:
            kind = "column of the advice"
            raise UnknownNameError(kind, name, table.column_names)
    return table


def _answers(table: Table, graph: RuleGraph) -> Iterator[_Answers]:
    """The decisions to which the guideline says something of somebody."""
    for decision in DECISIONS:
        columns = (f"{decision.value}.{part}" for part in _PARTS)
        values: Counter[tuple[Outcome, str]] = Counter()
        certain = 0
        for (said, value, is_certain), count in counts_of(table, *columns).items():
            outcome = Outcome(said)
            values[outcome, value or ""] += count
            certain += count if is_certain and outcome is Outcome.DEPENDS else 0
        if any(outcome is not Outcome.SILENT for outcome, _ in values):
            yield _Answers(
                decision=decision,
                values=values,
                certain=certain,
                statements=_statements(table, graph, decision),
            )


def _statements(table: Table, graph: RuleGraph, decision: Decision) -> tuple[str, ...]:
    """The statements behind the rules on a decision that apply to somebody."""
    found: dict[str, None] = {}
    for rule in graph.rules.values():
        if rule.decision is decision:
            verdicts = counts_of(table, f"rule.{rule.name}")
            if verdicts[Verdict.APPLIES.value,]:
                found |= dict.fromkeys(rule.grounds.statements)
    return tuple(found)


def _asked(table: Table, graph: RuleGraph) -> list[str]:
    """The facts that are worth asking for most often, with how often that is."""
    lists = table.column("questions").combine_chunks()
    if not len(lists):
        return []
    facts = {
        str(each["values"]): each["counts"].as_py()
        for each in lists.flatten().value_counts()
    }
    often = sorted(facts.items(), key=lambda f: (-f[1], f[0]))[:_FACTS]
    return [f"{brief_text(graph, fact)}: {_share(n, len(lists))}" for fact, n in often]


def _share(count: int, total: int) -> str:
    """A number of patients, with their share of all of them."""
    percent = 100 * count / total if total else 0
    rounded = f"{percent:.0f}%"
    if 0 < percent < 1:
        rounded = "<1%"
    elif 99 < percent < 100:
        rounded = ">99%"
    return f"{count:,} ({rounded})"


# --------------------------------------------------------------------------- boxes


def _row(
    one: _Answers, columns: Sequence[_Column], total: int, top: float
) -> Iterator[_Box]:
    """The box of a decision, then one for each of its outcomes."""
    name = decision_text(one.decision)
    said = _fitted(" ".join(one.statements), _SPINE)
    yield _Box(x=0, y=top, width=_SPINE, lines=(name, *said))
    x = _SPINE + 2 * _GAP
    for outcomes, width in columns:
        y = top
        for outcome in outcomes:
            count = one.count(outcome)
            if not count:
                continue
            title, colour = _LOOKS[outcome]
            lines = [_share(count, total), *wrapped(title, _letters(width))]
            lines += _inside(one, outcome, width)
            box = _Box(
                x=x,
                y=y,
                width=width,
                lines=tuple(lines),
                colour=colour,
                is_open=outcome is Outcome.DEPENDS,
                said=f"{name}, {title.lower()}: {' '.join((lines[0], *lines[2:]))}",
            )
            yield box
            y += box.height + _GAP / 2
        x += width + _GAP


def _inside(one: _Answers, outcome: Outcome, width: float) -> Iterator[str]:
    """What the patients in a box are told, most of them first."""
    if outcome is Outcome.DEPENDS:
        if one.certain:
            yield from wrapped(f"certain in part: {one.certain:,}", _letters(width))
        return
    found = sorted(
        (
            (n, said)
            for (each, said), n in one.values.items()
            if each is outcome and said
        ),
        key=lambda f: (-f[0], f[1]),
    )
    for count, said in found[:_VALUES]:
        yield from _fitted(f"{count:,}: {said.replace('_', ' ')}", width)
    if len(found) > _VALUES:
        rest = sum(count for count, _ in found[_VALUES:])
        yield f"{rest:,}: {plural(len(found) - _VALUES, 'other answer')}"


def _letters(width: float) -> int:
    """About how many letters stand on a line."""
    return int((width - 2 * _PAD) / (_SIZE * 0.48))


def _fitted(words: str, width: float) -> list[str]:
    """The words in a few lines."""
    lines = wrapped(words, _letters(width)) if words else []
    return (
        lines
        if len(lines) <= _LINES
        else [*lines[: _LINES - 1], f"{lines[_LINES - 1]} …"]
    )


def _last(asked: Sequence[str], top: float) -> _Box:
    width = sum(w + _GAP for _, w in _COLUMNS[:2]) - _GAP
    facts = listing(asked)
    return _Box(
        x=_SPINE + 2 * _GAP,
        y=top,
        width=width,
        lines=("Worth asking", *wrapped(facts, _letters(width))),
        colour=BROWN,
        is_open=True,
        said=f"Worth asking: {facts}",
    )


# ------------------------------------------------------------------------- drawing

_X, _Y = alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)
_COLOUR = alt.Stroke("colour:N", scale=None)


def _links(boxes: Sequence[_Box], spine: Sequence[_Box]) -> Iterator[alt.Chart]:
    """Lines down from decision to decision, and from each to its outcomes."""
    middle = _SPINE / 2
    lines = [
        _line(middle, one.y + one.height, middle, two.y) for one, two in pairwise(spine)
    ]
    heads = [{"x": middle, "y": box.y - 5} for box in spine[1:]]
    for left in spine[1:]:
        beside = [box for box in boxes if box.y == left.y and box is not left]
        bar, start, y = left.y - _GAP, _SPINE + _GAP, left.y + 2 * _PAD
        lines += [
            _line(_SPINE, y, start, y),
            _line(start, y, start, bar),
            _line(start, bar, max(map(_middle, beside)), bar),
            *(_line(_middle(box), bar, _middle(box), box.y) for box in beside),
        ]
        heads += [{"x": _middle(box), "y": box.y - 5} for box in beside]
    yield (
        data(lines)
        .mark_rule(color=GREY, strokeWidth=1.5)
        .encode(x=_X, x2="x2:Q", y=_Y, y2="y2:Q")
    )
    yield (
        data(heads)
        .mark_point(shape="triangle-down", color=GREY, filled=True, size=60, opacity=1)
        .encode(x=_X, y=_Y)
    )


def _line(x: float, y: float, x2: float, y2: float) -> dict[str, float]:
    return {"x": x, "y": y, "x2": x2, "y2": y2}


def _middle(box: _Box) -> float:
    return box.x + box.width / 2


def _frames(boxes: Sequence[_Box], *, is_open: bool) -> alt.Chart:
    found = [
        {
            "x": box.x,
            "x2": box.x + box.width,
            "y": box.y,
            "y2": box.y + box.height,
            "colour": box.colour,
            "said": box.said or " ".join(box.lines),
        }
        for box in boxes
        if box.is_open is is_open
    ]
    dashes = {"strokeDash": [5, 3]} if is_open else {}
    return (
        data(found)
        .mark_rect(fill=_PAPER, strokeWidth=2, cornerRadius=4, **dashes)
        .encode(
            x=_X,
            x2="x2:Q",
            y=_Y,
            y2="y2:Q",
            stroke=_COLOUR,
            tooltip=alt.Tooltip("said:N"),
        )
    )


def _text(boxes: Sequence[_Box], *, is_first: bool) -> alt.Chart:
    """The lines in the boxes, the first of each in bold."""
    found = [
        {"x": box.x + _PAD, "y": box.y + _PAD + _LINE * (number + 0.5), "text": line}
        for box in boxes
        for number, line in enumerate(box.lines)
        if (number == 0) is is_first
    ]
    weight = "bold" if is_first else "normal"
    return (
        data(found)
        .mark_text(
            align="left",
            baseline="middle",
            color=_INK,
            fontSize=_SIZE,
            fontWeight=weight,
        )
        .encode(x=_X, y=_Y, text="text:N")
    )
