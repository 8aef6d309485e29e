"""What the validator says of a message, as a verdict."""

from __future__ import annotations

from collections import Counter
from typing import Final

from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.text import Lang, Text
from uwlr.validation import Finding, Report, Severity, Validity
from uwlr.validation.report_data import LayerName

_SHOWN: Final = 3
"""Rules that are named; the rest is counted."""


def must_keep(report: Report, *layers: LayerName, advice: str | None = None) -> None:
    """Ask that no rule of these layers is broken.

    Args:
        report: what the validator said.
        layers: the layers that are looked at.
        advice: the requirement that is not met where rules of severity warning alone are broken; by default the first
            of the case.

    Raises:
        Unmet: a rule is broken; it says which, nothing personal.
        Absent: because of what is wrong in an earlier layer it cannot be known.
    """
    found = [one for one in report.findings if one.layer in layers and one.severity is not Severity.INFO]
    if found:
        mild = all(one.severity is Severity.WARNING for one in found)
        raise Unmet(Text(_named_rules(found, "nl"), _named_rules(found, "en")), requirement=advice if mild else None)
    for layer in report.layers:
        if layer.name in layers and layer.validity is not Validity.VALID:
            raise Absent(layer.note or Text(f"laag {layer.name}", f"layer {layer.name}"))


def _named_rules(found: list[Finding], lang: Lang) -> str:
    """Name the rules, errors first, each with its first place and how often it is broken."""
    times = Counter(one.id for one in found)
    firsts = {one.id: one for one in reversed(found)}
    order = sorted(firsts.values(), key=lambda one: (one.severity is Severity.WARNING, one.id))
    rules = [f"{one.id} ({times[one.id]}x) {one.message(lang)}" for one in order[:_SHOWN]]
    more = len(order) - _SHOWN
    if more > 0:
        rules.append(f"en nog {more} regels" if lang == "nl" else f"and {more} more rules")
    return "; ".join(rules)
