"""A class that is called frozen has no field that its methods fill: what is filled is `define`d."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "b12guide"
MUTABLE = re.compile(r"(dict|list|set|bytearray|Counter|defaultdict|deque|Lock)\b")


def filled(text: str) -> Iterator[str]:
    """The fields of frozen classes whose type can be changed, as `Class.field`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            heads = [ast.unparse(one) for one in node.decorator_list]
            if any(re.match(r"(attrs\.)?frozen\b", head) for head in heads):
                fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                for one in fields:
                    if MUTABLE.match(ast.unparse(one.annotation)):
                        yield f"{node.name}.{ast.unparse(one.target)}"


def test_no_frozen_class_has_a_field_that_is_filled() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {name}"
        for path in sorted(SOURCE.rglob("*.py"))
        for name in filled(path.read_text())
    ]

    assert found == []


def test_a_field_that_is_filled_is_found() -> None:
    text = "@frozen(eq=False)\nclass Batch:\n    read: dict[str, int] = field(factory=dict)\n"

    assert list(filled(text)) == ["Batch.read"]
    assert list(filled(text.replace("frozen", "define"))) == []
    assert list(filled(text.replace("dict[str, int]", "Mapping[str, int]"))) == []
