"""JIJ! Leerlingvolgsysteem of one school: its Instellingscode and keys, and results that Magister fetches.

Source: the public manual of the coupling of Magister and JIJ!; the contract is this project's own, see docs/jij.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from secrets import token_hex
from typing import Final

import msgspec

from mock_ea.accounts import School
from mock_ea.catalogue import JIJ
from mock_ea.iep import take_pupils
from mock_ea.jij.supplier import Keys, MemorySupplier
from mock_ea.scoring import Afname, Scores
from mock_ea.suite import Suite
from uwlr.berichten import LeerresultatenVerzoek, Resultaat, Toetsafname
from uwlr.berichten.leerresultaten import School as SchoolOfResults
from uwlr.exchange import Gegevens, Lid, SqlLeden
from uwlr.norm import schooljaar_for

SERVICE: Final = "klantenservice@jij.example"
"""Where the school asks for its SOAP-key."""


class JijAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What a school has to fill in at Magister; TOA's key is another, and opens nothing here."""

    instellingscode: str
    soapkey: str
    soapkey_toa: str


class JijLvs:
    """One school in JIJ!.

    Args:
        suite: what all share.
        school: the school.
        supplier: what Magister fetches from.
    """

    def __init__(self, suite: Suite, school: School, supplier: MemorySupplier) -> None:
        self.suite, self.school = suite, school
        self.name = f"jij {school.id}"
        self.leden = SqlLeden(suite.store, self.name)
        self.scores = Scores(suite.state, suite.clock, self.name, JIJ)
        self._supplier = supplier
        account: JijAccount | None = suite.setting(self.name, JijAccount)
        if account is None:
            account = JijAccount(
                instellingscode=f"{school.brincode}-JIJ",
                soapkey=f"jij-{token_hex(10)}",
                soapkey_toa=f"toa-{token_hex(10)}",
            )
            suite.state.keep(self.name, account)
        self.account = account
        supplier.register(account.instellingscode, Keys(jij=account.soapkey, toa=account.soapkey_toa))
        self._process([afname for afname in self.scores.all() if afname.genormeerd_op is not None])

    def ask_key(self) -> None:
        """Ask customer service for the SOAP-key by mail; it answers at once."""
        box = self.suite.mailbox
        box.send(
            self.school.beheerders[0], SERVICE, "SOAP-key voor Magister", f"{self.school.naam} vraagt de SOAP-key."
        )
        for address in self.school.beheerders:
            box.send(
                SERVICE,
                address,
                "Uw SOAP-key voor Magister",
                f"Instellingscode: {self.account.instellingscode}\nSOAP-key: {self.account.soapkey}\n"
                "De SOAP-key van TOA werkt niet voor JIJ!.",
            )

    def pupils(self) -> list[Lid]:
        """Give the pupils, by name."""
        found = self.leden.find("leerling")
        return sorted(found, key=lambda lid: (lid.gegevens.achternaam or "", lid.gegevens.label))

    def take_pupils(self, pupils: Iterable[Gegevens]) -> int:
        """Take pupils in; gives how many were new."""
        return take_pupils(self.leden, pupils)

    def score(self, lid: str, toets: str, score: float | str, afgenomen: dt.date | None = None) -> Afname:
        """Enter a score: it is processed at once, and can be fetched from then on.

        Raises:
            Declined: there is no such test, or the score is no whole number from 0 to 100.
        """
        afname = self.scores.score(lid, toets, score, afgenomen)
        self._process(self.scores.norm([afname.id]))
        return self.scores.get(afname.id) or afname

    def _process(self, afnames: list[Afname]) -> None:
        """Put results where Magister fetches them, in the order in which they were processed."""
        pupils = {lid.id: lid.gegevens for lid in self.leden.find("leerling")}
        for afname in sorted(afnames, key=lambda one: one.genormeerd_op or dt.datetime.min.replace(tzinfo=dt.UTC)):
            pupil = pupils.get(afname.lid)
            if pupil is None or pupil.key is None or afname.genormeerd_op is None:
                continue
            test = self.scores.tests[afname.toets]
            resultaat = Resultaat(
                key=afname.id,
                afnamedatum=afname.afgenomen,
                toetscode=test.code,
                uitkomst=afname.score or 0,
                infourl=f"{self.suite.url}/jij/{self.school.id}/resultaat/{afname.id}",
            )
            message = LeerresultatenVerzoek(
                school=SchoolOfResults(
                    schooljaar=schooljaar_for(afname.afgenomen),
                    brincode=self.school.brincode,
                    dependancecode=self.school.dependancecode,
                    auteur="JIJ!",
                    aanmaakdatum=afname.genormeerd_op,
                    xsdversie="2.2",
                ),
                toetsafnames=(Toetsafname(leerlingid=pupil.key, eckid=pupil.eckid, resultaten=(resultaat,)),),
                toetsen=(test.toets,),
            )
            self._supplier.add(self.account.instellingscode, message, afname.genormeerd_op)
