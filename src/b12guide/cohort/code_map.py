"""Codes that stand for facts in tables: those of the vocabulary, and those of mapping files.

Some terminologies are at home in warehouses alone, such as the concepts of OMOP. Their codes stand
in a CSV file beside the vocabulary, each with the publication in which it was seen with this
meaning; what could not be seen in public text is not in it. A project adds files of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from b12guide import resources
from b12guide.cohort.frames import unusable
from b12guide.frozen import Record, frozen_map
from b12guide.graph.coded import Coded, Pair, facts_by_code
from b12guide.graph.model import RuleGraph
from b12guide.values.code_system import canonical
from b12guide.values.term import Kind
from b12guide.values.unit import parse_unit

COLUMNS = ("system", "code", "fact", "for", "unit", "label", "seen_in")
"""The columns of a mapping file; `for`, `unit` and `label` may be empty or missing."""

SHIPPED = "b12.codes.csv"
_NEEDED = ("system", "code", "seen_in")
_ROLES = ("allergy", "medication", "procedure")
_TOLD = 20

_Row: TypeAlias = dict[str, str]
_Mistake: TypeAlias = tuple[str, str]


@frozen(kw_only=True, repr=False)
class CodeMap(Record):
    """What codes mean; a key is a terminology in one spelling and a code of it.

    Attributes:
        facts: The facts that each code stands for.
        units: The units that codes stand for, as text.
        seen: Where each code of a mapping file was seen, and where those of the vocabulary were.
    """

    facts: Mapping[Pair, tuple[Coded, ...]] = field(converter=frozen_map)
    units: Mapping[Pair, str] = field(converter=frozen_map)
    seen: Mapping[Pair, str] = field(converter=frozen_map)


def code_map(graph: RuleGraph, files: Iterable[str | Path] = ()) -> CodeMap:
    """The codes that are known for a guideline.

    Args:
        graph: The guideline.
        files: Mapping files of a project's own, beside the one that ships.

    Raises:
        PatientError: A file cannot be read as a mapping; all mistakes are named.
    """
    facts = {_key(pair): coded for pair, coded in facts_by_code(graph).items()}
    seen: dict[Pair, str] = {}
    for word in graph.vocabulary.facts.values():
        for code in word.codes:
            pair = _key((canonical(code.system), code.code))
            seen.setdefault(pair, code.seen or "a publication that was not noted")
    units: dict[Pair, str] = {}
    shipped = resources.read("guidelines", SHIPPED).splitlines()
    _add([*_rows(shipped, SHIPPED)], SHIPPED, graph, (facts, units, seen), own=False)
    for file in files:
        lines = _lines(file)
        rows = [*_rows(lines, str(file))]
        _add(rows, str(file), graph, (facts, units, seen), own=True)
    return CodeMap(facts=facts, units=units, seen=seen)


def _key(pair: Pair) -> Pair:
    """A code as it is looked up: ICD-10 is written with its point and without."""
    system, code = pair
    plain = code.replace(".", "").upper() if system.startswith("icd10") else code
    return system, plain


def key_of(system: str, code: str) -> Pair:
    """The key of a code of a table."""
    return _key((canonical(system), code.strip()))


def _lines(file: str | Path) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        mistake = (
            f"the mapping file `{file}` cannot be read: {said}",
            "check its name",
        )
        raise unusable([mistake]) from error


def _rows(lines: Iterable[str], name: str) -> Iterator[_Row]:
    """The rows of a mapping file, every column there."""
    reader = csv.DictReader(lines)
    header = reader.fieldnames or ()
    missing = [column for column in _NEEDED if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    remedy = f"a mapping file has the columns {', '.join(COLUMNS)}"
    mistakes = [(f"`{name}` has no column `{column}`", remedy) for column in missing]
    mistakes += [(f"`{name}` has a column `{column}`", remedy) for column in unknown]
    if mistakes:
        raise unusable(mistakes)
    for row in reader:
        yield {column: (row.get(column) or "").strip() for column in COLUMNS}


def _add(
    rows: list[_Row],
    name: str,
    graph: RuleGraph,
    known: tuple[dict[Pair, tuple[Coded, ...]], dict[Pair, str], dict[Pair, str]],
    *,
    own: bool,
) -> None:
    """Add the rows of one file; of the file that ships, those whose fact the guideline knows."""
    facts, units, seen = known
    mistakes: list[_Mistake] = []
    for number, row in enumerate(rows, start=2):
        where = f"`{name}`, line {number}"
        if not own and row["fact"] and row["fact"] not in graph.vocabulary.facts:
            continue
        found = [*_mistakes(row, where, graph)]
        mistakes += found
        if found:
            continue
        pair = key_of(row["system"], row["code"])
        seen[pair] = row["seen_in"]
        if row["unit"]:
            units[pair] = row["unit"]
        else:
            fact = graph.vocabulary.facts[row["fact"]]
            is_choice = fact.kind is Kind.CHOICE
            meant = row["for"] or None
            one = Coded(fact, meant) if is_choice else Coded(fact, of=meant)
            before = facts.get(pair, ())
            facts[pair] = before if one in before else (*before, one)
    if mistakes:
        raise unusable(mistakes[:_TOLD])


def _mistakes(row: _Row, where: str, graph: RuleGraph) -> Iterator[_Mistake]:
    if not row["system"] or not row["code"]:
        yield f"{where}: it names no code", "give `system` and `code`"
    if not row["seen_in"]:
        yield (
            f"{where}: it does not say where the code was seen",
            "name the publication in `seen_in`, so that others can look it up",
        )
    if bool(row["fact"]) is bool(row["unit"]):
        remedy = "give a `fact`, or a `unit`"
        yield f"{where}: a code stands for a fact or for a unit", remedy
    elif row["unit"]:
        if parse_unit(row["unit"]) is None:
            yield (
                f"{where}: `{row['unit']}` is not a known unit",
                "write it as UCUM does",
            )
    else:
        yield from _fact_mistakes(row, where, graph)


def _fact_mistakes(row: _Row, where: str, graph: RuleGraph) -> Iterator[_Mistake]:
    fact = graph.vocabulary.facts.get(row["fact"])
    if fact is None:
        yield (
            f"{where}: there is no fact `{row['fact']}`",
            "`b12guide facts` lists all of them",
        )
    elif fact.kind is Kind.CHOICE:
        if row["for"] not in fact.values:
            values = ", ".join(fact.values)
            yield (
                f"{where}: `{fact.name}` has no value `{row['for']}`",
                f"one of {values}",
            )
    elif row["for"] and row["for"] not in _ROLES:
        yield f"{where}: `for` cannot be `{row['for']}`", f"one of {', '.join(_ROLES)}"
