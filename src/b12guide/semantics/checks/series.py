"""Checks of conditions on several values of one measure: the last two, a rise or a fall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import (
    Misfit,
    Namespace,
    Scope,
    duration,
    in_unit_of,
    limits_of,
    text_of,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.syntax.ast import Declaration
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Text
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.term import Kind, Operator

_MOST = 20
"""More values of one measure than a clinician looks back on."""


def last_values_are_several(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL250: the latest value alone is asked by the name of the measure."""
    for text, node in draft.each_node(ast.LastValues):
        if not isinstance(node, ast.LastValues):
            continue
        if node.count < 2:
            latest = ast.Comparison(
                span=node.span,
                name=node.name,
                operator=node.operator,
                bound=node.bound,
                assuming=node.assuming,
            )
            yield finding(
                "GDL250",
                f"`last {node.count}` asks for {'one value' if node.count else 'no value'}, "
                "and it is for two or more",
                (text, node),
                help_=_written(text, node, condition_to_text(latest)),
            )
        elif node.count > _MOST:
            yield finding(
                "GDL250",
                f"`last {node.count}` asks for more values than a record has",
                (text, node),
                help_=f"ask for at most {_MOST}",
            )


def last_values_have_a_side(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL252: several measurements do not give one number twice."""
    for text, node in draft.each_node(ast.LastValues):
        if isinstance(node, ast.LastValues) and node.operator is Operator.EQUAL:
            yield finding(
                "GDL252",
                f"`{condition_to_text(node)}` asks for the same number each time",
                (text, node),
                help_="say on which side of the bound the values are: `<`, `<=`, `>` or `>=`",
            )


def change_says_something(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL253: less than no rise is a fall, and at least no rise may be none."""
    for text, node in draft.each_node(ast.RoseOrFell):
        if not isinstance(node, ast.RoseOrFell) or node.by.low != 0:
            continue
        if node.operator in {Operator.LESS, Operator.AT_LEAST}:
            is_less = node.operator is Operator.LESS
            other = evolve(node, fell=node.fell is not is_less, operator=Operator.MORE)
            verb = "fell" if node.fell else "rose"
            says = (
                "is the other way round" if is_less else "is so where nothing changes"
            )
            yield finding(
                "GDL253",
                f"what {verb} {_THAN[node.operator]} {text_of(node.by)} {says}",
                (text, node),
                help_=_written(text, node, condition_to_text(other)),
            )


_THAN = {Operator.LESS: "less than", Operator.AT_LEAST: "at least"}


def change_is_possible(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL254: a measure changes by no more than lies between the ends of what it can be."""
    for text, node in draft.each_node(ast.RoseOrFell):
        if not isinstance(node, ast.RoseOrFell):
            continue
        measure = scope.fact(node.name.text)
        if not isinstance(measure, Declaration) or measure.kind is not Kind.MEASURE:
            continue
        by = in_unit_of(measure, node.by)
        if isinstance(by, Misfit) or measure.plausible is None:
            continue
        plausible = with_unit_of(measure, measure.plausible)
        ends = in_unit_of(measure, plausible)
        if not isinstance(ends, Misfit) and by[0] > ends[1] - ends[0]:
            yield finding(
                "GDL254",
                f"`{measure.name.text}` lies between {limits_of(plausible)}, and cannot change "
                f"by {text_of(node.by)}",
                (text, node.by),
                help_="check the number and its unit",
            )


def change_ends_with_a_day(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL312: values are of days, and so is the time between them."""
    for text, node in draft.each_node(ast.RoseOrFell):
        if not isinstance(node, ast.RoseOrFell):
            continue
        length = duration(node.length)
        if isinstance(length, Misfit):
            continue  # told as that of any length of time
        if any(
            _is_part_of_a_day(end, length.unit) for end in (length.low, length.high)
        ):
            yield finding(
                "GDL312",
                f"`{text_of(node.length)}` does not end with a day",
                (text, node.length),
                help_="write a whole number of days, weeks, months or years",
            )


def _is_part_of_a_day(end: Fraction, unit: TimeUnit) -> bool:
    return add(dt.date(2000, 1, 1), Duration(end, unit)) is None


def given_over_time_is_asked(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL251: an example gives of several values what some condition asks, by the own name."""
    found = [
        (text, entry)
        for text, example in draft.each(ast.Example)
        for entry in example.given
        if isinstance(entry, ast.GivenOverTime)
    ]
    asked = (
        {_key(node, scope): node for _, node in draft.over_time_asked()}
        if found
        else {}
    )
    for text, entry in found:
        given, own = entry.asked, scope.name(Namespace.FACT, entry.asked.name.text)
        if _key(given, scope) in asked:
            continue
        others = [
            f"`{condition_to_text(node)}`"
            for node in asked.values()
            if scope.name(Namespace.FACT, node.name.text) == own
        ]
        also = f", or one of {', '.join(others)}" if others else ""
        yield finding(
            "GDL251",
            f"no condition asks for `{condition_to_text(given)}`",
            (text, given),
            help_=f"give the values of `{own}`, each with its day{also}",
        )


def _key(node: ast.OverTime, scope: Scope) -> tuple[object, ...]:
    """What is asked, the same for 4 weeks and 28 days, and in every unit."""
    name = scope.name(Namespace.FACT, node.name.text)
    measure = scope.fact(name)
    number = node.bound if isinstance(node, ast.LastValues) else node.by
    value: object = number
    if isinstance(measure, Declaration) and measure.kind is Kind.MEASURE:
        value = in_unit_of(measure, number)
    if isinstance(node, ast.LastValues):
        return "last", node.count, name, node.operator, value
    return node.fell, name, node.operator, value, duration(node.length)


def _written(text: Text, node: ast.Node, said: str) -> Help:
    """The remedy of writing something else, done where no comment would be lost."""
    edits = (Edit(text=text, span=node.span, replacement=said),)
    has_comment = "#" in text.slice(node.span)
    return Help(message=f"write `{said}`", edits=() if has_comment else edits)
