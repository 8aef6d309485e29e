"""Read a roster: from bytes, and one pupil at a time from a file of any size."""

from __future__ import annotations

import tempfile
from pathlib import Path

import uwlr
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.testing import make_school


def main() -> None:
    school = make_school(seed=7, leerlingen=30)
    data = uwlr.write(LeerlinggegevensAntwoord(inhoud=school))

    antwoord = uwlr.read(data, expect=LeerlinggegevensAntwoord)  # bytes: a bare message or a SOAP envelope
    if isinstance(antwoord.inhoud, Leerlinggegevens):  # or GeenWijzigingen, GeenGegevens
        for leerling in antwoord.inhoud.leerlingen:
            print(leerling.key, leerling.jaargroep, leerling.groep)

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "roster.xml")
        file.write_bytes(data)
        print(sum(1 for _ in uwlr.iter_leerlingen(file)), "leerlingen, one at a time")


if __name__ == "__main__":
    main()
