"""Pulls in a process of its own, and kills itself by SIGKILL just before a statement of SQL runs.

Arguments: address, state file, Instellingscode, SOAP-key, moment of the clock, how a statement begins, and at which
such statement to die.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path

from mock_las.pull_arguments import PullOrder
from mock_las.results_from_jij import Puller
from mock_las.world import World

url, state, code, key, now, beginning, nth = sys.argv[1:]
world = World(7, 40, ("magister",), Path(state))
world.clock.set(dt.datetime.fromisoformat(now))
seen = 0


def die(statement: str) -> None:
    """Die at the right moment: the statement is known, and has done nothing yet."""
    global seen  # noqa: PLW0603 - one process, one count
    seen += statement.startswith(beginning)
    if seen == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)


world.state._db.set_trace_callback(die)
vanaf = dt.date(2025, 8, 1)
Puller(world).pull(PullOrder(url=url, instellingscode=code, soapkey=key, vanaf=vanaf, batchgrootte=50))
