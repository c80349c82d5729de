"""Rows on a screen of few lines: what is placed first, and how what is left out is counted.

Every row keeps at least a line, so nothing is dropped without a word. A row shows its first lines,
in their order, and ends with "3 more: --full".
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.graph.condition import Condition
from b12guide.graph.model import Decision
from b12guide.say.names import decision_text
from b12guide.say.words import listing
from b12guide.show.page import SectionShape, Tone
from b12guide.show.terminal import PLAIN, Ink, Style, columns, one_line, wrapped

LINES = 24
"""As many lines as the smallest terminal in use shows at once."""

WIDEST, LEAST = 110, 20
"""Longer lines are hard to read; shorter ones hold no word."""

_NARROW = 56
_LABELS = 14


@frozen(kw_only=True, repr=False)
class ScreenLine(Record):
    """One thing to read in a row.

    Attributes:
        brief: The same in fewer words, for where little room is left.
        rank: What is placed first when room is short: the lowest.
        is_told_whole: Whether its few words are a last resort only.
        rules: The rules behind it, where it is advice.
        certain: Whether it holds whatever is not recorded.
        when: What has to be found for it to hold, where that can be said.
    """

    text: str
    details: tuple[str, ...] = ()
    brief: str = ""
    tone: Tone = Tone.PLAIN
    rank: int = 5
    is_told_whole: bool = False
    rules: tuple[str, ...] = ()
    certain: bool = True
    when: Condition | None = None


@frozen(kw_only=True, repr=False)
class ScreenRow(Record):
    """Entries under one label.

    Attributes:
        decisions: The decisions of which it speaks.
        shape: How its lines stand; chips follow each other.
    """

    label: str
    lines: tuple[ScreenLine, ...]
    decisions: tuple[Decision, ...] = ()
    shape: SectionShape = SectionShape.LIST


def shortest(texts: Sequence[str], width: int) -> list[str]:
    """The first text that fits on one line, or as much of the last as two lines hold."""
    fitting = (text for text in texts if columns(one_line(text)) <= width)
    return wrapped(next(fitting, texts[-1]), width)[:2]


def in_order(row: ScreenRow) -> ScreenRow:
    """The row with ranks that never fall: what stands first is placed first."""
    entries, least = [], 0
    for entry in row.lines:
        least = max(least, entry.rank)
        entries.append(evolve(entry, rank=least))
    return evolve(row, lines=tuple(entries))


@frozen
class Fitted:
    """A row with as many of its entries as there is room for.

    Attributes:
        count: How many of its entries it shows, from the first.
        whole: The places of those that are shown in all their words.
    """

    row: ScreenRow
    count: int = 0
    whole: frozenset[int] = frozenset()

    def printed(self, width: int, style: Style = PLAIN) -> list[str]:
        """What it shows, and how many entries more there are."""
        row, count = self.row, self.count
        is_narrow = width < _NARROW
        label = f"{row.label}: " if is_narrow else row.label.ljust(_LABELS)
        margin = " " * (2 if is_narrow else _LABELS)
        texts = [
            (" ".join(filter(None, (text, details))), entry.tone)
            for place, entry in enumerate(row.lines[:count])
            for text in (
                entry.text if place in self.whole else entry.brief or entry.text,
            )
            for details in (f"({' · '.join(entry.details)})" if entry.details else "",)
        ]
        left = len(row.lines) - count
        hidden = any("conflict" in line.brief for line in row.lines[count:])
        also = " (rules may conflict)" if hidden else ""
        if row.shape is SectionShape.CHIPS and texts:
            more = [f"{left} more: --full"] if left else []
            texts = [(" · ".join([*(text for text, _ in texts), *more]), texts[0][1])]
        elif left and texts:
            *before, (text, tone) = texts
            texts = [*before, (f"{text} · {left} more{also}: --full", tone)]
        elif left:
            several = row.decisions if len(row.decisions) > 1 else ()
            names = [decision_text(decision).lower() for decision in several]
            about = [f"{listing(names)}: {left} in --full"] if names else []
            counts = [*about, f"{left} in --full", f"{left} …"]
            room = width - columns(label) - 1
            fitting = (count for count in counts if columns(count) <= room)
            texts = [(next(fitting, counts[-1]), Tone.QUIET)]
        lines: list[str] = []
        for text, tone in texts:
            taken = 0 if lines else columns(label) - len(margin)
            for number, line in enumerate(
                wrapped(text, width - len(margin) - 1, taken)
            ):
                start = margin + " " * bool(number)
                if not lines:
                    start = style(Ink.BOLD, label)
                lines.append(start + style(_INKS[tone], line))
        return lines


def fitted(rows: Sequence[ScreenRow], room: int, width: int) -> list[Fitted]:
    """The rows in `room` lines: as many entries as fit, the most important first.

    First every entry is tried in its few words, in the order of ranks; one that does not fit
    keeps those behind it in its row from being shown, so that no alternative stands without its
    default. The room that is left goes to whole texts.
    """
    found = [Fitted(row) for row in rows]
    heights = [len(one.printed(width)) for one in found]

    def grow(number: int, count: int, whole: frozenset[int]) -> bool:
        larger = Fitted(rows[number], count, whole)
        height = len(larger.printed(width))
        if sum(heights) - heights[number] + height > room:
            return False
        found[number], heights[number] = larger, height
        return True

    queue = sorted(
        (entry.rank, number, place)
        for number, row in enumerate(rows)
        for place, entry in enumerate(row.lines)
    )
    for _, number, place in queue:
        entry, before = rows[number].lines[place], found[number]
        if before.count != place:
            continue
        is_whole = entry.is_told_whole or not entry.brief
        if is_whole and grow(number, place + 1, before.whole | {place}):
            continue
        if entry.brief:
            grow(number, place + 1, before.whole)
    for _, number, place in queue:
        if place < found[number].count:
            grow(number, found[number].count, found[number].whole | {place})
    return found


_INKS = {
    Tone.PLAIN: Ink.NONE,
    Tone.STRONG: Ink.BOLD,
    Tone.CAUTION: Ink.CAUTION,
    Tone.QUIET: Ink.QUIET,
}
