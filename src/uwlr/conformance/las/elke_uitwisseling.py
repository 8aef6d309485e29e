"""What must hold in every exchange of a run, whatever case caused it.

A check is a small function over one exchange; it says what is wrong, or nothing. Each is one case, which sends nothing
and is judged last: it names the exchanges that show the finding, and counts once.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from uwlr import norm
from uwlr.berichten.tabel import wire_name
from uwlr.codec.parser import parse
from uwlr.conformance.casebook import case
from uwlr.conformance.leaks import SHORTEST_KEY, names_somebody, repeats, shows_inside
from uwlr.conformance.masking import Persons
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.session import LasSession, Reply
from uwlr.conformance.validator_verdict import must_keep
from uwlr.errors import HttpError, MessageError
from uwlr.soap.operations import BRENG_LEERRESULTATEN, HAAL_LEERLINGGEGEVENS, Operation
from uwlr.text import Text

Check = Callable[[Reply], Text | None]
_SOAP: Final = f"{{{norm.SOAP_ENVELOPE}}}"
_SHOWN: Final = 3
_EVERY: Final = ("niets: elke uitwisseling van de run", "nothing: every exchange of the run")
_FAULTS: Final = ("niets: elke fout van de run", "nothing: every fault of the run")


def every(
    id: str,  # noqa: A002
    *requirements: str,
    sends: tuple[str, str] = _EVERY,
    holds: tuple[str, str],
) -> Callable[[Check], Check]:
    """Make a case of a check over one exchange."""

    def register(check: Check) -> Check:
        @case(id, *requirements, sends=sends, holds=holds, passive=True, requests=0)
        def judge(las: LasSession) -> None:
            _over(las, check)

        return check

    return register


def _over(las: LasSession, check: Check) -> None:
    """Look at every answer; if the run had none, cause one roster and one fault first.

    Raises:
        Unmet: some are wrong; the first is described, the others are counted.
        Absent: there was nothing to look at.
    """
    # After a run that reached nobody there is nothing to look at, and nothing more to ask.
    if not las.line.exchanges and las.config.url is not None:
        las.roster_reply()
        las.ask(las.verzoek(schooljaar="25-26"))
    wrong: list[tuple[int, Text]] = []
    seen = 0
    for reply in las.replies:
        if reply.status is None:
            continue
        try:
            found = check(reply)
        except Absent:
            continue
        seen += 1
        if found is not None:
            wrong.append((reply.exchange.number, found))
    if wrong:
        numbers = tuple(dict.fromkeys(number for number, _ in wrong))
        first = wrong[0][1]
        listed = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
        raise Unmet(
            Text(
                f"{first.nl} (uitwisseling {listed}; {len(numbers)} van {seen})",
                f"{first.en} (exchange {listed}; {len(numbers)} of {seen})",
            ),
            exchanges=numbers[:_SHOWN],
        )
    if not seen:
        raise Absent(Text("er was geen uitwisseling om te bekijken", "there was no exchange to look at"))


def _only_faults(reply: Reply) -> etree._Element:
    """The Fault element.

    Raises:
        Absent: there is none.
    """
    found = _fault_element(reply)
    if found is None:
        raise Absent(Text("geen fout", "no fault"))
    return found


def _fault_element(reply: Reply) -> etree._Element | None:
    if b"Fault" not in reply.plain:
        return None
    try:
        return next(parse(reply.document).iter(f"{_SOAP}Fault"), None)
    except MessageError:
        return None


@every(
    "leerlinggegevens/fouten/http-status",
    "FT-06",
    sends=_FAULTS,
    holds=("elke fout komt met HTTP-status 500", "every fault comes with HTTP status 500"),
)
def http_status(reply: Reply) -> Text | None:
    """SOAP 1.1 over HTTP has 500 for faults."""
    _only_faults(reply)
    return (
        None if reply.status == 500 else Text(f"een fout met HTTP {reply.status}", f"a fault with HTTP {reply.status}")
    )


@every(
    "leerlinggegevens/fouten/foutcode-met-prefix",
    "FT-07",
    sends=_FAULTS,
    holds=("faultcode is een naam in de namespace van de envelop", "faultcode is a name in the envelope's namespace"),
)
def foutcode_met_prefix(reply: Reply) -> Text | None:
    """A code of SOAP 1.1 is a qualified name in the envelope's namespace."""
    code = next((part for part in _only_faults(reply).iter("{*}*") if _local(part) == "faultcode"), None)
    if code is None:
        return None
    prefix = (code.text or "").strip().rpartition(":")[0] or None
    # Without a prefix it would be in the default namespace, which few writers mean.
    if prefix is not None and code.nsmap.get(prefix) == norm.SOAP_ENVELOPE:
        return None
    return Text("faultcode heeft een andere of geen prefix", "faultcode has another prefix or none")


@every(
    "leerlinggegevens/fouten/met-tekst",
    "FT-08",
    sends=_FAULTS,
    holds=("faultstring bevat tekst", "faultstring holds text"),
)
def met_tekst(reply: Reply) -> Text | None:
    """A fault says something to people."""
    found = next((part for part in _only_faults(reply).iter("{*}*") if _local(part) == "faultstring"), None)
    if found is not None and "".join(found.itertext()).strip():
        return None
    return Text("faultstring is leeg of ontbreekt", "faultstring is empty or missing")


_PARTS: Final = ("faultcode", "faultstring", "faultactor", "detail")


@every(
    "uitwisseling/fouten/vorm",
    "FT-13",
    sends=_FAULTS,
    holds=(
        "een fout heeft faultcode en faultstring, dan hoogstens faultactor en detail, alle zonder namespace",
        "a fault has faultcode and faultstring, then at most faultactor and detail, all without a namespace",
    ),
)
def vorm(reply: Reply) -> Text | None:
    """The schema of the envelope says what a fault holds, and in which order."""
    names = [str(part.tag) for part in _only_faults(reply) if isinstance(part.tag, str)]
    if named := [name for name in names if name.startswith("{")]:
        what = named[0].rpartition("}")[2][:40]
        return Text(f"{what} staat in een namespace", f"{what} is in a namespace")
    if strange := [name for name in names if name not in _PARTS]:
        return Text(f"er staat ook {strange[0][:40]} in", f"it also holds {strange[0][:40]}")
    for name in _PARTS[:2]:
        if name not in names:
            return Text(f"{name} ontbreekt", f"{name} is missing")
    if names != sorted(set(names), key=_PARTS.index):
        return Text("de volgorde is anders, of er is iets dubbel", "the order is another, or something occurs twice")
    return None


@every(
    "uitwisseling/fouten/alleen",
    "FT-14",
    sends=_FAULTS,
    holds=("de fout staat alleen in de Body", "the fault is alone in the Body"),
)
def alleen(reply: Reply) -> Text | None:
    """An answer is a fault or a message."""
    body = _only_faults(reply).getparent()
    if body is not None and body.tag == f"{_SOAP}Body" and sum(1 for _ in body.iterchildren("*")) == 1:
        return None
    return Text("de fout staat elders, of naast iets anders", "the fault stands elsewhere, or beside something else")


@every(
    "uitwisseling/fouten/soap",
    "FT-15",
    holds=(
        "elke weigering is een SOAP 1.1-fout of een HTTP-status 4xx",
        "every refusal is a SOAP 1.1 fault or HTTP 4xx",
    ),
)
def soap(reply: Reply) -> Text | None:
    """A client that speaks SOAP has to be able to read why it is refused."""
    status = reply.status or 0
    if reply.received is not None or (reply.fault is None and status < 400):
        raise Absent(Text("geen weigering", "no refusal"))
    if _fault_element(reply) is not None or (400 <= status < 500 and not _is_envelope(reply)):
        return None
    if _is_envelope(reply):
        return Text("een envelop van een andere versie van SOAP", "an envelope of another version of SOAP")
    kind = "een pagina" if b"<html" in reply.plain[:2000].lower() else "geen SOAP"
    return Text(f"HTTP {status} met {kind}", f"HTTP {status} without a SOAP fault")


def _is_envelope(reply: Reply) -> bool:
    return b"Envelope" in reply.plain[:1000]


@every(
    "leerlinggegevens/fouten/geen-binnenkant",
    "FT-09",
    holds=(
        "geen fout of pagina toont stacktrace, bestandspad of databasevraag",
        "no fault or page shows a stack trace, a file path or a database query",
    ),
)
def geen_binnenkant(reply: Reply) -> Text | None:
    """What is inside helps nobody but an intruder."""
    if reply.received is not None:
        raise Absent(Text("geen fout", "no fault"))
    found = shows_inside(reply.plain)
    return Text("er staat iets van het programma in", "it shows something of the program") if found else None


_KEY: Final = re.compile(rb"autorisatiesleutel>([^<]{%d,200})<" % SHORTEST_KEY)


@every(
    "leerlinggegevens/autorisatie/sleutel-blijft-geheim",
    "AU-07",
    holds=("geen antwoord en geen header herhaalt een sleutel", "no answer and no header repeats a key"),
)
def sleutel_blijft_geheim(reply: Reply) -> Text | None:
    """Answers go into logs, where no key belongs."""
    exchange = reply.exchange
    sent = _KEY.search(exchange.body)
    if sent is None:
        raise Absent(Text("geen sleutel gestuurd", "no key was sent"))
    key = sent[1].decode("utf-8", "replace").strip()
    headers = "\n".join(f"{name}: {value}" for name, value in exchange.answer_headers.items()).encode()
    if repeats(key, headers):
        return Text("de sleutel staat in een HTTP-header", "the key stands in an HTTP header")
    if repeats(key, reply.plain):
        return Text("de sleutel staat in het antwoord", "the key stands in the answer")
    return None


@case(
    "uitwisseling/privacy/persoonsgegevens",
    "AU-09",
    sends=_EVERY,
    holds=(
        "geen fout, pagina of header noemt een leerling of medewerker",
        "no fault, page or header names a pupil or a member of staff",
    ),
    passive=True,
    requests=0,
)
def persoonsgegevens(las: LasSession) -> None:
    """Faults and headers go into logs."""
    _over(las, lambda reply: _names_somebody(reply, las.persons))


def _names_somebody(reply: Reply, persons: Persons) -> Text | None:
    exchange = reply.exchange
    headers = "\n".join(exchange.answer_headers.values())
    text = headers if reply.received is not None else f"{headers}\n{reply.plain.decode('utf-8', 'replace')}"
    asked = exchange.body.decode("utf-8", "replace")
    return Text("er staat een persoon in", "it names a person") if names_somebody(text, asked, persons) else None


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


_XML_TYPE: Final = "text/xml"


@every(
    "leerlinggegevens/transport/inhoudstype",
    "TR-02",
    holds=("elk antwoord met SOAP komt als text/xml", "every answer with SOAP comes as text/xml"),
)
def inhoudstype(reply: Reply) -> Text | None:
    """SOAP 1.1 is text/xml."""
    if not _is_envelope(reply):
        raise Absent(Text("geen SOAP", "no SOAP"))
    given = reply.exchange.answer_headers.get("content-type", "").partition(";")[0].strip().lower()[:60]
    if given in {_XML_TYPE, "multipart/related"}:
        return None
    return Text(f"het komt als {given or '?'}", f"it comes as {given or '?'}")


@every(
    "uitwisseling/vorm/tekenset",
    "TR-13",
    holds=(
        "de tekenset van Content-Type is die van het document",
        "the charset of Content-Type is that of the document",
    ),
)
def tekenset(reply: Reply) -> Text | None:
    """Two statements about one encoding must agree, or names are damaged."""
    found = re.search(
        r"charset\s*=\s*[\"']?([\w.:-]+)", reply.exchange.answer_headers.get("content-type", ""), re.IGNORECASE
    )
    if found is None or not _is_envelope(reply):
        raise Absent(Text("geen tekenset genoemd", "no charset is named"))
    try:
        said = codecs.lookup(found[1]).name
    except LookupError:
        return Text("een tekenset die niet bestaat", "a charset that does not exist")
    shown = _encoding(reply.exchange.answer, said)
    ascii_only = reply.exchange.answer.isascii()
    if said == shown or (ascii_only and {said, shown} <= {"utf-8", "ascii", "iso8859-1", "cp1252", "iso8859-15"}):
        return None
    return Text(
        f"Content-Type noemt {said}, het document is {shown}", f"Content-Type says {said}, the document is {shown}"
    )


def _encoding(body: bytes, said: str) -> str:
    """The encoding of a document; where it names none itself, the header may, unless the bytes are UTF-8."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    found = re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)", body.removeprefix(codecs.BOM_UTF8)[:200])
    if found is None:
        return "utf-8" if body.startswith(codecs.BOM_UTF8) or _is_utf8(body) else said
    try:
        return codecs.lookup(found[1].decode()).name
    except LookupError:
        return "?"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


_CODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", "zstd", "compress"})


@every(
    "uitwisseling/vorm/samenpersing",
    "TR-20",
    holds=(
        "Content-Encoding noemt een samenpersing, of ontbreekt",
        "Content-Encoding names a compression, or is absent",
    ),
)
def samenpersing(reply: Reply) -> Text | None:
    """A charset is no compression; a client that takes the header at its word cannot read the answer."""
    given = reply.exchange.answer_headers.get("content-encoding", "").strip().lower()
    if {name.strip() for name in given.split(",")} <= _CODINGS:
        return None
    return Text(f"Content-Encoding is {given[:20]}", f"Content-Encoding is {given[:20]}")


_END: Final = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>(.*)\Z", re.DOTALL)


@every(
    "uitwisseling/vorm/alleen-de-envelop",
    "TR-14",
    holds=("om de envelop heen staat niets", "nothing stands around the envelope"),
)
def alleen_de_envelop(reply: Reply) -> Text | None:
    """A warning of a web server, a comment or a DOCTYPE makes a message that strict readers refuse."""
    body = reply.plain
    if not _is_envelope(reply):
        if isinstance(reply.error, HttpError) and reply.error.problem == "truncated":
            return Text("het antwoord houdt te vroeg op", "the answer stops early")
        raise Absent(Text("geen SOAP", "no SOAP"))
    start = body.removeprefix(codecs.BOM_UTF8)
    before = start[: start.find(b"<")]
    if before.strip(b" \t\r\n") or (before and start.lstrip().startswith(b"<?xml")):
        return Text("er staat iets voor het document", "something stands before the document")
    if b"<!DOCTYPE" in body[:2000]:
        return Text("er staat een DOCTYPE in", "it has a DOCTYPE")
    ended = _END.search(body)
    if ended is None:
        return Text("de envelop houdt niet op", "the envelope does not end")
    return Text("er staat iets achter de envelop", "something stands behind the envelope") if ended[1].strip() else None


@every(
    "uitwisseling/vorm/status",
    "TR-17",
    holds=("een bericht komt met HTTP-status 200", "a message comes with HTTP status 200"),
)
def status(reply: Reply) -> Text | None:
    """SOAP 1.1 over HTTP has 2xx for answers; a client that looks for 200 finds it."""
    message = f"{wire_name(reply.operation.antwoord)}".encode()
    if message not in reply.plain or reply.fault is not None:
        raise Absent(Text("geen bericht", "no message"))
    return (
        None
        if reply.status == 200
        else Text(f"een bericht met HTTP {reply.status}", f"a message with HTTP {reply.status}")
    )


def _valid(which: Callable[[Operation], bool]) -> Check:
    def check(reply: Reply) -> Text | None:
        if (
            not which(reply.operation)
            or reply.fault is not None
            or (reply.status or 0) != 200
            or not _is_envelope(reply)
        ):
            raise Absent(Text("geen antwoord van deze soort", "no answer of this kind"))
        try:
            must_keep(reply.report, "xml", "soap", "xsd")
        except Unmet as unmet:
            return unmet.actual
        return None

    return check


_SCHEMA = ("elk antwoord voldoet aan het schema", "every answer is valid by the schema")
every("leerlinggegevens/rooster/schema-geldig", "LG-03", holds=_SCHEMA)(_valid(lambda op: op is HAAL_LEERLINGGEGEVENS))
every("leerlinggegevens/getrapt/schema-geldig", "GT-09", holds=_SCHEMA)(
    _valid(lambda op: op not in {HAAL_LEERLINGGEGEVENS, BRENG_LEERRESULTATEN})
)
every(
    "leerresultaten/bezorging/lege-bevestiging",
    "LR-02",
    holds=("elke bevestiging is leeg", "every confirmation is empty"),
)(_valid(lambda op: op is BRENG_LEERRESULTATEN))
