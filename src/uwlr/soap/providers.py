"""What a LAS supplier implements: access, the roster, taking results.

Implement the protocols of the services you offer, put them together in `Providers`, and hand that to `answer` or to
`uwlr.server.make_wsgi`. `answer` keeps the order of the checks: it asks in the order of the agreement and stops at the
first refusal. A server calls from many threads at once.

Any method may raise `Refusal` to answer with a fault of the agreement; anything else it raises becomes
`Server.InterneFout`.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.foutcodes import Foutcode
from uwlr.schoolref import SchoolRef

RosterVerzoek: TypeAlias = LeerlinggegevensVerzoek | StructuurVerzoek | LeerlingenVerzoek | LeerkrachtenVerzoek


class Refusal(Exception):  # noqa: N818 - it is an answer, not a defect
    """Answer this request with a fault.

    Args:
        code: a code of the agreement, or another dotted SOAP 1.1 code such as `Client`.
        text: the faultstring; by default the sentence that goes with the code. Name no person in it.
        detail: the precise reason, for the detail element; nothing personal either.
    """

    def __init__(self, code: Foutcode | str, text: str | None = None, *, detail: str | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.text = text
        self.detail = detail


class Encoded(NamedTuple):
    """A complete answer that was encoded earlier: the bytes of the envelope, whole or in chunks.

    For a roster that is requested often; it is sent unchanged, so it must already fit the request's xsdversie.
    `uwlr.soap.answer.encode` makes one.
    """

    chunks: Iterable[bytes]

    def __repr__(self) -> str:
        return "<Encoded>"


class Access(Protocol):
    """Who may ask for what. Called in the order of the methods here."""

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """Tell whether this code and this name belong to one supplier that is known here."""
        ...

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """Tell whether the key is valid and gives this supplier access to this school; compare by `same_key`."""
        ...

    def school_bekend(self, school: SchoolRef) -> bool:
        """Tell whether the school and the year exist here."""
        ...


class Roster(Protocol):
    """The roster of a school."""

    def leerlinggegevens(
        self, school: SchoolRef, verzoek: RosterVerzoek
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens | Encoded:
        """Give the whole roster, or say that nothing changed or nothing is there.

        Also asked for the staged requests, which `answer` then cuts out of the whole, unless this object is a
        `StagedRoster`. `Encoded` is for a `LeerlinggegevensVerzoek` only.
        """
        ...


@runtime_checkable
class StagedRoster(Roster, Protocol):
    """A roster that makes the staged answers itself, without making the whole."""

    def structuur(
        self, school: SchoolRef, verzoek: StructuurVerzoek
    ) -> LeerlinggegevensStructuur | GeenWijzigingen | GeenGegevens | Encoded:
        """Give the school and its groups."""
        ...

    def leerlingen(
        self, school: SchoolRef, verzoek: LeerlingenVerzoek
    ) -> LeerlinggegevensLeerlingen | GeenWijzigingen | GeenGegevens | Encoded:
        """Give the pupils of the groups that are asked for."""
        ...

    def leerkrachten(
        self, school: SchoolRef, verzoek: LeerkrachtenVerzoek
    ) -> LeerlinggegevensLeerkrachten | GeenWijzigingen | GeenGegevens | Encoded:
        """Give the staff of the groups that are asked for."""
        ...


class Results(Protocol):
    """A receiver of results."""

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        """Take the results, all of them; returning is the confirmation.

        Raises:
            Refusal: the results are not taken, none of them; for example `Foutcode.LEERLING_ONGELDIG`.
        """
        ...


class Providers(NamedTuple):
    """The services of one LAS; a service that is None is not offered. One object may fill every place."""

    access: Access
    roster: Roster | None = None
    results: Results | None = None


def same_key(given: str, expected: str) -> bool:
    """Compare two keys in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
