"""Whether a host is this machine itself: decided by address, never by how a name begins.

Two answers hang on it. A client sends keys without TLS only to this machine; a server that listens on loopback answers
only requests for this machine, so that a page of another site cannot reach it by letting its own name resolve to
127.0.0.1 (DNS rebinding).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

_NAME: Final = "localhost"

_HOST: Final = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>[^\[\]:]+))(?::(?P<port>[0-9]{0,5}))?", re.ASCII)
"""Host and port as in RFC 3986, section 3.2.2: brackets hold IPv6 and nothing else does."""


def is_loopback(host: str) -> bool:
    """Tell whether a host, as it stands in a Host header or as an address to listen on, is this machine itself.

    The whole of 127.0.0.0/8 is, and ::1, also written as ::ffff:127.0.0.1; of names `localhost` and those below it
    (RFC 6761, section 6.3). Case, a port, brackets and the dot at the end of a full name make no difference. Whatever
    is written in another way (`127.1`, `0x7f000001`, user information, a zone as in `::1%lo`, white space) is not.

    Args:
        host: name or address, with or without port; IPv6 in brackets, or bare without a port.
    """
    if found := _HOST.fullmatch(host):
        return _is_loopback_v6(found["v6"]) if found["v6"] else _is_loopback_v4(found["host"])
    return _is_loopback_v6(host)


def in_url(host: str) -> str:
    """Give a host as it stands in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_loopback_url(url: str) -> bool:
    """Tell whether a URL leads to this machine itself.

    Args:
        url: a whole http or https address.
    """
    try:
        authority = urlsplit(url).netloc
    except ValueError:
        return False
    # Some HTTP libraries take a backslash for the end of the host, urlsplit for a part of the user's name.
    return "\\" not in authority and is_loopback(authority.rpartition("@")[2])


def _is_loopback_v4(host: str) -> bool:
    """Tell it of a name or an IPv4 address."""
    # Not casefold: it turns U+017F into an s, and the resolver does not.
    name = host.lower().removesuffix(".")
    if name == _NAME or name.endswith(f".{_NAME}"):
        return host.isascii()
    try:
        return IPv4Address(name).is_loopback
    except ValueError:
        return False


def _is_loopback_v6(host: str) -> bool:
    try:
        address = IPv6Address(host)
    except ValueError:
        return False
    if address.scope_id is not None:  # any text at all may stand there
        return False
    # Python 3.13 looks into mapped addresses, 3.11 does not.
    return address.is_loopback or bool(address.ipv4_mapped and address.ipv4_mapped.is_loopback)
