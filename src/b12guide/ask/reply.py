"""What a guideline says to a question in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from b12guide.answers import AddressedAnswer
from b12guide.ask.choosing import Chosen, chosen
from b12guide.ask.index import AskIndex
from b12guide.ask.search import (
    Scored,
    Standing,
    Token,
    Understood,
    Unit,
    scored,
    tokens_of,
    understand,
    units_of,
)
from b12guide.ask.told import Told
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Conflict, Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import truth
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import compiled_verdicts, known_facts
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import RuleGraph, Silence
from b12guide.limits import USUAL, Limits
from b12guide.patient.fact_names import FactNames
from b12guide.patient.model import FactValue, Patient, Stated, Units
from b12guide.patient.stated import state
from b12guide.say.names import stated_value
from b12guide.truth import Truth

__all__ = ["Aside", "Reply", "ReplyItem", "reply"]

_MOST_CONFLICTS = 2


@frozen(kw_only=True, repr=False)
class Aside(Record):
    """Something that a question tells and that was not used, with the reason."""

    text: str
    reason: str


@frozen(kw_only=True, repr=False)
class ReplyItem(Record):
    """One thing that a guideline says to a question.

    Attributes:
        kind: `rule` or `definition`.
        name: Its name.
        verdict: The verdict of a rule about the patient; None of a definition.
        score: How well it fits, to be compared within one answer only.
    """

    kind: str
    name: str
    verdict: RuleVerdict | None = None
    score: int


@frozen(kw_only=True, repr=False)
class Reply(AddressedAnswer, Record):
    """What a guideline says to a question in plain words.

    Nothing of it is made up: its items are rules and definitions of the guideline, and where it has
    none, it is silent and says of what the guideline never speaks.

    Attributes:
        question: As it was asked.
        stated: What is known of the patient without what the question tells.
        asked: Whether somebody in particular was asked about.
        on: The day asked for.
        is_why: Whether how it was found is to be told as well.
        told: The facts that were taken from the question.
        asides: What the question tells and was not used.
        items: What the guideline says, the best first, three at most.
        silences: What it does not address and the question is about.
        conflicts: Where what it says on this contradicts itself.
        unknown_words: The words of which the guideline never speaks.
        understood: What was understood of the question, word by word.
        tokens: What was looked for.
        units: What the question is about, piece by piece.
        ranking: Everything that was found, with what it scored.
        covered: How much of what the question is about was found in one place, of a hundred.
        answer: The answer about the patient, with what the question tells.
    """

    graph: RuleGraph = field(repr=False)
    question: str
    stated: Stated = field(repr=False)
    asked: bool = field(default=False, repr=False)
    on: dt.date | None = None
    is_why: bool = field(default=False, repr=False)
    told: Mapping[str, FactValue] = field(factory=dict, converter=frozen_map)
    asides: tuple[Aside, ...] = ()
    items: tuple[ReplyItem, ...] = ()
    silences: tuple[Silence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unknown_words: tuple[str, ...] = ()
    understood: Understood = field(eq=False, repr=False)
    tokens: tuple[Token, ...] = field(default=(), eq=False, repr=False)
    units: tuple[Unit, ...] = field(default=(), eq=False, repr=False)
    ranking: tuple[Scored, ...] = field(default=(), eq=False, repr=False)
    covered: int = field(default=0, eq=False, repr=False)
    index: AskIndex = field(eq=False, repr=False)
    answer: Recommendation = field(eq=False, repr=False)

    @property
    def is_silent(self) -> bool:
        """Whether the guideline says nothing to it, not even that it does not address it."""
        return not (self.items or self.silences)

    def __str__(self) -> str:
        return self.to_text()

    def __hash__(self) -> int:
        return hash((self.graph, self.question, self.stated, self.on))


def reply(  # noqa: PLR0913 -- a question, a patient, a day, and how they are to be read
    question: str,
    patient: Patient | None,
    evaluator: Evaluator,
    index: AskIndex,
    *,
    on: dt.date | None = None,
    units: Units | None = None,
    limits: Limits = USUAL,
    is_why: bool = False,
) -> Reply:
    """What the guideline says to `question` about `patient`, or about nobody in particular.

    Raises:
        PatientError: The patient cannot be used.
    """
    graph = evaluator.graph
    record = Patient() if patient is None else patient
    before = state(record, graph, on, units)
    known = known_facts(evaluator, before, Work(limits))
    verdicts = compiled_verdicts(evaluator, known)
    understood = understand(question, index)
    told, asides = _admitted(understood, before, graph)
    stated, told, refused = _together(evaluator, record, told, on, units)
    found = recommend(evaluator, stated, work=Work(limits))
    falling = {(one.kind, one.name) for one in index.documents if one.falls_away}
    told_of = _with_exceptions(found.rules)
    standings = {
        one.rule.name: _standing(
            one.verdict,
            verdicts[one.rule.name],
            falls_away=("rule", one.rule.name) in falling,
        )
        for one in told_of
    }
    instead = {one.rule.name: one.overridden_by for one in told_of}
    tokens, pieces = tokens_of(understood, index), units_of(understood, index)
    ranking = scored(tokens, index, standings, instead)
    facts = implied_facts(stated, graph, evaluator.program)
    closed = frozenset(_closed(graph, facts, falling))
    picked = chosen(ranking, pieces, index, closed)
    items = tuple(_items(picked, index, told_of))
    return Reply(
        graph=graph,
        question=question,
        stated=before,
        asked=patient is not None,
        on=on,
        is_why=is_why,
        told={one.fact: one.value for one in told},
        asides=(*asides, *refused),
        items=items,
        silences=tuple(_silences(picked, understood, index, found)),
        conflicts=tuple(_conflicts(items, found)),
        unknown_words=understood.unknown,
        understood=understood,
        tokens=tokens,
        units=pieces,
        ranking=ranking,
        covered=picked.covered,
        index=index,
        answer=found,
    )


# ------------------------------------------------------------- the patient and the question


def _admitted(
    understood: Understood, before: Stated, graph: RuleGraph
) -> tuple[tuple[Told, ...], tuple[Aside, ...]]:
    """What the question tells that can be true and that the record does not deny."""
    asides = [
        Aside(
            text=f"{graph.vocabulary.facts[one.fact].label} {one.text}",
            reason="this cannot be, so it was left aside",
        )
        for one in understood.implausible
    ]
    told: list[Told] = []
    for one in understood.told:
        recorded = before.values.get(one.fact)
        if recorded is None or recorded == one.value:
            told.append(one)
            continue
        kept = stated_value(graph, one.fact, recorded)
        reason = f"the patient's record has {kept}, and the record counts"
        asides.append(Aside(text=_said(one, graph), reason=reason))
    return tuple(told), tuple(asides)


def _said(one: Told, graph: RuleGraph) -> str:
    return stated_value(graph, one.fact, one.value)


def _together(
    evaluator: Evaluator,
    record: Patient,
    told: Sequence[Told],
    on: dt.date | None,
    units: Units | None,
) -> tuple[Stated, tuple[Told, ...], tuple[Aside, ...]]:
    """The record with what the question tells, as far as both can be true together."""
    try:
        stated = state(_with(record, told, evaluator.graph), evaluator.graph, on, units)
        implied_facts(stated, evaluator.graph, evaluator.program)
    except PatientError:
        pass
    else:
        return stated, tuple(told), ()
    kept: list[Told] = []
    asides: list[Aside] = []
    # Something contradicts the record, or the rest of the question: one after the other then.
    stated = state(record, evaluator.graph, on, units)
    for one in told:
        whole = _with(record, (*kept, one), evaluator.graph)
        try:
            more = state(whole, evaluator.graph, on, units)
            implied_facts(more, evaluator.graph, evaluator.program)
        except PatientError:
            reason = "this contradicts what else is known of the patient"
            asides.append(Aside(text=_said(one, evaluator.graph), reason=reason))
            continue
        kept.append(one)
        stated = more
    return stated, tuple(kept), tuple(asides)


def _with(record: Patient, told: Sequence[Told], graph: RuleGraph) -> Patient:
    """The patient with what was told beside it, each fact by one name."""
    names = FactNames(graph)
    replaced = {one.fact for one in told}
    facts: dict[str, Any] = {}
    for key, value in record.facts.items():
        meant = names.find(key)
        if meant is None or meant.name not in replaced:
            facts[key] = value
    for one in told:
        facts[one.fact] = _as_recorded(one, graph)
    return evolve(record, facts=facts, places={})


def _as_recorded(one: Told, graph: RuleGraph) -> Any:
    if not isinstance(one.value, Fraction):
        return one.value
    unit = graph.vocabulary.facts[one.fact].unit
    return one.value if unit is None else {"value": one.value, "unit": unit}


# ---------------------------------------------------------------------- the answer


def _standing(now: Verdict, before: Verdict, *, falls_away: bool) -> Standing:
    match now:
        case Verdict.APPLIES:
            return Standing.APPLIES if before is now else Standing.NEWLY
        case Verdict.DOES_NOT_APPLY:
            return Standing.FALLS_AWAY if falls_away else Standing.NOT_ON_RECORD
        case Verdict.OVERRIDDEN:
            return Standing.OVERRIDDEN
        case _:
            return Standing.OPEN


def _closed(
    graph: RuleGraph, facts: Facts, falling: Collection[tuple[str, str]]
) -> Iterator[int]:
    """The silences, by number, that are about other patients."""
    for number, silence in enumerate(graph.silences):
        condition = silence.condition
        if condition is None or ("silence", str(number)) not in falling:
            continue
        if truth(condition, graph, facts) is Truth.FALSE:
            yield number


def _with_exceptions(rules: Sequence[RuleVerdict]) -> tuple[RuleVerdict, ...]:
    """The verdicts; a rule of which an exception applies is overridden, even if it is open.

    Whatever is still unknown, it will not apply: nobody is to read it as an offer.
    """
    applying = {one.rule.name for one in rules if one.verdict is Verdict.APPLIES}
    found = []
    for one in rules:
        by = tuple(name for name in one.rule.exceptions if name in applying)
        if by and one.verdict in {Verdict.UNKNOWN, Verdict.INDETERMINATE}:
            found.append(
                evolve(one, verdict=Verdict.OVERRIDDEN, needs=(), overridden_by=by)
            )
        else:
            found.append(one)
    return tuple(found)


def _items(
    picked: Chosen, index: AskIndex, rules: Sequence[RuleVerdict]
) -> Iterator[ReplyItem]:
    verdicts = {one.rule.name: one for one in rules}
    for one in picked.items:
        document = index.documents[one.document]
        is_rule = document.kind == "rule"
        yield ReplyItem(
            kind=document.kind,
            name=document.name,
            verdict=verdicts[document.name] if is_rule else None,
            score=one.score,
        )


def _silences(
    picked: Chosen, understood: Understood, index: AskIndex, found: Recommendation
) -> Iterator[Silence]:
    """Those that were found, and those about this patient that concern what is asked."""
    graph = found.graph
    told = [int(index.documents[one.document].name) for one in picked.silences]
    for number in told:
        yield graph.silences[number]
    if not (picked.items or picked.silences):
        return
    spoken_of = {
        index.dictionary.concepts[key].name
        for mention in understood.mentions
        for key in mention.concepts
    }
    said = {graph.silences[number].text for number in told}
    for silence in found.silences:
        if silence.text not in said and not spoken_of.isdisjoint(silence.topics):
            yield silence


def _conflicts(items: Sequence[ReplyItem], found: Recommendation) -> Iterator[Conflict]:
    """The conflicts of which one side is in the answer."""
    told = {item.name for item in items}
    concerned = [
        one
        for one in found.conflicts
        if any(not told.isdisjoint(side.rules) for side in one.sides)
    ]
    yield from sorted(concerned, key=lambda one: not one.certain)[:_MOST_CONFLICTS]
