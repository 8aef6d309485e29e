"""Listening for requests: an address or a port at which nobody can is refused with a sentence."""

from __future__ import annotations

from socket import socket
from typing import Any, Final

from uwlr.errors import ConfigurationError

HIGHEST: Final = 65_535


def check_port(port: int) -> None:
    """Refuse what is no port; 0 takes a free one.

    Raises:
        ConfigurationError: it is no whole number from 0 to 65535.
    """
    if not isinstance(port, int) or not 0 <= port <= HIGHEST:
        raise ConfigurationError(f"a port is a number from 0 to {HIGHEST}, not {port!r}")


def listen(server: Any) -> int:
    """Have a server of cheroot listen; gives its port.

    Raises:
        ConfigurationError: its address is taken, or not of this machine; or its port is none.
    """
    host, port, *_ = server.bind_addr
    check_port(port)
    server.bind_socket = _bound
    try:
        server.prepare()
    except (OSError, ValueError) as error:  # a name that cannot be one is a ValueError
        raise ConfigurationError(f"cannot listen on {host}:{port}: {error}") from None
    return int(server.bind_addr[1])


def _bound(connection: socket, address: tuple[str, int]) -> socket:
    """Bind a socket; cheroot would leave it open if that fails."""
    try:
        connection.bind(address)
    except BaseException:
        connection.close()
        raise
    return connection
