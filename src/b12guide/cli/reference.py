"""The commands that list what a guideline says: `facts`, `words`, `graph` and `export`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide import resources
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    Format,
    format_option,
    guideline_option,
    library_of,
    naming_option,
    output_option,
    page_as,
)
from b12guide.cli.output import Content, Exit, Output
from b12guide.cli.tables import names
from b12guide.evaluate.evaluator import Evaluator
from b12guide.fhir.plan import plan_bundle
from b12guide.graph.model import Decision
from b12guide.graph.query import part_of
from b12guide.interop.export import Dialect, Divider, export_verdicts
from b12guide.pipeline import load
from b12guide.show.facts_page import facts_page, facts_to_json, patient_schema
from b12guide.show.graph_page import graph_page, graph_to_json, graph_to_mermaid
from b12guide.show.graph_svg import graph_to_svg
from b12guide.show.words_page import words_page, words_to_json
from b12guide.wordlist import KINDS, word_list


@click.command
@guideline_option
@format_option(Format.TEXT, Format.MERMAID, Format.SVG, Format.JSON)
@click.option(
    "--decision",
    type=click.Choice([decision.value for decision in Decision]),
    help="Only the rules on one decision.",
)
@click.option("--rule", default="", metavar="NAME", help="Only one rule.")
@click.option(
    "--fact", default="", metavar="NAME", help="Only the rules that read a fact."
)
@output_option
@reported
def graph(
    guideline: str,
    format_: Format,
    decision: str | None,
    rule: str,
    fact: str,
    file: Path | None,
) -> Output:
    """Show the rules of a guideline, what they read and which override which.

    Of a part, the rules that give way to it and those it gives way to are shown as well.
    """
    asked = Decision(decision) if decision else None
    rules = part_of(load(guideline).graph, decision=asked, rule=rule, fact=fact)
    match format_:
        case Format.JSON:
            text = json.dumps(graph_to_json(rules), ensure_ascii=False, indent=2) + "\n"
        case Format.MERMAID:
            text = graph_to_mermaid(rules)
        case Format.SVG:
            text = graph_to_svg(rules)
        case _:
            text = page_as(format_, graph_page(rules), file)
    return Output(text=text, file=file)


@click.command
@guideline_option
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.SCHEMA)
@output_option
@reported
def facts(guideline: str, format_: Format, file: Path | None) -> Output:
    """List the facts that may be stated of a patient, and the rules that read them.

    Each has its label, unit, plausible range, values, synonyms and codes. The format schema is the
    JSON Schema of a patient file for this guideline.
    """
    graph = load(guideline).graph
    match format_:
        case Format.JSON:
            text = _json(facts_to_json(graph))
        case Format.SCHEMA:
            text = _json(patient_schema(graph))
        case _:
            text = page_as(format_, facts_page(graph), file)
    return Output(text=text, file=file)


@click.command
@click.argument("text", metavar="[TEXT]...", nargs=-1)
@guideline_option
@click.option(
    "--kind", type=click.Choice(KINDS), help="Only words of one kind, such as drug."
)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@output_option
@reported
def words(
    text: tuple[str, ...],
    guideline: str,
    kind: str | None,
    format_: Format,
    file: Path | None,
) -> Output:
    """List the words that rules may use, or look for those that TEXT may mean.

    The guideline may be a vocabulary, such as b12: then its words alone. TEXT is looked for in
    names, labels, synonyms and the values of choices, and may be misspelt.
    """
    asked = " ".join(text)
    found = word_list(library_of(guideline))
    if kind is not None:
        found = found.of_kind(kind)
    if format_ is Format.JSON:
        return Output(
            text=_json(words_to_json(found, asked)), file=file, content=Content.JSON
        )
    return Output(text=page_as(format_, words_page(found, asked), file), file=file)


@click.command
@click.argument("guideline", metavar="[GUIDELINE]", default=DEFAULT_GUIDELINE)
@click.option(
    "--polars", "dialect", flag_value="polars", help="A script of Python for Polars."
)
@click.option("--sql", "dialect", flag_value="sql", help="A query in SQL.")
@click.option(
    "--fhir",
    "dialect",
    flag_value="fhir",
    help="A FHIR R4 Bundle: all that the guideline says, as a PlanDefinition.",
)
@click.option(
    "--grammar",
    "dialect",
    flag_value="grammar",
    help="The grammar of GDL for constrained decoding, in the dialect of llguidance.",
)
@click.option(
    "--keep",
    multiple=True,
    callback=names,
    metavar="COLUMN",
    help="Carry a column of the patients along.",
)
@naming_option
@output_option
@reported
def export(
    guideline: str,
    dialect: str | None,
    keep: tuple[str, ...],
    naming: str,
    file: Path | None,
) -> Output:
    """Write the verdicts of a guideline as a text that a warehouse runs without b12guide.

    GUIDELINE is the name of a shipped guideline or a .gdl file. The text is a script with a
    function of frames (--polars) or a query of the table `patients` (--sql). Its head says what it
    does not do. Where a rule cannot be exported, it is left out and the exit code is 1.

    With --fhir it is not verdicts but the whole guideline, as a FHIR R4 Bundle for a server:
    PlanDefinition, ActivityDefinition, Library, Questionnaire and ValueSet resources.

    With --grammar it is not a guideline but the language: a grammar by which a language model
    writes drafts that always parse. No GUIDELINE is read for it.
    """
    if dialect is None:
        message = "say what the text is for: --polars, --sql, --fhir or --grammar"
        raise click.UsageError(message)
    if dialect in {"fhir", "grammar"} and keep:
        message = f"--keep is for tables and not for --{dialect}"
        raise click.UsageError(message)
    if dialect == "grammar":
        text = resources.read("grammar", "gdl.llguidance.lark")
        return Output(text=text, file=file, content=Content.DATA)
    if dialect == "fhir":
        text = _json(plan_bundle(load(guideline)))
        return Output(text=text, file=file, content=Content.JSON)
    found = export_verdicts(
        Evaluator.of(load(guideline).graph), Dialect(dialect), keep, Divider(naming)
    )
    left_out = found.left_out.items()
    return Output(
        text=found.text,
        errors="".join(f"left out: {name}: {why}\n" for name, why in left_out),
        code=Exit.FINDINGS if left_out else Exit.FINE,
        file=file,
        content=Content.DATA,
    )


def _json(found: dict[str, object]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
