r"""Ask the guideline about participants of a survey of whom little is known.

    python examples/nhanes.py nhanes_b12.parquet
    python examples/nhanes.py nhanes_b12.parquet --deficient-below "180 pg/mL" \
        --according-to "Patel and McGuirk, Am Fam Physician 2025;112:294-300"

The file is a table of the National Health and Nutrition Examination Survey (NHANES, US Centers for
Disease Control and Prevention; public domain) with its own names for columns: SEQN, RIDAGEYR,
RIAGENDR, RIDEXPRG, LBXB12, LBXHCY, LBXFER, LBXSCR. It is not part of b12guide.

What the survey does not know stays unknown. It measured vitamin B12 and did not say who is
deficient; the guideline prints no threshold, and none is made up here. Whoever wants one declares
it, with its source.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

import b12guide
from b12guide.cohort.study import Study
from b12guide.notice import EDUCATION_NOTICE

CITATION = "Inker and others, N Engl J Med 2021;385:1737-1749"
ADULT = 18  # the equation was made for adults, and not for pregnancy
FEMALE, PREGNANT = 2, 1  # as the survey codes them
MOST = 12

Numbers = npt.NDArray[np.float64]
COLUMNS = {
    "SEQN": "the number of the participant",
    "RIDAGEYR": "age",
    "RIAGENDR": "sex, for egfr",
    "RIDEXPRG": "pregnancy",
    "LBXB12": "serum_b12",
    "LBXHCY": "homocysteine",
    "LBXFER": "ferritin",
    "LBXSCR": "creatinine, for egfr",
}


def egfr(creatinine: Numbers, age: Numbers, female: npt.NDArray[np.bool_]) -> Numbers:
    """The filtration rate in mL/min/1.73 m2, by the CKD-EPI creatinine equation of 2021.

    Args:
        creatinine: In serum, in mg/dL, standardized.
        age: In years.
        female: Whether each is a woman.
    """
    kappa = np.where(female, 0.7, 0.9)
    alpha = np.where(female, -0.241, -0.302)
    ratio = creatinine / kappa
    return (
        142
        * np.minimum(ratio, 1) ** alpha
        * np.maximum(ratio, 1) ** -1.2
        * 0.9938**age
        * np.where(female, 1.012, 1.0)
    )


def numbers(table: pa.Table, name: str) -> Numbers:
    """A column of numbers, NaN for what is not known."""
    return table.column(name).cast(pa.float64()).to_numpy()


def participants(table: pa.Table) -> pa.Table:
    """The facts that the survey knows of its participants, named as the guideline names them."""
    age, pregnant = numbers(table, "RIDAGEYR"), numbers(table, "RIDEXPRG")
    rate = egfr(numbers(table, "LBXSCR"), age, numbers(table, "RIAGENDR") == FEMALE)
    rate[(age < ADULT) | (pregnant == PREGNANT)] = np.nan
    known = {1.0: True, 2.0: False}  # 3: could not be found out; empty: not asked
    return pa.table(
        {
            "SEQN": table.column("SEQN"),
            "age [years]": age,
            "pregnancy": pa.array(
                [known.get(p) for p in pregnant.tolist()], pa.bool_()
            ),
            "serum_b12 [pg/mL]": numbers(table, "LBXB12"),
            "homocysteine [µmol/L]": numbers(table, "LBXHCY"),
            "ferritin [ng/mL]": numbers(table, "LBXFER"),
            "egfr [mL/min/1.73 m2]": rate,
        }
    )


def declared(facts: pa.Table, below: float) -> pa.Table:
    """The facts, with deficiency as somebody declared it; unknown where B12 is."""
    b12 = facts.column("serum_b12 [pg/mL]").to_pylist()
    is_low = [None if np.isnan(value) else value < below for value in b12]
    return facts.append_column("b12_deficiency", pa.array(is_low, pa.bool_()))


# ------------------------------------------------------------------------- what is said


def heading(study: Study, arguments: argparse.Namespace) -> list[str]:
    """What the reader has to know before any number."""
    graph = study.evaluator.graph
    declared_by = (
        "unknown of everybody; the guideline prints no threshold"
        if arguments.deficient_below is None
        else "declared, not read from the guideline: serum B12 below "
        f"{arguments.deficient_below:g} pg/mL, according to {arguments.according_to}"
    )
    otherwise = {
        "unknown": "findings that the survey did not ask for are unknown",
        "absent": "findings that the survey did not ask for are taken to be absent",
    }
    said = {
        "Counts": f"{study.prevalence.patients:,} participants of NHANES, unweighted. They stand "
        "for no population. The assay of vitamin B12 changed between the waves; nothing was "
        "converted.",
        "From the survey": ", ".join(f"{c} ({what})" for c, what in COLUMNS.items()),
        "Derived": "egfr, for adults who are not known to be pregnant, by the CKD-EPI "
        f"creatinine equation of 2021 ({CITATION}); creatinine as published",
        "Not in the data": "symptoms, treatment, surgery, ileal disease, inherited defects, "
        "diabetes, platelets",
        "Deficiency": declared_by,
        "Otherwise": otherwise[arguments.otherwise],
    }
    lines = [graph.title, f"Version {graph.version}, {graph.status.value}."]
    lines += [*wrapped(EDUCATION_NOTICE), ""]
    for label, text in said.items():
        lines += wrapped(text, f"{label + ':':<17}")
    return lines


def wrapped(text: str, label: str = "") -> list[str]:
    """The lines of a paragraph, with a label before the first."""
    blank = " " * len(label)
    return textwrap.wrap(text, 96, initial_indent=label, subsequent_indent=blank)


def verdicts(study: Study) -> list[str]:
    """The rules that apply to anybody, or may, the most frequent first."""
    rules = study.prevalence.rules
    found = sorted(rules, key=lambda rule: (-rule.applies, -rule.unknown, rule.rule))
    heads = f"{'applies':>9}{'not':>9}{'unknown':>9}{'between':>9}  statements"
    return [
        f"{'rule':<34}{heads}",
        *(
            f"{rule.rule:<34}{rule.applies:>9,}{rule.does_not_apply:>9,}"
            f"{rule.unknown:>9,}{rule.indeterminate:>9,}  {' '.join(rule.statements)}"
            for rule in found
            if rule.applies or rule.unknown or rule.indeterminate
        ),
    ]


def decisions(study: Study) -> list[str]:
    """What each decision comes to by default, and of how many nothing is open in it."""
    words = ("depends", "conflict", "silent", "settled")
    heads = "".join(f"{word:>9}" for word in words)
    lines = [f"{'decision':<16}{'determined':>11}{heads}"]
    lines += [
        f"{one.decision:<16}{one.determined + one.not_needed:>11,}{one.depends:>9,}"
        f"{one.conflict:>9,}{one.silent:>9,}{one.settled:>9,}"
        for one in study.prevalence.decisions
    ]
    return lines


def questions(study: Study) -> list[str]:
    """The facts that answers hinge on, and the order in which they settle most."""
    hinges = study.hinges
    lines = [
        f"Nothing needs to be asked of {hinges.settled:,} of {hinges.patients:,}.",
        f"{'fact':<32}{'hinges':>9}{'settles alone':>15}",
    ]
    lines += [
        f"{one.fact:<32}{one.hinges:>9,}{one.alone:>15,}" for one in hinges.facts[:MOST]
    ]
    if len(hinges.facts) > MOST:
        lines.append(f"... and {len(hinges.facts) - MOST} more")
    steps = [
        f"  after {number:>2} ({step.fact}): {step.settled:,} settled, {step.more:,} more"
        for number, step in enumerate(hinges.order, start=1)
        if step.more
    ]
    if steps:
        lines += ["", "Asked one after the other, the next best first:", *steps]
    return lines


def report(study: Study, arguments: argparse.Namespace) -> str:
    """Everything, one part after the other."""
    parts = [
        heading(study, arguments),
        ["Verdicts", *verdicts(study)],
        ["Decisions", *decisions(study)],
        ["What would settle most", *questions(study)],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def pg_per_ml(text: str) -> float:
    """The number of a concentration that is written with its unit."""
    number, _, unit = text.strip().partition(" ")
    if unit.strip() not in {"pg/mL", "ng/L"}:
        message = f"`{text}` is not in pg/mL"
        raise argparse.ArgumentTypeError(message)
    try:
        return float(number)
    except ValueError as error:
        message = f"`{text}` does not begin with a number"
        raise argparse.ArgumentTypeError(message) from error


def main(arguments: list[str] | None = None) -> int:
    """Print the report on the file that the command line names."""
    parser = argparse.ArgumentParser(description="Ask the guideline about a survey.")
    parser.add_argument("file", type=Path, help="the Parquet file")
    parser.add_argument(
        "--deficient-below",
        type=pg_per_ml,
        metavar='"N pg/mL"',
        help="take a lower serum B12 for deficiency; needs --according-to",
    )
    parser.add_argument("--according-to", metavar="SOURCE", help="who says so")
    parser.add_argument(
        "--otherwise",
        choices=("unknown", "absent"),
        default="unknown",
        help="what holds of findings that the survey did not ask for",
    )
    asked = parser.parse_args(arguments)
    if (asked.deficient_below is None) is not (asked.according_to is None):
        parser.error("--deficient-below and --according-to go together")
    try:
        facts = participants(pq.read_table(asked.file, columns=list(COLUMNS)))
    except (OSError, pa.ArrowException, KeyError) as error:
        parser.error(f"{asked.file} cannot be used: {error}")
    if asked.deficient_below is not None:
        facts = declared(facts, asked.deficient_below)
    guideline = b12guide.load("mecobalamin_im")
    study = guideline.study(facts, patient="SEQN", otherwise=asked.otherwise)
    sys.stdout.write(report(study, asked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
