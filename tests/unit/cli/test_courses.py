"""`b12guide simulate`: a regimen in, its course out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from b12guide.cli.command import main

REGIMEN = "1000 µg hydroxocobalamin IM every 2 months"
SMALL = ("--years", "0.5", "--people", "10")


def run(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> tuple[int, str, str]:
    code = main(["simulate", *map(str, arguments), *SMALL])
    return (code, *capsys.readouterr())


def test_the_course_is_shown_with_its_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, REGIMEN)

    assert (code, err) == (0, "")
    assert "Serum is not store" in out
    assert "For education and research" in out


@pytest.mark.parametrize(
    ("format_", "first"), [("markdown", "# "), ("html", "<!DOCTYPE"), ("svg", "<svg")]
)
def test_it_is_written_in_every_format(
    format_: str, first: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"found.{format_}"
    code, out, err = run(capsys, REGIMEN, "--format", format_, "-o", file)

    assert (code, out, err) == (0, "", "")
    written = file.read_text(encoding="utf-8")
    assert "Serum is not store" in written
    assert written.startswith(first)


def test_every_day_and_quantity_is_a_row_of_csv(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, REGIMEN, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))

    assert code == 0
    assert len(rows) == 4 * 183
    assert rows[0]["quantity"] == "serum"
    assert rows[0]["unit"] == "pg/mL"
    assert rows[0]["notice"].startswith("Serum is not store")


def test_a_picture_of_points_needs_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("vl_convert")
    file = tmp_path / "found.png"
    code, _, err = run(capsys, REGIMEN, "--format", "png", "-o", file)
    without, _, said = run(capsys, REGIMEN, "--format", "png")

    assert (code, err) == (0, "")
    assert file.read_bytes().startswith(b"\x89PNG")
    assert without == 2
    assert "needs a file" in said


def test_what_is_known_is_what_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(
        capsys,
        *("1 mg IM monthly", "--drug", "methylcobalamin", "--loading-weeks", "3-12"),
        *("--loading", "1 mg IM on alternate days until neurological_plateau"),
        *("--intrinsic-factor", "no", "--serum", "100-200 pmol/L", "--store", "1 mg"),
        *("--parameter", "mecobalamin_kept=20 to 31 %", "--seed", "4"),
        *("--format", "json"),
    )
    found = json.loads(out)
    ranges = {one["name"]: one for one in found["ranges"]}

    assert found["drugs"] == ["mecobalamin"]
    assert found["intrinsic_factor"] is False
    assert (found["seed"], found["people"], found["years"]) == (4, 10, 0.5)
    assert ranges["mecobalamin_kept"]["high"] == 31
    assert ranges["serum_at_start"]["low"] == 135.54
    assert ranges["store_at_start"]["low"] == ranges["store_at_start"]["high"] == 1
    assert found["days"][-1] == 182


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a REGIMEN, or --patients"),
        (("1 mg IM monthly",), "names no drug"),
        (("1 mg IM sometimes",), "`sometimes` is not understood"),
        ((REGIMEN, "--drug", "adenosylcobalamin"), "adenosylcobalamin"),
        ((REGIMEN, "--loading-weeks", "3 mg"), "no number of weeks"),
        ((REGIMEN, "--loading-weeks", "some"), "no range such as 3-12"),
        ((REGIMEN, "--serum", "low"), "no range such as 3-12"),
        ((REGIMEN, "--serum", "3 mg"), "has to be a range such as"),
        ((REGIMEN, "--parameter", "store_loss"), "NAME=RANGE"),
        ((REGIMEN, "--parameter", "store_los=1"), "did you mean `store_loss`"),
        ((REGIMEN, "--years", "1000"), "`--years` has to be"),
        ((REGIMEN, "--intrinsic-factor", "maybe"), "maybe"),
    ],
)
def test_what_cannot_be_used_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["simulate", *arguments])
    out, err = capsys.readouterr()

    assert (code, out) == (2, "")
    assert said in err


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    file = tmp_path / "patients.csv"
    file.write_text("b12_deficiency;ward\nyes;east\nyes;west\nno;east\n")
    return file


READING = ("--true", "yes", "--false", "no", "--ignore", "ward", "--divider", ";")


def test_with_patients_there_is_a_course_for_each_group(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--patients", patients, "--otherwise", "absent", *READING)
    code, out, err = run(capsys, *asked, "--format", "json")
    found = json.loads(out)
    groups = {one["patients"]: one["course"] for one in found["groups"]}

    assert (code, err) == (0, "")
    assert found["schema"] == "b12guide.cohort-courses/1"
    assert (found["patients"], found["simulated"]) == (3, 2)
    assert groups[2]["people"] == 10
    assert groups[1] is None
    assert found["notice"].startswith("Serum is not store")


def test_what_is_assumed_of_patients_is_assumed(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("--assume", "platelets=250 x10^9/L", "-g", "mecobalamin_im", *READING)
    _, out, _ = run(capsys, "--patients", patients, *told)

    assert "platelet count 250 x10^9/L" in " ".join(out.split())
    assert "For education and research" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((REGIMEN, "--patients", "FILE"), "name a REGIMEN, or --patients"),
        (("--patients", "FILE", "--loading", REGIMEN), "leave out --loading"),
        (("--patients", "FILE", "--format", "svg"), "not written as svg"),
    ],
)
def test_what_cannot_be_of_patients_is_refused(
    arguments: tuple[str, ...],
    said: str,
    patients: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = [str(patients) if one == "FILE" else one for one in arguments]
    code, out, err = run(capsys, *told)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_the_file_of_patients_is_not_written_over(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = patients.read_text()
    code, _, _ = run(
        capsys, "--patients", patients, "-o", patients, "--format", "csv", *READING
    )

    assert code == 2
    assert patients.read_text() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--drug", "hydroxocobalmin"), "did you mean `hydroxocobalamin`?"),
        ((), "say which, such as `--drug hydroxocobalamin`;"),
        (("--drug", "mecobalamin", "--serum", "12 mg"), "`--serum` has to be a range"),
        (
            ("--drug", "mecobalamin", "--serum", "12 mg"),
            "such as 90-180 pg/mL, or one of both; this is the text `12 mg`",
        ),
        (
            ("--drug", "mecobalamin", "--parameter", "food=101 %"),
            "`--parameter food` has to be a range such as 0-100 %",
        ),
    ],
)
def test_an_error_names_options(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "1000 µg IM monthly", *options)

    assert code == 2
    assert said in err


def test_an_error_names_options_in_json_as_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["1 mg mecobalamin IM monthly", "--years", "0", "--format", "json"]
    code = main(["simulate", *arguments])

    assert code == 2
    assert "`--years` has to be" in capsys.readouterr().err


def test_loading_without_an_end_is_told_the_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    loading = "1 mg mecobalamin IM daily until neurological_plateau"
    code, _, err = run(capsys, "1 mg mecobalamin IM monthly", "--loading", loading)

    assert code == 2
    assert "such as `--loading-weeks 3-12`" in err
