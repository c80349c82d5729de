"""Several guidelines before a record batch of patients: how they stand to each other, row by row.

Each guideline looks at the batch as in a cohort of its own. Patients who look the same to all of
them, before one decision, get the same answer: one of these is asked, and it is kept for the
others and for later batches. What looks the same to a guideline is its signature; of what two
guidelines say together, the signature is that of both as one, where they can be heard so, because
something may follow from what both know that follows for neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from threading import Lock
from typing import Any, TypeAlias

import pyarrow as pa
from attrs import define, field, frozen

from b12guide.cohort.batch import Batch, Prepared, implied_by, unaddressed
from b12guide.cohort.bits import Bits, Sorted, groups_of, joined
from b12guide.cohort.cell_report import CellReport, by_row, report_of
from b12guide.cohort.columns import Matched
from b12guide.cohort.decision_values import ValueWords, canonical
from b12guide.cohort.kernel import AdvisedBatch, prepared, refuse_taken
from b12guide.cohort.options import KEY, Naming, OnBad, Options, panel_provenance
from b12guide.cohort.regimen_columns import TEXT, texts
from b12guide.cohort.shared_columns import own_options, strange_columns
from b12guide.cohort.signature import OUTSIDE, Viewpoint, viewpoint
from b12guide.cohort.threads import go_on
from b12guide.errors import CohortError
from b12guide.evaluate.answer import Decided
from b12guide.evaluate.composition import DOSING
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.patient_view import view_of
from b12guide.evaluate.recommend import DECISIONS, essentials
from b12guide.graph.model import Decision, FormChoice, Rule, RuleGraph
from b12guide.patient.fact_names import FactNames
from b12guide.patient.model import Stated
from b12guide.prove.difference import heard_by_anybody
from b12guide.several.called import labels_of
from b12guide.several.clash import SIDES, BothSpeaking
from b12guide.several.side_by_side import (
    PanelClash,
    PanelDecision,
    PanelLine,
    beside,
    clashes_of,
)

__all__ = ["PanelKernel", "PanelRecipe", "panel_cells", "panel_kernel"]

Place: TypeAlias = tuple[int, int]
"""Two guidelines, by their places."""

IN_SCOPE, OUT_OF_SCOPE, SCOPE_UNKNOWN = "in scope", "out of scope", "unknown"
"""Whether a guideline is written for somebody, as a column says it."""

_CONTRADICTORY = -3
"""Among the things that are seen of a patient: what both know contradicts itself."""

_MOST_REMEMBERED = 1 << 17
_WHOLE = Options()


# ----------------------------------------------------------------------------- columns


def _parts(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """The names of the columns about a decision, by their parts after the decision's."""
    of_all = [("accord",), ("shared",), ("silent",), ("clash",)]
    return [*of_all, *((one, end) for one in labels for end in ("outcome", "value"))]


def panel_cells(
    decision: PanelDecision, labels: Sequence[str], words: Sequence[ValueWords]
) -> dict[tuple[str, ...], str | None]:
    """What the columns about a decision say, by the parts of their names after the decision's.

    Args:
        decision: How the guidelines stand to each other.
        labels: What each is called.
        words: How each writes what it advises.
    """

    def named(places: Iterable[int]) -> str:
        return " and ".join(labels[place] for place in places)

    def said(lines: Iterable[PanelLine]) -> str | None:
        return "; ".join(dict.fromkeys(_words(line, words) for line in lines)) or None

    shared = [line for line in decision.shared if len(line.by) > 1]
    clashes = {
        f"{'' if one.certain else 'perhaps '}{named(one.guidelines)}": one.certain
        for one in decision.clashes
    }
    found: dict[tuple[str, ...], str | None] = {
        ("accord",): decision.accord.value,
        ("shared",): said(shared),
        ("silent",): "; ".join(labels[place] for place in decision.silent) or None,
        ("clash",): "; ".join(sorted(clashes, key=lambda c: not clashes[c])) or None,
    }
    for place, (label, outcome) in enumerate(
        zip(labels, decision.outcomes, strict=True)
    ):
        own = (
            line
            for line in decision.lines
            if line not in shared and any(v.guideline == place for v in line.by)
        )
        found[label, "outcome"] = outcome.value
        found[label, "value"] = said(own)
    return found


def _words(line: PanelLine, words: Sequence[ValueWords]) -> str:
    """One line, as the first guideline who says it writes it."""
    text = words[line.by[0].guideline].spelled(canonical(line.advice))
    if not line.barred:
        return line.qualified(text)
    drugs = f"{' and '.join(line.barred)} contraindicated"
    said = drugs if isinstance(line.advice, FormChoice) else f"{text}: {drugs}"
    return f"{'' if line.certain else 'perhaps '}not offered: {said}"


# ------------------------------------------------------------------------------ the kernel


@frozen(eq=False, repr=False)
class PanelRecipe:
    """What the kernel of a panel is made of, which can be sent to another process."""

    graphs: tuple[RuleGraph, ...]
    schema: pa.Schema
    options: Options
    name: str
    is_text: bool

    def kernel(self) -> PanelKernel:
        """The kernel."""
        return panel_kernel(
            tuple(map(Evaluator.of, self.graphs)),
            self.schema,
            self.options,
            self.name,
            is_text=self.is_text,
        )


@frozen(kw_only=True, eq=False, repr=False)
class _Pair:
    """Two guidelines that are heard together.

    Attributes:
        question: Both as one; None where each is heard by itself.
        looks: Where both look as one before each decision about which they may differ.
    """

    both: BothSpeaking
    question: Prepared | None
    looks: Mapping[Decision, Viewpoint]

    @classmethod
    def of(
        cls, first: Prepared, second: Prepared, decisions: Iterable[Decision]
    ) -> _Pair:
        """Two guidelines that are asked about the same frame."""
        both = BothSpeaking.of(first.evaluator, second.evaluator)
        columns = {
            column.subject.name: column
            for side in (second, first)
            for column in (*side.columns, *side.added)
        }
        if not both.heard_as_one(columns):
            return cls(both=both, question=None, looks={})
        question = Prepared(
            evaluator=both.two.search.evaluator,
            columns=tuple(columns.values()),
            otherwise=first.otherwise,
        )
        looks = {}
        for decision in decisions:
            rules = [r for side in _bearing(both, decision) for r in side]
            if rules and not both.is_one(decision):
                looks[decision] = viewpoint(question, _roots(question.evaluator, rules))
        return cls(both=both, question=question, looks=looks)


def _bearing(
    both: BothSpeaking, decision: Decision
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules of either on which it depends what both say together about a decision."""
    first, second = (
        tuple(dict.fromkeys((*heard_by_anybody(decision, rules), *some)))
        for rules, some in zip(both.rules, both.bearing(decision), strict=True)
    )
    return first, second


def _roots(evaluator: Evaluator, rules: Iterable[Rule]) -> list[int]:
    program = evaluator.program
    return [
        step
        for rule in rules
        for step in (program.conditions[rule.name], program.exceptions[rule.name])
    ]


@frozen(kw_only=True, eq=False, repr=False)
class _Looks:
    """Where a guideline looks before a decision: in its scope, and outside of it."""

    inside: Viewpoint
    outside: Viewpoint

    @classmethod
    def of(
        cls, question: Prepared, decision: Decision, rules: Iterable[Rule]
    ) -> _Looks:
        """Where it looks, with `rules` on which it depends what it says beside others."""
        evaluator = question.evaluator
        also = (
            (Decision.FORM, Decision.PERMISSION) if decision in DOSING else ()
        )  # what these say of the drugs of a dose (M47 to M49)
        roots = [r for one in (decision, *also) for r in evaluator.roots[one]]
        some = tuple(rules)
        inside = [rule for rule in some if not rule.outside_scope]
        beyond = [rule for rule in some if rule.outside_scope]
        return cls(
            inside=viewpoint(question, [*roots, *_roots(evaluator, inside)]),
            outside=viewpoint(question, _roots(evaluator, beyond)),
        )

    def seen(self, batch: Batch) -> list[tuple[int, Bits]]:
        """What can be seen of each patient."""
        _, outside = batch.rails[batch.question.evaluator.program.scope]
        planes = [*self.inside.seen(batch, batch.mask & ~outside)]
        if outside.any():
            planes += [(OUTSIDE, outside), *self.outside.seen(batch, outside)]
        return planes


@define(eq=False, repr=False)
class _Memory:
    """What was answered so far; several threads may fill it."""

    numbers: dict[Any, int] = field(factory=dict)
    decided: dict[Any, Decided] = field(factory=dict)
    same: dict[Any, bool | None] = field(factory=dict)
    clashes: dict[Any, tuple[PanelClash, ...]] = field(factory=dict)
    cells: dict[Any, Mapping[tuple[str, ...], str | None]] = field(factory=dict)
    lock: Any = field(factory=Lock)

    @property
    def is_full(self) -> bool:
        return len(self.numbers) + len(self.cells) > _MOST_REMEMBERED

    def number(self, thing: Any) -> int:
        """The number of a thing, the same whenever it comes again."""
        return self.numbers.setdefault(thing, len(self.numbers))


@define(kw_only=True, eq=False, repr=False)
class PanelKernel:
    """Several guidelines that are asked about frames of one schema.

    Attributes:
        schema: The columns of the frames.
        matched: What any of the guidelines does with each of them.
        options: What the caller said about them.
        recipe: What it was made of.
        labels: What each guideline is called.
        sides: The guidelines, each with what it knows of the columns.
        decisions: Those that are compared.
    """

    schema: pa.Schema
    matched: Matched
    options: Options
    recipe: PanelRecipe
    labels: tuple[str, ...]
    sides: tuple[Prepared, ...]
    decisions: tuple[Decision, ...]
    words: tuple[ValueWords, ...] = field(init=False)
    pairs: Mapping[Place, _Pair] = field(init=False)
    looks: Mapping[tuple[int, Decision], _Looks] = field(init=False)
    memory: _Memory = field(init=False, factory=_Memory)

    def __attrs_post_init__(self) -> None:
        self.words = tuple(ValueWords.of(one.evaluator.graph) for one in self.sides)
        places = range(len(self.sides))
        self.pairs = {
            (one, two): _Pair.of(self.sides[one], self.sides[two], self.decisions)
            for one, two in combinations(places, 2)
        }
        self.looks = {
            (place, decision): _Looks.of(
                self.sides[place], decision, self.bearing(place, decision)
            )
            for place in places
            for decision in self.decisions
        }

    def bearing(self, place: int, decision: Decision) -> Iterator[Rule]:
        """The rules of a guideline on which it depends what it says beside any other."""
        graph = self.sides[place].evaluator.graph
        names: dict[str, None] = {}
        for pair, one in self.pairs.items():
            if place in pair:
                side = pair.index(place)
                some = _bearing(one.both, decision)[side]
                names |= dict.fromkeys(r.name.removeprefix(SIDES[side]) for r in some)
        return (graph.rules[name] for name in names)

    @property
    def advice_schema(self) -> pa.Schema:
        """The columns of the answer."""
        fields = [self.schema.field(name) for name in self.matched.kept]
        fields += [pa.field(self.column("scope", one), TEXT) for one in self.labels]
        for decision in self.decisions:
            fields += [
                pa.field(self.column(decision.value, *parts), TEXT)
                for parts in _parts(self.labels)
            ]
        fields += [pa.field(self.column("silent", one), TEXT) for one in self.labels]
        if self.options.on_bad is OnBad.UNKNOWN:
            fields.append(pa.field("bad", pa.list_(pa.string())))
        graphs = self.recipe.graphs
        names = [FactNames(graph) for graph in graphs]
        unread = [
            strange_columns(
                (mine,), [n for n in names if n is not mine], self.schema.names
            )
            for mine in names
        ]
        told = panel_provenance(
            graphs, self.options, dict(zip(self.labels, unread, strict=True))
        )
        metadata = {KEY: json.dumps(told, ensure_ascii=False)}
        return pa.schema(fields, metadata)

    def column(self, *parts: str) -> str:
        """The name of a column; for engines of SQL without signs that a label may have."""
        if self.options.names is Naming.UNDERSCORE:
            parts = tuple(re.sub(r"\W+", "_", part).strip("_") for part in parts)
        return self.options.column(*parts)

    def advise(self, patients: pa.RecordBatch, start: int = 0) -> AdvisedBatch:
        """How the guidelines stand to each other about each patient of a batch.

        Args:
            patients: The batch.
            start: The row of its first patient among all.
        """
        batches = [Batch.of(side, patients) for side in self.sides]
        report = _together([report_of(batch, start) for batch in batches])
        if report.bad and self.matched.kept:
            first = self.matched.kept[0]
            report = report.named_by(first, patients.column(first), start)
        if report.bad and self.options.on_bad is OnBad.ERROR:
            return AdvisedBatch(None, report)
        if self.memory.is_full:
            self.memory = _Memory()
        columns = [patients.column(name) for name in self.matched.kept]
        columns += map(_scopes, batches)
        with self.memory.lock:
            asked = _Asking(self, batches, self.memory)
            for number, decision in enumerate(self.decisions):
                go_on(number / len(self.decisions))
                columns += asked.columns(decision)
        columns += map(unaddressed, batches)
        if self.options.on_bad is OnBad.UNKNOWN:
            columns.append(_bad(batches))
        schema = self.advice_schema
        fields = [
            one.with_type(column.type)
            for one, column in zip(schema, columns, strict=True)
        ]
        packed = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
        return AdvisedBatch(packed, report, schema=schema)


def panel_kernel(
    evaluators: Sequence[Evaluator],
    schema: pa.Schema,
    options: Options,
    name: str,
    *,
    is_text: bool = False,
) -> PanelKernel:
    """The kernel that asks several guidelines about frames with the columns of `schema`.

    Args:
        evaluators: The guidelines.
        schema: The columns. One that is a fact for some of the guidelines is left out for the
            others.
        options: What the caller says about them.
        name: What diagnostics call the frame.
        is_text: Whether every cell is text, truths as well.

    Raises:
        GuidelineError: There are fewer than two guidelines.
        CohortError: Something is asked for that only one guideline alone has.
        PatientError: Some column cannot be used, or kept.
    """
    for part in ("long", "verdicts_only", "verdicts", "questions", "regimens"):
        if getattr(options, part) != getattr(_WHOLE, part):
            message = (
                f"several guidelines are compared by decisions: leave out `{part}`"
            )
            raise CohortError(message)
    graphs = tuple(one.graph for one in evaluators)
    labels = labels_of(graphs)
    sides, columns = [], {}
    for one in evaluators:
        others = [graph for graph in graphs if graph is not one.graph]
        own = own_options((one.graph,), others, schema.names, options)
        matched, question = prepared(one, schema, own, name, is_text=is_text)
        sides.append(question)
        columns.update({column.name: column for column in matched.columns})
    found = PanelKernel(
        schema=schema,
        matched=Matched(columns=tuple(columns.values()), kept=options.keep),
        options=options,
        recipe=PanelRecipe(graphs, schema, options, name, is_text),
        labels=labels,
        sides=tuple(sides),
        decisions=options.decisions or DECISIONS,
    )
    names = found.advice_schema.names
    refuse_taken(names, found.matched, schema, options, name)
    return found


def _together(reports: Sequence[CellReport]) -> CellReport:
    """What is implausible for any guideline; a cell that several read counts once."""
    bad = {one.about: one for report in reversed(reports) for one in report.bad}
    unsettled: dict[tuple[str, ...], int] = {}
    for report in reports:
        for facts, rows in report.unsettled.items():
            unsettled[facts] = max(rows, unsettled.get(facts, 0))
    return CellReport(reports[0].rows, tuple(bad.values()), unsettled)


def _scopes(batch: Batch) -> pa.Array:
    """A column of whether a guideline is written for each patient."""
    true, false = batch.rails[batch.question.evaluator.program.scope]
    members, rows = groups_of([true, false], batch.rows)
    said: dict[tuple[int, ...], str] = {(0,): IN_SCOPE, (1,): OUT_OF_SCOPE}
    return texts([said.get(one, SCOPE_UNKNOWN) for one in members], rows.group)


def _bad(batches: Sequence[Batch]) -> pa.Array:
    """A column of the facts whose cell was set aside for any of the guidelines."""
    lists = [by_row(batch) for batch in batches]
    rows = joined([Sorted(len(some), group) for some, group in lists], batches[0].rows)
    names = [
        list(dict.fromkeys(n for some, group in lists for n in some[int(group[row])]))
        for row in rows.first.tolist()
    ]
    return pa.array(names, pa.list_(pa.string())).take(pa.array(rows.group))


@define(eq=False, repr=False)
class _Asking:
    """One batch of patients, and what was answered about earlier ones."""

    kernel: PanelKernel
    batches: Sequence[Batch]
    memory: _Memory
    together: dict[Place, Batch] = field(init=False, factory=dict)
    answers: dict[tuple[int, int], Mapping[Decision, Decided]] = field(
        init=False, factory=dict
    )

    def __attrs_post_init__(self) -> None:
        for place, pair in self.kernel.pairs.items():
            if pair.looks and pair.question is not None:
                first, second = (self.batches[one] for one in place)
                cells = {**second.implied.cells, **first.implied.cells}
                self.together[place] = Batch(
                    question=pair.question,
                    cells=cells,
                    implied=implied_by(pair.question, cells, first.rows),
                    readings=(),
                )

    @property
    def rows(self) -> int:
        return self.batches[0].rows

    def columns(self, decision: Decision) -> list[pa.Array]:
        """The columns about a decision."""
        sides = [
            self.signed((place, decision), self.kernel.looks[place, decision].seen(one))
            for place, one in enumerate(self.batches)
        ]
        pairs = {
            place: self.signed((place, decision), self.seen_together(place, decision))
            for place in self.together
            if decision in self.kernel.pairs[place].looks
        }
        rows = joined([some for _, some in (*sides, *pairs.values())], self.rows)
        found = []
        for row in rows.first.tolist():
            go_on()
            own = tuple(numbers[int(some.group[row])] for numbers, some in sides)
            both = {p: n[int(some.group[row])] for p, (n, some) in pairs.items()}
            key = (decision, own, tuple(both.values()))
            if key not in self.memory.cells:
                said = beside(
                    decision,
                    {p: self.decided(p, n, row, decision) for p, n in enumerate(own)},
                    len(own),
                    _InRow(self, row, own, both),
                )
                cells = panel_cells(said, self.kernel.labels, self.kernel.words)
                self.memory.cells[key] = cells
            found.append(self.memory.cells[key])
        return [
            texts([one[parts] for one in found], rows.group)
            for parts in _parts(self.kernel.labels)
        ]

    def signed(
        self, about: Any, planes: Sequence[tuple[int, Bits]]
    ) -> tuple[list[int], Sorted]:
        """The groups of patients who look the same, each with the number of what is seen of it."""
        members, rows = groups_of([plane for _, plane in planes], self.rows)
        seen = [tuple(planes[n][0] for n in one) for one in members]
        return [self.memory.number((about, one)) for one in seen], rows

    def seen_together(self, place: Place, decision: Decision) -> list[tuple[int, Bits]]:
        """What two guidelines as one see of each patient."""
        batch = self.together[place]
        look = self.kernel.pairs[place].looks[decision]
        planes = [*look.seen(batch, batch.mask)]
        planes += [
            (_CONTRADICTORY - number, rows)
            for number, rows in enumerate(batch.implied.contradictory.values())
        ]
        return planes

    def decided(self, place: int, number: int, row: int, decision: Decision) -> Decided:
        """What a guideline says of everybody whom it sees as the patient in `row`."""
        known = self.memory.decided
        if number not in known:
            if (place, row) not in self.answers:
                evaluator = self.kernel.sides[place].evaluator
                stated = self.stated(place, row)
                found = essentials(view_of(evaluator, stated), stated)
                self.answers[place, row] = found.settled.decisions
            known[number] = self.answers[place, row][decision]
        return known[number]

    def stated(self, place: int, row: int) -> Stated:
        """What a guideline knows of the patient in `row`."""
        batch = self.batches[place]
        cells = batch.implied.cells
        return Stated(
            values={name: column.value(row) for name, column in cells.items()},
            otherwise=batch.question.otherwise,
        )


@frozen(eq=False, repr=False)
class _InRow:
    """What any two of the guidelines say to the patient in a row, and to all who look the same.

    Attributes:
        own: The number of what each guideline sees of the patient.
        both: The number of what any two see as one, where they can be heard so.
    """

    asking: _Asking
    row: int
    own: Sequence[int]
    both: Mapping[Place, int]

    def clashes(self, decision: Decision, pair: Place) -> tuple[PanelClash, ...]:
        known, key = self.asking.memory.clashes, self.key(pair)
        if key not in known:
            both, stated = self.asked(pair)
            known[key] = clashes_of(decision, pair, both, stated, Reading.REPORT)
        return known[key]

    def is_same(self, decision: Decision, pair: Place) -> bool | None:
        known, key = self.asking.memory.same, self.key(pair)
        if key not in known:
            both, stated = self.asked(pair)
            known[key] = both.is_same(decision, stated, Reading.REPORT)
        return known[key]

    def key(self, pair: Place) -> tuple[int, int, int | None]:
        first, second = (self.own[place] for place in pair)
        return (first, second, self.both.get(pair))

    def asked(self, pair: Place) -> tuple[BothSpeaking, tuple[Stated, Stated]]:
        first, second = (self.asking.stated(place, self.row) for place in pair)
        return self.asking.kernel.pairs[pair].both, (first, second)
