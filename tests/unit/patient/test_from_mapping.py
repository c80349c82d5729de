"""Patients from what an application has."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import pytest
from attrs import frozen

from b12guide.errors import PatientError, UnknownNameError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import Otherwise, Patient, Units
from b12guide.patient.stated import state


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


# -------------------------------------------------------------------------- records


class Quantity(NamedTuple):
    value: float
    unit: str | None = None
    on: Any = None


class Procedure(Enum):
    BYPASS = "roux_en_y"


@dataclass
class AsDataclass:
    egfr: Any = None
    paresthesia: Any = None
    bariatric_procedure: Any = None


class AsTuple(NamedTuple):
    egfr: Any = None
    paresthesia: Any = None
    bariatric_procedure: Any = None


@frozen
class AsAttrs:
    egfr: Any = None
    paresthesia: Any = None
    bariatric_procedure: Any = None


class AsModel:
    """What a model of pydantic looks like from outside."""

    model_fields: ClassVar = {"egfr": 1, "paresthesia": 2, "bariatric_procedure": 3}

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(dict.fromkeys(self.model_fields), **fields)

    @property
    def model_extra(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in self.model_fields}

    def model_dump(self) -> dict[str, Any]:
        message = "its values need not be turned into text"
        raise AssertionError(message)


class ShoeTuple(NamedTuple):
    shoe_size: int


@dataclass
class ShoeClass:
    shoe_size: int


RECORDS = [AsDataclass, AsTuple, AsAttrs, AsModel]


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize(
    ("egfr", "read"),
    [
        (35, 35),
        (None, None),
        (Quantity(0.58, "mL/s"), Fraction("34.8")),
        ({"value": Decimal("35.5"), "unit": "mL/min"}, Fraction("35.5")),
        ([Quantity(35, None, "2025-01-01"), Quantity(40, "mL/min", "2025-02-01")], 40),
        ((Quantity(35, on=dt.date(2025, 1, 1)),), 35),
    ],
    ids=repr,
)
def test_the_fields_of_a_record_are_facts(
    graph: RuleGraph, kind: Any, egfr: Any, read: Any
) -> None:
    record = kind(egfr=egfr, bariatric_procedure=Procedure.BYPASS)

    values = state(patient_from(record), graph).values

    assert dict(values) == {
        "egfr": read,
        "paresthesia": None,
        "bariatric_procedure": "roux_en_y",
    }


def test_a_real_model_of_pydantic_is_read(graph: RuleGraph) -> None:
    pydantic = pytest.importorskip("pydantic")
    quantity = pydantic.create_model("Quantity", value=(float, ...), unit=(str, ...))
    kind = pydantic.create_model(
        "Person", egfr=(quantity | None, None), paresthesia=(bool | None, None)
    )

    stated = state(patient_from(kind(egfr={"value": 35, "unit": "mL/min"})), graph)

    assert dict(stated.values) == {"egfr": 35, "paresthesia": None}


@pytest.mark.parametrize(
    "record",
    [ShoeTuple(42), AsModel(shoe_size=42), ShoeClass(42)],
    ids=["tuple", "model", "dataclass"],
)
def test_a_field_that_is_no_fact_is_refused(graph: RuleGraph, record: Any) -> None:
    with pytest.raises(PatientError, match="GDL707"):
        state(patient_from(record), graph)


@pytest.mark.parametrize(
    "record",
    [
        AsDataclass,
        AsTuple,
        AsModel,
        Procedure.BYPASS,
        (35, True),
        type("Thing", (), {})(),
    ],
    ids=["class", "tuple class", "model class", "enum", "tuple", "object"],
)
def test_what_names_no_fields_is_refused(record: Any) -> None:
    assert code(record) == "GDL703"


def test_a_resource_of_fhir_is_no_patient() -> None:
    with pytest.raises(PatientError, match="GDL703") as caught:
        patient_from({"resourceType": "Patient", "birthDate": "1970-01-01"})

    (diagnostic,) = caught.value.diagnostics
    assert "FHIR resource (`Patient`)" in diagnostic.message
    assert '{"facts": ' in diagnostic.help[0].message


def test_the_scalars_of_numpy_are_read(graph: RuleGraph) -> None:
    numpy = pytest.importorskip("numpy")

    def read(value: Any, name: str = "egfr") -> Any:
        return state(patient_from({name: value}), graph).values[name]

    assert read(numpy.int64(35)) == 35
    assert read(numpy.float32(35.1)) == Fraction("35.1")
    assert read(numpy.float16(35.1)) == Fraction("35.1")
    assert read(numpy.array(35)) == 35
    assert read({"value": numpy.float64(35.5), "unit": numpy.str_("mL/min")}) == 35.5
    assert read([{"value": 35, "on": numpy.datetime64("2025-03-05")}]) == 35
    assert read([{"value": 35, "on": numpy.datetime64("2025-03-05T10:00", "ns")}]) == 35
    assert read(numpy.bool_(True), "paresthesia") is True
    assert read(numpy.ma.masked) is None
    for wrong in (
        numpy.array([35, 36]),
        numpy.array([35]),
        numpy.array([]),
        numpy.float64("nan"),
        {"value": numpy.array([35, 36])},
        {"value": 35, "on": numpy.datetime64("NaT")},
    ):
        with pytest.raises(PatientError) as caught:
            read(wrong)
        assert all(d.help for d in caught.value.diagnostics)


def test_what_pandas_has_for_nothing_is_refused_with_what_to_write(
    graph: RuleGraph,
) -> None:
    pandas = pytest.importorskip("pandas")

    for name in ("egfr", "paresthesia", "cobalamin_gene"):
        for nothing in (pandas.NA, pandas.NaT):
            with pytest.raises(PatientError) as caught:
                state(patient_from({name: nothing}), graph)
            (diagnostic,) = caught.value.diagnostics
            assert "`None`" in diagnostic.help[0].message
    on = {"value": 35, "on": pandas.Timestamp("2025-03-05 10:00")}
    (datum,) = state(patient_from({"egfr": on}), graph).data
    assert (datum.on, datum.at and datum.at.hour) == (dt.date(2025, 3, 5), 10)


def test_a_patient_may_be_made_that_has_to_state_units(graph: RuleGraph) -> None:
    strict = patient_from({"egfr": 35}, units="required")

    assert strict.units is Units.REQUIRED
    with pytest.raises(PatientError, match="GDL734"):
        state(strict, graph)
    with pytest.raises(UnknownNameError, match="`required`"):
        patient_from({}, units="requried")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"otherwise": "nonsense"}, UnknownNameError),
        ({"otherwise": 1}, UnknownNameError),
        ({"units": "requried"}, UnknownNameError),
        ({"units": None}, UnknownNameError),
        ({"facts": None}, PatientError),
        ({"facts": [("egfr", 35)]}, PatientError),
        ({"facts": "egfr"}, PatientError),
    ],
    ids=repr,
)
def test_a_patient_is_not_made_of_anything(fields: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Patient(**fields)


def test_a_patient_takes_the_names_of_choices(graph: RuleGraph) -> None:
    options: Any = {"units": "required", "otherwise": "absent"}
    patient = Patient(facts={"egfr": 35}, **options)

    assert patient.units is Units.REQUIRED
    with pytest.raises(PatientError, match="GDL734"):
        state(patient, graph)


class Hostile:
    """Whatever one asks of it fails."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def test_what_cannot_be_asked_anything_is_refused(graph: RuleGraph) -> None:
    for record in (Hostile(), {"egfr": Hostile()}, {"egfr": {"value": Hostile()}}):
        with pytest.raises(PatientError):
            state(patient_from(record), graph)
