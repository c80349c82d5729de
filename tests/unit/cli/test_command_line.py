"""The command line: what it prints, where, with which exit code; and that it never falls over."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from jsonschema import Draft202012Validator

from b12guide.cli import main
from b12guide.resources import read

GUIDELINE = """language 1
guideline tiny "A tiny guideline"
    version 1.0.0
    revised 2026-01-01
    uses    b12
    statements S1 to S2
source page "A page" printed as 1
rule treat "Load"
    when b12_deficiency and egfr < 50 mL/min
    load 1000 µg IM daily for 2 weeks
    strength required
    states S1
    cites page
    because "it is said so"
    patient "you are treated"
"""


@frozen
class Run:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    def run(*arguments: object) -> Run:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


@pytest.fixture
def example(root: Path) -> Callable[[str], Path]:
    return lambda name: root / "examples" / name


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gdl"
    path.write_text(GUIDELINE, encoding="utf-8")
    return path


def errors(value: object, schema_name: str) -> list[str]:
    schema = json.loads(read("schema", f"{schema_name}.schema.json"))
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(value)
    return [f"{e.json_path}: {e.message}" for e in found]


# ----------------------------------------------------------------------- recommend


def patients(folder: Path = Path(__file__).parents[3] / "examples") -> list[str]:
    """The example patients; the others are histories, programs, a page about them."""
    kinds = {".json", ".toml", ".yaml"}
    names = [p.name for p in folder.iterdir() if p.suffix in kinds]
    return sorted(name for name in names if "history" not in name)


@pytest.mark.parametrize("name", patients())
def test_every_example_gets_an_answer_that_satisfies_the_schema(
    run: Callable[..., Run], example: Callable[[str], Path], name: str
) -> None:
    found = run("recommend", example(name), "--on", "2026-03-01", "--format", "json")

    assert (found.code, found.err) == (0, "")
    assert errors(json.loads(found.out), "recommendation") == []


def test_the_text_has_status_notice_decisions_reasons_and_citations(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("recommend", example("renal.json"), "--on", "2026-03-01")

    assert found.code == 0
    for words in (
        "under review, not approved",
        "For education and research",
        "What it says",
        "Reasons",
        "Citations",
        "eGFR 35 mL/min",
        "not in the printed list",
    ):
        assert words in found.out
    assert re.search(r"Form +- hydroxocobalamin first \(should", found.out)
    assert "- mecobalamin acceptable" in found.out
    assert re.search(r"Loading +hydroxocobalamin \(first choice\)", found.out)
    assert max(map(len, found.out.splitlines())) <= 80
    assert "\x1b" not in found.out


def test_the_day_asked_for_chooses_the_value(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("recommend", example("renal.json"), "--on", "2025-06-01")

    assert "eGFR 52 mL/min" in found.out


def test_the_patients_audience_reads_no_statement_numbers(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("recommend", example("bypass.json"), "--audience", "patient")

    assert found.code == 0
    assert not re.search(r"\bS\d\d\b", found.out)


@pytest.mark.parametrize(
    ("format_", "start"),
    [("markdown", "# "), ("html", "<!DOCTYPE html>"), ("JSON", "{")],
)
def test_other_formats(
    run: Callable[..., Run], example: Callable[[str], Path], format_: str, start: str
) -> None:
    found = run("recommend", example("folate.toml"), "--format", format_)

    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(start)


def test_a_patient_may_come_through_a_pipe(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.TextIOWrapper(io.BytesIO(b'{"facts": {"egfr": 35}}'))
    monkeypatch.setattr(sys, "stdin", written)
    found = run("recommend", "-", "--format", "json")

    assert found.code == 0
    assert json.loads(found.out)["decisions"]["form"]


def test_the_same_question_gets_the_same_bytes(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    arguments = ("recommend", example("crohns.json"), "--on", "2026-03-01")

    assert run(*arguments) == run(*arguments)


# ---------------------------------------------------------------- unusable input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["recommend", "{nowhere}/renal.jsn"], "did you mean"),
        (["recommend", "{folder}"], "error"),
        (["recommend", "{renal}", "-g", "mecobalamin"], "mecobalamin_im"),
        (["recommend", "{renal}", "--on", "2026-02-30"], "no day 2026-02-30"),
        (["recommend", "{renal}", "--on", "yesterday"], "is not a date"),
        (["recommend", "{renal}", "--on", "20260301"], "is not a date"),
        (["recommend", "{renal}", "--format", "xml"], "`xml` is not one of"),
        (["recommend", "{renal}", "--audience", "dog"], "professional"),
        (["recommend"], "Missing argument"),
        (["recomend", "{renal}"], "did you mean `recommend`?"),
        (["zzz"], "there is no command `zzz`"),
        (["explain", "loding"], "did you mean `loading`"),
        (["explain", "loading", "{nowhere}/gone.json"], "does not exist"),
        (["check", "nowhere.gdl"], "there is no guideline"),
        (["graph", "-g", "{renal}"], "error"),
        (["recommend", "nowhere/at/all.jsn"], "does not exist"),
    ],
)
def test_unusable_input_is_explained_and_exits_with_2(
    run: Callable[..., Run],
    example: Callable[[str], Path],
    arguments: list[str],
    words: str,
) -> None:
    renal = example("renal.json")
    names = {"renal": renal, "nowhere": renal.parent, "folder": renal.parent}
    found = run(*(argument.format(**names) for argument in arguments))

    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert "Traceback" not in found.err


def test_a_misspelt_fact_is_pointed_at(run: Callable[..., Run], tmp_path: Path) -> None:
    patient = tmp_path / "patient.json"
    patient.write_text('{"facts": {"parasthesia": true}}', encoding="utf-8")
    found = run("recommend", patient)

    assert found.code == 2
    assert f"{patient}:1:12" in found.err
    assert "paresthesia" in found.err


def test_with_json_the_diagnostics_are_json_too(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    patient = tmp_path / "patient.json"
    patient.write_text('{"facts": {"egfr": "35 mmol"}}', encoding="utf-8")
    found = run("recommend", patient, "--format", "json")

    assert (found.code, found.out) == (2, "")
    assert errors(json.loads(found.err), "diagnostics") == []


def test_a_name_that_there_is_not_is_json_as_well(run: Callable[..., Run]) -> None:
    found = run("explain", "loding", "--format", "json")
    (diagnostic,) = json.loads(found.err)["diagnostics"]

    assert found.code == 2
    assert "did you mean" in diagnostic["message"]


# ------------------------------------------------------------------------- explain


def test_a_rule_is_explained_part_by_part(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("explain", "renal_form", example("renal.json"))

    assert found.code == 0
    assert re.search(r"35 mL/min < 50 mL/min: true", found.out)
    assert re.search(r"Verdict +applies", found.out)


def test_a_rule_that_does_not_apply_says_why_not(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("explain", "renal_form", example("bypass.json"))

    assert re.search(r"104 mL/min < 50 mL/min: false", found.out)
    assert re.search(r"Verdict +does not apply", found.out)


def test_a_decision_is_explained_rule_by_rule(
    run: Callable[..., Run], example: Callable[[str], Path]
) -> None:
    found = run("explain", "loading", example("renal.json"))

    assert found.code == 0
    assert "Rules that apply" in found.out
    assert "Rules that do not apply" in found.out


def test_without_a_patient_no_truth_is_told(run: Callable[..., Run]) -> None:
    found = run("explain", "renal_form")

    assert found.code == 0
    assert "< 50 mL/min" in found.out
    assert not re.search(r"unknown|Verdict|Patient ", found.out)


@pytest.mark.parametrize("target", ["form", "renal_form", "crohns_screening"])
@pytest.mark.parametrize("patient", [None, "crohns.json"])
def test_explanations_satisfy_their_schema(
    run: Callable[..., Run],
    example: Callable[[str], Path],
    target: str,
    patient: str | None,
) -> None:
    patients = [example(patient)] if patient else []
    found = run("explain", target, *patients, "--format", "json")
    answer = json.loads(found.out)

    assert errors(answer, "explanation") == []
    assert answer["target"]["name"] == target
    assert (answer["patient"] is not None) is (patient is not None)


# --------------------------------------------------------------------------- check


def test_the_shipped_guideline_encodes_every_statement(run: Callable[..., Run]) -> None:
    found = run("check")

    assert found.code == 0
    assert "51 of 51 statements encoded" in found.out
    assert "S11 (neurological_symptoms)" in found.out
    assert "reference_4" in found.out


def test_the_check_as_json_satisfies_the_schema(run: Callable[..., Run]) -> None:
    found = run("check", "--format", "json")
    answer = json.loads(found.out)

    assert found.code == 0
    assert errors(answer, "diagnostics") == []
    assert answer["statements"]["encoded"] == answer["statements"]["total"] == 51


def test_a_guideline_with_errors_exits_with_1_and_shows_the_line(
    run: Callable[..., Run], tiny: Path
) -> None:
    tiny.write_text(
        GUIDELINE.replace("b12_deficiency", "b12_deficincy"), encoding="utf-8"
    )
    found = run("check", tiny)

    assert found.code == 1
    assert "when b12_deficincy" in found.out
    assert "^^^^^^^^^^^^^" in found.out
    assert "cannot be used" in found.out


def test_one_line_per_finding_names_file_line_and_column(
    run: Callable[..., Run], tiny: Path
) -> None:
    tiny.write_text(
        GUIDELINE.replace("b12_deficiency", "b12_deficincy"), encoding="utf-8"
    )
    found = run("check", tiny, "--format", "line")

    assert found.out.startswith(f"{tiny}:9:10: GDL")
    assert run("check", tiny, "--format", "plain").out.count("error GDL") >= 1


def test_warnings_fail_only_a_strict_check(run: Callable[..., Run], tiny: Path) -> None:
    relaxed, strict = run("check", tiny), run("check", tiny, "--strict")

    assert "1 of 2 statements encoded" in relaxed.out
    assert "missing: S2" in relaxed.out
    assert (relaxed.code, strict.code) == (0, 1)


def test_several_guidelines_are_checked_one_after_the_other(
    run: Callable[..., Run], tiny: Path
) -> None:
    found = run("check", "b12", tiny)

    assert found.code == run("check", tiny).code
    assert found.out.startswith("b12.gdl\nnothing to report: it can be used\n")
    assert f"\n{tiny}\n" in found.out
    assert run("check", "b12", tiny, "--format", "json").code == 2
    assert "there is no guideline `gone`" in run("check", tiny, "gone").err


def test_a_folder_is_checked_with_its_parts_where_they_belong(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    run("new", "guideline", "whole", "-o", tmp_path)
    whole = tmp_path / "whole.gdl"
    written = whole.read_text(encoding="utf-8")
    head, rules = (
        written[: written.index("\nrule ")],
        written[written.index("\nrule ") :],
    )
    whole.write_text(head.replace("b12\n", "b12, some\n"), encoding="utf-8")
    (tmp_path / "some.gdl").write_text(
        f"language 1\npart some\n{rules}", encoding="utf-8"
    )

    for named in (whole, tmp_path / "some.gdl", tmp_path):
        found = run("check", named)
        assert (found.code, found.err) == (0, "")
        assert found.out == (
            "1 of 1 statements encoded\nnothing to report: it can be used\n"
        )


def test_a_vocabulary_can_be_checked(run: Callable[..., Run]) -> None:
    found = run("check", "b12")

    assert found.code == 0
    assert "statements" not in found.out


# --------------------------------------------------------------------------- graph


def test_the_graph_lists_rules_under_their_decisions(
    run: Callable[..., Run], tiny: Path
) -> None:
    found = run("graph", "-g", tiny)

    assert found.code == 0
    assert "treat: 1000 µg by intramuscular injection daily for 2 weeks" in found.out
    assert re.search(r"egfr .*: treat", found.out)


def test_the_graph_as_mermaid_has_each_rule_once(
    run: Callable[..., Run], tiny: Path
) -> None:
    found = run("graph", "-g", tiny, "--format", "mermaid")

    assert found.out.startswith("flowchart LR\n")
    assert found.out.count('"treat: ') == 1
    assert '"' not in re.sub(r'"[^"\n]*"', "", found.out)


def test_the_graph_as_json_has_edges_between_its_nodes(run: Callable[..., Run]) -> None:
    answer = json.loads(run("graph", "--format", "json").out)
    ids = {node["id"] for node in answer["nodes"]}

    assert errors(answer, "graph") == []
    assert len(ids) == len(answer["nodes"])
    assert {e["from"] for e in answer["edges"]} | {
        e["to"] for e in answer["edges"]
    } <= ids


# -------------------------------------------------------------------------- output


def test_a_file_is_written_whole(
    run: Callable[..., Run], example: Callable[[str], Path], tmp_path: Path
) -> None:
    file = tmp_path / "answer.json"
    found = run("recommend", example("renal.json"), "--format", "json", "-o", file)

    assert (found.code, found.out) == (0, "")
    assert json.loads(file.read_text("utf-8"))["schema"] == "b12guide.recommendation/1"
    assert list(tmp_path.iterdir()) == [file]


def test_an_unusable_patient_leaves_the_file_alone(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    file = tmp_path / "answer.txt"
    file.write_text("before", encoding="utf-8")
    found = run("recommend", tmp_path / "nobody.json", "-o", file)

    assert found.code == 2
    assert file.read_text("utf-8") == "before"


def test_a_file_that_cannot_be_written_is_explained(
    run: Callable[..., Run], example: Callable[[str], Path], tmp_path: Path
) -> None:
    found = run("recommend", example("renal.json"), "-o", tmp_path / "no" / "answer")

    assert found.code == 2
    assert "cannot write" in found.err


def test_a_terminal_without_the_letters_gets_them_spelled_out(
    example: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    code = main(["recommend", str(example("renal.json"))])
    text = written.getvalue().decode("ascii")

    assert code == 0
    assert "mecobalamin 1000 ug by" in text
    assert "x10^9/L" in text


# ------------------------------------------------------------- in a process of its own


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def process(
    environment: dict[str, str], *arguments: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "b12guide.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_help_names_every_command_and_the_exit_codes(
    environment: dict[str, str],
) -> None:
    found = process(environment, "--help")

    assert found.returncode == 0
    for words in ("recommend", "explain", "check", "graph", "0 fine", "education"):
        assert words in found.stdout


def test_the_version_is_told(environment: dict[str, str]) -> None:
    assert process(environment, "--version").stdout.startswith("b12guide ")


@pytest.mark.skipif(os.name != "posix", reason="pipes close differently elsewhere")
def test_a_closed_pipe_is_quiet(
    environment: dict[str, str], example: Callable[[str], Path]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    found = subprocess.run(
        [sys.executable, "-m", "b12guide.cli", "recommend", example("renal.json")],
        env=environment,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_explained(
    environment: dict[str, str], example: Callable[[str], Path]
) -> None:
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "b12guide.cli", "recommend", example("renal.json")],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert found.returncode == 2
    assert found.stderr.startswith("error: cannot write the output: no space left")


def test_a_mistake_of_the_program_is_no_traceback(environment: dict[str, str]) -> None:
    program = (
        "import sys; from b12guide.cli import main as m; import b12guide.cli.command as c\n"
        "def broken(*a, **k): raise RuntimeError('boom')\n"
        "c.command.main = broken\n"
        "sys.exit(m([]))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 70
    assert "Traceback" not in found.stderr
    assert "RuntimeError: boom" in found.stderr


def test_recommending_loads_no_parser_when_the_guideline_is_cached(
    environment: dict[str, str], example: Callable[[str], Path]
) -> None:
    program = (
        "import sys\n"
        "from b12guide.cli import main\n"
        f"main(['recommend', {str(example('renal.json'))!r}])\n"
        "print(sorted({'lark', 'b12guide.written'} & set(sys.modules)), file=sys.stderr)"
    )
    for _ in range(2):
        found = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )

    assert found.stderr.strip() == "[]"


# ------------------------------------------------------------------------------- doc


def test_doc_writes_the_shipped_guideline_as_prose(run: Callable[..., Run]) -> None:
    found = run("doc")

    assert (found.code, found.err) == (0, "")
    assert "under review, not approved" in found.out
    assert "For education and research." in found.out
    assert "every 2 to 3 months" in " ".join(found.out.split())


@pytest.mark.parametrize(
    ("format_", "start"), [("markdown", "# A tiny"), ("html", "<!DOCTYPE html>")]
)
def test_doc_takes_a_file_an_audience_and_a_format(
    run: Callable[..., Run], tmp_path: Path, format_: str, start: str
) -> None:
    guideline, file = tmp_path / "tiny.gdl", tmp_path / "tiny.out"
    guideline.write_text(GUIDELINE, encoding="utf-8")

    arguments = ("--format", format_, "--audience", "patient", "-o", file)
    found = run("doc", guideline, *arguments)

    assert found == Run(0, "", "")
    text = file.read_text("utf-8")
    assert text.startswith(start)
    assert "1000 micrograms as an injection into a muscle daily for 2 weeks" in text


def test_doc_as_json_has_both_wordings_of_every_rule(run: Callable[..., Run]) -> None:
    found = json.loads(run("doc", "--format", "json").out)

    assert errors(found, "document") == []
    loading = next(r for r in found["rules"] if r["rule"] == "loading_neurological")
    assert "it is required to load with 1000 µg" in loading["text"]
    assert "at first you get 1000 micrograms" in loading["patient"]
    assert loading["gives_way_to"] == ["loading_done"]
    assert loading["sources"][0]["resolves"] is True


def test_doc_of_what_is_no_guideline_says_so(run: Callable[..., Run]) -> None:
    found = run("doc", "mecobalamin")

    assert (found.code, found.out) == (2, "")
    assert "mecobalamin_im" in found.err
