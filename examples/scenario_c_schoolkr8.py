"""A test platform and Schoolkr8: results only, for pupils whose numbers the school copies by hand."""

from __future__ import annotations

from scenario_start import started

from uwlr.exchange import Deliverer, Ledger


def main() -> None:
    with started("schoolkr8", roster=False) as scenario:
        schoolkr8, koppelingen, koppeling = scenario.las, scenario.koppelingen, scenario.koppeling
        ledger, deliverer = Ledger(scenario.store), Deliverer(scenario.store)
        koppelingen.approve(koppeling.id, door="klantenservice")
        key = schoolkr8.connection().autorisatie.autorisatiesleutel  # came by mail
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=key, door="beheerder")  # by a test message
        assert schoolkr8.received() == []

        ledger.record(koppeling.id, [scenario.result("1001", 61), scenario.result("1002", 62)])
        print(deliverer.deliver(koppeling))  # Schoolkr8 says nothing, but knows neither pupil
        assert schoolkr8.received() == []

        schoolkr8.enter_numbers(["1001", "1020"])  # by hand, from the overview of pupils: one number is wrong
        ledger.numbers_entered(koppeling.id, ["1001", "1002"])
        print(deliverer.deliver(koppelingen.get(koppeling.id)))
        assert [result.leerlingid for result in schoolkr8.received()] == ["1001"], "1002 was dropped without a word"

        schoolkr8.enter_numbers(["1001", "1002"])  # the school saw the gap, and mends the number
        ledger.offer_again(koppeling.id, states=["bezorgd"])  # so what Schoolkr8 said it took goes once more
        print(deliverer.deliver(koppelingen.get(koppeling.id)))
        assert len(schoolkr8.received()) == 2


if __name__ == "__main__":
    main()
