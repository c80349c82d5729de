"""The rule graph as a straight-line program over two-rail bit sets.

Every condition of the guideline becomes a node; equal conditions are one node. A node's value is
a pair of bit sets, the worlds in which it is certainly true and those in which it is certainly
false; a world in neither leaves it unknown. "And" is then the intersection of the first sets and
the union of the second, which is Kleene's strong logic (1952) for as many worlds at once as a set
has bits. With one-bit sets the program answers one patient; with wide sets it answers every
completion of a patient, or a column of patients.

Kleene's logic says less than is true where a fact is read twice: "a or not a" is unknown while a
is. So it is never the last word about what is unknown: decisions go through completions (M21), and
what reads no fact twice is known to need none (`Program.reads_once`).
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Container,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from enum import Enum
from functools import cached_property
from typing import Any, Protocol, TypeAlias, TypeVar, assert_never

from attrs import field, frozen

from b12guide.evaluate.facts import Facts, holds
from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.graph.conclusions import written
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Leaf,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import Decision, RuleGraph, Silence
from b12guide.truth import Truth
from b12guide.values.term import Kind, Operator


class Bits(Protocol):
    """A set of worlds or of patients: an integer, or an array of words."""

    def __and__(self, other: Any, /) -> Any: ...
    def __or__(self, other: Any, /) -> Any: ...
    def __xor__(self, other: Any, /) -> Any: ...
    def __invert__(self) -> Any: ...


Set = TypeVar("Set", bound=Bits)

Rails: TypeAlias = tuple[int, int]
"""The worlds in which something is certainly true, and those in which it is certainly false."""


class Op(Enum):
    """What a node does with its operands."""

    LEAF = "leaf"
    ESTABLISHED = "established"
    RECORDED = "recorded"
    DEFINED = "defined"
    NOT = "not"
    ALL = "all"
    ANY = "any"


@frozen(repr=False)
class ProgramNode(Record):
    """One step of the program; operands are earlier nodes.

    Attributes:
        leaf: The atom, of a `LEAF`.
        name: The definition, of a `DEFINED`; its operand is the definition's condition.
    """

    op: Op
    operands: tuple[int, ...] = ()
    leaf: Leaf | None = None
    name: str = ""


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Program(Record):
    """The steps, and which of them answer what. A program equals no other.

    Attributes:
        conditions: Of each rule, its own condition.
        exceptions: Of each rule, the disjunction of its exceptions' conditions.
        implications: Premise and conclusion of each implication.
        silences: Of each silence, its topics and what brings them up: its condition, or for each
            topic by itself that the patient has it.
        counted: Of each node that stands for so many of a list (M72), how many of which nodes. What
            can count goes by this; all others by the nodes between, which know no numbers.
    """

    nodes: tuple[ProgramNode, ...]
    scope: int
    conditions: Mapping[str, int] = field(converter=frozen_map)
    exceptions: Mapping[str, int] = field(converter=frozen_map)
    definitions: Mapping[str, int] = field(converter=frozen_map)
    implications: tuple[tuple[int, int], ...]
    silences: tuple[tuple[tuple[tuple[str, ...], int], ...], ...]
    counted: Mapping[int, tuple[int, tuple[int, ...]]] = field(converter=frozen_map)

    @cached_property
    def support(self) -> tuple[frozenset[str], ...]:
        """The facts that each node is worked out from."""
        found: list[frozenset[str]] = []
        for node in self.nodes:
            if node.leaf is not None:
                found.append(frozenset({node.leaf.fact}))
            elif len(node.operands) == 1:
                found.append(found[node.operands[0]])
            else:
                below = [found[operand] for operand in node.operands]
                found.append(frozenset[str]().union(*below))
        return tuple(found)

    @cached_property
    def reads_once(self) -> tuple[bool, ...]:
        """Whether a node reads no fact twice, so that Kleene's logic is exact about it."""
        found: list[bool] = []
        support = self.support
        for step, node in enumerate(self.nodes):
            read = sum(len(support[operand]) for operand in node.operands)
            found.append(
                all(found[operand] for operand in node.operands)
                and (node.leaf is not None or read == len(support[step]))
            )
        return tuple(found)

    @cached_property
    def record(self) -> frozenset[int]:
        """The nodes that ask about the record and not about the patient (M14)."""
        ops = (Op.ESTABLISHED, Op.RECORDED)
        return frozenset(s for s, node in enumerate(self.nodes) if node.op in ops)


def compile_graph(graph: RuleGraph) -> Program:
    """The program of `graph`."""
    builder = _ProgramBuilder(graph)
    conditions = {
        name: builder.node(rule.condition) for name, rule in graph.rules.items()
    }
    exceptions = {
        name: builder.several(
            Op.ANY, [graph.rules[e].condition for e in rule.exceptions]
        )
        for name, rule in graph.rules.items()
    }
    return Program(
        scope=builder.node(graph.scope),
        conditions=conditions,
        exceptions=exceptions,
        definitions={name: builder.node(Defined(name)) for name in graph.definitions},
        implications=tuple(
            (builder.node(i.premise), builder.node(i.conclusion))
            for i in graph.implications
        ),
        silences=tuple(
            tuple(
                (topics, builder.node(c)) for topics, c in _brought_up(silence, graph)
            )
            for silence in graph.silences
        ),
        nodes=tuple(builder.nodes),
        counted=builder.counted,
    )


def _brought_up(
    silence: Silence, graph: RuleGraph
) -> Iterator[tuple[tuple[str, ...], Condition]]:
    """Topics of a silence, and the condition under which a patient brings them up."""
    if silence.condition is not None:
        yield silence.topics, silence.condition
        return
    for topic in silence.topics:
        fact = graph.vocabulary.facts.get(topic)
        if topic in graph.definitions:
            yield (topic,), Defined(topic)
        elif fact is None:
            continue  # a drug or a test: nobody has it
        elif fact.kind is Kind.MEASURE and fact.absent is not None:
            nothing = Compare(topic, Operator.EQUAL, fact.absent, fact.absent)
            yield (topic,), AllOf((HasValue(topic), Not(nothing)))
        elif fact.kind is Kind.MEASURE:
            yield (topic,), HasValue(topic)
        elif fact.kind is Kind.CHOICE:
            others = tuple(value for value in fact.values if value != "none")
            yield (topic,), OneOf(topic, others)
        else:
            yield (topic,), Has(topic)


def run(
    program: Program,
    steps: Iterable[int],
    rails: dict[int, tuple[Set, Set]],
    mask: Set,
    *,
    is_record: bool = True,
) -> dict[int, tuple[Set, Set]]:
    """`rails` with the nodes `steps` worked out; nodes already there are left alone.

    The steps must stand in the program's order, and their operands among them or in `rails`.
    A leaf that is not in `rails` is unknown in every world. No set is changed in place, so that
    nodes may share one.

    `is established` and `is recorded` speak of what is on record (M14). Where `rails` hold that,
    they have an answer; where they hold what may be so of somebody (not `is_record`), all that
    follows is that nothing is established that is not so.
    """
    nodes = program.nodes
    for step in steps:
        if step in rails:
            continue
        node = nodes[step]
        match node.op:
            case Op.LEAF:
                rails[step] = (mask ^ mask, mask ^ mask)
            case Op.NOT:
                true, false = rails[node.operands[0]]
                rails[step] = (false, true)
            case Op.ESTABLISHED if is_record:
                true, _ = rails[node.operands[0]]
                rails[step] = (true, mask & ~true)
            case Op.ESTABLISHED:
                rails[step] = (mask ^ mask, rails[node.operands[0]][1])
            case Op.RECORDED if not is_record:
                rails[step] = (mask ^ mask, mask ^ mask)
            case Op.RECORDED:
                true, false = rails[node.operands[0]]
                rails[step] = (true | false, mask & ~(true | false))
            case Op.DEFINED:
                rails[step] = rails[node.operands[0]]
            case Op.ALL if not node.operands:
                rails[step] = (mask, mask ^ mask)
            case Op.ALL:
                true, false = rails[node.operands[0]]
                for operand in node.operands[1:]:
                    t, f = rails[operand]
                    true, false = true & t, false | f
                rails[step] = (true, false)
            case Op.ANY if not node.operands:
                rails[step] = (mask ^ mask, mask)
            case Op.ANY:
                true, false = rails[node.operands[0]]
                for operand in node.operands[1:]:
                    t, f = rails[operand]
                    true, false = true | t, false & f
                rails[step] = (true, false)
            case _:
                assert_never(node.op)
    return rails


def below(
    program: Program, roots: Iterable[int], stop: frozenset[int]
) -> tuple[int, ...]:
    """The nodes that `roots` are worked out from, in order, without going below `stop`."""
    seen: set[int] = set()
    pending = list(roots)
    while pending:
        step = pending.pop()
        if step not in seen:
            seen.add(step)
            if step not in stop:
                pending.extend(program.nodes[step].operands)
    return tuple(sorted(seen))


def known_rails(program: Program, facts: Facts) -> tuple[Rails, ...]:
    """The value of every node for the known facts alone, as sets of a single world."""
    rails = rails_at(program, range(len(program.nodes)), facts)
    return tuple([rails[step] for step in range(len(program.nodes))])


def rails_at(
    program: Program,
    steps: Sequence[int],
    facts: Facts,
    beside: Mapping[int, Rails] | None = None,
) -> dict[int, Rails]:
    """The same for some nodes, with all that they are worked out from among them, in order.

    Or not among them, where it is `beside` them with its value.
    """
    rails: dict[int, Rails] = {} if beside is None else {**beside}
    for name, truth in facts.definitions.items():
        rails[program.definitions[name]] = (int(truth), int(not truth))
    nodes = program.nodes
    is_told = bool(facts.values or facts.possible or facts.bounds)
    for step in steps:
        leaf = nodes[step].leaf
        if is_told and leaf is not None:
            found = holds(leaf, facts)
            rails[step] = (int(found is Truth.TRUE), int(found is Truth.FALSE))
    return run(program, steps, rails, 1)


def rails_beside(
    program: Program, untold: Sequence[Rails], steps: Sequence[int], facts: Facts
) -> tuple[Rails, ...]:
    """The value of every node for facts that only `steps` read, in order.

    Args:
        program: The program.
        untold: The value of every node where nothing is known.
        steps: All nodes that are worked out from a known fact, or a known definition.
        facts: What is known.
    """
    here = set(steps)
    around = {
        o for step in steps for o in program.nodes[step].operands if o not in here
    }
    beside = {step: untold[step] for step in around}
    found = list(untold)
    for step, rails in rails_at(program, steps, facts, beside).items():
        found[step] = rails
    return tuple(found)


def readers(program: Program) -> Mapping[str, tuple[int, ...]]:
    """Of each fact and definition, the nodes that are worked out from it, in order."""
    found: dict[str, list[int]] = {}
    named: list[
        frozenset[str]
    ] = []  # the definitions that each node is worked out from
    nothing = frozenset[str]()
    for step, node in enumerate(program.nodes):
        through = nothing.union(*[named[operand] for operand in node.operands])
        named.append(through | {node.name} if node.name else through)
        for name in program.support[step] | named[step]:
            found.setdefault(name, []).append(step)
    return FrozenMap({name: tuple(steps) for name, steps in found.items()})


def reader(program: Program) -> Callable[[int, Facts], bool | None]:
    """How facts read a leaf that a generated function leaves to the specification."""
    nodes = program.nodes

    def read(step: int, facts: Facts) -> bool | None:
        leaf = nodes[step].leaf
        truth = Truth.UNKNOWN if leaf is None else holds(leaf, facts)
        return None if truth is Truth.UNKNOWN else truth is Truth.TRUE

    return read


def open_facts(
    program: Program, term: int, known: Sequence[Rails] | Mapping[int, Rails]
) -> frozenset[str]:
    """The facts below `term` whose atoms the known facts leave open."""
    found: set[str] = set()
    pending, seen = [term], {term}
    while pending:
        step = pending.pop()
        node = program.nodes[step]
        if node.leaf is not None:
            found.add(node.leaf.fact)
        for operand in node.operands:
            if known[operand] == (0, 0) and operand not in seen:
                seen.add(operand)
                pending.append(operand)
    return frozenset(found)


class _ProgramBuilder:
    """Collects nodes, each only once. The only mutable thing here, and gone after compiling."""

    def __init__(self, graph: RuleGraph) -> None:
        self.graph = graph
        self.nodes: list[ProgramNode] = []
        self.index: dict[Hashable, int] = {}
        self.defined: dict[str, int] = {}
        self.counted: dict[int, tuple[int, tuple[int, ...]]] = {}

    def node(self, condition: Condition) -> int:
        match condition:
            case Has() | Compare() | OneOf() | HasValue():
                return self._leaf(condition)
            case AllOf(operands=operands):
                return self.several(Op.ALL, operands)
            case AnyOf(operands=operands):
                return self.several(Op.ANY, operands)
            case AtLeast(count=count, operands=operands):
                return self._at_least(count, [self.node(one) for one in operands])
            case Not(operand=operand):
                return self._add(Op.NOT, (self.node(operand),))
            case Defined(name=name):
                # Once: a body that names two others, each of which names two, is soon enormous.
                if name not in self.defined:
                    body = self.node(self.graph.definitions[name].condition)
                    self.defined[name] = self._add(Op.DEFINED, (body,), name)
                return self.defined[name]
            case Established(operand=operand):
                return self._add(Op.ESTABLISHED, (self.node(operand),))
            case Recorded(operand=operand):
                return self._add(Op.RECORDED, (self.node(operand),))
            case Resting(operand=operand):
                return self.node(operand)
            case _:
                assert_never(condition)

    def several(self, op: Op, operands: Iterable[Condition]) -> int:
        return self._joined(op, [self.node(operand) for operand in operands])

    def _joined(self, op: Op, operands: Iterable[int]) -> int:
        steps = tuple(dict.fromkeys(operands))
        return steps[0] if len(steps) == 1 else self._add(op, steps)

    def _at_least(self, count: int, steps: Sequence[int]) -> int:
        """So many of `steps`, in nodes that know `all` and `any` alone.

        `count` of the first so many are so where `count` of those before are, or all but one of
        them and the last. No condition is denied here, so what is certain in the parts is certain
        of the whole, and nothing else is: in three values it counts as M72 does.
        """
        if not 0 < count <= len(steps):
            return self._joined(Op.ANY if count > 0 else Op.ALL, ())
        so_many: dict[int, int] = {}
        for place, step in enumerate(steps):
            left = len(steps) - place - 1
            # From many to few: each is made of those that the steps before made.
            for number in range(min(count, place + 1), max(count - left, 1) - 1, -1):
                ways = [so_many[number]] if number in so_many else []
                fewer = () if number == 1 else (so_many[number - 1],)
                ways.append(self._joined(Op.ALL, (*fewer, step)))
                so_many[number] = self._joined(Op.ANY, ways)
        found = so_many[count]
        if 1 < count < len(steps) and found > max(steps):
            self.counted[found] = (count, tuple(steps))
        return found

    def _leaf(self, leaf: Leaf) -> int:
        # What the leaves consist of is hashed more quickly than they are; and enumerations by
        # what they are called, since their own hash is a function of Python.
        key: Hashable = (type(leaf), leaf.fact)
        if isinstance(leaf, Compare):
            bounds = leaf.low.as_integer_ratio(), leaf.high.as_integer_ratio()
            key = (key, leaf.operator.value, bounds)
        elif isinstance(leaf, OneOf):
            key = (key, leaf.values)
        found = self.index.get(key)
        return (
            self._step(key, ProgramNode(Op.LEAF, (), leaf)) if found is None else found
        )

    def _add(self, op: Op, operands: tuple[int, ...], name: str = "") -> int:
        key = (op.value, operands, name)
        found = self.index.get(key)
        return (
            self._step(key, ProgramNode(op, operands, name=name))
            if found is None
            else found
        )

    def _step(self, key: Hashable, node: ProgramNode) -> int:
        self.index[key] = len(self.nodes)
        self.nodes.append(node)
        return len(self.nodes) - 1


def question_units(graph: RuleGraph, program: Program) -> frozenset[int]:
    """The definitions whose facts matter to the decisions only through them.

    "Has the patient neurological symptoms?" is then one question, and not one for each symptom; the
    facts behind it are shown with it (M25).
    """
    roots = [program.scope]
    for name, rule in graph.rules.items():
        if rule.decision is not Decision.NOTE:
            roots += (program.conditions[name], program.exceptions[name])
    own = written(graph.definitions).keys()
    outside = _outermost(program, roots, own)
    return frozenset(
        step
        for name, step in program.definitions.items()
        if name in own
        and len(program.support[step]) > 1
        and all(outside.get(fact, set()) <= {name} for fact in program.support[step])
    )


def _outermost(
    program: Program, roots: Iterable[int], named: Container[str]
) -> dict[str, set[str]]:
    """For each fact, the outermost of the definitions `named` through which it is read.

    "" stands for none.
    """
    found: dict[str, set[str]] = {}
    # A node is looked at once for each definition around it, however often it is named.
    seen = {(root, "") for root in roots}
    pending = list(seen)
    while pending:
        step, inside = pending.pop()
        node = program.nodes[step]
        if node.leaf is not None:
            found.setdefault(node.leaf.fact, set()).add(inside)
        around = inside or (node.name if node.name in named else "")
        for operand in node.operands:
            if (operand, around) not in seen:
                seen.add((operand, around))
                pending.append((operand, around))
    return found
