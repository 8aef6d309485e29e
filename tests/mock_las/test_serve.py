"""The program `mock-las` as a process of its own."""

import datetime as dt
import json
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from random import Random

import msgspec
import pytest
import trustme
from click.testing import CliRunner

from helpers.plain_client import ask, post, roster, scores
from helpers.programs import ran, started
from mock_las import MockLas
from mock_las.cli import main
from mock_las.las_answers import Connection
from mock_las.remote_las import RemoteLas

MOCK_LAS = "mock_las.cli:main"


@contextmanager
def served(*arguments):
    """Serve in a process; the process and the address from the line that it prints."""
    with started(MOCK_LAS, "serve", "--port", "0", *arguments) as process:
        name, _, url = process.stdout.readline().strip().partition("=")
        assert name == "MOCK_LAS_URL"
        yield process, url


def get(url, context=None):
    """Get JSON from the control API."""
    with urllib.request.urlopen(url, timeout=30, context=context) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_a_signal(number):
    """It prints one line when it answers, serves, and ends with 0 at a signal."""
    with served("--seed", "3", "--leerlingen", "20") as (process, url):
        assert url.startswith("http://127.0.0.1:")
        [ready] = ran(MOCK_LAS, "ready", "--url", url, "--wait", "30")
        assert ready.returncode == 0
        connection = get(f"{url}/__mock__/vendors")[0]
        assert len(post(connection, ask(connection)).bericht.inhoud.leerlingen) == 20
        process.send_signal(number)
        rest = process.stdout.read()
        assert (process.wait(10), rest) == (0, "")


def test_serves_one_vendor():
    """With --vendor it serves that vendor and no other."""
    with served("--vendor", "esis") as (_, url):
        assert [entry["name"] for entry in get(f"{url}/__mock__/vendors")] == ["esis"]
        with pytest.raises(urllib.error.HTTPError, match="404") as caught:
            urllib.request.urlopen(f"{url}/parnassys/leerlinggegevens?wsdl", timeout=30)
        caught.value.close()


def test_commands_on_running_fakes(las, tmp_path):
    """`vendors`, `journal` and `reset` show and steer fakes that run."""

    def run(*arguments, code=0):
        done = CliRunner().invoke(main, [*arguments], env={"MOCK_LAS_URL": las.url})
        assert done.exit_code == code, done.output
        return done.output

    shown = run("vendors")
    connection = las.connection("magister")
    assert connection.leerlinggegevens_url in shown
    assert f"{connection.brincode} 00 {connection.schooljaar} 2.3 Smalle-set-VO" in shown
    assert msgspec.json.decode(run("vendors", "--format", "json"), type=list[Connection]) == las.connections()
    post(connection, ask(connection, brincode="99ZZ"))
    assert "#1 magister HaalLeerlinggegevens: Client.OngeldigeKlantIdentificatie" in run("journal")
    assert run("journal", "--vendor", "esis") == ""
    assert json.loads(run("journal", "--format", "json"))[0]["id"] == 1
    run("journal", "--export", str(tmp_path / "journal.json"))
    assert "99ZZ" in json.loads((tmp_path / "journal.json").read_text())[0]["request"]
    run("reset", "--seed", "7")
    assert run("journal") == ""


@pytest.mark.parametrize("command", ["vendors", "journal", "reset", "ready"])
def test_nobody_answers(command, monkeypatch):
    """Where nobody answers that is said in plain words, and how to say where the fakes are if nobody said it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        monkeypatch.setenv("MOCK_LAS_PORT", str(port))
        found = [CliRunner().invoke(main, [command, *more]) for more in ([], ["--url", f"http://127.0.0.1:{port}"])]
    said = f"mock-las: the fakes do not answer at http://127.0.0.1:{port}: Connection refused"
    hint = "; start them with `mock-las serve`, or say with --url or MOCK_LAS_URL where they are"
    assert [(one.exit_code, one.stderr) for one in found] == [(3, f"{said}{hint}\n"), (3, f"{said}\n")]
    wrong = CliRunner().invoke(main, [command, "--url", "127.0.0.1:8080"])
    assert (wrong.exit_code, "http://127.0.0.1:8080" in wrong.stderr) == (3, True)


def test_taken_port():
    """A port that is taken ends with 3 and a sentence, not with a stack trace."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        [done] = ran(MOCK_LAS, "serve", "--port", taken.getsockname()[1])
    assert done.returncode == 3
    assert done.stderr.startswith("mock-las: cannot listen")


def test_state_outlives_kill_9(tmp_path):
    """What was confirmed is still there after kill -9, when it was started with a state file."""
    state = tmp_path / "state.sqlite"
    with served("--state", str(state)) as (process, url):
        connection = get(f"{url}/__mock__/vendors/standaard")
        pupil = post(connection, ask(connection)).bericht.inhoud.leerlingen[0].key
        at = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        assert post(connection, scores(connection, {("r1", pupil): 5}, at)).status == 200
        process.kill()
        process.wait(10)
    with served("--state", str(state)) as (_, url):
        received = get(f"{url}/__mock__/state")["vendors"]["standaard"]["received"]
        assert [result["key"] for result in received] == ["r1"]


def test_a_living_school_outlives_kill_9(tmp_path):
    """After kill -9 a school is as it was, with its history, and lives on as it would have without."""

    def begin(las):
        las.set_clock(now="2026-11-20T12:00:00Z")
        las.change_school("left")
        las.let_happen()
        las.change_school("hired")
        las.set_clock(now="2027-11-09T12:00:00Z")
        return las.change_school("enrolled")

    def go_on(las):
        before = las.happened()
        las.change_school("moved")
        las.set_clock(advance=200 * 86_400)
        connection = las.connection()
        return before, roster(connection), roster(connection, schooljaar="2026-2027"), las.happened()

    state = tmp_path / "state.sqlite"
    with served("--state", str(state), "--leerlingen", "40") as (process, url):
        killed = begin(RemoteLas(url))
        process.kill()
        process.wait(10)
    with served("--state", str(state), "--leerlingen", "40") as (_, url):
        after = go_on(RemoteLas(url))
    with MockLas(seed=1, leerlingen=40) as las:
        assert killed == begin(las)
        assert after == go_on(las)


def test_planned_faults_outlive_kill_9(tmp_path):
    """With a state file a planned fault counts on after kill -9: what struck does not strike again, the rest does."""
    state = tmp_path / "state.sqlite"
    dice = Random(2)
    by_chance = [dice.random() < 0.5 for _ in range(12)]
    due = [502, *(500 if call == 3 else 504 if by_chance[call - 1] else 200 for call in range(2, 13))]
    with served("--state", str(state)) as (process, url):
        las = RemoteLas(url)
        las.plan_fault("http", status=502)
        las.plan_fault("foutcode", on_call=3)
        las.plan_fault("http", status=504, times=0, chance=0.5, seed=2)
        connection = las.connection()
        assert [post(connection, ask(connection)).status for _ in range(2)] == due[:2]
        process.kill()
        process.wait(10)
    with served("--state", str(state)) as (_, url):
        connection = RemoteLas(url).connection()
        assert [post(connection, ask(connection)).status for _ in range(10)] == due[2:]
        RemoteLas(url).reset()
        assert get(f"{url}/__mock__/faults") == []


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A CA, another one, and the options that serve with a certificate of the first."""
    directory = tmp_path_factory.mktemp("tls")
    ca = trustme.CA()
    server = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(directory / "ca.pem")
    server.private_key_pem.write_to_path(directory / "key.pem")
    server.cert_chain_pems[0].write_to_path(directory / "cert.pem")
    return ca, trustme.CA(), directory


def trusting(ca):
    """A client's context that trusts a CA."""
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def test_tls_with_client_certificates(tls):
    """Over TLS a vendor whose real system wants a client certificate answers 403 without one, the roster with one."""
    ca, other, files = tls
    options = ["--tls-cert", files / "cert.pem", "--tls-key", files / "key.pem", "--client-ca", files / "ca.pem"]
    context = trusting(ca)
    with served(*map(str, options)) as (_, url):
        assert url.startswith("https://127.0.0.1:")
        by_name = {entry["name"]: entry for entry in get(f"{url}/__mock__/vendors", context)}
        esis, standaard = by_name["esis"], by_name["standaard"]
        assert esis["leerlinggegevens_url"].startswith("https://")
        assert post(standaard, ask(standaard), context=context).status == 200
        assert post(esis, ask(esis), context=context).status == 403
        ca.issue_cert("client.example").configure_cert(context)
        assert post(esis, ask(esis), context=context).status == 200
        strange = trusting(ca)
        other.issue_cert("client.example").configure_cert(strange)
        with pytest.raises(OSError, match=r"(?i)alert|ssl|reset|closed"):
            post(esis, ask(esis), context=strange)


def test_plain_http_to_the_tls_port(tls):
    """A plain HTTP request to a TLS port is refused without ending the server."""
    ca, _, files = tls
    with served("--tls-cert", str(files / "cert.pem"), "--tls-key", str(files / "key.pem")) as (_, url):
        with pytest.raises((OSError, urllib.error.HTTPError)):
            urllib.request.urlopen(url.replace("https", "http") + "/__mock__/ready", timeout=30).close()
        with urllib.request.urlopen(f"{url}/__mock__/ready", timeout=30, context=trusting(ca)) as answer:
            assert answer.status == 200


def test_tls_needs_both_files(tls):
    """A certificate without its key is wrong use."""
    [done] = ran(MOCK_LAS, "serve", "--tls-cert", tls[2] / "cert.pem")
    assert done.returncode == 2
    assert "--tls-key" in done.stderr


@pytest.mark.parametrize(
    "program",
    [
        'MockLas("nope")',
        "las = MockLas(); las.vendor",
        'las = MockLas(); las.start(); raise SystemExit("done")',
        'with MockLas() as las: las.activate(vendor="nope")',
        "def half():\n with MockLas() as las: yield las\nhalfway = half(); next(halfway)",
    ],
    ids=["unknown vendor", "never started", "never stopped", "an error", "left in a generator"],
)
def test_a_program_with_fakes_ends(program):
    """No thread of the fakes keeps a program alive that made a mistake."""
    command = [sys.executable, "-c", f"from mock_las import MockLas\n{program}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode == 0) == ("las.vendor" in program or "next" in program), done.stderr
