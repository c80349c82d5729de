"""What a decision advises, in the words in which a guideline is written.

These words are for columns: names instead of labels, one way to say a thing, nothing that depends
on who reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import assert_never

from b12guide.evaluate.answer import Advice, Decided, Option, Outcome, Side
from b12guide.graph.model import (
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Routes,
    Target,
)
from b12guide.regimen.model import (
    Bound,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Until,
)
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.quantity import format_number, format_quantity

__all__ = ["advice_words", "is_certain", "value_words"]

_CHOICES = {Decision.LOADING, Decision.MAINTENANCE, Decision.ROUTE}
"""Decisions whose options are to choose from; the options of the others add up."""


def is_certain(decided: Decided) -> bool:
    """Whether what `value_words` says of a decision holds whatever is unknown."""
    if decided.outcome is not Outcome.DEPENDS:
        return True
    return any(o.certain and not o.alternative for o in decided.options)


def value_words(decided: Decided, sides: Iterable[Side] = ()) -> str | None:
    """What a decision says: its default, or all that is possible where nothing is certain.

    Args:
        decided: The decision.
        sides: The sides of its conflict, where it is one.
    """
    if decided.outcome is Outcome.CONFLICT:
        return " | ".join(dict.fromkeys(advice_words(side.advice) for side in sides))
    default = [option for option in decided.options if not option.alternative]
    certain = [option for option in default if option.certain]
    if decided.decision is Decision.FORM and (certain or not default):
        return _form_words(decided)
    if certain or decided.outcome is not Outcome.DEPENDS:
        joint = " or " if decided.decision in _CHOICES else "; "
        return joint.join(map(_option_words, certain or default)) or None
    possible = " | ".join(map(_option_words, default))
    excluded = f"not {' or '.join(decided.excluded)}" if decided.excluded else ""
    return ", ".join(filter(None, [possible, excluded])) or None


def _option_words(option: Option) -> str:
    return advice_words(option.advice)


def _form_words(decided: Decided) -> str | None:
    drugs = " or ".join(decided.preferred + decided.acceptable)
    excluded = " or ".join(decided.excluded)
    return ", ".join(filter(None, [drugs, excluded and f"not {excluded}"])) or None


def advice_words(advice: Advice) -> str:
    """One piece of advice, as a rule says it after its verb.

    >>> advice_words(FormChoice(drugs=("mecobalamin",), excluded=("cyanocobalamin",)))
    'mecobalamin, not cyanocobalamin'
    """
    match advice:
        case Regimen(phases=phases):
            return " then ".join(" ".join(_phase(phase)) for phase in phases)
        case FormChoice(drugs=drugs, excluded=excluded):
            exclusion = f", not {' or '.join(excluded)}" if excluded else ""
            return " or ".join(drugs) + exclusion
        case Exclusion(drugs=drugs, outright=outright):
            return f"{'contraindicated' if outright else 'avoid'} {', '.join(drugs)}"
        case Routes(routes=routes):
            return " or ".join(routes)
        case Prohibition(drugs=drugs, until=until, unless=unless):
            event = f" until {until}" if until else ""
            exception = f" unless {unless}" if unless else ""
            return ", ".join(drugs) + event + exception
        case Monitoring():
            return ", ".join(filter(None, [*_monitoring(advice)]))
        case Instruction():
            return _instruction(advice)
        case Target(measure=measure, operator=operator, low=low, high=high, unit=unit):
            return f"{measure} {operator.value} {_range(low, high, unit)}"
        case Continuation(treatment=treatment, for_life=for_life):
            return treatment + (" for life" if for_life else "")
        case NotNeeded():
            return "not needed"
        case _:
            assert_never(advice)


def _range(low: Fraction, high: Fraction, unit: str | None) -> str:
    top = format_quantity(high, unit)
    return top if low == high else f"{format_number(low)} to {top}"


def _length(length: DurationRange) -> str:
    return _range(length.low, length.high, length.unit.value)


def _phase(phase: Phase) -> Iterator[str]:
    if phase.drugs:
        yield " or ".join(phase.drugs)
    yield _range(phase.dose.low, phase.dose.high, phase.dose.unit)
    if phase.route is not None:
        yield phase.route
    if phase.frequency is not None:
        yield _frequency(phase.frequency)
    if phase.bound is not None:
        yield _bound(phase.bound)
    if phase.after:
        yield f"after {' and '.join(phase.after)}"


def _frequency(frequency: Frequency) -> str:
    if isinstance(frequency, Every):
        return _every(frequency.interval)
    low, high = frequency.low, frequency.high
    times = f"{low} times" if low == high else f"{low} to {high} times"
    return f"{times} per {_length(frequency.per).removeprefix('1 ')}"


def _every(interval: DurationRange) -> str:
    return f"every {_length(interval).removeprefix('1 ')}"


def _bound(bound: Bound) -> str:
    match bound:
        case ForTime(length=length):
            return f"for {_length(length)}"
        case ForDoses(count=count, within=within):
            inside = "" if within is None else f" within {_length(within)}"
            return f"for {count} doses{inside}"
        case ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            return f"until {event}"
        case _:
            assert_never(bound)


def _monitoring(monitoring: Monitoring) -> Iterator[str]:
    tests = ", ".join(monitoring.tests)
    if monitoring.at:
        tests += f" at {_times(monitoring.at)}"
    if monitoring.every is not None:
        tests += " at least" if monitoring.at_least else ""
        tests += f" {_every(monitoring.every)}"
    yield tests + (" once" if monitoring.once else "")
    yield "before the next dose" if monitoring.before_next_dose else ""
    if monitoring.companions:
        yield f"with {' and '.join(monitoring.companions)}"
    yield "never alone" if monitoring.never_alone else ""
    yield f"after {monitoring.after}" if monitoring.after else ""
    yield f"until {monitoring.until}" if monitoring.until else ""


def _times(at: tuple[Duration, ...]) -> str:
    *earlier, last = [format_quantity(time.value, time.unit.value) for time in at]
    if len({time.unit for time in at}) == 1:
        earlier = [format_number(time.value) for time in at[:-1]]
    return f"{', '.join(earlier)} and {last}" if earlier else last


def _instruction(instruction: Instruction) -> str:
    match instruction:
        case Instruction(gauge=(low, high)):
            return f"with needle {_range(Fraction(low), Fraction(high), 'G')}"
        case Instruction(pressure=DurationRange() as pressure):
            return f"with pressure for {_length(pressure)}"
        case Instruction(site=site, avoid=True, routinely=routinely):
            return f"not at {site}" + (" routinely" if routinely else "")
        case Instruction(site=site, quadrant=quadrant, direction=direction):
            where = f" in the {quadrant} quadrant" if quadrant else ""
            towards = f" directed {direction}" if direction else ""
            return f"at {site}{where}{towards}"
        case _:
            assert_never(instruction)
