"""Who is who: rows of rosters held against the known, by evidence. Pure: no database, no clock, no order of rows.

An ECK-iD decides, then a key; what contradicts them is left to a person, with who it may be. A name never decides.
Certain matches are made first, whatever the order of the rows; who is matched then is a candidate for nobody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from uwlr.exchange.candidates import Candidate, Candidates, Match, form
from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.name_forms import joined, surname
from uwlr.exchange.plan_rows import OTHER_ECKID
from uwlr.exchange.roster_rows import (
    RosterRow,
    count_numbers,
    is_dummy,
    is_somebody_else,
    looks_same,
    same_person,
)

_ECKID, _KEY, _MEMORY = 3, 2, 1
"""How strong the evidence of a match is."""


def fingerprint(row: RosterRow) -> str:
    """Give by what a row without a usable number is recognised the next time: all it says of itself, hashed."""
    return _fingerprint(row.soort, row.gegevens)


def _fingerprint(soort: str, g: Gegevens) -> str:
    said = (soort, g.bron, g.key, g.eckid, g.naam, surname(g.achternaam, g.voorvoegsel), joined(g.roepnaam))
    return sha256("\x1f".join(part or "" for part in (*said, g.geboortedatum)).encode()).hexdigest()[:32]


class Identifier:
    """Finds the known for the rows of one kind of people, or of groups.

    Args:
        rows: what the rosters say.
        known: the application's own of this kind, also the inactive.
        new_keys: old keys and those that took their place.
        remembered: fingerprints of rows that were imported before without a number, and who they are; empty for
            none of the known.
        declined: soort and identity of rows that a person wanted not to be imported; they take nobody from another row.
        alike: gives the candidates of an unknown row by what is special to the kind; None is by name and birth date.
    """

    def __init__(
        self,
        rows: Sequence[RosterRow],
        known: Sequence[Lid],
        *,
        new_keys: Mapping[str, str] | None = None,
        remembered: Mapping[str, str] | None = None,
        declined: Collection[tuple[str, str]] = (),
        alike: Callable[[RosterRow, Lid], Candidate | None] | None = None,
    ) -> None:
        self.rows = rows
        self.known = known
        self.alike = alike
        self.new_keys = new_keys or {}
        self.remembered = remembered or {}
        self.declined = declined
        self.nobody = {name for name, lid in self.remembered.items() if not lid}
        self.counts = count_numbers(rows)
        self.by_id = {lid.id: lid for lid in known}
        self.by_eckid: dict[str, list[Lid]] = defaultdict(list)
        self.by_key: dict[str, list[Lid]] = defaultdict(list)
        for lid in known:
            if lid.gegevens.eckid:
                self.by_eckid[lid.gegevens.eckid].append(lid)
            if lid.gegevens.key:
                key = self.new_keys.get(lid.gegevens.key, lid.gegevens.key)
                self.by_key[key].append(lid)
        self._by_name: dict[tuple[str, ...], list[Lid]] | None = None

    def matches(self) -> list[Match]:
        """Decide on every row, as far as that may be done without a person."""
        found = [self._certain(row) for row in self.rows]
        claims: dict[str, list[tuple[int, int]]] = defaultdict(list)
        made: list[Match] = []
        for place, (strength, match) in enumerate(found):
            made.append(match)
            if strength and match.lid is not None:
                claims[match.lid.id].append((strength, place))
        for claimed in claims.values():
            winner = self._winner(claimed, made)
            for _, place in claimed:
                if place != winner and winner is not None and self._joins(place, winner, made):
                    made[place].joined = winner
                elif place != winner:
                    lid = made[place].lid
                    waits = Match(
                        keuze="conflict", reden="een andere rij is deze bekende al", holders=made[place].holders
                    )
                    if lid is not None:
                        waits.kandidaten = (Candidate(lid=lid, waarom=("nummer",), row=winner),)
                    waits.twins = tuple(other for _, other in claimed if other != place)
                    made[place] = waits
        self._share(made)
        Candidates(self.rows, self.known, made, exactly=self.exactly, alike=self.alike).offer()
        return made

    # What is certain about one row.

    def _certain(self, row: RosterRow) -> tuple[int, Match]:
        g = row.gegevens
        if self.nobody and (name := fingerprint(row)) in self.nobody:
            holders = self._holders(g)
            made = [
                lid for lid in map(self.by_id.__getitem__, holders) if _fingerprint(row.soort, lid.gegevens) == name
            ]
            if len(made) == 1:  # made of this very row, by an import that was undone
                return _MEMORY, Match(keuze="bestaand", reden="eerder herkend", lid=made[0], holders=holders)
            return 0, Match(keuze="nieuw", reden="eerder herkend", holders=holders)
        eckid = g.eckid if g.eckid and self.counts["eckid", "", g.eckid] == 1 else None
        key_twice = bool(g.key) and self.counts["key", g.bron or "", g.key or ""] > 1
        key = g.key if g.key and not key_twice and not is_dummy(g.key) else None
        by_eckid = self.by_eckid.get(eckid, []) if eckid else []
        by_key = self._of_bron(self.by_key.get(key, []), g.bron) if key else []
        holders = self._holders(g)
        if not by_eckid and not by_key:
            return self._recognised(row, holders)
        if (lid := self._chosen(row, holders)) is not None:
            return _MEMORY, Match(keuze="bestaand", reden="eerder herkend", lid=lid, holders=holders)
        if by_eckid:
            return self._by_eckid(row, by_eckid, by_key, holders)
        if len(by_key) > 1:
            exact = self._decided(row, by_key) or [lid for lid in by_key if same_person(lid.gegevens, g)]
            if len(exact) != 1:
                return 0, self._waits("meer dan een bekende", by_key, holders)
            by_key = exact
        return self._by_key(row, by_key[0], holders, eckid)

    def _by_eckid(
        self, row: RosterRow, by_eckid: list[Lid], by_key: list[Lid], holders: tuple[str, ...]
    ) -> tuple[int, Match]:
        ids = {lid.id for lid in by_key}
        if len(by_eckid) > 1:
            both = self._decided(row, by_eckid) or [
                lid for lid in by_eckid if lid.id in ids and not is_somebody_else(row.gegevens, lid.gegevens)
            ]
            if len(both) != 1:
                return 0, self._waits("meer dan een bekende", by_eckid, holders)
            return _ECKID, Match(keuze="bestaand", reden="ECK-iD bekend", lid=both[0], holders=holders)
        lid = by_eckid[0]
        if by_key and lid.id not in ids and not self._decided(row, by_eckid):
            return 0, self._waits("ECK-iD en sleutel van verschillende bekenden", [lid, *by_key], holders)
        if is_somebody_else(row.gegevens, lid.gegevens):
            return 0, self._waits("ECK-iD bekend van iemand met een andere naam", [lid], holders)
        return _ECKID, Match(keuze="bestaand", reden="ECK-iD bekend", lid=lid, holders=holders)

    def _by_key(self, row: RosterRow, lid: Lid, holders: tuple[str, ...], eckid: str | None) -> tuple[int, Match]:
        g, its = row.gegevens, lid.gegevens
        if eckid and its.eckid and eckid != its.eckid:
            return 0, self._waits(OTHER_ECKID, [lid], holders)
        if is_somebody_else(g, its):
            return 0, self._waits("sleutel bekend van iemand met een andere naam", [lid], holders)
        if g.roepnaam and its.roepnaam and joined(g.roepnaam) != joined(its.roepnaam):
            other = [one for one in self.exactly(g) if one.id != lid.id]
            if other:
                return 0, self._waits("sleutel bekend van iemand met een andere naam", [lid, *other], holders)
        return _KEY, Match(keuze="bestaand", reden="sleutel bekend", lid=lid, holders=holders)

    def _chosen(self, row: RosterRow, holders: Collection[str]) -> Lid | None:
        """Give the one that a person chose before although others have the numbers of a row."""
        lid = self.by_id.get(self.remembered.get(fingerprint(row), "")) if self.remembered else None
        return lid if lid is not None and lid.id not in holders else None

    def _decided(self, row: RosterRow, lids: Iterable[Lid]) -> list[Lid]:
        """Give the one that a person chose before, where several have the number of a row."""
        chosen = self.remembered.get(fingerprint(row)) if self.remembered else None
        return [lid for lid in lids if lid.id == chosen]

    def _recognised(self, row: RosterRow, holders: tuple[str, ...]) -> tuple[int, Match]:
        """Look whether a row whose numbers say nothing was imported before, word for word."""
        g = row.gegevens
        lid = self.by_id.get(self.remembered.get(fingerprint(row), "")) if self.remembered else None
        if lid is not None:
            return _MEMORY, Match(keuze="bestaand", reden="eerder herkend", lid=lid, holders=holders)
        if not g.eckid and (g.key is None):
            return 0, Match(keuze="conflict", reden="zonder ECK-iD en sleutel", holders=holders)
        if not any((g.naam, g.achternaam, g.roepnaam)):
            return 0, Match(keuze="conflict", reden="naam ontbreekt", holders=holders)
        return 0, Match(keuze="nieuw", reden="onbekend", holders=holders)

    def _joins(self, place: int, winner: int, made: Sequence[Match]) -> bool:
        mine, its = self.rows[place].gegevens, self.rows[winner].gegevens
        return made[place].reden == "eerder herkend" and mine.bron != its.bron

    def _share(self, made: list[Match]) -> None:
        """Let rows wait that share an ECK-iD or key with another, and that nothing else makes certain."""
        sharing: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            g = row.gegevens
            if g.eckid and self.counts["eckid", "", g.eckid] > 1:
                sharing["eckid", "", g.eckid].append(place)
            if g.key and not is_dummy(g.key) and self.counts["key", g.bron or "", g.key] > 1:
                sharing["key", g.bron or "", g.key].append(place)
        for (kind, _, _), places in sorted(sharing.items()):
            reden = "een ander in de gegevens heeft " + ("hetzelfde ECK-iD" if kind == "eckid" else "dezelfde sleutel")
            for place in places:
                match = made[place]
                match.twins = tuple(sorted({*match.twins, *(other for other in places if other != place)}))
                match.shared = (*match.shared, kind)
                if match.keuze == "nieuw" or (match.keuze == "bestaand" and not self._sure(place, match)):
                    lid = match.lid
                    more = () if lid is None else (Candidate(lid=lid, waarom=("nummer",)),)
                    match.keuze, match.reden, match.lid, match.kandidaten = "conflict", reden, None, more

    def _sure(self, place: int, match: Match) -> bool:
        """Tell whether a person said before who a row is that shares a number."""
        lid = match.lid
        return lid is None or self.remembered.get(fingerprint(self.rows[place])) == lid.id

    def _winner(self, claimed: Sequence[tuple[int, int]], made: Sequence[Match]) -> int | None:
        """Tell which of several rows is a known one: the strongest evidence, then name and birth date."""
        if len(claimed) == 1:
            return claimed[0][1]
        wanted = [(strength, place) for strength, place in claimed if not self._is_declined(self.rows[place])]
        claimed = wanted or claimed
        strongest = max(strength for strength, _ in claimed)
        places = [place for strength, place in claimed if strength == strongest]
        if len(places) > 1:
            places = [p for p in places if (lid := made[p].lid) and same_person(self.rows[p].gegevens, lid.gegevens)]
        return places[0] if len(places) == 1 else None

    def _is_declined(self, row: RosterRow) -> bool:
        return (row.soort, fingerprint(row)) in self.declined

    # Looking things up.

    def _holders(self, g: Gegevens) -> tuple[str, ...]:
        if not self.known:
            return ()
        found = list(self.by_eckid.get(g.eckid, ())) if g.eckid else []
        if g.key and not is_dummy(g.key) and g.key in self.by_key:
            found += self._of_bron(self.by_key[g.key], g.bron)
        return tuple(dict.fromkeys(lid.id for lid in found))

    @staticmethod
    def _of_bron(lids: Iterable[Lid], bron: str | None) -> list[Lid]:
        """Keep those whose key is of a bron, or of none that is known."""
        found = [lid for lid in lids if lid.gegevens.bron is None or bron is None or lid.gegevens.bron == bron]
        certain = [lid for lid in found if lid.gegevens.bron is not None]
        return certain or found

    def exactly(self, g: Gegevens) -> list[Lid]:
        """Give the known who look the same, by name and by the birth date where both have one."""
        if self._by_name is None:
            self._by_name = defaultdict(list)
            for lid in self.known:
                self._by_name[form(lid.gegevens)[1:]].append(lid)
        soort = self.rows[0].soort
        return [lid for lid in self._by_name.get(form(g)[1:], ()) if looks_same(soort, g, lid.gegevens)]

    @staticmethod
    def _waits(reden: str, lids: Iterable[Lid], holders: tuple[str, ...]) -> Match:
        found = {lid.id: lid for lid in lids}
        return Match(
            keuze="conflict",
            reden=reden,
            kandidaten=tuple(Candidate(lid=lid, waarom=("nummer",)) for lid in found.values()),
            holders=holders,
        )
