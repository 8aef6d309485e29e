"""Any message within the field tables is written schema-valid and reads back equal, whichever way it is read."""

import io

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

import uwlr
from helpers import strategies
from helpers.strategies import exact
from uwlr import schemas
from uwlr.berichten import ROOTS, Leerlinggegevens, LeerresultatenVerzoek
from uwlr.berichten.tabel import wire_name
from uwlr.codec import scanner
from uwlr.codec.read import read_element
from uwlr.codec.write import pieces, write
from uwlr.deviations import Missing

_QUICK = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
_PLAIN = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
_HEADED = (
    b'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
    b"<s:Header><a/></s:Header>\n <s:Body>%s</s:Body>\n</s:Envelope>\n"
)
_IDS = [str(wire_name(cls)) for cls in ROOTS]


@pytest.mark.parametrize("cls", ROOTS, ids=_IDS)
def test_a_message_is_written_schema_valid_and_reads_back_equal(cls):
    """What the field tables allow is valid by the schema, and the exact reader gives the same message."""

    @_QUICK
    @given(strategies.berichten(cls))
    def check(bericht):
        written = write(bericht)
        root = etree.fromstring(written)
        assert schemas.schema().validate(root), schemas.schema().error_log.last_error
        assert exact(read_element(root)) == exact(bericht)
        assert exact(uwlr.read(written)) == exact(bericht)

    check()


@pytest.mark.parametrize("cls", ROOTS, ids=_IDS)
def test_the_fast_reader_gives_the_same_message(cls):
    """Where the fast reader answers at all, its message is the one that was written; in an envelope too."""

    @_QUICK
    @given(strategies.berichten(cls), st.booleans())
    def check(bericht, tolerant):
        for document in (write(bericht), _PLAIN % b"".join(pieces(bericht)), _HEADED % b"".join(pieces(bericht))):
            found = scanner.read(document, tolerant=tolerant)
            assert found is None or exact(found.bericht) == exact(bericht)
            assert exact(uwlr.read(document)) == exact(bericht)

    check()


@_QUICK
@given(strategies.berichten(Leerlinggegevens))
def test_streaming_gives_the_pupils_of_the_message(bericht):
    """Pupils come one by one, the same and in order, from bytes and from a file that cannot seek."""
    written = write(bericht)
    assert tuple(map(exact, uwlr.iter_leerlingen(written))) == exact(bericht.leerlingen)
    assert tuple(map(exact, uwlr.iter_leerlingen(_Pipe(written)))) == exact(bericht.leerlingen)


@_QUICK
@given(strategies.berichten(LeerresultatenVerzoek))
def test_streaming_gives_the_results_of_the_message(bericht):
    """Results come pupil by pupil, the same and in order."""
    written = write(bericht)
    assert tuple(map(exact, uwlr.iter_resultaten(written))) == exact(bericht.toetsafnames)
    assert tuple(map(exact, uwlr.iter_resultaten(_Pipe(written)))) == exact(bericht.toetsafnames)


@_QUICK
@given(strategies.berichten(Leerlinggegevens, "2.3"))
def test_in_version_2_3_the_key_may_be_absent(bericht):
    """A roster without keys is written as 2.3, reads back equal as 2.3, and 2.2 asks for the key."""
    written = write(bericht, versie="2.3")
    assert exact(uwlr.read(written, versie="2.3")) == exact(bericht)
    found = scanner.read(written, versie="2.3")
    assert found is None or exact(found.bericht) == exact(bericht)
    if any(leerling.key is None for leerling in bericht.leerlingen):
        found = scanner.read(written, versie="2.2")
        assert found is None or {d.reason for d in found.deviations} == {Missing()}
        with pytest.raises(uwlr.errors.InvalidMessage, match=r"@key .*is missing"):
            uwlr.read(written, versie="2.2")
        with pytest.raises(uwlr.errors.InvalidMessage, match=r"@key: is missing"):
            write(bericht, versie="2.2")


class _Pipe(io.BytesIO):
    """A file that can only be read forward."""

    def seekable(self) -> bool:
        return False
