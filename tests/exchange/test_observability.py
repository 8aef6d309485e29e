"""What a night tells: to people by mail, to logs and traces; never personal data."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from uwlr.exchange import Importer, Koppelingen, Nightly, Notification, SmtpNotifier, Store
from uwlr.exchange.show import as_text

WAITING = Notification(
    koppeling_id=3, naam="De Proef", plan=8, unmatched={"leerling": 4, "leerkracht": 1}, open_rows=2, guarded=True
)


class Mailbox:
    """Keeps what a mail server takes."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - as aiosmtpd calls it
        """Take one mail."""
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def mailbox():
    """A mail server on this machine; gives its mailbox and port."""
    mailbox = Mailbox()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield mailbox, server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.manual("A-43", "A-44", "B-31")
def test_a_night_sends_mail_about_imports_that_wait(lite, couple, las, mailbox):
    """After a night each of the people whom the application names has a mail with counts and the way to the review."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    koppeling = couple(lite)
    box, port = mailbox
    notifier = SmtpNotifier(
        "127.0.0.1",
        port=port,
        sender="testcentrum@example.org",
        recipients=lambda n: [f"school{n.koppeling_id}@example.org", "beheer@example.org"],
        link=lambda n: f"https://testcentrum.example.org/import/{n.plan}",
    )
    assert Nightly(str(lite.engine.url), notifier=notifier).run().review == 1
    assert [to for to, _ in box.mails] == [[f"school{koppeling.id}@example.org"], ["beheer@example.org"]]
    assert box.mails[0][1]["Message-ID"] != box.mails[1][1]["Message-ID"]
    mail = box.mails[0][1]
    assert mail["Subject"] == "Import van De Proef wacht op controle"
    plan = Importer(lite).open_plan(koppeling.id)
    text = mail.get_content()
    counts = [len(plan.of("groep")), len(plan.of("leerkracht"))]
    assert "Niet herkend: {} groepen, {} leerkrachten, 30 leerlingen.".format(*counts) in text
    assert f"https://testcentrum.example.org/import/{plan.id}" in text
    assert not any(rij.gegevens.achternaam in text for rij in plan.of("leerling"))


def test_a_mail_to_nobody_is_not_sent(mailbox):
    """Where the application names nobody, no mail goes out."""
    box, port = mailbox
    SmtpNotifier("127.0.0.1", port=port, sender="a@example.org", recipients=lambda _: []).notify(WAITING)
    assert box.mails == []


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


@pytest.fixture(scope="session")
def exporter():
    """The spans of OpenTelemetry, kept in memory; a process has one provider."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def test_spans(lite, couple, las, exporter):
    """Each part of the work is a span of OpenTelemetry inside that of its koppeling, with its id and nothing else."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    koppeling = couple(lite)
    exporter.clear()
    Nightly(str(lite.engine.url)).run()
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert sorted(spans) == ["uwlr.deliver", "uwlr.fetch", "uwlr.koppeling", "uwlr.plan"]
    whole = spans.pop("uwlr.koppeling")
    assert all(span.parent.span_id == whole.context.span_id for span in spans.values())
    assert all(dict(span.attributes) == {"koppeling": koppeling.id} for span in (whole, *spans.values()))


def test_a_span_of_what_failed(lite, couple, las, exporter):
    """A span of work that failed has the class of the error, never its text."""
    las.set_clock(now=datetime.now(UTC), frozen=False)
    couple(lite)
    las.plan_fault("foutcode", foutcode="Client.AutorisatieOngeldig", operation="HaalLeerlinggegevens")
    exporter.clear()
    assert Nightly(str(lite.engine.url)).run().failed == 1
    [fetch] = [span for span in exporter.get_finished_spans() if span.name == "uwlr.fetch"]
    assert dict(fetch.attributes)["error.type"] == "ClientFault"
    assert fetch.status.status_code is StatusCode.ERROR
    assert (fetch.status.description, fetch.events) == (None, ())


def test_without_opentelemetry(lite):
    """Without the package a night runs all the same."""
    script = (
        "import sys; sys.modules['opentelemetry'] = None\nfrom uwlr.exchange import Nightly\nNightly(sys.argv[1]).run()"
    )
    subprocess.run([sys.executable, "-c", script, str(lite.engine.url)], check=True)


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
