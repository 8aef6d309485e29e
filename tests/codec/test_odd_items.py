"""Items that are odd never disturb their neighbours, and what libxml2 refuses is read by no road."""

import pickle
import re
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import pytest

import uwlr
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import FineMoment
from uwlr.codec import expressions, read, scanner, tree
from uwlr.codec.write import write
from uwlr.errors import ClientFault, ConfigurationError, HttpError, InvalidMessage, MissingExtraError, NotXml
from uwlr.testing import make_school
from uwlr.xml_problems import XmlProblem

_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.fixture(scope="module")
def usual():
    """An answer with twenty pupils in the usual form."""
    return write(LeerlinggegevensAntwoord(inhoud=make_school(seed=3, leerlingen=20))).decode()


@pytest.fixture(scope="module")
def pupils(usual):
    """The text of each of them."""
    return re.findall(r"<leerling .*?</leerling>", usual, re.DOTALL)


def _with(usual, pupils):
    head, rest = usual.split("<leerlingen>")
    return f"{head}<leerlingen>{''.join(pupils)}</leerlingen>{rest.split('</leerlingen>')[1]}".encode()


def _inside(pupil, more):
    return pupil.replace("</leerling>", f"{more}</leerling>")


_ODD = {
    "a pupil in a pupil, then an unknown element": lambda p: [_inside(p[0], p[11]), *p[1:10], "<foo/>", *p[10:]],
    "a pupil in a pupil, then an empty one": lambda p: [_inside(p[0], p[11]), *p[1:10], '<leerling key="q"/>', *p[10:]],
    "an unknown element, then a pupil in a pupil": lambda p: ["<foo/>", *p[1:10], _inside(p[0], p[11]), *p[10:]],
    "pupils in an unknown element, then another": lambda p: [f"<foo>{p[3]}{p[4]}</foo>", *p[1:10], "<bar/>", *p[10:]],
    "two empty ones, then pupils three deep": lambda p: [
        "<foo/>",
        "<foo/>",
        *p[1:6],
        _inside(p[0], _inside(p[11], p[12])),
        *p[6:],
    ],
    "text with the end tags of items": lambda p: [
        *p[:5],
        _inside(p[5], "<a><![CDATA[</leerling></leerlingen>]]></a>"),
        "<b/>",
        *p[6:],
    ],
}


@pytest.mark.parametrize("kind", _ODD)
def test_odd_items_do_not_change_places_with_others(usual, pupils, kind, monkeypatch):
    """Each road gives the pupils and deviations of the exact reader, alone: nobody twice, nobody missing."""
    document = _with(usual, _ODD[kind](pupils))
    rewritten = uwlr.read_tolerant(document)
    fast = scanner.read(document, tolerant=True)
    monkeypatch.setattr(tree, "FEWEST", 1 << 30)
    exact = uwlr.read_tolerant(document)

    assert rewritten == exact
    assert fast is None or (fast.bericht, tuple(fast.deviations)) == exact


_REFUSED = {
    "one attribute under two prefixes": f' xmlns:a="{_XSI}" xmlns:b="{_XSI}" a:schemaLocation="x" b:schemaLocation="x"',
    "U+FFFE in an attribute": f' xmlns:a="{_XSI}" a:schemaLocation="x \ufffe"',
    "U+FFFF in single quotes": f" xmlns:a='{_XSI}' a:schemaLocation='x \uffff'",
    "a declaration without a prefix": ' xmlns:="urn:x"',
    "a declaration of two prefixes": ' xmlns:a:b="urn:x"',
    "a prefix that begins with a digit": ' xmlns:1a="urn:x"',
    "a prefix that begins with a hyphen": ' xmlns:-a="urn:x"',
}


@pytest.mark.parametrize("attributes", _REFUSED.values(), ids=_REFUSED)
def test_start_tags_that_are_refused(usual, attributes, monkeypatch):
    """What libxml2 refuses in the first start tag is refused in a large document too."""
    document = re.sub(r"(<leerlinggegevens_antwoord)", lambda m: m[1] + attributes, usual, count=1).encode()
    monkeypatch.setattr(read, "LARGE", 0)
    with pytest.raises(NotXml):
        uwlr.read(document)


@pytest.mark.parametrize("name", ["é", "utf-8é", "\u0430"])
def test_encodings_with_names_of_other_letters(usual, name, monkeypatch):
    """An encoding's name is of ASCII letters; another is refused, not taken for UTF-8."""
    monkeypatch.setattr(read, "LARGE", 0)
    with pytest.raises(NotXml):
        uwlr.read(usual.replace('encoding="UTF-8"', f'encoding="{name}"').encode())


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_two_byte_order_marks(usual, codec, monkeypatch):
    """One byte order mark is read past, a second is refused."""
    monkeypatch.setattr(read, "LARGE", 0)
    text = usual.replace('"UTF-8"', f'"{codec[:6]}"' if "16" in codec else '"UTF-8"')
    assert uwlr.read(f"\ufeff{text}".encode(codec)) == uwlr.read(usual.encode())
    with pytest.raises(NotXml):
        uwlr.read(f"\ufeff\ufeff{text}".encode(codec))


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\r\r\n"])
def test_line_numbers_with_other_line_ends(usual, pupils, end):
    """A deviation has the same line on every road, whatever ends the lines."""
    document = _with(usual, [f"{pupil}{end}" for pupil in (*pupils[:9], "<foo/>", *pupils[9:])])
    fast = scanner.read(document, tolerant=True)

    assert fast is None or tuple(fast.deviations) == uwlr.read_tolerant(document).deviations
    assert (fast is None) == ("\r" in end.replace("\r\n", ""))


_LIMITS = {
    "white space behind the root": lambda usual, _: usual.encode() + b" " * 10_000_100,
    "white space between pupils": lambda usual, pupils: _with(usual, [*pupils, " " * 10_000_100, *pupils]),
    "attributes of a pupil": lambda usual, pupils: _with(
        usual,
        [
            *(f"{pupil}\n" for pupil in pupils),
            re.sub("key=", "".join(f'a{n}="" ' for n in range(300)) + "key=", pupils[0]),
        ],
    ),
}


@pytest.mark.parametrize("document", _LIMITS.values(), ids=_LIMITS)
def test_limits_are_the_same_on_every_road(usual, pupils, document, monkeypatch):
    """What is beyond the parser's limits or our own is refused, at the same line, on either road."""
    document = document(usual, pupils)
    with pytest.raises(NotXml) as fast:
        uwlr.read(document)
    monkeypatch.setattr(read, "LARGE", 1 << 30)
    with pytest.raises(NotXml) as exact:
        uwlr.read(document)
    assert str(fast.value) == str(exact.value)


# --- streams --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", [3, 12, 19])
def test_pupils_in_other_pupils_are_no_items(usual, pupils, odd):
    """The pupils before a pupil that holds another are given once each; then it is refused."""
    document = _with(usual, [*pupils[:odd], _inside(pupils[odd], pupils[1]), *pupils[odd + 1 :]])
    given = uwlr.iter_leerlingen(document)
    before = tuple(islice(given, odd))
    with pytest.raises(InvalidMessage):
        next(given)
    assert before == uwlr.read(usual.encode()).inhoud.leerlingen[:odd]


@pytest.mark.parametrize("end", ["", "<?end?>", "\r"])
def test_pupils_in_the_header_are_no_items(usual, pupils, end):
    """What a header holds is no pupil of the message, and none is given twice where the road changes at the end."""
    namespace = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
    header = f'<s:Header><h xmlns="{namespace}">{pupils[0]}</h></s:Header>'
    start = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{header}<s:Body>'
    document = f"{start}{usual.partition('?>')[2]}</s:Body></s:Envelope>{end}"
    assert tuple(uwlr.iter_leerlingen(document.encode())) == uwlr.read(usual.encode()).inhoud.leerlingen


# --- threads, time, values ------------------------------------------------------------------------------------------


def test_threads_share_known_values(monkeypatch):
    """A column that forgets what it knew takes nothing away from a thread that is reading."""
    monkeypatch.setattr(expressions, "_KNOWN", 4)
    convert = expressions._simple_column(Simple(name="datum", base="date"), tolerant=False)
    days = [f"20{year}-01-{day:02d}" for year in range(20, 24) for day in range(1, 29)]
    failed = []

    def work(start):
        for step in range(3000):
            column = [days[(start + 7 * step + n) % len(days)] for n in range(3)]
            try:
                assert [str(day) for day in convert(column, False)] == column
            except (KeyError, AssertionError) as error:
                failed.append(error)
                return

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(n * 11,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert not failed


_ZONE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    "change",
    [lambda m: m.astimezone(_ZONE), lambda m: m.replace(microsecond=0), lambda m: m + timedelta(days=1)],
    ids=["astimezone", "replace", "plus"],
)
def test_moments_made_of_fine_ones_are_as_any_other(change):
    """What is made of a fine moment, without its finer digits, equals the same moment that never had any."""
    plain = datetime(2025, 1, 2, 3, 4, 5, 123456, UTC)
    fine = FineMoment.beyond(plain, "7")

    assert fine != plain
    assert plain != fine
    assert change(fine) == change(plain)
    assert change(plain) == change(fine)
    assert hash(change(fine)) == hash(change(plain))


@pytest.mark.parametrize(
    "error",
    [
        NotXml(XmlProblem.DOCTYPE, line=1, column=2),
        InvalidMessage((), element="leerling"),
        HttpError("status", status=502),
        ClientFault("Client", "text", subcode="x", http_status=500),
        ConfigurationError("which and what to do"),
        MissingExtraError("install"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_go_from_process_to_process(error):
    """An error that is pickled has the same type, text and attributes: process pools hand them over so."""
    error.operation = "leerlinggegevens"
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
