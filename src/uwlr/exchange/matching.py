"""From rosters to a plan: rows, who they are, who is enrolled, what is strange. It reads `Leden`, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import msgspec

from uwlr.dutch_time import dutch_day
from uwlr.exchange.candidates import Candidate, Match
from uwlr.exchange.declined_rows import is_another, is_ignored, missed_keys
from uwlr.exchange.enrolment import Absent, ImportMemory, kind_of_plan, next_day, outside
from uwlr.exchange.guards import Seen, alarms, concerned, lasting, look
from uwlr.exchange.identity import Identifier
from uwlr.exchange.kept_out import KeptOut
from uwlr.exchange.leden import SOORTEN, Gegevens, Leden, Lid, Soort
from uwlr.exchange.name_forms import joined
from uwlr.exchange.plan import Plan
from uwlr.exchange.plan_rows import (
    IGNORED,
    MAX_DEACTIVATED,
    RENAMED,
    RETURNED,
    Aard,
    Kandidaat,
    Rij,
    Weg,
    join,
    left_out_groups,
    what_changes,
)
from uwlr.exchange.roster_rows import Melding, RosterRow, Rosters, hashable, read_rows

_ENCODER = msgspec.json.Encoder(enc_hook=hashable)


def make_plan(
    koppeling_id: int,
    schooljaar: str,
    rosters: Rosters,
    leden: Leden,
    *,
    new_keys: Mapping[str, str] | None = None,
    ignored: Iterable[tuple[str, str]] = (),
    max_deactivated: float = MAX_DEACTIVATED,
    las: str = "",
    memory: ImportMemory | None = None,
    today: date | None = None,
    elsewhere: Collection[str] = (),
    known: Mapping[Soort, Sequence[Lid]] | None = None,
    kept_out: KeptOut | None = None,
) -> Plan:
    """Plan the import of the rosters of a school; nothing is written.

    Args:
        koppeling_id: whose import it is.
        schooljaar: the year of the rosters.
        rosters: the roster of each BRIN or location, with its name; one who is in several is merged.
        leden: the application's own.
        new_keys: old LAS keys and those that took their place.
        ignored: soort and identity of what was not to be imported before.
        max_deactivated: share of the pupils above which the guard stops the import.
        las: name of the system; keys are unique within it and the bron.
        memory: what earlier imports of the koppeling left to remember.
        today: the day by which enrolment is judged; None is the day that it is in the schools.
        elsewhere: the bronnen of other koppelingen of the school: who has a key of these is not missed here.
        known: all that `leden` gives, where it was asked already.
        kept_out: tells which pupils were forgotten; they are in no row.
    """
    memory = memory or ImportMemory()
    declined = set(ignored)
    day = (today or dutch_day(datetime.now(UTC))).isoformat()
    rows = read_rows(rosters, las)
    forgotten: tuple[int, ...] = ()
    returned: list[RosterRow] = []
    if kept_out:
        rows["leerling"], forgotten, returned = kept_out.split(rows["leerling"], new_keys)
    known = known if known is not None else {soort: list(leden.find(soort)) for soort in SOORTEN}
    matches: dict[Soort, list[Match]] = {
        soort: Identifier(
            rows[soort], known[soort], new_keys=new_keys, remembered=memory.herkend, declined=declined
        ).matches()
        for soort in SOORTEN
        if soort != "groep"
    }
    pairs = [
        (row.gegevens, match.lid.gegevens)
        for row, match in zip(rows["leerling"], matches["leerling"], strict=True)
        if match.lid is not None
    ]
    aard = kind_of_plan(memory, schooljaar, [*known["groep"], *known["leerling"]], pairs)
    alike = _Groups(rows["leerling"], matches["leerling"], known["leerling"], aard)
    matches["groep"] = Identifier(
        rows["groep"], known["groep"], new_keys=new_keys, remembered=memory.herkend, alike=alike.candidate
    ).matches()
    rijen = _rijen(rows, matches, declined)
    _ask_about(returned, rows["leerling"], rijen)
    _enrol(rijen, day, set(memory.blijft))
    _settle(rijen, {soort: {lid.id: lid for lid in lids} for soort, lids in known.items()}, leden.fields)
    _check_addresses(rijen, known["leerkracht"])
    matched = {rij.lid for rij in rijen if rij.lid is not None}
    absent = Absent(known, matched, memory=memory, aard=aard, elsewhere=elsewhere)
    pupils, staff = absent.pupils(), absent.staff()
    told = set(memory.gemeld)
    peil = {bron: str(r.school.aanmaakdatum) for bron, r in rosters if r.school.aanmaakdatum is not None}
    roster_hash = hash_rosters(rosters)
    seen = Seen(
        rows=rijen,
        known={soort: {lid.id: lid for lid in lids} for soort, lids in known.items()},
        stam=_stamgroepen(rows["groep"], known["groep"]),
        absent=_by_bron(weg for weg in pupils if not weg.zomer or aard == "jaarwisseling"),
        staff_gone=[weg.lid for weg in staff if weg.lid not in told],
        groups=len(rows["groep"]),
        renewed=new_keys or {},
        rosters=roster_hash,
        older=any(_moment(peil[bron]) < _moment(memory.peil[bron]) for bron in peil if bron in memory.peil),
        undone=memory.teruggedraaid,
    )
    looks = look(seen, aard)
    found = alarms(looks, memory.toegelaten, aard)
    return Plan(
        koppeling_id=koppeling_id,
        schooljaar=schooljaar,
        aard=aard,
        rijen=rijen,
        weg=tuple(pupils),
        personeel_weg=tuple(weg for weg in staff if weg.lid not in told),
        groepen_weg=tuple(absent.gone_groups()),
        leerlingen_actief=sum(lid.actief for lid in known["leerling"]),
        roster_hash=roster_hash,
        leden_hash=hash_leden(known),
        alarmen=found,
        getroffen=concerned(looks, found),
        blijvend=lasting(looks),
        max_deactivated=max_deactivated,
        velden=tuple(leden.fields),
        peil=peil,
        volgende=next_day(rows["leerling"], day),
        vergeten=forgotten,
        laatst_vergeten=kept_out.last if kept_out is not None else 0,
    )


def _by_bron(gone: Iterable[Weg]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for weg in gone:
        found.setdefault((weg.gegevens.bron if weg.gegevens else None) or "", []).append(weg.lid)
    return found


def hash_rosters(rosters: Rosters) -> str:
    """Give a hash of what rosters hold, leaving out when they were made."""
    return _hash([(bron, r.school.schooljaar, r.groepen, r.leerlingen, r.leerkrachten) for bron, r in rosters])


def hash_leden(known: Mapping[Soort, Sequence[Lid]]) -> str:
    """Give a hash of what the application's tables hold."""
    return _hash({soort: known[soort] for soort in SOORTEN})


def _hash(value: Any) -> str:
    return sha256(_ENCODER.encode(value)).hexdigest()


def _moment(text: str) -> str:
    """Give a moment in a form that sorts; without a zone it is taken as it stands."""
    return text.replace(" ", "T").replace("Z", "+00:00")


def _rijen(
    rows: Mapping[Soort, Sequence[RosterRow]], matches: Mapping[Soort, Sequence[Match]], ignored: set[tuple[str, str]]
) -> list[Rij]:
    made: list[Rij] = []
    for soort in SOORTEN:
        first = len(made) + 1
        for row, match in zip(rows[soort], matches[soort], strict=True):
            rij = Rij(
                nummer=len(made) + 1,
                soort=soort,
                gegevens=row.gegevens,
                keuze=match.keuze,
                reden=match.reden,
                lid=match.lid.id if match.lid is not None else None,
                bronnen=row.bronnen,
                meldingen=row.meldingen,
                dubbel=tuple(first + twin for twin in match.twins),
                gedeeld=match.shared,
                samen=None if match.joined is None else first + match.joined,
                nummers=match.holders if match.lid is None else (),
            )
            if match.kandidaten:
                rij.kandidaten = tuple(_kandidaat(candidate, first) for candidate in match.kandidaten)
            if ignored and is_ignored(rij, ignored) and ignored.issuperset(missed_keys(rij)):
                active = match.lid is not None and match.lid.actief
                if rij.keuze == "nieuw" and is_another(rij, ignored):
                    rij.keuze, rij.reden = "conflict", RENAMED
                elif not active or rij.keuze != "bestaand" or (soort, f"lid {rij.lid}") in ignored:
                    rij.keuze, rij.reden = "niet importeren", IGNORED
            made.append(rij)
    for rij in made:
        if rij.samen is not None:
            join(made[rij.samen - 1], rij)
    return made


def _kandidaat(candidate: Candidate, first: int) -> Kandidaat:
    lid = candidate.lid
    return Kandidaat(
        id=lid.id,
        waarom=", ".join(candidate.waarom),
        label=lid.gegevens.label,
        gegevens=lid.gegevens,
        actief=lid.actief,
        rij=None if candidate.row is None else first + candidate.row,
    )


def _ask_about(returned: Iterable[RosterRow], rows: Iterable[RosterRow], rijen: Iterable[Rij]) -> None:
    """Let rows wait that have the key of a pupil who was forgotten, and may be somebody else."""
    odd = {id(row) for row in returned}
    for row, rij in zip(rows, (rij for rij in rijen if rij.soort == "leerling") if odd else (), strict=False):
        if id(row) in odd and rij.keuze == "nieuw":
            rij.keuze, rij.reden = "conflict", RETURNED


def _enrol(rijen: Iterable[Rij], day: str, stay: set[str]) -> None:
    """Leave out, or deactivate, who is not enrolled by the dates."""
    for rij in rijen:
        if rij.soort != "leerling":
            continue
        rij.datum = outside(rij.gegevens, day)
        if rij.datum is not None and rij.keuze in {"nieuw", "bestaand"} and rij.lid not in stay:
            rij.reden = rij.datum
            if rij.keuze == "nieuw":
                rij.keuze = "niet importeren"


def _settle(rijen: Sequence[Rij], known: Mapping[Soort, Mapping[str, Lid]], fields: Collection[str]) -> None:
    """Say what changes of who is known, and keep what was there."""
    left_out = left_out_groups(rijen)
    for rij in rijen:
        lid = known[rij.soort].get(rij.lid) if rij.lid is not None else None
        if lid is None or rij.samen is not None:
            continue
        rij.inactief = not lid.actief
        if rij.outside:
            rij.wijzigt = () if rij.inactief else ("actief",)
            continue
        said = rij.said(left_out)
        rij.wijzigt = what_changes(lid.gegevens, said, fields, inactive=rij.inactief)
        if lid.gegevens != rij.gegevens:
            rij.was = lid.gegevens


def _check_addresses(rijen: Iterable[Rij], staff: Iterable[Lid]) -> None:
    """Say where two members of staff have one e-mail address."""
    owners: dict[str, set[str]] = {}
    mine: list[tuple[Rij, str]] = []
    for rij in rijen:
        address = rij.gegevens.emailadres
        if rij.soort == "leerkracht" and address:
            mine.append((rij, address.casefold()))
            owners.setdefault(address.casefold(), set()).add(rij.lid or f"rij {rij.nummer}")
    for lid in staff:
        address = lid.gegevens.emailadres
        if lid.actief and address and address.casefold() in owners:
            owners[address.casefold()].add(lid.id)
    for rij, address in mine:
        if len(owners[address]) > 1:
            rij.meldingen = (*rij.meldingen, Melding(wat="dubbel e-mailadres", veld="emailadres"))


def _stamgroepen(rows: Iterable[RosterRow], known: Iterable[Lid]) -> frozenset[tuple[str, str]]:
    found = {(row.gegevens.bron or "", row.gegevens.key or "") for row in rows if row.stam}
    subs = {(row.gegevens.bron or "", row.gegevens.key or "") for row in rows if not row.stam}
    for lid in known:
        ref = lid.gegevens.bron or "", lid.gegevens.key or ""
        if lid.gegevens.jaargroep is not None and ref not in subs:
            found.add(ref)
    return frozenset(found | {("", key) for _, key in found})


class _Groups:
    """Tells whether an unknown group may be a known one: by name, and by the pupils in it."""

    def __init__(self, rows: Sequence[RosterRow], matches: Sequence[Match], pupils: Sequence[Lid], aard: Aard) -> None:
        self.aard = aard
        self.now: dict[tuple[str, str], set[str]] = {}
        self.before: dict[tuple[str, str], set[str]] = {}
        for row, match in zip(rows, matches, strict=True):
            if match.lid is not None:
                self._add(self.now, row.gegevens, match.lid.id)
        for lid in pupils:
            if lid.actief:
                self._add(self.before, lid.gegevens, lid.id)

    @staticmethod
    def _add(into: dict[tuple[str, str], set[str]], person: Gegevens, lid: str) -> None:
        for ref in person.groepen:
            into.setdefault(ref if isinstance(ref, tuple) else (person.bron or "", ref), set()).add(lid)

    def candidate(self, row: RosterRow, lid: Lid) -> Candidate | None:
        """Give a known group of this name; with other pupils, or in another year, it is another group."""
        if self.aard == "jaarwisseling" or not lid.actief or joined(row.gegevens.naam) != joined(lid.gegevens.naam):
            return None
        now = self.now.get((row.gegevens.bron or "", row.gegevens.key or ""), set())
        g = lid.gegevens
        before = self.before.get((g.bron or "", g.key or ""), set()) if g.key else set()
        if now and before:
            if 2 * len(now & before) < min(len(now), len(before)):
                return None
            return Candidate(lid=lid, waarom=("naam", "leerlingen"))
        return Candidate(lid=lid, waarom=("naam",))
