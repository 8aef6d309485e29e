"""The pages about rules and reports are in step with the program."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from uwlr.validation import RULES, validate
from uwlr.validation.sample_messages import sample

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("rule_pages", ROOT / "tools" / "rule_pages.py")
rule_pages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(rule_pages)
PAGES = rule_pages.pages()


def test_there_is_a_page_for_each_rule_and_no_other():
    """The folder holds the pages of the rules that exist; tools/rule_pages.py writes them."""
    assert {path.name for path in (ROOT / "docs" / "rules").iterdir()} == set(PAGES)
    assert len(PAGES) == len(RULES) + 1


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_says_what_the_program_prints(name):
    """A page has the texts that its rule prints on its example."""
    assert (ROOT / "docs" / "rules" / name).read_text("utf-8") == PAGES[name]


def test_every_family_of_rules_is_in_the_list():
    """The list has each rule once."""
    listed = re.findall(r"^\| \[(..-\d+)\]", PAGES["README.md"], re.MULTILINE)
    assert sorted(listed) == [r.id for r in RULES]
    assert {r.id[:2] for r in RULES} == set(rule_pages.FAMILIES)


def test_the_json_form_is_documented_field_by_field():
    """Each field of the JSON form stands in docs/report.md."""
    text = (ROOT / "docs" / "report.md").read_text("utf-8")
    documented = set(re.findall(r"`(\w+)`", text))
    report = validate(sample("antwoord").replace("<bsn>111222333", "<bsn>111222334").encode())

    made = json.loads(report.as_json())

    fields = {*made, *made["reports"][0], *made["reports"][0]["layers"][1], *made["reports"][0]["findings"][0]}
    assert fields | set(made["reports"][0]["findings"][0]["source"]) <= documented
