"""HTTP and TLS: addresses, headers, chunks and compression."""

from __future__ import annotations

import codecs
import gzip
from datetime import timedelta
from typing import Final

from uwlr.berichten import Leerlinggegevens
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.leaks import names_somebody, repeats, shows_inside
from uwlr.conformance.outcomes import Absent, Unmet, Unreached
from uwlr.conformance.session import ROSTER, LasSession, same
from uwlr.loopback import is_loopback_url
from uwlr.soap.operations import HAAL_LEERLINGGEGEVENS
from uwlr.text import Text

_ROSTER = ("het gewone antwoord", "the usual answer")
_SOON = timedelta(days=30)
TLS = "leerlinggegevens/transport/tls"


@case(
    "leerlinggegevens/transport/soapaction-kaal",
    "TR-03",
    sends=("SOAPAction zonder aanhalingstekens", "SOAPAction without quotes"),
    holds=_ROSTER,
    after=(NORMAL,),
)
def soapaction_kaal(las: LasSession) -> None:
    """Clients send both forms, so a LAS reads both."""
    las.ask(las.verzoek(), headers={"SOAPAction": HAAL_LEERLINGGEGEVENS.soap_action}).must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/transport/soapaction-anders",
    "TR-04",
    "FT-12",
    sends=("de SOAPAction van een andere operatie", "the SOAPAction of another operation"),
    holds=("een fout of een HTTP-status 4xx", "a fault or an HTTP status 4xx"),
    after=(NORMAL,),
)
def soapaction_anders(las: LasSession) -> None:
    """An action that contradicts the message is not overlooked."""
    las.ask(las.verzoek(), headers={"SOAPAction": '"BrengLeerresultaten"'}).must_be_refused()


@case(
    "leerlinggegevens/transport/vreemd-inhoudstype",
    "TR-05",
    "FT-12",
    sends=("een verzoek als application/json", "a request as application/json"),
    holds=("een fout of een HTTP-status 4xx", "a fault or an HTTP status 4xx"),
    after=(NORMAL,),
)
def vreemd_inhoudstype(las: LasSession) -> None:
    """What is announced as something else is not read as SOAP."""
    las.ask(las.verzoek(), headers={"Content-Type": "application/json"}).must_be_refused()


@case(
    "leerlinggegevens/transport/chunked",
    "TR-06",
    sends=("het verzoek in stukken (chunked)", "the request in chunks"),
    holds=_ROSTER,
    after=(NORMAL,),
)
def chunked(las: LasSession) -> None:
    """HTTP 1.1 lets a client send a body whose length it does not know."""
    las.ask(las.verzoek(), chunked=True).must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/transport/gzip-verzoek",
    "TR-07",
    "FT-12",
    sends=("het verzoek samengeperst met gzip", "the request packed with gzip"),
    holds=("het gewone antwoord, of een weigering als 4xx", "the usual answer, or a refusal as 4xx"),
    after=(NORMAL,),
)
def gzip_verzoek(las: LasSession) -> None:
    """Compression is optional; not breaking on it is not."""
    reply = las.ask(las.verzoek(), edit=gzip.compress, headers={"Content-Encoding": "gzip"})
    if not isinstance(reply.inhoud, Leerlinggegevens):
        reply.must_be_refused()


@case(
    "leerlinggegevens/transport/zonder-gzip",
    "TR-08",
    sends=("een verzoek met Accept-Encoding: identity", "a request with Accept-Encoding: identity"),
    holds=("het antwoord komt onverpakt", "the answer comes unpacked"),
    after=(NORMAL,),
)
def zonder_gzip(las: LasSession) -> None:
    """A client that cannot unpack is not sent packed answers."""
    reply = las.ask(las.verzoek(), headers={"Accept-Encoding": "identity"})
    given = reply.exchange.answer_headers.get("content-encoding", "identity")
    same(given, "identity", actual=Text(f"het komt als {given[:20]}", f"it comes as {given[:20]}"))
    reply.must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/transport/andere-prefixen",
    "TR-09",
    sends=("hetzelfde verzoek met andere prefixen", "the same request with other prefixes"),
    holds=_ROSTER,
    after=(NORMAL,),
)
def andere_prefixen(las: LasSession) -> None:
    """A prefix means nothing, its namespace does."""

    def edit(body: bytes) -> bytes:
        return body.replace(b"soap:", b"SOAP-ENV:").replace(b"xmlns:soap=", b"xmlns:SOAP-ENV=")

    las.ask(las.verzoek(), edit=edit).must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/transport/byte-order-mark",
    "TR-10",
    sends=("het verzoek met een byte order mark", "the request with a byte order mark"),
    holds=_ROSTER,
    after=(NORMAL,),
)
def byte_order_mark(las: LasSession) -> None:
    """XML in UTF-8 may begin with a mark."""
    las.ask(las.verzoek(), edit=lambda body: codecs.BOM_UTF8 + body).must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/transport/must-understand",
    "TR-11",
    sends=("een onbekend headerblok met mustUnderstand=1", "an unknown header block with mustUnderstand=1"),
    holds=("een fout", "a fault"),
    after=(NORMAL,),
)
def must_understand(las: LasSession) -> None:
    """A block that must be understood and is not ends the exchange."""
    block = b'<onbekend xmlns="urn:uwlr:conformance" soap:mustUnderstand="1"/></soap:Header>'
    reply = las.ask(las.verzoek(), edit=lambda body: body.replace(b"</soap:Header>", block, 1))
    if reply.fault is None:
        raise Unmet(reply.described())


@case(
    TLS,
    "TL-01",
    sends=("niets: het adres wordt bekeken", "nothing: the address is looked at"),
    holds=("het adres begint met https", "the address begins with https"),
    requests=0,
)
def tls(las: LasSession) -> None:
    """Keys and pupils do not travel readable."""
    url = las.config.url or las.url_of(HAAL_LEERLINGGEGEVENS)
    if url.startswith("https:"):
        return
    if is_loopback_url(url) and not las.config.tls.required:
        raise Absent(Text("het adres is op deze computer", "the address is on this machine"))
    raise Unmet(Text("het adres begint met http", "the address begins with http"))


@case(
    "leerlinggegevens/transport/oude-tls",
    "TL-02",
    sends=("een verbinding met TLS 1.1", "a connection with TLS 1.1"),
    holds=("de verbinding wordt geweigerd", "the connection is refused"),
    requests=1,
    after=(TLS,),
)
def oude_tls(las: LasSession) -> None:
    """Old versions of TLS are broken."""
    if not (las.config.url or "").startswith("https:"):
        raise Absent(Text("er is geen TLS", "there is no TLS"))
    spoken = las.line.old_tls("leerlinggegevens", las.config.url or "")
    if spoken is not None:
        raise Unmet(Text(f"de server spreekt {spoken}", f"the server speaks {spoken}"))


@case(
    "leerlinggegevens/transport/certificaat",
    "TL-03",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("het certificaat is nog 30 dagen geldig", "the certificate is valid for 30 days more"),
    requests=0,
    shares=(ROSTER,),
    after=(TLS, NORMAL),
)
def certificaat(las: LasSession) -> None:
    """A certificate that ends soon ends the exchange."""
    ends = las.roster_reply().exchange.certificate_ends
    if ends is None:
        raise Absent(Text("er is geen certificaat te zien", "no certificate shows"))
    if ends - las.line.now() < _SOON:
        raise Unmet(Text(f"het loopt af op {ends:%Y-%m-%d}", f"it ends on {ends:%Y-%m-%d}"))


@case(
    "leerlinggegevens/transport/get",
    "TR-12",
    "TR-19",
    "FT-09",
    "AU-07",
    "AU-09",
    sends=("GET zonder vraag", "GET without a query"),
    holds=("geen leerlinggegevens, en geen storing", "no leerlinggegevens, and no failure"),
    after=(NORMAL,),
)
def get(las: LasSession) -> None:
    """Nothing is given to who sends no key."""
    answer = las.get(HAAL_LEERLINGGEGEVENS, "")
    if b"leerlinggegevens_antwoord" in answer.answer[:65536]:
        raise Unmet(Text("er komt een rooster zonder sleutel", "a roster comes without a key"))
    if shows_inside(answer.answer):
        raise Unmet(
            Text("er staat iets van het programma in", "it shows something of the program"), requirement="FT-09"
        )
    if repeats(las.autorisatie.autorisatiesleutel, answer.answer):
        raise Unmet(Text("de sleutel staat in de pagina", "the key stands in the page"), requirement="AU-07")
    if names_somebody(answer.answer.decode("utf-8", "replace"), "", las.persons):
        raise Unmet(Text("er staat een persoon in", "it names a person"), requirement="AU-09")
    if (answer.status or 0) >= 500 and b"Fault" not in answer.answer:
        raise Unmet(Text(f"HTTP {answer.status}", f"HTTP {answer.status}"), requirement="TR-19")


@case(
    "leerlinggegevens/transport/verbinding-na-een-fout",
    "TR-15",
    sends=(
        "op één verbinding een verzoek dat geweigerd wordt, en dan een gewoon verzoek",
        "on one connection a request that is refused, and then an ordinary one",
    ),
    holds=(
        "het gewone antwoord, of de aankondiging dat de verbinding sluit",
        "the usual answer, or notice that the connection closes",
    ),
    requests=12,
    after=(NORMAL,),
)
def verbinding_na_een_fout(las: LasSession) -> None:
    """A connection that ends unsaid makes the next request fail, and nobody sees why."""
    good = las.envelope(las.verzoek())
    refused = (
        las.envelope(las.verzoek(schooljaar="25-26")),
        good[: len(good) // 2],
        las.envelope(las.verzoek(), autorisatie=las.other_key(autorisatiesleutel="uwlr-conformance-onbekend")),
    )
    for body in refused:
        found = _after(las, body, good)
        if found is not None:  # once may be the network
            found = _after(las, body, good)
        if found is not None:
            raise Unmet(found)


_BUSY: Final = frozenset({429, 502, 503, 504})


def _after(las: LasSession, refused: bytes, good: bytes) -> Text | None:
    """Say what is wrong with a connection over which a refused request and an ordinary one go.

    Raises:
        Unreached: the system or a gateway wanted no requests.
    """
    # What comes over this connection is looked at as it is, so nothing may be packed.
    plain = {"Accept-Encoding": "identity"}
    pair = [las.wanted(HAAL_LEERLINGGEGEVENS, one, headers=plain) for one in (refused, good)]
    first, *second = found = las.line.on_one_connection(pair)
    for one in found:
        if one.status in _BUSY:
            raise Unreached(Text(f"HTTP {one.status}", f"HTTP {one.status}"))
    if first.status is None:
        return Text("de verbinding breekt af", "the connection breaks off")
    if first.fact is not None:
        return Text("achter het antwoord staan nog bytes", "there are bytes behind the answer")
    if not second:  # it was said that the connection closes
        return None
    if second[0].status is None:
        return Text("de verbinding breekt onaangekondigd af", "the connection breaks off unannounced")
    if not isinstance(las.take(HAAL_LEERLINGGEGEVENS, second[0]).inhoud, Leerlinggegevens):
        return Text("het volgende antwoord hoort er niet bij", "the next answer does not belong to it")
    return None


@case(
    "leerlinggegevens/belasting/tegelijk",
    "LD-01",
    sends=(
        "een aantal verzoeken tegelijk, goede en geweigerde door elkaar",
        "some requests at once, good ones and refused ones mixed",
    ),
    holds=("elk verzoek krijgt zijn eigen antwoord", "each request gets its own answer"),
    loads=True,
    requests=16,
    shares=(ROSTER,),
    after=(NORMAL, "leerlinggegevens/autorisatie/onbekende-sleutel"),
)
def tegelijk(las: LasSession) -> None:
    """Under load no answer goes to somebody else."""
    everyone = {leerling.key for leerling in las.roster().leerlingen}
    good = las.envelope(las.verzoek())
    bad = las.envelope(las.verzoek(), autorisatie=las.other_key(autorisatiesleutel="uwlr-conformance-onbekend"))
    bodies = [bad if place % 3 == 2 else good for place in range(min(las.at_once, 16))]
    found = las.line.at_once([las.wanted(HAAL_LEERLINGGEGEVENS, body) for body in bodies])
    wrong = 0
    for body, exchange in zip(bodies, found, strict=True):
        reply = las.take(HAAL_LEERLINGGEGEVENS, exchange)
        if exchange.status in {None, 429, 503}:
            continue
        mine = isinstance(reply.inhoud, Leerlinggegevens) and {p.key for p in reply.inhoud.leerlingen} == everyone
        wrong += mine if body is bad else not mine
    same(wrong, 0, actual=Text(f"{wrong} keer een ander antwoord", f"another answer {wrong} times"))
