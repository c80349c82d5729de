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
from attrs import field, frozen
from numpy.typing import NDArray

from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.bits import Bits, Sorted, keys_of, sort_rows
from b12guide.cohort.decision_values import DecisionValue, ValueWords, value_of
from b12guide.cohort.threads import go_on
from b12guide.evaluate.answer import Decided, Outcome
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
"""One thing that can be seen of a patient, by its number, and those of whom it is so."""

_PER_STEP = 1 << 16
"""Numbers for each node: 0 true, 1 false, 2 stated, 3 known, 4 the lower end, then the values."""


@frozen(eq=False, repr=False)
class Viewpoint:
    """Where a decision looks.

    Attributes:
        roots: The conditions and exceptions of its rules.
        implications: The implications that tie facts it can see, as premise and conclusion.
        definitions: The definitions that do when their truth is stated.
        steps: All nodes below these, the uppermost first.
    """

    evaluator: Evaluator
    roots: tuple[int, ...]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[int, ...]
    steps: tuple[int, ...]

    def seen(self, batch: Batch, looked_at: Bits) -> Iterator[Plane]:
        """What can be seen of the patients in `looked_at`; empty planes are left out."""
        nodes, rails = self.evaluator.program.nodes, batch.rails
        visible = dict.fromkeys(self.roots, looked_at)

        def show(step: int, patients: Bits) -> None:
            before = visible.get(step)
            visible[step] = patients if before is None else before | patients

        for premise, conclusion in self.implications:
            loose = looked_at & ~(rails[premise][1] | rails[conclusion][0])
            show(premise, loose)
            show(conclusion, loose)
        for step in self.definitions:
            if step in batch.closed.definitions:
                true, false = batch.closed.definitions[step]
                show(step, looked_at & (true | false))
        for step in self.steps:
            here = visible.get(step)
            if here is None or not here.any():
                continue
            node = nodes[step]
            stated = batch.closed.definitions.get(step)
            if node.op is Op.NOT or (node.op is Op.DEFINED and stated is None):
                show(node.operands[0], here)
                continue
            true, false = rails[step]
            planes = [(0, true & here), (1, false & here)]
            if node.op is Op.LEAF:
                planes += self._of_leaf(batch, step, here & ~(true | false))
            elif stated is not None:
                planes.append((2, (stated[0] | stated[1]) & here))
                show(node.operands[0], here)
            elif node.op not in {Op.ESTABLISHED, Op.RECORDED}:
                for operand in node.operands:
                    show(operand, here & ~(true | false))
            for number, plane in planes:
                if plane.any():
                    yield (step * _PER_STEP + number, plane)

    def _of_leaf(self, batch: Batch, step: int, unsettled: Bits) -> Iterator[Plane]:
        """What can be seen of an open leaf besides that it is open."""
        leaf = self.evaluator.program.nodes[step].leaf
        match leaf:
            case Compare(operator=operator) if step in batch.closed.ends:
                # The value is known, stated or not, and the source leaves open how to read it.
                (true, false), _ = batch.closed.ends[step]
                yield (3, (true | false) & unsettled)
                if operator is Operator.EQUAL:
                    yield (4, true & unsettled)
            case OneOf(fact=fact) if fact in batch.closed.possible:
                for number, plane in enumerate(batch.closed.possible[fact].values()):
                    yield (5 + number, plane & unsettled)
            case _:
                return


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
    grew = True
    while grew:
        before = facts
        for tied, _ in (*ties, *stated):
            if tied & facts:
                facts |= tied
        grew = facts != before
    implications = tuple(pair for tied, pair in ties if tied & facts)
    definitions = tuple(step for tied, step in stated if tied & facts)
    ends = [step for pair in implications for step in pair]
    steps = below(program, [*own, *ends, *definitions], frozenset())
    return Viewpoint(evaluator, own, implications, definitions, tuple(reversed(steps)))


OUTCOMES = tuple(Outcome)
"""The words of a column of outcomes, in the order of their numbers."""

_MOST_REMEMBERED = 1 << 17
_MOST_STEPS_REMEMBERED = 1 << 24  # diagrams of large decisions are large
_DECIDED = 0.85
"""How much of the work on a batch the decisions are, about; the rest are its questions."""
_OUTSIDE = -1  # stands for "outside the scope" among the things that are seen
_OPEN = -2  # stands for "it is not known whether in scope"

Signature: TypeAlias = tuple[int, ...]
AskedFacts: TypeAlias = tuple[tuple[str, tuple[Decision, ...]], ...]
"""The facts that are worth asking for, each with the decisions that it can change."""


@frozen(kw_only=True, eq=False, repr=False)
class GroupAnswer:
    """What one decision says of all patients who look the same to it.

    Attributes:
        said: What it says, to be compared with what others say.
        value: The same in words; None for nothing.
        certain: Whether that holds whatever is unknown.
        settled: Whether nothing is open at all: everything that is said, alternatives and
            exclusions included, is said in every completion.
        doubt: The number of what it leaves open; 0 for nothing.
    """

    outcome: Outcome
    said: DecisionValue
    value: str | None
    certain: bool
    settled: bool = True
    doubt: int = 0


@frozen(eq=False, repr=False)
class Decisions:
    """The answers about a batch, by decision, and the questions of each patient.

    Attributes:
        answers: The different answers of a decision, and which of them each patient has.
        asked: The different lists of questions, and which of them each patient has.
        open: The same lists, each question with the decisions that it can change.
    """

    answers: Mapping[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]]
    asked: tuple[tuple[tuple[str, ...], ...], NDArray[Any]]
    open: tuple[AskedFacts, ...]


@frozen(slots=False, eq=False, repr=False)
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


@frozen(slots=False, eq=False, repr=False)
class Answerer:
    """Answers decisions about batch after batch of patients.

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
    memory: list[_Memory] = field(init=False, factory=lambda: [_Memory()])

    @looks.default
    def _looks(self) -> dict[Decision, Viewpoint]:
        roots = self.question.evaluator.roots
        return {one: viewpoint(self.question, roots[one]) for one in self.decisions}

    @scope.default
    def _scope(self) -> Viewpoint:
        return viewpoint(self.question, [self.question.evaluator.program.scope])

    @words.default
    def _words(self) -> ValueWords:
        return ValueWords.of(self.question.evaluator.graph)

    def about(self, batch: Batch) -> Decisions:
        """What the guideline decides about each patient of `batch`."""
        if self.memory[0].is_full:
            self.memory[0] = _Memory()
        return _Asking(self, batch, self.memory[0]).decisions()


@frozen(eq=False, repr=False)
class _Asking:
    """One batch of patients, and what was answered about earlier ones."""

    answers: Answerer
    batch: Batch
    memory: _Memory
    patients: dict[int, PatientView] = field(init=False, factory=dict)

    def decisions(self) -> Decisions:
        inside, outside = self._scope()
        looks: dict[Decision, tuple[list[Signature], Sorted]] = {}
        for decision, look in self.answers.looks.items():
            planes = [*look.seen(self.batch, inside)]
            if outside.any():
                planes.append((_OUTSIDE, outside))
            looks[decision] = self._sorted(planes)
            go_on()
        ahead = sum(len(seen) for seen, _ in looks.values())
        found: dict[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]] = {}
        doubts: list[NDArray[Any]] = []
        done = 0
        for decision, (seen, rows) in looks.items():
            answers = self._answers(decision, seen, rows, (done, ahead))
            done += len(seen)
            found[decision] = (answers, rows.group)
            open_ = np.array([answer.doubt for answer in answers], np.uint32)
            doubts.append(open_[rows.group] if open_.any() else open_[:0])
        if not self.answers.asks:
            nobody = np.zeros(self.batch.rows, np.uint8)
            return Decisions(found, (((),), nobody), ((),))
        asked, group = self._questions(doubts)
        names = tuple(tuple(fact for fact, _ in each) for each in asked)
        return Decisions(found, (names, group), asked)

    def _scope(self) -> tuple[Bits, Bits]:
        """Who is not outside the guideline's scope, and who is."""
        _, outside = self.batch.rails[self.batch.question.evaluator.program.scope]
        return (self.batch.mask & ~outside, outside)

    def _sorted(
        self, planes: Sequence[tuple[int, Bits]]
    ) -> tuple[list[Signature], Sorted]:
        """The groups of patients who look the same, with what is seen of each group."""
        numbers = [number for number, _ in planes]
        keys = keys_of([plane for _, plane in planes], self.batch.rows)
        rows = sort_rows(keys, self.batch.rows)
        seen = []
        for row in rows.first.tolist():
            bits = sum(int(key[row]) << 64 * i for i, key in enumerate(keys))
            members = (n for place, n in enumerate(numbers) if bits >> place & 1)
            seen.append(tuple(members))
        return seen, rows

    def _answers(
        self,
        decision: Decision,
        seen: Sequence[Signature],
        rows: Sorted,
        place: tuple[int, int],
    ) -> tuple[GroupAnswer, ...]:
        """The answer to each group; `place` says how many groups came before, and of how many."""
        known = self.memory.answers
        before, ahead = place
        for number, each in enumerate(seen):
            if (decision, each) not in known:
                with self.memory.lock:
                    go_on(_DECIDED * (before + number) / ahead)
                    answer = self._answer(decision, each, int(rows.first[number]))
                    known[decision, each] = answer
        return tuple(known[decision, each] for each in seen)

    def _answer(self, decision: Decision, seen: Signature, row: int) -> GroupAnswer:
        if _OUTSIDE in seen:
            nothing = DecisionValue(decision=decision)
            return GroupAnswer(
                outcome=Outcome.SILENT, said=nothing, value=None, certain=True
            )
        patient = self._patient(row)
        evaluator = patient.evaluator
        rules = evaluator.heard[decision]
        verdicts = {rule.name: verdict_of(rule, patient) for rule in rules}
        found = opened(decision, patient, verdicts)
        decided = standing(decision, found, evaluator)
        clashes = conflicts(decision, found.parts, evaluator.graph, ())
        sides = [side for clash in clashes for side in clash.sides]
        said = value_of(decided, sides, found.kinds)
        return GroupAnswer(
            outcome=decided.outcome,
            said=said,
            value=self.answers.words.text(said),
            certain=said.certain,
            settled=found.is_settled,
            doubt=self._doubt(decision, found),
        )

    def _doubt(self, decision: Decision, found: OpenDecision) -> int:
        """The number of what a decision leaves open: the same for the same, 0 for nothing."""
        if not (found.distinctions or found.waiting):
            return 0
        content = (
            decision,
            found.exact,
            found.waiting,
            tuple(d.content for d in found.distinctions),
        )
        number = self.memory.doubts.setdefault(content, len(self.memory.opened))
        if number == len(self.memory.opened):
            self.memory.opened.append(found)
        return number

    def _patient(self, row: int) -> PatientView:
        if row not in self.patients:
            self.patients[row] = self.batch.known(row)
        return self.patients[row]

    def _questions(
        self, doubts: Sequence[NDArray[Any]]
    ) -> tuple[tuple[AskedFacts, ...], NDArray[Any]]:
        """The questions about each patient, by what all decisions and the scope leave open."""
        columns = [*doubts, self._scopes()]
        rows = sort_rows([c for c in columns if len(c)], self.batch.rows)
        found = []
        for number, row in enumerate(rows.first.tolist()):
            key = tuple(int(column[row]) if len(column) else 0 for column in columns)
            if key not in self.memory.asked:
                with self.memory.lock:
                    go_on(_DECIDED + (1 - _DECIDED) * number / rows.count)
                    self.memory.asked[key] = self._asked(key, row)
            found.append(self.memory.asked[key])
        return tuple(found), rows.group

    def _scopes(self) -> NDArray[Any]:
        """The number of what each patient leaves open about the scope; 0 for nothing."""
        batch = self.batch
        true, false = batch.rails[batch.question.evaluator.program.scope]
        unsettled = batch.mask & ~(true | false)
        if not unsettled.any():
            return np.zeros(0, np.uint32)
        planes = [*self.answers.scope.seen(batch, unsettled), (_OPEN, unsettled)]
        seen, rows = self._sorted(planes)
        known = self.memory.scopes
        with self.memory.lock:
            numbers = [known.setdefault(each, len(known)) for each in seen]
        found: NDArray[Any] = np.array(numbers, np.uint32)[rows.group]
        return found

    def _asked(self, key: tuple[int, ...], row: int) -> AskedFacts:
        if not any(key):
            return ()
        *doubts, scope = key
        found = [self.memory.opened[number] for number in doubts]
        needed = [d for one in found if one is not None for d in one.distinctions]
        asked = ask(needed)
        decided: dict[Decision, Decided] = {
            decision: Decided(
                decision=decision,
                outcome=Outcome.DEPENDS,
                depends_on=() if one is None else self._waits_for(number, one, asked),
            )
            for decision, number, one in zip(
                self.answers.decisions, doubts, found, strict=True
            )
        }
        truth = Truth.UNKNOWN if scope else Truth.TRUE
        # Who is asked about plays a part only where the scope is open.
        known = None if scope else next(iter(self.patients.values()), None)
        asking = questions(known or self._patient(row), truth, decided)
        return tuple((question.fact, question.decides) for question in asking)

    def _waits_for(
        self, number: int, found: OpenDecision, asked: Sequence[str]
    ) -> tuple[str, ...]:
        """What a doubt waits for; of what is asked for anyhow, only its own facts matter."""
        own = {name for d in found.distinctions for name in d.names}
        return remembered(
            self.memory.waits,
            (number, frozenset(own.intersection(asked))),
            partial(waits_for, found, asked),
        )
