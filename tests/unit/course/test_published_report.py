"""A published number beside its interval: where it lies, how far off, and what is not counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from b12guide.course import predicted
from b12guide.course.held_point import Hit
from b12guide.course.published_report import PublishedReport, binomial_ends, published
from b12guide.errors import ArgumentError, SettingsError
from b12guide.resources import read

FILE = """
[[study]]
name = "ours"
title = "Ours 2026"
citation = "Our letter, 2026"
seen_in = "our desk"
tag = "V"

[[study.arm]]
name = "ours"
title = "1 mg once"
drugs = ["hydroxocobalamin"]
route = "intramuscular"
dose = 1000
days = [1]
people = 25
intrinsic_factor = "no"
replete = "no"
{points}
"""


def point(value: str, *more: str, quantity: str = "serum") -> str:
    lines = (f'quantity = "{quantity}"', "after = 30", 'unit = "pg/mL"', value, *more)
    return "\n[[study.arm.point]]\n" + "\n".join(lines)


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every predicted value is 1, 2, ... 100, in each person one of them."""

    def values(_self: Any, *_: Any) -> Any:
        return np.arange(1.0, 101.0)[:, None]

    monkeypatch.setattr(predicted.Runs, "values", values)


def report_on(folder: Path, *points: str) -> PublishedReport:
    file = folder / "ours.toml"
    file.write_text(FILE.format(points="".join(points)), encoding="utf-8")
    return published(people=100, trials_file=file)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("value", "hit", "miss"),
    [
        ("value = 50", Hit.INSIDE, 1.0),
        ("value = 5.95", Hit.INSIDE, 1.0),
        ("value = 3", Hit.BELOW, 3 / 5.95),
        ("value = 190", Hit.ABOVE, 190 / 95.0),
        ("low = 90\nhigh = 120", Hit.INSIDE, 1.0),
        ("low = 100\nhigh = 120", Hit.ABOVE, 100 / 95.0),
        ("low = 1\nhigh = 2", Hit.BELOW, 2 / 5.95),
    ],
)
def test_a_number_is_held_against_the_5th_and_95th_percentile(
    tmp_path: Path, value: str, hit: Hit, miss: float
) -> None:
    (one,) = report_on(tmp_path, point(value)).points

    assert (one.low, one.high) == (5.95, 95.0)
    assert one.hit is hit
    assert one.miss == pytest.approx(miss, rel=1e-2)


@pytest.mark.usefixtures("people")
def test_the_means_of_groups_vary_less_than_people(tmp_path: Path) -> None:
    near, far = report_on(tmp_path, point("value = 50"), point("value = 80")).points

    assert near.hit is far.hit is Hit.INSIDE
    assert near.group is not None
    # The mean of 1 ... 100 is 50.5, their spread 28.9, and that of means of 25 people 5.8.
    assert near.group == pytest.approx((50.5 - 1.645 * 5.8, 50.5 + 1.645 * 5.8), abs=1)
    assert near.in_group is True
    assert far.in_group is False


@pytest.mark.usefixtures("people")
def test_misses_stand_first_and_what_is_not_judged_is_not_counted(
    tmp_path: Path,
) -> None:
    report = report_on(
        tmp_path,
        point("value = 1", 'not_judged = "it was another kind of tablet"'),
        point("value = 50"),
        point("value = 900"),
        point("value = 900", "derived = true"),
        point("value = 4", quantity="homocysteine"),
        point("value = 1", 'tag = "G"'),
    )

    assert [one.hit for one in report.points] == [
        Hit.ABOVE,
        Hit.ABOVE,
        Hit.INSIDE,
        Hit.NOT_JUDGED,
        Hit.NOT_JUDGED,
        Hit.NOT_JUDGED,
    ]
    assert [one.why for one in report.points][3:] == [
        "it was another kind of tablet",
        "not predicted by the model",
        "not verified",
    ]
    assert len(report.judged(known_before=False)) == 2
    assert report.judged(known_before=True) == ()
    # What is not judged has its interval beside it, unless nobody has seen the number.
    assert [one.low for one in report.points][3:] == [5.95, None, None]


@pytest.mark.usefixtures("people")
def test_a_share_of_people_is_held_against_chance(tmp_path: Path) -> None:
    share = ("threshold = 41", 'quantity = "share of people"')
    text = point("value = 1").replace('quantity = "serum"', share[1])
    (one,) = report_on(tmp_path, text + f"\n{share[0]}").points

    # 60 of 100 reach 41; of 25 people 11 to 19 would, 9 times in 10.
    assert one.typical == (0.6, 0.6)
    assert (one.low, one.high) == (0.44, 0.76)
    assert one.hit is Hit.ABOVE


def test_chance_is_the_binomial_distribution() -> None:
    assert binomial_ends(10, 0.0) == (0.0, 0.0)
    assert binomial_ends(10, 1.0) == (1.0, 1.0)
    assert binomial_ends(1, 0.5) == (0.0, 1.0)


@pytest.mark.parametrize("given", [19, 1.5, True, "many"])
def test_so_few_people_are_refused(given: Any) -> None:
    with pytest.raises(ArgumentError, match="`people` has to be a whole number"):
        published(people=given)


def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        published(trials_file=tmp_path / "nothing.toml")


@pytest.mark.usefixtures("people")
def test_it_is_data_and_frames(tmp_path: Path) -> None:
    report = report_on(tmp_path, point("value = 900"), point("value = 50"))
    data = json.loads(report.to_json())

    schema = json.loads(read("schema", "published.schema.json"))
    Draft202012Validator(schema).validate(data)
    assert data["trials"].endswith("ours.toml")
    assert data["falsifications"] == []
    assert [one["hit"] for one in data["points"]] == ["above", "inside"]
    for kind in ("pyarrow", "pandas", "polars"):
        frame = report.to_frame(kind)
        assert type(frame).__module__.startswith(kind)
        assert list(frame["hit"].to_numpy()) == ["above", "inside"]


@pytest.mark.usefixtures("people")
def test_a_page_has_the_notice_and_the_misses_first(tmp_path: Path) -> None:
    text = report_on(tmp_path, point("value = 50"), point("value = 900")).to_text()

    assert "Of 2 published numbers that were kept from" in " ".join(text.split())
    assert "For education and research" in text
    assert text.index("published 900") < text.index("published 50")
    assert "Our letter, 2026" in text


def test_a_point_that_does_not_say_enough_is_refused(tmp_path: Path) -> None:
    lacking = point("value = 3").replace("after = 30\n", "")
    share = point("value = 1", quantity="share of people")
    peak = point("value = 3", quantity="peak rise")
    taken_up = point("value = 3", quantity="absorbed")
    ratio = point("value = 3", quantity="serum ratio")

    with pytest.raises(SettingsError, match=r"ours\.toml") as caught:
        report_on(tmp_path, lacking, share, peak, taken_up, ratio)
    for said in (
        "ours, serum: it lacks `day` or `after`",
        "it lacks `threshold`",
        "it lacks `after` with the two ends of a span",
        "it lacks an arm by mouth",
        "it lacks `over`",
    ):
        assert said in str(caught.value)
