"""Pictures of many patients: how rules were kept, and how decisions came out.

Bars are counts of patients in parts of the whole. What could not be assessed, or is not known, is
hollow or hatched, so that it is never taken for something that was found to be well. A part has its
number in it where there is room; the others stand under the bar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from attrs import define, frozen

from b12guide.audit.judged import can_be_departed_from
from b12guide.cohort.audits import Adherence, CohortAudit
from b12guide.cohort.cohort_advice import counts_of
from b12guide.cohort.frames import Table, arrow_of
from b12guide.cohort.prevalence import Prevalence
from b12guide.errors import UnknownNameError
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.say.names import decision_text
from b12guide.say.words import listing, plural
from b12guide.show import drawing as d
from b12guide.show.patient_header import guideline_particulars

# -------------------------------------------------------------------------------- bars

_GUTTER, _AFTER, _BAR, _LINE, _NARROW = 330.0, 130.0, 18.0, 14.0, 500.0


@frozen
class Portion:
    """What a stretch of a bar stands for."""

    name: str
    colour: str
    fill: d.Fill = d.Fill.SOLID


@frozen
class Bar:
    """A line: its name, small print below it, how many of each portion, what is said after it."""

    name: str
    counts: Sequence[int]
    small: str = ""
    after: str = ""


def bars_drawing(
    title: str,
    about: Sequence[str],
    portions: Sequence[Portion],
    bars: Sequence[Bar],
    width: float = d.WIDE,
) -> d.Drawing:
    """The drawing of bars, under a legend of the portions that any of them has."""
    used = [
        (d.Box(0, -5, 16, 10, portion.colour, portion.fill), portion.name)
        for portion, *counts in zip(
            portions, *(bar.counts for bar in bars), strict=True
        )
        if any(counts)
    ]
    parts, y = d.legend(used, width, 6) if used else ([], 0.0)
    for bar in bars:
        found, y = _drawn(bar, portions, width, y + 6)
        parts += found
    return d.Drawing(
        title=title,
        about=tuple(about),
        words=" ".join(
            (*(f"{line}." for line in about), *(_words(b, portions) for b in bars))
        ),
        width=width,
        height=y + 4,
        parts=tuple(parts),
    )


def _words(bar: Bar, portions: Sequence[Portion]) -> str:
    """A bar in words."""
    counts = ", ".join(f"{p.name} {n:,}" for p, n in _counted(bar, portions))
    small = f" ({bar.small})" if bar.small else ""
    after = f"; {bar.after}" if bar.after else ""
    return f"{bar.name}{small}: {counts or 'nobody'}{after}."


def _counted(bar: Bar, portions: Sequence[Portion]) -> Iterator[tuple[Portion, int]]:
    yield from ((p, n) for p, n in zip(portions, bar.counts, strict=True) if n)


def _drawn(
    bar: Bar, portions: Sequence[Portion], width: float, y: float
) -> tuple[list[d.Part], float]:
    """A bar from `y` on, and where it ends."""
    is_narrow = width < _NARROW
    left = 0.0 if is_narrow else _GUTTER
    room = width - left - (0 if is_narrow else _AFTER)
    name_room = width if is_narrow else _GUTTER - 16
    parts: list[d.Part] = []
    line = y
    for size, colour, text in ((12.0, "ink", bar.name), (11.0, "quiet", bar.small)):
        for words in d.fitted(text, name_room, size) if text else ():
            parts.append(d.Words(0, line + 11, words, size=size, colour=colour))
            line += _LINE
    top = line + 2 if is_narrow else y
    total = sum(bar.counts)
    unsaid = []
    ends = accumulate((n for _, n in _counted(bar, portions)), initial=0)
    for (portion, count), start in zip(_counted(bar, portions), ends, strict=False):
        x, size = left + room * start / total, room * count / total
        said = f"{portion.name}: {count:,} of {total:,}"
        look = (portion.colour, portion.fill, said)
        parts.append(d.Box(x, top, max(size - 0.5, 0.5), _BAR, *look))
        number = f"{count:,}"
        if portion.fill is not d.Fill.SOLID or size < d.room_of(number, 11) + 6:
            unsaid.append(f"{portion.name} {number}")
        if size >= d.room_of(number, 11) + 6 and portion.fill is not d.Fill.HATCHED:
            inside = "inside" if portion.fill is d.Fill.SOLID else "ink"
            middle = x + size / 2
            parts.append(
                d.Words(middle, top + 13, number, 11, colour=inside, anchor="middle")
            )
            unsaid = [u for u in unsaid if u != f"{portion.name} {number}"]
    bottom = top + _BAR
    under = [", ".join(unsaid)] if unsaid else []
    if is_narrow and bar.after:
        under.append(bar.after)
    for text in under:
        for words in d.fitted(text, room, 11):
            bottom += _LINE
            parts.append(d.Words(left, bottom - 2, words, size=11, colour="quiet"))
    if not is_narrow:
        for index, words in enumerate(d.fitted(bar.after, _AFTER - 14, 11)):
            place = top + 12 + _LINE * index
            parts.append(
                d.Words(width - _AFTER + 12, place, words, size=11, colour="quiet")
            )
            bottom = max(bottom, place + 4)
    bottom = max(bottom, line) + 6
    parts.append(d.Strokes(((0, bottom, width, bottom),), "line"))
    return parts, bottom


# ------------------------------------------------------------------------ what they say

KEPT: Mapping[str, Portion] = {
    "violation": Portion("violation", "red"),
    "warning": Portion("warning", "orange"),
    "unresolved": Portion("could not be assessed", "purple", d.Fill.HOLLOW),
    "no_record": Portion("no record to judge by", "grey", d.Fill.HATCHED),
    "info": Portion("for information", "blue"),
    "kept": Portion("nothing found", "green"),
}
_OUTCOMES: Mapping[Outcome, Portion] = {
    Outcome.CONFLICT: Portion("the guideline contradicts itself", "red"),
    Outcome.DEPENDS: Portion("depends on what is not known", "purple", d.Fill.HOLLOW),
    Outcome.SILENT: Portion("not stated", "grey", d.Fill.HATCHED),
    Outcome.NOT_NEEDED: Portion("not needed", "blue"),
    Outcome.DETERMINED: Portion("determined", "green"),
}


def _about(graph: RuleGraph, *more: str) -> tuple[str, ...]:
    about = dict(guideline_particulars(graph))
    return (*filter(None, more), f"{about['Guideline']}: {about['Status']}")


# --------------------------------------------------------------------------- adherence


def adherence_drawing(audit: CohortAudit, width: float = d.WIDE) -> d.Drawing:
    """How each rule was kept by the patients to whom it applied, the worst kept first."""
    applied = [row for row in audit.adherence if row.applied]
    offers = [row for row in applied if _only_offers(row, audit.graph)]
    rows = sorted(
        (row for row in applied if row not in offers),
        key=lambda row: tuple(-n / row.applied for n in kept_counts(row)),
    )
    others = [row for row in audit.adherence if not row.applied]
    return bars_drawing(
        "How the rules were kept",
        _about(
            audit.graph,
            f"{plural(f'{audit.patients:,}', 'patient')} audited on {audit.on}, "
            f"{audit.without_events:,} without events; "
            f"{plural(f'{audit.events:,}', 'event')}",
            "A patient to whom a rule applied is counted by the most severe finding",
            f"{plural(len(others), 'further rule')} did not apply to any patient, as far as is "
            "known; "
            f"{sum(row.open > 0 for row in others)} of them may apply to some"
            if others
            else "",
            f"{plural(len(offers), 'further rule')} only offer or inform, and nothing was "
            "found against them"
            if offers
            else "",
            "" if audit.adherence else "No rule spoke to any of these patients",
        ),
        tuple(KEPT.values()),
        [
            Bar(
                name=row.title,
                counts=kept_counts(row),
                small=" · ".join(
                    filter(None, (row.rule, row.strength, *row.statements))
                ),
                after=f"{plural(f'{row.applied:,}', 'patient')}"
                + (f"; not known of {row.open:,}" if row.open else ""),
            )
            for row in rows
        ],
        width,
    )


def _only_offers(row: Adherence, graph: RuleGraph) -> bool:
    """Whether no history departs from a rule, and none has anything about it."""
    is_bare = row.none == row.applied and not row.no_record
    return is_bare and not can_be_departed_from(graph.rules[row.rule])


def adherence_picture(audit: CohortAudit) -> d.Picture | None:
    """How the rules of an audited cohort were kept, if any applied."""
    draw = partial(adherence_drawing, audit)
    return d.picture(draw) if any(row.applied for row in audit.adherence) else None


def kept_counts(row: Adherence) -> tuple[int, ...]:
    """How many patients each portion of `KEPT` has."""
    kept = row.none - row.no_record
    return tuple(kept if name == "kept" else getattr(row, name) for name in KEPT)


# -------------------------------------------------------------------------- prevalence


def prevalence_picture(found: Prevalence) -> d.Picture | None:
    """How often each outcome and rule is met, if anybody was counted."""
    return d.picture(partial(prevalence_drawing, found)) if found.patients else None


def prevalence_drawing(found: Prevalence, width: float = d.WIDE) -> d.Drawing:
    """How far the decisions are determined for a cohort."""
    patients = plural(f"{found.patients:,}", "patient")
    return bars_drawing(
        "How far the decisions are determined",
        _about(found.graph, patients),
        tuple(_OUTCOMES.values()),
        [
            Bar(
                name=decision_text(Decision(one.decision)),
                counts=[getattr(one, outcome.name.lower()) for outcome in _OUTCOMES],
                after=f"{one.certain:,} certain" if one.depends else "",
            )
            for one in found.decisions
        ],
        width,
    )


# -------------------------------------------------------------------------------- flow

_PARTS = ("outcome", "value", "certain")
_MOST, _THIN, _STEP, _LEFT = 5, 12.0, 15.0, 210.0
"""So many answers, or facts, of an outcome are reported one by one."""


@define(kw_only=True, eq=False)
class _Told:
    """What one decision says to a cohort.

    Attributes:
        values: Of how many patients each answer is the default, by outcome.
        certain: How many of those for whom it depends have a certain part.
        needs: Of how many of those each fact is worth asking.
    """

    decision: Decision
    values: Counter[tuple[Outcome, str]]
    certain: int
    needs: Counter[str]
    statements: tuple[str, ...]


def flow_drawing(advice: Any, graph: RuleGraph, width: float = d.WIDE) -> d.Drawing:
    """How a cohort fares at each decision, with the answers and what they depend on.

    Raises:
        UnknownNameError: The advice lacks a column; in the long form it does.
    """
    table = _table(advice, graph)
    total = table.num_rows
    parts: list[d.Part] = []
    words: list[str] = []
    y = 0.0
    for told in _decisions(table, graph):
        found, said, y = _block(told, total, graph, width, y)
        parts += found
        words += said
    asked = Counter(str(fact) for facts in _questions(table) for fact in facts)
    if asked:
        often = [
            f"{brief_text(graph, f)}: {_share(n, total)}" for f, n in _often(asked)
        ]
        worth = f"To ask: {listing(often)}"
        words.append(f"{worth}.")
        for line in d.fitted(worth, width):
            y += _STEP
            parts.append(d.Words(0, y, line))
    return d.Drawing(
        title="The cohort through the decisions",
        about=_about(
            graph,
            plural(f"{total:,}", "patient")
            if total
            else "There is nobody in this cohort",
            "Determined is what is advised by default; alternatives and exclusions may be open",
        ),
        words=" ".join(words),
        width=width,
        height=y,
        parts=tuple(parts),
    )


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


def _questions(table: Table) -> list[list[str]]:
    return [found or [] for found in table.column("questions").to_pylist()]


def _decisions(table: Table, graph: RuleGraph) -> Iterator[_Told]:
    """The decisions to which the guideline says something of somebody."""
    questions = _questions(table)
    for decision in DECISIONS:
        columns = [f"{decision.value}.{part}" for part in _PARTS]
        values: Counter[tuple[Outcome, str]] = Counter()
        certain = 0
        for (said, value, is_certain), count in counts_of(table, *columns).items():
            outcome = Outcome(said)
            values[outcome, value or ""] += count
            certain += count if is_certain and outcome is Outcome.DEPENDS else 0
        if any(outcome is not Outcome.SILENT for outcome, _ in values):
            rules = [rule for rule in graph.rules.values() if rule.decision is decision]
            applied = (
                rule.grounds.statements
                for rule in rules
                if counts_of(table, f"rule.{rule.name}")[Verdict.APPLIES.value,]
            )
            yield _Told(
                decision=decision,
                values=values,
                certain=certain,
                needs=_needs(table, graph, decision, questions),
                statements=tuple(sorted({s for each in applied for s in each})),
            )


def _needs(
    table: Table,
    graph: RuleGraph,
    decision: Decision,
    questions: Sequence[Sequence[str]],
) -> Counter[str]:
    """The facts on which a decision depends: asked, and read by a rule that is left open."""
    found: Counter[str] = Counter()
    outcomes = table.column(f"{decision.value}.outcome").to_pylist()
    rules = [
        (
            facts_read_by(rule.condition, graph.definitions),
            table.column(f"rule.{rule.name}").to_pylist(),
        )
        for rule in graph.rules.values()
        if rule.decision is decision
    ]
    settled = {
        Verdict.APPLIES.value,
        Verdict.DOES_NOT_APPLY.value,
        Verdict.OVERRIDDEN.value,
    }
    for row, outcome in enumerate(outcomes):
        if Outcome(outcome) is Outcome.DEPENDS:
            read = {
                fact
                for facts, verdicts in rules
                if verdicts[row] not in settled
                for fact in facts
            }
            found.update(fact for fact in questions[row] if fact in read)
    return found


def _often(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda f: (-f[1], f[0]))[:_MOST]


def _share(count: int, total: int) -> str:
    """A number of patients, with their share of all of them."""
    percent = 100 * count / total if total else 0
    rounded = f"{percent:.0f}%"
    if 0 < percent < 1:
        rounded = "<1%"
    elif 99 < percent < 100:
        rounded = ">99%"
    return f"{count:,} ({rounded})"


def _block(
    told: _Told, total: int, graph: RuleGraph, width: float, y: float
) -> tuple[list[d.Part], list[str], float]:
    """A decision from `y` on: a bar for each outcome, and beside it what is said."""
    left = 0.0 if width < _NARROW else _LEFT
    parts: list[d.Part] = [d.Strokes(((0, y + 4, width, y + 4),), "line")]
    words: list[str] = []
    name, grounds = decision_text(told.decision), " ".join(told.statements)
    parts.append(d.Words(0, y + 22, name, size=13, is_bold=True))
    lines = d.fitted(grounds, (left or width) - 16, 11) if grounds else []
    parts += (
        d.Words(0, y + 38 + 14 * n, line, size=11, colour="quiet")
        for n, line in enumerate(lines)
    )
    bottom = y + 30 + 14 * len(lines)
    y = y + 10 if left else bottom
    for outcome, portion in _OUTCOMES.items():
        count = sum(n for (found, _), n in told.values.items() if found is outcome)
        if not count:
            continue
        head = f"{portion.name}: {_share(count, total)}"
        size = (width - left) * count / total
        said = f"{name}, {head}"
        parts += (
            d.Box(
                left,
                y,
                max(size, 2),
                _THIN,
                portion.colour,
                portion.fill,
                said,
                corner=2,
            ),
            d.Words(left, y + _THIN + 14, head[0].upper() + head[1:], is_bold=True),
        )
        y += _THIN + 16
        details = list(_details(told, outcome, graph))
        for detail in details:
            for line in d.fitted(detail, width - left):
                y += _STEP
                parts.append(d.Words(left, y, line))
        y += 12
        words.append(f"{said}{': ' if details else ''}{'; '.join(details)}.")
    return parts, words, max(y, bottom)


def _details(told: _Told, outcome: Outcome, graph: RuleGraph) -> Iterable[str]:
    """What the patients of an outcome are advised, and on what it depends, most of them first."""
    if outcome is Outcome.DEPENDS:
        needs = [f"{brief_text(graph, fact)} ({n:,})" for fact, n in _often(told.needs)]
        if needs:
            yield f"on {listing(needs)}"
        if told.certain:
            yield f"certain in part: {told.certain:,}"
    values = Counter({v: n for (o, v), n in told.values.items() if o is outcome and v})
    for value, count in _often(values):
        yield f"{count:,}: {value.replace('_', ' ').replace(' | ', ' or else ')}"
    if len(values) > _MOST:
        rest = values.total() - sum(n for _, n in _often(values))
        yield f"{rest:,}: {plural(len(values) - _MOST, 'other answer')}"
