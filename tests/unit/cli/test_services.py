"""The commands `serve` and `replay`: what they refuse, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from b12guide.cli import main
from b12guide.serve.spelled import canonical
from tests.unit.serve.test_replay import logged

WITHOUT_STARLETTE = """\
import sys
sys.modules["starlette"] = None
sys.modules["starlette.applications"] = None
sys.modules["uvicorn"] = None
from b12guide.cli import main
sys.exit(main(["serve"]))
"""


def test_without_its_extra_it_says_how_to_install_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_STARLETTE],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert 'pip install "b12guide[serve]"' in done.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--guideline", "nowhere"], "there is no guideline `nowhere`"),
        (["--host", "nowhere.invalid"], "cannot listen at nowhere.invalid"),
        (["--port", "70000"], "70000"),
        (["--workers", "0"], "--workers"),
        (["--work", "0"], "--work"),
        (["--decision-log-patients"], "--decision-log-patients needs --decision-log"),
        (["--decision-log-comments"], "--decision-log-comments needs --decision-log"),
        (["--issuer", "https://ehr.example"], "each --issuer needs its own --jwks"),
        (["--issuer", "a", "--jwks", "nowhere.json"], "nowhere.json cannot be read"),
        (["--base", "ehr.example", "--describe"], "base"),
    ],
)
def test_what_it_cannot_serve_is_told(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("uvicorn", reason="the extra serve is not installed")

    assert main(["serve", *options]) == 2
    assert told in capsys.readouterr().err


JWKS = {"keys": [{"kid": "k", "kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA"}]}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--issuer needs --base URL"),
        (["--base", "https://a.example", "--workers", "2"], "needs --workers 1"),
    ],
)
def test_trusted_clients_need_an_address_and_one_process(
    options: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jwt", reason="the extra serve is not installed")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(JWKS), "utf-8")

    assert main(["serve", "--issuer", "a", "--jwks", str(keys), *options]) == 2
    assert told in capsys.readouterr().err


def test_what_a_registration_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--describe", "--base", "https://cds.example"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert found["discovery"] == "https://cds.example/cds-services"
    assert found["notice"]


def test_a_log_that_comes_out_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "decisions.jsonl"
    log.write_text(canonical(logged("recommend")) + "\n", "utf-8")

    assert main(["replay", str(log)]) == 0
    assert capsys.readouterr().out.startswith("decisions: 1; the same: 1\n")


def test_a_log_that_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, out = tmp_path / "decisions.jsonl", tmp_path / "out.json"
    log.write_text(canonical(logged("recommend", kept=False)) + "\n", "utf-8")
    requests = tmp_path / "requests.jsonl"
    requests.write_text(canonical(logged("recommend")["request"]), "utf-8")

    assert main(["replay", str(log), "--format", "json", "-o", str(out)]) == 1
    assert json.loads(out.read_text("utf-8"))["others"][0]["line"] == 1
    assert main(["replay", str(log), "--requests", str(requests)]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_no_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(b"{}\n")
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"\xff\n")

    assert main(["replay", str(log)]) == 2
    assert "line 1: this is no decision" in capsys.readouterr().err
    assert main(["replay", str(tmp_path / "nothing")]) == 2
    assert "cannot be read: no such file" in capsys.readouterr().err
    assert main(["replay", str(other)]) == 2
    assert "it is not utf-8 text" in capsys.readouterr().err
