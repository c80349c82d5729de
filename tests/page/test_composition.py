"""The page composes several rules, and words what they say, as the library does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import or_
from random import Random
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from attrs import evolve, frozen

from b12guide import written
from b12guide.evaluate import by_weight
from b12guide.evaluate.answer import Conflict, Decided
from b12guide.evaluate.composition import compose
from b12guide.evaluate.decision import (
    CompletionPart,
    conflicts,
    decide,
    elsewhere,
    finished,
)
from b12guide.evaluate.decision_by_items import decide_by_items
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS, recommend
from b12guide.graph import model as m
from b12guide.graph.condition import ALWAYS
from b12guide.library import Library, SourceFile, shipped
from b12guide.page.advice import advice_data
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load
from b12guide.say.advice import advice_text
from b12guide.say.names import Audience, in_lay_words
from b12guide.show.to_json import to_json
from tests.page.in_node import in_node
from tests.strategies import graphs as make

Json: TypeAlias = dict[str, Any]
Parts: TypeAlias = Mapping[m.Decision, Sequence[tuple[m.Rule, ...]]]

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
SAID = """data => data.map(({advice, cases}) => {
  const {compose, sayAdvice} = b12guide;
  const guideline = compose.ready(advice);
  return cases.map(({parts, weights}) => {
    const stand = {}, clashes = [];
    for (const [decision, sets] of Object.entries(parts)) {
      const said = compose
        .inPartOrder(guideline, decision, sets)
        .map(places => compose.compositionOf(guideline, decision, places));
      stand[decision] = compose.decideByParts(guideline, decision, said);
      clashes.push(...compose.conflictsOf(guideline, decision, said, ["something"]));
    }
    const other = compose.elsewhere(stand.form, stand.permission);
    const decisions = {}, plain = {};
    for (const [decision, decided] of Object.entries(stand)) {
      const whole = compose.withWeight(compose.finished(decided, other), weights);
      decisions[decision] = compose.decisionJson(guideline, whole, [], []);
      plain[decision] = whole.options.map(one => sayAdvice(one.advice, advice, "patient"));
    }
    const conflicts = clashes.map(one =>
      compose.conflictJson(guideline, compose.conflictWithWeight(one, weights)));
    return {decisions, conflicts, plain, drugs: compose.drugsJson(guideline, decisions)};
  });
})"""


BY_ITEMS = """data => data.map(({advice, cases}) => {
  const {compose} = b12guide;
  const guideline = compose.ready(advice);
  return cases.map(({count, applies}) => {
    const all = 2 ** count - 1;
    const sets = {
      both: (one, two) => one & two,
      either: (one, two) => one | two,
      without: (one, two) => one & ~two,
    };
    return Object.fromEntries(Object.entries(applies).map(([decision, places]) => {
      const found = compose.decideByItems(
        guideline, decision, new Map(places), {sets, valid: all, mayBe: () => all});
      const clashes = compose.conflictsOf(guideline, decision, found.parts, ["something"]);
      return [decision, {
        decided: compose.decisionJson(guideline, found.decided, [], []),
        conflicts: clashes.map(one => compose.conflictJson(guideline, one)),
        functions: found.functions,
      }];
    }));
  });
})"""


@frozen
class Case:
    """Which rules apply in the completions of somebody, decision by decision."""

    parts: Parts
    weights: Mapping[str, Fraction | None]


def drawn(random: Random, evaluator: Evaluator) -> Case:
    """Any sets of rules, whether or not somebody could be like that."""
    parts = {}
    for decision in DECISIONS:
        heard = evaluator.heard[decision]
        share = random.choice((0.2, 0.3, 0.5, 0.8))
        found = {
            tuple(rule.name for rule in heard if random.random() < share)
            for _ in range(random.choice((1, 1, 2, 5)))
        }
        sets = [tuple(r for r in heard if r.name in names) for names in found]
        parts[decision] = sorted(sets, key=lambda some: [r in some for r in heard])
    weights = {
        name: random.choice((None, Fraction(72), Fraction(143, 2)))
        for name in by_weight.measures(evaluator.graph)
    }
    return Case(parts, weights)


def case_data(case: Case, evaluator: Evaluator, random: Random) -> Json:
    """The same for the page, in no particular order."""
    parts = {
        decision.value: [[evaluator.place[r.name] for r in some] for some in sets]
        for decision, sets in case.parts.items()
    }
    for sets in parts.values():
        random.shuffle(sets)
    weights = {name: one and str(one) for name, one in case.weights.items()}
    return {"parts": parts, "weights": weights}


def answered(case: Case, evaluator: Evaluator) -> Json:
    """What the library says."""
    graph = evaluator.graph
    stand: dict[m.Decision, Decided] = {}
    clashes: list[Conflict] = []
    for decision, sets in case.parts.items():
        parts = [CompletionPart(1, compose(decision, some)) for some in sets]
        stand[decision] = decide(decision, parts, evaluator.place)
        clashes += conflicts(decision, parts, graph, ("something",))
    other = elsewhere(stand[m.Decision.FORM], stand[m.Decision.PERMISSION])
    whole = {
        decision: by_weight.with_weight(finished(decided, other), case.weights)
        for decision, decided in stand.items()
    }
    weighed = [by_weight.conflict_with_weight(one, case.weights) for one in clashes]
    bare = recommend(evaluator, state(Patient(facts={}), graph))
    answer = to_json(evolve(bare, decisions=whole, conflicts=tuple(weighed)))
    lay = in_lay_words(graph)
    plain = {
        decision.value: [
            advice_text(one.advice, lay, Audience.PATIENT) for one in decided.options
        ]
        for decision, decided in whole.items()
    }
    said = {key: answer[key] for key in ("decisions", "conflicts", "drugs")}
    return {**said, "plain": plain}


def compared(evaluators: Sequence[Evaluator], cases: int, random: Random) -> int:
    """How many decisions the page answered as the library does."""
    drawn_cases = [[drawn(random, one) for _ in range(cases)] for one in evaluators]
    data = [
        {
            "advice": advice_data(one.graph),
            "cases": [case_data(case, one, random) for case in some],
        }
        for one, some in zip(evaluators, drawn_cases, strict=True)
    ]
    count = 0
    for one, some, found in zip(
        evaluators, drawn_cases, in_node(SAID, data), strict=True
    ):
        for case, said in zip(some, found, strict=True):
            wanted = answered(case, one)
            for decision, decided in wanted["decisions"].items():
                assert said["decisions"][decision] == decided, decision
                count += 1

            assert said == wanted
    return count


@pytest.mark.parametrize("name", GUIDELINES)
def test_any_rules_of_a_shipped_guideline_say_the_same(name: str) -> None:
    evaluator = Evaluator.of(load(name).graph)

    assert compared([evaluator], 100, Random(name)) == 1300  # noqa: S311


BY_WEIGHT = """
language 1.1
vocabulary words "Words"
finding tired "tiredness"
measure weight "body weight"
    unit g
    plausible 1000 to 300000 g
drug iron "iron"
    plausible dose 10 to 2000 mg
drug other "the other iron"
    plausible dose 10 to 2000 mg
route intravenous "intravenous"
    synonyms IV
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
rule course
    load iron 15 mg/kg at most 1000 mg IV weekly for 4 weeks
    strength should
    states S01
rule same
    load iron 0.015 g/kg at most 1 g IV weekly
    strength required
    states S01
rule more
    when tired
    load iron 0.3 to 20 mg/kg at most 1000 mg IV weekly for 4 doses
    strength should
    states S01
rule less
    load iron 7.5 mg/kg IV every 6 to 9 days
    strength should
    states S01
rule beside
    load other 4 to 40 mg/kg at most 900 mg IV once
    strength may
    states S01
rule out
    contraindicated iron
    strength do not
    states S01
"""


def test_doses_by_weight_come_to_the_same() -> None:
    files = Library(SourceFile("w.gdl", BY_WEIGHT.lstrip().encode()))
    evaluator = Evaluator.of(written.compiled(written.check(files)).graph)

    assert compared([evaluator], 300, Random(1)) == 3900  # noqa: S311


def generated(random: Random, count: int) -> Iterator[Evaluator]:
    """Guidelines that the language can write; in every second one many rules on one decision."""
    for number in range(count):
        one = make.draw_graph(random, most=12)
        yield Evaluator.of(crowded(random, one) if number % 2 else one)


def crowded(random: Random, graph: m.RuleGraph) -> m.RuleGraph:
    """The guideline with the rules of others, of which it does not matter when they apply."""
    several = [graph, *(make.draw_graph(random, most=12) for _ in range(5))]
    rules = [rule for one in several for rule in one.rules.values()]
    alone: dict[str, Any] = {"condition": ALWAYS, "exceptions": (), "exception_to": ()}
    named = {
        f"r{number}": evolve(rule, name=f"r{number}", **alone)
        for number, rule in enumerate(rules)
    }
    return evolve(graph, rules=named, conflicts=(), silences=())


@pytest.mark.parametrize("shard", range(4))
def test_any_rules_that_the_language_can_write_say_the_same(shard: int) -> None:
    random = Random(shard)  # noqa: S311 -- alike each time

    assert compared([*generated(random, 60)], 4, random) == 60 * 4 * 13


def of_tests(random: Random) -> Evaluator:
    """A guideline of which every rule speaks of tests."""
    draw = make.Draw(random)
    graph = make.draw_graph(random)
    rules = {}
    for name in (f"r{number}" for number in range(8)):
        value: m.Value = draw.monitoring()
        if draw.chance(15):
            value = m.NotChecked(tests=draw.some(make.TESTS, 1, 2))
        rules[name] = m.Rule(
            name=name, title=name, decision=m.Decision.MONITORING, value=value
        )
    return Evaluator.of(evolve(graph, rules=rules, conflicts=(), silences=()))


def test_any_rules_on_tests_say_the_same() -> None:
    random = Random(3)  # noqa: S311 -- alike each time
    evaluators = [of_tests(random) for _ in range(300)]

    assert compared(evaluators, 3, random) == 300 * 3 * 13


# ------------------------------------------------------------------------ item by item


class Worlds:
    """Cases as bits: some worlds, in each of which some rules apply."""

    def __init__(self, count: int, true: Mapping[int, int]) -> None:
        self.sets = self
        self.true = true
        self.valid = (1 << count) - 1
        self.steps = 0
        self.functions: list[tuple[int, ...]] = []

    def both(self, one: int, two: int) -> int:
        return one & two

    def either(self, one: int, two: int) -> int:
        return one | two

    def without(self, one: int, two: int) -> int:
        return one & ~two

    def opposite(self, one: int) -> int:
        return self.valid & ~one

    def any_of(self, sets: Iterable[int]) -> int:
        return reduce(or_, sets, 0)

    def may_be(self, sets: Iterable[int]) -> int:  # noqa: ARG002 -- all of them may be
        return self.valid

    def forget(self) -> None:
        """Nothing is kept."""

    def needed(
        self,
        decision: m.Decision,  # noqa: ARG002 -- as `Cases` has it
        functions: Sequence[tuple[int, ...]],
        known: Iterable[str],  # noqa: ARG002 -- as `Cases` has it
    ) -> tuple[()]:
        self.functions = [*functions]
        return ()


def by_items(
    evaluator: Evaluator, count: int, applies: Mapping[m.Decision, Mapping[str, int]]
) -> Json:
    """What the library reads off the items of each decision."""
    found = {}
    bare = recommend(evaluator, state(Patient(facts={}), evaluator.graph))
    for decision, worlds in applies.items():
        nodes = {name: place for place, name in enumerate(worlds)}
        program = SimpleNamespace(
            conditions=nodes, exceptions=dict.fromkeys(nodes, len(nodes))
        )
        cases = Worlds(count, {**dict(enumerate(worlds.values())), len(nodes): 0})
        asked: Any = SimpleNamespace(
            evaluator=SimpleNamespace(
                program=program, heard=evaluator.heard, place=evaluator.place
            ),
            facts=SimpleNamespace(values={}),
        )
        whole = decide_by_items(decision, asked, cases)
        whole.needed()
        clashes = conflicts(decision, whole.clashing, evaluator.graph, ("something",))
        answer = to_json(
            evolve(bare, decisions={decision: whole.said}, conflicts=clashes)
        )
        found[decision.value] = {
            "decided": answer["decisions"][decision.value],
            "conflicts": answer["conflicts"],
            "functions": [[*one] for one in cases.functions],
        }
    return found


@pytest.mark.parametrize("shard", range(2))
def test_a_decision_item_by_item_says_the_same(shard: int) -> None:
    random = Random(shard)  # noqa: S311 -- alike each time
    evaluators = [Evaluator.of(load(name).graph) for name in GUIDELINES]
    evaluators += generated(random, 60)
    drawn_cases = [
        [
            (
                count,
                {
                    decision: {
                        rule.name: random.getrandbits(count)
                        for rule in evaluator.heard[decision]
                    }
                    for decision in DECISIONS
                },
            )
            for count in (random.choice((1, 2, 5, 12)) for _ in range(3))
        ]
        for evaluator in evaluators
    ]
    data = [
        {
            "advice": advice_data(evaluator.graph),
            "cases": [
                {
                    "count": count,
                    "applies": {
                        decision.value: [
                            [evaluator.place[name], bits] for name, bits in some.items()
                        ]
                        for decision, some in applies.items()
                    },
                }
                for count, applies in cases
            ],
        }
        for evaluator, cases in zip(evaluators, drawn_cases, strict=True)
    ]
    for evaluator, cases, said in zip(
        evaluators, drawn_cases, in_node(BY_ITEMS, data), strict=True
    ):
        for (count, applies), found in zip(cases, said, strict=True):
            wanted = by_items(evaluator, count, applies)
            for decision, one in wanted.items():
                assert found[decision] == one, (decision, evaluator)
