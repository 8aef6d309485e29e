"""The pages about rules and reports are in step with the program."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from uwlr.validation import RULES, validate
from uwlr.validation.sample_messages import sample

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("rule_pages", ROOT / "tools" / "rule_pages.py")
rule_pages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(rule_pages)


def test_there_is_a_page_for_each_rule_and_it_says_what_the_program_prints():
    """The folder holds a page for each rule and no other, with the texts that the rule prints on its example."""
    made = rule_pages.pages()
    written = {path.name: path.read_text("utf-8") for path in (ROOT / "docs" / "rules").iterdir()}
    assert set(written) == set(made)
    assert len(made) == len(RULES) + 1
    assert [name for name, text in made.items() if written[name] != text] == [], "tools/rule_pages.py writes them"


def test_every_family_of_rules_is_in_the_list():
    """The list has each rule once."""
    text = (ROOT / "docs" / "rules" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[(..-\d+)\]", text, re.MULTILINE)
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
