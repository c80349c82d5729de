"""Which of the doses that were given count, and why the others do not.

A dose counts where the schedule of some rule that held, or may have held, on its day goes on from
it. What an audit finds against such a dose leaves it in doubt: the guideline says what it should
have been, and does not say whether one that was otherwise counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from b12guide.audit.administration import form_findings
from b12guide.audit.departure import weighed
from b12guide.audit.event import Given
from b12guide.audit.finding import Gravity
from b12guide.audit.knowledge import OPEN
from b12guide.audit.loading import series_findings
from b12guide.audit.maintenance import Spell, beginning, spells, steps_in
from b12guide.audit.replay import Replay, fits, spare_days
from b12guide.audit.spacing import spacing_findings
from b12guide.audit.targets import phases_of, scheduled
from b12guide.due.model import Counting, CountRemark, JudgedDose
from b12guide.evaluate.answer import Verdict
from b12guide.graph.model import Decision, Rule
from b12guide.regimen.following import FollowedDose
from b12guide.regimen.interval import counted
from b12guide.say.names import Audience, route_text
from b12guide.say.schedules import dose_text
from b12guide.say.words import listing, plural

NO_REASON = "with what was on record that day, the guideline gave no reason for a dose"
_AGAINST = {Gravity.VIOLATION, Gravity.WARNING}


@frozen
class _Belonging:
    """Where a dose belongs in the regimen of a rule; `step` has what was due, too."""

    rule: Rule
    step: FollowedDose


@frozen
class _Against:
    """What an audit finds against a dose; `is_sure` where it is a violation or a warning."""

    what: str
    is_sure: bool
    text: str
    rules: tuple[str, ...]


def judged_doses(replay: Replay) -> tuple[JudgedDose, ...]:
    """Every dose of the treatment in order, and whether it counts."""
    against = _against(replay)
    belongs = _belonging(replay)
    return tuple(
        _judged(replay, dose, belongs.get(dose.row), against.get(dose.row, ()))
        for dose in replay.doses
    )


def _against(replay: Replay) -> Mapping[int, tuple[_Against, ...]]:
    """What an audit finds against each dose, by its row."""
    found: dict[int, list[_Against]] = {}
    rows = {dose.row for dose in replay.doses}
    for one in (
        *form_findings(replay),
        *spacing_findings(replay),
        *series_findings(replay),
    ):
        what, _, *row = one.matter
        number = row[0] if row else None
        if what == "overdue" or not isinstance(number, int) or number not in rows:
            continue
        gravity = weighed(one, replay).gravity
        if gravity is Gravity.INFO:
            continue
        name = one.verdict.rule.name
        found.setdefault(number, []).append(
            _Against(str(what), gravity in _AGAINST, one.text, (name,))
        )
    return {row: tuple(_one_by_one(each)) for row, each in found.items()}


def _one_by_one(found: Iterable[_Against]) -> Iterator[_Against]:
    """Each thing once, with all rules that say it; what is sure goes before what is not.

    Whether a drug or a route is the right one for this patient may not be known: that is asked
    elsewhere, and is nothing against the dose.
    """
    texts: dict[tuple[str, str], list[_Against]] = {}
    for one in found:
        if one.is_sure or one.what not in {"drug", "route"}:
            texts.setdefault((one.what, one.text), []).append(one)
    for (what, text), some in texts.items():
        rules = tuple(dict.fromkeys(name for one in some for name in one.rules))
        yield _Against(what, any(one.is_sure for one in some), text, rules)


def _belonging(replay: Replay) -> Mapping[int, _Belonging]:
    """Where each dose belongs: of several rules, by the one that is surest and fits best."""
    found: dict[int, _Belonging] = {}
    for row, one in _belongings(replay):
        if row not in found or _fit(replay, one) > _fit(replay, found[row]):
            found[row] = one
    return found


def _fit(replay: Replay, one: _Belonging) -> tuple[bool, bool, bool, bool]:
    step = one.step
    day = replay.on if step.day is None else step.day
    is_late = step.latest is not None and day > step.latest
    applies = replay.verdict(one.rule, day).verdict is Verdict.APPLIES
    return (step.stage is not None, applies, not _is_extra(step), not is_late)


def _is_extra(step: FollowedDose) -> bool:
    """Whether a dose is one more than its phase asks for; the first of a phase never is."""
    return step.is_extra and step.stage is not None and step.stage.number > 1


def _belongings(replay: Replay) -> Iterator[tuple[int, _Belonging]]:
    """The rule, and where in its regimen, for each dose that some schedule goes on from."""
    for spell in spells(replay):
        for rule in _rules_of(replay, spell):
            begins = beginning(replay, rule, spell)
            steps = steps_in(replay, rule, spell, begins)
            for place, dose in enumerate(spell.doses):
                if place in steps and dose.row not in replay.loading_rows:
                    yield dose.row, _Belonging(rule, steps[place])
    for course in replay.loading:
        for dose, step in zip(course.doses, course.steps, strict=True):
            yield dose.row, _Belonging(course.rule, step)


def _rules_of(replay: Replay, spell: Spell) -> Iterator[Rule]:
    """The rules whose schedule doses of a spell can keep."""
    for rule in replay.targets.maintenance:
        if scheduled(rule) and any(
            replay.open_verdict(rule, dose.on) for dose in spell.doses
        ):
            yield rule


def _judged(
    replay: Replay,
    dose: Given,
    belonging: _Belonging | None,
    against: tuple[_Against, ...],
) -> JudgedDose:
    remarks = [CountRemark(text=one.text, rules=one.rules) for one in against]
    is_unrecorded = dose.amount is None
    is_doubted = any(
        one.is_sure or one.what == "too near" or not is_unrecorded for one in against
    )
    is_series = bool(replay.targets.counting) and _is_of_series(replay, dose)
    stage = None if belonging is None else belonging.step.stage
    counting = Counting.IN_DOUBT if is_doubted else Counting.COUNTS
    if is_series:
        soon = [one for one in against if one.what == "too soon"]
        if any(one.is_sure for one in soon):
            counting = Counting.DOES_NOT_COUNT
        elif soon:
            counting = Counting.IN_DOUBT
    elif belonging is None or stage is None:
        counting = Counting.DOES_NOT_COUNT
        remarks = [*_why_not(replay, dose, belonging), *remarks]
    elif _is_extra(belonging.step):
        counting = Counting.DOES_NOT_COUNT
        text = "it is one more than the schedule asks for"
        remarks.insert(0, CountRemark(text=text, rules=(belonging.rule.name,)))
    else:
        remarks += _late(replay, belonging)
    rule = None if belonging is None else belonging.rule
    return JudgedDose(
        on=dose.on,
        row=dose.row,
        drug=dose.drug,
        amount=dose.amount,
        route=dose.route,
        counting=counting,
        decision=None if rule is None else rule.decision,
        stage=None if stage is None else stage.stage,
        number=None if stage is None else stage.number,
        rules=() if rule is None else (rule.name,),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _is_of_series(replay: Replay, dose: Given) -> bool:
    """Whether a dose can be one of those that are counted from events."""
    return any(
        dose.may_be_of(one.phase)
        for counts in replay.targets.counting.values()
        for one in counts
    )


def _late(replay: Replay, belonging: _Belonging) -> Iterator[CountRemark]:
    """That a dose came after its last day, the tolerance included."""
    step = belonging.step
    if step.day is None or step.due is None or step.latest is None:
        return
    days = (step.day - step.latest).days
    if days > spare_days(replay, step.due, step):
        text = f"it came {plural(days, 'day')} after its last day, {step.latest}"
        yield CountRemark(text=text, rules=(belonging.rule.name,))


# ------------------------------------------------------------------------------ why not


def _why_not(
    replay: Replay, dose: Given, belonging: _Belonging | None
) -> Iterator[CountRemark]:
    """Why no schedule goes on from a dose."""
    if belonging is not None:
        text = "the regimen was over by then"
        yield CountRemark(text=text, rules=(belonging.rule.name,))
        return
    rules = tuple(_open_on(replay, dose.on))
    if not rules:
        yield CountRemark(text=NO_REASON)
        return
    phases = [phase for rule in rules for phase in phases_of(rule)]
    names = tuple(rule.name for rule in rules)
    drugs = dict.fromkeys(drug for phase in phases for drug in phase.drugs)
    if all(phase.drugs and dose.drug not in phase.drugs for phase in phases):
        wanted = listing(map(replay.called, drugs), "or")
        text = f"the guideline asks for {wanted} here"
        yield CountRemark(text=text, rules=names)
        return
    routes = dict.fromkeys(p.route for p in phases if p.route is not None)
    if dose.route is not None and not fits(replay, dose, phases):
        wanted = listing(
            (route_text(replay.graph, r, Audience.PROFESSIONAL) for r in routes), "or"
        )
        text = f"the guideline gives the dose {wanted}"
        yield CountRemark(text=text, rules=names)
        return
    if any(counted(phase) is None for phase in phases):
        doses = dict.fromkeys(dose_text(phase.dose) for phase in phases)
        text = f"it is none of the doses asked for here: {listing(doses, 'or')}"
        yield CountRemark(text=text, rules=names)


def _open_on(replay: Replay, day: dt.date) -> Iterable[Rule]:
    """The rules on loading and maintenance that held, or may have held, on a day."""
    known = replay.knowledge.on(day)
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for verdict in known.of(decision, *OPEN):
            if phases_of(verdict.rule):
                yield verdict.rule
