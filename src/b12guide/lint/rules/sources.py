"""Sources, codes and dates: everything says where it comes from, and when."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.syntax import ast
from b12guide.values.calendar import days_within


@lint_rule("GDL520", Level.WARNING)
def challenge_without_source(material: Material) -> Iterator[Diagnostic]:
    """A challenge says who raises it."""
    for text, challenge in material.each(ast.Challenge):
        if not challenge.by:
            yield finding(
                f"the challenge `{challenge.name.text}` does not say whose evidence it is",
                (text, challenge.name),
                "name the source: `by ...`",
            )


@lint_rule("GDL521", Level.WARNING)
def source_without_author(material: Material) -> Iterator[Diagnostic]:
    """A source says who wrote it."""
    for text, source in material.each(ast.Source):
        if source.authors is None and not source.missing:
            yield finding(
                f"the source `{source.name.text}` does not say who wrote it",
                (text, source.name),
                'write `by "...", YEAR`, or `missing` if the page does not list it',
            )


@lint_rule("GDL556", Level.WARNING)
def code_without_source(material: Material) -> Iterator[Diagnostic]:
    """A code of a terminology names the publication in which it was seen."""
    for text, declaration in material.each(ast.Declaration):
        for code in declaration.codes:
            if code.seen is None:
                yield finding(
                    f"the code `{code.code}` does not say where it was seen with the meaning"
                    f" of `{declaration.name.text}`",
                    (text, code),
                    'name the publication: `from "..."`',
                )


@lint_rule("GDL530", Level.WARNING, needs_day=True)
def stale_revision(material: Material) -> Iterator[Diagnostic]:
    """The guideline was revised lately."""
    if material.header is None or material.on is None:
        return
    text, header = material.header
    if header.revised is None:
        return
    days = days_within(header.revised)
    if days is None:
        return
    revised = days[1]  # the latest day that it may mean
    months = (material.on.year - revised.year) * 12 + material.on.month - revised.month
    months -= material.on.day < revised.day
    if months >= material.stale_after:
        yield finding(
            f"the guideline was revised {_when(header.revised)}, {months} months before"
            f" {material.on}",
            (text, header.name),
            "see whether the source has a newer version, and revise the guideline",
        )


def _when(date: str) -> str:
    """A date in a sentence; it may lack its day, or month and day."""
    return f"on {date}" if len(date) == len("2026-02-24") else f"in {date}"


@lint_rule("GDL531", Level.WARNING)
def contradictory_dates(material: Material) -> Iterator[Diagnostic]:
    """Dates come in the order in which things happen."""
    if material.header is None or material.header[1].revised is None:
        return
    text, header = material.header
    revised = header.revised or ""
    if material.on is not None and revised > material.on.isoformat():
        yield finding(
            f"the guideline was revised {_when(revised)}, which is still to come",
            (text, header.name),
        )
    approval = header.approval
    if approval is not None and approval.on < revised:
        yield finding(
            f"the guideline was approved on {approval.on} and revised later,"
            f" {_when(revised)}",
            (text, approval),
            "have the revision approved",
        )
    for where, source in material.each(ast.Source):
        if source.year is not None and source.year > int(revised[:4]):
            yield finding(
                f"the guideline was revised {_when(revised)}, and `{source.name.text}` is of"
                f" {source.year}",
                (where, source.name),
                "give the later date of revision, if the source was read for it",
            )
