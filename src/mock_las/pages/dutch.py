"""The Dutch of the pages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from mock_las.declined import Declined
from mock_las.vendors import Traits
from mock_las.vendors.coupling_keys import KeyProblem, KeyRefused
from uwlr.dutch_time import AMSTERDAM, dutch_moment

STATUS: Final = {
    "aangevraagd": "aangevraagd",
    "goedgekeurd": "goedgekeurd",
    "actief": "actief",
    "gepauzeerd": "gepauzeerd",
    "beeindigd": "beëindigd",
}

DONE: Final = {
    "request": "De koppeling is aangevraagd.",
    "approve": "De koppeling staat open voor de school.",
    "take": "De koppeling is afgenomen. Stel nu een autorisatiesleutel in.",
    "without_key": "De koppeling is opgeslagen; zolang er geen verificatiecode is, wordt er niets uitgewisseld.",
    "role": "U bent nu iemand anders.",
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
    "number": "Het leerlingnummer is opgeslagen. Nieuwe resultaten komen vanzelf bij deze leerling.",
    "no_number": "Het leerlingnummer is weggehaald; er komen geen resultaten meer bij.",
    "result": "Het resultaat is opgeslagen.",
    "dropped": "De leerling is verwijderd.",
    "set_up": "De instellingen zijn opgeslagen.",
    "rights": "De rechten zijn opgeslagen.",
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

EVENTS: Final = {**STATUS, "akkoord": "akkoord gegeven", "afgenomen": "afgenomen"}
"""What happened to a coupling, as its log says it."""

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


class NoMoment(Declined):
    """A day or moment that cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__("this is no day or moment, such as 1-9-2026 or 2026-09-01T08:00", text)


def refusal(error: Exception) -> str | None:
    """What is wrong, by how much and what to do, if the error says it; None if only the caller knows."""
    if isinstance(error, Declined):
        return error.uitleg
    return key_refusal(error.problem) if isinstance(error, KeyRefused) else None


def read_day(text: str) -> dt.date | None:
    """A day as people write it, 1-9-2026, or as browsers send it; None if there is none.

    Raises:
        NoMoment: it is no day.
    """
    if not text.strip():
        return None
    try:
        return read_moment(text).date()
    except NoMoment:
        raise NoMoment(f"{text[:20]!r} is geen dag. Schrijf dag-maand-jaar, zoals 1-9-2026.") from None


def read_moment(text: str) -> dt.datetime:
    """A moment in Dutch time as people write it, 1-9-2026 8:00, or as browsers send it.

    Raises:
        NoMoment: it is no moment.
    """
    found = re.fullmatch(r"\s*(\d{1,2})-(\d{1,2})-(\d{4})(?:[ T]+(\d{1,2})[:.](\d{2}))?\s*", text)
    try:
        if found is None:
            return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=AMSTERDAM)
        day, month, year, hour, minute = (int(part or 0) for part in found.groups())
        return dt.datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)
    except ValueError:
        example = "1-9-2026 8:00"
        raise NoMoment(f"{text[:20]!r} is geen moment. Schrijf dag-maand-jaar en de tijd, zoals {example}.") from None


def short_day(iso: str) -> str:
    """A day as a form shows it."""
    date = dt.date.fromisoformat(iso[:10])
    return f"{date.day}-{date.month}-{date.year}"


def key_refusal(problem: KeyProblem) -> str:
    """What is wrong with a key, and what to do."""
    found, least, most = problem.found, problem.least, problem.most
    match problem.kind:
        case "empty":
            return "Er is geen code ingevuld."
        case "space":
            where = "voor" if problem.place == 1 else "achter"
            return (
                f"Er staat een spatie of regeleinde {where} de code, op plaats {problem.place}. Haal die weg: in de"
                " applicatie moet precies dezelfde code staan."
            )
        case "start":
            return f"De code begint niet met {problem.start}, de BRIN en de vestiging van deze school. Zet die vooraan."
        case "length" if found < least:
            return f"De code heeft {found} tekens; minimaal {least}. Vul hem aan met letters en cijfers."
        case "length":
            return f"De code heeft {found} tekens; maximaal {most}. Haal er {found - most} weg."
        case "character":
            return f"Op plaats {problem.place} staat iets anders dan een letter of cijfer. Vervang dat teken."
        case "form":
            return "De code heeft niet de goede vorm: alleen letters en cijfers, na de BRIN en de vestiging."


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
