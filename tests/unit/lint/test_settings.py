from __future__ import annotations

from pathlib import Path

import pytest

from b12guide.errors import SettingsError
from b12guide.lint import lint
from b12guide.lint.material import Level
from b12guide.lint.settings import DEFAULTS, settings_for
from tests.unit.lint.linting import ASKING_FOR_MORE
from tests.unit.semantics.writing import HEAD

BLOCK = (
    HEAD
    + 'rule r "R"\n    when not (egfr < 50 mL/min)\n    note "One."\n    strength claim\n'
)


@pytest.fixture
def guideline(tmp_path: Path) -> Path:
    path = tmp_path / "tried.gdl"
    path.write_text(BLOCK, encoding="utf-8")
    return path


def write(folder: Path, text: str, name: str = "b12guide.toml") -> None:
    folder.joinpath(name).write_text(text, encoding="utf-8")


def severities(path: Path) -> dict[str, str]:
    found = {d.code: d.severity.value for d in lint(path)}
    return {code: level for code, level in found.items() if code not in ASKING_FOR_MORE}


def test_without_a_file_the_levels_are_those_of_the_rules(guideline: Path) -> None:
    assert severities(guideline) == {"GDL514": "info", "GDL515": "info"}


def test_a_level_can_be_raised_lowered_and_switched_off(guideline: Path) -> None:
    write(guideline.parent, '[lint.levels]\nGDL514 = "error"\nGDL515 = "off"\n')

    assert severities(guideline) == {"GDL514": "error"}


def test_the_table_may_stand_in_pyproject(guideline: Path) -> None:
    table = '[tool.b12guide.lint.levels]\nGDL514 = "warning"\n'
    write(guideline.parent, table, "pyproject.toml")

    assert severities(guideline)["GDL514"] == "warning"


def test_the_nearest_file_counts(guideline: Path) -> None:
    write(guideline.parent, '[lint.levels]\nGDL515 = "off"\n')
    below = guideline.parent / "below"
    below.mkdir()
    write(below, '[lint]\nstale-after = 2\n[lint.levels]\nGDL514 = "off"\n')
    nearer = below / "tried.gdl"
    nearer.write_text(BLOCK, encoding="utf-8")

    assert set(severities(guideline)) == {"GDL514"}
    assert set(severities(nearer)) == {"GDL515"}
    assert settings_for(below).stale_after == 2


def test_a_pyproject_without_the_table_is_passed_over(guideline: Path) -> None:
    write(guideline.parent, '[lint.levels]\nGDL515 = "off"\n')
    below = guideline.parent / "below"
    below.mkdir()
    write(below, "this is = no [toml", "pyproject.toml")

    assert settings_for(below).levels == {"GDL515": Level.OFF}


def test_a_shipped_guideline_has_no_settings() -> None:
    assert settings_for(None) is DEFAULTS


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("tried.gdl", {"GDL515"}),
        ("*.gdl", {"GDL515"}),
        ("drafts/*.gdl", {"GDL514", "GDL515"}),
    ],
)
def test_a_file_is_left_alone(
    guideline: Path, pattern: str, expected: set[str]
) -> None:
    write(guideline.parent, f'[lint.per-file-ignores]\n"{pattern}" = ["GDL514"]\n')

    assert set(severities(guideline)) == expected


def test_an_allowance_of_what_is_switched_off_is_not_called_needless(
    guideline: Path,
) -> None:
    write(guideline.parent, '[lint.levels]\nGDL514 = "off"\n')
    comment = "# lint: allow GDL514 because the page says so\n"
    guideline.write_text(BLOCK.replace("rule r", f"{comment}rule r"), encoding="utf-8")

    assert set(severities(guideline)) == {"GDL515"}


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("[lint.level]\n", "there is no setting `level`", "did you mean `levels`?"),
        (
            '[lint.levels]\nGDL541x = "off"\n',
            "there is no finding `GDL541x`",
            "did you mean `GDL5",
        ),
        (
            '[lint.levels]\nGDL514 = "of"\n',
            "the level of `GDL514` is not error, warning, info, off",
            "did you mean `off`?",
        ),
        ("[lint.levels]\nGDL514 = 3\n", "the level of `GDL514` is not", ""),
        ("[lint]\nlevels = 3\n", "`lint.levels` is not a table", ""),
        ("lint = 3\n", "`lint` is not a table", ""),
        ("[lint]\nstale-after = 0\n", "`stale-after` is not a number of months", ""),
        ("[lint]\nstale-after = true\n", "`stale-after` is not a number of months", ""),
        (
            '[lint.per-file-ignores]\n"*" = "GDL514"\n',
            "`*` is not followed by a list of codes",
            "",
        ),
        (
            '[lint.per-file-ignores]\n"*" = ["GDL590"]\n',
            "there is no finding `GDL590` that can be left alone",
            "did you mean `GDL",
        ),
        ("[lint\n", "this is no TOML: ", ""),
    ],
)
def test_what_there_is_not_is_refused(
    guideline: Path, text: str, message: str, remedy: str
) -> None:
    write(guideline.parent, text)

    with pytest.raises(SettingsError) as caught:
        lint(guideline)
    (found,) = caught.value.diagnostics
    assert found.code == "GDL592"
    assert found.message.startswith(message)
    assert "".join(h.message for h in found.help).startswith(remedy)
