"""Checks of how long tests recur, and of the part of the treatment in which they do (M98)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Misfit, Scope, duration, text_of
from b12guide.syntax import ast
from b12guide.text import Text


def _recurring(draft: Draft) -> Iterator[tuple[Text, ast.Check]]:
    for text, node in draft.each_node(ast.Check):
        if isinstance(node, ast.Check) and node.recurring:
            yield text, node


def recurrence_has_an_end(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL256: `then` begins where what stands before it has ended, after one length of time."""
    for text, check in _recurring(draft):
        for one, after in pairwise(check.recurring):
            if one.lasts is None:
                yield finding(
                    "GDL256",
                    f"nothing says when `every {text_of(one.every)}` is over",
                    (text, one),
                    others=((text, after, "so this never begins"),),
                    help_="say for how long, such as `every 3 months for 1 year then yearly`",
                )
        for one in check.recurring:
            length = one.lasts
            if length is not None and length.low < length.high:
                yield finding(
                    "GDL256",
                    f"checks cannot go on for `{text_of(length)}`: it has two ends",
                    (text, length),
                    help_="choose one length, the longer to be safe, and say so in an `assumption`",
                )


def recurrence_has_a_check(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL257: a stretch of time is long enough for one check, and `then` changes something."""
    for text, check in _recurring(draft):
        for one in check.recurring:
            length = None if one.lasts is None else duration(one.lasts)
            every = duration(one.every)
            if (
                length is None
                or isinstance(length, Misfit)
                or isinstance(every, Misfit)
            ):
                continue
            is_shorter = length.smallest[1] < every.smallest[0]
            if length.is_comparable_with(every) and is_shorter:
                yield finding(
                    "GDL257",
                    f"no check falls within `{text_of(one.lasts or one.every)}`",
                    (text, one),
                    help_="check both lengths of time; a single check is `at 3 months`",
                )
        for one, after in pairwise(check.recurring):
            if (
                duration(one.every) == duration(after.every)
                and one.at_least is after.at_least
            ):
                yield finding(
                    "GDL257",
                    f"`then` changes nothing: it is `every {text_of(one.every)}` before and after",
                    (text, after),
                    others=((text, one, "the same interval"),),
                    help_="write the interval once, with the whole length of time",
                )


_PARTS = {"loading": ast.Load, "maintenance": ast.Maintain}


def part_of_treatment_is_known(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL258: a check is done during loading or during maintenance."""
    for text, node in draft.each_node(ast.Check):
        part = node.during if isinstance(node, ast.Check) else None
        if part is not None and part.text not in _PARTS:
            yield finding(
                "GDL258",
                f"a check is done during `loading` or `maintenance`, not during `{part.text}`",
                (text, part),
                help_="say for whom under `when`, and `until` and the event that ends it",
            )


def part_of_treatment_is_given(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL259: some rule gives doses in that part of the treatment."""
    actions = [action for _, rule in draft.each(ast.Rule) for action in rule.actions]
    for text, rule in draft.each(ast.Rule):
        for check in rule.actions:
            part = check.during if isinstance(check, ast.Check) else None
            verb = _PARTS.get(part.text) if part else None
            if (
                part
                and verb
                and not any(isinstance(action, verb) for action in actions)
            ):
                word = "load" if verb is ast.Load else "maintain"
                yield finding(
                    "GDL259",
                    f"no rule says `{word}`, so that {part.text} never begins",
                    (text, part),
                    help_="add the rule that gives the doses, or say `until` which event the"
                    " test is done",
                )
