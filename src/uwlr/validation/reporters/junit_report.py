"""A report as JUnit XML: a suite for each message, a test case for each layer and each rule that found something.

An error is a failure. Warnings and remarks pass and are listed in system-out, a layer that was not reached is skipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from uwlr.text import Lang
from uwlr.validation.report_data import Finding, ReportData, Severity, Validity
from uwlr.validation.reporters import report_words as words
from uwlr.validation.reporters.report_words import LAYER_NAMES
from uwlr.validation.reporters.terminal import place
from uwlr.visible import one_line


def render(reports: Sequence[ReportData], *, lang: Lang = "nl") -> bytes:
    """Write the reports."""
    root = etree.Element("testsuites", name="uwlr validate")
    for report in reports:
        root.append(_suite(report, lang))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _suite(report: ReportData, lang: Lang) -> etree._Element:
    name = one_line(report.name)
    suite = etree.Element("testsuite", name=name)
    failures = skipped = 0
    for layer in report.layers:
        findings = [f for f in report.findings if f.layer == layer.name]
        seconds = f"{layer.duration_ms / 1000:.3f}"
        case = etree.SubElement(suite, "testcase", classname=name, name=LAYER_NAMES[lang][layer.name], time=seconds)
        errors = [f for f in findings if f.severity is Severity.ERROR]
        unexplained = layer.validity in {Validity.INVALID, Validity.UNCLEAR} and not errors
        if layer.validity is Validity.SKIPPED:
            skipped += 1
            note = layer.note
            etree.SubElement(case, "skipped", message="" if note is None else (note.at(lang)))
        elif unexplained:
            failures += 1
            note = layer.note
            text = layer.validity.value if note is None else (note.at(lang))
            etree.SubElement(case, "failure", message=text, type=layer.validity.value)
        else:
            failures += _failures(suite, case, report, errors, lang)
        rest = [f for f in findings if f.severity is not Severity.ERROR]
        if rest:
            etree.SubElement(case, "system-out").text = _lines(report, rest, lang)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))
    suite.set("skipped", str(skipped))
    return suite


def _failures(
    suite: etree._Element, case: etree._Element, report: ReportData, errors: list[Finding], lang: Lang
) -> int:
    """One test case for each rule that was broken; the layer's own case stays for what it says besides."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in errors:
        by_rule.setdefault(finding.id, []).append(finding)
    for rule_id, findings in by_rule.items():
        name = f"{case.get('name')}/{rule_id}"
        own = etree.SubElement(suite, "testcase", classname=one_line(report.name), name=name, time="0.000")
        message = one_line(findings[0].message(lang))
        failure = etree.SubElement(own, "failure", message=message, type=rule_id)
        failure.text = _lines(report, findings, lang)
    return len(by_rule)


def _lines(report: ReportData, findings: list[Finding], lang: Lang) -> str:
    """A line for each finding, and one for each rule of which there are more."""
    more = [words.more(report.omitted[i], i, lang) for i in {f.id: None for f in findings} if i in report.omitted]
    return "\n".join([*(_line(report, f, lang) for f in findings), *more])


def _line(report: ReportData, finding: Finding, lang: Lang) -> str:
    return one_line(f"{place(report, finding)} {finding.id} {finding.message(lang)} → {finding.remedy(lang)}")
