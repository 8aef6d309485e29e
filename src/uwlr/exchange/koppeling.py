"""Koppelingen: the couplings of schools with systems, and their life.

aangevraagd -> goedgekeurd -> actief <-> gepauzeerd -> beeindigd (R19). Each step is an event in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypedDict

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from uwlr.berichten import Autorisatie, LeerresultatenVerzoek
from uwlr.client import ProbeResult, Retry, UwlrClient
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.kalender import dutch_day
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Gebeurtenis, Koppeling, PlanRow, Slot, Status
from uwlr.norm import VERSIES, Versie, schooljaar_for
from uwlr.undisclosed import Undisclosed

_FROM: Final[Mapping[Status, frozenset[Status]]] = {
    "goedgekeurd": frozenset({"aangevraagd"}),
    "actief": frozenset({"goedgekeurd", "actief", "gepauzeerd"}),
    "gepauzeerd": frozenset({"actief"}),
    "beeindigd": frozenset({"aangevraagd", "goedgekeurd", "actief", "gepauzeerd"}),
}
"""From which states each state can be reached."""


class Asked(TypedDict):
    """How a request names a school."""

    brincode: str | None
    dependancecode: str | None
    schoolkey: str | None


class Bron(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A school or location as the system knows it: BRIN and dependance, or a schoolkey; never both.

    Attributes:
        autorisatiesleutel: its own key, where it has one; else that of the koppeling.
    """

    brincode: str | None = None
    dependancecode: str | None = None
    schoolkey: str | None = None
    autorisatiesleutel: str | None = None

    def __post_init__(self) -> None:
        if (self.brincode is None) == (self.schoolkey is None):
            raise ConfigurationError("a bron has a brincode or a schoolkey")

    def __repr__(self) -> str:
        return f"<Bron {self.brincode or 'schoolkey'} {self.dependancecode or ''}>"

    @property
    def asked(self) -> Asked:
        """How a request names it."""
        return {"brincode": self.brincode, "dependancecode": self.dependancecode, "schoolkey": self.schoolkey}


class NotEnabled(UwlrError):  # noqa: N818 - the name says what happened
    """The probe failed, so the koppeling stays as it was.

    Attributes:
        probe: what was found, part by part.
    """

    def __init__(self, probe: ProbeResult) -> None:
        super().__init__(
            "; ".join(f"{check.subject}: {check.text}" for check in probe.checks if check.verdict == "failed")
        )
        self.probe = probe


class Happened(NamedTuple):
    """An event of a koppeling."""

    op: datetime
    soort: str
    gegevens: Mapping[str, object]


Connector = Callable[[Koppeling, Bron], UwlrClient]
"""Makes the client for a koppeling: the place for certificates, proxies and other limits."""


def connect(koppeling: Koppeling, bron: Bron) -> UwlrClient:
    """Make a client as the koppeling says; repeating is left to the night."""
    return UwlrClient(
        koppeling.url,
        leerresultaten_url=koppeling.leerresultaten_url,
        autorisatie=autorisatie_of(koppeling, bron),
        versie=versie_of(koppeling),
        retry=Retry(attempts=1),
    )


def autorisatie_of(koppeling: Koppeling, bron: Bron) -> Autorisatie:
    """Who asks, and the key.

    Raises:
        ConfigurationError: the koppeling has no key yet.
    """
    key = bron.autorisatiesleutel or koppeling.autorisatiesleutel
    if not key:
        raise ConfigurationError(f"koppeling {koppeling.id} has no autorisatiesleutel yet")
    return Autorisatie(autorisatiesleutel=key, klantcode=koppeling.klantcode, klantnaam=koppeling.klantnaam)


def versie_of(koppeling: Koppeling) -> Versie:
    """The version that is spoken."""
    return next(versie for versie in VERSIES if versie == koppeling.versie)


def bronnen_of(koppeling: Koppeling) -> tuple[Bron, ...]:
    """The schools and locations that a koppeling asks for."""
    return msgspec.json.decode(koppeling.bronnen, type=tuple[Bron, ...])


def sleutelwissel_of(koppeling: Koppeling) -> dict[str, str]:
    """Old LAS keys and the new ones that took their place."""
    return msgspec.json.decode(koppeling.sleutelwissel or "{}", type=dict[str, str])


class Koppelingen:
    """The koppelingen of a store.

    Args:
        store: where they are kept.
        connector: makes their clients.
    """

    def __init__(self, store: Store, connector: Connector = connect) -> None:
        self._store = store
        self._connector = connector

    def add(
        self,
        *,
        naam: str,
        school: str,
        vendor: str,
        klantcode: str,
        klantnaam: str,
        bronnen: Iterable[Bron],
        url: str | None = None,
        leerresultaten_url: str | None = None,
        autorisatiesleutel: str | None = None,
        versie: Versie = "2.2",
        gegevenssetid: str | None = None,
        schooljaar: str | None = None,
        vorig_schooljaar: bool = False,
    ) -> Koppeling:
        """Note a koppeling that was asked for; the arguments are told at `Koppeling`.

        Raises:
            ConfigurationError: no bron, or no address.
        """
        places = tuple(bronnen)
        if not places:
            raise ConfigurationError("a koppeling needs at least one bron")
        if url is None and leerresultaten_url is None:
            raise ConfigurationError("a koppeling needs url, leerresultaten_url, or both")
        with self._store.write() as session:
            koppeling = Koppeling(
                naam=naam,
                school=school,
                vendor=vendor,
                url=url,
                leerresultaten_url=leerresultaten_url,
                autorisatiesleutel=autorisatiesleutel,
                klantcode=klantcode,
                klantnaam=klantnaam,
                versie=versie,
                gegevenssetid=gegevenssetid,
                bronnen=msgspec.json.encode(places).decode(),
                schooljaar=schooljaar,
                status="aangevraagd",
                aangevraagd_op=self._store.now(),
                vorig_schooljaar=vorig_schooljaar,
            )
            session.add(koppeling)
            session.flush()
            session.add(Slot(koppeling_id=koppeling.id))
            log_event(session, koppeling.id, self._store.now(), "aangevraagd")
        return koppeling

    def get(self, koppeling_id: int) -> Koppeling:
        """Give a koppeling.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            return _due(session, koppeling_id)

    def all(self, status: Status | None = None) -> list[Koppeling]:
        """Give the koppelingen, or those in one state."""
        wanted = select(Koppeling).order_by(Koppeling.id)
        if status is not None:
            wanted = wanted.where(Koppeling.status == status)
        with self._store.read() as session:
            return list(session.scalars(wanted))

    def events(self, koppeling_id: int) -> list[Happened]:
        """Tell what happened to a koppeling, oldest first."""
        wanted = select(Gebeurtenis).where(Gebeurtenis.koppeling_id == koppeling_id).order_by(Gebeurtenis.id)
        with self._store.read() as session:
            return [Happened(event.op, event.soort, event.gegevens) for event in session.scalars(wanted)]

    def approve(self, koppeling_id: int) -> Koppeling:
        """Note that the other side agreed."""
        return self._become(koppeling_id, "goedgekeurd")

    def probe(
        self, koppeling: Koppeling, *, testbericht: LeerresultatenVerzoek | None = None
    ) -> tuple[ProbeResult, ...]:
        """Tell for each bron whether everything is in order; nothing is changed."""
        schooljaar = koppeling.schooljaar or schooljaar_for(dutch_day(self._store.now()))
        found = []
        for bron in bronnen_of(koppeling):
            with self._connector(koppeling, bron) as client:
                found.append(
                    client.probe(
                        schooljaar=schooljaar,
                        gegevenssetid=koppeling.gegevenssetid,
                        testbericht=testbericht,
                        **bron.asked,
                    )
                )
        return tuple(found)

    def enable(
        self,
        koppeling_id: int,
        *,
        autorisatiesleutel: str | None = None,
        testbericht: LeerresultatenVerzoek | None = None,
    ) -> Koppeling:
        """Make a koppeling actief, or again with another key, if a probe finds nothing wrong (R6).

        Args:
            koppeling_id: which one.
            autorisatiesleutel: the key, byte for byte; None keeps the one it has.
            testbericht: results to try with; a receiver of results only can be judged by nothing else.

        Raises:
            NotEnabled: the probe failed; the text says why, and everything stays as it was.
            ConfigurationError: a koppeling in this state cannot become actief, or has no usable key.
        """
        koppeling = self.get(koppeling_id)
        _may_become(koppeling, "actief")
        koppeling.autorisatiesleutel = autorisatiesleutel or koppeling.autorisatiesleutel
        for probe in self.probe(koppeling, testbericht=testbericht):
            if probe.verdict == "failed":
                subjects = [check.subject for check in probe.checks if check.verdict == "failed"]
                with self._store.write() as session:
                    log_event(session, koppeling_id, self._store.now(), "niet ingeschakeld", onderdelen=subjects)
                raise NotEnabled(probe)
        return self._become(koppeling_id, "actief", autorisatiesleutel)

    def pause(self, koppeling_id: int) -> Koppeling:
        """Stop all exchange until `resume`; results are recorded meanwhile."""
        return self._become(koppeling_id, "gepauzeerd")

    def resume(self, koppeling_id: int, *, autorisatiesleutel: str | None = None) -> Koppeling:
        """Go on after a pause, as `enable`; results stay due from the first activation on."""
        return self.enable(koppeling_id, autorisatiesleutel=autorisatiesleutel)

    def end(self, koppeling_id: int) -> Koppeling:
        """End a koppeling, and forget its key and the keys of persons it knew."""
        return self._become(koppeling_id, "beeindigd")

    def migrate_keys(self, koppeling_id: int, keys: Mapping[str, str]) -> None:
        """Note that the LAS gave persons new keys: old to new.

        Imports find the person under either; results go out under the new key.
        """
        with self._store.write() as session:
            koppeling = _due(session, koppeling_id)
            # A key that changes twice leads from the first to the last.
            known = {old: keys.get(new, new) for old, new in sleutelwissel_of(koppeling).items()} | dict(keys)
            koppeling.sleutelwissel = msgspec.json.encode(known).decode()
            log_event(session, koppeling_id, self._store.now(), "sleutelwissel", sleutels=len(keys))

    def _become(self, koppeling_id: int, status: Status, key: str | None = None) -> Koppeling:
        now = self._store.now()
        with self._store.write() as session:
            koppeling = _due(session, koppeling_id)
            _may_become(koppeling, status)
            koppeling.status = status
            if status == "actief":
                koppeling.geactiveerd_op = koppeling.geactiveerd_op or now
                koppeling.autorisatiesleutel = key or koppeling.autorisatiesleutel
            if status == "beeindigd":
                koppeling.autorisatiesleutel = None
                places = [msgspec.structs.replace(bron, autorisatiesleutel=None) for bron in bronnen_of(koppeling)]
                koppeling.bronnen = msgspec.json.encode(places).decode()
                koppeling.sleutelwissel = koppeling.genegeerd = koppeling.bekende_leerlingen = None
                koppeling.geheugen = None
                waiting = update(PlanRow).where(PlanRow.koppeling_id == koppeling_id, PlanRow.status == "open")
                session.execute(waiting.values(status="vervallen"))
            log_event(session, koppeling_id, now, status)
        return koppeling


def _due(session: Session, koppeling_id: int) -> Koppeling:
    koppeling = session.get(Koppeling, koppeling_id)
    if koppeling is None:
        raise ConfigurationError(f"there is no koppeling {koppeling_id}")
    return koppeling


def _may_become(koppeling: Koppeling, status: Status) -> None:
    if koppeling.status not in _FROM[status]:
        raise ConfigurationError(f"koppeling {koppeling.id} is {koppeling.status}, and cannot become {status}")
