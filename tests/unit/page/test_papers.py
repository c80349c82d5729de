"""What people read of a guideline, as data: everything that rules, facts and sources say."""

from __future__ import annotations

from fractions import Fraction

import pytest

import b12guide
from b12guide.graph.dictionary import dictionary
from b12guide.graph.model import RuleGraph
from b12guide.library import shipped
from b12guide.page.papers import papers_json

GUIDELINE = b12guide.load("mecobalamin_im")
GRAPH = GUIDELINE.graph
PAPERS = papers_json(GRAPH)
NAMES = sorted(
    name
    for name, file in shipped().items()
    if any(line.startswith("guideline ") for line in file.read_text().splitlines())
)


def test_every_fact_is_there_in_the_order_declared() -> None:
    assert [one["name"] for one in PAPERS["facts"]] == list(dictionary(GRAPH))


def test_every_rule_has_its_words_its_strength_and_its_citation() -> None:
    for name, rule in GRAPH.rules.items():
        paper = PAPERS["rules"][name]

        assert paper["title"] == rule.title
        assert paper["statements"] == list(rule.grounds.statements)
        assert paper["sentence"].endswith((".", '."'))
        assert paper["sources"] == list(rule.grounds.sources)
        for source in paper["sources"]:
            assert source in PAPERS["sources"]


def test_every_statement_leads_to_what_rests_on_it() -> None:
    assert PAPERS["statements"]["S19"]["rules"]
    for name, rule in GRAPH.rules.items():
        for statement in rule.grounds.statements:
            assert name in PAPERS["statements"][statement]["rules"]
    assert set(GRAPH.statements) <= set(PAPERS["statements"])


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_makes_of_a_number_what_a_patient_file_makes_of_it(name: str) -> None:
    guideline = b12guide.load(name)
    tried = 0
    for paper in papers_json(guideline.graph)["facts"]:
        low, high = ends(guideline.graph, paper["name"])
        for unit in paper["units"]:
            factor = Fraction(unit["factor"])
            written = Fraction(round((low + high) / 2 / factor, 3))
            if not low <= written * factor <= high:
                continue
            answer = guideline.recommend(
                {"facts": {paper["name"]: f"{float(written)} {unit['text']}"}}
            )
            stated = answer.stated.recorded[paper["name"]]
            assert stated == written * factor, (paper["name"], unit)
            tried += 1

    assert tried > 3


def ends(graph: RuleGraph, name: str) -> tuple[Fraction, Fraction]:
    fact = graph.vocabulary.facts.get(name)
    plausible = fact.plausible if fact else None
    return plausible or (Fraction(1), Fraction(100))


def test_the_own_unit_of_a_measure_comes_first_and_each_unit_once() -> None:
    for paper in PAPERS["facts"]:
        texts = [unit["text"] for unit in paper["units"]]

        assert len(texts) == len(set(texts))
        assert texts[:1] == ([paper["unit"]] if paper["unit"] else [])


def test_a_silence_on_a_pregnancy_is_personal_and_one_on_kidneys_is_not() -> None:
    personal = {name for silence in PAPERS["silences"] for name in silence["personal"]}

    assert {"pregnancy", "planning_pregnancy"} <= personal
    assert "egfr" not in personal


def test_what_is_ours_stands_apart_from_what_the_source_says() -> None:
    bypass = PAPERS["rules"]["bypass"]

    assert bypass["because"] not in bypass["sentence"]
    assert "because" not in bypass["text"]
