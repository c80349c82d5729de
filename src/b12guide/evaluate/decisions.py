"""The state of each decision, exact over all completions of what is unknown.

The completions are split by which rules apply; each part is composed once. What is the same in
every part is certain; a fact can change the answer when two completions that it tells apart are
answered differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from attrs import evolve, frozen

from b12guide.evaluate.answer import (
    Advice,
    Conflict,
    Decided,
    Option,
    Outcome,
)
from b12guide.evaluate.completions import Completions
from b12guide.evaluate.compose import compose
from b12guide.evaluate.composed import ORDER, Composed, Entry, Kind, strongest
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.memory import remembered
from b12guide.graph.model import (
    Decision,
    Exclusion,
    ExpectedConflict,
    FormChoice,
    Prohibition,
    Routes,
    Rule,
    RuleGraph,
)
from b12guide.regimen.model import Phase, Regimen
from b12guide.values.term import Strength

__all__ = [
    "Part",
    "composed",
    "conflicts",
    "decide",
    "drugs_of",
    "finished",
    "parts",
    "withheld_by",
]

OUTCOMES = {
    Kind.ADVICE: Outcome.DETERMINED,
    Kind.CONFLICT: Outcome.CONFLICT,
    Kind.NOT_NEEDED: Outcome.NOT_NEEDED,
    Kind.SILENT: Outcome.SILENT,
}


@frozen(eq=False, repr=False)
class Part:
    """The completions in which the same rules apply, and what these say."""

    worlds: int
    composed: Composed


def parts(
    decision: Decision,
    rules: Sequence[Rule],
    evaluator: Evaluator,
    found: Completions,
) -> tuple[Part, ...]:
    """The completions `found`, split by which of `rules` apply."""
    program = evaluator.program
    split: list[tuple[int, tuple[Rule, ...]]] = [(found.space.mask, ())]
    for rule in rules:
        true = found.true[program.conditions[rule.name]]
        applies = true & ~found.true[program.exceptions[rule.name]]
        split = [
            (worlds, applying)
            for members, before in split
            for worlds, applying in (
                (members & ~applies, before),
                (members & applies, (*before, rule)),
            )
            if worlds
        ]
    return tuple(
        Part(worlds, composed(decision, applying, evaluator))
        for worlds, applying in split
    )


def composed(
    decision: Decision, applying: Sequence[Rule], evaluator: Evaluator
) -> Composed:
    """What rules that all apply say together; worked out once for each set of them."""
    return remembered(
        evaluator.composed,
        (decision.value, tuple([rule.name for rule in applying])),
        partial(compose, decision, applying),
    )


def decide(
    decision: Decision,
    found: Sequence[Part],
    *,
    depends_on: tuple[str, ...],
    indeterminate: tuple[str, ...],
) -> Decided:
    """The state of `decision` after all its completions were composed."""
    kinds = {part.composed.advice for part in found}
    kind = found[0].composed.kind
    outcome = OUTCOMES[kind] if len(kinds) == 1 else Outcome.DEPENDS
    options = _options(found)
    decided = Decided(
        decision=decision,
        outcome=outcome,
        options=options,
        depends_on=depends_on,
        rules=_rules(options, found),
        indeterminate=indeterminate,
    )
    return _with_form(decided) if decision is Decision.FORM else decided


def conflicts(
    decision: Decision, found: Sequence[Part], graph: RuleGraph, facts: tuple[str, ...]
) -> tuple[Conflict, ...]:
    """The conflicts of a decision in any completion, each once and in its smallest form."""
    clashing = {
        frozenset(name for side in part.composed.sides for name in side.rules): part
        for part in found
        if part.composed.kind is Kind.CONFLICT
    }
    certain = all(part.composed.kind is Kind.CONFLICT for part in found)
    smallest = [names for names in clashing if not any(n < names for n in clashing)]
    conflicts_found = []
    for names in smallest:
        expected = _expected(names, graph)
        conflicts_found.append(
            Conflict(
                decision=decision,
                sides=clashing[names].composed.sides,
                note=" ".join(dict.fromkeys(e.because for e in expected if e.because)),
                certain=certain,
                expected=bool(expected),
                facts=() if certain else facts,
            )
        )
    return tuple(conflicts_found)


def _expected(names: frozenset[str], graph: RuleGraph) -> tuple[ExpectedConflict, ...]:
    return tuple(c for c in graph.conflicts if {c.first, c.second} <= names)


def drugs_of(form: Decided) -> tuple[str, ...]:
    """The drugs that fill a phase that names none."""
    return form.preferred + form.acceptable


def withheld_by(permission: Decided) -> frozenset[str]:
    """The drugs that a certain prohibition withholds today."""
    return frozenset(
        drug
        for option in permission.options
        if option.certain and isinstance(option.advice, Prohibition)
        for drug in option.advice.drugs
    )


def finished(
    decided: Decided, drugs: tuple[str, ...], withheld: frozenset[str]
) -> Decided:
    """`decided` with what other decisions say to it.

    Each phase that names no drug has `drugs`, and each option is marked that is `withheld`.
    """
    return evolve(
        decided,
        options=tuple(_finished(option, drugs, withheld) for option in decided.options),
    )


def _finished(
    option: Option, drugs: tuple[str, ...], withheld: frozenset[str]
) -> Option:
    if not isinstance(option.advice, Regimen):
        return option
    phases = option.advice.phases
    if drugs:
        phases = tuple(_filled(phase, drugs) for phase in phases)
    return evolve(
        option,
        advice=Regimen(phases),
        withheld=any(drug in withheld for phase in phases for drug in phase.drugs),
    )


def _filled(phase: Phase, drugs: tuple[str, ...]) -> Phase:
    return phase if phase.drugs else evolve(phase, drugs=drugs)


def _rules(options: Sequence[Option], found: Sequence[Part]) -> tuple[str, ...]:
    names = [name for option in options for name in option.rules]
    names += [n for part in found for side in part.composed.sides for n in side.rules]
    idle = [r.name for part in found for r in part.composed.idle]
    return tuple(dict.fromkeys([*names, *idle]))


def _options(found: Sequence[Part]) -> tuple[Option, ...]:
    """Every advice of any completion, the defaults first."""
    default = _collected(part.composed.default for part in found)
    beside = _collected(part.composed.alternatives for part in found)
    everywhere = [[e.advice for e in part.composed.default] for part in found]
    anywhere = [
        [*certain, *(e.advice for e in part.composed.alternatives)]
        for certain, part in zip(everywhere, found, strict=True)
    ]
    return (
        *(_option(a, by, everywhere, alternative=False) for a, by in default.items()),
        *(_option(a, by, anywhere, alternative=True) for a, by in beside.items()),
    )


def _collected(
    parts: Iterable[Iterable[Entry]],
) -> dict[Advice, list[tuple[Rule, ...]]]:
    """Each advice with the rules behind it in each completion that offers it."""
    found: dict[Advice, list[tuple[Rule, ...]]] = {}
    for entries in parts:
        for entry in entries:
            found.setdefault(entry.advice, []).append(entry.rules)
    return found


def _option(
    advice: Advice,
    behind: Sequence[tuple[Rule, ...]],
    offered: Sequence[Sequence[Advice]],
    *,
    alternative: bool,
) -> Option:
    """An option, no stronger than in its weakest completion, with the reasons common to all."""
    weakest = max(map(_strength, behind), key=ORDER.index)
    names = [[rule.name for rule in rules] for rules in behind]
    common = [name for name in names[0] if all(name in other for other in names)]
    return Option(
        advice=advice,
        strength=weakest,
        rules=tuple(common or dict.fromkeys(n for some in names for n in some)),
        certain=_is_in_all(advice, offered),
        alternative=alternative,
    )


def _strength(rules: Sequence[Rule]) -> Strength:
    strengths = (rule.grounds.strength for rule in rules)
    return strongest(s for s in strengths if s is not None)


def _is_in_all(advice: Advice, offered: Sequence[Sequence[Advice]]) -> bool:
    return all(any(_is_within(advice, one) for one in offer) for offer in offered)


def _is_within(advice: Advice, other: Advice) -> bool:
    """Whether whoever follows `advice` also follows `other`."""
    if advice == other:
        return True
    if isinstance(advice, Regimen) and isinstance(other, Regimen):
        return advice in other
    if isinstance(advice, Routes) and isinstance(other, Routes):
        return set(advice.routes) <= set(other.routes)
    return False


def _with_form(decided: Decided) -> Decided:
    preferred: list[str] = []
    acceptable: list[str] = []
    excluded: list[str] = []
    for option in decided.options:
        if not option.certain:
            continue
        match option.advice:
            case FormChoice(drugs=drugs):
                (acceptable if option.alternative else preferred).extend(drugs)
            case Exclusion(drugs=drugs):
                excluded.extend(drugs)
            case _:
                pass
    return evolve(
        decided,
        preferred=tuple(preferred),
        acceptable=tuple(d for d in acceptable if d not in preferred),
        excluded=tuple(excluded),
    )
