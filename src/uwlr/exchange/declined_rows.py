"""By what a row that is not imported, or was told apart by a person, is known the next time."""

from __future__ import annotations

from hashlib import sha256

from uwlr.exchange.identity import fingerprint
from uwlr.exchange.name_forms import joined, surname
from uwlr.exchange.plan_rows import Rij
from uwlr.exchange.roster_rows import RosterRow, is_dummy


def remembered(rij: Rij) -> str | None:
    """Give by what a row is recognised the next time, if its numbers do not tell; None if they do."""
    g = rij.gegevens
    return fingerprint_of(rij) if rij.dubbel or is_dummy(g.key) or not (g.key or g.eckid) else None


def ignore_keys(rij: Rij) -> set[tuple[str, str]]:
    """Give by what a row that is not imported is known the next time; nothing where it has no number at all.

    By all it says of itself, and by its numbers where these are its own: a new name leaves it declined.
    """
    g = rij.gegevens
    if not g.key and not g.eckid:
        return set()
    found: set[tuple[str, str]] = {(rij.soort, fingerprint_of(rij))}
    return found | {(rij.soort, number) for number in _own_numbers(rij)}


def _own_numbers(rij: Rij) -> list[str]:
    """Give the numbers by which a row is declined; one that looks like another row only by its key, if it has one."""
    g = rij.gegevens
    found = []
    if g.key and not is_dummy(g.key) and "key" not in rij.gedeeld:
        found.append(f"{g.bron} {g.key}" if g.bron else g.key)
    if g.eckid and "eckid" not in rij.gedeeld and not (found and rij.dubbel):
        found.append(g.eckid)
    return found


def declined_as(rij: Rij) -> set[tuple[str, str]]:
    """Give who a row was that is not imported: its name, hashed, by its numbers, and the active one who has these."""
    found: set[tuple[str, str]] = set()
    if rij.soort != "groep":
        said = " ".join(_said(rij))
        found |= {(rij.soort, f"{number} = {said}") for number in _own_numbers(rij)}
    if rij.lid is not None and not rij.inactief:
        found.add((rij.soort, f"lid {rij.lid}"))
    return found


def _said(rij: Rij) -> tuple[str, str, str]:
    g = rij.gegevens
    first, last = joined(g.roepnaam), surname(g.achternaam, g.voorvoegsel)
    return (_short(first), _short(last), _short(g.geboortedatum or ""))


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "-"


def is_another(rij: Rij, ignored: set[tuple[str, str]]) -> bool:
    """Tell whether a declined number went to another: two of roepnaam, surname and birth date are others now."""
    if rij.soort == "groep" or (rij.soort, fingerprint_of(rij)) in ignored:
        return False
    now = _said(rij)
    for number in _own_numbers(rij):
        start = f"{number} = "
        for soort, name in ignored:
            if soort == rij.soort and name.startswith(start):
                then = name.removeprefix(start).split(" ")
                if sum("-" not in pair and pair[0] != pair[1] for pair in zip(then, now, strict=True)) > 1:
                    return True
    return False


def is_ignored(rij: Rij, ignored: set[tuple[str, str]]) -> bool:
    """Tell whether a row was not to be imported before."""
    plain = (rij.soort, rij.gegevens.key or "")  # as it was kept before keys had a bron
    return not ignored.isdisjoint(ignore_keys(rij)) or (plain in ignored and remembered(rij) is None)


def missed_keys(rij: Rij) -> set[tuple[str, str]]:
    """Give by what it is known that a row was not imported although known and active people it may be are in no row.

    By name and birth date; where that was not so when the row was declined, the other number of the person went. Whose
    numbers a person took away is in no row from then on.
    """
    missed = [
        kandidaat.id
        for kandidaat in rij.kandidaten
        if kandidaat.rij is None and kandidaat.actief and {"naam", "geboortedatum"} <= set(kandidaat.waarom.split(", "))
    ]
    missed += rij.nummers if rij.verwijder_nummers else ()
    return {(rij.soort, f"{fingerprint_of(rij)} {lid}") for lid in missed}


def fingerprint_of(rij: Rij) -> str:
    """Give the fingerprint of a row of a plan."""
    return fingerprint(RosterRow(soort=rij.soort, gegevens=rij.gegevens, bronnen=rij.bronnen))
