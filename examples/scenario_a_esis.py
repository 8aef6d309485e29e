"""A. ESIS and a test platform: couple, fetch the roster, deliver results, pause and resume."""

from __future__ import annotations

from mock_las import MockLas
from uwlr import Autorisatie, UwlrClient, make_verificatiecode
from uwlr.berichten import Leerlinggegevens
from uwlr.errors import ClientFault
from uwlr.testing import make_results


def main() -> None:
    with MockLas("esis", seed=7) as las:
        esis = las.connection()
        school = {"schooljaar": esis["schooljaar"], "brincode": esis["brincode"]}

        # The school invents a code, agrees, and fills in the same code on both sides.
        code = make_verificatiecode(esis["brincode"], esis["dependancecode"])
        las.activate(code, akkoord=True)
        client = UwlrClient(
            esis["leerlinggegevens_url"],
            autorisatie=Autorisatie(**{**esis["autorisatie"], "autorisatiesleutel": code}),
            leerresultaten_url=esis["leerresultaten_url"],
        )
        roster = client.haal_leerlinggegevens(**school)
        assert isinstance(roster, Leerlinggegevens)
        again = client.haal_leerlinggegevens(**school)
        assert isinstance(again, Leerlinggegevens)
        assert [pupil.key for pupil in again.leerlingen] == [pupil.key for pupil in roster.leerlingen]
        print(f"roster: {len(roster.leerlingen)} pupils, and the same keys at the next export")

        # Results show on the dashboard within five minutes, and a second delivery doubles nothing.
        results = make_results(roster, groep_key=roster.leerlingen[0].groep)
        client.breng_leerresultaten(results)
        count = len(las.received())
        las.set_clock(advance=300)
        assert all(result["zichtbaar"] for result in las.received())
        print(f"results: {count}, visible after five minutes")

        # Removing the code pauses the exchange; filling it in again resumes it.
        las.remove_key()
        try:
            client.haal_leerlinggegevens(**school)
        except ClientFault as fault:
            print(f"paused: {fault.code}")
        las.activate(code, akkoord=True)
        assert isinstance(client.haal_leerlinggegevens(**school), Leerlinggegevens)
        print("resumed with the same code")


if __name__ == "__main__":
    main()
