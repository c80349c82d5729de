"""The summary of a cohort, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from b12guide.evaluate.answer import Outcome, Verdict
from b12guide.graph.model import RuleGraph
from b12guide.show.page import Item, Page, Section
from b12guide.show.stated import assumed_particulars, guideline_particulars
from b12guide.show.to_json import guideline_json
from b12guide.show.wording import EDUCATION_NOTICE

__all__ = ["Counted", "summary_json", "summary_page", "summary_text"]


class Counted(Protocol):
    """A summary, as `b12guide.cohort.summary.Summary` is one."""

    @property
    def graph(self) -> RuleGraph:
        """The guideline that was asked."""

    @property
    def engine(self) -> str:
        """The version of b12guide that counted."""

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


def summary_json(summary: Counted) -> dict[str, Any]:
    """The summary as builtin values only."""
    return {
        "schema": "b12guide.cohort/1",
        "guideline": guideline_json(summary.graph),
        "engine": {"name": "b12guide", "version": summary.engine},
        "on": None,
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


def summary_page(summary: Counted) -> Page:
    """The summary as a page: decisions, then rules, then what is worth asking for."""
    graph = summary.graph
    named = (
        ("Decisions", summary.decisions),
        ("Rules", summary.rules),
    )
    counted = (
        ("Worth asking for", summary.questions),
        ("Cells set aside", summary.bad),
    )
    sections = [
        *((title, _items(rows)) for title, rows in named),
        *(
            (title, tuple(Item(label=n, text=f"{c:,}") for n, c in counts.items()))
            for title, counts in counted
        ),
    ]
    return Page(
        title=f"A cohort: {graph.title}",
        particulars=(
            *guideline_particulars(graph),
            ("Patients", f"{summary.patients:,}"),
            *assumed_particulars(summary.assumed, graph),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(Section(title=t, items=items) for t, items in sections if items),
    )


def _items(rows: Mapping[str, Mapping[str, int]]) -> tuple[Item, ...]:
    return tuple(
        Item(
            label=name,
            text=", ".join(f"{n:,} {word}" for word, n in counts.items() if n)
            or "none",
        )
        for name, counts in rows.items()
    )


def summary_text(summary: Counted, *, width: int = 80, colour: bool = False) -> str:
    """The summary as tables, which keep their width."""
    del width, colour
    graph = summary.graph
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
