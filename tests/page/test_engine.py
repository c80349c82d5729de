"""The page's engine answers what the library answers, key by key and text by text.

It is an implementation of its own, in another language, from the same compiled program. It is held
to the conformance kit, to the library for patients of every shipped guideline, and to the library
for guidelines that are drawn at random. `B12GUIDE_PAGE_PATIENTS` asks about more patients.
"""

from __future__ import annotations

import os
from functools import cache
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import DECISIONS
from b12guide.graph.model import RuleGraph
from b12guide.library import shipped
from b12guide.patient.model import Otherwise, Patient, Stated
from b12guide.patient.stated import state
from b12guide.pipeline import load
from tests.conformance.generate import graph_of, stated_of, whole_text
from tests.conformance.test_kit import KITS, read
from tests.page.asked import differences, of_the_library, of_the_page
from tests.page.lines import not_offered, says
from tests.strategies import graphs as make
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]

MANY = int(os.environ.get("B12GUIDE_PAGE_PATIENTS", "40"))
"""The patients of each guideline."""

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
DRAWN = 8
"""Shards of guidelines that are drawn at random, so many times `MANY` each over four."""

NOBODY = [Stated(values={}, otherwise=otherwise) for otherwise in Otherwise]


# ------------------------------------------------------------------- the conformance kit


def of_case(graph: RuleGraph, case: Json) -> Stated:
    """The patient of a case."""
    return stated_of(graph, {key: case[key] for key in ("facts", "otherwise")})


@cache
def kit_answers() -> dict[str, list[Json]]:
    """What the page answers to every patient of the kit."""
    graphs = {path.stem: graph_of(whole_text(path.stem)) for path in KITS}
    asked = [
        (graphs[path.stem], [of_case(graphs[path.stem], case) for case in read(path)])
        for path in KITS
    ]
    answers = of_the_page(asked)
    return {path.stem: some for path, some in zip(KITS, answers, strict=True)}


@pytest.mark.parametrize("name", [path.stem for path in KITS])
def test_every_case_of_the_kit_is_answered_as_it_says(name: str) -> None:
    (path,) = [one for one in KITS if one.stem == name]
    for case, answer in zip(read(path), kit_answers()[name], strict=True):
        wanted = case["expect"]

        assert told(answer, wanted) == by_topic(wanted), case["facts"]


@pytest.mark.parametrize("name", [path.stem for path in KITS])
def test_every_case_of_the_kit_has_the_library_s_words(name: str) -> None:
    (path,) = [one for one in KITS if one.stem == name]
    graph = graph_of(whole_text(name))
    evaluator = Evaluator.of(graph)
    for case, answer in zip(read(path), kit_answers()[name], strict=True):
        library = of_the_library(evaluator, of_case(graph, case))

        assert differences(library, answer) == [], case["facts"]


SCOPES = {"applies": "true", "does not apply": "false", "unknown": "unknown"}


def told(answer: Json, wanted: Json) -> Json:
    """What the page answers, in the words of the kit."""
    if "contradiction" in answer:
        return {"refused": True}
    rules = {one["rule"]: one["verdict"] for one in answer["rules"]}
    found: Json = {
        "scope": SCOPES[answer["scope"]],
        "rules": {n: v for n, v in rules.items() if v != "does not apply"},
    }
    for decision in (one.value for one in DECISIONS):
        decided = answer["decisions"][decision]
        said: Json = {"outcome": decided["outcome"]}
        parts = {
            "says": says(decided),
            "conflicts": sorted(
                sorted({rule for side in one["sides"] for rule in side["rules"]})
                for one in answer["conflicts"]
                if one["decision"] == decision
            ),
            "not offered": not_offered(decided),
        }
        said |= {name: part for name, part in parts.items() if part}
        asks = sorted(decided["depends_on"])
        if asks:  # one of the smallest sets will do
            smallest = wanted.get(decision, {}).get("asks", [])
            said["asks"] = smallest if asks in smallest else [asks]
        if said != {"outcome": "silent"}:
            found[decision] = said
    topics = [one["about"] for one in answer["silent"]]
    if topics:
        found["silent on"] = sorted(topics)
    return found


def by_topic(wanted: Json) -> Json:
    """What a case expects; an answer has silences topic by topic."""
    if "silent on" not in wanted:
        return wanted
    topics = sorted(topic for topics in wanted["silent on"] for topic in topics)
    return {**wanted, "silent on": topics}


# --------------------------------------------------------------------- shipped guidelines


@pytest.mark.parametrize("name", GUIDELINES)
def test_patients_of_a_shipped_guideline_are_answered_alike(name: str) -> None:
    graph = load(name).graph
    evaluator = Evaluator.of(graph)
    people = list(NOBODY)

    @settings(
        max_examples=MANY,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(patients(graph))
    def draw(stated: Stated) -> None:
        people.append(stated)

    draw()
    (answers,) = of_the_page([(graph, people)])

    assert len(people) > MANY
    for stated, answer in zip(people, answers, strict=True):
        library = of_the_library(evaluator, stated)

        assert differences(library, answer) == [], dict(stated.values)


@pytest.mark.parametrize("reading", [Reading.LOWER, Reading.UPPER])
def test_printed_ranges_are_read_at_one_end_where_that_is_asked_for(
    reading: Reading,
) -> None:
    path = next(one for one in KITS if one.stem == "ranges")
    graph = graph_of(whole_text("ranges"))
    evaluator = Evaluator.of(graph)
    people = [of_case(graph, case) for case in read(path)]
    (answers,) = of_the_page([(graph, people)], {"reading": reading.value})

    for stated, answer in zip(people, answers, strict=True):
        library = of_the_library(evaluator, stated, reading)

        assert differences(library, answer) == [], dict(stated.values)


# ------------------------------------------------------------------- worked out of others

WORKED_OUT = """language 1.1
vocabulary v
measure age "age"
    unit years
    plausible 0 to 130 years
measure creatinine "serum creatinine"
    unit µmol/L
    plausible 5 to 3000 µmol/L
    molar mass 113.12 g/mol
choice sex "sex"
    values female, male, other
measure weight "weight"
    unit kg
measure height "height"
    unit cm
measure bmi "body mass index (BMI)"
    unit kg/m²
    plausible 5 to 250 kg/m²
measure egfr "eGFR"
    unit mL/min
    also written "mL/min/1.73 m²"
    plausible 0 to 250 mL/min
derive bmi from body_mass_index(weight, height)
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
assumption A1 "An estimate by this equation will do."
derive egfr from ckd_epi_2021(creatinine, age, sex) assuming A1
rule kidneys
    when     egfr < 50 mL/min
    note     "Reduced."
    strength claim
rule light
    when     bmi < 20 kg/m²
    note     "Light."
    strength claim
"""


def test_a_measure_is_worked_out_to_the_last_digit() -> None:
    graph = graph_of(WORKED_OUT)
    evaluator = Evaluator.of(graph)
    random = Random(1)  # noqa: S311 -- alike each time
    people = []
    for _ in range(2 * MANY):
        facts: Json = {
            "creatinine": f"{random.randint(50, 20000) / 10} µmol/L",
            "age": f"{random.randint(15, 110)} years",
            "sex": random.choice(("female", "male", "female", "male", "other")),
            "weight": f"{random.randint(300, 1800) / 10} kg",
            "height": f"{random.randint(90, 210)} cm",
        }
        for name in random.sample(sorted(facts), random.choice((0, 0, 1, 2))):
            facts[name] = None
        if random.random() < 0.3:
            facts["egfr"] = random.choice((None, "48 mL/min", "60 mL/min"))
        people.append(state(Patient(facts=facts), graph))
    (answers,) = of_the_page([(graph, people)])

    for stated, answer in zip(people, answers, strict=True):
        library = of_the_library(evaluator, stated)

        assert differences(library, answer) == [], dict(stated.recorded)
        for one in stated.worked_out:
            assert answer["implied"][one.fact] == str(one.value)
    assert sum(bool(one.worked_out) for one in people) > MANY


# ---------------------------------------------------------------- guidelines drawn at random


@pytest.mark.parametrize("shard", range(DRAWN))
def test_patients_of_guidelines_drawn_at_random_are_answered_alike(shard: int) -> None:
    asked = []
    for number in range(MANY // 4):
        random = Random(shard + DRAWN * number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        cohort = make.draw_cohort(random, graph, 8)
        asked.append((graph, [*NOBODY, *cohort.stated()]))
    for (graph, people), answers in zip(asked, of_the_page(asked), strict=True):
        evaluator = Evaluator.of(graph)
        for stated, answer in zip(people, answers, strict=True):
            library = of_the_library(evaluator, stated)

            assert differences(library, answer) == [], (graph, dict(stated.values))
