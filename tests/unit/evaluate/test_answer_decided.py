"""Each decision has a class of its own, with what is to be done first and what instead."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

import b12guide
from b12guide import (
    Change,
    Concluded,
    Continuation,
    Decision,
    FormChoice,
    FormDecided,
    Instruction,
    Monitoring,
    Prohibition,
    Recommendation,
    Referral,
    Regimen,
    RegimenDecided,
    Routes,
    Stop,
    Target,
)

GUIDELINE = b12guide.load("mecobalamin_im")
NERVES = {
    "facts": {"b12_deficiency": True, "paresthesia": True, "egfr": "35 mL/min"},
    "otherwise": "absent",
}


@pytest.fixture
def answer() -> Recommendation:
    return GUIDELINE.recommend(NERVES)


def test_every_decision_is_of_its_kind(answer: Recommendation) -> None:
    kinds = {
        "form": FormChoice,
        "loading": Regimen,
        "maintenance": Regimen,
        "route": Routes,
        "adjunct": Regimen,
        "permission": Prohibition,
        "technique": Instruction,
        "monitoring": Monitoring,
        "targets": Target,
        "continuation": Continuation | Stop,
        "change": Change,
        "referral": Referral,
        "conclusion": Concluded,
    }
    assert set(kinds) == {decision.value for decision in answer.decisions}
    for name, kind in kinds.items():
        decided = getattr(answer, name)
        assert decided is answer[name] is answer[Decision(name)]
        assert all(isinstance(one, kind) for one in decided.advised)
        assert all(isinstance(one, kind) for one in decided.alternatives)


def test_the_default_is_what_is_certain_and_first(answer: Recommendation) -> None:
    assert answer.form.default == FormChoice(drugs=("hydroxocobalamin",))
    default = answer.maintenance.default
    assert default is not None
    assert default.phases[0].route == "intramuscular"
    assert default not in answer.maintenance.alternatives
    assert len(answer.maintenance.alternatives) == 2
    monthly = answer.maintenance.alternatives[0].phases[0].frequency
    assert isinstance(monthly, b12guide.Every)


def test_what_depends_has_no_default_even_beside_a_certain_alternative() -> None:
    decided = GUIDELINE.recommend({"b12_deficiency": True}).maintenance
    assert decided.outcome is b12guide.Outcome.DEPENDS
    assert decided.default is None
    assert decided.alternatives
    assert "perhaps" in decided.text
    assert "depends on" in decided.text


def test_what_is_withheld_is_no_default() -> None:
    facts = {"b12_deficiency": True, "folate_deficiency": True}
    decided = GUIDELINE.recommend(facts).adjunct
    assert [option.withheld for option in decided.options] == [True]
    assert decided.default is None
    assert decided.advised == ()
    assert decided.text == (
        "not now: folic acid 5 mg by mouth daily, after vitamin B12 is replete"
    )


def test_nobody_outside_the_scope_has_a_default() -> None:
    child = GUIDELINE.recommend({"facts": {"age": 9, "b12_deficiency": True}})
    for decided in child.decisions.values():
        assert getattr(decided, "default") is None  # noqa: B009
        assert decided.text == "not stated by the guideline"


CLASH = """\
language 1
guideline clash "Clash"
    version 1.0.0
    status  under review

finding ill "ill"
finding worse "worse"
drug one "one"
    plausible dose 1 to 100 mg
route oral "oral"
rule weekly "Weekly"
    when     ill
    maintain one 5 mg oral weekly for life
    strength required
rule daily "Daily"
    when     ill
    maintain one 5 mg oral daily for life
    strength required
rule not_this "Not this"
    when    worse
    contraindicated one
    strength do not
"""


@pytest.fixture
def clash(tmp_path: Path) -> b12guide.Guideline:
    words, rules = CLASH.split("\nfinding", 1)
    declared, _, rest = rules.partition("rule weekly")
    (tmp_path / "words.gdl").write_text(
        f'language 1\nvocabulary words "Words"\nfinding{declared}'
    )
    head = words.replace("under review", "under review\n    uses words")
    (tmp_path / "clash.gdl").write_text(f"{head}\nrule weekly{rest}")
    return b12guide.load(tmp_path / "clash.gdl")


def test_a_conflict_has_no_default(clash: b12guide.Guideline) -> None:
    decided = clash.recommend({"ill": True, "worse": False}).maintenance
    assert decided.outcome is b12guide.Outcome.CONFLICT
    assert decided.default is None
    assert decided.text.startswith("the guideline contradicts itself")


def test_what_is_contraindicated_is_said_and_is_no_default(
    clash: b12guide.Guideline,
) -> None:
    decided = clash.recommend({"ill": True, "worse": True}).maintenance
    assert decided.default is None
    assert "not offered" in decided.text
    assert "contraindicated" in decided.text


def test_they_travel_as_they_are(answer: Recommendation) -> None:
    decided = answer.form
    for other in (pickle.loads(pickle.dumps(decided)), copy.deepcopy(decided)):  # noqa: S301
        assert isinstance(other, FormDecided)
        assert other == decided
        assert hash(other) == hash(decided)
        assert other.text == decided.text
    assert type(answer.loading) is type(answer.maintenance) is RegimenDecided


OPEN = """\
language 1
guideline open "Open"
    version 1.0.0
    revised 2026-01-01
    status  under review

source s "S"
    by   "A", 2020
    kind review
finding ill "ill"
finding frail "frail"
drug one "one"
    plausible dose 1 to 100 mg
drug two "two"
    plausible dose 1 to 100 mg
rule mild "Mild"
    when     ill and frail
    form     one
    strength required
    cites    s
rule usual "Usual"
    when     ill and not frail
    form     two
    strength required
    cites    s
rule dose "Dose"
    when     ill
    maintain 5 mg daily for life
    strength required
    cites    s
"""


def test_a_dose_whose_drug_is_open_is_no_default(tmp_path: Path) -> None:
    (tmp_path / "open.gdl").write_text(OPEN)
    guideline = b12guide.load(tmp_path / "open.gdl")
    decided = guideline.recommend({"ill": True}).maintenance
    assert [(o.certain, o.drugs_open) for o in decided.options] == [(True, True)]
    assert decided.default is None
    known = guideline.recommend({"ill": True, "frail": False}).maintenance.default
    assert known is not None
    assert known.phases[0].drugs == ("two",)
