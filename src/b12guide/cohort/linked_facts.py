"""What each patient of a batch can still be, by facts that belong together.

Facts belong together where an implication reads them, a definition that is asked for as one, or a
definition whose truth may be stated. What may be so of such facts is one diagram: of all that
their values can be, the cases that no implication and no definition rules out. Who can still be in
which case follows from who can still have which value, for all patients at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from b12guide.cohort.batch import Batch, Prepared
from b12guide.cohort.bits import Bits, nobody
from b12guide.evaluate.cases import drawn
from b12guide.evaluate.diagram import ALL, NONE, Diagrams, in_order
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.program import below
from b12guide.evaluate.worlds import TrueOf, linked, samples
from b12guide.graph.condition import Compare, Leaf
from b12guide.graph.model import Fact
from b12guide.values.term import Kind

MOST_STEPS = 200_000
"""The work on the diagrams of facts that belong together, and on those of one decision."""


_MANY = 4
"""Facts that belong together, of which the ways to be known are too many to look at each."""

_SO_OR_NOT = {Kind.FINDING, Kind.EVENT}


@frozen(eq=False, repr=False)
class FactValues:
    """A fact, and its values as far as conditions tell them apart.

    Attributes:
        true: What the conditions are, and of which values (by their places) each is true.
        values: Of a choice, its values.
    """

    fact: Fact
    true: Mapping[int, frozenset[int]]
    size: int
    values: tuple[object, ...] = ()

    def possible(self, batch: Batch) -> list[Bits]:
        """Who can still have each value."""
        implied = batch.implied
        ways = [implied.leaves]
        ends = {step: implied.ends[step] for step in self.true if step in implied.ends}
        if any((low[0] ^ high[0]).any() for low, high in ends.values()):
            # Somebody lies inside a threshold that is a range, and may be read in two ways.
            ways = [
                implied.leaves | {step: both[end] for step, both in ends.items()}
                for end in (0, 1)
            ]
        found = []
        for place in range(self.size):
            either = nobody(batch.rows)
            for leaves in ways:
                here = batch.mask
                for step, places in self.true.items():
                    true, false = leaves[step]
                    here = here & ~(false if place in places else true)
                either = either | here
            found.append(either)
        left = implied.possible.get(self.fact.name)
        if left is not None:
            found = [
                plane & left[str(value)]
                for plane, value in zip(found, self.values, strict=True)
            ]
        constant = batch.question.unstated.possible.get(self.fact.name)
        if constant is not None:
            nothing = nobody(batch.rows)
            found = [
                plane if value in constant else nothing
                for plane, value in zip(found, self.values, strict=True)
            ]
        return found

    def open_to_reading(self, batch: Batch) -> Bits:
        """Whose value is known and lies inside a threshold that is a range."""
        found = nobody(batch.rows)
        for step in self.true:
            if step in batch.implied.ends:
                low, high = batch.implied.ends[step]
                found = found | (low[0] ^ high[0])
        return found


@frozen(eq=False, repr=False)
class StepTruth:
    """The truth of a condition that is known from elsewhere, as the values false and true.

    Attributes:
        is_record: Whether it speaks of what is on record, which is never unknown.
    """

    step: int
    is_record: bool
    size: int = 2

    def possible(self, batch: Batch) -> list[Bits]:
        """For whom it can still be false, and for whom true."""
        known = batch.rails if self.is_record else batch.implied.definitions
        true, false = known.get(self.step, (None, None))
        mask = batch.mask
        if true is None or false is None:
            return [mask, mask]
        return [mask & ~true, mask & ~false]


Values = FactValues | StepTruth


@frozen(kw_only=True, eq=False, repr=False)
class LinkedFacts:
    """Facts that belong together.

    Attributes:
        stated: The facts, and the definitions that read them.
        values: What can be told apart, one level of the diagrams each.
        diagrams: In which everything here is drawn.
        valid: The cases that can be.
        true: Of the conditions that decisions read, the cases in which each is true.
        telling: For each condition and each fact, of each value the cases in which the condition is
            false and those in which it is true; only for many facts that are so or not.
        is_alone: Whether it is a single fact that nothing else is said about: then it tells apart
            any two of its values, and is asked for just if some two have to be told apart.
    """

    facts: tuple[str, ...]
    stated: frozenset[str]
    values: tuple[Values, ...]
    diagrams: Diagrams
    valid: int
    true: Mapping[int, int]
    telling: tuple[tuple[tuple[int, int], ...], ...]
    is_alone: bool

    def tell(
        self, possible: Sequence[Sequence[Bits]], order: Iterable[int], batch: Batch
    ) -> list[Bits]:
        """For each of `telling`, whose answer about the fact would settle the condition."""
        found = self.can_be(possible, order, batch)
        planes = []
        for values in self.telling:
            both = nobody(batch.rows)
            for false, true in values:
                both = both | (found[false] & found[true])
            planes.append(batch.mask & ~both)
        return planes

    def classes(self, terms: Sequence[int]) -> dict[tuple[bool, ...], int]:
        """The cases that can be, split by which of `terms` are true."""
        found: dict[tuple[bool, ...], int] = {(): self.valid}
        for term in terms:
            true = self.true[term]
            found = {
                (*told, truth): part
                for told, cases in found.items()
                for truth, part in (
                    (False, self.diagrams.without(cases, true)),
                    (True, self.diagrams.both(cases, true)),
                )
                if part != NONE
            }
        return found

    def can_be(
        self, possible: Sequence[Sequence[Bits]], order: Iterable[int], batch: Batch
    ) -> dict[int, Bits]:
        """Who can be in which set of cases, for the nodes `order` with the lowest first."""
        found = {ALL: batch.mask, NONE: nobody(batch.rows)}
        for node in order:
            edges: dict[int, Bits] = {}
            own = possible[self.diagrams.level(node)]
            for plane, child in zip(own, self.diagrams.children(node), strict=True):
                if child != NONE:
                    before = edges.get(child)
                    edges[child] = plane if before is None else before | plane
            found[node] = found[NONE]
            for child, plane in edges.items():
                found[node] = found[node] | (plane & found[child])
        return found


def linked_facts(question: Prepared, terms: Iterable[int]) -> tuple[LinkedFacts, ...]:
    """The facts that `terms` read, with all that belongs to them.

    Args:
        question: The guideline, and which columns there are.
        terms: Atoms, and definitions that are asked for as one.

    Raises:
        TooLargeError: There are too many cases to draw.
    """
    evaluator = question.evaluator
    program = evaluator.program
    support = program.support
    terms = tuple(terms)
    given = {name for tied in question.tied for name in tied.definitions}
    given |= {name for tied in question.tied for name in tied.defined if name}
    given |= set(question.unstated.definitions)
    stated = [program.definitions[name] for name in sorted(given)]
    ties = [support[p] | support[c] for p, c in program.implications]
    links = [*ties, *(support[step] for step in (*evaluator.units, *stated))]
    read = frozenset[str]().union(*(support[term] for term in terms))
    parts = linked([*links, *(frozenset({name}) for name in read)])
    found = []
    for part in sorted(map(sorted, parts)):
        if read.isdisjoint(part):
            continue
        own = frozenset(part)
        found.append(
            _linked(
                question,
                own,
                [term for term in terms if support[term] <= own],
                [
                    pair
                    for pair, tie in zip(program.implications, ties, strict=True)
                    if tie and tie <= own
                ],
                [step for step in stated if support[step] and support[step] <= own],
            )
        )
    return tuple(found)


def _linked(
    question: Prepared,
    facts: frozenset[str],
    terms: Sequence[int],
    implications: Sequence[tuple[int, int]],
    definitions: Sequence[int],
) -> LinkedFacts:
    program, graph = question.evaluator.program, question.evaluator.graph
    nodes, vocabulary = program.nodes, graph.vocabulary.facts
    ends = [end for pair in implications for end in pair]
    # The rails say what is on record; what is below need not be looked at.
    kept = below(program, [*terms, *ends, *definitions], program.record)
    record = [step for step in kept if step in program.record]
    atoms: dict[str, dict[int, Leaf]] = {name: {} for name in facts}
    for step in kept:
        leaf = nodes[step].leaf
        if leaf is not None:
            atoms[leaf.fact][step] = leaf
    names: dict[str, Values] = {}
    true_of: dict[str, TrueOf] = {}
    near: list[Iterable[str]] = []
    level_of_step: dict[int, str] = {}
    for name in sorted(facts):
        offered = samples(vocabulary[name], Facts(), atoms[name].values())
        true = true_of[name] = TrueOf.of(offered)
        names[name] = FactValues(
            vocabulary[name],
            {step: frozenset(true.digits(leaf)) for step, leaf in atoms[name].items()},
            len(offered),
            tuple(value for value, _ in offered),
        )
    for step in (*definitions, *record):
        name = f"step {step}"
        level_of_step[step] = name
        names[name] = StepTruth(step, step in program.record)
        near.append([name, *(program.support[step] & facts)])
    near += [program.support[p] | program.support[c] for p, c in implications]
    near += [program.support[term] for term in terms]
    order = in_order(names, near)
    level = {name: place for place, name in enumerate(order)}
    values = tuple(names[name] for name in order)
    diagrams = Diagrams([one.size for one in values], MOST_STEPS)

    def having(leaf: Leaf) -> int:
        return diagrams.having(level[leaf.fact], true_of[leaf.fact].digits(leaf))

    said = {step: diagrams.having(level[level_of_step[step]], (1,)) for step in record}
    inside = drawn(diagrams, program, kept, said, having)
    valid = ALL
    for premise, conclusion in implications:
        denied = diagrams.opposite(inside[premise])
        valid = diagrams.both(valid, diagrams.either(denied, inside[conclusion]))
    for step in definitions:
        truth = diagrams.having(level[level_of_step[step]], (1,))
        other = diagrams.opposite(truth), diagrams.opposite(inside[step])
        same = diagrams.either(
            diagrams.both(truth, inside[step]), diagrams.both(*other)
        )
        valid = diagrams.both(valid, same)
    telling: list[tuple[tuple[int, int], ...]] = []
    if len(facts) >= _MANY and all(vocabulary[n].kind in _SO_OR_NOT for n in facts):
        for term in terms:
            true_ = diagrams.both(valid, inside[term])
            false_ = diagrams.without(valid, inside[term])
            for name in sorted(facts):
                own = [diagrams.having(level[name], (digit,)) for digit in (0, 1)]
                telling.append(
                    tuple(
                        (diagrams.both(false_, one), diagrams.both(true_, one))
                        for one in own
                    )
                )
    return LinkedFacts(
        facts=tuple(sorted(facts)),
        stated=facts.union(nodes[step].name for step in definitions),
        values=values,
        diagrams=diagrams,
        valid=valid,
        true={term: inside[term] for term in terms},
        telling=tuple(telling),
        is_alone=len(values) == 1
        and not implications
        and not any(
            _is_all_range(values[0], leaf) for leaf in atoms[order[0]].values()
        ),
    )


def _is_all_range(values: Values, leaf: Leaf) -> bool:
    """Whether the source leaves a threshold open for every value that a measure can have."""
    if not isinstance(leaf, Compare) or not isinstance(values, FactValues):
        return False
    plausible = values.fact.plausible
    return plausible is not None and (
        leaf.low <= plausible[0] and plausible[1] <= leaf.high and leaf.low < leaf.high
    )
