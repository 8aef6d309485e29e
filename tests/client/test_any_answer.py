"""Whatever a server sends, a client has a message or an error of this library, soon and within its limits."""

from __future__ import annotations

import gzip
import time
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.client.answer_reading import Collector, read_answer
from uwlr.client.http_body import HEAD
from uwlr.errors import HttpError, UwlrError
from uwlr.norm import SOAP12_ENVELOPE, SOAP_ENVELOPE

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
EMPTY = f'<leerlinggegevens_antwoord xmlns="{LG}"><geengegevens/></leerlinggegevens_antwoord>'
WHOLE = f'<s:Envelope xmlns:s="{SOAP_ENVELOPE}"><s:Body>{EMPTY}</s:Body></s:Envelope>'.encode()
FAULT = f'<s:Envelope xmlns:s="{SOAP12_ENVELOPE}"><s:Body><s:Fault><s:Code/></s:Fault></s:Body></s:Envelope>'.encode()

BITS = st.one_of(
    st.sampled_from(
        [
            *(WHOLE, FAULT, WHOLE[:60], WHOLE[-20:], gzip.compress(WHOLE), zlib.compress(WHOLE), gzip.compress(b"")),
            *(b"--b\r\n", b"--b--\r\n", b"--b\n", b"\r\n\r\n", b"\n\n", b"Content-ID: <r>\r\n", b"Content-Type: "),
            *(b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n"),
            *(
                b"<?xml version='1.0' encoding='utf-16'?>",
                b"<?xml",
                b"<!--",
                b"-->",
                b"<!DOCTYPE x>",
                b"\xff\xfe",
                b"\0",
            ),
            *(b"<html>", b"</s:Envelope>", b"<s:Envelope ", b"\xef\xbb\xbf", b"=", b"charset", b" " * HEAD),
        ]
    ),
    st.binary(max_size=8),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(
            [
                *("text/xml", "text/xml; charset=utf-16", "text/xml; charset=latin-1", "text/xml; charset=utf-32"),
                *("multipart/related; boundary=b", "multipart/related; boundary=b; start=r", "multipart/related"),
                *(
                    'multipart/related; boundary=""',
                    "multipart/x; boundary=(",
                    "; charset=",
                    "text/xml; charset=hex",
                    "\xff",
                ),
                *("text/xml; charset=\x00", "text/xml; charset*=utf-8''x", "text/xml; charset=idna", "a/b/c;;=;"),
            ]
        ),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "gzip, deflate", "br", "", ",", "utf-8", "\xff"]),
        "Location": st.sampled_from(["http://[", "//", "http://a:b", "\xff", "http://x/"]),
    },
)


def read(body: bytes, headers: dict[str, str], status: int = 200, size: int = 1 << 16) -> tuple[object, Collector]:
    """Read an answer that comes in pieces of a size; gives its message or the error, and what collected it."""
    collector = Collector(limit=2 << 20, total=timedelta(minutes=1))
    try:
        collector.start(status, headers, None)
        for at in range(0, len(body), size):
            collector.feed(body[at : at + size])
        received = read_answer(collector.finish(), LeerlinggegevensAntwoord, versie="2.2", secret="geheim")
    except UwlrError as error:
        return error, collector
    return received.bericht, collector


@given(
    st.lists(BITS, max_size=6),
    HEADERS,
    st.sampled_from([200, 202, 204, 206, 302, 400, 401, 429, 500, 503, 599, 999]),
    st.integers(1, 50),
)
def test_any_answer_is_a_message_or_an_error_of_ours(bits, headers, status, size):
    """No body, header or status makes reading raise anything else, in whatever pieces it comes."""
    outcome, _ = read(b"".join(bits), headers, status, size)

    assert isinstance(outcome, LeerlinggegevensAntwoord | UwlrError)


@pytest.mark.parametrize(
    "body",
    [
        lambda: gzip.compress(b"a" * (32 << 20)),
        lambda: zlib.compress(b"a" * (32 << 20)),
        lambda: gzip.compress(gzip.compress(b"a" * (32 << 20))) * 50,
        lambda: gzip.compress(b"a") * 200_000,
        lambda: gzip.compress(b"") * 200_000,
    ],
    ids=["gzip", "deflate", "gzip in gzip", "many members", "many empty members"],
)
def test_what_unpacks_without_end_is_stopped_at_the_limit(body):
    """A small body that is very large unpacked is given up at the limit, and one of countless members too."""
    outcome, collector = read(body(), {"Content-Encoding": "deflate"})

    assert isinstance(outcome, HttpError)
    assert collector.size <= (2 << 20) + (1 << 18)


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [
        (WHOLE, b"<!---->", b"x"),
        (WHOLE, b"<!--", b""),
        (WHOLE, b"<?a?>", b"<"),
        (WHOLE, b" ", b"x"),
        (b"--b\r\n", b"--b\r\n", WHOLE),
        (b"--b\r\n", b"A: b\r\n", WHOLE),
        (b"--b\r\nA: b\r\n\r\n", b"\r\n--", WHOLE),
        (b"", b"<s:Envelope", b""),
        (b"<!--", b"<s:Envelope>", b"</s:Envelope>"),
    ],
    ids=range(9),
)
def test_a_megabyte_of_the_same_takes_as_long_as_any(start, repeated, end):
    """Long runs of what the search for the XML looks at are read in a time that is proportional to their length."""

    def seconds(count: int) -> float:
        body = start + repeated * (count // len(repeated)) + end
        began = time.process_time()
        read(body, {"Content-Type": "multipart/related; boundary=b"})
        return time.process_time() - began

    small, large = min(seconds(1 << 17) for _ in range(3)), min(seconds(1 << 20) for _ in range(2))
    assert large < 8 * 4 * max(small, 0.002)
