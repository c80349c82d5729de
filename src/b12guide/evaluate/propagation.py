"""What follows at once: unit propagation over implications, definitions and atoms.

Facts that implications (or stated definitions) tie together form a `Component`. Its conditions are
a circuit: every node is true, false or not yet known. A statement narrows the values that a fact
can have, which settles atoms; a settled node settles others above it (an operand that decides),
below it (a true conjunction makes its operands true) and beside it (a true premise makes its
conclusion true, a false conclusion its premise false). Each node is settled once and each operand
counted once, so the time is linear in the size of the component, however many facts it ties
together (Dowling and Gallier 1984).

What is found this way is so in every completion (M4). The converse does not hold; what is tried
after it stands in `b12guide.evaluate.implications`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from b12guide.evaluate.facts import NO_VALUE, Reading, compare
from b12guide.evaluate.program import Op, Program, below
from b12guide.evaluate.worlds import choice_values, readings
from b12guide.graph.condition import Compare, HasValue, Leaf, OneOf
from b12guide.graph.model import Fact
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind

# ---------------------------------------------------------------- the values of a fact


@frozen(eq=False, repr=False)
class Domain:
    """The values of a fact that the atoms about it can tell apart, one bit each.

    A measure has a bit for each threshold and for each stretch between two of them, or two bits
    where the source prints a range as a threshold and the value lies inside it: one for each
    reading.

    Attributes:
        values: Of a finding, event or choice, the value that each bit stands for.
        every: The bits of all values that the fact can have.
        true: The bits of the values that make an atom true, by the atom's step.
        cuts: The thresholds of a measure, in order.
        cells: The bits of each stretch and each threshold of a measure, in turn.
    """

    every: int
    true: Mapping[int, int]
    values: tuple[FactValue, ...] = ()
    cuts: tuple[Fraction, ...] = ()
    cells: tuple[int, ...] = ()

    def bits_of(self, value: FactValue) -> int:
        """The bits of a single value."""
        if not self.cells:
            return 1 << self.values.index(value) if value in self.values else 0
        number = Fraction(value)
        at = bisect_left(self.cuts, number)
        is_cut = at < len(self.cuts) and self.cuts[at] == number
        return self.cells[2 * at + 1 if is_cut else 2 * at]

    def only(self, bits: int) -> FactValue | None:
        """The one value that `bits` leave, if there is just one and it has a name."""
        if not self.cells:
            value = self.values[bits.bit_length() - 1]
            return None if bits & (bits - 1) or value == NO_VALUE else value
        left = [place for place, cell in enumerate(self.cells) if cell & bits]
        if len(left) != 1 or left[0] % 2 == 0:
            return None
        number = self.cuts[left[0] // 2]
        return int(number) if number.denominator == 1 else number

    def some(self, bits: int) -> tuple[FactValue, ...]:
        """The values that `bits` leave to a choice."""
        return tuple(value for i, value in enumerate(self.values) if bits >> i & 1)


def domain_of(fact: Fact, leaves: Mapping[int, Leaf], reading: Reading) -> Domain:
    """The values of `fact` as far as `leaves`, by their steps, tell them apart."""
    match fact.kind:
        case Kind.MEASURE:
            return _measure(fact, leaves, reading)
        case Kind.CHOICE:
            values: tuple[FactValue, ...] = choice_values(fact)
        case _:
            values = (False, True)
    return Domain(
        every=(1 << len(values)) - 1,
        true={
            step: sum(
                1 << place
                for place, value in enumerate(values)
                if (value in leaf.values if isinstance(leaf, OneOf) else value is True)
            )
            for step, leaf in leaves.items()
        },
        values=values,
    )


def _measure(fact: Fact, leaves: Mapping[int, Leaf], reading: Reading) -> Domain:
    bounds = {step: leaf for step, leaf in leaves.items() if isinstance(leaf, Compare)}
    low, high = fact.plausible or (None, None)
    ends = {cut for leaf in bounds.values() for cut in (leaf.low, leaf.high)}
    ends |= {end for end in (low, high, fact.absent) if end is not None}
    cuts = tuple(sorted(ends))
    every, cells, count = 0, [], 0
    true = dict.fromkeys(bounds, 0)
    # A number in each stretch and each threshold, in order.
    stretches = [Fraction(0)]
    if cuts:
        between = [(a + b) / 2 for a, b in pairwise(cuts)]
        stretches = [cuts[0] - 1, *between, cuts[-1] + 1]
    numbers = [n for pair in zip(stretches, cuts, strict=False) for n in pair]
    for place, number in enumerate((*numbers, stretches[-1])):
        ways = {
            tuple(
                compare(
                    leaf.operator,
                    number,
                    leaf.low if way is Reading.LOWER else leaf.high,
                )
                for leaf in bounds.values()
            )
            for way in readings(reading)
        }
        cells.append(((1 << len(ways)) - 1) << count)
        for way in sorted(ways):
            for step, is_so in zip(bounds, way, strict=True):
                true[step] |= is_so << count
            count += 1
        if low is None or high is None or (low <= number <= high):
            every |= cells[place]
    return Domain(every=every, true=true, cuts=cuts, cells=tuple(cells))


# ------------------------------------------------------------ what ties facts together


@frozen(eq=False, repr=False)
class Component:
    """Facts that constraints tie together, and the circuit of the constraints.

    Attributes:
        facts: The facts.
        implications: Premise and conclusion of each implication, by its number in the program. What
            is established is so: numbers beyond those of the program say that of a node.
        definitions: The definitions whose truth a patient states.
        domains: The values of each fact; whether something is on record is like a fact of its own,
            which only a definition that is stated can say something about (M14).
        leaves: The atoms about each fact.
        about: The fact that each atom is about.
        users: The steps that a step is an operand of.
        then: What the truth of a step makes true, with the number of the implication.
        since: What the falsehood of a step makes false, likewise.
        record: The nodes that ask whether something is on record.
        constant: The truth of atoms that every value of their fact makes true, or false.
        is_plain: Whether nothing more can follow once each constraint is kept whatever the
            unknown facts are: no definition in the constraints reads a fact twice, or something
            that is always so, and none of them asks about the record.
    """

    program: Program
    facts: tuple[str, ...]
    implications: Mapping[int, tuple[int, int]]
    definitions: tuple[str, ...]
    steps: tuple[int, ...]
    domains: Mapping[str, Domain]
    leaves: Mapping[str, tuple[int, ...]]
    about: Mapping[int, str]
    users: Mapping[int, tuple[int, ...]]
    then: Mapping[int, tuple[tuple[int, int], ...]]
    since: Mapping[int, tuple[tuple[int, int], ...]]
    record: tuple[int, ...]
    constant: Mapping[int, bool]
    is_plain: bool

    @classmethod
    def of(
        cls,
        program: Program,
        facts: Mapping[str, Fact],
        implications: tuple[int, ...],
        definitions: tuple[str, ...],
        reading: Reading,
    ) -> Component:
        """The component of `facts`, which these constraints tie together."""
        nodes = program.nodes
        ends = [step for n in implications for step in program.implications[n]]
        ends += [program.definitions[name] for name in definitions]
        steps = below(program, ends, frozenset())
        tied = {number: program.implications[number] for number in implications}
        leaves: dict[str, dict[int, Leaf]] = {name: {} for name in facts}
        domains: dict[str, Domain] = {}
        about: dict[int, str] = {}
        users: dict[int, list[int]] = {}
        for step in steps:
            node = nodes[step]
            if isinstance(node.leaf, HasValue):
                continue  # true of everybody; what is asked is whether it is on record
            if node.leaf is not None:
                about[step] = node.leaf.fact
                leaves[node.leaf.fact][step] = node.leaf
            elif step in program.record:
                about[step] = name = f"on record {step}"
                domains[name] = Domain(
                    every=0b11, true={step: 0b10}, values=(False, True)
                )
                if node.op is Op.ESTABLISHED:
                    number = len(program.implications) + step
                    tied[number] = (step, node.operands[0])
            else:
                for operand in node.operands:
                    users.setdefault(operand, []).append(step)
        then: dict[int, list[tuple[int, int]]] = {}
        since: dict[int, list[tuple[int, int]]] = {}
        for number, (premise, conclusion) in tied.items():
            then.setdefault(premise, []).append((conclusion, number))
            since.setdefault(conclusion, []).append((premise, number))
        domains |= {
            name: domain_of(facts[name], found, reading)
            for name, found in leaves.items()
        }
        constant = {
            step: bool(domain.every & true)
            for domain in domains.values()
            for step, true in domain.true.items()
            if not domain.every & true or not domain.every & ~true
        }
        return cls(
            program=program,
            facts=tuple(facts),
            implications=tied,
            definitions=definitions,
            steps=steps,
            domains=domains,
            leaves={name: tuple(domain.true) for name, domain in domains.items()},
            about=about,
            users={step: tuple(found) for step, found in users.items()},
            then={step: tuple(found) for step, found in then.items()},
            since={step: tuple(found) for step, found in since.items()},
            record=tuple(step for step in steps if step in program.record),
            constant=constant,
            is_plain=not constant
            and program.record.isdisjoint(steps)
            and all(
                program.reads_once[step]
                for step in steps
                if nodes[step].op is Op.DEFINED
            ),
        )


# ----------------------------------------------------------------- what follows at once


@frozen(eq=False, repr=False)
class Cause:
    """Why a node is settled: nodes settled before it, the value of a fact, an implication.

    Attributes:
        steps: Nodes; those that were settled later play no part.
        fact: A fact whose values were narrowed.
        implication: The number of an implication.
    """

    steps: tuple[int, ...] = ()
    fact: str | None = None
    implication: int | None = None


@frozen(eq=False, repr=False)
class Clash:
    """A contradiction, and what brought it about.

    Attributes:
        facts: The stated facts, definitions included.
        implications: The numbers of the implications.
    """

    facts: frozenset[str]
    implications: frozenset[int]


class Deduction:
    """What has followed so far in one component. It changes, and is gone after an answer.

    It works like a solver for satisfiability (Marques-Silva and Sakallah 1996): what is settled
    stands on a trail, each node with what brought it about. So it can be taken back when a search
    has tried something, and a contradiction can be traced to the statements and implications that
    are to blame, so that the message can name them.

    Attributes:
        truths: The settled nodes, in the order in which they were settled.
        left: The values that are left to a fact, where some are not.
        stated: The facts and definitions that were narrowed by a statement.
        clash: The first contradiction met.
    """

    def __init__(self, component: Component) -> None:
        self.component = component
        self.truths: dict[int, bool] = {}
        self.left: dict[str, int] = {}
        self.stated: set[str] = set()
        self.clash: Clash | None = None
        self.work = 0
        self._trail: list[int] = []
        self._place: dict[int, int] = {}
        self._causes: dict[int, Cause] = {}
        self._narrowed: list[tuple[str, int | None]] = []
        self._counted: dict[int, int] = {}
        self._done = 0
        for step in component.steps:
            node = component.program.nodes[step]
            if node.op in {Op.ALL, Op.ANY} and not node.operands:
                self.assign(step, node.op is Op.ALL, Cause())
        for step, truth in component.constant.items():
            self.assign(step, truth, Cause())

    # -- statements

    def state(self, fact: str, bits: int) -> None:
        """Take it as stated that `fact` has one of the values `bits`."""
        self.stated.add(fact)
        if bits:
            self._leave(fact, bits)  # even a value that is not plausible
        else:
            self.refuse((Cause(fact=fact),))

    def define(self, name: str, *, truth: bool) -> None:
        """Take it as stated that a definition holds, or does not."""
        self.stated.add(name)
        step = self.component.program.definitions[name]
        self.assign(step, truth, Cause(fact=name))

    def narrow(self, fact: str, bits: int) -> None:
        """Leave only the values `bits` to a fact, and settle what that settles."""
        before = self.values(fact)
        left = before & bits
        if left == before:
            return
        if left:
            self._leave(fact, left)
        else:
            self.refuse((Cause(self.component.leaves[fact], fact),))

    def _leave(self, fact: str, left: int) -> None:
        self._narrowed.append((fact, self.left.get(fact)))
        self.left[fact] = left
        true = self.component.domains[fact].true
        for leaf in self.component.leaves[fact]:
            if not left & ~true[leaf]:
                self.assign(leaf, True, Cause(self.component.leaves[fact], fact))
            elif not left & true[leaf]:
                self.assign(leaf, False, Cause(self.component.leaves[fact], fact))

    def values(self, fact: str) -> int:
        """The bits of the values that are left to a fact."""
        left = self.left.get(fact)
        return self.component.domains[fact].every if left is None else left

    def assign(self, step: int, truth: bool, cause: Cause) -> None:
        """Settle a node, unless it is settled already."""
        known = self.truths.get(step)
        if known is None:
            self.truths[step] = truth
            self._place[step] = len(self._trail)
            self._causes[step] = cause
            self._trail.append(step)
        elif known is not truth:
            self.refuse((cause, self._causes[step]))

    # -- what follows

    def follow(self) -> bool:
        """Settle everything that follows at once; False where that is a contradiction."""
        while self._done < len(self._trail) and self.clash is None:
            step = self._trail[self._done]
            self._done += 1
            self.work += 1
            truth = self.truths[step]
            self._below(step, truth)
            for user in self.component.users.get(step, ()):
                self._above(user, step, truth)
            beside = self.component.then if truth else self.component.since
            for other, number in beside.get(step, ()):
                self.assign(other, truth, Cause((step,), implication=number))
        return self.clash is None

    def _below(self, step: int, truth: bool) -> None:
        """What a settled node says about its fact and its operands."""
        node = self.component.program.nodes[step]
        if step in self.component.about:
            fact = self.component.about[step]
            true = self.component.domains[fact].true[step]
            self.narrow(fact, true if truth else ~true)
        match node.op:
            case Op.NOT:
                self.assign(node.operands[0], not truth, Cause((step,)))
            case Op.DEFINED:
                self.assign(node.operands[0], truth, Cause((step,)))
            case Op.ALL | Op.ANY:
                if truth is (node.op is Op.ALL):
                    for operand in node.operands:
                        self.assign(operand, truth, Cause((step,)))
                else:
                    self._last(step)
            case _:
                return

    def _above(self, user: int, step: int, truth: bool) -> None:
        """What a settled operand says about `user`."""
        node = self.component.program.nodes[user]
        match node.op:
            case Op.NOT:
                self.assign(user, not truth, Cause((step,)))
            case Op.DEFINED:
                self.assign(user, truth, Cause((step,)))
            case Op.ALL | Op.ANY if truth is not (node.op is Op.ALL):
                self.assign(user, truth, Cause((step,)))
            case Op.ALL | Op.ANY:
                # Operands that decide nothing by themselves are counted and not looked at again,
                # which is what keeps all of this linear.
                self._counted[user] = counted = self._counted.get(user, 0) + 1
                if counted == len(node.operands):
                    self.assign(user, truth, Cause(node.operands))
                else:
                    self._last(user)
            case _:
                return

    def _last(self, step: int) -> None:
        """Where all operands but one leave a settled node open, the last one decides it."""
        node = self.component.program.nodes[step]
        neutral = node.op is Op.ALL
        if self._counted.get(step, 0) != len(node.operands) - 1:
            return
        if self.truths.get(step) is not (not neutral):
            return
        for operand in node.operands:
            if self.truths.get(operand) is not neutral:
                self.assign(operand, not neutral, Cause((step, *node.operands)))
                return

    # -- trying

    def mark(self) -> tuple[int, int]:
        """Where to come back to with `undo`; everything so far must have been followed."""
        return len(self._trail), len(self._narrowed)

    def undo(self, mark: tuple[int, int]) -> None:
        """Forget everything since `mark`."""
        trail, narrowed = mark
        nodes = self.component.program.nodes
        while len(self._trail) > trail:
            step = self._trail.pop()
            truth = self.truths.pop(step)
            del self._place[step], self._causes[step]
            if len(self._trail) < self._done:  # only what was followed was counted
                for user in self.component.users.get(step, ()):
                    op = nodes[user].op
                    if op in {Op.ALL, Op.ANY} and truth is (op is Op.ALL):
                        self._counted[user] -= 1
        while len(self._narrowed) > narrowed:
            fact, before = self._narrowed.pop()
            if before is None:
                del self.left[fact]
            else:
                self.left[fact] = before
        self._done = trail
        self.clash = None

    def changed_since(self, mark: tuple[int, int]) -> frozenset[str]:
        """The facts whose values were narrowed since `mark`."""
        return frozenset(fact for fact, _ in self._narrowed[mark[1] :])

    # -- why

    def refuse(self, causes: Iterable[Cause], implications: Iterable[int] = ()) -> None:
        """Take note of a contradiction between what is behind `causes`, and `implications`."""
        if self.clash is None:
            # Back from a contradiction to what was stated, and to the
            # implications on the way.
            numbers = set(implications)
            facts: set[str] = set()
            seen: set[int] = set()
            written = len(self.component.program.implications)
            pending = [(cause, len(self._trail)) for cause in causes]
            while pending:
                cause, place = pending.pop()
                number = cause.implication
                if number is not None and number < written:
                    numbers.add(number)
                if cause.fact is not None and cause.fact in self.stated:
                    facts.add(cause.fact)
                for step in cause.steps:
                    if self._place.get(step, place) < place and step not in seen:
                        seen.add(step)
                        pending.append((self._causes[step], self._place[step]))
            self.clash = Clash(frozenset(facts), frozenset(numbers))
