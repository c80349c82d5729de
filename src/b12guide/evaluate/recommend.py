"""A patient's recommendation: every decision, the questions, and everything left open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from attrs import evolve, field, frozen

from b12guide.evaluate import by_weight, context
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
from b12guide.evaluate.completions import completions
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.evaluate.decision import (
    CompletionPart,
    composition_of,
    conflicts,
    decide,
    elsewhere,
    finished,
    has_doses,
    parts,
)
from b12guide.evaluate.decision_by_items import DecisionByItems, decide_by_items
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.implications import UNSETTLED, listed
from b12guide.evaluate.memory import Work, remembered
from b12guide.evaluate.patient_view import (
    PatientView,
    Verdicts,
    needs,
    verdicts_of,
    view_of,
)
from b12guide.evaluate.program import open_facts
from b12guide.evaluate.questions import Needed, ask, distinctions, rank
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, RuleGraph, Silence
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.patient.worked_out import unknown_parts
from b12guide.truth import Truth

DECISIONS: tuple[Decision, ...] = tuple(d for d in Decision if d is not Decision.NOTE)
_FORM = DECISIONS.index(Decision.FORM)
_PERMISSION = DECISIONS.index(Decision.PERMISSION)

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
    Decision.REFERRAL,
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


def recommend(
    evaluator: Evaluator,
    stated: Stated,
    *,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> Recommendation:
    """What the guideline says about the patient about whom `stated` is known.

    Raises:
        PatientError: The facts contradict each other, or the answer takes more `work` than it may.
    """
    return _answered(view_of(evaluator, stated, reading, work), stated)


def answer(evaluator: Evaluator, stated: Stated, facts: Facts) -> Recommendation:
    """The recommendation for facts of which all that follows is known already."""
    return _answered(PatientView.of(evaluator, facts), stated)


@frozen(kw_only=True, eq=False, repr=False)
class Essentials:
    """What the rules say to a patient: all of an answer but what is asked and remarked beside it.

    Attributes:
        silences: What is not addressed and the patient brings up.
        assumed_absent: The measures that have a value because nobody mentioned them (M6).
    """

    scope: Truth
    verdicts: Verdicts
    settled: DecidedAll
    silences: tuple[Silence, ...]
    assumed_absent: Mapping[str, FactValue] = field(converter=frozen_map)


def essentials(patient: PatientView, stated: Stated) -> Essentials:
    """What the rules say to a patient, all that was stated being in `stated`.

    Raises:
        PatientError: It takes more work than it may.
    """
    evaluator, facts = patient.evaluator, patient.facts
    scope = patient.truth(evaluator.program.scope)
    verdicts = verdicts_of(patient)
    if scope is Truth.FALSE:
        none = nothing(evaluator.graph)
        settled = DecidedAll(decisions=none, conflicts=(), notices=())
        unsaid: tuple[Silence, ...] = ()
    else:
        settled = decide_all(patient, verdicts)
        unsaid = context.silences(patient)
    is_assuming = stated.otherwise is Otherwise.ABSENT
    return Essentials(
        scope=scope,
        verdicts=verdicts,
        settled=settled,
        silences=unsaid,
        assumed_absent={
            name: absent
            for name, absent in evaluator.absent_measures.items()
            if is_assuming
            and name not in stated.values
            and facts.values.get(name) == absent
        },
    )


def _answered(patient: PatientView, stated: Stated) -> Recommendation:
    evaluator, facts = patient.evaluator, patient.facts
    graph = evaluator.graph
    found = essentials(patient, stated)
    scope, verdicts = found.scope, found.verdicts
    settled, untold = _weighed(found.settled, patient)
    heard = context.speaking(evaluator, verdicts)
    unsaid = found.silences
    unread = context.unread_facts(stated, graph, evaluator.heeded, unsaid)
    told = list(context.remarks_on_record(evaluator, stated, unread))
    # Where not everything that follows could be worked out, the answer says of what.
    unsettled = [UNSETTLED.format(facts=listed(facts.unsettled))]
    return Recommendation(
        graph=graph,
        stated=stated,
        on=stated.on,
        scope=scope,
        rules=tuple(verdicts.by_name.values()),
        decisions=settled.decisions,
        questions=questions(patient, scope, settled.decisions, untold),
        conflicts=settled.conflicts,
        assumptions=context.assumptions(
            patient, stated, heard, unsaid, settled.conflicts
        ),
        challenges=context.challenges(graph, heard),
        silences=unsaid,
        notices=(
            *context.scope_notices(scope),
            *(
                Notice(text=text)
                for text in (*told, *(unsettled if facts.unsettled else ()))
            ),
            *context.remarks(evaluator, verdicts),
            *settled.notices,
        ),
        unread=unread,
        remarks=tuple(told),
        assumed_absent=found.assumed_absent,
        reading=facts.reading,
    )


def _weighed(
    settled: DecidedAll, patient: PatientView
) -> tuple[DecidedAll, Mapping[str, tuple[Decision, ...]]]:
    """The decisions with what doses by weight come to, and who waits for which weight (M95)."""
    graph = patient.evaluator.graph
    known = by_weight.weights(graph, patient.facts.values)
    if not known:
        return settled, {}
    decisions = {
        name: by_weight.with_weight(one, known)
        for name, one in settled.decisions.items()
    }
    clashes = (by_weight.conflict_with_weight(c, known) for c in settled.conflicts)
    weighed = evolve(settled, decisions=decisions, conflicts=tuple(clashes))
    return weighed, by_weight.waiting_for_weight(decisions, known)


def nothing(graph: RuleGraph) -> dict[Decision, Decided]:
    """The decisions about somebody for whom the guideline is not written."""
    return {
        one: worded(Decided(decision=one, outcome=Outcome.SILENT), graph)
        for one in DECISIONS
    }


def decide_all(patient: PatientView, verdicts: Verdicts) -> DecidedAll:
    """The state of every decision.

    Of a decision none of whose rules is open, everything follows from the rules that apply, so it
    is worked out once for each set of these. The others go through the completions of what is
    unknown (M21); which questions they share is known only when all have been looked at.
    """
    evaluator, memory = patient.evaluator, patient.evaluator.memory
    # Of each decision the rules that apply, from which everything follows; None if one is open.
    applying = [
        None if verdicts.open & rules else verdicts.applying & rules
        for _, rules in evaluator.sets
    ]
    open_ = {
        one: opened(one, patient, verdicts.by_name)
        for (one, _), names in zip(evaluator.sets, applying, strict=True)
        if names is None
    }
    ages = evaluator.graph.derived
    asked = ask([d for one in open_.values() for d in one.distinctions], ages=ages)

    def state(
        decision: Decision, names: int | None
    ) -> tuple[Decided, tuple[Conflict, ...]]:
        """A decision and its conflicts, without what other decisions say about its doses."""
        heard = evaluator.heard[decision]
        if names is None:
            found = open_[decision]
            depends_on = waits_for(found, asked, ages)
        else:
            rules = [rule for rule in heard if evaluator.steps[rule.name].bit & names]
            said = composition_of(decision, rules, evaluator)
            found, depends_on = OpenDecision(parts=(CompletionPart(1, said),)), ()
        verdict_of = {rule.name: verdicts.by_name[rule.name].verdict for rule in heard}
        decided = standing(
            decision,
            found,
            evaluator,
            depends_on=depends_on,
            indeterminate=tuple(
                name for name, v in verdict_of.items() if v is Verdict.INDETERMINATE
            ),
        )
        return decided, conflicts(decision, found.parts, evaluator.graph, depends_on)

    states = []
    for number, ((decision, _), names) in enumerate(
        zip(evaluator.sets, applying, strict=True)
    ):
        key = None if names is None else (number, names)
        states.append(remembered(memory.states, key, partial(state, decision, names)))
    for one, found in open_.items():
        if found.by_items is not None:  # what was worked out to know what to ask
            steps = found.by_items.steps - found.cost
            patient.work.spend(steps, f"the {one.value} decision")
    telling = (applying[_FORM], applying[_PERMISSION])
    other = remembered(
        memory.elsewhere,
        None if None in telling else telling,
        lambda: elsewhere(states[_FORM][0], states[_PERMISSION][0]),
    )

    def end(decided: Decided) -> Decided:
        return worded(finished(decided, other), evaluator.graph)

    decisions = {}
    for number, (decided, _) in enumerate(states):
        names = applying[number]
        about = other if has_doses(decided) else None
        last = None if names is None else (number, names, about)
        decisions[decided.decision] = remembered(
            memory.finished, last, partial(end, decided)
        )
    return DecidedAll(
        decisions=decisions,
        conflicts=tuple([c for _, clashes in states for c in clashes]),
        notices=tuple(
            Notice(text=TOO_OPEN.format(decision=decision.value))
            for decision, one in open_.items()
            if not one.exact
        ),
    )


def waits_for(
    found: OpenDecision, asked: Sequence[str], ages: Collection[str]
) -> tuple[str, ...]:
    """What could still change a decision, in the facts that are `asked` for anyhow first."""
    return ask(found.distinctions, asked, ages) if found.exact else found.waiting


def standing(
    decision: Decision,
    found: OpenDecision,
    evaluator: Evaluator,
    *,
    depends_on: tuple[str, ...] = (),
    indeterminate: tuple[str, ...] = (),
) -> Decided:
    """Where a decision stands, without what other decisions say about its doses."""
    if found.by_items is not None:
        return found.by_items.decide(depends_on=depends_on, indeterminate=indeterminate)
    said = tuple([part.composed for part in found.parts])
    # What is said does not depend on what is asked for, which differs more between patients.
    decided = evolve(
        remembered(
            evaluator.memory.decided,
            (decision.value, said),
            lambda: decide(decision, found.parts, evaluator.place),
        ),
        depends_on=depends_on,
        indeterminate=indeterminate,
    )
    if found.exact:
        return decided
    # Not every completion was compared, so that nothing is certain but what nothing takes away.
    is_kept = decision in UNIONS
    return evolve(
        decided,
        outcome=Outcome.DEPENDS,
        options=tuple(
            evolve(one, certain=one.certain and is_kept) for one in decided.options
        ),
        preferred=(),
        acceptable=(),
        excluded=(),
    )


def opened(
    decision: Decision, patient: PatientView, verdicts: Mapping[str, RuleVerdict]
) -> OpenDecision:
    """One decision over all completions of what is unknown of `patient` (M21).

    Completions that can be counted out are composed one by one. Where there are too many of them,
    or too many sets of rules that apply in some, the decision is composed item by item; where that
    is too much as well, it follows from the rules that are certain to apply.
    """
    evaluator, rails = patient.evaluator, patient.rails
    rules, program = evaluator.heard[decision], evaluator.program
    roots = evaluator.roots[decision]
    worlds = completions(roots, patient, FEW)
    if worlds is not None:
        try:
            split = parts(decision, rules, evaluator, worlds)
            patient.work.spend(len(split), f"the {decision.value} decision")
            known = patient.facts.values.keys()
            needed = distinctions(decision, worlds, split, evaluator, known)
            return OpenDecision(parts=split, distinctions=needed)
        except TooLargeError:
            pass
        found = _by_items(decision, patient, partial(CountedCases.of, worlds))
    else:
        found = _by_items(decision, patient, partial(drawn_cases, roots, patient))
    if found is not None:
        return found
    applying = [
        rule
        for rule in rules
        if rails[program.conditions[rule.name]] == (1, 0)
        and rails[program.exceptions[rule.name]] == (0, 1)
    ]
    return OpenDecision(
        parts=(CompletionPart(1, composition_of(decision, applying, evaluator)),),
        exact=False,
        waiting=tuple(dict.fromkeys(n for r in rules for n in verdicts[r.name].needs)),
    )


def _by_items(
    decision: Decision, patient: PatientView, cases: Callable[[int], Cases | None]
) -> OpenDecision | None:
    """A decision item by item, over cases that are drawn within so many steps; None if too many."""
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


def questions(
    patient: PatientView,
    scope: Truth,
    decisions: Mapping[Decision, Decided],
    weights: Mapping[str, tuple[Decision, ...]] | None = None,
) -> tuple[Question, ...]:
    """The questions, those that bear on the most decisions first.

    Args:
        patient: Who is asked.
        scope: Whether the guideline is written for them.
        decisions: What is decided.
        weights: The unknown measures that doses go by, with the decisions that wait for them.
    """
    graph, program = patient.evaluator.graph, patient.evaluator.program
    decides: dict[str, dict[Decision, None]] = {}
    if scope is Truth.UNKNOWN:
        for name in needs((program.scope,), patient):
            decides[name] = dict.fromkeys(patient.evaluator.spoken)
    for decision, decided in decisions.items():
        for name in decided.depends_on:
            decides.setdefault(name, {})[decision] = None
    for name, waiting in (weights or {}).items():
        decides.setdefault(name, {}).update(dict.fromkeys(waiting))
    order = patient.evaluator.written
    found = []
    for name in sorted(
        decides, key=lambda n: rank(n, tuple(decides[n]), order.get(n, -1))
    ):
        definition, behind = graph.definitions.get(name), frozenset[str]()
        if definition is not None:
            behind = open_facts(program, program.definitions[name], patient.rails)
        found.append(
            Question(
                fact=name,
                label=(definition or graph.vocabulary.facts[name]).label,
                decides=tuple(decides[name]),
                behind=tuple(sorted(behind, key=order.__getitem__)),
                instead=unknown_parts(graph, name, patient.facts.values),
            )
        )
    return tuple(found)
