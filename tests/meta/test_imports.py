"""What `import b12guide` brings with it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def third_party_modules_after(statement: str) -> set[str]:
    program = (
        f"{statement}\n"
        "import sys\n"
        "top = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*sorted(top - sys.stdlib_module_names))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return set(answer.stdout.split())


QUESTION = "b12guide.load('mecobalamin_im').recommend({'b12_deficiency': True})"


@pytest.mark.parametrize("then", ["", QUESTION])
def test_asking_a_guideline_loads_only_attrs_and_lark(then: str) -> None:
    allowed = third_party_modules_after("import attrs, lark")
    loaded = third_party_modules_after(f"import b12guide\n{then}")

    assert loaded - allowed == {"b12guide"}
