"""GDL319 and GDL418: what is said of the record can be said of it (M14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help
from b12guide.semantics.checks.declared import declared_here
from b12guide.semantics.checks.report import finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.references import in_condition
from b12guide.semantics.scope import Namespace, Scope
from b12guide.syntax import ast
from b12guide.syntax.ast import Kind, OnRecord, RecordWord
from b12guide.syntax.condition_to_text import condition_to_text
from b12guide.syntax.walk import descendants
from b12guide.text import Text

_FITTING: Mapping[Kind | None, RecordWord] = {
    Kind.MEASURE: RecordWord.MEASURED,
    Kind.CHOICE: RecordWord.RECORDED,
}
"""What can be said of a measure or choice; anything may be recorded."""


def word_fits(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL319: only measures are measured, and only what is true or false is established."""
    for text, node in draft.each_node(OnRecord):
        if not isinstance(node, OnRecord) or node.word is RecordWord.RECORDED:
            continue
        entry = scope.find(Namespace.FACT, node.name.text)
        if entry is None:
            continue
        kind = entry.item.kind if isinstance(entry.item, ast.Declaration) else None
        fitting = _FITTING.get(kind, RecordWord.ESTABLISHED)
        said = RecordWord.ESTABLISHED if node.word is RecordWord.KNOWN else node.word
        if said is not fitting:
            yield finding(
                "GDL319",
                f"`{node.name.text}` is {entry.noun} and cannot be {said.value}",
                (text, node),
                others=(declared_here(entry),),
                help_=_written(
                    text,
                    node,
                    RecordWord.RECORDED if said is RecordWord.MEASURED else fitting,
                ),
            )


def _written(text: Text, node: OnRecord, word: RecordWord) -> Help:
    """The remedy of writing another word."""
    said = condition_to_text(evolve(node, word=word))
    has_comment = "#" in text.slice(node.span)
    return Help(
        message=f"write `{said}`",
        edits=()
        if has_comment
        else (Edit(text=text, span=node.span, replacement=said),),
    )


def implication_is_of_patients(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL418: what follows from what is a matter of the patient and not of the record."""
    definitions = {d.name.text: d for _, d in draft.each(ast.Definition)}
    for text, item in draft.each_item():
        match item:
            case ast.Implication(premise=premise, conclusion=conclusion):
                sides: tuple[ast.Condition, ...] = (premise, conclusion)
            case ast.Declaration(implies=implies):
                sides = implies
            case _:
                continue
        for side in sides:
            claim = _claim_in(side, scope, definitions)
            if claim is not None:
                yield finding(
                    "GDL418",
                    f"`{condition_to_text(claim)}` speaks of the record, and what follows "
                    "from a fact does not depend on who wrote it down",
                    (text, side),
                    help_="say of the facts themselves what follows; a rule may ask for the record",
                )


def _claim_in(
    condition: ast.Condition,
    scope: Scope,
    definitions: Mapping[str, ast.Definition],
) -> OnRecord | None:
    """What a condition says of the record, itself or through a definition."""
    waiting, seen = [condition], set[str]()
    while waiting:
        part = waiting.pop()
        for node in (part, *descendants(part)):
            if isinstance(node, OnRecord):
                return node
        for reference in in_condition(part):
            name = scope.name(Namespace.FACT, reference.name.text)
            if name in definitions and name not in seen:
                seen.add(name)
                waiting.append(definitions[name].condition)
    return None
