"""Laws of the linter: what it says of conditions is so of everybody, and a fix says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import chain, product

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import written
from b12guide.evaluate import explanation
from b12guide.evaluate.facts import Facts
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Established,
    Not,
    Recorded,
    Resting,
)
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import RuleGraph
from b12guide.library import Library, SourceFile
from b12guide.lint.conditions import WrittenCondition
from b12guide.lint.fix import fixed
from b12guide.lint.material import Material
from b12guide.lint.run import lint_written
from b12guide.lint.settings import DEFAULTS
from b12guide.patient.model import FactValue
from b12guide.syntax import ast
from b12guide.truth import Truth

HEAD = """\
language 1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01-01
    scope     m < 9 cm
finding a "a"
finding b "b"
finding c "c"
    implies a
event e "e"
measure m "m"
    unit cm
    plausible 0 to 20 cm
choice k "k"
    values none, x, y
define nerves "nerves" as b or m > 5 cm
"""

LEAVES = (
    "a",
    "b",
    "c",
    "nerves",
    "e is known",
    "a is established",
    "a is recorded",
    "m is measured",
    "k is not recorded",
    "m < 3 cm",
    "m <= 3 cm",
    "m > 5 cm",
    "m from 3 to 5 cm",
    "m >= 0 cm",
    "k is x",
    "k is not x",
    "k is none",
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
        inner.map(lambda one: f"not ({one})"),
        st.tuples(st.sampled_from(["any", "all", "none"]), some).map(
            lambda p: f"{p[0]} of {', '.join(f'({one})' for one in p[1])}"
        ),
        st.lists(inner, min_size=3, max_size=3, unique=True).map(
            lambda some: f"at least 2 of {', '.join(f'({one})' for one in some)}"
        ),
    )


conditions = st.recursive(st.sampled_from(LEAVES), joined, max_leaves=6)


@frozen
class Person:
    """Somebody of whom everything is so, and what of it somebody recorded."""

    facts: Facts
    recorded: Facts


@lru_cache(1)
def everybody() -> tuple[Person, ...]:
    return tuple(_everybody())


def _everybody() -> Iterator[Person]:
    lengths = (Fraction(1), Fraction(3), Fraction(4), Fraction(5), Fraction(7))
    truths = (False, True)
    for a, b, c, e in product(truths, repeat=4):
        for m, k in product(lengths, ("none", "x", "y")):
            if c and not a:
                continue
            values: dict[str, FactValue] = {
                "a": a,
                "b": b,
                "c": c,
                "e": e,
                "m": m,
                "k": k,
            }
            facts = Facts(values=values)
            some = product(((), ("a", "c")), ((), ("e",)), ((), ("m",)), ((), ("k",)))
            for hidden in (tuple(chain(*each)) for each in some):
                known = {n: v for n, v in values.items() if n not in hidden}
                yield Person(facts, Facts(values=known))


def holds(condition: Condition, graph: RuleGraph, person: Person) -> bool:
    """Whether it is so of somebody, `is known` being asked of what was recorded."""
    match condition:
        case Established(operand=operand):
            return explanation.truth(operand, graph, person.recorded) is Truth.TRUE
        case Recorded(operand=operand):
            found = explanation.truth(operand, graph, person.recorded)
            return found is not Truth.UNKNOWN
        case Resting(operand=operand):
            return holds(operand, graph, person)
        case Not(operand=operand):
            return not holds(operand, graph, person)
        case AllOf(operands=operands):
            return all(holds(operand, graph, person) for operand in operands)
        case AnyOf(operands=operands):
            return any(holds(operand, graph, person) for operand in operands)
        case AtLeast(count=count, operands=operands):
            return sum(holds(o, graph, person) for o in operands) >= count
        case _:
            return explanation.truth(condition, graph, person.facts) is Truth.TRUE


def material_of(block: str) -> Material:
    checked = written.check(Library(SourceFile("tried.gdl", (HEAD + block).encode())))

    assert checked.graph is not None
    return Material(draft=checked.draft, graph=checked.graph)


def rule(condition: str) -> str:
    return f'rule r "R"\n    when {condition}\n    note "One."\n    strength claim\n'


def of_the_rule(material: Material) -> WrittenCondition:
    (asked,) = (a for a in material.conditions if isinstance(a.item, ast.Rule))
    return asked


def without(
    condition: ast.Condition, parts: Mapping[int, ast.Condition]
) -> ast.Condition:
    """The condition without some of its parts."""
    match condition:
        case ast.Not(operand=operand) | ast.Group(operand=operand):
            return evolve(condition, operand=without(operand, parts))
        case ast.And() | ast.Or() | ast.Listed():
            kept = (each for each in condition.operands if id(each) not in parts)
            return evolve(condition, operands=tuple(without(o, parts) for o in kept))
        case _:
            return condition


@settings(max_examples=70)
@given(conditions)
def test_never_and_always_are_so_of_everybody(condition: str) -> None:
    material = material_of(rule(condition))
    asked = of_the_rule(material)
    graph = material.graph
    assert graph is not None
    lowered = lower_condition(asked.condition, material.scope)
    truths = {holds(lowered, graph, person) for person in everybody()}
    found = lint_written(material.draft, graph)
    codes = {d.code for d in found if "rule `r`" in d.message}

    assert ("GDL501" in codes) is (truths == {False})
    assert ("GDL502" in codes) is (truths == {True})


@given(conditions)
def test_idle_parts_can_all_be_left_out(condition: str) -> None:
    material = material_of(rule(condition))
    asked = of_the_rule(material)
    graph, search = material.graph, material.everybody
    assert graph is not None
    assert search is not None
    seen = search.seen(asked)
    found = () if seen is None else seen.idle_parts(asked.condition)
    idle = {id(part): part for part in found}
    whole = lower_condition(asked.condition, material.scope)
    left = lower_condition(without(asked.condition, idle), material.scope)

    for person in everybody() if idle else ():
        assert holds(whole, graph, person) is holds(left, graph, person)


@settings(max_examples=40)
@given(conditions)
def test_a_fix_says_the_same_and_leaves_nothing_to_fix(condition: str) -> None:
    material = material_of(rule(condition))
    done = fixed(material.draft, DEFAULTS)
    again = written.check(
        Library(SourceFile("tried.gdl", done.draft.main.text.characters.encode()))
    )

    assert again.graph is not None
    assert material.graph is not None
    assert again.graph.digest == material.graph.digest
    assert fixed(again.draft, DEFAULTS).count == 0
