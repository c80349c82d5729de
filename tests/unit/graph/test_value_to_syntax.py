"""What a rule says, written out again, says the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve

from b12guide import written
from b12guide.graph.model import Regimens
from b12guide.graph.value_from_syntax import decision_of, lower_action
from b12guide.graph.value_to_syntax import action_of
from b12guide.regimen.model import ForDoses, Regimen
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast
from b12guide.syntax.phrases import action_to_text
from b12guide.values.duration import DurationRange, TimeUnit
from tests.unit.semantics.writing import checked

ACTIONS = [
    "load 1000 µg intramuscular on alternate days until neurological_plateau",
    "load hydroxocobalamin 0.5 mg 2 to 3 times per week for 2 weeks then 1 mg weekly",
    "load 1000 to 2000 µg oral twice daily for 1 dose after b12_repleted",
    "load 1000 µg intramuscular once then 1000 µg once after b12_repleted",
    "load at least 1 mg oral daily for 3 months then at most 1000 µg oral daily for life",
    "load 15 µg/kg oral weekly for 4 weeks then 10 to 15 µg/kg at most 1 mg oral monthly for life",
    "load 1000 µg 3 times per week for 2 weeks at least 2 days apart",
    "may give folic_acid 5 mg oral as needed with food after b12_repleted",
    "give folic_acid 5 mg oral daily after b12_repleted and levels_stable",
    "maintain 1000 µg every 2 to 3 months for life or 1000 µg oral daily indefinitely",
    "maintain 1000 µg monthly for 1 year",
    "may give folic_acid 5 mg oral daily for 6 doses",
    "load not needed",
    "maintain not needed",
    "form hydroxocobalamin or mecobalamin, not cyanocobalamin",
    "avoid cyanocobalamin",
    "contraindicated cyanocobalamin, mecobalamin",
    "may route oral or nasal",
    "withhold folic_acid until b12_repleted",
    "withhold folic_acid unless folate_deficiency",
    "check serum_b12 at 3, 6 and 12 months, before the next dose",
    "check serum_b12, ferritin at least every 6 months, with calcium, after levels_stable",
    "check serum_b12 yearly, never alone, until levels_stable",
    "check serum_b12 once",
    "inject with needle 25 to 27 G",
    "inject with pressure for 5 to 10 minutes",
    "inject not at gluteal routinely",
    "inject at gluteal in the upper_outer quadrant",
    "target homocysteine < 10 µmol/L",
    "continue b12_treatment for life",
    'note "Ask again."',
]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_written_as_it_was(action: str) -> None:
    draft = checked(f"rule r\n    {action}\n").draft
    scope = scope_of(draft)
    ((_, rule),) = draft.each(ast.Rule)
    (said,) = rule.actions
    value = lower_action(said, scope)
    optional = bool(getattr(said, "optional", False))
    again = action_of(decision_of(said), value, optional=optional)

    assert again is not None
    assert lower_action(again, scope) == value
    assert action_to_text(again) == action


def test_every_action_of_the_shipped_guideline_means_the_same_again() -> None:
    draft = written.read("mecobalamin_im").draft
    scope = scope_of(draft)
    for _, rule in draft.each(ast.Rule):
        for said in rule.actions:
            value = lower_action(said, scope)
            again = action_of(decision_of(said), value)

            assert again is not None
            assert lower_action(again, scope) == value


def test_what_only_two_rules_say_together_has_no_words() -> None:
    draft = checked(
        "rule r\n    load 1000 µg IM for 7 doses after b12_repleted\n"
    ).draft
    ((_, rule),) = draft.each(ast.Rule)
    decision = decision_of(rule.actions[0])
    value = lower_action(rule.actions[0], scope_of(draft))
    assert isinstance(value, Regimens)
    ((phase,),) = (regimen.phases for regimen in value.regimens)
    week = DurationRange(Fraction(1), Fraction(1), TimeUnit.WEEK)
    both = evolve(phase, after=("b12_repleted", "levels_stable"))
    bound = evolve(phase, bound=ForDoses(7, week))

    waits = action_of(decision, Regimen((both,)))
    assert waits is not None
    assert lower_action(waits, scope_of(draft)) == Regimens(
        regimens=(Regimen((both,)),)
    )
    assert action_of(decision, Regimen((bound,))) is None
