"""A guideline with one thing changed: a condition read otherwise, an assumption not made.

An assumption that is not made leaves what rests on it unknown; no other reading is put in its
place. So what depends on it afterwards is what rested on it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias, TypeVar

from attrs import evolve, frozen

from b12guide.arguments import mapping, names
from b12guide.diagnostics import Diagnostic, Edit, Label, in_order
from b12guide.errors import ArgumentError, GuidelineError, UnknownNameError
from b12guide.evaluate.facts import Reading
from b12guide.graph.conclusions import with_conclusions
from b12guide.graph.condition import (
    AllOf,
    Compare,
    Condition,
    Has,
    Resting,
    atoms,
    rebuilt,
)
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Fact, Grounds, Loaded, RuleGraph
from b12guide.patient.reading import units_of
from b12guide.say.words import listing
from b12guide.semantics.checks import check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax.ast import Rule
from b12guide.syntax.parse import parse
from b12guide.text import Text
from b12guide.values.quantity import format_number, format_quantity
from b12guide.values.term import Kind

Placed = TypeVar("Placed", Label, Edit)
Rewrite: TypeAlias = Callable[[Condition], Condition]

_STUB_HEAD = """language 1
part what_if
"""
_UNUSUAL_UNIT = "GDL320"
_OF_UNITS = frozenset(("GDL304", "GDL305", "GDL307"))
"""Codes of a unit of something else, of none, and of what is no unit."""
_STUB_RULE = """rule zz_what_if_{number} when {condition}
    note "condition" strength claim
"""


@frozen(kw_only=True)
class Changed:
    """A guideline in which something was changed.

    Attributes:
        change: What, in words.
        unknown: Facts that stand for assumptions that are not made; nobody knows them.
    """

    graph: RuleGraph
    change: tuple[str, ...]
    unknown: tuple[str, ...]


def changed(
    loaded: Loaded, instead: Mapping[str, str] | None, without: Iterable[str]
) -> Changed:
    """The guideline with some conditions replaced and some assumptions not made.

    Args:
        loaded: The guideline.
        instead: Conditions as the guideline writes them, with what is to be read instead of each.
        without: Assumptions.

    Raises:
        ArgumentError: What is to be read instead is no mapping of conditions.
        GuidelineError: A condition is not written in the language.
        UnknownNameError: The guideline has no such condition, or no such assumption.
    """
    graph = loaded.graph
    said, facts = [], []
    argument = "instead"
    expected = (
        "a mapping of conditions to what is read instead, both as text, such as "
        '{"egfr < 50 mL/min": "egfr < 45 mL/min"}'
    )
    for old, new in mapping(instead, argument, expected).items():
        if not isinstance(old, str) or not isinstance(new, str):
            raise ArgumentError(argument, expected, instead)
        both = [Text(argument, " ".join(one.split())) for one in (old, new)]
        before, after = read_conditions(loaded, both)
        rewritten = _rewritten(graph, partial(_replaced, before, after))
        if rewritten == graph:
            kind = "condition"
            raise UnknownNameError(kind, old, _conditions(graph))
        graph = rewritten
        said.append(f"{new} instead of {old}")
    for name in names(without, "without"):
        if name not in graph.assumptions:
            kind = "assumption"
            raise UnknownNameError(kind, name, graph.assumptions)
        fact = f"assumption_{name}"
        graph = _without(graph, name, fact)
        said.append(f"without {name}: {graph.assumptions[name].text}")
        facts.append(fact)
    if not said:
        what = f"{expected}; or name an assumption in `without`"
        raise ArgumentError(argument, what, instead, is_told=True)
    graph = evolve(graph, name=f"{graph.name} with a change", digest="")
    return Changed(graph=graph, change=tuple(said), unknown=tuple(facts))


def read_at(graph: RuleGraph, reading: Reading) -> RuleGraph:
    """The guideline with every threshold that is printed as a range read at one of its ends."""
    if reading is Reading.REPORT:
        return graph

    def at_an_end(condition: Condition) -> Condition:
        if not isinstance(condition, Compare):
            return condition
        end = condition.low if reading is Reading.LOWER else condition.high
        return evolve(condition, low=end, high=end)

    deep = _deeply(at_an_end)
    implications = tuple(
        evolve(one, premise=deep(one.premise), conclusion=deep(one.conclusion))
        for one in graph.implications
    )
    return evolve(_rewritten(graph, at_an_end), implications=implications)


def read_conditions(
    loaded: Loaded, texts: Sequence[Text], *, in_any_unit: bool = False
) -> tuple[Condition, ...]:
    """Conditions, read as if they stood in the guideline.

    Args:
        loaded: The guideline.
        texts: The conditions, each in one line, under the names by which the caller knows them.
        in_any_unit: Whether a bound may have another unit than the guideline would use for it.

    Raises:
        GuidelineError: One is not written in the language.
    """
    rules = [
        _STUB_RULE.format(number=number, condition=text.characters)
        for number, text in enumerate(texts)
    ]
    written = Text("conditions", _STUB_HEAD + "".join(rules))
    try:
        stub = parse(written)
    except GuidelineError as error:
        raise _refused(loaded.graph, error.diagnostics, written, texts) from error
    draft = Draft((*(parse(text) for text in loaded.texts), stub))
    scope = scope_of(draft)
    wrong = [
        d
        for d in check_draft(draft, scope)
        if d.place is not None and d.place.text == stub.text and d.code < "GDL4"
        if not (in_any_unit and d.code == _UNUSUAL_UNIT)
    ]
    if wrong:
        raise _refused(loaded.graph, in_order(wrong), written, texts)
    return tuple(
        lower_condition(condition, scope)
        for item in stub.items
        if isinstance(item, Rule)
        for condition in item.conditions
    )


def _refused(
    graph: RuleGraph, wrong: Iterable[Diagnostic], written: Text, texts: Sequence[Text]
) -> GuidelineError:
    """What is wrong with conditions, at the places in them and not in what was made of them."""
    starts, found = [], len(_STUB_HEAD)
    for number, text in enumerate(texts):
        before, _ = _STUB_RULE.split("{condition}")
        starts.append(found + len(before.format(number=number)))
        found += len(_STUB_RULE.format(number=number, condition=text.characters))

    def placed(part: Placed) -> Placed:
        if part.text != written:
            return part
        number = max(0, bisect_right(starts, part.span.start) - 1)
        return evolve(part, text=texts[number], span=part.span.shifted(-starts[number]))

    told = [
        evolve(
            one,
            labels=tuple(map(placed, one.labels)),
            help=tuple(
                evolve(remedy, edits=tuple(map(placed, remedy.edits)))
                for remedy in one.help
            ),
        )
        for one in wrong
    ]
    told = [
        evolve(one, notes=(*one.notes, *_units_there_are(one, graph))) for one in told
    ]
    named = dict.fromkeys(one.place.text.name for one in told if one.place is not None)
    message = f"{listing([f'`{name}`' for name in named], 'and')} cannot be read"
    return GuidelineError(message, told)


def _units_there_are(one: Diagnostic, graph: RuleGraph) -> Iterator[str]:
    """In which units the measure of a condition may be, where its unit is wrong."""
    if one.code not in _OF_UNITS or one.place is None:
        return
    name = one.place.text.characters.split()[0]
    fact = graph.vocabulary.facts.get(name)
    if fact is not None and fact.unit is not None:
        units = [f"`{unit}`" for unit, _ in units_of(fact)]
        yield f"`{name}` may be given in {listing(units, 'or')}"


# -------------------------------------------------------------------------- rewriting


def _rewritten(graph: RuleGraph, rewrite: Rewrite) -> RuleGraph:
    """The guideline with `rewrite` done to each condition and each part of one."""
    deep = _deeply(rewrite)
    rewritten = evolve(
        graph,
        scope=deep(graph.scope),
        rules={
            name: evolve(rule, condition=deep(rule.condition))
            for name, rule in graph.rules.items()
        },
        definitions={
            name: evolve(one, condition=deep(one.condition))
            for name, one in graph.definitions.items()
        },
        silences=tuple(
            s if s.condition is None else evolve(s, condition=deep(s.condition))
            for s in graph.silences
        ),
    )
    return with_conclusions(rewritten)


def _deeply(rewrite: Rewrite) -> Rewrite:
    def deep(condition: Condition) -> Condition:
        return rewrite(rebuilt(condition, deep))

    return deep


def _replaced(old: Condition, new: Condition, condition: Condition) -> Condition:
    return new if condition == old else condition


def _without(graph: RuleGraph, name: str, fact: str) -> RuleGraph:
    """The guideline in which nobody knows whether what rests on an assumption is so."""

    def only_if(condition: Condition) -> Condition:
        return AllOf((condition, Has(fact)))

    def resting(condition: Condition) -> Condition:
        if isinstance(condition, Resting) and name in condition.assumptions:
            return only_if(condition)
        return condition

    def whole(condition: Condition, grounds: Grounds) -> Condition:
        return only_if(condition) if name in grounds.assumptions else condition

    graph = _rewritten(graph, resting)
    words = evolve(
        graph.vocabulary,
        facts={
            **graph.vocabulary.facts,
            fact: Fact(kind=Kind.FINDING, name=fact, label=f"assumption {name}"),
        },
    )
    unknown = evolve(
        graph,
        vocabulary=words,
        rules={
            n: evolve(rule, condition=whole(rule.condition, rule.grounds))
            for n, rule in graph.rules.items()
        },
        definitions={
            n: evolve(one, condition=whole(one.condition, one.grounds))
            for n, one in graph.definitions.items()
        },
    )
    return with_conclusions(unknown)


def _conditions(graph: RuleGraph) -> tuple[str, ...]:
    """The comparisons that the guideline makes, as it writes them: what may have been meant."""
    conditions = [graph.scope]
    conditions += [rule.condition for rule in graph.rules.values()]
    conditions += [one.condition for one in graph.definitions.values()]
    found: dict[str, None] = {}
    for bound in (atom for one in conditions for atom in atoms(one)):
        if isinstance(bound, Compare):
            unit = graph.vocabulary.facts[bound.fact].unit
            high = format_quantity(bound.high, unit)
            low = "" if bound.low == bound.high else f"{format_number(bound.low)} to "
            found[f"{bound.fact} {bound.operator.value} {low}{high}"] = None
    return tuple(found)
