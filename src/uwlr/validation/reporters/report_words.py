"""The words that reports share, in both languages."""

from __future__ import annotations

from typing import Final

from uwlr.text import Lang
from uwlr.validation.report_data import LayerName, ReportData, Severity, Validity

SEVERITIES: Final[dict[Lang, dict[Severity, str]]] = {
    "nl": {Severity.ERROR: "fout", Severity.WARNING: "waarschuwing", Severity.INFO: "ter info"},
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"},
}
VALIDITIES: Final[dict[Lang, dict[Validity, str]]] = {
    "nl": {
        Validity.VALID: "goed",
        Validity.INVALID: "ongeldig",
        Validity.SKIPPED: "overgeslagen",
        Validity.UNCLEAR: "onduidelijk",
    },
    "en": {
        Validity.VALID: "ok",
        Validity.INVALID: "invalid",
        Validity.SKIPPED: "skipped",
        Validity.UNCLEAR: "unclear",
    },
}
LAYER_NAMES: Final[dict[Lang, dict[LayerName, str]]] = {
    "nl": {"xml": "xml", "soap": "soap", "xsd": "schema", "rules": "regels", "profile": "profiel"},
    "en": {"xml": "xml", "soap": "soap", "xsd": "schema", "rules": "rules", "profile": "profile"},
}
_COUNTS: Final[dict[Lang, tuple[tuple[Severity, str, str], ...]]] = {
    "nl": (
        (Severity.ERROR, "fout", "fouten"),
        (Severity.WARNING, "waarschuwing", "waarschuwingen"),
        (Severity.INFO, "opmerking", "opmerkingen"),
    ),
    "en": (
        (Severity.ERROR, "error", "errors"),
        (Severity.WARNING, "warning", "warnings"),
        (Severity.INFO, "remark", "remarks"),
    ),
}


def counts(report: ReportData, lang: Lang) -> str:
    """Say how many findings of each severity there are; remarks only if there are any."""
    parts = []
    for severity, one, many in _COUNTS[lang]:
        number = report.count(severity)
        if number or severity is not Severity.INFO:
            parts.append(f"{number} {one if number == 1 else many}")
    return ", ".join(parts)


def layers(report: ReportData, lang: Lang) -> str:
    """Say what became of each layer."""
    return ", ".join(f"{LAYER_NAMES[lang][layer.name]} {VALIDITIES[lang][layer.validity]}" for layer in report.layers)


def more(number: int, rule_id: str, lang: Lang) -> str:
    """Say how many findings of a rule are not shown."""
    return f"… en nog {number} keer {rule_id}" if lang == "nl" else f"… and {number} more of {rule_id}"
