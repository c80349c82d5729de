"""What an author would work out beside the text: a course in doses, a number in the usual unit."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from b12guide.editor.analysis import Analysis
from b12guide.graph.model import Regimens
from b12guide.graph.value_from_syntax import lower_action
from b12guide.regimen.to_english import dose_count
from b12guide.semantics.scope import Scope
from b12guide.semantics.types import Misfit, in_unit_of, printed_unit
from b12guide.show.wording import plural
from b12guide.syntax import ast
from b12guide.syntax.ast import Declaration, Node
from b12guide.syntax.walk import descendants
from b12guide.text import Span
from b12guide.values.quantity import format_quantity

__all__ = ["Hint", "hints"]

_DIGITS = 3


@frozen
class Hint:
    """Words to be shown behind an offset of a file."""

    offset: int
    words: str
    why: str


def hints(analysis: Analysis, file: str, within: Span) -> Iterator[Hint]:
    """The hints in a stretch of a file."""
    reading = analysis.draft.readings.get(file)
    for piece in () if reading is None else reading.pieces:
        if piece.span.end < within.start or piece.span.start > within.end:
            continue
        for node in (*piece.known.parts.headers, *piece.known.parts.items):
            for hint in _in_node(node, analysis.scope):
                offset = hint.offset + piece.offset
                if within.start <= offset <= within.end:
                    yield Hint(offset, hint.words, hint.why)


def _in_node(node: Node, scope: Scope) -> Iterator[Hint]:
    for part in descendants(node):
        match part:
            case ast.Load() | ast.Maintain() | ast.Give():
                yield from _doses(part, scope)
            case (
                ast.Comparison(name=name, bound=quantity)
                | ast.Between(name=name, bound=quantity)
                | ast.Target(measure=name, bound=quantity)
                | ast.Given(name=name, value=ast.Quantity() as quantity)
            ):
                yield from _converted(scope.fact(name.text), quantity)
            case _:
                pass


def _doses(action: ast.Load | ast.Maintain | ast.Give, scope: Scope) -> Iterator[Hint]:
    """How many doses a phase has."""
    written = [phase for regimen in action.plan.regimens for phase in regimen.phases]
    try:
        value = lower_action(action, scope)
    except ValueError:  # the checks say what is wrong with it
        return
    if isinstance(value, Regimens):
        meant = [phase for regimen in value.regimens for phase in regimen.phases]
        for phase, meaning in zip(written, meant, strict=True):
            count = dose_count(meaning)
            if count is not None:
                why = "how often and how long, multiplied"
                yield Hint(phase.span.end, f"= {plural(count, 'dose')}", why)


def _converted(
    measure: Declaration | ast.Definition | None, quantity: ast.Quantity
) -> Iterator[Hint]:
    """A number in the unit of its measure, where it is written in another."""
    if not isinstance(measure, Declaration) or measure.unit is None:
        return
    own = printed_unit(measure.unit)
    ends = in_unit_of(measure, quantity)
    if isinstance(ends, Misfit) or printed_unit(quantity.unit) == own:
        return
    if ends == (Fraction(quantity.low), Fraction(quantity.high)):
        return
    low, high = (_rounded(end) for end in ends)
    sign = "=" if (low, high) == ends else "≈"
    first = "" if low == high else f"{format_quantity(low, None)} to "
    words = f"{sign} {first}{format_quantity(high, own)}"
    yield Hint(quantity.span.end, words, f"in the unit of `{measure.name.text}`")


def _rounded(number: Fraction) -> Fraction:
    """The number with three digits that count."""
    places = 0
    while number and abs(number) * 10**places < 10 ** (_DIGITS - 1):
        places += 1
    return Fraction(round(number, places))
