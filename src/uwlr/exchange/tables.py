"""The tables of the store. A change here needs a migration; a test holds the two together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from uwlr.exchange.bron import Bronnen
from uwlr.exchange.column_types import Moment, Sealed, SealedJson

ResultaatStatus: TypeAlias = Literal["klaar", "onderweg", "bezorgd", "geweigerd", "ingetrokken"]
"""The states of a result: to be sent, sent without an answer yet, taken, refused for its content, withdrawn."""

PlanStatus: TypeAlias = Literal["open", "toegepast", "vervallen", "afgebroken", "teruggedraaid"]
"""The states of an import plan: to be reviewed or applied, applied, replaced by a newer one, broken off by a person,
applied and undone."""

VergetenStatus: TypeAlias = Literal["begonnen", "gewist", "klaar", "toegelaten"]
"""The states of an order to forget a pupil: given, erased from the tables, from the files too, and the pupil may come
back."""

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the store."""

    metadata = MetaData(naming_convention=_NAMES)


class Koppeling(Base):
    """A coupling of one school with one system. Its key shows in no repr.

    Attributes:
        naam: what the application calls it.
        school: the application's own id of the school; couplings of one school share its tables.
        vendor: name of the system, by which the settings of a night are found.
        url: address of the service for leerlinggegevens; None for a receiver of results only.
        leerresultaten_url: address of the service for leerresultaten, where results are brought.
        bronnen: the schools asked for.
        schooljaar: the year asked for; None takes that of the day.
        startdatum: before this day nothing is exchanged; None: from the activation on.
        akkoord_door: who agreed on behalf of the school, and when (R23).
        geactiveerd_op: when it first became actief: no result normed before is sent (R1).
        vorig_schooljaar: a school year whose results are sent although they were normed before the activation (R2).
        storing: what keeps it from working since when, one of `Storing`; None if nothing does.
        laatste_aanmaakdatum: of the last message with results; the next one is later.
        laatste_nacht: the last night whose work is done.
        roster_hash: what the last roster held.
        sleutelwissel: old LAS keys and the new ones.
        genegeerd: what the school chose not to import, JSON.
        geheugen: what the last import has to remember for the next, JSON of `ImportMemory`.
        bekende_leerlingen: pupils that were entered by hand at a receiver that keeps silent about others.
    """

    __tablename__ = "koppeling"

    id: Mapped[int] = mapped_column(primary_key=True)
    naam: Mapped[str]
    school: Mapped[str] = mapped_column(String(64), index=True)
    vendor: Mapped[str] = mapped_column(String(64))
    url: Mapped[str | None]
    leerresultaten_url: Mapped[str | None]
    autorisatiesleutel: Mapped[str | None] = mapped_column(Sealed)
    klantcode: Mapped[str]
    klantnaam: Mapped[str]
    versie: Mapped[str] = mapped_column(String(8))
    gegevenssetid: Mapped[str | None]
    bronnen: Mapped[Bronnen] = mapped_column(SealedJson(Bronnen))
    schooljaar: Mapped[str | None] = mapped_column(String(9))
    status: Mapped[str] = mapped_column(String(12), index=True)
    aangevraagd_op: Mapped[datetime] = mapped_column(Moment)
    startdatum: Mapped[date | None]
    akkoord_door: Mapped[str | None] = mapped_column(Sealed)
    akkoord_op: Mapped[datetime | None] = mapped_column(Moment)
    geactiveerd_op: Mapped[datetime | None] = mapped_column(Moment)
    vorig_schooljaar: Mapped[str | None] = mapped_column(String(9))
    laatst_opgehaald: Mapped[datetime | None] = mapped_column(Moment)
    laatst_bezorgd: Mapped[datetime | None] = mapped_column(Moment)
    laatste_aanmaakdatum: Mapped[datetime | None] = mapped_column(Moment)
    laatste_nacht: Mapped[date | None]
    storing: Mapped[str | None] = mapped_column(String(24))
    storing_sinds: Mapped[datetime | None] = mapped_column(Moment)
    roster_hash: Mapped[str | None] = mapped_column(String(64))
    sleutelwissel: Mapped[dict[str, str]] = mapped_column(SealedJson(dict[str, str], "{}"), nullable=True, default=dict)
    genegeerd: Mapped[str | None] = mapped_column(Sealed)
    geheugen: Mapped[str | None] = mapped_column(Sealed)
    bekende_leerlingen: Mapped[frozenset[str]] = mapped_column(
        SealedJson(frozenset[str], "[]"), nullable=True, default=frozenset
    )

    def __repr__(self) -> str:
        return f"<Koppeling {self.id} {self.vendor} {self.status}>"


class Slot(Base):
    """One row per koppeling, locked by whoever works on it; the lock goes with the connection that held it."""

    __tablename__ = "slot"

    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), primary_key=True, autoincrement=False)


class Gebeurtenis(Base):
    """Something that happened to a koppeling.

    Attributes:
        door: who did it, as the application calls them.
        reden: why, in their words.
        gegevens: ids, words and counts, nothing personal.
    """

    __tablename__ = "gebeurtenis"

    id: Mapped[int] = mapped_column(primary_key=True)
    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), index=True)
    op: Mapped[datetime] = mapped_column(Moment)
    soort: Mapped[str] = mapped_column(String(32))
    door: Mapped[str | None] = mapped_column(Sealed)
    reden: Mapped[str | None] = mapped_column(Sealed)
    gegevens: Mapped[dict[str, Any]] = mapped_column(JSON)


class PlanRow(Base):
    """An import plan, and what became of it; once applied it is the record of what was done, row by row."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), index=True)
    gemaakt_op: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(16))
    inhoud: Mapped[str] = mapped_column(Sealed)
    toegepast_op: Mapped[datetime | None] = mapped_column(Moment)


class Geheim(Base):
    """A secret of the store itself, such as that under which keys are hashed where there is a cipher."""

    __tablename__ = "geheim"

    naam: Mapped[str] = mapped_column(String(32), primary_key=True)
    waarde: Mapped[str] = mapped_column(Sealed)


class ResultaatRow(Base):
    """A result in the ledger.

    Attributes:
        key: resultaat/@key, the same each time it is sent; with a cipher a pseudonym of it, see `pseudoniem`.
        volgnummer: counts the corrections, so that an answer to an earlier content does not pass for the later.
        alias: the key that it would have by what it holds now, where a correction changed that; a pseudonym like `key`.
        wacht: the receiver does not know the pupil (yet); it is offered again.
        leerling: the pupil, a pseudonym like `key`.
        bron: which of the koppeling's bronnen the pupil belongs to.
        toetsversie: version of the test; empty if it has none.
        verzonden_op: when it last left, whatever became of it.
        mislukt: nights on which the system itself failed on a message that held it, and the last of them.
        persoon: leerlingid, ECK-iD and resultaatverwerkerid, JSON.
        inhoud: the resultaat, JSON.
    """

    __tablename__ = "resultaat"
    __table_args__ = (Index(None, "koppeling_id", "status", "schooljaar"),)

    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(256), primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    volgnummer: Mapped[int] = mapped_column(default=1)
    alias: Mapped[str | None] = mapped_column(String(256))
    wacht: Mapped[bool] = mapped_column(default=False)
    leerling: Mapped[str] = mapped_column(String(256), default="")
    bron: Mapped[int] = mapped_column(default=0)
    schooljaar: Mapped[str] = mapped_column(String(9))
    afnamedatum: Mapped[date | None]
    toetscode: Mapped[str] = mapped_column(String(256))
    toetsversie: Mapped[str] = mapped_column(String(256), default="")
    genormeerd_op: Mapped[datetime] = mapped_column(Moment)
    vastgelegd_op: Mapped[datetime] = mapped_column(Moment)
    verzonden_op: Mapped[datetime | None] = mapped_column(Moment)
    bezorgd_op: Mapped[datetime | None] = mapped_column(Moment)
    mislukt: Mapped[int] = mapped_column(default=0)
    laatst_mislukt: Mapped[date | None]
    foutcode: Mapped[str | None] = mapped_column(String(64))
    persoon: Mapped[str] = mapped_column(Sealed)
    inhoud: Mapped[str] = mapped_column(Sealed)


class ToetsRow(Base):
    """A test that results of a koppeling belong to, JSON; each version of it on its own."""

    __tablename__ = "toets"

    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), primary_key=True)
    toetscode: Mapped[str] = mapped_column(String(256), primary_key=True)
    versie: Mapped[str] = mapped_column(String(256), primary_key=True, default="")
    inhoud: Mapped[str]


class LeerlingRow(Base):
    """Which bron a pupil is in, where a koppeling has several; of the last roster."""

    __tablename__ = "leerling"

    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), primary_key=True)
    leerling: Mapped[str] = mapped_column(String(256), primary_key=True)
    bron: Mapped[int]


class MeldingRow(Base):
    """Something that people are told: the outbox.

    Attributes:
        soort: what kind of news it is, one of `MeldingSoort`.
        onderwerp: what it is about, so that it is told once.
        aan: one address; None until the addresses are known, or if there are none.
        status: open, bezig (somebody is sending it, until `bezig_tot`), verzonden, or vervallen: no news any more.
    """

    __tablename__ = "melding"

    id: Mapped[int] = mapped_column(primary_key=True)
    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"), index=True)
    soort: Mapped[str] = mapped_column(String(16))
    onderwerp: Mapped[str] = mapped_column(String(64))
    gegevens: Mapped[dict[str, Any]] = mapped_column(JSON)
    gemaakt_op: Mapped[datetime] = mapped_column(Moment)
    aan: Mapped[str | None] = mapped_column(Sealed)
    status: Mapped[str] = mapped_column(String(12), index=True)
    bezig_tot: Mapped[datetime | None] = mapped_column(Moment)
    verzonden_op: Mapped[datetime | None] = mapped_column(Moment)


class LidRow(Base):
    """A group, member of staff or pupil of a school: the application's own table, where it has no other.

    Attributes:
        gedeactiveerd_op: since when it has been inactive.
        bron: of which system and school the key is; None is not known.
        groepen: LAS keys of the groups, stamgroep first, JSON.
    """

    __tablename__ = "lid"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school: Mapped[str] = mapped_column(String(64), index=True)
    soort: Mapped[str] = mapped_column(String(12))
    actief: Mapped[bool] = mapped_column(default=True)
    gedeactiveerd_op: Mapped[datetime | None] = mapped_column(Moment)
    key: Mapped[str | None] = mapped_column(Sealed)
    bron: Mapped[str | None] = mapped_column(Sealed)
    eckid: Mapped[str | None] = mapped_column(Sealed)
    naam: Mapped[str | None] = mapped_column(Sealed)
    achternaam: Mapped[str | None] = mapped_column(Sealed)
    voorvoegsel: Mapped[str | None] = mapped_column(Sealed)
    roepnaam: Mapped[str | None] = mapped_column(Sealed)
    geboortedatum: Mapped[str | None] = mapped_column(Sealed)
    emailadres: Mapped[str | None] = mapped_column(Sealed)
    jaargroep: Mapped[str | None] = mapped_column(Sealed)
    groepen: Mapped[str | None] = mapped_column(Sealed)


class VergetenRow(Base):
    """An order to forget a pupil, and who is kept out from then on; nothing in it tells who, once it is carried out.

    Attributes:
        school: whose pupil it was: in the others nothing changes.
        wie: the pupil, JSON of `Person`; None as soon as the tables are erased.
        kenmerken: hashes of the pupil's numbers, under a secret of the store; empty once the pupil may come back.
        aantallen: what was erased, counted.
    """

    __tablename__ = "vergeten"

    id: Mapped[int] = mapped_column(primary_key=True)
    koppeling_id: Mapped[int] = mapped_column(ForeignKey("koppeling.id"))
    school: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(12))
    gevraagd_op: Mapped[datetime] = mapped_column(Moment)
    klaar_op: Mapped[datetime | None] = mapped_column(Moment)
    door: Mapped[str | None] = mapped_column(Sealed)
    wie: Mapped[str | None] = mapped_column(Sealed)
    kenmerken: Mapped[tuple[str, ...]] = mapped_column(SealedJson(tuple[str, ...], "[]"))
    aantallen: Mapped[dict[str, int]] = mapped_column(JSON)
