"""Syntax trees that can be written: valid by construction."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve
from hypothesis import strategies as st

from b12guide.syntax import ast
from b12guide.text import Span, Text

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

NOWHERE = Span(0, 0)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"


def node(
    kind: Callable[..., T], /, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[T]:
    return st.builds(kind, span=st.just(NOWHERE), **fields)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def tuples(
    strategy: st.SearchStrategy[T], least: int = 0, most: int = 3
) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


# No keyword begins with an x, and no name may be one.
words = st.sampled_from(
    ["egfr", "S09", "T12", "folic_acid", "_", "a1", "orally", "android", "whenever"]
) | st.text(LETTERS, max_size=8).map("x{}".format)
names = node(ast.Name, text=words)
quoted = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"],
        exclude_characters="\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        "\u2066\u2067\u2068\u2069\ufeff",
    ),
    max_size=120,
)
prose = node(ast.Prose, text=quoted)
numbers = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(0, 10**9),
    st.integers(0, 3),
)
units = st.sampled_from(
    [
        "µg",
        "mg",
        "mL/min",
        "mL/min/1.73 m2",
        "x10^9/L",
        "x 10^9/L",
        "10^9/L",
        "%",
        "cm",
        "years",
    ]
)
times_of = st.sampled_from(["day", "days", "week", "weeks", "month", "months", "year"])
dates = st.dates().map(lambda date: date.isoformat())
partial_dates = st.dates().flatmap(
    lambda date: st.sampled_from([4, 7, 10]).map(lambda n: date.isoformat()[:n])
)
versions = st.tuples(*[st.integers(0, 99)] * 3).map(lambda v: "{}.{}.{}".format(*v))


def quantities(unit: st.SearchStrategy[str | None]) -> st.SearchStrategy[ast.Quantity]:
    return exact(unit) | node(ast.Quantity, low=numbers, high=numbers, unit=unit)


def exact(unit: st.SearchStrategy[str | None]) -> st.SearchStrategy[ast.Quantity]:
    return st.builds(
        lambda number, of: ast.Quantity(span=NOWHERE, low=number, high=number, unit=of),
        numbers,
        unit,
    )


# -------------------------------------------------------------------- conditions

operators = st.sampled_from(ast.Operator)
assuming = tuples(names, most=2)


@st.composite
def choices(draw: Draw, most: int = 3) -> ast.Is:
    values = draw(tuples(names, least=1, most=most))
    return ast.Is(
        span=NOWHERE,
        name=draw(names),
        values=values,
        negated=draw(st.booleans()),
        assuming=draw(assuming),
    )


@st.composite
def aged(draw: Draw) -> ast.Aged:
    form = draw(st.sampled_from(ast.AgeForm))
    bounds = st.sampled_from([o for o in ast.Operator if o is not ast.Operator.EQUAL])
    operator = {
        ast.AgeForm.WITHIN: ast.Operator.AT_MOST,
        ast.AgeForm.AFTER: ast.Operator.AT_LEAST,
    }.get(form) or draw(bounds)
    return ast.Aged(
        span=NOWHERE,
        form=form,
        name=draw(names),
        operator=operator,
        length=draw(exact(times_of)),
        assuming=draw(assuming),
    )


sides = st.sampled_from([o for o in ast.Operator if o is not ast.Operator.EQUAL])
over_time = node(
    ast.LastValues,
    count=st.integers(0, 99),
    name=names,
    operator=operators,
    bound=exact(maybe(units)),
    assuming=assuming,
) | node(
    ast.RoseOrFell,
    name=names,
    fell=st.booleans(),
    operator=sides,
    by=exact(maybe(units)),
    length=quantities(times_of),
    assuming=assuming,
)

listable = (
    node(ast.Reference, name=names, assuming=assuming)
    | node(
        ast.OnRecord,
        name=names,
        word=st.sampled_from(ast.RecordWord),
        negated=st.booleans(),
        assuming=assuming,
    )
    | node(
        ast.Comparison,
        name=names,
        operator=operators,
        bound=quantities(maybe(units)),
        assuming=assuming,
    )
    | node(ast.Between, name=names, bound=quantities(maybe(units)), assuming=assuming)
    | aged()
    | over_time
    | choices(most=1)
)
simple = listable | choices()


def _larger(
    inner: st.SearchStrategy[ast.Condition],
) -> st.SearchStrategy[ast.Condition]:
    groups = node(ast.Group, operand=inner, assuming=assuming)
    listed = node(
        ast.Listed,
        quantifier=st.sampled_from(
            [ast.Quantifier.ANY, ast.Quantifier.ALL, ast.Quantifier.NONE]
        ),
        operands=tuples(listable | groups, least=1),
    ) | node(
        ast.Listed,
        quantifier=st.just(ast.Quantifier.AT_LEAST),
        operands=tuples(listable | groups, least=1),
        count=st.integers(0, 12),
    )
    atoms = simple | groups | listed
    negations = node(ast.Not, operand=atoms) | node(
        ast.Not, operand=node(ast.Not, operand=atoms)
    )
    # What joins has parentheses inside what joins, and nothing follows a list without them.
    closed = listable | groups
    parts = st.tuples(
        tuples(closed | node(ast.Not, operand=closed), least=1), atoms | negations
    ).map(lambda found: (*found[0], found[1]))
    ands = node(ast.And, operands=parts)
    ors = node(ast.Or, operands=parts)
    return atoms | negations | ands | ors


conditions: st.SearchStrategy[ast.Condition] = st.recursive(
    simple, _larger, max_leaves=8
)

# ----------------------------------------------------------------------- actions

every = node(ast.Every, interval=quantities(times_of))
frequencies = every | node(
    ast.Times,
    count=quantities(st.none()),
    per=st.builds(
        lambda unit: ast.Quantity(
            span=NOWHERE, low=Decimal(1), high=Decimal(1), unit=unit
        ),
        times_of,
    ),
)


def _once_or_as_drawn(phase: ast.Phase) -> st.SearchStrategy[ast.Phase]:
    """A phase, also as a single dose where nothing says how often, and with an open dose."""
    once = ast.ForDoses(span=NOWHERE, count=1, once=True)
    single = evolve(phase, bound=once, apart=None)
    found = [phase, single] if phase.frequency is None else [phase]
    if phase.dose.low == phase.dose.high:
        found += [evolve(each, open_end=end) for each in found for end in ast.OpenEnd]
    by_weight = evolve(phase.dose, unit="mg/kg")
    limit = ast.Quantity(span=NOWHERE, low=Decimal(2), high=Decimal(2), unit="g")
    found += [evolve(phase, dose=by_weight), evolve(phase, dose=by_weight, limit=limit)]
    return st.sampled_from(found)


bounds = (
    node(ast.ForTime, length=quantities(times_of))
    | node(ast.ForDoses, count=st.integers(0, 100))
    | node(ast.ForLife, indefinitely=st.booleans())
    | node(ast.Until, event=names)
)
phases = node(
    ast.Phase,
    drug=maybe(names),
    dose=quantities(st.sampled_from(["µg", "mg", "IU"])),
    route=maybe(names),
    frequency=maybe(frequencies),
    bound=maybe(bounds),
    apart=maybe(quantities(times_of)),
    as_needed=st.booleans(),
    with_food=st.booleans(),
    after=st.lists(names, max_size=2).map(tuple),
).flatmap(_once_or_as_drawn)
regimens = node(ast.Regimen, phases=tuples(phases, least=1, most=2))
plans = node(ast.Plan, regimens=tuples(regimens, least=1, most=2))
instructions = (
    node(ast.Needle, gauge=quantities(st.just("G")))
    | node(ast.Pressure, length=quantities(st.just("minutes")))
    | node(ast.AtSite, site=names, quadrant=names)
    | node(ast.AtSite, site=names, direction=names)
    | node(ast.AtSite, site=names)
    | node(ast.NotAtSite, site=names, routinely=st.booleans())
)


recurrences = node(
    ast.Recurrence,
    every=quantities(times_of),
    at_least=st.booleans(),
    lasts=maybe(quantities(times_of)),
)


@st.composite
def checks(draw: Draw) -> ast.Check:
    unit = draw(times_of)
    return ast.Check(
        span=NOWHERE,
        tests=draw(tuples(names, least=1)),
        at=draw(tuples(quantities(st.just(unit)))),
        recurring=draw(tuples(recurrences)),
        once=draw(st.booleans()),
        before_next_dose=draw(st.booleans()),
        companions=draw(tuples(names)),
        never_alone=draw(st.booleans()),
        after=draw(maybe(names)),
        until=draw(maybe(names)),
        during=draw(maybe(names)),
        optional=draw(st.booleans()),
    )


doses = st.one_of(
    *(
        node(kind, plan=plans, optional=st.booleans())
        for kind in (ast.Load, ast.Maintain, ast.Give)
    )
)
forms = node(
    ast.Form,
    drugs=tuples(names, least=1),
    excluded=tuples(names),
    optional=st.booleans(),
)
routes = node(ast.Route, routes=tuples(names, least=1), optional=st.booleans())
new_doses = st.one_of(node(ast.Load, plan=plans), node(ast.Maintain, plan=plans))
new_forms = node(ast.Form, drugs=tuples(names, least=1))
new_routes = node(ast.Route, routes=tuples(names, least=1))
actions: st.SearchStrategy[ast.Action] = (
    doses
    | forms
    | routes
    | node(ast.NotNeeded, verb=st.sampled_from(["load", "maintain"]))
    | node(ast.Exclude, drugs=tuples(names, least=1), outright=st.booleans())
    | node(
        ast.Withhold,
        drugs=tuples(names, least=1),
        until=maybe(names),
        unless=maybe(names),
    )
    | checks()
    | node(ast.DoNotCheck, tests=tuples(names, least=1))
    | node(ast.Inject, instructions=tuples(instructions, least=1))
    | node(
        ast.Target, measure=names, operator=operators, bound=quantities(maybe(units))
    )
    | node(ast.Continue, treatment=names, for_life=st.booleans())
    | node(ast.Stop, treatment=names, optional=st.booleans())
    | node(ast.Change, to=new_doses | new_forms | new_routes, optional=st.booleans())
    | node(ast.Refer, services=tuples(names, least=1), optional=st.booleans())
    | node(ast.Conclude, name=names, value=names, optional=st.booleans())
    | node(ast.Note, text=prose)
)

# ------------------------------------------------------------------------- items

grounds = node(
    ast.Grounds,
    strength=maybe(st.sampled_from(ast.Strength)),
    certainty=maybe(st.sampled_from(ast.Certainty)),
    grade=maybe(quoted),
    states=tuples(names),
    cites=tuples(names),
    section=maybe(prose),
    because=maybe(prose),
    patient=maybe(prose),
    assumes=tuples(names),
    challenged=tuples(names),
)
rules = node(
    ast.Rule,
    name=names,
    title=maybe(prose),
    conditions=tuples(conditions, most=2),
    exception_to=tuples(names),
    actions=tuples(actions, most=2),
    outside_scope=st.booleans(),
    grounds=grounds,
)
implications = node(
    ast.Implication, name=names, premise=conditions, conclusion=conditions
)


@st.composite
def sources(draw: Draw) -> ast.Source:
    authors = draw(maybe(quoted))
    printed = draw(maybe(st.integers(0, 99)))
    return ast.Source(
        span=NOWHERE,
        name=draw(names),
        title=draw(prose),
        authors=authors,
        year=None if authors is None else draw(maybe(st.integers(0, 2100))),
        kind=draw(maybe(names)),
        printed=printed,
        inferred=printed is not None and draw(st.booleans()),
        missing=draw(st.booleans()),
        link=draw(maybe(quoted)),
    )


claims = (
    node(ast.Never, target=names | doses | forms | routes, when=maybe(conditions),
         unless=maybe(conditions))
    | node(ast.Always, target=names | doses | forms | routes, when=maybe(conditions))
    | node(ast.NeverBefore, target=names, before=names)
)  # fmt: skip

given = (
    node(
        ast.Given,
        name=names,
        value=st.sampled_from([ast.Presence.PRESENT, ast.Presence.ABSENT])
        | quantities(maybe(units)).filter(lambda q: q.low == q.high)
        | names,
        on=maybe(dates),
    )
    | node(ast.Given, name=names, value=st.just(ast.Presence.UNKNOWN))
    | node(
        ast.GivenAge,
        age=aged().map(lambda age: evolve(age, assuming=())),
        negated=st.booleans(),
    )
    | node(
        ast.GivenOverTime,
        asked=over_time.map(lambda asked: evolve(asked, assuming=())),
        negated=st.booleans(),
    )
    | node(ast.Otherwise, absent=st.booleans())
)
verdicts = ["applies", "does not apply", "unknown", "indeterminate", "overridden"]
outcomes = ["determined", "conflict", "silent", "not needed"]
decisions = names | st.sampled_from(["form", "route"]).map(
    lambda word: ast.Name(span=NOWHERE, text=word)
)
expectations: st.SearchStrategy[ast.Expectation] = (
    node(ast.ExpectAction, action=actions, negated=st.booleans())
    | node(ast.ExpectRule, rule=names, verdict=st.sampled_from(verdicts))
    | node(ast.ExpectDecision, decision=decisions, outcome=st.sampled_from(outcomes))
    | node(
        ast.ExpectDecision,
        decision=decisions,
        outcome=st.just("depends"),
        facts=tuples(names, least=1),
    )
    | node(ast.ExpectReasons, decision=decisions, rules=tuples(names, least=1))
    | node(ast.ExpectQuestion, fact=names, negated=st.booleans())
    | node(
        ast.ExpectMention,
        kind=st.sampled_from(["assumption", "challenge", "silent"]),
        name=names,
    )
    | node(ast.ExpectConflict, first=names, second=names)
    | node(ast.ExpectScope, verdict=st.sampled_from(verdicts[:3]))
)
examples = node(
    ast.Example,
    title=prose,
    given=tuples(given),
    asked=maybe(dates),
    expectations=tuples(expectations),
)


def declarations(kinds: list[ast.Kind]) -> st.SearchStrategy[ast.Declaration]:
    return node(
        ast.Declaration,
        kind=st.sampled_from(kinds),
        name=names,
        label=maybe(prose),
        asks=maybe(prose),
        synonyms=tuples(words | quoted),
        codes=tuples(node(ast.Code, system=names, code=quoted), most=2),
        unit=maybe(units),
        also_written=tuples(words | quoted),
        plausible=maybe(quantities(maybe(units))),
        plausible_dose=maybe(quantities(units)),
        usual_dose=maybe(quantities(units)),
        lay=tuples(words | quoted),
        molar_mass=maybe(exact(units)),
        absent=maybe(exact(maybe(units))),
        current=maybe(exact(units)),
        values=tuples(node(ast.Value, name=names, label=maybe(prose))),
        implies=tuples(conditions, most=2),
    )


local = declarations([kind for kind in ast.Kind if kind is not ast.Kind.ROUTE]) | (
    declarations([ast.Kind.ROUTE]).filter(lambda route: route.label is not None)
)  # without its label, a route in a guideline would be what a rule does
derivations = node(
    ast.Derivation,
    measure=names,
    equation=names,
    parts=tuples(names, least=1),
    assuming=tuples(names, most=2),
)
shared = declarations(list(ast.Kind)) | implications | derivations
items: st.SearchStrategy[ast.Item] = (
    rules
    | sources()
    | node(ast.Assumption, name=names, text=prose)
    | node(ast.Challenge, name=names, text=prose, by=tuples(names))
    | node(
        ast.Currency,
        facts=tuples(names, least=1),
        length=exact(units),
        assuming=tuples(names, most=2),
    )
    | derivations
    | node(
        ast.Definition,
        name=names,
        title=maybe(prose),
        asks=maybe(prose),
        condition=conditions,
        grounds=grounds,
    )
    | node(
        ast.Silent,
        topics=tuples(names, least=1),
        noted_as=tuples(names),
        text=maybe(prose),
        conditions=tuples(conditions, most=2),
        grounds=grounds,
    )
    | node(
        ast.ExpectedConflict,
        first=names,
        second=names,
        noted_as=tuples(names),
        because=maybe(prose),
    )
    | node(ast.Invariant, name=names, title=maybe(prose), claim=claims)
    | examples
    | implications
    | local
)

# ------------------------------------------------------------------------- files

digests = st.text("0123456789abcdef", min_size=64, max_size=64).map("sha256:{}".format)
approvals = node(ast.Approval, by=quoted, on=dates, digest=digests)
paths = node(
    ast.Name,
    text=st.sampled_from(["b12", "shared/b12", "../up", "/etc/passwd", "c:\\x"]),
)


@st.composite
def headers(draw: Draw, kind: str) -> ast.Header:
    approval = draw(maybe(approvals))
    statuses = maybe(st.sampled_from(["submitted", "under review"]))
    if kind == "examples":
        return ast.Header(span=NOWHERE, kind=kind, name=draw(names), title=None)
    return ast.Header(
        span=NOWHERE,
        kind=kind,
        name=draw(names),
        title=draw(maybe(prose)),
        version=draw(maybe(versions)),
        revised=draw(maybe(partial_dates)),
        status="approved" if approval else draw(statuses),
        approval=approval,
        scope=draw(maybe(conditions)),
        uses=draw(tuples(paths)),
        statements=draw(maybe(st.tuples(names, names))),
        authors=draw(tuples(quoted)),
        reviewers=draw(tuples(quoted)),
        licence=draw(maybe(quoted)),
        contact=draw(maybe(quoted)),
        intended_for=draw(maybe(prose)),
        effective=draw(maybe(partial_dates)),
        retired=draw(maybe(partial_dates)),
        supersedes=draw(tuples(names)),
        superseded_by=draw(maybe(names)),
    )


@st.composite
def files(draw: Draw) -> ast.File:
    """Files of every kind, as `to_text` may meet them."""
    kinds = draw(
        st.sampled_from(
            [
                ["guideline"],
                ["part"],
                ["examples"],
                ["vocabulary"],
                ["vocabulary", "guideline"],
            ]
        )
    )
    written: tuple[ast.Item, ...] = ()
    if "vocabulary" in kinds:
        written += draw(tuples(shared))
    if kinds[-1] in {"guideline", "part"}:
        written += draw(tuples(items))
    if kinds[-1] == "examples":
        written += draw(tuples(examples))
    return ast.File(
        text=Text("", ""),
        language=draw(st.sampled_from([Decimal(1), Decimal("1.1")])),
        headers=tuple(draw(headers(kind)) for kind in kinds),
        items=written,
    )
