"""GDL213, GDL214 and GDL230: exceptions and definitions lead somewhere, and soon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.references import Use, in_condition
from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax.ast import And, Condition, Definition, Group, Listed, Not, Or, Rule
from b12guide.text import Text

__all__ = ["definition_cycle", "definition_depth", "exception_cycle"]

_DEEPEST = 300
"""Conditions inside conditions, those of definitions included."""


def exception_cycle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL213: no rule is an exception to itself, directly or in a circle."""
    rules = {rule.name.text: (text, rule) for text, rule in draft.each(Rule)}
    edges = {
        name: tuple(scope.name(Namespace.RULE, n.text) for n in rule.exception_to)
        for name, (_, rule) in rules.items()
    }
    for cycle in _cycles(edges):
        yield _in_a_circle(
            "GDL213",
            " is an exception to ",
            cycle,
            {name: (text, rule) for name, (text, rule) in rules.items()},
            "leave one `exception to` out: the more special rule is the exception",
        )


def definition_cycle(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL214: no definition uses itself, directly or in a circle."""
    definitions = {d.name.text: (text, d) for text, d in draft.each(Definition)}
    edges = {
        name: _uses(definition.condition, scope)
        for name, (_, definition) in definitions.items()
    }
    for cycle in _cycles(edges):
        yield _in_a_circle(
            "GDL214",
            " is defined by ",
            cycle,
            {name: (text, d) for name, (text, d) in definitions.items()},
            "define one of them by facts alone",
        )


def definition_depth(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL230: with its definitions written out, a condition is not nested beyond reading."""
    items = {d.name.text: (text, d) for text, d in draft.each(Definition)}
    depths = _depths({name: d.condition for name, (_, d) in items.items()}, scope)
    for name, depth in depths.items():
        if depth > _DEEPEST:
            text, definition = items[name]
            yield finding(
                "GDL230",
                f"with its definitions written out, `{name}` is nested {depth} deep",
                (text, definition.name),
                notes=(f"a condition may be nested {_DEEPEST} deep",),
                help_="define fewer things by one another",
            )


def _depths(conditions: Mapping[str, Condition], scope: Scope) -> dict[str, int]:
    """How deep each definition is, those that it uses included; none for a circle."""
    depths: dict[str, int] = {}
    for start in conditions:
        waiting, opened = [start], set[str]()
        while waiting:
            name = waiting[-1]
            below = _uses(conditions[name], scope)
            missing = [n for n in below if n in conditions and n not in depths]
            if name in depths or (missing and name in opened):
                waiting.pop()
            elif missing:
                opened.add(name)
                waiting += missing
            else:
                depths[name] = _depth(conditions[name]) + max(
                    (depths.get(n, 0) for n in below), default=0
                )
                waiting.pop()
    return depths


def _uses(condition: Condition, scope: Scope) -> tuple[str, ...]:
    return tuple(
        scope.name(Namespace.FACT, reference.name.text)
        for reference in in_condition(condition)
        if reference.use in {Use.TRUTH, Use.ON_RECORD}
    )


def _depth(condition: Condition) -> int:
    """How many conditions stand inside one another; parentheses alone do not count."""
    match condition:
        case Not(operand=operand):
            return 1 + _depth(operand)
        case Group(operand=operand, assuming=assuming):
            return (1 if assuming else 0) + _depth(operand)
        case And(operands=operands) | Or(operands=operands) | Listed(operands=operands):
            return 1 + max(_depth(each) for each in operands)
        case _:
            return 1


def _in_a_circle(
    code: str,
    verb: str,
    cycle: tuple[str, ...],
    items: Mapping[str, tuple[Text, Rule | Definition]],
    help_: str,
) -> Diagnostic:
    text, first = items[cycle[0]]
    others = [items[name] for name in cycle[1:]]
    return finding(
        code,
        f", which{verb}".join(f"`{n}`" for n in (*cycle, cycle[0])).replace(
            ", which", "", 1
        ),
        (text, first.name),
        others=[(t, item.name, "and this one") for t, item in others],
        help_=help_,
    )


def _cycles(edges: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """One cycle through each group of names that lead to one another, least name first."""
    done: set[str] = set()
    for start in sorted(edges):
        if start in done:
            continue
        path: list[str] = [start]
        waiting = [iter(edges[start])]
        on_path = {start: 0}
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                left = path.pop()
                del on_path[left]
                done.add(left)
            elif name in on_path:
                yield _turned(tuple(path[on_path[name] :]))
            elif name in edges and name not in done:
                on_path[name] = len(path)
                path.append(name)
                waiting.append(iter(edges[name]))


def _turned(cycle: tuple[str, ...]) -> tuple[str, ...]:
    at = cycle.index(min(cycle))
    return (*cycle[at:], *cycle[:at])
