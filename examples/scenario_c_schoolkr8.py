"""A test platform and Schoolkr8: results only, for pupils whose numbers the school copies by hand."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from mock_las import MockLas
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Bron, Deliverer, Koppelingen, Ledger, NewResult, Store

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="REK-M6"), toetsnaam="Rekenen midden groep 6")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        MockLas("schoolkr8", seed=7) as schoolkr8,
        Store(str(Path(folder, "uwlr.db"))) as store,
    ):
        store.upgrade()
        koppelingen, ledger, deliverer = Koppelingen(store), Ledger(store), Deliverer(store)
        to = schoolkr8.connection()
        koppeling = koppelingen.add(
            naam="De Proef",
            school="school-1",
            vendor="schoolkr8",
            leerresultaten_url=to["leerresultaten_url"],
            klantcode=to["autorisatie"]["klantcode"],
            klantnaam=to["autorisatie"]["klantnaam"],
            bronnen=[Bron(brincode=to["brincode"], dependancecode=to["dependancecode"])],
        )
        koppelingen.approve(koppeling.id)
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=to["autorisatie"]["autorisatiesleutel"])

        now = datetime.now(UTC)
        day = date.today()  # noqa: DTZ011 - the school's own day
        results = [
            NewResult(leerlingid=number, toets=TOETS, afnamedatum=day, score=61, genormeerd_op=now)
            for number in ("1001", "1002")
        ]
        ledger.record(koppeling.id, results)
        print(deliverer.deliver(koppeling))  # Schoolkr8 says nothing, but knows neither pupil
        assert schoolkr8.received() == []

        schoolkr8.enter_numbers(["1001", "1002"])  # by hand, from the overview of pupils
        ledger.numbers_entered(koppeling.id, ["1001", "1002"])
        print(deliverer.deliver(koppelingen.get(koppeling.id)))
        assert len(schoolkr8.received()) == 2


if __name__ == "__main__":
    main()
