"""Who may ask: the header, the customer, the key and the school, for each of the five operations.

Each way to be refused is one row; each row is tried on every operation, on the connection over which good requests went
before. A request that is answered is sent once more on a new connection, to distinguish a lock that is open from one
that stays open behind the first visitor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from uwlr.berichten import (
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    LeerresultatenVerzoek,
    StructuurVerzoek,
    VerzoekGroep,
)
from uwlr.berichten.tabel import Bericht
from uwlr.conformance.casebook import case
from uwlr.conformance.las.bezorging import DELIVERY, bring, results
from uwlr.conformance.las.getrapt import STRUCTUUR, stamgroepen
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, OlderStep, Unmet
from uwlr.conformance.session import LasSession, Reply
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_UNKNOWN: Final = "uwlr-conformance-onbekend"
_KEY_CODE: Final = "FC-01"
_CUSTOMER_CODE: Final = "FC-02"
_STAYS_OPEN: Final = "AU-12"
_REFUSED: Final = (
    "geweigerd, met de fout Client.AutorisatieOngeldig",
    "refused, by the fault Client.AutorisatieOngeldig",
)
_CUSTOMER: Final = (
    "geweigerd, met de fout Client.OngeldigeKlantIdentificatie",
    "refused, by the fault Client.OngeldigeKlantIdentificatie",
)


class Way(NamedTuple):
    """One way in which a request has to be refused.

    Attributes:
        word: last word of the case.
        requirement: what asks for it.
        sends: what is sent.
        header: changes the header; what it gives is tried in turn.
        school: changes the school.
        edit: changes the bytes.
        without_header: leaves the header out.
        code: the fault code that is due.
        older: the step of the older test set that it takes over.
    """

    word: str
    requirement: str
    sends: tuple[str, str]
    header: Callable[[LasSession], tuple[Mapping[str, str], ...]] = lambda _: ({},)
    school: Callable[[LasSession], Mapping[str, Any]] = lambda _: {}
    edit: re.Pattern[bytes] | None = None
    without_header: bool = False
    code: Foutcode = Foutcode.AUTORISATIE_ONGELDIG
    older: OlderStep | None = None


def _key(change: Callable[[str], tuple[str, ...]]) -> Callable[[LasSession], tuple[Mapping[str, str], ...]]:
    def header(las: LasSession) -> tuple[Mapping[str, str], ...]:
        own = las.autorisatie.autorisatiesleutel
        return tuple({"autorisatiesleutel": other} for other in change(own) if other != own)

    return header


def _of_another_school(las: LasSession) -> tuple[Mapping[str, str], ...]:
    if las.other_key_of_school is None:
        raise Absent(Text("[andere_sleutel] is niet ingevuld", "[andere_sleutel] is not given"))
    return ({"autorisatiesleutel": las.other_key_of_school},)


def _other_school(las: LasSession) -> Mapping[str, Any]:
    return {**dict.fromkeys(("brincode", "dependancecode", "schoolkey")), **las.config.andere_school.named()}


def _other_location(las: LasSession) -> Mapping[str, Any]:
    other = "96" if las.school.get("dependancecode") == "97" else "97"
    return {"brincode": las.school.get("brincode", "00ZZ"), "schoolkey": None, "dependancecode": other}


WAYS: Final = (
    Way(
        "zonder-header",
        "AU-01",
        ("een verzoek zonder header autorisatie", "a request without the header autorisatie"),
        without_header=True,
        older=OlderStep(
            "LAS-LG-F01 Ongeldige autorisatieheader",
            Text(
                "de header ontbreekt echt; de oude stap stuurde een gewone",
                "the header is really absent; the old step sent an ordinary one",
            ),
        ),
    ),
    Way(
        "onvolledige-header",
        "AU-02",
        ("een header zonder klantcode", "a header without klantcode"),
        edit=re.compile(rb"<klantcode>.*?</klantcode>", re.DOTALL),
    ),
    Way(
        "zonder-sleutel",
        "AU-02",
        ("een header zonder autorisatiesleutel", "a header without autorisatiesleutel"),
        edit=re.compile(rb"<autorisatiesleutel>.*?</autorisatiesleutel>", re.DOTALL),
    ),
    Way(
        "lege-sleutel",
        "AU-02",
        ("een header met een lege autorisatiesleutel", "a header with an empty autorisatiesleutel"),
        header=lambda _: ({"autorisatiesleutel": ""},),
    ),
    Way(
        "onbekende-sleutel",
        "AU-03",
        ("een autorisatiesleutel die niet bestaat", "an autorisatiesleutel that does not exist"),
        header=lambda _: ({"autorisatiesleutel": _UNKNOWN},),
        older=OlderStep("LAS-LG-F01 Foute autorisatiesleutel"),
    ),
    Way(
        "bijna-de-sleutel",
        "AU-03",
        (
            "de sleutel zonder het laatste, en zonder het eerste teken",
            "the key without its last, and its first character",
        ),
        header=_key(lambda own: (own[:-1] or "x", own[1:] or "x")),
    ),
    Way(
        "langere-sleutel",
        "AU-03",
        ("de sleutel met een teken erachter", "the key with one more character"),
        header=_key(lambda own: (f"{own}x",)),
    ),
    Way(
        "half-de-sleutel",
        "AU-03",
        (
            "het begin van de sleutel, aangevuld tot dezelfde lengte",
            "the start of the key, padded to the same length",
        ),
        header=_key(lambda own: (own[:8].ljust(len(own), "x"), "x" * len(own))),
    ),
    Way(
        "jokerteken",
        "AU-03",
        ("%, *, .* en enkel _ als sleutel", "%, *, .* and nothing but _ as the key"),
        header=_key(lambda own: ("%", "*", ".*", "_" * len(own))),
    ),
    Way(
        "sleutel-van-een-ander",
        "AU-05",
        ("de sleutel van een andere school", "the key of another school"),
        header=_of_another_school,
    ),
    Way(
        "andere-klantnaam",
        "AU-04",
        ("een klantnaam die niet bij de klantcode hoort", "a klantnaam that does not go with the klantcode"),
        header=lambda _: ({"klantnaam": _UNKNOWN},),
        code=Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE,
        older=OlderStep("LAS-LG-F01 Foute klantnaam"),
    ),
    Way(
        "andere-klantcode",
        "AU-04",
        ("een klantcode die niet bestaat", "a klantcode that does not exist"),
        header=lambda _: ({"klantcode": _UNKNOWN},),
        code=Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE,
        older=OlderStep("LAS-LG-F01 Foute klantcode"),
    ),
    Way(
        "andere-school",
        "AU-05",
        ("een school die deze sleutel niet opent", "a school that this key does not open"),
        school=_other_school,
        older=OlderStep("LAS-LG-F01 Foute BRIN code"),
    ),
    Way(
        "andere-dependance",
        "AU-05",
        ("een dependance die de school niet heeft", "a dependance that the school does not have"),
        school=_other_location,
        older=OlderStep(
            "LAS-LG-F01 Foute dependance code",
            Text("niet 00: dat zegt hetzelfde als geen dependance", "not 00, which says the same as no dependance"),
        ),
    ),
    Way(
        "andere-schoolkey",
        "AU-05",
        ("een schoolkey die niet bestaat", "a schoolkey that does not exist"),
        school=lambda _: {"brincode": None, "dependancecode": None, "schoolkey": _UNKNOWN},
        older=OlderStep(
            "LAS-LG-F01 Foute schoolkey",
            Text(
                "zonder de BRIN ernaast, die sinds 2.0 niet meer mag",
                "without the BRIN beside it, which 2.0 and later forbid",
            ),
        ),
    ),
)


class _Door(NamedTuple):
    """An operation, as far as its access is asked for."""

    topic: str
    what: tuple[str, str]
    after: tuple[str, ...]
    make: Callable[..., Bericht]
    writes: bool = False


def _groups(cls: type[Bericht]) -> Callable[..., Bericht]:
    def make(las: LasSession, **school: Any) -> Bericht:
        return las.verzoek(cls, groepen=(VerzoekGroep(key=stamgroepen(las)[0]),), **school)

    return make


def _deliver(las: LasSession, **school: Any) -> Bericht:
    return results(las, school=school)


_DOORS: Final = (
    _Door("leerlinggegevens/autorisatie", ("", ""), (NORMAL,), lambda las, **school: las.verzoek(**school)),
    _Door(
        "leerlinggegevens/autorisatie/structuur",
        (" (structuur)", " (structuur)"),
        (STRUCTUUR,),
        lambda las, **school: las.verzoek(StructuurVerzoek, **school),
    ),
    _Door(
        "leerlinggegevens/autorisatie/leerlingen",
        (" (leerlingen)", " (leerlingen)"),
        (STRUCTUUR,),
        _groups(LeerlingenVerzoek),
    ),
    _Door(
        "leerlinggegevens/autorisatie/leerkrachten",
        (" (leerkrachten)", " (leerkrachten)"),
        (STRUCTUUR,),
        _groups(LeerkrachtenVerzoek),
    ),
    _Door("leerresultaten/autorisatie", (" (resultaten)", " (results)"), (DELIVERY,), _deliver, writes=True),
)


def _register(door: _Door, way: Way) -> None:
    customer = way.code is Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE
    first = door.topic == "leerlinggegevens/autorisatie"

    @case(
        f"{door.topic}/{way.word}",
        way.requirement,
        _CUSTOMER_CODE if customer else _KEY_CODE,
        _STAYS_OPEN,
        "FT-12",
        sends=(f"{way.sends[0]}{door.what[0]}", f"{way.sends[1]}{door.what[1]}"),
        holds=_CUSTOMER if customer else _REFUSED,
        writes=door.writes,
        requests={"bijna-de-sleutel": 2, "half-de-sleutel": 2, "jokerteken": 4}.get(way.word, 1),
        after=door.after,
        older=way.older if first else None,
    )
    def judge(las: LasSession) -> None:
        for header in way.header(las):
            _try(las, door, way, header, _CUSTOMER_CODE if customer else _KEY_CODE)


def _try(las: LasSession, door: _Door, way: Way, header: Mapping[str, str], code: str) -> None:
    def ask(*, fresh: bool) -> Reply:
        verzoek = door.make(las, **way.school(las))
        more: dict[str, Any] = {
            "autorisatie": msgspec.structs.replace(las.autorisatie, **header),
            "without_header": way.without_header,
            "edit": way.edit and partial(way.edit.sub, b"", count=1),
            "fresh": fresh,
        }
        # What is taken moves the clock of the messages that follow.
        return bring(las, verzoek, **more) if isinstance(verzoek, LeerresultatenVerzoek) else las.ask(verzoek, **more)

    reply = ask(fresh=False)
    if not reply.refused and ask(fresh=True).refused:
        raise Unmet(
            Text(
                f"{reply.described().nl}; op een nieuwe verbinding wordt het wel geweigerd",
                f"{reply.described().en}; on a new connection it is refused",
            ),
            requirement=_STAYS_OPEN,
        )
    reply.must_refuse_with(way.code, requirement=code)


for _door in _DOORS:
    for _way in WAYS:
        _register(_door, _way)


@case(
    "leerlinggegevens/autorisatie/bericht-voor-sleutel",
    "AU-06",
    sends=("een ongeldig bericht met een onbekende sleutel", "an invalid message with an unknown key"),
    holds=("de fout Client.OngeldigBericht: het bericht gaat voor", "Client.OngeldigBericht: the message comes first"),
    after=(NORMAL, "leerlinggegevens/fouten/ongeldig-schooljaar"),
)
def bericht_voor_sleutel(las: LasSession) -> None:
    """The checks have an order."""
    header = las.other_key(autorisatiesleutel=_UNKNOWN)
    reply = las.ask(las.verzoek(schooljaar="x"), autorisatie=header)
    if reply.fault is None or reply.fault.code != Foutcode.ONGELDIG_BERICHT:
        raise Unmet(reply.described())


@case(
    "leerlinggegevens/autorisatie/schrijfwijze-van-de-sleutel",
    "AU-11",
    sends=(
        "de sleutel in andere hoofdletters, en met een spatie erachter",
        "the key in other capitals, and with a blank behind it",
    ),
    holds=("geweigerd: een sleutel telt teken voor teken", "refused: a key counts character by character"),
    requests=2,
    after=(NORMAL,),
)
def schrijfwijze_van_de_sleutel(las: LasSession) -> None:
    """Two systems that compare keys in two ways disagree about who may."""
    own = las.autorisatie.autorisatiesleutel
    for other in (own.swapcase(), f"{own} "):
        if other != own and len(other) <= 64:
            reply = las.ask(las.verzoek(), autorisatie=las.other_key(autorisatiesleutel=other))
            if not reply.refused:
                raise Unmet(reply.described())
