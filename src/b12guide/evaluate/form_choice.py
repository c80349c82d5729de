"""Which drugs: those that every rule names first, then acceptable ones, then those excluded."""

from __future__ import annotations

from collections.abc import Sequence

from b12guide.evaluate.answer import Side
from b12guide.evaluate.composed import Composed, Entry, Kind
from b12guide.graph.model import Exclusion, FormChoice, Rule

__all__ = ["chosen_form"]


def chosen_form(rules: Sequence[Rule]) -> Composed:
    """Preferred drugs as default, then acceptable ones, then those not to be used."""
    choices = [rule for rule in rules if isinstance(rule.value, FormChoice)]
    binding = [rule for rule in choices if not rule.optional]
    excluded = _exclusions(rules)
    named = dict.fromkeys(
        drug for rule in [*binding, *choices] for drug in _drugs(rule)
    )
    allowed = [drug for drug in named if drug not in excluded]
    preferred = [d for d in allowed if binding and all(d in _drugs(r) for r in binding)]
    entries = {
        drug: Entry(
            FormChoice(drugs=(drug,)), tuple(r for r in choices if drug in _drugs(r))
        )
        for drug in allowed
    }
    kind = Kind.ADVICE if preferred else Kind.SILENT
    sides: tuple[Side, ...] = ()
    if binding and not preferred:
        kind = Kind.CONFLICT
        sides = tuple(
            Side(rules=(rule.name,), advice=rule.value)
            for rule in [*binding, *(r for by in excluded.values() for r in by)]
            if isinstance(rule.value, FormChoice | Exclusion)
        )
    return Composed(
        kind=kind,
        default=tuple(entries[drug] for drug in preferred),
        alternatives=(
            *(entries[drug] for drug in allowed if drug not in preferred),
            *(
                Entry(Exclusion(drugs=(drug,), outright=_outright(by)), tuple(by))
                for drug, by in excluded.items()
            ),
        ),
        sides=tuple(dict.fromkeys(sides)),
    )


def _drugs(rule: Rule) -> tuple[str, ...]:
    return rule.value.drugs if isinstance(rule.value, FormChoice) else ()


def _exclusions(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        match rule.value:
            case FormChoice(excluded=drugs) | Exclusion(drugs=drugs):
                for drug in drugs:
                    found.setdefault(drug, []).append(rule)
            case _:
                pass
    return found


def _outright(rules: Sequence[Rule]) -> bool:
    return any(isinstance(r.value, Exclusion) and r.value.outright for r in rules)
