"""Elements whose content two parties agree on in private: kept as they came.

The standard declares their types abstract, so an element is valid only under a private type, named by `xsi:type`
in a schema the standard does not have. They are read as raw XML and written once that type is registered.
"""

from __future__ import annotations

from typing import Any, ClassVar

from uwlr import norm
from uwlr.berichten.tabel import Bericht


class RawElement(Bericht):
    """An element of a private type: its type as `{namespace}name` and its XML, canonical (C14N, exclusive)."""

    private_type: str | None = None
    xml: bytes

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show the type only: what two parties put inside may be personal."""
        return [("private_type", self.private_type), ("xml", ...)]


class ToevoegingsBlok(RawElement, tag="blok"):
    """A private addition to the roster. EDEXML.elementen.xsd, ToevoegingsBlokType (abstract)."""

    namespace: ClassVar[str] = norm.LEERLINGGEGEVENS


class AnderResultaat(RawElement, tag="anderresultaat"):
    """A result in a private form. UWLR_Leerresultaten_v2p2.xsd, ctpAnderResultaatType (abstract)."""

    namespace: ClassVar[str] = norm.LEERRESULTATEN


_registered: set[str] = set()


def register_private_type(name: str) -> None:
    """Allow `write` to send elements of this private type, given as `{namespace}name`.

    Raises:
        ValueError: the name has no namespace.
    """
    if not name.startswith("{") or "}" not in name:
        raise ValueError("a private type is named {namespace}name, as its xsi:type says")
    _registered.add(name)


def is_registered(name: str | None) -> bool:
    """Tell whether the private type was registered."""
    return name in _registered
