"""Files of patients in, files of advice out, batch by batch: memory does not grow with the rows.

What is written is a draft until it is whole, and then takes its place in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from b12guide.cohort.advice_files import AdviceForm
from b12guide.cohort.assumed import written_values
from b12guide.cohort.carriers import answered
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import SCHEMA, Options, VerdictForm, csv_metadata
from b12guide.cohort.paths import KNOWN, format_of, keep_apart
from b12guide.cohort.prevalence import Summary
from b12guide.cohort.source import opened
from b12guide.cohort.table_files import reason, refuse
from b12guide.evaluate.evaluator import Evaluator
from b12guide.saving import whole

FileProgress: TypeAlias = Callable[[int, int | None, str], None]


def advise_file(  # noqa: PLR0913 -- two files, how they are read, and who works
    evaluator: Evaluator,
    patients: Path,
    advice: Path | None,
    options: Options,
    progress: FileProgress = lambda _done, _of, _unit: None,
    *,
    workers: int | None = None,
) -> tuple[Summary, CellReport]:
    """Answer for every patient of a file, or of all files in a folder.

    Args:
        evaluator: The guideline.
        patients: Parquet, Arrow or CSV by its suffix, or a folder of such files.
        advice: Where the advice goes, by its suffix; nowhere but into the summary if left out.
        options: How the columns are read.
        progress: Called from the start and then from time to time with how much is done, of how
            much, and in which unit: `patients`, or `bytes` of a file that does not say how many
            patients it holds.
        workers: How many processes work; as many as there are cores where there is enough to do,
            if None.

    Returns:
        How often each answer was given (not in the long form), and what is implausible.

    Raises:
        CohortError: A file cannot be read or written, or the advice would stand where the patients
            do.
        PatientError: The files of a folder differ, a column cannot be used, or cells are
            implausible.
    """
    keep_apart(advice, patients)
    source = opened(patients, evaluator.graph, options)
    asked = kernel(
        evaluator, source.schema, options, source.name, is_text=source.is_text
    )
    batches = source.batches(asked.matched.read)
    summary = Summary.of_nobody(
        evaluator.graph,
        asked.wanted,
        written_values(asked.assumed.values, evaluator.graph),
    )
    # The long form, and verdicts as Booleans, are for other programs to count.
    is_counted = not options.long and options.verdicts is VerdictForm.WORDS
    form = _form(advice, asked, summary.columns(options) if is_counted else ())
    report = CellReport()
    of = source.rows if source.bytes is None else source.bytes
    unit = "patients" if source.bytes is None else "bytes"

    def tell(done: int) -> None:
        progress(done, of, unit)

    told = answered(
        asked,
        batches,
        make=form.part,
        name=source.name,
        tell=tell,
        position=source.position,
        of=of,
        workers=workers,
    )
    with _writer(advice, form) as write, closing(told) as answers:
        for one, so_far in answers:
            report = so_far
            part = None if one is None else one.made_by(form.part)
            if part is not None:
                write(part.content)
                if is_counted:
                    summary = summary.plus_counts(part.counts, part.rows, options)
    return summary, report


def _form(path: Path | None, asked: Kernel, counted: tuple[str, ...]) -> AdviceForm:
    """What batches of advice become on the way into a file."""
    kind, sign = None, ","
    if path is not None:
        kind = format_of(path)
        if kind is None:
            refuse(f"{path} is of no known kind; {KNOWN}")
        if path.suffix.lower() == ".gz":
            refuse(f"{path} would be compressed, which is read and not written")
        sign = "\t" if path.suffix.lower() == ".tsv" else ","
    return AdviceForm(
        kind=kind,
        schema=asked.advice_schema,
        kept=asked.matched.kept,
        divider=sign,
        counted=counted,
    )


@contextmanager
def _writer(path: Path | None, form: AdviceForm) -> Iterator[Callable[[Any], object]]:
    """How parts of advice are written; the file takes its place when all are."""
    if path is None:
        yield lambda _content: None
        return
    try:
        if path.exists() and not path.is_file():
            refuse(f"{path} is not a file that can be replaced")
        with ExitStack() as drafts:
            if form.kind == "csv":
                # Where the metadata of a CSV file stand; what is not ours is
                # not replaced.
                found = path.with_name(f"{path.name}-metadata.json")
                if found.exists() and f'"{SCHEMA}"' not in found.read_text(
                    "utf-8", "replace"
                ):
                    refuse(
                        f"the metadata of {path} belong into {found.name}, which holds something "
                        "else; move it away, or give the advice another name"
                    )
                beside = drafts.enter_context(whole(found))
                told = csv_metadata(path.name, form.divider, form.schema)
                beside.write(told.encode())
            sink = drafts.enter_context(whole(path))
            yield drafts.enter_context(form.file(sink))
    except OSError as error:
        refuse(f"cannot write {path}: {reason(error)}")
