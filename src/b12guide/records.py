"""Reads answers back from their records, by asking again.

A record holds what its answer was made of, so the answer is made again of that, by the guideline
that was asked, and compared with the record, key by key. Apart from the version of the engine they
have to be the same. So what is read back is a whole answer, which can be shown, put on a calendar
or asked further; and a record that somebody changed, or that comes out otherwise with the engine
that is here, is an error with both at hand.

Nothing in a record is trusted: a name opens shipped guidelines only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from b12guide import errors
from b12guide.answers import Answer
from b12guide.ask.reply import Reply
from b12guide.audit.finding import Audit, Family
from b12guide.audit.periods import AdherencePeriods
from b12guide.diagnostics import Diagnostic, Label, pointer_to
from b12guide.due.model import Due
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.explanation import DecisionExplanation, RuleExplanation
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.topic import TopicExplanation
from b12guide.extras import load as load_extra
from b12guide.graph.model import Loaded, RuleGraph
from b12guide.guideline import Guideline, load
from b12guide.library import shipped
from b12guide.panels import Panel
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Patient, Units
from b12guide.prove.difference import Difference, difference
from b12guide.prove.everything import Document, Proofs, document_of, proofs_of
from b12guide.prove.survivors import Mutations, mutations_of
from b12guide.record_parts import RecordPart, is_list, place_in, refused, tolerance_in
from b12guide.semantics.draft import Draft
from b12guide.several.clash import Clashes, clashes
from b12guide.several.side_by_side import PanelAnswer
from b12guide.several.table import Pair, Table, counted, guideline_table
from b12guide.show.study_page import SCHEMAS
from b12guide.timeline.model import Timeline
from b12guide.timeline.plan import plan
from b12guide.trial.report import TrialReport, trial_of

if TYPE_CHECKING:
    from b12guide import counts


A = TypeVar("A", bound=Answer)
_MOST_TOLD = 20
_MOST_PEOPLE = 10_000
"""More of them are not made up for a record: it may come from anybody."""
_SAYS = "is not what the guideline says now"


def read(kind: type[A], data: Mapping[str, Any], given: Any = None) -> A:
    """The answer of this kind of which `data` is the record, given by the engine recorded there.

    Raises:
        RecordError: It cannot be read, or is of something else.
        ReplayError: It does not come out the same.
    """
    record = RecordPart(data, "")
    guidelines = Guidelines.of(given)
    again = _asked_again(kind, record, guidelines)
    version = record.table("engine").text("version")
    _compare(data, again, version)
    # The answer, given by that version of b12guide.
    inner: dict[str, Any] = {}
    for name in ("answer", "recommendation"):
        within = getattr(again, name, None)
        if isinstance(within, Recommendation):
            inner[name] = evolve(within, engine=version)
    made: Any = again
    found: A = evolve(made, engine=version, **inner)
    return found


def read_text(kind: type[A], text: str | bytes, given: Any = None) -> A:
    """The answer of this kind of which `text` is the record.

    Raises:
        RecordError: It is no JSON, or as for `read`.
        ReplayError: As for `read`.
    """
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, TypeError, RecursionError) as error:
        message = "this is no JSON of a record"
        raise refused(message, "give what `to_json` gave") from error
    return read(kind, data, given)


def replay(answer: A) -> A:
    """The same question asked again.

    Raises:
        RecordError: It was about a cohort, which no record holds.
        ReplayError: It is answered otherwise.
    """
    if type(answer).__name__ in _COUNTED:
        message = "no record holds the patients of a cohort; count them again"
        raise refused(message)
    data = answer.to_dict()
    given = tuple(_guidelines_of(answer))
    draft = getattr(answer, "draft", None)
    drafts = {} if draft is None else {given[0].graph.digest: draft}
    guidelines = Guidelines(given, drafts)
    again = _asked_again(type(answer), RecordPart(data, ""), guidelines)
    _compare(data, again, answer.engine)
    return again


def _asked_again(kind: type[A], record: RecordPart, guidelines: Guidelines) -> A:
    name = kind.__name__
    wanted = _SCHEMAS.get(kind) or _COUNTED.get(name) or _SIMULATED.get(name)
    schema = record.text("schema")
    if schema != wanted:
        message = f"this is no record of a `{kind.__name__}`"
        raise refused(message, f"its schema would be `{wanted}`", at="/schema")
    with _told_of_the_record():
        again = _reader(schema)(record, guidelines)
    if not isinstance(again, kind):
        message = f"this is the record of a `{type(again).__name__}`"
        raise refused(message, "read it as that", at="/target/kind")
    return again


def _reader(schema: str) -> Reader:
    """What reads a record; what was counted of cohorts needs the extra `cohort`."""
    if schema in _READERS:
        return _READERS[schema]
    counted: Any = load_extra("b12guide.counts", extra="cohort")
    read: counts.CountReader = counted.READERS[schema]
    return lambda record, guidelines: read(record, lambda h: guidelines.find(h).graph)


# ----------------------------------------------------------------------- comparing


def _compare(data: Mapping[str, Any], again: Answer, engine: str) -> None:
    """Refuse a record that did not come out the same.

    Raises:
        ReplayError: It did not.
    """
    fresh = again.to_dict()
    fresh["engine"] = {**fresh["engine"], "version": engine}
    found = tuple(_discrepancies(data, fresh, ""))
    if not found:
        return
    is_counted = type(again).__name__ in _COUNTED
    message = (
        f"the record {'contradicts itself' if is_counted else _SAYS}: "
        f"{len(found)} {'place differs' if len(found) == 1 else 'places differ'}"
    )
    if engine != again.engine:
        message += f"; b12guide {engine} gave it, and this is {again.engine}"
    raise errors.ReplayError(
        message,
        tuple(_told(one.pointer) for one in found[:_MOST_TOLD]),
        recorded=data,
        replayed=again,
        discrepancies=found,
    )


def _told(pointer: str) -> Diagnostic:
    return Diagnostic(
        code="GDL742",
        message="what was recorded here is not what comes out now",
        labels=(place_in(pointer),),
    )


def _discrepancies(
    recorded: Any, fresh: Any, pointer: str
) -> Iterator[errors.Discrepancy]:
    """Where plain data differ; a number is the same as an integer and as a float."""
    if isinstance(recorded, Mapping) and isinstance(fresh, Mapping):
        for key in dict.fromkeys((*recorded, *fresh)):
            inner = pointer + pointer_to(key)
            if key in recorded and key in fresh:
                yield from _discrepancies(recorded[key], fresh[key], inner)
            else:
                yield errors.Discrepancy(inner, recorded.get(key), fresh.get(key))
    elif is_list(recorded) and is_list(fresh):
        both = min(len(recorded), len(fresh))
        for number, (one, other) in enumerate(zip_longest(recorded, fresh)):
            inner = f"{pointer}/{number}"
            if number < both:
                yield from _discrepancies(one, other, inner)
            else:
                yield errors.Discrepancy(inner, one, other)
    elif not _is_same(recorded, fresh):
        yield errors.Discrepancy(pointer, recorded, fresh)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, Real) and isinstance(other, Real):
        return isinstance(one, bool) is isinstance(other, bool) and one == other
    return type(one) is type(other) and bool(one == other)


# --------------------------------------------------------------------- what it is of


@frozen
class Guidelines:
    """The guidelines that a record may be of; none for those that b12guide ships.

    Attributes:
        drafts: What was written, by digest, where it is at hand.
    """

    given: tuple[Guideline, ...] = ()
    drafts: Mapping[str, Draft] = field(factory=dict)

    @classmethod
    def of(cls, given: Any) -> Guidelines:
        """What a caller gave: a guideline, or several.

        Raises:
            RecordError: It is something else.
        """
        if given is None:
            return cls()
        several = (given,) if isinstance(given, Guideline) else given
        several = tuple(several) if isinstance(several, Iterable) else (several,)
        for one in several:
            if not isinstance(one, Guideline):
                message = f"`guideline` is a `{type(one).__name__}`, not a guideline"
                raise refused(message, "pass what `b12guide.load` gives")
        return cls(several)

    def draft(self, asked: Guideline) -> Draft:
        """What was written of a guideline.

        Raises:
            GuidelineError: Its file is not there any more, or says something else by now.
        """
        return self.drafts.get(asked.graph.digest) or asked.written.draft

    def find(self, head: RecordPart) -> Guideline:
        """The guideline that was recorded.

        Raises:
            RecordError: It is not at hand, or in another version.
        """
        name, version, digest = (head.text(k) for k in ("name", "version", "digest"))
        candidates = [one for one in self.given if one.name == name]
        if name in shipped():
            candidates.append(_shipped(name))
        for one in candidates:
            if one.graph.digest == digest:
                return one
        recorded = f"`{name}` {version} ({digest})"
        here = " and ".join(
            f"`{g.name}` {g.graph.version} ({g.graph.digest})"
            for g in candidates or self.given
        )
        if here:
            message = f"the record is of {recorded}, and here is {here}"
            remedy = "pass the guideline of then as `guideline=`"
        else:
            message = f"the record is of {recorded}, which b12guide does not ship"
            remedy = "pass it as `guideline=`, as `b12guide.load` gives it"
        raise refused(message, remedy, at=f"{head.pointer}/digest", code="GDL741")


@lru_cache(maxsize=16)
def _shipped(name: str) -> Guideline:
    return load(name)


def _guidelines_of(answer: Answer) -> Iterator[Guideline]:
    """The guidelines that gave an answer."""
    made: Any = answer
    for name in ("answer", "recommendation"):
        made = getattr(made, name, None) or made
    for name in ("graph", "old", "new", "first", "second"):
        graph = getattr(made, name, None)
        if isinstance(graph, RuleGraph):
            yield Guideline(Loaded(graph=graph))
    for graph in getattr(made, "guidelines", ()):
        yield Guideline(Loaded(graph=graph))


# ------------------------------------------------------------------------- the kinds


def _recommendation(record: RecordPart, guidelines: Guidelines) -> Recommendation:
    asked = guidelines.find(record.table("guideline"))
    return asked.recommend(
        _patient(record),
        on=record.day_or_none("on"),
        fuzzy_threshold=record.table("options").choice("fuzzy_threshold", Reading),
    )


def _explanation(
    record: RecordPart, guidelines: Guidelines
) -> RuleExplanation | DecisionExplanation | TopicExplanation:
    asked = guidelines.find(record.table("guideline"))
    name = record.table("target").text("name")
    patient = None if record.value("patient") is None else _patient(record)
    try:
        return asked.explain(name, patient, on=record.day_or_none("on"))
    except errors.UnknownNameError as error:
        message = str(error)
        raise refused(message, at="/target/name") from error


def _reply(record: RecordPart, guidelines: Guidelines) -> Reply:
    asked = guidelines.find(record.table("guideline"))
    patient = None if record.value("patient") is None else _patient(record)
    return asked.ask(
        record.text("question"),
        patient,
        why=record.value("ranking") is not None,
        on=record.day_or_none("on"),
    )


def _timeline(record: RecordPart, guidelines: Guidelines) -> Timeline:
    answer = _recommendation(record, guidelines)
    try:
        return plan(
            answer,
            record.day("start"),
            until=record.day("until"),
            events={
                each.text("event"): each.day("on") for each in record.tables("events")
            },
        )
    except errors.UnknownNameError as error:
        message = str(error)
        raise refused(message, at="/events") from error


def _audit(record: RecordPart, guidelines: Guidelines) -> Audit:
    asked = guidelines.find(record.table("guideline"))
    families = _families(record)
    return asked.audit(
        _patient(record),
        [dict(row.data) for row in record.tables("history")],
        on=record.day("on"),
        families=families,
        tolerance=tolerance_in(record.table("tolerance")),
    )


def _families(record: RecordPart) -> list[Family]:
    named = record.part("families")
    families = [one.as_choice(Family) for one in named.as_items()]
    named.must(bool(families), "a list of one family at least")
    return families


def _adherence(record: RecordPart, guidelines: Guidelines) -> AdherencePeriods:
    asked = guidelines.find(record.table("guideline"))
    families = _families(record)
    try:
        return asked.adherence(
            _patient(record),
            [dict(row.data) for row in record.tables("history")],
            on=record.day("on"),
            every=record.text("every"),
            start=record.text("start"),
            rules=[one.as_text() for one in record.items("asked")] or None,
            families=families,
            tolerance=tolerance_in(record.table("tolerance")),
        )
    except (errors.ArgumentError, errors.UnknownNameError) as error:
        raise refused(str(error)) from error


def _due(record: RecordPart, guidelines: Guidelines) -> Due:
    asked = guidelines.find(record.table("guideline"))
    marks = record.table("marks")
    with _named_in(marks):
        return asked.due(
            _patient(record),
            [dict(row.data) for row in record.tables("history")],
            on=record.day("on"),
            tolerance=tolerance_in(record.table("tolerance")),
            marks=marks.data,
            on_bad="skip" if record.items("unread") else "error",
        )


@contextmanager
def _named_in(part: RecordPart) -> Iterator[None]:
    """What the guideline does not have, told as a mistake of that part of a record.

    Raises:
        RecordError: Something is.
    """
    try:
        yield
    except (errors.UnknownNameError, errors.ArgumentError) as error:
        message = str(error)
        raise refused(message, at=part.pointer) from error


def _document(record: RecordPart, guidelines: Guidelines) -> Document:
    asked = guidelines.find(record.table("guideline"))
    return document_of(asked.graph, guidelines.draft(asked))


def _proofs(record: RecordPart, guidelines: Guidelines) -> Proofs:
    asked = guidelines.find(record.table("guideline"))
    return proofs_of(asked.graph, guidelines.draft(asked))


def _trial(record: RecordPart, guidelines: Guidelines) -> TrialReport:
    asked = guidelines.find(record.table("guideline"))
    return trial_of(asked.graph, guidelines.draft(asked), record.text("titled"))


def _mutations(record: RecordPart, guidelines: Guidelines) -> Mutations:
    asked = guidelines.find(record.table("guideline"))
    return mutations_of(asked.graph, guidelines.draft(asked), record.text("of"))


def _difference(record: RecordPart, guidelines: Guidelines) -> Difference:
    sides = (guidelines.find(record.table(side)).graph for side in ("old", "new"))
    return difference(*sides)


def _panel(record: RecordPart, guidelines: Guidelines) -> PanelAnswer:
    asked = [guidelines.find(head) for head in _several(record)]
    return Panel(asked).recommend(
        _patient(record),
        on=record.day_or_none("on"),
        fuzzy_threshold=record.table("options").choice("fuzzy_threshold", Reading),
    )


def _clashes(record: RecordPart, guidelines: Guidelines) -> Clashes:
    first, second, *further = _several(record)
    record.must(not further, "a record of two guidelines")
    return clashes(guidelines.find(first).graph, guidelines.find(second).graph)


def _several(record: RecordPart) -> tuple[RecordPart, ...]:
    """The heads of several guidelines.

    Raises:
        RecordError: There are fewer than two.
    """
    heads = record.tables("guidelines")
    record.part("guidelines").must(len(heads) > 1, "a list of several guidelines")
    return heads


def _table(record: RecordPart, guidelines: Guidelines) -> Table:
    """The table, with what was counted of a cohort as it was recorded."""
    table = guideline_table(guidelines.find(head).graph for head in _several(record))
    if record.value("cohort") is None:
        return table
    cells = record.tables("cells")
    what = "a table with one cell for each pair and decision"
    record.must(len(cells) == len(table.cells), what)
    found: dict[Pair, dict[str, int]] = {pair: {} for pair in table.pairs}
    for cell, row in zip(table.cells, cells, strict=True):
        if cell.about is not None and row.value("patients") is not None:
            found[cell.pair][cell.about.value] = row.whole("patients")
    return counted(table, record.whole("cohort"), found)


def _published(record: RecordPart, _: Guidelines) -> Answer:
    """The report on published numbers, worked out again."""
    if record.value("trials") is not None:
        message = "no record holds a file of published numbers; hold it again"
        raise refused(message, "call `b12guide.course.published`", at="/trials")
    people = record.whole("people", most=_MOST_PEOPLE)
    seed = record.whole("seed")
    # What is compared afterwards, asked for before the work is done.
    record.table("engine").text("version")
    record.text("education")
    record.text("misfit")
    for name in ("percentiles", "points", "falsifications"):
        record.items(name)
    record.must(record.value("on") is None, "a record of no day")
    course: Any = load_extra("b12guide.course.published_report", extra="cohort")
    with _named_in(record.part("people")):
        found: Answer = course.published(people=people, seed=seed)
    return found


Reader: TypeAlias = Callable[[RecordPart, Guidelines], Answer]

_READERS: Mapping[str, Reader] = {
    "b12guide.recommendation/1": _recommendation,
    "b12guide.explanation/1": _explanation,
    "b12guide.ask/1": _reply,
    "b12guide.timeline/1": _timeline,
    "b12guide.audit/1": _audit,
    "b12guide.adherence/1": _adherence,
    "b12guide.due/1": _due,
    "b12guide.document/1": _document,
    "b12guide.proofs/1": _proofs,
    "b12guide.trial/1": _trial,
    "b12guide.mutation/1": _mutations,
    "b12guide.diff/1": _difference,
    "b12guide.table/1": _table,
    "b12guide.panel/1": _panel,
    "b12guide.clashes/1": _clashes,
    "b12guide.published/1": _published,
}

_SCHEMAS: Mapping[type[Answer], str] = {
    Recommendation: "b12guide.recommendation/1",
    RuleExplanation: "b12guide.explanation/1",
    DecisionExplanation: "b12guide.explanation/1",
    TopicExplanation: "b12guide.explanation/1",
    Reply: "b12guide.ask/1",
    Timeline: "b12guide.timeline/1",
    Audit: "b12guide.audit/1",
    AdherencePeriods: "b12guide.adherence/1",
    Due: "b12guide.due/1",
    Document: "b12guide.document/1",
    Proofs: "b12guide.proofs/1",
    TrialReport: "b12guide.trial/1",
    Mutations: "b12guide.mutation/1",
    Difference: "b12guide.diff/1",
    Table: "b12guide.table/1",
    PanelAnswer: "b12guide.panel/1",
    Clashes: "b12guide.clashes/1",
}


_SIMULATED = {"PublishedReport": "b12guide.published/1"}
"""Answers of the simulator, by the name of their class: they are opened when one is read."""

_COUNTED = SCHEMAS
"""Answers about cohorts, by the name of their class: they are opened when one is read."""

_RATIO = re.compile(r"-?[0-9]{1,40}/[1-9][0-9]{0,39}")
"""How a number without an end is written, which no patient file may say."""


def _patient(record: RecordPart) -> Patient:
    """The patient as stated."""
    stated = record.table("patient").table("stated")
    facts = stated.table("facts").data
    options = record.table("options")
    whole = {
        "facts": {name: _numbered(value) for name, value in facts.items()},
        "otherwise": stated.value("otherwise"),
    }
    return evolve(patient_from(whole), units=options.choice("units", Units))


def _numbered(value: Any) -> Any:
    match value:
        case str() if _RATIO.fullmatch(value):
            return Fraction(value)
        case Mapping():
            return {key: _numbered(inner) for key, inner in value.items()}
        case list():
            return [_numbered(inner) for inner in value]
        case _:
            return value


@contextmanager
def _told_of_the_record() -> Iterator[None]:
    """What is wrong with the patient or the history, told as a mistake of the record.

    Raises:
        RecordError: Something is.
    """
    try:
        yield
    except errors.PatientError as error:
        diagnostics = tuple(
            evolve(one, labels=tuple(_in_record(label) for label in one.labels))
            for one in error.diagnostics
        )
        message = "the patient or the history of the record cannot be used"
        raise errors.RecordError(message, diagnostics) from error


def _in_record(label: Label) -> Label:
    above = "/history" if label.text.name == "history" else "/patient/stated"
    return evolve(place_in(above + (label.pointer or "")), message=label.message)


# ------------------------------------------------------------------------------ JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand there once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)
