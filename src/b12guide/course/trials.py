"""Published numbers of vitamin B12 in people after known doses, read from a file.

The file that ships is `guidelines/b12.trials.toml`; its head says what its keys mean. A project may
have a file of its own, which is read in the same way. Nothing in such a file is a parameter of the
simulator, and what was known before the ranges of the simulator were fixed says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from b12guide import resources
from b12guide.arguments import instance
from b12guide.errors import SettingsError
from b12guide.frozen import Record

SHIPPED = "b12.trials.toml"
TAGS: Mapping[str, str] = {
    "V": "seen in the source itself or in its abstract",
    "v2": "seen in a page that quotes the source",
    "G": "not verified",
}
"""Where a number was seen."""

_ANSWERS: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}
_SPAN = re.compile(r"([0-9]+)-([0-9]+)")
_TOLD = 20


@frozen(kw_only=True, repr=False)
class Publication(Record):
    """A publication.

    Attributes:
        seen_in: Where its numbers were read.
        tag: One of `TAGS`.
        known_before: Whether its numbers were known when the ranges of the simulator were fixed.
    """

    name: str
    title: str
    citation: str
    seen_in: str
    tag: str
    known_before: bool = False
    note: str = ""


@frozen(kw_only=True, repr=False)
class Arm(Record):
    """People who were given the same.

    Attributes:
        drugs: The form; several where it is not stated.
        dose: Of each dose, in µg.
        days: The days of the doses since the first, which is 0.
        intrinsic_factor: Whether they had it; None where it is not known, or was so in some.
        is_replete: Whether their stores were full; None where it is not known.
        baseline: Serum before the first dose, in pg/mL; None where it is not known.
        people: How many were measured; None where it is not known.
    """

    study: Publication
    name: str
    title: str
    drugs: tuple[str, ...]
    route: str
    dose: float
    days: tuple[int, ...]
    intrinsic_factor: bool | None
    is_replete: bool | None
    baseline: float | None = None
    people: int | None = None
    note: str = ""


@frozen(kw_only=True, repr=False)
class PublishedPoint(Record):
    """A published number of an arm.

    Attributes:
        quantity: What was measured.
        times: Days since the first dose: none, one, or the ends of a span. A sample on the day of a
            dose was taken before it.
        is_study_day: Whether it was published with a day of the study.
        low: The published value; with `high`, the ends of what was published as a range. None where
            the number could not be read.
        spread: How far people differed, as printed.
        statistic: `mean` or `median` of the people.
        over: The arm that it is divided by, or that is subtracted.
        threshold: For a share of people, the level that they reach, in pg/mL.
        printed: The number as it was printed, where it was converted.
        derived: Whether it was worked out from other numbers of the same people; it is then not
            counted beside them.
        not_judged: Why no prediction is held against it; empty where one is.
    """

    arm: Arm
    quantity: str
    times: tuple[float, ...]
    low: float | None
    high: float | None
    unit: str
    tag: str
    citation: str
    seen_in: str
    is_study_day: bool = False
    spread: str = ""
    statistic: str = "mean"
    over: Arm | None = None
    threshold: float | None = None
    printed: str = ""
    derived: bool = False
    not_judged: str = ""
    note: str = ""

    @property
    def known_before(self) -> bool:
        """Whether it was known when the ranges of the simulator were fixed."""
        return self.arm.study.known_before

    @property
    def label(self) -> str:
        """Whose number it is, such as `kuzminski_im, serum on day 120`."""
        return f"{self.arm.name}, {self.quantity} {self.when}".rstrip()

    @property
    def when(self) -> str:
        """When it was measured, such as `on day 120` (the first dose is on day 1), `after 5 h`."""
        if not self.times:
            return ""
        if self.is_study_day:
            return f"on day {self.times[0] + 1:g}"
        if self.times[-1] < 2:
            hours = [f"{24 * time:.0f}" for time in self.times]
            if hours[0] == "0" and len(hours) > 1:
                return f"within {hours[-1]} h"
            return f"after {' to '.join(hours)} h"
        days = [f"{time:g}" for time in self.times]
        if days[0] == "0":
            return f"within {days[-1]} days"
        return f"after {' to '.join(days)} days"


@frozen(kw_only=True, repr=False)
class Trials(Record):
    """All that a file has."""

    studies: tuple[Publication, ...]
    arms: tuple[Arm, ...] = field(repr=False)
    points: tuple[PublishedPoint, ...] = field(repr=False)


def trials(file: str | Path | None = None) -> Trials:
    """The published numbers of a file; of the one that ships without `file`.

    Raises:
        ArgumentError: It is no name of a file.
        SettingsError: The file cannot be read, or says what cannot be; all mistakes are named.
    """
    if file is not None:
        instance(file, str | Path, "trials_file", "the name of a TOML file")
    name = SHIPPED if file is None else str(file)
    mistakes: list[str] = []
    try:
        text = (
            resources.read("guidelines", SHIPPED)
            if file is None
            else Path(file).read_text(encoding="utf-8-sig")
        )
        written = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        message = f"the published numbers in `{name}` cannot be read: {said}"
        raise SettingsError(message) from error
    read = _Reading(mistakes)
    found = read.trials(written)
    if mistakes:
        told = mistakes[:_TOLD]
        if len(mistakes) > _TOLD:
            told.append(f"and {len(mistakes) - _TOLD} more")
        message = "\n  ".join(
            (f"the published numbers in `{name}` cannot be used", *told)
        )
        raise SettingsError(message)
    return found


# ---------------------------------------------------------------------------- reading

_NEEDED, _NUMBER, _TEXT = "needed", "a number", "text"

_STUDY = {
    "name": _NEEDED,
    "title": _NEEDED,
    "citation": _NEEDED,
    "seen_in": _NEEDED,
    "tag": _NEEDED,
    "note": _TEXT,
    "known_before": "true or false",
    "arm": "tables",
}
_ARM = {
    "name": _NEEDED,
    "title": _NEEDED,
    "route": _NEEDED,
    "intrinsic_factor": _NEEDED,
    "replete": _NEEDED,
    "note": _TEXT,
    "dose": _NUMBER,
    "baseline": _NUMBER,
    "people": "a whole number",
    "drugs": "a list",
    "days": "a list",
    "point": "tables",
}
_POINT = {
    "quantity": _NEEDED,
    "unit": _NEEDED,
    **dict.fromkeys(("tag", "citation", "seen_in", "spread", "statistic"), _TEXT),
    **dict.fromkeys(("over", "printed", "not_judged", "note"), _TEXT),
    **dict.fromkeys(("value", "low", "high", "day", "threshold"), _NUMBER),
    "derived": "true or false",
    "after": "a number or two",
}


def _is(value: Any, kind: str) -> bool:
    """Whether a value of TOML is of the kind that its key has."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "needed" | "text":
            return isinstance(value, str) and bool(value.strip() or kind == _TEXT)
        case "a number":
            return is_number and 0 <= value < float("inf")
        case "a whole number":
            return is_number and isinstance(value, int) and value > 0
        case "true or false":
            return isinstance(value, bool)
        case "a list":
            return isinstance(value, list)
        case "tables":
            return isinstance(value, list) and all(isinstance(v, dict) for v in value)
        case _:
            several = value if isinstance(value, list) else [value]
            return 0 < len(several) <= 2 and all(_is(v, _NUMBER) for v in several)


@define
class _Reading:
    """Reads tables of TOML, and notes what is wrong with them."""

    mistakes: list[str]

    def trials(self, written: Mapping[str, Any]) -> Trials:
        """All that stands there, as far as it can be used."""
        for key in written:
            if key != "study":
                self.mistakes.append(
                    f"`{key}`: a file has `[[study]]`, and nothing else"
                )
        studies: list[Publication] = []
        arms: dict[str, Arm] = {}
        points: list[tuple[Arm, Mapping[str, Any]]] = []
        listed = written.get("study", [])
        if not _is(listed, "tables") or not listed:
            self.mistakes.append("there is no `[[study]]`")
            listed = []
        for table in listed:
            study = self._study(table)
            if study is None:
                continue
            studies.append(study)
            for inner in table.get("arm", ()):
                arm = self._arm(inner, study)
                if arm is None:
                    continue
                if arm.name in arms:
                    self.mistakes.append(f"there are two arms `{arm.name}`")
                arms[arm.name] = arm
                points += [(arm, point) for point in inner.get("point", ())]
        made = (self._point(arm, point, arms) for arm, point in points)
        return Trials(
            studies=tuple(studies),
            arms=tuple(arms.values()),
            points=tuple(point for point in made if point is not None),
        )

    def _checked(
        self, table: Mapping[str, Any], keys: Mapping[str, str], where: str
    ) -> bool:
        """Whether all keys are known, and hold what they have to."""
        before = len(self.mistakes)
        for key, value in table.items():
            kind = keys.get(key)
            if kind is None:
                known = ", ".join(keys)
                self.mistakes.append(
                    f"{where}: there is no key `{key}`; there are {known}"
                )
            elif not _is(value, kind):
                expected = "text" if kind == _NEEDED else kind
                self.mistakes.append(f"{where}: `{key}` has to be {expected}")
        for key, kind in keys.items():
            if kind == _NEEDED and key not in table:
                self.mistakes.append(f"{where}: `{key}` is missing")
        return len(self.mistakes) == before

    def _study(self, table: Mapping[str, Any]) -> Publication | None:
        where = f"study `{table.get('name', '?')}`"
        if not self._checked(table, _STUDY, where):
            return None
        if table["tag"] not in TAGS:
            self.mistakes.append(f"{where}: `tag` is one of {', '.join(TAGS)}")
        return Publication(
            **{key: value for key, value in table.items() if key != "arm"}
        )

    def _arm(self, table: Mapping[str, Any], study: Publication) -> Arm | None:
        where = f"arm `{table.get('name', '?')}`"
        if not self._checked(table, _ARM, where):
            return None
        before = len(self.mistakes)
        drugs = table.get("drugs", [])
        if not drugs or not all(_is(drug, _NEEDED) for drug in drugs):
            said = "`drugs` names the form, or each form that it may have been"
            self.mistakes.append(f"{where}: {said}")
        for key in ("intrinsic_factor", "replete"):
            if table[key] not in _ANSWERS:
                said = f"`{key}` is one of {', '.join(_ANSWERS)}"
                self.mistakes.append(f"{where}: {said}")
        if "dose" not in table:
            self.mistakes.append(f"{where}: `dose` is missing, in µg")
        days = tuple(self._days(table.get("days", ()), where))
        if list(days) != sorted(set(days)):
            self.mistakes.append(f"{where}: `days` are in order, each once")
        if len(self.mistakes) > before:
            return None
        return Arm(
            study=study,
            drugs=tuple(drugs),
            days=days,
            dose=float(table["dose"]),
            intrinsic_factor=_ANSWERS[table["intrinsic_factor"]],
            is_replete=_ANSWERS[table["replete"]],
            **{
                key: table[key]
                for key in ("name", "title", "route", "note", "baseline", "people")
                if key in table
            },
        )

    def _days(self, written: Any, where: str) -> Iterator[int]:
        """The days since the first dose."""
        for one in written:
            span = _SPAN.fullmatch(one) if isinstance(one, str) else None
            if span is not None and 0 < int(span[1]) <= int(span[2]) < 100_000:
                yield from range(int(span[1]) - 1, int(span[2]))
            elif _is(one, "a whole number"):
                yield one - 1
            else:
                said = f"`{one}` in `days` is no study day, such as 1 or `1-10`"
                self.mistakes.append(f"{where}: {said}")

    def _point(
        self, arm: Arm, table: Mapping[str, Any], arms: Mapping[str, Arm]
    ) -> PublishedPoint | None:
        where = f"a point of `{arm.name}` ({table.get('quantity', '?')})"
        if not self._checked(table, _POINT, where):
            return None
        before = len(self.mistakes)
        if "day" in table and "after" in table:
            self.mistakes.append(f"{where}: `day` or `after`, not both")
        low, high = (table.get(end, table.get("value")) for end in ("low", "high"))
        if "value" in table and ("low" in table or "high" in table):
            self.mistakes.append(f"{where}: `value`, or `low` and `high`")
        elif (low is None) is not (high is None) or (low or 0) > (high or 0):
            self.mistakes.append(
                f"{where}: a range has `low` and `high`, in this order"
            )
        elif low is None and not table.get("not_judged"):
            self.mistakes.append(f"{where}: without a number, `not_judged` says why")
        if table.get("over", arm.name) not in arms:
            self.mistakes.append(f"{where}: there is no arm `{table['over']}`")
        if table.get("tag", arm.study.tag) not in TAGS:
            self.mistakes.append(f"{where}: `tag` is one of {', '.join(TAGS)}")
        if table.get("statistic", "mean") not in {"mean", "median"}:
            self.mistakes.append(f"{where}: `statistic` is `mean` or `median`")
        if len(self.mistakes) > before:
            return None
        after = table.get("after", ())
        times = after if isinstance(after, list) else [after] if after != () else []
        if "day" in table:
            times = [table["day"] - 1]
        rest = ("spread", "statistic", "threshold", "printed", "derived", "not_judged")
        return PublishedPoint(
            arm=arm,
            times=tuple(float(time) for time in times),
            is_study_day="day" in table,
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            over=arms[table["over"]] if "over" in table else None,
            tag=table.get("tag", arm.study.tag),
            citation=table.get("citation", arm.study.citation),
            seen_in=table.get("seen_in", arm.study.seen_in),
            quantity=table["quantity"],
            unit=table["unit"],
            **{key: table[key] for key in (*rest, "note") if key in table},
        )
