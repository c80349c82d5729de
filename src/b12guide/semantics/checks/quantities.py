"""Checks of numbers: thresholds, lengths of time, counts and doses, with their units."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.regimen.phase import Every, Times, can_be_apart, most_per_day
from b12guide.regimen.schedule import MOST_PER_DAY
from b12guide.semantics.checks.report import finding, misfit
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import (
    Misfit,
    Namespace,
    Scope,
    dose,
    drug_named,
    duration,
    in_unit_of,
    is_also_written,
    is_by_weight,
    limits_of,
    printed_unit,
    reversed_range,
    text_of,
    weight_in,
    with_unit_of,
)
from b12guide.syntax import ast
from b12guide.syntax.ast import Declaration, Quantity
from b12guide.text import Text
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind, Operator
from b12guide.values.unit import convert, parse_unit, time_unit

# ------------------------------------------------------------------------- measures


def _measured(
    draft: Draft, scope: Scope
) -> Iterator[tuple[Text, ast.Node, Declaration, Quantity]]:
    """Every quantity that stands with a measure."""
    for text, node in draft.each_node(
        ast.Comparison,
        ast.Between,
        ast.LastValues,
        ast.RoseOrFell,
        ast.Target,
        ast.Given,
    ):
        match node:
            case (
                ast.Comparison(name=name, bound=bound)
                | ast.Between(name=name, bound=bound)
                | ast.LastValues(name=name, bound=bound)
                | ast.RoseOrFell(name=name, by=bound)
            ):
                quantity = bound
            case ast.Target(measure=name, bound=bound):
                quantity = bound
            case ast.Given(name=name, value=Quantity() as value):
                quantity = value
            case _:
                continue
        measure = scope.fact(name.text)
        if isinstance(measure, Declaration) and measure.kind is Kind.MEASURE:
            yield text, node, measure, quantity


def measure_fits(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL304 to GDL308: a number beside a measure has a unit of that measure."""
    for text, _, measure, quantity in _measured(draft, scope):
        meaning = in_unit_of(measure, quantity)
        if isinstance(meaning, Misfit):
            yield misfit(meaning, (text, quantity))


def threshold_is_plausible(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL309: a threshold lies where a measure can have values."""
    for text, node, measure, quantity in _measured(draft, scope):
        ends = in_unit_of(measure, quantity)
        if isinstance(ends, Misfit) or measure.plausible is None:
            continue
        if isinstance(node, ast.RoseOrFell):
            continue  # by how much it may change is another matter
        plausible = with_unit_of(measure, measure.plausible)
        believable = in_unit_of(measure, plausible)
        if isinstance(believable, Misfit):
            continue
        outside = [e for e in ends if not believable[0] <= e <= believable[1]]
        # A bound printed as a range is left open between its ends (M11): while one end can be
        # passed, there are two answers, and the bound says something.
        if outside and not (isinstance(node, ast.Comparison) and len(outside) == 1):
            yield finding(
                "GDL309",
                f"`{measure.name.text}` lies between {limits_of(plausible)}"
                f"{_consequence(node, ends, believable)}",
                (text, quantity),
                notes=("a value outside that range is refused in a patient, too",),
                help_=_own_unit(text, measure, quantity, believable)
                or "check the number and its unit",
            )


_EVERYDAY = Fraction(10)
"""A litre for a decilitre is another habit, and not a slip."""


def denominator_is_usual(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL320: a number that would be right in the measure's own unit has another denominator.

    Below 50 mL/h is below 1 mL/min: the unit converts, the bound is believable, and nobody meant
    it. The amount on top is the same as in the measure's own unit, what it is counted by is not.
    """
    for text, _, measure, quantity in _measured(draft, scope):
        own, written = measure.unit, printed_unit(quantity.unit)
        ends = in_unit_of(measure, quantity)
        if own is None or written is None or isinstance(ends, Misfit):
            continue
        ratio = _other_denominator(written, printed_unit(own) or own)
        if ratio is None or is_also_written(written, measure):
            continue
        believable = None
        if measure.plausible is not None:
            limits = in_unit_of(measure, with_unit_of(measure, measure.plausible))
            believable = None if isinstance(limits, Misfit) else limits
        help_ = _own_unit(text, measure, quantity, believable)
        is_told = believable is not None and not _are_within(ends, believable)
        if help_ is not None and not is_told:  # as GDL309, otherwise
            name = measure.name.text
            # A bound to two digits, for people.
            end = ends[1]
            rounded = format_quantity(Fraction(f"{float(end):.2g}"), own)
            yield finding(
                "GDL320",
                f"`{text_of(quantity)}` is `{rounded}`, and `{name}` is "
                f"measured in `{own}`",
                (text, quantity),
                severity=Severity.WARNING,
                help_=help_,
            )


def _are_within(
    ends: tuple[Fraction, Fraction], limits: tuple[Fraction, Fraction]
) -> bool:
    return limits[0] <= ends[0] <= ends[1] <= limits[1]


def _other_denominator(written: str, own: str) -> Fraction | None:
    """How much larger one denominator is, if the numerators are the same and it matters."""
    top, _, below = written.partition("/")
    own_top, _, own_below = own.partition("/")
    one, two = parse_unit(below), parse_unit(own_below)
    if top != own_top or one is None or two is None:
        return None
    ratio = convert(Fraction(1), one, two)
    if ratio is None or ratio == 1:
        return None
    is_of_time = time_unit(below) is not None or below in {"min", "h", "s"}
    matters = is_of_time or not 1 / _EVERYDAY <= ratio <= _EVERYDAY
    return ratio if matters else None


def _own_unit(
    text: Text,
    measure: Declaration,
    quantity: Quantity,
    believable: tuple[Fraction, Fraction] | None,
) -> Help | None:
    """The same number in the unit of the measure, if it is believable there."""
    low, high = Fraction(quantity.low), Fraction(quantity.high)
    if measure.unit is None or quantity.unit in {None, measure.unit}:
        return None
    if believable is not None and not _are_within((low, high), believable):
        return None
    written = text_of(evolve(quantity, unit=measure.unit))
    edit = Edit(text=text, span=quantity.span, replacement=written)
    return Help(message=f"write `{written}` if that is meant", edits=(edit,))


def _consequence(
    node: ast.Node,
    ends: tuple[Fraction, Fraction],
    believable: tuple[Fraction, Fraction],
) -> str:
    is_above = ends[1] > believable[1]
    match node:
        case ast.Comparison(operator=operator) if (
            operator is not Operator.EQUAL and ends[0] < believable[0] and is_above
        ):
            return ", so the range of this bound leaves every value open"
        case (
            ast.Comparison(operator=Operator.LESS | Operator.AT_MOST)
            | ast.LastValues(operator=Operator.LESS | Operator.AT_MOST)
        ):
            return f", so this is {'always' if is_above else 'never'} true"
        case (
            ast.Comparison(operator=Operator.MORE | Operator.AT_LEAST)
            | ast.LastValues(operator=Operator.MORE | Operator.AT_LEAST)
        ):
            return f", so this is {'never' if is_above else 'always'} true"
        case ast.Comparison():
            return ", so this is never true"
        case ast.Given():
            return ", so no patient has this value"
        case _:
            return ", so this bound is out of reach"


# ----------------------------------------------------------------------------- time


def _lengths(node: ast.Node) -> Iterator[Quantity]:
    match node:
        case ast.Every(interval=interval):
            yield interval
        case ast.Times(per=per):
            yield per
        case ast.ForTime(length=length) | ast.Pressure(length=length):
            yield length
        case ast.Check(at=at):
            yield from at
        case ast.Recurrence(every=every, lasts=lasts):
            yield every
            if lasts is not None:
                yield lasts
        case ast.Aged(length=length) | ast.RoseOrFell(length=length):
            yield length
        case _:
            return


def length_of_time_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL312: a schedule counts in lengths of time."""
    for text, node in draft.each_node(
        ast.Every,
        ast.Times,
        ast.ForTime,
        ast.Pressure,
        ast.Check,
        ast.Recurrence,
        ast.Aged,
        ast.RoseOrFell,
    ):
        for length in _lengths(node):
            meaning = duration(length)
            if isinstance(meaning, Misfit):
                yield misfit(meaning, (text, length))


# --------------------------------------------------------------------------- counts


def count_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL314: what is counted is a whole number from one upwards."""
    for text, node in draft.each_node(ast.Times, ast.ForDoses):
        match node:
            case ast.Times(count=count) if count.low > count.high:
                yield misfit(reversed_range(count), (text, count))
            case ast.Times(count=count) if not _is_count(count):
                yield finding(
                    "GDL314",
                    f"`{text_of(count)}` times cannot be counted",
                    (text, count),
                    help_="give a whole number from 1 upwards",
                )
            case ast.ForDoses(count=0):
                yield finding("GDL314", "no dose is given", (text, node))
            case _:
                pass


def _is_count(count: Quantity) -> bool:
    ends = (count.low, count.high)
    return all(end >= 1 and end == end.to_integral_value() for end in ends)


def gauge_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL313: a needle has a gauge, a whole number of G."""
    for text, node in draft.each_node(ast.Needle):
        if not isinstance(node, ast.Needle):
            continue
        gauge = node.gauge
        unit, gauge_unit = parse_unit(gauge.unit or ""), parse_unit("G")
        if unit != gauge_unit or not _is_count(gauge):
            yield finding(
                "GDL313",
                f"`{text_of(gauge)}` is not the gauge of a needle",
                (text, gauge),
                help_="give it as a whole number of `G`, such as `needle ... G`",
            )
        elif gauge.low > gauge.high:
            yield misfit(reversed_range(gauge), (text, gauge))


def namespace_drugs(scope: Scope) -> tuple[Declaration, ...]:
    """Every drug that is declared."""
    entries = scope.entries[Namespace.DRUG].values()
    return tuple(e.item for e in entries if isinstance(e.item, Declaration))


def _doses(draft: Draft) -> Iterator[tuple[Text, ast.Phase, ast.Name | None, bool]]:
    """Every phase with the drug that it is of, and whether the verb is `give`."""
    for text, node in draft.each_node(ast.Load, ast.Maintain, ast.Give):
        if not isinstance(node, ast.Load | ast.Maintain | ast.Give):
            continue
        for regimen in node.plan.regimens:
            drug: ast.Name | None = None
            for phase in regimen.phases:
                drug = phase.drug or drug
                yield text, phase, drug, isinstance(node, ast.Give)


def given_drug_is_named(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL317: `give` names the drug."""
    for text, phase, drug, is_given in _doses(draft):
        if drug is None and is_given:
            yield finding(
                "GDL317",
                f"`give` does not say which drug {text_of(phase.dose)} is of",
                (text, phase),
                help_=f"such as `give folic_acid {text_of(phase.dose)}`",
            )


def dose_fits(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL310: a dose is a mass, or measured as the vocabulary measures that drug."""
    for text, phase, name, _ in _doses(draft):
        meaning = dose(phase.dose, drug_named(name.text if name else None, scope))
        if isinstance(meaning, Misfit):
            yield misfit(meaning, (text, phase.dose))


def dose_by_weight_fits(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL247, GDL248: a dose by weight has a weight to go by, and alone has a limit."""
    for text, phase, name, _ in _doses(draft):
        limit = phase.limit
        if is_by_weight(phase.dose) and weight_in(scope) is None:
            yield finding(
                "GDL247",
                f"`{text_of(phase.dose)}` goes by the weight of the patient, "
                "and the vocabulary has no measure of it",
                (text, phase.dose),
                help_='declare it: `measure weight "body weight"` with `unit kg`',
            )
        if limit is None:
            continue
        drug = drug_named(name.text if name else None, scope)
        meaning = dose(limit, drug)
        if isinstance(meaning, Misfit):
            yield misfit(meaning, (text, limit))
        elif is_by_weight(limit):
            yield finding(
                "GDL248",
                "the limit of a dose by weight is an amount, whatever the weight",
                (text, limit),
                help_="such as `at most 1000 mg`",
            )
        elif not is_by_weight(phase.dose) or phase.open_end is not None:
            what = "a dose with an open end" if phase.open_end else "this dose"
            yield finding(
                "GDL248",
                f"{what} does not go by weight alone, so nothing is limited by "
                f"`at most {text_of(limit)}`",
                (text, limit),
                help_="write the dose as a range, or for each kilogram, such as "
                "`15 mg/kg at most 1000 mg`",
            )


def open_dose_has_one_number(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL324: `at least` and `at most` stand before one number, the other end being open."""
    for text, phase, _drug, _is_given in _doses(draft):
        if phase.open_end is not None and phase.dose.low != phase.dose.high:
            words = phase.open_end.value
            end, which = phase.dose.low, "upper"
            if phase.open_end is ast.OpenEnd.AT_MOST:
                end, which = phase.dose.high, "lower"
            one = text_of(evolve(phase.dose, low=end, high=end))
            yield finding(
                "GDL324",
                f"`{words}` leaves the {which} end of the dose open, and"
                f" `{text_of(phase.dose)}` states it",
                (text, phase.dose),
                help_=f"write `{words} {one}`, or the range alone",
            )


def spacing_fits(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL325: how far apart doses lie at least is one length of whole days or months."""
    for text, phase, _drug, _is_given in _doses(draft):
        if phase.apart is None:
            continue
        length = duration(phase.apart)
        if isinstance(length, Misfit):
            yield misfit(length, (text, phase.apart))
            continue
        size = length.low * length.unit.in_smallest
        smallest = 1 if length.unit.is_calendar else TimeUnit.DAY.in_smallest
        if length.low != length.high or size % smallest:
            yield finding(
                "GDL325",
                f"doses cannot lie at least `{text_of(phase.apart)}` apart",
                (text, phase.apart),
                help_="give one length, in whole days, weeks, months or years",
            )


def spacing_can_be_kept(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL326: doses can lie as far apart as they have to."""
    for text, phase, _drug, _is_given in _doses(draft):
        length = None if phase.apart is None else duration(phase.apart)
        if phase.apart is None or length is None or isinstance(length, Misfit):
            continue
        one_alone = phase.bound is None or (
            isinstance(phase.bound, ast.ForDoses) and phase.bound.count == 1
        )
        apart = Duration(length.low, length.unit)
        if phase.frequency is None and one_alone:
            yield finding(
                "GDL326",
                "nothing says that there is more than one dose to lie apart",
                (text, phase.apart),
                help_="say how many doses, or how often: `for 10 doses at least ... apart`",
            )
        elif (often := _frequency(phase.frequency)) and not can_be_apart(
            apart, often, None
        ):
            yield finding(
                "GDL326",
                f"doses so often cannot lie at least `{text_of(phase.apart)}` apart",
                (text, phase.apart),
                others=((text, phase.frequency or phase, "how often"),),
                help_="check both lengths of time",
            )


def _frequency(frequency: ast.Frequency | None) -> Every | Times | None:
    """How often, as far as it can be worked out."""
    match frequency:
        case ast.Every(interval=interval):
            length = duration(interval)
            return None if isinstance(length, Misfit) else Every(length)
        case ast.Times(count=count, per=per):
            length = duration(per)
            if isinstance(length, Misfit) or not _is_count(count):
                return None
            return Times(int(count.low), int(count.high), length)
        case None:
            return None


def dose_is_plausible(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL311: a dose lies where doses of the drug lie; a slip of the unit is a thousandfold."""
    of_the_form = tuple(drugs_of_the_form(draft, scope))
    for text, phase, name, _ in _doses(draft):
        drug = drug_named(name.text if name else None, scope)
        candidates = of_the_form if name is None else (drug,) if drug else ()
        limits = [c for c in candidates if c.plausible_dose is not None]
        if is_by_weight(phase.dose):
            if limits and not any(_is_plausible_by_weight(phase, c) for c in limits):
                nearest = limits[0]
                between = limits_of(nearest.plausible_dose or phase.dose)
                yield finding(
                    "GDL249",
                    f"{_by_weight_text(phase)}{_of(drug)} is a plausible dose for no weight",
                    (text, phase.dose),
                    notes=(f"doses of `{nearest.name.text}` lie between {between}",),
                    help_="check the number and its unit",
                )
            continue
        if limits and not any(_is_plausible(phase.dose, c) for c in limits):
            nearest = limits[0]
            limit = nearest.plausible_dose or phase.dose
            yield finding(
                "GDL311",
                f"a dose of {text_of(phase.dose)}{_of(drug)} is not plausible",
                (text, phase.dose),
                notes=(
                    f"doses of `{nearest.name.text}` lie between {limits_of(limit)}",
                ),
                help_=_other_unit(phase.dose, nearest),
            )


def doses_are_countable(draft: Draft, _: Scope) -> Iterator[Diagnostic]:
    """GDL318: nobody takes more than 24 doses a day, and no timeline lists them."""
    for text, phase, _drug, _is_given in _doses(draft):
        match phase.frequency:
            case ast.Every(interval=interval):
                length, most = duration(interval), 1
            case ast.Times(count=count, per=per):
                length, most = duration(per), int(count.high)
            case None:
                continue
        if isinstance(length, Misfit):
            continue
        frequency = Times(most, most, length)
        if most and most_per_day(frequency) > MOST_PER_DAY:
            yield finding(
                "GDL318",
                f"these are more than {MOST_PER_DAY} doses a day",
                (text, phase.frequency),
                help_="check the number and the unit of time",
            )


def _of(drug: Declaration | None) -> str:
    return "" if drug is None else f" of `{drug.name.text}`"


def drugs_of_the_form(draft: Draft, scope: Scope) -> Iterator[Declaration]:
    """The drugs that a dose without a drug may be of: those that `form` rules speak of."""
    named: set[str] = set()
    given: set[str] = set()
    for _, node in draft.each_node(ast.Form, ast.Give):
        match node:
            case ast.Form(drugs=drugs):
                named |= {name.text for name in drugs}
            case ast.Give(plan=plan):
                phases = (p for r in plan.regimens for p in r.phases)
                given |= {p.drug.text for p in phases if p.drug is not None}
            case _:
                pass
    formed = {id(drug_named(name, scope)) for name in named}
    apart = {id(drug_named(name, scope)) for name in given}
    for drug in namespace_drugs(scope):
        if id(drug) in formed or (not named and id(drug) not in apart):
            yield drug


def _is_plausible(quantity: ast.Quantity, drug: Declaration) -> bool:
    if drug.plausible_dose is None:
        return True
    meaning, limits = dose(quantity, drug), dose(drug.plausible_dose, drug)
    if isinstance(meaning, Misfit) or isinstance(limits, Misfit):
        return True
    return limits[0] <= meaning[0] and meaning[1] <= limits[1]


_LIGHTEST, _HEAVIEST = 1, 300
"""Of what people weigh, in kilograms, more than anybody would leave out."""


def _is_plausible_by_weight(phase: ast.Phase, drug: Declaration) -> bool:
    """Whether a dose by weight comes to a plausible one for some weight, and its limit is one."""
    if drug.plausible_dose is None:
        return True
    own, limits = dose(phase.dose, drug), dose(drug.plausible_dose, drug)
    if isinstance(own, Misfit) or isinstance(limits, Misfit):
        return True
    if phase.limit is not None and not _is_plausible(phase.limit, drug):
        return False
    return own[0] * _LIGHTEST <= limits[1] and own[1] * _HEAVIEST >= limits[0]


def _by_weight_text(phase: ast.Phase) -> str:
    if phase.limit is None:
        return text_of(phase.dose)
    return f"{text_of(phase.dose)} at most {text_of(phase.limit)}"


def _other_unit(quantity: ast.Quantity, drug: Declaration) -> str:
    """The same number with the unit that makes it believable, if there is one."""
    for unit in ("µg", "mg", "g"):
        other = ast.Quantity(
            span=quantity.span, low=quantity.low, high=quantity.high, unit=unit
        )
        if _is_plausible(other, drug):
            return f"did you mean `{text_of(other)}`"
    return "check the number and its unit"
