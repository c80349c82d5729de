"""What is said of a decision of which not every completion can be compared."""

from __future__ import annotations

import pytest

from b12guide.evaluate import completions
from b12guide.evaluate import recommend as recommendation
from b12guide.evaluate.answer import Decided, Outcome, Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, FormChoice, Monitoring
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.unit.semantics.writing import checked

TEXT = """\
language 1
guideline open_ "Open"
    version 1.0.0
    revised 2026-01-01
finding a "a"
finding b "b"
finding c "c"
drug d1
drug d2
test t1
test t2
"""


@pytest.fixture(autouse=True)
def _nothing_can_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completions, "GROUP_LIMIT", 1)
    monkeypatch.setattr(recommendation, "MOST_STEPS", 1)


def asked(rules: str, **facts: bool) -> Recommendation:
    graph = checked(TEXT + rules).graph
    assert graph is not None
    return recommend(Evaluator.of(graph), state(Patient(facts=facts), graph))


def shown(decided: Decided) -> dict[str, bool]:
    """What is advised, and whether that is certain."""
    found: dict[str, bool] = {}
    for option in decided.options:
        match option.advice:
            case FormChoice(drugs=names) | Monitoring(tests=names):
                found |= dict.fromkeys(names, option.certain)
            case _:
                raise TypeError(option.advice)
    return found


def test_what_follows_from_the_known_facts_is_shown_and_nothing_is_certain() -> None:
    rules = (
        "rule one\n    when a\n    form d1 or d2\nrule two\n    when b\n    form d2\n"
    )
    answer = asked(rules, a=True)
    form = answer.decisions[Decision.FORM]

    assert form.outcome is Outcome.DEPENDS
    assert form.depends_on == ("b",)
    assert shown(form) == {"d1": False, "d2": False}
    assert (form.preferred, form.acceptable, form.excluded) == ((), (), ())
    assert [question.fact for question in answer.questions] == ["b"]
    assert [
        "too much is unknown to compare every completion of the form decision" in n.text
        for n in answer.notices
    ] == [True]


@pytest.mark.parametrize("first", ["a", "b"])
def test_no_rule_counts_for_another_that_has_no_exceptions_either(first: str) -> None:
    second = "b" if first == "a" else "a"
    rules = (
        f"rule one\n    when {first}\n    form d1\n"
        f"rule two\n    when {second}\n    form d1 or d2\n"
    )
    form = asked(rules, a=True).decisions[Decision.FORM]

    assert shown(form) == dict.fromkeys(["d1"] if first == "a" else ["d1", "d2"], False)


def test_an_exception_that_is_open_neither_applies_nor_lets_its_rule_apply() -> None:
    rules = (
        "rule one\n    when a\n    form d1\n"
        "rule two\n    exception to one\n    when b\n    form d2\n"
    )
    form = asked(rules, a=True).decisions[Decision.FORM]

    assert form.outcome is Outcome.DEPENDS
    assert form.options == ()
    assert form.depends_on == ("b",)


def test_what_adds_up_stays_certain() -> None:
    rules = (
        "rule one\n    when a\n    check t1 every year\n"
        "rule two\n    when b\n    check t2 every year\n"
    )
    monitoring = asked(rules, a=True).decisions[Decision.MONITORING]

    assert monitoring.outcome is Outcome.DEPENDS
    assert shown(monitoring) == {"t1": True}
    assert monitoring.depends_on == ("b",)


def test_a_decision_that_reads_nothing_open_is_as_exact_as_ever() -> None:
    rules = "rule one\n    when a\n    form d1\nrule two\n    when b\n    check t1 every year\n"
    answer = asked(rules, a=True)

    assert answer.decisions[Decision.FORM].outcome is Outcome.DETERMINED
    assert answer.decisions[Decision.MONITORING].outcome is Outcome.DEPENDS
