"""A message that is wrong in every place: told as far as that is of use, counted beyond, in bounded time."""

from __future__ import annotations

import json
import time

import pytest

import uwlr
from uwlr import norm
from uwlr.validation.reporters import html_report, junit_report, sarif_report

HEAD = f'<leerlinggegevens xmlns="{norm.LEERLINGGEGEVENS}"><school><schooljaar>2026-2027</schooljaar></school>'
WRONG = {
    "an attribute": '<leerling key="{n}" a="1"><achternaam>A</achternaam></leerling>',
    "an element": '<leerling key="{n}"><achternaam>A</achternaam><a>x</a></leerling>',
    "empty": '<leerling key="{n}"><achternaam>A</achternaam><geboortedatum/></leerling>',
    "order": '<leerling key="{n}"><roepnaam>B</roepnaam><achternaam>A</achternaam></leerling>',
    "a facet": '<leerling key="{n}"><achternaam>A</achternaam><postcodenl>1</postcodenl></leerling>',
    "no name": '<leerling key="{n}"/>',
}


def _school(pupil: str, count: int) -> bytes:
    pupils = "".join(pupil.format(n=number) for number in range(count))
    return f"{HEAD}<leerlingen>{pupils}</leerlingen></leerlinggegevens>".encode()


@pytest.mark.parametrize("wrong", WRONG)
def test_a_thousand_findings_of_a_rule_are_shown_and_the_rest_is_counted(wrong):
    """In every form of the report the number is that of all of them."""
    count = 1500
    report = uwlr.validate(_school(WRONG[wrong], count))

    [rule_id] = [i for i, number in report.omitted.items() if number >= count - 1000 and i.startswith("XS")]
    kept = sum(finding.id == rule_id for finding in report.findings)
    assert (kept, kept + report.omitted[rule_id]) == (1000, count)
    assert report.count("error") >= count
    assert f"{count - 3} more of {rule_id}" in report.as_text(lang="en")
    assert json.loads(report.as_json())["reports"][0]["omitted"][rule_id] == count - 1000
    assert f"{count - 20} more of {rule_id}" in html_report.render([report], lang="en")
    assert f"{count - 1000} more of {rule_id}".encode() in junit_report.render([report], lang="en")
    [run] = json.loads(sarif_report.render([report]))["runs"]
    assert run["properties"]["omitted"]["<bytes>"][rule_id] == count - 1000


def test_a_report_with_room_for_all_omits_nothing():
    """Up to a thousand findings of a rule nothing is left out."""
    report = uwlr.validate(_school(WRONG["an attribute"], 1000))
    assert report.omitted == {}
    assert sum(finding.id == "XS-104" for finding in report.findings) == 1000


@pytest.mark.parametrize("wrong", [*WRONG, "elements in one"])
def test_findings_cost_in_proportion(wrong):
    """Eight times as many wrong places take no more than some eight times as long: none is searched for by itself."""
    one = '<leerling key="1"><achternaam>A</achternaam>{}</leerling>'

    def seconds(count: int) -> float:
        document = _school(WRONG[wrong], count) if wrong in WRONG else _school(one.format("<a>xx</a>" * count), 1)
        began = time.process_time()
        uwlr.validate(document)
        return time.process_time() - began

    seconds(100)
    small = min(seconds(250) for _ in range(3))
    assert min(seconds(2_000) for _ in range(2)) < 25 * small


TAGS = {
    "an attribute": lambda size: b'<a b="' + b"u" * size + b'"/>',
    "a key": lambda size: _school('<leerling key="{n}' + "u" * size + '"><achternaam>A</achternaam></leerling>', 1),
    "namespaces": lambda size: b"<a %s/>" % b" ".join(b'xmlns:p%d="urn:%d"' % (n, n) for n in range(size // 20)),
    "a comment": lambda size: b"<a><!--" + b"-x" * (size // 2) + b"--></a>",
}


@pytest.mark.parametrize("tag", TAGS)
def test_size_costs_in_proportion(tag):
    """Eight times as much in one tag takes no more than some eight times as long, with any version of expat."""

    def seconds(size: int) -> float:
        document = TAGS[tag](size)
        began = time.process_time()
        uwlr.validate(document)
        return time.process_time() - began

    small = min(seconds(1 << 18) for _ in range(3))
    assert min(seconds(1 << 21) for _ in range(2)) < 25 * small


def test_a_refused_message_is_read_once():
    """A message with one wrong pupil in a hundred costs no more than a few times a valid one: it is not read again."""
    right = '<leerling key="{n}"><achternaam>A</achternaam><roepnaam>B</roepnaam><jaargroep>3</jaargroep></leerling>'
    pupils = "".join((WRONG["an element"] if n % 100 == 0 else right).format(n=n) for n in range(2_000))
    valid, refused = _school(right, 2_000), _school(pupils.replace("{", "{{"), 1)

    def seconds(document: bytes) -> float:
        began = time.process_time()
        uwlr.validate(document)
        return time.process_time() - began

    assert [f.id for f in uwlr.validate(refused).findings].count("XS-103") == 20
    assert min(seconds(refused) for _ in range(3)) < 6 * min(seconds(valid) for _ in range(3))
