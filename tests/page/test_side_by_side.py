"""Several guidelines beside each other in the page: what the library's panel says of them."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings

import b12guide
from b12guide.errors import PatientError
from b12guide.panels import Panel, panel
from b12guide.patient.model import Patient, Stated
from b12guide.say.advice import advice_text
from b12guide.several.side_by_side import Accord, PanelAnswer, PanelDecision
from tests.page.in_node import in_node
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]

TOGETHER = [
    ("mecobalamin_im", "nice_ng239", "aafp_2025"),
    ("mecobalamin_im", "uk_smpc", "bnf_2021"),
    ("nhg_2014", "nice_ng239"),
    ("aafp_2017", "aafp_2025", "fda_cyanocobalamin", "bomss_2020"),
    ("mecobalamin_im", "mecobalamin_im"),
]
SAID = "data => data.map(answers => b12guide.sideBySide(answers))"


@cache
def drawn(names: tuple[str, ...]) -> list[PanelAnswer]:
    """What some guidelines say to some patients, the same ones every time."""
    together: Panel = panel([b12guide.load(name) for name in names])
    found: list[PanelAnswer] = []

    @settings(
        max_examples=25,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(patients(together.guidelines[0].graph))
    def draw(stated: Stated) -> None:
        facts = {n: v for n, v in stated.values.items() if v is not None}
        with contextlib.suppress(PatientError):
            patient = Patient(facts=facts, otherwise=stated.otherwise)
            found.append(together.recommend(patient))

    draw()
    return found


def lines_of(decision: PanelDecision, answer: PanelAnswer) -> list[Json]:
    return [
        {
            "text": advice_text(line.advice, answer.guidelines[line.by[0].guideline]),
            "certain": line.certain,
            "alternative": line.alternative,
            "withheld": line.withheld,
            "avoided": line.avoided,
            "barred": list(line.barred),
            "by": [(voice.guideline, list(voice.rules)) for voice in line.by],
        }
        for line in decision.lines
    ]


def as_lines(lines: list[Json]) -> list[Json]:
    return [
        {**line, "by": [(voice["guideline"], voice["rules"]) for voice in line["by"]]}
        for line in lines
    ]


@pytest.mark.parametrize("names", TOGETHER)
def test_each_line_stands_with_the_guidelines_that_say_it(
    names: tuple[str, ...],
) -> None:
    answers = drawn(names)
    found = in_node(SAID, [[one.to_dict() for one in each.answers] for each in answers])

    assert len(answers) > 5
    for mine, answer in zip(found, answers, strict=True):
        assert [one["decision"] for one in mine] == [
            one.decision.value for one in answer.decisions
        ]
        for one, decision in zip(mine, answer.decisions, strict=True):
            assert as_lines(one["lines"]) == lines_of(decision, answer)
            assert one["silent"] == list(decision.silent)


@pytest.mark.parametrize("names", TOGETHER)
def test_nobody_is_said_to_agree_who_does_not(names: tuple[str, ...]) -> None:
    answers = drawn(names)
    found = in_node(SAID, [[one.to_dict() for one in each.answers] for each in answers])
    may_be = {
        "same": {Accord.SAME},
        "differ": {Accord.DIFFERENT, Accord.CLASH},
        "alone": {Accord.ALONE, Accord.CLASH},
        "silent": {Accord.SILENT, Accord.CLASH},
        "not compared": set(Accord) - {Accord.ALONE, Accord.SILENT},
    }

    for mine, answer in zip(found, answers, strict=True):
        for one, decision in zip(mine, answer.decisions, strict=True):
            assert decision.accord in may_be[one["accord"]], decision.decision


def test_what_is_open_for_one_of_them_is_not_said_to_be_the_same() -> None:
    answer = b12guide.load("mecobalamin_im").recommend({"b12_deficiency": True})
    alike = answer.to_dict()
    (found,) = in_node(SAID, [[alike, alike]])
    by_decision = {one["decision"]: one["accord"] for one in found}

    assert alike["decisions"]["maintenance"]["depends_on"] != []
    assert by_decision["maintenance"] == "not compared"
    assert by_decision["continuation"] == "same"


def test_equal_amounts_and_lengths_are_the_same_in_whatever_unit() -> None:
    def answer(dose: Json, every: Json, bound: Json) -> Json:
        option = {
            "drugs": ["hydroxocobalamin"],
            "dose": dose,
            "route": "intramuscular",
            "frequency": {"every": every},
            "for": bound,
            "until": None,
            "after": None,
            "then": [],
            "text": "a dose",
            "strength": "required",
            "rules": ["a_rule"],
            "statements": [],
            "certain": True,
            "alternative": False,
            "withheld": False,
            "avoided": [],
            "drugs_open": False,
        }
        decided = {
            "outcome": "determined",
            "options": [option],
            "depends_on": [],
            "rules": [],
            "indeterminate": [],
            "not_offered": [],
        }
        return {"decisions": {"loading": decided}}

    mg = {"low": 1, "high": 1, "unit": "mg"}
    micro = {"low": 1000, "high": 1000, "unit": "µg"}
    day = {"low": 1, "high": 1, "unit": "day"}
    week, doses = {"value": 1, "unit": "week"}, {"doses": 7}
    pairs = [
        [answer(mg, day, week), answer(micro, day, doses)],
        [answer(mg, day, week), answer({**micro, "low": 500}, day, week)],
        [answer(mg, day, week), answer(mg, day, {"doses": 6})],
    ]

    found = in_node(SAID, pairs)

    assert [one["accord"] for (one,) in found] == ["same", "differ", "differ"]
