"""What follows from the stated facts, for a batch of patients at once.

Most patients keep every implication as they are, and the program says so on bit sets. The others
are sorted by what is stated of the facts that an implication ties together; there are few ways,
and for each of them the closure of a single patient is asked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from b12guide.cohort.bits import Bits, keys_of, nobody, pack, rows_of, unpack
from b12guide.cohort.cells import Cells, Choices, Measures, Rails, Truths
from b12guide.cohort.sorting import sort_rows
from b12guide.errors import PatientError
from b12guide.evaluate.closure import close
from b12guide.evaluate.facts import Facts, holds
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.program import below, run
from b12guide.evaluate.worlds import choice_values, linked
from b12guide.graph.condition import Compare
from b12guide.patient.model import Otherwise, Stated
from b12guide.truth import Truth

__all__ = ["Closed", "Tied", "follow", "ties"]

_MOST_REMEMBERED = 1 << 14
_NEW = "not met before"


@frozen(eq=False, repr=False)
class Tied:
    """Facts that implications or stated definitions tie together.

    Attributes:
        names: The facts and definitions among them that have a column.
        steps: The nodes that say whether a patient keeps every constraint.
        ways: What follows, by what is stated; None for a contradiction.
    """

    facts: frozenset[str]
    names: tuple[str, ...]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[str, ...]
    steps: tuple[int, ...]
    ways: dict[tuple[int, ...], Facts | None] = field(factory=dict)


def ties(evaluator: Evaluator, stated: Sequence[str]) -> tuple[Tied, ...]:
    """The ties between facts of which at least one is among the columns `stated`."""
    program, graph = evaluator.program, evaluator.graph
    support = program.support
    definitions = [name for name in stated if name in graph.definitions]
    pairs = [(support[p] | support[c], (p, c)) for p, c in program.implications]
    asserted = [(support[program.definitions[name]], name) for name in definitions]
    found = []
    for facts in linked([s for s, _ in pairs] + [s for s, _ in asserted]):
        mine = tuple(name for s, name in asserted if s <= facts)
        names = (*(name for name in stated if name in facts), *mine)
        if names:
            bound = tuple(pair for s, pair in pairs if s <= facts)
            operands = [program.nodes[program.definitions[n]].operands[0] for n in mine]
            ends = [step for pair in bound for step in pair] + operands
            steps = below(program, ends, frozenset())
            found.append(Tied(facts, names, bound, mine, steps))
    return tuple(found)


@frozen(kw_only=True, eq=False, repr=False)
class Closed:
    """What is known of a batch of patients; filled in as what follows is worked out.

    Attributes:
        cells: The columns, by the name of the fact.
        mask: All patients.
        leaves: The rails of each leaf of the program.
        definitions: The rails of definitions that were stated, or follow.
        possible: Of a choice whose value is unknown, who can still have each value.
        contradictory: Who contradicts an implication, by the names of the facts that do so.
    """

    cells: Mapping[str, Cells]
    rows: int
    mask: Bits
    leaves: dict[int, Rails]
    definitions: dict[int, Rails]
    possible: dict[str, dict[str, Bits]] = field(factory=dict)
    contradictory: dict[tuple[str, ...], Bits] = field(factory=dict)


def follow(
    evaluator: Evaluator, tied: Sequence[Tied], closed: Closed, otherwise: Otherwise
) -> None:
    """Add to `closed` what follows from what it holds."""
    for one in tied:
        loose = closed.mask & ~_keeping(evaluator, one, closed)
        if loose.any():
            _Following(evaluator, one, closed, otherwise, loose).work_out()


def _keeping(evaluator: Evaluator, tied: Tied, closed: Closed) -> Bits:
    """Of whom nothing follows: what is known keeps every constraint as it is."""
    program, leaves = evaluator.program, closed.leaves
    rails = {step: leaves[step] for step in tied.steps if step in leaves}
    run(program, tied.steps, rails, closed.mask)
    keeping = closed.mask
    for premise, conclusion in tied.implications:
        keeping = keeping & (rails[premise][1] | rails[conclusion][0])
    for name in tied.definitions:
        step = program.definitions[name]
        said_true, said_false = closed.definitions[step]
        true, false = rails[program.nodes[step].operands[0]]
        keeping = keeping & (~said_true | true) & (~said_false | false)
    return keeping


@frozen(slots=False, eq=False, repr=False)
class _Following:
    """One tie, and the patients of a batch of whom something follows from it."""

    evaluator: Evaluator
    tied: Tied
    closed: Closed
    otherwise: Otherwise
    loose: Bits

    def work_out(self) -> None:
        """Write what follows into the batch."""
        rows = rows_of(self.loose, self.closed.rows)
        codes = [self._codes(name)[rows] for name in self.tied.names]
        ways = sort_rows(codes, len(rows))
        facts = [
            self._facts(tuple(int(code[at]) for code in codes), int(rows[at]))
            for at in ways.first.tolist()
        ]
        self._write(facts, rows, ways.group)

    def _write(
        self, facts: list[Facts | None], rows: NDArray[Any], inverse: NDArray[Any]
    ) -> None:
        """Give each of `rows` the facts of its way."""
        closed, keep = self.closed, ~self.loose

        def spread(members: list[bool]) -> Bits:
            whole = np.zeros(closed.rows, np.bool_)
            whole[rows] = np.array(members)[inverse]
            return pack(whole)

        def merged(old: Rails, truths: list[Truth]) -> Rails:
            true = spread([truth is Truth.TRUE for truth in truths])
            false = spread([truth is Truth.FALSE for truth in truths])
            return ((old[0] & keep) | true, (old[1] & keep) | false)

        if None in facts:
            wrong = spread([one is None for one in facts])
            closed.contradictory[self.tied.names] = wrong
        ways = [Facts() if one is None else one for one in facts]
        program, vocabulary = self.evaluator.program, self.evaluator.graph.vocabulary
        for step, node in enumerate(program.nodes):
            leaf = node.leaf
            # A measure follows from nothing; it was compared with its column.
            if leaf is None or leaf.fact not in self.tied.facts:
                continue
            if not isinstance(leaf, Compare):
                truths = [holds(leaf, way) for way in ways]
                closed.leaves[step] = merged(closed.leaves[step], truths)
        nothing = (nobody(closed.rows), nobody(closed.rows))
        for name in dict.fromkeys(n for way in ways for n in way.definitions):
            step = program.definitions[name]
            truths = [Truth.of(way.definitions.get(name)) for way in ways]
            old = closed.definitions.get(step, nothing)
            closed.definitions[step] = merged(old, truths)
        for name in dict.fromkeys(n for way in ways for n in way.possible):
            values = choice_values(vocabulary.facts[name])
            closed.possible[name] = {
                value: (closed.mask & keep)
                | spread([value in way.possible.get(name, values) for way in ways])
                for value in values
            }

    def _codes(self, name: str) -> NDArray[Any]:
        """A number for each row that tells apart what can be stated of `name`."""
        column, rows = self.closed.cells[name], self.closed.rows
        match column:
            case Truths():
                true, false = column.rails
                return keys_of([true, false], rows)[0]
            case Choices():
                return (column.codes + 1).astype(np.uint16)
            case Measures():
                found = unpack(column.known, rows).astype(np.uint32)
                for step in self.tied.steps:
                    leaf = self.evaluator.program.nodes[step].leaf
                    if isinstance(leaf, Compare) and leaf.fact == name:
                        for end in column.ends(leaf):
                            found = 2 * found + unpack(end, rows)
                        found = np.unique(found, return_inverse=True)[1].astype(
                            np.uint32
                        )
                return found

    def _facts(self, way: tuple[int, ...], row: int) -> Facts | None:
        """What follows for the patients of whom the same is stated as of `row`."""
        tied = self.tied
        measured = any(isinstance(self.closed.cells[n], Measures) for n in tied.names)
        if not measured:
            before = tied.ways.get(way, _NEW)
            if not isinstance(before, str):
                return before
        values = {name: self.closed.cells[name].value(row) for name in tied.names}
        stated = Stated(values=values, otherwise=self.otherwise)
        evaluator = self.evaluator
        try:
            found: Facts | None = close(stated, evaluator.graph, evaluator.program)
        except PatientError:
            found = None
        if len(tied.ways) >= _MOST_REMEMBERED:
            tied.ways.clear()
        tied.ways[way] = found
        return found
