"""`b12guide prove`: what holds for every possible patient."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide import extras, written
from b12guide.cli.failure import reported
from b12guide.cli.files import library_of
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Exit, Output, write_whole
from b12guide.cli.recommend import written_as
from b12guide.errors import B12GuideError
from b12guide.prove.claim import Proof
from b12guide.prove.everything import Proofs, proofs_of
from b12guide.prove.example import examples_file
from b12guide.syntax.format import formatted
from b12guide.text import Text

__all__ = ["prove", "save"]


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
    help="Ask the solver z3 as well, and fail where it is of another opinion.",
)
@output_option
@reported
def prove(
    guideline: str,
    format_: Format,
    examples: Path | None,
    second_opinion: bool,
    file: Path | None,
) -> Output:
    """Prove a guideline's claims for every possible patient.

    No gap, no undeclared conflict, no dead rule, the author's invariants and more; or the smallest
    patient for whom a claim is broken.
    """
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
