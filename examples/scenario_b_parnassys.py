"""ParnasSys and a test platform: the key comes from ParnasSys, and nothing normed before the activation is sent."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mock_las import MockLas
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Bron, Deliverer, Importer, Koppelingen, Ledger, NewResult, Store

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="REK-M6"), toetsnaam="Rekenen midden groep 6")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        MockLas("parnassys", seed=7, leerlingen=40) as parnassys,
        Store(str(Path(folder, "uwlr.db"))) as store,
    ):
        store.upgrade()
        koppelingen, importer, ledger = Koppelingen(store), Importer(store), Ledger(store)
        to = parnassys.connection()
        koppeling = koppelingen.add(
            naam="De Proef",
            school="school-1",
            vendor="parnassys",
            url=to["leerlinggegevens_url"],
            leerresultaten_url=to["leerresultaten_url"],
            klantcode=to["autorisatie"]["klantcode"],
            klantnaam=to["autorisatie"]["klantnaam"],
            bronnen=[Bron(brincode=to["brincode"], dependancecode=to["dependancecode"])],
        )
        koppelingen.approve(koppeling.id)  # the supplier opened the coupling for this school
        key = parnassys.activate()["autorisatiesleutel"]  # "nieuwe autorisatiesleutel instellen"
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=key)

        plan = importer.plan(koppeling)
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "niet importeren")
        done = importer.apply(plan)
        print("leerlingen", done["leerling"].nieuw)

        now = datetime.now(UTC)
        for rij, normed in zip(plan.of("leerling"), [now, now - timedelta(days=1)], strict=False):
            result = NewResult(
                leerlingid=rij.gegevens.key or "",
                toets=TOETS,
                afnamedatum=date.today(),  # noqa: DTZ011 - the school's own day
                score=61,
                genormeerd_op=normed,
            )
            ledger.record(koppeling.id, [result])
        Deliverer(store).deliver(koppeling)
        assert len(parnassys.received()) == 1, "not retroactive: what was normed yesterday stays here"
        print(ledger.counts(koppeling.id))


if __name__ == "__main__":
    main()
