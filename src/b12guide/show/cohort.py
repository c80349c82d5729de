"""The summary of a cohort, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.graph.model import RuleGraph
from b12guide.show.stated import assumed_particulars, guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE

__all__ = ["Counted", "summary_json", "summary_text"]


class Counted(Protocol):
    """A summary, as `b12guide.cohort.summary.Summary` is one."""

    @property
    def patients(self) -> int:
        """The number of patients."""

    @property
    def rules(self) -> Mapping[str, Mapping[str, int]]:
        """For each rule, how many patients have each verdict."""

    @property
    def decisions(self) -> Mapping[str, Mapping[str, int]]:
        """For each decision, how many patients have each outcome."""

    @property
    def questions(self) -> Mapping[str, int]:
        """For each fact worth asking for, for how many patients it is."""

    @property
    def bad(self) -> Mapping[str, int]:
        """For each fact, how many patients have a cell that was set aside."""

    @property
    def assumed(self) -> Mapping[str, bool | str]:
        """What was assumed of patients of whom it is not known."""


def summary_json(summary: Counted, graph: RuleGraph) -> dict[str, Any]:
    """The summary as builtin values only."""
    return {
        "schema": "b12guide.cohort/1",
        "guideline": {
            "name": graph.name,
            "version": graph.version,
            "status": graph.status.value,
            "digest": graph.digest,
        },
        "notice": EDUCATION_NOTICE,
        "patients": summary.patients,
        "assumed": dict(summary.assumed),
        "rules": [
            {"rule": name, "verdicts": dict(counts)}
            for name, counts in summary.rules.items()
        ],
        "decisions": {name: dict(counts) for name, counts in summary.decisions.items()},
        "questions": [
            {"fact": name, "patients": number}
            for name, number in summary.questions.items()
        ],
        "bad": [
            {"fact": name, "patients": number} for name, number in summary.bad.items()
        ],
    }


def summary_text(summary: Counted, graph: RuleGraph) -> str:
    """The summary as tables."""
    lines = [
        graph.title,
        *(f"{label}: {text}" for label, text in guideline_particulars(graph)),
        f"Patients: {summary.patients:,}",
        *(
            f"{label}: {text}"
            for label, text in assumed_particulars(summary.assumed, graph)
        ),
        "",
        *_table("decision", summary.decisions, [o.value for o in Outcome]),
        "",
        *_table("rule", summary.rules, [v.value for v in Verdict]),
        *_counts("worth asking for", summary.questions),
        *_counts("cells set aside", summary.bad),
        "",
        EDUCATION_NOTICE,
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _table(
    title: str, rows: Mapping[str, Mapping[str, int]], columns: list[str]
) -> Iterator[str]:
    """One line for each row, the numbers under the words that they count."""
    used = [c for c in columns if any(counts[c] for counts in rows.values())]
    widths = {
        c: max(len(c), *(len(f"{counts[c]:,}") for counts in rows.values()))
        for c in used
    }
    first = max(len(title), *map(len, rows)) if rows else len(title)
    yield "  ".join([title.ljust(first), *(c.rjust(widths[c]) for c in used)])
    for name, counts in rows.items():
        cells = (f"{counts[c]:,}".rjust(widths[c]) for c in used)
        yield "  ".join([name.ljust(first), *cells])


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if not counts:
        return
    yield ""
    first = max(len(title), *map(len, counts))
    yield f"{title.ljust(first)}  patients"
    for name, number in counts.items():
        yield f"{name.ljust(first)}  {number:>8,}"
