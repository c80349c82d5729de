"""What the next version of a guideline is to be called, by what is proved of the change (M88, M89).

Numbers of versions are promises to those who use a guideline without reading it again. So the
number is not chosen, but worked out: what nobody is treated differently by is a patch, what only
offers, remarks or says otherwise how sure it is, is a minor version, and everything else a major
one. What could not be proved counts as a change: not known is never "the same".
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import total_ordering

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help
from b12guide.frozen import Record
from b12guide.graph.model import Decision, Grounds, RuleGraph, Status
from b12guide.prove.difference import (
    Difference,
    Sameness,
    Treated,
    TwoGuidelines,
    difference,
    treated,
)

__all__ = ["Level", "NextVersion", "life_cycle", "next_version"]


@total_ordering
class Level(Enum):
    """How much changed, the least first; a version has a number for each but the first."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    def __lt__(self, other: Level) -> bool:
        order = list(Level)
        return order.index(self) < order.index(other)


@frozen(kw_only=True, repr=False)
class NextVersion(Record):
    """What the next version is to be called, and why.

    Attributes:
        old: The version that is in use.
        new: What is to follow it.
        level: How much changed.
        version: The number that the new one is to have; the old one where nothing changed.
        reasons: What asks for this level, one sentence each.
        treated: The decision that shows a major change best, with the smallest patient found.
        diagnostics: What is the matter with the number that the new one has, and with its status.
    """

    old: RuleGraph = field(repr=False)
    new: RuleGraph = field(repr=False)
    level: Level
    version: str
    reasons: tuple[str, ...] = ()
    treated: Treated | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def next_version(old: RuleGraph, new: RuleGraph) -> NextVersion:
    """What the version after `old` is to be called, if it says what `new` says."""
    found = difference(old, new)
    reasons = [*_reasons(found)] if old.digest != new.digest else []
    level = max((level for level, _, _ in reasons), default=Level.NONE)
    shown = [
        one
        for its, _, one in reasons
        if its is level and one is not None and one.compared.witness is not None
    ]
    named = _named(old.version, level)
    return NextVersion(
        old=old,
        new=new,
        level=level,
        version=named,
        reasons=tuple(said for its, said, _ in reasons if its is level),
        treated=min(shown, key=_size, default=None) if level is Level.MAJOR else None,
        diagnostics=(*life_cycle(old, new), *_number(old, new, level, named)),
    )


def _size(treated: Treated) -> int:
    witness = treated.compared.witness
    return 0 if witness is None else len(witness.values)


def _reasons(found: Difference) -> Iterator[tuple[Level, str, Treated | None]]:
    """Everything that changed, with the level that it asks for."""
    yield Level.PATCH, "nobody is treated differently", None
    defaults = TwoGuidelines.of(found.old, found.new, has_options=False)
    for one in found.treated:
        decision, sameness = one.compared.decision, one.compared.sameness
        name = "the scope" if decision is None else decision.value
        if sameness is Sameness.SAME:
            continue
        if decision is Decision.NOTE and sameness is Sameness.DIFFERENT:
            yield Level.MINOR, "remarks differ", one
        elif decision is None or sameness is not Sameness.DIFFERENT:
            yield Level.MAJOR, f"{name}: {sameness.value}", one
        else:
            default = defaults.decision(decision)
            if default.sameness is Sameness.SAME:
                yield Level.MINOR, f"{name}: only what is offered beside differs", one
            else:  # a patient who shows it, and not only another option
                told = treated(default, found.old, found.new)
                yield Level.MAJOR, f"{name}: {default.sameness.value}", told
    for name in found.currencies:
        yield Level.MAJOR, f"the values of {name} count for another time", None
    for name in found.derivations:
        yield Level.MAJOR, f"{name} is worked out in another way", None
    old, new = found.old, found.new
    if set(old.silences) != set(new.silences):
        yield Level.MINOR, "what is not addressed differs", None
    for name, rule in new.rules.items():
        before = old.rules.get(name)
        if before and _authority(before.grounds) != _authority(rule.grounds):
            yield Level.MINOR, f"how strong or how sure {name} is differs", None


def _authority(grounds: Grounds) -> tuple[object, ...]:
    return grounds.strength, grounds.certainty, grounds.grade


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _named(version: str, level: Level) -> str:
    major, minor, patch = _numbers(version)
    match level:
        case Level.NONE:
            return version
        case Level.PATCH:
            return f"{major}.{minor}.{patch + 1}"
        case Level.MINOR:
            return f"{major}.{minor + 1}.0"
        case Level.MAJOR:
            return f"{major + 1}.0.0"


# ---------------------------------------------------------- what the new head may not say


def _number(
    old: RuleGraph, new: RuleGraph, level: Level, named: str
) -> Iterator[Diagnostic]:
    """GDL428, GDL431 and GDL432: the number of the new version says how much changed."""
    if old.name != new.name:
        return  # versions of one guideline have one name
    was, now = _numbers(old.version), _numbers(new.version)
    remedy = f"call it `version {named}`"
    if level is not Level.NONE and was == now:
        yield _told(
            "GDL428", f"the content changed, and both are version {new.version}", remedy
        )
    elif now < was:
        yield _told(
            "GDL431", f"version {new.version} comes after version {old.version}", remedy
        )
    elif now < _numbers(named):
        yield _told(
            "GDL432",
            f"version {new.version} promises less than changed since {old.version}, "
            f"which is a {level.value} version",
            remedy,
        )


def life_cycle(old: RuleGraph, new: RuleGraph) -> Iterator[Diagnostic]:
    """GDL429 and GDL430: of one version, what was approved stays so, and so does what was retired.

    A version of another number begins anew, and one guideline says nothing about another.
    """
    if (old.name, old.version) != (new.name, new.version):
        return
    if old.status is Status.APPROVED and new.status is not Status.APPROVED:
        yield _told(
            "GDL429",
            f"version {new.version} was approved, and is said to be {new.status.value} again",
            "give what is under review a version of its own, or say `retired`",
        )
    if old.imprint.retired is not None and new.imprint.retired is None:
        yield _told(
            "GDL430",
            f"version {new.version} was retired, and is said to hold again",
            "keep `retired`, and give what is to hold again a version of its own",
        )


def _told(code: str, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(code=code, message=message, help=(Help(message=remedy),))
