"""ESIS and a tracking system without a roster of its own: enabled only when a test message gets through."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from mock_las import MockLas
from uwlr import make_verificatiecode
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Deliverer, Koppelingen, Ledger, NewResult, NotEnabled, Store, UnusableKey
from uwlr.testing import make_school

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="IEP-REK-6"), toetsnaam="Rekenen groep 6")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        MockLas("esis", seed=7, leerlingen=40) as esis,
        Store(str(Path(folder, "uwlr.db"))) as store,
    ):
        store.upgrade()
        koppelingen, to = Koppelingen(store), esis.connection()
        roster = make_school(7, leerlingen=40, brincode=to["brincode"], schooljaar=to["schooljaar"])
        esis.load_school(roster)  # the application has it from Basispoort
        koppeling = koppelingen.add(
            "esis",
            naam="De Proef",
            school="school-1",
            leerresultaten_url=to["leerresultaten_url"],
            klantcode=to["autorisatie"]["klantcode"],
            klantnaam=to["autorisatie"]["klantnaam"],
            bronnen=[to["brincode"] + to["dependancecode"]],
        )
        koppelingen.approve(koppeling.id, door="IEP LVS")
        code = make_verificatiecode(to["brincode"], to["dependancecode"])
        for slip in (code[:19], f"00XX00{code[6:]}"):
            try:  # seen before anything is sent
                koppelingen.enable(koppeling.id, autorisatiesleutel=slip)
            except UnusableKey as error:
                print(error.uitleg)
        try:  # "Testbericht versturen en koppeling inschakelen": ESIS does not know the code yet
            koppelingen.enable(koppeling.id, autorisatiesleutel=code, door="schoolbeheerder")
        except NotEnabled as error:
            print(error.uitleg)
        esis.activate(code)
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=code, door="schoolbeheerder")
        assert esis.received() == [], "the test message is about a pupil that no school has"

        result = NewResult(
            leerlingid=roster.leerlingen[0].key,
            toets=TOETS,
            afnamedatum=date.today(),  # noqa: DTZ011 - the school's own day
            score=48,
            genormeerd_op=datetime.now(UTC),
        )
        Ledger(store).record(koppeling.id, [result])
        print(Deliverer(store).deliver(koppeling))
        assert len(esis.received()) == 1


if __name__ == "__main__":
    main()
