"""Patients from what an application has."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from attrs import frozen

from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.resolve import state


@frozen
class Record:
    egfr: float
    paresthesia: bool | None = None


class Scalar:
    """What array libraries have for a single value."""

    dtype = "bool"

    def item(self) -> bool:
        return True


def code(record: Any, **more: Any) -> str:
    with pytest.raises(PatientError) as caught:
        patient_from(record, **more)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.place is not None
    return diagnostic.code


def test_a_mapping_holds_facts_by_name() -> None:
    record = OrderedDict(egfr=35, paresthesia=True)

    patient = patient_from(record, otherwise="absent", name="Ann")

    assert patient == Patient(facts=dict(record), otherwise="absent", name="Ann")


def test_a_mapping_may_look_like_a_patient_file() -> None:
    patient = patient_from(
        {"facts": {"egfr": 35}, "otherwise": "absent", "note": "as in a file"}
    )

    assert patient.facts == {"egfr": 35}
    assert patient.otherwise is Otherwise.ABSENT


def test_the_fields_of_an_attrs_instance_are_facts(graph: RuleGraph) -> None:
    patient = patient_from(Record(egfr=35.1), name="Ann")

    assert patient.facts == {"egfr": 35.1, "paresthesia": None}
    assert float(state(patient, graph).values["egfr"] or 0) == 35.1


def test_a_patient_stays_what_it_is() -> None:
    patient = Patient(facts={"egfr": 35})

    assert patient_from(patient) is patient


def test_the_scalars_of_an_array_library_are_plain_values() -> None:
    assert patient_from({"paresthesia": Scalar()}).facts == {"paresthesia": True}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ([("egfr", 35)], "GDL703"),
        ("egfr", "GDL703"),
        (None, "GDL703"),
        ({"facts": {}, "otherwize": "absent"}, "GDL704"),
        ({"facts": {}, "egfr": 35}, "GDL704"),
        ({"facts": {}, "otherwise": "abscent"}, "GDL706"),
    ],
)
def test_what_is_no_patient_is_refused(record: Any, expected: str) -> None:
    assert code(record) == expected


def test_an_unknown_otherwise_is_refused() -> None:
    assert code({}, otherwise="no") == "GDL706"
