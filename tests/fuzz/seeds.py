"""Where a search begins: a small message of every kind, and requests and answers around some of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import uwlr
from fuzz.targets import HEADED
from fuzz.words import CANARY
from uwlr import edexml, norm
from uwlr.berichten import Autorisatie, LeerlinggegevensAntwoord
from uwlr.berichten.tabel import wire_name
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.soap.operations import OPERATIONS
from uwlr.testing import make_school
from uwlr.validation.sample_messages import sample

VECTORS = Path(__file__).parents[1] / "vectors"
_AUTORISATIE = Autorisatie(autorisatiesleutel=CANARY, klantcode="UIT", klantnaam="Uitgever")


def messages() -> Iterator[bytes]:
    """Messages, bare and in an envelope."""
    yield uwlr.write(LeerlinggegevensAntwoord(inhoud=make_school(seed=1, leerlingen=3)))
    for base in ("antwoord", "vo", "smalle-set", "lvs-structuur", "resultaten", "verzoek", "fault"):
        yield sample(base).encode()
    seen: dict[tuple[str, bool], int] = {}
    for line in (VECTORS / "uwlr-2.2.jsonl").read_text("utf-8").splitlines():
        vector = json.loads(line)
        kind = vector["root"], vector["valid"]
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= 5:
            yield vector["xml"].encode()


def _requests() -> Iterator[tuple[str, bytes]]:
    for line in (VECTORS / "uwlr-2.2.jsonl").read_text("utf-8").splitlines()[:200]:
        vector = json.loads(line)
        operation = next((op for op in OPERATIONS if wire_name(op.verzoek) == vector["root"]), None)
        if operation is not None and vector["valid"]:
            bericht = uwlr.read(vector["xml"].encode())
            head = (
                f"POST /{operation.service}\nContent-Type: text/xml; charset=utf-8\nContent-Length: *\n"
                f'SOAPAction: "{operation.soap_action}"'
            )
            yield head, write_envelope(bericht, autorisatie=_AUTORISATIE, unchecked=True)


def _answers() -> Iterator[bytes]:
    yield b"200\nContent-Type: text/xml\n\n" + write_envelope(
        LeerlinggegevensAntwoord(inhoud=make_school(seed=1, leerlingen=2))
    )
    for body in list(messages())[1:6]:
        envelope = f'<s:Envelope xmlns:s="{norm.SOAP_ENVELOPE}"><s:Body>{body.decode()}</s:Body></s:Envelope>'
        yield b"200\n\n" + envelope.encode()
    for code in ("Client.AutorisatieOngeldig", "Server.InterneFout", "Client", "VersionMismatch", "x:y.z"):
        yield b"500\nContent-Type: text/xml\n\n" + write_fault(code, CANARY, detail=CANARY)
    yield f"404\nContent-Type: text/html\n\n<html><body>{CANARY}</body></html>".encode()
    yield f"302\nLocation: http://x/{CANARY}\n\n".encode()
    qualified = f"<e:Fault><e:faultcode>Client</e:faultcode><e:detail><a>{CANARY}</a>b</e:detail></e:Fault>"
    yield f'500\n\n<e:Envelope xmlns:e="{norm.SOAP_ENVELOPE}"><e:Body>{qualified}</e:Body></e:Envelope>'.encode()


def seeds(target: str) -> list[bytes]:
    """Inputs for a target to begin with."""
    if target == "edexml":
        return [
            (VECTORS / "edexml-2.1" / "voorbeeld.xml").read_bytes(),
            edexml.write(make_school(seed=1, leerlingen=3)),
        ]
    if target == "fault":
        return list(_answers())
    requests = list(_requests())
    if target == "wsgi":
        packed = [head.encode() + b"\nContent-Encoding: gzip\nPacked: gzip\n\n" + body for head, body in requests[:2]]
        return (
            [head.encode() + b"\n\n" + body for head, body in requests] + packed + [b"GET /leerlinggegevens?wsdl\n\n"]
        )
    if target == "soap":
        return [body for _, body in requests] + list(messages())[:10]
    assert target not in HEADED
    return [*messages(), *(body for _, body in requests[:10])]
