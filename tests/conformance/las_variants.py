# ruff: noqa: ARG005, E501 - small functions of one form
"""Ways to be right that look odd: a referee that blames one of them is wrong."""

from __future__ import annotations

import codecs
import gzip
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from conformance.right_las import Apply, Asked, RightLas, Sent, wrap

_XML = "text/xml; charset=utf-8"


def _answers(change: Callable[[Asked, Sent], Sent]) -> Apply:
    """Change what goes out, where it is XML."""

    def around(las: RightLas, inner: Any, asked: Asked, sent: Sent) -> Sent:
        sent = inner(asked, sent)
        soap = b"Envelope" in sent.body
        return change(asked, sent) if soap else sent

    return wrap("deliver", around)


def _in(encoding: str) -> Apply:
    def change(asked: Asked, sent: Sent) -> Sent:
        text = sent.body.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"', 1)
        headers = (("Content-Type", f"text/xml; charset={encoding}"),)
        return sent._replace(body=text.encode(encoding, "xmlcharrefreplace"), headers=headers)

    return _answers(change)


def _latin_by_header(asked: Asked, sent: Sent) -> Sent:
    """The document leaves its encoding to HTTP, as RFC 2376 allows."""
    text = sent.body.decode().partition("?>")[2]
    headers = (("Content-Type", "text/xml; charset=ISO-8859-1"),)
    return sent._replace(body=text.encode("ISO-8859-1", "xmlcharrefreplace"), headers=headers)


def _explains(asked: Asked, sent: Sent) -> Sent:
    """Words that look like those of a program to who reads carelessly."""
    more = b" Zie https://help.las.example/home/uwlr/fouten.html, of bel de helpdesk on line 2.</faultstring>"
    return sent._replace(body=sent.body.replace(b"</faultstring>", more))


def _other_prefixes(asked: Asked, sent: Sent) -> Sent:
    body = sent.body.replace(b"soap:", b"S11:").replace(b"xmlns:soap=", b"xmlns:S11=")
    return sent._replace(body=body)


def _prefixed_body(asked: Asked, sent: Sent) -> Sent:
    """Every element of the message with a prefix, and the envelope with none."""
    found = re.search(rb"<(\w+_\w+) xmlns=\"([^\"]*)\"(/?)>", sent.body)
    if found is None:
        return sent
    start, end = sent.body.index(found[0]), sent.body.rindex(b"</soap:Body>")
    message = sent.body[start:end].replace(b' xmlns="' + found[2] + b'"', b"", 1)
    message = re.sub(rb"<(/?)([a-z])", rb"<\1ns1:\2", message)
    body = sent.body[:start] + message + sent.body[end:]
    return sent._replace(body=body.replace(b"xmlns:soap=", b'xmlns:ns1="' + found[2] + b'" xmlns:soap=', 1))


def _chunked(asked: Asked, sent: Sent) -> Sent:
    pieces = [sent.body[place : place + 700] for place in range(0, len(sent.body), 700)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return sent._replace(headers=(*sent.headers, ("Transfer-Encoding", "chunked")), body=body)


def _packed(asked: Asked, sent: Sent) -> Sent:
    if "gzip" not in asked.request.headers.get("accept-encoding", ""):
        return sent
    return sent._replace(headers=(*sent.headers, ("Content-Encoding", "gzip")), body=gzip.compress(sent.body))


def _laid_out(asked: Asked, sent: Sent) -> Sent:
    return sent._replace(body=re.sub(rb">(?=<(?!/))", b">\r\n  ", sent.body) + b"\r\n")


def _more_attributes(asked: Asked, sent: Sent) -> Sent:
    more = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soap='
    body = sent.body.replace(b"xmlns:soap=", more, 1)
    return sent._replace(body=body.replace(b"<faultstring>", b'<faultstring xml:lang="nl">'))


def _with_detail(asked: Asked, sent: Sent) -> Sent:
    end = b'</faultstring><faultactor>urn:las</faultactor><detail><u:reden xmlns:u="urn:las">F12</u:reden></detail>'
    return sent._replace(body=sent.body.replace(b"</faultstring>", end))


def _closes(asked: Asked, sent: Sent) -> Sent:
    return sent._replace(headers=(*sent.headers, ("Connection", "close")), close=True)


def _slow(las: RightLas, inner: Any, asked: Asked) -> Sent:
    time.sleep(0.01)
    return inner(asked)


def _old_http(las: RightLas) -> None:
    las.http_1_0 = True


def _plain_refusal(las: RightLas, inner: Any, asked: Asked, error: Exception) -> Sent:
    """A gateway in front that refuses keys by 401, with a page."""
    sent = inner(asked, error)
    if b"AutorisatieOngeldig" in sent.body or b"KlantIdentificatie" in sent.body:
        return Sent(401, (("Content-Type", "text/html"),), b"<html><body>Unauthorized</body></html>")
    return sent


def _header_order(asked: Asked, sent: Sent) -> Sent:
    kind = dict(sent.headers).get("Content-Type", _XML)
    return sent._replace(
        headers=(
            ("X-Request-Id", "7"),
            ("Server", "nginx"),
            ("content-type", kind.upper().replace("XML", "xml").replace("TEXT", "text")),
        )
    )


VARIANTS: Mapping[str, Apply] = {
    "other prefixes": _answers(_other_prefixes),
    "a prefix on every element": _answers(_prefixed_body),
    "in chunks": _answers(_chunked),
    "HTTP/1.0": _old_http,
    "ISO-8859-1": _in("ISO-8859-1"),
    "UTF-16": _in("UTF-16"),
    "ISO-8859-1 by its header alone": _answers(_latin_by_header),
    "a fault that explains": _answers(_explains),
    "a byte order mark": _answers(lambda asked, sent: sent._replace(body=codecs.BOM_UTF8 + sent.body)),
    "packed where that is asked for": _answers(_packed),
    "laid out": _answers(_laid_out),
    "attributes of toolkits": _answers(_more_attributes),
    "faults with actor and detail": _answers(_with_detail),
    "closes each connection and says so": _answers(_closes),
    "slow": wrap("answer", _slow),
    "other headers in another order": _answers(_header_order),
    "keys are refused by a gateway": wrap("refuse", _plain_refusal),
}

TOGETHER = (
    ("other prefixes", "slow", "in chunks"),
    ("a prefix on every element", "other headers in another order", "closes each connection and says so"),
    ("attributes of toolkits", "faults with actor and detail", "HTTP/1.0"),
    ("laid out", "a byte order mark", "packed where that is asked for"),
    ("ISO-8859-1", "a fault that explains"),
    ("ISO-8859-1 by its header alone",),
    ("UTF-16",),
    ("keys are refused by a gateway",),
)
"""Variants that one system can have at once; every variant is in one of them."""
