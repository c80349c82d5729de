"""What an answer says beside its decisions: remarks, assumptions, challenges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from b12guide.evaluate.answer import Conflict, Notice, RuleVerdict, Verdict
from b12guide.evaluate.explanation import explain, resting_on
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.memory import remembered
from b12guide.evaluate.patient_view import Known
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Remark,
    Rule,
    RuleGraph,
    Silence,
)
from b12guide.truth import Truth

__all__ = [
    "assumptions",
    "challenges",
    "remarks",
    "scope_notices",
    "speaking",
]

SPEAKING = (Verdict.APPLIES, Verdict.INDETERMINATE)
LEFT_OPEN = "Left open by the threshold that the source prints: "
OUT_OF_SCOPE = "the guideline is not written for this patient, so it advises nothing"
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the answer holds if it is"
)


def scope_notices(scope: Truth) -> tuple[Notice, ...]:
    """What is to be said of a patient who is not, or may not be, in scope."""
    texts = {Truth.FALSE: (OUT_OF_SCOPE,), Truth.UNKNOWN: (SCOPE_UNKNOWN,)}
    return tuple(Notice(text=text) for text in texts.get(scope, ()))


def speaking(verdicts: Mapping[str, RuleVerdict]) -> tuple[Rule, ...]:
    """The rules that apply, or that the source's own threshold leaves open."""
    return tuple([v.rule for v in verdicts.values() if v.verdict in SPEAKING])


def remarks(
    evaluator: Evaluator, verdicts: Mapping[str, RuleVerdict]
) -> tuple[Notice, ...]:
    """What those notes say that speak."""
    found = [(rule, verdicts[rule.name].verdict) for rule in evaluator.notes]
    return tuple(_notice(*one) for one in found if one[1] in SPEAKING)


def _notice(rule: Rule, verdict: Verdict) -> Notice:
    left_open = LEFT_OPEN if verdict is Verdict.INDETERMINATE else ""
    text = rule.value.text if isinstance(rule.value, Remark) else ""
    return Notice(text=left_open + text, rule=rule.name)


def assumptions(
    patient: Known,
    rules: Iterable[Rule],
    silences: Sequence[Silence],
    clashes: Sequence[Conflict],
) -> tuple[Assumption, ...]:
    """The assumptions behind anything that the answer says, `rules` being those that speak."""
    graph = patient.evaluator.graph
    names = set(graph.scope_assumptions)
    for rule in rules:
        names.update(rule.grounds.assumptions)
        if not names.issuperset(rule.assumptions):
            names.update(_behind(rule, patient))
    for silence in silences:
        names.update(silence.noted_as, silence.grounds.assumptions)
    for clash in clashes:
        clashing = {name for side in clash.sides for name in side.rules}
        for declared in graph.conflicts:
            if {declared.first, declared.second} <= clashing:
                names.update(declared.noted_as)
    known = graph.assumptions
    return tuple(known[name] for name in sorted(names) if name in known)


def _behind(rule: Rule, patient: Known) -> tuple[str, ...]:
    """The assumptions that the truth of the rule's condition rests on."""
    evaluator = patient.evaluator
    truths = [patient.rails[step] for step in evaluator.steps[rule.name].below]
    stated = tuple(patient.facts.definitions)
    return remembered(
        evaluator.memory.resting,
        (rule.name, tuple(truths), stated),
        lambda: tuple(
            resting_on(
                explain(rule.condition, evaluator.graph, patient.facts), evaluator.graph
            )
        ),
    )


def challenges(graph: RuleGraph, rules: Iterable[Rule]) -> tuple[Challenge, ...]:
    """The challenges to the rules that speak."""
    names = {name for rule in rules for name in rule.grounds.challenges}
    known = graph.challenges
    return tuple(known[name] for name in sorted(names) if name in known)
