"""GDL202 to GDL212, GDL227, GDL228, GDL301 to GDL303, GDL316: a name is what it is used as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from attrs import frozen

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.declared import declared_here
from b12guide.semantics.checks.report import did_you_mean, finding
from b12guide.semantics.draft import Draft
from b12guide.semantics.references import Reference, Use
from b12guide.semantics.scope import Entry, Namespace, Scope
from b12guide.syntax.ast import (
    Declaration,
    Example,
    ExpectMention,
    Header,
    Item,
    Kind,
    Name,
    Silent,
)
from b12guide.text import Text

__all__ = [
    "DECISIONS",
    "fits",
    "namespaces_of",
    "unknown_name",
    "unknown_topic",
    "unknown_value",
]


@frozen
class _Expected:
    """What a use looks for: where, of which kinds, and what to say when it is not there."""

    namespaces: tuple[Namespace, ...]
    code: str
    noun: str
    kinds: frozenset[Kind | None] | None = None


_TRUTHS = frozenset({Kind.FINDING, Kind.EVENT, None})
"""What is true or false; None stands for a definition."""

_EXPECTED: Mapping[Use, _Expected] = {
    Use.TRUTH: _Expected((Namespace.FACT,), "GDL202", "fact", _TRUTHS),
    Use.MEASURE: _Expected(
        (Namespace.FACT,), "GDL202", "measure", frozenset({Kind.MEASURE})
    ),
    Use.CHOICE: _Expected(
        (Namespace.FACT,), "GDL202", "choice", frozenset({Kind.CHOICE})
    ),
    Use.FACT: _Expected((Namespace.FACT,), "GDL202", "fact"),
    Use.ON_RECORD: _Expected((Namespace.FACT,), "GDL202", "fact"),
    Use.TREATMENT: _Expected(
        (Namespace.FACT, Namespace.DRUG), "GDL202", "treatment", _TRUTHS | {Kind.DRUG}
    ),
    Use.ORDER: _Expected(
        (Namespace.FACT, Namespace.DRUG), "GDL202", "event", _TRUTHS | {Kind.DRUG}
    ),
    Use.DRUG: _Expected((Namespace.DRUG,), "GDL203", "drug"),
    Use.TEST: _Expected((Namespace.TEST,), "GDL204", "test"),
    Use.ROUTE: _Expected((Namespace.ROUTE,), "GDL205", "route"),
    Use.SITE: _Expected((Namespace.SITE,), "GDL206", "site"),
    Use.SOURCE: _Expected((Namespace.SOURCE,), "GDL207", "source"),
    Use.ASSUMPTION: _Expected((Namespace.ASSUMPTION,), "GDL208", "assumption"),
    Use.CHALLENGE: _Expected((Namespace.CHALLENGE,), "GDL209", "challenge"),
    Use.RULE: _Expected((Namespace.RULE,), "GDL210", "rule"),
}


def namespaces_of(use: Use) -> tuple[Namespace, ...]:
    """Where a name is looked up that is used so; nowhere for values and decisions."""
    expected = _EXPECTED.get(use)
    return () if expected is None else expected.namespaces


def fits(entry: Entry, use: Use) -> bool:
    """Whether what was declared can be used so."""
    expected = _EXPECTED.get(use)
    return expected is not None and _is_expected(entry, expected)


DECISIONS = (
    "form",
    "loading",
    "maintenance",
    "route",
    "adjunct",
    "permission",
    "technique",
    "monitoring",
    "targets",
    "continuation",
    "note",
)


def unknown_name(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL202 to GDL210, GDL212, GDL227, GDL301 to GDL303: a name is what it is used as."""
    for text, reference, around in draft.each_reference():
        if reference.use is Use.DECISION:
            yield from _unknown_decision(text, reference.name)
        elif reference.use in _EXPECTED:
            yield from _unless_fitting(text, reference, around, scope)


def _unless_fitting(
    text: Text, reference: Reference, around: Header | Item, scope: Scope
) -> Iterator[Diagnostic]:
    own = getattr(around, "name", None)
    inside = own.text if isinstance(own, Name) else ""
    expected, name = _EXPECTED[reference.use], reference.name
    found = [scope.find(space, name.text) for space in expected.namespaces]
    entries = [entry for entry in found if entry is not None]
    if any(_is_expected(entry, expected) for entry in entries):
        return
    if entries:
        yield _unfit(text, reference, entries[0])
        return
    elsewhere = scope.elsewhere(expected.namespaces[0], name.text)
    if elsewhere is not None and elsewhere.namespace not in _PAPERS:
        near = scope.nearest(expected.namespaces[0], name.text)
        yield finding(
            "GDL212",
            f"`{name.text}` is {elsewhere.noun}; here {reference.use.value} is needed",
            (text, name),
            others=(declared_here(elsewhere),),
            help_=did_you_mean(near, (text, name)),
        )
        return
    near = tuple(
        n
        for n in scope.nearest(expected.namespaces[0], name.text)
        if n != inside
        and _is_expected(scope.entries[expected.namespaces[0]][n], expected)
    )
    yield finding(
        expected.code,
        f"there is no {expected.noun} `{name.text}`",
        (text, name),
        help_=did_you_mean(near, (text, name)) or _how_to_declare(expected, name),
    )


_PAPERS = frozenset(
    {Namespace.SOURCE, Namespace.ASSUMPTION, Namespace.CHALLENGE, Namespace.RULE}
)
"""A rule may well be called like a fact; that it has the name says nothing."""


def _how_to_declare(expected: _Expected, name: Name) -> str:
    if expected.noun == "rule":
        return ""
    word = "finding" if expected.noun in {"fact", "treatment"} else expected.noun
    return f'declare it: `{word} {name.text} "..."`'


def _is_expected(entry: Entry, expected: _Expected) -> bool:
    return expected.kinds is None or _kind(entry) in expected.kinds


def _kind(entry: Entry) -> Kind | None:
    return entry.item.kind if isinstance(entry.item, Declaration) else None


def _unfit(text: Text, reference: Reference, entry: Entry) -> Diagnostic:
    """A fact of another kind than its use asks for."""
    name = reference.name
    declared = (declared_here(entry),)
    match reference.use, entry.item:
        case Use.MEASURE, _:
            code = "GDL301"
            message = f"`{name.text}` is {entry.noun} and cannot be compared"
            help_: str = f"write `{name.text}` alone"
            if _kind(entry) is Kind.CHOICE:
                help_ = f"write `{name.text} is ...`"
        case Use.CHOICE, _:
            code = "GDL316"
            message = f"`{name.text}` is {entry.noun} and has no values to name"
            help_ = (
                "`is` asks for the value of a choice; "
                f"`{name.text} is recorded` asks whether it is known"
            )
        case _, Declaration(kind=Kind.MEASURE, unit=unit):
            code = "GDL302"
            message = f"`{name.text}` is a measure and has to be compared"
            help_ = f"such as `{name.text} < ... {unit or ''}".rstrip() + "`"
        case _, Declaration(kind=Kind.CHOICE, values=values):
            code = "GDL303"
            message = f"`{name.text}` is a choice and needs a value"
            example = values[0].name.text if values else "..."
            help_ = f"such as `{name.text} is {example}`"
        case _:
            code = "GDL212"
            message = (
                f"`{name.text}` is {entry.noun}; here {reference.use.value} is needed"
            )
            help_ = ""
    return finding(code, message, (text, name), others=declared, help_=help_)


def _unknown_decision(text: Text, name: Name) -> Iterator[Diagnostic]:
    if name.text not in DECISIONS:
        near = get_close_matches(name.text, DECISIONS, n=2)
        yield finding(
            "GDL227",
            f"there is no decision `{name.text}`",
            (text, name),
            help_=did_you_mean(near, (text, name))
            or "there are " + ", ".join(DECISIONS),
        )


def unknown_value(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL211: a choice has the value that is named, and nothing else has values."""
    for text, declaration in draft.each(Declaration):
        if declaration.kind is not Kind.CHOICE:
            for code in declaration.codes:
                if code.value is not None:
                    yield finding(
                        "GDL211",
                        f"`{declaration.name.text}` is no choice, so it has no value"
                        f" `{code.value.text}`",
                        (text, code.value),
                        help_="a code stands for the whole word: leave out `for` and the name",
                    )
    for text, reference, _ in draft.each_reference():
        if reference.use is not Use.VALUE or reference.of is None:
            continue
        choice = scope.fact(reference.of.text)
        if isinstance(choice, Declaration) and choice.kind is Kind.CHOICE:
            values = [value.name.text for value in choice.values]
            if reference.name.text not in values:
                near = get_close_matches(reference.name.text, values, n=2)
                yield finding(
                    "GDL211",
                    f"`{choice.name.text}` has no value `{reference.name.text}`",
                    (text, reference.name),
                    help_=did_you_mean(near, (text, reference.name))
                    or "its values are " + ", ".join(f"`{v}`" for v in values),
                )


_TOPICS = tuple(n for n in Namespace if n not in _PAPERS)


def unknown_topic(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL228: what a guideline is silent on is a word, and an example names such a topic."""
    topics = {name.text for _, silent in draft.each(Silent) for name in silent.topics}
    for text, silent in draft.each(Silent):
        if silent.conditions:
            continue
        words = {
            name
            for name in silent.topics
            if any(scope.find(space, name.text) for space in _TOPICS)
        }
        for name in silent.topics:
            # A decision says beside which part of the answer the other topics are shown.
            if name not in words and not (words and name.text in DECISIONS):
                yield finding(
                    "GDL228",
                    f"`{name.text}` is no word of the vocabulary, so nobody can have it",
                    (text, name),
                    help_=did_you_mean(
                        scope.nearest(Namespace.FACT, name.text), (text, name)
                    )
                    or "say with `when` to whom it matters",
                )
    for text, example in draft.each(Example):
        for expectation in example.expectations:
            if isinstance(expectation, ExpectMention) and expectation.kind == "silent":
                name = expectation.name
                if name.text not in topics:
                    near = get_close_matches(name.text, sorted(topics), n=2)
                    yield finding(
                        "GDL228",
                        f"the guideline is not silent on `{name.text}` in so many words",
                        (text, name),
                        help_=did_you_mean(near, (text, name)),
                    )
