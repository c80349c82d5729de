"""Prints examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from b12guide.syntax.action_to_text import keyword_and_rest
from b12guide.syntax.ast import (
    Example,
    ExpectAction,
    Expectation,
    ExpectConflict,
    ExpectDecision,
    ExpectMention,
    ExpectQuestion,
    ExpectReasons,
    ExpectRule,
    ExpectScope,
    Given,
    Name,
    Otherwise,
    Presence,
    Quantity,
)
from b12guide.syntax.text_pieces import (
    clause,
    listed,
    quantity,
    quoted,
)

__all__ = ["example_to_text"]


def example_to_text(example: Example) -> Iterator[str]:
    """The lines of an example."""
    yield f"example {quoted(example.title.text)}\n"
    if example.given:
        yield clause("given", ", ".join(map(_given, example.given)))
    for expectation in example.expectations:
        yield clause("expect", _expectation(expectation))


def _given(entry: Given | Otherwise) -> str:
    match entry:
        case Otherwise(absent=absent):
            return "otherwise absent" if absent else "otherwise unknown"
        case Given(name=name, value=value, on=on):
            dated = f" on {on}" if on else ""
            return _fact(name, value) + dated
        case _:
            assert_never(entry)


def _fact(name: Name, value: Presence | Quantity | Name) -> str:
    match value:
        case Presence.PRESENT:
            return name.text
        case Presence.ABSENT:
            return f"not {name.text}"
        case Presence.UNKNOWN:
            return f"{name.text} unknown"
        case Quantity():
            return f"{name.text} {quantity(value)}"
        case Name(text=text):
            return f"{name.text} is {text}"
        case _:
            assert_never(value)


def _expectation(expectation: Expectation) -> str:
    match expectation:
        case ExpectAction(action=action, negated=negated):
            keyword, rest = keyword_and_rest(action)
            return f"{'no ' if negated else ''}{keyword} {rest}"
        case ExpectRule(rule=rule, verdict=verdict):
            return f"rule {rule.text} {verdict}"
        case ExpectDecision(decision=decision, outcome=outcome, facts=facts):
            on = f" on {listed(facts)}" if facts else ""
            return f"decision {decision.text} {outcome}{on}"
        case ExpectReasons(decision=decision, rules=rules):
            return f"decision {decision.text} because {listed(rules)}"
        case ExpectQuestion(fact=fact, negated=negated):
            return f"{'no ' if negated else ''}question {fact.text}"
        case ExpectMention(kind=kind, name=name):
            return f"{kind}{' on' if kind == 'silent' else ''} {name.text}"
        case ExpectConflict(first=first, second=second):
            return f"conflict between {first.text} and {second.text}"
        case ExpectScope(verdict=verdict):
            return f"scope {verdict}"
        case _:
            assert_never(expectation)
