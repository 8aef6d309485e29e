"""ESIS and a test platform: the school invents a code, the roster is reviewed, results arrive every night.

With what is easily overlooked: old numbers, mail to the administrators, a pause, and the first of August.
"""

from __future__ import annotations

from datetime import UTC, datetime

from scenario_start import Scenario, started

from uwlr import make_verificatiecode
from uwlr.exchange import Importer, Ledger, SqlLeden
from uwlr.exchange.koppeling_status import statuses
from uwlr.exchange.leden import Gegevens
from uwlr.exchange.show import as_text


def main() -> None:
    with started("esis") as scenario:
        esis, store, koppelingen = scenario.las, scenario.store, scenario.koppelingen
        koppeling, importer, ledger = scenario.koppeling, Importer(store), Ledger(store)
        leden = SqlLeden(store, "school-1")
        with leden.transaction():  # a pupil with a number of long ago, from an EDEXML file
            leden.create("leerling", Gegevens(key="1", roepnaam="Fenna", achternaam="Oud", geboortedatum="2016-05-01"))
        print("numbers wiped before the first coupling:", leden.forget_keys())

        koppelingen.approve(koppeling.id, door="klantenservice")
        koppelingen.consent(koppeling.id, door="directie")
        code = make_verificatiecode("99QQ", "00")
        esis.activate(code)  # the school types it in ESIS, with its board's consent
        koppeling = koppelingen.enable(koppeling.id, autorisatiesleutel=code, door="beheerder")  # proven first

        scenario.night()  # brings the roster: mail, and nothing else
        plan = importer.open_plan(koppeling.id)
        assert plan is not None
        print(as_text(plan).splitlines()[-1])
        for rij in plan.open_rows:  # staff without an e-mail address
            plan.choose(rij.nummer, "nieuw", emailadres="leerkracht@example.org")
        importer.apply(plan)

        pupils = [lid.gegevens.key for lid in leden.find("leerling") if lid.gegevens.key]
        ledger.record(koppeling.id, [scenario.result(pupil, score) for score, pupil in enumerate(pupils)])
        scenario.night()
        scenario.clock.advance(minutes=5)  # ESIS shows them within about five minutes
        assert len([result for result in esis.received() if result.zichtbaar]) == len(pupils)

        paused(scenario, code, pupils[0])
        first_of_august(scenario, pupils[0])


def paused(scenario: Scenario, code: str, pupil: str) -> None:
    """The school removes its code in ESIS: the application sees why nothing goes, tells once, and loses nothing."""
    ledger = Ledger(scenario.store)
    scenario.las.remove_key()
    ledger.record(scenario.koppeling.id, [scenario.result(pupil, 55)])
    for _ in range(2):
        scenario.night()
    print(*statuses(scenario.store), sep="\n")
    scenario.las.activate(code)
    scenario.night()
    assert [subject for subject in scenario.mail.subjects if "werkt" in subject] == [
        "Koppeling De Proef werkt niet: sleutel geweigerd",
        "Koppeling De Proef werkt weer",
    ]
    assert ledger.counts(scenario.koppeling.id)["klaar"] == 0


def first_of_august(scenario: Scenario, pupil: str) -> None:
    """A new school year: last year's results may still be corrected, those of the year before no more."""
    scenario.clock.advance(days=(datetime(2027, 8, 1, 22, tzinfo=UTC) - scenario.clock()).days)
    last = scenario.result(pupil, 56, afnamedatum=datetime(2027, 6, 1, tzinfo=UTC).date())
    before = scenario.result(pupil, 57, afnamedatum=datetime(2026, 6, 1, tzinfo=UTC).date())
    Ledger(scenario.store).record(scenario.koppeling.id, [last, before])
    scenario.night()
    print(Ledger(scenario.store).held(scenario.koppeling.id))
    assert [result.score for result in scenario.las.received()].count(57) == 0


if __name__ == "__main__":
    main()
