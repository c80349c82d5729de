"""A patient's recommendation: verdicts, decisions, questions and everything left open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

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
)
from b12guide.evaluate.closure import close
from b12guide.evaluate.completions import Completions, completions, open_facts
from b12guide.evaluate.decisions import (
    Part,
    conflicts,
    decide,
    parts,
    undecided_rules,
    with_drugs,
    with_prohibitions,
)
from b12guide.evaluate.facts import Facts, Reading, holds
from b12guide.evaluate.program import Program, Rails, compile_graph, run
from b12guide.evaluate.questions import (
    Distinction,
    ask,
    distinctions,
    question_units,
)
from b12guide.evaluate.space import Space
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Decision,
    Remark,
    Rule,
    RuleGraph,
    Silence,
)
from b12guide.patient.model import Stated
from b12guide.truth import Truth
from b12guide.values.term import Kind

__all__ = ["Evaluator", "recommend"]

OUT_OF_SCOPE = "the guideline is not written for this patient, so it advises nothing"
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the answer holds if it is"
)
TOO_OPEN = (
    "too much is unknown to compare every completion of the {decision} decision; "
    "only what the known facts settle is shown as certain"
)


@frozen
class Evaluator:
    """A guideline made ready for questions: the graph, its program, and what to ask by name."""

    graph: RuleGraph
    program: Program
    units: frozenset[int]
    by_decision: Mapping[Decision, tuple[Rule, ...]]

    @classmethod
    def of(cls, graph: RuleGraph) -> Evaluator:
        """The evaluator of `graph`."""
        program = compile_graph(graph)
        ordered = sorted(graph.rules.values(), key=_reading_order)
        by_decision = {
            decision: tuple(
                r for r in ordered if r.decision is decision and not r.outside_scope
            )
            for decision in Decision
        }
        return cls(graph, program, question_units(graph, program), by_decision)


@frozen(kw_only=True)
class _State:
    """One patient before an evaluator."""

    evaluator: Evaluator
    facts: Facts
    known: Sequence[Rails]
    verdicts: Mapping[str, RuleVerdict]


def recommend(
    evaluator: Evaluator,
    stated: Stated,
    *,
    reading: Reading = Reading.REPORT,
) -> Recommendation:
    """What the guideline says about the patient of whom `stated` is known.

    Raises:
        PatientError: The facts contradict each other.
    """
    facts = evolve(close(stated, evaluator.graph, evaluator.program), reading=reading)
    return answer(evaluator, stated, facts)


def answer(evaluator: Evaluator, stated: Stated, facts: Facts) -> Recommendation:
    """The recommendation for facts that are already closed."""
    graph, program = evaluator.graph, evaluator.program
    known = known_rails(program, facts)
    scope = _truth(known[program.scope])
    verdicts = {
        name: rule_verdict(rule, evaluator, facts, known)
        for name, rule in graph.rules.items()
    }
    state = _State(evaluator=evaluator, facts=facts, known=known, verdicts=verdicts)
    notices = [*_scope_notices(scope), *_remarks(verdicts, evaluator)]
    if scope is Truth.FALSE:
        decisions, questions, clashes = _nothing(), (), ()
    else:
        decisions, questions, clashes, open_notices = _decisions(state, scope)
        notices += open_notices
    silences = () if scope is Truth.FALSE else _silences(state)
    return Recommendation(
        graph=graph,
        stated=stated,
        on=stated.on,
        scope=scope,
        rules=tuple(verdicts.values()),
        decisions=decisions,
        questions=questions,
        conflicts=clashes,
        assumptions=_assumptions(graph, verdicts, silences, clashes),
        challenges=_challenges(graph, verdicts),
        silences=silences,
        notices=tuple(notices),
    )


# ----------------------------------------------------------------------- verdicts


def known_rails(program: Program, facts: Facts) -> tuple[Rails, ...]:
    """The value of every node for the known facts alone, as sets of a single world."""
    rails: dict[int, Rails] = {}
    for name, truth in facts.definitions.items():
        rails[program.definitions[name]] = (int(truth), int(not truth))
    for step, node in enumerate(program.nodes):
        if node.leaf is not None:
            truth = holds(node.leaf, facts)
            rails[step] = (int(truth is Truth.TRUE), int(truth is Truth.FALSE))
    run(program, range(len(program.nodes)), rails, 1)
    return tuple(rails[step] for step in range(len(program.nodes)))


def rule_verdict(
    rule: Rule, evaluator: Evaluator, facts: Facts, known: Sequence[Rails]
) -> RuleVerdict:
    """The verdict of one rule, with what it waits for and what overrides it."""
    program = evaluator.program
    outside = known[program.scope] == (0, 1)
    condition = program.conditions[rule.name]
    exceptions = program.exceptions[rule.name]
    own, exception = known[condition], known[exceptions]
    if rule.outside_scope is not outside or own == (0, 1):
        return RuleVerdict(rule=rule, verdict=Verdict.DOES_NOT_APPLY)
    by = tuple(
        name for name in rule.exceptions if known[program.conditions[name]] == (1, 0)
    )
    if by:
        return RuleVerdict(rule=rule, verdict=Verdict.OVERRIDDEN, overridden_by=by)
    if own == (1, 0) and exception == (0, 1):
        return RuleVerdict(rule=rule, verdict=Verdict.APPLIES)
    needs = _needs((condition, exceptions), evaluator, facts, known)
    if _is_left_to_reading(rule, program, facts):
        return RuleVerdict(rule=rule, verdict=Verdict.INDETERMINATE)
    return RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN, needs=needs)


def _is_left_to_reading(rule: Rule, program: Program, facts: Facts) -> bool:
    """Whether each reading of the source's thresholds would settle the rule."""
    for reading in (Reading.LOWER, Reading.UPPER):
        read = known_rails(program, evolve(facts, reading=reading))
        own, exception = (
            read[program.conditions[rule.name]],
            read[program.exceptions[rule.name]],
        )
        settled = own == (0, 1) or exception == (1, 0) or (own[0] and exception[1])
        if not settled:
            return False
    return True


def _needs(
    steps: Sequence[int], evaluator: Evaluator, facts: Facts, known: Sequence[Rails]
) -> tuple[str, ...]:
    """The unknown facts, and definitions asked for as one, that leave `steps` open."""
    program = evaluator.program
    found: dict[str, None] = {}
    pending = [step for step in reversed(steps) if known[step] == (0, 0)]
    while pending:
        step = pending.pop()
        node = program.nodes[step]
        if node.leaf is not None:
            if node.leaf.fact not in facts.values:
                found[node.leaf.fact] = None
        elif step in evaluator.units and len(open_facts(program, step, known)) > 1:
            found[node.name] = None
        else:
            pending.extend(s for s in reversed(node.operands) if known[s] == (0, 0))
    return tuple(found)


# ---------------------------------------------------------------------- decisions


def _decisions(
    state: _State, scope: Truth
) -> tuple[
    dict[Decision, Decided], tuple[Question, ...], tuple[Conflict, ...], list[Notice]
]:
    evaluator = state.evaluator
    found: dict[Decision, tuple[Part, ...]] = {}
    needed: dict[Decision, tuple[Distinction, ...]] = {}
    fallback: dict[Decision, tuple[str, ...]] = {}
    for decision in Decision:
        if decision is Decision.NOTE:
            continue
        rules = evaluator.by_decision[decision]
        worlds = _completions(state, rules)
        if worlds is None:
            found[decision], fallback[decision] = _kleene_parts(state, decision, rules)
            continue
        found[decision] = parts(decision, rules, evaluator.program, worlds)
        known = frozenset(state.facts.values)
        needed[decision] = distinctions(
            decision, worlds, found[decision], evaluator.program, known
        )
    everything = [d for one in needed.values() for d in one]
    asked = ask(everything)
    decisions: dict[Decision, Decided] = {}
    clashes: list[Conflict] = []
    for decision, split in found.items():
        rules = evaluator.by_decision[decision]
        depends = fallback.get(decision) or ask(needed.get(decision, ()), asked)
        verdicts = {name: v.verdict for name, v in state.verdicts.items()}
        decided = decide(
            decision,
            split,
            depends_on=depends,
            indeterminate=undecided_rules(verdicts, rules),
        )
        if decision in fallback and decided.outcome is not Outcome.CONFLICT:
            decided = evolve(decided, outcome=Outcome.DEPENDS)
        decisions[decision] = decided
        clashes += conflicts(decision, split, evaluator.graph, depends)
    form = decisions[Decision.FORM]
    permission = decisions[Decision.PERMISSION]
    decisions = {
        decision: with_prohibitions(with_drugs(decided, form), permission)
        for decision, decided in decisions.items()
    }
    questions = _questions(state, scope, decisions)
    notices = [Notice(text=TOO_OPEN.format(decision=d.value)) for d in fallback]
    return decisions, questions, tuple(clashes), notices


def _completions(state: _State, rules: Sequence[Rule]) -> Completions | None:
    program = state.evaluator.program
    roots = [program.conditions[rule.name] for rule in rules]
    roots += [program.exceptions[rule.name] for rule in rules]
    return completions(
        roots,
        graph=state.evaluator.graph,
        program=program,
        facts=state.facts,
        known=state.known,
        units=state.evaluator.units,
    )


def _kleene_parts(
    state: _State, decision: Decision, rules: Sequence[Rule]
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Without completions: the rules that apply for certain, and what the others wait for."""
    program, known = state.evaluator.program, state.known
    certain = Completions(
        groups=(),
        space=Space(()),
        true={
            **{
                program.conditions[r.name]: known[program.conditions[r.name]][0]
                for r in rules
            },
            **{
                program.exceptions[r.name]: 1 - known[program.exceptions[r.name]][1]
                for r in rules
            },
        },
    )
    waiting = dict.fromkeys(n for r in rules for n in state.verdicts[r.name].needs)
    return parts(decision, rules, program, certain), tuple(waiting)


def _questions(
    state: _State, scope: Truth, decisions: Mapping[Decision, Decided]
) -> tuple[Question, ...]:
    """The questions, those that bear on the most decisions first."""
    evaluator = state.evaluator
    program = evaluator.program
    decides: dict[str, list[Decision]] = {}
    if scope is Truth.UNKNOWN:
        for name in _needs((program.scope,), evaluator, state.facts, state.known):
            decides[name] = list(decisions)
    for decision, decided in decisions.items():
        for name in decided.depends_on:
            known = decides.setdefault(name, [])
            if decision not in known:
                known.append(decision)
    order = {name: i for i, name in enumerate(evaluator.graph.vocabulary.facts)}
    ranked = sorted(
        decides,
        key=lambda n: (
            -len(decides[n]),
            [list(Decision).index(d) for d in decides[n]],
            order.get(n, -1),
            n,
        ),
    )
    return tuple(_question(state, name, tuple(decides[name])) for name in ranked)


def _question(state: _State, name: str, decides: tuple[Decision, ...]) -> Question:
    graph, program = state.evaluator.graph, state.evaluator.program
    definition = graph.definitions.get(name)
    if definition is None:
        label = graph.vocabulary.facts[name].label
        return Question(fact=name, label=label, decides=decides)
    behind = open_facts(program, program.definitions[name], state.known)
    order = list(graph.vocabulary.facts)
    return Question(
        fact=name,
        label=definition.label,
        decides=decides,
        behind=tuple(sorted(behind, key=order.index)),
    )


def _nothing() -> dict[Decision, Decided]:
    return {
        decision: Decided(decision=decision, outcome=Outcome.SILENT)
        for decision in Decision
        if decision is not Decision.NOTE
    }


# ------------------------------------------------------------- what is said besides


def _scope_notices(scope: Truth) -> tuple[Notice, ...]:
    texts = {Truth.FALSE: (OUT_OF_SCOPE,), Truth.UNKNOWN: (SCOPE_UNKNOWN,)}
    return tuple(Notice(text=text) for text in texts.get(scope, ()))


def _remarks(
    verdicts: Mapping[str, RuleVerdict], evaluator: Evaluator
) -> tuple[Notice, ...]:
    ordered = sorted(evaluator.graph.rules.values(), key=_reading_order)
    return tuple(
        Notice(text=rule.value.text, rule=rule.name)
        for rule in ordered
        if isinstance(rule.value, Remark)
        and verdicts[rule.name].verdict is Verdict.APPLIES
    )


def _silences(state: _State) -> tuple[Silence, ...]:
    """What the guideline does not address and this patient brings up."""
    program = state.evaluator.program
    found = []
    for silence, step in zip(
        state.evaluator.graph.silences, program.silences, strict=True
    ):
        if step is not None:
            if state.known[step] == (1, 0):
                found.append(silence)
            continue
        has = tuple(t for t in silence.topics if _has(t, state))
        if has:
            found.append(evolve(silence, topics=has))
    return tuple(found)


def _has(topic: str, state: _State) -> bool:
    fact = state.evaluator.graph.vocabulary.facts.get(topic)
    value = state.facts.values.get(topic)
    if fact is None or value is None:
        return False
    return fact.kind is Kind.MEASURE or value not in {False, "none"}


def _assumptions(
    graph: RuleGraph,
    verdicts: Mapping[str, RuleVerdict],
    silences: Sequence[Silence],
    clashes: Sequence[Conflict],
) -> tuple[Assumption, ...]:
    """The assumptions behind anything that the answer says."""
    names = set(graph.scope_assumptions)
    for verdict in verdicts.values():
        if verdict.verdict in {Verdict.APPLIES, Verdict.INDETERMINATE}:
            names.update(verdict.rule.assumptions)
    for silence in silences:
        names.update(silence.noted_as, silence.grounds.assumptions)
    for clash in clashes:
        rules = {name for side in clash.sides for name in side.rules}
        for declared in graph.conflicts:
            if {declared.first, declared.second} <= rules:
                names.update(declared.noted_as)
    return tuple(a for name, a in sorted(graph.assumptions.items()) if name in names)


def _challenges(
    graph: RuleGraph, verdicts: Mapping[str, RuleVerdict]
) -> tuple[Challenge, ...]:
    names = {
        name
        for verdict in verdicts.values()
        if verdict.verdict in {Verdict.APPLIES, Verdict.INDETERMINATE}
        for name in verdict.rule.grounds.challenges
    }
    return tuple(c for name, c in sorted(graph.challenges.items()) if name in names)


def _truth(rails: Rails) -> Truth:
    return Truth.TRUE if rails[0] else Truth.FALSE if rails[1] else Truth.UNKNOWN


def _reading_order(rule: Rule) -> tuple[tuple[str, ...], str]:
    """By statement, then by name: the order of the file plays no part."""
    return (rule.grounds.statements, rule.name)
