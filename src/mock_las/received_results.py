"""Taking results: all of a message or nothing of it, and a repeated key replaces.

Source: UWLR 2.2.1, Leerresultatenoverdracht, content checks. What a repeated resultaat/@key does is not in the part
of the agreement that is public; replacing is assumed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from mock_las.clock import Clock
from mock_las.school_register import School
from mock_las.state import State
from mock_las.vendors import Traits
from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Norm, Normering, Resultaat, Toetsafname
from uwlr.berichten.raw import AnderResultaat
from uwlr.dutch_time import as_utc
from uwlr.foutcodes import Foutcode
from uwlr.soap.providers import Refusal


class Source(NamedTuple):
    """Whose results these are."""

    vendor: str
    brincode: str
    dependancecode: str
    klantcode: str


_Row = tuple[Any, ...]
_COUNT = "SELECT count(*) FROM result WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND klantcode = ?"
_LAST = (
    "SELECT max(aanmaakdatum) FROM delivery WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND klantcode = ?"
)


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
            source: whose it is.
            verzoek: the message.
            traits: the vendor's ways.
            known: leerlingid and ECK-iD of every pupil of the school.

        Raises:
            Refusal: the message is refused as a whole.
        """
        if traits.known_toetscodes and traits.unknown_toetscode == "refuse":
            strange = {toets.toetscode.waarde for toets in verzoek.toetsen}.difference(traits.known_toetscodes)
            if strange:
                raise Refusal(Foutcode.TOETS_NORMERING_ONGELDIG, detail=f"{len(strange)} toetscode(s) not known here")
        landing = verzoek.toetsafnames
        if traits.unknown_leerling != "take":
            landing = tuple(a for a in landing if a.leerlingid in known or a.eckid in known)
        missing = len(verzoek.toetsafnames) - len(landing)
        if missing and traits.unknown_leerling == "refuse":
            raise Refusal(Foutcode.LEERLING_ONGELDIG, detail=f"{missing} leerling(en) not known at this school")
        self._store(source, verzoek, landing, traits)

    def _store(
        self, source: Source, verzoek: LeerresultatenVerzoek, landing: tuple[Toetsafname, ...], traits: Traits
    ) -> None:
        made = _moment(as_utc(verzoek.school.aanmaakdatum))
        rows = _rows(source, verzoek, landing)
        with self._state.transaction() as db:
            last = db.execute(_LAST, source).fetchone()[0]
            if traits.aanmaakdatum_must_rise and last is not None and made <= last:
                raise Refusal(
                    Foutcode.ONGELDIG_BERICHT, detail="aanmaakdatum is not later than that of the previous message"
                )
            self._insert(db, source, verzoek, rows, _total(verzoek) - len(rows))

    def pull(self, db: sqlite3.Connection, source: Source, verzoek: LeerresultatenVerzoek, numbers: set[str]) -> Pulled:
        """Take results that were fetched, in the caller's transaction; one that is there already is not touched.

        Args:
            db: the transaction.
            source: whose they are.
            verzoek: the message that holds them.
            numbers: the stamnummers that are known; results of others do not land.
        """
        rows = _rows(source, verzoek, tuple(a for a in verzoek.toetsafnames if a.leerlingid in numbers))
        fresh = [row for row in rows if _stored(db, row) != row]
        unknown = _total(verzoek) - len(rows)
        new = self._insert(db, source, verzoek, fresh, unknown)
        return Pulled(new=new, replaced=len(fresh) - new, already=len(rows) - len(fresh), unknown=unknown)

    def _insert(
        self, db: sqlite3.Connection, source: Source, verzoek: LeerresultatenVerzoek, rows: list[_Row], held: int
    ) -> int:
        """Put a delivery in its place; the number of results that were not there before."""
        made = _moment(as_utc(verzoek.school.aanmaakdatum))
        before: int = db.execute(_COUNT, source).fetchone()[0]
        delivery = db.execute(
            "INSERT INTO delivery (vendor, brincode, dependancecode, klantcode, schooljaar, aanmaakdatum,"
            " received_at, new, replaced, held) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
            (*source, verzoek.school.schooljaar, made, _moment(self._clock.now()), held),
        ).lastrowid
        db.executemany(
            "INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((*row, delivery) for row in rows),
        )
        new: int = db.execute(_COUNT, source).fetchone()[0] - before
        db.execute("UPDATE delivery SET new = ?, replaced = ? WHERE id = ?", (new, len(rows) - new, delivery))
        db.executemany(
            "INSERT OR REPLACE INTO toets VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*source, *toets) for toets in _tests(verzoek)),
        )
        return new

    def deliveries(self, vendor: str) -> list[dict[str, Any]]:
        """The deliveries at a vendor, oldest first."""
        rows = self._state.rows("SELECT * FROM delivery WHERE vendor = ? ORDER BY id", vendor)
        return [{name: row[name] for name in row.keys() if name != "vendor"} for row in rows]  # noqa: SIM118

    def received(self, vendor: str, traits: Traits, school: School | None = None) -> list[dict[str, Any]]:
        """The results at a vendor, or one school of it; `zichtbaar` tells whether the dashboard shows them yet."""
        brincode, dependancecode = school[1:3] if school else (None, None)
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

    def tests(self, school: School) -> list[dict[str, Any]]:
        """The tests of a school and their parts, as last delivered: `id` is klantcode, toetscode and part."""
        rows = self._state.rows(
            "SELECT * FROM toets WHERE vendor = ? AND brincode = ? AND dependancecode = ?"
            " ORDER BY klantcode, toetscode, toetsonderdeelcode",
            *school[:3],
        )
        return [
            {
                "id": (row["klantcode"], row["toetscode"], row["toetsonderdeelcode"]),
                "naam": row["naam"],
                "normen": msgspec.json.decode(row["normen"], type=tuple[Norm, ...]),
            }
            for row in rows
        ]


def _as_dict(row: Any, shown: str) -> dict[str, Any]:
    names = (
        "key brincode dependancecode klantcode schooljaar leerlingid eckid afnamedatum toetscode toetsonderdeelcode"
        " infourl received_at"
    )
    uitkomst = msgspec.json.decode(row["uitkomst"])
    return {
        **{name: row[name] for name in names.split()},
        row["soort"]: uitkomst,
        "zichtbaar": row["received_at"] <= shown,
    }


def _rows(source: Source, verzoek: LeerresultatenVerzoek, landing: tuple[Toetsafname, ...]) -> list[_Row]:
    return [
        (*source, r.key, verzoek.school.schooljaar, a.leerlingid, a.eckid, *_columns(r))
        for a in landing
        for r in a.resultaten
    ]


def _stored(db: sqlite3.Connection, row: _Row) -> _Row | None:
    """The row that is there under the same key, without its delivery."""
    found = db.execute(
        "SELECT * FROM result WHERE vendor = ? AND brincode = ? AND dependancecode = ? AND klantcode = ? AND key = ?",
        row[:5],
    ).fetchone()
    return None if found is None else tuple(found)[:-1]


def _total(verzoek: LeerresultatenVerzoek) -> int:
    return sum(len(a.resultaten) for a in verzoek.toetsafnames)


def _columns(r: Resultaat) -> tuple[Any, ...]:
    match r.uitkomst:
        case int():
            soort, uitkomst = "score", str(r.uitkomst)
        case AnderResultaat():
            soort, uitkomst = "anderresultaat", msgspec.json.encode(r.uitkomst.xml.decode()).decode()
        case _:
            soort, uitkomst = "osoresultaat", msgspec.json.encode(r.uitkomst).decode()
    return r.afnamedatum.isoformat(), r.toetscode, r.toetsonderdeelcode, soort, uitkomst, r.infourl


def _tests(verzoek: LeerresultatenVerzoek) -> Iterator[tuple[str, str, str | None, str]]:
    """The tests of a message and their parts: code, code of the part, name, norms."""
    for toets in verzoek.toetsen:
        yield toets.toetscode.waarde, "", toets.toetsnaam, _norms(toets.toetsnormering)
        for deel in toets.toetsonderdelen:
            yield (
                toets.toetscode.waarde,
                deel.toetsonderdeelcode.waarde,
                deel.toetsonderdeelnaam,
                _norms(deel.toetsonderdeelnormering),
            )


def _norms(normering: Normering | None) -> str:
    return msgspec.json.encode(normering.norm if normering else ()).decode()


def _moment(moment: dt.datetime) -> str:
    """A moment in UTC as text that sorts by time."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")
