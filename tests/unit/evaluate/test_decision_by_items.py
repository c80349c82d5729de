"""Decisions with too many cases to compose each: what is read off diagrams is the same answer."""

from __future__ import annotations

from random import Random

import pytest
from attrs import evolve

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate import recommend as recommendation
from b12guide.evaluate.answer import Decided, Outcome, Recommendation
from b12guide.evaluate.diagram import ALL, NONE, Diagrams, TooLargeError, in_order
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Patient, Stated
from b12guide.patient.stated import state
from tests.strategies import graphs as make
from tests.unit.semantics.writing import checked

HEAD = """\
language 1
guideline large "Large"
    version 1.0.0
    revised 2026-01-01
"""


def asked(text: str, **facts: object) -> Recommendation:
    graph = checked(HEAD + text).graph
    assert graph is not None
    return recommend(Evaluator.of(graph), state(Patient(facts=facts), graph))


# ----------------------------------------------------------------------------- diagrams


def test_equal_sets_are_one_diagram_whatever_way_they_were_drawn() -> None:
    draw = Diagrams((2, 3, 2), 10_000)
    one, two, three = (draw.having(level, (1,)) for level in range(3))

    assert draw.both(one, two) == draw.both(two, one)
    assert draw.opposite(draw.opposite(two)) == two
    assert draw.either(one, draw.opposite(one)) == ALL
    assert draw.without(two, two) == NONE
    assert draw.both(one, draw.either(two, three)) == draw.either(
        draw.both(one, two), draw.both(one, three)
    )
    assert draw.levels(draw.either(draw.both(one, two), draw.without(two, one))) == {1}


def test_a_fact_is_left_out_for_each_reading_apart() -> None:
    draw = Diagrams((3, 2), 10_000)
    is_first, is_second, is_third = (draw.having(0, (digit,)) for digit in range(3))
    other = draw.having(1, (1,))

    assert draw.regardless(draw.both(is_first, other), {0: ((0, 1, 2),)}) == other
    assert draw.regardless(is_second, {0: ((0, 1), (0, 2))}) not in (ALL, NONE)
    assert draw.regardless(is_first, {0: ((0, 1), (0, 2))}) == ALL
    assert draw.both(is_second, is_third) == NONE


def test_diagrams_that_grow_too_large_say_so() -> None:
    draw = Diagrams((2,) * 20, 50)

    with pytest.raises(TooLargeError):
        draw.all_of(draw.having(level, (1,)) for level in range(20))


def test_as_many_facts_as_there_may_be_need_no_deep_stack() -> None:
    draw = Diagrams((2,) * 3000, 1_000_000)
    every = draw.all_of(draw.having(level, (1,)) for level in reversed(range(3000)))

    assert draw.opposite(draw.opposite(every)) == every
    assert len(draw.levels(every)) == 3000


def test_names_that_are_tied_together_stand_close_to_each_other() -> None:
    chain = [("a", "c"), ("c", "e"), ("e", "b"), ("b", "d")]
    star = [("x", leaf) for leaf in "abcd"]

    assert in_order("abcde", chain) in {tuple("acebd"), tuple("dbeca")}
    assert in_order("abcdx", star)[:2] in {("a", "x"), ("x", "a")}
    assert in_order("ba", []) == ("a", "b")


# ------------------------------------------------------------------ the same as by parts


def unordered(decided: Decided) -> Decided:
    """What is said, where it does not matter which rules are named first."""
    return evolve(
        decided,
        options=tuple(sorted(decided.options, key=repr)),
        rules=tuple(sorted(decided.rules)),
        not_offered=tuple(
            sorted(
                (
                    evolve(
                        one,
                        rules=tuple(sorted(one.rules)),
                        offered_by=tuple(sorted(one.offered_by)),
                    )
                    for one in decided.not_offered
                ),
                key=repr,
            )
        ),
        depends_on=(),
    )


def drawn(
    graph: RuleGraph, stated: Stated, patch: pytest.MonkeyPatch
) -> Recommendation:
    with patch.context() as inside:
        inside.setattr(recommendation, "FEW", 0)
        return recommend(Evaluator.of(graph), stated)


@pytest.mark.parametrize("shard", range(8))
def test_what_is_read_off_diagrams_is_what_single_compositions_say(
    shard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        random = Random(5000 + 8 * number + shard)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        evaluator = Evaluator.of(graph)
        for stated in make.draw_cohort(random, graph, 6).stated():
            try:
                wanted = recommend(evaluator, stated)
            except PatientError:
                continue
            found = drawn(graph, stated, monkeypatch)

            assert found.notices == wanted.notices
            for decision, decided in wanted.decisions.items():
                other = found.decisions[decision]
                assert unordered(other) == unordered(decided)
                assert len(other.depends_on) == len(decided.depends_on)
            bare = [evolve(one, facts=()) for one in wanted.conflicts]
            assert [evolve(one, facts=()) for one in found.conflicts] == bare


# --------------------------------------------------------------------------- the budget


UNION = "".join(
    f'finding f{n} "f"\ntest t{n}\nrule r{n}\n    when f{n}\n    check t{n} every year\n'
    for n in range(24)
)


def spending(text: str, most: int) -> Recommendation:
    graph = checked(HEAD + text).graph
    assert graph is not None
    work = Work(b12guide.Limits(work=most))
    stated = state(Patient(facts={}), graph)
    return recommend(Evaluator.of(graph), stated, work=work)


def test_work_beyond_the_limit_is_refused_and_names_the_decision() -> None:
    with pytest.raises(PatientError) as raised:
        spending(UNION, 100)
    (found,) = raised.value.diagnostics

    assert found.code == "GDL792"
    assert (
        found.message == "the limit of 100 steps was reached at the monitoring decision"
    )
    assert "Limits(work=1000)" in found.help[-1].message


def test_work_is_the_same_whoever_was_answered_before() -> None:
    graph = checked(HEAD + UNION).graph
    assert graph is not None
    evaluator, stated = Evaluator.of(graph), state(Patient(facts={}), graph)
    costs = []
    for _ in range(3):
        work = Work()
        recommend(evaluator, stated, work=work)
        costs.append(work.done)

    assert len({*costs}) == 1
    assert 0 < costs[0] < 50_000


def test_a_limit_is_a_whole_number_of_at_least_one() -> None:
    for wrong in (0, -1, 1.5, True, "9"):
        with pytest.raises(
            b12guide.B12GuideError, match="`work` has to be a whole number"
        ):
            b12guide.Limits(work=wrong)  # type: ignore[arg-type]


# -------------------------------------------------------------------------- the fallback


def test_what_is_beyond_reach_is_said_to_be() -> None:
    """20 regimens of which no two can be followed: each set of rules is a conflict of its own."""
    rules = "".join(
        f'finding f{n} "f"\nrule r{n}\n    when f{n}\n    load d {n}00 µg daily for 1 week\n'
        for n in range(1, 21)
    )
    answer = asked(f"drug d\n{rules}")

    assert answer.loading.outcome is Outcome.DEPENDS
    assert answer.loading.options == ()
    assert len(answer.loading.depends_on) == 20
    assert "compare every completion of the loading decision" in answer.notices[0].text


def test_few_of_them_are_told_exactly() -> None:
    rules = "".join(
        f'finding f{n} "f"\nrule r{n}\n    when f{n}\n    load d {n}00 µg daily for 1 week\n'
        for n in range(1, 6)
    )
    answer = asked(f"drug d\n{rules}")

    assert len(answer.loading.options) == 5
    assert len(answer.conflicts) == 10
    assert answer.notices == ()
