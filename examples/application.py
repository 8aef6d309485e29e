"""A small educational application that passes every case of the referee.

Run as it is, it has itself judged. For `uwlr conformance referee --command "python examples/application.py"` it is the
command: told `leerlinggegevens` or `leerresultaten`, it does that with the connection that the variables name.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from uwlr import Autorisatie, UwlrClient
from uwlr.berichten import GeenGegevens, Leerlinggegevens, LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.client import Retry
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import Ea
from uwlr.conformance.execution import Run
from uwlr.conformance.referee import Referee
from uwlr.errors import UwlrError

STATE = Path("application.json")


class Application:
    """What it keeps: who is at school, by ECK-iD, and the moment of its last message."""

    def __init__(self, client: UwlrClient, brincode: str, schooljaar: str) -> None:
        self.client, self.brincode, self.schooljaar = client, brincode, schooljaar
        self.pupils: dict[str, str] = {}
        self.last = datetime.fromtimestamp(0, UTC)

    def act(self, action: str) -> None:
        """Do as asked; what does not succeed today is tried another day, and nothing is thrown away."""
        try:
            if action == "leerlinggegevens":
                self.fetch()
            elif self.pupils:
                self.bring()
        except UwlrError as error:
            print(error, file=sys.stderr)

    def fetch(self) -> None:
        """Fetch who is at school: a new roster takes the place of the old one, whoever is not in it has left."""
        answer = self.client.haal_leerlinggegevens(schooljaar=self.schooljaar, brincode=self.brincode)
        if isinstance(answer, Leerlinggegevens):
            self.pupils = {str(one.eckid or one.key): str(one.key) for one in answer.leerlingen}
        elif isinstance(answer, GeenGegevens):
            self.pupils = {}

    def bring(self) -> None:
        """Bring a result of everybody: under a key that stays, for the key that the LAS now has for the pupil."""
        self.last = max(datetime.now(UTC).replace(microsecond=0), self.last + timedelta(seconds=1))
        school = School(schooljaar=self.schooljaar, brincode=self.brincode, aanmaakdatum=self.last, xsdversie="2.2")
        first_day = date(int(self.schooljaar[:4]), 8, 1)
        toetsafnames = tuple(
            Toetsafname(
                leerlingid=key,
                resultaten=(Resultaat(key=f"T1-{eckid[-40:]}", afnamedatum=first_day, toetscode="T1", uitkomst=7),),
            )
            for eckid, key in self.pupils.items()
        )
        toetsen = (Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Toets 1"),)
        self.client.breng_leerresultaten(
            LeerresultatenVerzoek(school=school, toetsafnames=toetsafnames, toetsen=toetsen)
        )


def connect(url: str, leerresultaten_url: str, autorisatie: Autorisatie) -> UwlrClient:
    """Make the client: two tries, half a second or more apart."""
    return UwlrClient(url, leerresultaten_url=leerresultaten_url, autorisatie=autorisatie, retry=Retry(attempts=2))


def command(action: str) -> None:
    """Do one thing as a program, and keep what is known in a file."""
    env = os.environ
    autorisatie = Autorisatie(
        autorisatiesleutel=env["UWLR_AUTORISATIESLEUTEL"],
        klantcode=env["UWLR_KLANTCODE"],
        klantnaam=env["UWLR_KLANTNAAM"],
    )
    with connect(env["UWLR_URL"], env["UWLR_LEERRESULTATEN_URL"], autorisatie) as client:
        application = Application(client, env["UWLR_BRINCODE"], env["UWLR_SCHOOLJAAR"])
        if STATE.exists():
            kept = json.loads(STATE.read_text("utf-8"))
            application.pupils, application.last = kept["pupils"], datetime.fromisoformat(kept["last"])
        application.act(action)
        STATE.write_text(json.dumps({"pupils": application.pupils, "last": application.last.isoformat()}), "utf-8")


def judged() -> int:
    """Have itself judged, in this process."""
    made: list[Application] = []

    def trigger(action: str) -> None:
        made[0].act(action)

    with Referee(Ea(name="examples/application.py", slow_s=0.2), trigger) as las:
        client = connect(f"{las.url}/leerlinggegevens", f"{las.url}/leerresultaten", las.autorisatie)
        made.append(Application(client, str(las.school.brincode), las.school.schooljaar))
        ended = Run(las, cases("EA"), strict=True)("EA")
        client.close()
    for outcome in ended.outcomes:
        print(outcome.verdict, outcome.case.id, outcome.actual.en if outcome.actual else "")
    return 0 if all(outcome.verdict == "pass" for outcome in ended.outcomes) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        command(sys.argv[1])
    else:
        sys.exit(judged())
