"""Which drugs: what the rules on the form, all of which apply, say together (M37)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from b12guide.evaluate.answer import Side
from b12guide.evaluate.composed import (
    Composed,
    Entry,
    Kind,
    barred_by,
    contraindicated,
    excluded_by,
    named,
)
from b12guide.graph.model import Exclusion, FormChoice, Rule


def form_of(rules: Sequence[Rule]) -> Composed:
    """Which drugs (M37): those that every binding rule names, then others, then those excluded.

    What is contraindicated is taken out before anything is compared. What a rule excludes is out,
    whatever its strength: an exclusion offers nothing (M26). So where a drug is excluded something
    is said that binds, even if no drug is left to name: the decision is not silent.
    """
    out = contraindicated(rules)
    choices = [rule for rule in rules if named(rule)]
    left = {r.name: tuple(d for d in named(r) if d not in out) for r in choices}
    binding = [rule for rule in choices if not rule.optional and left[rule.name]]
    excluded: dict[str, list[Rule]] = {}
    for rule in rules:
        for drug in excluded_by(rule):
            excluded.setdefault(drug, []).append(rule)
    naming = {
        drug: (
            tuple(rule for rule in binding if drug in left[rule.name]),
            tuple(
                rule for rule in choices if rule.optional and drug in left[rule.name]
            ),
        )
        for drug in dict.fromkeys(d for r in (*binding, *choices) for d in left[r.name])
        if drug not in excluded
    }
    preferred = [d for d, (by, _) in naming.items() if by and len(by) == len(binding)]
    beside = {
        drug: offers if drug in preferred else (*by, *offers)
        for drug, (by, offers) in naming.items()
    }
    kind = Kind.ADVICE if excluded else Kind.SILENT
    kind = Kind.CONFLICT if binding else kind
    return Composed(
        kind=Kind.ADVICE if preferred else kind,
        default=tuple(
            Entry(FormChoice(drugs=(drug,)), naming[drug][0]) for drug in preferred
        ),
        alternatives=(
            *(Entry(FormChoice(drugs=(d,)), by) for d, by in beside.items() if by),
            *(
                Entry(Exclusion(drugs=(drug,), outright=drug in out), tuple(by))
                for drug, by in excluded.items()
            ),
        ),
        sides=() if preferred or not binding else _form_sides(binding, left, excluded),
        barred=tuple(
            barred_by(
                FormChoice(drugs=(drug,)),
                (drug,),
                out,
                [rule for rule in choices if drug in named(rule)],
            )
            for drug in dict.fromkeys(d for rule in choices for d in named(rule))
            if drug in out
        ),
    )


def _form_sides(
    binding: Sequence[Rule],
    left: Mapping[str, tuple[str, ...]],
    excluded: Mapping[str, Sequence[Rule]],
) -> tuple[Side, ...]:
    """What each binding rule names, and what excludes one of these drugs."""
    sides: dict[str, Side] = {}
    for rule in binding:
        if isinstance(rule.value, FormChoice):
            advice = evolve(rule.value, drugs=left[rule.name])
            sides[rule.name] = Side(rules=(rule.name,), advice=advice)
    for drug in dict.fromkeys(d for rule in binding for d in left[rule.name]):
        for rule in excluded.get(drug, ()):
            if isinstance(rule.value, Exclusion | FormChoice):
                side = Side(rules=(rule.name,), advice=rule.value)
                sides.setdefault(rule.name, side)
    return tuple(sides.values())
