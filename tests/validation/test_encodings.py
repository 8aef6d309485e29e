"""Documents in another encoding than they say, and names that an encoding damaged before."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import uwlr
from uwlr.cli import main
from uwlr.validation.sample_messages import sample, settings

TEXT = sample("antwoord").replace("Visser", "Müller")


def declared(name, text=TEXT):
    """A message that says it is in an encoding."""
    return f'<?xml version="1.0" encoding="{name}"?>\n{text}' if name else text


WRONG = {
    "Latin-1 where UTF-8 is said": (declared("UTF-8").encode("latin-1"), "UTF-8"),
    "Latin-1 and nothing is said": (declared("").encode("latin-1"), "UTF-8"),
    "Windows-1252 where UTF-8 is said": (declared("utf-8", TEXT.replace("ü", "\u2019")).encode("cp1252"), "utf-8"),
    "UTF-8 where ASCII is said": (declared("US-ASCII").encode(), "US-ASCII"),
    "UTF-8 where UTF-16 is said": (declared("UTF-16").encode(), "UTF-16"),
    "UTF-16 without a mark, and nothing is said": (declared("").encode("utf-16-le"), "UTF-8"),
    "half a surrogate in UTF-8": (declared("UTF-8").encode().replace("ü".encode(), b"\xed\xa0\x80"), "UTF-8"),
    "what Windows-1252 lacks": (declared("windows-1252").encode("cp1252").replace(b"\xfc", b"\x81"), "windows-1252"),
    "an unknown encoding": (declared("klingon").encode(), "klingon"),
    "a name that Python alone knows": (declared("utf_8").encode(), "utf_8"),
    "no encoding of text": (declared("base64").encode(), "base64"),
    "four bytes a character": (declared("UTF-32").encode("utf-32"), "UTF-32"),
}
RIGHT = {
    "utf8": declared("utf8").encode(),
    "UTF-16": declared("UTF-16").encode("utf-16"),
    "UTF-16 without a mark": declared("UTF-16").encode("utf-16-le"),
    "UTF-16 where UTF-8 is said": declared("UTF-8").encode("utf-16"),
    "ISO-8859-1": declared("ISO-8859-1").encode("latin-1"),
    "windows-1252": declared("windows-1252").encode("cp1252"),
    "a mark": declared("UTF-8").encode("utf-8-sig"),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_a_wrong_encoding_is_named(kind, large, tmp_path):
    """It is a finding with its place that names the encoding, by file name as by bytes, of any size."""
    data, encoding = WRONG[kind]
    if large:
        wide = data[:4].count(b"\0") or (2 if b"\0" in data[:4] else 1)
        data += " ".encode("utf-32-le" if encoding == "UTF-32" else "utf-16-le" if wide > 1 else "ascii") * 300_000
    (tmp_path / "m.xml").write_bytes(data)

    reports = [uwlr.validate(data), uwlr.validate(tmp_path / "m.xml")]

    for report in reports:
        [found] = report.findings
        assert (found.id, found.line is not None, found.column is not None) == ("XM-101", True, True)
        assert encoding in found.message("nl")
        assert encoding in found.message("en")
    assert [f.message() for f in reports[0].findings] == [f.message() for f in reports[1].findings]


@pytest.mark.parametrize("kind", RIGHT)
def test_a_right_encoding_passes(kind, tmp_path):
    """What libxml2 reads is read here, with places in it."""
    (tmp_path / "m.xml").write_bytes(RIGHT[kind])
    for source in (RIGHT[kind], tmp_path / "m.xml"):
        report = uwlr.validate(source, **settings(""))
        assert [f.id for f in report.findings if f.severity != "info"] == []
    broken = RIGHT[kind].replace("geslacht".encode("utf-16-le"), "gender__".encode("utf-16-le"))
    broken = broken.replace(b"geslacht", b"gender__")
    assert uwlr.validate(broken, **settings("")).findings[0].line is not None


def test_the_command_says_so_too(tmp_path):
    """A file in the wrong encoding is exit code 1 with a report, not a file that cannot be read."""
    (tmp_path / "m.xml").write_bytes(WRONG["Latin-1 where UTF-8 is said"][0])
    done = CliRunner().invoke(main, ["validate", str(tmp_path / "m.xml"), "--format", "json"], standalone_mode=True)
    assert done.exit_code == 1
    assert [f["id"] for f in json.loads(done.stdout)["reports"][0]["findings"]] == ["XM-101"]


DAMAGED = {
    "mojibake": ("MÃ¼ller", "UTF-8 was read as another encoding"),
    "mojibake of a quote": ("d\u2019Hondt".encode().decode("cp1252"), "UTF-8 was read as another encoding"),
    "a replacement character": ("Zo\ufffd", "replacement character"),
    "the picture of a control character": ("Jan\u2400", "replacement character"),
    "escaped twice": ("d&amp;apos;Hond", "escaped twice"),
    "an entity of HTML": ("Ren&amp;eacute;", "escaped twice"),
    "a number escaped twice": ("Ren&amp;#233;", "escaped twice"),
    "a space without width": ("Vries\u200b", "invisible character"),
    "a hard space": ("&#160;Vries", "invisible character"),
    "a mark of byte order": ("\ufeffVries", "invisible character"),
    "a question mark": ("Zo?", "question mark"),
}
WHOLE = [
    "Müller",
    "Zoë",
    "d'Hondt",
    "'t Hart",
    "Çelik-Y\u0131lmaz",
    "Ngũgĩ",
    "İpek",
    "Å",
    "Nuñez & Zn",
    "Østergård",
    "Јован",
]


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_name_is_a_warning(kind):
    """It is told what happened to the name, and the name itself is not shown."""
    name, told = DAMAGED[kind]
    report = uwlr.validate(sample("antwoord").replace("Visser", name).encode(), **settings(""))
    [found] = [f for f in report.findings if f.severity == "warning"]
    assert (found.id, str(found.path)) == (
        "LG-506",
        "leerlinggegevens_antwoord/leerlinggegevens/leerlingen/leerling[2]/achternaam",
    )
    assert told in found.message("en")
    assert found.value == "…"
    assert report.valid


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_name_is_none(name):
    """Names with marks, apostrophes and letters of any script are left alone."""
    text = sample("antwoord").replace("Visser", name.replace("&", "&amp;"))
    assert [f.id for f in uwlr.validate(text.encode(), **settings("")).findings if f.id == "LG-506"] == []


def test_a_group_may_ask_something():
    """Names of groups are looked at too, but a question mark is no damage there."""
    text = sample("antwoord").replace("<naam>Koor</naam>", "<naam>Wie zingt?Ã¼</naam>")
    [found] = [f for f in uwlr.validate(text.encode(), **settings("")).findings if f.id == "LG-506"]
    assert "question" not in found.message("en")
    assert uwlr.validate(text.replace("Ã¼", "").encode(), **settings("")).count("warning") == 0


@pytest.mark.parametrize("versie", ["2.0", "2.2", "2.3", "1"])
def test_an_edexml_file_gets_the_remedy_of_edexml(versie):
    """A file with a version of UWLR, or an older one, is told that 2.1 is meant."""
    text = sample("edexml").replace("<xsdversie>2.1", f"<xsdversie>{versie}")
    report = uwlr.validate(text.encode(), context=settings("")["context"])
    [found] = [f for f in report.findings if f.severity == "warning"]
    assert (found.id, report.versie) == ("SC-109", "2.2")
    assert "2.1" in found.remedy("nl")
    assert "2.1" in found.message("en")


@pytest.mark.parametrize("root", ['EDEX xmlns="urn:x"', "edex"])
def test_an_edexml_root_that_is_nearly_right_is_told_what_is_due(root):
    """Its root is EDEX in no namespace; that of UWLR is not asked for."""
    text = sample("edexml").replace("<EDEX>", f"<{root}>").replace("</EDEX>", f"</{root.split()[0]}>")
    [found] = uwlr.validate(text.encode()).findings
    assert found.id == "XS-101"
    assert "EDEXML" in found.remedy("nl")
    assert "edustandaard" not in found.remedy("en")
