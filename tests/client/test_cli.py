"""The program: what goes to stdout and stderr, and how it ends."""

from __future__ import annotations

import io
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import uwlr
from uwlr.berichten import GeenGegevens, LeerlinggegevensAntwoord
from uwlr.cli import COMMANDS, main, shared
from uwlr.cli.program import Entry, Program
from uwlr.soap.envelope import write_envelope

KEY = "geheim0123456789ABCDEF"
SCHOOL = "<school><schooljaar>2025-2026</schooljaar><brincode>99QQ</brincode></school>"
ROSTER = f'<leerlinggegevens>{SCHOOL}<leerlingen><leerling key="l1"><roepnaam>Q</roepnaam></leerling></leerlingen>'


@pytest.fixture
def run(monkeypatch):
    """Run the program with a key and a customer in the environment."""
    for name, value in {"AUTORISATIESLEUTEL": KEY, "KLANTCODE": "c", "KLANTNAAM": "n", "BRINCODE": "99QQ"}.items():
        monkeypatch.setenv(f"UWLR_{name}", value)

    def call(*arguments: str, stdin: bytes | None = None):
        return CliRunner().invoke(main, arguments, input=stdin)

    return call


def test_fetch_writes_the_answer_without_its_envelope(run, parrot, antwoord):
    """Stdout is a document that `read` takes, stderr is empty, the exit code 0."""
    parrot.says(antwoord(f"{ROSTER}</leerlinggegevens>"))

    done = run("fetch", "leerlinggegevens", parrot.url)

    assert (done.exit_code, done.stderr) == (0, "")
    assert isinstance(uwlr.read(done.stdout_bytes), LeerlinggegevensAntwoord)


@pytest.mark.parametrize(("part", "arguments"), [("structuur", ()), ("leerlingen", ("--groep", "g", "--groep", ""))])
def test_fetch_asks_for_parts(run, parrot, antwoord, part, arguments):
    """The stages are fetched in the same way; an empty key asks for those in no group."""
    parrot.says(antwoord("<geengegevens/>", operation=part))

    done = run("fetch", part, parrot.url, "--schooljaar", "2025-2026", *arguments)

    assert (done.exit_code, "geengegevens" in done.stderr) == (0, True)
    assert (b'<groep key="g"/><groep/>' in parrot.heard[0].body) == bool(arguments)


def test_fetch_tells_deviations(run, parrot, antwoord):
    """A deviating answer is written as it came, told on stderr, and ends in 1."""
    parrot.says(antwoord(f"{ROSTER}<eigen/></leerlinggegevens>"))

    done = run("fetch", "leerlinggegevens", parrot.url)

    assert done.exit_code == 1
    assert b"<eigen" in done.stdout_bytes
    assert "eigen" in done.stderr


def test_a_fault_ends_in_3(run, parrot, fault):
    """A refusal goes to stderr with its code, without the peer's words and without a traceback."""
    parrot.says(fault("Client.AutorisatieOngeldig", "Geheimenaar"))

    done = run("fetch", "leerlinggegevens", parrot.url)

    assert (done.exit_code, done.stdout_bytes) == (3, b"")
    assert "Client.AutorisatieOngeldig" in done.stderr
    assert "Geheimenaar" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_key_comes_from_a_file(run, parrot, antwoord, tmp_path):
    """--sleutel-file wins over the variable, and loses only what surrounds the key."""
    parrot.says(antwoord("<geengegevens/>"))
    (tmp_path / "sleutel").write_text("uit-een-bestand\r\n")

    run("fetch", "leerlinggegevens", parrot.url, "--sleutel-file", str(tmp_path / "sleutel"))

    assert b"<autorisatiesleutel>uit-een-bestand</autorisatiesleutel>" in parrot.heard[0].body


def test_a_key_with_white_space_ends_in_3(run, monkeypatch):
    """White space around a key is told, not sent."""
    monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", f"{KEY} ")

    done = run("fetch", "leerlinggegevens", "https://las.example")

    assert (done.exit_code, "white space" in done.stderr, KEY in done.stderr) == (3, True, False)


def test_a_long_key_is_a_line_on_stderr(run, parrot, antwoord, monkeypatch):
    """A key that the schema finds too long is told in one line, and sent."""
    parrot.says(antwoord("<geenwijzigingen/>"))
    monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", "k" * 88)

    done = run("fetch", "leerlinggegevens", parrot.url)

    assert done.exit_code == 0
    assert done.stderr.splitlines()[0].startswith("Warning: the autorisatiesleutel has 88 characters")


@pytest.mark.parametrize(
    ("variable", "words"), [("AUTORISATIESLEUTEL", "--sleutel-file"), ("KLANTCODE", "--klantcode"), ("URL", "URL")]
)
def test_what_is_missing_is_a_matter_of_usage(run, monkeypatch, variable, words):
    """Without a key, a customer or an address it ends in 2 and says what to give."""
    monkeypatch.delenv(f"UWLR_{variable}", raising=False)
    address = () if variable == "URL" else ("https://las.example",)

    done = run("fetch", "leerlinggegevens", *address)

    assert (done.exit_code, words in done.stderr) == (2, True)


def test_a_question_that_cannot_be_asked_is_a_matter_of_usage(run, parrot, monkeypatch):
    """Options that make no request of the standard end in 2, before anything is sent."""
    monkeypatch.delenv("UWLR_BRINCODE")

    fetched, probed = run("fetch", "leerlinggegevens", parrot.url), run("probe", parrot.url)

    assert (fetched.exit_code, probed.exit_code, parrot.heard) == (2, 2, [])
    assert "schoolkey" in fetched.stderr


def test_headers_come_from_a_file(run, parrot, antwoord, tmp_path):
    """Headers, which may hold secrets, come from a file."""
    parrot.says(antwoord("<geengegevens/>"))
    (tmp_path / "headers").write_text("Subscription-Key: abc: d\n\nX-B: 2\n")

    done = run("fetch", "leerlinggegevens", parrot.url, "--http-headers-file", str(tmp_path / "headers"))

    assert done.exit_code == 0
    headers = parrot.heard[0].headers
    assert (headers["subscription-key"], headers["x-b"]) == ("abc: d", "2")


def test_certificates_come_from_files(run, tls_parrot, authority, antwoord, tmp_path):
    """--tls-ca, --tls-cert and --tls-key make a connection that asks both certificates."""
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geengegevens/>"))
    leaf = authority.issue_cert("ea.example")
    authority.cert_pem.write_to_path(tmp_path / "ca")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert")
    leaf.private_key_pem.write_to_path(tmp_path / "key")
    options = [part for name in ("ca", "cert", "key") for part in (f"--tls-{name}", str(tmp_path / name))]

    done = run("fetch", "leerlinggegevens", bird.url, *options)

    assert done.exit_code == 0, done.stderr


@pytest.mark.parametrize("enveloped", [True, False])
def test_send_brings_results(run, parrot, bevestiging, verzoek, enveloped):
    """A message from stdin, bare or in an envelope, is brought, and stdout tells the count."""
    parrot.says(bevestiging)
    data = write_envelope(verzoek) if enveloped else uwlr.write(verzoek)

    done = run("send", "leerresultaten", "-", parrot.results_url, stdin=data)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(f"{parrot.host} took 1 resultaten in ")
    assert b"leerresultaten_verzoek" in parrot.heard[0].body


def test_send_asks_before_it_writes_elsewhere(run, verzoek):
    """Another machine is written to only with --yes."""
    done = run("send", "leerresultaten", "-", "https://las.example/r", stdin=uwlr.write(verzoek))

    assert (done.exit_code, "--yes" in done.stderr) == (2, True)


def test_send_with_yes_goes_elsewhere(run, parrot, bevestiging, verzoek, monkeypatch):
    """With --yes another machine is called, here by way of a proxy that a variable names."""
    parrot.says(bevestiging)
    monkeypatch.setenv("http_proxy", f"http://{parrot.host}")
    arguments = ("http://las.example/r", "--yes")

    done = run("send", "leerresultaten", "-", *arguments, stdin=uwlr.write(verzoek))

    assert done.exit_code == 0, done.stderr
    assert [heard.path for heard in parrot.heard] == ["http://las.example/r"]


@pytest.mark.parametrize("data", [b"nee", b"<nee/>", uwlr.write(GeenGegevens(), unchecked=True)])
def test_send_refuses_what_is_no_results(run, parrot, data):
    """A file that is not a leerresultaten_verzoek is a finding, and nothing is sent."""
    done = run("send", "leerresultaten", "-", parrot.results_url, stdin=data)

    assert (done.exit_code, parrot.heard) == (1, [])
    assert done.stderr


def test_a_file_that_cannot_be_read_ends_in_3(run, parrot, tmp_path):
    """No file, or a folder, ends in 3 with one line."""
    for path in (tmp_path / "nee", tmp_path):
        done = run("send", "leerresultaten", str(path), parrot.results_url)

        assert done.exit_code == 3
        assert len(done.stderr.splitlines()) == 1


def test_probe_tells_each_part(run, parrot, antwoord, fault):
    """A coupling in order ends in 0, one that is not in 1, with a line for each part."""
    parrot.says(antwoord("<geenwijzigingen/>"), fault("Client.AutorisatieOngeldig"))

    good, bad = run("probe", parrot.url), run("probe", parrot.url)

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "ok      sleutel: accepted" in good.stdout
    assert "failed  sleutel: fault Client.AutorisatieOngeldig" in bad.stdout


def test_probe_brings_a_test_message(run, parrot, bevestiging, verzoek, tmp_path):
    """A receiver of results is probed with the test message in a file."""
    parrot.says(bevestiging)
    (tmp_path / "test.xml").write_bytes(uwlr.write(verzoek))

    done = run("probe", "--leerresultaten-url", parrot.results_url, "--testbericht", str(tmp_path / "test.xml"))

    assert done.exit_code == 0, done.output
    assert "unclear" not in done.stdout


@pytest.mark.parametrize("arguments", [(), ("https://las.example", "--testbericht", "x")])
def test_probe_needs_an_address(run, arguments):
    """Without any address, or a test message without where to, it ends in 2."""
    assert run("probe", *arguments).exit_code == 2


@pytest.mark.parametrize("sector", ["PO", "VO"])
def test_generate_makes_the_same_school_for_a_seed(run, sector):
    """A seed is a school: as many pupils as asked, marked synthetic, equal each time."""
    arguments = ("generate", "school", "--seed", "7", "--leerlingen", "12", "--sector", sector)

    first, second = run(*arguments), run(*arguments)

    assert first.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes
    assert len(uwlr.read(first.stdout_bytes).inhoud.leerlingen) == 12
    assert b"synthetisch" in first.stdout_bytes


@pytest.mark.parametrize(
    "arguments", [("--help",), ("fetch", "--help"), ("generate", "school", "--help"), ("--version",)]
)
def test_help_is_quick_and_light(arguments):
    """Help comes without zeep, requests or the client."""
    code = (
        f"import sys\nfrom uwlr.cli import main\ntry: main({arguments!r}, prog_name='uwlr')\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, [name for name in ('zeep', 'requests', 'uwlr.client.core') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_help_has_the_exit_codes(run):
    """The table of exit codes stands in the help, whole."""
    text = run("--help").stdout

    assert all(f"\n    {code}  " in text for code in range(5))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_where_the_list_says(name):
    """Each command of the list can be imported, and has help of its own."""
    command = main.get_command(click.Context(main), name)

    assert isinstance(command, click.Command)
    assert command.help


def test_an_unknown_command_is_a_matter_of_usage(run):
    """A command that does not exist ends in 2."""
    assert run("fetsj").exit_code == 2


def broken() -> None:
    """Fail as a program with a defect does."""
    raise KeyError("Geheimenaar")


def test_a_defect_ends_in_4_without_its_text(monkeypatch):
    """A defect is named by its place; its text, which may hold a person, shows only on request."""
    monkeypatch.setattr(sys.modules[__name__], "command", click.command("broken")(broken), raising=False)
    program = Program(name="p", entries={"broken": Entry(f"{__name__}:command", "x")})

    done = CliRunner().invoke(program, ["broken"])

    assert done.exit_code == 4
    assert "KeyError in broken" in done.stderr
    assert "Geheimenaar" not in done.stderr
    monkeypatch.setenv("UWLR_TRACEBACK", "1")
    assert "Geheimenaar" in CliRunner().invoke(program, ["broken"]).stderr


@pytest.mark.parametrize("leerlingen", [2, 2000])
def test_a_reader_that_stops_is_no_defect(leerlingen):
    """`uwlr … | head` ends quietly, whether or not all of it fits in the pipe."""
    code = f"from uwlr.cli import main; main(['generate', 'school', '--leerlingen', '{leerlingen}'], prog_name='uwlr')"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_something_slow_shows_a_sign_of_life(monkeypatch):
    """What takes longer than a moment is told on stderr when somebody is watching, what is quick is not."""
    monkeypatch.setattr(shared, "PATIENCE", 0)
    screen = io.StringIO()
    started = []

    class Watched(shared.Console):
        def __init__(self, **more):
            super().__init__(file=screen, force_terminal=True)
            started.append(more["stderr"])

    monkeypatch.setattr(shared, "Console", Watched)
    with shared.sign_of_life("Wachten") as shown:
        assert shown.wait(5)

    assert started == [True]
    assert "Wachten" in screen.getvalue()
