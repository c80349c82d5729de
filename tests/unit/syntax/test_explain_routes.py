"""A route that is declared where it cannot be leads to where it can."""

from __future__ import annotations

import pytest

from b12guide.syntax.parse import parse_partial
from b12guide.text import Text

HEAD = "language 1\nguideline mine\n\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('route oral "by mouth"\n', "declared in a vocabulary"),
        ("route oral\n", "begin the rule above it"),
    ],
)
def test_a_route_outside_of_a_rule(line: str, said: str) -> None:
    _, diagnostics = parse_partial(Text("mine.gdl", HEAD + line))
    (found,) = [one for one in diagnostics if one.code == "GDL123"]
    assert said in found.help[0].message
