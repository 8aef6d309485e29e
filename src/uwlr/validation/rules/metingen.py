"""Results of pupils.

Source: UWLR 2.2, UWLR_Leerresultaten and the protocol Leerresultatenoverdracht; OSO 2019.1.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from uwlr.berichten import OsoResultaat, Resultaat, Toetsafname, leerresultaten
from uwlr.paths import Path
from uwlr.validation import days
from uwlr.validation.key_index import Index, item_path
from uwlr.validation.oso_lists import OSO_REFERENTIESCORES, OSO_VERGELIJKINGSGROEPEN
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import AT_KEY, END, ERROR, WARNING, Example, Hits, hit, rule
from uwlr.validation.sample_messages import ECKID

_XSD: Final = "leerresultaten"
_PROTOCOL: Final = Source("UWLR 2.2", "protocol Leerresultatenoverdracht, content checks")
_MATCH: Final = Source("UWLR 2.2", "leerlingid is the leerling/@key of the roster")


@rule(
    "LR-101",
    on=END,
    layer="xsd",
    severity=ERROR,
    source=Source("UWLR 2.2", f"{_XSD}, key kResultaat"),
    nl="{where} heeft key '{value}', die een ander resultaat in dit bericht ook heeft",
    en="{where} has key '{value}', which another result of this message has too",
    remedy_nl="Geef elk resultaat een eigen key, uniek in het hele bericht en bij opnieuw sturen dezelfde.",
    remedy_en="Give each result a key of its own, unique in the whole message and the same when sent again.",
    example=Example("resultaten", 'key="r2"', 'key="r1"'),
)
def resultaat_heeft_eigen_key(index: Index) -> Hits:
    """The key is unique across pupils."""
    for double in index.doubles:
        if double.kind == "resultaat":
            yield hit(item_path("resultaat", double.number) + AT_KEY, double.key, personal=True)


@rule(
    "LR-106",
    on=Toetsafname,
    severity=WARNING,
    source=Source("UWLR 2.2", "resultaat/@key is the only handle on a result sent before", "inferred"),
    nl="{where} had in een eerder bericht een andere key; de ontvanger ziet een nieuw resultaat",
    en="{where} had another key in an earlier message; the receiver sees a new result",
    remedy_nl="Leid de key af van leerling, toets en afname, zodat hij bij opnieuw sturen dezelfde is.",
    remedy_en="Derive the key from pupil, test and occasion, so that it is the same when sent again.",
    example=Example("resultaten", 'key="r2"', 'key="r2b"', option="vorige"),
)
def key_blijft_gelijk(afname: Toetsafname, index: Index) -> Hits:
    """Needs an earlier message as context."""
    earlier = index.earlier
    if not earlier:
        return
    for number, r in enumerate(afname.resultaten, 1):
        before = earlier.get((afname.leerlingid, r.toetscode, r.toetsonderdeelcode, r.afnamedatum))
        if before is not None and before != r.key:
            yield hit(Path.of("resultaten", ("resultaat", number)) + AT_KEY, r.key, personal=True)


@rule(
    "LR-201",
    on=END,
    layer="xsd",
    severity=ERROR,
    source=Source("UWLR 2.2", f"{_XSD}, keyref krAfnameToets"),
    nl="{where} noemt toetscode '{value}', maar dit bericht heeft geen toets met die code",
    en="{where} names toetscode '{value}', but this message has no toets of that code",
    remedy_nl="Neem de toets op onder toetsen, of corrigeer de toetscode van het resultaat.",
    remedy_en="Put the toets under toetsen, or correct the toetscode of the result.",
    example=Example(
        "resultaten", "<toetscode>T2</toetscode>\n          <oso", "<toetscode>T9</toetscode>\n          <oso"
    ),
)
def toetscode_bestaat(index: Index) -> Hits:
    """Every result belongs to a test of the same message."""
    for (code, _), scores in index.uses.items():
        if isinstance(code, str) and (code, None) not in index.toetsen:
            for places in scores.values():
                for place in places:
                    yield hit(item_path("resultaat", place).child("toetscode"), code)


@rule(
    "LR-202",
    on=END,
    severity=ERROR,
    source=Source("UWLR 2.2", f"{_XSD}, toetsonderdeelcode (no constraint in the schema)", "inferred"),
    nl="{where} noemt toetsonderdeelcode '{value}', maar toets '{toets}' heeft dat onderdeel niet",
    en="{where} names toetsonderdeelcode '{value}', but toets '{toets}' has no such part",
    remedy_nl=(
        "Neem het onderdeel op bij de toets, of laat toetsonderdeelcode weg voor een resultaat van de hele toets."
    ),
    remedy_en="Add the part to the toets, or leave toetsonderdeelcode out for a result of the whole test.",
    example=Example(
        "resultaten",
        "<toetsonderdeelcode>D1</toetsonderdeelcode>\n          <score>",
        "<toetsonderdeelcode>D9</toetsonderdeelcode>\n          <score>",
    ),
)
def toetsonderdeelcode_bestaat(index: Index) -> Hits:
    """A result of a part belongs to a part of that test."""
    for (code, part), scores in index.uses.items():
        if isinstance(part, str) and (code, None) in index.toetsen and (code, part) not in index.toetsen:
            for places in scores.values():
                for place in places:
                    yield hit(item_path("resultaat", place).child("toetsonderdeelcode"), part, toets=code)


@rule(
    "LR-304",
    on=END,
    severity=WARNING,
    source=Source("UWLR 2.2", f"{_XSD}, norm: a score is shown by the norm that holds it", "inferred"),
    nl="score {value} van {where} valt buiten alle normen van toets '{toets}'",
    en="score {value} of {where} is outside every norm of toets '{toets}'",
    remedy_nl="Laat de normen alle scores dekken die mogelijk zijn.",
    remedy_en="Let the norms cover every score that is possible.",
    example=Example("resultaten", "<score>7</score>", "<score>11</score>", "<score>10</score>"),
)
def score_valt_in_een_norm(index: Index) -> Hits:
    """A receiver shows the term of the norm; without one there is nothing to show."""
    for (code, part), scores in index.uses.items():
        known = index.toetsen.get((code, part))
        if known is None:
            continue
        for score, places in scores.items():
            if score is not None and not known.covers(score):
                for place in places:
                    yield hit(item_path("resultaat", place).child("score"), str(score), toets=code)


@rule(
    "LR-402",
    on=Resultaat,
    severity=ERROR,
    source=Source("UWLR 2.2", f"{_XSD}, afnamedatum: any date to the schema", "inferred"),
    nl="afnamedatum {value} van {where} ligt in de toekomst",
    en="afnamedatum {value} of {where} is in the future",
    remedy_nl="Stuur de dag waarop de toets is gemaakt.",
    remedy_en="Send the day on which the test was taken.",
    example=Example("resultaten", "<afnamedatum>2026-10-16", "<afnamedatum>2027-03-16"),
)
def afnamedatum_is_geweest(resultaat: Resultaat, index: Index) -> Hits:
    """Nobody has a result of a test that is still to come."""
    day = days.ordinal(resultaat.afnamedatum)
    if day is not None and day > index.today:
        yield hit("afnamedatum", days.text(resultaat.afnamedatum))


@rule(
    "LR-403",
    on=Resultaat,
    severity=WARNING,
    source=Source("UWLR 2.2", f"{_XSD}, school/schooljaar", "inferred"),
    nl="afnamedatum {value} van {where} valt buiten schooljaar {schooljaar} van het bericht",
    en="afnamedatum {value} of {where} is outside school year {schooljaar} of the message",
    remedy_nl="Stuur resultaten van een ander schooljaar in een bericht van dat jaar.",
    remedy_en="Send results of another school year in a message of that year.",
    example=Example("resultaten", "<afnamedatum>2026-10-16", "<afnamedatum>2026-06-16"),
)
def afnamedatum_in_schooljaar(resultaat: Resultaat, index: Index) -> Hits:
    """A school year runs from 1 August to 31 July."""
    day = days.ordinal(resultaat.afnamedatum)
    if day is not None and day <= index.today and index.outside_year(day):
        yield hit("afnamedatum", days.text(resultaat.afnamedatum), schooljaar=index.schooljaar)


@rule(
    "LR-404",
    on=Resultaat,
    severity=WARNING,
    source=Source("OSO 2019.1", "list 11, codereferentiescore"),
    nl="codereferentiescore '{value}' van {where} staat niet in lijst 11 van OSO",
    en="codereferentiescore '{value}' of {where} is not in list 11 of OSO",
    remedy_nl="Kies een code van de lijst, zoals DLE, Stanine of T-score.",
    remedy_en="Choose a code from the list, such as DLE, Stanine or T-score.",
    example=Example("resultaten", "codereferentiescore>DLE<", "codereferentiescore>XYZ<"),
)
def codereferentiescore_is_bekend(resultaat: Resultaat, _: Index) -> Hits:
    """UWLR carries the codes of OSO without their list."""
    uitkomst = resultaat.uitkomst
    if isinstance(uitkomst, OsoResultaat):
        for number, score in enumerate(uitkomst.referentiescore, 1):
            code = score.codereferentiescore
            if isinstance(code, str) and code not in OSO_REFERENTIESCORES:
                yield hit(Path.of("osoresultaat", ("referentiescore", number), "codereferentiescore"), code)


@rule(
    "LR-405",
    on=Resultaat,
    severity=WARNING,
    source=Source("OSO 2019.1", "list 22, codevergelijkingsgroep"),
    nl="codevergelijkingsgroep '{value}' van {where} staat niet in lijst 22 van OSO",
    en="codevergelijkingsgroep '{value}' of {where} is not in list 22 of OSO",
    remedy_nl="Kies een code van de lijst: BB+, BB, KB, GT, HAVO, VWO of Landelijk.",
    remedy_en="Choose a code from the list: BB+, BB, KB, GT, HAVO, VWO or Landelijk.",
    example=Example("resultaten", "groep>Landelijk<", "groep>Nederland<"),
)
def codevergelijkingsgroep_is_bekend(resultaat: Resultaat, _: Index) -> Hits:
    """UWLR carries the codes of OSO without their list."""
    uitkomst = resultaat.uitkomst
    if isinstance(uitkomst, OsoResultaat):
        for number, score in enumerate(uitkomst.referentiescore, 1):
            code = score.codevergelijkingsgroep
            if isinstance(code, str) and code not in OSO_VERGELIJKINGSGROEPEN:
                yield hit(Path.of("osoresultaat", ("referentiescore", number), "codevergelijkingsgroep"), code)


_is_web_address = re.compile(
    r"https?://(?:[^\s/?#@:\[\]]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE
).fullmatch


@rule(
    "LR-407",
    on=Resultaat,
    severity=WARNING,
    source=Source("UWLR 2.2", f"{_XSD}, infourl: where the receiver sends the user to", "inferred"),
    nl="infourl van {where} is geen volledig adres dat met http:// of https:// begint",
    en="infourl of {where} is not a full address that starts with http:// or https://",
    remedy_nl="Stuur het hele webadres, met https:// en de naam van de site.",
    remedy_en="Send the whole web address, with https:// and the name of the site.",
    example=Example("resultaten", "https://toetsen.example/r1", "/r1", "http://toetsen.example/r1"),
)
def infourl_is_volledig(resultaat: Resultaat, _: Index) -> Hits:
    """A receiver opens it as it is; anything but http and https is also a risk."""
    if resultaat.infourl is not None and not _is_web_address(resultaat.infourl):
        yield hit("infourl", resultaat.infourl, personal=True)


@rule(
    "LR-408",
    on=leerresultaten.School,
    severity=ERROR,
    source=_PROTOCOL,
    nl="aanmaakdatum {value} is niet later dan die van het vorige bericht ({vorige})",
    en="aanmaakdatum {value} is not later than that of the previous message ({vorige})",
    remedy_nl="Geef elk bericht de tijd waarop het is gemaakt; een ontvanger weigert anders het hele bericht.",
    remedy_en="Give each message the time at which it was made; else a receiver refuses all of it.",
    example=Example("resultaten", "2026-11-20T20:00:00Z", "2026-11-18T20:00:00Z", option="vorige"),
)
def aanmaakdatum_na_vorige(school: leerresultaten.School, index: Index) -> Hits:
    """Needs the previous message as context; a moment without a time zone is compared only with another such."""
    vorige = index.context.vorige
    if vorige is None:
        return
    now, then = school.aanmaakdatum, vorige.school.aanmaakdatum
    if isinstance(now, datetime) and isinstance(then, datetime) and _comparable(now, then) and now <= then:
        yield hit("aanmaakdatum", now.isoformat(), vorige=then.isoformat())


def _comparable(one: datetime, other: datetime) -> bool:
    return (one.tzinfo is None) == (other.tzinfo is None)


@rule(
    "LR-204",
    on=Toetsafname,
    severity=ERROR,
    source=_MATCH,
    nl="leerlingid '{value}' van {where} komt niet voor in de gegeven leerlinggegevens",
    en="leerlingid '{value}' of {where} does not occur in the given leerlinggegevens",
    remedy_nl="Haal de leerlinggegevens opnieuw op; gebruik de key die het LAS gaf, niet een eigen nummer.",
    remedy_en="Fetch the leerlinggegevens again; use the key that the LAS gave, not a number of your own.",
    example=Example(
        "resultaten",
        f"<leerlingid>l1</leerlingid>\n      <eckid>{ECKID}</eckid>",
        "<leerlingid>l9</leerlingid>",
        option="rooster",
    ),
)
def leerlingid_is_bekend(afname: Toetsafname, index: Index) -> Hits:
    """Needs the roster as context."""
    roster = index.roster
    if roster is not None and isinstance(afname.leerlingid, str) and afname.leerlingid not in roster:
        yield hit("leerlingid", afname.leerlingid, personal=True)


@rule(
    "LR-205",
    on=Toetsafname,
    severity=ERROR,
    source=_MATCH,
    nl="eckid en leerlingid van {where} horen volgens de leerlinggegevens bij verschillende leerlingen",
    en="eckid and leerlingid of {where} belong to different pupils according to the leerlinggegevens",
    remedy_nl="Zoek uit welke leerling de toets maakte, en stuur diens key en eckid.",
    remedy_en="Find out which pupil took the test, and send the key and eckid of that one.",
    example=Example("resultaten", f"<eckid>{ECKID}", f"<eckid>{ECKID[:-1]}0", option="rooster"),
)
def eckid_hoort_bij_leerlingid(afname: Toetsafname, index: Index) -> Hits:
    """Needs the roster as context; a pupil without eckid there contradicts nothing."""
    roster = index.roster
    if roster is not None and isinstance(afname.leerlingid, str) and isinstance(afname.eckid, str):
        known = roster.get(afname.leerlingid)
        if known is not None and known != afname.eckid:
            yield hit("eckid", afname.eckid, personal=True)
