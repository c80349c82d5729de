"""How conditions are written: simply enough to be read without turning anything round."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.conditions import every_part, parts
from b12guide.lint.material import Level, LintRule, Material
from b12guide.semantics.checks.conditions import list_at_the_end
from b12guide.semantics.checks.report import finding, remark
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Span, Text
from b12guide.values.term import Operator


def double_negation(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        waiting = [asked.condition]
        while waiting:
            condition = waiting.pop()
            plain = _without_negations(condition)
            if plain is None:
                waiting += reversed(parts(condition))
            else:
                yield _finding(asked.text, condition, plain)


def _finding(text: Text, written: ast.Condition, plain: ast.Condition) -> Diagnostic:
    said = condition_to_text(plain)
    edits: tuple[Edit, ...] = ()
    if "#" not in text.slice(written.span):
        edits = (Edit(text=text, span=written.span, replacement=said),)
    return finding(
        DOUBLE_NEGATION.code,
        f"`{condition_to_text(written)}` is negated twice",
        (text, written),
        help_=Help(message=f"write `{said}`", edits=edits),
        severity=Severity.WARNING,
    )


def _without_negations(condition: ast.Condition) -> ast.Condition | None:
    """The same without its two negations; None where there are no two."""
    match condition:
        case ast.Not(operand=operand):
            return _denied(operand)
        case ast.Listed(quantifier=ast.Quantifier.NONE, operands=(operand,)):
            return _denied(operand)
        case _:
            return None


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


DOUBLE_NEGATION = LintRule(
    code="GDL513",
    name="double-negation",
    level=Level.WARNING,
    says="Nothing is negated twice.",
    find=double_negation,
    fixes=True,
)


_OPPOSITE = {
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_MOST: Operator.MORE,
}


def negated_comparison(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            turned = _turned(condition)
            if turned is not None:
                yield remark(
                    NEGATED_COMPARISON.code,
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


NEGATED_COMPARISON = LintRule(
    code="GDL514",
    name="negated-comparison",
    level=Level.INFO,
    says="A comparison is turned round, not negated.",
    find=negated_comparison,
)


def needless_parentheses(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        waiting: list[tuple[ast.Condition | None, ast.Condition]]
        waiting = [(None, asked.condition)]
        while waiting:
            around, condition = waiting.pop()
            waiting += [(condition, part) for part in reversed(parts(condition))]
            if isinstance(condition, ast.Group) and _is_needless(
                condition, around, asked.text
            ):
                yield finding(
                    NEEDLESS_PARENTHESES.code,
                    "these parentheses change nothing",
                    (asked.text, condition),
                    help_=Help(
                        message="leave them out",
                        edits=_without_parentheses(asked.text, condition),
                    ),
                    severity=Severity.INFO,
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
        case ast.Reference() | ast.Comparison() | ast.Between():
            return True
        case ast.Is(values=values):
            return len(values) == 1
        case ast.And():
            return isinstance(around, ast.And)
        case ast.Or():
            return isinstance(around, ast.Or)
        case _:
            return False


def _without_parentheses(text: Text, group: ast.Group) -> tuple[Edit, ...]:
    """The parentheses replaced by nothing, or by a space where words would touch."""
    start, end = group.span.start, group.span.end
    before = text.characters[start - 1 : start]
    after = text.characters[end : end + 1]
    return (
        Edit(
            text=text,
            span=Span(start, start + 1),
            replacement=" " if before.isalnum() or before == "_" else "",
        ),
        Edit(
            text=text,
            span=Span(end - 1, end),
            replacement=" " if after.isalnum() or after == "_" else "",
        ),
    )


NEEDLESS_PARENTHESES = LintRule(
    code="GDL515",
    name="needless-parentheses",
    level=Level.INFO,
    says="Parentheses stand where they change or tell something.",
    find=needless_parentheses,
    fixes=True,
)


def list_of_one(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            if isinstance(condition, ast.Listed) and len(condition.operands) == 1:
                word = condition.quantifier.value
                yield finding(
                    LIST_OF_ONE.code,
                    f"`{word} of` is followed by one condition only",
                    (asked.text, condition),
                    help_=_help(asked.text, condition),
                    severity=Severity.WARNING,
                )


def _help(text: Text, listed: ast.Listed) -> Help:
    is_none = listed.quantifier is ast.Quantifier.NONE
    (operand,) = listed.operands
    words = Span(listed.span.start, operand.span.start)
    return Help(
        message="write `not` and the condition" if is_none else "write it alone",
        edits=()
        if "#" in text.slice(words)
        else (Edit(text=text, span=words, replacement="not " if is_none else ""),),
    )


LIST_OF_ONE = LintRule(
    code="GDL516",
    name="list-of-one",
    level=Level.WARNING,
    says="`any of`, `all of` and `none of` are followed by several conditions.",
    find=list_of_one,
    fixes=True,
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
    ast.Challenge,
    ast.Silent,
    ast.ExpectDecision,
    ast.ExpectReasons,
)


def repeated_name(material: Material) -> Iterator[Diagnostic]:
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
                names = [name for name in value if isinstance(name, ast.Name)]
                yield from _repeated(text, names)


def _repeated(text: Text, names: list[ast.Name]) -> Iterator[Diagnostic]:
    first: dict[str, ast.Name] = {}
    for name in names:
        if name.text in first:
            yield finding(
                REPEATED_NAME.code,
                f"`{name.text}` stands twice in this list",
                (text, name),
                others=((text, first[name.text], "the first is here"),),
                help_=Help(
                    message="leave it out here", edits=_without_repetition(text, name)
                ),
                severity=Severity.WARNING,
            )
        first.setdefault(name.text, name)


def _without_repetition(text: Text, name: ast.Name) -> tuple[Edit, ...]:
    """The name and the comma before it removed, where nothing else stands between."""
    comma = _COMMA.search(text.characters[: name.span.start])
    if comma is None:
        return ()
    span = Span(comma.start(), name.span.end)
    return (Edit(text=text, span=span, replacement=""),)


REPEATED_NAME = LintRule(
    code="GDL517",
    name="repeated-name",
    level=Level.WARNING,
    says="A list names each thing once.",
    find=repeated_name,
    fixes=True,
)


def old_spelling(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        # `not X is known` reads as if it denied X, so the word moves to where it belongs.
        claims = [*every_part(asked.condition)]
        denied = {
            id(part.operand): part
            for part in claims
            if isinstance(part, ast.Not) and isinstance(part.operand, ast.OnRecord)
        }
        for part in claims:
            if not isinstance(part, ast.OnRecord):
                continue
            if part.word is not ast.RecordWord.KNOWN:
                continue
            whole = denied.get(id(part), part)
            negated = part.negated is not (whole is not part)
            said = condition_to_text(
                evolve(part, word=ast.RecordWord.ESTABLISHED, negated=negated)
            )
            has_comment = "#" in asked.text.slice(whole.span)
            edit = Edit(text=asked.text, span=whole.span, replacement=said)
            yield finding(
                OLD_SPELLING.code,
                f"`{condition_to_text(whole)}` is the old spelling of `{said}`",
                (asked.text, whole),
                help_=Help(
                    message=f"write `{said}`", edits=() if has_comment else (edit,)
                ),
                severity=Severity.WARNING,
            )


OLD_SPELLING = LintRule(
    code="GDL553",
    name="old-spelling",
    level=Level.WARNING,
    says="`is established` is written for `is known`, which sounds like `is recorded`.",
    find=old_spelling,
    fixes=True,
)
