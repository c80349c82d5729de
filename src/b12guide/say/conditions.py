"""A condition as an English phrase that follows "given", whatever the patient.

Every fact becomes a noun: findings by their label, events as "that ...", measures with their bound
in words. The phrase never says more or less than the condition, however it is read: "no gait
disturbance or memory problem" is heard as neither of them. So

- a group inside another one stands in brackets, and "and" never meets "or" without them;
- what could be heard as reaching over the words behind it comes last, or stands in brackets: "no
  ..." may be followed by another "no ..." only, "a record of ..." by nothing;
- a label that joins words itself ("tingling or pins and needles") stands in quotation marks.

A test reads the phrases back without knowing how they were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import assert_never

from attrs import evolve, frozen

from b12guide.graph import condition as c
from b12guide.graph.ages import is_of_event
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import fact_text
from b12guide.say.names import Audience, conclusion_text, value_label
from b12guide.say.numbers import measured, range_text
from b12guide.say.words import listing
from b12guide.values.term import Kind, Operator

_WORDS = {
    Operator.LESS: "below",
    Operator.AT_MOST: "of at most",
    Operator.MORE: "above",
    Operator.AT_LEAST: "of at least",
    Operator.EQUAL: "of exactly",
}
_CONVERSE = {
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_LEAST: Operator.LESS,
}
"""What holds of a measure when a comparison fails; so it is for bounds that are ranges (M11)."""

_JOINING = re.compile(r"\b(?:and|or|nor|not|no|none|either|neither|but|unless)\b|[,;]")
_BRACKETED = re.compile(r"\([^()]*\)")


def condition_text(
    condition: c.Condition, graph: RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """The condition as a noun phrase; "every patient" where there is none.

    A patient is spared the names of the assumptions.
    """
    return _Writer(graph, audience).phrase(condition).text


class _Reach(Enum):
    """How far a phrase can be heard to reach over the words behind it."""

    NONE = "it ends where it ends"
    NO = "up to the next `no`"
    ALL = "to the end"
    GROUP = "it joins phrases itself"


@frozen
class _Phrase:
    text: str
    reach: _Reach = _Reach.NONE

    @property
    def bracketed(self) -> _Phrase:
        return _Phrase(f"({self.text})")


@frozen
class _Writer:
    graph: RuleGraph
    audience: Audience

    def phrase(self, condition: c.Condition) -> _Phrase:
        """The words for a condition."""
        match condition:
            case c.Has(fact=fact) if self._is_event(fact):
                return _Phrase(f"that {self._label(fact)}")
            case c.Defined(name=name) if said := self._concluded(name, "concluded"):
                return said
            case c.Has(fact=name) | c.Defined(name=name):
                return _Phrase(self._label(name))
            case c.Compare(fact=fact):
                return _Phrase(f"{self._label(fact)} {self._bound(condition)}")
            case c.OneOf(fact=fact, values=values):
                return _Phrase(f"{self._label(fact)} {self._values(fact, values)}")
            case c.Established() | c.Recorded() | c.HasValue():
                return _Phrase(f"a {self._record(condition)}", _Reach.ALL)
            case c.Not(operand=operand):
                return self._denied(operand)
            case c.Resting(operand=operand, assumptions=assumptions):
                return self._assuming(self._part(operand), assumptions)
            case c.AllOf(operands=(only,)) | c.AnyOf(operands=(only,)):
                return self.phrase(only)
            case c.AllOf() if between := self._between(condition.operands, "from"):
                return between
            case c.AllOf(operands=()):
                return _Phrase("every patient")
            case c.AnyOf(operands=()):
                return _Phrase("no patient")
            case c.AllOf(operands=operands):
                return self._joined(operands, "and")
            case c.AnyOf(operands=operands):
                return self._joined(operands, "or")
            case c.AtLeast(count=count, operands=operands):
                return _Phrase(f"at least {count} of ({self._listed(operands)})")
            case _:
                assert_never(condition)

    def _part(self, condition: c.Condition) -> _Phrase:
        """A condition inside another one: a group stands in brackets."""
        found = self.phrase(condition)
        return found.bracketed if found.reach is _Reach.GROUP else found

    def _joined(self, operands: Iterable[c.Condition], word: str) -> _Phrase:
        """The phrases with the word between them, those that reach furthest at the end."""
        parts = [self._part(operand) for operand in operands]
        order = (_Reach.NONE, _Reach.ALL, _Reach.NO)
        parts.sort(key=lambda part: order.index(part.reach))
        texts = []
        for part, *after in (parts[i:] for i in range(len(parts))):
            is_open = part.reach is _Reach.ALL and bool(after)
            # `stated as "a" or "b"` could be heard as two values.
            runs_on = bool(after) and part.text[-1] == after[0].text[0] == '"'
            texts.append(part.bracketed.text if is_open or runs_on else part.text)
        if any(mark in text for text in texts for mark in ",(;"):
            return _Phrase(f", {word} ".join(texts), _Reach.GROUP)
        return _Phrase(listing(texts, word), _Reach.GROUP)

    def _denied(self, operand: c.Condition) -> _Phrase:
        """The opposite of a condition: known not to be so, never just unknown."""
        match operand:
            case c.Has(fact=fact) if self._is_event(fact):
                text = f"that it is not so that {self._label(fact)}"
                return _Phrase(text, _Reach.ALL)
            case c.Defined(name=name) if said := self._concluded(name, "not concluded"):
                return said
            case c.Has(fact=name) | c.Defined(name=name):
                return _Phrase(f"no {self._label(name)}", _Reach.NO)
            case c.Compare(operator=Operator.EQUAL, fact=fact):
                bound = self._bound(operand).removeprefix("of ")
                return _Phrase(f"{self._label(fact)} other than {bound}")
            case c.Compare(operator=operator):
                return self.phrase(evolve(operand, operator=_CONVERSE[operator]))
            case c.OneOf(fact=fact, values=values):
                named = self._values(fact, values, denied=True)
                return _Phrase(f"{self._label(fact)} {named}")
            case c.Established() | c.Recorded() | c.HasValue():
                return _Phrase(f"no {self._record(operand)}", _Reach.ALL)
            case c.Not(operand=inner):
                return self.phrase(inner)
            case c.Resting(operand=inner, assumptions=assumptions):
                denied = self._denied(inner)
                is_group = denied.reach is _Reach.GROUP
                return self._assuming(
                    denied.bracketed if is_group else denied, assumptions
                )
            case c.AllOf(operands=(only,)) | c.AnyOf(operands=(only,)):
                return self._denied(only)
            case c.AllOf() if between := self._between(operand.operands, "outside"):
                return between
            case c.AllOf(operands=()):
                return _Phrase("no patient")
            case c.AnyOf(operands=()):
                return _Phrase("every patient")
            case c.AllOf(operands=operands):
                return _Phrase(f"not all of ({self._listed(operands)})")
            case c.AnyOf(operands=operands):
                return _Phrase(f"none of ({self._listed(operands)})")
            case c.AtLeast(count=count, operands=operands):
                return _Phrase(f"fewer than {count} of ({self._listed(operands)})")
            case _:
                assert_never(operand)

    def _listed(self, operands: Iterable[c.Condition]) -> str:
        return "; ".join(self._part(operand).text for operand in operands)

    # ---------------------------------------------------------------------- leaves

    def _is_event(self, fact: str) -> bool:
        return is_of_event(self.graph, fact)

    def _concluded(self, name: str, verb: str) -> _Phrase | None:
        """The words for what is concluded; None for a definition that an author wrote (M90)."""
        definition = self.graph.definitions.get(name)
        if definition is None or definition.concluded is None:
            return None
        conclusion, value = (
            definition.concluded.conclusion,
            definition.concluded.value,
        )
        label = self._quoted(conclusion_text(self.graph, conclusion))
        named = value_label(self.graph, conclusion, value)
        return _Phrase(f'{label} {verb} as "{named}"')

    def _label(self, name: str) -> str:
        """What a fact is called, in quotation marks where the words join others themselves."""
        return self._quoted(fact_text(self.graph, name))

    @staticmethod
    def _quoted(label: str) -> str:
        bare = _BRACKETED.sub("", label)
        if _JOINING.search(bare) or any(mark in bare for mark in '()"'):
            return '"' + label.replace('"', "'") + '"'
        return label

    def _record(self, claim: c.Established | c.Recorded | c.HasValue) -> str:
        """What is, or is not, on record (M14), without its article."""
        match claim:
            case c.Established(operand=c.Has(fact=fact)) if self._is_event(fact):
                return f"record that {self._label(fact)}"
            case c.Recorded(operand=c.Has(fact=fact)) if self._is_event(fact):
                return f"record of whether {self._label(fact)}"
            case c.Recorded(operand=c.HasValue() as has_value):
                return self._record(has_value)
            case c.HasValue(fact=fact):
                known = self.graph.vocabulary.facts.get(fact)
                is_choice = known is not None and known.kind is Kind.CHOICE
                noun = "record" if is_choice else "measurement"
                return f"{noun} of {self._label(fact)}"
            case c.Established(operand=operand):
                return f"record of {self._part(operand).text}"
            case c.Recorded(operand=operand):
                return f"record of {self._part(operand).text} either way"
            case _:
                assert_never(claim)

    def _values(
        self, fact: str, values: tuple[str, ...], *, denied: bool = False
    ) -> str:
        named = [f'"{value_label(self.graph, fact, value)}"' for value in values]
        if len(named) == 1:
            return f"{'other than' if denied else 'stated as'} {named[0]}"
        quantity = "none" if denied else "one"
        return f"stated as {quantity} of ({'; '.join(named)})"

    def _bound(self, compare: c.Compare) -> str:
        fact = self.graph.vocabulary.facts.get(compare.fact)
        unit = fact.unit if fact else None
        return bounded(compare.operator, compare.low, compare.high, unit)

    def _between(self, operands: tuple[c.Condition, ...], word: str) -> _Phrase | None:
        """Both ends of a range of one measure, where the operands are just these."""
        match operands:
            case (
                c.Compare(fact=fact, operator=Operator.AT_LEAST) as least,
                c.Compare(operator=Operator.AT_MOST) as most,
            ) if most.fact == fact and least.low == least.high < most.low == most.high:
                known = self.graph.vocabulary.facts.get(fact)
                ends = range_text(least.low, most.high)
                number = measured(ends, known.unit if known else None)
                return _Phrase(f"{self._label(fact)} {word} {number} inclusive")
            case _:
                return None

    def _assuming(self, phrase: _Phrase, assumptions: tuple[str, ...]) -> _Phrase:
        if self.audience is Audience.PATIENT:
            return phrase
        text = f"{phrase.text} (assuming {listing(assumptions)})"
        return evolve(phrase, text=text)


def bounded(operator: Operator, low: Fraction, high: Fraction, unit: str | None) -> str:
    """The bound of a measure in words: "below 50 mL/min"."""
    number = measured(range_text(low, high), unit)
    if low != high:
        number = f"a bound that the source prints as {number}"
    return f"{_WORDS[operator]} {number}"
