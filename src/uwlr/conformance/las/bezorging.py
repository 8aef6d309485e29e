"""Bringing results: taken, repeated, corrected, and refused where they are not in order."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.conformance.casebook import case
from uwlr.conformance.outcomes import Unmet
from uwlr.conformance.session import LasSession, Reply
from uwlr.foutcodes import Foutcode

DELIVERY = "leerresultaten/bezorging/normaal"
REPEATED = "leerresultaten/bezorging/herhaling"
_CONFIRMED = ("leerresultaten_bevestiging", "leerresultaten_bevestiging")
_INVALID = ("geweigerd, met de fout Client.OngeldigBericht", "refused, by the fault Client.OngeldigBericht")
_UNKNOWN = "uwlr-conformance-onbekend"
_TOETS = "uwlr-conformance"
_EAST: Final = timezone(timedelta(hours=9))
_WEST: Final = timezone(-timedelta(hours=7))
_AHEAD: Final = 6.0
"""Seconds that a run can be ahead of the clock: one for each message that is taken."""


def _moment(las: LasSession) -> datetime:
    """A moment later than that of the last message that was taken, by whole seconds: a receiver may drop fractions."""
    now = las.line.now()
    return now if las.last_moment is None else max(now, las.last_moment + timedelta(seconds=1))


def results(las: LasSession, **change: Any) -> LeerresultatenVerzoek:
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


def bring(las: LasSession, verzoek: LeerresultatenVerzoek, **more: Any) -> Reply:
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
    reply = bring(las, results(las, **change))
    if las.last_moment is None and reply.fault is not None and reply.fault.code == Foutcode.ONGELDIG_BERICHT:
        las.line.pause(_AHEAD)
        reply = bring(las, results(las, **change))
    reply.must_answer()
    return las.last_moment or _moment(las)


@case(
    "leerresultaten/fouten/geen-xml",
    "FT-01",
    "FC-03",
    "FT-12",
    sends=("een bericht dat halverwege ophoudt", "a message that stops half-way"),
    holds=_INVALID,
)
def geen_xml(las: LasSession) -> None:
    """What is not well-formed is no message."""
    verzoek = results(las, leerlingid=_UNKNOWN)
    reply = bring(las, verzoek, edit=lambda body: body[: len(body) // 2])
    reply.must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


@case(
    DELIVERY,
    "LR-01",
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
    "FT-12",
    sends=("een aanmaakdatum van een dag eerder", "an aanmaakdatum of a day before"),
    holds=("een fout Client.…", "a fault Client.…"),
    writes=True,
    requests=3,
    after=(REPEATED,),
)
def eerdere_aanmaakdatum(las: LasSession) -> None:
    """A message that is older than the last one is not processed."""
    moment = _taken(las)
    bring(las, results(las, aanmaakdatum=moment - timedelta(days=1))).must_be_refused()


@case(
    "leerresultaten/bezorging/gelijke-aanmaakdatum",
    "LR-04",
    "FT-12",
    sends=("tweemaal dezelfde aanmaakdatum", "the same aanmaakdatum twice"),
    holds=("de tweede keer een fout Client.…", "the second time a fault Client.…"),
    writes=True,
    requests=3,
    after=(REPEATED,),
)
def gelijke_aanmaakdatum(las: LasSession) -> None:
    """Later is not equal."""
    bring(las, results(las, aanmaakdatum=_taken(las))).must_be_refused()


@case(
    "leerresultaten/bezorging/aanmaakdatum-in-tijdzones",
    "LR-11",
    "LR-04",
    "FT-12",
    sends=(
        "dezelfde aanmaakdatum in een andere tijdzone, een eerdere die later lijkt, en een latere die eerder lijkt",
        "the same aanmaakdatum in another zone, an earlier one that looks later, and a later one that looks earlier",
    ),
    holds=("alleen de laatste wordt bevestigd", "only the last is confirmed"),
    writes=True,
    requests=4,
    after=(REPEATED,),
)
def aanmaakdatum_in_tijdzones(las: LasSession) -> None:
    """Moments are compared as instants."""
    moment = _taken(las)
    for given in (moment.astimezone(_EAST), (moment - timedelta(hours=1)).astimezone(_EAST), moment.astimezone(_WEST)):
        reply = bring(las, results(las, aanmaakdatum=given))
        if not reply.refused:
            raise Unmet(reply.described())
        reply.must_be_refused()
    later = (moment + timedelta(seconds=1)).astimezone(_WEST)
    bring(las, results(las, aanmaakdatum=later)).must_answer()


@case(
    "leerresultaten/vijandig/doctype",
    "VI-01",
    sends=("resultaten met een DOCTYPE", "results with a DOCTYPE"),
    holds=("geweigerd", "refused"),
)
def met_doctype(las: LasSession) -> None:
    """SOAP 1.1 forbids a DOCTYPE."""
    edit = lambda body: body.replace(b"<soap:Envelope", b'<!DOCTYPE x [<!ENTITY a "b">]><soap:Envelope', 1)  # noqa: E731
    bring(las, results(las, leerlingid=_UNKNOWN), edit=edit).must_be_refused(broken=None)


@case(
    "leerresultaten/vijandig/diep-genest",
    "VI-03",
    sends=("duizend elementen in elkaar", "a thousand elements in each other"),
    holds=("geweigerd", "refused"),
)
def diep_genest(las: LasSession) -> None:
    """Depth breaks nothing."""
    deep = b"<a>" * 1000 + b"</a>" * 1000
    edit = lambda body: body.replace(b"<toetsafnames>", deep + b"<toetsafnames>", 1)  # noqa: E731
    bring(las, results(las, leerlingid=_UNKNOWN), edit=edit).must_be_refused(broken=None)


@case(
    "leerresultaten/bezorging/onbekende-leerling",
    "LR-05",
    "FC-05",
    "FT-12",
    sends=("een resultaat van een leerling die er niet is", "a result of a pupil that is not there"),
    holds=("geweigerd, met de fout Client.LeerlingOngeldig", "refused, by the fault Client.LeerlingOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def onbekende_leerling(las: LasSession) -> None:
    """A result of nobody is not confirmed in silence."""
    bring(las, results(las, leerlingid=_UNKNOWN)).must_refuse_with(Foutcode.LEERLING_ONGELDIG, requirement="FC-05")


@case(
    "leerresultaten/versies/onbekende-versie",
    "VS-01",
    "FC-04",
    "FT-12",
    sends=("xsdversie 9.9", "xsdversie 9.9"),
    holds=("geweigerd, met de fout Client.XsdVersieOngeldig", "refused, by the fault Client.XsdVersieOngeldig"),
    writes=True,
    after=(DELIVERY,),
)
def onbekende_versie(las: LasSession) -> None:
    """A version that is not supported is refused by its own fault."""
    bring(las, results(las, xsdversie="9.9")).must_refuse_with(Foutcode.XSD_VERSIE_ONGELDIG, requirement="FC-04")


@case(
    "leerresultaten/fouten/score-met-komma",
    "LR-06",
    "FC-03",
    "FT-12",
    sends=("score 5.5", "score 5.5"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def score_met_komma(las: LasSession) -> None:
    """A score is a whole number."""
    edit = lambda body: body.replace(b"<score>5</score>", b"<score>5.5</score>")  # noqa: E731
    bring(las, results(las), edit=edit).must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


@case(
    "leerresultaten/fouten/onbekende-toetscode",
    "LR-07",
    "FC-03",
    "FT-12",
    sends=("een resultaat van een toets die niet in het bericht staat", "a result of a test that the message lacks"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def onbekende_toetscode(las: LasSession) -> None:
    """A result refers to a test of the same message."""
    bring(las, results(las, toetscode=_UNKNOWN)).must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


@case(
    "leerresultaten/fouten/dubbele-sleutel",
    "LR-08",
    "FC-03",
    "FT-12",
    sends=("tweemaal dezelfde resultaatsleutel in één bericht", "the same key of a result twice in one message"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def dubbele_sleutel(las: LasSession) -> None:
    """The key of a result is unique in the message."""
    bring(las, results(las, times=2)).must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


@case(
    "leerresultaten/fouten/zonder-aanmaakdatum",
    "LR-06",
    "FC-03",
    "FT-12",
    sends=("een bericht zonder aanmaakdatum", "a message without aanmaakdatum"),
    holds=_INVALID,
    writes=True,
    after=(DELIVERY,),
)
def zonder_aanmaakdatum(las: LasSession) -> None:
    """The aanmaakdatum is mandatory."""
    moment = re.compile(rb"<aanmaakdatum>[^<]*</aanmaakdatum>")
    bring(las, results(las), edit=lambda body: moment.sub(b"", body)).must_refuse_with(
        Foutcode.ONGELDIG_BERICHT, requirement="FC-03"
    )
