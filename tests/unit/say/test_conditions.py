"""Conditions in English: every operator, every group, nothing that can be misread."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.say.conditions import condition_text
from b12guide.say.names import Audience
from b12guide.values.term import Operator
from tests.unit.show.handmade import GRAPH

NUMB, TINGLING = Has("numbness"), Has("paresthesia")
PLATEAU = Has("neurological_plateau")
BYPASS = OneOf("bariatric_procedure", ("roux_en_y",))


def bound(operator: Operator, low: int, high: int | None = None) -> Compare:
    return Compare("egfr", operator, Fraction(low), Fraction(high or low))


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (ALWAYS, "every patient"),
        (NUMB, "numbness"),
        (Not(NUMB), "no numbness"),
        (Not(Not(NUMB)), "numbness"),
        (PLATEAU, "that the neurological improvement plateaus"),
        (Not(PLATEAU), "that it is not so that the neurological improvement plateaus"),
        (Established(PLATEAU), "a record that the neurological improvement plateaus"),
        (Established(NUMB), "a record of numbness"),
        (Not(Established(NUMB)), "no record of numbness"),
        (Recorded(NUMB), "a record of numbness either way"),
        (Not(Recorded(NUMB)), "no record of numbness either way"),
        (
            Recorded(PLATEAU),
            "a record of whether the neurological improvement plateaus",
        ),
        (Recorded(HasValue("egfr")), "a measurement of eGFR"),
        (Not(Recorded(HasValue("egfr"))), "no measurement of eGFR"),
        (Recorded(HasValue("bariatric_procedure")), "a record of bariatric procedure"),
        (Defined("neurological_symptoms"), "neurological symptoms"),
        (bound(Operator.LESS, 50), "eGFR below 50 mL/min"),
        (bound(Operator.AT_MOST, 50), "eGFR of at most 50 mL/min"),
        (bound(Operator.MORE, 50), "eGFR above 50 mL/min"),
        (bound(Operator.AT_LEAST, 50), "eGFR of at least 50 mL/min"),
        (bound(Operator.EQUAL, 50), "eGFR of exactly 50 mL/min"),
        (Not(bound(Operator.LESS, 50)), "eGFR of at least 50 mL/min"),
        (
            bound(Operator.MORE, 30, 60),
            "eGFR above a bound that the source prints as 30 to 60 mL/min",
        ),
        (
            AllOf((bound(Operator.AT_LEAST, 30), bound(Operator.AT_MOST, 60))),
            "eGFR from 30 to 60 mL/min inclusive",
        ),
        (BYPASS, 'bariatric procedure stated as "Roux-en-Y gastric bypass"'),
        (Not(BYPASS), 'bariatric procedure other than "Roux-en-Y gastric bypass"'),
        (AllOf((NUMB, TINGLING)), "numbness and paresthesia"),
        (AnyOf((NUMB, TINGLING)), "numbness or paresthesia"),
        (
            AllOf((NUMB, AnyOf((TINGLING, PLATEAU)))),
            "numbness, and (paresthesia or that the neurological improvement plateaus)",
        ),
        (
            AnyOf((AllOf((NUMB, TINGLING)), PLATEAU)),
            "(numbness and paresthesia), or that the neurological improvement plateaus",
        ),
        (Not(AnyOf((NUMB, TINGLING))), "none of (numbness; paresthesia)"),
        (Not(AllOf((NUMB, TINGLING))), "not all of (numbness; paresthesia)"),
        (
            AtLeast(2, (NUMB, TINGLING, PLATEAU)),
            (
                "at least 2 of (numbness; paresthesia; that the neurological improvement "
                "plateaus)"
            ),
        ),
        (
            Not(AtLeast(2, (NUMB, Not(TINGLING), BYPASS))),
            (
                "fewer than 2 of (numbness; no paresthesia; bariatric procedure stated as "
                '"Roux-en-Y gastric bypass")'
            ),
        ),
        (Resting(NUMB, ("T1", "T2")), "numbness (assuming T1 and T2)"),
        (Not(Resting(NUMB, ("T1",))), "no numbness (assuming T1)"),
        (AnyOf(()), "no patient"),
        (AllOf((NUMB, ALWAYS)), "numbness and every patient"),
        (Has("unheard_of"), "unheard of"),
    ],
)
def test_every_kind_of_condition_has_words(condition: Condition, text: str) -> None:
    assert condition_text(condition, GRAPH) == text


def test_a_patient_is_spared_the_names_of_assumptions() -> None:
    told = condition_text(Not(Resting(NUMB, ("T1",))), GRAPH, Audience.PATIENT)

    assert told == "no numbness"
