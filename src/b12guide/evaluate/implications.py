"""What follows from the stated facts, and what holds of facts nobody mentioned (M4 to M7).

Most of it follows at once (`b12guide.evaluate.propagation`). What that leaves open falls into parts
that share no open fact. A part with few worlds is worked out exactly, over all of them: a fact that
has one value in all of them is known, and no world at all is a contradiction. In a large part the
same is asked of a search, one value at a time; where that becomes too much work, the part is said
to be unsettled, and what is known of it is no less true.

With `otherwise absent` an unmentioned fact is absent unless that contradicts what is stated or what
a fact stated to be unknown may turn out to be. Among the worlds that agree on the facts stated to
be unknown, those count in which most is absent; what is absent in all of them is known to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.evaluate import search
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.memory import Work, memory_of, remembered
from b12guide.evaluate.program import Program, Rails, run
from b12guide.evaluate.propagation import Clash, Component, Deduction
from b12guide.evaluate.search import ComponentSolver
from b12guide.evaluate.worlds import NONE, linked
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import facts_in
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.values.term import Kind

_FEW = 64
"""The facts of a component, all of whose values are looked up at once."""

_MOST_NAMED = 8
"""Nobody reads more names in one sentence."""

UNSETTLED = (
    "{facts} are tied together in more ways than could be thought through; more may follow from"
    " what is stated of them, or it may contradict itself"
)


def implied_facts(
    stated: Stated,
    graph: RuleGraph,
    program: Program,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> Facts:
    """The facts that are known once everything stated has been thought through.

    Raises:
        PatientError: The statements contradict what the vocabulary implies (GDL790), or it takes
            more `work` than it may (GDL792).
    """
    definitions = {
        name: bool(value)
        for name, value in stated.values.items()
        if value is not None and name in graph.definitions
    }
    tied = tied_components(program, graph, tuple(sorted(definitions)), reading)
    values = tied.unmentioned(stated) | stated_values(stated, graph)
    left_open = tied.left_open(stated)
    possible: dict[str, tuple[str, ...]] = {}
    unsettled: list[str] = []
    on_record: frozenset[int] = frozenset()
    touched = dict.fromkeys(
        tied.place[name]
        for name in (*stated.values, *left_open, *definitions)
        if name in tied.place
    )
    untouched = tied.untouched(stated.otherwise)
    given = dict(values), dict(definitions)
    for place in (*touched, *(p for p in untouched if p not in touched)):
        found = (
            tied.consequences(place, stated, left_open, *given)
            if place in touched
            else untouched[place]
        )
        if work is not None:
            work.spend(found.cost, "what follows from the facts stated")
        if found.clash is not None:
            message = "the facts of this patient contradict each other"
            why = _contradiction(found.clash, stated, graph, reading)
            raise PatientError(message, (why,))
        for name in found.lifted:
            values.pop(name, None)
        values |= found.values
        possible |= found.possible
        definitions = {**found.definitions, **definitions}
        unsettled += found.unsettled
        on_record |= found.on_record
    return Facts(
        values=values,
        possible=possible,
        definitions=definitions,
        reading=reading,
        unsettled=tuple(unsettled),
        on_record=on_record,
    )


def stated_values(stated: Stated, graph: RuleGraph) -> dict[str, FactValue]:
    """The facts that are stated to have a value."""
    facts = graph.vocabulary.facts.keys()
    return {
        name: _plain(value) if type(value) is Fraction else value
        for name, value in stated.values.items()
        if value is not None and name in facts
    }


def _plain(value: Fraction) -> FactValue:
    """A whole number as an integer, which is as exact and compares more quickly."""
    return int(value) if value.denominator == 1 else value


def absences(graph: RuleGraph) -> dict[str, FactValue]:
    """The facts that `otherwise absent` gives a value where nothing is stated (M6)."""
    found: dict[str, FactValue] = {}
    derived = graph.derived
    for name, fact in graph.vocabulary.facts.items():
        if name in derived:
            continue  # what follows from days is never taken for granted (M86, M96)
        if fact.kind in {Kind.FINDING, Kind.EVENT}:
            found[name] = False
        elif fact.kind is Kind.CHOICE and NONE in fact.values:
            found[name] = NONE
        elif fact.absent is not None:
            found[name] = _plain(fact.absent)
    return found


# ------------------------------------------------------------ what ties facts together


@frozen(kw_only=True, eq=False, repr=False)
class Consequences:
    """What follows of the facts of one component.

    Attributes:
        values: The facts that are known without having been stated, absences left out.
        lifted: The unmentioned facts that are not absent, or not known to be.
        possible: The values that are left to choices.
        definitions: The definitions that hold, or do not.
        on_record: The steps that ask what is on record, where stated definitions ask for it and it
            is known to be.
        unsettled: The facts of which more may follow than could be worked out.
        clash: The contradiction, if there is one; then there is nothing else.
        cost: The nodes that were settled on the way.
    """

    values: Mapping[str, FactValue] = field(factory=dict)
    lifted: tuple[str, ...] = ()
    possible: Mapping[str, tuple[str, ...]] = field(factory=dict)
    definitions: Mapping[str, bool] = field(factory=dict)
    on_record: frozenset[int] = frozenset()
    unsettled: tuple[str, ...] = ()
    clash: Clash | None = None
    cost: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing follows, and everything unmentioned is absent if that is asked for."""
        return not (
            self.values or self.lifted or self.possible or self.definitions
        ) and (not self.unsettled and self.clash is None)


@frozen(eq=False, repr=False, slots=False)
class TiedComponents:
    """The components of a guideline, where the truth of some definitions is stated.

    Attributes:
        place: The number of the component of a fact, or of a definition that is stated.
    """

    program: Program
    graph: RuleGraph
    definitions: tuple[str, ...]
    reading: Reading
    components: tuple[Component, ...]
    place: Mapping[str, int]

    @classmethod
    def of(
        cls,
        program: Program,
        graph: RuleGraph,
        definitions: tuple[str, ...],
        reading: Reading,
    ) -> TiedComponents:
        """The facts that implications, and the statements of these definitions, tie together."""
        ends = [
            program.support[p] | program.support[c] for p, c in program.implications
        ]
        stated = [program.support[program.definitions[name]] for name in definitions]
        parts = [part for part in linked([*ends, *stated]) if part]
        place = {fact: i for i, part in enumerate(parts) for fact in part}
        numbers: list[list[int]] = [[] for _ in parts]
        for number, facts in enumerate(ends):
            if facts:
                numbers[place[next(iter(facts))]].append(number)
        names: list[list[str]] = [[] for _ in parts]
        for name, facts in zip(definitions, stated, strict=True):
            if facts:
                place[name] = place[next(iter(facts))]
                names[place[name]].append(name)
        vocabulary = graph.vocabulary.facts
        return cls(
            program=program,
            graph=graph,
            definitions=definitions,
            reading=reading,
            components=tuple(
                Component.of(
                    program,
                    {fact: vocabulary[fact] for fact in sorted(part)},
                    tuple(numbers[i]),
                    tuple(names[i]),
                    reading,
                )
                for i, part in enumerate(parts)
            ),
            place=place,
        )

    @cached_property
    def most_work(self) -> int:
        """The share that each component has of the work that may be done."""
        large = sum(len(one.facts) >= search.LARGE for one in self.components)
        return min(search.MOST_WORK, search.MOST_WORK_IN_ALL // max(1, large))

    @cached_property
    def defaults(self) -> Mapping[str, FactValue]:
        """What `otherwise absent` makes of facts that nobody mentions."""
        return absences(self.graph)

    @cached_property
    def always(self) -> frozenset[int]:
        """The components of which something follows although nothing is stated or assumed."""
        return frozenset(self.untouched(Otherwise.UNKNOWN))

    @cached_property
    def is_small(self) -> bool:
        """Whether the values of all facts of a component are a key of reasonable size."""
        return all(len(one.facts) <= _FEW for one in self.components)

    def untouched(self, otherwise: Otherwise) -> Mapping[int, Consequences]:
        """What follows of components of which nothing is stated, where something does."""

        def work_out() -> Mapping[int, Consequences]:
            nobody = Stated(values={}, otherwise=otherwise)
            values = self.unmentioned(nobody)
            found = {
                place: self.consequences(place, nobody, frozenset(), values, {})
                for place, component in enumerate(self.components)
                if not component.definitions
            }
            return {place: one for place, one in found.items() if not one.is_nothing}

        key = (self.definitions, self.reading, otherwise)
        return remembered(memory_of(self.program).untouched, key, work_out)

    def left_open(self, stated: Stated) -> frozenset[str]:
        """The facts that are stated to be unknown, or that are behind a definition that is."""
        found = set()
        for name, value in stated.values.items():
            if value is None:
                found.add(name)
                step = self.program.definitions.get(name)
                if step is not None:
                    found |= self.program.support[step]
        return frozenset(n for n in found if stated.values.get(n) is None)

    def unmentioned(self, stated: Stated) -> dict[str, FactValue]:
        """What is assumed of the facts that nobody mentioned."""
        if stated.otherwise is Otherwise.UNKNOWN:
            return {}
        values = dict(self.defaults)
        for name in (*stated.values, *self.left_open(stated)):
            values.pop(name, None)
        return values

    def alone(self, place: int, values: Mapping[str, FactValue]) -> Consequences:
        """What follows of component number `place`, where nothing but `values` is stated."""
        names = self.components[place].facts
        given = {name: values[name] for name in names if name in values}
        stated = Stated(values=given, otherwise=Otherwise.UNKNOWN)
        return self.consequences(place, stated, frozenset(), given, {})

    def consequences(
        self,
        place: int,
        stated: Stated,
        left_open: frozenset[str],
        values: Mapping[str, FactValue],
        definitions: Mapping[str, bool],
    ) -> Consequences:
        """What follows of the facts of component number `place`.

        Args:
            place: Its number.
            stated: The patient.
            left_open: The facts that are stated to be unknown.
            values: What is stated, and assumed of what is not.
            definitions: The definitions of which the truth is stated.
        """
        component = self.components[place]
        domains = component.domains
        given = tuple(
            sorted(
                (name, domains[name].bits_of(values[name]))
                for name in stated.values
                if name in domains and name in values
            )
        )
        open_ = tuple(sorted(left_open & domains.keys()))
        truths = tuple(definitions[name] for name in component.definitions)
        key = (place, given, open_, truths, stated.otherwise)

        def work_out() -> Consequences:
            is_assuming = stated.otherwise is Otherwise.ABSENT
            assumed = {
                name: domains[name].bits_of(self.defaults[name])
                for name in component.facts
                if is_assuming
                and name in self.defaults
                and name not in left_open
                and name not in stated.values
            }
            return _consequences(
                ComponentSolver(
                    component=component,
                    given=dict(given),
                    definitions=dict(zip(component.definitions, truths, strict=True)),
                    assumed=assumed,
                    left_open=frozenset(open_),
                    most_work=self.most_work,
                ),
                self.defaults,
            )

        known = remembered(
            memory_of(self.program).consequences,
            (self.definitions, self.reading),
            dict[Any, Consequences],
        )
        return remembered(known, key, work_out)


def tied_components(
    program: Program,
    graph: RuleGraph,
    definitions: tuple[str, ...] = (),
    reading: Reading = Reading.REPORT,
) -> TiedComponents:
    """The components of `program`, which was compiled from `graph`."""
    return remembered(
        memory_of(program).tied,
        (definitions, reading),
        lambda: TiedComponents.of(program, graph, definitions, reading),
    )


def _consequences(
    solver: ComponentSolver, defaults: Mapping[str, FactValue]
) -> Consequences:
    """What a component comes to, in words of facts and not of bits."""
    solver.solve()
    deduction, component = solver.deduction, solver.component
    if deduction.clash is not None:
        return Consequences(clash=deduction.clash, cost=deduction.work)
    values: dict[str, FactValue] = {}
    possible: dict[str, tuple[str, ...]] = {}
    lifted = []
    known = dict(solver.given)
    for name in component.facts:
        if name in solver.given:
            continue
        domain = component.domains[name]
        bits = deduction.values(name)
        value = domain.only(bits)
        is_absent = name in solver.assumed and value == defaults[name]
        if name in solver.assumed and not is_absent:
            lifted.append(name)
        if value is not None:
            known[name] = domain.bits_of(value)
            if not is_absent:
                values[name] = value
        elif domain.values and bits != domain.every:
            known[name] = bits
            possible[name] = tuple(str(some) for some in domain.some(bits))
    return Consequences(
        values=values,
        lifted=tuple(lifted),
        possible=possible,
        definitions=_definitions(deduction, known),
        on_record=frozenset(s for s in component.record if deduction.truths.get(s)),
        unsettled=tuple(name for name in solver.unsettled if name in component.facts),
        cost=deduction.work,
    )


def _definitions(deduction: Deduction, known: Mapping[str, int]) -> dict[str, bool]:
    """The definitions that are settled although what is known of the facts leaves them open."""
    component, truths = deduction.component, deduction.truths
    program = component.program
    settled = {s: program.nodes[s].name for s in truths if program.nodes[s].name}
    if not settled:
        return {}
    # Whether something is on record is no matter of what follows (M14): it settles nothing here.
    rails: dict[int, Rails] = {}
    for fact, domain in component.domains.items():
        bits = known.get(fact)
        for step, true in domain.true.items():
            is_so = bits is not None and not bits & ~true
            is_not = bits is not None and not bits & true
            rails[step] = (int(is_so), int(is_not))
    run(program, component.steps, rails, 1)
    return {name: truths[s] for s, name in settled.items() if rails[s] == (0, 0)}


# ------------------------------------------------------------------------ contradictions


def _contradiction(
    clash: Clash, stated: Stated, graph: RuleGraph, reading: Reading
) -> Diagnostic:
    names = [name for name in stated.values if name in clash.facts]
    said = ", ".join(f"`{name}` ({_said(stated.values[name])})" for name in names)
    tied = [graph.implications[n] for n in sorted(clash.implications)]
    labels: Iterable[Label] = (
        stated.places[name] for name in names if name in stated.places
    )
    notes = []
    if tied:
        between = dict.fromkeys(
            name for one in tied for name in sorted(facts_in(graph, one))
        )
        way = [name for name in between if name not in names]
        notes.append(f"tied by the implications {listed(one.name for one in tied)}")
        notes += [f"by way of {listed(way)}"] if way else []
    if reading is not Reading.REPORT:
        notes.append(
            f"thresholds printed as ranges are read at the {reading.value} end"
        )
    if not names:
        message = "no patient can satisfy all implications of the guideline"
        help_ = "correct the implications: no patient satisfies all of them"
    else:
        message = f"these facts cannot all be so: {said}"
        help_ = "correct one of them, or give `null` for what is not known"
    return Diagnostic(
        code="GDL790",
        message=message,
        labels=tuple(labels),
        notes=tuple(notes),
        help=(Help(message=help_),),
    )


def listed(names: Iterable[str]) -> str:
    """Names in backticks, no more than one can read."""
    every = list(names)
    shown = ", ".join(f"`{name}`" for name in every[:_MOST_NAMED])
    more = len(every) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _said(value: FactValue | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
