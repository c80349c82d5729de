"""What follows from the stated facts: implications, and what holds of facts nobody mentioned.

Facts that implications (or a stated definition) tie together form a component. Each component that
a statement touches is worked out exactly, over all its worlds: a fact that has one value in all of
them is known, and no world at all is a contradiction. With `otherwise absent` an unmentioned fact
is absent unless the stated facts speak against it; a fact stated to be unknown keeps every value
that it could have had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache

from attrs import evolve, frozen

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.evaluate.facts import NO_VALUE, Facts, holds
from b12guide.evaluate.program import Program, Rails, below, run
from b12guide.evaluate.space import bits
from b12guide.evaluate.worlds import (
    NONE,
    Sample,
    Worlds,
    domains,
    linked,
    worlds_of,
)
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth
from b12guide.values.term import Kind

__all__ = ["Component", "absences", "close", "components", "stated_values"]

LIMIT = 1 << 16


def close(stated: Stated, graph: RuleGraph, program: Program) -> Facts:
    """The facts that are known once everything stated has been thought through.

    Raises:
        PatientError: The statements contradict what the vocabulary implies (GDL790).
    """
    known = stated_values(stated, graph)
    definitions = {
        name: bool(value)
        for name, value in stated.values.items()
        if value is not None and name in graph.definitions
    }
    defaults = absences(stated, graph)
    facts = Facts(values=known, definitions=definitions)
    tied = _tied(program, definitions) if definitions else components(program)
    settled: set[str] = set()
    for component in tied:
        touched = component.facts & set(stated.values)
        if not touched and not component.definitions:
            continue
        simple = _with_defaults(component, facts, defaults)
        if component.is_satisfied(simple, program):
            facts = simple
        else:
            facts = _Settling(component, stated, defaults, graph, program).settle(facts)
        settled |= component.facts
    rest = {name: value for name, value in defaults.items() if name not in settled}
    return evolve(facts, values={**rest, **facts.values})


def stated_values(stated: Stated, graph: RuleGraph) -> dict[str, FactValue]:
    """The facts that are stated to have a value."""
    facts = graph.vocabulary.facts
    return {
        name: _plain(value) if type(value) is Fraction else value
        for name, value in stated.values.items()
        if value is not None and name in facts
    }


@frozen(eq=False, repr=False)
class Component:
    """Facts that constraints tie together, and the constraints."""

    facts: frozenset[str]
    implications: tuple[tuple[int, int], ...]
    definitions: tuple[tuple[int, bool], ...]
    steps: tuple[int, ...]

    @classmethod
    def of(
        cls,
        program: Program,
        facts: frozenset[str],
        implications: Iterable[tuple[int, int]],
        definitions: Iterable[tuple[int, bool]],
    ) -> Component:
        """The component of these constraints, with the steps that work them out."""
        pairs, asserted = tuple(implications), tuple(definitions)
        operands = [program.nodes[step].operands[0] for step, _ in asserted]
        ends = [step for pair in pairs for step in pair] + operands
        return cls(facts, pairs, asserted, below(program, ends, frozenset()))

    def is_satisfied(self, facts: Facts, program: Program) -> bool:
        """Whether the known facts alone keep every constraint, so that nothing follows."""
        steps = self.steps
        rails: dict[int, Rails] = {}
        for step in steps:
            leaf = program.nodes[step].leaf
            if leaf is not None:
                truth = holds(leaf, facts)
                rails[step] = (truth is Truth.TRUE, truth is Truth.FALSE)
        run(program, steps, rails, 1)
        operands = [(program.nodes[d].operands[0], t) for d, t in self.definitions]
        return all(rails[p][1] or rails[c][0] for p, c in self.implications) and all(
            rails[step][0 if truth else 1] for step, truth in operands
        )

    def valid(self, program: Program, worlds: Worlds) -> int:
        """The worlds that no constraint forbids."""
        mask = worlds.space.mask
        steps = self.steps
        rails = {
            step: worlds.rails(leaf)
            for step in steps
            if (leaf := program.nodes[step].leaf) is not None
        }
        run(program, steps, rails, mask, is_record=False)
        valid = mask
        for premise, conclusion in self.implications:
            valid &= rails[premise][1] | rails[conclusion][0]
        for step, truth in self.definitions:
            true, false = rails[program.nodes[step].operands[0]]
            valid &= ~false if truth else ~true
        return valid


def _plain(value: Fraction) -> FactValue:
    """A whole number as an integer, which is as exact and compares more quickly."""
    return int(value) if value.denominator == 1 else value


def _with_defaults(
    component: Component, facts: Facts, defaults: Mapping[str, FactValue]
) -> Facts:
    absent = {n: value for n, value in defaults.items() if n in component.facts}
    return evolve(facts, values={**absent, **facts.values})


@lru_cache(maxsize=64)
def components(program: Program) -> tuple[Component, ...]:
    """The facts that the implications of `program` tie together."""
    return _tied(program, {})


def _tied(program: Program, stated: Mapping[str, bool]) -> tuple[Component, ...]:
    """The same, with definitions of which the truth is stated."""
    support = program.support
    pairs = [(support[p] | support[c], (p, c)) for p, c in program.implications]
    asserted = [
        (support[program.definitions[name]], (program.definitions[name], truth))
        for name, truth in sorted(stated.items())
    ]
    parts = linked([facts for facts, _ in pairs] + [facts for facts, _ in asserted])
    return tuple(
        Component.of(
            program,
            part,
            (pair for facts, pair in pairs if facts <= part),
            (definition for facts, definition in asserted if facts <= part),
        )
        for part in parts
    )


def absences(stated: Stated, graph: RuleGraph) -> dict[str, FactValue]:
    """The values that `otherwise absent` gives to facts nobody mentioned."""
    if stated.otherwise is Otherwise.UNKNOWN:
        return {}
    found: dict[str, FactValue] = {}
    for name, fact in graph.vocabulary.facts.items():
        if name in stated.values:
            continue
        if fact.kind in {Kind.FINDING, Kind.EVENT}:
            found[name] = False
        elif fact.kind is Kind.CHOICE and NONE in fact.values:
            found[name] = NONE
        elif fact.absent is not None:
            found[name] = _plain(fact.absent)
    return found


@frozen(eq=False, repr=False)
class _Settling:
    """One component, the statements about it, and what holds otherwise."""

    component: Component
    stated: Stated
    defaults: Mapping[str, FactValue]
    graph: RuleGraph
    program: Program

    def settle(self, facts: Facts) -> Facts:
        """`facts` with everything that the component's worlds have in common."""
        worlds = self.worlds(facts)
        if worlds is None:
            return facts
        valid = self.component.valid(self.program, worlds)
        if not valid:
            message = "the facts of this patient contradict each other"
            found = _contradiction(self.component, self.stated, self.graph)
            raise PatientError(message, (found,))
        values = dict(facts.values)
        for name in self.absent(worlds, valid):
            values[name] = self.defaults[name]
            valid &= worlds.column(name, (self.defaults[name],))
        possible = dict(facts.possible)
        for name in worlds.facts:
            left = worlds.values(name, valid)
            kind = self.graph.vocabulary.facts[name].kind
            if kind is not Kind.MEASURE and len(left) == 1 and left != (NO_VALUE,):
                values[name] = left[0]
            elif kind is Kind.CHOICE and name not in values:
                possible[name] = tuple(str(value) for value in left)
        settled = evolve(facts, values=values, possible=possible)
        return self.with_definitions(worlds, valid, settled)

    def worlds(self, facts: Facts) -> Worlds | None:
        """The component's worlds before its constraints; None when there are too many."""
        component, stated = self.component, self.stated
        steps = component.steps
        found = domains(component.facts, self.graph, self.program, facts, steps)
        size = 1
        for name, offered in found.items():
            if stated.values.get(name) is not None:
                found[name] = tuple(s for s in offered if s[0] == facts.values[name])
            size *= len(found[name])
            if size > LIMIT:
                return None
        return worlds_of(found)

    def absent(self, worlds: Worlds, valid: int) -> tuple[str, ...]:
        """The unmentioned facts that can be absent without bending what was stated.

        Among the worlds that agree on the facts stated to be unknown, only those with the most
        absent facts count; a fact is absent when it is so in all of them.
        """
        defaults = self.defaults
        candidates = sorted(self.component.facts & set(defaults))
        if not candidates:
            return ()
        stated = self.stated.values
        left_open = [n for n in worlds.facts if n in stated and stated[n] is None]
        best: dict[tuple[Sample, ...], tuple[int, list[int]]] = {}
        for world in bits(valid):
            values = _values(worlds, world)
            agreed = tuple(values[name] for name in left_open)
            score = sum(values[name][0] == defaults[name] for name in candidates)
            top, members = best.get(agreed, (-1, []))
            if score > top:
                best[agreed] = (score, [world])
            elif score == top:
                members.append(world)
        kept = [_values(worlds, w) for _, members in best.values() for w in members]
        return tuple(
            name
            for name in candidates
            if all(values[name][0] == defaults[name] for values in kept)
        )

    def with_definitions(self, worlds: Worlds, valid: int, facts: Facts) -> Facts:
        """`facts` with the definitions that hold, or fail, in every remaining world."""
        definitions = dict(facts.definitions)
        steps = self.component.steps
        rails = {
            step: worlds.rails(leaf)
            for step in steps
            if (leaf := self.program.nodes[step].leaf) is not None
        }
        run(self.program, steps, rails, worlds.space.mask, is_record=False)
        for name, step in self.program.definitions.items():
            if name not in definitions and step in rails:
                true, false = rails[step]
                if not valid & ~true:
                    definitions[name] = True
                elif not valid & ~false:
                    definitions[name] = False
        return evolve(facts, definitions=definitions)


def _values(worlds: Worlds, world: int) -> dict[str, Sample]:
    digits = worlds.space.digits(world)
    return {
        name: found[digit]
        for name, found, digit in zip(worlds.facts, worlds.samples, digits, strict=True)
    }


def _contradiction(
    component: Component, stated: Stated, graph: RuleGraph
) -> Diagnostic:
    names = [
        name
        for name, value in stated.values.items()
        if value is not None and (name in component.facts or name in graph.definitions)
    ]
    words = [f"`{name}` ({_said(stated.values[name])})" for name in names]
    labels: Iterable[Label] = (
        stated.places[name] for name in names if name in stated.places
    )
    return Diagnostic(
        code="GDL790",
        message=f"these facts cannot all be so: {', '.join(words)}",
        labels=tuple(labels),
        help=(
            Help(message="correct one of them, or give `null` for what is not known"),
        ),
    )


def _said(value: FactValue | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
