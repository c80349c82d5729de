"""GDL422: the patient of an example is one patient."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope
from b12guide.semantics.types import in_unit_of, measure_named
from b12guide.syntax import ast
from b12guide.text import Text


def example_agrees_with_itself(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL422: what an example gives of a fact, it gives once, or each time with a date."""
    for text, example in draft.each(ast.Example):
        said: dict[str, ast.Given] = {}
        for entry in example.given:
            if not isinstance(entry, ast.Given):
                continue
            fact = scope.name(Namespace.FACT, entry.name.text)
            before = said.setdefault(fact, entry)
            if before is entry:
                continue
            if None in {entry.on, before.on} or entry.on == before.on:
                yield _twice(text, before, entry, scope)


def _twice(text: Text, before: ast.Given, entry: ast.Given, scope: Scope) -> Diagnostic:
    first, second = _written(text, before), _written(text, entry)
    others = ((text, before, "it is given here first"),)
    if _value(before, scope) == _value(entry, scope) and before.on == entry.on:
        message, help_ = f"`{second}` is given twice", "leave one of the two out"
        return finding("GDL422", message, (text, entry), others=others, help_=help_)
    if before.on is not None and entry.on is not None:
        message = f"`{first}` and `{second}` are of one day"
        help_ = "keep the one that counts, or correct a date"
    elif ast.Presence.UNKNOWN in {before.value, entry.value}:
        message, help_ = (
            f"`{first}` and `{second}` cannot both be so",
            "keep one of them",
        )
    elif before.on is None and entry.on is None:
        message = f"`{first}` and `{second}` cannot both be so"
        help_ = (
            f"keep one of them, or give each its date, such as `{second} on 2026-01-01`"
        )
    else:
        dated, undated = (first, second) if before.on else (second, first)
        message = f"of `{dated}` and `{undated}` only one has a date"
        help_ = (
            f"give both a date, such as `{undated} on 2026-01-01`, or keep one of them"
        )
    return finding("GDL422", message, (text, entry), others=others, help_=help_)


def _written(text: Text, entry: ast.Given) -> str:
    return " ".join(text.slice(entry.span).split())


def _value(entry: ast.Given, scope: Scope) -> object:
    """What is given, the same for `1 g/L` and `100 mg/dL`."""
    match entry.value:
        case ast.Quantity() as quantity if isinstance(
            scope.fact(entry.name.text), ast.Declaration
        ):
            return in_unit_of(measure_named(entry.name.text, scope), quantity)
        case ast.Name(text=name):
            return name
        case other:
            return other
