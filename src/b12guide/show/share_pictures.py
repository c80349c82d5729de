"""Pictures of shares: each with its interval, and how far what is not known could raise it.

A dot is a share and the band around it its interval, which is about chance. The hollow diamond is
the upper bound: the share if it were so for all for whom it is not known. Dashes go on to the upper
limit of that, so that the whole line is the interval of the bounds. All lines have one scale, which
begins at 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from b12guide.arguments import names
from b12guide.errors import UnknownNameError
from b12guide.say.words import plural
from b12guide.show import drawing as d
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.share_text import (
    bounds_text,
    level_text,
    percent_text,
    sampling_text,
    share_text,
)
from b12guide.show.study_tables import group_text

if TYPE_CHECKING:
    from b12guide.cohort.prevalence import Prevalence, RuleCount
    from b12guide.cohort.shares import Share
    from b12guide.cohort.subgroups import Subgroups
    from b12guide.graph.model import RuleGraph

_LEFT, _RIGHT, _AFTER, _LINE = 330.0, d.WIDE - 130.0, d.WIDE - 110.0, 14.0
_ROW, _BAND, _DOT = 18.0, 12.0, 4.5
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_MOST_STEPS = 5


@frozen(kw_only=True)
class ShareLine:
    """A line: its name, small print below it, and its share."""

    name: str
    small: str = ""
    share: Share


def prevalence_shares(found: Prevalence, rules: Iterable[str] = ()) -> d.Drawing:
    """The share of those to whom each rule applies, of all rules that apply to anybody or may.

    Args:
        found: The counts.
        rules: The names of rules, if only some are to be drawn.

    Raises:
        ArgumentError: `rules` are no names.
        UnknownNameError: There is no rule of such a name.
    """
    named = names(rules, "rules")
    for name in named:
        _must_be_rule(name, found.graph)
    rows = [one for one in found.rules if not named or one.rule in named]
    shown = [one for one in rows if _reaches(one.shares["applies"])]
    others = len(rows) - len(shown)
    return shares_drawing(
        "To how many the rules apply",
        _about(
            found.graph,
            f"Shares {sampling_text(found.sampling)}",
            f"{plural(others, 'further rule')} {_agreeing(others)} to nobody, whatever is unknown"
            if others
            else "",
        ),
        [
            ShareLine(
                name=one.title,
                small=" · ".join((one.rule, *one.statements)),
                share=one.shares["applies"],
            )
            for one in shown
        ],
        found.sampling.level,
    )


def subgroup_shares(found: Subgroups, rule: str) -> d.Drawing:
    """The share of those to whom a rule applies in each part of a cohort.

    Raises:
        UnknownNameError: There is no such rule.
    """
    graph = found.graph
    _must_be_rule(rule, graph)
    told = [(one, _of_rule(one.prevalence, rule)) for one in found.groups]
    sampling = None
    if found.groups:
        first = found.groups[0].prevalence.sampling
        sampling = evolve(first, weightless=found.weightless)
    speaking = graph.rules[rule]
    named = " · ".join((rule, *speaking.grounds.statements))
    return shares_drawing(
        f"To how many it applies: {speaking.title}",
        _about(
            graph,
            f"{named}, by {', '.join(found.labels)}",
            f"Shares {sampling_text(sampling, is_part=True)}" if sampling else "",
        ),
        [
            ShareLine(
                name=group_text(group.group),
                small=plural(f"{row.shares['applies'].of:,}", "row"),
                share=row.shares["applies"],
            )
            for group, row in told
        ],
        sampling.level if sampling else 0.95,
    )


def _must_be_rule(name: str, graph: RuleGraph) -> None:
    if name not in graph.rules:
        what = "rule"
        raise UnknownNameError(what, name, graph.rules)


def _agreeing(count: int) -> str:
    return "applies" if count == 1 else "apply"


def _reaches(share: Share) -> bool:
    """Whether it is true of anybody, or may be."""
    return bool(share.share or share.most)


def _of_rule(found: Prevalence, rule: str) -> RuleCount:
    return next(one for one in found.rules if one.rule == rule)


def _about(graph: RuleGraph, *more: str) -> tuple[str, ...]:
    about = dict(guideline_particulars(graph))
    return (*filter(None, more), f"{about['Guideline']}: {about['Status']}")


# ------------------------------------------------------------------------------ drawing


def shares_drawing(
    title: str, about: Sequence[str], lines: Sequence[ShareLine], level: float
) -> d.Drawing:
    """The drawing of shares, one below the other, under a legend and one scale."""
    if not any(line.share.share is not None for line in lines):
        about = ("There is nobody in this cohort", *about)
    scale = _Scale.of(line.share for line in lines)
    parts, y = d.legend(list(_legend(lines, level)), d.WIDE, 6)
    parts += _axis(scale, y + 16)
    top = y = y + 20
    for line in lines:
        found, y = _drawn(line, scale, level, y + 6)
        parts += found
    ticks = tuple((x, top, x, y) for x in map(scale.place, scale.ticks))
    parts.insert(0, d.Strokes(ticks, "line"))
    return d.Drawing(
        title=title,
        about=tuple(about),
        words=" ".join(
            (*(f"{line}." for line in about), *(_words(one, level) for one in lines))
        ),
        width=d.WIDE,
        height=y + 4,
        parts=tuple(parts),
    )


_IF_SO = "if it were so for all for whom it is not known"


def _words(line: ShareLine, level: float) -> str:
    """A line in words."""
    said = ", ".join(
        filter(None, (share_text(line.share, level), bounds_text(line.share, _IF_SO)))
    )
    small = f" ({line.small})" if line.small else ""
    return f"{line.name}{small}: {said}."


def _legend(lines: Sequence[ShareLine], level: float) -> Iterator[tuple[d.Part, str]]:
    """What the marks mean, those that there are."""
    shares = [line.share for line in lines if line.share.share is not None]
    if shares:
        yield d.Mark(8, 0, _DOT, "blue"), "share"
    if any(one.low is not None for one in shares):
        text = f"its {level_text(level)} interval, for chance"
        yield d.Box(0, -_BAND / 2, 16, _BAND, "blue", d.Fill.FAINT), text
    if any(map(_is_open, shares)):
        yield d.Mark(8, 0, _DOT, "purple", d.Shape.DIAMOND, d.Fill.HOLLOW), _IF_SO
        if any(one.most_high is not None for one in shares):
            dashes = d.Strokes(((0, 0, 16, 0),), "purple", 1.5, dashed=True)
            yield dashes, "on to the upper limit of that"


def _is_open(share: Share) -> bool:
    """Whether what is not known could raise it."""
    return share.most is not None and share.most != share.share


@frozen(kw_only=True)
class _Scale:
    """Shares from left to right.

    Attributes:
        most: The share at its right end.
        ticks: The shares that are written above it.
    """

    most: float
    ticks: tuple[float, ...]

    @classmethod
    def of(cls, shares: Iterable[Share]) -> _Scale:
        """The scale on which all shares have room, with their intervals and bounds."""
        most = max((end for one in shares for end in _ends(one)), default=0.0)
        step = next(one for one in _STEPS if one * _MOST_STEPS >= most)
        count = max(1, math.ceil(round(most / step, 9)))
        ticks = tuple(round(step * n, 9) for n in range(count + 1))
        return cls(most=ticks[-1], ticks=ticks)

    def place(self, share: float) -> float:
        """Where a share is."""
        return _LEFT + (_RIGHT - _LEFT) * share / self.most


def _ends(share: Share) -> list[float]:
    every = (share.share, share.high, share.most, share.most_high)
    return [one for one in every if one is not None]


def _axis(scale: _Scale, y: float) -> Iterator[d.Part]:
    """The shares that are marked, above the first line."""
    for one in scale.ticks:
        text = f"{100 * one:.3g}%"
        yield d.Words(scale.place(one), y, text, 11, colour="quiet", anchor="middle")


def _drawn(
    line: ShareLine, scale: _Scale, level: float, y: float
) -> tuple[list[d.Part], float]:
    """A line from `y` on, and where it ends."""
    parts: list[d.Part] = list(_marks(line.share, scale, level, y + _ROW / 2))
    bottom = y + _ROW
    for x, room, column in (
        (0.0, _LEFT - 24, (("ink", 12.0, line.name), ("quiet", 11.0, line.small))),
        (_AFTER, d.WIDE - _AFTER, [("quiet", 11.0, one) for one in _after(line.share)]),
    ):
        place = y + 11
        for colour, size, text in column:
            for words in d.fitted(text, room, size):
                parts.append(d.Words(x, place, words, size=size, colour=colour))
                bottom = max(bottom, place + 4)
                place += _LINE
    parts.append(d.Strokes(((0, bottom + 4, d.WIDE, bottom + 4),), "line"))
    return parts, bottom + 4


def _after(share: Share) -> Iterator[str]:
    """The numbers of a line."""
    if share.share is None:
        yield "of nobody"
        return
    yield percent_text(share.share)
    if _is_open(share) and share.most is not None:
        yield f"at most {percent_text(share.most)}"


def _marks(share: Share, scale: _Scale, level: float, y: float) -> Iterator[d.Part]:
    """The interval of the bounds, that of the share, the upper bound and the share."""
    if share.share is None:
        return
    said = share_text(share, level)
    if share.low is not None and share.high is not None:
        left, right = scale.place(share.low), scale.place(share.high)
        size = max(right - left, 1)
        look = ("blue", d.Fill.FAINT, said)
        yield d.Box(left, y - _BAND / 2, size, _BAND, *look)
        yield d.Strokes(((left, y, right, y),), "blue", 2)
    if _is_open(share) and share.most is not None:
        start = share.share if share.high is None else share.high
        end = share.most if share.most_high is None else share.most_high
        if end > start:
            segment = (scale.place(start), y, scale.place(end), y)
            yield d.Strokes((segment,), "purple", 1.5, dashed=True)
        more = bounds_text(share, _IF_SO)
        place = scale.place(share.most)
        yield d.Mark(place, y, _DOT, "purple", d.Shape.DIAMOND, d.Fill.HOLLOW, more)
    yield d.Mark(scale.place(share.share), y, _DOT, "blue", said=said)
