"""The results that the fakes received: a message is taken completely or not at all, and a repeated key replaces.

Source: UWLR 2.2.1, Leerresultatenoverdracht, content checks. The public part of the agreement does not say what a
repeated resultaat/@key does; that it replaces is assumed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mock_las.clock import Clock
from mock_las.state import AT_SCHOOL, Place, State, as_json, from_json
from mock_las.vendors import Traits
from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Norm, Normering, Resultaat, Toetsafname
from uwlr.berichten.raw import AnderResultaat
from uwlr.dutch_time import as_utc
from uwlr.foutcodes import Foutcode
from uwlr.soap.providers import Refusal


class Source(NamedTuple):
    """A school at a vendor, and the supplier whose results about it are kept apart from those of others."""

    vendor: str
    brincode: str
    dependancecode: str
    klantcode: str


_Row = tuple[Any, ...]
_OF_SOURCE = f"{AT_SCHOOL} AND klantcode = ?"
_COUNT = f"SELECT count(*) FROM result WHERE {_OF_SOURCE}"  # noqa: S608 - our own names
_LAST = f"SELECT max(aanmaakdatum) FROM delivery WHERE {_OF_SOURCE}"  # noqa: S608
_STORED = f"SELECT * FROM result WHERE {_OF_SOURCE} AND key = ?"  # noqa: S608


class ToetsId(NamedTuple):
    """A test, or a part of one, of one supplier; no version and no part are empty."""

    klantcode: str
    toetscode: str
    versie: str
    toetsonderdeelcode: str


class Pulled(NamedTuple):
    """What became of the results of one batch."""

    new: int
    replaced: int
    already: int
    unknown: int


class Results:
    """The results that came in.

    Args:
        state: where they are kept.
        clock: the time.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def take(self, source: Source, verzoek: LeerresultatenVerzoek, traits: Traits, known: set[str]) -> None:
        """Take a delivery.

        Args:
            source: where it came in, and from whom.
            verzoek: the message.
            traits: how the vendor behaves.
            known: leerlingid and ECK-iD of every pupil of the school.

        Raises:
            Refusal: the message is refused as a whole.
        """
        if traits.known_toetscodes and traits.unknown_toetscode == "refuse":
            strange = {toets.toetscode.waarde for toets in verzoek.toetsen}.difference(traits.known_toetscodes)
            if strange:
                raise Refusal(Foutcode.TOETS_NORMERING_ONGELDIG, detail=f"{len(strange)} toetscode(s) not known here")
        taken = verzoek.toetsafnames
        if traits.unknown_leerling != "take":
            taken = tuple(a for a in taken if a.leerlingid in known or a.eckid in known)
        missing = len(verzoek.toetsafnames) - len(taken)
        if missing and traits.unknown_leerling == "refuse":
            raise Refusal(Foutcode.LEERLING_ONGELDIG, detail=f"{missing} leerling(en) not known at this school")
        self._store(source, verzoek, taken, traits)

    def _store(
        self, source: Source, verzoek: LeerresultatenVerzoek, taken: tuple[Toetsafname, ...], traits: Traits
    ) -> None:
        made = _moment(as_utc(verzoek.school.aanmaakdatum))
        rows = _rows(source, verzoek, taken)
        with self._state.transaction() as db:
            last = db.execute(_LAST, source).fetchone()[0]
            if traits.aanmaakdatum_must_rise and last is not None and made <= last:
                raise Refusal(
                    Foutcode.ONGELDIG_BERICHT, detail="aanmaakdatum is not later than that of the previous message"
                )
            self._insert(db, source, verzoek, rows, _total(verzoek) - len(rows))

    def pull(self, db: sqlite3.Connection, source: Source, verzoek: LeerresultatenVerzoek, numbers: set[str]) -> Pulled:
        """Take results that were fetched, in the caller's transaction; one that is there already is left alone.

        Args:
            db: the transaction.
            source: where they belong, and from whom they are.
            verzoek: the message that holds them.
            numbers: the stamnummers that are known; results of others are not stored.
        """
        rows = _rows(source, verzoek, tuple(a for a in verzoek.toetsafnames if a.leerlingid in numbers))
        fresh = [row for row in rows if _stored(db, row) != row]
        unknown = _total(verzoek) - len(rows)
        new = self._insert(db, source, verzoek, fresh, unknown)
        return Pulled(new=new, replaced=len(fresh) - new, already=len(rows) - len(fresh), unknown=unknown)

    def _insert(
        self, db: sqlite3.Connection, source: Source, verzoek: LeerresultatenVerzoek, rows: list[_Row], held: int
    ) -> int:
        """Store a delivery; the number of results that were not there before."""
        made = _moment(as_utc(verzoek.school.aanmaakdatum))
        before: int = db.execute(_COUNT, source).fetchone()[0]
        delivery = db.execute(
            "INSERT INTO delivery (vendor, brincode, dependancecode, klantcode, schooljaar, aanmaakdatum,"
            " received_at, new, replaced, held) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
            (*source, verzoek.school.schooljaar, made, _moment(self._clock.now()), held),
        ).lastrowid
        db.executemany(
            "INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row, delivery) for row in rows),
        )
        new: int = db.execute(_COUNT, source).fetchone()[0] - before
        db.execute("UPDATE delivery SET new = ?, replaced = ? WHERE id = ?", (new, len(rows) - new, delivery))
        db.executemany(
            "INSERT OR REPLACE INTO toets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*source, *toets) for toets in _tests(verzoek)),
        )
        return new

    def deliveries(self, vendor: str) -> list[dict[str, Any]]:
        """The deliveries at a vendor, oldest first."""
        rows = self._state.rows("SELECT * FROM delivery WHERE vendor = ? ORDER BY id", vendor)
        return [{name: row[name] for name in row.keys() if name != "vendor"} for row in rows]  # noqa: SIM118

    def received(self, vendor: str, traits: Traits, place: Place | None = None) -> list[dict[str, Any]]:
        """The results at a vendor, or at one of its schools; `zichtbaar` tells whether the dashboard shows them yet."""
        _, brincode, dependancecode = place or (None, None, None)
        rows = self._state.rows(
            "SELECT result.*, delivery.received_at FROM result JOIN delivery ON delivery.id = result.delivery"
            " WHERE result.vendor = ? AND (? IS NULL OR (result.brincode = ? AND result.dependancecode = ?))"
            " ORDER BY result.delivery, result.key",
            vendor,
            brincode,
            brincode,
            dependancecode,
        )
        shown = _moment(self._clock.now() - dt.timedelta(seconds=traits.visible_after))
        return [_as_dict(row, shown) for row in rows]

    def tests(self, place: Place) -> list[dict[str, Any]]:
        """The tests of a school and their parts, each version as it was last delivered."""
        rows = self._state.rows(
            f"SELECT * FROM toets WHERE {AT_SCHOOL} ORDER BY klantcode, toetscode, versie, toetsonderdeelcode",  # noqa: S608
            *place,
        )
        return [
            {
                "id": ToetsId(row["klantcode"], row["toetscode"], row["versie"], row["toetsonderdeelcode"]),
                "naam": row["naam"],
                "normen": from_json(row["normen"], tuple[Norm, ...]),
            }
            for row in rows
        ]


_SHOWN: Final = (
    *("key", "brincode", "dependancecode", "klantcode", "schooljaar", "leerlingid", "eckid", "afnamedatum"),
    *("toetscode", "versie", "toetsonderdeelcode", "infourl", "received_at"),
)


def _as_dict(row: sqlite3.Row, shown: str) -> dict[str, Any]:
    found = {name: row[name] for name in _SHOWN}
    if row["osoresultaat"] is not None:
        found["osoresultaat"] = from_json(row["osoresultaat"], dict[str, Any])
    else:
        kind = "score" if row["score"] is not None else "anderresultaat"
        found[kind] = row[kind]
    return {**found, "zichtbaar": row["received_at"] <= shown}


def _rows(source: Source, verzoek: LeerresultatenVerzoek, taken: tuple[Toetsafname, ...]) -> list[_Row]:
    return [
        (*source, r.key, verzoek.school.schooljaar, a.leerlingid, a.eckid, *_columns(r))
        for a in taken
        for r in a.resultaten
    ]


def _stored(db: sqlite3.Connection, row: _Row) -> _Row | None:
    """The row that is there under the same key, without its delivery."""
    found = db.execute(_STORED, row[:5]).fetchone()
    return None if found is None else tuple(found)[:-1]


def _total(verzoek: LeerresultatenVerzoek) -> int:
    return sum(len(a.resultaten) for a in verzoek.toetsafnames)


def _columns(r: Resultaat) -> tuple[Any, ...]:
    score = oso = ander = None
    match r.uitkomst:
        case int():
            score = r.uitkomst
        case AnderResultaat():
            ander = r.uitkomst.xml.decode()
        case _:
            oso = as_json(r.uitkomst)
    versie = r.versie.waarde if r.versie else None
    return r.afnamedatum.isoformat(), r.toetscode, versie, r.toetsonderdeelcode, score, oso, ander, r.infourl


def _tests(verzoek: LeerresultatenVerzoek) -> Iterator[tuple[str, str, str, str | None, str]]:
    """The tests of a message and their parts: code, version, code of the part, name, norms."""
    for toets in verzoek.toetsen:
        versie = toets.versie.waarde if toets.versie else ""
        yield toets.toetscode.waarde, versie, "", toets.toetsnaam, _norms(toets.toetsnormering)
        for deel in toets.toetsonderdelen:
            yield (
                toets.toetscode.waarde,
                versie,
                deel.toetsonderdeelcode.waarde,
                deel.toetsonderdeelnaam,
                _norms(deel.toetsonderdeelnormering),
            )


def _norms(normering: Normering | None) -> str:
    return as_json(normering.norm if normering else ())


def _moment(moment: dt.datetime) -> str:
    """A moment in UTC as text that sorts by time."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
