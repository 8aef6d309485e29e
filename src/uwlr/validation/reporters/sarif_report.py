"""A report as SARIF 2.1.0, which code hosts and editors show beside the file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import metadata, version
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import msgspec

from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData, RuleInfo, Severity

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(reports: Sequence[ReportData], *, lang: Lang = "nl") -> bytes:
    """Write the reports as one run."""
    rules = {f.id: f.rule for report in reports for f in report.findings}
    ids = sorted(rules)
    links = dict(line.split(", ", 1) for line in metadata("uwlr").get_all("Project-URL", []))
    pages = links.get("Rules")
    driver = {
        "name": "uwlr",
        "semanticVersion": version("uwlr"),
        "rules": [_rule(rules[rule_id], lang, pages) for rule_id in ids],
    }
    if (home := links.get("Repository")) is not None:
        driver["informationUri"] = home
    run = {
        "tool": {"driver": driver},
        "language": lang,
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(report, finding, ids.index(finding.id), lang) for report in reports for finding in report.findings
        ],
        "properties": {"omitted": {report.name: report.omitted for report in reports if report.omitted}},
    }
    document = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _rule(rule: RuleInfo, lang: Lang, pages: str | None) -> dict[str, Any]:
    """A rule, with its page where the installed package says where the project lives."""
    outline, remedy = rule.outline(lang), rule.remedy.fill(lang, {})
    made: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": outline},
        "fullDescription": {"text": f"{outline}. {remedy}"},
        "help": {"text": f"{remedy} ({rule.source})"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if pages is not None:
        made["helpUri"] = f"{pages}/{rule.id}.md"
    return made


def _result(report: ReportData, finding: Finding, index: int, lang: Lang) -> dict[str, Any]:
    uri = quote(PurePath(report.name).as_posix())
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if finding.line is not None:
        region = {"startLine": finding.line}
        if finding.column is not None:
            region["startColumn"] = finding.column
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": str(finding.path)}]
    return {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message(lang)},
        "locations": [location],
    }
