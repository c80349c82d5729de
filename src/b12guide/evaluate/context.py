"""What an answer says around its decisions: remarks, assumptions, challenges, silences, the record.

A silence has topics: a fact, drug, test, route, site or service. It is shown at the top of every
answer and again beside what it concerns, so that nobody reads "not now: folic acid" without the
remark that folic acid for a pregnancy is not addressed. An author may name the decisions that it
stands beside among the topics (`silent on pregnancy, loading, maintenance`). Where none is named,
they follow from the topics, see `decisions_about`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from attrs import evolve

from b12guide.evaluate import answer
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import Explainer, resting_on
from b12guide.evaluate.memory import once, remembered
from b12guide.evaluate.patient_view import PatientView, Verdicts
from b12guide.graph import model as m
from b12guide.graph.condition import Condition
from b12guide.graph.query import brief_text, definitions_in, facts_read_by, words_in
from b12guide.patient.derived_text import not_worked_out
from b12guide.patient.model import Datum, FactValue, Standing, Stated
from b12guide.say.names import stated_value
from b12guide.say.numbers import number_text, unit_text
from b12guide.say.schedules import currency_text
from b12guide.truth import Truth

LEFT_OPEN = "Left open by the threshold that the source prints: "
OUT_OF_SCOPE = "the guideline is not written for this patient, so it advises nothing"
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the answer holds if it is"
)


def scope_notices(scope: Truth) -> tuple[answer.Notice, ...]:
    """What is to be said of a patient who is not, or may not be, in scope."""
    if scope is Truth.TRUE:
        return ()
    texts = {Truth.FALSE: (OUT_OF_SCOPE,), Truth.UNKNOWN: (SCOPE_UNKNOWN,)}
    return tuple(answer.Notice(text=text) for text in texts.get(scope, ()))


def speaking(evaluator: Evaluator, verdicts: Verdicts) -> tuple[m.Rule, ...]:
    """The rules that apply, or that the source's own threshold leaves open."""
    may_speak = verdicts.applying | verdicts.indeterminate
    return tuple([one.rule for one in evaluator.rules_in(may_speak)])


def remarks(evaluator: Evaluator, verdicts: Verdicts) -> tuple[answer.Notice, ...]:
    """What those notes say that speak."""
    applying = verdicts.applying & evaluator.noting
    left_open = verdicts.indeterminate & evaluator.noting
    return remembered(
        evaluator.memory.remarks,
        (applying, left_open),
        lambda: tuple(
            answer.Notice(
                text=(LEFT_OPEN if one.bit & left_open else "") + one.rule.value.text,
                rule=one.rule.name,
            )
            for one in sorted(
                evaluator.rules_in(applying | left_open),
                key=lambda one: evaluator.place[one.rule.name],
            )
            if isinstance(one.rule.value, m.Remark)
        ),
    )


_JUDGED_BY_AGE = (Standing.COUNTS, Standing.OUTDATED)


def assumptions(
    patient: PatientView,
    stated: Stated,
    rules: Iterable[m.Rule],
    silences: Sequence[m.Silence],
    clashes: Sequence[answer.Conflict],
) -> tuple[m.Assumption, ...]:
    """The assumptions behind anything that the answer says, `rules` being those that speak."""
    evaluator, graph = patient.evaluator, patient.evaluator.graph
    explainer = Explainer(outlines=evaluator.outlines, facts=patient.facts)

    def resting(rule: m.Rule) -> tuple[str, ...]:
        # Only the parts that make the condition true count (M57): that glossitis is read as
        # neurological is no assumption about a patient without glossitis. Explaining each rule of
        # each patient is dear, so the truths of the parts are the key under which it is kept.
        truths = tuple([patient.rails[s] for s in evaluator.steps[rule.name].below])
        return remembered(
            evaluator.memory.resting,
            (rule.name, truths, tuple(patient.facts.definitions)),
            lambda: tuple(resting_on(explainer.rule(rule.name), graph)),
        )

    names = set(graph.scope_assumptions)
    for datum in stated.data:  # that a value counts still, or no longer (M71)
        if datum.until is not None and datum.standing in _JUDGED_BY_AGE:
            names.update(graph.currencies[datum.fact].assumptions)
    for derived in stated.worked_out:
        names.update(graph.derivations[derived.fact].assumptions)
    for rule in rules:
        names.update(rule.grounds.assumptions)
        if not names.issuperset(rule.assumptions):
            names.update(resting(rule))
    for silence in silences:
        names.update(silence.noted_as, silence.grounds.assumptions)
    for clash in clashes:
        clashing = {name for side in clash.sides for name in side.rules}
        for declared in graph.conflicts:
            if {declared.first, declared.second} <= clashing:
                names.update(declared.noted_as)
    known = graph.assumptions
    return tuple(known[name] for name in sorted(names) if name in known)


def challenges(graph: m.RuleGraph, rules: Iterable[m.Rule]) -> tuple[m.Challenge, ...]:
    """The challenges to the rules that speak."""
    names = {name for rule in rules for name in rule.grounds.challenges}
    known = graph.challenges
    return tuple(known[name] for name in sorted(names) if name in known)


_MOST_DAYS = 3


def remarks_on_record(
    evaluator: Evaluator, stated: Stated, unread: tuple[str, ...] = ()
) -> Iterator[str]:
    """What is to be said of a record, `unread` being the facts that no rule reads."""
    graph, told_of = evaluator.graph, evaluator.memory.recorded
    assumed = [
        remembered(told_of, (d.fact, d.value, d.assumed), partial(_as_read, graph, d))
        for d in stated.assumed
        if isinstance(d.value, Fraction | int)
    ]
    if assumed:
        yield f"no unit was given: {', '.join(assumed)}"
    later: dict[str, list[dt.date]] = {}
    for datum in stated.data:
        if datum.standing is Standing.LATER and datum.on is not None:
            later.setdefault(datum.fact, []).append(datum.on)
    for fact, days in later.items():
        told = ", ".join(day.isoformat() for day in days[:_MOST_DAYS])
        more = f" and {len(days) - _MOST_DAYS} more days" if days[_MOST_DAYS:] else ""
        yield (
            f"{brief_text(graph, fact)} is recorded for {told}{more}, after the day asked "
            f"for ({stated.on}): not used"
        )
    for datum in stated.outdated:
        yield _too_old(datum, stated, graph)
    yield from not_worked_out(graph, stated)
    yield from _not_looked_at(stated, graph)
    if unread:
        names = remembered(
            told_of,
            unread,
            lambda: ", ".join([brief_text(graph, fact) for fact in unread]),
        )
        yield f"recorded, read by no rule: {names}"


def _as_read(graph: m.RuleGraph, datum: Datum) -> str:
    """In which unit a bare number was taken."""
    number = "" if datum.value is None else number_text(Fraction(datum.value))
    unit = unit_text(datum.assumed or "")
    return f"{brief_text(graph, datum.fact)} {number} was read as {unit}"


def _too_old(datum: Datum, stated: Stated, graph: m.RuleGraph) -> str:
    """What is said of a value that is too old to count (M71)."""
    last = stated_value(graph, datum.fact, _known(datum))
    return (
        f"{last} was last recorded on {datum.on} and counts for "
        f"{currency_text(graph.currencies[datum.fact])}: on {stated.on} it is not known"
    )


def _not_looked_at(stated: Stated, graph: m.RuleGraph) -> Iterator[str]:
    """That nobody asked for a day, where some values count for some time only."""
    dated = [
        f"{brief_text(graph, d.fact)} of {d.on} ({currency_text(graph.currencies[d.fact])})"
        for d in stated.data
        if stated.on is None and d.until is not None and d.standing is Standing.COUNTS
    ]
    if dated:
        yield (
            "no day was asked for, so it was not looked at how old this is: "
            + ", ".join(dated)
        )
    of = {age.fact for age in graph.ages.values()}
    ages = [
        f"{brief_text(graph, d.fact)} ({d.on})"
        for d in stated.data
        if stated.on is None and d.on is not None and d.fact in of and d.value is True
    ]
    if ages:
        yield (
            "no day was asked for, so it is not known for how long, or how long ago: "
            + ", ".join(ages)
        )


def _known(datum: Datum) -> FactValue:
    return False if datum.value is None else datum.value


def unread_facts(
    stated: Stated,
    graph: m.RuleGraph,
    heeded: frozenset[str],
    silences: Iterable[m.Silence],
) -> tuple[str, ...]:
    """The facts with a value that no rule reads, but for those that a silence names or asks for."""
    unheeded = [
        name
        for name, value in stated.values.items()
        if value is not None and name not in heeded
    ]
    if not unheeded:  # as a rule: what a silence reads need not be looked up
        return ()
    known: set[str] = set()
    for silence in silences:
        known.update(silence.topics)
        if silence.condition is not None:
            asked = _asked_by_silences(graph).get(id(silence.condition))
            if asked is None:
                asked = _asked_by(silence.condition, graph)
            known |= asked
    return tuple([name for name in unheeded if name not in known])


@once
def _asked_by_silences(graph: m.RuleGraph) -> Mapping[int, frozenset[str]]:
    """The facts that the condition of each silence reads, by the condition itself.

    A condition takes long to compare, and the graph that is kept here keeps its own alive.
    """
    return {
        id(one.condition): _asked_by(one.condition, graph)
        for one in graph.silences
        if one.condition is not None
    }


def _asked_by(condition: Condition, graph: m.RuleGraph) -> frozenset[str]:
    return frozenset(facts_read_by(condition, graph.definitions))


def silences(patient: PatientView) -> tuple[m.Silence, ...]:
    """What the guideline does not address and this patient brings up."""
    evaluator, rails = patient.evaluator, patient.rails
    brought_up: dict[int, tuple[tuple[str, ...], ...]] = {}
    for number, topics, step in evaluator.silence_parts:
        if rails[step][0]:
            brought_up[number] = (*brought_up.get(number, ()), topics)
    return tuple(
        [
            remembered(
                evaluator.memory.silences,
                (number, had),
                partial(
                    evolve,
                    evaluator.graph.silences[number],
                    topics=tuple(topic for topics in had for topic in topics),
                ),
            )
            for number, had in brought_up.items()
        ]
    )


def silences_about(
    recommendation: answer.Recommendation, about: m.Decision | m.Rule | str
) -> tuple[m.Silence, ...]:
    """The silences that concern a decision, a rule, or a word of any kind."""
    graph = recommendation.graph

    def concerns(silence: m.Silence) -> bool:
        match about:
            case m.Decision():
                return about in decisions_about(silence, graph)
            case m.Rule():
                names = names_in(about, graph)
                return about.decision in silence.decisions or bool(
                    names.intersection(silence.topics)
                )
            case str():
                return about in silence.topics

    return tuple(filter(concerns, recommendation.silences))


def silences_beside(
    recommendation: answer.Recommendation, decision: m.Decision
) -> tuple[m.Silence, ...]:
    """The silences that are shown in the row of a decision.

    A silence stands beside those of its decisions of which the answer says something; where it says
    nothing of any, beside each of them.
    """
    graph = recommendation.graph

    def is_said(other: m.Decision) -> bool:
        decided = recommendation.decisions.get(other)
        return decided is not None and not decided.is_silent

    return tuple(
        silence
        for silence in silences_about(recommendation, decision)
        if is_said(decision) or not any(map(is_said, decisions_about(silence, graph)))
    )


def decisions_about(silence: m.Silence, graph: m.RuleGraph) -> tuple[m.Decision, ...]:
    """The decisions beside which a silence is shown, in reading order.

    Those that its author names; else the decisions of the rules that name or read a topic. A topic
    that no rule mentions concerns the decision on words of its kind: a drug the form, a route the
    route, a site the technique, a test the monitoring, a service the referral. A fact that no rule
    reads concerns no decision in particular, and is shown at the top alone.
    """
    found = set(silence.decisions)
    words = graph.vocabulary
    of_kind = {
        m.Decision.FORM: words.drugs,
        m.Decision.ROUTE: words.routes,
        m.Decision.TECHNIQUE: words.sites,
        m.Decision.MONITORING: words.tests,
        m.Decision.REFERRAL: words.services,
    }
    for topic in () if found else silence.topics:
        mentioned = _mentions(graph).get(topic, frozenset()) - {m.Decision.NOTE}
        found |= mentioned or {d for d, kind in of_kind.items() if topic in kind}
    return tuple(d for d in m.Decision if d in found and d is not m.Decision.NOTE)


@once
def _mentions(graph: m.RuleGraph) -> Mapping[str, frozenset[m.Decision]]:
    """The decisions of the rules that name or read each word.

    Every row of an answer asks for it, and a rule is long to read through its definitions.
    """
    found: dict[str, set[m.Decision]] = {}
    for rule in graph.rules.values():
        for name in names_in(rule, graph):
            found.setdefault(name, set()).add(rule.decision)
    return {name: frozenset(decisions) for name, decisions in found.items()}


def names_in(rule: m.Rule, graph: m.RuleGraph) -> frozenset[str]:
    """The rule's name, the words in what it says, and all that its condition reads."""
    words = words_in(rule.value)
    defined = definitions_in(rule.condition, graph.definitions)
    asked = [graph.definitions[name].concluded for name in defined]
    return frozenset({rule.name}).union(
        words.facts,
        words.drugs,
        words.tests,
        words.routes,
        words.sites,
        words.services,
        words.conclusions,
        (one.conclusion for one in asked if one is not None),
        facts_read_by(rule.condition, graph.definitions),
        defined,
    )
