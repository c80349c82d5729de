"""What holds of the first screen, whatever the guideline and the patient."""

from __future__ import annotations

import re
from random import Random

import pytest

from b12guide.evaluate import reference
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.composition_parts import strength_of
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.reference import truth
from b12guide.graph.model import Decision
from b12guide.show.first_screen import first_screen, first_screen_text
from b12guide.show.screen import LINES, fitted
from b12guide.show.terminal import columns
from b12guide.truth import Truth
from tests.strategies import graphs as make
from tests.strategies.told import asked

GUIDELINES = 150
PATIENTS = 3
WIDTHS = (20, 40, 60, 80, 120, 200)


def answers(first: int = 0, most: int = 8) -> list[Recommendation]:
    """Answers of small guidelines about patients at their thresholds."""
    found = []
    for number in range(first, first + GUIDELINES):
        random = Random(number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random, most)
        evaluator = Evaluator.of(graph)
        for stated in make.draw_cohort(random, graph, PATIENTS).stated():
            answer = asked(evaluator, stated)
            if answer is not None:
                found.append(answer)
    return found


@pytest.fixture(scope="module")
def small() -> list[Recommendation]:
    return answers()


@pytest.fixture(scope="module")
def large() -> list[Recommendation]:
    return answers(first=1000, most=40)[:150]


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_never_longer_than_24_lines_or_wider_than_the_terminal(
    small: list[Recommendation], large: list[Recommendation], width: int
) -> None:
    for answer in (*small, *large):
        lines = first_screen_text(answer, width=width).splitlines()

        assert len(lines) <= 24
        assert max(map(columns, lines)) <= width


def test_every_row_is_on_it_and_what_is_left_out_is_counted(
    small: list[Recommendation], large: list[Recommendation]
) -> None:
    for answer in (*small, *large):
        text = " ".join(first_screen_text(answer).split())
        for one in fitted(first_screen(answer), LINES - 2, 80):
            left = len(one.row.lines) - one.count
            told = " ".join(" ".join(one.printed(80)).split())

            assert one.row.label in text
            assert told.startswith(one.row.label)
            counted = re.search(rf"\b{left} (more\b.*: --full|in --full)", told)

            assert bool(counted) == (left > 0)


def test_every_decision_that_says_something_has_a_row(
    small: list[Recommendation], large: list[Recommendation]
) -> None:
    for answer in (*small, *large):
        told = {decision for row in first_screen(answer) for decision in row.decisions}
        for decision, decided in answer.decisions.items():
            is_moved = decision is Decision.ADJUNCT and all(
                option.withheld for option in decided.options
            )
            if not decided.is_silent and not is_moved and decision in told:
                continue

            assert decided.is_silent or is_moved or decision is Decision.NOTE, decision


def test_a_printed_strength_is_that_of_a_printed_statement(
    small: list[Recommendation],
) -> None:
    seen = 0
    for answer in small:
        rules = answer.graph.rules
        for row in first_screen(answer):
            for line in row.lines:
                if line.rules:
                    said = [strength_of([rules[name]]) for name in line.rules]
                    seen += 1

                    assert line.details[0] in {strength.value for strength in said}
    assert seen


def test_nothing_open_is_told_as_certain(small: list[Recommendation]) -> None:
    hedges = ("if ", "unless ", "depending on ", "may contradict", "perhaps not")
    for answer in small:
        for row in first_screen(answer):
            for line in row.lines:
                words = line.text.removeprefix("not now: ")
                words = words.partition(": ")[2] if len(row.decisions) > 1 else words
                words = words.removeprefix("alternatively ")

                assert line.certain or words.startswith(hedges), line.text
                assert not (line.certain and words.startswith("depending on ")), (
                    line.text
                )


def test_an_open_line_holds_in_just_the_cases_that_it_names(
    small: list[Recommendation],
) -> None:
    seen = 0
    for answer in small:
        cases = reference.answer(answer.graph, answer.stated)
        assert cases is not None
        for row in first_screen(answer):
            for line in row.lines:
                if line.when is None:
                    continue
                for world, _ in cases.cases:
                    applies = any(
                        reference.stands(answer.graph.rules[name], world) == "applies"
                        for name in line.rules
                    )
                    seen += 1

                    assert (truth(line.when, world) is Truth.TRUE) == applies
    assert seen


def test_no_alternative_stands_before_its_default(small: list[Recommendation]) -> None:
    for answer in small:
        for row in first_screen(answer):
            for decision in row.decisions:
                decided = answer.decisions.get(decision)
                if decided is None or decision not in {
                    Decision.LOADING,
                    Decision.MAINTENANCE,
                }:
                    continue
                alternative = [
                    line.text.startswith("alternatively")
                    for line in row.lines
                    if line.rules
                ]

                assert alternative == sorted(alternative)


def test_a_certain_conflict_shows_both_sides_first(large: list[Recommendation]) -> None:
    seen = 0
    for answer in large:
        for conflict in answer.conflicts:
            if not conflict.certain:
                continue
            (row,) = (
                r for r in first_screen(answer) if conflict.decision in r.decisions
            )
            texts = [
                line.text for line in row.lines if "contradicts itself" in line.text
            ]
            seen += 1

            assert texts
            assert any(" against " in text for text in texts)
            assert "contradicts itself" in " ".join(first_screen_text(answer).split())
    assert seen
