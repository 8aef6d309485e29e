"""Imports, records and delivers in a child process that is killed at random moments, as often as asked; a program.

Arguments: store URL, id of the koppeling, number of kills, seed, file of what was recorded, pupils, address of the
fake. Keys whose recording was confirmed are written to the file, one per line with the score.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, date, datetime
from random import Random

import uwlr.client.over_requests  # noqa: F401 - so that no child has to load it
from mock_las.remote_las import RemoteLas
from uwlr.berichten import Toets, VocabulaireGebondenVeld
from uwlr.exchange import Deliverer, Importer, Koppelingen, Ledger, NewResult, Store

TOETS = Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen")
PUPILS = 12


def bring_in(store: Store, koppeling_id: int) -> None:
    """Import the roster as it is now."""
    importer = Importer(store)
    plan = importer.plan(Koppelingen(store).get(koppeling_id))
    for rij in plan.open_rows:
        plan.choose(rij.nummer, "nieuw", emailadres=f"{rij.nummer}@example.org")
    importer.apply(plan, recheck=False)


def work(url: str, koppeling_id: int, turn: int, leerlingen: list[str], log: int, las: str) -> None:
    """Import a school where somebody moved, record some new results and some corrections, and bring what is due."""
    RemoteLas(las).change_school("moved")
    with Store(url) as store:
        bring_in(store, koppeling_id)
        ledger = Ledger(store)
        for step in range(3):
            results = [
                NewResult(
                    leerlingid=leerling,
                    toets=TOETS,
                    afnamedatum=date(2026, 11, 3),
                    score=turn * 10 + step,
                    genormeerd_op=datetime(2026, 12, 1, tzinfo=UTC),
                    key=f"{leerling}-{(turn * 3 + step) % 25}",
                )
                for leerling in leerlingen[:4]
            ]
            ledger.record(koppeling_id, results)
            os.write(log, "".join(f"{result.key} {result.score}\n" for result in results).encode())
            leerlingen = leerlingen[4:]
            Deliverer(store, batch=5).deliver(Koppelingen(store).get(koppeling_id))


def main() -> None:
    """Kill, again and again; then let it end once."""
    url, koppeling_id, kills, seed, file = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
    leerlingen = sys.argv[6].split(",")[:PUPILS]
    las = sys.argv[7]
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    dice = Random(seed)
    longest = 0.0
    died = turn = 0
    while died < kills or turn == 0:
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                work(url, koppeling_id, turn, leerlingen, log, las)
            except BaseException as error:  # noqa: BLE001 - the parent must hear of it
                os.write(2, f"{error!r}\n".encode())
                os._exit(1)
            os._exit(0)
        timer = threading.Timer(dice.uniform(0, longest), os.kill, (child, signal.SIGKILL))
        if turn:  # the first one shows how long it takes
            timer.start()
        _, status = os.waitpid(child, 0)
        timer.cancel()
        died += os.WIFSIGNALED(status)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            longest = max(longest, time.monotonic() - started)
        turn += 1
    work(url, koppeling_id, turn, leerlingen, log, las)
    sys.stdout.write(f"{died}\n")


if __name__ == "__main__":
    main()
