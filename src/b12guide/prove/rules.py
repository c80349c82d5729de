"""Claims about rules: each can apply, each exception matters, and no two rules clash unforeseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import TypeAlias

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.evaluate.composition import clash, heard, never_apart
from b12guide.evaluate.composition_parts import CompositionKind
from b12guide.evaluate.decision import parts
from b12guide.graph import model
from b12guide.graph.query import words_in
from b12guide.limits import USUAL, Limits
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.search import Cone, Nobody, Search, Test, applying, clashing
from b12guide.prove.witness import Witness
from b12guide.say.names import stated_value
from b12guide.say.words import listing
from b12guide.semantics.checks.report import remark
from b12guide.semantics.draft import Draft
from b12guide.syntax import ast
from b12guide.text import Span, Text

MOST_PAIRS = 100
"""Pairs looked at one by one where a decision tells too many kinds of patients apart."""

_MOST_CLASHES = 50
"""Nobody reads more of them, and each takes a search."""


# ------------------------------------------------------------------------ pairs


def rule_pairs(graph: model.RuleGraph) -> Iterator[tuple[model.Rule, model.Rule]]:
    """The pairs on one decision that clash, are not ordered and not expected to."""
    expected = {frozenset({c.first, c.second}) for c in graph.conflicts}
    for decision in model.Decision:
        if never_apart(decision, graph.rules.values()):
            continue
        # Whether two rules clash depends on what they say alone, which many rules share.
        alike: dict[model.Value, list[model.Rule]] = {}
        for rule in graph.rules.values():
            if rule.decision is decision and not rule.optional:
                alike.setdefault(rule.value, []).append(rule)
        for mine, theirs in combinations(alike.values(), 2):
            if clash(mine[0], theirs[0]):
                for one, two in product(mine, theirs):
                    names = frozenset({one.name, two.name})
                    if names not in expected and not are_ordered(one, two):
                        yield one, two


def are_ordered(one: model.Rule, two: model.Rule) -> bool:
    """Whether one of the rules gives way to the other."""
    return one.name in two.exception_to or two.name in one.exception_to


def bearing_on(
    one: model.Rule, two: model.Rule, search: Search
) -> tuple[model.Rule, ...]:
    """The two rules on one decision, and what may take doses out of them (M46)."""
    heard_too = search.evaluator.heard[one.decision]
    others = (rule for rule in heard_too if rule.decision is not one.decision)
    return heard(one.decision, (one, two, *others))


def meeting(rules: Sequence[model.Rule], search: Search, cone: Cone) -> int:
    """The classes in scope in which two rules, before what bears on them, are in conflict."""
    decision = rules[0].decision
    classes = 0
    for part in parts(decision, rules, search.evaluator, cone.found):
        if part.composed.kind is CompositionKind.CONFLICT:
            classes |= part.worlds
    return classes & search.in_scope(cone)


# ------------------------------------------------------------------------ diagnostics


def overlaps(
    graph: model.RuleGraph, draft: Draft, limits: Limits = USUAL
) -> Iterator[Diagnostic]:
    """The rules that meet such others, with the smallest patient to whom two of them apply.

    A pair with too many kinds of patients is passed over here; a proof says so.
    """
    pairs = tuple(rule_pairs(graph))
    if not pairs:
        return
    search = Search.of(graph, limits=limits)
    clashing_pairs: list[_Clash] = []
    for one, two in _meeting(pairs, search):
        rules = bearing_on(one, two, search)
        cone = search.cone_of(rules)
        if cone is None:
            continue
        found = search.witness(
            cone,
            meeting(rules, search, cone),
            clashing((one.name, two.name), rules, search.original),
        )
        if isinstance(found, Witness):
            clashing_pairs.append((one, two, found))
        if len(clashing_pairs) == _MOST_CLASHES:
            break
    for rule, others, witness in _by_rule(clashing_pairs):
        yield _overlap(rule, others, witness, graph, draft)


_Clash: TypeAlias = tuple[model.Rule, model.Rule, Witness]


def _by_rule(
    pairs: Sequence[_Clash],
) -> Iterator[tuple[model.Rule, tuple[model.Rule, ...], Witness]]:
    """The pairs by the rule that most of them share: one exception is missing, not many."""
    left = list(pairs)
    while left:
        counts = Counter(r.name for one, two, _ in left for r in (one, two))
        first, second, witness = left[0]
        name = max(
            (first.name, second.name), key=lambda n: (counts[n], n == second.name)
        )
        mine = [pair for pair in left if name in {pair[0].name, pair[1].name}]
        rule = second if name == second.name else first
        others = (two if one.name == name else one for one, two, _ in mine)
        yield rule, tuple(others), witness
        left = [pair for pair in left if pair not in mine]


def _overlap(
    rule: model.Rule,
    others: tuple[model.Rule, ...],
    witness: Witness,
    graph: model.RuleGraph,
    draft: Draft,
) -> Diagnostic:
    """GDL401: a rule and those that cannot be followed beside it."""
    places = {
        one.name.text: Label(text=text, span=one.name.span)
        for text, one in draft.each(ast.Rule)
    }
    if len(others) == 1:
        order = tuple(graph.rules)
        one, two = sorted((rule, others[0]), key=lambda r: order.index(r.name))
        told = f"`{one.name}` and `{two.name}` can both apply, and cannot both be followed: both"
        named: tuple[model.Rule, ...] = (one, two)
        remedies = tuple(_exceptions(one, two, draft))
        expected = f"{one.name} and {two.name}`"
    else:
        listed = listing(f"`{other.name}`" for other in others)
        told = f"`{rule.name}` can apply beside {listed}, and cannot be followed with any: all"
        named = (rule, *others)
        remedies = tuple(_exception_to_all(rule, others, draft))
        expected = f"{rule.name} and ...`"
    values = witness.values.items()
    known = listing(stated_value(graph, name, value) for name, value in values)
    patient = f"with {known}" if known else "about whom nothing is known"
    remedy = f"or, if the source itself leaves it open, `conflict expected between {expected}"
    return Diagnostic(
        code="GDL401",
        severity=Severity.WARNING,
        message=f"{told} speak to `{rule.decision.value}`",
        labels=tuple(places[r.name] for r in named if r.name in places),
        notes=(f"for example to a patient {patient}",),
        help=(*remedies, Help(message=remedy)),
    )


def _exception_to_all(
    rule: model.Rule, others: Sequence[model.Rule], draft: Draft
) -> Iterator[Help]:
    """How one rule is made the exception to several, and they to it."""
    names = ", ".join(other.name for other in others)
    written = {one.name.text: (text, one) for text, one in draft.each(ast.Rule)}
    edits: tuple[Edit, ...] = ()
    if rule.name in written:
        text, one = written[rule.name]
        edits = (_exception(text, one, names),)
    yield Help(
        message=f"say which is the exception: `exception to {names}` in `{rule.name}`",
        edits=edits,
        is_offer=True,
    )
    for other in others:
        edits = ()
        if other.name in written:
            text, one = written[other.name]
            edits = (_exception(text, one, rule.name),)
        message = f"or `exception to {rule.name}` in `{other.name}`"
        yield Help(message=message, edits=edits, is_offer=True)


def _exception(text: Text, rule: ast.Rule, names: str) -> Edit:
    """What makes a rule the exception to others."""
    before, lead = rule.title or rule.name, "\n    exception to "
    if rule.exception_to:
        before, lead = rule.exception_to[-1], ", "
    at = Span(before.span.end, before.span.end)
    return Edit(text=text, span=at, replacement=lead + names)


def _exceptions(one: model.Rule, two: model.Rule, draft: Draft) -> Iterator[Help]:
    """How either of two rules is made the exception to the other."""
    written = {rule.name.text: (text, rule) for text, rule in draft.each(ast.Rule)}
    start = "say which is the exception:"
    for exception, usual in ((two, one), (one, two)):
        message = f"{start} `exception to {usual.name}` in `{exception.name}`"
        start = "or"
        edits: tuple[Edit, ...] = ()
        if exception.name in written:
            text, rule = written[exception.name]
            edits = (_exception(text, rule, usual.name),)
        yield Help(message=message, edits=edits, is_offer=True)


def _meeting(
    pairs: tuple[tuple[model.Rule, model.Rule], ...], search: Search
) -> Iterator[tuple[model.Rule, model.Rule]]:
    """The pairs that meet in some patient; all pairs of one decision are looked at in one go."""
    by_decision: dict[model.Decision, list[tuple[model.Rule, model.Rule]]] = {}
    for one, two in pairs:
        by_decision.setdefault(one.decision, []).append((one, two))
    for some in by_decision.values():
        rules = {rule.name: rule for pair in some for rule in pair}
        cone = search.cone_of(rules.values(), is_composed=False)
        if cone is None:
            yield from some[:MOST_PAIRS]
            continue
        inside = search.in_scope(cone)
        applies = {name: inside & cone.applies(name) for name in rules}
        for one, two in some:
            if applies[one.name] & applies[two.name]:
                yield one, two


def impossible_conflicts(graph: model.RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL412: two rules whose conflict is expected can be in conflict."""
    for text, item in draft.each(ast.ExpectedConflict):
        one = graph.rules[item.first.text]
        two = graph.rules[item.second.text]
        if one.decision is not two.decision:
            reason = f"one speaks to `{one.decision.value}`, the other to `{two.decision.value}`"
        elif are_ordered(one, two):
            reason = "one is an exception to the other"
        elif not clash(one, two):
            reason = "what they say can be followed together"
        else:
            continue
        yield remark(
            "GDL412",
            f"`{one.name}` and `{two.name}` cannot conflict: {reason}",
            (text, item),
            "leave `conflict expected` out",
        )


def settled_by(
    claim: Claim, search: Search, cone: Cone | None, classes: int, broken: Test
) -> Proof:
    """The proof of a claim that `classes` are empty; `broken` asks the interpreter of a patient.

    A class without a patient whom the interpreter confirms is neither: the claim is not proved, and
    it is not called broken on the word of the search alone.
    """
    if cone is None:
        return Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
    found = search.witness(cone, classes, broken)
    match found:
        case Nobody.POSSIBLE:
            return Proof(claim=claim, settled=ProofOutcome.PROVED)
        case Witness():
            return Proof(
                claim=claim,
                settled=ProofOutcome.BROKEN,
                witness=found,
                rules=claim.rules,
            )
        case _:
            return Proof(
                claim=claim,
                settled=ProofOutcome.NOT_PROVED,
                remark="patients were found that the interpreter does not confirm",
            )


def rule_proofs(search: Search) -> Iterator[Proof]:
    """The proofs of every rule, every exception, and every pair that must not meet."""
    graph = search.graph
    for rule in graph.rules.values():
        yield can_apply(rule, search)
    for rule in graph.rules.values():
        for parent in rule.exception_to:
            yield makes_a_difference(rule, graph.rules[parent], search)
    for one, two in rule_pairs(graph):
        claim = Claim(
            kind=ClaimKind.FORBIDDEN,
            name=one.name,
            text=f"`{one.name}` and `{two.name}` never meet",
            rules=(one.name, two.name),
        )
        rules = bearing_on(one, two, search)
        cone = search.cone_of(rules)
        classes = 0 if cone is None else meeting(rules, search, cone)
        is_so = clashing(claim.rules, rules, search.original)
        yield settled_by(claim, search, cone, classes, is_so)
    for dosing, excluding, drug in _excluded_doses(graph):
        claim = Claim(
            kind=ClaimKind.FORBIDDEN,
            name=dosing.name,
            text=f"`{dosing.name}` never gives {drug} that `{excluding.name}` excludes",
            rules=(dosing.name, excluding.name),
        )
        cone = search.cone_of((dosing, excluding))
        classes = 0
        if cone is not None:
            classes = search.in_scope(cone)
            classes &= cone.applies(dosing.name) & cone.applies(excluding.name)
        is_so = applying(claim.rules, search.original)
        yield settled_by(claim, search, cone, classes, is_so)


def can_apply(rule: model.Rule, search: Search) -> Proof:
    """The proof that a rule applies to somebody."""
    claim = Claim(
        kind=ClaimKind.DEAD,
        name=rule.name,
        text=f"`{rule.name}` applies to some patient",
        rules=(rule.name,),
    )
    cone = search.cone_of((rule,))
    if cone is None:
        return Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
    classes = search.addressed(cone, rule) & cone.applies(rule.name)
    if not classes:
        return Proof(claim=claim, settled=ProofOutcome.BROKEN, rules=claim.rules)
    # A claim that somebody is there is trusted only when the interpreter confirms a patient.
    test = applying(claim.rules, search.original)
    is_so = search.is_confirmed(cone, classes, test)
    settled = ProofOutcome.PROVED if is_so else ProofOutcome.NOT_PROVED
    return Proof(claim=claim, settled=settled)


def makes_a_difference(
    exception: model.Rule, parent: model.Rule, search: Search
) -> Proof:
    """The proof that somebody has the parent's condition and this exception, and no other one."""
    claim = Claim(
        kind=ClaimKind.REDUNDANT,
        name=exception.name,
        text=f"`{exception.name}` makes a difference to `{parent.name}`",
        rules=(exception.name, parent.name),
    )
    others = [search.graph.rules[n] for n in parent.exceptions if n != exception.name]
    cone = search.cone_of((parent, exception, *others))
    if cone is None:
        return Proof(claim=claim, settled=ProofOutcome.NOT_PROVED)
    conditions = search.evaluator.program.conditions
    classes = search.in_scope(cone)
    classes &= cone.true(conditions[parent.name])
    classes &= cone.true(conditions[exception.name])
    for other in others:
        classes &= ~cone.true(conditions[other.name])
    settled = ProofOutcome.PROVED if classes else ProofOutcome.BROKEN
    rules = () if classes else claim.rules
    return Proof(claim=claim, settled=settled, rules=rules)


def _excluded_doses(
    graph: model.RuleGraph,
) -> Iterator[tuple[model.Rule, model.Rule, str]]:
    """Doses of a drug that another rule advises against; what it forbids is never given (M46)."""
    rules = graph.rules.values()
    for excluding in rules:
        match excluding.value:
            case (
                model.FormChoice(excluded=drugs)
                | model.Exclusion(drugs=drugs, outright=False)
            ):
                excluded = (
                    {*drugs} if excluding.decision is model.Decision.FORM else set()
                )
            case _:
                continue
        for dosing in rules:
            if isinstance(dosing.value, model.Regimens | model.Change):
                for drug in sorted(excluded & words_in(dosing.value).drugs):
                    yield dosing, excluding, drug
