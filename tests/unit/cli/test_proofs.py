"""The commands `test`, `prove`, `diff`, `version` and `mutate`, as people and programs see them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft202012Validator

from b12guide import resources
from b12guide.cli import main
from tests.defects.drawer import SOUND
from tests.unit.prove.writing import GROUNDS, HEAD

CLASHING = SOUND.replace("    exception to maintenance\n", "")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("B12GUIDE_CACHE", "")
    monkeypatch.setenv("COLUMNS", "80")
    return write(tmp_path / "short.gdl", SOUND)


def write(path: Path, text: str) -> Path:
    path.write_text(HEAD + text.replace("    ...\n", GROUNDS), encoding="utf-8")
    return path


def valid(text: str, schema: str) -> Any:
    found = json.loads(text)
    rules = json.loads(resources.read("schema", f"{schema}.schema.json"))
    Draft202012Validator.check_schema(rules)
    Draft202012Validator(rules).validate(found)
    return found


Capture = pytest.CaptureFixture[str]


def test_test_says_that_the_examples_pass(file: Path, capsys: Capture) -> None:
    code = main(["test", str(file)])

    assert code == 0
    assert "11 passed" in capsys.readouterr().out


def test_test_fails_with_expected_beside_answered(file: Path, capsys: Capture) -> None:
    write(
        file,
        SOUND.replace(
            "every 2 to 3 months for life\n    ...", "every 2 months for life\n    ..."
        ),
    )
    code = main(["test", str(file)])
    out = " ".join(capsys.readouterr().out.split())

    assert code == 1
    assert "error[GDL601]: in `plain`, `maintain 1000 µg IM every 2 to 3 months" in out
    assert "`maintain 1000 µg IM every 2 months for life` (maintenance)" in out
    assert "expected `to 3 months`" not in out
    assert "expected `2 to 3 months`, answered `2 months`" in out
    assert "write `expect maintain 1000 µg IM every 2 months for life` if" in out


def test_test_fails_where_nothing_is_expected(file: Path, capsys: Capture) -> None:
    write(file, SOUND[: SOUND.index("example")])

    assert main(["test", str(file)]) == 1
    assert "GDL603" in capsys.readouterr().out
    assert main(["test", str(file), "--no-fail-on-empty"]) == 0


def test_test_writes_json(file: Path, capsys: Capture) -> None:
    main(["test", str(file), "--format", "json"])
    found = valid(capsys.readouterr().out, "trial")

    assert found["summary"]["passed"] == len(found["examples"]) == 11
    assert found["coverage"]["summary"]["rules"] == {"reached": 8, "total": 8}


def test_test_writes_junit(file: Path, capsys: Capture) -> None:
    write(file, SOUND.replace("numbness, paresthesia\n", "numbness\n"))
    main(["test", str(file), "--format", "junit", "-k", "needles"])
    root = fromstring(capsys.readouterr().out)  # noqa: S314 - our own output
    (case,) = root.iter("testcase")

    assert case.get("name") == "pins and needles"
    assert case.find("failure") is not None


def test_test_colours_the_source(file: Path, capsys: Capture) -> None:
    write(
        file, SOUND.replace("any of numbness, paresthesia", "any of numbness, diabetes")
    )
    main(["test", str(file), "--format", "html"])
    page = capsys.readouterr().out

    assert '<span class="some" title="seen false">diabetes</span>' in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Rules decisive in an example 8 of 8" in words


def test_examples_that_are_missing_are_written(file: Path, capsys: Capture) -> None:
    write(file, SOUND[: SOUND.index("example")])
    main(["test", str(file), "--generate", str(file.with_name("more.examples.gdl"))])
    assert main(["fmt", "--check", str(file.with_name("more.examples.gdl"))]) == 0
    capsys.readouterr()
    code = main(["test", str(file)])

    assert code == 0
    assert "rules decisive in an example: 8 of 8" in capsys.readouterr().out


def test_prove_says_what_is_proved(file: Path, capsys: Capture) -> None:
    code = main(["prove", str(file)])

    assert code == 0
    assert "invariant: 4 proved" in capsys.readouterr().out


def test_prove_writes_json(file: Path, capsys: Capture) -> None:
    write(file, CLASHING)
    code = main(["prove", str(file), "--format", "json"])
    found = valid(capsys.readouterr().out, "proofs")
    (clash,) = (
        c
        for c in found["claims"]
        if c["kind"] == "no undeclared conflict" and c["settled"] == "broken"
    )

    assert code == 1
    assert clash["patient"] == {
        "facts": {"b12_deficiency": True, "egfr": "40 mL/min"},
        "otherwise": "unknown",
    }
    assert [rule["rule"] for rule in clash["rules"]] == [
        "maintenance",
        "renal_maintenance",
    ]


def test_two_rules_that_clash_are_told_once(file: Path, capsys: Capture) -> None:
    write(file, CLASHING)
    main(["prove", str(file), "--format", "json"])
    found = valid(capsys.readouterr().out, "proofs")
    broken = [c["kind"] for c in found["claims"] if c["settled"] == "broken"]

    assert {"no undeclared conflict", "no forbidden pair"} <= set(broken)
    told = [d["code"] for d in found["diagnostics"]]
    assert told.count("GDL612") == 1
    assert "GDL613" not in told


def test_a_saved_counterexample_fails_until_the_claim_is_kept(
    file: Path, capsys: Capture
) -> None:
    write(file, CLASHING)
    main(["prove", str(file), "--save", str(file.with_name("found.examples.gdl"))])
    assert main(["fmt", "--check", str(file.with_name("found.examples.gdl"))]) == 0
    capsys.readouterr()

    assert main(["test", str(file), "-k", "counterexample"]) == 1
    write(file, SOUND)
    assert main(["test", str(file), "-k", "conflict"]) == 0


def test_diff_writes_json(file: Path, capsys: Capture) -> None:
    new = write(
        file.with_name("new.gdl"), SOUND.replace("for 2 weeks\n", "for 3 weeks\n")
    )
    code = main(["diff", str(file), str(new), "--format", "json"])
    found = valid(capsys.readouterr().out, "diff")
    changed = [d["about"] for d in found["decisions"] if d["patient"] is not None]

    assert code == 1
    assert changed == ["loading"]


def test_version_writes_json(file: Path, capsys: Capture) -> None:
    new = write(
        file.with_name("new.gdl"), SOUND.replace("for 2 weeks\n", "for 3 weeks\n")
    )
    code = main(["version", str(file), str(new), "--format", "json"])
    found = valid(capsys.readouterr().out, "version")

    assert code == 1
    assert (found["level"], found["version"]) == ("major", "2.0.0")
    assert found["treated"]["about"] == "loading"
    assert [d["code"] for d in found["diagnostics"]] == ["GDL428"]
    assert main(["version", str(file), str(file)]) == 0


def test_mutate_writes_json(file: Path, capsys: Capture) -> None:
    code = main(["mutate", str(file), "--of", "renal_form", "--format", "json"])
    found = valid(capsys.readouterr().out, "mutation")

    assert code == 0
    assert found["summary"]["survived"] == 0
    assert {mutant["of"] for mutant in found["mutants"]} == {"renal_form"}
