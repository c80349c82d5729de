"""The days of a question: what is taken for a day, and which days fit together."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from b12guide import Guideline, PatientError, UnknownNameError, load

PAGE = Path(__file__).parents[3] / "docs" / "diagnostics" / "GDL735.md"
START = dt.date(2026, 1, 5)
WHO = {"b12_deficiency": True, "paresthesia": {"value": True, "on": "2025-01-01"}}
NOON = dt.datetime(2026, 1, 5, 12)  # noqa: DTZ001 -- what an application has


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def code(guideline: Guideline, section: str) -> list[str]:
    written = PAGE.read_text("utf-8").partition(f"## {section}\n")[2]
    example = re.search(r"^```python\n(.*?)^```$", written, re.DOTALL | re.MULTILINE)
    assert example is not None
    try:
        exec(example[1], {"guideline": guideline})  # noqa: S102 -- of our own page
    except PatientError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def test_the_page_shows_what_it_says(guideline: Guideline) -> None:
    assert code(guideline, "Avoid") == ["GDL735"]
    assert code(guideline, "Prefer") == []


@pytest.mark.parametrize(
    "day", [START, NOON, NOON.replace(tzinfo=dt.UTC), "2026-01-05", "2026-01-05T12:00Z"]
)
def test_a_day_is_taken_however_it_is_written(guideline: Guideline, day: Any) -> None:
    answer = guideline.recommend(WHO, on=day)

    assert answer.to_dict()["on"] == "2026-01-05"
    assert "(on 2026-01-05)" in answer.to_text()
    assert guideline.verdicts(WHO, on=day) == guideline.verdicts(WHO, on=START)
    assert guideline.explain("form", WHO, on=day) == guideline.explain(
        "form", WHO, on=START
    )
    assert guideline.timeline(WHO, day, until=day).until == START
    assert guideline.audit(WHO, [], on=day).on == START
    drawn = guideline.timeline(WHO, day, events={"neurological_plateau": day})
    assert drawn.events == (("neurological_plateau", START),)


@pytest.mark.parametrize(
    "day", ["5 January", "2026-02-30", 20260105, 1.5, [], object()]
)
def test_what_is_no_day_is_refused(guideline: Guideline, day: Any) -> None:
    def asked() -> Any:
        yield lambda: guideline.recommend(WHO, on=day), "`on`"
        yield lambda: guideline.verdicts(WHO, on=day), "`on`"
        yield lambda: guideline.explain("form", WHO, on=day), "`on`"
        yield lambda: guideline.timeline(WHO, day), "`start`"
        yield lambda: guideline.timeline(WHO, START, until=day), "`until`"
        yield lambda: guideline.audit(WHO, [], on=day), "`on`"
        events = {"neurological_plateau": day}
        yield lambda: guideline.timeline(WHO, START, events=events), "neurological"

    for ask, told in asked():
        with pytest.raises(PatientError, match="GDL716") as caught:
            ask()
        (diagnostic,) = caught.value.diagnostics
        assert told in diagnostic.message
        assert "2025-03-05" in diagnostic.help[0].message


def test_no_day_is_asked_for_where_one_is_needed(guideline: Guideline) -> None:
    none: Any = None

    with pytest.raises(PatientError, match="GDL716"):
        guideline.audit(WHO, [], on=none)
    with pytest.raises(PatientError, match="GDL716"):
        guideline.timeline(WHO, none)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("neurological_plateu", "neurological_plateau"), ("paresthesia", ""), ("", "")],
)
def test_an_event_that_is_none_is_refused(
    guideline: Guideline, name: str, meant: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        guideline.timeline(WHO, START, events={name: START})
    assert meant in str(caught.value)


def test_an_event_and_an_end_before_the_first_day_are_refused(
    guideline: Guideline,
) -> None:
    with pytest.raises(PatientError) as caught:
        guideline.timeline(
            WHO,
            START,
            until=dt.date(2026, 1, 4),
            events={"neurological_plateau": dt.date(2026, 1, 4)},
        )
    assert [d.code for d in caught.value.diagnostics] == ["GDL735", "GDL735"]
    assert all(d.help for d in caught.value.diagnostics)


def test_a_way_of_reading_units_that_is_none_is_refused(guideline: Guideline) -> None:
    for units in ("require", 1, object()):
        wrong: Any = units
        with pytest.raises(UnknownNameError):
            guideline.recommend(WHO, units=wrong)
    with pytest.raises(UnknownNameError, match="`required`"):
        guideline.audit(WHO, [], on=START, units="require")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ask", ["recommend", "verdicts", "explain", "timeline", "audit"]
)
def test_units_are_required_of_every_question(guideline: Guideline, ask: str) -> None:
    def asked(who: dict[str, Any]) -> Any:
        match ask:
            case "explain":
                return guideline.explain("form", who, units="required")
            case "timeline":
                return guideline.timeline(who, START, units="required")
            case "audit":
                return guideline.audit(who, [], on=START, units="required")
            case _:
                return getattr(guideline, ask)(who, units="required")

    with pytest.raises(PatientError, match="GDL734"):
        asked({"egfr": 35})
    asked({"egfr": "35 mL/min"})


def test_a_timeline_is_no_longer_than_a_life(guideline: Guideline) -> None:
    for last in ("2147-01-05", "9999-12-31"):
        with pytest.raises(PatientError) as caught:
            guideline.timeline({}, "2026-01-05", until=last)
        assert [one.code for one in caught.value.diagnostics] == ["GDL735"]
    assert guideline.timeline({}, "2026-01-05", until="2146-12-31").until.year == 2146
