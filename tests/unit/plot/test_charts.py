"""Charts: what they show is what there is, in words too, on light and on dark paper."""

from __future__ import annotations

import datetime as dt
import sys
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
from tests.unit.show.test_palette import contrast

pytest.importorskip("altair", reason="the extra `plot` is not installed")
pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

import altair as alt
import polars as pl
import vl_convert

from b12guide.cohort.adherence_periods import CohortPeriods, PeriodCount
from b12guide.cohort.audits import Adherence, CohortAudit
from b12guide.cohort.interval_counts import RuleSpacing
from b12guide.show.cohort_pictures import _share
from b12guide.show.palette import DATA

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
    parts = ("violation", "warning", "unresolved", "info", "none")
    others = ("open", "findings", "no_record")
    found = {part: counts.get(part, 0) for part in (*parts, *others)}
    speaking = GRAPH.rules[rule]
    strength = speaking.grounds.strength
    return Adherence(
        rule=rule,
        title=speaking.title,
        decision=speaking.decision.value,
        strength=strength.value if strength else None,
        statements=speaking.grounds.statements,
        applied=sum(found[part] for part in parts),
        **found,
    )


def audited(
    rows: tuple[Adherence, ...] = (),
    gaps: dict[int, int] | None = None,
    rule: str = "maintenance_standard",
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
        spacing=(),
        spacing_by_rule=tuple(
            RuleSpacing(rule=rule, loading=False, days=days, count=count)
            for days, count in sorted((gaps or {}).items())
        ),
        skipped=(),
        table=None,
        kind="polars",
    )


ROWS = (
    adherence("renal_form", violation=3, none=9, open=5),
    adherence(
        "maintenance_standard",
        violation=1,
        warning=2,
        unresolved=3,
        info=4,
        none=10,
        no_record=6,
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
        columns, schema_overrides={**text, "questions": pl.List(pl.String)}
    )


SETTLED = {
    "loading.outcome": "determined",
    "loading.value": "1000 µg intramuscular 3 times per week for 2 weeks",
    "loading.certain": True,
    "rule.loading_standard": "applies",
}
OPEN = {
    "rule.loading_neurological": "unknown",
    "loading.outcome": "depends",
    "questions": ["paresthesia", "egfr", "platelets"],
}
OTHERS = (
    {"loading.outcome": "conflict", "loading.value": "one | another"},
    {"loading.outcome": "not needed", "questions": ["egfr"]},
    {"form.outcome": "determined", "form.value": "mecobalamin"},
)
COHORT = advice(SETTLED, SETTLED, OPEN, {**OPEN, "loading.certain": True}, *OTHERS)


def followed() -> CohortAudit:
    """An audit with two intervals of one rule."""
    counts = tuple(
        PeriodCount(
            rule="maintenance_standard",
            period=period,
            adheres=adheres,
            departs=departs,
            undecidable=undecidable,
            no_record=0,
            not_applicable=0,
        )
        for period, (adheres, departs, undecidable) in enumerate(((3, 0, 1), (2, 2, 0)))
    )
    cut = CohortPeriods(
        every="1 month",
        start="first event",
        rules=("maintenance_standard",),
        followed=4,
        counts=counts,
    )
    return evolve(audited(ROWS), periods=cut)


def counted(rows: int = 40) -> Any:
    """A study of forty people: 15 below 50 mL/min, 15 above, of 10 it is not known."""
    women = ["female"] * 20 + ["male"] * 20
    low, high = [40.0, 80.0, None, 40.0], [80.0, 40.0, None, 80.0]
    rates = (low * 5 + high * 5)[:rows]
    table = {"egfr": rates, "sex": women[:rows], "age": [50] * rows}
    types = {"egfr": pl.Float64, "sex": pl.String, "age": pl.Int64}
    return GUIDELINE.study(pl.DataFrame(table, schema=types), otherwise="absent")


def charts() -> Iterator[tuple[str, Any]]:
    yield "timeline", plot.timeline(GUIDELINE.timeline(USUAL_COURSE, START))
    yield "open timeline", plot.timeline(GUIDELINE.timeline(NERVES, START))
    yield "adherence", plot.adherence(audited(ROWS))
    yield "intervals", plot.intervals(audited(ROWS, GAPS), "maintenance_standard")
    yield "flow", plot.flow(COHORT, GRAPH)
    yield "prevalence", plot.prevalence(counted().prevalence)
    yield "subgroups", plot.subgroups(counted().by("sex"), "renal_form")
    yield "over time", plot.adherence_over_time(followed(), "maintenance_standard")


EMPTY = {
    "timeline": lambda: plot.timeline(
        evolve(GUIDELINE.timeline(USUAL_COURSE, START), entries=())
    ),
    "adherence": lambda: plot.adherence(audited()),
    "intervals": lambda: plot.intervals(audited(), "maintenance_standard"),
    "flow": lambda: plot.flow(advice(), GRAPH),
    "prevalence": lambda: plot.prevalence(counted(0).prevalence),
    "subgroups": lambda: plot.subgroups(counted(0).by("sex"), "renal_form"),
}
CHARTS = dict(charts())


def rows_of(chart: Any) -> list[dict[str, Any]]:
    """All the rows behind a chart."""
    return [
        row
        for layer in chart.to_dict()["layer"]
        for row in layer.get("data", {}).get("values", [])
    ]


def told(chart: Any) -> list[str]:
    """What its shapes say to a pointer."""
    return [row["said"] for row in rows_of(chart) if row.get("said")]


def words(chart: Any) -> str:
    """The words that are drawn, in the order of their lines."""
    found = [row for row in rows_of(chart) if "text" in row]
    return " ".join(r["text"] for r in sorted(found, key=lambda r: (r["y"], r["x"])))


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
    assert min(contrast(colour, paper) for colour in DATA.values()) >= 3


def test_a_chart_has_no_other_colours() -> None:
    used = {
        row["colour"] for c in CHARTS.values() for row in rows_of(c) if "colour" in row
    }

    assert used <= set(DATA.values())


def test_a_missing_extra_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "b12guide.plot.charts")

    with pytest.raises(b12guide.MissingExtraError, match=r"b12guide\[plot\]"):
        plot.timeline(GUIDELINE.timeline(USUAL_COURSE, START))


# ----------------------------------------------------------------------- timeline


def test_every_entry_with_a_day_is_drawn() -> None:
    timeline = GUIDELINE.timeline(USUAL_COURSE, START)
    said = told(plot.timeline(timeline))

    for entry in timeline.entries:
        if entry.window:
            assert any(str(entry.window.earliest) in one for one in said)


def test_an_open_end_is_an_arrow_with_its_event() -> None:
    arrows = [
        r
        for r in rows_of(CHARTS["open timeline"])
        if r.get("shape") == "triangle-right"
    ]

    assert arrows
    assert all("neurological" in row["said"] for row in arrows if row["said"])


def test_a_chart_names_the_drug_and_its_dose() -> None:
    said = words(CHARTS["timeline"])

    assert "Loading: hydroxocobalamin (first choice) or mecobalamin 1000 µg" in said
    assert "Maintenance: hydroxocobalamin (first choice) or mecobalamin 1000 µg" in said
    assert "every 2 months" in said
    assert "every 3 months" in said


# --------------------------------------------------------------------- adherence


def test_adherence_over_time_has_a_column_for_each_interval() -> None:
    said = told(CHARTS["over time"])

    assert sorted(said) == [
        "Interval 0: could not be judged 1 of 4 (25%)",
        "Interval 0: kept 3 of 4 (75%)",
        "Interval 1: kept 2 of 4 (50%)",
        "Interval 1: not kept 2 of 4 (50%)",
    ]


def test_the_parts_of_a_bar_are_all_to_whom_the_rule_applied() -> None:
    said = told(CHARTS["adherence"])

    assert "violation: 3 of 12" in said
    assert "nothing found: 9 of 12" in said
    assert "nothing found: 4 of 20" in said
    assert "no record to judge by: 6 of 20" in said
    assert "could not be assessed: 3 of 20" in said
    assert len(said) == 8


def test_no_record_to_judge_by_is_hatched_and_not_green() -> None:
    (part,) = [
        r
        for r in rows_of(CHARTS["adherence"])
        if str(r.get("said")).startswith("no record")
    ]

    assert part["colour"] == DATA["grey"]


def test_the_rule_that_was_kept_worst_comes_first() -> None:
    said = words(CHARTS["adherence"])

    assert said.index("renal_form") < said.index("maintenance_standard")


def test_a_rule_that_may_apply_to_somebody_is_told() -> None:
    spec = CHARTS["adherence"].to_dict()

    assert "1 of them may apply to some" in " ".join(spec["title"]["subtitle"])
    assert "not known of 5" in spec["description"]
    assert "S05" in words(CHARTS["adherence"])


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


def test_a_bar_begins_where_the_band_does() -> None:
    bars = [row for row in rows_of(CHARTS["intervals"]) if "count" in row]

    assert any(bar["from"] == 59 for bar in bars)
    assert not any(bar["from"] < 59 < bar["to"] for bar in bars)
    assert [b["to"] for b in bars[:-2]] == [b["from"] for b in bars[1:-1]]


def test_only_a_rule_with_an_interval_gives_a_band() -> None:
    with pytest.raises(b12guide.UnknownNameError, match="maintenance_standard"):
        plot.intervals(audited(), "maintenance_standart")
    with pytest.raises(b12guide.UnknownNameError):
        plot.intervals(audited(), "renal_form")


def test_only_gaps_of_the_rule_are_counted() -> None:
    chart = plot.intervals(audited(gaps=GAPS), "maintenance_neurological")

    assert "No two doses follow each other" in str(chart.to_dict()["title"])


def test_it_is_counted_how_many_gaps_lie_in_the_band() -> None:
    head = " ".join(CHARTS["intervals"].to_dict()["title"]["subtitle"])

    assert "75 in the band, 4 below it and 7 above it" in head


def test_the_last_bar_lies_inside_the_frame_and_has_a_name() -> None:
    layer = CHARTS["intervals"].to_dict()["layer"][1]["encoding"]["x"]
    last = [row for row in rows_of(CHARTS["intervals"]) if "count" in row][-1]

    assert layer["scale"]["domain"][1] >= last["to"]
    assert "> 184" in layer["axis"]["labelExpr"]


# --------------------------------------------------------------------------- flow


def test_each_outcome_has_its_patients_and_what_they_are_told() -> None:
    said = words(CHARTS["flow"])

    assert "Determined: 2 (29%)" in said
    assert "2: 1000 µg intramuscular 3 times per week for 2 weeks" in said
    assert "Depends on what is not known: 2 (29%)" in said
    assert "on tingling or pins and needles (2)" in said
    assert "certain in part: 1" in said
    assert "Not needed: 1 (14%)" in said
    assert "Not stated: 1 (14%)" in said


def test_both_sides_of_a_contradiction_are_told_in_full() -> None:
    assert "1: one or else another" in words(CHARTS["flow"])


def test_a_decision_names_the_statements_behind_it() -> None:
    assert "Loading" in words(CHARTS["flow"])
    assert "S13" in words(CHARTS["flow"])


def test_the_facts_worth_asking_are_counted() -> None:
    assert (
        "To ask: eGFR: 3 (43%), tingling or pins and needles: 2 (29%) and platelet count"
        in words(CHARTS["flow"])
    )


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


# ----------------------------------------------------------------------- regimens


def test_regimens_are_a_chart_with_their_numbers_in_words() -> None:
    found = b12guide.regimens.compare(["1 mg IM every 2 to 3 months"], years=2)
    chart = plot.regimens(found).to_dict()

    assert (
        "Injections, 2 years: 1 mg IM every 2 to 3 months 8 to 12"
        in chart["description"]
    )
    assert chart["description"].endswith(EDUCATION_NOTICE)
    assert "background" not in chart


# ------------------------------------------------------------------------- shares


def place_of(chart: Any, share: float) -> float:
    """Where a share lies, by two numbers that are written on the scale."""
    found = {
        float(row["text"][:-1]) / 100: row["x"]
        for row in rows_of(chart)
        if str(row.get("text", "")).endswith("%") and row["y"] < 60
    }
    first, last = min(found), max(found)
    return float(
        found[first] + (found[last] - found[first]) * (share - first) / (last - first)
    )


def test_a_share_is_drawn_with_its_interval_and_its_bounds() -> None:
    """15 of 40 and 10 not known: by hand 37.5%, Wilson's limits, at most 62.5%."""
    chart = plot.prevalence(counted().prevalence, "renal_form")
    rows = rows_of(chart)
    (dot,) = (r for r in rows if r.get("shape") == "circle" and r["said"])
    (most,) = (r for r in rows if r.get("shape") == "diamond" and r["said"])
    (band,) = (r for r in rows if r.get("said") and "x2" in r)
    lines = {(r["x"], r["x2"]) for r in rows if "x2" in r and r["y"] == r["y2"]}

    assert dot["x"] == pytest.approx(place_of(chart, 0.375))
    assert band["x"] == pytest.approx(place_of(chart, 0.2422), abs=0.1)
    assert band["x2"] == pytest.approx(place_of(chart, 0.5297), abs=0.1)
    assert most["x"] == pytest.approx(place_of(chart, 0.625))
    (end,) = (x2 for x, x2 in lines if x == pytest.approx(band["x2"]))
    assert end == pytest.approx(place_of(chart, 0.7578), abs=0.1)
    assert dot["said"] == "37.5%, 95% interval 24.2% to 53.0%"
    assert most["said"] == (
        "at most 62.5%, up to 75.8% if it were so for all for whom it is not known"
    )
    assert (dot["colour"], most["colour"]) == (DATA["blue"], DATA["purple"])
    assert "37.5% renal_form · S05 at most 62.5%" in words(chart)


def test_rules_that_apply_to_nobody_are_counted() -> None:
    chart = CHARTS["prevalence"]
    found = counted().prevalence
    shares = [one.shares["applies"] for one in found.rules]
    nobody = sum(not (one.share or one.most) for one in shares)
    drawn = [row for row in rows_of(chart) if row.get("shape") == "circle"]

    assert nobody > 0
    assert f"{nobody} further rules apply to nobody" in " ".join(
        chart.to_dict()["title"]["subtitle"]
    )
    assert len(drawn) == len(shares) - nobody + 1  # one is in the legend
    with pytest.raises(b12guide.UnknownNameError, match="did you mean `renal_form`"):
        plot.prevalence(found, ["renal_forms"])


def test_each_part_of_a_cohort_has_a_line() -> None:
    chart = CHARTS["subgroups"]
    said = told(chart)

    assert "female" in words(chart)
    assert "20 rows" in words(chart)
    assert [
        one for one in said if one.startswith(("50.0%", "25.0%"))
    ]  # 10, and 5 of 20
    assert "by sex" in " ".join(chart.to_dict()["title"]["subtitle"])
    with pytest.raises(b12guide.UnknownNameError, match="there is no rule `renal`"):
        plot.subgroups(counted().by("sex"), "renal")


def test_a_part_with_nobody_in_it_has_words_and_no_mark() -> None:
    table = pl.DataFrame(
        {"egfr": [40.0, 80.0], "ward": ["east", "west"], "people": [1.0, 0.0]}
    )
    study = GUIDELINE.study(table, weights="people", keep="ward", otherwise="absent")
    chart = plot.subgroups(study.by("ward"), "renal_form")
    marks = [r for r in rows_of(chart) if r.get("shape") == "circle"]

    assert "of nobody" in words(chart)
    assert len(marks) == 2  # of the east, and in the legend
    assert "NaN" not in vl_convert.vegalite_to_svg(chart.to_json())


def test_a_design_without_freedom_is_drawn_without_an_interval() -> None:
    table = pl.DataFrame(
        {"egfr": [40.0, None, 80.0], "people": [1.0, 1.0, 2.0], "county": [1, 1, 1]}
    )
    study = GUIDELINE.study(
        table, weights="people", psu="county", lonely="certainty", otherwise="absent"
    )
    chart = plot.prevalence(study.prevalence, "renal_form")
    rows = rows_of(chart)
    (dot,) = (r for r in rows if r.get("shape") == "circle" and r["said"])
    (most,) = (r for r in rows if r.get("shape") == "diamond" and r["said"])

    assert not [r for r in rows if r.get("said") and "x2" in r]
    assert dot["x"] == pytest.approx(place_of(chart, 0.25))
    assert most["x"] == pytest.approx(place_of(chart, 0.5))
    assert "interval" not in words(chart)
