"""Converting between UWLR, EDEXML, JSON and CSV."""

import csv
import json
import tempfile
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

import uwlr
from uwlr import convert, edexml, norm
from uwlr.berichten import (
    GeenGegevens,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerresultatenVerzoek,
    Onleesbaar,
)
from uwlr.berichten.raw import register_private_type
from uwlr.cli import main
from uwlr.convert.cells import guard
from uwlr.convert.layout import ROOTS as TABLES
from uwlr.convert.layout import every, layout
from uwlr.errors import ConfigurationError, InvalidMessage, MessageError, UnexpectedElement

VECTORS = Path(__file__).parent / "vectors"
EXAMPLE = (VECTORS / "edexml-2.1" / "voorbeeld.xml").read_bytes()
MESSAGES = [
    uwlr.read(vector["xml"].encode())
    for vector in map(json.loads, (VECTORS / "uwlr-2.2.jsonl").read_text("utf-8").splitlines())
    if vector["valid"]
]
ANSWERS = [m for m in MESSAGES if isinstance(getattr(m, "inhoud", None), Leerlinggegevens)]
RESULTS = [m for m in MESSAGES if isinstance(m, LeerresultatenVerzoek)]


def through_csv(bericht):
    """Write to a folder and read it back."""
    with tempfile.TemporaryDirectory() as folder:
        convert.to_csv(bericht, Path(folder))
        return convert.from_csv(Path(folder))


@pytest.fixture
def tables(tmp_path):
    """The tables of the example."""
    convert.to_csv(edexml.read(EXAMPLE), tmp_path)
    return tmp_path


# JSON


def test_vectors_through_json():
    """Every valid message comes back equal from JSON."""
    assert len(MESSAGES) > 200
    for bericht in MESSAGES:
        assert convert.from_json(convert.to_json(bericht)) == bericht


def test_form_of_json():
    """The type stands at the top and where kinds differ; dates and decimals are text, and roles mix both."""
    plain = json.loads(convert.to_json(edexml.read(EXAMPLE), indent=2))
    assert plain["type"] == "leerlinggegevens"
    assert [g["type"] for g in plain["groepen"]] == ["groep", "samengestelde_groep", "groep"]
    assert plain["leerlingen"][0]["geboortedatum"] == "2020-02-29"
    assert plain["leerlingen"][0]["samengestelde_groepen"] == ["plus"]
    assert plain["leerkrachten"][0]["rol"] == ["TAL", {"type": "rolomschrijving", "tekst": "Bibliotheek"}, "LRK"]
    assert "type" not in plain["leerlingen"][0]


def damage(**changes):
    """The plain form of the example with a change in its first pupil."""
    plain = json.loads(convert.to_json(edexml.read(EXAMPLE)))
    plain["leerlingen"][0] |= changes
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kleur": "rood"}, "unknown-element"),
        ({"geboortedatum": "29-02-2020"}, "unreadable"),
        ({"geslacht": True}, "unreadable"),
        ({"geslacht": 1.5}, "unreadable"),
        ({"roepnaam": 3}, "unreadable"),
        ({"roepnaam": {"a": 1}}, "unreadable"),
        ({"samengestelde_groepen": "plus"}, "unreadable"),
        ({"bsn": "123456782"}, "choice"),
        ({"toevoegingen": [{"xml": "<blok>"}]}, "unknown-element"),
        ({"toevoegingen": [{"xml": "<school/>"}]}, "unknown-element"),
        ({"toevoegingen": [{"xml": "<blok/></toevoegingen><x/>"}]}, "unknown-element"),
        ({"toevoegingen": [{"xml": "<!DOCTYPE blok><blok/>"}]}, "unknown-element"),
        ({"toevoegingen": [{}]}, "unreadable"),
        ({"toevoegingen": ["<blok/>"]}, "unreadable"),
    ],
)
def test_strange_json(changes, kind):
    """What the message cannot hold is refused with its place, and its value is not shown."""
    with pytest.raises(InvalidMessage) as caught:
        convert.from_json(damage(**changes))
    assert {d.kind for d in caught.value.deviations} == {kind}
    assert "leerlingen[1]" in str(caught.value)
    assert "123456782" not in str(caught.value)


def test_missing_in_json():
    """A mandatory field that is absent is listed."""
    with pytest.raises(InvalidMessage, match="leerlingen: is missing"):
        convert.from_json(b'{"type": "leerlinggegevens", "school": {"schooljaar": "2026-2027"}}')


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"<x/>"])
def test_no_json(data):
    """Other bytes, and nesting without end, are a MessageError."""
    with pytest.raises(MessageError, match="not JSON"):
        convert.from_json(data)


@pytest.mark.parametrize("data", [b"{}", b"[]", b"3", b'{"type": "school"}', b'{"type": ["x"]}'])
def test_json_of_something_else(data):
    """JSON that names no message is an UnexpectedElement."""
    with pytest.raises(UnexpectedElement):
        convert.from_json(data)


def test_wrong_python_type():
    """A message with a value of another Python type is refused with its place."""
    with pytest.raises(InvalidMessage, match="leerlingen/leerling"):
        convert.to_json(msgspec.structs.replace(edexml.read(EXAMPLE), leerlingen=(Leerling(key="a", roepnaam=3),)))


# CSV


def test_vectors_through_csv():
    """Every valid roster and every valid set of results comes back equal from CSV."""
    for bericht in [*RESULTS[:25], *(a.inhoud for a in ANSWERS[:25])]:
        assert through_csv(bericht) == bericht


@pytest.mark.parametrize("name", ["'t Hart", "van 't", "O'Neill", "0042", "Ωmega"])
def test_names_are_left_as_they_are(name):
    """A name that no spreadsheet runs stands in the table as it is."""
    assert guard(name) == name


def test_no_cell_is_a_formula(tmp_path):
    """A pupil named like a formula stands in the table as text."""
    roster = edexml.read(EXAMPLE)
    convert.to_csv(msgspec.structs.replace(roster, leerlingen=(Leerling(key="a", roepnaam="=HYPERLINK(1)"),)), tmp_path)
    (row,) = rows(tmp_path, "leerlingen")
    assert row["roepnaam"] == "'=HYPERLINK(1)"


def rows(folder, name):
    """Read a table as a spreadsheet would."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_files(tables):
    """Every list of the message has its file; lists inside an item only where they have rows."""
    assert {path.stem for path in tables.iterdir()} == {
        "school",
        "vestigingen",
        "groepen",
        "groep_toevoegingen",
        "samengestelde_groepen",
        "leerlingen",
        "leerling_samengestelde_groepen",
        "leerling_toevoegingen",
        "leerkrachten",
        "leerkracht_rol",
        "leerkracht_groepen",
        "leerkracht_groep_rol",
        "leerkracht_samengestelde_groepen",
    }
    assert (tables / "school.csv").read_bytes().startswith(b"\xef\xbb\xbfschooljaar;")
    assert rows(tables, "leerling_samengestelde_groepen") == [
        {"leerling_nr": "1", "nr": "1", "samengestelde_groep": "plus"}
    ]
    assert [r["nr"] for r in rows(tables, "groepen")] == ["1", "3"]


def test_results_are_flat(tmp_path):
    """Each row of results tells whose it is, and there is a row per result."""
    results = next(r for r in RESULTS if len(r.toetsafnames) > 1)
    convert.to_csv(results, tmp_path)
    expected = [(a.leerlingid, r.key) for a in results.toetsafnames for r in a.resultaten]
    assert [(r["leerlingid"], r["key"]) for r in rows(tmp_path, "resultaten")] == expected


def test_results_in_another_order(tmp_path):
    """Rows of results that were sorted come back in the order of their number."""
    results = next(r for r in RESULTS if len(r.toetsafnames[0].resultaten) > 1)
    convert.to_csv(results, tmp_path)
    path = tmp_path / "resultaten.csv"
    heading, *lines = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([heading, *reversed(lines)]), "utf-8")
    assert convert.from_csv(tmp_path) == results


@pytest.mark.parametrize(("value", "error"), [("x" * 131_073, MessageError), (Onleesbaar("x"), InvalidMessage)])
def test_values_no_cell_can_hold(tmp_path, value, error):
    """A text too long for a cell and a value that was not readable are refused, and leave no files."""
    roster = edexml.read(EXAMPLE)
    school = msgspec.structs.replace(roster.school, commentaar=value)
    with pytest.raises(error, match="commentaar"):
        convert.to_csv(msgspec.structs.replace(roster, school=school), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_headings_differ():
    """No table has a heading twice, and no message has two tables of one name."""
    for cls in TABLES:
        sheets = list(every(layout(cls)))
        assert len({s.name for s in sheets}) == len(sheets)
        for sheet in sheets:
            assert len(set(sheet.headings)) == len(sheet.headings)
            assert all(sheet.headings)


@pytest.mark.parametrize("separator", [",", "\t"])
def test_sorted_and_otherwise_separated_tables(tables, separator):
    """Rows in another order, commas or tabs for semicolons, and a table without nr are read all the same."""
    lines = (tables / "leerlingen.csv").read_text("utf-8-sig").splitlines()
    text = "\n".join([lines[0], lines[2], lines[1]]).replace(";", separator)
    (tables / "leerlingen.csv").write_text(text, "utf-8")
    text = "key;naam\r\nhoofd;Hoofdgebouw\r\n\r\n"
    (tables / "vestigingen.csv").write_text(text, "utf-8")
    assert convert.from_csv(tables) == edexml.read(EXAMPLE)


def test_another_separator_is_named(tables):
    """A table that something else separates is refused by what that is, not column by column."""
    (tables / "vestigingen.csv").write_text("key|naam\r\nhoofd|Hoofdgebouw\r\n", "utf-8")
    with pytest.raises(MessageError, match=r"^vestigingen\.csv is separated by '\|'; semicolons, commas and tabs"):
        convert.from_csv(tables)


TABLE_DAMAGE = {
    "unknown file": ("kleuren", "nr\r\n1", "unknown-element"),
    "unknown column": ("vestigingen", "nr;key;naam;kleur\r\n1;hoofd;H;rood", "unknown-element"),
    "column twice": ("vestigingen", "nr;key;key;naam\r\n1;hoofd;hoofd;H", "repeated"),
    "too many cells": ("vestigingen", "nr;key;naam\r\n1;hoofd;H;rood", "unknown-element"),
    "no number": ("vestigingen", "nr;key;naam\r\neen;hoofd;H", "unreadable"),
    "number twice": ("vestigingen", "nr;key;naam\r\n1;hoofd;H\r\n1;h;H", "identity"),
    "no owner": ("leerling_samengestelde_groepen", "leerling_nr;nr;samengestelde_groep\r\n9;1;plus", "identity"),
    "two alternatives": ("leerkracht_rol", "leerkracht_nr;nr;rol;rolomschrijving\r\n1;1;LRK;Bibliotheek", "repeated"),
    "two schools": ("school", "schooljaar\r\n2026-2027\r\n2027-2028", "repeated"),
    "missing": ("vestigingen", "nr;key\r\n1;hoofd", "missing"),
}


@pytest.mark.parametrize("name", TABLE_DAMAGE)
def test_strange_tables(tables, name):
    """What no table holds, and what does not fit together, is refused."""
    file, text, kind = TABLE_DAMAGE[name]
    (tables / f"{file}.csv").write_text(text, "utf-8")
    with pytest.raises(InvalidMessage) as caught:
        convert.from_csv(tables)
    assert {d.kind for d in caught.value.deviations} == {kind}


def test_results_that_disagree(tmp_path):
    """Rows of one toetsafname with another leerlingid are refused."""
    results = next(r for r in RESULTS if len(r.toetsafnames[0].resultaten) > 1)
    convert.to_csv(results, tmp_path)
    path = tmp_path / "resultaten.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    lines[2] = lines[2].replace(f"1;{results.toetsafnames[0].leerlingid};", "1;iemand anders;", 1)
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(InvalidMessage, match="other values"):
        convert.from_csv(tmp_path)


@pytest.mark.parametrize("data", [b'key;naam\r\n"a;b', "key;naam\r\né".encode("latin-1")])
def test_no_csv(tables, data):
    """An open quote and another encoding are a MessageError that names the file."""
    (tables / "vestigingen.csv").write_bytes(data)
    with pytest.raises(MessageError, match=r"vestigingen\.csv"):
        convert.from_csv(tables)


def test_folder_has_to_be_empty(tables):
    """Tables never mix with what is in the folder already."""
    with pytest.raises(ConfigurationError, match="not empty"):
        convert.to_csv(edexml.read(EXAMPLE), tables)


def test_only_rosters_and_results_are_tables(tmp_path):
    """Another message cannot be tables."""
    with pytest.raises(ConfigurationError, match="cannot be tables"):
        convert.to_csv(GeenGegevens(), tmp_path)


# what is lost


@pytest.mark.parametrize("antwoord", ANSWERS[:30])
def test_answers_through_edexml(antwoord):
    """An answer whose keys resolve becomes an EDEXML file and comes back equal, with nothing lost."""
    file = convert.for_edexml(antwoord)
    back = convert.for_uwlr(edexml.read(edexml.write(file.bericht, unchecked=True)))
    if antwoord.inhoud.school.xsdversie in {None, "2.2"} and not file.lost:
        assert back.bericht == antwoord
        assert back.lost == ()


def test_lost_in_uwlr():
    """The role TAL, at school and in a group, and the blokken of EDEXML are listed when UWLR is made of them."""
    converted = convert.for_uwlr(edexml.read(EXAMPLE))
    assert {item.path: item.count for item in converted.lost} == {
        "leerlinggegevens/leerkrachten/leerkracht/rol|rolomschrijving": 1,
        "leerlinggegevens/leerkrachten/leerkracht/groepen/groep/rol|rolomschrijving": 1,
        "leerlinggegevens/groepen/groep/toevoegingen": 1,
        "leerlinggegevens/leerlingen/leerling/toevoegingen": 1,
    }
    assert isinstance(converted.bericht, LeerlinggegevensAntwoord)
    assert converted.bericht.inhoud.school.xsdversie == "2.2"
    assert uwlr.read(uwlr.write(converted.bericht)) == converted.bericht


def test_lost_in_edexml():
    """A private addition of UWLR and an odd xsdversie are listed when an EDEXML file is made."""
    xml = (
        f'<blok xmlns="{norm.LEERLINGGEGEVENS}" xmlns:x="urn:x" xmlns:xsi="{norm.XSI}" xsi:type="x:T">'
        "<code>c</code></blok>"
    )
    plain = json.loads(convert.to_json(edexml.read(EXAMPLE)))
    plain["school"]["xsdversie"] = "9"
    plain["leerlingen"][1]["toevoegingen"].append({"xml": xml})
    converted = convert.for_edexml(convert.from_json(json.dumps(plain).encode()))
    assert [(item.path, item.count) for item in converted.lost] == [
        ("leerlinggegevens/leerlingen/leerling/toevoegingen", 1),
        ("leerlinggegevens/school/xsdversie", 1),
    ]
    assert len(converted.bericht.leerlingen[1].toevoegingen) == 1
    assert edexml.read(edexml.write(converted.bericht)) == converted.bericht


def test_blocks_of_the_other_form():
    """A blok goes by its own namespace too: its type alone does not make it fit."""
    register_private_type("{urn:test-convert}T")
    xsi = f'xmlns:xsi="{norm.XSI}"'
    of_uwlr = f'<l:blok xmlns:l="{norm.LEERLINGGEGEVENS}" {xsi} xsi:type="OpmerkingGegevensType"/>'
    of_edexml = f'<blok xmlns:x="urn:test-convert" {xsi} xsi:type="x:T"/>'
    plain = json.loads(convert.to_json(edexml.read(EXAMPLE)))
    plain["school"]["toevoegingen"] = [{"xml": of_uwlr}, {"xml": of_edexml}]
    roster = convert.from_json(json.dumps(plain).encode())
    assert convert.for_edexml(roster).bericht.school.toevoegingen == ()
    assert convert.for_uwlr(roster).bericht.inhoud.school.toevoegingen == ()


def test_no_roster():
    """An answer without a roster is no EDEXML file."""
    with pytest.raises(ConfigurationError, match="whole roster"):
        convert.for_edexml(LeerlinggegevensAntwoord(inhoud=GeenGegevens()))


def test_numbers_keep_their_zeros():
    """A decimal keeps its trailing zeros in JSON and CSV."""
    results = next(r for r in RESULTS if any(t.toetsnormering and t.toetsnormering.wegingsfactor for t in r.toetsen))
    toets = next(t for t in results.toetsen if t.toetsnormering and t.toetsnormering.wegingsfactor)
    normering = msgspec.structs.replace(toets.toetsnormering, wegingsfactor=Decimal("1.500"))
    changed = msgspec.structs.replace(results, toetsen=(msgspec.structs.replace(toets, toetsnormering=normering),))
    for back in (through_csv(changed), convert.from_json(convert.to_json(changed))):
        assert str(back.toetsen[0].toetsnormering.wegingsfactor) == "1.500"


# the command


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in an empty folder with the example in it."""
    monkeypatch.chdir(tmp_path)
    Path("school.xml").write_bytes(EXAMPLE)
    return lambda *arguments, data=None: CliRunner().invoke(main, ["convert", *arguments], input=data)


def test_command_goes_round(run):
    """EDEXML to JSON to CSV to EDEXML gives the file that EDEXML itself would write, without a word."""
    for arguments in (("school.xml", "a.json"), ("a.json", "tabellen"), ("tabellen", "b.xml", "--to", "edexml")):
        result = run(*arguments)
        assert (result.exit_code, result.output) == (0, "")
    assert edexml.read(Path("b.xml").read_bytes()) == edexml.read(EXAMPLE)


def test_command_refuses_loss(run):
    """What UWLR cannot carry is listed, nothing is written, and the exit code is 1; --allow-loss writes it."""
    result = run("school.xml", "uit.xml")
    assert result.exit_code == 1
    assert "TAL" in result.stderr
    assert "niets geschreven" in result.stderr
    assert not Path("uit.xml").exists()
    result = run("school.xml", "uit.xml", "--allow-loss", "--lang", "en")
    assert result.exit_code == 0
    assert "UWLR has no role TAL" in result.stderr
    assert isinstance(uwlr.read(Path("uit.xml").read_bytes()), LeerlinggegevensAntwoord)


def test_command_tolerant(run):
    """A file that deviates is refused; with --tolerant it is converted, and deviations are listed without values."""
    Path("school.xml").write_bytes(EXAMPLE.replace(b"<geslacht>2</geslacht>", b"<geslacht>vrouw</geslacht>" * 12))
    assert run("school.xml", "a.json").exit_code == 1
    assert not Path("a.json").exists()
    result = run("school.xml", "a.json", "--tolerant")
    assert result.exit_code == 0
    assert "geslacht" in result.stderr
    assert "more deviations" in result.stderr
    assert "vrouw" not in result.stderr
    assert convert.from_json(Path("a.json").read_bytes()).leerlingen[0].geslacht is None


def test_command_pipes(run):
    """A hyphen reads standard input and writes standard output, which holds the result and nothing else."""
    result = run("-", "-", "--to", "json", data=EXAMPLE)
    assert convert.from_json(result.stdout_bytes) == edexml.read(EXAMPLE)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("geen.xml", "uit.json"), 3),
        (("school.xml", "map/uit.json"), 3),
        (("school.xml", "-"), 2),
        (("school.xml", "-", "--to", "csv"), 2),
        (("school.xml", "uit.json", "--from", "csv"), 2),
        (("school.xml", "uit.json", "--from", "json"), 1),
        (("school.xml", "uit.json", "--from", "uwlr"), 1),
        (("school.xml", "uit.txt"), 2),
        (("school.xml", "."), 2),
    ],
)
def test_command_exit_codes(run, arguments, code):
    """Unreadable or unwritable files give 3, wrong usage 2, and messages that are not what was said 1."""
    result = run(*arguments)
    assert result.exit_code == code
    assert result.stderr
    assert "Traceback" not in result.output


def test_command_names_the_header(run):
    """The header of an envelope is listed as lost."""
    body = uwlr.write(RESULTS[0]).decode().partition("?>")[2]
    envelope = (
        f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Header><x xmlns="urn:x"/></s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )
    result = run("-", "a.json", data=envelope)
    assert result.exit_code == 1
    assert "Envelope/Header: 1" in result.stderr
    assert run("-", "a.json", "--allow-loss", data=envelope).exit_code == 0
    assert run("-", "b.json", data=envelope.replace('<x xmlns="urn:x"/>', "")).exit_code == 0
    assert convert.from_json(Path("a.json").read_bytes()) == RESULTS[0]
