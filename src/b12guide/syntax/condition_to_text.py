"""Prints conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from b12guide.syntax.ast import (
    And,
    Between,
    Comparison,
    Condition,
    Group,
    Is,
    Listed,
    Name,
    Not,
    OnRecord,
    Or,
    Reference,
)
from b12guide.syntax.text_pieces import full_range, listed, quantity

__all__ = ["condition_to_text"]


def condition_to_text(condition: Condition) -> str:
    """The condition on one line; it gets parentheses where a reader needs them."""
    match condition:
        case Reference(name=name, assuming=assuming):
            return name.text + _assuming(assuming)
        case OnRecord(name=name, word=word, negated=negated, assuming=assuming):
            said = f"{'not ' if negated else ''}{word.value}"
            return f"{name.text} is {said}{_assuming(assuming)}"
        case Comparison(name=name, operator=operator, bound=bound, assuming=assuming):
            return (
                f"{name.text} {operator.value} {quantity(bound)}{_assuming(assuming)}"
            )
        case Between(name=name, bound=bound, assuming=assuming):
            return f"{name.text} from {full_range(bound)}{_assuming(assuming)}"
        case Is(assuming=assuming):
            return _is(condition) + _assuming(assuming)
        case Not(operand=operand):
            return f"not {_inside(operand, (And, Or))}"
        case And(operands=operands):
            return " and ".join(_joined(operands))
        case Or(operands=operands):
            return " or ".join(_joined(operands))
        case Listed(quantifier=quantifier, operands=operands):
            return f"{quantifier.value} of {', '.join(map(_part, operands))}"
        case Group(operand=operand, assuming=assuming):
            return f"({condition_to_text(operand)}){_assuming(assuming)}"
        case _:
            assert_never(condition)


def _joined(operands: Sequence[Condition]) -> Iterator[str]:
    """The parts of an `and` or `or`; nothing follows a list without parentheses (M10)."""
    for place, operand in enumerate(operands, start=1):
        text = _inside(operand, (And, Or))
        is_list = place < len(operands) and _ends_with_list(operand)
        yield f"({text})" if is_list and not text.startswith("(") else text


def _ends_with_list(condition: Condition) -> bool:
    match condition:
        case Not(operand=operand):
            return _ends_with_list(operand)
        case Is(values=values):
            return len(values) > 1
        case _:
            return isinstance(condition, Listed)


def _inside(condition: Condition, weaker: tuple[type[Condition], ...]) -> str:
    text = condition_to_text(condition)
    return f"({text})" if isinstance(condition, weaker) else text


def _part(condition: Condition) -> str:
    """A condition in a list, with parentheses if it is a list itself."""
    if isinstance(condition, Is) and len(condition.values) > 1:
        return f"({condition_to_text(condition)})"
    return _inside(condition, (And, Or, Not, Listed))


def _is(condition: Is) -> str:
    name, values = condition.name.text, condition.values
    if len(values) > 1:
        return f"{name} is {'none' if condition.negated else 'any'} of {listed(values)}"
    return f"{name} is {'not ' if condition.negated else ''}{values[0].text}"


def _assuming(names: Iterable[Name]) -> str:
    return "".join(f" assuming {name.text}" for name in names)
