"""A mutant in the words of its author: where the text would differ, and how it would read.

A mutant is a changed graph. Here the same change is looked for in the tree that the author wrote:
what reads like the mutant is made beside each part, and taken only where it means exactly what the
mutant says. So what is shown is what was tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from attrs import evolve, field, frozen

from b12guide.frozen import Record
from b12guide.graph import condition as logic
from b12guide.graph import model
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.value_to_syntax import Words, action_of
from b12guide.prove.mutation import Mutant, MutantKind
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Namespace, Scope, measure_named, scope_of
from b12guide.syntax import ast
from b12guide.syntax.ast import Quantifier
from b12guide.syntax.phrases import action_to_text, condition_to_text
from b12guide.text import Span, Text
from b12guide.values.term import Operator

__all__ = ["Rewritten", "WrittenLine", "rewritten"]


@frozen(repr=False)
class WrittenLine(Record):
    """A line of a guideline, and the part of it that differs, as columns from 0."""

    line: str
    start: int
    end: int


@frozen(kw_only=True, repr=False)
class Rewritten(Record):
    """What is written, and what a mutant would have in its place.

    Attributes:
        text: The file.
        number: The number of its first line that differs, from 1.
        before: The lines as the author wrote them.
        after: The same lines as the mutant has them; none where they are left out, or where the
            mutant cannot be written down.
    """

    text: Text = field(eq=False)
    number: int
    before: tuple[WrittenLine, ...]
    after: tuple[WrittenLine, ...]

    @property
    def place(self) -> str:
        """The file and the line, as tools write it."""
        return f"{self.text.name}:{self.number}"


def rewritten(mutant: Mutant, graph: model.RuleGraph, draft: Draft) -> Rewritten | None:
    """The lines of a draft in which a mutant of its graph differs; None where it has none."""
    scope = scope_of(draft)
    for text, definition in draft.each(ast.Definition):
        if definition.name.text == mutant.of and mutant.of in graph.definitions:
            meant = mutant.graph.definitions[mutant.of].condition
            return _of_condition(text, definition.condition, meant, scope)
    for text, rule in draft.each(ast.Rule):
        if rule.name.text == mutant.of:
            return _of_rule(text, rule, mutant, graph, scope)
    return None


def _of_rule(
    text: Text, rule: ast.Rule, mutant: Mutant, graph: model.RuleGraph, scope: Scope
) -> Rewritten:
    before, after = graph.rules[rule.name.text], mutant.graph.rules.get(rule.name.text)
    (action,) = rule.actions
    if after is None:
        return _left_out(text, rule.name.span)
    if mutant.mistake in {MutantKind.EXCEPTION, MutantKind.FLATTENED}:
        return _of_exceptions(text, rule, after, scope)
    if after.condition != before.condition:
        for written in rule.conditions:
            meant = _of_when(before, after, written, scope)
            if meant is not None:
                found = _of_condition(text, written, meant, scope)
                return found or _left_out(text, written.span)
        return _left_out(text, action.span)
    is_optional = getattr(action, "optional", False)
    if mutant.mistake is MutantKind.OPTION:
        is_optional = after.optional
    made = action_of(
        before.decision,
        after.value,
        optional=is_optional,
        words=_words_of(action, scope),
    )
    if made is not None and action_to_text(made) != action_to_text(action):
        return _replaced(text, action.span, action_to_text(made))
    return _left_out(text, action.span)


def _of_when(
    before: model.Rule, after: model.Rule, written: ast.Condition, scope: Scope
) -> logic.Condition | None:
    """What stands after `when`, of a changed condition; None where another part changed.

    A prohibition and a visit end with what they wait for, which their action says (M39, M43).
    """
    if before.condition == lower_condition(written, scope):
        return after.condition
    ours, theirs = logic.children(before.condition), logic.children(after.condition)
    is_alike = isinstance(after.condition, logic.AllOf) and len(ours) == len(theirs)
    return theirs[0] if is_alike and ours[1:] == theirs[1:] else None


def _of_exceptions(
    text: Text, rule: ast.Rule, after: model.Rule, scope: Scope
) -> Rewritten:
    names = rule.exception_to
    span = Span(names[0].span.start, names[-1].span.end)
    if not after.exception_to:
        return _left_out(text, span)
    own = {scope.name(Namespace.RULE, name.text): name.text for name in names}
    listed = ", ".join(own.get(name, name) for name in after.exception_to)
    return _replaced(text, span, listed)


def _words_of(action: ast.Action, scope: Scope) -> Words:
    """What the author calls the words of an action; another word is called by its name."""
    own: dict[str, str] = {}
    for node in ast.descendants(action):
        if isinstance(node, ast.Name):
            found = (scope.find(space, node.text) for space in Namespace)
            own.update((entry.name, node.text) for entry in found if entry is not None)
    return lambda name: own.get(name, name)


# ---------------------------------------------------------------------- conditions


def _of_condition(
    text: Text, written: ast.Condition, meant: logic.Condition, scope: Scope
) -> Rewritten | None:
    """A condition that means something else, changed in the smallest part that does it."""
    found = _changed_part(written, meant, scope)
    if found is None:
        return None
    part, changed = found
    return _replaced(text, part.span, changed)


def _changed_part(
    written: ast.Condition, meant: logic.Condition, scope: Scope
) -> tuple[ast.Condition, str] | None:
    """The smallest part of `written` that has to change, and how it reads then."""
    inner = _within(written, meant, scope)
    if inner is not None:
        found = _changed_part(*inner, scope)
        if found is not None:
            part, said = found
            # A list has its parts in parentheses where a reader would hear something else.
            is_listed = isinstance(written, ast.Listed) and part is inner[0]
            bare = not is_listed or _WORD.fullmatch(said) or said.startswith("(")
            return part, said if bare else f"({said})"
    for changed in _alike(written, meant, scope):
        if _plain(lower_condition(changed, scope)) == _plain(meant):
            return written, condition_to_text(changed)
    return None


def _plain(condition: logic.Condition) -> logic.Condition:
    """The condition, joined in the plainest way that says it."""
    if (
        isinstance(condition, logic.AllOf | logic.AnyOf)
        and len(condition.operands) == 1
    ):
        return _plain(condition.operands[0])
    if isinstance(condition, logic.AtLeast):
        condition = logic.so_many_of(condition.count, condition.operands)
    return logic.rebuilt(condition, _plain)


_WORD = re.compile(r"\w+")


def _within(
    written: ast.Condition, meant: logic.Condition, scope: Scope
) -> tuple[ast.Condition, logic.Condition] | None:
    """The part inside which `written` has to change to mean `meant`, if it is one part."""
    match written:
        case ast.Group(operand=operand, assuming=()):
            return operand, meant
        case ast.Group(operand=operand) if isinstance(meant, logic.Resting):
            return operand, meant.operand
        case ast.Not(operand=operand) if isinstance(meant, logic.Not):
            return operand, meant.operand
        case ast.And(operands=operands) | ast.Or(operands=operands):
            pass
        case ast.Listed(operands=operands):
            pass
        case _:
            return None
    before = lower_condition(written, scope)
    if isinstance(before, logic.Not) and isinstance(meant, logic.Not):
        before, meant = before.operand, meant.operand
    ours, theirs = logic.children(before), logic.children(meant)
    if type(before) is not type(meant) or len(ours) != len(theirs):
        return None
    differing = [i for i, one in enumerate(ours) if one != theirs[i]]
    return (
        (operands[differing[0]], theirs[differing[0]]) if len(differing) == 1 else None
    )


def _alike(
    written: ast.Condition, meant: logic.Condition, scope: Scope
) -> Iterator[ast.Condition]:
    """Conditions that differ from `written` in one respect; one of them may mean `meant`."""
    match written:
        case ast.And(operands=operands) | ast.Or(operands=operands):
            yield from _shorter(written, operands)
            other = ast.Or if isinstance(written, ast.And) else ast.And
            yield other(span=written.span, operands=operands)
        case ast.Listed(operands=operands, count=count):
            yield from _shorter(written, operands)
            for moved in (count - 1, count + 1):
                yield evolve(written, count=moved)
            for quantifier in (Quantifier.ALL, Quantifier.ANY):
                changed = evolve(written, quantifier=quantifier, count=0)
                yield changed
                yield ast.Not(span=written.span, operand=_grouped(changed))
        case ast.Not(operand=operand):
            yield operand
        case ast.Is(values=values):
            for value in values if len(values) > 1 else ():
                yield evolve(written, values=tuple(v for v in values if v != value))
            yield evolve(written, negated=not written.negated)
        case ast.OnRecord():
            yield evolve(written, negated=not written.negated)
        case ast.Comparison():
            yield from _other_bounds(written, meant, scope)
        case ast.Between():
            yield from _other_ends(written, meant, scope)
        case ast.LastValues() | ast.RoseOrFell():
            yield from _over_time(written)
        case _:
            pass
    if isinstance(written, ast.Listed | ast.And | ast.Or | ast.Not | ast.Group):
        return
    yield ast.Not(span=written.span, operand=written)
    if written.assuming:
        bare = ast.Not(span=written.span, operand=evolve(written, assuming=()))
        yield ast.Group(span=written.span, operand=bare, assuming=written.assuming)


def _other_ends(
    written: ast.Between, meant: logic.Condition, scope: Scope
) -> Iterator[ast.Condition]:
    """The range with another end, or with one end alone."""
    name, bound, assuming = written.name, written.bound, written.assuming
    sides = (bound.low, Operator.AT_LEAST), (bound.high, Operator.AT_MOST)
    both = [
        ast.Comparison(
            span=written.span,
            name=name,
            operator=operator,
            bound=evolve(bound, low=end, high=end),
        )
        for end, operator in sides
    ]
    inside = meant.operand if isinstance(meant, logic.Resting) else meant
    asked = logic.children(inside)
    joined: list[tuple[ast.Comparison, ...]] = [(both[0],), (both[1],)]
    if len(asked) == len(both):
        lower, upper = both
        lows = _other_bounds(lower, asked[0], scope)
        joined += ((other, upper) for other in lows)
        highs = _other_bounds(upper, asked[1], scope)
        joined += ((lower, other) for other in highs)
    for ends in joined:
        first, last = ends[0].bound, ends[-1].bound
        if len(ends) > 1 and first.unit == last.unit:
            yield evolve(written, bound=evolve(first, high=last.high))
        whole = ast.And(span=written.span, operands=ends)
        one = ends[0] if len(ends) == 1 else whole
        yield ast.Group(span=written.span, operand=one, assuming=assuming)
    either = ast.Or(span=written.span, operands=tuple(both))
    yield ast.Group(span=written.span, operand=either, assuming=assuming)


def _over_time(written: ast.LastValues | ast.RoseOrFell) -> Iterator[ast.Condition]:
    """What asks for several values, with one number or word of it changed."""
    match written:
        case ast.LastValues(count=count, bound=bound):
            for operator in Operator:
                yield evolve(written, operator=operator)
            yield from (evolve(written, count=count + step) for step in (1, -1))
            yield from (evolve(written, bound=one) for one in _moved(bound))
            yield ast.Comparison(
                span=written.span,
                name=written.name,
                operator=written.operator,
                bound=bound,
                assuming=written.assuming,
            )
        case ast.RoseOrFell(by=by, length=length):
            for operator in Operator:
                yield evolve(written, operator=operator)
            yield evolve(written, fell=not written.fell)
            yield from (evolve(written, by=one) for one in _moved(by))
            yield from (evolve(written, length=one) for one in _moved(length))


def _moved(bound: ast.Quantity) -> Iterator[ast.Quantity]:
    """The quantity, one more and one less."""
    for by in (1, -1):
        yield evolve(bound, low=bound.low + by, high=bound.high + by)


def _grouped(condition: ast.Condition) -> ast.Condition:
    return ast.Group(span=condition.span, operand=condition)


def _shorter(
    written: ast.And | ast.Or | ast.Listed, operands: tuple[ast.Condition, ...]
) -> Iterator[ast.Condition]:
    """The same without one of its parts."""
    for index in range(len(operands)):
        left = operands[:index] + operands[index + 1 :]
        if len(left) > 1:
            yield evolve(written, operands=left)
        elif left and isinstance(written, ast.Listed):
            yield ast.Not(span=written.span, operand=left[0])
        yield from left[:1] if len(left) == 1 else ()


def _other_bounds(
    written: ast.Comparison, meant: logic.Condition, scope: Scope
) -> Iterator[ast.Comparison]:
    """The comparison with each other operator, and with the bound that is meant."""
    for operator in Operator:
        yield evolve(written, operator=operator)
    inside = meant.operand if isinstance(meant, logic.Resting) else meant
    before = lower_condition(evolve(written, assuming=()), scope)
    if not isinstance(inside, logic.Compare) or not isinstance(before, logic.Compare):
        return
    unit, share = written.bound.unit, Fraction(written.bound.low)
    share = share / before.low if before.low else Fraction(1)
    ends = (_decimal(inside.low * share), _decimal(inside.high * share))
    if None in ends:  # no number of the author's unit: that of the measure has one
        unit = measure_named(written.name.text, scope).unit
        ends = (_decimal(inside.low), _decimal(inside.high))
    low, high = ends
    if low is not None and high is not None:
        bound = evolve(written.bound, low=low, high=high, unit=unit)
        yield evolve(written, bound=bound)


_LONGEST = 12
"""Digits behind the point; what needs more is no number that anybody writes."""


def _decimal(number: Fraction) -> Decimal | None:
    """The number in decimals; None where they do not end soon."""
    for digits in range(_LONGEST):
        if 10**digits % number.denominator == 0:
            return Decimal(int(number * 10**digits)).scaleb(-digits)
    return None


# --------------------------------------------------------------------------- lines


_TOKEN = re.compile(r"[^\s,()]+|[,()]")


def _replaced(text: Text, span: Span, said: str) -> Rewritten:
    """The lines with `said` in the place of `span`, as far as its words differ."""
    old = list(_TOKEN.finditer(text.slice(span)))
    new = list(_TOKEN.finditer(said))
    first = 0
    while first < min(len(old), len(new)) and old[first][0] == new[first][0]:
        first += 1
    last = 0
    while (
        last < min(len(old), len(new)) - first
        and old[-1 - last][0] == new[-1 - last][0]
    ):
        last += 1
    written = text.slice(span)
    start = old[first - 1].end() if first else 0
    end = old[-last].start() if last else len(written)
    gone = written[start:end]
    come = said[
        new[first - 1].end() if first else 0 : new[-last].start() if last else None
    ]
    # Blanks stay as the author has them; what comes where nothing was brings its own.
    lead, words, trail = _blanks(come)
    own_lead, own_words, own_trail = _blanks(gone)
    if not words:
        lead = (own_lead or " ") if lead and first and last else ""
    elif own_lead and lead:
        lead = own_lead
    if own_words and trail:
        trail = own_trail
    span = Span(span.start + start, span.start + end)
    return _lines(text, span, lead + words + trail)


def _blanks(words: str) -> tuple[str, str, str]:
    """The blanks before the words, the words, and the blanks behind them."""
    bare = words.strip()
    if not bare:
        return words, "", ""
    at = words.index(bare)
    return words[:at], bare, words[at + len(bare) :]


def _left_out(text: Text, span: Span) -> Rewritten:
    """The line that begins what is left out, or cannot be written otherwise."""
    position = text.position(span.start)
    line = text.line(position.line)
    before = _marked(line, 0, len(line))
    return Rewritten(text=text, number=position.line, before=(before,), after=())


def _lines(text: Text, span: Span, words: str) -> Rewritten:
    """The lines of `span` as they are, and with `words` in its place."""
    first, last = text.position(span.start), text.position(span.end)
    numbers = range(first.line, last.line + 1)
    lines = [text.line(number) for number in numbers]
    start, end = first.column - 1, last.column - 1
    after = lines[0][:start] + words + lines[-1][end:]
    starts = [start, *(0 for _ in lines[1:])]
    ends = [*(len(line) for line in lines[:-1]), end]
    return Rewritten(
        text=text,
        number=first.line,
        before=tuple(map(_marked, lines, starts, ends)),
        after=(_marked(after, start, start + len(words)),),
    )


def _marked(line: str, start: int, end: int) -> WrittenLine:
    """The line with a part of it, without the blanks around."""
    lead, words, _ = _blanks(line[start:end])
    begin = start + (len(lead) if words else 0)
    return WrittenLine(line.rstrip(), begin, begin + len(words))
