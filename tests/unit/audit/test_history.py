"""Histories are read whole or refused with row and field."""

from __future__ import annotations

import datetime as dt
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from b12guide.audit import event as happened
from b12guide.audit.event import Given, History, Noted, Started, Stopped
from b12guide.audit.history import history_from, history_from_text, read_history
from b12guide.diagnostics import Severity
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.guideline import load as load_guideline
from b12guide.pipeline import load
from b12guide.regimen.model import Every, Times
from b12guide.resources import read
from b12guide.text import Text
from b12guide.values.duration import DurationRange, TimeUnit

Rows: TypeAlias = list[dict[str, Any]]


@pytest.fixture(scope="module")
def graph() -> RuleGraph:
    return load("mecobalamin_im").graph


def refused(rows: Any, graph: RuleGraph) -> list[tuple[str, str]]:
    """Code and message of every reason for which rows are refused."""
    with pytest.raises(PatientError) as error:
        history_from(rows, graph)
    return [(d.code, d.message) for d in error.value.diagnostics]


def only(history: History) -> Any:
    (event,) = history.events
    return event


# ----------------------------------------------------------------------- what is read


def test_every_kind_of_event_is_read(graph: RuleGraph) -> None:
    rows: Rows = [
        {
            "on": "2025-01-06",
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
            "route": "IM",
            "site": "buttock",
            "quadrant": "Upper_Outer",
            "direction": "anteriorly",
            "needle": "25 G",
            "pressure": "6 minutes",
            "note": "no remark is lost on a reader",
        },
        {"on": "2025-02-01", "start": "folic_acid", "frequency": "daily"},
        {"on": "2025-03-01", "event": "neurological_plateau"},
        {"on": "2025-04-07", "test": "serum_b12", "value": "410 pg/mL"},
        {"on": "2025-10-17", "stop": "hydroxocobalamin"},
    ]
    dose, start, noted, tested, stop = history_from(rows, graph).events

    assert isinstance(dose, Given)
    assert (dose.route, dose.site, dose.quadrant) == (
        "intramuscular",
        "gluteal",
        "upper outer",
    )
    assert dose.needle == 25
    assert dose.pressure == Fraction(360)
    assert dose.amount is not None
    assert dose.amount.in_unit("µg") == 1000
    assert isinstance(start, Started)
    assert start.frequency == Every(
        DurationRange(Fraction(1), Fraction(1), TimeUnit.DAY)
    )
    assert noted == Noted(on=dt.date(2025, 3, 1), fact="neurological_plateau")
    assert isinstance(tested, happened.Tested)
    assert tested.value == 410
    assert stop == Stopped(on=dt.date(2025, 10, 17), drug="hydroxocobalamin")


def test_a_table_says_what_the_list_says(graph: RuleGraph) -> None:
    table = (
        "\ufeffon;dose;amount;route;test;value;event\r\n"
        '2025-01-06;"hydroxocobalamin";"1000 µg";IM;;;\r\n'
        "\r\n"
        "2025-04-07;;;;serum_b12;410 pg/mL;\r\n"
        "2025-04-08;;;;;true;levels_stable\r\n"
    )
    rows: Rows = [
        {"on": "2025-04-08", "event": "levels_stable", "value": True},
        {"on": "2025-04-07", "test": "serum_b12", "value": "410 pg/mL"},
        {
            "on": "2025-01-06",
            "dose": "hydroxocobalamin",
            "amount": "1000 µg",
            "route": "intramuscular",
        },
    ]
    read = history_from_text(Text("t.csv", table.removeprefix("\ufeff")), ".csv", graph)

    assert read.events == history_from(rows, graph).events


def test_a_cell_in_quotes_may_hold_anything(graph: RuleGraph) -> None:
    table = 'on,test,note\n2025-01-06,ferritin,"a ""note"",\nin two lines"\n'

    assert (
        only(history_from_text(Text("t.csv", table), ".csv", graph)).test == "ferritin"
    )


def test_a_list_may_stand_under_events(graph: RuleGraph) -> None:
    text = Text("t.json", '{"events": [{"on": "2025-01-06", "test": "calcium"}]}')

    assert only(history_from_text(text, ".json", graph)).test == "calcium"


def test_files_and_standard_input_are_read(graph: RuleGraph, tmp_path: Path) -> None:
    content = '[{"on": "2025-01-06", "test": "calcium"}]'
    path = tmp_path / "history.json"
    path.write_text(content, encoding="utf-8")

    assert read_history(path, graph).events == (
        read_history("-", graph, io.StringIO(content)).events
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("daily", Every(DurationRange(Fraction(1), Fraction(1), TimeUnit.DAY))),
        (
            "on alternate days",
            Every(DurationRange(Fraction(2), Fraction(2), TimeUnit.DAY)),
        ),
        (
            "every 2 months",
            Every(DurationRange(Fraction(2), Fraction(2), TimeUnit.MONTH)),
        ),
        (
            "every 2-3 months",
            Every(DurationRange(Fraction(2), Fraction(3), TimeUnit.MONTH)),
        ),
        (
            "3 times per week",
            Times(3, 3, DurationRange(Fraction(1), Fraction(1), TimeUnit.WEEK)),
        ),
        (
            "twice daily",
            Times(2, 2, DurationRange(Fraction(1), Fraction(1), TimeUnit.DAY)),
        ),
        ("once a week", Every(DurationRange(Fraction(1), Fraction(1), TimeUnit.WEEK))),
    ],
)
def test_frequencies_are_read_as_people_write_them(
    graph: RuleGraph, written: str, expected: object
) -> None:
    row = {"on": "2025-01-06", "start": "mecobalamin", "frequency": written}

    assert only(history_from([row], graph)).frequency == expected


def test_the_order_within_a_day_does_not_depend_on_the_order_of_rows(
    graph: RuleGraph,
) -> None:
    day = {"on": "2025-01-06"}
    rows: Rows = [
        {**day, "dose": "mecobalamin"},
        {**day, "test": "serum_b12"},
        {**day, "event": "levels_stable"},
        {**day, "stop": "folic_acid"},
        {**day, "start": "folic_acid"},
    ]
    kinds = [type(e) for e in history_from(rows, graph).events]

    assert kinds == [Noted, happened.Tested, Stopped, Given, Started]
    assert kinds == [type(e) for e in history_from(rows[::-1], graph).events]


def test_times_order_doses_of_one_day(graph: RuleGraph) -> None:
    rows: Rows = [
        {"on": "2025-01-06T18:00", "dose": "mecobalamin"},
        {"on": "2025-01-06", "time": "08:30", "dose": "hydroxocobalamin"},
    ]
    first, second = history_from(rows, graph).events

    assert (first.time, second.time) == (dt.time(8, 30), dt.time(18))


def test_a_row_told_twice_counts_once_and_is_warned_of(graph: RuleGraph) -> None:
    row = {"on": "2025-01-06", "dose": "mecobalamin"}
    history = history_from([row, row], graph)

    assert len(history.events) == 1
    (warning,) = history.warnings
    assert (warning.code, warning.severity) == ("GDL727", Severity.WARNING)
    assert warning.message == "row 2 says the same as row 1, and counts once"


def test_two_doses_of_one_day_with_their_times_are_two(graph: RuleGraph) -> None:
    rows = [{"on": f"2025-01-06T0{h}:00", "dose": "mecobalamin"} for h in (8, 9)]

    assert len(history_from(rows, graph).events) == 2


# -------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        ({"on": "2025-01-06"}, "GDL721", "row 1 does not say what happened"),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "test": "calcium"},
            "GDL721",
            "row 1 has `dose` and `test`, and an event is one of them",
        ),
        (
            {"on": "2025-01-06", "test": "calcium", "site": "deltoid"},
            "GDL722",
            "row 1: a `test` has no `site`",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "rout": "IM"},
            "GDL722",
            "row 1 has the unknown field `rout`",
        ),
        (
            {"on": "2025-01-06", "event": "platelets"},
            "GDL722",
            "row 1: `platelets` has no `value`",
        ),
        ({"test": "calcium"}, "GDL723", "row 1 lacks its day `on`"),
        ({"on": "6.1.2025", "test": "calcium"}, "GDL723", "row 1, `on`: `6.1.2025`"),
        (
            {"on": "2025-02-30", "test": "calcium"},
            "GDL723",
            "row 1, `on`: `2025-02-30`",
        ),
        (
            {"on": "2025-01-06T25:00Z", "test": "calcium"},
            "GDL723",
            "row 1, `on`: `2025-01-06T25:00Z` is not a day",
        ),
        (
            {"on": "2025-01-06", "dose": "hydroxycobalamine"},
            "GDL724",
            "row 1, `dose`: there is no drug `hydroxycobalamine`",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "amount": "1000"},
            "GDL725",
            "row 1, `amount`: `1000` is not an amount with its unit",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "amount": "1 mL"},
            "GDL725",
            "row 1, `amount`: `mecobalamin` is not dosed in `mL`",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "needle": "thin"},
            "GDL725",
            "row 1, `needle`: `thin` is not the gauge of a needle",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "pressure": 6},
            "GDL725",
            "row 1, `pressure`: `6` is not a length of time",
        ),
        (
            {"on": "2025-01-06", "start": "mecobalamin", "frequency": "often"},
            "GDL725",
            "row 1, `frequency`: `often` does not say how often",
        ),
        (
            {"on": "2025-01-06", "dose": "mecobalamin", "amount": "1000 mg"},
            "GDL726",
            "row 1, `amount`: `1000 mg` is not a plausible dose of `mecobalamin`",
        ),
        (
            {"on": "2025-01-06", "test": "serum_b12", "value": "410 mmHg"},
            "GDL713",
            "row 1, `value`: ",
        ),
        (
            {"on": "2025-01-06", "test": "platelets", "value": "250000 x10^9/L"},
            "GDL715",
            "row 1, `value`: ",
        ),
    ],
)
def test_a_row_is_refused_with_its_number_and_field(
    graph: RuleGraph, row: dict[str, object], code: str, message: str
) -> None:
    ((found, said),) = refused([row], graph)

    assert found == code
    assert said.startswith(message)


def test_all_rows_that_are_wrong_are_told_at_once(graph: RuleGraph) -> None:
    rows: Rows = [
        {"on": "2025-01-06", "dose": "mecobalamin"},
        {"on": "yesterday", "dose": "nothing"},
        {"on": "2025-01-07", "dose": "mecobalamin", "amount": "1000 mg", "site": "ear"},
    ]

    assert [code for code, _ in refused(rows, graph)] == [
        "GDL723",
        "GDL724",
        "GDL726",
        "GDL724",
    ]


def test_a_name_that_was_misspelled_is_suggested(graph: RuleGraph) -> None:
    with pytest.raises(PatientError) as error:
        history_from([{"on": "2025-01-06", "dose": "mecobalmin"}], graph)

    assert error.value.diagnostics[0].help[0].message == "did you mean `mecobalamin`?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"on": "2025-01-06"}', "a history is a list of events"),
        ("[3]", "row 1 is not an object of names with their values"),
    ],
)
def test_json_of_another_shape_is_refused(
    graph: RuleGraph, text: str, message: str
) -> None:
    with pytest.raises(PatientError) as error:
        history_from_text(Text("t.json", text), ".json", graph)

    assert [(d.code, d.message) for d in error.value.diagnostics] == [
        ("GDL720", message)
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "the table is empty, and lacks its heading"),
        ("on,test\n2025-01-06\n", "row 1 has 1 cells where the heading has 2"),
        ("on,on\n", "the heading of the table has two columns `on`"),
        ("on,\n", "the heading of the table has a column without a name"),
        ('on,test\n"2025-01-06,calcium\n', "a cell that begins with a double quote"),
        ('on,test\n"2025-01-06"x,calcium\n', "there is text after the closing quote"),
    ],
)
def test_a_broken_table_is_refused(graph: RuleGraph, table: str, message: str) -> None:
    with pytest.raises(PatientError) as error:
        history_from_text(Text("t.csv", table), ".csv", graph)

    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "GDL720"
    assert diagnostic.message.startswith(message)


def test_a_file_of_another_kind_is_refused(graph: RuleGraph, tmp_path: Path) -> None:
    path = tmp_path / "history.xlsx"
    path.write_bytes(b"PK")

    with pytest.raises(PatientError, match="does not say in which format"):
        read_history(path, graph)
    with pytest.raises(PatientError, match="does not exist"):
        read_history(tmp_path / "nowhere.json", graph)


def test_the_schema_of_a_history_takes_what_is_read(
    graph: RuleGraph, root: Path
) -> None:
    schema = Draft202012Validator(json.loads(read("schema", "history.schema.json")))
    example = json.loads((root / "examples" / "folate_history.json").read_text("utf-8"))

    schema.validate(example)
    assert len(history_from(example, graph).events) == len(example)
    assert not schema.is_valid([{"on": "6.1.2025", "test": "calcium"}])
    assert not schema.is_valid([{"on": "2025-01-06", "test": "calcium", "dose": "x"}])


# ------------------------------------------------------------- as records export them


@pytest.mark.parametrize(
    "row",
    [
        {"amount": 1000, "unit": "µg"},
        {"amount": 1, "unit": "mg"},
        {"amount": "1000", "unit": "µg"},
        {"amount": "1 mg", "unit": "mg"},
        {"amount": "1 mg", "unit": None},
        {"amount [mg]": 1},
        {"amount (mg)": "1"},
    ],
    ids=str,
)
def test_an_amount_has_its_unit_beside_it_or_in_its_name(
    graph: RuleGraph, row: dict[str, Any]
) -> None:
    event = {"on": "2025-01-06", "dose": "hydroxocobalamin", **row}
    given = only(history_from([event], graph))
    assert isinstance(given, Given)
    assert given.amount is not None
    assert given.amount.in_unit("µg") == 1000


def test_a_value_has_its_unit_beside_it(graph: RuleGraph) -> None:
    rows: Rows = [
        {"on": "2025-01-06", "test": "serum_b12", "value": 300, "unit": "pmol/L"},
        {"on": "2025-01-07", "test": "2132-9", "value": "300", "unit": "pg/mL"},
    ]
    first, second = history_from(rows, graph).events
    assert isinstance(first, happened.Tested)
    assert isinstance(second, happened.Tested)
    assert first.value == Fraction(300) * Fraction("1355.4") / 1000
    assert second.test == "serum_b12"
    assert second.value == Fraction(300)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"amount": "1 mg", "unit": "µg"}, "`amount` has a unit of its own"),
        ({"unit": "µg"}, "a `unit` stands beside no number"),
        ({"amount": 1000}, "is not an amount with its unit"),
        ({"amount": 1000, "unit": "mL"}, "is not dosed in `mL`"),
        ({"amount": 1000, "amount [mg]": 1}, "`amount` is there twice"),
        ({"amount": True, "unit": "µg"}, "`amount` has a unit of its own"),
    ],
)
def test_a_unit_that_belongs_to_nothing_is_refused(
    graph: RuleGraph, row: dict[str, Any], said: str
) -> None:
    event = {"on": "2025-01-06", "dose": "hydroxocobalamin", **row}
    with pytest.raises(PatientError) as caught:
        history_from([event], graph)
    assert said in caught.value.diagnostics[0].message


@pytest.mark.parametrize(
    "written",
    ["B03BA03", "b03ba03", "atc B03BA03", "ATC|B03BA03", "317106", 317106],
    ids=repr,
)
def test_a_drug_may_be_named_by_its_code(graph: RuleGraph, written: Any) -> None:
    given = only(history_from([{"on": "2025-01-06", "dose": written}], graph))
    assert isinstance(given, Given)
    assert given.drug == "hydroxocobalamin"


@pytest.mark.parametrize("written", ["snomed B03BA03", "B03BA0", 3, True, ""])
def test_what_is_no_code_is_no_drug(graph: RuleGraph, written: Any) -> None:
    with pytest.raises(PatientError):
        history_from([{"on": "2025-01-06", "dose": written}], graph)


ROW = {"on": "2025-01-06", "dose": "hydroxocobalamin", "prescriber": "x", "ward": 7}


@pytest.mark.parametrize("ignore", ["*", ["prescriber", "ward"], ["presc*", "w?rd"]])
def test_fields_that_no_event_has_are_left_out_on_request(
    ignore: Any, tmp_path: Path
) -> None:
    guideline = load_guideline("mecobalamin_im")
    day = dt.date(2025, 2, 1)
    plain = {name: ROW[name] for name in ("on", "dose")}
    wanted = guideline.audit({}, [plain], on=day).findings
    assert guideline.audit({}, [ROW], on=day, ignore=ignore).findings == wanted
    with pytest.raises(PatientError, match="prescriber"):
        guideline.audit({}, [ROW], on=day)
    table = tmp_path / "h.csv"
    table.write_text("on,dose,prescriber,ward\n2025-01-06,hydroxocobalamin,x,7\n")
    listed = [ignore] if isinstance(ignore, str) else ignore
    read = read_history(table, guideline.graph, ignore=listed)
    assert len(read.events) == 1


def test_a_pattern_leaves_no_field_of_an_event_out(graph: RuleGraph) -> None:
    event = {"on": "2025-01-06", "dose": "hydroxocobalamin", "amount [mg]": 1}
    given = only(history_from([event], graph, ignore=["*"]))
    assert isinstance(given, Given)
    assert given.amount is not None
    only_dose = only(history_from([event], graph, ignore=["amount [mg]"]))
    assert isinstance(only_dose, Given)
    assert only_dose.amount is None


def test_a_heading_with_strange_columns_is_refused_without_a_row(
    graph: RuleGraph,
) -> None:
    text = Text("h.csv", "on,dose,prescriber,amout\n")
    with pytest.raises(PatientError) as caught:
        history_from_text(text, ".csv", graph)
    first, second = caught.value.diagnostics
    assert first.message == "the column `prescriber` is no field of an event"
    assert second.help[0].message == "did you mean `amount`?"


def test_the_same_mistake_of_many_rows_is_told_once(graph: RuleGraph) -> None:
    rows = [{"on": "2025-01-06", "dose": "vitamin B12"} for _ in range(3000)]
    rows.append({"on": "2025-01-06", "dose": "vitamin C"})
    with pytest.raises(PatientError) as caught:
        history_from(rows, graph)
    first, second = caught.value.diagnostics
    assert (
        first.message
        == "rows 1, 2, 3 and 2,997 more, `dose`: there is no drug `vitamin B12`"
    )
    assert second.message == "row 3001, `dose`: there is no drug `vitamin C`"


@pytest.mark.parametrize(
    "records",
    [42, None, "text", {"on": "2025-01-06"}, [1], ["x"], [None], [[]]],
    ids=str,
)
def test_what_is_no_list_of_events_is_refused(graph: RuleGraph, records: Any) -> None:
    with pytest.raises(PatientError) as caught:
        history_from(records, graph)
    assert caught.value.diagnostics[0].code == "GDL720"


def test_values_of_other_libraries_are_read(graph: RuleGraph) -> None:
    row = {
        "on": np.datetime64("2025-01-06").astype(object),
        "dose": "hydroxocobalamin",
        "amount": np.float64(1000),
        "unit": "µg",
        "site": float("nan"),
    }
    given = only(history_from([row], graph))
    assert isinstance(given, Given)
    assert (given.on, given.site) == (dt.date(2025, 1, 6), None)
