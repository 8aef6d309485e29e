"""Names that a message knows under another name than Python does."""

from __future__ import annotations

import re

from uwlr.berichten import ROOTS, Autorisatie
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import table


def _classes():
    """Every class that can stand in a message."""
    waiting, found = [*ROOTS, Autorisatie], set()
    while waiting:
        cls = waiting.pop()
        if cls not in found and not issubclass(cls, RawElement):
            found.add(cls)
            waiting += [a.cls for field in table(cls).elements for a in field.alternatives if a.cls is not None]
    return found


def _python_names():
    """The Python names of fields that no element or attribute bears."""
    fields = [field for cls in _classes() for field in table(cls).fields]
    wires = {wire for field in fields for a in field.alternatives for wire in (a.wire, field.wrapper)}
    return {field.name for field in fields} - wires


PYTHON_NAMES = _python_names()
_ANY = re.compile(r"(?<![\w-])(" + "|".join(sorted(PYTHON_NAMES)) + r")(?![\w-])")


def python_names(report):
    """The Python names in all texts of a report, in either language."""
    texts = (
        text
        for finding in report.findings
        for lang in ("nl", "en")
        for text in (finding.message(lang), finding.remedy(lang), str(finding.path))
    )
    return {name for text in texts for name in _ANY.findall(text)}
