"""What the guideline would order, as resources that a suggestion creates or changes.

A suggestion is made only of what is certain and not withheld, and only where all of it can be
written down: a schedule that lost a restriction would be another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from b12guide.errors import ArgumentError, DosageError
from b12guide.evaluate.answer import Option
from b12guide.fhir.dosages import dosages_of
from b12guide.fhir.orders import medication_request
from b12guide.fhir.sheet import Sheet, subject_of
from b12guide.fhir.visits import checks_of, referrals_of
from b12guide.graph.query import regimens_in
from b12guide.hooks.card import Action, Suggestion, uuid_of
from b12guide.hooks.setting import Setting
from b12guide.regimen.model import Regimen
from b12guide.say.advice import advice_text

_MOST = 12
"""Nobody reads a longer list of buttons."""


def proposed(
    order: Mapping[str, Any], drug: str, option: Option, setting: Setting
) -> dict[str, Any] | None:
    """A draft order with the doses of a regimen in the place of its own.

    Everything else stays as the client wrote it. None where the regimen cannot be written down.

    Args:
        order: The order as it came.
        drug: The drug of the guideline that it orders.
        option: What the guideline advises.
        setting: The answer.
    """
    regimens = regimens_in(option.advice)
    if len(regimens) != 1 or option.withheld or not option.certain:
        return None
    phases = [p for p in regimens[0].phases if not p.drugs or drug in p.drugs]
    if len(phases) != len(regimens[0].phases):
        return None
    own = tuple(evolve(p, drugs=(drug,) if p.drugs else ()) for p in phases)
    try:
        dosages = dosages_of(evolve(regimens[0], phases=own), setting.graph)
    except DosageError:
        return None
    return {**order, "dosageInstruction": dosages}


def new_orders(options: Iterable[Option], setting: Setting) -> tuple[Suggestion, ...]:
    """Suggestions to order what some options advise, the first of them first.

    Args:
        options: What a decision advises.
        setting: The answer.
    """
    if not setting.suggests:
        return ()
    sure = [o for o in options if o.certain and not (o.withheld or o.drugs_open)]
    found = [one for option in sure for one in _of_option(option, setting)]
    return tuple({one.uuid: one for one in found}.values())[:_MOST]


def _of_option(option: Option, setting: Setting) -> Iterator[Suggestion]:
    if isinstance(option.advice, Regimen):
        for drug in option.advice.drugs:
            yield from _medication(drug, option, option.advice, setting)
        return
    sheet = Sheet.of(
        setting.answer, subject_of(setting.subject), setting.on, setting.provenance
    )
    resources = [resource for _, resource in checks_of(option, sheet)]
    resources += referrals_of(option, sheet)
    if resources:
        text = advice_text(option.advice, setting.graph)
        yield _suggested(resources, f"Order: {text}", setting)


def _medication(
    drug: str, option: Option, regimen: Regimen, setting: Setting
) -> Iterator[Suggestion]:
    try:
        resource = medication_request(
            option, setting.graph, drug=drug, subject=setting.subject, on=setting.on
        )
    except (ArgumentError, DosageError):
        return  # it cannot be written down as one order
    phases = tuple(evolve(phase, drugs=(drug,)) for phase in regimen.phases)
    text = advice_text(Regimen(phases), setting.graph)
    yield _suggested([resource], f"Order: {text}", setting)


def _suggested(
    resources: Sequence[Mapping[str, Any]], label: str, setting: Setting
) -> Suggestion:
    """A suggestion to create some orders together."""
    names = [f"{one['resourceType']}/{one['id']}" for one in resources]
    return Suggestion(
        label=label,
        uuid=uuid_of(setting.graph.digest, "create", *names),
        actions=tuple(
            Action(type="create", description=_called(one, label), resource=one)
            for one in resources
        ),
    )


def _called(resource: Mapping[str, Any], label: str) -> str:
    """What one order is, where several are made together."""
    said = resource.get("code")
    text = said.get("text") if isinstance(said, Mapping) else None
    return f"Order {text}" if text else label
