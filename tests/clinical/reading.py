"""Reads an answer, in the form that programs read, the way a clinician would."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tests.clinical.asking import Json

__all__ = [
    "FORBIDDEN",
    "MONITORING",
    "applying",
    "checks",
    "every",
    "fitting",
    "months",
    "orals",
    "regimens",
    "statements",
    "verdicts",
]


def statements(decision: Json) -> set[str]:
    """The statements behind the certain options of a decision."""
    return {
        s for o in decision["options"] if o["certain"] for s in o.get("statements", ())
    }


def verdicts(answer: Json, statement: str) -> set[str]:
    """The verdicts of the rules that state `statement`, remarks apart."""
    return {
        rule["verdict"]
        for rule in answer["rules"]
        if statement in rule["statements"] and rule["strength"] != "claim"
    }


def applying(answer: Json) -> set[str]:
    """The statements of the rules that apply."""
    return {
        statement
        for rule in answer["rules"]
        if rule["verdict"] == "applies"
        for statement in rule["statements"]
    }


def every(low: int, high: int, unit: str) -> Json:
    """The frequency `every LOW to HIGH UNIT`."""
    return {"every": {"low": low, "high": high, "unit": unit}}


def regimens(answer: Json, decision: str, *, alternative: bool) -> list[Json]:
    """The certain regimens of a decision: the default ones, or those beside them."""
    return [
        option
        for option in answer["decisions"][decision]["options"]
        if option["certain"] and option["alternative"] is alternative
    ]


def fitting(options: list[Json], route: str, frequency: Json) -> list[Json]:
    """Those of `options` that are given by `route` and so often."""
    return [o for o in options if o["route"] == route and o["frequency"] == frequency]


def orals(answer: Json, decision: str) -> list[Json]:
    """Everything by mouth that a decision mentions, certain or not."""
    found = answer["decisions"][decision]["options"]
    return [option for option in found if option["route"] == "oral"]


def checks(answer: Json, test: str) -> Iterator[Json]:
    """How a test is checked, for certain."""
    for option in answer["decisions"]["monitoring"]["options"]:
        if option["test"] == test and option["certain"]:
            yield option


MONITORING = {"S32", "S33", "S34", "S35", "S36", "S37", "S42", "S43"}
"""What holds for anyone who is treated."""

FORBIDDEN = {"S25", "S45", "S41", "S27"}
"""What must never be done to anyone who is deficient; without deficiency S25 falls away."""


def months(option: Json) -> list[Fraction]:
    """The months after the start at which a test is due."""
    return [Fraction(at["value"]) for at in option["at"] if at["unit"] == "month"]
