"""A school of which one pupil is to be forgotten, who has left traces everywhere; and the work of it, for `dying`."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import msgspec
from cryptography.fernet import Fernet
from sqlalchemy import select, text, update

from exchange.people import group, pupil, roster
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Bron, Importer, ImportHistory, Koppelingen, Ledger, NewResult, SqlLeden, Store
from uwlr.exchange.pseudoniem import pupil_pseudonym_of
from uwlr.exchange.pupil_rights import Pupils
from uwlr.exchange.store import log_event
from uwlr.exchange.tables import Base, ResultaatRow

KEY = f"{'K' * 43}="
NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")
WHO = 7
"""Number of the pupil who is forgotten."""


def eckid(n):
    """An ECK-iD."""
    return "https://ketenid.nl/pilot/" + hashlib.sha512(str(n).encode()).hexdigest()


def key(n):
    """The key of a pupil in the LAS."""
    return f"sleutel{n:05}q"


def child(n, **more):
    """A pupil whose values are nobody else's."""
    born = "1999-12-31" if n == WHO else f"{date(2014, 1, 1) + timedelta(n % 900)}"
    given = {"eckid": eckid(n), "emailadres": f"post{n:05}@school.example"} | more
    return pupil(given.pop("key", key(n)), f"Roep{n:05}k Achter{n:05}v", given.pop("born", born), **given)


def opened(url, sealed=False):
    """A store of the tests."""
    return Store(url, cipher=Fernet(KEY) if sealed else None, clock=lambda: NOW)


def coupled(store, *bronnen):
    """An active koppeling."""
    koppelingen = Koppelingen(store, klantcode="EA1", klantnaam="Toetsen")
    made = koppelingen.add(
        "standaard", naam="De Proef", school="s1", bronnen=bronnen or ["99XX00"], url="http://127.0.0.1:9/",
        leerresultaten_url="http://127.0.0.1:9/", autorisatiesleutel="ProefSleutel2026",
    )  # fmt: skip
    koppelingen.approve(made.id)
    return koppelingen._become(made.id, "actief")


def take(store, koppeling, *rosters):
    """Import rosters, whatever guards say; rows that wait are new."""
    importer = Importer(store)
    plan = importer.plan(Koppelingen(store).get(koppeling.id), list(rosters))
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", zeker=True)
    plan.toegestaan = True
    importer.save(plan)
    importer.apply(plan, recheck=False)
    return plan


def result(n, score=1, **more):
    """A result of a pupil."""
    given = {"leerlingid": key(n), "eckid": eckid(n), "toets": TOETS, "score": score, "afnamedatum": date(2026, 11, 3)}
    return NewResult(**(given | {"genormeerd_op": NOW + timedelta(minutes=1)} | more))


def filled(store, count):
    """A school at two locations, with history and a plan that waits; gives its koppeling."""
    store.upgrade()
    koppeling = coupled(store, Bron.parse("99XX00"), Bron.parse("99YY00"))
    others = [child(n) for n in range(count) if n != WHO]
    before = child(WHO, key="oudesleutel7", achternaam="Vorige7naam", emailadres="vorig7@school.example")
    there = child(WHO, key="tweedesleutel7", groep="g9")
    second = ("99YY00", roster(there, child(count, groep="g9"), groups=(group("g9"),)))
    take(store, koppeling, ("99XX00", roster(before, *others)), second)
    take(store, koppeling, ("99XX00", roster(child(WHO), *others)), second)
    # Somebody new whose name is near, without a birth date: the pupil is a candidate.
    near = child(
        count + 1, achternaam=f"Achter{WHO:05}w", roepnaam=f"Roep{WHO:05}k", born="", eckid=None, emailadres=None
    )
    others.append(near)
    away = ("99XX00", roster(*others))
    take(store, koppeling, away, ("99YY00", roster(child(count, groep="g9"), groups=(group("g9"),))))
    take(store, koppeling, ("99XX00", roster(child(WHO), *others)), second)
    koppelingen, ledger = Koppelingen(store), Ledger(store)
    koppelingen.migrate_keys(koppeling.id, {"oudesleutel7": key(WHO), "oudesleutel8": key(8)})
    ledger.numbers_entered(koppeling.id, [key(WHO), key(8)])
    mine = {"resultaatverwerkerid": "verwerker7", "infourl": "https://x.example/uitleg7"}
    ledger.record(koppeling.id, [result(n) for n in range(min(count, 50)) if n != WHO])
    ledger.record(koppeling.id, [result(WHO, **mine, poging=poging) for poging in (1, 2, 3)])
    ledger.record(koppeling.id, [result(WHO, leerlingid="tweedesleutel7", bron="99YY00")])
    with store.write() as session:
        own = session.scalars(select(ResultaatRow).where(ResultaatRow.leerling == leerling_of(store))).all()
        states = ({"status": "klaar"}, {"status": "onderweg", "verzonden_op": NOW}, {"status": "bezorgd"})
        for row, values in zip(own, states, strict=True):
            given = {"bezorgd_op": NOW} if values["status"] == "bezorgd" else {}
            session.execute(update(ResultaatRow).where(ResultaatRow.key == row.key).values(**values, **given))
        [lid] = [one.id for one in SqlLeden(store, "s1", session).find("leerling") if one.gegevens.key == key(WHO)]
        log_event(session, koppeling.id, NOW, "gepauzeerd", reden=f"vraag over Roep{WHO:05}k Achter{WHO:05}v")
    ImportHistory(store).reactivate(koppeling.id, "leerling", lid)
    changed = child(WHO, emailadres="straks7@school.example")
    Importer(store).plan(koppelingen.get(koppeling.id), [("99XX00", roster(changed, *others)), second])
    return koppeling


def leerling_of(store, number=None):
    """What the tables hold for a key of the pupil."""
    with store.read() as session:
        return pupil_pseudonym_of(session.connection())(number or key(WHO))


def traces(store):
    """Every value that only the pupil has: numbers, names, days, addresses, ids, and hashes of these."""
    found = {key(WHO), "oudesleutel7", "tweedesleutel7", eckid(WHO), f"Achter{WHO:05}v", "Vorige7naam"}
    found |= {"1999-12-31", f"post{WHO:05}@", "vorig7@", "straks7@", "verwerker7", "uitleg7"}
    found |= {leerling_of(store), leerling_of(store, "tweedesleutel7")}
    own = [lid for lid in SqlLeden(store, "s1").find("leerling") if lid.gegevens.eckid == eckid(WHO)]
    found |= {lid.id for lid in own}
    with store.read() as session:
        for row in session.scalars(select(ResultaatRow)):
            if json.loads(row.persoon).get("eckid") == eckid(WHO):
                found |= {row.key, json.loads(row.inhoud)["key"]}
    return found


def dump(url):
    """All bytes that a store leaves: the files of SQLite with what stands beside them, or what pg_dump writes."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        return b"".join(part.read_bytes() for part in sorted(file.parent.rglob("*")) if part.is_file())
    server, _, options = url.partition("?options=")
    schema = unquote(options).partition("search_path=")[2]
    return subprocess.run(["pg_dump", "--schema", schema, server], capture_output=True, check=True).stdout


def readable(store):
    """All that the tables hold, as whoever has the cipher reads it."""
    with store.read() as session:
        return "\n".join(
            _text(value)
            for table in Base.metadata.tables.values()
            for row in session.execute(select(table))
            for value in row
        )


def _text(value):
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value, enc_hook=str).decode()


def others(store, mine):
    """All that the tables hold of everybody else, to be held against what they held before.

    Args:
        store: the store.
        mine: the traces of the pupil; a row that holds one, or that is blank, is left out.
    """

    def left_out(value):
        said = _text(value)
        return '"naam":"vergeten"' in said or any(word in said for word in mine)

    found = {}
    with store.read() as session:
        for name in ("lid", "resultaat", "leerling", "toets", "melding"):
            rows = session.execute(select(Base.metadata.tables[name]).order_by(text("1, 2"))).all()
            found[name] = [one for one in map(list, rows) if not left_out(one)]
        plans = Base.metadata.tables["plan"].c
        for id_, status, inhoud in session.execute(select(plans.id, plans.status, plans.inhoud).order_by(plans.id)):
            plan = json.loads(inhoud)
            for rij in plan["rijen"]:
                for list_ in ("kandidaten", "nummers"):
                    rij[list_] = [one for one in rij.get(list_, ()) if not left_out(one)]
            rows = [rij for rij in plan.pop("rijen") if not left_out(rij)]
            gone = [weg for weg in plan.pop("weg") if not left_out(weg) and weg["label"] != "vergeten"]
            kept = {n: plan[n] for n in ("schooljaar", "roster_hash", "aard", "alarmen", "velden") if n in plan}
            found[f"plan {id_}"] = (status, rows, gone, kept)
        for koppeling in session.execute(select(Base.metadata.tables["koppeling"])).mappings():
            held = dict(koppeling)
            held["sleutelwissel"] = {o: n for o, n in held["sleutelwissel"].items() if not {o, n} & set(mine)}
            held["bekende_leerlingen"] = sorted(held["bekende_leerlingen"] - set(mine))
            held["genegeerd"] = [one for one in json.loads(held["genegeerd"] or "[]") if not left_out(one)]
            memory = json.loads(held.pop("geheugen") or "{}")
            held["geheugen"] = {name: memory.get(name) for name in ("schooljaar", "peil")}
            found[f"koppeling {held['id']}"] = held
    return found


def forget(url, mortal, sealed):
    """Forget the pupil."""
    with opened(url, sealed) as store:
        pupils = Pupils(mortal(store))
        if not pupils.finish() and not pupils.receipts(1):
            pupils.forget(1, key(WHO))


def check(url, sealed):
    """See that everybody else is there, and the pupil is at most as much there as before."""
    with opened(url, sealed) as store:
        store.check()
        leden = {lid.gegevens.key for lid in SqlLeden(store, "s1").find("leerling")}
        assert {key(n) for n in range(10) if n != WHO} <= leden
        [koppeling] = Koppelingen(store).all()
        assert koppeling.sleutelwissel["oudesleutel8"] == key(8)
        for plan_id in range(1, 6):
            Importer(store).load(plan_id)
