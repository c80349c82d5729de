from __future__ import annotations

import numpy as np
import pytest

from b12guide.course.plan import Plan, form_named, planned
from b12guide.errors import DosageError
from b12guide.interop.regimen_from_english import regimen_from_english

OH = "1000 µg hydroxocobalamin IM"


def plan(text: str, days: int = 120, people: int = 40, **known: object) -> Plan:
    given = [regimen_from_english(one) for one in text.split(" | ")]
    return planned(given, people, days, **known)  # type: ignore[arg-type]


def days(found: Plan) -> list[float]:
    return [dose.day for dose in found.doses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{OH} every 2 weeks for 6 weeks", [0, 14, 28]),
        (f"{OH} every 2 months", [0, 61]),
        (f"{OH} 3 times per week for 2 weeks", [0, 2, 5, 7, 9, 12]),
        (f"{OH} every 2 days for 3 doses", [0, 2, 4]),
        (f"{OH} once", [0]),
        (
            f"{OH} daily for 3 days then {OH} every 2 weeks for 2 doses",
            [0, 1, 2, 16, 30],
        ),
        (f"{OH} daily for 2 days | {OH} every 60 days", [0, 1, 61]),
        ("1 mg cyanocobalamin PO bid for 2 days", [0, 0.5, 1, 1.5]),
        ("1 mg cyanocobalamin PO q12h for 2 days", [0, 0.5, 1, 1.5]),
    ],
)
def test_a_regimen_without_ranges_has_one_list_of_days(
    text: str, expected: list[float]
) -> None:
    found = plan(text)

    assert days(found) == expected
    assert all(np.count_nonzero(dose.amount) == 40 for dose in found.doses)


def test_each_person_keeps_an_interval_inside_the_range() -> None:
    found = plan(f"{OH} every 2 to 3 months", days=1000)
    given = np.array([np.asarray(dose.amount) > 0 for dose in found.doses])

    for person in range(40):
        own = np.array(days(found))[given[:, person]]
        gaps = np.diff(own)
        assert 60 <= gaps.min() <= gaps.max() <= 92
        assert gaps.max() - gaps.min() <= 1


def test_each_person_keeps_a_dose_inside_the_range() -> None:
    found = plan("500 to 1000 µg hydroxocobalamin IM daily for 2 days")
    amounts = np.asarray(found.doses[0].amount)

    assert 500 <= amounts.min() < 600
    assert 900 < amounts.max() <= 1000


def test_loading_until_an_event_takes_as_many_weeks_as_the_caller_says() -> None:
    text = f"{OH} on alternate days until neurological_plateau then {OH} every 2 months"
    found = plan(text, days=200, people=300, loading_weeks=(3, 12))
    given = np.array([np.asarray(dose.amount) > 0 for dose in found.doses])
    gaps = [np.diff(np.array(days(found))[given[:, one]]) for one in range(300)]
    loading = [int(np.argmax(gap > 2)) + 1 for gap in gaps]

    assert min(loading) == 11
    assert 42 <= max(loading) <= 43
    assert found.notes == (
        "treatment until neurological plateau was taken to last 3 to 12 weeks",
    )


@pytest.mark.parametrize(
    "loading", [f"{OH} daily for 3 days", f"{OH} daily until neurological_plateau"]
)
def test_loading_is_complete_when_it_has_ended(loading: str) -> None:
    text = f"{loading} | 2 mg cyanocobalamin PO daily after loading_complete"
    found = plan(text, days=60, loading_weeks=(3, 3))
    oral = [dose.day for dose in found.doses if dose.route == "oral"]

    assert oral[0] == (3 if "3 days" in loading else 22)
    assert not any("loading" in note for note in found.notes)


def test_another_event_has_not_come_because_loading_has_ended() -> None:
    text = f"{OH} daily for 3 days | {OH} weekly after neurological_plateau"
    with pytest.raises(DosageError, match=r"phase 2 waits for .*plateau"):
        plan(text)


def test_the_plan_is_the_same_for_each_seed() -> None:
    one, two, three = (
        plan(f"{OH} every 2 to 3 months", seed=seed) for seed in (1, 1, 2)
    )

    assert days(one) == days(two)
    assert days(one) != days(three)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1000 µg IM daily", "names no drug: say which"),
        ("1000 µg folic_acid oral daily", "no numbers are published"),
        ("hydroxocobalamin or cyanocobalamin 1 mg IM daily", "names several drugs"),
        ("1000 µg hydroxocobalamin daily", "names no route"),
        ("1000 µg cyanocobalamin nasal daily", "is nasal"),
        ("1000 µg hydroxocobalamin IM", "does not say how often"),
        ("1 mL hydroxocobalamin IM daily", "a dose in mL"),
        ("at least 1 mg hydroxocobalamin IM daily", "open at one end"),
        (f"{OH} daily until neurological_plateau", "say how many weeks"),
        (
            f"{OH} daily then {OH} weekly",
            "phase 1 goes on until the next phase, .* weeks",
        ),
        (f"{OH} daily for life then {OH} weekly", "has no end, and another follows"),
        (
            f"{OH} daily for 1 week then {OH} weekly after neurological_plateau",
            "waits for",
        ),
    ],
)
def test_what_is_left_open_is_refused_with_what_to_say(text: str, said: str) -> None:
    with pytest.raises(DosageError, match=said):
        plan(text)


def test_a_phase_without_an_end_that_another_follows_takes_the_weeks_of_the_caller() -> (
    None
):
    said = plan(f"{OH} daily for 2 weeks then {OH} weekly", days=60)
    given = plan(f"{OH} daily then {OH} weekly", days=60, loading_weeks=(2, 2))
    waited = plan(
        f"{OH} daily until neurological_plateau then {OH} weekly",
        days=60,
        loading_weeks=(2, 2),
    )

    assert days(given) == days(waited)
    assert abs(len(days(given)) - len(days(said))) <= 1


def test_a_drug_of_the_caller_fills_what_the_regimen_leaves_open() -> None:
    assert plan("1 mg IM daily", drug="methylcobalamin").drugs == ("mecobalamin",)
    choice = "hydroxocobalamin or cyanocobalamin 1 mg IM daily"
    assert plan(choice, drug="cyanocobalamin").drugs == ("cyanocobalamin",)
    with pytest.raises(DosageError, match="and `drug` is mecobalamin"):
        plan(f"{OH} daily", drug="mecobalamin")


def test_a_drug_of_the_caller_leaves_a_phase_alone_that_names_its_own() -> None:
    text = f"{OH} daily for 3 days | 2 mg PO daily after loading_complete"
    found = plan(text, drug="cyanocobalamin")

    assert found.drugs == ("hydroxocobalamin", "cyanocobalamin")


@pytest.mark.parametrize("name", ["adenosylcobalamin", "folic acid", "water"])
def test_a_form_of_which_nothing_is_published_is_refused(name: str) -> None:
    with pytest.raises(DosageError, match="they are of hydroxocobalamin"):
        form_named(name)
