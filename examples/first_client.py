"""Ask a LAS for its roster; here the LAS is a fake one."""

from __future__ import annotations

from mock_las import MockLas
from mock_las.las import AskedSchool
from uwlr import Autorisatie, UwlrClient
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens


def fetch(url: str | None, autorisatie: Autorisatie, school: AskedSchool) -> None:
    las = UwlrClient(url, autorisatie=autorisatie)
    match las.haal_leerlinggegevens(**school):
        case Leerlinggegevens(leerlingen=leerlingen):
            print(len(leerlingen), "leerlingen")
        case GeenWijzigingen() | GeenGegevens() as empty:
            print("nothing to do:", type(empty).__name__)


def main() -> None:
    with MockLas(vendor="parnassys", seed=7) as fake:
        to = fake.connection()
        fetch(to.leerlinggegevens_url, to.header, fake.school)


if __name__ == "__main__":
    main()
