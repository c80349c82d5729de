from __future__ import annotations

from typing import Any

import pytest

from b12guide import course
from b12guide.course.model import Course
from b12guide.errors import ArgumentError, DosageError, UnknownNameError
from b12guide.interop.regimen_from_english import regimen_from_english

TEXT = "1000 µg hydroxocobalamin IM every 2 months"


def simulate(text: str = TEXT, **known: Any) -> Course:
    return course.simulate(text, **({"years": 1, "people": 60} | known))


def test_a_regimen_simulates_itself() -> None:
    found = regimen_from_english(TEXT).simulate(1, people=60)

    assert found.days[-1] == 365
    assert found.drugs == ("hydroxocobalamin",)
    assert found.doses[0].day == 0
    assert [one.day for one in found.doses][:3] == [0, 61, 122]
    assert "serum is not store" in found.notice.lower()


def test_bands_lie_in_each_other() -> None:
    found = simulate().at(30)

    for level in (found.serum, found.store, found.urine):
        numbers = (level.lowest, level.p5, level.p25, level.median)
        further = (level.p75, level.p95, level.highest)
        assert [*numbers, *further] == sorted([*numbers, *further])


def test_the_same_seed_gives_the_same_course() -> None:
    assert simulate() == simulate()
    assert simulate().serum != simulate(seed=1).serum


def test_what_is_known_of_the_start_is_where_the_course_starts() -> None:
    found = simulate(serum="400 pg/mL", store=("2 mg", "3 mg")).at(0)

    assert found.serum.lowest == found.serum.highest == 400
    assert 2 <= found.store.lowest <= found.store.highest <= 3


def test_a_level_has_other_units() -> None:
    found = simulate(serum="135.54 pg/mL")

    assert found.in_unit("pmol/L").at(0).serum.median == pytest.approx(100)
    with pytest.raises(ArgumentError, match="a unit of a level of B12"):
        found.in_unit("mg")


def test_loading_comes_first() -> None:
    found = simulate(loading="1000 µg hydroxocobalamin IM daily for 3 days")

    assert [one.day for one in found.doses][:4] == [0, 1, 2, 63]
    assert ", then " in found.regimen


def test_oral_without_knowing_of_intrinsic_factor_says_so() -> None:
    found = simulate("5 µg cyanocobalamin orally daily")

    assert any("intrinsic factor is not known" in note for note in found.notes)
    without = simulate("5 µg cyanocobalamin orally daily", intrinsic_factor=False)
    with_it = simulate("5 µg cyanocobalamin orally daily", intrinsic_factor=True)
    assert not without.notes
    assert without.at(300).absorbed.highest < with_it.at(300).absorbed.lowest


def test_cyanocobalamin_leaves_more_in_the_urine_than_hydroxocobalamin() -> None:
    lost = simulate("1000 µg cyanocobalamin IM every 2 months").at(300).urine
    kept = simulate().at(300).urine

    assert lost.lowest > kept.highest


@pytest.mark.parametrize(
    "known",
    [
        {"years": 0},
        {"years": (1, 2)},
        {"years": 101},
        {"people": 0},
        {"seed": -1},
        {"intrinsic_factor": "yes"},
        {"drug": 3},
        {"loading_weeks": "long"},
        {"parameters": [1]},
        {"serum": "120"},
        {"store": "0.3 L"},
    ],
)
def test_an_argument_that_cannot_be_is_refused(known: dict[str, Any]) -> None:
    if known == {"serum": "120"}:
        assert simulate(**known).at(0).serum.median == 120
        return
    with pytest.raises(ArgumentError):
        simulate(**known)


def test_what_cannot_be_simulated_says_what_to_do() -> None:
    with pytest.raises(DosageError, match="adenosylcobalamin"):
        simulate("1 mg IM daily", drug="adenosylcobalamin")
    with pytest.raises(UnknownNameError, match="store_loss"):
        simulate(parameters={"storeloss": 1})
    with pytest.raises(ArgumentError, match="regimen"):
        course.simulate(3)  # type: ignore[arg-type]


def test_more_people_than_a_machine_holds_are_refused() -> None:
    with pytest.raises(ArgumentError, match="people times days"):
        simulate(people=10**12)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"serum": "12 mg"}, r"^`serum` has to be a range such as .* `12 mg`$"),
        ({"store": ("1 mg", "2 L")}, r"^`store` .* the text `1 mg` to the text `2 L`$"),
        ({"store": -1}, r"^`store` .* `-1`$"),
        (
            {"serum": 90, "parameters": {"serum_at_start": 100}},
            r"^`serum` has to be left out where `parameters` has `serum_at_start`",
        ),
        ({"intrinsic_factor": "yes"}, "the text `yes`$"),
        ({"years": 0}, "more than 0 and at most 100; this is `0`$"),
    ],
)
def test_a_slip_is_told_under_the_name_of_its_argument(
    known: dict[str, Any], said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        simulate(**known)


def test_a_form_that_was_mistyped_is_told_with_the_nearest() -> None:
    with pytest.raises(DosageError, match=r"did you mean `hydroxocobalamin`\?$"):
        simulate("1000 µg IM every 2 months", drug="hydroxocobalmin")
    with pytest.raises(DosageError, match="hydroxocobalamin, cyanocobalamin and meco"):
        simulate("1000 µg IM every 2 months", drug="water")
