"""Synthetic documents of any size, written as text, so that no codec that is measured has a hand in them.

A pupil takes about 780 bytes and a toetsafname with its result about 325, as in the answers of real systems. Memory
does not grow with the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape

from benchmarks.written_forms import PUPILS, RESULTS, changed
from uwlr import norm
from uwlr.testing.dice import Dice
from uwlr.testing.eckid import make_eckid
from uwlr.testing.names import make_person, plain

Kind: TypeAlias = Literal["leerlinggegevens", "leerresultaten", "rosters"]
"""The answer with pupils; the request with results; as many answers, each on a line of its own, with one pupil."""

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ENVELOPE = f'<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}"><soap:Body>'
_END = "</soap:Body></soap:Envelope>"
_PUPILS_PER_GROUP = 25
_PUPILS_PER_TEACHER = 20
_TOETSEN = 5


def make(kind: Kind, items: int, folder: Path, form: str = "usual") -> Path:
    """Write a document of so many pupils or toetsafnames, once, in one of the written forms; give its path."""
    if form != "usual":
        path = folder / f"{kind}-{items}-{form.replace('/', ' ')}.xml"
        if not path.exists():
            usual = make(kind, items, folder).read_bytes()
            path.write_bytes(changed(form, usual, RESULTS if kind == "leerresultaten" else PUPILS))
        return path
    path = folder / f"{kind}-{items}.xml"
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as file:
            if kind == "rosters":
                # A hundred pupils on are another group and another member of staff, who belong together.
                for first in range(0, 100 * items, 100):
                    file.writelines([_ENVELOPE, *_leerlinggegevens(1, first), _END, "\n"])
            else:
                file.writelines([_DECLARATION, _ENVELOPE])
                file.writelines(_leerresultaten(items) if kind == "leerresultaten" else _leerlinggegevens(items))
                file.write(_END)
    return path


def _leerlinggegevens(items: int, first: int = 0) -> Iterator[str]:
    yield f'<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}"><leerlinggegevens><school>'
    yield "<schooljaar>2025-2026</schooljaar><peildatum>2025-10-01</peildatum>"
    yield "<brincode>99XX</brincode><dependancecode>00</dependancecode>"
    yield "<aanmaakdatum>2025-10-01T04:30:00Z</aanmaakdatum><auteur>synthetisch</auteur><xsdversie>2.2</xsdversie>"
    yield "<commentaar>Personen die niet bestaan.</commentaar>"
    yield '</school><vestigingen><vestiging key="v-0"><naam>Hoofdgebouw</naam></vestiging></vestigingen><groepen>'
    for number in _groups(items, first, _PUPILS_PER_GROUP):
        yield (
            f'<groep key="g-{number}"><naam>Groep {number}</naam><jaargroep>{number % 8 + 1}</jaargroep>'
            f"<omschrijving>Stamgroep {number}</omschrijving></groep>"
        )
    for number in _groups(items, first, _PUPILS_PER_GROUP):
        yield f'<samengestelde_groep key="s-{number}"><naam>Plusklas {number}</naam></samengestelde_groep>'
    yield "</groepen><leerlingen>"
    dice = Dice("leerlingen", items, first)
    for number in range(first, first + items):
        yield _leerling(number, dice)
    yield "</leerlingen><leerkrachten>"
    for number in _groups(items, first, _PUPILS_PER_TEACHER):
        yield _leerkracht(number, dice)
    yield "</leerkrachten></leerlinggegevens></leerlinggegevens_antwoord>"


def _groups(items: int, first: int, size: int) -> range:
    return range(first // size, (first + items) // size + 1)


def _leerling(number: int, dice: Dice) -> str:
    persoon = make_person(dice)
    groep = number // _PUPILS_PER_GROUP
    eckid = "" if dice.chance(3) else f' eckid="{make_eckid(number)}"'
    voorvoegsel = f"<voorvoegsel>{escape(persoon.voorvoegsel)}</voorvoegsel>" if persoon.voorvoegsel else ""
    samengesteld = f'<samengestelde_groep key="s-{groep}"/>' if dice.chance(20) else ""
    born = date(2021 - groep % 8, 10, 1) - timedelta(days=dice.below(365))
    address = f"{plain(persoon.roepnaam)}.{plain(persoon.achternaam)}"
    return (
        f'<leerling key="ll-{number:08d}"{eckid}><achternaam>{escape(persoon.achternaam)}</achternaam>{voorvoegsel}'
        f"<voornamen>{escape(persoon.roepnaam)} Bo</voornamen><voorletters-1>{persoon.voorletters[:6]}</voorletters-1>"
        f"<roepnaam>{escape(persoon.roepnaam)}</roepnaam><geboortedatum>{born.isoformat()}</geboortedatum>"
        f"<geslacht>{int(persoon.geslacht)}</geslacht><jaargroep>{groep % 8 + 1}</jaargroep>"
        f'<groep key="g-{groep}"/>'
        + (f"<samengestelde_groepen>{samengesteld}</samengestelde_groepen>" if samengesteld else "")
        + f'<vestiging key="v-0"/><gebruikersnaam>{address}{number}</gebruikersnaam>'
        f"<emailadres>{address}{number}@leerling.school.example</emailadres>"
        f"<land>NL</land><bsn_ondwnr-4>{dice.below(10_000):04d}</bsn_ondwnr-4>"
        f"<postcodenl>{dice.between(1000, 9999)}AB</postcodenl>"
        f"<instroomdatum>20{25 - groep % 8}-08-01</instroomdatum>"
        f"<mutatiedatum>2025-09-{dice.between(1, 30):02d}T12:{dice.below(60):02d}:{dice.below(60):02d}Z</mutatiedatum>"
        "</leerling>"
    )


def _leerkracht(number: int, dice: Dice) -> str:
    persoon = make_person(dice)
    return (
        f'<leerkracht key="lk-{number:06d}"><achternaam>{escape(persoon.achternaam)}</achternaam>'
        f"<roepnaam>{escape(persoon.roepnaam)}</roepnaam><emailadres>lk{number}@school.example</emailadres>"
        f'<rol>LRK</rol><groepen><groep key="g-{number * _PUPILS_PER_TEACHER // _PUPILS_PER_GROUP}"/></groepen>'
        "</leerkracht>"
    )


def _leerresultaten(items: int) -> Iterator[str]:
    yield (
        f'<leerresultaten_verzoek xmlns="{norm.LEERRESULTATEN}"><school><schooljaar>2025-2026</schooljaar>'
        "<brincode>99XX</brincode><dependancecode>00</dependancecode>"
        "<aanmaakdatum>2025-11-17T18:30:00Z</aanmaakdatum><xsdversie>2.2</xsdversie></school><toetsafnames>"
    )
    dice = Dice("leerresultaten", items)
    for number in range(items):
        key = md5(str(number).encode(), usedforsecurity=False).hexdigest()
        yield (
            f"<toetsafname><leerlingid>ll-{number:08d}</leerlingid><resultaten>"
            f'<resultaat key="{key}"><afnamedatum>2025-11-{dice.between(1, 30):02d}</afnamedatum>'
            f"<toetscode>REK-PO-{number % _TOETSEN}</toetscode><score>{dice.below(101)}</score>"
            f"<infourl>https://toetsplatform.example/resultaten/{key}</infourl>"
            "</resultaat></resultaten></toetsafname>"
        )
    yield "</toetsafnames><toetsen>"
    for number in range(_TOETSEN):
        yield (
            f"<toets><toetscode>REK-PO-{number}</toetscode><toetsnaam>Synthetische rekentoets {number}</toetsnaam>"
            "</toets>"
        )
    yield "</toetsen></leerresultaten_verzoek>"
