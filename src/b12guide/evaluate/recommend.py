"""A patient's recommendation: every decision, the questions, and everything left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from b12guide.evaluate.answer import (
    Conflict,
    Decided,
    Notice,
    Outcome,
    Question,
    Recommendation,
    RuleVerdict,
    Verdict,
    worded,
)
from b12guide.evaluate.cases import Cases, CountedCases, drawn_cases
from b12guide.evaluate.completions import Completions, completions
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.evaluate.context import (
    assumptions,
    challenges,
    remarks,
    remarks_on_record,
    scope_notices,
    silences,
    speaking,
    unread_facts,
)
from b12guide.evaluate.decision import (
    CompletionPart,
    composition_of,
    conflicts,
    decide,
    elsewhere,
    finished,
    parts,
)
from b12guide.evaluate.decision_by_items import DecisionByItems, decide_by_items
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.implications import UNSETTLED, listed
from b12guide.evaluate.memory import Work, remembered
from b12guide.evaluate.patient_view import PatientView, needs, verdicts_of, view_of
from b12guide.evaluate.program import open_facts
from b12guide.evaluate.questions import Needed, ask, distinctions
from b12guide.graph.model import Decision, Rule, Silence
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth

DECISIONS = tuple(decision for decision in Decision if decision is not Decision.NOTE)

TOO_OPEN = (
    "too much is unknown to compare every completion of the {decision} decision; what is "
    "shown follows from the known facts alone, and the unknown ones may change it"
)

FEW = 1 << 16
"""The completions of a decision that are counted out; of more, diagrams are drawn."""

MOST_STEPS = 3_000_000
"""The work that one decision may take; more takes many seconds."""

UNIONS = {
    Decision.PERMISSION,
    Decision.TECHNIQUE,
    Decision.MONITORING,
    Decision.CONTINUATION,
}
"""Decisions whose parts add up, so that one part does not take another away."""


@frozen(kw_only=True, eq=False, repr=False)
class DecidedAll:
    """The decisions, their conflicts, and what had to be left coarse."""

    decisions: Mapping[Decision, Decided]
    conflicts: tuple[Conflict, ...]
    notices: tuple[Notice, ...]


@frozen(kw_only=True, eq=False, repr=False)
class OpenDecision:
    """One decision over its completions, before it is known which facts are asked for.

    Attributes:
        parts: What is said in them; where there are too many to compose each (`by_items`), in the
            cases with a conflict, and in one of the others.
        waiting: Without completions (`exact` is False), what its rules wait for.
        cost: The steps of work that the diagrams took so far.
    """

    parts: tuple[CompletionPart, ...]
    distinctions: tuple[Needed, ...] = ()
    by_items: DecisionByItems | None = None
    exact: bool = True
    waiting: tuple[str, ...] = ()
    cost: int = 0

    @property
    def kinds(self) -> frozenset[CompositionKind]:
        """What the decision amounts to in some completion."""
        if self.by_items is not None:
            return frozenset(self.by_items.kinds)
        return frozenset(part.composed.kind for part in self.parts)

    @property
    def is_settled(self) -> bool:
        """Whether all completions say the very same, alternatives and exclusions included."""
        if self.by_items is not None:
            said = self.by_items.said
            certain = [one.certain for one in said.options]
            certain += [one.certain for one in said.not_offered]
            return self.by_items.is_settled and all(certain)
        different = {part.composed.everything for part in self.parts}
        return self.exact and len(different) == 1


@frozen(eq=False, repr=False)
class _State:
    """One decision and its conflicts, before other decisions have their say in it."""

    decided: Decided
    conflicts: tuple[Conflict, ...]


def decide_all(patient: PatientView, verdicts: Mapping[str, RuleVerdict]) -> DecidedAll:
    """The state of every decision."""
    evaluator = patient.evaluator
    applying = {one: _applying(one, evaluator, verdicts) for one in DECISIONS}
    open_ = {
        one: opened(one, patient, verdicts)
        for one, rules in applying.items()
        if rules is None
    }
    asked = ask([d for one in open_.values() for d in one.distinctions])
    states = {
        one: _state(one, open_[one], asked, patient, verdicts)
        if rules is None
        else remembered(
            evaluator.memory.states,
            (one.value, rules),
            partial(_closed, one, rules, evaluator),
        )
        for one, rules in applying.items()
    }
    for one, found in open_.items():
        if found.by_items is not None:  # what was worked out to know what to ask
            steps = found.by_items.steps - found.cost
            patient.work.spend(steps, f"the {one.value} decision")
    other = elsewhere(
        states[Decision.FORM].decided, states[Decision.PERMISSION].decided
    )
    return DecidedAll(
        decisions={
            one: remembered(
                evaluator.memory.finished,
                None if rules is None else (one.value, rules, other),
                partial(finished, states[one].decided, other),
            )
            for one, rules in applying.items()
        },
        conflicts=tuple(c for state in states.values() for c in state.conflicts),
        notices=tuple(
            Notice(text=TOO_OPEN.format(decision=decision.value))
            for decision, one in open_.items()
            if not one.exact
        ),
    )


def _applying(
    decision: Decision, evaluator: Evaluator, verdicts: Mapping[str, RuleVerdict]
) -> tuple[str, ...] | None:
    """The rules that apply, from which everything follows; None if one of the rules is open."""
    found = []
    for rule in evaluator.heard[decision]:
        verdict = verdicts[rule.name].verdict
        if verdict is Verdict.APPLIES:
            found.append(rule.name)
        elif verdict is Verdict.UNKNOWN or verdict is Verdict.INDETERMINATE:
            return None
    return tuple(found)


def _closed(
    decision: Decision, applying: tuple[str, ...], evaluator: Evaluator
) -> _State:
    """A decision of which no rule is open."""
    rules = [evaluator.graph.rules[name] for name in applying]
    found = OpenDecision(
        parts=(CompletionPart(1, composition_of(decision, rules, evaluator)),)
    )
    return _State(
        standing(decision, found, evaluator),
        conflicts(decision, found.parts, evaluator.graph, ()),
    )


def _state(
    decision: Decision,
    found: OpenDecision,
    asked: tuple[str, ...],
    patient: PatientView,
    verdicts: Mapping[str, RuleVerdict],
) -> _State:
    depends_on = waits_for(found, asked)
    left_open = tuple(
        rule.name
        for rule in patient.evaluator.heard[decision]
        if verdicts[rule.name].verdict is Verdict.INDETERMINATE
    )
    return _State(
        standing(
            decision,
            found,
            patient.evaluator,
            depends_on=depends_on,
            indeterminate=left_open,
        ),
        conflicts(decision, found.parts, patient.evaluator.graph, depends_on),
    )


def waits_for(found: OpenDecision, asked: Sequence[str]) -> tuple[str, ...]:
    """What could still change a decision, in the facts that are `asked` for anyhow first."""
    return ask(found.distinctions, asked) if found.exact else found.waiting


def standing(
    decision: Decision,
    found: OpenDecision,
    evaluator: Evaluator,
    *,
    depends_on: tuple[str, ...] = (),
    indeterminate: tuple[str, ...] = (),
) -> Decided:
    """Where a decision stands, before other decisions have their say in it."""
    if found.by_items is not None:
        return found.by_items.decide(depends_on=depends_on, indeterminate=indeterminate)
    said = tuple([part.composed for part in found.parts])
    decided = remembered(
        evaluator.memory.decided,
        (decision.value, said, depends_on, indeterminate),
        lambda: decide(
            decision,
            found.parts,
            evaluator.place,
            depends_on=depends_on,
            indeterminate=indeterminate,
        ),
    )
    return decided if found.exact else _coarse(decided)


def nothing() -> dict[Decision, Decided]:
    """The decisions about somebody for whom the guideline is not written."""
    return {one: Decided(decision=one, outcome=Outcome.SILENT) for one in DECISIONS}


def questions(
    patient: PatientView, scope: Truth, decisions: Mapping[Decision, Decided]
) -> tuple[Question, ...]:
    """The questions, those that bear on the most decisions first."""
    evaluator = patient.evaluator
    decides: dict[str, dict[Decision, None]] = {}
    if scope is Truth.UNKNOWN:
        for name in needs((evaluator.program.scope,), patient):
            decides[name] = dict.fromkeys(decisions)
    for decision, decided in decisions.items():
        for name in decided.depends_on:
            decides.setdefault(name, {})[decision] = None
    order = {name: i for i, name in enumerate(evaluator.graph.vocabulary.facts)}

    def rank(name: str) -> tuple[int, list[int], int, str]:
        served = [DECISIONS.index(decision) for decision in decides[name]]
        return (-len(served), served, order.get(name, -1), name)

    ranked = sorted(decides, key=rank)
    return tuple(_question(patient, name, tuple(decides[name])) for name in ranked)


def _question(
    patient: PatientView, name: str, decides: tuple[Decision, ...]
) -> Question:
    graph, program = patient.evaluator.graph, patient.evaluator.program
    definition = graph.definitions.get(name)
    if definition is None:
        label = graph.vocabulary.facts[name].label
        return Question(fact=name, label=label, decides=decides)
    behind = open_facts(program, program.definitions[name], patient.rails)
    order = list(graph.vocabulary.facts)
    return Question(
        fact=name,
        label=definition.label,
        decides=decides,
        behind=tuple(sorted(behind, key=order.index)),
    )


def opened(
    decision: Decision, patient: PatientView, verdicts: Mapping[str, RuleVerdict]
) -> OpenDecision:
    """One decision over all completions of what is unknown of `patient`."""
    evaluator = patient.evaluator
    rules = evaluator.heard[decision]
    roots = evaluator.roots[decision]
    worlds = completions(roots, patient, FEW)
    if worlds is not None:
        try:
            return _compared(decision, worlds, patient)
        except TooLargeError:
            pass  # few completions, but too many sets of rules
        found = _by_items(decision, patient, partial(CountedCases.of, worlds))
    else:
        found = _by_items(decision, patient, partial(drawn_cases, roots, patient))
    if found is not None:
        return found
    waiting = dict.fromkeys(n for r in rules for n in verdicts[r.name].needs)
    applying = [rule for rule in rules if _is_certain(rule, patient)]
    return OpenDecision(
        parts=(CompletionPart(1, composition_of(decision, applying, evaluator)),),
        exact=False,
        waiting=tuple(waiting),
    )


def _by_items(
    decision: Decision, patient: PatientView, cases: Callable[[int], Cases | None]
) -> OpenDecision | None:
    """A decision item by item; None where that is too much as well.

    Args:
        decision: The decision.
        patient: The patient.
        cases: The cases, drawn within so many steps.
    """
    work, name = patient.work, f"the {decision.value} decision"
    most = min(MOST_STEPS, work.left + 1)
    try:
        drawn = cases(most)
        if drawn is None:
            return None
        by_items = decide_by_items(decision, patient, drawn)
        found = OpenDecision(
            parts=by_items.clashing,
            distinctions=by_items.needed(),
            by_items=by_items,
            cost=by_items.steps,
        )
    except TooLargeError:
        work.spend(most, name)
        return None
    work.spend(found.cost, name)
    return found


def _compared(
    decision: Decision, worlds: Completions, patient: PatientView
) -> OpenDecision:
    """A decision of which every completion is composed.

    Raises:
        TooLargeError: Too many sets of rules apply in some of them.
    """
    evaluator = patient.evaluator
    split = parts(decision, evaluator.heard[decision], evaluator, worlds)
    patient.work.spend(len(split), f"the {decision.value} decision")
    needed = distinctions(decision, worlds, split, patient.facts.values.keys())
    return OpenDecision(parts=split, distinctions=needed)


def _is_certain(rule: Rule, patient: PatientView) -> bool:
    """Whether a rule applies, and no exception to it might."""
    program, rails = patient.evaluator.program, patient.rails
    condition = rails[program.conditions[rule.name]]
    exceptions = rails[program.exceptions[rule.name]]
    return condition == (1, 0) and exceptions == (0, 1)


def _coarse(decided: Decided) -> Decided:
    """A decision of which not every completion was compared: nothing but a part is certain."""
    keeps = decided.decision in UNIONS
    options = tuple(evolve(o, certain=o.certain and keeps) for o in decided.options)
    return evolve(
        decided,
        outcome=Outcome.DEPENDS,
        options=options,
        preferred=(),
        acceptable=(),
        excluded=(),
    )


def recommend(
    evaluator: Evaluator,
    stated: Stated,
    *,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> Recommendation:
    """What the guideline says about the patient of whom `stated` is known.

    Raises:
        PatientError: The facts contradict each other, or the answer takes more `work` than it may.
    """
    return _answered(view_of(evaluator, stated, reading, work), stated)


def answer(evaluator: Evaluator, stated: Stated, facts: Facts) -> Recommendation:
    """The recommendation for facts that are already closed."""
    return _answered(PatientView.of(evaluator, facts), stated)


def _answered(patient: PatientView, stated: Stated) -> Recommendation:
    evaluator = patient.evaluator
    graph = evaluator.graph
    scope = patient.truth(evaluator.program.scope)
    verdicts = verdicts_of(patient)
    heard = speaking(verdicts)
    if scope is Truth.FALSE:
        settled = DecidedAll(decisions=nothing(), conflicts=(), notices=())
        unsaid: tuple[Silence, ...] = ()
    else:
        settled = decide_all(patient, verdicts)
        unsaid = silences(patient)
    unread = unread_facts(stated, graph, evaluator.heeded, unsaid)
    told = tuple(remarks_on_record(stated, graph, unread))
    return Recommendation(
        graph=graph,
        stated=stated,
        on=stated.on,
        scope=scope,
        rules=tuple(verdicts.values()),
        decisions={
            decision: worded(decided, graph)
            for decision, decided in settled.decisions.items()
        },
        questions=questions(patient, scope, settled.decisions),
        conflicts=settled.conflicts,
        assumptions=assumptions(patient, heard, unsaid, settled.conflicts),
        challenges=challenges(graph, heard),
        silences=unsaid,
        notices=(
            *scope_notices(scope),
            *(Notice(text=text) for text in told),
            *_unsettled(patient),
            *remarks(evaluator, verdicts),
            *settled.notices,
        ),
        unread=unread,
        remarks=told,
        assumed_absent=_assumed_absent(patient, stated),
        reading=patient.facts.reading,
    )


def _unsettled(patient: PatientView) -> tuple[Notice, ...]:
    """What is to be said where not everything that follows could be worked out."""
    facts = patient.facts.unsettled
    return (Notice(text=UNSETTLED.format(facts=listed(facts))),) if facts else ()


def _assumed_absent(patient: PatientView, stated: Stated) -> dict[str, FactValue]:
    """The measures that have a value because nobody mentioned them (M6)."""
    if stated.otherwise is Otherwise.UNKNOWN:
        return {}
    values = patient.facts.values
    return {
        name: absent
        for name, absent in patient.evaluator.absent_measures.items()
        if name not in stated.values and values.get(name) == absent
    }
