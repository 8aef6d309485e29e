"""The Dutch of the pages."""

from __future__ import annotations

import datetime as dt
from typing import Final

from mock_las.vendors import Traits
from uwlr.dutch_time import dutch_moment

STATUS: Final = {
    "aangevraagd": "aangevraagd",
    "goedgekeurd": "goedgekeurd",
    "actief": "actief",
    "gepauzeerd": "gepauzeerd",
    "beeindigd": "beëindigd",
}

DONE: Final = {
    "request": "De koppeling is aangevraagd.",
    "approve": "De koppeling is goedgekeurd.",
    "mailed": "De koppeling is goedgekeurd; de autorisatiesleutel is gemaild.",
    "activate": "De koppeling is actief.",
    "new_key": "De nieuwe sleutel is ingesteld; de vorige werkt niet meer.",
    "paused": "De verificatiecode is verwijderd; de uitwisseling is gepauzeerd.",
    "end": "De koppeling is beëindigd.",
    "add_school": "De school is er. Vraag nu een koppeling voor haar aan.",
    "load_school": "Het rooster is geladen.",
    "moved": "De leerling zit nu in een andere groep.",
    "left": "De leerling is van school.",
    "renamed": "De leerling heeft nu een andere achternaam.",
    "enrolled": "De nieuwe leerling staat in deze groep.",
    "empty": "Iedereen is weg: wie het rooster opvraagt, krijgt geengegevens.",
    "schooljaar": "Het nieuwe schooljaar is begonnen.",
    "let_happen": "Ingesteld. Zet nu de klok vooruit.",
    "let_nothing_happen": "Ingesteld: er gebeurt niets meer vanzelf.",
    "traits": "Het gedrag is ingesteld.",
    "numbers": "De leerlingnummers zijn ingevoerd.",
    "plan": "De storing is gepland.",
    "unplan": "De storing is geschrapt.",
    "clear_faults": "Alle storingen zijn geschrapt.",
    "reset": "Alles is terug bij het begin.",
    "clock": "De klok is verzet.",
    "clear_exchanges": "Het journaal is leeggemaakt.",
}
"""The confirmation of an action, by its name in the address."""

OF_PUPILS: Final = {
    "moved": "Naar een andere groep",
    "renamed": "Andere achternaam",
    "left": "Van school, zonder uitstroomdatum",
    "leaving": "Van school, met uitstroomdatum",
    "dropped": "Uit de administratie verwijderd",
    "joined": "Erbij in een samengestelde groep",
    "unjoined": "Uit een samengestelde groep",
    "respelled": "Spelling van de naam verbeterd",
    "prefixed": "Ander voorvoegsel",
    "rebirthed": "Geboortedatum verbeterd",
    "rekeyed": "Andere sleutel",
    "keyed": "Eigen sleutel in plaats van een tijdelijke",
    "doubled": "Dubbel ingeschreven",
    "merged": "Dubbele inschrijving samengevoegd",
    "eckid-added": "ECK-iD gekregen",
    "eckid-changed": "Ander ECK-iD",
    "eckid-shared": "ECK-iD ook aan een ander gegeven",
    "eckid-mended": "Eigen ECK-iD gekregen na dat van een ander",
}
OF_NEW_PUPILS: Final = {
    "enrolled": "Nieuwe leerling",
    "announced": "Leerling die later begint",
    "twins": "Tweeling",
    "namesake": "Naamgenoot van een leerling",
    "returned": "Oud-leerling die terugkomt",
    "dummy": "Leerling met een tijdelijke sleutel, zoals #001",
    "reissued": "Leerling met de sleutel van iemand die van school is",
}
OF_STAFF: Final = {
    "hired": "Nieuwe leerkracht",
    "resigned": "Leerkracht weg",
    "married": "Leerkracht met een andere achternaam",
    "rostered": "Leerkracht met een groep meer of minder",
}
OF_GROUPS: Final = {"group-renamed": "Groep met een andere naam"}
OF_SCHOOLS: Final = {
    "all-rekeyed": "Iedereen een andere sleutel",
    "las-updated": "Nieuwe versie van het LAS: namen met andere tekens",
    "las-changed": "Ander LAS: andere sleutels, schrijfwijzen en velden",
}
HAPPENINGS: Final = {
    **OF_PUPILS,
    **OF_NEW_PUPILS,
    **OF_STAFF,
    **OF_GROUPS,
    **OF_SCHOOLS,
    "august": "Nieuw schooljaar",
    "started": "Eerste schooldag",
    "gone": "Uitstroomdatum voorbij",
}
"""Everything that can happen at a school, by its name in `uwlr.testing.SchoolLife`."""

REFUSED: Final = {
    404: "Deze pagina is er niet.",
    405: "Deze pagina is er niet.",
    413: "Dit is te groot om hier te sturen.",
}
"""Texts of errors, by HTTP status."""

SEVERITY: Final = {"error": "fout", "warning": "waarschuwing", "info": "opmerking"}

FAULTS: Final = {
    "foutcode": "Foutcode volgens de afspraak",
    "http": "HTTP-fout met een webpagina",
    "delay": "Vertraagd antwoord",
    "truncate": "Afgebroken antwoord",
    "close_connection": "Verbroken verbinding",
    "wrong_namespace": "Verkeerde namespace",
    "wrong_order": "Elementen in verkeerde volgorde",
    "gzip": "Ongevraagd gecomprimeerd (gzip)",
    "huge": "Enorm antwoord",
    "not_utf8": "Tekens die geen UTF-8 zijn",
}

_KEY_FORMS: Final = {
    "letters-digits-20": "20 letters en cijfers",
    "verificatiecode": "BRIN en vestiging, dan letters en cijfers, 20 tot 50 tekens in totaal",
    "hex-32": "32 tekens: cijfers en de hoofdletters A tot en met F",
    "base64-64": "88 tekens (base64)",
}
_DAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS: Final = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def done(name: str) -> str | None:
    """The confirmation of an action; None if there is no such action."""
    if name in DONE:
        return DONE[name]
    return f"Gebeurd: {HAPPENINGS[name]}." if name in HAPPENINGS else None


def key_name(traits: Traits) -> str:
    """What the key of a coupling is called at a vendor."""
    return "verificatiecode" if traits.key_origin == "school" else "autorisatiesleutel"


def key_rule(traits: Traits, brincode: str, dependancecode: str) -> str:
    """What a key must look like."""
    form = _KEY_FORMS[traits.key_form]
    if traits.key_starts_with_school:
        form = form.replace("BRIN en vestiging", f"BRIN en vestiging ({brincode}{dependancecode})")
    return f"{form}. Spaties ervoor of erachter maken hem onjuist."


def moment(iso: str, *, seconds: bool = False) -> str:
    """A moment in Dutch time."""
    at = dutch_moment(dt.datetime.fromisoformat(iso))
    clock = at.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{_day(at.date())} {clock}"


def weekday_moment(iso: str) -> str:
    """A moment in Dutch time, with the day of the week."""
    at = dutch_moment(dt.datetime.fromisoformat(iso))
    return f"{_DAYS[at.weekday()]} {moment(iso)}"


def day(iso: str) -> str:
    """A day."""
    return _day(dt.date.fromisoformat(iso))


def _day(date: dt.date) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def size(count: int) -> str:
    """A number of bytes."""
    for unit, least in (("MB", 1 << 20), ("kB", 1 << 10)):
        if count >= least:
            return f"{count / least:.1f} {unit}".replace(".", ",")
    return f"{count} bytes"
