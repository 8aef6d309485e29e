"""What the verbs answer about a vendor: how to connect to it, and how it behaves; and the clock."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

import msgspec

from mock_las.vendors import Traits
from uwlr.berichten import Autorisatie
from uwlr.errors import ConfigurationError
from uwlr.norm import Versie
from uwlr.undisclosed import Undisclosed


class Access(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """With what a client asks.

    Attributes:
        autorisatiesleutel: the key; None while the coupling has none.
        klantcode: code of the supplier.
        klantnaam: name of the supplier.
    """

    autorisatiesleutel: str | None
    klantcode: str
    klantnaam: str


class ClientArguments(TypedDict):
    """What a client of a vendor is made with: `UwlrClient(**connection.arguments)`."""

    url: str | None
    autorisatie: Autorisatie
    leerresultaten_url: str | None
    versie: Versie
    http_headers: dict[str, str]
    allow_long_key: bool


class Connection(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """Everything a client needs to connect to a vendor.

    Attributes:
        name: the vendor.
        title: its name for people.
        leerlinggegevens_url: address of the service for rosters; None if the vendor has none.
        leerresultaten_url: address of the service for results, likewise.
        autorisatie: with what a client asks; synthetic.
        brincode: the vendor's own school.
        dependancecode: its location.
        schooljaar: the school year now.
        xsdversie: the version to say.
        gegevenssetid: the set of data to ask for, where the vendor wants one.
        http_headers: headers that every request must have.
    """

    name: str
    title: str
    leerlinggegevens_url: str | None
    leerresultaten_url: str | None
    autorisatie: Access
    brincode: str
    dependancecode: str
    schooljaar: str
    xsdversie: str
    gegevenssetid: str | None = None
    http_headers: dict[str, str] = {}

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what is no key."""
        return [("name", self.name), ("brincode", self.brincode), ("xsdversie", self.xsdversie)]

    @property
    def header(self) -> Autorisatie:
        """The header of a request, for `UwlrClient(autorisatie=…)`.

        Raises:
            ConfigurationError: the coupling has no key yet.
        """
        key = self.autorisatie.autorisatiesleutel
        if key is None:
            raise ConfigurationError(f"{self.name}: the coupling has no key yet; activate it")
        return Autorisatie(
            autorisatiesleutel=key, klantcode=self.autorisatie.klantcode, klantnaam=self.autorisatie.klantnaam
        )

    @property
    def arguments(self) -> ClientArguments:
        """The arguments of `UwlrClient` and `AsyncUwlrClient`.

        Raises:
            ConfigurationError: the coupling has no key yet.
        """
        return {
            "url": self.leerlinggegevens_url,
            "autorisatie": self.header,
            "leerresultaten_url": self.leerresultaten_url,
            "versie": self.versie,
            "http_headers": self.http_headers,
            "allow_long_key": True,  # the vendor made it
        }

    @property
    def versie(self) -> Versie:
        """The version of a client that says `xsdversie`."""
        return "2.3" if self.xsdversie == "2.3" else "2.2"


class VariantShown(msgspec.Struct, frozen=True, kw_only=True):
    """Another behaviour that a vendor can have: its name, and what it is in one sentence."""

    name: str
    about: str


class TraitsShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a vendor behaves.

    Attributes:
        variant: the variant that is switched on.
        traits: the single traits that were changed.
        in_force: how it behaves now.
        variants: the variants it has.
    """

    variant: str | None
    traits: dict[str, Any]
    in_force: Traits
    variants: tuple[VariantShown, ...]


class ClockShown(msgspec.Struct, frozen=True, kw_only=True):
    """The time in the fakes: now, whether it stands still, and the school year."""

    now: dt.datetime
    frozen: bool
    schooljaar: str
