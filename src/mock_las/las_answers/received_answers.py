"""What the verbs answer about results that came in, and the state of all vendors."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from mock_las.las_answers.school_answers import SchoolShown
from mock_las.las_answers.vendor_answers import ClockShown
from uwlr.undisclosed import Undisclosed


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message of results that came in.

    Attributes:
        id: its number.
        brincode: the school.
        dependancecode: its location.
        klantcode: code of the supplier.
        schooljaar: the school year of the message.
        aanmaakdatum: its moment.
        received_at: when it came in, on the clock of the fakes.
        new: results that were not there.
        replaced: results that were there.
        held: results that were left out.
    """

    id: int
    brincode: str
    dependancecode: str
    klantcode: str
    schooljaar: str
    aanmaakdatum: dt.datetime
    received_at: dt.datetime
    new: int
    replaced: int
    held: int


class Received(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result that a vendor has received; one of score, osoresultaat and anderresultaat is its outcome.

    Attributes:
        key: its key.
        brincode: the school.
        dependancecode: its location.
        klantcode: code of the supplier.
        schooljaar: the school year of the message.
        leerlingid: the pupil, by key.
        eckid: the pupil, by ECK-iD.
        afnamedatum: day of the test.
        toetscode: the test.
        versie: version of the test.
        toetsonderdeelcode: part of the test.
        infourl: where more is to be seen.
        received_at: when it came in, on the clock of the fakes.
        zichtbaar: whether the dashboard shows it yet.
        score: a whole number.
        osoresultaat: an outcome of OSO, field by field.
        anderresultaat: another outcome, as XML.
    """

    key: str
    brincode: str
    dependancecode: str
    klantcode: str
    schooljaar: str
    leerlingid: str | None
    eckid: str | None
    afnamedatum: dt.date
    toetscode: str
    versie: str | None
    toetsonderdeelcode: str | None
    infourl: str | None
    received_at: dt.datetime
    zichtbaar: bool
    score: int | None = None
    osoresultaat: dict[str, Any] | None = None
    anderresultaat: str | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show nothing of the pupil."""
        return [("toetscode", self.toetscode), ("afnamedatum", self.afnamedatum), ("score", self.score)]


class VendorState(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor received.

    Attributes:
        schools: its schools.
        deliveries: how many messages came in.
        results: how many results there are.
        delivered: the messages, oldest first.
        received: the results.
    """

    schools: tuple[SchoolShown, ...]
    deliveries: int
    results: int
    delivered: tuple[Delivery, ...]
    received: tuple[Received, ...]


class StateShown(msgspec.Struct, frozen=True, kw_only=True):
    """The clock, the seed, and what was received, by vendor."""

    clock: ClockShown
    seed: int
    vendors: dict[str, VendorState]
