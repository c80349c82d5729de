"""A part of the advice is what the whole says of it, and the rest is not worked out."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest

import b12guide
from b12guide.errors import CohortError, UnknownNameError

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv, feather

from b12guide.cohort import files
from b12guide.cohort.options import Options
from tests.strategies.columns import everything

GUIDELINE = b12guide.load("mecobalamin_im")
PATIENTS = pa.table(
    {
        "id": ["a", "b", "c", "d"],
        "age": [40.0, None, 12.0, 70.0],
        "b12_deficiency": [True, None, True, True],
        "egfr": [35.0, 90.0, None, None],
        "folate_deficiency": [True, False, None, None],
        "nitrous_oxide": [True, False, None, None],
    }
)
PARTS = ("outcome", "value", "certain")
WHOLE = GUIDELINE.cohort(PATIENTS, keep=["id"])


def rules_of(*decisions: str) -> list[str]:
    rules = GUIDELINE.graph.rules.values()
    return [f"rule.{rule.name}" for rule in rules if rule.decision.value in decisions]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is worked out about patients: decisions, and `questions`."""
    found: list[str] = []
    answering: Any = import_module("b12guide.cohort.answerer")
    asking: Any = import_module("b12guide.cohort.question_lists")
    answer_of, rank = answering.answer_of, asking.rank

    def answering_(decision: Any, *rest: Any) -> Any:
        found.append(decision.value)
        return answer_of(decision, *rest)

    def ranking(*rest: Any) -> Any:
        found.append("questions")
        return rank(*rest)

    monkeypatch.setattr(answering, "answer_of", answering_)
    monkeypatch.setattr(asking, "rank", ranking)
    return found


def test_some_decisions_are_told_as_in_the_whole(asked: list[str]) -> None:
    part = GUIDELINE.cohort(PATIENTS, keep=["id"], decisions=["permission", "form"])
    told = [f"{d}.{w}" for d in ("form", "permission") for w in PARTS]

    assert part.column_names == [
        "id",
        *rules_of("form", "permission"),
        *told,
        "silent",
        "questions",
    ]
    for name in part.column_names[:-1]:
        assert part[name].to_pylist() == WHOLE[name].to_pylist(), name
    assert set(asked) == {"form", "permission", "questions"}


def test_questions_are_those_that_bear_on_the_decisions() -> None:
    patients = pa.table({"b12_deficiency": [True], "age": [40.0], "egfr": [None]})
    form = GUIDELINE.cohort(patients, decisions="form")["questions"].to_pylist()[0]
    alone = GUIDELINE.recommend({"b12_deficiency": True, "age": 40, "egfr": None})
    bearing = {
        q.fact for q in alone.questions if "form" in {d.value for d in q.decides}
    }

    assert "egfr" in form
    assert set(form) == bearing


def test_verdicts_only_works_out_no_decision(asked: list[str]) -> None:
    part = GUIDELINE.cohort(PATIENTS, keep=["id"], verdicts_only=True)
    rules = [f"rule.{name}" for name in GUIDELINE.graph.rules]

    assert part.column_names == ["id", *rules, "silent"]
    for name in part.column_names:
        assert part[name].to_pylist() == WHOLE[name].to_pylist()
    assert asked == []


@pytest.mark.parametrize("names", [".", "_"])
def test_verdicts_as_booleans_say_what_the_words_say(names: Any) -> None:
    table = everything(Random(5), GUIDELINE.evaluator, 500, 0.3)  # noqa: S311 -- alike
    options: Any = {"on_bad": "unknown", "names": names}
    words = GUIDELINE.cohort(table, **options)
    found = GUIDELINE.cohort(table, verdicts="bits", **options)
    said = {"applies": True, "does not apply": False, "overridden": False}
    wanted = {}
    for rule in GUIDELINE.graph.rules.values():
        name = f"rule{names}{rule.name}"
        column = words[name].to_pylist()
        wanted[name] = [said.get(word) for word in column]
        if rule.exceptions:
            wanted[f"overridden{names}{rule.name}"] = [
                word == "overridden" if word in said else None for word in column
            ]
    told = dict(zip(found.column_names, found.columns, strict=True))
    rest = [name for name in words.column_names if not name.startswith("rule")]

    assert list(told) == [*wanted, *rest]
    assert {name: told[name].to_pylist() for name in wanted} == wanted
    assert found.select(rest).equals(words.select(rest))
    assert {"indeterminate", "overridden"} <= {
        word for n in wanted if n in words.column_names for word in words[n].to_pylist()
    }


@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv"])
def test_verdicts_as_booleans_are_written_to_files(kind: str, tmp_path: Path) -> None:
    patients = tmp_path / "patients.parquet"
    pq.write_table(PATIENTS, patients)
    advice = tmp_path / f"advice.{kind}"
    options = Options(keep=["id"], verdicts_only=True, verdicts="bits")
    files.advise_file(GUIDELINE.evaluator, patients, advice, options)
    read: Any = {"parquet": pq.read_table, "arrow": feather.read_table}
    found = read.get(kind, csv.read_csv)(advice)

    wanted = GUIDELINE.cohort(
        PATIENTS, keep=["id"], verdicts_only=True, verdicts="bits"
    )
    names = [n for n in wanted.column_names if n.startswith(("rule", "overridden"))]
    assert found.select(names).to_pylist() == wanted.select(names).to_pylist()


def test_booleans_have_no_place_in_the_long_form() -> None:
    with pytest.raises(CohortError, match="leave out `verdicts`"):
        GUIDELINE.cohort(PATIENTS, long=True, verdicts="bits")


def test_questions_can_be_left_out(asked: list[str]) -> None:
    part = GUIDELINE.cohort(PATIENTS, keep=["id"], questions=False)

    assert part.to_pylist() == WHOLE.drop_columns("questions").to_pylist()
    assert "questions" not in asked


def test_the_long_form_tells_the_rules_of_some_decisions() -> None:
    part = GUIDELINE.cohort(PATIENTS, keep=["id"], decisions=["form"], long=True)

    assert set(part["decision"].to_pylist()) == {"form"}
    assert part.num_rows == 4 * len(rules_of("form"))


def test_cells_that_are_set_aside_are_named_beside_every_part() -> None:
    patients = pa.table({"egfr": [9999.0, 35.0]})
    part = GUIDELINE.cohort(patients, verdicts_only=True, on_bad="unknown")

    assert part["bad"].to_pylist() == [["egfr"], []]


def test_a_decision_that_there_is_not_is_refused_with_what_is_meant() -> None:
    with pytest.raises(UnknownNameError, match="maintenance"):
        GUIDELINE.cohort(PATIENTS, decisions=["maintenence"])  # type: ignore[list-item]
    with pytest.raises(CohortError, match="verdicts_only"):
        GUIDELINE.cohort(PATIENTS, decisions=[])


@pytest.mark.parametrize(
    "option", ["decisions", "verdicts_only", "verdicts", "names", "long"]
)
def test_a_study_counts_whole_advice(option: str) -> None:
    value: Any = {"decisions": ["form"], "names": "_", "verdicts": "bits"}.get(
        option, True
    )
    with pytest.raises(CohortError, match=f"leave out `{option}`"):
        GUIDELINE.study(PATIENTS, patient=None, **{option: value})


def test_studies_and_audits_do_not_collect_a_frame_of_spark() -> None:
    spark = type("DataFrame", (), {"__module__": "pyspark.sql.classic.dataframe"})()
    with pytest.raises(CohortError, match="toArrow"):
        GUIDELINE.study(spark)
    with pytest.raises(CohortError, match="toArrow"):
        GUIDELINE.audit_cohort(spark, PATIENTS, on=dt.date(2025, 1, 1))


def test_the_summary_counts_what_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "patients.parquet"
    pq.write_table(PATIENTS, file)
    options = Options(keep=["id"], decisions=["form"], names="_")
    summary, _ = files.advise_file(GUIDELINE.evaluator, file, None, options)

    assert list(summary.decisions) == ["form"]
    assert [f"rule.{name}" for name in summary.rules] == rules_of("form")
    assert sum(summary.decisions["form"].values()) == 4


# ------------------------------------------------------------------------------ names


def test_names_without_dots_hold_the_same() -> None:
    found = GUIDELINE.cohort(PATIENTS, keep=["id"], names="_")
    plain = [name.replace(".", "_") for name in WHOLE.column_names]

    assert found.column_names == plain
    assert found.to_pylist() == WHOLE.rename_columns(plain).to_pylist()


@pytest.mark.parametrize(
    ("name", "naming"),
    [("form_value", "_"), ("Form_Value", "_"), ("form.value", "."), ("silent", ".")],
)
def test_a_kept_column_may_not_be_called_as_the_advice_is(
    name: str, naming: Any
) -> None:
    patients = PATIENTS.append_column(name, pa.array(["x"] * 4))
    with pytest.raises(b12guide.B12GuideError, match=name):
        GUIDELINE.cohort(patients, keep=[name, "id"], names=naming)
    other: Any = "_" if naming == "." else "."
    if name != "silent":
        kept = GUIDELINE.cohort(patients, keep=[name, "id"], names=other)
        assert kept[name].to_pylist() == ["x"] * 4


def test_names_of_another_kind_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="names"):
        GUIDELINE.cohort(PATIENTS, keep=["id"], names="-")  # type: ignore[arg-type]


def test_rows_that_cannot_be_believed_are_named_by_the_first_kept_column() -> None:
    patients = pa.table(
        {
            "where": ["here"] * 3,
            "id": ["a", "b", "c"],
            "egfr": [35.0, 9999.0, 9999.0],
            "bariatric_surgery": [True, True, False],
            "bariatric_procedure": [None, None, "roux_en_y"],
        }
    )
    with pytest.raises(b12guide.PatientError) as caught:
        GUIDELINE.cohort(patients, keep=["id", "where"])
    notes = [note for one in caught.value.diagnostics for note in one.notes]

    assert any(note.startswith("row 2 (id b) and 1 more: ") for note in notes)
    assert any(note.startswith("row 3 (id c): ") for note in notes)
    assert not any("here" in note for note in notes)


def test_rows_keep_their_names_when_batches_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("b12guide.cohort.source.ROWS", 2)
    file = tmp_path / "patients.parquet"
    egfr = [35.0, 9999.0, 8888.0, 9999.0, 7777.0]
    pq.write_table(pa.table({"id": list("abcde"), "egfr": egfr}), file)
    with pytest.raises(b12guide.PatientError) as caught:
        files.advise_file(GUIDELINE.evaluator, file, None, Options(keep=["id"]))
    notes = [note for one in caught.value.diagnostics for note in one.notes]
    named = [note.partition(":")[0] for note in notes]

    assert named == ["row 2 (id b) and 1 more", "row 3 (id c)", "row 5 (id e)"]
