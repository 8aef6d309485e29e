"""The words of reports, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from uwlr.conformance.outcomes import Outcome, RunEnded, Verdict, fingerprint
from uwlr.conformance.report.grouped import unjudged
from uwlr.text import Lang, Text

GREEN: Final = Text("GROEN: alles is beoordeeld en in orde", "GREEN: everything was judged and is in order")
GREEN_IN_PART: Final = Text(
    "GROEN: wat beoordeeld is, is in orde; {unjudged} van {every} cases zijn niet beoordeeld",
    "GREEN: what was judged is in order; {unjudged} of {every} cases were not judged",
)
REMARKS: Final = Text(
    "GROEN: aan alles wat moet is voldaan; er zijn opmerkingen",
    "GREEN: all that is mandatory is met; there are remarks",
)
RED: Final = Text("ROOD: er zijn bevindingen", "RED: there are findings")
STOPPED: Final = Text("ROOD: niet uitgevoerd", "RED: not carried out")
NOTHING: Final = Text("ROOD: geen enkele case is geslaagd", "RED: not one case passed")
PLAN: Final = Text(
    "{cases} cases, ten hoogste {requests} verzoeken aan {system}",
    "{cases} cases, at most {requests} requests to {system}",
)
PLAN_EA: Final = Text(
    "{cases} cases, ongeveer {requests} verzoeken van {system}",
    "{cases} cases, about {requests} requests of {system}",
)
REQUIREMENT: Final = Text("eis", "requirement")
EXPECTED: Final = Text("verwacht", "expected")
ACTUAL: Final = Text("gezien", "seen")
SENT: Final = Text("gedaan", "done")
EVIDENCE: Final = Text("bewijs", "evidence")
REPEAT: Final = Text("herhalen", "repeat")
ACCEPTED: Final = Text("geaccepteerd", "accepted")
REASON: Final = Text("reden", "reason")
TOPIC: Final = Text("onderwerp", "topic")
SUMMARY: Final = Text("Samenvatting", "Summary")
MATRIX: Final = Text("Per eis", "By requirement")
CASES: Final = Text("Alle cases", "All cases")
NOT_TESTED: Final = Text("Eisen die niet te toetsen zijn", "Requirements that cannot be tested")
IN_ORDER: Final = Text("in orde", "in order")
HAS_FINDINGS: Final = Text("bevindingen", "findings")
HAS_REMARKS: Final = Text("opmerkingen", "remarks")
NOT_JUDGED: Final = Text("niet beoordeeld", "not judged")
JUDGED_IN_PART: Final = Text("deels beoordeeld", "judged in part")
IMPACT: Final = Text("gevolg", "impact")
REMEDY: Final = Text("wat te doen", "what to do")
BY_CAUSE: Final = Text("Bevindingen per oorzaak", "Findings by cause")
NOT_FROM_OUTSIDE: Final = Text("van buitenaf niet te zien", "cannot be seen from outside")
SETTINGS: Final = Text("Instellingen", "Settings")
FINGERPRINT: Final = Text("vingerafdruk van de oordelen", "fingerprint of the verdicts")
EXCHANGE: Final = Text("uitwisseling", "exchange")
SEVERITIES: Final = {
    "kritiek": Text("kritiek", "critical"),
    "hoog": Text("hoog", "high"),
    "middel": Text("middel", "medium"),
    "laag": Text("laag", "low"),
}
STRENGTHS: Final = {
    "must": Text("verplicht", "must"),
    "should": Text("aanbevolen", "should"),
    "may": Text("mag", "may"),
}
FINDINGS: Final = Text("Bevindingen", "Findings")
MEANINGS: Final = Text("Wat de oordelen betekenen", "What the verdicts mean")
REQUEST: Final = Text("verzoek", "request")
ANSWER: Final = Text("antwoord", "answer")
TITLE: Final = Text("UWLR-conformiteit", "UWLR conformance")
RUN_AT: Final = Text("uitgevoerd op", "run at")
REQUESTS: Final = Text("verzoeken", "requests")
ROLES: Final = {
    "LAS": Text("leerlingadministratie (LAS)", "student administration (LAS)"),
    "EA": Text("educatieve applicatie (EA)", "educational application (EA)"),
}
TOPICS: Final = {
    "leerlinggegevens/rooster": Text("Het hele rooster", "The whole roster"),
    "leerlinggegevens/getrapt": Text("Het rooster in stappen", "The roster in stages"),
    "leerlinggegevens/ontvangen": Text("Wat er sindsdien veranderde", "What changed since"),
    "leerlinggegevens/autorisatie": Text("Wie mag ophalen", "Who may fetch"),
    "leerlinggegevens/autorisatie/structuur": Text("Wie mag de structuur ophalen", "Who may fetch the structure"),
    "leerlinggegevens/autorisatie/leerlingen": Text("Wie mag leerlingen ophalen", "Who may fetch pupils"),
    "leerlinggegevens/autorisatie/leerkrachten": Text("Wie mag leerkrachten ophalen", "Who may fetch staff"),
    "leerlinggegevens/belasting": Text("Verzoeken tegelijk", "Requests at once"),
    "leerlinggegevens/fouten": Text("Verkeerde verzoeken", "Wrong requests"),
    "leerlinggegevens/versies": Text("Versies", "Versions"),
    "leerlinggegevens/profielen": Text("Niet meer gegevens dan afgesproken", "No more data than agreed"),
    "leerlinggegevens/transport": Text("Verbinding en beveiliging", "Connection and security"),
    "leerlinggegevens/vijandig": Text("Bestand tegen kwaadwillenden", "Proof against abuse"),
    "leerresultaten/bezorging": Text("Resultaten bezorgen", "Bringing results"),
    "leerresultaten/autorisatie": Text("Wie mag resultaten brengen", "Who may bring results"),
    "leerresultaten/fouten": Text("Verkeerde resultaten", "Wrong results"),
    "leerresultaten/versies": Text("Versies van resultaten", "Versions of results"),
    "leerresultaten/transport": Text("Verbinding voor resultaten", "Connection for results"),
    "leerresultaten/vijandig": Text("Resultaten van kwaadwillenden", "Hostile results"),
    "uitwisseling/fouten": Text("Hoe een weigering eruitziet", "What a refusal looks like"),
    "uitwisseling/privacy": Text("Persoonsgegevens buiten het bericht", "Personal data outside the message"),
    "uitwisseling/vorm": Text("De vorm van elk antwoord", "The form of every answer"),
    "toepassing/roosters": Text("Roosters lezen", "Reading rosters"),
    "toepassing/verzoeken": Text("Verzoeken van de toepassing", "Requests of the application"),
    "toepassing/antwoorden": Text("Omgaan met antwoorden", "How answers are taken"),
    "toepassing/leerlingen": Text("Leerlingen die wisselen", "Pupils who change"),
    "toepassing/fouten": Text("Omgaan met fouten", "How faults are taken"),
    "toepassing/resultaten": Text("Resultaten van de toepassing", "Results of the application"),
}
VERDICTS: Final = {
    Verdict.PASS: Text("geslaagd", "pass"),
    Verdict.FAIL: Text("gefaald", "fail"),
    Verdict.WARN: Text("waarschuwing", "warn"),
    Verdict.SKIP: Text("overgeslagen", "skip"),
    Verdict.NOT_SUPPORTED: Text("niet ondersteund", "not-supported"),
    Verdict.ERROR: Text("fout in de suite", "error"),
}


def conclusion(ended: RunEnded, lang: Lang) -> str:
    """Say in one line what the run came to."""
    if ended.stopped is not None:
        return f"{STOPPED.at(lang)}: {ended.stopped.at(lang)}"
    if ended.green:
        if any(outcome.actual is not None for outcome in ended.outcomes):
            return REMARKS.at(lang)
        without = unjudged(ended.outcomes)
        values = {"unjudged": str(without), "every": str(len(ended.outcomes))}
        return GREEN_IN_PART.fill(lang, values) if without else GREEN.at(lang)
    passed = any(outcome.verdict is Verdict.PASS for outcome in ended.outcomes)
    return (RED if passed else NOTHING).at(lang)


def fingerprint_of(ended: RunEnded) -> str:
    """The fingerprint of the verdicts: a report and a bundle of the same run share it."""
    return fingerprint((outcome.case.id, outcome.verdict) for outcome in ended.outcomes)


def counts(outcomes: Iterable[Outcome], lang: Lang) -> str:
    """Count the verdicts, in one line."""
    found = Counter(outcome.verdict for outcome in outcomes)
    return ", ".join(f"{found[verdict]} {VERDICTS[verdict].at(lang)}" for verdict in Verdict if found[verdict])


def standing(outcomes: Sequence[Outcome]) -> tuple[Text, Verdict]:
    """Say how a topic stands, in a word and the verdict that gives it its colour."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if any(outcome.red for outcome in outcomes):
        return HAS_FINDINGS, Verdict.FAIL
    if verdicts & {Verdict.FAIL, Verdict.WARN}:
        return HAS_REMARKS, Verdict.WARN
    if Verdict.PASS not in verdicts:
        return NOT_JUDGED, Verdict.SKIP
    return (JUDGED_IN_PART, Verdict.SKIP) if unjudged(outcomes) else (IN_ORDER, Verdict.PASS)
