"""The rows of an import plan, and what stands beside them: plain data, kept as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.exchange.field_rules import differing, settle, without
from uwlr.exchange.leden import Gegevens, GroepRef, Soort
from uwlr.exchange.roster_rows import Melding, refs_for
from uwlr.undisclosed import Undisclosed

Keuze: TypeAlias = Literal["nieuw", "bestaand", "niet importeren", "conflict"]
"""What happens to a row; a conflict waits for a person."""

KEUZES: Final[tuple[Keuze, ...]] = ("nieuw", "bestaand", "niet importeren", "conflict")

Aard: TypeAlias = Literal["eerste import", "jaarwisseling", "wijzigingen"]
"""The kind of plan: nothing was known, a new school year began, or anything in between."""

Vertrek: TypeAlias = Literal["deactiveren", "laten staan"]
"""The one decision about the pupils who are gone after a summer, or with their whole group."""

MAX_DEACTIVATED: Final = 0.2
"""Share of the school's pupils that an import may deactivate without a word from a person."""

MAX_IN_SUMMER: Final = 0.35
"""The same at a change of year, when a whole year leaves."""

SELF: Final = "zelf gekozen"
IGNORED: Final = "eerder zo gekozen"
OTHER_ECKID: Final = "sleutel bekend met een ander ECK-iD"
RENAMED: Final = "eerder niet geimporteerd met een andere naam"
RETURNED: Final = "sleutel van een leerling die is vergeten"
FORGOTTEN: Final = "vergeten"
LEFT: Final = "uitgeschreven"
FUTURE: Final = "nog niet ingeschreven"
OUTSIDE: Final = frozenset({LEFT, FUTURE})
"""Reasons for which a pupil is not active, by the dates of enrolment."""

BY_NUMBER: Final = frozenset({"ECK-iD bekend", "sleutel bekend", IGNORED})
"""Reasons for which a row is one of the known, whose numbers it then has."""

NEEDED: Final[dict[str, str]] = {
    "onbekend": "",
    "ECK-iD bekend": "",
    "sleutel bekend": "",
    "eerder herkend": "",
    SELF: "",
    IGNORED: "",
    RENAMED: "kies of het dezelfde is, dan niet importeren; zo niet, nieuw",
    RETURNED: "met een ander ECK-iD of uit een andere bron: kies nieuw als het een ander is, anders niet importeren",
    FORGOTTEN: "",
    LEFT: "de uitstroomdatum is voorbij",
    FUTURE: "de instroomdatum is nog niet bereikt",
    "lijkt op een bekende": "kies wie het is, of nieuw",
    "zonder ECK-iD en sleutel": "niet te herkennen: kies wie het is, nieuw, of niet importeren",
    "naam ontbreekt": "kies wie het is, of laat de naam in het LAS invullen",
    "meer dan een bekende": "meer dan een heeft dit ECK-iD of deze sleutel: kies wie het is, of verwijder nummers",
    "ECK-iD en sleutel van verschillende bekenden": "kies wie het is; van de ander zijn de nummers oud",
    "een ander in de gegevens heeft hetzelfde ECK-iD": "kijk in het LAS van wie het is; nieuw bewaart het niet",
    "een ander in de gegevens heeft dezelfde sleutel": "kijk in het LAS van wie die is; nieuw bewaart die niet",
    OTHER_ECKID: "kies of het dezelfde is; zo niet, nieuw met verwijder nummers",
    "sleutel bekend van iemand met een andere naam": "kies of het dezelfde is; zo niet, nieuw met verwijder nummers",
    "ECK-iD bekend van iemand met een andere naam": "kies of het dezelfde is; zo niet, nieuw met verwijder nummers",
    "een andere rij is deze bekende al": "kies wie het is, nieuw, of niet importeren",
    "voorlopige sleutel": "de sleutel begint met # en zegt niet wie het is: kies wie het is, of nieuw",
    "twee keer in de gegevens": "een persoon onder twee nummers: neem er een en zet de andere op niet importeren",
}
"""Every reason of a row, and what a person has to look at where it waits."""


class Kandidaat(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One who may be the same; a person decides.

    Attributes:
        waarom: what speaks for it.
        gegevens: what the application has, to judge by.
        rij: number of another row that is this one already.
    """

    id: str
    waarom: str
    label: str
    gegevens: Gegevens | None = None
    actief: bool = True
    rij: int | None = None

    def __repr__(self) -> str:
        return f"<Kandidaat {self.id}>"


class Rij(Undisclosed, msgspec.Struct, kw_only=True, gc=False, omit_defaults=True):
    """One group or person of the roster.

    Attributes:
        nummer: number in the plan, by which it is edited.
        gegevens: what the roster says, with what was completed by hand.
        keuze: what happens to it.
        reden: why, out of `NEEDED`.
        lid: id of the one in the application that it is, where `keuze` is bestaand, or became.
        wijzigt: names of what will change.
        kandidaten: who it may be.
        bronnen: the schools it came from; more than one is a duplicate that was merged.
        meldingen: what is odd about it.
        was: what the application had, where that differs; kept so that it can come back.
        inactief: whether it was inactive.
        dubbel: numbers of rows that share a number with it, or look the same.
        gedeeld: the numbers (`eckid`, `key`) that another row has too, so that they are not kept.
        datum: why the dates of enrolment say that a pupil is not there, also where a person decided otherwise.
        samen: number of the row of another bron that is the same person; its groups are kept there.
        nummers: ids of the known that have its ECK-iD or key.
        verwijder_nummers: whether these lose theirs when it is applied.
        beslist: whether a person decided.
        door, op: who did, and when; None is the import itself.
    """

    nummer: int
    soort: Soort
    gegevens: Gegevens
    keuze: Keuze
    reden: str
    lid: str | None = None
    wijzigt: tuple[str, ...] = ()
    kandidaten: tuple[Kandidaat, ...] = ()
    bronnen: tuple[str, ...] = ()
    meldingen: tuple[Melding, ...] = ()
    was: Gegevens | None = None
    inactief: bool = False
    dubbel: tuple[int, ...] = ()
    gedeeld: tuple[str, ...] = ()
    datum: str | None = None
    samen: int | None = None
    nummers: tuple[str, ...] = ()
    verwijder_nummers: bool = False
    beslist: bool = False
    door: str | None = None
    op: datetime | None = None

    def __repr__(self) -> str:
        return f"<Rij {self.nummer} {self.soort} {self.keuze}>"

    @property
    def identity(self) -> tuple[str, str]:
        """By what it is known in the next plan."""
        return self.soort, self.gegevens.eckid or self.gegevens.key or ""

    @property
    def incomplete(self) -> bool:
        """Whether it is a new member of staff without an e-mail address (R21)."""
        return self.soort == "leerkracht" and self.keuze == "nieuw" and not self.gegevens.emailadres

    def said(self, left_out: Collection[GroepRef]) -> Gegevens:
        """What is taken over from the roster: without numbers that are not its own and groups that are left out."""
        gegevens = without(self.gegevens, left_out)
        if not self.gedeeld:
            return gegevens
        return msgspec.structs.replace(gegevens, **dict.fromkeys(self.gedeeld))

    @property
    def open(self) -> bool:
        """Whether it waits for a person."""
        return self.keuze == "conflict" or self.incomplete

    @property
    def outside(self) -> bool:
        """Whether the dates of enrolment say that the pupil is not there (any more, or yet)."""
        return self.reden in OUTSIDE


class Weg(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Somebody known and active, or a group, that is not in the rosters.

    Attributes:
        groep: id of the stamgroep that the application has for a pupil; empty if there is none.
        zomer: whether it is on the list that waits for one decision.
    """

    lid: str
    label: str
    groep: str = ""
    groepsnaam: str = ""
    gegevens: Gegevens | None = None
    zomer: bool = False

    def __repr__(self) -> str:
        return f"<Weg {self.lid}>"


class Ontnomen(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A known one whose old numbers were taken away, as a person chose; kept so that they can come back."""

    soort: Soort
    lid: str
    was: Gegevens
    na: Gegevens
    actief: bool


class Alarm(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a guard found: its name in `uwlr.exchange.guards.GUARDS`, and how many of how many."""

    wat: str
    aantal: int
    van: int


class Waarschuwing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a choice brings with it: a group left out whose people are imported, or the reverse."""

    wat: Literal["groep weggelaten", "personen weggelaten"]
    rij: int
    aantal: int


class Telling(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many rows of one kind (R10)."""

    nieuw: int = 0
    te_wijzigen: int = 0
    ongewijzigd: int = 0
    niet_importeren: int = 0
    conflict: int = 0
    deactiveren: int = 0


def is_forgotten(lid: str | None) -> bool:
    """Tell whether an id in a record stands for a pupil who was forgotten."""
    return lid is not None and lid.startswith(f"{FORGOTTEN} ")


def proposal(rij: Rij) -> Kandidaat | None:
    """Give the one candidate that a row can be given unseen by a person who takes many at once."""
    strong = "geboortedatum" if rij.soort == "leerling" else "naam"
    found = [
        kandidaat
        for kandidaat in rij.kandidaten
        if kandidaat.rij is None and {"naam", strong} <= set(kandidaat.waarom.split(", "))
    ]
    return found[0] if len(found) == 1 else None


def join(into: Rij, rij: Rij) -> None:
    """Let a row of another bron be the same person as a row: its groups are kept there."""
    groepen = tuple(dict.fromkeys(into.gegevens.groepen + refs_for(into.gegevens, rij.gegevens)))
    if into.keuze == "bestaand" and into.was is None:
        into.was = into.gegevens
    into.gegevens = msgspec.structs.replace(into.gegevens, groepen=groepen)
    rij.samen, rij.wijzigt, rij.was, rij.inactief = into.nummer, (), None, False


def part(into: Rij, rij: Rij) -> None:
    """Undo `join`."""
    theirs = set(refs_for(into.gegevens, rij.gegevens))
    groepen = tuple(ref for ref in into.gegevens.groepen if ref not in theirs)
    into.gegevens = msgspec.structs.replace(into.gegevens, groepen=groepen)
    rij.samen = None


def left_out_groups(rows: Iterable[Rij]) -> set[tuple[str, str]]:
    """Give bron and key of the groups that are not imported."""
    return {
        (rij.gegevens.bron or "", rij.gegevens.key or "")
        for rij in rows
        if rij.soort == "groep" and rij.keuze == "niet importeren"
    }


def what_changes(before: Gegevens, said: Gegevens, fields: Iterable[str], *, inactive: bool) -> tuple[str, ...]:
    """Name what would change of a known one."""
    changed = differing(before, settle(before, said), frozenset(fields))
    return (*changed, "actief") if inactive else changed
