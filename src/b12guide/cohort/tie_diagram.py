"""What follows of facts that are tied together, for all patients of a batch at once.

The cases that the constraints of a tie allow are one diagram, with a level for each fact and for
each definition. What a patient's cells say leaves some classes of values on each level; the paths
of the diagram through these classes are the patient's completions. Two passes find them all, as in
the forward-backward algorithm of Rabiner (1989) with sets of patients in place of probabilities:
one from below finds for whom there is a way to the end, one from above who can be there at all. A
class on no such path is ruled out, and for whom there is no path, the cells contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from math import prod
from operator import and_, or_

from attrs import frozen

from b12guide.cohort.bits import Bits
from b12guide.cohort.column_values import Cells, Choices, Measures, Rails, Truths
from b12guide.evaluate import search
from b12guide.evaluate.cases import drawn
from b12guide.evaluate.diagram import ALL, NONE, Diagrams, TooLargeError, in_order
from b12guide.evaluate.facts import NO_VALUE
from b12guide.evaluate.program import Op, below
from b12guide.evaluate.propagation import Component, Domain
from b12guide.graph.condition import HasValue, Leaf
from b12guide.patient.model import FactValue

MOST_STEPS = 50_000
"""The work on the diagram of one tie."""

Plane = Bits | None
"""A set of patients; None for everybody, which needs no work."""


@frozen(eq=False, repr=False)
class Class:
    """Values of a fact that no constraint tells apart.

    Attributes:
        true: The atoms of the constraints that are true of them.
        bits: Which values of the domain they are.
    """

    true: frozenset[int]
    bits: int


@frozen(eq=False, repr=False)
class FactLevel:
    """The classes of values of one tied fact."""

    name: str
    domain: Domain
    classes: tuple[Class, ...]

    @classmethod
    def of(cls, name: str, domain: Domain) -> FactLevel:
        """The classes of the values that the fact can have."""
        found: dict[frozenset[int], int] = {}
        for place in range(domain.every.bit_length()):
            bit = 1 << place
            if domain.every & bit:
                key = frozenset(s for s, true in domain.true.items() if true & bit)
                found[key] = found.get(key, 0) | bit
        return cls(name, domain, tuple(Class(k, bits) for k, bits in found.items()))

    def left(
        self,
        cells: Cells | None,
        leaves: Mapping[int, Rails],
        ends: Mapping[int, tuple[Rails, Rails]],
        mask: Bits,
    ) -> list[Plane]:
        """Who can be in each class, as far as the cells say."""
        match cells:
            case Truths():
                true, false = cells.rails
                truth = {False: mask ^ true, True: mask ^ false}
                return [
                    reduce(or_, [truth[bool(v)] for v in self.domain.some(one.bits)])
                    for one in self.classes
                ]
            case Choices():
                unknown = mask ^ cells.known
                return [
                    reduce(
                        or_,
                        [
                            cells.planes[cells.fact.values.index(str(value))]
                            for value in self.domain.some(one.bits)
                            if value != NO_VALUE
                        ],
                        unknown,
                    )
                    for one in self.classes
                ]
            case Measures():
                unknown = mask ^ cells.known
                ways = [leaves]
                if any(step in ends for step in self.domain.true):
                    ways = [
                        {s: both[end] for s, both in ends.items()} for end in (0, 1)
                    ]
                    ways = [{**leaves, **way} for way in ways]
                return [
                    reduce(
                        or_,
                        [
                            reduce(
                                and_,
                                [
                                    way[step][0 if step in one.true else 1]
                                    for step in self.domain.true
                                ],
                                cells.known,
                            )
                            for way in ways
                        ],
                        unknown,
                    )
                    for one in self.classes
                ]
            case None:
                return [None] * len(self.classes)


@frozen(eq=False, repr=False)
class TieDiagram:
    """The cases that the constraints of a tie allow.

    Attributes:
        levels: A fact, or the step of a definition, for each level.
        root: The cases.
        order: The nodes of the diagram, the lowest first.
        behind: Of a definition that is in no implication, the definitions with a column that read
            it: only where the truth of one of them is stated does it follow what it is.
    """

    levels: tuple[FactLevel | int, ...]
    diagrams: Diagrams
    root: int
    order: tuple[int, ...]
    behind: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, component: Component) -> TieDiagram | None:
        """The diagram of a component; None where it would be too large, or is about the record.

        Where the closure of a single patient might have to give up, that of a cohort has to do so
        in the same way: such a component is left to it.
        """
        program = component.program
        nodes = program.nodes
        worlds = prod(component.domains[f].every.bit_count() for f in component.facts)
        is_plain = not component.record and not any(
            isinstance(nodes[step].leaf, HasValue) for step in component.steps
        )
        if worlds > search.LIMIT or not is_plain:
            return None
        facts = {f: FactLevel.of(f, component.domains[f]) for f in component.facts}
        defined = {
            f"step {step}": step
            for step in component.steps
            if nodes[step].op is Op.DEFINED
        }
        pairs = component.implications.values()
        near = [program.support[p] | program.support[c] for p, c in pairs]
        near += [program.support[step] | {name} for name, step in defined.items()]
        order = in_order((*facts, *defined), near)
        level = {name: place for place, name in enumerate(order)}
        sizes = [len(facts[n].classes) if n in facts else 2 for n in order]
        diagrams = Diagrams(sizes, MOST_STEPS)

        def having(leaf: Leaf) -> int:
            step = next(s for s in component.leaves[leaf.fact] if nodes[s].leaf == leaf)
            classes = facts[leaf.fact].classes
            digits = [digit for digit, one in enumerate(classes) if step in one.true]
            return diagrams.having(level[leaf.fact], digits)

        try:
            inside = drawn(diagrams, program, component.steps, {}, having)
            valid = ALL
            for premise, conclusion in pairs:
                denied = diagrams.opposite(inside[premise])
                kept = diagrams.either(denied, inside[conclusion])
                valid = diagrams.both(valid, kept)
            for name, step in defined.items():
                truth = diagrams.having(level[name], (1,))
                unlike = diagrams.either(
                    diagrams.without(truth, inside[step]),
                    diagrams.without(inside[step], truth),
                )
                valid = diagrams.without(valid, unlike)
        except TooLargeError:
            return None
        levels = tuple(facts[n] if n in facts else defined[n] for n in order)
        implied = below(program, [end for pair in pairs for end in pair], frozenset())
        stated = [program.definitions[name] for name in component.definitions]
        behind = {
            step: tuple(s for s in stated if step in below(program, [s], frozenset()))
            for step in defined.values()
            if step not in implied
        }
        nodes_below = tuple(diagrams.from_below([valid]))
        return cls(levels, diagrams, valid, nodes_below, behind)

    def passes(
        self, left: Sequence[Sequence[Plane]], mask: Bits
    ) -> tuple[list[list[Bits]], Bits]:
        """Who can be in each class on each level once all is thought through, and who cannot be.

        Args:
            left: Who can be in each class as far as their cells say.
            mask: All patients.
        """
        none = mask ^ mask
        count = len(self.levels)
        level, children = self.diagrams.level, self.diagrams.children
        edges = {
            node: _by_child(children(node), left[level(node)]) for node in self.order
        }
        to_end: dict[int, Plane] = {ALL: None, NONE: none}
        for node in self.order:
            ways = [_both(p, to_end[child]) for child, p in edges[node].items()]
            to_end[node] = _any(ways, none)
        from_top: dict[int, list[Plane]] = {self.root: [None]}
        found = [[[none] for _ in classes] for classes in left]
        beside: list[list[Plane]] = [[] for _ in range(count)]
        first = count if self.root == ALL else level(self.root)
        for skipped in range(first if self.root != NONE else 0):
            beside[skipped].append(to_end[self.root])
        for node in reversed(self.order):
            here, at = _any(from_top[node], none), level(node)
            for child, plane in edges[node].items():
                reached = _both(here, plane)
                from_top.setdefault(child, []).append(reached)
                until = count if child == ALL else level(child)
                if until > at + 1:
                    through = _both(reached, to_end[child])
                    for skipped in range(at + 1, until):
                        beside[skipped].append(through)
            for digit, child in enumerate(children(node)):
                if child != NONE:
                    reached = _both(_both(here, to_end[child]), left[at][digit])
                    found[at][digit].append(mask if reached is None else reached)
        for at, planes in enumerate(beside):
            if planes:
                through = _any(planes, none)
                for digit, plane in enumerate(left[at]):
                    reached = _both(through, plane)
                    found[at][digit].append(mask if reached is None else reached)
        possible = [[reduce(or_, planes) for planes in one] for one in found]
        somehow = to_end[self.root]
        return possible, none if somehow is None else mask ^ somehow


def _by_child(children: Sequence[int], planes: Sequence[Plane]) -> dict[int, Plane]:
    """Who can go from a node to each of its children; nobody goes where no case is allowed."""
    found: dict[int, list[Plane]] = {}
    for child, plane in zip(children, planes, strict=True):
        if child != NONE:
            found.setdefault(child, []).append(plane)
    return {
        child: None if any(p is None for p in ways) else reduce(or_, ways)
        for child, ways in found.items()
    }


def _both(one: Plane, two: Plane) -> Plane:
    if one is None or two is None:
        return two if one is None else one
    return one & two


def _any(planes: Iterable[Plane], none: Bits) -> Plane:
    found = none
    for plane in planes:
        if plane is None:
            return None
        found = plane if found is none else found | plane
    return found


# ------------------------------------------------------------------ facts, once closed


@frozen(eq=False, repr=False)
class Closed:
    """What is known of a fact once all is thought through, of those whose cells do not say it.

    Attributes:
        values: Who has which value, as follows for certain.
        possible: Of a choice, who can still have each of its values; empty where all can.
        restricted: Of a choice, who cannot have all.
    """

    values: tuple[tuple[FactValue, Bits], ...]
    possible: Mapping[str, Bits]
    restricted: Bits


def closed(
    level: FactLevel, possible: Sequence[Bits], known: Bits, mask: Bits
) -> Closed:
    """What is left of a fact, where the cells of `known` patients say it already.

    Args:
        level: The fact.
        possible: Who can be in each of its classes.
        known: The patients whose cells say its value.
        mask: All patients.
    """
    domain, none = level.domain, mask ^ mask
    unknown = mask ^ known
    values: list[tuple[FactValue, Bits]] = []
    single: dict[FactValue, list[int]] = {}
    for digit, one in enumerate(level.classes):
        value = domain.only(one.bits)
        if value is not None:
            single.setdefault(value, []).append(digit)
    for value, digits in single.items():
        others = [p for d, p in enumerate(possible) if d not in digits]
        only = unknown & ~reduce(or_, others, none)
        if only.any():
            values.append((value, only))
    if domain.cells or not isinstance(domain.values[0], str):
        return Closed(tuple(values), {}, none)
    named = reduce(or_, [plane for _, plane in values], known)
    restricted = reduce(or_, [mask ^ plane for plane in possible], none) & ~named
    if not restricted.any():
        return Closed(tuple(values), {}, none)
    whose = {
        str(value): possible[digit] | named
        for digit, one in enumerate(level.classes)
        for value in domain.some(one.bits)
    }
    return Closed(
        tuple(values), {str(v): whose[str(v)] for v in domain.values}, restricted
    )
