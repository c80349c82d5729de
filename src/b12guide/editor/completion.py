"""What may be written at a place: words of the language, names, units, statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from attrs import evolve, frozen

from b12guide.editor.analysis import Analysis
from b12guide.editor.hover import about
from b12guide.editor.words import NOTED, TOPICS, Named
from b12guide.semantics.checks.names import DECISIONS, fits, namespaces_of
from b12guide.semantics.draft import NameUse, Use, names_used, statement_range
from b12guide.semantics.scope import (
    Declared,
    Misfit,
    Namespace,
    Scope,
    dose_unit_of,
    drug_named,
    in_unit_of,
    printed_unit,
)
from b12guide.syntax import ast, scan
from b12guide.syntax.ast import Declaration, Node, descendants
from b12guide.syntax.expected import (
    PLACEHOLDER,
    UNIT_PLACEHOLDER,
    Expected,
    expected_at,
)
from b12guide.syntax.grammar import Parts
from b12guide.text import Span
from b12guide.values.term import Kind

_LENGTHS = ("days", "weeks", "months", "years")
_EVERY = ("day", "week", "month", "year", *_LENGTHS)
_DOSES = ("µg", "mg", "g")
_UNITS = (
    "pg/mL", "ng/L", "ng/mL", "pmol/L", "nmol/L", "µmol/L", "mmol/L", "g/L", "g/dL", "mg/dL",
    "mg/L", "mL/min", "mL/min/1.73 m²", "x10^9/L", "%", "cm", "mm", "m", "years", "kg", "IU/L",
)  # fmt: skip
_SNIPPETS = {
    "rule": 'rule ${1:name} "${2:title}"\n    when     ${3:condition}\n    $4\n'
    '    strength ${5:should}\n    states   $6\n    cites    $7\n    because  "$0"\n',
    "define": 'define ${1:name} "${2:title}"\n    as $0\n',
    "example": 'example "${1:what is shown}"\n    given  $2, otherwise absent\n'
    "    expect $0\n",
    "source": 'source ${1:name} "${2:title}"\n    by "${3:authors}", ${4:2026}\n'
    "    kind ${5:guideline}\n    printed as ${0:1}\n",
    "assumption": 'assumption ${1:T01} "$0"\n',
    "derive": "derive ${1:egfr} from ${2:ckd_epi_2021}(${0:creatinine, age, sex})\n",
    "regard": "regard ${1:egfr} as current for ${0:12 months}\n",
    "invariant": "invariant ${1:name}\n    never ${2:drug} unless ${0:condition}\n",
    "language": "language 1\n",
    "guideline": 'guideline ${1:name} "${2:title}"\n    version   1.0.0\n'
    "    revised   ${3:2026-01-01}\n    status    under review\n    uses      ${0:b12}\n",
}  # fmt: skip


@frozen(kw_only=True)
class Suggestion:
    """One thing that may be written.

    Attributes:
        kind: The value of a namespace, or `word`, `unit`, `value`, `statement`, `decision`,
            `file`, `snippet`.
        order: Smaller ones come first.
        snippet: The same with places to fill in, after the fashion of language servers.
        about: What it names, for more to be shown.
    """

    label: str
    kind: str
    detail: str = ""
    order: int = 5
    snippet: str = ""
    about: Named | None = None


@frozen(kw_only=True)
class Suggestions:
    """What may be written in the place of the word that begins at `start`."""

    start: int
    found: tuple[Suggestion, ...] = ()


_OLD = frozenset({"known"})
"""Words that are read and no longer written."""


def suggestions(
    characters: str, offset: int, analysis: Analysis, files: Iterable[str] = ()
) -> Suggestions:
    """What may be written at `offset`; `files` are the names that `uses` may name."""
    expected = expected_at(characters, offset)
    if expected is None:
        return Suggestions(start=offset)
    found: dict[tuple[str, str], Suggestion] = {}
    for suggestion in (
        *words(characters, expected),
        *names(expected, analysis, tuple(files)),
    ):
        key = (suggestion.label, "" if suggestion.kind != "snippet" else "snippet")
        found.setdefault(key, suggestion)
    return Suggestions(start=expected.start, found=tuple(found.values()))


def documentation(suggestion: Suggestion, analysis: Analysis) -> str:
    """More about a suggestion, in Markdown."""
    return "" if suggestion.about is None else about(suggestion.about, analysis)


# ------------------------------------------------------------------------------ words


def words(characters: str, expected: Expected) -> Iterator[Suggestion]:
    """The words of the language, and the items that can be begun with one."""
    out_of_place = _heads_too_late(characters[: expected.start])
    line = characters[characters.rfind("\n", 0, expected.start) + 1 : expected.start]
    begins_line = not line.strip()
    may_end = "$END" in expected.terminals
    for word in sorted(expected.words):
        begins_item = word in scan.ITEM_WORDS
        ends_clause = may_end and not begins_line and word in scan.STARTERS
        if ends_clause or word in _OLD or (begins_line and word in out_of_place):
            continue
        order = 6 if begins_item == bool(line) and begins_line else 4
        about_it = Named("keyword", word)
        phrases: tuple[str, ...] = (word,)
        if expected.words >= _STRENGTHS:  # a strength is offered as a whole
            phrases = _STRENGTH_PHRASES.get(word, phrases)
        for phrase in phrases:
            yield Suggestion(label=phrase, kind="word", order=order, about=about_it)
        if begins_line and begins_item and word in _SNIPPETS:
            yield Suggestion(
                label=word, kind="snippet", order=order + 1, snippet=_SNIPPETS[word]
            )


_HEAD = re.compile(
    r"^[ \t\f]*(language|guideline|part|vocabulary|examples)\b", re.MULTILINE
)
_STRENGTHS = frozenset({"required", "should", "acceptable"})
_STRENGTH_PHRASES = {
    "acceptable": ("acceptable alternative",),
    "do": ("do not",),
    "should": ("should", "should consider"),
}


def _heads_too_late(before: str) -> frozenset[str]:
    """The heads that cannot follow those that stand before; a guideline may follow its words."""
    found = {match[1] for match in _HEAD.finditer(before)}
    if found & {"guideline", "part", "examples"}:
        return scan.HEADERS
    late = {"language"} if found else set()
    return frozenset(late | ({"vocabulary"} & found))


# ------------------------------------------------------------------------------ names


def names(
    expected: Expected, analysis: Analysis, files: tuple[str, ...]
) -> Iterator[Suggestion]:
    """The names and units that may stand where the placeholder of a reading stands."""
    main = analysis.draft.header
    for parts in expected.readings:
        for header in parts.headers:
            if any(name.text == PLACEHOLDER for name in header.uses):
                yield from (Suggestion(label=f, kind="file") for f in files)
            is_examples = header.kind == "examples"
            if is_examples and header.name.text == PLACEHOLDER and main is not None:
                yield Suggestion(label=main.name.text, kind="guideline")
            for reference in names_used(header):
                yield from _referred(reference, analysis, parts)
        for item in parts.items:
            for reference in names_used(item):
                yield from _referred(reference, analysis, parts)
            yield from _elsewhere(item, analysis)
        for node in (*parts.headers, *parts.items):
            yield from units(node, analysis.scope)


def _referred(
    reference: NameUse, analysis: Analysis, parts: Parts
) -> Iterator[Suggestion]:
    if reference.name.text != PLACEHOLDER:
        return
    scope = analysis.scope
    if reference.use is Use.DECISION:
        for name in DECISIONS:
            about_it = Named("decision", name)
            yield Suggestion(label=name, kind="decision", about=about_it)
    elif reference.use is Use.VALUE and reference.of is not None:
        choice = scope.fact(reference.of.text)
        if isinstance(choice, Declaration):
            for value in choice.values:
                label = "" if value.label is None else value.label.text
                named = Named(f"value of {choice.name.text}", value.name.text)
                yield Suggestion(
                    label=value.name.text,
                    kind="value",
                    detail=label,
                    order=1,
                    about=named,
                )
    own = {getattr(item, "name", None) for item in parts.items}
    around = {name.text for name in own if isinstance(name, ast.Name)}
    for space in namespaces_of(reference.use):
        for entry in scope.entries[space].values():
            if fits(entry, reference.use) and not (
                space is Namespace.RULE and entry.name in around
            ):
                yield _entry(entry, reference.use)


def _entry(entry: Declared, use: Use | None = None) -> Suggestion:
    wants_event = use is Use.ORDER
    is_event = isinstance(entry.item, Declaration) and entry.item.kind is Kind.EVENT
    return Suggestion(
        label=entry.name,
        kind=entry.namespace.value,
        detail=_label(entry),
        order=1 if is_event and wants_event else 2,
        about=Named(entry.namespace.value, entry.name),
    )


def _label(entry: Declared) -> str:
    match entry.item:
        case Declaration(label=label):
            unit = printed_unit(entry.item.unit)
            said = "" if label is None else label.text
            return f"{said} ({unit})" if unit else said
        case ast.Definition(title=title) | ast.Rule(title=title):
            return "" if title is None else title.text
        case ast.Source(title=title):
            return title.text
        case ast.Assumption(text=text) | ast.Challenge(text=text):
            return text.text


def _elsewhere(item: ast.Item, analysis: Analysis) -> Iterator[Suggestion]:
    """Names that are no references: statements, topics, what is noted."""
    states = getattr(getattr(item, "grounds", None), "states", ())
    if _is_placeholder(states):
        yield from statements(analysis)
    if _is_placeholder(getattr(item, "topics", ())):
        yield from _all(TOPICS, analysis.scope)
    if _is_placeholder(getattr(item, "noted_as", ())):
        yield from _all(NOTED, analysis.scope)
    if isinstance(item, ast.Example):
        topics = [t for _, s in analysis.draft.each(ast.Silent) for t in s.topics]
        for expectation in item.expectations:
            match expectation:
                case ast.ExpectMention(kind="silent", name=name) if (
                    name.text == PLACEHOLDER
                ):
                    kind = Namespace.FACT.value
                    for topic in topics:
                        yield Suggestion(label=topic.text, kind=kind, order=2)
                case _:
                    pass


def _is_placeholder(names: tuple[ast.Name, ...]) -> bool:
    return any(name.text == PLACEHOLDER for name in names)


def _all(spaces: Iterable[Namespace], scope: Scope) -> Iterator[Suggestion]:
    for space in spaces:
        yield from map(_entry, scope.entries[space].values())


def statements(analysis: Analysis) -> Iterator[Suggestion]:
    """The statements of the source, those that nothing encodes yet first."""
    encoded: dict[str, str] = {}
    for _, item in analysis.draft.each_item():
        if isinstance(item, ast.Rule | ast.Definition | ast.Silent):
            by = "silent on" if isinstance(item, ast.Silent) else item.name.text
            for name in item.grounds.states:
                encoded.setdefault(name.text, by)
    for statement in statement_range(analysis.draft.header):
        found = encoded.get(statement)
        yield Suggestion(
            label=statement,
            kind="statement",
            detail="not encoded yet" if found is None else f"encoded by {found}",
            order=1 if found is None else 3,
            about=Named("statement", statement),
        )


# ------------------------------------------------------------------------------ units


def units(node: Node, scope: Scope) -> Iterator[Suggestion]:
    """The units that may stand where the placeholder of a unit stands."""
    for around in (node, *descendants(node)):
        match around:
            case (
                ast.Comparison(name=name, bound=quantity)
                | ast.Between(name=name, bound=quantity)
                | ast.LastValues(name=name, bound=quantity)
                | ast.RoseOrFell(name=name, by=quantity)
                | ast.Target(measure=name, bound=quantity)
                | ast.Given(name=name, value=ast.Quantity() as quantity)
            ) if quantity.unit == UNIT_PLACEHOLDER:
                yield from _ordered(fitting_units(scope.fact(name.text)))
            case ast.Phase(dose=quantity) if quantity.unit == UNIT_PLACEHOLDER:
                drug = drug_named(around.drug.text if around.drug else None, scope)
                yield from _ordered((dose_unit_of(drug), *_DOSES))
            case ast.Needle(gauge=quantity) if quantity.unit == UNIT_PLACEHOLDER:
                yield from _ordered(("G",))
            case ast.Every() | ast.Times():
                if any(unit == UNIT_PLACEHOLDER for unit in _unit_of(around)):
                    yield from _ordered(_EVERY)
            case ast.Aged(length=quantity) | ast.RoseOrFell(length=quantity) if (
                quantity.unit == UNIT_PLACEHOLDER
            ):
                yield from _ordered(_LENGTHS)
            case ast.ForTime() | ast.Pressure() | ast.Check():
                if any(unit == UNIT_PLACEHOLDER for unit in _unit_of(around)):
                    yield from _ordered((*_LENGTHS, "minutes"))
            case Declaration():
                if UNIT_PLACEHOLDER in {around.unit, *_unit_of(around)}:
                    yield from _ordered((*_DOSES, *_UNITS))
            case _:
                pass


def _unit_of(node: Node) -> Iterator[str | None]:
    for part in descendants(node):
        if isinstance(part, ast.Quantity):
            yield part.unit


def fitting_units(fact: Declaration | ast.Definition | None) -> Iterator[str]:
    """The units that fit a measure, its own first."""
    if not isinstance(fact, Declaration) or fact.unit is None:
        return
    yield printed_unit(fact.unit) or fact.unit
    one = ast.Quantity(span=Span(0, 0), low=Decimal(1), high=Decimal(1), unit=None)
    for unit in _UNITS:
        if not isinstance(in_unit_of(fact, evolve(one, unit=unit)), Misfit):
            yield unit


def _ordered(units: Iterable[str]) -> Iterator[Suggestion]:
    for number, unit in enumerate(dict.fromkeys(units)):
        yield Suggestion(label=unit, kind="unit", order=0 if number == 0 else 1)
