"""Messages of real people become messages of invented ones: nobody is left, and how they are written stays."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.filled_messages import whole
from uwlr import edexml
from uwlr.anonymising import Anonymiser, left_over
from uwlr.berichten import ROOTS, Leerling, LeerlinggegevensAntwoord, LeerresultatenVerzoek
from uwlr.cli import main
from uwlr.codec.write import write
from uwlr.conformance import written_forms
from uwlr.invented import Inventor, is_invented
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.testing import make_school
from uwlr.testing.results import make_results
from uwlr.validation import validate

SCHOOL = make_school(7, 25, schooljaar="2025-2026")
CANARY = Leerling(
    key="Kanariekey7",
    eckid="https://ketenid.nl/201703/" + "c4" * 64,
    achternaam="Kanariëboer-Jansen",
    voorvoegsel="kanarie",
    roepnaam="Kanariepiet",
    geboortedatum=date(2014, 5, 27),
    jaargroep=SCHOOL.leerlingen[0].jaargroep,
    groep=SCHOOL.leerlingen[0].groep,
)
ANSWER = write_envelope(
    LeerlinggegevensAntwoord(inhoud=msgspec.structs.replace(SCHOOL, leerlingen=(CANARY, *SCHOOL.leerlingen)))
)
FORMS = [
    written_forms.other_prefixes,
    written_forms.laid_out,
    written_forms.cdata_and_references,
    written_forms.single_quotes,
    written_forms.latin_1,
    written_forms.utf_16,
    written_forms.more_attributes,
]
ELSEWHERE = {
    "an element that no table knows": b"<verzorger><naam>Kanariepiet</naam><tel>0612345678</tel></verzorger>",
    "an attribute that no table knows": b'<leerling key="1" bijnaam="Kanariepiet" x:y="kanariepiet"/>',
    "a number that is a name": b"<school><geslacht>Kanariepiet</geslacht><jaargroep>kanariepiet</jaargroep></school>",
    "a comment": b"<school><!-- gevraagd door Kanariepiet -->2025</school>",
    "an instruction": b"<?log door=Kanariepiet?><school/>",
    "an entity": b'<!DOCTYPE school [<!ENTITY wie "Kanariepiet">]><school>&wie;</school>',
    "a fault": write_fault("Client.LeerlingOngeldig", "leerling kanariepiet (Kanariekey7) is onbekend"),
    "a page": b"<html><head><title>Fout</title></head><body>kanariepiet bestaat niet</body></html>",
    "plain words": b"De leerling kanariepiet bestaat niet",
    "a header of security": b"<Envelope><Header><Username>kanariepiet</Username></Header><Body/></Envelope>",
    "a message that stops": b"<leerling key='Kanariekey7'><achternaam>Kanariepiet</achter",
    "a tag that does not end": b"<leerling key='1'><achternaam Kanariepiet",
    "base64": b"<foto>S2FuYXJpZXBpZXQgZW4gS2FuYXJpZXBpZXQ=</foto>",
}
CANARIES = re.compile("kanari|c4c4|S2FuYXJ|0612345678", re.IGNORECASE)


def _anonymous(data: bytes) -> bytes:
    return Anonymiser(b"secret").message(data)


def _run(*args: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["anonymise", *map(str, args)], input=stdin)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_nobody_is_left_and_the_writing_stays(form: written_forms.Form) -> None:
    """In whatever way a message is written: every value is an invented one, and the marks of writing are as many."""
    before = form(ANSWER)
    after = _anonymous(before)

    assert left_over(after, before) == []
    assert left_over(before) != []
    encoding = {written_forms.utf_16: "utf-16", written_forms.latin_1: "latin-1"}.get(form, "utf-8")
    text, made = before.decode(encoding), after.decode(encoding)
    assert CANARIES.search(text)
    assert not CANARIES.search(made)
    for mark in ("<![CDATA[", "<!--", "'", "\r\n", "xmlns", "</", "<?xml"):
        assert text.count(mark) == made.count(mark), mark
    assert re.findall(r"</?[\w:-]+", text) == re.findall(r"</?[\w:-]+", made)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_nobody_is_left_where_no_table_looks(place: str) -> None:
    """What is not known, and what is no message, is replaced as well, in UTF-8 and in UTF-16."""
    after = _anonymous(ELSEWHERE[place])

    assert not CANARIES.search(after.decode())
    assert left_over(after, ELSEWHERE[place]) == []
    assert not CANARIES.search(_anonymous(ELSEWHERE[place].decode().encode("utf-16")).decode("utf-16"))


@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: cls.__name__)
def test_every_field_of_every_message_is_told_apart(cls: type) -> None:
    """A message with every field filled stays as valid as it was, and holds invented values only."""
    before = write(whole(cls), unchecked=True)
    after = _anonymous(before)

    assert left_over(after) == []
    assert [(one.id, one.path) for one in validate(after).findings] == [
        (one.id, one.path) for one in validate(before).findings
    ]


def test_each_value_that_came_back_is_found() -> None:
    """Whichever personal value of the original is put back in the place of the invented one, the check finds it."""
    after = _anonymous(ANSWER)
    tokens = re.compile(rb'(?<=key=")[^"]+|(?<=eckid=")[^"]+|(?<=>)[^<>]+(?=<)')
    real, made = tokens.findall(ANSWER), tokens.findall(after)
    spans = [found.span() for found in tokens.finditer(after)]
    replaced = [place for place in range(len(real)) if real[place] != made[place]]

    missed = [
        real[place]
        for place in replaced[::3]
        if not left_over(after[: spans[place][0]] + real[place] + after[spans[place][1] :])
    ]
    # A birthday on the 13th cannot be told from an invented one.
    assert [value for value in missed if not value.endswith(b"-13")] == []
    assert len(replaced) > 100


def _keys(*keys: str) -> bytes:
    leerlingen = "".join(f"<leerling key={quoteattr(key)}/>" for key in keys)
    return f"<leerlinggegevens><leerlingen>{leerlingen}</leerlingen></leerlinggegevens>".encode()


CROWDED = [f"{n:08x}-{n:04d}-4{n % 1000:03d}-{9999 - n:04d}-{n * 7919:012x}" for n in range(10_000)]
"""Keys of which every number of four digits is a part."""
IN_PARTS = [f"99XX00-2526-{n:04d}-smit" for n in range(40)]


@given(st.binary(min_size=8, max_size=8))
@settings(max_examples=5, deadline=None)
def test_no_invented_value_is_in_the_original_by_chance(secret: bytes) -> None:
    """Few digits that are a part of a UUID, and letters that are a name, are not taken for what they were made of."""
    before = _keys(*IN_PARTS, *CROWDED[:: len(CROWDED) // 400], "1234", "Smit", "bram.smit", "jansen-9900")
    numbers = b"".join(f"<a key='{key}'/>".encode() for key in CROWDED[:: 2 + secret[0] % 3])
    before = before.replace(b"<leerlingen>", b"<leerlingen>" + numbers)

    assert left_over(Anonymiser(secret).message(before), before) == []


@given(st.integers(0, 10**6), st.binary(min_size=8, max_size=8))
@settings(max_examples=10, deadline=None)
def test_no_school_is_left_by_chance(seed: int, secret: bytes) -> None:
    """Of any school that is anonymised with any secret nothing is left: roster and results."""
    roster = make_school(seed, 6)
    for before in (write(LeerlinggegevensAntwoord(inhoud=roster)), write(make_results(roster, seed=seed))):
        assert left_over(Anonymiser(secret).message(before), before) == []


@given(
    st.lists(
        st.sampled_from([*"-_.:{}( ", "groep", "medewerker", "docent", "L", "xq", "9900", "facade00", "Smit", "1234"])
        | st.text(max_size=9)
        | st.uuids().map(str),
        min_size=1,
        max_size=6,
    ).map("".join)
)
@settings(max_examples=150, deadline=None)
def test_a_key_of_any_form_is_gone(key: str) -> None:
    """Whatever a key is made of, prefixes too: the invented one is known as such, and holds nothing of the real one."""
    before = _keys("".join(one for one in key if one.isprintable() and not 0xD800 <= ord(one) < 0xE000))

    assert left_over(_anonymous(before), before) == []


@pytest.mark.parametrize(
    ("real", "kept"),
    [
        ("jansen-4711", "jansen"),
        ("jansen-4711", "xq-jansen"),
        ("jansen-4711", "jansen-4711"),
        ("1234", "1234"),
        ("1234567", "1234567"),
        ("612345678901", "xqab-612345678901"),
        ("c3a8e1d2-8485-4abc-9def-0123456789ab", "c3a8e1d2-8485-4abc-9def-0123456789ab"),
        ("c3a8e1d2-8485-4abc-9def-0123456789ab", "facade00-8485-4abc-9def-0123456789ab"),
        ("leerkrachtjansen", "leerkrachtxq-jansen"),
    ],
)
def test_what_is_kept_of_a_key_is_found(real: str, kept: str) -> None:
    """A key, a word of it, or many digits of it, is found, in a key that begins as an invented one does too."""
    assert left_over(_keys(kept), _keys(real)) != []


def test_a_word_that_is_not_marked_is_no_word_of_an_invented_key() -> None:
    """Without the original, a name behind the mark of an invented key is found; behind digits and a UUID's too."""
    for key in ("xq-jansen", "xqab.jansen", "9900-jansen", "facade00-jansen", "facade00jansen", "L9900jansen"):
        assert left_over(_keys(key)) != [], key
    for key in ("xq-xqjansen", "xqab.123-abc", "99001234", "L99001234", "facade00-8485-4abc-9def-0123456789ab"):
        assert left_over(_keys(key)) == [], key


def test_equal_stays_equal_and_different_different() -> None:
    """Over several messages the same key and name become the same, and two become two; so references still hold."""
    anonymiser = Anonymiser()
    results = make_results(SCHOOL)
    roster, sent = anonymiser.message(ANSWER).decode(), anonymiser.message(write(results)).decode()

    keys = re.findall(r'<leerling key="([^"]+)"', roster)
    assert len(set(keys)) == len(SCHOOL.leerlingen) + 1
    assert set(re.findall(r"<leerlingid>([^<]+)<", sent)) <= {*keys, *re.findall(r'eckid="([^"]+)"', roster)}
    assert [one.id for one in validate(roster.encode()).findings] == [one.id for one in validate(ANSWER).findings]


@given(st.lists(st.integers(0, len(ANSWER)), max_size=20), st.sampled_from(FORMS))
@settings(max_examples=8, deadline=None)
def test_in_parts_it_is_the_same(cuts: list[int], form: written_forms.Form) -> None:
    """However a message is cut as it comes in, the same comes out."""
    data, inventor = form(ANSWER), Inventor(b"secret")
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    stream = inventor.stream()
    made = b"".join(stream.feed(data[a:b]) for a, b in pairwise(places)) + stream.close()

    assert made == inventor.message(data)


@given(st.text(min_size=1, max_size=40), st.sampled_from(["key", "sleutel", "name", "particle", "initials", "text"]))
@settings(max_examples=100, deadline=None)
def test_what_is_made_is_of_the_vocabulary(value: str, kind: str) -> None:
    """Whatever a value holds, what takes its place is known as invented."""
    assert is_invented(Inventor(b"secret").value(value, kind), kind)


def test_forms_stay() -> None:
    """Capitals, marks on letters, prefixes of keys and particles stay; a key that opens is as long as it was."""
    inventor = Inventor(b"secret")

    assert re.fullmatch(r"Xq[a-z]+ van der XQ[A-Z]+", inventor.value("Jansen van der BERG", "name"))
    assert re.fullmatch(r"Xq[a-z]*[éèëê][a-z]*", inventor.value("Renée", "name"))
    assert re.fullmatch(r"medewerker9900[0-9]{4}", inventor.value("medewerker1234", "key"))
    assert re.fullmatch(r"L-?9900[0-9]{4}", inventor.value("L1234", "key"))
    assert len(inventor.value("99XX00-aB3dE6gH9jK2", "sleutel")) == len("99XX00-aB3dE6gH9jK2")
    assert re.fullmatch(r"[QX]\.[QX]\.", inventor.value("J.P.", "initials"))


def test_the_program_shows_a_table_and_checks(tmp_path: Path) -> None:
    """One table says what was replaced and what stayed; --check ends in 0 for what was made, else in 1."""
    before, after = tmp_path / "in.xml", tmp_path / "out.xml"
    before.write_bytes(ANSWER)

    done = _run(before, "--out", after)
    assert done.exit_code == 0
    assert re.search(r"achternaam +name +\d+ +0\n", done.output)
    assert re.search(r"brincode +kept +0 +1\n", done.output)
    assert _run("--check", after, "--original", before).exit_code == 0
    refused = _run("--check", before, "--format", "json")
    assert refused.exit_code == 1
    assert {row["why"] for row in json.loads(refused.output)} == {"vocabulary"}
    assert "Kanarie" not in done.output + refused.output


def test_the_program_takes_a_folder_and_keeps_a_secret(tmp_path: Path) -> None:
    """Files get numbers, since a name may name somebody; with the same secret file they become the same again."""
    folder, secret = tmp_path / "in", tmp_path / "secret"
    folder.mkdir()
    (folder / "kanariepiet.xml").write_bytes(ANSWER)
    (folder / "rooster.edexml").write_bytes(edexml.write(SCHOOL))
    (folder / "resultaten.xml").write_bytes(write(make_results(SCHOOL)))

    for name in ("one", "two"):
        assert _run(folder, "--out", tmp_path / name, "--secret-file", secret).exit_code == 0
    made = [[one.read_bytes() for one in sorted((tmp_path / name).iterdir())] for name in ("one", "two")]
    assert made[0] == made[1]
    assert [one.name for one in sorted((tmp_path / "one").iterdir())] == [f"message-000{n}.xml" for n in (1, 2, 3)]
    assert secret.stat().st_mode & 0o077 == 0
    assert _run("--check", tmp_path / "one").exit_code == 0


@pytest.mark.parametrize(("data", "why"), [(b"\x1f\x8b\x08\0\0", "unpack"), ("<?xml?>".encode("cp037") * 9, "no text")])
def test_what_is_no_text_is_refused(data: bytes, why: str) -> None:
    """A packed file, or one in an encoding that nobody can tell, is not passed on as if it held nobody."""
    done = _run("-", stdin=data)

    assert done.exit_code == 3
    assert why in done.output


def test_results_have_no_person() -> None:
    """Of a message with results the ids, the author and the comments are replaced; tests, scores and days stay."""
    results = make_results(SCHOOL)
    assert isinstance(results, LeerresultatenVerzoek)
    before, after = write(results).decode(), _anonymous(write(results)).decode()

    for name in ("toetscode", "score", "afnamedatum", "schooljaar"):
        found = re.compile(rf"<{name}>([^<]*)<")
        assert found.findall(before) == found.findall(after), name
    assert not set(re.findall(r"<leerlingid>([^<]*)<", before)) & set(re.findall(r"<leerlingid>([^<]*)<", after))


def test_several_files_are_checked_at_once(tmp_path):
    """As pre-commit gives them; to write, one at a time is taken."""
    made, real = tmp_path / "made.xml", tmp_path / "real.xml"
    made.write_bytes(_anonymous(ANSWER))
    real.write_bytes(ANSWER)
    assert _run("--check", made, made).exit_code == 0
    done = _run("--check", made, real)
    assert done.exit_code == 1
    assert str(real) in done.stdout
    assert str(made) not in done.stdout
    assert _run(made, real).exit_code == 2


def test_the_original_is_never_written_over(tmp_path):
    """The file that is read is no place to write to, under whatever name."""
    original, other_name = tmp_path / "real.xml", tmp_path / "link.xml"
    original.write_bytes(ANSWER)
    other_name.symlink_to(original)
    for target in (original, other_name):
        assert _run(original, "--out", target).exit_code == 3
    assert original.read_bytes() == ANSWER
