"""Sources, codes and dates: everything says where it comes from, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Level, LintRule, Material
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast


def challenge_without_source(material: Material) -> Iterator[Diagnostic]:
    for text, challenge in material.each(ast.Challenge):
        if not challenge.by:
            yield remark(
                CHALLENGE_WITHOUT_SOURCE.code,
                f"the challenge `{challenge.name.text}` does not say whose evidence it is",
                (text, challenge.name),
                "name the source: `by ...`",
            )


CHALLENGE_WITHOUT_SOURCE = LintRule(
    code="GDL520",
    name="challenge-without-source",
    level=Level.WARNING,
    says="A challenge says who raises it.",
    find=challenge_without_source,
)


def source_without_author(material: Material) -> Iterator[Diagnostic]:
    for text, source in material.each(ast.Source):
        if source.authors is None and not source.missing:
            yield remark(
                SOURCE_WITHOUT_AUTHOR.code,
                f"the source `{source.name.text}` does not say who wrote it",
                (text, source.name),
                'write `by "...", YEAR`, or `missing` if the page does not list it',
            )


SOURCE_WITHOUT_AUTHOR = LintRule(
    code="GDL521",
    name="source-without-author",
    level=Level.WARNING,
    says="A source says who wrote it.",
    find=source_without_author,
)


def code_without_source(material: Material) -> Iterator[Diagnostic]:
    for text, declaration in material.each(ast.Declaration):
        for code in declaration.codes:
            if code.seen is None:
                yield remark(
                    CODE_WITHOUT_SOURCE.code,
                    f"the code `{code.code}` does not say where it was seen with the meaning"
                    f" of `{declaration.name.text}`",
                    (text, code),
                    'name the publication: `from "..."`',
                )


CODE_WITHOUT_SOURCE = LintRule(
    code="GDL556",
    name="code-without-source",
    level=Level.WARNING,
    says="A code of a terminology names the publication in which it was seen.",
    find=code_without_source,
)


def stale_revision(material: Material) -> Iterator[Diagnostic]:
    if material.header is None or material.on is None:
        return
    text, header = material.header
    if header.revised is None:
        return
    revised = dt.date.fromisoformat(header.revised)
    months = (material.on.year - revised.year) * 12 + material.on.month - revised.month
    months -= material.on.day < revised.day
    if months >= material.stale_after:
        yield remark(
            STALE_REVISION.code,
            f"the guideline was revised on {header.revised}, {months} months before"
            f" {material.on}",
            (text, header.name),
            "see whether the source has a newer version, and revise the guideline",
        )


STALE_REVISION = LintRule(
    code="GDL530",
    name="stale-revision",
    level=Level.WARNING,
    says="The guideline was revised lately.",
    find=stale_revision,
    needs_day=True,
)


def contradictory_dates(material: Material) -> Iterator[Diagnostic]:
    if material.header is None or material.header[1].revised is None:
        return
    text, header = material.header
    revised = header.revised or ""
    if material.on is not None and revised > material.on.isoformat():
        yield remark(
            CONTRADICTORY_DATES.code,
            f"the guideline was revised on {revised}, which is still to come",
            (text, header.name),
        )
    approval = header.approval
    if approval is not None and approval.on < revised:
        yield remark(
            CONTRADICTORY_DATES.code,
            f"the guideline was approved on {approval.on} and revised later,"
            f" on {revised}",
            (text, approval),
            "have the revision approved",
        )
    for where, source in material.each(ast.Source):
        if source.year is not None and source.year > int(revised[:4]):
            yield remark(
                CONTRADICTORY_DATES.code,
                f"the guideline was revised on {revised}, and `{source.name.text}` is of"
                f" {source.year}",
                (where, source.name),
                "give the later date of revision, if the source was read for it",
            )


CONTRADICTORY_DATES = LintRule(
    code="GDL531",
    name="contradictory-dates",
    level=Level.WARNING,
    says="Dates come in the order in which things happen.",
    find=contradictory_dates,
)
