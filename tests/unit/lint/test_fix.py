from __future__ import annotations

import pytest

from b12guide import written
from b12guide.library import Library, SourceFile
from b12guide.lint.fix import Fixed, fixed
from b12guide.lint.settings import DEFAULTS
from tests.unit.semantics.writing import HEAD


def fixing(block: str) -> Fixed:
    library = Library(SourceFile("tried.gdl", (HEAD + block).encode()))
    return fixed(written.check(library).draft, DEFAULTS)


def text_of(done: Fixed) -> str:
    return done.draft.main.text.characters.removeprefix(HEAD)


def rule(condition: str, more: str = "") -> str:
    return f'rule r "R"\n    when {condition}\n    note "One."\n{more}'


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("(numbness)", "numbness", 1),
        ("((numbness))", "numbness", 2),
        ("not(numbness)and glossitis", "not numbness and glossitis", 1),
        ("any of numbness", "numbness", 1),
        ("none of numbness", "not numbness", 1),
        ("not (not numbness)", "numbness", 1),
        ("not not numbness", "numbness", 1),
        ("not (not (numbness or glossitis))", "numbness or glossitis", 2),
        ("(numbness # first\n) and glossitis", "numbness # first\n and glossitis", 1),
    ],
)
def test_a_safe_fix_is_made(before: str, after: str, count: int) -> None:
    done = fixing(rule(before))

    assert text_of(done) == rule(after)
    assert done.count == count
    assert list(done.texts) == ["tried.gdl"]


def test_names_are_left_out_of_every_list() -> None:
    done = fixing(rule("numbness", "    states S1, S1,\n        S2, S1\n"))

    assert text_of(done) == rule("numbness", "    states S1,\n        S2\n")
    assert done.count == 2


@pytest.mark.parametrize(
    "block",
    [
        rule("not egfr < 50 mL/min"),
        rule("any of # only one\n    numbness"),
        rule("(numbness"),
        rule("(numbnesss)"),
    ],
    ids=["changes the digest", "a comment would go", "unreadable", "unknown name"],
)
def test_what_is_not_safe_is_left_alone(block: str) -> None:
    done = fixing(block)

    assert text_of(done) == block
    assert done.count == 0
    assert not done.texts


def test_a_name_that_matters_twice_is_not_taken_away() -> None:
    block = rule("numbness") + (
        'example "e"\n    given numbness\n    expect decision form because r, r\n'
    )

    assert text_of(fixing(block)) == block


def test_what_is_safe_is_made_beside_what_is_not() -> None:
    unsafe = 'example "e"\n    given numbness\n    expect decision form because r, r\n'
    done = fixing(rule("(numbness)") + unsafe)

    assert text_of(done) == rule("numbness") + unsafe
    assert done.count == 1


def test_conditions_of_invariants_are_fixed_as_well() -> None:
    invariant = "invariant i\n    never folic_acid when {}\n"
    done = fixing(rule("numbness") + invariant.format("(not (not numbness))"))

    assert text_of(done) == rule("numbness") + invariant.format("numbness")
