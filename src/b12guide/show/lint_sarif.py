"""Findings in SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.lint.code import LEVELS, RULES_BY_CODE
from b12guide.lint.rule import Level
from b12guide.text import Span, Text

__all__ = ["SARIF_SCHEMA", "lint_sarif"]

SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "note"}


def lint_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """The findings as one run of b12guide of this version."""
    found = tuple(diagnostics)
    codes = sorted({*LEVELS, *(diagnostic.code for diagnostic in found)})
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "b12guide",
                        "semanticVersion": version,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes.index(each.code)) for each in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    level = LEVELS.get(code, Level.ERROR)
    rule = RULES_BY_CODE.get(code)
    described: dict[str, Any] = {"id": code}
    if rule is not None:
        described["name"] = rule.name
        described["shortDescription"] = {"text": rule.says}
    is_on = level is not Level.OFF
    described["defaultConfiguration"] = {
        "enabled": is_on,
        "level": _LEVELS[level.value] if is_on else "none",
    }
    return described


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    told = [
        diagnostic.message,
        *diagnostic.notes,
        *(h.message for h in diagnostic.help),
    ]
    locations = [_location(label) for label in diagnostic.labels]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _level(diagnostic.severity),
        "message": {"text": ". ".join(told)},
        "locations": locations[:1],
    }
    if locations[1:]:
        result["relatedLocations"] = locations[1:]
    fixes = [_fix(remedy) for remedy in diagnostic.help if remedy.edits]
    if fixes:
        result["fixes"] = fixes
    return result


def _level(severity: Severity) -> str:
    return _LEVELS[severity.value]


def _location(label: Label) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(label.text),
            "region": _region(label.text, label.span),
        }
    }
    if label.message:
        location["message"] = {"text": label.message}
    return location


def _artifact(text: Text) -> dict[str, str]:
    path = PurePath(text.name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix())}


def _region(text: Text, span: Span) -> dict[str, int]:
    start, end = text.position(span.start), text.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fix(remedy: Help) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in remedy.edits:
        by_file.setdefault(edit.text.name, []).append(edit)
    return {
        "description": {"text": remedy.message},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(edits[0].text),
                "replacements": [_replacement(edit) for edit in edits],
            }
            for edits in by_file.values()
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": _region(edit.text, edit.span),
        "insertedContent": {"text": edit.replacement},
    }
