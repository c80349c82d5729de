"""The state of each decision, exact over all completions of what is unknown.

The completions are split by which rules apply; each part is composed once. What is the same in
every part is certain; a fact can change the answer when two completions that it tells apart are
answered differently.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from attrs import evolve, frozen

from b12guide.evaluate import composition_parts
from b12guide.evaluate.answer import Conflict, Decided, NotOffered, Option, Outcome
from b12guide.evaluate.completions import Completions
from b12guide.evaluate.composition import compose, is_within, with_drugs
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import remembered
from b12guide.graph import model as m
from b12guide.graph.model import Advice
from b12guide.graph.query import regimens_in

OUTCOMES = {
    composition_parts.CompositionKind.ADVICE: Outcome.DETERMINED,
    composition_parts.CompositionKind.CONFLICT: Outcome.CONFLICT,
    composition_parts.CompositionKind.NOT_NEEDED: Outcome.NOT_NEEDED,
    composition_parts.CompositionKind.SILENT: Outcome.SILENT,
}


MOST_PARTS = 1 << 10
"""Sets of rules that are composed one by one, and with them the sets of completions kept."""


MOST_SPOKEN = 1 << 13
"""The rules in all these sets together."""


@frozen(eq=False, repr=False)
class CompletionPart:
    """The completions in which the same rules apply, and what these say."""

    worlds: int
    composed: composition_parts.Composition


def parts(
    decision: m.Decision,
    rules: Sequence[m.Rule],
    evaluator: Evaluator,
    found: Completions,
) -> tuple[CompletionPart, ...]:
    """The completions `found`, split by which of `rules` apply, with what these say together.

    Raises:
        TooLargeError: There are too many sets of rules.
    """
    return tuple(
        CompletionPart(worlds, composition_of(decision, applying, evaluator))
        for worlds, applying in split(rules, evaluator, found)
    )


def split(
    rules: Sequence[m.Rule], evaluator: Evaluator, found: Completions
) -> list[tuple[int, tuple[m.Rule, ...]]]:
    """The completions `found`, split by which of `rules` apply.

    Raises:
        TooLargeError: There are too many sets of rules.
    """
    program = evaluator.program
    apart: list[tuple[int, tuple[m.Rule, ...]]] = [(found.space.mask, ())]
    for rule in rules:
        true = found.true[program.conditions[rule.name]]
        applies = true & ~found.true[program.exceptions[rule.name]]
        apart = [
            (worlds, applying)
            for members, before in apart
            for worlds, applying in (
                (members & ~applies, before),
                (members & applies, (*before, rule)),
            )
            if worlds
        ]
        spoken = sum(len(applying) for _, applying in apart)
        if len(apart) > MOST_PARTS or spoken > MOST_SPOKEN:
            raise TooLargeError
    return apart


def composition_of(
    decision: m.Decision, applying: Sequence[m.Rule], evaluator: Evaluator
) -> composition_parts.Composition:
    """What rules that all apply say together; worked out once for each set of them."""
    return remembered(
        evaluator.memory.composed,
        (decision.value, tuple([rule.name for rule in applying])),
        partial(compose, decision, applying),
    )


def everything_said(
    composed: composition_parts.Composition, evaluator: Evaluator
) -> tuple[Hashable, ...]:
    """All that is said, as one object for all compositions that say the same.

    So two that are equal are known to be at a glance, and not by going through their doses.
    """
    memory, said = evaluator.memory.everything, composed.everything
    return remembered(memory, composed, lambda: remembered(memory, said, lambda: said))


def decide(
    decision: m.Decision, found: Sequence[CompletionPart], place: Mapping[str, int]
) -> Decided:
    """The state of `decision` after all its completions were composed, but for what can change it.

    Args:
        decision: What is decided.
        found: Its completions.
        place: Where each rule stands in reading order.
    """
    kinds = {part.composed.advice for part in found}
    kind = found[0].composed.kind
    outcome = OUTCOMES[kind] if len(kinds) == 1 else Outcome.DEPENDS
    options = _options(found, place)
    barred: dict[m.Advice, list[composition_parts.Barred]] = {}
    for one in (one for part in found for one in part.composed.barred):
        barred.setdefault(one.advice, []).append(one)
    names = [name for option in options for name in option.rules]
    for part in found:
        names += [name for side in part.composed.sides for name in side.rules]
    names += [rule.name for part in found for rule in part.composed.idle]
    for one in (one for part in found for one in part.composed.barred):
        names += [rule.name for rule in (*one.offered_by, *one.by)]
    decided = Decided(
        decision=decision,
        outcome=outcome,
        options=options,
        rules=tuple(dict.fromkeys(names)),
        # What is contraindicated in any completion, with the reasons common to all (M46).
        not_offered=tuple(
            NotOffered(
                advice=advice,
                drugs=common([one.drugs for one in some]),
                rules=common([_names(one.by) for one in some]),
                offered_by=common([_names(one.offered_by) for one in some]),
                certain=len(some) == len(found),
            )
            for advice, some in barred.items()
        ),
    )
    return with_form(decided) if decision is m.Decision.FORM else decided


def conflicts(
    decision: m.Decision,
    found: Sequence[CompletionPart],
    graph: m.RuleGraph,
    facts: tuple[str, ...],
) -> tuple[Conflict, ...]:
    """The conflicts of a decision in any completion, each once and in its smallest form."""
    clashing = {
        frozenset(name for side in part.composed.sides for name in side.rules): part
        for part in found
        if part.composed.kind is composition_parts.CompositionKind.CONFLICT
    }
    certain = all(
        part.composed.kind is composition_parts.CompositionKind.CONFLICT
        for part in found
    )
    smallest = [names for names in clashing if not any(n < names for n in clashing)]
    conflicts_found = []
    for names in smallest:
        expected = [c for c in graph.conflicts if {c.first, c.second} <= names]
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


@frozen(cache_hash=True)
class Elsewhere:
    """What other decisions say to the doses of one.

    Attributes:
        drugs: Those that fill a phase which names none (M49).
        drugs_open: Whether the form may come to these, none being certain.
        withheld: The drugs that a certain prohibition withholds today (M47).
        avoided: The drugs that are certain to be advised against, with the rules (M48).
    """

    drugs: tuple[str, ...]
    drugs_open: bool
    withheld: frozenset[str]
    avoided: tuple[tuple[str, tuple[str, ...]], ...]


def elsewhere(form: Decided, permission: Decided) -> Elsewhere:
    """What the form and the prohibitions say to every dose."""
    certain = form.preferred + form.acceptable
    possible = (
        o.advice.drugs for o in form.options if isinstance(o.advice, m.FormChoice)
    )
    return Elsewhere(
        drugs=certain or tuple(dict.fromkeys(d for drugs in possible for d in drugs)),
        drugs_open=not certain,
        withheld=frozenset(
            drug
            for option in permission.options
            if option.certain
            and not option.alternative
            and isinstance(option.advice, m.Prohibition)
            for drug in option.advice.drugs
        ),
        avoided=tuple(
            (drug, option.rules)
            for option in form.options
            if option.certain and isinstance(option.advice, m.Exclusion)
            for drug in option.advice.drugs
            if drug in form.excluded and not option.advice.outright
        ),
    )


def has_doses(decided: Decided) -> bool:
    """Whether it advises a dose in some completion, about which other decisions may say more."""
    return any(phases_of(option.advice) for option in decided.options)


def phases_of(advice: Advice) -> tuple[frozenset[str], ...]:
    """The drugs of each phase of the doses that are advised, changed-to ones among them (M92)."""
    if isinstance(advice, m.Change) and isinstance(advice.to, m.FormChoice):
        return (frozenset(advice.to.drugs),)
    phases = (phase for regimen in regimens_in(advice) for phase in regimen.phases)
    return tuple(frozenset(phase.drugs) for phase in phases)


def finished(decided: Decided, other: Elsewhere) -> Decided:
    """`decided` with what other decisions say to its doses (M47 to M49).

    A dose is withheld when some phase of it has no drug that is not.
    """
    if not has_doses(decided):
        return decided
    avoided, options = dict(other.avoided), list(decided.options)
    for place, option in enumerate(options):
        if phases_of(option.advice):
            advice = with_drugs(option.advice, other.drugs)
            by_phase = phases_of(advice)
            drugs = dict.fromkeys(composition_parts.drugs_of(advice))
            against = (rule for drug in drugs for rule in avoided.get(drug, ()))
            options[place] = evolve(
                option,
                advice=advice,
                withheld=any(d and other.withheld.issuperset(d) for d in by_phase),
                avoided=tuple(dict.fromkeys(against)),
                drugs_open=other.drugs_open and advice is not option.advice,
            )
    return evolve(decided, options=tuple(options))


def _names(rules: Sequence[m.Rule]) -> tuple[str, ...]:
    return tuple(rule.name for rule in rules)


def common(several: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The names that all have, or all names where there is none of these."""
    found = [name for name in several[0] if all(name in other for other in several)]
    return tuple(found or dict.fromkeys(n for names in several for n in names))


def _options(
    found: Sequence[CompletionPart], place: Mapping[str, int]
) -> tuple[Option, ...]:
    """Every advice of any completion, the defaults first, each in the order of its rules.

    An option is no stronger than in its weakest completion, and has the reasons that are common to
    all; its strength is always that of one of the rules that it names (M56).
    """
    default = [part.composed.default for part in found]
    beside = [part.composed.alternatives for part in found]
    anywhere = [(*one, *two) for one, two in zip(default, beside, strict=True)]
    options = []
    within: dict[tuple[Advice, Advice], bool] = {}  # many completions say the same

    def is_among(advice: Advice, offer: Iterable[composition_parts.Advised]) -> bool:
        for one in offer:
            pair = (advice, one.advice)
            found = within.get(pair)
            if found is None:
                found = within[pair] = is_within(*pair)
            if found:
                return True
        return False

    for said, offered in ((default, default), (beside, anywhere)):
        behind: dict[Advice, list[tuple[m.Rule, ...]]] = {}
        keys: dict[Advice, int] = {}
        for entries in said:
            for number, entry in enumerate(entries):
                behind.setdefault(entry.advice, []).append(entry.rules)
                keys[entry.advice] = max(number, keys.get(entry.advice, 0))
        lines = {
            advice: line_order(advice, chain(*rules), place, keys[advice])
            for advice, rules in behind.items()
        }
        for advice in sorted(lines, key=lines.__getitem__):
            shared = common([_names(rules) for rules in behind[advice]])
            shown = [[r for r in rules if r.name in shared] for rules in behind[advice]]
            options.append(
                Option(
                    advice=advice,
                    strength=max(
                        map(composition_parts.strength_of, shown),
                        key=composition_parts.ORDER.index,
                    ),
                    rules=tuple(sorted(shared, key=place.__getitem__)),
                    certain=all(is_among(advice, offer) for offer in offered),
                    alternative=said is beside,
                )
            )
    return tuple(options)


def line_order(
    advice: Advice, rules: Iterable[m.Rule], place: Mapping[str, int], number: Any
) -> tuple[Any, ...]:
    """Where a line stands among others, with `rules` behind it.

    What is advised stands before what is advised against, what binds before what is offered. What
    one rule leaves to choose stays in the order in which the rule names it, which is its `number`.
    """
    some = tuple(rules)
    return (
        isinstance(advice, m.Exclusion | m.NotChecked),
        all(rule.optional for rule in some),
        min(place[rule.name] for rule in some),
        number,
    )


def with_form(decided: Decided) -> Decided:
    """The same, which also says what is preferred, acceptable and excluded."""
    preferred: list[str] = []
    acceptable: list[str] = []
    excluded: list[str] = []
    for option in decided.options:
        if not option.certain:
            continue
        match option.advice:
            case m.FormChoice(drugs=drugs):
                (acceptable if option.alternative else preferred).extend(drugs)
            case m.Exclusion(drugs=drugs):
                excluded.extend(drugs)
            case _:
                pass
    return evolve(
        decided,
        preferred=tuple(preferred),
        acceptable=tuple(d for d in acceptable if d not in preferred),
        excluded=tuple(d for d in excluded if d not in preferred),
    )
