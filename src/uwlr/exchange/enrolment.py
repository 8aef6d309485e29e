"""Who is enrolled: by the dates that a LAS gives, by absence, and at a change of school year. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from uwlr.exchange.leden import Gegevens, Lid, Soort
from uwlr.exchange.plan_rows import FUTURE, LEFT, Aard, Weg
from uwlr.exchange.roster_rows import RosterRow


class ImportMemory(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the import of a koppeling has to remember; `Koppeling.geheugen` holds it as JSON.

    Attributes:
        schooljaar: of the last import that was applied.
        peil: when its rosters were made, by bron.
        herkend: who the rows without a usable number are, by fingerprint; empty is none of the known.
        vertrokken: pupils who wait for the one decision about leavers.
        blijft: who stays although they are not in the rosters, or not by their dates, as a person decided.
        gemeld: staff and groups that were listed as gone.
        volgende: the next day on which somebody comes or goes by their dates.
        teruggedraaid: whether the last import was undone, so that the next waits for a person.
        toegelaten: by guard, of whom something strange was so already and stays so, as `guards.lasting` gives it.
    """

    schooljaar: str | None = None
    peil: dict[str, str] = {}
    herkend: dict[str, str] = {}
    vertrokken: tuple[str, ...] = ()
    blijft: tuple[str, ...] = ()
    gemeld: tuple[str, ...] = ()
    volgende: str | None = None
    teruggedraaid: bool = False
    toegelaten: dict[str, tuple[str, ...]] = {}


def outside(gegevens: Gegevens, vandaag: str) -> str | None:
    """Tell whether a pupil is not enrolled on a day, by their dates, and why.

    Who leaves is enrolled until the uitstroomdatum; one before the instroomdatum belongs to an earlier enrolment.
    """
    begin, end = gegevens.instroomdatum, gegevens.uitstroomdatum
    if begin is not None and begin > vandaag:
        return FUTURE
    if end is not None and end < vandaag and (begin is None or begin <= end):
        return LEFT
    return None


def next_day(rows: Iterable[RosterRow], vandaag: str) -> str | None:
    """Give the first day from which `outside` tells something else about somebody."""
    days = [row.gegevens.instroomdatum for row in rows if (row.gegevens.instroomdatum or "") > vandaag]
    # The day after the last one; as text, what comes after it in the order of days.
    days += [f"{row.gegevens.uitstroomdatum}+" for row in rows if (row.gegevens.uitstroomdatum or "") >= vandaag]
    return min((day for day in days if day is not None), default=None)


def kind_of_plan(
    memory: ImportMemory, schooljaar: str, known: Sequence[Lid], pupils: Sequence[tuple[Gegevens, Gegevens]]
) -> Aard:
    """Tell what kind of plan it is.

    A change of year is told by the school year, or by most pupils going to the next year and to another group: a LAS
    may still give last year's groups under the new year's name for some weeks.

    Args:
        memory: of the koppeling.
        schooljaar: of the rosters.
        known: everybody the application has.
        pupils: what the rosters say of the known pupils, and what was known.
    """
    if not known:
        return "eerste import"
    if memory.schooljaar is not None and memory.schooljaar < schooljaar:
        return "jaarwisseling"
    moved = sum(_went_up(new, old) for new, old in pupils if new != old)
    return "jaarwisseling" if 2 * moved > len(pupils) else "wijzigingen"


def _went_up(new: Gegevens, old: Gegevens) -> bool:
    one, other = new.jaargroep or "", old.jaargroep or ""
    return one.isdecimal() and other.isdecimal() and int(one) == int(other) + 1 and new.groepen[:1] != old.groepen[:1]


class Absent:
    """Finds the known who are in no row.

    Args:
        known: everybody the application has, by kind.
        matched: ids of who is in a row.
        groups: ids of the known groups that are in the rosters.
        memory: of the koppeling.
        aard: the kind of plan.
        elsewhere: the bronnen of other koppelingen of the school, whose people are not looked at.
    """

    def __init__(
        self,
        known: Mapping[Soort, Sequence[Lid]],
        matched: Collection[str],
        *,
        memory: ImportMemory,
        aard: Aard,
        elsewhere: Collection[str] = (),
    ) -> None:
        self.known = known
        self.matched = matched
        self.memory = memory
        self.aard = aard
        self.elsewhere = elsewhere
        self.groups: dict[tuple[str, str], Lid] = {}
        for lid in known["groep"]:
            g = lid.gegevens
            if g.key is not None:
                self.groups[g.bron or "", g.key] = lid
                self.groups.setdefault(("", g.key), lid)

    def pupils(self) -> list[Weg]:
        """Give the active pupils who are gone; after a summer they are on one list."""
        stay = set(self.memory.blijft)
        waiting = set(self.memory.vertrokken)
        found = []
        for lid in self._gone("leerling"):
            if lid.id in stay:
                continue
            groep = self._stamgroep(lid.gegevens)
            found.append(
                Weg(
                    lid=lid.id,
                    label=lid.gegevens.label,
                    groep=groep.id if groep is not None else "",
                    groepsnaam=(groep.gegevens.naam or "") if groep is not None else "",
                    gegevens=lid.gegevens,
                    zomer=self.aard == "jaarwisseling" or lid.id in waiting,
                )
            )
        return found

    def staff(self) -> list[Weg]:
        """Give the active staff who are gone."""
        return [Weg(lid=lid.id, label=lid.gegevens.label, gegevens=lid.gegevens) for lid in self._gone("leerkracht")]

    def gone_groups(self) -> list[Weg]:
        """Give the active groups that are gone."""
        return [Weg(lid=lid.id, label=lid.gegevens.label, gegevens=lid.gegevens) for lid in self._gone("groep")]

    def _gone(self, soort: Soort) -> list[Lid]:
        return [
            lid
            for lid in self.known[soort]
            if lid.actief and lid.id not in self.matched and lid.gegevens.bron not in self.elsewhere
        ]

    def _stamgroep(self, gegevens: Gegevens) -> Lid | None:
        """Give the stamgroep, or the first group where none is one: a stamgroep has a jaargroep."""
        first = None
        for ref in gegevens.groepen:
            bron, key = ref if isinstance(ref, tuple) else (gegevens.bron or "", ref)
            groep = self.groups.get((bron, key)) or self.groups.get(("", key))
            if groep is not None and groep.gegevens.jaargroep is not None:
                return groep
            first = first or groep
        return first
