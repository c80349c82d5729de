"""The verdicts of one patient where a guideline has so many rules that most do not concern them.

The rules are cut into blocks. A block is left alone where it is certain what it would come to:
every rule in it needs a finding that this patient has not, or nothing is known that any of them
reads. The others are worked out, by the interpreter at first, and by a function of their own once
enough patients came by to make one worth while. What the blocks say is tested against the function
for the whole guideline, which is what a guideline with few rules has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, compress
from typing import TypeAlias

from attrs import define, field, frozen

from b12guide.collector import collector_paused
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.program import Op, Program, below, rails_at
from b12guide.evaluate.to_python import (
    APPLIES,
    FALLS,
    OPEN,
    OVERRIDDEN,
    BlockFunction,
    Codes,
    Pair,
    PythonWriter,
    block_function,
    compiled,
    places_of,
    rule_pairs,
)
from b12guide.graph.condition import Has
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue

RULES_OF_A_BLOCK = 64
"""The rules that are kept together, if no finding keeps more of them asleep at once."""

MOSTLY = 4
"""Where one rule in so many is kept asleep by nothing, rules stay in the order of writing."""

FIRST = 16
"""The patients of a block after whom making a function of it has become worth while."""

FEW = 256
"""The rules of a guideline that need no blocks."""

Blocks: TypeAlias = "tuple[VerdictBlock, ...]"


def codes_of(graph: RuleGraph, program: Program) -> Codes:
    """What gives the verdict code of every rule of `graph`, in order."""
    if len(graph.rules) <= FEW:
        return compiled(graph, program)
    return BlockedGuideline(graph, program).codes


@frozen(slots=False, eq=False, repr=False)
class BlockedGuideline:
    """A guideline in blocks, of which those that nobody comes for are never made."""

    graph: RuleGraph
    program: Program
    rules_of_a_block: int = RULES_OF_A_BLOCK

    def codes(self, facts: Facts) -> bytearray:
        """The code of the verdict of every rule."""
        steps = self.scope_steps
        scope = rails_at(self.program, steps, facts)[self.program.scope]
        return (self.outside if scope == (0, 1) else self.inside).codes(facts)

    @cached_property
    def scope_steps(self) -> tuple[int, ...]:
        """All that the scope is worked out from."""
        return below(self.program, [self.program.scope], frozenset())

    @cached_property
    def writer(self) -> PythonWriter:
        """The writer of the functions."""
        return PythonWriter(self.program)

    @cached_property
    def inside(self) -> BlockedRules:
        """The rules for those within the scope."""
        pairs = rule_pairs(self.graph, self.program, outside=False)
        return BlockedRules.of(self.writer, pairs, self.rules_of_a_block)

    @cached_property
    def outside(self) -> BlockedRules:
        """The rules for those outside it."""
        pairs = rule_pairs(self.graph, self.program, outside=True)
        return BlockedRules.of(self.writer, pairs, self.rules_of_a_block)


@define(eq=False, repr=False)
class VerdictBlock:
    """Some rules of a guideline; how it is worked out changes, what comes of it does not.

    Attributes:
        places: Of each pair of steps, the places of the rules that have it.
        asleep: The findings and events of which all must be false for none of the rules to apply;
            empty where no finding says so.
        steps: All that the rules are worked out from.
        patients: How often the block was worked out so far.
    """

    program: Program
    writer: PythonWriter
    places: Mapping[Pair, list[int]]
    asleep: frozenset[str]
    steps: tuple[int, ...]
    patients: int = field(default=0, init=False)
    function: BlockFunction | None = field(default=None, init=False)

    def work_out(self, facts: Facts, found: bytearray) -> None:
        """Leave the codes of the rules in `found`, where all of them fall so far."""
        function = self.function
        if function is not None:
            function(facts, found)
            return
        self.patients += 1
        if self.patients > FIRST:
            self.function = block_function(self.writer, self.places)
        rails = rails_at(self.program, self.steps, facts)
        for (own, exceptions), places in self.places.items():
            if rails[own] == (0, 1):
                continue
            code = OPEN
            if rails[own] == (1, 0) and rails[exceptions] != (0, 0):
                code = APPLIES if rails[exceptions] == (0, 1) else OVERRIDDEN
            for place in places:
                found[place] = code


@frozen(slots=False, eq=False, repr=False)
class BlockedRules:
    """The rules of a guideline for those within its scope, or for those outside it, in blocks.

    Attributes:
        size: The number of all rules.
        sleepless: The blocks that no finding keeps asleep.
        wakes: The blocks that are not asleep where a finding or an event is not false.
        reads: The blocks that read a fact or a definition.
    """

    size: int
    blocks: Blocks
    sleepless: Blocks
    wakes: Mapping[str, Blocks]
    reads: Mapping[str, Blocks]

    @classmethod
    @collector_paused()
    def of(
        cls, writer: PythonWriter, pairs: list[Pair | None], most: int
    ) -> BlockedRules:
        """The blocks, of about `most` rules, of all `pairs` but those that are None."""
        program = writer.program
        blocks = tuple(_blocks(writer, places_of(pairs), most))
        wakes: dict[str, list[VerdictBlock]] = {}
        reads: dict[str, list[VerdictBlock]] = {}
        for block in blocks:
            for fact in sorted(block.asleep):
                wakes.setdefault(fact, []).append(block)
            read: set[str] = set()
            for step in block.steps:
                node = program.nodes[step]
                if node.leaf is not None:
                    read.add(node.leaf.fact)
                elif node.name:
                    read.add(node.name)
            for name in sorted(read):
                reads.setdefault(name, []).append(block)
        return cls(
            len(pairs),
            blocks,
            tuple(block for block in blocks if not block.asleep),
            {fact: tuple(found) for fact, found in wakes.items()},
            {name: tuple(found) for name, found in reads.items()},
        )

    @cached_property
    def findings(self) -> frozenset[str]:
        """The findings and events that keep blocks asleep."""
        return frozenset(self.wakes)

    @cached_property
    @collector_paused()
    def unknown(self) -> bytearray:
        """The codes for a patient about whom nothing is known."""
        found = bytearray(self.size)
        nobody = Facts()
        for block in self.blocks:
            block.work_out(nobody, found)
        return found

    def codes(self, facts: Facts) -> bytearray:
        """The code of the verdict of every rule."""
        values, stated = facts.values, facts.definitions
        if len(values) + len(stated) + len(facts.possible) < len(self.blocks) // 2:
            return self._of_little_known(facts)
        found = bytearray(self.size)
        for block in self._awake(values, stated):
            block.work_out(facts, found)
        return found

    def _awake(
        self, values: Mapping[str, FactValue], stated: Mapping[str, bool]
    ) -> Collection[VerdictBlock]:
        """The blocks of which it is not certain that none of their rules applies."""
        # Thousands of findings may be false: they are passed over without a step of Python.
        true = self.findings.intersection(compress(values, values.values()))
        waking = true | self.findings.difference(values.keys())
        if 2 * len(waking) > len(self.findings):
            return self.blocks
        awake = set(self.sleepless)
        for fact in waking:
            awake.update(self.wakes[fact])
        for name in stated:
            awake.update(self.reads.get(name, ()))
        return awake

    def _of_little_known(self, facts: Facts) -> bytearray:
        found = self.unknown.copy()
        touched: set[VerdictBlock] = set()
        for name in chain(facts.values, facts.definitions, facts.possible):
            touched.update(self.reads.get(name, ()))
        for block in touched:
            for places in block.places.values():
                for place in places:
                    found[place] = FALLS
            block.work_out(facts, found)
        return found


def _blocks(
    writer: PythonWriter, places: Mapping[Pair, list[int]], most: int
) -> Iterator[VerdictBlock]:
    """Blocks of about so many rules: the rules that one finding keeps asleep stay together.

    Of the findings that keep a rule asleep, the one that does so for most rules is taken, as long
    as these are no more than a block has; failing that, the one that does so for the fewest. Rules
    that nothing keeps asleep have blocks of their own, unless most rules are like that: then the
    blocks would be read for nearly every patient, and do best with what is written together.
    """
    program = writer.program
    sleep = {pair: _findings(program, pair[0]) for pair in places}
    count = Counter(fact for found in sleep.values() for fact in found)

    def rank(fact: str) -> tuple[bool, int, str]:
        size = count[fact]
        return size <= most, size if size <= most else -size, fact

    by_finding: dict[str, list[Pair]] = {}
    alone = []
    for pair, found in sleep.items():
        if found:
            by_finding.setdefault(max(found, key=rank), []).append(pair)
        else:
            alone.append(pair)
    if len(alone) * MOSTLY > len(sleep):
        by_finding, alone = {}, list(sleep)
    open_: list[Pair] = []
    asleep: list[str] = []
    for fact, pairs in by_finding.items():
        for few in _cut(pairs, most):
            open_ += few
            asleep.append(fact)
            if len(open_) >= most:
                yield _block(writer, places, open_, asleep)
                open_, asleep = [], []
    if open_:
        yield _block(writer, places, open_, asleep)
    for few in _cut(alone, most):
        yield _block(writer, places, few, ())


def _cut(pairs: list[Pair], most: int) -> Iterator[list[Pair]]:
    for start in range(0, len(pairs), most):
        yield pairs[start : start + most]


def _block(
    writer: PythonWriter,
    places: Mapping[Pair, list[int]],
    pairs: list[Pair],
    asleep: Iterable[str],
) -> VerdictBlock:
    program = writer.program
    return VerdictBlock(
        program,
        writer,
        {pair: places[pair] for pair in pairs},
        frozenset(asleep),
        below(program, [step for pair in pairs for step in pair], frozenset()),
    )


def _findings(program: Program, step: int) -> frozenset[str]:
    """The findings and events of which each makes a node false by being false.

    A definition on the way may be stated to hold nevertheless; then nothing that reads it sleeps.
    """
    found: set[str] = set()
    pending = [step]
    while pending:
        node = program.nodes[pending.pop()]
        if isinstance(node.leaf, Has):
            found.add(node.leaf.fact)
        elif node.op in (Op.ALL, Op.DEFINED, Op.ESTABLISHED):
            pending.extend(node.operands)
    return frozenset(found)
