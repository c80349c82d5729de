"""Builds conditions, regimens and actions from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name
from __future__ import annotations

from decimal import Decimal

from b12guide.syntax.ast import (
    And,
    AtSite,
    Between,
    Check,
    Comparison,
    Continue,
    Every,
    Exclude,
    ForDoses,
    ForLife,
    Form,
    ForTime,
    Frequency,
    Give,
    Group,
    Inject,
    Is,
    Listed,
    Load,
    Maintain,
    Name,
    Needle,
    Not,
    NotAtSite,
    Note,
    NotNeeded,
    OnRecord,
    Or,
    Phase,
    Plan,
    Pressure,
    Quantifier,
    Quantity,
    RecordWord,
    Reference,
    Regimen,
    Route,
    Target,
    Times,
    Until,
    Withhold,
)
from b12guide.syntax.build.pieces import (
    FREQUENCY_WORDS,
    NOT_UNITS,
    PER_TIME,
    Children,
    Clause,
    Doubt,
    Pieces,
    Refusal,
    clause,
    clauses,
    first,
    joined,
    name,
    names,
    nodes,
    one,
    only,
    quantity,
    span,
    token_span,
    tokens,
    whole,
)
from b12guide.values.term import Operator

_OPERATORS = {operator.value: operator for operator in Operator} | {
    "≤": Operator.AT_MOST,
    "≥": Operator.AT_LEAST,
}


def operator(children: Children) -> Operator:
    """The comparison among the children."""
    return _OPERATORS[next(tokens(children, "COMPARISON"))]


def _assuming(children: Children) -> tuple[Name, ...]:
    return tuple(c.values[0] for c in children if isinstance(c, Pieces))


class ConditionMethods:
    """The rules of the grammar that build conditions."""

    def or_(self, children: Children) -> Or:
        return Or(span=span(children), operands=tuple(children[::2]))

    def and_(self, children: Children) -> And:
        return And(span=span(children), operands=tuple(children[::2]))

    def not_(self, children: Children) -> Not:
        return Not(span=span(children), operand=children[1])

    def group(self, children: Children) -> Group:
        return Group(
            span=span(children), operand=children[1], assuming=_assuming(children)
        )

    def any_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children), quantifier=Quantifier.ANY, operands=children[-1].values
        )

    def all_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children), quantifier=Quantifier.ALL, operands=children[-1].values
        )

    def none_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children),
            quantifier=Quantifier.NONE,
            operands=children[-1].values,
        )

    def listed(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children[::2]))

    def reference(self, children: Children) -> Reference:
        return Reference(
            span=span(children), name=name(children[0]), assuming=_assuming(children)
        )

    def is_on_record(self, children: Children) -> OnRecord:
        return self._on_record(children, negated=False)

    def is_not_on_record(self, children: Children) -> OnRecord:
        return self._on_record(children, negated=True)

    def recorded(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.RECORDED)

    def established(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.ESTABLISHED)

    def measured(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.MEASURED)

    def known(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.KNOWN)

    def comparison(self, children: Children) -> Comparison:
        return Comparison(
            span=span(children),
            name=name(children[0]),
            operator=operator(children),
            bound=children[2],
            assuming=_assuming(children),
        )

    def between(self, children: Children) -> Between:
        return Between(
            span=span(children),
            name=name(children[0]),
            bound=quantity(children),
            assuming=_assuming(children),
        )

    def is_(self, children: Children) -> Is:
        return self._is(children, negated=False)

    def is_none(self, children: Children) -> Is:
        value = Name(span=span(children[2:3]), text=str(children[2]))
        return Is(
            span=span(children),
            name=name(children[0]),
            values=(value,),
            assuming=_assuming(children),
        )

    def is_not(self, children: Children) -> Is:
        return self._is(children, negated=True)

    def is_any_of(self, children: Children) -> Is:
        return self._is(children, negated=False)

    def is_none_of(self, children: Children) -> Is:
        return self._is(children, negated=True)

    def bound(self, children: Children) -> Quantity:
        return quantity(children)

    def assuming(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def _on_record(self, children: Children, *, negated: bool) -> OnRecord:
        return OnRecord(
            span=span(children),
            name=name(children[0]),
            word=first(clauses(children), "on record"),
            negated=negated,
            assuming=_assuming(children),
        )

    def _is(self, children: Children, *, negated: bool) -> Is:
        subject, *values = names(children)
        return Is(
            span=span(children),
            name=subject,
            values=tuple(values),
            negated=negated,
            assuming=_assuming(children),
        )


_TWO = Decimal(2)

# Words before a number, read as the drug whose dose it is: `or for 2 weeks`, `daily 5 mg`.
_NO_DRUGS = NOT_UNITS - {"orally"}  # a name like any other

_TIMING_ONCE = frozenset(
    {"at", "at least", "every", "once", "before", "with", "never", "after", "until"}
)


def _every(children: Children, unit: str) -> Every:
    where = span(children)
    return Every(span=where, interval=one(where, unit))


def _may(children: Children) -> bool:
    return isinstance(children[0], Clause)


class RegimenMethods:
    """The rules of the grammar that build dose schedules."""

    def plan(self, children: Children) -> Plan:
        return Plan(span=span(children), regimens=nodes(children, Regimen))

    def regimen(self, children: Children) -> Regimen:
        return Regimen(span=span(children), phases=nodes(children, Phase))

    def phase(self, children: Children) -> Phase:
        at = next(i for i, c in enumerate(children) if isinstance(c, Quantity))
        found = clauses(children)
        drug = next((name(token) for token in tokens(children[:at], "NAME")), None)
        route = next((name(token) for token in tokens(children[at:], "NAME")), None)
        if drug is not None and drug.text in _NO_DRUGS:
            raise Refusal(Doubt.RESERVED, drug.span, drug.text)
        if route is not None and route.text.lower() in FREQUENCY_WORDS:
            raise Refusal(Doubt.NOT_A_ROUTE, route.span, route.text)
        return Phase(
            span=span(children),
            drug=drug,
            dose=children[at],
            route=route,
            frequency=only(children, Every) or only(children, Times),
            bound=only(children, ForTime)
            or only(children, ForDoses)
            or only(children, ForLife)
            or only(children, Until),
            after=joined(found, "gates"),
        )

    def gates(self, children: Children) -> Clause:
        return clause("gates", children, names(children))

    def dose(self, children: Children) -> Quantity:
        if PER_TIME.search(children[-1]):
            raise Refusal(
                Doubt.DOSE_PER_TIME, token_span(children[-1]), str(children[-1])
            )
        return quantity(children)

    def alternate_days(self, children: Children) -> Every:
        where = span(children)
        return Every(
            span=where, interval=Quantity(span=where, low=_TWO, high=_TWO, unit="day")
        )

    def daily(self, children: Children) -> Every:
        return _every(children, "day")

    def weekly(self, children: Children) -> Every:
        return _every(children, "week")

    def monthly(self, children: Children) -> Every:
        return _every(children, "month")

    def yearly(self, children: Children) -> Every:
        return _every(children, "year")

    def every(self, children: Children) -> Every:
        return Every(span=span(children), interval=quantity(children))

    def times(self, children: Children) -> Quantity:
        counted = quantity(children)
        return Quantity(
            span=span(children), low=counted.low, high=counted.high, unit=None
        )

    def once(self, children: Children) -> Quantity:
        return one(span(children), None)

    def twice(self, children: Children) -> Quantity:
        return Quantity(span=span(children), low=_TWO, high=_TWO, unit=None)

    def times_per(self, children: Children) -> Frequency:
        return Times(span=span(children), count=children[0], per=quantity(children[2:]))

    def times_per_word(self, children: Children) -> Frequency:
        return Times(span=span(children), count=children[0], per=children[1].interval)

    def for_time(self, children: Children) -> ForTime:
        return ForTime(span=span(children), length=quantity(children))

    def for_doses(self, children: Children) -> ForDoses:
        return ForDoses(span=span(children), count=whole(children[1]))

    def for_life(self, children: Children) -> ForLife:
        return ForLife(span=span(children))

    def indefinitely(self, children: Children) -> ForLife:
        return ForLife(span=span(children), indefinitely=True)

    def until(self, children: Children) -> Until:
        return Until(span=span(children), event=name(children[1]))

    def after(self, children: Children) -> Clause:
        return clause("after", children, name(children[1]))


class ActionMethods(RegimenMethods):
    """The rules of the grammar that build what a rule does."""

    def may(self, children: Children) -> Clause:
        return clause("may", children, None)

    def load(self, children: Children) -> Load:
        return Load(span=span(children), plan=children[-1], optional=_may(children))

    def maintain(self, children: Children) -> Maintain:
        return Maintain(span=span(children), plan=children[-1], optional=_may(children))

    def give(self, children: Children) -> Give:
        return Give(span=span(children), plan=children[-1], optional=_may(children))

    def load_not_needed(self, children: Children) -> NotNeeded:
        return NotNeeded(span=span(children), verb="load")

    def maintain_not_needed(self, children: Children) -> NotNeeded:
        return NotNeeded(span=span(children), verb="maintain")

    def alternatives(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def form(self, children: Children) -> Form:
        drugs, *excluded = nodes(children, Pieces)
        return Form(
            span=span(children),
            drugs=drugs.values,
            excluded=excluded[0].values if excluded else (),
            optional=_may(children),
        )

    def avoid(self, children: Children) -> Exclude:
        return Exclude(span=span(children), drugs=children[-1].values, outright=False)

    def contraindicated(self, children: Children) -> Exclude:
        return Exclude(span=span(children), drugs=children[-1].values, outright=True)

    def route(self, children: Children) -> Route:
        return Route(
            span=span(children), routes=children[-1].values, optional=_may(children)
        )

    def withhold(self, children: Children) -> Withhold:
        found = clauses(children)
        return Withhold(
            span=span(children),
            drugs=children[1].values,
            until=first(found, "until"),
            unless=first(found, "unless"),
        )

    def withhold_until(self, children: Children) -> Clause:
        return clause("until", children, name(children[1]))

    def withhold_unless(self, children: Children) -> Clause:
        return clause("unless", children, name(children[1]))

    def target(self, children: Children) -> Target:
        return Target(
            span=span(children),
            measure=name(children[1]),
            operator=operator(children),
            bound=children[3],
        )

    def continue_(self, children: Children) -> Continue:
        return Continue(
            span=span(children),
            treatment=name(children[1]),
            for_life=only(children, ForLife) is not None,
        )

    def note(self, children: Children) -> Note:
        return Note(span=span(children), text=children[1])

    def check(self, children: Children) -> Check:
        more = tuple(test for piece in nodes(children, Pieces) for test in piece.values)
        found = clauses(children, _TIMING_ONCE)
        least = first(found, "at least")
        every = first(found, "every")
        if least and every:
            raise Refusal(Doubt.REPEATED, max(least.span, every.span), "every")
        return Check(
            span=span(children),
            tests=(name(children[1]), *more),
            at=joined(found, "at"),
            every=least or every,
            at_least=least is not None,
            once="once" in found,
            before_next_dose="before" in found,
            companions=joined(found, "with"),
            never_alone="never" in found,
            after=first(found, "after"),
            until=first(found, "until"),
        )

    def more_tests(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def timing(self, children: Children) -> Clause:
        word = children[-1]
        if isinstance(word, Every):
            return clause("every", children, word.interval)
        if isinstance(word, Until):
            return clause("until", children, word.event)
        return clause(word.keyword, children, word.value)

    def months(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(tokens(children, "NUMBER")))

    def at_times(self, children: Children) -> Clause:
        unit = children[2]
        times = tuple(quantity([number], str(unit)) for number in children[1].values)
        return clause("at", children, times)

    def at_least(self, children: Children) -> Clause:
        return clause("at least", children, children[2].interval)

    def check_once(self, children: Children) -> Clause:
        return clause("once", children, None)

    def before_next_dose(self, children: Children) -> Clause:
        return clause("before", children, None)

    def companions(self, children: Children) -> Clause:
        return clause("with", children, names(children))

    def never_alone(self, children: Children) -> Clause:
        return clause("never", children, None)

    def inject(self, children: Children) -> Inject:
        return Inject(
            span=span(children),
            instructions=tuple(children[1::2]),
        )

    def needle(self, children: Children) -> Needle:
        return Needle(span=span(children), gauge=quantity(children))

    def pressure(self, children: Children) -> Pressure:
        return Pressure(span=span(children), length=quantity(children))

    def at_site(self, children: Children) -> AtSite:
        found = clauses(children)
        return AtSite(
            span=span(children),
            site=name(children[1]),
            quadrant=first(found, "quadrant"),
            direction=first(found, "direction"),
        )

    def not_at_site(self, children: Children) -> NotAtSite:
        return NotAtSite(
            span=span(children),
            site=name(children[2]),
            routinely=isinstance(children[-1], Clause),
        )

    def routinely(self, children: Children) -> Clause:
        return clause("routinely", children, None)

    def quadrant(self, children: Children) -> Clause:
        return clause("quadrant", children, name(children[2]))

    def direction(self, children: Children) -> Clause:
        return clause("direction", children, name(children[1]))
