"""Decisions about a batch of patients: those with one signature are answered once.

The signature of a patient before a decision is all that the decision can see of this patient, and
nothing that it cannot. A decision looks down from the conditions of its rules. What is below a
condition that is settled cannot change it any more, and is not looked at; where a condition is
open, its parts are. Patients with the same signature get the same answer, so that one of them can
be asked for all; the questions that would settle what is open are found in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.advised_phases import advised_phases
from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.bits import Bits, Sorted, groups_of, sort_rows
from b12guide.cohort.decision_values import DecisionValue, ValueWords, value_of
from b12guide.cohort.group_answer import Decisions, GroupAnswer
from b12guide.cohort.question_lists import Askable, AskedFacts
from b12guide.cohort.threads import go_on
from b12guide.evaluate.answer import Decided, Outcome
from b12guide.evaluate.by_weight import weights_in
from b12guide.evaluate.decision import conflicts
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import remembered
from b12guide.evaluate.patient_view import PatientView, verdict_of
from b12guide.evaluate.program import Op, below
from b12guide.evaluate.questions import ask
from b12guide.evaluate.recommend import (
    DECISIONS,
    OpenDecision,
    opened,
    questions,
    standing,
    waits_for,
)
from b12guide.graph.condition import Compare, OneOf
from b12guide.graph.model import Decision
from b12guide.truth import Truth
from b12guide.values.term import Operator

Plane = tuple[int, Bits]
"""One thing that can be seen of a patient, by its number, and those about whom it is so."""

_PER_STEP = 1 << 16
"""Numbers for each node: 0 true, 1 false, 2 stated, 3 known, 4 the lower end, then the values."""


@frozen(eq=False, repr=False)
class Viewpoint:
    """Where a decision looks.

    Attributes:
        roots: The conditions and exceptions of its rules.
        implications: The implications that tie facts it can see, as premise and conclusion.
        definitions: The definitions that do when their truth is stated.
        is_claiming: Whether one of these asks what is on record. What is not known may be on record
            all the same (M14), so that everything matters, whatever is above it comes to.
        steps: All nodes below these, the uppermost first.
    """

    evaluator: Evaluator
    roots: tuple[int, ...]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[int, ...]
    is_claiming: bool
    steps: tuple[int, ...]

    def seen(self, batch: Batch, looked_at: Bits) -> Iterator[Plane]:
        """What can be seen of the patients in `looked_at`; empty planes are left out."""
        nodes, rails = self.evaluator.program.nodes, batch.rails
        visible = dict.fromkeys(self.roots, looked_at)

        def show(step: int, patients: Bits) -> None:
            before = visible.get(step)
            visible[step] = patients if before is None else before | patients

        for premise, conclusion in self.implications:
            loose = looked_at
            if not self.is_claiming:
                loose = looked_at & ~(rails[premise][1] | rails[conclusion][0])
            show(premise, loose)
            show(conclusion, loose)
        for step in self.definitions:
            if step in batch.implied.definitions:
                true, false = batch.implied.definitions[step]
                show(step, looked_at & (true | false))
        for step in self.steps:
            here = visible.get(step)
            if here is None or not here.any():
                continue
            node = nodes[step]
            stated = batch.implied.definitions.get(step)
            if node.op is Op.NOT or (node.op is Op.DEFINED and stated is None):
                show(node.operands[0], here)
                continue
            true, false = rails[step]
            planes = [(0, true & here), (1, false & here)]
            if node.op is Op.LEAF:
                unsettled = here & ~(true | false)
                if isinstance(node.leaf, Compare) and step in batch.implied.ends:
                    # The value is known, and the source leaves open how to read the threshold.
                    (low, not_low), _ = batch.implied.ends[step]
                    planes.append((3, (low | not_low) & unsettled))
                    if node.leaf.operator is Operator.EQUAL:
                        planes.append((4, low & unsettled))
                elif isinstance(node.leaf, OneOf):
                    possible = batch.implied.possible.get(node.leaf.fact, {})
                    planes += [
                        (5 + number, plane & unsettled)
                        for number, plane in enumerate(possible.values())
                    ]
            elif stated is not None:
                planes.append((2, (stated[0] | stated[1]) & here))
                show(node.operands[0], here)
            elif self.is_claiming:
                for operand in node.operands:
                    show(operand, here)
            elif node.op not in {Op.ESTABLISHED, Op.RECORDED}:
                for operand in node.operands:
                    show(operand, here & ~(true | false))
            for number, plane in planes:
                if plane.any():
                    yield (step * _PER_STEP + number, plane)


def viewpoint(question: Prepared, roots: Iterable[int]) -> Viewpoint:
    """Where a decision looks whose conditions and exceptions are `roots`."""
    evaluator = question.evaluator
    program = evaluator.program
    support = program.support
    own = tuple(dict.fromkeys(roots))
    facts: frozenset[str] = frozenset().union(*(support[root] for root in own))
    ties = [(support[p] | support[c], (p, c)) for p, c in program.implications]
    given = {name for tied in question.tied for name in tied.definitions}
    follow = {step for tied in question.tied for step in tied.steps}
    stated = [
        (support[step], step)
        for name, step in program.definitions.items()
        if name in given or step in follow
    ]
    before: frozenset[str] | None = None
    while facts != before:  # what ties a fact that is seen ties it to others, and so on
        before = facts
        facts = facts.union(*(t for t, _ in (*ties, *stated) if t & facts))
    implications = tuple(pair for tied, pair in ties if tied & facts)
    definitions = tuple(step for tied, step in stated if tied & facts)
    ends = [step for pair in implications for step in pair]
    steps = below(program, [*own, *ends, *definitions], frozenset())
    behind = below(program, definitions, frozenset())
    return Viewpoint(
        evaluator,
        own,
        implications,
        definitions,
        not program.record.isdisjoint(behind),
        tuple(reversed(steps)),
    )


_MOST_REMEMBERED = 1 << 17
_MOST_STEPS_REMEMBERED = 1 << 24  # diagrams of large decisions are large
_DECIDED = 0.85
"""How much of the work on a batch the decisions are, about; the rest are its questions."""
OUTSIDE = -1
"""Stands for "outside the scope" among the things that are seen."""

_OPEN = -2  # stands for "it is not known whether in scope"

Signature: TypeAlias = tuple[int, ...]


@define(eq=False, repr=False)
class _Memory:
    """What was answered so far; several threads may fill it."""

    answers: dict[tuple[Decision, Signature], GroupAnswer] = field(factory=dict)
    doubts: dict[Any, int] = field(factory=dict)
    opened: list[OpenDecision | None] = field(factory=lambda: [None])
    scopes: dict[Signature, int] = field(factory=lambda: {(): 0})
    asked: dict[tuple[int, ...], AskedFacts] = field(factory=dict)
    waits: dict[tuple[int, frozenset[str]], tuple[str, ...]] = field(factory=dict)
    lock: Any = field(factory=Lock)

    @property
    def is_full(self) -> bool:
        cost = sum(one.cost for one in self.opened if one is not None)
        return (
            len(self.answers) + len(self.asked) > _MOST_REMEMBERED
            or cost > _MOST_STEPS_REMEMBERED
        )


@define(eq=False, repr=False)
class PatternAnswerer:
    """Answers decisions about batch after batch of patients, and remembers what it answered.

    Attributes:
        decisions: Those that are answered.
        asks: Whether the questions about each patient are found as well.
    """

    question: Prepared
    decisions: tuple[Decision, ...] = DECISIONS
    asks: bool = True
    looks: Mapping[Decision, Viewpoint] = field(init=False)
    scope: Viewpoint = field(init=False)
    words: ValueWords = field(init=False)
    askable: Askable = field(init=False)
    memory: _Memory = field(init=False, factory=_Memory)

    def __attrs_post_init__(self) -> None:
        evaluator = self.question.evaluator
        self.askable = Askable.of(evaluator.graph, self.decisions)
        self.looks = {
            one: viewpoint(self.question, evaluator.roots[one])
            for one in self.decisions
        }
        self.scope = viewpoint(self.question, [evaluator.program.scope])
        self.words = ValueWords.of(evaluator.graph)

    def about(self, batch: Batch) -> Decisions:
        """What the guideline decides about each patient of `batch`."""
        if self.memory.is_full:
            self.memory = _Memory()
        return _Asking(self, batch, self.memory).decisions()


@define(eq=False, repr=False)
class _Asking:
    """One batch of patients, and what was answered about earlier ones."""

    answers: PatternAnswerer
    batch: Batch
    memory: _Memory
    patients: dict[int, PatientView] = field(init=False, factory=dict)

    def decisions(self) -> Decisions:
        batch, memory = self.batch, self.memory
        _, outside = batch.rails[batch.question.evaluator.program.scope]
        looks: dict[Decision, tuple[list[Signature], Sorted]] = {}
        for decision, look in self.answers.looks.items():
            planes = [*look.seen(batch, batch.mask & ~outside)]
            if outside.any():
                planes.append((OUTSIDE, outside))
            looks[decision] = self.signatures(planes)
            go_on()
        ahead = sum(len(seen) for seen, _ in looks.values())
        found: dict[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]] = {}
        doubts: list[NDArray[Any]] = []
        done = 0
        for decision, (seen, rows) in looks.items():
            for number, each in enumerate(seen):
                if (decision, each) not in memory.answers:
                    with memory.lock:
                        go_on(_DECIDED * (done + number) / ahead)
                        answer = self.answer(decision, each, int(rows.first[number]))
                        memory.answers[decision, each] = answer
            done += len(seen)
            answers = tuple(memory.answers[decision, each] for each in seen)
            found[decision] = (answers, rows.group)
            open_ = np.array([answer.doubt for answer in answers], np.uint32)
            doubts.append(open_[rows.group] if open_.any() else open_[:0])
        if not self.answers.asks:
            return Decisions(found, self.answers.askable.nothing(batch.rows))
        asked, group = self.questions([*doubts, self.open_scopes()])
        return Decisions(found, self.answers.askable.listed(asked, group))

    def signatures(
        self, planes: Sequence[tuple[int, Bits]]
    ) -> tuple[list[Signature], Sorted]:
        """The groups of patients who look the same, with what is seen of each group."""
        members, rows = groups_of([plane for _, plane in planes], self.batch.rows)
        return [tuple(planes[n][0] for n in one) for one in members], rows

    def answer(self, decision: Decision, seen: Signature, row: int) -> GroupAnswer:
        """What a decision says of everybody with the signature of the patient in `row`."""
        if OUTSIDE in seen:
            nothing = DecisionValue(decision=decision)
            return GroupAnswer(
                outcome=Outcome.SILENT, said=nothing, value=None, certain=True
            )
        patient = self.patient(row)
        evaluator = patient.evaluator
        rules = evaluator.heard[decision]
        verdicts = {rule.name: verdict_of(rule, patient) for rule in rules}
        found = opened(decision, patient, verdicts)
        doubt, left_open = 0, self.memory.opened
        if found.distinctions or found.waiting:
            # Decisions that leave the same open have one number, so that questions are asked once.
            distinctions = tuple(d.content for d in found.distinctions)
            content = (decision, found.exact, found.waiting, distinctions)
            doubt = self.memory.doubts.setdefault(content, len(left_open))
            if doubt == len(left_open):
                left_open.append(found)
        return answer_of(decision, found, evaluator, self.answers.words, doubt)

    def patient(self, row: int) -> PatientView:
        if row not in self.patients:
            self.patients[row] = self.batch.known(row)
        return self.patients[row]

    def questions(
        self, columns: Sequence[NDArray[Any]]
    ) -> tuple[tuple[AskedFacts, ...], NDArray[Any]]:
        """The questions about each patient, by what all decisions and the scope leave open."""
        memory = self.memory
        rows = sort_rows([c for c in columns if len(c)], self.batch.rows)
        found = []
        for number, row in enumerate(rows.first.tolist()):
            key = tuple(int(column[row]) if len(column) else 0 for column in columns)
            if key not in memory.asked:
                with memory.lock:
                    go_on(_DECIDED + (1 - _DECIDED) * number / rows.count)
                    memory.asked[key] = self.asked(key, row) if any(key) else ()
            found.append(memory.asked[key])
        return tuple(found), rows.group

    def open_scopes(self) -> NDArray[Any]:
        """The number of what each patient leaves open about the scope; 0 for nothing."""
        batch = self.batch
        true, false = batch.rails[batch.question.evaluator.program.scope]
        unsettled = batch.mask & ~(true | false)
        if not unsettled.any():
            return np.zeros(0, np.uint32)
        planes = [*self.answers.scope.seen(batch, unsettled), (_OPEN, unsettled)]
        seen, rows = self.signatures(planes)
        known = self.memory.scopes
        with self.memory.lock:
            numbers = [known.setdefault(each, len(known)) for each in seen]
        found: NDArray[Any] = np.array(numbers, np.uint32)[rows.group]
        return found

    def asked(self, key: tuple[int, ...], row: int) -> AskedFacts:
        """What is worth asking where decisions and the scope leave open what `key` numbers."""
        *doubts, scope = key
        found = [self.memory.opened[number] for number in doubts]
        needed = [d for one in found if one is not None for d in one.distinctions]
        ages = self.batch.question.evaluator.graph.derived
        wanted = ask(needed, ages=ages)
        decided: dict[Decision, Decided] = {}
        for decision, number, one in zip(
            self.answers.decisions, doubts, found, strict=True
        ):
            depends: tuple[str, ...] = ()
            if one is not None:
                # Of what is asked for anyhow, only the facts of this doubt matter to it.
                own = {name for d in one.distinctions for name in d.names}
                depends = remembered(
                    self.memory.waits,
                    (number, frozenset(own.intersection(wanted))),
                    partial(waits_for, one, wanted, ages),
                )
            decided[decision] = Decided(
                decision=decision, outcome=Outcome.DEPENDS, depends_on=depends
            )
        truth = Truth.UNKNOWN if scope else Truth.TRUE
        # Who is asked about plays a part only where the scope is open.
        known = None if scope else next(iter(self.patients.values()), None)
        asking = questions(known or self.patient(row), truth, decided)
        return tuple((question.fact, question.decides) for question in asking)


def answer_of(
    decision: Decision,
    found: OpenDecision,
    evaluator: Evaluator,
    words: ValueWords,
    doubt: int = 0,
) -> GroupAnswer:
    """What a decision says in a column."""
    decided = standing(decision, found, evaluator)
    clashes = conflicts(decision, found.parts, evaluator.graph, ())
    sides = [side for clash in clashes for side in clash.sides]
    said = value_of(decided, sides, found.kinds)
    return GroupAnswer(
        outcome=decided.outcome,
        said=said,
        value=words.text(said),
        certain=said.certain,
        settled=found.is_settled,
        doubt=doubt,
        weights=weights_in(decided),
        phases=advised_phases(said, words),
    )
