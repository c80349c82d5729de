"""Builds rules, declarations, examples and the other items from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name
from __future__ import annotations

from lark import Token

from b12guide.syntax.ast import (
    Action,
    Always,
    Assumption,
    Challenge,
    Code,
    Declaration,
    Definition,
    Example,
    ExpectAction,
    ExpectConflict,
    ExpectDecision,
    ExpectedConflict,
    ExpectMention,
    ExpectQuestion,
    ExpectReasons,
    ExpectRule,
    ExpectScope,
    Given,
    Implication,
    Invariant,
    Name,
    Never,
    NeverBefore,
    Otherwise,
    Presence,
    Prose,
    Quantity,
    RecordWord,
    Rule,
    Silent,
    Source,
    Value,
)
from b12guide.syntax.build.pieces import (
    Children,
    Clause,
    Doubt,
    Pieces,
    Refusal,
    clause,
    clauses,
    day,
    first,
    grounds,
    joined,
    name,
    names,
    nodes,
    prose,
    quantity,
    span,
    token_span,
    tokens,
    unquoted,
    whole,
)
from b12guide.values.term import Kind, Strength

_NOT_ACTIONS = (Clause, Prose)


class Grounded:
    """The rules of the grammar that build what stands behind an item."""

    def names(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def text(self, children: Children) -> Prose:
        said = " ".join(unquoted(token) for token in children)
        return Prose(span=span(children), text=said)

    def strength(self, children: Children) -> Clause:
        return clause("strength", children, children[1].value)

    def required(self, children: Children) -> Clause:
        return clause("", children, Strength.REQUIRED)

    def should(self, children: Children) -> Clause:
        return clause("", children, Strength.SHOULD)

    def should_consider(self, children: Children) -> Clause:
        return clause("", children, Strength.SHOULD_CONSIDER)

    def may_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.MAY)

    def acceptable_alternative(self, children: Children) -> Clause:
        return clause("", children, Strength.ACCEPTABLE_ALTERNATIVE)

    def avoid_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.AVOID)

    def do_not(self, children: Children) -> Clause:
        return clause("", children, Strength.DO_NOT)

    def claim(self, children: Children) -> Clause:
        return clause("", children, Strength.CLAIM)

    def definition_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.DEFINITION)

    def target_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.TARGET)

    def states(self, children: Children) -> Clause:
        return clause("states", children, children[1].values)

    def cites(self, children: Children) -> Clause:
        return clause("cites", children, children[1].values)

    def because(self, children: Children) -> Clause:
        return clause("because", children, children[1])

    def for_patient(self, children: Children) -> Clause:
        return clause("patient", children, children[1])

    def section(self, children: Children) -> Clause:
        return clause("section", children, children[1])

    def assumes(self, children: Children) -> Clause:
        return clause("assumes", children, children[1].values)

    def challenged(self, children: Children) -> Clause:
        return clause("challenged", children, children[2].values)


class ItemMethods(Grounded):
    """The rules of the grammar that build the items of a guideline."""

    def definition(self, children: Children) -> Definition:
        title = prose(children[2:3])
        return Definition(
            span=span(children),
            name=name(children[1]),
            title=title,
            condition=children[4 if title else 3],
            grounds=grounds(children),
            asks=first(clauses(children, {"asks"}), "asks"),
        )

    def rule(self, children: Children) -> Rule:
        found = clauses(children)
        return Rule(
            span=span(children),
            name=name(children[1]),
            title=prose(children),
            conditions=found.get("when", ()),
            exception_to=joined(found, "exception to"),
            actions=tuple(c for c in children[2:] if not isinstance(c, _NOT_ACTIONS)),
            outside_scope="outside scope" in found,
            grounds=grounds(children),
        )

    def when(self, children: Children) -> Clause:
        return clause("when", children, children[1])

    def exception_to(self, children: Children) -> Clause:
        return clause("exception to", children, children[2].values)

    def outside_scope(self, children: Children) -> Clause:
        return clause("outside scope", children, None)

    def implication(self, children: Children) -> Implication:
        return Implication(
            span=span(children),
            name=name(children[1]),
            premise=children[3],
            conclusion=children[5],
        )

    def source(self, children: Children) -> Source:
        found = clauses(children, {"by", "kind", "printed", "missing", "link"})
        authors, year = first(found, "by") or (None, None)
        printed, inferred = first(found, "printed") or (None, False)
        return Source(
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

    def authors(self, children: Children) -> Clause:
        year = next((whole(token) for token in tokens(children, "NUMBER")), None)
        return clause("by", children, (unquoted(children[1]), year))

    def kind(self, children: Children) -> Clause:
        word = Name(span=span(children[1:]), text=str(children[1]))
        return clause("kind", children, word)

    def printed(self, children: Children) -> Clause:
        inferred = isinstance(children[-1], Clause)
        return clause("printed", children, (whole(children[2]), inferred))

    def inferred(self, children: Children) -> Clause:
        return clause("inferred", children, None)

    def missing(self, children: Children) -> Clause:
        return clause("missing", children, None)

    def link(self, children: Children) -> Clause:
        return clause("link", children, unquoted(children[1]))

    def assumption(self, children: Children) -> Assumption:
        return Assumption(span=span(children), name=name(children[1]), text=children[2])

    def challenge(self, children: Children) -> Challenge:
        return Challenge(
            span=span(children),
            name=name(children[1]),
            text=children[2],
            by=names(children[3:]),
        )

    def silent(self, children: Children) -> Silent:
        topics, *noted = nodes(children, Pieces)
        return Silent(
            span=span(children),
            topics=topics.values,
            noted_as=noted[0].values if noted else (),
            text=prose(children),
            conditions=clauses(children).get("when", ()),
            grounds=grounds(children),
        )

    def conflict(self, children: Children) -> ExpectedConflict:
        found = clauses(children, {"because"})
        return ExpectedConflict(
            span=span(children),
            first=name(children[3]),
            second=name(children[5]),
            noted_as=found.get("as", ()),
            because=first(found, "because"),
        )

    def noted_as(self, children: Children) -> Clause:
        return clause("as", children, name(children[1]))

    def invariant(self, children: Children) -> Invariant:
        return Invariant(
            span=span(children),
            name=name(children[1]),
            title=prose(children),
            claim=children[-1],
        )

    def never(self, children: Children) -> Never:
        parts = dict(zip(children[::2], children[1::2], strict=True))
        return Never(
            span=span(children),
            target=parts["never"],
            when=parts.get("when"),
            unless=parts.get("unless"),
        )

    def always(self, children: Children) -> Always:
        target: Name | Action = children[1]
        return Always(
            span=span(children),
            target=target,
            when=children[3] if len(children) > 3 else None,
        )

    def never_before(self, children: Children) -> NeverBefore:
        return NeverBefore(
            span=span(children), target=name(children[1]), before=name(children[3])
        )

    def drug_reference(self, children: Children) -> Name:
        return name(children[0])


_ONCE = frozenset(
    {
        "asks",
        "unit",
        "plausible",
        "plausible dose",
        "usual dose",
        "molar mass",
        "absent",
    }
)

_ON_RECORD = frozenset(word.value for word in RecordWord)


class VocabularyMethods:
    """The rules of the grammar that build declarations."""

    def finding(self, children: Children) -> Declaration:
        return _declaration(Kind.FINDING, children)

    def measure(self, children: Children) -> Declaration:
        return _declaration(Kind.MEASURE, children)

    def choice(self, children: Children) -> Declaration:
        return _declaration(Kind.CHOICE, children)

    def event(self, children: Children) -> Declaration:
        return _declaration(Kind.EVENT, children)

    def drug(self, children: Children) -> Declaration:
        return _declaration(Kind.DRUG, children)

    def test(self, children: Children) -> Declaration:
        return _declaration(Kind.TEST, children)

    def route_declaration(self, children: Children) -> Declaration:
        return _declaration(Kind.ROUTE, children)

    def site(self, children: Children) -> Declaration:
        return _declaration(Kind.SITE, children)

    def asks(self, children: Children) -> Clause:
        return clause("asks", children, children[1])

    def synonyms(self, children: Children) -> Clause:
        return clause("synonyms", children, children[1].values)

    def also_written(self, children: Children) -> Clause:
        return clause("also written", children, children[2].values)

    def words(self, children: Children) -> Pieces:
        said = (unquoted(c) if c.type == "STRING" else str(c) for c in children[::2])
        return Pieces(span=span(children), values=tuple(said))

    def code(self, children: Children) -> Clause:
        _, system, written, *rest = children
        said = dict(zip(map(str, rest[::2]), rest[1::2], strict=True))
        code = Code(
            span=span(children),
            system=name(system),
            code=unquoted(written),
            value=name(said["for"]) if "for" in said else None,
            seen=unquoted(said["from"]) if "from" in said else None,
        )
        return clause("code", children, code)

    def unit(self, children: Children) -> Clause:
        return clause("unit", children, quantity(children[1:]).unit)

    def plausible(self, children: Children) -> Clause:
        return clause("plausible", children, quantity(children))

    def plausible_dose(self, children: Children) -> Clause:
        return clause("plausible dose", children, quantity(children))

    def usual_dose(self, children: Children) -> Clause:
        return clause("usual dose", children, quantity(children))

    def molar_mass(self, children: Children) -> Clause:
        return clause("molar mass", children, quantity(children))

    def absent(self, children: Children) -> Clause:
        return clause("absent", children, quantity(children))

    def values(self, children: Children) -> Clause:
        return clause("values", children, tuple(children[1::2]))

    def value(self, children: Children) -> Value:
        if children[0] in _ON_RECORD:  # `stage is recorded` would mean two things
            doubt = Doubt.RESERVED
            raise Refusal(doubt, token_span(children[0]), str(children[0]))
        return Value(span=span(children), name=name(children[0]), label=prose(children))

    def implies(self, children: Children) -> Clause:
        return clause("implies", children, children[1])


def _declaration(kind: Kind, children: Children) -> Declaration:
    found = clauses(children, _ONCE)
    return Declaration(
        span=span(children),
        kind=kind,
        name=name(children[1]),
        label=prose(children),
        asks=first(found, "asks"),
        synonyms=joined(found, "synonyms"),
        codes=found.get("code", ()),
        unit=first(found, "unit"),
        also_written=joined(found, "also written"),
        plausible=first(found, "plausible"),
        plausible_dose=first(found, "plausible dose"),
        usual_dose=first(found, "usual dose"),
        molar_mass=first(found, "molar mass"),
        absent=first(found, "absent"),
        values=joined(found, "values"),
        implies=found.get("implies", ()),
    )


class ExampleMethods:
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
