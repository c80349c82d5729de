"""Which patients are advised something: classes of a cone, and the same of a single answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_

from attrs import frozen

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.composition import DOSING
from b12guide.evaluate.composition_parts import Composition, CompositionKind, drugs_of
from b12guide.evaluate.decision import CompletionPart, parts, phases_of
from b12guide.evaluate.explanation import truth
from b12guide.evaluate.facts import Facts
from b12guide.graph import model
from b12guide.graph.condition import Condition, Defined, Has
from b12guide.graph.model import Advice
from b12guide.graph.query import regimens_in, words_in
from b12guide.prove.search import Cone, Search
from b12guide.regimen.model import Phase
from b12guide.trial.expectation import Piece, is_told_of_any_drug, pieces, waits
from b12guide.truth import Truth


def truth_of(name: str, graph: model.RuleGraph) -> Condition:
    """The atom for a fact or a definition."""
    return Defined(name) if name in graph.definitions else Has(name)


def after(event: str) -> str:
    """The name under which a search knows an event that a dose waits for."""
    return f"after {event}"


def event_conditions(graph: model.RuleGraph) -> dict[str, Condition]:
    """The events that doses wait for, by the name under which a search knows them."""
    events = {
        event
        for rule in graph.rules.values()
        for regimen in regimens_in(rule.value)
        for phase in regimen.phases
        for event in phase.after
    }
    return {after(event): truth_of(event, graph) for event in sorted(events)}


def parts_of(
    decision: model.Decision, search: Search, cone: Cone
) -> tuple[CompletionPart, ...]:
    """The classes of a cone, split by which rules of a decision apply."""
    evaluator = search.evaluator
    return parts(decision, evaluator.heard[decision], evaluator, cone.found)


# --------------------------------------------------------------------------- drugs


def rules_naming(drug: str, search: Search) -> tuple[model.Rule, ...]:
    """The rules of all decisions in which the drug may come up, and its prohibitions."""
    by_decision = search.evaluator.by_decision
    offering = (
        rule
        for decision in (model.Decision.FORM, *DOSING)
        if any(drug in words_in(rule.value).drugs for rule in by_decision[decision])
        for rule in search.evaluator.heard[decision]
    )
    return tuple(dict.fromkeys((*offering, *prohibitions(drug, search.graph))))


def prohibitions(drug: str, graph: model.RuleGraph) -> tuple[model.Rule, ...]:
    """The rules that withhold the drug."""
    return tuple(
        rule
        for rule in graph.rules.values()
        if isinstance(rule.value, model.Prohibition) and drug in rule.value.drugs
    )


def given_today(drug: str, search: Search, cone: Cone) -> int:
    """The classes of patients who are offered the drug today, not merely later."""
    graph = search.graph
    offering = {r.decision for r in rules_naming(drug, search)}
    classes = 0
    if model.Decision.FORM in offering:
        for part in parts_of(model.Decision.FORM, search, cone):
            if drug in _drugs_of(part.composed):
                classes |= part.worlds
    withheld = 0
    for rule in prohibitions(drug, graph):
        withheld |= cone.applies(rule.name)
    for decision in DOSING:
        if decision in offering:
            for part in parts_of(decision, search, cone):
                if drug in _drugs_changed_to(part.composed):
                    classes |= part.worlds & ~withheld
                for phase in _phases_of(part.composed, drug):
                    waiting = cone.everybody
                    for event in phase.after:
                        name = after(event)
                        waiting &= cone.true(search.evaluator.program.definitions[name])
                    classes |= part.worlds & waiting & ~withheld
    return classes


def is_given_today(drug: str, answer: Recommendation, facts: Facts) -> bool:
    """Whether an answer offers the drug today, for certain."""
    form = answer.decisions[model.Decision.FORM]
    if drug in {*form.preferred, *form.acceptable}:
        return True
    if drug in may_be_withheld(answer):
        return False
    advice = [
        option.advice
        for decision in DOSING
        for option in answer.decisions[decision].options
        if option.certain
    ]
    phases = (p for one in advice for r in regimens_in(one) for p in r.phases)
    due = (
        all(
            truth(truth_of(event, answer.graph), answer.graph, facts) is Truth.TRUE
            for event in phase.after
        )
        for phase in phases
        if drug in phase.drugs
    )
    return drug in _forms_changed_to(advice) or any(due)


def may_be_withheld(answer: Recommendation) -> frozenset[str]:
    """The drugs that a prohibition withholds, for certain or in some completion."""
    return frozenset(
        drug
        for option in answer.decisions[model.Decision.PERMISSION].options
        if isinstance(option.advice, model.Prohibition) and not option.alternative
        for drug in option.advice.drugs
    )


def _drugs_of(composed: Composition) -> set[str]:
    entries = (*composed.default, *composed.alternatives)
    choices = (e.advice for e in entries if isinstance(e.advice, model.FormChoice))
    return {drug for choice in choices for drug in choice.drugs}


def _drugs_changed_to(composed: Composition) -> set[str]:
    return _forms_changed_to(_offered(composed))


def _forms_changed_to(several: Iterable[Advice]) -> set[str]:
    """The drugs that take the place of the present one (M92)."""
    changes = (one.to for one in several if isinstance(one, model.Change))
    return {d for to in changes if isinstance(to, model.FormChoice) for d in to.drugs}


def _phases_of(composed: Composition, drug: str) -> Iterator[Phase]:
    for advice in _offered(composed):
        for regimen in regimens_in(advice):
            yield from (phase for phase in regimen.phases if drug in phase.drugs)


def _offered(composed: Composition) -> tuple[Advice, ...]:
    """All the advice that is given, the sides of a conflict included."""
    entries = (*composed.default, *composed.alternatives)
    return (*(e.advice for e in entries), *(side.advice for side in composed.sides))


# -------------------------------------------------------------------------- values


@frozen(kw_only=True)
class WantedAdvice:
    """Something that a decision may say.

    Attributes:
        optional: Whether it is to be said as an alternative.
        wholly: Whether all of it is to be said by default, or any of it in any way.
    """

    value: model.Value
    decision: model.Decision
    optional: bool
    wholly: bool


def rules_saying(wanted: WantedAdvice, search: Search) -> tuple[model.Rule, ...]:
    """The rules on which it depends to whom it is said."""
    rules = dict.fromkeys(search.evaluator.heard[wanted.decision])
    if words_in(wanted.value).drugs:
        rules |= dict.fromkeys(search.evaluator.heard[model.Decision.FORM])
    if wanted.decision in DOSING:
        drugs = {d for rule in tuple(rules) for d in words_in(rule.value).drugs}
        for drug in sorted(drugs):
            rules |= dict.fromkeys(prohibitions(drug, search.graph))
    return tuple(rules)


def told(wanted: WantedAdvice, search: Search, cone: Cone) -> int:
    """The classes in which an answer gives the advice; what is withheld is not given (M47)."""
    classes = 0
    for part in parts_of(wanted.decision, search, cone):
        classes |= part.worlds & _told_by(part.composed, wanted, search, cone)
    drugs = words_in(wanted.value).drugs
    if wanted.decision not in DOSING or not drugs:
        return classes
    # A dose comes with its drugs where the decision names them, or else the form offers them.
    named = offered = 0
    for part in parts_of(wanted.decision, search, cone):
        to = _drugs_changed_to(part.composed)
        if drugs & to or any(
            True for drug in drugs for _ in _phases_of(part.composed, drug)
        ):
            named |= part.worlds
    for part in parts_of(model.Decision.FORM, search, cone):
        if drugs <= _drugs_of(part.composed):
            offered |= part.worlds
    return classes & (named | offered)


def _told_by(
    composed: Composition, wanted: WantedAdvice, search: Search, cone: Cone
) -> int:
    """The classes in which the advice is given, where rules say `composed` together."""
    if isinstance(wanted.value, model.NotNeeded):
        return cone.everybody if composed.kind is CompositionKind.NOT_NEEDED else 0
    # With `wholly` each piece has to be said by default, else any of them in any way.
    found = []
    for piece in pieces(wanted.value):
        if wanted.optional:
            heard = [entry.advice for entry in composed.alternatives]
        elif not wanted.wholly or isinstance(piece, model.FormChoice):
            heard = [*_offered(composed)]
        elif isinstance(piece, model.Exclusion):
            # What drugs are for, or against, is said beside the default too.
            entries = composed.alternatives
            required = [e for e in entries if not all(r.optional for r in e.rules)]
            heard = [entry.advice for entry in required]
        else:
            heard = [entry.advice for entry in composed.default]
        classes = 0
        for advice in heard:
            if is_told_of_any_drug(advice, piece):
                classes |= cone.everybody & ~_withheld(advice, piece, search, cone)
        found.append(classes)
    joint = and_ if wanted.wholly else or_
    return reduce(joint, found)


def _withheld(advice: Advice, piece: Piece, search: Search, cone: Cone) -> int:
    """The classes in which a dose is shown as *not now*, unless what it waits for is asked too."""
    if waits(piece):
        return 0
    classes = 0
    for drugs in phases_of(advice):
        withheld = cone.everybody if drugs else 0
        for drug in drugs:
            by = (cone.applies(r.name) for r in prohibitions(drug, search.graph))
            withheld &= reduce(or_, by, 0)
        classes |= withheld
    return classes


# -------------------------------------------------------------- what is never spoken of


def spoken_of(drug: str, search: Search, cone: Cone) -> int:
    """The classes in which rules offer the drug, be it withheld, for later or contraindicated."""
    classes = 0
    for decision in (model.Decision.FORM, *DOSING):
        named = (
            words_in(r.value).drugs for r in search.evaluator.by_decision[decision]
        )
        if any(drug in drugs for drugs in named):
            for part in parts_of(decision, search, cone):
                if any(drug in drugs_of(one) for one in all_said(part.composed)):
                    classes |= part.worlds
    return classes


def ever_told(wanted: WantedAdvice, search: Search, cone: Cone) -> int:
    """The classes to which rules say any of the value, be it withheld or contraindicated."""
    classes = 0
    for part in parts_of(wanted.decision, search, cone):
        advice = all_said(part.composed)
        if any(
            is_told_of_any_drug(one, p) for one in advice for p in pieces(wanted.value)
        ):
            classes |= part.worlds
    return classes


def all_said(composed: Composition) -> tuple[Advice, ...]:
    """All that rules say, what is contraindicated included."""
    return (*_offered(composed), *(one.advice for one in composed.barred))
