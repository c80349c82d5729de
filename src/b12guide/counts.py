"""What was counted of a cohort, read back from its record.

The patients of a cohort stand in no record, so nothing can be counted again: what is read back are
the counts as recorded. What follows from others (for how many the advice differs, decision by
decision) is worked out and compared with what was recorded, as in any record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import pyarrow as pa
from attrs import evolve

from b12guide.answers import Answer
from b12guide.audit.finding import Family, Gravity
from b12guide.cohort import prevalence
from b12guide.cohort.adherence_periods import CohortPeriods, PeriodCount
from b12guide.cohort.audits import Adherence, CohortAudit, Spacing
from b12guide.cohort.burden import CohortBurden, GroupBurden
from b12guide.cohort.decisive_facts import Hinge, Hinges, HingeStep
from b12guide.cohort.finding_columns import schema_of
from b12guide.cohort.frames import FrameKind, RowProblem
from b12guide.cohort.interval_counts import RuleSpacing
from b12guide.cohort.measured import CutoffCount, MeasureCount, MeasureCounts
from b12guide.cohort.shares import Sampling, Share
from b12guide.cohort.subgroups import Subgroup, Subgroups
from b12guide.cohort.table_one import TableOne, TableOneGroup, TableOneLine
from b12guide.cohort.two_guidelines import CohortComparison, ComparedCell
from b12guide.course.model import Course
from b12guide.course.of_cohort import CohortCourses, GroupCourse
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import ArgumentError
from b12guide.graph.model import Decision, RuleGraph
from b12guide.record_parts import RecordPart, refused, tolerance_in
from b12guide.regimen.burden import Burden, CountRange, Year
from b12guide.regimens.comparison import RegimenComparison
from b12guide.truth import Truth
from b12guide.values.calendar import parse_date

T = TypeVar("T")
FindGraph: TypeAlias = Callable[[RecordPart], RuleGraph]
"""Finds the guideline that a part of a record names."""
CountReader: TypeAlias = Callable[[RecordPart, FindGraph], Answer]


def _rows(kind: type[T], parts: tuple[RecordPart, ...]) -> tuple[T, ...]:
    """Rows of a table of counts, whose fields are named as their keys are."""
    return tuple(_row(kind, part) for part in parts)


def _row(kind: type[T], part: RecordPart) -> T:
    hints = get_type_hints(kind)
    fields = attrs.fields(kind)  # type: ignore[arg-type]
    known = (
        f.name for f in fields if f.default is attrs.NOTHING or f.name in part.data
    )
    return kind(**{name: _cell(hints[name], part.part(name)) for name in known})


def _cell(hint: Any, part: RecordPart) -> Any:
    """One value of the kind that the field has."""
    several = get_args(hint)
    if get_origin(hint) is UnionType:
        if part.data is None:
            return None
        (hint,) = (one for one in several if one is not NoneType)
    if hint is bool:
        part.must(isinstance(part.data, bool), "true or false")
        return part.data
    if hint is int:
        return part.as_whole()
    if hint is float:
        return float(_number(part))
    if attrs.has(hint):
        return _row(hint, part.as_table())
    if get_origin(hint) is Mapping:
        found = part.as_table()
        return {str(n): _cell(several[1], found.part(n)) for n in found.data}
    if get_origin(hint) is tuple:
        return tuple(_cell(several[0], one) for one in part.as_items())
    is_plain = part.data is None or isinstance(part.data, str | int | float)
    part.must(isinstance(part.data, str) if hint is str else is_plain, "text")
    return part.data


def _assumed(record: RecordPart) -> Mapping[str, bool | str]:
    found = record.table("assumed")
    for name, value in found.data.items():
        found.part(name).must(isinstance(value, bool | str), "true, false or text")
    return dict(found.data)


def _drawn(record: RecordPart) -> Sampling | None:
    """How rows were drawn; None where they were simply counted."""
    if "sampling" not in record.data:
        return None
    return _row(Sampling, record.table("sampling"))


def _share(record: RecordPart, key: str) -> Share | None:
    """A share that only counts of rows have that were drawn."""
    return _row(Share, record.table(key)) if key in record.data else None


def _shares(record: RecordPart, key: str) -> Mapping[str, Share]:
    """Several shares by name, which only counts of rows have that were drawn."""
    if key not in record.data:
        return {}
    found: Mapping[str, Share] = _cell(Mapping[str, Share], record.part(key))
    return found


def _text_or_none(record: RecordPart, key: str) -> str | None:
    return None if record.value(key) is None else record.text(key)


def _summary(record: RecordPart, find: FindGraph) -> prevalence.Summary:
    def counts(part: RecordPart) -> dict[str, int]:
        return {str(name): part.whole(name) for name in part.as_table().data}

    rules = record.tables("rules")
    decisions = record.table("decisions")
    return prevalence.Summary(
        graph=find(record.table("guideline")),
        patients=record.whole("patients"),
        rules={one.text("rule"): counts(one.part("verdicts")) for one in rules},
        decisions={str(d): counts(decisions.part(d)) for d in decisions.data},
        questions={
            one.text("fact"): one.whole("patients")
            for one in record.tables("questions")
        },
        bad={one.text("fact"): one.whole("patients") for one in record.tables("bad")},
        assumed=_assumed(record),
    )


def _prevalence(record: RecordPart, find: FindGraph) -> prevalence.Prevalence:
    graph = find(record.table("guideline"))
    return _prevalence_in(record, record, graph)


def _prevalence_in(
    part: RecordPart, record: RecordPart, graph: RuleGraph
) -> prevalence.Prevalence:
    """The counts of a part of a record; what holds for all parts stands in the record."""
    return prevalence.Prevalence(
        engine=record.table("engine").text("version"),
        graph=graph,
        patients=part.whole("patients"),
        rules=_rows(prevalence.RuleCount, part.items("rules")),
        decisions=_rows(prevalence.DecisionCount, part.items("decisions")),
        values=_rows(prevalence.ValueCount, part.items("values")),
        kind=_kind(record),
        assumed=_assumed(record),
        sampling=_row(Sampling, part.table("sampling")),
    )


def _kind(record: RecordPart) -> FrameKind:
    kinds = get_args(FrameKind)
    kind: FrameKind = record.part("frames").data
    record.part("frames").must(kind in kinds, f"one of {', '.join(kinds)}")
    return kind


def _subgroups(record: RecordPart, find: FindGraph) -> Subgroups:
    graph = find(record.table("guideline"))
    by = _cell(tuple[str, ...], record.part("by"))
    return Subgroups(
        graph=graph,
        by=by,
        labels=_cell(tuple[str, ...], record.part("labels")),
        patients=record.whole("patients"),
        groups=tuple(
            Subgroup(
                group=_group_values(one, by),
                prevalence=_prevalence_in(one, record, graph),
            )
            for one in record.tables("groups")
        ),
        kind=_kind(record),
        assumed=_assumed(record),
    )


def _group_values(part: RecordPart, by: tuple[str, ...]) -> tuple[str | None, ...]:
    found: tuple[str | None, ...] = _cell(tuple[str | None, ...], part.part("group"))
    part.part("group").must(len(found) == len(by), f"one value for each of {len(by)}")
    return found


def _measures(record: RecordPart, find: FindGraph) -> MeasureCounts:
    by = _cell(tuple[str, ...], record.part("by"))
    for one in (*record.tables("measures"), *record.tables("cutoffs")):
        _group_values(one, by)
    return MeasureCounts(
        graph=find(record.table("guideline")),
        by=by,
        patients=record.whole("patients"),
        measures=_rows(MeasureCount, record.items("measures")),
        cutoffs=_rows(CutoffCount, record.items("cutoffs")),
        sampling=_row(Sampling, record.table("sampling")),
        kind=_kind(record),
        assumed=_assumed(record),
    )


def _table_one(record: RecordPart, find: FindGraph) -> TableOne:
    by = _cell(tuple[str, ...], record.part("by"))
    groups = record.tables("groups")
    for one in groups[1:]:
        _group_values(one, by)
    for one in record.tables("lines"):
        cells = one.tables("cells")
        one.part("cells").must(len(cells) == len(groups), "one cell for each group")
    return TableOne(
        graph=find(record.table("guideline")),
        by=by,
        labels=_cell(tuple[str, ...], record.part("labels")),
        patients=record.whole("patients"),
        groups=_rows(TableOneGroup, groups),
        lines=_rows(TableOneLine, record.items("lines")),
        sampling=_row(Sampling, record.table("sampling")),
        kind=_kind(record),
        assumed=_assumed(record),
    )


def _hinges(record: RecordPart, find: FindGraph) -> Hinges:
    graph = find(record.table("guideline"))
    decision = _text_or_none(record, "decision")
    asked = () if decision is not None else record.tables("asked")
    lists = [
        tuple(
            (
                _fact(question.part("fact"), graph),
                tuple(d.as_choice(Decision) for d in question.items("decides")),
            )
            for question in one.tables("questions")
        )
        for one in asked
    ]
    return Hinges(
        graph=graph,
        decision=decision,
        patients=record.whole("patients"),
        sampling=_drawn(record),
        settled=record.whole("settled"),
        facts=_rows(Hinge, record.items("facts")),
        order=_rows(HingeStep, record.items("order")),
        kind=_kind(record),
        assumed=_assumed(record),
        asked={
            facts: one.whole("patients")
            for facts, one in zip(lists, asked, strict=True)
        },
        settled_share=_share(record, "settled_share"),
        weights={
            facts: float(_number(one.part("weight")))
            for facts, one in zip(lists, asked, strict=True)
            if "weight" in one.data
        },
    )


def _fact(part: RecordPart, graph: RuleGraph) -> str:
    is_known = part.data in (*graph.vocabulary.facts, *graph.definitions)
    part.must(is_known, "the name of a fact")
    return str(part.data)


def _burden(record: RecordPart, find: FindGraph) -> CohortBurden:
    return CohortBurden(
        graph=find(record.table("guideline")),
        patients=record.whole("patients"),
        sampling=_drawn(record),
        settled=record.whole("settled"),
        open=record.whole("open"),
        without=record.whole("without"),
        first=_year(record.part("first")),
        later=_year(record.part("later")),
        first_open=_year(record.part("first_open")),
        later_open=_year(record.part("later_open")),
        shares=_shares(record, "shares"),
        mean_first=_mean(record, "mean_first"),
        mean_later=_mean(record, "mean_later"),
        groups=tuple(_group(one) for one in record.tables("groups")),
        kind=_kind(record),
        assumed=_assumed(record),
    )


def _group(part: RecordPart) -> GroupBurden:
    burden = part.part("burden")
    return GroupBurden(
        loading=_text_or_none(part, "loading"),
        maintenance=_text_or_none(part, "maintenance"),
        settled=_cell(bool, part.part("settled")),
        patients=part.whole("patients"),
        share=_share(part, "share"),
        burden=None
        if burden.data is None
        else Burden(
            years=tuple(_year(one) for one in burden.items("years")),
            later=_year(burden.part("later")),
            until=_cell(tuple[str, ...], burden.part("until")),
            unstated=_cell(bool, burden.part("unstated")),
        ),
    )


def _mean(record: RecordPart, key: str) -> Year | None:
    part = record.part(key) if key in record.data else None
    return None if part is None or part.data is None else _year(part)


def _year(part: RecordPart) -> Year:
    return Year(
        doses=_count(part.part("doses")),
        injections=_count(part.part("injections")),
        visits=_count(part.part("visits")),
        amounts=tuple((one.text("unit"), _count(one)) for one in part.items("amounts")),
    )


def _count(part: RecordPart) -> CountRange:
    high = part.part("high")
    is_open = high.data is None
    return CountRange(_number(part.part("low")), None if is_open else _number(high))


def _number(part: RecordPart) -> Fraction:
    value = part.data
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    part.must(is_number and abs(value) < 1e15, "a number")
    return Fraction(Decimal(repr(value)))


def _comparison(record: RecordPart, find: FindGraph) -> CohortComparison:
    first = find(record.table("first"))
    change = _cell(tuple[str, ...], record.part("change"))
    if change:
        # The changed guideline is a variant of the first that nobody wrote down: of it, only
        # what identifies it is known.
        told = record.table("second")
        second = evolve(
            first,
            name=told.text("name"),
            title=told.text("title"),
            version=told.text("version"),
            digest=told.text("digest"),
        )
    else:
        second = find(record.table("second"))
    return CohortComparison(
        first=first,
        second=second,
        change=change,
        patient=_text_or_none(record, "patient"),
        patients=record.whole("patients"),
        sampling=_drawn(record),
        differing=record.whole("differing"),
        differing_share=_share(record, "differing_share"),
        changed_shares=_shares(record, "changed_shares"),
        unread=tuple(
            (one.text("column"), one.text("by")) for one in record.tables("unread")
        ),
        cells=_rows(ComparedCell, record.items("cells")),
        kind=_kind(record),
        assumed=_assumed(record),
        told=None,
    )


def _audit(record: RecordPart, find: FindGraph) -> CohortAudit:
    summary = record.table("summary")
    scope = summary.table("scope")
    named = {
        Truth.TRUE: "applies",
        Truth.FALSE: "does not apply",
        Truth.UNKNOWN: "unknown",
    }
    return CohortAudit(
        graph=find(record.table("guideline")),
        on=record.day("on"),
        tolerance=tolerance_in(record.table("tolerance")),
        families=tuple(one.as_choice(Family) for one in record.items("families")),
        patients=summary.whole("patients"),
        without_events=summary.whole("without_events"),
        events=summary.whole("events"),
        later=summary.whole("later"),
        scope={t: scope.whole(named[t]) for t in Truth if named[t] in scope.data},
        counts={gravity: summary.whole(gravity.value) for gravity in Gravity},
        adherence=_rows(Adherence, record.items("adherence")),
        spacing=_rows(Spacing, record.items("spacing")),
        spacing_by_rule=_rows(RuleSpacing, record.items("spacing_by_rule"))
        if "spacing_by_rule" in record.data
        else (),
        skipped=tuple(_problem(one) for one in record.tables("skipped")),
        table=_findings(record),
        kind=_kind(record),
        assumed=_assumed(record),
        periods=_periods(record),
    )


def _periods(record: RecordPart) -> CohortPeriods | None:
    """The intervals as they were counted; None where none were asked for."""
    if record.data.get("periods") is None:
        return None
    cut = record.table("periods")
    return CohortPeriods(
        every=cut.text("every"),
        start=cut.text("start"),
        rules=tuple(one.as_text() for one in cut.items("rules")),
        followed=cut.whole("followed"),
        counts=_rows(PeriodCount, cut.items("counts")),
    )


def _findings(record: RecordPart) -> Any:
    name = record.text("patient")
    rows = [dict(one.data) for one in record.tables("findings")]
    try:
        ids = pa.array([row.get(name) for row in rows]).type if rows else pa.string()
        for row in rows:
            row["on"] = parse_date(row["on"])
            row["compared"] = [parse_date(day) for day in row["compared"]]
        return pa.Table.from_pylist(rows, schema=schema_of(ids, name))
    except _NO_ROWS as error:
        message = "these are not the rows of findings"
        raise refused(message, at="/findings") from error


# --------------------------------------------------------------- regimens side by side


def _graph_or_none(record: RecordPart, find: FindGraph) -> RuleGraph | None:
    is_of_none = record.value("guideline") is None
    return None if is_of_none else find(record.table("guideline"))


def _regimens(record: RecordPart, find: FindGraph) -> RegimenComparison:
    graph = _graph_or_none(record, find)
    told = {
        one.name: _of(_hints(RegimenComparison)[one.name], record.part(one.name))
        for one in attrs.fields(RegimenComparison)
        if one.name not in {"graph", "engine", "kind"}
    }
    return _made(
        RegimenComparison, record, {"graph": graph, "kind": _kind(record), **told}
    )


def _course(record: RecordPart, find: FindGraph) -> Course:
    return _course_in(record, record, _graph_or_none(record, find))


def _course_in(part: RecordPart, record: RecordPart, graph: RuleGraph | None) -> Course:
    """The course in a part of a record."""
    told = {
        one.name: _of(_hints(Course)[one.name], part.part(one.name))
        for one in attrs.fields(Course)
        if one.name not in {"graph", "engine", "start"}
    }
    start = _text_or_none(part, "start")
    told["start"] = None if start is None else parse_date(start)
    is_read = (told["start"] is None) is (start is None)
    part.part("start").must(is_read, "a date, or null")
    engine = record.table("engine").text("version")
    return _made(Course, part, {"engine": engine, "graph": graph, **told})


def _courses(record: RecordPart, find: FindGraph) -> CohortCourses:
    graph = find(record.table("guideline"))
    return CohortCourses(
        graph=graph,
        patients=record.whole("patients"),
        sampling=_drawn(record),
        groups=tuple(
            GroupCourse(
                patients=one.whole("patients"),
                advice=one.text("advice"),
                why=one.text("why"),
                course=None
                if one.value("course") is None
                else _course_in(one.table("course"), record, graph),
            )
            for one in record.tables("groups")
        ),
        kind=_kind(record),
        assumed=_assumed(record),
        notice=record.text("notice"),
        limits=_cell(tuple[str, ...], record.part("limits")),
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _of(hint: Any, part: RecordPart) -> Any:
    """A part of a comparison, as its field says; a range has its ends by name."""
    several = get_args(hint)
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        if part.data is None:
            return None
        others = [one for one in several if one is not NoneType]
        if len(others) > 1:  # true, false or text
            part.must(isinstance(part.data, bool | str), "true, false or text")
            return part.data
        return _of(others[0], part)
    if hint is CountRange:
        return _count(part)
    if hint is Fraction:
        return _number(part)
    if get_origin(hint) is tuple and several[1] is not Ellipsis:
        if several[1] is CountRange:
            key = "unit" if several[0] is str else "percent"
            return _of(several[0], part.part(key)), _count(part)
        return tuple(
            _of(one, part.part(end))
            for one, end in zip(several, ("low", "high"), strict=True)
        )
    if get_origin(hint) is tuple:
        return tuple(_of(several[0], one) for one in part.as_items())
    if get_origin(hint) is Mapping:
        table = part.as_table()
        return {str(key): _of(several[1], table.part(key)) for key in table.data}
    if attrs.has(hint):
        table = part.as_table()
        named = [
            one.name
            for one in attrs.fields(hint)
            if one.default is attrs.NOTHING or one.name in table.data
        ]
        return _made(
            hint, part, {n: _of(_hints(hint)[n], table.part(n)) for n in named}
        )
    return _cell(hint, part)


def _made(kind: type[T], part: RecordPart, told: dict[str, Any]) -> T:
    """An instance of a class whose fields check what they hold.

    Raises:
        RecordError: They do not hold it.
    """
    try:
        return kind(**told)
    except ArgumentError as error:
        message = str(error)
        raise refused(message, at=part.pointer) from error


_NO_ROWS = (
    *(pa.ArrowException, KeyError, TypeError, ValueError, AttributeError),
    OverflowError,
)
"""What Arrow says of rows that are none."""


def _problem(part: RecordPart) -> RowProblem:
    patient, table, row = part.value("patient"), part.text("table"), part.whole("row")
    whose = "no patient" if patient is None else f"patient {patient}"
    said = part.text("text").removeprefix(f"{table}, row {row} ({whose}): ")
    helps = _cell(tuple[str, ...], part.part("help"))
    return RowProblem(
        patient=patient,
        table=table,
        row=row,
        diagnostic=Diagnostic(
            code=part.text("code"),
            message=said,
            help=tuple(Help(message=one) for one in helps),
        ),
    )


READERS: Mapping[str, CountReader] = {
    "b12guide.cohort/1": _summary,
    "b12guide.prevalence/1": _prevalence,
    "b12guide.hinges/1": _hinges,
    "b12guide.burden/1": _burden,
    "b12guide.measures/1": _measures,
    "b12guide.subgroups/1": _subgroups,
    "b12guide.table-one/1": _table_one,
    "b12guide.comparison/1": _comparison,
    "b12guide.cohort-audit/1": _audit,
    "b12guide.regimens/1": _regimens,
    "b12guide.course/1": _course,
    "b12guide.cohort-courses/1": _courses,
}
