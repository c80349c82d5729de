"""Checks of conditions: read aloud they say one thing, and `is recorded` stands where it can."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.semantics.checks.report import finding
from b12guide.semantics.checks.vocabulary import declared_here
from b12guide.semantics.draft import Draft, is_counted, names_used
from b12guide.semantics.scope import Namespace, Scope, duration
from b12guide.syntax import ast
from b12guide.syntax.ast import OnRecord, RecordWord, descendants
from b12guide.syntax.phrases import condition_to_text
from b12guide.syntax.scan import masked
from b12guide.text import Span, Text
from b12guide.values.term import Kind

_QUANTIFIED = re.compile(r"\bis\s+(any|none)\s+of\b")


def list_ends_clearly(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL419: no bare `and` or `or` follows a list."""
    for text, node in draft.each_node(ast.And, ast.Or):
        operands = _operands(node)
        for number, operand in enumerate(operands[:-1]):
            last = list_at_the_end(operand, text)
            if last is None:
                continue
            joint = "and" if isinstance(node, ast.And) else "or"
            others = operands[number + 1 :]
            remedies = [_with_commas(text, last, operands[number:], scope)]
            if not all(_is_nothing_but_value(o, last, scope) for o in others):
                edits = _parentheses(text, operand.span)
                said = f"write `{_after(text, node.span, edits)}`"
                remedies.append(Help(message=said, edits=edits))
            yield Diagnostic(
                code="GDL419",
                message=f"the list of `{_words(last)} of` ends before this `{joint}`, "
                "but read aloud it goes on",
                labels=(
                    Label(text=text, span=_joint(text, operand, operands[number + 1])),
                    Label(text=text, span=last.span, message="the list"),
                ),
                help=tuple(remedy for remedy in remedies if remedy is not None),
            )
            break


def and_or_apart(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL420: `and` and `or` stand beside each other in parentheses only."""
    for text, node in draft.each_node(ast.Or):
        operands = _operands(node)
        mixed = any(isinstance(operand, ast.And) for operand in operands)
        # Parentheses round what ends with a list part the words as well.
        is_told = any(list_at_the_end(o, text) is not None for o in operands[:-1])
        if not mixed or is_told:
            continue
        # What `or` joins, the parts beside an `and` counting one by one.
        starts: list[int] = []
        ends: list[int] = []
        for before, after in pairwise(operands):
            left = before.operands[-1] if isinstance(before, ast.And) else before
            right = after.operands[0] if isinstance(after, ast.And) else after
            if ends and ends[-1] == left.span.end:
                ends[-1] = right.span.end
            else:
                starts.append(left.span.start)
                ends.append(right.span.end)
        runs_of_or = tuple(map(Span, starts, ends))
        remedies = (
            Help(message=f"write `{_after(text, node.span, edits)}`", edits=edits)
            for runs in (
                # What `and` joins is how the grammar reads it.
                [o.span for o in operands if isinstance(o, ast.And)],
                runs_of_or,
            )
            for edits in [tuple(e for run in runs for e in _parentheses(text, run))]
        )
        yield Diagnostic(
            code="GDL420",
            message="`and` and `or` are mixed without parentheses",
            labels=(Label(text=text, span=node.span),),
            notes=("it can be heard in two ways",),
            help=tuple(remedies),
        )


def list_at_the_end(condition: ast.Condition, text: Text) -> ast.Listed | ast.Is | None:
    """The list without parentheses that a condition ends with."""
    match condition:
        case ast.Listed():
            return condition
        case ast.Is() if _QUANTIFIED.search(masked(text.slice(condition.span))):
            return condition
        case ast.Not(operand=operand):
            return list_at_the_end(operand, text)
        case ast.And(operands=(*_, last)) | ast.Or(operands=(*_, last)):
            return list_at_the_end(last, text)
        case _:
            return None


def _operands(node: ast.Node) -> tuple[ast.Condition, ...]:
    return node.operands if isinstance(node, ast.And | ast.Or) else ()


def _words(last: ast.Listed | ast.Is) -> str:
    if isinstance(last, ast.Listed):
        return last.how_many
    return f"is {'none' if last.negated else 'any'}"


def _joint(text: Text, before: ast.Node, after: ast.Node) -> Span:
    """Where the word between two conditions stands."""
    between = Span(before.span.end, after.span.start)
    found = re.search(r"\b(?:and|or)\b", masked(text.slice(between)))
    if found is None:
        return between
    return Span(between.start + found.start(), between.start + found.end())


# ------------------------------------------------------------------------- remedies


def _with_commas(
    text: Text,
    last: ast.Listed | ast.Is,
    operands: tuple[ast.Condition, ...],
    scope: Scope,
) -> Help | None:
    """The remedy for an author who means a longer list; None where it cannot be one."""
    first, *others = operands
    if isinstance(last, ast.Is) and not all(_is_value(o, last, scope) for o in others):
        return None
    edits: list[Edit] = []
    before = first
    for other in others:
        joint = _joint(text, before, other)
        between = text.slice(Span(before.span.end, joint.start))
        start = joint.start if "#" in between else before.span.end
        edits.append(Edit(text=text, span=Span(start, joint.end), replacement=","))
        if isinstance(other, ast.Not | ast.And | ast.Listed) or (
            list_at_the_end(other, text) is not None
        ):
            edits += _parentheses(text, other.span)
        before = other
    whole = Span(first.span.start, operands[-1].span.end)
    return Help(message=f"write `{_after(text, whole, edits)}`", edits=tuple(edits))


def _is_value(condition: ast.Condition, choice: ast.Is, scope: Scope) -> bool:
    """Whether a name that stands for a fact may have been meant for a value of a choice."""
    if not isinstance(condition, ast.Reference) or condition.assuming:
        return False
    fact = scope.fact(choice.name.text)
    values = fact.values if isinstance(fact, ast.Declaration) else ()
    return condition.name.text in {value.name.text for value in values}


def _is_nothing_but_value(
    condition: ast.Condition, last: ast.Listed | ast.Is, scope: Scope
) -> bool:
    """Whether a name can only have been meant for a value, there being no such fact."""
    return (
        isinstance(last, ast.Is)
        and isinstance(condition, ast.Reference)
        and _is_value(condition, last, scope)
        and scope.fact(condition.name.text) is None
    )


def _parentheses(text: Text, span: Span) -> tuple[Edit, ...]:
    return (
        Edit(text=text, span=Span(span.start, span.start), replacement="("),
        Edit(text=text, span=Span(span.end, span.end), replacement=")"),
    )


def _after(text: Text, whole: Span, edits: Iterable[Edit]) -> str:
    """What stands in `whole` once the edits are made, on one line."""
    said, place = "", whole.start
    for edit in sorted(edits, key=lambda edit: edit.span):
        said += text.slice(Span(place, edit.span.start)) + edit.replacement
        place = edit.span.end
    said += text.slice(Span(place, whole.end))
    return " ".join(re.sub(r"#[^\r\n]*", "", said).split())


# -------------------------------------------------------------------- so many of a list

MOST_COUNTED = 64
"""In one list; the work grows with the square of its length, and nobody counts further."""


def count_fits_list(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL232: so many of a list can be true, and not all patients have so many."""
    for text, node in _counted_lists(draft):
        length = len(node.operands)
        if length > MOST_COUNTED:
            yield finding(
                "GDL232",
                f"the list of `{node.how_many} of` has {length} conditions, "
                f"and at most {MOST_COUNTED} are counted",
                (text, node),
                help_="name parts of the list with `define`, and count these",
            )
        elif not 0 < node.count <= length:
            so = "always" if node.count == 0 else "never"
            conditions = "one condition" if length == 1 else f"{length} conditions"
            remedy = "write a smaller number, or add to the list, with commas"
            yield finding(
                "GDL232",
                f"`{node.how_many} of` a list of {conditions} is {so} so",
                (text, node),
                help_=remedy if node.count else "write how many are to be so",
            )


def count_says_more(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL322: one of a list is `any of` it, and as many as there are is `all of` it."""
    for text, node in _counted_lists(draft):
        if node.count in {1, len(node.operands)}:
            word = "any of" if node.count == 1 else "all of"
            words = Span(node.span.start, node.operands[0].span.start)
            edit = Edit(text=text, span=words, replacement=f"{word} ")
            yield finding(
                "GDL322",
                f"`{node.how_many} of` this list is `{word}` it",
                (text, node),
                help_=Help(
                    message=f"write `{word}`",
                    edits=() if "#" in text.slice(words) else (edit,),
                ),
                severity=Severity.WARNING,
            )


def counted_once(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL323: nothing stands twice where a list is counted."""
    for text, node in _counted_lists(draft):
        first: dict[ast.Condition, ast.Condition] = {}
        for operand in node.operands:
            plain = _without_parentheses(operand)
            if plain in first:
                yield finding(
                    "GDL323",
                    f"`{condition_to_text(plain)}` stands twice in this list and would count twice",
                    (text, operand),
                    others=((text, first[plain], "it stands here first"),),
                    help_="leave it out here",
                )
            first.setdefault(plain, operand)


def _counted_lists(draft: Draft) -> Iterator[tuple[Text, ast.Listed]]:
    """The lists that are counted, but for those that may be meant to go on (GDL419)."""
    going_on = {
        id(list_at_the_end(operand, text))
        for text, node in draft.each_node(ast.And, ast.Or)
        for operand in _operands(node)[:-1]
    }
    for text, node in draft.each_node(ast.Listed):
        if is_counted(node) and id(node) not in going_on:
            yield text, node


def _without_parentheses(condition: ast.Condition) -> ast.Condition:
    while isinstance(condition, ast.Group) and not condition.assuming:
        condition = condition.operand
    return condition


# ---------------------------------------------------------------------- on the record

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
    for text, side in _sides(draft):
        claim = _part_in(side, OnRecord, scope, definitions)
        if claim is not None:
            yield finding(
                "GDL418",
                f"`{condition_to_text(claim)}` is about the record, and what follows from a "
                "fact does not depend on its being recorded",
                (text, side),
                help_="say of the facts themselves what follows; a rule may ask for the record",
            )


def ages_are_of_facts(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL331, GDL332: what was found on a day has an age, and an event does not last."""
    for text, node in draft.each_node(ast.Aged):
        if not isinstance(node, ast.Aged):
            continue
        named = scope.fact(node.name.text)
        if isinstance(named, ast.Definition):
            yield finding(
                "GDL331",
                f"`{node.name.text}` is a definition, and has no day since when it is so",
                (text, node.name),
                help_="ask for the age of a finding or event in it",
            )
        elif named is None or named.kind is not Kind.EVENT:
            continue
        elif node.form is ast.AgeForm.FOR:
            said = condition_to_text(evolve(node, form=ast.AgeForm.AGO))
            edits = (Edit(text=text, span=node.span, replacement=said),)
            yield finding(
                "GDL332",
                f"`{node.name.text}` is an event: it happens on a day, and does not last",
                (text, node),
                help_=Help(
                    message=f"write `{said}`",
                    edits=() if "#" in text.slice(node.span) else edits,
                ),
            )


def given_age_is_asked(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL235: an example gives an age for which some condition asks, by the fact's own name."""
    found = [
        (text, entry)
        for text, example in draft.each(ast.Example)
        for entry in example.given
        if isinstance(entry, ast.GivenAge)
    ]
    asked = {_key(node, scope): node for _, node in draft.ages_asked()} if found else {}
    for text, entry in found:
        given, own = entry.age, scope.name(Namespace.FACT, entry.age.name.text)
        if own != given.name.text:
            renamed = evolve(given, name=evolve(given.name, text=own))
            yield finding(
                "GDL235",
                f"the age of a fact is given by its own name, which is `{own}`",
                (text, given),
                help_=f"write `{condition_to_text(renamed)}`",
            )
        elif _key(given, scope) not in asked:
            others = [
                f"`{condition_to_text(node)}`"
                for (fact, *_), node in asked.items()
                if fact == own
            ]
            also = f", or one of {', '.join(others)}" if others else ""
            yield finding(
                "GDL235",
                f"no condition asks for `{condition_to_text(given)}`",
                (text, given),
                help_=f"give the day, such as `{own} on 2026-01-01`{also}",
            )


def _key(node: ast.Aged, scope: Scope) -> tuple[str, ast.Operator, object]:
    """What is asked, the same for 4 weeks and 28 days."""
    fact = scope.name(Namespace.FACT, node.name.text)
    return fact, node.operator, duration(node.length)


def implication_is_of_no_day(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL333: what follows from what does not change with the calendar."""
    definitions = {d.name.text: d for _, d in draft.each(ast.Definition)}
    for text, side in _sides(draft):
        aged = (
            _part_in(side, ast.Aged, scope, definitions)
            or _part_in(side, ast.LastValues, scope, definitions)
            or _part_in(side, ast.RoseOrFell, scope, definitions)
        )
        if aged is not None:
            yield finding(
                "GDL333",
                f"`{condition_to_text(aged)}` is so on some days only, and what follows "
                "from a fact follows on every day",
                (text, side),
                help_="say what follows from the fact itself; a rule may ask for its age",
            )


def conclusion_is_of_the_scope(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL328: what is concluded is for rules about patients in the scope."""
    definitions = {d.name.text: d for _, d in draft.each(ast.Definition)}
    asking: list[tuple[Text, ast.Condition, str]] = [
        (text, side, "what follows from a fact does not depend on what is concluded")
        for text, side in _sides(draft)
    ]
    header = draft.header
    if header is not None and header.scope is not None:
        why = "nothing is concluded before it is known for whom the guideline is"
        asking.append((draft.main.text, header.scope, why))
    why = "of patients outside the scope nothing is concluded"
    for text, rule in draft.each(ast.Rule):
        if rule.outside_scope:
            asking += [(text, condition, why) for condition in rule.conditions]
            for action in rule.actions:
                if isinstance(action, ast.Conclude):
                    yield finding(
                        "GDL328",
                        why,
                        (text, action),
                        help_="leave `outside scope` out, or write a `note`",
                    )
    for text, condition, reason in asking:
        for node in _parts_in(condition, ast.Is, scope, definitions):
            named = scope.fact(node.name.text)
            if isinstance(named, ast.Declaration) and named.kind is Kind.CONCLUSION:
                yield finding(
                    "GDL328",
                    f"`{condition_to_text(node)}` asks what is concluded, but {reason}",
                    (text, condition),
                    help_="ask for the facts themselves",
                )
                break


def _sides(draft: Draft) -> Iterator[tuple[Text, ast.Condition]]:
    """What stands on either side of an implication."""
    for text, item in draft.each_item():
        match item:
            case ast.Implication(premise=premise, conclusion=conclusion):
                yield text, premise
                yield text, conclusion
            case ast.Declaration(implies=implies):
                for side in implies:
                    yield text, side
            case _:
                pass


N = TypeVar("N", bound=ast.Node)


def _part_in(
    condition: ast.Condition,
    kind: type[N],
    scope: Scope,
    definitions: Mapping[str, ast.Definition],
) -> N | None:
    """The first part of one kind in a condition, or in a definition that it uses."""
    return next(_parts_in(condition, kind, scope, definitions), None)


def _parts_in(
    condition: ast.Condition,
    kind: type[N],
    scope: Scope,
    definitions: Mapping[str, ast.Definition],
) -> Iterator[N]:
    """The parts of one kind in a condition, and in the definitions that it uses."""
    waiting, seen = [condition], set[str]()
    while waiting:
        part = waiting.pop()
        for node in (part, *descendants(part)):
            if isinstance(node, kind):
                yield node
        for reference in names_used(part):
            name = scope.name(Namespace.FACT, reference.name.text)
            if name in definitions and name not in seen:
                seen.add(name)
                waiting.append(definitions[name].condition)
