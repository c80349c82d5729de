"""How much of its source a guideline encodes, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from b12guide.graph.query import StatementCoverage, StatementEncoding
from b12guide.show.terminal import wrapped

_OTHERWISE = {
    StatementEncoding.NOTE: "shown as notes",
    StatementEncoding.DEFINITION: "used as definitions",
    StatementEncoding.SILENCE: "said not to be addressed",
}


def coverage_text(coverage: Sequence[StatementCoverage], *, width: int = 80) -> str:
    """How many statements are encoded, which are not rules, and which are missing."""
    if not coverage:
        return ""
    encoded = sum(bool(c.encoded) for c in coverage)
    lines = [f"{encoded} of {len(coverage)} statements encoded"]
    for how, words in _OTHERWISE.items():
        only = list(_only(coverage, how))
        if only:
            lines += _hanging(f"{words}: {', '.join(only)}", width)
    missing = [c.statement for c in coverage if not c.encoded]
    if missing:
        lines += _hanging(f"missing: {', '.join(missing)}", width)
    return "".join(f"{line}\n" for line in lines)


def _hanging(text: str, width: int) -> Iterator[str]:
    first, *rest = wrapped(text, width - 4)
    yield f"  {first}"
    for line in rest:
        yield f"    {line}"


def _only(
    coverage: Iterable[StatementCoverage], how: StatementEncoding
) -> Iterator[str]:
    """The statements that are encoded in this way and in no rule."""
    for each in coverage:
        ways = {way for way, _ in each.encoded}
        if how in ways and StatementEncoding.RULE not in ways:
            names = ", ".join(name for way, name in each.encoded if way is how)
            yield f"{each.statement} ({names})"


def coverage_json(coverage: Sequence[StatementCoverage]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "total": len(coverage),
        "encoded": sum(bool(c.encoded) for c in coverage),
        "missing": [c.statement for c in coverage if not c.encoded],
        "by": [
            {
                "statement": c.statement,
                "items": [{"kind": way.value, "name": name} for way, name in c.encoded],
            }
            for c in coverage
        ],
    }
