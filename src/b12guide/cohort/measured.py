"""The measures of a cohort: what is known of them, and how many lie beyond which cut-off.

Cut-offs are those that the rules of the guideline compare with, and those that the caller names.
Both are read as the guideline writes conditions, so units are converted exactly, and compared
with values in full precision. A value inside a threshold that the source prints as a range is
neither below nor above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, fields, frozen

from b12guide.answers import Answer
from b12guide.arguments import mapping
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.design import Numbers
from b12guide.cohort.frames import FrameKind, native
from b12guide.cohort.intervals import student_quantile
from b12guide.cohort.prevalence import share_columns
from b12guide.cohort.row_values import FactRows, RowValues
from b12guide.cohort.shares import Coded, Sample, Sampling, Share, rounded
from b12guide.cohort.subgroups import Grouping, with_groups
from b12guide.errors import ArgumentError, CohortError, UnknownNameError
from b12guide.frozen import Record, frozen_map
from b12guide.graph.condition import Compare, Condition, atoms
from b12guide.graph.model import RuleGraph
from b12guide.values.quantity import format_number, format_quantity
from b12guide.values.term import Kind


@frozen(kw_only=True, repr=False)
class Distribution(Record):
    """How a measure is distributed among those for whom it is known.

    Attributes:
        known: The rows for which it is known, of those that weigh something.
        mean: Their mean, weighted where there are weights; `low` and `high` are its interval.
        standard_error: Of the mean.
        deviation: The standard deviation.
        median: With the quartiles beside it. Without weights they lie between two values where
            they fall between two; with weights they are the least value that enough people have.
    """

    known: int
    mean: float | None = None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    deviation: float | None = None
    least: float | None = None
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None
    most: float | None = None


@frozen(kw_only=True, repr=False)
class MeasureCount(Record):
    """One measure of a cohort, or of a part of one.

    Attributes:
        group: The values that make the part; empty where there are no parts.
        unit: The unit of the numbers; None for a plain number.
        patients: How many rows there are, of those that weigh something.
        unknown: For how many of them it is not known.
    """

    group: tuple[str | None, ...] = ()
    fact: str
    label: str
    unit: str | None
    patients: int
    unknown: int
    distribution: Distribution


@frozen(kw_only=True, repr=False)
class CutoffCount(Record):
    """How many lie beyond one cut-off, or between two.

    Attributes:
        group: The values that make the part; empty where there are no parts.
        cutoff: As the guideline writes conditions.
        rules: The rules and definitions of the guideline that compare with it; none for one that
            the caller named.
        yes: The rows of which it is true, of those that weigh something; `no` those of which it is
            not, and so on.
        unknown: The rows of which it is not known.
        between: The rows whose value lies inside a threshold that the source prints as a range.
        share: The share of those in whom it is true, of everybody; `among_known` of those for whom
            the measure is known.
    """

    group: tuple[str | None, ...] = ()
    fact: str
    cutoff: str
    rules: tuple[str, ...]
    yes: int
    no: int
    unknown: int
    between: int
    share: Share
    among_known: Share


@frozen(kw_only=True, repr=False)
class MeasureCounts(Answer):
    """The measures of a cohort, and how many lie beyond which cut-off.

    Attributes:
        by: The columns that make parts of the cohort; none where it is looked at as a whole.
        patients: How many rows; those of no weight are in no count and in no share.
        measures: In the order of the vocabulary, part by part.
        cutoffs: By measure: those of the guideline, then those of the caller.
        sampling: How rows become shares.
        assumed: What was assumed of patients for whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    by: tuple[str, ...] = ()
    patients: int
    measures: tuple[MeasureCount, ...] = field(repr=False)
    cutoffs: tuple[CutoffCount, ...] = field(repr=False)
    sampling: Sampling = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)

    def to_frame(self) -> Any:
        """The measures as a frame of the kind that came in."""
        texts, whole = ("fact", "label", "unit"), ("patients", "unknown")
        columns = {
            name: pa.array([getattr(one, name) for one in self.measures], pa.string())
            for name in texts
        }
        for name in whole:
            numbers = [getattr(one, name) for one in self.measures]
            columns[name] = pa.array(numbers, pa.int64())
        for name in (one.name for one in fields(Distribution)):
            told = [getattr(one.distribution, name) for one in self.measures]
            columns[name] = pa.array(
                told, pa.int64() if name == "known" else pa.float64()
            )
        values = [one.group for one in self.measures]
        return native(with_groups(pa.table(columns), self.by, values), self.kind)

    def cutoffs_frame(self) -> Any:
        """The cut-offs, each with its counts and its share."""
        columns = {
            name: pa.array([getattr(one, name) for one in self.cutoffs], pa.string())
            for name in ("fact", "cutoff")
        }
        rules = [list(one.rules) for one in self.cutoffs]
        columns["rules"] = pa.array(rules, pa.list_(pa.string()))
        for name in ("yes", "no", "unknown", "between"):
            numbers = [getattr(one, name) for one in self.cutoffs]
            columns[name] = pa.array(numbers, pa.int64())
        shares = share_columns([one.share for one in self.cutoffs])
        del shares["patients"]  # the counts of rows stand there already
        known = share_columns([one.among_known for one in self.cutoffs])
        some = ("share", "low", "high")
        columns |= shares | {f"known_{name}": known[name] for name in some}
        values = [one.group for one in self.cutoffs]
        return native(with_groups(pa.table(columns), self.by, values), self.kind)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        return {
            "by": list(self.by),
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "sampling": self.sampling.plain(),
            "measures": [plain_record(one) for one in self.measures],
            "cutoffs": [plain_record(one) for one in self.cutoffs],
        }


def plain_record(value: Any) -> Any:
    """A record of counts as plain data."""
    if isinstance(value, tuple):
        return [plain_record(one) for one in value]
    if isinstance(value, Record):
        kind: Any = type(value)
        return {f.name: plain_record(getattr(value, f.name)) for f in fields(kind)}
    return value


# -------------------------------------------------------------------------- cut-offs


@frozen(kw_only=True, eq=False, repr=False)
class Cutoff:
    """A condition on a measure.

    Attributes:
        text: As the guideline writes it.
        rules: The rules of the guideline that compare with it.
    """

    fact: str
    text: str
    condition: Condition
    rules: tuple[str, ...] = ()


_COMPARED = re.compile(r"\s*(<=|>=|<|>|=|≤|≥)")
_SIGNS = {"≤": "<=", "≥": ">="}
_BETWEEN = re.compile(r"\s*(?:from\s+)?([0-9].*?\sto\s+[0-9].*)", re.DOTALL)


def cutoffs_from(value: Any, graph: RuleGraph) -> list[tuple[str, str]]:
    """The measures and conditions that a caller names, as the guideline writes them.

    Raises:
        ArgumentError: It is no mapping of measures to texts.
        UnknownNameError: There is no such measure.
        CohortError: A text is no cut-off.
    """
    argument = "cutoffs"
    expected = (
        'a mapping of measures to cut-offs, such as {"serum_b12": ["< 148 pmol/L"]}'
    )
    facts = graph.vocabulary.facts
    known = [name for name, fact in facts.items() if fact.kind is Kind.MEASURE]
    found = []
    for name, texts in mapping(value, argument, expected).items():
        if not isinstance(name, str):
            raise ArgumentError(argument, expected, value)
        if name not in known:
            what = "measure"
            raise UnknownNameError(what, name, known)
        several = (texts,) if isinstance(texts, str) else texts
        if not isinstance(several, Iterable):
            raise ArgumentError(argument, expected, value)
        for text in several:
            if not isinstance(text, str):
                raise ArgumentError(argument, expected, value)
            found.append((name, f"{name} {_as_written(name, text)}"))
    return found


def _as_written(name: str, text: str) -> str:
    """The end of a condition.

    Raises:
        CohortError: It is none.
    """
    sign = _COMPARED.match(text)
    if sign is not None:
        return f"{_SIGNS.get(sign[1], sign[1])} {text[sign.end() :].strip()}"
    between = _BETWEEN.fullmatch(text)
    if between is not None:
        return f"from {between[1].strip()}"
    unit = "" if not text.strip() else f" `{text.strip()}`"
    message = (
        f"{unit.strip() or 'an empty text'} is no cut-off for `{name}`; write it as "
        '"< 148 pmol/L", ">= 221 pmol/L" or "148 to 221 pmol/L"'
    )
    raise CohortError(message)


def own_cutoffs(graph: RuleGraph, there: Iterable[str]) -> Iterator[Cutoff]:
    """The bounds with which the guideline compares measures that the cohort has."""
    found: dict[Compare, list[str]] = {}
    named = [
        *((rule.name, rule.condition) for rule in graph.rules.values()),
        *((one.name, one.condition) for one in graph.definitions.values()),
        *(("scope", one) for one in (graph.scope,)),
    ]
    for name, condition in named:
        for atom in atoms(condition):
            if isinstance(atom, Compare) and name not in found.setdefault(atom, []):
                found[atom].append(name)
    names = list(there)
    some = [atom for atom in found if atom.fact in names]
    for atom in sorted(
        some, key=lambda a: (names.index(a.fact), a.low, a.high, a.operator.value)
    ):
        unit = graph.vocabulary.facts[atom.fact].unit
        low = "" if atom.low == atom.high else f"{format_number(atom.low)} to "
        bound = f"{low}{format_quantity(atom.high, unit)}"
        yield Cutoff(
            fact=atom.fact,
            text=f"{atom.fact} {atom.operator.value} {bound}",
            condition=atom,
            rules=tuple(found[atom]),
        )


# ------------------------------------------------------------------------- counting


def distribution_of(numbers: Numbers, sample: Sample) -> Distribution:
    """How the numbers of a sample are distributed, those that are known."""
    of = sample.within(~np.isnan(numbers))
    values, weights = numbers[of.inside], of.weights
    count = len(values)
    if not count:
        return Distribution(known=0)
    whole = weights.sum()
    mean = float((weights * values).sum() / whole)
    squares = float((weights * (values - mean) ** 2).sum() / whole)
    deviation = (squares * count / (count - 1)) ** 0.5 if count > 1 else None
    error = None
    if of.design is not None:
        error = of.design.variance_of_mean(values, of.inside, mean) ** 0.5
    elif deviation is not None:
        error = deviation / count**0.5
    low = high = None
    if error is not None and of.freedom > 0:
        half = student_quantile((1 + of.level) / 2, of.freedom) * error
        low, high = rounded(mean - half), rounded(mean + half)
    lower, middle, upper = quantiles(values, weights, of.design is not None)
    return Distribution(
        known=count,
        mean=rounded(mean),
        standard_error=None if error is None else rounded(error),
        low=low,
        high=high,
        deviation=None if deviation is None else rounded(deviation),
        least=rounded(float(values.min())),
        lower_quartile=lower,
        median=middle,
        upper_quartile=upper,
        most=rounded(float(values.max())),
    )


def quantiles(values: Numbers, weights: Numbers, is_weighted: bool) -> list[float]:
    """The median between the quartiles, as R's `quantile` or its package `survey` has them."""
    at = np.array([0.25, 0.5, 0.75])
    if not is_weighted:
        return [rounded(one) for one in np.quantile(values, at).tolist()]
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    # A share that should be a half exactly may fall short of it by its last digit.
    places = np.searchsorted(share, at - 1e-12)
    return [rounded(float(values[order][place])) for place in places]


def counts_of_measures(  # noqa: PLR0913 -- whom, of what, by what, and how they were drawn
    graph: RuleGraph,
    rows: FactRows,
    cutoffs: Sequence[Cutoff],
    sample: Sample,
    grouping: Grouping | None,
    *,
    kind: FrameKind,
    assumed: Mapping[str, Any],
) -> MeasureCounts:
    """The measures of a cohort, and how many lie beyond each cut-off."""
    everybody = np.ones(len(sample.inside), np.bool_)
    parts: list[tuple[tuple[str | None, ...], Any]] = [((), everybody)]
    if grouping is not None:
        parts = [
            (values, grouping.inside(place))
            for place, values in enumerate(grouping.groups)
        ]
    measures, counts = [], []
    for group, mask in parts:
        inside = sample.within(mask)
        measures += [
            _measure(values, group, inside)
            for values in rows.values.values()
            if values.numbers is not None
        ]
        for cutoff, rails in zip(cutoffs, rows.truths, strict=True):
            known = rows.values[cutoff.fact].known
            codes = np.where(rails[0], 1, np.where(rails[1], 0, np.where(known, 3, 2)))
            counts.append(_cutoff(cutoff, group, codes, inside))
    return MeasureCounts(
        graph=graph,
        by=() if grouping is None else grouping.by,
        patients=sample.rows,
        measures=tuple(measures),
        cutoffs=tuple(counts),
        sampling=sample.sampling(len(everybody) - sample.rows),
        kind=kind,
        assumed=assumed,
    )


def _measure(
    values: RowValues, group: tuple[str | None, ...], inside: Sample
) -> MeasureCount:
    numbers = np.array([]) if values.numbers is None else values.numbers
    return MeasureCount(
        group=group,
        fact=values.name,
        label=values.label,
        unit=values.unit,
        patients=inside.rows,
        unknown=inside.within(~values.known).rows,
        distribution=distribution_of(numbers, inside),
    )


def _cutoff(
    cutoff: Cutoff, group: tuple[str | None, ...], codes: Any, inside: Sample
) -> CutoffCount:
    mine = codes[inside.inside]
    no, yes, unknown, between = np.bincount(mine, minlength=4).tolist()
    coded = Coded(codes=codes, kinds=4, answers=((1,),), open=((2, 3),))
    known = Coded(codes=codes, kinds=4, answers=((1,),), open=((3,),))
    ((share,),) = inside.shares([coded])
    ((among,),) = inside.within(codes != 2).shares([known])
    return CutoffCount(
        group=group,
        fact=cutoff.fact,
        cutoff=cutoff.text,
        rules=cutoff.rules,
        yes=yes,
        no=no,
        unknown=unknown,
        between=between,
        share=share,
        among_known=among,
    )
