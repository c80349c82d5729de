"""How conditions are written: simply enough to be read without turning anything round."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help
from b12guide.lint.material import Level, Material, finding, lint_rule, written_as
from b12guide.semantics.checks.conditions import list_at_the_end
from b12guide.semantics.draft import every_part, is_counted, parts
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Span, Text
from b12guide.values.term import Operator


@lint_rule("GDL513", Level.WARNING, fixes=True)
def double_negation(material: Material) -> Iterator[Diagnostic]:
    """Nothing is negated twice."""
    for asked in material.conditions:
        waiting = [asked.condition]
        while waiting:
            condition = waiting.pop()
            match condition:
                case ast.Not(operand=operand):
                    plain = _denied(operand)
                case ast.Listed(quantifier=ast.Quantifier.NONE, operands=(operand,)):
                    plain = _denied(operand)
                case _:
                    plain = None
            if plain is None:
                waiting += reversed(parts(condition))
            else:
                yield finding(
                    f"`{condition_to_text(condition)}` is negated twice",
                    (asked.text, condition),
                    written_as(asked.text, condition.span, condition_to_text(plain)),
                )


def _denied(condition: ast.Condition) -> ast.Condition | None:
    """What a negated condition negates; None where it is not negated."""
    match condition:
        case ast.Group(operand=operand, assuming=()):
            return _denied(operand)
        case ast.Not(operand=ast.Group(assuming=()) as group):
            return group
        case ast.Not(operand=operand):
            return operand
        case ast.Is(negated=True) | ast.OnRecord(negated=True):
            return evolve(condition, negated=False)
        case ast.Listed(quantifier=ast.Quantifier.NONE):
            any_of = evolve(condition, quantifier=ast.Quantifier.ANY)
            return ast.Group(span=condition.span, operand=any_of)
        case _:
            return None


_OPPOSITE = {
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_MOST: Operator.MORE,
}


@lint_rule("GDL514", Level.INFO)
def negated_comparison(material: Material) -> Iterator[Diagnostic]:
    """A comparison is turned round, not negated."""
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            if turned := _turned(condition):
                yield finding(
                    f"`{condition_to_text(condition)}` has to be turned round to be read",
                    (asked.text, condition),
                    f"write `{condition_to_text(turned)}`",
                )


def _turned(condition: ast.Condition) -> ast.Condition | None:
    match condition:
        case ast.Not(operand=ast.Group(operand=operand, assuming=())):
            return _turned(ast.Not(span=condition.span, operand=operand))
        case ast.Not(operand=ast.Comparison() as comparison):
            opposite = _OPPOSITE.get(comparison.operator)
            return opposite and evolve(comparison, operator=opposite)
        case ast.Not(operand=ast.Is(negated=False) as choice):
            return evolve(choice, negated=True)
        case ast.Not(operand=ast.OnRecord(negated=False) as claim):
            return evolve(claim, negated=True)
        case _:
            return None


@lint_rule("GDL515", Level.INFO, fixes=True)
def needless_parentheses(material: Material) -> Iterator[Diagnostic]:
    """Parentheses stand where they change or tell something."""
    for asked in material.conditions:
        waiting: list[tuple[ast.Condition | None, ast.Condition]]
        waiting = [(None, asked.condition)]
        while waiting:
            around, condition = waiting.pop()
            waiting += [(condition, part) for part in reversed(parts(condition))]
            if isinstance(condition, ast.Group) and _is_needless(
                condition, around, asked.text
            ):
                start, end = condition.span.start, condition.span.end
                edits = (
                    _without_parenthesis(asked.text, start, beside=start - 1),
                    _without_parenthesis(asked.text, end - 1, beside=end),
                )
                yield finding(
                    "these parentheses change nothing",
                    (asked.text, condition),
                    Help(message="leave them out", edits=edits),
                )


def _is_needless(group: ast.Group, around: ast.Condition | None, text: Text) -> bool:
    if group.assuming:
        return False
    if around is None or (isinstance(around, ast.Group) and not around.assuming):
        return True
    joins = isinstance(around, ast.And | ast.Or)
    if joins and list_at_the_end(group.operand, text) is not None:
        return False  # nothing may follow a list without them
    match group.operand:
        case ast.Reference() | ast.Comparison() | ast.Between() | ast.Aged():
            return True
        case ast.LastValues() | ast.RoseOrFell():
            return True
        case ast.Is(values=values):
            return len(values) == 1
        case ast.And():
            return isinstance(around, ast.And)
        case ast.Or():
            return isinstance(around, ast.Or)
        case _:
            return False


def _without_parenthesis(text: Text, at: int, *, beside: int) -> Edit:
    """A parenthesis replaced by nothing, or by a space where words would touch."""
    neighbour = text.characters[beside : beside + 1]
    touches = neighbour.isalnum() or neighbour == "_"
    return Edit(text=text, span=Span(at, at + 1), replacement=" " if touches else "")


@lint_rule("GDL516", Level.WARNING, fixes=True)
def list_of_one(material: Material) -> Iterator[Diagnostic]:
    """`any of`, `all of` and `none of` are followed by several conditions."""
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            if is_counted(condition):
                continue  # the number does not fit the list, which is told elsewhere
            if isinstance(condition, ast.Listed) and len(condition.operands) == 1:
                word, (operand,) = condition.quantifier.value, condition.operands
                instead, remedy = "", "write it alone"
                if condition.quantifier is ast.Quantifier.NONE:
                    instead, remedy = "not ", "write `not` and the condition"
                words = Span(condition.span.start, operand.span.start)
                yield finding(
                    f"`{word} of` is followed by one condition only",
                    (asked.text, condition),
                    written_as(asked.text, words, instead, remedy),
                )


_COMMA = re.compile(r",\s*\Z")

_LISTS: tuple[type[ast.Node], ...] = (
    ast.Header,
    ast.Rule,
    ast.Grounds,
    ast.Is,
    ast.Form,
    ast.Exclude,
    ast.Route,
    ast.Withhold,
    ast.Check,
    ast.DoNotCheck,
    ast.Refer,
    ast.Challenge,
    ast.Silent,
    ast.ExpectDecision,
    ast.ExpectReasons,
)


@lint_rule("GDL517", Level.WARNING, fixes=True)
def repeated_name(material: Material) -> Iterator[Diagnostic]:
    """A list names each thing once."""
    outermost = [
        (file.text, node)
        for file in material.files
        for node in (*file.headers, *file.items)
        if isinstance(node, _LISTS)
    ]
    for text, node in (*outermost, *material.each_node(*_LISTS)):
        for attribute in attrs.fields(type(node)):
            value = getattr(node, attribute.name)
            if isinstance(value, tuple):
                yield from _repeated(text, value)


def _repeated(text: Text, some: tuple[object, ...]) -> Iterator[Diagnostic]:
    first: dict[str, ast.Name] = {}
    for name in (name for name in some if isinstance(name, ast.Name)):
        if name.text in first:
            # The comma before the name goes with it, unless something else stands between.
            comma = _COMMA.search(text.characters[: name.span.start])
            remedy = Help(message="leave it out here")
            if comma is not None:
                span = Span(comma.start(), name.span.end)
                remedy = written_as(text, span, "", remedy.message)
            yield finding(
                f"`{name.text}` stands twice in this list",
                (text, name),
                remedy,
                others=((text, first[name.text], "the first is here"),),
            )
        first.setdefault(name.text, name)


@lint_rule("GDL553", Level.WARNING, fixes=True)
def old_spelling(material: Material) -> Iterator[Diagnostic]:
    """`is established` is written for `is known`, which sounds like `is recorded`."""
    for asked in material.conditions:
        # `not X is known` reads as if it denied X, so the word moves to where it belongs.
        claims = [*every_part(asked.condition)]
        denied = {
            id(part.operand): part
            for part in claims
            if isinstance(part, ast.Not) and isinstance(part.operand, ast.OnRecord)
        }
        for part in claims:
            if (
                not isinstance(part, ast.OnRecord)
                or part.word is not ast.RecordWord.KNOWN
            ):
                continue
            whole = denied.get(id(part), part)
            negated = part.negated is not (whole is not part)
            said = condition_to_text(
                evolve(part, word=ast.RecordWord.ESTABLISHED, negated=negated)
            )
            yield finding(
                f"`{condition_to_text(whole)}` is the old spelling of `{said}`",
                (asked.text, whole),
                written_as(asked.text, whole.span, said),
            )
