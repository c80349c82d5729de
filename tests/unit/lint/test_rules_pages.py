"""The pages of GDL5xx say what the linter says; rules, pages and the table stay in step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.lint.rules import RULES
from b12guide.lint.settings import ALLOWANCES, LEVELS, REMARKS
from tests.unit.lint.linting import codes, linted
from tests.unit.semantics.test_checks_pages import example
from tests.unit.semantics.writing import told

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "diagnostics").glob("GDL5*.md"))
SETTINGS = "GDL592"
SHOWN = [page for page in PAGES if page.stem != SETTINGS]
FILES = ROOT / "src" / "b12guide" / "lint" / "rules"


def named(page: Path) -> str:
    return page.stem


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_what_is_to_be_avoided_gives_this_code_only(page: Path) -> None:
    assert codes(example(page, "Avoid"), page.stem) == {page.stem}


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_what_is_to_be_avoided_is_told_in_these_words(
    page: Path, update_golden: bool
) -> None:
    golden = ROOT / "tests" / "golden" / "bad" / "lint" / f"{page.stem}.out"
    found = [d for d in linted(example(page, "Avoid")) if d.code == page.stem]
    said = "".join(f"{told(diagnostic)}\n" for diagnostic in found)
    if update_golden:
        golden.write_text(said, encoding="utf-8")

    assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", SHOWN, ids=named)
def test_what_is_to_be_preferred_gives_no_code(page: Path) -> None:
    assert codes(example(page, "Prefer"), page.stem) == set()


def test_every_rule_is_one_function_with_one_page() -> None:
    functions = [
        code
        for room in FILES.glob("*.py")
        for code in re.findall(
            r'^@lint_rule\("(GDL\d+)"', room.read_text("utf-8"), re.MULTILINE
        )
    ]
    own = {rule.code for rule in RULES}

    assert sorted(functions) == [rule.code for rule in RULES]
    assert len(own) == len(RULES)
    assert own | set(ALLOWANCES) | {SETTINGS} == {page.stem for page in PAGES}


def test_the_rules_stand_in_the_order_of_their_codes() -> None:
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)


def test_a_rule_has_a_short_name_and_says_one_sentence() -> None:
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
        assert rule.says.endswith(".")
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_remarks_of_the_checks_are_those_that_are_no_errors() -> None:
    folders = (
        *("semantics", "graph", "evaluate/graph_checks.py"),
        *("prove/rules.py", "prove/decisions.py"),
    )
    found = set[str]()
    for folder in folders:
        path = ROOT / "src" / "b12guide" / folder
        for file in [path] if path.is_file() else path.rglob("*.py"):
            source = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'\bremark\(\s*"(GDL\d+)"', source))
            for call in re.findall(
                r"(?:finding|Diagnostic)\((.*?)\n +\)", source, re.DOTALL
            ):
                if "Severity.WARNING" in call or "Severity.INFO" in call:
                    found |= set(re.findall(r'"(GDL\d+)"', call))

    assert found == set(REMARKS)


def test_the_table_of_the_linter_names_every_rule(root: Path) -> None:
    page = (root / "docs" / "linting.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[(GDL\d+)\]\(diagnostics/(GDL\d+)\.md\) \| ([a-z-]*) \| (\w+) \| (.*) \|$",
        page,
        flags=re.MULTILINE,
    )
    expected = [
        (rule.code, rule.code, rule.name, rule.level.value, says_in_table(rule.says))
        for rule in RULES
    ]

    assert [row for row in rows if row[0] not in REMARKS and row[2]] == expected
    assert {row[0] for row in rows} == set(LEVELS)


def says_in_table(says: str) -> str:
    return says.replace("|", "\\|")
