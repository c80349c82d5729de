"""Charts: what they show is what there is, in words too, on light and on dark paper."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

import b12guide
from b12guide import plot
from b12guide.audit.finding import USUAL, Family, Gravity
from b12guide.graph.model import Decision
from b12guide.notice import EDUCATION_NOTICE
from b12guide.truth import Truth
from tests.unit.show.test_palette import contrast, seen

pytest.importorskip("altair", reason="the extra `plot` is not installed")
pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

import altair as alt
import polars as pl
import vl_convert

from b12guide.cohort.audits import Adherence, CohortAudit, Spacing
from b12guide.plot import form
from b12guide.plot.branches import _share

GUIDELINE = b12guide.load("mecobalamin_im")
GRAPH = GUIDELINE.graph
START = dt.date(2026, 1, 5)
KNOWN = {
    "age": 45,
    "b12_deficiency": True,
    "ileal_resection": 0,
    "ileal_involvement": 0,
}
USUAL_COURSE = {"facts": {**KNOWN, "egfr": 80}, "otherwise": "absent"}
NERVES = {"facts": {**KNOWN, "egfr": 80, "paresthesia": True}, "otherwise": "absent"}


# ----------------------------------------------------------------------- examples


def adherence(rule: str, **counts: int) -> Adherence:
    """How a rule was kept; what is not named is 0."""
    parts = ("violation", "warning", "unresolved", "info", "none", "open", "findings")
    found = {part: counts.get(part, 0) for part in parts}
    speaking = GRAPH.rules[rule]
    strength = speaking.grounds.strength
    return Adherence(
        rule=rule,
        title=speaking.title,
        decision=speaking.decision.value,
        strength=strength.value if strength else None,
        statements=speaking.grounds.statements,
        applied=sum(found[part] for part in parts[:5]),
        **found,
    )


def audited(
    rows: tuple[Adherence, ...] = (), gaps: dict[int, int] | None = None
) -> CohortAudit:
    """An audit of a cohort as it may come out."""
    patients = max([row.applied for row in rows], default=0)
    return CohortAudit(
        graph=GRAPH,
        on=dt.date(2026, 6, 1),
        tolerance=USUAL,
        families=tuple(Family),
        patients=patients,
        without_events=0,
        events=7 * patients,
        later=0,
        scope=dict.fromkeys(Truth, 0),
        counts=dict.fromkeys(Gravity, 0),
        adherence=rows,
        spacing=tuple(
            Spacing(loading=False, days=days, count=count)
            for days, count in sorted((gaps or {}).items())
        ),
        skipped=(),
        table=None,
        kind="polars",
    )


ROWS = (
    adherence("renal_form", violation=3, none=9, open=5),
    adherence(
        "maintenance_standard", violation=1, warning=2, unresolved=3, info=4, none=10
    ),
    adherence("loading_standard", open=20),
)
GAPS = {30: 4, 61: 20, 75: 30, 90: 25, 100: 6, 1500: 1}


def advice(*patients: dict[str, Any]) -> pl.DataFrame:
    """Answers about a cohort: what is not named is silent, and no rule applies."""
    columns: dict[str, list[Any]] = {
        f"rule.{name}": [p.get(f"rule.{name}", "does not apply") for p in patients]
        for name in GRAPH.rules
    }
    for decision in Decision:
        name = decision.value
        columns |= {
            f"{name}.outcome": [p.get(f"{name}.outcome", "silent") for p in patients],
            f"{name}.value": [p.get(f"{name}.value") for p in patients],
            f"{name}.certain": [p.get(f"{name}.certain", False) for p in patients],
        }
    columns["questions"] = [p.get("questions", []) for p in patients]
    text = {name: pl.String for name in columns if not name.endswith("certain")}
    return pl.DataFrame(
        columns,
        schema_overrides={**text, "questions": pl.List(pl.String)},
    )


SETTLED = {
    "loading.outcome": "determined",
    "loading.value": "1000 µg intramuscular 3 times per week for 2 weeks",
    "loading.certain": True,
    "rule.loading_standard": "applies",
}
OPEN = {"loading.outcome": "depends", "questions": ["egfr", "platelets"]}
OTHERS = (
    {"loading.outcome": "conflict", "loading.value": "one | another"},
    {"loading.outcome": "not needed", "questions": ["egfr"]},
    {"form.outcome": "determined", "form.value": "mecobalamin"},
)
COHORT = advice(SETTLED, SETTLED, OPEN, {**OPEN, "loading.certain": True}, *OTHERS)


def charts() -> Iterator[tuple[str, Any]]:
    yield "timeline", plot.timeline(GUIDELINE.timeline(USUAL_COURSE, START))
    yield "open timeline", plot.timeline(GUIDELINE.timeline(NERVES, START))
    yield "adherence", plot.adherence(audited(ROWS))
    yield "intervals", plot.intervals(audited(ROWS, GAPS), "maintenance_standard")
    yield "flow", plot.flow(COHORT, GRAPH)


EMPTY = {
    "timeline": lambda: plot.timeline(
        evolve(GUIDELINE.timeline(USUAL_COURSE, START), entries=())
    ),
    "adherence": lambda: plot.adherence(audited()),
    "intervals": lambda: plot.intervals(audited(), "maintenance_standard"),
    "flow": lambda: plot.flow(advice(), GRAPH),
}
CHARTS = dict(charts())


def rows_of(chart: Any) -> list[dict[str, Any]]:
    """All the rows behind a chart."""
    layers = chart.to_dict()["layer"]
    return [
        row for layer in layers for row in layer.get("data", {}).get("values", [])
    ] or list(_named(chart))


def _named(chart: Any) -> Iterator[dict[str, Any]]:
    for rows in chart.to_dict().get("datasets", {}).values():
        yield from rows


# --------------------------------------------------------------------------- all


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_is_for_in_its_head_and_in_words(name: str) -> None:
    spec = CHARTS[name].to_dict()
    head = " ".join(spec["title"]["subtitle"])

    assert EDUCATION_NOTICE in head
    assert "under review, not approved" in head
    assert spec["description"].endswith(EDUCATION_NOTICE)
    assert " ".join(spec["title"]["text"]) in spec["description"]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("theme", ["default", "dark"])
def test_a_chart_takes_its_paper_from_the_theme(name: str, theme: str) -> None:
    with alt.theme.enable(theme):
        picture = vl_convert.vegalite_to_svg(CHARTS[name].to_json())

    assert "background" not in CHARTS[name].to_dict()
    assert ('fill="#333"' in picture) is (theme == "dark")
    assert "NaN" not in picture
    assert EDUCATION_NOTICE.split(":")[0] in " ".join(picture.split())


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_show_is_said(name: str) -> None:
    chart = EMPTY[name]()
    head = " ".join(chart.to_dict()["title"]["subtitle"])

    assert "NaN" not in vl_convert.vegalite_to_svg(chart.to_json())
    assert any(
        said in head
        for said in ("No day can", "No rule spoke", "No two doses", "nobody in this")
    )


def test_the_same_gives_the_same_chart() -> None:
    assert {n: c.to_json() for n, c in charts()} == {
        n: c.to_json() for n, c in CHARTS.items()
    }


@pytest.mark.parametrize("paper", ["#ffffff", "#333333", "#111111"])
def test_marks_stand_out_on_light_and_on_dark_paper(paper: str) -> None:
    colours = (form.BLUE, form.GREEN, form.BROWN, form.RED, form.GREY)

    assert min(contrast(colour, paper) for colour in colours) >= 3


@pytest.mark.parametrize("sight", ["protanopia", "deuteranopia", "tritanopia"])
def test_colours_that_mean_something_are_told_apart(sight: str) -> None:
    colours = (form.BLUE, form.GREEN, form.BROWN, form.RED)
    found = [seen(colour, sight) for colour in colours]
    distances = [
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for number, one in enumerate(found)
        for other in found[:number]
    ]

    assert min(distances) >= 20


def test_a_missing_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "b12guide.plot.dosing")
    monkeypatch.delitem(sys.modules, "b12guide.plot.form")

    with pytest.raises(b12guide.MissingExtraError, match=r"b12guide\[plot\]"):
        plot.timeline(GUIDELINE.timeline(USUAL_COURSE, START))


# ----------------------------------------------------------------------- timeline


def test_every_entry_with_a_day_is_drawn_once() -> None:
    timeline = GUIDELINE.timeline(USUAL_COURSE, START)
    drawn = [row for row in rows_of(plot.timeline(timeline)) if "mark" in row]
    dated = [entry.window for entry in timeline.entries if entry.window]

    assert Counter((row["from"], row["to"]) for row in drawn) == Counter(
        (str(window.earliest), str(min(window.latest, timeline.until)))
        for window in dated
    )
    assert {row["mark"] for row in drawn} == {"bar", "point"}


def test_an_open_end_is_an_arrow_with_its_event() -> None:
    chart = CHARTS["open timeline"].to_dict()
    said = str(chart["layer"])

    assert "neurological" in said
    assert "triangle-right" in said
    assert "['goes on until'" in said.replace('"', "'")


def test_a_course_for_life_goes_on() -> None:
    timeline = GUIDELINE.timeline(
        NERVES, START, events={"neurological_plateau": dt.date(2026, 2, 1)}
    )

    assert "goes on for life" in str(plot.timeline(timeline).to_dict())


def test_many_days_of_a_lane_are_thin_lines() -> None:
    late = {"neurological_plateau": dt.date(2026, 12, 1)}
    drawn = rows_of(plot.timeline(GUIDELINE.timeline(NERVES, START, events=late)))

    assert sum(row.get("mark") == "line" for row in drawn) > 100


def test_an_open_end_is_not_a_year_of_doses() -> None:
    drawn = rows_of(CHARTS["open timeline"])

    assert len({row["from"] for row in drawn if row.get("lane") == "Loading"}) == 5


def test_the_days_of_a_chart_are_read_in_one_time_zone() -> None:
    scales = [
        layer["encoding"]["x"]["scale"]
        for layer in CHARTS["timeline"].to_dict()["layer"]
        if layer["encoding"].get("x", {}).get("type") == "temporal"
    ]

    assert scales
    assert {scale["type"] for scale in scales} == {"utc"}


# --------------------------------------------------------------------- adherence


def test_the_parts_of_a_bar_are_all_to_whom_the_rule_applied() -> None:
    parts = [row for row in rows_of(CHARTS["adherence"]) if "part" in row]
    counts = {(p["rule"], p["part"]): p["count"] for p in parts}

    assert counts["renal_form", "violation"] == 3
    assert counts["renal_form", "nothing found"] == 9
    assert sum(n for (rule, _), n in counts.items() if rule == ROWS[1].rule) == 20
    assert {p["rule"] for p in parts} == {"renal_form", "maintenance_standard"}


def test_a_rule_that_may_apply_to_somebody_is_told() -> None:
    spec = CHARTS["adherence"].to_dict()

    assert "1 of them may apply to some" in " ".join(spec["title"]["subtitle"])
    assert "not known whether it applied: 20" in spec["description"]
    assert "not known of 5" in str(spec["layer"])
    assert "S05" in str(spec["layer"])


# ---------------------------------------------------------------------- intervals


def test_every_gap_is_in_one_bar() -> None:
    bars = [row for row in rows_of(CHARTS["intervals"]) if "count" in row]

    assert sum(bar["count"] for bar in bars) == sum(GAPS.values())
    assert bars[-1]["said"] == "more than 184 days"
    assert bars[-1]["count"] == 1


def test_the_band_is_what_the_rule_advises_whatever_the_months() -> None:
    head = " ".join(CHARTS["intervals"].to_dict()["title"]["subtitle"])
    (band,) = [
        row for row in rows_of(CHARTS["intervals"]) if set(row) == {"from", "to"}
    ]

    assert band == {"from": 59, "to": 93}
    assert "every 2 to 3 months, that is 59 to 92 days (maintenance_standard" in head
    assert "S04 S15" in head


def test_only_a_rule_with_an_interval_gives_a_band() -> None:
    with pytest.raises(b12guide.UnknownNameError, match="maintenance_standard"):
        plot.intervals(audited(), "maintenance_standart")
    with pytest.raises(b12guide.UnknownNameError):
        plot.intervals(audited(), "renal_form")


def test_gaps_inside_loading_are_apart() -> None:
    audit = audited(gaps=GAPS)
    loading = evolve(audit, spacing=(Spacing(loading=True, days=2, count=8),))
    chart = plot.intervals(loading, "loading_neurological", loading=True)

    assert "8 gaps between doses inside loading" in str(chart.to_dict()["title"])


# --------------------------------------------------------------------------- flow


def boxes(chart: Any) -> dict[str, dict[str, Any]]:
    return {row["said"]: row for row in rows_of(chart) if "said" in row}


def test_each_outcome_has_a_box_with_its_patients() -> None:
    found = boxes(CHARTS["flow"])

    assert "7 patients" in found
    assert any(
        s.startswith("Loading, determined: 2 (29%) 2: 1000 µg intramuscular")
        for s in found
    )
    assert any(
        s == "Loading, depends on what is not known: 2 (29%) certain in part: 1"
        for s in found
    )
    assert any(s.startswith("Loading, the guideline contradicts") for s in found)
    assert "Loading, not needed: 1 (14%)" in found
    assert "Loading, not stated: 1 (14%)" in found


def test_a_decision_names_the_statements_behind_it() -> None:
    assert "Loading S13" in boxes(CHARTS["flow"])


def test_the_facts_worth_asking_are_counted() -> None:
    said = [s for s in boxes(CHARTS["flow"]) if s.startswith("Worth asking")]

    assert said == ["Worth asking: eGFR: 3 (43%) and platelet count: 2 (29%)"]


def test_unknown_branches_are_dashed() -> None:
    dashed = [
        row["said"]
        for layer in CHARTS["flow"].to_dict()["layer"]
        if "strokeDash" in layer["mark"]
        for row in layer["data"]["values"]
    ]

    assert [said.partition(":")[0] for said in dashed] == [
        "Loading, depends on what is not known",
        "Worth asking",
    ]


@pytest.mark.parametrize("to", ["to_arrow", "to_pandas", "lazy"])
def test_advice_comes_from_any_frame(to: str) -> None:
    frame = getattr(COHORT, to)()

    assert plot.flow(frame, GRAPH).to_json() == CHARTS["flow"].to_json()


def test_advice_whose_columns_have_no_dots_is_drawn_as_well() -> None:
    plain = COHORT.rename({name: name.replace(".", "_") for name in COHORT.columns})

    assert plot.flow(plain, GRAPH).to_json() == CHARTS["flow"].to_json()


def test_long_advice_is_not_drawn() -> None:
    long = COHORT.select("questions")

    with pytest.raises(b12guide.UnknownNameError, match="column of the advice"):
        plot.flow(long, GRAPH)


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [
        (0, 0, "0 (0%)"),
        (1, 1, "1 (100%)"),
        (1, 1_000_000, "1 (<1%)"),
        (999_999, 1_000_000, "999,999 (>99%)"),
    ],
)
def test_a_share_never_hides_anybody(count: int, total: int, said: str) -> None:
    assert _share(count, total) == said
