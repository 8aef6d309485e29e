"""Addresses in a WSDL or a schema: they become those of a proxy, so that whoever is driven by the WSDL stays on it.

Every other byte stays.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from uwlr.written_values import Spot, rewrite

_PLACES: Final = {"location": {"address", "import", "include"}, "schemaLocation": {"import", "include", "redefine"}}
_ASKED: Final = re.compile(r"(?:\?|&)(?:single)?(?:wsdl|xsd)\b|\.(?:wsdl|xsd)(?:\?|$)", re.IGNORECASE)
_ALIAS: Final = re.compile(r"/\.uwlr-([0-9]{1,3})(/.*|\?.*|)", re.DOTALL)
_MOST: Final = 100
"""Systems that one may lead to."""


class Addresses:
    """Which address at the proxy stands for which of the system behind it.

    Args:
        base: address of the system; what is asked of the proxy stands behind it.
    """

    def __init__(self, base: str) -> None:
        self._bases = [base.rstrip("/")]

    def behind(self, target: str) -> str | None:
        """Give the address that a path and query at the proxy stand for; None if for none."""
        found = _ALIAS.fullmatch(target)
        number = int(found[1]) if found else 0
        if number >= len(self._bases):
            return None
        rest = found[2] if found else target
        # The address of a service has no slash at its end that it was not given.
        return self._bases[number] + (rest[1:] if rest == "/" or rest.startswith("/?") else rest)

    def at_proxy(self, proxy: str, address: str) -> str:
        """Give the address at a proxy that stands for one of a system; what is no whole address stays.

        Args:
            proxy: scheme, host and port of the proxy.
            address: as it was written.
        """
        try:
            parts = urlsplit(address)
            whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            return address
        origin = f"{parts.scheme}://{parts.netloc}"
        if not whole:
            origin = self._origin
            if not address.startswith("/") or address.startswith("//"):
                return address
            address = origin + address
        for number, base in enumerate(self._bases):
            rest = address[len(base) :]
            if address.startswith(base) and rest[:1] in {"", "/", "?"}:
                return f"{proxy}{_alias(number)}{rest}"
        if len(self._bases) >= _MOST:
            return address
        self._bases.append(origin)
        return f"{proxy}{_alias(len(self._bases) - 1)}{address[len(origin) :]}"

    @property
    def _origin(self) -> str:
        parts = urlsplit(self._bases[0])
        return f"{parts.scheme}://{parts.netloc}"

    def rewritten(self, description: bytes, proxy: str) -> bytes:
        """Give a WSDL or a schema with the addresses at a proxy."""

        def change(value: str, spot: Spot) -> str:
            return self.at_proxy(proxy, value) if spot.element in _PLACES.get(spot.attribute, ()) else value

        return rewrite(description, change)


def _alias(number: int) -> str:
    return f"/.uwlr-{number}" if number else ""


def asks_description(method: str, target: str) -> bool:
    """Tell whether a request asks for a WSDL or a schema."""
    return method == "GET" and _ASKED.search(target) is not None
