"""SARIF and workflow commands."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.lint.settings import LEVELS
from b12guide.show.diagnostic import lint_sarif, to_github
from b12guide.text import Span, Text

TEXT = Text("a folder/ü.gdl", "language 1\nguideline 𐀀 x\n")
FOUND = Diagnostic(
    code="GDL515",
    message="these parentheses change nothing",
    severity=Severity.INFO,
    labels=(
        Label(text=TEXT, span=Span(21, 22)),
        Label(text=TEXT, span=Span(0, 8), message="100% here"),
    ),
    notes=("a note",),
    help=(
        Help(
            message="leave them out",
            edits=(Edit(text=TEXT, span=Span(21, 22), replacement=""),),
        ),
    ),
)
UNPLACED = Diagnostic(code="GDL229", message="there is no, file: x")


REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": {"type": "integer", "minimum": 1},
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "message": {"type": "object", "required": ["text"]},
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
                },
                "region": REGION,
            },
        },
    },
}
FIX = {
    "type": "object",
    "required": ["artifactChanges"],
    "properties": {
        "artifactChanges": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["artifactLocation", "replacements"],
                "properties": {
                    "replacements": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "required": ["deletedRegion"],
                            "properties": {"deletedRegion": REGION},
                        },
                    }
                },
            },
        }
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {"required": ["text"], "properties": {"text": {"type": "string"}}},
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "items": LOCATION, "minItems": 1},
        "fixes": {"type": "array", "items": FIX},
    },
    "additionalProperties": False,
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {"items": {"required": ["id"]}}
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}
"""What SARIF 2.1.0 asks of the part of a log that we write."""


def sarif(*diagnostics: Diagnostic) -> Any:
    log = json.loads(lint_sarif(diagnostics, "1.2.3"))
    jsonschema.validate(log, LOG)
    return log


def test_a_log_says_which_tool_found_it() -> None:
    log = sarif()
    (run,) = log["runs"]
    driver = run["tool"]["driver"]

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    assert (driver["name"], driver["semanticVersion"]) == ("b12guide", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == sorted(LEVELS)
    assert run["results"] == []


def test_a_finding_has_its_place_in_characters() -> None:
    (run,) = sarif(FOUND)["runs"]
    (result,) = run["results"]
    (location,) = result["locations"]
    place = location["physicalLocation"]

    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "GDL515"
    assert result["level"] == "note"
    assert result["message"]["text"] == (
        "these parentheses change nothing. a note. leave them out"
    )
    assert place["artifactLocation"] == {"uri": "a%20folder/%C3%BC.gdl"}
    assert place["region"] == {
        "startLine": 2,
        "startColumn": 11,
        "endLine": 2,
        "endColumn": 12,
    }


def test_further_places_and_edits_go_along() -> None:
    ((result,),) = (run["results"] for run in sarif(FOUND)["runs"])
    ((change,),) = (fix["artifactChanges"] for fix in result["fixes"])
    (related,) = result["relatedLocations"]

    assert related["message"] == {"text": "100% here"}
    assert change["replacements"][0]["insertedContent"] == {"text": ""}


def test_a_finding_without_a_place_has_no_location() -> None:
    ((result,),) = (run["results"] for run in sarif(UNPLACED)["runs"])

    assert result["locations"] == []
    assert result["level"] == "error"


def test_an_absolute_path_is_a_uri() -> None:
    label = Label(text=Text("/tmp/x y.gdl", "a"), span=Span(0, 1))  # noqa: S108 - a name
    found = Diagnostic(code="GDL101", message="m", labels=(label,))
    ((result,),) = (run["results"] for run in sarif(found)["runs"])
    (location,) = result["locations"]

    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "file:///tmp/x%20y.gdl"


@pytest.mark.parametrize(
    ("diagnostic", "line"),
    [
        (
            FOUND,
            (
                "::notice file=a folder/ü.gdl,line=2,endLine=2,title=GDL515,col=11,endColumn=12"
                "::these parentheses change nothing%0Ahelp: leave them out"
            ),
        ),
        (UNPLACED, "::error title=GDL229::there is no, file: x"),
        (
            Diagnostic(
                code="GDL501",
                message="50% of it\nis never true",
                severity=Severity.WARNING,
                labels=(Label(text=Text("a,b:c", "x\ny"), span=Span(0, 3)),),
            ),
            (
                "::warning file=a%2Cb%3Ac,line=1,endLine=2,title=GDL501"
                "::50%25 of it%0Ais never true"
            ),
        ),
    ],
)
def test_a_workflow_command_is_one_line(diagnostic: Diagnostic, line: str) -> None:
    assert to_github(diagnostic) == line
