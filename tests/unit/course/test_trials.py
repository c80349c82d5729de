"""Published numbers are data, and a file that says what cannot be is refused place by place."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide.course.trials import TAGS, trials
from b12guide.errors import SettingsError

GOOD = """
[[study]]
name = "ours"
title = "Ours 2026"
citation = "Our letter, 2026"
seen_in = "our desk"
tag = "V"

[[study.arm]]
name = "ours"
title = "1 mg daily for 3 days, then on day 10"
drugs = ["hydroxocobalamin"]
route = "intramuscular"
dose = 1000
days = ["1-3", 10]
intrinsic_factor = "no"
replete = "unknown"

[[study.arm.point]]
quantity = "serum"
day = 10
value = 700
unit = "pg/mL"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "trials.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_days_are_counted_from_the_first_dose(tmp_path: Path) -> None:
    (arm,) = trials(written(tmp_path, GOOD)).arms
    (point,) = trials(written(tmp_path, GOOD)).points

    assert arm.days == (0, 1, 2, 9)
    assert arm.intrinsic_factor is False
    assert arm.is_replete is None
    assert point.times == (9.0,)
    assert (point.low, point.high, point.when) == (700.0, 700.0, "on day 10")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('tag = "V"', 'tag = "W"', "`tag` is one of V, v2, G"),
        ('tag = "V"', "", "study `ours`: `tag` is missing"),
        ('seen_in = "our desk"', "seen = 1", "there is no key `seen`"),
        ('drugs = ["hydroxocobalamin"]', "drugs = []", "`drugs` names the form"),
        ("dose = 1000", "", "`dose` is missing, in µg"),
        ("dose = 1000", "dose = -1", "`dose` has to be a number"),
        ("dose = 1000", "dose = true", "`dose` has to be a number"),
        ('["1-3", 10]', '["3-1"]', "`3-1` in `days` is no study day"),
        ('["1-3", 10]', "[0]", "`0` in `days` is no study day"),
        ('["1-3", 10]', "[3, 2]", "`days` are in order, each once"),
        ('"unknown"', '"full"', "`replete` is one of yes, no, unknown"),
        ('"no"', '"maybe"', "`intrinsic_factor` is one of yes, no, unknown"),
        ("day = 10", "day = 10\nafter = 9", "`day` or `after`, not both"),
        ("day = 10", "after = [1, 2, 3]", "`after` has to be a number or two"),
        ("value = 700", "low = 700", "a range has `low` and `high`"),
        ("value = 700", "low = 9\nhigh = 8", "a range has `low` and `high`"),
        ("value = 700", "", "without a number, `not_judged` says why"),
        (
            "value = 700",
            "value = 700\nlow = 1\nhigh = 2",
            "`value`, or `low` and `high`",
        ),
        ("value = 700", 'value = 700\nover = "x"', "there is no arm `x`"),
        ("value = 700", 'value = 700\nstatistic = "mode"', "`mean` or `median`"),
    ],
)
def test_what_cannot_be_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD

    with pytest.raises(SettingsError) as caught:
        trials(written(tmp_path, GOOD.replace(old, new)))
    assert said in str(caught.value)
    assert "trials.toml" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("dose = 1000", "").replace('"no"', '"maybe"')

    with pytest.raises(SettingsError) as caught:
        trials(written(tmp_path, wrong))
    assert "`dose` is missing" in str(caught.value)
    assert "intrinsic_factor" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no `[[study]]`"),
        ("study = 3", "there is no `[[study]]`"),
        (GOOD + "\n[further]\n", "`further`: a file has `[[study]]`, and nothing else"),
        ("a = = 3", "cannot be read"),
        (GOOD + GOOD, "there are two arms `ours`"),
    ],
)
def test_a_file_of_something_else_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=r"trials\.toml") as caught:
        trials(written(tmp_path, text))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        trials(tmp_path / "nothing.toml")


def test_every_shipped_number_says_where_it_was_seen() -> None:
    points = trials().points

    assert len(points) > 70
    for point in points:
        assert point.tag in TAGS
        assert len(point.citation) > 10
        assert len(point.seen_in) > 8


def test_what_is_converted_agrees_with_what_was_printed() -> None:
    """1 pmol/L of vitamin B12 is 1.3554 pg/mL: its molar mass is 1355.4."""
    (point,) = (
        p
        for p in trials().points
        if p.arm.name == "pernicious_anaemia_oral" and p.quantity == "serum"
    )

    assert point.printed == "407 (297 to 485) pmol/L"
    assert point.low == pytest.approx(407 * 1.3554, rel=1e-3)
    assert point.spread == "quartiles 402.5 and 657.4"
    assert point.arm.baseline == pytest.approx(148 * 1.3554, rel=1e-3)


def test_trials_were_not_known_before_and_single_doses_were() -> None:
    before = {study.name: study.known_before for study in trials().studies}

    assert not before["kuzminski_1998"]
    assert not before["bolaman_2003"]
    assert before["glass_1961"]
    assert before["adams_1971"]
