"""A guideline made ready for questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib import import_module
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import frozen

from b12guide.collector import collector_paused
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.composition import heard
from b12guide.evaluate.composition_parts import reading_order
from b12guide.evaluate.facts import (
    NOTHING,
    Facts,
    Reading,
    is_open_to_reading,
    is_ranged,
    told_apart,
)
from b12guide.evaluate.implications import absences
from b12guide.evaluate.memory import Memory, memory_of
from b12guide.evaluate.outline import Outlines
from b12guide.evaluate.program import (
    Program,
    Rails,
    below,
    compile_graph,
    known_rails,
    question_units,
    rails_beside,
    readers,
)
from b12guide.frozen import FrozenMap
from b12guide.graph.condition import Leaf
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import facts_heeded
from b12guide.patient.model import FactValue
from b12guide.patient.plain_record import PlainFacts
from b12guide.values.term import Kind

if TYPE_CHECKING:
    from b12guide.evaluate.to_python import Codes, Kept, Truths

__all__ = ["Evaluator", "RuleSteps"]


FIRST = 4
"""The patients after whom making a function has become worth while for a small guideline."""

NODES_FOR_ONE_MORE = 500
"""The nodes that take so long to be made into code that one more patient is awaited first."""

MANY = 500
"""The nodes of a program that are worth while to be told apart by what they read."""

NODES_OF_A_FACT = 32
"""Where as many facts are known as there are times so many nodes, they are not told apart."""

FEW_OF_MANY = 4
"""Where more than one node in so many reads what is known, all are worked out."""

_RAILS: Mapping[bool | None, Rails] = {True: (1, 0), False: (0, 1), None: (0, 0)}


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class RuleSteps:
    """A rule, the steps that settle it, and the two verdicts that need no explanation.

    Attributes:
        bit: The rule in a set of rules.
    """

    program: Program
    rule: Rule
    own: int
    exceptions: int
    bit: int
    falls: RuleVerdict

    @cached_property
    def applies(self) -> RuleVerdict:
        """The verdict where it applies."""
        return RuleVerdict(rule=self.rule, verdict=Verdict.APPLIES)

    @cached_property
    def below(self) -> tuple[int, ...]:
        """Every step that its own condition is worked out from."""
        return below(self.program, [self.own], frozenset())

    @cached_property
    def behind(self) -> tuple[int, ...]:
        """The same, with those of its exceptions."""
        return below(self.program, [self.own, self.exceptions], frozenset())

    @cached_property
    def ranged(self) -> tuple[str, ...]:
        """The measures in these that are compared with a printed range."""
        leaves = [self.program.nodes[step].leaf for step in self.behind]
        return tuple(sorted({leaf.fact for leaf in leaves if is_ranged(leaf)}))


@frozen(slots=False, eq=False, repr=False)
class Evaluator:
    """A guideline made ready for questions: the graph, its program, and what to ask by name.

    All of it follows from the graph, so the graph is all that is pickled or copied.
    """

    graph: RuleGraph
    program: Program

    @classmethod
    @collector_paused()
    def of(cls, graph: RuleGraph) -> Evaluator:
        """The evaluator of `graph`."""
        return cls(graph, compile_graph(graph))

    def __repr__(self) -> str:
        return f"Evaluator({self.graph.name!r} {self.graph.version})"

    def __reduce__(self) -> tuple[Callable[[RuleGraph], Evaluator], tuple[RuleGraph]]:
        return type(self).of, (self.graph,)

    @property
    def memory(self) -> Memory:
        """What was worked out for earlier patients, kept apart so that this stays frozen."""
        return memory_of(self.program)

    @cached_property
    def units(self) -> frozenset[int]:
        """The definitions that are asked for as one."""
        return question_units(self.graph, self.program)

    @cached_property
    @collector_paused()
    def ordered(self) -> tuple[Rule, ...]:
        """The rules in the order in which people read them."""
        return tuple(sorted(self.graph.rules.values(), key=reading_order))

    @cached_property
    def by_decision(self) -> Mapping[Decision, tuple[Rule, ...]]:
        """The rules of each decision in that order, without those for patients out of scope."""
        found: dict[Decision, list[Rule]] = {decision: [] for decision in Decision}
        for rule in self.ordered:
            if not rule.outside_scope:
                found[rule.decision].append(rule)
        return FrozenMap({one: tuple(rules) for one, rules in found.items()})

    @cached_property
    def spoken(self) -> tuple[Decision, ...]:
        """The decisions about which some rule speaks; all of them where none does."""
        every = [one for one in Decision if one is not Decision.NOTE]
        return tuple(one for one in every if self.by_decision[one]) or tuple(every)

    @cached_property
    def heard(self) -> Mapping[Decision, tuple[Rule, ...]]:
        """The same with the rules on another decision that bear on it."""
        inside = [rule for rule in self.ordered if not rule.outside_scope]
        return FrozenMap({one: heard(one, inside) for one in Decision})

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each rule stands in that order."""
        return FrozenMap((rule.name, place) for place, rule in enumerate(self.ordered))

    @cached_property
    def written(self) -> Mapping[str, int]:
        """Where each fact stands in the vocabulary."""
        facts = self.graph.vocabulary.facts
        return FrozenMap({name: place for place, name in enumerate(facts)})

    @cached_property
    def heeded(self) -> frozenset[str]:
        """The facts and definitions on which a rule depends, or the scope."""
        return facts_heeded(self.graph)

    @cached_property
    def ranges(self) -> Mapping[str, tuple[Leaf, ...]]:
        """The comparisons for which the source prints a range as the threshold, by measure."""
        found: dict[str, list[Leaf]] = {}
        for node in self.program.nodes:
            if is_ranged(node.leaf):
                found.setdefault(node.leaf.fact, []).append(node.leaf)
        return FrozenMap({name: tuple(leaves) for name, leaves in found.items()})

    def is_open_to_reading(self, facts: Facts) -> bool:
        """Whether a known value lies inside the source's own range for a threshold."""
        ranges = self.ranges
        known = ranges.keys() & facts.values.keys()
        return any(is_open_to_reading(leaf, facts) for n in known for leaf in ranges[n])

    @cached_property
    def ranged(self) -> tuple[int, ...]:
        """The places of the rules that read one of these."""
        program = self.program
        reads: list[bool] = []
        for node in program.nodes:
            reads.append(is_ranged(node.leaf) or any(reads[o] for o in node.operands))
        # Both stand in the order of the rules.
        pairs = zip(
            program.conditions.values(), program.exceptions.values(), strict=True
        )
        return tuple(
            place
            for place, (own, exceptions) in enumerate(pairs)
            if reads[own] or reads[exceptions]
        )

    @cached_property
    def scope_ranges(self) -> tuple[Leaf, ...]:
        """Those of these comparisons that the scope reads."""
        program = self.program
        steps = below(program, [program.scope], frozenset())
        read = {program.nodes[step].leaf for step in steps}
        ranges = chain.from_iterable(self.ranges.values())
        return tuple(leaf for leaf in ranges if leaf in read)

    @cached_property
    def plain_facts(self) -> PlainFacts:
        """What each fact can be stated to be without a word beside it."""
        return PlainFacts.of(self.graph)

    @cached_property
    def outlines(self) -> Outlines:
        """The conditions in words."""
        return Outlines(graph=self.graph)

    @cached_property
    def function(self) -> Codes:
        """What gives the code of the verdict of every rule, of which much is made on need."""
        module = import_module("b12guide.evaluate.verdict_blocks")
        found: Codes = module.codes_of(self.graph, self.program)
        return found

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the rules, in the order of the guideline."""
        return tuple(self.graph.rules)

    @cached_property
    def all_alike(self) -> Mapping[Verdict, MappingProxyType[str, Verdict]]:
        """The verdicts where all rules have the same one, which is copied quickly."""
        either = (Verdict.DOES_NOT_APPLY, Verdict.UNKNOWN)
        return FrozenMap(
            (one, MappingProxyType(dict.fromkeys(self.names, one))) for one in either
        )

    @cached_property
    def kept(self) -> Kept:
        """Whether the known facts alone keep each implication, as a Python function."""
        module = import_module("b12guide.evaluate.to_python")
        found: Kept = module.kept(self.program)
        return found

    @cached_property
    def truths(self) -> Truths:
        """The truth of every node as a Python function, made likewise."""
        module = import_module("b12guide.evaluate.to_python")
        found: Truths = module.truths(self.program)
        return found

    @cached_property
    @collector_paused()
    def untold_rails(self) -> tuple[Rails, ...]:
        """The value of every node where nothing is known."""
        return known_rails(self.program, NOTHING)

    @cached_property
    @collector_paused()
    def readers(self) -> Mapping[str, tuple[int, ...]]:
        """Of each fact and definition, the nodes that are worked out from it, in order."""
        return readers(self.program)

    @cached_property
    @collector_paused()
    def settled_by(self) -> Mapping[int, tuple[RuleSteps, ...]]:
        """The rules that each node settles, as their condition or that of their exceptions."""
        found: dict[int, list[RuleSteps]] = {}
        for one in self.steps.values():
            for step in {one.own, one.exceptions}:
                found.setdefault(step, []).append(one)
        return FrozenMap({step: tuple(rules) for step, rules in found.items()})

    @property
    def is_large(self) -> bool:
        """Whether it is worth while to tell nodes apart by what they read."""
        return len(self.program.nodes) >= MANY

    def touched(self, facts: Facts, others: Facts = NOTHING) -> tuple[int, ...] | None:
        """The nodes that read what tells `facts` from `others`, in order, where these are few.

        Any other node has the same value for both. None where it would cost more than it spares to
        look for these nodes.
        """
        many = len(self.program.nodes)
        if not self.is_large or (
            facts.reading is not others.reading and others is not NOTHING
        ):
            return None
        if others is NOTHING and len(facts.values) * NODES_OF_A_FACT > many:
            return None
        found = self.readers
        read = [found[name] for name in told_apart(facts, others) if name in found]
        if sum(map(len, read)) * FEW_OF_MANY > many:
            return None
        return tuple(sorted(set[int]().union(*read)))

    def rails(self, facts: Facts) -> tuple[Rails, ...]:
        """The value of every node for the known facts alone, as sets of a single world.

        Of a large program, what reads nothing that is known is left as it is where nothing is
        known, and what reads nothing else than for the patient before as it was then.
        """
        memory, program = self.memory, self.program
        touched = self.touched(facts)
        if touched is not None:
            return rails_beside(program, self.untold_rails, touched, facts)
        before = memory.rails
        if before is not None:
            touched = self.touched(facts, before[0])
        if before is None or touched is None:
            found = self._rails_of_all(facts)
        else:
            found = rails_beside(program, before[1], touched, facts)
        if self.is_large and facts.reading is Reading.REPORT:
            memory.rails = facts, found
        return found

    def _rails_of_all(self, facts: Facts) -> tuple[Rails, ...]:
        """The same, node by node.

        The first few times, the specification works them out; then it is worth while to make a
        function.
        """
        memory = self.memory
        if facts.bounds:  # of which a function made of the program knows nothing
            return known_rails(self.program, facts)
        if memory.met < FIRST + len(self.program.nodes) // NODES_FOR_ONE_MORE:
            memory.met += 1
            return known_rails(self.program, facts)
        return tuple([_RAILS[truth] for truth in self.truths(facts)])

    @cached_property
    @collector_paused()
    def steps(self) -> Mapping[str, RuleSteps]:
        """The steps of each rule, in the order of the guideline."""
        program, found = self.program, {}
        for place, (name, rule) in enumerate(self.graph.rules.items()):
            found[name] = RuleSteps(
                program=program,
                rule=rule,
                own=program.conditions[name],
                exceptions=program.exceptions[name],
                bit=1 << place,
                falls=RuleVerdict(rule=rule, verdict=Verdict.DOES_NOT_APPLY),
            )
        return FrozenMap(found)

    @cached_property
    def places(self) -> tuple[RuleSteps, ...]:
        """The same by the place of each rule, which is the place of its bit in a set."""
        return tuple(self.steps.values())

    def rules_in(self, rules: int) -> Iterator[RuleSteps]:
        """The rules of a set, in the order of the guideline."""
        digits = bin(rules)[:1:-1]
        place = digits.find("1")
        while place >= 0:
            yield self.places[place]
            place = digits.find("1", place + 1)

    @cached_property
    def all_fall(self) -> MappingProxyType[str, RuleVerdict]:
        """The verdicts where no rule applies, which is copied quickly."""
        return MappingProxyType({n: steps.falls for n, steps in self.steps.items()})

    @cached_property
    def silence_parts(self) -> tuple[tuple[int, tuple[str, ...], int], ...]:
        """The number of each silence, with topics and the step that tells who brings them up."""
        return tuple(
            (number, topics, step)
            for number, parts in enumerate(self.program.silences)
            for topics, step in parts
        )

    @cached_property
    def sides(self) -> tuple[tuple[RuleSteps, ...], tuple[RuleSteps, ...]]:
        """The rules for those in the scope of the guideline, and those for the others."""
        steps = self.steps.values()
        return (
            tuple([one for one in steps if not one.rule.outside_scope]),
            tuple([one for one in steps if one.rule.outside_scope]),
        )

    @cached_property
    def sets(self) -> tuple[tuple[Decision, int], ...]:
        """The rules that bear on each decision but notes, as a set of bits."""
        return tuple(
            (decision, sum(self.steps[rule.name].bit for rule in rules))
            for decision, rules in self.heard.items()
            if decision is not Decision.NOTE
        )

    @cached_property
    def noting(self) -> int:
        """The rules that say something and decide nothing, as a set of bits."""
        steps = self.steps.values()
        return sum(one.bit for one in steps if one.rule.decision is Decision.NOTE)

    @cached_property
    def roots(self) -> Mapping[Decision, tuple[int, ...]]:
        """The steps of the rules that bear on each decision: conditions, then exceptions."""
        program = self.program
        return FrozenMap(
            {
                decision: tuple(
                    step
                    for steps in (program.conditions, program.exceptions)
                    for step in [steps[rule.name] for rule in rules]
                )
                for decision, rules in self.heard.items()
            }
        )

    @cached_property
    def absent(self) -> Mapping[str, FactValue]:
        """The facts that `otherwise absent` gives a value where nothing is stated (M6)."""
        return FrozenMap(absences(self.graph))

    @cached_property
    def absent_measures(self) -> Mapping[str, FactValue]:
        """Of these, the measures."""
        facts = self.graph.vocabulary.facts
        return FrozenMap(
            {
                name: value
                for name, value in self.absent.items()
                if facts[name].kind is Kind.MEASURE
            }
        )
