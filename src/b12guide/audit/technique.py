"""How injections were given: needle, pressure, site.

A detail that a rule asks for and nobody recorded is unresolved; so is a recorded detail that would
depart from a rule of which it is not known whether it applies. What is said of one site, its
quadrant and the direction of the needle is one matter; so is what is said of needle and pressure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import frozen

from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Missing, What
from b12guide.audit.replay import Replay
from b12guide.audit.severity import Departure
from b12guide.audit.wording import called, length_text
from b12guide.evaluate.answer import RuleVerdict
from b12guide.graph.model import Decision, Instruction, Technique
from b12guide.patient.name import folded

__all__ = ["technique_findings"]


@frozen
class _Judged:
    """Whether a dose keeps an instruction; None where the detail is not recorded."""

    keeps: bool | None
    text: str
    limit: str


def technique_findings(replay: Replay) -> Iterator[Departure]:
    """Departures from the instructions on technique, dose by dose, and sites used as a habit."""
    doses = [d for d in replay.doses if _is_injected(replay, d)]
    for dose in doses:
        for verdict in replay.binding(Decision.TECHNIQUE, dose.on):
            value = verdict.rule.value
            instructions = value.instructions if isinstance(value, Technique) else ()
            for instruction in instructions:
                judged = _judge(replay, dose, instruction)
                if judged is not None and judged.keeps is not True:
                    yield _departure(dose, verdict, instruction, judged)
    yield from _habits(replay, doses)


def _is_injected(replay: Replay, dose: Given) -> bool:
    """Whether a dose was, or may have been, an injection: no tablet has a needle or a site."""
    details = (dose.site, dose.needle, dose.pressure, dose.quadrant, dose.direction)
    if any(detail is not None for detail in details) or dose.route is None:
        return True
    route = replay.graph.vocabulary.routes.get(dose.route)
    known = replay.injected_routes
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


def _departure(
    dose: Given, verdict: RuleVerdict, instruction: Instruction, judged: _Judged
) -> Departure:
    site = instruction.site
    unrecorded = Missing(What.RECORD, "the record leaves it open")
    return Departure(
        on=dose.on,
        family=Family.TECHNIQUE,
        verdict=verdict,
        matter=("technique", dose.on, dose.row, site),
        like=("technique", site),
        text=judged.text,
        limit=judged.limit,
        compared=(dose.on,),
        clears=judged.limit if judged.keeps is False else f"a record: {judged.limit}",
        about=(site,),
        why=(unrecorded,) if judged.keeps is None else (),
    )


# -------------------------------------------------------------------------- habits


def _habits(replay: Replay, doses: Sequence[Given]) -> Iterator[Departure]:
    """Sites that are not to be used routinely, and were."""
    for rule in replay.graph.rules.values():
        instructions = (
            rule.value.instructions if isinstance(rule.value, Technique) else ()
        )
        for wanted in instructions:
            if not (wanted.avoid and wanted.routinely and wanted.site is not None):
                continue
            bound = [
                dose
                for dose in doses
                if any(
                    v.rule.name == rule.name
                    for v in replay.binding(Decision.TECHNIQUE, dose.on)
                )
            ]
            for dose, since, is_certain in _routine(replay, bound, wanted.site):
                verdict = replay.verdict(rule, dose.on)
                yield _habit(replay, verdict, dose, since, is_certain=is_certain)


def _routine(
    replay: Replay, doses: Sequence[Given], site: str
) -> Iterator[tuple[Given, dt.date, bool]]:
    """The doses that make a site routine, since when, and whether by every way of counting.

    No source says when a site is routine. In a row and more than a share of all that have a
    recorded site are two readings: where they agree, nobody would call it an exception.
    """
    tolerance = replay.tolerance
    recorded = [dose for dose in doses if dose.site is not None]
    there = [dose for dose in recorded if dose.site == site]
    above, of = tolerance.share
    is_most = len(there) >= tolerance.in_a_row and (
        len(there) * of > len(recorded) * above
    )
    runs: list[list[Given]] = [[]]
    for dose in doses:
        if dose.site == site:
            runs[-1].append(dose)
        elif runs[-1]:
            runs.append([])
    long = [run for run in runs if len(run) >= tolerance.in_a_row]
    for run in [there] if is_most else long:
        since = run[tolerance.in_a_row - 1].on
        for dose in run:
            yield dose, max(dose.on, since), is_most and bool(long)


def _habit(
    replay: Replay,
    verdict: RuleVerdict,
    dose: Given,
    since: dt.date,
    *,
    is_certain: bool,
) -> Departure:
    site = dose.site or ""
    name = called(replay.graph, site)
    return Departure(
        on=since,
        family=Family.TECHNIQUE,
        verdict=verdict,
        matter=("technique", dose.on, dose.row, site),
        like=("technique", site),
        text=f"the {name} was used routinely",
        limit=f"not the {name} routinely",
        compared=(dose.on,),
        clears="another site",
        about={site},
        readings=() if is_certain else verdict.rule.grounds.assumptions,
    )
