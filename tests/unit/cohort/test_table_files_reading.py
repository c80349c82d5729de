"""What is read: files that belong together, cells as they were declared, and nothing by mistake."""

from __future__ import annotations

import datetime as dt
import gzip
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.errors import ArgumentError, B12GuideError, CohortError, PatientError

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import feather

from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.cohort.source import opened

GUIDELINE = b12guide.load("mecobalamin_im")
BELOW, ABOVE, OPEN = "applies", "does not apply", "unknown"


def renal(frame: Any, **options: Any) -> list[str]:
    return list(GUIDELINE.cohort(frame, **options)["rule.renal_form"].to_pylist())


def write(file: Path, table: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    match file.suffix:
        case ".parquet":
            pq.write_table(pa.table(table), file)
        case ".arrow":
            feather.write_feather(pa.table(table), str(file))
        case _:
            file.write_text(table, encoding="utf-8")


def from_file(path: Path, **options: Any) -> list[str]:
    advice = path.parent / "advice of the test.parquet"
    advise_file(GUIDELINE.evaluator, path, advice, Options(**options))
    return list(pq.read_table(advice)["rule.renal_form"].to_pylist())


def codes(error: pytest.ExceptionInfo[PatientError]) -> list[str]:
    return [diagnostic.code for diagnostic in error.value.diagnostics]


# ------------------------------------------------------------------- writing over


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "patients.csv"
    write(found, "egfr\n35\n")
    return found


def itself(file: Path) -> Path:
    return file


def by_another_way(file: Path) -> Path:
    return file.parent / "." / ".." / file.parent.name / file.name


def by_symbolic_link(file: Path) -> Path:
    link = file.with_name("link.csv")
    link.symlink_to(file)
    return link


def by_hard_link(file: Path) -> Path:
    link = file.with_name("hard.csv")
    link.hardlink_to(file)
    return link


@pytest.mark.parametrize(
    "way", [itself, by_another_way, by_symbolic_link, by_hard_link]
)
def test_advice_never_replaces_its_patients(
    file: Path, way: Callable[[Path], Path]
) -> None:
    before = file.read_bytes()
    advice = way(file)
    with pytest.raises(CohortError, match="is read, and would be replaced"):
        advise_file(GUIDELINE.evaluator, file, advice, Options())

    assert file.read_bytes() == before
    assert advice.read_bytes() == before


def test_patients_behind_a_link_are_not_replaced_either(file: Path) -> None:
    link = by_symbolic_link(file)
    with pytest.raises(CohortError, match="would be replaced"):
        advise_file(GUIDELINE.evaluator, link, file, Options())


@pytest.mark.parametrize(
    "place", ["folder/advice.parquet", "folder/deeper/advice.csv", "link/advice.arrow"]
)
@pytest.mark.parametrize("patients", ["folder", "link"])
def test_advice_is_not_put_among_its_patients(
    place: str, patients: str, tmp_path: Path
) -> None:
    write(tmp_path / "folder" / "a.csv", "egfr\n35\n")
    (tmp_path / "folder" / "deeper").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    with pytest.raises(CohortError, match="lies inside"):
        advise_file(
            GUIDELINE.evaluator, tmp_path / patients, tmp_path / place, Options()
        )

    assert not (tmp_path / place).exists()


def test_advice_is_not_named_like_the_patients_of_a_pattern(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "egfr\n35\n")
    with pytest.raises(CohortError, match="is named like"):
        advise_file(
            GUIDELINE.evaluator, tmp_path / "*.csv", tmp_path / "b.csv", Options()
        )

    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_advice_that_was_written_before_is_replaced(file: Path) -> None:
    assert from_file(file) == from_file(file) == [BELOW]


# -------------------------------------------------------------------------- folders


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_files_of_one_folder_are_read_by_the_names_of_their_columns(
    suffix: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    write(folder / f"a.{suffix}", {"egfr": [35.0], "id": [1]})
    write(folder / f"b.{suffix}", {"id": [2], "egfr": [90.0]})
    write(folder / f"c.{suffix}", {"id": [3], "egfr": pa.nulls(1)})
    write(folder / f".d.{suffix}", {"else": ["nobody's patients"]})

    assert from_file(folder, keep="id") == [BELOW, ABOVE, OPEN]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"eGFR_typo": [35.0]}, r"b.parquet lacks `egfr`, adds `eGFR_typo`"),
        ({"egfr": [35.0], "more": [1]}, "b.parquet adds `more`"),
        ({"egfr": ["35"]}, "b.parquet has `egfr` as string and not as double"),
        ({"egfr": [35]}, "b.parquet has `egfr` as int64 and not as double"),
    ],
    ids=["slip", "more", "text", "integers"],
)
def test_a_file_that_is_not_like_the_others_is_named(
    other: Any, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    for name in ("a", "c"):
        write(folder / f"{name}.parquet", {"egfr": [35.0]})
    write(folder / "b.parquet", other)
    with pytest.raises(PatientError, match=said) as error:
        from_file(folder)

    assert codes(error) == ["GDL736"]
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_the_odd_file_is_named_and_not_the_many(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.csv", "egfrr\n35\n")
    for name in "bcd":
        write(folder / f"{name}.csv", "egfr\n35\n")
    with pytest.raises(PatientError, match=r"a\.csv lacks `egfr`") as error:
        from_file(folder)

    assert len(error.value.diagnostics) == 1


def test_a_file_in_another_unit_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name, unit in (("a", "mL/min"), ("b", "mL/s")):
        field = pa.field("egfr", pa.float64(), metadata={"unit": unit})
        table = pa.table({"egfr": [0.9]}, schema=pa.schema([field]))
        write(folder / f"{name}.parquet", table)
    with pytest.raises(PatientError, match="`egfr` in `mL/s` and not in `mL/min`"):
        from_file(folder)


def test_a_file_with_another_divider_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.csv", "id,egfr\n1,35\n")
    write(folder / "b.csv", "id;egfr\n2;35\n")
    with pytest.raises(PatientError, match=r"b\.csv is divided by `;` and not by `,`"):
        from_file(folder, keep="id")


def test_columns_that_nobody_looks_at_may_differ(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.parquet", {"egfr": [35.0], "notes": ["one"], "a": [1]})
    write(folder / "b.parquet", {"egfr": [90.0], "notes": [2], "b": ["x"]})

    assert from_file(folder, ignore="*") == [BELOW, ABOVE]
    assert from_file(folder, ignore=["a", "b", "notes"]) == [BELOW, ABOVE]
    with pytest.raises(PatientError, match="adds `b`"):
        from_file(folder, ignore=["notes"])


def test_categories_may_be_numbered_in_other_ways(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name, kind in (("a", pa.int8()), ("b", pa.int32())):
        procedure = pa.array(["roux_en_y", None]).dictionary_encode().indices.cast(kind)
        column = pa.DictionaryArray.from_arrays(procedure, ["roux_en_y"])
        write(folder / f"{name}.arrow", {"bariatric_procedure": column})
    write(folder / "c.arrow", {"bariatric_procedure": ["roux_en_y", "none"]})
    advise_file(GUIDELINE.evaluator, folder, tmp_path / "out.parquet", Options())
    found = pq.read_table(tmp_path / "out.parquet")["rule.bypass"].to_pylist()

    assert found == [BELOW, OPEN, BELOW, OPEN, BELOW, ABOVE]


def test_patients_are_not_passed_over_because_of_where_they_lie(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.csv", "egfr\n35\n")
    write(folder / "2024" / "b.csv", "egfr\n35\n")
    with pytest.raises(CohortError, match="2024 is a folder with tables of its own"):
        from_file(folder)
    assert from_file(folder / "*.csv") == [BELOW]

    (folder / "2024" / "b.csv").unlink()
    (folder / "b.csv").symlink_to("nowhere")
    with pytest.raises(CohortError, match=r"b\.csv is no file"):
        from_file(folder)


def test_files_of_several_kinds_are_told_with_a_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.csv", "egfr\n35\n")
    write(folder / "b.parquet", {"egfr": [90.0]})
    with pytest.raises(CohortError, match=r"a\.csv and b\.parquet") as error:
        from_file(folder)

    assert f"'{folder / '*.csv'}'" in str(error.value)
    assert from_file(folder / "*.csv") == [BELOW]
    with pytest.raises(CohortError, match="no file is named like"):
        from_file(folder / "*.tsv")


def test_advice_is_not_taken_for_patients(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder / "a.csv", "id,egfr\n1,35\n")
    for options in ({}, {"long": True}, {"otherwise": "absent"}):
        advice = tmp_path / "advice.csv"
        asked = Options(ignore="*", **options)
        advise_file(GUIDELINE.evaluator, folder, advice, asked)
        with pytest.raises(PatientError, match="an earlier run wrote it") as error:
            from_file(advice, ignore="*")
        assert "GDL737" in codes(error)
    advice.rename(folder / "b.csv")
    with pytest.raises(PatientError, match=r"b\.csv lacks `egfr`, adds `rule\."):
        from_file(folder, ignore="*")
    asked = Options(ignore="*", keep="egfr")
    advise_file(GUIDELINE.evaluator, folder / "a.csv", advice, asked)
    advice.rename(folder / "b.csv")
    with pytest.raises(PatientError, match=r"b\.csv adds `rule\."):
        from_file(folder, ignore="*")


def test_advice_beside_facts_is_left_out_by_a_pattern_of_its_own() -> None:
    table = pa.table({"egfr": [35.0], "rule.renal_form": ["applies"]})
    with pytest.raises(PatientError, match="GDL737"):
        GUIDELINE.cohort(table, ignore="*")

    assert renal(table, ignore="rule.*") == [BELOW]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_advice_tells_that_it_is_whatever_its_columns_are_called(
    suffix: str, tmp_path: Path
) -> None:
    write(tmp_path / "a.csv", "id,egfr\n1,35\n")
    advice = tmp_path / f"advice.{suffix}"
    asked = Options(keep=["id", "egfr"], names="_", decisions=["form"])
    advise_file(GUIDELINE.evaluator, tmp_path / "a.csv", advice, asked)
    with pytest.raises(
        PatientError, match=r"`rule_renal_form`,.* an earlier run wrote it"
    ):
        from_file(advice, ignore="*")
    assert from_file(advice, ignore=["id", "rule_*", "form_*", "[qs]*"]) == [BELOW]

    found = feather.read_table(advice) if suffix == "arrow" else pq.read_table(advice)
    names = [name.replace("_", "-") for name in found.column_names]
    renamed = found.rename_columns(names)
    write(advice, renamed.replace_schema_metadata(found.schema.metadata))
    with pytest.raises(PatientError, match="as its metadata say: an earlier run"):
        from_file(advice, ignore="*")


@pytest.mark.parametrize("name", ["questions", "silent", "form.value"])
def test_what_is_kept_has_no_name_of_a_column_of_advice(name: str) -> None:
    with pytest.raises(PatientError, match=f"the advice has a column `{name}`"):
        GUIDELINE.cohort(pd.DataFrame({"egfr": [35.0], name: ["x"]}), keep=name)


# ---------------------------------------------------------------------- text files


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv.gz"
    path.write_bytes(gzip.compress(b"egfr\n35\n90\n"))

    assert from_file(path) == [BELOW, ABOVE]


@pytest.mark.parametrize("sign", [";", "\t", "|", ","])
def test_the_first_line_shows_what_divides_cells(sign: str, tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    write(path, f'id{sign}"a, b; c"{sign}egfr\n1{sign}x{sign}35\n')

    assert from_file(path, keep="id", ignore="*") == [BELOW]


def test_a_divider_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    write(path, "egfr:id\n35:1\n")
    with pytest.raises(PatientError, match="no fact"):
        from_file(path)
    assert from_file(path, divider=":", keep="id") == [BELOW]
    write(path, "id,egfr\n1,35\n")
    with pytest.raises(PatientError, match="--divider ','"):
        from_file(path, divider=";")
    with pytest.raises(CohortError, match="divided by one sign"):
        Options(divider="::")


def test_letters_of_another_encoding_are_read_as_declared(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes("Größe,egfr\nMüller,35\n".encode("latin-1"))
    with pytest.raises(CohortError, match="--encoding latin-1"):
        from_file(path, ignore="*")
    kept = tmp_path / "kept.parquet"
    asked = Options(encoding="latin-1", keep="Größe")
    advise_file(GUIDELINE.evaluator, path, kept, asked)

    assert pq.read_table(kept)["Größe"].to_pylist() == ["Müller"]
    with pytest.raises(CohortError, match="no encoding `nonsense`"):
        Options(encoding="nonsense")


def test_a_mark_in_a_later_row_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes(b"egfr,id\n35,M\xfcller\n")
    with pytest.raises(CohortError, match="not encoded as utf-8"):
        from_file(path, keep="id")


# --------------------------------------------------------------------------- truths


def diabetes(frame: Any, **options: Any) -> list[bool | None]:
    """What is known of diabetes, as the rule about diabetic nephropathy sees it."""
    table = frame.append_column("nephropathy", pa.array([True] * frame.num_rows))
    advice = GUIDELINE.cohort(table, on_bad="unknown", **options)
    known = {BELOW: True, ABOVE: False, OPEN: None}
    column = advice["rule.safer_in_diabetic_nephropathy"].to_pylist()
    return [known[verdict] for verdict in column]


@pytest.mark.parametrize(
    ("cells", "truths"),
    [
        (pa.array(["yes", "no", None]), {"yes": True, "no": False}),
        (pa.array([" YES ", "No", None]), {"Yes": True, "no ": False}),
        (pa.array(["yes", "no", None]).dictionary_encode(), {"yes": True, "no": False}),
        (pa.array([1, 0, None]), {1: True, 0: False}),
        (pa.array([1, 2, None], pa.int8()), {"1": True, "2": False}),
        (pa.array([1.0, 0.0, float("nan")]), {1: True, 0: False}),
        (pa.array(["1.0", "0", None]), {1.0: True, "0": False}),
        (pa.array([Decimal("1.0"), Decimal("0.0"), None]), {1: True, 0: False}),
        (pa.array([True, False, None]), {"yes": True, "no": False}),
        (pa.array(["true", "FALSE", None]), {"yes": True, "no": False}),
    ],
    ids=str,
)
def test_truths_are_read_as_they_are_declared(cells: Any, truths: Any) -> None:
    assert diabetes(pa.table({"diabetes": cells}), truths=truths) == [True, False, None]


@pytest.mark.parametrize("cells", [["yes", "perhaps"], [1, 2], [1.0, 0.5]], ids=str)
def test_what_was_not_declared_is_a_bad_cell(cells: list[Any]) -> None:
    frame = pa.table({"diabetes": cells})
    truths: dict[str | int, bool] = {"yes": True, "no": False, 1: True, 0: False}
    with pytest.raises(PatientError, match="`diabetes` is implausible in 1 of 2"):
        GUIDELINE.cohort(frame, truths=truths)

    assert diabetes(frame, truths=truths) == [True, None]


@pytest.mark.parametrize(
    ("truths", "said"),
    [
        ({"yes": True, "YES": False}, "both yes and no"),
        ({"true": False}, "both yes and no"),
        ({"yes": "true"}, "neither"),
        ({"": False}, "empty"),
        (["yes"], "mapping"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(truths: Any, said: str) -> None:
    with pytest.raises(B12GuideError, match=said):
        GUIDELINE.cohort(pa.table({"diabetes": ["yes"]}), truths=truths)


def test_help_for_words_and_numbers_names_the_declaration(tmp_path: Path) -> None:
    for cells in (["ja"], [1]):
        with pytest.raises(PatientError, match=r"truths=\{.*--true"):
            GUIDELINE.cohort(pa.table({"diabetes": cells}))
    path = tmp_path / "patients.csv"
    write(path, "diabetes\n1\n0\n1\n")
    with pytest.raises(PatientError, match="--true 1 --false 0"):
        from_file(path)
    for cells, said in (
        ([1, 1], r"truths=\{'1': True\}` \(`--true 1`\)"),
        ([0, 1], "--true 1 --false 0"),
        (["Y", "N", "N"], "--true Y --false N"),
        (["ja", "nein"], "--true yes --false no"),
    ):
        with pytest.raises(PatientError, match=said):
            GUIDELINE.cohort(pa.table({"diabetes": cells}), truths={"x": True})


def test_a_missing_value_that_was_declared_is_no_missing_value(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    write(path, "diabetes,nephropathy\nn/a,yes\nNA,yes\n")
    asked = Options(truths={"n/a": False, "yes": True})
    advise_file(GUIDELINE.evaluator, path, tmp_path / "out.parquet", asked)
    found = pq.read_table(tmp_path / "out.parquet")

    rule = found["rule.safer_in_diabetic_nephropathy"].to_pylist()
    assert rule == [ABOVE, OPEN]


# -------------------------------------------------------------------------- numbers


def test_a_decimal_comma_is_read_where_it_is_declared() -> None:
    frame = pa.table({"egfr": ["49,5", "50,5", "0,5 mL/s", "35", None]})

    assert renal(frame, decimal=",") == [BELOW, ABOVE, BELOW, BELOW, OPEN]
    assert renal(pa.table({"egfr": ["49,5", "50,5"]}), decimal=",") == [BELOW, ABOVE]
    with pytest.raises(PatientError, match=r'decimal=","` \(`--decimal ,`\)'):
        renal(frame)


@pytest.mark.parametrize("text", ["1.200", "1.5", "1.234,5", "1,5,2"])
def test_under_a_decimal_comma_a_point_is_no_number(text: str) -> None:
    with pytest.raises(PatientError, match="`egfr` is implausible in 1 of 1"):
        renal(pa.table({"egfr": [text]}), decimal=",")


def test_numbers_have_no_decimal_sign() -> None:
    assert renal(pa.table({"egfr": [49.5, 50.5]}), decimal=",") == [BELOW, ABOVE]
    with pytest.raises(CohortError, match="decimal sign"):
        renal(pa.table({"egfr": [49.5]}), decimal="/")


EVENTS = pa.table(
    {"patient": ["a"], "on": ["2025-01-06"], "dose": ["hydroxocobalamin"]}
)


def test_an_audit_reads_patients_as_declared() -> None:
    def audited(**columns: Any) -> Any:
        return GUIDELINE.audit_cohort(
            pa.table({"patient": ["a"], **columns}),
            EVENTS,
            on=dt.date(2025, 3, 1),
            truths={"ja": True, "nein": False},
            decimal=",",
        )

    plain = GUIDELINE.audit_cohort(
        pa.table({"patient": ["a"], "b12_deficiency": [True], "egfr": [35.5]}),
        EVENTS,
        on=dt.date(2025, 3, 1),
    )
    found = audited(b12_deficiency=["JA"], egfr=["35,5"])
    assert found.to_dict() == plain.to_dict()
    with pytest.raises(PatientError, match="`vielleicht` is neither"):
        audited(b12_deficiency=["vielleicht"])
    with pytest.raises(PatientError, match=r"1\.200"):
        audited(egfr=["1.200"])


def test_a_study_reads_patients_as_declared() -> None:
    declared = pd.DataFrame({"b12_deficiency": ["ja", "nein"], "egfr": ["35,5", "90"]})
    plain = pd.DataFrame({"b12_deficiency": [True, False], "egfr": [35.5, 90.0]})
    truths = {"ja": True, "nein": False}
    study = GUIDELINE.study(declared, truths=truths, decimal=",")

    assert study.prevalence.to_dict() == GUIDELINE.study(plain).prevalence.to_dict()
    assert study.hinges.to_dict() == GUIDELINE.study(plain).hinges.to_dict()
    assert study.burden.to_dict() == GUIDELINE.study(plain).burden.to_dict()


# -------------------------------------------------------------------- many, and large


def test_columns_that_are_no_facts_are_told_together() -> None:
    others = {f"LBX{number:03}": [1] for number in range(107)}
    with pytest.raises(PatientError) as error:
        GUIDELINE.cohort(pa.table({"egfr": [35.0], **others, "diabets": [True]}))
    slip, rest = error.value.diagnostics

    assert "did you mean `diabetes`?" in slip.help[0].message
    assert rest.message.startswith("107 columns are no facts: `LBX000`, `LBX001`")
    assert "--ignore '*'" in rest.help[0].message


def test_a_pattern_does_not_leave_out_the_only_column_that_was_to_be_a_fact() -> None:
    with pytest.raises(PatientError, match="did you mean `diabetes`"):
        renal(pa.table({"egfr": [35.0], "diabets": [True]}), ignore="*")
    table = pa.table({"egfr": [35.0], "diabets": [True], "diabetes": [True]})
    assert renal(table, ignore="*") == [BELOW]
    table = pa.table({"egfr": [35.0], "diabets": [True]})
    assert renal(table, ignore=["*", "diabets"]) == [BELOW]


def test_thousands_of_columns_are_refused_at_once() -> None:
    table = pa.table({f"f.{number}.0.0": [1] for number in range(20_000)})
    begun = time.process_time()
    with pytest.raises(PatientError) as error:
        GUIDELINE.cohort(table)

    assert time.process_time() - begun < 20  # today half a second; once ten minutes
    assert len(error.value.diagnostics) == 1
    assert len(str(error.value)) < 1000


def test_many_different_mistakes_are_counted_and_a_few_are_told() -> None:
    cells = [f"{number + 5000} mL/min" for number in range(100_000)] + ["<15"] * 7
    begun = time.process_time()
    with pytest.raises(PatientError) as error:
        GUIDELINE.cohort(pa.table({"egfr": cells}))
    (one,) = error.value.diagnostics

    assert time.process_time() - begun < 8  # today one second; once fifteen
    assert one.message == "`egfr` is implausible in 100007 of 100007 rows"
    assert len(one.notes) == 4


def test_mistakes_are_grouped_by_what_is_written() -> None:
    cells = ["35", "1,5", "<15", "<15", "<15", "9999"]
    with pytest.raises(PatientError) as error:
        GUIDELINE.cohort(pa.table({"egfr": cells}))
    (one,) = error.value.diagnostics

    assert (
        one.notes[0] == "row 3 and 2 more: `<15` is a bound, and `egfr` is one number"
    )
    assert [note.partition(":")[0] for note in one.notes[1:]] == ["row 2", "row 6"]


def test_mistakes_of_all_batches_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("b12guide.cohort.source.ROWS", 10)
    table = pa.table({"egfr": [*range(1, 30), 9999, 9999, *range(9), 9999, 8888]})
    pq.write_table(table, tmp_path / "patients.parquet")
    with pytest.raises(PatientError) as error:
        from_file(tmp_path / "patients.parquet")
    notes = error.value.diagnostics[0].notes

    assert notes[0].startswith("row 30 and 2 more: `9999 mL/min`")
    assert notes[1].startswith("row 42: `8888 mL/min`")


def test_text_as_long_as_no_value_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "patients.parquet"
    write(path, {"bariatric_procedure": ["none" * 10_000_000]})
    before = pa.total_allocated_bytes()
    with pytest.raises(PatientError, match="holds 40,000,0") as error:
        from_file(path)

    assert codes(error) == ["GDL738"]
    assert pa.total_allocated_bytes() - before < 1_000_000


@pytest.mark.parametrize("name", ["bariatric_procedure", "egfr", "diabetes"])
@pytest.mark.parametrize("shared", [False, True], ids=["text", "categories"])
def test_text_as_long_as_no_value_is_told_in_short(name: str, *, shared: bool) -> None:
    cells = pa.array(["35" + " " * 5_000_000, None])
    table = pa.table({name: cells.dictionary_encode() if shared else cells})
    with pytest.raises(PatientError, match="is implausible in 1 of 2") as error:
        GUIDELINE.cohort(table, truths={"yes": True})

    assert len(str(error.value)) < 1000


def test_text_that_many_rows_share_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "patients.parquet"
    words = [f"{'none' if not n else 'x' * 900}" for n in (0, 1)]
    numbers = pa.array([0, 1] * 50_000, pa.int32())
    column = pa.DictionaryArray.from_arrays(numbers, words)
    write(path, {"bariatric_procedure": column.cast(pa.string())})
    usual = pa.default_memory_pool()
    watched = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(watched)
    try:
        batches = opened(path, GUIDELINE.graph).batches(["bariatric_procedure"])
        rows = [batch.num_rows for batch in batches]
    finally:
        pa.set_memory_pool(usual)

    assert rows == [100_000]
    assert watched.max_memory() < 10_000_000


def test_bytes_that_are_no_text_are_a_bad_cell() -> None:
    cells = pa.array([b"\xff\xfe", b"35"])
    text = pa.Array.from_buffers(pa.string(), 2, cells.buffers())
    with pytest.raises(PatientError, match="is implausible in 1 of 2"):
        GUIDELINE.cohort(pa.table({"egfr": text}))


# --------------------------------------------------------------------------- frames


def test_columns_may_have_any_capitals() -> None:
    plain = pa.table({"age": [40], "egfr": [0.5], "b12_deficiency": [True]})
    named = plain.rename_columns(["Age", "eGFR [mL/s]", "B12 Deficiency"])
    advice = GUIDELINE.cohort(plain, units={"egfr": "mL/s"})

    assert GUIDELINE.cohort(named).to_pydict() == advice.to_pydict()
    with pytest.raises(PatientError, match="`Age` and `age` are the same fact"):
        GUIDELINE.cohort(pa.table({"Age": [40], "age": [40]}))


def test_nobody_minds_what_is_in_a_column_that_nobody_reads() -> None:
    frame = pd.DataFrame({"egfr": [35.0, 90.0], "id": [1, "one"], "x": [{1}, 2]})
    twice = pd.DataFrame([[1, 2, 35.0]], columns=["id", "id", "egfr"])

    assert GUIDELINE.cohort(frame, ignore="*").shape[0] == 2
    assert GUIDELINE.cohort(twice, ignore="id").shape[0] == 1


def test_a_column_that_holds_only_its_exceptions_is_read() -> None:
    frame = pd.DataFrame({"egfr": pd.arrays.SparseArray([35.0, 90.0, 90.0])})

    assert list(GUIDELINE.cohort(frame)["rule.renal_form"]) == [BELOW, ABOVE, ABOVE]


@pytest.mark.parametrize("lazy", [False, True])
def test_long_integers_of_polars_are_read(*, lazy: bool) -> None:
    frame = pl.DataFrame({"egfr": pl.Series([35, 90, None], dtype=pl.Int128)})
    advice = (
        GUIDELINE.cohort(frame.lazy()).collect() if lazy else GUIDELINE.cohort(frame)
    )

    assert advice["rule.renal_form"].to_list() == [BELOW, ABOVE, OPEN]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"egfr": [35.0, "90"]}), "column `egfr` of .* cannot be read"),
        (pd.DataFrame({("facts", "age"): [1]}), "names of 2 levels.*\n.*frame.columns"),
        (pd.DataFrame([[1, 2]], columns=["age", "age"]), "2 columns `age`"),
        (
            pl.DataFrame({"egfr": pl.Series([35, "a"], dtype=pl.Object)}),
            "column `egfr` .* objects of Python",
        ),
        ([{"egfr": 35}], r"Table\.from_pylist"),
        ("patients.csv", "read the file first"),
        (Path("patients.csv"), "read the file first"),
        (ds.dataset(pa.table({"egfr": [35.0]})), r"dataset\.to_table"),
        (pd.Series([1]), "to_frame"),
    ],
    ids=[
        *("mixed", "levels", "twice", "objects"),
        *("rows", "text", "path", "dataset", "series"),
    ],
)
def test_a_frame_that_is_not_taken_is_told_a_way_that_is(frame: Any, said: str) -> None:
    with pytest.raises(B12GuideError, match=said):
        GUIDELINE.cohort(frame)


def test_a_file_with_two_columns_of_one_name_is_told(tmp_path: Path) -> None:
    numbers = [pa.array([35.0]), pa.array([90.0]), pa.array([1])]
    for name in ("patients.parquet", "patients.arrow"):
        table = pa.Table.from_arrays(numbers, names=["egfr", "egfr", "id"])
        write(tmp_path / name, table)
        with pytest.raises(PatientError, match="there are 2 columns `egfr`"):
            from_file(tmp_path / name, keep="id")
        table = pa.Table.from_arrays(numbers, names=["egfr", "id", "id"])
        write(tmp_path / name, table)
        assert from_file(tmp_path / name, ignore="id") == [BELOW]


@pytest.mark.parametrize(
    "wrong",
    [{"decimal": [","]}, {"divider": 5}, {"encoding": None}, {"truths": 5}],
    ids=str,
)
def test_an_option_of_a_wrong_type_is_an_error_of_ours(wrong: Any) -> None:
    with pytest.raises((CohortError, ArgumentError)):
        Options(**wrong)
