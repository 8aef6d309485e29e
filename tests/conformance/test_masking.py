"""What people are shown of an exchange: a vendor's own words, and nothing of a person or a key."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from conformance.right_las import KEY, LasServer, RightLas, Sent, make, wrap
from uwlr.conformance.masking import Persons, plain_words
from uwlr.testing import make_school


def _persons() -> Persons:
    persons = Persons()
    persons.learn(make_school(3, 20))
    return persons


@pytest.mark.parametrize(
    "words",
    [
        "Autorisatie is ongeldig voor deze school (99XX00)",
        "Het verzoek is ongeldig: xsdVersie ontbreekt",
        "SOAP-ENV:Client.OngeldigBericht",
        "HTTP 503 Service Unavailable",
    ],
)
def test_a_vendors_words_are_shown(words: str) -> None:
    """Terms, codes, versions and what a program calls things stay as they are."""
    assert plain_words(words, _persons()) == words


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("Leerling Sanne van den Berg is onbekend", "Sanne"),
        ("Onbekend: 123456782", "123456782"),
        ("geboren op 2016-03-04", "2016-03-04"),
        ("bel j.jansen@school.nl", "jansen"),
        ("https://ketenid.nl/201703/" + "a" * 128, "ketenid"),
        ("sleutel Ab3dEf6h1jK onbekend", "Ab3dEf6h1jK"),
    ],
)
def test_a_person_in_words_is_not(words: str, hidden: str) -> None:
    """Names, numbers, dates, addresses and keys are left out, of whoever."""
    assert hidden not in plain_words(words, _persons())


def test_who_is_known_from_the_roster_is_left_out() -> None:
    """A name that looks like any word is left out where the roster has it."""
    persons = Persons()
    roster = make_school(3, 2)
    pupil = msgspec.structs.replace(roster.leerlingen[0], achternaam="school", roepnaam="Roos")
    persons.learn(msgspec.structs.replace(roster, leerlingen=(pupil,)))

    assert "school" not in plain_words("onbekend bij school", persons)


def _evidence(judge: Any, server: LasServer, answer: Sent) -> str:
    """What is shown of an answer to an invalid year."""

    def around(las: RightLas, inner: Any, asked: Any) -> Sent:
        return answer if b">25-26<" in asked.body else inner(asked)

    change = wrap("answer", around)
    name = "leerlinggegevens/fouten/ongeldig-schooljaar"
    ended = judge(server.serve(make(change)), name)
    found = next(o for o in ended.outcomes if o.case.id == name)
    return found.evidence[-1].answer


def test_a_page_is_shown_as_its_words(judge: Any, server: LasServer) -> None:
    """Of an answer that is no XML the words are shown, without markup, scripts and persons."""
    page = (
        f"<html><head><script>var x = 1</script></head><body><h1>Server Error</h1><p>Jan Jansen {KEY}</p></body></html>"
    )
    shown = _evidence(judge, server, Sent(500, (("Content-Type", "text/html"),), page.encode()))

    assert shown.startswith("Server Error")
    assert not [word for word in ("Jansen", KEY, "var x", "<") if word in shown]


def test_the_name_of_a_group_shows_no_teacher(judge: Any, server: LasServer) -> None:
    """A group that is called after its teacher shows without the name."""
    las = RightLas()
    first, *others = las.roster.groepen
    named = msgspec.structs.replace(first, naam="Groep 3 juf Marieke")
    las.roster = msgspec.structs.replace(las.roster, groepen=(named, *others), leerlingen=las.roster.leerlingen)
    ended = judge(server.serve(las), "leerlinggegevens/transport/soapaction-kaal")

    text = "".join(exchange.answer for outcome in ended.outcomes for exchange in outcome.evidence)
    assert "Groep 3 juf" in text
    assert "Marieke" not in text
