"""What changed since: laatstontvangengegevens, and the two empty answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, OlderStep, Unmet
from uwlr.conformance.session import ROSTER, LasSession, Reply, same
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_DAYS: Final = (1, 7, 30, 90, 180, 365)
_ZONES: Final = (timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8)))
_LISTS: Final = ("leerlingen", "leerkrachten", "groepen")
Either = (GeenWijzigingen, Leerlinggegevens)


def _since(las: LasSession, moment: datetime) -> Reply:
    return las.ask(las.verzoek(laatstontvangengegevens=moment))


def _last_change(las: LasSession) -> datetime | None:
    """The latest mutatiedatum of the roster that lies in the past, if any."""
    roster = las.roster()
    found = [item.mutatiedatum for name in _LISTS for item in getattr(roster, name)]
    zoned = [one for one in found if isinstance(one, datetime) and one.tzinfo is not None and one < las.line.now()]
    return max(zoned, default=None)


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
    reply = _since(las, las.line.now())
    if not isinstance(reply.must_hold(Either), GeenWijzigingen):
        raise Unmet(reply.described(), requirement="LO-02")


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
    _must_be_whole(las, _since(las, _LONG_AGO).must_hold(Leerlinggegevens))


@case(
    "leerlinggegevens/ontvangen/verschillen",
    "LO-03",
    "LO-01",
    "LO-08",
    sends=(
        "verzoeken met laatstontvangengegevens van een dag tot een jaar geleden",
        "requests with laatstontvangengegevens of a day to a year ago",
    ),
    holds=(
        "geenwijzigingen, of het hele rooster; wat een mutatiedatum noemt is een wijziging",
        "geenwijzigingen, or the whole roster; what a mutatiedatum names is a change",
    ),
    shares=(ROSTER,),
    requests=len(_DAYS),
    after=(NORMAL,),
)
def verschillen(las: LasSession) -> None:
    """A difference instead of the whole makes an application take away everybody who did not change."""
    now, last = las.line.now(), _last_change(las)
    changed = False
    for days in _DAYS:
        moment = now - timedelta(days=days)
        inhoud = _since(las, moment).must_hold(Either, requirement="LO-01")
        if isinstance(inhoud, Leerlinggegevens):
            _must_be_whole(las, inhoud)
        elif changed or (last is not None and last > moment):
            actual = Text(
                f"geenwijzigingen sinds {days} dagen geleden, en toch is er later iets gewijzigd",
                f"geenwijzigingen since {days} days ago, and yet something changed later",
            )
            raise Unmet(actual, requirement="LO-08")
        changed = changed or isinstance(inhoud, Leerlinggegevens)


def _must_be_whole(las: LasSession, inhoud: Leerlinggegevens) -> None:
    whole = las.roster()
    for name in _LISTS:
        everyone, got = ({item.key for item in getattr(roster, name)} for roster in (whole, inhoud))
        missing = len(everyone - got)
        actual = Text(
            f"{missing} van {len(everyone)} {name} ontbreken", f"{missing} of {len(everyone)} {name} are missing"
        )
        same(missing, 0, actual=actual, requirement="LO-03")


@case(
    "leerlinggegevens/ontvangen/tijdzones",
    "LO-06",
    "LO-07",
    "LO-03",
    sends=(
        "hetzelfde ogenblik in drie tijdzones, net voor en net na de laatste wijziging",
        "the same instant in three time zones, just before and just after the last change",
    ),
    holds=("het antwoord is steeds hetzelfde", "the answer is the same each time"),
    shares=(ROSTER,),
    requests=9,
    after=(NORMAL,),
)
def tijdzones(las: LasSession) -> None:
    """A moment is an instant, however it is written."""
    now, last = las.line.now(), _last_change(las)
    moments = [now] if last is None else [last - timedelta(minutes=5), last + timedelta(minutes=5)]
    for moment in moments:
        kinds = {}
        for zone in (UTC, *_ZONES):
            inhoud = _since(las, moment.astimezone(zone)).must_hold(Either, requirement="LO-06")
            kinds[type(inhoud)] = zone
            if isinstance(inhoud, Leerlinggegevens):
                _must_be_whole(las, inhoud)
        if len(kinds) > 1:
            actual = Text("per schrijfwijze een ander antwoord", "another answer for another way of writing it")
            raise Unmet(actual, requirement="LO-06")
    fraction = (now - timedelta(days=1)).replace(microsecond=123000)
    _since(las, fraction).must_hold(Either, requirement="LO-07")
    late = (last or now) + timedelta(hours=27)
    if last is not None and late < now:
        inhoud = _since(las, late.replace(tzinfo=None)).must_hold(Either, requirement="LO-06")
        zoned = _since(las, late).must_hold(Either, requirement="LO-06")
        same(
            type(inhoud),
            type(zoned),
            actual=Text(
                "zonder tijdzone een ander antwoord, een dag later", "another answer without a zone, a day later"
            ),
            requirement="LO-06",
        )


@case(
    "leerlinggegevens/ontvangen/zonder-tijdzone",
    "LO-04",
    sends=("laatstontvangengegevens zonder tijdzone", "laatstontvangengegevens without a time zone"),
    holds=("een gewoon antwoord", "an ordinary answer"),
    after=(NORMAL,),
)
def zonder_tijdzone(las: LasSession) -> None:
    """The zone of a dateTime is optional."""
    _since(las, (las.line.now() - timedelta(days=1)).replace(tzinfo=None)).must_hold(Either)


@case(
    "leerlinggegevens/ontvangen/ongeldige-datum",
    "FT-02",
    "FC-03",
    "FT-12",
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
    reply.must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")


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
