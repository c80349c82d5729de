"""What a decision advises as a value, and the words of a column for it.

A value is a set: which rules stand behind its parts, how strong these are and in what order they
come is no part of it, so that two values are equal when they advise the same (M36, M59). The words
follow from the value and from how its guideline writes amounts and lengths; equal values have one
spelling in one guideline. They are for columns: names instead of labels, one way to say a thing,
nothing that depends on who reads it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias, assert_never

from attrs import define, evolve, field, frozen

from b12guide.evaluate.answer import Decided, Outcome, Side
from b12guide.evaluate.composition_parts import CompositionKind, in_time_order
from b12guide.frozen import Record
from b12guide.graph import model
from b12guide.graph.model import Advice
from b12guide.graph.query import regimens_in
from b12guide.regimen import model as regimen_model
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.quantity import format_number, format_quantity

_CHOICES = {model.Decision.LOADING, model.Decision.MAINTENANCE, model.Decision.ROUTE}
"""Decisions whose options are to choose from; the options of the others add up."""


@frozen(kw_only=True, repr=False)
class DecisionValue(Record):
    """What one decision says, compared by what it advises and by nothing else.

    Attributes:
        said: What is certain, or what may come out where nothing is; of the form the preferred
            drugs, each by itself.
        certain: Whether `said` holds whatever is unknown.
        acceptable: Of the form: drugs that may be used as well.
        excluded: Of the form: drugs not to be used; where nothing else is said, those that may come
            to be excluded.
        sides: The sides of a conflict.
    """

    decision: model.Decision
    said: frozenset[Advice] = frozenset()
    certain: bool = True
    acceptable: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    sides: frozenset[Advice] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.said or self.acceptable or self.excluded or self.sides)


def value_of(
    decided: Decided, sides: Iterable[Side], kinds: Container[CompositionKind]
) -> DecisionValue:
    """What a decision says: its default, or all that is possible where nothing is certain.

    A decision that is silent says nothing: what may be done beside a default is no part of it
    (M26), and in the form what is to be avoided makes a decision that is not silent (M37).

    Args:
        decided: The decision.
        sides: The sides of its conflicts.
        kinds: What it amounts to in some completion.
    """
    outcome, decision = decided.outcome, decided.decision
    if outcome is Outcome.SILENT:
        return DecisionValue(decision=decision)
    if outcome is Outcome.NOT_NEEDED:
        return DecisionValue(decision=decision, said=frozenset((model.NotNeeded(),)))
    is_form = decision is model.Decision.FORM
    default = [option for option in decided.options if not option.alternative]
    certain = [option for option in default if option.certain]
    clashing = frozenset(canonical(side.advice) for side in sides)
    acceptable = frozenset(decided.acceptable) if is_form else frozenset[str]()
    excluded = frozenset(decided.excluded) if is_form else frozenset[str]()
    if outcome is not Outcome.DEPENDS or certain:
        found = DecisionValue(
            decision=decision,
            said=frozenset(canonical(option.advice) for option in certain or default),
            acceptable=acceptable,
            excluded=excluded,
            sides=clashing if outcome is Outcome.CONFLICT else frozenset(),
        )
        if not found.is_empty:
            return found
        # Some drug is excluded whatever is unknown, and not the same one each time.
        open_ = _may_be_excluded(decided)
        return evolve(found, certain=not open_, excluded=open_)
    possible = {canonical(option.advice) for option in default}
    if CompositionKind.NOT_NEEDED in kinds:
        possible.add(model.NotNeeded())
    if (
        not possible
    ):  # nothing is a default anywhere: the sides of a conflict may come out
        possible.update(clashing)
    if not (possible or excluded):
        excluded = _may_be_excluded(decided)
    return DecisionValue(
        decision=decision,
        said=frozenset(possible),
        certain=False,
        acceptable=frozenset() if possible else acceptable,
        excluded=excluded,
    )


def _may_be_excluded(decided: Decided) -> frozenset[str]:
    """The drugs that are excluded in some completion."""
    return frozenset(
        drug
        for option in decided.options
        if isinstance(option.advice, model.Exclusion)
        for drug in option.advice.drugs
    )


@lru_cache(maxsize=4096)
def canonical(advice: Advice) -> Advice:
    """The same advice with everything that is a set in one order, and lengths in one unit.

    It is remembered, and equal advice may be written in several units: what comes of it must not
    depend on them (`Dose.spelled` chooses the unit).
    """
    match advice:
        case regimen_model.Regimen(phases=phases):
            return regimen_model.Regimen(tuple(phase.canonical for phase in phases))
        case model.FormChoice(drugs=drugs, excluded=excluded):
            return model.FormChoice(
                drugs=_one_order(drugs), excluded=_one_order(excluded)
            )
        case model.Exclusion(drugs=drugs) | model.Prohibition(drugs=drugs):
            return evolve(advice, drugs=_one_order(drugs))
        case model.Routes(routes=routes):
            return model.Routes(routes=_one_order(routes))
        case model.Monitoring(tests=tests, at=at, companions=companions):
            windows = (window.canonical for window in advice.windows)
            return evolve(
                advice,
                tests=_one_order(tests),
                at=times_in_order(at),
                windows=in_time_order(windows),
                companions=_one_order(companions),
            )
        case model.NotChecked(tests=tests):
            return model.NotChecked(tests=_one_order(tests))
        case model.Change(to=model.Regimens(regimens=(regimen,))):
            phases = tuple(phase.canonical for phase in regimen.phases)
            return advice.with_regimen(regimen_model.Regimen(phases))
        case model.Change(to=model.FormChoice(drugs=drugs)):
            return evolve(advice, to=model.FormChoice(drugs=_one_order(drugs)))
        case model.Change(to=model.Routes(routes=routes)):
            return evolve(advice, to=model.Routes(routes=_one_order(routes)))
        case _:
            return advice


def _one_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def times_in_order(at: Iterable[Duration]) -> tuple[Duration, ...]:
    """Times from the first to the last, each once, in the largest unit that suits all of a kind."""
    found: list[Duration] = []
    for is_calendar in (False, True):
        sizes = {
            time.value * time.unit.in_smallest
            for time in at
            if time.unit.is_calendar is is_calendar
        }
        units = [unit for unit in TimeUnit if unit.is_calendar is is_calendar]
        fitting = [u for u in units if all(s % u.in_smallest == 0 for s in sizes)]
        if sizes:
            unit = fitting[-1] if fitting else units[0]
            found += [Duration(s / unit.in_smallest, unit) for s in sorted(sizes)]
    return tuple(found)


# ------------------------------------------------------------------------------ spelling

Piece: TypeAlias = (
    regimen_model.Phase
    | regimen_model.Frequency
    | regimen_model.Bound
    | DurationRange
    | model.Monitoring
    | model.Instruction
)


@define(eq=False, repr=False)
class ValueWords:
    """The words of one guideline for values.

    What the guideline writes in one way only is written so. Where it writes the same in several
    ways, or comes to it by meeting others, there is one way for it all the same: lengths in the
    largest unit that holds them, amounts as `Dose.spelled` has it.

    Attributes:
        written: Phases, their parts, visits and instructions, each with the ways of writing it.
        doses: Every amount that the guideline writes.
        own: Phases and bounds that it writes in one way, each as it does.
    """

    written: Mapping[Piece, frozenset[str]] = field(factory=dict)
    doses: tuple[regimen_model.Dose, ...] = ()
    own: Mapping[Piece, Any] = field(factory=dict)
    _known: dict[Advice, tuple[Any, str]] = field(factory=dict, init=False)

    @classmethod
    def of(cls, graph: model.RuleGraph) -> ValueWords:
        """The words of a guideline; the order of its rules plays no part."""
        written: dict[Piece, set[str]] = {}
        own: dict[Piece, Any] = {}
        doses = []
        for part, text, piece in _parts(graph):
            written.setdefault(part, set()).add(text)
            own[part] = piece
            if isinstance(piece, regimen_model.Phase):
                doses.append(piece.dose)
        alone = {part: own[part] for part, texts in written.items() if len(texts) == 1}
        ways = {part: frozenset(texts) for part, texts in written.items()}
        return cls(ways, tuple(doses), alone)

    def text(self, value: DecisionValue) -> str | None:
        """What a value says; None where it says nothing.

        Parts that add up are joined by `;`, those to choose from by `or`, those of which only one
        comes out by `|`.
        """
        if value.is_empty:
            return None
        adds_up = value.decision not in {*_CHOICES, model.Decision.FORM}
        joint = ("; " if adds_up else " or ") if value.certain else " | "
        said = joint.join(self._listed(value.said))
        if value.decision is model.Decision.CHANGE and value.certain:
            said = "; ".join(self._changes(value.said))
        drugs = {
            d for v in value.said if isinstance(v, model.FormChoice) for d in v.drugs
        }
        acceptable = " or ".join(sorted(value.acceptable - drugs))
        said = " or ".join(filter(None, [said, acceptable]))
        sides = " | ".join(self._listed(value.sides))
        said = "; ".join(filter(None, [said, sides]))
        excluded = " or ".join(sorted(value.excluded))
        return ", ".join(filter(None, [said, excluded and f"not {excluded}"]))

    def _changes(self, said: Iterable[Advice]) -> Iterator[str]:
        """What changes adds up; what one thing is changed to is to choose from (M92)."""
        by: dict[model.Decision, list[Advice]] = {}
        for advice in said:
            if isinstance(advice, model.Change):
                by.setdefault(advice.of, []).append(advice)
        for decision in model.Decision:
            if decision in by:
                yield " or ".join(self._listed(by[decision]))

    def _listed(self, several: Iterable[Advice]) -> list[str]:
        """The words of each, in their order."""
        return [self._known[one][1] for one in self.ordered(several)]

    def ordered(self, several: Iterable[Advice]) -> list[Advice]:
        """Several pieces of advice in an order that follows from nothing but the advice."""
        for advice in several:
            if advice not in self._known:
                self._known[advice] = (_order(advice), self.spelled(advice))
        return sorted(several, key=lambda one: self._known[one])

    def as_written(self, phase: regimen_model.Phase) -> regimen_model.Phase:
        """A phase in the units in which its words are; equal to it."""
        if phase in self.own:
            written: regimen_model.Phase = self.own[phase]
            return written
        bound = None if phase.bound is None else self.own.get(phase.bound, phase.bound)
        return evolve(phase, dose=phase.dose.spelled(self.doses), bound=bound)

    def spelled(self, advice: Advice) -> str:
        """The words of one piece of advice, as the guideline writes it where it does."""
        match advice:
            case regimen_model.Regimen(phases=phases):
                return " then ".join(map(self._phase, phases))
            case model.Monitoring(every=DurationRange() as every):
                plain = advice_words(evolve(advice, every=every.canonical))
                return self._way(advice, plain)
            case model.Monitoring():
                return self._way(advice, advice_words(advice))
            case model.Change(of=of, to=model.Regimens(regimens=(regimen,))):
                return f"{of.value} to {self.spelled(regimen)}"
            case model.Instruction(pressure=DurationRange() as pressure):
                plain = advice_words(model.Instruction(pressure=pressure.canonical))
                return self._way(advice, plain)
            case _:
                return advice_words(advice)

    def _phase(self, phase: regimen_model.Phase) -> str:
        frequency, bound = phase.frequency, phase.bound
        parts = _phase_parts(
            evolve(phase, dose=phase.dose.spelled(self.doses)),
            self._way(frequency, _frequency(frequency)) if frequency else None,
            self._way(bound, _bound(bound)) if bound else None,
        )
        return self._way(phase, " ".join(parts))

    def _way(self, part: Piece, otherwise: str) -> str:
        """How the guideline writes something; `otherwise` if in no way, or in several."""
        ways = self.written.get(part, ())
        return next(iter(ways)) if len(ways) == 1 else otherwise


def _parts(graph: model.RuleGraph) -> Iterator[tuple[Piece, str, Piece]]:
    """Everything that a guideline may write in one way or another, with how it does.

    It comes as a value, in words, and as the guideline has it.
    """
    for rule in graph.rules.values():
        match rule.value:
            case model.Regimens(regimens=regimens) | model.Change(regimens=regimens):
                for phase in chain.from_iterable(one.phases for one in regimens):
                    value = phase.canonical
                    ordered = evolve(phase, drugs=value.drugs)
                    yield (
                        value,
                        advice_words(regimen_model.Regimen((ordered,))),
                        ordered,
                    )
                    if phase.frequency and value.frequency:
                        often = _frequency(phase.frequency)
                        yield value.frequency, often, phase.frequency
                    if value.bound and type(phase.bound) is type(value.bound):
                        yield value.bound, _bound(phase.bound), phase.bound
            case model.Monitoring(tests=tests):
                for test in tests:
                    visit = evolve(rule.value, tests=(test,))
                    visit = evolve(visit, companions=_one_order(visit.companions))
                    value_of_visit = canonical(visit)
                    if isinstance(value_of_visit, model.Monitoring):
                        yield value_of_visit, advice_words(visit), visit
            case model.Technique(instructions=instructions):
                for one in instructions:
                    yield one, advice_words(one), one
            case _:
                pass


_NUMBER = re.compile(r"(\d+)")


def _order(advice: Advice) -> tuple[Any, ...]:
    """Where a piece of advice stands: by its words, numbers as numbers, then by its amounts."""
    amounts: list[tuple[tuple[bool, Fraction], tuple[bool, Fraction], str]] = []
    text = advice_words(advice)
    for regimen in regimens_in(advice):
        nil = Fraction(0)
        nothing = regimen_model.Dose(nil, nil, "")
        bare = tuple(evolve(phase, dose=nothing) for phase in regimen.phases)
        without_doses = regimen_model.Regimen(bare)
        text = advice_words(
            advice.with_regimen(without_doses)
            if isinstance(advice, model.Change)
            else without_doses
        )
        amounts = [
            # An open lower end stands before all others, an open upper end behind them.
            ((low is not None, low or nil), (high is None, high or nil), str(kind))
            for low, high, kind in (phase.dose.amount for phase in regimen.phases)
        ]
    pieces = _NUMBER.split(text)
    natural = tuple((int(p), "") if p.isdigit() else (-1, p) for p in pieces)
    is_last = isinstance(
        advice, model.Exclusion | model.NotChecked | model.Stop | model.NotNeeded
    )
    return (is_last, natural, amounts)


# --------------------------------------------------------------------------- plain words


def advice_words(advice: Advice) -> str:
    """One piece of advice, as a rule says it after its verb.

    >>> advice_words(model.FormChoice(drugs=("mecobalamin",), excluded=("cyanocobalamin",)))
    'mecobalamin, not cyanocobalamin'
    """
    match advice:
        case regimen_model.Regimen(phases=phases):
            return " then ".join(
                " ".join(
                    _phase_parts(
                        phase,
                        _frequency(phase.frequency) if phase.frequency else None,
                        _bound(phase.bound) if phase.bound else None,
                    )
                )
                for phase in phases
            )
        case model.FormChoice(drugs=drugs, excluded=excluded):
            exclusion = f", not {' or '.join(excluded)}" if excluded else ""
            return " or ".join(drugs) + exclusion
        case model.Exclusion(drugs=drugs, outright=outright):
            return f"{'contraindicated' if outright else 'avoid'} {', '.join(drugs)}"
        case model.Routes(routes=routes):
            return " or ".join(routes)
        case model.Prohibition(drugs=drugs, until=until, unless=unless):
            event = f" until {until}" if until else ""
            exception = f" unless {unless}" if unless else ""
            return ", ".join(drugs) + event + exception
        case model.Monitoring():
            return ", ".join(filter(None, [*_monitoring(advice)]))
        case model.NotChecked(tests=tests):
            return f"not {', '.join(tests)}"
        case model.Instruction():
            return _instruction(advice)
        case model.Target(
            measure=measure, operator=operator, low=low, high=high, unit=unit
        ):
            return f"{measure} {operator.value} {_range(low, high, unit)}"
        case model.Continuation(treatment=treatment, for_life=for_life):
            return treatment + (" for life" if for_life else "")
        case model.Stop(treatment=treatment):
            return f"stop {treatment}"
        case model.Change(of=of, to=model.Regimens(regimens=regimens)):
            return f"{of.value} to {' or '.join(map(advice_words, regimens))}"
        case model.Change(of=of, to=model.FormChoice() | model.Routes() as to):
            return f"{of.value} to {advice_words(to)}"
        case model.Change():
            return advice.of.value  # there is nothing else; the type cannot say so
        case model.Referral(services=services):
            return ", ".join(services)
        case model.Concluded(conclusion=conclusion, value=value):
            return f"{conclusion} {value}"
        case model.NotNeeded():
            return "not needed"
        case _:
            assert_never(advice)


def _range(low: Fraction, high: Fraction, unit: str | None) -> str:
    top = format_quantity(high, unit)
    return top if low == high else f"{format_number(low)} to {top}"


def length_words(length: DurationRange) -> str:
    """A length of time, as a rule says it: "2 to 3 months"."""
    return _range(length.low, length.high, length.unit.value)


def _phase_parts(
    phase: regimen_model.Phase, frequency: str | None, bound: str | None
) -> Iterator[str]:
    if phase.drugs:
        yield " or ".join(phase.drugs)
    dose = phase.dose
    amount = _range(dose.stated[0], dose.stated[-1], dose.unit)
    if dose.high is None:
        amount = f"at least {amount}"
    yield f"at most {amount}" if dose.low is None else amount
    if dose.limit is not None:
        limit = dose.limit
        yield f"at most {_range(limit.stated[0], limit.stated[-1], limit.unit)}"
    length = "once" if phase.is_single_dose else bound
    apart = None
    if phase.apart is not None:
        words = length_words(
            DurationRange(phase.apart.value, phase.apart.value, phase.apart.unit)
        )
        apart = f"at least {words} apart"
    yield from filter(None, (phase.route, frequency, length, apart))
    if phase.as_needed:
        yield "as needed"
    if phase.with_food:
        yield "with food"
    if phase.after:
        yield f"after {' and '.join(phase.after)}"


def _frequency(frequency: regimen_model.Frequency) -> str:
    if isinstance(frequency, regimen_model.Every):
        return f"every {_period(frequency.interval)}"
    low, high = frequency.low, frequency.high
    times = f"{low} times" if low == high else f"{low} to {high} times"
    return f"{times} per {_period(frequency.per)}"


def _period(length: DurationRange) -> str:
    """A length after "every": a single one without its number."""
    return length.unit.value if length.low == length.high == 1 else length_words(length)


def _bound(bound: regimen_model.Bound) -> str:
    match bound:
        case regimen_model.ForTime(length=length):
            return f"for {length_words(length)}"
        case regimen_model.ForDoses(count=count, within=within):
            inside = "" if within is None else f" within {length_words(within)}"
            return f"for {count} {'dose' if count == 1 else 'doses'}{inside}"
        case regimen_model.ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case regimen_model.Until(event=event):
            return f"until {event}"
        case _:
            assert_never(bound)


def _monitoring(monitoring: model.Monitoring) -> Iterator[str]:
    tests = ", ".join(monitoring.tests)
    if monitoring.times:
        tests += f" at {_times(monitoring.times)}"
    if monitoring.recurring:
        tests += " " + " then ".join(map(_recurrence, monitoring.recurring))
    yield tests + (" once" if monitoring.once else "")
    yield "before the next dose" if monitoring.before_next_dose else ""
    if monitoring.companions:
        yield f"with {' and '.join(monitoring.companions)}"
    yield "never alone" if monitoring.never_alone else ""
    yield f"after {monitoring.after}" if monitoring.after else ""
    yield f"until {monitoring.until}" if monitoring.until else ""
    yield f"during {monitoring.during.value}" if monitoring.during else ""


def _recurrence(recurrence: model.Recurrence) -> str:
    least = "at least " if recurrence.at_least else ""
    length = (
        "" if recurrence.lasts is None else f" for {length_words(recurrence.lasts)}"
    )
    return f"{least}every {_period(recurrence.every)}{length}"


def _times(times: tuple[DurationRange, ...]) -> str:
    *earlier, last = map(length_words, times)
    if len({time.unit for time in times}) == 1:
        earlier = [_range(time.low, time.high, None) for time in times[:-1]]
    return f"{', '.join(earlier)} and {last}" if earlier else last


def _instruction(instruction: model.Instruction) -> str:
    match instruction:
        case model.Instruction(gauge=(low, high)):
            return f"with needle {_range(Fraction(low), Fraction(high), 'G')}"
        case model.Instruction(pressure=DurationRange() as pressure):
            return f"with pressure for {length_words(pressure)}"
        case model.Instruction(site=site, avoid=True, routinely=routinely):
            return f"not at {site}" + (" routinely" if routinely else "")
        case model.Instruction(site=site, quadrant=quadrant, direction=direction):
            where = f" in the {quadrant} quadrant" if quadrant else ""
            towards = f" directed {direction}" if direction else ""
            return f"at {site}{where}{towards}"
        case _:
            assert_never(instruction)
