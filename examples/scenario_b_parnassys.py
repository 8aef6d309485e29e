"""ParnasSys and a test platform: the key comes from ParnasSys, and nothing normed before the activation is sent."""

from __future__ import annotations

from datetime import timedelta

from scenario_start import started

from uwlr.exchange import Deliverer, Importer, Ledger, NotEnabled


def main() -> None:
    with started("parnassys") as scenario:
        parnassys, koppelingen, koppeling = scenario.las, scenario.koppelingen, scenario.koppeling
        importer, ledger = Importer(scenario.store), Ledger(scenario.store)
        koppelingen.refuse(koppeling.id, door="klantenservice", reden="BRIN hoort bij een andere school")
        koppelingen.request_again(koppeling.id, door="beheerder")
        koppelingen.approve(koppeling.id, door="klantenservice")  # who also opened it in ParnasSys
        old = parnassys.activate().autorisatiesleutel  # "nieuwe autorisatiesleutel instellen"
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=old, door="beheerder")

        plan = importer.plan(koppeling)
        for rij in plan.open_rows:
            plan.choose(rij.nummer, "niet importeren")
        done = importer.apply(plan)
        print("leerlingen", done["leerling"].nieuw)

        first, second = (rij.gegevens.key or "" for rij in plan.of("leerling")[:2])
        yesterday = scenario.clock() - timedelta(days=1)
        ledger.record(koppeling.id, [scenario.result(first, 61), scenario.result(second, 62, genormeerd_op=yesterday)])
        Deliverer(scenario.store).deliver(koppeling)
        assert len(parnassys.received()) == 1, "not retroactive: what was normed yesterday stays here"
        print(ledger.held(koppeling.id))

        key = parnassys.activate().autorisatiesleutel  # a new key again: the old one opens nothing any more
        scenario.night()
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=key, door="beheerder")
        try:
            koppelingen.enable(koppeling.id, autorisatiesleutel=old)
        except NotEnabled as error:
            print(error.uitleg)
        scenario.night()
        for event in koppelingen.events(koppeling.id):
            print(f"{event.op:%d-%m}", event.soort, event.door or "-", event.reden or "")


if __name__ == "__main__":
    main()
