"""What an application sends, how it takes answers and faults, and what its results are worth."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerling, LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, Toetsafname
from uwlr.conformance.model import Absent, Text, Unmet
from uwlr.conformance.referee import Call, Referee
from uwlr.conformance.registry import case
from uwlr.foutcodes import Foutcode

VALID = "toepassing/verzoeken/geldig"
HEADER = "toepassing/verzoeken/header"
VERSION = "toepassing/verzoeken/versie"
RESULTS = "toepassing/resultaten/geldig"
_FETCH = ("de toepassing haalt het rooster op", "the application fetches the roster")
_BRING = ("de toepassing brengt resultaten", "the application brings results")


def _none(found: int, nl: str, en: str) -> None:
    if found:
        raise Unmet(Text(f"{found} {nl}", f"{found} {en}"))


def _pupils(deliveries: list[LeerresultatenVerzoek]) -> set[str]:
    return {str(afname.leerlingid) for verzoek in deliveries for afname in verzoek.toetsafnames}


def _identity(afname: Toetsafname, one: Resultaat) -> tuple[object, ...]:
    """What makes a result the same one, whatever its key."""
    return (afname.leerlingid, one.toetscode, one.toetsonderdeelcode, one.afnamedatum)


def _brought(call: Call) -> set[tuple[object, ...]]:
    afnames = call.results.toetsafnames if call.results else ()
    return {_identity(afname, resultaat) for afname in afnames for resultaat in afname.resultaten}


@case(
    VALID,
    "EA-01",
    role="EA",
    sends=_FETCH,
    holds=("elk verzoek voldoet aan het schema", "every request is valid by the schema"),
)
def geldig(ea: Referee) -> None:
    """A request is what the standard says."""
    calls = ea.play("leerlinggegevens")
    _none(sum(1 for call in calls if call.refused == Foutcode.ONGELDIG_BERICHT), "niet", "are not")


@case(
    HEADER,
    "EA-02",
    role="EA",
    sends=_FETCH,
    holds=("sleutel, klantcode en klantnaam zoals uitgegeven", "key, klantcode and klantnaam as given out"),
    after=(VALID,),
)
def header(ea: Referee) -> None:
    """The header is the one that was given out."""
    calls = ea.play("leerlinggegevens")
    wrong = [call for call in calls if call.refused == Foutcode.AUTORISATIE_ONGELDIG]
    wrong += [call for call in calls if call.incoming and call.incoming.autorisatie != ea.autorisatie]
    _none(len(wrong), "met iets anders", "with something else")


@case(
    VERSION,
    "EA-03",
    role="EA",
    sends=_FETCH,
    holds=("een xsdversie die de LAS ondersteunt", "an xsdversie that the LAS supports"),
    after=(VALID,),
)
def versie(ea: Referee) -> None:
    """The version is one of those that exist."""
    calls = ea.play("leerlinggegevens")
    _none(sum(1 for call in calls if call.refused == Foutcode.XSD_VERSIE_ONGELDIG), "met een andere", "with another")


@case(
    "toepassing/verzoeken/soapaction",
    "EA-04",
    role="EA",
    sends=_FETCH,
    holds=("de SOAPAction van de operatie", "the SOAPAction of the operation"),
    after=(VALID,),
)
def soapaction(ea: Referee) -> None:
    """The action fits the message."""
    calls = ea.play("leerlinggegevens")
    wrong = [
        call
        for call in calls
        if call.operation and call.headers.get("soapaction", "").strip().strip('"') != call.operation.soap_action
    ]
    _none(len(wrong), "met een andere", "with another")


@case(
    "toepassing/verzoeken/inhoudstype",
    "EA-05",
    role="EA",
    sends=_FETCH,
    holds=("inhoudstype text/xml", "content type text/xml"),
    after=(VALID,),
)
def inhoudstype(ea: Referee) -> None:
    """A request is announced as what it is."""
    calls = ea.play("leerlinggegevens")
    wrong = [c for c in calls if c.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/xml"]
    _none(len(wrong), "met een ander", "with another")


@case(
    "toepassing/antwoorden/geengegevens",
    "EA-06",
    role="EA",
    sends=("het rooster ophalen geeft geengegevens", "fetching the roster gives geengegevens"),
    holds=("één verzoek, en later weer een gewoon verzoek", "one request, and an ordinary one later"),
    requests=2,
    after=(VALID,),
)
def geengegevens(ea: Referee) -> None:
    """Nothing found is no fault, and no reason to ask again."""
    ea.roster = GeenGegevens()
    _none(len(ea.play("leerlinggegevens")) - 1, "keer herhaald", "repeated")
    ea.reset()
    ea.play("leerlinggegevens")


@case(
    "toepassing/antwoorden/geenwijzigingen",
    "EA-07",
    role="EA",
    sends=("na het rooster volgt geenwijzigingen, en dan resultaten", "after the roster geenwijzigingen, then results"),
    holds=("de resultaten komen zoals daarvoor", "the results come as before"),
    requests=4,
    after=(VALID, RESULTS),
)
def geenwijzigingen(ea: Referee) -> None:
    """Unchanged data stay."""
    ea.play("leerlinggegevens")
    before = _pupils(ea.deliver())
    ea.roster = GeenWijzigingen()
    ea.play("leerlinggegevens")
    try:
        lost = before - _pupils(ea.deliver())
    except Absent:
        lost = before
    _none(len(lost), "leerlingen kwijt", "pupils lost")


@case(
    "toepassing/antwoorden/gewijzigd-rooster",
    "EA-08",
    role="EA",
    sends=("een rooster met een leerling erbij, en dan resultaten", "a roster with one more pupil, then results"),
    holds=("er komen resultaten van de nieuwe leerling", "results of the new pupil come"),
    requests=3,
    after=(VALID, RESULTS),
)
def gewijzigd_rooster(ea: Referee) -> None:
    """Whoever is new is known from then on."""
    everyone = ea.original.leerlingen
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=everyone[:-1])
    ea.play("leerlinggegevens")
    ea.roster = ea.original
    ea.play("leerlinggegevens")
    if everyone[-1].key not in _pupils(ea.deliver()):
        raise Unmet(Text("die ontbreken", "they are missing"))


@case(
    "toepassing/leerlingen/vertrokken",
    "EA-09",
    role="EA",
    sends=("een rooster met een leerling minder, en dan resultaten", "a roster with one pupil less, then results"),
    holds=("geen resultaten van wie vertrok", "no results of who left"),
    requests=3,
    after=(VALID, RESULTS),
)
def vertrokken(ea: Referee) -> None:
    """Absence in the new set is leaving."""
    ea.play("leerlinggegevens")
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=ea.original.leerlingen[1:])
    ea.play("leerlinggegevens")
    if ea.original.leerlingen[0].key in _pupils(ea.deliver()):
        raise Unmet(Text("die kwamen toch", "they came all the same"))


@case(
    "toepassing/leerlingen/sleutelmigratie",
    "EA-18",
    role="EA",
    sends=("een leerling krijgt een andere sleutel, het ECK-iD blijft", "a pupil gets another key, the ECK-iD stays"),
    holds=("resultaten komen onder de nieuwe sleutel", "results come under the new key"),
    requests=3,
    after=(VALID, RESULTS),
)
def sleutelmigratie(ea: Referee) -> None:
    """A key can be migrated."""
    ea.play("leerlinggegevens")
    first: Leerling = ea.original.leerlingen[0]
    moved = msgspec.structs.replace(first, key="uwlr-conformance-nieuw")
    ea.roster = msgspec.structs.replace(ea.original, leerlingen=(moved, *ea.original.leerlingen[1:]))
    ea.play("leerlinggegevens")
    pupils = _pupils(ea.deliver())
    if moved.key not in pupils or first.key in pupils:
        raise Unmet(Text("ze komen onder de oude", "they come under the old one"))


def _asked_once(ea: Referee, code: Foutcode) -> None:
    ea.faults["leerlinggegevens"] = [code] * 20
    _none(len(ea.play("leerlinggegevens")) - 1, "keer herhaald", "repeated")


@case(
    "toepassing/fouten/verkeerde-sleutel",
    "EA-10",
    role="EA",
    sends=("de LAS antwoordt Client.AutorisatieOngeldig", "the LAS answers Client.AutorisatieOngeldig"),
    holds=("het verzoek wordt niet herhaald", "the request is not repeated"),
    after=(VALID,),
)
def verkeerde_sleutel(ea: Referee) -> None:
    """A key does not become right by itself."""
    _asked_once(ea, Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "toepassing/fouten/verkeerde-versie",
    "EA-21",
    role="EA",
    sends=("de LAS antwoordt Client.XsdVersieOngeldig", "the LAS answers Client.XsdVersieOngeldig"),
    holds=("het verzoek wordt niet herhaald", "the request is not repeated"),
    after=(VALID,),
)
def verkeerde_versie(ea: Referee) -> None:
    """A version does not become right by itself."""
    _asked_once(ea, Foutcode.XSD_VERSIE_ONGELDIG)


@case(
    "toepassing/fouten/tijdelijk-wachten",
    "EA-11",
    role="EA",
    sends=("de LAS is twee keer tijdelijk niet beschikbaar", "the LAS is unavailable twice"),
    holds=("tussen twee pogingen wordt gewacht", "there is a wait between two tries"),
    requests=3,
    after=(VALID,),
)
def tijdelijk_wachten(ea: Referee) -> None:
    """A busy LAS is given time."""
    ea.faults["leerlinggegevens"] = [Foutcode.TIJDELIJK_NIET_BESCHIKBAAR] * 2
    calls = ea.play("leerlinggegevens")
    hasty = sum(1 for one, next_ in pairwise(calls) if next_.at - one.at < ea.config.min_wait_s)
    _none(hasty, "keer te snel", "times too fast")


@case(
    "toepassing/fouten/tijdelijk-geen-verlies",
    "EA-12",
    role="EA",
    sends=("resultaten worden tijdelijk geweigerd, later niet meer", "results are refused for a while, later taken"),
    holds=("alle geweigerde resultaten komen alsnog aan", "all refused results arrive after all"),
    requests=10,
    after=(VALID, RESULTS),
)
def tijdelijk_geen_verlies(ea: Referee) -> None:
    """What was refused for a while is brought later."""
    ea.play("leerlinggegevens")
    ea.faults["leerresultaten"] = [Foutcode.TIJDELIJK_NIET_BESCHIKBAAR] * 20
    refused = {key for call in ea.play("leerresultaten") for key in _brought(call)}
    ea.faults["leerresultaten"] = []
    try:
        arrived = {key for call in ea.play("leerresultaten") if call.taken for key in _brought(call)}
    except Absent:
        arrived = set()
    _none(len(refused - arrived), "resultaten kwijt", "results lost")


@case(
    "toepassing/fouten/interne-fout",
    "EA-22",
    role="EA",
    sends=(
        "de LAS antwoordt Server.InterneFout, later weer gewoon",
        "the LAS answers Server.InterneFout, later as usual",
    ),
    holds=("de toepassing vraagt later weer", "the application asks again later"),
    requests=2,
    after=(VALID,),
)
def interne_fout(ea: Referee) -> None:
    """A defect of the LAS does not end the coupling."""
    ea.faults["leerlinggegevens"] = [Foutcode.INTERNE_FOUT] * 20
    ea.play("leerlinggegevens")
    ea.reset()
    try:
        ea.play("leerlinggegevens")
    except Absent:
        raise Unmet(Text("er komt geen verzoek meer", "no request comes any more")) from None


@case(
    "toepassing/fouten/traag",
    "EA-13",
    role="EA",
    sends=("de LAS antwoordt traag", "the LAS answers slowly"),
    holds=("er loopt geen tweede verzoek naast het eerste", "no second request runs beside the first"),
    after=(VALID,),
)
def traag(ea: Referee) -> None:
    """Asking again adds to the work."""
    ea.delay = ea.config.slow_s
    _none(sum(1 for call in ea.play("leerlinggegevens") if call.beside), "ernaast", "beside it")


@case(
    "toepassing/fouten/leerling-ongeldig",
    "EA-19",
    role="EA",
    sends=("de LAS weigert resultaten met Client.LeerlingOngeldig", "the LAS refuses results: Client.LeerlingOngeldig"),
    holds=("dezelfde resultaten komen niet meteen opnieuw", "the same results do not come again at once"),
    requests=2,
    after=(VALID, RESULTS),
)
def leerling_ongeldig(ea: Referee) -> None:
    """A pupil does not become known by itself."""
    ea.play("leerlinggegevens")
    ea.faults["leerresultaten"] = [Foutcode.LEERLING_ONGELDIG] * 20
    sent = [frozenset(_brought(call)) for call in ea.play("leerresultaten")]
    _none(len(sent) - len(set(sent)), "keer herhaald", "repeated")


@case(
    RESULTS,
    "EA-14",
    role="EA",
    sends=_BRING,
    holds=("de resultaten voldoen aan het schema", "the results are valid by the schema"),
    requests=2,
    after=(VALID, HEADER, VERSION),
)
def resultaten_geldig(ea: Referee) -> None:
    """Results are what the standard says."""
    ea.play("leerlinggegevens")
    _none(sum(1 for call in ea.play("leerresultaten") if call.refused is not None), "niet", "are not")


@case(
    "toepassing/resultaten/stabiele-sleutels",
    "EA-15",
    role="EA",
    sends=("de toepassing brengt dezelfde resultaten twee keer", "the application brings the same results twice"),
    holds=("hetzelfde resultaat heeft dezelfde sleutel", "the same result has the same key"),
    requests=3,
    after=(RESULTS,),
)
def stabiele_sleutels(ea: Referee) -> None:
    """A key is the only handle on a result."""
    ea.play("leerlinggegevens")
    seen: dict[object, set[str]] = {}
    for verzoek in (*ea.deliver(), *ea.deliver()):
        for afname in verzoek.toetsafnames:
            for one in afname.resultaten:
                seen.setdefault(_identity(afname, one), set()).add(one.key)
    _none(sum(1 for keys in seen.values() if len(keys) > 1), "met meer sleutels", "with more keys")


@case(
    "toepassing/resultaten/aanmaakdatum",
    "EA-16",
    role="EA",
    sends=("de toepassing brengt twee keer resultaten", "the application brings results twice"),
    holds=("de tweede aanmaakdatum is later", "the second aanmaakdatum is later"),
    requests=3,
    after=(RESULTS,),
)
def aanmaakdatum(ea: Referee) -> None:
    """Each message is later than the one before."""
    ea.play("leerlinggegevens")
    moments = [verzoek.school.aanmaakdatum for verzoek in (*ea.deliver(), *ea.deliver())]
    late = sum(1 for one, next_ in pairwise(moments) if next_ <= one)
    _none(late, "niet later", "not later")


@case(
    "toepassing/resultaten/bekende-leerling",
    "EA-17",
    role="EA",
    sends=_BRING,
    holds=("elk leerlingid is een sleutel uit het rooster", "every leerlingid is a key of the roster"),
    requests=2,
    after=(RESULTS,),
)
def bekende_leerling(ea: Referee) -> None:
    """A result is of somebody the LAS knows."""
    ea.play("leerlinggegevens")
    _none(len(_pupils(ea.deliver()) - ea.named), "onbekend", "not known")
