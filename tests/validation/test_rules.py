"""Every rule: what breaks it, what does not, and that nothing else notices."""

from __future__ import annotations

from collections import Counter

import pytest

from helpers.wire_names import python_names
from uwlr.validation import RULES, validate
from uwlr.validation.explanations import broken
from uwlr.validation.reporters import FORMATS, render
from uwlr.validation.sample_messages import sample, settings

EVERY_RULE = [pytest.param(rule, id=rule.id) for rule in RULES]


def whole(rule):
    """The sample message of a rule, undamaged."""
    versie = rule.versies[0]
    return sample(rule.example.base, versie).encode(), settings(rule.example.option, versie)


def ids(document, options):
    """How often each rule finds something."""
    return Counter(finding.id for finding in validate(document, **options).findings)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_example_breaks_just_its_rule(rule):
    """The example of a rule is found by that rule, and by no other."""
    document, options = broken(rule)

    new = ids(document, options) - ids(*whole(rule))

    assert set(new) == {rule.id}


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_whole_sample_breaks_no_rule(rule):
    """A sample message has no errors and no warnings, nor has what comes close to the example."""
    document, options = whole(rule)
    if rule.example.fine is not None:
        old = rule.example.old.replace("VERSIE", rule.versies[0]).encode()
        document = document.replace(old, rule.example.fine.encode())

    report = validate(document, **options)

    assert [f.id for f in report.findings if f.severity != "info"] == []


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_without_the_rule_the_example_passes_unnoticed(rule):
    """Each rule is needed: with it switched off, nothing else finds its example."""
    document, options = broken(rule)

    left = ids(document, {**options, "ignore": [rule.id]}) - ids(*whole(rule))

    assert left == Counter()


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_an_example_replaces_one_place(rule):
    """What an example replaces stands in its sample exactly once."""
    old = rule.example.old.replace("VERSIE", rule.versies[0])

    assert whole(rule)[0].decode().count(old) == 1


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_finding_has_a_place_two_texts_and_a_remedy(rule):
    """A finding tells line and column, what is wrong and what to do, in Dutch and in English, with nothing unfilled."""
    document, options = broken(rule)

    report = validate(document, **options, show_values=True)
    finding = next(f for f in report.findings if f.id == rule.id)

    assert python_names(report) == set()
    assert finding.line is not None
    assert finding.column is not None
    texts = [finding.message("nl"), finding.message("en"), finding.remedy("nl"), finding.remedy("en")]
    assert all(text and "…" not in text and "{" not in text for text in texts)
    assert texts[0] != texts[1]
    assert texts[2] != texts[3]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_says_where_it_comes_from(rule):
    """A rule names its document and section, and how firm that is."""
    assert rule.source.document
    assert rule.source.section
    assert rule.source.basis in {"norm", "practice", "inferred", "assumed"}


def test_ids_are_of_one_form():
    """An id is two letters and three digits, so that it can be searched for."""
    assert [r.id for r in RULES if not (r.id[:2].isalpha() and r.id[2] == "-" and r.id[3:].isdigit())] == []


def test_what_2_3_changed_on_thin_evidence_is_marked():
    """Rules that exist for 2.3 only are marked as inferred where the text of 2.3 does not say so."""
    inferred = {r.id for r in RULES if r.versies == ("2.3",) and r.source.basis == "inferred"}

    assert inferred == {"LG-113", "PL-104"}


PERSONAL = [
    b"Bakker",
    b"Anna",
    b"111222333",
    b"101000012",
    b"anna@school.example",
    b"anna.bakker",
    b"0123456789abcdef",
    b"2015-03-01",
    b"1234AB",
    b"99XX01abcdefghijklmnop",
    b"Visser",
    b"Bram",
]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_no_report_shows_a_person(rule):
    """No form of a report of any example shows a name, a number, a key or an address of a person."""
    document, options = broken(rule)
    report = validate(document, **options)

    for form in FORMATS:
        output = render([report], form)
        assert [text for text in PERSONAL if text in output] == []
        assert b"'l1'" not in output
