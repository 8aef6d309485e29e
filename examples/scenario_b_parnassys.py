"""B. ParnasSys and a test platform: the supplier opens the coupling, ParnasSys makes the key."""

from __future__ import annotations

from mock_las import MockLas
from uwlr import Autorisatie, UwlrClient
from uwlr.berichten import Leerlinggegevens
from uwlr.errors import ClientFault
from uwlr.testing import make_results

SUPPLIER = {"klantcode": "TOETS1", "klantnaam": "Onze Toetsen"}


def main() -> None:
    with MockLas("parnassys", seed=7) as las:
        las.request_coupling(**SUPPLIER)
        las.approve_coupling(**SUPPLIER)
        # "Nieuwe autorisatiesleutel instellen": ParnasSys makes the key and shows it, the school copies it by hand.
        key = las.activate(**SUPPLIER)["autorisatiesleutel"]
        print(f"a key of {len(key)} characters")

        parnassys = las.connection()
        school = {"schooljaar": parnassys["schooljaar"], "brincode": parnassys["brincode"]}

        def client(autorisatiesleutel: str) -> UwlrClient:
            return UwlrClient(
                parnassys["leerlinggegevens_url"],
                autorisatie=Autorisatie(autorisatiesleutel=autorisatiesleutel, **SUPPLIER),
                leerresultaten_url=parnassys["leerresultaten_url"],
            )

        roster = client(key).haal_leerlinggegevens(**school)
        assert isinstance(roster, Leerlinggegevens)
        client(key).breng_leerresultaten(make_results(roster, groep_key=roster.leerlingen[0].groep))
        print(f"results: {len(las.received())}")

        # A new key replaces the old one at once.
        new = las.activate(**SUPPLIER)["autorisatiesleutel"]
        try:
            client(key).haal_leerlinggegevens(**school)
        except ClientFault as fault:
            print(f"the old key: {fault.code}")
        assert isinstance(client(new).haal_leerlinggegevens(**school), Leerlinggegevens)
        print("the new key works")


if __name__ == "__main__":
    main()
