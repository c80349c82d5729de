"""The findings of a cohort as columns, and how many there are.

Most of what a finding says beside its days and texts is said of many patients: the rule, its
statements, how grave it is, why it is no violation. So each row has a number for that, and Arrow
puts it into the columns at the end. Nothing here is another reading of an audit: it holds what
`b12guide.audit.telling.findings_of` has.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import define, field, frozen

from b12guide.audit.departure import Weight
from b12guide.audit.finding import Family, Gravity, statements_in_order, told_together
from b12guide.audit.telling import Telling
from b12guide.cohort.frames import Table

_TEXT = pa.string()
_TEXTS = pa.list_(_TEXT)
_DAYS = pa.list_(pa.date32())


def schema_of(ids: Any, patient: str, *, by_rule: bool = False) -> Any:
    """The columns of the table of findings, or of what each rule says to them.

    Args:
        ids: The type of the ids.
        patient: The name of their column.
        by_rule: Whether there is a row for each rule and day, with the number of its finding.
    """
    several = ("finding", pa.int32()) if by_rule else ("rules", _TEXTS)
    return pa.schema(
        [
            (patient, ids),
            ("on", pa.date32()),
            ("severity", _TEXT),
            ("family", _TEXT),
            ("rule", _TEXT),
            ("statements", _TEXTS),
            ("text", _TEXT),
            ("limit", _TEXT),
            ("compared", _DAYS),
            ("needs", _TEXTS),
            ("assumptions", _TEXTS),
            ("clears", _TEXT),
            ("challenges", _TEXTS),
            ("missing", _TEXT),
            ("silent", _TEXTS),
            several,
        ]
    )


@frozen(eq=False)
class _Shared:
    """What many rows say alike: a weight as it stands in a row, or several as in a finding.

    Attributes:
        weights: Those, which are kept so that no others are taken for them.
        gravest: How grave each rule is at the most, by its place among the gravities.
    """

    weights: tuple[Weight, ...]
    gravity: str
    rules: tuple[str, ...]
    statements: tuple[str, ...]
    needs: tuple[str, ...]
    assumptions: tuple[str, ...]
    challenges: tuple[str, ...]
    missing: str
    silent: tuple[str, ...]
    gravest: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, weights: tuple[Weight, ...]) -> _Shared:
        """What the weights of a finding say together, that of the first row first."""
        grounds = [weight.rule.grounds for weight in weights]
        missing = _each(weight.missing for weight in weights)
        silences = _each(weight.silences for weight in weights)
        gravest: dict[str, int] = {}
        for weight in weights:
            name, rank = weight.rule.name, weight.place[0]
            gravest[name] = min(gravest.get(name, rank), rank)
        return cls(
            weights=weights,
            gravity=weights[0].gravity.value,
            rules=_each([weight.rule.name] for weight in weights),
            statements=statements_in_order(s for g in grounds for s in g.statements),
            needs=_each(weight.needs for weight in weights),
            assumptions=_each(weight.assumptions for weight in weights),
            challenges=_each(ground.challenges for ground in grounds),
            missing="; ".join(one.text for one in missing),
            silent=_each(silence.noted_as for silence in silences),
            gravest=tuple(gravest.items()),
        )

    @classmethod
    def of_row(cls, weight: Weight) -> _Shared:
        """What the weight of a single row says, word for word."""
        return cls(
            weights=(weight,),
            gravity=weight.gravity.value,
            rules=(weight.rule.name,),
            statements=weight.rule.grounds.statements,
            needs=weight.needs,
            assumptions=weight.assumptions,
            challenges=weight.rule.grounds.challenges,
            missing="; ".join(one.text for one in weight.missing),
            silent=_each(silence.noted_as for silence in weight.silences),
        )


def _each(found: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    """Each of all once, in order."""
    return tuple(dict.fromkeys([one for some in found for one in some]))


@define(eq=False)
class SharedParts:
    """What rows and findings say alike, gathered over all chunks that a process audits.

    Attributes:
        of_row: By the identity of a weight.
        of_finding: By those of the weights of a finding, each once, in order.
    """

    of_row: dict[int, _Shared] = field(factory=dict)
    of_finding: dict[tuple[int, ...], _Shared] = field(factory=dict)

    def begin(self) -> None:
        """Let go of all that was gathered, if it is too much, before a chunk begins."""
        if len(self.of_row) + len(self.of_finding) > MOST_SHARED:
            self.of_row.clear()
            self.of_finding.clear()


MOST_SHARED = 1 << 16


@define(eq=False)
class _Rows:
    """The rows of one table, column by column, while they are gathered.

    Attributes:
        whose: The patient, by number.
        several: The number of the finding, where rows have one.
    """

    whose: list[int] = field(factory=list)
    on: list[dt.date] = field(factory=list)
    families: list[int] = field(factory=list)
    shared: list[_Shared] = field(factory=list)
    texts: list[str] = field(factory=list)
    limits: list[str] = field(factory=list)
    compared: list[tuple[dt.date, ...]] = field(factory=list)
    clears: list[str] = field(factory=list)
    several: list[int] = field(factory=list)

    def table(self, ids: Any, schema: Any) -> Table:
        """The table with one row for each.

        Args:
            ids: Those of all patients.
            schema: The columns.
        """
        numbers = {id(one): n for n, one in enumerate(dict.fromkeys(self.shared))}
        which = pa.array([numbers[id(one)] for one in self.shared], pa.int32())
        parts = list(dict.fromkeys(self.shared))

        def shared(said: Iterable[Any], kind: Any) -> Any:
            return pa.array(list(said), kind).take(which)

        families = pa.array([family.value for family in Family], _TEXT)
        if self.several:
            several = pa.array(self.several, pa.int32())
        else:
            several = shared([one.rules for one in parts], schema.types[-1])
        columns = [
            ids.take(pa.array(self.whose, pa.int32())),
            pa.array(self.on, pa.date32()),
            shared([one.gravity for one in parts], _TEXT),
            families.take(pa.array(self.families, pa.int8())),
            shared([one.rules[0] for one in parts], _TEXT),
            shared([one.statements for one in parts], _TEXTS),
            pa.array(self.texts, _TEXT),
            pa.array(self.limits, _TEXT),
            _lists_of_days(self.compared),
            shared([one.needs for one in parts], _TEXTS),
            shared([one.assumptions for one in parts], _TEXTS),
            pa.array(self.clears, _TEXT),
            shared([one.challenges for one in parts], _TEXTS),
            shared([one.missing for one in parts], _TEXT),
            shared([one.silent for one in parts], _TEXTS),
            several,
        ]
        return pa.Table.from_arrays(columns, schema=schema)


def _lists_of_days(lists: Sequence[Sequence[dt.date]]) -> Any:
    ends = np.zeros(len(lists) + 1, dtype=np.int32)
    np.cumsum([len(days) for days in lists], out=ends[1:])
    days = pa.array([day for days in lists for day in days], pa.date32())
    return pa.ListArray.from_arrays(pa.array(ends), days)


@define(eq=False)
class FindingColumns:
    """The findings of the patients of a chunk, while they are gathered."""

    _parts: SharedParts
    _findings: _Rows = field(factory=_Rows)
    _rows: _Rows = field(factory=_Rows)

    def add(self, whose: int, tellings: Sequence[Telling]) -> dict[str, int]:
        """Take in what is to be told of a patient.

        Args:
            whose: Their number.
            tellings: That.

        Returns:
            How grave the gravest row of each rule is: its place among the gravities.
        """
        findings, rows, known = self._findings, self._rows, self._parts.of_finding
        gravest: dict[str, int] = {}
        for number, one in enumerate(tellings, start=1):
            family = _FAMILIES[one.family.name]
            told = one.rows
            count = len(told)
            key = tuple(dict.fromkeys([id(row.weight) for row in told]))
            shared = known.get(key)
            if shared is None:
                weights = dict.fromkeys([row.weight for row in told])
                shared = known[key] = _Shared.of(tuple(weights))
            for name, rank in shared.gravest:
                if gravest.get(name, rank) >= rank:
                    gravest[name] = rank
            limits = [row.departure.limit for row in told]
            compared = [row.compared for row in told]
            clears = [row.departure.clears for row in told]
            rows.whose += [whose] * count
            rows.on += [row.on for row in told]
            rows.families += [family] * count
            rows.shared += [self._of_row(row.weight) for row in told]
            rows.texts += [row.departure.text for row in told]
            rows.limits += limits
            rows.compared += compared
            rows.clears += clears
            rows.several += [number] * count
            findings.whose.append(whose)
            findings.on.append(one.on)
            findings.families.append(family)
            findings.shared.append(shared)
            findings.texts.append(one.text)
            if count == 1:
                findings.limits += limits
                findings.clears += clears
            else:
                findings.limits.append(told_together(limits))
                findings.clears.append(told_together(clears))
            findings.compared.append(_each(compared))
        return gravest

    def _of_row(self, weight: Weight) -> _Shared:
        found = self._parts.of_row.get(id(weight))
        if found is None:
            found = self._parts.of_row[id(weight)] = _Shared.of_row(weight)
        return found

    def counts(self) -> tuple[Counter[Gravity], Counter[str]]:
        """How many findings there are of each gravity, and in how many each rule speaks."""
        gravities: Counter[Gravity] = Counter()
        rules: Counter[str] = Counter()
        for one, count in Counter(self._findings.shared).items():
            gravities[one.weights[0].gravity] += count
            for name in one.rules:
                rules[name] += count
        return gravities, rules

    def tables(self, ids: Any, patient: str) -> tuple[Table, Table]:
        """The findings, and what each rule says to them.

        Args:
            ids: Those of the patients, by their number.
            patient: What their column is called.
        """
        kinds = [schema_of(ids.type, patient, by_rule=b) for b in (False, True)]
        return self._findings.table(ids, kinds[0]), self._rows.table(ids, kinds[1])


_FAMILIES = {family.name: number for number, family in enumerate(Family)}
