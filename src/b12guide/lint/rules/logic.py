"""What conditions and rules say of patients: nothing always or never so, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import combinations, islice, permutations

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.conditions import Addressed, Everybody
from b12guide.lint.material import Level, LintRule, Material
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Text


def never_true(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for asked in material.conditions:
        seen = material.everybody.seen(asked)
        if seen is not None and not seen.true(asked.condition):
            yield remark(
                NEVER_TRUE.code,
                f"the condition of {asked.owner} is never true:"
                f" nobody {asked.addressed.value} can have it",
                (asked.text, asked.condition),
                "look for a slip in the bounds, or for `and` where `or` is meant",
            )


NEVER_TRUE = LintRule(
    code="GDL501",
    name="never-true",
    level=Level.WARNING,
    says="A condition can be true of somebody.",
    find=never_true,
)


def always_true(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for asked in material.conditions:
        seen = material.everybody.seen(asked)
        if seen is not None and seen.true(asked.condition) == seen.addressed:
            yield remark(
                ALWAYS_TRUE.code,
                f"the condition of {asked.owner} is always true:"
                f" everybody {asked.addressed.value} has it",
                (asked.text, asked.condition),
                "leave it out, or look for `or` where `and` is meant",
            )


ALWAYS_TRUE = LintRule(
    code="GDL502",
    name="always-true",
    level=Level.WARNING,
    says="A condition can be false of somebody.",
    find=always_true,
)


_LONGEST = 80
"""Characters of a part that a message repeats; the place shows the rest."""


def idle_part(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for asked in material.conditions:
        seen = material.everybody.seen(asked)
        for part in material.everybody.idle_parts(asked):
            true = 0 if seen is None else seen.true(part)
            if not true:
                reason = "nobody has it"
            elif seen is not None and true == seen.addressed:
                reason = "everybody has it"
            else:
                reason = "the rest of the condition already decides it"
            yield remark(
                IDLE_PART.code,
                f"`{_brief(part)}` makes no difference in the condition of"
                f" {asked.owner}: {reason}",
                (asked.text, part),
                "leave it out, or look for a slip beside it",
            )


def _brief(part: ast.Condition) -> str:
    written = condition_to_text(part)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 4]} ..."


IDLE_PART = LintRule(
    code="GDL503",
    name="idle-part",
    level=Level.WARNING,
    says="Every part of a condition makes a difference to somebody.",
    find=idle_part,
)


def idle_exception(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for text, rule in material.each(ast.Rule):
        for name in rule.exception_to:
            parent = material.scope.name(Namespace.RULE, name.text)
            reason = _idle(rule.name.text, parent, material.everybody)
            if reason is not None:
                yield remark(
                    IDLE_EXCEPTION.code,
                    f"`{rule.name.text}` never takes `{parent}` from anybody: {reason}",
                    (text, name),
                    f"leave `exception to {parent}` out, or look for a slip in a condition",
                )


def _idle(exception: str, parent: str, everybody: Everybody) -> str | None:
    """Why the exception makes no difference; None where it does, or nobody knows."""
    rules = everybody.search.graph.rules
    names = dict.fromkeys((parent, exception, *rules[parent].exceptions))
    cone = everybody.cone_of(rules[name] for name in names)
    if cone is None:
        return None
    conditions = everybody.search.evaluator.program.conditions
    true = {name: cone.true(conditions[name]) for name in names}
    both = everybody.search.in_scope(cone) & true[parent] & true[exception]
    if not true[exception]:
        return None  # it is never true, which another rule says
    if not both:
        return "nobody has the conditions of both"
    for name in names:
        if name not in {parent, exception}:
            both &= ~true[name]
    return None if both else "whoever has both conditions has another exception as well"


IDLE_EXCEPTION = LintRule(
    code="GDL504",
    name="idle-exception",
    level=Level.WARNING,
    says="An exception takes its rule away from somebody.",
    find=idle_exception,
)


def shadowed_rule(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for text, written in material.each(ast.Rule):
        rule = everybody.search.graph.rules[written.name.text]
        cone = everybody.cone_of((rule,)) if rule.exceptions else None
        if cone is None:
            continue
        whom = Addressed.OUTSIDE if rule.outside_scope else Addressed.IN_SCOPE
        condition = everybody.search.evaluator.program.conditions[rule.name]
        reached = everybody.addressed(cone, whom) & cone.true(condition)
        if reached and not reached & cone.applies(rule.name):
            others = ", ".join(f"`{name}`" for name in rule.exceptions)
            yield remark(
                SHADOWED_RULE.code,
                f"`{rule.name}` applies to nobody: whoever has its condition has an"
                f" exception, {others}",
                (text, written.name),
                "leave it out, or narrow the exception",
            )


SHADOWED_RULE = LintRule(
    code="GDL505",
    name="shadowed-rule",
    level=Level.WARNING,
    says="The exceptions to a rule leave somebody to it.",
    find=shadowed_rule,
)


def idle_conflict(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    rules = everybody.search.graph.rules
    for text, conflict in material.each(ast.ExpectedConflict):
        names = (conflict.first.text, conflict.second.text)
        one, two = (rules[material.scope.name(Namespace.RULE, name)] for name in names)
        cone = everybody.cone_of((one, two))
        if cone is None:
            continue
        both = cone.applies(one.name) & cone.applies(two.name)
        if not both & everybody.search.in_scope(cone):
            yield remark(
                IDLE_CONFLICT.code,
                f"`{one.name}` and `{two.name}` never apply to the same patient",
                (text, conflict.first),
                "leave `conflict expected` out, or look for a slip in a condition",
            )


IDLE_CONFLICT = LintRule(
    code="GDL551",
    name="idle-conflict",
    level=Level.WARNING,
    says="A conflict that is expected can come about.",
    find=idle_conflict,
)


MOST_PAIRS = 2000
"""Of rules that say one thing; each takes a search."""


class Overlap(Enum):
    """How the patients of one rule lie to those of another."""

    SAME = "the same"
    INSIDE = "some of them"
    OTHERWISE = "otherwise"


def alike(material: Material) -> Iterator[list[tuple[Text, ast.Rule]]]:
    """The rules of the graph that say the same, wherever there are several."""
    graph = material.graph
    if graph is None:
        return
    groups: dict[object, list[tuple[Text, ast.Rule]]] = {}
    for text, written in material.each(ast.Rule):
        rule = graph.rules[written.name.text]
        key = (rule.decision, rule.value, rule.optional, rule.outside_scope)
        groups.setdefault(key, []).append((text, written))
    yield from (group for group in groups.values() if len(group) > 1)


def overlap(one: ast.Rule, two: ast.Rule, everybody: Everybody) -> Overlap:
    """How the patients to whom `one` applies lie to those of `two`."""
    rules = [everybody.search.graph.rules[rule.name.text] for rule in (one, two)]
    cone = everybody.cone_of(rules)
    if cone is None:
        return Overlap.OTHERWISE
    whom = Addressed.OUTSIDE if one.outside_scope else Addressed.IN_SCOPE
    addressed = everybody.addressed(cone, whom)
    mine, theirs = (addressed & cone.applies(rule.name) for rule in rules)
    if not mine or mine & ~theirs:
        return Overlap.OTHERWISE
    return Overlap.SAME if mine == theirs else Overlap.INSIDE


def duplicate_rule(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for group in alike(material):
        told = set[str]()
        for (_, one), (text, two) in islice(combinations(group, 2), MOST_PAIRS):
            name = two.name.text
            if name not in told and overlap(one, two, everybody) is Overlap.SAME:
                told.add(name)
                yield finding(
                    DUPLICATE_RULE.code,
                    f"`{name}` says what `{one.name.text}` says, to the same patients",
                    (text, two.name),
                    others=((material.text_of(one), one.name, "the other one"),),
                    help_="make one rule of both, with the statements and citations of both",
                    severity=Severity.WARNING,
                )


DUPLICATE_RULE = LintRule(
    code="GDL506",
    name="duplicate-rule",
    level=Level.WARNING,
    says="No two rules say the same to the same patients.",
    find=duplicate_rule,
)


def covered_rule(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for group in alike(material):
        covered = set[str]()
        for (text, narrow), (_, wide) in islice(permutations(group, 2), MOST_PAIRS):
            if (
                narrow.name.text not in covered
                and narrow.grounds.strength is wide.grounds.strength
                and overlap(narrow, wide, everybody) is Overlap.INSIDE
            ):
                covered.add(narrow.name.text)
                yield finding(
                    COVERED_RULE.code,
                    f"`{wide.name.text}` says the same, as strongly, to everybody to whom"
                    f" `{narrow.name.text}` applies",
                    (text, narrow.name),
                    others=((material.text_of(wide), wide.name, "the wider rule"),),
                    help_="leave the narrower rule out, or say what is special about it",
                    severity=Severity.WARNING,
                )


COVERED_RULE = LintRule(
    code="GDL507",
    name="covered-rule",
    level=Level.WARNING,
    says="A rule says something that no wider rule says already.",
    find=covered_rule,
)
