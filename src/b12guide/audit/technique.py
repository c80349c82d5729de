"""How injections were given: needle, pressure, site.

A detail that a rule asks for and nobody recorded is unresolved; so is a recorded detail that would
depart from a rule of which it is not known whether it applies. Where neither is known, one finding
speaks for all the doses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.replay import Replay
from b12guide.audit.wording import called, joined, length_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Instruction, Technique
from b12guide.patient.name import folded

__all__ = ["technique_findings"]


@frozen
class _Judged:
    """Whether a dose keeps an instruction; None where the detail is not recorded."""

    keeps: bool | None
    text: str
    limit: str


_Open: TypeAlias = dict[str, list[tuple[Given, RuleVerdict, _Judged]]]


def technique_findings(replay: Replay) -> Iterator[Finding]:
    """Departures from the instructions on technique, dose by dose, and sites used as a habit."""
    doses = [d for d in replay.doses if _is_injected(replay, d)]
    open_: _Open = {}
    for dose in doses:
        for verdict in replay.binding(Decision.TECHNIQUE, dose.on):
            value = verdict.rule.value
            instructions = value.instructions if isinstance(value, Technique) else ()
            for instruction in instructions:
                judged = _judge(replay, dose, instruction)
                if judged is None or judged.keeps is True:
                    continue
                if judged.keeps is None and verdict.verdict is not Verdict.APPLIES:
                    open_.setdefault(verdict.rule.name, []).append(
                        (dose, verdict, judged)
                    )
                    continue
                yield _finding(replay, dose, verdict, judged)
    for waiting in open_.values():
        yield _for_all(replay, waiting)
    yield from _habits(replay, doses)


def _is_injected(replay: Replay, dose: Given) -> bool:
    """Whether a dose was, or may have been, an injection: no tablet has a needle or a site."""
    details = (dose.site, dose.needle, dose.pressure, dose.quadrant, dose.direction)
    if any(detail is not None for detail in details) or dose.route is None:
        return True
    route = replay.graph.vocabulary.routes.get(dose.route)
    known = [p.route for p in replay.injected_phases]
    return route is not None and (not known or dose.route in known)


def _judge(replay: Replay, dose: Given, wanted: Instruction) -> _Judged | None:
    """How a dose stands to one instruction; None where the instruction is not about it."""
    if wanted.gauge is not None:
        low, high = wanted.gauge
        limit = f"{low} to {high} G"
        if dose.needle is None:
            return _Judged(None, "the gauge of the needle is not recorded", limit)
        text = f"the needle was {dose.needle} G"
        return _Judged(low <= dose.needle <= high, text, limit)
    if wanted.pressure is not None:
        least, _ = wanted.pressure.smallest
        limit = f"pressure for {length_text(wanted.pressure)}"
        if dose.pressure is None:
            return _Judged(None, "how long the site was pressed is not recorded", limit)
        minutes = _minutes(dose.pressure)
        return _Judged(
            dose.pressure >= least, f"the site was pressed for {minutes}", limit
        )
    if wanted.site is None or dose.site != wanted.site:
        return None
    site = called(replay.graph, wanted.site)
    if wanted.quadrant is not None:
        return _place(f"quadrant of the {site}", dose.quadrant, wanted.quadrant)
    if wanted.direction is not None:
        return _place(
            f"direction of the needle in the {site}", dose.direction, wanted.direction
        )
    if wanted.avoid and not wanted.routinely:
        return _Judged(keeps=False, text=f"the site was {site}", limit=f"not {site}")
    return None


def _place(what: str, recorded: str | None, wanted: str) -> _Judged:
    limit = folded(wanted)
    if recorded is None:
        return _Judged(None, f"the {what} is not recorded", limit)
    keeps = _stem(recorded) == _stem(wanted)
    return _Judged(keeps, f"the {what} was {recorded}", limit)


def _stem(place: str) -> str:
    """A quadrant or direction without what does not change it: "anteriorly" is "anterior"."""
    words = [w for w in folded(place).split() if w not in {"the", "quadrant"}]
    return " ".join(w.removesuffix("ly") for w in words)


def _minutes(seconds: Fraction) -> str:
    minutes = seconds / 60
    count = str(minutes) if minutes.denominator == 1 else f"{float(minutes):.1f}"
    return f"{count} min"


def _finding(
    replay: Replay, dose: Given, verdict: RuleVerdict, judged: _Judged
) -> Finding:
    gravity = gravity_of(verdict)
    text = judged.text
    if judged.keeps is None:
        gravity = Gravity.UNRESOLVED
    elif gravity is Gravity.UNRESOLVED:
        needs = joined(called(replay.graph, n) for n in verdict.needs or ("the rule",))
        text += f"; whether the rule applies was not known that day: {needs}"
    return Finding(
        on=dose.on,
        gravity=gravity,
        family=Family.TECHNIQUE,
        rule=verdict.rule,
        text=text,
        limit=judged.limit,
        compared=(dose.on,),
        needs=verdict.needs,
        assumptions=verdict.rule.assumptions,
        clears=judged.limit,
    )


def _for_all(
    replay: Replay, waiting: Sequence[tuple[Given, RuleVerdict, _Judged]]
) -> Finding:
    """One finding for all doses of which neither the detail nor the reason for it is known."""
    dose, verdict, judged = waiting[0]
    needs = joined(called(replay.graph, n) for n in verdict.needs or ("the rule",))
    count = len(waiting)
    doses = "1 dose" if count == 1 else f"{count} doses"
    return Finding(
        on=dose.on,
        gravity=Gravity.UNRESOLVED,
        family=Family.TECHNIQUE,
        rule=verdict.rule,
        text=f"whether the rule applied to {doses} was not known, for want of {needs}; "
        + judged.text,
        limit=judged.limit,
        compared=tuple(one.on for one, _, _ in waiting),
        needs=verdict.needs,
        assumptions=verdict.rule.assumptions,
        clears=f"a record of {needs}",
    )


# -------------------------------------------------------------------------- habits


def _habits(replay: Replay, doses: Sequence[Given]) -> Iterator[Finding]:
    """Sites that are not to be used routinely, and were."""
    for rule in replay.graph.rules.values():
        instructions = (
            rule.value.instructions if isinstance(rule.value, Technique) else ()
        )
        for wanted in instructions:
            if wanted.avoid and wanted.routinely and wanted.site is not None:
                binding = [
                    d
                    for d in doses
                    if any(
                        v.rule.name == rule.name
                        for v in replay.binding(Decision.TECHNIQUE, d.on)
                    )
                ]
                for found in _runs(replay, binding, wanted.site):
                    yield _habit(
                        replay, replay.verdict(rule, found[-1].on), found, wanted
                    )


def _runs(
    replay: Replay, doses: Sequence[Given], site: str
) -> Iterator[tuple[Given, ...]]:
    """The doses that make a site routine: in a row, or more than a share of all."""
    enough = replay.tolerance.in_a_row
    run: list[Given] = []
    told = False
    for dose in doses:
        if dose.site != site:
            run = []
            continue
        run.append(dose)
        if len(run) == enough:
            told = True
            yield tuple(run)
    recorded = [d for d in doses if d.site is not None]
    there = tuple(d for d in recorded if d.site == site)
    above, of = replay.tolerance.share
    if not told and len(there) >= enough and len(there) * of > len(recorded) * above:
        yield there


def _habit(
    replay: Replay, verdict: RuleVerdict, doses: Sequence[Given], wanted: Instruction
) -> Finding:
    site = called(replay.graph, wanted.site or "")
    on = joined(str(dose.on) for dose in doses)
    return Finding(
        on=doses[-1].on,
        gravity=gravity_of(verdict),
        family=Family.TECHNIQUE,
        rule=verdict.rule,
        text=f"the {site} was used as a habit: on {on}",
        limit=f"not the {site} routinely",
        compared=tuple(dose.on for dose in doses),
        needs=verdict.needs,
        assumptions=verdict.rule.assumptions,
        clears="another site in between",
    )
