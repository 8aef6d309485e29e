"""What a plan says to the people of a school, in Dutch: from data to words, for the page, the shell and the mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from uwlr.exchange.field_rules import ref_of
from uwlr.exchange.guards import GUARDS
from uwlr.exchange.leden import Gegevens, Soort
from uwlr.exchange.plan import Plan, Refused, Weigering
from uwlr.exchange.plan_rows import NEEDED, Aard, Alarm, Kandidaat, Rij, Telling, Waarschuwing, Weg
from uwlr.exchange.roster_rows import Melding, Oddity, is_dummy

if TYPE_CHECKING:
    from uwlr.exchange.applying import Gedaan

TABS: Final[dict[Soort, str]] = {"groep": "Groepen", "leerkracht": "Leerkrachten", "leerling": "Leerlingen"}

KIND: Final[Mapping[Aard, str]] = {
    "eerste import": "Eerste import: alles is nieuw.",
    "jaarwisseling": "Jaarwisseling: de groepen van vorig jaar gaan dicht, wie vertrokken is staat op een lijst.",
    "wijzigingen": "Wijzigingen sinds de vorige import.",
}

_ODD: Final[Mapping[Oddity, str]] = {
    "onleesbaar": "{veld} is niet te lezen",
    "verwijzing": "verwijst naar een groep die niet in de gegevens staat",
    "beschadigd": "{veld} lijkt beschadigd",
    "e-mailadres": "het e-mailadres uit het LAS is er geen",
    "dubbel e-mailadres": "een ander heeft hetzelfde e-mailadres",
}


def counted(telling: Telling) -> str:
    """Say in words how many rows there are of each kind (R10)."""
    parts = [f"{telling.nieuw} nieuw", f"{telling.te_wijzigen} te wijzigen", f"{telling.ongewijzigd} ongewijzigd"]
    more = {
        "niet importeren": telling.niet_importeren,
        "conflict": telling.conflict,
        "te deactiveren": telling.deactiveren,
    }
    return ", ".join(parts + [f"{count} {word}" for word, count in more.items() if count])


def rows(count: int) -> str:
    """Say how many rows."""
    return "1 rij" if count == 1 else f"{count} rijen"


def need(rij: Rij) -> int:
    """Say how much a row needs a person: those that wait first, those without change last."""
    if rij.open:
        return 0 if rij.keuze == "conflict" else 1
    if rij.meldingen:
        return 2
    if rij.keuze == "bestaand":
        return 4 if rij.wijzigt else 6
    return 3 if rij.keuze == "nieuw" else 5


def group_names(plan: Plan) -> dict[tuple[str, str], str]:
    """Give the names of the groups that a plan knows, by bron and key."""
    found: dict[tuple[str, str], str] = {}
    for weg in plan.groepen_weg:
        if weg.gegevens is not None:
            found[weg.gegevens.bron or "", weg.gegevens.key or ""] = weg.label
    for rij in plan.of("groep"):
        for g in (rij.was, rij.gegevens):
            if g is not None and g.naam:
                found[g.bron or "", g.key or ""] = g.naam
                found.setdefault(("", g.key or ""), g.naam)
    return found


def details(gegevens: Gegevens | None, groups: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Give what a person judges by: group, birth date, jaargroep, number, dates of enrolment."""
    if gegevens is None:
        return {}
    refs = [ref_of(gegevens, ref) for ref in gegevens.groepen]
    names = [groups.get((bron, key)) or groups.get(("", key)) or key for bron, key in refs]
    said = {
        "Groep": ", ".join(names),
        "Geboren": gegevens.geboortedatum or "",
        "Jaar": gegevens.jaargroep or "",
        "Nummer": gegevens.key or "",
        "E-mail": gegevens.emailadres or "",
        "Vanaf": gegevens.instroomdatum or "",
        "Tot": gegevens.uitstroomdatum or "",
    }
    return {kop: value for kop, value in said.items() if value}


def in_line(gegevens: Gegevens | None, groups: Mapping[tuple[str, str], str]) -> str:
    """Give the same as one text."""
    words = {"Geboren": "geb. ", "Jaar": "jaargroep ", "Nummer": "nr. ", "Vanaf": "vanaf ", "Tot": "tot "}
    return ", ".join(f"{words.get(kop, '')}{value}" for kop, value in details(gegevens, groups).items())


def why(rij: Rij) -> str:
    """Say why a row is what it is, what is needed to decide, and what is odd about it."""
    needed = NEEDED.get(rij.reden, "") if rij.keuze == "conflict" or rij.outside else ""
    parts = [rij.reden + (f" ({needed})" if needed else "")]
    if rij.dubbel and rij.keuze == "conflict":
        parts.append("zie rij " + " en ".join(map(str, rij.dubbel)))
    if rij.incomplete:
        parts.append("e-mailadres ontbreekt")
    if is_dummy(rij.gegevens.key):
        parts.append("voorlopige sleutel: resultaten wachten")
    parts += [odd(melding) for melding in rij.meldingen]
    return "; ".join(parts)


def odd(melding: Melding) -> str:
    """Say what is odd about a row."""
    return _ODD[melding.wat].format(veld=melding.veld)


def who(kandidaat: Kandidaat, groups: Mapping[tuple[str, str], str]) -> str:
    """Say who may be meant, and what speaks for it."""
    known = in_line(kandidaat.gegevens, groups)
    extra = [known] if known else []
    if not kandidaat.actief:
        extra.append("inactief")
    if kandidaat.rij is not None:
        extra.append(f"is rij {kandidaat.rij}")
    return f"{kandidaat.label} ({kandidaat.waarom})" + (f" [{'; '.join(extra)}]" if extra else "")


def gone(weg: Weg) -> str:
    """Say who is gone, and from which group."""
    return f"{weg.label} ({weg.groepsnaam})" if weg.groepsnaam else weg.label


def alarm_text(alarm: Alarm) -> str:
    """Say what is strange, and what the import would have done."""
    guard = GUARDS[alarm.wat]
    return f"{guard.strange.format(aantal=alarm.aantal, van=alarm.van)}. {guard.would}"


def warning_text(warning: Waarschuwing, plan: Plan) -> str:
    """Say what a choice brings with it."""
    label = plan.row(warning.rij).gegevens.label
    if warning.wat == "groep weggelaten":
        return (
            f"Groep {label} wordt niet geimporteerd, {warning.aantal} leerlingen ervan wel: zij komen zonder die groep."
        )
    return f"Groep {label} wordt geimporteerd, {warning.aantal} leerlingen ervan niet."


_REFUSED: Final[Mapping[Weigering, str]] = {
    "geen e-mailadres": "dat is geen e-mailadres; schrijf het als naam@school.nl",
    "niemand gekozen": "kies wie het is",
    "al een andere rij": "rij {andere} is deze bekende al; zeg dat u het zeker weet als zij dezelfde zijn",
    "ECK-iD bekend": "dit ECK-iD is al bekend; kies wie het is, of verwijder de oude nummers",
    "vergeten": "deze leerling is vergeten; `uwlr persoon toelaten` laat een volgende import de leerling weer brengen",
    "dezelfde persoon": "rij {andere} is deze persoon al; zet er een op niet importeren, of zeg dat het er twee zijn",
}


def refusal_text(refused: Refused) -> str:
    """Say why a choice was refused."""
    return f"Rij {refused.rij}: {_REFUSED[refused.wat].format(andere=refused.andere)}."


def change_in_words(done: Gedaan) -> str:
    """Say what was there before and what came, field by field."""
    said = []
    for name in done.velden:
        if name == "actief":
            said.append("weer actief" if done.na is not None else "niet meer actief")
            continue
        before, after = (_value(gegevens, name) for gegevens in (done.voor, done.na))
        said.append(f"{name}: {before or '-'} -> {after or '-'}")
    return "; ".join(said)


def _value(gegevens: Gegevens | None, name: str) -> str:
    value = getattr(gegevens, name, None)
    if isinstance(value, tuple):
        return ", ".join(ref if isinstance(ref, str) else ref[1] for ref in value)
    return value or ""


def verdict(plan: Plan) -> str:
    """Say whether the plan can be applied."""
    if plan.open_rows:
        return f"Nog te beslissen of aan te vullen: {rows(len(plan.open_rows))}."
    if plan.guarded:
        return "Tegengehouden: " + " ".join(alarm_text(alarm) for alarm in plan.alarms)
    if plan.waits:
        more = "Klaar om toe te passen, maar er" if plan.changes else "Er"
        return (
            f"{more} wacht een besluit over {len(plan.vertrokken)} vertrokken leerlingen; tot dan blijven zij actief."
        )
    return "Klaar om toe te passen." if plan.changes else "Er verandert niets."


def lists(plan: Plan) -> list[tuple[str, list[str]]]:
    """Give the lists of who is not in the rosters: what happens to them, and who they are."""
    decided = {None: "besluit nodig", "deactiveren": "worden gedeactiveerd", "laten staan": "blijven actief"}
    zomer = [weg for weg in plan.weg if weg.zomer]
    leaving = {weg.lid for weg in zomer}
    closing = "gaan dicht" if plan.aard == "jaarwisseling" else "blijven zoals ze zijn"
    found = [
        ("Te deactiveren", [gone(weg) for weg in plan.deactiveren if weg.lid not in leaving]),
        (
            f"Vertrokken leerlingen, een lijst met een besluit: {decided[plan.vertrek]}",
            list(map(gone, plan.vertrokken)),
        ),
        ("Niet in de gegevens, en hun groep ook niet: blijven zoals ze zijn", list(map(gone, plan.buiten))),
        ("Personeel dat niet meer in de gegevens staat: blijft zoals het is", list(map(gone, plan.personeel_weg))),
        (f"Groepen die niet in de gegevens staan: {closing}", list(map(gone, plan.groepen_weg))),
        (
            "Vergeten: staan in de gegevens en worden niet geimporteerd (`uwlr persoon toelaten`)",
            [f"opdracht {order}" for order in plan.vergeten],
        ),
    ]
    return [(title, names) for title, names in found if names]
