"""What follows from the stated facts, for a batch of patients at once.

The facts that an implication ties together are closed on a diagram of the cases that it allows,
for all patients at once. Where a tie is too large for that, or speaks of the record, patients who
keep every implication as they are need nothing; the others are sorted by what is stated of the
facts, and for each way the closure of a single patient is asked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.bits import (
    Bits,
    Sorted,
    keys_of,
    nobody,
    pack,
    rows_of,
    sort_rows,
    unpack,
)
from b12guide.cohort.column_values import Cells, Choices, Measures, Rails, Truths
from b12guide.cohort.threads import go_on
from b12guide.cohort.tie_diagram import Closed, FactLevel, Plane, TieDiagram, closed
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.evaluate.implications import absences, implied_facts, tied_components
from b12guide.evaluate.program import below, run
from b12guide.evaluate.worlds import choice_values
from b12guide.graph.condition import Compare, Leaf, OneOf
from b12guide.patient.model import Otherwise, Stated
from b12guide.truth import Truth

_MOST_REMEMBERED = 1 << 14
_NEW = "not met before"


@define(kw_only=True, eq=False, repr=False)
class TiedColumns:
    """Facts that implications or stated definitions tie together.

    Attributes:
        names: The facts and definitions among them that have a column.
        definitions: The definitions that have a column.
        defined: The definitions that the constraints speak of.
        steps: The nodes that say whether a patient keeps every constraint.
        leaves: The atoms about each fact, those of no constraint among them.
        is_plain: Whether nothing more follows for such a patient; see `Component.is_plain`.
        diagram: The cases that are allowed, where they could be drawn.
        ways: What follows, by what is stated; None for a contradiction.
    """

    facts: frozenset[str]
    names: tuple[str, ...]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[str, ...]
    defined: frozenset[str]
    steps: tuple[int, ...]
    leaves: Mapping[str, tuple[int, ...]]
    is_plain: bool
    diagram: TieDiagram | None = None
    ways: dict[tuple[int, ...], Facts | None] = field(factory=dict)


def ties(evaluator: Evaluator, stated: Sequence[str]) -> tuple[TiedColumns, ...]:
    """The ties between facts of which at least one is among the columns `stated`."""
    program, graph = evaluator.program, evaluator.graph
    asserted = tuple(sorted(name for name in stated if name in graph.definitions))
    found = []
    for component in tied_components(program, graph, asserted).components:
        facts = component.domains.keys()
        names = [name for name in stated if name in facts]
        names += component.definitions
        if names:
            tied = tuple(component.implications.values())
            ends = [step for pair in tied for step in pair]
            ends += [
                program.nodes[program.definitions[n]].operands[0]
                for n in component.definitions
            ]
            one = TiedColumns(
                facts=frozenset(facts),
                names=tuple(names),
                implications=tied,
                definitions=component.definitions,
                defined=frozenset(program.nodes[s].name for s in component.steps),
                steps=below(program, ends, frozenset()),
                leaves={
                    fact: tuple(
                        step
                        for step, node in enumerate(program.nodes)
                        if node.leaf is not None and node.leaf.fact == fact
                    )
                    for fact in facts
                },
                is_plain=component.is_plain,
                diagram=TieDiagram.of(component),
            )
            found.append(one)
    return tuple(found)


def unstated(
    evaluator: Evaluator, stated: Sequence[str], otherwise: Otherwise
) -> Facts:
    """What is known of every patient, with columns for nothing but the facts `stated`.

    Raises:
        PatientError: The vocabulary contradicts itself.
    """
    program, graph = evaluator.program, evaluator.graph
    nobody = Stated(values={}, otherwise=otherwise)
    implied_facts(nobody, graph, program)
    tied = tied_components(program, graph)
    defined = [program.definitions[n] for n in stated if n in program.definitions]
    read = frozenset(stated).union(*(program.support[step] for step in defined))
    touched = {tied.place[fact] for fact in read if fact in tied.place}
    values = tied.unmentioned(nobody)
    possible: dict[str, tuple[str, ...]] = {}
    definitions: dict[str, bool] = {}
    for place, found in tied.untouched(otherwise).items():
        if place not in touched:
            for name in found.lifted:
                del values[name]
            values |= found.values
            possible |= found.possible
            definitions |= found.definitions
    return Facts(values=values, possible=possible, definitions=definitions)


@define(kw_only=True, eq=False, repr=False)
class Implied:
    """What is known of a batch of patients; filled in as what follows is worked out.

    Attributes:
        cells: The columns, by the name of the fact.
        mask: All patients.
        nobody: None of them.
        leaves: The rails of each leaf of the program.
        ends: The same under the lower and under the upper reading, where they may differ.
        definitions: The rails of definitions that were stated, or follow.
        possible: Of a choice whose value is unknown, who can still have each value.
        contradictory: Who contradicts an implication, by the names of the facts that do so.
        unsettled: For whom more may follow than could be worked out, by the facts it may be about.
    """

    cells: Mapping[str, Cells]
    rows: int
    mask: Bits
    nobody: Bits
    leaves: dict[int, Rails]
    ends: dict[int, tuple[Rails, Rails]]
    definitions: dict[int, Rails]
    possible: dict[str, dict[str, Bits]] = field(factory=dict)
    contradictory: dict[tuple[str, ...], Bits] = field(factory=dict)
    unsettled: dict[tuple[str, ...], Bits] = field(factory=dict)


def follow(
    evaluator: Evaluator,
    tied: Sequence[TiedColumns],
    implied: Implied,
    otherwise: Otherwise,
) -> None:
    """Add to `implied` what follows from what it holds."""
    assumed = () if otherwise is Otherwise.UNKNOWN else absences(evaluator.graph)
    for one in tied:
        # What is assumed of a fact without a column gives way to what contradicts it.
        gives_way = any(fact in assumed for fact in one.facts.difference(one.names))
        if one.diagram is not None and not gives_way:
            _follow_drawn(evaluator, one, one.diagram, implied)
            continue
        loose = implied.mask & ~_keeping(evaluator, one, implied, otherwise)
        if loose.any():
            _Following(evaluator, one, implied, otherwise, loose).work_out()


def _follow_drawn(
    evaluator: Evaluator, tied: TiedColumns, diagram: TieDiagram, implied: Implied
) -> None:
    """Add what follows from a tie whose cases are drawn."""
    mask, none = implied.mask, nobody(implied.rows)
    left: list[list[Plane]] = []
    for level in diagram.levels:
        if isinstance(level, FactLevel):
            cells = implied.cells.get(level.name)
            left.append(level.left(cells, implied.leaves, implied.ends, mask))
        elif level in implied.definitions:
            true, false = implied.definitions[level]
            left.append([mask ^ true, mask ^ false])
        else:
            left.append([None, None])
    said = {
        step: reduce(
            or_, [t | f for t, f in (implied.definitions[s] for s in behind)], none
        )
        for step, behind in diagram.behind.items()
    }
    possible, wrong = diagram.passes(left, mask)
    if wrong.any():
        # The cells are taken back, and what follows is worked out anew.
        implied.contradictory[tied.names] = wrong
        return
    for level, planes in zip(diagram.levels, possible, strict=True):
        if isinstance(level, FactLevel):
            cells = implied.cells.get(level.name)
            known = none if cells is None else cells.known
            found = closed(level, planes, known, mask)
            if found.values or found.possible:
                _write(evaluator, implied, tied.leaves[level.name], level.name, found)
        else:
            where = said.get(level, mask)
            so = (where & ~planes[0], where & ~planes[1])
            if level in implied.definitions or so[0].any() or so[1].any():
                implied.definitions[level] = so


def _write(
    evaluator: Evaluator,
    implied: Implied,
    leaves: Sequence[int],
    name: str,
    found: Closed,
) -> None:
    """Add what follows about one fact to what its cells say."""
    if found.possible:
        implied.possible[name] = dict(found.possible)

    def added(old: Rails, leaf: Leaf, reading: Reading) -> Rails:
        true, false = old
        for value, who in found.values:
            truth = holds(leaf, Facts(values={name: value}, reading=reading))
            if truth is Truth.TRUE:
                true = true | who
            elif truth is Truth.FALSE:
                false = false | who
        if found.possible and isinstance(leaf, OneOf):
            can_be = [nobody(implied.rows), nobody(implied.rows)]
            for value, who in found.possible.items():
                can_be[value in leaf.values] |= who
            true = true | (found.restricted & ~can_be[False])
            false = false | (found.restricted & ~can_be[True])
        return true, false

    for step in leaves:
        leaf = evaluator.program.nodes[step].leaf
        if leaf is None:
            continue
        implied.leaves[step] = added(implied.leaves[step], leaf, Reading.REPORT)
        if step in implied.ends:
            lower, upper = implied.ends[step]
            implied.ends[step] = (
                added(lower, leaf, Reading.LOWER),
                added(upper, leaf, Reading.UPPER),
            )


def _keeping(
    evaluator: Evaluator, tied: TiedColumns, implied: Implied, otherwise: Otherwise
) -> Bits:
    """About whom nothing follows: what is known keeps every constraint as it is."""
    if not tied.is_plain:
        return nobody(implied.rows)
    program, leaves = evaluator.program, implied.leaves
    rails = {step: leaves[step] for step in tied.steps if step in leaves}
    run(program, tied.steps, rails, implied.mask)
    keeping = implied.mask
    for premise, conclusion in tied.implications:
        keeping = keeping & (rails[premise][1] | rails[conclusion][0])
    for name in tied.definitions:
        step = program.definitions[name]
        said_true, said_false = implied.definitions[step]
        true, false = rails[program.nodes[step].operands[0]]
        keeping = keeping & (~said_true | true) & (~said_false | false)
        if otherwise is Otherwise.ABSENT:
            # What is behind a definition stated to be unknown is not absent.
            keeping = keeping & (said_true | said_false)
    return keeping


@frozen(eq=False, repr=False)
class _Following:
    """One tie, and the patients of a batch about whom something follows from it."""

    evaluator: Evaluator
    tied: TiedColumns
    implied: Implied
    otherwise: Otherwise
    loose: Bits

    def work_out(self) -> None:
        """Write what follows into the batch."""
        rows = rows_of(self.loose, self.implied.rows)
        codes = [self.codes(name)[rows] for name in self.tied.names]
        ways = sort_rows(codes, len(rows))
        facts = [
            self.facts(tuple(int(code[at]) for code in codes), int(rows[at]))
            for at in ways.first.tolist()
        ]
        self.write(facts, rows, ways)

    def write(
        self, facts: list[Facts | None], rows: NDArray[Any], found: Sorted
    ) -> None:
        """Give each of `rows` the facts of its way."""
        implied, keep = self.implied, ~self.loose

        def spread(members: list[bool]) -> Bits:
            whole = np.zeros(implied.rows, np.bool_)
            whole[rows] = np.array(members)[found.group]
            return pack(whole)

        def added(old: Rails, truths: list[Truth]) -> Rails:
            true = spread([truth is Truth.TRUE for truth in truths])
            false = spread([truth is Truth.FALSE for truth in truths])
            return (old[0] | true, old[1] | false)

        def merged(old: Rails, truths: list[Truth]) -> Rails:
            return added((old[0] & keep, old[1] & keep), truths)

        if None in facts:
            wrong = spread([one is None for one in facts])
            implied.contradictory[self.tied.names] = wrong
        ways = [Facts() if one is None else one for one in facts]
        for names in dict.fromkeys(way.unsettled for way in ways):
            mine = tuple(name for name in names if name in self.tied.facts)
            if mine:
                implied.unsettled[mine] = spread([w.unsettled == names for w in ways])
        program, vocabulary = self.evaluator.program, self.evaluator.graph.vocabulary
        for step, node in enumerate(program.nodes):
            leaf = node.leaf
            if leaf is None or leaf.fact not in self.tied.facts:
                continue
            column, seen, write = implied.cells.get(leaf.fact), ways, merged
            if isinstance(column, Measures):
                # About whom the same is stated as far as the ties can tell may still differ in
                # other thresholds: a measure that is stated was compared with its column.
                first = rows[found.first].tolist()
                given = [column.value(row) is not None for row in first]
                seen = [Facts() if g else w for g, w in zip(given, ways, strict=True)]
                write = added
            old = implied.leaves[step]
            implied.leaves[step] = write(old, [holds(leaf, way) for way in seen])
            if step in implied.ends:
                lower, upper = implied.ends[step]
                low = [evolve(way, reading=Reading.LOWER) for way in seen]
                high = [evolve(way, reading=Reading.UPPER) for way in seen]
                implied.ends[step] = (
                    write(lower, [holds(leaf, way) for way in low]),
                    write(upper, [holds(leaf, way) for way in high]),
                )
        nothing = (nobody(implied.rows), nobody(implied.rows))
        followed = dict.fromkeys(n for way in ways for n in way.definitions)
        for name in followed.keys() & self.tied.defined:
            step = program.definitions[name]
            truths = [Truth.of(way.definitions.get(name)) for way in ways]
            old = implied.definitions.get(step, nothing)
            implied.definitions[step] = merged(old, truths)
        followed = dict.fromkeys(n for way in ways for n in way.possible)
        for name in followed.keys() & self.tied.facts:
            values = choice_values(vocabulary.facts[name])
            implied.possible[name] = {
                value: (implied.mask & keep)
                | spread([value in way.possible.get(name, values) for way in ways])
                for value in values
            }

    def codes(self, name: str) -> NDArray[Any]:
        """A number for each row that tells apart what can be stated of `name`."""
        column, rows = self.implied.cells[name], self.implied.rows
        match column:
            case Truths():
                true, false = column.rails
                return keys_of([true, false], rows)[0]
            case Choices():
                found = np.zeros(rows, np.uint32)
                for number, plane in enumerate(column.planes, 1):
                    found[unpack(plane, rows)] = number
                return found
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

    def facts(self, way: tuple[int, ...], row: int) -> Facts | None:
        """What follows for the patients about whom the same is stated as of `row`."""
        tied = self.tied
        measured = any(isinstance(self.implied.cells[n], Measures) for n in tied.names)
        if not measured:
            before = tied.ways.get(way, _NEW)
            if not isinstance(before, str):
                return before
        go_on()
        values = {name: self.implied.cells[name].value(row) for name in tied.names}
        stated = Stated(values=values, otherwise=self.otherwise)
        evaluator = self.evaluator
        try:
            found: Facts | None = implied_facts(
                stated, evaluator.graph, evaluator.program
            )
        except PatientError:
            found = None
        if len(tied.ways) >= _MOST_REMEMBERED:
            tied.ways.clear()
        tied.ways[way] = found
        return found
