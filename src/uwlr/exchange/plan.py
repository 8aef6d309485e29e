"""An import plan: what an import would do, row by row, with the reason; it is reviewed before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.leden import SOORTEN, Gegevens, Soort
from uwlr.undisclosed import Undisclosed

Keuze: TypeAlias = Literal["nieuw", "bestaand", "niet importeren", "conflict"]
"""What happens to a row; a conflict waits for a person."""

KEUZES: Final[tuple[Keuze, ...]] = ("nieuw", "bestaand", "niet importeren", "conflict")
MAX_DEACTIVATED: Final = 0.2
"""Share of the school's pupils that an import may deactivate without a word from a person."""


class NotReady(UwlrError):  # noqa: N818 - the name says what happened
    """The plan cannot be applied yet: rows wait for a decision, or the guard stopped it."""


class Stale(UwlrError):  # noqa: N818
    """The roster or the application's tables changed since the plan was made: make it again, and look again."""


class Kandidaat(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """One who may be the same; a person decides."""

    id: str
    waarom: str
    label: str

    def __repr__(self) -> str:
        return f"<Kandidaat {self.id}>"


class Rij(Undisclosed, msgspec.Struct, kw_only=True):
    """One group or person of the roster.

    Attributes:
        nummer: number in the plan, by which it is edited.
        gegevens: what the roster says, with what was completed by hand.
        keuze: what happens to it.
        reden: why.
        lid: id of the one in the application that it is, where `keuze` is bestaand.
        wijzigt: names of what will change.
        kandidaten: who it may be.
        bronnen: the schools it came from; more than one is a duplicate that was merged.
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


class Weg(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A known pupil who is not in the rosters, and the id of the stamgroep that the application has for them."""

    lid: str
    label: str
    groep: str
    groepsnaam: str

    def __repr__(self) -> str:
        return f"<Weg {self.lid}>"


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of one kind (R10)."""

    nieuw: int = 0
    te_wijzigen: int = 0
    ongewijzigd: int = 0
    niet_importeren: int = 0
    conflict: int = 0
    deactiveren: int = 0


class Plan(Undisclosed, msgspec.Struct, kw_only=True):
    """What an import would do. Nothing is written before it is applied (R9).

    Attributes:
        koppeling_id: whose import it is.
        schooljaar: the year asked for.
        rijen: the rows.
        weg: the known pupils that are not in the rosters; not all of them are deactivated.
        leerlingen_actief: active pupils the school has in the application.
        roster_hash: what the roster held.
        leden_hash: what the application's tables held.
        toegestaan: whether a person let the import pass the guard.
        id: number in the store; None where it was not saved.
    """

    koppeling_id: int
    schooljaar: str
    rijen: list[Rij]
    weg: tuple[Weg, ...]
    leerlingen_actief: int
    roster_hash: str
    leden_hash: str
    toegestaan: bool = False
    max_deactivated: float = MAX_DEACTIVATED
    id: int | None = None

    def __repr__(self) -> str:
        return f"<Plan {self.id} koppeling={self.koppeling_id} rijen={len(self.rijen)}>"

    def of(self, soort: Soort) -> list[Rij]:
        """The rows of one kind."""
        return [rij for rij in self.rijen if rij.soort == soort]

    def telling(self, soort: Soort) -> Telling:
        """Count the rows of one kind."""
        rows = self.of(soort)
        found = Counter(rij.keuze for rij in rows)
        changing = sum(rij.keuze == "bestaand" and bool(rij.wijzigt) for rij in rows)
        return Telling(
            nieuw=found["nieuw"],
            te_wijzigen=changing,
            ongewijzigd=found["bestaand"] - changing,
            niet_importeren=found["niet importeren"],
            conflict=found["conflict"],
            deactiveren=len(self.deactiveren) if soort == "leerling" else 0,
        )

    @property
    def deactiveren(self) -> list[Weg]:
        """The pupils that would be deactivated: not in the import, in a known group that is (R8)."""
        imported = {rij.lid for rij in self.of("groep") if rij.keuze == "bestaand"}
        present = {rij.lid for rij in self.of("leerling")}
        return [weg for weg in self.weg if weg.groep in imported and weg.lid not in present]

    @property
    def changes(self) -> bool:
        """Whether applying it would change anything."""
        return bool(self.deactiveren) or any(
            rij.keuze != "niet importeren" and self._changing(rij) for rij in self.rijen
        )

    @property
    def open_rows(self) -> list[Rij]:
        """The rows that wait for a person: conflicts, and new staff without e-mail address."""
        return [rij for rij in self.rijen if rij.keuze == "conflict" or rij.incomplete]

    @property
    def unmatched(self) -> Counter[Soort]:
        """How many rows of each kind matched nothing the application has (R11)."""
        return Counter(rij.soort for rij in self.rijen if rij.keuze in {"nieuw", "conflict"})

    @property
    def guarded(self) -> bool:
        """Whether it would deactivate more pupils than passes without a word."""
        return not self.toegestaan and len(self.deactiveren) > self.max_deactivated * self.leerlingen_actief

    def choose(self, nummer: int, keuze: Keuze, *, lid: str | None = None, emailadres: str | None = None) -> Rij:
        """Decide on a row.

        Args:
            nummer: of the row.
            keuze: what shall happen to it.
            lid: who it is, for bestaand.
            emailadres: completes a member of staff.

        Raises:
            ConfigurationError: no such row, bestaand without who it is, or one that another row is already.
        """
        if not 1 <= nummer <= len(self.rijen):
            raise ConfigurationError(f"the plan has no row {nummer}")
        rij = self.rijen[nummer - 1]
        if keuze == "bestaand":
            lid = lid or rij.lid
            if lid is None:
                raise ConfigurationError(f"row {nummer}: say which of the application's own it is")
            if any(
                o.lid == lid and o.keuze == "bestaand" and o.soort == rij.soort and o is not rij for o in self.rijen
            ):
                raise ConfigurationError(f"row {nummer}: another row is that one already")
            rij.wijzigt = rij.wijzigt or ("key",)
            rij.lid = lid
        rij.keuze, rij.reden = keuze, "zelf gekozen"
        if emailadres:
            rij.gegevens = msgspec.structs.replace(rij.gegevens, emailadres=emailadres)
        return rij

    def check(self) -> None:
        """See that it can be applied.

        Raises:
            NotReady: the text counts what stands in the way.
        """
        waiting = Counter(rij.soort for rij in self.open_rows)
        if waiting:
            counts = ", ".join(f"{waiting[soort]} {soort}" for soort in SOORTEN if waiting[soort])
            raise NotReady(f"rows wait for a decision or an e-mail address: {counts}")
        if self.guarded:
            raise NotReady(
                f"it would deactivate {len(self.deactiveren)} of {self.leerlingen_actief} pupils, more than "
                f"{self.max_deactivated:.0%}; allow it if that is right"
            )

    @staticmethod
    def _changing(rij: Rij) -> bool:
        return rij.keuze in {"nieuw", "conflict"} or bool(rij.wijzigt)


def carry_over(old: Plan, new: Plan) -> int:
    """Take the decisions of a person over into a newer plan, where the row still needs one; how many."""
    decided = {rij.identity: rij for rij in old.rijen if rij.reden == "zelf gekozen"}
    taken = 0
    for rij in new.rijen:
        before = decided.get(rij.identity)
        if before is None or rij.keuze == "bestaand":
            continue
        try:
            new.choose(rij.nummer, before.keuze, lid=before.lid, emailadres=before.gegevens.emailadres)
        except ConfigurationError:
            continue  # who it was is now another row, so a person has to look again
        taken += 1
    return taken
