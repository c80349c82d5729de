"""No shape of a guideline makes the engine hang: much that is unknown is answered exactly.

The budgets of processor time are many times what is needed; counted out, none of these would end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

import b12guide
from b12guide.evaluate import reference
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import ABOVE, Explanation, RuleExplanation, truth
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.recommend import DECISIONS, recommend
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.prove.everything import prove
from b12guide.truth import Truth
from tests.strategies.told import asked as asked_by_reference
from tests.strategies.told import differences
from tests.unit.semantics.writing import HEAD as WRITTEN
from tests.unit.semantics.writing import checked

BUDGET = 60
"""Seconds for a shape at its full size; each of them takes one or two."""


@pytest.fixture(scope="module")
def shapes() -> ModuleType:
    """The guidelines of the benchmark."""
    folder = Path(__file__).parents[3] / "benchmarks"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        spec = spec_from_file_location("cases", folder / "cases.py")
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


@contextmanager
def within_budget() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < BUDGET


def loaded(
    shapes: ModuleType, name: str, size: int, folder: Path
) -> b12guide.Guideline:
    shape, _ = shapes.SHAPES[name]
    file = folder / "growing.gdl"
    file.write_text(shapes.HEAD + "".join(shape(size)), encoding="utf-8")
    return b12guide.load(file, cache=False)


def parts(guideline: b12guide.Guideline) -> list[Explanation]:
    """The parts of the explanation of a rule."""
    explained = guideline.explain("r", {})
    assert isinstance(explained, RuleExplanation)
    found, waiting = [], [explained.condition]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].children
    return found


FULL = {
    "independent findings, a test each": 64,
    "independent findings, one test": 64,
    "findings in a chain": 30,
    "findings in a star": 30,
    "findings in a clique": 30,
    "definitions": 60,
    "thresholds": 1000,
}
QUESTIONS = {"definitions": 1, "thresholds": 1}
"""How many facts have to be asked for, where it is not each of them."""


@pytest.mark.parametrize("name", FULL)
def test_each_shape_is_answered_exactly_at_its_full_size(
    name: str, shapes: ModuleType, tmp_path: Path
) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra cohort is not installed")
    size = FULL[name]
    with within_budget():  # `check` is part of loading
        guideline = loaded(shapes, name, size, tmp_path)
        answer = guideline.recommend({})
        rule = next(iter(guideline.graph.rules))
        explained = guideline.explain(rule, {})
        fact = next(iter(guideline.graph.vocabulary.facts))
        row = guideline.cohort(
            pa.table(
                {fact: pa.array([None], pa.float64() if fact == "m" else pa.bool_())}
            )
        )
        proofs = prove(
            guideline.graph,
            checked((tmp_path / "growing.gdl").read_text(encoding="utf-8")).draft,
        )
    monitoring = answer.monitoring

    assert not [d for d in guideline.diagnostics if d.code == "GDL426"]
    assert answer.notices == ()
    assert monitoring.outcome is Outcome.DEPENDS
    assert len(monitoring.options) == (1 if name == "definitions" else size)
    assert len(monitoring.depends_on) == QUESTIONS.get(name, size)
    assert not any(option.certain for option in monitoring.options)
    assert isinstance(explained, RuleExplanation)
    assert explained.verdict.verdict is Verdict.UNKNOWN
    assert row["monitoring.outcome"].to_pylist() == ["depends"]
    assert proofs


@pytest.mark.parametrize("name", FULL)
def test_each_shape_is_answered_as_the_reference_answers_it(
    name: str, shapes: ModuleType, tmp_path: Path
) -> None:
    guideline = loaded(shapes, name, 4, tmp_path)
    graph, evaluator = guideline.graph, guideline.evaluator
    facts = list(graph.vocabulary.facts)
    people: list[dict[str, Any]] = [{}]
    if facts != ["m"]:
        people += [{facts[0]: True}, {facts[0]: False}, {facts[-1]: True}]
    for person in people:
        stated = state(Patient(facts=person), graph)
        wanted = reference.answer(graph, stated)

        assert list(differences(asked_by_reference(evaluator, stated), wanted)) == []


def test_what_a_chain_of_findings_implies_is_certain(
    shapes: ModuleType, tmp_path: Path
) -> None:
    guideline = loaded(shapes, "findings in a chain", 30, tmp_path)
    answer = guideline.recommend({"f10": True})
    certain = [option.certain for option in answer.monitoring.options]

    assert certain.count(True) == 20
    assert len(answer.monitoring.depends_on) == 10


def test_of_two_findings_one_of_which_is_so_the_test_of_both_is_certain() -> None:
    """Thirty that are tied in a circle of `or`: what both sides of each say is certain."""
    words = "".join(f'finding f{n} "f{n}"\n' for n in range(30))
    rules = "".join(
        f"rule r{n}\n    when f{n}\n    check t every year\n" for n in range(30)
    )
    ties = "".join(
        f"implication i{n}\n    when not f{n}\n    then f{(n + 1) % 30}\n"
        for n in range(30)
    )
    head = (
        "language 1\nguideline g\n    version 1.0.0\n    revised 2026-01-01\ntest t\n"
    )
    graph = checked(head + words + ties + rules).graph
    assert graph is not None
    answer = recommend(Evaluator.of(graph), state(Patient(facts={}), graph))

    assert answer.notices == ()
    assert answer.monitoring.outcome is Outcome.DETERMINED
    assert [option.certain for option in answer.monitoring.options] == [True]
    assert answer.monitoring.depends_on == ()


def test_a_definition_is_worked_out_once_by_the_interpreter(
    shapes: ModuleType, tmp_path: Path
) -> None:
    guideline = loaded(shapes, "definitions", 60, tmp_path)
    graph = guideline.graph
    with within_budget():
        found = truth(graph.rules["r"].condition, graph, Facts(values={"z": False}))

    assert found is Truth.FALSE


def test_a_long_explanation_explains_each_definition_once(
    shapes: ModuleType, tmp_path: Path
) -> None:
    with within_budget():
        found = parts(loaded(shapes, "definitions", 60, tmp_path))

    assert [one.value for one in found].count(ABOVE) == 60
    assert len(found) < 600


def test_a_short_explanation_explains_each_definition_wherever_it_is_named(
    shapes: ModuleType, tmp_path: Path
) -> None:
    found = parts(loaded(shapes, "definitions", 4, tmp_path))

    assert ABOVE not in [one.value for one in found]


# --------------------------------------------------------------------------------- check


def clashing(count: int) -> str:
    return (
        "language 1\nguideline g\n    version 1.0.0\n    revised 2026-01-01\ndrug d\n"
        + "".join(
            f'finding f{n} "f"\nrule r{n}\n    when f{n}\n    load d {n}00 µg daily for 1 week\n'
            for n in range(1, count + 1)
        )
    )


def test_check_tells_a_decision_that_stays_too_large() -> None:
    with within_budget():
        (found,) = (d for d in checked(clashing(20)).diagnostics if d.code == "GDL426")

    assert found.message.startswith("the loading decision has about 2^20 cases")
    assert found.labels[0].text.slice(found.labels[0].span) == "r1"


def test_check_says_nothing_of_a_decision_that_can_be_compared() -> None:
    assert "GDL426" not in {d.code for d in checked(clashing(12)).diagnostics}


def test_what_stays_too_large_is_not_proved_and_that_ends() -> None:
    found = checked(clashing(20))
    assert found.graph is not None
    with within_budget():
        proofs = prove(found.graph, found.draft)

    assert {p.settled.value for p in proofs if p.claim.name == "loading"} == {
        "not proved (limit)",
        "proved",
    }


def test_every_decision_can_be_drawn() -> None:
    """Whatever may be said in a rule, of more findings than can be counted out."""
    says = (
        "form hydroxocobalamin",
        "load hydroxocobalamin 1000 µg IM daily for 1 week",
        "maintain hydroxocobalamin 1000 µg IM every month for life",
        "route intramuscular",
        "give folic_acid 5 mg oral daily",
        "withhold folic_acid until b12_repleted",
        "inject with needle 25 to 27 G",
        "check serum_b12 every year",
        "target homocysteine < 10 µmol/L",
        "continue b12_treatment for life",
        "change route to intramuscular",
        "refer haematology",
        "conclude deficiency confirmed",
    )
    text = WRITTEN + 'service haematology "haematology"\n'
    text += 'conclusion deficiency "deficiency" values confirmed, unlikely\n'
    for n in range(20):
        text += f'finding f{n} "f"\n'
        for place, said in enumerate(says):
            text += f"rule r{n}_{place}\n    when f{n}\n    {said}\n"
    graph = checked(text).graph
    assert graph is not None
    with within_budget():
        answer = recommend(Evaluator.of(graph), state(Patient(facts={}), graph))

    assert answer.notices == ()
    assert {d: answer.decisions[d].outcome for d in DECISIONS} == dict.fromkeys(
        DECISIONS, Outcome.DEPENDS
    )
    assert all(len(answer.decisions[d].options) == 1 for d in DECISIONS)


def test_what_is_tied_in_too_many_ways_is_thought_through_for_so_long_only() -> None:
    """Four times forty findings at the edge of contradiction: who is to blame would take hours."""
    random = Random(3)  # noqa: S311 -- alike each time
    text = "language 1\nvocabulary v\n"
    for group in range(4):
        names = [f"c{group}f{n}" for n in range(40)]
        text += "".join(f'finding {name} "f"\n' for name in names)
        for number in range(140):
            some = random.sample(names, 3)
            one, two, three = (random.choice(("", "not ")) + name for name in some)
            text += f"implication i{group}_{number}\n    when {one} and {two}\n    then {three}\n"
    with within_budget():
        codes = {diagnostic.code for diagnostic in checked(text).diagnostics}

    assert codes & {"GDL423", "GDL424", "GDL425"}


def test_a_definition_that_others_use_twice_is_gone_through_once(
    tmp_path: Path,
) -> None:
    """What an open verdict waits for is found in the graph, not in the tree of its conditions."""
    size = 22
    facts = "".join(f'finding f{i} "f{i}"\n' for i in range(size))
    defined = "define d0 as f0\n" + "".join(
        f"define d{i} as (d{i - 1} and f{i}) or (d{i - 1} and not f{i})\n"
        for i in range(1, size)
    )
    file = tmp_path / "tried.gdl"
    (tmp_path / "words.gdl").write_text(
        'language 1\nvocabulary words "Words"\ntest t "t"\n' + facts, encoding="utf-8"
    )
    file.write_text(
        WRITTEN.replace("uses      b12", "uses      words")
        + f'{defined}rule r "r"\n    when d{size - 1}\n    check t\n'
        + 'rule inner "inner"\n    when not d9\n    check t\n',
        encoding="utf-8",
    )
    guideline = b12guide.load(file, cache=False)

    begun = time.process_time()
    verdict, _ = guideline.recommend({}).rules

    assert time.process_time() - begun < 3  # a hundredth is needed; as a tree 10
    assert verdict.needs == tuple(f"f{i}" for i in range(size))
