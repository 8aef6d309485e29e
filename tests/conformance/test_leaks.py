"""What an answer gives away, and what only looks like it."""

from __future__ import annotations

import base64

import pytest

from uwlr.conformance.leaks import names_somebody, repeats, shows_inside
from uwlr.conformance.masking import Persons
from uwlr.testing import make_school

KEY = "Qm7Sleutel-Van-De-Las"


@pytest.mark.parametrize(
    "text",
    [
        b"PHP Fatal error: Uncaught TypeError in index.php:12",
        b"Warning in index.php on line 14",
        b"Died at uwlr.pl line 12.",
        b"Npgsql.PostgresException",
        b"at Las.Uwlr.Haal(Request r)",
        b"Violation of PRIMARY KEY constraint PK_leerling",
        b"jdbc:mysql://db01.intern:3306/las",
        rb"\\srv01\data\uwlr.xml",
        b"see https://las.example/x and /srv/las/uwlr.xml",
    ],
)
def test_the_inside_of_a_program_is_seen(text: bytes) -> None:
    """Traces, paths and errors of databases, of several languages."""
    assert shows_inside(text)


@pytest.mark.parametrize(
    "text",
    [
        b"Zie https://help.las.example/home/uwlr/fouten.html",
        b"Vraag het on line 12, at school, of bel (0900-1234)",
        b"cvc-complex-type.2.4.a: Invalid content at line 3, column 12",
        b"Select een school from de lijst",
    ],
)
def test_ordinary_words_are_not(text: bytes) -> None:
    """Web addresses and words of a help desk show nothing of a program."""
    assert not shows_inside(text)


@pytest.mark.parametrize(
    "text",
    [
        KEY.encode(),
        KEY.upper().encode(),
        KEY.encode().hex().encode(),
        base64.b64encode(KEY.encode()),
        "".join(f"&#{ord(c)};" for c in KEY).encode(),
        KEY[:-2].encode() + b"**",
        b"..." + KEY[4:].encode(),
        KEY.encode("utf-16-le"),
    ],
)
def test_a_key_is_seen_in_any_form(text: bytes) -> None:
    """Whole or nearly whole, escaped, encoded or in other capitals."""
    assert repeats(KEY, b"<p>sleutel " + text + b" is ongeldig</p>")


@pytest.mark.parametrize("text", [b"sleutel Qm7S**** is ongeldig", b"de sleutel van de las is ongeldig", b""])
def test_a_mask_repeats_no_key(text: bytes) -> None:
    """A few characters to know a key by are no key."""
    assert not repeats(KEY, text)


def test_a_person_is_seen_by_name_birth_and_address() -> None:
    """First and last name in either order and on two lines, a name with a birth date, an e-mail address."""
    roster = make_school(3, 20)
    persons = Persons()
    persons.learn(roster)
    somebody = next(p for p in roster.leerlingen if len(p.roepnaam or "") > 3 and len(p.achternaam or "") > 3)
    day = str(somebody.geboortedatum)
    address = next(p.emailadres for p in roster.leerkrachten if p.emailadres)

    for text in (
        f"{somebody.roepnaam} {somebody.achternaam}",
        f"({somebody.achternaam}, {somebody.roepnaam})",
        f"{somebody.roepnaam}\n{somebody.achternaam}",
        f"{somebody.achternaam}, {day}",
        f"{somebody.achternaam}, {'-'.join(reversed(day.split('-')))}",
        f"mail {address}",
    ):
        assert names_somebody(text, "", persons), text
    assert not names_somebody(f"{somebody.roepnaam}straat bij {somebody.achternaam}laan, {day}", "", persons)
    assert not names_somebody("het bericht is ongeldig sinds 2020-01-01", "", persons)
