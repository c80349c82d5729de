"""Studies as tables: subgroups beside each other, measures and cut-offs, and Table 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import evolve

from b12guide.graph.model import Decision, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.names import decision_text
from b12guide.say.validity import validity_text
from b12guide.show.page import Page, Section
from b12guide.show.patient_header import assumed_particulars, guideline_particulars
from b12guide.show.share_text import percent_text, sampling_text
from b12guide.show.terminal import to_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from b12guide.cohort.measured import CutoffCount, Distribution, MeasureCounts
    from b12guide.cohort.prevalence import AnswerShare, Prevalence
    from b12guide.cohort.shares import Share
    from b12guide.cohort.subgroups import Subgroups
    from b12guide.cohort.table_one import TableOne, TableOneCell, TableOneLine

_NOT_KNOWN = "not known"


def _page(
    title: str,
    graph: RuleGraph,
    assumed: Mapping[str, bool | str],
    particulars: Iterable[tuple[str, str]],
    sections: Iterable[Section],
) -> Page:
    return Page(
        title=f"{title}: {graph.title}",
        warning=validity_text(graph),
        particulars=(
            *guideline_particulars(graph),
            *particulars,
            *assumed_particulars(assumed, graph),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(one for one in sections if one.items or one.rows),
    )


def group_text(values: Sequence[str | None]) -> str:
    """The values that make a part of a cohort.

    >>> group_text(("2", "18 to below 65 years", None))
    '2, 18 to below 65 years, not known'
    """
    return ", ".join(_NOT_KNOWN if one is None else one for one in values)


def _percent(number: float | None) -> str:
    return "" if number is None else percent_text(number)


def _limits(share: Share) -> str:
    if share.low is None or share.high is None:
        return ""
    return f"{percent_text(share.low)} to {percent_text(share.high)}"


def _number(number: float | None) -> str:
    """A number with four significant digits, and no more than it has.

    >>> _number(95.64046), _number(1234.5), _number(0.0132), _number(None)
    ('95.64', '1234', '0.0132', '')
    """
    if number is None:
        return ""
    text = f"{number:.4g}"
    return f"{number:.0f}" if "e" in text and abs(number) > 1 else text


# ------------------------------------------------------------------------- subgroups

_SHARE_HEADS = ("patients", "share", "interval", "at most")


def _share_cells(count: int, share: Share) -> tuple[str, str, str, str]:
    return f"{count:,}", _percent(share.share), _limits(share), _percent(share.most)


def subgroups_page(found: Subgroups) -> Page:
    """The rules that apply to anybody and the decisions, in each part of a cohort."""
    groups = found.groups
    names = [group_text(one.group) for one in groups]
    head = ", ".join(found.labels)
    sampling = None
    if groups:
        sampling = evolve(groups[0].prevalence.sampling, weightless=found.weightless)
    particulars = [
        ("Patients", f"{found.patients:,}"),
        ("By", head),
        ("Shares", sampling_text(sampling, is_part=True) if sampling else "of nobody"),
        ("At most", "if it were so for all for whom it is not known"),
    ]
    return _page(
        "Subgroups of a cohort",
        found.graph,
        found.assumed,
        particulars,
        [
            Section(
                title="Patients",
                heads=(head, "patients"),
                rows=tuple(
                    (name, f"{one.prevalence.patients:,}")
                    for name, one in zip(names, groups, strict=True)
                ),
            ),
            *_decision_tables(found, names, head),
            *_rule_tables(found, names, head),
        ],
    )


def _decision_tables(
    found: Subgroups, names: Sequence[str], head: str
) -> Iterator[Section]:
    for place, decision in enumerate(
        found.groups[0].prevalence.decisions if found.groups else ()
    ):
        told = [one.prevalence.decisions[place] for one in found.groups]
        if any(row.determined or row.depends or row.conflict for row in told):
            name = decision_text(Decision(decision.decision))
            yield Section(
                title=f"{name}: determined",
                heads=(head, *_SHARE_HEADS),
                rows=tuple(
                    (label, *_share_cells(row.determined, row.shares["determined"]))
                    for label, row in zip(names, told, strict=True)
                ),
            )


def _rule_tables(
    found: Subgroups, names: Sequence[str], head: str
) -> Iterator[Section]:
    for place, rule in enumerate(
        found.groups[0].prevalence.rules if found.groups else ()
    ):
        told = [one.prevalence.rules[place] for one in found.groups]
        if any(row.applies for row in told):
            yield Section(
                title=f"{rule.title} ({rule.rule}): applies",
                heads=(head, *_SHARE_HEADS),
                rows=tuple(
                    (label, *_share_cells(row.applies, row.shares["applies"]))
                    for label, row in zip(names, told, strict=True)
                ),
                is_behind=True,
            )


_HEADS = ("of_what", "name", "answer")
_NUMBERS = (
    *("patients", "of", "share", "standard_error", "low", "high"),
    *("design_effect", "most", "most_high"),
)


def _told(one: AnswerShare) -> dict[str, Any]:
    texts = {name: getattr(one, name) for name in _HEADS}
    return texts | {name: getattr(one.share, name) for name in _NUMBERS}


def prevalence_to_csv(found: Prevalence) -> str:
    """Every verdict, outcome and value with its share, a line for each."""
    return to_csv((*_HEADS, *_NUMBERS), map(_told, found.shares))


def subgroups_to_csv(found: Subgroups) -> str:
    """Every verdict, outcome and value in each part, a line for each."""
    own = (*_HEADS, *_NUMBERS)
    by = [f"by.{one}" if one in own else one for one in found.by]
    rows = (
        dict(zip(by, group.group, strict=True)) | _told(one)
        for group in found.groups
        for one in group.prevalence.shares
    )
    return to_csv((*by, *own), rows)


# -------------------------------------------------------------------------- measures


def measures_page(found: MeasureCounts) -> Page:
    """What is known of each measure, and how many lie beyond which cut-off."""
    particulars = [("Patients", f"{found.patients:,}")]
    if found.by:
        particulars.append(("By", ", ".join(found.by)))
    particulars.append(
        ("Shares", sampling_text(found.sampling, is_part=bool(found.by)))
    )
    particulars.append(("At most", "if it were so for all for whom it is not known"))
    return _page(
        "Measures of a cohort",
        found.graph,
        found.assumed,
        particulars,
        [*_measure_tables(found), *_cutoff_tables(found)],
    )


def _measure_tables(found: MeasureCounts) -> Iterator[Section]:
    heads = (
        "known",
        "not known",
        "mean",
        "interval",
        "SD",
        "least",
        "quartiles",
        "most",
    )
    several = sorted(found.measures, key=lambda one: one.fact)
    order = list(dict.fromkeys(one.fact for one in found.measures))
    several.sort(key=lambda one: order.index(one.fact))
    for _, group in groupby(several, key=lambda one: one.fact):
        rows = list(group)
        unit = f" [{rows[0].unit}]" if rows[0].unit else ""
        yield Section(
            title=f"{rows[0].label}{unit}",
            heads=(", ".join(found.by) or "whom", *heads),
            rows=tuple(
                (
                    group_text(row.group) or "everybody",
                    f"{row.patients - row.unknown:,}",
                    f"{row.unknown:,}",
                    *_distribution_cells(row.distribution),
                )
                for row in rows
            ),
        )


def _distribution_cells(found: Distribution) -> tuple[str, ...]:
    quartiles = (found.lower_quartile, found.median, found.upper_quartile)
    interval = ""
    if found.low is not None:
        interval = f"{_number(found.low)} to {_number(found.high)}"
    return (
        _number(found.mean),
        interval,
        _number(found.deviation),
        _number(found.least),
        ", ".join(filter(None, map(_number, quartiles))),
        _number(found.most),
    )


def _cutoff_tables(found: MeasureCounts) -> Iterator[Section]:
    heads = ("yes", "no", "not known", "share", "interval", "at most", "of those known")
    order = list(dict.fromkeys(one.cutoff for one in found.cutoffs))
    several = sorted(found.cutoffs, key=lambda one: order.index(one.cutoff))
    for cutoff, group in groupby(several, key=lambda one: one.cutoff):
        rows = list(group)
        rules = ", ".join(rows[0].rules)
        yield Section(
            title=f"{cutoff} ({rules or 'asked for'})",
            heads=(", ".join(found.by) or "whom", *heads),
            rows=tuple(_cutoff_row(row) for row in rows),
        )


def _cutoff_row(row: CutoffCount) -> tuple[str, ...]:
    between = f" (+ {row.between:,} between)" if row.between else ""
    return (
        group_text(row.group) or "everybody",
        f"{row.yes:,}",
        f"{row.no:,}{between}",
        f"{row.unknown:,}",
        _percent(row.share.share),
        _limits(row.share),
        _percent(row.share.most),
        _percent(row.among_known.share),
    )


def measures_to_csv(found: MeasureCounts) -> str:
    """The cut-offs, a line for each in each part."""
    counts = ("fact", "cutoff", "rules", "yes", "no", "unknown", "between")
    numbers = ("share", "standard_error", "low", "high", "design_effect", "most")
    by = [f"by.{one}" if one in (*counts, *numbers) else one for one in found.by]
    rows = (
        {
            **dict(zip(by, one.group, strict=True)),
            **{name: getattr(one, name) for name in counts},
            **{name: getattr(one.share, name) for name in (*numbers, "most_high")},
            "known_share": one.among_known.share,
        }
        for one in found.cutoffs
    )
    return to_csv((*by, *counts, *numbers, "most_high", "known_share"), rows)


# ---------------------------------------------------------------------------- Table 1


def table_one_rows(found: TableOne) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heads of Table 1 and its lines, as texts."""
    heads = ["", "everybody"] + [group_text(one.group) for one in found.groups[1:]]
    has_groups = len(found.groups) > 2
    sizes = [f"{one.patients:,}" for one in found.groups]
    rows: list[tuple[str, ...]] = [("patients", *sizes, *([""] if has_groups else []))]
    if found.sampling.is_design:
        weights = ["" if g.weight is None else f"{g.weight:,.0f}" for g in found.groups]
        rows.append(("people by weight", *weights, *([""] if has_groups else [])))
    for column, lines in groupby(found.lines, key=lambda one: one.column):
        for line in lines:
            rows += _table_one_lines(line, column, has_groups)
    return (*heads, *(["difference"] if has_groups else [])), rows


def _table_one_lines(
    line: TableOneLine, column: str, has_groups: bool
) -> Iterator[tuple[str, ...]]:
    unit = f" [{line.unit}]" if line.unit else ""
    name = f"{line.label or column}{unit}"
    end = [_number(line.difference)] if has_groups else []
    if line.is_unknown:
        cells = [_counted(cell) for cell in line.cells]
        yield (f"{name}: {_NOT_KNOWN}", *cells, *end)
    elif line.level is not None:
        cells = [_counted(cell) for cell in line.cells]
        yield (f"{name}: {line.level}", *cells, *end)
    else:
        told = [cell.distribution for cell in line.cells]
        means = [
            f"{_number(d.mean)} ({_number(d.deviation)})" if d and d.known else ""
            for d in told
        ]
        yield (f"{name}: mean (SD)", *means, *end)
        middles = [
            f"{_number(d.median)} [{_number(d.lower_quartile)} to "
            f"{_number(d.upper_quartile)}]"
            if d and d.known
            else ""
            for d in told
        ]
        yield (f"{name}: median [quartiles]", *middles, *([""] if has_groups else []))


def _counted(cell: TableOneCell) -> str:
    share = cell.share
    if share is None or share.share is None:
        return ""
    return f"{share.patients:,} ({percent_text(share.share)})"


def table_one_page(found: TableOne) -> Page:
    """Who the patients of a study are, as one table."""
    heads, rows = table_one_rows(found)
    levels = "of those for whom it is known"
    particulars = [
        ("Patients", f"{found.patients:,}"),
        ("Shares", sampling_text(found.sampling, is_part=bool(found.by))),
        ("Percentages", f"{levels}; what is not known, of all"),
    ]
    if len(found.groups) > 2:
        text = "the greatest standardized difference between two groups"
        particulars.append(("Difference", text))
    title = "Table 1"
    table = Section(title=title, heads=heads, rows=tuple(rows))
    return _page(title, found.graph, found.assumed, particulars, [table])


_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "µ": r"\textmu{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def _latex(text: str) -> str:
    r"""Text in which nothing is a command.

    >>> _latex("50% of_all & <1")
    '50\\% of\\_all \\& \\textless{}1'
    """
    return "".join(_LATEX.get(sign, sign) for sign in text)


def table_one_to_latex(found: TableOne) -> str:
    """Table 1 for LaTeX with `booktabs`: notice and review status stand under it."""
    heads, rows = table_one_rows(found)
    about = table_one_page(found)
    under = [f"{label}: {text}." for label, text in about.particulars]
    lines = [
        r"\begin{table}",
        rf"\caption{{{_latex(about.title)}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}",
        r"\toprule",
        " & ".join(map(_latex, heads)) + r" \\",
        r"\midrule",
        *(" & ".join(map(_latex, row)) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        rf"\par\smallskip\footnotesize {_latex(' '.join([*under, EDUCATION_NOTICE]))}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def table_one_to_csv(found: TableOne) -> str:
    """The same lines with the texts of their cells."""
    heads, rows = table_one_rows(found)
    names = ("line", *heads[1:])
    return to_csv(names, (dict(zip(names, row, strict=True)) for row in rows))
