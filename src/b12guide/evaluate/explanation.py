"""What a condition and a rule mean for one patient in strong Kleene logic, and why.

`truth` and `verdict` are written to be read aloud; everything faster is tested against them.
An `Explainer` gives the reasons, part by part, as far as somebody looks into them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Decided, Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.facts import Facts, Reading, holds, is_open_to_reading
from b12guide.evaluate.outline import Outline, Outlines
from b12guide.frozen import FrozenMap, Record
from b12guide.graph import condition as c
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.say.numbers import exact_text
from b12guide.truth import Truth, all_of, any_of, at_least

__all__ = [
    "DecisionExplanation",
    "Explainer",
    "Explanation",
    "RuleExplanation",
    "blame",
    "explain_decision",
    "explain_rule",
    "replay",
    "resting_on",
]


def truth(
    condition: c.Condition,
    graph: RuleGraph,
    facts: Facts,
    known: dict[str, Truth] | None = None,
) -> Truth:
    """The truth of `condition`; unknown where a fact is unknown or the source leaves it open.

    A definition is worked out once, however often it is named: `known` has those worked out so far.
    """
    known = {} if known is None else known
    match condition:
        case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
            return holds(condition, facts)
        case c.Defined(name=name):
            if name in facts.definitions:
                return Truth.of(facts.definitions[name])
            if name not in known:
                meaning = graph.definitions[name].condition
                known[name] = truth(meaning, graph, facts, known)
            return known[name]
        case _:
            parts = c.children(condition)
            return kleene(condition, [truth(one, graph, facts, known) for one in parts])


def kleene(condition: c.Condition, parts: Sequence[Truth]) -> Truth:
    """What a condition comes to, given the truths of those directly inside it (Kleene 1952).

    Unknown spreads through `not`, `and` and `or` unless another part decides (M13). What is
    established or recorded is a question about the record, which always has an answer (M14).
    """
    match condition:
        case c.Established():
            return Truth.of(parts[0] is Truth.TRUE)
        case c.Recorded():
            return Truth.of(parts[0] is not Truth.UNKNOWN)
        case c.Not():
            return ~parts[0]
        case c.AllOf():
            return all_of(parts)
        case c.AnyOf():
            return any_of(parts)
        case c.AtLeast(count=count):
            return at_least(count, parts)
        case _:  # a definition is what it stands for, a reading what it is a reading of
            return parts[0]


def exception_truth(rule: Rule, graph: RuleGraph, facts: Facts) -> Truth:
    """Whether the condition of one of the rule's exceptions holds."""
    return any_of(
        truth(graph.rules[name].condition, graph, facts) for name in rule.exceptions
    )


def verdict(rule: Rule, graph: RuleGraph, facts: Facts) -> Verdict:
    """The verdict of `rule`, scope included."""
    inside = scope(graph, facts)
    if rule.outside_scope is not (inside is Truth.FALSE):
        return Verdict.DOES_NOT_APPLY
    settled = _settled(rule, graph, facts)
    if settled is not None:
        return settled
    # An open rule is left open by the source alone if each reading of its thresholds settles it.
    readings = (
        _settled(rule, graph, evolve(facts, reading=reading))
        for reading in (Reading.LOWER, Reading.UPPER)
    )
    return Verdict.UNKNOWN if None in readings else Verdict.INDETERMINATE


def scope(graph: RuleGraph, facts: Facts) -> Truth:
    """Whether the guideline is written for this patient."""
    return truth(graph.scope, graph, facts)


def _settled(rule: Rule, graph: RuleGraph, facts: Facts) -> Verdict | None:
    """The verdict where condition and exceptions are decided."""
    own = truth(rule.condition, graph, facts)
    exception = exception_truth(rule, graph, facts)
    if own is Truth.FALSE:
        return Verdict.DOES_NOT_APPLY
    if own is Truth.UNKNOWN or exception is Truth.UNKNOWN:
        return None
    return Verdict.OVERRIDDEN if exception is Truth.TRUE else Verdict.APPLIES


class _Begun:
    """What is still to be worked out of an explanation comes from these."""

    __slots__ = ("_explainer", "_outline")

    _explainer: Explainer
    _outline: Outline


@frozen(kw_only=True, repr=False)
class Explanation(_Begun, Record):
    """One part of a condition and its truth.

    Attributes:
        text: The part in words of the language, names resolved.
        value: What the patient has, of an atom, None where it is not known; of a definition without
            parts, that it is stated, or explained above.
        indeterminate: Whether the source's own threshold leaves an atom open.
        assumptions: What the reading of this part rests on.
    """

    condition: c.Condition
    truth: Truth
    text: str
    children: tuple[Explanation, ...] = ()
    value: str | None = None
    indeterminate: bool = False
    assumptions: tuple[str, ...] = ()

    if not TYPE_CHECKING:  # for whom every field is there

        def __getattr__(self, name: str) -> Any:
            """A field of one that was begun, at the first look."""
            if name == "truth":
                _put(self, name, self._explainer.truth(self._outline))
            elif name == "children":
                _put(self, name, self._explainer.children(self._outline))
            elif name in _WORDS:
                _put(self, "text", self._outline.text)
                _put(self, "assumptions", self._outline.assumptions)
                _put(self, "indeterminate", False)
                _put(self, "value", None)
            else:
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message, name=name, obj=self)
            return getattr(self, name)


_WORDS = frozenset({"text", "value", "indeterminate", "assumptions"})
_new, _put = object.__new__, object.__setattr__
_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Explainer(Record):
    """Explains the conditions of a guideline for one patient.

    Those who ask why look at the few parts that decide, as a rule. So what has parts is begun with
    its condition alone, and gets the rest when it is looked at. A definition has one
    explanation, however many rules name it.
    """

    outlines: Outlines
    facts: Facts

    @classmethod
    def of(cls, graph: RuleGraph, facts: Facts) -> Explainer:
        """The same for a guideline of which no outlines are at hand."""
        return cls(outlines=Outlines(graph=graph), facts=facts)

    def rule(self, name: str) -> Explanation:
        """The condition of a rule."""
        return self.explanation(self.outlines.rules[name])

    @cached_property
    def definitions(self) -> Mapping[str, Explanation]:
        """The definitions; one that was stated, or follows, stands without its parts."""
        found: dict[str, Explanation] = {}
        for name, outline in self.outlines.definitions.items():
            stated = self.facts.definitions.get(name)
            found[name] = (
                self._begun(outline)
                if stated is None
                else Explanation(
                    condition=outline.condition,
                    truth=Truth.of(stated),
                    text=outline.text,
                    value="stated",
                )
            )
        return FrozenMap(found)

    def explanation(self, outline: Outline) -> Explanation:
        """The condition of `outline`."""
        condition = outline.condition
        match condition:
            case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
                return Explanation(
                    condition=condition,
                    truth=holds(condition, self.facts),
                    text=outline.text,
                    value=_value_text(condition, outline.within.graph, self.facts),
                    indeterminate=is_open_to_reading(condition, self.facts),
                )
            case c.Defined(name=name):
                return self.definitions[name]
            case _:
                return self._begun(outline)

    def _begun(self, outline: Outline) -> Explanation:
        found = _new(Explanation)
        _put(found, "condition", outline.condition)
        _put(found, "_outline", outline)
        _put(found, "_explainer", self)
        return found

    def children(self, outline: Outline) -> tuple[Explanation, ...]:
        """Those of the parts of `outline`."""
        return tuple([self.explanation(part) for part in outline.parts])

    def truth(self, outline: Outline) -> Truth:
        """What the parts of `outline` come to, looked at no further than until they decide."""
        condition, parts = outline.condition, outline.parts
        match condition:
            case c.AllOf():
                decisive, found = _FALSE, _TRUE
            case c.AnyOf():
                decisive, found = _TRUE, _FALSE
            case _:
                return kleene(condition, [self._truth(part) for part in parts])
        for part in parts:
            truth = self._truth(part)
            if truth is decisive:
                return truth
            if truth is _UNKNOWN:
                found = truth
        return found

    def _truth(self, outline: Outline) -> Truth:
        condition = outline.condition
        match condition:
            case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
                return holds(condition, self.facts)
            case c.Defined(name=name):
                return self.definitions[name].truth
            case _:
                return self.truth(outline)


@frozen(kw_only=True, repr=False)
class RuleExplanation(Answer, Record):
    """A rule's verdict, its own condition and those of its exceptions.

    Attributes:
        answer: What it is a part of; None where it is explained on its own.
        asked: Whether somebody in particular was asked about.
    """

    verdict: RuleVerdict
    condition: Explanation
    exceptions: tuple[tuple[Rule, Explanation], ...]
    answer: Recommendation | None = field(default=None, eq=False, repr=False)
    asked: bool = field(default=True, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class DecisionExplanation(Answer, Record):
    """The state of a decision, and why each of its rules has its verdict.

    Attributes:
        answer: What it is a part of; None where it is explained on its own.
        asked: Whether somebody in particular was asked about.
    """

    decided: Decided
    rules: tuple[RuleExplanation, ...]
    answer: Recommendation | None = field(default=None, eq=False, repr=False)
    asked: bool = field(default=True, eq=False, repr=False)


def explain_decision(
    recommendation: Recommendation, decision: Decision, explainer: Explainer
) -> DecisionExplanation:
    """Why `decision` came out as it did."""
    return DecisionExplanation(
        decided=recommendation.decisions[decision],
        rules=tuple(
            explain_rule(verdict, explainer)
            for verdict in recommendation.rules
            if verdict.rule.decision is decision
        ),
    )


def explain_rule(verdict: RuleVerdict, explainer: Explainer) -> RuleExplanation:
    """Why `verdict.rule` has its verdict."""
    rules = explainer.outlines.graph.rules
    return RuleExplanation(
        verdict=verdict,
        condition=_readable(verdict.rule.name, explainer),
        exceptions=tuple(
            (rules[name], _readable(name, explainer))
            for name in verdict.rule.exceptions
        ),
    )


def replay(explanation: Explanation) -> Truth:
    """The truth of an explanation, worked out again from that of its leaves."""
    truths = [replay(child) for child in explanation.children]
    if isinstance(explanation.condition, c.Joined) or truths:
        return kleene(explanation.condition, truths)
    return explanation.truth


def blame(explanation: Explanation) -> Iterator[Explanation]:
    """The leaves that make an explanation's truth what it is: for "why" and "why not"."""
    if not explanation.children or isinstance(explanation.condition, c.Recorded):
        yield explanation
        return
    if isinstance(explanation.condition, c.Joined):
        for child in explanation.children:
            if child.truth is explanation.truth:
                yield from blame(child)
        return
    for child in explanation.children:
        yield from blame(child)


def resting_on(
    explanation: Explanation, graph: RuleGraph, seen: set[int] | None = None
) -> Iterator[str]:
    """The assumptions that an explanation's truth rests on; what was `seen` is left out.

    Only the parts that make it what it is count, and of these only those that do not fail: that
    glossitis is read as neurological is no assumption about somebody without glossitis.
    """
    condition = explanation.condition
    seen = set() if seen is None else seen
    if id(explanation) in seen:  # a definition that is named again
        return
    seen.add(id(explanation))
    if explanation.truth is not Truth.FALSE:
        yield from explanation.assumptions
        if isinstance(condition, c.Defined):
            yield from graph.definitions[condition.name].grounds.assumptions
    for child in explanation.children:
        telling = child.truth is explanation.truth
        if telling or not isinstance(condition, c.Joined):
            yield from resting_on(child, graph, seen)


MOST_WRITTEN = 1000
"""The parts of an explanation in which each definition is explained wherever it is named."""

ABOVE = "explained above"
"""The value of a definition that is not explained again."""


def _readable(rule: str, explainer: Explainer) -> Explanation:
    """The condition of a rule, with each definition explained once where it would be too long."""
    outline, found = explainer.outlines.rules[rule], explainer.rule(rule)
    stated = explainer.facts.definitions
    is_long = outline.size > MOST_WRITTEN < outline.size_but_for(stated)
    return _once(found, set()) if is_long else found


def _once(explanation: Explanation, explained: set[str]) -> Explanation:
    if isinstance(explanation.condition, c.Defined) and explanation.children:
        if explanation.text in explained:
            return evolve(explanation, children=(), value=ABOVE)
        explained.add(explanation.text)
    children = tuple([_once(child, explained) for child in explanation.children])
    return evolve(explanation, children=children)


def _value_text(leaf: c.Leaf, graph: RuleGraph, facts: Facts) -> str | None:
    value = facts.values.get(leaf.fact)
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    unit = graph.vocabulary.facts[leaf.fact].unit
    return exact_text(value) + (f" {unit}" if unit else "")
