"""The words of reports, in both languages."""

from __future__ import annotations

from typing import Final

from uwlr.conformance.model import Lang, RunEnded, Text, Verdict

GREEN: Final = Text("GROEN: geen bevindingen", "GREEN: no findings")
RED: Final = Text("ROOD: er zijn bevindingen", "RED: there are findings")
NOTHING: Final = Text("ROOD: geen enkele case is geslaagd", "RED: not one case passed")
PLAN: Final = Text(
    "{cases} cases, ten hoogste {requests} verzoeken aan {system}",
    "{cases} cases, at most {requests} requests to {system}",
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
MATRIX: Final = Text("Alle cases", "All cases")
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
    if ended.green:
        return GREEN.at(lang)
    passed = any(outcome.verdict is Verdict.PASS for outcome in ended.outcomes)
    return (RED if passed else NOTHING).at(lang)


def counts(ended: RunEnded, lang: Lang) -> str:
    """Count the verdicts, in one line."""
    found = {verdict: sum(1 for o in ended.outcomes if o.verdict is verdict) for verdict in Verdict}
    return ", ".join(f"{number} {VERDICTS[verdict].at(lang)}" for verdict, number in found.items() if number)
