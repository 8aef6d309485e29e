"""ESIS and a test platform: the school invents a code, the roster is reviewed, results arrive every night."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from mock_las import MockLas
from uwlr import make_verificatiecode
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Bron, Importer, Koppelingen, Ledger, NewResult, Nightly, SqlLeden, Store
from uwlr.exchange.show import as_text

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="REK-M6"), toetsnaam="Rekenen midden groep 6")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, MockLas("esis", seed=7, leerlingen=40) as esis:
        file = str(Path(folder, "uwlr.db"))
        with Store(file) as store:
            store.upgrade()
            koppelingen, importer, ledger = Koppelingen(store), Importer(store), Ledger(store)
            to = esis.connection()
            koppeling = koppelingen.add(
                naam="De Proef",
                school="school-1",
                vendor="esis",
                url=to["leerlinggegevens_url"],
                leerresultaten_url=to["leerresultaten_url"],
                klantcode=to["autorisatie"]["klantcode"],
                klantnaam=to["autorisatie"]["klantnaam"],
                bronnen=[Bron(brincode=to["brincode"], dependancecode=to["dependancecode"])],
            )
            koppelingen.approve(koppeling.id)
            code = make_verificatiecode(to["brincode"], to["dependancecode"])
            esis.activate(code)  # the school types it in ESIS, with its board's consent
            koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=code)  # probes first

            plan = importer.plan(koppeling)
            print(as_text(plan).splitlines()[-1])
            for rij in plan.open_rows:  # staff without an e-mail address
                plan.choose(rij.nummer, "nieuw", emailadres="leerkracht@example.org")
            importer.apply(plan)  # until here nothing was written

            today = datetime.now(UTC)
            results = [
                NewResult(
                    leerlingid=lid.gegevens.key or "",
                    toets=TOETS,
                    afnamedatum=date.today(),  # noqa: DTZ011 - the school's own day
                    score=score,
                    genormeerd_op=today,
                )
                for score, lid in enumerate(SqlLeden(store, "school-1").find("leerling"))
            ]
            ledger.record(koppeling.id, results)

        print(Nightly(file).run())
        esis.set_clock(advance=300)  # ESIS shows them within about five minutes
        shown = [result for result in esis.received() if result["zichtbaar"]]
        assert len(shown) == len(results)

        esis.remove_key()  # pauses the exchange at ESIS; the same code resumes it
        esis.activate(code)
        with Store(file) as store:
            assert not Importer(store).plan(Koppelingen(store).get(koppeling.id)).changes


if __name__ == "__main__":
    main()
