"""IEP LVS of one school: its resultaatkoppeling, and its pupils, who come through Basispoort.

Source: the public manual of the coupling of ESIS and IEP LVS. Basispoort itself is outside of it: pupils come from the
fake that runs beside, or from a file.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mock_ea.accounts import School
from mock_ea.catalogue import IEP
from mock_ea.scoring import Scores
from mock_ea.suite import Suite
from mock_las.declined import Declined
from mock_las.las import Las
from mock_las.products import IEP_LVS
from mock_las.school_register import read_roster
from uwlr.exchange import Bron, Gegevens, Koppeling, Lid, SqlLeden
from uwlr.exchange.presets import preset_of


class Iep:
    """One school in IEP LVS.

    Args:
        suite: what all share.
        school: the school.
    """

    def __init__(self, suite: Suite, school: School) -> None:
        self.suite, self.school = suite, school
        self.name = f"iep {school.id}"
        self.leden = SqlLeden(suite.store, self.name)
        self.scores = Scores(suite.state, suite.clock, self.name, IEP)

    def koppeling(self) -> Koppeling | None:
        """Give the resultaatkoppeling, on or not yet on, if there is one."""
        found = [one for one in self.suite.koppelingen_of(self.name) if one.status != "beeindigd"]
        return found[-1] if found else None

    def switch_on(self, verificatiecode: str, *, vendor: str = "esis", door: str = "schoolbeheerder") -> Koppeling:
        """Send the test message; the koppeling is on only if the LAS takes it.

        Raises:
            NotEnabled: the LAS does not; its `uitleg` says why. The koppeling stays off.
            UnusableKey: the code cannot be right, so nothing was sent.
        """
        koppelingen, koppeling = self.suite.koppelingen, self.koppeling()
        if koppeling is not None and koppeling.vendor != vendor:
            koppelingen.end(koppeling.id, door=door)
            koppeling = None
        if koppeling is None:
            koppeling = koppelingen.add(
                vendor,
                naam=f"{self.school.naam} - IEP LVS en {preset_of(vendor).titel}",
                school=self.name,
                bronnen=[Bron.parse(self.school.id)],
                leerresultaten_url=self.suite.address(vendor).leerresultaten,
                klantcode=IEP_LVS.klantcode,
                klantnaam=IEP_LVS.klantnaam,
                door=door,
            )
            koppelingen.approve(koppeling.id, door=door)
        return koppelingen.enable(koppeling.id, autorisatiesleutel=verificatiecode, door=door)

    def pupils(self) -> list[Lid]:
        """Give the pupils, by name."""
        found = self.leden.find("leerling")
        return sorted(found, key=lambda lid: (lid.gegevens.achternaam or "", lid.gegevens.label))

    def take_pupils(self, pupils: Iterable[Gegevens]) -> int:
        """Take pupils in, as Basispoort brings them; gives how many were new."""
        return take_pupils(self.leden, pupils)

    def record(self, koppeling: Koppeling) -> None:
        """Give the exchange what is normed; the compulsory eindtoets stays here."""
        everybody = {lid.id: lid.gegevens for lid in self.leden.find("leerling")}
        page = f"{self.suite.url}/iep/{self.school.id}/resultaat/"
        self.suite.ledger.record(koppeling.id, self.scores.results(everybody, page=page, released={}))

    def not_sendable(self) -> tuple[int, int]:
        """Count the scores that are not normed yet, and those of pupils without a number: there are none."""
        return sum(a.score is not None and a.genormeerd_op is None for a in self.scores.all()), 0


def take_pupils(leden: SqlLeden, pupils: Iterable[Gegevens]) -> int:
    """Add the pupils who are not known by their key; gives how many."""
    known = {lid.gegevens.key for lid in leden.find("leerling")}
    new = [pupil for pupil in pupils if pupil.key and pupil.key not in known]
    with leden.transaction():
        for pupil in new:
            leden.create("leerling", pupil)
    return len(new)


def pupils_in(message: bytes) -> list[Gegevens]:
    """Give the pupils of a file with a roster.

    Raises:
        MessageError: it is none.
    """
    return [
        Gegevens(
            key=leerling.key,
            eckid=leerling.eckid,
            achternaam=leerling.achternaam,
            voorvoegsel=leerling.voorvoegsel,
            roepnaam=leerling.roepnaam,
            geboortedatum=str(leerling.geboortedatum) if leerling.geboortedatum else None,
        )
        for leerling in read_roster(message).leerlingen
    ]


def pupils_beside(las: Las | None, school: School) -> list[Gegevens]:
    """Give the pupils of the fake that runs beside, as another channel than UWLR would bring them.

    Raises:
        Declined: no fakes run beside.
    """
    if las is None or not school.las:
        raise Declined(
            "no fakes run beside: load a file",
            "Er draait geen nagebootst LAS naast; laad de leerlingen uit een bestand.",
        )
    found = las.pupils(vendor=school.las, brincode=school.brincode, dependancecode=school.dependancecode)
    names = ("key", "eckid", "achternaam", "voorvoegsel", "roepnaam", "geboortedatum")
    return msgspec.convert([{name: getattr(pupil, name) for name in names} for pupil in found], list[Gegevens])
