"""No input costs more than a stated multiple of its size, and what is too large is refused.

The budgets of processor time are tens of times what is needed; without the limits each of these
inputs takes minutes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.cli import main
from b12guide.diagnostics import Diagnostic, Label, curtailed
from b12guide.limits import Limits
from b12guide.show.diagnostic import to_terminal
from b12guide.text import Span, Text

DAY = dt.date(2026, 1, 1)
BUDGET = 20.0
"""In seconds of the processor."""


@contextmanager
def within_budget() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < BUDGET


@pytest.fixture(scope="module")
def guideline() -> b12guide.Guideline:
    return b12guide.load("mecobalamin_im")


def refusal(ask: Callable[[], Any]) -> b12guide.PatientError:
    with within_budget(), pytest.raises(b12guide.PatientError) as caught:
        ask()
    return caught.value


def codes(error: b12guide.PatientError) -> set[str]:
    return {one.code for one in error.diagnostics}


def test_of_many_unknown_names_the_first_are_told_and_the_rest_is_counted(
    guideline: b12guide.Guideline,
) -> None:
    error = refusal(
        lambda: guideline.recommend({f"k{i}": 1 for i in range(60_000)} | {"egfrr": 1})
    )
    assert len(error.diagnostics) == 21
    assert error.diagnostics[0].message == "there is no fact `k0`"
    assert error.diagnostics[-1].message == "and 59,981 more of this kind"
    assert len(str(error)) < 5_000


def test_few_unknown_names_are_all_told_with_what_was_meant(
    guideline: b12guide.Guideline,
) -> None:
    names = {f"k{i}": 1 for i in range(19)} | {"egfrr": 35}
    error = refusal(lambda: guideline.recommend(names))
    assert len(error.diagnostics) == 20
    assert error.diagnostics[-1].help[0].message == "did you mean `egfr`?"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_file_of_unknown_names_ends_in_a_short_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], indent: int | None
) -> None:
    file = tmp_path / "names.json"
    facts = {f"k{i}": 1 for i in range(60_000)}
    file.write_text(json.dumps({"facts": facts}, indent=indent))
    with within_budget():
        assert main(["recommend", str(file)]) == 2
    said = capsys.readouterr().err
    assert "and 59,980 more of this kind" in said
    assert len(said) < 20_000


def nested(depth: int) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _ in range(depth):
        record = {"egfr": record}
    return record


def containing_itself() -> dict[str, Any]:
    record: dict[str, Any] = {}
    record["egfr"] = [record, record]
    return record


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"k" * 2_000_000: 1}, id="long name"),
        pytest.param({"egfr": "9" * 2_000_000}, id="long value"),
        pytest.param({"egfr": 10**3_000_000}, id="huge number"),
        pytest.param({"egfr": [1] * 2_000_000}, id="long list"),
        pytest.param({f"k{i}": i for i in range(500_000)}, id="many names"),
        pytest.param(nested(100_000), id="deep"),
        pytest.param({"facts": nested(1_000)}, id="deep below facts"),
        pytest.param(containing_itself(), id="containing itself"),
    ],
)
def test_what_would_be_refused_as_a_file_is_refused_as_a_mapping(
    guideline: b12guide.Guideline, record: dict[str, Any]
) -> None:
    error = refusal(lambda: guideline.recommend(record))
    assert codes(error) == {"GDL719"}
    assert len(str(error)) < 1_000


def test_a_large_record_is_taken_where_the_limits_are_raised() -> None:
    record = {"egfr": [{"value": 35, "on": "2020-01-01"}] * 60_000}
    refusal(lambda: b12guide.patient_from(record))
    taken = b12guide.patient_from(record, limits=Limits(bytes=100_000_000))
    assert len(taken.facts["egfr"]) == 60_000


def test_how_deep_a_record_may_be_can_be_set(guideline: b12guide.Guideline) -> None:
    dated = {"egfr": [{"value": "35 mL/min", "on": "2020-01-01"}]}
    assert (
        guideline.recommend(dated, limits=Limits(depth=3)).stated.values["egfr"] == 35
    )
    error = refusal(lambda: guideline.recommend(dated, limits=Limits(depth=2)))
    assert codes(error) == {"GDL719"}


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(({"on": "2025-01-01"} for _ in itertools.count()), id="no end"),
        pytest.param([{"note": "x" * 2_000_000}], id="long field"),
    ],
)
def test_a_history_has_the_limits_of_a_file(
    guideline: b12guide.Guideline, events: Any
) -> None:
    error = refusal(lambda: guideline.audit({}, events, on=DAY))
    assert codes(error) == {"GDL719"}


def test_of_many_bad_rows_the_first_are_told_and_the_rest_is_counted(
    guideline: b12guide.Guideline,
) -> None:
    events = [{"on": "2025-01-01", "dose": f"hydroxx{i}"} for i in range(9_000)]
    error = refusal(lambda: guideline.audit({}, events, on=DAY))
    assert len(error.diagnostics) == 21
    assert error.diagnostics[-1].message == "and 8,980 more of this kind"


def test_a_name_in_a_message_is_cut(guideline: b12guide.Guideline) -> None:
    with pytest.raises(b12guide.UnknownNameError) as caught:
        guideline.explain("x" * 1_000_000)
    assert len(str(caught.value)) < 200
    with pytest.raises(b12guide.GuidelineError) as refused:
        b12guide.load("x" * 100_000)
    assert len(str(refused.value)) < 2_000


# ------------------------------------------------------------------------- diagnostics


def slip(text: Text, start: int) -> Diagnostic:
    label = Label(text=text, span=Span(start, start + 1))
    return Diagnostic(code="GDL101", message="a slip", labels=(label,))


@pytest.mark.parametrize("between", [" ", "\n"])
def test_ten_thousand_diagnostics_of_one_file_are_shown(between: str) -> None:
    text = Text("slips.gdl", f"x{between}" * 500_000)
    with within_budget():
        shown = [to_terminal(slip(text, 100 * i)) for i in range(10_000)]
    assert all("^" in each for each in shown)


def test_the_mark_stands_under_its_character_far_into_a_long_line() -> None:
    characters = "a" * 70_000 + "X" + "b" * 70_000
    _, _, line, mark = to_terminal(slip(Text("long", characters), 70_000)).splitlines()
    assert line[mark.index("^")] == "X"
    assert max(len(line), len(mark)) <= 80


def test_each_kind_is_counted_for_itself() -> None:
    text = Text("slips.gdl", "x" * 100)
    others = [Diagnostic(code="GDL102", message="another")] * 20
    told = curtailed([*(slip(text, i) for i in range(30)), *others])
    assert len(told) == 20 + 20 + 1
    assert told[-1].code == "GDL101"
    assert told[-1].message == "and 10 more of this kind"
