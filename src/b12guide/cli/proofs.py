"""The commands that look into a guideline: `test`, `prove`, `mutate`, `diff`, `version`, `doc`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide import extras, pipeline, saving, written
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    STDIN,
    Format,
    audience_option,
    format_option,
    library_of,
    output_option,
    written_as,
)
from b12guide.cli.output import Exit, Output, width_of_terminal, write_whole
from b12guide.errors import B12GuideError
from b12guide.prove.claim import Proof, examples_file
from b12guide.prove.difference import difference
from b12guide.prove.everything import Proofs, document_of, missing_examples, proofs_of
from b12guide.prove.next_version import next_version
from b12guide.prove.survivors import Mutations, known_part, mutations_of
from b12guide.semantics.draft import Draft
from b12guide.several.clash import clashes
from b12guide.show.reports import version_text, version_to_json
from b12guide.show.trial import coverage_text, trial_to_junit
from b12guide.syntax.printing import formatted
from b12guide.text import Text
from b12guide.trial.report import TrialReport, trial_of


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@click.option(
    "--save",
    "examples",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the patients who break a claim to FILE, as examples.",
)
@click.option(
    "--second-opinion",
    is_flag=True,
    help="Ask the solver z3 as well, and fail where it disagrees.",
)
@click.option(
    "--with",
    "other",
    metavar="OTHER",
    help="Find instead who cannot follow both this guideline and OTHER.",
)
@output_option
@reported
def prove(
    guideline: str,
    format_: Format,
    examples: Path | None,
    second_opinion: bool,
    other: str | None,
    file: Path | None,
) -> Output:
    """Prove a guideline's claims for every possible patient.

    No gap, no undeclared conflict, no dead rule, the author's invariants and more; or the
    smallest patient who breaks a claim. --with OTHER finds, decision by decision, the smallest
    patient who cannot follow both guidelines, or proves that there is none.
    """
    if other is not None:
        if examples is not None or second_opinion:
            message = "--with goes with neither --save nor --second-opinion"
            raise click.UsageError(message)
        both = clashes(pipeline.load(guideline).graph, pipeline.load(other).graph)
        code = Exit.FINE if both.is_proved_compatible else Exit.FINDINGS
        return Output(text=written_as(format_, both, file), file=file, code=code)
    read = written.read(library_of(guideline))
    found = proofs_of(read.graph, read.draft)
    if examples is not None:
        save(examples, examples_file(found.proofs, read.graph))
    doubted = _doubted(found) if second_opinion else ()
    errors = "".join(f"z3 thinks otherwise: {p.claim.text}\n" for p in doubted)
    code = Exit.FINE if found.is_fine and not doubted else Exit.FINDINGS
    text = written_as(format_, found, file)
    return Output(text=text, errors=errors, file=file, code=code)


def _doubted(found: Proofs) -> tuple[Proof, ...]:
    z3 = extras.load("b12guide.prove.to_z3", extra="prove")
    return tuple(z3.disagreements(found.proofs, found.graph))


def save(file: Path, text: str) -> None:
    """Write examples to a file of their own, formatted.

    Raises:
        B12GuideError: It cannot be written.
    """
    try:
        write_whole(file, formatted(Text(str(file), text)))
    except OSError as error:
        message = f"cannot write {file}: {error.strerror or 'it cannot be written'}"
        raise B12GuideError(message) from error


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.JUNIT, Format.HTML)
@click.option(
    "-k",
    "titled",
    metavar="TEXT",
    default="",
    help="Only examples with TEXT in the title.",
)
@click.option(
    "--coverage",
    "shows_coverage",
    is_flag=True,
    help="Say what no example covers, part by part of each condition.",
)
@click.option(
    "--generate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write examples for the rules that none covers to FILE.",
)
@click.option(
    "--fail-on-empty/--no-fail-on-empty",
    default=True,
    show_default=True,
    help="Whether a run in which nothing is expected fails.",
)
@output_option
@reported
def test(
    guideline: str,
    format_: Format,
    titled: str,
    shows_coverage: bool,
    generate: Path | None,
    fail_on_empty: bool,
    file: Path | None,
) -> Output:
    """Run the examples of a guideline."""
    read = written.read(library_of(guideline))
    found = trial_of(read.graph, read.draft, titled)
    if generate is not None:
        rules = found.coverage.rules
        unreached = [rule.name for rule in rules if not rule.decisive_in]
        save(generate, missing_examples(unreached, read.graph))
    asserted = sum(result.expectations for result in found.results)
    is_fine = found.is_fine and (asserted or not fail_on_empty)
    return Output(
        text=_written(found, format_, file, shows_coverage=shows_coverage),
        file=file,
        code=Exit.FINE if is_fine else Exit.FINDINGS,
    )


def _written(
    found: TrialReport, format_: Format, file: Path | None, *, shows_coverage: bool
) -> str:
    if format_ is Format.JUNIT:
        return trial_to_junit(found.results, found.graph)
    if shows_coverage and format_ is Format.TEXT:
        return coverage_text(found.coverage)
    return written_as(format_, found, file)


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@click.option(
    "--of",
    metavar="NAME",
    default="",
    help="Only mutants of the rule or definition NAME.",
)
@click.option(
    "--generate",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write examples that notice what survived to FILE, behind those that it has; "
    "- prints them alone.",
)
@output_option
@reported
def mutate(
    guideline: str, format_: Format, of: str, generate: Path | None, file: Path | None
) -> Output:
    """Make small mistakes in a guideline and see whether its examples notice them.

    A mutant that makes no difference for any patient is proved equivalent. One that survives is
    shown as the line that was written and the line as it was changed, with a patient who is
    treated differently. --generate writes examples that notice them, each of few facts; read them
    over before you keep them.
    """
    read = written.read(library_of(guideline))
    found = mutations_of(read.graph, read.draft, known_part(of, read.graph))
    code = Exit.FINE if found.is_fine else Exit.FINDINGS
    if generate == Path(STDIN):
        return Output(text=found.examples(), file=file, code=code)
    if generate is not None and not found.is_fine:
        add_examples(generate, found, read.draft)
    return Output(text=written_as(format_, found, file), file=file, code=code)


def add_examples(file: Path, found: Mutations, draft: Draft) -> None:
    """Write the missing examples to a new file, or behind what the author has in it.

    Raises:
        B12GuideError: The file is none of the guideline's, or it cannot be written.
    """
    if not file.exists():
        if examples := found.examples():
            save(file, examples)
        return
    mine = (Path(one.text.name) for one in draft.files)
    if not any(one.exists() and one.samefile(file) for one in mine):
        message = f"{file} is there already, and it is no file of {found.graph.name}"
        raise B12GuideError(message)
    try:
        before = file.read_bytes()
        gap = "" if before.endswith(b"\n") else "\n"
        added = gap + found.more_examples()
        if b"\r\n" in before:
            added = added.replace("\n", "\r\n")
        saving.save(file, before + added.encode("utf-8"))
    except OSError as error:
        message = f"cannot write {file}: {error.strerror or 'it cannot be written'}"
        raise B12GuideError(message) from error


@click.command
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@output_option
@reported
def diff(old: str, new: str, format_: Format, file: Path | None) -> Output:
    """Show which patients NEW treats differently from OLD, or prove that there are none.

    Both are names of shipped guidelines or .gdl files that share a vocabulary.
    """
    found = difference(pipeline.load(old).graph, pipeline.load(new).graph)
    text = written_as(format_, found, file)
    is_same = found.is_proved_same and not found.rules
    return Output(text=text, file=file, code=Exit.FINE if is_same else Exit.FINDINGS)


@click.command
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option(Format.TEXT, Format.JSON)
@output_option
@reported
def version(old: str, new: str, format_: Format, file: Path | None) -> Output:
    """Say what the version after OLD is to be called, if it says what NEW says.

    A patch where it is proved that nobody is treated differently, a minor version where only
    options or texts change, a major one otherwise, with the smallest patient found. Fails where
    NEW has another number than its change asks for.
    """
    found = next_version(pipeline.load(old).graph, pipeline.load(new).graph)
    if format_ is Format.JSON:
        text = json.dumps(version_to_json(found), ensure_ascii=False, indent=2) + "\n"
    else:
        text = version_text(found, width=width_of_terminal())
    code = Exit.FINDINGS if found.diagnostics else Exit.FINE
    return Output(text=text, file=file, code=code)


@click.command
@click.argument("guideline", metavar="[GUIDELINE]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.MARKDOWN, Format.HTML, Format.JSON)
@audience_option("The readers for whom the words are chosen; JSON always has both.")
@output_option
@reported
def doc(guideline: str, format_: Format, audience: str, file: Path | None) -> Output:
    """Write a guideline out as prose.

    GUIDELINE is the name of a shipped guideline, a .gdl file, or - for standard input. Every
    sentence is made from the rules; what the author wrote as prose stands in quotation marks.
    """
    read = written.read(library_of(guideline))
    found = document_of(read.graph, read.draft)
    return Output(text=written_as(format_, found, file, audience), file=file)
