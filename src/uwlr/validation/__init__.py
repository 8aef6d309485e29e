"""The validator: layers xml, soap, xsd, rules and profile, and a report of every defect."""

from uwlr.text import Text
from uwlr.validation.context import Context
from uwlr.validation.layers import validate
from uwlr.validation.report import Report
from uwlr.validation.report_data import Finding, Layer, Severity, Source, Validity
from uwlr.validation.rules import RULES

__all__ = [
    "RULES",
    "Context",
    "Finding",
    "Layer",
    "Report",
    "Severity",
    "Source",
    "Text",
    "Validity",
    "validate",
]
