"""C. A test platform and Schoolkr8: the key comes by mail, and pupils are known only by the number that was entered."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mock_las import MockLas
from uwlr import Autorisatie, UwlrClient
from uwlr.berichten import Leerlinggegevens
from uwlr.testing import make_results


def main() -> None:
    with MockLas("schoolkr8", seed=7) as las:
        # An active coupling with a LAS comes first: here is where the pupils are known from.
        esis = las.connection("esis")
        source = UwlrClient(esis["leerlinggegevens_url"], autorisatie=Autorisatie(**esis["autorisatie"]))
        roster = source.haal_leerlinggegevens(schooljaar=esis["schooljaar"], brincode=esis["brincode"])
        assert isinstance(roster, Leerlinggegevens)

        # Schoolkr8 approves on request and mails the key.
        supplier = {"klantcode": "TOETS1", "klantnaam": "Onze Toetsen"}
        las.request_coupling(**supplier)
        las.approve_coupling(**supplier)
        key = las.outbox()[-1]["body"].rpartition(" ")[2]
        schoolkr8 = las.connection()
        client = UwlrClient(
            None,
            autorisatie=Autorisatie(autorisatiesleutel=key, **supplier),
            leerresultaten_url=schoolkr8["leerresultaten_url"],
        )

        results = make_results(roster, groep_key=roster.leerlingen[0].groep)
        client.breng_leerresultaten(results)
        assert las.received() == []
        print("confirmed, but no pupil is known there yet")

        # Each number is copied by hand, once; what comes after that lands.
        las.enter_numbers([afname.leerlingid for afname in results.toetsafnames])
        later = msgspec.structs.replace(results.school, aanmaakdatum=results.school.aanmaakdatum + timedelta(days=1))
        client.breng_leerresultaten(msgspec.structs.replace(results, school=later))
        print(f"results after the numbers were entered: {len(las.received())}")
        assert las.received()


if __name__ == "__main__":
    main()
