"""ESIS and a tracking system without a roster of its own: enabled only when a test message gets through."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from mock_las import MockLas
from uwlr import UwlrClient, make_verificatiecode
from uwlr.berichten import Autorisatie, Leerlinggegevens, LeerresultatenVerzoek, Toets, VocabulaireGebondenVeld
from uwlr.exchange import Bron, Deliverer, Koppelingen, Ledger, NewResult, NotEnabled, Store
from uwlr.testing import make_results

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="IEP-REK-6"), toetsnaam="Rekenen groep 6")


def trial_message(esis: MockLas, code: str) -> tuple[LeerresultatenVerzoek, str]:
    """Make a message for one pupil of the fake; a real supplier agrees with the LAS on one that may be taken."""
    to = esis.connection()
    autorisatie = Autorisatie(**{**to["autorisatie"], "autorisatiesleutel": code})
    school = {name: to[name] for name in ("schooljaar", "brincode", "dependancecode")}
    with UwlrClient(to["leerlinggegevens_url"], autorisatie=autorisatie) as las:
        roster = las.haal_leerlinggegevens(**school)
    assert isinstance(roster, Leerlinggegevens)
    message = make_results(roster, groep_key=roster.leerlingen[0].groep)
    return message, roster.leerlingen[0].key or ""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        MockLas("esis", seed=7, leerlingen=40) as esis,
        Store(str(Path(folder, "uwlr.db"))) as store,
    ):
        store.upgrade()
        koppelingen = Koppelingen(store)
        to = esis.connection()
        koppeling = koppelingen.add(
            naam="De Proef",
            school="school-1",
            vendor="esis",
            leerresultaten_url=to["leerresultaten_url"],
            klantcode=to["autorisatie"]["klantcode"],
            klantnaam=to["autorisatie"]["klantnaam"],
            bronnen=[Bron(brincode=to["brincode"], dependancecode=to["dependancecode"])],
        )
        koppelingen.approve(koppeling.id)
        code = make_verificatiecode(to["brincode"], to["dependancecode"])
        esis.activate(code)
        testbericht, leerlingid = trial_message(esis, code)
        try:  # "Testbericht versturen en koppeling inschakelen", with a slip in copying
            koppelingen.enable(koppeling.id, autorisatiesleutel=code[:-1], testbericht=testbericht)
        except NotEnabled as error:
            print("not enabled:", error)
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=code, testbericht=testbericht)
        tried = len(esis.received())

        result = NewResult(
            leerlingid=leerlingid,
            toets=TOETS,
            afnamedatum=date.today(),  # noqa: DTZ011 - the school's own day
            score=48,
            genormeerd_op=datetime.now(UTC),
        )
        Ledger(store).record(koppeling.id, [result])
        print(Deliverer(store).deliver(koppeling))
        assert len(esis.received()) == tried + 1


if __name__ == "__main__":
    main()
