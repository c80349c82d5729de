"""Published numbers beside the intervals of the simulator: as a page, as JSON, as a picture.

What was missed comes first, and what was known before the ranges were fixed never stands among what
was not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from b12guide.course.falsification import Upheld, falsifications
from b12guide.course.held_point import HeldPoint, Hit
from b12guide.course.notice import SERUM_IS_NOT_STORE
from b12guide.course.published_report import HIGH, LOW, PublishedReport
from b12guide.course.trials import TAGS
from b12guide.notice import EDUCATION_NOTICE
from b12guide.show import drawing as d
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.terminal import to_csv

PUBLISHED_SCHEMA = "b12guide.published/1"


def published_to_json(report: PublishedReport) -> dict[str, Any]:
    """The report as a value that `json.dumps` takes."""
    return {
        "schema": PUBLISHED_SCHEMA,
        "engine": engine_json(report),
        "education": EDUCATION_NOTICE,
        "on": None,
        **report.plain(),
        "falsifications": [
            {"title": one.title, "outcome": one.outcome.value, "words": one.words}
            for one in falsifications(report)
        ],
        "misfit": report.misfit.text,
    }


def published_page(report: PublishedReport) -> Page:
    """The report, the misses first."""
    sections = (
        Section(
            title="Missed, of what was kept from those who fixed the ranges",
            items=tuple(_items(report, known=False, inside=False)),
        ),
        Section(
            title="Missed, of what was known when the ranges were fixed",
            items=tuple(_items(report, known=True, inside=False)),
        ),
        Section(
            title="What could have shown the model to be wrong",
            items=tuple(_tests(report)),
        ),
        Section(
            title="Inside, of what was kept from those who fixed the ranges",
            items=tuple(_items(report, known=False, inside=True)),
        ),
        Section(
            title="Inside, of what was known when the ranges were fixed",
            items=tuple(_items(report, known=True, inside=True)),
        ),
        Section(title="Not judged", items=tuple(_not_judged(report)), is_behind=True),
    )
    return Page(
        title="Published numbers beside the simulator's intervals",
        particulars=(
            ("In short", report.misfit.text),
            (
                "Interval",
                f"{LOW} to {HIGH} % of {report.people:,} people drawn for each arm",
            ),
            ("Seed", str(report.seed)),
            ("Levels", SERUM_IS_NOT_STORE),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(section for section in sections if section.items),
    )


def published_to_csv(report: PublishedReport) -> str:
    """One row for each point."""
    table = report.to_frame()
    return to_csv(table.column_names, table.to_pylist())


def _items(report: PublishedReport, *, known: bool, inside: bool) -> Iterator[Item]:
    for one in report.points:
        point = one.point
        is_judged = one.hit is not Hit.NOT_JUDGED
        if not is_judged or point.known_before is not known:
            continue
        if (one.hit is Hit.INSIDE) is not inside:
            continue
        yield Item(
            label=point.arm.study.title,
            text=f"{_what(one)}: published {published_text(one)}; predicted "
            f"{predicted_text(one)}. {verdict_text(one)}",
            details=tuple(_details(one)),
            tone=Tone.PLAIN if inside else Tone.CAUTION,
        )


def _tests(report: PublishedReport) -> Iterator[Item]:
    for one in falsifications(report):
        text = f"{one.outcome.value.capitalize()}. {one.words}"
        tone = Tone.CAUTION if one.outcome is Upheld.FAILED else Tone.PLAIN
        yield Item(label=one.title, text=text, tone=tone)


def _not_judged(report: PublishedReport) -> Iterator[Item]:
    for one in report.points:
        if one.hit is Hit.NOT_JUDGED:
            beside = f"; predicted {predicted_text(one)}" if one.cases else ""
            yield Item(
                label=one.point.arm.study.title,
                text=f"{_what(one)}: published {published_text(one)}{beside}. Not judged: "
                f"{one.why}.",
                details=tuple(_details(one)),
                tone=Tone.QUIET,
            )


def _details(one: HeldPoint) -> Iterator[str]:
    point = one.point
    if len(one.cases) > 1:
        for case in one.cases:
            yield f"{case.words}: {_in_unit(case.low, case.high, point.unit)}"
    yield f"{point.citation} ({point.seen_in}; {TAGS[point.tag]})"
    study = point.arm.study
    yield from filter(None, (point.note, point.arm.note, study.note))


def _what(one: HeldPoint) -> str:
    """What was measured, after what and when."""
    point = one.point
    what = point.quantity
    if point.threshold is not None:
        what += f" with at least {number(point.threshold)} pg/mL"
    said = f"{what} {point.when}".rstrip() + f", {point.arm.title}"
    return f"{said}, over {point.over.title}" if point.over is not None else said


def published_text(one: HeldPoint) -> str:
    """The number as published, with how far people differed."""
    point = one.point
    if point.low is None or point.high is None:
        return "a number that could not be read"
    said = _in_unit(point.low, point.high, point.unit)
    more = [text for text in (point.spread, point.printed) if text]
    return f"{said} ({'; '.join(more)})" if more else said


def predicted_text(one: HeldPoint) -> str:
    """The interval."""
    if one.low is None or one.high is None:
        return "nothing"
    return _in_unit(one.low, one.high, one.point.unit)


def _in_unit(low: float, high: float, unit: str) -> str:
    """A number or a range in its unit; a share stands in percent."""
    if unit.startswith("of "):
        low, high, unit = 100 * low, 100 * high, f"% {unit}"
    ends = number(low) if low == high else f"{number(low)} to {number(high)}"
    return f"{ends} {unit}"


def verdict_text(one: HeldPoint) -> str:
    """Where the number lies, and how far off."""
    if one.hit is Hit.NOT_JUDGED:
        return one.why
    if one.hit is Hit.INSIDE:
        groups = {None: "", True: ", for groups too", False: ", though not for groups"}
        return f"Inside{groups[one.in_group]}."
    side, end = ("Above", "upper") if one.hit is Hit.ABOVE else ("Below", "lower")
    times = "" if one.miss is None else f": {number(one.miss)} times its {end} end"
    return f"{side} the interval{times}."


def number(value: float) -> str:
    """A number with three digits, thousands with a comma.

    >>> number(1005.0), number(0.1234), number(22400.0)
    ('1,005', '0.123', '22,400')
    """
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


# ------------------------------------------------------------------------------- tables

_HEAD = ("study", "published", "predicted for 90 % of people", "", "groups of as many")


def published_tables(report: PublishedReport) -> dict[str, str]:
    """The parts of the page in the documentation, in Markdown, by name."""
    judged = [one for one in report.points if one.hit is not Hit.NOT_JUDGED]
    missed = [one for one in judged if one.hit is not Hit.INSIDE]
    rest = [one for one in report.points if one.hit is Hit.NOT_JUDGED]
    unseen, known = (
        [one for one in judged if one.point.known_before is before]
        for before in (False, True)
    )
    tests = [
        f"{place}. **{one.title}: {one.outcome.value}.** {one.words}"
        for place, one in enumerate(falsifications(report), 1)
    ]
    return {
        "misfit": f"**{report.misfit.text}**\n\n{SERUM_IS_NOT_STORE}",
        "misses": _missed_table(missed),
        "falsifications": "\n".join(tests),
        "unseen": _table(unseen),
        "known": _table(known),
        "rest": _rows(
            ("study", "published", "predicted for 90 % of people", "why not"),
            [
                (
                    _of(one),
                    published_text(one),
                    predicted_text(one) if one.cases else "",
                    one.why,
                )
                for one in rest
            ],
        ),
    }


def _missed_table(missed: list[HeldPoint]) -> str:
    if not missed:
        return "No published number that is judged lies outside its interval."
    parts = []
    for known, title in (
        (False, "Missed, of what was kept from those who fixed the ranges"),
        (True, "Missed, of what was known when the ranges were fixed"),
    ):
        some = [one for one in missed if one.point.known_before is known]
        parts.append(
            f"**{title}**\n\n{_table(some)}" if some else f"**{title}:** none."
        )
    return "\n\n".join(parts)


def _table(points: list[HeldPoint]) -> str:
    groups = {None: "", True: "inside", False: "outside"}
    return _rows(
        _HEAD,
        [
            (
                _of(one),
                published_text(one),
                predicted_text(one),
                verdict_text(one).split(",")[0].rstrip(".").lower()
                + (" (the same people again)" if one.point.derived else ""),
                groups[one.in_group],
            )
            for one in points
        ],
    )


def _of(one: HeldPoint) -> str:
    return f"{one.point.arm.study.title}: {_what(one)}"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines
    )


# ------------------------------------------------------------------------------ picture

_GUTTER, _SIDE, _FURTHEST = 400.0, 14.0, 16.0
_TICKS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)


def published_drawing(report: PublishedReport, width: float = d.WIDE) -> d.Drawing:
    """Each judged point on its interval, both over what is typically predicted.

    On a narrow drawing the names stand above their lines.
    """
    key, y = d.legend(_key(), width, 6)
    parts: list[d.Part] = [*key]
    told: list[str] = []
    for known, title in (
        (False, "Kept from those who fixed the ranges"),
        (True, "Known when the ranges were fixed"),
    ):
        judged = [
            one
            for one in report.points
            if one.hit is not Hit.NOT_JUDGED and one.point.known_before is known
        ]
        if not judged:
            continue
        parts.append(d.Words(0, y + 22, title, size=13, is_bold=True))
        y += 34
        scale = _scale(width, y)
        parts += scale
        y += 20
        for one in judged:
            made, y = _line(one, width, y)
            parts += made
            told.append(
                f"{one.point.arm.study.title}, {_what(one)}: {published_text(one)} "
                f"on {predicted_text(one)}, {one.hit.value}."
            )
    return d.Drawing(
        title="Published numbers beside the simulator's intervals",
        about=(
            report.misfit.text,
            SERUM_IS_NOT_STORE,
            "Each over what is typically predicted; 1 is just right",
        ),
        words=" ".join(told),
        width=width,
        height=y + 8,
        parts=tuple(parts),
    )


def published_picture(report: PublishedReport) -> d.Picture:
    """The drawing as a picture on a page."""
    return d.picture(lambda width: published_drawing(report, width))


def published_to_svg(report: PublishedReport) -> str:
    """The picture as a file that stands alone."""
    return published_picture(report).alone


def _key() -> list[tuple[d.Part, str]]:
    return [
        (d.Box(0, -5, 16, 10, "blue", d.Fill.FAINT), "90 % of people"),
        (d.Box(0, -2, 16, 4, "blue"), "90 % of groups of as many people"),
        (d.Mark(8, 0, 5, "green"), "published, inside"),
        (d.Mark(8, 0, 5, "red", d.Shape.DIAMOND), "published, missed"),
    ]


def _across(ratio: float, width: float) -> float:
    """The place of a ratio on a scale of powers; what is further off stands at its end."""
    left = _SIDE if width < d.WIDE else _GUTTER
    room = width - left - _SIDE
    share = math.log(max(ratio, 1e-9)) / math.log(_FURTHEST)
    return left + room * (1 + min(1.0, max(-1.0, share))) / 2


def _scale(width: float, y: float) -> list[d.Part]:
    parts: list[d.Part] = []
    for tick in _TICKS:
        x = _across(tick, width)
        text = f"{tick:g}" if tick >= 1 else f"1/{1 / tick:.0f}"
        parts.append(d.Words(x, y + 10, text, size=11, colour="quiet", anchor="middle"))
    return parts


def _line(one: HeldPoint, width: float, y: float) -> tuple[list[d.Part], float]:
    """A point from `y` on, and where it ends."""
    is_narrow = width < d.WIDE
    parts: list[d.Part] = []
    name = f"{one.point.arm.study.title}: {one.point.quantity} {one.point.when}".strip()
    small = one.point.arm.title
    if one.point.over is not None:
        small += f", over {one.point.over.title}"
    room = width if is_narrow else _GUTTER - 16
    for size, colour, text in ((12.0, "ink", name), (11.0, "quiet", small)):
        for words in d.fitted(text, room, size):
            parts.append(d.Words(0, y + 11, words, size=size, colour=colour))
            y += 14
    top = y + 2 if is_narrow else y - 26
    right_place = _across(1, width)
    parts.append(d.Strokes(((right_place, top - 3, right_place, top + 19),), "quiet"))
    middle = one.middle
    if middle is not None and one.low is not None and one.high is not None:
        left, right = (_across(end / middle, width) for end in (one.low, one.high))
        said = f"predicted {predicted_text(one)}"
        look = ("blue", d.Fill.FAINT, said)
        parts.append(d.Box(left, top, max(right - left, 2), 16, *look))
        if one.group is not None:
            ends = [_across(end / middle, width) for end in one.group]
            said = f"for groups {_in_unit(*one.group, one.point.unit)}"
            thin = ("blue", d.Fill.SOLID, said)
            parts.append(d.Box(ends[0], top + 6, max(ends[1] - ends[0], 2), 4, *thin))
    is_inside = one.hit is Hit.INSIDE
    shape = d.Shape.DOT if is_inside else d.Shape.DIAMOND
    # Where nothing is typically predicted, it stands at the end of the scale on its side.
    beyond = _FURTHEST if one.hit is Hit.ABOVE else 1 / _FURTHEST
    x = _across(one.fold or beyond, width)
    said = f"published {published_text(one)}. {verdict_text(one)}"
    mark = d.Mark(x, top + 8, 5, "green" if is_inside else "red", shape, said=said)
    parts.append(mark)
    bottom = max(y, top + 16) + 6
    parts.append(d.Strokes(((0, bottom, width, bottom),), "line"))
    return parts, bottom + 4
