"""When a certificate expires, read from its DER: the standard library only says so for verified ones.

Source: RFC 5280, section 4.1: Certificate, TBSCertificate, Validity.
"""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_VERSION = 0xA0
_UTC_TIME = 0x17
_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class _Value(NamedTuple):
    tag: int
    content: bytes
    rest: bytes


def not_after(der: bytes) -> datetime:
    """Give the moment a certificate expires, in UTC.

    Raises:
        ValueError: not a certificate.
    """
    try:
        tbs = _next(_next(der).content).content
        if _next(tbs).tag == _VERSION:
            tbs = _next(tbs).rest
        for _ in ("serialNumber", "signature", "issuer"):
            tbs = _next(tbs).rest
        moment = _next(_next(_next(tbs).content).rest)
        text = moment.content.decode("ascii")
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError("not a certificate") from error
    if moment.tag == _UTC_TIME:
        text = ("20" if text < "50" else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def first_certificate(path: str | Path) -> bytes:
    """Read the first certificate of a PEM file as DER: a client's own stands before those that signed it.

    Raises:
        ValueError: there is none.
        OSError: the file cannot be read.
    """
    found = _PEM.search(Path(path).read_text(encoding="latin-1"))
    if found is None:
        raise ValueError("no certificate in PEM form")
    return ssl.PEM_cert_to_DER_cert(found.group())


def _next(data: bytes) -> _Value:
    """Split off one tag, length and value."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    return _Value(data[0], data[start : start + length], data[start + length :])
