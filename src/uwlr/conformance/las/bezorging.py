"""Bringing results: taken, repeated, corrected, and refused where they are not in order."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from uwlr import norm
from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.codec.parser import parse
from uwlr.conformance.casebook import case
from uwlr.conformance.outcomes import Unmet
from uwlr.conformance.session import LasSession, Reply, same
from uwlr.errors import MessageError
from uwlr.foutcodes import Foutcode
from uwlr.soap.operations import BRENG_LEERRESULTATEN
from uwlr.text import Text

DELIVERY = "leerresultaten/bezorging/normaal"
REPEATED = "leerresultaten/bezorging/herhaling"
_CONFIRMED = ("leerresultaten_bevestiging", "leerresultaten_bevestiging")
_INVALID = ("de fout Client.OngeldigBericht", "the fault Client.OngeldigBericht")
_UNKNOWN = "uwlr-conformance-onbekend"
_TOETS = "uwlr-conformance"
_AHEAD: Final = 6.0
"""Seconds that a run can be ahead of the clock: one for each message that is taken."""


def _moment(las: LasSession) -> datetime:
    """A moment later than that of the last message that was taken, by whole seconds: a receiver may drop fractions."""
    now = datetime.now(UTC).replace(microsecond=0)
    return now if las.last_moment is None else max(now, las.last_moment + timedelta(seconds=1))


def _results(las: LasSession, **change: Any) -> LeerresultatenVerzoek:
    """One result of one pupil, under a key that every run uses again, so that runs leave one result behind."""
    resultaat = Resultaat(
        key=change.get("key", "uwlr-conformance-1"),
        afnamedatum=date(int(las.config.schooljaar[:4]), 8, 1),
        toetscode=change.get("toetscode", _TOETS),
        uitkomst=change.get("score", 5),
    )
    school = {name: value for name, value in las.school.items() if name != "gegevenssetid"}
    return LeerresultatenVerzoek(
        school=School(
            **{**school, **change.get("school", {})},
            aanmaakdatum=change.get("aanmaakdatum") or _moment(las),
            auteur="uwlr conformance",
            xsdversie=change.get("xsdversie", las.config.versie),
        ),
        toetsafnames=(
            Toetsafname(
                leerlingid=change.get("leerlingid") or las.leerlingid(),
                resultaten=(resultaat,) * change.get("times", 1),
            ),
        ),
        toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde=_TOETS), toetsnaam="UWLR conformance"),),
    )


def _ask(las: LasSession, verzoek: LeerresultatenVerzoek, **more: Any) -> Reply:
    """Bring results, and remember the moment of what was taken."""
    reply = las.ask(verzoek, **more)
    if reply.received is not None:
        moment = verzoek.school.aanmaakdatum
        las.last_moment = moment if las.last_moment is None else max(moment, las.last_moment)
    return reply


def _taken(las: LasSession, **change: Any) -> datetime:
    """Bring results that are in order; gives their aanmaakdatum.

    Raises:
        Unmet: they are not taken. The first of a run may be older than the last of a run just before it, which went
            ahead of the clock: it is brought once more, when the clock has caught up.
    """
    reply = _ask(las, _results(las, **change))
    if las.last_moment is None and reply.fault is not None and reply.fault.code == Foutcode.ONGELDIG_BERICHT:
        time.sleep(_AHEAD)
        reply = _ask(las, _results(las, **change))
    reply.must_answer()
    return las.last_moment or _moment(las)


def _refused(reply: Reply) -> None:
    """A fault that blames the client: the code is not the same in all sources."""
    fault = reply.must_be_fault()
    if not str(fault.code).startswith("Client"):
        raise Unmet(reply.described())


@case(
    "leerresultaten/transport/wsdl",
    "TR-01",
    sends=("GET ?wsdl", "GET ?wsdl"),
    holds=("de beschrijving van de dienst", "the description of the service"),
)
def wsdl(las: LasSession) -> None:
    """A service describes itself."""
    answer = las.get(BRENG_LEERRESULTATEN, "wsdl")
    try:
        found = parse(answer.body).tag
    except MessageError:
        found = "?"
    same(found, f"{{{norm.WSDL}}}definitions", actual=Text(f"HTTP {answer.status}", f"HTTP {answer.status}"))


@case(
    "leerresultaten/fouten/geen-xml",
    "FT-01",
    sends=("een bericht dat halverwege ophoudt", "a message that stops half-way"),
    holds=_INVALID,
)
def geen_xml(las: LasSession) -> None:
    """What is not well-formed is no message."""
    verzoek = _results(las, leerlingid=_UNKNOWN)
    reply = _ask(las, verzoek, edit=lambda body: body[: len(body) // 2])
    reply.must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    DELIVERY,
    "LR-01",
    "LR-02",
    sends=("één resultaat van één leerling", "one result of one pupil"),
    holds=_CONFIRMED,
    writes=True,
    requests=2,
)
def normaal(las: LasSession) -> None:
    """Results that are in order are taken."""
    _taken(las)


@case(
    REPEATED,
    "LR-03",
    sends=("hetzelfde resultaat, met dezelfde sleutel", "the same result, under the same key"),
    holds=_CONFIRMED,
    writes=True,
    after=(DELIVERY,),
)
def herhaling(las: LasSession) -> None:
    """What was sent may be sent again."""
    _taken(las)


@case(
    "leerresultaten/bezorging/correctie",
    "LR-03",
    sends=("een andere score onder dezelfde sleutel", "another score under the same key"),
    holds=_CONFIRMED,
    writes=True,
    after=(DELIVERY,),
)
def correctie(las: LasSession) -> None:
    """A correction comes under the key of what it corrects."""
    _taken(las, score=6)


@case(
    "leerresultaten/bezorging/eerdere-aanmaakdatum",
    "LR-04",
    sends=("een aanmaakdatum van een dag eerder", "an aanmaakdatum of a day before"),
    holds=("een fout Client.…", "a fault Client.…"),
    writes=True,
    requests=3,
    after=(REPEATED,),
)
def eerdere_aanmaakdatum(las: LasSession) -> None:
    """A message that is older than the last one is not processed."""
    moment = _taken(las)
    _refused(_ask(las, _results(las, aanmaakdatum=moment - timedelta(days=1))))


@case(
    "leerresultaten/bezorging/gelijke-aanmaakdatum",
    "LR-04",
    sends=("tweemaal dezelfde aanmaakdatum", "the same aanmaakdatum twice"),
    holds=("de tweede keer een fout Client.…", "the second time a fault Client.…"),
    writes=True,
    requests=3,
    after=(REPEATED,),
)
def gelijke_aanmaakdatum(las: LasSession) -> None:
    """Later is not equal."""
    _refused(_ask(las, _results(las, aanmaakdatum=_taken(las))))


@case(
    "leerresultaten/bezorging/onbekende-leerling",
    "LR-05",
    sends=("een resultaat van een leerling die er niet is", "a result of a pupil that is not there"),
    holds=("de fout Client.LeerlingOngeldig", "the fault Client.LeerlingOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def onbekende_leerling(las: LasSession) -> None:
    """A result of nobody is not confirmed in silence."""
    _ask(las, _results(las, leerlingid=_UNKNOWN)).must_be_fault(Foutcode.LEERLING_ONGELDIG)


@case(
    "leerresultaten/autorisatie/zonder-header",
    "AU-01",
    sends=("een bericht zonder header autorisatie", "a message without the header autorisatie"),
    holds=("de fout Client.AutorisatieOngeldig", "the fault Client.AutorisatieOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def zonder_header(las: LasSession) -> None:
    """Without a header nobody writes."""
    _ask(las, _results(las), without_header=True).must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerresultaten/autorisatie/onbekende-sleutel",
    "AU-03",
    sends=("een autorisatiesleutel die niet bestaat", "an autorisatiesleutel that does not exist"),
    holds=("de fout Client.AutorisatieOngeldig", "the fault Client.AutorisatieOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def onbekende_sleutel(las: LasSession) -> None:
    """A key that is not known writes nothing."""
    reply = _ask(las, _results(las), autorisatie=las.other_key(autorisatiesleutel=_UNKNOWN))
    reply.must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerresultaten/autorisatie/andere-klantcode",
    "AU-04",
    sends=("een klantcode die niet bestaat", "a klantcode that does not exist"),
    holds=("de fout Client.OngeldigeKlantIdentificatie", "the fault Client.OngeldigeKlantIdentificatie"),
    writes=True,
    after=(DELIVERY,),
)
def andere_klantcode(las: LasSession) -> None:
    """A code that is not known is nobody's."""
    reply = _ask(las, _results(las), autorisatie=las.other_key(klantcode=_UNKNOWN))
    reply.must_be_fault(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)


@case(
    "leerresultaten/autorisatie/andere-school",
    "AU-05",
    sends=("een school die deze sleutel niet opent", "a school that this key does not open"),
    holds=("de fout Client.AutorisatieOngeldig", "the fault Client.AutorisatieOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def andere_school(las: LasSession) -> None:
    """A key writes to the schools of its list and no other."""
    nothing = dict.fromkeys(("brincode", "dependancecode", "schoolkey"))
    reply = _ask(las, _results(las, school={**nothing, **las.config.andere_school.named()}))
    reply.must_be_fault(Foutcode.AUTORISATIE_ONGELDIG)


@case(
    "leerresultaten/versies/onbekende-versie",
    "VS-01",
    sends=("xsdversie 9.9", "xsdversie 9.9"),
    holds=("de fout Client.XsdVersieOngeldig", "the fault Client.XsdVersieOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def onbekende_versie(las: LasSession) -> None:
    """A version that is not supported is refused by its own fault."""
    _ask(las, _results(las, xsdversie="9.9")).must_be_fault(Foutcode.XSD_VERSIE_ONGELDIG)


@case(
    "leerresultaten/fouten/score-met-komma",
    "LR-06",
    sends=("score 5.5", "score 5.5"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def score_met_komma(las: LasSession) -> None:
    """A score is a whole number."""
    edit = lambda body: body.replace(b"<score>5</score>", b"<score>5.5</score>")  # noqa: E731
    _ask(las, _results(las), edit=edit).must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerresultaten/fouten/onbekende-toetscode",
    "LR-07",
    sends=("een resultaat van een toets die niet in het bericht staat", "a result of a test that the message lacks"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def onbekende_toetscode(las: LasSession) -> None:
    """A result refers to a test of the same message."""
    _ask(las, _results(las, toetscode=_UNKNOWN)).must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerresultaten/fouten/dubbele-sleutel",
    "LR-08",
    sends=("tweemaal dezelfde resultaatsleutel in één bericht", "the same key of a result twice in one message"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def dubbele_sleutel(las: LasSession) -> None:
    """The key of a result is unique in the message."""
    _ask(las, _results(las, times=2)).must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerresultaten/fouten/zonder-aanmaakdatum",
    "LR-06",
    sends=("een bericht zonder aanmaakdatum", "a message without aanmaakdatum"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def zonder_aanmaakdatum(las: LasSession) -> None:
    """The aanmaakdatum is mandatory."""
    moment = re.compile(rb"<aanmaakdatum>[^<]*</aanmaakdatum>")
    _ask(las, _results(las), edit=lambda body: moment.sub(b"", body)).must_be_fault(Foutcode.ONGELDIG_BERICHT)
