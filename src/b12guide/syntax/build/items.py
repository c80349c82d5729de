"""Builds rules, declarations, examples and other items from the parser's children.

Each table has what builds a rule of the grammar, by its name or alias there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from b12guide.syntax import ast
from b12guide.syntax.build.pieces import (
    Builder,
    Children,
    Clause,
    Doubt,
    Pieces,
    Refusal,
    always,
    any_word,
    child,
    clause,
    clauses,
    day,
    first,
    joined,
    name,
    names,
    node,
    nodes,
    only_clause,
    pieces,
    prose,
    quantity,
    said,
    span,
    spoken,
    text,
    token_span,
    unquoted,
    values,
    whole,
    word,
)
from b12guide.text import Span

# ---------------------------------------------------------- what stands behind an item

_GROUNDS_ONCE = frozenset(
    {"strength", "certainty", "grade", "because", "patient", "section"}
)
_GROUNDS = _GROUNDS_ONCE | {"lay", "states", "cites", "assumes", "challenged"}


def _grounds(children: Children) -> ast.Grounds:
    """The clauses that say on what grounds an item stands."""
    found = clauses(children, _GROUNDS_ONCE)
    inside = [c for c in children if isinstance(c, Clause) and c.keyword in _GROUNDS]
    end = span(children).end
    fields: dict[str, Any] = {
        keyword: (first if keyword in _GROUNDS_ONCE else joined)(found, keyword)
        for keyword in _GROUNDS
    }
    return ast.Grounds(span=span(inside) if inside else Span(end, end), **fields)


GROUNDS: Mapping[str, Builder] = {
    "names": pieces(names),
    "text": node(ast.Prose, text=lambda c: " ".join(map(unquoted, c))),
    "strength": clause("strength", lambda c: c[1].value),
    "strength_word": clause("", lambda c: ast.Strength(" ".join(c))),
    "certainty": clause("certainty", lambda c: c[1].value),
    "certainty_word": clause("", lambda c: ast.Certainty(" ".join(c))),
    "grade": clause("grade", said(1)),
    "states": clause("states", values(1)),
    "cites": clause("cites", values(1)),
    "because": clause("because", child(1)),
    "for_patient": clause("patient", child(1)),
    "section": clause("section", child(1)),
    "assumes": clause("assumes", values(1)),
    "challenged": clause("challenged", values(2)),
}


# --------------------------------------------------------------------------- items


def _definition(children: Children) -> ast.Definition:
    title = prose(children[2:3])
    return ast.Definition(
        span=span(children),
        name=name(children[1]),
        title=title,
        condition=children[4 if title else 3],
        grounds=_grounds(children),
        asks=first(clauses(children, {"asks"}), "asks"),
    )


def _rule(children: Children) -> ast.Rule:
    found = clauses(children)
    is_action = (c for c in children[2:] if not isinstance(c, Clause | ast.Prose))
    return ast.Rule(
        span=span(children),
        name=name(children[1]),
        title=prose(children),
        conditions=found.get("when", ()),
        exception_to=joined(found, "exception to"),
        actions=tuple(is_action),
        outside_scope="outside scope" in found,
        grounds=_grounds(children),
    )


def _source(children: Children) -> ast.Source:
    found = clauses(children, {"by", "kind", "printed", "missing", "link"})
    authors, year = first(found, "by") or (None, None)
    printed, inferred = first(found, "printed") or (None, False)
    return ast.Source(
        span=span(children),
        name=name(children[1]),
        title=children[2],
        authors=authors,
        year=year,
        kind=first(found, "kind"),
        printed=printed,
        inferred=inferred,
        missing="missing" in found,
        link=first(found, "link"),
    )


def _authors(children: Children) -> tuple[str, int | None]:
    return unquoted(children[1]), whole(children[3]) if len(children) > 3 else None


def _silent(children: Children) -> ast.Silent:
    topics, *noted = nodes(children, Pieces)
    return ast.Silent(
        span=span(children),
        topics=topics.values,
        noted_as=noted[0].values if noted else (),
        text=prose(children),
        conditions=clauses(children).get("when", ()),
        grounds=_grounds(children),
    )


def _conflict(children: Children) -> ast.ExpectedConflict:
    found = clauses(children, {"because"})
    return ast.ExpectedConflict(
        span=span(children),
        first=name(children[3]),
        second=name(children[5]),
        noted_as=found.get("as", ()),
        because=first(found, "because"),
    )


def _currency(children: Children) -> ast.Currency:
    return ast.Currency(
        span=span(children),
        facts=children[1].values,
        length=quantity(children),
        assuming=tuple(
            name for each in nodes(children[2:], Pieces) for name in each.values
        ),
    )


def _derivation(children: Children) -> ast.Derivation:
    parts, *assumed = nodes(children, Pieces)
    return ast.Derivation(
        span=span(children),
        measure=name(children[1]),
        equation=name(children[3]),
        parts=parts.values,
        assuming=tuple(name for each in assumed for name in each.values),
    )


def _never(children: Children) -> ast.Never:
    parts = dict(zip(children[::2], children[1::2], strict=True))
    return ast.Never(
        span=span(children),
        target=parts["never"],
        when=parts.get("when"),
        unless=parts.get("unless"),
    )


ITEMS: Mapping[str, Builder] = {
    "definition": _definition,
    "rule": _rule,
    "when": clause("when", child(1)),
    "exception_to": clause("exception to", values(2)),
    "outside_scope": clause("outside scope"),
    "implication": node(
        ast.Implication, name=word(1), premise=child(3), conclusion=child(5)
    ),
    "source": _source,
    "authors": clause("by", _authors),
    "kind": clause("kind", any_word(1)),
    "printed": clause("printed", lambda c: (whole(c[2]), isinstance(c[-1], Clause))),
    "inferred": clause("inferred"),
    "missing": clause("missing"),
    "link": clause("link", said(1)),
    "assumption": node(ast.Assumption, name=word(1), text=child(2)),
    "challenge": node(
        ast.Challenge, name=word(1), text=child(2), by=lambda c: names(c[3:])
    ),
    "currency": _currency,
    "derivation": _derivation,
    "silent": _silent,
    "conflict": _conflict,
    "noted_as": clause("as", word(1)),
    "invariant": node(ast.Invariant, name=word(1), title=prose, claim=child(-1)),
    "never": _never,
    "always": node(
        ast.Always, target=child(1), when=lambda c: c[3] if len(c) > 3 else None
    ),
    "never_before": node(ast.NeverBefore, target=word(1), before=word(3)),
    "drug_reference": word(0),
}


# ---------------------------------------------------------------------- vocabulary

_ONCE = frozenset(
    {
        "asks",
        "unit",
        "plausible",
        "plausible dose",
        "usual dose",
        "molar mass",
        "absent",
        "current",
    }
)
_ON_RECORD = frozenset(word.value for word in ast.RecordWord)


def _declaration(children: Children) -> ast.Declaration:
    found = clauses(children, _ONCE)
    return ast.Declaration(
        span=span(children),
        kind=ast.Kind(str(children[0])),
        name=name(children[1]),
        label=prose(children),
        lay=joined(found, "lay"),
        lay_for=found.get("lay for", ()),
        synonyms=joined(found, "synonyms"),
        codes=found.get("code", ()),
        also_written=joined(found, "also written"),
        values=joined(found, "values"),
        implies=found.get("implies", ()),
        **{keyword.replace(" ", "_"): first(found, keyword) for keyword in _ONCE},
    )


def _code(children: Children) -> ast.Code:
    _, system, written, *rest = children
    more = dict(zip(map(str, rest[::2]), rest[1::2], strict=True))
    return ast.Code(
        span=span(children),
        system=name(system),
        code=unquoted(written),
        value=name(more["for"]) if "for" in more else None,
        seen=unquoted(more["from"]) if "from" in more else None,
    )


def _value(children: Children) -> ast.Value:
    if children[0] in _ON_RECORD:  # `stage is recorded` would mean two things
        where = token_span(children[0])
        raise Refusal(Doubt.RESERVED, where, str(children[0]))
    return ast.Value(span=span(children), name=name(children[0]), label=prose(children))


VOCABULARY: Mapping[str, Builder] = {
    "declared": _declaration,
    **dict.fromkeys(("declared_route", "own_route"), _declaration),
    "asks": clause("asks", child(1)),
    "lay": clause("lay", values(1)),
    "lay_for": clause("lay for", node(ast.LayWords, words=values(1), value=word(-1))),
    "synonyms": clause("synonyms", values(1)),
    "also_written": clause("also written", values(2)),
    "words": pieces(
        lambda c: tuple(unquoted(w) if w.type == "STRING" else str(w) for w in c[::2])
    ),
    "code": clause("code", _code),
    "unit": clause("unit", lambda c: quantity(c[1:]).unit),
    "plausible": clause("plausible", quantity),
    "plausible_dose": clause("plausible dose", quantity),
    "usual_dose": clause("usual dose", quantity),
    "molar_mass": clause("molar mass", quantity),
    "absent": clause("absent", quantity),
    "current": clause("current", lambda c: quantity(c[2:])),
    "values": clause("values", lambda c: tuple(c[1::2])),
    "value": _value,
    "implies": clause("implies", child(1)),
}


# ------------------------------------------------------------------------ examples


def _example(children: Children) -> ast.Example:
    found = clauses(children, {"asked"})
    return ast.Example(
        span=span(children),
        title=ast.Prose(span=token_span(children[1]), text=unquoted(children[1])),
        given=joined(found, "given"),
        asked=first(found, "asked"),
        expectations=found.get("expect", ()),
    )


def _given(at: int, value: Builder) -> Builder:
    return node(ast.Given, name=word(at), value=value, on=only_clause("on"))


def _decision(children: Children) -> ast.Name:
    named = children[1]
    return named if isinstance(named, ast.Name) else name(named)


EXAMPLES: Mapping[str, Builder] = {
    "example": _example,
    "given": clause("given", lambda c: tuple(c[1::2])),
    "asked": clause("asked", only_clause("on")),
    "given_present": _given(0, always(ast.Presence.PRESENT)),
    "given_absent": _given(1, always(ast.Presence.ABSENT)),
    "given_unknown": _given(0, always(ast.Presence.UNKNOWN)),
    "given_age": node(ast.GivenAge, age=child(-1), negated=lambda c: len(c) > 1),
    "given_over_time": node(
        ast.GivenOverTime, asked=child(-1), negated=lambda c: len(c) > 1
    ),
    "given_measure": _given(0, quantity),
    "given_choice": _given(0, word(2)),
    "otherwise": node(ast.Otherwise, absent=lambda c: c[1] == "absent"),
    "dated": clause("on", day(1)),
    "expect": clause("expect", child(1)),
    "expect_action": node(
        ast.ExpectAction, action=child(-1), negated=lambda c: c[0] == "no"
    ),
    "expect_rule": node(ast.ExpectRule, rule=word(1), verdict=lambda c: c[2].keyword),
    "expect_decision": node(
        ast.ExpectDecision,
        decision=_decision,
        outcome=lambda c: c[2].keyword,
        facts=lambda c: c[2].value or (),
    ),
    "expect_reasons": node(ast.ExpectReasons, decision=_decision, rules=values(3)),
    "expect_question": node(
        ast.ExpectQuestion, fact=word(-1), negated=lambda c: c[0] == "no"
    ),
    "expect_mention": node(ast.ExpectMention, kind=text(0), name=word(-1)),
    "expect_conflict": node(ast.ExpectConflict, first=word(2), second=word(4)),
    "expect_scope": node(ast.ExpectScope, verdict=lambda c: c[1].keyword),
    "form_or_route": any_word(0),
    "verdict": spoken,
    "scope_verdict": spoken,
    "plain_outcome": spoken,
    "depends_on": clause("depends", values(2)),
}
