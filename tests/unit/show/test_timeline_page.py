"""A timeline and an audit in every format."""

from __future__ import annotations

import csv
import datetime as dt
import html.parser
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from b12guide.audit.finding import Audit
from b12guide.cli import main
from b12guide.extras import load as load_extra
from b12guide.graph.model import Decision
from b12guide.notice import EDUCATION_NOTICE
from b12guide.resources import read
from b12guide.show.audit_page import audit_page, audit_to_json
from b12guide.show.timeline_data import timeline_rows, timeline_to_ics, timeline_to_json
from b12guide.show.timeline_page import timeline_page
from b12guide.show.timeline_svg import timeline_to_png, timeline_to_svg
from b12guide.show.to_text import to_markdown, to_text
from b12guide.timeline.model import EntryKind, Timeline
from tests.clinical.dosing import LOADED, audited, injected
from tests.unit.timeline.test_plan import timeline

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def usual() -> Timeline:
    return timeline()


@pytest.fixture(scope="module")
def open_ended() -> Timeline:
    return timeline(paresthesia=True)


@pytest.fixture(scope="module")
def found() -> Audit:
    rows = [
        *LOADED,
        *injected("2025-04-07", drug="cyanocobalamin"),
        *injected("2025-06-20"),
        *injected("2025-06-20"),
    ]
    return audited(rows, "2025-09-01", diabetes=True, nephropathy=True)


# ------------------------------------------------------------------------------ JSON


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"paresthesia": True},
        {"folate_deficiency": True},
        {"b12_deficiency": False, "bariatric_procedure": "sleeve_gastrectomy"},
        {"b12_deficiency": False, "ileal_resection": "30 cm", "egfr": "35 mL/min"},
    ],
)
def test_the_json_of_a_timeline_is_as_its_schema_says(facts: dict[str, object]) -> None:
    schema = json.loads(read("schema", "timeline.schema.json"))
    document = json.loads(json.dumps(timeline_to_json(timeline(**facts))))  # type: ignore[arg-type]

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_the_json_of_an_audit_is_as_its_schema_says(found: Audit) -> None:
    schema = json.loads(read("schema", "audit.schema.json"))
    document = json.loads(json.dumps(audit_to_json(found)))

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    assert document["summary"]["warning"] == 1
    assert document["diagnostics"][0]["code"] == "GDL727"


def test_rows_are_flat_and_all_alike(usual: Timeline) -> None:
    rows = timeline_rows(usual)

    assert len({tuple(row) for row in rows}) == 1
    assert not any(isinstance(value, dict) for row in rows for value in row.values())


# ---------------------------------------------------------------------- text and page


def test_a_long_run_of_doses_stands_in_one_line() -> None:
    plateau = {"neurological_plateau": dt.date(2026, 3, 1)}
    text = to_text(timeline_page(timeline(paresthesia=True, events=plateau)))

    assert "2026-01-05, 2026-01-07 ... 2026-02-28" in text
    assert "28 doses: hydroxocobalamin" in text
    assert text.count("Loading dose") == 0
    assert "at each dose, check" in " ".join(text.split()).lower()


def test_an_open_end_is_told_and_not_counted_out(open_ended: Timeline) -> None:
    text = " ".join(to_text(timeline_page(open_ended)).split())
    loading = [e for e in open_ended.entries if e.decision is Decision.LOADING]
    doses = [e for e in loading if e.kind is EntryKind.DOSE]

    assert [e.number for e in doses] == [1, 2, 3, 4, 5]
    assert doses[-1].goes_on
    assert (
        "and so on, on alternate days until neurological improvement has reached its "
        "plateau (no day is printed for it)" in text
    )
    assert "183" not in text


def test_the_text_names_statements_and_assumptions(usual: Timeline) -> None:
    text = to_text(timeline_page(usual))

    assert "S13" in text
    assert "T45" in text
    assert "2026-03-14 to 2026-04-18" in text


def test_an_audit_as_text_has_the_gravest_first(found: Audit) -> None:
    text = to_text(audit_page(found))

    assert text.index("Violations") < text.index("Warnings") < text.index("Assumptions")
    assert "Expected" in text
    assert "Resolve by" in text
    assert EDUCATION_NOTICE.split(".", maxsplit=1)[0] in text
    assert to_markdown(audit_page(found)).startswith("# Audit")


def test_an_audit_that_finds_nothing_says_so() -> None:
    assert "nothing" in to_text(audit_page(audited(LOADED, "2025-01-18")))


# -------------------------------------------------------------------------- pictures


def test_the_picture_explains_itself(usual: Timeline, open_ended: Timeline) -> None:
    root = ET.fromstring(timeline_to_svg(usual))  # noqa: S314 -- our own picture
    texts = [text.text for text in root.iter(f"{SVG}text")]
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")

    assert title is not None
    assert description is not None
    assert "Maintenance dose 1" in (description.text or "")
    said = " ".join(filter(None, texts))
    assert "Loading: hydroxocobalamin (first choice) or mecobalamin 1000 µg" in said
    assert "Maintenance: hydroxocobalamin (first choice) or mecobalamin" in said
    assert {"Tests", "every 2 months", "every 3 months", "dose", "goes on"} <= set(
        texts
    )
    assert "age 45 years" in said
    assert "to decide" not in texts
    assert EDUCATION_NOTICE in said
    assert "stroke-dasharray" in timeline_to_svg(open_ended)


def test_a_picture_is_drawn_inside_its_frame(open_ended: Timeline) -> None:
    root = ET.fromstring(timeline_to_svg(open_ended))  # noqa: S314 -- our own picture
    width, height = float(root.attrib["width"]), float(root.attrib["height"])

    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.attrib["cx"]) <= width
        assert 0 <= float(circle.attrib["cy"]) <= height
    for bar in root.iter(f"{SVG}rect"):
        right = float(bar.attrib.get("x", 0)) + float(bar.attrib["width"])
        assert right <= width + 0.2


def test_the_same_timeline_gives_the_same_picture(usual: Timeline) -> None:
    assert timeline_to_svg(usual) == timeline_to_svg(timeline())


def test_the_web_page_holds_the_picture_and_the_words(usual: Timeline) -> None:
    class Tags(html.parser.HTMLParser):
        seen: list[str]

        def handle_starttag(self, tag: str, _: object) -> None:
            self.seen.append(tag)

    tags = Tags()
    tags.seen = []
    tags.feed(usual.to_html())

    assert {"main", "figure", "svg", "ul"} <= set(tags.seen)
    assert "script" not in tags.seen


def test_a_png_is_a_png(usual: Timeline) -> None:
    pytest.importorskip("vl_convert", reason="the extra `plot` is not installed")

    assert timeline_to_png(usual).startswith(b"\x89PNG\r\n")


# -------------------------------------------------------------------------- calendar


def test_a_calendar_program_reads_every_dated_entry(usual: Timeline) -> None:
    pytest.importorskip("icalendar", reason="the extra `calendar` is not installed")
    ical = load_extra("icalendar", extra="calendar")
    calendar = ical.Calendar.from_ical(timeline_to_ics(usual))
    events = list(calendar.walk("VEVENT"))
    dated = [e for e in usual.entries if e.window is not None]

    assert len(events) == len(dated)
    assert len({str(event["uid"]) for event in events}) == len(events)
    first = events[0]
    assert first["dtstart"].dt == dt.date(2026, 1, 5)
    assert first["dtend"].dt == dt.date(2026, 1, 6)
    assert str(first["summary"]) == "Loading dose 1"
    assert "S13" in str(first["description"])


def test_identities_in_a_calendar_are_stable(usual: Timeline) -> None:
    pytest.importorskip("icalendar", reason="the extra `calendar` is not installed")

    assert timeline_to_ics(usual) == timeline_to_ics(timeline())
    assert timeline_to_ics(usual) != timeline_to_ics(timeline(dt.date(2026, 1, 6)))


# ---------------------------------------------------------------------- command line


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str, object], str]:
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    return write


PATIENT = {
    "facts": {"b12_deficiency": True, "age": 45, "egfr": 90, "platelets": 250},
    "otherwise": "absent",
}


@pytest.mark.parametrize("name", ["text", "json", "markdown", "html", "csv", "svg"])
def test_the_command_writes_a_timeline_in_every_format(
    files: Callable[[str, object], str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    patient = files("patient.json", PATIENT)

    assert main(["timeline", patient, "--start", "2026-01-05", "--format", name]) == 0
    assert "2026-01-05" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--start", "yesterday"],
        ["--start", "2026-01-05", "--until", "2026-01-04"],
        ["--start", "2026-01-05", "--event", "plateau"],
        ["--start", "2026-01-05", "--event", "neurological_platau=2026-02-01"],
        ["--start", "2026-01-05", "--format", "png"],
        [],
    ],
)
def test_unusable_arguments_of_a_timeline_are_told(
    files: Callable[[str, object], str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    assert main(["timeline", files("patient.json", PATIENT), *arguments]) == 2
    assert capsys.readouterr().err


def test_an_audit_ends_with_1_only_where_there_is_a_violation(
    files: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    patient = files("patient.json", PATIENT)
    good, bad = files("good.json", LOADED), files("bad.json", LOADED[:3])

    assert main(["audit", patient, good, "--on", "2025-01-20"]) == 0
    assert main(["audit", patient, bad, "--on", "2025-01-21"]) == 1
    assert main(["audit", patient, bad, "--on", "2025-01-21", "--only", "form"]) == 0
    assert "1 violation" in capsys.readouterr().out


def test_an_audit_as_a_table_is_a_table(
    files: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [files("patient.json", PATIENT), files("bad.json", LOADED[:3])]
    main(["audit", *arguments, "--on", "2025-01-21", "--format", "csv"])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))

    assert (row["on"], row["severity"], row["statements"]) == (
        "2025-01-19",
        "violation",
        "S13",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "dose"],
        ["--only", ","],
        ["--tolerance", "none"],
        ["--on", "2025-13-01"],
    ],
)
def test_unusable_arguments_of_an_audit_are_told(
    files: Callable[[str, object], str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    patient, history = files("patient.json", PATIENT), files("history.json", LOADED)

    assert main(["audit", patient, history, *arguments]) == 2
    assert capsys.readouterr().err


def test_unusable_histories_end_with_2_and_say_where(
    files: Callable[[str, object], str], capsys: pytest.CaptureFixture[str]
) -> None:
    patient = files("patient.json", PATIENT)
    history = files("history.json", injected("2025-01-06", amount="1000 mg"))

    assert main(["audit", patient, history, "--format", "json"]) == 2
    (diagnostic,) = json.loads(capsys.readouterr().err)["diagnostics"]
    assert diagnostic["code"] == "GDL726"
    assert diagnostic["message"].startswith("row 1, `amount`")


def test_two_files_cannot_both_be_standard_input(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "-", "-"]) == 2
    assert "standard input" in capsys.readouterr().err
