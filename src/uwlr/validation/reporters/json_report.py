"""A report as JSON; docs/report.md describes the form, and `schema` is its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from uwlr.text import Lang
from uwlr.validation.report_data import Finding, Layer, ReportData

FORM: Final = 1
"""Raised when a field changes its meaning or goes; new fields may come without."""


def render(reports: Sequence[ReportData], *, lang: Lang = "nl") -> bytes:  # noqa: ARG001 - it has both languages
    """Write the reports."""
    document = {"schema": FORM, "reports": [_report(report) for report in reports]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _report(report: ReportData) -> dict[str, Any]:
    return {
        "name": report.name,
        "size": report.size,
        "message": report.message_name,
        "versie": report.versie,
        "profiel": report.profiel,
        "valid": report.valid,
        "layers": [_layer(layer) for layer in report.layers],
        "findings": [_finding(finding) for finding in report.findings],
        "omitted": report.omitted,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": layer.name,
        "validity": layer.validity.value,
        "duration_ms": layer.duration_ms,
    }
    if layer.note is not None:
        made["note"] = {"nl": layer.note.nl, "en": layer.note.en}
    return made


def _finding(finding: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": finding.id,
        "severity": finding.severity.value,
        "layer": finding.layer,
        "message": {"nl": finding.message("nl"), "en": finding.message("en")},
        "remedy": {"nl": finding.remedy("nl"), "en": finding.remedy("en")},
        "path": str(finding.path),
        "source": {
            "document": finding.source.document,
            "section": finding.source.section,
            "basis": finding.source.basis,
        },
    }
    optional = {"line": finding.line, "column": finding.column, "value": finding.value}
    return made | {name: value for name, value in optional.items() if value is not None}
