"""The table of several guidelines: whom any two of them treat differently.

That two guidelines say the same about a decision is no advice where neither says anything: such a
cell is kept apart from one that is proved the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.prove.difference import Sameness
from b12guide.prove.witness import given_text
from b12guide.say.names import decision_text
from b12guide.say.words import listing, plural
from b12guide.several.called import with_words_of_all
from b12guide.several.table import ROWS, About, Pair, Table, TableCell
from b12guide.show import citations
from b12guide.show.decision_lines import decided_text
from b12guide.show.grid import Cell, grid
from b12guide.show.json_parts import Json, engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.reports import patient_json
from b12guide.show.terminal import to_csv
from b12guide.show.to_html import to_html
from b12guide.show.to_json import guideline_json
from b12guide.show.trial import answered_text

TABLE_SCHEMA = "b12guide.table/1"


# --------------------------------------------------------------------------- what is said


def about_text(about: About) -> str:
    """What a cell is about, as a heading."""
    return "For whom it is written" if about is None else decision_text(about)


def said_by(answer: Recommendation, about: About) -> str:
    """What a guideline says about one decision, in one line."""
    if about is None:
        return answered_text(answer.scope, answer.graph)
    if about is Decision.NOTE:
        notes = [notice.text for notice in answer.notices if notice.rule is not None]
        return " / ".join(notes) or "no remark"
    return decided_text(answer.decisions[about])


def rules_behind(answer: Recommendation, about: About) -> list[Rule]:
    """The rules on which it rests."""
    if about is None:
        return []
    if about is Decision.NOTE:
        names = [n.rule for n in answer.notices if n.rule is not None]
    else:
        names = [*answer.decisions[about].rules]
    return citations.rules_named(answer.graph, dict.fromkeys(names))


def grounds_json(graph: RuleGraph, rules: Iterable[Rule]) -> Json:
    """The rules with their statements and sources."""
    some = list(rules)
    return {
        "rules": [rule.name for rule in some],
        "statements": citations.statements_of(some),
        "sources": [
            {
                "id": name,
                "printed": source.printed,
                "resolves": source.resolves,
                "title": source.title,
            }
            for name in citations.sources_of(some)
            for source in [graph.sources[name]]
        ],
    }


def heads_json(graphs: Iterable[RuleGraph], labels: Iterable[str]) -> list[Json]:
    """Which guidelines they are, and how far each has been reviewed."""
    pairs = zip(labels, graphs, strict=True)
    return [{"label": label, **guideline_json(graph)} for label, graph in pairs]


def head_particulars(
    graphs: Iterable[RuleGraph], labels: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The same for a page: version and review status of each."""
    for label, graph in zip(labels, graphs, strict=True):
        about = dict(guideline_particulars(graph))
        version = about["Guideline"].removeprefix(graph.name).strip()
        yield label, f"{graph.title}, {version}: {about['Status']}"


# ----------------------------------------------------------------------------------- JSON


def table_to_json(table: Table) -> dict[str, Any]:
    """The table as a value that `json.dumps` takes."""
    return {
        "schema": TABLE_SCHEMA,
        "guidelines": heads_json(table.guidelines, table.labels),
        "engine": engine_json(table),
        "education": EDUCATION_NOTICE,
        "on": None,
        "cohort": table.cohort,
        "cells": [_cell_json(cell, table) for cell in table.cells],
        "summary": {
            "pairs": len(table.pairs),
            "silent in both": sum(cell.unspoken for cell in table.cells),
            **{one.value: table.count(one) for one in Sameness},
        },
    }


def _cell_json(cell: TableCell, table: Table) -> Json:
    compared = cell.compared
    witness = compared.witness
    labels = [table.labels[place] for place in cell.pair]
    return {
        "guidelines": labels,
        "about": "scope" if cell.about is None else cell.about.value,
        "sameness": cell.sameness.value,
        "silent_in_both": cell.unspoken,
        "facts": list(compared.facts),
        "patient": None
        if witness is None
        else patient_json(witness.values, _words(cell.pair, table)),
        "reading": None if witness is None else witness.reading.value,
        "answers": [
            {
                "guideline": label,
                "text": said_by(answer, cell.about),
                **grounds_json(answer.graph, rules_behind(answer, cell.about)),
            }
            for label, answer in zip(labels, cell.answers, strict=False)
        ],
        "patients": cell.patients,
    }


def _words(pair: Pair, table: Table) -> RuleGraph:
    return with_words_of_all(table.guidelines[place] for place in pair)


_COLUMNS = (
    *("first", "second", "about", "sameness", "silent_in_both", "facts", "patient"),
    *("first_says", "first_statements", "first_sources"),
    *("second_says", "second_statements", "second_sources", "patients"),
)


def table_to_csv(table: Table) -> str:
    """A row for each pair and decision."""
    return to_csv(_COLUMNS, (_row(cell, table) for cell in table.cells))


def _row(cell: TableCell, table: Table) -> Json:
    found = _cell_json(cell, table)
    row = {key: found[key] for key in _COLUMNS if key in found}
    row["patient"] = _patient(cell, table)
    row["first"], row["second"] = found["guidelines"]
    for side, answer in zip(("first", "second"), found["answers"], strict=False):
        row[f"{side}_says"] = answer["text"]
        row[f"{side}_statements"] = answer["statements"]
        row[f"{side}_sources"] = [source["id"] for source in answer["sources"]]
    return row


def _patient(cell: TableCell, table: Table) -> str | None:
    witness = cell.compared.witness
    if witness is None:
        return None
    return given_text(witness.values, _words(cell.pair, table))


# ------------------------------------------------------------------------------------ page


def table_page(table: Table) -> Page:
    """Pair by pair: what is proved the same, then each decision with the patient who differs."""
    return Page(
        title=_title(table),
        particulars=tuple(_particulars(table)),
        notice=EDUCATION_NOTICE,
        sections=(
            *(
                Section(title=_pair_text(pair, table), items=tuple(_pair(pair, table)))
                for pair in table.pairs
            ),
            *_sources(table),
        ),
    )


def _title(table: Table) -> str:
    return f"Whom {plural(len(table.guidelines), 'guideline')} treat differently"


def _particulars(table: Table) -> Iterator[tuple[str, str]]:
    yield from head_particulars(table.guidelines, table.labels)
    yield "Compared", _counts(table)
    if table.cohort is not None:
        yield "Patients", f"{table.cohort:,}, counted by the default of each decision"


def _counts(table: Table) -> str:
    silent = sum(cell.unspoken for cell in table.cells)
    same = table.count(Sameness.SAME) - silent
    parts = [
        f"{same} proved the same for everybody",
        *([f"{silent} on which both are silent"] if silent else []),
        *(
            f"{number} {text}"
            for sameness, text in _COUNTED
            if (number := table.count(sameness))
        ),
    ]
    cells = f"{plural(len(table.pairs), 'pair')}, {plural(len(table.cells), 'cell')}"
    return f"{cells}: {listing(parts)}"


_COUNTED = (
    (Sameness.DIFFERENT, "different for somebody"),
    (Sameness.NOT_PROVED, "not proved (limit)"),
    (Sameness.INCOMPARABLE, "not comparable"),
)


def _pair_text(pair: Pair, table: Table) -> str:
    first, second = (table.labels[place] for place in pair)
    return f"{first} and {second}"


def _pair(pair: Pair, table: Table) -> Iterator[Item]:
    cells = table.of(pair)
    same = [c for c in cells if c.sameness is Sameness.SAME and not c.unspoken]
    silent = [c for c in cells if c.unspoken]
    for cell in cells:
        if cell.sameness is not Sameness.SAME:
            yield _cell(cell, table)
    if same:
        names = listing(_in_passing(cell.about) for cell in same)
        yield Item(text=f"proved the same for everybody: {names}")
    if silent:
        names = listing(_in_passing(cell.about) for cell in silent)
        yield Item(text=f"neither addresses: {names}", tone=Tone.QUIET)


def _in_passing(about: About) -> str:
    return "scope" if about is None else decision_text(about).lower()


def _cell(cell: TableCell, table: Table) -> Item:
    facts = cell.compared.facts
    return Item(
        label=about_text(cell.about),
        text=_settled(cell),
        details=(f"held otherwise: {listing(facts)}",) if facts else (),
        tone=Tone.STRONG,
        items=tuple(_sides(cell, table)),
    )


def _settled(cell: TableCell) -> str:
    whose = "" if cell.patients is None else f"; {plural(cell.patients, 'patient')}"
    return f"{cell.sameness.value}{whose}"


def _sides(cell: TableCell, table: Table) -> Iterator[Item]:
    patient = _patient(cell, table)
    if patient is not None:
        yield Item(label="The smallest patient", text=patient)
    for place, answer in zip(cell.pair, cell.answers, strict=False):
        yield Item(
            label=table.labels[place],
            text=said_by(answer, cell.about),
            details=_grounds(answer, cell.about),
        )


def _grounds(answer: Recommendation, about: About) -> tuple[str, ...]:
    rules = rules_behind(answer, about)
    names = ", ".join(rule.name for rule in rules)
    grounds = citations.grounds_details(answer.graph, rules)
    return (*([names] if names else []), *grounds)


def _sources(table: Table) -> Iterator[Section]:
    """What the cells cite, guideline by guideline: each numbers its sources by itself."""
    for place, (label, graph) in enumerate(
        zip(table.labels, table.guidelines, strict=True)
    ):
        names = [
            name
            for cell in table.cells
            for at, answer in zip(cell.pair, cell.answers, strict=False)
            if at == place
            for name in citations.sources_of(rules_behind(answer, cell.about))
        ]
        items = citations.citation_items(graph, names)
        if items:
            yield Section(title=f"Sources of {label}", items=items, is_behind=True)


# ------------------------------------------------------------------------------------ HTML

_SHORT = {
    Sameness.SAME: "same",
    Sameness.DIFFERENT: "differs",
    Sameness.NOT_PROVED: "not proved",
    Sameness.INCOMPARABLE: "not comparable",
}


def table_to_html(table: Table) -> str:
    """The table, of which each cell that differs opens the patient and both statements."""
    page = Page(
        title=_title(table),
        particulars=tuple(_particulars(table)),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sources(table)),
    )
    return to_html(page, grid=_grid(table))


def _grid(table: Table) -> str:
    heads = ("Scope" if about is None else decision_text(about) for about in ROWS)
    return grid(
        _title(table),
        ("Guidelines", *heads),
        (
            (
                _pair_text(pair, table),
                [_in_grid(cell, table) for cell in table.of(pair)],
            )
            for pair in table.pairs
        ),
        '"same": proved for everybody. "neither": neither guideline addresses it, which'
        " neither permits nor forbids anything.",
    )


def _in_grid(cell: TableCell, table: Table) -> Cell:
    if cell.unspoken:
        return Cell(word="neither", tone=Tone.QUIET)
    word = _SHORT[cell.sameness]
    if cell.sameness is Sameness.SAME:
        return Cell(word=word)
    count = "" if cell.patients is None else f" ({cell.patients:,})"
    item = _cell(cell, table)
    first = Item(text=item.text, details=item.details)
    return Cell(word=f"{word}{count}", tone=Tone.STRONG, items=(first, *item.items))
