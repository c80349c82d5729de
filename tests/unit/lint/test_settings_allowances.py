from __future__ import annotations

import pytest

from tests.unit.lint.linting import codes, linted

NEGATED = "    when     not egfr < 50 mL/min\n"
RULE = f'rule sound "Sound kidneys"\n{NEGATED}    note     "Any form will do."\n'
ALLOW = "# lint: allow GDL514 because the page puts it this way"
HEAD = (
    "language 1\nguideline g\n    version 1.0.0\n    revised 2026-01-01\n    uses b12\n"
)


def test_without_an_allowance_it_is_found() -> None:
    assert codes(RULE) == {"GDL514"}


@pytest.mark.parametrize(
    "block",
    [
        f"{ALLOW}\n{HEAD}{RULE}",
        f"# A heading\n\n{ALLOW}\n# and more\n{HEAD}{RULE}",
        f"{ALLOW}\n{RULE}",
        f"{ALLOW}\n# a word in between\n\n{RULE}",
        RULE.replace(NEGATED, f"    {ALLOW}\n{NEGATED}"),
        RULE.replace(NEGATED, NEGATED.replace("\n", f"   {ALLOW}\n")),
        RULE.replace("\n", "\r\n").replace("rule", f"{ALLOW}\r\nrule"),
    ],
    ids=["file", "file, later", "item", "item, later", "clause", "line", "crlf"],
)
def test_an_allowance_lets_what_it_covers_stand(block: str) -> None:
    assert codes(block) == set()


@pytest.mark.parametrize(
    "block",
    [
        f"{RULE}{ALLOW}\n",
        f"{RULE}{ALLOW}",
        RULE.replace("    note", f"    {ALLOW}\n    note"),
        RULE.replace("kidneys", f"kidneys {ALLOW}").replace('"Sound', ""),
        f'{ALLOW}\nrule other "Other"\n    note "Other."\n{RULE}',
    ],
    ids=["after", "at the end", "next clause", "in a text", "next item"],
)
def test_an_allowance_elsewhere_covers_nothing(block: str) -> None:
    found = codes(block)

    assert found == {"GDL514", "GDL591"} or "#" in block.splitlines()[0]


def test_one_allowance_may_name_several_codes() -> None:
    block = RULE.replace("not egfr < 50 mL/min", "not (egfr < 50 mL/min)")

    assert codes(block) == {"GDL514", "GDL515"}
    assert codes(ALLOW.replace("GDL514", "GDL514, GDL515") + "\n" + block) == set()


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# lint: allow GDL514", "this allowance gives no reason"),
        ("# lint: allow GDL514 because", "this allowance gives no reason"),
        ("# lint: allow GDL514 because  ", "this allowance gives no reason"),
        ("# lint: allow because I say so", "this allowance names no code"),
        ("# lint: ignore GDL514", "this is no allowance"),
        ("# lint:", "this is no allowance"),
        (
            "# lint: allow GDL541x because of this",
            "there is no finding `GDL541x` that can be allowed",
        ),
        (
            "# lint: allow GDL590 because of this",
            "there is no finding `GDL590` that can be allowed",
        ),
    ],
)
def test_a_comment_that_is_no_allowance_is_told(comment: str, message: str) -> None:
    found = linted(f'{comment}\nrule r "R"\n    note "One."\n    strength claim\n')

    assert [d.message for d in found if d.code == "GDL590"] == [message]


def test_a_code_in_small_letters_is_suggested_in_large_ones() -> None:
    block = f"# lint: allow gdl514 because of this\n{RULE}"
    (found,) = (d for d in linted(block) if d.code == "GDL590")

    assert found.help[0].message == "did you mean `GDL514`?"


def test_an_ordinary_comment_may_speak_of_lint() -> None:
    assert codes(f"# lint is what one finds in pockets\n{RULE}") == {"GDL514"}


def test_errors_cannot_be_allowed() -> None:
    block = RULE.replace("egfr", "egfrr")

    assert "GDL202" in codes(f"# lint: allow GDL202 because of this\n{block}")


def test_in_a_file_with_errors_no_allowance_is_called_needless() -> None:
    assert "GDL591" not in codes(f"{ALLOW}\n{RULE.replace('egfr', 'egfrr')}")
