"""`uwlr convert` to tables: in constant memory, whole or not at all, and with the same words as of a whole message."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import uwlr
from helpers.memory import printed
from helpers.needs import needs
from uwlr import convert, norm
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.cli import main
from uwlr.convert import streaming
from uwlr.errors import MessageError
from uwlr.testing import make_results, make_school

ROSTER = make_school(seed=7, leerlingen=600)
RESULTS = make_results(ROSTER, seed=7)
ANSWER = uwlr.write(LeerlinggegevensAntwoord(inhoud=ROSTER))
BROUGHT = uwlr.write(RESULTS)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in an empty folder with the answer in it, and let what is temporary be in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    Path("school.xml").write_bytes(ANSWER)
    return lambda *arguments: CliRunner().invoke(main, ["convert", *map(str, arguments)])


@pytest.fixture
def never_whole(monkeypatch):
    """Let reading a whole message fail."""
    monkeypatch.delattr(streaming, "load")


@pytest.mark.parametrize("name", ["tabellen", "boek.xlsx"])
@pytest.mark.parametrize("message", [ROSTER, RESULTS], ids=["roster", "results"])
@pytest.mark.usefixtures("never_whole")
def test_batches_make_the_tables_of_the_whole(run, name, message):
    """Rows of many batches are numbered through: the tables come back as the message, which was never whole."""
    Path("bericht.xml").write_bytes(ANSWER if message is ROSTER else BROUGHT)
    assert (run("bericht.xml", name).exit_code, list(Path("tmp").iterdir())) == (0, [])
    assert convert.load(Path(name)).bericht == message


def late(pattern, by):
    """The answer with a change in its last but one pupil."""
    start = ANSWER.rindex(b"<leerling ", 0, ANSWER.rindex(b"<leerling "))
    return ANSWER[:start] + re.sub(pattern, by, ANSWER[start:], count=1)


WRONG = {
    "another order": late(rb"(<achternaam>.*?</achternaam>)(.*?)(<geboortedatum>.*?</geboortedatum>)", rb"\3\2\1"),
    "unreadable": late(rb"<geboortedatum>\d+", b"<geboortedatum>x"),
    "not well-formed": late(rb"</leerling>", b"</leerlin>"),
    "cut off": ANSWER[:-100],
    "no UTF-8": late(rb"</achternaam>", b"\xe9</achternaam>"),
}


@pytest.mark.parametrize("name", ["tabellen", "nieuw/tabellen", "leeg", "boek.xlsx", "nieuw.xlsx"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_message_leaves_everything_as_it_was(run, name, wrong):
    """A message that is wrong near its end is refused as by `uwlr.read`; no file or folder is new, none is another."""
    Path("leeg").mkdir()
    Path("boek.xlsx").write_bytes(b"van gisteren")
    Path("school.xml").write_bytes(WRONG[wrong])
    before = sorted(Path().rglob("*"))
    with pytest.raises(MessageError) as caught:
        uwlr.read(WRONG[wrong])
    result = run("school.xml", name)
    assert (result.exit_code, result.stderr) == (1, f"{caught.value}\n")
    assert sorted(Path().rglob("*")) == before
    assert Path("boek.xlsx").read_bytes() == b"van gisteren"


def test_deviations_are_told_before_the_tables_are_kept(run):
    """Tolerantly, the deviations of a message are those of `uwlr.read_tolerant`, and its tables are there."""
    Path("school.xml").write_bytes(late(rb"<achternaam>", b"<onbekend/><achternaam>"))
    (deviation,) = uwlr.read_tolerant(Path("school.xml").read_bytes()).deviations
    result = run("school.xml", "tabellen", "--tolerant")
    assert (result.exit_code, result.stderr) == (0, f"{deviation}\n")
    assert convert.from_csv(Path("tabellen")) == ROSTER


def test_a_value_without_a_cell_is_told_behind_the_deviations(run):
    """A mandatory value that could not be read has no cell: it is told with the deviations, and nothing is written."""
    wrong = re.sub(rb"<aanmaakdatum>\d", b"<aanmaakdatum>x", BROUGHT, count=1)
    Path("resultaten.xml").write_bytes(wrong)
    (deviation,) = uwlr.read_tolerant(wrong).deviations
    result = run("resultaten.xml", "tabellen", "--tolerant")
    assert (result.exit_code, Path("tabellen").exists()) == (1, False)
    assert result.stderr.startswith(f"{deviation}\naanmaakdatum deviates")


def test_a_header_is_lost_as_by_reading_whole(run):
    """The header of a large envelope is listed as lost, and no table is kept unless that is allowed."""
    body = ANSWER.decode().partition("?>")[2]
    Path("school.xml").write_text(
        f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Header><x xmlns="urn:x"/></s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>",
        "utf-8",
    )
    refused = run("school.xml", "tabellen")
    assert (refused.exit_code, Path("tabellen").exists()) == (1, False)
    assert "Envelope/Header: 1" in refused.stderr
    assert run("school.xml", "tabellen", "--allow-loss").exit_code == 0
    assert convert.from_csv(Path("tabellen")) == ROSTER


def test_an_unusual_form_is_read_whole(run):
    """A message in an encoding that only libxml2 knows becomes the same tables."""
    Path("school.xml").write_bytes(
        ANSWER.decode().replace("UTF-8", "windows-1252", 1).encode("cp1252", "xmlcharrefreplace")
    )
    assert run("school.xml", "tabellen").exit_code == 0
    assert convert.from_csv(Path("tabellen")) == ROSTER


@needs("/proc")
def test_a_full_disk(run):
    """Where no byte can be written, the error says so, and no row is left in a temporary file."""
    result = run("school.xml", "/dev/full", "--to", "xlsx")
    assert (result.exit_code, list(Path("tmp").iterdir())) == (3, [])
    assert "'/dev/full': No space left" in result.stderr


def test_a_workbook_behind_a_link(run):
    """A link stays a link: the file that it leads to is replaced."""
    Path("echt.xlsx").touch()
    Path("boek.xlsx").symlink_to("echt.xlsx")
    assert run("school.xml", "boek.xlsx").exit_code == 0
    assert Path("boek.xlsx").is_symlink()
    assert convert.from_xlsx(Path("echt.xlsx")) == ROSTER


CONVERTED = """
import sys
from uwlr.cli import main
main(["convert", *sys.argv[1:]], standalone_mode=False)
print(peak())
"""


def memory(folder, data, form):
    """The megabytes that it takes at most to convert a message."""
    source = folder / f"{len(data)}.xml"
    source.write_bytes(data)
    (peak,) = printed(CONVERTED, source, folder / f"{len(data)}.{form}", "--to", form)
    return float(peak)


def repeated(data, name, times):
    """A message with every item of a list so many times."""
    start, end = data.index(b"<%b>" % name) + len(name) + 2, data.index(b"</%b>" % name)
    return data[:start] + times * data[start:end] + data[end:]


@needs("/proc")
def test_memory_does_not_grow_with_the_roster(tmp_path):
    """As CSV, a roster of 9,600 pupils takes hardly more memory than one of 600: less than a quarter more."""
    small, large = (memory(tmp_path, repeated(ANSWER, b"leerlingen", count), "csv") for count in (1, 16))
    assert large / small < 1.25


@pytest.mark.proof
@needs("/proc")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["roster", "results"])
def test_memory_is_flat_to_a_hundred_thousand(tmp_path, form, kind):
    """A hundred thousand pupils or results take less than 20 MB, and less than a half, more than ten thousand do."""
    found = []
    for count in (10_000, 100_000):
        if kind == "roster":
            message = LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=count))
        else:
            message = make_results(make_school(seed=7, leerlingen=count // 4), seed=7)
        found.append(memory(tmp_path, uwlr.write(message), form))
    small, large = found
    assert large - small < 20
    assert large / small < 1.5
