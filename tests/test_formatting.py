"""`uwlr format`: a line for each element, and nothing else is different."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import uwlr
from helpers.strategies import berichten, exact
from uwlr.berichten import ROOTS, LeerlinggegevensAntwoord
from uwlr.cli import main
from uwlr.conformance import written_forms
from uwlr.errors import NotXml
from uwlr.formatting import pretty
from uwlr.soap.envelope import write_envelope
from uwlr.testing import make_school

ANSWER = write_envelope(LeerlinggegevensAntwoord(inhoud=make_school(7, 5)))
FORMS = [
    form
    for name, form in vars(written_forms).items()
    if name in {"laid_out", "other_prefixes", "cdata_and_references", "single_quotes", "latin_1", "utf_16"}
]


@settings(max_examples=25)
@given(st.data())
def test_no_value_changes(data):
    """Whatever a message holds, it reads as before, and what is formatted is formatted already."""
    message = data.draw(berichten(data.draw(st.sampled_from(ROOTS))))
    made = pretty(uwlr.write(message))
    assert exact(uwlr.read(made)) == exact(message)
    assert pretty(made) == made


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_message_stays_in_its_form(form):
    """Prefixes, quotes, CDATA, references and encoding stay: only white space between tags differs."""
    written = form(ANSWER)
    made = pretty(written)
    encoding = "utf-16" if made.startswith(b"\xff\xfe") else "iso-8859-1"
    before, after = (re.sub(r">\s+<", "><", text.decode(encoding)).strip() for text in (written, made))
    assert after == before
    assert exact(uwlr.read(made)) == exact(uwlr.read(written))


def test_each_element_has_a_line():
    """No line has two tags of elements that hold others."""
    lines = pretty(ANSWER).decode().splitlines()
    assert [line for line in lines if len(re.findall(r"<(?![/!?])", line)) > 1] == []
    assert len(lines) > 100


@pytest.mark.parametrize(
    "kept",
    [
        b"<a>\n  een <b>twee</b>  drie\n</a>\n",
        b"<a>\n  <b>  </b>\n  <c> <!-- --> </c>\n</a>\n",
        b'<a xml:space="preserve"> <b> <c/> </b> </a>\n',
        b"<a>\n  <b><![CDATA[ <c> ]]></b>\n  <d>&#32;</d>\n</a>\n",
    ],
)
def test_white_space_that_may_mean_something_stays(kept):
    """Text beside elements, text alone, and what is marked to be preserved keep their white space."""
    assert pretty(kept) == kept


def test_a_doctype_is_refused():
    """Nothing is formatted that is not read."""
    with pytest.raises(NotXml):
        pretty(b"<!DOCTYPE a><a/>")


def test_findings_have_lines_after_it(tmp_path, monkeypatch):
    """A message on one line, formatted in its place, keeps its mode; what is found then has a line of its own."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "a.xml"
    file.write_bytes(re.sub(rb">\s+<", b"><", ANSWER).replace(b"<geslacht>", b"<geslacht>x", 1))
    file.chmod(0o640)
    assert CliRunner().invoke(main, ["format", "--check", "a.xml"]).exit_code == 1
    assert CliRunner().invoke(main, ["format", "--write", "a.xml"]).exit_code == 0
    assert CliRunner().invoke(main, ["format", "--check", "a.xml"]).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o640
    [finding, *_] = (f for f in uwlr.validate(file).findings if f.line)
    assert "geslacht" in file.read_text("utf-8").splitlines()[finding.line - 1]
