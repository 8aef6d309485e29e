"""The fast reader and the exact reader never disagree, whatever is done to the text.

This is what makes the fast reader safe: on any bytes it gives up, or it gives what the exact reader gives, and then
libxml2 agrees that the document is well-formed.
"""

import functools
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from helpers import strategies
from helpers.strategies import exact
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord, LeerresultatenVerzoek
from uwlr.codec import scanner, soap_reading
from uwlr.codec.document_text import text_of
from uwlr.codec.expressions import UnusualError
from uwlr.codec.parser import parse
from uwlr.codec.read import read_element, read_element_tolerant
from uwlr.codec.scanner import LARGE, Scanner
from uwlr.codec.write import pieces, write
from uwlr.errors import Fault, InvalidMessage, MessageError
from uwlr.testing import make_school

Damage = Callable[[str, random.Random], str]


def assert_agree(document: bytes) -> bool:
    """Read both ways; tell whether the fast reader gave a message."""
    given_one = False
    for versie in (None, "2.2"):
        for tolerant in (False, True):
            found = scanner.read(document, versie=versie, tolerant=tolerant)
            if found is None:
                continue
            given_one = True
            etree.fromstring(document)
            root = parse(document)
            header, element = (None, root)
            if root.tag == soap_reading.ENVELOPE:
                header, element = soap_reading.open_envelope(root)
            slow, deviations = read_element_tolerant(element, versie=versie)
            if tolerant:
                assert tuple(found.deviations) == deviations
            elif found.deviations:
                with pytest.raises(InvalidMessage) as refused:
                    read_element(element, versie=versie)
                assert tuple(found.deviations) == refused.value.deviations
                continue
            else:
                slow = read_element(element, versie=versie)
            assert exact(found.bericht) == exact(slow)
            assert (found.header is None) == (header is None)
            if header is not None:
                assert _canonical(found.header) == _canonical(header)
    return given_one


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


# --- damage ---------------------------------------------------------------------------------------------------------


def _insert(*texts: str, at: str = "[<>]|$") -> Damage:
    """Put one of the texts at one of the places that match."""

    def damage(text: str, dice: random.Random) -> str:
        places = [m.start() for m in re.finditer(at, text)] or [0]
        place = dice.choice(places) + dice.choice((0, 0, 1))
        return text[:place] + dice.choice(texts) + text[place:]

    return damage


def _replace(pattern: str, *by: str, everywhere: bool = False) -> Damage:
    def damage(text: str, dice: random.Random) -> str:
        found = list(re.finditer(pattern, text))
        for match in reversed(found if everywhere else [dice.choice(found)] if found else []):
            text = text[: match.start()] + match.expand(dice.choice(by)) + text[match.end() :]
        return text

    return damage


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(len(text) + 1)]


def _drop_piece(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text) + 1)
    return text[:start] + text[start + dice.randrange(1, 40) :]


def _repeat_piece(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text) + 1)
    end = start + dice.randrange(1, 80)
    return text[:end] + text[start:end] + text[end:]


def _swap_elements(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"(<([\w-]+)>[^<]*</\2>)(<([\w-]+)>[^<]*</\4>)", text))
    if not found:
        return text
    match = dice.choice(found)
    return text[: match.start()] + match[3] + match[1] + text[match.end() :]


def _flip(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text) + 1)
    return (
        text[:place]
        + dice.choice("<>&\"'/= \t\n\r\x00\x01\x0b\x1f\x7f\x85\u2028\ufffe\ufeff]x;:!?é")
        + text[place + 1 :]
    )


_DECLARATIONS = (
    ' xmlns="urn:x"',
    ' xmlns=""',
    ' xmlns:x="urn:x"',
    ' xmlns:x=""',
    ' xmlns:xml="urn:x"',
    ' xmlns:xml="http://www.w3.org/XML/1998/namespace"',
    ' xmlns:xmlns="urn:x"',
    ' xmlns:y="http://www.w3.org/2000/xmlns/"',
    ' xmlns:z="http://www.w3.org/XML/1998/namespace"',
    ' xmlns="http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"',
    ' xmlns:x="http://www.edustandaard.nl/leerresultaten/2/leerresultaten"',
    ' xmlns:x="a" xmlns:x="b"',
    ' xmlns:x="a" xmlns:x="a"',
    ' xmlns:X.-_1="%"',
    ' xmlns:x="&amp;"',
    " xmlns:x='a'",
)
DAMAGE: dict[str, Damage] = {
    "white space": _insert(" ", "\n", "\t", "\r\n", "\r", "\u00a0", "\u0085", "\u2028", "\x0c", "   \n "),
    "comment": _insert("<!-- c -->", "<!---->", "<!-- -- -->", "<!--", "<!-- <leerling> -->"),
    "cdata": _insert("<![CDATA[x]]>", "<![CDATA[]]>", "<![CDATA[</leerling>]]>", "]]>", "<![CDATA["),
    "instruction": _insert("<?a b?>", "<?xml version='1.0'?>", "<?a", "<?xml-stylesheet href='a'?>"),
    "doctype": _insert("<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>', at="^|<"),
    "attribute order": _replace(r' (key="[^"]*") (eckid="[^"]*")', r" \2 \1", r" \1  \2", r"\n\1 \2", r" \1\2"),
    "quotes": _replace(r'="([^"]*)"', r"='\1'", r" = '\1'", r"=\1", r'= "\1"', r'="\1', r'="\1""'),
    "entity": _insert("&amp;", "&#65;", "&#x41;", "&#13;", "&#0;", "&foo;", "&lt", "&", "&#xD800;", "&apos;&quot;&gt;"),
    "entity in attribute": _insert("&lt;", "&#10;", "&", "<", ">", "\t", "\n", "'", at=r'="'),
    "carriage return": _replace(r"\n|(?=<)", "\r\n", "\r", "\n\r"),
    "declaration": _insert(*_DECLARATIONS, at=r"(?<=[\w\"])/?>"),
    "repeated attribute": _replace(r' key="([^"]*)"', r' key="\1" key="\1"', r' key="\1" x:key="a"', ' Key="a"', ""),
    "xsi": _insert(
        ' xsi:type="a"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
        ' xml:lang="nl"',
        ' xml:space="preserve"',
        at=r"(?<=[\w\"])/?>",
    ),
    "prefix": _replace(r"<(/?)(\w)", r"<\1x:\2", r"<\1:\2", r"< \1\2", r"<\1 \2"),
    "prefix everywhere": _replace(r"<(/?)([a-z])", r"<\1p:\2", everywhere=True),
    "name": _replace(r"(\w)>", r"\1 >", r"\1x>", r"\1\n>", r"\1/>", r"\1"),
    "empty element": _replace(r"<([\w:-]+)>([^<]*)</\1>", r"<\1/>", r"<\1></\1>", r"<\1> </\1>", r"<\1 />"),
    "value": _replace(
        r">[^<>]+<", "> <", "><", ">0<", "> 1 <", ">2024-02-30<", ">2024-01-01T24:00:00<", ">+1<", ">x>y<", ">]]><"
    ),
    "two roots": lambda text, _: text + text,
    "garbage": lambda text, dice: (
        text + dice.choice((" ", "\n", "x", "\x00", "<", "</a>", "\ufeff", "<!-- -->", "&amp;"))
    ),
    "before": lambda text, dice: dice.choice((" ", "\n", "x", "\ufeff", "\ufeff\ufeff", "\x00", "<a/>")) + text,
    "prolog": _replace(
        r"^<\?xml[^>]*>",
        "",
        "<?xml version='1.0'?>",
        '<?xml version="1.1"?>',
        '<?xml version="1.0" encoding="utf8"?>',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        '<?xml version="1.0" encoding="UTF-16"?>',
        '<?xml version="1.0" encoding="utf-8" standalone="yes" ?>',
        '<?xml version="1.0" standalone="no" encoding="utf-8"?>',
        '<?xml encoding="utf-8"?>',
        '<?xml version="1.0"encoding="utf-8"?>',
        '<?xml version="1.0" encoding="utf-8">',
        '\\g<0><?xml version="1.0"?>',
    ),
    "cut": _cut,
    "drop": _drop_piece,
    "repeat": _repeat_piece,
    "swap": _swap_elements,
    "flip": _flip,
}


def _enveloped(body: bytes, dice: random.Random) -> bytes:
    headers = [
        "",
        "<s:Header/>",
        "<s:Header><a b='c'>&lt;</a></s:Header>",
        "<s:Header><![CDATA[</s:Header>]]></s:Header>",
    ]
    start = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{dice.choice(headers)}<s:Body>'
    return start.encode() + body + b"</s:Body></s:Envelope>"


@functools.cache
def _samples() -> list[str]:
    """Some messages, bare and in envelopes, found once: the damage is what varies."""
    found: list[str] = []

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(
        st.one_of(map(strategies.berichten, (Leerlinggegevens, LeerlinggegevensAntwoord, LeerresultatenVerzoek))),
        st.randoms(use_true_random=False),
    )
    def collect(bericht, dice):
        plain = write(bericht)
        prefixed = re.sub(rb"<(/?)([a-z][\w-]*)(?=[ />])", rb"<\1le:\2", plain).replace(b" xmlns=", b" xmlns:le=")
        found.extend(document.decode() for document in (plain, prefixed, _enveloped(b"".join(pieces(bericht)), dice)))

    collect()
    return found


def _damaged(kind: str, number: int) -> bytes:
    dice = random.Random(f"{kind} {number}")
    text = dice.choice(_samples())
    for _ in range(dice.choice((1, 1, 1, 2))):
        text = DAMAGE[kind](text, dice)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("kind", DAMAGE)
def test_the_fast_reader_gives_up_or_agrees(kind):
    """Under this damage the fast reader gives nothing, or exactly what the exact reader gives."""
    for number in range(40):
        assert_agree(_damaged(kind, number))


def test_the_fast_reader_reads_undamaged_messages():
    """Without damage a good part of the samples is read fast, so that the other tests test something."""
    samples = [sample.encode() for sample in _samples()]
    assert sum(map(assert_agree, samples)) > len(samples) // 4


def test_a_message_cut_anywhere_is_never_read():
    """Cut off after any byte but the last, no part of a message passes for the whole."""
    document = min((s.rstrip() for s in _samples() if "<leerlinggegevens" in s), key=len).encode()
    assert all(scanner.read(document[:end]) is None for end in range(len(document)))
    assert assert_agree(document)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp037", "utf-7"])
def test_other_encodings_are_left_to_the_exact_reader(encoding):
    """Bytes that are not UTF-8 never pass the fast reader as something else."""
    for sample in _samples():
        assert_agree(sample.encode(encoding, "replace"))


@pytest.mark.parametrize(
    "head", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\xef\xbb", b"\xc0\x80", b"\xed\xa0\x80"]
)
def test_bytes_before_a_document(head):
    """A byte order mark is read past; other bytes are left to the exact reader, which refuses them."""
    assert_agree(head + _samples()[0].encode())


# --- streaming ------------------------------------------------------------------------------------------------------


def _scan(document: bytes, size: int) -> list[object] | None:
    """The items of all lists, the document handed over `size` bytes at a time; None where it is refused or given up."""
    chunks = (document[start : start + size] for start in range(0, len(document), size))
    walk = Scanner(text_of(chunks), versie=None, tolerant=False, size=LARGE)
    items: list[object] = []
    try:
        for _, batch in walk.document(keep=False):
            items += batch
    except (UnusualError, UnicodeDecodeError):
        return None
    return None if walk.deviations else items


def _all_items(bericht: object) -> list[object]:
    whole = getattr(bericht, "inhoud", bericht)
    items: list[object] = []
    for name in whole.__struct_fields__:
        value = getattr(whole, name)
        items += value if isinstance(value, tuple) else [value]
    return items


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 61, 257, 5000])
def test_pieces_of_any_size_give_the_same_items(size):
    """Wherever the text is cut into pieces, the scanner finds the items that the exact reader finds, or gives up."""
    found = 0
    for sample in _samples():
        items = _scan(sample.encode(), size)
        if items is None:
            continue
        found += 1
        root = etree.fromstring(sample.encode())
        element = soap_reading.open_envelope(root).body if root.tag == soap_reading.ENVELOPE else root
        assert list(map(exact, items)) == list(map(exact, _all_items(read_element(element))))
    assert found or size < 7


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_seen_whatever_the_pieces(kind):
    """The scanner never reads to the end of a document that the exact reader refuses, however it is cut."""
    for number in range(15):
        document = _damaged(kind, 1000 + number)
        items = _scan(document, 1 + number * 13)
        if items is None:
            continue
        try:
            root = parse(document)
            element = soap_reading.open_envelope(root).body if root.tag == soap_reading.ENVELOPE else root
            slow = read_element(element)
        except (MessageError, InvalidMessage, Fault) as error:
            pytest.fail(f"read in pieces, refused as a whole: {type(error).__name__}")
        assert list(map(exact, items)) == list(map(exact, _all_items(slow)))


def test_eckid_before_key_is_as_usual():
    """Attributes in the other order, for all pupils or for some, do not send a message down the slow road."""
    school = make_school(seed=3, leerlingen=60)
    usual = write(LeerlinggegevensAntwoord(inhoud=school)).decode()
    pattern = re.compile(r' (key="[^"]*") (eckid="[^"]*")')

    for turned in (pattern.sub(r" \2 \1", usual), pattern.sub(r" \2 \1", usual, count=20)):
        found = scanner.read(turned.encode())
        iter_pieces = (turned[i : i + 700] for i in range(0, len(turned), 700))
        walk = Scanner(lambda rest=iter_pieces: next(rest, ""), versie=None, tolerant=False, size=LARGE)

        assert found is not None
        assert found.bericht.inhoud == school
        assert sum(len(batch) for field, batch in walk.document(keep=False) if field.name == "leerlingen") == 60
