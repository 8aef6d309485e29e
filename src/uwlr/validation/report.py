"""The report of a validation, as its caller gets it."""

from __future__ import annotations

from uwlr.errors import InvalidReport
from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData, Severity
from uwlr.validation.reporters import json_report, terminal


class Report(ReportData, kw_only=True):
    """The result of a validation, and the two forms of it that need no file."""

    def as_text(self, *, lang: Lang = "nl") -> str:
        """Write the report for a terminal, without colour."""
        return terminal.render([self], lang=lang)

    def as_json(self) -> bytes:
        """Write the report as JSON; the form is documented in docs/report.md."""
        return json_report.render([self])

    def raise_for_errors(self) -> None:
        """Do nothing if the message is valid.

        Raises:
            InvalidReport: there are findings of severity error, or a layer is unclear.
        """
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        if self.valid and not errors:
            return
        count = self.count(Severity.ERROR)
        lines = [f"{self.name}: {count} error{'' if count == 1 else 's'}"]
        lines += [f"  {_place(f)} {f.id} {f.message('en')}" for f in errors[:10]]
        if count > 10:
            lines.append(f"  … and {count - 10} more")
        raise InvalidReport("\n".join(lines), report=self)


def _place(finding: Finding) -> str:
    return str(finding.path) if finding.line is None else f"{finding.path} (line {finding.line})"
