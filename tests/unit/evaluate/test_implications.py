"""What implications make of facts, in vocabularies written for it: see M4 to M7."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.evaluate import search
from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import AllOf, AnyOf, Condition, Has, Not
from b12guide.graph.model import Decision, Fact, Implication, RuleGraph, Vocabulary
from b12guide.patient.model import Otherwise, Patient, Stated
from b12guide.patient.stated import state
from b12guide.values.term import Kind
from tests.unit.semantics.writing import checked

HEAD = """\
language 1
guideline tied "Tied"
    version 1.0.0
    revised 2026-01-01
"""
WORDS = "drug d1\ndrug d2\n" + "".join(f'finding {n} "{n}"\n' for n in "abcdefgh")
RULE = "rule r\n    when {}\n    form d1\n"


def guideline(text: str) -> Evaluator:
    """A guideline with the findings a to h and `text`."""
    graph = checked(HEAD + WORDS + text).graph
    assert graph is not None, checked(HEAD + WORDS + text).diagnostics
    return Evaluator.of(graph)


def closed(
    evaluator: Evaluator,
    otherwise: str = "unknown",
    reading: Reading = Reading.REPORT,
    **facts: Any,
) -> Facts:
    """What is known of a patient of whom `facts` are stated."""
    patient = Patient(facts=facts, otherwise=Otherwise(otherwise))
    stated = state(patient, evaluator.graph)
    return implied_facts(stated, evaluator.graph, evaluator.program, reading)


def refused(
    evaluator: Evaluator, otherwise: str = "unknown", **facts: Any
) -> Diagnostic:
    """Why a patient is refused."""
    with pytest.raises(PatientError) as raised:
        closed(evaluator, otherwise, **facts)
    (found,) = raised.value.diagnostics
    assert found.code == "GDL790"
    return found


def of(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts whose names are worked out."""
    return facts


# ------------------------------------------------------------------------------ chains


def chain(length: int, *more: Implication) -> Evaluator:
    """Facts x0, x1, ... of which each implies the next."""
    names = [f"x{number}" for number in range(length + 1)]
    return tied(
        names,
        *(
            Implication(
                name=f"i{number}",
                premise=Has(f"x{number}"),
                conclusion=Has(f"x{number + 1}"),
            )
            for number in range(length)
        ),
        *more,
    )


def tied(names: list[str], *implications: Implication) -> Evaluator:
    """A guideline of findings and implications."""
    facts = {n: Fact(kind=Kind.FINDING, name=n, label=n) for n in names}
    return Evaluator.of(
        RuleGraph(
            name="tied",
            title="Tied",
            version="1.0.0",
            vocabulary=Vocabulary(facts=facts),
            implications=implications,
        )
    )


def when(premise: Condition, conclusion: Condition) -> Implication:
    """An implication."""
    return Implication(
        name=f"{premise} {conclusion}", premise=premise, conclusion=conclusion
    )


@pytest.mark.parametrize("length", [1, 19, 60, 10_000])
def test_a_contradiction_is_found_at_the_ends_of_a_chain(length: int) -> None:
    last = f"x{length}"
    found = refused(chain(length), x0=True, **of({last: False}))

    assert (
        found.message == f"these facts cannot all be so: `x0` (true), `{last}` (false)"
    )
    assert "`i0`" in found.notes[0]
    if length > 1:
        assert "by way of `x1`" in found.notes[1]
    assert all(len(note) < 200 for note in found.notes)


@pytest.mark.parametrize("otherwise", ["unknown", "absent"])
@pytest.mark.parametrize("length", [19, 1000])
def test_what_follows_along_a_chain_is_known(length: int, otherwise: str) -> None:
    middle = length // 2
    found = closed(chain(length), otherwise, **of({f"x{middle}": True}))
    expected = {f"x{n}": True for n in range(middle, length + 1)}
    if otherwise == "absent":
        expected |= {f"x{n}": False for n in range(middle)}

    assert dict(found.values) == expected
    assert found.unsettled == ()


@pytest.mark.parametrize("length", [9, 1000])
def test_what_follows_from_an_unknown_fact_is_not_absent(length: int) -> None:
    middle = length // 2
    found = closed(chain(length), "absent", **of({f"x{middle}": None}))

    assert dict(found.values) == {f"x{n}": False for n in range(middle)}
    assert found.unsettled == ()


def test_a_circle_is_true_or_false_as_a_whole() -> None:
    circle = chain(30, when(Has("x30"), Has("x0")))

    assert set(closed(circle, x7=True).values.values()) == {True}
    assert set(closed(circle, x7=False).values.values()) == {False}
    assert len(closed(circle, x7=False).values) == 31
    refused(circle, x3=True, x20=False)


# ------------------------------------------------------------ large components, notices


def knotted(size: int, seed: int) -> Evaluator:
    """Facts tied by threes so tightly that what follows has to be searched for."""
    names = [f"x{number}" for number in range(size)]
    state_ = seed
    implications = []
    for _ in range(size * 4):
        some = []
        for _ in range(3):
            state_ = (state_ * 1103515245 + 12345) % (1 << 31)
            name = names[(state_ >> 8) % size]
            some.append(Not(Has(name)) if state_ >> 20 & 1 else Has(name))
        implications.append(when(some[0], AnyOf(tuple(some[1:]))))
    return tied(names, *implications)


def test_a_search_that_is_given_up_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LIMIT", 4)
    monkeypatch.setattr(search, "MOST_WORK", 3)
    evaluator = knotted(30, 1)
    stated = Stated(values={"x0": True}, otherwise=Otherwise.UNKNOWN)
    answer = recommend(evaluator, stated)

    assert closed(evaluator, x0=True).unsettled
    assert answer.unread == ("x0",)
    unread, notice = answer.notices
    assert unread.text == "recorded, read by no rule: x0"
    assert "are tied together in more ways" in notice.text
    assert "`x" in notice.text


@pytest.mark.parametrize("seed", range(12))
def test_search_and_worlds_find_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def results() -> list[tuple[object, ...]]:
        evaluator = knotted(9, seed)
        found: list[tuple[object, ...]] = []
        for number in range(9):
            for value in (True, False):
                try:
                    facts = closed(evaluator, **of({f"x{number}": value}))
                except PatientError:
                    found.append(())
                else:
                    found.append((sorted(facts.values.items()), facts.unsettled))
        return found

    by_worlds = results()
    monkeypatch.setattr(search, "LIMIT", 1)

    assert results() == by_worlds


# ---------------------------------------------------------------------------- absences

MALE = """
implication one_of
    when not a
    then any of b, c
"""


def test_an_absence_that_contradicts_is_not_assumed() -> None:
    """Either a, or b or c: nobody says which, and not all three can be absent."""
    found = closed(guideline(MALE + RULE.format("a")), "absent")

    assert not {"a", "b", "c"} & found.values.keys()
    assert found.values["d"] is False
    assert (
        recommend(
            guideline(MALE + RULE.format("b or c")),
            Stated(values={}, otherwise=Otherwise.ABSENT),
        )
        .decisions[Decision.FORM]
        .outcome
        is Outcome.DEPENDS
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"a": True}, {"a": True, "b": False, "c": False}),
        ({"a": False}, {"a": False}),
        ({"a": False, "b": False}, {"a": False, "b": False, "c": True}),
        ({"b": True}, {"a": False, "b": True, "c": False}),
        ({"b": False}, {"b": False}),
        ({"b": None}, {}),
        ({"a": None}, {}),
        ({"a": None, "b": None, "c": None}, {}),
        ({"d": True}, {"d": True}),
    ],
)
def test_as_many_as_possible_are_absent(
    facts: dict[str, Any], expected: dict[str, bool]
) -> None:
    found = closed(guideline(MALE + RULE.format("a")), "absent", **facts)

    assert {n: v for n, v in found.values.items() if n in {*"abc", *facts}} == expected


@pytest.mark.parametrize("count", [15, 18, 200])
def test_one_of_many_that_nobody_mentions(count: int) -> None:
    names = [f"x{number}" for number in range(count)]
    evaluator = tied(
        ["male", *names], when(Not(Has("male")), AnyOf(tuple(map(Has, names))))
    )
    found = closed(evaluator, "absent")

    assert found.values == {}
    assert bool(found.unsettled) == (count > 18)
    assert closed(evaluator, "absent", male=True).values == {
        "male": True,
        **dict.fromkeys(names, False),
    }
    assert closed(evaluator, "absent", x3=True).values == {
        "male": False,
        **{name: name == "x3" for name in names},
    }


def test_a_definition_stated_to_be_unknown_keeps_its_facts_unknown() -> None:
    evaluator = guideline("define some as any of a, b\n" + RULE.format("some"))
    found = closed(evaluator, "absent", some=None)

    assert not {"a", "b"} & found.values.keys()
    assert found.values["c"] is False
    assert closed(evaluator, "absent", some=None, a=True).values["a"] is True


def test_the_facts_behind_a_stated_definition_are_not_all_absent() -> None:
    evaluator = guideline("define some as any of a, b\n" + RULE.format("some"))
    found = closed(evaluator, "absent", some=True)

    assert not {"a", "b"} & found.values.keys()
    assert closed(evaluator, "absent", some=True, a=False).values["b"] is True
    assert closed(evaluator, some=False).values == {"a": False, "b": False}
    refused(evaluator, some=True, a=False, b=False)


# ---------------------------------------------------------------------------- measures

LENGTH = """
measure involved "length involved"
    unit cm
    plausible 0 to 800 cm
measure resected "length resected"
    unit cm
    plausible 0 to 800 cm
    absent 0 cm
implication none_involved
    when not a
    then involved = 0 cm
implication resection
    when b
    then resected > 0 cm
"""


@pytest.mark.parametrize(
    ("facts", "involved", "resected"),
    [
        ({}, 0, 0),
        ({"a": False}, 0, 0),
        ({"a": True}, None, 0),
        ({"a": None}, None, 0),
        ({"involved": None}, None, 0),  # and then nobody knows of a
        ({"resected": None}, 0, None),
        ({"b": True}, 0, None),  # more than 0 cm
        ({"b": None}, 0, None),
        ({"resected": "12 cm"}, 0, 12),
        ({"involved": "30 cm"}, 30, 0),
    ],
)
def test_what_follows_comes_before_what_is_assumed_of_a_measure(
    facts: dict[str, Any], involved: int | None, resected: int | None
) -> None:
    found = closed(guideline(LENGTH + RULE.format("a")), "absent", **facts)

    assert found.values.get("involved") == involved
    assert found.values.get("resected") == resected


def test_a_measure_that_can_have_one_value_only_is_known() -> None:
    evaluator = guideline(LENGTH + RULE.format("a"))

    assert closed(evaluator, a=False).values == {"a": False, "involved": 0}
    assert closed(evaluator, involved="30 cm").values["a"] is True
    refused(evaluator, a=False, involved="30 cm")


def test_a_stretch_of_a_measure_is_not_a_value() -> None:
    text = "implication between when c then involved > 0 cm and involved < 800 cm\n"
    evaluator = guideline(LENGTH + text + RULE.format("c"))
    found = closed(evaluator, "absent", c=True)

    assert "involved" not in found.values
    assert found.values["a"] is True


# ---------------------------------------------------------------- printed ranges, others

RANGE = """
measure size "size"
    unit cm
    plausible 0 to 300 cm
define large as size > 30 to 60 cm
"""


def test_a_reading_that_makes_a_statement_impossible_is_refused() -> None:
    evaluator = guideline(RANGE + RULE.format("large"))
    facts = {"large": False, "size": "45 cm"}
    patient = state(Patient(facts=facts), evaluator.graph)

    assert (
        recommend(evaluator, patient).decisions[Decision.FORM].outcome is Outcome.SILENT
    )
    assert (
        recommend(evaluator, patient, reading=Reading.UPPER)
        .decisions[Decision.FORM]
        .outcome
        is Outcome.SILENT
    )
    with pytest.raises(PatientError) as raised:
        recommend(evaluator, patient, reading=Reading.LOWER)
    (found,) = raised.value.diagnostics

    assert found.message == "these facts cannot all be so: `large` (false), `size` (45)"
    assert found.notes == ("thresholds printed as ranges are read at the lower end",)


def test_implications_that_nobody_keeps_are_refused_and_not_crashed_on() -> None:
    evaluator = tied(
        ["x", "y"], when(Has("x"), Not(Has("x"))), when(Not(Has("x")), Has("x"))
    )
    for values in ({}, {"y": True}, {"x": True}):
        with pytest.raises(PatientError) as raised:
            recommend(evaluator, Stated(values=values, otherwise=Otherwise.UNKNOWN))
        (found,) = raised.value.diagnostics

        assert found.code == "GDL790"


def test_what_every_patient_has_is_known_of_somebody_of_whom_nothing_is() -> None:
    evaluator = tied(["x", "y"], when(Not(Has("x")), Has("x")))

    assert closed(evaluator).values == {"x": True}
    assert closed(evaluator, "absent").values == {"x": True, "y": False}
    assert closed(evaluator, "absent", y=True).values == {"x": True, "y": True}


def test_certainty_knows_that_a_definition_is_stated_though_its_facts_are_open() -> (
    None
):
    """In every completion one of a and b is so: whoever asks for either has an answer."""
    text = """
define some as any of a, b
rule one
    when a or b
    form d1
rule two
    when not a and not b
    form d2
"""
    evaluator = guideline(text)
    for truth, drug in ((True, "d1"), (False, "d2")):
        stated = state(Patient(facts={"some": truth}), evaluator.graph)
        form = recommend(evaluator, stated).decisions[Decision.FORM]

        assert form.outcome is Outcome.DETERMINED
        assert form.preferred == (drug,)


def test_a_stated_definition_may_speak_of_the_record() -> None:
    """What is established is so; what is not so is not established; and nothing else follows."""
    text = """
measure size "size"
    unit cm
define sure as a is established and b
define told as a is recorded and b
define has as size is measured and b
"""
    evaluator = guideline(text + RULE.format("sure"))

    assert closed(evaluator, sure=True).values == {"a": True, "b": True}
    assert closed(evaluator, sure=False, b=True).values == {"b": True}
    assert closed(evaluator, sure=False, a=True).values == {"a": True, "b": False}
    assert closed(evaluator, told=False, a=False).values == {"a": False, "b": False}
    assert closed(evaluator, told=False, b=True).values == {"b": True}
    assert closed(evaluator, has=False, size="3 cm").values == {"size": 3, "b": False}
    assert closed(evaluator, has=False, size=None).values == {}
    assert closed(evaluator, has=True).values == {"b": True}
    assert closed(evaluator, told=True).values == {"b": True}
    refused(evaluator, sure=True, a=False)
    refused(evaluator, told=True, b=False)


def test_what_follows_is_on_record_in_turn() -> None:
    """A value that only trying all cases brings out is on record like any other."""
    evaluator = guideline(
        "implication i when e and not b then a\nimplication j when e and b then a\n"
        "define told as (a is recorded and c) or d\n" + RULE.format("told")
    )

    found = closed(evaluator, told=False, e=True).values
    assert found == {"a": True, "c": False, "d": False, "e": True}
    assert closed(evaluator, told=False, e=None).values == {"d": False}


def test_who_speaks_of_the_record_is_not_contradicted_by_what_is_taken_for_absent() -> (
    None
):
    evaluator = guideline("define told as a is not recorded\n" + RULE.format("told"))

    assert closed(evaluator, "absent", told=True).values["a"] is False
    refused(evaluator, "absent", told=True, a=False)


def test_only_statements_that_matter_are_named() -> None:
    evaluator = guideline(
        "implication i when a then b\nimplication j when c then d\n"
        "define some as any of e, f\n" + RULE.format("some")
    )
    found = refused(evaluator, a=True, b=False, c=True, d=True, some=True, g=False)

    assert found.message == "these facts cannot all be so: `a` (true), `b` (false)"
    assert found.notes == ("tied by the implications `i`",)


def test_a_graph_may_be_changed_without_being_remembered() -> None:
    evaluator = guideline("implication i when a then b\n" + RULE.format("a"))
    without = Evaluator.of(evolve(evaluator.graph, implications=()))

    assert closed(evaluator, a=True).values == {"a": True, "b": True}
    assert closed(without, a=True).values == {"a": True}


# ------------------------------------------------------------------ odds and ends


def test_a_stated_value_that_is_not_believable_contradicts_nothing_by_itself() -> None:
    """Files with such a value are refused; a program may hold one all the same."""
    evaluator = guideline(LENGTH + RULE.format("a"))
    stated = Stated(values={"resected": 900}, otherwise=Otherwise.UNKNOWN)
    found = implied_facts(stated, evaluator.graph, evaluator.program)

    assert found.values == {"resected": 900}


CONSTANT = """
choice c0 "c0"
    values none, p
define anyhow as c0 is any of none, p
define either as (g and h) or (g and not h)
implication same
    when anyhow and a
    then either
"""


def test_what_every_value_makes_true_is_known() -> None:
    evaluator = guideline(CONSTANT + RULE.format("anyhow"))

    for otherwise in ("unknown", "absent"):
        stated = state(
            Patient(facts={"b": True}, otherwise=Otherwise(otherwise)), evaluator.graph
        )
        form = recommend(evaluator, stated).decisions[Decision.FORM]

        assert form.outcome is Outcome.DETERMINED
    assert closed(evaluator, a=True).values == {"a": True, "g": True}
    assert closed(evaluator, g=False).values == {"g": False, "a": False}
    assert closed(evaluator, g=True).definitions == {"anyhow": True, "either": True}


@pytest.mark.parametrize("facts", [{"a": False}, {"b": True}, {"a": False, "b": True}])
def test_what_every_value_makes_true_is_known_where_nothing_else_is_open(
    facts: dict[str, Any],
) -> None:
    text = """
choice c0 "c0"
    values none, p
define anyhow as c0 is any of none, p
implication same
    when anyhow and a
    then b
"""
    evaluator = guideline(text + RULE.format("anyhow"))
    answer = recommend(evaluator, state(Patient(facts=facts), evaluator.graph))

    assert [rule.verdict.value for rule in answer.rules] == ["applies"]


def test_the_short_way_sees_what_a_definition_that_reads_twice_comes_to() -> None:
    evaluator = guideline(CONSTANT + RULE.format("either"))
    stated = state(Patient(facts={"g": True}), evaluator.graph)
    answer = recommend(evaluator, stated)

    assert answer.decisions[Decision.FORM].outcome is Outcome.DETERMINED
    assert [rule.verdict.value for rule in answer.rules] == ["applies"]


@pytest.mark.parametrize(
    ("step", "more"),
    [
        (lambda one, two: when(Has(one), AnyOf((Has(two), Has("y")))), {"y": False}),
        (
            lambda one, two: when(AllOf((Has(one), Not(Has("y")))), Has(two)),
            {"y": False},
        ),
        (lambda one, two: when(Not(Has(two)), Not(Has(one))), {}),
        (
            lambda one, two: when(
                AnyOf((Has(one), Has("y"))), AllOf((Has(two), Not(Has("y"))))
            ),
            {},
        ),
    ],
)
def test_unit_propagation_alone_settles_chains_of_any_shape(
    step: Callable[[str, str], Implication],
    more: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "LIMIT", 0)
    monkeypatch.setattr(search, "MOST_WORK", -1)
    names = [f"x{number}" for number in range(300)]
    evaluator = tied(["y", *names], *(step(a, b) for a, b in pairwise(names)))
    found = closed(evaluator, **of({"x0": True, **more}))

    assert found.unsettled == ()
    assert [name for name in names if found.values.get(name) is not True] == []
    refused(evaluator, **of({"x0": True, "x299": False, **more}))


CASES = """
choice k "k"
    values u, v
choice l "l"
    values s, t
implication us
    when not a and k is u and l is s
    then b
implication ut
    when not a and k is u and not l is s
    then b
implication vs
    when not a and not k is u and l is s
    then b
implication vt
    when not a and not k is u and not l is s
    then b
"""


@pytest.mark.parametrize("limit", [1, search.LIMIT])
def test_an_absence_that_contradicts_in_some_case_only_is_not_assumed(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever k and l are, b is so unless a is: nobody knows of b, so a may be so, too."""
    monkeypatch.setattr(search, "LIMIT", limit)
    evaluator = guideline(CASES + RULE.format("a"))

    assert not {"a", "b"} & closed(evaluator, "absent", b=None).values.keys()
    assert not {"a", "b"} & closed(evaluator, "absent", a=None, b=None).values.keys()
    assert closed(evaluator, "absent", b=True).values["a"] is False
    assert closed(evaluator, "absent", b=False).values["a"] is True
    assert closed(evaluator, a=False).values == {"a": False, "b": True}


TANGLED = """
define holds as not a or b
define fails as a and not b
implication i
    when a
    then b
implication j
    when c and holds and not fails
    then d
"""


@pytest.mark.parametrize("limit", [1, search.LIMIT])
def test_a_definition_follows_from_an_implication_that_does_not_speak_of_it(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LIMIT", limit)
    evaluator = guideline(TANGLED + RULE.format("holds and not fails"))
    found = closed(evaluator, c=False)

    assert found.values == {"c": False}
    assert found.definitions == {"holds": True, "fails": False}


def test_a_definition_that_known_facts_settle_is_not_taken_for_a_stated_one() -> None:
    text = "define some as any of a, b\nimplication i when some then c\n"
    evaluator = guideline(text + RULE.format("some"))

    assert closed(evaluator, a=True) == Facts(values={"a": True, "c": True})
    assert closed(evaluator, c=False) == Facts(
        values={"a": False, "b": False, "c": False}
    )


def test_the_short_way_sees_what_a_condition_comes_to_in_every_case() -> None:
    text = "define either as (g and h) or (g and not h)\nimplication i when a and either then c\n"
    evaluator = guideline(text + RULE.format("either"))
    stated = state(Patient(facts={"a": False, "g": True}), evaluator.graph)

    assert recommend(evaluator, stated).rules[0].verdict is Verdict.APPLIES


def test_what_is_remembered_of_one_patient_is_not_said_of_another() -> None:
    evaluator = guideline(MALE + "define some as any of a, d\n" + RULE.format("some"))
    expected: list[tuple[str, dict[str, Any], set[str]]] = [
        ("unknown", {"b": True}, {"b"}),
        ("absent", {"b": True}, {*"abcdefgh"}),
        ("unknown", {"b": False}, {"b"}),
        ("absent", {"b": False}, {*"bdefgh"}),
        ("absent", {"b": None}, {*"defgh"}),
        ("absent", {"b": True, "some": None}, {*"bcefgh"}),
        ("absent", {"b": True, "some": True}, {*"bcefgh"}),
        ("absent", {"b": True, "some": False}, {*"abcdefgh"}),
        ("unknown", {"b": True, "some": False}, {*"abd"}),
        ("unknown", {"b": True}, {"b"}),
    ]
    for otherwise, facts, known in expected:
        assert closed(evaluator, otherwise, **facts).values.keys() == known


# ------------------------------------------------------ nobody is answered for another


@pytest.mark.parametrize("first", [False, True])
def test_a_definition_stated_of_one_patient_says_nothing_about_the_next(
    first: bool,
) -> None:
    """Both patients leave the same facts open, and the same rules: only the statement differs."""
    text = "define same as (a and b) or (not a and not b)\n" + RULE.format(
        "(a and not b) or (b and not a)"
    )
    shared = guideline(text)

    def outcome(evaluator: Evaluator, truth: bool) -> Outcome:
        stated = state(Patient(facts={"same": truth}), evaluator.graph)
        return recommend(evaluator, stated).decisions[Decision.FORM].outcome

    found = [outcome(shared, truth) for truth in (first, not first)]

    assert found == [outcome(guideline(text), truth) for truth in (first, not first)]
    assert set(found) == {Outcome.SILENT, Outcome.DETERMINED}
