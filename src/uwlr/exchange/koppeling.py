"""Koppelingen: the couplings of schools with systems, and their life. Each step is an event, with who took it.

aangevraagd -> goedgekeurd or afgewezen -> actief <-> gepauzeerd -> beeindigd (R19); see `lifecycle`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from uwlr.berichten import Autorisatie, LeerresultatenVerzoek
from uwlr.client import ProbeResult, Retry, UwlrClient
from uwlr.dutch_time import dutch_day
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.exchange.bron import Bron
from uwlr.exchange.kept_out import kept_out
from uwlr.exchange.key_rules import UnusableKey, key_problems
from uwlr.exchange.lifecycle import MOVES, STORINGEN, Status, Step, Storing, check_step, storing_of
from uwlr.exchange.outbox import end_storing
from uwlr.exchange.presets import preset_of
from uwlr.exchange.roster_rows import scopes
from uwlr.exchange.sendable import history_window
from uwlr.exchange.store import Store, log_event
from uwlr.exchange.tables import Gebeurtenis, Koppeling, LeerlingRow, PlanRow, Slot
from uwlr.exchange.trial import judge, trial_message, wrong_key
from uwlr.exchange.waiting import stop_waiting
from uwlr.foutcodes import Foutcode
from uwlr.norm import VERSIES, Versie, schooljaar_for

_PROBED: Final[Mapping[str, Storing]] = {
    "endpoint": "onbereikbaar",
    "sleutel": "sleutel geweigerd",
    "klant": "klant onbekend",
}
"""What a part of a probe that failed says; the first one counts."""

_STEP: Final = timedelta(seconds=1)
AUTEUR: Final = 128
"""Characters of an auteur in a message."""


class NotEnabled(UwlrError):  # noqa: N818 - the name says what happened
    """The key, or the koppeling, was not proven, so the koppeling stays as it was.

    Attributes:
        storing: what it is, in a word.
        uitleg: what it is and what to do, for people at the school, in Dutch.
        probe: what was found, part by part; None if a test message was sent.
    """

    def __init__(self, koppeling: Koppeling, storing: Storing, text: str, probe: ProbeResult | None = None) -> None:
        super().__init__(text)
        self.storing: Storing = storing
        self.uitleg = explained(koppeling, storing)
        self.probe = probe


class Happened(NamedTuple):
    """An event of a koppeling.

    Attributes:
        door: who did it, as the application calls them; None: the program by itself.
        reden: why, in their words.
    """

    op: datetime
    soort: str
    gegevens: Mapping[str, object]
    door: str | None = None
    reden: str | None = None


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


def explained(koppeling: Koppeling, storing: Storing) -> str:
    """Say to people at the school what keeps a koppeling from working, and what to do."""
    text = STORINGEN[storing].named(preset_of(koppeling.vendor).titel)
    return f"{text.what} {text.todo}"


def next_aanmaakdatum(session: Session, koppeling: Koppeling, now: datetime) -> datetime:
    """Give the moment with which a message leaves: later than any before, also if the clock went back."""
    moment = now.replace(microsecond=0)
    if koppeling.laatste_aanmaakdatum is not None:
        moment = max(moment, koppeling.laatste_aanmaakdatum + _STEP)
    koppeling.laatste_aanmaakdatum = moment
    session.flush()
    return moment


class Koppelingen:
    """The koppelingen of a store.

    Args:
        store: where they are kept.
        connector: makes their clients.
        klantcode: the application's own code at the systems, unless a koppeling says otherwise.
        klantnaam: its name there.
    """

    def __init__(
        self,
        store: Store,
        connector: Connector = connect,
        *,
        klantcode: str | None = None,
        klantnaam: str | None = None,
    ) -> None:
        self._store = store
        self._connector = connector
        self._klant = klantcode, klantnaam

    def add(
        self,
        vendor: str,
        *,
        naam: str,
        school: str,
        bronnen: Iterable[Bron | str],
        klantcode: str | None = None,
        klantnaam: str | None = None,
        url: str | None = None,
        leerresultaten_url: str | None = None,
        autorisatiesleutel: str | None = None,
        versie: Versie | None = None,
        gegevenssetid: str | None = None,
        schooljaar: str | None = None,
        startdatum: date | None = None,
        vorig_schooljaar: bool = False,
        door: str | None = None,
    ) -> Koppeling:
        """Note a koppeling that was asked for. What is not given is what `presets` knows of the system.

        Args:
            vendor: name of the system, such as `esis`.
            naam: what the application calls the koppeling.
            school: the application's own id of the school; koppelingen of one school share its tables.
            klantcode: the application's own code at the system; None takes that of all.
            klantnaam: its name there.
            bronnen: the schools or locations, as `Bron` or as BRIN and dependance, such as `99XX00`.
            url: address for leerlinggegevens; None for a receiver of results only.
            leerresultaten_url: address for leerresultaten; None if results go nowhere.
            autorisatiesleutel: the key, if it is there already.
            versie: of UWLR.
            gegevenssetid: what the system asks for in each request.
            schooljaar: the year to ask for; None takes that of the day.
            startdatum: before this day nothing is exchanged.
            vorig_schooljaar: whether results of the school year before this one go too, as agreed (R2).
            door: who asked.

        Raises:
            ConfigurationError: no bron, no address, or no klantcode and klantnaam.
        """
        code, name = klantcode or self._klant[0], klantnaam or self._klant[1]
        if not code or not name:
            raise ConfigurationError("a koppeling needs klantcode and klantnaam; say them here, or to Koppelingen")
        places = tuple(Bron.parse(bron) if isinstance(bron, str) else bron for bron in bronnen)
        if not places:
            raise ConfigurationError("a koppeling needs at least one bron")
        if len({bron.label for bron in places}) < len(places):
            raise ConfigurationError("a koppeling has each bron once")
        if url is None and leerresultaten_url is None:
            raise ConfigurationError("a koppeling needs url, leerresultaten_url, or both")
        preset, now = preset_of(vendor), self._store.now()
        with self._store.write() as session:
            koppeling = Koppeling(
                naam=naam,
                school=school,
                vendor=vendor,
                url=url,
                leerresultaten_url=leerresultaten_url,
                autorisatiesleutel=autorisatiesleutel,
                klantcode=code,
                klantnaam=name,
                versie=versie or preset.versie,
                gegevenssetid=gegevenssetid or preset.gegevenssetid,
                bronnen=places,
                schooljaar=schooljaar,
                status="aangevraagd",
                aangevraagd_op=now,
                startdatum=startdatum,
                vorig_schooljaar=history_window(now)[0] if vorig_schooljaar else None,
            )
            session.add(koppeling)
            session.flush()
            session.add(Slot(koppeling_id=koppeling.id))
            log_event(session, koppeling.id, now, "aangevraagd", door=door)
        return koppeling

    def get(self, koppeling_id: int) -> Koppeling:
        """Give a koppeling.

        Raises:
            ConfigurationError: there is none with this id.
        """
        with self._store.read() as session:
            return _existing(session, koppeling_id)

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
            return [
                Happened(event.op, event.soort, event.gegevens, event.door, event.reden)
                for event in session.scalars(wanted)
            ]

    def request_again(self, koppeling_id: int, *, door: str | None = None) -> Koppeling:
        """Ask once more for a koppeling that was refused."""
        return self._become(koppeling_id, "opnieuw aangevraagd", door)

    def approve(self, koppeling_id: int, *, door: str | None = None) -> Koppeling:
        """Note that the side that was asked agreed."""
        return self._become(koppeling_id, "goedgekeurd", door)

    def refuse(self, koppeling_id: int, *, reden: str, door: str | None = None) -> Koppeling:
        """Note that the side that was asked did not agree, and why; it can be asked again."""
        return self._become(koppeling_id, "afgewezen", door, reden)

    def consent(self, koppeling_id: int, *, door: str, startdatum: date | None = None) -> Koppeling:
        """Note who agreed on behalf of the school (R23), and from which day on; None keeps the day there is."""
        with self._store.write() as session:
            koppeling = self._step(session, koppeling_id, "akkoord", door)
            koppeling.akkoord_door, koppeling.akkoord_op = door, self._store.now()
            koppeling.startdatum = startdatum or koppeling.startdatum
        return koppeling

    def enter_key(
        self, koppeling_id: int, autorisatiesleutel: str, *, bron: str | None = None, door: str | None = None
    ) -> Koppeling:
        """Keep a key that is still to be proven by `enable`; an active koppeling has it proven at once there.

        Args:
            koppeling_id: which one.
            autorisatiesleutel: the key, byte for byte.
            bron: label of the location that it is of; None: it is that of the koppeling.
            door: who entered it.

        Raises:
            UnusableKey: it cannot be right.
            ConfigurationError: no such bron, or an active koppeling: its key is replaced by `enable`.
        """
        with self._store.write() as session:
            koppeling = self._step(session, koppeling_id, "sleutel", door)
            if koppeling.status == "actief":
                raise ConfigurationError(f"koppeling {koppeling_id} is actief: replace its key with `enable`")
            _set_keys(koppeling, *((autorisatiesleutel, None) if bron is None else (None, {bron: autorisatiesleutel})))
            _check_keys(koppeling)
        return koppeling

    def probe(self, koppeling: Koppeling) -> tuple[ProbeResult, ...]:
        """Tell for each bron whether everything is in order; nothing is changed."""
        return tuple(self._probe(koppeling, bron) for bron in koppeling.bronnen)

    def _probe(self, koppeling: Koppeling, bron: Bron) -> ProbeResult:
        schooljaar = koppeling.schooljaar or schooljaar_for(dutch_day(self._store.now()))
        with self._connector(koppeling, bron) as client:
            return client.probe(schooljaar=schooljaar, gegevenssetid=koppeling.gegevenssetid, **bron.arguments)

    def enable(
        self,
        koppeling_id: int,
        *,
        autorisatiesleutel: str | None = None,
        sleutels: Mapping[str, str] | None = None,
        door: str | None = None,
    ) -> Koppeling:
        """Make a koppeling actief, or again with another key, once the key of each bron is proven (R6).

        By the roster if there is one, else by a test message about a pupil that no school has.

        Args:
            koppeling_id: which one.
            autorisatiesleutel: the key, byte for byte; None keeps the one it has.
            sleutels: keys of locations, by label of the bron, such as `99XX01`.
            door: who does it.

        Raises:
            NotEnabled: it was not proven; the text says why, and everything stays as it was.
            UnusableKey: the key cannot be right, so nothing was sent.
            ConfigurationError: a koppeling in this state cannot become actief, or has no key.
        """
        koppeling = self.get(koppeling_id)
        check_step(koppeling_id, koppeling.status, "actief")
        _set_keys(koppeling, autorisatiesleutel, sleutels)
        _check_keys(koppeling)
        if koppeling.startdatum is not None and koppeling.startdatum > dutch_day(self._store.now()):
            raise NotEnabled(koppeling, "nog niet begonnen", f"it begins on {koppeling.startdatum}")
        for bron in koppeling.bronnen:
            refusal = self._try_roster(koppeling, bron) if koppeling.url else self._try_message(koppeling, bron)
            if refusal is not None:
                with self._store.write() as session:
                    values = {"uitslag": "mislukt", "storing": refusal.storing}
                    log_event(session, koppeling_id, self._store.now(), "test", door=door, **values)
                raise refusal
        now = self._store.now()
        with self._store.write() as session:
            if autorisatiesleutel is not None or sleutels:
                log_event(session, koppeling_id, now, "sleutel", door=door)
            log_event(session, koppeling_id, now, "test", door=door, uitslag="geslaagd")
            kept = self._step(session, koppeling_id, "actief", door)
            kept.autorisatiesleutel, kept.bronnen = koppeling.autorisatiesleutel, koppeling.bronnen
        return kept

    def _try_roster(self, koppeling: Koppeling, bron: Bron) -> NotEnabled | None:
        probe = self._probe(koppeling, bron)
        failed = {check.subject for check in probe.checks if check.verdict == "failed"}
        sleutel = probe.check("sleutel")
        if not failed and sleutel is not None and sleutel.verdict == "ok":
            return None
        storing: Storing = (
            "sleutel geweigerd" if "sleutel" in failed else "klant onbekend" if "klant" in failed else "fout"
        )
        if "endpoint" in failed:
            storing = "onbereikbaar"
        shown = [check for check in probe.checks if check.subject in (failed or {"sleutel"})]
        return NotEnabled(koppeling, storing, "; ".join(f"{check.subject}: {check.text}" for check in shown), probe)

    def _try_message(self, koppeling: Koppeling, bron: Bron) -> NotEnabled | None:
        own = autorisatie_of(koppeling, bron).autorisatiesleutel
        wrong = msgspec.structs.replace(bron, autorisatiesleutel=wrong_key(own))
        with self._connector(koppeling, bron) as right, self._connector(koppeling, wrong) as wrongly:
            refusal = judge(
                right.breng_leerresultaten, wrongly.breng_leerresultaten, lambda: self._trial(koppeling, bron)
            )
        if refusal is None:
            return None
        unproven = getattr(refusal, "code", None) == Foutcode.ONGELDIG_BERICHT
        storing: Storing = "niet bewezen" if unproven else storing_of(refusal)
        return NotEnabled(koppeling, storing, f"the test message was not taken: {refusal}")

    def _trial(self, koppeling: Koppeling, bron: Bron) -> LeerresultatenVerzoek:
        now = self._store.now()
        with self._store.write() as session:
            kept = session.get(Koppeling, koppeling.id, with_for_update=True) or koppeling
            aanmaakdatum = next_aanmaakdatum(session, kept, now)
        return trial_message(
            bron,
            versie=versie_of(koppeling),
            auteur=koppeling.klantnaam[:AUTEUR],
            day=dutch_day(now),
            aanmaakdatum=aanmaakdatum,
        )

    def pause(self, koppeling_id: int, *, door: str | None = None, reden: str | None = None) -> Koppeling:
        """Stop all exchange until `resume`; results are recorded meanwhile."""
        return self._become(koppeling_id, "gepauzeerd", door, reden)

    def resume(self, koppeling_id: int, *, autorisatiesleutel: str | None = None, door: str | None = None) -> Koppeling:
        """Go on after a pause, as `enable`; results stay due from the first activation on."""
        return self.enable(koppeling_id, autorisatiesleutel=autorisatiesleutel, door=door)

    def end(self, koppeling_id: int, *, door: str | None = None, reden: str | None = None) -> Koppeling:
        """End a koppeling, and forget its keys, the keys of persons it knew and the plan that waited."""
        with self._store.write() as session:
            koppeling = self._step(session, koppeling_id, "beeindigd", door, reden)
            koppeling.autorisatiesleutel = None
            koppeling.bronnen = tuple(msgspec.structs.replace(b, autorisatiesleutel=None) for b in koppeling.bronnen)
            koppeling.sleutelwissel, koppeling.bekende_leerlingen = {}, frozenset()
            koppeling.genegeerd = koppeling.geheugen = koppeling.storing = koppeling.storing_sinds = None
            waiting = update(PlanRow).where(PlanRow.koppeling_id == koppeling_id, PlanRow.status == "open")
            session.execute(waiting.values(status="vervallen", inhoud="{}"))
            session.execute(delete(LeerlingRow).where(LeerlingRow.koppeling_id == koppeling_id))
        self._store.wipe()
        return koppeling

    def migrate_keys(self, koppeling_id: int, keys: Mapping[str, str]) -> None:
        """Note that the LAS gave persons new keys, or merged records: old to new.

        Imports find the person under either; results go out under the new key, also those that waited.
        """
        with self._store.write() as session:
            koppeling = _existing(session, koppeling_id)
            spaces = scopes(koppeling.vendor, koppeling.bronnen)
            forgotten = kept_out(session, koppeling.school).follow(session, spaces, keys)
            keys = {old: new for old, new in keys.items() if old not in forgotten}
            # A key that changes twice leads from the first to the last.
            known = {old: keys.get(new, new) for old, new in koppeling.sleutelwissel.items()} | dict(keys)
            koppeling.sleutelwissel = known
            stop_waiting(session, koppeling_id, keys)
            log_event(session, koppeling_id, self._store.now(), "sleutelwissel", sleutels=len(keys))

    def _become(self, koppeling_id: int, step: Step, door: str | None = None, reden: str | None = None) -> Koppeling:
        with self._store.write() as session:
            return self._step(session, koppeling_id, step, door, reden)

    def _step(
        self, session: Session, koppeling_id: int, step: Step, door: str | None, reden: str | None = None
    ) -> Koppeling:
        koppeling = _existing(session, koppeling_id)
        check_step(koppeling_id, koppeling.status, step)
        koppeling.status = MOVES[step].target or koppeling.status
        if step == "actief":
            koppeling.geactiveerd_op = koppeling.geactiveerd_op or self._store.now()
            end_storing(session, koppeling, self._store.now())
        log_event(session, koppeling_id, self._store.now(), step, door=door, reden=reden)
        return koppeling


def _existing(session: Session, koppeling_id: int) -> Koppeling:
    koppeling = session.get(Koppeling, koppeling_id)
    if koppeling is None:
        raise ConfigurationError(f"there is no koppeling {koppeling_id}")
    return koppeling


def _set_keys(koppeling: Koppeling, key: str | None, by_bron: Mapping[str, str] | None) -> None:
    by_bron = by_bron or {}
    unknown = set(by_bron) - {bron.label for bron in koppeling.bronnen}
    if unknown:
        raise ConfigurationError(f"koppeling {koppeling.id} has no bron {', '.join(sorted(unknown))}")
    koppeling.autorisatiesleutel = key if key is not None else koppeling.autorisatiesleutel
    koppeling.bronnen = tuple(
        msgspec.structs.replace(bron, autorisatiesleutel=by_bron.get(bron.label, bron.autorisatiesleutel))
        for bron in koppeling.bronnen
    )


def _check_keys(koppeling: Koppeling) -> None:
    """See that each key can be right.

    Raises:
        UnusableKey: one cannot.
    """
    preset = preset_of(koppeling.vendor)
    for bron in koppeling.bronnen:
        key = bron.autorisatiesleutel or koppeling.autorisatiesleutel
        problems = [] if key is None else key_problems(key, preset, bron)
        if problems:
            raise UnusableKey(problems)
