"""How many of a list: the number fits the list, and nothing counts twice."""

from __future__ import annotations

import pytest

from b12guide.diagnostics import Diagnostic, Severity
from tests.unit.semantics.writing import checked

CODES = {"GDL232", "GDL322", "GDL323"}


def found(condition: str) -> list[Diagnostic]:
    block = f'rule r\n    when {condition}\n    note "n"\n    strength claim\n'
    return [d for d in checked(block).diagnostics if d.code in CODES]


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        (
            "at least 0 of paresthesia, numbness",
            "GDL232",
            "`at least 0 of` a list of 2 conditions is always so",
        ),
        (
            "not (at least 2 of paresthesia)",
            "GDL232",
            "`at least 2 of` a list of one condition is never so",
        ),
        (
            "at least 99999999999999999999 of paresthesia, numbness",
            "GDL232",
            "`at least 99999999999999999999 of` a list of 2 conditions is never so",
        ),
        (
            f"at least 2 of {', '.join(f'egfr < {n} mL/min' for n in range(20, 85))}",
            "GDL232",
            "the list of `at least 2 of` has 65 conditions, and at most 64 are counted",
        ),
        (
            "diabetes and at least 1 of paresthesia, numbness",
            "GDL322",
            "`at least 1 of` this list is `any of` it",
        ),
        (
            "at least 2 of paresthesia, numbness",
            "GDL322",
            "`at least 2 of` this list is `all of` it",
        ),
        (
            "at least 2 of paresthesia, numbness, (egfr < 50 mL/min), egfr < 50 mL/min",
            "GDL323",
            "`egfr < 50 mL/min` stands twice in this list and would count twice",
        ),
    ],
)
def test_what_does_not_fit_is_told(condition: str, code: str, message: str) -> None:
    (diagnostic,) = found(condition)

    assert (diagnostic.code, diagnostic.message) == (code, message)
    is_warning = diagnostic.severity is Severity.WARNING
    assert is_warning is (code == "GDL322")


def test_the_shorter_words_are_offered() -> None:
    (diagnostic,) = found("at least 1 of paresthesia, numbness")
    (edit,) = diagnostic.help[0].edits

    assert edit.text.slice(edit.span) == "at least 1 of "
    assert edit.replacement == "any of "


def test_a_comment_among_the_words_is_not_lost() -> None:
    (diagnostic,) = found("at least # one\n 1 of paresthesia, numbness")

    assert diagnostic.help[0].edits == ()


def test_what_fits_is_not_spoken_of() -> None:
    assert (
        found("at least 2 of paresthesia, numbness, (paresthesia and glossitis)") == []
    )


def test_a_list_that_may_go_on_is_not_counted_yet() -> None:
    assert found("at least 2 of paresthesia or numbness or glossitis") == []
