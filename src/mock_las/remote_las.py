"""The fakes where they already run, by their control API."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from mock_las.las import Las
from mock_las.reaching import address, why
from mock_las.routes import BY_VERB, CONTROL
from mock_las.verbs import Json, Unknown
from uwlr.errors import ClientFault, ConfigurationError, ConnectError, TransportError, UwlrError

_NOT_FOUND: Final = 404
_BAD_GATEWAY: Final = 502


class RemoteLas(Las):
    """Fakes that already run elsewhere, such as in a container, through their control API.

    Args:
        url: their address, such as `mock-las serve` prints.
        vendor: the default vendor.

    Raises:
        ConfigurationError: there is no such vendor, or it is no address.
    """

    def __init__(self, url: str, vendor: str = "standaard") -> None:
        super().__init__(vendor)
        self._url = address(url)

    @property
    def url(self) -> str:
        """Where the fakes are."""
        return self._url

    def _do(self, verb: str, *arguments: Any) -> Any:
        """Call a verb.

        Raises:
            Unknown: there is no such vendor, school, coupling or exchange.
            ConfigurationError: the fakes refuse it.
            TransportError, Fault: a supplier that they called did not answer, or refused.
            ConnectError: nobody answers at the address, or something else.
        """
        route = BY_VERB[verb]
        given = list(arguments)
        body = given.pop() if route.body is not None else None
        path = route.path
        while "{" in path:
            start, end = path.index("{"), path.index("}")
            path = f"{path[:start]}{given.pop(0)}{path[end + 1 :]}"
        query = {name: value for name, value in zip(route.query, given, strict=False) if value is not None}
        url = f"{self.url}{CONTROL}{path}" + (f"?{urlencode(query)}" if query else "")
        xml = isinstance(body, bytes)
        data = body if xml else msgspec.json.encode(body) if route.body is not None else None
        headers = {"Content-Type": "application/xml" if xml else "application/json"}
        request = urllib.request.Request(url, data, headers, method=route.method)  # noqa: S310 - the caller's address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, self._read(error.read())) from None
        except (OSError, HTTPException) as error:
            raise ConnectError(f"the fakes do not answer at {self.url}: {why(error)}") from None
        return self._read(content) if content else None

    def _read(self, content: bytes) -> Any:
        try:
            return msgspec.json.decode(content)
        except msgspec.DecodeError:
            raise ConnectError(f"what answers at {self.url} is no mock-las") from None


def _refusal(status: int, answer: Json) -> UwlrError:
    """Turn an answer of the control API into the error that the same verb raises within one process."""
    text = str(answer.get("error", ""))
    if status == _NOT_FOUND:
        return Unknown(text)
    if status != _BAD_GATEWAY:
        return ConfigurationError(text)
    faultcode = answer.get("faultcode")
    return ClientFault(faultcode, text) if faultcode else TransportError(text)
