"""D. ESIS and an LVS that only delivers: the coupling is enabled once a test message succeeds."""

from __future__ import annotations

from mock_las import MockLas
from uwlr import Autorisatie, UwlrClient, make_verificatiecode
from uwlr.berichten import Leerlinggegevens
from uwlr.errors import Fault
from uwlr.testing import make_results


def main() -> None:
    with MockLas("esis", seed=7) as las:
        esis = las.connection()
        # The roster comes another way; here the fake ESIS itself tells who its pupils are.
        source = UwlrClient(esis["leerlinggegevens_url"], autorisatie=Autorisatie(**esis["autorisatie"]))
        roster = source.haal_leerlinggegevens(schooljaar=esis["schooljaar"], brincode=esis["brincode"])
        assert isinstance(roster, Leerlinggegevens)
        test_message = make_results(roster, groep_key=roster.leerlingen[0].groep)

        code = make_verificatiecode(esis["brincode"], esis["dependancecode"])

        def enable(typed: str) -> bool:
            """Send the test message; only its success enables the coupling."""
            autorisatie = Autorisatie(**{**esis["autorisatie"], "autorisatiesleutel": typed})
            client = UwlrClient(None, autorisatie=autorisatie, leerresultaten_url=esis["leerresultaten_url"])
            try:
                client.breng_leerresultaten(test_message)
            except Fault as fault:
                print(f"not enabled: {fault.code}; {las.exchanges()[-1]['remarks'][0]}")
                return False
            print("enabled")
            return True

        assert not enable(code), "the school has not activated the coupling in ESIS yet"
        las.activate(code, akkoord=True)
        assert not enable(code[:-1] + ("x" if code[-1] != "x" else "y")), "one character is wrong"
        assert enable(code)


if __name__ == "__main__":
    main()
