"""The first page of a recommendation: the first screen, with the names of the facts to ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from attrs import evolve

from b12guide.evaluate.answer import Recommendation
from b12guide.mcp.tool_reply import Line
from b12guide.say.names import asked_as, decision_text
from b12guide.say.words import capitalised, listing
from b12guide.show.decision_lines import spoken_of
from b12guide.show.first_screen import first_screen
from b12guide.show.page import SectionShape
from b12guide.show.screen import Fitted, ScreenRow

_ASK = "ASK NEXT"
Fits: TypeAlias = Callable[[tuple[Line, ...]], bool]


def overview(recommendation: Recommendation, fits: Fits) -> tuple[Line, ...]:
    """The rows of the first screen, as much of each as fits, the most important first.

    Every row keeps a line, which counts what it leaves to the pages behind. As on the screen, first
    every entry is tried in its few words, in the order of ranks, and the room that is left goes to
    whole texts.

    Args:
        recommendation: The answer.
        fits: Whether there is room for these lines.
    """
    rows = [_with_facts(row, recommendation) for row in first_screen(recommendation)]
    found = [Fitted(row) for row in rows]

    def told() -> tuple[Line, ...]:
        return tuple(line for one in found for line in _lines_of(one, recommendation))

    def grow(number: int, larger: Fitted) -> bool:
        before, found[number] = found[number], larger
        if fits(told()):
            return True
        found[number] = before
        return False

    queue = sorted(
        (entry.rank, number, place)
        for number, row in enumerate(rows)
        for place, entry in enumerate(row.lines)
    )
    for _, number, place in queue:
        entry, one = rows[number].lines[place], found[number]
        if one.count != place:
            continue
        is_whole = entry.is_told_whole or not entry.brief
        whole = one.whole | {place}
        if is_whole and grow(number, Fitted(one.row, place + 1, whole)):
            continue
        if entry.brief:
            grow(number, Fitted(one.row, place + 1, one.whole))
    for _, number, place in queue:
        one = found[number]
        if place < one.count and place not in one.whole:
            grow(number, Fitted(one.row, one.count, one.whole | {place}))
    return told()


def questions_of(recommendation: Recommendation) -> tuple[Line, ...]:
    """Every question with the name of its fact, most useful first."""
    graph = recommendation.graph
    found = []
    for question in recommendation.questions:
        asks = asked_as(question.fact, graph) or f"{capitalised(question.label)}?"
        names = [decision_text(d).lower() for d in spoken_of(question.decides, graph)]
        decides = f"; decides {listing(names)}" if names else ""
        behind = f"; any of: {', '.join(question.behind)}" if question.behind else ""
        instead = f"; or: {', '.join(question.instead)}" if question.instead else ""
        found.append(
            Line(
                about="Ask next",
                text=f"{question.fact}: {asks} ({question.label}{decides}{behind}{instead})",
                ids=(question.fact,),
            )
        )
    return tuple(found)


def _with_facts(row: ScreenRow, recommendation: Recommendation) -> ScreenRow:
    if row.label != _ASK:
        return row
    named = (
        evolve(
            line,
            text=f"{line.text} [{question.fact}]",
            brief=f"{line.brief} [{question.fact}]",
        )
        for line, question in zip(row.lines, recommendation.questions, strict=True)
    )
    return evolve(row, lines=tuple(named))


def _lines_of(one: Fitted, recommendation: Recommendation) -> Iterator[Line]:
    row, graph = one.row, recommendation.graph
    about = row.label.capitalize()
    texts = [
        line.text if place in one.whole or not line.brief else line.brief
        for place, line in enumerate(row.lines[: one.count])
    ]
    left = len(row.lines) - one.count
    hidden = any("conflict" in line.brief for line in row.lines[one.count :])
    also = " (rules may conflict)" if hidden else ""
    more = [f"{left} more{also}"] if left else []
    if row.shape is SectionShape.CHIPS or not texts:
        yield Line(about=about, text=" · ".join([*texts, *more]))
        return
    for place, text in enumerate(texts):
        line = row.lines[place]
        words = " ".join(line.details).split()
        ids = [word for word in words if word in graph.statements]
        if row.label == _ASK:
            ids = [recommendation.questions[place].fact]
        rest = f" · {more[0]}" if more and place == len(texts) - 1 else ""
        yield Line(
            about=about, text=f"{text}{rest}", grounds=line.details, ids=tuple(ids)
        )
