"""Terminologies: their short names in a vocabulary, their URIs and OIDs, and codes that name both.

A record names a terminology by a URI (`http://loinc.org`), by an OID
(`urn:oid:2.16.840.1.113883.6.1`) or by the short name that a vocabulary uses (`loinc`). All of them
mean the same; what is not in the table is only the same as itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from b12guide.frozen import FrozenMap, Record

__all__ = ["SYSTEMS", "CodeSystem", "canonical", "split_code", "system_of", "uri_of"]

_OID = "urn:oid:"


@frozen(kw_only=True, repr=False)
class CodeSystem(Record):
    """A terminology.

    Attributes:
        name: The name by which vocabularies call it, such as `snomed`.
        title: Its own name.
        uri: The URI that FHIR gives it.
        oid: Its object identifier, without `urn:oid:`; None where none is in use.
        within: The name of the terminology whose identifiers it uses, so that either may be named.
    """

    name: str
    title: str
    uri: str
    oid: str | None = None
    within: str | None = None


SYSTEMS: tuple[CodeSystem, ...] = (
    CodeSystem(
        name="snomed",
        title="SNOMED CT",
        uri="http://snomed.info/sct",
        oid="2.16.840.1.113883.6.96",
    ),
    CodeSystem(
        name="loinc", title="LOINC", uri="http://loinc.org", oid="2.16.840.1.113883.6.1"
    ),
    CodeSystem(
        name="icd10",
        title="ICD-10",
        uri="http://hl7.org/fhir/sid/icd-10",
        oid="2.16.840.1.113883.6.3",
    ),
    CodeSystem(
        name="icd10cm",
        title="ICD-10-CM",
        uri="http://hl7.org/fhir/sid/icd-10-cm",
        oid="2.16.840.1.113883.6.90",
    ),
    CodeSystem(
        name="rxnorm",
        title="RxNorm",
        uri="http://www.nlm.nih.gov/research/umls/rxnorm",
        oid="2.16.840.1.113883.6.88",
    ),
    CodeSystem(
        name="atc",
        title="ATC",
        uri="http://www.whocc.no/atc",
        oid="2.16.840.1.113883.6.73",
    ),
    CodeSystem(
        name="unii",
        title="UNII",
        uri="http://fdasis.nlm.nih.gov",
        oid="2.16.840.1.113883.4.9",
    ),
    CodeSystem(
        name="ndc",
        title="National Drug Code",
        uri="http://hl7.org/fhir/sid/ndc",
        oid="2.16.840.1.113883.6.69",
    ),
    CodeSystem(
        name="cvx",
        title="CVX",
        uri="http://hl7.org/fhir/sid/cvx",
        oid="2.16.840.1.113883.12.292",
    ),
    # Its identifiers are those of the SNOMED CT drug extension of the United
    # Kingdom, and British records name either.
    CodeSystem(name="dmd", title="dm+d", uri="https://dmd.nhs.uk", within="snomed"),
    CodeSystem(
        name="ucum",
        title="UCUM",
        uri="http://unitsofmeasure.org",
        oid="2.16.840.1.113883.6.8",
    ),
)
"""The terminologies that have more than one spelling."""


def _spellings() -> Mapping[str, CodeSystem]:
    found: dict[str, CodeSystem] = {}
    for system in SYSTEMS:
        found[system.name] = found[system.uri] = system
        if system.oid is not None:
            found[system.oid] = found[_OID + system.oid] = system
    return FrozenMap(found)


_SPELLINGS = _spellings()
_SNOMED = "http://snomed.info/sct"


def system_of(written: str) -> CodeSystem | None:
    """The terminology that `written` names: a URI, an OID or a short name.

    >>> system_of("urn:oid:2.16.840.1.113883.6.1").name
    'loinc'
    >>> system_of("http://snomed.info/sct/83821000000107").name
    'snomed'
    """
    name = written.strip().rstrip("/")
    if name.startswith(_SNOMED + "/"):  # an edition or a version of it
        name = _SNOMED
    return _SPELLINGS.get(name) or _SPELLINGS.get(name.lower())


def canonical(written: str) -> str:
    """One spelling of a terminology: its short name if it has one, else what was written."""
    system = system_of(written)
    return written.strip() if system is None else system.name


def uri_of(name: str) -> str | None:
    """The URI of the terminology that a vocabulary calls `name`; None for one without.

    >>> uri_of("atc")
    'http://www.whocc.no/atc'
    """
    system = system_of(name)
    return None if system is None else system.uri


def split_code(written: str) -> tuple[str, str] | None:
    """The terminology and the code of `http://loinc.org|2132-9`; None for what is no such pair.

    The terminology comes in one spelling, see `canonical`.

    >>> split_code("urn:oid:2.16.840.1.113883.6.1|2132-9")
    ('loinc', '2132-9')
    """
    system, bar, code = written.rpartition("|")
    if not bar or not system.strip() or not code.strip():
        return None
    return canonical(system), code.strip()
