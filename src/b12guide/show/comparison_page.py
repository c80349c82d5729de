"""Two guidelines over one cohort as a page: decision by decision, who is told something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import assumed_particulars, guideline_particulars
from b12guide.show.wording import EDUCATION_NOTICE, listing, plural

if TYPE_CHECKING:
    from b12guide.cohort.comparison import Cell, CohortComparison

__all__ = ["comparison_page"]


def comparison_page(found: CohortComparison) -> Page:
    """The page of a comparison; decisions without a difference are only named."""
    return Page(
        title="Two guidelines over one cohort"
        if not found.change
        else "A guideline over one cohort, as it is and with a change",
        particulars=tuple(_particulars(found)),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(found)),
    )


def _particulars(found: CohortComparison) -> Iterator[tuple[str, str]]:
    first = " ".join(text for _, text in guideline_particulars(found.first))
    yield "First", first
    if found.change:
        yield "Second", f"the same, read with {listing(found.change)}"
    else:
        yield "Second", " ".join(t for _, t in guideline_particulars(found.second))
    yield "Patients", f"{found.patients:,}"
    yield "Told otherwise", f"{found.differing:,}"
    yield from assumed_particulars(found.assumed, found.first, found.second)
    yield "Counted", "rows of the table, unweighted; of each decision its default"


def _sections(found: CohortComparison) -> Iterator[Section]:
    same = []
    for decision, count in found.changed.items():
        cells = [cell for cell in found.cells if cell.decision == decision]
        if count:
            title = (
                f"{decision.capitalize()}: {plural(count, 'patient')} told otherwise"
            )
            items = tuple(_item(c, found.patient) for c in cells if not c.same)
            yield Section(title=title, items=items)
        else:
            same.append(decision)
    if same:
        yield Section(title="Nothing differs in", items=(Item(text=listing(same)),))
    if found.unread:
        yield Section(
            title="Read by one guideline only",
            items=tuple(Item(label=c, text=f"by {by}") for c, by in found.unread),
        )


def _item(cell: Cell, patient: str | None) -> Item:
    named = ", ".join(str(one) for one in cell.witnesses)
    more = ", ..." if cell.patients > len(cell.witnesses) else ""
    whose = "rows" if patient is None else patient
    return Item(
        label=f"{cell.patients:,}",
        text=f"first: {_said(cell.first_outcome, cell.first_value)}",
        details=(f"{whose} {named}{more}",),
        tone=Tone.STRONG,
        items=(Item(text=f"second: {_said(cell.second_outcome, cell.second_value)}"),),
    )


def _said(outcome: str, value: str | None) -> str:
    return outcome if value is None else f"{value} ({outcome})"
