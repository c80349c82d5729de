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
_GRAVITIES = tuple(Gravity)


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
class _Blend:
    """What the weights of a finding say together."""

    gravity: Gravity
    rules: tuple[str, ...]
    statements: tuple[str, ...]
    needs: tuple[str, ...]
    assumptions: tuple[str, ...]
    challenges: tuple[str, ...]
    missing: str
    silent: tuple[str, ...]

    @classmethod
    def of(cls, weights: Sequence[Weight]) -> _Blend:
        """What several weights say, the first row first."""
        grounds = [weight.rule.grounds for weight in weights]
        missing = _each(weight.missing for weight in weights)
        silences = _each(weight.silences for weight in weights)
        return cls(
            gravity=weights[0].gravity,
            rules=_each([weight.rule.name] for weight in weights),
            statements=statements_in_order(s for g in grounds for s in g.statements),
            needs=_each(weight.needs for weight in weights),
            assumptions=_each(weight.assumptions for weight in weights),
            challenges=_each(ground.challenges for ground in grounds),
            missing="; ".join(one.text for one in missing),
            silent=_each(silence.noted_as for silence in silences),
        )

    @classmethod
    def of_row(cls, weight: Weight) -> _Blend:
        """What the weight of a single row says, word for word."""
        return cls(
            gravity=weight.gravity,
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
class _Rows:
    """The rows of one table, column by column, while they are gathered.

    Attributes:
        whose: The patient, by number.
        blends: What the weights say, by number.
        several: The number of the finding, where rows have one.
    """

    whose: list[int] = field(factory=list)
    on: list[dt.date] = field(factory=list)
    families: list[int] = field(factory=list)
    blends: list[int] = field(factory=list)
    texts: list[str] = field(factory=list)
    limits: list[str] = field(factory=list)
    compared: list[tuple[dt.date, ...]] = field(factory=list)
    clears: list[str] = field(factory=list)
    several: list[int] = field(factory=list)

    def table(self, ids: Any, blends: Sequence[_Blend], schema: Any) -> Table:
        """The table with one row for each.

        Args:
            ids: Those of all patients.
            blends: Those that rows have the numbers of.
            schema: The columns.
        """
        which = pa.array(self.blends, pa.int32())

        def shared(said: Iterable[Any], kind: Any) -> Any:
            return pa.array(list(said), kind).take(which)

        families = pa.array([family.value for family in Family], _TEXT)
        if self.several:
            several = pa.array(self.several, pa.int32())
        else:
            several = shared([b.rules for b in blends], schema.types[-1])
        columns = [
            ids.take(pa.array(self.whose, pa.int32())),
            pa.array(self.on, pa.date32()),
            shared([b.gravity.value for b in blends], _TEXT),
            families.take(pa.array(self.families, pa.int8())),
            shared([b.rules[0] for b in blends], _TEXT),
            shared([b.statements for b in blends], _TEXTS),
            pa.array(self.texts, _TEXT),
            pa.array(self.limits, _TEXT),
            _lists_of_days(self.compared),
            shared([b.needs for b in blends], _TEXTS),
            shared([b.assumptions for b in blends], _TEXTS),
            pa.array(self.clears, _TEXT),
            shared([b.challenges for b in blends], _TEXTS),
            shared([b.missing for b in blends], _TEXT),
            shared([b.silent for b in blends], _TEXTS),
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
    """The findings of many patients, while they are gathered."""

    _findings: _Rows = field(factory=_Rows)
    _rows: _Rows = field(factory=_Rows)
    _weights: dict[int, tuple[int, Weight]] = field(factory=dict)
    _blends: dict[tuple[int, ...], int] = field(factory=dict)
    _weight_blends: list[_Blend] = field(factory=list)
    _all_blends: list[_Blend] = field(factory=list)

    def add(self, whose: int, tellings: Sequence[Telling]) -> dict[str, int]:
        """Take in what is to be told of a patient.

        Args:
            whose: Their number.
            tellings: That.

        Returns:
            How grave the gravest row of each rule is: its place among the gravities.
        """
        findings, rows, known = self._findings, self._rows, self._weights
        gravest: dict[str, int] = {}
        for number, one in enumerate(tellings, start=1):
            family = _FAMILIES[one.family.name]
            numbers = []
            for departure, weight, on, compared in one.rows:
                found = known.get(id(weight))
                index = self._number(weight) if found is None else found[0]
                numbers.append(index)
                rows.on.append(on)
                rows.texts.append(departure.text)
                rows.limits.append(departure.limit)
                rows.compared.append(compared)
                rows.clears.append(departure.clears)
                rank, name = weight.place[0], weight.speaks[0]
                if gravest.get(name, rank) >= rank:
                    gravest[name] = rank
            count = len(numbers)
            rows.whose += [whose] * count
            rows.families += [family] * count
            rows.several += [number] * count
            rows.blends += numbers
            findings.whose.append(whose)
            findings.on.append(one.on)
            findings.families.append(family)
            findings.texts.append(one.text)
            if count == 1:
                findings.limits.append(rows.limits[-1])
                days = rows.compared[-1]
                findings.compared.append(days if len(days) < 2 else _each((days,)))
                findings.clears.append(rows.clears[-1])
            else:
                findings.limits.append(told_together(rows.limits[-count:]))
                findings.compared.append(_each(rows.compared[-count:]))
                findings.clears.append(told_together(rows.clears[-count:]))
            findings.blends.append(self._together(numbers, one))
        return gravest

    def _number(self, weight: Weight) -> int:
        number = len(self._weight_blends)
        # The weight is kept so that no other is taken for it.
        self._weights[id(weight)] = (number, weight)
        self._weight_blends.append(_Blend.of_row(weight))
        return number

    def _together(self, numbers: Sequence[int], told: Telling) -> int:
        key = tuple(dict.fromkeys(numbers))
        found = self._blends.get(key)
        if found is None:
            found = self._blends[key] = len(self._all_blends)
            weights = dict.fromkeys(one.weight for one in told.rows)
            self._all_blends.append(_Blend.of(tuple(weights)))
        return found

    def counts(self) -> tuple[Counter[Gravity], Counter[str]]:
        """How many findings there are of each gravity, and in how many each rule speaks."""
        gravities: Counter[Gravity] = Counter()
        rules: Counter[str] = Counter()
        for number, count in Counter(self._findings.blends).items():
            blend = self._all_blends[number]
            gravities[blend.gravity] += count
            for name in blend.rules:
                rules[name] += count
        return gravities, rules

    def tables(self, ids: Any, patient: str) -> tuple[Table, Table]:
        """The findings, and what each rule says to them.

        Args:
            ids: Those of the patients, by their number.
            patient: What their column is called.
        """
        one, all_of_it = (
            schema_of(ids.type, patient, by_rule=b) for b in (False, True)
        )
        return (
            self._findings.table(ids, self._all_blends, one),
            self._rows.table(ids, self._weight_blends, all_of_it),
        )


_FAMILIES = {family.name: number for number, family in enumerate(Family)}
