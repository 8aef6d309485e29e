"""What people are told: what is so, once, each of them, and nothing lost or doubled by a kill."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from helpers.programs import ran
from uwlr.berichten import Toets
from uwlr.berichten import VocabulaireGebondenVeld as Term
from uwlr.exchange import Importer, Koppelingen, Ledger, NewResult, Nightly, Notification
from uwlr.exchange.koppeling_status import statuses
from uwlr.exchange.notify import counted
from uwlr.exchange.outbox import Outbox
from uwlr.exchange.tables import MeldingRow


class Mail:
    """Tells people one by one, and fails for those it is told to.

    Attributes:
        sent: address and subject of each mail.
    """

    def __init__(self, *addresses):
        self.addresses, self.broken, self.sent, self.all = list(addresses) or ["a@x.example"], set(), [], []

    def recipients(self, notification):
        """Give the addresses."""
        return self.addresses

    def notify(self, notification):
        """Not used: it tells people one by one."""
        raise AssertionError

    def notify_one(self, notification, recipient):
        """Keep it, or fail."""
        if recipient in self.broken:
            raise OSError
        self.sent.append((recipient, notification.subject))
        self.all.append(notification)

    @property
    def subjects(self):
        """The subjects, and none of them again."""
        subjects, self.sent = [subject for _, subject in self.sent], []
        return subjects


@pytest.fixture
def night(lite, las, now):
    """Let a day pass and run the night; gives its summary."""

    def night(mail, days=1, **options):
        now.moment += timedelta(days=days)
        las.set_clock(now=now.moment)
        return Nightly(str(lite.engine.url), clock=now, notifier=mail, **options).run()

    return night


def imported(lite, koppeling):
    """Import the school, with everybody new."""
    importer = Importer(lite)
    plan = importer.plan(koppeling)
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", emailadres="iemand@example.org")
    importer.apply(plan)
    return [rij.gegevens.key for rij in plan.of("leerling")]


@pytest.mark.manual("A-43")
def test_an_import_by_hand_is_told_while_it_is_open(lite, couple):
    """An import that was planned by hand is told to each administrator; once it was applied it is no news."""
    koppeling, mail = couple(lite), Mail("a@x.example", "b@x.example")
    plan = Importer(lite).plan(koppeling)
    assert Outbox(lite, mail).send() == 2
    assert mail.sent == [(who, "Import van De Proef wacht op controle") for who in mail.addresses]
    assert {notification.plan for notification in mail.all} == {plan.id}
    assert Outbox(lite, mail).send() == 0
    imported(lite, koppeling)
    assert Outbox(lite, mail).send() == 0


@pytest.mark.manual("A-35")
def test_a_plan_that_waits_keeps_its_number(lite, couple, night):
    """While a roster does not change the same plan waits, so the way to it in the mail stays right; it is told once."""
    mail = Mail()
    couple(lite)
    first, second = night(mail), night(mail)
    assert first.trouble[0].plan == second.trouble[0].plan == Importer(lite).open_plan(1).id
    assert mail.subjects == ["Import van De Proef wacht op controle"]


def test_who_cannot_be_reached_is_tried_again_without_the_others(lite, couple):
    """A mail that failed goes out the next time, to that administrator alone."""
    mail = Mail("a@x.example", "b@x.example")
    Importer(lite).plan(couple(lite))
    mail.broken = {"b@x.example"}
    assert Outbox(lite, mail).send() == 1
    mail.broken = set()
    assert Outbox(lite, mail).send() == 1
    assert [who for who, _ in mail.sent] == mail.addresses


def test_a_refused_key_is_told_once_and_once_when_it_is_well(lite, couple, las, night):
    """A night that finds the key refused says so in words, in the state and by one mail; and one more when it works."""
    koppeling, mail = couple(lite), Mail()
    imported(lite, koppeling)
    night(mail)
    key = koppeling.autorisatiesleutel
    las.remove_key()
    summaries = [night(mail), night(mail)]
    assert "standaard weigert de sleutel." in str(summaries[0])
    assert mail.subjects == ["Koppeling De Proef werkt niet: sleutel geweigerd"]
    [found] = statuses(lite)
    assert (found.status, found.storing, found.stopped) == ("actief", "sleutel geweigerd", True)
    las.activate(key)
    night(mail)
    assert mail.subjects == ["Koppeling De Proef werkt weer"]
    assert statuses(lite)[0].storing is None
    night(mail)
    assert mail.subjects == []


def test_one_bad_night_of_a_system_is_no_news(lite, couple, las, night):
    """That a system is down is told from the second night on, and what was not told needs no end."""
    koppeling, mail = couple(lite), Mail()
    imported(lite, koppeling)
    night(mail)
    las.plan_fault("http", status=500, times=0)
    night(mail)
    las.clear_faults()
    night(mail)
    assert mail.subjects == []
    las.plan_fault("http", status=500, times=0)
    night(mail)
    night(mail)
    assert mail.subjects == ["Koppeling De Proef werkt niet: onbereikbaar"]


def test_refused_results_and_nights_that_did_not_run_are_told(lite, couple, las, night, now):
    """Results that were refused are told with their number, as are nights that nobody ran."""
    koppeling, mail = couple(lite), Mail()
    [pupil, *_] = imported(lite, koppeling)
    night(mail)
    toets = Toets(toetscode=Term(waarde="T1"))
    result = NewResult(leerlingid=pupil, toets=toets, afnamedatum=now().date(), score=1, genormeerd_op=now())
    Ledger(lite).record(koppeling.id, [result])
    las.plan_fault("foutcode", operation="BrengLeerresultaten", foutcode="Client.ScoreOngeldig")
    night(mail, days=4)
    assert mail.subjects == ["Koppeling De Proef: 3 nachten niet gedraaid", "1 resultaat van De Proef geweigerd"]


def test_no_night_is_missed_while_a_koppeling_is_paused(lite, couple, night):
    """Nights of a pause are no nights that did not run."""
    koppeling, mail = couple(lite), Mail()
    imported(lite, koppeling)
    night(mail)
    Koppelingen(lite).pause(koppeling.id)
    night(mail, days=9)
    Koppelingen(lite).resume(koppeling.id)
    night(mail)
    assert mail.subjects == []


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rijen"), (1, "1 rij"), (2, "2 rijen")], ids=["none", "one", "several"]
)
def test_singular_and_plural(count, said):
    """One is said in the singular, none and more in the plural."""
    assert counted(count, "rij") == said
    unmatched = {"leerling": count, "leerkracht": 1}
    text = Notification(koppeling_id=1, naam="X", plan=2, unmatched=unmatched, open_rows=count).text
    assert (f"Te beslissen: {said}." in text) == (count > 0)
    assert "1 leerkracht" in text


def test_killed_between_deciding_and_mailing(lite, couple, now):
    """Whoever is killed while telling leaves it in the outbox: it is told again after a while, and then never more."""
    Importer(lite).plan(couple(lite))
    with lite.write() as session:  # as real time has it, which the child goes by
        session.scalars(select(MeldingRow)).one().gemaakt_op = datetime.now(UTC)
    [killed] = ran("exchange.mailing:main", lite.engine.url, "dies")
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "1\n")
    [after] = ran("exchange.mailing:main", lite.engine.url)
    assert (after.returncode, after.stdout) == (0, ""), "somebody is at it still"
    now.moment = datetime.now(UTC) + timedelta(minutes=6)
    told = Mail()
    assert Outbox(lite, told).send() == 1
    assert Outbox(lite, told).send() == 0
