"""What was worked out from other facts, in words: the value, the equation, what it was made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from b12guide.graph.model import Derivation, RuleGraph
from b12guide.graph.query import brief_text
from b12guide.patient.model import Derived, FactValue, Hindrance, Stated
from b12guide.say.names import stated_value
from b12guide.say.schedules import currency_text
from b12guide.say.words import listing
from b12guide.values.equation import EQUATIONS


def equation_text(graph: RuleGraph, fact: str) -> str:
    """What clinicians call the equation by which a measure is worked out."""
    return EQUATIONS[graph.derivations[fact].equation].title


def derivation_text(derivation: Derivation) -> str:
    """How a measure is worked out: "CKD-EPI 2021 from creatinine, age, sex (Inker ...)"."""
    equation = EQUATIONS[derivation.equation]
    resting = f"; {', '.join(derivation.assumptions)}" if derivation.assumptions else ""
    parts = ", ".join(derivation.parts)
    return f"{equation.title} from {parts}, where it is not stated ({equation.citation}){resting}"


def worked_out_text(graph: RuleGraph, one: Derived) -> str:
    """A value that was worked out: "eGFR 42 mL/min, worked out from ... by CKD-EPI 2021"."""
    day = "" if one.on is None else f" ({one.on.isoformat()})"
    return (
        f"{_value(graph, one.fact, one.value)}, worked out from {_parts(graph, one)} "
        f"by {equation_text(graph, one.fact)}{day}"
    )


def worked_out_briefly(graph: RuleGraph, one: Derived) -> str:
    """The same in passing: "eGFR 42 mL/min (CKD-EPI 2021)"."""
    return f"{_value(graph, one.fact, one.value)} ({equation_text(graph, one.fact)})"


def _value(graph: RuleGraph, fact: str, value: FactValue | None) -> str:
    return (
        brief_text(graph, fact) if value is None else stated_value(graph, fact, value)
    )


def _parts(graph: RuleGraph, one: Derived) -> str:
    return listing(_value(graph, fact, value) for fact, value in one.parts)


def not_worked_out(graph: RuleGraph, stated: Stated) -> Iterator[str]:
    """Why what could have been worked out does not count, where that is worth saying."""
    for one in stated.derived:
        said = _hindrance(graph, stated, one)
        if said is not None:
            yield said


def _hindrance(graph: RuleGraph, stated: Stated, one: Derived) -> str | None:
    title, label = equation_text(graph, one.fact), brief_text(graph, one.fact)
    match one.hindrance:
        case Hindrance.STATED:
            counts = stated.values.get(one.fact)
            if one.value is None or one.value == counts or counts is None:
                return None
            return (
                f"{_value(graph, one.fact, counts)} is stated and counts; {_parts(graph, one)} "
                f"come to {_value(graph, one.fact, one.value)} by {title}"
            )
        case Hindrance.OUTDATED:
            currency = graph.currencies.get(one.fact)
            length = (
                "" if currency is None else f" and counts for {currency_text(currency)}"
            )
            return (
                f"{worked_out_text(graph, one)}{length}: on {stated.on} it is not known"
            )
        case Hindrance.NOT_MADE_FOR:
            return f"{label} was not worked out: {title} was not made for {_unfit(graph, one)}"
        case Hindrance.IMPLAUSIBLE:
            return f"{worked_out_text(graph, one)}: not plausible, and not used"
        case None:
            return None


def _unfit(graph: RuleGraph, one: Derived) -> str:
    """The facts of a patient for which an equation was not made."""
    derivation = graph.derivations[one.fact]
    takes = EQUATIONS[one.equation].takes
    unfit = [
        _value(graph, fact, value)
        for argument, (fact, value), factor in zip(
            takes, one.parts, derivation.factors, strict=True
        )
        if not argument.takes(
            str(value) if factor is None else Fraction(value) * factor
        )
    ]
    made_for = EQUATIONS[one.equation].said_of
    return listing(unfit) + ("" if made_for is None else f", but for {made_for}")


def holding_text(graph: RuleGraph, one: Derived, last: dt.date) -> str | None:
    """Why a worked-out value is too old after its last day; None where that is another day."""
    currency = graph.currencies.get(one.fact)
    if one.until != last or one.on is None or currency is None:
        return None
    return (
        f"{brief_text(graph, one.fact)} worked out of {one.on} counts for "
        f"{currency_text(currency)}"
    )
