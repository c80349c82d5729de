"""What `import b12guide` brings with it."""

from __future__ import annotations

import subprocess
import sys


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


def test_importing_b12guide_loads_only_attrs_and_lark() -> None:
    allowed = third_party_modules_after("import attrs, lark")
    loaded = third_party_modules_after("import b12guide")

    assert loaded - allowed == {"b12guide"}
