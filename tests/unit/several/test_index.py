"""Of many guidelines, those are asked that may have something to say to a patient."""

from __future__ import annotations

import pickle

import pytest
from attrs import evolve

from b12guide import panel
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Has
from b12guide.graph.model import Implication
from b12guide.guideline import Guideline
from b12guide.patient.model import Otherwise, Stated
from b12guide.several.clash import BothSpeaking
from b12guide.several.index import guidelines_by_words, leads_of
from b12guide.several.side_by_side import side_by_side
from tests.unit.several.small import WEEKLY, guideline

LED = """
rule check_{fact}
    when      {fact} and b12_deficiency
    check     serum_b12 every {months} months
    ...
rule form_{fact}
    when      {fact}
    form      hydroxocobalamin
    ...
"""
FACTS = ("diabetes", "nephropathy", "pregnancy", "paresthesia")
GUIDELINES = [
    guideline("weekly", WEEKLY),
    *(
        guideline(f"about_{fact}", LED.format(fact=fact, months=months))
        for months, fact in enumerate(FACTS, 2)
    ),
]
PATIENT = {
    "otherwise": "absent",
    "facts": {"b12_deficiency": True, "diabetes": True, "age": 50},
}


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guidelines that are made ready to be asked."""
    found: list[str] = []
    of = Evaluator.of

    def told(graph: object) -> Evaluator:
        if graph.rules:  # type: ignore[attr-defined]
            found.append(graph.name)  # type: ignore[attr-defined]
        return of(graph)  # type: ignore[arg-type]

    monkeypatch.setattr(Evaluator, "of", told)
    return found


def fresh() -> list[Guideline]:
    return [Guideline(one.loaded) for one in GUIDELINES]


def test_only_those_are_made_ready_that_may_have_something_to_say(
    compiled: list[str],
) -> None:
    found = panel(fresh()).recommend(PATIENT)

    assert set(compiled) == {"weekly", "about_diabetes"}
    assert found["form"].silent == (2, 3, 4)
    assert found["form"].speaking == 2
    assert found.labels[2:] == (
        "about_nephropathy",
        "about_pregnancy",
        "about_paresthesia",
    )


def test_an_answer_that_nobody_needed_is_there_for_who_looks() -> None:
    together = panel(fresh())
    found = together.recommend(PATIENT)
    alone = tuple(one.recommend(PATIENT) for one in fresh())

    assert tuple(found.answers) == alone
    assert found.answers[1:3] == alone[1:3]
    assert found == side_by_side(alone, together._pairs)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 -- our own
    assert found.to_dict()["decisions"]["form"]["silent"] == [
        "about_nephropathy",
        "about_pregnancy",
        "about_paresthesia",
    ]


def test_whoever_is_out_of_scope_is_told_so() -> None:
    body = LED.format(fact="diabetes", months=2)
    scoped = guideline("pregnant", body, status="    scope pregnancy\n")
    together = panel([guideline("weekly", WEEKLY), scoped])
    page = together.recommend(PATIENT).to_text()

    assert "the guideline is not written for this patient" in page


def test_guidelines_that_share_their_words_are_looked_at_together() -> None:
    graphs = [one.graph for one in GUIDELINES]
    (shared,) = guidelines_by_words(graphs)

    assert shared.places == (0, 1, 2, 3, 4)
    assert len(leads_of(graphs[0])) == 1


ALWAYS_ONE = """
rule general
    check     serum_b12 every year
    ...
"""


def test_a_guideline_with_a_rule_for_everybody_is_always_asked() -> None:
    general = guideline("general", ALWAYS_ONE + LED.format(fact="diabetes", months=2))

    assert leads_of(general.graph) == ()
    found = panel([general, *fresh()]).recommend(PATIENT)["monitoring"]
    assert found.outcomes[0].value == "determined"


BARRED = """
rule barred
    when      nephropathy
    contraindicated hydroxocobalamin
    ...
"""


def test_who_has_nothing_to_say_clashes_with_nobody() -> None:
    """What one takes for absent follows from what another knows; it is silent all the same."""
    weekly, barred = (
        guideline("weekly", WEEKLY).graph,
        guideline("barred", BARRED).graph,
    )
    follows = Implication(
        name="kidneys", premise=Has(fact="diabetes"), conclusion=Has(fact="nephropathy")
    )
    sides = [
        Evaluator.of(graph)
        for graph in (
            barred,
            evolve(weekly, implications=(*weekly.implications, follows)),
        )
    ]
    stated = Stated(
        values={"b12_deficiency": True, "diabetes": True}, otherwise=Otherwise.ABSENT
    )
    found = side_by_side(
        [recommend(side, stated) for side in sides], {(0, 1): BothSpeaking.of(*sides)}
    )

    assert found["loading"].silent == (0,)
    assert not any(decision.clashes for decision in found.decisions)
