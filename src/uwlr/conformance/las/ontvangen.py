"""What changed since: laatstontvangengegevens, and the two empty answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, OlderStep, Unmet
from uwlr.conformance.session import ROSTER, LasSession, same
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@case(
    "leerlinggegevens/ontvangen/nu",
    "LO-01",
    "LO-02",
    sends=("een verzoek met laatstontvangengegevens = nu", "a request with laatstontvangengegevens = now"),
    holds=("het antwoord is geenwijzigingen", "the answer is geenwijzigingen"),
    after=(NORMAL,),
)
def nu(las: LasSession) -> None:
    """Nothing changed since now; a LAS that sends everything is no use to a poller, but harms nobody."""
    reply = las.ask(las.verzoek(laatstontvangengegevens=_now()))
    inhoud = reply.must_hold((GeenWijzigingen, Leerlinggegevens))
    if not isinstance(inhoud, GeenWijzigingen):
        raise Unmet(reply.described(), lenient=True)


@case(
    "leerlinggegevens/ontvangen/lang-geleden",
    "LO-03",
    sends=(
        "een verzoek met laatstontvangengegevens in het jaar 2000",
        "a request with laatstontvangengegevens in the year 2000",
    ),
    holds=("het hele rooster, nooit alleen de verschillen", "the whole roster, never the differences alone"),
    shares=(ROSTER,),
    after=(NORMAL,),
)
def lang_geleden(las: LasSession) -> None:
    """What changed comes as the full set."""
    everyone = len(las.roster().leerlingen)
    got = len(las.ask(las.verzoek(laatstontvangengegevens=_LONG_AGO)).must_hold(Leerlinggegevens).leerlingen)
    same(got, everyone, actual=Text(f"{got} van {everyone} leerlingen", f"{got} of {everyone} pupils"))


@case(
    "leerlinggegevens/ontvangen/zonder-tijdzone",
    "LO-04",
    sends=("laatstontvangengegevens zonder tijdzone", "laatstontvangengegevens without a time zone"),
    holds=("een gewoon antwoord", "an ordinary answer"),
    after=(NORMAL,),
)
def zonder_tijdzone(las: LasSession) -> None:
    """The zone of a dateTime is optional."""
    moment = (_now() - timedelta(days=1)).replace(tzinfo=None)
    las.ask(las.verzoek(laatstontvangengegevens=moment)).must_hold((GeenWijzigingen, Leerlinggegevens))


@case(
    "leerlinggegevens/ontvangen/ongeldige-datum",
    "FT-02",
    sends=("laatstontvangengegevens van 31 februari", "laatstontvangengegevens on 31 February"),
    holds=("de fout Client.OngeldigBericht", "the fault Client.OngeldigBericht"),
    after=(NORMAL,),
    older=OlderStep(
        "LAS-LG-F01 Invalide datum",
        Text(
            "welgevormd, met een datum die niet bestaat; de oude stap sloot een element niet",
            "well-formed, with a date that does not exist; the old step left an element open",
        ),
    ),
)
def ongeldige_datum(las: LasSession) -> None:
    """A date that does not exist is no valid message."""
    verzoek = las.verzoek(laatstontvangengegevens=_LONG_AGO)
    reply = las.ask(verzoek, edit=lambda body: body.replace(b"2000-01-01T", b"2000-02-31T"))
    reply.must_be_fault(Foutcode.ONGELDIG_BERICHT)


@case(
    "leerlinggegevens/ontvangen/leeg",
    "LO-05",
    sends=("een verzoek om wat er niet is, zoals [leeg] het noemt", "a request for what is not there, by [leeg]"),
    holds=("het antwoord is geengegevens", "the answer is geengegevens"),
    after=(NORMAL,),
)
def leeg(las: LasSession) -> None:
    """Nothing found is an ordinary answer, no fault and no empty roster."""
    if las.config.leeg is None:
        raise Absent(Text("[leeg] is niet ingevuld", "[leeg] is not given"))
    las.ask(las.verzoek(**las.config.leeg.named())).must_hold(GeenGegevens)
