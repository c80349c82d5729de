"""Files of patients in, files of advice out, batch by batch: memory does not grow with the rows.

What is written is a draft until it is whole, and then takes its place in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from b12guide.cohort.advice_files import AdviceForm, AdvicePart
from b12guide.cohort.assumed import written_values
from b12guide.cohort.carriers import Asked, answered
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.kernel import kernel
from b12guide.cohort.options import SCHEMA, Options, VerdictForm, csv_metadata
from b12guide.cohort.panel_kernel import panel_kernel
from b12guide.cohort.paths import KNOWN, format_of, keep_apart
from b12guide.cohort.prevalence import Summary
from b12guide.cohort.source import RowSource, opened
from b12guide.cohort.table_files import reason, refuse
from b12guide.evaluate.evaluator import Evaluator
from b12guide.saving import whole
from b12guide.several.called import with_words_of_all

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
    summary = Summary.of_nobody(
        evaluator.graph,
        asked.wanted,
        written_values(asked.assumed.values, evaluator.graph),
    )
    # The long form, and verdicts as Booleans, are for other programs to count.
    is_counted = not options.long and options.verdicts is VerdictForm.WORDS
    form = _form(advice, asked, summary.columns(options) if is_counted else ())
    report = CellReport()
    with closing(
        _written(asked, source, form, advice, progress=progress, workers=workers)
    ) as parts:
        for part, so_far in parts:
            report = so_far
            if part is not None and is_counted:
                summary = summary.plus_counts(part.counts, part.rows, options)
    return summary, report


def panel_file(  # noqa: PLR0913 -- two files, how they are read, and who works
    evaluators: Sequence[Evaluator],
    patients: Path,
    advice: Path,
    options: Options,
    progress: FileProgress = lambda _done, _of, _unit: None,
    *,
    workers: int | None = None,
) -> CellReport:
    """Write how several guidelines stand to each other about every patient of a file.

    Args:
        evaluators: The guidelines.
        patients: As for `advise_file`.
        advice: Where the columns go, by its suffix.
        options: As for `advise_file`.
        progress: As for `advise_file`.
        workers: As for `advise_file`.

    Returns:
        What is implausible.

    Raises:
        CohortError: As for `advise_file`.
        PatientError: As for `advise_file`.
    """
    keep_apart(advice, patients)
    words = with_words_of_all(one.graph for one in evaluators)
    source = opened(patients, words, options)
    asked = panel_kernel(
        evaluators, source.schema, options, source.name, is_text=source.is_text
    )
    form, report = _form(advice, asked, ()), CellReport()
    with closing(
        _written(asked, source, form, advice, progress=progress, workers=workers)
    ) as parts:
        for _, so_far in parts:
            report = so_far
    return report


def _written(  # noqa: PLR0913 -- two files, how they are read, and who works
    asked: Asked,
    source: RowSource,
    form: AdviceForm,
    advice: Path | None,
    *,
    progress: FileProgress,
    workers: int | None,
) -> Generator[tuple[AdvicePart | None, CellReport]]:
    """Each part of the advice once it is written, and what is implausible so far."""
    of = source.rows if source.bytes is None else source.bytes
    unit = "patients" if source.bytes is None else "bytes"

    def tell(done: int) -> None:
        progress(done, of, unit)

    told = answered(
        asked,
        source.batches(asked.matched.read),
        make=form.part,
        name=source.name,
        tell=tell,
        position=source.position,
        of=of,
        workers=workers,
    )
    with _writer(advice, form) as write, closing(told) as answers:
        for one, so_far in answers:
            part = None if one is None else one.made_by(form.part)
            if part is not None:
                write(part.content)
            yield part, so_far


def _form(path: Path | None, asked: Asked, counted: tuple[str, ...]) -> AdviceForm:
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
