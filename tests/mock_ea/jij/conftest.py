"""A supplier on loopback, with the results of a school that does not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from mock_ea.jij.supplier import Keys, MemorySupplier, serving
from mock_las.jij import JijClient, Toegang
from uwlr.testing import make_results, make_school

CODE = "99MM-JIJ"
KEYS = Keys(jij="jij-sleutel-van-de-school", toa="toa-sleutel-van-de-school")
SECRET = b"a secret for tests"
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Supplier:
    """A supplier with one school: this year's results in two weeks of November, last year's in one day.

    `now` is the time it thinks it is; `source` may be replaced, as by a restart.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.source = self.made()

    def made(self, secret: bytes = SECRET) -> MemorySupplier:
        """Make the source anew, as a process that starts again does."""
        source = MemorySupplier(secret, now=lambda: self.now)
        source.register(CODE, KEYS)
        for schooljaar, moments in (
            ("2025-2026", [dt.datetime(2025, 11, day, 20, tzinfo=dt.UTC) for day in (14, 21)]),
            ("2024-2025", [dt.datetime(2024, 11, 20, 20, tzinfo=dt.UTC)]),
        ):
            school = make_school(7, leerlingen=40, sector="VO", schooljaar=schooljaar, brincode="99MM")
            for nth, moment in enumerate(moments):
                day = moment.date() - dt.timedelta(days=4)
                source.add(CODE, make_results(school, seed=nth + 1, afnamedatum=day), moment)
        return source

    def __getattr__(self, name: str) -> Any:
        """Be the source."""
        return getattr(self.source, name)

    def keys(self, schooljaar: str) -> set[str]:
        """The keys of the results of a year."""
        results = self.source._instellingen[CODE].results.values()
        return {p.resultaat.key for _, p in results if p.school.schooljaar == schooljaar}


@pytest.fixture
def supplier() -> Supplier:
    """The supplier, as new."""
    return Supplier()


@pytest.fixture
def url(supplier: Supplier) -> Iterator[str]:
    """Its address."""
    with serving(supplier) as address:
        yield address


@pytest.fixture
def toegang() -> Toegang:
    """The school's code and its key for JIJ!."""
    return Toegang(instellingscode=CODE, soapkey=KEYS.jij)


@pytest.fixture
def jij(url: str, toegang: Toegang) -> Iterator[JijClient]:
    """A client with the right settings."""
    with JijClient(url, toegang=toegang) as client:
        yield client


@pytest.fixture
def toa_key() -> str:
    """The school's key for the supplier's other product."""
    return KEYS.toa
