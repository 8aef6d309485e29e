"""Carries out work on a store in a child that is killed before its first statement, then before its second, and so on.

A program: module:function of the work, store URL, and JSON with the arguments of the work. Prints how often it was
killed. What has to hold after each kill is asserted by the work's own `check`, beside it in its module.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys

import msgspec
from sqlalchemy import event

from uwlr.exchange import Store


def dies(store: Store, at: int) -> Store:
    """Have the process killed before the statement, commit or wipe with this number; gives the store."""
    left = [at]

    def step(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    wipe = store.wipe

    def wiping() -> bool:
        step()
        done = wipe()
        step()
        return done

    event.listen(store.engine, "before_cursor_execute", step)
    event.listen(store.engine, "commit", step)
    store.wipe = wiping  # type: ignore[method-assign]
    return store


def main() -> None:
    """Kill at each step, until it ends by itself."""
    place, url, given = sys.argv[1], sys.argv[2], msgspec.json.decode(sys.argv[3])
    module = importlib.import_module(place.partition(":")[0])
    work = getattr(module, place.partition(":")[2])
    stride = int(given.pop("stride", 1))
    died = 0
    while True:
        child = os.fork()
        if child == 0:
            try:
                work(url, lambda store, at=died * stride: dies(store, at), **given)
            except BaseException as error:  # noqa: BLE001 - the parent must hear of it
                os.write(2, f"{error!r}\n".encode())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            break
        died += 1
        module.check(url, **given)
    sys.stdout.write(f"{died}\n")


if __name__ == "__main__":
    main()
