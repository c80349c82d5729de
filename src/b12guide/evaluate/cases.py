"""Every completion of what is unknown, as sets: for decisions with too many to compose each.

Where the completions can be counted out, they are sets of worlds (`CountedCases`). Where there are
too many for that, what `b12guide.evaluate.completions` says with worlds is said with diagrams
(`b12guide.evaluate.diagram`, `DrawnCases`). Each open fact is a level, with its samples for values.
A definition that is asked for as one is a level as well, so that it can be told apart from the
facts behind it, and what ties open facts together is a set of cases of its own: those that may be
(M21).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from typing import Protocol

from attrs import define, field, frozen

from b12guide.evaluate import completions
from b12guide.evaluate.diagram import ALL, NONE, Diagrams, TooLargeError, in_order
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.patient_view import PatientView
from b12guide.evaluate.program import Op, Program, below, open_facts
from b12guide.evaluate.questions import Needed, apart
from b12guide.evaluate.ties import Tie, claims_in, ties_of
from b12guide.evaluate.worlds import Sample, Space, TrueOf, domains, linked
from b12guide.graph.condition import Leaf
from b12guide.graph.model import Decision

Ways = tuple[tuple[int, ...], ...]


class Sets(Protocol):
    """How sets of cases are put together; each set is a number, 0 the empty one.

    Attributes:
        steps: The work done.
    """

    steps: int

    def both(self, one: int, two: int) -> int:
        """What lies in both."""
        ...

    def either(self, one: int, two: int) -> int:
        """What lies in one of them at least."""
        ...

    def without(self, one: int, two: int) -> int:
        """What lies in the first and not in the second."""
        ...

    def opposite(self, one: int) -> int:
        """What does not lie in it."""
        ...

    def any_of(self, sets: Iterable[int]) -> int:
        """What lies in any of them."""
        ...

    def forget(self) -> None:
        """Let go of what was worked out so far."""
        ...


class Cases(Protocol):
    """The cases that some conditions can tell apart."""

    @property
    def sets(self) -> Sets:
        """How they are put together."""
        ...

    @property
    def true(self) -> Mapping[int, int]:
        """Of each condition asked for, the cases in which it is true."""
        ...

    @property
    def valid(self) -> int:
        """The cases that may be."""
        ...

    def may_be(self, sets: Iterable[int]) -> int:
        """The cases that may be, as far as the facts go that `sets` depend on."""
        ...

    def needed(
        self,
        decision: Decision,
        functions: Sequence[tuple[int, ...]],
        known: Collection[str],
    ) -> tuple[Needed, ...]:
        """What has to be told apart so that each of `functions` has one answer."""
        ...


# -------------------------------------------------------------------- cases, counted out


class _CountedSets:
    """Sets of worlds as bits."""

    def __init__(self, space: Space, most: int) -> None:
        self.mask = space.mask
        self.most = most
        self.cost = 1 + space.count // _WORLDS_A_STEP
        self.steps = 0

    def both(self, one: int, two: int) -> int:
        self._count()
        return one & two

    def either(self, one: int, two: int) -> int:
        self._count()
        return one | two

    def without(self, one: int, two: int) -> int:
        self._count()
        return one & ~two

    def opposite(self, one: int) -> int:
        self._count()
        return self.mask & ~one

    def any_of(self, sets: Iterable[int]) -> int:
        return reduce(self.either, sets, NONE)

    def forget(self) -> None:
        """There is nothing to let go of."""

    def _count(self) -> None:
        self.steps += self.cost
        if self.steps > self.most:
            raise TooLargeError


_WORLDS_A_STEP = 1 << 12
"""So many worlds are put together in the time of one step of a diagram."""


@define(eq=False, repr=False)
class CountedCases:
    """The cases as worlds that were counted out."""

    found: completions.Completions
    sets: _CountedSets

    @classmethod
    def of(cls, found: completions.Completions, most: int) -> CountedCases:
        """The cases of `found`, on which `most` steps may be spent."""
        return cls(found, _CountedSets(found.space, most))

    @property
    def true(self) -> Mapping[int, int]:
        """Of each condition asked for, the cases in which it is true."""
        return self.found.true

    @property
    def valid(self) -> int:
        """The cases that may be: all that were counted."""
        return self.found.space.mask

    def may_be(self, sets: Iterable[int]) -> int:  # noqa: ARG002 -- all of them may be
        """The cases that may be."""
        return self.found.space.mask

    def needed(
        self,
        decision: Decision,
        functions: Sequence[tuple[int, ...]],
        known: Collection[str],
    ) -> tuple[Needed, ...]:
        """What has to be told apart so that each of `functions` has one answer."""
        return apart(decision, self.found, functions, known)


# ------------------------------------------------------------------------- cases, drawn


@frozen(kw_only=True, eq=False, repr=False)
class TiedFacts:
    """Open facts that belong together.

    Attributes:
        names: The facts, and the definitions among them that are asked for as one.
        shown: Those that the conditions asked for read, and not only what ties them. A
            definition behind which one fact is open stands for that fact, too.
        valid: The cases that may be, as far as these facts go.
    """

    names: tuple[str, ...]
    shown: frozenset[str]
    valid: int


@define(kw_only=True, slots=False, eq=False, repr=False)
class DrawnCases:
    """The cases that some conditions can tell apart.

    Attributes:
        sets: The diagrams in which everything here is drawn.
        level: The level of each fact, and of each definition that is asked for as one.
        samples: The values of each fact.
        tied: The facts that belong together.
        true: Of each condition asked for, the cases in which it is true.
        place: The facts that belong together with the one of a level, as a place in `tied`.
    """

    sets: Diagrams
    level: Mapping[str, int]
    samples: Mapping[str, tuple[Sample, ...]]
    tied: tuple[TiedFacts, ...]
    true: Mapping[int, int]
    place: Mapping[int, int] = field(init=False)

    @place.default
    def _place(self) -> dict[int, int]:
        return {
            self.level[name]: place
            for place, tied in enumerate(self.tied)
            for name in tied.names
        }

    @cached_property
    def ways(self) -> Mapping[int, Ways]:
        """How each fact is left out: apart for each reading of the source's own ranges.

        What the source leaves open is no question about the patient: completions that read a range
        in different ways are never held against each other (M25).
        """
        return {
            level: _ways(self.samples[name])
            if name in self.samples
            else (tuple(range(self.sets.sizes[level])),)
            for name, level in self.level.items()
        }

    @cached_property
    def names(self) -> Mapping[str, int]:
        """What could be asked, with the number of its answers."""
        found = {
            name: 2 if name not in self.samples else len(self.samples[name])
            for name in self.level
        }
        return {
            name: count
            for name, count in found.items()
            if name not in self.samples or len({v for v, _ in self.samples[name]}) > 1
        }

    @cached_property
    def valid(self) -> int:
        """The cases that may be."""
        return self.sets.all_of([tied.valid for tied in self.tied])

    def needed(
        self,
        decision: Decision,
        functions: Sequence[tuple[int, ...]],
        known: Collection[str],
    ) -> tuple[Needed, ...]:
        """What has to be told apart so that each of `functions` has one answer."""
        asked = {name: count for name, count in self.names.items() if name not in known}
        return (
            _Needs(
                decision=decision, cases=self, asked=asked, functions=tuple(functions)
            ),
        )

    def may_be(self, sets: Iterable[int]) -> int:
        """The cases that may be, as far as the facts go that `sets` depend on."""
        levels = frozenset[int]().union(*map(self.sets.levels, sets))
        places = sorted({self.place[level] for level in levels})
        return self.sets.all_of([self.tied[place].valid for place in places])


def drawn_cases(
    roots: Sequence[int], patient: PatientView, most: int
) -> DrawnCases | None:
    """The cases that the conditions `roots` can tell apart; None where there is none at all.

    Raises:
        TooLargeError: They take more than `most` steps to draw.
    """
    known, program = patient.rails, patient.evaluator.program
    terms, above = completions.frontier(
        [r for r in roots if known[r] == (0, 0)], patient
    )
    seen = {term: open_facts(program, term, known) for term in terms}
    ties = ties_of(patient)
    parts = [
        part
        for part in linked([*seen.values(), *(tie.facts for tie in ties)])
        if any(seen[term] <= part for term in terms)
    ]
    mine = [tie for tie in ties if any(tie.facts <= part for part in parts)]
    ends = (end for tie in mine for end in tie.ends)
    steps = below(program, (*terms, *ends), patient.closed)
    facts = frozenset[str]().union(*parts)
    every = dict.fromkeys((*steps, *(step for tie in mine for step in tie.loose)))
    samples = domains(facts, patient.evaluator.graph, program, patient.facts, every)
    claims = {claim: f"on record {claim}" for claim in claims_in(mine, program)}
    asked = {
        term: program.nodes[term].name
        for term in terms
        if program.nodes[term].op is Op.DEFINED
    }
    near: list[Iterable[str]] = [
        (*tie.facts, *(name for claim, name in claims.items() if claim in tie.loose))
        for tie in mine
    ]
    near += [(*seen[term], name) for term, name in asked.items()]
    stop = frozenset(terms) | patient.closed
    for root in dict.fromkeys(roots):  # the names that one condition reads
        if known[root] == (0, 0):
            read = [t for t in below(program, (root,), stop) if t in seen]
            near.append(
                frozenset().union(
                    *((asked[t],) if t in asked else seen[t] for t in read)
                )
            )
    names = in_order((*samples, *asked.values(), *claims.values()), near)
    level = {name: place for place, name in enumerate(names)}
    sizes = [len(samples[name]) if name in samples else 2 for name in names]
    true_of = {name: TrueOf.of(offered) for name, offered in samples.items()}
    on_record = {claim: level.pop(name) for claim, name in claims.items()}
    drawing = _Drawing(Diagrams(sizes, most), level, true_of, patient)
    inside = drawing.drawn(steps)
    tied = []
    for part in parts:
        own = [term for term in terms if seen[term] <= part]
        bound = [tie for tie in mine if tie.facts <= part]
        valid = drawing.diagrams.both(
            drawing.kept([tie for tie in bound if not tie.loose], inside),
            drawing.kept_somehow([tie for tie in bound if tie.loose], on_record),
        )
        for term in own:
            if term in asked:
                valid = drawing.same(valid, inside[term], level[asked[term]])
        if valid == NONE:
            return None
        tied.append(
            TiedFacts(
                names=tuple(sorted({*part, *(asked[t] for t in own if t in asked)})),
                shown=frozenset(
                    name
                    for t in own
                    for name in (
                        (asked[t], *(seen[t] if len(seen[t]) == 1 else ()))
                        if t in asked
                        else seen[t]
                    )
                ),
                valid=valid,
            )
        )
    true = {
        term: drawing.diagrams.having(level[asked[term]], (1,))
        if term in asked
        else inside[term]
        for term in terms
    }
    found = drawing.drawn((*above, *roots), true)
    return DrawnCases(
        sets=drawing.diagrams,
        level=level,
        samples=samples,
        tied=tuple(tied),
        true={root: found[root] for root in roots},
    )


def _ways(samples: Sequence[Sample]) -> Ways:
    """The samples that may be held against each other: those that read no range differently."""
    readings: dict[object, set[Reading]] = {}
    for value, reading in samples:
        readings.setdefault(value, set()).add(reading)
    is_open = [len(readings[value]) > 1 for value, _ in samples]
    if not any(is_open):
        return (tuple(range(len(samples))),)
    return tuple(
        tuple(
            place
            for place, (_, reading) in enumerate(samples)
            if not is_open[place] or reading is way
        )
        for way in (Reading.LOWER, Reading.UPPER)
    )


def drawn(
    diagrams: Diagrams,
    program: Program,
    steps: Iterable[int],
    known: Mapping[int, int],
    having: Callable[[Leaf], int],
) -> dict[int, int]:
    """The cases in which each of `steps`, or of what is `known`, is true.

    Args:
        diagrams: Where they are drawn.
        program: What the steps belong to.
        steps: Conditions, and everything below them down to what is known.
        known: What is drawn already.
        having: Draws an atom.
    """
    found = dict(known)
    for step in sorted(set(steps)):
        if step in found:
            continue
        node = program.nodes[step]
        if node.leaf is not None:
            found[step] = having(node.leaf)
            continue
        operands = [found[operand] for operand in node.operands]
        if node.op is Op.NOT:
            found[step] = diagrams.opposite(operands[0])
        elif node.op is Op.ANY:
            found[step] = diagrams.any_of(operands)
        else:  # a definition is what its one operand is
            found[step] = diagrams.all_of(operands)
    return found


@define(eq=False, repr=False)
class _Drawing:
    """Draws conditions."""

    diagrams: Diagrams
    level: Mapping[str, int]
    true: Mapping[str, TrueOf]
    patient: PatientView

    def drawn(
        self, steps: Collection[int], known: Mapping[int, int] | None = None
    ) -> dict[int, int]:
        """The cases in which each of `steps`, or of what is `known`, is true."""
        found = {
            step: ALL if true else NONE
            for step, (true, _) in completions.constants(
                steps, self.patient.rails, 1
            ).items()
        }
        found |= known or {}
        program = self.patient.evaluator.program
        return drawn(self.diagrams, program, steps, found, self.having)

    def having(self, leaf: Leaf) -> int:
        """The cases in which an atom is true."""
        return self.diagrams.having(
            self.level[leaf.fact], self.true[leaf.fact].digits(leaf)
        )

    def kept(self, ties: Iterable[Tie], inside: Mapping[int, int]) -> int:
        """The cases in which all ties are kept."""
        diagrams, valid = self.diagrams, ALL
        for tie in ties:
            denied = (
                NONE if tie.premise is None else diagrams.opposite(inside[tie.premise])
            )
            so = NONE if tie.conclusion is None else inside[tie.conclusion]
            valid = diagrams.both(valid, diagrams.either(denied, so))
        return valid

    def kept_somehow(self, ties: Sequence[Tie], on_record: Mapping[int, int]) -> int:
        """The cases in which ties are kept, whatever is on record of what is not known (M14).

        Args:
            ties: Definitions that ask what is on record.
            on_record: The level of each node that does, where the answer is open.
        """
        if not ties:
            return ALL
        diagrams, program = self.diagrams, self.patient.evaluator.program
        loose = {step: rails for tie in ties for step, rails in tie.loose.items()}
        known = {
            step: ALL if true else NONE
            for step, (true, _) in completions.constants(loose, loose, 1).items()
        }
        claims = claims_in(ties, program)
        known |= {claim: diagrams.having(on_record[claim], (1,)) for claim in claims}
        inside = drawn(diagrams, program, loose, known, self.having)
        valid = self.kept(ties, inside)
        for claim in claims:
            if program.nodes[claim].op is Op.ESTABLISHED:
                so = inside[program.nodes[claim].operands[0]]
                denied = diagrams.opposite(inside[claim])
                valid = diagrams.both(valid, diagrams.either(denied, so))
        ways = {on_record[claim]: ((0, 1),) for claim in claims}
        return diagrams.regardless(valid, ways)

    def same(self, valid: int, inside: int, level: int) -> int:
        """Of `valid`, the cases in which a definition is as true as its condition."""
        diagrams = self.diagrams
        holds_ = diagrams.both(inside, diagrams.having(level, (1,)))
        fails = diagrams.both(diagrams.opposite(inside), diagrams.having(level, (0,)))
        return diagrams.both(valid, diagrams.either(holds_, fails))


# ---------------------------------------------------------------------- questions, drawn


@define(kw_only=True, slots=False, eq=False, repr=False)
class _Needs:
    """What a decision needs to have told apart: each function settled by what is asked.

    A function is settled by some names when no two of its sets hold cases that agree on these.

    Attributes:
        asked: What could be asked, with the number of answers.
        functions: Sets of cases that are answered differently.
    """

    decision: Decision
    cases: DrawnCases
    asked: Mapping[str, int]
    functions: tuple[tuple[int, ...], ...]
    memory: dict[tuple[int, frozenset[str]], bool] = field(init=False, factory=dict)

    @cached_property
    def reads(self) -> tuple[frozenset[str], ...]:
        """The names that each function may depend on."""
        levels = self.cases.sets.levels
        name_of = {level: name for name, level in self.cases.level.items()}
        found = []
        for sets in self.functions:
            seen = frozenset[int]().union(*map(levels, sets))
            found.append(frozenset(name_of[level] for level in seen))
        return tuple(found)

    @cached_property
    def names(self) -> Mapping[str, int]:
        """Those of the names that tell something apart."""
        every = frozenset(self.asked)
        found: dict[str, int] = {}
        for tied in self.cases.tied:
            without = every.difference(tied.names)
            if not self.is_settled_by(without):
                found |= {
                    n: self.asked[n]
                    for n in tied.names
                    if n in tied.shown and n in every
                }
        return found

    @property
    def content(self) -> Hashable:
        """What makes it what it is; no two are known to be alike."""
        return self

    def variety(self, name: str) -> int:
        """The number of different answers that `name` can have."""
        return self.asked.get(name, 0)

    def is_settled_by(self, names: Iterable[str]) -> bool:
        """Whether the answers to `names` settle all that any answer could settle."""
        names, every = frozenset(names), frozenset(self.asked)
        return all(
            self._is_settled(number, names) or not self._is_settled(number, every)
            for number in range(len(self.functions))
        )

    def _is_settled(self, number: int, names: frozenset[str]) -> bool:
        mine = names & self.reads[number]
        key = (number, mine)
        if key not in self.memory:
            try:
                self.memory[key] = self._is_function_of(number, mine)
            except TooLargeError:
                self.memory[key] = False  # asked for all the same
        return self.memory[key]

    def _is_function_of(self, number: int, names: frozenset[str]) -> bool:
        diagrams, level = self.cases.sets, self.cases.level
        gone = {
            level[name]: self.cases.ways[level[name]]
            for name in self.reads[number] - names
        }
        seen = NONE
        for cases in self.functions[number]:
            here = diagrams.regardless(cases, gone)
            if diagrams.both(seen, here) != NONE:
                return False
            seen = diagrams.either(seen, here)
        return True
