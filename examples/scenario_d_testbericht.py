"""ESIS and a tracking system without a roster of its own: enabled only when a test message gets through."""

from __future__ import annotations

from scenario_start import started

from uwlr import make_verificatiecode
from uwlr.exchange import Deliverer, Ledger, NotEnabled, UnusableKey
from uwlr.testing import make_school


def main() -> None:
    with started("esis", roster=False) as scenario:
        esis, koppelingen, koppeling = scenario.las, scenario.koppelingen, scenario.koppeling
        to = esis.connection()
        roster = make_school(7, leerlingen=40, brincode=to.brincode, schooljaar=to.schooljaar)
        esis.load_school(roster)  # the application has it from Basispoort
        koppelingen.approve(koppeling.id, door="IEP LVS")
        code = make_verificatiecode(to.brincode, to.dependancecode)
        for slip in (code[:19], f"00XX00{code[6:]}"):
            try:  # seen before anything is sent
                koppelingen.enable(koppeling.id, autorisatiesleutel=slip)
            except UnusableKey as error:
                print(error.uitleg)
        try:  # "Testbericht versturen en koppeling inschakelen": ESIS does not know the code yet
            koppelingen.enable(koppeling.id, autorisatiesleutel=code, door="schoolbeheerder")
        except NotEnabled as error:
            print(error.uitleg)
        esis.activate(code)
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=code, door="schoolbeheerder")
        assert esis.received() == [], "the test message is about a pupil that no school has"

        pupil = roster.leerlingen[0].key or ""
        Ledger(scenario.store).record(koppeling.id, [scenario.result(pupil, 48)])
        print(Deliverer(scenario.store).deliver(koppeling))
        assert len(esis.received()) == 1


if __name__ == "__main__":
    main()
