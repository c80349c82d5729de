"""Claims about decisions: nobody is left without an answer (GDL421), no conflict is undeclared.

An exception defeats its rule when its condition holds, whether or not it is itself defeated (M18).
So where a rule, its exception and the exception's exception all have their conditions, only the
last of them speaks; if it says nothing on what the first one answered, nobody does.

What is contraindicated is no such gap: that the guideline names no alternative is an answer (M46).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.evaluate import composition_parts, explanation
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.composition import clash, compose, heard, never_apart
from b12guide.evaluate.decision import split
from b12guide.evaluate.facts import Facts, Reading
from b12guide.graph import model
from b12guide.graph.query import regimens_in, words_in
from b12guide.limits import USUAL, Limits
from b12guide.patient.model import Stated
from b12guide.prove.advised import all_said, parts_of
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.rules import settled_by
from b12guide.prove.search import (
    Cone,
    Search,
    Test,
    applying,
    clashing,
    facts_of,
    parts_about,
    verdicts,
)
from b12guide.prove.witness import Witness, given_text
from b12guide.regimen.model import Regimen
from b12guide.semantics.draft import Draft
from b12guide.syntax import ast
from b12guide.truth import Truth

QUIET = {Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
"""Verdicts of rules that say nothing."""


# ------------------------------------------------------------- is a question answered?


def is_answered(question: model.Rule, composed: composition_parts.Composition) -> bool:
    """Whether rules say something, together, on what `question` answers."""
    if composed.idle:
        return True
    for advice in all_said(composed):
        match question.value, advice:
            case model.Regimens(), _ if question.decision is model.Decision.ADJUNCT:
                mine = words_in(question.value).drugs
                answers = not mine or not mine.isdisjoint(
                    composition_parts.drugs_of(advice)
                )
            case (model.FormChoice(), model.FormChoice()) | (
                model.Regimens(),
                Regimen() | model.NotNeeded(),
            ):
                answers = True
            case (
                model.Monitoring(tests=asked) | model.NotChecked(tests=asked),
                model.Monitoring(tests=tests) | model.NotChecked(tests=tests),
            ):
                answers = not {*asked}.isdisjoint(tests)
            case (
                model.Continuation(treatment=one) | model.Stop(treatment=one),
                model.Continuation(treatment=other) | model.Stop(treatment=other),
            ):
                answers = one == other
            case model.Change(of=one_decision), model.Change(of=other_decision):
                answers = one_decision is other_decision
            case model.Referral(services=wanted), model.Referral(services=services):
                answers = not {*wanted}.isdisjoint(services)
            case model.Target(measure=asked_of), model.Target(measure=measure):
                answers = asked_of == measure
            case (
                model.Concluded(conclusion=asked_of),
                model.Concluded(conclusion=conclusion),
            ):
                answers = asked_of == conclusion
            case model.Prohibition(drugs=withheld), model.Prohibition(drugs=drugs):
                answers = not {*withheld}.isdisjoint(drugs)
            case (
                model.FormChoice()
                | model.Regimens()
                | model.Monitoring()
                | model.NotChecked()
                | model.Target()
                | model.Concluded()
                | model.Prohibition(),
                _,
            ):
                answers = False
            case _:
                answers = True
        if answers:
            return True
    return False


def _lifts(question: model.Rule, value: model.Value) -> bool:
    """Whether a rule on another decision answers: to give a drug is to lift its prohibition."""
    if not isinstance(question.value, model.Prohibition):
        return False
    drugs = words_in(value).drugs
    return bool(regimens_in(value)) and not drugs.isdisjoint(question.value.drugs)


def _above(rule: model.Rule, graph: model.RuleGraph) -> tuple[model.Rule, ...]:
    """The exceptions of a rule, their exceptions, and so on."""
    found: dict[str, model.Rule] = {}
    waiting = list(rule.exceptions)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = graph.rules[name]
            waiting += graph.rules[name].exceptions
    return tuple(found.values())


def _is_safe(
    question: model.Rule, exception: model.Rule, graph: model.RuleGraph
) -> bool:
    """Whether it is plain that, where `exception` holds, it or one above it answers."""
    alone = compose(question.decision, heard(question.decision, (exception,)))
    return (_lifts(question, exception.value) or is_answered(question, alone)) and all(
        _is_safe(question, graph.rules[name], graph) for name in exception.exceptions
    )


# ------------------------------------------------------------------- who is left alone


def _contraindicating(
    question: model.Rule, rules: Iterable[model.Rule]
) -> tuple[model.Rule, ...]:
    """What may take the drugs out of `question`."""
    others = (
        rule
        for rule in rules
        if rule.name != question.name
        and (
            composition_parts.is_contraindication(rule)
            or (
                composition_parts.named(rule)
                and question.decision is not model.Decision.FORM
            )
        )
    )
    return heard(question.decision, (question, *others))[1:]


def _is_barred(question: model.Rule, rules: Sequence[model.Rule]) -> bool:
    """Whether `rules`, all of which apply, leave no drug in what `question` says."""
    found = compose(question.decision, (question, *rules))
    said = (*found.default, *found.alternatives)
    return bool(found.barred) and all(
        isinstance(e.advice, model.Exclusion) for e in said
    )


def _left_alone(question: model.Rule, search: Search, cone: Cone) -> int:
    """The classes in scope to which `question` speaks, and in which no rule answers it."""
    evaluator = search.evaluator
    program = evaluator.program
    classes = search.in_scope(cone) & cone.true(program.conditions[question.name])
    classes &= cone.true(program.exceptions[question.name])
    if not classes:
        return 0
    for rule in _above(question, evaluator.graph):
        if _lifts(question, rule.value):
            classes &= ~cone.applies(rule.name)
    for part in parts_of(question.decision, search, cone):
        if part.worlds & classes and is_answered(question, part.composed):
            classes &= ~part.worlds
    # That what it says is contraindicated, and that nothing else is named, is an answer (M46).
    others = _contraindicating(question, evaluator.heard[question.decision])
    if classes and others:
        for worlds, some in split(others, evaluator, cone.found):
            if worlds & classes and _is_barred(question, some):
                classes &= ~worlds
    return classes


def _is_alone(question: model.Rule, facts: Facts, search: Search) -> bool:
    """The same of a single patient, by the interpreter."""
    evaluator, graph = search.original, search.graph

    def verdict(rule: model.Rule) -> Verdict:
        return explanation.verdict(graph.rules[rule.name], graph, facts)

    if verdict(question) is not Verdict.OVERRIDDEN:
        return False
    above = _above(question, graph)
    if any(_lifts(question, r.value) and verdict(r) not in QUIET for r in above):
        return False
    rules = evaluator.heard[question.decision]
    others = _contraindicating(question, rules)
    if _is_barred(question, [r for r in others if verdict(r) not in QUIET]):
        return False
    found = parts_about(question.decision, rules, facts, evaluator)
    return bool(found) and not any(is_answered(question, p.composed) for p in found)


def _leaves_alone(questions: Sequence[model.Rule], search: Search) -> Test:
    """Whether a patient is certain to get no answer to one of `questions`."""

    def test(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, search.original)
        return any(_is_alone(question, facts, search) for question in questions)

    return test


def _cone(questions: Sequence[model.Rule], search: Search) -> Cone | None:
    """The classes that the rules on a question tell apart, and those that lift it."""
    graph = search.evaluator.graph
    lifting = (
        rule
        for question in questions
        for rule in _above(question, graph)
        if _lifts(question, rule.value)
    )
    decision = questions[0].decision
    return search.cone_of(
        dict.fromkeys((*questions, *search.evaluator.heard[decision], *lifting))
    )


def _chain(
    question: model.Rule, facts: Facts, graph: model.RuleGraph
) -> list[model.Rule]:
    """The rule, an exception that holds, one that holds against that, and so on."""
    chain = [question]
    while True:
        holding = [
            graph.rules[name]
            for name in chain[-1].exceptions
            if explanation.truth(graph.rules[name].condition, graph, facts)
            is Truth.TRUE
        ]
        if not holding:
            return chain
        chain.append(holding[0])


# ------------------------------------------------------------------------------ proofs


DECISIONS = tuple(
    decision for decision in model.Decision if decision is not model.Decision.NOTE
)


def decision_proofs(search: Search) -> Iterator[Proof]:
    """The proofs of every decision that the guideline speaks to."""
    by = search.evaluator.by_decision
    for decision in DECISIONS:
        if by[decision]:
            cone = search.cone_of(search.evaluator.heard[decision])
            yield from conflict_proofs(decision, search, cone)
            yield unanswered_proof(decision, search, cone)
    for decision in (model.Decision.LOADING, model.Decision.MAINTENANCE):
        leaving_drug_open = [
            rule
            for rule in by[decision]
            if isinstance(rule.value, model.Regimens)
            and any(not p.drugs for r in rule.value.regimens for p in r.phases)
        ]
        if leaving_drug_open and by[model.Decision.FORM]:
            yield drug_proof(decision, leaving_drug_open, search)


def unanswered_proof(
    decision: model.Decision, search: Search, cone: Cone | None
) -> Proof:
    """Each patient to whom a rule speaks gets an answer, even where an exception overrides it."""
    claim = Claim(
        kind=ClaimKind.GAP,
        name=decision.value,
        text=f"no exception leaves a patient without an answer on `{decision.value}`",
    )
    questions = [r for r in search.evaluator.by_decision[decision] if r.exceptions]
    if not questions:  # nothing takes an answer away, however many patients there are
        return Proof(claim=claim, settled=ProofOutcome.PROVED)
    if any(_lifts(questions[0], r.value) for r in search.graph.rules.values()):
        cone = _cone(questions, search)
    if cone is None:
        return Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
    classes = 0
    for question in questions:
        classes |= _left_alone(question, search, cone)
    test = _leaves_alone(questions, search)
    proof = settled_by(claim, search, cone, classes, test)
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    facts = facts_of(stated, reading, search.original)
    alone = next(q for q in questions if _is_alone(q, facts, search))
    chain = tuple(rule.name for rule in _chain(alone, facts, search.graph))
    expected = (f"decision {decision.value} determined",)
    return evolve(proof, rules=chain, expected=expected)


def drug_proof(
    decision: model.Decision, rules: Sequence[model.Rule], search: Search
) -> Proof:
    """Each patient who is dosed by `rules`, which leave the drug open, gets the name of a drug."""
    claim = Claim(
        kind=ClaimKind.GAP,
        name=decision.value,
        text=f"`form` names a drug for every patient whom `{decision.value}` doses",
    )
    form = search.evaluator.by_decision[model.Decision.FORM]
    naming = [rule for rule in form if composition_parts.named(rule)]
    cone = search.cone_of((*rules, *form))
    classes = 0
    if cone is not None:
        for rule in rules:
            classes |= cone.applies(rule.name)
        for rule in naming:
            classes &= ~cone.applies(rule.name)
        classes &= search.in_scope(cone)

    def lacks_drug(found: Mapping[str, Verdict]) -> bool:
        doses = any(found[rule.name] is Verdict.APPLIES for rule in rules)
        return doses and all(found[rule.name] in QUIET for rule in naming)

    names = [rule.name for rule in (*rules, *naming)]
    test = verdicts(names, search.original, lacks_drug)
    proof = settled_by(claim, search, cone, classes, test)
    if proof.witness is None:
        return proof
    stated, reading = proof.witness.stated, proof.witness.reading
    dosing = tuple(
        rule.name
        for rule in rules
        if applying((rule.name,), search.original)(stated, reading)
    )
    expected = f"decision {model.Decision.FORM.value} determined"
    return evolve(proof, rules=dosing, expected=(expected,))


def conflict_proofs(
    decision: model.Decision, search: Search, cone: Cone | None
) -> Iterator[Proof]:
    """One proof for all of a decision, or one for each set of rules that clash undeclared."""
    claim = Claim(
        kind=ClaimKind.CONFLICT,
        name=decision.value,
        text=f"no two rules on `{decision.value}` clash, but for declared conflicts",
    )
    if never_apart(decision, search.graph.rules.values()):
        yield Proof(claim=claim, settled=ProofOutcome.PROVED)
        return
    if cone is None:
        yield Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
        return
    by_name = sorted(search.evaluator.by_decision[decision], key=lambda rule: rule.name)
    incompatible = [
        frozenset({one.name, two.name})
        for one, two in combinations(by_name, 2)
        if clash(one, two)
    ]
    declared = {frozenset({c.first, c.second}) for c in search.graph.conflicts}
    undeclared: dict[frozenset[str], int] = {}
    accepted: set[str] = set()
    inside = search.in_scope(cone)
    for part in parts_of(decision, search, cone):
        classes = part.worlds & inside
        if (
            not classes
            or part.composed.kind is not composition_parts.CompositionKind.CONFLICT
        ):
            continue
        names = {name for side in part.composed.sides for name in side.rules}
        pairs = [pair for pair in incompatible if pair <= names]
        accepted |= {" and ".join(sorted(pair)) for pair in pairs if pair in declared}
        open_ = [pair for pair in pairs if pair not in declared]
        if not pairs:  # it takes all of them together to make the conflict
            open_ = [frozenset(names)]
        for some in open_:
            undeclared[some] = undeclared.get(some, 0) | classes
    remark = ""
    if accepted:
        remark = f"accepted as declared: {', '.join(sorted(accepted))}"
    if not undeclared:
        yield Proof(claim=claim, settled=ProofOutcome.PROVED, remark=remark)
    for some in sorted(undeclared, key=sorted):
        one = evolve(claim, rules=tuple(sorted(some)))
        rules = tuple(
            rule
            for rule in search.evaluator.heard[decision]
            if rule.name in some or rule.decision is not decision
        )
        test = clashing(some, rules, search.original)
        proof = settled_by(one, search, cone, undeclared[some], test)
        yield evolve(proof, expected=(f"decision {decision.value} determined",))


# ------------------------------------------------------------------------- diagnostics


def unanswered(
    graph: model.RuleGraph, draft: Draft, limits: Limits = USUAL
) -> Iterator[Diagnostic]:
    """GDL421: a chain of exceptions leaves somebody without an answer.

    Most exceptions answer what they override, which is plain to see; only for the others are
    patients looked through. A gap inside a longer chain is reported with that chain.
    """
    doubtful = [
        rule
        for rule in graph.rules.values()
        if rule.decision is not model.Decision.NOTE
        and not rule.outside_scope
        and not all(_is_safe(rule, graph.rules[e], graph) for e in rule.exceptions)
    ]
    if not doubtful:
        return
    search = Search.of(graph, limits=limits)
    gaps: dict[tuple[str, ...], Witness] = {}
    for rule in doubtful:
        cone = _cone((rule,), search)
        classes = 0 if cone is None else _left_alone(rule, search, cone)
        if cone is None or not classes:
            continue
        found = search.witness(cone, classes, _leaves_alone((rule,), search))
        if isinstance(found, Witness):
            facts = facts_of(found.stated, found.reading, search.original)
            chain = _chain(rule, facts, graph)
            gaps[tuple(one.name for one in chain)] = found
    inner = {names[start:] for names in gaps for start in range(1, len(names))}
    places = {
        rule.name.text: Label(text=text, span=rule.name.span)
        for text, rule in draft.each(ast.Rule)
    }
    for names, witness in gaps.items():
        if names in inner:
            continue
        steps = [f"`{one}` by `{two}`" for one, two in pairwise(names)]
        steps[0] = f"`{names[0]}` is overridden by `{names[1]}`"
        question = graph.rules[names[0]].decision.value
        yield Diagnostic(
            code="GDL421",
            severity=Severity.WARNING,
            message=f"`{question}` has no answer: {', '.join(steps)},"
            f" which says nothing on what `{names[0]}` answers",
            labels=tuple(places[name] for name in names if name in places),
            notes=(f"for example to a patient: {given_text(witness.values, graph)}",),
            help=(
                Help(message=f"let `{names[-1]}` say what holds instead"),
                Help(
                    message=f"or narrow `{names[1]}` so that it does not hold for this"
                    " patient"
                ),
            ),
        )
