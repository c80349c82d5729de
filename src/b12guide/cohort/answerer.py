"""Decisions and questions about batch after batch of patients, by diagrams.

Which sets of rules apply in the completions of a patient is read off the diagram of a decision, for
all patients at once. Few different collections of such sets come up; what one says is worked out
once, by the functions that answer a single patient. In the same way, which values of which facts
have to be told apart is read off for all patients. A fact that stands alone is then a question.
Among facts that belong together the questions are chosen once for each way in which they can
stand, again by the functions for a single patient.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.bits import (
    Bits,
    Sorted,
    groups_of,
    joined,
    keys_of,
    nobody,
    pack,
    sort_rows,
)
from b12guide.cohort.decision_diagram import (
    DecisionDiagram,
    Pair,
    Sweep,
    decision_diagram,
    patterns,
    terms_of,
)
from b12guide.cohort.decision_values import DecisionValue, ValueWords
from b12guide.cohort.group_answer import Decisions, GroupAnswer
from b12guide.cohort.linked_facts import (
    MOST_STEPS,
    FactValues,
    LinkedFacts,
    linked_facts,
)
from b12guide.cohort.question_lists import Askable, QuestionLists, Served
from b12guide.cohort.signature import (
    PatternAnswerer,
    Signature,
    Viewpoint,
    answer_of,
    viewpoint,
)
from b12guide.cohort.threads import go_on
from b12guide.evaluate.answer import Outcome
from b12guide.evaluate.cases import drawn_cases
from b12guide.evaluate.completions import FactGroup
from b12guide.evaluate.completions import groups_of as groups_of_terms
from b12guide.evaluate.decision import CompletionPart
from b12guide.evaluate.diagram import NONE, TooLargeError
from b12guide.evaluate.patient_view import PatientView, needs
from b12guide.evaluate.questions import Distinction, Needed, ask
from b12guide.evaluate.recommend import DECISIONS, OpenDecision
from b12guide.graph.model import Decision

Asked: TypeAlias = tuple[tuple[str, int], ...]
"""Facts, with the decisions (as bits, by their places) that each can change."""

_MOST_REMEMBERED = 1 << 17
_DECIDED = 0.5
"""How much of the work on a batch the decisions are, about; the rest are its questions."""


@define(eq=False, repr=False)
class _Numbered:
    """Things by number, the same whenever one comes again; nothing is 0."""

    numbers: dict[Any, int] = field(factory=dict)
    things: list[Any] = field(factory=lambda: [()])

    def number(self, thing: Any) -> int:
        """The number of a thing."""
        if not thing:
            return 0
        found = self.numbers.setdefault(thing, len(self.things))
        if found == len(self.things):
            self.things.append(thing)
        return found


@define(eq=False, repr=False)
class _Memory:
    """What was answered so far; several threads may fill it."""

    answers: dict[tuple[Decision, tuple[int, ...]], GroupAnswer] = field(factory=dict)
    different: dict[Any, GroupAnswer] = field(factory=dict)
    told: _Numbered = field(factory=_Numbered)
    linked: dict[Any, Asked] = field(factory=dict)
    scopes: dict[Signature, tuple[str, ...]] = field(factory=dict)
    reasons: _Numbered = field(factory=_Numbered)
    served: dict[int, Served] = field(factory=dict)
    lock: Any = field(factory=Lock)


@define(eq=False, repr=False)
class Answerer:
    """Answers decisions about batch after batch of patients, and remembers what it answered.

    Attributes:
        decisions: Those that are answered.
        asks: Whether the questions about each patient are found as well.
        facts: The facts that the decisions read, as they belong together.
        diagrams: The decisions as diagrams.
        order: Of the facts, the sets that decisions tell apart, the lowest nodes first.
        telling: The same for the sets that tell whose answer settles a condition.
        by_pattern: Answers pattern by pattern, where a decision is too large to be drawn, or where
            a column states what is on record.
    """

    question: Prepared
    decisions: tuple[Decision, ...] = DECISIONS
    asks: bool = True
    facts: tuple[LinkedFacts, ...] = field(init=False, default=())
    diagrams: tuple[DecisionDiagram, ...] = field(init=False, default=())
    order: dict[LinkedFacts, list[int]] = field(init=False, factory=dict)
    telling: dict[LinkedFacts, list[int]] = field(init=False, factory=dict)
    by_pattern: PatternAnswerer | None = field(init=False, default=None)
    askable: Askable = field(init=False)
    scope: Viewpoint = field(init=False)
    words: ValueWords = field(init=False)
    memory: _Memory = field(init=False, factory=_Memory)

    def __attrs_post_init__(self) -> None:
        evaluator = self.question.evaluator
        self.askable = Askable.of(evaluator.graph, self.decisions)
        self.words = ValueWords.of(evaluator.graph)
        self.scope = viewpoint(self.question, [evaluator.program.scope])
        read = (terms_of(evaluator, evaluator.roots[one])[0] for one in self.decisions)
        terms = {term for some in read for term in some} - evaluator.program.record
        if self.question.states_record:
            # What is stated of the record is true apart from the record, which a diagram of the
            # patient's facts cannot say.
            self._answer_by_pattern()
            return
        try:
            self.facts = linked_facts(self.question, sorted(terms))
            self.diagrams = tuple(
                decision_diagram(one, evaluator, self.facts) for one in self.decisions
            )
            for facts in self.facts:
                levels = [
                    v for d in self.diagrams for v in d.levels if v.facts is facts
                ]
                sets = [one for level in levels for one in level.sets]
                self.order[facts] = facts.diagrams.from_below(sets)
                told = [one for some in facts.telling for both in some for one in both]
                self.telling[facts] = facts.diagrams.from_below(told)
        except TooLargeError:
            self._answer_by_pattern()

    def _answer_by_pattern(self) -> None:
        self.by_pattern = PatternAnswerer(self.question, self.decisions, asks=self.asks)

    def about(self, batch: Batch) -> Decisions:
        """What the guideline decides about each patient of `batch`."""
        if self.by_pattern is not None:
            return self.by_pattern.about(batch)
        memory = self.memory
        if len(memory.answers) + len(memory.linked) > _MOST_REMEMBERED:
            memory = self.memory = _Memory()
        return _Answering(self, batch, memory).decisions()


@frozen(eq=False, repr=False)
class _Numbers:
    """A number for each patient, 0 for nothing.

    Attributes:
        different: The numbers that there are.
        rows: Which of them each patient has, by its place among these.
    """

    different: NDArray[Any]
    rows: Sorted

    def of(self, rows: NDArray[np.intp]) -> list[int]:
        """The numbers of some patients."""
        found: list[int] = self.different[self.rows.group[rows]].tolist()
        return found

    def at(self, rows: NDArray[np.intp]) -> Sorted:
        """Some patients by their numbers."""
        return Sorted(self.rows.count, self.rows.group[rows])


@frozen(eq=False, repr=False)
class _Told:
    """What a decision needs to have told apart of facts that belong together.

    Attributes:
        pairs: The different sets of pairs of values, by number.
        numbers: Which of them each patient has.
    """

    diagram: DecisionDiagram
    level: int
    pairs: Mapping[int, tuple[Pair, ...]]
    numbers: _Numbers


@define(eq=False, repr=False)
class _Alike:
    """Patients who are alike in facts that belong together, and in what they leave open of these.

    Attributes:
        patient: One who stands for all.
        groups: What their open facts can be, by the conditions that see them.
        needed: What decisions need to have told apart, by decision and the number of the pairs.
    """

    patient: PatientView
    groups: dict[Any, Sequence[FactGroup] | None] = field(factory=dict)
    needed: dict[Any, tuple[Needed, ...]] = field(factory=dict)


@define(eq=False, repr=False)
class _Answering:
    """One batch of patients, and what was answered about earlier ones."""

    answerer: Answerer
    batch: Batch
    memory: _Memory
    possible: dict[LinkedFacts, list[list[Bits]]] = field(init=False, factory=dict)
    can_be: dict[LinkedFacts, dict[int, Bits]] = field(init=False, factory=dict)

    def decisions(self) -> Decisions:
        batch, answerer = self.batch, self.answerer
        is_read: dict[LinkedFacts, Bits] = {}
        for facts in answerer.facts:
            self.possible[facts] = [one.possible(batch) for one in facts.values]
            order = answerer.order[facts]
            self.can_be[facts] = facts.can_be(self.possible[facts], order, batch)
            if facts.is_alone:
                (value,) = facts.values
                if isinstance(value, FactValues):
                    read = value.open_to_reading(batch)
                    if read.any():
                        is_read[facts] = read
        found: dict[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]] = {}
        alone: list[_Numbers] = []
        linked: dict[LinkedFacts, list[_Told]] = {}
        for number, diagram in enumerate(answerer.diagrams):
            go_on(_DECIDED * number / len(answerer.diagrams))
            mine = {
                level.facts: is_read[level.facts]
                for level in diagram.levels
                if level.facts is not None and level.facts in is_read
            }
            seen = patterns(diagram, batch, self.can_be, mine)
            sweep = Sweep(diagram, seen)
            found[diagram.decision] = self.answers(diagram, sweep)
            if answerer.asks:
                self.tell_apart(diagram, sweep, alone, linked)
        if not answerer.asks:
            return Decisions(found, answerer.askable.nothing(batch.rows))
        columns = [*alone, *(self.linked_questions(f, t) for f, t in linked.items())]
        asked = self.questions([*columns, self.open_scopes(), self.open_weights(found)])
        return Decisions(found, asked)

    def answers(
        self, diagram: DecisionDiagram, sweep: Sweep
    ) -> tuple[tuple[GroupAnswer, ...], NDArray[Any]]:
        """The different answers of a decision, and which of them each patient has."""
        ends = sweep.ends
        members, rows = groups_of([plane for _, plane in ends], sweep.patterns.count)
        known, found = self.memory.answers, []
        for one in members:
            reached = tuple(ends[number][0] for number in one)
            key = (diagram.decision, reached)
            if key not in known:
                with self.memory.lock:
                    go_on()
                    known[key] = self.answer(diagram, reached)
            found.append(known[key])
        return tuple(found), rows.group[sweep.patterns.group]

    def answer(self, diagram: DecisionDiagram, reached: Sequence[int]) -> GroupAnswer:
        """What a decision says of everybody who reaches these ends; outside the scope, of none."""
        decision, evaluator = diagram.decision, self.answerer.question.evaluator
        if not reached:
            nothing = DecisionValue(decision=decision)
            return GroupAnswer(
                outcome=Outcome.SILENT, said=nothing, value=None, certain=True
            )
        seen = (decision, diagram.said.seen(reached))
        known = self.memory.different.get(seen)
        if known is None:
            said = [diagram.said.compositions[place] for place in reached]
            found = OpenDecision(parts=tuple([CompletionPart(1, one) for one in said]))
            known = answer_of(decision, found, evaluator, self.answerer.words)
            self.memory.different[seen] = known
        return known

    # -- questions

    def tell_apart(
        self,
        diagram: DecisionDiagram,
        sweep: Sweep,
        alone: list[_Numbers],
        linked: dict[LinkedFacts, list[_Told]],
    ) -> None:
        """Add what a decision needs to have told apart."""
        count, group = sweep.patterns.count, sweep.patterns.group
        singles: list[tuple[str, Bits]] = []
        for level, pairs in sorted(sweep.told_apart().items()):
            facts = diagram.levels[level].facts
            planes = [
                (pair, plane) for pair, plane in sorted(pairs.items()) if plane.any()
            ]
            if facts is None or not planes:
                continue
            if facts.is_alone:
                singles += [(facts.facts[0], plane) for _, plane in planes]
                continue
            members, rows = groups_of([plane for _, plane in planes], count)
            told = [tuple(planes[n][0] for n in one) for one in members]
            numbers = self.numbers(self.memory.told, told, rows, group)
            linked.setdefault(facts, []).append(
                _Told(
                    diagram,
                    level,
                    {self.memory.told.number(one): one for one in told},
                    numbers,
                )
            )
        if singles:
            members, rows = groups_of([plane for _, plane in singles], count)
            asked = [
                tuple((singles[n][0], self.bit(diagram)) for n in one)
                for one in members
            ]
            alone.append(self.numbers(self.memory.reasons, asked, rows, group))

    def bit(self, diagram: DecisionDiagram) -> int:
        return 1 << self.answerer.decisions.index(diagram.decision)

    def numbers(
        self,
        known: _Numbered,
        several: Sequence[Any],
        rows: Sorted,
        pattern: NDArray[Any] | None = None,
    ) -> _Numbers:
        """What each patient has, given what each group has of `rows`, or of their patterns."""
        with self.memory.lock:
            found = [known.number(one) for one in several]
        places = {number: place for place, number in enumerate(dict.fromkeys(found))}
        group = rows.group
        if len(places) < len(found):
            group = np.array([places[one] for one in found], np.uint32)[group]
        if pattern is not None:
            group = group[pattern]
        return _Numbers(np.array(list(places), np.uint32), Sorted(len(places), group))

    def linked_questions(self, facts: LinkedFacts, told: Sequence[_Told]) -> _Numbers:
        """What is asked of facts that belong together, as a number for each patient."""
        batch = self.batch
        wanted = np.zeros(batch.rows, np.bool_)
        for one in told:
            wanted |= (one.numbers.different != 0)[one.numbers.rows.group]
        where = np.flatnonzero(wanted)
        seen = [self.visible(one.diagram, facts) for one in told]
        states = self.states(facts, seen)
        state = [key[where] for key in keys_of(states, batch.rows)]
        keys = [
            key[where]
            for key in keys_of([p for some in seen for p in some], batch.rows)
        ]
        seen_alike = [sort_rows([key], len(where)) for key in (*state, *keys)]
        needed = [one.numbers.at(where) for one in told]
        groups = joined([*seen_alike, *needed], len(where))
        first = groups.first
        place = self.answerer.facts.index(facts)
        decisions = tuple(one.diagram.decision for one in told)
        every = zip(
            where[first].tolist(),
            zip(*(key[first].tolist() for key in state), strict=True),
            zip(*(key[first].tolist() for key in keys), strict=True),
            zip(*(one.numbers.of(where[first]) for one in told), strict=True),
            strict=True,
        )
        answers: list[Asked] = [()]
        alike: dict[Any, _Alike] = {}
        for count, (row, mine, visible, which) in enumerate(every):
            key = (place, decisions, mine, visible, which)
            if key not in self.memory.linked:
                with self.memory.lock:
                    go_on(_DECIDED + (1 - _DECIDED) * count / groups.count)
                    if (mine, visible) not in alike:
                        patient = batch.known(row, facts.stated)
                        alike[mine, visible] = _Alike(patient)
                    asked = self.asked_of(
                        facts, alike[mine, visible], visible, told, which
                    )
                    self.memory.linked[key] = asked
            answers.append(self.memory.linked[key])
        group = np.zeros(batch.rows, np.uint32)
        group[where] = groups.group
        group[where] += np.uint32(1)
        return self.numbers(self.memory.reasons, answers, Sorted(len(answers), group))

    def states(self, facts: LinkedFacts, seen: Sequence[Sequence[Bits]]) -> list[Bits]:
        """What is known of facts that belong together, as far as a question can depend on it.

        Of findings it does not depend on which of them are known where each decision sees them
        through one condition: then all that counts is whose answer would settle that condition.
        """
        batch, possible = self.batch, self.possible[facts]
        if not facts.telling:
            planes = [plane for some in possible for plane in some]
            values = (v for v in facts.values if isinstance(v, FactValues))
            return [*planes, *(value.open_to_reading(batch) for value in values)]
        several = nobody(batch.rows)
        for visible in seen:
            once = nobody(batch.rows)
            for plane in visible:
                several = several | (once & plane)
                once = once | plane
        found = [several]
        for value, own in zip(facts.values, possible, strict=True):
            is_fact = isinstance(value, FactValues)
            found += [plane & several if is_fact else plane for plane in own]
        order = self.answerer.telling[facts]
        return [*found, *(p & ~several for p in facts.tell(possible, order, batch))]

    def visible(self, diagram: DecisionDiagram, facts: LinkedFacts) -> list[Bits]:
        """Who leaves open the conditions through which a decision reads some facts."""
        batch = self.batch
        nodes, rails = batch.question.evaluator.program.nodes, batch.rails
        seen = dict.fromkeys(diagram.roots, batch.mask)
        for step in diagram.above:
            here = seen.get(step)
            if here is None:
                continue
            true, false = rails[step]
            here = here & ~(true | false)
            for operand in nodes[step].operands:
                before = seen.get(operand)
                seen[operand] = here if before is None else before | here
        nothing = nobody(batch.rows)
        return [
            seen[step] & ~(rails[step][0] | rails[step][1]) if step in seen else nothing
            for step in facts.true
        ]

    def asked_of(
        self,
        facts: LinkedFacts,
        alike: _Alike,
        visible: Sequence[int],
        told: Sequence[_Told],
        which: Sequence[int],
    ) -> Asked:
        """What is asked of facts that belong together, for everybody like some patient.

        Args:
            facts: The facts.
            alike: Everybody like that patient.
            visible: The conditions through which each decision sees the facts, as bits.
            told: What decisions need to have told apart.
            which: Which of it each needs, by number.
        """
        bits = sum(word << 64 * at for at, word in enumerate(visible))
        terms = tuple(facts.true)
        needed: dict[int, tuple[Needed, ...]] = {}
        for at, (one, number) in enumerate(zip(told, which, strict=True)):
            if number:
                key = (one.diagram.decision, number)
                if key not in alike.needed:
                    open_ = bits >> at * len(terms)
                    own = sorted(t for n, t in enumerate(terms) if open_ >> n & 1)
                    alike.needed[key] = needed_of(one, number, tuple(own), alike)
                needed[self.bit(one.diagram)] = alike.needed[key]
        ages = self.batch.question.evaluator.graph.derived
        wanted = ask([one for some in needed.values() for one in some], ages=ages)
        return tuple(
            (name, served)
            for served, some in needed.items()
            for name in ask(some, wanted, ages)
        )

    def open_scopes(self) -> _Numbers:
        """What each patient leaves open about the scope, as a number; 0 for nothing."""
        batch, known = self.batch, self.memory.scopes
        scope = batch.question.evaluator.program.scope
        true, false = batch.rails[scope]
        unsettled = batch.mask & ~(true | false)
        if not unsettled.any():
            return self.numbers(self.memory.reasons, [()], sort_rows([], batch.rows))
        planes = list(self.answerer.scope.seen(batch, unsettled))
        members, rows = groups_of([*(p for _, p in planes), unsettled], batch.rows)
        found: list[Asked] = []
        for one, row in zip(members, rows.first.tolist(), strict=True):
            if len(planes) not in one:
                found.append(())
                continue
            key = tuple(planes[n][0] for n in one[:-1])
            if key not in known:
                known[key] = needs((scope,), batch.known(row))
            spoken = batch.question.evaluator.spoken
            every = sum(
                1 << place
                for place, one in enumerate(self.answerer.decisions)
                if one in spoken
            )
            found.append(tuple((name, every) for name in known[key]))
        return self.numbers(self.memory.reasons, found, rows)

    def open_weights(
        self, found: Mapping[Decision, tuple[tuple[GroupAnswer, ...], NDArray[Any]]]
    ) -> _Numbers:
        """Which weights are unknown of each patient whose doses go by them (M95); 0 for none."""
        batch, reasons = self.batch, self.memory.reasons
        planes: list[tuple[tuple[str, int], Bits]] = []
        for place, decision in enumerate(self.answerer.decisions):
            answers, look = found[decision]
            for name in dict.fromkeys(n for one in answers for n in one.weights):
                cells = batch.cells.get(name)
                goes_by = np.array([name in one.weights for one in answers])
                plane = pack(goes_by[look]) & batch.mask
                plane &= ~cells.known if cells is not None else batch.mask
                if plane.any():
                    planes.append(((name, 1 << place), plane))
        members, rows = groups_of([plane for _, plane in planes], batch.rows)
        asked = [tuple(planes[n][0] for n in one) for one in members]
        return self.numbers(reasons, asked, rows)

    def questions(self, columns: Sequence[_Numbers]) -> QuestionLists:
        """The questions about each patient, by what is asked for which reason."""
        kept = [column for column in columns if column.different.any()]
        rows = joined([column.rows for column in kept], self.batch.rows)
        reasons = [
            (
                np.stack([self.served(n) for n in column.different.tolist()]),
                column.rows.group[rows.first],
            )
            for column in kept
        ]
        return self.answerer.askable.together(reasons, rows)

    def served(self, number: int) -> Served:
        """What one reason names."""
        memory = self.memory
        if number not in memory.served:
            found = self.answerer.askable.served(memory.reasons.things[number])
            memory.served[number] = found
        return memory.served[number]


def needed_of(
    told: _Told, number: int, terms: tuple[int, ...], alike: _Alike
) -> tuple[Needed, ...]:
    """What a decision needs to have told apart of facts that belong together.

    Args:
        told: The decision, and what it needs.
        number: The number of the pairs of values that are answered differently somewhere.
        terms: The conditions on these facts that are open, and through which they are seen.
        alike: The patients about whom it is so.
    """
    diagram, level = told.diagram, told.diagram.levels[told.level]
    at = [level.terms.index(term) for term in terms]
    truths = [tuple([truth[place] for place in at]) for truth in level.truths]
    apart = {(truths[one], truths[two]) for one, two in told.pairs[number]}
    apart |= {(two, one) for one, two in apart}
    patient = alike.patient
    known = patient.facts.values.keys()
    if terms not in alike.groups:
        alike.groups[terms] = groups_of_terms(terms, patient)
    groups = alike.groups[terms]
    if groups is None:
        return _drawn_needs(diagram.decision, terms, apart, patient)
    found = []
    for group in groups:
        mine = [terms.index(term) for term in group.terms]
        others = [place for place in range(len(terms)) if place not in mine]
        # Of facts that are open, those that nothing ties to this group can turn out in any way.
        here = {
            (tuple([one[p] for p in mine]), tuple([two[p] for p in mine]))
            for one, two in apart
            if all(one[p] == two[p] for p in others)
        }
        classes = [
            tuple([members & group.rails[term][0] != 0 for term in group.terms])
            for members in group.classes
        ]
        parts = _alike(classes, here)
        if len(set(parts)) > 1:
            answers = {n: a for n, a in group.answers.items() if n not in known}
            found.append(
                Distinction(decision=diagram.decision, alike=parts, answers=answers)
            )
    return tuple(found)


Truths: TypeAlias = tuple[bool, ...]


def _alike(
    classes: Sequence[Truths], apart: Container[tuple[Truths, Truths]]
) -> tuple[int, ...]:
    """The part of each class: classes that are nowhere answered differently are one part."""
    first: list[Truths] = []
    found = []
    for one in classes:
        place = next((n for n, f in enumerate(first) if (f, one) not in apart), None)
        if place is None:
            place = len(first)
            first.append(one)
        found.append(place)
    return tuple(found)


def _drawn_needs(
    decision: Decision,
    terms: Sequence[int],
    apart: Container[tuple[Truths, Truths]],
    patient: PatientView,
) -> tuple[Needed, ...]:
    """The same where the facts can be in too many cases to count them out."""
    cases = drawn_cases(terms, patient, MOST_STEPS)
    if cases is None:
        return ()
    sets = cases.sets
    classes: dict[Truths, int] = {(): cases.valid}
    for term in terms:
        classes = {
            (*told, truth): part
            for told, some in classes.items()
            for truth, part in (
                (False, sets.without(some, cases.true[term])),
                (True, sets.both(some, cases.true[term])),
            )
            if part != NONE
        }
    parts: dict[int, list[int]] = {}
    for number, some in zip(
        _alike(tuple(classes), apart), classes.values(), strict=True
    ):
        parts.setdefault(number, []).append(some)
    if len(parts) < 2:
        return ()
    functions = [tuple(sets.any_of(some) for some in parts.values())]
    return cases.needed(decision, functions, patient.facts.values.keys())
