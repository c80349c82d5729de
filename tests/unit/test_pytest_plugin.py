"""pytest runs the examples of a guideline."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.prove.writing import GROUNDS, HEAD

RULE = """
rule kidneys
    when      b12_deficiency and egfr < 50 mL/min
    maintain  1000 µg IM every 2 months for life
    ...
example "below the bound"
    given  b12_deficiency, egfr 40 mL/min
    expect maintain 1000 µg IM every 2 months for life
example "above the bound"
    given  b12_deficiency, egfr 60 mL/min
    expect rule kidneys applies
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    text = HEAD + RULE.replace("    ...\n", GROUNDS)
    (folder / "short.gdl").write_text(text, encoding="utf-8")
    plugin = ("-p", "b12guide.pytest_plugin", "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *options, str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUTF8": "1"},
        check=False,
    )


def test_each_example_is_a_test(tmp_path: Path) -> None:
    found = run(tmp_path, "--gdl", "-v")

    assert found.returncode == 1
    assert "above the bound FAILED" in found.stdout
    assert "answered: rule kidneys does not apply" in found.stdout
    assert "1 failed, 1 passed" in found.stdout


def test_without_the_option_no_guideline_is_collected(tmp_path: Path) -> None:
    assert "no tests ran" in run(tmp_path).stdout
