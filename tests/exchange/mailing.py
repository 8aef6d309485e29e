"""Tells people what waits in the outbox, and dies while it mails if that is asked; a program.

Arguments: store URL, and "dies" or nothing.
"""

from __future__ import annotations

import os
import signal
import sys

from uwlr.exchange import Notification, Store
from uwlr.exchange.outbox import Outbox


class Mail:
    """Prints the number of the plan that somebody is told of."""

    def notify(self, notification: Notification) -> None:
        """Print, and perhaps die."""
        os.write(1, b"%d\n" % (notification.plan or 0))
        if sys.argv[2:] == ["dies"]:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Send what waits."""
    with Store(sys.argv[1]) as store:
        Outbox(store, Mail()).send()
