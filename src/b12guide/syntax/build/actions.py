"""Builds conditions, regimens and actions from the parser's children.

Each table has what builds a rule of the grammar, by its name or alias there.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve

from b12guide.syntax import ast
from b12guide.syntax.build.pieces import (
    FREQUENCY_WORDS,
    NOT_UNITS,
    PER_TIME,
    Builder,
    Children,
    Clause,
    Doubt,
    Pieces,
    Refusal,
    always,
    child,
    clause,
    clauses,
    count,
    every_other,
    first,
    joined,
    name,
    names,
    node,
    nodes,
    only,
    only_clause,
    pieces,
    quantity,
    span,
    spoken,
    text,
    token_span,
    tokens,
    values,
    word,
)

_OPERATORS = {operator.value: operator for operator in ast.Operator} | {
    "≤": ast.Operator.AT_MOST,
    "≥": ast.Operator.AT_LEAST,
}

# Words before a number, read as the drug whose dose it is: `or for 2 weeks`, `daily 5 mg`.
_NO_DRUGS = NOT_UNITS - {"orally"}  # a name like any other

_TIMING_ONCE = frozenset(
    {"at", "every", "once", "before", "with", "never", "after", "until", "during"}
)

_TWO = Decimal(2)


def _operator(children: Children) -> ast.Operator:
    return _OPERATORS[next(tokens(children, "COMPARISON"))]


_AGE_BOUNDS = {
    "more": ast.Operator.MORE,
    "less": ast.Operator.LESS,
    "least": ast.Operator.AT_LEAST,
    "most": ast.Operator.AT_MOST,
}


def _age_bound(children: Children) -> ast.Operator:
    """What `more than`, `less than`, `at least` or `at most` says."""
    return next(_AGE_BOUNDS[word] for word in map(str, children) if word in _AGE_BOUNDS)


def _length_at(children: Children) -> int:
    """Where the length of time begins, behind `in`."""
    return next(n for n, child in enumerate(children) if str(child) == "in") + 1


def _assuming(children: Children) -> tuple[ast.Name, ...]:
    if len(children) == 1:  # nearly always
        return ()
    return tuple(c.values[0] for c in children if isinstance(c, Pieces))


def _is_negated(children: Children) -> bool:
    """Whether `not` or `none` stands behind the name and `is`."""
    return children[2] in ("not", "none")


CONDITIONS: Mapping[str, Builder] = {
    "or_": node(ast.Or, operands=every_other),
    "and_": node(ast.And, operands=every_other),
    "not_": node(ast.Not, operand=child(1)),
    "group": node(ast.Group, operand=child(1), assuming=_assuming),
    "quantified": node(
        ast.Listed, quantifier=lambda c: ast.Quantifier(str(c[0])), operands=values(-1)
    ),
    "counted": node(
        ast.Listed,
        quantifier=always(ast.Quantifier.AT_LEAST),
        operands=values(-1),
        count=count(2),
    ),
    "listed": pieces(every_other),
    "reference": node(ast.Reference, name=word(0), assuming=_assuming),
    "is_on_record": node(
        ast.OnRecord,
        name=word(0),
        word=lambda c: only(c, Clause).value,
        negated=_is_negated,
        assuming=_assuming,
    ),
    "record_word": clause("", lambda c: ast.RecordWord(str(c[0]))),
    "comparison": node(
        ast.Comparison,
        name=word(0),
        operator=_operator,
        bound=child(2),
        assuming=_assuming,
    ),
    "between": node(ast.Between, name=word(0), bound=quantity, assuming=_assuming),
    "aged": lambda c: evolve(c[0], span=span(c), assuming=_assuming(c)),
    "lasting": node(
        ast.Aged,
        form=always(ast.AgeForm.FOR),
        name=word(0),
        operator=lambda c: only(c, Clause).value,
        length=lambda c: quantity(c[2:]),
    ),
    "ago": node(
        ast.Aged,
        form=always(ast.AgeForm.AGO),
        name=word(0),
        operator=lambda c: only(c, Clause).value,
        length=quantity,
    ),
    "age_bound": clause("", _age_bound),
    "within": node(
        ast.Aged,
        form=always(ast.AgeForm.WITHIN),
        name=word(0),
        operator=always(ast.Operator.AT_MOST),
        length=quantity,
    ),
    "after_start": node(
        ast.Aged,
        form=always(ast.AgeForm.AFTER),
        name=word(4),
        operator=always(ast.Operator.AT_LEAST),
        length=quantity,
    ),
    "over_time_": lambda c: evolve(c[0], span=span(c), assuming=_assuming(c)),
    "last_values": node(
        ast.LastValues,
        count=count(1),
        name=word(2),
        operator=_operator,
        bound=lambda c: quantity(c[4:]),
    ),
    "rose_or_fell": node(
        ast.RoseOrFell,
        name=word(0),
        fell=lambda c: c[1] == "fell",
        operator=lambda c: only(c, Clause).value,
        by=lambda c: quantity(c[3 : _length_at(c)]),
        length=lambda c: quantity(c[_length_at(c) :]),
    ),
    "is_": node(
        ast.Is,
        name=word(0),
        values=lambda c: names(c)[1:],
        negated=_is_negated,
        assuming=_assuming,
    ),
    "is_none": node(
        ast.Is,
        name=word(0),
        # `none` is a word of the language, and a value all the same.
        values=lambda c: (ast.Name(span=token_span(c[2]), text="none"),),
        assuming=_assuming,
    ),
    "bound": quantity,
    "assuming": pieces(names),
}


# ------------------------------------------------------------------------ regimens


_MANNERS = ("as needed", "with food")


def _phase(children: Children) -> ast.Phase:
    at = next(i for i, c in enumerate(children) if isinstance(c, ast.Quantity))
    drug = next((name(token) for token in tokens(children[:at], "NAME")), None)
    route = next((name(token) for token in tokens(children[at:], "NAME")), None)
    if drug is not None and drug.text in _NO_DRUGS:
        raise Refusal(Doubt.RESERVED, drug.span, drug.text)
    if route is not None and route.text.lower() in FREQUENCY_WORDS:
        raise Refusal(Doubt.NOT_A_ROUTE, route.span, route.text)
    found = clauses(children, _MANNERS)
    return ast.Phase(
        span=span(children),
        drug=drug,
        open_end=first(found, "open end"),
        dose=children[at],
        limit=first(found, "limit"),
        route=route,
        frequency=only(children, ast.Frequency),
        bound=only(children, ast.Bound),
        apart=first(found, "apart"),
        as_needed="as needed" in found,
        with_food="with food" in found,
        after=joined(found, "gates"),
    )


def _dose(children: Children) -> ast.Quantity:
    if PER_TIME.search(children[-1]):
        raise Refusal(Doubt.DOSE_PER_TIME, token_span(children[-1]), str(children[-1]))
    return quantity(children)


def _repeated(number: Decimal, unit: str | None) -> Builder:
    """The quantity that a word such as `daily` or `twice` stands for."""
    return lambda c: ast.Quantity(span=span(c), low=number, high=number, unit=unit)


_UNIT_OF = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}

REGIMENS: Mapping[str, Builder] = {
    "plan": node(ast.Plan, regimens=lambda c: nodes(c, ast.Regimen)),
    "regimen": node(ast.Regimen, phases=lambda c: nodes(c, ast.Phase)),
    "phase": _phase,
    "gates": clause("gates", names),
    "open_end": clause("open end", lambda c: ast.OpenEnd(f"{c[0]} {c[1]}")),
    "limit": clause("limit", quantity),
    "apart": clause("apart", quantity),
    "manner": spoken,
    "dose": _dose,
    "alternate_days": node(ast.Every, interval=_repeated(Decimal(2), "day")),
    "per_word": node(
        ast.Every, interval=lambda c: _repeated(Decimal(1), _UNIT_OF[c[0]])(c)
    ),
    "every": node(ast.Every, interval=quantity),
    "times": lambda c: evolve(quantity(c), span=span(c)),
    "once": _repeated(Decimal(1), None),
    "twice": _repeated(Decimal(2), None),
    "times_per": node(ast.Times, count=child(0), per=lambda c: quantity(c[2:])),
    "times_per_word": node(ast.Times, count=child(0), per=lambda c: c[1].interval),
    "for_time": node(ast.ForTime, length=quantity),
    "for_doses": node(ast.ForDoses, count=count(1)),
    "single_dose": node(ast.ForDoses, count=always(1), once=always(True)),
    "for_life": node(ast.ForLife),
    "indefinitely": node(ast.ForLife, indefinitely=always(True)),
    "until": node(ast.Until, event=word(1)),
    "after": clause("after", word(1)),
}


# ------------------------------------------------------------------------- actions


def _may(children: Children) -> bool:
    return isinstance(children[0], Clause)


def _form(children: Children) -> ast.Form:
    drugs, *excluded = nodes(children, Pieces)
    return ast.Form(
        span=span(children),
        drugs=drugs.values,
        excluded=excluded[0].values if excluded else (),
        optional=_may(children),
    )


def _change(children: Children) -> ast.Change:
    """A change holds what takes the place of the present as the verb for it would say it."""
    verb, _, to = children[-3:]
    where = span(children[-3:])
    match str(verb):
        case "load":
            said: ast.Load | ast.Maintain | ast.Form | ast.Route = ast.Load(
                span=where, plan=to
            )
        case "maintain":
            said = ast.Maintain(span=where, plan=to)
        case "form":
            said = ast.Form(span=where, drugs=to.values)
        case _:
            said = ast.Route(span=where, routes=to.values)
    return ast.Change(span=span(children), to=said, optional=_may(children))


def _check(children: Children) -> ast.Check:
    more = tuple(test for piece in nodes(children, Pieces) for test in piece.values)
    found = clauses(children, _TIMING_ONCE)
    return ast.Check(
        span=span(children),
        tests=(name(next(tokens(children, "NAME"))), *more),
        optional=_may(children),
        at=joined(found, "at"),
        recurring=joined(found, "every"),
        once="once" in found,
        before_next_dose="before" in found,
        companions=joined(found, "with"),
        never_alone="never" in found,
        after=first(found, "after"),
        until=first(found, "until"),
        during=first(found, "during"),
    )


def _recurrence(children: Children) -> ast.Recurrence:
    often = children[0]
    is_least = isinstance(often, Clause)
    return ast.Recurrence(
        span=span(children),
        every=often.value if is_least else often.interval,
        at_least=is_least,
        lasts=children[1] if len(children) > 1 else None,
    )


def _timing(children: Children) -> Clause:
    inner = children[-1]
    if isinstance(inner, ast.Until):
        return Clause(span=span(children), keyword="until", value=inner.event)
    return Clause(span=span(children), keyword=inner.keyword, value=inner.value)


ACTIONS: Mapping[str, Builder] = {
    "may": clause("may"),
    "load": node(ast.Load, plan=child(-1), optional=_may),
    "maintain": node(ast.Maintain, plan=child(-1), optional=_may),
    "give": node(ast.Give, plan=child(-1), optional=_may),
    "not_needed": node(ast.NotNeeded, verb=text(0)),
    "alternatives": pieces(names),
    "form": _form,
    "avoid": node(ast.Exclude, drugs=values(-1), outright=always(False)),
    "contraindicated": node(ast.Exclude, drugs=values(-1), outright=always(True)),
    "route": node(ast.Route, routes=values(-1), optional=_may),
    "withhold": node(
        ast.Withhold,
        drugs=values(1),
        until=only_clause("until"),
        unless=only_clause("unless"),
    ),
    "withhold_until": clause("until", word(1)),
    "withhold_unless": clause("unless", word(1)),
    "target": node(ast.Target, measure=word(1), operator=_operator, bound=child(3)),
    "continue_": node(
        ast.Continue,
        treatment=word(1),
        for_life=lambda c: isinstance(c[-1], ast.ForLife),
    ),
    "stop": node(ast.Stop, treatment=word(-1), optional=_may),
    "change_doses": _change,
    "change_form": _change,
    "change_route": _change,
    "refer": node(ast.Refer, services=values(-1), optional=_may),
    "conclude": node(ast.Conclude, name=word(-2), value=word(-1), optional=_may),
    "note": node(ast.Note, text=child(1)),
    "check": _check,
    "do_not_check": node(ast.DoNotCheck, tests=values(-1)),
    "more_tests": pieces(names),
    "timing": _timing,
    "moment": pieces(lambda c: tuple(tokens(c, "NUMBER"))),
    "months": pieces(lambda c: tuple(one.values for one in nodes(c, Pieces))),
    "at_times": clause(
        "at", lambda c: tuple(quantity(numbers, str(c[2])) for numbers in c[1].values)
    ),
    "at_least": clause("at least", lambda c: c[2].interval),
    "lasting_for": quantity,
    "recurrence": _recurrence,
    "recurring": clause("every", lambda c: tuple(nodes(c, ast.Recurrence))),
    "during": clause("during", word(1)),
    "check_once": clause("once"),
    "before_next_dose": clause("before"),
    "companions": clause("with", names),
    "never_alone": clause("never"),
    "inject": node(ast.Inject, instructions=lambda c: tuple(c[1::2])),
    "needle": node(ast.Needle, gauge=quantity),
    "pressure": node(ast.Pressure, length=quantity),
    "at_site": node(
        ast.AtSite,
        site=word(1),
        quadrant=only_clause("quadrant"),
        direction=only_clause("direction"),
    ),
    "not_at_site": node(
        ast.NotAtSite, site=word(2), routinely=lambda c: isinstance(c[-1], Clause)
    ),
    "routinely": clause("routinely"),
    "quadrant": clause("quadrant", word(2)),
    "direction": clause("direction", word(1)),
}
