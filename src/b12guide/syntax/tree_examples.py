"""Builds examples from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name

from __future__ import annotations

from lark import Token

from b12guide.syntax.ast import (
    Action,
    Example,
    ExpectAction,
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
    Prose,
    Quantity,
)
from b12guide.syntax.tree_pieces import (
    Children,
    Clause,
    clause,
    clauses,
    day,
    first,
    joined,
    name,
    quantity,
    span,
    token_span,
    unquoted,
)


class Examples:
    """The rules of the grammar that build examples."""

    def example(self, children: Children) -> Example:
        found = clauses(children)
        title = Prose(span=token_span(children[1]), text=unquoted(children[1]))
        return Example(
            span=span(children),
            title=title,
            given=joined(found, "given"),
            expectations=found.get("expect", ()),
        )

    def given(self, children: Children) -> Clause:
        return clause("given", children, tuple(children[1::2]))

    def given_present(self, children: Children) -> Given:
        return _given(children, children[0], Presence.PRESENT)

    def given_absent(self, children: Children) -> Given:
        return _given(children, children[1], Presence.ABSENT)

    def given_unknown(self, children: Children) -> Given:
        return _given(children, children[0], Presence.UNKNOWN)

    def given_measure(self, children: Children) -> Given:
        return _given(children, children[0], quantity(children))

    def given_choice(self, children: Children) -> Given:
        return _given(children, children[0], name(children[2]))

    def otherwise_absent(self, children: Children) -> Otherwise:
        return Otherwise(span=span(children), absent=True)

    def otherwise_unknown(self, children: Children) -> Otherwise:
        return Otherwise(span=span(children), absent=False)

    def dated(self, children: Children) -> Clause:
        return clause("on", children, day(children[1]))

    def expect(self, children: Children) -> Clause:
        return clause("expect", children, children[1])

    def expect_action(self, children: Children) -> ExpectAction:
        return _expect_action(children, negated=False)

    def expect_no_action(self, children: Children) -> ExpectAction:
        return _expect_action(children, negated=True)

    def expect_rule(self, children: Children) -> ExpectRule:
        verdict: str = children[2].keyword
        return ExpectRule(span=span(children), rule=name(children[1]), verdict=verdict)

    def expect_decision(self, children: Children) -> ExpectDecision:
        outcome: Clause = children[2]
        return ExpectDecision(
            span=span(children),
            decision=_decision(children),
            outcome=outcome.keyword,
            facts=outcome.value or (),
        )

    def expect_reasons(self, children: Children) -> ExpectReasons:
        return ExpectReasons(
            span=span(children), decision=_decision(children), rules=children[3].values
        )

    def expect_question(self, children: Children) -> ExpectQuestion:
        return ExpectQuestion(span=span(children), fact=name(children[1]))

    def expect_no_question(self, children: Children) -> ExpectQuestion:
        return ExpectQuestion(span=span(children), fact=name(children[2]), negated=True)

    def expect_assumption(self, children: Children) -> ExpectMention:
        return _mention(children)

    def expect_challenge(self, children: Children) -> ExpectMention:
        return _mention(children)

    def expect_silent(self, children: Children) -> ExpectMention:
        return _mention(children)

    def expect_conflict(self, children: Children) -> ExpectConflict:
        return ExpectConflict(
            span=span(children), first=name(children[2]), second=name(children[4])
        )

    def expect_scope(self, children: Children) -> ExpectScope:
        return ExpectScope(span=span(children), verdict=children[1].keyword)

    def form_word(self, children: Children) -> Name:
        return Name(span=span(children), text="form")

    def route_word(self, children: Children) -> Name:
        return Name(span=span(children), text="route")

    def applies(self, children: Children) -> Clause:
        return clause("applies", children, None)

    def does_not_apply(self, children: Children) -> Clause:
        return clause("does not apply", children, None)

    def unknown(self, children: Children) -> Clause:
        return clause("unknown", children, None)

    def indeterminate(self, children: Children) -> Clause:
        return clause("indeterminate", children, None)

    def overridden(self, children: Children) -> Clause:
        return clause("overridden", children, None)

    def determined(self, children: Children) -> Clause:
        return clause("determined", children, None)

    def depends_on(self, children: Children) -> Clause:
        return clause("depends", children, children[2].values)

    def in_conflict(self, children: Children) -> Clause:
        return clause("conflict", children, None)

    def silent_outcome(self, children: Children) -> Clause:
        return clause("silent", children, None)

    def not_needed_outcome(self, children: Children) -> Clause:
        return clause("not needed", children, None)


def _given(children: Children, word: Token, value: Presence | Quantity | Name) -> Given:
    on: str | None = first(clauses(children), "on")
    return Given(span=span(children), name=name(word), value=value, on=on)


def _expect_action(children: Children, *, negated: bool) -> ExpectAction:
    action: Action = children[-1]
    return ExpectAction(span=span(children), action=action, negated=negated)


def _decision(children: Children) -> Name:
    word = children[1]
    return word if isinstance(word, Name) else name(word)


def _mention(children: Children) -> ExpectMention:
    return ExpectMention(
        span=span(children), kind=str(children[0]), name=name(children[-1])
    )
