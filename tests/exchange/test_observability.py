"""What a night tells: to people by mail, to logs and traces; never personal data."""

from __future__ import annotations

import json
import logging
import socketserver
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from uwlr.exchange import Importer, Koppelingen, Nightly, Notification, SmtpNotifier, Store
from uwlr.exchange.show import as_text

WAITING = Notification(
    koppeling_id=3, naam="De Proef", plan=8, unmatched={"leerling": 4, "leerkracht": 1}, open_rows=2, guarded=True
)


class _Mailbox(socketserver.StreamRequestHandler):
    """The few words of SMTP that a mail takes."""

    def handle(self):
        """Take one mail."""
        self._say("220 here")
        for line in self.rfile:
            word = line.decode().split()[0].upper()
            if word == "DATA":
                self._say("354 go on")
                while (text := self.rfile.readline().decode()) != ".\r\n":
                    self.server.mail.append(text.rstrip())
            self._say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


def test_a_mail_tells_that_an_import_waits():
    """The mail goes to whoever the application says, with counts and the address of the review."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Mailbox) as server:
        server.mail = []
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        notifier = SmtpNotifier(
            "127.0.0.1",
            port=server.server_address[1],
            sender="testcentrum@example.org",
            recipients=lambda n: [f"school{n.koppeling_id}@example.org"],
            link=lambda n: f"https://testcentrum.example.org/import/{n.plan}",
        )
        notifier.notify(WAITING)
        thread.join()
    assert "To: school3@example.org" in server.mail
    assert "Niet herkend: 1 leerkracht, 4 leerling." in server.mail
    assert "https://testcentrum.example.org/import/8" in server.mail


class _Broken:
    def notify(self, notification):
        """Fail as a mail server does."""
        raise OSError("no route")


def test_a_mail_server_that_is_down_stops_no_exchange(lite, couple, las, caplog):
    """When nobody can be told, the night goes on and the log says so."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    couple(lite)
    assert Nightly(str(lite.engine.url), notifier=_Broken()).run().review == 1
    assert "nobody was told: OSError" in caplog.text


def test_logs_and_events_hold_nothing_personal(lite, couple, las, caplog):
    """No name, key or e-mail address of the roster is in the log, the events or the summary of a night."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    koppeling = couple(lite)
    caplog.set_level(logging.DEBUG, logger="uwlr")
    summary = Nightly(str(lite.engine.url)).run()
    plan = Importer(lite).open_plan(koppeling.id)
    told = caplog.text + str(summary) + repr(summary) + str(Koppelingen(lite).events(koppeling.id))
    told += "".join(str(vars(record)) for record in caplog.records if record.name == "uwlr.exchange")
    personal = {rij.gegevens.achternaam for rij in plan.rijen} | {rij.gegevens.eckid for rij in plan.rijen}
    personal |= {rij.gegevens.key for rij in plan.of("leerling")} | {koppeling.autorisatiesleutel}
    assert plan.of("leerling")[0].gegevens.achternaam in as_text(plan)
    assert [word for word in personal if word and len(word) > 4 and word in told] == []


def test_spans_where_opentelemetry_is_present(lite, couple, las, tmp_path):
    """With OpenTelemetry present each part of the work is a span with the id of the koppeling."""
    package = tmp_path / "opentelemetry"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "trace.py").write_text(
        "import contextlib, json, sys\n"
        "class Tracer:\n"
        "    @contextlib.contextmanager\n"
        "    def start_as_current_span(self, name, attributes, record_exception):\n"
        "        sys.stderr.write(json.dumps([name, attributes]) + '\\n')\n"
        "        yield self\n"
        "def get_tracer(name): return Tracer()\n",
        "utf-8",
    )
    las.set_clock(now=datetime.now(UTC), frozen=False)
    koppeling = couple(lite)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom uwlr.exchange import Nightly\nNightly(sys.argv[2]).run()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(lite.engine.url)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spans = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[")]
    assert [name for name, _ in spans] == ["uwlr.koppeling", "uwlr.fetch", "uwlr.plan", "uwlr.deliver"]
    assert all(attributes == {"koppeling": koppeling.id} for _, attributes in spans)


def test_a_missing_extra_says_how_to_install_it():
    """Without SQLAlchemy, `import uwlr.exchange` says which extra to install."""
    script = "import sys; sys.modules['sqlalchemy'] = None\nimport uwlr.exchange"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert 'pip install "uwlr[exchange]"' in done.stderr


@pytest.mark.parametrize("place", ["nowhere", "uwlr.nothing:x"])
def test_a_hook_that_cannot_be_imported(place, tmp_path):
    """A hook on the command line that does not exist is wrong use."""
    from click.testing import CliRunner

    from uwlr.cli import main

    done = CliRunner().invoke(main, ["store", "upgrade", "--store", str(tmp_path / "u.db"), "--cipher", place])
    assert done.exit_code == 2


def test_the_store_from_the_shell(tmp_path):
    """`uwlr store upgrade` makes a store that the other commands take; without it they say so."""
    from click.testing import CliRunner

    from uwlr.cli import main

    file = str(tmp_path / "uwlr.db")
    runner = CliRunner()
    missing = runner.invoke(main, ["koppeling", "list", "--store", file])
    assert (missing.exit_code, "uwlr store upgrade" in missing.stderr) == (3, True)
    assert runner.invoke(main, ["store", "upgrade", "--store", file]).exit_code == 0
    given = "--naam X --school s --vendor esis --url http://127.0.0.1:9/ --klantcode a --klantnaam b --bron 99QQ00"
    assert runner.invoke(main, ["koppeling", "add", "--store", file, *given.split()]).stdout == "1\n"
    assert "aangevraagd\tesis\tX" in runner.invoke(main, ["koppeling", "list", "--store", file]).stdout
    assert runner.invoke(main, ["store", "prune", "--store", file, "--plans", "0"]).exit_code == 0
    with Store(file) as store:
        assert Koppelingen(store).get(1).status == "aangevraagd"
