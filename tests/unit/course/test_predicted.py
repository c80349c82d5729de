"""What is predicted of each quantity is what the engine has, in the unit that was published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from b12guide.course import predicted
from b12guide.course.predicted import QUANTITIES, Run, Runs, Taken, times_of
from b12guide.course.published_report import published
from b12guide.course.trials import PublishedPoint, trials
from b12guide.errors import UnknownNameError
from tests.unit.course.test_published_report import FILE, point

POINTS = {one.label: one for one in trials().points}


def values(label: str, taken: Taken, other: str = "") -> np.ndarray:
    one = POINTS[label]
    found: np.ndarray = Runs.of([one], 40, 0).values(one, taken, other)
    return found


def run(serum: list[float], times: list[float]) -> Run:
    """One person with this course of serum."""
    zeros = np.zeros((1, len(times)))
    return Run(
        times=np.array(times),
        serum=np.array([serum]),
        urine=zeros + 30.0,
        retained=zeros + 1500.0,
        absorbed=np.array([9.0]),
        baseline=np.array([100.0]),
        loss=np.array([0.001]),
        given=zeros + 100.0,
    )


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("serum", [100.0, 300.0, 200.0]),
        ("serum rise", [0.0, 200.0, 100.0]),
        ("serum over baseline", [1.0, 3.0, 2.0]),
        ("serum ratio", [2.0, 3.0, 1.0]),
        ("serum difference", [50.0, 200.0, 0.0]),
        ("urine", [0.3, 0.3, 0.3]),
        ("retained", [0.7, 0.7, 0.7]),
        ("retained ratio", [1.0, 1.0, 1.0]),
        ("retained amount", [1.5, 1.5, 1.5]),
        ("absorbed", [9.0]),
        ("loss of the store", [0.1]),
        ("half-time of the store", [693.147]),
        ("peak rise", [200.0]),
        # 100 pg/mL x 12 h and 150 x 12 h: the two trapezia of the rise.
        ("area of the rise", [100.0 * 12 + 150.0 * 12]),
    ],
)
def test_each_quantity_by_hand(quantity: str, expected: list[float]) -> None:
    times = [0.0, 0.5, 1.0]
    one, other = run([100, 300, 200], times), run([50, 100, 200], times)

    found = QUANTITIES[quantity](one, other)[0]
    assert np.atleast_1d(found) == pytest.approx(expected)


def test_the_time_of_a_peak_lies_between_the_times_looked_at() -> None:
    """A parabola with its top at 4.8 h, looked at on other times."""
    times = [0.0, 0.1, 0.18, 0.3, 0.5]
    serum = [500 - 1000 * (time - 0.2) ** 2 for time in times]

    (hours,) = QUANTITIES["time of the peak"](run(serum, times), run(serum, times))
    assert hours == pytest.approx(4.8)


def test_a_span_is_looked_at_at_its_ends_and_in_its_middle() -> None:
    assert times_of(POINTS["glass_oh_500, serum ratio after 14 to 28 days"]) == (
        14.0,
        21.0,
        28.0,
    )


def test_people_start_where_the_study_says() -> None:
    taken = Taken("cyanocobalamin", intrinsic_factor=True, is_replete=False)
    one = POINTS["kuzminski_im, serum on day 60"]
    runs = Runs.of([one], 40, 0)
    low = runs.run(one.arm, taken)
    full = runs.run(one.arm, Taken("cyanocobalamin", True, True))

    assert low.baseline == pytest.approx(95.0)
    assert full.baseline == pytest.approx(95.0)
    assert (full.retained[:, -1] <= 9.0 * 1000).all()


def test_the_same_people_are_in_every_arm() -> None:
    taken = Taken("hydroxocobalamin", intrinsic_factor=True, is_replete=True)
    label = "glass_oh_1000, retained ratio after 3 days"
    same = values(label, taken, "hydroxocobalamin")

    assert same.shape == (40, 1)
    assert same == pytest.approx(1.0)
    other = values(label, taken, "cyanocobalamin")
    assert (other > 1.0).all()


def test_a_sample_on_the_day_of_a_dose_is_from_before_it() -> None:
    """On day 60 the dose of that day is not in serum yet: it would show as hundreds more."""
    taken = Taken("cyanocobalamin", intrinsic_factor=False, is_replete=False)
    one = POINTS["kuzminski_im, serum on day 60"]

    on_the_day = Runs.of([one], 40, 0).values(one, taken, "")
    assert (on_the_day < 1800).all()


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    taken = Taken("mecobalamin", intrinsic_factor=True, is_replete=True)
    one = POINTS["mecobalamin_im_500, peak rise within 6 days"]
    first, again, other = (
        Runs.of([one], 40, seed).values(one, taken, "") for seed in (3, 3, 4)
    )

    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hydroxocobalamin", "adenosylcobalamin", "there is no form of vitamin B12"),
        ("intramuscular", "nasal", "there is no route that is simulated `nasal`"),
    ],
)
def test_what_is_not_simulated_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = tmp_path / "ours.toml"
    text = FILE.format(points=point("value = 700")).replace(old, new)
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UnknownNameError, match=said):
        published(people=20, trials_file=file)


def test_a_study_without_doses_is_predicted_too() -> None:
    taken = Taken("cyanocobalamin", intrinsic_factor=True, is_replete=True)
    found = values("tracer, half-time of the store", taken)

    assert found.min() > 300
    assert found.max() < 1200
    assert isinstance(POINTS["tracer, half-time of the store"], PublishedPoint)
    assert predicted.lacking(POINTS["tracer, half-time of the store"]) == ""
