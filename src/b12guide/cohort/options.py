"""What is asked of a cohort: how cells are spelled, what is worked out, and a record of it."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import Attribute, field, fields, frozen

from b12guide.arguments import choice, instance, mapping, names
from b12guide.cohort.advised_phases import REGIMEN_DECISIONS
from b12guide.errors import ArgumentError, CohortError, UnknownNameError
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import Record, freeze, frozen_map
from b12guide.graph.model import Decision, RuleGraph
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.patient.model import Otherwise
from b12guide.values.quantity import quantity_in

TRUTHS = '`truths={"yes": True, "no": False}` (`--true yes --false no`)'
DECIMAL = '`decimal=","` (`--decimal ,`)'
"""How a caller declares the words for yes and no, and the decimal comma."""

_TRUE, _FALSE = (
    frozenset({"true", "True", "TRUE"}),
    frozenset({"false", "False", "FALSE"}),
)
_WHOLE = re.compile(r"([+-]?[0-9]+)[.]0+")
_COMMA = re.compile(r"(\s*[+-\u2212]?[0-9]*),([0-9])")
_POINT = re.compile(r"\s*[+-\u2212]?[0-9]*[.][0-9]")


@frozen(kw_only=True, repr=False)
class Spelling(Record):
    """How cells are written.

    Attributes:
        true: The words that mean yes, in addition to `true`; folded.
        false: Those that mean no, in addition to `false`.
        decimal: What stands between the whole number and its fraction: a point or a comma.
    """

    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    decimal: str = "."

    @property
    def has_truths(self) -> bool:
        """Whether it was declared how truths are written."""
        return bool(self.true or self.false)

    def truth(self, cell: Any) -> bool | None:
        """What a text or a number says; None for what was not declared."""
        if isinstance(cell, bool):
            return cell
        if not isinstance(cell, str | int | float | Decimal | Fraction):
            return None
        if cell in _TRUE or cell in _FALSE:
            return cell in _TRUE
        word = _folded(cell)
        if word in self.true:
            return True
        return False if word in self.false else None

    def number(self, text: str) -> str | None:
        """`text` with a point in its number; None where another sign stands there than declared.

        Under a decimal comma, `1.500` is probably fifteen hundred, and is not read at all.
        """
        if self.decimal == ".":
            return text
        if _POINT.match(text):
            return None
        return _COMMA.sub(r"\1.\2", text, count=1) if _COMMA.match(text) else text


PLAIN = Spelling()
"""Where nothing was declared."""


def has_comma(text: str) -> bool:
    """Whether `text` would be a quantity if its comma were a decimal one."""
    return "," in text and quantity_in(_COMMA.sub(r"\1.\2", text, count=1)) is not None


def _folded(word: Any) -> str:
    """A word without capitals and blanks around it; a number as a whole one, where it is one."""
    if isinstance(word, float) and math.isfinite(word) and word.is_integer():
        word = int(word)
    text = str(word).strip().casefold()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many patients are done, and of how many where that is known."""


def no_progress(_done: int, _of: int | None) -> None:
    """Nobody asks how far the work is."""


class OnBad(Enum):
    """What becomes of implausible cells, and of facts that contradict each other."""

    ERROR = "error"
    UNKNOWN = "unknown"


class VerdictForm(Enum):
    """The form of verdicts: words, or Booleans that are null where something is open."""

    WORDS = "words"
    BITS = "bits"


class RegimenForm(Enum):
    """How the doses of loading and maintenance are given beside the text of their value.

    `COLUMNS` are one for the drug, the dose, the route, the interval and the end; with `LISTS`,
    there is a list of all phases of all regimens as well.
    """

    NONE = "none"
    COLUMNS = "columns"
    LISTS = "lists"


class Naming(Enum):
    """The sign between the parts of a column's name, as in `form.value`."""

    DOT = "."
    UNDERSCORE = "_"


class OnBadRow(Enum):
    """What becomes of patients whose rows cannot be audited: an error, or they are left out."""

    ERROR = "error"
    SKIP = "skip"


# ------------------------------------------------------------------ what callers give


def _otherwise(value: Otherwise | str) -> Otherwise:
    return choice(Otherwise, value, "otherwise")


def _on_bad(value: OnBad | str) -> OnBad:
    return choice(OnBad, value, "on_bad")


def _reading(value: Reading | str) -> Reading:
    return choice(Reading, value, "fuzzy_threshold")


def _naming(value: Naming | str) -> Naming:
    return choice(Naming, value, "names")


def _verdicts(value: VerdictForm | str) -> VerdictForm:
    return choice(VerdictForm, value, "verdicts")


def _regimens(value: RegimenForm | bool | str) -> RegimenForm:
    if isinstance(value, bool):
        return RegimenForm.COLUMNS if value else RegimenForm.NONE
    return choice(RegimenForm, value, "regimens")


def _keep(value: Iterable[str] | str) -> tuple[str, ...]:
    return names(value, "keep")


def _ignore(value: Iterable[str] | str) -> tuple[str, ...]:
    return names(value, "ignore")


def _assume(value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return frozen_map(freeze(mapping(value, "assume", "a mapping of facts to values")))


def _decisions(
    value: Iterable[Decision | str] | str | None,
) -> tuple[Decision, ...] | None:
    """The decisions that are named, in the order in which they are reported."""
    if value is None:
        return None
    known = {decision.value: decision for decision in DECISIONS}
    asked: Any = value
    if not isinstance(value, str) and isinstance(asked, Iterable):
        asked = tuple(d.value if isinstance(d, Decision) else d for d in value)
    found = set()
    for name in names(asked, "decisions"):
        if name not in known:
            what = "decision"
            raise UnknownNameError(what, name, known)
        found.add(known[name])
    if not found:
        message = "`decisions` names none: leave it out, or say `verdicts_only`"
        raise CohortError(message)
    return tuple(decision for decision in DECISIONS if decision in found)


def _units(value: Mapping[str, str] | None) -> Mapping[str, str]:
    given = mapping(value, "units", "a mapping of columns to units")
    if not all(isinstance(text, str) for pair in given.items() for text in pair):
        argument, expected = "units", "a mapping of columns to units, both as text"
        raise ArgumentError(argument, expected, value)
    return frozen_map(given)


def truths_from(value: Mapping[Any, bool] | None) -> Mapping[str, bool]:
    """What was declared of words and numbers, by the word as cells are compared with it.

    Raises:
        ArgumentError: It is no mapping.
        CohortError: A word was declared to mean both, or something else than yes or no.
    """
    given = mapping(value, "truths", "a mapping of what is written to True or False")
    found: dict[str, bool] = {}
    for word, truth in given.items():
        if not isinstance(truth, bool):
            message = f"`truths` says of `{word}` neither `True` nor `False`"
            raise CohortError(message)
        folded = _folded(word)
        known = {"true": True, "false": False} | found
        if not folded:
            message = "`truths` cannot declare an empty cell, which means unknown"
            raise CohortError(message)
        if known.get(folded, truth) is not truth:
            message = f"`{word}` is declared to mean both yes and no"
            raise CohortError(message)
        found[folded] = truth
    return frozen_map(found)


def _decimal(value: str) -> str:
    instance(value, str, "decimal", "`.` or `,`")
    if value not in {".", ","}:
        message = f"the decimal sign is `.` or `,`, and cannot be `{value}`"
        raise CohortError(message)
    return value


def _flag(_: object, attribute: Attribute[bool], value: object) -> None:
    instance(value, bool, attribute.name, "True or False")


def _divider(value: str | None) -> str | None:
    if value is None:
        return None
    instance(value, str, "divider", "one sign such as `;`, or `tab`")
    if value in {"tab", "\\t", "\t"}:
        return "\t"
    if len(value) != 1 or not value.isascii() or value.isalnum() or value in '"\r\n':
        message = (
            f"cells are divided by one sign such as `;` or `tab`, not by `{value}`"
        )
        raise CohortError(message)
    return value


def _encoding(value: str) -> str:
    instance(value, str, "encoding", "the name of an encoding")
    try:
        "".encode(value)
        return codecs.lookup(value).name
    except (LookupError, ValueError, TypeError):
        message = (
            f"there is no encoding `{value}`; `utf-8`, `latin-1` and `cp1252` are usual"
        )
        raise CohortError(message) from None


@frozen(kw_only=True, repr=False)
class Options(Record):
    """How the columns of a cohort are read, and what the advice looks like.

    Attributes:
        units: Units of measures, by the name of the column or of the fact.
        keep: Columns to be carried into the advice.
        ignore: Columns, or patterns such as `LBX*`, that are left out.
        otherwise: What holds of the facts that have no column.
        on_bad: What to do with implausible cells.
        long: Whether the advice has one row for each patient and rule.
        assume: Values of facts, as in a patient file, that are assumed of every patient about whom
            they are not known: nulls are filled, and facts without a column. They come before
            `otherwise`. A cell that is implausible is not filled, and where an assumption
            contradicts what is stated of a patient it is not made.
        fuzzy_threshold: How a threshold that the source prints as a range is read.
        truths: What words or numbers mean in columns of truths, beside `true` and `false`.
        decimal: What stands in text before the fraction of a number: `.` or `,`.
        divider: What divides the cells of text files; their first line shows it if left out.
        encoding: How text files are encoded.
        decisions: The decisions to be told, with the verdicts of their rules; all if None.
        verdicts_only: Whether nothing is reported but the verdicts of rules, and silences.
        verdicts: The form of the verdicts.
        questions: Whether the facts worth asking for are reported.
        regimens: How the doses of loading and maintenance are given beside text. True and False
            stand for `columns` and `none`.
        names: The sign between the parts of a column's name.
    """

    units: Mapping[str, str] = field(factory=dict, converter=_units)
    keep: tuple[str, ...] = field(default=(), converter=_keep)
    ignore: tuple[str, ...] = field(default=(), converter=_ignore)
    otherwise: Otherwise = field(default=Otherwise.UNKNOWN, converter=_otherwise)
    on_bad: OnBad = field(default=OnBad.ERROR, converter=_on_bad)
    long: bool = field(default=False, validator=_flag)
    assume: Mapping[str, Any] = field(factory=dict, converter=_assume)
    fuzzy_threshold: Reading = field(default=Reading.REPORT, converter=_reading)
    truths: Mapping[str, bool] = field(factory=dict, converter=truths_from)
    decimal: str = field(default=".", converter=_decimal)
    divider: str | None = field(default=None, converter=_divider)
    encoding: str = field(default="utf-8", converter=_encoding)
    decisions: tuple[Decision, ...] | None = field(default=None, converter=_decisions)
    verdicts_only: bool = field(default=False, validator=_flag)
    verdicts: VerdictForm = field(default=VerdictForm.WORDS, converter=_verdicts)
    questions: bool = field(default=True, validator=_flag)
    regimens: RegimenForm = field(default=RegimenForm.COLUMNS, converter=_regimens)
    names: Naming = field(default=Naming.DOT, converter=_naming)

    def __attrs_post_init__(self) -> None:
        if self.long and self.verdicts is VerdictForm.BITS:
            message = "`long` has one column for all verdicts: leave out `verdicts`"
            raise CohortError(message)

    @property
    def spelling(self) -> Spelling:
        """How cells are written."""
        return Spelling(
            true=frozenset(word for word, truth in self.truths.items() if truth),
            false=frozenset(word for word, truth in self.truths.items() if not truth),
            decimal=self.decimal,
        )

    def column(self, *parts: str) -> str:
        """The name of a column of advice."""
        return self.names.value.join(parts)


@frozen(kw_only=True, repr=False)
class Wanted(Record):
    """The parts of an answer that are worked out; the others cost nothing.

    Attributes:
        rules: The rules whose verdicts are reported.
        decisions: The decisions that are reported, with outcome, value and certainty.
        questions: Whether the facts worth asking for are reported, where they bear on `decisions`.
        regimens: The decisions whose doses have columns of their own.
    """

    rules: tuple[str, ...]
    decisions: tuple[Decision, ...]
    questions: bool
    regimens: tuple[Decision, ...] = ()


def wanted(graph: RuleGraph, options: Options) -> Wanted:
    """What `options` ask of a guideline."""
    chosen = options.decisions
    rules = graph.rules.values()
    has_none = options.verdicts_only or options.long
    decisions = () if has_none else chosen or DECISIONS
    of_doses = () if options.regimens is RegimenForm.NONE else REGIMEN_DECISIONS
    return Wanted(
        rules=tuple(r.name for r in rules if chosen is None or r.decision in chosen),
        decisions=decisions,
        questions=options.questions and not has_none,
        regimens=tuple(one for one in decisions if one in of_doses),
    )


SCHEMA = "b12guide.provenance/1"
KEY = "b12guide"
"""The name under which it stands in metadata."""


def provenance(graph: RuleGraph, options: Options) -> dict[str, Any]:
    """Who advises, and how the patients were read, as plain data."""
    return {"schema": SCHEMA, "guideline": _guideline(graph), **_circumstances(options)}


def panel_provenance(
    graphs: Iterable[RuleGraph], options: Options, unread: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    """The same of several guidelines that are asked together.

    Args:
        graphs: The guidelines.
        options: How the patients were read.
        unread: The columns for which a guideline has no word, by what it is called.
    """
    return {
        "schema": SCHEMA,
        "guidelines": [_guideline(graph) for graph in graphs],
        "unknown_to": {label: [*columns] for label, columns in unread.items()},
        **_circumstances(options),
    }


def _guideline(graph: RuleGraph) -> dict[str, Any]:
    return {
        "name": graph.name,
        "version": graph.version,
        "status": graph.status.value,
        "digest": graph.digest,
    }


def _circumstances(options: Options) -> dict[str, Any]:
    return {
        "engine": {"name": "b12guide", "version": VERSION},
        "options": {
            one.name: _plain(getattr(options, one.name)) for one in fields(Options)
        },
        "notice": EDUCATION_NOTICE,
    }


def metadata_of(graph: RuleGraph, options: Options) -> dict[str, str]:
    """The same as the metadata of an Arrow schema."""
    return {KEY: json.dumps(provenance(graph, options), ensure_ascii=False)}


def in_schema(schema: Any) -> dict[str, Any]:
    """What the metadata of an Arrow schema says; nothing where it says nothing."""
    text = (schema.metadata or {}).get(KEY.encode())
    found: dict[str, Any] = {} if text is None else json.loads(text)
    return found


def csv_metadata(name: str, delimiter: str, schema: Any) -> str:
    """The file beside the CSV file `name`, as W3C's "CSV on the Web" would have it."""
    found = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dialect": {"delimiter": delimiter},
        "tableSchema": {"columns": [{"titles": column} for column in schema.names]},
        "notes": [in_schema(schema)],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(_plain(inner) for inner in value)
        case None | bool() | int() | float() | str():
            return value
        case Fraction() if value.denominator == 1:
            return value.numerator
        case _:
            return str(value)
