"""Messages in which every value that is somebody's is marked."""

from __future__ import annotations

import base64
import re
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from uwlr.berichten import (
    Autorisatie,
    Leerling,
    LeerlinggegevensAntwoord,
    LeerlinggegevensVerzoek,
)
from uwlr.soap.envelope import write_envelope
from uwlr.testing import make_school

_IN_BASE64 = {
    base64.b64encode(b"\0" * shift + word)[4 if shift else 0 : -4]
    for word in (b"Kanariepiet", b"kanariepiet")
    for shift in range(3)
}
CANARIES = re.compile(
    rb"(?i:k.?a.?n.?a.?r.?i|c4c4c4c4c4c4|6b616e617269|4b616e617269)|" + b"|".join(sorted(_IN_BASE64)), re.DOTALL
)
"""Every mark in plain text, in two bytes a letter, in base64 and in hexadecimal."""


@cache
def answer_of(count: int) -> bytes:
    """An answer with so many pupils, each value of whom is marked."""
    school = make_school(7, 25, brincode="99QQ", schooljaar="2025-2026")
    like = school.leerlingen[0]
    marked = tuple(
        Leerling(
            key=f"Kanariekey{number}",
            eckid=f"https://ketenid.nl/201703/{number:08x}{'c4' * 60}",
            achternaam=f"Kanari\u00ebboer-{number}",
            voorvoegsel="kanarie",
            roepnaam=f"Kanariepiet{number}",
            gebruikersnaam=f"kanarie{number}",
            emailadres=f"kanarie.piet{number}@kanarie.nl",
            geboortedatum=date(2014, 5, 27),
            geslacht=like.geslacht,
            jaargroep=like.jaargroep,
            groep=like.groep,
        )
        for number in range(count)
    )
    return write_envelope(LeerlinggegevensAntwoord(inhoud=msgspec.structs.replace(school, leerlingen=marked)))


def request_of() -> bytes:
    """A request with a key that is marked."""
    return write_envelope(
        LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", dependancecode="00", xsdversie="2.2"),
        autorisatie=Autorisatie(autorisatiesleutel="kanariesleutel-0123", klantcode="K1", klantnaam="Boom"),
    )


def fixed_secret(folder: Path) -> Path:
    """A secret beside a recording: with one of its own, four digits of a key may be those of another by chance."""
    path = folder.with_name(f"{folder.name}.secret")
    path.write_text("recordings\n")
    return path
