"""An import plan: what an import would do, row by row, with the reason; it is reviewed before anything is written.

Once applied it is the record of what was done: each row holds what was there before and who decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.field_rules import ref_of
from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.plan_rows import (
    BY_NUMBER,
    FORGOTTEN,
    MAX_DEACTIVATED,
    MAX_IN_SUMMER,
    SELF,
    Aard,
    Alarm,
    Kandidaat,
    Keuze,
    Ontnomen,
    Rij,
    Telling,
    Vertrek,
    Waarschuwing,
    Weg,
    join,
    left_out_groups,
    part,
    proposal,
    what_changes,
)
from uwlr.exchange.roster_rows import is_emailadres, looks_same
from uwlr.undisclosed import Undisclosed


class NotReady(UwlrError):  # noqa: N818 - the name says what happened
    """The plan cannot be applied yet: rows wait for a decision, or a guard stopped it."""


class Stale(UwlrError):  # noqa: N818
    """The roster or the application's tables changed since the plan was made: make it again, and look again."""


Weigering: TypeAlias = Literal[
    "geen e-mailadres", "niemand gekozen", "al een andere rij", "ECK-iD bekend", "dezelfde persoon", "vergeten"
]
"""Why a choice is refused."""


class Refused(ConfigurationError):  # noqa: N818 - the name says what happened
    """A choice that cannot be made.

    Attributes:
        wat: why.
        rij: number of the row.
        andere: number of the row that stands in the way.
    """

    def __init__(self, wat: Weigering, text: str, rij: Rij, andere: Rij | None = None) -> None:
        super().__init__(f"row {rij.nummer}: {text}")
        self.wat = wat
        self.rij = rij.nummer
        self.andere = None if andere is None else andere.nummer


class Plan(Undisclosed, msgspec.Struct, kw_only=True, omit_defaults=True):
    """What an import would do. Nothing is written before it is applied (R9).

    Attributes:
        koppeling_id: whose import it is.
        schooljaar: the year asked for.
        aard: the kind of plan.
        rijen: the rows.
        weg: the known and active pupils that are not in the rosters; not all of them are deactivated.
        personeel_weg: the staff; never touched.
        groepen_weg: the groups; at a change of year they are closed, else not touched.
        leerlingen_actief: active pupils the school has in the application.
        roster_hash: what the roster held.
        leden_hash: what the application's tables held.
        alarmen: what guards found when it was made.
        getroffen: whom these are about, by guard.
        blijvend: what guards see that an import does not end, to be remembered when it was applied.
        toegestaan: whether a person let the import pass the guards.
        vertrek: what was decided about the pupils on the list of leavers; None waits.
        vergeten: numbers of the orders by which pupils of the rosters were forgotten; they are in no row.
        laatst_vergeten: number of the last such order of the school: a plan of before it is out of date.
        velden: what the application keeps.
        peil: when the rosters were made, by bron.
        volgende: the next day on which somebody comes or goes by their dates.
        ontnomen: whose old numbers were taken away when it was applied.
        geheugen: what the koppeling remembered before this was applied, to be put back when it is undone.
        genegeerd: the same of what was not imported.
        door: who applied it; None is the night.
        id: number in the store; None if it was not saved.
    """

    koppeling_id: int
    schooljaar: str
    rijen: list[Rij]
    weg: tuple[Weg, ...]
    leerlingen_actief: int
    roster_hash: str
    leden_hash: str
    aard: Aard = "wijzigingen"
    personeel_weg: tuple[Weg, ...] = ()
    groepen_weg: tuple[Weg, ...] = ()
    alarmen: tuple[Alarm, ...] = ()
    getroffen: dict[str, tuple[str, ...]] = {}
    blijvend: dict[str, tuple[str, ...]] = {}
    toegestaan: bool = False
    vertrek: Vertrek | None = None
    max_deactivated: float = MAX_DEACTIVATED
    vergeten: tuple[int, ...] = ()
    laatst_vergeten: int = 0
    velden: tuple[str, ...] = ()
    peil: dict[str, str] = {}
    volgende: str | None = None
    ontnomen: tuple[Ontnomen, ...] = ()
    geheugen: str | None = None
    genegeerd: str | None = None
    door: str | None = None
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
        gone = {"leerling": len(self.deactiveren), "groep": len(self.sluiten)}.get(soort, 0)
        return Telling(
            nieuw=found["nieuw"],
            te_wijzigen=changing,
            ongewijzigd=found["bestaand"] - changing,
            niet_importeren=found["niet importeren"],
            conflict=found["conflict"],
            deactiveren=gone,
        )

    # What happens to who is not in the rosters, or not enrolled.

    @property
    def _present(self) -> set[str | None]:
        return {rij.lid for rij in self.rijen if rij.soort == "leerling"}

    @property
    def vertrokken(self) -> list[Weg]:
        """The list that waits for one decision: pupils who are gone after a summer."""
        present = self._present
        return [weg for weg in self.weg if weg.zomer and weg.lid not in present]

    @property
    def deactiveren(self) -> list[Weg]:
        """The pupils that would be deactivated.

        Not in the rosters, and in a known group that is imported (R8); gone after a summer, if that was decided; not
        enrolled by their dates.
        """
        imported = {rij.lid for rij in self.of("groep") if rij.keuze == "bestaand"}
        present = self._present
        gone = [
            weg
            for weg in self.weg
            if weg.lid not in present and (self.vertrek == "deactiveren" if weg.zomer else weg.groep in imported)
        ]
        return gone + [
            Weg(lid=rij.lid, label=rij.gegevens.label, groepsnaam=rij.reden, gegevens=rij.gegevens)
            for rij in self.rijen
            if rij.outside and rij.keuze == "bestaand" and rij.lid is not None and not rij.inactief
        ]

    @property
    def buiten(self) -> list[Weg]:
        """The pupils who are not in the rosters and are left as they are, since their group is not imported."""
        leaving = {weg.lid for weg in self.deactiveren} | self._present
        return [weg for weg in self.weg if weg.lid not in leaving and not weg.zomer]

    @property
    def sluiten(self) -> tuple[Weg, ...]:
        """The groups of last year, which are closed."""
        return self.groepen_weg if self.aard == "jaarwisseling" else ()

    # Whether it can be applied.

    @property
    def changes(self) -> bool:
        """Whether applying it would change anything."""
        return (
            bool(self.deactiveren)
            or bool(self.sluiten)
            or any(rij.keuze != "niet importeren" and self._changing(rij) for rij in self.rijen)
        )

    @property
    def waits(self) -> bool:
        """Whether the list of leavers waits for its decision; the rest can be applied without it."""
        return self.vertrek is None and bool(self.vertrokken)

    @property
    def open_rows(self) -> list[Rij]:
        """The rows that wait for a person: conflicts, and new staff without e-mail address."""
        return [rij for rij in self.rijen if rij.open]

    @property
    def unmatched(self) -> Counter[Soort]:
        """How many rows of each kind matched nothing the application has (R11)."""
        return Counter(rij.soort for rij in self.rijen if rij.keuze in {"nieuw", "conflict"})

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What guards find: what was found at first, and who would be deactivated as the choices are now."""
        gone = len(self.deactiveren)
        decided = len(self.vertrokken) if self.vertrek == "deactiveren" else 0
        share = max(self.max_deactivated, MAX_IN_SUMMER) if self.aard == "jaarwisseling" else self.max_deactivated
        if gone - decided <= share * self.leerlingen_actief:
            return self.alarmen
        return (Alarm(wat="deactiveren", aantal=gone, van=self.leerlingen_actief), *self.alarmen)

    @property
    def guarded(self) -> bool:
        """Whether a guard stops it."""
        return not self.toegestaan and bool(self.alarms)

    @property
    def ready(self) -> bool:
        """Whether it can be applied without a person, and there is a reason to: a list that waits is none."""
        return not self.open_rows and not self.guarded and (self.changes or not self.waits)

    @property
    def warnings(self) -> list[Waarschuwing]:
        """What the choices bring with them, to be said before it is applied."""
        found = []
        people = [rij for rij in self.rijen if rij.soort == "leerling" and not rij.outside]
        for groep in self.of("groep"):
            ref = (groep.gegevens.bron or "", groep.gegevens.key or "")
            mine = [rij for rij in people if any(ref_of(rij.gegevens, one) == ref for one in rij.gegevens.groepen)]
            out = sum(rij.keuze == "niet importeren" for rij in mine)
            if groep.keuze == "niet importeren" and out < len(mine):
                found.append(Waarschuwing(wat="groep weggelaten", rij=groep.nummer, aantal=len(mine) - out))
            elif groep.keuze != "niet importeren" and out:
                found.append(Waarschuwing(wat="personen weggelaten", rij=groep.nummer, aantal=out))
        return found

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
            found = ", ".join(f"{alarm.wat} {alarm.aantal} of {alarm.van}" for alarm in self.alarms)
            raise NotReady(f"guards stopped it: {found}; allow it if that is right")

    # Decisions.

    def row(self, nummer: int) -> Rij:
        """Give a row.

        Raises:
            ConfigurationError: no such row.
        """
        if not 1 <= nummer <= len(self.rijen):
            raise ConfigurationError(f"the plan has no row {nummer}")
        return self.rijen[nummer - 1]

    def choose(
        self,
        nummer: int,
        keuze: Keuze,
        *,
        lid: str | None = None,
        emailadres: str | None = None,
        verwijder_nummers: bool = False,
        zeker: bool = False,
        door: str | None = None,
        op: datetime | None = None,
    ) -> Rij:
        """Decide on a row.

        Args:
            nummer: of the row.
            keuze: what shall happen to it.
            lid: who it is, for bestaand.
            emailadres: completes a member of staff.
            verwijder_nummers: take ECK-iD and key from the known that have those of this row, as they are old there.
            zeker: nieuw, although another row has the same name and birth date: there are two. bestaand, although
                another row is that one already: both are the same.
            door: who decides.
            op: when.

        Raises:
            ConfigurationError: no such row.
            Refused: bestaand without who it is, or one that another row is already; nieuw for
                somebody whose ECK-iD is known, or whom another row is; an e-mail address that is none.
        """
        rij = self.row(nummer)
        if rij.reden == FORGOTTEN:
            raise Refused("vergeten", "that pupil was forgotten; `uwlr persoon toelaten` lets them come back", rij)
        if emailadres is not None and not is_emailadres(emailadres):
            raise Refused("geen e-mailadres", "that is no e-mail address; write it as name@school.nl", rij)
        if rij.lid is not None and not rij.beslist and not rij.nummers and rij.reden in BY_NUMBER:
            known = Kandidaat(
                id=rij.lid,
                waarom="nummer",
                label=rij.gegevens.label,
                gegevens=rij.was or rij.gegevens,
                actief=not rij.inactief,
            )
            rij.nummers, rij.kandidaten = (rij.lid,), (known, *rij.kandidaten)
        waited = rij.keuze == "conflict"
        joined = rij.samen
        if joined is not None:
            part(self.row(joined), rij)
        try:
            if keuze == "bestaand":
                self._become(rij, lid or rij.lid, zeker=zeker)
            elif keuze == "nieuw":
                self._may_be_new(rij, verwijder_nummers=verwijder_nummers, zeker=zeker)
        except Refused:
            if joined is not None:
                join(self.row(joined), rij)
            raise
        if keuze == "nieuw":
            rij.lid, rij.was, rij.inactief, rij.wijzigt = None, None, False, ()
        rij.verwijder_nummers = verwijder_nummers and bool(rij.nummers)
        rij.keuze, rij.reden = keuze, SELF
        rij.beslist, rij.door, rij.op = True, door, op
        if waited and rij.datum is not None and keuze in {"bestaand", "nieuw"}:
            # Who it is was asked, and not whether the dates hold.
            rij.reden = rij.datum
            rij.keuze = "bestaand" if keuze == "bestaand" else "niet importeren"
            rij.wijzigt = ("actief",) if rij.keuze == "bestaand" and not rij.inactief else ()
        if emailadres:
            rij.gegevens = msgspec.structs.replace(rij.gegevens, emailadres=emailadres)
        if rij.soort == "groep" or rij.samen is not None or joined is not None:
            self.refresh()
        return rij

    def choose_proposed(self, numbers: Iterable[int] | None = None, *, door: str | None = None) -> int:
        """Take the proposal of many rows at once: the one candidate whose name and birth date agree, or a group's name.

        Args:
            numbers: of the rows; None takes all that wait.
            door: who decides.

        Returns:
            How many rows had such a proposal.
        """
        wanted = set(numbers) if numbers is not None else None
        done = 0
        for rij in self.open_rows:
            if rij.keuze != "conflict" or (wanted is not None and rij.nummer not in wanted):
                continue
            proposed = proposal(rij)
            if proposed is None:
                continue
            try:
                self.choose(rij.nummer, "bestaand", lid=proposed.id, door=door)
            except ConfigurationError:
                continue  # another row was given this one a moment ago
            done += 1
        return done

    def refresh(self) -> None:
        """Say again what changes, after groups were chosen."""
        left_out = left_out_groups(self.rijen)
        for rij in self.rijen:
            if rij.keuze == "bestaand" and rij.soort != "groep" and not rij.outside and rij.samen is None:
                said = rij.said(left_out)
                rij.wijzigt = what_changes(rij.was or rij.gegevens, said, self.velden, inactive=rij.inactief)

    def _become(self, rij: Rij, lid: str | None, *, zeker: bool) -> None:
        if lid is None:
            raise Refused("niemand gekozen", "say which of the application's own it is", rij)
        for other in self.rijen:
            if other is rij or other.soort != rij.soort or other.lid != lid or other.keuze != "bestaand":
                continue
            if other.samen is not None:
                continue
            alike = other.nummer in rij.dubbel and looks_same(rij.soort, other.gegevens, rij.gegevens)
            if not (alike or zeker):
                text = f"another row is that one already, row {other.nummer}; say so if you are certain that both are"
                raise Refused("al een andere rij", text, rij, other)
            if other.gegevens.bron != rij.gegevens.bron:
                rij.lid = lid
                join(other, rij)
                return
            other.keuze, other.reden, other.lid = "niet importeren", SELF, None  # its other enrolment
        known = next((kandidaat for kandidaat in rij.kandidaten if kandidaat.id == lid), None)
        if lid != rij.lid:
            rij.was, rij.inactief, rij.wijzigt = None, False, ("key",)
            if known is not None and known.gegevens is not None:
                rij.was, rij.inactief = known.gegevens, not known.actief
                said = rij.said(left_out_groups(self.rijen))
                rij.wijzigt = what_changes(known.gegevens, said, self.velden, inactive=rij.inactief)
        rij.lid = lid

    def _may_be_new(self, rij: Rij, *, verwijder_nummers: bool, zeker: bool) -> None:
        if rij.gegevens.eckid and rij.nummers and not verwijder_nummers and self._eckid_known(rij):
            raise Refused(
                "ECK-iD bekend",
                "this ECK-iD is known already; choose bestaand, or nieuw with verwijder_nummers where it is old there",
                rij,
            )
        if zeker:
            return
        for nummer in rij.dubbel:
            other = self.row(nummer)
            if other.keuze in {"nieuw", "bestaand"} and looks_same(rij.soort, other.gegevens, rij.gegevens):
                text = (
                    f"row {nummer} is this person already, by name; choose niet importeren for one of them, or say "
                    "that you are certain that there are two"
                )
                raise Refused("dezelfde persoon", text, rij, other)

    def _eckid_known(self, rij: Rij) -> bool:
        known = {kandidaat.id: kandidaat.gegevens for kandidaat in rij.kandidaten}
        for lid in rij.nummers:
            gegevens = known.get(lid)
            if gegevens is None or gegevens.eckid == rij.gegevens.eckid:
                return True
        return False

    @staticmethod
    def _changing(rij: Rij) -> bool:
        return rij.keuze in {"nieuw", "conflict"} or bool(rij.wijzigt)
