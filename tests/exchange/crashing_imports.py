"""Imports and undoes in a child process that is killed at random moments; a program of its own.

Arguments: store URL, id of the koppeling, number of kills, seed. Each import gives all pupils a surname of its own, and
undoing gives the one before, so at any moment all have one and the same.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from random import Random

from exchange.people import group, pupil, roster
from uwlr.exchange import Importer, Koppelingen, SqlLeden, Store

PUPILS = 40


def work(url: str, koppeling_id: int, turn: int) -> None:
    """Import once more, and undo every third import."""
    moment = datetime(2026, 11, 20, 21, turn // 60 % 60, turn % 60, tzinfo=UTC)
    with Store(url, clock=lambda: moment) as store:
        importer = Importer(store)
        for step in range(3):
            name = f"V{turn}x{step}"
            people = (pupil(f"{i}", f"Kind{i} {name}", f"2018-0{1 + i // 28}-{1 + i % 28:02}") for i in range(PUPILS))
            plan = importer.plan(Koppelingen(store).get(koppeling_id), [("99XX", roster(*people, groups=(group(),)))])
            plan.toegestaan = True
            importer.apply(plan, recheck=False)
            if step == 1:
                importer.undo(koppeling_id)


def check(url: str) -> None:
    """See that an import was done whole, or not at all."""
    with Store(url) as store:
        leden = SqlLeden(store, "s1")
        names = {lid.gegevens.achternaam for lid in leden.find("leerling") if lid.actief}
        count = len(leden.find("leerling"))
    assert len(names) <= 1, names
    assert count in {0, PUPILS}, count


def main() -> None:
    """Kill, again and again; then let it end once."""
    url, koppeling_id, kills, dice = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Random(sys.argv[4])
    longest = 0.0
    died = turn = 0
    while died < kills or turn == 0:
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                work(url, koppeling_id, turn)
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
        check(url)
    work(url, koppeling_id, turn)
    check(url)
    sys.stdout.write(f"{died}\n")


if __name__ == "__main__":
    main()
