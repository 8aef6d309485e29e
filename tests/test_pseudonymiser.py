"""Messages without their persons: form, writing, validity and equality stay."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.codec.read import read
from uwlr.conformance import written_forms
from uwlr.permutations import permuted, permuted_word
from uwlr.pseudonymiser import Pseudonymiser, is_technical
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.testing import make_school
from uwlr.validation import validate

SCHOOL = make_school(7, 60, schooljaar="2025-2026")
ENVELOPE = write_envelope(LeerlinggegevensAntwoord(inhoud=SCHOOL))
SHAPE = str.maketrans(string.ascii_letters + string.digits, "a" * 26 + "A" * 26 + "0" * 10)


def _roster(envelope: bytes) -> Leerlinggegevens:
    bericht = read(envelope)
    assert isinstance(bericht, LeerlinggegevensAntwoord)
    assert isinstance(bericht.inhoud, Leerlinggegevens)
    return bericht.inhoud


@pytest.mark.parametrize("size", [2, 3, 26, 105, 1000])
def test_a_permutation_moves_everything_and_meets_nothing_twice(size: int) -> None:
    """Over its whole range it is a bijection, and nothing stays where it is."""
    found = [permuted(number, size, b"key") for number in range(size)]

    assert sorted(found) == list(range(size))
    assert not [number for number, other in enumerate(found) if number == other]


@given(st.text(alphabet=string.ascii_letters + string.digits + " -'éëçÅßłжд", max_size=30))
@settings(max_examples=200, deadline=None)
def test_a_word_keeps_its_form(word: str) -> None:
    """Length, capitals, digits and what is no letter stay; the same key gives the same word."""
    made = permuted_word(word, b"key")

    assert made == permuted_word(word, b"key")
    assert [c.isupper() for c in made] == [c.isupper() for c in word]
    assert [c if not c.isalnum() else c.isdigit() for c in made] == [
        c if not c.isalnum() else c.isdigit() for c in word
    ]


def test_nobody_is_left(  # one fact: whatever is personal in the roster is in no byte of what is made
) -> None:
    """No key, ECK-iD, family name, first name or e-mail address of the school is in what is made of its roster."""
    made = Pseudonymiser(b"secret").message(ENVELOPE).decode()

    persons = [*SCHOOL.leerlingen, *SCHOOL.leerkrachten]
    values = {
        v for p in persons for v in (p.key, p.eckid, p.achternaam, p.roepnaam, getattr(p, "emailadres", None)) if v
    }
    whole = set(re.findall(r"[^<>\"]+", made))
    assert not values & whole


def test_what_is_equal_stays_equal_and_nothing_else_becomes_so() -> None:
    """Keys, ECK-iDs and names have as many different values as before, and the same ones are the same."""
    made = _roster(Pseudonymiser(b"secret").message(ENVELOPE))

    for name in ("key", "eckid", "achternaam", "roepnaam", "geboortedatum"):
        before = [getattr(one, name) for one in SCHOOL.leerlingen]
        after = [getattr(one, name) for one in made.leerlingen]
        pairs = set(zip(before, after, strict=True))
        assert len(pairs) == len(set(before)) == len(set(after)), name


def test_a_message_stays_as_valid_as_it_was() -> None:
    """The validator finds the same in what is made as in the message itself."""
    made = Pseudonymiser(b"secret").message(ENVELOPE)

    assert [one.id for one in validate(made).findings] == [one.id for one in validate(ENVELOPE).findings]
    assert [(one.key, one.naam) for one in _roster(made).groepen if "Groep" in one.naam] == [
        (one.key, one.naam) for one in SCHOOL.groepen if "Groep" in one.naam
    ]


@pytest.mark.parametrize(
    "form",
    [
        written_forms.other_prefixes,
        written_forms.laid_out,
        written_forms.cdata_and_references,
        written_forms.single_quotes,
        written_forms.utf_16,
        written_forms.more_attributes,
    ],
    ids=lambda form: form.__name__,
)
def test_the_writing_stays(form: written_forms.Form) -> None:
    """Whatever way a message is written in: the same persons come out of it, and it is written in the same way."""
    plain, odd = Pseudonymiser(b"secret").message(ENVELOPE), Pseudonymiser(b"secret").message(form(ENVELOPE))

    assert _roster(odd) == _roster(plain)
    encoding = "utf-16" if form is written_forms.utf_16 else "utf-8"
    before, after = form(ENVELOPE).decode(encoding), odd.decode(encoding)
    for mark in ("<![CDATA[", "<!--", "'", "\r\n", "&#x", "xmlns", "</"):
        assert before.count(mark) == after.count(mark), mark


def test_the_same_secret_gives_the_same_pseudonyms_and_another_others() -> None:
    """Pseudonyms follow from the secret alone, whatever was seen before."""
    one, again, other = Pseudonymiser(b"a"), Pseudonymiser(b"a"), Pseudonymiser(b"b")
    again.message(ENVELOPE)

    assert one.value("260910000", "key") == again.value("260910000", "key")
    assert one.value("260910000", "key") != other.value("260910000", "key")


def test_a_number_stays_a_number_that_can_be() -> None:
    """A BSN that passes the eleven test becomes another that does, one that fails one that fails."""
    pseudonymiser = Pseudonymiser(b"secret")

    def passes(value: str) -> bool:
        return sum(int(d) * w for d, w in zip(value, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0

    for value in ("111222333", "123456782", "123456789"):
        made = pseudonymiser.value(value, "number")
        assert (len(made), passes(made), made == value) == (9, passes(value), False)


def test_an_eckid_and_an_address_keep_their_form() -> None:
    """An ECK-iD keeps its host and period; an e-mail address leads nowhere."""
    eckid = "https://ketenid.nl/201703/" + "0f" * 64
    pseudonymiser = Pseudonymiser(b"secret")

    made, mail = pseudonymiser.value(eckid, "key"), pseudonymiser.value("j.devries@school.nl", "mail")
    assert re.fullmatch(r"https://ketenid\.nl/201703/[0-9a-f]{128}", made)
    assert made != eckid
    assert re.fullmatch(r"[a-z]\.[a-z]{7}@[a-z]{6}\.example", mail)


def test_a_fault_says_the_same_without_the_person() -> None:
    """Words of a program stay; a name, key or teacher's group that a message held becomes what it became there."""
    pseudonymiser = Pseudonymiser(b"secret")
    pseudonymiser.message(ENVELOPE)
    pupil = SCHOOL.leerlingen[0]
    fault = write_fault("Client.LeerlingOngeldig", f"Leerling {pupil.achternaam} ({pupil.key}) is onbekend bij 99XX00")

    made = pseudonymiser.message(fault).decode()
    assert pupil.key not in made
    assert pseudonymiser.value(pupil.key, "key") in made
    assert "soap:Client.LeerlingOngeldig" in made
    assert "is onbekend bij 99XX00" in made


def test_a_group_that_is_called_after_a_teacher_is_not() -> None:
    """Of the name of a group only what says nothing of a person stays."""
    pseudonymiser = Pseudonymiser(b"secret")

    assert pseudonymiser.value("Groep 3B", "group") == "Groep 3B"
    made = pseudonymiser.value("Groep 3 juf Marieke", "group")
    assert made.startswith("Groep 3 ")
    assert "Marieke" not in made


@pytest.mark.parametrize("name", ["McDonald", "DeVries", "VanDijk", "MacLeod", "JanPieter"])
def test_a_surname_in_camel_case_is_no_term(name: str) -> None:
    """A word with a capital inside is a term only by what it is made of."""
    assert name not in Pseudonymiser(b"s").text(f"NullPointerException for {name} in SoapHandler, AutorisatieOngeldig")
    assert all(is_technical(term) for term in ("NullPointerException", "SoapHandler", "AutorisatieOngeldig"))
