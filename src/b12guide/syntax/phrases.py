"""How the parts of an item are printed: names, quantities, texts, conditions, actions, regimens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from b12guide.syntax import ast

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def number(quantity: ast.Quantity) -> str:
    """The number or range of a quantity, without its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    return low if quantity.low == quantity.high else f"{low} to {high}"


def quantity(quantity: ast.Quantity) -> str:
    """A quantity with its unit, if it has one."""
    unit = "" if quantity.unit is None else f" {quantity.unit}"
    return number(quantity) + unit


def full_range(quantity: ast.Quantity) -> str:
    """A range with both its ends, equal or not, and its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    unit = "" if quantity.unit is None else f" {quantity.unit}"
    return f"{low} to {high}{unit}"


def listed(names: Iterable[ast.Name], joint: str = ", ") -> str:
    """Names in a row."""
    return joint.join(name.text for name in names)


def quoted(text: str) -> str:
    """A text in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def word(text: str) -> str:
    """A word as it is, or in quotation marks where it has other characters than a name."""
    return text if _WORD.fullmatch(text) else quoted(text)


def clause(keyword: str, text: str = "") -> str:
    """A clause on a line of its own."""
    return f"{keyword} {text}".rstrip() + "\n"


def clauses(*rows: tuple[str, str | None]) -> Iterator[str]:
    """The clauses of which there is something to say, each on its line."""
    return (clause(keyword, text) for keyword, text in rows if text)


def prose(said: ast.Prose | None) -> str | None:
    """A text in quotation marks, if there is one."""
    return None if said is None else quoted(said.text)


def head(*words: str, title: ast.Prose | None = None) -> str:
    """The first line of an item."""
    titles = () if title is None else (quoted(title.text),)
    return " ".join((*words, *titles)) + "\n"


def condition_to_text(condition: ast.Condition) -> str:
    """The condition on one line; it gets parentheses where a reader needs them."""
    match condition:
        case ast.Reference(name=name, assuming=assuming):
            return name.text + _assuming(assuming)
        case ast.OnRecord(name=name, word=word, negated=negated, assuming=assuming):
            said = f"{'not ' if negated else ''}{word.value}"
            return f"{name.text} is {said}{_assuming(assuming)}"
        case ast.Comparison(
            name=name, operator=operator, bound=bound, assuming=assuming
        ):
            return (
                f"{name.text} {operator.value} {quantity(bound)}{_assuming(assuming)}"
            )
        case ast.Between(name=name, bound=bound, assuming=assuming):
            return f"{name.text} from {full_range(bound)}{_assuming(assuming)}"
        case ast.Aged(assuming=assuming):
            return _aged(condition) + _assuming(assuming)
        case ast.LastValues(assuming=assuming) | ast.RoseOrFell(assuming=assuming):
            return _over_time(condition) + _assuming(assuming)
        case ast.Is(assuming=assuming):
            return _is(condition) + _assuming(assuming)
        case ast.Not(operand=operand):
            return f"not {_inside(operand, (ast.And, ast.Or))}"
        case ast.And(operands=operands):
            return " and ".join(_joined(operands))
        case ast.Or(operands=operands):
            return " or ".join(_joined(operands))
        case ast.Listed(how_many=how_many, operands=operands):
            return f"{how_many} of {', '.join(map(_part, operands))}"
        case ast.Group(operand=operand, assuming=assuming):
            return f"({condition_to_text(operand)}){_assuming(assuming)}"
        case _:
            assert_never(condition)


def _joined(operands: Sequence[ast.Condition]) -> Iterator[str]:
    """The parts of an `and` or `or`; nothing follows a list without parentheses (M10)."""
    for place, operand in enumerate(operands, start=1):
        text = _inside(operand, (ast.And, ast.Or))
        is_list = place < len(operands) and _ends_with_list(operand)
        yield f"({text})" if is_list and not text.startswith("(") else text


def _ends_with_list(condition: ast.Condition) -> bool:
    match condition:
        case ast.Not(operand=operand):
            return _ends_with_list(operand)
        case ast.Is(values=values):
            return len(values) > 1
        case _:
            return isinstance(condition, ast.Listed)


def _inside(condition: ast.Condition, weaker: tuple[type[ast.Condition], ...]) -> str:
    text = condition_to_text(condition)
    return f"({text})" if isinstance(condition, weaker) else text


def _part(condition: ast.Condition) -> str:
    """A condition in a list, with parentheses if it is a list itself."""
    if isinstance(condition, ast.Is) and len(condition.values) > 1:
        return f"({condition_to_text(condition)})"
    return _inside(condition, (ast.And, ast.Or, ast.Not, ast.Listed))


_AGE_BOUNDS = {
    ast.Operator.MORE: "more than",
    ast.Operator.LESS: "less than",
    ast.Operator.AT_LEAST: "at least",
    ast.Operator.AT_MOST: "at most",
}


def _aged(condition: ast.Aged) -> str:
    name, length = condition.name.text, quantity(condition.length)
    match condition.form:
        case ast.AgeForm.FOR:
            return f"{name} for {_AGE_BOUNDS[condition.operator]} {length}"
        case ast.AgeForm.AGO:
            return f"{name} {_AGE_BOUNDS[condition.operator]} {length} ago"
        case ast.AgeForm.WITHIN:
            return f"{name} within {length}"
        case ast.AgeForm.AFTER:
            return f"after {length} of {name}"
        case _:
            assert_never(condition.form)


def _over_time(condition: ast.OverTime) -> str:
    name, operator = condition.name.text, condition.operator
    match condition:
        case ast.LastValues(count=count, bound=bound):
            return f"last {count} {name} {operator.value} {quantity(bound)}"
        case ast.RoseOrFell(fell=fell, by=by, length=length):
            verb, than = "fell" if fell else "rose", _AGE_BOUNDS[operator]
            return f"{name} {verb} {than} {quantity(by)} in {quantity(length)}"
        case _:
            assert_never(condition)


def _is(condition: ast.Is) -> str:
    name, values = condition.name.text, condition.values
    if len(values) > 1:
        return f"{name} is {'none' if condition.negated else 'any'} of {listed(values)}"
    return f"{name} is {'not ' if condition.negated else ''}{values[0].text}"


def _assuming(names: Iterable[ast.Name]) -> str:
    return "".join(f" assuming {name.text}" for name in names)


_PER_WORD = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}


def action_to_text(action: ast.Action) -> str:
    """The action on one line."""
    return " ".join(keyword_and_rest(action))


def plan_to_text(plan: ast.Plan) -> str:
    """Regimens on one line."""
    return _plan(plan)


def keyword_and_rest(action: ast.Action) -> tuple[str, str]:
    """The first keyword of the action, and what follows it."""
    match action:
        case ast.Load(plan=plan, optional=optional):
            return _optional(optional, "load", _plan(plan))
        case ast.Maintain(plan=plan, optional=optional):
            return _optional(optional, "maintain", _plan(plan))
        case ast.Give(plan=plan, optional=optional):
            return _optional(optional, "give", _plan(plan))
        case ast.NotNeeded(verb=verb):
            return verb, "not needed"
        case ast.Form(drugs=drugs, excluded=excluded, optional=optional):
            exclusion = f", not {listed(excluded, ' or ')}" if excluded else ""
            return _optional(optional, "form", listed(drugs, " or ") + exclusion)
        case ast.Exclude(drugs=drugs, outright=outright):
            return "contraindicated" if outright else "avoid", listed(drugs)
        case ast.Route(routes=routes, optional=optional):
            return _optional(optional, "route", listed(routes, " or "))
        case ast.Withhold(drugs=drugs, until=until, unless=unless):
            event = f" until {until.text}" if until else ""
            exception = f" unless {unless.text}" if unless else ""
            return "withhold", listed(drugs) + event + exception
        case ast.Check():
            return _optional(action.optional, "check", _check(action))
        case ast.DoNotCheck(tests=tests):
            return "do not check", listed(tests)
        case ast.Inject(instructions=instructions):
            return "inject", " and ".join(map(_instruction, instructions))
        case ast.Target(measure=measure, operator=operator, bound=bound):
            return "target", f"{measure.text} {operator.value} {quantity(bound)}"
        case ast.Continue(treatment=treatment, for_life=for_life):
            return "continue", treatment.text + (" for life" if for_life else "")
        case ast.Stop(treatment=treatment, optional=optional):
            return _optional(optional, "stop", treatment.text)
        case ast.Change(to=to, optional=optional):
            what, rest = keyword_and_rest(to)
            return _optional(optional, "change", f"{what} to {rest}")
        case ast.Refer(services=services, optional=optional):
            return _optional(optional, "refer", listed(services))
        case ast.Conclude(name=name, value=value, optional=optional):
            return _optional(optional, "conclude", f"{name.text} {value.text}")
        case ast.Note(text=text):
            return "note", quoted(text.text)
        case _:
            assert_never(action)


def _optional(optional: bool, verb: str, rest: str) -> tuple[str, str]:
    return ("may", f"{verb} {rest}") if optional else (verb, rest)


def _plan(plan: ast.Plan) -> str:
    return " or ".join(
        " then ".join(" ".join(_phase(phase)) for phase in regimen.phases)
        for regimen in plan.regimens
    )


def _phase(phase: ast.Phase) -> Iterator[str]:
    if phase.drug:
        yield phase.drug.text
    if phase.open_end:
        yield phase.open_end.value
    yield quantity(phase.dose)
    if phase.limit:
        yield f"at most {quantity(phase.limit)}"
    if phase.route:
        yield phase.route.text
    if phase.frequency:
        yield _frequency(phase.frequency)
    if phase.bound:
        yield _bound(phase.bound)
    if phase.apart:
        yield f"at least {quantity(phase.apart)} apart"
    if phase.as_needed:
        yield "as needed"
    if phase.with_food:
        yield "with food"
    if phase.after:
        yield f"after {listed(phase.after, ' and ')}"


def _frequency(frequency: ast.Frequency) -> str:
    match frequency:
        case ast.Every(interval=ast.Quantity(low=2, high=2, unit="day")):
            return "on alternate days"
        case ast.Every(interval=interval):
            return _every(interval)
        case ast.Times(count=count, per=per):
            unit = _PER_WORD["day"] if per.unit == "day" else f"per {per.unit}"
            return f"{_times(count)} {unit}"
        case _:
            assert_never(frequency)


def _every(interval: ast.Quantity) -> str:
    if interval.low != 1 or interval.high != 1:
        return f"every {quantity(interval)}"
    return _PER_WORD.get(str(interval.unit), f"every {interval.unit}")


def _times(count: ast.Quantity) -> str:
    if count.low == count.high and count.low in {1, 2}:
        return "once" if count.low == 1 else "twice"
    return f"{number(count)} times"


def _bound(bound: ast.Bound) -> str:
    match bound:
        case ast.ForTime(length=length):
            return f"for {quantity(length)}"
        case ast.ForDoses(once=True):
            return "once"
        case ast.ForDoses(count=count):
            return f"for {count} dose" if count == 1 else f"for {count} doses"
        case ast.ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case ast.Until(event=event):
            return f"until {event.text}"
        case _:
            assert_never(bound)


def _check(check: ast.Check) -> str:
    timing = ", ".join(_timing(check))
    return listed(check.tests) + (f" {timing}" if timing else "")


def _timing(check: ast.Check) -> Iterator[str]:
    if check.at:
        *earlier, last = check.at
        before = ", ".join(map(number, earlier))
        yield "at " + (f"{before} and " if before else "") + quantity(last)
    if check.recurring:
        yield " then ".join(map(_recurrence, check.recurring))
    if check.once:
        yield "once"
    if check.before_next_dose:
        yield "before the next dose"
    if check.companions:
        yield f"with {listed(check.companions, ' and ')}"
    if check.never_alone:
        yield "never alone"
    if check.after:
        yield f"after {check.after.text}"
    if check.until:
        yield f"until {check.until.text}"
    if check.during:
        yield f"during {check.during.text}"


def _recurrence(recurrence: ast.Recurrence) -> str:
    every, often = recurrence.every, _every(recurrence.every)
    if recurrence.at_least:
        once = every.low == every.high == 1
        often = f"at least every {every.unit if once else quantity(every)}"
    return (
        often
        if recurrence.lasts is None
        else f"{often} for {quantity(recurrence.lasts)}"
    )


def _instruction(instruction: ast.Instruction) -> str:
    match instruction:
        case ast.Needle(gauge=gauge):
            return f"with needle {quantity(gauge)}"
        case ast.Pressure(length=length):
            return f"with pressure for {quantity(length)}"
        case ast.AtSite(site=site, quadrant=quadrant, direction=direction):
            where = f" in the {quadrant.text} quadrant" if quadrant else ""
            towards = f" directed {direction.text}" if direction else ""
            return f"at {site.text}{where}{towards}"
        case ast.NotAtSite(site=site, routinely=routinely):
            return f"not at {site.text}" + (" routinely" if routinely else "")
        case _:
            assert_never(instruction)
