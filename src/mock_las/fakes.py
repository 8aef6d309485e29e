"""What all ways into the fakes share: the services, the control API, the pages and `MockLas` work on one of these."""

from __future__ import annotations

import threading

from mock_las.faults import FaultPlan
from mock_las.journal import Journal
from mock_las.world import World


class Fakes:
    """The fakes without any way in.

    Args:
        world: schools and couplings.

    Attributes:
        world: schools and couplings.
        plan: faults that are planned.
        journal: exchanges with clients.
        loading: held while a way in loads its framework: spyne and Flask both import werkzeug, which fails when two
            threads import it at once.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.plan = FaultPlan(world.state)
        self.journal = Journal()
        self.loading = threading.Lock()

    def reset(self, seed: int | None = None) -> None:
        """Return to the state at the start, or to what it would have been with another seed."""
        self.world.reset(seed)
        self.plan.replace(())
        self.journal.clear()
