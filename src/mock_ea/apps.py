"""The applications, school by school, and what is done for all of them at once."""

from __future__ import annotations

import secrets

from mock_ea.accounts import School, schools_of
from mock_ea.boom import Boom
from mock_ea.iep import Iep
from mock_ea.jij.supplier import MemorySupplier
from mock_ea.jij_lvs import JijLvs
from mock_ea.night_report import NightReport, Sender, run_night
from mock_ea.suite import Suite

_SIGNING = "tekenen van cursors"


class Apps:
    """Boom testcentrum, IEP LVS and JIJ! of all schools.

    Args:
        suite: what they share.
    """

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        secret: bytes | None = suite.setting(_SIGNING, bytes)
        if secret is None:
            secret = secrets.token_bytes(32)
            suite.state.keep(_SIGNING, secret)
        self.supplier = MemorySupplier(secret, now=suite.clock.now)
        self._jij: dict[str, JijLvs] = {}
        if not suite.accounts.all():
            for school in schools_of(suite.las.connections()) if suite.las else [School(brincode="99XX")]:
                suite.accounts.add(school)

    def boom(self, school_id: str) -> Boom:
        """Give a school in Boom testcentrum."""
        return Boom(self.suite, self.suite.accounts.get(school_id))

    def iep(self, school_id: str) -> Iep:
        """Give a school in IEP LVS."""
        return Iep(self.suite, self.suite.accounts.get(school_id))

    def jij(self, school_id: str) -> JijLvs:
        """Give a school in JIJ!."""
        if school_id not in self._jij:
            self._jij[school_id] = JijLvs(self.suite, self.suite.accounts.get(school_id), self.supplier)
        return self._jij[school_id]

    def open_all(self) -> None:
        """Have every school of JIJ! there, so that Magister finds it."""
        for school in self.suite.accounts.all():
            self.jij(school.id)

    def approve_what_is_due(self) -> int:
        """Let customer service of Boom do what waited long enough; gives how many requests."""
        return sum(self.boom(school.id).approve_what_is_due() for school in self.suite.accounts.all())

    def night(self, *, advance: bool = True) -> NightReport:
        """Do the work of a night for all schools."""
        senders: list[Sender] = []
        for school in self.suite.accounts.all():
            senders += [self.boom(school.id), self.iep(school.id)]
        report = run_night(self.suite, senders, advance=advance)
        self.approve_what_is_due()
        return report
