"""Lowers what the rules of a checked draft do: doses, schedules, tests, instructions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.graph import model as m
from b12guide.regimen import model
from b12guide.regimen.phase import PER_KILOGRAM
from b12guide.semantics.scope import (
    Namespace,
    Scope,
    dose,
    drug_named,
    duration,
    in_unit_of,
    is_by_weight,
    meant,
    measure_named,
    printed_unit,
    weight_in,
)
from b12guide.syntax import ast
from b12guide.values.duration import Duration, DurationRange


def decision_of(action: ast.Action) -> m.Decision:
    """The decision that a verb speaks to."""
    match action:
        case ast.Load() | ast.NotNeeded(verb="load"):
            return m.Decision.LOADING
        case ast.Maintain() | ast.NotNeeded():
            return m.Decision.MAINTENANCE
        case ast.Give():
            return m.Decision.ADJUNCT
        case ast.Form() | ast.Exclude():
            return m.Decision.FORM
        case ast.Route():
            return m.Decision.ROUTE
        case ast.Withhold():
            return m.Decision.PERMISSION
        case ast.Check() | ast.DoNotCheck():
            return m.Decision.MONITORING
        case ast.Inject():
            return m.Decision.TECHNIQUE
        case ast.Target():
            return m.Decision.TARGETS
        case ast.Continue() | ast.Stop():
            return m.Decision.CONTINUATION
        case ast.Change():
            return m.Decision.CHANGE
        case ast.Refer():
            return m.Decision.REFERRAL
        case ast.Conclude():
            return m.Decision.CONCLUSION
        case ast.Note():
            return m.Decision.NOTE


def lower_action(action: ast.Action, scope: Scope) -> m.Value:
    """What an action says, with names resolved and numbers in one unit."""
    match action:
        case ast.Load(plan=plan) | ast.Maintain(plan=plan) | ast.Give(plan=plan):
            regimens = (tuple(_phases(r, scope)) for r in plan.regimens)
            return m.Regimens(regimens=tuple(map(model.Regimen, regimens)))
        case ast.NotNeeded():
            return m.NotNeeded()
        case ast.Form():
            return m.FormChoice(
                drugs=_names(Namespace.DRUG, action.drugs, scope),
                excluded=_names(Namespace.DRUG, action.excluded, scope),
            )
        case ast.Exclude():
            drugs = _names(Namespace.DRUG, action.drugs, scope)
            return m.Exclusion(drugs=drugs, outright=action.outright)
        case ast.Route():
            return m.Routes(routes=_names(Namespace.ROUTE, action.routes, scope))
        case ast.Withhold():
            return m.Prohibition(
                drugs=_names(Namespace.DRUG, action.drugs, scope),
                until=_name(Namespace.FACT, action.until, scope),
                unless=_name(Namespace.FACT, action.unless, scope),
            )
        case ast.Check():
            times = [_length(quantity) for quantity in action.at]
            recurring = tuple(map(_recurrence, action.recurring))
            first = recurring[0] if recurring else None
            return m.Monitoring(
                tests=_names(Namespace.TEST, action.tests, scope),
                at=tuple(Duration(t.low, t.unit) for t in times if t.low == t.high),
                windows=tuple(time for time in times if time.low != time.high),
                every=None if first is None else first.every,
                at_least=first is not None and first.at_least,
                lasts=None if first is None else first.lasts,
                then=recurring[1:],
                once=action.once,
                before_next_dose=action.before_next_dose,
                companions=_names(Namespace.TEST, action.companions, scope),
                never_alone=action.never_alone,
                after=_name(Namespace.FACT, action.after, scope),
                until=_name(Namespace.FACT, action.until, scope),
                during=None
                if action.during is None
                else m.Decision(action.during.text),
            )
        case ast.DoNotCheck():
            return m.NotChecked(tests=_names(Namespace.TEST, action.tests, scope))
        case ast.Inject():
            found = tuple(_instruction(i, scope) for i in action.instructions)
            return m.Technique(instructions=found)
        case ast.Target():
            measure = measure_named(action.measure.text, scope)
            low, high = meant(in_unit_of(measure, action.bound))
            return m.Target(
                measure=measure.name.text,
                operator=action.operator,
                low=low,
                high=high,
                unit=printed_unit(measure.unit),
            )
        case ast.Continue():
            treatment = _treatment(action.treatment, scope)
            return m.Continuation(treatment=treatment, for_life=action.for_life)
        case ast.Stop():
            return m.Stop(treatment=_treatment(action.treatment, scope))
        case ast.Change(to=to):
            said = lower_action(to, scope)
            if not isinstance(said, m.Regimens | m.FormChoice | m.Routes):
                message = "nothing else takes the place of anything"
                raise TypeError(message)
            return m.Change(of=decision_of(to), to=said)
        case ast.Refer():
            services = _names(Namespace.SERVICE, action.services, scope)
            return m.Referral(services=services)
        case ast.Conclude(name=name, value=value):
            return m.Concluded(
                conclusion=scope.name(Namespace.FACT, name.text), value=value.text
            )
        case ast.Note():
            return m.Remark(text=action.text.text)


def _treatment(name: ast.Name, scope: Scope) -> str:
    """What a treatment is called, which is a fact or a drug."""
    is_fact = scope.find(Namespace.FACT, name.text) is not None
    kind = Namespace.FACT if is_fact else Namespace.DRUG
    return scope.name(kind, name.text)


def _name(namespace: Namespace, name: ast.Name | None, scope: Scope) -> str | None:
    return None if name is None else scope.name(namespace, name.text)


def _names(
    namespace: Namespace, names: Iterable[ast.Name], scope: Scope
) -> tuple[str, ...]:
    return tuple(scope.name(namespace, name.text) for name in names)


# ------------------------------------------------------------------------ regimens


def _phases(regimen: ast.Regimen, scope: Scope) -> Iterator[model.Phase]:
    drug: str | None = None
    for phase in regimen.phases:
        drug = _name(Namespace.DRUG, phase.drug, scope) or drug
        yield model.Phase(
            drugs=() if drug is None else (drug,),
            dose=_dose(phase, drug, scope),
            route=_name(Namespace.ROUTE, phase.route, scope),
            frequency=_frequency(phase.frequency),
            bound=_bound(phase.bound, scope),
            apart=None if phase.apart is None else _spacing(phase.apart),
            as_needed=phase.as_needed,
            with_food=phase.with_food,
            after=_names(Namespace.FACT, phase.after, scope),
        )


def _dose(phase: ast.Phase, drug: str | None, scope: Scope) -> model.Dose:
    """The dose in the unit that the author wrote (M31), with an open end where one is (M75)."""
    quantity = phase.dose
    low, high, unit = meant(dose(quantity, drug_named(drug, scope)))
    found = model.Dose(
        None if phase.open_end is ast.OpenEnd.AT_MOST else low,
        None if phase.open_end is ast.OpenEnd.AT_LEAST else high,
        unit,
    )
    is_weighed = is_by_weight(quantity)
    own = (quantity.unit or unit).removesuffix(PER_KILOGRAM)
    written = found.in_unit(own)
    if written is not None:
        found = model.Dose(*written, printed_unit(own) or unit)
    weight = weight_in(scope)
    if not is_weighed or weight is None:
        return found
    limit = None
    if phase.limit is not None:
        of_limit = evolve(phase, dose=phase.limit, limit=None, open_end=None)
        limit = _dose(of_limit, drug, scope)
    return evolve(
        found,
        unit=found.unit + PER_KILOGRAM,
        limit=limit,
        measure=scope.name(Namespace.FACT, weight.name.text),
    )


def _frequency(frequency: ast.Frequency | None) -> model.Frequency | None:
    match frequency:
        case None:
            return None
        case ast.Every(interval=interval):
            return model.Every(_length(interval))
        case ast.Times(count=count, per=per):
            return model.Times(int(count.low), int(count.high), _length(per))


def _spacing(quantity: ast.Quantity) -> Duration:
    length = _length(quantity)
    return Duration(length.low, length.unit)


def _bound(bound: ast.Bound | None, scope: Scope) -> model.Bound | None:
    match bound:
        case None:
            return None
        case ast.ForTime(length=length):
            return model.ForTime(_length(length))
        case ast.ForDoses(count=count):
            return model.ForDoses(count)
        case ast.ForLife(indefinitely=indefinitely):
            return model.ForLife(indefinitely)
        case ast.Until(event=event):
            return model.Until(scope.name(Namespace.FACT, event.text))


# ------------------------------------------------------------------- other actions


def _length(quantity: ast.Quantity) -> DurationRange:
    return meant(duration(quantity))


def _recurrence(recurrence: ast.Recurrence) -> m.Recurrence:
    return m.Recurrence(
        every=_length(recurrence.every),
        at_least=recurrence.at_least,
        lasts=None if recurrence.lasts is None else _length(recurrence.lasts),
    )


def _instruction(instruction: ast.Instruction, scope: Scope) -> m.Instruction:
    match instruction:
        case ast.Needle(gauge=gauge):
            return m.Instruction(gauge=(int(gauge.low), int(gauge.high)))
        case ast.Pressure(length=length):
            return m.Instruction(pressure=_length(length))
        case ast.AtSite():
            return m.Instruction(
                site=_name(Namespace.SITE, instruction.site, scope),
                quadrant=_words(instruction.quadrant),
                direction=_words(instruction.direction),
            )
        case ast.NotAtSite():
            return m.Instruction(
                site=_name(Namespace.SITE, instruction.site, scope),
                avoid=True,
                routinely=instruction.routinely,
            )


def _words(name: ast.Name | None) -> str | None:
    return None if name is None else name.text.replace("_", " ")
