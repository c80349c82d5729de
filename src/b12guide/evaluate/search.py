"""What follows in one component beyond what follows at once: its parts, one after the other.

What propagation leaves open falls into parts that share no open fact. A part that is small enough
is worked out over all its worlds, as bit sets; in a large one a search looks for a completion with
each value that a fact might have (Davis, Logemann and Loveland 1962). Both are exact. The search
may have too much to do, and then it says so.

With `otherwise absent` (M6) some worlds are preferred to others, as in the preferential models of
Shoham (1988): of the worlds that agree on the facts stated to be unknown, those in which as many of
the unmentioned facts as possible are absent. These facts are held fixed, as circumscription holds
some predicates fixed (McCarthy 1986), because "unknown" is a statement: to prefer that such a fact
is absent as well would answer what the caller left open on purpose. Preferred worlds are counted
and not compared by inclusion, so that M6 can be said in one sentence. What is absent in all of them
is known to be absent. Where one of two unmentioned facts has to be so, neither is absent in all of
them, and both stay unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from itertools import product
from math import prod

from attrs import define, field, frozen

from b12guide.evaluate.program import Op
from b12guide.evaluate.propagation import Cause, Component, Deduction
from b12guide.evaluate.worlds import Space, linked
from b12guide.graph.condition import HasValue

LIMIT = 1 << 20
"""The worlds of a part that are worked out together, one bit for each."""

MOST_WORK = 300_000
"""The nodes that a search in one part may settle; more takes seconds."""

MOST_WORK_IN_ALL = 1_500_000
"""The same in all components of a guideline together, each of which has an equal share."""

LARGE = 20
"""The facts of a component from which on it may need a search."""

MOST_CASES = 64
"""In a large part, the ways looked at in which facts stated to be unknown may turn out."""


@frozen(kw_only=True, eq=False, repr=False)
class ComponentPart:
    """Open facts that belong together, with what is still to be kept of them.

    Attributes:
        facts: The facts.
        implications: The numbers of the implications that are still open.
        gates: Settled nodes that their operands have yet to bear out.
        steps: The open nodes below these, and definitions that read the same facts, in order.
    """

    facts: tuple[str, ...]
    implications: tuple[int, ...]
    gates: tuple[int, ...]
    steps: tuple[int, ...]

    @property
    def inside(self) -> tuple[int, ...]:
        """All of its nodes."""
        return (*self.gates, *self.steps)


def parts(
    deduction: Deduction, implications: Iterable[int], steps: Iterable[int]
) -> tuple[ComponentPart, ...]:
    """The parts that are still open of these implications and nodes."""
    return _Parting(deduction).parts(implications, steps)


class _Parting:
    """Sorts what is open by the facts that it shares."""

    def __init__(self, deduction: Deduction) -> None:
        self.truths = deduction.truths
        self.component = deduction.component
        self.program = deduction.component.program
        self.seen: set[int] = set()
        self.links: list[frozenset[int | str]] = []

    def parts(
        self, implications: Iterable[int], steps: Iterable[int]
    ) -> tuple[ComponentPart, ...]:
        truths, nodes = self.truths, self.program.nodes
        steps = tuple(steps)
        open_ = {
            number: self.component.implications[number]
            for number in implications
            if truths.keys().isdisjoint(self.component.implications[number])
        }
        gates = {
            step: tuple(s for s in nodes[step].operands if s not in truths)
            for step in steps
            if self._waits(step)
        }
        for roots in (*open_.values(), *gates.values()):
            self._link(roots)
        places = self._places()
        for step in steps:
            is_open = nodes[step].op is Op.DEFINED and step not in truths
            if is_open and step not in self.seen and self._is_tangled(step, places):
                self._link((step,))
        places = self._places()
        found: dict[int, tuple[list[str], list[int], list[int], list[int]]] = {}
        for key, place in places.items():
            facts, _, _, inner = found.setdefault(place, ([], [], [], []))
            if isinstance(key, str):
                facts.append(key)
            else:
                inner.append(key)
        for number, (premise, _) in open_.items():
            found[places[premise]][1].append(number)
        for step, (operand, *_) in gates.items():
            found[places[operand]][2].append(step)
        return tuple(
            ComponentPart(
                facts=tuple(sorted(facts)),
                implications=tuple(numbers),
                gates=tuple(settled),
                steps=tuple(sorted(inner)),
            )
            for facts, numbers, settled, inner in found.values()
        )

    def _places(self) -> dict[int | str, int]:
        found = linked(self.links)
        return {key: place for place, part in enumerate(found) for key in part}

    def _waits(self, step: int) -> bool:
        """Whether a settled node is not yet what its operands make of it."""
        node, truth = self.program.nodes[step], self.truths.get(step)
        if node.op not in {Op.ALL, Op.ANY} or truth is not (node.op is Op.ANY):
            return False
        return all(self.truths.get(operand) is not truth for operand in node.operands)

    def _link(self, roots: tuple[int, ...]) -> None:
        """Tie `roots` together, and each open node below them with its operands."""
        self.links.append(frozenset(roots))
        pending = list(roots)
        while pending:
            step = pending.pop()
            if step in self.seen:
                continue
            self.seen.add(step)
            fact = self.component.about.get(step)
            if fact is not None:
                self.links.append(frozenset((step, fact)))
            else:
                operands = self.program.nodes[step].operands
                open_ = [s for s in operands if s not in self.truths]
                self.links.append(frozenset((step, *open_)))
                pending += open_

    def _is_tangled(self, step: int, places: Mapping[int | str, int]) -> bool:
        """Whether the facts below a definition, taken together, may settle it.

        They cannot where it reads each of them once and no constraint ties two of them together.
        """
        read: set[str] = set()
        seen, pending = {step}, [step]
        while pending:
            inner = pending.pop()
            fact = self.component.about.get(inner)
            if fact is not None:
                read.add(fact)
                continue
            for operand in self.program.nodes[inner].operands:
                if operand not in self.truths and operand not in seen:
                    seen.add(operand)
                    pending.append(operand)
        where = [places[fact] for fact in read if fact in places]
        return not self.program.reads_once[step] or len({*where}) < len(where)


# ---------------------------------------------------------------------------- settling


class SearchFailure(Enum):
    """Why a search found no completion."""

    IMPOSSIBLE = "there is none"
    TOO_MUCH = "there is too much to search"


@define(kw_only=True, eq=False, repr=False)
class ComponentSolver:
    """One component, what is stated of it, and what is assumed of the rest.

    Attributes:
        given: The bits of the facts that are stated.
        definitions: The truth of the definitions that are stated.
        assumed: The bits of the absence of each unmentioned fact.
        left_open: The facts that are stated to be unknown.
        most_work: The nodes that a search in one part may settle.
        deduction: What has followed so far; in the end, all that does.
        unsettled: The facts of which more may follow.
    """

    component: Component
    given: Mapping[str, int]
    definitions: Mapping[str, bool]
    assumed: Mapping[str, int]
    left_open: frozenset[str]
    most_work: int = field(factory=lambda: MOST_WORK)
    deduction: Deduction = field(init=False)
    unsettled: list[str] = field(init=False, factory=list)

    @deduction.default
    def _deduction(self) -> Deduction:
        return Deduction(self.component)

    def solve(self) -> None:
        """Narrow the deduction to what is known; it ends with a clash if that is nothing."""
        deduction = self.deduction
        for fact, bits in self.given.items():
            deduction.state(fact, bits)
        for name, truth in self.definitions.items():
            deduction.define(name, truth=truth)
        if not deduction.follow() or not self._follow_record():
            return
        found = parts(deduction, self.component.implications, self.component.steps)
        tied = {fact for part in found for fact in part.facts}
        for fact in self.assumed.keys() - tied:
            # Nothing that is still open reads it.
            if deduction.values(fact) & self.assumed[fact]:
                deduction.narrow(fact, self.assumed[fact])
        deduction.follow()
        for part in found:
            if not self._solve_part(part, self.assumed):
                return

    def _follow_record(self) -> bool:
        """Take what is known so far for what is on record (M14); False for a contradiction.

        What is not known yet may be on record all the same: to state a definition that asks
        for it is to say so. What follows is on record in turn; what is only taken for absent may
        be or not.
        """
        if not self.component.record:
            return True
        deduction, before = self.deduction, -1
        while len(deduction.truths) > before:
            before = len(deduction.truths)
            self._put_on_record()
            if not deduction.follow():
                return False
            found = parts(deduction, self.component.implications, self.component.steps)
            if not all(self._solve_part(part, {}) for part in found):
                return False
        return True

    def _put_on_record(self) -> None:
        """Say of all that is known that it is on record."""
        deduction, nodes = self.deduction, self.component.program.nodes
        for step in self.component.record:
            (operand,) = nodes[step].operands
            leaf, truth = nodes[operand].leaf, deduction.truths.get(operand)
            if isinstance(leaf, HasValue):
                domain = self.component.domains[leaf.fact]
                is_known = domain.only(deduction.values(leaf.fact)) is not None
                is_known = is_known or leaf.fact in self.given
                cause = Cause(fact=leaf.fact)
            else:
                is_known = truth is not None
                cause = Cause((operand,))
            if truth is True or (is_known and nodes[step].op is Op.RECORDED):
                deduction.assign(step, True, cause)

    def _solve_part(self, part: ComponentPart, assumed: Mapping[str, int]) -> bool:
        """Settle one part, where some facts are assumed absent; False for a contradiction."""
        deduction = self.deduction
        absent = {}
        for fact in part.facts:
            bits = deduction.values(fact) & assumed.get(fact, 0)
            if bits and bits != deduction.values(fact):
                absent[fact] = bits
        # Nearly always all of them can be absent, whatever the rest; then that world is preferred
        # to all others, and no other has to be looked at (M6).
        if absent and self._all_absent(part, absent):
            return True
        worlds = _PartWorlds(deduction, part, absent)
        if worlds.count <= LIMIT:
            return worlds.narrow(self.left_open)
        rest = self._absent_in_each_case(part, absent) if absent else (part,)
        if rest is None:
            self._leave_unsettled(part.facts)
            return self._search(part)
        return all(self._search(one) for one in rest)

    def _search(self, part: ComponentPart) -> bool:
        """Settle a part by a search; False for a contradiction."""
        match _Search(self.deduction, part, self.most_work).solve():
            case SearchFailure.IMPOSSIBLE:
                causes = _causes(self.deduction, part)
                self.deduction.refuse(causes, part.implications)
                return False
            case SearchFailure.TOO_MUCH:
                self._leave_unsettled(part.facts)
            case None:
                pass
        return True

    def _leave_unsettled(self, facts: Iterable[str]) -> None:
        """Say of `facts` that more may follow of them."""
        self.unsettled.extend(fact for fact in facts if fact not in self.unsettled)

    def _all_absent(self, part: ComponentPart, absent: Mapping[str, int]) -> bool:
        """Take all of `absent` for absent, if nothing speaks against that in any case."""
        deduction, mark = self.deduction, self.deduction.mark()
        before = len(self.unsettled)
        for fact, bits in absent.items():
            deduction.narrow(fact, bits)
        if deduction.follow() and self.left_open.isdisjoint(
            deduction.changed_since(mark)
        ):
            rest = parts(deduction, part.implications, part.inside)
            is_free = all(self.left_open.isdisjoint(one.facts) for one in rest)
            if is_free and all(self._solve_part(one, self.assumed) for one in rest):
                return True
        deduction.undo(mark)
        del self.unsettled[before:]
        return False

    def _absent_in_each_case(
        self, part: ComponentPart, absent: Mapping[str, int]
    ) -> tuple[ComponentPart, ...] | None:
        """Take for absent what is so however the facts stated to be unknown turn out.

        Returns what is open then; None where that is too much to work out.
        """
        deduction = self.deduction
        open_ = [fact for fact in part.facts if fact in self.left_open]
        cases = [_choices(deduction, fact) for fact in open_]
        if prod(len(case) for case in cases) > MOST_CASES:
            return None
        kept = dict(absent)
        for case in product(*cases):
            with _trying(deduction):
                for fact, bits in zip(open_, case, strict=True):
                    deduction.narrow(fact, bits)
                if not deduction.follow():
                    continue
                here = {f: b for f, b in absent.items() if deduction.values(f) & b}
                for fact, bits in here.items():
                    deduction.narrow(fact, bits)
                if not deduction.follow():
                    return (
                        None  # not all at once, and which most is a search among sets
                    )
                for one in parts(deduction, part.implications, part.inside):
                    search = _Search(deduction, one, self.most_work)
                    if isinstance(search.model(), SearchFailure):
                        return None
                kept = {fact: bits for fact, bits in kept.items() if fact in here}
        for fact, bits in kept.items():
            deduction.narrow(fact, bits)
        deduction.follow()
        return parts(deduction, part.implications, part.inside)


@contextmanager
def _trying(deduction: Deduction) -> Iterator[None]:
    """Forget afterwards whatever was tried."""
    mark = deduction.mark()
    try:
        yield
    finally:
        deduction.undo(mark)


def _causes(deduction: Deduction, part: ComponentPart) -> list[Cause]:
    """Everything settled that a part was left open by."""
    nodes, leaves = deduction.component.program.nodes, deduction.component.leaves
    beside = {operand for step in part.inside for operand in nodes[step].operands}
    settled = tuple(s for s in (*part.gates, *beside) if s in deduction.truths)
    return [
        Cause(settled),
        *(Cause(leaves[f], f) for f in part.facts if f in deduction.left),
    ]


def _choices(deduction: Deduction, fact: str, apart: int = 0) -> tuple[int, ...]:
    """The values left to a fact, in sets that neither its open atoms nor `apart` tell apart."""
    truths, domain = deduction.truths, deduction.component.domains[fact]
    seen = [bits for leaf, bits in domain.true.items() if leaf not in truths]
    classes = [deduction.values(fact)]
    for bits in (*seen, apart):
        classes = [p for c in classes for p in (c & ~bits, c & bits) if p]
    return tuple(classes)


class _PartWorlds:
    """A part over all its worlds."""

    def __init__(
        self, deduction: Deduction, part: ComponentPart, absent: Mapping[str, int]
    ) -> None:
        self.deduction = deduction
        self.part = part
        self.absent = absent
        self.choices = [
            _choices(deduction, fact, absent.get(fact, 0)) for fact in part.facts
        ]
        self.count = prod(len(choices) for choices in self.choices)

    def narrow(self, left_open: frozenset[str]) -> bool:
        """Narrow the deduction to what all worlds have in common; False if there are none."""
        deduction, part = self.deduction, self.part
        space = Space(tuple(len(choices) for choices in self.choices))
        true = self._true(space)
        valid = space.mask
        for number in part.implications:
            premise, conclusion = deduction.component.implications[number]
            valid &= ~true[premise] | true[conclusion]
        for gate in part.gates:  # settled, so its operands have to bear it out
            holds = self._worked_out(gate, true, space.mask)
            valid &= holds if deduction.truths[gate] else ~holds
        if not valid:
            deduction.refuse(_causes(deduction, part), part.implications)
            return False
        if self.absent:
            columns = {
                fact: self._column(space, part.facts.index(fact), bits)
                for fact, bits in self.absent.items()
            }
            held = [fact in left_open for fact in part.facts]
            kept = _most(space, valid, tuple(columns.values()), held)
            for column in columns.values():
                if not kept & ~column:
                    valid &= column
        for dimension, (fact, choices) in enumerate(
            zip(part.facts, self.choices, strict=True)
        ):
            left = 0
            for digit, bits in enumerate(choices):
                if valid & space.column(dimension, (digit,)):
                    left |= bits
            deduction.narrow(fact, left)
        for step in part.steps:
            if deduction.component.program.nodes[step].op is Op.DEFINED:
                if not valid & ~true[step]:
                    deduction.assign(step, True, Cause())
                elif not valid & true[step]:
                    deduction.assign(step, False, Cause())
        return deduction.follow()

    def _column(self, space: Space, dimension: int, bits: int) -> int:
        choices = self.choices[dimension]
        return space.column(dimension, (i for i, c in enumerate(choices) if c & bits))

    def _true(self, space: Space) -> dict[int, int]:
        """The worlds in which each node of the part is true, and those beside it."""
        component = self.deduction.component
        nodes, mask = component.program.nodes, space.mask
        places = {fact: i for i, fact in enumerate(self.part.facts)}
        found: dict[int, int] = {}
        for step in self.part.inside:
            for operand in nodes[step].operands:
                truth = self.deduction.truths.get(operand)
                if truth is not None:
                    found[operand] = mask if truth else 0
        for step in self.part.steps:
            fact = component.about.get(step)
            if fact is not None:
                true = component.domains[fact].true[step]
                found[step] = self._column(space, places[fact], true)
            else:
                found[step] = self._worked_out(step, found, mask)
        return found

    def _worked_out(self, step: int, found: Mapping[int, int], mask: int) -> int:
        node = self.deduction.component.program.nodes[step]
        operands = [found[operand] for operand in node.operands]
        if node.op is Op.NOT:
            return mask & ~operands[0]
        whole = operands[0]
        for operand in operands[1:]:
            whole = whole & operand if node.op is Op.ALL else whole | operand
        return whole


def _most(
    space: Space, valid: int, columns: Sequence[int], left_open: Sequence[bool]
) -> int:
    """The worlds of `valid` in most of `columns`, among those that agree where `left_open` says.

    From the most absences downwards: a world is kept unless one that agrees with it on what is left
    open was met before, with more of them.
    """
    at_least = [valid, *(0 for _ in columns)]
    for column in columns:
        for count in range(len(columns), 0, -1):
            at_least[count] |= at_least[count - 1] & column
    kept = surpassed = 0
    for worlds in reversed(at_least):
        new = worlds & ~surpassed
        if new:
            kept |= new
            surpassed |= _alike(space, new, left_open)
            if not valid & ~surpassed:
                break
    return kept


def _alike(space: Space, worlds: int, left_open: Sequence[bool]) -> int:
    """The worlds that agree with one of `worlds` in the dimensions that are left open."""
    for dimension, is_open in enumerate(left_open):
        if is_open:
            continue
        stride, sizes = space.stride(dimension), range(space.sizes[dimension])
        first = 0
        for digit in sizes:
            first |= (worlds & space.column(dimension, (digit,))) >> digit * stride
        worlds = 0
        for digit in sizes:
            worlds |= first << digit * stride
    return worlds


class _Search:
    """A part that has too many worlds, searched for completions.

    Attributes:
        found: The values that a fact has in some completion found so far.
        truths: The truths that a definition has in some of them.
    """

    def __init__(
        self, deduction: Deduction, part: ComponentPart, most_work: int
    ) -> None:
        self.deduction = deduction
        self.part = part
        self.most = deduction.work + most_work
        self.found = dict.fromkeys(part.facts, 0)
        nodes = deduction.component.program.nodes
        self.truths: dict[int, set[bool]] = {
            step: set() for step in part.steps if nodes[step].op is Op.DEFINED
        }

    def solve(self) -> SearchFailure | None:
        """Narrow the deduction to what all completions have in common."""
        for backwards in (False, True):
            missing = self.model(backwards=backwards)
            if missing is not None:
                return missing
        for fact in self.part.facts:
            if self._solve_fact(fact) is SearchFailure.TOO_MUCH:
                return SearchFailure.TOO_MUCH
        for step in self.truths:
            if self._solve_definition(step) is SearchFailure.TOO_MUCH:
                return SearchFailure.TOO_MUCH
        return None

    def _solve_fact(self, fact: str) -> SearchFailure | None:
        deduction, domain = self.deduction, self.deduction.component.domains[fact]
        while others := deduction.values(fact) & ~self.found[fact]:
            if domain.cells and domain.only(self.found[fact]) is None:
                return (
                    None  # a stretch of a measure is not a value; it will not be known
                )
            with _trying(deduction):
                deduction.narrow(fact, others)
                missing = self._try()
            if missing is SearchFailure.TOO_MUCH:
                return missing
            if missing is SearchFailure.IMPOSSIBLE:
                deduction.narrow(fact, self.found[fact])
                deduction.follow()
        return None

    def _solve_definition(self, step: int) -> SearchFailure | None:
        deduction = self.deduction
        if step in deduction.truths or len(self.truths[step]) > 1:
            return None
        (truth,) = self.truths[step]
        with _trying(deduction):
            deduction.assign(step, not truth, Cause())
            missing = self._try()
        if missing is SearchFailure.IMPOSSIBLE:
            deduction.assign(step, truth, Cause())
            deduction.follow()
        return missing

    def _try(self) -> SearchFailure | None:
        if not self.deduction.follow():
            return SearchFailure.IMPOSSIBLE
        return self.model()

    def model(self, *, backwards: bool = False) -> SearchFailure | None:
        """Look for a completion, trying the first or the last value of each fact first."""
        with _trying(self.deduction):
            return self._model(backwards=backwards)

    def _model(self, *, backwards: bool) -> SearchFailure | None:
        deduction, facts = self.deduction, self.part.facts
        # Each frame is a fact, with the values of it that are still to be tried.
        tried: list[tuple[tuple[int, int], int, int]] = []
        place = 0
        while True:
            while place < len(facts) and deduction.values(facts[place]).bit_count() < 2:
                place += 1
            if place == len(facts):
                for fact in facts:
                    self.found[fact] |= deduction.values(fact)
                for step, seen in self.truths.items():
                    if step in deduction.truths:
                        seen.add(deduction.truths[step])
                return None
            if deduction.work > self.most:
                return SearchFailure.TOO_MUCH
            tried.append((deduction.mark(), place, deduction.values(facts[place])))
            while tried:
                mark, place, left = tried.pop()
                deduction.undo(mark)
                if not left:
                    continue
                bit = 1 << left.bit_length() - 1 if backwards else left & -left
                tried.append((mark, place, left & ~bit))
                deduction.narrow(facts[place], bit)
                if deduction.follow():
                    break
                if deduction.work > self.most:
                    return SearchFailure.TOO_MUCH
            else:
                return SearchFailure.IMPOSSIBLE
