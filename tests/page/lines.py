"""The lines of an answer as a page has it, read back from its JSON, in the words of the kit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from b12guide.evaluate.reference_composition import Line
from b12guide.graph import model as m
from b12guide.regimen import model as r
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.term import Operator
from tests.conformance.words import words
from tests.strategies.told import line_of

Json: TypeAlias = dict[str, Any]


def says(decided: Json) -> list[str]:
    """Each line of a decision: how certain it is, its words, and the rules behind it."""
    found = []
    for option in decided["options"]:
        for text in map(words, lines(option)):
            is_offer = not text.startswith(("avoid", "contraindicated"))
            how = "certain" if option["certain"] else "possible"
            kind = f"may, {how}" if option["alternative"] and is_offer else how
            found.append(f"{kind}: {text} [{', '.join(sorted(option['rules']))}]")
    return sorted(found)


def not_offered(decided: Json) -> list[str]:
    """What a contraindication takes away, and the rules that forbid it."""
    return sorted(
        f"{words(line)} [{', '.join(sorted(one['rules']))}]"
        for one in decided["not_offered"]
        for line in lines(one["advice"])
    )


def lines(said: Json) -> Iterator[Line]:
    """The advice of an option as the reference has it."""
    yield from map(line_of, advice(said))


def advice(said: Json) -> Iterator[m.Advice]:
    """The advice of an option; the keys that it has tell what it is."""
    match said:
        case {"change": of, "to": to}:
            for one in advice({"excluded": [], "outright": False} | to):
                whole = (
                    m.Regimens(regimens=(one,)) if isinstance(one, r.Regimen) else one
                )
                assert isinstance(whole, m.Regimens | m.FormChoice | m.Routes)
                yield m.Change(of=m.Decision(of), to=whole)
        case {"dose": _, "then": then}:
            yield r.Regimen((phase(said), *map(phase, then)))
        case {"drugs": [], "excluded": drugs, "outright": outright}:
            yield m.Exclusion(drugs=tuple(drugs), outright=outright)
        case {"drugs": drugs, "excluded": excluded}:
            yield m.FormChoice(drugs=tuple(drugs), excluded=tuple(excluded))
        case {"routes": routes}:
            yield m.Routes(routes=tuple(routes))
        case {"drug": drug, "until": until, "unless": unless}:
            yield m.Prohibition(drugs=(drug,), until=until, unless=unless)
        case {"test": test}:
            yield visit(test, said)
        case {"do_not_check": test}:
            yield m.NotChecked(tests=(test,))
        case {"needle": needle, "pressure": pressure}:
            keys = ("site", "avoid", "routinely", "quadrant", "direction")
            yield m.Instruction(
                **{key: said[key] for key in keys},
                gauge=needle and (needle["low"], needle["high"]),
                pressure=length(pressure),
            )
        case {"measure": measure, "operator": operator, "low": low, "high": high}:
            yield m.Target(
                measure=measure,
                operator=Operator(operator),
                low=number(low),
                high=number(high),
                unit=said["unit"],
            )
        case {"treatment": treatment, "for": end}:
            yield m.Continuation(treatment=treatment, for_life=end == "life")
        case {"stop": treatment}:
            yield m.Stop(treatment=treatment)
        case {"service": service}:
            yield m.Referral(services=(service,))
        case {"conclusion": conclusion, "value": value}:
            yield m.Concluded(conclusion=conclusion, value=value)
        case _:
            message = f"no advice: {said}"
            raise ValueError(message)


def phase(said: Json) -> r.Phase:
    dose = said["dose"]
    after = said["after"] or []
    return r.Phase(
        drugs=tuple(said["drugs"]),
        dose=r.Dose(end(dose["low"]), end(dose["high"]), dose["unit"]),
        route=said["route"],
        frequency=frequency(said["frequency"]),
        bound=bound(said),
        apart=time(said["apart"]) if "apart" in said else None,
        as_needed=said.get("as_needed", False),
        with_food=said.get("with_food", False),
        after=(after,) if isinstance(after, str) else tuple(after),
    )


def frequency(said: Json | None) -> r.Frequency | None:
    match said:
        case None:
            return None
        case {"every": interval}:
            return r.Every(some_length(interval))
        case {"times": {"low": low, "high": high}, "per": per}:
            return r.Times(low, high, some_length(per))
        case _:
            return r.Times(said["times"], said["times"], some_length(said["per"]))


def bound(said: Json) -> r.Bound | None:
    if said["until"] is not None:
        return r.Until(said["until"])
    match said["for"]:
        case None:
            return None
        case "life":
            return r.ForLife()
        case {"doses": count}:
            return r.ForDoses(count, length(said["for"].get("within")))
        case whole:
            return r.ForTime(some_length(whole))


def visit(test: str, said: Json) -> m.Monitoring:
    then = tuple(
        m.Recurrence(
            every=some_length(one["every"]),
            at_least=one["at_least"],
            lasts=length(one.get("for")),
        )
        for one in said.get("then", ())
    )
    return m.Monitoring(
        tests=(test,),
        windows=tuple(map(some_length, said["at"])),
        every=length(said["every"]),
        at_least=said["at_least"],
        lasts=length(said.get("for")),
        then=then,
        once=said["once"],
        before_next_dose=said["before_next_dose"],
        companions=tuple(said["with"]),
        never_alone=said["never_alone"],
        after=said["after"],
        until=said["until"],
        during=m.Decision(said["during"]) if "during" in said else None,
    )


def number(value: float) -> Fraction:
    return Fraction(str(value))


def end(value: float | None) -> Fraction | None:
    return None if value is None else number(value)


def some_length(said: Mapping[str, Any]) -> DurationRange:
    low, high = said.get("low", said.get("value")), said.get("high", said.get("value"))
    return DurationRange(number(low), number(high), TimeUnit(said["unit"]))


def length(said: Mapping[str, Any] | None) -> DurationRange | None:
    return None if said is None else some_length(said)


def time(said: Mapping[str, Any]) -> Duration:
    return Duration(number(said["value"]), TimeUnit(said["unit"]))
