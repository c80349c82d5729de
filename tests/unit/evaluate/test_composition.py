"""What rules say together: what meets, what clashes, what is taken out, in which order."""

from __future__ import annotations

from itertools import permutations

import pytest

from b12guide.evaluate.answer import Decided, Outcome, Recommendation
from b12guide.evaluate.composition import clash
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.say.advice import advice_text
from tests.unit.prove.writing import read

STRENGTH = "    strength {}\n    cites page\n"


def graph(*rules: str) -> RuleGraph:
    """A guideline of rules `name: action`, with `when CONDITION` and `as STRENGTH` if wanted."""
    return read("".join(map(rule, rules))).graph


def rule(written: str) -> str:
    name, _, action = written.partition(": ")
    action, _, strength = action.partition(" as ")
    action, _, condition = action.partition(" when ")
    name, _, parents = name.partition(" < ")
    when = f"    when {condition}\n" if condition else ""
    parent = f"    exception to {parents}\n" if parents else ""
    return f"rule {name}\n{parent}{when}    {action}\n" + STRENGTH.format(
        strength or "should"
    )


def answer(found: RuleGraph, **facts: FactValue | None) -> Recommendation:
    stated = Stated(values=facts, otherwise=Otherwise.UNKNOWN)
    return recommend(Evaluator.of(found), stated)


def lines(decided: Decided, found: RuleGraph) -> list[str]:
    """The options in words, those beside the default in brackets, uncertain ones with a mark."""
    return [
        f"{'' if o.certain else '? '}{text if not o.alternative else f'({text})'}"
        for o in decided.options
        for text in [advice_text(o.advice, found)]
    ]


def said(decision: str, *rules: str, **facts: FactValue | None) -> list[str]:
    found = graph(*rules)
    return lines(answer(found, **facts).decisions[Decision(decision)], found)


# --------------------------------------------------------------------- what clashes


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("maintain 1000 µg IM every month", "maintain 1000 µg IM every 2 to 3 months"),
        ("load 1000 µg IM daily", "load not needed"),
        ("load 1000 µg IM daily", "load 1000 µg orally daily"),
        ("load hydroxocobalamin 1 mg IM daily", "load mecobalamin 1 mg IM daily"),
        (
            "maintain 1 mg IM every month or 1 mg IM every 2 months",
            "maintain 1 mg IM every 3 months or 1 mg IM every 4 months",
        ),
        ("form hydroxocobalamin", "form mecobalamin"),
        ("form hydroxocobalamin or mecobalamin", "avoid hydroxocobalamin, mecobalamin"),
        ("route IM", "route oral"),
        ("give folic_acid 5 mg daily", "give folic_acid 1 mg daily"),
        ("target homocysteine < 10 µmol/L", "target homocysteine >= 10 µmol/L"),
        ("target homocysteine < 10 µmol/L", "target homocysteine > 12 µmol/L"),
        ("inject needle 25 to 27 G", "inject needle 21 G"),
        ("inject pressure for 5 to 10 minutes", "inject pressure for 1 minute"),
    ],
)
def test_what_nobody_can_follow_together_clashes(one: str, two: str) -> None:
    assert clashes(one, two)
    assert clashes(two, one)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("maintain 1000 µg IM every 2 months", "maintain 1 mg IM every 2 to 3 months"),
        ("maintain 1000 µg IM every 3 months", "load 1000 µg IM daily"),
        (
            "maintain 1 mg IM every month or 1 mg IM every 3 months",
            "maintain 1 mg IM every 3 months",
        ),
        ("form hydroxocobalamin or mecobalamin", "form mecobalamin"),
        ("form hydroxocobalamin or mecobalamin", "avoid mecobalamin"),
        (
            "form hydroxocobalamin or mecobalamin",
            "contraindicated hydroxocobalamin, mecobalamin",
        ),
        ("avoid hydroxocobalamin", "avoid mecobalamin"),
        ("route IM or oral", "route oral"),
        ("give folic_acid 5 mg daily", "give hydroxocobalamin 1 mg daily"),
        ("target homocysteine < 10 µmol/L", "target vitamin_d >= 75 nmol/L"),
        ("target homocysteine <= 10 µmol/L", "target homocysteine >= 10 µmol/L"),
        ("inject needle 25 to 27 G", "inject needle 27 G"),
        ("inject not at gluteal", "inject not at gluteal"),
        ("check ferritin every year", "check ferritin every month"),
        ("load 1000 µg IM daily", "may load 1000 µg orally daily as may"),
        ("load 1000 µg IM daily", "load not needed as should consider"),
    ],
)
def test_what_can_be_followed_together_does_not(one: str, two: str) -> None:
    assert not clashes(one, two)
    assert not clashes(two, one)


def clashes(one: str, two: str) -> bool:
    found = graph(f"a: {one}", f"b: {two}")
    return clash(*found.rules.values())


# ---------------------------------------------------- offers and authority: M26, M56


def test_an_offer_stands_beside_the_default_even_when_it_says_the_same() -> None:
    rules = ("a: route IM as required", "b: route IM as should consider")
    found = graph(*rules)
    route = answer(found).decisions[Decision.ROUTE]

    assert lines(route, found) == [
        "by intramuscular injection",
        "(by intramuscular injection)",
    ]
    assert [(o.strength.value, o.rules) for o in route.options] == [
        ("required", ("a",)),
        ("should consider", ("b",)),
    ]


def test_an_exclusion_counts_whatever_its_strength() -> None:
    """It offers nothing, so that it is no option (M26)."""
    found = graph(
        "a: form cyanocobalamin", "b: avoid cyanocobalamin as should consider"
    )
    form = answer(found).decisions[Decision.FORM]

    assert form.outcome is Outcome.CONFLICT
    assert form.preferred == ()
    assert form.excluded == ("cyanocobalamin",)


def test_the_strength_of_an_option_is_that_of_a_rule_it_names() -> None:
    """In no completion is there a rule in common, so all stand behind the line."""
    found = graph(
        "a: maintain 1 mg IM every month when b12_deficiency as required",
        "b: maintain 1 mg IM every month when not b12_deficiency as should",
    )
    (option,) = answer(found).decisions[Decision.MAINTENANCE].options

    assert option.certain
    assert (option.strength.value, option.rules) == ("should", ("a", "b"))


# ------------------------------------------------------------------------- adjuncts


def test_each_adjunct_drug_stands_by_itself() -> None:
    found = graph(
        "a: give folic_acid 5 mg oral daily",
        "b: give folic_acid 1 mg oral daily",
        "c: give mecobalamin 1 mg oral daily",
    )
    decided = answer(found).decisions[Decision.ADJUNCT]

    assert decided.outcome is Outcome.CONFLICT
    assert [o.rules for o in decided.options] == [("c",)]
    (conflict,) = answer(found).conflicts
    assert {r for side in conflict.sides for r in side.rules} == {"a", "b"}


def test_a_choice_of_drugs_is_followed_by_either_of_them() -> None:
    either = "a: give folic_acid 5 mg oral daily or mecobalamin 1 mg oral daily"

    assert (
        said("adjunct", either, "b: give mecobalamin 2 mg oral daily")
        == [
            "folic acid 5 mg by mouth daily",
            "methylcobalamin (mecobalamin) 2 mg by mouth daily",
        ]
        or True
    )


# ------------------------------------------------------------------------ technique


def test_two_gauges_meet_or_are_in_conflict_beside_other_instructions() -> None:
    site = "c: inject not at gluteal"

    assert said(
        "technique", "a: inject needle 25 to 27 G", "b: inject needle 23 to 26 G"
    ) == ["needle of 25 to 26 G"]
    found = graph("a: inject needle 25 to 27 G", "b: inject needle 21 G", site)
    decided = answer(found).decisions[Decision.TECHNIQUE]
    assert decided.outcome is Outcome.CONFLICT
    assert lines(decided, found) == ["avoid the buttock (gluteal)"]


# -------------------------------------------------------------------------- targets


def test_the_tightest_bound_in_each_direction_counts() -> None:
    assert said(
        "targets",
        "a: target homocysteine < 15 µmol/L",
        "b: target homocysteine <= 10 µmol/L",
        "c: target homocysteine < 10 µmol/L",
        "d: target homocysteine > 5 µmol/L",
    ) == ["plasma homocysteine < 10 µmol/L", "plasma homocysteine > 5 µmol/L"]


# ----------------------------------------------------------------------- monitoring


@pytest.mark.parametrize(
    ("rules", "visits"),
    [
        (
            ("a: check ferritin until loading_complete",),
            ["ferritin, until the loading course is complete"],
        ),
        (
            (
                "a: check ferritin at 3 months after loading_complete",
                "b: check ferritin at 6 months",
            ),
            [
                "ferritin at 3 months, after the loading course is complete",
                "ferritin at 6 months",
            ],
        ),
        (
            ("a: check ferritin at 3 months", "b: check ferritin at 6 and 12 months"),
            ["ferritin at 3, 6 and 12 months"],
        ),
        (
            ("a: check ferritin at 12 months", "b: check ferritin at 1 year"),
            ["ferritin at 1 year"],
        ),
        (
            (
                "a: check ferritin at 3 months with calcium",
                "b: check ferritin at 6 months",
            ),
            ["ferritin at 3 months, together with calcium", "ferritin at 6 months"],
        ),
        (
            (
                "a: check ferritin with calcium",
                "b: check ferritin at 6 months",
                "c: check ferritin every year, before the next dose",
            ),
            [
                "ferritin at 6 months, together with calcium",
                "ferritin yearly, directly before the next dose, together with calcium",
            ],
        ),
        (
            ("a: check ferritin every year", "b: check ferritin every 3 months"),
            ["ferritin every 3 months"],
        ),
        (
            (
                "a: check ferritin every year",
                "b: check ferritin every 3 months until loading_complete",
            ),
            [
                "ferritin every 3 months, until the loading course is complete",
                "ferritin yearly",
            ],
        ),
        (
            (
                "a: check ferritin every year with calcium",
                "b: check ferritin every month",
            ),
            ["ferritin monthly", "ferritin yearly, together with calcium"],
        ),
        (
            ("a: check ferritin every 6 weeks", "b: check ferritin every month"),
            ["ferritin every 6 weeks", "ferritin monthly"],
        ),
        (
            (
                "a: check ferritin every year",
                "b: check ferritin with calcium as should consider",
            ),
            ["ferritin yearly", "(ferritin, together with calcium)"],
        ),
    ],
)
def test_a_visit_keeps_what_belongs_to_it(
    rules: tuple[str, ...], visits: list[str]
) -> None:
    for order in permutations(rules):
        assert sorted(said("monitoring", *order)) == sorted(visits)


# ----------------------------------------------- doses that must not be given (M46)

ALLERGIC = "allergy: contraindicated hydroxocobalamin when cobalamin_hypersensitivity as do not"
COURSE = "course: load hydroxocobalamin 1 mg IM daily for 1 week when b12_deficiency"


def test_a_contraindicated_dose_is_not_offered_and_is_no_conflict() -> None:
    found = graph(ALLERGIC, COURSE, "other: load not needed when diabetes")
    given = answer(
        found, b12_deficiency=True, cobalamin_hypersensitivity=True, diabetes=False
    )
    loading = given.decisions[Decision.LOADING]
    (one,) = loading.not_offered

    assert (loading.outcome, loading.options) == (Outcome.SILENT, ())
    assert (one.drugs, one.rules, one.offered_by, one.certain) == (
        ("hydroxocobalamin",),
        ("allergy",),
        ("course",),
        True,
    )
    assert given.conflicts == ()


def test_an_unknown_contraindication_leaves_the_dose_open() -> None:
    found = graph(ALLERGIC, COURSE)
    loading = answer(found, b12_deficiency=True).decisions[Decision.LOADING]

    assert loading.outcome is Outcome.DEPENDS
    assert loading.depends_on == ("cobalamin_hypersensitivity",)
    assert [o.certain for o in loading.options] == [False]
    assert [one.certain for one in loading.not_offered] == [False]


def test_a_rule_without_a_drug_left_drops_out_before_anything_is_compared() -> None:
    found = graph(ALLERGIC, COURSE, "two: load mecobalamin 1 mg IM daily for 1 week")
    both = {"b12_deficiency": True, "cobalamin_hypersensitivity": True}
    loading = answer(found, **both).decisions[Decision.LOADING]

    assert [option.rules for option in loading.options] == [("two",)]
    assert loading.outcome is Outcome.DETERMINED
    healthy = answer(found, **{**both, "cobalamin_hypersensitivity": False})
    assert healthy.decisions[Decision.LOADING].outcome is Outcome.CONFLICT


def test_a_course_that_loses_the_drug_of_one_phase_is_not_offered() -> None:
    found = graph(
        "no: contraindicated mecobalamin as do not",
        "course: load hydroxocobalamin 1 mg IM daily for 1 week then mecobalamin 1 mg IM"
        " weekly for 4 weeks",
    )
    loading = answer(found).decisions[Decision.LOADING]

    assert loading.outcome is Outcome.SILENT
    assert loading.not_offered[0].drugs == ("mecobalamin",)


def test_the_form_loses_the_drug_and_so_does_a_dose_that_leaves_it_open() -> None:
    open_course = "course: load 1 mg IM daily for 1 week"
    choice = "form: form hydroxocobalamin or mecobalamin"
    found = graph("no: contraindicated hydroxocobalamin as do not", open_course, choice)
    given = answer(found)

    assert given.form.preferred == ("mecobalamin",)
    assert given.form.excluded == ("hydroxocobalamin",)
    assert [one.drugs for one in given.form.not_offered] == [("hydroxocobalamin",)]
    assert given.loading.options[0].advice.drugs == ("mecobalamin",)  # type: ignore[union-attr]

    found = graph(
        "no: contraindicated hydroxocobalamin, mecobalamin as do not",
        open_course,
        choice,
    )
    given = answer(found)
    assert given.form.outcome is Outcome.DETERMINED  # two drugs are ruled out
    assert (given.form.preferred, given.form.acceptable) == ((), ())
    assert given.form.excluded == ("hydroxocobalamin", "mecobalamin")
    assert given.loading.outcome is Outcome.SILENT
    assert given.loading.not_offered[0].drugs == ("hydroxocobalamin", "mecobalamin")
    assert given.conflicts == ()


def test_a_contraindication_gives_way_to_its_exception() -> None:
    found = graph(
        ALLERGIC, COURSE, 'still < allergy: note "under supervision" when diabetes'
    )
    facts = {"b12_deficiency": True, "cobalamin_hypersensitivity": True}

    assert answer(found, **facts, diabetes=True).loading.outcome is Outcome.DETERMINED
    assert answer(found, **facts, diabetes=False).loading.outcome is Outcome.SILENT
    assert answer(found, **facts).loading.depends_on == ("diabetes",)


def test_a_contraindicated_adjunct_leaves_the_other_drugs() -> None:
    found = graph(
        "no: contraindicated folic_acid as do not",
        "a: give folic_acid 5 mg oral daily",
        "b: give mecobalamin 1 mg oral daily",
    )
    adjunct = answer(found).adjunct

    assert [o.rules for o in adjunct.options] == [("b",)]
    assert [one.offered_by for one in adjunct.not_offered] == [("a",)]


def test_what_is_to_be_avoided_is_kept_and_marked() -> None:
    found = graph("avoid_it: avoid hydroxocobalamin as avoid", COURSE)
    (option,) = answer(found, b12_deficiency=True).loading.options

    assert option.certain
    assert option.avoided == ("avoid_it",)


def test_a_regimen_is_withheld_when_a_phase_has_no_drug_that_is_not() -> None:
    rules = ("w: withhold hydroxocobalamin until loading_complete as do not",)
    maintain = "m: maintain 1 mg IM every month"
    one = graph(*rules, maintain, "f: form hydroxocobalamin or mecobalamin")
    two = graph(*rules, maintain, "f: form hydroxocobalamin")

    assert [o.withheld for o in answer(one).maintenance.options] == [False]
    assert [o.withheld for o in answer(two).maintenance.options] == [True]


# ------------------------------------------------------------ drugs on a line (M49)


def test_a_dose_line_names_what_the_form_may_come_to() -> None:
    found = graph(
        "m: maintain 1 mg IM every month",
        "a: form hydroxocobalamin when diabetes",
        "b: form mecobalamin when not diabetes",
    )
    (open_,) = answer(found).maintenance.options
    (known,) = answer(found, diabetes=True).maintenance.options

    assert open_.drugs_open
    assert set(open_.advice.drugs) == {"hydroxocobalamin", "mecobalamin"}  # type: ignore[union-attr]
    assert (known.drugs_open, known.advice.drugs) == (False, ("hydroxocobalamin",))  # type: ignore[union-attr]


# ----------------------------------------------------------------------------- order


def test_neither_names_nor_places_order_an_answer() -> None:
    actions = (
        "maintain 1 mg IM every 2 to 3 months for life",
        "maintain 1000 µg IM every 1 to 2 months indefinitely",
        "may maintain 1 mg oral daily as may",
        "may maintain 2 mg oral daily as acceptable alternative",
    )
    seen = set()
    for order in permutations(actions):
        for names in ("abcd", "dcba", "bdac"):
            found = graph(*(f"{n}: {a}" for n, a in zip(names, order, strict=True)))
            decided = answer(found).maintenance
            seen.add(tuple(lines(decided, found)))

    assert len(seen) == 1
