"""From the syntax tree back to text, as the formatter would leave it.

Reading what is printed here gives the same tree. Comments are no part of the tree and are not
printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import assert_never

from b12guide.syntax.action_to_text import (
    action_to_text,
    keyword_and_rest,
    plan_to_text,
)
from b12guide.syntax.ast import (
    Action,
    Always,
    Assumption,
    Challenge,
    Code,
    Declaration,
    Definition,
    Example,
    ExpectedConflict,
    File,
    Grounds,
    Header,
    Implication,
    Invariant,
    Item,
    Name,
    Never,
    NeverBefore,
    Rule,
    Silent,
    Source,
    Value,
)
from b12guide.syntax.condition_to_text import condition_to_text
from b12guide.syntax.example_to_text import example_to_text
from b12guide.syntax.grammar import Start, tree_of
from b12guide.syntax.layout_lines import page_to_text
from b12guide.syntax.layout_tree import page
from b12guide.syntax.text_pieces import (
    clause,
    full_range,
    head,
    listed,
    prose_clause,
    quantity,
    quoted,
    word,
)

__all__ = [
    "action_to_text",
    "condition_to_text",
    "item_to_text",
    "plan_to_text",
    "to_text",
]


def to_text(file: File) -> str:
    """The text of a file that says what `file` says."""
    language = () if file.language is None else (f"language {file.language}\n",)
    headers = ["".join(_header(header)) for header in file.headers]
    words = tuple(takewhile(_is_word, file.items)) if len(headers) > 1 else ()
    blocks = [
        "".join(language) + "".join(headers[:1]),
        *map(_item, words),
        *headers[1:],
        *map(_item, file.items[len(words) :]),
    ]
    return _in_style("\n".join(block for block in blocks if block), "file")


def item_to_text(item: Item) -> str:
    """The lines of one item."""
    return _in_style(
        _item(item), "vocabulary_chunk" if _is_word(item) else "guideline_chunk"
    )


def _in_style(characters: str, start: Start) -> str:
    return page_to_text(page(tree_of(characters, start), characters))


def _item(item: Item) -> str:
    match item:
        case Source():
            return "".join(_source(item))
        case Assumption(name=name, text=text):
            return head("assumption", name.text, title=text)
        case Challenge(name=name, text=text, by=by):
            line = head("challenge", name.text, title=text)
            return line + (clause("by", listed(by)) if by else "")
        case Definition():
            return "".join(_definition(item))
        case Rule():
            return "".join(_rule(item))
        case Silent():
            return "".join(_silent(item))
        case ExpectedConflict():
            return "".join(_conflict(item))
        case Invariant():
            return "".join(_invariant(item))
        case Example():
            return "".join(example_to_text(item))
        case Implication(name=name, premise=premise, conclusion=conclusion):
            return (
                head("implication", name.text)
                + clause("when", condition_to_text(premise))
                + clause("then", condition_to_text(conclusion))
            )
        case Declaration():
            return "".join(_declaration(item))
        case _:
            assert_never(item)


def _is_word(item: Item) -> bool:
    return isinstance(item, Declaration | Implication)


def _header(header: Header) -> Iterator[str]:
    kind = f"{header.kind} for" if header.kind == "examples" else header.kind
    yield head(kind, header.name.text, title=header.title)
    if header.version:
        yield clause("version", header.version)
    if header.revised:
        yield clause("revised", header.revised)
    if approval := header.approval:
        by = f"approved by {quoted(approval.by)}"
        yield clause("status", f"{by} on {approval.on} covering {approval.digest}")
    elif header.status:
        yield clause("status", header.status)
    if header.scope:
        yield clause("scope", condition_to_text(header.scope))
    if header.uses:
        yield clause("uses", listed(header.uses))
    if header.statements:
        yield clause("statements", " to ".join(name.text for name in header.statements))


def _rule(rule: Rule) -> Iterator[str]:
    yield head("rule", rule.name.text, title=rule.title)
    if rule.exception_to:
        yield clause("exception to", listed(rule.exception_to))
    if rule.outside_scope:
        yield clause("outside scope")
    for condition in rule.conditions:
        yield clause("when", condition_to_text(condition))
    for action in rule.actions:
        yield clause(*keyword_and_rest(action))
    yield from _grounds(rule.grounds)


def _grounds(grounds: Grounds) -> Iterator[str]:
    if grounds.strength:
        yield clause("strength", grounds.strength.value)
    if grounds.states:
        yield clause("states", listed(grounds.states))
    if grounds.cites:
        yield clause("cites", listed(grounds.cites))
    yield from prose_clause("section", grounds.section)
    if grounds.assumes:
        yield clause("assumes", listed(grounds.assumes))
    if grounds.challenged:
        yield clause("challenged", f"by {listed(grounds.challenged)}")
    yield from prose_clause("because", grounds.because)
    yield from prose_clause("patient", grounds.patient)


def _definition(definition: Definition) -> Iterator[str]:
    yield head("define", definition.name.text, title=definition.title)
    yield clause("as", condition_to_text(definition.condition))
    yield from prose_clause("asks", definition.asks)
    yield from _grounds(definition.grounds)


def _source(source: Source) -> Iterator[str]:
    yield head("source", source.name.text, title=source.title)
    if source.authors is not None:
        year = "" if source.year is None else f", {source.year}"
        yield clause("by", f"{quoted(source.authors)}{year}")
    if source.kind:
        yield clause("kind", source.kind.text)
    if source.printed is not None:
        inferred = " inferred" if source.inferred else ""
        yield clause("printed", f"as {source.printed}{inferred}")
    if source.missing:
        yield clause("missing")
    if source.link is not None:
        yield clause("link", quoted(source.link))


def _silent(silent: Silent) -> Iterator[str]:
    noted = ("as", listed(silent.noted_as)) if silent.noted_as else ()
    yield head("silent on", listed(silent.topics), *noted, title=silent.text)
    for condition in silent.conditions:
        yield clause("when", condition_to_text(condition))
    yield from _grounds(silent.grounds)


def _conflict(conflict: ExpectedConflict) -> Iterator[str]:
    sides = (conflict.first.text, "and", conflict.second.text)
    yield head("conflict expected between", *sides)
    for name in conflict.noted_as:
        yield clause("as", name.text)
    yield from prose_clause("because", conflict.because)


def _invariant(invariant: Invariant) -> Iterator[str]:
    yield head("invariant", invariant.name.text, title=invariant.title)
    match invariant.claim:
        case Never(target=target, when=when, unless=unless):
            condition = f" when {condition_to_text(when)}" if when else ""
            exception = f" unless {condition_to_text(unless)}" if unless else ""
            yield clause("never", _target(target) + condition + exception)
        case Always(target=target, when=when):
            condition = f" when {condition_to_text(when)}" if when else ""
            yield clause("always", _target(target) + condition)
        case NeverBefore(target=target, before=before):
            yield clause("never", f"{target.text} before {before.text}")
        case _:
            assert_never(invariant.claim)


def _target(target: Name | Action) -> str:
    if isinstance(target, Name):
        return target.text
    return " ".join(keyword_and_rest(target))


def _code(code: Code) -> Iterator[str]:
    yield f"{code.system.text} {quoted(code.code)}"
    if code.value is not None:
        yield f"for {code.value.text}"
    if code.seen is not None:
        yield f"from {quoted(code.seen)}"


def _declaration(declared: Declaration) -> Iterator[str]:
    yield head(declared.kind.value, declared.name.text, title=declared.label)
    yield from prose_clause("asks", declared.asks)
    if declared.synonyms:
        yield clause("synonyms", ", ".join(map(word, declared.synonyms)))
    for code in declared.codes:
        yield clause("code", " ".join(_code(code)))
    if declared.unit:
        yield clause("unit", declared.unit)
    if declared.also_written:
        yield clause("also written", ", ".join(map(word, declared.also_written)))
    if declared.plausible:
        yield clause("plausible", full_range(declared.plausible))
    if declared.plausible_dose:
        yield clause("plausible dose", full_range(declared.plausible_dose))
    if declared.usual_dose:
        yield clause("usual dose", quantity(declared.usual_dose))
    if declared.molar_mass:
        yield clause("molar mass", quantity(declared.molar_mass))
    if declared.absent:
        yield clause("absent", quantity(declared.absent))
    if declared.values:
        yield clause("values", ", ".join(map(_value, declared.values)))
    for condition in declared.implies:
        yield clause("implies", condition_to_text(condition))


def _value(value: Value) -> str:
    return value.name.text + (f" {quoted(value.label.text)}" if value.label else "")
