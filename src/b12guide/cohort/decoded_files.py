"""Files of rows with codes in, a file of patients out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from b12guide.cohort.decoding import DecodedPatients, decoded
from b12guide.cohort.paths import KNOWN, format_of, keep_apart
from b12guide.cohort.source import opened
from b12guide.cohort.table_files import reason, refuse
from b12guide.graph.model import RuleGraph
from b12guide.saving import whole


def decode_files(
    graph: RuleGraph,
    rows: Sequence[Path],
    output: Path,
    patients: Path | None = None,
    **reading: Any,
) -> DecodedPatients:
    """What rows with codes say of each patient, as a file, which is written whole or not at all.

    Args:
        graph: The guideline.
        rows: Parquet, Arrow or CSV by their suffixes, or folders of such files.
        output: Where the patients go, by its suffix.
        patients: A file with a row for each patient.
        reading: `on`, `patient`, `complete`, `codes`, `source` and `units`, as for `decoded`.

    Raises:
        CohortError: A file cannot be read or written.
        PatientError: As for `decoded`.
    """
    kind = format_of(output)
    if kind is None or output.suffix.lower() == ".gz":
        refuse(f"{output} is of no kind that is written; {KNOWN}")
    inputs = [*rows, *(() if patients is None else (patients,))]
    keep_apart(output, *inputs)
    found = decoded(
        graph,
        [opened(path).table() for path in rows],
        patients=None if patients is None else opened(patients).table(),
        **reading,
    )
    sign = "\t" if output.suffix.lower() == ".tsv" else ","
    try:
        with whole(output) as sink:
            match kind:
                case "parquet":
                    pq.write_table(found.frame, sink)
                case "csv":
                    how = pa.csv.WriteOptions(delimiter=sign)
                    pa.csv.write_csv(found.frame, sink, how)
                case _:
                    with pa.ipc.new_file(sink, found.frame.schema) as writer:
                        writer.write_table(found.frame)
    except OSError as error:
        refuse(f"cannot write {output}: {reason(error)}")
    return found
